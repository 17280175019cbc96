#include "register/register.h"

#include <math.h>
#include <string.h>

#include "register/place.h"

/* Scans are read from 150 to 600 dpi of paper printed at 93–103 %. */
#define MIN_DPI 135.0
#define MAX_DPI 660.0
#define INK_PIECE_MM 2.5
/* So far off may be what a person shows with a pointer. */
#define CORNERS_REACH_MM 10

struct Registrar {
    const GPtrArray *layouts;
    char *survey_id;
    GPtrArray *blanks;         /* Blank* */
    GPtrArray *ours, *foreign; /* the same, with a page code and without */
    TextReader *reader;        /* loaded when a page first needs it; NULL until then */
    NumberReader *numbers;
};

Registrar *registrar_new(const GPtrArray *layouts, const char *survey_id, GError **error)
{
    g_autoptr(Registrar) registrar = g_new0(Registrar, 1);
    registrar->layouts = layouts;
    registrar->survey_id = g_strdup(survey_id);
    registrar->blanks = g_ptr_array_new_with_free_func((GDestroyNotify)blank_free);
    registrar->ours = g_ptr_array_new();
    registrar->foreign = g_ptr_array_new();
    registrar->numbers = number_reader_new();
    for (guint i = 0; i < layouts->len; i++) {
        const Layout *layout = layouts->pdata[i];
        for (guint p = 0; p < layout->pages->len; p++) {
            Blank *blank = blank_new(layout, (int)p, error);
            if (!blank)
                return NULL;
            g_ptr_array_add(registrar->blanks, blank);
            bool coded = ((LayoutPage *)layout->pages->pdata[p])->code.w_mm > 0;
            g_ptr_array_add(coded ? registrar->ours : registrar->foreign, blank);
        }
    }
    return g_steal_pointer(&registrar);
}

void registrar_know_station(Registrar *registrar, const char *name)
{
    number_reader_know(registrar->numbers, name);
}

void registrar_free(Registrar *registrar)
{
    if (!registrar)
        return;
    g_ptr_array_unref(registrar->blanks);
    g_ptr_array_unref(registrar->ours);
    g_ptr_array_unref(registrar->foreign);
    text_reader_free(registrar->reader);
    number_reader_free(registrar->numbers);
    g_free(registrar->survey_id);
    g_free(registrar);
}

void registration_free(Registration *registration)
{
    if (!registration)
        return;
    g_array_unref(registration->boxes);
    g_free(registration);
}

static void refuse(Registration *result, RegisterReason reason)
{
    result->kind = REGISTER_REFUSED;
    result->reason = reason;
    g_array_set_size(result->boxes, 0);
}

/* ---- the page code
 * ------------------------------------------------------------------------------------------------ */

/* Where a rectangle of the upright page comes to lie after clockwise quarter turns, with room around it. */
static RectPx turned_area(const Raster *scan, RectMm rect, double margin_mm, int turns)
{
    double scale = scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM);
    double w = scan->width_px, h = scan->height_px;
    double x = (rect.x_mm - margin_mm) * scale, y = (rect.y_mm - margin_mm) * scale;
    double rw = (rect.w_mm + 2 * margin_mm) * scale, rh = (rect.h_mm + 2 * margin_mm) * scale;
    switch (turns) {
    case 1:
        return (RectPx){(int)(w - y - rh), (int)x, (int)rh, (int)rw};
    case 2:
        return (RectPx){(int)(w - x - rw), (int)(h - y - rh), (int)rw, (int)rh};
    case 3:
        return (RectPx){(int)y, (int)(h - x - rw), (int)rh, (int)rw};
    default:
        return (RectPx){(int)x, (int)y, (int)rw, (int)rh};
    }
}

/* Whether the text is a page code of phieu; other codes on a page are no concern. */
static bool take_code(char *text, Registration *result)
{
    bool good = text && page_code_parse(text, &result->code, NULL);
    g_free(text);
    result->has_code = good;
    return good;
}

