/* Pages that show no code, of forms printed by others or of ours: which form it is, and where it lies, by its
 * print alone. */
#include "register/place.h"

#include <math.h>

/* Sheets lie at most so askew, quarter turns aside, and so far from the middle of the scan. */
#define SKEW_REACH_DEG 10.5
#define SHIFT_REACH_MM 16.0
/* Edges that fall together no more than this are no lines of print. */
#define LINES_LEAST 1.6
/* From thumbs: candidates less alike than this, or than this share of the best, are not looked at. */
#define LIKE_LEAST 0.12
#define LIKE_SHARE 0.6
/* The first look at the print; its scale may be off by some hundredths, its middle by a thumb's pixel. */
#define ROUGH_REACH_MM 8.0
/* Candidates that are looked at closely. */
#define CLOSE_LOOKS 4
/* Forms that turn out to be another, and that other yet another: no more of that. */
#define SWAPS 3

/* A scan as it is looked at from far away. */
typedef struct {
    const Raster *scan;
    Raster *small;          /* at about SMALL_PX_PER_MM */
    double factor;          /* of small to scan */
    double scale;           /* of the print, as is tried */
    double skew_deg[2];     /* of lines across and of lines along the scan */
    double strength[2];     /* of them; −1: not yet looked for */
    VisionThumb *thumbs[4]; /* by quarter turns; NULL: not yet made */
} View;

