/* Whether pages are placed right or refused: one kind of harm after the other on pages whose place is known.
 *   place [--only CASE,…] [--rounds N] [--again N] [--list] LAYOUTS…   (folders of saved layouts)
 * A line a case: pages placed right (every box that is seen within 0.5 mm), refused, placed wrong; boxes of
 * those placed that are not seen, which wait for a person; the largest error and the time of a page. Ends
 * with 1 when a page was placed wrong or fewer were placed than the case demands. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "place/sheet.h"
#include "register/register.h"
#include "vision/vision.h"

#define SURVEY "TST"
#define LIMIT_MM 0.5

typedef enum {
    OURS,     /* with marks and code */
    FOREIGN,  /* without either, as whatever form it is */
    DECLARED, /* the same, the form being named for the batch */
    SIMILAR,  /* without, among copies of itself where a few words differ */
    UNKNOWN,  /* a form that is not known, similar forms are: nothing may be placed */
    BACK,     /* nothing on it */
} Kind;

typedef struct {
    const char *name, *degree;
    Kind kind;
    int least; /* per cent that must be placed */
    Harm harm;
    Shot shot;
    int words; /* similar, unknown: words that differ */
} Case;

static const Case cases[] = {
    {"plain", "200", OURS, 100, .shot = {.skew_deg = 0.4, .noise = 3}},
    {"plain", "300", OURS, 100, .shot = {.dpi = 300, .skew_deg = -0.6, .noise = 3}},
    {"skew", "5", OURS, 100, .shot = {.skew_deg = 5}},
    {"skew", "-10", OURS, 0, .shot = {.skew_deg = -9.5}},
    {"scale", "0.90", OURS, 100, .shot = {.scale = 0.90, .skew_deg = 1}},
    {"scale", "1.05", OURS, 100, .shot = {.scale = 1.05, .skew_deg = -1}},
    {"turned", "1", OURS, 100, .shot = {.turns = 1, .skew_deg = 1}},
    {"turned", "2", OURS, 100, .shot = {.turns = 2, .skew_deg = -2}},
    {"lost", "1", OURS, 100, .harm = {.lost_marks = 4}, .shot = {.skew_deg = 1}},
    {"lost", "2", OURS, 100, .harm = {.lost_marks = 5}, .shot = {.skew_deg = -1, .scale = 0.97}},
    {"lost", "2-near", OURS, 100, .harm = {.lost_marks = 3}, .shot = {.skew_deg = 1.5}},
    {"lost", "4", OURS, 100, .harm = {.lost_marks = 15}, .shot = {.skew_deg = 1}},
    {"lost-skew", "4 at 8", OURS, 90, .harm = {.lost_marks = 15}, .shot = {.skew_deg = 8, .scale = 0.93}},
    {"torn", "25", OURS, 100, .harm = {.torn = 4, .torn_mm = 25}, .shot = {.skew_deg = 1}},
    {"torn", "2x40", OURS, 90, .harm = {.torn = 9, .torn_mm = 40}, .shot = {.skew_deg = 1}},
    {"torn", "code", OURS, 0, .harm = {.torn = 2, .torn_mm = 70}, .shot = {.skew_deg = 1}},
    {"stapled", "1", OURS, 100, .harm = {.stapled = 1}, .shot = {.skew_deg = -1}},
    {"stapled", "2", OURS, 100, .harm = {.stapled = 5}, .shot = {.skew_deg = 1}},
    {"imitated", "6", OURS, 100, .harm = {.lost_marks = 4, .imitated = 4, .imitation_mm = 6},
     .shot = {.skew_deg = 1}},
    {"imitated", "3", OURS, 100, .harm = {.lost_marks = 8, .imitated = 8, .imitation_mm = 3},
     .shot = {.skew_deg = 1}},
    {"imitated", "1.5", OURS, 100, .harm = {.lost_marks = 1, .imitated = 1, .imitation_mm = 1.5},
     .shot = {.skew_deg = 1}},
    {"imitated", "2x2", OURS, 100, .harm = {.lost_marks = 12, .imitated = 12, .imitation_mm = 2},
     .shot = {.skew_deg = 1}},
    {"imitated", "beside", OURS, 100, .harm = {.imitated = 15, .imitation_mm = 6}, .shot = {.skew_deg = 4}},
    {"other-code", "", OURS, 100, .harm = {.other_code = true, .punched = true}, .shot = {.skew_deg = 1}},
    {"scribbled", "", OURS, 60, .harm = {.scribbled = true}, .shot = {.skew_deg = 1}},
    {"no-code", "", OURS, 0, .harm = {.no_code = true}, .shot = {.skew_deg = 1}},
    {"stretch", "0.5%", OURS, 100, .shot = {.stretch = 0.005, .skew_deg = 1}},
    {"stretch", "2%", OURS, 100, .shot = {.stretch = 0.02, .skew_deg = 1}},
    {"stretch", "-2%", OURS, 100, .shot = {.stretch = -0.02, .skew_deg = -1}},
    {"barrel", "1.5", OURS, 100, .shot = {.barrel_mm = 1.5, .skew_deg = 1}},
    {"barrel", "-1.5", OURS, 100, .shot = {.barrel_mm = -1.5, .skew_deg = -1}},
    {"trapezoid", "2% across", OURS, 100, .shot = {.tilt_x = 0.0001, .skew_deg = 1}},
    {"trapezoid", "-2% along", OURS, 100, .shot = {.tilt_y = -0.00007, .skew_deg = -1}},
    {"bend", "0.5", OURS, 100, .shot = {.curl_mm = 0.5, .curl_length_mm = 250}},
    {"bend", "1", OURS, 100, .shot = {.curl_mm = 1, .curl_length_mm = 250, .skew_deg = 1}},
    {"bend", "1.5", OURS, 100, .shot = {.curl_mm = 1.5, .curl_length_mm = 250, .skew_deg = -1}},
    {"bend", "1.5 long", OURS, 100, .shot = {.curl_mm = 1.5, .curl_length_mm = 420, .skew_deg = 1}},
    {"bend", "all", OURS, 100,
     .shot = {.curl_mm = 0.8, .curl_length_mm = 350, .stretch = 0.01, .barrel_mm = 0.8, .tilt_x = 0.00005}},
    {"slip", "1.5", OURS, 80, .shot = {.slip_mm = 1.5}},
    {"slip", "4", OURS, 0, .shot = {.slip_mm = 4}},
    {"curl", "1", OURS, 100, .shot = {.curl_mm = 1, .skew_deg = 1}},
    {"curl", "2", OURS, 70, .shot = {.curl_mm = 2, .skew_deg = 1}},
    {"curl-short", "1", OURS, 20, .shot = {.curl_mm = 1, .curl_length_mm = 150}},
    {"curl-short", "2", OURS, 0, .shot = {.curl_mm = 2, .curl_length_mm = 150}},
    {"cut", "", OURS, 0, .shot = {.shift_x_mm = 60}},
    {"coarse", "120", OURS, 0, .shot = {.dpi = 120}},
    {"photo", "mild", OURS, 100,
     .shot = {.dpi = 240,
              .unstated = true,
              .margin = 0.15,
              .tilt_x = 0.0002,
              .tilt_y = 0.0002,
              .skew_deg = 2,
              .shadow = 0.2,
              .noise = 4}},
    {"photo", "plain", OURS, 90,
     .shot = {.dpi = 250,
              .unstated = true,
              .margin = 0.25,
              .tilt_x = 0.0004,
              .tilt_y = -0.0005,
              .skew_deg = -5,
              .shadow = 0.45,
              .noise = 5,
              .curl_mm = 0.6,
              .blur_px = 0.4}},
    {"photo", "strong", OURS, 0,
     .shot = {.dpi = 270,
              .unstated = true,
              .margin = 0.35,
              .tilt_x = -0.0009,
              .tilt_y = 0.0009,
              .skew_deg = 9,
              .shadow = 0.6,
              .noise = 7,
              .curl_mm = 1,
              .blur_px = 0.8}},
    {"photo", "turned", OURS, 90,
     .shot = {.dpi = 250,
              .unstated = true,
              .margin = 0.25,
              .tilt_x = 0.0004,
              .tilt_y = 0.0003,
              .turns = 1,
              .shadow = 0.3,
              .noise = 5}},
    {"photo", "lost", OURS, 90, .harm = {.lost_marks = 15},
     .shot = {.dpi = 250,
              .unstated = true,
              .margin = 0.2,
              .tilt_x = 0.0004,
              .tilt_y = 0.0003,
              .shadow = 0.3,
              .noise = 5}},
    {"photo", "small", OURS, 0,
     .shot = {.dpi = 120, .unstated = true, .margin = 0.25, .tilt_x = 0.0004, .tilt_y = 0.0003, .noise = 5}},

    {"plain", "200", FOREIGN, 100, .shot = {.skew_deg = 0.4, .noise = 3}},
    {"plain", "300", FOREIGN, 100, .shot = {.dpi = 300, .skew_deg = -0.6, .noise = 3}},
    {"plain", "declared", DECLARED, 100, .shot = {.dpi = 300, .skew_deg = 0.3, .noise = 3, .shift_x_mm = 3}},
    {"unstated", "", FOREIGN, 100, .shot = {.dpi = 300, .unstated = true, .skew_deg = 0.7}},
    {"skew", "3", FOREIGN, 100, .shot = {.skew_deg = 3}},
    {"skew", "-10", FOREIGN, 80, .shot = {.skew_deg = -9.5}},
    {"scale", "0.90", FOREIGN, 90, .shot = {.scale = 0.90, .skew_deg = 1}},
    {"scale", "0.96", FOREIGN, 100, .shot = {.scale = 0.96, .skew_deg = 0.5}},
    {"scale", "1.10", FOREIGN, 0, .shot = {.scale = 1.10, .skew_deg = -1}},
    {"turned", "1", FOREIGN, 100, .shot = {.turns = 1, .skew_deg = 1}},
    {"turned", "2", FOREIGN, 100, .shot = {.turns = 2, .skew_deg = -1.5}},
    {"turned", "3", FOREIGN, 100, .shot = {.turns = 3}},
    {"torn", "2x40", FOREIGN, 90, .harm = {.torn = 6, .torn_mm = 40}, .shot = {.skew_deg = 1}},
    {"scribbled", "", FOREIGN, 90, .harm = {.scribbled = true}, .shot = {.skew_deg = 1}},
    {"stretch", "0.5%", FOREIGN, 100, .shot = {.stretch = 0.005}},
    {"curl", "1", FOREIGN, 100, .shot = {.curl_mm = 1, .skew_deg = 1}},
    {"curl", "2", FOREIGN, 70, .shot = {.curl_mm = 2, .skew_deg = 1}},
    {"curl-short", "2", FOREIGN, 0, .shot = {.curl_mm = 2, .curl_length_mm = 150}},
    {"photo", "mild", FOREIGN, 100,
     .shot = {.dpi = 240,
              .unstated = true,
              .margin = 0.15,
              .tilt_x = 0.0002,
              .tilt_y = 0.0002,
              .skew_deg = 2,
              .shadow = 0.2,
              .noise = 4}},
    {"photo", "plain", FOREIGN, 80,
     .shot = {.dpi = 250,
              .unstated = true,
              .margin = 0.25,
              .tilt_x = 0.0004,
              .tilt_y = -0.0005,
              .skew_deg = -5,
              .shadow = 0.45,
              .noise = 5,
              .curl_mm = 0.6,
              .blur_px = 0.4}},
    {"photo", "turned", FOREIGN, 80,
     .shot = {.dpi = 250,
              .unstated = true,
              .margin = 0.25,
              .tilt_x = 0.0004,
              .tilt_y = 0.0003,
              .turns = 3,
              .shadow = 0.3,
              .noise = 5}},

    {"similar", "1 word", SIMILAR, 0, .shot = {.skew_deg = 0.5, .noise = 3}, .words = 1},
    {"similar", "2 words", SIMILAR, 80, .shot = {.skew_deg = 0.5, .noise = 3}, .words = 2},
    {"similar", "4 words", SIMILAR, 100, .shot = {.skew_deg = 0.5, .noise = 3}, .words = 4},
    {"similar", "scribbled", SIMILAR, 50, .harm = {.scribbled = true}, .shot = {.skew_deg = 0.5, .noise = 3},
     .words = 4},
    {"similar", "blurred", SIMILAR, 80, .shot = {.dpi = 150, .skew_deg = 0.5, .blur_px = 1, .noise = 6},
     .words = 4},
    {"unknown", "form", UNKNOWN, 0, .shot = {.skew_deg = 0.5}},
    {"unknown", "60 words", UNKNOWN, 0, .shot = {.skew_deg = 0.5}, .words = 60},
    {"back", "1", BACK, 0, .shot = {.dpi = 300}, .words = 1},
    {"back", "2", BACK, 0, .shot = {.dpi = 300}, .words = 2},
    {"back", "3", BACK, 0, .shot = {.dpi = 300}, .words = 3},
    {"back", "5", BACK, 0, .shot = {.dpi = 300}, .words = 5},
};

