/* Drawing what a respondent does at each question: marks, their corrections, and what else they write. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

typedef struct {
    const Respondent *who;
    Picture *paper;
    Chance chance;
} Drawing;

static double normal(Drawing *drawing, double deviation)
{
    return chance_normal(&drawing->chance, 0, deviation);
}

static void draw(Drawing *drawing, const Stroke *stroke, double pressure)
{
    pen_draw(drawing->paper, &drawing->who->pen, stroke, pressure * chance_normal(&drawing->chance, 1, 0.08),
             drawing->who->tremor_mm, &drawing->chance);
}

/* A bent line from a to b. */
static void line(Drawing *drawing, PointMm a, PointMm b, double bend_mm)
{
    double length = MAX(0.1, hypot(b.x_mm - a.x_mm, b.y_mm - a.y_mm));
    double nx = -(b.y_mm - a.y_mm) / length, ny = (b.x_mm - a.x_mm) / length;
    Stroke stroke = {.n = 0};
    stroke_add(&stroke, a.x_mm, a.y_mm);
    stroke_add(&stroke, (a.x_mm + b.x_mm) / 2 + nx * bend_mm, (a.y_mm + b.y_mm) / 2 + ny * bend_mm);
    stroke_add(&stroke, b.x_mm, b.y_mm);
    draw(drawing, &stroke, 1);
}

static void draw_cross(Drawing *drawing, PointMm at, double r)
{
    const Respondent *who = drawing->who;
    double x = at.x_mm, y = at.y_mm, lean = who->slant * r, j = 0.12 * r * (1 + who->hurry);
    double tall = r * chance_range(&drawing->chance, 0.95, 1.25);
    PointMm a = {x - r + normal(drawing, j), y - tall + normal(drawing, j)};
    PointMm b = {x + r + normal(drawing, j), y + tall + normal(drawing, j)};
    PointMm c = {x + r + lean + normal(drawing, j), y - tall + normal(drawing, j)};
    PointMm d = {x - r - lean + normal(drawing, j), y + tall + normal(drawing, j)};
    if (chance_yes(&drawing->chance, 0.12 * who->hurry)) {
        /* In one go, the pen hardly lifted. */
        Stroke stroke = {.n = 0};
        stroke_add(&stroke, a.x_mm, a.y_mm);
        stroke_add(&stroke, x, y);
        stroke_add(&stroke, b.x_mm, b.y_mm);
        stroke_add(&stroke, (b.x_mm + c.x_mm) / 2 + 0.2 * r, (b.y_mm + c.y_mm) / 2);
        stroke_add(&stroke, c.x_mm, c.y_mm);
        stroke_add(&stroke, x, y);
        stroke_add(&stroke, d.x_mm, d.y_mm);
        draw(drawing, &stroke, 0.95);
        return;
    }
    line(drawing, a, b, normal(drawing, 0.12 * r));
    line(drawing, c, d, normal(drawing, 0.15 * r));
}

static void draw_tick(Drawing *drawing, PointMm at, double r, double run_mm)
{
    double x = at.x_mm, y = at.y_mm, j = 0.13 * r;
    double tail = r * chance_range(&drawing->chance, 1.1, 1.9) + run_mm;
    double rise = r * chance_range(&drawing->chance, 1.2, 2.1) * (run_mm > 0 ? 0.6 : 1);
    Stroke stroke = {.n = 0};
    stroke_add(&stroke, x - r * 0.85 + normal(drawing, j), y - r * 0.15 + normal(drawing, j));
    stroke_add(&stroke, x - r * 0.5 + normal(drawing, j * 0.5), y + r * 0.35 + normal(drawing, j * 0.5));
    stroke_add(&stroke, x - r * 0.15 + normal(drawing, j * 0.5), y + r * 0.85 + normal(drawing, j));
    stroke_add(&stroke, x + tail * 0.35 + normal(drawing, j), y - rise * 0.1 + normal(drawing, j));
    stroke_add(&stroke, x + tail, y - rise + normal(drawing, j));
    draw(drawing, &stroke, 1);
}

