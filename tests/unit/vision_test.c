#include "vision/vision.h"

#include <math.h>
#include <qrencode.h>
#include <string.h>

static Raster *paper(int width_px, int height_px, uint8_t level)
{
    Raster *raster = raster_new(width_px, height_px, NULL);
    memset(raster->pixels, level, raster->stride * (size_t)height_px);
    return raster;
}

static void fill(Raster *raster, int x, int y, int w, int h, uint8_t level)
{
    for (int row = MAX(y, 0); row < MIN(y + h, raster->height_px); row++)
        for (int at = MAX(x, 0); at < MIN(x + w, raster->width_px); at++)
            raster->pixels[(size_t)row * raster->stride + (size_t)at] = level;
}

static uint8_t pixel(const Raster *raster, int x, int y)
{
    return raster->pixels[(size_t)y * raster->stride + (size_t)x];
}

/* Strokes of all directions, as print has them. */
static Raster *scribbles(int width_px, int height_px, guint32 seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    Raster *raster = paper(width_px, height_px, 245);
    for (int i = 0; i < width_px * height_px / 400; i++)
        fill(raster, g_rand_int_range(dice, 0, width_px), g_rand_int_range(dice, 0, height_px),
             g_rand_int_range(dice, 2, 12), g_rand_int_range(dice, 2, 12),
             (uint8_t)g_rand_int_range(dice, 0, 120));
    return raster;
}

static Raster *noise(int width_px, int height_px, guint32 seed)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    Raster *raster = paper(width_px, height_px, 0);
    for (int y = 0; y < height_px; y++)
        for (int x = 0; x < width_px; x++)
            raster->pixels[(size_t)y * raster->stride + (size_t)x] = (uint8_t)g_rand_int_range(dice, 0, 256);
    return raster;
}

/* ---- maps ---- */

static const PageMap tilted = {{8, -0.7, 120, 0.6, 7.9, 45, 2e-5, -1e-5, 1}};

static void assert_same_map(const PageMap *a, const PageMap *b, double within_px)
{
    for (double y = 0; y <= 297; y += 33) {
        for (double x = 0; x <= 210; x += 30) {
            PointPx p = page_map_point(a, (PointMm){x, y}), q = page_map_point(b, (PointMm){x, y});
            g_assert_cmpfloat(hypot(p.x_px - q.x_px, p.y_px - q.y_px), <, within_px);
        }
    }
}

static void test_fit_exact(void)
{
    const PointMm corners[] = {{10, 10}, {200, 12}, {199, 285}, {11, 284}};
    PointPx seen[4];
    for (int i = 0; i < 4; i++)
        seen[i] = page_map_point(&tilted, corners[i]);
    PageMap map;
    uint8_t inliers[4] = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(vision_fit_map(corners, seen, 4, 1, &map, inliers, &error));
    g_assert_no_error(error);
    assert_same_map(&map, &tilted, 0.01);
    for (int i = 0; i < 4; i++)
        g_assert_cmpint(inliers[i], ==, 1);
}

static void test_fit_with_outliers(void)
{
    enum { COUNT = 40 };
    PointMm from[COUNT];
    PointPx to[COUNT];
    uint8_t inliers[COUNT] = {0};
    g_autoptr(GRand) dice = g_rand_new_with_seed(7);
    for (int i = 0; i < COUNT; i++) {
        from[i] = (PointMm){g_rand_double_range(dice, 5, 205), g_rand_double_range(dice, 5, 290)};
        to[i] = page_map_point(&tilted, from[i]);
        to[i].x_px += g_rand_double_range(dice, -0.3, 0.3);
        to[i].y_px += g_rand_double_range(dice, -0.3, 0.3);
        if (i % 4 == 3) /* a quarter of them are wrong by 2–5 mm */
            to[i].x_px += g_rand_double_range(dice, 16, 40);
    }
    PageMap map;
    g_assert_true(vision_fit_map(from, to, COUNT, 2, &map, inliers, NULL));
    assert_same_map(&map, &tilted, 1.5);
    for (int i = 0; i < COUNT; i++)
        g_assert_cmpint(inliers[i], ==, i % 4 != 3);
}