static const char *kind_name(Kind kind)
{
    static const char *const names[] = {"ours", "foreign", "declared", "similar", "unknown", "back"};
    return names[kind];
}

/* The forms that are known while a case runs. */
typedef struct {
    GPtrArray *layouts; /* Layout* */
    Registrar *registrar;
} World;

static World *world_new(GPtrArray *layouts)
{
    g_autoptr(GError) error = NULL;
    World *world = g_new0(World, 1);
    world->layouts = layouts;
    world->registrar = registrar_new(layouts, SURVEY, &error);
    g_assert_no_error(error);
    return world;
}

static void world_free(World *world)
{
    registrar_free(world->registrar);
    g_ptr_array_unref(world->layouts);
    g_free(world);
}

typedef struct {
    int pages, right, refused, wrong, boxes, unseen;
    int reasons[REGISTER_RESOLUTION + 1];
    double worst_mm, worst_ms;
    GArray *ms;
} Tally;

/* For a profiler: so many times more. */
static int again;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static char *code_of(const Layout *layout, int page)
{
    PageCode code = {.kind = PAGE_CODE_BALLOT, .page = page};
    g_strlcpy(code.survey, SURVEY, sizeof code.survey);
    g_strlcpy(code.form, layout->form, sizeof code.form);
    for (int i = 0; i < 8; i++)
        code.fingerprint8[i] = g_ascii_toupper(layout->fingerprint[i]);
    serial_make(4711, code.serial);
    return page_code_format(&code);
}

