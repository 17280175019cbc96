#include "layout/layout_internal.h"

#include <string.h>

/* ISO/IEC 7064, MOD 37,36: a hybrid system over digits and letters; the same alphabet for the check
 * character. */
static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* The check character's value for `length` characters. */
static int check_value(const char *text, int length)
{
    int product = 36;
    for (int i = 0; i < length; i++) {
        int sum = (product + (int)(strchr(alphabet, text[i]) - alphabet)) % 36;
        if (sum == 0)
            sum = 36;
        product = sum * 2 % 37;
    }
    return (37 - product) % 36;
}

void serial_make(int number, char ret_serial[SERIAL_LENGTH + 1])
{
    g_assert(number >= 1 && number <= SERIAL_MAX);
    g_snprintf(ret_serial, SERIAL_LENGTH + 1, "%06d", number);
    ret_serial[SERIAL_LENGTH - 1] = alphabet[check_value(ret_serial, SERIAL_LENGTH - 1)];
    ret_serial[SERIAL_LENGTH] = '\0';
}

int serial_parse(const char *text)
{
    char serial[SERIAL_LENGTH + 1];
    int length = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '-' && length == SERIAL_LENGTH - 1)
            continue;
        if (length == SERIAL_LENGTH || !g_ascii_isalnum(*c) ||
            (length < SERIAL_LENGTH - 1 && !g_ascii_isdigit(*c)))
            return -1;
        serial[length++] = g_ascii_toupper(*c);
    }
    if (length != SERIAL_LENGTH)
        return -1;
    serial[length] = '\0';
    int number = 0;
    for (int i = 0; i < SERIAL_LENGTH - 1; i++)
        number = number * 10 + (serial[i] - '0');
    char expected[SERIAL_LENGTH + 1];
    if (number < 1)
        return -1;
    serial_make(number, expected);
    return g_str_equal(serial, expected) ? number : -1;
}

char *serial_print_form(const char *serial)
{
    if (strlen(serial) != SERIAL_LENGTH || serial_parse(serial) < 0)
        return g_strdup(serial);
    return g_strdup_printf("%.*s-%c", SERIAL_LENGTH - 1, serial, serial[SERIAL_LENGTH - 1]);
}

const char *serial_shown(const char *serial)
{
    static _Thread_local char texts[8][64];
    static _Thread_local unsigned next;
    g_autofree char *printed = serial_print_form(serial), *shown = text_printable(printed);
    char *text = texts[next++ % G_N_ELEMENTS(texts)];
    g_utf8_strncpy(text, shown, (sizeof texts[0] - 1) / 6); /* a letter has at most six bytes */
    return text;
}

char *serial_paper_form(const char *station, const char *serial)
{
    g_autofree char *number = serial_print_form(serial);
    return *station ? g_strdup_printf("%s-%s", station, number) : g_steal_pointer(&number);
}

int serial_paper_parse(const char *text, char ret_station[STATION_LENGTH + 1])
{
    char station[STATION_LENGTH + 1] = "";
    if (strlen(text) > SERIAL_LENGTH + 1 && text[STATION_LENGTH] == '-') {
        for (int i = 0; i < STATION_LENGTH; i++)
            station[i] = g_ascii_toupper(text[i]);
        if (!station_is_name(station))
            return -1;
        text += STATION_LENGTH + 1;
    }
    int number = serial_parse(text);
    if (number > 0)
        g_strlcpy(ret_station, station, STATION_LENGTH + 1);
    return number;
}

/* Fingerprint and number in one: 32 bits and 20. */
#define NUMBER_BITS 20
#define BODY_BITS (32 + NUMBER_BITS)

/* What a code of version 2 begins with. */
static char *sealed_head(const PageCode *code)
{
    char body[BODY_LENGTH + 1] = "";
    if (code->kind == PAGE_CODE_BALLOT) {
        uint64_t print = 0;
        for (const char *c = code->fingerprint8; g_ascii_isxdigit(*c); c++)
            print = print << 4 | (uint64_t)g_ascii_xdigit_value(*c);
        base32_write(print << NUMBER_BITS | (uint64_t)MAX(serial_parse(code->serial), 0), BODY_LENGTH, body);
    }
    return g_strdup_printf("P2%s%s%s", code->station, code->seal, body);
}

