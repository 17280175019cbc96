#include <string.h>

#include "table/table.h"

/* Words that may stand behind a number. */
static const char *const units[] = {"điểm", "đ", "điểm.", "đ.", NULL};

/* U+2212, as word processors write it. */
static const char minus_sign[] = "\xe2\x88\x92";

static bool set_no_number(const TableCell *cell, GError **error)
{
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("'%s' is no number; write it like 1,5"),
                cell->text);
    return false;
}

/* Groups of three digits after a first group of one to three: 1.234.567 */
static bool is_grouped(const char *text, char separator)
{
    int group = 0, groups = 1;
    for (const char *c = text; *c; c++) {
        if (*c == separator) {
            if (group == 0 || group > 3 || (groups > 1 && group != 3))
                return false;
            group = 0;
            groups++;
        } else if (!g_ascii_isdigit(*c)) {
            return false;
        } else {
            group++;
        }
    }
    return groups > 1 && group == 3;
}

static int count_char(const char *text, char wanted)
{
    int count = 0;
    for (const char *c = text; *c; c++)
        count += *c == wanted;
    return count;
}

static void remove_char(char *text, char unwanted)
{
    char *to = text;
    for (const char *c = text; *c; c++) {
        if (*c != unwanted)
            *to++ = *c;
    }
    *to = '\0';
}

/* Text in Vietnamese office form to "12.5"; false when it could mean two things. */
static bool normalise(char *text, GError **error)
{
    int commas = count_char(text, ','), points = count_char(text, '.');
    const char *digits = *text == '-' ? text + 1 : text;
    if (commas == 1) {
        char *comma = text + strcspn(text, ",");
        *comma = '\0';
        bool good = points == 0 || is_grouped(digits, '.');
        *comma = ',';
        if (!good || strchr(comma, '.'))
            return false;
        remove_char(text, '.');
        text[strcspn(text, ",")] = '.';
        return true;
    }
    if (commas > 1)
        return false;
    if (points >= 1 && is_grouped(digits, '.')) {
        if (points == 1 && strncmp(digits, "0.", 2) != 0) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("'%s' may mean thousands or a fraction; write 1500 or 1,5"), text);
            return false;
        }
        if (points > 1)
            remove_char(text, '.');
    }
    return true;
}

static void set_shown(const TableCell *cell, GError **error)
{
    g_autofree char *stored = g_strdelimit(g_strdup(cell->text), ".", ',');
    if (*cell->shown == '#')
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("its column is too narrow: the cell shows ### and holds %s; make the column wider, see "
                      "whether that is meant, and save"),
                    stored);
    else if (*cell->shown)
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the cell shows '%s' and holds %s; type the number that is meant, or let the cell show "
                      "all its decimals"),
                    cell->shown, stored);
    else
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the cell shows nothing and holds %s; empty it, or let it show its number"), stored);
}

Rational *table_cell_stored(const TableCell *cell, GError **error)
{
    return cell->kind == TABLE_NUMBER ? rational_parse(cell->text, error) : table_cell_number(cell, error);
}

Rational *table_cell_number(const TableCell *cell, GError **error)
{
    if (cell->kind == TABLE_FORMULA_NO_VALUE) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the formula was never calculated; open the file, save it, and import it again"));
        return NULL;
    }
    if (cell->kind == TABLE_ERROR) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("the formula gives the error %s; correct it"),
                    cell->text);
        return NULL;
    }
    if (cell->kind == TABLE_SHOWN_OTHERWISE) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("the cell shows '%s', a percentage, date, time or truth value; format it as a number "
                      "and type the points"),
                    cell->text);
        return NULL;
    }
    if (cell->shown) {
        set_shown(cell, error);
        return NULL;
    }
    if (cell->kind == TABLE_NUMBER)
        return rational_parse(cell->text, error);
    bool typographic = g_str_has_prefix(cell->text, minus_sign);
    g_autofree char *text =
        typographic ? g_strconcat("-", cell->text + strlen(minus_sign), NULL) : g_strdup(cell->text);
    for (int i = 0; units[i]; i++) {
        g_autofree char *lower = g_utf8_strdown(text, -1);
        if (g_str_has_suffix(lower, units[i]) && strlen(lower) == strlen(text)) {
            text[strlen(text) - strlen(units[i])] = '\0';
            g_strchomp(text);
            break;
        }
    }
    g_autoptr(GError) cause = NULL;
    Rational *value = normalise(text, &cause) ? rational_parse(text, NULL) : NULL;
    if (!value && cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (!value)
        set_no_number(cell, error);
    return value;
}
