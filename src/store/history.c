/* The log line by line, and of every decision what held before it and since: the decisions are gone through
 * in the order they were taken, each subject with the words that stand on it. */
#include <string.h>

#include "store/entered.h"

void store_log_line_free(StoreLogLine *line)
{
    if (!line)
        return;
    g_free(line->at);
    g_free(line->who);
    g_free(line->action);
    g_free(line->detail);
    g_free(line->serial);
    g_free(line->question);
    g_free(line->before);
    g_free(line->before_by);
    g_free(line->after);
    g_free(line->reason);
    g_free(line->kind);
    g_free(line->about);
    g_free(line);
}

/* A word that stands on a subject; decision 0 is what was there before anybody decided. */
typedef struct {
    int64_t decision;
    char *value, *who;
} Word;

static void word_clear(gpointer data)
{
    Word *word = data;
    g_free(word->value);
    g_free(word->who);
}

typedef struct {
    GHashTable *words;    /* subject → GArray of Word */
    GHashTable *subjects; /* decision → subject, borrowed from `words` */
} History;

static GArray *words_on(History *history, const char *subject)
{
    GArray *words = g_hash_table_lookup(history->words, subject);
    if (!words) {
        words = g_array_new(FALSE, FALSE, sizeof(Word));
        g_array_set_clear_func(words, word_clear);
        g_hash_table_insert(history->words, g_strdup(subject), words);
    }
    return words;
}

static void add_word(History *history, const char *subject, int64_t decision, const char *value,
                     const char *who)
{
    Word word = {decision, g_strdup(value), g_strdup(who)};
    g_array_append_val(words_on(history, subject), word);
}

/* What a decision is about, as one text: a ballot's answer, its cell, one of its pages … */
static char *subject_of(const char *kind, const char *serial, const char *question, int64_t page,
                        const char *value)
{
    bool answer = g_str_equal(kind, "answer") || g_str_equal(kind, "text");
    bool waiver = g_str_equal(kind, "waive"), treatment = g_str_equal(kind, "treat");
    g_autofree char *agency = treatment ? g_strndup(value, strcspn(value, "|")) : g_strdup("");
    return g_strdup_printf("%s\n%s\n%s\n%lld\n%s", answer ? "answer" : kind, serial, question,
                           (long long)page, waiver ? value : agency);
}

/* What a subject says beside ballot and question. */
static void take_about(StoreLogLine *line, const char *subject)
{
    g_auto(GStrv) parts = g_strsplit(subject, "\n", 5);
    bool answer = g_str_equal(parts[0], "answer") && !g_str_equal(line->action, "undo");
    int64_t page = 0;
    number_parse_int(parts[3], INT64_MIN, INT64_MAX, &page, NULL);
    line->kind = g_strdup(answer ? line->action : parts[0]);
    line->about = page ? store_page_name(page) : g_strdup(parts[4]);
}

/* What holds by a decision, as one word. */
static char *outcome_of(const char *kind, const char *value, int64_t page)
{
    if (g_str_equal(kind, "duplicate"))
        return g_strdup_printf("%s%" G_GINT64_FORMAT, page < 0 ? "H" : "", ABS(page));
    const char *word = decision_outcome(kind);
    if (word)
        return g_strdup(word);
    const char *bar = g_str_equal(kind, "treat") ? strchr(value, '|') : NULL;
    return g_strdup(bar ? bar + 1 : value);
}

/* What the machine reads on the scans of a ballot that count. */
static bool add_readings(Store *store, History *history, const Returned *returned, GError **error)
{
    GHashTableIter iter;
    gpointer page_id;
    g_hash_table_iter_init(&iter, returned->chosen);
    while (g_hash_table_iter_next(&iter, NULL, &page_id)) {
        sqlite3_stmt *row =
            sql_bind(store, error,
                     "SELECT question, value, max(generation) FROM reading WHERE page = ?1 GROUP BY question",
                     "i", (int64_t)GPOINTER_TO_SIZE(page_id));
        int more = -1;
        while (row && (more = sql_step(store, row, error)) > 0) {
            g_autofree char *question = sql_text(row, 0), *value = sql_text(row, 1);
            g_autofree char *subject = subject_of("answer", returned->ballot->serial, question, 0, "");
            add_word(history, subject, 0, value, "machine");
        }
        if (more != 0)
            return false;
    }
    return true;
}

/* What was there before anybody decided: the machine's answers, and the cells ballots were issued for. */
static bool add_beginnings(Store *store, History *history, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) all = returned_load(store, "", sorted, error);
    for (guint i = 0; all && i < sorted->len; i++) {
        const Returned *returned = sorted->pdata[i];
        if (!add_readings(store, history, returned, error))
            return false;
        g_autofree char *subject = subject_of("assign", returned->ballot->serial, "", 0, "");
        if (returned->issued)
            add_word(history, subject, 0, returned->printed, "phieu");
    }
    return all != NULL;
}

