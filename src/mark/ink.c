#include "mark/ink.h"

#include <math.h>
#include <string.h>

#include "vision/vision.h"

/* Print of the blank is what is darker than this, 0–255. */
#define PRINT_DARKNESS 40
/* So near to print nothing can be told on a page that lies just as its map says. */
#define MARGIN_MM 0.7
/* … and on a bent one at most. */
#define MARGIN_MOST_MM 2.0
/* How far above the first line of boxes and below the last ink may still be about them. */
#define ABOVE_MM 25.0
#define BELOW_MM 12.0
/* The sheet's edges are the scanner's. */
#define EDGE_MM 3.0
/* People write a little beyond the room they have. */
#define FIELD_REACH_MM 4.0
/* Boxes and what is around them lie where they were found. */
#define BOX_REACH_MM 1.5
/* Ink is darker than this, 0–255, as a faint pencil line still is after it is averaged over a pixel, … */
#define LEAST_DARKNESS 48
/* … and than all but this share of the paper next to this page's print: what the scanner spread of it. */
#define HALO_MM 0.7
#define HALO_SHARE 0.03
#define HALO_FACTOR 1.15
/* Parts of the page so large may lie so much further off; less ink than this is no reason to look. */
#define SLACK_TILE_PX 32
#define SLACK_PX 6
#define SLACK_INK_PX 4
/* Print of a part of the page counts as found where this share of what is usual on the page is seen of it. */
#define PLACED_SHARE 0.75
/* Paper is as light as the lightest quarter of a square of this size. */
#define TILE_PX 64
#define STEP_PX 8

PointMm ink_point(const InkGround *ground, int x, int y)
{
    return (PointMm){ground->area.x_mm + (x + 0.5) / INK_PX_PER_MM,
                     ground->area.y_mm + (y + 0.5) / INK_PX_PER_MM};
}

PointPx ink_pixel(const InkGround *ground, PointMm at)
{
    return (PointPx){(at.x_mm - ground->area.x_mm) * INK_PX_PER_MM,
                     (at.y_mm - ground->area.y_mm) * INK_PX_PER_MM};
}

/* ---- the blank ---- */

static void set_rect(InkGround *ground, RectMm rect, double margin_mm, uint8_t bits)
{
    PointPx from = ink_pixel(ground, (PointMm){rect.x_mm - margin_mm, rect.y_mm - margin_mm}),
            to = ink_pixel(ground,
                           (PointMm){rect.x_mm + rect.w_mm + margin_mm, rect.y_mm + rect.h_mm + margin_mm});
    for (int y = MAX((int)floor(from.y_px), 0); y < MIN((int)ceil(to.y_px), ground->height_px); y++)
        for (int x = MAX((int)floor(from.x_px), 0); x < MIN((int)ceil(to.x_px), ground->width_px); x++)
            ground->pixels[y * ground->width_px + x] |= bits;
}

static void set_areas(InkGround *ground, const LayoutPage *page)
{
    for (guint i = 0; i < page->fields->len; i++)
        set_rect(ground, ((LayoutField *)page->fields->pdata[i])->rect, FIELD_REACH_MM, INK_FIELD);
    for (guint i = 0; i < page->boxes->len; i++)
        set_rect(ground, ((LayoutBox *)page->boxes->pdata[i])->rect, BOX_REACH_MM, INK_BOX);
    for (guint i = 0; i < page->variable->len; i++)
        set_rect(ground, *(RectMm *)page->variable->pdata[i], 1.0, INK_BARRED);
    for (int i = 0; page->has_marks && i < LAYOUT_MARKS; i++)
        set_rect(ground, page->marks[i], 2.0, INK_BARRED);
    if (page->code.w_mm > 0)
        set_rect(ground, page->code, 2.0, INK_BARRED);
    if (page->serial.w_mm > 0)
        set_rect(ground, page->serial, 1.0, INK_BARRED);
    double w = page->width_mm, h = page->height_mm;
    const RectMm edges[] = {
        {0, 0, w, EDGE_MM}, {0, h - EDGE_MM, w, EDGE_MM}, {0, 0, EDGE_MM, h}, {w - EDGE_MM, 0, EDGE_MM, h}};
    for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
        set_rect(ground, edges[i], 0, INK_BARRED);
}

/* The part of a page that is about its lines of boxes. */
static RectMm find_area(const LayoutPage *page, const GPtrArray *lines)
{
    if (!lines->len)
        return (RectMm){0, 0, 1, 1};
    const LayoutLine *first = lines->pdata[0], *last = lines->pdata[lines->len - 1];
    double top = MAX(0, first->y_mm - ABOVE_MM), bottom = MIN(page->height_mm, last->y_mm + BELOW_MM);
    return (RectMm){0, top, page->width_mm, bottom - top};
}

