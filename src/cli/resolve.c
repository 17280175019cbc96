/* phieu resolve: people settle what waits. Every decision is added with its name; nothing is overwritten. */
#include "cli/enter.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "intake/intake.h"
#include "quota/quota.h"

typedef struct {
    Store *store;
    char *who;
    const char *reason, *group, *agency, *origin;
    bool moved; /* --moved */
    const char *corners;
    char **arguments; /* behind the verb */
    int count;
} Resolve;

static bool parse_id(const char *text, int64_t *ret_id, GError **error)
{
    return number_parse_int(text, 1, INT64_MAX, ret_id, error);
}

static bool list_waiting(const Resolve *resolve, GError **error)
{
    g_autoptr(GPtrArray) answers = store_load_answers(resolve->store, error);
    if (!answers)
        return false;
    puts("serial,question,value,confidence,reasons,file,page");
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        if (answer->state != ANSWER_WAITING)
            continue;
        /* A second look is blind. */
        bool blind = answer->reasons & ANSWER_SECOND_LOOK;
        g_autofree char *reasons = answer_reasons_text(blind ? ANSWER_SECOND_LOOK : answer->reasons);
        g_autofree char *confidence = blind ? g_strdup("") : g_strdup_printf("%.6f", answer->confidence);
        g_autofree char *file = text_printable(answer->file);
        g_auto(GStrv) quotes = g_strsplit(file, "\"", -1);
        g_autofree char *quoted = g_strjoinv("\"\"", quotes);
        printf("%s,%s,%s,%s,%s,\"%s\",%d\n", answer->serial, answer->question, blind ? "" : answer->value,
               confidence, reasons, quoted, answer->page);
    }
    return true;
}

/* What waits for another person's look, on one ballot (NULL: on all). */
static bool tell_looks(const Resolve *resolve, const char *serial, GError **error)
{
    g_autoptr(GPtrArray) waiting = store_load_waiting(resolve->store, serial, error);
    int second = 0, third = 0;
    for (guint i = 0; waiting && i < waiting->len; i++) {
        second += ((const StoreWaiting *)waiting->pdata[i])->look == 2;
        third += ((const StoreWaiting *)waiting->pdata[i])->look == 3;
    }
    if (second)
        cli_say(_("%s answers are to be read by another person, too, before they count."),
                number_shown(second));
    if (third)
        cli_say(_("%s answers were read differently by two people: a third decides."), number_shown(third));
    return waiting != NULL;
}

static bool settle_answer(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[0], error);
    if (!serial)
        return false;
    return store_decide_answer(resolve->store, serial, resolve->arguments[1], resolve->arguments[2],
                               resolve->who, resolve->reason, error) &&
           tell_looks(resolve, serial, error);
}

/* A CSV or XLSX with columns serial, question, value (and reason): each row is one
 * decision, and the first wrong row stops with its place; the rows before it stand. */
static bool settle_answers(const Resolve *resolve, GError **error)
{
    const char *path = resolve->arguments[0];
    g_autoptr(GPtrArray) tables = table_read(path, error);
    if (!tables)
        return false;
    const Table *table = tables->pdata[0];
    int serial_at = cli_find_column(table, "serial"), question_at = cli_find_column(table, "question"),
        value_at = cli_find_column(table, "value"), reason_at = cli_find_column(table, "reason");
    if (serial_at < 0 || question_at < 0 || value_at < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: the first row must name the columns serial, question and value"), path);
        return false;
    }
    int done = 0;
    for (int r = 1; r < table_rows(table); r++) {
        const char *serial_text = table_cell(table, r, serial_at)->text;
        if (!*serial_text)
            continue;
        g_autofree char *serial = cli_serial(resolve->store, serial_text, error);
        const char *reason = reason_at >= 0 ? table_cell(table, r, reason_at)->text : resolve->reason;
        if (!serial || !store_decide_answer(resolve->store, serial, table_cell(table, r, question_at)->text,
                                            table_cell(table, r, value_at)->text, resolve->who,
                                            *reason ? reason : resolve->reason, error)) {
            g_autofree char *address = table_address(r, serial_at);
            g_prefix_error(error, _("%s!%s (%d rows before it are settled): "), path, address, done);
            return false;
        }
        done++;
    }
    cli_say(_("%s answers settled by %s."), number_shown(done), resolve->who);
    return tell_looks(resolve, NULL, error);
}

