/* The net as scripts/train-digits wrote it; the Makefile puts models/digits.bin into the program. The file is
 * little-endian and holds, one after the other: "PDG1" and the head; mean and scale of every feature; weights
 * and offsets of three layers; the knots of the curve. */
#include <math.h>
#include <string.h>

#include "text/digits.h"

extern const uint8_t digits_model_start[];
extern const uint64_t digits_model_size;

#define MAX_NODES 256
/* Features further from their mean, in deviations, are no more unusual. */
#define MOST_DEVIATIONS 8

typedef struct {
    uint32_t features, first, second, kinds, knots;
} Head;

/* Of the curve from how sure the net is (logarithm of the odds) to the logarithm of the odds that it is
 * wrong; flat beyond its ends. */
typedef struct {
    float sure, error_odds;
} Knot;

typedef struct {
    Head head;
    const float *mean, *scale, *layers[3]; /* of a layer: its weights, node by node, then their offsets */
    const Knot *knots;
    char id[16];
} Net;

/* The file is part of the program: one that does not fit is a fault of the build. */
static const Net *load(void)
{
    static Net net;
    static gsize once;
    if (g_once_init_enter(&once)) {
        Head *head = &net.head;
        g_assert(digits_model_size > 4 + sizeof *head && memcmp(digits_model_start, "PDG1", 4) == 0);
        memcpy(head, digits_model_start + 4, sizeof *head);
        g_assert(head->features == DIGIT_FEATURES && head->kinds == DIGIT_KINDS && head->first <= MAX_NODES &&
                 head->second <= MAX_NODES && head->knots >= 1);
        net.mean = (const float *)(digits_model_start + 4 + sizeof *head);
        net.scale = net.mean + head->features;
        net.layers[0] = net.scale + head->features;
        net.layers[1] = net.layers[0] + (size_t)head->first * (head->features + 1);
        net.layers[2] = net.layers[1] + (size_t)head->second * (head->first + 1);
        net.knots = (const Knot *)(net.layers[2] + (size_t)head->kinds * (head->second + 1));
        g_assert((const uint8_t *)(net.knots + head->knots) == digits_model_start + digits_model_size);
        g_autoptr(Sha256) sum = sha256_new();
        sha256_add(sum, digits_model_start, digits_model_size);
        g_autofree char *hash = sha256_end(g_steal_pointer(&sum));
        g_snprintf(net.id, sizeof net.id, "digits-%.8s", hash);
        g_once_init_leave(&once, 1);
    }
    return &net;
}

static void run_layer(const float *layer, const float *in, uint32_t ins, float *out, uint32_t outs, bool last)
{
    for (uint32_t o = 0; o < outs; o++) {
        const float *weights = layer + (size_t)o * ins;
        float sum = layer[(size_t)outs * ins + o];
        for (uint32_t i = 0; i < ins; i++)
            sum += weights[i] * in[i];
        out[o] = last ? sum : MAX(sum, 0);
    }
}

void digit_classify(const float features[DIGIT_FEATURES], float ret_chances[DIGIT_KINDS])
{
    const Net *net = load();
    float in[DIGIT_FEATURES], first[MAX_NODES], second[MAX_NODES], most = -INFINITY, total = 0;
    for (int i = 0; i < DIGIT_FEATURES; i++)
        in[i] = CLAMP((features[i] - net->mean[i]) * net->scale[i], -MOST_DEVIATIONS, MOST_DEVIATIONS);
    run_layer(net->layers[0], in, DIGIT_FEATURES, first, net->head.first, false);
    run_layer(net->layers[1], first, net->head.first, second, net->head.second, false);
    run_layer(net->layers[2], second, net->head.second, ret_chances, DIGIT_KINDS, true);
    for (int k = 0; k < DIGIT_KINDS; k++)
        most = MAX(most, ret_chances[k]);
    for (int k = 0; k < DIGIT_KINDS; k++)
        total += ret_chances[k] = expf(ret_chances[k] - most);
    for (int k = 0; k < DIGIT_KINDS; k++)
        ret_chances[k] /= total;
}

double digit_error(const float chances[DIGIT_KINDS])
{
    const Net *net = load();
    double best = 0, total = 0;
    for (int k = 0; k < DIGIT_KINDS; k++) {
        best = k == DIGIT_NONE ? best : MAX(best, chances[k]);
        total += chances[k];
    }
    double sure = log(MAX(best, 1e-9) / MAX(total - best, 1e-9));
    const Knot *knots = net->knots;
    uint32_t last = net->head.knots - 1, i = 0;
    while (i < last && sure > knots[i + 1].sure)
        i++;
    double odds = knots[i].error_odds;
    if (i < last && sure > knots[i].sure)
        odds +=
            (sure - knots[i].sure) * (knots[i + 1].error_odds - odds) / (knots[i + 1].sure - knots[i].sure);
    return 1 / (1 + exp(-odds));
}

const char *text_digits_model_id(void)
{
    return load()->id;
}
