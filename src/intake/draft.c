/* What is written by hand, as a draft for people. Figures are read with their page: that takes a millisecond.
 * Words are read when somebody asks: Tesseract takes longer for one field than the rest of the page takes,
 * and most of what it makes of handwriting is of little use. */
#include <math.h>

#include "intake/worker.h"
#include "text/text.h"
#include "vision/vision.h"

/* Words are read at this resolution, with so much around the field's lines. */
#define WORDS_PX_PER_MM (300 / 25.4)
#define WORDS_MARGIN_MM 1.5
/* Most that is spent on the words of one field. */
#define WORDS_WAIT_MS 3000
/* A cell of a comb is at least so wide and at most so wide, in heights of it. */
#define CELL_NARROWEST 0.35
#define CELL_WIDEST 2.5

static RectMm widened(RectMm rect, double by_mm)
{
    return (RectMm){rect.x_mm - by_mm, rect.y_mm - by_mm, rect.w_mm + 2 * by_mm, rect.h_mm + 2 * by_mm};
}

static int digits_of(int number)
{
    int digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

bool draft_figures(const Raster *scan, const PageMap *map, RectMm comb, const SurveyQuestion *question,
                   StoreDraft *ret, GError **error)
{
    int cells = digits_of(question->max);
    double cell = comb.w_mm / cells / MAX(comb.h_mm, 1);
    if (cell < CELL_NARROWEST || cell > CELL_WIDEST)
        return true; /* no comb of so many cells */
    g_autoptr(Raster) picture =
        vision_sample(scan, map, widened(comb, TEXT_COMB_MARGIN_MM), TEXT_COMB_PX_PER_MM, 0, 0, error);
    if (!picture)
        return false;
    TextNumber number;
    g_autoptr(GError) fault = NULL;
    if (!text_read_number(picture, cells, &number, &fault)) {
        if (g_error_matches(fault, PHIEU_ERROR, PHIEU_ERROR_INVALID))
            return true; /* a place of odd size on a form printed by others */
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    int64_t value;
    bool fits = number_parse_int(number.text, question->min, question->max, &value, NULL);
    *ret = (StoreDraft){g_strdup(number.text), fits ? 1 - number.error : 0, g_strdup(text_digits_model_id())};
    return true;
}

static bool draft_words(TextReader *reader, const Raster *scan, const PageMap *map, RectMm field,
                        StoreDraft *ret, GError **error)
{
    RectMm area = widened(field, WORDS_MARGIN_MM);
    double most_px = 0.99 * TEXT_BLOCK_MAX_PX,
           px_per_mm = MIN(WORDS_PX_PER_MM, sqrt(most_px / (area.w_mm * area.h_mm)));
    g_autoptr(Raster) picture = vision_sample(scan, map, area, px_per_mm, 0, 0, error);
    StoreDraft draft = {.model = g_strdup(text_words_model_id())};
    draft.text = picture ? text_read_block(reader, picture, WORDS_WAIT_MS, &draft.confidence, error) : NULL;
    if (draft.text)
        *ret = draft;
    else
        store_draft_clear(&draft);
    return draft.text != NULL;
}

/* ---- when somebody asks
 * -------------------------------------------------------------------------------------- */

static const SurveyQuestion *question_of(Store *store, const StoreScan *scan, const char *question)
{
    const SurveyForm *form = survey_form(store_survey(store), scan->form);
    return form ? survey_form_question(form, question) : NULL;
}

/* Whether a draft is wanted: somebody wrote there, nobody typed it, and today's reader has not seen it. */
static bool is_wanted(const StoreWriting *writing, const SurveyQuestion *question)
{
    const char *model =
        question && question->kind == SURVEY_QUESTION_DIGITS ? text_digits_model_id() : text_words_model_id();
    return question && !question->scale && writing->found.written && !writing->text &&
           g_strcmp0(writing->draft.model, model) != 0;
}

static const LayoutField *field_of(const LayoutPage *page, const char *question)
{
    for (guint i = 0; page && i < page->fields->len; i++) {
        const LayoutField *field = page->fields->pdata[i];
        if (g_str_equal(field->field, question))
            return field;
    }
    return NULL;
}

typedef struct {
    Store *store;
    TextReader *words; /* made when it is first needed */
    int made;
} Drafter;

static bool draft_field(Drafter *drafter, const PageImage *image, const StoreScan *scan, RectMm field,
                        const SurveyQuestion *question, GError **error)
{
    g_auto(StoreDraft) draft = {0};
    if (question->kind == SURVEY_QUESTION_DIGITS) {
        if (!draft_figures(image->grey, &scan->map, field, question, &draft, error))
            return false;
    } else {
        if (!drafter->words)
            drafter->words = text_reader_new(TEXT_WORDS_LANGUAGE, error);
        if (!drafter->words || !draft_words(drafter->words, image->grey, &scan->map, field, &draft, error))
            return false;
    }
    drafter->made += draft.model != NULL;
    return store_add_draft(drafter->store, scan->page_id, question->id, &draft, error);
}

/* The scan itself is read only when there is something to do. */
static bool draft_scan(Drafter *drafter, const StoreScan *scan, const GPtrArray *writings, GError **error)
{
    g_autoptr(PageImage) image = NULL;
    const LayoutPage *layout = intake_scan_layout(drafter->store, scan);
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        const SurveyQuestion *question = question_of(drafter->store, scan, writing->question);
        const LayoutField *at = field_of(layout, writing->question);
        if (writing->page_id != scan->page_id || !at || !is_wanted(writing, question))
            continue;
        if (!image && !(image = intake_scan_image(store_dir(drafter->store), scan, false, error)))
            return false;
        if (!draft_field(drafter, image, scan, at->rect, question, error))
            return false;
    }
    return true;
}

static bool draft_ballot(Drafter *drafter, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) scans = store_load_scans(drafter->store, serial, error);
    g_autoptr(GPtrArray) writings = scans ? store_load_ballot_writings(drafter->store, serial, error) : NULL;
    if (writings && scans->len == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("no page of ballot %s was read; see phieu status --all"), serial_shown(serial));
        return false;
    }
    for (guint i = 0; writings && i < scans->len; i++) {
        if (!draft_scan(drafter, scans->pdata[i], writings, error))
            return false;
    }
    return writings != NULL;
}

static bool draft_all(Drafter *drafter, IntakeDraftFunc progress, gpointer user, GError **error)
{
    g_autoptr(GPtrArray) ballots = store_load_ballots(drafter->store, error);
    for (guint i = 0; ballots && i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        bool scanned = ballot->pages_by_hand < ballot->pages_read;
        if (scanned && !draft_ballot(drafter, ballot->serial, error))
            return false;
        if (progress)
            progress((int)i + 1, (int)ballots->len, user);
    }
    return ballots != NULL;
}

bool intake_draft(Store *store, const char *serial, IntakeDraftFunc progress, gpointer user, int *ret_made,
                  GError **error)
{
    Drafter drafter = {.store = store};
    bool done = serial ? draft_ballot(&drafter, serial, error) : draft_all(&drafter, progress, user, error);
    text_reader_free(drafter.words);
    if (done)
        *ret_made = drafter.made;
    return done;
}
