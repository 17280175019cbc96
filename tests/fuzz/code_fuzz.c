/* Page codes and serials: the text a reader of square codes gives out. */
#include "fuzz/fuzz.h"
#include "layout/layout.h"

#include <string.h>

static const char *const words[] = {":", "-", "*", "P1:", "P2K7RF", "TV23", "::", "000000", "ĐĂ", "\n", NULL};

static void make_seeds(GArray *seeds, const char *dir)
{
    (void)dir;
    for (int i = 1; i < 6; i++) {
        PageCode code = {.kind = i % 2 ? PAGE_CODE_BALLOT : PAGE_CODE_COVER, .page = i, .expected = 20 * i};
        g_strlcpy(code.survey, "TV23", sizeof code.survey);
        g_strlcpy(code.form, "F1", sizeof code.form);
        g_strlcpy(code.fingerprint8, "3FA21C9B", sizeof code.fingerprint8);
        serial_make(i * 1234, code.serial);
        g_strlcpy(code.group, "G3", sizeof code.group);
        g_strlcpy(code.agency, "SNV", sizeof code.agency);
        g_strlcpy(code.origin, "SNV", sizeof code.origin);
        static const PageStation station = {"K7RF", {1}};
        if (i > 2)
            page_code_seal(&code, &station, code.group, code.agency, code.origin);
        g_autofree char *text = page_code_format(&code);
        fuzz_add_text(seeds, text, NULL);
        fuzz_add_text(seeds, code.serial, NULL);
    }
}

static void run(const char *path, const char *data, size_t length)
{
    (void)path;
    /* Readers give text without NUL, made valid UTF-8. */
    g_autofree char *text = g_utf8_make_valid(data, (gssize)strnlen(data, length));
    PageCode code;
    g_autoptr(GError) error = NULL;
    if (page_code_parse(text, &code, &error)) {
        g_autofree char *again = page_code_format(&code);
        PageCode second;
        g_assert_true(page_code_parse(again, &second, NULL));
        g_autofree char *third = page_code_format(&second);
        g_assert_cmpstr(again, ==, third);
        g_assert_true(code.kind == PAGE_CODE_COVER || serial_parse(code.serial) >= 1);
    } else {
        fuzz_check_error(error);
    }
    int number = serial_parse(text);
    if (number >= 0) {
        char serial[SERIAL_LENGTH + 1];
        g_assert_cmpint(number, <=, SERIAL_MAX);
        serial_make(number, serial);
        g_assert_cmpint(serial_parse(serial), ==, number);
    }
    g_autofree char *printed = serial_print_form(text);
    g_assert_nonnull(printed);
}

const FuzzTarget fuzz_target = {"code", "code.txt", words, make_seeds, run};
