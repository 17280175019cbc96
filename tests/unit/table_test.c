#include "table/table.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

static char *folder;

static char *file_in_folder(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static char *write_bytes(const char *name, const char *bytes, gssize length)
{
    char *path = file_in_folder(name);
    g_assert_true(g_file_set_contents(path, bytes, length, NULL));
    return path;
}

/* The one table of a CSV with these bytes. */
static GPtrArray *read_bytes(const char *bytes, gssize length)
{
    g_autofree char *path = write_bytes("t.csv", bytes, length);
    g_autoptr(GError) error = NULL;
    GPtrArray *tables = table_read(path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(tables->len, ==, 1);
    return tables;
}

static void assert_refused(const char *path, PhieuError code, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(table_read(path, &error));
    g_assert_error(error, PHIEU_ERROR, (int)code);
    if (says)
        g_assert_nonnull(strstr(error->message, says));
    g_assert_null(strchr(error->message, '\n'));
}

static void assert_bytes_refused(const char *bytes, gssize length, PhieuError code, const char *says)
{
    g_autofree char *path = write_bytes("bad.csv", bytes, length);
    assert_refused(path, code, says);
}

static void assert_cell(const Table *table, int row, int column, TableCellKind kind, const char *text)
{
    const TableCell *cell = table_cell(table, row, column);
    g_assert_cmpstr(cell->text, ==, text);
    g_assert_cmpint(cell->kind, ==, kind);
}

/* ---- CSV ---- */

static void test_csv_separators(void)
{
    static const char separators[] = {',', ';', '\t'};
    for (size_t i = 0; i < G_N_ELEMENTS(separators); i++) {
        g_autofree char *text =
            g_strdup_printf("mã%ctên%cđiểm\r\n1.1%c\"Công khai, \"\"một cửa\"\"; kịp\tthời\"%c\"1,5\"\r\n",
                            separators[i], separators[i], separators[i], separators[i]);
        g_autoptr(GPtrArray) tables = read_bytes(text, -1);
        const Table *table = tables->pdata[0];
        g_assert_cmpstr(table_name(table), ==, "");
        g_assert_cmpint(table_rows(table), ==, 2);
        g_assert_cmpint(table_columns(table), ==, 3);
        assert_cell(table, 0, 2, TABLE_TEXT, "điểm");
        assert_cell(table, 1, 1, TABLE_TEXT, "Công khai, \"một cửa\"; kịp thời");
        assert_cell(table, 1, 2, TABLE_TEXT, "1,5");
    }
}

/* Names and decimals carry more commas than the lines have separators. */
static void test_csv_commas_in_cells(void)
{
    g_autoptr(GPtrArray) tables =
        read_bytes("BÁO CÁO TỰ CHẤM ĐIỂM, NĂM 2023\r\nMã TC;Tiêu chí;Điểm tối đa;Điểm tự chấm\r\n"
                   "1.1;Kế hoạch: đúng hạn, đủ nội dung, có giám sát, có đánh giá;1,5;1,25\r\n"
                   "1.2;Báo cáo quý, sáu tháng, chín tháng, năm;2,0;1,75\r\n"
                   "1.3;Kiểm tra, xử lý, đôn đốc, nhắc nhở;2,5;2,25\r\n",
                   -1);
    const Table *table = tables->pdata[0];
    g_assert_cmpint(table_columns(table), ==, 4);
    assert_cell(table, 0, 0, TABLE_TEXT, "BÁO CÁO TỰ CHẤM ĐIỂM, NĂM 2023");
    assert_cell(table, 2, 3, TABLE_TEXT, "1,25");
    assert_cell(table, 4, 1, TABLE_TEXT, "Kiểm tra, xử lý, đôn đốc, nhắc nhở");
    /* and the other way round: a comma file with ';' in its names */
    g_autoptr(GPtrArray) commas =
        read_bytes("ma,ten,diem\n1.1,a; b; c; d; e,1\n1.2,f; g; h; i; k,2\n1.3,l; m; n; o,3\n", -1);
    assert_cell(commas->pdata[0], 1, 1, TABLE_TEXT, "a; b; c; d; e");
    assert_cell(commas->pdata[0], 3, 2, TABLE_TEXT, "3");
}

static void test_csv_lines(void)
{
    static const char *const texts[] = {"a,b\nc,d\n", "a,b\r\nc,d", "a,b\rc,d\r",
                                        "\xef\xbb\xbf"
                                        "a,b\r\nc,d\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) tables = read_bytes(texts[i], -1);
        const Table *table = tables->pdata[0];
        g_assert_cmpint(table_rows(table), ==, 2);
        g_assert_cmpint(table_columns(table), ==, 2);
        assert_cell(table, 0, 0, TABLE_TEXT, "a");
        assert_cell(table, 1, 1, TABLE_TEXT, "d");
    }
    /* a line break within quotes stays in its cell; empty cells and cells outside are empty, never NULL */
    g_autoptr(GPtrArray) tables = read_bytes("\"x\r\ny\",,z\n,\"\",\n", -1);
    const Table *table = tables->pdata[0];
    assert_cell(table, 0, 0, TABLE_TEXT, "x y");
    assert_cell(table, 0, 1, TABLE_EMPTY, "");
    assert_cell(table, 0, 2, TABLE_TEXT, "z");
    assert_cell(table, 1, 1, TABLE_EMPTY, "");
    assert_cell(table, -1, 0, TABLE_EMPTY, "");
    assert_cell(table, 0, -1, TABLE_EMPTY, "");
    assert_cell(table, 99999, 99999, TABLE_EMPTY, "");
    static const int widths[] = {3, 3, 1,
                                 0}; /* the last line ends in a line break: an empty row of one cell */
    for (int i = 0; i < (int)G_N_ELEMENTS(widths); i++)
        g_assert_cmpint(table_row_width(table, i), ==, widths[i]);
    g_assert_cmpint(table_separator(table), ==, ',');
}

static void test_csv_text(void)
{
    /* decomposed letters are composed, NBSP and blanks at the ends go */
    g_autoptr(GPtrArray) tables =
        read_bytes("\xc2\xa0 So\xcc\x9b\xcc\x89 No\xcc\xa3\xcc\x82i vu\xcc\xa3 \xc2\xa0,b\n", -1);
    assert_cell(tables->pdata[0], 0, 0, TABLE_TEXT, "Sở Nội vụ");
}

static void test_csv_utf16(void)
{
    static const char text[] = "mã;điểm\r\n1.1;0,5\r\n";
    static const char *const encodings[] = {"UTF-16LE", "UTF-16BE"};
    static const char *const marks[] = {"\xff\xfe", "\xfe\xff"};
    for (int i = 0; i < 2; i++) {
        gsize length;
        g_autofree char *wide = g_convert(text, -1, encodings[i], "UTF-8", NULL, &length, NULL);
        g_autoptr(GString) bytes = g_string_new_len(marks[i], 2);
        g_string_append_len(bytes, wide, (gssize)length);
        g_autoptr(GPtrArray) tables = read_bytes(bytes->str, (gssize)bytes->len);
        assert_cell(tables->pdata[0], 0, 1, TABLE_TEXT, "điểm");
        assert_cell(tables->pdata[0], 1, 1, TABLE_TEXT, "0,5");
        /* half a character at the end; a NUL in the middle must not cut the rest off unsaid */
        assert_bytes_refused(bytes->str, (gssize)bytes->len - 1, PHIEU_ERROR_INVALID, "Unicode");
        memset(bytes->str + 10, 0, 2);
        assert_bytes_refused(bytes->str, (gssize)bytes->len, PHIEU_ERROR_INVALID, NULL);
    }
}

static void test_csv_refused(void)
{
    assert_bytes_refused("a,b\n1\0002,3\n", 10, PHIEU_ERROR_UNREADABLE, "bad.csv");
    assert_bytes_refused("S\xf3 N\xe9i v\xf4,1\n", -1, PHIEU_ERROR_INVALID, "TCVN3");
    assert_bytes_refused("a,b\nc,\"d\ne,f\n", -1, PHIEU_ERROR_INVALID, "row 2");
    assert_bytes_refused("a,\xed\xa0\x80\n", -1, PHIEU_ERROR_INVALID, "Unicode"); /* a lone surrogate */
    assert_bytes_refused("", 0, PHIEU_ERROR_UNREADABLE, "empty");
    assert_bytes_refused("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, PHIEU_ERROR_UNREADABLE, ".xls");
    g_autofree char *missing = file_in_folder("none.csv");
    assert_refused(missing, PHIEU_ERROR_NOT_FOUND, "none.csv");
    assert_refused(folder, PHIEU_ERROR_UNREADABLE, NULL);
}

/* ---- other kinds ---- */

static void add_part(zip_t *package, const char *name, const char *text)
{
    zip_source_t *source = zip_source_buffer(package, text, strlen(text), 0);
    g_assert_cmpint(zip_file_add(package, name, source, ZIP_FL_ENC_UTF_8), >=, 0);
}

static char *write_package(const char *name, const char *const *names)
{
    char *path = file_in_folder(name);
    g_unlink(path);
    zip_t *package = zip_open(path, ZIP_CREATE, NULL);
    for (; *names; names += 2)
        add_part(package, names[0], names[1]);
    g_assert_cmpint(zip_close(package), ==, 0);
    return path;
}

/* An OLE container's bytes as far as it matters here: its mark, and a directory entry of that name. */
static void assert_ole_refused(const char *stream, const char *says)
{
    char bytes[4096] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    for (size_t i = 0; stream[i]; i++)
        bytes[1024 + 2 * i] = stream[i];
    assert_bytes_refused(bytes, sizeof bytes, PHIEU_ERROR_UNREADABLE, says);
}

/* What offices send for a workbook is named for what it is, whatever its name says, and what to do with it.
 */
static void test_kinds(void)
{
    static const struct {
        const char *bytes, *says;
    } texts[] = {
        {"%PDF-1.5\n%\xb5\xed", "is a PDF; ask for the table itself"},
        {"\xff\xd8\xff\xe0\1\2\3", "is a picture (JPEG)"},
        {"{\\rtf1\\ansi", "is a text document (RTF)"},
        {"\xef\xbb\xbf  <!DOCTYPE HTML PUBLIC>\n<html>", "is a web page (HTML) named as a sheet; open it"},
        {"<table><tr><td>M\xc3\xa3</td></tr></table>", "is a web page (HTML)"},
        {"<HTML><head>", "is a web page (HTML)"},
        {"<?xml version=\"1.0\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
         "is an XML sheet of Excel 2003; open it in Excel"},
        {"<?xml version=\"1.0\"?><note/>", "is an XML file"},
        {"ID;PWXL;N;E\n", "is a SYLK sheet"},
        {"Rar!\x1a\7", "is a RAR archive; unpack it"},
        {"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive; unpack it"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_bytes_refused(texts[i].bytes, -1, PHIEU_ERROR_UNREADABLE, texts[i].says);
    assert_bytes_refused("\xff\xfe<\0h\0t\0m\0l\0>\0", 14, PHIEU_ERROR_UNREADABLE, "is a web page (HTML)");
    assert_bytes_refused("\1\2\0\3 điểm", 12, PHIEU_ERROR_UNREADABLE,
                         "neither a workbook nor a table of text");
    assert_ole_refused("Workbook", "is a workbook of Excel 97");
    assert_ole_refused("Book", "is a workbook of Excel 5");
    assert_ole_refused("EncryptedPackage", "is a workbook with a password; open it with the password");
    assert_ole_refused("WordDocument", "is a text document of Word (.doc)");
    assert_ole_refused("Workbooks", "is an old .xls, or a workbook with a password");
    static const struct {
        const char *parts[7], *says;
    } packages[] = {
        {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>", NULL},
         "holds no sheet; ask for the table itself"},
        {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", "styles.xml", "<x/>", NULL},
         "is no sound workbook (content.xml)"},
        {{"content.xml", "\x8f\x17", "META-INF/manifest.xml",
          "<m:manifest><m:file-entry m:full-path=\"content.xml\"><m:encryption-data/></m:file-entry>"
          "</m:manifest>",
          NULL},
         "is a workbook with a password; open it with the password and save it as .xlsx without one"},
        {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", "encrypted-package", "x", NULL},
         "is a workbook with a password"},
        {{"mimetype", "application/vnd.sun.xml.calc", "content.xml", "<x/>", NULL},
         "of OpenOffice 1; open it"},
        {{"mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<x/>", NULL},
         "is an OpenDocument file that is no sheet"},
        {{"word/document.xml", "<x/>", NULL}, "is a text document of Word (.docx)"},
        {{"xl/workbook.bin", "x", NULL}, "is a binary workbook (.xlsb)"},
        {{"xl\\workbook.xml", "<x/>", "xl\\worksheets\\sheet1.xml", "<x/>", NULL},
         "whose parts are named wrongly"},
        {{"a.xlsx", "PK", "b.xlsx", "PK", NULL}, "is a zip archive; unpack it"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(packages); i++) {
        g_autofree char *path = write_package("kind.xlsx", packages[i].parts);
        assert_refused(path, PHIEU_ERROR_UNREADABLE, packages[i].says);
    }
    /* a table that only speaks of such things is a table */
    g_autoptr(GPtrArray) tables = read_bytes("a,<html>\nPDF,1\n", -1);
    assert_cell(tables->pdata[0], 0, 1, TABLE_TEXT, "<html>");
}

/* "điểm tự chấm" as TCVN3 and VNI fonts encode it, also in capitals, is no Unicode heading; Unicode is. */
static void test_legacy_fonts(void)
{
    static const struct {
        const char *text, *font;
    } cases[] = {{"x\nM· TC,§iÓm tù chÊm\n", "TCVN3"}, {"x\nM· TC,§IÓM Tù CHÊM\n", "TCVN3"},
                 {"x\nMaõ,Ñieåm töï chaám\n", "VNI"},  {"x\nMã,Điểm tự chấm\n", NULL},
                 {"x\nMÃ,ĐIỂM TỰ CHẤM 100 %\n", NULL}, {"x\n§ 1,señor Åse «ok»\n", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) tables = read_bytes(cases[i].text, -1);
        int row = -1, column = -1;
        g_assert_cmpstr(table_legacy_font(tables->pdata[0], &row, &column), ==, cases[i].font);
        g_assert_cmpint(row, ==, cases[i].font ? 1 : -1);
        g_assert_cmpint(column, ==, cases[i].font ? 1 : -1);
    }
}

static void test_csv_limits(void)
{
    g_autoptr(GString) rows = g_string_new(NULL);
    for (int i = 0; i < TABLE_MAX_ROWS; i++)
        g_string_append(rows, "1\n");
    g_autoptr(GPtrArray) most = read_bytes(rows->str, -1);
    g_assert_cmpint(table_rows(most->pdata[0]), ==, TABLE_MAX_ROWS);
    g_string_append(rows, "1\n");
    assert_bytes_refused(rows->str, -1, PHIEU_ERROR_LIMIT, "20000");
    g_autoptr(GString) columns = g_string_new("0");
    for (int i = 1; i < TABLE_MAX_COLUMNS; i++)
        g_string_append(columns, ",1");
    g_autoptr(GPtrArray) widest = read_bytes(columns->str, -1);
    g_assert_cmpint(table_columns(widest->pdata[0]), ==, TABLE_MAX_COLUMNS);
    g_string_append(columns, ",1");
    assert_bytes_refused(columns->str, -1, PHIEU_ERROR_LIMIT, "512");
    g_autofree char *big = write_bytes("big.csv", "a", 1);
    g_assert_cmpint(truncate(big, (off_t)TABLE_MAX_BYTES + 1), ==, 0);
    assert_refused(big, PHIEU_ERROR_LIMIT, "64 MiB, as no score sheet is; copy the table alone");
    g_unlink(big);
}

/* ---- numbers ---- */

static void assert_number(TableCellKind kind, const char *text, const char *exact)
{
    TableCell cell = {kind, (char *)text, NULL, false, false};
    g_autoptr(GError) error = NULL;
    g_autoptr(Rational) value = table_cell_number(&cell, &error);
    if (!exact) {
        if (value)
            g_test_message("'%s' was taken for a number", text);
        g_assert_null(value);
        g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
        return;
    }
    g_assert_no_error(error);
    g_autofree char *got = rational_to_exact(value);
    g_assert_cmpstr(got, ==, exact);
}

static void test_numbers(void)
{
    static const struct {
        const char *text, *exact;
    } good[] = {
        {"0", "0"},
        {"2", "2"},
        {"1,5", "3/2"},
        {"1.5", "3/2"},
        {"0,50 điểm", "1/2"},
        {"0,50 ĐIỂM", "1/2"},
        {"0,50điểm", "1/2"},
        {"1đ", "1"},
        {"1,25 đ.", "5/4"},
        {"-1,5", "-3/2"},
        {"\xe2\x88\x92"
         "1,5",
         "-3/2"},
        {"1.234,5", "2469/2"},
        {"1.234.567", "1234567"},
        {"0.500", "1/2"},
        {"0,125", "1/8"},
        {"12.345.678,25", "49382713/4"},
        {"1.25", "5/4"},
        {"00,5", "1/2"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_number(TABLE_TEXT, good[i].text, good[i].exact);
    static const char *const bad[] = {"",
                                      "điểm",
                                      "1.500",
                                      "-1.500",
                                      "1,5,0",
                                      "1.23,4",
                                      "1,234.5",
                                      "1,",
                                      ",5",
                                      "1 5",
                                      "1/2",
                                      "1e3",
                                      "0x10",
                                      "nan",
                                      "1.2.3",
                                      "--1",
                                      "1-",
                                      "1,5 đồng",
                                      "khoảng 2",
                                      "2 (hai)",
                                      "+1",
                                      "12345678901234567890",
                                      "1.2345.678",
                                      ".123.456",
                                      "1,5 điểm điểm",
                                      "١"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_number(TABLE_TEXT, bad[i], NULL);
    assert_number(TABLE_NUMBER, "1.500", "3/2"); /* a number cell has no thousands */
    assert_number(TABLE_FORMULA_NO_VALUE, "", NULL);
    assert_number(TABLE_ERROR, "#REF!", NULL);
    assert_number(TABLE_EMPTY, "", NULL);
    /* as it comes from a file: NBSP between number and unit, and around */
    g_autoptr(GPtrArray) tables = read_bytes("\xc2\xa0"
                                             "0,50\xc2\xa0điểm\xc2\xa0;x\n",
                                             -1);
    g_autoptr(Rational) half = table_cell_number(table_cell(tables->pdata[0], 0, 0), NULL);
    g_autofree char *exact = rational_to_exact(half);
    g_assert_cmpstr(exact, ==, "1/2");
}

static void test_addresses(void)
{
    static const struct {
        int row, column;
        const char *address;
    } cases[] = {{0, 0, "A1"},   {11, 3, "D12"},  {0, 25, "Z1"},    {1, 26, "AA2"},         {0, 51, "AZ1"},
                 {0, 52, "BA1"}, {0, 701, "ZZ1"}, {0, 702, "AAA1"}, {19999, 511, "SR20000"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *address = table_address(cases[i].row, cases[i].column);
        g_assert_cmpstr(address, ==, cases[i].address);
    }
}

/* ---- workbooks as offices make them ---- */

static GPtrArray *read_good(const char *path)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *tables = table_read(path, &error);
    g_assert_no_error(error);
    return tables;
}

static char *write_office_workbook(void)
{
    char *path = file_in_folder("office.xlsx");
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Tự chấm");
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "dd/mm/yyyy");
    worksheet_merge_range(sheet, 0, 0, 0, 3, "BÁO CÁO", NULL);
    worksheet_merge_range(sheet, 2, 0, 4, 0, "Lĩnh vực 1", NULL);
    worksheet_write_string(sheet, 1, 0, "  Ma\xcc\x83 TC\xc2\xa0", NULL);
    worksheet_write_string(sheet, 1, 1, "1,5 điểm", NULL);
    worksheet_write_number(sheet, 2, 1, 0.1 + 0.2, NULL);
    worksheet_write_number(sheet, 3, 1, 1e-5, NULL);
    worksheet_write_number(sheet, 4, 1, -2.25, NULL);
    worksheet_write_formula_num(sheet, 2, 2, "=SUM(B3:B5)", NULL, 13.9);
    worksheet_write_formula_str(sheet, 3, 2, "=\"a\"&\"b\"", NULL, "ab");
    lxw_datetime day = {2023, 12, 4, 0, 0, 0};
    worksheet_write_datetime(sheet, 4, 2, &day, date);
    worksheet_write_boolean(sheet, 5, 1, 1, NULL);
    worksheet_write_number(sheet, 6, 1, 1e15, NULL);
    lxw_row_col_options hidden = {0};
    hidden.hidden = LXW_TRUE;
    worksheet_set_column_opt(sheet, 4, 6, 9, NULL, &hidden);
    worksheet_set_row_opt(sheet, 5, 15, NULL, &hidden);
    lxw_format *bold = workbook_add_format(book);
    format_set_bold(bold);
    lxw_rich_string_tuple plain = {.string = (char *)"Công "},
                          strong = {.format = bold, .string = (char *)"khai"};
    lxw_rich_string_tuple *rich[] = {&plain, &strong, NULL};
    g_assert_cmpint(worksheet_write_rich_string(sheet, 7, 1, rich, NULL), ==, LXW_NO_ERROR);
    lxw_worksheet *second = workbook_add_worksheet(book, "Giải trình");
    worksheet_write_string(second, 99, 29, "xa", NULL);
    g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
    return path;
}

static void test_xlsx(void)
{
    g_autofree char *path = write_office_workbook();
    g_autoptr(GPtrArray) tables = read_good(path);
    g_assert_cmpuint(tables->len, ==, 2);
    const Table *table = tables->pdata[0], *second = tables->pdata[1];
    g_assert_cmpstr(table_name(table), ==, "Tự chấm");
    assert_cell(table, 0, 0, TABLE_TEXT, "BÁO CÁO");
    assert_cell(table, 0, 3, TABLE_EMPTY, "");
    g_assert_false(table_cell(table, 0, 0)->merged_away);
    g_assert_true(table_cell(table, 0, 2)->merged_away);
    g_assert_false(table_cell(table, 2, 0)->merged_away);
    g_assert_true(table_cell(table, 4, 0)->merged_away);
    g_assert_false(table_cell(table, 4, 1)->merged_away);
    assert_cell(table, 1, 0, TABLE_TEXT, "Mã TC");
    assert_cell(table, 1, 1, TABLE_TEXT, "1,5 điểm");
    assert_cell(table, 2, 1, TABLE_NUMBER, "0.3");
    assert_cell(table, 3, 1, TABLE_NUMBER, "0.00001");
    assert_cell(table, 4, 1, TABLE_NUMBER, "-2.25");
    assert_cell(table, 2, 2, TABLE_NUMBER, "13.9");
    g_assert_true(table_cell(table, 2, 2)->formula);
    g_assert_false(table_cell(table, 2, 1)->formula);
    assert_cell(table, 3, 2, TABLE_TEXT, "ab");
    assert_cell(table, 4, 2, TABLE_SHOWN_OTHERWISE, "04/12/2023");
    assert_cell(table, 5, 1, TABLE_SHOWN_OTHERWISE, "TRUE");
    assert_cell(table, 6, 1, TABLE_NUMBER, "1000000000000000");
    assert_cell(table, 7, 1, TABLE_TEXT, "Công khai");
    for (int column = 0; column < 9; column++)
        g_assert_cmpint(table_column_hidden(table, column), ==, column >= 4 && column <= 6);
    for (int row = 0; row < 9; row++)
        g_assert_cmpint(table_row_hidden(table, row), ==, row == 5);
    g_assert_false(table_column_hidden(second, 4));
    assert_cell(second, 99, 29, TABLE_TEXT, "xa");
    g_assert_cmpint(table_rows(second), ==, 100);
    g_assert_cmpint(table_columns(second), ==, 30);
}

/* ---- workbooks put together by hand ---- */

#define MAIN_NS "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define OFFICE "application/vnd.openxmlformats-officedocument.spreadsheetml."

/* A workbook with one sheet of that XML, and these shared strings. */
static char *write_parts_styled(const char *name, const char *sheet, const char *strings, const char *styles)
{
    char *path = file_in_folder(name);
    g_unlink(path);
    zip_t *package = zip_open(path, ZIP_CREATE, NULL);
    add_part(package, "[Content_Types].xml",
             "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
             "<Default Extension=\"rels\" "
             "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
             "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" OFFICE "sheet.main+xml\"/>"
             "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"" OFFICE "sharedStrings+xml\"/>"
             "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" OFFICE
             "worksheet+xml\"/></Types>");
    add_part(
        package, "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"rId1\" Type=\"" RELATION "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    g_autofree char *relations = g_strconcat(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"rId1\" Type=\"" RELATION "/worksheet\" Target=\"worksheets/sheet1.xml\"/>",
        strings ? "<Relationship Id=\"rId2\" Type=\"" RELATION
                  "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
                : "",
        "<Relationship Id=\"rId3\" Type=\"" RELATION "/styles\" Target=\"styles.xml\"/></Relationships>",
        NULL);
    add_part(package, "xl/_rels/workbook.xml.rels", relations);
    if (styles)
        add_part(package, "xl/styles.xml", styles);
    add_part(package, "xl/workbook.xml",
             "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" RELATION
             "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
    if (strings)
        add_part(package, "xl/sharedStrings.xml", strings);
    add_part(package, "xl/worksheets/sheet1.xml", sheet);
    g_assert_cmpint(zip_close(package), ==, 0);
    return path;
}

static char *write_parts(const char *name, const char *sheet, const char *strings)
{
    return write_parts_styled(name, sheet, strings, NULL);
}

#define STRICT "http://purl.oclc.org/ooxml/"
#define SHEET(rows) "<worksheet xmlns=\"" MAIN_NS "\"><sheetData>" rows "</sheetData></worksheet>"
#define STRINGS(items) "<sst xmlns=\"" MAIN_NS "\">" items "</sst>"

static void test_xlsx_cells(void)
{
    g_autofree char *path = write_parts(
        "cells.xlsx",
        SHEET("<row r=\"1\"><c r=\"A1\"><f>SUM(B1:B2)</f></c><c r=\"B1\"><f>1+1</f><v>2</v></c>"
              "<c r=\"C1\" t=\"e\"><v>#REF!</v></c><c r=\"D1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"
              "<c r=\"E1\" t=\"inlineStr\"><is><t>tại chỗ</t></is></c><c r=\"F1\" t=\"s\"><v>0</v></c>"
              "<c r=\"G1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"H1\" t=\"d\"><v>2023-12-04</v></c>"
              "<c r=\"I1\"/><c r=\"J1\"><v>1.5</v></c></row>"),
        STRINGS("<si><t>chung</t></si>"));
    g_autoptr(GPtrArray) tables = read_good(path);
    const Table *table = tables->pdata[0];
    assert_cell(table, 0, 0, TABLE_FORMULA_NO_VALUE, "");
    assert_cell(table, 0, 1, TABLE_NUMBER, "2");
    assert_cell(table, 0, 2, TABLE_ERROR, "#REF!");
    assert_cell(table, 0, 3, TABLE_ERROR, "#DIV/0!");
    assert_cell(table, 0, 4, TABLE_TEXT, "tại chỗ");
    assert_cell(table, 0, 5, TABLE_TEXT, "chung");
    assert_cell(table, 0, 8, TABLE_EMPTY, "");
    assert_cell(table, 0, 9, TABLE_NUMBER, "1.5");
    assert_cell(table, 0, 6, TABLE_EMPTY, "");
    assert_cell(table, 0, 7, TABLE_SHOWN_OTHERWISE, "04/12/2023");
}

/* Without a table of shared texts, as some programs write workbooks, a formula is a formula all the same. */
static void test_xlsx_no_strings(void)
{
    g_autofree char *path = write_parts(
        "bare.xlsx",
        SHEET(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"B1\"><f>1+1</f><v></v></c>"
            "<c r=\"C1\"><f>1+1</f></c><c r=\"D1\" t=\"str\"><f>\"\"</f><v></v></c>"
            "<c r=\"E1\" t=\"str\"><f>A1</f></c><c r=\"F1\"><f>1+1</f><v>2</v></c></row>"),
        NULL);
    g_autoptr(GPtrArray) tables = read_good(path);
    g_assert_cmpint(table_separator(tables->pdata[0]), ==, 0);
    assert_cell(tables->pdata[0], 0, 0, TABLE_TEXT, "a");
    assert_cell(tables->pdata[0], 0, 1, TABLE_FORMULA_NO_VALUE, "");
    assert_cell(tables->pdata[0], 0, 2, TABLE_FORMULA_NO_VALUE, "");
    assert_cell(tables->pdata[0], 0, 3, TABLE_EMPTY, "");
    assert_cell(tables->pdata[0], 0, 4, TABLE_FORMULA_NO_VALUE, "");
    assert_cell(tables->pdata[0], 0, 5, TABLE_NUMBER, "2");
}

/* A number the office does not see as that number is not taken for points; text that only looks like a format
 * (quoted, escaped, a colour) leaves it a number. */
static void test_xlsx_formats(void)
{
    g_autofree char *path = write_parts_styled(
        "formats.xlsx",
        SHEET("<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c><c r=\"B1\" t=\"b\"><f>1=2</f><v>0</v></c>"
              "<c r=\"C1\" s=\"1\"><v>1</v></c><c r=\"D1\" s=\"2\"><v>2</v></c>"
              "<c r=\"E1\" s=\"3\"><f>1/2</f><v>0.5</v></c><c r=\"F1\" s=\"4\"><v>45294</v></c>"
              "<c r=\"G1\" s=\"5\"><v>1.5</v></c><c r=\"H1\" s=\"6\"><v>1.5</v></c>"
              "<c r=\"I1\" s=\"7\"><v>0.125</v></c><c r=\"J1\" s=\"0\"><v>1.5</v></c>"
              "<c r=\"K1\" s=\"99\"><v>1.5</v></c><c r=\"L1\" s=\"8\"><v>1.5</v></c></row>"),
        STRINGS(""),
        "<styleSheet xmlns=\"" MAIN_NS "\"><numFmts count=\"5\">"
        "<numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/>"
        "<numFmt numFmtId=\"165\" formatCode=\"0.0&quot; %&quot;\"/>"
        "<numFmt numFmtId=\"166\" formatCode=\"[Red]0.0\\d\"/>"
        "<numFmt numFmtId=\"167\" formatCode=\"0.0%\"/><numFmt numFmtId=\"168\" formatCode=\"0.00E+00\"/>"
        "</numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"9\"/><xf numFmtId=\"14\"/><xf numFmtId=\"20\"/>"
        "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"167\"/>"
        "<xf numFmtId=\"168\"/></cellXfs></styleSheet>");
    g_autoptr(GPtrArray) tables = read_good(path);
    static const char *const otherwise[] = {"TRUE", "FALSE", "100%", "02/01/1900", "12:00", "03/01/2024"};
    for (int i = 0; i < (int)G_N_ELEMENTS(otherwise); i++) {
        assert_cell(tables->pdata[0], 0, i, TABLE_SHOWN_OTHERWISE, otherwise[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(table_cell_number(table_cell(tables->pdata[0], 0, i), &error));
        g_assert_nonnull(strstr(error->message, otherwise[i]));
    }
    assert_cell(tables->pdata[0], 0, 6, TABLE_NUMBER, "1.5");
    assert_cell(tables->pdata[0], 0, 7, TABLE_NUMBER, "1.5");
    assert_cell(tables->pdata[0], 0, 8, TABLE_SHOWN_OTHERWISE, "12.5%");
    for (int i = 9; i < 12; i++)
        assert_cell(tables->pdata[0], 0, i, TABLE_NUMBER, "1.5");
}

/* A cell that holds a number and shows another one, or none, is refused as the clerk sees it; a format that
 * shows the whole number leaves it one. */
static void assert_shown(const TableCell *cell, const char *what, const char *shown)
{
    g_assert_cmpint(cell->kind, ==, TABLE_NUMBER);
    if (g_strcmp0(cell->shown, shown) != 0)
        g_test_message("%s", what);
    g_assert_cmpstr(cell->shown, ==, shown);
    g_autoptr(GError) error = NULL;
    g_autoptr(Rational) number = table_cell_number(cell, &error), stored = table_cell_stored(cell, NULL);
    g_assert_nonnull(stored);
    g_assert_true((number != NULL) == (shown == NULL));
    if (number)
        g_assert_cmpint(rational_compare(number, stored), ==, 0);
    if (!shown)
        return;
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID);
    g_autofree char *says = *shown ? g_strdup_printf("the cell shows '%s' and holds ", shown)
                                   : g_strdup("the cell shows nothing and holds ");
    g_assert_true(g_str_has_prefix(error->message, says));
}

/* A number in a format: its code, what is stored, what is refused as shown otherwise (NULL: nothing). */
typedef struct {
    const char *code, *value, *text, *shown;
} Format;

static const Format formats[] = {
    {"General", "37.5", "37.5", NULL},
    {"0", "37.5", "37.5", "38"},
    {"0", "37", "37", NULL},
    {"0.0", "37.5", "37.5", NULL},
    {"0.00", "37.5", "37.5", NULL},
    {"0.00", "37.125", "37.125", "37,13"},
    {"0.##", "37.5", "37.5", NULL},
    {"#,##0.0", "1234.5", "1234.5", NULL},
    {"#,##0", "1234.5", "1234.5", "1235"},
    {"0.0,", "37.5", "37.5", "0,0"},
    {"0\\.0", "375", "375", "37.5"},
    {"0\"5\"", "3", "3", "35"},
    {"0.0\" điểm\"", "1.5", "1.5", NULL},
    {"[Red]0.0_);(0.0)", "1.5", "1.5", NULL},
    {"[Red]0.0_);(0.0)", "-1.5", "-1.5", NULL},
    {"0.0;0.0", "-1.5", "-1.5", "1,5"},
    {"0.0;-0.0", "-1.5", "-1.5", NULL},
    {"-0.0", "1.5", "1.5", "-1,5"},
    {";;;", "37.5", "37.5", ""},
    {"0.0;-0.0;;@", "0", "0", ""},
    {"0.0;-0.0;;@", "1.5", "1.5", NULL},
    {"0.0;-0.0;\"-\"", "0", "0", NULL},
    {"\"đạt\"", "1", "1", "đạt"},
    {"[>=10]0;0.0", "37.5", "37.5", "38"},
    {"[>=10]0;0.0", "3.5", "3.5", NULL},
    {"[$₫-42A] 0.0", "1.5", "1.5", NULL},
    {"@", "37.125", "37.125", NULL},
    {"0.00E+00", "37.5", "37.5", NULL},
    {"0.0E+00", "37.55", "37.55", "3,8e+01"},
    {"# ?/?", "37.5", "37.5", NULL},
    {"# ?/?", "37.55", "37.55", "37 5/9"},
    {"# ?/8", "37.5", "37.5", NULL},
    /* what binary arithmetic leaves behind is no number anybody wrote */
    {"0.0", "37.499999999999996", "37.5", NULL},
    {"General", "37.4999999999999", "37.5", NULL},
    {"0.00", "3.3000000000000003", "3.3", NULL},
    {"0.00", "-2.7755575615628914E-17", "0", NULL},
    {"0.00", "1.8888888888888889", "1.88888888888889", "1,89"},
    {"General", "1.8888888888888889", "1.88888888888889", NULL},
};

static void test_xlsx_shown(void)
{
    g_autoptr(GString) codes = g_string_new(NULL), styles = g_string_new(NULL), cells = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *code = g_markup_escape_text(formats[i].code, -1);
        g_string_append_printf(codes, "<numFmt numFmtId=\"%u\" formatCode=\"%s\"/>", 164 + i, code);
        g_string_append_printf(styles, "<xf numFmtId=\"%u\"/>", 164 + i);
        g_string_append_printf(cells,
                               "<row r=\"%u\"><c r=\"A%u\" s=\"%u\"><v>%s</v></c>"
                               "<c r=\"B%u\" s=\"%u\"><f>C1</f><v>%s</v></c></row>",
                               i + 1, i + 1, i, formats[i].value, i + 1, i, formats[i].value);
    }
    /* formats the file does not spell out: 1 is "0", 2 "0.00", 41 "#,##0" with words for accountants */
    g_string_append(styles, "<xf numFmtId=\"1\"/><xf numFmtId=\"2\"/><xf numFmtId=\"41\"/>");
    guint own = G_N_ELEMENTS(formats);
    g_string_append_printf(cells,
                           "<row r=\"%u\"><c s=\"%u\"><v>37.5</v></c><c s=\"%u\"><v>37.5</v></c>"
                           "<c s=\"%u\"><v>37.5</v></c></row>",
                           own + 1, own, own + 1, own + 2);
    g_autofree char *style_sheet = g_strdup_printf(
        "<styleSheet xmlns=\"" MAIN_NS "\"><numFmts>%s</numFmts><cellXfs>%s</cellXfs></styleSheet>",
        codes->str, styles->str);
    g_autofree char *sheet = g_strdup_printf(SHEET("%s"), cells->str);
    g_autofree char *path = write_parts_styled("shown.xlsx", sheet, STRINGS(""), style_sheet);
    g_autoptr(GPtrArray) tables = read_good(path);
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        for (int column = 0; column < 2; column++) {
            const TableCell *cell = table_cell(tables->pdata[0], (int)i, column);
            g_assert_cmpstr(cell->text, ==, formats[i].text);
            assert_shown(cell, formats[i].code, formats[i].shown);
        }
    }
    assert_shown(table_cell(tables->pdata[0], (int)own, 0), "1", "38");
    assert_shown(table_cell(tables->pdata[0], (int)own, 1), "2", NULL);
    assert_shown(table_cell(tables->pdata[0], (int)own, 2), "41", "38");
}

/* What other programs write: plain "str", rich and phonetic inline texts, shared and array formulas, cells
 * without an address, a namespace prefix, absolute part names. */
static void test_xlsx_dialects(void)
{
    g_autofree char *path = write_parts(
        "dialects.xlsx",
        SHEET("<row><c t=\"str\"><v>một &amp; hai</v></c><c t=\"inlineStr\"><is><r><t>Công "
              "</t></r><r><t>khai</t></r>"
              "<rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></is></c></row>"
              "<row r=\"3\"><c r=\"A3\"><f t=\"shared\" ref=\"A3:B3\" si=\"0\">1+1</f><v>2</v></c>"
              "<c r=\"B3\"><f t=\"shared\" si=\"0\"/><v>3.5</v></c>"
              "<c r=\"C3\"><f t=\"array\" ref=\"C3\">SUM(A3:B3)</f><v>5.5</v></c>"
              "<c r=\"D3\" t=\"e\"><f t=\"array\" ref=\"D3\">1/0</f><v>#DIV/0!</v></c>"
              "<c r=\"G3\"><f t=\"dataTable\" ref=\"G3:G3\" dt2D=\"0\" r1=\"A3\"/><v>4</v></c>"
              "<c r=\"E3\" t=\"b\"><v>1</v></c><c r=\"F3\"><v>1E-05</v></c></row>"),
        STRINGS(""));
    g_autoptr(GPtrArray) tables = read_good(path);
    const Table *table = tables->pdata[0];
    assert_cell(table, 0, 0, TABLE_TEXT, "một & hai");
    assert_cell(table, 0, 1, TABLE_TEXT, "Công khai");
    assert_cell(table, 2, 0, TABLE_NUMBER, "2");
    assert_cell(table, 2, 1, TABLE_NUMBER, "3.5");
    assert_cell(table, 2, 2, TABLE_NUMBER, "5.5");
    assert_cell(table, 2, 3, TABLE_ERROR, "#DIV/0!");
    assert_cell(table, 2, 4, TABLE_SHOWN_OTHERWISE, "TRUE");
    assert_cell(table, 2, 5, TABLE_NUMBER, "0.00001");
    g_autofree char *prefixed = write_parts(
        "prefix.xlsx",
        "<x:worksheet xmlns:x=\"" MAIN_NS
        "\"><x:sheetData><x:row r=\"2\"><x:c r=\"B2\" t=\"inlineStr\"><x:is><x:t>"
        "có tiền tố</x:t></x:is></x:c><x:c r=\"C2\"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>",
        STRINGS(""));
    g_autoptr(GPtrArray) others = read_good(prefixed);
    assert_cell(others->pdata[0], 1, 1, TABLE_TEXT, "có tiền tố");
    assert_cell(others->pdata[0], 1, 2, TABLE_NUMBER, "7");
}

/* The workbook is found by the package's relations, not by its name. */
static void test_xlsx_other_name(void)
{
    const char *parts[] = {
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
        "Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Override PartName=\"/xl/workbook2.xml\" ContentType=\"" OFFICE "sheet.main+xml\"/>"
        "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" OFFICE "worksheet+xml\"/></Types>",
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"rId1\" Type=\"" RELATION "/officeDocument\" Target=\"xl/workbook2.xml\"/></Relationships>",
        "xl/_rels/workbook2.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"rId1\" Type=\"" RELATION "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        "xl/workbook2.xml",
        "<workbook xmlns=\"" MAIN_NS "\" xmlns:r=\"" RELATION
        "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        "xl/worksheets/sheet1.xml",
        SHEET(
            "<row r=\"1\"><c r=\"A1\"><v>1.5</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>b</t></is></c></row>"),
        NULL};
    /* by its place from here and, as Microsoft's library writes it, from the root */
    static const char *const targets[] = {"xl/workbook2.xml", "/xl/workbook2.xml"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *root = g_strdup_printf(
            "<Relationships "
            "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
            "Id=\"rId1\" Type=\"" RELATION "/officeDocument\" Target=\"%s\"/></Relationships>",
            targets[i]);
        parts[3] = root;
        g_autofree char *path = write_package("other-name.xlsx", parts);
        g_autoptr(GPtrArray) tables = read_good(path);
        assert_cell(tables->pdata[0], 0, 0, TABLE_NUMBER, "1.5");
        assert_cell(tables->pdata[0], 0, 1, TABLE_TEXT, "b");
    }
}

/* Merged areas over whole columns and rows cost nothing; areas that overlap are no sound sheet. */
static void test_xlsx_merges(void)
{
    g_autoptr(GString) sheet = g_string_new(
        "<worksheet xmlns=\"" MAIN_NS "\"><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"3\">"
        "<c r=\"B3\"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:XFD1048576\"/>");
    g_autofree char *one = g_strconcat(sheet->str, "</mergeCells></worksheet>", NULL);
    g_autofree char *path = write_parts("merges.xlsx", one, STRINGS(""));
    g_autoptr(GPtrArray) tables = read_good(path);
    const Table *table = tables->pdata[0];
    g_assert_cmpint(table_rows(table), ==, 3);
    g_assert_cmpint(table_columns(table), ==, 2);
    g_assert_false(table_cell(table, 0, 0)->merged_away);
    g_assert_true(table_cell(table, 1, 1)->merged_away);
    g_assert_true(table_cell(table, 2, 1)->merged_away);
    for (int i = 0; i < 5000; i++)
        g_string_append(sheet, "<mergeCell ref=\"A1:XFD1048576\"/>");
    g_string_append(sheet, "</mergeCells></worksheet>");
    g_autofree char *overlapping = write_parts("overlap.xlsx", sheet->str, STRINGS(""));
    assert_refused(overlapping, PHIEU_ERROR_UNREADABLE, "mergeCells");
}

static void test_xlsx_limits(void)
{
    static const char *const over[] = {"A20001", "SS1", "XFD1048576"};
    for (size_t i = 0; i < G_N_ELEMENTS(over); i++) {
        g_autofree char *sheet = g_strdup_printf(SHEET("<row r=\"%s\"><c r=\"%s\"><v>1</v></c></row>"),
                                                 over[i] + strcspn(over[i], "0123456789"), over[i]);
        g_autofree char *path = write_parts("over.xlsx", sheet, STRINGS(""));
        assert_refused(path, PHIEU_ERROR_LIMIT, "20000");
    }
    g_autofree char *path =
        write_parts("last.xlsx", SHEET("<row r=\"20000\"><c r=\"SR20000\"><v>1</v></c></row>"), STRINGS(""));
    g_autoptr(GPtrArray) tables = read_good(path);
    assert_cell(tables->pdata[0], 19999, 511, TABLE_NUMBER, "1");
}

/* ---- hostile packages ---- */

static void test_xlsx_damaged(void)
{
    g_autofree char *good = write_office_workbook();
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(good, &bytes, &length, NULL));
    /* cut anywhere: refused, never half a table */
    for (gsize cut = 4; cut < length; cut += MAX(length / 60, 1)) {
        g_autofree char *path = write_bytes("cut.xlsx", bytes, (gssize)cut);
        assert_refused(path, PHIEU_ERROR_UNREADABLE, "cut.xlsx");
    }
    /* one wrong byte anywhere: a table or a refusal, never a crash */
    int refused = 0;
    for (gsize at = 4; at < length; at += MAX(length / 200, 1)) {
        g_autofree char *flipped = g_memdup2(bytes, length);
        flipped[at] = (char)(flipped[at] ^ 0x55);
        g_autofree char *path = write_bytes("flip.xlsx", flipped, (gssize)length);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) tables = table_read(path, &error);
        g_assert_true((tables != NULL) != (error != NULL));
        refused += !tables;
    }
    g_assert_cmpint(refused, >, 50);
    g_autofree char *zip = file_in_folder("other.zip");
    zip_t *package = zip_open(zip, ZIP_CREATE, NULL);
    add_part(package, "readme.txt", "no workbook");
    zip_close(package);
    assert_refused(zip, PHIEU_ERROR_UNREADABLE, "is a zip archive; unpack it");
    static const char *const sheets[] = {
        "", "<worksheet", "<worksheet>", "<worksheet><sheetData><row", "<a>&b;</a>", "\xff\xfe\x00x"};
    for (size_t i = 0; i < G_N_ELEMENTS(sheets); i++) {
        g_autofree char *path = write_parts("xml.xlsx", sheets[i], STRINGS(""));
        assert_refused(path, PHIEU_ERROR_UNREADABLE, "xml.xlsx");
    }
    g_autofree char *open = write_parts(
        "open.xlsx", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", STRINGS(""));
    assert_refused(open, PHIEU_ERROR_UNREADABLE, "open.xlsx");
    /* a text that is not in the list of texts would silently be an empty cell */
    g_autofree char *lost =
        write_parts("lost.xlsx", SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>"),
                    STRINGS("<si><t>a</t></si>"));
    assert_refused(lost, PHIEU_ERROR_UNREADABLE, "lost.xlsx");
}

static void test_xlsx_bombs(void)
{
    /* 300 MB of blanks in one part, a few hundred kB packed */
    g_autofree char *blanks = g_malloc(300 << 20);
    memset(blanks, ' ', 300 << 20);
    memcpy(blanks, "<worksheet>", 11);
    blanks[(300 << 20) - 1] = '\0';
    g_autofree char *bomb = write_parts("bomb.xlsx", blanks, STRINGS(""));
    g_clear_pointer(&blanks, g_free);
    assert_refused(bomb, PHIEU_ERROR_LIMIT, "can be; copy the table alone into a new workbook");
    /* the same with a lie about its size in both headers */
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(bomb, &bytes, &length, NULL));
    guint32 size = (300 << 20) - 1, told = 100;
    int patched = 0;
    for (gsize i = 0; i + 4 <= length; i++) {
        if (memcmp(bytes + i, &size, 4) == 0) {
            memcpy(bytes + i, &told, 4);
            patched++;
        }
    }
    g_assert_cmpint(patched, >=, 1);
    g_autofree char *liar = write_bytes("liar.xlsx", bytes, (gssize)length);
    assert_refused(liar, PHIEU_ERROR_UNREADABLE, "liar.xlsx");
    /* very many parts */
    g_autofree char *many = file_in_folder("many.xlsx");
    zip_t *package = zip_open(many, ZIP_CREATE, NULL);
    for (int i = 0; i < 2100; i++) {
        g_autofree char *name = g_strdup_printf("xl/media/%d", i);
        add_part(package, name, "");
    }
    add_part(package, "xl/workbook.xml", "<workbook/>");
    zip_close(package);
    assert_refused(many, PHIEU_ERROR_LIMIT, "unpacks");
    /* entities that grow into billions of letters, and very deep nesting */
    g_autofree char *laughs = write_parts(
        "laughs.xlsx",
        "<?xml version=\"1.0\"?><!DOCTYPE w [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>" SHEET(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&c;</t></is></c></row>"),
        STRINGS(""));
    g_autoptr(GPtrArray) expanded = table_read(laughs, NULL);
    if (expanded)
        g_assert_cmpuint(strlen(table_cell(expanded->pdata[0], 0, 0)->text), <, 64);
    /* formulas that say they cover millions of cells */
    static const char *const arrays[] = {"A1:XFD1048576", "A1:A", "B2:A1", "", "A1:SR20000"};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) {
        g_autofree char *sheet = g_strdup_printf(
            SHEET("<row r=\"1\"><c r=\"A1\"><f t=\"array\" ref=\"%s\">B1</f><v>1</v></c></row>"), arrays[i]);
        g_autofree char *path = write_parts("array.xlsx", sheet, STRINGS(""));
        assert_refused(path, PHIEU_ERROR_UNREADABLE, "array.xlsx");
    }
    /* widths and hiding of more columns than a sheet has */
    static const char *const columns[] = {"min=\"2147483648\" max=\"4\"", "min=\"1\" max=\"2000000000\"",
                                          "min=\"0\" max=\"1\"", "max=\"3\""};
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *sheet =
            g_strdup_printf("<worksheet xmlns=\"" MAIN_NS "\"><cols><col %s hidden=\"1\"/></cols><sheetData>"
                            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>",
                            columns[i]);
        g_autofree char *path = write_parts("cols.xlsx", sheet, STRINGS(""));
        assert_refused(path, PHIEU_ERROR_UNREADABLE, "cols.xlsx");
    }
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 200000; i++)
        g_string_append(deep, "<a>");
    g_autofree char *nested = write_parts("deep.xlsx", deep->str, STRINGS(""));
    assert_refused(nested, PHIEU_ERROR_UNREADABLE, "deep.xlsx");
}

/* A workbook saved as 'Strict Open XML' says the same in other namespaces. */
static void test_xlsx_strict(void)
{
    const char *parts[] = {
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
        "Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" OFFICE "sheet.main+xml\"/>"
        "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"" OFFICE "sharedStrings+xml\"/>"
        "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" OFFICE "worksheet+xml\"/></Types>",
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        "<Relationship Id=\"rId1\" Type=\"" STRICT "officeDocument/relationships/officeDocument\" "
        "Target=\"xl/workbook.xml\"/></Relationships>",
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        "<Relationship Id=\"rId1\" Type=\"" STRICT "officeDocument/relationships/worksheet\" "
        "Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"" STRICT "officeDocument/relationships/sharedStrings\" "
        "Target=\"sharedStrings.xml\"/></Relationships>",
        "xl/workbook.xml",
        "<workbook conformance=\"strict\" xmlns=\"" STRICT "spreadsheetml/main\" "
        "xmlns:r=\"" STRICT "officeDocument/relationships\"><sheets>"
        "<sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        "xl/sharedStrings.xml",
        "<sst xmlns=\"" STRICT "spreadsheetml/main\"><si><t>chung</t></si></sst>",
        "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"" STRICT "spreadsheetml/main\"><sheetData><row r=\"1\">"
        "<c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\"><v>1.5</v></c><c r=\"C1\" t=\"b\"><v>1</v></c>"
        "<c r=\"D1\" t=\"d\"><v>2024-01-03T00:00:00</v></c><c r=\"E1\" t=\"d\"><v>12:30:00</v></c>"
        "<c r=\"F1\"><f>B1*2</f></c></row></sheetData></worksheet>",
        NULL};
    g_autofree char *path = write_package("strict.xlsx", parts);
    g_autoptr(GPtrArray) tables = read_good(path);
    g_assert_cmpuint(tables->len, ==, 1);
    const Table *table = tables->pdata[0];
    assert_cell(table, 0, 0, TABLE_TEXT, "chung");
    assert_cell(table, 0, 1, TABLE_NUMBER, "1.5");
    assert_cell(table, 0, 2, TABLE_SHOWN_OTHERWISE, "TRUE");
    assert_cell(table, 0, 3, TABLE_SHOWN_OTHERWISE, "03/01/2024");
    assert_cell(table, 0, 4, TABLE_SHOWN_OTHERWISE, "12:30:00");
    assert_cell(table, 0, 5, TABLE_FORMULA_NO_VALUE, "");
}

/* ---- OpenDocument ---- */

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"
#define ODS_SPACES                                                                                           \
    " xmlns:office=\"" ODF "office:1.0\" xmlns:table=\"" ODF "table:1.0\" xmlns:text=\"" ODF                 \
    "text:1.0\" xmlns:style=\"" ODF "style:1.0\" xmlns:number=\"" ODF "datastyle:1.0\" xmlns:draw=\"" ODF    \
    "drawing:1.0\" xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\""
#define ODS(styles, tables)                                                                                  \
    "<office:document-content" ODS_SPACES "><office:automatic-styles>" styles                                \
    "</office:automatic-styles><office:body><office:spreadsheet>" tables                                     \
    "</office:spreadsheet></office:body></office:document-content>"
#define ODS_TABLE(rows) ODS("", "<table:table table:name=\"S\">" rows "</table:table>")
#define ODS_ROW(cells) "<table:table-row>" cells "</table:table-row>"
#define ODS_VALUE(type, value, text)                                                                         \
    "<table:table-cell office:value-type=\"" type "\" " value "><text:p>" text "</text:p></"                 \
    "table:table-cell>"

static char *write_ods(const char *content, const char *styles)
{
    const char *parts[] = {"mimetype",
                           "application/vnd.oasis.opendocument.spreadsheet",
                           "content.xml",
                           content,
                           styles ? "styles.xml" : NULL,
                           styles,
                           NULL};
    return write_package("sheet.ods", parts);
}

static GPtrArray *read_ods(const char *content, const char *styles)
{
    g_autofree char *path = write_ods(content, styles);
    return read_good(path);
}

/* Every kind of cell as LibreOffice writes it, and as the clerk sees it. */
static void test_ods_cells(void)
{
    g_autoptr(GPtrArray) tables = read_ods(
        ODS_TABLE(
            ODS_ROW(ODS_VALUE("string", "",
                              "Mã<text:s text:c=\"3\"/>TC</text:p><text:p>số <text:span>1</text:span>")
                        ODS_VALUE("float", "office:value=\"37.5\"", "37,5")
                            ODS_VALUE("percentage", "office:value=\"1\"", "100%")
                                ODS_VALUE("date", "office:date-value=\"2024-01-03\"", "03/01/24")
                                    ODS_VALUE("time", "office:time-value=\"PT12H30M00S\"", "12:30:00")
                                        ODS_VALUE("boolean", "office:boolean-value=\"true\"", "ĐÚNG")
                                            ODS_VALUE("currency", "office:value=\"2\"", "2 đ"))
                ODS_ROW("<table:table-cell table:formula=\"of:=1+1\"/>" ODS_VALUE(
                    "float", "table:formula=\"of:=1+1\" office:value=\"2\"",
                    "2") ODS_VALUE("string",
                                   "table:formula=\"of:=1/0\" office:string-value=\"\" "
                                   "calcext:value-type=\"error\"",
                                   "#DIV/0!") ODS_VALUE("float",
                                                        "table:formula=\"of:=x()\" office:value=\"0\"",
                                                        "Err:508")
                            ODS_VALUE(
                                "string",
                                "table:formula=\"of:=&quot;&quot;\" office:string-value=\"\"",
                                "") "<table:table-cell office:value-type=\"float\" office:value=\"1E-05\">"
                                    "<office:annotation><text:p>ghi chú 9</text:p></office:annotation>"
                                    "<draw:frame><draw:text-box><text:p>hình</text:p></draw:text-box></"
                                    "draw:frame>"
                                    "</table:table-cell>" ODS_VALUE("float", "", "4,5"))),
        NULL);
    const Table *table = tables->pdata[0];
    g_assert_cmpstr(table_name(table), ==, "S");
    assert_cell(table, 0, 0, TABLE_TEXT, "Mã TC số 1");
    assert_cell(table, 0, 1, TABLE_NUMBER, "37.5");
    static const char *const shown[] = {"100%", "03/01/24", "12:30:00", "ĐÚNG"};
    for (int i = 0; i < (int)G_N_ELEMENTS(shown); i++)
        assert_cell(table, 0, 2 + i, TABLE_SHOWN_OTHERWISE, shown[i]);
    assert_cell(table, 0, 6, TABLE_NUMBER, "2");
    assert_cell(table, 1, 0, TABLE_FORMULA_NO_VALUE, "");
    assert_cell(table, 1, 1, TABLE_NUMBER, "2");
    g_assert_true(table_cell(table, 1, 1)->formula);
    assert_cell(table, 1, 2, TABLE_ERROR, "#DIV/0!");
    assert_cell(table, 1, 3, TABLE_ERROR, "Err:508");
    assert_cell(table, 1, 4, TABLE_EMPTY, "");
    assert_cell(table, 1, 5, TABLE_NUMBER, "0.00001");
    assert_cell(table, 1, 6, TABLE_TEXT, "4,5"); /* without its value */
}

/* A number that only its style shows as a percentage, a date or a truth value: of the cell, of its row, of
 * its column, through a parent, in either part. */
static void test_ods_styles(void)
{
    static const char number[] =
        "<table:table-cell office:value-type=\"float\" office:value=\"1\"><text:p>1</text:p>"
        "</table:table-cell>";
    g_autofree char *content = g_strdup_printf(
        ODS("<number:percentage-style style:name=\"N1\"/><number:number-style style:name=\"N2\"/>"
            "<number:boolean-style style:name=\"N3\"/>"
            "<style:style style:name=\"pc\" style:family=\"table-cell\" style:data-style-name=\"N1\"/>"
            "<style:style style:name=\"child\" style:family=\"table-cell\" "
            "style:parent-style-name=\"pc\"/>"
            "<style:style style:name=\"plain\" style:family=\"table-cell\" "
            "style:parent-style-name=\"pc\" style:data-style-name=\"N2\"/>"
            "<style:style style:name=\"yes\" style:family=\"table-cell\" style:data-style-name=\"N3\"/>"
            "<style:style style:name=\"ring\" style:family=\"table-cell\" "
            "style:parent-style-name=\"ring\"/>",
            "<table:table table:name=\"S\"><table:table-column table:number-columns-repeated=\"6\"/>"
            "<table:table-column table:default-cell-style-name=\"pc\"/><table:table-row>"
            "<table:table-cell table:style-name=\"pc\" office:value-type=\"float\" office:value=\"1\"/>"
            "<table:table-cell table:style-name=\"child\" office:value-type=\"float\" office:value=\"1\"/>"
            "<table:table-cell table:style-name=\"yes\" office:value-type=\"float\" office:value=\"1\"/>"
            "<table:table-cell table:style-name=\"day\" office:value-type=\"float\" office:value=\"45294\"/>"
            "<table:table-cell table:style-name=\"plain\" office:value-type=\"float\" office:value=\"1\"/>"
            "<table:table-cell table:style-name=\"ring\" office:value-type=\"float\" office:value=\"1\"/>"
            "%s%s</table:table-row>"
            "<table:table-row table:default-cell-style-name=\"pc\">%s</table:table-row></table:table>"),
        number, number, number);
    g_autoptr(GPtrArray) tables =
        read_ods(content, "<office:document-styles" ODS_SPACES "><number:date-style style:name=\"D\"/>"
                          "<style:style style:name=\"day\" style:family=\"table-cell\" "
                          "style:data-style-name=\"D\"/></office:document-styles>");
    static const char *const shown[] = {"100%", "100%", "TRUE", "03/01/2024", NULL, NULL, "100%", NULL};
    for (int i = 0; i < (int)G_N_ELEMENTS(shown); i++)
        assert_cell(tables->pdata[0], 0, i, shown[i] ? TABLE_SHOWN_OTHERWISE : TABLE_NUMBER,
                    shown[i] ? shown[i] : "1");
    assert_cell(tables->pdata[0], 1, 0, TABLE_SHOWN_OTHERWISE, "100%");
}

/* The same of OpenDocument, in a package and as one file: decimals, thousands left away, words, a sign that
 * is not shown, formats for some numbers only; with the text of the cell where the file has it. */
static void test_ods_shown(void)
{
    static const struct {
        const char *format, *value, *text, *shown;
    } cases[] = {
        {"<number:number number:min-integer-digits=\"1\"/>", "37.125", "37,125", NULL},
        {"<number:number number:decimal-places=\"0\"/>", "37.5", "38", "38"},
        {"<number:number number:decimal-places=\"0\"/>", "37.5", "", "38"},
        {"<number:number number:decimal-places=\"1\"/>", "37.5", "37,5", NULL},
        {"<number:number number:decimal-places=\"2\" number:grouping=\"true\"/>", "1234.5", "1.234,50", NULL},
        {"<number:number number:decimal-places=\"2\"/>", "37.499999999999996", "37,50", NULL},
        {"<number:number number:decimal-places=\"2\" number:min-decimal-places=\"0\"/>", "37.125", "37,13",
         "37,13"},
        {"<number:number number:decimal-places=\"1\" number:display-factor=\"1000\"/>", "37.5", "0,0", "0,0"},
        {"<number:number number:decimal-places=\"1\"/><number:text> điểm</number:text>", "1.5", "1,5 điểm",
         NULL},
        {"", "37.5", "", ""},
        {"<number:text>đạt</number:text>", "1", "đạt", "đạt"},
        {"<number:scientific-number number:decimal-places=\"1\"/>", "37.55", "3,8E+01", "3,8E+01"},
        {"<number:fraction number:min-denominator-digits=\"1\"/>", "37.5", "37 1/2", NULL},
        {"<number:text-content/>", "37.125", "37,125", NULL},
        {"<number:text>-</number:text><number:number number:decimal-places=\"1\"/>"
         "<style:map style:condition=\"value()&gt;=0\" style:apply-style-name=\"whole\"/>",
         "-1.5", "-1,5", NULL},
        {"<number:text>-</number:text><number:number number:decimal-places=\"1\"/>"
         "<style:map style:condition=\"value()&gt;=0\" style:apply-style-name=\"whole\"/>",
         "1.5", "2", "2"},
        {"<number:number number:decimal-places=\"1\"/>"
         "<style:map style:condition=\"value()&gt;=0\" style:apply-style-name=\"whole\"/>",
         "-1.5", "1,5", "1,5"},
        {"<number:number number:decimal-places=\"1\"/>"
         "<style:map style:condition=\"value()=0\" style:apply-style-name=\"none\"/>",
         "0", "", ""},
    };
    g_autoptr(GString) styles = g_string_new("<number:number-style style:name=\"none\"/>"
                                             "<number:number-style style:name=\"whole\"><number:number "
                                             "number:decimal-places=\"0\"/></number:number-style>"),
                       rows = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_string_append_printf(styles,
                               "<number:number-style style:name=\"N%u\">%s</number:number-style><style:style "
                               "style:name=\"c%u\" style:family=\"table-cell\" "
                               "style:data-style-name=\"N%u\"/>",
                               i, cases[i].format, i, i);
        g_string_append_printf(rows,
                               ODS_ROW("<table:table-cell table:style-name=\"c%u\" "
                                       "office:value-type=\"float\" office:value=\"%s\">%s%s%s"
                                       "</table:table-cell>"),
                               i, cases[i].value, *cases[i].text ? "<text:p>" : "", cases[i].text,
                               *cases[i].text ? "</text:p>" : "");
    }
    g_autofree char *content =
        g_strdup_printf(ODS("%s", "<table:table table:name=\"S\">%s</table:table>"), styles->str, rows->str);
    g_autoptr(GPtrArray) package = read_ods(content, NULL);
    g_autofree char *path = write_bytes("shown.fods", content, -1);
    g_autoptr(GPtrArray) one_file = read_good(path);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_shown(table_cell(package->pdata[0], (int)i, 0), cases[i].format, cases[i].shown);
        assert_shown(table_cell(one_file->pdata[0], (int)i, 0), cases[i].format, cases[i].shown);
    }
}

/* A document that is set to show no zeros. */
static void test_ods_no_zeros(void)
{
    const char *parts[] = {"mimetype",
                           "application/vnd.oasis.opendocument.spreadsheet",
                           "content.xml",
                           ODS_TABLE(ODS_ROW(ODS_VALUE("float", "office:value=\"0\"", "0")
                                                 ODS_VALUE("float", "office:value=\"1\"", "1"))),
                           "settings.xml",
                           NULL,
                           NULL};
    static const char *const shown[] = {"true", "false"};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *settings = g_strdup_printf(
            "<office:document-settings" ODS_SPACES " xmlns:config=\"" ODF "config:1.0\"><office:settings>"
            "<config:config-item-set config:name=\"ooo:view-settings\"><config:config-item "
            "config:name=\"ShowGrid\" config:type=\"boolean\">false</config:config-item><config:config-item "
            "config:name=\"ShowZeroValues\" config:type=\"boolean\">%s</config:config-item>"
            "</config:config-item-set></office:settings></office:document-settings>",
            shown[i]);
        parts[5] = settings;
        g_autofree char *path = write_package("sheet.ods", parts);
        g_autoptr(GPtrArray) tables = read_good(path);
        assert_shown(table_cell(tables->pdata[0], 0, 0), shown[i], i ? "" : NULL);
        assert_shown(table_cell(tables->pdata[0], 0, 1), shown[i], NULL);
    }
}

/* Repeated cells and rows, merged and hidden ones; what is no part of the sheet is passed over. */
static void test_ods_layout(void)
{
    g_autoptr(GPtrArray) tables = read_ods(
        ODS("", "<table:tracked-changes><table:cell-content-change><table:table-cell><text:p>cũ</text:p>"
                "</table:table-cell></table:cell-content-change></table:tracked-changes>"
                "<table:table table:name=\"Một\"><table:table-column table:number-columns-repeated=\"2\"/>"
                "<table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/>"
                "<table:table-column table:number-columns-repeated=\"16380\"/>"
                "<table:shapes><draw:frame><table:table><table:table-row><table:table-cell><text:p>x</text:p>"
                "</table:table-cell></table:table-row></table:table></draw:frame></table:shapes>"
                "<table:table-header-rows><table:table-row table:number-rows-repeated=\"2\">"
                "<table:table-cell table:number-columns-repeated=\"3\" office:value-type=\"float\" "
                "office:value=\"2\"/><table:table-cell table:number-columns-repeated=\"16381\"/>"
                "</table:table-row></table:table-header-rows>"
                "<table:table-row-group><table:table-row table:visibility=\"collapse\">"
                "<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\">"
                "<text:p>gộp</text:p></table:table-cell><table:covered-table-cell>"
                "<text:p>che</text:p></table:covered-table-cell></table:table-row></table:table-row-group>"
                "<table:table-row><table:covered-table-cell table:number-columns-repeated=\"2\"/>"
                "<table:table-cell><text:p>cuối</text:p></table:table-cell></table:table-row>"
                "<table:table-row table:number-rows-repeated=\"1048570\">"
                "<table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>"
                "<table:table table:name=\"'file:///khac.ods'#S\"><table:table-row><table:table-cell>"
                "<text:p>ngoài</text:p></table:table-cell></table:table-row></table:table>"
                "<table:table table:name=\"Hai\"/>"),
        NULL);
    g_assert_cmpuint(tables->len, ==, 2);
    const Table *table = tables->pdata[0];
    g_assert_cmpstr(table_name(table), ==, "Một");
    g_assert_cmpstr(table_name(tables->pdata[1]), ==, "Hai");
    g_assert_cmpint(table_rows(table), ==, 4);
    g_assert_cmpint(table_columns(table), ==, 3);
    for (int row = 0; row < 2; row++) {
        for (int column = 0; column < 3; column++)
            assert_cell(table, row, column, TABLE_NUMBER, "2");
    }
    assert_cell(table, 2, 0, TABLE_TEXT, "gộp");
    g_assert_false(table_cell(table, 2, 0)->merged_away);
    g_assert_true(table_cell(table, 2, 1)->merged_away);
    g_assert_true(table_cell(table, 3, 1)->merged_away);
    assert_cell(table, 3, 2, TABLE_TEXT, "cuối");
    for (int i = 0; i < 6; i++) {
        g_assert_cmpint(table_column_hidden(table, i), ==, i == 2 || i == 3);
        g_assert_cmpint(table_row_hidden(table, i), ==, i == 2);
    }
    /* other prefixes, one XML file without a package */
    static const char flat[] = "<?xml version=\"1.0\"?><o:document xmlns:o=\"" ODF "office:1.0\"><o:body>"
                               "<o:spreadsheet><table xmlns=\"" ODF "table:1.0\" xmlns:t=\"" ODF
                               "table:1.0\" xmlns:x=\"" ODF "text:1.0\" t:name=\"F\"><table-row>"
                               "<table-cell o:value-type=\"float\" o:value=\"7\"><x:p>7</x:p></table-cell>"
                               "</table-row></table></o:spreadsheet></o:body></o:document>";
    g_autoptr(GPtrArray) others = read_bytes(flat, -1);
    assert_cell(others->pdata[0], 0, 0, TABLE_NUMBER, "7");
    g_assert_cmpstr(table_name(others->pdata[0]), ==, "F");
}

static void assert_ods_refused(const char *content, PhieuError code, const char *says)
{
    g_autofree char *path = write_ods(content, NULL);
    assert_refused(path, code, says);
}

static void test_ods_refused(void)
{
#define ONE "office:value-type=\"float\" office:value=\"1\"/>"
    static const char *const large[] = {
        ODS_TABLE("<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell " ONE
                  "</table:table-row>"),
        ODS_TABLE(ODS_ROW("<table:table-cell table:number-columns-repeated=\"16384\" " ONE)),
        ODS_TABLE("<table:table-row "
                  "table:number-rows-repeated=\"20000\"><table:table-cell/></table:table-row>" ODS_ROW(
                      "<table:table-cell " ONE))};
    for (size_t i = 0; i < G_N_ELEMENTS(large); i++)
        assert_ods_refused(large[i], PHIEU_ERROR_LIMIT, "S: more than 20000 rows");
    assert_ods_refused(ODS_TABLE("<table:table-row table:number-rows-repeated=\"20000\">"
                                 "<table:table-cell table:number-columns-repeated=\"512\" " ONE
                                 "</table:table-row>"),
                       PHIEU_ERROR_LIMIT, "unpacks to more");
    static const char *const damaged[] = {
        "", "<office:document-content", "<a>&b;</a>", ODS_TABLE("<table:table-row><table:table-cell>"),
        ODS_TABLE(ODS_ROW("<table:table-cell table:number-columns-repeated=\"0\"/>")),
        ODS_TABLE("<table:table-row table:number-rows-repeated=\"-3\"/>"),
        "<!DOCTYPE a [<!ENTITY b \"haha\">]>" ODS_TABLE(ODS_ROW(ODS_VALUE("string", "", "&b;"))),
        /* areas that lie on one another */
        ODS_TABLE("<table:table-row table:number-rows-repeated=\"2\"><table:table-cell "
                  "table:number-rows-spanned=\"9\" table:number-columns-spanned=\"9\" "
                  "table:number-columns-repeated=\"9\" " ONE "</table:table-row>")};
    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++)
        assert_ods_refused(damaged[i], PHIEU_ERROR_UNREADABLE, "is no sound workbook");
    g_autofree char *good = write_ods(ODS_TABLE(ODS_ROW(ODS_VALUE("string", "", "a"))), NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(good, &bytes, &length, NULL));
    for (gsize cut = 4; cut < length; cut += MAX(length / 40, 1)) {
        g_autofree char *path = write_bytes("cut.ods", bytes, (gssize)cut);
        assert_refused(path, PHIEU_ERROR_UNREADABLE, "cut.ods");
    }
}

