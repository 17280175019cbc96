# shellcheck shell=bash source=tests/cases/lib.sh
# Two people read the answers of a small group in a browser without knowing of each other; a third decides where they
# differ; how far they agree is told alike by the desk and by a command.
. "$ROOT/tests/cases/lib.sh"

need_browser

new_workspace "$TMP/ws"
print_some "$TMP/ws" one --group G1 --agency SNV --count 3
fill one day --damage office --set double_mark=0.3 --set corrected=0.2 --dpi 200 --seed 5
check_exit 3 "$PHIEU" -C "$TMP/ws" scan "$TMP/day/scans"
check_exit 0 node "$ROOT/tests/browser/look.mjs" "$TMP/ws"
echo "$out"

# What the desk said of the agreement, the command says.
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve agreement
check_eq "$(<"$TMP/ws/agreement.txt")" "$(awk '$1 == "lan" { print $3, $4 }' <<<"$out")" "two looks compared"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --json
check_eq 0 "$(json answers_waiting "$out")" "nothing waits any more"

# By commands: one word is not enough, a second one is.
check_exit 3 "$PHIEU" -C "$TMP/ws" export answers -o "$TMP/answers.csv"
read -r serial question value < <(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $at["state"] == "machine" && $at["value"] ~ /^[ab]$/ {
    print $at["serial"], $at["question"], $at["value"]; exit }' "$TMP/answers.csv")
other=$([[ $value == a ]] && echo b || echo a)
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve answer "$serial" "$question" "$other" --who lan
check_contains "$err" "1 answers are to be read by another person" "one word is not enough"
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve list
check_contains "$out" "$serial,$question,,,SECOND_LOOK" "the second look is blind"
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve answer "$serial" "$question" "$other" --who minh
check_lacks "$err" "another person" "two are enough"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --json
check_eq 0 "$(json answers_waiting "$out")" "it counts"

# The rule's earlier form is a fault that says what to write.
cp -r "$survey" "$TMP/older"
sed -i 's/^    form: F1$/    form: F1\n    double_review: true/' "$TMP/older/groups.yaml"
check_exit 1 "$PHIEU" check "$TMP/older"
check_contains "$out$err" "second_look: {up_to_ballots: 5" "what has its place"
finish
