/* Answers the machine is sure of, drawn by lot for people to check. */
#include <string.h>

#include "store/looks.h"

/* What may be drawn. */
typedef struct {
    char *serial, *question, *value;
    double lot;
} Lot;

static void lot_free(gpointer data)
{
    Lot *lot = data;
    g_free(lot->serial);
    g_free(lot->question);
    g_free(lot->value);
    g_free(lot);
}

static gint compare_lots(gconstpointer a, gconstpointer b)
{
    const Lot *first = *(Lot *const *)a, *second = *(Lot *const *)b;
    return (first->lot > second->lot) - (first->lot < second->lot);
}

/* Whether the reading counts, and the question is answered in boxes. */
static bool may_be_drawn(const Store *store, const Returned *returned, sqlite3_stmt *row, const Lot *lot)
{
    const SurveyQuestion *asked = returned_question(store, returned, sqlite3_column_int(row, 1),
                                                    sqlite3_column_int64(row, 0), lot->question);
    return asked && asked->scale;
}

/* All that may be drawn, in the order of their lots; NULL: failure. */
static GPtrArray *load_lots(Store *store, int seed, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new(), lots = g_ptr_array_new_with_free_func(lot_free);
    g_autoptr(GHashTable) ballots = returned_load(store, "", sorted, error);
    sqlite3_stmt *row =
        ballots ? sql_bind(store, error,
                           NEWEST_READINGS
                           " AND r.state = 0 AND NOT " READING_IS("answer") " AND NOT " READING_IS("draw"),
                           "t", "")
                : NULL;
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        Lot one = {.serial = sql_text(row, 2), .question = sql_text(row, 3), .value = sql_text(row, 4)};
        one.lot = ballot_draw(seed, one.serial, one.question);
        Lot *lot = g_memdup2(&one, sizeof one);
        if (may_be_drawn(store, g_hash_table_lookup(ballots, one.serial), row, lot))
            g_ptr_array_add(lots, lot);
        else
            lot_free(lot);
    }
    if (more != 0)
        return NULL;
    g_ptr_array_sort(lots, compare_lots);
    return g_steal_pointer(&lots);
}

static bool add_draws(Store *store, const GPtrArray *lots, int count, int seed, const char *who,
                      GError **error)
{
    if (!lots->len) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("there is no answer the machine is sure of that was not drawn or decided already"));
        return false;
    }
    g_autofree char *reason = g_strdup_printf("lot of seed %d", seed);
    for (int i = 0; i < count; i++) {
        const Lot *lot = lots->pdata[i];
        if (!decision_add(store, "draw", lot->serial, lot->question, 0, lot->value, who, reason, error))
            return false;
    }
    return true;
}

bool store_draw_answers(Store *store, int count, int seed, const char *who, int *ret_drawn, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    g_autoptr(GPtrArray) lots = load_lots(store, seed, error);
    int drawn = lots ? MIN(count, (int)lots->len) : 0;
    if (lots && add_draws(store, lots, drawn, seed, who, error) && sql_commit(store, error)) {
        *ret_drawn = drawn;
        return true;
    }
    sql_rollback(store);
    return false;
}

bool store_count_draws(Store *store, StoreDraws *ret, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) ballots = returned_load(store, "", sorted, error);
    g_autoptr(GHashTable) looks = ballots ? looks_load(store, "", error) : NULL;
    sqlite3_stmt *row =
        looks ? sql_bind(store, error, "SELECT serial, question, value FROM standing WHERE kind = 'draw'", "")
              : NULL;
    StoreDraws draws = {0};
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        g_autofree char *serial = sql_text(row, 0), *question = sql_text(row, 1), *value = sql_text(row, 2);
        const Returned *returned = g_hash_table_lookup(ballots, serial);
        AnswerLooks judged = looks_judge(store, returned ? returned->ballot : NULL, question,
                                         looks_find(looks, serial, question));
        draws.drawn++;
        draws.seen += judged.settled != NULL;
        draws.otherwise += judged.settled && !g_str_equal(judged.settled->value, value);
    }
    if (more == 0)
        *ret = draws;
    return more == 0;
}
