/* From the files as written to the survey: references are looked up, quotas unfolded into cells. */
#include <string.h>

#include "survey/files.h"

typedef struct {
    const Written *written;
    Survey *survey;
    GPtrArray *faults;
    const char *folder;
    GHashTable *unit_sets; /* id → UnitSetSpec */
    GHashTable *set_units; /* "set|agency" → GPtrArray of SurveyOrigin* */
} Build;

SurveyPlace survey_place(SpecPlace place)
{
    return (SurveyPlace){place.file, place.line, place.column};
}

static void agency_free(gpointer data)
{
    SurveyAgency *agency = data;
    g_free(agency->code);
    g_free(agency->name);
    g_ptr_array_unref(agency->aliases);
    g_hash_table_unref(agency->not_applicable);
    g_free(agency);
}

static void band_free(gpointer data)
{
    SurveyBand *band = data;
    g_free(band->name);
    rational_free(band->from_percent);
    g_free(band);
}

static void block_free(gpointer data)
{
    SurveyBlock *block = data;
    g_free(block->id);
    g_free(block->name);
    g_free(block->criteria_id);
    g_ptr_array_unref(block->bands);
    g_free(block);
}

static void origin_free(gpointer data)
{
    SurveyOrigin *origin = data;
    g_free(origin->code);
    g_free(origin->name);
    g_free(origin);
}

static void group_free(gpointer data)
{
    SurveyGroup *group = data;
    g_free(group->id);
    g_free(group->name);
    g_hash_table_unref(group->form_for);
    g_free(group);
}

static Rational *or_zero(const Rational *value)
{
    return value ? rational_copy(value) : rational_new(0, 1);
}

/* The block of that id, or a fault. */
static SurveyBlock *find_block(Build *build, const char *id, SpecPlace place)
{
    SurveyBlock *block = survey_block(build->survey, id);
    if (!block && *id)
        spec_add_fault(build->faults, place, _("unknown block '%s'; the blocks stand in survey.yaml"), id);
    return block;
}

static void build_main(Build *build)
{
    const MainSpec *main = build->written->main;
    Survey *survey = build->survey;
    survey->id = g_strdup(main->id);
    survey->name = g_strdup(main->name);
    survey->place_name = g_strdup(main->place_name);
    survey->year = main->year;
    survey->illustrative = main->illustrative;
    SurveyRules *rules = &survey->rules;
    const RulesSpec *written = main->rules;
    rules->tie_breaks = g_array_new(FALSE, FALSE, sizeof(SurveyTieBreak));
    rules->valid_share = or_zero(written ? written->valid_share : NULL);
    rules->partial_share = or_zero(written ? written->partial_share : NULL);
    rules->band_margin = or_zero(written ? written->band_margin : NULL);
    if (written) {
        rules->target_error = written->target_error;
        rules->surplus = (SurveySurplus)written->surplus;
        rules->decimals = written->decimals;
        rules->flag_straight_lining = written->flag_straight_lining;
        rules->by_hand_readers = written->by_hand ? written->by_hand->readers : SURVEY_BY_HAND_READERS;
        if (written->second_look)
            rules->second_look = (SurveySecondLook){.up_to_ballots = written->second_look->up_to_ballots,
                                                    .share = written->second_look->share,
                                                    .seed = written->second_look->seed};
    }
    for (guint i = 0; written && i < written->tie_breaks->len; i++) {
        const SpecText *text = written->tie_breaks->pdata[i];
        SurveyTieBreak tie = g_str_equal(text->text, "surveyed") ? SURVEY_TIE_SURVEYED : SURVEY_TIE_APPRAISED;
        if (tie == SURVEY_TIE_APPRAISED && !g_str_equal(text->text, "appraised"))
            spec_add_fault(build->faults, text->place,
                           _("'tie_breaks': '%s' is none of: appraised, surveyed"), text->text);
        g_array_append_val(rules->tie_breaks, tie);
    }
    for (guint i = 0; i < main->blocks->len; i++) {
        const BlockSpec *from = main->blocks->pdata[i];
        SurveyBlock *block = g_new0(SurveyBlock, 1);
        *block = (SurveyBlock){g_strdup(from->id), g_strdup(from->name), g_strdup(from->criteria),
                               g_ptr_array_new_with_free_func(band_free), survey_place(from->place)};
        for (guint b = 0; b < from->bands->len; b++) {
            const BandSpec *band = from->bands->pdata[b];
            SurveyBand *built = g_new0(SurveyBand, 1);
            *built = (SurveyBand){g_strdup(band->name), or_zero(band->from)};
            g_ptr_array_add(block->bands, built);
        }
        g_ptr_array_add(survey->blocks, block);
    }
}