/* Boxes of which less is seen wait for a person (mark judges that against the page's other boxes). */
#define OUTLINE_SEEN 0.5

/* Of the boxes that are seen. */
static double worst_error_mm(const Registration *result, const LayoutPage *page, const Shot *shot,
                             guint32 seed, Tally *tally)
{
    double worst = 0;
    for (guint i = 0; i < page->boxes->len; i++) {
        PointMm at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
        const RegisterBox *box = &g_array_index(result->boxes, RegisterBox, i);
        tally->boxes++;
        if (!register_box_is_seen(box) || box->outline < OUTLINE_SEEN) {
            tally->unseen++;
            continue;
        }
        PointPx is = shot_point(shot, page, seed, at);
        PointPx said =
            page_map_point(&result->map, (PointMm){at.x_mm + box->shift_x_mm, at.y_mm + box->shift_y_mm});
        double off_mm = hypot(is.x_px - said.x_px, is.y_px - said.y_px) / page_map_scale(&result->map, at);
        if (off_mm > LIMIT_MM && g_getenv("PLACE_VERBOSE"))
            fprintf(stderr,
                    "  box %u at %.1f %.1f: off %.2f mm, shift %.2f %.2f match %.2f outline %.2f line %.2f\n",
                    i, at.x_mm, at.y_mm, off_mm, box->shift_x_mm, box->shift_y_mm, box->match, box->outline,
                    box->line);
        worst =
            MAX(worst, hypot(is.x_px - said.x_px, is.y_px - said.y_px) / page_map_scale(&result->map, at));
    }
    return worst;
}

