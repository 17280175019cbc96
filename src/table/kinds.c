/* What a file is that is neither a workbook nor a table of text, whatever its name says; and text in the
 * fonts from before Unicode. */
#include <string.h>

#include <zip.h>

#include "table/grid.h"

/* As much of a text as tells its kind. */
#define HEAD_BYTES 4096

typedef struct {
    const char *mark; /* what tells it */
    const char *kind, *remedy;
} Kind;

static const char save_again[] = N_("open it in Excel or LibreOffice and save it as .xlsx");
static const char ask_table[] = N_("ask for the table itself, saved as .xlsx");

/* By the first bytes. */
static const Kind starts[] = {
    {"%PDF", N_("a PDF"), ask_table},
    {"\xff\xd8\xff", N_("a picture (JPEG)"), ask_table},
    {"\x89PNG", N_("a picture (PNG)"), ask_table},
    {"{\\rtf", N_("a text document (RTF)"), ask_table},
    {"ID;P", N_("a SYLK sheet (.slk)"), save_again},
    {"MIME-Version:", N_("a web page saved whole (.mht)"), save_again},
};

/* By what stands near the start of a text with tags. */
static const Kind tagged[] = {
    {"urn:schemas-microsoft-com:office:spreadsheet", N_("an XML sheet of Excel 2003"), save_again},
    {"urn:oasis:names:tc:opendocument", N_("a flat OpenDocument sheet (.fods)"), save_again},
    {"<html", N_("a web page (HTML) named as a sheet"), save_again},
    {"<!doctype html", N_("a web page (HTML) named as a sheet"), save_again},
    {"<table", N_("a web page (HTML) named as a sheet"), save_again},
    {"<meta", N_("a web page (HTML) named as a sheet"), save_again},
    {"<?xml", N_("an XML file"), ask_table},
};

/* By a stream of an OLE container, its name as it stands there. */
static const Kind streams[] = {
    {"EncryptedPackage", N_("a workbook with a password"),
     N_("open it with the password, take the password off (File, Info, Protect Workbook), and save it "
        "again")},
    {"Workbook", N_("a workbook of Excel 97–2003 (.xls)"), save_again},
    {"Book", N_("a workbook of Excel 5 (.xls)"), save_again},
    {"WordDocument", N_("a text document of Word (.doc)"), ask_table},
};

/* By a part of a zip package. */
static const Kind parts[] = {
    {"content.xml", N_("an OpenDocument sheet (.ods)"), save_again},
    {"xl/workbook.bin", N_("a binary workbook (.xlsb)"), save_again},
    {"Index/Document.iwa", N_("a sheet of Apple Numbers"),
     N_("export it from Numbers as an Excel file (.xlsx)")},
    {"word/document.xml", N_("a text document of Word (.docx)"), ask_table},
    {"ppt/presentation.xml", N_("slides of PowerPoint (.pptx)"), ask_table},
};

static bool set_kind(const char *path, const char *kind, const char *remedy, GError **error)
{
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: is %s; %s"), shown, _(kind), _(remedy));
    return true;
}

/* Whether bytes hold an ASCII text as UTF-16LE, ended by a NUL, as OLE keeps its names. */
static bool holds_name(const char *bytes, gsize length, const char *name)
{
    char wide[64] = {0};
    gsize size = 2 * strlen(name) + 2;
    for (gsize i = 0; name[i]; i++)
        wide[2 * i] = name[i];
    /* a name starts its entry of 128 bytes; entries stand at multiples of it */
    for (gsize at = 0; at + size <= length; at += 128) {
        if (memcmp(bytes + at, wide, size) == 0)
            return true;
    }
    return false;
}

static bool refuse_ole(const char *path, const char *bytes, gsize length, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(streams); i++) {
        if (holds_name(bytes, length, streams[i].mark))
            return set_kind(path, streams[i].kind, streams[i].remedy, error);
    }
    return set_kind(path, N_("an old .xls, or a workbook with a password"),
                    N_("open it in Excel or LibreOffice and save it as .xlsx without a password"), error);
}

/* The start of a part that is small enough to look at; "" where it cannot be read. */
static char *read_head(zip_t *package, const char *part)
{
    char *head = g_malloc0(HEAD_BYTES + 1);
    zip_file_t *file = zip_fopen(package, part, 0);
    if (file && zip_fread(file, head, HEAD_BYTES) < 0)
        *head = '\0';
    if (file)
        zip_fclose(file);
    return head;
}

