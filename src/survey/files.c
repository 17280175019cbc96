/* The tables of a definition's files: what each key is called and holds. */
#include "survey/files.h"

#define TEXT(type, member, extra)                                                                            \
    {                                                                                                        \
#member, SPEC_TEXT, G_STRUCT_OFFSET(type, member), extra, 0, 0, NULL, NULL                           \
    }
#define INT(type, member, extra, low, high)                                                                  \
    {                                                                                                        \
#member, SPEC_INT, G_STRUCT_OFFSET(type, member), extra, low, high, NULL, NULL                       \
    }
#define NUMBER(type, member, extra, low, high)                                                               \
    {                                                                                                        \
#member, SPEC_NUMBER, G_STRUCT_OFFSET(type, member), extra, low, high, NULL, NULL                    \
    }
#define DECIMAL(type, member, extra)                                                                         \
    {                                                                                                        \
#member, SPEC_DECIMAL, G_STRUCT_OFFSET(type, member), extra, 0, 0, NULL, NULL                        \
    }
#define BOOL(type, member)                                                                                   \
    {                                                                                                        \
#member, SPEC_BOOL, G_STRUCT_OFFSET(type, member), 0, 0, 0, NULL, NULL                               \
    }
#define CHOICE(type, member, extra, names)                                                                   \
    {                                                                                                        \
#member, SPEC_CHOICE, G_STRUCT_OFFSET(type, member), extra, 0, 0, names, NULL                        \
    }
#define TEXTS(type, member)                                                                                  \
    {                                                                                                        \
#member, SPEC_TEXTS, G_STRUCT_OFFSET(type, member), 0, 0, 0, NULL, NULL                              \
    }
#define STRUCTS(type, member, extra, of)                                                                     \
    {                                                                                                        \
#member, SPEC_STRUCTS, G_STRUCT_OFFSET(type, member), extra, 0, 0, NULL, &(of)                       \
    }
#define END                                                                                                  \
    {                                                                                                        \
        NULL, SPEC_TEXT, 0, 0, 0, 0, NULL, NULL                                                              \
    }
#define TABLE(name, type, fields, preset)                                                                    \
    {                                                                                                        \
        name, sizeof(type), G_STRUCT_OFFSET(type, place), fields, preset                                     \
    }

static const char *const surplus_names[] = {"count", "exclude", NULL};
static const char *const handed_out_names[] = {"itself", "agencies", "units", "origins", NULL};
static const char *const method_names[] = {"weighted", "top2", "mean", NULL};
static const char *const pooling_names[] = {"questions", "answers", NULL};
static const char *const kind_names[] = {"one", "many", "digits", "text", NULL};
static const char *const unit_names[] = {"mm", "px", NULL};

static const SpecField band_fields[] = {TEXT(BandSpec, name, SPEC_REQUIRED),
                                        DECIMAL(BandSpec, from, SPEC_REQUIRED), END};
static const SpecTable band_table = TABLE(N_("a band"), BandSpec, band_fields, NULL);

static const SpecField block_fields[] = {
    TEXT(BlockSpec, id, SPEC_REQUIRED), TEXT(BlockSpec, name, SPEC_REQUIRED),
    TEXT(BlockSpec, criteria, SPEC_REQUIRED), STRUCTS(BlockSpec, bands, SPEC_REQUIRED, band_table), END};
static const SpecTable block_table = TABLE(N_("a block"), BlockSpec, block_fields, NULL);

static const SpecField second_look_fields[] = {INT(SecondLookSpec, up_to_ballots, 0, 0, 100000),
                                               NUMBER(SecondLookSpec, share, 0, 0, 1),
                                               INT(SecondLookSpec, seed, 0, 0, 999999999), END};
static const SpecTable second_look_table =
    TABLE(N_("the second look"), SecondLookSpec, second_look_fields, NULL);

static const SpecField by_hand_fields[] = {INT(ByHandSpec, readers, SPEC_REQUIRED, 1, 2), END};
static const SpecTable by_hand_table =
    TABLE(N_("the pages entered by hand"), ByHandSpec, by_hand_fields, NULL);

