/* The local correction around every box: paper stretches in a feeder and curls on a table, and no single map
 * of the page follows it. */
#include <math.h>

#include "register/place.h"

/* Print around a place counts as found from this correlation on; a heavy mark costs a box some of it. */
#define FOUND_SCORE 0.5
/* Most boxes lie where the one before lay, else close to where the page says; one found there as well as this
 * is searched for no further. A best place at the rim of a search is no place. */
#define NEXT_MM 0.5
#define NEAR_MM 0.8
#define NEAR_SCORE 0.75
#define RIM_MM 0.3
#define ECHO_SCORE 0.3
/* Print that is found as well as this is where it was found, whatever its neighbours say. */
#define SURE_SCORE 0.75
/* Places this near each other move together: shifts there follow a plane. */
#define NEIGHBOUR_MM 70.0
/* A box that moved otherwise than its neighbours by more than this follows them, unless those beside it in
 * its line moved as it did: a feeder slips between lines. */
#define OUTLIER_MM 0.22
#define LINE_MM 5.0
#define FAIR_SCORE 0.65
#define BESIDE_MM 100.0
/* More than this between a box that is surely found and its neighbours is a contradiction. */
#define CONTRADICTION_MM 0.45
/* A box that is not found itself needs so many that are, this near. */
#define SUPPORT_MM 32.0
#define SUPPORT_LEAST 2
/* Paper is not stretched by more than this from one place to the next. */
#define MAX_STRAIN 0.02
/* Neighbours that stand off the plane by this much count half. */
#define SOFT_MM 0.12
#define ROUNDS 4
/* A plane needs so many neighbours; fewer only lend their median. */
#define PLANE_LEAST 5
/* Limits: a page that exceeds one is refused. Boxes are 4–5 mm wide and stand at least twice that apart, so a
 * shift that was followed by the print around the box is safe far beyond what a feeder does (1–2 mm). */
#define MAX_SHIFT_MARKS_MM 1.6
#define MAX_SHIFT_PRINT_MM 2.6
#define MAX_SHIFT_FIELD_MM 4.0
#define MAX_RESIDUAL_MM 0.35
#define MAX_DISTORTION 0.09
/* The search for boxes around where marks, print, or the print around them say they are. */
#define REACH_MARKS_MM 1.75
#define REACH_PRINT_MM 2.75
#define REACH_FIELD_MM 1.25
/* A second look at a box, by its outline alone, so near to the first; and a last one, where it was settled.
 */
#define CLOSER_MM 0.6
#define THERE_MM 0.5
/* The paper of a small place is the grey that this share of it is lighter than. */
#define PAPER_SHARE 0.25
/* The search for print that shows how the sheet is bent. */
#define REACH_BENT_MM 5.0
#define PRINT_LEAST 8
/* So much of the page's text, found where it fits together, says where the page lies even if most boxes are
 * not seen: pale ones that a threshold took, a note over them. Those wait, each for itself. */
#define TEXT_VOUCHES 0.6

