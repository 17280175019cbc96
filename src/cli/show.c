/* phieu show: one ballot's answers, and the ink behind one of them. */
#include "cli/cli.h"

#include <stdio.h>

#include "intake/intake.h"

static const StoreBallot *find_ballot(const GPtrArray *ballots, const char *serial)
{
    for (guint i = 0; i < ballots->len; i++) {
        const StoreBallot *ballot = ballots->pdata[i];
        if (g_str_equal(ballot->serial, serial))
            return ballot;
    }
    return NULL;
}

/* "a (Rất hài lòng)"; the value alone where it names no single option. */
static char *value_text(const SurveyForm *form, const StoreAnswer *answer)
{
    const SurveyQuestion *question = form ? survey_form_question(form, answer->question) : NULL;
    const SurveyOption *option =
        question && question->scale ? survey_scale_option(question->scale, answer->value) : NULL;
    if (option)
        return g_strdup_printf("%s (%s)", answer->value, option->label);
    return g_strdup(*answer->value ? answer->value : "–");
}

/* Who an answer is from: a person's name, or the machine in words. */
static char *decider(const StoreAnswer *answer)
{
    bool people = answer->state == ANSWER_PERSON || (answer->reasons & ANSWER_BY_HAND);
    return g_strdup(people ? answer->decided_by : answer_state_words(ANSWER_MACHINE));
}

/* Where it is from: a page of a scan, or one entered by hand. */
static char *source_text(const char *file, int page)
{
    return *file ? g_strdup_printf(_("%s, page %d"), file, page)
                 : g_strdup_printf(_("page %d of the ballot, entered by hand"), page);
}

static void print_ballot(const Survey *survey, const StoreBallot *ballot, const GPtrArray *answers)
{
    g_autofree char *serial = serial_print_form(ballot->serial);
    printf(_("Ballot %s · form %s · group %s · %s · from %s · %s · pages %d of %d\n"), serial, ballot->form,
           ballot->group, ballot->agency, ballot->origin,
           store_ballot_status_words(store_ballot_status_id(ballot->status)), ballot->pages_read,
           ballot->pages_expected);
    const char *columns[] = {_("Question"), _("Answer"),     _("State"), _(">Confidence"),
                             _("Reasons"),  _("Decided by"), _("Scan")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    const SurveyForm *form = survey_form(survey, ballot->form);
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        cli_table_add(table, g_strdup(answer->question), value_text(form, answer),
                      g_strdup(answer_state_words(answer->state)), cli_decimal(answer->confidence, 6),
                      answer_reasons_words(answer->reasons), decider(answer),
                      source_text(answer->file, answer->page), NULL);
    }
    cli_table_print(table);
}

/* What is written by hand: whether anything is, the machine's draft, and what a person typed. */
static void print_writings(const GPtrArray *writings)
{
    if (writings->len == 0)
        return;
    puts("");
    const char *columns[] = {_("Place to write"), _("Written"),    _("Draft"), _(">Confidence"),
                             _("As read"),        _("Decided by"), _("Scan")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        const StoreDraft *draft = &writing->draft;
        bool drafted = draft->model && *draft->text;
        cli_table_add(table, g_strdup(writing->question), g_strdup(writing->found.written ? _("yes") : "–"),
                      drafted ? text_printable(draft->text) : g_strdup("–"),
                      drafted ? cli_decimal(draft->confidence, 3) : g_strdup(""),
                      writing->text ? text_printable(writing->text) : g_strdup(""),
                      g_strdup(writing->decided_by ? writing->decided_by : ""),
                      source_text(writing->file, writing->page), NULL);
    }
    cli_table_print(table);
}

