# shellcheck shell=bash source=tests/cases/lib.sh
# The archived scans are read again: nothing differs where nothing was changed; a scan that was exchanged, and boxes
# that were rewritten with all that is made of them, are named although every hash and every measure is right.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SNV --count 3
fill b day --damage office --seed 3
fill b other --damage none --seed 4
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/day/scans"
before=$(sqlite3 "$TMP/ws/survey.db" "SELECT count(*), max(hash) FROM sealed")
check_exit 0 "$PHIEU" -C "$TMP/ws" verify --deep --workers 2
check_contains "$err" "Everything is as it was committed." "scans read again as they were read"
check_contains "$err" "Reading again: " "how far it is"
check_eq "$before" "$(sqlite3 "$TMP/ws/survey.db" "SELECT count(*), max(hash) FROM sealed")" "what is written meanwhile"
check_exit 2 "$PHIEU" -C "$TMP/ws" verify --deep --workers -1

db() { sqlite3 "$TMP/$1/survey.db" "$2"; }
page=$(db ws "SELECT min(id) FROM page WHERE outcome = 0")
serial=$(db ws "SELECT serial FROM page WHERE id = $page")
# rewrite DIR SQL: changes rows, and has the whole chain made to fit
rewrite() { "$FORGE" "$TMP/$1" "$2" || fault "rewrite: $2"; }

# A scan that is not the one taken in, and one that is gone: named, with what to do; the others are read again.
read -r id archived pages <<<"$(db ws "SELECT id, archived, pages FROM file ORDER BY id LIMIT 1" | tr '|' ' ')"
cp -r "$TMP/ws" "$TMP/changed"
printf x >>"$TMP/changed/$archived"
check_exit 1 "$PHIEU" -C "$TMP/changed" verify --deep
check_contains "$err" "$archived: the archived scan was changed; put the file back from a copy" "the changed scan"
check_contains "$err" "$pages pages were not read again: their scans are gone or were changed" "what was left out"
rm "$TMP/changed/$archived"
check_exit 1 "$PHIEU" -C "$TMP/changed" verify --deep
check_contains "$err" "put the file back from a copy of the workspace" "the scan that is gone"
check_contains "$err" "faults found: 1" "nothing else is"

# Another scan of the same ballot in its place, every hash made to fit.
cp -r "$TMP/ws" "$TMP/exchanged"
other=$(find "$TMP/other/scans" -type f | sort | head -1)
sum=$(sha256sum "$other" | cut -d' ' -f1)
mkdir -p "$TMP/exchanged/scans/${sum:0:2}"
cp "$other" "$TMP/exchanged/scans/${sum:0:2}/$sum.${other##*.}"
rewrite exchanged "UPDATE file SET sha256 = '$sum', archived = 'scans/${sum:0:2}/$sum.${other##*.}' WHERE id = $id"
check_exit 0 "$PHIEU" -C "$TMP/exchanged" verify
check_exit 1 "$PHIEU" -C "$TMP/exchanged" verify --deep --all
check_contains "$err" "ballot ${serial:0:6}-${serial:6}, question " "the question that is answered otherwise there"
check_contains "$err" ": recorded is " "what is recorded"
check_contains "$err" ", read again it is " "what the scan shows"

# Two boxes change places with all that was measured of them, and so does the answer.
read -r from to <<<"$(db ws "SELECT m.option, (SELECT n.option FROM mark n WHERE n.page = m.page AND n.question = 'q1'
    AND n.state = 0 ORDER BY n.n LIMIT 1) FROM mark m WHERE m.page = $page AND m.question = 'q1' AND m.state = 1" | tr '|' ' ')"
cp -r "$TMP/ws" "$TMP/swapped"
rewrite swapped "CREATE TEMP TABLE m AS SELECT * FROM mark WHERE page = $page AND question = 'q1' AND option IN ('$from', '$to');
    UPDATE mark SET (measures, state, p_marked, p_cancelled, confidence, reasons) = (SELECT measures, state, p_marked,
        p_cancelled, confidence, reasons FROM m WHERE m.n <> mark.n) WHERE page = $page AND n IN (SELECT n FROM m)"
check_exit 1 "$PHIEU" -C "$TMP/swapped" verify
check_contains "$err" "question q1: the machine's reading stands as '$from'" "the answer that does not follow"
rewrite swapped "UPDATE reading SET value = '$to' WHERE page = $page AND question = 'q1'"
check_exit 0 "$PHIEU" -C "$TMP/swapped" verify
check_exit 1 "$PHIEU" -C "$TMP/swapped" verify --deep
check_contains "$err" "faults found: 1" "one question, one fault"
check_contains "$err" "ballot ${serial:0:6}-${serial:6}, question q1: recorded is " "the question"
check_contains "$err" "$to marked" "what is recorded"
check_contains "$err" "$from marked" "what the scan shows"

# A page made blank.
cp -r "$TMP/ws" "$TMP/blank"
rewrite blank "UPDATE page SET outcome = 2, serial = '', form = '', layout = '', page = 0 WHERE id = $page;
    DELETE FROM reading WHERE page = $page; DELETE FROM mark WHERE page = $page"
check_exit 1 "$PHIEU" -C "$TMP/blank" verify --deep
check_contains "$err" "recorded is a blank page, read again it is page " "the page that was made blank"

# What another reader made, or one that is not known, is counted and named apart: that it is read otherwise now is no
# verdict. This program signs what it reads, and says by what.
read -r id _ < <("$PHIEU" --version | sed -n 's/^phieu [0-9.]*, reader \([0-9a-f]\{16\}\.[0-9a-f]\{8\}\)$/\1 /p')
check_eq "$id" "$(db ws "SELECT group_concat(DISTINCT reader) FROM read_by")" "the readers of the pages"
check_eq "$(db ws "SELECT count(*) FROM page")" "$(db ws "SELECT count(*) FROM read_by")" "pages that are signed"
all=$(db ws "SELECT count(*) FROM page")
cp -r "$TMP/swapped" "$TMP/unknown"
rewrite unknown "DELETE FROM read_by"
check_exit 3 "$PHIEU" -C "$TMP/unknown" verify --deep
check_contains "$err" "$all pages were read by another reader than this program's, or by one that was not recorded; of them \
read otherwise now: 1" "the pages nobody signed"
check_contains "$err" "ballot ${serial:0:6}-${serial:6}, question q1: recorded is " "the question"
rewrite unknown "INSERT INTO read_by SELECT id, iif(id = $page, '0123456789abcdef.01234567', '$id') FROM page"
check_exit 3 "$PHIEU" -C "$TMP/unknown" verify --deep
check_contains "$err" "1 pages were read by another reader than this program's, or by one that was not recorded; of them \
read otherwise now: 1" "the page of another reader"
cp -r "$TMP/ws" "$TMP/other-reader"
rewrite other-reader "UPDATE read_by SET reader = '0123456789abcdef.01234567'"
check_exit 0 "$PHIEU" -C "$TMP/other-reader" verify --deep
check_contains "$err" "$all pages were read by another reader than this program's, or by one that was not recorded; of them \
read otherwise now: 0" "pages of another reader that are read alike"
finish
