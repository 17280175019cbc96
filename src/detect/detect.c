#include "detect/detect_internal.h"

#include <math.h>
#include <string.h>

#define LETTER_WIDTH_MM 215.9
#define A4_WIDTH_MM 210.0
/* Less than this is not worth turning the page: a row of 200 mm climbs a millimetre. */
#define LEAST_TILT_DEGREES 0.12

/* Pages with more of their print in common are too alike to be told apart by it. */
#define MOST_LIKENESS 0.9

static void words_free(gpointer data)
{
    Words *words = data;
    g_free(words->text);
    g_free(words);
}

static void box_clear(gpointer data)
{
    g_free(((Box *)data)->inside);
}

static void option_free(gpointer data)
{
    DetectOption *option = data;
    g_free(option->label);
    g_free(option);
}

static void question_free(gpointer data)
{
    DetectQuestion *question = data;
    g_free(question->id);
    g_free(question->number);
    g_free(question->text);
    g_free(question->section);
    g_ptr_array_unref(question->options);
    g_free(question);
}

static void page_free(gpointer data)
{
    DetectPage *page = data;
    g_free(page->number);
    raster_free(page->grey);
    g_free(page);
}

DetectQuestion *detect_question_new(DetectKind kind)
{
    DetectQuestion *question = g_new0(DetectQuestion, 1);
    question->kind = kind;
    question->options = g_ptr_array_new_with_free_func(option_free);
    question->scale = -1;
    question->lines = 1;
    return question;
}

void detect_form_free(DetectForm *form)
{
    if (!form)
        return;
    g_free(form->title);
    g_ptr_array_unref(form->pages);
    g_ptr_array_unref(form->questions);
    g_ptr_array_unref(form->scales);
    g_array_unref(form->alike);
    g_array_unref(form->left);
    g_free(form);
}

