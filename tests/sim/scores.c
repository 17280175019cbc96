/* simulate scores: the filled-in score sheets of every agency as offices really send them, and the council's
 * appraisal in one workbook. All are valid; they differ in everything that does not matter. */
#include "sim/sim.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

typedef struct {
    char *code, *name;
    double max, step;
    bool surveyed, applicable;
    double self, appraised; /* points, when appraised and applicable */
} Leaf;

typedef struct {
    char *code, *name, *block;
    GPtrArray *leaves; /* Leaf* */
} Agency;

/* What differs from office to office. */
typedef struct {
    bool text_comma, unit, nbsp, parents, guide_sheet, hidden_column, decomposed, csv, shout, wide;
} Style;

static void leaf_free(gpointer data)
{
    Leaf *leaf = data;
    g_free(leaf->code);
    g_free(leaf->name);
    g_free(leaf);
}

static void agency_free(gpointer data)
{
    Agency *agency = data;
    g_free(agency->code);
    g_free(agency->name);
    g_free(agency->block);
    g_ptr_array_unref(agency->leaves);
    g_free(agency);
}

/* ---- the list of leaves -----------------------------------------------------------------------------------
 */

/* The cells of one CSV line; quotes as in RFC 4180. */
static GPtrArray *csv_cells(const char *line)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    GString *cell = g_string_new(NULL);
    bool quoted = false;
    for (const char *c = line; *c; c++) {
        if (*c == '"' && quoted && c[1] == '"') {
            g_string_append_c(cell, *c++);
        } else if (*c == '"') {
            quoted = !quoted;
        } else if (*c == ',' && !quoted) {
            g_ptr_array_add(cells, g_strdup(cell->str));
            g_string_truncate(cell, 0);
        } else {
            g_string_append_c(cell, *c);
        }
    }
    g_ptr_array_add(cells, g_string_free(cell, FALSE));
    return cells;
}

/* How many steps of a leaf the council gives, and how many more the agency gave itself. */
static void give_points(uint64_t seed, const Agency *agency, Leaf *leaf)
{
    Chance office = chance_for(seed, "office", agency->code, 0);
    g_autofree char *name = g_strdup_printf("%s/%s", agency->code, leaf->code);
    Chance chance = chance_for(seed, "points", name, 0);
    double level = chance_normal(&office, 0.87, 0.06), steps = floor(leaf->max / leaf->step + 1e-6);
    double given = round(chance_within(&chance, level, 0.1, 0.2, 1) * steps);
    double more = chance_yes(&chance, 0.3) ? chance_int(&chance, 1, 2) : 0;
    leaf->appraised = given * leaf->step;
    leaf->self = MIN(given + more, steps) * leaf->step;
}

static bool read_line(GPtrArray *agencies, const char *line, uint64_t seed, GError **error)
{
    g_autoptr(GPtrArray) cells = csv_cells(line);
    if (cells->len < 9) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "'%s': nine columns expected", line);
        return false;
    }
    char **cell = (char **)cells->pdata;
    Agency *agency = agencies->len ? agencies->pdata[agencies->len - 1] : NULL;
    if (!agency || strcmp(agency->code, cell[0]) != 0) {
        agency = g_new0(Agency, 1);
        agency->code = g_strdup(cell[0]);
        agency->name = g_strdup(cell[1]);
        agency->block = g_strdup(cell[2]);
        agency->leaves = g_ptr_array_new_with_free_func(leaf_free);
        g_ptr_array_add(agencies, agency);
    }
    Leaf *leaf = g_new0(Leaf, 1);
    leaf->code = g_strdup(cell[3]);
    leaf->name = g_strdup(cell[4]);
    leaf->surveyed = strcmp(cell[7], "surveyed") == 0;
    leaf->applicable = strcmp(cell[8], "1") == 0;
    g_ptr_array_add(agency->leaves, leaf);
    leaf->step = 0.05;
    if (!number_parse_double(cell[5], 0, 1000, &leaf->max, error) ||
        (*cell[6] && !number_parse_double(cell[6], 0.0001, 1000, &leaf->step, error))) {
        return false;
    }
    if (!leaf->surveyed && leaf->applicable) {
        give_points(seed, agency, leaf);
    }
    return true;
}

static GPtrArray *agencies_read(const char *path, uint64_t seed, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) {
        return NULL;
    }
    g_autoptr(GPtrArray) agencies = g_ptr_array_new_with_free_func(agency_free);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (int i = 1; lines[0] && lines[i]; i++) {
        g_strchomp(lines[i]);
        if (*lines[i] && !read_line(agencies, lines[i], seed, error)) {
            g_prefix_error(error, "%s:%d: ", path, i + 1);
            return NULL;
        }
    }
    return g_steal_pointer(&agencies);
}

