/* Scans: files archived, pages and their marks as read. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/sql.h"

static const char *const outcome_ids[] = {"read", "refused", "blank", "cover"};

const char *store_page_outcome_id(StorePageOutcome outcome)
{
    return outcome_ids[outcome];
}

static void mark_clear(gpointer data)
{
    StoreMark *mark = data;
    g_free(mark->question);
    g_free(mark->option);
}

static void field_clear(gpointer data)
{
    StoreField *field = data;
    g_free(field->question);
    store_draft_clear(&field->draft);
}

StorePage *store_page_new(void)
{
    StorePage *page = g_new0(StorePage, 1);
    page->reason = g_strdup("");
    page->detail = g_strdup("");
    page->form = g_strdup("");
    page->layout_fingerprint = g_strdup("");
    page->serial = g_strdup("");
    page->group = g_strdup("");
    page->agency = g_strdup("");
    page->origin = g_strdup("");
    page->reader = g_strdup("");
    page->marks = g_array_new(FALSE, TRUE, sizeof(StoreMark));
    g_array_set_clear_func(page->marks, mark_clear);
    page->fields = g_array_new(FALSE, TRUE, sizeof(StoreField));
    g_array_set_clear_func(page->fields, field_clear);
    return page;
}

void store_page_free(StorePage *page)
{
    if (!page)
        return;
    g_free(page->reason);
    g_free(page->detail);
    g_free(page->form);
    g_free(page->layout_fingerprint);
    g_free(page->serial);
    g_free(page->group);
    g_free(page->agency);
    g_free(page->origin);
    g_free(page->reader);
    g_array_unref(page->marks);
    g_array_unref(page->fields);
    g_free(page);
}

void store_file_free(StoreFile *file)
{
    if (!file)
        return;
    g_free(file->sha256);
    g_free(file->name);
    g_free(file->archived);
    g_free(file->refused_reason);
    g_free(file->refused_detail);
    g_free(file);
}

StoreFile *store_find_file(Store *store, const char *sha256, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT id, sha256, name, archived, pages, reason, detail,"
                 " (SELECT count(*) FROM newest_page p WHERE p.file = f.id), attempt,"
                 " EXISTS (SELECT 1 FROM standing d WHERE d.kind = 'settle' AND d.page = -f.id)"
                 " FROM newest_file f WHERE sha256 = ?1",
                 "t", sha256);
    if (!row || sql_step(store, row, error) != 1)
        return NULL;
    StoreFile *file = g_new0(StoreFile, 1);
    *file = (StoreFile){.id = sqlite3_column_int64(row, 0),
                        .sha256 = sql_text(row, 1),
                        .name = sql_text(row, 2),
                        .archived = sql_text(row, 3),
                        .pages = sqlite3_column_int(row, 4),
                        .refused_reason = sql_text(row, 5),
                        .refused_detail = sql_text(row, 6),
                        .pages_stored = sqlite3_column_int(row, 7),
                        .attempt = sqlite3_column_int(row, 8),
                        .settled = sqlite3_column_int(row, 9) != 0};
    sqlite3_reset(row);
    return file;
}

/* ---- the archive
 * ---------------------------------------------------------------------------------------------------- */

static bool copy_bytes(FILE *from, FILE *to, Sha256 *sum)
{
    char buffer[1 << 16];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, from)) > 0) {
        sha256_add(sum, buffer, length);
        if (fwrite(buffer, 1, length, to) != length)
            return false;
    }
    return !ferror(from) && fflush(to) == 0 && fsync(fileno(to)) == 0;
}

/* Where in the workspace a scan with those bytes is kept. */
static char *archive_place(const char *path, const char *sha256)
{
    const char *dot = strrchr(path, '.');
    g_autofree char *extension =
        dot && strlen(dot) <= 6 && !strchr(dot, '/') ? g_ascii_strdown(dot, -1) : g_strdup("");
    for (char *c = extension; *c; c++) {
        if (*c != '.' && !g_ascii_isalnum(*c))
            *c = '_';
    }
    return g_strdup_printf("scans/%.2s/%s%s", sha256, sha256, extension);
}

