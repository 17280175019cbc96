# shellcheck shell=bash source=tests/cases/lib.sh
# The desk in a browser: two people settle what waits, beside other commands, over an undo, a referral, a
# disagreement and a server that is killed.
. "$ROOT/tests/cases/lib.sh"

need_browser

one_look
new_workspace "$TMP/ws"
print_some "$TMP/ws" one --group G1 --agency SNV --count 20
print_some "$TMP/ws" two --group G5 --agency TPTV --count 4
damage=(--damage office --set double_mark=0.15 --set corrected=0.15 --set between=0.05 --dpi 200)
fill one day1 "${damage[@]}" --seed 11
fill two day2 "${damage[@]}" --seed 12
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/day1/scans"
# What will wait is known from a workspace of its own in which everything was read at once.
cp -r "$TMP/ws" "$TMP/all"
check_exit "0|3" "$PHIEU" -C "$TMP/all" scan "$TMP/day2/scans"
"$PHIEU" -C "$TMP/all" resolve list >"$TMP/waiting.csv"
"$ROOT/tests/browser/meant" "$TMP/waiting.csv" "$TMP/day1/truth.csv" "$TMP/day2/truth.csv" >"$TMP/meant.json"
check_exit 0 node "$ROOT/tests/browser/settle.mjs" "$TMP/ws" "$TMP/day2/scans" "$TMP/meant.json"
echo "$out"
finish
