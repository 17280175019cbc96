# shellcheck shell=bash source=tests/cases/lib.sh
# A ballot that cannot be scanned is entered by hand, by two people who do not see one another's entry: it counts then,
# says so everywhere, is taken back, and is never counted beside a scan of it.
# asan
. "$ROOT/tests/cases/lib.sh"

small_day
serial=$(awk -F, '$2 == "B" { print $1; exit }' "$truth")
lost=$TMP/day/scans/$(awk -F, -v s="$serial" '$1 == s { print $13; exit }' "$truth")
value() { awk -F, -v s="$serial" -v q="$1" '$1 == s && $6 == q { print $7 }' "$truth"; }
tally() { "$PHIEU" -C "$1" export tally --format csv -o - 2>/dev/null; }
index() { "$PHIEU" -C "$1" export index --format csv -o - 2>/dev/null; }
valid() { "$PHIEU" "${ws[@]}" status --json 2>/dev/null | awk -F'[:,]' '/"valid"/ { print $2 + 0; exit }'; }
enter() { # enter WHO QUESTION=VALUE…
    local who=$1
    shift
    "$PHIEU" "${ws[@]}" resolve enter "$serial" 1 "$@" --who "$who" --reason 'máy quét làm rách'
}

# What the count is with all ten scanned, and with one lost.
cp -r "$TMP/ws" "$TMP/all"
check_exit "0|3" "$PHIEU" -C "$TMP/all" scan "$TMP/day/scans"
mv "$lost" "$TMP/kept.jpg"
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/day/scans"
check_eq 9 "$(valid)" "valid ballots without the lost one"
without=$(tally "$TMP/ws")
[[ $without != "$(tally "$TMP/all")" ]] || fault "the lost ballot makes no difference"

# All of a page, each value one that fits, or nothing is written down.
page=("kenh=$(value kenh)" nam-sinh=1975 "q1=$(value q1)" "q2=$(value q2)" y-kien=)
check_exit 2 "$PHIEU" "${ws[@]}" resolve enter "$serial" 1 "${page[@]}"
check_exit 1 enter 'Người nhập A' "${page[@]:0:4}"
check_contains "$err" "y-kien; what was left blank is given with an empty value" "questions left out"
check_exit 1 enter 'Người nhập A' "${page[@]}" q9=a
check_contains "$err" "no question 'q9' on it; there are kenh, nam-sinh, q1, q2, y-kien" "a question of nowhere"
check_exit 1 enter 'Người nhập A' "${page[@]}" q1=a
check_contains "$err" "'q1' is given twice" "a question twice"
check_exit 1 enter 'Người nhập A' "${page[@]/q2=*/q2=e}"
check_contains "$err" "'e' is no answer" "a value of no option"
check_exit 1 "$PHIEU" "${ws[@]}" resolve enter "$serial" 2 "${page[@]}" --reason x
check_contains "$err" "has no page 2" "a page of nowhere"
check_exit 1 "$PHIEU" "${ws[@]}" resolve enter 999999-Q 1 "${page[@]}" --reason x
other=$(awk -F, '$2 == "A" { print $1; exit }' "$truth")
check_exit 1 "$PHIEU" "${ws[@]}" resolve enter "$other" 1 q1=a q2=a q3=a --reason x
check_contains "$err" "was scanned and is not entered by hand" "a page that has a picture"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions
check_lacks "$out" "entered by hand" "nothing was written down"

number() { "$PHIEU" "${ws[@]}" resolve decisions "$serial" | awk -v who="$1" '/entered by hand/ && index($0, who) { n = $1 } END { print n }'; }