/* Copies an open scan to `full` by way of a partial file; *ret_same: the bytes were those of the hash. */
static bool copy_complete(FILE *from, const char *full, const char *sha256, bool *ret_same)
{
    g_autofree char *folder = g_path_get_dirname(full), *partial = g_strconcat(full, ".part", NULL);
    FILE *to = g_mkdir_with_parents(folder, 0755) == 0 ? g_fopen(partial, "wbe") : NULL;
    if (!to)
        return false;
    Sha256 *sum = sha256_new();
    bool copied = copy_bytes(from, to, sum);
    int failure = errno;
    g_autofree char *hash = sha256_end(sum);
    if (fclose(to) != 0 && copied) {
        copied = false;
        failure = errno;
    }
    *ret_same = copied && g_str_equal(hash, sha256);
    if (*ret_same && g_rename(partial, full) == 0)
        return true;
    if (*ret_same)
        failure = errno;
    g_unlink(partial);
    errno = failure;
    return copied && !*ret_same;
}

/* Copies a scan into the archive: complete under its name, or not there. What is there already under `known`,
 * or by whatever name it came in, is not copied again. */
static char *archive(Store *store, const char *path, const StoreFile *known, const char *sha256,
                     GError **error)
{
    g_autofree char *relative =
        known && *known->archived ? g_strdup(known->archived) : archive_place(path, sha256);
    g_autofree char *full = g_build_filename(store->dir, relative, NULL);
    if (g_file_test(full, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&relative);
    FILE *from = g_fopen(path, "rbe");
    bool same = true, copied = from && copy_complete(from, full, sha256, &same);
    int failure = errno;
    if (from)
        fclose(from);
    if (copied && same)
        return g_steal_pointer(&relative);
    g_autofree char *shown = text_printable(path), *folder = g_path_get_dirname(full);
    if (copied || (!from && failure == ENOENT))
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("%s: the file was changed while it was being read; give it again once it is whole"),
                    shown);
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, _("%s: cannot be copied into the archive %s: %s"),
                    shown, folder, failure_words(failure));
    return NULL;
}

