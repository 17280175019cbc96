# shellcheck shell=bash source=tests/cases/lib.sh
# phieu plan: every cell and the totals of the example, to the ballot.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
check_exit 0 "$PHIEU" -C "$TMP/ws" plan
for number in 54 324 360 738 234 36 270 540 1,278; do
    grep -qE "(^|[^0-9,])$number([^0-9,]|$)" <<<"$out" || fault "plan does not say $number"
done
check_contains "$out" "41" "ballots of a department"
check_contains "$out" "60" "ballots of a district"
check_exit 0 "$PHIEU" -C "$TMP/ws" status
check_exit 1 "$PHIEU" -C "$TMP/nowhere" plan
finish
