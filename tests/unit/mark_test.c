/* Longer than most tests: every reason and habit of deciding, then measuring drawn ink of every kind. */
#include "mark/mark.h"

#include <math.h>

#include "mark/model.h"
#include "paper.h"

static const MarkLimits limits = {.max_error = 3e-3};

/* ---- measures set by hand: a page of questions with four boxes each ---- */

#define ROWS 8
#define BOXES 4

typedef struct {
    MarkMeasures measures[ROWS * BOXES];
    MarkQuestion questions[ROWS * BOXES];
    RuleVerdict decided[ROWS * BOXES];
    int count;
} Sheet;

static void sheet_init(Sheet *sheet, int rows)
{
    static const char *const names[ROWS] = {"q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"};
    *sheet = (Sheet){.count = rows * BOXES};
    for (int i = 0; i < sheet->count; i++) {
        sheet->questions[i] = (MarkQuestion){names[i / BOXES], false};
        float *v = sheet->measures[i].v;
        v[MEASURE_ROOM_MM2] = 11;
        v[MEASURE_PAPER] = 245;
        v[MEASURE_PRINT] = 0.8f;
        v[MEASURE_MATCH] = 0.9f;
        v[MEASURE_LEVEL] = 0.03f;
        v[MEASURE_KEPT] = 0.95f;
    }
}

static float *box(Sheet *sheet, int row, int option)
{
    return sheet->measures[row * BOXES + option].v;
}

/* Ink of `mm2` inside, as a plain stroke leaves it. */
static void put_ink(float *v, double mm2)
{
    v[MEASURE_INK_MM2] = v[MEASURE_LIGHT_MM2] = (float)mm2;
    v[MEASURE_CORE_MM2] = (float)(mm2 / 2.5);
    v[MEASURE_COVERAGE] = (float)(mm2 / 11);
    v[MEASURE_DARKNESS] = 0.7f;
    v[MEASURE_LENGTH_MM] = v[MEASURE_LIGHT_MM] = 4;
    v[MEASURE_SHARE_INSIDE] = 0.95f;
    v[MEASURE_PIECES] = 1;
}

static void put_faint(float *v, double mm2, double length_mm)
{
    v[MEASURE_LIGHT_MM2] = (float)mm2;
    v[MEASURE_LIGHT_MM] = (float)length_mm;
    v[MEASURE_DARKNESS] = 0.06f;
}

/* A circle around the box with nothing in it. */
static void put_ring(float *v)
{
    v[MEASURE_RING] = 0.95f;
    v[MEASURE_AROUND_MM2] = 8;
    v[MEASURE_INK_MM2] = v[MEASURE_LIGHT_MM2] = 0.2f;
    v[MEASURE_LIGHT_MM] = 1.2f;
    v[MEASURE_PIECES] = 1;
}

/* Whatever the model makes of a box, what is accepted is sure enough, and never against the rules. */
static void check_joined(const RuleVerdict *rules, const MarkDecision *d)
{
    g_assert_cmpfloat(d->confidence, >=, 0);
    g_assert_cmpfloat(d->p_marked, >=, 0);
    g_assert_cmpfloat(d->p_cancelled, >=, 0);
    g_assert_cmpfloat(d->p_marked + d->p_cancelled, <=, 1 + 1e-9);
    g_assert_cmpuint(d->reasons & rules->reasons, ==, rules->reasons);
    if (d->state == MARK_DOUBTFUL) {
        g_assert_cmpfloat(d->confidence, <=, 0.9);
        g_assert_cmpuint(d->reasons, !=, 0);
        return;
    }
    g_assert_cmpfloat(1 - d->confidence, <=, limits.max_error * 1.0001);
    if (rules->state != MARK_DOUBTFUL)
        g_assert_cmpint(d->state == MARK_MARKED, ==, rules->state == MARK_MARKED);
    g_assert_cmpuint(rules->reasons & (MARK_MISPLACED | MARK_WRITING | MARK_STRUCK | MARK_BAND), ==, 0);
}

static void decide(Sheet *sheet)
{
    rules_judge(sheet->measures, sheet->questions, sheet->count, sheet->decided);
    MarkDecision joined[ROWS * BOXES];
    mark_decide(sheet->measures, sheet->questions, sheet->count, &limits, joined);
    for (int i = 0; i < sheet->count; i++)
        check_joined(&sheet->decided[i], &joined[i]);
}

static void assert_box(const Sheet *sheet, int row, int option, MarkState state, unsigned reasons)
{
    const RuleVerdict *d = &sheet->decided[row * BOXES + option];
    g_assert_cmpstr(mark_state_id(d->state), ==, mark_state_id(state));
    g_autofree char *is = mark_reasons_text(d->reasons), *should = mark_reasons_text(reasons);
    g_assert_cmpstr(is, ==, should);
}

static void test_plain(void)
{
    Sheet sheet;
    sheet_init(&sheet, 2);
    put_ink(box(&sheet, 0, 1), 3);
    decide(&sheet);
    for (int i = 0; i < BOXES; i++) {
        assert_box(&sheet, 0, i, i == 1 ? MARK_MARKED : MARK_BLANK, 0);
        assert_box(&sheet, 1, i, MARK_BLANK, 0); /* a question nobody answered, on a quiet page */
    }
    mark_decide(sheet.measures, sheet.questions, 0, &limits, NULL); /* a page without boxes */
}

/* One measure at a time that makes a person look at a plain mark or at an empty box. */
static void test_doubts(void)
{
    static const struct {
        MarkMeasure measure, also;
        float value, and;
        unsigned reason;
    } doubts[] = {
        {MEASURE_FOREIGN_MM2, MARK_MEASURES, 0.4f, 0, MARK_OUTSIDE},
        {MEASURE_NOISE_MM2, MARK_MEASURES, 2.5f, 0, MARK_NOISE},
        {MEASURE_ROOM_MM2, MARK_MEASURES, 0.2f, 0, MARK_MISPLACED},
        {MEASURE_UNSURE, MARK_MEASURES, 1, 0, MARK_MISPLACED},
        {MEASURE_LINE, MARK_MEASURES, 0.2f, 0, MARK_MISPLACED},
        {MEASURE_EDGES, MARK_MEASURES, 4, 0, MARK_COVERED},
        {MEASURE_RED, MEASURE_EDGES, 0.9f, 2, MARK_COVERED},
        {MEASURE_STRAIGHT, MEASURE_EDGES, 1, 2, MARK_STREAK},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(doubts); i++) {
        for (int inked = 0; inked < 2; inked++) {
            Sheet sheet;
            sheet_init(&sheet, 1);
            float *v = box(&sheet, 0, 2);
            if (inked)
                put_ink(v, 3);
            v[doubts[i].measure] = doubts[i].value;
            if (doubts[i].also != MARK_MEASURES)
                v[doubts[i].also] = doubts[i].and;
            decide(&sheet);
            assert_box(&sheet, 0, 2, MARK_DOUBTFUL, doubts[i].reason);
        }
    }
    /* an outline that was not found: what little ink there is may be the outline */
    Sheet sheet;
    sheet_init(&sheet, 1);
    box(&sheet, 0, 0)[MEASURE_MATCH] = 0.2f;
    put_ink(box(&sheet, 0, 1), 1);
    box(&sheet, 0, 1)[MEASURE_MATCH] = 0.2f;
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_DOUBTFUL, MARK_MISPLACED);
    assert_box(&sheet, 0, 1, MARK_DOUBTFUL, MARK_MISPLACED);
    /* an empty box without its outline is not there, unlike a marked one; where outlines are ragged all over
     * the page, one that is somewhat more so is */
    for (int ragged = 0; ragged < 2; ragged++) {
        sheet_init(&sheet, 2);
        for (int i = 0; i < sheet.count; i++)
            sheet.measures[i].v[MEASURE_OUTLINE] = ragged ? 0.55f + 0.1f * (float)(i % 4) : 0.9f;
        put_ink(box(&sheet, 0, 1), 3);
        box(&sheet, 0, 1)[MEASURE_OUTLINE] = 0.1f;
        box(&sheet, 1, 0)[MEASURE_OUTLINE] = ragged ? 0.45f : 0.5f;
        box(&sheet, 1, 3)[MEASURE_OUTLINE] = 0.1f;
        decide(&sheet);
        assert_box(&sheet, 0, 1, MARK_MARKED, 0);
        assert_box(&sheet, 1, 0, ragged ? MARK_BLANK : MARK_DOUBTFUL, ragged ? 0 : MARK_MISPLACED);
        assert_box(&sheet, 1, 3, MARK_DOUBTFUL, MARK_MISPLACED);
    }
    /* ink that keeps to the border */
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 0), 1.5);
    box(&sheet, 0, 0)[MEASURE_CORE_MM2] = 0.02f;
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_DOUBTFUL, MARK_OUTSIDE);
    /* a dot: ink enough, no length */
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 0), 0.8);
    box(&sheet, 0, 0)[MEASURE_LIGHT_MM] = box(&sheet, 0, 0)[MEASURE_LENGTH_MM] = 0.9f;
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_DOUBTFUL, MARK_SMALL);
}

