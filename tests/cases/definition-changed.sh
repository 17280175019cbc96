# shellcheck shell=bash source=tests/cases/lib.sh
# A definition that changes after ballots were printed: the workspace keeps its own; scanning goes on; a change that
# moves questions is refused, one that only re-weighs is taken over and logged; a workspace's copy is not to be edited.
. "$ROOT/tests/cases/lib.sh"

cp -r "$ROOT/forms/nho" "$TMP/nho"
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$TMP/nho"
ws=(-C "$TMP/ws")
print_some "$TMP/ws" b
fill b day --damage none --mode grey --format pdf --dpi 200 --many kenh

# The source folder changes or goes: what was printed is still read from the frozen layouts.
sed -i 's/{id: q2, number: "2"/{id: q9, number: "2"/' "$TMP/nho/form-a.yaml"
check_exit "0|3" "$PHIEU" "${ws[@]}" scan --json "$TMP/day/scans"
check_eq 10 "$(json ballots_complete "$out")" "ballots read after the source changed"

# A changed form does not hold for ballots already printed.
check_exit 1 "$PHIEU" "${ws[@]}" amend --survey "$TMP/nho"
check_contains "$err" "A" "the form that stands against it is named"
check_exit "0|3" "$PHIEU" "${ws[@]}" status

# Other rules do: the new target error decides the same measures again.
cp "$ROOT/forms/nho/form-a.yaml" "$TMP/nho/form-a.yaml"
sed -i 's/target_error: 0.00001/target_error: 0.0001/; s/partial_share: 0.7/partial_share: 0.5/' "$TMP/nho/survey.yaml"
check_exit 0 "$PHIEU" "${ws[@]}" amend --survey "$TMP/nho"
check_exit "0|3" "$PHIEU" "${ws[@]}" redecide
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format csv -o "$TMP/a.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/day/truth.csv" "$TMP/a.csv")"
echo "right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers"
check_eq 0 "$absent" "absent answers"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# The workspace's own copy is not to be edited.
echo "# more" >>"$TMP/ws/definition/survey.yaml"
check_exit 1 "$PHIEU" "${ws[@]}" status
check_contains "$err" "definition" "the changed copy is named"
finish