static char *share_of(int part, int whole)
{
    g_autoptr(Rational) share = rational_new(100 * (int64_t)part, MAX(whole, 1));
    return whole ? rational_to_decimal(share, 1, cli_decimal_separator()) : g_strdup("–");
}

static char *kappa_text(double kappa)
{
    if (isnan(kappa))
        return g_strdup("–");
    return cli_decimal(kappa, 2);
}

/* What the checks of answers drawn by lot came to. */
static bool tell_draws(Store *store, GError **error)
{
    StoreDraws draws;
    if (!store_count_draws(store, &draws, error))
        return false;
    if (!draws.drawn)
        return true;
    char number[32];
    g_ascii_formatd(number, sizeof number, "%.2f", 100 * ballot_error_bound(draws.seen, draws.otherwise));
    g_strdelimit(number, ".", cli_decimal_separator());
    cli_say(_("Of what the machine is sure of %s answers were drawn by lot; %s were checked, %s of them read "
              "otherwise: with 95 %% confidence at most %s %% of all such answers are wrong."),
            number_shown(draws.drawn), number_shown(draws.seen), number_shown(draws.otherwise), number);
    return true;
}

/* How far those agree who read the same answers without knowing of each other. */
static bool list_agreement(const Resolve *resolve, GError **error)
{
    g_autoptr(GPtrArray) looks = store_load_looks(resolve->store, error);
    if (!looks)
        return false;
    g_autoptr(GPtrArray) agreements = store_agreement(looks);
    const char *columns[] = {_("Read by"), _("and by"),   _(">Answers"),
                             _(">Equal"),  _(">Equal %"), _(">Cohen's κ")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < agreements->len; i++) {
        const LookAgreement *one = agreements->pdata[i];
        cli_table_add(table, one->one ? text_printable(one->one) : g_strdup(_("all")),
                      one->other ? text_printable(one->other) : g_strdup("–"), cli_number(one->read),
                      cli_number(one->equal), share_of(one->equal, one->read), kappa_text(one->kappa), NULL);
    }
    cli_table_print(table);
    return tell_draws(resolve->store, error);
}

/* Puts more of what the machine is sure of before people. */
static bool draw_answers(const Resolve *resolve, GError **error)
{
    int64_t count, seed = g_random_int_range(0, G_MAXINT32);
    int drawn;
    if (!number_parse_int(resolve->arguments[0], 1, 100000, &count, error) ||
        (resolve->count > 1 && !number_parse_int(resolve->arguments[1], 0, G_MAXINT32, &seed, error)) ||
        !store_draw_answers(resolve->store, (int)count, (int)seed, resolve->who, &drawn, error))
        return false;
    cli_say(
        _("%d answers the machine is sure of are drawn (seed %d) and wait to be checked, last of all; they "
          "count as read until a person reads them otherwise."),
        drawn, (int)seed);
    return true;
}

static bool list_pages(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[0], error);
    if (!serial)
        return false;
    g_autoptr(GPtrArray) pages = store_load_pages(resolve->store, error);
    if (!pages)
        return false;
    const char *columns[] = {_(">Page ID"), _(">Page of ballot"), _("File"), _(">Page in file"),
                             _("Archived as")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < pages->len; i++) {
        const StorePageRow *row = pages->pdata[i];
        if (g_str_equal(row->serial, serial))
            cli_table_add(table, g_strdup_printf("%" G_GINT64_FORMAT, row->id),
                          row->ballot_page ? cli_number(row->ballot_page) : g_strdup("–"),
                          text_printable(row->file), cli_number(row->page), g_strdup(row->archived), NULL);
    }
    bool done = cli_add_entered(resolve->store, serial, table, error);
    cli_table_print(table);
    return done;
}

