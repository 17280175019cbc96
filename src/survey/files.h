/* The files of a definition as they are written, before anything is looked up; inside the room only. */
#ifndef PHIEU_SURVEY_FILES_H
#define PHIEU_SURVEY_FILES_H

#include "spec/spec.h"
#include "survey/survey.h"

typedef struct {
    SpecPlace place;
    char *name;
    Rational *from;
} BandSpec;

typedef struct {
    SpecPlace place;
    char *id, *name, *criteria;
    GPtrArray *bands; /* BandSpec */
} BlockSpec;

typedef struct {
    SpecPlace place;
    int up_to_ballots, seed;
    double share;
} SecondLookSpec;

typedef struct {
    SpecPlace place;
    int readers;
} ByHandSpec;

typedef struct {
    SpecPlace place;
    double target_error;
    Rational *valid_share, *partial_share, *band_margin;
    int surplus; /* SurveySurplus */
    int decimals;
    GPtrArray *tie_breaks; /* SpecText */
    bool flag_straight_lining;
    SecondLookSpec *second_look;
    ByHandSpec *by_hand;
} RulesSpec;

/* survey.yaml */
typedef struct {
    SpecPlace place;
    char *id, *name, *place_name;
    int year;
    bool illustrative;
    RulesSpec *rules;
    GPtrArray *blocks; /* BlockSpec */
} MainSpec;

typedef struct {
    SpecPlace place;
    char *code, *name, *block;
    bool ranked;
    GPtrArray *aliases, *not_applicable; /* SpecText */
} AgencySpec;

/* agencies.yaml */
typedef struct {
    SpecPlace place;
    GPtrArray *agencies;
} AgenciesSpec;

typedef struct {
    SpecPlace place;
    char *code, *name;
} UnitSpec;

typedef struct {
    SpecPlace place;
    char *id;
    GPtrArray *agencies; /* SpecText: agencies that have these units */
    GPtrArray *units;    /* UnitSpec */
} UnitSetSpec;

/* origins.yaml */
typedef struct {
    SpecPlace place;
    GPtrArray *unit_sets; /* UnitSetSpec */
    GPtrArray *origins;   /* UnitSpec: units that belong to no agency */
} OriginsSpec;

enum { HANDED_OUT_BY_ITSELF, HANDED_OUT_BY_AGENCIES, HANDED_OUT_BY_UNITS, HANDED_OUT_BY_ORIGINS };

typedef struct {
    SpecPlace place;
    GPtrArray *agencies; /* SpecText; empty: every agency of the group's block */
    int handed_out_by;
    char *of_block;
    GPtrArray *unit_sets, *origins; /* SpecText */
    int ballots;
} QuotaSpec;

typedef struct {
    SpecPlace place;
    char *form;
    GPtrArray *agencies; /* SpecText */
} FormForSpec;

typedef struct {
    SpecPlace place;
    char *id, *name, *block, *form;
    GPtrArray *form_for; /* FormForSpec */
    char *double_review; /* of earlier versions: rules.second_look has its place */
    GPtrArray *quota;    /* QuotaSpec */
} GroupSpec;

/* groups.yaml */
typedef struct {
    SpecPlace place;
    GPtrArray *groups;
} GroupsSpec;

typedef struct {
    SpecPlace place;
    char *code, *name;
    Rational *max, *step;
    GPtrArray *criteria; /* NodeSpec */
    GPtrArray *survey;   /* SpecText: groups */
    GPtrArray *weights;  /* Rational */
    int method, pooling;
} NodeSpec;

/* criteria-*.yaml */
typedef struct {
    SpecPlace place;
    char *id, *name;
    Rational *total;
    GPtrArray *areas; /* NodeSpec */
} CriteriaSpec;

typedef struct {
    SpecPlace place;
    char *id, *label;
    Rational *weight;
} OptionSpec;

typedef struct {
    SpecPlace place;
    char *id;
    bool scored;
    GPtrArray *options;
} ScaleSpec;

/* scales.yaml */
typedef struct {
    SpecPlace place;
    GPtrArray *scales;
} ScalesSpec;

typedef struct {
    SpecPlace place;
    char *id, *number, *text, *scale, *leaf;
    int kind; /* SurveyQuestionKind */
    bool required;
    int min, max, lines;
} QuestionSpec;

typedef struct {
    SpecPlace place;
    char *title, *scale;
    bool respondent;
    GPtrArray *questions;
} SectionSpec;

typedef struct {
    SpecPlace place;
    char *blank;
    int blank_page;
    double width_mm, height_mm;
} ForeignPageSpec;

typedef struct {
    SpecPlace place;
    char *question, *option;
    int page;
    double x, y, w, h;
    bool round;
} ForeignBoxSpec;

typedef struct {
    SpecPlace place;
    int unit; /* 0 mm, 1 px */
    double dpi;
    GPtrArray *pages, *boxes;
} ForeignSpec;

typedef struct {
    SpecPlace place;
    char *section, *title;
} RetitleSpec;

/* form-*.yaml */
typedef struct {
    SpecPlace place;
    char *extends;
    GPtrArray *without; /* SpecText: questions of the form extended */
    GPtrArray *retitle; /* RetitleSpec: its sections */
    char *id, *title, *subtitle, *header_left_top, *header_left_bottom;
    char *introduction, *agency_label, *instruction, *thanks;
    int version;
    GPtrArray *sections;
    ForeignSpec *foreign;
} FormSpec;

extern const SpecTable survey_main_table, survey_agencies_table, survey_origins_table, survey_groups_table,
    survey_criteria_table, survey_scales_table, survey_form_table;

/* A definition as written. */
typedef struct {
    MainSpec *main;
    AgenciesSpec *agencies;
    OriginsSpec *origins;
    GroupsSpec *groups;
    ScalesSpec *scales;
    GPtrArray *criteria; /* CriteriaSpec* */
    GPtrArray *forms;    /* FormSpec* */
    bool frozen;         /* in a workspace: keys of earlier versions pass */
} Written;

/* Makes the survey of what is written; what refers to nothing becomes a fault. The survey may be incomplete
 * when faults were added. */
Survey *survey_build(const Written *written, const char *folder, GPtrArray *faults);
/* Parts of survey_build. Criteria name groups, groups name forms, forms name scales: hence the order of
 * calls. */
void survey_build_scales(Survey *survey, const ScalesSpec *written);
void survey_build_forms(Survey *survey, const GPtrArray *written, const char *folder, GPtrArray *faults);
void survey_build_criteria(Survey *survey, const GPtrArray *written, GPtrArray *faults);
/* Checks a built survey as a whole. */
void survey_check(const Survey *survey, GPtrArray *faults);
/* A place of a definition's file for the survey's structs. */
SurveyPlace survey_place(SpecPlace place);

#endif
