/* Batching: agency by agency as the ballots arrive, with the disorder of an office. */
#include "sim/batches.h"

#include <string.h>

static void batch_free(gpointer data)
{
    Batch *batch = data;
    g_free(batch->name);
    g_ptr_array_unref(batch->sheets);
    g_array_unref(batch->sides);
    g_free(batch);
}

static Sheet *sheet_new(SheetKind kind, Respondent *who, int first_page)
{
    Sheet *sheet = g_new0(Sheet, 1);
    sheet->kind = kind;
    sheet->who = who;
    int pages = who ? (int)who->ballot->pages->len : 1;
    sheet->side_page[0] = first_page;
    sheet->side_page[1] = who && first_page + 1 < pages ? first_page + 1 : -1;
    sheet->side_scanned[0] = true;
    sheet->side_scanned[1] = sheet->side_page[1] >= 0;
    return sheet;
}

static int sheet_pages(const Sheet *sheet)
{
    return (sheet->side_scanned[0] && !sheet->side_lost[0]) +
           (sheet->side_scanned[1] && !sheet->side_lost[1]);
}

char *cell_key(const SimBallot *ballot)
{
    return g_strjoin(" ", ballot->group, ballot->agency, ballot->origin, NULL);
}

/* Page of the cover of somebody's cell; 0 without covers. */
static int cover_of(const Plan *plan, const Respondent *who)
{
    g_autofree char *key = cell_key(who->ballot);
    return plan->covers ? GPOINTER_TO_INT(g_hash_table_lookup(plan->covers, key)) : 0;
}

/* As the ballots come back: cell by cell behind their covers, else agency by agency. */
static gint by_arrival(gconstpointer a, gconstpointer b, gpointer user)
{
    const Respondent *one = *(Respondent *const *)a, *two = *(Respondent *const *)b;
    int order = cover_of(user, one) - cover_of(user, two);
    return order ? order : g_strcmp0(one->ballot->agency, two->ballot->agency);
}

static void add_ballot(GPtrArray *heap, const Plan *plan, Respondent *who, SheetKind kind)
{
    Chance chance = chance_for(plan->seed, "sheets", who->ballot->serial, 0);
    bool twice = kind == SHEET_BALLOT && chance_yes(&chance, plan->damage.twice);
    bool lose = kind == SHEET_BALLOT && !twice && who->ballot->pages->len > 1 &&
                chance_yes(&chance, plan->damage.missing_page);
    int lost = chance_int(&chance, 0, (int)who->ballot->pages->len - 1);
    for (int copy = 0; copy < (twice ? 2 : 1); copy++) {
        for (int page = 0; page < (int)who->ballot->pages->len; page += 2) {
            Sheet *sheet = sheet_new(kind, who, page);
            sheet->copy = copy;
            sheet->side_lost[0] = lose && lost == page;
            sheet->side_lost[1] = lose && lost == page + 1;
            g_ptr_array_add(heap, sheet);
        }
    }
}

/* Sheets in the order they are fed, before they are cut into batches. */
static GPtrArray *heap_make(const Plan *plan)
{
    Chance chance = chance_for(plan->seed, "heap", "", 0);
    g_autoptr(GPtrArray) people = g_ptr_array_new(); /* a view: it does not own them */
    g_ptr_array_extend(people, plan->people, NULL, NULL);
    chance_shuffle(&chance, people);
    g_ptr_array_sort_with_data(people, by_arrival, (gpointer)plan);
    g_autofree int *covers = g_new0(int, people->len + 1); /* the cover before each, or 0 */
    for (guint i = 0; i < people->len; i++) {
        int cover = cover_of(plan, people->pdata[i]);
        covers[i] = i == 0 || cover != cover_of(plan, people->pdata[i - 1]) ? cover : 0;
    }
    for (guint i = 0; i < people->len; i++) {
        if (chance_yes(&chance, plan->damage.swap)) {
            guint j = (guint)chance_int(&chance, 0, (int)people->len - 1);
            gpointer swap = people->pdata[i];
            people->pdata[i] = people->pdata[j];
            people->pdata[j] = swap;
        }
    }
    GPtrArray *heap = g_ptr_array_new();
    int foreign = 0;
    for (guint i = 0; i < people->len; i++) {
        if (covers[i]) {
            Sheet *sheet = sheet_new(SHEET_COVER, NULL, 0);
            sheet->number = covers[i];
            g_ptr_array_add(heap, sheet);
        }
        add_ballot(heap, plan, people->pdata[i], SHEET_BALLOT);
        if (chance_yes(&chance, plan->damage.foreign_page)) {
            Sheet *sheet = sheet_new(SHEET_FOREIGN, NULL, 0);
            sheet->number = ++foreign;
            g_ptr_array_add(heap, sheet);
        }
        if (chance_yes(&chance, plan->damage.blank_sheet)) {
            g_ptr_array_add(heap, sheet_new(SHEET_BLANK, NULL, 0));
        }
    }
    for (guint i = 0; plan->unknown && i < plan->unknown->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        add_ballot(one, plan, plan->unknown->pdata[i], SHEET_UNKNOWN);
        int at = chance_int(&chance, 0, (int)heap->len);
        for (guint j = 0; j < one->len; j++) {
            g_ptr_array_insert(heap, at + (int)j, one->pdata[j]);
        }
    }
    return heap;
}