static double median(double *values, int count)
{
    sort_doubles(values, count);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* A place of print and where it was found, from where the map says. */
typedef struct {
    PointMm at;
    double dx_mm, dy_mm, score;
    bool tried, found;
} Sample;

/* The boxes of the page, in order, then patches of its text where they were looked for. */
typedef struct {
    Sample *samples;
    int boxes, count;
    double *room; /* for medians */
} Field;

static double apart(PointMm a, PointMm b)
{
    return hypot(a.x_mm - b.x_mm, a.y_mm - b.y_mm);
}

/* Median shift of what was found near box `i` (itself included); how much that is. */
static int neighbours_shift(const Field *field, int i, double *ret_dx, double *ret_dy)
{
    double *dx = field->room, *dy = field->room + field->count;
    int near = 0;
    for (int j = 0; j < field->count; j++) {
        const Sample *other = &field->samples[j];
        if (!other->found || apart(other->at, field->samples[i].at) > NEIGHBOUR_MM)
            continue;
        dx[near] = other->dx_mm;
        dy[near] = other->dy_mm;
        near++;
    }
    if (near) {
        *ret_dx = median(dx, near);
        *ret_dy = median(dy, near);
    }
    return near;
}

/* Solves the symmetric 3 × 3 system for two right sides; false when it hangs on too few directions. */
static bool solve(double m[3][3], double right[2][3])
{
    for (int k = 0; k < 3; k++) {
        if (m[k][k] < 1e-6)
            return false;
        for (int i = k + 1; i < 3; i++) {
            double f = m[i][k] / m[k][k];
            for (int j = k; j < 3; j++)
                m[i][j] -= f * m[k][j];
            right[0][i] -= f * right[0][k];
            right[1][i] -= f * right[1][k];
        }
    }
    for (int side = 0; side < 2; side++) {
        for (int i = 2; i >= 0; i--) {
            for (int j = i + 1; j < 3; j++)
                right[side][i] -= m[i][j] * right[side][j];
            right[side][i] /= m[i][i];
        }
    }
    return true;
}

/* The shift sample `i` should have: a plane through what else was found around it, fitted with less weight
 * for what stands off it (Cauchy's), in units of 10 mm around it. False with too little of that. */
static bool plane_shift(const Field *field, int i, double *ret_dx, double *ret_dy)
{
    PointMm at = field->samples[i].at;
    double px = 0, py = 0, slope[2][2] = {{0}};
    int near = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double m[3][3] = {{1e-9, 0, 0}, {0, 0.3, 0}, {0, 0, 0.3}}, right[2][3] = {{0}};
        near = 0;
        for (int j = 0; j < field->count; j++) {
            const Sample *other = &field->samples[j];
            double x = (other->at.x_mm - at.x_mm) / 10, y = (other->at.y_mm - at.y_mm) / 10;
            if (j == i || !other->found || hypot(x, y) * 10 > NEIGHBOUR_MM)
                continue;
            double off = round ? hypot(other->dx_mm - px - slope[0][0] * x - slope[0][1] * y,
                                       other->dy_mm - py - slope[1][0] * x - slope[1][1] * y)
                               : 0;
            double weight = 1 / (1 + off * off / (SOFT_MM * SOFT_MM)) / (1 + (x * x + y * y) / 9) *
                            CLAMP((other->score - 0.4) / 0.35, 0.1, 1);
            double v[3] = {1, x, y};
            for (int r = 0; r < 3; r++) {
                for (int c = 0; c < 3; c++)
                    m[r][c] += weight * v[r] * v[c];
                right[0][r] += weight * v[r] * other->dx_mm;
                right[1][r] += weight * v[r] * other->dy_mm;
            }
            near++;
        }
        if (near < PLANE_LEAST || !solve(m, right))
            return false;
        px = right[0][0];
        py = right[1][0];
        for (int side = 0; side < 2; side++) {
            slope[side][0] = right[side][1];
            slope[side][1] = right[side][2];
        }
    }
    *ret_dx = px;
    *ret_dy = py;
    return true;
}

/* Whether what lies in the sample's own line moved as it did: 2 for two places or one that is sure, and one
 * of all fairly so; 1 for less. */
static int line_agrees(const Field *field, int i)
{
    const Sample *own = &field->samples[i];
    int agree = 0;
    double best = own->score;
    for (int j = 0; j < field->count; j++) {
        const Sample *other = &field->samples[j];
        if (j == i || !other->found || fabs(other->at.y_mm - own->at.y_mm) >= LINE_MM ||
            fabs(other->at.x_mm - own->at.x_mm) >= BESIDE_MM ||
            hypot(other->dx_mm - own->dx_mm, other->dy_mm - own->dy_mm) >= OUTLIER_MM)
            continue;
        agree += other->score >= SURE_SCORE ? 2 : 1;
        best = MAX(best, other->score);
    }
    return agree >= 2 && best >= FAIR_SCORE ? 2 : MIN(agree, 1);
}

/* Whether enough was found near a sample that was not, and nearly all of it moved as is said of the sample.
 */
