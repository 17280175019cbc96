/* phieu account: who may sign in at the desk. A password is made at random, told once, and changed by its
 * owner at the first sign-in. */
#include "cli/cli.h"

#include <stdio.h>

#include "desk/desk.h"

typedef struct {
    Store *store;
    const char *name, *who, *roles, *full_name;
} Change;

/* The account as it stands; tells when there is none. */
static StoreAccount *find(const Change *change, GError **error)
{
    StoreAccount *account = store_find_account(change->store, change->name, error);
    if (!account && error && !*error) {
        g_autofree char *shown = text_printable(change->name);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("there is no account '%s'; see phieu account list"), shown);
    }
    return account;
}

/* Gives the account a password made at random, and tells it on stdout once it is recorded. */
static bool record_password(const Change *change, StoreAccount *account, const char *action, GError **error)
{
    g_autofree char *password = desk_password_new();
    char *hash;
    if (!desk_password_hash(password, &hash, error))
        return false;
    g_free(account->password);
    account->password = hash;
    account->one_time = true;
    if (!store_set_account(change->store, account, action, change->who, error))
        return false;
    printf("%s\n", password);
    cli_say(_("One-time password of '%s'; tell it to that person alone. They choose their own at the next "
              "sign-in."),
            account->name);
    return true;
}

static bool add(const Change *change, GError **error)
{
    g_autoptr(StoreAccount) known = store_find_account(change->store, change->name, error);
    unsigned roles;
    if (error && *error)
        return false;
    if (known) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("there is an account '%s' already; phieu account roles changes what it may do"),
                    change->name);
        return false;
    }
    if (!change->roles) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("say with --roles what '%s' may do: clerk, operator, analyst, admin"), change->name);
        return false;
    }
    if (!store_roles_parse(change->roles, &roles, error))
        return false;
    g_autoptr(StoreAccount) account = g_new0(StoreAccount, 1);
    account->name = g_strdup(change->name);
    account->full_name = g_strdup(change->full_name ? change->full_name : "");
    account->roles = roles;
    return record_password(change, account, "add", error);
}

static bool password(const Change *change, GError **error)
{
    g_autoptr(StoreAccount) account = find(change, error);
    return account && record_password(change, account, "password", error);
}

static bool set_disabled(const Change *change, bool disabled, GError **error)
{
    g_autoptr(StoreAccount) account = find(change, error);
    if (!account)
        return false;
    account->disabled = disabled;
    return store_set_account(change->store, account, disabled ? "disable" : "enable", change->who, error);
}

static bool disable(const Change *change, GError **error)
{
    return set_disabled(change, true, error);
}

static bool enable(const Change *change, GError **error)
{
    return set_disabled(change, false, error);
}

static bool set_roles(const Change *change, GError **error)
{
    g_autoptr(StoreAccount) account = find(change, error);
    if (!account || (change->roles && !store_roles_parse(change->roles, &account->roles, error)))
        return false;
    if (change->full_name) {
        g_free(account->full_name);
        account->full_name = g_strdup(change->full_name);
    }
    return store_set_account(change->store, account, "roles", change->who, error);
}

static bool list(const Change *change, GError **error)
{
    g_autoptr(GPtrArray) accounts = store_load_accounts(change->store, error);
    if (!accounts)
        return false;
    const char *columns[] = {_("Account"), _("Name"), _("Roles"), _("State"), _("Changed")};
    CliTable *table = cli_table_new(columns, G_N_ELEMENTS(columns));
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = accounts->pdata[i];
        const char *state = account->disabled   ? _("disabled")
                            : account->one_time ? _("waits for the first sign-in")
                                                : _("in use");
        cli_table_add(table, g_strdup(account->name), text_printable(account->full_name),
                      store_roles_text(account->roles), g_strdup(state), cli_moment(account->at), NULL);
    }
    cli_table_print(table);
    return true;
}

static const struct {
    const char *name;
    bool named; /* takes an account's name */
    bool (*run)(const Change *change, GError **error);
} verbs[] = {
    {"add", true, add},       {"password", true, password}, {"disable", true, disable},
    {"enable", true, enable}, {"roles", true, set_roles},   {"list", false, list},
};

int cli_account(const CliContext *context, int argc, char **argv)
{
    g_autofree char *who_given = NULL, *roles = NULL, *full_name = NULL;
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"roles", 0, 0, G_OPTION_ARG_STRING, &roles,
         N_("what it may do: clerk, operator, analyst, admin; several with commas between"), N_("ROLES")},
        {"full-name", 0, 0, G_OPTION_ARG_STRING, &full_name, N_("the person's name as it is shown"),
         N_("NAME")},
        {"who", 0, 0, G_OPTION_ARG_STRING, &who_given, N_("who decides it"), N_("NAME")},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(_("add|password|disable|enable|roles NAME | list"),
                   _("Accounts of the desk (phieu desk):\n"
                     "  add NAME --roles ROLES   a new one; its one-time password is shown\n"
                     "  password NAME            another one-time password; open sessions end\n"
                     "  disable NAME             it cannot sign in any more; open sessions end\n"
                     "  enable NAME              it can again\n"
                     "  roles NAME --roles ROLES what it may do from now on (also --full-name)\n"
                     "  list                     all of them"),
                   entries, argc, argv, &rest))
        return CLI_USAGE;
    for (size_t i = 0; rest[0] && i < G_N_ELEMENTS(verbs); i++) {
        if (!g_str_equal(rest[0], verbs[i].name) || g_strv_length(rest) != (verbs[i].named ? 2u : 1u))
            continue;
        g_autoptr(Store) store = cli_open(context, verbs[i].named ? STORE_DECIDE : STORE_READ);
        if (!store)
            return CLI_FAILED;
        g_autofree char *who = cli_who(who_given);
        Change change = {store, rest[1], who, roles, full_name};
        g_autoptr(GError) error = NULL;
        return verbs[i].run(&change, &error) ? CLI_DONE : cli_fail(error);
    }
    const char *names[G_N_ELEMENTS(verbs) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        names[i] = verbs[i].name;
    return cli_unknown(rest[0], names, _("see phieu account --help for what to write"));
}
