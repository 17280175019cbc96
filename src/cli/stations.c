/* phieu stations: the workspaces of one survey whose ballots are read here, told by a file of theirs. */
#include "cli/stations.h"

#include <stdio.h>

typedef struct {
    Store *store;
    const char *argument, *output, *who, *reason;
    bool json;
} Stations;

static char *number_text(int number)
{
    char serial[SERIAL_LENGTH + 1];
    if (number < 1)
        return g_strdup("");
    serial_make(number, serial);
    return serial_print_form(serial);
}

void cli_json_stations(JsonBuilder *json, const GPtrArray *stations)
{
    json_begin_array(json, "stations");
    for (guint i = 0; i < stations->len; i++) {
        const StoreStation *station = stations->pdata[i];
        g_autofree char *first = number_text(station->first), *last = number_text(station->last);
        json_builder_begin_object(json);
        json_set_text(json, "name", station->station.name);
        json_set_bool(json, "own", station->own);
        json_set_text(json, "since", station->since);
        json_set_text(json, "changed", station->changed);
        json_set_int(json, "issued", station->issued);
        json_set_text(json, "first", first);
        json_set_text(json, "last", last);
        json_set_int(json, "returned", station->returned);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void print_json(const GPtrArray *stations)
{
    JsonBuilder *json = json_builder_new();
    json_builder_begin_object(json);
    cli_json_stations(json, stations);
    json_builder_end_object(json);
    cli_print_json(json);
}

void cli_print_told(const GPtrArray *stations, bool all, const char *how)
{
    int told = 0;
    for (guint i = 0; i < stations->len; i++)
        told += !((const StoreStation *)stations->pdata[i])->own;
    if (told)
        printf(_("\nStations whose ballots are taken here, too: %d\n"), told);
    CliList list = {.all = all};
    for (guint i = 0; i < stations->len; i++) {
        const StoreStation *station = stations->pdata[i];
        if (station->own || !cli_list_take(&list))
            continue;
        g_autofree char *first = number_text(station->first), *last = number_text(station->last),
                        *issued = cli_number(station->issued), *returned = cli_number(station->returned);
        if (station->first)
            printf(_("  %s  %s ballots issued, %s to %s; %s of them came back here\n"), station->station.name,
                   issued, first, last, returned);
        else
            printf(_("  %s  no ballot issued yet\n"), station->station.name);
    }
    cli_list_end(&list, stdout, how);
}

static bool list(const Stations *stations, GError **error)
{
    g_autoptr(GPtrArray) all = store_load_stations(stations->store, error);
    if (!all)
        return false;
    if (stations->json) {
        print_json(all);
        return true;
    }
    const char *columns[] = {_("Station"), _("Which"),  _("Since"),   _("Changed"),
                             _(">Issued"), _("Lowest"), _("Highest"), _(">Returned here")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < all->len; i++) {
        const StoreStation *station = all->pdata[i];
        cli_table_add(table, g_strdup(station->station.name),
                      g_strdup(station->own ? _("this workspace") : _("told")), cli_moment(station->since),
                      cli_moment(station->changed), cli_number(station->issued), number_text(station->first),
                      number_text(station->last), cli_number(station->returned), NULL);
    }
    cli_table_print(table);
    return true;
}

static bool export(const Stations *stations, GError **error)
{
    int issued;
    if (!store_export_station(stations->store, stations->output, stations->who, &issued, error))
        return false;
    g_autofree char *shown = text_printable(stations->output);
    cli_say(
        _("%s: station %s with its %s ballots. The file is confidential: it holds the station's key, and "
          "whoever has it can make pages that count. Hand it over in person; delete it once it is taken in."),
        shown, store_station(stations->store)->name, number_shown(issued));
    return true;
}

static bool add(const Stations *stations, GError **error)
{
    StoreTold told;
    if (!store_add_station(stations->store, stations->argument, stations->who, &told, error))
        return false;
    if (told.known && told.fresh)
        cli_say(_("Station %s: %s ballots told, %s of them new."), told.name, number_shown(told.issued),
                number_shown(told.fresh));
    else if (told.known)
        cli_say(_("Station %s: %s ballots told, as before."), told.name, number_shown(told.issued));
    else
        cli_say(
            _("Station %s is told: its %s ballots are read here from now on. Pages of it that were refused "
              "before are read with phieu scan --again."),
            told.name, number_shown(told.issued));
    if (told.other_definition)
        cli_say(
            _("Its workspace has another version of the definition; every ballot of it has its place here "
              "all the same."));
    return true;
}

static bool take_away(const Stations *stations, GError **error)
{
    if (!store_remove_station(stations->store, stations->argument, stations->who, stations->reason, error))
        return false;
    cli_say(_("Station %s is taken away by %s: pages of it are refused from now on."), stations->argument,
            stations->who);
    return true;
}

static const struct {
    const char *name;
    int arguments; /* behind the name */
    bool output, reason;
    StoreMode mode;
    bool (*run)(const Stations *stations, GError **error);
} verbs[] = {
    {"list", 0, false, false, STORE_READ, list},
    {"export", 0, true, false, STORE_DECIDE, export},
    {"add", 1, false, false, STORE_WORK, add},
    {"remove", 1, false, true, STORE_WORK, take_away},
};

int cli_stations(const CliContext *context, int argc, char **argv)
{
    g_autofree char *output = NULL, *who_given = NULL, *reason = NULL;
    gboolean json = FALSE;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("export: the file to write"), N_("FILE")},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("remove: why"), N_("TEXT")},
        {"who", 0, 0, G_OPTION_ARG_STRING, &who_given, N_("who does it"), N_("NAME")},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("list: as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("[list] | export -o FILE | add FILE | remove NAME --reason TEXT"),
            _("Workspaces of one survey, each a station that prints:\n"
              "  list                      this one and those whose ballots are read here\n"
              "  export -o FILE            what another workspace must have to read this one's ballots\n"
              "  add FILE                  take such a file in; again with a newer one\n"
              "  remove NAME --reason TEXT take no more ballots of a station; before any was read"),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    const char *name = rest[0] ? rest[0] : "list";
    int arguments = rest[0] ? (int)g_strv_length(rest) - 1 : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (!g_str_equal(name, verbs[i].name) || arguments != verbs[i].arguments ||
            verbs[i].output != (output && *output) || verbs[i].reason != (reason && *reason))
            continue;
        g_autoptr(Store) store = cli_open(context, verbs[i].mode);
        if (!store)
            return CLI_FAILED;
        g_autofree char *who = cli_who(who_given);
        Stations stations = {store, arguments ? rest[1] : NULL, output, who, reason, json};
        g_autoptr(GError) error = NULL;
        return verbs[i].run(&stations, &error) ? CLI_DONE : cli_fail(error);
    }
    const char *names[G_N_ELEMENTS(verbs) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        names[i] = verbs[i].name;
    return cli_unknown(rest[0], names, _("see phieu stations --help for what to write"));
}
