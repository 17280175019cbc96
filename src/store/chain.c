/* Two rules and no list: every table the database has is watched, and every row written is sealed. Which rows
 * stand together follows from the table's key, so that a new table is chained without a word here. A version
 * of the schema that alters a table with rows in it must seal that table anew. Long for a file: what seals a
 * row and what checks it must be the same code, so they stand together. */
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include "store/chain.h"

#include <math.h>
#include <string.h>

/* Integers beyond it are not exact as REAL. */
#define EXACT_INTEGER 9007199254740992.0

typedef struct {
    char *name;
    char *key_name; /* the first column of the primary key */
    int key, part;  /* its column; that of the generation, −1 where the table has none */
} Table;

/* Rows written together: those of one key and generation. */
typedef struct {
    char *table, *key;
    int64_t part;
    GPtrArray *rows; /* char*, a digest a row; NULL once `sha256` is made of them */
    int64_t count;
    char *sha256;
} Group;

struct Chain {
    GHashTable *tables; /* name → Table */
    GPtrArray *groups;  /* Group, in the order they were begun */
    GHashTable *named;  /* name of a group → Group of `groups` */
    bool failed;        /* a row could not be digested: nothing may be committed */
};

static void table_free(gpointer data)
{
    Table *table = data;
    g_free(table->name);
    g_free(table->key_name);
    g_free(table);
}

static void group_free(gpointer data)
{
    Group *group = data;
    g_free(group->table);
    g_free(group->key);
    if (group->rows)
        g_ptr_array_unref(group->rows);
    g_free(group->sha256);
    g_free(group);
}

void chain_free(Chain *chain)
{
    if (!chain)
        return;
    g_hash_table_unref(chain->named);
    g_ptr_array_unref(chain->groups);
    g_hash_table_unref(chain->tables);
    g_free(chain);
}

/* What a group is called, here and in faults: "page 12", "reading 12/1". */
static char *group_name(const char *table, const char *key, int64_t part)
{
    return part ? g_strdup_printf("%s %s/%lld", table, key, (long long)part)
                : g_strdup_printf("%s %s", table, key);
}

static Group *group_new(const Table *table, char *key, int64_t part)
{
    Group *group = g_new0(Group, 1);
    *group = (Group){.table = g_strdup(table->name),
                     .key = key,
                     .part = part,
                     .rows = g_ptr_array_new_with_free_func(g_free)};
    return group;
}

static int compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Makes a group's digest; the order its rows were written in does not count. */
static void group_end(Group *group)
{
    if (!group->rows)
        return;
    g_ptr_array_sort(group->rows, compare_text);
    Sha256 *sum = sha256_new();
    for (guint i = 0; i < group->rows->len; i++)
        sha256_add_text(sum, group->rows->pdata[i]);
    group->count = group->rows->len;
    group->sha256 = sha256_end(sum);
    g_clear_pointer(&group->rows, g_ptr_array_unref);
}

/* ---- a row's digest
 * ------------------------------------------------------------------------------------------------- */

static void add_bytes(Sha256 *sum, char tag, const void *bytes, size_t length)
{
    guint64 size = GUINT64_TO_LE((guint64)length);
    sha256_add(sum, &tag, 1);
    sha256_add(sum, &size, sizeof size);
    sha256_add(sum, bytes, length);
}

static void add_integer(Sha256 *sum, int64_t value)
{
    gint64 bytes = GINT64_TO_LE(value);
    add_bytes(sum, 'i', &bytes, sizeof bytes);
}

/* Type, length, bytes. A REAL without a fraction lies in the file as an integer, and is given as either. */
static void add_value(Sha256 *sum, sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        add_integer(sum, sqlite3_value_int64(value));
        break;
    case SQLITE_FLOAT: {
        double number = sqlite3_value_double(value);
        if (fabs(number) < EXACT_INTEGER && number == trunc(number)) {
            add_integer(sum, (int64_t)number);
            break;
        }
        guint64 bits;
        memcpy(&bits, &number, sizeof bits);
        bits = GUINT64_TO_LE(bits);
        add_bytes(sum, 'r', &bits, sizeof bits);
        break;
    }
    case SQLITE_TEXT: {
        const void *text = sqlite3_value_text(value);
        add_bytes(sum, 't', text, (size_t)sqlite3_value_bytes(value));
        break;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_value_blob(value);
        add_bytes(sum, 'b', blob ? blob : "", (size_t)sqlite3_value_bytes(value));
        break;
    }
    default:
        add_bytes(sum, 'n', "", 0);
    }
}

