#include <math.h>
#include <string.h>

#include "mark/patch.h"
#include "mark/stray.h"
#include "mark/strip.h"
#include "mark/written.h"
#include "vision/vision.h"

/* Darkness relative to paper (0–255) from which ink begins to count, and from which it counts in full. Print
 * that shows through from the back stays below 40; a faint pencil line has 50–90. */
#define INK_FROM 28
#define INK_FULL 90
/* What stands out from a page's paper: darker than most of its empty paper, within these bounds. */
#define LEVEL_LEAST 7
#define LEVEL_QUANTILE 0.97
#define LEVEL_FACTOR 1.5
/* Boxes with more plain ink need no look for faint ink. */
#define PLAIN_MM2 2.0
/* Pieces smaller than this are specks, mm². */
#define SPECK_MM2 0.075
/* A piece with less of its ink inside, and more outside than in, comes from elsewhere. */
#define OWN_SHARE 0.2
#define DIRECTIONS 16

typedef struct {
    const LayoutPage *page;
    GPtrArray *masks;  /* BoxMask* */
    GPtrArray *strips; /* StripMask* */
    GArray *tiles;     /* of the fields */
    InkGround *ground;
} PageMasks;

struct MarkReader {
    GPtrArray *pages; /* PageMasks* */
    PatchWork work;
};

static void page_masks_free(gpointer data)
{
    PageMasks *masks = data;
    g_ptr_array_unref(masks->masks);
    if (masks->strips)
        g_ptr_array_unref(masks->strips);
    if (masks->tiles)
        g_array_unref(masks->tiles);
    ink_ground_free(masks->ground);
    g_free(masks);
}

MarkReader *mark_reader_new(void)
{
    MarkReader *reader = g_new0(MarkReader, 1);
    reader->pages = g_ptr_array_new_with_free_func(page_masks_free);
    return reader;
}

void mark_reader_free(MarkReader *reader)
{
    if (!reader)
        return;
    g_ptr_array_unref(reader->pages);
    g_free(reader);
}

static const PageMasks *masks_of(MarkReader *reader, const LayoutPage *page, GError **error)
{
    for (guint i = 0; i < reader->pages->len; i++) {
        const PageMasks *known = reader->pages->pdata[i];
        if (known->page == page)
            return known;
    }
    PageMasks *masks = g_new0(PageMasks, 1);
    masks->page = page;
    masks->masks = g_ptr_array_new_with_free_func((GDestroyNotify)box_mask_free);
    for (guint i = 0; i < page->boxes->len; i++) {
        BoxMask *mask = box_mask_new(page, (int)i, error);
        if (!mask) {
            page_masks_free(masks);
            return NULL;
        }
        g_ptr_array_add(masks->masks, mask);
    }
    masks->strips = strips_new(page, error);
    masks->tiles = masks->strips ? written_tiles_new(page, error) : NULL;
    masks->ground = masks->tiles ? ink_ground_new(page, error) : NULL;
    if (!masks->ground) {
        page_masks_free(masks);
        return NULL;
    }
    g_ptr_array_add(reader->pages, masks);
    return masks;
}

/* ---- one box
 * ------------------------------------------------------------------------------------------------------ */

/* Plain ink: weighed by its darkness. False where there is none. */
static bool weigh(PatchWork *work, const BoxMask *mask)
{
    uint8_t weight_of[256], any = 0;
    for (int dark = 0; dark < 256; dark++)
        weight_of[dark] = (uint8_t)CLAMP((dark - INK_FROM) * 255 / (INK_FULL - INK_FROM), 0, 255);
    for (int at = 0; at < mask->width_px * mask->height_px; at++) {
        work->weight[at] = (uint8_t)(weight_of[work->dark[at]] & -mask->free[at]);
        any |= work->weight[at];
    }
    return any > 0;
}

static double mm2(double pixels)
{
    return pixels / (MEASURE_PX_PER_MM * MEASURE_PX_PER_MM);
}

/* Mean darkness of print around the box, or 1 where there is next to none. */
static double print_darkness(const PatchWork *work, const BoxMask *mask)
{
    double sum = 0;
    int count = 0, total = mask->width_px * mask->height_px;
    for (int at = 0; at < total; at++) {
        if (!mask->free[at] && work->dark[at] > 60) {
            sum += work->dark[at];
            count++;
        }
    }
    return count > 20 ? sum / count / 255 : 1;
}