static void sheet_free(Sheet *sheet)
{
    raster_free(sheet->level);
    for (GArray **array = (GArray *[]){sheet->cells, sheet->rules, sheet->pieces, sheet->boxes, sheet->fields,
                                       sheet->codes, sheet->left, NULL};
         *array; array++)
        g_array_unref(*array);
    g_ptr_array_unref(sheet->segments);
    g_ptr_array_unref(sheet->questions);
    g_free(sheet->number);
    g_free(sheet);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

RectMm sheet_given(const Sheet *sheet, RectMm rect)
{
    PointPx at = page_map_point(&sheet->back, (PointMm){middle_x(rect) * WORK_PX, middle_y(rect) * WORK_PX});
    double x = at.x_px / sheet->given_x, y = at.y_px / sheet->given_y;
    return (RectMm){x - rect.w_mm / 2, y - rect.h_mm / 2, rect.w_mm, rect.h_mm};
}

/* The paper's size: by the dots an inch the scan states, else by its shape. */
static DetectPage *page_new(const Raster *grey, GError **error)
{
    Raster *copy = raster_crop(grey, (RectPx){0, 0, grey->width_px, grey->height_px}, error);
    if (!copy)
        return NULL;
    double dpi_x = grey->dpi_x, dpi_y = grey->dpi_y;
    if (!(dpi_x >= 50) || !(dpi_y >= 50)) {
        double least = MIN(grey->width_px, grey->height_px), most = MAX(grey->width_px, grey->height_px);
        double width_mm =
            fabs(most / least - 1.294) < fabs(most / least - 1.414) ? LETTER_WIDTH_MM : A4_WIDTH_MM;
        dpi_x = dpi_y = least / width_mm * MM_PER_INCH;
    }
    copy->dpi_x = dpi_x;
    copy->dpi_y = dpi_y;
    DetectPage *page = g_new0(DetectPage, 1);
    page->grey = copy;
    page->width_mm = grey->width_px / dpi_x * MM_PER_INCH;
    page->height_mm = grey->height_px / dpi_y * MM_PER_INCH;
    return page;
}

static Sheet *sheet_new(DetectPage *page, int number, GError **error)
{
    g_autoptr(Sheet) sheet = g_new0(Sheet, 1);
    sheet->page = number;
    sheet->cells = g_array_new(FALSE, TRUE, sizeof(Cell));
    sheet->rules = g_array_new(FALSE, TRUE, sizeof(VisionRule));
    sheet->pieces = g_array_new(FALSE, TRUE, sizeof(RectPx));
    sheet->boxes = g_array_new(FALSE, TRUE, sizeof(Box));
    g_array_set_clear_func(sheet->boxes, box_clear);
    sheet->left = g_array_new(FALSE, TRUE, sizeof(RectMm));
    sheet->fields = g_array_new(FALSE, TRUE, sizeof(Field));
    sheet->codes = g_array_new(FALSE, TRUE, sizeof(RectMm));
    sheet->segments = g_ptr_array_new_with_free_func(words_free);
    sheet->questions = g_ptr_array_new_with_free_func(question_free);
    sheet->width_mm = page->width_mm, sheet->height_mm = page->height_mm;
    sheet->given_x = page->grey->dpi_x / MM_PER_INCH, sheet->given_y = page->grey->dpi_y / MM_PER_INCH;
    double tilt = 0, px_per_mm = (sheet->given_x + sheet->given_y) / 2;
    if (!vision_find_tilt(page->grey, px_per_mm, &tilt, error))
        return NULL;
    page->tilt_degrees = tilt;
    double degrees = fabs(tilt) < LEAST_TILT_DEGREES ? 0 : tilt;
    sheet->level = vision_level(page->grey, degrees, WORK_PX / px_per_mm, &sheet->back, error);
    return sheet->level ? g_steal_pointer(&sheet) : NULL;
}

/* The tallest words of the upper part of the page. */
static char *sheet_title(const Sheet *sheet)
{
    const Words *best = NULL;
    for (guint i = 0; i < sheet->segments->len; i++) {
        const Words *words = sheet->segments->pdata[i];
        if (words->rect.y_mm < sheet->height_mm / 3 && g_utf8_strlen(words->text, -1) > 5 &&
            words->rect.h_mm < 15 && (!best || words->rect.h_mm > best->rect.h_mm * 1.08))
            best = words;
    }
    return g_strdup(best ? best->text : "");
}

static bool look(Sheet *sheet, GError **error)
{
    if (!sheet_find_cells(sheet, error) || !sheet_find_boxes(sheet, error))
        return false;
    sheet_find_fields(sheet);
    if (!sheet_read_words(sheet, error) || !sheet_read_insides(sheet, error))
        return false;
    sheet_make_questions(sheet);
    return true;
}

/* In columns of narrow frames one reads down, else across. */
static int compare_questions(gconstpointer a, gconstpointer b)
{
    const DetectQuestion *first = *(DetectQuestion *const *)a, *second = *(DetectQuestion *const *)b;
    if (first->column != second->column)
        return first->column < second->column ? -1 : 1;
    double apart = floor(first->rect.y_mm / 4) - floor(second->rect.y_mm / 4); /* rows of print */
    if (apart != 0)
        return apart > 0 ? 1 : -1;
    return (first->rect.x_mm > second->rect.x_mm) - (first->rect.x_mm < second->rect.x_mm);
}

/* Equal lists of labels are one scale. */
static int find_scale(DetectForm *form, const DetectQuestion *question)
{
    for (guint s = 0; s < form->scales->len; s++) {
        const GPtrArray *labels = form->scales->pdata[s];
        bool same = labels->len == question->options->len;
        for (guint i = 0; same && i < labels->len; i++)
            same = g_str_equal(labels->pdata[i], ((DetectOption *)question->options->pdata[i])->label);
        if (same)
            return (int)s;
    }
    GPtrArray *labels = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < question->options->len; i++)
        g_ptr_array_add(labels, g_strdup(((DetectOption *)question->options->pdata[i])->label));
    g_ptr_array_add(form->scales, labels);
    return (int)form->scales->len - 1;
}