static char *value_text(sqlite3_value *value)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER)
        return g_strdup_printf("%lld", (long long)sqlite3_value_int64(value));
    const unsigned char *text = sqlite3_value_text(value);
    return g_strdup(text ? (const char *)text : "");
}

/* ---- what is written
 * ------------------------------------------------------------------------------------------------ */

/* The group a row belongs to, begun where it is the first. Takes the key. */
static Group *pending_group(Chain *chain, const Table *table, char *key, int64_t part)
{
    g_autofree char *name = group_name(table->name, key, part);
    Group *group = g_hash_table_lookup(chain->named, name);
    if (group) {
        g_free(key);
        return group;
    }
    group = group_new(table, key, part);
    g_ptr_array_add(chain->groups, group);
    g_hash_table_insert(chain->named, g_steal_pointer(&name), group);
    return group;
}

/* SQLite calls it before it writes or takes away a row. What is taken away keeps its seal, and is missed. */
static void row_written(void *data, sqlite3 *db, int change, const char *schema, const char *name,
                        sqlite3_int64 before, sqlite3_int64 after)
{
    (void)before;
    (void)after;
    Chain *chain = data;
    const Table *table = g_hash_table_lookup(chain->tables, name);
    if (!table || change == SQLITE_DELETE || !g_str_equal(schema, "main"))
        return;
    g_autoptr(Sha256) sum = sha256_new();
    sqlite3_value *value = NULL, *key = NULL, *part = NULL;
    int columns = sqlite3_preupdate_count(db);
    for (int i = 0; i < columns; i++) {
        if (sqlite3_preupdate_new(db, i, &value) != SQLITE_OK) {
            chain->failed = true;
            return;
        }
        add_value(sum, value);
        if (i == table->key)
            key = value;
        if (i == table->part)
            part = value;
    }
    Group *group = pending_group(chain, table, value_text(key), part ? sqlite3_value_int64(part) : 0);
    g_ptr_array_add(group->rows, sha256_end(g_steal_pointer(&sum)));
}

/* SQLite asks it before it commits: what is not sealed yet was written outside a transaction of sql_begin().
 */
static int commit_unsealed(void *data)
{
    const Chain *chain = data;
    return chain->failed || chain->groups->len > 0;
}

static Table *load_table(Store *store, const char *name, GError **error)
{
    sqlite3_stmt *row = sql_bind(
        store, error, "SELECT cid, name, pk FROM pragma_table_info(?1) WHERE pk = 1 OR name = 'generation'",
        "t", name);
    Table *table = g_new0(Table, 1);
    *table = (Table){.name = g_strdup(name), .part = -1};
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        if (sqlite3_column_int(row, 2) == 1) {
            table->key = sqlite3_column_int(row, 0);
            g_free(table->key_name);
            table->key_name = sql_text(row, 1);
        } else {
            table->part = sqlite3_column_int(row, 0);
        }
    }
    if (more == 0 && table->key_name)
        return table;
    if (more == 0)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE,
                    _("%s/survey.db: the database is damaged (%s); put back a copy of the workspace"),
                    store->dir, name);
    table_free(table);
    return NULL;
}

/* The names of all tables but that of the seals themselves. */
static GPtrArray *load_names(Store *store, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sealed'"
                                 " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
                                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(names, sql_text(row, 0));
    return more == 0 ? g_steal_pointer(&names) : NULL;
}

bool chain_watch(Store *store, GError **error)
{
    g_autoptr(GPtrArray) names = load_names(store, error);
    if (!names)
        return false;
    Chain *chain = g_new0(Chain, 1);
    chain->tables = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, table_free);
    chain->groups = g_ptr_array_new_with_free_func(group_free);
    chain->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sqlite3_preupdate_hook(store->db, NULL, NULL);
    sqlite3_commit_hook(store->db, NULL, NULL);
    chain_free(store->chain);
    store->chain = chain;
    for (guint i = 0; i < names->len; i++) {
        Table *table = load_table(store, names->pdata[i], error);
        if (!table)
            return false;
        g_hash_table_insert(chain->tables, table->name, table);
    }
    sqlite3_preupdate_hook(store->db, row_written, chain);
    sqlite3_commit_hook(store->db, commit_unsealed, chain);
    return true;
}

void chain_forget(Store *store)
{
    if (!store->chain)
        return;
    g_hash_table_remove_all(store->chain->named);
    g_ptr_array_set_size(store->chain->groups, 0);
    store->chain->failed = false;
}

/* ---- seals
 * ----------------------------------------------------------------------------------------------------------
 */