InkGround *ink_ground_new(const LayoutPage *page, GError **error)
{
    PageMap map = layout_blank_map(page);
    GPtrArray *lines = layout_find_lines(page);
    RectMm area = find_area(page, lines);
    g_autoptr(Raster) blank = vision_sample(page->blank, &map, area, INK_PX_PER_MM, 0, 0, error);
    g_autoptr(Raster) away = blank ? vision_distance(blank, PRINT_DARKNESS, INK_AWAY, error) : NULL;
    if (!away) {
        g_ptr_array_unref(lines);
        return NULL;
    }
    InkGround *ground = g_new0(InkGround, 1);
    *ground = (InkGround){.page = page,
                          .lines = lines,
                          .area = area,
                          .width_px = away->width_px,
                          .height_px = away->height_px,
                          .pixels = g_malloc0((gsize)away->width_px * (gsize)away->height_px)};
    for (int y = 0; y < away->height_px; y++)
        memcpy(ground->pixels + (gsize)y * (gsize)away->width_px, away->pixels + (size_t)y * away->stride,
               (size_t)away->width_px);
    set_areas(ground, page);
    return ground;
}

void ink_ground_free(InkGround *ground)
{
    if (!ground)
        return;
    g_ptr_array_unref(ground->lines);
    g_free(ground->pixels);
    g_free(ground);
}

/* ---- the scan ---- */

/* Where the boxes of a line were found, from where the map says; how far one of them lies from that. */
static PointMm line_shift(const LayoutLine *line, const GArray *boxes, double *ret_spread_mm)
{
    PointMm shift = {0, 0};
    for (guint i = 0; i < line->boxes->len; i++) {
        const RegisterBox *box = &g_array_index(boxes, RegisterBox, g_array_index(line->boxes, guint, i));
        shift.x_mm += box->shift_x_mm / line->boxes->len;
        shift.y_mm += box->shift_y_mm / line->boxes->len;
    }
    for (guint i = 0; i < line->boxes->len; i++) {
        const RegisterBox *box = &g_array_index(boxes, RegisterBox, g_array_index(line->boxes, guint, i));
        *ret_spread_mm =
            MAX(*ret_spread_mm, hypot(box->shift_x_mm - shift.x_mm, box->shift_y_mm - shift.y_mm));
    }
    return shift;
}

/* Shifts in pixels of every row, between lines in proportion; the margin that makes up for the rest. */
static double find_shifts(const InkGround *ground, const GArray *boxes, int *ret_x, int *ret_y)
{
    guint count = ground->lines->len, at = 0;
    double spread_mm = 0;
    g_autofree PointMm *shifts = g_new0(PointMm, count + 1);
    for (guint i = 0; i < count; i++)
        shifts[i] = line_shift(ground->lines->pdata[i], boxes, &spread_mm);
    for (int y = 0; y < ground->height_px; y++) {
        double y_mm = ink_point(ground, 0, y).y_mm;
        while (at < count && ((LayoutLine *)ground->lines->pdata[at])->y_mm < y_mm)
            at++;
        guint above = at > 0 ? at - 1 : 0, below = MIN(at, count ? count - 1 : 0);
        double part = 0;
        if (above < below) {
            double top = ((LayoutLine *)ground->lines->pdata[above])->y_mm;
            part = (y_mm - top) / (((LayoutLine *)ground->lines->pdata[below])->y_mm - top);
        }
        ret_x[y] = (int)lround(INK_PX_PER_MM *
                               (shifts[above].x_mm + part * (shifts[below].x_mm - shifts[above].x_mm)));
        ret_y[y] = (int)lround(INK_PX_PER_MM *
                               (shifts[above].y_mm + part * (shifts[below].y_mm - shifts[above].y_mm)));
    }
    return MIN(MARGIN_MM + spread_mm, MARGIN_MOST_MM);
}

/* The scan as it lies on the blank, white beyond it. */
static Raster *take_shifted(const Raster *scan, const int *dx, const int *dy, GError **error)
{
    Raster *even = raster_new(scan->width_px, scan->height_px, error);
    for (int y = 0; even && y < even->height_px; y++) {
        uint8_t *row = even->pixels + (size_t)y * even->stride;
        int from = y + dy[y], x0 = CLAMP(-dx[y], 0, even->width_px),
            x1 = CLAMP(even->width_px - dx[y], x0, even->width_px);
        if (from < 0 || from >= scan->height_px)
            x1 = x0;
        memset(row, 255, (size_t)x0);
        memcpy(row + x0,
               scan->pixels + (size_t)CLAMP(from, 0, scan->height_px - 1) * scan->stride + x0 + dx[y],
               (size_t)(x1 - x0));
        memset(row + x1, 255, (size_t)(even->width_px - x1));
    }
    return even;
}

