#include "register/register.h"

#include <math.h>
#include <string.h>

#include "paper.h"
#include "register/place.h"

static const PaperForm form_1 = {.id = "F1", .ours = true, .seed = 1};
static const PaperForm form_2 = {.id = "F2", .ours = true, .seed = 2};
static const PaperForm foreign_1 = {.id = "N1", .seed = 11};
static const PaperForm foreign_2 = {.id = "N2", .seed = 12};

/* A workspace that knows some forms. */
typedef struct {
    GPtrArray *layouts;
    Registrar *registrar;
} Known;

static void known_free(Known *known)
{
    registrar_free(known->registrar);
    g_ptr_array_unref(known->layouts);
    g_free(known);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Known, known_free)

static Known *know(const PaperForm *const *forms)
{
    Known *known = g_new0(Known, 1);
    known->layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    for (; *forms; forms++)
        g_ptr_array_add(known->layouts, paper_layout(*forms));
    g_autoptr(GError) error = NULL;
    known->registrar = registrar_new(known->layouts, PAPER_SURVEY, &error);
    g_assert_no_error(error);
    return known;
}

static Registration *look(const Known *known, Raster *scan, const RegisterHint *hint)
{
    PageImage image = {.grey = scan};
    g_autoptr(GError) error = NULL;
    Registration *result = register_page(known->registrar, &image, hint, &error);
    g_assert_no_error(error);
    g_assert_nonnull(result);
    return result;
}

/* The largest distance between where a box is said to be and where it is. */
static double worst_error_mm(const Registration *result, const PageMap *truth)
{
    const LayoutPage *page = result->layout->pages->pdata[result->page];
    double worst = 0;
    g_assert_cmpuint(result->boxes->len, ==, page->boxes->len);
    for (guint i = 0; i < page->boxes->len; i++) {
        PointMm at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
        const RegisterBox *box = &g_array_index(result->boxes, RegisterBox, i);
        PointPx is = page_map_point(truth, at),
                said = page_map_point(&result->map,
                                      (PointMm){at.x_mm + box->shift_x_mm, at.y_mm + box->shift_y_mm});
        worst = MAX(worst, hypot(is.x_px - said.x_px, is.y_px - said.y_px) / page_map_scale(truth, at));
    }
    return worst;
}

static void assert_placed(const Known *known, const PaperForm *form, const PaperScan *how,
                          const RegisterHint *hint)
{
    Layout *layout = NULL;
    for (guint i = 0; i < known->layouts->len; i++) {
        Layout *other = known->layouts->pdata[i];
        layout = g_str_equal(other->form, form->id) ? other : layout;
    }
    g_assert_nonnull(layout);
    g_autofree char *code = paper_code_text(layout, 123);
    PaperScan scanned = *how;
    scanned.code = form->ours && !how->code ? code : how->code;
    PageMap truth;
    g_autoptr(Raster) scan = paper_scan(form, paper_page(layout), &scanned, &truth);
    g_autoptr(Registration) result = look(known, scan, hint);
    g_test_message("skew %g scale %g turns %d lost %u: kind %d reason %s, residual %.3f worst %.3f marks %d",
                   how->skew_deg, how->scale, how->quarter_turns, how->lost_marks, result->kind,
                   register_reason_id(result->reason), result->residual_mm, result->worst_mm,
                   result->marks_found);
    g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
    g_assert_true(result->layout == layout);
    g_assert_cmpint(result->page, ==, 0);
    g_assert_cmpfloat(worst_error_mm(result, &truth), <, 0.3);
    g_assert_cmpfloat(result->residual_mm, <, 0.2);
    int turns = (how->quarter_turns + 4) % 4;
    g_assert_cmpint(result->quarter_turns, ==, turns);
    g_assert_cmpfloat_with_epsilon(result->scale, how->scale > 0 ? how->scale : 1, 0.01);
    g_assert_cmpint(result->has_code, ==, form->ours);
    if (form->ours)
        g_assert_cmpstr(result->code.form, ==, form->id);
}

static void assert_refused(const Known *known, Raster *scan, const RegisterHint *hint, RegisterReason reason)
{
    g_autoptr(Registration) result = look(known, scan, hint);
    g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
    g_assert_cmpstr(register_reason_id(result->reason), ==, register_reason_id(reason));
    g_assert_cmpuint(result->boxes->len, ==, 0);
    g_autofree char *words = register_refusal_words(register_reason_id(result->reason), "");
    g_assert_cmpstr(words, !=, "");
}

/* Marks of all kinds on the sheet, some of them heavy. */
static void fill_in(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    (void)user;
    paper_pen(cr, 40, 0.6);
    for (guint i = 0; i < page->boxes->len; i += 3)
        paper_cross(cr, ((LayoutBox *)page->boxes->pdata[i])->rect, 1.5 + (i % 4) * 0.5);
}

/* ---- our forms ---- */

static void test_placed(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &form_2, NULL});
    static const PaperScan scans[] = {
        {0},
        {.skew_deg = 5},
        {.skew_deg = -5},
        {.scale = 0.93, .skew_deg = 1},
        {.scale = 1.03, .skew_deg = -0.5},
        {.shift_x_mm = 2, .shift_y_mm = -3, .skew_deg = 0.7},
        {.dpi = 150, .skew_deg = 1},
        {.dpi = 300, .skew_deg = -2, .scale = 0.97},
        {.specks = 4, .paper = 225},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(scans); i++) {
        PaperScan how = scans[i];
        assert_placed(known, &form_1, &how, NULL);
        how.ink = fill_in;
        assert_placed(known, &form_2, &how, NULL);
    }
}

