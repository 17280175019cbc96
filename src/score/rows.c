/* The rows of a score sheet against the criteria. */
#include <stdarg.h>
#include <string.h>

#include "score/sheet.h"

/* A sum as written; `branch` NULL for the total. */
typedef struct {
    const SurveyNode *branch;
    Rational *points;
    int row, column;
} WrittenSum;

/* A sheet gives points in one column, an appraisal in up to two: the first round and the second. */
enum { ROUNDS = 2 };

/* One agency while its rows are read. */
typedef struct {
    const SurveyAgency *agency;
    const SurveyCriteria *criteria;
    GHashTable *rows;           /* node code → row + 1 */
    GHashTable *points;         /* leaf code → Rational* that counts */
    GHashTable *rounds[ROUNDS]; /* leaf code → Rational* as written in that column */
    GPtrArray *sums;            /* WrittenSum* */
    GArray *at;                 /* int: its rows of the table */
    GPtrArray *empty;           /* SurveyNode*: leaves without points */
    GArray *hidden;             /* int: hidden rows of leaves with points */
    bool filled;                /* some leaf has something in its cell */
} AgencyRows;

static void sum_free(gpointer data)
{
    WrittenSum *sum = data;
    rational_free(sum->points);
    g_free(sum);
}

static void agency_rows_free(gpointer data)
{
    AgencyRows *rows = data;
    g_hash_table_unref(rows->rows);
    g_hash_table_unref(rows->points);
    for (int i = 0; i < ROUNDS; i++)
        g_hash_table_unref(rows->rounds[i]);
    g_ptr_array_unref(rows->sums);
    g_ptr_array_unref(rows->empty);
    g_array_unref(rows->hidden);
    g_array_unref(rows->at);
    g_free(rows);
}

void sheet_add_fault(const Sheet *sheet, int row, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *address = table_address(row, MAX(column, 0));
    g_autofree char *file = text_printable(sheet->file);
    const char *name = table_name(sheet->table);
    ScoreFault *fault = g_new0(ScoreFault, 1);
    fault->text = *name ? g_strdup_printf("%s!%s!%s: %s", file, name, address, what)
                        : g_strdup_printf("%s!%s: %s", file, address, what);
    g_ptr_array_add(sheet->faults, fault);
}

/* ---- one row
 * ----------------------------------------------------------------------------------------------------------
 */

static int score_column(const Sheet *sheet, int row)
{
    const SheetColumns *c = &sheet->columns;
    if (sheet->kind == STORE_SCORES_SELF)
        return c->self;
    /* The last appraisal that gives points counts. */
    if (c->second >= 0 && !sheet_is_blank(table_cell(sheet->table, row, c->second)))
        return c->second;
    return c->first >= 0 ? c->first : c->second;
}

/* The column of a round, or −1. */
static int round_column(const Sheet *sheet, int round)
{
    if (sheet->kind == STORE_SCORES_SELF)
        return round == 0 ? sheet->columns.self : -1;
    return round == 0 ? sheet->columns.first : sheet->columns.second;
}

/* The node of a row: by its code, else by a name that fits only one. */
static const SurveyNode *find_node(const Sheet *sheet, const SurveyCriteria *criteria, int row)
{
    g_autofree char *code = sheet_code(sheet, row);
    const SurveyNode *node = *code ? g_hash_table_lookup(criteria->by_code, code) : NULL;
    if (node || *code)
        return node;
    g_autofree char *name = sheet_fold(sheet_text(sheet, row, sheet->columns.name));
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, criteria->by_code);
    while (*name && g_hash_table_iter_next(&iter, NULL, &value)) {
        g_autofree char *own = sheet_fold(((SurveyNode *)value)->name);
        if (!g_str_equal(own, name))
            continue;
        if (node)
            return NULL;
        node = value;
    }
    return node;
}

static void check_step(const Sheet *sheet, const SurveyNode *leaf, const Rational *points, int row,
                       int column)
{
    if (!leaf->step)
        return;
    g_autoptr(Rational) steps = rational_div(points, leaf->step);
    g_autofree char *exact = rational_to_exact(steps);
    if (!strchr(exact, '/'))
        return;
    g_autofree char *step = rational_to_decimal(leaf->step, 2, ',');
    sheet_add_fault(sheet, row, column, _("'%s' of %s is no multiple of the step %s"),
                    table_cell(sheet->table, row, column)->text, leaf->code, step);
}

