/* XLSX as an office files it: a sheet "Thông tin" with where the figures come from, then one sheet a table,
 * ready to print on A4 landscape. A figure is written rounded as shown everywhere else, never rounded again
 * by the reader's program. */
#include <glib/gstdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "export/report.h"

typedef struct {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *warning, *heading, *text, *code, *count, *bold_text, *bold_count, *wrapped;
    GHashTable *names;                        /* of sheets, in small letters */
    lxw_format *number[10], *bold_number[10]; /* by decimals, made when needed */
} Book;

#define MAX_DECIMALS 9
/* Room across a page between its margins, in points, less what programs draw wider than the file says. */
#define PAGE_PT (784.0 * 0.9)
/* As small as can still be read: a wider table goes over several pages, its first columns on each. */
#define SMALLEST_SCALE 0.6
/* Excel takes 31 characters for a sheet's name. */
#define MAX_SHEET_NAME 31
/* Height of a line, in points. */
#define LINE_PT 16.0
/* Excel makes no row higher, in points. */
#define MAX_ROW_PT 409.0
/* Texts in columns this narrow are codes, set in the middle. */
#define CODE_WIDTH 12

static lxw_format *new_format(Book *book, bool bold, bool border)
{
    lxw_format *format = workbook_add_format(book->book);
    format_set_font_name(format, "Times New Roman");
    format_set_font_size(format, 12);
    format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
    if (bold)
        format_set_bold(format);
    if (border)
        format_set_border(format, LXW_BORDER_THIN);
    return format;
}

static void make_formats(Book *book)
{
    book->title = new_format(book, true, false);
    format_set_font_size(book->title, 14);
    book->warning = new_format(book, true, false);
    format_set_font_color(book->warning, 0xC00000);
    book->wrapped = new_format(book, false, false);
    format_set_text_wrap(book->wrapped);
    book->heading = new_format(book, true, true);
    format_set_align(book->heading, LXW_ALIGN_CENTER);
    format_set_text_wrap(book->heading);
    format_set_bg_color(book->heading, 0xDCE6F1);
    book->text = new_format(book, false, true);
    format_set_text_wrap(book->text);
    format_set_indent(book->text, 1);
    book->code = new_format(book, false, true);
    format_set_align(book->code, LXW_ALIGN_CENTER);
    book->bold_text = new_format(book, true, true);
    format_set_text_wrap(book->bold_text);
    book->count = new_format(book, false, true);
    format_set_align(book->count, LXW_ALIGN_CENTER);
    format_set_num_format(book->count, "#,##0");
    book->bold_count = new_format(book, true, true);
    format_set_align(book->bold_count, LXW_ALIGN_CENTER);
    format_set_num_format(book->bold_count, "#,##0");
}

static lxw_format *number_format(Book *book, int decimals, bool bold)
{
    decimals = CLAMP(decimals, 0, MAX_DECIMALS);
    lxw_format **slot = bold ? &book->bold_number[decimals] : &book->number[decimals];
    if (!*slot) {
        g_autofree char *zeros = g_strnfill((gsize)decimals, '0');
        g_autofree char *code = g_strconcat("0", decimals ? "." : "", zeros, NULL);
        *slot = new_format(book, bold, true);
        format_set_num_format(*slot, code);
    }
    return *slot;
}

static const char *cell_words(const ReportCell *cell)
{
    return cell->words ? cell->words : cell->text;
}

static void write_cell(Book *book, lxw_row_t row, lxw_col_t at, const ReportColumn *column,
                       const ReportCell *cell, bool bold)
{
    lxw_format *text = bold ? book->bold_text : column->width <= CODE_WIDTH ? book->code : book->text;
    g_autofree char *figure = NULL; /* as shown everywhere else */
    if (column->kind == COLUMN_REAL)
        figure = report_real_text(cell->real, column->decimals);
    else if (column->kind == COLUMN_NUMBER && cell->number)
        figure = rational_to_decimal(cell->number, column->decimals, '.');
    const char *shown = cell_words(cell);
    double value = 0;
    if (column->kind == COLUMN_COUNT && !cell->text) {
        worksheet_write_number(book->sheet, row, at, (double)cell->count,
                               bold ? book->bold_count : book->count);
    } else if (figure && number_parse_double(figure, -1e15, 1e15, &value, NULL)) {
        worksheet_write_number(book->sheet, row, at, value, number_format(book, column->decimals, bold));
    } else if (shown && *shown) {
        worksheet_write_string(book->sheet, row, at, shown, text);
    } else {
        worksheet_write_blank(book->sheet, row, at, text);
    }
}