static void test_turned(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &form_2, NULL});
    for (int turns = 0; turns < 4; turns++) {
        PaperScan how = {.quarter_turns = turns, .skew_deg = 2, .scale = 0.96, .ink = fill_in};
        assert_placed(known, &form_2, &how, NULL);
    }
}

static void test_lost_marks(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    for (int lost = 0; lost < LAYOUT_MARKS; lost++) {
        PaperScan how = {.lost_marks = 1u << lost, .skew_deg = 1.5, .scale = 0.97, .quarter_turns = lost};
        assert_placed(known, &form_1, &how, NULL);
    }
    PaperScan none = {.lost_marks = 15, .skew_deg = 2, .ink = fill_in}; /* by the code and the print */
    assert_placed(known, &form_1, &none, NULL);
}

/* ---- boxes that are not where they look ---- */

/* A box counts as seen where its place is vouched for, its line is told, and, being empty, its outline shows.
 */
static bool is_seen(const RegisterBox *box)
{
    return register_box_is_seen(box) && !(box->outline < 0.7);
}

/* The feeder lost `mm` of the sheet at `y_mm`, or, where negative, held the sheet for so long. */
static void slip(Raster *scan, double px_per_mm, double y_mm, double mm)
{
    int from = (int)lround(y_mm * px_per_mm), by = (int)lround(mm * px_per_mm);
    size_t row = scan->stride;
    g_autofree uint8_t *copy = g_memdup2(scan->pixels, row * (size_t)scan->height_px);
    for (int y = from; y < scan->height_px; y++) {
        int source = by > 0 ? y + by : MAX(from, y + by);
        if (source < scan->height_px)
            memcpy(scan->pixels + (size_t)y * row, copy + (size_t)source * row, row);
        else
            memset(scan->pixels + (size_t)y * row, 255, row);
    }
}

/* How far a box is said to be from where the slipped sheet shows it; infinite where the slip took it. */
static double slipped_error_mm(const Registration *result, const LayoutPage *page, guint i, double px_per_mm,
                               double y_mm, double mm)
{
    const RegisterBox *box = &g_array_index(result->boxes, RegisterBox, i);
    PointMm at = rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect);
    PointPx said =
        page_map_point(&result->map, (PointMm){at.x_mm + box->shift_x_mm, at.y_mm + box->shift_y_mm});
    if (at.y_mm > y_mm && at.y_mm < y_mm + mm)
        return INFINITY;
    double is = at.y_mm > y_mm ? at.y_mm - mm : at.y_mm;
    return hypot(said.x_px / px_per_mm - at.x_mm, said.y_px / px_per_mm - is);
}

/* Rows look alike, and a slip by about a row puts each row's outlines onto the next one's: no box beyond it
 * may count as seen where it is not, and without a slip all do. Rows of the sheet are 20 mm apart. */
static void test_slips(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const LayoutPage *page = ((Layout *)known->layouts->pdata[0])->pages->pdata[0];
    g_autofree char *code = paper_code_text(known->layouts->pdata[0], 123);
    static const double lengths[] = {0, 0.8, 3, 7, 13, 17, 19.5, 20, 20.5, 26, 40, -0.8, -7, -20, -40};
    const double px_per_mm = 200 / MM_PER_INCH;
    int seen = 0, placed = 0;
    for (size_t l = 0; l < G_N_ELEMENTS(lengths); l++) {
        for (double y = 65; y < 260; y += 31) {
            PaperScan how = {.code = code, .ink = fill_in};
            g_autoptr(Raster) scan = paper_scan(&form_1, page, &how, NULL);
            slip(scan, px_per_mm, y, lengths[l]);
            g_autoptr(Registration) result = look(known, scan, NULL);
            g_test_message("slip of %g mm at %g mm: %s", lengths[l], y, register_reason_id(result->reason));
            placed += result->kind == REGISTER_PLACED;
            for (guint i = 0; i < result->boxes->len; i++) {
                if (is_seen(&g_array_index(result->boxes, RegisterBox, i)) || lengths[l] == 0) {
                    double away = fabs(rect_mm_centre(((LayoutBox *)page->boxes->pdata[i])->rect).y_mm - y);
                    double error_mm = slipped_error_mm(result, page, i, px_per_mm, y, lengths[l]);
                    g_assert_cmpfloat(error_mm, <, away < PAPER_BOX_MM ? PAPER_BOX_MM : 0.8); /* cut in two */
                    seen++;
                }
            }
        }
    }
    g_test_message("%d sheets placed, %d boxes seen", placed, seen);
    g_assert_cmpint(placed, >=, 50);
    g_assert_cmpint(seen, >=, 1000);
}

/* A note, white as the paper or darker, over some boxes: those are not seen, and the page is not refused for
 * them. */