/* Points of an appraised leaf, checked; NULL after a fault or where there are none. */
static Rational *read_points(const Sheet *sheet, const SurveyNode *leaf, int row, int column)
{
    g_autoptr(GError) error = NULL;
    Rational *points = table_cell_number(table_cell(sheet->table, row, column), &error);
    if (!points) {
        sheet_add_fault(sheet, row, column, "%s: %s", leaf->code, error->message);
        return NULL;
    }
    g_autofree char *max = rational_to_decimal(leaf->max, 2, ',');
    if (rational_sign(points) < 0)
        sheet_add_fault(sheet, row, column, _("%s: points below 0"), leaf->code);
    else if (rational_compare(points, leaf->max) > 0)
        sheet_add_fault(sheet, row, column, _("%s: %s is above the maximum %s"), leaf->code,
                        table_cell(sheet->table, row, column)->text, max);
    else
        check_step(sheet, leaf, points, row, column);
    return points;
}

static void check_max(const Sheet *sheet, const SurveyNode *node, int row)
{
    int column = sheet->columns.max;
    const TableCell *cell = column >= 0 ? table_cell(sheet->table, row, column) : NULL;
    if (!cell || cell->kind == TABLE_EMPTY || node->kind == SURVEY_NODE_BRANCH)
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(Rational) max = table_cell_stored(cell, &error);
    if (max && rational_compare(max, node->max) == 0)
        return;
    g_autofree char *expected = rational_to_decimal(node->max, 2, ',');
    if (*cell->text)
        sheet_add_fault(sheet, row, column, _("%s: the maximum is %s, not '%s'; use this year's template"),
                        node->code, expected, cell->text);
    else
        sheet_add_fault(sheet, row, column, "%s: %s", node->code, error->message);
}

static void add_score(const Sheet *sheet, AgencyRows *rows, const SurveyNode *leaf, Rational *points, int row,
                      int column)
{
    StoreScore *score = g_new0(StoreScore, 1);
    g_autofree char *address = table_address(row, column);
    g_autofree char *file = g_path_get_basename(sheet->file);
    *score = (StoreScore){g_strdup(rows->agency->code),
                          g_strdup(leaf->code),
                          points,
                          g_strdup(sheet_text(sheet, row, sheet->columns.evidence)),
                          g_strdup(sheet_text(sheet, row, sheet->columns.note)),
                          g_strdup_printf("%s!%s!%s", file, table_name(sheet->table), address)};
    g_ptr_array_add(sheet->scores, score);
}

static void read_leaf(const Sheet *sheet, AgencyRows *rows, const SurveyNode *leaf, int row)
{
    int column = score_column(sheet, row);
    const TableCell *cell = table_cell(sheet->table, row, column);
    bool given = !sheet_is_blank(cell);
    if (leaf->kind == SURVEY_NODE_SURVEYED) {
        if (given)
            sheet_add_fault(
                sheet, row, column,
                _("%s is scored by the survey: leave the cell empty (Không chấm điểm điều tra khảo sát)"),
                leaf->code);
        return;
    }
    if (g_hash_table_contains(rows->agency->not_applicable, leaf->code)) {
        if (given)
            sheet_add_fault(sheet, row, column, _("%s is not assessed for agency '%s'; leave the cell empty"),
                            leaf->code, rows->agency->code);
        return;
    }
    if (!given) {
        g_ptr_array_add(rows->empty, (gpointer)leaf);
        return;
    }
    rows->filled = true;
    if (table_row_hidden(sheet->table, row))
        g_array_append_val(rows->hidden, row);
    for (int i = 0; i < ROUNDS; i++) {
        int at = round_column(sheet, i);
        Rational *written = at >= 0 ? table_cell_stored(table_cell(sheet->table, row, at), NULL) : NULL;
        if (written)
            g_hash_table_insert(rows->rounds[i], leaf->code, written);
    }
    Rational *points = read_points(sheet, leaf, row, column);
    if (!points)
        return;
    g_hash_table_insert(rows->points, leaf->code, rational_copy(points));
    add_score(sheet, rows, leaf, points, row, column);
}

/* Sums and totals are only compared, each in its column: a sheet adds up both rounds. */
static void read_sum(const Sheet *sheet, AgencyRows *rows, const SurveyNode *branch, int row)
{
    for (int i = 0; i < ROUNDS; i++) {
        int column = round_column(sheet, i);
        const TableCell *cell = column >= 0 ? table_cell(sheet->table, row, column) : NULL;
        if (!cell || sheet_is_blank(cell) || cell->kind == TABLE_FORMULA_NO_VALUE)
            continue; /* a sum that nobody worked out says nothing against its parts */
        g_autoptr(GError) error = NULL;
        Rational *points = table_cell_stored(cell, &error);
        if (!points) {
            sheet_add_fault(sheet, row, column, "%s", error->message);
            continue;
        }
        for (guint k = rows->sums->len; !branch && k-- > 0;) { /* of several totals the last is the whole */
            const WrittenSum *before = rows->sums->pdata[k];
            if (!before->branch && before->column == column)
                g_ptr_array_remove_index(rows->sums, k);
        }
        WrittenSum *sum = g_new0(WrittenSum, 1);
        *sum = (WrittenSum){branch, points, row, column};
        g_ptr_array_add(rows->sums, sum);
    }
}

