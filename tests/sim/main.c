/* The scanner simulator: simulate [scans] … and simulate scores …; see tests/sim/README.md. */
#include "sim/batches.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char *ballots, *layout, *out, *seed, *damage, *covers, *unknown, *unknown_layout, *many, *mode, *format;
    char **set;
    int jobs, count, dpi, quality, batch_pages, unknown_count;
    gboolean quick, list_knobs;
} Options;

static bool parse_choice(const char *text, const char *const *names, const char *option, int *ret_choice,
                         GError **error)
{
    *ret_choice = -1;
    for (int i = 0; text && names[i]; i++) {
        if (strcmp(names[i], text) == 0) {
            *ret_choice = i;
        }
    }
    if (text && *ret_choice < 0 && strcmp(text, "mix") != 0) {
        g_autofree char *all = g_strjoinv(", ", (char **)names);
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "--%s '%s': %s or mix", option, text, all);
        return false;
    }
    return true;
}

/* `count` people spread evenly over the print (0: everybody). */
static GPtrArray *people_make(const Plan *plan, const GPtrArray *ballots, int count)
{
    GPtrArray *people = g_ptr_array_new_with_free_func((GDestroyNotify)respondent_free);
    guint n = count > 0 ? MIN((guint)count, ballots->len) : ballots->len;
    for (guint i = 0; i < n; i++) {
        const SimBallot *ballot = ballots->pdata[(guint64)i * ballots->len / n];
        g_ptr_array_add(people, respondent_new(plan->seed, ballot, &plan->damage));
    }
    return people;
}

/* An office that scans to one bit sees to it that pencil is dark enough to survive; so does this one, and
 * what people meant stays visible. */
static void press_for_bitonal(const GPtrArray *batches)
{
    for (guint i = 0; i < batches->len; i++) {
        const Batch *batch = batches->pdata[i];
        for (guint j = 0; batch->scanner.mode == MODE_BITONAL && j < batch->sheets->len; j++) {
            Respondent *who = ((Sheet *)batch->sheets->pdata[j])->who;
            if (who) {
                respondent_press(who);
            }
        }
    }
}

static bool plan_make(const Options *options, Plan *plan, GError **error)
{
    static const char *const modes[] = {"grey", "colour", "bitonal", NULL};
    static const char *const formats[] = {"pdf", "tiff", "tiff-lzw", "jpeg", "png", NULL};
    int64_t seed = 1;
    if ((options->seed && !number_parse_int(options->seed, 0, G_MAXINT64, &seed, error)) ||
        !damage_level(options->damage ? options->damage : "office", &plan->damage, error) ||
        !parse_choice(options->mode, modes, "mode", &plan->mode, error) ||
        !parse_choice(options->format, formats, "format", &plan->format, error)) {
        return false;
    }
    plan->seed = (uint64_t)seed;
    for (char **assignment = options->set; assignment && *assignment; assignment++) {
        if (!damage_set(&plan->damage, *assignment, error)) {
            return false;
        }
    }
    plan->dpi = options->dpi;
    plan->quality = options->quality;
    plan->batch_pages = options->batch_pages;
    plan->covers_pdf = options->covers;
    return true;
}

/* The cover sheets stand in the order in which the print comes to each cell. */
static GHashTable *covers_make(const GPtrArray *ballots, const char *pdf, GError **error)
{
    g_autoptr(GHashTable) covers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < ballots->len; i++) {
        char *key = cell_key(ballots->pdata[i]);
        if (g_hash_table_contains(covers, key)) {
            g_free(key);
        } else {
            g_hash_table_insert(covers, key, GINT_TO_POINTER((int)g_hash_table_size(covers) + 1));
        }
    }
    int pages = printer_count(pdf, error);
    if (pages < 0) {
        return NULL;
    }
    if (pages != (int)g_hash_table_size(covers)) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "%s: %d covers for the print's %u cells", pdf,
                    pages, g_hash_table_size(covers));
        return NULL;
    }
    return g_steal_pointer(&covers);
}

