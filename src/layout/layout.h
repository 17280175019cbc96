/* Where every box and field of every page of a form is, in millimetres from the top left of the paper: frozen
 * when the form is printed (or defined, for a form printed by others), saved, fingerprinted, never typeset
 * again while scanning. Also the page code: what the square code on a page and the serial in print say. */
#ifndef PHIEU_LAYOUT_H
#define PHIEU_LAYOUT_H

#include "base/base.h"

typedef enum { LAYOUT_SQUARE, LAYOUT_ROUND } LayoutShape;

/* A box to mark. */
typedef struct {
    char *question, *option;
    RectMm rect;       /* inside of its outline */
    double outline_mm; /* width of the printed outline; 0 unknown */
    LayoutShape shape;
} LayoutBox;

typedef enum { LAYOUT_FIELD_TEXT, LAYOUT_FIELD_DIGITS, LAYOUT_FIELD_IMAGE } LayoutFieldKind;

/* A place where something is written. */
typedef struct {
    char *field; /* question id */
    LayoutFieldKind kind;
    RectMm rect;
} LayoutField;

/* The dark square marks in the corners of a page of ours, clockwise from the top left. */
#define LAYOUT_MARKS 4

/* One page of a form. */
typedef struct {
    int page; /* from 1 */
    double width_mm, height_mm;
    bool has_marks;
    RectMm marks[LAYOUT_MARKS]; /* filled squares: top left, top right, bottom right, bottom left */
    RectMm code;                /* the square page code with no quiet zone; w = 0: none */
    RectMm serial;              /* the serial in print; w = 0: none */
    GPtrArray *variable;        /* RectMm*: print that differs from ballot to ballot (agency, serial, code) */
    GPtrArray *boxes;           /* LayoutBox* */
    GPtrArray *fields;          /* LayoutField* */
    Raster *blank;              /* the page unfilled, variable print left out; its dpi maps it to mm:
                                   x_px = x_mm · dpi / 25.4. May be any dpi from 100 to 300. */
} LayoutPage;

/* A form's frozen layout. */
typedef struct {
    char *form;
    int version;
    GPtrArray *pages;     /* LayoutPage* */
    char fingerprint[65]; /* SHA-256 over everything above, blanks included */
} Layout;

Layout *layout_new(const char *form, int version);
/* Appends an empty page of that size. The layout owns it. */
LayoutPage *layout_add_page(Layout *layout, double width_mm, double height_mm);
LayoutBox *layout_add_box(LayoutPage *page, const char *question, const char *option, RectMm rect,
                          double outline_mm, LayoutShape shape);
LayoutField *layout_add_field(LayoutPage *page, const char *field, LayoutFieldKind kind, RectMm rect);
void layout_add_variable(LayoutPage *page, RectMm rect);
/* Rounds every length to 1/1000 mm and every dpi to 1/10000, as they are saved, and computes the fingerprint;
 * call once everything is set. A blank without dpi is taken to cover the whole page. */
void layout_seal(Layout *layout);
void layout_free(Layout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Layout, layout_free)
/* The map from mm to the pixels of a page's blank, which the page has. */
PageMap layout_blank_map(const LayoutPage *page);

/* Saves as DIR/<form>-<first 8 of fingerprint>.json and one PNG a page beside it; DIR is made. The same
 * layout again is no error. INVALID when the form's id is no file name, FAILED names the path. */
bool layout_save(const Layout *layout, const char *dir, GError **error);
/* Loads one saved layout. INVALID names file and place when it was changed since (fingerprint). */
Layout *layout_load(const char *json_path, GError **error);
/* The files of a layout saved in `dir`, for another place: GPtrArray of GBytes*, the JSON first, then the PNG
 * of every page that has a blank. */
GPtrArray *layout_read_files(const Layout *layout, const char *dir, GError **error);
/* The layout of such files; errors as layout_load(), with `name` for the path. */
Layout *layout_from_files(const char *name, const GPtrArray *files, GError **error);
/* Loads every layout of a folder: GPtrArray of Layout*, ordered by file name; empty when there is none or no
 * such folder. */
GPtrArray *layout_load_all(const char *dir, GError **error);
/* The layout of that form and fingerprint prefix (8 hex digits, any case), or NULL. */
Layout *layout_find(GPtrArray *layouts, const char *form, const char *fingerprint8);
/* The index of a box in page->boxes, or -1. */
int layout_box_index(const LayoutPage *page, const char *question, const char *option);

