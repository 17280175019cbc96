/* The knobs of the simulator: what each means and what it is at the three levels. */
#include "sim/sim.h"

#include <string.h>

typedef struct {
    const char *name;
    double none, office, hard;
    const char *meaning;
} Knob;

static const Knob knobs[] = {
    {"blank", 0, 0.015, 0.03, "a question is left blank"},
    {"blank_page", 0, 0.004, 0.01, "a ballot's last page is left blank (ballots of two pages)"},
    {"double_mark", 0, 0.005, 0.02, "a question has two live marks"},
    {"corrected", 0, 0.015, 0.05,
     "a mark is cancelled and another made: circled, blackened, struck, fluid, rubbed out"},
    {"faint", 0, 0.02, 0.08, "a ballot is filled in with a faint pencil"},
    {"outside", 0, 0.006, 0.03, "a mark lies mostly beside its box"},
    {"between", 0, 0.001, 0.01, "a mark lies between two boxes"},
    {"stray", 0, 0.006, 0.03, "the pen touched another box of the question"},
    {"overrun", 0, 0.006, 0.03, "a stroke runs on into the next box"},
    {"sloppy", 0, 0.08, 0.25, "a respondent hits boxes badly"},
    {"odd_habit", 0, 0.18, 0.4,
     "a respondent fills, strokes, dots or circles boxes, not crosses or ticks them"},
    {"straight", 0, 0.03, 0.03, "a respondent gives every question the same level"},
    {"stamp", 0, 0.012, 0.05, "a ballot has a red stamp, as often as not across boxes"},
    {"handwriting", 0, 0.18, 0.5, "a free-text field is written in"},
    {"margin_note", 0, 0.015, 0.06, "somebody wrote or signed outside the fields"},
    {"scale", 0, 0.012, 0.03, "the printer's scale is off by about this share (cut at 0.03)"},
    {"far_scale", 0, 0.01, 0.05, "a ballot was printed at about 93 %"},
    {"photocopy", 0, 0.08, 0.3, "a ballot is a photocopy"},
    {"skew", 0, 0.7, 1.2, "skew of a pass through the feeder, standard deviation in degrees (cut at 2)"},
    {"far_skew", 0, 0.01, 0.05, "a pass is skewed by 2 to 5 degrees"},
    {"stretch", 0, 0.18, 0.4, "uneven feed and curl in mm, standard deviation of each wave"},
    {"shift", 0, 1.0, 2.0, "where the sheet lies in the frame, standard deviation in mm"},
    {"show_through", 0, 0.04, 0.1, "share of the other side that shines through"},
    {"dust", 0, 4, 15, "specks on a side, on average"},
    {"streak", 0, 0.03, 0.12, "a batch has a line down every page from dirt on the glass"},
    {"fold", 0, 0.06, 0.2, "a sheet was folded"},
    {"hole", 0, 0.03, 0.1, "a sheet was punched for a file"},
    {"corner", 0, 0.03, 0.1, "a corner is stapled, folded over or torn off"},
    {"blur", 0, 0.35, 0.7, "softness of the lens, greatest"},
    {"noise", 0, 1.6, 4, "noise of the sensor in grey levels, typical"},
    {"tone", 0, 1, 1.6, "how far paper, black and gamma stray from the ideal"},
    {"upside_down", 0, 0.04, 0.15, "a sheet goes in upside down"},
    {"sideways", 0, 0.002, 0.03, "a sheet goes in turned by a quarter"},
    {"swap", 0, 0.05, 0.2, "a ballot strays into another batch"},
    {"blank_back", 0, 0.1, 0.3, "a batch of one-sided ballots is scanned on both sides"},
    {"missing_page", 0, 0.002, 0.01, "a page of a two-page ballot is missing"},
    {"twice", 0, 0.003, 0.01, "a ballot is scanned a second time"},
    {"foreign_page", 0, 0.003, 0.01, "a page that is no ballot, per ballot"},
    {"blank_sheet", 0, 0.003, 0.01, "an empty sheet, per ballot"},
    {"pen", 0, 0, 0,
     "1 to 10: ballpoint blue, black, gel blue, black, ballpoint red, gel violet, felt blue, black, pencil, "
     "faint pencil; 0 by chance"},
    {"habit", 0, 0, 0,
     "1 to 7: cross, tick, fill, slash, dot, ring round the box, ring round the label; 0 by chance"},
    {"thick", 0, 0, 0, "width of all strokes in mm; 0 as the pen"},
    {"density", 0, 0, 0, "how much of the paper strokes cover, 0 to 1; 0 as the pen"},
    {"mark_mm", 0, 0, 0, "length of marks in mm, about; 0 as the box"},
    {"outside_reach", 0, 0, 0, "how far beside the box marks lie, in half boxes; 0 is 1.1 to 1.7"},
    {"correction", 0, 0, 0, "1 to 5: circled, blackened, struck, fluid, rubbed out; 0 by chance"},
    {"erased_left", 0, 0, 0, "share of the ink that rubbing leaves; 0 is 0.06 to 0.2"},
    {"all_marked", 0, 0, 0, "every box of a question is marked"},
    {"crossing", 0, 0, 0, "a signature or note runs across boxes of a ballot"},
    {"streak_over", 0, 0, 0, "a batch's streak runs through a column of boxes"},
    {"streak_mm", 0, 0, 0, "width of streaks; 0 is 0.12"},
    {"streak_tone", 0, 0, 0, "grey level of streaks; 0 by chance"},
    {"fold_depth", 0, 0, 0, "how dark folds are, 1 is plain; 0 by chance"},
    {"corner_kind", 0, 0, 0, "1 to 3: stapled, folded over, torn; 0 by chance"},
    {"corner_mm", 0, 0, 0, "how far a corner is folded or torn; 0 is 8 to 22"},
    {"generations", 0, 0, 0, "how often a photocopy was copied; 0 once"},
    {"threshold", 0, 0, 0, "level of black in scans of one bit; 0 is 140 to 185"},
    {"print_scale", 0, 0, 0, "scale of all prints; 0 by chance"},
    {"skew_deg", 0, 0, 0, "skew of every pass, to either side; 0 by chance"},
    {"curl_mm", 0, 0, 0, "how far the sheet's upper fifth is drawn out, at its edge"},
    {"white", 0, 0, 0, "grey level of paper; 0 by chance"},
    {"black", 0, 0, 0, "grey level of black; 0 by chance"},
    {"gamma", 0, 0, 0, "tone curve, above 1 is darker; 0 by chance"},
    {"photo", 0, 0, 0, "photographed by telephone: tilt, shadow, a wooden table; 1 is strong"},
};