static void build_agencies(Build *build)
{
    const GPtrArray *written = build->written->agencies->agencies;
    g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < written->len; i++) {
        const AgencySpec *from = written->pdata[i];
        SurveyAgency *agency = g_new0(SurveyAgency, 1);
        agency->code = g_strdup(from->code);
        agency->name = g_strdup(from->name);
        agency->block = find_block(build, from->block, from->place);
        agency->ranked = from->ranked;
        agency->aliases = g_ptr_array_new_with_free_func(g_free);
        agency->not_applicable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        agency->place = survey_place(from->place);
        int number = GPOINTER_TO_INT(g_hash_table_lookup(numbers, agency->block)) + 1;
        g_hash_table_insert(numbers, agency->block, GINT_TO_POINTER(number));
        agency->number = number;
        for (guint a = 0; a < from->aliases->len; a++)
            g_ptr_array_add(agency->aliases, g_strdup(((SpecText *)from->aliases->pdata[a])->text));
        for (guint n = 0; n < from->not_applicable->len; n++)
            g_hash_table_add(agency->not_applicable,
                             g_strdup(((SpecText *)from->not_applicable->pdata[n])->text));
        g_ptr_array_add(build->survey->agencies, agency);
    }
}

static SurveyOrigin *add_origin(Build *build, char *code, char *name, SpecPlace place)
{
    SurveyOrigin *origin = g_new0(SurveyOrigin, 1);
    *origin = (SurveyOrigin){code, name, survey_place(place)};
    g_ptr_array_add(build->survey->origins, origin);
    return origin;
}

static void build_unit_set(Build *build, UnitSetSpec *set)
{
    if (!g_hash_table_insert(build->unit_sets, set->id, set))
        spec_add_fault(build->faults, set->place, _("a set of units '%s' stands twice; change one of them"),
                       set->id);
    for (guint a = 0; a < set->agencies->len; a++) {
        const SpecText *code = set->agencies->pdata[a];
        SurveyAgency *agency = survey_agency(build->survey, code->text);
        if (!agency) {
            spec_add_fault(build->faults, code->place,
                           _("unknown agency '%s'; the agencies stand in agencies.yaml"), code->text);
            continue;
        }
        GPtrArray *units = g_ptr_array_new();
        for (guint u = 0; u < set->units->len; u++) {
            const UnitSpec *unit = set->units->pdata[u];
            g_ptr_array_add(units,
                            add_origin(build, g_strdup_printf("%s-%s", agency->code, unit->code),
                                       g_strdup_printf("%s, %s", unit->name, agency->name), unit->place));
        }
        g_hash_table_insert(build->set_units, g_strdup_printf("%s|%s", set->id, agency->code), units);
    }
}

static void build_origins(Build *build)
{
    const OriginsSpec *written = build->written->origins;
    for (guint i = 0; i < build->survey->agencies->len; i++) {
        const SurveyAgency *agency = build->survey->agencies->pdata[i];
        SpecPlace place = {agency->place.file, agency->place.line, agency->place.column};
        add_origin(build, g_strdup(agency->code), g_strdup(agency->name), place);
    }
    for (guint i = 0; i < written->origins->len; i++) {
        const UnitSpec *unit = written->origins->pdata[i];
        add_origin(build, g_strdup(unit->code), g_strdup(unit->name), unit->place);
    }
    for (guint i = 0; i < written->unit_sets->len; i++)
        build_unit_set(build, written->unit_sets->pdata[i]);
}

static void add_cell(Build *build, SurveyGroup *group, SurveyAgency *agency, SurveyOrigin *origin,
                     int planned, SpecPlace place)
{
    if (survey_cell(build->survey, group->id, agency->code, origin->code)) {
        spec_add_fault(build->faults, place,
                       _("the cell of group '%s', agency '%s', origin '%s' is planned twice"), group->id,
                       agency->code, origin->code);
        return;
    }
    SurveyCell *cell = g_new0(SurveyCell, 1);
    *cell = (SurveyCell){.group = group, .agency = agency, .origin = origin, .planned = planned};
    g_ptr_array_add(build->survey->cells, cell);
}

static SurveyOrigin *find_origin(Build *build, const char *code, SpecPlace place)
{
    SurveyOrigin *origin = survey_origin(build->survey, code);
    if (!origin)
        spec_add_fault(build->faults, place, _("unknown originating unit '%s'; units stand in origins.yaml"),
                       code);
    return origin;
}

