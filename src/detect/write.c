/* A form definition and its scales as YAML, to be edited by people. */
#include <math.h>
#include <string.h>

#include "detect/detect.h"

/* A text in double quotes; what YAML would take for something else is escaped. */
static void add_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        if (letter == '"' || letter == '\\')
            g_string_append_c(out, '\\');
        if (letter < 32 || letter == 127 || letter == 0x2028 || letter == 0x2029 || letter == 0xfeff)
            g_string_append_c(out, ' ');
        else
            g_string_append_unichar(out, letter);
    }
    g_string_append_c(out, '"');
}

static void add_mm(GString *out, const char *name, double mm)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(digits, sizeof digits, "%.2f", mm);
    g_string_append_printf(out, ", %s: %s", name, digits);
}

static void add_question(GString *out, const DetectQuestion *question, const char *id)
{
    static const char *const kinds[] = {"one", "many", "text", "text"};
    g_string_append_printf(out, "      - {id: %s, kind: %s", question->id, kinds[question->kind]);
    if (*question->number) {
        g_string_append(out, ", number: ");
        add_quoted(out, question->number);
    }
    if (question->scale >= 0)
        g_string_append_printf(out, ", scale: %s-%d", id, question->scale + 1);
    else
        g_string_append_printf(out, ", lines: %d", question->lines);
    g_string_append(out, ", text: ");
    add_quoted(out, *question->text ? question->text : question->id);
    g_string_append(out, "}\n");
}

static void add_rect(GString *out, RectMm rect)
{
    add_mm(out, "x", MAX(0, rect.x_mm));
    add_mm(out, "y", MAX(0, rect.y_mm));
    add_mm(out, "w", rect.w_mm);
    add_mm(out, "h", rect.h_mm);
}

static void add_boxes(GString *out, const DetectQuestion *question)
{
    for (guint i = 0; i < question->options->len; i++) {
        const DetectOption *option = question->options->pdata[i];
        g_string_append_printf(out, "    - {question: %s, option: %s, page: %d", question->id, option->id,
                               option->page);
        add_rect(out, option->rect);
        g_string_append(out, option->round ? ", round: true}" : "}");
        if (*option->label)
            g_string_append_printf(out, " # %s", option->label);
        g_string_append_c(out, '\n');
    }
    if (question->options->len == 0) {
        g_string_append_printf(out, "    - {question: %s, page: %d", question->id, question->page);
        add_rect(out, question->rect);
        g_string_append(out, "}\n");
    }
}

char *detect_form_to_yaml(const DetectForm *form, const char *id, const GPtrArray *blanks,
                          const GArray *blank_pages)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(
        out, "# %s\nid: %s\ntitle: ",
        _("Proposed from the blank: check every question, its kind (one or many), number and text."), id);
    add_quoted(out, form->title && *form->title ? form->title : id);
    g_string_append(out, "\nsections:\n");
    const char *section = NULL;
    for (guint i = 0; i < form->questions->len; i++) {
        const DetectQuestion *question = form->questions->pdata[i];
        if (!section || !g_str_equal(section, question->section)) {
            section = question->section;
            g_string_append(out, "  - title: ");
            add_quoted(out, section);
            g_string_append(out, "\n    questions:\n");
        }
        add_question(out, question, id);
    }
    g_string_append(out, "foreign:\n  unit: mm\n  pages:\n");
    for (guint i = 0; i < form->pages->len; i++) {
        const DetectPage *page = form->pages->pdata[i];
        g_string_append(out, "    - {blank: ");
        add_quoted(out, blanks->pdata[i]);
        g_string_append_printf(out, ", blank_page: %d", g_array_index(blank_pages, int, i));
        add_mm(out, "width_mm", page->width_mm);
        add_mm(out, "height_mm", page->height_mm);
        g_string_append_c(out, '}');
        if (page->number)
            g_string_append_printf(out, " # %s %s", _("printed page number"), page->number);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "  boxes:\n");
    for (guint i = 0; i < form->questions->len; i++)
        add_boxes(out, form->questions->pdata[i]);
    return g_string_free(out, FALSE);
}

char *detect_scales_to_yaml(const DetectForm *form, const char *id, bool head)
{
    GString *out = g_string_new(head ? "scales:\n" : "");
    for (guint s = 0; s < form->scales->len; s++) {
        const GPtrArray *labels = form->scales->pdata[s];
        const GPtrArray *options = NULL;
        for (guint q = 0; q < form->questions->len && !options; q++) {
            const DetectQuestion *question = form->questions->pdata[q];
            if (question->scale == (int)s)
                options = question->options;
        }
        g_string_append_printf(out, "  - id: %s-%u\n    options:\n", id, s + 1);
        for (guint o = 0; o < labels->len && options; o++) {
            const char *option = ((const DetectOption *)options->pdata[o])->id, *label = labels->pdata[o];
            g_string_append_printf(out, "      - {id: %s, label: ", option);
            add_quoted(out, *label ? label : option);
            g_string_append(out, "}\n");
        }
    }
    return g_string_free(out, FALSE);
}