static bool is_total(const Sheet *sheet, int row)
{
    g_autofree char *name = sheet_fold(sheet_text(sheet, row, sheet->columns.name));
    g_autofree char *code = sheet_fold(sheet_text(sheet, row, sheet->columns.code));
    return g_str_has_prefix(name, "tổng cộng") || g_str_has_prefix(name, "tổng điểm") ||
           g_str_equal(name, "tổng") || g_str_has_prefix(code, "tổng");
}

static void read_row(const Sheet *sheet, AgencyRows *rows, int row)
{
    const char *code = sheet_text(sheet, row, sheet->columns.code),
               *name = sheet_text(sheet, row, sheet->columns.name);
    bool scored = table_cell(sheet->table, row, score_column(sheet, row))->kind != TABLE_EMPTY;
    if (is_total(sheet, row)) {
        read_sum(sheet, rows, NULL, row);
        return;
    }
    const SurveyNode *node = find_node(sheet, rows->criteria, row);
    if (!node) {
        bool column_numbers = strspn(code, "0123456789() ") == strlen(code) && scored && !*name;
        if (scored && !column_numbers && (*code || *name))
            sheet_add_fault(sheet, row, sheet->columns.code,
                            _("'%s' is no criterion of set '%s'; use this year's template"),
                            *code ? code : name, rows->criteria->id);
        return;
    }
    int before = GPOINTER_TO_INT(g_hash_table_lookup(rows->rows, node->code));
    if (before) {
        sheet_add_fault(sheet, row, sheet->columns.code,
                        _("criterion %s stands twice (also in row %d); keep one"), node->code, before);
        return;
    }
    g_hash_table_insert(rows->rows, node->code, GINT_TO_POINTER(row + 1));
    check_max(sheet, node, row);
    if (node->kind == SURVEY_NODE_BRANCH)
        read_sum(sheet, rows, node, row);
    else
        read_leaf(sheet, rows, node, row);
}

/* ---- the agency as a whole
 * ------------------------------------------------------------------------------------------------ */

/* Sum of `points` of the leaves below a node. */
static Rational *sum_below(GHashTable *points, const GPtrArray *nodes)
{
    Rational *sum = rational_new(0, 1);
    for (guint i = 0; i < nodes->len; i++) {
        const SurveyNode *node = nodes->pdata[i];
        g_autoptr(Rational) below = node->children->len ? sum_below(points, node->children) : NULL;
        const Rational *own = below                                 ? below
                              : node->kind == SURVEY_NODE_APPRAISED ? g_hash_table_lookup(points, node->code)
                                                                    : NULL;
        if (own)
            rational_add_to(&sum, own);
    }
    return sum;
}

/* A sum is of its own column, or of the points that count: some write the outcome of both rounds there. */
static void check_sum(const Sheet *sheet, const AgencyRows *rows, const WrittenSum *written)
{
    const GPtrArray *parts = written->branch ? written->branch->children : rows->criteria->areas;
    int round = written->column == round_column(sheet, 0) ? 0 : 1;
    g_autoptr(Rational) own = sum_below(rows->rounds[round], parts);
    g_autoptr(Rational) counting = sum_below(rows->points, parts);
    if (rational_compare(written->points, own) == 0 || rational_compare(written->points, counting) == 0)
        return;
    g_autofree char *written_text = rational_to_decimal(written->points, 2, ','),
                    *sum_text = rational_to_decimal(own, 2, ',');
    sheet_add_fault(sheet, written->row, written->column,
                    _("%s: %s is written, its parts add to %s (points of the survey do not belong here)"),
                    written->branch ? written->branch->code : _("total"), written_text, sum_text);
}

/* Criteria without a row, in one fault. */
static void check_missing(const Sheet *sheet, const AgencyRows *rows)
{
    g_autoptr(GString) codes = g_string_new(NULL);
    for (guint i = 0; i < rows->criteria->leaves->len; i++) {
        const SurveyNode *leaf = rows->criteria->leaves->pdata[i];
        if (leaf->kind == SURVEY_NODE_APPRAISED && !g_hash_table_contains(rows->rows, leaf->code) &&
            !g_hash_table_contains(rows->agency->not_applicable, leaf->code))
            g_string_append_printf(codes, "%s%s", codes->len ? ", " : "", leaf->code);
    }
    if (codes->len)
        sheet_add_fault(sheet, g_array_index(rows->at, int, 0), sheet->columns.code,
                        _("agency '%s': there is no row of criterion %s; add them from the template"),
                        rows->agency->code, codes->str);
}

