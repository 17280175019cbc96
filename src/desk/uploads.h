/* Files on their way in, in the workspace's folder "incoming": pieces are put to what stands, in order, each
 * on the disk before it is answered; a whole file is one whose SHA-256 is what it was said to be. They
 * outlast the desk, however it ends. Two people who send the same bytes send them together. Safe across
 * threads. Inside the room only. */
#ifndef PHIEU_DESK_UPLOADS_H
#define PHIEU_DESK_UPLOADS_H

#include "store/store.h"

/* The most bytes of a piece, of a file, and the most files at once. */
#define UPLOAD_PIECE ((size_t)8 << 20)
#define UPLOAD_FILE STORE_FILE_MAX_BYTES
#define UPLOADS_MAX 1000

/* What must stay free on the disk for the database and others, beside a file and its copy in the archive. */
#define UPLOAD_RESERVE ((guint64)256 << 20)

typedef struct Uploads Uploads;

/* A file on its way. */
typedef struct {
    char *sha256, *name, *who, *at; /* `at`: begun, UTC, ISO 8601 */
    gint64 size, received;          /* bytes */
    bool whole;                     /* all of it is there and was checked: it may be read */
    bool paused;                    /* its reading is */
} Upload;

void upload_free(Upload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Upload, upload_free)

/* What became of a piece. */
typedef enum {
    UPLOAD_TAKEN,
    UPLOAD_FULL,     /* … it was the last, and the hash is right: upload_settle() makes it whole */
    UPLOAD_GAP,      /* it lies beyond what stands: go on from `received` */
    UPLOAD_OTHER,    /* its size is not the one that was said at the beginning */
    UPLOAD_SPOILED,  /* the hash is another one: all of it was thrown away */
    UPLOAD_NO_SPACE, /* the disk has no room for it and its copy in the archive */
    UPLOAD_TOO_MANY,
    UPLOAD_FAILED, /* the machine: see the error */
} UploadOutcome;

/* Takes up what stands there. FAILED when the folder cannot be made or read. */
Uploads *uploads_new(const char *workspace, GError **error);
void uploads_free(Uploads *uploads);

/* Whether a text is a SHA-256 in lower-case hexadecimal; and whether one can be a file's name, of that alone:
 * no folder in it, not hidden, nothing that cannot be printed. */
bool upload_hash_fits(const char *sha256);
bool upload_name_fits(const char *name);

/* Puts a piece to the file; what stands of it already is not written again. `about` gives hash, name, size
 * and who; name and who are those of the first piece. *ret_upload is how it stands now where the outcome is
 * one of the first three. */
UploadOutcome uploads_put(Uploads *uploads, const Upload *about, gint64 offset, const void *bytes,
                          size_t length, Upload **ret_upload, GError **error);
/* The full file gets its name: from now on it is whole. */
bool uploads_settle(Uploads *uploads, const char *sha256, GError **error);
/* How it stands; NULL where nothing of it does. */
Upload *uploads_find(Uploads *uploads, const char *sha256);
/* All of them, oldest first: GPtrArray of Upload*. */
GPtrArray *uploads_list(Uploads *uploads);
/* Where a whole file lies. */
char *uploads_path(const Uploads *uploads, const Upload *upload);
bool uploads_set_paused(Uploads *uploads, const char *sha256, bool paused, GError **error);
/* It is read, or given up: nothing of it stays. */
void uploads_remove(Uploads *uploads, const char *sha256);

#endif