static void test_fit_undetermined(void)
{
    PointMm from[6];
    PointPx to[6];
    for (int i = 0; i < 6; i++) {
        from[i] = (PointMm){10 + 20 * i, 15 + 10 * i}; /* all on one line */
        to[i] = (PointPx){80 + 160 * i, 120 + 80 * i};
    }
    PageMap kept = tilted;
    for (int count = 0; count <= 6; count++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(vision_fit_map(from, to, count, 2, &kept, NULL, &error));
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        g_assert_cmpmem(&kept, sizeof kept, &tilted, sizeof tilted);
    }
    for (int i = 0; i < 6; i++) { /* one and the same place */
        from[i] = (PointMm){50, 60};
        to[i] = (PointPx){400, 480};
    }
    g_assert_false(vision_fit_map(from, to, 4, 2, &kept, NULL, NULL));
    g_assert_false(vision_fit_map(from, to, 6, 2, &kept, NULL, NULL));
}

/* ---- sampling ---- */

static void test_sample(void)
{
    static const double densities[] = {4, 6, 8, 12, 24}; /* px a mm of the scan; 6 is asked for */
    for (size_t i = 0; i < G_N_ELEMENTS(densities); i++) {
        double k = densities[i];
        g_autoptr(Raster) scan = paper((int)(40 * k), (int)(40 * k), 255);
        fill(scan, (int)(10 * k), (int)(12 * k), (int)(8 * k), (int)(4 * k), 0); /* (10, 12) 8 × 4 mm */
        PageMap map = {{k, 0, 0, 0, k, 0, 0, 0, 1}};
        g_autoptr(Raster) sample = vision_sample(scan, &map, (RectMm){8, 10, 12, 8}, 6, 0, 0, NULL);
        g_assert_cmpint(sample->width_px, ==, 72);
        g_assert_cmpint(sample->height_px, ==, 48);
        double ink = 0;
        for (int y = 0; y < 48; y++)
            for (int x = 0; x < 72; x++)
                ink += (255 - pixel(sample, x, y)) / 255.0 / 36;
        g_assert_cmpfloat_with_epsilon(ink, 32, 0.8); /* the area stays */
        g_assert_cmpint(pixel(sample, 36, 24), ==, 0);
        g_assert_cmpint(pixel(sample, 5, 24), ==, 255);
        g_assert_cmpint(pixel(sample, 36, 5), ==, 255);
    }
}

/* A slope of grey is found again at any turn, to a grey level. */
static void test_sample_turned(void)
{
    g_autoptr(Raster) scan = paper(400, 400, 0);
    for (int y = 0; y < 400; y++)
        for (int x = 0; x < 400; x++)
            scan->pixels[(size_t)y * scan->stride + (size_t)x] = (uint8_t)((5 * x + y + 5) / 10);
    for (int degrees = 0; degrees < 360; degrees += 15) {
        double c = 8 * cos(degrees * G_PI / 180), s = 8 * sin(degrees * G_PI / 180);
        PageMap map = {{c, -s, 200, s, c, 200, 0, 0, 1}};
        g_autoptr(Raster) sample = vision_sample(scan, &map, (RectMm){-10, -10, 20, 20}, 8, 0, 0, NULL);
        for (int y = 0; y < 160; y += 13) {
            for (int x = 0; x < 160; x += 13) {
                PointPx at = page_map_point(&map, (PointMm){-10 + (x + 0.5) / 8, -10 + (y + 0.5) / 8});
                double expected = (at.x_px - 0.5) / 2 + (at.y_px - 0.5) / 10;
                g_assert_cmpfloat_with_epsilon(pixel(sample, x, y), expected, 1.1);
            }
        }
    }
}

