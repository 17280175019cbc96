/* The plain rules: first what each box shows by itself, then its question and the hand on the page. */
#include <math.h>
#include <string.h>

#include "mark/model.h"

/* What counts as sure here; how likely an error is then, the model says. */
#define SURE 13.8
/* Half-way between paper and a mark: plain ink of this area, for a box of usual room. A cross in a 4.6 mm box
 * has 2–4 mm², a small tick 1.2, a 1 mm pencil line 0.2, dust and JPEG noise under 0.03. */
#define HALF_INK_MM2 0.25
/* The same for ink that merely stands out from the page's paper. */
#define HALF_LIGHT_MM2 0.24
#define USUAL_ROOM_MM2 11.0
/* Steepness of the logistic curves over the logarithm of ink, and what an empty box shows at most. */
#define STEEPNESS 16.0
#define FLOOR_MM2 0.01
/* A mark is at least this long. */
#define MARK_LENGTH_MM 1.1
/* Ink of strokes from elsewhere inside a box; ink beside an empty box, or between the boxes of a question
 * none of which is marked, that a person should see. */
#define FOREIGN_MM2 0.25
#define BESIDE_MM2 0.3
#define LIGHT_BESIDE_MM2 0.2
#define STRIP_MM2 0.3
/* So much beside an empty box asks even where another box of the question is marked: a second mark, or, where
 * that mark runs on beyond its surroundings, the same stroke. */
#define SECOND_MM2 0.6
/* … or ink that lies over the rim of an empty box in so many directions: a mark set badly, no stroke that
 * passes. */
#define RIM_MM2 1.2
#define RIM_RING 0.22
/* Specks, mm² a cm², from which the paper itself is in doubt. */
#define NOISE_MM2 1.5
/* Paper so uneven that faint ink could hide in it; print so lost that ink may be lost too. */
#define UNQUIET_LEVEL 0.05
#define PALE_KEPT 0.6
/* Where nothing lighter than plain ink stands out, as in every bitonal scan, ink is lost without a trace: so
 * much of the print must be left, and the hand must be seen to show: so many questions of the page plainly
 * marked, and so many for each empty one. */
#define BITONAL_LEVEL 0.109
#define PALE_KEPT_BITONAL 0.8
#define SHOWN_LEAST 3
#define SHOWN_EACH 2
/* Share of directions around a box in which ink lies: drawn round it, or perhaps. */
#define RING_CLOSED 0.93
#define RING_DRAWN 0.85
#define RING_OPEN 0.7
/* Ink in the middle of a box that only a circle goes round. */
#define EMPTY_CORE_MM2 0.2
#define FILLED 0.8
/* … and by a hand that fills boxes in, from this much on: it means the same. */
#define FILLED_BY_HABIT 0.5
/* A stroke is a line where its deviation across is less than this share of that along it; an arc of a sixth
 * of a circle has 0.07, a tick 0.25 and more. */
#define LINE_BREADTH 0.12
/* … and one that lies outside of the box for more than this share may be the bent end of a longer one as far
 * as this breadth: the arms of a tick begin in its box. */
#define TAIL_OUTSIDE 0.4
#define TAIL_BREADTH 0.2
/* Less of the ink than this in the middle: it keeps to the border, like an outline out of place. */
#define BORDER_SHARE 0.08
/* A plain mark beside which faint touches in other boxes do not count: its ink, its darkness, and the plain
 * ink they may have. */
#define STRONG_MM2 1.5
#define STRONG_DARKNESS 0.3
#define GRAZE_MM2 0.05
/* A faint mark that is one if the hand is faint throughout. */
#define FAINT_MARK_MM2 0.7
#define FAINT_LENGTH_MM 1.8
/* A speck that may be a dot: its area, and how dark it is. */
#define DOT_MM2 0.05
#define DOT_DARKNESS 0.35
/* So many questions of a page make a habit, and so many of its questions in one may be otherwise. */
#define HABIT_LEAST 3
#define HABIT_OTHERS 4

/* Print that tells a line from others counts as found beside it from this correlation on. */
#define LINE_LEAST 0.35
/* The outline of an empty box is seen where it is at least this share of what is usual on its page, or no
 * more than so many median deviations below that, but never below the second share. */
#define OUTLINE_SHARE 0.65
#define OUTLINE_DEVIATIONS 4
#define OUTLINE_LEAST 0.35

/* Ink beside a row that nothing explains: from this length on it is writing; … anywhere among the rows it
 * makes a row without a mark doubtful, for there it may say what the row is to say. Over the page as a whole.
 */