char *page_code_format(const PageCode *code)
{
    bool sealed = code->station[0] != '\0';
    g_autofree char *head = sealed ? sealed_head(code) : g_strdup("P1");
    g_autofree char *text = NULL;
    if (code->kind == PAGE_CODE_COVER)
        text = g_strdup_printf("%s:%s:*:%s:%s:%s:%d", head, code->survey, code->group, code->agency,
                               code->origin, code->expected);
    else if (sealed)
        text = g_strdup_printf("%s:%s:%s:%d", head, code->survey, code->form, code->page);
    else
        text = g_strdup_printf("%s:%s:%s:%s:%s:%d", head, code->survey, code->form, code->fingerprint8,
                               code->serial, code->page);
    return g_ascii_strup(text, -1);
}

/* Copies a field of A–Z, 0–9 and '-' that is neither empty nor too long. */
static bool copy_field(const char *text, char *to, size_t size)
{
    size_t length = strlen(text);
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!g_ascii_isdigit(text[i]) && !g_ascii_isupper(text[i]) && text[i] != '-')
            return false;
    }
    memcpy(to, text, length + 1);
    return true;
}

static bool parse_number(const char *text, int max, int *ret_number)
{
    int64_t number;
    if (!number_parse_int(text, 0, max, &number, NULL))
        return false;
    *ret_number = (int)number;
    return true;
}

/* Station, seal and, of a ballot, fingerprint and number. */
static bool parse_head(const char *head, PageCode *code)
{
    bool ballot = code->kind == PAGE_CODE_BALLOT;
    uint64_t seal, body = 0;
    if (strlen(head) != 2 + STATION_LENGTH + SEAL_LENGTH + (ballot ? BODY_LENGTH : 0))
        return false;
    head += 2;
    g_strlcpy(code->station, head, sizeof code->station);
    head += STATION_LENGTH;
    g_strlcpy(code->seal, head, sizeof code->seal);
    head += SEAL_LENGTH;
    if (!station_is_name(code->station) || !base32_read(code->seal, &seal) ||
        (ballot && (!base32_read(head, &body) || body >> BODY_BITS)))
        return false;
    int number = (int)(body & ((1u << NUMBER_BITS) - 1));
    if (ballot && (number < 1 || number > SERIAL_MAX))
        return false;
    if (ballot) {
        g_snprintf(code->fingerprint8, sizeof code->fingerprint8, "%08X", (unsigned)(body >> NUMBER_BITS));
        serial_make(number, code->serial);
    }
    return true;
}

static bool parse_sealed_ballot(char **fields, guint count, PageCode *code)
{
    return count == 4 && copy_field(fields[2], code->form, sizeof code->form) &&
           parse_number(fields[3], 99, &code->page) && code->page >= 1;
}

static bool parse_ballot(char **fields, guint count, PageCode *code)
{
    return count == 6 && copy_field(fields[2], code->form, sizeof code->form) && strlen(fields[3]) == 8 &&
           copy_field(fields[3], code->fingerprint8, sizeof code->fingerprint8) &&
           strspn(fields[3], "0123456789ABCDEF") == 8 &&
           copy_field(fields[4], code->serial, sizeof code->serial) && strlen(fields[4]) == SERIAL_LENGTH &&
           serial_parse(fields[4]) > 0 && parse_number(fields[5], 99, &code->page) && code->page >= 1;
}

static bool parse_cover(char **fields, guint count, PageCode *code)
{
    return count == 7 && copy_field(fields[3], code->group, sizeof code->group) &&
           copy_field(fields[4], code->agency, sizeof code->agency) &&
           copy_field(fields[5], code->origin, sizeof code->origin) &&
           parse_number(fields[6], SERIAL_MAX, &code->expected);
}

bool page_code_parse(const char *text, PageCode *ret_code, GError **error)
{
    PageCode code = {0};
    g_auto(GStrv) fields = g_strsplit(text, ":", 9);
    guint count = g_strv_length(fields);
    bool good = count >= 4 && copy_field(fields[1], code.survey, sizeof code.survey);
    if (good) {
        bool sealed = g_str_has_prefix(fields[0], "P2");
        code.kind = g_str_equal(fields[2], "*") ? PAGE_CODE_COVER : PAGE_CODE_BALLOT;
        good = (sealed ? parse_head(fields[0], &code) : g_str_equal(fields[0], "P1")) &&
               (code.kind == PAGE_CODE_COVER ? parse_cover(fields, count, &code)
                : sealed                     ? parse_sealed_ballot(fields, count, &code)
                                             : parse_ballot(fields, count, &code));
    }
    if (!good) {
        g_autofree char *start = g_strndup(text, 60);
        g_autofree char *shown = text_printable(start);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, _("'%s' is no page code of phieu"), shown);
        return false;
    }
    *ret_code = code;
    return true;
}
