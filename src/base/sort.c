#include <stdlib.h>

#include "base/base.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_doubles(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
}