/* Back and forth over the box. */
static void draw_scribble(Drawing *drawing, PointMm at, double half_w, double half_h, int lines)
{
    bool upright = chance_yes(&drawing->chance, 0.3);
    double lean = chance_range(&drawing->chance, -0.5, 0.5);
    for (int done = 0; done < lines; done += 20) {
        Stroke stroke = {.n = 0};
        int n = MIN(20, lines - done);
        for (int i = 0; i <= n; i++) {
            double u = (done + i) / (double)lines * 2 - 1, side = i % 2 ? 1 : -1;
            double along = u * (upright ? half_w : half_h), across = side * (upright ? half_h : half_w);
            across *= chance_range(&drawing->chance, 0.8, 1.08);
            double x = upright ? along : across + along * lean, y = upright ? across + along * lean : along;
            stroke_add(&stroke, at.x_mm + x + normal(drawing, 0.1), at.y_mm + y + normal(drawing, 0.1));
        }
        draw(drawing, &stroke, 1);
    }
}

/* Round and round, outwards, `gap_mm` a turn. */
static void draw_spiral(Drawing *drawing, PointMm at, double r, double gap_mm)
{
    double turns = MAX(1.5, r / gap_mm), start = chance_range(&drawing->chance, 0, 2 * G_PI);
    int points = (int)(turns * 9);
    for (int done = 0; done < points; done += 20) {
        Stroke stroke = {.n = 0};
        for (int i = done; i <= MIN(done + 20, points); i++) {
            double t = (double)i / points, rho = r * t * chance_range(&drawing->chance, 0.88, 1.1);
            double angle = start + t * turns * 2 * G_PI;
            stroke_add(&stroke, at.x_mm + rho * cos(angle), at.y_mm + rho * sin(angle));
        }
        draw(drawing, &stroke, 1);
    }
}

static void draw_ring(Drawing *drawing, PointMm at, double rx, double ry)
{
    double start = chance_range(&drawing->chance, 0, 2 * G_PI),
           over = chance_range(&drawing->chance, -0.2, 0.7);
    double lean = normal(drawing, 0.12);
    Stroke stroke = {.n = 0};
    for (int i = 0; i <= 14; i++) {
        double t = start - (2 * G_PI + over) * i / 14, swell = 1 + normal(drawing, 0.04) + 0.08 * i / 14;
        double x = rx * swell * cos(t), y = ry * swell * sin(t);
        stroke_add(&stroke, at.x_mm + x + lean * y, at.y_mm + y);
    }
    draw(drawing, &stroke, 0.95);
}

static void draw_slash(Drawing *drawing, PointMm at, double r, double run_mm)
{
    double j = 0.15 * r;
    PointMm a = {at.x_mm - r + normal(drawing, j), at.y_mm + r + normal(drawing, j)};
    PointMm b = {at.x_mm + r + run_mm + normal(drawing, j), at.y_mm - r + normal(drawing, j)};
    line(drawing, a, b, normal(drawing, 0.15 * r));
}

static void draw_dot(Drawing *drawing, PointMm at, double r)
{
    if (chance_yes(&drawing->chance, 0.4)) {
        line(drawing, (PointMm){at.x_mm - r * 0.45, at.y_mm + normal(drawing, 0.2)},
             (PointMm){at.x_mm + r * 0.45, at.y_mm + normal(drawing, 0.2)}, 0);
        return;
    }
    draw_scribble(drawing, at, 0.35 * r, 0.3 * r, chance_int(&drawing->chance, 3, 6));
}

static double reach(const SimBox *box)
{
    return MIN(box->rect.w_mm, box->rect.h_mm) / 2;
}

/* How wide the print to the right of a box is, about: up to the next box. */
static double label_width(const SimBox *box, const SimQuestion *question)
{
    double right = box->rect.x_mm + box->rect.w_mm, width = 18;
    for (guint i = 0; i < question->boxes->len; i++) {
        const SimBox *other = question->boxes->pdata[i];
        double gap = other->rect.x_mm - right;
        if (gap > 0 && fabs(other->rect.y_mm - box->rect.y_mm) < 3) {
            width = MIN(width, gap - 3);
        }
    }
    return MAX(width, 4);
}