/* How many lines a text takes in a cell of that many characters, broken between words; its letters need more
 * room than the figures a width is told in. */
static int count_lines(const char *text, double width)
{
    long room = MAX(1, (long)(width * 0.85));
    int lines = 0;
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);
    for (char **paragraph = paragraphs; *paragraph; paragraph++) {
        long used = room; /* the first word begins a line */
        g_auto(GStrv) words = g_strsplit(*paragraph, " ", -1);
        lines += !**paragraph;
        for (char **word = words; *word && **paragraph; word++) {
            long length = g_utf8_strlen(*word, -1);
            if (used + 1 + length <= room) {
                used += 1 + length;
                continue;
            }
            lines += (int)((MAX(length, 1) + room - 1) / room);
            used = length % room;
        }
    }
    return lines;
}

/* Where columns from `c` on stand under the same heading: the last of them. */
static guint last_under(const ReportTable *table, guint c, double *ret_width)
{
    const ReportColumn *column = table->columns->pdata[c];
    *ret_width = column->width;
    while (column->over && c + 1 < table->columns->len &&
           ((ReportColumn *)table->columns->pdata[c + 1])->over == column->over)
        *ret_width += ((ReportColumn *)table->columns->pdata[++c])->width;
    return c;
}

/* The common headings, in the row above the columns' own. */
static void write_common_headings(Book *book, const ReportTable *table, lxw_row_t row)
{
    int lines = 1;
    for (guint c = 0; c < table->columns->len; c++) {
        const ReportColumn *column = table->columns->pdata[c];
        double width;
        guint last = last_under(table, c, &width);
        if (!column->over)
            worksheet_write_blank(book->sheet, row, (lxw_col_t)c, book->heading);
        else if (last > c)
            worksheet_merge_range(book->sheet, row, (lxw_col_t)c, row, (lxw_col_t)last, column->over,
                                  book->heading);
        else
            worksheet_write_string(book->sheet, row, (lxw_col_t)c, column->over, book->heading);
        lines = MAX(lines, column->over ? count_lines(column->over, width) : 1);
        c = last;
    }
    worksheet_set_row(book->sheet, row, LINE_PT * lines + 4, NULL);
}

/* One row of headings, or two when some columns stand under a common one. The row below them. */
static lxw_row_t write_headings(Book *book, const ReportTable *table, lxw_row_t row)
{
    bool two = false;
    int lines = 1;
    for (guint c = 0; c < table->columns->len; c++)
        two = two || ((ReportColumn *)table->columns->pdata[c])->over;
    if (two)
        write_common_headings(book, table, row++);
    for (guint c = 0; c < table->columns->len; c++) {
        const ReportColumn *column = table->columns->pdata[c];
        worksheet_set_column(book->sheet, (lxw_col_t)c, (lxw_col_t)c, column->width, NULL);
        worksheet_write_string(book->sheet, row, (lxw_col_t)c, column->heading, book->heading);
        lines = MAX(lines, count_lines(column->heading, column->width));
    }
    worksheet_set_row(book->sheet, row, LINE_PT * lines + 20, NULL); /* and the button of the filter */
    return row + 1;
}

/* A4 across. */
static void set_page(lxw_worksheet *sheet)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_set_footer(sheet, "&L&A&CTrang &P/&N");
}

/* What columns from `c` to `last` take across, in points. */
static double columns_pt(const ReportTable *table, guint c, guint last)
{
    double width_pt = 0;
    for (; c <= last; c++)
        width_pt += 0.75 * (7 * ((ReportColumn *)table->columns->pdata[c])->width + 5);
    return width_pt;
}

