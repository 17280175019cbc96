/* What was meant by a mistyped word. */
#include <string.h>

#include "base/base.h"

/* Longer words are not compared. */
#define LONGEST 63

/* Letters to change, add or remove to come from one to the other. */
static int edit_distance(const char *a, const char *b)
{
    int row[LONGEST + 1];
    size_t length = strlen(b);
    if (length > LONGEST || strlen(a) > LONGEST)
        return G_MAXINT;
    for (size_t j = 0; j <= length; j++)
        row[j] = (int)j;
    for (size_t i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= length; j++) {
            int above = row[j];
            row[j] = MIN(MIN(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

const char *text_nearest(const char *text, const char *const *known, int most)
{
    const char *nearest = NULL;
    int best = most + 1;
    for (; *known; known++) {
        int distance = edit_distance(text, *known);
        if (distance < best) {
            best = distance;
            nearest = *known;
        }
    }
    return nearest;
}