/* Looks where our forms print their code, upright and upside down first. */
static bool find_code_in_place(const Registrar *registrar, const Raster *scan, bool thorough,
                               Registration *result, PointPx corners[4], bool *has_corners)
{
    bool upright = scan->width_px <= scan->height_px;
    RectMm seen[8];
    int seen_count = 0;
    for (guint i = 0; i < registrar->blanks->len; i++) {
        const Blank *blank = registrar->blanks->pdata[i];
        RectMm code = ((LayoutPage *)blank->layout->pages->pdata[blank->page])->code;
        bool known = code.w_mm <= 0 || seen_count == 8;
        for (int s = 0; s < seen_count && !known; s++)
            known = fabs(seen[s].x_mm - code.x_mm) < 5 && fabs(seen[s].y_mm - code.y_mm) < 5;
        if (known)
            continue;
        seen[seen_count++] = code;
        for (int turn = 0; turn < 2; turn++) {
            RectPx area = turned_area(scan, code, 14, upright ? 2 * turn : 2 * turn + 1);
            if (take_code(vision_read_code(scan, area, thorough, corners, has_corners), result))
                return true;
        }
    }
    return false;
}

/* The dear part, for pages that hold print: every reader, then the whole page. */
static void find_code_anywhere(const Registrar *registrar, const Raster *scan, Registration *result,
                               PointPx corners[4], bool *has_corners)
{
    RectPx whole = {0, 0, scan->width_px, scan->height_px};
    if (!find_code_in_place(registrar, scan, true, result, corners, has_corners))
        take_code(vision_read_code(scan, whole, false, corners, has_corners), result);
}

/* ---- placing
 * -------------------------------------------------------------------------------------------------------- */

static bool boxes_inside(const LayoutPage *page, const Raster *scan, const PageMap *map)
{
    for (guint i = 0; i < page->boxes->len; i++) {
        PointPx at = page_map_point(map, rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect));
        double room = 3 * page_map_scale(map, rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect));
        if (at.x_px < room || at.y_px < room || at.x_px > scan->width_px - room ||
            at.y_px > scan->height_px - room)
            return false;
    }
    return true;
}

/* With a map that is thought good: the local correction, the checks, and the outcome. */
static bool finish(Blank *blank, const Raster *scan, bool by_marks, Registration *result, GError **error)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    PointMm middle = {page->width_mm / 2, page->height_mm / 2};
    double scale = page_map_scale(&result->map, middle);
    double dpi = scale * MM_PER_INCH;
    PointPx a = page_map_point(&result->map, middle);
    PointPx b = page_map_point(&result->map, (PointMm){middle.x_mm + 10, middle.y_mm});
    result->quarter_turns = ((int)lround(atan2(b.y_px - a.y_px, b.x_px - a.x_px) / (G_PI / 2)) + 4) % 4;
    result->scale = scan->dpi_x > 0 ? dpi / scan->dpi_x : 0;
    result->layout = blank->layout;
    result->page = blank->page;
    if (dpi < MIN_DPI || dpi > MAX_DPI) {
        refuse(result, REGISTER_RESOLUTION);
        return true;
    }
    if (!boxes_inside(page, scan, &result->map)) {
        refuse(result, REGISTER_CUT_OFF);
        return true;
    }
    if (check_boxes(blank, scan, by_marks, result)) {
        result->kind = REGISTER_PLACED;
        return check_lines(blank, scan, result, error);
    }
    refuse(result, REGISTER_RESIDUAL);
    return true;
}

static Blank *find_blank(const Registrar *registrar, const Layout *layout, int page)
{
    for (guint i = 0; i < registrar->blanks->len; i++) {
        Blank *blank = registrar->blanks->pdata[i];
        if (blank->layout == layout && blank->page == page)
            return blank;
    }
    return NULL;
}

/* Refines a rough map by the print in steps, from coarse to fine. */
static bool refine(const Blank *blank, const Raster *scan, double first_reach_mm, PageMap *map)
{
    PageMap better = *map;
    if (!place_by_patches(blank, scan, first_reach_mm, &better) ||
        !place_by_patches(blank, scan, 2.5, &better))
        return false;
    *map = better;
    return true;
}

bool register_box_is_seen(const RegisterBox *box)
{
    return box->sure && !(box->line < LINE_FOUND_SCORE);
}