static const SpecField rules_fields[] = {
    NUMBER(RulesSpec, target_error, SPEC_REQUIRED, 1e-9, 0.1),
    DECIMAL(RulesSpec, valid_share, SPEC_REQUIRED),
    DECIMAL(RulesSpec, partial_share, SPEC_REQUIRED),
    CHOICE(RulesSpec, surplus, SPEC_REQUIRED, surplus_names),
    INT(RulesSpec, decimals, SPEC_REQUIRED, 0, 6),
    TEXTS(RulesSpec, tie_breaks),
    DECIMAL(RulesSpec, band_margin, SPEC_REQUIRED),
    BOOL(RulesSpec, flag_straight_lining),
    {"second_look", SPEC_STRUCT, G_STRUCT_OFFSET(RulesSpec, second_look), 0, 0, 0, NULL, &second_look_table},
    {"by_hand", SPEC_STRUCT, G_STRUCT_OFFSET(RulesSpec, by_hand), 0, 0, 0, NULL, &by_hand_table},
    END};
static const SpecTable rules_table = TABLE(N_("the rules"), RulesSpec, rules_fields, NULL);

static const SpecField main_fields[] = {
    TEXT(MainSpec, id, SPEC_REQUIRED),
    TEXT(MainSpec, name, SPEC_REQUIRED),
    {"place", SPEC_TEXT, G_STRUCT_OFFSET(MainSpec, place_name), SPEC_REQUIRED, 0, 0, NULL, NULL},
    INT(MainSpec, year, SPEC_REQUIRED, 2000, 2100),
    BOOL(MainSpec, illustrative),
    {"rules", SPEC_STRUCT, G_STRUCT_OFFSET(MainSpec, rules), SPEC_REQUIRED, 0, 0, NULL, &rules_table},
    STRUCTS(MainSpec, blocks, SPEC_REQUIRED, block_table),
    END};
const SpecTable survey_main_table = TABLE(N_("the survey"), MainSpec, main_fields, NULL);

static void preset_agency(void *structure)
{
    ((AgencySpec *)structure)->ranked = true;
}

static const SpecField agency_fields[] = {TEXT(AgencySpec, code, SPEC_REQUIRED),
                                          TEXT(AgencySpec, name, SPEC_REQUIRED),
                                          TEXT(AgencySpec, block, SPEC_REQUIRED),
                                          BOOL(AgencySpec, ranked),
                                          TEXTS(AgencySpec, aliases),
                                          TEXTS(AgencySpec, not_applicable),
                                          END};
static const SpecTable agency_table = TABLE(N_("an agency"), AgencySpec, agency_fields, preset_agency);

static const SpecField agencies_fields[] = {STRUCTS(AgenciesSpec, agencies, SPEC_REQUIRED, agency_table),
                                            END};
const SpecTable survey_agencies_table =
    TABLE(N_("the list of agencies"), AgenciesSpec, agencies_fields, NULL);

static const SpecField unit_fields[] = {TEXT(UnitSpec, code, SPEC_REQUIRED),
                                        TEXT(UnitSpec, name, SPEC_REQUIRED), END};
static const SpecTable unit_table = TABLE(N_("a unit"), UnitSpec, unit_fields, NULL);

static const SpecField unit_set_fields[] = {TEXT(UnitSetSpec, id, SPEC_REQUIRED),
                                            TEXTS(UnitSetSpec, agencies),
                                            STRUCTS(UnitSetSpec, units, SPEC_REQUIRED, unit_table), END};
static const SpecTable unit_set_table = TABLE(N_("a set of units"), UnitSetSpec, unit_set_fields, NULL);

static const SpecField origins_fields[] = {STRUCTS(OriginsSpec, unit_sets, 0, unit_set_table),
                                           STRUCTS(OriginsSpec, origins, 0, unit_table), END};
const SpecTable survey_origins_table = TABLE(N_("the originating units"), OriginsSpec, origins_fields, NULL);

static const SpecField quota_fields[] = {TEXTS(QuotaSpec, agencies),
                                         CHOICE(QuotaSpec, handed_out_by, SPEC_REQUIRED, handed_out_names),
                                         TEXT(QuotaSpec, of_block, 0),
                                         TEXTS(QuotaSpec, unit_sets),
                                         TEXTS(QuotaSpec, origins),
                                         INT(QuotaSpec, ballots, SPEC_REQUIRED, 0, 100000),
                                         END};
static const SpecTable quota_table = TABLE(N_("a quota"), QuotaSpec, quota_fields, NULL);