/* The level between the four pixels around a point, white beyond the picture. */
static double level_between(const Raster *scan, double x, double y)
{
    int px = (int)floor(x), py = (int)floor(y);
    if (px < 0 || py < 0 || px + 1 >= scan->width_px || py + 1 >= scan->height_px)
        return 255;
    double fx = x - px, fy = y - py;
    return (1 - fy) * ((1 - fx) * pixel(scan, px, py) + fx * pixel(scan, px + 1, py)) +
           fy * ((1 - fx) * pixel(scan, px, py + 1) + fx * pixel(scan, px + 1, py + 1));
}

/* Every pixel of a picture without any order is taken from where the map says, however its points fall on
 * rows, at every step and turn, and where only part of it lies on the scan. */
static void test_sample_places(void)
{
    static const double degrees[] = {0, 0.3, -0.9, 3, -12, 45, 89.6, 90, 180, 181.2, 270};
    static const double steps_px[] = {0.4, 1, 1.25};
    g_autoptr(Raster) scan = paper(250, 237, 255);
    unsigned chance = 1;
    for (int y = 0; y < scan->height_px; y++)
        for (int x = 0; x < scan->width_px; x++)
            scan->pixels[(size_t)y * scan->stride + (size_t)x] =
                (uint8_t)((chance = chance * 1664525 + 1013904223) >> 24);
    for (size_t i = 0; i < G_N_ELEMENTS(degrees); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(steps_px); j++) {
            double c = 8 * cos(degrees[i] * G_PI / 180), s = 8 * sin(degrees[i] * G_PI / 180);
            PageMap map = {{c, -s, 131.3, s, c, 117.8, 0, 0, 1}};
            g_autoptr(Raster) sample =
                vision_sample(scan, &map, (RectMm){-15, -13, 31, 27}, 8 / steps_px[j], 0, 0, NULL);
            int inside = 0;
            for (int y = 0; y < sample->height_px; y++) {
                for (int x = 0; x < sample->width_px; x++) {
                    PointPx at = page_map_point(&map, (PointMm){-15 + (x + 0.5) * 31 / sample->width_px,
                                                                -13 + (y + 0.5) * 27 / sample->height_px});
                    double px = at.x_px - 0.5, py = at.y_px - 0.5;
                    if (fabs(px) < 1.1 || fabs(py) < 1.1 || fabs(px - 249) < 1.1 || fabs(py - 236) < 1.1)
                        continue; /* the rim is neither */
                    g_assert_cmpfloat_with_epsilon(pixel(sample, x, y), level_between(scan, px, py), 3.5);
                    inside += px > 0 && py > 0 && px < 249 && py < 236;
                }
            }
            g_assert_cmpint(inside, >, sample->width_px * sample->height_px / 2);
        }
    }
}