/* One mark about `at` for a box of that size; `run_mm` lengthens the last stroke to the right. */
static void draw_mark(Drawing *drawing, const SimQuestion *question, const SimBox *box, PointMm at,
                      double run_mm)
{
    const Respondent *who = drawing->who;
    /* In a table of levels nothing is printed beside a box. */
    Habit habit = who->habit == HABIT_LABEL && question->scale ? HABIT_CIRCLE : who->habit;
    double size = who->size * chance_normal(&drawing->chance, 1, 0.1), r = reach(box) * size;
    r = who->mark_mm > 0 ? who->mark_mm / 2 : MAX(r, 1.2); /* hands do not shrink with small boxes */
    switch (habit) {
    case HABIT_TICK:
        draw_tick(drawing, at, r, run_mm);
        break;
    case HABIT_FILL: {
        double fill = 0.95 * reach(box) * chance_range(&drawing->chance, 0.75, 1.15);
        fill = MIN(fill, 4);
        double gap = who->pen.width_mm * chance_range(&drawing->chance, 0.45, 1);
        if (chance_yes(&drawing->chance, 0.4)) {
            draw_spiral(drawing, at, fill, gap * 1.3);
        } else {
            draw_scribble(drawing, at, fill, fill, (int)(fill * 2 / gap));
        }
        break;
    }
    case HABIT_SLASH:
        draw_slash(drawing, at, r * 0.9, run_mm);
        break;
    case HABIT_DOT:
        draw_dot(drawing, at, r);
        break;
    case HABIT_CIRCLE: {
        PointMm middle = rect_mm_centre(box->rect);
        at = (PointMm){middle.x_mm + (at.x_mm - middle.x_mm) * 0.5,
                       middle.y_mm + (at.y_mm - middle.y_mm) * 0.5};
        draw_ring(drawing, at, reach(box) * 1.35 + 0.5, reach(box) * 1.3 + 0.5);
        break;
    }
    case HABIT_LABEL: {
        double width = label_width(box, question);
        at = rect_mm_centre(box->rect);
        at.x_mm = box->rect.x_mm + box->rect.w_mm + 0.8 + width / 2;
        draw_ring(drawing, at, width / 2, 3);
        break;
    }
    default:
        draw_cross(drawing, at, r * 0.88);
    }
}

/* Where this hand hits a box. */
static PointMm aim(Drawing *drawing, const SimBox *box)
{
    const Respondent *who = drawing->who;
    PointMm at = rect_mm_centre(box->rect);
    double most = reach(box) * 0.7;
    at.x_mm += CLAMP(who->bias_x_mm + normal(drawing, who->scatter_mm), -most, most);
    at.y_mm += CLAMP(who->bias_y_mm + normal(drawing, who->scatter_mm), -most, most);
    return at;
}

/* Beside the box, but clearly nearer to it than to any other. */
static PointMm aim_outside(Drawing *drawing, const SimBox *box)
{
    PointMm at = rect_mm_centre(box->rect);
    double away = reach(box) * chance_range(&drawing->chance, 1.1, 1.7);
    away = drawing->who->outside_reach > 0 ? reach(box) * drawing->who->outside_reach : away;
    double angle =
        chance_pick(&drawing->chance, (const double[]){3, 2, 3, 1}, 4) * G_PI / 2 + normal(drawing, 0.4);
    return (PointMm){at.x_mm + away * cos(angle), at.y_mm + MIN(away, reach(box) * 1.3) * sin(angle)};
}

static const SimBox *box_at(const Response *response, int index)
{
    return response->question->boxes->pdata[index];
}

