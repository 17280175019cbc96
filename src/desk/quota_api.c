/* How many ballots came back, and whom to ask for the others. */
#include "desk/internal.h"

/* {code, name} in an array. */
static void add_named(JsonBuilder *builder, const char *code, const char *name, const char *block)
{
    json_builder_begin_object(builder);
    json_set_text(builder, "code", code);
    json_set_text(builder, "name", name);
    if (block)
        json_set_text(builder, "block", block);
    json_builder_end_object(builder);
}

/* What the cells' codes stand for, in the survey's order. */
static void add_names(JsonBuilder *builder, const Survey *survey)
{
    json_begin_array(builder, "blocks");
    for (guint i = 0; i < survey->blocks->len; i++) {
        const SurveyBlock *block = survey->blocks->pdata[i];
        add_named(builder, block->id, block->name, NULL);
    }
    json_builder_end_array(builder);
    json_begin_array(builder, "groups");
    for (guint i = 0; i < survey->groups->len; i++) {
        const SurveyGroup *group = survey->groups->pdata[i];
        add_named(builder, group->id, group->name, group->block->id);
    }
    json_builder_end_array(builder);
    json_begin_array(builder, "agencies");
    for (guint i = 0; i < survey->agencies->len; i++) {
        const SurveyAgency *agency = survey->agencies->pdata[i];
        add_named(builder, agency->code, agency->name, agency->block->id);
    }
    json_builder_end_array(builder);
    json_begin_array(builder, "origins");
    for (guint i = 0; i < survey->origins->len; i++) {
        const SurveyOrigin *origin = survey->origins->pdata[i];
        add_named(builder, origin->code, origin->name, NULL);
    }
    json_builder_end_array(builder);
}

/* An answer begun with what every view of the census shows. */
static JsonBuilder *begin(const Census *census)
{
    JsonBuilder *builder = reply_begin();
    json_set_text(builder, "at", census->at);
    json_set_int(builder, "pages_refused", census->quota->pages_refused);
    return builder;
}

Reply *quota_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Census) census = counter_take(call->desk->counter, &error);
    if (!census)
        return reply_failed(error);
    JsonBuilder *builder = begin(census);
    add_names(builder, census->quota->survey);
    quota_json_cells(builder, census->quota);
    return reply_json(builder);
}

static void add_debt(JsonBuilder *builder, const QuotaDebt *debt)
{
    const SurveyCell *cell = debt->cell;
    json_builder_begin_object(builder);
    json_set_text(builder, "group", cell->group->id);
    json_set_text(builder, "group_name", cell->group->name);
    json_set_text(builder, "agency", cell->agency->code);
    json_set_text(builder, "agency_name", cell->agency->name);
    json_set_int(builder, "planned", cell->planned);
    json_set_int(builder, "missing", debt->missing);
    json_set_int(builder, "out", debt->out);
    json_set_int(builder, "unissued", debt->unissued);
    json_begin_array(builder, "ranges");
    for (guint i = 0; i < debt->ranges->len; i++) {
        const QuotaRange *range = &g_array_index(debt->ranges, QuotaRange, i);
        g_autofree char *first = serial_print_form(range->first), *last = serial_print_form(range->last);
        json_builder_begin_object(builder);
        json_set_text(builder, "first", first);
        json_set_text(builder, "last", last);
        json_set_int(builder, "count", range->count);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

Reply *quota_chase_get(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Census) census = counter_take(call->desk->counter, &error);
    if (!census)
        return reply_failed(error);
    g_autoptr(GPtrArray) debtors = quota_debtors(census->quota);
    JsonBuilder *builder = begin(census);
    json_set_text(builder, "place", census->quota->survey->place_name);
    json_begin_array(builder, "units");
    for (guint i = 0; i < debtors->len; i++) {
        const QuotaDebtor *debtor = debtors->pdata[i];
        json_builder_begin_object(builder);
        json_set_text(builder, "code", debtor->origin->code);
        json_set_text(builder, "name", debtor->origin->name);
        json_set_int(builder, "missing", debtor->missing);
        json_set_int(builder, "out", debtor->out);
        json_set_int(builder, "unissued", debtor->unissued);
        json_begin_array(builder, "debts");
        for (guint d = 0; d < debtor->debts->len; d++)
            add_debt(builder, debtor->debts->pdata[d]);
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    return reply_json(builder);
}
