/* The scanner: how the sheet lay, what the lens and the sensor made of it. One pass over the picture places,
 * tones and disturbs it; places are exact on a grid of 16 pixels and straight between. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

#define CELL 16
#define NOISE_SIZE (1 << 18)

/* ---- choosing ---------------------------------------------------------------------------------------------
 */

Scanner scanner_choose(Chance *chance, const Damage *damage)
{
    Scanner scanner = {.mode = MODE_GREY, .format = FILE_PDF, .dpi = 200};
    double tone = MIN(damage->tone, 2);
    double white = 255 - tone * chance_range(chance, 0, 14), warm = tone * chance_normal(chance, 0, 1.5);
    scanner.white[0] = MIN(255, white + warm);
    scanner.white[1] = white;
    double blue = white - 1.5 * warm - tone * chance_range(chance, 0, 3);
    scanner.white[2] = MIN(255, blue);
    scanner.black = tone * chance_range(chance, 2, 30);
    scanner.gamma = 1 + tone * chance_normal(chance, 0, 0.08);
    scanner.quality = chance_int(chance, 60, 90);
    scanner.blur = damage->blur * chance_unit(chance);
    scanner.noise = damage->noise * chance_range(chance, 0.4, 1.4);
    scanner.background = chance_pick(chance, (const double[]){5, 3, 2}, 3) == 0 ? 250
                         : chance_yes(chance, 0.6)                              ? 12
                                                                                : 190;
    scanner.threshold = (int)(tone == 0 ? 150 : chance_range(chance, 140, 185));
    scanner.feed = 1 + tone * chance_normal(chance, 0, 0.0015);
    scanner.streak_x_mm = chance_yes(chance, damage->streak) ? chance_range(chance, 8, 202) : -1;
    scanner.streak_tone = chance_yes(chance, 0.7) ? chance_int(chance, 60, 170) : 255;
    scanner.streak_mm = damage->streak_mm > 0 ? damage->streak_mm : 0.12;
    scanner.streak_tone = damage->streak_tone > 0 ? MIN((int)damage->streak_tone, 255) : scanner.streak_tone;
    scanner.threshold = damage->threshold > 0 ? (int)damage->threshold : scanner.threshold;
    for (int i = 0; damage->white > 0 && i < 3; i++) {
        scanner.white[i] = MIN(damage->white, 255);
    }
    scanner.black = damage->black > 0 ? damage->black : scanner.black;
    scanner.gamma = damage->gamma > 0 ? damage->gamma : scanner.gamma;
    scanner.photo = damage->photo;
    scanner.long_frame = tone > 0 && chance_yes(chance, 0.15);
    return scanner;
}

/* ---- where the sheet lay
 * -----------------------------------------------------------------------------------
 */

typedef struct {
    double skew, centre_x_mm, centre_y_mm, shift_x_mm, shift_y_mm; /* of the sheet in the frame */
    double feed;
    double curl_mm;
    double wave_mm[6], wave_phase[6]; /* uneven feed, wander, curl */
    Placement print;
    double width_mm, height_mm; /* of the sheet */
} Pose;

static double within(double value, double limit)
{
    return CLAMP(value, -limit, limit);
}

static Pose pose_choose(const Scanner *scanner, const Picture *paper, const Placement *print,
                        const Damage *damage, Chance *pass)
{
    Pose pose = {
        .print = *print, .width_mm = paper->width / paper->scale, .height_mm = paper->height / paper->scale};
    pose.centre_x_mm = pose.width_mm / 2;
    pose.centre_y_mm = pose.height_mm / 2;
    double skew = within(chance_normal(pass, 0, damage->skew), 2);
    if (chance_yes(pass, damage->far_skew)) {
        skew = chance_range(pass, 2, 5) * (chance_yes(pass, 0.5) ? 1 : -1);
    }
    if (damage->skew_deg > 0) {
        skew = damage->skew_deg * (skew < 0 ? -1 : 1);
    }
    pose.skew = skew * G_PI / 180;
    pose.curl_mm = damage->curl_mm;
    pose.shift_x_mm = within(chance_normal(pass, 0, damage->shift), 4);
    pose.shift_y_mm = within(chance_normal(pass, 0, damage->shift), 5);
    pose.feed = scanner->feed;
    for (int i = 0; i < 6; i++) {
        pose.wave_mm[i] = within(chance_normal(pass, 0, damage->stretch * (i < 4 ? 1 : 0.5)), 0.5);
        pose.wave_phase[i] = chance_range(pass, 0, 2 * G_PI);
    }
    return pose;
}

