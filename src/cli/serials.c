/* Serials as people type them. */
#include "cli/cli.h"

char *cli_serial(const char *text)
{
    int number = serial_parse(text);
    if (number < 0)
        return g_strdup(text);
    char serial[SERIAL_LENGTH + 1];
    serial_make(number, serial);
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