static void test_covered(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const LayoutPage *page = ((Layout *)known->layouts->pdata[0])->pages->pdata[0];
    g_autofree char *code = paper_code_text(known->layouts->pdata[0], 123);
    static const guint8 greys[] = {255, 235, 200};
    for (guint first = 0; first + PAPER_OPTIONS < page->boxes->len; first += 3) {
        for (size_t g = 0; g < G_N_ELEMENTS(greys); g++) {
            PaperScan how = {.code = code};
            PageMap map;
            g_autoptr(Raster) scan = paper_scan(&form_1, page, &how, &map);
            for (guint i = first; i < first + PAPER_OPTIONS; i++) {
                RectMm r = ((LayoutBox *)page->boxes->pdata[i])->rect;
                PointPx a = page_map_point(&map, (PointMm){r.x_mm - 1, r.y_mm - 1});
                for (int y = 0; y < (int)((r.h_mm + 2) * 200 / MM_PER_INCH); y++)
                    memset(scan->pixels + ((size_t)a.y_px + (size_t)y) * scan->stride + (size_t)a.x_px,
                           greys[g], (size_t)((r.w_mm + 2) * 200 / MM_PER_INCH));
            }
            g_autoptr(Registration) result = look(known, scan, NULL);
            g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
            for (guint i = 0; i < page->boxes->len; i++)
                g_assert_cmpint(is_seen(&g_array_index(result->boxes, RegisterBox, i)), ==,
                                i < first || i >= first + PAPER_OPTIONS);
        }
    }
}

/* ---- pages that are no ballot of ours ---- */

static void test_blank(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &foreign_1, NULL});
    static const guint8 greys[] = {255, 228, 180};
    for (size_t i = 0; i < G_N_ELEMENTS(greys); i++) {
        g_autoptr(Raster) scan = raster_new(1654, 2339, NULL);
        scan->dpi_x = scan->dpi_y = i ? 200 : 0; /* stated or not */
        memset(scan->pixels, greys[i], scan->stride * 2339);
        paper_speckle(scan, 2);
        g_autoptr(Registration) result = look(known, scan, NULL);
        g_assert_cmpint(result->kind, ==, REGISTER_BLANK);
        g_assert_false(result->has_code);
    }
}

/* A picture that shows no paper may hide a ballot: refused, never blank. */
static void test_dark(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &foreign_1, NULL});
    static const guint8 greys[] = {0, 12, 60, 110};
    for (size_t i = 0; i < G_N_ELEMENTS(greys); i++) {
        g_autoptr(Raster) scan = raster_new(1654, 2339, NULL);
        scan->dpi_x = scan->dpi_y = i % 2 ? 200 : 0;
        memset(scan->pixels, greys[i], scan->stride * 2339);
        assert_refused(known, scan, NULL, REGISTER_TOO_DARK);
    }
}

/* What a file states of its resolution is a hint: a sound page is read under any. */
static void test_stated_resolution(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    g_autofree char *code = paper_code_text(layout, 77);
    static const double stated[] = {0, 50, 72, 96, 200, 600, 1600, 2400};
    for (size_t i = 0; i < G_N_ELEMENTS(stated); i++) {
        PaperScan how = {.code = code, .ink = fill_in};
        g_autoptr(Raster) scan = paper_scan(&form_1, paper_page(layout), &how, NULL);
        scan->dpi_x = scan->dpi_y = stated[i];
        g_autoptr(Registration) result = look(known, scan, NULL);
        g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
        g_assert_true(result->has_code);
    }
}

static void test_codes(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    const LayoutPage *page = paper_page(layout);
    g_autofree char *own = paper_code_text(layout, 77);
    g_auto(GStrv) parts = g_strsplit(own, ":", -1); /* P1:TST:F1:fingerprint:serial:page */
    g_autofree char *other_survey = g_strdup_printf("P1:TV23:%s:%s:%s:1", parts[2], parts[3], parts[4]);
    g_autofree char *unknown_print = g_strdup_printf("P1:TST:%s:00C0FFEE:%s:1", parts[2], parts[4]);
    g_autofree char *unknown_form = g_strdup_printf("P1:TST:F9:%s:%s:1", parts[3], parts[4]);
    g_autofree char *no_such_page = g_strdup_printf("P1:TST:F1:%s:%s:9", parts[3], parts[4]);
    g_autofree char *bad_serial = g_strdup_printf("P1:TST:F1:%s:0000123:1", parts[3]);
    const struct {
        const char *code;
        RegisterReason reason;
    } cases[] = {{other_survey, REGISTER_OTHER_SURVEY},
                 {unknown_print, REGISTER_UNKNOWN_LAYOUT},
                 {unknown_form, REGISTER_UNKNOWN_LAYOUT},
                 {no_such_page, REGISTER_UNKNOWN_LAYOUT},
                 {bad_serial, REGISTER_NO_SERIAL},
                 {"HTTPS://EXAMPLE.ORG/FORM", REGISTER_NO_SERIAL},
                 {NULL, REGISTER_NO_SERIAL}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        PaperScan how = {.code = cases[i].code, .ink = fill_in};
        g_autoptr(Raster) scan = paper_scan(&form_1, page, &how, NULL);
        assert_refused(known, scan, NULL, cases[i].reason);
    }
    PaperScan how = {.code = "P1:TST:*:G3:SNV:SNV:20", .quarter_turns = 2};
    g_autoptr(Raster) scan = paper_scan(&form_1, page, &how, NULL);
    g_autoptr(Registration) cover = look(known, scan, NULL);
    g_assert_cmpint(cover->kind, ==, REGISTER_COVER);
    g_assert_cmpstr(cover->code.agency, ==, "SNV");
    g_assert_cmpint(cover->code.expected, ==, 20);
}