typedef struct {
    Mode mode;
    FileFormat format;
    int dpi, cards;
} Setting;

/* What the machines of the offices are set to: one deck, dealt without putting back, so that even a few
 * batches differ. */
static const Setting deck[] = {
    {MODE_GREY, FILE_PDF, 200, 3},      {MODE_GREY, FILE_PDF, 300, 3},     {MODE_COLOUR, FILE_PDF, 200, 3},
    {MODE_COLOUR, FILE_PDF, 300, 2},    {MODE_BITONAL, FILE_TIFF, 300, 2}, {MODE_BITONAL, FILE_TIFF, 200, 1},
    {MODE_BITONAL, FILE_PDF, 300, 1},   {MODE_GREY, FILE_TIFF, 200, 1},    {MODE_COLOUR, FILE_TIFF, 200, 1},
    {MODE_GREY, FILE_TIFF_LZW, 150, 1}, {MODE_GREY, FILE_JPEG, 200, 1},    {MODE_COLOUR, FILE_JPEG, 300, 1},
    {MODE_GREY, FILE_PNG, 200, 1},      {MODE_GREY, FILE_PDF, 150, 1},
};

static void deal(const Plan *plan, Batch *batch, GPtrArray *cards, Chance *chance)
{
    if (cards->len == 0) {
        for (size_t i = 0; i < G_N_ELEMENTS(deck); i++) {
            for (int n = 0; n < deck[i].cards; n++) {
                g_ptr_array_add(cards, (gpointer)&deck[i]);
            }
        }
        chance_shuffle(chance, cards);
    }
    const Setting *setting = g_ptr_array_steal_index(cards, cards->len - 1);
    Chance own = chance_for(plan->seed, "scanner", batch->name, 0);
    batch->scanner = scanner_choose(&own, &plan->damage);
    batch->scanner.mode = plan->mode >= 0 ? (Mode)plan->mode : setting->mode;
    batch->scanner.format = plan->format >= 0 ? (FileFormat)plan->format : setting->format;
    batch->scanner.dpi = plan->dpi ? plan->dpi : setting->dpi;
    batch->scanner.quality = plan->quality ? plan->quality : batch->scanner.quality;
}

static void add_side(Batch *batch, Sheet *sheet, int side)
{
    if (sheet->side_scanned[side] && !sheet->side_lost[side]) {
        Side entry = {sheet, side};
        g_array_append_val(batch->sides, entry);
    }
}

static void shuffle_sides(Batch *batch, Chance *chance)
{
    for (guint i = batch->sides->len; i > 1; i--) {
        guint j = (guint)chance_int(chance, 0, (int)i - 1);
        Side swap = g_array_index(batch->sides, Side, i - 1);
        g_array_index(batch->sides, Side, i - 1) = g_array_index(batch->sides, Side, j);
        g_array_index(batch->sides, Side, j) = swap;
    }
}

