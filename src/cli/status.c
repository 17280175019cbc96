/* phieu status: received against planned, what is missing, what waits for whom. */
#include "cli/batches.h"
#include "cli/enter.h"
#include "cli/stations.h"

#include <stdio.h>
#include <string.h>

#include "intake/intake.h"

/* How all missing cells, held ballots, refused pages, reasons, differing batches and stations are seen. */
#define WHOLE "phieu status --all"

typedef struct {
    Store *store;
    const Quota *quota;
    GPtrArray *pages;    /* StorePageRow* */
    GPtrArray *batches;  /* QuotaBatch* */
    GPtrArray *answers;  /* StoreAnswer* */
    GPtrArray *entered;  /* StoreEntered* */
    GPtrArray *stations; /* StoreStation* */
    int written;         /* places where people wrote something */
    int typed, drafted;  /* of them: typed by a person; else with a draft */
    bool whole;          /* --all */
} Status;

static void add_counts(CliTable *table, const char *code, const char *name, const QuotaCounts *c)
{
    cli_table_add(table, g_strdup(code), g_strdup(name), cli_number(c->planned), cli_number(c->issued),
                  cli_number(c->returned), cli_number(c->valid), cli_number(c->partly),
                  cli_number(c->invalid), cli_number(c->open), cli_number(c->held), cli_number(c->missing),
                  cli_number(c->surplus), NULL);
}

static CliTable *counts_table(const char *code, const char *name)
{
    const char *columns[] = {code,           name,        _(">Planned"), _(">Issued"),
                             _(">Returned"), _(">Valid"), _(">Partly"),  _(">Invalid"),
                             _(">Open"),     _(">Held"),  _(">Missing"), _(">Surplus")};
    return cli_table_new(columns, G_N_ELEMENTS(columns));
}

static void print_groups(const Quota *quota)
{
    const Survey *survey = quota->survey;
    CliTable *table = counts_table(_("Group"), _("Respondents"));
    for (guint b = 0; b < survey->blocks->len; b++) {
        const SurveyBlock *block = survey->blocks->pdata[b];
        for (guint g = 0; g < survey->groups->len; g++) {
            const SurveyGroup *group = survey->groups->pdata[g];
            if (group->block != block)
                continue;
            QuotaCounts counts = quota_sum(quota, group->id, NULL, NULL);
            add_counts(table, group->id, group->name, &counts);
        }
        QuotaCounts counts = quota_sum(quota, NULL, block->id, NULL);
        add_counts(table, "", block->name, &counts);
        cli_table_rule(table);
    }
    QuotaCounts total = quota_sum(quota, NULL, NULL, NULL);
    add_counts(table, "", _("Total"), &total);
    cli_table_print(table);
}

static void print_agencies(const Quota *quota)
{
    CliTable *table = counts_table(_("Code"), _("Agency"));
    for (guint i = 0; i < quota->survey->agencies->len; i++) {
        const SurveyAgency *agency = quota->survey->agencies->pdata[i];
        QuotaCounts counts = quota_sum(quota, NULL, NULL, agency->code);
        add_counts(table, agency->code, agency->name, &counts);
    }
    cli_table_print(table);
}

static void print_missing(const Status *status)
{
    int short_cells = 0;
    for (guint i = 0; i < status->quota->cells->len; i++)
        short_cells += ((QuotaCell *)status->quota->cells->pdata[i])->counts.missing > 0;
    if (!short_cells)
        return;
    printf(_("\nMissing ballots (%s cells):\n"), number_shown(short_cells));
    CliList list = {.all = status->whole};
    for (guint i = 0; i < status->quota->cells->len; i++) {
        const QuotaCell *row = status->quota->cells->pdata[i];
        if (!row->counts.missing || !cli_list_take(&list))
            continue;
        printf(_("  %s · %s · from %s: %d of %d missing"), row->cell->group->id, row->cell->agency->name,
               row->cell->origin->name, row->counts.missing, row->cell->planned);
        int missing = cli_batches_missing(status->batches, row->cell);
        if (missing)
            printf(_("; %d of its batch are not there"), missing);
        putchar('\n');
    }
    cli_list_end(&list, stdout, WHOLE);
}

static int count_reason(const Status *status, GHashTable *by_reason)
{
    int waiting = 0;
    for (guint i = 0; i < status->answers->len; i++) {
        const StoreAnswer *answer = status->answers->pdata[i];
        if (answer->state != ANSWER_WAITING)
            continue;
        unsigned look = answer->reasons & (ANSWER_SECOND_LOOK | ANSWER_THIRD_LOOK);
        char *reasons = answer_reasons_words(look ? look : answer->reasons);
        int count = GPOINTER_TO_INT(g_hash_table_lookup(by_reason, reasons));
        g_hash_table_replace(by_reason, reasons, GINT_TO_POINTER(count + 1));
        waiting++;
    }
    return waiting;
}

