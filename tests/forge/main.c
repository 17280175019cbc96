/* build/forge DIR SQL: changes a workspace and makes its chain fit the change, for cases that ask what is
 * seen then all the same. */
#include <stdio.h>

#include "unit/forge.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 3 && forge_rows(argv[1], argv[2], &error))
        return 0;
    fprintf(stderr, "forge: %s\n", error ? error->message : "forge DIR SQL");
    return 1;
}