/* Undoes the mark in `box`, made since `before`. */
static void cancel(Drawing *drawing, const SimBox *box, Kind kind, const Picture *before)
{
    double r = MAX(reach(box), 1.2), big = MAX(1, drawing->who->size);
    PointMm at = rect_mm_centre(box->rect);
    switch (kind) {
    case KIND_CORRECTED_CIRCLE:
        draw_ring(drawing, at, r * big * 1.45 + 0.6, r * big * 1.4 + 0.6);
        if (chance_yes(&drawing->chance, 0.2)) {
            draw_ring(drawing, at, r * big * 1.5 + 0.6, r * big * 1.45 + 0.6);
        }
        break;
    case KIND_CORRECTED_BLACK: {
        double half = r * chance_range(&drawing->chance, 1.0, 1.25);
        draw_scribble(drawing, at, half, half, (int)(half * 2 / (drawing->who->pen.width_mm * 0.55)));
        draw_scribble(drawing, at, half, half, (int)(half * 2 / (drawing->who->pen.width_mm * 0.7)));
        break;
    }
    case KIND_CORRECTED_STRUCK: {
        int times = chance_int(&drawing->chance, 2, 4);
        for (int i = 0; i < times; i++) {
            double y = at.y_mm + (i - times / 2.0 + 0.5) * r * 0.5 + normal(drawing, 0.15);
            double half = r * chance_range(&drawing->chance, 1.7, 2.4);
            line(drawing, (PointMm){at.x_mm - half, y + normal(drawing, 0.2)},
                 (PointMm){at.x_mm + half, y + normal(drawing, 0.3)}, normal(drawing, 0.2));
        }
        break;
    }
    case KIND_CORRECTED_FLUID: {
        double half = r * big * chance_range(&drawing->chance, 1.5, 1.9);
        RectMm patch = {at.x_mm - half, at.y_mm - half * 0.95, 2 * half, 1.9 * half};
        fluid_draw(drawing->paper, patch, &drawing->chance);
        break;
    }
    case KIND_CORRECTED_ERASED: {
        double half = r * big * 2.6;
        RectMm patch = {at.x_mm - half, at.y_mm - half, 2 * half, 2 * half};
        double left = chance_range(&drawing->chance, 0.06, 0.2);
        left = drawing->who->erased_left > 0 ? drawing->who->erased_left : left;
        eraser_draw(drawing->paper, before, patch, left, &drawing->chance);
        break;
    }
    default:
        break;
    }
}

/* A copy of the rows about a box, as far as a mark reaches; what lies elsewhere is not set. */
static Picture *copy_about(const Picture *picture, const SimBox *box)
{
    Picture *copy = picture_new(picture->width, picture->height, picture->planes, picture->scale);
    double reach_mm = 30, top = box->rect.y_mm - reach_mm,
           bottom = box->rect.y_mm + box->rect.h_mm + reach_mm;
    size_t from = (size_t)CLAMP(top * picture->scale, 0, picture->height);
    size_t to = (size_t)CLAMP(bottom * picture->scale, 0, picture->height), width = (size_t)picture->width;
    for (int p = 0; p < picture->planes; p++) {
        memcpy(copy->plane[p] + from * width, picture->plane[p] + from * width, (to - from) * width);
    }
    return copy;
}

static void draw_between(Drawing *drawing, const Response *response)
{
    const SimBox *box = box_at(response, g_array_index(response->chosen, int, 0));
    const SimBox *other = box_at(response, response->other);
    PointMm a = rect_mm_centre(box->rect), b = rect_mm_centre(other->rect);
    double share = chance_range(&drawing->chance, 0.46, 0.54);
    draw_mark(drawing, response->question, box,
              (PointMm){a.x_mm + (b.x_mm - a.x_mm) * share, a.y_mm + (b.y_mm - a.y_mm) * share}, 0);
}

static void draw_response(Drawing *drawing, const Response *response)
{
    if (response->kind == KIND_BETWEEN) {
        draw_between(drawing, response);
        return;
    }
    if (response->kind >= KIND_CORRECTED_CIRCLE && response->kind <= KIND_CORRECTED_ERASED) {
        const SimBox *wrong = box_at(response, response->other);
        g_autoptr(Picture) before =
            response->kind == KIND_CORRECTED_ERASED ? copy_about(drawing->paper, wrong) : NULL;
        draw_mark(drawing, response->question, wrong, aim(drawing, wrong), 0);
        cancel(drawing, wrong, response->kind, before);
    }
    if (response->kind == KIND_STRAY) {
        const SimBox *other = box_at(response, response->other);
        PointMm at = aim(drawing, other);
        line(drawing, at, (PointMm){at.x_mm + normal(drawing, 0.3), at.y_mm + normal(drawing, 0.25)}, 0);
    }
    for (guint i = 0; i < response->chosen->len; i++) {
        const SimBox *box = box_at(response, g_array_index(response->chosen, int, i));
        PointMm at = response->kind == KIND_OUTSIDE ? aim_outside(drawing, box) : aim(drawing, box);
        double run = 0;
        if (response->kind == KIND_OVERRUN) {
            double gap = rect_mm_centre(box_at(response, response->other)->rect).x_mm - at.x_mm;
            run = gap > 0 && gap < 40 ? gap * chance_range(&drawing->chance, 0.55, 0.9) : reach(box) * 2;
        }
        draw_mark(drawing, response->question, box, at, run);
    }
}