static void test_faint(void)
{
    Sheet sheet;
    sheet_init(&sheet, 3);
    put_faint(box(&sheet, 0, 1), 0.9, 3);
    put_faint(box(&sheet, 1, 1), 0.2, 1);
    put_ink(box(&sheet, 2, 0), 3);
    put_faint(box(&sheet, 2, 1), 0.9, 3); /* beside a plain mark it is a touch */
    decide(&sheet);
    assert_box(&sheet, 0, 1, MARK_DOUBTFUL, MARK_FAINT);
    assert_box(&sheet, 1, 1, MARK_DOUBTFUL, MARK_FAINT);
    assert_box(&sheet, 2, 0, MARK_MARKED, 0);
    assert_box(&sheet, 2, 1, MARK_BLANK, MARK_FAINT);
    /* … but not beside two plain marks, nor when it is plain ink itself */
    put_ink(box(&sheet, 2, 3), 3);
    decide(&sheet);
    assert_box(&sheet, 2, 1, MARK_DOUBTFUL, MARK_FAINT);
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 0), 3);
    put_ink(box(&sheet, 0, 1), 0.3);
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_MARKED, 0);
    g_assert_cmpint(sheet.decided[1].state, ==, MARK_DOUBTFUL);
}

static void test_faint_hand(void)
{
    for (int rows = 2; rows <= 4; rows++) {
        for (int quiet = 0; quiet < 2; quiet++) {
            Sheet sheet;
            sheet_init(&sheet, rows);
            for (int row = 0; row < rows; row++)
                put_faint(box(&sheet, row, row % BOXES), 1.2, 4);
            for (int i = 0; !quiet && i < sheet.count; i++)
                sheet.measures[i].v[MEASURE_LEVEL] = 0.08f;
            decide(&sheet);
            for (int row = 0; row < rows; row++)
                assert_box(&sheet, row, row % BOXES, rows >= 3 && quiet ? MARK_MARKED : MARK_DOUBTFUL,
                           MARK_FAINT);
        }
    }
    /* who marks plainly elsewhere is no faint hand */
    Sheet sheet;
    sheet_init(&sheet, 6);
    for (int row = 0; row < 3; row++)
        put_faint(box(&sheet, row, 1), 1.2, 4);
    for (int row = 3; row < 6; row++)
        put_ink(box(&sheet, row, 1), 3);
    decide(&sheet);
    assert_box(&sheet, 0, 1, MARK_DOUBTFUL, MARK_FAINT);
    assert_box(&sheet, 3, 1, MARK_MARKED, 0);
}

static void test_circles(void)
{
    for (int rows = 1; rows <= 5; rows++) {
        Sheet sheet;
        sheet_init(&sheet, rows);
        for (int row = 0; row < rows; row++)
            put_ring(box(&sheet, row, row % BOXES));
        decide(&sheet);
        for (int row = 0; row < rows; row++) {
            for (int option = 0; option < BOXES; option++) {
                bool ringed = option == row % BOXES;
                assert_box(&sheet, row, option,
                           !ringed     ? MARK_BLANK
                           : rows >= 3 ? MARK_MARKED
                                       : MARK_DOUBTFUL,
                           ringed ? MARK_OUTSIDE : 0);
            }
        }
    }
    /* circles among crosses are something else; two in one question are no answer */
    Sheet sheet;
    sheet_init(&sheet, 7);
    for (int row = 0; row < 4; row++)
        put_ring(box(&sheet, row, 0));
    put_ring(box(&sheet, 3, 2));
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_MARKED, MARK_OUTSIDE);
    assert_box(&sheet, 3, 0, MARK_DOUBTFUL, MARK_OUTSIDE);
    assert_box(&sheet, 3, 2, MARK_DOUBTFUL, MARK_OUTSIDE);
    for (int row = 4; row < 7; row++)
        put_ink(box(&sheet, row, 0), 3);
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_DOUBTFUL, MARK_OUTSIDE);
    assert_box(&sheet, 4, 0, MARK_MARKED, 0);
}

static void test_taken_back(void)
{
    Sheet sheet;
    sheet_init(&sheet, 4);
    for (int row = 0; row < 4; row++) {
        put_ink(box(&sheet, row, 0), 3);
        box(&sheet, row, 0)[MEASURE_RING] = 0.97f;
        box(&sheet, row, 0)[MEASURE_AROUND_MM2] = 7;
    }
    put_ink(box(&sheet, 0, 2), 3); /* as the form says: circled, and another one marked */
    put_faint(box(&sheet, 2, 2), 0.5, 1.5);
    put_ink(box(&sheet, 3, 2), 3);
    box(&sheet, 3, 0)[MEASURE_RING] = 0.8f; /* a circle that is not closed */
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_CANCELLED, MARK_SCRIBBLED);
    assert_box(&sheet, 0, 2, MARK_MARKED, 0);
    assert_box(&sheet, 1, 0, MARK_DOUBTFUL, MARK_SCRIBBLED); /* circled, and nothing else */
    assert_box(&sheet, 2, 0, MARK_DOUBTFUL, MARK_SCRIBBLED);
    g_assert_cmpint(sheet.decided[2 * BOXES + 2].state, ==, MARK_DOUBTFUL);
    assert_box(&sheet, 3, 0, MARK_DOUBTFUL, MARK_SCRIBBLED);
    /* the other mark must be plain by itself: the one taken back does not lend it its strength */
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 0), 3);
    box(&sheet, 0, 0)[MEASURE_RING] = 0.97f;
    put_ink(box(&sheet, 0, 2), 0.8);
    decide(&sheet);
    assert_box(&sheet, 0, 0, MARK_DOUBTFUL, MARK_SCRIBBLED);
}