/* ---- more than one sheet on a picture ---- */

/* A picture of so many pixels of one grey. */
static Raster *glass(int w_px, int h_px, uint8_t grey)
{
    Raster *raster = raster_new(w_px, h_px, NULL);
    raster->dpi_x = raster->dpi_y = 200;
    memset(raster->pixels, grey, raster->stride * (size_t)h_px);
    return raster;
}

/* Lays a scan on another with its corner there; what lies outside is cut off. */
static void lay(Raster *on, const Raster *sheet, int x_px, int y_px)
{
    for (int y = MAX(0, -y_px); y < sheet->height_px && y + y_px < on->height_px; y++)
        for (int x = MAX(0, -x_px); x < sheet->width_px && x + x_px < on->width_px; x++)
            on->pixels[(size_t)(y + y_px) * on->stride + (size_t)(x + x_px)] =
                sheet->pixels[(size_t)y * sheet->stride + (size_t)x];
}

/* Two ballots however they lie: never one of them taken and the other gone. */
static void test_several(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    g_autofree char *first = paper_code_text(layout, 77), *second = paper_code_text(layout, 78);
    const int w = 1654, h = 2339; /* A4 at 200 dpi */
    static const struct {
        int w_px, h_px, x_px, y_px; /* of the glass; where the second lies */
        bool first_above;           /* the first is laid on the second */
        int turns;                  /* of both */
    } ways[] = {
        {2 * 1654, 2339, 1654, 0, false, 0},  /* side by side */
        {2 * 1654, 2339, 1654, 0, false, 2},  /* upside down */
        {2 * 2339, 1654, 2339, 0, false, 1},  /* lying */
        {1654, 2 * 2339, 0, 2339, false, 0},  /* one below the other */
        {1654, 2339 + 900, 0, 900, false, 0}, /* covering all but the head of the first */
        {1654, 2339 + 900, 0, 900, true, 0},  /* its foot peeps out, its code too */
        {1654 + 500, 2339, 500, 0, true, 0},  /* its right side peeps out */
        {1654 + 500, 2339, 500, 0, false, 0}, /* covers the right of the first */
        {1654, 2339, 0, -700, false, 0},      /* over the head of the first, on a small glass */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        PaperScan one = {.code = first, .quarter_turns = ways[i].turns, .ink = fill_in},
                  two = {.code = second, .quarter_turns = ways[i].turns, .skew_deg = 0.4};
        g_autoptr(Raster) a = paper_scan(&form_1, paper_page(layout), &one, NULL),
                          b = paper_scan(&form_1, paper_page(layout), &two, NULL),
                          both = glass(ways[i].w_px, ways[i].h_px, 250);
        lay(both, ways[i].first_above ? b : a, ways[i].first_above ? ways[i].x_px : 0,
            ways[i].first_above ? ways[i].y_px : 0);
        lay(both, ways[i].first_above ? a : b, ways[i].first_above ? 0 : ways[i].x_px,
            ways[i].first_above ? 0 : ways[i].y_px);
        g_autoptr(Registration) result = look(known, both, NULL);
        g_test_message("way %zu: kind %d, %s", i, result->kind, register_reason_id(result->reason));
        g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
    }
    /* a second sheet that shows neither code nor marks, beside the first */
    PaperScan hidden = {.code = first, .ink = fill_in};
    g_autoptr(Raster) sheet = paper_scan(&form_1, paper_page(layout), &hidden, NULL),
                      wide = glass(w + 600, h, 250);
    lay(wide, sheet, -300, 0);
    lay(wide, sheet, 600, 0);
    g_autoptr(Registration) peeping = look(known, wide, NULL);
    g_assert_cmpint(peeping->kind, ==, REGISTER_REFUSED);
    g_assert_cmpstr(register_reason_id(peeping->reason), ==, "several");
}

/* One ballot on a large glass, with a lid of any grey, its seam, dust and a clip beside it, is one ballot. */
static void test_large_glass(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    g_autofree char *code = paper_code_text(layout, 77);
    static const uint8_t lids[] = {255, 200, 120, 20};
    for (size_t i = 0; i < G_N_ELEMENTS(lids); i++) {
        PaperScan how = {.code = code, .ink = fill_in, .paper = 250};
        g_autoptr(Raster) sheet = paper_scan(&form_1, paper_page(layout), &how, NULL),
                          all = glass(3307, 2339 + 300, lids[i]), seam = glass(4, 2639, 60),
                          dust = glass(12, 9, 90), clip = glass(40, 90, 60);
        lay(all, seam, 2500, 0);
        for (int k = 0; k < 12; k++)
            lay(all, dust, 1900 + 97 * k, 200 + 151 * k);
        lay(all, clip, 2000, 400);
        lay(all, sheet, 60, 150);
        g_autoptr(Registration) result = look(known, all, NULL);
        g_test_message("lid %d: kind %d, %s", lids[i], result->kind, register_reason_id(result->reason));
        g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
    }
}

static void smear(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    (void)user;
    cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
    cairo_set_line_width(cr, 2.5);
    cairo_move_to(cr, page->serial.x_mm - 2, page->serial.y_mm + 2);
    cairo_line_to(cr, page->serial.x_mm + 30, page->serial.y_mm + 5);
    cairo_stroke(cr);
}