static void draw_fields(Drawing *drawing, int page_index)
{
    const Respondent *who = drawing->who;
    guint at = 0;
    for (int p = 0; p < page_index; p++) {
        at += ((SimPage *)who->ballot->pages->pdata[p])->fields->len;
    }
    const SimPage *page = who->ballot->pages->pdata[page_index];
    for (guint i = 0; i < page->fields->len; i++) {
        const SimField *field = page->fields->pdata[i];
        const char *text = who->written->pdata[at + i];
        if (text && *text) {
            digits_draw(drawing->paper, &who->pen, field->rect, text, &drawing->chance);
        } else if (text) {
            double pitch = chance_range(&drawing->chance, 6.5, 8);
            int most = chance_int(&drawing->chance, 1, 4),
                lines = CLAMP((int)(field->rect.h_mm / pitch), 1, most);
            for (int l = 0; l < lines; l++) {
                PointMm from = {field->rect.x_mm + 2 + fabs(normal(drawing, 3)),
                                field->rect.y_mm + MIN(pitch * (l + 0.8), field->rect.h_mm - 0.8)};
                double width =
                    (field->rect.w_mm - 6) * (l == lines - 1 ? chance_range(&drawing->chance, 0.3, 0.95) : 1);
                handwriting_draw(drawing->paper, &who->pen, from, width, MIN(pitch, field->rect.h_mm),
                                 &drawing->chance);
            }
        }
    }
}

/* A note or a signature where nobody asked for one: mostly the margin, at times into the boxes. */
static void draw_note(Drawing *drawing, const SimPage *page)
{
    PointMm at = {chance_range(&drawing->chance, 100, page->width_mm - 60),
                  chance_range(&drawing->chance, 30, page->height_mm - 30)};
    if (drawing->who->crossing && page->questions->len > 0) {
        const SimQuestion *question =
            page->questions->pdata[chance_int(&drawing->chance, 0, (int)page->questions->len - 1)];
        at = rect_mm_centre(((SimBox *)question->boxes->pdata[0])->rect);
        at.x_mm -= chance_range(&drawing->chance, 4, 20);
        at.y_mm += normal(drawing, 2);
        if (chance_yes(&drawing->chance, 0.5)) {
            signature_draw(drawing->paper, &drawing->who->pen, at, chance_range(&drawing->chance, 30, 55),
                           &drawing->chance);
        } else {
            handwriting_draw(drawing->paper, &drawing->who->pen, at, chance_range(&drawing->chance, 30, 60),
                             8, &drawing->chance);
        }
        return;
    }
    if (chance_yes(&drawing->chance, 0.5)) {
        at.y_mm = page->height_mm - chance_range(&drawing->chance, 22, 45);
        signature_draw(drawing->paper, &drawing->who->pen, at, chance_range(&drawing->chance, 25, 45),
                       &drawing->chance);
    } else {
        at.x_mm = chance_yes(&drawing->chance, 0.7) ? 12 : at.x_mm;
        handwriting_draw(drawing->paper, &drawing->who->pen, at, chance_range(&drawing->chance, 15, 45), 7,
                         &drawing->chance);
    }
}

void respondent_fill(const Respondent *who, int page, uint64_t seed, Picture *paper)
{
    Drawing drawing = {who, paper, chance_for(seed, "ink", who->ballot->serial, page)};
    for (guint i = 0; i < who->responses->len; i++) {
        const Response *response = who->responses->pdata[i];
        if (response->page == page && response->kind != KIND_BLANK) {
            /* Its own chance: one odd mark does not change all that follow. */
            drawing.chance = chance_for(seed, who->ballot->serial, response->question->question, page);
            draw_response(&drawing, response);
        }
    }
    drawing.chance = chance_for(seed, "writing", who->ballot->serial, page);
    draw_fields(&drawing, page);
    if (who->note_page == page) {
        draw_note(&drawing, who->ballot->pages->pdata[page]);
    }
    if (who->stamp_page == page) {
        stamp_draw(paper, who->stamp_at, who->stamp_kind, &drawing.chance);
    }
}
