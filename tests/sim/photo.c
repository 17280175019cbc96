/* A telephone's picture of a sheet on a table: perspective, a turn, uneven light with a shadow, wood around.
 */
#include "sim/sim.h"

#include <math.h>

/* How the telephone was held. */
typedef struct {
    double tilt_x, tilt_y, turn, near; /* perspective a millimetre, radians, size of the sheet in the frame */
    double shadow_x, shadow_y, shadow_at, dim; /* edge of the shadow: direction and place; light lost in it */
    double fall_x, fall_y;                     /* fall of light a millimetre */
    double bow_mm[2], bow_phase[2];            /* the sheet does not lie quite flat */
    uint64_t wood;
} Shot;

static Shot shot_choose(double degree, Chance *chance)
{
    Shot shot = {.near = 0.86 - 0.06 * MIN(degree, 2)};
    shot.tilt_x = degree * chance_range(chance, -1, 1) * 0.0006;
    shot.tilt_y = degree * chance_range(chance, -1, 1) * 0.0006;
    shot.turn = degree * chance_range(chance, -1, 1) * 4 * G_PI / 180;
    double angle = chance_range(chance, 0, 2 * G_PI);
    shot.shadow_x = cos(angle);
    shot.shadow_y = sin(angle);
    shot.shadow_at = chance_range(chance, -40, 60);
    shot.dim = MIN(0.6, degree * chance_range(chance, 0.1, 0.4));
    angle = chance_range(chance, 0, 2 * G_PI);
    double fall = degree * chance_range(chance, 0, 0.0008);
    shot.fall_x = fall * cos(angle);
    shot.fall_y = fall * sin(angle);
    for (int i = 0; i < 2; i++) {
        shot.bow_mm[i] = degree * chance_range(chance, -1, 1);
        shot.bow_phase[i] = chance_range(chance, 0, 2 * G_PI);
    }
    shot.wood = ((uint64_t)chance_u32(chance) << 32) | chance_u32(chance);
    return shot;
}

/* The table at a place in millimetres from the middle of the frame. */
static void wood_at(const Shot *shot, double x_mm, double y_mm, double rgb[3])
{
    double bend = 6 * noise_smooth(shot->wood, y_mm / 60);
    double grain = noise_smooth(shot->wood + 1, (x_mm + bend) / 3) +
                   0.5 * noise_smooth(shot->wood + 2, (x_mm + bend) / 0.8 + y_mm / 50);
    double light = 1 + 0.16 * grain;
    rgb[0] = 152 * light;
    rgb[1] = 108 * light;
    rgb[2] = 72 * light;
}

/* A place of the frame (from its middle) on the sheet (from its middle). */
static PointMm shot_place(const Shot *shot, double x_mm, double y_mm)
{
    double w = 1 + shot->tilt_x * x_mm + shot->tilt_y * y_mm;
    double x = x_mm / w / shot->near, y = y_mm / w / shot->near;
    double c = cos(shot->turn), s = sin(shot->turn);
    double px = c * x + s * y, py = -s * x + c * y;
    return (PointMm){px + shot->bow_mm[0] * sin(py / 70 + shot->bow_phase[0]),
                     py + shot->bow_mm[1] * sin(px / 60 + shot->bow_phase[1])};
}

static double light_at(const Shot *shot, double x_mm, double y_mm)
{
    double inside = shot->shadow_x * x_mm + shot->shadow_y * y_mm - shot->shadow_at;
    double shade = shot->dim / (1 + exp(-inside / 6));
    return MAX(0.15, (1 - shade) * (1 + shot->fall_x * x_mm + shot->fall_y * y_mm) - 0.04);
}

static int sample(const Picture *paper, int plane, double x_px, double y_px)
{
    int x = (int)x_px, y = (int)y_px;
    double u = x_px - x, v = y_px - y;
    const uint8_t *p = paper->plane[plane] + (size_t)y * (size_t)paper->width + (size_t)x;
    return (int)((p[0] * (1 - u) + p[1] * u) * (1 - v) +
                 (p[paper->width] * (1 - u) + p[paper->width + 1] * u) * v + 0.5);
}

/* What one pixel of the picture sees, and how much light falls there. */
typedef struct {
    PointMm at; /* on the sheet, from its middle */
    double light;
} Sight;

static Sight sight_at(const Shot *shot, double frame_x_mm, double frame_y_mm)
{
    return (Sight){shot_place(shot, frame_x_mm, frame_y_mm), light_at(shot, frame_x_mm, frame_y_mm)};
}

/* The table or the sheet at one place: its planes' values, unlit. */
static double look(const Shot *shot, const Picture *paper, const Placement *print, PointMm frame,
                   Sight *sight, int values[3])
{
    double width_mm = paper->width / paper->scale, height_mm = paper->height / paper->scale, rgb[3];
    double out = MAX(fabs(sight->at.x_mm) - width_mm / 2, fabs(sight->at.y_mm) - height_mm / 2);
    if (out > 0) {
        wood_at(shot, frame.x_mm, frame.y_mm, rgb);
        double grey = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
        for (int p = 0; p < paper->planes; p++) {
            values[p] = (int)(paper->planes == 1 ? grey : rgb[p]);
        }
        /* The sheet's own shadow. */
        return out < 8 ? sight->light * (1 - 0.5 * exp(-out / 1.2)) : sight->light;
    }
    double px = ((sight->at.x_mm - print->x_mm) / print->scale + width_mm / 2) * paper->scale - 0.5;
    double py = ((sight->at.y_mm - print->y_mm) / print->scale + height_mm / 2) * paper->scale - 0.5;
    px = CLAMP(px, 0, paper->width - 1.001);
    py = CLAMP(py, 0, paper->height - 1.001);
    for (int p = 0; p < paper->planes; p++) {
        values[p] = sample(paper, p, px, py);
    }
    return sight->light;
}

Picture *photo_take(const Scanner *scanner, const Picture *paper, const Placement *print, Chance *chance)
{
    enum { CELL = 16 }; /* exact every so many pixels of a row, straight between */
    Shot shot = shot_choose(scanner->photo, chance);
    double scale = scanner->dpi / MM_PER_INCH, half_w = paper->width / paper->scale / 2,
           half_h = paper->height / paper->scale / 2;
    Picture *photo = picture_new((int)(2 * half_w * scale), (int)(2 * half_h * scale), paper->planes, scale);
    for (int y = 0; y < photo->height; y++) {
        double fy = (y + 0.5) / scale - half_h;
        Sight here = sight_at(&shot, 0.5 / scale - half_w, fy), next = here;
        for (int x = 0; x < photo->width; x++) {
            if (x % CELL == 0) {
                here = next;
                next = sight_at(&shot, (x + CELL + 0.5) / scale - half_w, fy);
            }
            double t = (double)(x % CELL) / CELL;
            Sight sight = {{here.at.x_mm + (next.at.x_mm - here.at.x_mm) * t,
                            here.at.y_mm + (next.at.y_mm - here.at.y_mm) * t},
                           here.light + (next.light - here.light) * t};
            PointMm frame = {(x + 0.5) / scale - half_w, fy};
            int values[3];
            double light = look(&shot, paper, print, frame, &sight, values);
            for (int p = 0; p < photo->planes; p++) {
                photo->plane[p][(size_t)y * (size_t)photo->width + (size_t)x] =
                    (uint8_t)CLAMP(values[p] * light + 0.5, 0, 255);
            }
        }
    }
    return photo;
}
