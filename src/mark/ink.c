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
#define SLACK_TILE_PX 30
#define SLACK_PX 6
#define SLACK_INK_PX 4
/* Print of a part of the page counts as found where this share of what is usual on the page is seen of it. */
#define PLACED_SHARE 0.75
/* Paper is as light as the lightest quarter of a square of this size. */
#define TILE_PX 60

PointMm ink_point(int x, int y)
{
    return (PointMm){(x + 0.5) / INK_PX_PER_MM, (y + 0.5) / INK_PX_PER_MM};
}

/* ---- the blank ---- */

static void set_rect(InkGround *ground, RectMm rect, double margin_mm, uint8_t bits)
{
    int x0 = (int)floor((rect.x_mm - margin_mm) * INK_PX_PER_MM),
        y0 = (int)floor((rect.y_mm - margin_mm) * INK_PX_PER_MM),
        x1 = (int)ceil((rect.x_mm + rect.w_mm + margin_mm) * INK_PX_PER_MM),
        y1 = (int)ceil((rect.y_mm + rect.h_mm + margin_mm) * INK_PX_PER_MM);
    for (int y = MAX(y0, 0); y < MIN(y1, ground->height_px); y++)
        for (int x = MAX(x0, 0); x < MIN(x1, ground->width_px); x++)
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
    RectMm inner = {EDGE_MM, EDGE_MM, page->width_mm - 2 * EDGE_MM, page->height_mm - 2 * EDGE_MM};
    for (int y = 0; y < ground->height_px; y++) {
        for (int x = 0; x < ground->width_px; x++) {
            PointMm at = ink_point(x, y);
            if (at.x_mm < inner.x_mm || at.y_mm < inner.y_mm || at.x_mm > inner.x_mm + inner.w_mm ||
                at.y_mm > inner.y_mm + inner.h_mm)
                ground->pixels[y * ground->width_px + x] |= INK_BARRED;
        }
    }
}

InkGround *ink_ground_new(const LayoutPage *page, GError **error)
{
    double sx = page->blank->width_px / page->width_mm, sy = page->blank->height_px / page->height_mm;
    PageMap map = {{sx, 0, 0, 0, sy, 0, 0, 0, 1}};
    RectMm whole = {0, 0, page->width_mm, page->height_mm};
    g_autoptr(Raster) blank = vision_sample(page->blank, &map, whole, INK_PX_PER_MM, 0, 0, error);
    g_autoptr(Raster) away = blank ? vision_distance(blank, PRINT_DARKNESS, INK_AWAY, error) : NULL;
    if (!away)
        return NULL;
    InkGround *ground = g_new0(InkGround, 1);
    *ground = (InkGround){.page = page,
                          .lines = layout_find_lines(page),
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
        double y_mm = ink_point(0, y).y_mm;
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
        memset(row, 255, (size_t)even->width_px);
        if (from >= 0 && from < scan->height_px)
            memcpy(row + x0, scan->pixels + (size_t)from * scan->stride + x0 + dx[y], (size_t)(x1 - x0));
    }
    return even;
}

/* The paper's level of a tile; 0 where too little of it is free. */
static int find_paper(const Raster *scan, const uint8_t *free, RectPx tile)
{
    int counts[256] = {0}, total = 0, level = 255;
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y++) {
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x++) {
            int is_free = free[y * scan->width_px + x];
            counts[scan->pixels[(size_t)y * scan->stride + x]] += is_free;
            total += is_free;
        }
    }
    int left = total / 4;
    while (level > 1 && (left -= counts[level]) > 0)
        level--;
    return total >= TILE_PX ? level : 0;
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

/* Grey becomes darkness relative to the paper around, 0–255. */
static bool set_dark(Raster *scan, const uint8_t *free, GError **error)
{
    g_autoptr(Raster) papers = find_papers(scan, free, error);
    for (int y = 0; papers && y < scan->height_px; y++) {
        uint8_t *row = scan->pixels + (size_t)y * scan->stride;
        double at_y = CLAMP((y + 0.5) / TILE_PX - 0.5, 0, papers->height_px - 1);
        int y0 = (int)at_y, y1 = MIN(y0 + 1, papers->height_px - 1);
        const uint8_t *upper = papers->pixels + (size_t)y0 * papers->stride,
                      *lower = papers->pixels + (size_t)y1 * papers->stride;
        for (int x = 0; x < scan->width_px; x++) {
            if (row[x] == 255) {
                row[x] = 0;
                continue;
            }
            double at_x = CLAMP((x + 0.5) / TILE_PX - 0.5, 0, papers->width_px - 1);
            int x0 = (int)at_x, x1 = MIN(x0 + 1, papers->width_px - 1);
            double top = upper[x0] + (at_x - x0) * (upper[x1] - upper[x0]),
                   bottom = lower[x0] + (at_x - x0) * (lower[x1] - lower[x0]);
            double paper = top + (at_y - y0) * (bottom - top);
            row[x] = (uint8_t)CLAMP((paper - row[x]) * 255 / MAX(paper, 1), 0, 255);
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
    for (int y = 0; y < dark->height_px; y++) {
        const uint8_t *row = dark->pixels + (size_t)y * dark->stride;
        for (int x = 0; x < dark->width_px; x++) {
            int at = ground->pixels[y * ground->width_px + x];
            if (at > far || at <= near) /* barred and fields are beyond */
                continue;
            counts[row[x]]++;
            total++;
        }
    }
    int level = 255;
    for (double left = HALO_SHARE * (double)total; level > 0 && (left -= (double)counts[level]) > 0;)
        level--;
    return MAX(LEAST_DARKNESS, (int)lround(HALO_FACTOR * level));
}

/* A picture of darkness being compared with the ground. */
typedef struct {
    InkPage *page;
    const Raster *dark;
    int level, near; /* darkness of ink; half pixels from print within which nothing can be told */
    double usual;    /* share of the page's print that is seen */
} Look;

/* The ground at a place, shifted; what lies beyond it is barred. */
static int ground_at(const InkGround *ground, int x, int y)
{
    bool in = x >= 0 && y >= 0 && x < ground->width_px && y < ground->height_px;
    return in ? ground->pixels[y * ground->width_px + x] : INK_BARRED;
}

static bool is_free(const Look *look, int ground)
{
    return (ground & INK_AWAY) > look->near && !(ground & INK_BARRED);
}

/* Pixels of ink of a tile that are free of print where print lies (dx, dy) further. */
static int count_ink(const Look *look, RectPx tile, int dx, int dy)
{
    int count = 0;
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y++) {
        const uint8_t *row = look->dark->pixels + (size_t)y * look->dark->stride;
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x++) {
            int here = look->page->ground->pixels[y * look->page->ground->width_px + x];
            if (row[x] > look->level && !(here & INK_BOX))
                count += is_free(look, ground_at(look->page->ground, x - dx, y - dy));
        }
    }
    return count;
}