static void test_filled(void)
{
    Sheet sheet;
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 1), 9.5);
    decide(&sheet);
    assert_box(&sheet, 0, 1, MARK_MARKED, MARK_SCRIBBLED); /* a mark, or one blacked out: the answer says */
}

static void test_beside(void)
{
    static const MarkMeasure places[] = {MEASURE_BESIDE_MM2, MEASURE_STRIP_MM2, MEASURE_LIGHT_BESIDE};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        Sheet sheet;
        sheet_init(&sheet, 2);
        put_ink(box(&sheet, 1, 0), 3);
        box(&sheet, 0, 3)[places[i]] = box(&sheet, 1, 3)[places[i]] = 0.5f;
        decide(&sheet);
        for (int option = 0; option < BOXES; option++) /* whose mark is it? */
            assert_box(&sheet, 0, option, MARK_DOUBTFUL, MARK_OUTSIDE);
        assert_box(&sheet, 1, 0, MARK_MARKED, 0);
        assert_box(&sheet, 1, 3, MARK_BLANK, 0);
    }
    /* a whole second mark beside another box */
    Sheet sheet;
    sheet_init(&sheet, 2);
    put_ink(box(&sheet, 0, 0), 3);
    box(&sheet, 0, 2)[MEASURE_APART_MM2] = box(&sheet, 0, 2)[MEASURE_BESIDE_MM2] = 1.5f;
    /* a stroke that runs on from the marked box towards another */
    put_ink(box(&sheet, 1, 0), 3);
    box(&sheet, 1, 0)[MEASURE_EDGES] = 1;
    box(&sheet, 1, 0)[MEASURE_SHARE_INSIDE] = 0.6f;
    box(&sheet, 1, 1)[MEASURE_BESIDE_MM2] = 1.5f;
    decide(&sheet);
    assert_box(&sheet, 0, 2, MARK_DOUBTFUL, MARK_OUTSIDE);
    assert_box(&sheet, 1, 1, MARK_DOUBTFUL, MARK_OUTSIDE);
    assert_box(&sheet, 1, 2, MARK_BLANK, 0);
    /* … where a faint touch inside does not hide it */
    put_faint(box(&sheet, 0, 2), 0.3, 1);
    decide(&sheet);
    assert_box(&sheet, 0, 2, MARK_DOUBTFUL, MARK_FAINT);
}

/* Where faint ink could hide, an empty question is not taken for one left empty. */
static void test_unquiet(void)
{
    static const struct {
        MarkMeasure measure;
        float value;
    } pages[] = {{MEASURE_LEVEL, 0.09f}, {MEASURE_KEPT, 0.4f}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        Sheet sheet;
        sheet_init(&sheet, 2);
        for (int b = 0; b < sheet.count; b++)
            sheet.measures[b].v[pages[i].measure] = pages[i].value;
        put_ink(box(&sheet, 1, 2), 3);
        decide(&sheet);
        for (int option = 0; option < BOXES; option++) {
            assert_box(&sheet, 0, option, MARK_DOUBTFUL, MARK_PALE);
            assert_box(&sheet, 1, option, option == 2 ? MARK_MARKED : MARK_BLANK, 0);
        }
    }
}

/* In a bitonal scan a pale mark leaves nothing behind: an empty question is believed only of a hand whose
 * marks show, on a page that kept its print. */
