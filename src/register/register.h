/* A decoded page → a page that knows its form, its number, its ballot and where every box of it lies on the
 * scan; or a blank sheet, a cover sheet, or a named refusal. It never returns a map it cannot vouch for. */
#ifndef PHIEU_REGISTER_H
#define PHIEU_REGISTER_H

#include "base/base.h"
#include "layout/layout.h"

typedef enum {
    REGISTER_PLACED,  /* a page of a form; everything below is set */
    REGISTER_COVER,   /* a batch cover sheet; `code` is set */
    REGISTER_BLANK,   /* nothing printed or written on it */
    REGISTER_REFUSED, /* see reason */
} RegisterKind;

/* Why a page is refused. The id (register_reason_id) is stable and stands in exports. */
typedef enum {
    REGISTER_OK,
    REGISTER_NO_CODE,   /* "no-code": print, but no page code that can be read, and no form that fits */
    REGISTER_NO_SERIAL, /* "no-serial": a form of ours by its print, but neither code nor serial can be read
                         */
    REGISTER_OTHER_SURVEY,  /* "other-survey" */
    REGISTER_OTHER_STATION, /* "other-station": another workspace printed it; given by intake, as the next two
                             */
    REGISTER_NO_STATION, /* "no-station": the code does not say who printed it, and it was not this workspace
                          */
    REGISTER_FORGED,     /* "forged": the code was made up or changed, or the roster says otherwise */
    REGISTER_UNKNOWN_LAYOUT, /* "unknown-layout": the code names a layout this workspace has not printed */
    REGISTER_NO_MARKS,       /* "no-marks": code read, but page marks and print not found */
    REGISTER_RESIDUAL,       /* "residual": marks and print disagree with the layout by more than the limit */
    REGISTER_AMBIGUOUS,      /* "ambiguous": two forms fit about as well */
    REGISTER_CUT_OFF,        /* "cut-off": boxes lie outside the scan */
    REGISTER_TOO_DARK,     /* "too-dark": black or nearly so; a sheet may lie there, so it is no blank page */
    REGISTER_SEVERAL,      /* "several": more than one sheet lies on the picture */
    REGISTER_MIXED_NUMBER, /* "mixed-number": the number in print is clearly another than the page code's */
    REGISTER_CONTRADICTED, /* "contradicted": its code says otherwise than the person who named the page */
    REGISTER_RESOLUTION,   /* "resolution": fewer than 140 or more than 650 dots an inch */
} RegisterReason;

/* What stands for a page that was told by its serial in print, where others have nothing. */
#define REGISTER_BY_SERIAL "by-serial"
/* The same for one that a person named. */
#define REGISTER_BY_PERSON "by-person"
/* The stable id, e.g. "no-code". */
const char *register_reason_id(RegisterReason reason);
/* What became of a page that was refused and what to do, for people: what the reason's id means, with its
 * detail; the detail alone for an id of another room. Newly allocated. */
char *register_refusal_words(const char *id, const char *detail);

/* Where one box really is, after the local correction around it. */
typedef struct {
    double shift_x_mm, shift_y_mm; /* from where the page map says */
    double match;       /* correlation of its printed surroundings with the blank, −1..1; NAN when the
                           surroundings are too empty or too covered to tell */
    double residual_mm; /* between where its surroundings are and where its neighbours say; NAN as above */
    double outline; /* how well its outline is seen there, 0..1: the better of its correlation with the blank
                       and of the share of its darkness that the scan shows; NAN where the blank has none */
    double line;    /* correlation of the print that tells its line from the page's other lines, beside it;
                       0 where other print of the page fits there as well; NAN where the form prints
                       nothing of the kind */
    bool sure;      /* the print around it, or enough of its neighbours, vouch for the place */
} RegisterBox;

/* Whether the place of a box is vouched for and the print beside it is its own line's; where not, what lies
 * there says nothing. */
bool register_box_is_seen(const RegisterBox *box);

/* What a person who looked at it says a page is. */
typedef struct {
    const Layout *layout; /* of the registrar's; a form of ours */
    int page;             /* index */
    const char *serial;
    const PointPx *corners; /* where the sheet's corners are on the scan, clockwise from its upper left; NULL:
                               not told */
} RegisterGiven;

/* What is known before looking. */
typedef struct {
    const char *form; /* declared for the batch: only this foreign form (and ours by their code); NULL: any */
    const RegisterGiven *given; /* NULL: nothing */
} RegisterHint;

/* The outcome for one page. */
typedef struct {
    RegisterKind kind;
    RegisterReason reason;
    bool has_code;
    bool by_serial;       /* no code could be read: form and page are known by their print, the ballot by its
                             number in print: `code` has the station it names, or "", and no seal */
    bool by_person;       /* no code could be read: a person said which page of which ballot it is */
    PageCode code;        /* when has_code */
    const Layout *layout; /* placed: borrowed from `layouts` */
    int page;             /* placed: index into layout->pages */
    PageMap map;          /* placed: paper mm → px of the scan as decoded */
    int quarter_turns;    /* how the page lay: clockwise quarter turns from upright, rounded */
    double scale;         /* print scale, 1 = 100 %, when the scan states dpi; else 0 */
    double residual_mm;   /* placed: median distance of checked places from the map after local correction */
    double worst_mm;      /* placed: largest of them */
    int marks_found;      /* corner marks used, 0..4 */
    GArray *boxes;        /* placed: RegisterBox for every box of the page, in order */
    RectPx ink;           /* refused: where ink is */
} Registration;

/* Pages looked at against a fixed set of layouts; keeps what it derives from each blank. */
typedef struct Registrar Registrar;

/* `layouts` (Layout*) must outlive it. `survey_id` is compared with page codes. */
Registrar *registrar_new(const GPtrArray *layouts, const char *survey_id, GError **error);
/* A station whose name is looked for in the number in print where the page code is lost. */
void registrar_know_station(Registrar *registrar, const char *name);
void registrar_free(Registrar *registrar);
/* Places a page. An error is a fault of the machine; an unreadable page is an outcome. */
Registration *register_page(Registrar *registrar, const PageImage *image, const RegisterHint *hint,
                            GError **error);
void registration_free(Registration *registration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registrar, registrar_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Registration, registration_free)

#endif