/* ---- how it looks -----------------------------------------------------------------------------------------
 */

static Style style_choose(uint64_t seed, const Agency *agency, int number)
{
    Chance chance = chance_for(seed, "style", agency->code, 0);
    return (Style){
        .csv = number % 14 == 5,
        .text_comma = chance_yes(&chance, 0.3),
        .unit = chance_yes(&chance, 0.12),
        .nbsp = chance_yes(&chance, 0.15),
        .parents = chance_yes(&chance, 0.5),
        .guide_sheet = chance_yes(&chance, 0.3),
        .hidden_column = chance_yes(&chance, 0.2),
        .decomposed = chance_yes(&chance, 0.15),
        .shout = chance_yes(&chance, 0.4),
        .wide = chance_yes(&chance, 0.5),
    };
}

/* 1.5 as 1,5; no zeros behind. */
static char *number_text(double value, char separator)
{
    char *text = g_strdup_printf("%.4f", value);
    for (size_t n = strlen(text); n && (text[n - 1] == '0' || text[n - 1] == '.'); n--) {
        bool point = text[n - 1] == '.';
        text[n - 1] = '\0';
        if (point) {
            break;
        }
    }
    return g_strdelimit(text, ".", separator);
}

static char *styled(const Style *style, const char *text)
{
    return style->decomposed ? g_utf8_normalize(text, -1, G_NORMALIZE_NFD) : g_strdup(text);
}

/* The area a leaf stands in: "3" for 3.4 and S3.4. */
static int area_of(const Leaf *leaf)
{
    return (int)strtol(leaf->code + (*leaf->code == 'S'), NULL, 10);
}

enum {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_MAX,
    COLUMN_SELF,
    COLUMN_EVIDENCE,
    COLUMN_REASON,
    COLUMN_APPRAISED,
    COLUMNS = 9
};

static const char *const headings[COLUMNS] = {
    "Mã TC",
    "Tiêu chí, tiêu chí thành phần",
    "Điểm tối đa",
    "Điểm tự chấm",
    "Tài liệu kiểm chứng",
    "Giải trình",
    "Điểm thẩm định lần 1",
    "Điểm thẩm định lần 2",
    "Ghi chú thẩm định",
};

typedef struct {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *bold, *frame, *title;
    const Style *style;
    Chance chance;
    bool appraisal;
} Sheet;

static void write_text(Sheet *sheet, lxw_row_t row, int column, const char *text, lxw_format *format)
{
    g_autofree char *own = styled(sheet->style, text);
    worksheet_write_string(sheet->sheet, row, (lxw_col_t)column, own, format);
}

static void write_points(Sheet *sheet, lxw_row_t row, int column, double value)
{
    const Style *style = sheet->style;
    if (!style->text_comma && !style->unit && !style->nbsp) {
        worksheet_write_number(sheet->sheet, row, (lxw_col_t)column, value, sheet->frame);
        return;
    }
    g_autofree char *number = number_text(value, ',');
    g_autofree char *text =
        g_strconcat(style->nbsp ? "\u00a0" : "", number, style->unit ? " điểm" : "", NULL);
    write_text(sheet, row, column, text, sheet->frame);
}

static lxw_row_t write_head(Sheet *sheet, const Agency *agency)
{
    lxw_row_t row = 0;
    g_autofree char *title =
        g_strdup(sheet->appraisal ? "KẾT QUẢ THẨM ĐỊNH CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2023"
                                  : "BÁO CÁO TỰ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2023");
    if (sheet->style->wide) {
        write_text(sheet, row++, 0, "ỦY BAN NHÂN DÂN TỈNH TRÀ VINH (MINH HỌA)", sheet->bold);
    }
    g_autofree char *own = styled(sheet->style, title);
    worksheet_merge_range(sheet->sheet, row, 0, row, COLUMNS - 1, own, sheet->title);
    row++;
    g_autofree char *who = g_strdup_printf("Cơ quan: %s", agency->name);
    g_autofree char *code = g_strdup_printf("Mã cơ quan: %s", agency->code);
    write_text(sheet, row++, 0, who, NULL);
    write_text(sheet, row++, 0, code, NULL);
    row += sheet->style->wide ? 1 : 0;
    for (int i = 0; i < COLUMNS; i++) {
        g_autofree char *heading =
            sheet->style->shout ? g_utf8_strup(headings[i], -1) : g_strdup(headings[i]);
        write_text(sheet, row, i, heading, sheet->bold);
    }
    return row + 1;
}