static bool simulate(const Options *options, GError **error)
{
    Plan plan = {0};
    if (!plan_make(options, &plan, error)) {
        return false;
    }
    g_autoptr(GPtrArray) ballots = ballots_load(options->layout, options->ballots, options->many, error);
    if (!ballots) {
        return false;
    }
    g_autoptr(GPtrArray) foreign = NULL;
    if (options->unknown && options->unknown_layout) {
        foreign = ballots_load(options->unknown_layout, options->unknown, options->many, error);
        if (!foreign) {
            return false;
        }
    }
    g_autoptr(GHashTable) covers = plan.covers_pdf ? covers_make(ballots, plan.covers_pdf, error) : NULL;
    if (plan.covers_pdf && !covers) {
        return false;
    }
    plan.covers = covers;
    plan.people = people_make(&plan, ballots, options->quick ? 60 : options->count);
    plan.unknown = foreign ? people_make(&plan, foreign, options->unknown_count) : NULL;
    g_autoptr(GPtrArray) batches = batches_make(&plan);
    press_for_bitonal(batches);
    bool ok = true;
    if (g_mkdir_with_parents(options->out, 0777) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", options->out, g_strerror(errno));
        ok = false;
    }
    ok = ok && manifests_write(&plan, batches, options->out, error);
    g_autofree char *scans = g_build_filename(options->out, "scans", NULL);
    if (ok && g_mkdir_with_parents(scans, 0777) != 0) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", scans, g_strerror(errno));
        ok = false;
    }
    int jobs = options->jobs > 0 ? options->jobs : (int)g_get_num_processors();
    if (ok && !scans_run(&plan, batches, scans, MIN(jobs, 64))) {
        g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: a batch was not written, see above", scans);
        ok = false;
    }
    guint pages = 0;
    for (guint i = 0; i < batches->len; i++) {
        pages += ((Batch *)batches->pdata[i])->sides->len;
    }
    if (ok) {
        printf("ballots %u, pages %u, batches %u\n", plan.people->len, pages, batches->len);
    }
    g_ptr_array_unref(plan.people);
    g_clear_pointer(&plan.unknown, g_ptr_array_unref);
    return ok;
}

int scans_main(int argc, char **argv)
{
    Options options = {.jobs = 0};
    GOptionEntry entries[] = {
        {"ballots", 0, 0, G_OPTION_ARG_FILENAME, &options.ballots, "the PDF of phieu print", "PDF"},
        {"layout", 0, 0, G_OPTION_ARG_FILENAME, &options.layout, "the file of its --layout", "JSON"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.out,
         "folder for scans/ and the CSV files of truth", "DIR"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, "the run's seed; 1", "N"},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, "processes; as many as there are cores", "N"},
        {"count", 0, 0, G_OPTION_ARG_INT, &options.count, "only that many ballots, spread over the print",
         "N"},
        {"quick", 0, 0, G_OPTION_ARG_NONE, &options.quick, "60 ballots", NULL},
        {"damage", 0, 0, G_OPTION_ARG_STRING, &options.damage, "none, office (the default) or hard", "LEVEL"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.set, "one knob of the damage", "KNOB=VALUE"},
        {"list-knobs", 0, 0, G_OPTION_ARG_NONE, &options.list_knobs, "what can be set", NULL},
        {"covers", 0, 0, G_OPTION_ARG_FILENAME, &options.covers,
         "cover sheets, put before the ballots of each cell", "PDF"},
        {"unknown", 0, 0, G_OPTION_ARG_FILENAME, &options.unknown, "ballots of another print mixed in",
         "PDF"},
        {"unknown-layout", 0, 0, G_OPTION_ARG_FILENAME, &options.unknown_layout, "their layout", "JSON"},
        {"unknown-count", 0, 0, G_OPTION_ARG_INT, &options.unknown_count, "how many of them; all", "N"},
        {"many", 0, 0, G_OPTION_ARG_STRING, &options.many, "questions that take several answers", "Q,Q"},
        {"mode", 0, 0, G_OPTION_ARG_STRING, &options.mode, "grey, colour, bitonal; mixed", "MODE"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "pdf, tiff, tiff-lzw, jpeg, png; mixed",
         "FORMAT"},
        {"dpi", 0, 0, G_OPTION_ARG_INT, &options.dpi, "mixed 150, 200, 300", "N"},
        {"quality", 0, 0, G_OPTION_ARG_INT, &options.quality, "of JPEG; mixed 60 to 90", "N"},
        {"batch-pages", 0, 0, G_OPTION_ARG_INT, &options.batch_pages, "pages of a file, about", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- scans of filled-in ballots, with the truth");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        status = 2;
    } else if (options.list_knobs) {
        g_autofree char *text = damage_describe();
        fputs(text, stdout);
    } else if (!options.ballots || !options.layout || !options.out) {
        g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "give --ballots, --layout and -o; see --help");
        status = 2;
    } else if ((options.dpi && (options.dpi < 50 || options.dpi > 1200)) || options.quality < 0 ||
               options.quality > 100) {
        g_set_error(&error, PHIEU_ERROR, PHIEU_ERROR_INVALID, "--dpi 50 to 1200, --quality 1 to 100");
        status = 2;
    } else {
        status = simulate(&options, &error) ? 0 : 1;
    }
    if (error) {
        fprintf(stderr, "simulate: %s\n", error->message);
    }
    char *texts[] = {options.ballots, options.layout, options.out,     options.seed,
                     options.damage,  options.covers, options.unknown, options.unknown_layout,
                     options.many,    options.mode,   options.format};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(texts[i]);
    }
    g_strfreev(options.set);
    return status;
}

int main(int argc, char **argv)
{
    /* Pictures come and go: keep their memory, clearing it anew costs an eighth of the time. */
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    if (argc > 1 && strcmp(argv[1], "scores") == 0) {
        return scores_main(argc - 1, argv + 1);
    }
    bool named = argc > 1 && strcmp(argv[1], "scans") == 0;
    return scans_main(argc - named, argv + named);
}