static bool settle_duplicate(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[0], error);
    if (!serial)
        return false;
    int64_t page_id;
    if (g_ascii_toupper(*resolve->arguments[1]) == 'H')
        return cli_choose_entered(resolve->store, serial, resolve->arguments[1], resolve->who,
                                  resolve->reason, error);
    return parse_id(resolve->arguments[1], &page_id, error) &&
           store_decide_duplicate(resolve->store, serial, page_id, resolve->who, resolve->reason, error);
}

/* A numbered ballot says what it was printed for; that it counts for something else must be meant. */
static bool check_moved(const Resolve *resolve, const char *serial, const SurveyCell *cell, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreIssued *issued = store_find_issued(resolve->store, serial, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    bool differs =
        issued && *issued->group &&
        !(g_str_equal(issued->group, cell->group->id) && g_str_equal(issued->agency, cell->agency->code) &&
          g_str_equal(issued->origin, cell->origin->code));
    bool fine = !differs || resolve->moved;
    if (!fine)
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("ballot %s was printed for group %s, agency %s, from %s, and its number says so. If it is "
              "really to count for another, add --moved; phieu status keeps showing it"),
            serial_shown(serial), issued->group, issued->agency, issued->origin);
    else if (differs)
        cli_say(_("Ballot %s was printed for group %s, agency %s, from %s; it counts for %s, %s, %s now."),
                serial_shown(serial), issued->group, issued->agency, issued->origin, cell->group->id,
                cell->agency->code, cell->origin->code);
    store_issued_free(issued);
    return fine;
}

static bool assign(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[0], error);
    if (!serial)
        return false;
    const SurveyCell *cell =
        cli_find_cell(store_survey(resolve->store), resolve->group, resolve->agency, resolve->origin);
    if (!cell) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("ballot %s is not assigned"),
                    serial_shown(serial));
        return false;
    }
    return check_moved(resolve, serial, cell, error) &&
           store_assign_ballot(resolve->store, serial, cell, resolve->who, resolve->reason, error);
}

static bool reject(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[0], error);
    if (!serial)
        return false;
    return store_reject_ballot(resolve->store, serial, resolve->who, resolve->reason, error);
}

static bool settle_page(const Resolve *resolve, GError **error)
{
    int64_t id;
    return cli_parse_page_id(resolve->arguments[0], &id, error) &&
           store_settle_page(resolve->store, id, resolve->who, resolve->reason, error);
}

/* Eight numbers, joined by commas. */
static bool parse_corners(const char *text, IntakeGiven *given, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    if (g_strv_length(parts) != 8) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("--corners: eight numbers from 0 to 1, x and y of four corners, joined by commas"));
        return false;
    }
    for (int i = 0; i < 8; i++) {
        if (!number_parse_double(parts[i], -1, 2, &given->corners[i], error))
            return false;
    }
    given->has_corners = true;
    return true;
}

/* A refused page is the page of the ballot that a person says. */
static bool read_page(const Resolve *resolve, GError **error)
{
    g_autofree char *serial = cli_serial(resolve->store, resolve->arguments[1], error);
    if (!serial)
        return false;
    IntakeGiven given = {.serial = serial};
    int64_t id, page;
    int waiting = 0;
    if (!parse_id(resolve->arguments[0], &id, error) ||
        !number_parse_int(resolve->arguments[2], 1, 1000, &page, error) ||
        (resolve->corners && !parse_corners(resolve->corners, &given, error)))
        return false;
    given.page = (int)page;
    if (!intake_read_given(resolve->store, id, &given, resolve->who, resolve->reason, &waiting, error))
        return false;
    cli_say(_("Page ID %lld is read as page %d of ballot %s; %d of its answers wait for a person."),
            (long long)id, given.page, serial_shown(serial), waiting);
    return true;
}

