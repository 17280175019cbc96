/* What a person reads in a workbook where other programs have an id, of what only files have. */
#include "export/report.h"

typedef struct {
    const char *id, *words;
} Word;

static const Word states[] = {{"machine", N_("the machine")},
                              {"waiting", N_("waits for a reviewer")},
                              {"person", N_("a reviewer")},
                              {NULL, NULL}};

static const Word validities[] = {{"valid", N_("valid")},
                                  {"partly-valid", N_("partly valid")},
                                  {"invalid", N_("invalid")},
                                  {"open", N_("answers still wait")},
                                  {NULL, NULL}};

static const Word others[] = {
    {"surplus", N_("more than planned")}, {"no-cell", N_("outside the plan of ballots")}, {NULL, NULL}};

static const Word questions[] = {{"one", N_("choose one")},
                                 {"many", N_("choose several")},
                                 {"digits", N_("write figures")},
                                 {"text", N_("write words")},
                                 {NULL, NULL}};

static const Word levels[] = {{"total", N_("whole")},
                              {"area", N_("area")},
                              {"surveyed", N_("surveyed criterion")},
                              {"appraised", N_("appraised criterion")},
                              {"not-applicable", N_("not applicable")},
                              {NULL, NULL}};

static const char *find(const Word *words, const char *id)
{
    for (; id && words->id; words++) {
        if (g_str_equal(words->id, id))
            return _(words->words);
    }
    return NULL;
}

const char *report_words(WordsOf of, const char *id)
{
    static const Word *const lists[] = {[WORDS_STATE] = states,
                                        [WORDS_VALIDITY] = validities,
                                        [WORDS_NOT_COUNTED] = others,
                                        [WORDS_QUESTION] = questions,
                                        [WORDS_LEVEL] = levels};
    const char *words = find(lists[of], id);
    if (!words && of == WORDS_NOT_COUNTED) {
        words = store_ballot_status_words(id);
        if (!words)
            words = find(validities, id);
    }
    return words;
}