/* The paper's level of a tile; 0 where too little of it is free. Every other pixel each way says enough. */
static int find_paper(const Raster *scan, const uint8_t *free, RectPx tile)
{
    int counts[256] = {0}, total = 0, level = 255;
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y += 2) {
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x += 2) {
            int is_free = free[y * scan->width_px + x];
            counts[scan->pixels[(size_t)y * scan->stride + x]] += is_free;
            total += is_free;
        }
    }
    int left = total / 4;
    while (level > 1 && (left -= counts[level]) > 0)
        level--;
    return total >= TILE_PX / 4 ? level : 0;
}

/* The paper's level of every tile; one with too little free paper has its neighbours'. */
static Raster *find_papers(const Raster *scan, const uint8_t *free, GError **error)
{
    int w = (scan->width_px + TILE_PX - 1) / TILE_PX, h = (scan->height_px + TILE_PX - 1) / TILE_PX;
    Raster *papers = raster_new(w, h, error);
    for (int y = 0; papers && y < h; y++) {
        uint8_t *row = papers->pixels + (size_t)y * papers->stride, last = 0;
        for (int x = 0; x < w; x++) {
            RectPx tile = {x * TILE_PX, y * TILE_PX, MIN(TILE_PX, scan->width_px - x * TILE_PX),
                           MIN(TILE_PX, scan->height_px - y * TILE_PX)};
            row[x] = (uint8_t)find_paper(scan, free, tile);
            if (!row[x])
                row[x] = last;
            last = row[x];
        }
        for (int x = w - 1; x >= 0; x--) {
            if (!row[x])
                row[x] = x + 1 < w && row[x + 1] ? row[x + 1] : y > 0 ? row[x - (int)papers->stride] : 255;
        }
    }
    return papers;
}

/* Darkness relative to paper of every level, by the paper's level. */
static const uint8_t *darkness_on(int paper)
{
    static uint8_t dark[256][256];
    static gsize once;
    if (g_once_init_enter(&once)) {
        for (int on = 0; on < 256; on++)
            for (int level = 0; level < 255; level++) /* pure white may lie beyond the scan */
                dark[on][level] = (uint8_t)CLAMP((on - level) * 255 / MAX(on, 1), 0, 255);
        g_once_init_leave(&once, 1);
    }
    return dark[paper];
}

/* Grey becomes darkness relative to the paper around, 0–255; its level is taken a few pixels at a time. */
static bool set_dark(Raster *scan, const uint8_t *free, GError **error)
{
    g_autoptr(Raster) papers = find_papers(scan, free, error);
    for (int y = 0; papers && y < scan->height_px; y++) {
        uint8_t *row = scan->pixels + (size_t)y * scan->stride;
        double at_y = CLAMP((y + 0.5) / TILE_PX - 0.5, 0, papers->height_px - 1);
        int y0 = (int)at_y, y1 = MIN(y0 + 1, papers->height_px - 1);
        const uint8_t *upper = papers->pixels + (size_t)y0 * papers->stride,
                      *lower = papers->pixels + (size_t)y1 * papers->stride;
        for (int x = 0; x < scan->width_px; x += STEP_PX) {
            double at_x = CLAMP((x + STEP_PX / 2.0) / TILE_PX - 0.5, 0, papers->width_px - 1);
            int x0 = (int)at_x, x1 = MIN(x0 + 1, papers->width_px - 1);
            double top = upper[x0] + (at_x - x0) * (upper[x1] - upper[x0]),
                   bottom = lower[x0] + (at_x - x0) * (lower[x1] - lower[x0]);
            const uint8_t *dark = darkness_on((int)(top + (at_y - y0) * (bottom - top) + 0.5));
            for (int i = x; i < MIN(x + STEP_PX, scan->width_px); i++)
                row[i] = dark[row[i]];
        }
    }
    return papers != NULL;
}

