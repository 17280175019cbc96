/* phieu limits: the curve between errors and questions to people, on simulated ink and on this survey's own.
 */
#include "cli/cli.h"
#include "mark/mark.h"

static const double targets[] = {1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6};
#define TARGETS G_N_ELEMENTS(targets)

/* "1/100.000". */
static char *target_text(double target)
{
    g_autofree char *of = cli_number((gint64)(1 / target + 0.5));
    return g_strdup_printf("1/%s", of);
}

static char *percent_text(double share)
{
    g_autofree char *figure = cli_decimal(100 * share, 2);
    return g_strdup_printf("%s %%", figure);
}

static void print_table(const Survey *survey, const StoreTrial *trials)
{
    const char *columns[] = {_("Target error"),       _(">Highest accepted"), _(">Asked, office scans"),
                             _(">Asked, hard scans"), _(">Asked here"),       _(">Of answers"),
                             _(">Reviewed"),          _(">Of them otherwise")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (size_t i = 0; i < TARGETS; i++) {
        const StoreTrial *trial = &trials[i];
        MarkLimits limits = mark_limits(trial->target_error);
        g_autofree char *target = target_text(trial->target_error);
        cli_table_add(
            table,
            g_strdup_printf("%s%s", target, trial->target_error == survey->rules.target_error ? " *" : ""),
            target_text(limits.max_error), percent_text(limits.asked_office), percent_text(limits.asked_hard),
            cli_number(trial->asked), cli_number(trial->answers), cli_number(trial->reviewed),
            cli_number(trial->differing), NULL);
    }
    cli_table_print(table);
    cli_say(
        _("* the survey's target_error. Reviewed: answers a person read that the machine would have accepted "
          "at that target. Simulated figures: models/marks.md, model %s. To change the target: edit "
          "'target_error' in the definition, then phieu amend and phieu redecide; no scan is read again."),
        mark_model_id());
}

static void print_json(const StoreTrial *trials)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    json_set_text(json, "model", mark_model_id());
    json_begin_array(json, "targets");
    for (size_t i = 0; i < TARGETS; i++) {
        const StoreTrial *trial = &trials[i];
        MarkLimits limits = mark_limits(trial->target_error);
        const struct {
            const char *name;
            double value;
        } numbers[] = {{"target_error", trial->target_error},
                       {"max_error", limits.max_error},
                       {"asked_office_simulated", limits.asked_office},
                       {"asked_hard_simulated", limits.asked_hard}};
        json_builder_begin_object(json);
        for (size_t n = 0; n < G_N_ELEMENTS(numbers); n++) {
            json_set_number(json, numbers[n].name, numbers[n].value);
        }
        json_set_int(json, "answers", trial->answers);
        json_set_int(json, "asked", trial->asked);
        json_set_int(json, "reviewed", trial->reviewed);
        json_set_int(json, "differing", trial->differing);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    cli_print_json(json);
}

int cli_limits(const CliContext *context, int argc, char **argv)
{
    gboolean as_json = FALSE;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("print the figures as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            "",
            _("Shows for several target errors how many answers would wait for people: on simulated scans, "
              "and on what this workspace has read."),
            entries, argc, argv, NULL))
        return CLI_USAGE;
    g_autoptr(Store) store = cli_open(context, STORE_READ);
    if (!store)
        return CLI_FAILED;
    StoreTrial trials[TARGETS] = {{0}};
    for (size_t i = 0; i < TARGETS; i++)
        trials[i].target_error = targets[i];
    g_autoptr(GError) error = NULL;
    if (!store_try_targets(store, trials, TARGETS, &error))
        return cli_fail(error);
    if (as_json)
        print_json(trials);
    else
        print_table(store_survey(store), trials);
    return CLI_DONE;
}
