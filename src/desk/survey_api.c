/* What the page must know of the survey, and what changes. */
#include "desk/internal.h"

static void add_options(JsonBuilder *builder, const SurveyScale *scale)
{
    json_begin_array(builder, "options");
    for (guint i = 0; scale && i < scale->options->len; i++) {
        const SurveyOption *option = scale->options->pdata[i];
        json_builder_begin_object(builder);
        json_set_text(builder, "id", option->id);
        json_set_text(builder, "label", option->label);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_form(JsonBuilder *builder, const SurveyForm *form)
{
    json_begin_object(builder, form->id);
    json_set_text(builder, "title", form->title);
    json_set_text(builder, "subtitle", form->subtitle);
    json_begin_object(builder, "questions");
    for (guint q = 0; q < form->questions->len; q++) {
        static const char *const kinds[] = {"one", "many", "digits", "text"};
        const SurveyQuestion *question = form->questions->pdata[q];
        json_begin_object(builder, question->id);
        json_set_text(builder, "number", question->number);
        json_set_text(builder, "text", question->text);
        json_set_text(builder, "kind", kinds[question->kind]);
        add_options(builder, question->scale);
        json_builder_end_object(builder);
    }
    json_builder_end_object(builder);
    json_builder_end_object(builder);
}

Reply *survey_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    Store *store = stores_borrow(call->desk->stores, &error);
    if (!store)
        return reply_failed(error);
    const Survey *survey = store_survey(store);
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "id", survey->id);
    json_set_text(builder, "name", survey->name);
    json_set_bool(builder, "illustrative", survey->illustrative);
    json_begin_object(builder, "forms");
    for (guint i = 0; i < survey->forms->len; i++)
        add_form(builder, survey->forms->pdata[i]);
    json_builder_end_object(builder);
    stores_return(call->desk->stores, store);
    return reply_json(builder);
}

Reply *events_get(Call *call)
{
    Reply *reply = reply_new(200, "text/event-stream", NULL);
    const char *last = call->request->last_event ? call->request->last_event : "";
    int64_t seq;
    reply->events = true;
    reply->seq =
        number_parse_int(last, 0, INT64_MAX, &seq, NULL) ? (guint64)seq : events_newest(call->desk->events);
    reply->session = g_strdup(call->session->id);
    return reply;
}