static bool refuse_package(const char *path, zip_t *package, GError **error)
{
    g_autofree char *mimetype = read_head(package, "mimetype");
    if (strstr(mimetype, "opendocument") && !strstr(mimetype, "spreadsheet"))
        return set_kind(path, N_("an OpenDocument file that is no sheet"), ask_table, error);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (zip_name_locate(package, parts[i].mark, 0) >= 0)
            return set_kind(path, parts[i].kind, parts[i].remedy, error);
    }
    bool sheets = false, backslashes = false;
    zip_int64_t count = zip_get_num_entries(package, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(package, (zip_uint64_t)i, 0);
        sheets = sheets || (name && g_str_has_prefix(name, "xl/"));
        backslashes = backslashes || (name && g_str_has_prefix(name, "xl\\"));
    }
    if (backslashes && !sheets)
        return set_kind(path, N_("a workbook whose parts are named wrongly (by the program that wrote it)"),
                        save_again, error);
    if (!sheets)
        return set_kind(path, N_("a zip archive"), N_("unpack it and import the sheets in it"), error);
    g_autofree char *workbook = read_head(package, "xl/workbook.xml");
    if (strstr(workbook, "http://purl.oclc.org/ooxml/"))
        return set_kind(path, N_("a workbook in the form 'Strict Open XML'"),
                        N_("open it and save it as 'Excel Workbook (.xlsx)', not 'Strict'"), error);
    return false;
}

static bool refuse_zip(const char *path, GError **error)
{
    zip_t *package = zip_open(path, ZIP_RDONLY, NULL);
    if (!package)
        return false; /* the reader of workbooks says what is wrong with it */
    bool refused = refuse_package(path, package, error);
    zip_discard(package);
    return refused;
}

/* The start of a text in lower case, without a byte order mark, outer blanks and the NULs of UTF-16. */
static char *text_head(const char *bytes, gsize length)
{
    GString *head = g_string_new(NULL);
    for (gsize i = 0; i < length && head->len < HEAD_BYTES; i++) {
        bool mark = i < 3 && (unsigned char)bytes[i] >= 0xbb;
        if (bytes[i] && !mark && (head->len || !g_ascii_isspace(bytes[i])))
            g_string_append_c(head, g_ascii_tolower(bytes[i]));
    }
    return g_string_free(head, FALSE);
}

bool table_refuse_kind(const char *path, const char *bytes, gsize length, GError **error)
{
    if (length >= 8 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0)
        return refuse_ole(path, bytes, length, error);
    if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
        return refuse_zip(path, error);
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        gsize size = strlen(starts[i].mark);
        if (length >= size && memcmp(bytes, starts[i].mark, size) == 0)
            return set_kind(path, starts[i].kind, starts[i].remedy, error);
    }
    g_autofree char *head = text_head(bytes, length);
    for (gsize i = 0; *head == '<' && i < G_N_ELEMENTS(tagged); i++) {
        if (strstr(head, tagged[i].mark))
            return set_kind(path, tagged[i].kind, tagged[i].remedy, error);
    }
    return false;
}

/* ---- fonts from before Unicode ---- */

/* A heading stands among the first rows. */
#define FONT_ROWS 60

/* Words of a score sheet's heading ("điểm", "tiêu chí", "tự chấm", "thẩm định") as these fonts encode them.
 */
static const char *const tcvn3_words[] = {"®iÓm", "§iÓm", "tiªu chÝ", "tù chÊm", "thÈm ®Þnh", NULL};
static const char *const vni_words[] = {"ñieåm", "Ñieåm", "tieâu chí", "töï chaám", "thaåm ñònh", NULL};

static bool holds_any(const char *text, const char *const *words)
{
    g_autofree char *lower = g_ascii_strdown(text, -1); /* others' case differs from Unicode's */
    for (; *words; words++) {
        if (strstr(lower, *words))
            return true;
    }
    return false;
}

const char *table_legacy_font(const Table *table, int *ret_row, int *ret_column)
{
    for (int row = 0; row < MIN(table_rows(table), FONT_ROWS); row++) {
        for (int column = 0; column < table_columns(table); column++) {
            const char *text = table_cell(table, row, column)->text;
            bool tcvn3 = holds_any(text, tcvn3_words);
            if (!tcvn3 && !holds_any(text, vni_words))
                continue;
            *ret_row = row;
            *ret_column = column;
            return tcvn3 ? "TCVN3" : "VNI";
        }
    }
    return NULL;
}