/* How many boxes are seen; −1 where the page is not placed. */
static int count_seen(const Registration *registration)
{
    if (registration->kind != REGISTER_PLACED)
        return -1;
    int seen = 0;
    for (guint i = 0; i < registration->boxes->len; i++)
        seen += register_box_is_seen(&g_array_index(registration->boxes, RegisterBox, i));
    return seen;
}

/* Places a known page by its code and print, or by its print alone; `otherwise`: why it is refused where that
 * fails. */
static bool place_by_content(Blank *blank, const Raster *scan, const PointPx corners[4], bool has_corners,
                             RegisterReason otherwise, Registration *result, GError **error)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    result->kind = REGISTER_REFUSED;
    result->reason = REGISTER_OK;
    if (has_corners && place_by_code(page, corners, &result->map) && refine(blank, scan, 5, &result->map))
        return finish(blank, scan, false, result, error);
    double scale;
    int inliers;
    g_autoptr(VisionFeatures) features = scan_features(scan, &scale, error);
    if (!features)
        return false;
    if (place_by_features(blank, features, scale, &result->map, &inliers) &&
        refine(blank, scan, 4, &result->map))
        return finish(blank, scan, false, result, error);
    refuse(result, otherwise);
    return true;
}

/* A page of ours: form, page and ballot are known, only the place is not. */
static bool place_coded(const Registrar *registrar, const Raster *scan, const PointPx corners[4],
                        bool has_corners, Registration *result, GError **error)
{
    const Layout *layout =
        layout_find((GPtrArray *)registrar->layouts, result->code.form, result->code.fingerprint8);
    Blank *blank = layout && result->code.page <= (int)layout->pages->len
                       ? find_blank(registrar, layout, result->code.page - 1)
                       : NULL;
    if (!blank) {
        refuse(result, REGISTER_UNKNOWN_LAYOUT);
        return true;
    }
    const LayoutPage *page = layout->pages->pdata[blank->page];
    result->marks_found = has_corners ? place_by_marks(page, scan, corners, &result->map) : 0;
    if (result->marks_found < 3)
        return place_by_content(blank, scan, corners, has_corners, REGISTER_NO_MARKS, result, error);
    if (!finish(blank, scan, true, result, error))
        return false;
    if (result->kind != REGISTER_PLACED && result->reason != REGISTER_RESIDUAL)
        return true;
    if (count_seen(result) == (int)page->boxes->len)
        return true;
    /* The marks do not say all: perhaps the print says more. */
    g_autoptr(Registration) by_marks = g_memdup2(result, sizeof *result);
    result->boxes = g_array_new(FALSE, TRUE, sizeof(RegisterBox));
    if (!place_by_content(blank, scan, corners, has_corners, REGISTER_RESIDUAL, result, error))
        return false;
    if (count_seen(by_marks) >= count_seen(result)) {
        Registration better = *by_marks;
        *by_marks = *result;
        *result = better;
    }
    return true;
}

/* A page without our code: whether it is a form printed by others, else why not. */
static bool take_foreign(const Registrar *registrar, const Raster *scan, const RegisterHint *hint, bool quick,
                         Registration *result, RegisterReason *ret_reason, GError **error)
{
    Blank *blank;
    if (!place_by_print(registrar->foreign, scan, hint ? hint->form : NULL, quick, &blank, &result->map,
                        ret_reason, error))
        return false;
    return finish(blank, scan, false, result, error);
}

/* What the code of that page of that ballot would say. */
static void set_code(const Registrar *registrar, const Blank *blank, const char *station, const char *serial,
                     Registration *result)
{
    PageCode code = {.kind = PAGE_CODE_BALLOT, .page = blank->page + 1};
    g_strlcpy(code.station, station, sizeof code.station);
    g_strlcpy(code.survey, registrar->survey_id, sizeof code.survey);
    g_strlcpy(code.form, blank->layout->form, sizeof code.form);
    g_strlcpy(code.serial, serial, sizeof code.serial);
    for (int i = 0; i < 8; i++)
        code.fingerprint8[i] = g_ascii_toupper(blank->layout->fingerprint[i]);
    result->code = code;
    result->has_code = true;
}