static void set_tile(const Look *look, RectPx tile, int dx, int dy)
{
    InkPage *page = look->page;
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y++) {
        const uint8_t *row = look->dark->pixels + (size_t)y * look->dark->stride;
        uint8_t *ink = page->ink->pixels + (size_t)y * page->ink->stride;
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x++) {
            int here = page->ground->pixels[y * page->ground->width_px + x];
            bool free = is_free(look, here & INK_BOX ? here : ground_at(page->ground, x - dx, y - dy));
            page->free[y * page->ground->width_px + x] = free;
            ink[x] = free && row[x] > look->level ? 255 : 0;
        }
    }
}

/* Share of the print of a tile that the scan shows, where it lies (dx, dy) further; 1 where there is none. */
static double share_seen(const Look *look, RectPx tile, int dx, int dy)
{
    int print = 0, seen = 0;
    for (int y = tile.y_px; y < tile.y_px + tile.h_px; y++) {
        const uint8_t *row = look->dark->pixels + (size_t)y * look->dark->stride;
        for (int x = tile.x_px; x < tile.x_px + tile.w_px; x++) {
            int ground = ground_at(look->page->ground, x - dx, y - dy);
            if (ground & (INK_AWAY | INK_BARRED | INK_BOX))
                continue;
            print++;
            seen += row[x] > look->level;
        }
    }
    return print < TILE_PX ? 1 : (double)seen / print;
}

/* Print lies a little elsewhere than the boxes of its line say where a sheet is bent or a picture was taken
 * by hand: a part of the page is looked at where most of its ink is print. False where that is nowhere. */
static bool settle_tile(const Look *look, RectPx tile)
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
    return first < SLACK_INK_PX || share_seen(look, tile, best_x, best_y) >= look->usual * PLACED_SHARE;
}

/* Nothing is known of the ink in and around a tile. */
static void forget_tile(const InkPage *page, RectPx tile)
{
    int w = page->ground->width_px, h = page->ground->height_px, x0 = MAX(0, tile.x_px - SLACK_PX),
        x1 = MIN(w, tile.x_px + tile.w_px + SLACK_PX);
    for (int y = MAX(0, tile.y_px - SLACK_PX); y < MIN(h, tile.y_px + tile.h_px + SLACK_PX); y++) {
        memset(page->free + (gsize)y * (gsize)w + x0, 0, (size_t)(x1 - x0));
        memset(page->ink->pixels + (size_t)y * page->ink->stride + x0, 0, (size_t)(x1 - x0));
    }
}

static void settle(Look *look)
{
    int w = look->page->ground->width_px, h = look->page->ground->height_px;
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(RectPx));
    look->usual = share_seen(look, (RectPx){0, 0, w, h}, 0, 0);
    for (int y = 0; y < h; y += SLACK_TILE_PX) {
        for (int x = 0; x < w; x += SLACK_TILE_PX) {
            RectPx tile = {x, y, MIN(SLACK_TILE_PX, w - x), MIN(SLACK_TILE_PX, h - y)};
            if (!settle_tile(look, tile))
                g_array_append_val(lost, tile);
        }
    }
    for (guint i = 0; i < lost->len; i++)
        forget_tile(look->page, g_array_index(lost, RectPx, i));
}

InkPage *ink_page_new(const InkGround *ground, const PageImage *image, const Registration *registration,
                      GError **error)
{
    RectMm whole = {0, 0, ground->page->width_mm, ground->page->height_mm};
    g_autoptr(Raster) scan =
        vision_sample(image->grey, &registration->map, whole, INK_PX_PER_MM, 0, 0, error);
    if (!scan)
        return NULL;
    int w = ground->width_px, h = ground->height_px;
    g_autofree int *dx = g_new(int, h), *dy = g_new(int, h);
    g_autoptr(InkPage) found = g_new0(InkPage, 1);
    found->ground = ground;
    found->margin_mm = find_shifts(ground, registration->boxes, dx, dy);
    g_debug("margin around print: %.2f mm", found->margin_mm);
    found->ink = raster_new(w, h, error);
    g_autoptr(Raster) dark = found->ink ? take_shifted(scan, dx, dy, error) : NULL;
    if (!dark)
        return NULL;
    Look look = {found, dark, 0, (int)ceil(2 * found->margin_mm * INK_PX_PER_MM), 1};
    found->free = g_malloc((gsize)w * (gsize)h);
    for (int at = 0; at < w * h; at++)
        found->free[at] = is_free(&look, ground->pixels[at]);
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
    raster_free(page->ink);
    g_free(page->free);
    g_free(page);
}