/* What is frequent first; of two alike the alphabet says. */
static gint by_frequency(gconstpointer a, gconstpointer b, gpointer counts)
{
    int of_a = GPOINTER_TO_INT(g_hash_table_lookup(counts, a)),
        of_b = GPOINTER_TO_INT(g_hash_table_lookup(counts, b));
    return of_a != of_b ? of_b - of_a : strcmp(a, b);
}

static void print_waiting_answers(const Status *status)
{
    g_autoptr(GHashTable) by_reason = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int waiting = count_reason(status, by_reason);
    if (!waiting)
        return;
    printf(_("\nAnswers that wait for a person: %s of %s\n"), number_shown(waiting),
           number_shown(status->answers->len));
    g_autoptr(GList) reasons =
        g_list_sort_with_data(g_hash_table_get_keys(by_reason), by_frequency, by_reason);
    CliList list = {.all = status->whole};
    for (GList *r = reasons; r; r = r->next) {
        if (cli_list_take(&list))
            printf("  %5s  %s\n", number_shown(GPOINTER_TO_INT(g_hash_table_lookup(by_reason, r->data))),
                   (char *)r->data);
    }
    cli_list_end(&list, stdout, WHOLE);
    printf("%s\n", _("  List them with phieu resolve list, settle them with phieu resolve answer."));
}

static void count_written(Status *status, const GPtrArray *writings)
{
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        if (!writing->found.written)
            continue;
        status->written++;
        if (writing->text)
            status->typed++;
        else if (writing->draft.model && *writing->draft.text)
            status->drafted++;
    }
}

static void print_written(const Status *status)
{
    if (!status->written)
        return;
    g_autofree char *count = cli_number(status->written), *typed = cli_number(status->typed),
                    *drafted = cli_number(status->drafted);
    printf(_("\nPlaces where people wrote something: %s (%s typed by a person, %s more with a draft)\n"),
           count, typed, drafted);
    printf("%s\n",
           _("  phieu export answers -o FILE.xlsx lists them, phieu show SERIAL QUESTION -o FILE.png "
             "shows one; phieu draft makes drafts of words, phieu resolve answer SERIAL QUESTION TEXT "
             "settles one."));
}

/* What holds it, and what helps where its own status does not say. */
static char *held_words(const StoreBallot *ballot)
{
    if (ballot->status != STORE_BALLOT_UNKNOWN || !*ballot->station)
        return g_strdup(store_ballot_status_words(store_ballot_status_id(ballot->status)));
    return g_strdup_printf(_("station %s had not issued it yet when it was told here: take in its newer file "
                             "with phieu stations add"),
                           ballot->station);
}

static void print_held_ballot(const StoreBallot *ballot)
{
    g_autofree char *serial = serial_paper_form(ballot->station, ballot->serial), *words = held_words(ballot);
    g_autofree char *cell =
        *ballot->group ? g_strdup_printf(", %s · %s", ballot->group, ballot->agency) : g_strdup("");
    printf(_("  %s  %s  form %s%s, pages %d of %d\n"), serial, words, ballot->form, cell, ballot->pages_read,
           ballot->pages_expected);
}

static void print_held(const Status *status)
{
    g_autoptr(GPtrArray) held = g_ptr_array_new();
    for (guint i = 0; i < status->quota->ballots->len; i++) {
        const StoreBallot *ballot = ((QuotaBallot *)status->quota->ballots->pdata[i])->ballot;
        if (ballot->status != STORE_BALLOT_COMPLETE && ballot->status != STORE_BALLOT_REJECTED)
            g_ptr_array_add(held, (gpointer)ballot);
    }
    if (held->len)
        printf(_("\nBallots held (not counted until settled): %s\n"), number_shown(held->len));
    CliList list = {.all = status->whole};
    for (guint i = 0; i < held->len; i++) {
        if (cli_list_take(&list))
            print_held_ballot(held->pdata[i]);
    }
    cli_list_end(&list, stdout, WHOLE);
}

static void print_entered(const Status *status)
{
    if (status->entered->len)
        printf(_("\nPages entered by hand: %s\n"), number_shown(status->entered->len));
    CliList list = {.all = status->whole};
    for (guint i = 0; i < status->entered->len; i++) {
        const StoreEntered *one = status->entered->pdata[i];
        if (!cli_list_take(&list))
            continue;
        g_autofree char *serial = serial_print_form(one->serial), *who = text_printable(one->who);
        printf(_("  %s  page %d, by %s: %s\n"), serial, one->page, who, cli_entered_standing(one->standing));
    }
    cli_list_end(&list, stdout, WHOLE);
}

