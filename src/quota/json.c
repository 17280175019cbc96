/* The census as JSON, as commands and the desk give it. */
#include "quota/quota.h"

void quota_json_counts(JsonBuilder *json, const QuotaCounts *counts)
{
    json_set_int(json, "planned", counts->planned);
    json_set_int(json, "issued", counts->issued);
    json_set_int(json, "returned", counts->returned);
    json_set_int(json, "valid", counts->valid);
    json_set_int(json, "partly_valid", counts->partly);
    json_set_int(json, "invalid", counts->invalid);
    json_set_int(json, "open", counts->open);
    json_set_int(json, "held", counts->held);
    json_set_int(json, "rejected", counts->rejected);
    json_set_int(json, "missing", counts->missing);
    json_set_int(json, "surplus", counts->surplus);
}

void quota_json_cells(JsonBuilder *json, const Quota *quota)
{
    json_begin_array(json, "cells");
    for (guint i = 0; i < quota->cells->len; i++) {
        const QuotaCell *row = quota->cells->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "group", row->cell->group->id);
        json_set_text(json, "agency", row->cell->agency->code);
        json_set_text(json, "origin", row->cell->origin->code);
        quota_json_counts(json, &row->counts);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}
