/* The height of a JPEG picture that was not known when its frame was begun: scanners with a feeder write 0 or
 * the most there can be, and the true number of lines after the first scan (DNL, ITU-T T.81 B.2.5). */
#include <string.h>

#include "page/decode.h"

enum { MARKER_SOF0 = 0xc0, MARKER_SOF15 = 0xcf, MARKER_DHT = 0xc4, MARKER_JPG = 0xc8, MARKER_DAC = 0xcc };
enum { MARKER_RST0 = 0xd0, MARKER_RST7 = 0xd7, MARKER_SOI = 0xd8, MARKER_SOS = 0xda, MARKER_DNL = 0xdc };

static size_t u16(PageBytes of, size_t at)
{
    return at + 2 <= of.length ? (size_t)of.bytes[at] << 8 | of.bytes[at + 1] : 0;
}

static bool is_frame(int marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT && marker != MARKER_JPG &&
           marker != MARKER_DAC;
}

/* The marker at or after a place, with the place behind it; −1 at the end. `in_scan`: stuffed bytes and
 * restart markers belong to the data. */
static int next_marker(PageBytes of, size_t *at, bool in_scan)
{
    while (*at + 1 < of.length) {
        const uint8_t *mark = memchr(of.bytes + *at, 0xff, of.length - *at - 1);
        if (!mark)
            return -1;
        int marker = mark[1];
        *at = (size_t)(mark - of.bytes) + (marker == 0xff ? 1 : 2);
        bool data = marker == 0 || (in_scan && marker >= MARKER_RST0 && marker <= MARKER_RST7);
        if (marker != 0xff && !data)
            return marker;
    }
    return -1;
}

GBytes *page_jpeg_with_height(PageBytes of)
{
    size_t at = 0, height_at = 0;
    int marker;
    while ((marker = next_marker(of, &at, false)) >= 0 && marker != MARKER_SOS) {
        if (marker == MARKER_SOI)
            continue;
        if (is_frame(marker))
            height_at = at + 3; /* behind its length and precision */
        at += u16(of, at);
    }
    if (marker != MARKER_SOS || !height_at)
        return NULL;
    at += u16(of, at);
    if (next_marker(of, &at, true) != MARKER_DNL || u16(of, at) != 4)
        return NULL;
    size_t height = u16(of, at + 2);
    if (height == 0 || height == u16(of, height_at))
        return NULL;
    uint8_t *copy = g_memdup2(of.bytes, of.length);
    copy[height_at] = (uint8_t)(height >> 8);
    copy[height_at + 1] = (uint8_t)height;
    return g_bytes_new_take(copy, of.length);
}
