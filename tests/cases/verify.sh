# shellcheck shell=bash source=tests/cases/lib.sh
# A head on paper and in an export shows an end that was cut off; a row changed in the database itself is named.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
check_exit 0 "$PHIEU" "${ws[@]}" print --group G1 --agency SNV --count 2 -o "$TMP/b.pdf"
check_exit 0 "$PHIEU" "${ws[@]}" print --group G1 --agency SNV --count 2 --covers "$TMP/c.pdf"
paper=$(pdftotext "$TMP/c.pdf" - | sed -n 's/^Đầu chuỗi ghi khi in: [0-9]*: //p' | head -1)
check_eq 19 "${#paper}" "digits of the head on a cover sheet, in groups of four"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers -o "$TMP/a.json"
file=$(grep -oE '[0-9]+: ([0-9a-f]{4} ){15}[0-9a-f]{4}' "$TMP/a.json" | head -1)
for head in "$paper" "${file#*: }"; do
    check_exit 0 "$PHIEU" "${ws[@]}" verify --head "$head"
    check_contains "$err" "$file" "the head verify prints"
done
check_exit 1 "$PHIEU" "${ws[@]}" verify --head "0123 4567"
check_exit 1 "$PHIEU" "${ws[@]}" verify --head "0123 4567 89ab cdef"
check_contains "$err" "head 0123456789abcdef: is not in this workspace's chain" "a head of another workspace"

cp -r "$TMP/ws" "$TMP/later"
check_exit 0 "$PHIEU" -C "$TMP/later" print --group G1 --agency SNV --count 1 -o "$TMP/d.pdf"
check_exit "0|3" "$PHIEU" -C "$TMP/later" export answers -o "$TMP/later.json"
later=$(grep -oE '([0-9a-f]{4} ){15}[0-9a-f]{4}' "$TMP/later.json" | head -1)
check_exit 0 "$PHIEU" -C "$TMP/later" verify --head "$paper"
check_exit 1 "$PHIEU" "${ws[@]}" verify --head "$later"
check_contains "$err" "its end was cut off" "an older copy put in the place of the workspace"

sqlite3 "$TMP/later/survey.db" "DROP TRIGGER issued_fixed; UPDATE issued SET agency = 'SYT' WHERE rowid = 1"
check_exit 1 "$PHIEU" -C "$TMP/later" verify
check_contains "$err" "issued " "the changed row of the roster"
check_contains "$err" "was changed after it was written" "what happened to it"
check_contains "$err" "trigger issued_fixed was taken away" "the trigger that is gone"
finish