# One person: it does not count yet, and the next is not told what was entered.
check_exit 0 enter 'Người nhập A' "${page[@]}"
check_contains "$err" "counts once another person has entered it" "one is not enough"
check_eq 9 "$(valid)" "valid ballots after one entry"
check_eq "$without" "$(tally "$TMP/ws")" "the tally after one entry"
check_exit 3 "$PHIEU" "${ws[@]}" status
check_contains "$out" "page 1, by Người nhập A: another person is to enter it, too" "it waits"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions "$serial"
check_contains "$out" "entered by hand" "the entry in the list"
check_lacks "$out" "1975" "what was entered"
check_exit 0 "$PHIEU" "${ws[@]}" resolve undo "$(number 'nhập A')" --reason 'nhập lại'
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions "$serial"
check_contains "$out" "taken back" "the entry taken back in the list"
check_lacks "$out" "1975" "what was entered and taken back"
check_exit 0 enter 'Người nhập A' "${page[@]}"
check_exit 0 enter 'Người nhập A' "${page[@]}"
check_eq 9 "$(valid)" "the same person twice is one"
check_exit 0 enter ' người  nhập a' "${page[@]}"
check_eq 9 "$(valid)" "the same person, spelt otherwise, is one"

# Another one, off a table: equal, it counts as the scan would have, and says what it is.
{ echo serial,question,value; echo "$other,q1,a"; printf "$serial,%s\n" "${page[@]/=/,}"; } >"$TMP/page.csv"
check_exit 0 enter 'Người nhập B' "$TMP/page.csv"
check_contains "$err" "counts as entered by hand. The ballot: complete, pages 1 of 1" "it counts"
check_eq 10 "$(valid)" "valid ballots after two entries"
check_eq "$(tally "$TMP/all")" "$(tally "$TMP/ws")" "the tally, as if it had been scanned"
check_eq "$(index "$TMP/all")" "$(index "$TMP/ws")" "the index, as if it had been scanned"
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_contains "$out" "1 ballots count with pages entered by hand (1 pages)" "status says so"
check_exit "0|3" "$PHIEU" "${ws[@]}" index
check_contains "$out" "HC: 1 ballots count with pages entered by hand (1 pages)" "the index's note"
check_exit "0|3" "$PHIEU" "${ws[@]}" export index --format json -o "$TMP/index.json"
check_contains "$(<"$TMP/index.json")" "1 ballots count with pages entered by hand (1 pages)" "the export's notice"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format csv -o "$TMP/answers.csv"
check_contains "$(<"$TMP/answers.csv")" \
    "$serial,B,G2,HC,HC-P1,q1,$(value q1),person,1.0000000,BY_HAND,Người nhập A + Người nhập B,,1,1,valid," "the answer"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format json -o "$TMP/answers.json"
check_contains "$(<"$TMP/answers.json")" '"1975"' "what was written"
check_exit "0|3" "$PHIEU" "${ws[@]}" export ballots --format csv -o "$TMP/ballots.csv"
check_contains "$(grep "^$serial" "$TMP/ballots.csv")" ",1,1,1,complete,1,valid," "its pages read, expected, by hand"
check_contains "$(grep "^$other" "$TMP/ballots.csv")" ",1,1,0,complete,1,valid," "the same of one that was scanned"
check_exit 0 "$PHIEU" "${ws[@]}" show "$serial"
check_contains "$out" "page 1 of the ballot, entered by hand" "where it is from"
check_exit 0 "$PHIEU" "${ws[@]}" draft
check_exit 0 "$PHIEU" "${ws[@]}" redecide
check_exit 0 "$PHIEU" "${ws[@]}" verify
check_eq 10 "$(valid)" "valid ballots after redecide"