static void test_lost(void)
{
    static const struct {
        int marked; /* of 5 questions */
        float level, kept;
        bool lost;
    } pages[] = {{4, 0.11f, 0.95f, false}, {2, 0.11f, 0.95f, true},  {0, 0.11f, 0.95f, true},
                 {4, 0.11f, 0.7f, true},   {0, 0.03f, 0.95f, false}, {4, 0.03f, 0.5f, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        Sheet sheet;
        sheet_init(&sheet, 5);
        for (int b = 0; b < sheet.count; b++) {
            sheet.measures[b].v[MEASURE_LEVEL] = pages[i].level;
            sheet.measures[b].v[MEASURE_KEPT] = pages[i].kept;
        }
        for (int row = 0; row < pages[i].marked; row++)
            put_ink(box(&sheet, row, row % BOXES), 3);
        decide(&sheet);
        MarkDecision joined[ROWS * BOXES];
        MarkLimits lenient = {.max_error = 0.4};
        mark_decide(sheet.measures, sheet.questions, sheet.count, &lenient, joined);
        for (int b = 0; b < sheet.count; b++) {
            bool empty = b / BOXES >= pages[i].marked;
            g_assert_cmpint(sheet.decided[b].nobody, ==, empty && pages[i].lost);
            if (empty && pages[i].lost)
                g_assert_cmpint(joined[b].state, ==, MARK_DOUBTFUL);
        }
    }
}

/* What the model never decides: a line that may be the scanner's, and, where several boxes may be marked, a
 * box filled in by a hand that crosses, or an empty one on a scan that lost print. */
/* A plain stroke 2.4 mm in deviation along and so much across. */
static void put_line(float *measures, float breadth_mm, int edges, float share_inside)
{
    put_ink(measures, 2.6);
    measures[MEASURE_EDGES] = (float)edges;
    measures[MEASURE_SPREAD_MM] = 2.4f;
    measures[MEASURE_BREADTH_MM] = breadth_mm;
    measures[MEASURE_SHARE_INSIDE] = share_inside;
}

static void test_nobody(void)
{
    Sheet sheet;
    sheet_init(&sheet, 4);
    for (int row = 0; row < 3; row++)
        put_ink(box(&sheet, row, 1), 3);
    put_ink(box(&sheet, 3, 2), 1.5);
    box(&sheet, 3, 2)[MEASURE_STRAIGHT] = 1;
    box(&sheet, 3, 2)[MEASURE_EDGES] = 2;
    decide(&sheet);
    g_assert_cmphex(sheet.decided[3 * BOXES + 2].reasons & MARK_STREAK, ==, MARK_STREAK);
    g_assert_true(sheet.decided[3 * BOXES + 2].nobody);
    put_ink(box(&sheet, 3, 0), 3); /* beside a plain mark a line through another box is only that */
    decide(&sheet);
    g_assert_false(sheet.decided[3 * BOXES + 2].nobody);

    /* a bent line that passes through is the tail of another row's mark as likely; a tick that reaches as far
     * is broader */
    for (int round = 0; round < 2; round++) {
        sheet_init(&sheet, 4);
        for (int row = 0; row < 4; row++)
            put_ink(box(&sheet, row, 1), 2.6);
        box(&sheet, 3, 1)[MEASURE_EDGES] = 2;
        box(&sheet, 3, 1)[MEASURE_SPREAD_MM] = 2.4f;
        box(&sheet, 3, 1)[MEASURE_BREADTH_MM] = round ? 0.65f : 0.2f;
        decide(&sheet);
        g_assert_cmpint(sheet.decided[3 * BOXES + 1].nobody, ==, round == 0);
    }
    /* so is one that ends in the box; not that of a hand that marks with lines, nor one mostly in its box, a
     * little bent */
    for (int round = 0; round < 4; round++) {
        sheet_init(&sheet, 5);
        for (int row = 0; row < 5; row++)
            put_line(box(&sheet, row, 1), round == 1 || row == 4 ? 0.2f : 0.8f, row == 4, 0.7f);
        box(&sheet, 4, 1)[MEASURE_BREADTH_MM] = round < 2 ? 0.2f : 0.4f;
        box(&sheet, 4, 1)[MEASURE_SHARE_INSIDE] = round == 2 ? 0.4f : 0.7f;
        decide(&sheet);
        g_assert_cmpint(sheet.decided[4 * BOXES + 1].nobody, ==, round == 0 || round == 2);
    }
    /* a ring round an empty box, and another box marked: plainly, or faintly */
    for (int round = 0; round < 3; round++) {
        sheet_init(&sheet, 1);
        put_ring(box(&sheet, 0, 2));
        if (round == 1)
            put_ink(box(&sheet, 0, 0), 3);
        if (round == 2)
            put_faint(box(&sheet, 0, 0), 1.2, 4);
        decide(&sheet);
        g_assert_cmpint(sheet.decided[2].nobody, ==, round > 0);
    }
    /* a hand whose ink hardly shows may have answered where nothing shows; not one that shows plainly
     * elsewhere */
    for (int plain = 0; plain <= 4; plain += 4) {
        sheet_init(&sheet, 4 + plain);
        for (int row = 0; row < 3; row++)
            put_faint(box(&sheet, row, 1), 0.5, 1.5);
        for (int row = 4; row < 4 + plain; row++)
            put_ink(box(&sheet, row, 1), 3);
        decide(&sheet);
        g_assert_cmpint(sheet.decided[3 * BOXES].nobody, ==, plain == 0);
    }

    /* one faint stroke where nothing is plain: what shows nothing may be lost; and on paper that hides ink,
     * where no plain marks show that it does not */
    for (int plain = 0; plain <= 1; plain++) {
        sheet_init(&sheet, 3);
        put_faint(box(&sheet, 0, 1), 1.0, 3.6);
        if (plain)
            put_ink(box(&sheet, 1, 1), 3);
        decide(&sheet);
        g_assert_cmpint(sheet.decided[2 * BOXES].nobody, ==, !plain);
    }
    for (int marks = 0; marks <= 3; marks += 3) {
        sheet_init(&sheet, 4);
        for (int i = 0; i < 4 * BOXES; i++)
            sheet.measures[i].v[MEASURE_LEVEL] = 0.07f;
        for (int row = 0; row < marks; row++)
            put_ink(box(&sheet, row, 1), 3);
        decide(&sheet);
        g_assert_cmpint(sheet.decided[3 * BOXES].nobody, ==, !marks);
    }

    /* beside a plain mark: another over the rim of an empty box, and a stroke that only passes it */
    sheet_init(&sheet, 1);
    put_ink(box(&sheet, 0, 1), 3);
    for (int option = 2; option < 4; option++) {
        box(&sheet, 0, option)[MEASURE_BESIDE_MM2] = 1.5;
        box(&sheet, 0, option)[MEASURE_RING] = option == 2 ? 0.31f : 0.06f;
    }
    decide(&sheet);
    g_assert_true(sheet.decided[2].nobody);
    g_assert_false(sheet.decided[3].nobody);

    for (int round = 0; round < 2; round++) {
        bool many = round;
        sheet_init(&sheet, 4);
        for (int i = 0; i < sheet.count; i++)
            sheet.questions[i].many = many && i / BOXES == 3;
        for (int row = 0; row < 4; row++)
            put_ink(box(&sheet, row, 1), 3);
        put_ink(box(&sheet, 3, 2), 10);
        box(&sheet, 3, 2)[MEASURE_COVERAGE] = 0.95f;
        decide(&sheet);
        g_assert_true(sheet.decided[3 * BOXES + 2].nobody == many);
        g_assert_false(sheet.decided[3 * BOXES + 1].nobody);
        for (int i = 0; i < sheet.count; i++)
            sheet.measures[i].v[MEASURE_KEPT] = 0.5f;
        decide(&sheet);
        g_assert_true(sheet.decided[3 * BOXES].nobody == many);
    }
}

/* ---- whatever else the page shows ---- */

static float upto(GRand *dice, double top)
{
    /* mostly nothing, else anything up to `top`, small values as likely as large ones */
    return g_rand_int_range(dice, 0, 3) ? 0 : (float)(top * pow(g_rand_double(dice), 3));
}

static void put_anything(GRand *dice, float *v)
{
    static const double top[MARK_MEASURES] = {
        [MEASURE_FOREIGN_MM2] = 1, [MEASURE_BESIDE_MM2] = 3, [MEASURE_AROUND_MM2] = 9,
        [MEASURE_RING] = 1,        [MEASURE_NOISE_MM2] = 3,  [MEASURE_RED] = 1,
        [MEASURE_BLUE] = 1,        [MEASURE_SHIFT_MM] = 1,   [MEASURE_LIGHT_BESIDE] = 3,
        [MEASURE_STRIP_MM2] = 2,   [MEASURE_APART_MM2] = 2,
    };
    switch (g_rand_int_range(dice, 0, 6)) {
    case 0:
        put_ink(v, 0.05 + 10 * pow(g_rand_double(dice), 2));
        break;
    case 1:
        put_faint(v, g_rand_double_range(dice, 0, 2), g_rand_double_range(dice, 0, 5));
        break;
    case 2:
        put_ring(v);
        break;
    }
    for (int m = 0; m < MARK_MEASURES; m++) {
        if (top[m] > 0 && g_rand_boolean(dice))
            v[m] = upto(dice, top[m]);
    }
    if (g_rand_int_range(dice, 0, 8) == 0)
        v[MEASURE_EDGES] = (float)g_rand_int_range(dice, 0, 5);
    if (g_rand_int_range(dice, 0, 20) == 0)
        v[MEASURE_STRAIGHT] = 1;
    if (g_rand_int_range(dice, 0, 8) == 0)
        v[MEASURE_MATCH] = (float)g_rand_double_range(dice, -1, 1);
}

static void make_any(GRand *dice, Sheet *sheet, int rows)
{
    sheet_init(sheet, g_rand_int_range(dice, 1, rows + 1));
    float level = (float)g_rand_double_range(dice, 0.027, 0.1),
          kept = (float)g_rand_double_range(dice, 0.3, 1);
    bool quiet = g_rand_boolean(dice);
    for (int i = 0; i < sheet->count; i++) {
        if (g_rand_int_range(dice, 0, 3) == 0)
            put_anything(dice, sheet->measures[i].v);
        if (!quiet) {
            sheet->measures[i].v[MEASURE_LEVEL] = level;
            sheet->measures[i].v[MEASURE_KEPT] = kept;
        }
    }
}

static void test_bounds(void)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(2026);
    int marked = 0, blank = 0;
    for (int round = 0; round < 3000; round++) {
        Sheet sheet;
        make_any(dice, &sheet, ROWS);
        decide(&sheet);
        for (int i = 0; i < sheet.count; i++) {
            const float *v = sheet.measures[i].v;
            MarkState state = sheet.decided[i].state;
            if (v[MEASURE_INK_MM2] < 0.05f && v[MEASURE_LIGHT_MM2] < 0.1f && v[MEASURE_RING] < 0.85f)
                g_assert_cmpint(state, !=, MARK_MARKED); /* an empty box */
            if (v[MEASURE_INK_MM2] < 0.05f && v[MEASURE_RING] < 0.9f)
                g_assert_cmpint(state, !=, MARK_CANCELLED);
            if (v[MEASURE_INK_MM2] >= 0.5f) /* plain ink */
                g_assert_cmpint(state, !=, MARK_BLANK);
            marked += state == MARK_MARKED;
            blank += state == MARK_BLANK;
        }
    }
    g_assert_cmpint(marked, >, 1000);
    g_assert_cmpint(blank, >, 10000);
}

