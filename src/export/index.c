/* The index as tables: the ranking, areas side by side, criteria by agency, every figure in one long table,
 * and the survey's rates behind the survey points; domain.md, section 7. */
#include "export/report.h"

static ReportColumn *add_points(ReportTable *table, const char *id, const char *heading, int decimals)
{
    ReportColumn *column = report_add_column(table, id, heading, COLUMN_NUMBER, 11);
    column->decimals = decimals;
    return column;
}

/* A sheet is named as its block is: "Xếp hạng khối sở, ban, ngành". */
static char *sheet_name(const char *what, const SurveyBlock *block)
{
    const char *rest = g_utf8_next_char(block->name);
    bool word = *rest && g_unichar_islower(g_utf8_get_char(rest)); /* no abbreviation */
    g_autofree char *first = g_strndup(block->name, (gsize)(rest - block->name));
    g_autofree char *lower = g_utf8_strdown(first, -1);
    return g_strdup_printf("%s %s%s", what, word ? lower : first, rest);
}

/* Where there is a rank it is a number. */
static void add_rank(ReportTable *table, const ScoreAgency *agency)
{
    if (agency->rank)
        report_count(table, agency->rank);
    else
        report_text(table, agency->complete || agency->excluded ? "không xếp hạng" : "");
}

static char *notes_text(const ScoreAgency *agency)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (guint i = 0; i < agency->notes->len; i++)
        g_ptr_array_add(parts, agency->notes->pdata[i]);
    g_ptr_array_add(parts, NULL);
    return g_strjoinv("; ", (char **)parts->pdata);
}

static void add_change_columns(ReportTable *table, int decimals)
{
    add_points(table, "previous_index", "Chỉ số năm trước (%)", decimals);
    add_points(table, "change", "Tăng, giảm (điểm %)", decimals);
    report_add_column(table, "previous_rank", "Hạng năm trước", COLUMN_COUNT, 10);
    report_add_column(table, "rank_change", "Tăng, giảm hạng", COLUMN_COUNT, 10);
}

/* Last year's index and rank, and the change; a better rank is a change above 0. NULL: a row that has none.
 */
static void add_change(ReportTable *table, const ScoreAgency *agency)
{
    int ranks;
    g_autoptr(Rational) change = agency ? score_change(agency) : NULL;
    report_number(table, agency ? agency->previous : NULL);
    report_number(table, change);
    if (agency && agency->previous_rank)
        report_count(table, agency->previous_rank);
    else
        report_text(table, "");
    if (agency && score_rank_change(agency, &ranks))
        report_count(table, ranks);
    else
        report_text(table, "");
}

static void add_ranking(Report *report, const ScoreBlock *block, int decimals)
{
    g_autofree char *sheet = sheet_name("Xếp hạng", block->block);
    g_autofree char *title = g_strdup_printf("Xếp hạng chỉ số cải cách hành chính: %s", block->block->name);
    ReportTable *table = report_add_table(report, "ranking", sheet, title, IN_XLSX | IN_JSON);
    report_add_column(table, "number", "TT", COLUMN_COUNT, 6);
    report_add_column(table, "name", "Cơ quan", COLUMN_TEXT, 46);
    report_add_column(table, "block", "Khối", COLUMN_TEXT, 29);
    report_add_column(table, "agency", "Mã", COLUMN_TEXT, 10);
    add_points(table, "max", "Điểm tối đa áp dụng", decimals);
    add_points(table, "self", "Điểm tự chấm", decimals);
    add_points(table, "appraised", "Điểm thẩm định", decimals);
    add_points(table, "surveyed", "Điểm ĐTXHH", decimals);
    add_points(table, "points", "Tổng điểm đạt được", decimals);
    add_points(table, "index", "Chỉ số (%)", decimals);
    report_add_column(table, "rank", "Xếp hạng", COLUMN_COUNT, 10);
    report_add_column(table, "band", "Xếp loại", COLUMN_TEXT, 14);
    bool previous = score_has_previous(block);
    if (previous)
        add_change_columns(table, decimals);
    report_add_column(table, "notes", "Ghi chú", COLUMN_TEXT, 31);
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        g_autofree char *notes = notes_text(agency);
        report_add_row(table);
        report_count(table, i + 1);
        report_text(table, agency->agency->name);
        report_code(table, block->block->id, block->block->name);
        report_text(table, agency->agency->code);
        report_number(table, agency->total->max);
        report_number(table, agency->total->self);
        report_number(table, agency->total->appraised);
        report_number(table, agency->total->surveyed);
        report_number(table, agency->total->points);
        report_number(table, agency->total->percent);
        add_rank(table, agency);
        report_text(table, agency->band ? agency->band->name : "");
        if (previous)
            add_change(table, agency);
        report_text(table, notes);
    }
}

