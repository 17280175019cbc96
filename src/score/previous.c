/* The index of the year before, agency by agency. */
#include <string.h>

#include "score/sheet.h"

/* A file being read. */
typedef struct {
    const Survey *survey;
    const char *file;
    const Table *table;
    int agency, index, rank; /* columns; −1: none */
    GArray *hidden;          /* int: rows that are hidden and say something */
    GHashTable *seen;        /* agencies */
    GPtrArray *scores, *faults;
} Previous;

/* The column under one of two headings; −1 for none. */
static int find_column(const Table *table, const char *id, const char *heading)
{
    for (int column = 0; column < table_columns(table); column++) {
        g_autofree char *text = sheet_fold(table_cell(table, 0, column)->text);
        if (g_str_has_prefix(text, id) || g_str_has_prefix(text, heading))
            return column;
    }
    return -1;
}

static void add_fault(Previous *of, int row, int column, const char *what)
{
    ScoreFault *fault = g_new0(ScoreFault, 1);
    g_autofree char *address = table_address(row, column);
    g_autofree char *shown = text_printable(table_cell(of->table, row, column)->text);
    fault->text = g_strdup_printf("%s!%s: '%s': %s", of->file, address, shown, what);
    g_ptr_array_add(of->faults, fault);
}

static void add_figure(Previous *of, const SurveyAgency *agency, int row, int column, const char *leaf,
                       Rational *figure)
{
    StoreScore *score = g_new0(StoreScore, 1);
    g_autofree char *address = table_address(row, column);
    *score =
        (StoreScore){g_strdup(agency->code), g_strdup(leaf), figure,
                     g_strdup(""),           g_strdup(""),   g_strdup_printf("%s!%s", of->file, address)};
    g_ptr_array_add(of->scores, score);
}

/* An index in per cent. */
static void read_index(Previous *of, const SurveyAgency *agency, int row)
{
    const TableCell *cell = table_cell(of->table, row, of->index);
    g_autoptr(GError) error = NULL;
    g_autoptr(Rational) percent = table_cell_number(cell, &error);
    g_autoptr(Rational) hundred = rational_new(100, 1);
    if (percent && rational_sign(percent) >= 0 && rational_compare(percent, hundred) <= 0)
        add_figure(of, agency, row, of->index, STORE_PREVIOUS_INDEX, g_steal_pointer(&percent));
    else if (cell->shown)
        add_fault(of, row, of->index, error->message);
    else
        add_fault(of, row, of->index, _("an index is a number from 0 to 100"));
}

static void read_rank(Previous *of, const SurveyAgency *agency, int row)
{
    const TableCell *cell = of->rank >= 0 ? table_cell(of->table, row, of->rank) : NULL;
    int64_t rank = 0;
    if (!cell || !*cell->text)
        return;
    if (number_parse_int(cell->text, 1, (int64_t)of->survey->agencies->len * 10, &rank, NULL))
        add_figure(of, agency, row, of->rank, STORE_PREVIOUS_RANK, rational_new(rank, 1));
    else
        add_fault(of, row, of->rank, _("a rank is a whole number from 1, or nothing"));
}

static void read_row(Previous *of, int row)
{
    const TableCell *name = table_cell(of->table, row, of->agency);
    if (!*name->text && !*table_cell(of->table, row, of->index)->text)
        return;
    if (table_row_hidden(of->table, row))
        g_array_append_val(of->hidden, row);
    const SurveyAgency *agency = survey_agency_by_text(of->survey, name->text);
    if (!agency) {
        add_fault(
            of, row, of->agency,
            _("no agency of this survey, or more than one, has that code or name; write its code (phieu "
              "plan), or take the row out where it is not assessed any more"));
    } else if (!g_hash_table_add(of->seen, (gpointer)agency)) {
        add_fault(of, row, of->agency, _("this agency stands there twice; keep one row"));
    } else {
        read_index(of, agency, row);
        read_rank(of, agency, row);
    }
}

/* What a clerk does not see is asked for, as in other sheets. */
static void tell_hidden(Previous *of)
{
    const int columns[] = {of->agency, of->index, of->rank};
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (columns[i] < 0 || !table_column_hidden(of->table, columns[i]))
            continue;
        g_autofree char *words = sheet_hidden_column_words(columns[i]);
        add_fault(of, 0, columns[i], words);
    }
    g_autofree char *words = of->hidden->len ? sheet_hidden_rows_words(of->hidden) : NULL;
    if (words)
        add_fault(of, g_array_index(of->hidden, int, 0), of->agency, words);
}

GPtrArray *score_read_previous(const Survey *survey, const char *path, GPtrArray **ret_faults, GError **error)
{
    g_autoptr(GPtrArray) tables = table_read(path, error);
    if (!tables)
        return NULL;
    g_autoptr(GPtrArray) scores = g_ptr_array_new_with_free_func((GDestroyNotify)store_score_free);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)score_fault_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autofree char *shown = text_printable(path), *file = g_path_get_basename(path);
    g_autoptr(GArray) hidden = g_array_new(FALSE, FALSE, sizeof(int));
    Previous of = {survey, file,  tables->len ? tables->pdata[0] : NULL, -1, -1, -1, hidden, seen,
                   scores, faults};
    if (of.table) {
        of.agency = find_column(of.table, "agency", "cơ quan");
        of.index = find_column(of.table, "index", "chỉ số");
        of.rank = find_column(of.table, "rank", "xếp hạng");
    }
    if (of.agency < 0 || of.index < 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("%s: the first row must be agency,index or agency,index,rank"), shown);
        return NULL;
    }
    for (int row = 1; row < table_rows(of.table); row++)
        read_row(&of, row);
    tell_hidden(&of);
    if (faults->len == 0 && scores->len == 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: no agency stands below the first row"),
                    shown);
        return NULL;
    }
    if (faults->len == 0)
        return g_steal_pointer(&scores);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("%s: %u faults; nothing of it was imported"),
                shown, faults->len);
    if (ret_faults)
        *ret_faults = g_steal_pointer(&faults);
    return NULL;
}

GPtrArray *score_without_previous(Store *store, GError **error)
{
    g_autoptr(GPtrArray) scores = store_load_scores(store, STORE_SCORES_PREVIOUS, error);
    if (!scores)
        return NULL;
    const Survey *survey = store_survey(store);
    g_autoptr(GPtrArray) without = g_ptr_array_new();
    for (guint a = 0; a < survey->agencies->len; a++) {
        const SurveyAgency *agency = survey->agencies->pdata[a];
        bool known = false;
        for (guint i = 0; i < scores->len && !known; i++) {
            const StoreScore *score = scores->pdata[i];
            known = score->points && g_str_equal(score->leaf, STORE_PREVIOUS_INDEX) &&
                    g_str_equal(score->agency, agency->code);
        }
        if (!known)
            g_ptr_array_add(without, (gpointer)agency);
    }
    return g_steal_pointer(&without);
}

bool score_has_previous(const ScoreBlock *block)
{
    for (guint i = 0; i < block->agencies->len; i++) {
        if (((ScoreAgency *)block->agencies->pdata[i])->previous)
            return true;
    }
    return false;
}

Rational *score_change(const ScoreAgency *agency)
{
    return agency->complete && agency->previous ? rational_sub(agency->total->percent, agency->previous)
                                                : NULL;
}

bool score_rank_change(const ScoreAgency *agency, int *ret_change)
{
    if (!agency->previous_rank || !agency->rank)
        return false;
    *ret_change = agency->previous_rank - agency->rank;
    return true;
}