/* The place on the sheet that a place of the frame sees. */
static PointMm sheet_place(const Pose *pose, double frame_x_mm, double frame_y_mm)
{
    double x = frame_x_mm - pose->centre_x_mm - pose->shift_x_mm;
    double y = (frame_y_mm - pose->centre_y_mm - pose->shift_y_mm) * pose->feed;
    double c = cos(pose->skew), s = sin(pose->skew);
    double px = c * x + s * y + pose->centre_x_mm, py = -s * x + c * y + pose->centre_y_mm;
    const double *a = pose->wave_mm, *f = pose->wave_phase;
    double along = py / pose->height_mm * 2 * G_PI, across = px / pose->width_mm * 2 * G_PI;
    double dy =
        a[0] * sin(along * 0.7 + f[0]) + a[1] * sin(along * 1.9 + f[1]) + a[4] * sin(across * 0.8 + f[4]);
    double dx = a[2] * sin(along * 0.6 + f[2]) + 0.6 * a[3] * sin(across * 1.1 + f[3]) +
                0.6 * a[5] * sin(along * 1.6 + f[5]);
    double up = 1 - py / (0.2 * pose->height_mm);
    dy += up > 0 ? pose->curl_mm * up * up : 0;
    return (PointMm){px + dx, py + dy};
}

/* The same as a place of the print, in pixels of the paper's picture. */
static PointPx print_place(const Pose *pose, const Picture *paper, PointMm at)
{
    return (PointPx){
        ((at.x_mm - pose->print.x_mm - pose->centre_x_mm) / pose->print.scale + pose->centre_x_mm) *
            paper->scale,
        ((at.y_mm - pose->print.y_mm - pose->centre_y_mm) / pose->print.scale + pose->centre_y_mm) *
            paper->scale};
}

/* ---- the pass ---------------------------------------------------------------------------------------------
 */

static const int8_t *noise_table(void)
{
    static int8_t table[NOISE_SIZE];
    static bool made;
    if (!made) {
        Chance chance = chance_for(3, "sensor", "", 0);
        for (size_t i = 0; i < NOISE_SIZE; i++) {
            table[i] = (int8_t)lrint(chance_within(&chance, 0, 32, -127, 127));
        }
        made = true;
    }
    return table;
}

/* A pixel near or beyond the edge of the sheet or of the print. */
static int edge_value(const Scanner *scanner, const Pose *pose, const Picture *paper, int plane, PointMm at,
                      PointPx from)
{
    double out = MAX(MAX(-at.x_mm, at.x_mm - pose->width_mm), MAX(-at.y_mm, at.y_mm - pose->height_mm));
    if (out > 0) {
        double shadow = scanner->background > 100 ? 0.45 * exp(-out / 0.5) : 0;
        return (int)(scanner->background * (1 - shadow));
    }
    /* Beyond the print the sheet goes on as it was at its edge. */
    double x_px = CLAMP(from.x_px - 0.5, 0, paper->width - 1.001),
           y_px = CLAMP(from.y_px - 0.5, 0, paper->height - 1.001);
    int x = (int)x_px, y = (int)y_px;
    double u = x_px - x, v = y_px - y;
    const uint8_t *p = paper->plane[plane] + (size_t)y * (size_t)paper->width + (size_t)x;
    return (int)((p[0] * (1 - u) + p[1] * u) * (1 - v) +
                 (p[paper->width] * (1 - u) + p[paper->width + 1] * u) * v + 0.5);
}