static void take_serial(Registrar *registrar, const Blank *blank, const Raster *scan, Registration *result)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    PageCode code = {.kind = PAGE_CODE_BALLOT};
    if (!read_serial(registrar->numbers, &registrar->reader, page, scan, &result->map, &code)) {
        refuse(result, REGISTER_NO_SERIAL);
        return;
    }
    set_code(registrar, blank, code.station, code.serial, result);
    result->by_serial = true;
}

/* A page of ours whose code is lost: its form by the print, its ballot by the serial in print. */
static bool take_ours(Registrar *registrar, const Raster *scan, Registration *result,
                      RegisterReason *ret_reason, GError **error)
{
    Blank *blank;
    if (!place_by_print(registrar->ours, scan, NULL, true, &blank, &result->map, ret_reason, error))
        return false;
    if (!finish(blank, scan, false, result, error))
        return false;
    if (result->kind == REGISTER_PLACED)
        take_serial(registrar, blank, scan, result);
    return true;
}

/* Whether a picture without ink shows a sheet at all: most of it is brighter than half of white. A failed
 * lamp, an open lid or a threshold that turned everything black hides whatever lies there, so it is no blank
 * page. */
static bool shows_paper(const Raster *scan, GError **error)
{
    const double cell_mm = 2;
    double scale = scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM);
    g_autoptr(Raster) small = vision_reduce(scan, MIN(1, 1 / (cell_mm * scale)), error);
    if (!small)
        return false;
    size_t bright = 0;
    for (int y = 0; y < small->height_px; y++) {
        const uint8_t *row = small->pixels + (size_t)y * small->stride;
        for (int x = 0; x < small->width_px; x++)
            bright += row[x] > 127;
    }
    return 2 * bright > (size_t)small->width_px * (size_t)small->height_px;
}

/* A page that shows no code where it should be. False on a fault of the machine. */
static bool take_uncoded(Registrar *registrar, const Raster *scan, const RegisterHint *hint,
                         Registration *result, PointPx corners[4], bool *has_corners, GError **error)
{
    RegisterReason reason;
    g_autoptr(GError) fault = NULL;
    bool placed = take_foreign(registrar, scan, hint, true, result, &reason, &fault);
    if (!placed && !fault &&
        !vision_find_ink(scan, scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM), INK_PIECE_MM, &result->ink)) {
        if (shows_paper(scan, &fault))
            result->kind = REGISTER_BLANK;
        else if (!fault)
            refuse(result, REGISTER_TOO_DARK);
        if (fault)
            g_propagate_error(error, g_steal_pointer(&fault));
        return !fault;
    }
    if (!placed && !fault) {
        find_code_anywhere(registrar, scan, result, corners, has_corners);
        if (!result->has_code && reason != REGISTER_AMBIGUOUS)
            placed = take_foreign(registrar, scan, hint, false, result, &reason, &fault);
        if (!result->has_code && !placed && !fault && reason != REGISTER_AMBIGUOUS)
            placed = take_ours(registrar, scan, result, &reason, &fault);
        if (!result->has_code && !placed)
            refuse(result, reason);
    }
    if (fault)
        g_propagate_error(error, g_steal_pointer(&fault));
    return !fault;
}

/* A page that was taken must be all that the picture shows. */
static void refuse_several(const Raster *scan, const PointPx corners[4], bool has_corners,
                           Registration *result)
{
    if (result->kind != REGISTER_PLACED && result->kind != REGISTER_COVER)
        return;
    bool placed = result->kind == REGISTER_PLACED, doubtful = false;
    if (placed) {
        const LayoutPage *page = result->layout->pages->pdata[result->page];
        doubtful = count_seen(result) < (int)page->boxes->len;
    }
    PointPx own = {0, 0};
    for (int i = 0; has_corners && i < 4; i++) {
        own.x_px += corners[i].x_px / 4;
        own.y_px += corners[i].y_px / 4;
    }
    const PointPx *at = has_corners ? &own : NULL;
    if ((placed && shows_print_beyond(scan, result)) || shows_other_code(scan, false, at, result) ||
        (doubtful && shows_other_code(scan, true, at, result)))
        refuse(result, REGISTER_SEVERAL);
}

