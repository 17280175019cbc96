# shellcheck shell=bash source=tests/cases/lib.sh
# Pages of which neither code nor number can be read are refused; a clerk names them by the number on the paper, and they
# are read as that: never as another page, and never against their own code.
. "$ROOT/tests/cases/lib.sh"

need_browser

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SNV --count 3
fill b day --damage none --mode grey --format jpeg --dpi 200 --seed 61
check_exit 0 node "$ROOT/tests/browser/read.mjs" "$TMP/ws" "$TMP/day/scans" "$TMP/day/truth.csv"
echo "$out"

# By commands: a page that says itself what it is, is no other one; a page that was read is not read again.
printf 'không phải ảnh' >"$TMP/x.pdf"
check_exit 3 "$PHIEU" -C "$TMP/ws" scan "$TMP/x.pdf"
check_exit 1 "$PHIEU" -C "$TMP/ws" resolve read 1 000001P 1
check_contains "$err" "no refused page that nobody has dealt with has ID 1" "a page dealt with"
check_exit 1 "$PHIEU" -C "$TMP/ws" resolve read 1 000001P 7
check_contains "$err" "has no page 7" "a page there is not"
check_exit 1 "$PHIEU" -C "$TMP/ws" resolve read 1 999999K 1
check_exit 1 "$PHIEU" -C "$TMP/ws" resolve read 1 000001P 1 --corners 0,0,1
check_contains "$err" "eight numbers" "corners"
finish
