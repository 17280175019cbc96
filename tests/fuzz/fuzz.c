/* The driver of every fuzz target.
 *   TARGET SECONDS SEED DIR     fuzzes; DIR/<file name> is the input being looked at
 *   TARGET FILE                 looks at one kept input again
 * Ends with 0 after its time. Anything else is a finding: a sanitizer's report, a failed check, or an input
 * that takes more than SLOW_S seconds. */
#include "fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A page that takes longer than this is a page lost; readers get 30 s with no sanitizer in the way. */
#define SLOW_S 60
#define MAX_BYTES (1024 * 1024)
#define MAX_CHANGES 12

void fuzz_add_seed(GArray *seeds, GBytes *bytes, FuzzWrap wrap)
{
    FuzzSeed seed = {bytes, wrap};
    g_array_append_val(seeds, seed);
}

void fuzz_add_text(GArray *seeds, const char *text, FuzzWrap wrap)
{
    fuzz_add_seed(seeds, g_bytes_new(text, strlen(text)), wrap);
}

void fuzz_check_error(const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(error->domain == PHIEU_ERROR);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    g_assert_true(error->message[0] != '\0' && !strchr(error->message, '\n'));
}

/* ---- changes
 * ---------------------------------------------------------------------------------------------------------
 */

static guint pick(GRand *chance, guint below)
{
    return below ? g_rand_int(chance) % below : 0;
}

static void insert(GByteArray *data, guint at, const void *what, guint length)
{
    guint old = data->len;
    if (length == 0 || old + length > MAX_BYTES)
        return;
    g_byte_array_set_size(data, old + length);
    memmove(data->data + at + length, data->data + at, old - at);
    memcpy(data->data + at, what, length);
}

static void change_number(GRand *chance, GByteArray *data, guint at)
{
    static const char *const numbers[] = {"0",          "-1",    "1",     "255",     "65535",
                                          "4294967295", "30001", "1e309", "0.0001",  "-0",
                                          "2147483648", "1,5",   "1.500", "9999999", "18446744073709551616"};
    while (at < data->len && !g_ascii_isdigit(data->data[at]))
        at++;
    guint end = at;
    while (end < data->len && g_ascii_isdigit(data->data[end]))
        end++;
    if (end == at)
        return;
    const char *number = numbers[pick(chance, G_N_ELEMENTS(numbers))];
    g_byte_array_remove_range(data, at, end - at);
    insert(data, at, number, (guint)strlen(number));
}

static void set_integer(GRand *chance, GByteArray *data, guint at)
{
    static const guint32 values[] = {0,      1,          0xff,       0x7fff,     0x8000,
                                     0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 30001};
    guint32 value = values[pick(chance, G_N_ELEMENTS(values))];
    guint length = 1u << pick(chance, 3);
    if (pick(chance, 2))
        value = GUINT32_SWAP_LE_BE(value) >> (32 - 8 * length);
    for (guint i = 0; i < length && at + i < data->len; i++)
        data->data[at + i] = (guint8)(value >> (8 * i));
}

/* A part of at most `max` bytes that begins at `at`. */
static guint pick_length(GRand *chance, guint at, gsize length, guint max)
{
    guint wanted = 1 + pick(chance, max);
    return (guint)MIN(length - at, wanted);
}

static void splice(GRand *chance, GByteArray *data, guint at, const GArray *seeds)
{
    gsize length;
    const guint8 *other =
        g_bytes_get_data(g_array_index(seeds, FuzzSeed, pick(chance, seeds->len)).bytes, &length);
    guint from = pick(chance, (guint)length);
    insert(data, at, other + from, pick_length(chance, from, length, 400));
}

