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
    lxw_format *title, *warning, *heading, *text, *code, *count, *bold_text, *bold_count, *plain;
    lxw_format *number[10], *bold_number[10]; /* by decimals, made when needed */
} Book;

#define MAX_DECIMALS 9
/* Tables of more columns are set for A3. */
#define WIDE_COLUMNS 14
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
    book->plain = new_format(book, false, false);
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

static void write_cell(Book *book, lxw_row_t row, lxw_col_t at, const ReportColumn *column,
                       const ReportCell *cell, bool bold)
{
    lxw_format *text = bold ? book->bold_text : column->width <= CODE_WIDTH ? book->code : book->text;
    g_autofree char *figure = NULL; /* as shown everywhere else */
    if (column->kind == COLUMN_REAL)
        figure = report_real_text(cell->real, column->decimals);
    else if (column->kind == COLUMN_NUMBER && cell->number)
        figure = rational_to_decimal(cell->number, column->decimals, '.');
    double value = 0;
    if (column->kind == COLUMN_COUNT && !cell->text) {
        worksheet_write_number(book->sheet, row, at, (double)cell->count,
                               bold ? book->bold_count : book->count);
    } else if (figure && number_parse_double(figure, -1e15, 1e15, &value, NULL)) {
        worksheet_write_number(book->sheet, row, at, value, number_format(book, column->decimals, bold));
    } else if (cell->text && *cell->text) {
        worksheet_write_string(book->sheet, row, at, cell->text, text);
    } else {
        worksheet_write_blank(book->sheet, row, at, text);
    }
}

/* One row of headings, or two when some columns stand under a common one. */
static lxw_row_t write_headings(Book *book, const ReportTable *table, lxw_row_t row)
{
    bool two = false;
    for (guint c = 0; c < table->columns->len; c++)
        two = two || ((ReportColumn *)table->columns->pdata[c])->over;
    for (guint c = 0; c < table->columns->len; c++) {
        const ReportColumn *column = table->columns->pdata[c];
        lxw_col_t at = (lxw_col_t)c;
        worksheet_set_column(book->sheet, at, at, column->width, NULL);
        if (two && !column->over)
            worksheet_merge_range(book->sheet, row, at, row + 1, at, column->heading, book->heading);
        else
            worksheet_write_string(book->sheet, row + two, at, column->heading, book->heading);
        guint last = c;
        while (column->over && last + 1 < table->columns->len &&
               ((ReportColumn *)table->columns->pdata[last + 1])->over == column->over)
            last++;
        bool first = c == 0 || ((ReportColumn *)table->columns->pdata[c - 1])->over != column->over;
        if (two && column->over && first && last > c)
            worksheet_merge_range(book->sheet, row, at, row, (lxw_col_t)last, column->over, book->heading);
        else if (two && column->over && first)
            worksheet_write_string(book->sheet, row, at, column->over, book->heading);
    }
    worksheet_set_row(book->sheet, row + two, two ? 34 : 40, NULL);
    return row + two + 1;
}

static void set_page(lxw_worksheet *sheet, guint columns)
{
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, columns > WIDE_COLUMNS ? 8 : 9); /* A3, A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_set_footer(sheet, "&CTrang &P/&N");
}

static bool write_table(Book *book, const Report *report, const ReportTable *table)
{
    book->sheet = workbook_add_worksheet(book->book, table->sheet);
    if (!book->sheet)
        return false;
    worksheet_write_string(book->sheet, 0, 0, table->title, book->title);
    lxw_row_t row = 1;
    for (guint i = 0; i < report->notices->len; i++)
        worksheet_write_string(book->sheet, row++, 0, report->notices->pdata[i], book->warning);
    lxw_row_t heading = row;
    row = write_headings(book, table, row);
    lxw_col_t frozen = table->columns->len > 2 ? 2 : 0;
    worksheet_freeze_panes(book->sheet, row, frozen);
    worksheet_repeat_rows(book->sheet, heading, row - 1);
    for (guint r = 0; r < table->rows->len; r++, row++) {
        const GArray *cells = table->rows->pdata[r];
        bool bold = table->emphasise && r + 1 == table->rows->len;
        for (guint c = 0; c < cells->len; c++)
            write_cell(book, row, (lxw_col_t)c, table->columns->pdata[c],
                       &g_array_index(cells, ReportCell, c), bold);
    }
    set_page(book->sheet, table->columns->len);
    return true;
}

static void write_lines(Book *book, lxw_row_t *row, const char *heading, const GPtrArray *lines,
                        lxw_format *format)
{
    if (!lines->len)
        return;
    worksheet_write_string(book->sheet, ++*row, 0, heading, book->title);
    for (guint i = 0; i < lines->len; i++)
        worksheet_write_string(book->sheet, ++*row, 0, lines->pdata[i], format);
    ++*row;
}

static bool write_facts(Book *book, const Report *report)
{
    book->sheet = workbook_add_worksheet(book->book, "Thông tin");
    if (!book->sheet)
        return false;
    worksheet_set_column(book->sheet, 0, 0, 34, NULL);
    worksheet_set_column(book->sheet, 1, 1, 90, NULL);
    worksheet_write_string(book->sheet, 0, 0, report->title, book->title);
    lxw_row_t row = 1;
    for (guint i = 0; i < report->notices->len; i++)
        worksheet_write_string(book->sheet, row++, 0, report->notices->pdata[i], book->warning);
    for (guint i = 0; i < report->facts->len; i++) {
        const ReportFact *fact = report->facts->pdata[i];
        row++;
        worksheet_write_string(book->sheet, row, 0, fact->label, book->text);
        worksheet_write_string(book->sheet, row, 1, fact->value, book->text);
        int lines = 1;
        for (const char *c = fact->value; *c; c++)
            lines += *c == '\n';
        worksheet_set_row(book->sheet, row, 17.0 * lines, NULL);
    }
    row++;
    write_lines(book, &row, "Lý do còn tạm tính", report->reasons, book->plain);
    write_lines(book, &row, "Lý do đã được bỏ qua hoặc đã có quyết định xử lý", report->waived, book->plain);
    set_page(book->sheet, 2);
    return true;
}

bool report_write_xlsx(const Report *report, const char *path, GError **error)
{
    g_autofree char *partial = g_strconcat(path, ".part", NULL);
    if (!file_replace(partial, "", 0, error)) /* the library would say why on standard error, in English */
        return false;
    Book book = {.book = workbook_new(partial)};
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