/* Whether a person has to look at a question. */
static bool is_waiting(const MarkDecision *decided, int row)
{
    bool waiting = false;
    for (int option = 0; option < BOXES; option++)
        waiting |= decided[row * BOXES + option].state == MARK_DOUBTFUL;
    return waiting;
}

/* What waits under a limit waits under any stricter one. */
static void test_stricter(void)
{
    static const double errors[] = {1e-3, 1e-4, 2e-6, 1e-7, 1e-9, 1e-12};
    g_autoptr(GRand) dice = g_rand_new_with_seed(31);
    for (int round = 0; round < 20000; round++) {
        Sheet sheet;
        bool waits[ROWS] = {false};
        make_any(dice, &sheet, ROWS);
        for (size_t e = 0; e < G_N_ELEMENTS(errors); e++) {
            MarkLimits stricter = {.max_error = errors[e]};
            MarkDecision decided[ROWS * BOXES];
            mark_decide(sheet.measures, sheet.questions, sheet.count, &stricter, decided);
            for (int row = 0; row < sheet.count / BOXES; row++) {
                bool now = is_waiting(decided, row);
                g_assert_true(now || !waits[row]);
                waits[row] = now;
            }
        }
    }
}

static void test_names(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_assert_true(mark_measures_fit(sizeof(MarkMeasures)));
    g_assert_true(mark_measures_fit(36 * sizeof(float))); /* as kept until the outline was measured */
    g_assert_false(mark_measures_fit(35 * sizeof(float)));
    g_assert_false(mark_measures_fit(0));
    for (int i = 0; i < MARK_MEASURES; i++) {
        g_assert_nonnull(mark_measure_name(i));
        g_assert_true(g_hash_table_add(seen, (gpointer)mark_measure_name(i)));
    }
    g_autofree char *all = mark_reasons_text((1u << 13) - 1), *none = mark_reasons_text(0);
    g_assert_cmpstr(all, ==,
                    "FAINT+SMALL+OUTSIDE+CANCELLED+STREAK+MISPLACED+COVERED+NOISE+PALE+UNUSUAL+WRITING+"
                    "STRUCK+BAND");
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(mark_state_id(MARK_CANCELLED), ==, "cancelled");
    g_assert_cmpuint(strlen(mark_model_id()), >, 0);
}

/* ---- measuring drawn ink ---- */

static const PaperForm form = {.id = "F1", .ours = true, .seed = 1};

typedef enum { PEN_NONE, PEN_CROSS, PEN_TICK, PEN_DOT, PEN_FILL, PEN_FAINT, PEN_CIRCLE, PEN_BESIDE } Pen;

static void draw_pen(cairo_t *cr, RectMm r, Pen pen)
{
    PointMm c = rect_mm_centre(r);
    paper_pen(cr, 50, 0.5);
    switch (pen) {
    case PEN_CROSS:
        paper_cross(cr, r, 1.9);
        break;
    case PEN_TICK:
        cairo_move_to(cr, c.x_mm - 1.6, c.y_mm - 0.2);
        cairo_line_to(cr, c.x_mm - 0.5, c.y_mm + 1.4);
        cairo_line_to(cr, c.x_mm + 2.4, c.y_mm - 2.4);
        cairo_stroke(cr);
        break;
    case PEN_DOT: /* a pen put down */
        cairo_arc(cr, c.x_mm, c.y_mm, 0.3, 0, 2 * G_PI);
        cairo_fill(cr);
        break;
    case PEN_FILL:
        cairo_rectangle(cr, r.x_mm, r.y_mm, r.w_mm, r.h_mm);
        cairo_fill(cr);
        break;
    case PEN_FAINT: /* a pencil fifteen grey levels darker than the paper */
        paper_pen(cr, 240, 0.6);
        paper_cross(cr, r, 1.9);
        break;
    case PEN_CIRCLE:
        cairo_arc(cr, c.x_mm, c.y_mm, 4.2, 0, 2 * G_PI);
        cairo_stroke(cr);
        break;
    case PEN_BESIDE:
        paper_cross(cr, (RectMm){r.x_mm + 9, r.y_mm, r.w_mm, r.h_mm}, 1.5);
        break;
    case PEN_NONE:
        break;
    }
}

/* What is drawn: by row, on its second box; and on its fourth box of every row marked in `also`. */
typedef struct {
    Pen pens[PAPER_ROWS], also;
    void (*more)(cairo_t *cr); /* or NULL: what else is on the sheet */
} Drawing;

static void draw_all(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    const Drawing *drawing = user;
    for (int row = 0; row < PAPER_ROWS; row++) {
        draw_pen(cr, ((LayoutBox *)page->boxes->pdata[row * PAPER_OPTIONS + 1])->rect, drawing->pens[row]);
        draw_pen(cr, ((LayoutBox *)page->boxes->pdata[row * PAPER_OPTIONS + 3])->rect, drawing->also);
    }
    if (drawing->more)
        drawing->more(cr);
}

/* A drawn page, measured where its map says boxes are, and decided. */
typedef struct {
    Layout *layout;
    Registration *registration;
    MarkReader *reader;
    GArray *measures;
    RuleVerdict decided[PAPER_ROWS * PAPER_OPTIONS];
} Read;

static void read_free(Read *read)
{
    layout_free(read->layout);
    registration_free(read->registration);
    mark_reader_free(read->reader);
    g_array_unref(read->measures);
    g_free(read);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Read, read_free)

static Read *read_drawing(const PaperScan *how, const Drawing *drawing, double shift_mm, bool bitonal)
{
    Read *read = g_new0(Read, 1);
    read->layout = paper_layout(&form);
    read->reader = mark_reader_new();
    PaperScan scanned = *how;
    scanned.ink = draw_all;
    scanned.user = (gpointer)drawing;
    Registration *at = read->registration = g_new0(Registration, 1);
    *at = (Registration){.layout = read->layout, .boxes = g_array_new(FALSE, TRUE, sizeof(RegisterBox))};
    PageImage image = {.bitonal = bitonal};
    image.grey = paper_scan(&form, paper_page(read->layout), &scanned, &at->map);
    for (int y = 0; bitonal && y < image.grey->height_px; y++)
        for (int x = 0; x < image.grey->width_px; x++) {
            guint8 *pixel = image.grey->pixels + (size_t)y * image.grey->stride + (size_t)x;
            *pixel = *pixel < 150 ? 0 : 255;
        }
    MarkQuestion questions[PAPER_ROWS * PAPER_OPTIONS] = {{NULL, false}};
    for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
        RegisterBox place = {.shift_x_mm = shift_mm, .match = 0.9, .outline = NAN, .line = NAN, .sure = true};
        g_array_append_val(at->boxes, place);
        questions[i].id = ((LayoutBox *)paper_page(read->layout)->boxes->pdata[i])->question;
    }
    g_autoptr(GError) error = NULL;
    read->measures = mark_measure_page(read->reader, &image, at, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(read->measures->len, ==, PAPER_ROWS * PAPER_OPTIONS);
    for (guint i = 0; i < read->measures->len; i++)
        for (int m = 0; m < MARK_MEASURES; m++)
            g_assert_true(isfinite(g_array_index(read->measures, MarkMeasures, i).v[m]));
    MarkDecision joined[PAPER_ROWS * PAPER_OPTIONS];
    const MarkMeasures *measures = (const MarkMeasures *)read->measures->data;
    rules_judge(measures, questions, PAPER_ROWS * PAPER_OPTIONS, read->decided);
    mark_decide(measures, questions, PAPER_ROWS * PAPER_OPTIONS, &limits, joined);
    for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++)
        check_joined(&read->decided[i], &joined[i]);
    raster_free(image.grey);
    return read;
}