#define STRAY_MM 4.0
#define ASTRAY_MM 8.0
#define ACROSS_MM 30.0

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float middle(float *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_floats);
    return count ? values[count / 2] : 0;
}

/* How well the outline of an empty box of this page must be seen, or it is not there; 0 where that is not
 * known. Where a threshold ate the outlines of a whole page, they differ widely by themselves. */
static double find_least_outline(const MarkMeasures *measures, int count)
{
    g_autofree float *known = g_new(float, count + 1);
    int empty = 0;
    for (int i = 0; i < count; i++) {
        if (measures[i].v[MEASURE_OUTLINE] > 0 && measures[i].v[MEASURE_LIGHT_MM2] < HALF_LIGHT_MM2)
            known[empty++] = measures[i].v[MEASURE_OUTLINE];
    }
    float usual = middle(known, empty);
    for (int i = 0; i < empty; i++)
        known[i] = fabsf(known[i] - usual);
    return CLAMP(usual - OUTLINE_DEVIATIONS * middle(known, empty), OUTLINE_LEAST * usual,
                 OUTLINE_SHARE * usual);
}

/* ---- one box by itself
 * ------------------------------------------------------------------------------------------------------ */

/* What a box shows. */
typedef enum {
    SHOWS_NOTHING,
    SHOWS_MARK,
    SHOWS_FILLED,     /* blacked out: a mark, or one taken back */
    SHOWS_RING,       /* circled, nothing in it */
    SHOWS_TAKEN_BACK, /* circled with a mark in it, as the form tells people to */
    SHOWS_FAINT,      /* a clear stroke, but faint */
    SHOWS_UNCLEAR,
} Sight;

typedef struct {
    Sight sight;
    unsigned reasons;
    double ink_odds, light_odds; /* logarithms of the odds for ink and for anything at all */
    bool plain;                  /* strong enough to stand alone */
} Evidence;

/* What is known of the page before its boxes are looked at. */
typedef struct {
    double least_outline;
    bool lines; /* the hand marks with a line each */
} Sheet;

/* Small boxes hold less ink; what a speck can do stays the same. */
static double room_share(const MarkMeasures *m)
{
    return CLAMP(m->v[MEASURE_ROOM_MM2] / USUAL_ROOM_MM2, 0.3, 1.0);
}

/* An empty box shows its outline; one that shows much less of it than the page's empty boxes usually do is
 * covered, cut away or not there, and a mark may be gone with it. */
static bool is_lost(const MarkMeasures *m, double least_outline)
{
    return m->v[MEASURE_OUTLINE] > 0 && m->v[MEASURE_OUTLINE] < least_outline &&
           m->v[MEASURE_LIGHT_MM2] < HALF_LIGHT_MM2;
}

/* A single stroke without a corner, at most so broad for its length. */
static bool is_line(const MarkMeasures *m, double breadth)
{
    return m->v[MEASURE_PIECES] <= 1 &&
           (m->v[MEASURE_STRAIGHT] > 0 ||
            (m->v[MEASURE_SPREAD_MM] > 0 && m->v[MEASURE_BREADTH_MM] < breadth * m->v[MEASURE_SPREAD_MM]));
}

/* A line that runs out of the surroundings may well be the tail of a mark in another row: one that runs
 * through them; one that lies mostly outside of a box that could hold a mark; and, where the hand does not
 * mark with lines, any. */
static bool passes_through(const MarkMeasures *m, bool lines)
{
    bool roomy = m->v[MEASURE_ROOM_MM2] >= USUAL_ROOM_MM2 / 2;
    int edges = (int)m->v[MEASURE_EDGES];
    if (edges >= 1 && roomy && m->v[MEASURE_SHARE_INSIDE] < 1 - TAIL_OUTSIDE)
        return is_line(m, TAIL_BREADTH);
    return edges >= (roomy && !lines ? 1 : 2) && is_line(m, LINE_BREADTH);
}

/* Whether the hand on this page marks boxes with a line each. */
static bool marks_with_lines(const MarkMeasures *measures, int count)
{
    int lines = 0;
    for (int i = 0; i < count; i++)
        lines += measures[i].v[MEASURE_INK_MM2] >= HALF_INK_MM2 && measures[i].v[MEASURE_EDGES] < 1 &&
                 is_line(&measures[i], LINE_BREADTH);
    return lines >= HABIT_LEAST;
}

