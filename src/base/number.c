#include "base/base.h"

#include <errno.h>
#include <gmp.h>
#include <math.h>
#include <string.h>

bool number_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value, GError **error)
{
    gint64 value;
    if (!g_ascii_string_to_signed(text, 10, min, max, &value, NULL)) {
        g_autofree char *shown = text_printable(text);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s' is not a whole number from %lld to %lld"), shown, (long long)min, (long long)max);
        return false;
    }
    *ret_value = value;
    return true;
}

char number_decimal_mark(void)
{
    const char *language = g_getenv("LANGUAGE");
    return language && g_str_equal(language, "en") ? '.' : ',';
}

const char *number_shown(int64_t number)
{
    static _Thread_local char texts[8][32]; /* 19 digits, 6 marks, a sign */
    static _Thread_local unsigned next;
    char *text = texts[next++ % G_N_ELEMENTS(texts)], *at = text + sizeof texts[0] - 1;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int digits = 0;
    *at = '\0';
    do {
        if (digits && digits % 3 == 0)
            *--at = number_decimal_mark() == ',' ? '.' : ',';
        *--at = (char)('0' + rest % 10);
        rest /= 10;
        digits++;
    } while (rest);
    if (number < 0)
        *--at = '-';
    return at;
}

/* Whether the text is [-]digits[.digits] with at most max_digits digits; how many stand behind the point. */
static bool is_decimal(const char *text, int max_digits, int *ret_places)
{
    const char *c = text;
    int digits = 0, places = 0;
    if (*c == '-')
        c++;
    while (g_ascii_isdigit(*c))
        c++, digits++;
    if (digits == 0)
        return false;
    if (*c == '.') {
        c++;
        while (g_ascii_isdigit(*c))
            c++, digits++, places++;
        if (places == 0)
            return false;
    }
    *ret_places = places;
    return *c == '\0' && digits <= max_digits;
}

bool number_parse_double(const char *text, double min, double max, double *ret_value, GError **error)
{
    int places;
    double value = is_decimal(text, 40, &places) ? g_ascii_strtod(text, NULL) : NAN;
    if (!(value >= min && value <= max)) {
        g_autofree char *shown = text_printable(text);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s' is not a number from %g to %g (write it like 12.5)"), shown, min, max);
        return false;
    }
    *ret_value = value;
    return true;
}

struct Rational {
    mpq_t q;
};

static Rational *rational_alloc(void)
{
    Rational *a = g_new(Rational, 1);
    mpq_init(a->q);
    return a;
}

Rational *rational_new(int64_t numerator, int64_t denominator)
{
    g_assert(denominator > 0);
    Rational *a = rational_alloc();
    mpq_set_si(a->q, (long)numerator, (unsigned long)denominator);
    mpq_canonicalize(a->q);
    return a;
}

Rational *rational_copy(const Rational *a)
{
    Rational *copy = rational_alloc();
    mpq_set(copy->q, a->q);
    return copy;
}

void rational_free(Rational *a)
{
    if (!a)
        return;
    mpq_clear(a->q);
    g_free(a);
}

Rational *rational_add(const Rational *a, const Rational *b)
{
    Rational *sum = rational_alloc();
    mpq_add(sum->q, a->q, b->q);
    return sum;
}

void rational_add_to(Rational **sum, const Rational *more)
{
    Rational *next = rational_add(*sum, more);
    rational_free(*sum);
    *sum = next;
}

Rational *rational_sub(const Rational *a, const Rational *b)
{
    Rational *difference = rational_alloc();
    mpq_sub(difference->q, a->q, b->q);
    return difference;
}

Rational *rational_mul(const Rational *a, const Rational *b)
{
    Rational *product = rational_alloc();
    mpq_mul(product->q, a->q, b->q);
    return product;
}

Rational *rational_div(const Rational *a, const Rational *b)
{
    g_assert(mpq_sgn(b->q) != 0);
    Rational *quotient = rational_alloc();
    mpq_div(quotient->q, a->q, b->q);
    return quotient;
}

int rational_compare(const Rational *a, const Rational *b)
{
    return mpq_cmp(a->q, b->q);
}

int rational_sign(const Rational *a)
{
    return mpq_sgn(a->q);
}

Rational *rational_parse(const char *text, GError **error)
{
    int places;
    if (!is_decimal(text, 18, &places)) {
        g_autofree char *shown = text_printable(text);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                    _("'%s' is not a decimal number of at most 18 digits (write it like 12.5)"), shown);
        return NULL;
    }
    g_autoptr(GString) digits = g_string_new(text);
    char *point = strchr(digits->str, '.');
    if (point)
        g_string_erase(digits, point - digits->str, 1);
    Rational *a = rational_alloc();
    mpz_set_str(mpq_numref(a->q), digits->str, 10);
    mpz_ui_pow_ui(mpq_denref(a->q), 10, (unsigned long)places);
    mpq_canonicalize(a->q);
    return a;
}

/* A GMP-allocated string as one of GLib's. */
static char *take_gmp_string(char *text)
{
    char *copy = g_strdup(text);
    void (*gmp_free)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &gmp_free);
    gmp_free(text, strlen(text) + 1);
    return copy;
}

char *rational_to_exact(const Rational *a)
{
    return take_gmp_string(mpq_get_str(NULL, 10, a->q));
}

char *rational_to_decimal(const Rational *a, int decimals, char separator)
{
    /* floor((2·|n|·10^decimals + d) / 2d), the sign put back: half away from zero */
    mpz_t scaled, twice, power;
    mpz_inits(scaled, twice, power, NULL);
    mpz_ui_pow_ui(power, 10, (unsigned long)decimals);
    mpz_abs(scaled, mpq_numref(a->q));
    mpz_mul(scaled, scaled, power);
    mpz_mul_2exp(scaled, scaled, 1);
    mpz_add(scaled, scaled, mpq_denref(a->q));
    mpz_mul_2exp(twice, mpq_denref(a->q), 1);
    mpz_fdiv_q(scaled, scaled, twice);
    bool negative = mpq_sgn(a->q) < 0 && mpz_sgn(scaled) != 0;
    g_autofree char *digits = take_gmp_string(mpz_get_str(NULL, 10, scaled));
    mpz_clears(scaled, twice, power, NULL);

    GString *text = g_string_new(digits);
    while ((int)text->len <= decimals)
        g_string_prepend_c(text, '0');
    if (decimals > 0)
        g_string_insert_c(text, (gssize)text->len - decimals, separator);
    if (negative)
        g_string_prepend_c(text, '-');
    return g_string_free(text, FALSE);
}

double rational_to_double(const Rational *a)
{
    return mpq_get_d(a->q);
}
