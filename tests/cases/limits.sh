# shellcheck shell=bash source=tests/cases/lib.sh
# What other target errors would do, from the stored measures alone; and that the survey's own is what was done.
. "$ROOT/tests/cases/lib.sh"

cp -r "$ROOT/forms/nho" "$TMP/nho"
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$TMP/nho"
ws=(-C "$TMP/ws")
print_some "$TMP/ws" b
fill b day --damage hard --set faint=0.3 --set sloppy=0.5 --seed 3 --many kenh
check_exit "0|3" "$PHIEU" "${ws[@]}" scan --json "$TMP/day/scans"
waiting=$(json answers_waiting "$out") machine=$(json answers_machine "$out")
rm -rf "$TMP/day/scans" # no scan is read again

check_exit 0 "$PHIEU" "${ws[@]}" limits
check_contains "$out" "1/100,000 *" "the survey's own target is marked"
check_exit 0 "$PHIEU" "${ws[@]}" limits --json
mapfile -t asked < <(grep -oE '"asked" *: *[0-9]+' <<<"$out" | grep -oE '[0-9]+$')
mapfile -t limit < <(grep -oE '"max_error" *: *[0-9.e-]+' <<<"$out" | grep -oE '[0-9.e-]+$')
check_eq 7 "${#asked[@]}" "targets shown"
for i in 1 2 3 4 5 6; do
    ((asked[i] >= asked[i - 1])) || fault "a stricter target asks less: ${asked[*]}"
    awk -v a="${limit[i]}" -v b="${limit[i - 1]}" 'BEGIN { exit !(a < b) }' || fault "limits do not fall: ${limit[*]}"
done
check_eq "$waiting" "${asked[4]}" "asked at the survey's own target"
check_eq "$((machine + waiting))" "$(json answers "$out")" "answers looked at"
((asked[6] > asked[0])) || fault "the target makes no difference: ${asked[*]}"

# The looser target, taken over: what was foretold comes true.
sed -i 's/target_error: 0.00001/target_error: 0.001/' "$TMP/nho/survey.yaml"
check_exit 0 "$PHIEU" "${ws[@]}" amend --survey "$TMP/nho"
check_exit "0|3" "$PHIEU" "${ws[@]}" redecide
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format csv -o "$TMP/a.csv"
check_eq "${asked[0]}" "$(awk -F, 'NR > 1 && $8 == "waiting"' "$TMP/a.csv" | wc -l)" "answers that wait at 1/1,000"

# A person's reading shows in the curve: one that differs from the machine's counts as such.
row=$(awk -F, 'NR > 1 && $8 == "machine" && $7 ~ /^[ab]$/ { print $1 "," $6 "," $7; exit }' "$TMP/a.csv")
IFS=, read -r serial question value <<<"$row"
other=a
[[ $value == a ]] && other=b
check_exit "0|3" "$PHIEU" "${ws[@]}" resolve answer "$serial" "$question" "$other"
check_exit 0 "$PHIEU" "${ws[@]}" limits --json
check_eq 1 "$(json differing "$out")" "answers a person read otherwise"
finish
