/* From measures to states. The evidence is absolute: what one box shows does not depend on how its neighbours
 * look, so a page with no mark at all, or with every box marked, is read like any other. */
#include "mark/mark.h"

#include <math.h>
#include <string.h>

/* Half-way between paper and a mark: own ink of this area, for a box of usual room. A cross in a 4.6 mm box
 * has 2–4 mm², a small tick 1.2, a 1 mm pencil line 0.2, dust and JPEG noise under 0.05. */
#define HALF_INK_MM2 0.36
#define USUAL_ROOM_MM2 11.0
/* Steepness of the logistic curve over the logarithm of ink. */
#define STEEPNESS 8.0
/* What an empty box shows at most. */
#define FLOOR_MM2 0.012
/* Ink beside a box, or of strokes from elsewhere inside it, that a person should see. */
#define BESIDE_MM2 0.7
#define FOREIGN_MM2 0.25
/* Specks, mm² a cm², from which the paper itself is in doubt. */
#define NOISE_MM2 1.5
/* A box circled in so many of 16 directions, with a mark inside, was taken back as the form tells people to.
 */
#define RING_CLOSED 0.93
#define RING_OPEN 0.62
#define FILLED 0.8

const char *mark_model_id(void)
{
    return "ink-1";
}

static const char *const state_ids[] = {"blank", "marked", "cancelled", "doubtful"};

const char *mark_state_id(MarkState state)
{
    return state_ids[state];
}

static const char *const measure_names[MARK_MEASURES] = {
    "room_mm2",   "ink_mm2", "foreign_mm2",  "coverage", "darkness", "length_mm", "beside_mm2",
    "around_mm2", "ring",    "share_inside", "edges",    "straight", "pieces",    "noise_mm2",
    "paper",      "print",   "red",          "blue",     "match",    "shift_mm"};

const char *mark_measure_name(int i)
{
    return measure_names[i];
}

static const struct {
    unsigned bit;
    const char *name;
} reason_names[] = {{MARK_FAINT, "FAINT"},         {MARK_SMALL, "SMALL"},   {MARK_OUTSIDE, "OUTSIDE"},
                    {MARK_SCRIBBLED, "CANCELLED"}, {MARK_STREAK, "STREAK"}, {MARK_MISPLACED, "MISPLACED"},
                    {MARK_COVERED, "COVERED"},     {MARK_NOISE, "NOISE"}};

char *mark_reasons_text(unsigned reasons)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(reason_names); i++) {
        if (reasons & reason_names[i].bit)
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", reason_names[i].name);
    }
    return g_string_free(text, FALSE);
}

/* Chance that the box is marked, by its own ink alone. */
static double chance_marked(const MarkMeasures *m)
{
    /* Small boxes hold less ink; what a speck can do stays the same. */
    double half = HALF_INK_MM2 * CLAMP(m->v[MEASURE_ROOM_MM2] / USUAL_ROOM_MM2, 0.3, 1.0);
    double ink = m->v[MEASURE_INK_MM2] + 0.5 * m->v[MEASURE_FOREIGN_MM2] + FLOOR_MM2;
    double odds = STEEPNESS * log(ink / half);
    return 1 / (1 + exp(-odds));
}

/* What is seen at the box that one should not decide over. */
static unsigned find_doubts(const MarkMeasures *m, double p_marked)
{
    unsigned doubts = 0;
    double ink = m->v[MEASURE_INK_MM2];
    if (m->v[MEASURE_ROOM_MM2] < 0.5)
        doubts |= MARK_MISPLACED;
    if (m->v[MEASURE_MATCH] >= 0 && m->v[MEASURE_MATCH] < 0.35 && p_marked < 0.999)
        doubts |= MARK_MISPLACED;
    if (m->v[MEASURE_NOISE_MM2] > NOISE_MM2)
        doubts |= MARK_NOISE;
    if (m->v[MEASURE_BESIDE_MM2] > BESIDE_MM2 && p_marked < 0.5)
        doubts |= MARK_OUTSIDE;
    if (m->v[MEASURE_FOREIGN_MM2] > FOREIGN_MM2)
        doubts |= MARK_OUTSIDE;
    if (m->v[MEASURE_STRAIGHT] > 0 && m->v[MEASURE_PIECES] <= 1 && m->v[MEASURE_EDGES] >= 2)
        doubts |= MARK_STREAK;
    if (m->v[MEASURE_EDGES] >= 4 || (m->v[MEASURE_RED] > 0.6 && m->v[MEASURE_EDGES] >= 2))
        doubts |= MARK_COVERED;
    if (ink > 0.1 && m->v[MEASURE_DARKNESS] < 0.3 && p_marked < 0.9999)
        doubts |= MARK_FAINT;
    if (ink > 0.3 && m->v[MEASURE_LENGTH_MM] < 1.1)
        doubts |= MARK_SMALL;
    return doubts;
}

static MarkDecision decide_box(const MarkMeasures *m, const MarkLimits *limits)
{
    MarkDecision d = {.state = MARK_DOUBTFUL};
    double marked = chance_marked(m);
    double ring = m->v[MEASURE_RING];
    bool inside = m->v[MEASURE_INK_MM2] > 0.5;
    double cancelled = 0;
    if (inside && ring >= RING_CLOSED)
        cancelled = 0.999995;
    else if (inside && ring >= RING_OPEN)
        cancelled = 0.5;
    d.p_cancelled = marked * cancelled;
    d.p_marked = marked * (1 - cancelled);
    unsigned doubts = find_doubts(m, marked);
    if (cancelled > 0 || m->v[MEASURE_COVERAGE] > FILLED)
        d.reasons |= MARK_SCRIBBLED;
    if (!inside && ring >= RING_OPEN)
        doubts |= MARK_OUTSIDE; /* the box itself, or its label, was circled */
    double blank = 1 - marked;
    double best = MAX(blank, MAX(d.p_marked, d.p_cancelled));
    MarkState guess = best == blank ? MARK_BLANK : best == d.p_marked ? MARK_MARKED : MARK_CANCELLED;
    d.confidence = best;
    d.reasons |= doubts;

    if (!doubts && 1 - best <= limits->max_error)
        d.state = guess;
    else if (!doubts)
        d.reasons |= cancelled > 0 ? MARK_SCRIBBLED : m->v[MEASURE_DARKNESS] < 0.45 ? MARK_FAINT : MARK_SMALL;
    if (doubts)
        d.confidence = MIN(best, 0.9);
    return d;
}

void mark_decide(const MarkMeasures *measures, int count, const MarkLimits *limits, MarkDecision *ret)
{
    for (int i = 0; i < count; i++)
        ret[i] = decide_box(&measures[i], limits);
}
