/* What people decide; and the machine deciding anew under other limits. */
#include <string.h>

#include "store/people.h"

/* The decision's row; who, reason and fact go with it into the log. Every decision comes through here, and so
 * is somebody's. */
static bool add_row(Store *store, const char *kind, const char *serial, const char *question, int64_t page_id,
                    const char *value, const char *by, const char *reason, const char *fact, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    g_autofree char *who = people_decider(store, by, error);
    if (!who) {
        sql_rollback(store);
        return false;
    }
    g_autofree char *at = sql_now();
    g_autofree char *detail =
        g_strdup_printf("%s %s %lld = %s (%s)%s%s%s", serial, question, (long long)page_id, value, reason,
                        *fact ? " [" : "", fact, *fact ? "]" : "");
    bool added = sql_run(store, error,
                         "INSERT INTO decision (kind, serial, question, page, value, who, reason, at, fact)"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                         "tttittttt", kind, serial, question, page_id, value, who, reason, at, fact);
    store->last_decision = sqlite3_last_insert_rowid(store->db);
    if (added && store_log(store, who, kind, detail, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

int64_t store_last_decision(const Store *store)
{
    return store->last_decision;
}

bool decision_add(Store *store, const char *kind, const char *serial, const char *question, int64_t page_id,
                  const char *value, const char *who, const char *reason, GError **error)
{
    return add_row(store, kind, serial, question, page_id, value, who, reason, "", error);
}

bool decision_add_fact(Store *store, const char *kind, const char *value, const char *fact, const char *who,
                       const char *reason, GError **error)
{
    return add_row(store, kind, "", "", 0, value, who, reason, fact, error);
}

/* The decisions meant by decision_undo_all(): an array of row numbers. */
static GArray *find_standing(Store *store, const char *kind, const char *question, const char *value,
                             GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(int64_t));
    sqlite3_stmt *row = sql_bind(store, error,
                                 "SELECT id FROM standing WHERE kind = ?1 AND question = ?2 AND"
                                 " (value = ?3 OR substr(value, 1, length(?3) + 1) = ?3 || '|') ORDER BY id",
                                 "ttt", kind, question, value);
    int more = -1;
    while (row && (more = sql_step(store, row, error)) > 0) {
        int64_t number = sqlite3_column_int64(row, 0);
        g_array_append_val(found, number);
    }
    return more == 0 ? g_steal_pointer(&found) : NULL;
}

bool decision_undo_all(Store *store, const char *kind, const char *question, const char *value,
                       const char *who, const char *reason, int *ret_count, GError **error)
{
    if (!sql_begin(store, error))
        return false;
    g_autoptr(GArray) found = find_standing(store, kind, question, value, error);
    bool done = found != NULL;
    for (guint i = 0; done && i < found->len; i++)
        done = decision_add(store, "undo", "", question, g_array_index(found, int64_t, i), value, who, reason,
                            error);
    if (!done) {
        sql_rollback(store);
        return false;
    }
    *ret_count = (int)found->len;
    return sql_commit(store, error);
}

/* The form of a ballot of which a page was read or entered by hand; NULL with NOT_FOUND. */
static const SurveyForm *form_of(Store *store, const char *serial, GError **error)
{
    sqlite3_stmt *row =
        sql_bind(store, error,
                 "SELECT form FROM page WHERE serial = ?1 AND outcome = 0 UNION ALL"
                 " SELECT i.form FROM standing d JOIN roster i ON i.serial = d.serial WHERE d.serial = ?1"
                 " AND d.kind = 'enter' LIMIT 1",
                 "t", serial);
    int found = row ? sql_step(store, row, error) : -1;
    if (found <= 0) {
        if (found == 0)
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                        _("no page of ballot %s was read; see phieu status --all"), serial_shown(serial));
        return NULL;
    }
    g_autofree char *form = sql_text(row, 0);
    sqlite3_reset(row);
    const SurveyForm *known = survey_form(store->survey, form);
    if (!known)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("ballot %s: form '%s' is not in the definition"), serial_shown(serial), form);
    return known;
}

bool store_decide_answer(Store *store, const char *serial, const char *question, const char *value,
                         const char *who, const char *reason, GError **error)
{
    return decision_answer(store, serial, question, value, who, reason, "", error);
}

bool decision_answer(Store *store, const char *serial, const char *question, const char *value,
                     const char *who, const char *reason, const char *fact, GError **error)
{
    const SurveyForm *form = form_of(store, serial, error);
    if (!form)
        return false;
    const SurveyQuestion *asked = survey_form_question(form, question);
    if (!asked) {
        g_autofree char *shown = text_printable(question);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND, _("form '%s' has no question '%s'"), form->id,
                    shown);
        return false;
    }
    ValueKind kind;
    return ballot_value_kind(asked, value, &kind, error) &&
           add_row(store, asked->scale ? "answer" : "text", serial, question, 0, value, who, reason, fact,
                   error);
}

bool store_decide_duplicate(Store *store, const char *serial, int64_t page_id, const char *who,
                            const char *reason, GError **error)
{
    int64_t newest;
    if (!sql_begin(store, error))
        return false;
    bool done =
        sql_number(store, error, 0, &newest,
                   "SELECT max(o.id) FROM page p JOIN page o ON o.serial = p.serial AND o.page = p.page AND "
                   "o.outcome = 0"
                   " WHERE p.id = ?1 AND p.serial = ?2 AND p.outcome = 0",
                   "it", page_id, serial);
    if (done && newest == 0)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("ballot %s has no scanned page with ID %lld; see phieu resolve pages %s"),
                    serial_shown(serial), (long long)page_id, serial);
    g_autofree char *seen = g_strdup_printf("%lld", (long long)newest);
    if (done && newest && decision_add(store, "duplicate", serial, "", page_id, seen, who, reason, error))
        return sql_commit(store, error);
    sql_rollback(store);
    return false;
}

bool store_assign_ballot(Store *store, const char *serial, const SurveyCell *cell, const char *who,
                         const char *reason, GError **error)
{
    const SurveyForm *form = form_of(store, serial, error);
    if (!form)
        return false;
    if (!survey_group_takes(cell->group, form)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("ballot %s is of form '%s', but group '%s' fills in form '%s'"), serial_shown(serial),
                    form->id, cell->group->id, cell->group->form->id);
        return false;
    }
    g_autofree char *value =
        g_strdup_printf("%s|%s|%s", cell->group->id, cell->agency->code, cell->origin->code);
    return decision_add(store, "assign", serial, "", 0, value, who, reason, error);
}

bool store_reject_ballot(Store *store, const char *serial, const char *who, const char *reason,
                         GError **error)
{
    return form_of(store, serial, error) &&
           decision_add(store, "reject", serial, "", 0, "", who, reason, error);
}

bool store_settle_page(Store *store, int64_t page_id, const char *who, const char *reason, GError **error)
{
    int64_t refused;
    if (!sql_number(store, error, 0, &refused,
                    "SELECT (SELECT count(*) FROM newest_page WHERE id = ?1 AND outcome = 1)"
                    " + (SELECT count(*) FROM newest_file WHERE id = -?1 AND pages < 0)",
                    "i", page_id))
        return false;
    if (!refused) {
        g_autofree char *name = store_page_name(page_id);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_NOT_FOUND,
                    _("no refused page or file has ID %s; see phieu status --all"), name);
        return false;
    }
    return decision_add(store, "settle", "", "", page_id, "", who, reason, error);
}