/* What one should not decide over, whatever else the box shows. */
static unsigned find_doubts(const MarkMeasures *m, const Sheet *sheet)
{
    unsigned doubts = 0;
    if (m->v[MEASURE_UNSURE] > 0 || is_lost(m, sheet->least_outline) ||
        (m->v[MEASURE_LINE] > 0 && m->v[MEASURE_LINE] < LINE_LEAST))
        doubts |= MARK_MISPLACED;
    if (m->v[MEASURE_ROOM_MM2] < 0.5)
        doubts |= MARK_MISPLACED;
    if (m->v[MEASURE_MATCH] >= 0 && m->v[MEASURE_MATCH] < 0.35 && m->v[MEASURE_INK_MM2] < STRONG_MM2)
        doubts |= MARK_MISPLACED;
    if (m->v[MEASURE_NOISE_MM2] > NOISE_MM2)
        doubts |= MARK_NOISE;
    if (m->v[MEASURE_FOREIGN_MM2] > FOREIGN_MM2)
        doubts |= MARK_OUTSIDE;
    if (passes_through(m, sheet->lines))
        doubts |= MARK_STREAK;
    if (m->v[MEASURE_EDGES] >= 4 || (m->v[MEASURE_RED] > 0.6 && m->v[MEASURE_EDGES] >= 2))
        doubts |= MARK_COVERED;
    return doubts;
}

static Evidence look(const MarkMeasures *m, const Sheet *sheet)
{
    double share = room_share(m), ink = m->v[MEASURE_INK_MM2] + FLOOR_MM2;
    double light = MAX(m->v[MEASURE_LIGHT_MM2], m->v[MEASURE_FOREIGN_MM2]) + FLOOR_MM2;
    double ring = m->v[MEASURE_RING], sure = SURE;
    Evidence e = {.sight = SHOWS_UNCLEAR, .reasons = find_doubts(m, sheet)};
    e.ink_odds = STEEPNESS * log(ink / (HALF_INK_MM2 * share));
    e.light_odds = STEEPNESS * log(light / (HALF_LIGHT_MM2 * share));
    bool inked = e.ink_odds >= sure && m->v[MEASURE_LIGHT_MM] >= MARK_LENGTH_MM;
    e.plain = inked && !e.reasons && ink >= STRONG_MM2 * share && m->v[MEASURE_DARKNESS] >= STRONG_DARKNESS;
    if (e.reasons)
        return e;
    if (ring >= RING_DRAWN && m->v[MEASURE_CORE_MM2] < EMPTY_CORE_MM2 * share &&
        m->v[MEASURE_COVERAGE] < 0.25) {
        e.sight = SHOWS_RING;
    } else if (ring >= RING_OPEN && m->v[MEASURE_BESIDE_MM2] > STRONG_MM2 && !inked) {
        e.reasons = MARK_OUTSIDE; /* perhaps drawn round it */
    } else if (ring >= RING_OPEN && ink > 0.5 * share) {
        e.sight = ring >= RING_CLOSED ? SHOWS_TAKEN_BACK : SHOWS_UNCLEAR;
        e.reasons = MARK_SCRIBBLED;
    } else if (inked && m->v[MEASURE_CORE_MM2] < BORDER_SHARE * ink) {
        e.reasons = MARK_OUTSIDE;
    } else if (inked && m->v[MEASURE_COVERAGE] > FILLED) {
        e.sight = SHOWS_FILLED;
        e.reasons = MARK_SCRIBBLED;
    } else if (inked) {
        e.sight = SHOWS_MARK;
    } else if (-e.light_odds >= sure && -e.ink_odds >= sure) {
        e.sight = SHOWS_NOTHING;
    } else {
        bool stroke = m->v[MEASURE_LIGHT_MM2] >= FAINT_MARK_MM2 * share &&
                      m->v[MEASURE_LIGHT_MM] >= FAINT_LENGTH_MM && m->v[MEASURE_EDGES] < 2;
        e.sight = stroke ? SHOWS_FAINT : SHOWS_UNCLEAR;
        e.reasons = e.ink_odds >= sure ? MARK_SMALL : MARK_FAINT;
    }
    return e;
}

/* ---- a question and its page
 * ------------------------------------------------------------------------------------------------------ */

/* What the boxes of one question show together. */
typedef struct {
    int count, nothing, marks, rings, taken_back, faint, unclear, plain;
    bool running; /* a mark that runs on beyond its surroundings, less than whole inside */
    bool beside;  /* ink near the boxes or between them, but in none */
} Row;