/* Without its code a page of ours is told by its print, and the ballot by the number in print; a number that
 * is not surely read, or whose check character is wrong, is none. */
static void test_serial(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &form_2, &foreign_1, NULL});
    const Layout *layout = known->layouts->pdata[1];
    const LayoutPage *page = paper_page(layout);
    static const PaperScan scans[] = {{.skew_deg = 1},
                                      {.quarter_turns = 2, .dpi = 300},
                                      {.dpi = 150, .specks = 2},
                                      {.scale = 0.95, .paper = 225, .ink = fill_in}};
    static const int numbers[] = {77, 1278, 801, 999999};
    static const char *const stations[] = {"", "K7RF", "WMAE", "3469"};
    for (size_t i = 1; i < G_N_ELEMENTS(stations); i++)
        registrar_know_station(known->registrar, stations[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(scans) * G_N_ELEMENTS(stations); i++) {
        const char *station = stations[i / G_N_ELEMENTS(scans)];
        int number = numbers[i % G_N_ELEMENTS(scans)];
        char serial[SERIAL_LENGTH + 1];
        serial_make(number, serial);
        g_autofree char *shown = serial_paper_form(station, serial);
        PaperScan how = scans[i % G_N_ELEMENTS(scans)];
        how.serial = shown;
        if (*station)
            how.specks = 0; /* the smaller print is not read through them at 150 dpi */
        PageMap truth;
        g_autoptr(Raster) scan = paper_scan(&form_2, page, &how, &truth);
        g_autoptr(Registration) result = look(known, scan, NULL);
        g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
        g_assert_true(result->layout == layout);
        g_assert_true(result->has_code && result->by_serial);
        g_assert_cmpstr(result->code.serial, ==, serial);
        g_assert_cmpstr(result->code.station, ==, station);
        g_assert_cmpstr(result->code.seal, ==, "");
        g_assert_cmpstr(result->code.form, ==, "F2");
        g_assert_cmpint(result->code.page, ==, 1);
        g_assert_cmpfloat(worst_error_mm(result, &truth), <, 0.3);
    }
    char serial[SERIAL_LENGTH + 1];
    serial_make(77, serial);
    g_autofree char *shown = serial_print_form(serial), *wrong = g_strdup(shown);
    wrong[5] = '8'; /* 000078 with the check character of 000077 */
    /* of a station much like one that is known: never that one's, nor of none */
    static const char *const like[] = {"K7RE", "K7PF", "WNAE", "9469"};
    for (size_t i = 0; i < G_N_ELEMENTS(like); i++) {
        g_autofree char *other = serial_paper_form(like[i], serial);
        const PaperScan how = {.serial = other};
        g_autoptr(Raster) scan = paper_scan(&form_2, page, &how, NULL);
        g_autoptr(Registration) result = look(known, scan, NULL);
        g_assert_true(result->kind == REGISTER_REFUSED || *result->code.station);
        for (size_t n = 1; n < G_N_ELEMENTS(stations); n++)
            g_assert_cmpstr(result->code.station, !=, stations[n]);
    }
    PaperScan bad[] = {{.serial = wrong}, {.serial = "000077"}, {.serial = shown, .ink = smear}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Raster) scan = paper_scan(&form_2, page, &bad[i], NULL);
        assert_refused(known, scan, NULL, REGISTER_NO_SERIAL);
    }
}

/* A code and a number in print of two ballots are of none. A number that is the code's, that is missing,
 * covered or badly copied says nothing against it. */
static void test_mixed(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &form_2, NULL});
    const Layout *layout = known->layouts->pdata[1];
    static const PaperScan scans[] = {{.skew_deg = 1},
                                      {.quarter_turns = 2, .dpi = 300},
                                      {.dpi = 150, .specks = 2},
                                      {.scale = 0.95, .paper = 225, .ink = fill_in}};
    static const int pairs[][2] = {{77, 78}, {3, 8}, {1278, 1276}, {100689, 199689}, {555555, 5}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *code = paper_code_text(layout, pairs[i][0]);
        char serial[SERIAL_LENGTH + 1], other[SERIAL_LENGTH + 1];
        serial_make(pairs[i][0], serial);
        serial_make(pairs[i][1], other);
        g_autofree char *own = serial_print_form(serial), *stuck = serial_print_form(other);
        g_autofree char *faulty = g_strdup(stuck);
        faulty[7] = faulty[7] == 'A' ? 'B' : 'A';
        for (size_t how = 0; how < G_N_ELEMENTS(scans); how++) {
            PaperScan paper = scans[how];
            paper.code = code;
            paper.serial = stuck;
            g_autoptr(Raster) mixed = paper_scan(&form_2, paper_page(layout), &paper, NULL);
            assert_refused(known, mixed, NULL, REGISTER_MIXED_NUMBER);
            const PaperScan good[] = {
                {.serial = own}, {.dpi = 0}, {.serial = faulty}, {.serial = stuck, .ink = smear}};
            for (size_t g = 0; g < G_N_ELEMENTS(good); g++) {
                paper.serial = good[g].serial;
                paper.ink = good[g].ink ? good[g].ink : scans[how].ink;
                g_autoptr(Raster) scan = paper_scan(&form_2, paper_page(layout), &paper, NULL);
                g_autoptr(Registration) result = look(known, scan, NULL);
                g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
                g_assert_cmpstr(result->code.serial, ==, serial);
            }
        }
    }
}

