/* phieu detect: a definition proposed from the blank of a form printed by others. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "detect/detect.h"
#include "page/page.h"

typedef struct {
    char *output, *overlay, *scales, *id;
    gboolean filled, json;
} DetectOptions;

static void options_clear(DetectOptions *options)
{
    g_free(options->output);
    g_free(options->overlay);
    g_free(options->scales);
    g_free(options->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DetectOptions, options_clear)

/* The pages of the blank, and for each the file and page the definition is to name. */
typedef struct {
    GPtrArray *rasters, *names;
    GArray *pages;
} Blank;

static void blank_clear(Blank *blank)
{
    g_ptr_array_unref(blank->rasters);
    g_ptr_array_unref(blank->names);
    g_array_unref(blank->pages);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Blank, blank_clear)

/* `path` as seen from the folder of `from`: relative where it is below that folder. */
static char *relative_to(const char *path, const char *from)
{
    g_autofree char *folder = g_path_get_dirname(from);
    g_autoptr(GFile) base = g_file_new_for_path(folder), file = g_file_new_for_path(path);
    char *relative = g_file_get_relative_path(base, file);
    return relative ? relative : g_file_get_path(file);
}

static bool read_file(const char *path, const char *output, Blank *blank, GError **error)
{
    g_autoptr(PageFile) file = page_file_open(path, error);
    if (!file)
        return false;
    int count = page_file_count(file);
    for (int i = 0; i < count; i++) {
        if (blank->rasters->len >= DETECT_MAX_PAGES) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_LIMIT,
                        _("%s: more than %d pages; name the blank of one form"), path, DETECT_MAX_PAGES);
            return false;
        }
        g_autoptr(PageImage) image = page_file_read(file, i, false, error);
        if (!image) {
            g_prefix_error(error, _("%s, page %d: "), path, i + 1);
            return false;
        }
        int page = i + 1;
        g_ptr_array_add(blank->rasters, g_steal_pointer(&image->grey));
        g_ptr_array_add(blank->names, relative_to(path, output));
        g_array_append_val(blank->pages, page);
    }
    return true;
}

/* Says how many copies lie on each other, and which do not. */
static void tell_fits(char **files, const DetectFit *fits, int page, const char *path, bool *ret_unfit)
{
    int used = 0, all = 0;
    for (char **file = files; *file; file++, all++)
        used += fits[all] != DETECT_FIT_NOT;
    cli_say(_("Page %d: %d of %d filled copies lie on each other; the blank made of them is %s"), page, used,
            all, path);
    for (int i = 0; i < all; i++) {
        if (fits[i] == DETECT_FIT_NOT)
            cli_say(_("warning: page %d: %s does not fit the others and was left out; is it the same form, "
                      "upright?"),
                    page, files[i]);
        else if (fits[i] == DETECT_FIT_PARTLY)
            cli_say(
                _("warning: page %d: %s fits the others only in part; is it the same version of the form?"),
                page, files[i]);
        *ret_unfit |= fits[i] != DETECT_FIT_WHOLLY;
    }
}

/* Page k of every filled copy becomes page k of a blank, written beside the definition. */
static bool merge_copies(char **files, const char *stem, const char *output, Blank *blank, bool *ret_unfit,
                         GError **error)
{
    g_autoptr(GPtrArray) copies = g_ptr_array_new();
    int pages = 0;
    for (char **path = files; *path; path++) {
        g_autoptr(PageFile) file = page_file_open(*path, error);
        if (!file) {
            g_ptr_array_unref(g_steal_pointer(&copies));
            return false;
        }
        int count = page_file_count(file);
        pages = path == files ? count : MIN(pages, count);
    }
    for (int k = 0; k < MIN(pages, DETECT_MAX_PAGES); k++) {
        g_autoptr(GPtrArray) same = g_ptr_array_new_with_free_func((GDestroyNotify)raster_free);
        for (char **path = files; *path; path++) {
            g_autoptr(PageFile) file = page_file_open(*path, error);
            g_autoptr(PageImage) image = file ? page_file_read(file, k, false, error) : NULL;
            if (!image)
                return false;
            g_ptr_array_add(same, g_steal_pointer(&image->grey));
        }
        int first_page = 1;
        g_autofree DetectFit *fits = g_new0(DetectFit, same->len);
        g_autoptr(Raster) merged = detect_merge(same, fits, error);
        g_autofree char *path = g_strdup_printf("%s-blank-%d.png", stem, k + 1);
        if (!merged || !raster_write_png(merged, path, error))
            return false;
        tell_fits(files, fits, k + 1, path, ret_unfit);
        g_ptr_array_add(blank->rasters, g_steal_pointer(&merged));
        g_ptr_array_add(blank->names, relative_to(path, output));
        g_array_append_val(blank->pages, first_page);
    }
    return true;
}

