/* Tables of offices: CSV as it is, XLSX by its parts and as a whole. */
#include "fuzz/fuzz.h"
#include "table/table.h"

#include <string.h>
#include <zip.h>

static const char *const words[] = {";",
                                    ",",
                                    "\t",
                                    "\"",
                                    "\r\n",
                                    "\xc2\xa0",
                                    "1.234,5",
                                    "\xef\xbb\xbf",
                                    "\xff\xfe",
                                    "<c r=\"XFD1048576\"><v>1</v></c>",
                                    "<mergeCell ref=\"A1:ZZ99999\"/>",
                                    " t=\"s\"",
                                    " t=\"str\"",
                                    "<v>99999</v>",
                                    "<f>SUM(A1:A9)</f>",
                                    "&#0;",
                                    "&lt;",
                                    "<row r=\"1048576\">",
                                    "<row r=\"0\">",
                                    "</row>",
                                    " r=\"A0\"",
                                    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
                                    NULL};

static const char content_types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types "
    "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
    "ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override "
    "PartName=\"/xl/worksheets/sheet1.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override "
    "PartName=\"/xl/sharedStrings.xml\" "
    "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/></Types>";
static const char root_relations[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships "
    "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
    "Target=\"xl/workbook.xml\"/></Relationships>";
static const char workbook[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook "
                               "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
                               "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/"
                               "relationships\"><sheets><sheet name=\"Chấm điểm\" "
                               "sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
static const char book_relations[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships "
    "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" "
    "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
    "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" "
    "Target=\"sharedStrings.xml\"/></Relationships>";
static const char strings[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sst "
                              "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
                              "count=\"3\" uniqueCount=\"3\"><si><t>Sở Nội "
                              "vụ</t></si><si><r><t>1,5</t></r><r><t xml:space=\"preserve\"> điểm"
                              "</t></r></si><si><t>Điểm tự chấm</t></si></sst>";
static const char sheet[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet "
                            "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cols><col "
                            "min=\"3\" max=\"4\" width=\"9\" "
                            "hidden=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c "
                            "r=\"B1\" t=\"s\"><v>2</v></c></row>"
                            "<row r=\"2\" hidden=\"1\"><c r=\"A2\"><v>1.5</v></c><c "
                            "r=\"B2\"><f>A2*2</f><v>3</v></c><c r=\"C2\"><f>A2</f></c>"
                            "</row><row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>chữ</t></is></c><c "
                            "r=\"B3\" t=\"e\"><v>#REF!</v></c>"
                            "<c r=\"C3\" t=\"b\"><v>1</v></c><c r=\"D3\" "
                            "t=\"str\"><f>\"a\"</f><v>a</v></c></row></sheetData><mergeCells "
                            "count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>";

/* The parts of a workbook, one of them replaced. */
static GBytes *make_book(const char *replaced, GBytes *content)
{
    static const struct {
        const char *name, *text;
    } parts[] = {{"[Content_Types].xml", content_types}, {"_rels/.rels", root_relations},
                 {"xl/workbook.xml", workbook},          {"xl/_rels/workbook.xml.rels", book_relations},
                 {"xl/sharedStrings.xml", strings},      {"xl/worksheets/sheet1.xml", sheet}};
    zip_error_t fault;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &fault);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &fault);
    g_assert_nonnull(zip);
    zip_source_keep(source);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        gsize length = strlen(parts[i].text);
        const void *data = parts[i].text;
        if (g_str_equal(parts[i].name, replaced))
            data = g_bytes_get_data(content, &length);
        zip_int64_t added =
            zip_file_add(zip, parts[i].name, zip_source_buffer(zip, data ? data : "", length, 0), 0);
        g_assert_cmpint(added, >=, 0);
    }
    g_assert_cmpint(zip_close(zip), ==, 0);
    zip_stat_t info;
    g_assert_cmpint(zip_source_stat(source, &info), ==, 0);
    guint8 *data = g_malloc(info.size);
    g_assert_cmpint(zip_source_open(source), ==, 0);
    g_assert_cmpint(zip_source_read(source, data, info.size), ==, (zip_int64_t)info.size);
    zip_source_close(source);
    zip_source_free(source);
    return g_bytes_new_take(data, info.size);
}

static GBytes *wrap_sheet(GBytes *content)
{
    return make_book("xl/worksheets/sheet1.xml", content);
}

static GBytes *wrap_strings(GBytes *content)
{
    return make_book("xl/sharedStrings.xml", content);
}

static GBytes *wrap_workbook(GBytes *content)
{
    return make_book("xl/workbook.xml", content);
}

static GBytes *wrap_relations(GBytes *content)
{
    return make_book("xl/_rels/workbook.xml.rels", content);
}

static GBytes *wrap_root(GBytes *content)
{
    return make_book("_rels/.rels", content);
}

static void make_seeds(GArray *seeds, const char *dir)
{
    (void)dir;
    fuzz_add_text(seeds,
                  "\xef\xbb\xbf"
                  "Mã;Tên;Điểm\r\nSNV;Sở Nội vụ;\"1,5\"\r\nSTC;\"Sở \"\"Tài chính\"\"\";1.234,5\r\n",
                  NULL);
    fuzz_add_text(seeds, "a,b,c\n1,2,\"ba\ndòng\"\n,,\n \xc2\xa0x,0.25 điểm,-3\n", NULL);
    fuzz_add_text(seeds, "a\tb\n1\t2\n", NULL);
    gsize length;
    char *wide = g_convert("a;b\r\nĐiểm;2\r\n", -1, "UTF-16LE", "UTF-8", NULL, &length, NULL);
    GByteArray *marked = g_byte_array_new();
    g_byte_array_append(marked, (const guint8 *)"\xff\xfe", 2);
    g_byte_array_append(marked, (const guint8 *)wide, (guint)length);
    g_free(wide);
    fuzz_add_seed(seeds, g_byte_array_free_to_bytes(marked), NULL);
    for (int i = 0; i < 4; i++) /* the part that says most, more often */
        fuzz_add_text(seeds, sheet, wrap_sheet);
    fuzz_add_text(seeds, strings, wrap_strings);
    fuzz_add_text(seeds, workbook, wrap_workbook);
    fuzz_add_text(seeds, book_relations, wrap_relations);
    g_autoptr(GString) rooted = g_string_new(root_relations); /* as Microsoft's library names it */
    g_string_replace(rooted, "\"xl/", "\"/xl/", 0);
    fuzz_add_text(seeds, rooted->str, wrap_root);
    fuzz_add_text(seeds, "<html><table><tr><td>1</td></tr></table></html>", NULL);
    fuzz_add_seed(seeds, make_book("", NULL), NULL);
}

static void check_table(const Table *table)
{
    int rows = table_rows(table), columns = table_columns(table);
    g_assert_true(rows >= 0 && rows <= TABLE_MAX_ROWS && columns >= 0 && columns <= TABLE_MAX_COLUMNS);
    g_assert_true(g_utf8_validate(table_name(table), -1, NULL));
    /* One row and column beyond what is stored, too; not every one of many. */
    for (int row = 0; row <= rows; row += 1 + rows / 300) {
        (void)table_row_hidden(table, row);
        for (int column = 0; column <= columns; column += 1 + columns / 60) {
            const TableCell *cell = table_cell(table, row, column);
            g_assert_true(cell && cell->text && g_utf8_validate(cell->text, -1, NULL));
            g_autoptr(GError) error = NULL;
            g_autoptr(Rational) number = table_cell_number(cell, &error);
            if (!number)
                fuzz_check_error(error);
            g_assert_true(!number || cell->kind != TABLE_EMPTY);
            (void)table_column_hidden(table, column);
        }
    }
}

static void run(const char *path, const char *data, size_t length)
{
    (void)data;
    (void)length;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) tables = table_read(path, &error);
    if (!tables)
        fuzz_check_error(error);
    for (guint i = 0; tables && i < tables->len; i++)
        check_table(tables->pdata[i]);
}

const FuzzTarget fuzz_target = {"table", "table.xlsx", words, make_seeds, run};