/* A person says which page of which ballot it is: placed by its print, by the sheet's corners where they are
 * shown roughly, never as a form it is not, and never against its own code. */
static void test_given(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &form_2, NULL});
    const Layout *one = known->layouts->pdata[0], *two = known->layouts->pdata[1];
    const LayoutPage *page = paper_page(two);
    char serial[SERIAL_LENGTH + 1], other[SERIAL_LENGTH + 1];
    serial_make(77, serial);
    serial_make(78, other);
    PageMap truth;
    const PaperScan lost = {.serial = "000077", .ink = smear, .skew_deg = 2, .quarter_turns = 1};
    g_autoptr(Raster) scan = paper_scan(&form_2, page, &lost, &truth);
    assert_refused(known, scan, NULL, REGISTER_NO_SERIAL);
    const PointMm sheet[4] = {
        {0, 0}, {page->width_mm, 0}, {page->width_mm, page->height_mm}, {0, page->height_mm}};
    PointPx corners[4];
    for (int i = 0; i < 4; i++) { /* each some millimetres off, another way */
        corners[i] = page_map_point(&truth, sheet[i]);
        corners[i].x_px += (i % 2 ? 3 : -3) * 8;
        corners[i].y_px += (i < 2 ? 2 : -4) * 8;
    }
    for (int shown = 0; shown < 2; shown++) {
        const RegisterGiven given = {two, 0, serial, shown ? corners : NULL};
        const RegisterHint hint = {.given = &given};
        g_autoptr(Registration) result = look(known, scan, &hint);
        g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
        g_assert_true(result->layout == two && result->by_person && !result->by_serial);
        g_assert_cmpstr(result->code.serial, ==, serial);
        g_assert_cmpfloat(worst_error_mm(result, &truth), <, 0.3);
        g_assert_cmpint(result->quarter_turns, ==, 1);
    }
    const RegisterGiven wrong = {one, 0, serial, NULL};
    const RegisterHint hint = {.given = &wrong};
    g_autoptr(Registration) refused = look(known, scan, &hint);
    g_assert_cmpint(refused->kind, ==, REGISTER_REFUSED);
    /* its code can be read after all */
    g_autofree char *code = paper_code_text(two, 77);
    const PaperScan coded = {.code = code};
    g_autoptr(Raster) whole = paper_scan(&form_2, page, &coded, &truth);
    const RegisterGiven same = {two, 0, serial, NULL}, otherwise = {two, 0, other, NULL};
    const RegisterHint agrees = {.given = &same}, contradicts = {.given = &otherwise};
    g_autoptr(Registration) result = look(known, whole, &agrees);
    g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
    g_assert_false(result->by_person);
    assert_refused(known, whole, &contradicts, REGISTER_CONTRADICTED);
}

/* The code of one form on the print of another: nothing of it may be read. */
static void test_wrong_print(void)
{
    static const PaperForm marks_only = {.id = "F1", .ours = true, .seed = 900};
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    g_autofree char *code = paper_code_text(layout, 5);
    PaperScan how = {.code = code};
    g_autoptr(Layout) other = paper_layout(&marks_only);
    LayoutPage *page = paper_page(other); /* the same boxes, but a third of the page lower */
    for (guint i = 0; i < page->boxes->len; i++)
        ((LayoutBox *)page->boxes->pdata[i])->rect.y_mm += 9;
    g_autoptr(Raster) scan = paper_scan(&marks_only, page, &how, NULL);
    g_autoptr(Registration) result = look(known, scan, NULL);
    g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
}

static void test_cut_off(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &foreign_1, NULL});
    g_autofree char *code = paper_code_text(known->layouts->pdata[0], 8);
    PaperScan how = {.code = code, .cut_mm = 60}; /* the two lowest rows are missing */
    g_autoptr(Raster) scan = paper_scan(&form_1, paper_page(known->layouts->pdata[0]), &how, NULL);
    g_autoptr(Registration) result = look(known, scan, NULL);
    g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
    g_assert_cmpstr(register_reason_id(result->reason), ==, "cut-off");
    /* shifted out to the right, where the boxes are */
    PaperScan aside = {.code = NULL, .shift_x_mm = 45};
    g_autoptr(Raster) half = paper_scan(&foreign_1, paper_page(known->layouts->pdata[1]), &aside, NULL);
    g_autoptr(Registration) gone = look(known, half, NULL);
    g_assert_cmpint(gone->kind, ==, REGISTER_REFUSED);
}

static void test_resolution(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    g_autofree char *code = paper_code_text(known->layouts->pdata[0], 8);
    PaperScan how = {.code = code, .dpi = 120};
    g_autoptr(Raster) scan = paper_scan(&form_1, paper_page(known->layouts->pdata[0]), &how, NULL);
    assert_refused(known, scan, NULL, REGISTER_RESOLUTION);
}

/* Pictures that are no page at all. */
static void test_hostile(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &foreign_1, NULL});
    static const int sizes[][2] = {{1, 1}, {3, 2000}, {2000, 3}, {40, 40}, {500, 700}};
    g_autoptr(GRand) dice = g_rand_new_with_seed(1);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (int kind = 0; kind < 3; kind++) {
            g_autoptr(Raster) scan = raster_new(sizes[i][0], sizes[i][1], NULL);
            scan->dpi_x = scan->dpi_y = kind == 2 ? 2400 : 0;
            for (int y = 0; y < scan->height_px; y++)
                for (int x = 0; x < scan->width_px; x++)
                    scan->pixels[(size_t)y * scan->stride + (size_t)x] =
                        kind ? (guint8)g_rand_int_range(dice, 0, 256) : 0;
            g_autoptr(Registration) result = look(known, scan, NULL);
            g_assert_cmpint(result->kind, !=, REGISTER_PLACED);
            g_assert_cmpint(result->kind, !=, REGISTER_COVER);
        }
    }
}