/* Boxes that stand in one line across a page. */
typedef struct {
    double y_mm, h_mm; /* middle and height of its first box */
    GArray *boxes;     /* guint: indices of the page's boxes */
} LayoutLine;

/* The lines of boxes of a page from top to bottom: GPtrArray of LayoutLine*, which it owns. */
GPtrArray *layout_find_lines(const LayoutPage *page);

/* ---- the page code ---------------------------------------------------------------------------------------
 */

/* Serial of a ballot: six digits and a check character (ISO 7064 MOD 37,36), "0001235"; printed "000123-5".
 */
#define SERIAL_LENGTH 7
#define SERIAL_MAX 999999

/* Writes the serial of a number 1..SERIAL_MAX and a terminating NUL. */
void serial_make(int number, char ret_serial[SERIAL_LENGTH + 1]);
/* The number of a serial, with or without '-', any case; -1 when its check character is wrong. */
int serial_parse(const char *text);
/* "000123-5" for "0001235"; other texts (foreign ballots) are returned as they are. */
char *serial_print_form(const char *serial);
/* The same, printable, as an argument of a message: a text of this thread that stands until eight more are
 * asked for; of a text longer than any serial its beginning. */
const char *serial_shown(const char *serial);
/* The number as it stands on paper, behind the name of the station that printed it: "K7RF-000123-5"; without
 * one ("") as above. */
char *serial_paper_form(const char *station, const char *serial);
/* The number of such a text, its station or "" in `ret_station`; −1 where it is none. */
#define STATION_LENGTH 4
int serial_paper_parse(const char *text, char ret_station[STATION_LENGTH + 1]);

typedef enum { PAGE_CODE_BALLOT, PAGE_CODE_COVER } PageCodeKind;

/* A workspace that issues pages is a station: its name stands in every page code it prints, with a seal that
 * only its key can make. Names have letters and digits that nobody takes for one another. */
#define STATION_KEY_SIZE 32
#define SEAL_LENGTH 8

typedef struct {
    char name[STATION_LENGTH + 1]; /* "K7RF" */
    uint8_t key[STATION_KEY_SIZE]; /* secret: never shown, logged or exported */
} PageStation;

/* A new station with a random name and key. FAILED when the system gives no random bytes. */
bool station_make(PageStation *ret_station, GError **error);
/* Whether a text may be the name of a station. */
bool station_is_name(const char *name);

/* What a page code says. Upper-case letters, digits and '-' only, so that the code stays small
 * (alphanumeric). */
typedef struct {
    PageCodeKind kind;
    char station[STATION_LENGTH + 1];       /* that printed it; "": a code of version 1, which does not say */
    char seal[SEAL_LENGTH + 1];             /* of that station; "" as above */
    char survey[8];                         /* survey id */
    char form[12];                          /* ballot: form id, upper case */
    char fingerprint8[9];                   /* ballot: first 8 of the layout's fingerprint, upper case */
    char serial[12];                        /* ballot */
    int page;                               /* ballot: from 1 */
    char group[12], agency[16], origin[24]; /* cover */
    int expected;                           /* cover: ballots in the batch */
} PageCode;

/* Ballot: "P2", the station, the seal, then fingerprint and number of the serial as 11 characters of base 32:
 * "P2K7RF7M0Q4XWE1ZSX5CH51KV:TV23:F1:1". Cover: "P2K7RF7M0Q4XWE:TV23:*:G3:SNV:SNV:20". Without a station in
 * version 1, as pages printed by earlier versions have it: "P1:TV23:F1:3FA21C9B:0001235:1",
 * "P1:TV23:*:G3:SNV:SNV:20". */
char *page_code_format(const PageCode *code);
/* INVALID when the text is no page code of phieu or its serial's check character is wrong. */
bool page_code_parse(const char *text, PageCode *ret_code, GError **error);
/* Sets station and seal. The seal holds all the code says and the cell the page is issued for, which the code
 * of a ballot does not say. */
void page_code_seal(PageCode *code, const PageStation *station, const char *group, const char *agency,
                    const char *origin);
/* Whether the code is that station's, for that cell: false for a code of version 1, of another station, and
 * for one that was made up or changed. */
bool page_code_is_sealed(const PageCode *code, const PageStation *station, const char *group,
                         const char *agency, const char *origin);

#endif
