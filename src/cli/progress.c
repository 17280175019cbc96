#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 30

void cli_progress_start(CliProgress *progress, const char *what)
{
    memset(progress, 0, sizeof *progress);
    progress->what = what;
    progress->started_us = progress->told_us = g_get_monotonic_time();
    progress->terminal = isatty(STDERR_FILENO);
}

static char *duration_text(double seconds)
{
    int whole = (int)(seconds + 0.5);
    return whole >= 3600 ? g_strdup_printf("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                         : g_strdup_printf("%d:%02d", whole / 60, whole % 60);
}

void cli_progress_step(CliProgress *progress, int done, int total, const char *extra)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 pause_us = progress->terminal ? 100000 : 10000000;
    if (done < total && now_us - progress->told_us < pause_us)
        return;
    progress->told_us = now_us;
    double elapsed_s = (double)(now_us - progress->started_us) / 1e6;
    double rate = elapsed_s > 0 ? done / elapsed_s : 0;
    g_autofree char *left = duration_text(rate > 0 ? (total - done) / rate : 0);
    g_autofree char *done_text = cli_number(done);
    g_autofree char *rate_text = cli_decimal(rate, 1);
    g_autofree char *total_text = cli_number(total);
    g_autofree char *facts = g_strdup_printf(_("%s/%s · %s a second · %s left%s%s"), done_text, total_text,
                                             rate_text, left, extra ? " · " : "", extra ? extra : "");
    if (!progress->terminal) {
        cli_say("%s: %s", progress->what, facts);
        return;
    }
    int filled = total > 0 ? (int)((int64_t)BAR_WIDTH * done / total) : BAR_WIDTH;
    fprintf(stderr, "\r%s ", progress->what);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputs(i < filled ? "█" : "░", stderr);
    fprintf(stderr, " %s\033[K", facts);
    fflush(stderr);
}

void cli_progress_end(CliProgress *progress)
{
    if (progress->terminal)
        fputc('\n', stderr);
}