/* From which darkness on it is ink and not what the scanner spread of the print. */
static int find_level(const InkGround *ground, const Raster *dark, double margin_mm)
{
    int64_t counts[256] = {0}, total = 0;
    int near = (int)ceil(2 * margin_mm * INK_PX_PER_MM),
        far = MIN(near + (int)(2 * HALO_MM * INK_PX_PER_MM), INK_AWAY - 1);
    for (int y = 0; y < dark->height_px; y += 2) {
        const uint8_t *row = dark->pixels + (size_t)y * dark->stride,
                      *at = ground->pixels + (gsize)y * (gsize)ground->width_px;
        for (int x = 0; x < dark->width_px; x++) {
            int in = at[x] <= far && at[x] > near; /* barred and fields are beyond */
            counts[row[x]] += in;
            total += in;
        }
    }
    int level = 255;
    for (double left = HALO_SHARE * (double)total; level > 0 && (left -= (double)counts[level]) > 0;)
        level--;
    return MAX(LEAST_DARKNESS, (int)lround(HALO_FACTOR * level));
}

/* ---- what of it is print ---- */

/* A picture of darkness being compared with the ground. */
typedef struct {
    InkPage *page;
    const Raster *dark;
    int level, near; /* darkness of ink; half pixels from print within which nothing can be told */
    double usual;    /* share of the page's print that is seen */
} Look;

typedef struct {
    RectPx at;
    int count; /* of dark pixels */
    struct {
        int16_t x, y;
    } dark[SLACK_TILE_PX * SLACK_TILE_PX];
} Tile;

/* The ground at a place; what lies beyond it is barred. */
static int ground_at(const InkGround *ground, int x, int y)
{
    bool in = x >= 0 && y >= 0 && x < ground->width_px && y < ground->height_px;
    return in ? ground->pixels[y * ground->width_px + x] : INK_BARRED;
}

static bool is_free(const Look *look, int ground)
{
    return (ground & INK_AWAY) > look->near && !(ground & INK_BARRED);
}

/* The darkest of some pixels. */
static int darkest(const uint8_t *pixels, int count)
{
    uint8_t most = 0;
    for (int i = 0; i < count; i++)
        most = MAX(most, pixels[i]);
    return most;
}

static void take_dark(const Look *look, Tile *tile)
{
    tile->count = 0;
    for (int y = tile->at.y_px; y < tile->at.y_px + tile->at.h_px; y++) {
        const uint8_t *row = look->dark->pixels + (size_t)y * look->dark->stride;
        if (darkest(row + tile->at.x_px, tile->at.w_px) <= look->level)
            continue; /* nearly all of the page */
        for (int x = tile->at.x_px; x < tile->at.x_px + tile->at.w_px; x++) {
            tile->dark[tile->count].x = (int16_t)x;
            tile->dark[tile->count].y = (int16_t)y;
            tile->count += row[x] > look->level;
        }
    }
}

/* Pixels of ink of a tile that are free of print where print lies (dx, dy) further. */
static int count_ink(const Look *look, const Tile *tile, int dx, int dy)
{
    const InkGround *ground = look->page->ground;
    int count = 0;
    for (int i = 0; i < tile->count; i++) {
        int x = tile->dark[i].x, y = tile->dark[i].y;
        bool box = ground->pixels[y * ground->width_px + x] & INK_BOX;
        count += !box && is_free(look, ground_at(ground, x - dx, y - dy));
    }
    return count;
}

static void set_tile(const Look *look, const Tile *tile, int dx, int dy)
{
    InkPage *page = look->page;
    int w = page->ground->width_px;
    for (int y = tile->at.y_px; (dx || dy) && y < tile->at.y_px + tile->at.h_px; y++) {
        for (int x = tile->at.x_px; x < tile->at.x_px + tile->at.w_px; x++) {
            if (!(page->ground->pixels[y * w + x] & INK_BOX))
                page->free[y * w + x] = is_free(look, ground_at(page->ground, x - dx, y - dy));
        }
    }
    for (int i = 0; i < tile->count; i++) {
        int at = tile->dark[i].y * w + tile->dark[i].x;
        page->ink[at] = page->free[at];
    }
}

/* Share of the print of a part of the page that the scan shows, where it lies (dx, dy) further; 1 where there
 * is none. */
static double share_seen(const Look *look, RectPx part, int step, int dx, int dy)
{
    const InkGround *ground = look->page->ground;
    int print = 0, seen = 0, from = MAX(part.x_px, dx),
        to = MIN(part.x_px + part.w_px, ground->width_px + MIN(dx, 0));
    for (int y = part.y_px; y < part.y_px + part.h_px; y += step) {
        if (y < dy || y - dy >= ground->height_px)
            continue; /* beyond the ground nothing is print */
        const uint8_t *row = look->dark->pixels + (size_t)y * look->dark->stride;
        const uint8_t *at = ground->pixels + (gsize)(y - dy) * (gsize)ground->width_px;
        for (int x = from; x < to; x++) {
            int is_print = !(at[x - dx] & (INK_AWAY | INK_BARRED | INK_BOX));
            print += is_print;
            seen += is_print & (row[x] > look->level);
        }
    }
    return print < TILE_PX ? 1 : (double)seen / print;
}