static bool is_supported(const Field *field, int i, double dx_mm, double dy_mm)
{
    int near = 0, other_way = 0;
    for (int j = 0; j < field->count; j++) {
        const Sample *other = &field->samples[j];
        double mm = apart(other->at, field->samples[i].at);
        if (j == i || !other->found || mm > SUPPORT_MM)
            continue;
        near++;
        other_way += hypot(other->dx_mm - dx_mm, other->dy_mm - dy_mm) > OUTLIER_MM + MAX_STRAIN * mm;
    }
    return near >= SUPPORT_LEAST && other_way * 4 <= near;
}

/* Settles every box: its own shift where it agrees with its neighbours, theirs where it does not; a box that
 * no print vouches for is not sure. False where fewer than half of the boxes vouch for themselves and the
 * text does not vouch for the page (`by_text`), or they lie further than `limit_mm` from where the map says,
 * or not smoothly. */
static bool settle(const Field *field, double limit_mm, bool by_text, double *residuals,
                   Registration *registration)
{
    int checked = 0, tried = 0, seen = 0;
    double worst = 0;
    g_array_set_size(registration->boxes, 0);
    for (int i = 0; i < field->boxes; i++) {
        double dx = 0, dy = 0;
        const Sample *own = &field->samples[i];
        bool known = plane_shift(field, i, &dx, &dy) || neighbours_shift(field, i, &dx, &dy) >= 3;
        double away = hypot(own->dx_mm - dx, own->dy_mm - dy);
        bool own_counts = own->found && (!known || away <= OUTLIER_MM || line_agrees(field, i) == 2);
        /* A box under a heavy mark is hardly found, but where it should be. */
        bool echoes = known && own->tried && own->score >= ECHO_SCORE && away <= OUTLIER_MM;
        bool elsewhere =
            own->found && away > CONTRADICTION_MM && (own->score >= SURE_SCORE || line_agrees(field, i));
        tried += own->tried;
        seen += own_counts || echoes;
        RegisterBox box = {.shift_x_mm = own_counts ? own->dx_mm : dx,
                           .shift_y_mm = own_counts ? own->dy_mm : dy,
                           .match = own->found ? own->score : NAN,
                           .residual_mm = own->found && known ? away : NAN,
                           .outline = NAN,
                           .line = NAN};
        box.sure = own_counts || echoes || (!elsewhere && is_supported(field, i, dx, dy));
        if (own->found)
            residuals[checked++] = known ? away : 0;
        if (box.sure)
            worst = MAX(worst, hypot(box.shift_x_mm, box.shift_y_mm));
        g_array_append_val(registration->boxes, box);
    }
    registration->residual_mm = checked ? median(residuals, checked) : 0;
    registration->worst_mm = worst;
    return (by_text || seen * 2 >= tried) && registration->residual_mm <= MAX_RESIDUAL_MM &&
           worst <= limit_mm;
}

/* Looks for a box around `start`, first around `last` where that is given: nearest first, and further while
 * what is found is not surely it. False when it is not found. */
static bool look_at_box(const Patch *patch, const Raster *scan, const PageMap *map, PointMm start,
                        const Sample *last, double reach_mm, Sample *sample)
{
    PointMm before = last ? (PointMm){last->dx_mm, last->dy_mm} : start;
    const struct {
        PointMm from;
        double reach_mm;
    } searches[] = {{before, last ? NEXT_MM : 0}, {start, MIN(NEAR_MM, reach_mm)}, {start, reach_mm}};
    for (size_t i = 0; i < G_N_ELEMENTS(searches); i++) {
        PointMm from = searches[i].from;
        if (searches[i].reach_mm <= 0)
            continue;
        Match match = patch_find(patch, scan, map, from, searches[i].reach_mm);
        sample->dx_mm = match.dx_mm;
        sample->dy_mm = match.dy_mm;
        sample->score = match.score;
        sample->found = match.score >= FOUND_SCORE &&
                        fabs(match.dx_mm - from.x_mm) < searches[i].reach_mm - RIM_MM &&
                        fabs(match.dy_mm - from.y_mm) < searches[i].reach_mm - RIM_MM;
        if (sample->found && match.score >= NEAR_SCORE)
            return true;
    }
    return sample->found;
}

