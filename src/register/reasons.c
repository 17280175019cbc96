/* Why pages are refused: stable ids, and words for people. */
#include <string.h>

#include "register/register.h"

typedef struct {
    const char *id, *text;
} ReasonText;

static const ReasonText reasons[] = {
    [REGISTER_OK] = {"ok", N_("read")},
    [REGISTER_NO_CODE] = {"no-code",
                          N_("no page code can be read and no known form fits: scan the page again, flat "
                             "and whole, or enter the ballot by hand")},
    [REGISTER_NO_SERIAL] =
        {"no-serial", N_("the form is known by its print, but neither page code nor printed number can be "
                         "read: scan the page again, flat and whole, or enter the ballot by hand")},
    [REGISTER_OTHER_SURVEY] = {"other-survey",
                               N_("the page belongs to another survey: take it to that workspace")},
    [REGISTER_OTHER_STATION] =
        {"other-station",
         N_("the page was printed in another workspace, station %s, and its number is "
            "not that ballot's here: scan it where it was printed, or have that station told "
            "here with phieu stations add, then phieu scan --again")},
    [REGISTER_NO_STATION] = {"no-station",
                             N_("the page does not say which workspace printed it, and it was not this one: "
                                "scan it in the workspace that printed it")},
    [REGISTER_FORGED] = {"forged",
                         N_("the page code is not what this workspace issued under that number: it was "
                            "made up or changed; look at the paper, and print the ballot again with "
                            "phieu print --reprint")},
    [REGISTER_UNKNOWN_LAYOUT] = {"unknown-layout",
                                 N_("the page was printed from a form this workspace does not know: "
                                    "scan it in the workspace that printed it, or print the form here and "
                                    "then phieu scan --again")},
    [REGISTER_NO_MARKS] = {"no-marks",
                           N_("the page's corner marks and print cannot be found: scan the whole sheet, "
                              "flat, without covering it")},
    [REGISTER_RESIDUAL] = {"residual",
                           N_("print and layout do not agree closely enough: scan the page again, flat and "
                              "straight")},
    [REGISTER_AMBIGUOUS] = {"ambiguous", N_("two forms fit the page about as well: name the form with phieu "
                                            "scan --again --form FORM")},
    [REGISTER_CUT_OFF] = {"cut-off", N_("part of the page lies outside the scan: scan the whole sheet")},
    [REGISTER_TOO_DARK] = {"too-dark",
                           N_("the picture is black and shows no paper: check the scanner's lamp, lid "
                              "and brightness and scan the sheet again")},
    [REGISTER_SEVERAL] = {"several", N_("two sheets lie on one picture, or one peeps out from under the "
                                        "other: scan every sheet by itself")},
    [REGISTER_MIXED_NUMBER] =
        {"mixed-number", N_("the page code and the number in print are of two ballots: something is stuck or "
                            "copied over one of them; look at the paper, and print the ballot again with "
                            "phieu print --reprint")},
    [REGISTER_CONTRADICTED] = {"contradicted",
                               N_("the page code says another ballot or page than was given: look "
                                  "at the printed number once more")},
    [REGISTER_RESOLUTION] = {"resolution", N_("the scan is too coarse or too fine: scan at 200 or 300 dpi")},
};

const char *register_reason_id(RegisterReason reason)
{
    return reasons[reason].id;
}

char *register_refusal_words(const char *id, const char *detail)
{
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (!g_str_equal(reasons[i].id, id))
            continue;
        g_autoptr(GString) words = g_string_new(_(reasons[i].text));
        g_string_replace(words, "%s", detail, 1);
        return g_strdup(words->str);
    }
    return g_strdup(detail);
}
