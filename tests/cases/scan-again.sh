# shellcheck shell=bash source=tests/cases/lib.sh
# Pages refused for what was wrong then, not for what they are: --again reads them anew, and only them; each page stays
# counted once.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/printer"
cp -r "$TMP/printer" "$TMP/ws" # the same station, nothing printed yet
print_some "$TMP/printer" b --group G1 --agency SNV,STC --count 2
fill b out --seed 51 --damage none --mode grey --format pdf --dpi 200
# The workspace does not know the form yet: every ballot's page is refused.
check_exit 3 "$PHIEU" -C "$TMP/ws" scan --json "$TMP/out/scans"
pages=$(json pages_in "$out") refused=$(json pages_refused "$out")
check_eq 0 "$(json pages_read "$out")" "pages read of an unknown form"
((refused >= 8)) || fault "$refused pages refused"
check_contains "$out" "unknown-layout" "the reason"
# Now it does. The same command again changes nothing; with --again they are read.
print_some "$TMP/ws" again --group G1 --agency SNV,STC --count 2
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/out/scans"
check_eq 0 "$(json pages_read "$out")" "pages read by the same command"
check_exit 3 "$PHIEU" -C "$TMP/ws" verify --deep
check_contains "$err" "$refused pages that were refused can be read now: give phieu scan --again" "what reading again finds"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --again --json "$TMP/out/scans"
check_eq "$refused" "$(json pages_read "$out")" "pages read again"
check_eq 0 "$(json pages_refused "$out")" "pages refused again"
check_eq 4 "$(json ballots_complete "$out")" "ballots"
# Nothing is left to read again, and every page is there once.
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --again --json "$TMP/out/scans"
check_eq 0 "$(json pages_read "$out")" "pages read a third time"
check_eq 4 "$(json ballots_complete "$out")" "ballots, once more"
check_eq 0 "$(json ballots_duplicate "$out")" "ballots scanned twice"
check_exit 0 "$PHIEU" -C "$TMP/ws" verify --deep
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/answers.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/out/truth.csv" "$TMP/answers.csv")"
echo "pages $pages, read again $refused; right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers"
check_eq 0 "$absent" "answers that are missing"
finish