/* The form's id: asked for, else made of the file's name. */
static char *form_id(const char *asked, const char *stem)
{
    if (asked)
        return g_strdup(asked);
    g_autofree char *name = g_path_get_basename(stem);
    const char *from = g_str_has_prefix(name, "form-") ? name + 5 : name;
    GString *id = g_string_new(NULL);
    for (const char *at = from; *at && id->len < 8; at++)
        if (g_ascii_isalnum(*at))
            g_string_append_c(id, g_ascii_toupper(*at));
    if (id->len == 0)
        g_string_append(id, "X");
    return g_string_free(id, FALSE);
}

/* Writes the scales as a new file, or behind the entries of an existing one. */
static bool write_scales(const DetectForm *form, const char *id, const char *path, GError **error)
{
    g_autofree char *old = NULL;
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autoptr(GError) fault = NULL;
        if (!g_file_get_contents(path, &old, NULL, &fault)) {
            g_set_error(error, PHIEU_ERROR, PHIEU_ERROR_FAILED, "%s: %s", path, fault->message);
            return false;
        }
        g_autofree char *mark = g_strdup_printf("id: %s-1\n", id);
        if (strstr(old, mark)) {
            g_set_error(
                error, PHIEU_ERROR, PHIEU_ERROR_INVALID,
                _("%s: it has scales of form '%s' already; remove them, or name another file with --scales"),
                path, id);
            return false;
        }
    }
    g_autofree char *entries = detect_scales_to_yaml(form, id, old == NULL);
    g_autofree char *text =
        old ? g_strconcat(old, g_str_has_suffix(old, "\n") ? "" : "\n", entries, NULL) : g_strdup(entries);
    return file_replace(path, text, -1, error);
}

/* "overlay.png" for one page, "overlay-2.png" for page 2 of several. */
static bool write_overlays(const DetectForm *form, const char *path, GError **error)
{
    g_autofree char *stem =
        g_str_has_suffix(path, ".png") ? g_strndup(path, strlen(path) - 4) : g_strdup(path);
    for (int page = 1; page <= (int)form->pages->len; page++) {
        g_autofree char *name = form->pages->len == 1 ? g_strdup_printf("%s.png", stem)
                                                      : g_strdup_printf("%s-%d.png", stem, page);
        if (!detect_write_overlay(form, page, name, error))
            return false;
    }
    return true;
}

static void tell(const DetectForm *form, const DetectOptions *options, const char *id, const char *scales)
{
    int boxes = 0, unlabelled = 0, fields = 0;
    for (guint i = 0; i < form->questions->len; i++) {
        const DetectQuestion *question = form->questions->pdata[i];
        boxes += (int)question->options->len;
        fields += question->options->len == 0;
        for (guint o = 0; o < question->options->len; o++)
            unlabelled += *((const DetectOption *)question->options->pdata[o])->label == 0;
    }
    if (options->json) {
        JsonBuilder *json = json_builder_new();
        json_builder_begin_object(json);
        json_set_text(json, "form", id);
        json_set_int(json, "pages", form->pages->len);
        json_set_int(json, "boxes", boxes);
        json_set_int(json, "boxes_without_label", unlabelled);
        json_set_int(json, "questions", (gint64)form->questions->len - fields);
        json_set_int(json, "fields", fields);
        json_set_int(json, "scales", form->scales->len);
        json_set_int(json, "pages_alike", form->alike->len);
        json_set_int(json, "shapes_left", form->left->len);
        json_builder_end_object(json);
        cli_print_json(json);
        return;
    }
    cli_say(
        _("%u pages: %d boxes of %u questions (%d without a label), %d places to write. Look them through in "
          "%s and %s."),
        form->pages->len, boxes, form->questions->len - (guint)fields, unlabelled, fields, options->output,
        scales);
}

/* Says page by page what looks like a box and is not proposed, and where no box is proposed at all. Whether
 * there was something to say. */