/* The cells of one agency under one quota. */
static void unfold_quota(Build *build, SurveyGroup *group, const QuotaSpec *quota, SurveyAgency *agency)
{
    switch (quota->handed_out_by) {
    case HANDED_OUT_BY_ITSELF:
        add_cell(build, group, agency, survey_origin(build->survey, agency->code), quota->ballots,
                 quota->place);
        break;
    case HANDED_OUT_BY_AGENCIES:
        for (guint i = 0; i < build->survey->agencies->len; i++) {
            const SurveyAgency *other = build->survey->agencies->pdata[i];
            if (other->block && g_str_equal(other->block->id, quota->of_block))
                add_cell(build, group, agency, survey_origin(build->survey, other->code), quota->ballots,
                         quota->place);
        }
        break;
    case HANDED_OUT_BY_UNITS:
        for (guint s = 0; s < quota->unit_sets->len; s++) {
            const SpecText *set = quota->unit_sets->pdata[s];
            g_autofree char *key = g_strdup_printf("%s|%s", set->text, agency->code);
            const GPtrArray *units = g_hash_table_lookup(build->set_units, key);
            for (guint u = 0; units && u < units->len; u++)
                add_cell(build, group, agency, units->pdata[u], quota->ballots, quota->place);
        }
        break;
    default:
        for (guint i = 0; i < quota->origins->len; i++) {
            const SpecText *code = quota->origins->pdata[i];
            SurveyOrigin *origin = find_origin(build, code->text, code->place);
            if (origin)
                add_cell(build, group, agency, origin, quota->ballots, quota->place);
        }
    }
}

/* What a quota must name for the way its ballots are handed out. */
static void check_quota(Build *build, const QuotaSpec *quota)
{
    if (quota->handed_out_by == HANDED_OUT_BY_AGENCIES && !survey_block(build->survey, quota->of_block))
        spec_add_fault(build->faults, quota->place,
                       _("handed_out_by 'agencies' needs 'of_block' with the id of a block, not '%s'"),
                       quota->of_block);
    if (quota->handed_out_by == HANDED_OUT_BY_UNITS && quota->unit_sets->len == 0)
        spec_add_fault(build->faults, quota->place, _("handed_out_by 'units' needs 'unit_sets'"));
    if (quota->handed_out_by == HANDED_OUT_BY_ORIGINS && quota->origins->len == 0)
        spec_add_fault(build->faults, quota->place, _("handed_out_by 'origins' needs 'origins'"));
    for (guint i = 0; i < quota->unit_sets->len; i++) {
        const SpecText *set = quota->unit_sets->pdata[i];
        if (!g_hash_table_contains(build->unit_sets, set->text))
            spec_add_fault(build->faults, set->place,
                           _("unknown set of units '%s'; sets stand in origins.yaml"), set->text);
    }
}

static void build_quota(Build *build, SurveyGroup *group, const QuotaSpec *quota)
{
    check_quota(build, quota);
    for (guint i = 0; i < quota->agencies->len; i++) {
        const SpecText *code = quota->agencies->pdata[i];
        SurveyAgency *agency = survey_agency(build->survey, code->text);
        if (!agency)
            spec_add_fault(build->faults, code->place,
                           _("unknown agency '%s'; the agencies stand in agencies.yaml"), code->text);
        else if (group->block && agency->block != group->block)
            spec_add_fault(build->faults, code->place,
                           _("agency '%s' is not of block '%s', which group '%s' assesses"), code->text,
                           group->block->id, group->id);
        else
            unfold_quota(build, group, quota, agency);
    }
    for (guint i = 0; quota->agencies->len == 0 && i < build->survey->agencies->len; i++) {
        SurveyAgency *agency = build->survey->agencies->pdata[i];
        if (group->block && agency->block == group->block)
            unfold_quota(build, group, quota, agency);
    }
}

/* Each cell's form, and what its group has on its agency over all origins. */
static void finish_cells(const GPtrArray *cells)
{
    for (guint i = 0; i < cells->len; i++) {
        SurveyCell *cell = cells->pdata[i];
        cell->form = survey_group_form(cell->group, cell->agency);
        for (guint o = 0; o < cells->len; o++) {
            const SurveyCell *other = cells->pdata[o];
            if (other->group == cell->group && other->agency == cell->agency)
                cell->planned_on_agency += other->planned;
        }
    }
}

static bool is_planned(const Survey *survey, const SurveyGroup *group, const SurveyAgency *agency)
{
    for (guint i = 0; i < survey->cells->len; i++) {
        const SurveyCell *cell = survey->cells->pdata[i];
        if (cell->group == group && cell->agency == agency)
            return true;
    }
    return false;
}

/* Whether one form has its questions from the other, at whatever remove. */
static bool comes_from(const SurveyForm *form, const SurveyForm *other)
{
    while (form && form != other)
        form = form->extends;
    return form == other;
}

