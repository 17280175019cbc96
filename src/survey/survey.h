/* One survey's definition, read from a folder of YAML files and cross-checked as a whole: agencies,
 * originating units, respondent groups with their quotas, criteria, forms and rules. In comes a folder; out
 * comes one immutable Survey that outlives everything made from it, or every fault of the folder at once. All
 * structs here are owned by their Survey; strings are NFC UTF-8 and never NULL unless said so. */
#ifndef PHIEU_SURVEY_H
#define PHIEU_SURVEY_H

#include "base/base.h"

/* Where a value stands in the definition; line and column count from 1. */
typedef struct {
    const char *file;
    int line, column;
} SurveyPlace;

/* One fault of a definition: "file:line:column: what, and the remedy" is made of it. */
typedef struct {
    char *file; /* as given on the command line, relative where it was relative */
    int line, column;
    char *message; /* what is wrong and what to do, one line */
} SurveyFault;

void survey_fault_free(SurveyFault *fault);
/* "file:line:column: message". */
char *survey_fault_to_text(const SurveyFault *fault);

/* A set of agencies ranked together in one table ("so", "huyen"). */
typedef struct {
    char *id;
    char *name;        /* "Khối sở, ban, ngành" */
    char *criteria_id; /* the criteria set it is scored by */
    GPtrArray *bands;  /* SurveyBand*, best first */
    SurveyPlace place;
} SurveyBlock;

/* A band of the index ("Xuất sắc" from 90 %), applied to the unrounded index in per cent. */
typedef struct {
    char *name;
    Rational *from_percent; /* lowest index of the band, inclusive */
} SurveyBand;

/* An agency that is assessed. */
typedef struct {
    char *code; /* "SNV" */
    char *name;
    SurveyBlock *block;
    int number;                 /* order in tables, from 1 within the block */
    bool ranked;                /* false: scored, with an index, but in no rank and no band */
    GPtrArray *aliases;         /* char*, other spellings accepted in imports; may be empty */
    GHashTable *not_applicable; /* set of leaf codes (char*) that are not assessed for it */
    SurveyPlace place;
} SurveyAgency;

/* A unit that hands out and returns ballots: an agency itself, a district, a division, a commune. */
typedef struct {
    char *code; /* unique among origins; an agency's own unit has the agency's code */
    char *name;
    SurveyPlace place;
} SurveyOrigin;

typedef struct SurveyForm SurveyForm;

/* A group of respondents (G1..G6). */
typedef struct {
    char *id;
    char *name;           /* "Người dân, tổ chức" */
    SurveyBlock *block;   /* whom it assesses */
    SurveyForm *form;     /* what it fills in, but for the agencies of `form_for` */
    GHashTable *form_for; /* SurveyAgency* → SurveyForm*: a form that stands for `form` there */
    SurveyPlace place;
} SurveyGroup;

/* One cell of the quota: so many ballots of `group` on `agency`, handed out by `origin`. */
typedef struct {
    SurveyGroup *group;
    SurveyAgency *agency;
    SurveyOrigin *origin;
    SurveyForm *form; /* that its ballots are printed from now; those issued earlier may be of another */
    int planned;
    int planned_on_agency; /* ballots of the group on the agency, over all origins */
} SurveyCell;

/* How the answers on a leaf become a rate between 0 and 1; domain.md, section 1.3. */
typedef enum {
    SURVEY_METHOD_WEIGHTED, /* Σ n(k)·w(k) / Σ n(k) */
    SURVEY_METHOD_TOP2,     /* share of the two best levels */
    SURVEY_METHOD_MEAN,     /* (mean level − 1) / (levels − 1), best level = highest */
} SurveyMethod;

/* Whether a group's questions on one leaf are averaged as rates or pooled as answers. */
typedef enum { SURVEY_POOL_QUESTIONS, SURVEY_POOL_ANSWERS } SurveyPooling;

/* A group's share in a survey leaf; the weights of a leaf add to 1. */
typedef struct {
    SurveyGroup *group;
    Rational *weight;
} SurveyLeafGroup;

typedef enum { SURVEY_NODE_BRANCH, SURVEY_NODE_APPRAISED, SURVEY_NODE_SURVEYED } SurveyNodeKind;

/* A node of a criteria tree: an area (depth 0), a criterion, or a leaf. */
typedef struct SurveyNode SurveyNode;
struct SurveyNode {
    char *code; /* "3", "3.4", "S3.2"; unique in its set */
    char *name;
    SurveyNodeKind kind;
    Rational *max;       /* points */
    SurveyNode *parent;  /* NULL for an area */
    GPtrArray *children; /* SurveyNode*; empty for a leaf */
    Rational *step;      /* appraised leaf: scores are multiples of it; NULL = any */
    SurveyMethod method; /* surveyed leaf */
    SurveyPooling pooling;
    GPtrArray *groups; /* surveyed leaf: SurveyLeafGroup*; else empty */
    SurveyPlace place;
};