static void take_questions(DetectForm *form, Sheet *sheet)
{
    int framed = 0, all = (int)sheet->questions->len;
    for (int i = 0; i < all; i++) {
        DetectQuestion *question = sheet->questions->pdata[i];
        question->column = (int)(question->rect.x_mm / (sheet->width_mm / 3) + 0.1);
        framed += question->in_column;
    }
    for (int i = 0; i < all && framed * 10 < all * 8; i++)
        ((DetectQuestion *)sheet->questions->pdata[i])->column = 0;
    g_ptr_array_sort(sheet->questions, compare_questions);
    while (sheet->questions->len) {
        DetectQuestion *question = g_ptr_array_steal_index(sheet->questions, 0);
        bool field = question->options->len == 0;
        question->id = g_strdup_printf("%s%d", field ? "t" : "q", field ? ++form->fields : ++form->choices);
        if (!field)
            question->scale = find_scale(form, question);
        g_ptr_array_add(form->questions, question);
    }
    for (guint i = 0; i < sheet->left->len; i++) {
        DetectLeft left = {sheet->page, sheet_given(sheet, g_array_index(sheet->left, RectMm, i))};
        g_array_append_val(form->left, left);
    }
    if (!form->title)
        form->title = sheet_title(sheet);
}

/* The print of two pages at 1 px a millimetre, compared where both have some. */
static double likeness(const DetectPage *a, const DetectPage *b)
{
    g_autoptr(Raster) first = vision_reduce(a->grey, MIN(1, MM_PER_INCH / a->grey->dpi_x), NULL);
    g_autoptr(Raster) second = vision_reduce(b->grey, MIN(1, MM_PER_INCH / b->grey->dpi_x), NULL);
    if (!first || !second)
        return 0;
    double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (int y = 0; y < MIN(first->height_px, second->height_px); y++) {
        for (int x = 0; x < MIN(first->width_px, second->width_px); x++) {
            double va = first->pixels[(size_t)y * first->stride + (size_t)x];
            double vb = second->pixels[(size_t)y * second->stride + (size_t)x];
            n++, sa += va, sb += vb, saa += va * va, sbb += vb * vb, sab += va * vb;
        }
    }
    double spread = sqrt(MAX(0, n * saa - sa * sa)) * sqrt(MAX(0, n * sbb - sb * sb));
    return spread > 0 ? (n * sab - sa * sb) / spread : 1;
}

static void find_alike(DetectForm *form)
{
    for (guint i = 0; i < form->pages->len; i++) {
        for (guint k = i + 1; k < form->pages->len; k++) {
            DetectAlike alike = {(int)i + 1, (int)k + 1,
                                 likeness(form->pages->pdata[i], form->pages->pdata[k])};
            if (alike.likeness > MOST_LIKENESS)
                g_array_append_val(form->alike, alike);
        }
    }
}

DetectForm *detect_form(const GPtrArray *pages, bool from_copies, GError **error)
{
    if (pages->len == 0 || pages->len > DETECT_MAX_PAGES) {
        g_set_error(error, PHIEU_ERROR, pages->len ? PHIEU_ERROR_LIMIT : PHIEU_ERROR_INVALID,
                    _("%u pages: a form has from 1 to %d; name the blank of one form"), pages->len,
                    DETECT_MAX_PAGES);
        return NULL;
    }
    g_autoptr(DetectForm) form = g_new0(DetectForm, 1);
    form->pages = g_ptr_array_new_with_free_func(page_free);
    form->questions = g_ptr_array_new_with_free_func(question_free);
    form->scales = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    form->alike = g_array_new(FALSE, TRUE, sizeof(DetectAlike));
    form->left = g_array_new(FALSE, TRUE, sizeof(DetectLeft));
    g_autoptr(TextReader) any = text_reader_new("vie+eng", error);
    g_autoptr(TextReader) vietnamese = any ? text_reader_new("vie", error) : NULL;
    if (!vietnamese)
        return NULL;
    for (guint i = 0; i < pages->len; i++) {
        DetectPage *page = page_new(pages->pdata[i], error);
        if (!page)
            return NULL;
        g_ptr_array_add(form->pages, page);
        g_autoptr(Sheet) sheet = sheet_new(page, (int)i + 1, error);
        if (sheet)
            sheet->reader = any, sheet->vietnamese = vietnamese, sheet->from_copies = from_copies;
        if (!sheet || !look(sheet, error))
            return NULL;
        page->number = g_steal_pointer(&sheet->number);
        page->number_rect = sheet_given(sheet, sheet->number_rect);
        take_questions(form, sheet);
    }
    find_alike(form);
    if (form->questions->len == 0) {
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("no box and no place to write was found on %u pages; is it the blank, upright and legible?"),
            pages->len);
        return NULL;
    }
    return g_steal_pointer(&form);
}