/* The order in which the feeder, or the clerk, put the sides into the file. */
static void order_sides(Batch *batch, const Damage *damage, Chance *chance)
{
    bool tidy = damage->swap == 0;
    int order = tidy ? 0 : chance_pick(chance, (const double[]){16, 1, 1, 2}, 4);
    static const char *const names[] = {"duplex", "fronts-backs", "fronts-backs-reversed", "shuffled"};
    batch->order = names[order];
    int n = (int)batch->sheets->len;
    for (int i = 0; i < n; i++) {
        Sheet *sheet = batch->sheets->pdata[i];
        add_side(batch, sheet, sheet->back_first && order == 0);
        if (order == 0 || order == 3) {
            add_side(batch, sheet, !(sheet->back_first && order == 0));
        }
    }
    for (int i = 0; (order == 1 || order == 2) && i < n; i++) {
        add_side(batch, batch->sheets->pdata[order == 1 ? i : n - 1 - i], 1);
    }
    if (order == 3) {
        shuffle_sides(batch, chance);
    }
}

/* Lays the streak over a column of boxes of the first ballot. */
static void streak_over(const Plan *plan, Batch *batch)
{
    Chance chance = chance_for(plan->seed, "streak over", batch->name, 0);
    for (guint i = 0; i < batch->sheets->len; i++) {
        const Sheet *sheet = batch->sheets->pdata[i];
        const SimPage *page =
            sheet->who ? sheet->who->ballot->pages->pdata[MAX(0, sheet->side_page[0])] : NULL;
        if (page && page->questions->len > 0 && chance_yes(&chance, plan->damage.streak_over)) {
            const SimQuestion *question =
                page->questions->pdata[chance_int(&chance, 0, (int)page->questions->len - 1)];
            const SimBox *box = question->boxes->pdata[chance_int(&chance, 0, (int)question->boxes->len - 1)];
            batch->scanner.streak_x_mm = box->rect.x_mm + box->rect.w_mm * chance_range(&chance, 0.1, 0.9);
            return;
        }
    }
}

static void feed(const Plan *plan, Batch *batch)
{
    Chance chance = chance_for(plan->seed, "feed", batch->name, 0);
    if (plan->damage.streak_over > 0) {
        streak_over(plan, batch);
    }
    bool backs = chance_yes(&chance, plan->damage.blank_back);
    for (guint i = 0; i < batch->sheets->len; i++) {
        Sheet *sheet = batch->sheets->pdata[i];
        if (chance_yes(&chance, plan->damage.upside_down)) {
            sheet->turns = 2;
            sheet->back_first = chance_yes(&chance, 0.4);
        }
        if (chance_yes(&chance, plan->damage.sideways)) {
            sheet->turns = chance_yes(&chance, 0.5) ? 1 : 3;
        }
        sheet->side_scanned[1] = sheet->side_scanned[1] || backs;
    }
    order_sides(batch, &plan->damage, &chance);
}

GPtrArray *batches_make(const Plan *plan)
{
    g_autoptr(GPtrArray) heap = heap_make(plan), cards = g_ptr_array_new();
    GPtrArray *batches = g_ptr_array_new_with_free_func(batch_free);
    Chance chance = chance_for(plan->seed, "deck", "", 0);
    int total = 0, pages = 0;
    for (guint i = 0; i < heap->len; i++) {
        total += sheet_pages(heap->pdata[i]);
    }
    int limit = plan->batch_pages ? plan->batch_pages : CLAMP(total / 12, 8, 50);
    Batch *batch = NULL;
    for (guint i = 0; i < heap->len; i++) {
        if (!batch || pages >= limit) {
            batch = g_new0(Batch, 1);
            batch->number = (int)batches->len + 1;
            batch->name = g_strdup_printf("lo-%03d", batch->number);
            batch->sheets = g_ptr_array_new_with_free_func(g_free);
            batch->sides = g_array_new(FALSE, FALSE, sizeof(Side));
            g_ptr_array_add(batches, batch);
            deal(plan, batch, cards, &chance);
            pages = 0;
        }
        g_ptr_array_add(batch->sheets, heap->pdata[i]);
        pages += sheet_pages(heap->pdata[i]);
    }
    for (guint i = 0; i < batches->len; i++) {
        feed(plan, batches->pdata[i]);
    }
    return batches;
}
