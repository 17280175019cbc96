/* The trees as scripts/train-marks wrote them; the Makefile puts models/marks.bin into the program. The file
 * is little-endian and holds, one after the other: "PMK1" and the head, two curves, the points, a range for
 * every feature, each tree's first node, the nodes. */
#include <math.h>
#include <string.h>

#include "mark/model.h"

extern const uint8_t marks_model_start[];
extern const uint64_t marks_model_size;

/* For boxes with their question where the rules agree and where they doubt; for boxes each by itself
 * likewise. */
enum { AGREE, DOUBT, CURVES = 4 };

typedef struct {
    uint32_t features, trees, nodes, points, knots[CURVES];
    float base;
} Head;

/* Of a curve from the strength of the trees' verdict to the logarithm of the odds that it is wrong; flat
 * beyond its ends. */
typedef struct {
    float strength, error_odds;
} Knot;

/* Logarithms of the share of wrong among accepted answers and of the highest error accepted, rising; the
 * shares of answers asked of simulated sets. */
typedef struct {
    float target, limit, office, hard;
} Point;

/* Where the model was trained. */
typedef struct {
    float least, most;
} Range;

/* Feature −1: a leaf of that value; else left when the feature is at most the value. Both children stand
 * behind their node. */
typedef struct {
    int32_t feature;
    float value;
    uint32_t left, right;
} Node;

typedef struct {
    Head head;
    const Knot *curves[CURVES];
    const Point *points;
    const Range *ranges;
    const uint32_t *roots;
    const Node *nodes;
    char id[15];
} Model;

static bool is_sound(const Model *model)
{
    const Head *head = &model->head;
    for (uint32_t i = 0; i < head->nodes; i++) {
        const Node *node = &model->nodes[i];
        if (node->feature >= (int32_t)head->features ||
            (node->feature >= 0 && (node->left <= i || node->right <= i || node->left >= head->nodes ||
                                    node->right >= head->nodes)))
            return false;
    }
    for (uint32_t i = 0; i < head->trees; i++) {
        if (model->roots[i] >= head->nodes)
            return false;
    }
    return head->points >= 2;
}

/* The file is part of the program: one that does not fit is a fault of the build. */
static const Model *load(void)
{
    static Model model;
    static gsize once;
    if (g_once_init_enter(&once)) {
        size_t size = marks_model_size;
        Head *head = &model.head;
        g_assert(size > 4 + sizeof *head && memcmp(marks_model_start, "PMK1", 4) == 0);
        memcpy(head, marks_model_start + 4, sizeof *head);
        const Knot *knots = (const Knot *)(marks_model_start + 4 + sizeof *head);
        for (int i = 0; i < CURVES; i++) {
            g_assert(head->knots[i] > 0);
            model.curves[i] = knots;
            knots += head->knots[i];
        }
        model.points = (const Point *)knots;
        model.ranges = (const Range *)(model.points + head->points);
        model.roots = (const uint32_t *)(model.ranges + head->features);
        model.nodes = (const Node *)(model.roots + head->trees);
        g_assert(head->features == MODEL_FEATURES &&
                 (const uint8_t *)(model.nodes + head->nodes) == marks_model_start + size &&
                 is_sound(&model));
        g_autoptr(Sha256) sum = sha256_new();
        sha256_add(sum, marks_model_start, size);
        g_autofree char *hash = sha256_end(g_steal_pointer(&sum));
        g_snprintf(model.id, sizeof model.id, "trees-%.8s", hash);
        g_once_init_leave(&once, 1);
    }
    return &model;
}

const char *model_id(void)
{
    return load()->id;
}

/* No answer is accepted that is so many times as likely to be wrong as they may be on average. */
#define MOST_TIMES 300

/* The highest limit that keeps to the target, by what was seen; the target itself where nothing is known. */
MarkLimits mark_limits(double target_error)
{
    const Model *model = load();
    double limit = target_error;
    for (uint32_t i = 0; i < model->head.points && model->points[i].target <= log(target_error); i++)
        limit = exp(model->points[i].limit);
    limit = MIN(limit, MOST_TIMES * target_error);
    uint32_t i = 1;
    while (i + 1 < model->head.points && log(limit) > model->points[i].limit)
        i++;
    const Point *from = &model->points[i - 1], *to = &model->points[i];
    double along = CLAMP((log(limit) - from->limit) / (to->limit - from->limit), 0, 1);
    return (MarkLimits){limit, from->office + along * (to->office - from->office),
                        from->hard + along * (to->hard - from->hard)};
}

static double error_at(const Model *model, int which, double strength)
{
    const Knot *curve = model->curves[which];
    uint32_t last = model->head.knots[which] - 1, i = 0;
    while (i < last && strength > curve[i + 1].strength)
        i++;
    double odds = curve[i].error_odds;
    if (i < last && strength > curve[i].strength)
        odds += (strength - curve[i].strength) * (curve[i + 1].error_odds - odds) /
                (curve[i + 1].strength - curve[i].strength);
    return 1 / (1 + exp(-odds));
}

ModelVerdict model_judge(const float *features, bool alone)
{
    const Model *model = load();
    bool known = true;
    for (uint32_t i = 0; i < model->head.features; i++)
        known &= features[i] >= model->ranges[i].least && features[i] <= model->ranges[i].most;
    double odds = model->head.base;
    for (uint32_t i = 0; i < model->head.trees; i++) {
        const Node *node = &model->nodes[model->roots[i]];
        while (node->feature >= 0)
            node = &model->nodes[features[node->feature] <= node->value ? node->left : node->right];
        odds += node->value;
    }
    double strength = fabs(odds);
    return (ModelVerdict){odds > 0, error_at(model, 2 * alone + AGREE, strength),
                          error_at(model, 2 * alone + DOUBT, strength), known};
}