/* The row of an area: the sum of its children as a formula with its value. */
static void write_area(Sheet *sheet, const Agency *agency, lxw_row_t row, int area)
{
    double max = 0, self = 0, appraised = 0;
    lxw_row_t last = row;
    for (guint i = 0; i < agency->leaves->len; i++) {
        const Leaf *leaf = agency->leaves->pdata[i];
        if (area_of(leaf) == area) {
            max += leaf->max;
            self += leaf->self;
            appraised += leaf->appraised;
            last++;
        }
    }
    g_autofree char *code = g_strdup_printf("%d", area), *name = g_strdup_printf("Lĩnh vực %d", area);
    write_text(sheet, row, COLUMN_CODE, code, sheet->bold);
    write_text(sheet, row, COLUMN_NAME, name, sheet->bold);
    const struct {
        int column;
        double value;
    } sums[] = {{COLUMN_MAX, max}, {COLUMN_SELF, self}, {COLUMN_APPRAISED, appraised}};
    for (int i = 0; i < (sheet->appraisal ? 3 : 2); i++) {
        char letter = (char)('A' + sums[i].column);
        g_autofree char *formula = g_strdup_printf("=SUM(%c%u:%c%u)", letter, row + 2, letter, last + 1);
        worksheet_write_formula_num(sheet->sheet, row, (lxw_col_t)sums[i].column, formula, sheet->bold,
                                    sums[i].value);
    }
}

static void write_leaf(Sheet *sheet, const Leaf *leaf, lxw_row_t row)
{
    write_text(sheet, row, COLUMN_CODE, leaf->code, sheet->frame);
    write_text(sheet, row, COLUMN_NAME, leaf->name, sheet->frame);
    worksheet_write_number(sheet->sheet, row, COLUMN_MAX, leaf->max, sheet->frame);
    if (leaf->surveyed || !leaf->applicable) {
        write_text(sheet, row, COLUMN_EVIDENCE,
                   leaf->surveyed ? "Điểm điều tra xã hội học, không tự chấm" : "Không áp dụng", NULL);
        return;
    }
    write_points(sheet, row, COLUMN_SELF, leaf->self);
    g_autofree char *evidence = g_strdup_printf("BC số %d/BC, trang %d", chance_int(&sheet->chance, 10, 400),
                                                chance_int(&sheet->chance, 1, 30));
    write_text(sheet, row, COLUMN_EVIDENCE, evidence, NULL);
    if (leaf->self < leaf->max && chance_yes(&sheet->chance, 0.4)) {
        write_text(sheet, row, COLUMN_REASON, "Chưa hoàn thành đầy đủ nội dung theo kế hoạch", NULL);
    }
    if (sheet->appraisal) {
        write_points(sheet, row, COLUMN_APPRAISED, leaf->appraised);
    }
}

/* Fills one sheet with an agency's scores. The leaves of an area stand together, area after area. */
static void write_sheet(Sheet *sheet, const Agency *agency)
{
    lxw_row_t row = write_head(sheet, agency);
    int areas = 0;
    for (guint i = 0; i < agency->leaves->len; i++) {
        areas = MAX(areas, area_of(agency->leaves->pdata[i]));
    }
    for (int area = 1; area <= areas; area++) {
        if (sheet->style->parents) {
            write_area(sheet, agency, row++, area);
        }
        for (guint i = 0; i < agency->leaves->len; i++) {
            const Leaf *leaf = agency->leaves->pdata[i];
            if (area_of(leaf) == area) {
                write_leaf(sheet, leaf, row++);
            }
        }
    }
    worksheet_set_column(sheet->sheet, COLUMN_NAME, COLUMN_NAME, 60, NULL);
    if (sheet->style->hidden_column) {
        lxw_row_col_options away = {.hidden = LXW_TRUE};
        worksheet_set_column_opt(sheet->sheet, COLUMN_REASON, COLUMN_REASON, 8.43, NULL, &away);
    }
}

static Sheet sheet_open(lxw_workbook *book, const char *name, const Style *style, bool appraisal,
                        Chance chance)
{
    Sheet sheet = {.book = book, .style = style, .appraisal = appraisal, .chance = chance};
    sheet.sheet = workbook_add_worksheet(book, name);
    sheet.bold = workbook_add_format(book);
    format_set_bold(sheet.bold);
    sheet.frame = workbook_add_format(book);
    format_set_border(sheet.frame, LXW_BORDER_THIN);
    sheet.title = workbook_add_format(book);
    format_set_bold(sheet.title);
    format_set_align(sheet.title, LXW_ALIGN_CENTER);
    return sheet;
}

static lxw_workbook *book_open(const char *path)
{
    lxw_workbook *book = workbook_new(path);
    static char title[] = "Illustrative";
    /* 4/12/2023, so that the bytes are the same on any day */
    lxw_doc_properties properties = {.title = title, .created = 1701648000}; /* 4/12/2023, the same bytes */
    if (book) {
        workbook_set_properties(book, &properties);
    }
    return book;
}