/* Criteria without points: each at its cell, or one fault where none has any. */
static void check_empty(const Sheet *sheet, const AgencyRows *rows)
{
    if (rows->empty->len > 1 && !rows->filled) {
        int row =
            GPOINTER_TO_INT(g_hash_table_lookup(rows->rows, ((SurveyNode *)rows->empty->pdata[0])->code)) - 1;
        sheet_add_fault(
            sheet, row, score_column(sheet, row),
            _("agency '%s' has no points at all: the sheet was not filled in; give each of its %u "
              "criteria a number, 0 when nothing was reached"),
            rows->agency->code, rows->empty->len);
        return;
    }
    for (guint i = 0; i < rows->empty->len; i++) {
        const SurveyNode *leaf = rows->empty->pdata[i];
        int row = GPOINTER_TO_INT(g_hash_table_lookup(rows->rows, leaf->code)) - 1;
        sheet_add_fault(sheet, row, score_column(sheet, row),
                        _("%s has no points; give a number, 0 when nothing was reached"), leaf->code);
    }
}

static AgencyRows *rows_of(const Sheet *sheet, GPtrArray *all, const SurveyAgency *agency)
{
    for (guint i = all->len; i-- > 0;) { /* from the last: its rows stand together */
        if (((AgencyRows *)all->pdata[i])->agency == agency)
            return all->pdata[i];
    }
    AgencyRows *rows = g_new0(AgencyRows, 1);
    rows->agency = agency;
    rows->criteria = survey_criteria(sheet->survey, agency->block->criteria_id);
    rows->rows = g_hash_table_new(g_str_hash, g_str_equal);
    rows->points = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)rational_free);
    for (int i = 0; i < ROUNDS; i++)
        rows->rounds[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)rational_free);
    rows->sums = g_ptr_array_new_with_free_func(sum_free);
    rows->at = g_array_new(FALSE, FALSE, sizeof(int));
    rows->empty = g_ptr_array_new();
    rows->hidden = g_array_new(FALSE, FALSE, sizeof(int));
    g_ptr_array_add(all, rows);
    return rows;
}

/* The rows of each agency: AgencyRows*, in the order in which the sheet names them. */
static GPtrArray *split_rows(const Sheet *sheet, const SurveyAgency *agency)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(agency_rows_free);
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (int row = sheet->columns.first_row; row < table_rows(sheet->table); row++) {
        const char *name = sheet_text(sheet, row, sheet->columns.agency);
        if (*name) {
            agency = survey_agency_by_text(sheet->survey, name);
            if (!agency && g_hash_table_add(told, (gpointer)name))
                sheet_add_fault(sheet, row, sheet->columns.agency,
                                _("'%s' names no agency, or more than one; write its code"), name);
        }
        if (agency)
            g_array_append_val(rows_of(sheet, all, agency)->at, row);
    }
    return all;
}

static void read_agency(const Sheet *sheet, AgencyRows *rows)
{
    const SurveyCriteria *written_for = sheet_find_criteria(sheet, rows->agency, rows->at);
    if (written_for != rows->criteria) {
        sheet_add_fault(
            sheet, g_array_index(rows->at, int, 0), sheet->columns.code,
            _("these are the criteria of '%s'; agency '%s' is scored by '%s': use its own template "
              "(phieu template %s -o FILE.xlsx)"),
            written_for->name, rows->agency->code, rows->criteria->name, rows->agency->code);
        return;
    }
    if (!sheet_check_names(sheet, rows->criteria, rows->at))
        return;
    for (guint i = 0; i < rows->at->len; i++)
        read_row(sheet, rows, g_array_index(rows->at, int, i));
    g_autofree char *words = rows->hidden->len ? sheet_hidden_rows_words(rows->hidden) : NULL;
    if (words)
        sheet_add_fault(sheet, g_array_index(rows->hidden, int, 0), sheet->columns.code, "%s", words);
    check_empty(sheet, rows);
    check_missing(sheet, rows);
    for (guint k = 0; k < rows->sums->len; k++)
        check_sum(sheet, rows, rows->sums->pdata[k]);
}

void sheet_read(Sheet *sheet)
{
    bool long_table = sheet->columns.agency >= 0;
    const SurveyAgency *agency = long_table ? NULL : sheet_find_agency(sheet);
    if ((!long_table && !agency) || !sheet_check_heading(sheet))
        return;
    guint before = sheet->faults->len;
    g_autoptr(GPtrArray) all = split_rows(sheet, agency);
    if (all->len == 0 && sheet->faults->len == before)
        sheet_add_fault(sheet, sheet->columns.header_row, 0, _("there is no row below the heading"));
    for (guint i = 0; i < all->len; i++)
        read_agency(sheet, all->pdata[i]);
}