/* Looks for every box around where the map, and where a field is known the field, says it is. */
static void look_at_boxes(const Blank *blank, const Raster *scan, const PageMap *map, double reach_mm,
                          bool bent, Field *field)
{
    const Sample *last = NULL;
    for (int i = 0; i < field->boxes; i++) {
        const Patch *patch = blank->box_patches->pdata[i];
        Sample *sample = &field->samples[i];
        PointMm start = {0, 0};
        sample->found = sample->tried = false;
        if (bent && !plane_shift(field, i, &start.x_mm, &start.y_mm) &&
            !neighbours_shift(field, i, &start.x_mm, &start.y_mm))
            continue;
        if (!patch)
            continue;
        sample->tried = true;
        if (look_at_box(patch, scan, map, start, bent ? NULL : last, reach_mm, sample))
            last = sample;
    }
}

/* Where the paper moved otherwise than around it, the box's own outline says more than the print near it. */
static void look_closer(const Blank *blank, const Raster *scan, const PageMap *map, Field *field)
{
    for (int i = 0; i < field->boxes; i++) {
        Sample *sample = &field->samples[i];
        double dx, dy;
        if (!sample->found || !plane_shift(field, i, &dx, &dy) ||
            hypot(sample->dx_mm - dx, sample->dy_mm - dy) <= OUTLIER_MM)
            continue;
        const Patch *outline = blank->outlines->pdata[i];
        if (!outline)
            continue;
        Match match = patch_find(outline, scan, map, (PointMm){sample->dx_mm, sample->dy_mm}, CLOSER_MM);
        if (match.score < FOUND_SCORE)
            continue;
        sample->dx_mm = match.dx_mm;
        sample->dy_mm = match.dy_mm;
    }
}

/* Looks for the page's text around where the map says it is, and keeps what moved as some of its neighbours
 * did. */
static int look_at_print(const Blank *blank, const Raster *scan, const PageMap *map, Field *field)
{
    int kept = 0, first = field->boxes;
    for (int i = first; i < field->count; i++) {
        const Patch *patch = blank->patches->pdata[i - first];
        Match match = patch_search(patch, scan, map, REACH_BENT_MM);
        field->samples[i] = (Sample){rect_mm_centre(patch->area), match.dx_mm, match.dy_mm, match.score, true,
                                     match.score >= FOUND_SCORE};
    }
    g_autofree bool *agrees = g_new0(bool, field->count + 1);
    for (int i = first; i < field->count; i++) {
        const Sample *own = &field->samples[i];
        int like = 0;
        for (int j = first; j < field->count && own->found; j++) {
            const Sample *other = &field->samples[j];
            double mm = apart(own->at, other->at);
            like += j != i && other->found && mm < NEIGHBOUR_MM &&
                    hypot(own->dx_mm - other->dx_mm, own->dy_mm - other->dy_mm) < 0.3 + MAX_DISTORTION * mm;
        }
        agrees[i] = like >= 2;
    }
    for (int i = first; i < field->count; i++) {
        field->samples[i].found = agrees[i];
        kept += agrees[i];
    }
    return kept;
}

/* The share of a place's print that the scan shows there, 0..1; ink that was added takes nothing away. */
static double shown_share(const Patch *patch, const Raster *scan, const PageMap *map, Match match)
{
    RectMm there = {patch->area.x_mm + match.dx_mm, patch->area.y_mm + match.dy_mm, patch->area.w_mm,
                    patch->area.h_mm};
    g_autoptr(Raster) shown = vision_sample(scan, map, there, PATCH_PX_PER_MM, 0, 0, NULL);
    int counts[256] = {0}, paper = 255, total = 0;
    double print = 0, kept = 0;
    if (!shown)
        return 0;
    for (int y = 0; y < shown->height_px; y++)
        for (int x = 0; x < shown->width_px; x++, total++)
            counts[shown->pixels[(size_t)y * shown->stride + (size_t)x]]++;
    for (int above = counts[255]; paper > 0 && above < PAPER_SHARE * total; above += counts[paper])
        paper--;
    for (int y = 0; y < shown->height_px; y++) {
        const uint8_t *is = shown->pixels + (size_t)y * shown->stride;
        const uint8_t *was = patch->picture->pixels + (size_t)y * patch->picture->stride;
        for (int x = 0; x < shown->width_px; x++) {
            print += 255 - was[x];
            kept += CLAMP(paper - is[x], 0, 255 - was[x]);
        }
    }
    return print > 0 ? kept / print : 0;
}

