/* What one station tells another of the same survey, as a file; inside the room only. */
#ifndef PHIEU_STORE_TOLD_H
#define PHIEU_STORE_TOLD_H

#include "store/sql.h"

/* What the file says; the roster is in order of serial. */
typedef struct {
    PageStation station;
    char *survey, *definition; /* id and fingerprint */
    GPtrArray *issued;         /* StoreIssued* */
    GPtrArray *layouts;        /* Layout* */
} ToldFile;

void told_file_free(ToldFile *told);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ToldFile, told_file_free)
/* Writes this workspace's, readable for its owner alone. The number of ballots in it. */
bool told_file_write(Store *store, const char *path, int *ret_issued, GError **error);
/* Reads one and checks it by itself. NOT_FOUND, UNREADABLE; INVALID names file, place and fault. */
ToldFile *told_file_read(const char *path, GError **error);
/* Sets INVALID: file, what is wrong with it, what to do. */
bool told_refuse(const char *path, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
