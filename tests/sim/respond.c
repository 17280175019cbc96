/* The respondents: what each means to answer and what their pen will do. Nothing is drawn here, so that what
 * they meant is known before any scan exists. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

const char *const habit_names[HABITS] = {"cross", "tick", "fill", "slash", "dot", "circle", "label"};
const char *const kind_names[KINDS] = {
    "clean",           "faint",
    "outside",         "overrun",
    "stray",           "corrected-circle",
    "corrected-black", "corrected-struck",
    "corrected-fluid", "corrected-erased",
    "double",          "between",
    "blank",
};

static void response_free(gpointer data)
{
    Response *response = data;
    g_array_unref(response->chosen);
    g_free(response);
}

void respondent_free(Respondent *respondent)
{
    if (respondent) {
        g_ptr_array_unref(respondent->responses);
        g_ptr_array_unref(respondent->written);
        g_free(respondent);
    }
}

/* How good the agency really is at the thing asked, about 0..1: the same for all who answer. */
static double quality_of(uint64_t seed, const SimBallot *ballot, const char *question)
{
    Chance agency = chance_for(seed, "agency", ballot->agency ? ballot->agency : "", 0);
    double quality = chance_normal(&agency, 0.80, 0.07);
    g_autofree char *name = g_strdup_printf("%s/%s", ballot->form, question);
    Chance asked = chance_for(seed, "question", name, 0);
    g_autofree char *both = g_strdup_printf("%s/%s", name, ballot->agency ? ballot->agency : "");
    Chance special = chance_for(seed, "agency question", both, 0);
    return quality + chance_normal(&asked, 0, 0.05) + chance_normal(&special, 0, 0.04);
}

/* The level (0 best) somebody finds right. */
static int level_of(Chance *chance, double quality, double mood, int levels)
{
    double felt = chance_within(chance, quality + mood, 0.16, 0, 0.999);
    return CLAMP((int)((1 - felt) * 1.25 * levels), 0, levels - 1);
}

/* People about whom a question asks: uneven, but not a matter of quality. */
static int trait_of(Chance *chance, uint64_t seed, const SimBallot *ballot, const SimQuestion *question)
{
    double weights[64];
    int n = MIN((int)question->boxes->len, 64);
    g_autofree char *name = g_strdup_printf("%s/%s", ballot->form, question->question);
    Chance asked = chance_for(seed, "trait", name, 0);
    for (int i = 0; i < n; i++) {
        weights[i] = chance_range(&asked, 0.3, 1.5);
    }
    return chance_pick(chance, weights, n);
}

static int neighbour_of(Chance *chance, int box, int boxes)
{
    int side = chance_yes(chance, 0.5) ? 1 : -1;
    return box + side >= 0 && box + side < boxes ? box + side : box - side;
}

static Kind correction_of(Chance *chance, const Respondent *who, const Damage *damage)
{
    if (damage->correction >= 1) {
        return KIND_CORRECTED_CIRCLE + CLAMP((int)damage->correction, 1, 5) - 1;
    }
    if (g_str_has_prefix(who->pen.name, "pencil")) {
        return chance_yes(chance, 0.7) ? KIND_CORRECTED_ERASED : KIND_CORRECTED_CIRCLE;
    }
    double weights[] = {6, 2.5, 2.5, 1.2};
    if (who->habit == HABIT_FILL || who->habit == HABIT_DOT) {
        weights[1] = 0; /* blackened among filled boxes would be a choice */
    }
    if (who->habit >= HABIT_CIRCLE) {
        weights[0] = 0;
    }
    return KIND_CORRECTED_CIRCLE + chance_pick(chance, weights, 4);
}

static Kind kind_of(Chance *chance, const Respondent *who, const Damage *damage, const SimQuestion *question)
{
    if (chance_yes(chance, damage->blank)) {
        return KIND_BLANK;
    }
    if (question->boxes->len < 2) {
        return KIND_CLEAN;
    }
    if (chance_yes(chance, damage->double_mark) && !question->many) {
        return KIND_DOUBLE;
    }
    if (chance_yes(chance, damage->corrected)) {
        return correction_of(chance, who, damage);
    }
    if (chance_yes(chance, damage->between) && who->habit < HABIT_CIRCLE && !question->many) {
        return KIND_BETWEEN;
    }
    if (chance_yes(chance, damage->outside) && who->habit < HABIT_CIRCLE) {
        return KIND_OUTSIDE;
    }
    if (chance_yes(chance, damage->overrun) && (who->habit == HABIT_TICK || who->habit == HABIT_SLASH)) {
        return KIND_OVERRUN;
    }
    if (chance_yes(chance, damage->stray) && who->habit != HABIT_DOT) {
        return KIND_STRAY;
    }
    return strcmp(who->pen.name, "pencil-faint") == 0 ? KIND_FAINT : KIND_CLEAN;
}