static void print_refused(const Status *status)
{
    g_autoptr(GPtrArray) refused = g_ptr_array_new();
    for (guint i = 0; i < status->pages->len; i++) {
        StorePageRow *row = status->pages->pdata[i];
        if (row->outcome == STORE_PAGE_REFUSED && !row->settled)
            g_ptr_array_add(refused, row);
    }
    if (refused->len)
        printf(
            _("\nRefused pages (look with phieu show --refused ID -o FILE; put right and phieu scan --again, "
              "scan the paper again, or settle with phieu resolve page ID): %s\n"),
            number_shown(refused->len));
    CliList list = {.all = status->whole};
    for (guint i = 0; i < refused->len; i++) {
        const StorePageRow *row = refused->pdata[i];
        if (!cli_list_take(&list))
            continue;
        g_autofree char *file = text_printable(row->file);
        g_autofree char *words = intake_refusal_words(row->reason, row->detail, *row->archived);
        g_autofree char *name = store_page_name(row->id);
        if (row->page)
            printf(_("  ID %s  %s, page %d: %s\n"), name, file, row->page, words);
        else
            printf(_("  ID %s  %s, the whole file: %s\n"), name, file, words);
    }
    cli_list_end(&list, stdout, WHOLE);
}

static void print_warnings(const Status *status)
{
    int straight = 0;
    for (guint i = 0; i < status->quota->ballots->len; i++)
        straight += ((QuotaBallot *)status->quota->ballots->pdata[i])->straight_lined;
    g_autoptr(GPtrArray) moved = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < status->quota->ballots->len; i++) {
        const StoreBallot *ballot = ((QuotaBallot *)status->quota->ballots->pdata[i])->ballot;
        if (ballot->moved && ballot->status == STORE_BALLOT_COMPLETE)
            g_ptr_array_add(moved, serial_print_form(ballot->serial));
    }
    if (straight || moved->len || status->quota->repeats->len || status->quota->pages_by_hand)
        printf("\n%s\n", _("Notes (these ballots count):"));
    if (straight)
        printf(_("  %s ballots give every scored question the same level\n"), number_shown(straight));
    if (status->quota->pages_by_hand) {
        g_autofree char *words =
            quota_by_hand_words(status->quota->ballots_by_hand, status->quota->pages_by_hand);
        printf("  %s\n", words);
    }
    if (moved->len) {
        g_autofree char *some = cli_join_some(moved);
        printf(_("  %s ballots count for another than they were printed for, by a person's decision: %s\n"),
               number_shown(moved->len), some);
    }
    CliList list = {.all = status->whole};
    for (guint i = 0; i < status->quota->repeats->len; i++) {
        const QuotaRepeat *repeat = status->quota->repeats->pdata[i];
        if (!cli_list_take(&list))
            continue;
        printf(_("  %s · %s · %s: %u ballots with the same answers:"), repeat->cell->group->id,
               repeat->cell->agency->code, repeat->cell->origin->code, repeat->serials->len);
        for (guint s = 0; s < repeat->serials->len; s++)
            printf("%s %s", s ? "," : "", serial_shown(repeat->serials->pdata[s]));
        putchar('\n');
    }
    cli_list_end(&list, stdout, WHOLE);
}

/* ---- JSON
 * ---------------------------------------------------------------------------------------------------- */

static void json_sum(JsonBuilder *json, const Quota *quota, const char *name, const char *group,
                     const char *block, const char *agency)
{
    QuotaCounts counts = quota_sum(quota, group, block, agency);
    json_begin_object(json, name);
    quota_json_counts(json, &counts);
    json_builder_end_object(json);
}

static void json_sums(JsonBuilder *json, const Quota *quota)
{
    const Survey *survey = quota->survey;
    json_sum(json, quota, "total", NULL, NULL, NULL);
    json_begin_object(json, "groups");
    for (guint i = 0; i < survey->groups->len; i++) {
        const char *id = ((SurveyGroup *)survey->groups->pdata[i])->id;
        json_sum(json, quota, id, id, NULL, NULL);
    }
    json_builder_end_object(json);
    json_begin_object(json, "blocks");
    for (guint i = 0; i < survey->blocks->len; i++) {
        const char *id = ((SurveyBlock *)survey->blocks->pdata[i])->id;
        json_sum(json, quota, id, NULL, id, NULL);
    }
    json_builder_end_object(json);
    json_begin_object(json, "agencies");
    for (guint i = 0; i < survey->agencies->len; i++) {
        const char *code = ((SurveyAgency *)survey->agencies->pdata[i])->code;
        json_sum(json, quota, code, NULL, NULL, code);
    }
    json_builder_end_object(json);
}

