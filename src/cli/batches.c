#include "cli/batches.h"

#include <stdio.h>
#include <string.h>

/* ---- words --------------------------------------------------------------------------------------------- */

static char *join_ballots(const GPtrArray *ballots)
{
    g_autoptr(GPtrArray) serials = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < ballots->len; i++)
        g_ptr_array_add(serials, serial_print_form(((StoreBallot *)ballots->pdata[i])->serial));
    return cli_join_some(serials);
}

/* "SYT 2, TTT 1": of which agencies they are, in order of the first one. */
static char *join_agencies(const GPtrArray *ballots)
{
    g_autoptr(GPtrArray) agencies = g_ptr_array_new(), texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        if (!g_ptr_array_find_with_equal_func(agencies, ballot->agency, g_str_equal, NULL))
            g_ptr_array_add(agencies, ballot->agency);
    }
    for (guint a = 0; a < agencies->len; a++) {
        int count = 0;
        for (guint i = 0; i < ballots->len; i++)
            count += g_str_equal(((StoreBallot *)ballots->pdata[i])->agency, agencies->pdata[a]);
        g_ptr_array_add(texts, g_strdup_printf("%s %d", (char *)agencies->pdata[a], count));
    }
    return cli_join_some(texts);
}

static char *join_absent(const QuotaBatch *batch)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < batch->absent->len; i++) {
        g_autofree char *serial = serial_print_form(batch->absent->pdata[i]);
        g_string_append_printf(text, "%s%s", i ? ", " : "", serial);
    }
    if (batch->absent_count > (int)batch->absent->len)
        g_string_append_printf(text, _(" and %d more"), batch->absent_count - (int)batch->absent->len);
    return g_string_free(text, FALSE);
}

static char *join_refused(const QuotaBatch *batch)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < batch->refused->len; i++) {
        const StorePageRow *row = batch->refused->pdata[i];
        g_autofree char *name = store_page_name(row->id);
        g_ptr_array_add(ids, g_strdup_printf("ID %s", name));
    }
    return cli_join_some(ids);
}

/* ---- on the terminal ----------------------------------------------------------------------------------- */

/* Takes over `named`. */
static void print_reason(const char *what, int count, char *named)
{
    printf("      – %s: %d (%s)\n", what, count, named);
    g_free(named);
}

static void print_reasons(const QuotaBatch *batch)
{
    g_autoptr(GPtrArray) twice = quota_with_status(batch->twice, STORE_BALLOT_DUPLICATE),
                         unknown = quota_with_status(batch->unknown, STORE_BALLOT_UNKNOWN);
    if (batch->missing && batch->absent_count)
        print_reason(_("issued but never came back"), batch->absent_count, join_absent(batch));
    if (batch->incomplete->len)
        print_reason(_("a page is missing"), (int)batch->incomplete->len, join_ballots(batch->incomplete));
    if ((batch->missing || batch->incomplete->len) && batch->refused->len)
        print_reason(_("refused pages that may be among them"), (int)batch->refused->len,
                     join_refused(batch));
    if (unknown->len)
        print_reason(_("with a serial never issued"), (int)unknown->len, join_ballots(unknown));
    if (batch->uncovered->len)
        print_reason(_("mixed in, of a cell without a cover"), (int)batch->uncovered->len,
                     join_agencies(batch->uncovered));
    if ((batch->missing || batch->surplus) && batch->foreign->len)
        print_reason(_("mixed in, of another batch"), (int)batch->foreign->len,
                     join_agencies(batch->foreign));
    if (batch->surplus && batch->elsewhere->len)
        print_reason(_("found in other batches"), (int)batch->elsewhere->len, join_ballots(batch->elsewhere));
    if (twice->len)
        print_reason(_("scanned more than once"), (int)twice->len, join_ballots(twice));
}

static void print_batch(const QuotaBatch *batch)
{
    const StorePageRow *cover = batch->covers->pdata[0];
    g_autofree char *file = text_printable(cover->file);
    printf(_("  %s, page %d: %s · %s · %s: cover says %d ballots, %d found"), file, cover->page, batch->group,
           batch->agency, batch->origin, batch->expected, batch->found);
    int covers = (int)batch->covers->len - batch->repeated;
    if (covers > 1)
        printf(_(" (%d covers together)"), covers);
    if (batch->repeated)
        printf(_(" (the cover was scanned %d times)"), batch->repeated + 1);
    if (batch->missing)
        printf(_(": %d missing"), batch->missing);
    if (batch->surplus)
        printf(_(": %d too many"), batch->surplus);
    putchar('\n');
    print_reasons(batch);
}

