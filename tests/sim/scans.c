/* Drawing and scanning the planned batches in several processes; each batch is made whole by one of them. */
#include "sim/batches.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const Plan *plan;
    Printer *printer;
    const Sheet *sheet; /* whose sides are at hand */
    Picture *sides[2];
} Worker;

static Picture *side_draw(Worker *worker, const Batch *batch, const Sheet *sheet, int side, GError **error)
{
    const Plan *plan = worker->plan;
    int planes = batch->scanner.mode == MODE_COLOUR ? 3 : 1, page = sheet->side_page[side];
    double dpi = batch->scanner.dpi;
    if (sheet->kind == SHEET_FOREIGN && side == 0) {
        Chance chance = chance_for(plan->seed, "foreign", "", sheet->number);
        return paper_foreign(dpi, planes, &chance);
    }
    if (sheet->kind == SHEET_COVER && side == 0) {
        return printer_page(worker->printer, plan->covers_pdf, sheet->number, dpi, planes, error);
    }
    if (!sheet->who || page < 0) {
        Picture *empty = picture_new((int)(210 / MM_PER_INCH * dpi), (int)(297 / MM_PER_INCH * dpi), planes,
                                     dpi / MM_PER_INCH);
        for (int p = 0; p < planes; p++) {
            memset(empty->plane[p], 255, (size_t)empty->width * (size_t)empty->height);
        }
        return empty;
    }
    const SimBallot *ballot = sheet->who->ballot;
    const SimPage *printed = ballot->pages->pdata[page];
    Picture *paper = printer_page(worker->printer, ballot->pdf, printed->pdf_page, dpi, planes, error);
    if (paper && plan->damage.tone > 0) {
        Chance chance = chance_for(plan->seed, "print", ballot->serial, page);
        bool photocopy = chance_yes(&chance, plan->damage.photocopy);
        for (int i = 0; i < (photocopy ? MAX(1, (int)plan->damage.generations) : 1); i++) {
            paper_age(paper, photocopy, &chance);
        }
    }
    if (paper) {
        respondent_fill(sheet->who, page, plan->seed, paper);
    }
    return paper;
}

static void forget_sheet(Worker *worker)
{
    for (int i = 0; i < 2; i++) {
        picture_free(worker->sides[i]);
        worker->sides[i] = NULL;
    }
}

static Picture *side_paper(Worker *worker, const Batch *batch, const Side *at, GError **error)
{
    if (worker->sheet != at->sheet) {
        forget_sheet(worker);
        worker->sheet = at->sheet;
    }
    bool both = worker->plan->damage.show_through > 0 && strcmp(batch->order, "duplex") == 0;
    for (int side = 0; side < 2; side++) {
        bool wanted = side == at->side || (both && (side == 0 || at->sheet->side_page[1] >= 0));
        if (wanted && !worker->sides[side]) {
            worker->sides[side] = side_draw(worker, batch, at->sheet, side, error);
            if (!worker->sides[side]) {
                return NULL;
            }
        }
    }
    const Picture *from = worker->sides[at->side];
    Picture *paper = picture_new(from->width, from->height, from->planes, from->scale);
    for (int p = 0; p < from->planes; p++) {
        memcpy(paper->plane[p], from->plane[p], (size_t)from->width * (size_t)from->height);
    }
    if (both && worker->sides[!at->side]) {
        Chance stock = chance_for(worker->plan->seed, "paper stock", batch->name, 0);
        double share = worker->plan->damage.show_through * chance_range(&stock, 0.2, 1.6);
        paper_show_through(paper, worker->sides[!at->side], share);
    }
    return paper;
}

static Picture *side_scan(Worker *worker, const Batch *batch, int index, GError **error)
{
    const Plan *plan = worker->plan;
    const Side *side = &g_array_index(batch->sides, Side, index);
    const Sheet *sheet = side->sheet;
    Picture *paper = side_paper(worker, batch, side, error);
    if (!paper) {
        return NULL;
    }
    /* The sheet's own chance: the same print and wear however often it is scanned. */
    g_autofree char *name =
        sheet->who ? g_strdup(sheet->who->ballot->serial) : g_strdup_printf("%d of %s", index, batch->name);
    Chance print = chance_for(plan->seed, "scale", name, 0);
    Chance wear = chance_for(plan->seed, "wear", name, side->side);
    Chance pass = chance_for(plan->seed, "pass", batch->name, index);
    Placement placement = placement_choose(&plan->damage, &print);
    paper_wear(paper, &placement, &plan->damage, batch->scanner.background, &wear);
    Picture *scan = scanner_scan(&batch->scanner, paper, &placement, &plan->damage, &pass);
    return picture_turn(scan, sheet->turns);
}

static bool batch_scan(Worker *worker, const Batch *batch, const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, batch->name, NULL);
    Output *output = output_open(path, &batch->scanner, error);
    if (!output) {
        return false;
    }
    bool ok = true;
    for (guint i = 0; ok && i < batch->sides->len; i++) {
        g_autoptr(Picture) scan = side_scan(worker, batch, (int)i, error);
        ok = scan && output_add(output, scan, error);
    }
    forget_sheet(worker);
    worker->sheet = NULL;
    return output_close(output, ok ? error : NULL) && ok;
}

/* Takes batch after batch from the shared counter; the number of failures. */
static int work(const Plan *plan, const GPtrArray *batches, const char *dir, int *next)
{
    Worker worker = {.plan = plan, .printer = printer_new()};
    int faults = 0;
    for (;;) {
        int index = __atomic_fetch_add(next, 1, __ATOMIC_SEQ_CST);
        if (index >= (int)batches->len) {
            break;
        }
        g_autoptr(GError) error = NULL;
        if (!batch_scan(&worker, batches->pdata[index], dir, &error)) {
            fprintf(stderr, "simulate: %s\n", error->message);
            faults++;
        } else if (isatty(STDERR_FILENO)) {
            fprintf(stderr, "\rsimulate: batch %d of %u ", index + 1, batches->len);
        }
    }
    printer_free(worker.printer);
    return faults;
}

bool scans_run(const Plan *plan, const GPtrArray *batches, const char *dir, int jobs)
{
    int *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (next == MAP_FAILED) {
        return false;
    }
    bool ok = true;
    if (jobs == 1) {
        ok = work(plan, batches, dir, next) == 0;
    }
    for (int i = 0; jobs > 1 && i < jobs; i++) {
        pid_t child = fork();
        if (child < 0) {
            ok = false;
        } else if (child == 0) {
            int faults = work(plan, batches, dir, next);
            fflush(NULL);
            _exit(faults ? 1 : 0);
        }
    }
    int status;
    while (jobs > 1 && (wait(&status) > 0 || errno == EINTR)) {
        ok = ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    if (isatty(STDERR_FILENO)) {
        fputc('\n', stderr);
    }
    munmap(next, sizeof *next);
    return ok;
}