/* A form in the place of the group's own; NULL and a fault when it cannot be. */
static SurveyForm *find_stand_in(Build *build, const SurveyGroup *group, const FormForSpec *from)
{
    SurveyForm *form = survey_form(build->survey, from->form);
    if (!form && *from->form)
        spec_add_fault(build->faults, from->place, _("unknown form '%s'; forms stand in form-*.yaml"),
                       from->form);
    if (!form || !group->form)
        return NULL;
    if (form == group->form || !comes_from(form, group->form)) {
        spec_add_fault(
            build->faults, from->place,
            _("form '%s' cannot stand for form '%s' of group '%s': it must extend that form, so that "
              "the answers join; write 'extends: %s' in its file"),
            form->id, group->form->id, group->id, group->form->id);
        return NULL;
    }
    bool taken = form->stands_for != form && form->stands_for != group->form;
    for (guint i = 0; i < build->survey->groups->len; i++)
        taken |= ((SurveyGroup *)build->survey->groups->pdata[i])->form == form;
    if (taken) {
        spec_add_fault(
            build->faults, from->place,
            _("form '%s' cannot stand for form '%s' of group '%s': ballots of other groups are of it; "
              "make one more form with 'extends: %s'"),
            form->id, group->form->id, group->id, group->form->id);
        return NULL;
    }
    return form;
}

static void build_form_for(Build *build, SurveyGroup *group, const FormForSpec *from)
{
    SurveyForm *form = find_stand_in(build, group, from);
    if (from->agencies->len == 0)
        spec_add_fault(build->faults, from->place, _("form '%s' stands for no agency; name 'agencies'"),
                       from->form);
    if (!form)
        return;
    form->stands_for = group->form;
    for (guint i = 0; i < from->agencies->len; i++) {
        const SpecText *code = from->agencies->pdata[i];
        SurveyAgency *agency = survey_agency(build->survey, code->text);
        if (!agency)
            spec_add_fault(build->faults, code->place,
                           _("unknown agency '%s'; the agencies stand in agencies.yaml"), code->text);
        else if (!is_planned(build->survey, group, agency))
            spec_add_fault(build->faults, code->place,
                           _("form '%s' for agency '%s': group '%s' has no ballots about it by its quota"),
                           form->id, code->text, group->id);
        else if (!g_hash_table_insert(group->form_for, agency, form))
            spec_add_fault(build->faults, code->place,
                           _("agency '%s' stands twice in 'form_for' of group '%s'; keep one"), code->text,
                           group->id);
    }
}

/* The forms that stand for those of groups; every group has its own by now. */
static void build_forms_for(Build *build)
{
    const GPtrArray *written = build->written->groups->groups;
    for (guint i = 0; i < written->len; i++) {
        const GroupSpec *from = written->pdata[i];
        for (guint f = 0; f < from->form_for->len; f++)
            build_form_for(build, build->survey->groups->pdata[i], from->form_for->pdata[f]);
    }
    finish_cells(build->survey->cells);
}

static void build_groups(Build *build)
{
    const GPtrArray *written = build->written->groups->groups;
    for (guint i = 0; i < written->len; i++) {
        const GroupSpec *from = written->pdata[i];
        SurveyGroup *group = g_new0(SurveyGroup, 1);
        group->id = g_strdup(from->id);
        group->name = g_strdup(from->name);
        group->block = find_block(build, from->block, from->place);
        group->form = survey_form(build->survey, from->form);
        group->form_for = g_hash_table_new(NULL, NULL);
        group->place = survey_place(from->place);
        if (*from->double_review && !build->written->frozen)
            spec_add_fault(
                build->faults, from->place,
                _("'double_review' is of an earlier version; remove it, and say in survey.yaml under "
                  "rules what two people read: second_look: {up_to_ballots: 5, share: 0.05, seed: 1}"));
        if (!group->form && *from->form)
            spec_add_fault(build->faults, from->place, _("unknown form '%s'; forms stand in form-*.yaml"),
                           from->form);
        g_ptr_array_add(build->survey->groups, group);
        for (guint q = 0; q < from->quota->len; q++)
            build_quota(build, group, from->quota->pdata[q]);
    }
    build_forms_for(build);
}

Survey *survey_build(const Written *written, const char *folder, GPtrArray *faults)
{
    Survey *survey = g_new0(Survey, 1);
    survey->folder = g_strdup(folder);
    survey->blocks = g_ptr_array_new_with_free_func(block_free);
    survey->agencies = g_ptr_array_new_with_free_func(agency_free);
    survey->origins = g_ptr_array_new_with_free_func(origin_free);
    survey->groups = g_ptr_array_new_with_free_func(group_free);
    survey->cells = g_ptr_array_new_with_free_func(g_free);
    Build build = {.written = written, .survey = survey, .faults = faults, .folder = folder};
    build.unit_sets = g_hash_table_new(g_str_hash, g_str_equal);
    build.set_units =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    build_main(&build);
    build_agencies(&build);
    build_origins(&build);
    survey_build_scales(survey, written->scales);
    survey_build_forms(survey, written->forms, folder, faults);
    build_groups(&build);
    survey_build_criteria(survey, written->criteria, faults);
    g_hash_table_unref(build.unit_sets);
    g_hash_table_unref(build.set_units);
    return survey;
}
