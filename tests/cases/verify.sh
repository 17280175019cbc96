# shellcheck shell=bash source=tests/cases/lib.sh
# A head on paper and in an export shows an end that was cut off; a row changed in the database itself is named; a
# machine's reading is what its measures give, or named, whatever the chain says.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
check_exit 0 "$PHIEU" "${ws[@]}" print --group G1 --agency SNV --count 2 -o "$TMP/b.pdf" --layout "$TMP/b.json"
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

# Who changes a reading and seals all rows anew is betrayed by its measures.
fill b day --damage none
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/day/scans"
check_exit 0 "$PHIEU" "${ws[@]}" verify
check_contains "$err" "Everything is as it was committed." "readings that are what their measures give"
rewrite() { # rewrite DIR SQL: changes rows, and has the whole chain made to fit
    "$FORGE" "$1" "$2" || fault "rewrite: $2"
}
serial=$(sqlite3 "$TMP/ws/survey.db" "SELECT serial FROM page WHERE id = 1")
changes=("UPDATE reading SET value = 'x' WHERE page = 1 AND question = 'q1'|question q1: the machine's reading stands as 'x'"
    "UPDATE reading SET confidence = 0.5 WHERE page = 1 AND question = 'q1'|question q1: the machine's reading stands as"
    "UPDATE mark SET state = 3 WHERE page = 1 AND n = 0|stands as doubtful"
    "UPDATE reading SET model = 'ink-0' WHERE page = 1|made by")
for change in "${changes[@]}"; do
    IFS='|' read -r sql says <<<"$change"
    rm -rf "$TMP/changed"
    cp -r "$TMP/ws" "$TMP/changed"
    rewrite "$TMP/changed" "$sql"
    if [[ $says == "made by" ]]; then
        check_exit 3 "$PHIEU" -C "$TMP/changed" verify
        check_contains "$err" "could not be derived from their measures: 'ink-0' made them" "readings of another model"
        check_contains "$err" "What could be checked is as it was committed" "that they were not"
    else
        check_exit 1 "$PHIEU" -C "$TMP/changed" verify
        check_contains "$err" "faults found: 1" "one change, one fault, none of the chain"
        check_contains "$err" "ballot ${serial%?}-${serial: -1}, page 1, " "whose reading it is"
        check_contains "$err" "$says" "what stands"
    fi
done

# A workspace of an earlier version says for ever since when its rows are sealed, here and in the log.
cp -r "$TMP/ws" "$TMP/older"
sqlite3 "$TMP/older/survey.db" "DROP TABLE read_by; DROP VIEW roster; DROP VIEW told_roster; DROP VIEW told_now;
    DROP TABLE told_issued; DROP TABLE told; DROP TABLE sealed; PRAGMA user_version = 8"
check_exit 0 "$PHIEU" -C "$TMP/older" verify
check_contains "$err" "a later version of phieu took the workspace over and sealed anew what stood in it" "the upgrade"
check_lacks "$err" "Everything is as it was committed." "what the chain cannot vouch for"
check_exit "0|3" "$PHIEU" -C "$TMP/older" export log -o "$TMP/log.csv"
check_contains "$(<"$TMP/log.csv")" ": schema 8 -> 11, head - -> " "the upgrade in the log"
check_exit 0 "$PHIEU" -C "$TMP/older" verify
check_eq 1 "$(sqlite3 "$TMP/older/survey.db" "SELECT count(*) FROM log WHERE action = 'upgrade' AND who = 'phieu'")" \
    "upgrades in the log"
finish