static const float *seen(const Read *read, int row, int option)
{
    return g_array_index(read->measures, MarkMeasures, row * PAPER_OPTIONS + option).v;
}

static MarkState state_of(const Read *read, int row, int option)
{
    return read->decided[row * PAPER_OPTIONS + option].state;
}

static const PaperScan scans[] = {{0},
                                  {.skew_deg = 2, .scale = 0.96},
                                  {.dpi = 300, .skew_deg = -1},
                                  {.dpi = 150},
                                  {.quarter_turns = 2, .skew_deg = 0.5}};

static void test_empty(void)
{
    const Drawing nothing = {{PEN_NONE}, PEN_NONE, NULL};
    for (size_t s = 0; s < G_N_ELEMENTS(scans); s++) {
        g_autoptr(Read) read = read_drawing(&scans[s], &nothing, 0, false);
        for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
            const float *v = seen(read, i / PAPER_OPTIONS, i % PAPER_OPTIONS);
            g_assert_cmpint(read->decided[i].state, ==, MARK_BLANK);
            g_assert_cmpfloat(v[MEASURE_INK_MM2], <, 0.02);
            g_assert_cmpfloat(v[MEASURE_ROOM_MM2], >, 8);
            g_assert_cmpfloat(v[MEASURE_KEPT], >, 0.8);
        }
    }
}

static void test_drawn(void)
{
    const Drawing drawing = {{PEN_CROSS, PEN_TICK, PEN_DOT, PEN_FILL, PEN_FAINT, PEN_CIRCLE, PEN_BESIDE,
                              PEN_NONE, PEN_CROSS, PEN_TICK},
                             PEN_NONE,
                             NULL};
    for (size_t s = 0; s < G_N_ELEMENTS(scans); s++) {
        g_autoptr(Read) read = read_drawing(&scans[s], &drawing, 0, false);
        for (int row = 0; row < PAPER_ROWS; row++) {
            Pen pen = drawing.pens[row];
            const float *v = seen(read, row, 1);
            const RuleVerdict *d = &read->decided[row * PAPER_OPTIONS + 1];
            g_autofree char *reasons = mark_reasons_text(d->reasons);
            g_test_message(
                "scan %zu pen %d: %s %s ink %.2f core %.2f light %.2f %.1f mm ring %.2f cover %.2f", s, pen,
                mark_state_id(d->state), reasons, v[MEASURE_INK_MM2], v[MEASURE_CORE_MM2],
                v[MEASURE_LIGHT_MM2], v[MEASURE_LIGHT_MM], v[MEASURE_RING], v[MEASURE_COVERAGE]);
            bool plain = pen == PEN_CROSS || pen == PEN_TICK || pen == PEN_FILL;
            if (plain) {
                g_assert_cmpint(d->state, ==, MARK_MARKED);
                g_assert_cmpfloat(v[MEASURE_INK_MM2], >, 1);
                g_assert_cmpfloat(v[MEASURE_LENGTH_MM], >, 3);
            } else if (pen == PEN_NONE) {
                g_assert_cmpint(d->state, ==, MARK_BLANK);
            } else {
                g_assert_cmpint(d->state, ==, MARK_DOUBTFUL); /* a person looks at it, and at no other */
                g_assert_cmphex(d->reasons, !=, 0);
            }
            for (int option = 0; option < PAPER_OPTIONS; option++) {
                if (option != 1)
                    g_assert_cmpint(state_of(read, row, option), ==,
                                    pen == PEN_BESIDE ? MARK_DOUBTFUL : MARK_BLANK);
            }
        }
        g_assert_cmpfloat_with_epsilon(seen(read, 0, 1)[MEASURE_INK_MM2], 5.3, 0.8);
        g_assert_cmpfloat(seen(read, 3, 1)[MEASURE_COVERAGE], >, 0.9);
        g_assert_cmpfloat(seen(read, 4, 1)[MEASURE_INK_MM2], <, 0.1);
        g_assert_cmpfloat(seen(read, 4, 1)[MEASURE_LIGHT_MM2], >, 1);
        g_assert_cmpfloat(seen(read, 5, 1)[MEASURE_RING], >=, 0.85);
        g_assert_cmpfloat(seen(read, 5, 1)[MEASURE_CORE_MM2], <, 0.05);
    }
}

static void test_bitonal(void)
{
    const Drawing drawing = {{PEN_CROSS, PEN_TICK, PEN_NONE, PEN_FILL}, PEN_NONE, NULL};
    g_autoptr(Read) read = read_drawing(&scans[1], &drawing, 0, true);
    for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
        bool answered = drawing.pens[i / PAPER_OPTIONS] != PEN_NONE,
             inked = answered && i % PAPER_OPTIONS == 1;
        /* one bit a pixel may have lost a faint mark, so that nobody can say that a question was left empty
         */
        g_assert_cmpint(read->decided[i].state, ==,
                        !answered ? MARK_DOUBTFUL
                        : inked   ? MARK_MARKED
                                  : MARK_BLANK);
        g_assert_cmphex(read->decided[i].reasons & MARK_PALE, ==, answered ? 0 : MARK_PALE);
    }
}

/* Outlines that stand 0.3 mm from where they should: followed by register or not, never a mark by themselves.
 */
static void test_shifted(void)
{
    const Drawing drawing = {{PEN_CROSS, PEN_NONE, PEN_TICK, PEN_NONE, PEN_FAINT}, PEN_NONE, NULL};
    static const double shifts[] = {-0.3, 0.3};
    for (size_t s = 0; s < G_N_ELEMENTS(shifts); s++) {
        for (int followed = 0; followed < 2; followed++) {
            PaperScan how = {.box_shift_mm = shifts[s], .skew_deg = 1};
            g_autoptr(Read) read = read_drawing(&how, &drawing, followed ? shifts[s] : 0, false);
            for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
                Pen pen = i % PAPER_OPTIONS == 1 ? drawing.pens[i / PAPER_OPTIONS] : PEN_NONE;
                MarkState state = read->decided[i].state;
                if (pen == PEN_CROSS || pen == PEN_TICK)
                    g_assert_cmpint(state, ==, MARK_MARKED);
                else
                    g_assert_cmpint(state, !=, MARK_MARKED);
                if (pen == PEN_FAINT)
                    g_assert_cmpint(state, !=, MARK_BLANK);
                else if (pen == PEN_NONE && followed)
                    g_assert_cmpint(state, ==, MARK_BLANK);
            }
        }
    }
}