static void add_writings(JsonBuilder *builder, const GPtrArray *writings)
{
    json_begin_array(builder, "writings");
    for (guint i = 0; i < writings->len; i++) {
        const StoreWriting *writing = writings->pdata[i];
        json_builder_begin_object(builder);
        json_set_text(builder, "question", writing->question);
        json_set_bool(builder, "written", writing->found.written);
        json_set_text(builder, "draft", writing->draft.model ? writing->draft.text : "");
        json_set_number(builder, "confidence", writing->draft.confidence);
        json_set_text(builder, "value", writing->text ? writing->text : "");
        json_set_text(builder, "decided_by", writing->decided_by ? writing->decided_by : "");
        json_set_text(builder, "file", writing->file);
        json_set_int(builder, "page", writing->page);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void print_json(const StoreBallot *ballot, const GPtrArray *answers, const GPtrArray *writings)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_set_text(builder, "serial", ballot->serial);
    json_set_text(builder, "form", ballot->form);
    json_set_text(builder, "group", ballot->group);
    json_set_text(builder, "agency", ballot->agency);
    json_set_text(builder, "origin", ballot->origin);
    json_set_text(builder, "status", store_ballot_status_id(ballot->status));
    json_set_int(builder, "pages_by_hand", ballot->pages_by_hand);
    json_begin_array(builder, "answers");
    for (guint i = 0; i < answers->len; i++) {
        const StoreAnswer *answer = answers->pdata[i];
        g_autofree char *reasons = answer_reasons_text(answer->reasons);
        json_builder_begin_object(builder);
        json_set_text(builder, "question", answer->question);
        json_set_text(builder, "value", answer->value);
        json_set_text(builder, "state", answer_state_id(answer->state));
        json_set_number(builder, "confidence", answer->confidence);
        json_set_text(builder, "reasons", reasons);
        json_set_text(builder, "decided_by", answer->decided_by);
        json_set_text(builder, "file", answer->file);
        json_set_int(builder, "page", answer->page);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    add_writings(builder, writings);
    json_builder_end_object(builder);
    cli_print_json(builder);
}

/* Leaves of a ballot's answers and places to write those of one question; false when there is none. */
static bool keep_question(GPtrArray *answers, GPtrArray *writings, const char *question)
{
    for (guint i = answers->len; i-- > 0;) {
        if (!g_str_equal(((StoreAnswer *)answers->pdata[i])->question, question))
            g_ptr_array_remove_index(answers, i);
    }
    for (guint i = writings->len; i-- > 0;) {
        if (!g_str_equal(((StoreWriting *)writings->pdata[i])->question, question))
            g_ptr_array_remove_index(writings, i);
    }
    return answers->len || writings->len;
}

/* What was entered by hand has no picture to be seen. */
static bool has_ink(const GPtrArray *answers, const GPtrArray *writings)
{
    return (answers->len && *((const StoreAnswer *)answers->pdata[0])->file) ||
           (writings->len && *((const StoreWriting *)writings->pdata[0])->file);
}

/* All of a ballot, or one question of it (NULL: all). */
static int show_ballot(Store *store, const char *serial, const char *question, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) ballots = store_load_ballots(store, &error);
    g_autoptr(GPtrArray) answers = ballots ? store_load_ballot_answers(store, serial, &error) : NULL;
    g_autoptr(GPtrArray) writings = answers ? store_load_ballot_writings(store, serial, &error) : NULL;
    if (!writings)
        return cli_fail(error);
    const StoreBallot *ballot = find_ballot(ballots, serial);
    if (!ballot) {
        g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("no page of ballot %s was read; see phieu status --all"), serial_shown(serial));
        return cli_fail(error);
    }
    if (question && !keep_question(answers, writings, question)) {
        g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("ballot %s: no page with question '%s' was read; see phieu show %s"),
                    serial_shown(serial), question, serial_shown(serial));
        return cli_fail(error);
    }
    if (json) {
        print_json(ballot, answers, writings);
    } else {
        print_ballot(store_survey(store), ballot, answers);
        print_writings(writings);
        if (question && has_ink(answers, writings))
            cli_say(_("The ink behind it: phieu show %s %s -o FILE.png"), serial_shown(serial), question);
    }
    return CLI_DONE;
}

static int show_refused(const CliContext *context, const char *id, bool picture, const char *output)
{
    int64_t number;
    g_autoptr(GError) error = NULL;
    if (!cli_parse_page_id(id, &number, &error))
        return cli_fail(error);
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    return intake_write_refused(store, number, picture, output, &error) ? CLI_DONE : cli_fail(error);
}

int cli_show(const CliContext *context, int argc, char **argv)
{
    g_autofree char *output = NULL, *overlay = NULL, *refused = NULL;
    int page = 1;
    gboolean json = FALSE, picture = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("where the picture of the ink goes (PNG)"),
         N_("FILE")},
        {"overlay", 0, 0, G_OPTION_ARG_FILENAME, &overlay,
         N_("a page as the machine saw it: boxes, states, reasons (PNG)"), N_("FILE")},
        {"refused", 0, 0, G_OPTION_ARG_STRING, &refused,
         N_("a refused page as picture (PNG), or a refused file (F and its number) as it came"), N_("ID")},
        {"picture", 0, 0, G_OPTION_ARG_NONE, &picture,
         N_("with --refused: of a file, too, a picture of its first page (PNG), where one can be made"),
         NULL},
        {"page", 0, 0, G_OPTION_ARG_INT, &page, N_("which page of the form (1)"), N_("N")},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("the answers as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("SERIAL [QUESTION [-o FILE.png] | --page N --overlay FILE.png] | --refused ID -o FILE"),
                   _("Shows one ballot's answers, or the ink behind one of them; or what was refused."),
                   entries, argc, argv, &rest))
        return CLI_USAGE;
    if (refused && output && !rest[0] && !overlay)
        return show_refused(context, refused, picture, output);
    if (refused || picture || !rest[0] || (rest[1] && (rest[2] || overlay)) || (!rest[1] && output))
        return cli_usage(_(
            "write: phieu show SERIAL, phieu show SERIAL QUESTION [-o FILE.png], phieu show SERIAL --page N "
            "--overlay FILE.png, or phieu show --refused ID -o FILE"));
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    g_autoptr(GError) error = NULL;
    g_autofree char *serial = cli_serial(store, rest[0], &error);
    if (!serial)
        return cli_fail(error);
    if (overlay)
        return intake_write_overlay(store, serial, page, overlay, &error) ? CLI_DONE : cli_fail(error);
    if (!output)
        return show_ballot(store, serial, rest[1], json);
    g_autoptr(Raster) crop = intake_crop_question(store, serial, rest[1], &error);
    if (!crop || !raster_write_png(crop, output, &error))
        return cli_fail(error);
    return CLI_DONE;
}