static void view_clear(View *view)
{
    raster_free(view->small);
    for (int i = 0; i < 4; i++)
        vision_thumb_free(view->thumbs[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_clear)

static bool view_make(View *view, const Raster *scan, GError **error)
{
    double wanted = scan_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM) / SMALL_PX_PER_MM; /* scan pixels to one */
    const Raster *from = scan;
    while (from->half && (double)scan->width_px / from->half->width_px <= wanted)
        from = from->half;
    /* By a whole number, which is several times as fast; a few pixels at the rim do not matter. */
    int size = MAX(1, (int)lround(wanted * from->width_px / scan->width_px));
    Raster inner = *from;
    inner.width_px -= inner.width_px > size ? inner.width_px % size : 0;
    inner.height_px -= inner.height_px > size ? inner.height_px % size : 0;
    inner.half = NULL;
    view->scan = scan;
    view->small = vision_reduce(&inner, 1.0 / size, error);
    view->factor = (double)from->width_px / scan->width_px / size;
    view->strength[0] = view->strength[1] = -1;
    return view->small;
}

/* Whether the scan bears lines of print that run so. */
static bool view_has_lines(View *view, bool upright)
{
    double *strength = &view->strength[upright];
    if (*strength < 0 &&
        !vision_find_skew(view->small, upright, SKEW_REACH_DEG, &view->skew_deg[upright], strength))
        *strength = 0;
    return *strength >= LINES_LEAST;
}

/* Where a sheet lies that was turned so, its point `middle` in the middle of the scan. */
static PageMap turned_map(const View *view, int turn, double scale, PointMm middle)
{
    double angle = (90 * turn + view->skew_deg[turn % 2]) * G_PI / 180;
    double a = scale * cos(angle), b = scale * sin(angle);
    return (PageMap){{a, -b, view->scan->width_px / 2.0 - a * middle.x_mm + b * middle.y_mm, b, a,
                      view->scan->height_px / 2.0 - b * middle.x_mm - a * middle.y_mm, 0, 0, 1}};
}

static Raster *canvas_through(const Raster *picture, const PageMap *map, GError **error)
{
    RectMm all = {-THUMB_W_MM / 2, -THUMB_H_MM / 2, THUMB_W_MM, THUMB_H_MM};
    return vision_sample(picture, map, all, THUMB_PX_PER_MM, 0, 0, error);
}

VisionThumb *thumb_through(const Raster *picture, const PageMap *map, GError **error)
{
    g_autoptr(Raster) canvas = canvas_through(picture, map, error);
    return canvas ? vision_thumb_new(canvas, error) : NULL;
}

/* Made for both turns at once: the one is the other upside down. */
static VisionThumb *view_thumb(View *view, int turn, double scale, GError **error)
{
    if (view->thumbs[turn])
        return view->thumbs[turn];
    int upright = turn % 2;
    PageMap map = turned_map(view, upright, scale, (PointMm){0, 0});
    for (int i = 0; i < 6; i++)
        map.h[i] *= view->factor;
    g_autoptr(Raster) canvas = canvas_through(view->small, &map, error);
    g_autoptr(Raster) other = canvas ? raster_turn(canvas, 2, error) : NULL;
    if (!other || !(view->thumbs[upright] = vision_thumb_new(canvas, error)))
        return NULL;
    view->thumbs[upright + 2] = vision_thumb_new(other, error);
    return view->thumbs[turn];
}

/* What a page may be, and how it may lie. */
typedef struct {
    Blank *blank;
    PageMap map;
    double likeness;
} Guess;

static int compare_guesses(const void *a, const void *b)
{
    double x = ((const Guess *)a)->likeness, y = ((const Guess *)b)->likeness;
    return (x < y) - (x > y);
}

static bool is_candidate(const Blank *blank, const char *declared)
{
    return blank->patches->len && (!declared || g_str_equal(declared, blank->layout->form));
}

/* Every form in both turns that fit the scan's shape, the likeliest first. */
static bool guess_by_thumbs(const GPtrArray *blanks, View *view, const char *declared, GArray *guesses,
                            GError **error)
{
    for (guint i = 0; i < blanks->len; i++) {
        Guess guess = {.blank = blanks->pdata[i]};
        const LayoutPage *page = guess.blank->layout->pages->pdata[guess.blank->page];
        if (!is_candidate(guess.blank, declared))
            continue;
        bool lies = (view->scan->width_px > view->scan->height_px) != (page->width_mm > page->height_mm);
        double scale = view->scale * scan_scale(view->scan, page->width_mm, page->height_mm);
        for (int turn = lies; turn < 4 && view_has_lines(view, lies); turn += 2) {
            PointPx shift = {0, 0};
            VisionThumb *own = blank_thumb(guess.blank, error), *seen = view_thumb(view, turn, scale, error);
            if (!own || !seen)
                return false;
            guess.likeness = vision_thumb_match(own, seen, (int)(SHIFT_REACH_MM * THUMB_PX_PER_MM), &shift);
            guess.map = turned_map(view, turn, scale,
                                   (PointMm){page->width_mm / 2 - shift.x_px / THUMB_PX_PER_MM,
                                             page->height_mm / 2 - shift.y_px / THUMB_PX_PER_MM});
            if (guess.likeness >= LIKE_LEAST)
                g_array_append_val(guesses, guess);
        }
    }
    g_array_sort(guesses, compare_guesses);
    return true;
}

/* The forms of which enough features are found anywhere on the page, at any turn, scale and tilt: all forms
 * by their strongest features, the likeliest by all. */
static bool guess_by_features(const GPtrArray *blanks, const Raster *scan, const char *declared,
                              GArray *guesses, GError **error)
{
    double scale = 1;
    g_autoptr(VisionFeatures) features = NULL;
    for (guint i = 0; i < blanks->len; i++) {
        Guess guess = {.blank = blanks->pdata[i]};
        if (!is_candidate(guess.blank, declared))
            continue;
        if (!features && !(features = scan_features(scan, &scale, error)))
            return false;
        VisionFeatures *own = blank_features(guess.blank, error);
        if (!own)
            return false;
        guess.likeness = vision_features_likeness(own, features);
        g_array_append_val(guesses, guess);
    }
    g_array_sort(guesses, compare_guesses);
    guint kept = 0;
    for (guint i = 0; i < guesses->len && i < CLOSE_LOOKS; i++) {
        Guess *guess = &g_array_index(guesses, Guess, i);
        int inliers;
        if (!place_by_features(guess->blank, features, scale, &guess->map, &inliers))
            continue;
        guess->likeness = inliers;
        g_array_index(guesses, Guess, kept++) = *guess;
    }
    g_array_set_size(guesses, kept);
    g_array_sort(guesses, compare_guesses);
    return true;
}

/* Whether the page is the guess and none of the forms that look like it; it may turn out to be one of them.
 */
static bool outdo_rivals(const GPtrArray *blanks, const Raster *scan, const char *declared, Guess *guess,
                         bool *ret_like, RegisterReason *ret_reason)
{
    *ret_like = false;
    for (int swap = 0; swap < SWAPS; swap++) {
        Blank *winner = NULL;
        bool open = false;
        for (guint i = 0; i < blanks->len && !winner; i++) {
            Blank *other = blanks->pdata[i];
            if (other == guess->blank || !is_candidate(other, NULL))
                continue;
            RivalOutcome outcome = rival_decide(guess->blank, other, scan, &guess->map);
            winner = outcome == RIVAL_WON ? other : NULL;
            *ret_like |= outcome != RIVAL_UNLIKE;
            /* What the batch is declared to be decides where nothing else does. */
            open |= outcome == RIVAL_OPEN && is_candidate(other, declared);
        }
        if (!winner) {
            *ret_reason = open ? REGISTER_AMBIGUOUS : REGISTER_OK;
            return !open;
        }
        guess->blank = winner;
        if (!is_candidate(winner, declared) || !place_finely(winner, scan, &guess->map))
            break;
    }
    *ret_reason = REGISTER_NO_CODE;
    return false;
}

/* Looks at the likeliest guesses closely. True when that decides: *ret_reason says whether for one. */
static bool decide(const GPtrArray *blanks, const Raster *scan, const char *declared, bool quick,
                   GArray *guesses, Guess *ret_guess, RegisterReason *ret_reason)
{
    for (guint i = 0; i < guesses->len && i < CLOSE_LOOKS; i++) {
        Guess guess = g_array_index(guesses, Guess, i);
        bool like;
        if (guess.likeness < LIKE_SHARE * g_array_index(guesses, Guess, 0).likeness && quick)
            break;
        bool placed = quick ? place_roughly(guess.blank, scan, ROUGH_REACH_MM, &guess.map)
                            : place_by_patches(guess.blank, scan, 4, &guess.map);
        if (!placed || !place_finely(guess.blank, scan, &guess.map))
            continue;
        if (!outdo_rivals(blanks, scan, declared, &guess, &like, ret_reason))
            return true;
        *ret_reason = is_this_print(guess.blank, scan, &guess.map, like) ? REGISTER_OK : REGISTER_NO_CODE;
        if (*ret_reason == REGISTER_OK) {
            *ret_guess = guess;
            return true;
        }
    }
    return false;
}

/* Print that has the size stated or fills the picture, then print that was scaled, or fills less of it. */
static const double stated_scales[] = {1, 0.93, 1.07}, unstated_scales[] = {1, 0.91, 0.83, 0.76};

static bool decide_by_thumbs(const GPtrArray *blanks, const Raster *scan, const char *declared,
                             Guess *ret_guess, RegisterReason *ret_reason, GError **error)
{
    g_auto(View) view = {0};
    bool stated = scan_states_scale(scan, A4_WIDTH_MM, A4_HEIGHT_MM);
    if (!view_make(&view, scan, error))
        return false;
    for (size_t i = 0; i < (stated ? G_N_ELEMENTS(stated_scales) : G_N_ELEMENTS(unstated_scales)); i++) {
        g_autoptr(GArray) guesses = g_array_new(FALSE, TRUE, sizeof(Guess));
        view.scale = stated ? stated_scales[i] : unstated_scales[i];
        for (int turn = 0; turn < 4; turn++)
            g_clear_pointer(&view.thumbs[turn], vision_thumb_free);
        if (!guess_by_thumbs(blanks, &view, declared, guesses, error))
            return false;
        if (decide(blanks, scan, declared, true, guesses, ret_guess, ret_reason))
            break;
    }
    return true;
}

bool place_by_print(const GPtrArray *blanks, const Raster *scan, const char *declared, bool quick,
                    Blank **ret_blank, PageMap *ret_map, RegisterReason *ret_reason, GError **error)
{
    Guess guess = {0};
    bool any = false;
    *ret_reason = REGISTER_NO_CODE;
    for (guint i = 0; i < blanks->len && !any; i++)
        any = is_candidate(blanks->pdata[i], declared);
    if (!any)
        return false;
    if (quick) {
        if (!decide_by_thumbs(blanks, scan, declared, &guess, ret_reason, error))
            return false;
    } else {
        g_autoptr(GArray) guesses = g_array_new(FALSE, TRUE, sizeof(Guess));
        if (!guess_by_features(blanks, scan, declared, guesses, error))
            return false;
        decide(blanks, scan, declared, false, guesses, &guess, ret_reason);
    }
    if (*ret_reason != REGISTER_OK)
        return false;
    *ret_blank = guess.blank;
    *ret_map = guess.map;
    return true;
}
