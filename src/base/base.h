/* What every room stands on: errors, lengths on paper and on a scan, grey pictures, strict numbers and exact
 * rationals. Nothing comes in but plain values; nothing here knows of ballots. All text is UTF-8. */
#ifndef PHIEU_BASE_H
#define PHIEU_BASE_H

#include <glib.h>
#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* Marks a text people read, to be looked up in the catalogue of the chosen language. Source texts are
 * English. */
#define _(text) dgettext("phieu", text)
/* Marks such a text where no call is possible (tables); look it up with _() when it is shown. */
#define N_(text) (text)

/* The program's version, as printed and written into every export. */
#define PHIEU_VERSION "0.1.0"

/* ---- errors ----------------------------------------------------------------------------------------------
 */

/* The domain of all errors of phieu. */
#define PHIEU_ERROR (phieu_error_quark())

/* What the caller can do about it. The message is one line: the place first, the value quoted, then the
 * remedy. */
typedef enum {
    PHIEU_ERROR_INVALID,    /* the input is wrong: correct it */
    PHIEU_ERROR_NOT_FOUND,  /* it is not there: name another */
    PHIEU_ERROR_UNREADABLE, /* damaged or of an unknown kind: scan or export it again */
    PHIEU_ERROR_LIMIT,      /* larger than a stated limit: split it */
    PHIEU_ERROR_BUSY,       /* in use by another run: wait */
    PHIEU_ERROR_FAILED,     /* the machine failed (disk, memory, a library): see the message */
} PhieuError;

GQuark phieu_error_quark(void);

/* ---- lengths ---------------------------------------------------------------------------------------------
 */

#define MM_PER_INCH 25.4

/* A point on paper, in millimetres from its top left corner, y downwards. */
typedef struct {
    double x_mm, y_mm;
} PointMm;

/* A rectangle on paper, in millimetres; (x, y) is its top left corner. */
typedef struct {
    double x_mm, y_mm, w_mm, h_mm;
} RectMm;

/* A point on a scan, in pixels; the centre of the top left pixel is (0.5, 0.5). */
typedef struct {
    double x_px, y_px;
} PointPx;

/* A rectangle of whole pixels. */
typedef struct {
    int x_px, y_px, w_px, h_px;
} RectPx;

/* Where paper lies on a scan: the projective map from millimetres to pixels, row by row,
 * [x y w] = h · [x_mm y_mm 1], pixel = (x/w, y/w). */
typedef struct {
    double h[9];
} PageMap;

/* The scan's place of a point on paper. */
PointPx page_map_point(const PageMap *map, PointMm point);
/* The paper's place of a point on the scan. False where the map cannot be inverted there. */
bool page_map_invert(const PageMap *map, PageMap *ret_inverse);
/* Pixels per millimetre around `at`, the mean of both directions. */
double page_map_scale(const PageMap *map, PointMm at);
/* The middle of a rectangle. */
PointMm rect_mm_centre(RectMm rect);

/* ---- pictures --------------------------------------------------------------------------------------------
 */

/* A grey picture: 0 black, 255 white; `height_px` rows of `stride` bytes. dpi is 0 where the file states
 * none. */
typedef struct Raster Raster;
struct Raster {
    int width_px, height_px;
    size_t stride;
    double dpi_x, dpi_y;
    uint8_t *pixels;
    Raster *half; /* the same at half the size, for those who need less (vision_add_halves); may be NULL */
};

/* The longest side a picture may have, and the most pixels: larger ones are refused before memory is taken.
 */
#define RASTER_MAX_SIDE_PX 30000
#define RASTER_MAX_PIXELS ((size_t)400 * 1000 * 1000)

/* A picture of unset pixels, rows aligned to 16 bytes. LIMIT over the limits above, FAILED without memory. */
Raster *raster_new(int width_px, int height_px, GError **error);
void raster_free(Raster *raster);
/* A copy of `rect`, cut to the picture. INVALID when nothing of it lies inside. */
Raster *raster_crop(const Raster *raster, RectPx rect, GError **error);
/* The picture turned clockwise by quarter turns (0..3), with its dpi. */
Raster *raster_turn(const Raster *raster, int quarter_turns, GError **error);
/* Writes an 8-bit grey PNG, whole or not at all. FAILED names the path. */
bool raster_write_png(const Raster *raster, const char *path, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Raster, raster_free)

/* A page as it came from its file: `grey` always; for a colour file also its chroma planes (JPEG's Cb and Cr,
 * 128 = neutral), each `chroma_shift` powers of two smaller than grey in both directions. `bitonal` when the
 * file had one bit a pixel. */
typedef struct {
    Raster *grey;
    Raster *cb, *cr;
    int chroma_shift;
    bool bitonal;
} PageImage;

void page_image_free(PageImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageImage, page_image_free)

/* ---- numbers ---------------------------------------------------------------------------------------------
 */