# Taken back, and entered differently: one answer waits, until a third person decides it.
check_exit 0 "$PHIEU" "${ws[@]}" resolve undo "$(number 'nhập B')" --reason 'nhầm phiếu'
check_eq 9 "$(valid)" "valid ballots with one entry taken back"
check_eq "$without" "$(tally "$TMP/ws")" "the tally with one entry taken back"
swap=$(value q1)
check_exit 0 enter 'Người nhập C' "${page[@]/q1=*/q1=$([[ $swap == a ]] && echo b || echo a)}"
check_contains "$err" "1 of its answers were entered differently and wait" "they differ"
check_exit 0 "$PHIEU" "${ws[@]}" resolve list
check_eq "$serial,q1,$(value q1),0.000000,THIRD_LOOK+BY_HAND,\"\",1" "$(tail -n +2 <<<"$out")" "what waits"
check_exit 0 "$PHIEU" "${ws[@]}" resolve answer "$serial" q1 "$(value q1)" --who 'Người duyệt D'
check_exit 0 "$PHIEU" "${ws[@]}" resolve list
check_eq "" "$(tail -n +2 <<<"$out")" "nothing waits"
check_eq "$(tally "$TMP/all")" "$(tally "$TMP/ws")" "the tally with the third person's word"

# The paper is found and scanned: held until a person says which counts, and counted once either way.
check_exit 3 "$PHIEU" "${ws[@]}" scan "$TMP/kept.jpg"
check_eq 9 "$(valid)" "valid ballots while one is held"
check_eq "$without" "$(tally "$TMP/ws")" "the tally while one is held"
check_exit 0 "$PHIEU" "${ws[@]}" resolve pages "$serial"
check_contains "$out" "H1" "the entry beside the scan"
scan=$(awk '/kept/ { print $1 }' <<<"$out")
check_exit 1 "$PHIEU" "${ws[@]}" resolve duplicate "$other" H1 --reason x
check_exit 0 "$PHIEU" "${ws[@]}" resolve duplicate "$serial" H1 --reason 'bản quét mờ'
check_eq "$(tally "$TMP/all")" "$(tally "$TMP/ws")" "the tally with the entry"
check_exit 0 "$PHIEU" "${ws[@]}" resolve duplicate "$serial" "$scan" --reason 'bản quét rõ'
check_eq "$(tally "$TMP/all")" "$(tally "$TMP/ws")" "the tally with the scan"
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_lacks "$out" "count with pages entered by hand" "the scan counts"
check_contains "$out" "there is a scan of it" "the entry is still told"
check_exit 0 "$PHIEU" "${ws[@]}" export log --format csv -o "$TMP/log.csv"
check_contains "$(<"$TMP/log.csv")" ",entered," "the log"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# Where there are accounts, nobody decides whose account is not there; who it is, the account says.
check_exit 0 "$PHIEU" "${ws[@]}" account add lan --full-name 'Người nhập B' --roles operator
check_exit 0 "$PHIEU" "${ws[@]}" account add mai --roles operator
decided=$(sqlite3 "$TMP/ws/survey.db" "SELECT count(*) FROM decision")
check_exit 1 "$PHIEU" "${ws[@]}" resolve answer "$serial" q1 a --who 'Người nhập B'
check_contains "$err" "'Người nhập B' is no account of this workspace" "a name that is no account"
check_contains "$err" "name yours with --who (lan, mai)" "what to do"
check_exit 1 "$PHIEU" --lang vi "${ws[@]}" resolve reject "$serial" --reason x
check_contains "$err" "'tester' không phải tên tài khoản nào của thư mục làm việc này" "who is taken for the user of the machine"
check_exit 1 "$PHIEU" "${ws[@]}" waive --all --who 'Người duyệt D' --reason x
check_exit 0 "$PHIEU" "${ws[@]}" account disable mai
check_exit 1 "$PHIEU" "${ws[@]}" resolve answer "$serial" q1 a --who mai
check_contains "$err" "account 'mai' is disabled" "an account that may not"
check_eq "$decided" "$(sqlite3 "$TMP/ws/survey.db" "SELECT count(*) FROM decision")" "what was decided by nobody"
check_exit 0 "$PHIEU" "${ws[@]}" resolve answer "$serial" q1 a --who Lan
check_eq lan "$(sqlite3 "$TMP/ws/survey.db" "SELECT who FROM decision ORDER BY id DESC LIMIT 1")" "whose decision it is"
check_exit 0 "$PHIEU" "${ws[@]}" verify
finish