/* The box most like a neighbour in a row or column: the one nearest to `box`. */
static int nearest_box(const SimQuestion *question, int box)
{
    PointMm at = rect_mm_centre(((SimBox *)question->boxes->pdata[box])->rect);
    int best = -1;
    double best_mm = 1e9;
    for (guint i = 0; i < question->boxes->len; i++) {
        PointMm other = rect_mm_centre(((SimBox *)question->boxes->pdata[i])->rect);
        double mm = hypot(other.x_mm - at.x_mm, other.y_mm - at.y_mm);
        if ((int)i != box && mm < best_mm) {
            best = (int)i;
            best_mm = mm;
        }
    }
    return best;
}

static Response *answer(Respondent *who, uint64_t seed, Chance *chance, const Damage *damage, double mood,
                        double straight, int page, const SimQuestion *question)
{
    Response *response = g_new0(Response, 1);
    response->question = question;
    response->page = page;
    response->chosen = g_array_new(FALSE, FALSE, sizeof(int));
    response->other = -1;
    int boxes = (int)question->boxes->len;
    int level = !question->scale ? trait_of(chance, seed, who->ballot, question)
                : straight >= 0
                    ? CLAMP((int)(straight * boxes), 0, boxes - 1)
                    : level_of(chance, quality_of(seed, who->ballot, question->question), mood, boxes);
    response->kind = kind_of(chance, who, damage, question);
    if (damage->all_marked > 0 && chance_yes(chance, damage->all_marked)) {
        for (int i = 0; i < boxes; i++) {
            g_array_append_val(response->chosen, i);
        }
        response->kind = question->many || boxes < 2 ? KIND_CLEAN : KIND_DOUBLE;
        return response;
    }
    if (response->kind == KIND_BLANK) {
        return response;
    }
    g_array_append_val(response->chosen, level);
    for (int i = 0; question->many && i < boxes; i++) {
        if (i != level && chance_yes(chance, 0.3)) {
            g_array_append_val(response->chosen, i);
        }
    }
    if (response->kind >= KIND_OVERRUN && response->kind <= KIND_BETWEEN) {
        bool any = response->kind >= KIND_CORRECTED_CIRCLE && response->kind <= KIND_CORRECTED_ERASED;
        response->other = any && chance_yes(chance, 0.3) && boxes > 2
                              ? (level + chance_int(chance, 1, boxes - 1)) % boxes
                          : response->kind == KIND_BETWEEN ? nearest_box(question, level)
                                                           : neighbour_of(chance, level, boxes);
        if (question->many) {
            for (guint i = 0; i < response->chosen->len; i++) {
                if (g_array_index(response->chosen, int, i) == response->other) {
                    g_array_remove_index(response->chosen, i--);
                }
            }
        }
    }
    if (response->kind == KIND_DOUBLE) {
        g_array_append_val(response->chosen, response->other);
        response->other = -1;
    }
    return response;
}

static void choose_hand(Respondent *who, Chance *chance, const Damage *damage)
{
    who->pen = pen_choose(chance);
    if (chance_yes(chance, damage->faint)) {
        who->pen = pen_faint(chance);
    }
    double odd = damage->odd_habit;
    double weights[HABITS] = {0.58 * (1 - odd), 0.42 * (1 - odd), 0.36 * odd,
                              0.28 * odd,       0.16 * odd,       0.20 * odd};
    if (damage->faint == 0 && odd == 0) {
        weights[HABIT_TICK] = 0.3;
    }
    who->habit = chance_pick(chance, weights, HABIT_LABEL);
    if (damage->pen >= 1) {
        who->pen = pen_numbered((int)damage->pen, chance);
    }
    who->habit = damage->habit >= 1 ? (Habit)CLAMP((int)damage->habit - 1, 0, HABITS - 1) : who->habit;
    who->pen.width_mm = damage->thick > 0 ? damage->thick : who->pen.width_mm;
    who->pen.density = damage->density > 0 ? MIN(damage->density, 1) : who->pen.density;
    who->mark_mm = damage->mark_mm;
    who->outside_reach = damage->outside_reach;
    who->erased_left = damage->erased_left;
    bool sloppy = chance_yes(chance, damage->sloppy);
    who->size = chance_within(chance, sloppy ? 1.2 : 1, 0.17, 0.6, 1.7);
    who->slant = chance_normal(chance, 0.05, 0.12);
    who->hurry = chance_within(chance, sloppy ? 0.7 : 0.35, 0.2, 0, 1);
    who->tremor_mm =
        chance_yes(chance, 0.05) ? chance_range(chance, 0.15, 0.3) : chance_range(chance, 0.03, 0.1);
    who->bias_x_mm = chance_normal(chance, 0, sloppy ? 0.5 : 0.2);
    who->bias_y_mm = chance_normal(chance, -0.1, sloppy ? 0.5 : 0.2);
    who->scatter_mm = sloppy ? chance_range(chance, 0.5, 0.9) : chance_range(chance, 0.15, 0.4);
}

