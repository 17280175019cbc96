/* Accounts, and names that people gave. */
#include "store/people.h"

/* Accounts named in a message. */
#define NAMED 10

struct People {
    GHashTable *names;   /* a name as it is compared → the one it is shown by */
    GPtrArray *accounts; /* StoreAccount* */
};

void people_free(People *people)
{
    if (!people)
        return;
    g_hash_table_unref(people->names);
    if (people->accounts)
        g_ptr_array_unref(people->accounts);
    g_free(people);
}

const char *people_name(People *people, const char *who)
{
    char *key = text_folded(who, "");
    const char *known = g_hash_table_lookup(people->names, key);
    if (known) {
        g_free(key);
        return known;
    }
    char *name = g_strdup(who);
    g_hash_table_insert(people->names, key, name);
    return name;
}

/* How many accounts are of that full name, as it is compared. */
static int count_full_name(const GPtrArray *accounts, const char *key)
{
    int count = 0;
    for (guint i = 0; i < accounts->len; i++) {
        g_autofree char *other = text_folded(((const StoreAccount *)accounts->pdata[i])->full_name, "");
        count += g_str_equal(other, key);
    }
    return count;
}

/* Full names first: an account's own name is nobody else's. */
static void name_accounts(People *people)
{
    for (guint i = 0; i < people->accounts->len; i++) {
        const StoreAccount *account = people->accounts->pdata[i];
        g_autofree char *key = text_folded(account->full_name, "");
        if (*key && count_full_name(people->accounts, key) == 1)
            g_hash_table_replace(people->names, g_steal_pointer(&key), g_strdup(account->name));
    }
    for (guint i = 0; i < people->accounts->len; i++) {
        const StoreAccount *account = people->accounts->pdata[i];
        g_hash_table_replace(people->names, text_folded(account->name, ""), g_strdup(account->name));
    }
}

People *people_load(Store *store, GError **error)
{
    GPtrArray *accounts = store_load_accounts(store, error);
    if (!accounts)
        return NULL;
    if (!store->people) {
        store->people = g_new0(People, 1);
        store->people->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    }
    g_clear_pointer(&store->people->accounts, g_ptr_array_unref);
    store->people->accounts = accounts;
    name_accounts(store->people);
    return store->people;
}

/* "an, lan, mai …": those who can be named. */
static char *accounts_text(const GPtrArray *accounts)
{
    GString *text = g_string_new(NULL);
    guint named = 0;
    for (guint i = 0; i < accounts->len && named <= NAMED; i++) {
        const StoreAccount *account = accounts->pdata[i];
        if (!account->disabled)
            g_string_append_printf(text, "%s%s", named ? ", " : "", named < NAMED ? account->name : "…");
        named += !account->disabled;
    }
    return g_string_free(text, FALSE);
}

static const StoreAccount *find_account(const GPtrArray *accounts, const char *who)
{
    g_autofree char *key = text_folded(who, "");
    for (guint i = 0; i < accounts->len; i++) {
        const StoreAccount *account = accounts->pdata[i];
        if (g_str_equal(account->name, key))
            return account;
    }
    return NULL;
}

char *people_decider(Store *store, const char *who, GError **error)
{
    g_autoptr(GPtrArray) accounts = store_load_accounts(store, error);
    if (!accounts)
        return NULL;
    if (!accounts->len)
        return g_strdup(who);
    const StoreAccount *account = find_account(accounts, who);
    if (account && !account->disabled)
        return g_strdup(account->name);
    g_autofree char *shown = text_printable(who), *others = accounts_text(accounts);
    if (account)
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("account '%s' is disabled and decides nothing; name another with --who (%s), or enable it "
              "with phieu account enable %s"),
            shown, others, account->name);
    else
        g_set_error(
            error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
            _("'%s' is no account of this workspace, where every decision is an account's: name yours "
              "with --who (%s), or have one made with phieu account add"),
            shown, others);
    return NULL;
}
