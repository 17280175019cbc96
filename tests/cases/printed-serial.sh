# shellcheck shell=bash source=tests/cases/lib.sh
# Ballots whose page code is torn off: told by their print and their number, never taken for another; what cannot be
# told is refused by name.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --agency SNV,CL --count 1
fill b torn --seed 41 --damage none --mode grey --format pdf --dpi 200 --set corner=1 --set corner_kind=3 --set corner_mm=64
cp -r "$TMP/ws" "$TMP/again"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/torn/scans"
report=$out
by_serial=$(json pages_by_serial "$report")
echo "pages in $(json pages_in "$report"), read $(json pages_read "$report"), of them by their number $by_serial, refused $(json pages_refused "$report")"
((by_serial >= 5)) || fault "$by_serial pages were told by their printed number"
check_eq "$(json pages_in "$report")" "$(($(json pages_read "$report") + $(json pages_refused "$report") + $(json pages_blank "$report") + $(json pages_cover "$report")))" "pages in and accounted for"
check_eq 0 "$(json ballots_unknown "$report")" "ballots of unknown serials"
check_eq 0 "$(json ballots_duplicate "$report")" "ballots scanned twice"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/answers.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/torn/truth.csv" "$TMP/answers.csv")"
echo "right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers"
# The words say so, too.
check_exit "0|3" "$PHIEU" -C "$TMP/again" scan "$TMP/torn/scans"
check_contains "$out" "showed no page code and were told by their printed number" "the report in words"
finish