static const Word *newest(const GArray *words)
{
    return words->len ? &g_array_index(words, Word, words->len - 1) : NULL;
}

/* Takes the word of a decision away from its subject. */
static void remove_word(GArray *words, int64_t decision)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_array_index(words, Word, i).decision == decision) {
            g_array_remove_index(words, i);
            return;
        }
    }
}

/* A page entered by hand is a word on each of its answers, too; taken back, on none. */
static void apply_entry(History *history, const char *serial, const char *value, int64_t decision,
                        const char *who, bool undo)
{
    g_auto(GStrv) parts = g_strsplit(value, ENTERED_BETWEEN, -1);
    for (char **part = parts; *part; part++) {
        char *equals = strchr(*part, '=');
        if (!equals)
            continue;
        g_autofree char *question = g_strndup(*part, (gsize)(equals - *part));
        g_autofree char *subject = subject_of("answer", serial, question, 0, "");
        if (undo)
            remove_word(words_on(history, subject), decision);
        else
            add_word(history, subject, decision, equals + 1, who);
    }
}

/* Goes one decision on: the line is told what held before it, and what holds since. */
static void apply_decision(History *history, StoreLogLine *line, int64_t page, int64_t ballot_page,
                           const char *value)
{
    bool undo = g_str_equal(line->action, "undo");
    g_autofree char *own = undo ? NULL
                                : subject_of(line->action, line->serial, line->question,
                                             ballot_page ? ballot_page : page, value);
    const char *subject = undo ? g_hash_table_lookup(history->subjects, GSIZE_TO_POINTER((gsize)page)) : own;
    if (!subject)
        return;
    take_about(line, subject);
    GArray *words = words_on(history, subject);
    const Word *before = newest(words);
    line->before = g_strdup(before ? before->value : "");
    line->before_by = g_strdup(before ? before->who : "");
    line->takes_back = undo ? page : 0;
    g_autofree char *outcome = outcome_of(line->action, value, page);
    if (undo)
        remove_word(words, page);
    else
        add_word(history, subject, line->decision, outcome, line->who);
    gpointer kept = NULL;
    g_hash_table_lookup_extended(history->words, subject, &kept, NULL);
    g_hash_table_insert(history->subjects, GSIZE_TO_POINTER((gsize)line->decision), kept);
    if (g_str_has_prefix(subject, "enter\n"))
        apply_entry(history, line->serial, value, undo ? page : line->decision, line->who, undo);
    const Word *after = newest(words);
    line->after = g_strdup(after ? after->value : "");
}

static StoreLogLine *read_line(History *history, sqlite3_stmt *row)
{
    StoreLogLine *line = g_new0(StoreLogLine, 1);
    *line = (StoreLogLine){.id = sqlite3_column_int64(row, 0),
                           .at = sql_text(row, 1),
                           .who = sql_text(row, 2),
                           .action = sql_text(row, 3),
                           .detail = sql_text(row, 4),
                           .decision = sqlite3_column_int64(row, 5),
                           .serial = sql_text(row, 6),
                           .question = sql_text(row, 7),
                           .reason = sql_text(row, 10)};
    g_autofree char *value = sql_text(row, 9);
    if (line->decision)
        apply_decision(history, line, sqlite3_column_int64(row, 8), sqlite3_column_int64(row, 11), value);
    return line;
}

GPtrArray *store_load_log(Store *store, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)store_log_line_free);
    g_autoptr(GHashTable) words =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    g_autoptr(GHashTable) subjects = g_hash_table_new(NULL, NULL);
    History history = {words, subjects};
    if (!add_beginnings(store, &history, error))
        return NULL;
    /* The log has every decision, in the same order: store_verify() stands on it, too. */
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "WITH d AS (SELECT *, row_number() OVER (ORDER BY id) AS n FROM decision),"
                 " l AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM log WHERE action IN"
                 "  (" DECISION_KINDS "))"
                 " SELECT g.id, g.at, g.who, g.action, g.detail, d.id, d.serial, d.question, d.page, d.value,"
                 " d.reason, CASE WHEN d.kind <> 'duplicate' THEN NULL WHEN d.page < 0 THEN -d.page"
                 " ELSE (SELECT p.page FROM page p WHERE p.id = d.page) END"
                 " FROM log g LEFT JOIN l ON l.id = g.id LEFT JOIN d ON d.n = l.n ORDER BY g.id",
                 "");
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0)
        g_ptr_array_add(lines, read_line(&history, row));
    return more == 0 ? g_steal_pointer(&lines) : NULL;
}