/* The hash of a seal: over that of the one before and all it says. */
static char *seal_hash(const char *before, const Group *group)
{
    g_autofree char *part = g_strdup_printf("%lld", (long long)group->part);
    g_autofree char *count = g_strdup_printf("%lld", (long long)group->count);
    const char *parts[] = {before, group->table, group->key, part, count, group->sha256};
    Sha256 *sum = sha256_new();
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        sha256_add_text(sum, parts[i]);
    return sha256_end(sum);
}

/* The newest seal's row and hash; 0 and "" before the first. */
static char *newest_seal(Store *store, int64_t *ret_row, GError **error)
{
    sqlite3_stmt *row = sql_bind(store, error, "SELECT id, hash FROM sealed ORDER BY id DESC LIMIT 1", "");
    int found = row ? sql_step(store, row, error) : -1;
    if (found < 0)
        return NULL;
    *ret_row = found ? sqlite3_column_int64(row, 0) : 0;
    char *hash = found ? sql_text(row, 1) : g_strdup("");
    sqlite3_reset(row);
    return hash;
}

bool chain_seal(Store *store, GError **error)
{
    Chain *chain = store->chain;
    if (!chain || (!chain->failed && chain->groups->len == 0))
        return true;
    if (chain->failed) {
        sql_fail(store, error);
        return false;
    }
    int64_t newest;
    g_autofree char *hash = newest_seal(store, &newest, error);
    if (!hash)
        return false;
    for (guint i = 0; i < chain->groups->len; i++) {
        Group *group = chain->groups->pdata[i];
        group_end(group);
        char *next = seal_hash(hash, group);
        g_free(hash);
        hash = next;
        if (!sql_run(
                store, error,
                "INSERT INTO sealed (tbl, key, part, rows, sha256, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                "ttiitt", group->table, group->key, group->part, group->count, group->sha256, hash))
            return false;
    }
    chain_forget(store);
    return true;
}

char *store_head(Store *store, int64_t *ret_row, GError **error)
{
    g_autofree char *hash = newest_seal(store, ret_row, error);
    if (!hash)
        return NULL;
    GString *text = g_string_new(NULL);
    for (size_t i = 0; hash[i]; i++)
        g_string_append_printf(text, "%s%c", i && i % 4 == 0 ? " " : "", hash[i]);
    return g_string_free(text, FALSE);
}

/* ---- every row there is
 * --------------------------------------------------------------------------------------------- */

typedef void (*GroupVisit)(Group *group, gpointer data); /* takes the group */

static char *row_digest(sqlite3_stmt *row)
{
    Sha256 *sum = sha256_new();
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        sqlite3_value *value = sqlite3_value_dup(sqlite3_column_value(row, i));
        add_value(sum, value);
        sqlite3_value_free(value);
    }
    return sha256_end(sum);
}

/* The groups of a table, one by one. */
static bool visit_groups(Store *store, const Table *table, GroupVisit visit, gpointer data, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT * FROM \"%s\" ORDER BY \"%s\"%s", table->name,
                                           table->key_name, table->part < 0 ? "" : ", generation");
    sqlite3_stmt *row = sql_bind(store, error, sql, "");
    Group *group = NULL;
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *key = sql_text(row, table->key);
        int64_t part = table->part < 0 ? 0 : sqlite3_column_int64(row, table->part);
        if (group && (!g_str_equal(group->key, key) || group->part != part)) {
            group_end(group);
            visit(g_steal_pointer(&group), data);
        }
        if (!group)
            group = group_new(table, g_steal_pointer(&key), part);
        g_ptr_array_add(group->rows, row_digest(row));
    }
    if (group) {
        group_end(group);
        visit(group, data);
    }
    return more == 0;
}

static bool visit_tables(Store *store, GroupVisit visit, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) names = load_names(store, error);
    for (guint i = 0; names && i < names->len; i++) {
        Table *table = load_table(store, names->pdata[i], error);
        bool visited = table && visit_groups(store, table, visit, data, error);
        if (table)
            table_free(table);
        if (!visited)
            return false;
    }
    return names != NULL;
}

static void take_group(Group *group, gpointer data)
{
    g_ptr_array_add(((Chain *)data)->groups, group);
}

bool chain_seal_all(Store *store, GError **error)
{
    if (!chain_watch(store, error))
        return false;
    return visit_tables(store, take_group, store->chain, error) && chain_seal(store, error);
}

/* ---- checking
 * ------------------------------------------------------------------------------------------------------- */

typedef struct {
    GHashTable *seals; /* name of a group → Group, the newest seal of it */
    GPtrArray *faults;
} Check;