/* ---- forms printed by others ---- */

static void test_foreign(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, &foreign_1, &foreign_2, NULL});
    static const PaperScan scans[] = {{0},
                                      {.skew_deg = 4, .scale = 0.95},
                                      {.skew_deg = -3, .scale = 1.03, .shift_x_mm = 3},
                                      {.quarter_turns = 1, .skew_deg = 1},
                                      {.quarter_turns = 2, .dpi = 300},
                                      {.quarter_turns = 3, .specks = 4}};
    for (size_t i = 0; i < G_N_ELEMENTS(scans); i++) {
        PaperScan how = scans[i];
        assert_placed(known, &foreign_1, &how, NULL);
        how.ink = fill_in;
        RegisterHint hint = {.form = "N2"};
        assert_placed(known, &foreign_2, &how, &hint);
    }
    /* what the batch is declared to be binds */
    PaperScan how = {.ink = fill_in};
    RegisterHint hint = {.form = "N2"};
    g_autoptr(Raster) scan = paper_scan(&foreign_1, paper_page(known->layouts->pdata[1]), &how, NULL);
    assert_refused(known, scan, &hint, REGISTER_NO_CODE);
}

/* Forms with the same boxes and much the same print are told apart or left to people, never mistaken. */
static void test_similar(void)
{
    static const unsigned rows[] = {0x3ff, 0x1f, 0x7, 0x1};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        PaperForm twin = {.id = "N9", .seed = foreign_1.seed, .other = 77, .other_rows = rows[i]};
        g_autoptr(Known) both = know((const PaperForm *const[]){&foreign_1, &twin, NULL});
        for (int which = 0; which < 2; which++) {
            const Layout *layout = both->layouts->pdata[which];
            PaperScan how = {.skew_deg = 1, .ink = fill_in};
            g_autoptr(Raster) scan = paper_scan(which ? &twin : &foreign_1, paper_page(layout), &how, NULL);
            g_autoptr(Registration) result = look(both, scan, NULL);
            g_test_message("rows %x which %d: kind %d %s", rows[i], which, result->kind,
                           register_reason_id(result->reason));
            if (result->kind == REGISTER_PLACED)
                g_assert_cmpstr(result->layout->form, ==, layout->form);
            else
                g_assert_cmpstr(register_reason_id(result->reason), ==, "ambiguous");
        }
        /* the twin known alone: a page that says something else throughout is not it */
        g_autoptr(Known) alone = know((const PaperForm *const[]){&twin, NULL});
        PaperScan how = {0};
        g_autoptr(Raster) scan = paper_scan(&foreign_1, paper_page(alone->layouts->pdata[0]), &how, NULL);
        g_autoptr(Registration) result = look(alone, scan, NULL);
        g_test_message("rows %x alone: kind %d %s", rows[i], result->kind,
                       register_reason_id(result->reason));
        if (rows[i] == 0x3ff)
            g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
    }
}

/* A worn drum: print fades to a sixth of its ink in a band along the feed. */
static void fade(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    double middle = *(double *)user;
    cairo_pattern_t *band = cairo_pattern_create_linear(middle - 40, 0, middle + 40, 0);
    for (int i = 0; i <= 10; i++)
        cairo_pattern_add_color_stop_rgba(band, i / 10.0, 1, 1, 1, 0.83 * sin(G_PI * i / 10));
    cairo_set_source(cr, band);
    cairo_rectangle(cr, 0, 0, page->width_mm, page->height_mm);
    cairo_fill(cr);
    cairo_pattern_destroy(band);
}

/* A threshold took every outline, or all but those of so many rows. */
static void lose_boxes(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    int kept = *(int *)user;
    cairo_set_source_rgb(cr, 1, 1, 1);
    for (guint i = 0; i < page->boxes->len; i++) {
        RectMm box = ((LayoutBox *)page->boxes->pdata[i])->rect;
        if ((int)i / PAPER_OPTIONS < kept)
            continue;
        cairo_rectangle(cr, box.x_mm - 1, box.y_mm - 1, box.w_mm + 2, box.h_mm + 2);
        cairo_fill(cr);
    }
}

/* Pale print is still the form's own; another's is not. Boxes of which nothing is seen wait, each for itself,
 * on a page whose text says where it lies. */
