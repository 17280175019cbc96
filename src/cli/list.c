/* Lists of findings: at most ten of a kind, and how to see the rest. */
#include "cli/cli.h"

bool cli_list_take(CliList *list)
{
    if (!list->all && list->shown == CLI_NAMED) {
        list->left++;
        return false;
    }
    list->shown++;
    return true;
}

void cli_list_end(CliList *list, FILE *to, const char *how)
{
    if (list->left) {
        g_autofree char *left = cli_number(list->left);
        fprintf(to, _("  … and %s more; all of them: %s\n"), left, how);
    }
    list->shown = list->left = 0;
}

void cli_say_some(const GPtrArray *texts, bool all, const char *how)
{
    CliList list = {.all = all};
    for (guint i = 0; texts && i < texts->len; i++) {
        if (cli_list_take(&list))
            cli_say("%s", (const char *)texts->pdata[i]);
    }
    cli_list_end(&list, stderr, how);
}