static void change(GRand *chance, GByteArray *data, const GArray *seeds)
{
    guint at = pick(chance, data->len), length = pick_length(chance, at, data->len, 1u << pick(chance, 9));
    guint words = fuzz_target.words ? g_strv_length((char **)fuzz_target.words) : 0;
    switch (pick(chance, 10)) {
    case 0:
    case 1:
        if (data->len)
            data->data[at] ^= (guint8)(1u << pick(chance, 8));
        break;
    case 2:
        if (data->len)
            data->data[at] = (guint8)pick(chance, 256);
        break;
    case 3:
        g_byte_array_remove_range(data, at, length);
        break;
    case 4: {
        g_autofree guint8 *copy = g_memdup2(data->data + at, length);
        insert(data, pick(chance, data->len), copy, length);
        break;
    }
    case 5:
        set_integer(chance, data, at);
        break;
    case 6:
        change_number(chance, data, at);
        break;
    case 7:
        splice(chance, data, at, seeds);
        break;
    case 8:
        if (words) {
            const char *word = fuzz_target.words[pick(chance, words)];
            insert(data, at, word, (guint)strlen(word));
        }
        break;
    default:
        if (pick(chance, 8) == 0)
            g_byte_array_set_size(data, at);
    }
}

static GBytes *make_input(GRand *chance, const GArray *seeds)
{
    const FuzzSeed *seed = &g_array_index(seeds, FuzzSeed, pick(chance, seeds->len));
    gsize length;
    const void *bytes = g_bytes_get_data(seed->bytes, &length);
    GByteArray *data = g_byte_array_new();
    g_byte_array_append(data, bytes, (guint)length);
    /* Now and then nothing: a seed must be good. */
    for (guint i = pick(chance, 50) ? 1 + pick(chance, 1 + pick(chance, MAX_CHANGES)) : 0; i > 0; i--)
        change(chance, data, seeds);
    GBytes *changed = g_byte_array_free_to_bytes(data);
    if (!seed->wrap || pick(chance, 16) == 0)
        return changed;
    GBytes *whole = seed->wrap(changed);
    g_bytes_unref(changed);
    return whole;
}

/* ---- runs
 * ------------------------------------------------------------------------------------------------------------
 */

/* Written plainly, not safely: it must be quick, and only this process reads it. */
static void run_input(const char *path, GBytes *input)
{
    gsize length;
    const char *data = g_bytes_get_data(input, &length);
    FILE *file = g_fopen(path, "wbe");
    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(data, 1, length, file), ==, length);
    g_assert_cmpint(fclose(file), ==, 0);
    /* A copy of exactly this length, so that reading beyond it is seen. */
    g_autofree char *copy = length ? g_memdup2(data, length) : g_malloc(1);
    alarm(SLOW_S);
    fuzz_target.run(path, copy, length);
    alarm(0);
}

static int replay(const char *kept)
{
    g_autofree char *data = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(kept, &data, &length, &error)) {
        g_printerr("%s\n", error->message);
        return 2;
    }
    alarm(SLOW_S);
    fuzz_target.run(kept, data, length);
    g_print("%s: nothing found\n", kept);
    return 0;
}

static void clear_seed(gpointer data)
{
    g_bytes_unref(((FuzzSeed *)data)->bytes);
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return replay(argv[1]);
    int64_t seconds, seed;
    g_autoptr(GError) error = NULL;
    if (argc != 4 || !number_parse_int(argv[1], 1, 86400, &seconds, &error) ||
        !number_parse_int(argv[2], 0, G_MAXINT32, &seed, &error)) {
        g_printerr("%s SECONDS SEED DIR, or %s FILE\n", fuzz_target.name, fuzz_target.name);
        return 2;
    }
    g_assert_cmpint(g_mkdir_with_parents(argv[3], 0755), ==, 0);
    g_autoptr(GArray) seeds = g_array_new(FALSE, FALSE, sizeof(FuzzSeed));
    g_array_set_clear_func(seeds, clear_seed);
    fuzz_target.make_seeds(seeds, argv[3]);
    g_autoptr(GRand) chance = g_rand_new_with_seed((guint32)seed);
    g_autofree char *path = g_build_filename(argv[3], fuzz_target.file_name, NULL);
    gint64 end_us = g_get_monotonic_time() + seconds * 1000000;
    int inputs = 0;
    for (; g_get_monotonic_time() < end_us; inputs++) {
        g_autoptr(GBytes) input = make_input(chance, seeds);
        run_input(path, input);
    }
    g_unlink(path);
    g_print("%-8s %7d inputs from %u good ones, nothing found\n", fuzz_target.name, inputs, seeds->len);
    return 0;
}