/* A figure of an area that is not applicable to the agency is none, not 0. */
static const Rational *of_applicable(const ScoreSum *sum, const Rational *figure)
{
    return rational_sign(sum->max) ? figure : NULL;
}

/* For each area: survey, appraised, points and index side by side, under the area's name. */
static void add_areas(Report *report, const ScoreBlock *block, int decimals)
{
    g_autofree char *sheet = sheet_name("Lĩnh vực", block->block);
    g_autofree char *title = g_strdup_printf("Điểm theo lĩnh vực: %s", block->block->name);
    ReportTable *table = report_add_table(report, "areas", sheet, title, IN_XLSX);
    report_add_column(table, "number", "TT", COLUMN_COUNT, 6);
    report_add_column(table, "name", "Cơ quan", COLUMN_TEXT, 46);
    const GPtrArray *areas = block->criteria->areas;
    for (guint a = 0; a <= areas->len; a++) {
        const SurveyNode *area = a ? areas->pdata[a - 1] : NULL;
        char *over = area ? g_strdup_printf("%s. %s", area->code, area->name) : g_strdup("Tổng cộng");
        g_ptr_array_add(table->texts, over);
        static const char *const headings[] = {"Thẩm định", "ĐTXHH", "Tổng", "Tối đa", "Chỉ số (%)"};
        for (size_t h = 0; h < G_N_ELEMENTS(headings); h++) {
            ReportColumn *column = add_points(table, headings[h], headings[h], decimals);
            column->over = over;
            column->width = 8.5;
        }
    }
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        report_add_row(table);
        report_count(table, i + 1);
        report_text(table, agency->agency->name);
        for (guint a = 0; a <= agency->areas->len; a++) {
            const ScoreSum *sum = a ? agency->areas->pdata[a - 1] : agency->total;
            report_number(table, of_applicable(sum, sum->appraised));
            report_number(table, of_applicable(sum, sum->surveyed));
            report_number(table, of_applicable(sum, sum->points));
            report_number(table, of_applicable(sum, sum->max));
            report_number(table, sum->percent);
        }
    }
}

/* "3. Cải cách thủ tục hành chính": the area a leaf is of. */
static char *area_text(const SurveyNode *leaf)
{
    const SurveyNode *area = leaf;
    while (area->parent)
        area = area->parent;
    return g_strdup_printf("%s. %s", area->code, area->name);
}

/* What each agency gave itself against what it was given, criterion by criterion. */
static void add_self(Report *report, const ScoreBlock *block, int decimals)
{
    g_autofree char *sheet = sheet_name("Tự chấm", block->block);
    g_autofree char *title = g_strdup_printf("Điểm tự chấm so với điểm thẩm định: %s", block->block->name);
    ReportTable *table = report_add_table(report, "self_appraised", sheet, title, IN_XLSX | IN_JSON);
    report_add_column(table, "agency", "Mã", COLUMN_TEXT, 11);
    report_add_column(table, "name", "Cơ quan", COLUMN_TEXT, 46);
    report_add_column(table, "leaf", "Mã TC", COLUMN_TEXT, 8);
    report_add_column(table, "criterion", "Tiêu chí", COLUMN_TEXT, 50);
    add_points(table, "max", "Điểm tối đa", decimals);
    add_points(table, "self", "Điểm tự chấm", decimals);
    add_points(table, "appraised", "Điểm thẩm định", decimals);
    add_points(table, "difference", "Thẩm định trừ tự chấm", decimals);
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        for (guint l = 0; l < agency->leaves->len; l++) {
            const ScoreLeaf *leaf = agency->leaves->pdata[l];
            if (!leaf->applicable || leaf->leaf->kind != SURVEY_NODE_APPRAISED)
                continue;
            g_autoptr(Rational) off =
                leaf->self && leaf->points ? rational_sub(leaf->points, leaf->self) : NULL;
            report_add_row(table);
            report_text(table, agency->agency->code);
            report_text(table, agency->agency->name);
            report_text(table, leaf->leaf->code);
            report_text(table, leaf->leaf->name);
            report_number(table, leaf->max);
            report_number(table, leaf->self);
            report_number(table, leaf->points);
            report_number(table, off);
        }
    }
}