/* On as many pages beside one another as the width needs, the first `frozen` columns on each. Columns under
 * one heading stay together: a program that shrinks a table to so many pages breaks it anywhere. */
static void break_across(Book *book, const ReportTable *table, guint frozen)
{
    g_autoptr(GArray) breaks = g_array_new(TRUE, TRUE, sizeof(lxw_col_t)); /* ends with a 0 */
    double fixed_pt = frozen ? columns_pt(table, 0, frozen - 1) : 0;
    double used_pt = fixed_pt, widest_pt = fixed_pt;
    for (guint c = frozen, last; c < table->columns->len; c = last + 1) {
        double width;
        last = last_under(table, c, &width);
        double wanted_pt = columns_pt(table, c, last);
        if (used_pt > fixed_pt && used_pt + wanted_pt > PAGE_PT / SMALLEST_SCALE) {
            const lxw_col_t at = (lxw_col_t)c;
            g_array_append_val(breaks, at);
            used_pt = fixed_pt;
        }
        used_pt += wanted_pt;
        widest_pt = MAX(widest_pt, used_pt);
    }
    if (breaks->len) {
        worksheet_set_v_pagebreaks(book->sheet, (lxw_col_t *)(void *)breaks->data);
        worksheet_set_print_scale(book->sheet, (uint16_t)CLAMP(100 * PAGE_PT / widest_pt, 10, 100));
    } else {
        worksheet_fit_to_pages(book->sheet, 1, 0);
    }
}

/* The text, or as many of its first words as there is room for. */
static char *cut_words(const char *text, glong room)
{
    if (g_utf8_strlen(text, -1) <= room)
        return g_strdup(text);
    char *cut = g_utf8_substring(text, 0, room + 1);
    char *blank = strrchr(cut, ' ');
    *(blank ? blank : g_utf8_offset_to_pointer(cut, room)) = '\0';
    for (size_t length = strlen(cut); length && strchr(" ,;-", cut[length - 1]); length--)
        cut[length - 1] = '\0';
    return cut;
}

/* A name Excel takes and no other sheet has. */
static lxw_worksheet *add_sheet(Book *book, const char *name)
{
    g_autofree char *clean = g_strdelimit(g_strdup(name), "[]:*?/\\", ' ');
    for (int n = 1; n < 100; n++) {
        g_autofree char *number = n > 1 ? g_strdup_printf(" %d", n) : g_strdup("");
        g_autofree char *cut = cut_words(clean, MAX_SHEET_NAME - (glong)strlen(number));
        g_autofree char *full = g_strchomp(g_strconcat(cut, number, NULL));
        g_autofree char *known = g_utf8_strdown(full, -1);
        if (!g_hash_table_contains(book->names, known)) {
            g_hash_table_add(book->names, g_steal_pointer(&known));
            return workbook_add_worksheet(book->book, full);
        }
    }
    return NULL;
}

static void write_rows(Book *book, const ReportTable *table, lxw_row_t row)
{
    for (guint r = 0; r < table->rows->len; r++, row++) {
        const GArray *cells = table->rows->pdata[r];
        bool bold = table->emphasise && r + 1 == table->rows->len;
        int lines = 1;
        for (guint c = 0; c < cells->len; c++) {
            const ReportColumn *column = table->columns->pdata[c];
            const ReportCell *cell = &g_array_index(cells, ReportCell, c);
            write_cell(book, row, (lxw_col_t)c, column, cell, bold);
            if (cell_words(cell) && column->width > CODE_WIDTH)
                lines = MAX(lines, count_lines(cell_words(cell), column->width));
        }
        if (lines > 1) /* not every program makes a row as high as its text */
            worksheet_set_row(book->sheet, row, MIN(LINE_PT * lines + 1, MAX_ROW_PT), NULL);
    }
}