static void remove_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = file_in_folder(name);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("phieu-table-XXXXXX", NULL);
    g_test_add_func("/table/csv/separators", test_csv_separators);
    g_test_add_func("/table/csv/commas-in-cells", test_csv_commas_in_cells);
    g_test_add_func("/table/csv/lines", test_csv_lines);
    g_test_add_func("/table/csv/text", test_csv_text);
    g_test_add_func("/table/csv/utf16", test_csv_utf16);
    g_test_add_func("/table/csv/refused", test_csv_refused);
    g_test_add_func("/table/csv/limits", test_csv_limits);
    g_test_add_func("/table/kinds", test_kinds);
    g_test_add_func("/table/legacy-fonts", test_legacy_fonts);
    g_test_add_func("/table/numbers", test_numbers);
    g_test_add_func("/table/addresses", test_addresses);
    g_test_add_func("/table/xlsx", test_xlsx);
    g_test_add_func("/table/xlsx/cells", test_xlsx_cells);
    g_test_add_func("/table/xlsx/no-strings", test_xlsx_no_strings);
    g_test_add_func("/table/xlsx/formats", test_xlsx_formats);
    g_test_add_func("/table/xlsx/shown", test_xlsx_shown);
    g_test_add_func("/table/ods/shown", test_ods_shown);
    g_test_add_func("/table/xlsx/dialects", test_xlsx_dialects);
    g_test_add_func("/table/xlsx/other-name", test_xlsx_other_name);
    g_test_add_func("/table/xlsx/merges", test_xlsx_merges);
    g_test_add_func("/table/xlsx/limits", test_xlsx_limits);
    g_test_add_func("/table/xlsx/damaged", test_xlsx_damaged);
    g_test_add_func("/table/xlsx/bombs", test_xlsx_bombs);
    g_test_add_func("/table/xlsx/strict", test_xlsx_strict);
    g_test_add_func("/table/ods/cells", test_ods_cells);
    g_test_add_func("/table/ods/styles", test_ods_styles);
    g_test_add_func("/table/ods/layout", test_ods_layout);
    g_test_add_func("/table/ods/no-zeros", test_ods_no_zeros);
    g_test_add_func("/table/ods/refused", test_ods_refused);
    int failed = g_test_run();
    remove_folder();
    return failed;
}