/* Dark coverage of the room, and how dark its darkest tenth is. */
static void measure_room(const PatchWork *work, const BoxMask *mask, MarkMeasures *m)
{
    int counts[256] = {0}, covered = 0, core = 0;
    const RectPx *in = &mask->inside;
    int edge_x = in->w_px / 5, edge_y = in->h_px / 5;
    for (int y = in->y_px; y < in->y_px + in->h_px && y < mask->height_px; y++) {
        for (int x = in->x_px; x < in->x_px + in->w_px && x < mask->width_px; x++) {
            int at = y * mask->width_px + x;
            if (!mask->free[at])
                continue;
            counts[work->dark[at]]++;
            covered += work->dark[at] > INK_FULL;
            if (x >= in->x_px + edge_x && x < in->x_px + in->w_px - edge_x && y >= in->y_px + edge_y &&
                y < in->y_px + in->h_px - edge_y)
                core += work->weight[at];
        }
    }
    int left = mask->room_count / 10, level = 255;
    while (level > 0 && (left -= counts[level]) > 0)
        level--;
    m->v[MEASURE_DARKNESS] = (float)(level / 255.0);
    m->v[MEASURE_CORE_MM2] = (float)mm2(core / 255.0);
    m->v[MEASURE_COVERAGE] = mask->room_count ? (float)covered / (float)mask->room_count : 0;
}

/* Whether a piece is a straight thin line: spread along one direction only. */
static bool is_straight(const Piece *piece)
{
    double mx = piece->sx / piece->ink, my = piece->sy / piece->ink;
    double xx = piece->sxx / piece->ink - mx * mx, yy = piece->syy / piece->ink - my * my,
           xy = piece->sxy / piece->ink - mx * my;
    double half = (xx + yy) / 2, apart = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    return half - apart < 1.2 && half + apart > 60;
}

/* Share of directions around the box, beyond its outline, in which ink lies. */
static double measure_ring(const PatchWork *work, const BoxMask *mask)
{
    bool seen[DIRECTIONS] = {false};
    const RectPx *in = &mask->inside;
    double cx = in->x_px + in->w_px / 2.0, cy = in->y_px + in->h_px / 2.0;
    int near = 2;
    for (int y = 0; y < mask->height_px; y++) {
        for (int x = 0; x < mask->width_px; x++) {
            bool outside = x < in->x_px - near || x >= in->x_px + in->w_px + near || y < in->y_px - near ||
                           y >= in->y_px + in->h_px + near;
            if (!outside || work->weight[y * mask->width_px + x] < 64)
                continue;
            double angle = atan2(y + 0.5 - cy, x + 0.5 - cx) + G_PI;
            seen[MIN(DIRECTIONS - 1, (int)(angle * DIRECTIONS / (2 * G_PI)))] = true;
        }
    }
    int count = 0;
    for (int i = 0; i < DIRECTIONS; i++)
        count += seen[i];
    return count / (double)DIRECTIONS;
}

static int count_bits(unsigned bits)
{
    return (int)(bits & 1) + (int)(bits >> 1 & 1) + (int)(bits >> 2 & 1) + (int)(bits >> 3 & 1);
}

/* Whether a piece that lies inside came there from elsewhere. */
static bool is_foreign(const Piece *piece)
{
    return piece->edges && piece->inside_ink < OWN_SHARE * piece->ink;
}

/* The shape of the box's own pieces taken together. */
static void measure_shape(const PatchWork *work, const BoxMask *mask, double least_mm2, MarkMeasures *m)
{
    Piece all = {0};
    for (int i = 0; i < work->piece_count; i++) {
        const Piece *piece = &work->pieces[i];
        if (mm2(piece->count) < least_mm2 || piece->inside_count == 0 || is_foreign(piece))
            continue;
        all.ink += piece->ink;
        all.sx += piece->sx;
        all.sy += piece->sy;
        all.sxx += piece->sxx;
        all.syy += piece->syy;
        all.sxy += piece->sxy;
        all.border += piece->border;
    }
    if (all.ink <= 0)
        return;
    const RectPx *in = &mask->inside;
    double mx = all.sx / all.ink, my = all.sy / all.ink;
    double xx = MAX(0, all.sxx / all.ink - mx * mx), yy = MAX(0, all.syy / all.ink - my * my),
           xy = all.sxy / all.ink - mx * my;
    double half = (xx + yy) / 2, apart = sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
    m->v[MEASURE_STROKE_MM] = (float)(all.border / 2.0 / MEASURE_PX_PER_MM);
    m->v[MEASURE_OFFSET_MM] =
        (float)(hypot(mx + 0.5 - in->x_px - in->w_px / 2.0, my + 0.5 - in->y_px - in->h_px / 2.0) /
                MEASURE_PX_PER_MM);
    m->v[MEASURE_SPREAD_MM] = (float)(sqrt(half + apart) / MEASURE_PX_PER_MM);
    m->v[MEASURE_BREADTH_MM] = (float)(sqrt(MAX(0, half - apart)) / MEASURE_PX_PER_MM);
    m->v[MEASURE_LEVEL_LINE] = (float)(apart > 0 ? 0.5 + (xx - yy) / 4 / apart : 0.5);
}

