#include "mark/pieces.h"

#include <string.h>

/* Everything that hangs together with a pixel gets its label. */
static void spread(const uint8_t *ink, int w, int h, int reach, int32_t label, GArray *queue, int32_t *labels)
{
    for (guint head = 0; head < queue->len; head++) {
        int at = g_array_index(queue, int, head), x = at % w, y = at / w;
        for (int py = MAX(0, y - reach); py <= MIN(h - 1, y + reach); py++) {
            for (int px = MAX(0, x - reach); px <= MIN(w - 1, x + reach); px++) {
                int next = py * w + px;
                if (!ink[next] || labels[next])
                    continue;
                labels[next] = label;
                g_array_append_val(queue, next);
            }
        }
    }
}

int pieces_label(const uint8_t *ink, int w, int h, int reach_px, int32_t *ret_labels)
{
    memset(ret_labels, 0, sizeof *ret_labels * (size_t)w * (size_t)h);
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(int));
    const uint8_t *end = ink + (size_t)w * (size_t)h, *next = ink;
    int32_t count = 0;
    while ((next = memchr(next, 1, (size_t)(end - next)))) {
        int at = (int)(next++ - ink);
        if (ret_labels[at])
            continue;
        ret_labels[at] = ++count;
        g_array_set_size(queue, 0);
        g_array_append_val(queue, at);
        spread(ink, w, h, reach_px, count, queue, ret_labels);
    }
    return count;
}

void pieces_drop_specks(uint8_t *ink, int w, int h, int least_px, int32_t *labels)
{
    int count = pieces_label(ink, w, h, 1, labels);
    g_autofree int *sizes = g_new0(int, count + 1);
    uint8_t *end = ink + (size_t)w * (size_t)h;
    for (const uint8_t *next = ink; (next = memchr(next, 1, (size_t)(end - next))); next++)
        sizes[labels[next - ink]]++;
    for (uint8_t *next = ink; (next = memchr(next, 1, (size_t)(end - next))); next++)
        *next = sizes[labels[next - ink]] >= least_px;
}