/* `count` pixels wholly inside the print: from and step in 16.16 fixed point of the paper's pixels. */
static void copy_inside(const Picture *paper, int plane, uint8_t *out, int count, int64_t x, int64_t y,
                        int64_t step_x, int64_t step_y)
{
    const uint8_t *pixels = paper->plane[plane];
    size_t width = (size_t)paper->width;
    for (int i = 0; i < count; i++, x += step_x, y += step_y) {
        const uint8_t *p = pixels + (size_t)(y >> 16) * width + (size_t)(x >> 16);
        unsigned u = (unsigned)(x >> 8) & 255, v = (unsigned)(y >> 8) & 255;
        /* Both columns in one number: neither half overflows 16 bits. */
        unsigned upper = p[0] | (unsigned)p[1] << 16, lower = p[width] | (unsigned)p[width + 1] << 16;
        unsigned both = upper * (256 - v) + lower * v;
        out[i] = (uint8_t)(((both & 65535) * (256 - u) + (both >> 16) * u + 32768) >> 16);
    }
}

typedef struct {
    const Scanner *scanner;
    const Pose *pose;
    const Picture *paper;
    Picture *scan;
} Pass;

static PointMm frame_mm(const Pass *pass, double x_px, double y_px)
{
    return (PointMm){x_px / pass->scan->scale, y_px / pass->scan->scale};
}

static void scan_cell(const Pass *pass, int x0, int y, int count, PointMm a, PointMm b)
{
    const Picture *paper = pass->paper;
    PointPx pa = print_place(pass->pose, paper, a), pb = print_place(pass->pose, paper, b);
    double margin = 2;
    bool inside = MIN(pa.x_px, pb.x_px) > margin && MIN(pa.y_px, pb.y_px) > margin &&
                  MAX(pa.x_px, pb.x_px) < paper->width - margin &&
                  MAX(pa.y_px, pb.y_px) < paper->height - margin && MIN(a.x_mm, b.x_mm) > 0.5 &&
                  MIN(a.y_mm, b.y_mm) > 0.5 && MAX(a.x_mm, b.x_mm) < pass->pose->width_mm - 0.5 &&
                  MAX(a.y_mm, b.y_mm) < pass->pose->height_mm - 0.5;
    for (int plane = 0; plane < paper->planes; plane++) {
        uint8_t *out = pass->scan->plane[plane] + (size_t)y * (size_t)pass->scan->width + (size_t)x0;
        if (inside) {
            copy_inside(paper, plane, out, count, (int64_t)((pa.x_px - 0.5) * 65536),
                        (int64_t)((pa.y_px - 0.5) * 65536), (int64_t)((pb.x_px - pa.x_px) * 65536 / CELL),
                        (int64_t)((pb.y_px - pa.y_px) * 65536 / CELL));
            continue;
        }
        for (int i = 0; i < count; i++) {
            double t = (double)i / CELL;
            PointMm at = {a.x_mm + (b.x_mm - a.x_mm) * t, a.y_mm + (b.y_mm - a.y_mm) * t};
            PointPx from = {pa.x_px + (pb.x_px - pa.x_px) * t, pa.y_px + (pb.y_px - pa.y_px) * t};
            out[i] = (uint8_t)edge_value(pass->scanner, pass->pose, paper, plane, at, from);
        }
    }
}

