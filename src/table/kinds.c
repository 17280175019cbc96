/* What a file is, whatever its name says; and text in the fonts from before Unicode. */
#include <string.h>

#include <zip.h>

#include "table/grid.h"

/* As much of a text as tells its kind. */
#define HEAD_BYTES 4096
/* As much of a part as tells it. */
#define PART_BYTES (256 * 1024)

typedef struct {
    const char *mark; /* what tells it */
    const char *kind, *remedy;
} Kind;

static const char save_again[] = N_("open it in Excel or LibreOffice and save it as .xlsx");
static const char ask_table[] = N_("ask for the table itself, saved as .xlsx");

static const char unpack[] = N_("unpack it and import the sheets in it");
static const char locked_ods[] = N_("a workbook with a password");
static const char unlock_ods[] =
    N_("open it with the password and save it as .xlsx without one ('Save with password' not ticked)");

/* By the first bytes. */
static const Kind starts[] = {
    {"%PDF", N_("a PDF"), ask_table},
    {"\xff\xd8\xff", N_("a picture (JPEG)"), ask_table},
    {"\x89PNG", N_("a picture (PNG)"), ask_table},
    {"{\\rtf", N_("a text document (RTF)"), ask_table},
    {"Rar!", N_("a RAR archive"), unpack},
    {"7z\xbc\xaf", N_("a 7-Zip archive"), unpack},
    {"\x1f\x8b", N_("a packed file (.gz)"), unpack},
    {"ID;P", N_("a SYLK sheet (.slk)"), save_again},
    {"MIME-Version:", N_("a web page saved whole (.mht)"), save_again},
};

/* By what stands near the start of a text with tags. */
static const Kind tagged[] = {
    {"urn:schemas-microsoft-com:office:spreadsheet", N_("an XML sheet of Excel 2003"), save_again},
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
    {"encrypted-package", locked_ods, unlock_ods},
    {"xl/workbook.bin", N_("a binary workbook (.xlsb)"), save_again},
    {"Index/Document.iwa", N_("a sheet of Apple Numbers"),
     N_("export it from Numbers as an Excel file (.xlsx)")},
    {"word/document.xml", N_("a text document of Word (.docx)"), ask_table},
    {"ppt/presentation.xml", N_("slides of PowerPoint (.pptx)"), ask_table},
};

static TableSource set_kind(const char *path, const char *kind, const char *remedy, GError **error)
{
    g_autofree char *shown = text_printable(path);
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_UNREADABLE, _("%s: is %s; %s"), shown, _(kind), _(remedy));
    return TABLE_SOURCE_REFUSED;
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

static TableSource refuse_ole(const char *path, const char *bytes, gsize length, GError **error)
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
    char *head = g_malloc0(PART_BYTES + 1);
    zip_file_t *file = zip_fopen(package, part, 0);
    if (file && zip_fread(file, head, PART_BYTES) < 0)
        *head = '\0';
    if (file)
        zip_fclose(file);
    return head;
}

static TableSource find_ods(const char *path, zip_t *package, const char *mimetype, GError **error)
{
    if (strstr(mimetype, "vnd.sun.xml"))
        return set_kind(path, N_("a sheet or document of OpenOffice 1"), save_again, error);
    if (*mimetype && !strstr(mimetype, "spreadsheet"))
        return set_kind(path, N_("an OpenDocument file that is no sheet"), ask_table, error);
    g_autofree char *manifest = read_head(package, "META-INF/manifest.xml");
    if (strstr(manifest, "encryption-data"))
        return set_kind(path, locked_ods, unlock_ods, error);
    return TABLE_SOURCE_ODS;
}

static TableSource find_package(const char *path, zip_t *package, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (zip_name_locate(package, parts[i].mark, 0) >= 0)
            return set_kind(path, parts[i].kind, parts[i].remedy, error);
    }
    g_autofree char *mimetype = read_head(package, "mimetype");
    if (strstr(mimetype, "opendocument") || zip_name_locate(package, "content.xml", 0) >= 0)
        return find_ods(path, package, mimetype, error);
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
        return set_kind(path, N_("a zip archive"), unpack, error);
    return TABLE_SOURCE_XLSX;
}

static TableSource find_zip(const char *path, GError **error)
{
    zip_t *package = zip_open(path, ZIP_RDONLY, NULL);
    if (!package)
        return TABLE_SOURCE_XLSX; /* the reader of workbooks says what is wrong with it */
    TableSource source = find_package(path, package, error);
    zip_discard(package);
    return source;
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

TableSource table_find_source(const char *path, const char *bytes, gsize length, GError **error)
{
    if (length >= 8 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0)
        return refuse_ole(path, bytes, length, error);
    if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
        return find_zip(path, error);
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        gsize size = strlen(starts[i].mark);
        if (length >= size && memcmp(bytes, starts[i].mark, size) == 0)
            return set_kind(path, starts[i].kind, starts[i].remedy, error);
    }
    g_autofree char *head = text_head(bytes, length);
    if (*head == '<' && strstr(head, "urn:oasis:names:tc:opendocument"))
        return TABLE_SOURCE_FODS;
    for (gsize i = 0; *head == '<' && i < G_N_ELEMENTS(tagged); i++) {
        if (strstr(head, tagged[i].mark))
            return set_kind(path, tagged[i].kind, tagged[i].remedy, error);
    }
    bool wide = length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0);
    if (!wide && memchr(bytes, '\0', length))
        return set_kind(path, N_("neither a workbook nor a table of text"), ask_table, error);
    return TABLE_SOURCE_CSV;
}

/* ---- fonts from before Unicode ---- */

/* A heading stands among the first rows. */
#define FONT_ROWS 60

/* Words over a score sheet ("điểm", "tiêu chí", "tự chấm", "thẩm định", "cơ quan") as these fonts encode
 * them. */
static const char *const tcvn3_words[] = {"®iÓm",      "§iÓm",    "tiªu chÝ", "tù chÊm",
                                          "thÈm ®Þnh", "c¬ quan", NULL};
static const char *const vni_words[] = {"ñieåm",      "Ñieåm",   "tieâu chí", "töï chaám",
                                        "thaåm ñònh", "cô quan", NULL};

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