/* Sorts the pieces: specks, the box's own, from elsewhere, beside. */
static void measure_pieces(const PatchWork *work, const BoxMask *mask, MarkMeasures *m)
{
    double own = 0, foreign = 0, beside = 0, apart = 0, around = 0, noise = 0, touched = 0,
           touched_inside = 0;
    int x0 = mask->width_px, y0 = mask->height_px, x1 = -1, y1 = -1, pieces = 0;
    unsigned edges = 0;
    bool straight = false;
    for (int i = 0; i < work->piece_count; i++) {
        const Piece *piece = &work->pieces[i];
        if (mm2(piece->count) < SPECK_MM2) {
            noise += mm2(piece->ink);
            continue;
        }
        if (piece->inside_count == 0) {
            beside += mm2(piece->ink);
            apart += piece->edges ? 0 : mm2(piece->ink);
            continue;
        }
        touched += piece->ink;
        touched_inside += piece->inside_ink;
        edges |= piece->edges;
        straight |= is_straight(piece) && count_bits(piece->edges) >= 2;
        if (is_foreign(piece)) {
            foreign += mm2(piece->inside_ink);
            continue;
        }
        own += mm2(piece->inside_ink);
        around += mm2(piece->ink - piece->inside_ink);
        pieces++;
        x0 = MIN(x0, piece->ix0);
        y0 = MIN(y0, piece->iy0);
        x1 = MAX(x1, piece->ix1);
        y1 = MAX(y1, piece->iy1);
    }
    m->v[MEASURE_INK_MM2] = (float)own;
    m->v[MEASURE_FOREIGN_MM2] = (float)foreign;
    m->v[MEASURE_BESIDE_MM2] = (float)beside;
    m->v[MEASURE_APART_MM2] = (float)apart;
    m->v[MEASURE_AROUND_MM2] = (float)around;
    m->v[MEASURE_NOISE_MM2] = (float)(noise / MAX(0.1, mm2(mask->free_count)) * 100);
    m->v[MEASURE_SHARE_INSIDE] = touched > 0 ? (float)(touched_inside / touched) : 0;
    m->v[MEASURE_EDGES] = (float)count_bits(edges);
    m->v[MEASURE_STRAIGHT] = straight;
    m->v[MEASURE_PIECES] = (float)pieces;
    m->v[MEASURE_LENGTH_MM] = x1 >= 0 ? (float)(hypot(x1 - x0 + 1, y1 - y0 + 1) / MEASURE_PX_PER_MM) : 0;
}

/* Reddish and bluish shares of the dark pixels of the room, from the planes of a colour scan. */
static void measure_colour(const PageImage *image, const PageMap *map, const BoxMask *mask, RectMm area,
                           const PatchWork *work, MarkMeasures *m)
{
    int red = 0, blue = 0, count = 0;
    for (int y = 0; image->cb && y < mask->height_px; y += 2) {
        for (int x = 0; x < mask->width_px; x += 2) {
            if (work->weight[y * mask->width_px + x] < 128)
                continue;
            PointPx at = page_map_point(map, (PointMm){area.x_mm + (x + 0.5) / MEASURE_PX_PER_MM,
                                                       area.y_mm + (y + 0.5) / MEASURE_PX_PER_MM});
            int px = (int)at.x_px >> image->chroma_shift, py = (int)at.y_px >> image->chroma_shift;
            if (px < 0 || py < 0 || px >= image->cb->width_px || py >= image->cb->height_px)
                continue;
            int cb = image->cb->pixels[(size_t)py * image->cb->stride + px];
            int cr = image->cr->pixels[(size_t)py * image->cr->stride + px];
            red += cr > 128 + 18 && cr - 128 > 2 * (cb - 128);
            blue += cb > 128 + 12 && cb - 128 > 2 * (cr - 128);
            count++;
        }
    }
    m->v[MEASURE_RED] = count ? (float)red / (float)count : 0;
    m->v[MEASURE_BLUE] = count ? (float)blue / (float)count : 0;
}

