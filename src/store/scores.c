/* Imported scores: every import is a version, none replaces another. */
#include "store/sql.h"

void store_score_free(StoreScore *score)
{
    if (!score)
        return;
    g_free(score->agency);
    g_free(score->leaf);
    rational_free(score->points);
    g_free(score->evidence);
    g_free(score->note);
    g_free(score->source);
    g_free(score);
}

static bool insert_scores(Store *store, int64_t import_id, const GPtrArray *scores, GError **error)
{
    for (guint i = 0; i < scores->len; i++) {
        const StoreScore *score = scores->pdata[i];
        g_autofree char *points = score->points ? rational_to_exact(score->points) : NULL;
        if (!sql_run(store, error, "INSERT INTO score VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", "itttttt",
                     import_id, score->agency, score->leaf, points, score->evidence, score->note,
                     score->source))
            return false;
    }
    return true;
}

bool store_add_scores(Store *store, StoreScoreKind kind, const char *file, const char *sha256,
                      const GPtrArray *scores, int *ret_version, GError **error)
{
    int64_t version;
    if (!sql_begin(store, error))
        return false;
    g_autofree char *at = sql_now();
    bool done =
        sql_number(store, error, 1, &version,
                   "SELECT ifnull(max(version), 0) + 1 FROM import_ WHERE kind = ?1", "i", (int64_t)kind) &&
        sql_run(store, error,
                "INSERT INTO import_ (kind, version, name, sha256, at) VALUES (?1, ?2, ?3, ?4, ?5)", "iittt",
                (int64_t)kind, version, file, sha256, at) &&
        insert_scores(store, sqlite3_last_insert_rowid(store->db), scores, error);
    g_autofree char *detail = g_strdup_printf("%s %s", file, sha256);
    static const char *const actions[] = {"import self", "import appraised", "import previous"};
    if (done && store_log(store, "phieu", actions[kind], detail, error) && sql_commit(store, error)) {
        *ret_version = (int)version;
        return true;
    }
    sql_rollback(store);
    return false;
}

bool store_count_score_versions(Store *store, StoreScoreKind kind, const char *agency, int *ret_count,
                                GError **error)
{
    int64_t count;
    if (!sql_number(store, error, 0, &count,
                    "SELECT count(*) FROM import_ i WHERE i.kind = ?1 AND EXISTS"
                    " (SELECT 1 FROM score s WHERE s.import_ = i.id AND s.agency = ?2)",
                    "it", (int64_t)kind, agency))
        return false;
    *ret_count = (int)count;
    return true;
}

/* "n/d" or "n" as written by rational_to_exact. */
static Rational *parse_exact(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    g_autoptr(Rational) n = rational_parse(parts[0], NULL);
    g_autoptr(Rational) d = n && parts[1] ? rational_parse(parts[1], NULL) : NULL;
    if (n && parts[1])
        return d && rational_sign(d) ? rational_div(n, d) : NULL;
    return g_steal_pointer(&n);
}

GPtrArray *store_load_scores(Store *store, StoreScoreKind kind, GError **error)
{
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT s.agency, s.leaf, s.points, s.evidence, s.note, s.source FROM score s"
                 " JOIN import_ i ON i.id = s.import_ WHERE i.kind = ?1 AND i.version ="
                 " (SELECT max(v.version) FROM import_ v JOIN score t ON t.import_ = v.id"
                 "  WHERE v.kind = ?1 AND t.agency = s.agency) ORDER BY s.agency, s.leaf",
                 "i", (int64_t)kind);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        StoreScore *score = g_new0(StoreScore, 1);
        g_autofree char *points = sql_text(row, 2);
        *score = (StoreScore){sql_text(row, 0), sql_text(row, 1), *points ? parse_exact(points) : NULL,
                              sql_text(row, 3), sql_text(row, 4), sql_text(row, 5)};
        g_ptr_array_add(scores, score);
    }
    return more == 0 ? g_steal_pointer(&scores) : NULL;
}