static void test_sample_outside(void)
{
    g_autoptr(Raster) scan = paper(80, 80, 0);
    PageMap map = {{8, 0, 0, 0, 8, 0, 0, 0, 1}};
    g_autoptr(Raster) part = vision_sample(scan, &map, (RectMm){5, 5, 10, 10}, 8, 0, 0, NULL);
    g_assert_cmpint(pixel(part, 20, 20), ==, 0);
    g_assert_cmpint(pixel(part, 60, 20), ==, 255);
    g_assert_cmpint(pixel(part, 20, 60), ==, 255);
    g_autoptr(Raster) none = vision_sample(scan, &map, (RectMm){-500, 900, 10, 10}, 8, 0, 0, NULL);
    for (int y = 0; y < none->height_px; y++)
        for (int x = 0; x < none->width_px; x++)
            g_assert_cmpint(pixel(none, x, y), ==, 255);
    g_autoptr(Raster) shifted = vision_sample(scan, &map, (RectMm){0, 0, 4, 4}, 8, -16, 0, NULL);
    g_assert_cmpint(pixel(shifted, 10, 16), ==, 255);
    g_assert_cmpint(pixel(shifted, 20, 16), ==, 0);
    g_autoptr(GError) error = NULL;
    g_assert_null(vision_sample(scan, &map, (RectMm){0, 0, 4000, 4}, 8, 0, 0, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);
}

static void test_reduce(void)
{
    g_autoptr(Raster) page = paper(400, 300, 255);
    page->dpi_x = page->dpi_y = 200;
    fill(page, 100, 100, 100, 100, 55);
    g_autoptr(Raster) small = vision_reduce(page, 0.25, NULL);
    g_assert_cmpint(small->width_px, ==, 100);
    g_assert_cmpint(small->height_px, ==, 75);
    g_assert_cmpfloat_with_epsilon(small->dpi_x, 50, 0.01);
    g_assert_cmpint(pixel(small, 37, 37), ==, 55);
    g_assert_cmpint(pixel(small, 10, 10), ==, 255);
}

/* ---- matching ---- */

static void test_match(void)
{
    g_autoptr(Raster) scene = scribbles(200, 160, 3);
    g_autoptr(Raster) patch = raster_crop(scene, (RectPx){61, 47, 60, 40}, NULL);
    for (int y = 0; y < patch->height_px; y++) /* fainter and greyer than the scene */
        for (int x = 0; x < patch->width_px; x++)
            patch->pixels[(size_t)y * patch->stride + (size_t)x] = (uint8_t)(90 + pixel(patch, x, y) / 2);
    PointPx place;
    double score, second;
    g_assert_true(vision_match(scene, patch, 8, &place, &score, &second, NULL));
    g_assert_cmpfloat_with_epsilon(place.x_px, 61, 0.3);
    g_assert_cmpfloat_with_epsilon(place.y_px, 47, 0.3);
    g_assert_cmpfloat(score, >, 0.98);
    g_assert_cmpfloat(second, <, 0.6);
}

static void test_match_between_pixels(void)
{
    g_autoptr(Raster) large = scribbles(800, 640, 11);
    PageMap map = {{4, 0, 0, 0, 4, 0, 0, 0, 1}};
    g_autoptr(Raster) scene = vision_sample(large, &map, (RectMm){0, 0, 200, 160}, 1, 0, 0, NULL);
    g_autoptr(Raster) patch = vision_sample(large, &map, (RectMm){60.5, 40.25, 60, 40}, 1, 0, 0, NULL);
    PointPx place;
    double score;
    g_assert_true(vision_match(scene, patch, 0, &place, &score, NULL, NULL));
    g_assert_cmpfloat_with_epsilon(place.x_px, 60.5, 0.2);
    g_assert_cmpfloat_with_epsilon(place.y_px, 40.25, 0.2);
}

/* A scene or a patch without structure gives no match, and no number that is none. */
static void test_match_nothing(void)
{
    g_autoptr(Raster) flat = paper(100, 100, 200), flat_patch = paper(30, 30, 100);
    g_autoptr(Raster) rough = noise(100, 100, 5), patch = scribbles(30, 30, 6);
    const Raster *scenes[] = {flat, flat, rough, rough}, *patches[] = {patch, flat_patch, patch, flat_patch};
    for (size_t i = 0; i < G_N_ELEMENTS(scenes); i++) {
        PointPx place = {0, 0};
        double score = 9, second = 9;
        g_assert_true(vision_match(scenes[i], patches[i], 4, &place, &score, &second, NULL));
        g_assert_cmpfloat(score, <, 0.5);
        g_assert_cmpfloat(score, >=, -1.01);
    }
    g_autoptr(GError) error = NULL;
    PointPx place;
    double score;
    g_assert_false(vision_match(patch, rough, 4, &place, &score, NULL, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
}

/* ---- codes ---- */

static const char code_text[] = "P1:TV23:F1:3FA21C9B:0001235:1";

/* The code with its top left at (x, y), `module_px` a module. */
static int draw_code(Raster *raster, const char *text, int x, int y, int module_px)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    g_assert_nonnull(code);
    int width = code->width;
    for (int i = 0; i < width * width; i++) {
        if (code->data[i] & 1)
            fill(raster, x + i % width * module_px, y + i / width * module_px, module_px, module_px, 20);
    }
    QRcode_free(code);
    return width * module_px;
}

static void test_code_turned(void)
{
    g_autoptr(Raster) page = paper(900, 700, 250);
    int side = draw_code(page, code_text, 500, 100, 5);
    const PointPx upright[] = {{500, 100}, {500 + side, 100}, {500 + side, 100 + side}, {500, 100 + side}};
    for (int turns = 0; turns < 4; turns++) {
        for (int thorough = 0; thorough < 2; thorough++) {
            g_autoptr(Raster) turned = raster_turn(page, turns, NULL);
            RectPx all = {0, 0, turned->width_px, turned->height_px};
            PointPx corners[4];
            bool has_corners = false;
            g_autofree char *text = vision_read_code(turned, all, thorough, corners, &has_corners);
            g_assert_cmpstr(text, ==, code_text);
            g_assert_true(has_corners);
            for (int i = 0; i < 4; i++) { /* the code's own corners, from its own top left */
                double x = upright[i].x_px, y = upright[i].y_px;
                PointPx at = turns == 0   ? (PointPx){x, y}
                             : turns == 1 ? (PointPx){700 - y, x}
                             : turns == 2 ? (PointPx){900 - x, 700 - y}
                                          : (PointPx){y, 900 - x};
                g_assert_cmpfloat(hypot(corners[i].x_px - at.x_px, corners[i].y_px - at.y_px), <, 6);
            }
        }
    }
}

static void test_code_area(void)
{
    g_autoptr(Raster) page = paper(900, 700, 250);
    draw_code(page, code_text, 500, 100, 5);
    PointPx corners[4];
    bool has_corners = false;
    g_autofree char *text = vision_read_code(page, (RectPx){470, 70, 250, 250}, false, corners, &has_corners);
    g_assert_cmpstr(text, ==, code_text);
    g_assert_cmpfloat_with_epsilon(corners[0].x_px, 500, 6); /* in pixels of the page, not of the area */
    g_assert_cmpfloat_with_epsilon(corners[0].y_px, 100, 6);
    static const RectPx elsewhere[] = {
        {0, 0, 400, 700},     {2000, 2000, 100, 100}, {-500, -500, 100, 100},  {500, 100, 0, 0},
        {500, 100, -40, -40}, {500, 100, 10, 10},     {-900, -900, 1000, 1000}};
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++)
        g_assert_null(vision_read_code(page, elsewhere[i], true, corners, &has_corners));
    /* an area that reaches beyond the page is cut to it */
    g_autofree char *cut =
        vision_read_code(page, (RectPx){400, -100, 5000, 5000}, false, corners, &has_corners);
    g_assert_cmpstr(cut, ==, code_text);
}

/* Pale, grey and specked, as a worn scanner gives it. */
static void test_code_worn(void)
{
    g_autoptr(Raster) page = paper(300, 300, 250);
    draw_code(page, code_text, 60, 60, 5);
    g_autoptr(GRand) dice = g_rand_new_with_seed(4);
    for (int y = 0; y < 300; y++) {
        for (int x = 0; x < 300; x++) {
            int level = 150 + pixel(page, x, y) / 4 + g_rand_int_range(dice, -8, 9);
            if (g_rand_int_range(dice, 0, 100) == 0)
                level = g_rand_boolean(dice) ? 0 : 255;
            page->pixels[(size_t)y * page->stride + (size_t)x] = (uint8_t)CLAMP(level, 0, 255);
        }
    }
    PointPx corners[4];
    bool has_corners;
    g_autofree char *text = vision_read_code(page, (RectPx){0, 0, 300, 300}, true, corners, &has_corners);
    g_assert_cmpstr(text, ==, code_text);
}

static void test_code_nothing(void)
{
    PointPx corners[4];
    bool has_corners;
    for (guint32 seed = 0; seed < 4; seed++) {
        g_autoptr(Raster) rough = noise(400, 300, seed), print = scribbles(400, 300, seed),
                          empty = paper(400, 300, (uint8_t)(seed * 85));
        RectPx all = {0, 0, 400, 300};
        g_assert_null(vision_read_code(rough, all, true, corners, &has_corners));
        g_assert_null(vision_read_code(print, all, true, corners, &has_corners));
        g_assert_null(vision_read_code(empty, all, true, corners, &has_corners));
    }
    /* half a code is none */
    g_autoptr(Raster) page = paper(300, 300, 250);
    int side = draw_code(page, code_text, 60, 60, 5);
    fill(page, 60, 60 + side / 2, side, side, 250);
    g_assert_null(vision_read_code(page, (RectPx){0, 0, 300, 300}, true, corners, &has_corners));
}

/* ---- squares ---- */

static void test_square(void)
{
    g_autoptr(Raster) page = paper(300, 300, 240);
    fill(page, 120, 140, 40, 40, 20);
    fill(page, 220, 140, 90, 12, 20); /* a bar, no square */
    PointPx centre = {-1, -1};
    g_assert_true(vision_find_square(page, (PointPx){150, 150}, 40, 40, &centre));
    g_assert_cmpfloat_with_epsilon(centre.x_px, 140, 0.3);
    g_assert_cmpfloat_with_epsilon(centre.y_px, 160, 0.3);
    g_assert_false(vision_find_square(page, (PointPx){250, 146}, 40, 30, &centre)); /* the bar */
    g_assert_false(vision_find_square(page, (PointPx){140, 160}, 20, 40, &centre)); /* another size */
    g_assert_false(vision_find_square(page, (PointPx){30, 30}, 40, 40, &centre));   /* out of reach */
    g_assert_false(vision_find_square(page, (PointPx){-400, 900}, 40, 40, &centre));
    for (guint32 seed = 0; seed < 8; seed++) {
        g_autoptr(Raster) rough = noise(200, 200, seed);
        g_assert_false(vision_find_square(rough, (PointPx){100, 100}, 40, 60, &centre));
    }
}

/* ---- ink ---- */

static void test_ink(void)
{
    RectPx bounds = {1, 2, 3, 4};
    g_autoptr(Raster) page = paper(840, 1188, 235); /* A4 at 4 px/mm */
    g_assert_false(vision_find_ink(page, 4, 2.5, &bounds));
    for (int y = 0; y < page->height_px; y++) /* a shadow along one side */
        for (int x = 0; x < 200; x++)
            page->pixels[(size_t)y * page->stride + (size_t)x] = (uint8_t)(130 + x / 2);
    fill(page, 0, 0, 840, 10, 0);    /* the rim of the scanner's bed */
    fill(page, 500, 0, 2, 1188, 30); /* a streak */
    fill(page, 600, 600, 4, 4, 0);   /* a speck of 1 mm */
    g_assert_false(vision_find_ink(page, 4, 2.5, &bounds));
    g_assert_cmpint(bounds.x_px, ==, 1);
    fill(page, 300, 400, 60, 5, 40); /* a stroke of 15 mm */
    g_assert_true(vision_find_ink(page, 4, 2.5, &bounds));
    g_assert_cmpint(ABS(bounds.x_px - 300), <=, 3);
    g_assert_cmpint(ABS(bounds.y_px - 400), <=, 3);
    g_assert_cmpint(ABS(bounds.w_px - 60), <=, 6);
}

/* ---- patches and features ---- */

static void test_patches(void)
{
    g_autoptr(Raster) page = paper(840, 1188, 245), print = scribbles(300, 500, 8);
    for (int y = 0; y < 500; y++)
        memcpy(page->pixels + (size_t)(y + 100) * page->stride + 200,
               print->pixels + (size_t)y * print->stride, 300);
    g_autoptr(GArray) patches = vision_pick_patches(page, 56, 28, 48);
    g_assert_cmpuint(patches->len, >=, 8);
    for (guint i = 0; i < patches->len; i++) {
        RectPx patch = g_array_index(patches, RectPx, i);
        g_assert_cmpint(patch.w_px, ==, 56);
        g_assert_cmpint(patch.x_px, >, 200 - 56);
        g_assert_cmpint(patch.x_px, <, 500);
        g_assert_cmpint(patch.y_px, >, 100 - 28);
        g_assert_cmpint(patch.y_px, <, 600);
    }
    g_autoptr(Raster) empty = paper(840, 1188, 245), tiny = paper(30, 30, 245);
    g_autoptr(GArray) none = vision_pick_patches(empty, 56, 28, 48),
                      too_small = vision_pick_patches(tiny, 56, 28, 48);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpuint(too_small->len, ==, 0);
}

static void test_features(void)
{
    g_autoptr(Raster) page = scribbles(600, 800, 21), other = scribbles(600, 800, 22),
                      empty = paper(600, 800, 240);
    double c = 0.9 * cos(2.0), s = 0.9 * sin(2.0);
    PageMap turn = {{c, -s, 500, s, c, 200, 0, 0, 1}}, back, found;
    g_assert_true(page_map_invert(&turn, &back)); /* the picture is taken through the inverse */
    g_autoptr(Raster) turned = vision_sample(page, &back, (RectMm){-300, -100, 1400, 1400}, 1, 0, 0, NULL);
    g_autoptr(VisionFeatures) a = vision_features_new(page, 1500, NULL),
                              b = vision_features_new(turned, 2000, NULL),
                              d = vision_features_new(other, 2000, NULL),
                              e = vision_features_new(empty, 2000, NULL);
    int inliers = 0, chance = 0;
    g_assert_true(vision_features_align(a, b, &found, &inliers));
    g_assert_cmpint(inliers, >, 100);
    for (double y = 100; y < 800; y += 200) {
        for (double x = 100; x < 600; x += 200) {
            PointPx p = page_map_point(&turn, (PointMm){x, y}), q = page_map_point(&found, (PointMm){x, y});
            g_assert_cmpfloat(hypot(p.x_px + 300 - q.x_px, p.y_px + 100 - q.y_px), <, 4);
        }
    }
    if (vision_features_align(a, d, &found, &chance)) /* what another page agrees on is next to nothing */
        g_assert_cmpint(chance, <, inliers / 5);
    g_assert_false(vision_features_align(a, e, &found, &chance));
    static const int sizes[][2] = {{1, 1}, {3, 2000}, {2000, 3}, {40, 40}, {64, 64}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) { /* too small for any is no fault */
        g_autoptr(Raster) small = noise(sizes[i][0], sizes[i][1], 9);
        g_autoptr(VisionFeatures) few = vision_features_new(small, 2000, NULL);
        g_assert_nonnull(few);
        vision_features_align(few, a, &found, &chance);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vision/fit-exact", test_fit_exact);
    g_test_add_func("/vision/fit-with-outliers", test_fit_with_outliers);
    g_test_add_func("/vision/fit-undetermined", test_fit_undetermined);
    g_test_add_func("/vision/sample", test_sample);
    g_test_add_func("/vision/sample-turned", test_sample_turned);
    g_test_add_func("/vision/sample-places", test_sample_places);
    g_test_add_func("/vision/sample-outside", test_sample_outside);
    g_test_add_func("/vision/reduce", test_reduce);
    g_test_add_func("/vision/match", test_match);
    g_test_add_func("/vision/match-between-pixels", test_match_between_pixels);
    g_test_add_func("/vision/match-nothing", test_match_nothing);
    g_test_add_func("/vision/code-turned", test_code_turned);
    g_test_add_func("/vision/code-area", test_code_area);
    g_test_add_func("/vision/code-worn", test_code_worn);
    g_test_add_func("/vision/code-nothing", test_code_nothing);
    g_test_add_func("/vision/square", test_square);
    g_test_add_func("/vision/ink", test_ink);
    g_test_add_func("/vision/patches", test_patches);
    g_test_add_func("/vision/features", test_features);
    return g_test_run();
}
