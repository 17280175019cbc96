/* The numbers the model sees. scripts/train-marks computes them from the same source: `phieu-features`. */
#include <math.h>
#include <string.h>

#include "mark/model.h"

/* A box with less darkness inside holds next to nothing. */
#define LEAST_MASS_MM2 0.1f
/* Fewer questions with ink tell nothing of a hand. */
#define LEAST_QUESTIONS 3

/* A box's own measures: how light the paper is and how far the box moved are the scanner's affair. */
static const int own[] = {
    MEASURE_ROOM_MM2,  MEASURE_INK_MM2,    MEASURE_FOREIGN_MM2, MEASURE_COVERAGE,  MEASURE_DARKNESS,
    MEASURE_LENGTH_MM, MEASURE_BESIDE_MM2, MEASURE_AROUND_MM2,  MEASURE_RING,      MEASURE_SHARE_INSIDE,
    MEASURE_EDGES,     MEASURE_STRAIGHT,   MEASURE_PIECES,      MEASURE_NOISE_MM2, MEASURE_RED,
    MEASURE_BLUE,      MEASURE_MATCH,      MEASURE_LIGHT_MM2,   MEASURE_LIGHT_MM,  MEASURE_LIGHT_BESIDE,
    MEASURE_LEVEL,     MEASURE_KEPT,       MEASURE_STRIP_MM2,   MEASURE_APART_MM2, MEASURE_CORE_MM2,
    MEASURE_MASS_MM2,  MEASURE_PEAK,       MEASURE_SPECK_MM2,   MEASURE_STROKE_MM, MEASURE_OFFSET_MM,
    MEASURE_SPREAD_MM, MEASURE_BREADTH_MM, MEASURE_LEVEL_LINE};
/* The most of them that another box of the question has. */
static const int others[] = {MEASURE_INK_MM2,  MEASURE_MASS_MM2,   MEASURE_LIGHT_MM2, MEASURE_CORE_MM2,
                             MEASURE_RING,     MEASURE_BESIDE_MM2, MEASURE_STROKE_MM, MEASURE_COVERAGE,
                             MEASURE_DARKNESS, MEASURE_AROUND_MM2, MEASURE_PEAK,      MEASURE_FOREIGN_MM2};
/* Middle values over the page's questions, of the box with most ink of each. */
static const int hand[] = {MEASURE_MASS_MM2,  MEASURE_DARKNESS, MEASURE_COVERAGE,
                           MEASURE_STROKE_MM, MEASURE_RING,     MEASURE_SPREAD_MM};

enum {
    OWN = G_N_ELEMENTS(own),
    OTHERS = G_N_ELEMENTS(others),
    HAND = G_N_ELEMENTS(hand),
};
G_STATIC_ASSERT(OWN + OTHERS + 2 + HAND + 2 == MODEL_FEATURES);

static bool is_inked(const MarkMeasures *m)
{
    return m->v[MEASURE_MASS_MM2] > LEAST_MASS_MM2;
}

static void add_others(const MarkMeasures *measures, const MarkQuestion *questions, int count, int box,
                       float *ret)
{
    int inked = 0, boxes = 0;
    memset(ret, 0, sizeof *ret * OTHERS);
    for (int i = 0; i < count; i++) {
        bool together = i == box || (!questions[box].many && g_str_equal(questions[i].id, questions[box].id));
        boxes += together;
        if (!together || i == box)
            continue;
        inked += is_inked(&measures[i]);
        for (int k = 0; k < OTHERS; k++)
            ret[k] = MAX(ret[k], measures[i].v[others[k]]);
    }
    ret[OTHERS] = (float)inked;
    ret[OTHERS + 1] = (float)boxes;
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* How the hand on this page marks: HAND middle values (−1 with too few), questions with ink, and the share of
 * them with ink in several boxes. */
static void describe_hand(const MarkMeasures *measures, const MarkQuestion *questions, int count, float *ret)
{
    g_autofree float *values = g_new(float, (gsize)count *HAND + 1);
    int inked = 0, several = 0;
    for (int i = 0; i < count; i++) {
        int top = i, marked = 0;
        bool first = true;
        for (int j = 0; j < count && first; j++) {
            if (!g_str_equal(questions[i].id, questions[j].id))
                continue;
            first = j >= i;
            marked += is_inked(&measures[j]);
            if (measures[j].v[MEASURE_MASS_MM2] > measures[top].v[MEASURE_MASS_MM2])
                top = j;
        }
        if (!first || !is_inked(&measures[top]))
            continue;
        for (int k = 0; k < HAND; k++)
            values[k * count + inked] = measures[top].v[hand[k]];
        inked++;
        several += marked > 1;
    }
    for (int k = 0; k < HAND; k++) {
        if (inked >= LEAST_QUESTIONS)
            qsort(values + k * count, (size_t)inked, sizeof *values, compare_floats);
        ret[k] = inked >= LEAST_QUESTIONS ? values[k * count + (inked - 1) / 2] : -1;
    }
    ret[HAND] = (float)inked;
    ret[HAND + 1] = (float)several / (float)MAX(1, inked);
}

void model_features(const MarkMeasures *measures, const MarkQuestion *questions, int count, float *ret)
{
    float page[HAND + 2];
    describe_hand(measures, questions, count, page);
    for (int i = 0; i < count; i++) {
        float *row = ret + (size_t)i * MODEL_FEATURES;
        for (int k = 0; k < OWN; k++)
            row[k] = measures[i].v[own[k]];
        add_others(measures, questions, count, i, row + OWN);
        memcpy(row + OWN + OTHERS + 2, page, sizeof page);
    }
}