/* A criteria set: its areas add to `total`. */
typedef struct {
    char *id;
    char *name;
    Rational *total;     /* 100 */
    GPtrArray *areas;    /* SurveyNode* in order */
    GPtrArray *leaves;   /* SurveyNode*, all leaves in tree order */
    GHashTable *by_code; /* code → SurveyNode*, every node */
    SurveyPlace place;
} SurveyCriteria;

/* One level of a scale. */
typedef struct {
    char *id;         /* "a", "b"…; what exports carry */
    char *label;      /* as printed; "\n" never */
    Rational *weight; /* NULL: reported, never scored ("Không biết") */
} SurveyOption;

/* An answer scale; its options stand left to right, best first where it is scored. */
typedef struct {
    char *id;
    bool scored;
    GPtrArray *options; /* SurveyOption* */
    SurveyPlace place;
} SurveyScale;

typedef enum {
    SURVEY_QUESTION_ONE,    /* one box */
    SURVEY_QUESTION_MANY,   /* any number of boxes */
    SURVEY_QUESTION_DIGITS, /* handwritten figures; kept as a crop, with a draft */
    SURVEY_QUESTION_TEXT,   /* free text; kept as a crop, with a draft when asked */
} SurveyQuestionKind;

/* One question of a form. */
typedef struct {
    char *id;     /* "q1"; unique in its form */
    char *number; /* as printed, "1"; may be "" */
    char *text;
    SurveyQuestionKind kind;
    SurveyScale *scale; /* NULL for DIGITS and TEXT */
    char *leaf;         /* code of the surveyed leaf it feeds, or NULL: asked, never scored */
    bool required;      /* counts in the share of valid answers; scored questions are */
    int min, max;       /* DIGITS: range of the number */
    int lines;          /* TEXT: dotted lines printed */
    SurveyPlace place;
} SurveyQuestion;

/* A run of questions under one heading; questions of one section that share a scale print as one table. */
typedef struct {
    char *title;          /* may be "" */
    bool respondent;      /* about the respondent, not the agency */
    GPtrArray *questions; /* SurveyQuestion* */
} SurveySection;

/* One box or field of a form printed by others, where it is on the blank. */
typedef struct {
    char *question;
    char *option; /* NULL for a field */
    int page;     /* from 1 */
    RectMm rect;  /* inside of the outline */
    bool round;   /* circle or oval instead of a square */
} SurveyForeignBox;

/* One page of a form printed by others. */
typedef struct {
    char *blank; /* file with the blank page, relative to the definition's folder resolved to a full path */
    int blank_page; /* page in that file, from 1 */
    double width_mm, height_mm;
} SurveyForeignPage;

/* A questionnaire. One that extends another has questions of it under their ids, and where nothing else is
 * said its texts; so answers on both are of the same questions. */
struct SurveyForm {
    char *id; /* "F1" */
    int version;
    SurveyForm *extends;                        /* or NULL */
    SurveyForm *stands_for;                     /* the form of the groups that fill it in: itself, or in
                                                   whose place they do for some agencies */
    char *title;                                /* "PHIẾU KHẢO SÁT" */
    char *subtitle;                             /* "Dành cho …" */
    char *header_left_top, *header_left_bottom; /* "UBND TỈNH TRÀ VINH", "SỞ NỘI VỤ" */
    char *introduction;
    char *agency_label; /* "Cơ quan được đánh giá:" */
    char *instruction;
    char *thanks;
    GPtrArray *sections;      /* SurveySection* */
    GPtrArray *questions;     /* SurveyQuestion*, all, in order */
    bool foreign;             /* printed by others: `pages` and `boxes` say where things are */
    GPtrArray *foreign_pages; /* SurveyForeignPage* */
    GPtrArray *foreign_boxes; /* SurveyForeignBox* */
    SurveyPlace place;
};

/* What the survey does with ballots beyond the planned number of a cell. */
typedef enum { SURVEY_SURPLUS_COUNT, SURVEY_SURPLUS_EXCLUDE } SurveySurplus;

/* How equal unrounded indices are told apart, applied in order. */
typedef enum { SURVEY_TIE_APPRAISED, SURVEY_TIE_SURVEYED } SurveyTieBreak;

/* Which answers that people decide count only when two of them, who do not know of each other, read the same;
 * a third decides where they do not. */