static void judge(const World *world, const Case *c, const Layout *layout, int page_index, Raster *scan,
                  guint32 seed, Tally *tally)
{
    g_autoptr(GError) error = NULL;
    PageImage image = {.grey = scan};
    const char *form = layout ? layout->form : "none"; /* a back has none */
    RegisterHint hint = {.form = c->kind == DECLARED ? form : NULL};
    vision_add_halves(scan, NULL);
    double start = now_ms();
    g_autoptr(Registration) result = register_page(world->registrar, &image, &hint, &error);
    double ms = now_ms() - start;
    for (int i = 0; i < again; i++)
        registration_free(register_page(world->registrar, &image, &hint, NULL));
    g_assert_no_error(error);
    g_array_append_val(tally->ms, ms);
    tally->pages++;
    if (result->kind == REGISTER_PLACED) {
        bool same = layout && c->kind < UNKNOWN &&
                    g_str_equal(result->layout->fingerprint, layout->fingerprint) &&
                    result->page == page_index;
        double error_mm =
            same ? worst_error_mm(result, layout->pages->pdata[page_index], &c->shot, seed, tally) : 999;
        tally->worst_mm = MAX(tally->worst_mm, error_mm);
        tally->right += error_mm <= LIMIT_MM;
        tally->wrong += error_mm > LIMIT_MM;
        if (error_mm > LIMIT_MM || g_getenv("PLACE_VERBOSE"))
            fprintf(stderr,
                    "%s %s %s: %s page %d placed as %s page %d, off %.2f mm, residual %.2f worst %.2f\n",
                    kind_name(c->kind), c->name, c->degree, form, page_index + 1, result->layout->form,
                    result->page + 1, error_mm, result->residual_mm, result->worst_mm);
    } else {
        tally->refused++;
        tally->reasons[result->reason]++;
        tally->wrong += result->kind == REGISTER_COVER;
        if (g_getenv("PLACE_VERBOSE"))
            fprintf(stderr, "%s %s %s: %s page %d: %s %.0f ms\n", kind_name(c->kind), c->name, c->degree,
                    form, page_index + 1, register_reason_id(result->reason), ms);
    }
}