/* A row a leaf, a column an agency. */
static void add_leaves(Report *report, const ScoreBlock *block, int decimals)
{
    g_autofree char *sheet = sheet_name("Tiêu chí", block->block);
    g_autofree char *title = g_strdup_printf("Điểm từng tiêu chí: %s", block->block->name);
    ReportTable *table = report_add_table(report, "leaves", sheet, title, IN_XLSX);
    report_add_column(table, "code", "Mã TC", COLUMN_TEXT, 8);
    report_add_column(table, "criterion", "Tiêu chí", COLUMN_TEXT, 50);
    report_add_column(table, "area", "Lĩnh vực", COLUMN_TEXT, 40);
    add_points(table, "max", "Tối đa", decimals)->width = 8;
    for (guint i = 0; i < block->agencies->len; i++) {
        const SurveyAgency *agency = ((ScoreAgency *)block->agencies->pdata[i])->agency;
        g_autofree char *heading = g_strdup_printf("%s (%s)", agency->name, agency->code);
        add_points(table, agency->code, heading, decimals)->width = 13;
    }
    const GPtrArray *leaves = block->criteria->leaves;
    for (guint l = 0; l < leaves->len; l++) {
        const SurveyNode *leaf = leaves->pdata[l];
        report_add_row(table);
        report_text(table, leaf->code);
        report_text(table, leaf->name);
        g_autofree char *area = area_text(leaf);
        report_text(table, area);
        report_number(table, leaf->max);
        for (guint i = 0; i < block->agencies->len; i++) {
            const ScoreAgency *agency = block->agencies->pdata[i];
            const ScoreLeaf *score = agency->leaves->pdata[l];
            report_number(table, score->applicable ? score->points : NULL);
        }
    }
}

static void add_sum(ReportTable *table, const ScoreAgency *agency, const char *level, const ScoreSum *sum,
                    bool previous)
{
    report_add_row(table);
    report_code(table, agency->agency->block->id, agency->agency->block->name);
    report_text(table, agency->agency->code);
    report_text(table, agency->agency->name);
    report_code(table, level, report_words(WORDS_LEVEL, level));
    report_text(table, sum->node ? sum->node->code : "");
    report_text(table, sum->node ? sum->node->name : "");
    report_number(table, of_applicable(sum, sum->max));
    report_number(table, of_applicable(sum, sum->self));
    report_number(table, of_applicable(sum, sum->appraised));
    report_number(table, of_applicable(sum, sum->surveyed));
    report_number(table, of_applicable(sum, sum->points));
    report_number(table, sum->percent);
    if (sum->node)
        report_text(table, "");
    else
        add_rank(table, agency);
    report_text(table, !sum->node && agency->band ? agency->band->name : "");
    if (previous)
        add_change(table, sum->node ? NULL : agency);
}

static void add_leaf(ReportTable *table, const ScoreAgency *agency, const ScoreLeaf *leaf, bool previous)
{
    bool surveyed = leaf->leaf->kind == SURVEY_NODE_SURVEYED;
    report_add_row(table);
    report_code(table, agency->agency->block->id, agency->agency->block->name);
    report_text(table, agency->agency->code);
    report_text(table, agency->agency->name);
    const char *level = !leaf->applicable ? "not-applicable" : surveyed ? "surveyed" : "appraised";
    report_code(table, level, report_words(WORDS_LEVEL, level));
    report_text(table, leaf->leaf->code);
    report_text(table, leaf->leaf->name);
    report_number(table, leaf->applicable ? leaf->max : NULL);
    report_number(table, leaf->self);
    report_number(table, surveyed ? NULL : leaf->points);
    report_number(table, surveyed ? leaf->points : NULL);
    report_number(table, leaf->points);
    g_autoptr(Rational) hundred = rational_new(100, 1);
    g_autoptr(Rational) share =
        leaf->points && rational_sign(leaf->max) ? rational_div(leaf->points, leaf->max) : NULL;
    g_autoptr(Rational) percent = share ? rational_mul(share, hundred) : NULL;
    report_number(table, percent);
    report_text(table, "");
    report_text(table, "");
    if (previous)
        add_change(table, NULL);
}

