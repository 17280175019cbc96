/* Serials as people type them. */
#include "cli/cli.h"

#include <string.h>

/* A spreadsheet makes 1235 of the serial 0001235: its check character still says whether that is so. */
static int parse_shortened(const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || length >= SERIAL_LENGTH)
        return -1;
    char whole[SERIAL_LENGTH + 1];
    memset(whole, '0', SERIAL_LENGTH);
    memcpy(whole + SERIAL_LENGTH - length, text, length + 1);
    return serial_parse(whole);
}

/* Six digits and one more character, with or without '-', as our serials are. */
static bool looks_like_serial(const char *text)
{
    size_t length = strlen(text);
    return strspn(text, "0123456789") >= SERIAL_LENGTH - 1 &&
           length - (text[SERIAL_LENGTH - 1] == '-') == SERIAL_LENGTH && g_ascii_isalnum(text[length - 1]);
}

/* Why a text is no serial, where that can be said; false: it may be another's. */
static bool refuse_serial(Store *store, const char *text, GError **error)
{
    int64_t digits;
    bool whole = looks_like_serial(text);
    if (!whole && !number_parse_int(text, 1, SERIAL_MAX, &digits, NULL))
        return false;
    g_autoptr(StoreBallot) known = store_find_ballot(store, text, NULL);
    if (known)
        return false;
    if (whole) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s' is no serial: its digits and the check character at its end do not belong "
                      "together, so that one of them is mistyped; read it once more from the paper"),
                    text);
        return true;
    }
    char serial[SERIAL_LENGTH + 1];
    serial_make((int)digits, serial);
    g_set_error(
        error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
        _("'%s' is no serial: the check character at its end is missing, as where a spreadsheet made a "
          "number of it. Ballot number %d has %s on paper; write it so, the column formatted as text."),
        text, (int)digits, serial_shown(serial));
    return true;
}

char *cli_serial(Store *store, const char *text, GError **error)
{
    char station[STATION_LENGTH + 1];
    int number = serial_paper_parse(text, station), shortened = number < 0 ? parse_shortened(text) : -1;
    char serial[SERIAL_LENGTH + 1];
    if (number >= 0 && *station) {
        serial_make(number, serial);
        return g_strdup(store_may_be_of(store, station, serial) ? serial : text);
    }
    if (number < 0 && shortened < 0)
        return refuse_serial(store, text, error) ? NULL : g_strdup(text);
    serial_make(MAX(number, shortened), serial);
    if (shortened >= 0)
        cli_say(_("'%s' is taken as ballot %s, whose zeros a spreadsheet left out."), text,
                serial_shown(serial));
    return g_strdup(serial);
}

GPtrArray *cli_serials(const char *list, const char *what, GError **error)
{
    g_autoptr(GPtrArray) serials = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(list, ",", -1);
    for (char **part = parts; *part; part++) {
        g_auto(GStrv) ends = g_strsplit(*part, "..", 2);
        int first = serial_parse(ends[0] ? ends[0] : ""),
            last = ends[0] && ends[1] ? serial_parse(ends[1]) : first;
        if (first < 1 || last < first) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                        _("%s '%s': not a serial like 000123-5 or a range FIRST..LAST"), what, *part);
            return NULL;
        }
        for (int number = first; number <= last; number++) {
            char serial[SERIAL_LENGTH + 1];
            serial_make(number, serial);
            g_ptr_array_add(serials, g_strdup(serial));
        }
    }
    g_ptr_array_add(serials, NULL);
    return g_steal_pointer(&serials);
}

bool cli_parse_page_id(const char *text, int64_t *ret_id, GError **error)
{
    bool whole = g_ascii_toupper(*text) == 'F';
    int64_t id;
    if (!number_parse_int(whole ? text + 1 : text, 1, INT64_MAX, &id, error))
        return false;
    *ret_id = whole ? -id : id;
    return true;
}