/* The same hand throughout, through measuring and deciding. */
static void test_hands(void)
{
    Drawing circles = {.also = PEN_NONE}, pencil = {.also = PEN_NONE};
    for (int row = 0; row < PAPER_ROWS; row++) {
        circles.pens[row] = PEN_CIRCLE;
        pencil.pens[row] = PEN_FAINT;
    }
    g_autoptr(Read) circled = read_drawing(&scans[1], &circles, 0, false),
                    pale = read_drawing(&scans[1], &pencil, 0, false);
    for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
        MarkState expected = i % PAPER_OPTIONS == 1 ? MARK_MARKED : MARK_BLANK;
        g_assert_cmpint(circled->decided[i].state, ==, expected);
        g_assert_cmpint(pale->decided[i].state, ==, expected);
    }
    /* faint touches beside plain marks are no second answer, plain second marks are one */
    Drawing both;
    for (int row = 0; row < PAPER_ROWS; row++)
        both.pens[row] = PEN_CROSS;
    both.also = PEN_FAINT;
    g_autoptr(Read) touched = read_drawing(&scans[0], &both, 0, false);
    both.also = PEN_TICK;
    g_autoptr(Read) twice = read_drawing(&scans[0], &both, 0, false);
    for (int row = 0; row < PAPER_ROWS; row++) {
        g_assert_cmpint(state_of(touched, row, 1), ==, MARK_MARKED);
        g_assert_cmpint(state_of(touched, row, 3), !=, MARK_MARKED);
        g_assert_cmpint(state_of(twice, row, 1), ==, MARK_MARKED);
        g_assert_cmpint(state_of(twice, row, 3), ==, MARK_MARKED);
    }
}

/* Under a map that leads off the scan nothing is read, and nothing breaks. */
/* ---- ink that is no mark ---- */

/* Height of the middle of a row's boxes, and where the k-th box begins. */
static double row_y(int row)
{
    return 70 + 20 * row + PAPER_BOX_MM / 2;
}

static double box_x(int option)
{
    return 120 + 18 * option;
}

/* Letters about 2.5 mm high. */
static void write_word(cairo_t *cr, double x, double y, int letters)
{
    paper_pen(cr, 60, 0.5);
    cairo_move_to(cr, x, y);
    for (int i = 1; i <= letters; i++)
        cairo_line_to(cr, x + 1.6 * i, y + (i % 2 ? -2.5 : 0));
    cairo_stroke(cr);
}

/* From the crossed box of row 4 (from 1) to the next, its head in the gap. */
static void draw_arrow(cairo_t *cr)
{
    double y = row_y(3), x = box_x(2) - 0.5;
    paper_pen(cr, 60, 0.5);
    cairo_move_to(cr, box_x(1) + PAPER_BOX_MM + 0.5, y);
    cairo_line_to(cr, x, y + 0.4);
    cairo_move_to(cr, x - 1.5, y - 1);
    cairo_line_to(cr, x, y + 0.4);
    cairo_line_to(cr, x - 1.5, y + 1.6);
    cairo_stroke(cr);
}

static void draw_note(cairo_t *cr)
{
    write_word(cr, 192, row_y(3), 7);
}

/* Two strokes over the sheet. */
static void draw_cross(cairo_t *cr)
{
    paper_pen(cr, 60, 0.8);
    cairo_move_to(cr, 25, 40);
    cairo_line_to(cr, 185, 270);
    cairo_move_to(cr, 185, 50);
    cairo_line_to(cr, 25, 265);
    cairo_stroke(cr);
}

/* Characters in a line down the sheet, through the third boxes. */
static void draw_imprint(cairo_t *cr)
{
    paper_pen(cr, 60, 0.4);
    for (double y = 60; y < 260; y += 2.2) {
        cairo_rectangle(cr, box_x(2) + 1.2, y, 2.2, 1.4);
        cairo_move_to(cr, box_x(2) + 1.2, y + 0.7);
        cairo_line_to(cr, box_x(2) + 3.4, y + 0.7);
    }
    cairo_stroke(cr);
}

/* What is none of a person's: a fold and dirt on the glass, a stain, a hole. */
static void draw_none(cairo_t *cr)
{
    paper_pen(cr, 150, 0.4);
    cairo_move_to(cr, 0, row_y(4) + 9);
    cairo_line_to(cr, 210, row_y(4) + 9.5);
    cairo_move_to(cr, 106, 0);
    cairo_line_to(cr, 106.5, 297);
    cairo_stroke(cr);
    cairo_arc(cr, 8, row_y(6), 3, 0, 2 * G_PI);
    cairo_close_path(cr);
    cairo_arc(cr, 112, row_y(2), 2, 0, 2 * G_PI);
    cairo_fill(cr);
}

/* Tails of a quick hand, aslant into the next gap. */
static void draw_tails(cairo_t *cr)
{
    paper_pen(cr, 60, 0.5);
    for (int row = 0; row < PAPER_ROWS; row++) {
        cairo_move_to(cr, box_x(1) + 3, row_y(row) + 1);
        cairo_line_to(cr, box_x(1) + 11, row_y(row) - 7);
    }
    cairo_stroke(cr);
}

/* Which rows it concerns, and how. */
static void test_stray(void)
{
    static const struct {
        const char *name;
        void (*draw)(cairo_t *cr);
        unsigned reason;
        unsigned rows; /* set of them */
        int option;    /* only this one; −1 all */
    } strays[] = {
        {"arrow", draw_arrow, MARK_WRITING, 1 << 3, -1},
        {"note", draw_note, MARK_WRITING, 1 << 3, -1},
        {"cross", draw_cross, MARK_STRUCK, (1 << PAPER_ROWS) - 1, -1},
        {"imprint", draw_imprint, MARK_BAND, (1 << PAPER_ROWS) - 1, 2},
        {"none", draw_none, MARK_WRITING, 0, -1},
        {"tails", draw_tails, MARK_WRITING, 0, -1},
    };
    const unsigned all = MARK_WRITING | MARK_STRUCK | MARK_BAND;
    for (size_t s = 0; s < G_N_ELEMENTS(scans) * G_N_ELEMENTS(strays); s++) {
        size_t what = s % G_N_ELEMENTS(strays), how = s / G_N_ELEMENTS(strays);
        Drawing drawing = {.also = PEN_NONE, .more = strays[what].draw};
        for (int row = 0; row < PAPER_ROWS; row++)
            drawing.pens[row] = PEN_CROSS;
        g_autoptr(Read) read = read_drawing(&scans[how], &drawing, 0, false);
        for (int i = 0; i < PAPER_ROWS * PAPER_OPTIONS; i++) {
            int row = i / PAPER_OPTIONS, option = i % PAPER_OPTIONS;
            bool concerned =
                strays[what].rows >> row & 1 && (strays[what].option < 0 || strays[what].option == option);
            const float *v = seen(read, row, option);
            g_test_message("%s, scan %zu, row %d, box %d: stray %.1f across %.1f band %.0f",
                           strays[what].name, how, row, option, v[MEASURE_STRAY_MM], v[MEASURE_ACROSS_MM],
                           v[MEASURE_BAND]);
            unsigned found = read->decided[i].reasons & all;
            if (concerned)
                g_assert_cmphex(found & strays[what].reason, ==, strays[what].reason);
            else if (strays[what].reason == MARK_WRITING)
                g_assert_cmphex(found, ==, 0);
        }
    }
}

/* A row without a mark beside which nothing is written is still in doubt where much is written elsewhere. */
static void test_astray(void)
{
    Sheet sheet;
    sheet_init(&sheet, 5);
    for (int row = 0; row < 4; row++)
        put_ink(box(&sheet, row, 1), 3);
    for (int i = 0; i < sheet.count; i++)
        sheet.measures[i].v[MEASURE_ASTRAY_MM] = 12;
    decide(&sheet);
    for (int i = 0; i < sheet.count; i++)
        g_assert_cmphex(sheet.decided[i].reasons & MARK_WRITING, ==, i / BOXES == 4 ? MARK_WRITING : 0);
}

