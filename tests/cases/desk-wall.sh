# shellcheck shell=bash source=tests/cases/lib.sh
# Many answers at once in a browser, by keyboard: what is otherwise is marked, the rest is taken as proposed in one
# transaction, each with the hash of the picture it was decided on; taken back by one press; beside other people.
. "$ROOT/tests/cases/lib.sh"

need_browser sqlite3

one_look
new_workspace "$TMP/ws"
print_some "$TMP/ws" one --group G3 --agency SNV --count 20
fill one day --damage office --set double_mark=0.12 --set corrected=0.12 --set between=0.03 --dpi 200 --seed 21
check_exit 3 "$PHIEU" -C "$TMP/ws" scan "$TMP/day/scans"
"$PHIEU" -C "$TMP/ws" resolve list >"$TMP/waiting.csv"
"$ROOT/tests/browser/meant" "$TMP/waiting.csv" "$TMP/day/truth.csv" >"$TMP/meant.json"
check_exit 0 node "$ROOT/tests/browser/wall.mjs" "$TMP/ws" "$TMP/meant.json"
echo "$out"
check_eq 0 "$(sqlite3 "$TMP/ws/survey.db" "SELECT count(*) FROM standing WHERE kind = 'answer' AND who = 'lan' AND fact NOT GLOB 'wall, picture [0-9a-f]*'")" "decisions of the wall without their picture"
check_exit 0 "$PHIEU" -C "$TMP/ws" verify
# the same from a terminal: drawn again by the same seed, what is taken back may be drawn once more
export PHIEU_WHO=lan # where there are accounts, a decision is one's
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve draw 5 77
one=$("$PHIEU" -C "$TMP/ws" resolve decisions | tail -n 1 | grep -o '[0-9]*' | head -n 1)
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve undo "$one" --reason "một câu là đủ"
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve agreement
check_contains "$err$out" "28" "what came of the draws"
check_exit 1 "$PHIEU" -C "$TMP/ws" resolve draw 0
check_exit 0 "$PHIEU" -C "$TMP/ws" verify
finish
