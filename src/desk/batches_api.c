/* The batches, each against its cover sheet. */
#include "desk/internal.h"

/* What a batch is asked for by: the page of its first cover; 0 for what lies before the first one. */
static gint64 batch_id(const QuotaBatch *batch)
{
    return batch->covers->len ? ((StorePageRow *)batch->covers->pdata[0])->id : 0;
}

/* What lists and the batch itself both show. */
static void add_summary(JsonBuilder *builder, const Survey *survey, const QuotaBatch *batch)
{
    const SurveyAgency *agency = batch->agency ? survey_agency(survey, batch->agency) : NULL;
    const SurveyGroup *group = batch->group ? survey_group(survey, batch->group) : NULL;
    const SurveyOrigin *origin = batch->origin ? survey_origin(survey, batch->origin) : NULL;
    const StorePageRow *cover = batch->covers->len ? batch->covers->pdata[0] : NULL;
    g_autofree char *file = text_printable(cover ? cover->file : "");
    g_autoptr(GPtrArray) twice = quota_with_status(batch->twice, STORE_BALLOT_DUPLICATE),
                         unknown = quota_with_status(batch->unknown, STORE_BALLOT_UNKNOWN);
    json_set_int(builder, "id", batch_id(batch));
    quota_json_batch(builder, batch);
    json_set_text(builder, "agency_name", agency ? agency->name : "");
    json_set_text(builder, "group_name", group ? group->name : "");
    json_set_text(builder, "origin_name", origin ? origin->name : "");
    json_set_text(builder, "file", file);
    json_set_int(builder, "page", cover ? cover->page : 0);
    json_set_int(builder, "incomplete", batch->incomplete->len);
    json_set_int(builder, "twice", twice->len);
    json_set_int(builder, "unknown", unknown->len);
    json_set_int(builder, "refused", batch->refused->len);
}

Reply *batches_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Census) census = counter_take(call->desk->counter, &error);
    if (!census)
        return reply_failed(error);
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "at", census->at);
    json_begin_array(builder, "batches");
    for (guint i = 0; i < census->batches->len; i++) {
        json_builder_begin_object(builder);
        add_summary(builder, census->quota->survey, census->batches->pdata[i]);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}

/* ---- one batch ----------------------------------------------------------------------------------------- */

static const QuotaBatch *find_batch(const Census *census, const char *text)
{
    int64_t id;
    if (!number_parse_int(text, 0, INT64_MAX, &id, NULL))
        return NULL;
    for (guint i = 0; i < census->batches->len; i++) {
        const QuotaBatch *batch = census->batches->pdata[i];
        for (guint c = 0; c < batch->covers->len; c++) {
            if (((StorePageRow *)batch->covers->pdata[c])->id == id)
                return batch;
        }
        if (id == 0 && !batch->covers->len)
            return batch;
    }
    return NULL;
}

/* The ballots of a list, each with its cell. */
static void add_ballots(JsonBuilder *builder, const char *name, const GPtrArray *ballots)
{
    json_begin_array(builder, name);
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        g_autofree char *serial = serial_print_form(ballot->serial);
        json_builder_begin_object(builder);
        json_set_text(builder, "serial", serial);
        json_set_text(builder, "group", ballot->group);
        json_set_text(builder, "agency", ballot->agency);
        json_set_int(builder, "pages_read", ballot->pages_read);
        json_set_int(builder, "pages_expected", ballot->pages_expected);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* Pages (StorePageRow*): covers with what they promise, refused ones with the reason. */
static void add_pages(JsonBuilder *builder, const char *name, const GPtrArray *pages)
{
    json_begin_array(builder, name);
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *row = pages->pdata[i];
        json_builder_begin_object(builder);
        reply_add_page(builder, row);
        json_set_int(builder, "expected", row->expected);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_lists(JsonBuilder *builder, const QuotaBatch *batch)
{
    g_autoptr(GPtrArray) twice = quota_with_status(batch->twice, STORE_BALLOT_DUPLICATE),
                         unknown = quota_with_status(batch->unknown, STORE_BALLOT_UNKNOWN);
    json_begin_object(builder, "lists");
    json_begin_array(builder, "absent");
    for (guint i = 0; i < batch->absent->len; i++) {
        g_autofree char *serial = serial_print_form(batch->absent->pdata[i]);
        json_builder_begin_object(builder);
        json_set_text(builder, "serial", serial);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    add_ballots(builder, "incomplete", batch->incomplete);
    add_ballots(builder, "twice", twice);
    add_ballots(builder, "unknown", unknown);
    add_ballots(builder, "foreign", batch->foreign);
    add_ballots(builder, "uncovered", batch->uncovered);
    add_ballots(builder, "elsewhere", batch->elsewhere);
    json_builder_end_object(builder);
    add_pages(builder, "covers", batch->covers);
    add_pages(builder, "refused_pages", batch->refused);
}

Reply *batch_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Census) census = counter_take(call->desk->counter, &error);
    if (!census)
        return reply_failed(error);
    const QuotaBatch *batch = find_batch(census, call->arguments[0]);
    if (!batch)
        return reply_error(404, "not-found", _("there is no such batch"));
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "at", census->at);
    add_summary(builder, census->quota->survey, batch);
    add_lists(builder, batch);
    return reply_json(builder);
}
