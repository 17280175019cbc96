/* Accounts of the desk: every change is a row more, the newest of a name counts. */
#include <string.h>

#include "store/sql.h"

void store_account_free(StoreAccount *account)
{
    if (!account)
        return;
    g_free(account->name);
    g_free(account->full_name);
    g_free(account->password);
    g_free(account->at);
    g_free(account);
}

static const char *const role_ids[] = {"clerk", "operator", "analyst", "admin"};

char *store_roles_text(unsigned roles)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(role_ids); i++) {
        if (roles & (1u << i))
            g_string_append_printf(text, "%s%s", text->len ? "," : "", role_ids[i]);
    }
    return g_string_free(text, FALSE);
}

bool store_roles_parse(const char *text, unsigned *ret_roles, GError **error)
{
    g_auto(GStrv) names = g_strsplit(text, ",", -1);
    unsigned roles = 0;
    for (char **name = names; *name; name++) {
        guint i = 0;
        while (i < G_N_ELEMENTS(role_ids) && !g_str_equal(role_ids[i], *name))
            i++;
        if (i == G_N_ELEMENTS(role_ids)) {
            g_autofree char *shown = text_printable(*name);
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("role '%s': use clerk, operator, analyst or admin, several with commas between"),
                        shown);
            return false;
        }
        roles |= 1u << i;
    }
    *ret_roles = roles;
    return true;
}

/* A name is typed at every sign-in and stands in every decision. */
static bool check_name(const char *name, GError **error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strlen(name);
    if (length >= 1 && length <= 32 && strspn(name, allowed) == length && !g_str_equal(name, "machine"))
        return true;
    g_autofree char *shown = text_printable(name);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("account name '%s': use 1 to 32 letters a–z without marks, digits, '.', '_' or '-'"),
                shown);
    return false;
}

static StoreAccount *read_account(sqlite3_stmt *row)
{
    StoreAccount *account = g_new0(StoreAccount, 1);
    *account = (StoreAccount){.name = sql_text(row, 0),
                              .full_name = sql_text(row, 1),
                              .roles = (unsigned)sqlite3_column_int(row, 2),
                              .password = sql_text(row, 3),
                              .one_time = sqlite3_column_int(row, 4) != 0,
                              .disabled = sqlite3_column_int(row, 5) != 0,
                              .at = sql_text(row, 6)};
    return account;
}

#define ACCOUNT_COLUMNS                                                                                      \
    "SELECT name, full_name, roles, password, one_time, disabled, at FROM account a WHERE id ="              \
    " (SELECT max(id) FROM account n WHERE n.name = a.name) "

StoreAccount *store_find_account(Store *store, const char *name, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, ACCOUNT_COLUMNS "AND name = ?1", "t", name);
    if (!row || sql_step(store, row, error) != 1)
        return NULL;
    StoreAccount *account = read_account(row);
    sqlite3_reset(row);
    return account;
}

GPtrArray *store_load_accounts(Store *store, GError **error)
{
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func((GDestroyNotify)store_account_free);
    sqlite3_stmt *row = sql_bind(store, error, ACCOUNT_COLUMNS "ORDER BY name", "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(accounts, read_account(row));
    return more == 0 ? g_steal_pointer(&accounts) : NULL;
}

bool store_set_account(Store *store, const StoreAccount *account, const char *action, const char *who,
                       GError **error)
{
    if (!check_name(account->name, error) || !sql_begin(store, error))
        return false;
    g_autofree char *at = sql_now();
    g_autofree char *roles = store_roles_text(account->roles);
    g_autofree char *detail =
        g_strdup_printf("%s %s (%s)%s", action, account->name, roles, account->disabled ? " disabled" : "");
    if (sql_run(store, error,
                "INSERT INTO account (name, full_name, roles, password, one_time, disabled, at, who)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                "ttitiitt", account->name, account->full_name, (int64_t)account->roles, account->password,
                (int64_t)account->one_time, (int64_t)account->disabled, at, who) &&
        store_log(store, who, "account", detail, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}