static bool write_table(Book *book, const Report *report, const ReportTable *table)
{
    book->sheet = add_sheet(book, table->sheet);
    if (!book->sheet)
        return false;
    worksheet_write_string(book->sheet, 0, 0, table->title, book->title);
    lxw_row_t row = 1;
    for (guint i = 0; i < report->notices->len; i++)
        worksheet_write_string(book->sheet, row++, 0, report->notices->pdata[i], book->warning);
    lxw_row_t heading = row;
    row = write_headings(book, table, row);
    lxw_col_t frozen = table->columns->len > 2 ? 2 : 0, columns = (lxw_col_t)table->columns->len;
    worksheet_freeze_panes(book->sheet, row, frozen);
    worksheet_repeat_rows(book->sheet, heading, row - 1);
    if (frozen)
        worksheet_repeat_columns(book->sheet, 0, frozen - 1);
    write_rows(book, table, row);
    guint listed = table->rows->len - (table->emphasise ? 1 : 0); /* a sum is not sorted in */
    worksheet_autofilter(book->sheet, row - 1, 0, row - 1 + listed, columns - 1);
    set_page(book->sheet);
    break_across(book, table, frozen);
    return true;
}

/* Widths of the two columns of facts. */
#define LABEL_WIDTH 44
#define VALUE_WIDTH 100

static void write_lines(Book *book, lxw_row_t *row, const char *heading, const GPtrArray *lines)
{
    if (!lines->len)
        return;
    worksheet_write_string(book->sheet, ++*row, 0, heading, book->title);
    for (guint i = 0; i < lines->len; i++) {
        ++*row;
        worksheet_merge_range(book->sheet, *row, 0, *row, 1, lines->pdata[i], book->wrapped);
        worksheet_set_row(book->sheet, *row,
                          LINE_PT * count_lines(lines->pdata[i], LABEL_WIDTH + VALUE_WIDTH) + 1, NULL);
    }
    ++*row;
}

static bool write_facts(Book *book, const Report *report)
{
    book->sheet = add_sheet(book, "Thông tin");
    if (!book->sheet)
        return false;
    worksheet_set_column(book->sheet, 0, 0, LABEL_WIDTH, NULL);
    worksheet_set_column(book->sheet, 1, 1, VALUE_WIDTH, NULL);
    worksheet_write_string(book->sheet, 0, 0, report->title, book->title);
    lxw_row_t row = 1;
    for (guint i = 0; i < report->notices->len; i++)
        worksheet_write_string(book->sheet, row++, 0, report->notices->pdata[i], book->warning);
    for (guint i = 0; i < report->facts->len; i++) {
        const ReportFact *fact = report->facts->pdata[i];
        const char *value = fact->words ? fact->words : fact->value;
        row++;
        worksheet_write_string(book->sheet, row, 0, fact->label, book->text);
        worksheet_write_string(book->sheet, row, 1, value, book->text);
        int lines = MAX(count_lines(value, VALUE_WIDTH), count_lines(fact->label, LABEL_WIDTH));
        worksheet_set_row(book->sheet, row, LINE_PT * lines + 1, NULL);
    }
    row++;
    write_lines(book, &row, "Lý do còn tạm tính", report->reasons);
    write_lines(book, &row, "Lý do đã được bỏ qua hoặc đã có quyết định xử lý", report->waived);
    set_page(book->sheet);
    worksheet_fit_to_pages(book->sheet, 1, 0);
    return true;
}

bool report_write_xlsx(const Report *report, const char *path, GError **error)
{
    g_autofree char *partial = g_strconcat(path, ".part", NULL);
    if (!file_replace(partial, "", 0, error)) /* the library would say why on standard error, in English */
        return false;
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Book book = {.book = workbook_new(partial), .names = names};
    bool made = book.book != NULL;
    if (made) {
        /* A fixed time: the same workspace gives the same bytes. */
        lxw_doc_properties properties = {.title = report->title, .created = 1672531200};
        workbook_set_properties(book.book, &properties);
        make_formats(&book);
        made = write_facts(&book, report);
        for (guint t = 0; made && t < report->tables->len; t++) {
            const ReportTable *table = report->tables->pdata[t];
            if (table->in & IN_XLSX)
                made = write_table(&book, report, table);
        }
        made = workbook_close(book.book) == LXW_NO_ERROR && made;
    }
    if (made && g_rename(partial, path) == 0)
        return true;
    g_unlink(partial);
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED,
                _("%s: the workbook cannot be written; check folder and space"), shown);
    return false;
}
