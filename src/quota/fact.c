/* What an obstacle is made of, so that a waiver covers this much and no more. */
#include "quota/quota.h"

char *quota_fact_new(int count, const GPtrArray *items)
{
    GString *fact = g_string_new(NULL);
    g_string_printf(fact, "%d", count);
    for (guint i = 0; items && i < items->len; i++) {
        g_autofree char *item = g_strdup(items->pdata[i]);
        g_string_append_printf(fact, " %s", g_strdelimit(item, " ", '_'));
    }
    return g_string_free(fact, FALSE);
}

int quota_fact_count(const char *fact)
{
    g_auto(GStrv) parts = g_strsplit(fact, " ", 2);
    int64_t count = 0;
    return parts[0] && number_parse_int(parts[0], 0, G_MAXINT, &count, NULL) ? (int)count : 0;
}

int quota_fact_beyond(const char *fact, const char *waived)
{
    g_auto(GStrv) now = g_strsplit(fact, " ", -1), then = g_strsplit(waived, " ", -1);
    if (!now[0] || !now[1])
        return MAX(0, quota_fact_count(fact) - quota_fact_count(waived));
    g_autoptr(GHashTable) covered = g_hash_table_new(g_str_hash, g_str_equal);
    for (char **item = then[0] ? then + 1 : then; *item; item++)
        g_hash_table_add(covered, *item);
    int beyond = 0;
    for (char **item = now + 1; *item; item++)
        beyond += !g_hash_table_contains(covered, *item);
    return beyond;
}