static void test_pale(void)
{
    static const PaperForm known_forms[] = {{.id = "F1", .ours = true, .seed = 1}, {.id = "N1", .seed = 11}};
    PaperForm other = known_forms[1];
    other.other = 77;
    other.other_rows = 0x3ff;
    g_autoptr(Known) known = know((const PaperForm *const[]){&known_forms[0], &known_forms[1], NULL});
    static double middles[] = {45, 80, 140};
    static int kept[] = {0, 2};
    for (int form = 0; form < 2; form++) {
        const LayoutPage *page = paper_page(known->layouts->pdata[form]);
        for (size_t i = 0; i < G_N_ELEMENTS(middles); i++) {
            PaperScan how = {.skew_deg = 0.7, .ink = fade, .user = &middles[i]};
            assert_placed(known, &known_forms[form], &how, NULL);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
            g_autofree char *code = paper_code_text(known->layouts->pdata[form], 123);
            PaperScan how = {
                .skew_deg = -0.6, .ink = lose_boxes, .user = &kept[i], .code = form ? NULL : code};
            PageMap truth;
            g_autoptr(Raster) scan = paper_scan(&known_forms[form], page, &how, &truth);
            g_autoptr(Registration) result = look(known, scan, NULL);
            g_assert_cmpint(result->kind, ==, REGISTER_PLACED);
            g_assert_cmpfloat(worst_error_mm(result, &truth), <, 0.3);
            for (guint b = 0; b < result->boxes->len; b++) {
                const RegisterBox *box = &g_array_index(result->boxes, RegisterBox, b);
                bool there = (int)b / PAPER_OPTIONS < kept[i];
                g_assert_true(there == (register_box_is_seen(box) && box->outline > 0.5));
            }
        }
    }
    PaperScan how = {.skew_deg = 0.7, .ink = fade, .user = &middles[0]};
    g_autoptr(Raster) unknown = paper_scan(&other, paper_page(known->layouts->pdata[1]), &how, NULL);
    g_autoptr(Registration) result = look(known, unknown, NULL);
    g_assert_cmpint(result->kind, ==, REGISTER_REFUSED);
}

/* A code that the second look at the picture finds is the page's own though its seal was not read before. */
static void test_own_code(void)
{
    g_autoptr(Known) known = know((const PaperForm *const[]){&form_1, NULL});
    const Layout *layout = known->layouts->pdata[0];
    PageCode code = {.kind = PAGE_CODE_BALLOT,
                     .station = "K7RF",
                     .seal = "4J4DMPYV",
                     .survey = PAPER_SURVEY,
                     .form = "F1",
                     .fingerprint8 = "0123ABCD",
                     .page = 1};
    serial_make(77, code.serial);
    g_autofree char *text = page_code_format(&code);
    PaperScan how = {.code = text};
    g_autoptr(Raster) scan = paper_scan(&form_1, paper_page(layout), &how, NULL);
    Registration taken = {.kind = REGISTER_PLACED, .has_code = true, .code = code};
    g_assert_false(shows_other_code(scan, true, NULL, &taken));
    strcpy(taken.code.seal, "4J4DMPYW");
    g_assert_true(shows_other_code(scan, true, NULL, &taken));
    taken.code.fingerprint8[0] = 'F';
    taken.by_person = true;
    g_assert_true(shows_other_code(scan, true, NULL, &taken));
    taken.code.fingerprint8[0] = '0';
    taken.by_person = false;
    taken.code.seal[0] = '\0';
    taken.by_serial = true;
    g_assert_false(shows_other_code(scan, true, NULL, &taken));
    strcpy(taken.code.station, "K7RE");
    g_assert_true(shows_other_code(scan, true, NULL, &taken));
    taken.code.station[0] = '\0';
    g_assert_false(shows_other_code(scan, true, NULL, &taken));
    serial_make(78, taken.code.serial);
    g_assert_true(shows_other_code(scan, true, NULL, &taken));
}

static void test_faults(void)
{
    g_autoptr(GPtrArray) layouts = g_ptr_array_new_with_free_func((GDestroyNotify)layout_free);
    Layout *layout = paper_layout(&form_1);
    g_clear_pointer(&paper_page(layout)->blank, raster_free);
    g_ptr_array_add(layouts, layout);
    g_autoptr(GError) error = NULL;
    g_assert_null(registrar_new(layouts, PAPER_SURVEY, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autofree char *other = register_refusal_words("nonsense", "what the decoder said");
    g_assert_cmpstr(other, ==, "what the decoder said");
    g_autofree char *named = register_refusal_words("other-station", "K7RF");
    g_assert_nonnull(strstr(named, "K7RF"));
    registrar_free(NULL);
    registration_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/register/placed", test_placed);
    g_test_add_func("/register/turned", test_turned);
    g_test_add_func("/register/lost-marks", test_lost_marks);
    g_test_add_func("/register/slips", test_slips);
    g_test_add_func("/register/covered", test_covered);
    g_test_add_func("/register/blank", test_blank);
    g_test_add_func("/register/dark", test_dark);
    g_test_add_func("/register/stated-resolution", test_stated_resolution);
    g_test_add_func("/register/codes", test_codes);
    g_test_add_func("/register/several", test_several);
    g_test_add_func("/register/large-glass", test_large_glass);
    g_test_add_func("/register/serial", test_serial);
    g_test_add_func("/register/mixed-number", test_mixed);
    g_test_add_func("/register/given", test_given);
    g_test_add_func("/register/wrong-print", test_wrong_print);
    g_test_add_func("/register/cut-off", test_cut_off);
    g_test_add_func("/register/resolution", test_resolution);
    g_test_add_func("/register/hostile", test_hostile);
    g_test_add_func("/register/foreign", test_foreign);
    g_test_add_func("/register/similar", test_similar);
    g_test_add_func("/register/pale", test_pale);
    g_test_add_func("/register/own-code", test_own_code);
    g_test_add_func("/register/faults", test_faults);
    return g_test_run();
}
