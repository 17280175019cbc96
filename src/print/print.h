/* Numbered ballots and batch cover sheets as PDF for a print shop or an office printer, and the frozen layout
 * of their forms. In: a survey and a list of ballots; out: a PDF with the same bytes for the same inputs. */
#ifndef PHIEU_PRINT_H
#define PHIEU_PRINT_H

#include "layout/layout.h"
#include "survey/survey.h"

/* One ballot to print. */
typedef struct {
    const SurveyCell *cell;
    char serial[SERIAL_LENGTH + 1];
    const PageStation *station; /* that issues it */
    const Layout *layout;       /* it is issued with, of its form */
} PrintBallot;

/* One cover sheet to print: a batch of `expected` ballots of a cell. */
typedef struct {
    const SurveyCell *cell;
    int expected;
    const PageStation *station; /* that issues it */
} PrintCover;

/* Called after every ballot; returning false stops the printing with an error. */
typedef bool (*PrintProgress)(int done, int total, gpointer user);

/* Typesets a form of ours and freezes where everything is, with a 200 dpi blank of each page. For a foreign
 * form: reads its blank pages, given as rasters with dpi, in order of its foreign_pages. */
Layout *print_layout(const Survey *survey, const SurveyForm *form, GError **error);
/* The layout among `layouts` (Layout*) by which the form was printed so far and, its definition unchanged, is
 * printed on; NULL without an error when there is none. */
const Layout *print_frozen_layout(const Survey *survey, const SurveyForm *form, const GPtrArray *layouts,
                                  GError **error);
Layout *print_foreign_layout(const SurveyForm *form, GPtrArray *blanks, GError **error);

/* Writes the ballots (array of PrintBallot) to `path`, whole or not at all, in the order given; INVALID when
 * typesetting now would differ from the layout a ballot is issued with (the definition was changed after it
 * was printed). FAILED names the path. */
bool print_ballots(const Survey *survey, const GArray *ballots, const char *path, PrintProgress progress,
                   gpointer user, GError **error);
/* The same for cover sheets (array of PrintCover); `head` is that of the workspace's chain as each sheet
 * shows it, so that paper bears witness of what was there by then. */
bool print_covers(const Survey *survey, const GArray *covers, const char *head, const char *path,
                  GError **error);
/* The JSON of `phieu print --layout` for these ballots: every page of the PDF with its boxes and fields. */
char *print_layout_json(const Survey *survey, const GArray *ballots);

/* ---- the number in print ---- */

/* How the number of a ballot looks in print, for whoever must know it again on paper. */
typedef struct PrintNumerals PrintNumerals;

/* FAILED when the font ballots are printed with is not installed. */
PrintNumerals *print_numerals_new(GError **error);
void print_numerals_free(PrintNumerals *numerals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PrintNumerals, print_numerals_free)
/* A picture of digits in a row as they stand in the numbers of that station ("": of a version that printed
 * none), black on white, cut close above and below; every digit is as wide as the next. */
Raster *print_numerals_draw(PrintNumerals *numerals, const char *station, const char *digits,
                            double px_per_mm, GError **error);

#endif