static bool write_csv(const char *path, const Agency *agency, GError **error)
{
    GString *text = g_string_new("\xef\xbb\xbf"); /* as a spreadsheet saves it */
    g_string_append_printf(text, "BÁO CÁO TỰ CHẤM ĐIỂM;;;\r\nCơ quan: %s;;;\r\nMã cơ quan: %s;;;\r\n",
                           agency->name, agency->code);
    for (int i = 0; i <= COLUMN_REASON; i++) {
        g_string_append_printf(text, "%s%s", i ? ";" : "", headings[i]);
    }
    g_string_append(text, "\r\n");
    for (guint i = 0; i < agency->leaves->len; i++) {
        const Leaf *leaf = agency->leaves->pdata[i];
        g_autofree char *max = number_text(leaf->max, ','), *self = number_text(leaf->self, ',');
        bool scored = !leaf->surveyed && leaf->applicable;
        g_auto(GStrv) quotes = g_strsplit(leaf->name, "\"", -1);
        g_autofree char *name = g_strjoinv("\"\"", quotes);
        g_string_append_printf(text, "%s;\"%s\";%s;%s;;\r\n", leaf->code, name, max, scored ? self : "");
    }
    g_autofree char *bytes = NULL;
    gsize length = text->len;
    bytes = g_string_free(text, FALSE);
    return file_replace(path, bytes, (gssize)length, error);
}

static bool write_self(const char *dir, uint64_t seed, const Agency *agency, int number, GError **error)
{
    Style style = style_choose(seed, agency, number);
    g_autofree char *name = g_strdup_printf("Tự chấm điểm - %s.%s", agency->code, style.csv ? "csv" : "xlsx");
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (style.csv) {
        return write_csv(path, agency, error);
    }
    lxw_workbook *book = book_open(path);
    static const Style plain = {.wide = false};
    Sheet sheet = sheet_open(book, style.shout ? "TỰ CHẤM 2023" : "Tu cham", &style, false,
                             chance_for(seed, "sheet", agency->code, 0));
    write_sheet(&sheet, agency);
    if (style.guide_sheet) {
        Sheet guide = sheet_open(book, "Hướng dẫn", &plain, false, sheet.chance);
        write_text(&guide, 0, 0, "Không chấm điểm điều tra khảo sát.", NULL);
    }
    if (!book || workbook_close(book) != LXW_NO_ERROR) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: cannot be written", path);
        return false;
    }
    return true;
}

static bool write_appraisal(const char *dir, uint64_t seed, const GPtrArray *agencies, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "Thẩm định.xlsx", NULL);
    lxw_workbook *book = book_open(path);
    static const Style style = {.parents = true, .wide = true};
    for (guint i = 0; book && i < agencies->len; i++) {
        const Agency *agency = agencies->pdata[i];
        Sheet sheet =
            sheet_open(book, agency->code, &style, true, chance_for(seed, "appraisal", agency->code, 0));
        write_sheet(&sheet, agency);
    }
    if (!book || workbook_close(book) != LXW_NO_ERROR) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: cannot be written", path);
        return false;
    }
    return true;
}

static bool write_scores(const char *leaves, const char *dir, uint64_t seed, GError **error)
{
    g_autoptr(GPtrArray) agencies = agencies_read(leaves, seed, error);
    g_autofree char *self = g_build_filename(dir, "self", NULL);
    if (!agencies) {
        return false;
    }
    if (g_mkdir_with_parents(self, 0777) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", self, g_strerror(errno));
        return false;
    }
    for (guint i = 0; i < agencies->len; i++) {
        if (!write_self(self, seed, agencies->pdata[i], (int)i, error)) {
            return false;
        }
    }
    return write_appraisal(dir, seed, agencies, error);
}

int scores_main(int argc, char **argv)
{
    g_autofree char *leaves = NULL, *dir = NULL, *seed_text = NULL;
    GOptionEntry entries[] = {
        {"leaves", 0, 0, G_OPTION_ARG_FILENAME, &leaves, "what phieu template --list gives", "CSV"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &dir, "folder for self/ and the appraisal", "DIR"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &seed_text, "the run's seed; 1", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- score sheets as offices fill them in");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int64_t seed = 1;
    int status = 2;
    if (g_option_context_parse(context, &argc, &argv, &error)) {
        if (!leaves || !dir) {
            g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "give --leaves and -o; see --help");
        } else if (!seed_text || number_parse_int(seed_text, 0, G_MAXINT64, &seed, &error)) {
            status = write_scores(leaves, dir, (uint64_t)seed, &error) ? 0 : 1;
        }
    }
    if (error) {
        fprintf(stderr, "simulate: %s\n", error->message);
    }
    return status;
}