/* A round seal reaches 18 mm, a receipt stamp 24 by 11. */
static void place_stamp(Respondent *who, Chance *chance)
{
    who->stamp_page = 0;
    who->stamp_kind = chance_int(chance, 0, 1);
    const SimPage *page = who->ballot->pages->pdata[0];
    who->stamp_at = (PointMm){chance_range(chance, 25, page->width_mm - 30), chance_range(chance, 18, 60)};
    if (chance_yes(chance, 0.5)) {
        who->stamp_at = (PointMm){chance_range(chance, 110, page->width_mm - 25),
                                  chance_range(chance, 100, page->height_mm - 40)};
    }
    double reach_x = who->stamp_kind == 0 ? 18 : 24, reach_y = who->stamp_kind == 0 ? 18 : 12;
    for (guint i = 0; i < who->responses->len; i++) {
        Response *response = who->responses->pdata[i];
        for (guint j = 0; response->page == 0 && j < response->question->boxes->len; j++) {
            PointMm at = rect_mm_centre(((SimBox *)response->question->boxes->pdata[j])->rect);
            response->stamped = response->stamped || (fabs(at.x_mm - who->stamp_at.x_mm) < reach_x &&
                                                      fabs(at.y_mm - who->stamp_at.y_mm) < reach_y);
        }
    }
}

static void write_fields(Respondent *who, Chance *chance, const Damage *damage)
{
    for (guint p = 0; p < who->ballot->pages->len; p++) {
        const SimPage *page = who->ballot->pages->pdata[p];
        for (guint i = 0; i < page->fields->len; i++) {
            const SimField *field = page->fields->pdata[i];
            char *text = NULL;
            if (field->digits) {
                /* A wide field asks for a year of birth, a narrow one for an age. */
                text = g_strdup_printf("%d", field->rect.w_mm >= 18 ? chance_int(chance, 1945, 2004)
                                                                    : chance_int(chance, 18, 79));
            } else if (chance_yes(chance, damage->handwriting)) {
                text = g_strdup("");
            }
            g_ptr_array_add(who->written, text);
        }
    }
}

Respondent *respondent_new(uint64_t seed, const SimBallot *ballot, const Damage *damage)
{
    Chance chance = chance_for(seed, "respondent", ballot->serial, 0);
    Respondent *who = g_new0(Respondent, 1);
    who->ballot = ballot;
    who->responses = g_ptr_array_new_with_free_func(response_free);
    who->written = g_ptr_array_new_with_free_func(g_free);
    choose_hand(who, &chance, damage);
    double mood = chance_normal(&chance, 0, 0.08);
    double straight = chance_yes(&chance, damage->straight) ? pow(chance_unit(&chance), 2) * 0.8 : -1;
    bool gave_up = ballot->pages->len > 1 && chance_yes(&chance, damage->blank_page);
    for (guint p = 0; p < ballot->pages->len; p++) {
        const SimPage *page = ballot->pages->pdata[p];
        for (guint q = 0; q < page->questions->len; q++) {
            Response *response =
                answer(who, seed, &chance, damage, mood, straight, (int)p, page->questions->pdata[q]);
            if (gave_up && p == ballot->pages->len - 1) {
                response->kind = KIND_BLANK;
                g_array_set_size(response->chosen, 0);
                response->other = -1;
            }
            g_ptr_array_add(who->responses, response);
        }
    }
    who->stamp_page = -1;
    if (chance_yes(&chance, damage->stamp)) {
        place_stamp(who, &chance);
    }
    who->note_page =
        chance_yes(&chance, damage->margin_note) ? chance_int(&chance, 0, (int)ballot->pages->len - 1) : -1;
    if (damage->crossing > 0 && chance_yes(&chance, damage->crossing)) {
        who->note_page = chance_int(&chance, 0, (int)ballot->pages->len - 1);
        who->crossing = true;
    }
    write_fields(who, &chance, damage);
    return who;
}

void respondent_press(Respondent *who)
{
    if (!g_str_has_prefix(who->pen.name, "pencil")) {
        return;
    }
    who->pen.name = "pencil";
    who->pen.width_mm = MAX(who->pen.width_mm, 0.5);
    who->pen.density = MAX(who->pen.density, 0.95);
    who->pen.grain = MIN(who->pen.grain, 0.3);
    for (guint i = 0; i < who->responses->len; i++) {
        Response *response = who->responses->pdata[i];
        response->kind = response->kind == KIND_FAINT ? KIND_CLEAN : response->kind;
    }
}

static gint by_index(gconstpointer a, gconstpointer b)
{
    return *(const int *)a - *(const int *)b;
}

char *response_value(const Response *response)
{
    g_autoptr(GArray) sorted = g_array_copy(response->chosen);
    g_array_sort(sorted, by_index);
    GString *value = g_string_new(NULL);
    for (guint i = 0; i < sorted->len; i++) {
        const SimBox *box = response->question->boxes->pdata[g_array_index(sorted, int, i)];
        g_string_append_printf(value, "%s%s", i ? "+" : "", box->option);
    }
    return g_string_free(value, FALSE);
}

bool response_ambiguous(const Response *response)
{
    return response->kind == KIND_DOUBLE || response->kind == KIND_BETWEEN;
}