/* Places of the grid's rows above and below a band of CELL rows, then straight lines between. */
static void scan_place(const Pass *pass)
{
    int columns = pass->scan->width / CELL + 2;
    g_autofree PointMm *upper = g_new(PointMm, columns), *lower = g_new(PointMm, columns);
    for (int y = 0; y < pass->scan->height; y++) {
        if (y % CELL == 0) {
            for (int i = 0; i < columns; i++) {
                PointMm top = frame_mm(pass, i * CELL + 0.5, y + 0.5),
                        bottom = frame_mm(pass, i * CELL + 0.5, y + CELL + 0.5);
                upper[i] = sheet_place(pass->pose, top.x_mm, top.y_mm);
                lower[i] = sheet_place(pass->pose, bottom.x_mm, bottom.y_mm);
            }
        }
        double t = (double)(y % CELL) / CELL;
        for (int i = 0; i * CELL < pass->scan->width; i++) {
            PointMm a = {upper[i].x_mm + (lower[i].x_mm - upper[i].x_mm) * t,
                         upper[i].y_mm + (lower[i].y_mm - upper[i].y_mm) * t};
            PointMm b = {upper[i + 1].x_mm + (lower[i + 1].x_mm - upper[i + 1].x_mm) * t,
                         upper[i + 1].y_mm + (lower[i + 1].y_mm - upper[i + 1].y_mm) * t};
            scan_cell(pass, i * CELL, y, MIN(CELL, pass->scan->width - i * CELL), a, b);
        }
    }
}

static void scan_tone(const Scanner *scanner, Picture *scan, Chance *pass)
{
    const int8_t *noise = noise_table();
    uint64_t lamp = chance_u32(pass);
    g_autofree uint16_t *gain = g_new(uint16_t, scan->width);
    for (int x = 0; x < scan->width; x++) {
        double uneven = scanner->noise > 0 ? 0.012 * noise_smooth(lamp, x / scan->scale / 40) : 0;
        gain[x] = (uint16_t)(4096 * (scanner->noise > 0 ? 0.988 + uneven : 1));
    }
    int streak = scanner->streak_x_mm < 0 ? -1 : (int)(scanner->streak_x_mm * scan->scale);
    int streak_width = MAX(1, (int)(scanner->streak_mm * scan->scale));
    int level = (int)(scanner->noise * 8),
        threshold = scanner->mode == MODE_BITONAL ? scanner->threshold : -1;
    for (int p = 0; p < scan->planes; p++) {
        double white = scan->planes == 1 ? scanner->white[1] : scanner->white[p];
        uint8_t tone[256];
        for (int v = 0; v < 256; v++) {
            tone[v] = (uint8_t)CLAMP(
                scanner->black + (white - scanner->black) * pow(v / 255.0, scanner->gamma) + 0.5, 0, 255);
        }
        for (int y = 0; y < scan->height; y++) {
            uint8_t *row = scan->plane[p] + (size_t)y * (size_t)scan->width;
            const int8_t *grain = noise + chance_u32(pass) % (NOISE_SIZE - 40000);
            for (int x = 0; x < scan->width; x++) {
                int v = (tone[row[x]] * gain[x] + grain[x] * level * 16 + 2048) >> 12;
                row[x] = (uint8_t)CLAMP(v, 0, 255);
            }
            for (int x = streak; streak >= 0 && x < streak + streak_width && x < scan->width; x++) {
                row[x] = (uint8_t)((row[x] + 3 * scanner->streak_tone) / 4);
            }
            for (int x = 0; threshold >= 0 && x < scan->width; x++) {
                row[x] = row[x] < threshold ? 0 : 255;
            }
        }
    }
}

Picture *scanner_scan(const Scanner *scanner, Picture *paper, const Placement *print, const Damage *damage,
                      Chance *chance)
{
    if (scanner->photo > 0) {
        Picture *taken = photo_take(scanner, paper, print, chance);
        picture_free(paper);
        picture_blur(taken, scanner->blur);
        scan_tone(scanner, taken, chance);
        return taken;
    }
    Pose pose = pose_choose(scanner, paper, print, damage, chance);
    double scale = scanner->dpi / MM_PER_INCH, more = scanner->long_frame ? 6 : 0;
    Picture *scan = picture_new((int)lrint((pose.width_mm + more / 3) * scale),
                                (int)lrint((pose.height_mm + more) * scale), paper->planes, scale);
    Pass pass = {scanner, &pose, paper, scan};
    scan_place(&pass);
    picture_free(paper);
    picture_blur(scan, scanner->blur);
    scan_tone(scanner, scan, chance);
    return scan;
}
