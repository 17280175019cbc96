/* Long work, one at a time, in a queue. Each is a command of phieu in a process of its own: readers forked
 * from a program of many threads could inherit a lock that nobody gives back, a hostile scan takes nothing of
 * the server's memory, and to stop one is to end it, which such a command is built for: what it committed
 * stays, and the same command goes on from there. Safe across threads. Inside the room only. */
#ifndef PHIEU_DESK_JOBS_H
#define PHIEU_DESK_JOBS_H

#include "store/store.h"

typedef struct Jobs Jobs;

typedef enum {
    JOB_QUEUED,
    JOB_BLOCKED, /* another phieu holds the workspace: `words` says which, since when */
    JOB_RUNNING,
    JOB_PAUSED,
    JOB_FAILED, /* `words` says why; it is tried again when it is resumed */
} JobState;

/* "queued", "blocked", "running", "paused", "failed". */
const char *job_state_id(JobState state);

typedef struct {
    char *id;
    JobState state;
    char *words; /* "" or one line for people */
} JobRow;

void job_row_free(JobRow *row);

/* Called from any thread, under the queue's lock: something is other than it was. */
typedef void (*JobsChanged)(gpointer user);
/* Called from the queue's thread when a job has ended well and has left the queue. */
typedef void (*JobsDone)(const char *id, gpointer user);

/* `dir`: the workspace, whose long work waits for one another. Nothing runs before jobs_start(). */
Jobs *jobs_new(const char *dir, JobsChanged changed, JobsDone done, gpointer user);
void jobs_start(Jobs *jobs);
/* Ends what runs and frees the queue. */
void jobs_free(Jobs *jobs);

/* Puts a job at the queue's end; `command` is a program and its arguments, which exits with 0 or 3 when it
 * went well. False where one of that id is there already. */
bool jobs_add(Jobs *jobs, const char *id, const char *const *command, bool paused);
/* False where there is no such job. */
bool jobs_pause(Jobs *jobs, const char *id);
/* Goes on with one that is paused or has failed. False where there is no such job. */
bool jobs_resume(Jobs *jobs, const char *id);
/* Takes a job out of the queue. False where there is none, or it is at work: pause it first. */
bool jobs_remove(Jobs *jobs, const char *id);
/* All of them in order: GPtrArray of JobRow*. */
GPtrArray *jobs_list(Jobs *jobs);

/* What a command of phieu says has gone wrong: its line of error, or the last it said; newly allocated. */
char *job_error_words(const char *said);

#endif
