/* The decided boxes of all pages of a ballot → answers, each with its reasons; and what the answers make of
 * the ballot. Pure functions over values. */
#ifndef PHIEU_BALLOT_H
#define PHIEU_BALLOT_H

#include "base/base.h"
#include "mark/mark.h"
#include "survey/survey.h"

/* Who an answer is from. "machine", "waiting", "person" in exports. */
typedef enum { ANSWER_MACHINE, ANSWER_WAITING, ANSWER_PERSON } AnswerState;

const char *answer_state_id(AnswerState state);
/* The same in words for people. */
const char *answer_state_words(AnswerState state);

/* Reasons beyond those of its boxes, above the bits of MarkReason. */
typedef enum {
    ANSWER_MULTIPLE = 1 << 16,       /* MULTIPLE: two or more live marks where one is asked */
    ANSWER_CORRECTED = 1 << 17,      /* CORRECTED: one live mark and one or more cancelled */
    ANSWER_BLANK = 1 << 18,          /* BLANK: no mark at all */
    ANSWER_DOUBT = 1 << 19,          /* DOUBT: at least one box is doubtful */
    ANSWER_CANCELLED_ONLY = 1 << 20, /* CANCELLED_ONLY: only cancelled marks */
    ANSWER_SECOND_LOOK = 1 << 21,    /* SECOND_LOOK: one person has read it; another is to read it blind */
    ANSWER_THIRD_LOOK = 1 << 22,     /* THIRD_LOOK: two people read it differently; a third decides */
    ANSWER_DRAWN = 1 << 23,          /* DRAWN: the machine is sure; drawn by lot for a person to check it */
    ANSWER_BY_HAND = 1 << 24,        /* BY_HAND: entered by people, there is no scan */
} AnswerReason;

/* One box of a question as it goes into an answer. */
typedef struct {
    const SurveyOption *option;
    MarkDecision mark;
} AnswerBox;

/* The machine's reading of one question. */
typedef struct {
    AnswerState state;
    char *value;       /* option ids joined by '+' in the scale's order; "" blank; best guess when waiting */
    double confidence; /* chance that the least sure of its boxes is right */
    unsigned reasons;
} Answer;

void answer_clear(Answer *answer);
/* Reads one question from its boxes under its kind; accepted up to `max_error`, the highest chance of error
 * of one answer (mark_limits() of the survey's target error). `ret` must be cleared. Questions answered in
 * handwriting (DIGITS, TEXT) have no boxes and no answer here. */
void ballot_read_answer(const SurveyQuestion *question, const AnswerBox *boxes, int count, double max_error,
                        Answer *ret);
/* Names of a set of reasons (MarkReason and AnswerReason) joined by '+'; newly allocated. */
char *answer_reasons_text(unsigned reasons);
/* The same in words for people, joined by ", "; newly allocated. */
char *answer_reasons_words(unsigned reasons);
/* How the boxes of that question of a form are decided together; `id` is borrowed. */
MarkQuestion ballot_mark_question(const SurveyForm *form, const char *id);

/* What one final value means for the count. */
typedef enum { VALUE_ANSWERED, VALUE_BLANK, VALUE_MULTIPLE, VALUE_UNREADABLE, VALUE_WAITING } ValueKind;

/* The value a person enters for an answer that cannot be read. */
#define VALUE_UNREADABLE_TEXT "?"

/* The meaning of a value for a question; INVALID when it names no option of it; for DIGITS no number within
 * its range, for TEXT not one line of composed text. */
bool ballot_value_kind(const SurveyQuestion *question, const char *value, ValueKind *ret_kind,
                       GError **error);

/* ---- what people read ---- */

/* One person's word on an answer, of those that stand, in the order given. */
typedef struct {
    int64_t id; /* of the decision */
    const char *who, *value;
} AnswerLook;

typedef enum {
    LOOKS_NONE,   /* nobody has looked */
    LOOKS_SECOND, /* one person has: another one is to read it, who knows neither that nor the machine's guess
                   */
    LOOKS_THIRD,  /* two people read it differently: a third, who sees both, decides */
    LOOKS_SETTLED,
} LooksState;

/* What came of them; pointers into the looks given, NULL where there is none. */
typedef struct {
    LooksState state;
    const AnswerLook *first, *second; /* the newest word of the first and of the second person */
    const AnswerLook *settled;        /* the one that counts */
} AnswerLooks;

/* With `two`, a value counts when two people read the same, or as a third person said; the newest word of
 * each person is theirs. Else the newest word counts. */
AnswerLooks ballot_judge_looks(const AnswerLook *looks, int count, bool two);
/* A number from 0 to 1 that depends on nothing but these: a lot that can be drawn again. */
double ballot_draw(int seed, const char *serial, const char *question);
/* `seen` answers were drawn by lot and looked at, `wrong` of them were wrong: with 95 % confidence at most
 * this share of all is. One-sided bound of C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413; 1
 * where nothing was seen. */
double ballot_error_bound(int seen, int wrong);
/* Whether an answer people decide needs two of them by the rule: its group has `ballots` on its agency (0: it
 * is of no cell), or it is drawn: SHA-256 of seed, serial and question, as a number from 0 to 1, below the
 * share. */
bool ballot_needs_two(const SurveySecondLook *rule, int ballots, const char *serial, const char *question);

/* An answer two people have read without knowing of each other. */
typedef struct {
    const char *first_who, *first, *second_who, *second;
} LookPair;

/* How far two people agree. */
typedef struct {
    char *one, *other; /* in order of name; NULL: the first look against the second, over all */
    int read, equal;
    double kappa; /* Cohen, Educational and Psychological Measurement 20 (1960) 37; NAN where both gave one
                     and the same value throughout, or nothing was read */
} LookAgreement;

void look_agreement_free(LookAgreement *agreement);
/* Over all first, then pair by pair in order of names: GPtrArray of LookAgreement*. */
GPtrArray *ballot_agreement(const LookPair *pairs, int count);

typedef enum { BALLOT_VALID, BALLOT_PARTLY_VALID, BALLOT_INVALID, BALLOT_OPEN } BallotValidity;

/* "valid", "partly-valid", "invalid", "open" (answers still wait). */
const char *ballot_validity_id(BallotValidity validity);
/* By the shares of the survey's rules, over the questions scored for that agency: `answered` of `scored` are
 * valid answers, `waiting` are not decided. OPEN only where the waiting ones can change the outcome. */
BallotValidity ballot_validity(const SurveyRules *rules, int scored, int answered, int waiting);

#endif
