/* The numbers the model sees, for training it. Measures are read from standard input, what is made of them
 * goes to standard output, little-endian, one page after the other.
 *
 * In: u32 boxes, then a box: u32 question (its number on the page), u32 takes several marks, MARK_MEASURES ×
 * f32.
 *
 * Out, a box: MODEL_FEATURES × f32, then what the rules say of it (a MarkState; −1 where nobody could tell)
 * as f32.
 *
 * `mark-features count` prints both numbers. */
#include "mark/model.h"

#include <stdio.h>

static bool read_u32(uint32_t *ret)
{
    return fread(ret, sizeof *ret, 1, stdin) == 1;
}

int main(int argc, char **argv)
{
    if (argc > 1 && g_str_equal(argv[1], "count")) {
        g_print("%d %d\n", MARK_MEASURES, MODEL_FEATURES);
        return 0;
    }
    uint32_t boxes;
    while (read_u32(&boxes)) {
        g_autofree MarkMeasures *measures = g_new0(MarkMeasures, boxes + 1);
        g_autofree MarkQuestion *questions = g_new0(MarkQuestion, boxes + 1);
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
        for (uint32_t i = 0; i < boxes; i++) {
            uint32_t question, many;
            if (!read_u32(&question) || !read_u32(&many) ||
                fread(&measures[i], sizeof *measures, 1, stdin) != 1) {
                g_printerr("mark-features: the input ends within a page\n");
                return 1;
            }
            g_ptr_array_add(ids, g_strdup_printf("%u", question));
            questions[i] = (MarkQuestion){g_ptr_array_index(ids, i), many != 0};
        }
        g_autofree float *features = g_new0(float, (gsize)boxes *MODEL_FEATURES + 1);
        model_features(measures, questions, (int)boxes, features);
        g_autofree RuleVerdict *rules = g_new0(RuleVerdict, boxes + 1);
        rules_judge(measures, questions, (int)boxes, rules);
        for (uint32_t i = 0; i < boxes; i++) {
            float state = rules[i].nobody ? -1 : (float)rules[i].state;
            fwrite(features + (gsize)i * MODEL_FEATURES, sizeof *features, MODEL_FEATURES, stdout);
            fwrite(&state, sizeof state, 1, stdout);
        }
    }
    return 0;
}