static void test_off_the_scan(void)
{
    const Drawing nothing = {{PEN_NONE}, PEN_NONE, NULL};
    g_autoptr(Read) read = read_drawing(&scans[0], &nothing, 0, false);
    static const PageMap maps[] = {{{8, 0, 90000, 0, 8, -90000, 0, 0, 1}},
                                   {{0.001, 0, 5, 0, 0.001, 5, 0, 0, 1}},
                                   {{8, 0, 0, 0, 8, 0, 1e-3, 1e-3, 1}}};
    PageImage image = {.grey = raster_new(300, 400, NULL)};
    memset(image.grey->pixels, 200, image.grey->stride * 400);
    for (size_t i = 0; i < G_N_ELEMENTS(maps); i++) {
        read->registration->map = maps[i];
        g_autoptr(GArray) measures = mark_measure_page(read->reader, &image, read->registration, NULL);
        g_assert_nonnull(measures);
        for (guint b = 0; b < measures->len; b++)
            g_assert_cmpfloat(g_array_index(measures, MarkMeasures, b).v[MEASURE_INK_MM2], <, 0.2);
        g_autoptr(Raster) crop = mark_crop(&image, read->registration, 3, 2, NULL);
        g_assert_nonnull(crop);
        g_assert_cmpint(crop->width_px, ==, (int)lround((PAPER_BOX_MM + 4) * 8));
    }
    raster_free(image.grey);
}

static void test_large_box(void)
{
    g_autoptr(Layout) layout = paper_layout(&form);
    ((LayoutBox *)paper_page(layout)->boxes->pdata[0])->rect = (RectMm){10, 50, 100, 100};
    g_autoptr(MarkReader) reader = mark_reader_new();
    Registration registration = {.layout = layout,
                                 .map = {{8, 0, 0, 0, 8, 0, 0, 0, 1}},
                                 .boxes = g_array_new(FALSE, TRUE, sizeof(RegisterBox))};
    g_array_set_size(registration.boxes, PAPER_ROWS * PAPER_OPTIONS);
    PageImage image = {.grey = raster_new(100, 100, NULL)};
    g_autoptr(GError) error = NULL;
    g_assert_null(mark_measure_page(reader, &image, &registration, &error));
    g_assert_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT);
    raster_free(image.grey);
    g_array_unref(registration.boxes);
}

/* Where people write: the first field lies over print, the second is as large as free text needs. */
typedef struct {
    double level, width_mm, at_mm; /* of the pen; where along the fields it writes */
} Writing;

static void write_something(cairo_t *cr, const LayoutPage *page, gpointer user)
{
    const Writing *writing = user;
    paper_pen(cr, writing->level, writing->width_mm);
    for (guint i = 0; i < page->fields->len; i++) {
        RectMm at = ((LayoutField *)page->fields->pdata[i])->rect;
        double x = at.x_mm + writing->at_mm, y = at.y_mm + at.h_mm / 2;
        cairo_move_to(cr, x, y); /* a figure 4, and a stroke like an i */
        cairo_line_to(cr, x - 1.4, y + 2.4);
        cairo_line_to(cr, x + 0.8, y + 2.4);
        cairo_move_to(cr, x, y + 1.6);
        cairo_line_to(cr, x, y + 3.6);
        cairo_move_to(cr, x + 2.4, y + 1);
        cairo_line_to(cr, x + 2.4, y + 3.4);
        cairo_stroke(cr);
    }
}

static void test_written(void)
{
    static const struct {
        PaperScan how;
        Writing writing;
        double shift_mm; /* of the paper from where the map says */
        bool bitonal, written;
    } cases[] = {
        {{.dpi = 200}, {60, 0.4, 20}, 0, false, true},
        {{.dpi = 300, .skew_deg = 1}, {60, 0.4, 80}, 0.5, false, true},
        {{.dpi = 150, .paper = 225}, {150, 0.35, 40}, 0, false, true}, /* pencil */
        {{.dpi = 200}, {60, 0.4, 60}, 0, true, true},
        {{.dpi = 200}, {255, 0, 20}, 0, false, false},
        {{.dpi = 300, .specks = 2}, {255, 0, 20}, 0, false, false},
        {{.paper = 225, .skew_deg = -2}, {255, 0, 20}, 0, true, false},
        {{.dpi = 200}, {240, 0.6, 20}, 0, false, false}}; /* hardly darker than paper: from the other side */
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Layout) layout = paper_layout(&form);
        LayoutPage *page = paper_page(layout);
        layout_add_field(page, "nam-sinh", LAYOUT_FIELD_DIGITS, (RectMm){20, 66, 88, 12});
        layout_add_field(page, "y-kien", LAYOUT_FIELD_TEXT, (RectMm){20, 262, 170, 16});
        PaperScan how = cases[i].how;
        how.ink = write_something;
        how.user = (gpointer)&cases[i].writing;
        g_autoptr(Registration) at = g_new0(Registration, 1);
        *at = (Registration){.layout = layout, .boxes = g_array_new(FALSE, TRUE, sizeof(RegisterBox))};
        g_autoptr(Raster) scan = paper_scan(&form, page, &how, &at->map);
        for (int y = 0; cases[i].bitonal && y < scan->height_px; y++)
            for (int x = 0; x < scan->width_px; x++)
                scan->pixels[(size_t)y * scan->stride + (size_t)x] =
                    scan->pixels[(size_t)y * scan->stride + (size_t)x] < 150 ? 0 : 255;
        at->map.h[2] -= cases[i].shift_mm * at->map.h[0];
        for (guint b = 0; b < page->boxes->len; b++) {
            RegisterBox place = {.shift_x_mm = cases[i].shift_mm};
            g_array_append_val(at->boxes, place);
        }
        PageImage image = {.grey = scan, .bitonal = cases[i].bitonal};
        g_autoptr(MarkReader) reader = mark_reader_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) fields = mark_measure_fields(reader, &image, at, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(fields->len, ==, 2);
        for (guint f = 0; f < fields->len; f++) {
            const MarkField *field = &g_array_index(fields, MarkField, f);
            g_test_message("case %zu field %u: %.2f mm²", i, f, field->ink_mm2);
            g_assert_true(field->written == cases[i].written);
            g_assert_cmpfloat(field->ink_mm2, <, 10);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mark/plain", test_plain);
    g_test_add_func("/mark/doubts", test_doubts);
    g_test_add_func("/mark/faint", test_faint);
    g_test_add_func("/mark/faint-hand", test_faint_hand);
    g_test_add_func("/mark/circles", test_circles);
    g_test_add_func("/mark/taken-back", test_taken_back);
    g_test_add_func("/mark/filled", test_filled);
    g_test_add_func("/mark/beside", test_beside);
    g_test_add_func("/mark/unquiet", test_unquiet);
    g_test_add_func("/mark/lost", test_lost);
    g_test_add_func("/mark/nobody", test_nobody);
    g_test_add_func("/mark/bounds", test_bounds);
    g_test_add_func("/mark/stricter", test_stricter);
    g_test_add_func("/mark/names", test_names);
    g_test_add_func("/mark/empty", test_empty);
    g_test_add_func("/mark/drawn", test_drawn);
    g_test_add_func("/mark/bitonal", test_bitonal);
    g_test_add_func("/mark/shifted", test_shifted);
    g_test_add_func("/mark/hands", test_hands);
    g_test_add_func("/mark/stray", test_stray);
    g_test_add_func("/mark/astray", test_astray);
    g_test_add_func("/mark/off-the-scan", test_off_the_scan);
    g_test_add_func("/mark/large-box", test_large_box);
    g_test_add_func("/mark/written", test_written);
    return g_test_run();
}
