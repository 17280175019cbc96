/* Rows changed with the whole chain made to fit: what only one could do who has the program's sources. */
#ifndef PHIEU_FORGE_H
#define PHIEU_FORGE_H

#include "store/chain.h"

/* Runs SQL text after text that a query gave. */
static inline bool forge_run_all(sqlite3 *db, const GPtrArray *texts)
{
    bool done = true;
    for (guint i = 0; done && i < texts->len; i++)
        done = sqlite3_exec(db, texts->pdata[i], NULL, NULL, NULL) == SQLITE_OK;
    return done;
}

/* The first column of every row: GPtrArray of char*. */
static inline GPtrArray *forge_texts(sqlite3 *db, const char *sql)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK) {
        while (sqlite3_step(row) == SQLITE_ROW)
            g_ptr_array_add(texts, sql_text(row, 0));
    }
    sqlite3_finalize(row);
    return texts;
}

/* Changes the workspace by SQL and seals every row anew; its guards are as before. False with an error. */
static inline bool forge_rows(const char *dir, const char *sql, GError **error)
{
    g_autoptr(Store) store = store_open(dir, STORE_WORK, error);
    if (!store || sqlite3_exec(store->db, "PRAGMA foreign_keys = OFF", NULL, NULL, NULL) != SQLITE_OK ||
        !sql_begin(store, error))
        return false;
    g_autoptr(GPtrArray) guards =
        forge_texts(store->db, "SELECT sql FROM sqlite_master WHERE type = 'trigger'");
    g_autoptr(GPtrArray) drops =
        forge_texts(store->db, "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'");
    if (!forge_run_all(store->db, drops) || sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(store->db, "DELETE FROM sealed", NULL, NULL, NULL) != SQLITE_OK ||
        !forge_run_all(store->db, guards)) {
        sql_fail(store, error);
        return false;
    }
    chain_forget(store);
    return chain_seal_all(store, error) && sql_commit(store, error);
}

#endif