static Row look_at_row(const Evidence *evidence, const MarkMeasures *measures, const MarkQuestion *questions,
                       int count, const char *question)
{
    Row row = {0};
    for (int i = 0; i < count; i++) {
        if (!g_str_equal(questions[i].id, question))
            continue;
        Sight sight = evidence[i].sight;
        row.count++;
        row.nothing += sight == SHOWS_NOTHING;
        row.marks += sight == SHOWS_MARK || sight == SHOWS_FILLED;
        row.rings += sight == SHOWS_RING;
        row.taken_back += sight == SHOWS_TAKEN_BACK;
        row.faint += sight == SHOWS_FAINT;
        row.unclear += sight == SHOWS_UNCLEAR;
        row.plain += evidence[i].plain && (sight == SHOWS_MARK || sight == SHOWS_FILLED);
        const MarkMeasures *m = &measures[i];
        row.running |= sight == SHOWS_MARK && m->v[MEASURE_EDGES] >= 1 && m->v[MEASURE_SHARE_INSIDE] < 0.8;
        row.beside |= m->v[MEASURE_BESIDE_MM2] > BESIDE_MM2 || m->v[MEASURE_STRIP_MM2] > STRIP_MM2 ||
                      m->v[MEASURE_LIGHT_BESIDE] > LIGHT_BESIDE_MM2;
    }
    return row;
}

/* How the hand on this page marks, and whether its ink shows where faint ink could hide. */
typedef struct {
    bool circles, faint, fills, shows;
    bool pale; /* of several questions the ink hardly shows, and of no more it plainly does: of others it may
                  not */
} Habit;

/* The coverage of the only mark of a question, 0 where there is none or another. */
static double sole_coverage(const Evidence *evidence, const MarkMeasures *measures,
                            const MarkQuestion *questions, int count, const char *question)
{
    double coverage = 0;
    int marks = 0, others = 0;
    for (int i = 0; i < count; i++) {
        if (!g_str_equal(questions[i].id, question) || evidence[i].sight == SHOWS_NOTHING)
            continue;
        bool mark = evidence[i].sight == SHOWS_MARK || evidence[i].sight == SHOWS_FILLED;
        marks += mark;
        others += !mark;
        coverage = measures[i].v[MEASURE_COVERAGE];
    }
    return marks == 1 && others == 0 ? coverage : 0;
}

static Habit find_habit(const Evidence *evidence, const MarkMeasures *measures, const MarkQuestion *questions,
                        int count)
{
    int circled = 0, faint = 0, marked = 0, filled = 0, open = 0, plain = 0, empty = 0, hardly = 0, pale = 0;
    for (int i = 0; i < count; i++) {
        bool first = true;
        for (int j = 0; j < i && first; j++)
            first = !g_str_equal(questions[i].id, questions[j].id);
        if (!first)
            continue;
        Row row = look_at_row(evidence, measures, questions, count, questions[i].id);
        marked += row.marks + row.taken_back > 0;
        plain += row.plain > 0;
        hardly += row.plain == 0 && row.faint + row.unclear > 0 && !row.beside;
        pale += row.plain == 0 && row.faint > 0 && !row.beside;
        empty += row.nothing == row.count;
        circled += row.rings == 1 && row.nothing == row.count - 1;
        faint += row.faint == 1 && row.nothing == row.count - 1;
        double coverage = sole_coverage(evidence, measures, questions, count, questions[i].id);
        filled += coverage > FILLED_BY_HABIT;
        open += coverage > 0 && coverage <= FILLED_BY_HABIT;
    }
    return (Habit){circled >= HABIT_LEAST && HABIT_OTHERS * marked <= circled,
                   faint >= HABIT_LEAST && HABIT_OTHERS * marked <= faint,
                   filled >= HABIT_LEAST && HABIT_OTHERS * open <= filled,
                   plain >= SHOWN_LEAST && plain >= SHOWN_EACH * empty,
                   pale > plain || (hardly >= HABIT_LEAST && plain <= hardly)};
}

/* Whether the page is such that an empty box can be told from a faintly marked one. */
static bool is_quiet(const MarkMeasures *m)
{
    return m->v[MEASURE_LEVEL] <= UNQUIET_LEVEL && m->v[MEASURE_KEPT] >= PALE_KEPT;
}

/* Whether a mark may have been lost in an empty box without a trace. */
static bool may_be_lost(const MarkMeasures *m, const Habit *habit)
{
    bool bitonal = m->v[MEASURE_LEVEL] >= BITONAL_LEVEL, hides = m->v[MEASURE_LEVEL] > UNQUIET_LEVEL;
    return m->v[MEASURE_KEPT] < (bitonal ? PALE_KEPT_BITONAL : PALE_KEPT) || (hides && !habit->shows);
}

