# shellcheck shell=bash source=tests/cases/lib.sh
# Pages that no scan came of are entered by hand at the desk: a missing page and a whole ballot, by two people who do not
# see one another's entry; taken back; counted, and said to be by hand.
. "$ROOT/tests/cases/lib.sh"

need_browser

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SNV --count 3
fill b one --damage none --mode grey --format jpeg --dpi 150 --seed 31 --count 2
mapfile -t pages < <(find "$TMP/one/scans" -name '*.jpg' | sort)
mv "${pages[-1]}" "$TMP/late.jpg"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/one/scans"
mapfile -t serials < <(grep -oh '"serial" *: *"[0-9A-Z]*' "$TMP/b.json" | grep -o '[0-9A-Z]*$' | sort -u)
check_exit 0 node "$ROOT/tests/browser/enter.mjs" "$TMP/ws" "${serials[1]}" "${serials[2]}" "$TMP/late.jpg"
echo "$out"

# What was entered at the desk says so everywhere.
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/answers.csv"
entered=$(grep -c 'BY_HAND,lan + thu\|BY_HAND,thu + lan' "$TMP/answers.csv")
((entered > 10)) || fault "$entered answers are said to be entered by both"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status
check_contains "$out" "count with pages entered by hand" "status"
check_exit 0 "$PHIEU" -C "$TMP/ws" verify
finish
