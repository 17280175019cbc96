/* What a worker does with one page: page → register → mark, figures → text. A pure function of the page and
 * the layouts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "intake/issuer.h"
#include "intake/worker.h"
#include "mark/mark.h"
#include "page/page.h"
#include "register/register.h"
#include "vision/vision.h"

typedef struct {
    const Survey *survey;
    Registrar *registrar;
    Issuer *issuer;
    MarkReader *marks;
    MarkLimits limits;
    char *form;        /* declared, or NULL */
    IntakeGiven given; /* what a person says the page is; serial NULL: nothing */
    const Layout *given_layout;
    char *path; /* of the file that is open */
    PageFile *file;
    bool legible; /* the disk gave all of its bytes */
} Reader;

static bool open_file(Reader *reader, const char *path, GError **error)
{
    if (reader->file && g_str_equal(reader->path, path))
        return true;
    page_file_free(reader->file);
    g_free(reader->path);
    reader->path = g_strdup(path);
    reader->legible = false;
    reader->file = page_file_open(path, error);
    return reader->file != NULL;
}

/* Reads a file to its end: what a decoder cannot make sense of may be what the disk did not give. */
static bool check_disk(Reader *reader, GError **error)
{
    if (reader->legible)
        return true;
    char buffer[1 << 16];
    FILE *file = g_fopen(reader->path, "rbe");
    while (file && fread(buffer, 1, sizeof buffer, file) == sizeof buffer)
        continue;
    int failure = errno;
    reader->legible = file && !ferror(file);
    if (file)
        fclose(file);
    if (!reader->legible) {
        g_autofree char *shown = text_printable(reader->path);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: the disk does not give the file (%s)"),
                    shown, failure_words(failure));
    }
    return reader->legible;
}

/* Whether a fault is the file's own. Otherwise the machine's is set. A library's failure at a page is the
 * page's, as long as the machine shows none itself. */
static bool is_own_fault(Reader *reader, const GError *fault, GError **error)
{
    if (!machine_has_memory())
        g_clear_pointer(&reader->file, page_file_free); /* a large file takes much of a worker's share */
    if (!machine_has_memory()) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                    _("there is not enough memory (%s); close other programs, or give --workers 1"),
                    fault->message);
        return false;
    }
    return check_disk(reader, error);
}

static int count_pages(gpointer state, const char *path, GError **error)
{
    Reader *reader = state;
    g_autoptr(GError) fault = NULL;
    if (open_file(reader, path, &fault))
        return page_file_count(reader->file);
    if (is_own_fault(reader, fault, error))
        g_set_error_literal(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, fault->message);
    return -1;
}

static void set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static bool add_marks(Reader *reader, const PageImage *image, const Registration *registration,
                      StorePage *page, GError **error)
{
    const LayoutPage *layout = registration->layout->pages->pdata[registration->page];
    g_autoptr(GArray) measures = mark_measure_page(reader->marks, image, registration, error);
    if (!measures)
        return false;
    g_autofree MarkDecision *decisions = g_new0(MarkDecision, measures->len + 1);
    g_autofree MarkQuestion *questions = g_new0(MarkQuestion, measures->len + 1);
    const SurveyForm *form = survey_form(reader->survey, registration->layout->form);
    for (guint i = 0; i < measures->len; i++)
        questions[i] = ballot_mark_question(form, ((LayoutBox *)layout->boxes->pdata[i])->question);
    mark_decide((const MarkMeasures *)measures->data, questions, (int)measures->len, &reader->limits,
                decisions);
    for (guint i = 0; i < measures->len; i++) {
        const LayoutBox *box = layout->boxes->pdata[i];
        StoreMark mark = {.question = g_strdup(box->question),
                          .option = g_strdup(box->option),
                          .measures = g_array_index(measures, MarkMeasures, i),
                          .decision = decisions[i],
                          .place = g_array_index(registration->boxes, RegisterBox, i)};
        g_array_append_val(page->marks, mark);
    }
    return true;
}

static bool add_fields(Reader *reader, const PageImage *image, const Registration *registration,
                       StorePage *page, GError **error)
{
    const LayoutPage *layout = registration->layout->pages->pdata[registration->page];
    const SurveyForm *form = survey_form(reader->survey, registration->layout->form);
    g_autoptr(GArray) found = mark_measure_fields(reader->marks, image, registration, error);
    bool done = found != NULL;
    for (guint i = 0; done && i < found->len; i++) {
        const LayoutField *at = layout->fields->pdata[i];
        const SurveyQuestion *question = form ? survey_form_question(form, at->field) : NULL;
        StoreField field = {.question = g_strdup(at->field), .found = g_array_index(found, MarkField, i)};
        if (field.found.written && question && question->kind == SURVEY_QUESTION_DIGITS)
            done = draft_figures(image->grey, &registration->map, at->rect, question, &field.draft, error);
        g_array_append_val(page->fields, field);
    }
    return done;
}

static void take_code(const PageCode *code, StorePage *page)
{
    if (code->kind == PAGE_CODE_COVER) {
        set_text(&page->group, code->group);
        set_text(&page->agency, code->agency);
        set_text(&page->origin, code->origin);
        page->expected = code->expected;
    } else {
        set_text(&page->serial, code->serial);
    }
}

/* A page that this workspace did not give out, whatever else is known of it; NULL where it did. What belongs
 * to another survey, and several sheets at once, are told as that. */