static void print_mixed(const GPtrArray *batches)
{
    g_autoptr(GPtrArray) elsewhere = g_ptr_array_new(), uncovered = g_ptr_array_new();
    for (guint i = 0; i < batches->len; i++) {
        const QuotaBatch *batch = batches->pdata[i];
        g_ptr_array_extend(elsewhere, batch->elsewhere, NULL, NULL);
        g_ptr_array_extend(uncovered, batch->uncovered, NULL, NULL);
    }
    if (elsewhere->len || uncovered->len)
        putchar('\n');
    if (elsewhere->len) {
        g_autofree char *serials = join_ballots(elsewhere);
        printf(_("Ballots that lie among another batch (each is counted in its own): %s (%s)\n"),
               number_shown(elsewhere->len), serials);
    }
    if (uncovered->len) {
        g_autofree char *agencies = join_agencies(uncovered);
        printf(_("Ballots behind the cover of another cell, of which no cover was scanned: %s (%s)\n"),
               number_shown(uncovered->len), agencies);
    }
}

void cli_print_batches(const GPtrArray *batches, bool all, const char *how)
{
    int differing = 0, covered = 0;
    for (guint i = 0; i < batches->len; i++) {
        const QuotaBatch *batch = batches->pdata[i];
        differing += batch->differs;
        covered += batch->group != NULL;
    }
    if (differing)
        printf(_("\nBatches that differ from their cover sheet: %s of %s\n"), number_shown(differing),
               number_shown(covered));
    CliList list = {.all = all};
    for (guint i = 0; i < batches->len; i++) {
        const QuotaBatch *batch = batches->pdata[i];
        if (batch->differs && cli_list_take(&list))
            print_batch(batch);
    }
    cli_list_end(&list, stdout, how);
    print_mixed(batches);
}

int cli_batches_missing(const GPtrArray *batches, const SurveyCell *cell)
{
    int missing = 0;
    for (guint i = 0; i < batches->len; i++) {
        const QuotaBatch *batch = batches->pdata[i];
        if (batch->group && g_str_equal(batch->group, cell->group->id) &&
            g_str_equal(batch->agency, cell->agency->code) && g_str_equal(batch->origin, cell->origin->code))
            missing += batch->missing;
    }
    return missing;
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

static void json_serials(JsonBuilder *json, const char *name, const GPtrArray *ballots)
{
    json_begin_array(json, name);
    for (guint i = 0; i < ballots->len; i++)
        json_builder_add_string_value(json, ((StoreBallot *)ballots->pdata[i])->serial);
    json_builder_end_array(json);
}

/* Ballots with the cell they are of. */
static void json_ballots(JsonBuilder *json, const char *name, const GPtrArray *ballots)
{
    json_begin_array(json, name);
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "serial", ballot->serial);
        json_set_text(json, "group", ballot->group);
        json_set_text(json, "agency", ballot->agency);
        json_set_text(json, "origin", ballot->origin);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void json_covers(JsonBuilder *json, const QuotaBatch *batch)
{
    json_begin_array(json, "covers");
    for (guint i = 0; i < batch->covers->len; i++) {
        const StorePageRow *cover = batch->covers->pdata[i];
        g_autofree char *file = text_printable(cover->file);
        json_builder_begin_object(json);
        json_set_text(json, "file", file);
        json_set_int(json, "page", cover->page);
        json_set_int(json, "expected", cover->expected);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void json_batch(JsonBuilder *json, const QuotaBatch *batch)
{
    json_builder_begin_object(json);
    quota_json_batch(json, batch);
    json_covers(json, batch);
    json_begin_array(json, "absent");
    for (guint i = 0; i < batch->absent->len; i++)
        json_builder_add_string_value(json, batch->absent->pdata[i]);
    json_builder_end_array(json);
    json_serials(json, "incomplete", batch->incomplete);
    json_serials(json, "twice", batch->twice);
    json_serials(json, "unknown", batch->unknown);
    json_serials(json, "elsewhere", batch->elsewhere);
    json_ballots(json, "foreign", batch->foreign);
    json_ballots(json, "uncovered", batch->uncovered);
    json_begin_array(json, "refused");
    for (guint i = 0; i < batch->refused->len; i++) {
        g_autofree char *name = store_page_name(((StorePageRow *)batch->refused->pdata[i])->id);
        json_builder_add_string_value(json, name);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
}

void cli_json_batches(JsonBuilder *json, const GPtrArray *batches)
{
    json_begin_array(json, "batches");
    for (guint i = 0; i < batches->len; i++)
        json_batch(json, batches->pdata[i]);
    json_builder_end_array(json);
}