static const SpecField form_for_fields[] = {TEXT(FormForSpec, form, SPEC_REQUIRED),
                                            TEXTS(FormForSpec, agencies), END};
static const SpecTable form_for_table =
    TABLE(N_("a form for some agencies"), FormForSpec, form_for_fields, NULL);

static const SpecField group_fields[] = {TEXT(GroupSpec, id, SPEC_REQUIRED),
                                         TEXT(GroupSpec, name, SPEC_REQUIRED),
                                         TEXT(GroupSpec, block, SPEC_REQUIRED),
                                         TEXT(GroupSpec, form, SPEC_REQUIRED),
                                         STRUCTS(GroupSpec, form_for, 0, form_for_table),
                                         TEXT(GroupSpec, double_review, 0),
                                         STRUCTS(GroupSpec, quota, SPEC_REQUIRED, quota_table),
                                         END};
static const SpecTable group_table = TABLE(N_("a group"), GroupSpec, group_fields, NULL);

static const SpecField groups_fields[] = {STRUCTS(GroupsSpec, groups, SPEC_REQUIRED, group_table), END};
const SpecTable survey_groups_table = TABLE(N_("the list of groups"), GroupsSpec, groups_fields, NULL);

static const SpecTable node_table;
static const SpecField node_fields[] = {
    TEXT(NodeSpec, code, SPEC_REQUIRED),
    TEXT(NodeSpec, name, SPEC_REQUIRED),
    DECIMAL(NodeSpec, max, SPEC_REQUIRED),
    DECIMAL(NodeSpec, step, 0),
    STRUCTS(NodeSpec, criteria, 0, node_table),
    TEXTS(NodeSpec, survey),
    {"weights", SPEC_DECIMALS, G_STRUCT_OFFSET(NodeSpec, weights), 0, 0, 0, NULL, NULL},
    CHOICE(NodeSpec, method, 0, method_names),
    CHOICE(NodeSpec, pooling, 0, pooling_names),
    END};
static const SpecTable node_table = TABLE(N_("a criterion"), NodeSpec, node_fields, NULL);

static const SpecField criteria_fields[] = {TEXT(CriteriaSpec, id, SPEC_REQUIRED),
                                            TEXT(CriteriaSpec, name, SPEC_REQUIRED),
                                            DECIMAL(CriteriaSpec, total, SPEC_REQUIRED),
                                            STRUCTS(CriteriaSpec, areas, SPEC_REQUIRED, node_table), END};
const SpecTable survey_criteria_table = TABLE(N_("a criteria set"), CriteriaSpec, criteria_fields, NULL);

static const SpecField option_fields[] = {TEXT(OptionSpec, id, SPEC_REQUIRED),
                                          TEXT(OptionSpec, label, SPEC_REQUIRED),
                                          DECIMAL(OptionSpec, weight, 0), END};
static const SpecTable option_table = TABLE(N_("an option"), OptionSpec, option_fields, NULL);

static const SpecField scale_fields[] = {TEXT(ScaleSpec, id, SPEC_REQUIRED), BOOL(ScaleSpec, scored),
                                         STRUCTS(ScaleSpec, options, SPEC_REQUIRED, option_table), END};
static const SpecTable scale_table = TABLE(N_("a scale"), ScaleSpec, scale_fields, NULL);

static const SpecField scales_fields[] = {STRUCTS(ScalesSpec, scales, SPEC_REQUIRED, scale_table), END};
const SpecTable survey_scales_table = TABLE(N_("the list of scales"), ScalesSpec, scales_fields, NULL);

static void preset_question(void *structure)
{
    QuestionSpec *question = structure;
    question->lines = 3;
    question->max = 99;
}

static const SpecField question_fields[] = {TEXT(QuestionSpec, id, SPEC_REQUIRED),
                                            TEXT(QuestionSpec, number, SPEC_MAY_BE_EMPTY),
                                            TEXT(QuestionSpec, text, SPEC_REQUIRED),
                                            TEXT(QuestionSpec, scale, 0),
                                            TEXT(QuestionSpec, leaf, 0),
                                            CHOICE(QuestionSpec, kind, 0, kind_names),
                                            BOOL(QuestionSpec, required),
                                            INT(QuestionSpec, min, 0, 0, 999999),
                                            INT(QuestionSpec, max, 0, 0, 999999),
                                            INT(QuestionSpec, lines, 0, 1, 30),
                                            END};