/* A whole number with nothing before or behind it, within [min, max]. INVALID quotes the text. */
bool number_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value, GError **error);
/* A decimal fraction with a point ("-12.5"), nothing around it, within [min, max]; never hex, inf or nan. */
bool number_parse_double(const char *text, double min, double max, double *ret_value, GError **error);

/* What stands before decimals in figures people read, in the language of LANGUAGE: ',' but in English '.'. */
char number_decimal_mark(void);
/* A whole number as people read it, thousands apart: "1.278", in English "1,278". A text of this thread that
 * stands until eight more are asked for: for the arguments of one message. */
const char *number_shown(int64_t number);

/* An exact fraction of any size; immutable. Every function that gives one gives a new one. */
typedef struct Rational Rational;

Rational *rational_new(int64_t numerator, int64_t denominator); /* denominator > 0 */
Rational *rational_copy(const Rational *a);
void rational_free(Rational *a);
Rational *rational_add(const Rational *a, const Rational *b);
/* Adds to the sum in place. */
void rational_add_to(Rational **sum, const Rational *more);
Rational *rational_sub(const Rational *a, const Rational *b);
Rational *rational_mul(const Rational *a, const Rational *b);
Rational *rational_div(const Rational *a, const Rational *b); /* b ≠ 0 */
int rational_compare(const Rational *a, const Rational *b);   /* <0, 0, >0 */
int rational_sign(const Rational *a);
/* An exact decimal: optional '-', digits, optional point and digits; at most 18 digits. INVALID quotes the
 * text. */
Rational *rational_parse(const char *text, GError **error);
/* "n/d" or "n", lowest terms. */
char *rational_to_exact(const Rational *a);
/* Rounded half up (away from zero) to `decimals` places; `separator` is ',' or '.'. */
char *rational_to_decimal(const Rational *a, int decimals, char separator);
/* The nearest double, for pictures only; never for results. */
double rational_to_double(const Rational *a);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rational, rational_free)

/* Sorts numbers, none of them NaN, from the least on. */
void sort_doubles(double *values, int count);

/* ---- files and text --------------------------------------------------------------------------------------
 */

/* The SHA-256 of a file's bytes as 64 lower-case hex digits. NOT_FOUND, UNREADABLE. */
char *file_sha256(const char *path, GError **error);
/* A SHA-256 over bytes given piece by piece. sha256_end() gives it in hexadecimal, newly allocated, and frees
 * the sum; sha256_free() is for a sum that is given up. */
typedef struct Sha256 Sha256;
Sha256 *sha256_new(void);
void sha256_add(Sha256 *sum, const void *bytes, size_t length);
void sha256_add_text(Sha256 *sum, const char *text); /* with its NUL, so that texts cannot run together */
char *sha256_end(Sha256 *sum);
void sha256_free(Sha256 *sum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sha256, sha256_free)
/* Whether the folder of a path is there, so that a file can be made in it; else FAILED names it. Asked
 * before what takes long or cannot be taken back. */
bool file_check_folder(const char *path, GError **error);
/* Replaces `path` by `length` bytes of `data` in one step: a reader sees the old file or the new one. */
bool file_replace(const char *path, const char *data, gssize length, GError **error);
/* The same for a secret: only its owner may read the file. */
bool file_replace_secret(const char *path, const char *data, gssize length, GError **error);
/* Reads a whole file of at most `max` bytes. NOT_FOUND, UNREADABLE; INVALID for what is no file, or a larger
 * one. */
bool file_read(const char *path, gsize max, char **ret_data, gsize *ret_length, GError **error);
/* Renames a file over another within a folder, durably. FAILED names it. */
bool file_rename(const char *from, const char *to, GError **error);
/* Whether a file is one that systems and office programs leave beside others (Thumbs.db, desktop.ini,
 * .DS_Store, "._x", "~$x.xlsx", ".~lock.x#"): by its name, unless it begins as a PDF, picture or workbook
 * does. */
bool file_is_litter(const char *path);
/* Compares what the two pointers to strings point at, byte by byte: to sort a GPtrArray of strings. */
int text_compare(gconstpointer a, gconstpointer b);
/* Text safe to print on one line of a terminal: control bytes as \n or \x1b, invalid UTF-8 as \xff. */
char *text_printable(const char *text);
/* What the system says of a failure (errno), in the language of the user, also where the machine has no
 * translations of its own; of any other failure than the usual ones what the system says. Static. */
const char *failure_words(int failure);
/* The same of an error of GLib's file functions, without the path it quotes; of another error its message. */
const char *failure_words_of(const GError *error);
/* A name as it is compared: composed, case folded, every run of white space and of the characters `blanks`
 * one blank, none at the ends. Newly allocated. */
char *text_folded(const char *text, const char *blanks);
/* Of a list of words (ends with NULL) the one that `text` was most likely meant to be; NULL when more than
 * `most` letters would have to be changed, added or removed. */
const char *text_nearest(const char *text, const char *const *known, int most);
/* Whether the text is valid UTF-8 in composed form (NFC). */
bool text_is_nfc(const char *text);

G_END_DECLS

#endif