static bool enter_page(const Resolve *resolve, GError **error)
{
    return cli_enter_page(resolve->store, resolve->arguments, resolve->count, resolve->who, resolve->reason,
                          error);
}

static bool void_serials(const Resolve *resolve, GError **error)
{
    g_autoptr(GPtrArray) serials = cli_serials(resolve->arguments[0], "void", error);
    if (!serials || !store_void(resolve->store, (const char *const *)serials->pdata, resolve->who,
                                resolve->reason, error))
        return false;
    cli_say(_("%s serials are void, by %s: they count as not issued, and what comes back with one is held."),
            number_shown(serials->len - 1), resolve->who);
    return true;
}

static bool list_decisions(const Resolve *resolve, GError **error)
{
    g_autofree char *serial =
        resolve->count ? cli_serial(resolve->store, resolve->arguments[0], error) : NULL;
    if (resolve->count && !serial)
        return false;
    return cli_print_decisions(resolve->store, serial, error);
}

static bool undo(const Resolve *resolve, GError **error)
{
    int64_t id;
    if (!parse_id(resolve->arguments[0], &id, error) ||
        !store_undo(resolve->store, id, resolve->who, resolve->reason, error))
        return false;
    cli_say(_("Decision %lld is taken back by %s; what was before it counts again."), (long long)id,
            resolve->who);
    return true;
}

typedef struct {
    const char *name;
    int arguments;
    bool writes, wants_reason;
    bool (*run)(const Resolve *resolve, GError **error);
    int more;      /* further arguments that may be given */
    bool numbered; /* what it decides can be taken back by number, which is said */
} Verb;

/* Most answers a page's entry has on the command line. */
#define QUESTIONS_MAX 1000

static const Verb verbs[] = {
    {"list", 0, false, false, list_waiting, 0, false},
    {"agreement", 0, false, false, list_agreement, 0, false},
    {"draw", 1, true, false, draw_answers, 1, false},
    {"pages", 1, false, false, list_pages, 0, false},
    {"answer", 3, true, false, settle_answer, 0, true},
    {"answers", 1, true, false, settle_answers, 0, false},
    {"duplicate", 2, true, true, settle_duplicate, 0, true},
    {"assign", 1, true, true, assign, 0, true},
    {"reject", 1, true, true, reject, 0, true},
    {"page", 1, true, true, settle_page, 0, true},
    {"read", 3, true, false, read_page, 0, false},
    {"enter", 3, true, true, enter_page, QUESTIONS_MAX, true},
    {"void", 1, true, true, void_serials, 0, false},
    {"decisions", 0, false, false, list_decisions, 1, false},
    {"undo", 1, true, true, undo, 0, false},
};

static const Verb *find_verb(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(verbs); i++) {
        if (g_str_equal(name, verbs[i].name))
            return &verbs[i];
    }
    return NULL;
}

