/* Chance: a small generator (splitmix64) seeded by name, and smooth noise. */
#include "sim/sim.h"

#include <math.h>

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3u;
    }
    return mix(hash);
}

Chance chance_for(uint64_t seed, const char *kind, const char *name, int number)
{
    uint64_t hash = hash_text(mix(seed) ^ 0xcbf29ce484222325u, kind);
    return (Chance){.state = mix(hash_text(hash, name) ^ (uint64_t)number)};
}

uint32_t chance_u32(Chance *chance)
{
    chance->state += 0x9e3779b97f4a7c15u;
    uint64_t x = chance->state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ (x >> 31)) >> 32);
}

double chance_unit(Chance *chance)
{
    return chance_u32(chance) / 4294967296.0;
}

double chance_range(Chance *chance, double low, double high)
{
    return low + (high - low) * chance_unit(chance);
}

int chance_int(Chance *chance, int low, int high)
{
    return low + (int)(chance_unit(chance) * (high - low + 1));
}

double chance_normal(Chance *chance, double mean, double deviation)
{
    double u = 1.0 - chance_unit(chance), v = chance_unit(chance);
    return mean + deviation * sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

double chance_within(Chance *chance, double mean, double deviation, double low, double high)
{
    double value = chance_normal(chance, mean, deviation);
    return CLAMP(value, low, high);
}

bool chance_yes(Chance *chance, double probability)
{
    return chance_unit(chance) < probability;
}

int chance_pick(Chance *chance, const double *weights, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += weights[i];
    }
    double at = chance_unit(chance) * sum;
    for (int i = 0; i < n - 1; i++) {
        if ((at -= weights[i]) < 0) {
            return i;
        }
    }
    return n - 1;
}

void chance_shuffle(Chance *chance, GPtrArray *array)
{
    for (guint i = array->len; i > 1; i--) {
        guint j = (guint)chance_int(chance, 0, (int)i - 1);
        gpointer swap = array->pdata[i - 1];
        array->pdata[i - 1] = array->pdata[j];
        array->pdata[j] = swap;
    }
}

double noise_smooth(uint64_t key, double t)
{
    double whole = floor(t), part = t - whole;
    uint64_t at = (uint64_t)(int64_t)whole;
    double a = (double)(mix(key ^ mix(at)) >> 11) / 4503599627370496.0 - 1;
    double b = (double)(mix(key ^ mix(at + 1)) >> 11) / 4503599627370496.0 - 1;
    return a + (b - a) * part * part * (3 - 2 * part);
}
