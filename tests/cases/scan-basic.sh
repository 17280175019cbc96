# shellcheck shell=bash source=tests/cases/lib.sh
# The way from paper to answers on fair scans: every page accounted for, every answer right or waiting, none wrong.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" ballots --group G1,G3 --agency SNV,TTT --count 3
total=$(grep -oE '"serial" *: *"[^"]*"' "$TMP/ballots.json" | sort -u | wc -l)

# Clean pens on clean paper: nearly everything is read by the machine.
fill ballots clean --damage none
pages=$(awk -F, 'NR > 1 { n += $2 } END { print n }' "$TMP/clean/batches.csv")
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/clean/scans"
check_eq "$pages" "$(json pages_in "$out")" "pages in"
check_eq "$pages" "$(json pages_read "$out")" "pages read"
check_eq 0 "$(json pages_refused "$out")" "pages refused"
check_eq "$total" "$(json ballots_complete "$out")" "ballots complete"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/answers.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/clean/truth.csv" "$TMP/answers.csv")"
echo "clean: right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers on clean scans"
check_eq 0 "$absent" "answers of clean scans that are missing"
((asked * 20 <= right)) || fault "clean scans: more than one in twenty asked: $asked of $((right + asked))"

# The same files again change nothing.
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/clean/scans"
check_eq 0 "$(json pages_in "$out")" "pages taken in a second time"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/again.csv"
cmp -s "$TMP/answers.csv" "$TMP/again.csv" || fault "reading the same files again changed the answers"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" verify

# An office's day.
new_workspace "$TMP/ws2"
print_some "$TMP/ws2" office --group G1,G2,G3 --agency SNV,SYT,TTT --count 2
fill office day --damage office --seed 5
pages=$(awk -F, 'NR > 1 { n += $2 } END { print n }' "$TMP/day/batches.csv")
check_exit "0|3" "$PHIEU" -C "$TMP/ws2" scan --json "$TMP/day/scans"
check_eq "$pages" "$(json pages_in "$out")" "pages in"
accounted=$(($(json pages_read "$out") + $(json pages_refused "$out")))
((accounted <= pages)) || fault "more pages accounted for than came in"
check_exit "0|3" "$PHIEU" -C "$TMP/ws2" export answers --format csv -o "$TMP/day.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/day/truth.csv" "$TMP/day.csv")"
echo "office: right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers on an office's scans"
((right > 3 * asked)) || fault "an office's scans: too much asked: $asked of $((right + asked))"
finish