static bool tell_left(const DetectForm *form)
{
    for (guint i = 0; i < form->left->len;) {
        const DetectLeft *first = &g_array_index(form->left, DetectLeft, i);
        guint count = 0;
        for (; i < form->left->len && g_array_index(form->left, DetectLeft, i).page == first->page; i++)
            count++;
        cli_say(
            _("warning: page %d: %u shapes that look like boxes are not proposed as boxes, the first %.0f mm "
              "from the left and %.0f mm from the top; look at the page (--overlay shows them with '?') and "
              "add what is missing"),
            first->page, count, first->rect.x_mm, first->rect.y_mm);
    }
    if (form->choices == 0)
        cli_say(_("warning: no box to mark was found; if the form has some, give a sharper blank "
                  "(300 dots an inch, grey) or add them by hand"));
    return form->left->len > 0 || form->choices == 0;
}

static int run(const DetectOptions *options, char **files)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *stem = g_str_has_suffix(options->output, ".yaml")
                                ? g_strndup(options->output, strlen(options->output) - 5)
                                : g_strdup(options->output);
    g_autofree char *id = form_id(options->id, stem);
    g_autofree char *folder = g_path_get_dirname(options->output);
    g_autofree char *scales =
        options->scales ? g_strdup(options->scales) : g_build_filename(folder, "scales.yaml", NULL);
    g_auto(Blank) blank = {g_ptr_array_new_with_free_func((GDestroyNotify)raster_free),
                           g_ptr_array_new_with_free_func(g_free), g_array_new(FALSE, FALSE, sizeof(int))};
    bool unfit = false;
    if (options->filled) {
        if (!merge_copies(files, stem, options->output, &blank, &unfit, &error))
            return cli_fail(error);
    } else {
        for (char **path = files; *path; path++)
            if (!read_file(*path, options->output, &blank, &error))
                return cli_fail(error);
    }
    g_autoptr(DetectForm) form = detect_form(blank.rasters, options->filled, &error);
    if (!form)
        return cli_fail(error);
    for (guint i = 0; i < form->alike->len; i++) {
        const DetectAlike *alike = &g_array_index(form->alike, DetectAlike, i);
        cli_say(_("warning: pages %d and %d of the blank look alike (%.0f %%): a scan of one may be taken "
                  "for the "
                  "other or refused"),
                alike->first, alike->second, 100 * alike->likeness);
    }
    g_autofree char *yaml = detect_form_to_yaml(form, id, blank.names, blank.pages);
    if (!write_scales(form, id, scales, &error) || !file_replace(options->output, yaml, -1, &error) ||
        (options->overlay && !write_overlays(form, options->overlay, &error)))
        return cli_fail(error);
    tell(form, options, id, scales);
    return tell_left(form) || unfit ? CLI_WAITING : CLI_DONE;
}

int cli_detect(const CliContext *context, int argc, char **argv)
{
    (void)context;
    g_auto(DetectOptions) options = {0};
    g_auto(GStrv) rest = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, N_("the form definition to write"),
         N_("FILE")},
        {"overlay", 0, 0, G_OPTION_ARG_FILENAME, &options.overlay,
         N_("a picture of each page with every region numbered"), "PNG"},
        {"scales", 0, 0, G_OPTION_ARG_FILENAME, &options.scales,
         N_("where the scales go; default: scales.yaml beside the definition"), N_("FILE")},
        {"id", 0, 0, G_OPTION_ARG_STRING, &options.id, N_("the form's id; default: from the file's name"),
         "ID"},
        {"filled", 0, 0, G_OPTION_ARG_NONE, &options.filled,
         N_("the files are filled copies of one form: make the blank of them"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("the result as JSON"), NULL},
        G_OPTION_ENTRY_NULL};
    if (!cli_parse(
            _("FILE… -o form-X.yaml"),
            _("Proposes the definition of a form printed by others from its blank: PDF, picture or scan."),
            entries, argc, argv, &rest))
        return CLI_USAGE;
    if (!rest[0])
        return cli_usage(_("name the blank: a PDF, a picture or a scan"));
    if (!options.output)
        return cli_usage(_("name the form definition to write with -o, e.g. form-x.yaml"));
    if (options.filled && g_strv_length(rest) < 3)
        return cli_usage(_("--filled needs at least three filled copies"));
    return run(&options, rest);
}
