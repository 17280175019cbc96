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

# Other words in print: new ballots are issued with a layout of their own; what was issued is printed again as it was,
# and never as another.
before=$(awk -F, 'NR > 1 && $2 == "B" { print $1; exit }' "$TMP/day/truth.csv")
pages() { sed 's/{"pdf_page"/\n&/g' "$1" | grep -F "\"serial\":\"$2\"" | sed -E 's/^.*"serial"/"serial"/; s/[],}]*$//'; }
mkdir "$TMP/words"
cp "$TMP/nho"/* "$TMP/words"
sed -i 's/^introduction: .*/introduction: Kính mong Ông\/Bà cho ý kiến về cơ quan nêu trên trong năm vừa qua, theo đúng những gì đã trải qua. Phiếu không ghi tên, không có câu trả lời đúng hay sai; số phiếu chỉ để kiểm đếm theo nơi phát phiếu./' "$TMP/words/form-b.yaml"
check_exit 0 "$PHIEU" "${ws[@]}" amend --survey "$TMP/words"
print_some "$TMP/ws" new --group G2 --count 1
after=$(sed -nE 's/.*"serial":"([^"]+)".*/\1/p' "$TMP/new.json" | head -1)
[[ $after && $(pages "$TMP/new.json" "$after") ]] || fault "no new ballot in $(head -c 300 "$TMP/new.json")"
check_exit 1 "$PHIEU" "${ws[@]}" print --reprint "$before" -o "$TMP/again.pdf"
check_contains "$err" "ballot ${before:0:6}-${before:6}: form 'B' would print otherwise than as it was issued" "a ballot whose words changed"
[[ ! -e $TMP/again.pdf ]] || fault "something was printed all the same"
check_exit 0 "$PHIEU" "${ws[@]}" print --reprint "$after" -o "$TMP/again.pdf" --layout "$TMP/again.json"
check_eq "$(pages "$TMP/new.json" "$after")" "$(pages "$TMP/again.json" "$after")" "a new one printed again"
check_exit 0 "$PHIEU" "${ws[@]}" amend --survey "$TMP/nho"
check_exit 0 "$PHIEU" "${ws[@]}" print --reprint "$before" --replace -o "$TMP/again.pdf" --layout "$TMP/again.json"
check_eq "$(pages "$TMP/b.json" "$before")" "$(pages "$TMP/again.json" "$before")" "printed again under its own words"
check_exit 1 "$PHIEU" "${ws[@]}" print --reprint "$before,$after" -o "$TMP/both.pdf"
check_contains "$err" "ballot ${after:0:6}-${after:6}: form 'B'" "the other one is named"

# The workspace's own copy is not to be edited.
echo "# more" >>"$TMP/ws/definition/survey.yaml"
check_exit 1 "$PHIEU" "${ws[@]}" status
check_contains "$err" "definition" "the changed copy is named"
finish