static bool insert_file(Store *store, const char *name, const char *sha256, int attempt, const char *archived,
                        int pages, const char *reason, const char *detail, GError **error)
{
    g_autofree char *shown = text_printable(name);
    g_autofree char *at = sql_now();
    return sql_add(store, error,
                   "INSERT INTO file (sha256, attempt, name, archived, pages, reason, detail, at)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                   "tittittt", sha256, (int64_t)attempt, shown, archived, (int64_t)pages, reason, detail, at);
}

StoreFile *store_add_file(Store *store, const char *path, const char *name, const char *sha256, int pages,
                          bool *ret_known, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreFile *known = store_find_file(store, sha256, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    if (known && known->pages >= 0) {
        *ret_known = true;
        return known;
    }
    int attempt = known ? known->attempt + 1 : 0;
    g_autofree char *archived = archive(store, path, known, sha256, error);
    store_file_free(known);
    if (!archived || !insert_file(store, name, sha256, attempt, archived, pages, "", "", error))
        return NULL;
    *ret_known = false;
    return store_find_file(store, sha256, error);
}

/* Where the bytes of a refused file are kept, newly allocated: "" where there are too many of them. */
static char *archive_refused(Store *store, const char *path, const StoreFile *known, const char *sha256,
                             GError **error)
{
    GStatBuf info;
    if (g_stat(path, &info) == 0 && info.st_size > STORE_FILE_MAX_BYTES)
        return g_strdup("");
    return archive(store, path, known, sha256, error);
}

StoreFile *store_refuse_file(Store *store, const char *path, const char *name, const char *sha256,
                             const char *reason, const char *detail, GError **error)
{
    g_autoptr(GError) cause = NULL;
    StoreFile *known = store_find_file(store, sha256, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    if (known && known->pages >= 0)
        return known;
    g_autofree char *archived = archive_refused(store, path, known, sha256, error);
    bool told = archived && known && g_str_equal(known->refused_reason, reason) &&
                g_str_equal(known->refused_detail, detail) && g_str_equal(known->archived, archived);
    if (told)
        return known;
    int attempt = known ? known->attempt + 1 : 0;
    store_file_free(known);
    if (!archived || !insert_file(store, name, sha256, attempt, archived, -1, reason, detail, error))
        return NULL;
    return store_find_file(store, sha256, error);
}

GArray *store_pending_pages(Store *store, int64_t file_id, bool again, GError **error)
{
    int64_t pages;
    if (!sql_number(store, error, 0, &pages, "SELECT pages FROM file WHERE id = ?1", "i", file_id))
        return NULL;
    g_autofree bool *stored = g_new0(bool, MAX(pages, 0) + 1);
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT idx FROM newest_page p WHERE file = ?1 AND NOT (?2 AND outcome = 1 AND"
                 " NOT EXISTS (SELECT 1 FROM standing d WHERE d.kind = 'settle' AND d.page = p.id))",
                 "ii", file_id, (int64_t)again);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        int64_t index = sqlite3_column_int64(row, 0);
        if (index >= 0 && index < pages)
            stored[index] = true;
    }
    if (more != 0)
        return NULL;
    GArray *pending = g_array_new(FALSE, FALSE, sizeof(int));
    for (int i = 0; i < pages; i++) {
        if (!stored[i])
            g_array_append_val(pending, i);
    }
    return pending;
}

/* ---- pages
 * -----------------------------------------------------------------------------------------------------------
 */

static bool insert_marks(Store *store, int64_t page_id, const StorePage *page, GError **error)
{
    for (guint i = 0; i < page->marks->len; i++) {
        const StoreMark *mark = &g_array_index(page->marks, StoreMark, i);
        sqlite3_stmt *row = sql_bind(
            store, error, "INSERT INTO mark VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            "iittbdddidddi", page_id, (int64_t)i, mark->question, mark->option, &mark->measures,
            (int)sizeof mark->measures, mark->place.shift_x_mm, mark->place.shift_y_mm, mark->place.match,
            (int64_t)mark->decision.state, mark->decision.p_marked, mark->decision.p_cancelled,
            mark->decision.confidence, (int64_t)mark->decision.reasons);
        if (!row || sql_step(store, row, error) != 0)
            return false;
    }
    return true;
}

static bool insert_fields(Store *store, int64_t page_id, const StorePage *page, GError **error)
{
    for (guint i = 0; i < page->fields->len; i++) {
        const StoreField *field = &g_array_index(page->fields, StoreField, i);
        if (!sql_run(store, error, "INSERT INTO field VALUES (?1, ?2, ?3, ?4)", "itdi", page_id,
                     field->question, field->found.ink_mm2, (int64_t)field->found.written) ||
            !store_add_draft(store, page_id, field->question, &field->draft, error))
            return false;
    }
    return true;
}

/* The decided boxes of one question of a page, in the order of the scale. */
static int collect_boxes(const GArray *marks, const SurveyQuestion *question, AnswerBox *boxes, int max)
{
    int count = 0;
    for (guint o = 0; question->scale && o < question->scale->options->len; o++) {
        const SurveyOption *option = question->scale->options->pdata[o];
        for (guint i = 0; i < marks->len && count < max; i++) {
            const StoreMark *mark = &g_array_index(marks, StoreMark, i);
            if (g_str_equal(mark->question, question->id) && g_str_equal(mark->option, option->id))
                boxes[count++] = (AnswerBox){option, mark->decision};
        }
    }
    return count;
}

#define MAX_BOXES 64

bool store_read_answer(const SurveyQuestion *question, const GArray *marks, double limit, Answer *ret)
{
    AnswerBox boxes[MAX_BOXES];
    int count = collect_boxes(marks, question, boxes, MAX_BOXES);
    if (count > 0)
        ballot_read_answer(question, boxes, count, limit, ret);
    return count > 0;
}

bool store_read_answers(Store *store, int64_t page_id, const char *form_id, const GArray *marks,
                        int generation, int *ret_waiting, GError **error)
{
    const SurveyForm *form = survey_form(store->survey, form_id);
    double target = store->survey->rules.target_error, limit = mark_limits(target).max_error;
    for (guint q = 0; form && q < form->questions->len; q++) {
        const SurveyQuestion *question = form->questions->pdata[q];
        Answer answer = {0};
        if (!store_read_answer(question, marks, limit, &answer))
            continue;
        bool stored = sql_run(store, error, "INSERT INTO reading VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                              "ititidit"
                              "d",
                              page_id, question->id, (int64_t)generation, answer.value, (int64_t)answer.state,
                              answer.confidence, (int64_t)answer.reasons, mark_model_id(), target);
        if (ret_waiting)
            *ret_waiting += answer.state == ANSWER_WAITING;
        answer_clear(&answer);
        if (!stored)
            return false;
    }
    return true;
}

/* A ballot printed by others enters the roster when it is first seen. */
static bool enrol_foreign(Store *store, const StorePage *page, GError **error)
{
    g_autofree char *at = sql_now();
    return sql_run(store, error, "INSERT OR IGNORE INTO issued VALUES (?1, NULL, ?2, ?3, ?4, ?5, ?6, ?7)",
                   "ttttttt", page->serial, page->form, page->layout_fingerprint, page->group, page->agency,
                   page->origin, at);
}

static bool insert_page(Store *store, int64_t file_id, int64_t attempt, const StorePage *page, GError **error)
{
    g_autofree char *at = sql_now();
    return sql_run(
        store, error,
        "INSERT INTO page (file, idx, attempt, outcome, reason, detail, form, layout, serial, page, grp, "
        "agency, "
        "origin,"
        " expected, map, turns, residual_mm, worst_mm, scale, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        "iiiitttttitttibiddd"
        "t",
        file_id, (int64_t)page->index, attempt, (int64_t)page->outcome, page->reason, page->detail,
        page->form, page->layout_fingerprint, page->serial, (int64_t)page->page, page->group, page->agency,
        page->origin, (int64_t)page->expected, &page->map, (int)sizeof page->map,
        (int64_t)page->quarter_turns, page->residual_mm, page->worst_mm, page->scale, at);
}

/* Stores an attempt at a page, in one transaction; none when `attempt` is negative. */
static bool add_attempt(Store *store, int64_t file_id, int64_t attempt, const StorePage *page,
                        int *ret_waiting, GError **error)
{
    int waiting = 0;
    bool done = attempt < 0 || insert_page(store, file_id, attempt, page, error);
    if (done && attempt >= 0) {
        int64_t id = sqlite3_last_insert_rowid(store->db);
        done = sql_run(store, error, "INSERT INTO read_by VALUES (?1, ?2)", "it", id, page->reader) &&
               insert_marks(store, id, page, error) && insert_fields(store, id, page, error) &&
               (!page->foreign || enrol_foreign(store, page, error)) &&
               store_read_answers(store, id, page->form, page->marks, 0, &waiting, error);
    }
    if (done && ret_waiting)
        *ret_waiting = waiting;
    return done;
}

bool store_add_page(Store *store, int64_t file_id, const StorePage *page, int *ret_waiting, GError **error)
{
    int64_t there;
    if (!sql_begin(store, error))
        return false;
    if (sql_number(store, error, 0, &there, "SELECT count(*) FROM page WHERE file = ?1 AND idx = ?2", "ii",
                   file_id, (int64_t)page->index) &&
        add_attempt(store, file_id, there > 0 ? -1 : 0, page, ret_waiting, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool store_add_page_again(Store *store, int64_t file_id, const StorePage *page, int *ret_waiting,
                          GError **error)
{
    int64_t attempt;
    if (!sql_begin(store, error))
        return false;
    if (sql_number(store, error, -1, &attempt,
                   "SELECT attempt + 1 FROM newest_page WHERE file = ?1 AND idx = ?2 AND outcome = 1 AND NOT"
                   " (outcome = ?3 AND reason = ?4 AND detail = ?5 AND serial = ?6)",
                   "iiittt", file_id, (int64_t)page->index, (int64_t)page->outcome, page->reason,
                   page->detail, page->serial) &&
        add_attempt(store, file_id, attempt, page, ret_waiting, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool store_identify_page(Store *store, int64_t page_id, const StorePage *page, const char *who,
                         const char *reason, int *ret_waiting, GError **error)
{
    int64_t file_id, attempt;
    g_autofree char *number = g_strdup_printf("%d", page->page);
    if (!sql_begin(store, error))
        return false;
    const char *which = "FROM newest_page p WHERE p.id = ?1 AND p.idx = ?2 AND p.outcome = 1 AND NOT EXISTS"
                        " (SELECT 1 FROM standing d WHERE d.kind = 'settle' AND d.page = p.id)";
    g_autofree char *of_file = g_strconcat("SELECT p.file ", which, NULL),
                    *of_attempt = g_strconcat("SELECT p.attempt ", which, NULL);
    bool done = sql_number(store, error, -1, &file_id, of_file, "ii", page_id, (int64_t)page->index) &&
                sql_number(store, error, -1, &attempt, of_attempt, "ii", page_id, (int64_t)page->index);
    if (done && attempt < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("no refused page that nobody has dealt with has ID %lld"), (long long)page_id);
        done = false;
    }
    if (done && add_attempt(store, file_id, attempt + 1, page, ret_waiting, error) &&
        decision_add(store, "identify", page->serial, "", page_id, number, who, reason, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}