static gint compare_ms(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool report(const Case *c, const Tally *t)
{
    g_array_sort(t->ms, compare_ms);
    double median = t->ms->len ? g_array_index(t->ms, double, t->ms->len / 2) : 0;
    double most = t->ms->len ? g_array_index(t->ms, double, t->ms->len - 1) : 0;
    g_autoptr(GString) why = g_string_new(NULL);
    for (int i = 0; i <= REGISTER_RESOLUTION; i++)
        if (t->reasons[i])
            g_string_append_printf(why, " %s %d", i ? register_reason_id((RegisterReason)i) : "blank",
                                   t->reasons[i]);
    bool good = !t->wrong && t->right * 100 >= c->least * t->pages;
    printf("%-9s %-11s %-11s %5d %5d %7d %5d %5.1f%% %8.2f %7.1f %7.1f%s%s\n", kind_name(c->kind), c->name,
           c->degree, t->pages, t->right, t->refused, t->wrong, t->boxes ? 100.0 * t->unseen / t->boxes : 0,
           t->worst_mm, median, most, why->str, good ? "" : "  <- not as demanded");
    fflush(stdout);
    return good;
}

/* Every page that has boxes to be placed. */
static void run_page(const World *world, const Case *c, const Layout *layout, int rounds, guint32 *number,
                     Tally *tally)
{
    for (guint p = 0; p < layout->pages->len; p++) {
        const LayoutPage *page = layout->pages->pdata[p];
        if (page->boxes->len == 0 && c->kind != UNKNOWN)
            continue;
        for (int round = 0; round < rounds; round++) {
            guint32 seed = 1000 + 17 * ++*number;
            g_autofree char *code = c->kind == OURS ? code_of(layout, (int)p + 1) : NULL;
            g_autoptr(Raster) sheet = sheet_new(page, code, &c->harm, seed);
            g_autoptr(Raster) scan = shot_take(&c->shot, page, sheet, seed);
            judge(world, c, layout, (int)p, scan, seed, tally);
        }
    }
}

/* Copies of one form where a few words differ, five of them. */
static GPtrArray *similar_forms(const Layout *layout, int words)
{
    GPtrArray *forms = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    for (int i = 0; i < 5; i++) {
        g_autofree char *id = g_strdup_printf("S%d", i);
        g_ptr_array_add(forms, sheet_foreign_form(layout, id, i ? words : 0, 100 + (guint32)i));
    }
    return forms;
}

static void run_case(const World *ours, const World *foreign, const Case *c, int rounds, Tally *tally)
{
    guint32 number = 0;
    if (c->kind == BACK) {
        for (int i = 0; i < 3 * rounds; i++) {
            g_autoptr(Raster) scan = sheet_noisy_back(c->shot.dpi, c->words, 5 + (guint32)i);
            judge(foreign, c, NULL, 0, scan, 0, tally);
        }
        return;
    }
    for (guint i = 0; i < foreign->layouts->len; i++) {
        const Layout *layout = foreign->layouts->pdata[i];
        if (c->kind == SIMILAR || c->kind == UNKNOWN) {
            GPtrArray *forms =
                c->kind == SIMILAR || c->words ? similar_forms(layout, c->words) : g_ptr_array_new();
            g_autoptr(GPtrArray) absent = NULL;
            if (c->kind == UNKNOWN && !c->words) { /* all forms but this */
                for (guint k = 0; k < foreign->layouts->len; k++)
                    if (k != i)
                        g_ptr_array_add(forms, foreign->layouts->pdata[k]);
            } else if (c->kind == UNKNOWN) { /* its copies but itself */
                absent = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
                g_ptr_array_add(absent, g_ptr_array_steal_index(forms, 0));
            }
            World *world = world_new(forms);
            if (c->kind == UNKNOWN)
                run_page(world, c, layout, 1, &number, tally);
            for (guint k = 0; k < forms->len && c->kind == SIMILAR; k++)
                run_page(world, c, forms->pdata[k], 1, &number, tally);
            world_free(world);
        } else if (c->kind != OURS) {
            run_page(foreign, c, layout, rounds, &number, tally);
        }
    }
    for (guint i = 0; i < ours->layouts->len && c->kind == OURS; i++)
        if (((LayoutPage *)((Layout *)ours->layouts->pdata[i])->pages->pdata[0])->has_marks)
            run_page(ours, c, ours->layouts->pdata[i], rounds, &number, tally);
}

/* All layouts as they are, and all of them as somebody else's. */
static bool load_worlds(char **folders, World **ret_ours, World **ret_foreign)
{
    GPtrArray *ours = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    GPtrArray *foreign = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    for (; *folders; folders++) {
        g_autoptr(GPtrArray) more = layout_load_all(*folders, NULL);
        for (guint i = 0; more && i < more->len; i++)
            g_ptr_array_add(ours, more->pdata[i]);
        if (more)
            g_ptr_array_set_free_func(more, NULL);
    }
    for (guint i = 0; i < ours->len; i++) {
        const Layout *layout = ours->pdata[i];
        g_ptr_array_add(foreign, sheet_foreign_form(layout, layout->form, 0, 1));
    }
    *ret_ours = world_new(ours);
    *ret_foreign = world_new(foreign);
    return ours->len > 0;
}

int main(int argc, char **argv)
{
    g_autofree char *only = NULL;
    g_auto(GStrv) folders = NULL;
    int rounds = 1;
    gboolean list = FALSE;
    const GOptionEntry entries[] = {
        {"only", 0, 0, G_OPTION_ARG_STRING, &only, "only these cases: KIND, NAME or KIND/NAME", "CASE,…"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "ballots of every page", "N"},
        {"again", 0, 0, G_OPTION_ARG_INT, &again, "place every page so many times more", "N"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, "names the cases", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders, NULL, "LAYOUTS…"},
        {0}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    World *ours, *foreign;
    if (!g_option_context_parse(context, &argc, &argv, &error) || !folders ||
        !load_worlds(folders, &ours, &foreign)) {
        fprintf(stderr, "place: %s\n", error ? error->message : "no layouts");
        return 2;
    }
    g_auto(GStrv) wanted = only ? g_strsplit(only, ",", -1) : NULL;
    bool good = true;
    if (!list)
        printf("%-9s %-11s %-11s %5s %5s %7s %5s %6s %8s %7s %7s\n", "kind", "case", "degree", "pages",
               "right", "refused", "WRONG", "unseen", "worst mm", "ms", "most ms");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        g_autofree char *full = g_strdup_printf("%s/%s", kind_name(c->kind), c->name);
        if (wanted && !g_strv_contains((const char *const *)wanted, c->name) &&
            !g_strv_contains((const char *const *)wanted, kind_name(c->kind)) &&
            !g_strv_contains((const char *const *)wanted, full))
            continue;
        Tally tally = {.ms = g_array_new(FALSE, FALSE, sizeof(double))};
        if (list)
            printf("%s %s\n", full, c->degree);
        else
            run_case(ours, foreign, c, rounds, &tally);
        good = (list || report(c, &tally)) && good;
        g_array_unref(tally.ms);
    }
    world_free(ours);
    world_free(foreign);
    return good ? 0 : 1;
}
