/* What is true: what people meant, where their pages lie, and what does not belong, as CSV files. */
#include "sim/batches.h"

#include <string.h>

/* Where a page of a ballot first lies in the files: "file,page", or "," when nowhere. */
static char *page_place(GHashTable *places, const SimBallot *ballot, int page)
{
    g_autofree char *key = g_strdup_printf("%s/%d", ballot->serial, page);
    const char *place = g_hash_table_lookup(places, key);
    return g_strdup(place ? place : ",");
}

/* Notes the places of all ballot pages and the special sides. */
static GHashTable *manifests(const Plan *plan, const GPtrArray *batches, GString *special, GString *list)
{
    static const char *const mode_names[] = {"grey", "colour", "bitonal"};
    static const char *const format_names[] = {"pdf", "tiff", "tiff-lzw", "jpeg", "png"};
    GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_string_append(special, "type,serial,page,file,file_page\n");
    g_string_append(list, "file,pages,mode,format,dpi,quality,order\n");
    for (guint b = 0; b < batches->len; b++) {
        const Batch *batch = batches->pdata[b];
        int file_page;
        for (guint i = 0; i < batch->sides->len; i++) {
            const Side *side = &g_array_index(batch->sides, Side, i);
            const Sheet *sheet = side->sheet;
            g_autofree char *file = output_page_name(batch->name, batch->scanner.format, (int)i, &file_page);
            bool page = side->side == 0 || sheet->side_page[1] >= 0;
            const char *type = sheet->kind == SHEET_FOREIGN          ? "foreign-page"
                               : sheet->kind == SHEET_COVER && page  ? "cover"
                               : sheet->kind == SHEET_BLANK || !page ? "blank"
                               : sheet->kind == SHEET_UNKNOWN        ? "unknown-serial"
                               : sheet->copy                         ? "twice"
                                                                     : NULL;
            if (sheet->kind == SHEET_FOREIGN && side->side == 1) {
                type = "blank";
            }
            const char *serial = sheet->who && page ? sheet->who->ballot->serial : "";
            int number = sheet->who && page ? sheet->side_page[side->side] + 1 : 0;
            if (type) {
                g_string_append_printf(special, "%s,%s,%d,%s,%d\n", type, serial, number, file, file_page);
            } else {
                g_hash_table_insert(places, g_strdup_printf("%s/%d", serial, number - 1),
                                    g_strdup_printf("%s,%d", file, file_page));
            }
        }
        g_autofree char *file = output_page_name(batch->name, batch->scanner.format, 0, &file_page);
        if (strchr(file, '/')) {
            *strchr(file, '/') = '\0';
        }
        g_string_append_printf(list, "%s,%u,%s,%s,%d,%d,%s\n", file, batch->sides->len,
                               mode_names[batch->scanner.mode], format_names[batch->scanner.format],
                               batch->scanner.dpi, batch->scanner.quality, batch->order);
    }
    for (guint i = 0; i < plan->people->len; i++) {
        const SimBallot *ballot = ((const Respondent *)plan->people->pdata[i])->ballot;
        for (guint p = 0; p < ballot->pages->len; p++) {
            g_autofree char *place = page_place(places, ballot, (int)p);
            if (*place == ',') {
                g_string_append_printf(special, "missing-page,%s,%u,,\n", ballot->serial, p + 1);
            }
        }
    }
    return places;
}

static const char *box_ink(const Response *response, int box)
{
    for (guint i = 0; i < response->chosen->len; i++) {
        if (g_array_index(response->chosen, int, i) == box) {
            return "marked";
        }
    }
    if (response->other != box) {
        return "blank";
    }
    return response->kind == KIND_STRAY || response->kind == KIND_OVERRUN ? "grazed"
           : response->kind == KIND_BETWEEN                               ? "between"
                                                                          : "cancelled";
}

static void truths(const Plan *plan, GHashTable *places, GString *truth, GString *boxes, GString *fields)
{
    g_string_append(
        truth, "serial,form,group,agency,origin,question,value,kind,ambiguous,mark,pen,stamped,file,page\n");
    g_string_append(boxes, "serial,page,question,option,ink\n");
    g_string_append(fields, "serial,page,field,written\n");
    for (guint i = 0; i < plan->people->len; i++) {
        const Respondent *who = plan->people->pdata[i];
        const SimBallot *ballot = who->ballot;
        for (guint r = 0; r < who->responses->len; r++) {
            const Response *response = who->responses->pdata[r];
            g_autofree char *value = response_value(response),
                            *place = page_place(places, ballot, response->page);
            g_string_append_printf(truth, "%s,%s,%s,%s,%s,%s,%s,%s,%d,%s,%s,%d,%s\n", ballot->serial,
                                   ballot->form, ballot->group, ballot->agency, ballot->origin,
                                   response->question->question, value, kind_names[response->kind],
                                   response_ambiguous(response), habit_names[who->habit], who->pen.name,
                                   response->stamped, place);
            for (guint b = 0; b < response->question->boxes->len; b++) {
                const SimBox *box = response->question->boxes->pdata[b];
                g_string_append_printf(boxes, "%s,%d,%s,%s,%s\n", ballot->serial, response->page + 1,
                                       response->question->question, box->option, box_ink(response, (int)b));
            }
        }
        guint at = 0;
        for (guint p = 0; p < ballot->pages->len; p++) {
            const SimPage *page = ballot->pages->pdata[p];
            for (guint f = 0; f < page->fields->len; f++, at++) {
                const char *text = who->written->pdata[at];
                g_string_append_printf(fields, "%s,%u,%s,%s\n", ballot->serial, p + 1,
                                       ((SimField *)page->fields->pdata[f])->field,
                                       !text   ? ""
                                       : *text ? text
                                               : "handwriting");
            }
        }
    }
}

bool manifests_write(const Plan *plan, const GPtrArray *batches, const char *dir, GError **error)
{
    static const char *const names[] = {"special.csv", "batches.csv", "truth.csv", "boxes.csv", "fields.csv"};
    GString *texts[5];
    for (int i = 0; i < 5; i++) {
        texts[i] = g_string_new(NULL);
    }
    g_autoptr(GHashTable) places = manifests(plan, batches, texts[0], texts[1]);
    truths(plan, places, texts[2], texts[3], texts[4]);
    bool ok = true;
    for (int i = 0; i < 5; i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);
        ok = ok && file_replace(path, texts[i]->str, (gssize)texts[i]->len, error);
        g_string_free(texts[i], TRUE);
    }
    return ok;
}
