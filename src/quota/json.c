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

void quota_json_batch(JsonBuilder *json, const QuotaBatch *batch)
{
    static const char *const joined[] = {"", "touching", "even"};
    json_set_text(json, "group", batch->group ? batch->group : "");
    json_set_text(json, "agency", batch->agency ? batch->agency : "");
    json_set_text(json, "origin", batch->origin ? batch->origin : "");
    json_set_text(json, "joined", joined[batch->joined]);
    json_set_int(json, "covers_repeated", batch->repeated);
    json_set_int(json, "expected", batch->expected);
    json_set_int(json, "found", batch->found);
    json_set_int(json, "missing", batch->missing);
    json_set_int(json, "surplus", batch->surplus);
    json_set_bool(json, "differs", batch->differs);
    json_set_int(json, "absent_count", batch->absent_count);
    json_set_int(json, "pages_read", batch->pages_read);
    json_set_int(json, "pages_refused", batch->pages_refused);
    json_set_int(json, "pages_blank", batch->pages_blank);
    json_set_int(json, "pages_cover", batch->pages_cover);
    json_set_int(json, "files_refused", batch->files_refused);
}