typedef struct {
    int up_to_ballots; /* all of a group that has at most so many ballots on the agency; 0: none */
    double share;      /* of the others, 0–1 */
    int seed;          /* of the drawing */
} SurveySecondLook;

/* How many people enter a page that has no scan, where the definition does not say: what has no picture
 * nobody can look at later. */
#define SURVEY_BY_HAND_READERS 2

/* The rules of the count, all configurable. */
typedef struct {
    double target_error;     /* highest accepted chance of error of one machine answer, e.g. 1e-5 */
    Rational *valid_share;   /* valid answers of scored questions for "hợp lệ": 1 */
    Rational *partial_share; /* … for "hợp lệ một phần": 0.7; below: not counted */
    SurveySurplus surplus;
    int decimals;              /* of shown points and indices */
    GArray *tie_breaks;        /* SurveyTieBreak */
    Rational *band_margin;     /* a note is printed when an index is this close to a band, per cent */
    bool flag_straight_lining; /* note ballots whose scored answers are all the same level */
    SurveySecondLook second_look;
    int by_hand_readers; /* who must enter a page without a scan and agree: 1 or 2 people */
} SurveyRules;

/* The whole definition. */
typedef struct {
    char *folder;
    char *id; /* "TV23": 1–6 of A–Z0–9, stands in every page code */
    char *name;
    int year;
    bool illustrative; /* composed for a demonstration: said on every output */
    char *place_name;  /* "Trà Vinh" */
    SurveyRules rules;
    GPtrArray *blocks;    /* SurveyBlock* */
    GPtrArray *agencies;  /* SurveyAgency*, in order of block and number */
    GPtrArray *origins;   /* SurveyOrigin* */
    GPtrArray *groups;    /* SurveyGroup* */
    GPtrArray *cells;     /* SurveyCell*, in order of group, agency, origin */
    GPtrArray *scales;    /* SurveyScale* */
    GPtrArray *criteria;  /* SurveyCriteria* */
    GPtrArray *forms;     /* SurveyForm* */
    char fingerprint[65]; /* SHA-256 over the definition's files, names and bytes, sorted by name */
    void *private_data;
} Survey;

/* Reads and checks a definition folder. On faults: NULL, `*ret_faults` (SurveyFault*, in order of file and
 * line) and an INVALID error that counts them. NOT_FOUND when there is no such folder. */
Survey *survey_load(const char *folder, GPtrArray **ret_faults, GError **error);
/* The same for a definition frozen in a workspace: what earlier versions took, and what is a fault now, is
 * let pass. */
Survey *survey_load_frozen(const char *folder, GPtrArray **ret_faults, GError **error);
void survey_free(Survey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Survey, survey_free)

/* Look-ups by code or id: the struct, or NULL. */
SurveyBlock *survey_block(const Survey *survey, const char *id);
SurveyAgency *survey_agency(const Survey *survey, const char *code);
SurveyOrigin *survey_origin(const Survey *survey, const char *code);
SurveyGroup *survey_group(const Survey *survey, const char *id);
SurveyForm *survey_form(const Survey *survey, const char *id);
SurveyCriteria *survey_criteria(const Survey *survey, const char *id);
SurveyCell *survey_cell(const Survey *survey, const char *group, const char *agency, const char *origin);
SurveyQuestion *survey_form_question(const SurveyForm *form, const char *id);
/* The option of that id, or NULL. */
SurveyOption *survey_scale_option(const SurveyScale *scale, const char *id);
/* The agency a text of an office file means: its code, name or alias, compared without case, repeated blanks
 * and form of composition. NULL when none or more than one fits: a bare "Duyên Hải" is neither town nor
 * district. */
SurveyAgency *survey_agency_by_text(const Survey *survey, const char *text);
/* What the group fills in about the agency. */
SurveyForm *survey_group_form(const SurveyGroup *group, const SurveyAgency *agency);
/* Whether ballots of the form can be the group's, about whichever agency. */
bool survey_group_takes(const SurveyGroup *group, const SurveyForm *form);
/* Whether the question counts for this agency: bound to a leaf that is applicable to it. */
bool survey_question_scored(const SurveyQuestion *question, const SurveyAgency *agency);
/* The printed numbers of the form's questions that are not applicable to the agency, "1–8, 13"; NULL when
 * there are none. */
char *survey_form_not_applicable(const SurveyForm *form, const SurveyAgency *agency);
/* Copies the definition's files (YAML and the blanks they name) into `folder`, which is made. */
bool survey_freeze(const Survey *survey, const char *folder, GError **error);

#endif
