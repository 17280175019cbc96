#include "base/base.h"

#include <errno.h>

G_DEFINE_QUARK(phieu - error - quark, phieu_error)

static const struct {
    int failure;
    GFileError code;
    const char *words;
} failures[] = {
    {ENOENT, G_FILE_ERROR_NOENT, N_("there is no such file or folder")},
    {EACCES, G_FILE_ERROR_ACCES, N_("you have no permission for it")},
    {EPERM, G_FILE_ERROR_PERM, N_("it is not permitted")},
    {EISDIR, G_FILE_ERROR_ISDIR, N_("it is a folder")},
    {ENOTDIR, G_FILE_ERROR_NOTDIR, N_("a part of its path is no folder")},
    {ENOSPC, G_FILE_ERROR_NOSPC, N_("the disk is full")},
    {EROFS, G_FILE_ERROR_ROFS, N_("the disk is read-only")},
    {EIO, G_FILE_ERROR_IO, N_("the disk does not read or write it")},
    {EEXIST, G_FILE_ERROR_EXIST, N_("it is there already")},
    {ENAMETOOLONG, G_FILE_ERROR_NAMETOOLONG, N_("its name is too long")},
    {ENOMEM, G_FILE_ERROR_NOMEM, N_("there is no memory left")},
    {EMFILE, G_FILE_ERROR_MFILE, N_("too many files are open")},
};

const char *failure_words(int failure)
{
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].failure == failure)
            return _(failures[i].words);
    }
    return g_strerror(failure);
}

const char *failure_words_of(const GError *error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (g_error_matches(error, G_FILE_ERROR, (gint)failures[i].code))
            return _(failures[i].words);
    }
    return error->message;
}