/* Faint ink: what stands out from this page's paper at all. */
static void measure_light(PatchWork *work, const BoxMask *mask, int level, MarkMeasures *m)
{
    int w = mask->width_px, h = mask->height_px;
    if (!patch_weigh_light(work, mask, level))
        return;
    patch_find_pieces(work, mask);
    double area = 0, beside = 0, mass = 0, speck = 0, peak = 0;
    int x0 = w, y0 = h, x1 = -1, y1 = -1;
    for (int i = 0; i < work->piece_count; i++) {
        const Piece *piece = &work->pieces[i];
        mass += mm2(piece->inside_dark / 255.0);
        speck = MAX(speck, mm2(piece->inside_count));
        peak = MAX(peak, piece->peak / 255.0);
        if (mm2(piece->count) < 2 * SPECK_MM2)
            continue;
        if (piece->inside_count == 0) {
            beside += mm2(piece->count);
            continue;
        }
        area += mm2(piece->inside_count);
        x0 = MIN(x0, piece->ix0);
        y0 = MIN(y0, piece->iy0);
        x1 = MAX(x1, piece->ix1);
        y1 = MAX(y1, piece->iy1);
    }
    if (m->v[MEASURE_INK_MM2] <= 0)
        measure_shape(work, mask, 2 * SPECK_MM2, m);
    m->v[MEASURE_MASS_MM2] = (float)mass;
    m->v[MEASURE_SPECK_MM2] = (float)speck;
    m->v[MEASURE_PEAK] = (float)peak;
    m->v[MEASURE_LIGHT_MM2] = (float)area;
    m->v[MEASURE_LIGHT_BESIDE] = (float)beside;
    m->v[MEASURE_LIGHT_MM] = x1 >= 0 ? (float)(hypot(x1 - x0 + 1, y1 - y0 + 1) / MEASURE_PX_PER_MM) : 0;
}

/* One box as sampled from the scan. */
typedef struct {
    Raster *scan;
    RectMm area;
    int paper;
} Sample;

static void sample_clear(gpointer data)
{
    raster_free(((Sample *)data)->scan);
}

/* A number from 0 to 1 as it is kept: 0 only where it is not known. */
static float known(double value)
{
    return isnan(value) ? 0 : (float)MAX(value, 0.001);
}

static void measure_box(MarkReader *reader, const PageImage *image, const Registration *registration,
                        const BoxMask *mask, const RegisterBox *place, const Sample *sample, int level,
                        MarkMeasures *m)
{
    PatchWork *work = &reader->work;
    patch_set_dark(work, sample->scan, mask, sample->paper);
    work->piece_count = 0;
    if (weigh(work, mask))
        patch_find_pieces(work, mask);
    m->v[MEASURE_ROOM_MM2] = (float)mm2(mask->room_count);
    m->v[MEASURE_PAPER] = (float)sample->paper;
    m->v[MEASURE_PRINT] = (float)print_darkness(work, mask);
    m->v[MEASURE_MATCH] = isnan(place->match) ? -1 : (float)place->match;
    m->v[MEASURE_OUTLINE] = known(place->outline);
    m->v[MEASURE_LINE] = known(place->line);
    m->v[MEASURE_UNSURE] = !place->sure;
    m->v[MEASURE_SHIFT_MM] = (float)hypot(place->shift_x_mm, place->shift_y_mm);
    m->v[MEASURE_LEVEL] = (float)(level / 255.0);
    measure_room(work, mask, m);
    measure_pieces(work, mask, m);
    measure_shape(work, mask, SPECK_MM2, m);
    if (work->piece_count) {
        m->v[MEASURE_RING] = (float)measure_ring(work, mask);
        measure_colour(image, &registration->map, mask, sample->area, work, m);
    }
    if (m->v[MEASURE_INK_MM2] < PLAIN_MM2)
        measure_light(work, mask, level, m);
    else {
        m->v[MEASURE_LIGHT_MM2] = m->v[MEASURE_INK_MM2];
        m->v[MEASURE_LIGHT_MM] = m->v[MEASURE_LENGTH_MM];
        m->v[MEASURE_MASS_MM2] = m->v[MEASURE_INK_MM2] * m->v[MEASURE_DARKNESS];
        m->v[MEASURE_SPECK_MM2] = m->v[MEASURE_INK_MM2];
        m->v[MEASURE_PEAK] = m->v[MEASURE_DARKNESS];
    }
}

/* ---- a page
 * ------------------------------------------------------------------------------------------------------ */

/* What is known of a page as a whole: how dark its empty paper gets, and how much print it shows. */
typedef struct {
    int counts[256]; /* of darkness, over print-free paper outside the boxes */
    int64_t print, kept;
} PageTone;