/* Print lies a little elsewhere than the boxes of its line say where a sheet is bent or a picture was taken
 * by hand: a part of the page is looked at where most of its ink is print. False where that is nowhere. */
static bool settle_tile(const Look *look, const Tile *tile)
{
    int least = count_ink(look, tile, 0, 0), best_x = 0, best_y = 0, first = least;
    for (int reach = 1; reach <= SLACK_PX && least > 0 && first >= SLACK_INK_PX; reach++) {
        for (int dy = -reach; dy <= reach; dy++) {
            for (int dx = -reach; dx <= reach; dx++) {
                if (MAX(abs(dx), abs(dy)) < reach)
                    continue;
                int count = count_ink(look, tile, dx, dy);
                if (count >= least)
                    continue;
                least = count;
                best_x = dx;
                best_y = dy;
            }
        }
    }
    if (2 * least > first)
        best_x = best_y = 0;
    set_tile(look, tile, best_x, best_y);
    return first < SLACK_INK_PX ||
           share_seen(look, tile->at, 1, best_x, best_y) >= look->usual * PLACED_SHARE;
}

/* Nothing is known of the ink in and around a tile. */
static void forget_tile(const InkPage *page, RectPx tile)
{
    int w = page->ground->width_px, h = page->ground->height_px, x0 = MAX(0, tile.x_px - SLACK_PX),
        x1 = MIN(w, tile.x_px + tile.w_px + SLACK_PX);
    for (int y = MAX(0, tile.y_px - SLACK_PX); y < MIN(h, tile.y_px + tile.h_px + SLACK_PX); y++) {
        memset(page->free + (gsize)y * (gsize)w + x0, 0, (size_t)(x1 - x0));
        memset(page->ink + (gsize)y * (gsize)w + x0, 0, (size_t)(x1 - x0));
    }
}

static void settle(Look *look)
{
    int w = look->page->ground->width_px, h = look->page->ground->height_px;
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(RectPx));
    look->usual = share_seen(look, (RectPx){0, 0, w, h}, 3, 0, 0);
    Tile tile;
    for (int y = 0; y < h; y += SLACK_TILE_PX) {
        for (int x = 0; x < w; x += SLACK_TILE_PX) {
            tile.at = (RectPx){x, y, MIN(SLACK_TILE_PX, w - x), MIN(SLACK_TILE_PX, h - y)};
            take_dark(look, &tile);
            if (tile.count && !settle_tile(look, &tile))
                g_array_append_val(lost, tile.at);
        }
    }
    for (guint i = 0; i < lost->len; i++)
        forget_tile(look->page, g_array_index(lost, RectPx, i));
}

InkPage *ink_page_new(const InkGround *ground, const PageImage *image, const Registration *registration,
                      GError **error)
{
    g_autoptr(Raster) scan =
        vision_sample_quickly(image->grey, &registration->map, ground->area, INK_PX_PER_MM, error);
    if (!scan)
        return NULL;
    int w = ground->width_px, h = ground->height_px;
    g_autofree int *dx = g_new(int, h), *dy = g_new(int, h);
    g_autoptr(InkPage) found = g_new0(InkPage, 1);
    found->ground = ground;
    found->margin_mm = find_shifts(ground, registration->boxes, dx, dy);
    found->ink = g_malloc0((gsize)w * (gsize)h);
    found->free = g_malloc((gsize)w * (gsize)h);
    g_autoptr(Raster) dark = take_shifted(scan, dx, dy, error);
    if (!dark)
        return NULL;
    Look look = {found, dark, 0, (int)ceil(2 * found->margin_mm * INK_PX_PER_MM), 1};
    uint8_t free_of[256];
    for (int bits = 0; bits < 256; bits++)
        free_of[bits] = is_free(&look, bits);
    for (int at = 0; at < w * h; at++)
        found->free[at] = free_of[ground->pixels[at]];
    if (!set_dark(dark, found->free, error))
        return NULL;
    look.level = find_level(ground, dark, found->margin_mm);
    settle(&look);
    return g_steal_pointer(&found);
}

void ink_page_free(InkPage *page)
{
    if (!page)
        return;
    g_free(page->ink);
    g_free(page->free);
    g_free(page);
}