static StorePage *refuse_stranger(const Reader *reader, const Registration *registration)
{
    if (!registration->has_code || registration->by_person ||
        (registration->kind == REGISTER_REFUSED &&
         (registration->reason == REGISTER_OTHER_SURVEY || registration->reason == REGISTER_SEVERAL)))
        return NULL;
    RegisterReason reason = issuer_check(reader->issuer, &registration->code);
    if (reason == REGISTER_OK)
        return NULL;
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_REFUSED;
    set_text(&page->reason, register_reason_id(reason));
    if (reason == REGISTER_OTHER_STATION)
        set_text(&page->detail, registration->code.station);
    return page;
}

static StorePage *take_registration(Reader *reader, const PageImage *image, const Registration *registration,
                                    GError **error)
{
    StorePage *page = refuse_stranger(reader, registration);
    if (page)
        return page;
    page = store_page_new();
    static const StorePageOutcome outcomes[] = {[REGISTER_PLACED] = STORE_PAGE_READ,
                                                [REGISTER_COVER] = STORE_PAGE_COVER,
                                                [REGISTER_BLANK] = STORE_PAGE_BLANK,
                                                [REGISTER_REFUSED] = STORE_PAGE_REFUSED};
    page->outcome = outcomes[registration->kind];
    if (registration->has_code)
        take_code(&registration->code, page);
    if (registration->kind == REGISTER_REFUSED) /* its words follow from the id, in the reader's language */
        set_text(&page->reason, register_reason_id(registration->reason));
    if (registration->kind != REGISTER_PLACED)
        return page;
    set_text(&page->form, registration->layout->form);
    set_text(&page->layout_fingerprint, registration->layout->fingerprint);
    page->page = registration->page + 1;
    page->foreign = !registration->has_code;
    if (registration->has_code)
        set_text(&page->detail, issuer_station(reader->issuer, &registration->code));
    if (registration->by_serial)
        set_text(&page->reason, REGISTER_BY_SERIAL);
    if (registration->by_person)
        set_text(&page->reason, REGISTER_BY_PERSON);
    page->map = registration->map;
    page->quarter_turns = registration->quarter_turns;
    page->residual_mm = registration->residual_mm;
    page->worst_mm = registration->worst_mm;
    page->scale = registration->scale;
    if (add_marks(reader, image, registration, page, error) &&
        add_fields(reader, image, registration, page, error))
        return page;
    store_page_free(page);
    return NULL;
}

/* A page that cannot be read for its own fault. */
static StorePage *refuse_page(Reader *reader, const GError *fault, GError **error)
{
    if (!is_own_fault(reader, fault, error))
        return NULL;
    StorePage *page = store_page_new();
    page->outcome = STORE_PAGE_REFUSED;
    set_text(&page->reason, g_error_matches(fault, PHIEU_ERROR, PHIEU_ERROR_LIMIT) ? "limit" : "unreadable");
    /* The path is the archive's; people know the file by another name, which stands beside. */
    set_text(&page->detail, words_without_place(fault->message, reader->path));
    return page;
}

static StorePage *read_image(Reader *reader, int index, GError **error)
{
    g_autoptr(PageImage) image = page_file_read(reader->file, index, true, error);
    if (!image || !vision_add_halves(image->grey, error))
        return NULL;
    PointPx corners[4];
    for (int i = 0; i < 4; i++)
        corners[i] = (PointPx){reader->given.corners[2 * i] * image->grey->width_px,
                               reader->given.corners[2 * i + 1] * image->grey->height_px};
    RegisterGiven given = {reader->given_layout, reader->given.page - 1, reader->given.serial,
                           reader->given.has_corners ? corners : NULL};
    RegisterHint hint = {reader->form, reader->given.serial ? &given : NULL};
    g_autoptr(Registration) registration = register_page(reader->registrar, image, &hint, error);
    return registration ? take_registration(reader, image, registration, error) : NULL;
}

static StorePage *read_page(gpointer state, const char *path, int index, GError **error)
{
    Reader *reader = state;
    g_autoptr(GError) fault = NULL;
    StorePage *page = open_file(reader, path, &fault) ? read_image(reader, index, &fault) : NULL;
    if (!page)
        page = refuse_page(reader, fault, error);
    if (page)
        page->index = index;
    return page;
}

IntakeReader *intake_reader_new(Store *store, const IntakeOptions *options, GError **error)
{
    const Survey *survey = store_survey(store);
    Registrar *registrar = registrar_new(store_layouts(store), survey->id, error);
    Issuer *issuer = registrar ? issuer_new(store, error) : NULL;
    if (!issuer) {
        registrar_free(registrar);
        return NULL;
    }
    issuer_name_stations(issuer, registrar);
    Reader *state = g_new0(Reader, 1);
    state->survey = survey;
    state->registrar = registrar;
    state->issuer = issuer;
    state->marks = mark_reader_new();
    state->limits = mark_limits(survey->rules.target_error);
    state->form = g_strdup(options->form);
    IntakeReader *reader = g_new0(IntakeReader, 1);
    *reader = (IntakeReader){count_pages, read_page, g_steal_pointer(&state), intake_reader_id()};
    return reader;
}

void intake_reader_give(IntakeReader *reader, const IntakeGiven *given, const Layout *layout)
{
    Reader *state = reader->state;
    state->given = *given;
    state->given_layout = layout;
}

void intake_reader_free(IntakeReader *reader)
{
    if (!reader)
        return;
    Reader *state = reader->state;
    registrar_free(state->registrar);
    issuer_free(state->issuer);
    mark_reader_free(state->marks);
    page_file_free(state->file);
    g_free(state->path);
    g_free(state->form);
    g_free(state);
    g_free(reader);
}

void reader_sign(const IntakeReader *reader, StorePage *page)
{
    g_free(page->reader);
    page->reader = g_strdup(reader->id);
}

bool reader_made(const IntakeReader *reader, const StorePage *page)
{
    return g_str_equal(page->reader, reader->id);
}
