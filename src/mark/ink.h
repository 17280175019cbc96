/* The ink of a page that its print does not explain, as a picture in the blank's own place; inside the room
 * only. */
#ifndef PHIEU_MARK_INK_H
#define PHIEU_MARK_INK_H

#include "mark/mark.h"

/* Resolution of the picture (81 dpi): a line of the pen still darkens one pixel by half. */
#define INK_PX_PER_MM 3.2

/* What a blank says about every pixel of the part of it that its lines of boxes lie in. */
typedef struct {
    const LayoutPage *page;
    GPtrArray *lines; /* LayoutLine*, from top to bottom */
    RectMm area;      /* of the page's width; next to nothing where there are no boxes */
    int width_px, height_px;
    uint8_t *pixels; /* INK_AWAY: half pixels from print; INK_FIELD: room to write; INK_BARRED: not looked at;
                        INK_BOX: in a box or close to it */
} InkGround;

#define INK_AWAY 0x0f
#define INK_FIELD 0x10
#define INK_BARRED 0x20
#define INK_BOX 0x40

InkGround *ink_ground_new(const LayoutPage *page, GError **error);
void ink_ground_free(InkGround *ground);

/* What was found on one scan. */
typedef struct {
    const InkGround *ground;
    double margin_mm; /* this far from print nothing can be told */
    uint8_t *ink;     /* 1 where there is ink, else 0 */
    uint8_t *free;    /* 1 where ink would be seen, else 0 */
} InkPage;

/* Finds the ink of a placed page. FAILED only when the machine fails. */
InkPage *ink_page_new(const InkGround *ground, const PageImage *image, const Registration *registration,
                      GError **error);
void ink_page_free(InkPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InkPage, ink_page_free)

/* A pixel of the picture as a place on the blank, and back. */
PointMm ink_point(const InkGround *ground, int x, int y);
PointPx ink_pixel(const InkGround *ground, PointMm at);

#endif