#define DAMAGE_NAME(name) #name,
static const char *const member_names[] = {DAMAGE_KNOBS(DAMAGE_NAME)};
G_STATIC_ASSERT(G_N_ELEMENTS(knobs) == G_N_ELEMENTS(member_names));

/* The members of Damage are doubles in the order of DAMAGE_KNOBS, which is that of the table. */
static double *member(Damage *damage, size_t i)
{
    return (double *)damage + i;
}

bool damage_level(const char *name, Damage *ret_damage, GError **error)
{
    static const char *const levels[] = {"none", "office", "hard", NULL};
    int level = 0;
    while (levels[level] && strcmp(levels[level], name) != 0) {
        level++;
    }
    if (!levels[level]) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "--damage '%s': none, office or hard", name);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(knobs); i++) {
        g_assert(strcmp(knobs[i].name, member_names[i]) == 0);
        *member(ret_damage, i) = level == 0 ? knobs[i].none : level == 1 ? knobs[i].office : knobs[i].hard;
    }
    return true;
}

bool damage_set(Damage *damage, const char *assignment, GError **error)
{
    const char *equals = strchr(assignment, '=');
    for (size_t i = 0; equals && i < G_N_ELEMENTS(knobs); i++) {
        size_t length = strlen(knobs[i].name);
        if (length == (size_t)(equals - assignment) && strncmp(knobs[i].name, assignment, length) == 0) {
            return number_parse_double(equals + 1, 0, 1000, member(damage, i), error);
        }
    }
    g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "--set '%s': no such knob; see --list-knobs",
                assignment);
    return false;
}

char *damage_describe(void)
{
    GString *text = g_string_new("knob             none   office     hard  meaning\n");
    for (size_t i = 0; i < G_N_ELEMENTS(knobs); i++) {
        g_string_append_printf(text, "%-14s %6g %8g %8g  %s\n", knobs[i].name, knobs[i].none, knobs[i].office,
                               knobs[i].hard, knobs[i].meaning);
    }
    return g_string_free(text, FALSE);
}