/* A page that was taken by its code must not bear the number of another ballot. */
static void refuse_mixed(Registrar *registrar, const Raster *scan, Registration *result)
{
    if (result->kind != REGISTER_PLACED || !result->has_code || result->by_serial || result->by_person)
        return;
    if (number_is_other(registrar->numbers, &registrar->reader, result->layout->pages->pdata[result->page],
                        scan, &result->map, &result->code))
        refuse(result, REGISTER_MIXED_NUMBER);
}

/* By the sheet's corners as a person showed them, which is exact to some millimetres. */
static bool place_by_corners(Blank *blank, const Raster *scan, const PointPx corners[4], Registration *result,
                             GError **error)
{
    const LayoutPage *page = blank->layout->pages->pdata[blank->page];
    const PointMm sheet[4] = {
        {0, 0}, {page->width_mm, 0}, {page->width_mm, page->height_mm}, {0, page->height_mm}};
    PageMap map;
    refuse(result, REGISTER_NO_MARKS);
    if (!vision_fit_map(sheet, corners, 4, 1, &map, NULL, NULL) ||
        !place_roughly(blank, scan, CORNERS_REACH_MM, &map) || !refine(blank, scan, 4, &map))
        return true;
    result->kind = REGISTER_PLACED;
    result->reason = REGISTER_OK;
    result->map = map;
    return finish(blank, scan, false, result, error);
}

/* A page that a person named: its own code, where it can be read after all, must not say otherwise. */
static bool place_given(Registrar *registrar, const Raster *scan, const RegisterGiven *given,
                        Registration *result, PointPx corners[4], bool *has_corners, GError **error)
{
    Blank *blank = find_blank(registrar, given->layout, given->page);
    if (!blank) {
        refuse(result, REGISTER_UNKNOWN_LAYOUT);
        return true;
    }
    if (!find_code_in_place(registrar, scan, false, result, corners, has_corners))
        find_code_anywhere(registrar, scan, result, corners, has_corners);
    if (result->has_code &&
        !(g_str_equal(result->code.survey, registrar->survey_id) && result->code.kind == PAGE_CODE_BALLOT &&
          g_str_equal(result->code.serial, given->serial) && result->code.page == given->page + 1)) {
        refuse(result, REGISTER_CONTRADICTED);
        return true;
    }
    if (!result->has_code) {
        set_code(registrar, blank, "", given->serial, result);
        result->by_person = true;
    }
    if (!given->corners)
        return place_coded(registrar, scan, corners, *has_corners, result, error);
    if (!place_by_corners(blank, scan, given->corners, result, error))
        return false;
    return result->kind == REGISTER_PLACED ||
           place_coded(registrar, scan, corners, *has_corners, result, error);
}

Registration *register_page(Registrar *registrar, const PageImage *image, const RegisterHint *hint,
                            GError **error)
{
    g_autoptr(Registration) result = g_new0(Registration, 1);
    result->boxes = g_array_new(FALSE, TRUE, sizeof(RegisterBox));
    const Raster *scan = image->grey;
    PointPx corners[4];
    bool has_corners = false;
    if (hint && hint->given) {
        if (!place_given(registrar, scan, hint->given, result, corners, &has_corners, error))
            return NULL;
        refuse_several(scan, corners, has_corners, result);
        refuse_mixed(registrar, scan, result);
        return g_steal_pointer(&result);
    }
    /* Most pages show their code where it should be; only the others are worth looking at as a whole. */
    if (!find_code_in_place(registrar, scan, false, result, corners, &has_corners) &&
        !take_uncoded(registrar, scan, hint, result, corners, &has_corners, error))
        return NULL;
    if (!result->has_code || result->by_serial) {
        refuse_several(scan, corners, false, result);
        return g_steal_pointer(&result);
    }
    if (!g_str_equal(result->code.survey, registrar->survey_id))
        refuse(result, REGISTER_OTHER_SURVEY);
    else if (result->code.kind == PAGE_CODE_COVER)
        result->kind = REGISTER_COVER;
    else if (!place_coded(registrar, scan, corners, has_corners, result, error))
        return NULL;
    refuse_several(scan, corners, has_corners, result);
    refuse_mixed(registrar, scan, result);
    return g_steal_pointer(&result);
}