static void json_entered(JsonBuilder *json, const GPtrArray *entered)
{
    static const char *const standings[] = {"half", "counts", "scanned"};
    json_begin_array(json, "entered");
    for (guint i = 0; i < entered->len; i++) {
        const StoreEntered *one = entered->pdata[i];
        json_builder_begin_object(json);
        json_set_text(json, "serial", one->serial);
        json_set_int(json, "page", one->page);
        json_set_text(json, "who", one->who);
        json_set_text(json, "standing", standings[one->standing]);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void print_status_json(const Status *status)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    json_sums(json, status->quota);
    quota_json_cells(json, status->quota);
    json_begin_array(json, "held");
    for (guint i = 0; i < status->quota->ballots->len; i++) {
        const StoreBallot *ballot = ((QuotaBallot *)status->quota->ballots->pdata[i])->ballot;
        if (ballot->status == STORE_BALLOT_COMPLETE || ballot->status == STORE_BALLOT_REJECTED)
            continue;
        json_builder_begin_object(json);
        json_set_text(json, "serial", ballot->serial);
        json_set_text(json, "status", store_ballot_status_id(ballot->status));
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_begin_array(json, "refused");
    for (guint i = 0; i < status->pages->len; i++) {
        const StorePageRow *row = status->pages->pdata[i];
        if (row->outcome != STORE_PAGE_REFUSED || row->settled)
            continue;
        g_autofree char *file = text_printable(row->file), *name = store_page_name(row->id);
        json_builder_begin_object(json);
        json_set_text(json, "id", name);
        json_set_text(json, "file", file);
        json_set_int(json, "page", row->page);
        json_set_text(json, "reason", row->reason);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_entered(json, status->entered);
    cli_json_stations(json, status->stations);
    cli_json_batches(json, status->batches);
    json_set_int(json, "written", status->written);
    json_set_int(json, "written_typed", status->typed);
    json_set_int(json, "written_drafted", status->drafted);
    json_set_int(json, "ballots_by_hand", status->quota->ballots_by_hand);
    json_set_int(json, "pages_by_hand", status->quota->pages_by_hand);
    json_set_int(json, "answers_machine", status->quota->answers_machine);
    json_set_int(json, "answers_waiting", status->quota->answers_waiting);
    json_set_int(json, "answers_person", status->quota->answers_person);
    json_builder_end_object(json);
    cli_print_json(json);
}

/* Whether a person has something to settle; ballots that did not come back are chased, not settled. */
static bool work_waits(const Quota *quota, const GPtrArray *entered)
{
    for (guint i = 0; i < entered->len; i++) {
        if (((StoreEntered *)entered->pdata[i])->standing == STORE_ENTERED_HALF)
            return true;
    }
    g_autoptr(GPtrArray) obstacles = quota_obstacles(quota);
    for (guint i = 0; i < obstacles->len; i++) {
        if (!g_str_has_prefix(((QuotaObstacle *)obstacles->pdata[i])->id, "quota-short:"))
            return true;
    }
    return false;
}

int cli_status(const CliContext *context, int argc, char **argv)
{
    gboolean agencies = FALSE, whole = FALSE, json = FALSE;
    const GOptionEntry entries[] = {
        {"agencies", 0, 0, G_OPTION_ARG_NONE, &agencies, N_("a line for every agency too"), NULL},
        {"all", 0, 0, G_OPTION_ARG_NONE, &whole,
         N_("name every missing cell, held ballot, refused page, differing batch and station"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("everything as JSON, cell by cell"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse("", _("Received against planned; what is missing; what waits for whom."), entries, argc,
                   argv, NULL))
        return CLI_USAGE;
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    g_autoptr(Quota) quota = quota_take(store, &error);
    g_autoptr(GPtrArray) pages = quota ? store_load_pages(store, &error) : NULL;
    g_autoptr(GPtrArray) answers = pages ? store_load_answers(store, &error) : NULL;
    g_autoptr(GPtrArray) writings = answers ? store_load_writings(store, &error) : NULL;
    g_autoptr(GPtrArray) entered = writings ? store_load_entered(store, NULL, &error) : NULL;
    g_autoptr(GPtrArray) stations = entered ? store_load_stations(store, &error) : NULL;
    if (!stations)
        return cli_fail(error);
    g_autoptr(GPtrArray) batches = quota_batches(quota, pages);
    Status status = {.store = store,
                     .quota = quota,
                     .pages = pages,
                     .batches = batches,
                     .answers = answers,
                     .entered = entered,
                     .stations = stations,
                     .whole = whole};
    count_written(&status, writings);
    if (json) {
        print_status_json(&status);
    } else {
        print_groups(quota);
        if (agencies)
            putchar('\n'), print_agencies(quota);
        cli_print_told(stations, whole, WHOLE);
        print_missing(&status);
        print_held(&status);
        print_entered(&status);
        print_refused(&status);
        cli_print_batches(batches, whole, WHOLE);
        print_waiting_answers(&status);
        print_written(&status);
        print_warnings(&status);
    }
    return work_waits(quota, entered) ? CLI_WAITING : CLI_DONE;
}