/* How well the outline of every box is seen, where the box was settled: a pale or blurred one fits the blank
 * still, one that was written over shows all of its own darkness still. */
static void look_at_outlines(const Blank *blank, const Raster *scan, Registration *registration)
{
    for (guint i = 0; i < registration->boxes->len; i++) {
        RegisterBox *box = &g_array_index(registration->boxes, RegisterBox, i);
        const Patch *outline = blank->outlines->pdata[i];
        PointMm at = {box->shift_x_mm, box->shift_y_mm};
        if (!outline)
            continue;
        Match match = patch_find(outline, scan, &registration->map, at, THERE_MM);
        box->outline = MAX(match.score, shown_share(outline, scan, &registration->map, match));
    }
}

static int count_sure(const GArray *boxes)
{
    int sure = 0;
    for (guint i = 0; i < boxes->len; i++)
        sure += g_array_index(boxes, RegisterBox, i).sure;
    return sure;
}

/* The sheet is bent, or much of it is covered: the text says how it lies, box by box. `ret_by_text`: whether
 * it is found so well that it says so alone. */
static bool check_bent(const Blank *blank, const Raster *scan, Field *field, double *residuals,
                       Registration *registration, bool *ret_by_text)
{
    for (int i = 0; i < field->boxes; i++)
        field->samples[i].found = false;
    field->count = field->boxes + (int)blank->patches->len;
    int found = look_at_print(blank, scan, &registration->map, field);
    *ret_by_text = found >= PRINT_LEAST && found >= TEXT_VOUCHES * blank->patches->len;
    if (found < PRINT_LEAST)
        return false;
    look_at_boxes(blank, scan, &registration->map, REACH_FIELD_MM, true, field);
    look_closer(blank, scan, &registration->map, field);
    return settle(field, MAX_SHIFT_FIELD_MM, *ret_by_text, residuals, registration);
}

bool check_boxes(const Blank *blank, const Raster *scan, bool by_marks, Registration *registration)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    int boxes = (int)blank->box_patches->len, all = boxes + (int)blank->patches->len;
    g_autofree Sample *samples = g_new0(Sample, all + 1);
    g_autofree double *room = g_new0(double, 2 * all + 2), *residuals = g_new0(double, boxes + 1);
    Field field = {samples, boxes, boxes, room};
    for (int i = 0; i < boxes; i++)
        samples[i].at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
    look_at_boxes(blank, scan, &registration->map, by_marks ? REACH_MARKS_MM : REACH_PRINT_MM, false, &field);
    look_closer(blank, scan, &registration->map, &field);
    double limit_mm = by_marks ? MAX_SHIFT_MARKS_MM : MAX_SHIFT_PRINT_MM;
    bool by_text = false, placed = settle(&field, limit_mm, false, residuals, registration);
    if (!placed || count_sure(registration->boxes) < boxes) {
        g_autoptr(GArray) flat = g_array_copy(registration->boxes);
        double residual_mm = registration->residual_mm, worst_mm = registration->worst_mm;
        bool bent = check_bent(blank, scan, &field, residuals, registration, &by_text);
        if (placed && (!bent || count_sure(registration->boxes) <= count_sure(flat))) {
            g_array_set_size(registration->boxes, 0);
            g_array_append_vals(registration->boxes, flat->data, flat->len);
            registration->residual_mm = residual_mm;
            registration->worst_mm = worst_mm;
        }
        placed = placed || bent;
    }
    if (placed)
        look_at_outlines(blank, scan, registration);
    return placed && (by_text || 2 * count_sure(registration->boxes) >= boxes);
}