/* A dark speck in an empty question: a dot, or dust. */
static bool has_speck(const MarkMeasures *m)
{
    return m->v[MEASURE_SPECK_MM2] > DOT_MM2 && m->v[MEASURE_PEAK] > DOT_DARKNESS;
}

static RuleVerdict settle(const Evidence *e, const MarkMeasures *m, const Row *row, const Habit *habit,
                          bool many)
{
    RuleVerdict d = {.state = MARK_DOUBTFUL, .reasons = e->reasons};
    bool alone = row->nothing == row->count - 1, empty = row->nothing == row->count;
    double beside_mm2 = m->v[MEASURE_BESIDE_MM2];
    bool second = m->v[MEASURE_APART_MM2] > SECOND_MM2 || (row->running && beside_mm2 > SECOND_MM2) ||
                  (row->plain >= 1 && beside_mm2 > RIM_MM2 && m->v[MEASURE_RING] > RIM_RING);
    bool beside_plain = row->plain == 1 && !e->plain && !second && m->v[MEASURE_INK_MM2] < GRAZE_MM2;
    switch (e->sight) {
    case SHOWS_NOTHING:
        if ((empty && row->beside) || second)
            d.reasons |= MARK_OUTSIDE;
        if (empty && (!is_quiet(m) || habit->pale))
            d.reasons |= MARK_PALE;
        d.nobody = (empty && habit->pale) || second || (empty && row->beside) ||
                   ((empty || many) && may_be_lost(m, habit));
        if (empty && has_speck(m))
            d.reasons |= MARK_SMALL;
        d.state = d.reasons ? MARK_DOUBTFUL : MARK_BLANK;
        break;
    case SHOWS_MARK:
    case SHOWS_FILLED:
        d.state = MARK_MARKED;
        if (habit->fills && m->v[MEASURE_COVERAGE] > FILLED_BY_HABIT)
            d.reasons |= MARK_SCRIBBLED;
        /* where others may be marked as well, a box filled in may be one blackened out */
        d.nobody = many && e->sight == SHOWS_FILLED && !habit->fills;
        break;
    case SHOWS_TAKEN_BACK:
        if (row->marks == 1 && row->plain >= 1 && row->taken_back == 1 && row->nothing == row->count - 2)
            d.state = MARK_CANCELLED;
        break;
    case SHOWS_RING:
        d.reasons |= MARK_OUTSIDE;
        if (habit->circles && alone)
            d.state = MARK_MARKED;
        /* an empty box ringed and another one marked: which of the two was meant, only the writer knows */
        d.nobody = row->marks + row->faint + row->taken_back > 0;
        break;
    case SHOWS_FAINT:
        if (habit->faint && alone && is_quiet(m))
            d.state = MARK_MARKED;
        break;
    case SHOWS_UNCLEAR:
        break;
    }
    d.nobody |= (d.reasons & MARK_STREAK) && row->plain == 0; /* a stroke of the pen, or of the scanner */
    if (beside_plain && d.state == MARK_DOUBTFUL && d.reasons == MARK_FAINT)
        d.state = MARK_BLANK;
    return d;
}

/* What else is on the paper that may say otherwise than the boxes do. */
static unsigned find_stray(const MarkMeasures *m, const Row *row)
{
    unsigned found = 0;
    bool empty = row->nothing == row->count;
    if (m->v[MEASURE_STRAY_MM] >= STRAY_MM || (empty && m->v[MEASURE_ASTRAY_MM] >= ASTRAY_MM))
        found |= MARK_WRITING;
    if (m->v[MEASURE_ACROSS_MM] >= ACROSS_MM)
        found |= MARK_STRUCK;
    if (m->v[MEASURE_BAND] > 0)
        found |= MARK_BAND;
    return found;
}

void rules_judge(const MarkMeasures *measures, const MarkQuestion *questions, int count, RuleVerdict *ret)
{
    g_autofree Evidence *evidence = g_new0(Evidence, count + 1);
    Sheet sheet = {find_least_outline(measures, count), marks_with_lines(measures, count)};
    for (int i = 0; i < count; i++)
        evidence[i] = look(&measures[i], &sheet);
    Habit habit = find_habit(evidence, measures, questions, count);
    for (int i = 0; i < count; i++) {
        Row row = look_at_row(evidence, measures, questions, count, questions[i].id);
        ret[i] = settle(&evidence[i], &measures[i], &row, &habit, questions[i].many);
        ret[i].reasons |= find_stray(&measures[i], &row);
    }
}