static void add_tone(PageTone *tone, PatchWork *work, const Sample *sample, const BoxMask *mask)
{
    const RectPx *in = &mask->inside;
    patch_set_dark(work, sample->scan, mask, sample->paper);
    for (int y = 0; y < mask->height_px; y++) {
        bool inside_y = y >= in->y_px && y < in->y_px + in->h_px;
        for (int x = 0; x < mask->width_px; x++) {
            int at = y * mask->width_px + x, dark = work->dark[at];
            if (mask->free[at] && !(inside_y && x >= in->x_px && x < in->x_px + in->w_px))
                tone->counts[dark]++;
            tone->print += mask->free[at] ? 0 : mask->print[at];
            tone->kept += mask->free[at] ? 0 : MIN(dark, mask->print[at]);
        }
    }
}

/* Where ink begins on this page: well above what most of its empty paper shows. */
static int ink_level(const PageTone *tone)
{
    int64_t total = 0, below = 0;
    for (int i = 0; i < 256; i++)
        total += tone->counts[i];
    int level = 0;
    while (level < INK_FROM && (double)(below += tone->counts[level]) < LEVEL_QUANTILE * (double)total)
        level++;
    return CLAMP((int)lround(level * LEVEL_FACTOR), LEVEL_LEAST, INK_FROM);
}

static GArray *sample_boxes(const PageImage *image, const Registration *registration, const PageMasks *masks,
                            PatchWork *work, PageTone *tone, GError **error)
{
    g_autoptr(GArray) samples = g_array_new(FALSE, TRUE, sizeof(Sample));
    g_array_set_clear_func(samples, sample_clear);
    for (guint i = 0; i < masks->masks->len; i++) {
        const BoxMask *mask = masks->masks->pdata[i];
        const RegisterBox *place = &g_array_index(registration->boxes, RegisterBox, i);
        Sample sample = {.area = mask->area};
        sample.area.x_mm += place->shift_x_mm;
        sample.area.y_mm += place->shift_y_mm;
        sample.scan =
            vision_sample(image->grey, &registration->map, sample.area, MEASURE_PX_PER_MM, 0, 0, error);
        if (!sample.scan)
            return NULL;
        sample.paper = patch_paper(sample.scan, mask);
        add_tone(tone, work, &sample, mask);
        g_array_append_val(samples, sample);
    }
    return g_steal_pointer(&samples);
}

GArray *mark_measure_page(MarkReader *reader, const PageImage *image, const Registration *registration,
                          GError **error)
{
    const LayoutPage *page = registration->layout->pages->pdata[registration->page];
    const PageMasks *masks = masks_of(reader, page, error);
    PageTone tone = {{0}, 0, 0};
    g_autoptr(GArray) samples =
        masks ? sample_boxes(image, registration, masks, &reader->work, &tone, error) : NULL;
    if (!samples)
        return NULL;
    int level = image->bitonal ? INK_FROM : ink_level(&tone);
    double kept = tone.print ? (double)tone.kept / (double)tone.print : 1;
    g_autoptr(GArray) measures = g_array_sized_new(FALSE, TRUE, sizeof(MarkMeasures), samples->len);
    for (guint i = 0; i < samples->len; i++) {
        MarkMeasures m = {{0}};
        measure_box(reader, image, registration, masks->masks->pdata[i],
                    &g_array_index(registration->boxes, RegisterBox, i), &g_array_index(samples, Sample, i),
                    level, &m);
        m.v[MEASURE_KEPT] = (float)kept;
        g_array_append_val(measures, m);
    }
    if (!strips_measure(masks->strips, &reader->work, image, registration, level,
                        (MarkMeasures *)measures->data, error) ||
        !stray_measure(masks->ground, image, registration, (MarkMeasures *)measures->data, error))
        return NULL;
    return g_steal_pointer(&measures);
}

GArray *mark_measure_fields(MarkReader *reader, const PageImage *image, const Registration *registration,
                            GError **error)
{
    const PageMasks *masks = masks_of(reader, registration->layout->pages->pdata[registration->page], error);
    return masks ? written_measure(masks->tiles, &reader->work, image, registration, error) : NULL;
}

Raster *mark_crop(const PageImage *image, const Registration *registration, int box, double margin_mm,
                  GError **error)
{
    const LayoutPage *page = registration->layout->pages->pdata[registration->page];
    const LayoutBox *of = page->boxes->pdata[box];
    const RegisterBox *place = &g_array_index(registration->boxes, RegisterBox, box);
    RectMm area = {of->rect.x_mm - margin_mm + place->shift_x_mm,
                   of->rect.y_mm - margin_mm + place->shift_y_mm, of->rect.w_mm + 2 * margin_mm,
                   of->rect.h_mm + 2 * margin_mm};
    return vision_sample(image->grey, &registration->map, area, 8, 0, 0, error);
}
