# shellcheck shell=bash source=tests/cases/lib.sh
# asan
# Several operators at one desk at once, the server killed in the middle: nothing given twice, lost or decided twice.
. "$ROOT/tests/cases/lib.sh"

command -v node >/dev/null || skip "node is not installed: scripts/setup"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed: scripts/setup"
one_look
new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G3 --agency SNV --count 60
sqlite3 "$TMP/ws/survey.db" <"$ROOT/tests/browser/waiting.sql" || fault "rows that wait"
check_exit 0 node "$ROOT/tests/browser/load.mjs" "$TMP/ws" 6
echo "$out"
finish
