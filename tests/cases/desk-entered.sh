# shellcheck shell=bash source=tests/cases/lib.sh
# Pages entered by hand, at the desk: what two people entered differently is decided by a third; a clerk says whether a
# scan or the entry of the same page counts.
. "$ROOT/tests/cases/lib.sh"

need_browser

small_day
# Two ballots of form B that were not scanned with the others: one never is, one after it was entered.
mapfile -t serials < <(awk -F, '$2 == "B" && !seen[$1]++ { print $1 }' "$truth" | head -2)
for serial in "${serials[@]}"; do
    scan=$(awk -F, -v s="$serial" '$1 == s { print $13; exit }' "$truth")
    mv "$TMP/day/scans/$scan" "$TMP/$serial.jpg"
done
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/day/scans"
enter() { # enter WHO SERIAL QUESTION=VALUE…
    local who=$1 serial=$2
    shift 2
    check_exit 0 "$PHIEU" "${ws[@]}" resolve enter "$serial" 1 "$@" --who "$who" --reason 'máy quét làm rách'
}
for serial in "${serials[@]}"; do
    enter lan "$serial" kenh=a+c nam-sinh=1975 q1=a q2=b y-kien=
    enter minh "$serial" kenh=a+c nam-sinh=1975 q1=b q2= y-kien=
done
check_contains "$err" "2 of its answers were entered differently and wait" "they differ"
check_exit 0 node "$ROOT/tests/browser/entered.mjs" "$TMP/ws" "${serials[@]}" "$TMP/${serials[1]}.jpg"
echo "$out"

# What was decided at the desk is what counts.
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format csv -o "$TMP/answers.csv"
answer() { awk -F, -v s="$1" -v q="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["serial"] == s && $at["question"] == q {
    print $at["value"], $at["state"], $at["decided_by"]; exit }' "$TMP/answers.csv"; }
for serial in "${serials[@]}"; do
    check_eq "a person hoa" "$(answer "$serial" q1)" "what the third person decided"
    check_eq "a+c person lan + minh" "$(answer "$serial" kenh)" "what both entered"
done
check_eq " person hoa" "$(answer "${serials[0]}" q2)" "blank, as one of the two had it"
check_eq "b person hoa" "$(answer "${serials[1]}" q2)" "as the other had it"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions "${serials[0]}"
check_contains "$out" 'đã đối chiếu với tờ phiếu giấy' "the reason is kept"
check_exit 0 "$PHIEU" "${ws[@]}" verify
finish