static ReportTable *start_nodes(Report *report, int decimals, bool previous)
{
    ReportTable *table = report_add_table(report, "figures", "", "", IN_CSV | IN_JSON);
    static const char *const texts[] = {"block", "agency", "name", "level", "code", "criterion"};
    static const char *const numbers[] = {"max", "self", "appraised", "surveyed", "points", "percent"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        report_add_column(table, texts[i], "", COLUMN_TEXT, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        add_points(table, numbers[i], "", decimals);
    report_add_column(table, "rank", "", COLUMN_COUNT, 0);
    report_add_column(table, "band", "", COLUMN_TEXT, 0);
    if (previous)
        add_change_columns(table, decimals);
    return table;
}

static void add_nodes(ReportTable *table, const ScoreBlock *block, bool previous)
{
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        add_sum(table, agency, "total", agency->total, previous);
        for (guint a = 0; a < agency->areas->len; a++)
            add_sum(table, agency, "area", agency->areas->pdata[a], previous);
        for (guint l = 0; l < agency->leaves->len; l++)
            add_leaf(table, agency, agency->leaves->pdata[l], previous);
    }
}

static ReportTable *start_rates(Report *report)
{
    ReportTable *table =
        report_add_table(report, "rates", "Tỷ lệ điều tra",
                         "Tỷ lệ đạt của từng nhóm trên từng tiêu chí điều tra xã hội học", IN_XLSX | IN_JSON);
    report_add_column(table, "agency", "Mã", COLUMN_TEXT, 10);
    report_add_column(table, "name", "Cơ quan", COLUMN_TEXT, 46);
    report_add_column(table, "leaf", "Mã TC", COLUMN_TEXT, 8);
    report_add_column(table, "criterion", "Tiêu chí", COLUMN_TEXT, 50);
    report_add_column(table, "group", "Nhóm", COLUMN_TEXT, 8);
    add_points(table, "weight", "Trọng số nhóm", 4);
    add_points(table, "rate", "Tỷ lệ", 4);
    add_points(table, "pooled", "Tỷ lệ gộp", 4);
    report_add_column(table, "answers", "Số lượt trả lời", COLUMN_COUNT, 10);
    return table;
}

static void add_rates(ReportTable *table, const ScoreBlock *block)
{
    for (guint i = 0; i < block->agencies->len; i++) {
        const ScoreAgency *agency = block->agencies->pdata[i];
        for (guint l = 0; l < agency->leaves->len; l++) {
            const ScoreLeaf *leaf = agency->leaves->pdata[l];
            for (guint r = 0; leaf->rates && r < leaf->rates->len; r++) {
                const ScoreRate *rate = leaf->rates->pdata[r];
                report_add_row(table);
                report_text(table, agency->agency->code);
                report_text(table, agency->agency->name);
                report_text(table, leaf->leaf->code);
                report_text(table, leaf->leaf->name);
                report_text(table, rate->group->id);
                report_number(table, rate->weight);
                report_number(table, rate->rate);
                report_number(table, rate->pooled);
                report_count(table, rate->answers);
            }
        }
    }
}

void report_fill_index(Report *report, const ScoreIndex *index)
{
    int decimals = index->survey->rules.decimals;
    bool previous = false;
    for (guint b = 0; b < index->blocks->len; b++) {
        previous = previous || score_has_previous(index->blocks->pdata[b]);
        add_ranking(report, index->blocks->pdata[b], decimals);
        add_areas(report, index->blocks->pdata[b], decimals);
        add_leaves(report, index->blocks->pdata[b], decimals);
        add_self(report, index->blocks->pdata[b], decimals);
    }
    ReportTable *nodes = start_nodes(report, decimals, previous), *rates = start_rates(report);
    for (guint b = 0; b < index->blocks->len; b++) {
        add_nodes(nodes, index->blocks->pdata[b], previous);
        add_rates(rates, index->blocks->pdata[b]);
    }
}
