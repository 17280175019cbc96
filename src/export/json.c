/* JSON: "meta" with every fact, then one array a table; an exact number stands beside the figure shown. */
#include "json/json.h"
#include "export/report.h"

static void add_texts(JsonBuilder *builder, const char *name, const GPtrArray *texts)
{
    json_begin_array(builder, name);
    for (guint i = 0; i < texts->len; i++)
        json_builder_add_string_value(builder, texts->pdata[i]);
    json_builder_end_array(builder);
}

static void add_meta(JsonBuilder *builder, const Report *report)
{
    json_begin_object(builder, "meta");
    json_set_text(builder, "title", report->title);
    for (guint i = 0; i < report->facts->len; i++) {
        const ReportFact *fact = report->facts->pdata[i];
        json_set_text(builder, fact->id, fact->value);
    }
    add_texts(builder, "notices", report->notices);
    json_builder_end_object(builder);
    json_set_bool(builder, "illustrative", report->illustrative);
    json_set_bool(builder, "provisional", report->provisional);
    add_texts(builder, "reasons", report->reasons);
    add_texts(builder, "waived", report->waived);
}

static void add_cell(JsonBuilder *builder, const ReportColumn *column, const ReportCell *cell)
{
    json_builder_set_member_name(builder, column->id);
    if (column->kind == COLUMN_REAL) {
        g_autofree char *shown = report_real_text(cell->real, column->decimals);
        json_builder_add_string_value(builder, shown);
    } else if (cell->text) {
        json_builder_add_string_value(builder, cell->text);
    } else if (column->kind == COLUMN_COUNT) {
        json_builder_add_int_value(builder, cell->count);
    } else if (cell->number) {
        g_autofree char *shown = rational_to_decimal(cell->number, column->decimals, '.');
        g_autofree char *exact = rational_to_exact(cell->number);
        json_builder_begin_object(builder);
        json_set_text(builder, "shown", shown);
        json_set_text(builder, "exact", exact);
        json_builder_end_object(builder);
    } else {
        json_builder_add_null_value(builder);
    }
}

static void add_rows(JsonBuilder *builder, const ReportTable *table)
{
    for (guint r = 0; r < table->rows->len; r++) {
        const GArray *row = table->rows->pdata[r];
        json_builder_begin_object(builder);
        for (guint c = 0; c < row->len; c++)
            add_cell(builder, table->columns->pdata[c], &g_array_index(row, ReportCell, c));
        json_builder_end_object(builder);
    }
}

/* Every table of one id, as one array, where the first of them stands. */
static void add_tables(JsonBuilder *builder, const Report *report, unsigned in)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint t = 0; t < report->tables->len; t++) {
        const ReportTable *first = report->tables->pdata[t];
        if (!(first->in & in) || !g_hash_table_add(done, first->id))
            continue;
        json_begin_array(builder, first->id);
        for (guint other = t; other < report->tables->len; other++) {
            const ReportTable *table = report->tables->pdata[other];
            if ((table->in & in) && g_str_equal(table->id, first->id))
                add_rows(builder, table);
        }
        json_builder_end_array(builder);
    }
}

char *report_to_json(const Report *report, unsigned in)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    add_meta(builder, report);
    add_tables(builder, report, in);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autoptr(JsonGenerator) generator = json_generator_new();
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    json_generator_set_indent(generator, 1);
    g_autofree char *text = json_generator_to_data(generator, NULL);
    return g_strconcat(text, "\n", NULL);
}
