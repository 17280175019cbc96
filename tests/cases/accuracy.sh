# shellcheck shell=bash source=tests/cases/lib.sh
# The quick part of the accuracy table: no more wrong or asked under any damage than pinned, and no less either. The
# whole of it: make accuracy.
. "$ROOT/tests/cases/lib.sh"

TMPDIR=$TMP "$ROOT/scripts/accuracy" --quick || fault "other figures than those pinned in tests/accuracy/table.tsv"
finish