static const SpecTable question_table =
    TABLE(N_("a question"), QuestionSpec, question_fields, preset_question);

static const SpecField section_fields[] = {
    TEXT(SectionSpec, title, SPEC_MAY_BE_EMPTY), TEXT(SectionSpec, scale, 0), BOOL(SectionSpec, respondent),
    STRUCTS(SectionSpec, questions, SPEC_REQUIRED, question_table), END};
static const SpecTable section_table = TABLE(N_("a section"), SectionSpec, section_fields, NULL);

static void preset_foreign_page(void *structure)
{
    ((ForeignPageSpec *)structure)->blank_page = 1;
}

static const SpecField foreign_page_fields[] = {
    TEXT(ForeignPageSpec, blank, SPEC_REQUIRED), INT(ForeignPageSpec, blank_page, 0, 1, 999),
    NUMBER(ForeignPageSpec, width_mm, SPEC_REQUIRED, 50, 1000),
    NUMBER(ForeignPageSpec, height_mm, SPEC_REQUIRED, 50, 1000), END};
static const SpecTable foreign_page_table =
    TABLE(N_("a page"), ForeignPageSpec, foreign_page_fields, preset_foreign_page);

static void preset_foreign_box(void *structure)
{
    ((ForeignBoxSpec *)structure)->page = 1;
}

static const SpecField foreign_box_fields[] = {TEXT(ForeignBoxSpec, question, SPEC_REQUIRED),
                                               TEXT(ForeignBoxSpec, option, 0),
                                               INT(ForeignBoxSpec, page, 0, 1, 99),
                                               NUMBER(ForeignBoxSpec, x, SPEC_REQUIRED, 0, 30000),
                                               NUMBER(ForeignBoxSpec, y, SPEC_REQUIRED, 0, 30000),
                                               NUMBER(ForeignBoxSpec, w, SPEC_REQUIRED, 0.1, 30000),
                                               NUMBER(ForeignBoxSpec, h, SPEC_REQUIRED, 0.1, 30000),
                                               BOOL(ForeignBoxSpec, round),
                                               END};
static const SpecTable foreign_box_table =
    TABLE(N_("a box"), ForeignBoxSpec, foreign_box_fields, preset_foreign_box);

static const SpecField foreign_fields[] = {
    CHOICE(ForeignSpec, unit, SPEC_REQUIRED, unit_names), NUMBER(ForeignSpec, dpi, 0, 50, 2400),
    STRUCTS(ForeignSpec, pages, SPEC_REQUIRED, foreign_page_table),
    STRUCTS(ForeignSpec, boxes, SPEC_REQUIRED, foreign_box_table), END};
static const SpecTable foreign_table =
    TABLE(N_("a form printed by others"), ForeignSpec, foreign_fields, NULL);

static const SpecField retitle_fields[] = {TEXT(RetitleSpec, section, SPEC_REQUIRED),
                                           TEXT(RetitleSpec, title, SPEC_REQUIRED), END};
static const SpecTable retitle_table = TABLE(N_("a new title"), RetitleSpec, retitle_fields, NULL);

static void preset_form(void *structure)
{
    ((FormSpec *)structure)->version = 1;
}

static const SpecField form_fields[] = {
    TEXT(FormSpec, id, SPEC_REQUIRED),
    INT(FormSpec, version, 0, 1, 999),
    TEXT(FormSpec, extends, 0),
    TEXTS(FormSpec, without),
    STRUCTS(FormSpec, retitle, 0, retitle_table),
    TEXT(FormSpec, title, 0), /* this and sections: needed unless it extends another form */
    TEXT(FormSpec, subtitle, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, header_left_top, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, header_left_bottom, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, introduction, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, agency_label, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, instruction, SPEC_MAY_BE_EMPTY),
    TEXT(FormSpec, thanks, SPEC_MAY_BE_EMPTY),
    STRUCTS(FormSpec, sections, 0, section_table),
    {"foreign", SPEC_STRUCT, G_STRUCT_OFFSET(FormSpec, foreign), 0, 0, 0, NULL, &foreign_table},
    END};
const SpecTable survey_form_table = TABLE(N_("a form"), FormSpec, form_fields, preset_form);
