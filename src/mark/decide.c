/* From measures to states: what the rules and the model say together. */
#include <math.h>
#include <string.h>

#include "mark/model.h"

/* Changes with the rules and with how they are joined to the model. */
#define RULES_ID "ink-12"
/* What no measure of a box can outweigh: it may be another box, or mean something else. */
#define ALWAYS_ASKED (MARK_MISPLACED | MARK_WRITING | MARK_STRUCK | MARK_BAND)
/* Own ink inside a box that does not count: taken back, not empty. */
#define TAKEN_BACK_MM2 0.5

const char *mark_model_id(void)
{
    static char id[32];
    static gsize once;
    if (g_once_init_enter(&once)) {
        g_snprintf(id, sizeof id, "%s+%s", RULES_ID, model_id());
        g_once_init_leave(&once, 1);
    }
    return id;
}

static const char *const state_ids[] = {"blank", "marked", "cancelled", "doubtful"};

const char *mark_state_id(MarkState state)
{
    return state_ids[state];
}

static const char *const measure_names[MARK_MEASURES] = {"room_mm2",
                                                         "ink_mm2",
                                                         "foreign_mm2",
                                                         "coverage",
                                                         "darkness",
                                                         "length_mm",
                                                         "beside_mm2",
                                                         "around_mm2",
                                                         "ring",
                                                         "share_inside",
                                                         "edges",
                                                         "straight",
                                                         "pieces",
                                                         "noise_mm2",
                                                         "paper",
                                                         "print",
                                                         "red",
                                                         "blue",
                                                         "match",
                                                         "shift_mm",
                                                         "light_mm2",
                                                         "light_mm",
                                                         "light_beside_mm2",
                                                         "level",
                                                         "kept",
                                                         "strip_mm2",
                                                         "apart_mm2",
                                                         "core_mm2",
                                                         "mass_mm2",
                                                         "peak",
                                                         "speck_mm2",
                                                         "stroke_mm",
                                                         "offset_mm",
                                                         "spread_mm",
                                                         "breadth_mm",
                                                         "level_line",
                                                         "outline",
                                                         "line",
                                                         "unsure",
                                                         "stray_mm",
                                                         "astray_mm",
                                                         "across_mm",
                                                         "band"};

const char *mark_measure_name(int i)
{
    return measure_names[i];
}

bool mark_measures_fit(size_t bytes)
{
    return bytes == sizeof(MarkMeasures) || bytes == MEASURE_STRAY_MM * sizeof(float) ||
           bytes == MEASURE_OUTLINE * sizeof(float);
}

static const struct {
    unsigned bit;
    const char *name;
} reason_names[] = {{MARK_FAINT, "FAINT"},     {MARK_SMALL, "SMALL"},
                    {MARK_OUTSIDE, "OUTSIDE"}, {MARK_SCRIBBLED, "CANCELLED"},
                    {MARK_STREAK, "STREAK"},   {MARK_MISPLACED, "MISPLACED"},
                    {MARK_COVERED, "COVERED"}, {MARK_NOISE, "NOISE"},
                    {MARK_PALE, "PALE"},       {MARK_UNUSUAL, "UNUSUAL"},
                    {MARK_WRITING, "WRITING"}, {MARK_STRUCK, "STRUCK"},
                    {MARK_BAND, "BAND"}};

char *mark_reasons_text(unsigned reasons)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(reason_names); i++) {
        if (reasons & reason_names[i].bit)
            g_string_append_printf(text, "%s%s", text->len ? "+" : "", reason_names[i].name);
    }
    return g_string_free(text, FALSE);
}

/* The rules see what they see and the model weighs it; a person is asked where they contradict each other,
 * where the place itself is in doubt, or where an error is likelier than the limit. */
static MarkDecision join(const RuleVerdict *rules, const ModelVerdict *model, const MarkMeasures *m,
                         const MarkLimits *limits)
{
    bool doubt = rules->state == MARK_DOUBTFUL, agree = (rules->state == MARK_MARKED) == model->live;
    double error = doubt ? model->error_doubted : agree ? model->error_agreeing : 0.5;
    MarkState guess = model->live ? MARK_MARKED
                      : rules->state == MARK_CANCELLED || m->v[MEASURE_INK_MM2] > TAKEN_BACK_MM2
                          ? MARK_CANCELLED
                          : MARK_BLANK;
    MarkDecision d = {.state = guess, .confidence = 1 - error, .reasons = rules->reasons};
    *(guess == MARK_CANCELLED ? &d.p_cancelled : &d.p_marked) = guess == MARK_BLANK ? error : 1 - error;
    if (guess == MARK_CANCELLED)
        d.p_marked = error;
    if (error > limits->max_error || !model->known || rules->nobody || (rules->reasons & ALWAYS_ASKED)) {
        d.state = MARK_DOUBTFUL;
        d.reasons |= rules->reasons ? 0 : MARK_UNUSUAL;
        d.confidence = MIN(d.confidence, 0.9); /* of the best guess, which is not good enough */
    }
    return d;
}

void mark_decide(const MarkMeasures *measures, const MarkQuestion *questions, int count,
                 const MarkLimits *limits, MarkDecision *ret)
{
    g_autofree RuleVerdict *rules = g_new0(RuleVerdict, count + 1);
    g_autofree float *features = g_new0(float, (gsize)count *MODEL_FEATURES + 1);
    rules_judge(measures, questions, count, rules);
    model_features(measures, questions, count, features);
    for (int i = 0; i < count; i++) {
        ModelVerdict model = model_judge(features + (size_t)i * MODEL_FEATURES, questions[i].many);
        ret[i] = join(&rules[i], &model, &measures[i], limits);
    }
}
