/* Fuzzing of the rooms that read what others wrote. A target makes good inputs itself; the driver (fuzz.c)
 * changes them by a seeded chance and hands them to the room, over and over, for a bounded time. Every input
 * is on disk before the room sees it, so that one that ends the process is kept. Built with sanitizers. */
#ifndef PHIEU_FUZZ_H
#define PHIEU_FUZZ_H

#include "base/base.h"

/* Makes a whole file of changed content: packs a part into its container, or sets check sums right. */
typedef GBytes *(*FuzzWrap)(GBytes *content);

/* A good input. */
typedef struct {
    GBytes *bytes;
    FuzzWrap wrap; /* NULL: the bytes are the file */
} FuzzSeed;

/* One target; every program of tests/fuzz/ but the driver defines it. */
typedef struct {
    const char *name;
    const char *file_name;                              /* of the input in the target's folder */
    const char *const *words;                           /* put in now and then; NULL-terminated */
    void (*make_seeds)(GArray *seeds, const char *dir); /* appends FuzzSeed; may leave files in `dir` */
    void (*run)(const char *path, const char *data, size_t length);
} FuzzTarget;

extern const FuzzTarget fuzz_target;

/* Appends a seed; takes the bytes over. */
void fuzz_add_seed(GArray *seeds, GBytes *bytes, FuzzWrap wrap);
/* Appends a seed of text. */
void fuzz_add_text(GArray *seeds, const char *text, FuzzWrap wrap);
/* What every error must be: of our domain, with a message of one line of good text. */
void fuzz_check_error(const GError *error);

#endif
