#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "intake/worker.h"

/* Folders within folders, at most. */
#define MAX_DEPTH 16

/* A folder within those it lies in. */
typedef struct Folder Folder;
struct Folder {
    const Folder *outer;
    dev_t device;
    ino_t inode;
    int depth;
};

/* Whether a link led back to a folder that is being walked. */
static bool is_inside_itself(const Folder *folder)
{
    for (const Folder *outer = folder->outer; outer; outer = outer->outer) {
        if (outer->device == folder->device && outer->inode == folder->inode)
            return true;
    }
    return false;
}

/* What was found. */
typedef struct {
    GPtrArray *files, *passed_over; /* char* */
    GPtrArray *unreachable;         /* IntakeRefusal* */
} Found;

/* Why a path cannot be looked into, and what to do. */
static void add_unreachable(const Found *found, const char *path, const char *why, const char *remedy)
{
    IntakeRefusal *refusal = g_new0(IntakeRefusal, 1);
    *refusal =
        (IntakeRefusal){g_strdup(path), 0, g_strdup("unreachable"), g_strdup_printf("%s; %s", why, remedy)};
    g_ptr_array_add(found->unreachable, refusal);
}

static void walk(const char *path, const Folder *outer, const Found *found)
{
    GStatBuf info;
    if (g_stat(path, &info) != 0) {
        int failure = errno;
        add_unreachable(found, path, failure_words(failure),
                        failure == EACCES ? _("have yourself given the right to read it")
                                          : _("check how it is written, and that its drive is plugged in"));
        return;
    }
    if (!S_ISDIR(info.st_mode)) {
        if (outer && file_is_litter(path)) /* a file named by hand is answered for */
            g_ptr_array_add(found->passed_over, g_strdup(path));
        else if (!outer || S_ISREG(info.st_mode))
            g_ptr_array_add(found->files, g_strdup(path));
        return;
    }
    Folder folder = {outer, info.st_dev, info.st_ino, outer ? outer->depth + 1 : 0};
    if (is_inside_itself(&folder))
        return;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = folder.depth < MAX_DEPTH ? g_dir_open(path, 0, &error) : NULL;
    if (!dir) {
        if (error)
            add_unreachable(found, path, failure_words_of(error),
                            _("have yourself given the right to read it"));
        else
            add_unreachable(found, path, _("it lies too deep within other folders"),
                            _("name this folder itself"));
        return;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while ((name = g_dir_read_name(dir))) {
        if (name[0] == '.')
            g_ptr_array_add(found->passed_over, g_build_filename(path, name, NULL));
        else
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, text_compare);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *inner = g_build_filename(path, names->pdata[i], NULL);
        walk(inner, &folder, found);
    }
}

GPtrArray *intake_list_files(char *const *paths, GPtrArray *unreachable, GPtrArray *passed_over)
{
    Found found = {g_ptr_array_new_with_free_func(g_free), passed_over, unreachable};
    for (char *const *path = paths; *path; path++)
        walk(*path, NULL, &found);
    g_ptr_array_sort(passed_over, text_compare);
    return found.files;
}

char *intake_file_name(char *const *paths, const char *file)
{
    for (char *const *path = paths; *path; path++) {
        size_t length = strlen(*path);
        while (length > 1 && (*path)[length - 1] == '/')
            length--;
        if (strncmp(file, *path, length) == 0 && file[length] == '/')
            return g_strdup(file + length + strspn(file + length, "/"));
    }
    return g_path_get_basename(file);
}

const char *words_without_place(const char *words, const char *path)
{
    g_autofree char *shown = text_printable(path);
    if (!g_str_has_prefix(words, shown))
        return words;
    const char *rest = strstr(words + strlen(shown), ": ");
    return rest ? rest + 2 : words;
}