static int tell_usage(const char *given)
{
    const char *names[G_N_ELEMENTS(verbs) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        names[i] = verbs[i].name;
    return cli_unknown(given, names, _("see phieu resolve --help for what to write"));
}

/* Under which number what was decided can be taken back. */
static void tell_number(const Store *store)
{
    long long number = (long long)store_last_decision(store);
    cli_say(_("Recorded as decision %lld; phieu resolve undo %lld --reason … takes it back."), number,
            number);
}

static const char help[] =
    N_("Settles what waits for a person:\n"
       "  list                            every waiting answer, as CSV\n"
       "  answer SERIAL QUESTION VALUE    VALUE: option, a+b for several, '' for blank, ? for "
       "unreadable;\n"
       "                                  of a place to write: what is written there\n"
       "  answers FILE                    many of them: columns serial, question, value[, reason]\n"
       "  agreement                       how far people agree who read the same answers\n"
       "  draw COUNT [SEED]               so many of what the machine is sure of are to be checked\n"
       "  pages SERIAL                    every scan of a ballot's pages with its page ID\n"
       "  duplicate SERIAL PAGE-ID        this scan of the page counts, the others do not; H2: page 2 "
       "as\n"
       "                                  it was entered by hand\n"
       "  assign SERIAL --group --agency --origin\n"
       "  reject SERIAL                   the ballot does not count\n"
       "  page PAGE-ID                    a refused page, or (F12) a refused file, is dealt with\n"
       "  read PAGE-ID SERIAL PAGE        a refused page is that page of that ballot: read it so\n"
       "  enter SERIAL PAGE QUESTION=VALUE …   a page that has no scan, entered by hand: every "
       "question on\n"
       "                                  it, nothing behind = for blank; or FILE with the columns\n"
       "                                  question, value[, serial]. Two people enter it, each "
       "without\n"
       "                                  seeing the other's, unless rules.by_hand says one is "
       "enough\n"
       "  void SERIAL,FIRST..LAST         issued serials whose paper is spoiled or lost\n"
       "  decisions [SERIAL]              every decision with its number, who took it, and why\n"
       "  undo NUMBER                     takes a decision back; nothing is erased");

int cli_resolve(const CliContext *context, int argc, char **argv)
{
    g_autofree char *who = NULL, *reason = NULL, *group = NULL, *agency = NULL, *origin = NULL,
                    *corners = NULL;
    gboolean moved = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"who", 0, 0, G_OPTION_ARG_STRING, &who, N_("who decides; where there are accounts, one of them"),
         N_("NAME")},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why"), N_("TEXT")},
        {"group", 0, 0, G_OPTION_ARG_STRING, &group, N_("assign: the respondent group"), N_("GROUP")},
        {"agency", 0, 0, G_OPTION_ARG_STRING, &agency, N_("assign: the agency assessed"), N_("CODE")},
        {"origin", 0, 0, G_OPTION_ARG_STRING, &origin, N_("assign: the unit that returned it"), N_("CODE")},
        {"moved", 0, 0, G_OPTION_ARG_NONE, &moved, N_("assign: for another than it was printed for"), NULL},
        {"corners", 0, 0, G_OPTION_ARG_STRING, &corners, N_("read: where the sheet's corners are"),
         N_("X,Y,…")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("VERB …"), _(help), entries, argc, argv, &rest))
        return CLI_USAGE;
    const Verb *verb = find_verb(rest[0]);
    int given = rest[0] ? (int)g_strv_length(rest + 1) : 0;
    if (!verb || given < verb->arguments || given > verb->arguments + verb->more)
        return tell_usage(rest[0]);
    if (verb->wants_reason && (!reason || !*reason))
        return cli_usage(_("say why with --reason: it is kept with the decision"));
    g_autoptr(Store) store = cli_open(context, verb->writes ? STORE_DECIDE : STORE_READ);
    if (!store)
        return CLI_FAILED;
    g_autofree char *name = cli_who(who);
    Resolve resolve = {.store = store,
                       .who = name,
                       .reason = reason ? reason : "",
                       .group = group,
                       .agency = agency,
                       .origin = origin,
                       .arguments = rest + 1,
                       .count = given,
                       .moved = moved,
                       .corners = corners};
    g_autoptr(GError) error = NULL;
    if (!verb->run(&resolve, &error))
        return cli_fail(error);
    if (verb->numbered)
        tell_number(store);
    return CLI_DONE;
}

int cli_redecide(const CliContext *context, int argc, char **argv)
{
    const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            "", _("Decides all stored marks anew under the survey's present limits; no scan is read again."),
            entries, argc, argv, NULL))
        return CLI_USAGE;
    g_autoptr(Store) store = cli_open(context, STORE_WORK);
    if (!store)
        return CLI_FAILED;
    int changed;
    g_autoptr(GError) error = NULL;
    if (!store_redecide(store, &changed, &error))
        return cli_fail(error);
    cli_say(_("%s answers of the machine changed; people's decisions stand."), number_shown(changed));
    return CLI_DONE;
}