static void check_group(Group *group, gpointer data)
{
    Check *check = data;
    g_autofree char *name = group_name(group->table, group->key, group->part);
    const Group *seal = g_hash_table_lookup(check->seals, name);
    if (!seal)
        fault_add(check->faults, _("%s: a row was added by another hand than phieu's"), name);
    else if (seal->count != group->count)
        fault_add(check->faults, _("%s: has %s rows, but %s were written"), name, number_shown(group->count),
                  number_shown(seal->count));
    else if (!g_str_equal(seal->sha256, group->sha256))
        fault_add(check->faults, _("%s: was changed after it was written"), name);
    g_hash_table_remove(check->seals, name);
    group_free(group);
}

/* The seals against one another. */
static bool load_seals(Store *store, const char *head, bool *ret_found, Check *check, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error, "SELECT id, tbl, key, part, rows, sha256, hash FROM sealed ORDER BY id", "");
    g_autofree char *before = g_strdup("");
    int64_t expected = 1;
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        Group *seal = g_new0(Group, 1);
        *seal = (Group){.table = sql_text(row, 1),
                        .key = sql_text(row, 2),
                        .part = sqlite3_column_int64(row, 3),
                        .count = sqlite3_column_int64(row, 4),
                        .sha256 = sql_text(row, 5)};
        g_autofree char *computed = seal_hash(before, seal);
        g_free(before);
        before = sql_text(row, 6);
        int64_t id = sqlite3_column_int64(row, 0);
        if (id != expected || !g_str_equal(before, computed))
            fault_add(check->faults,
                      _("sealed row %lld: the chain is broken here; a row was changed, added or removed"),
                      (long long)id);
        expected = id + 1;
        *ret_found |= head && g_str_has_prefix(before, head);
        g_hash_table_replace(check->seals, group_name(seal->table, seal->key, seal->part), seal);
    }
    return more == 0;
}

bool chain_verify(Store *store, const char *head, GPtrArray *faults, GError **error)
{
    g_autoptr(GHashTable) seals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, group_free);
    Check check = {seals, faults};
    bool found = false;
    if (!load_seals(store, head, &found, &check, error) || !visit_tables(store, check_group, &check, error))
        return false;
    if (head && !found)
        fault_add(faults,
                  _("head %s: is not in this workspace's chain; its end was cut off, or it is of another "
                    "workspace"),
                  head);
    g_autoptr(GPtrArray) gone = g_ptr_array_new();
    GHashTableIter each;
    gpointer name;
    g_hash_table_iter_init(&each, seals);
    while (g_hash_table_iter_next(&each, &name, NULL))
        g_ptr_array_add(gone, name);
    g_ptr_array_sort(gone, compare_text);
    for (guint i = 0; i < gone->len; i++)
        fault_add(faults, _("%s: was written, but is gone"), (const char *)gone->pdata[i]);
    return true;
}

/* "trigger mark_kept" → its SQL. */
static GHashTable *load_schema(sqlite3 *db)
{
    GHashTable *schema = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(db,
                           "SELECT type || ' ' || name, ifnull(sql, '') FROM sqlite_master"
                           " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                           -1, &row, NULL) == SQLITE_OK) {
        while (sqlite3_step(row) == SQLITE_ROW)
            g_hash_table_insert(schema, sql_text(row, 0), sql_text(row, 1));
    }
    sqlite3_finalize(row);
    return schema;
}

bool chain_verify_schema(Store *store, GPtrArray *faults, GError **error)
{
    sqlite3 *db = NULL;
    g_autofree char *text = schema_text(0);
    bool made =
        sqlite3_open(":memory:", &db) == SQLITE_OK && sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    g_autoptr(GHashTable) wanted = load_schema(db), found = load_schema(store->db);
    if (!made)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s/survey.db: %s"), store->dir,
                    sqlite3_errmsg(db));
    sqlite3_close(db);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(wanted), (GCompareFunc)strcmp);
    for (GList *name = names; name; name = name->next) {
        const char *sql = g_hash_table_lookup(found, name->data);
        if (!sql)
            fault_add(faults, _("survey.db: %s was taken away"), (const char *)name->data);
        else if (!g_str_equal(sql, g_hash_table_lookup(wanted, name->data)))
            fault_add(faults, _("survey.db: %s is not as phieu makes it"), (const char *)name->data);
        g_hash_table_remove(found, name->data);
    }
    g_autoptr(GList) more = g_list_sort(g_hash_table_get_keys(found), (GCompareFunc)strcmp);
    for (GList *name = more; name; name = name->next)
        fault_add(faults, _("survey.db: %s was added by another hand than phieu's"),
                  (const char *)name->data);
    return made;
}
