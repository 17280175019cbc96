# shellcheck shell=bash source=tests/cases/lib.sh
# What an analyst asks for: every returned ballot with whether it counts and why not, the same in the list of answers,
# and files that Excel opens.
. "$ROOT/tests/cases/lib.sh"

one_look
new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
print_some "$TMP/ws" some --group G1 --agency SNV --count 4
fill some filled --seed 11
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/filled/scans"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers -o "$TMP/machine.csv"
first=$(sed -n '2s/,.*//p' "$TMP/filled/truth.csv")
check_exit "0|3" "$PHIEU" "${ws[@]}" resolve answer "$first" q1 b --who 'Người duyệt A'
last=$(sed -n '$s/,.*//p' "$TMP/filled/truth.csv")
check_exit "0|3" "$PHIEU" "${ws[@]}" resolve reject "$last" --who 'Người duyệt B' --reason 'phiếu phô-tô'

# cell FILE SERIAL COLUMN: a cell of a CSV, by the column's id.
cell() {
    awk -F, -v serial="$2" -v column="$3" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $1 == serial { print $at[column]; exit }' "$1"
}
check_exit "0|3" "$PHIEU" "${ws[@]}" export ballots -o "$TMP/b.csv"
check_eq 5 "$(wc -l <"$TMP/b.csv")" "a row a ballot"
check_eq "q1: Người duyệt A" "$(cell "$TMP/b.csv" "$first" settled)" "who settled what"
check_eq 1 "$(cell "$TMP/b.csv" "$first" by_people)" "answers people settled"
check_eq "${first:0:6}-${first:6}" "$(cell "$TMP/b.csv" "$first" number)" "the number as printed"
check_eq "rejected 0 rejected" "$(cell "$TMP/b.csv" "$last" state) $(cell "$TMP/b.csv" "$last" counts) $(cell "$TMP/b.csv" "$last" not_counted)" "a rejected ballot"
check_eq "Người duyệt B: phiếu phô-tô" "$(cell "$TMP/b.csv" "$last" note)" "why it was rejected"

# What counts is what the index counts: the status says the same number.
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers -o "$TMP/a.csv"
check_eq "$(cell "$TMP/b.csv" "$first" validity)" "$(cell "$TMP/a.csv" "$first" validity)" "the same word in both"
check_exit "0|3" "$PHIEU" "${ws[@]}" status --json
counted=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 { n += $at["counts"] } END { print n }' "$TMP/b.csv")
check_eq "$(($(json valid "$out") + $(json partly_valid "$out")))" "$counted" "ballots that count"

# The log: who, when, what, before, after; the machine's reading is what stood before the first word of a person.
read_as=$(awk -F, -v serial="$first" '$1 == serial && $6 == "q1" { print $7; exit }' "$TMP/machine.csv")
check_exit 0 "$PHIEU" "${ws[@]}" account add lan --roles operator
password=$out
[[ ${#password} -ge 8 ]] || fault "no password was told: '$password'"
check_exit 0 "$PHIEU" "${ws[@]}" export log -o "$TMP/log.csv"
check_contains "$(<"$TMP/log.csv")" ",Người duyệt A,answer,$first,q1,$read_as,machine,b," "before and after"
check_contains "$(<"$TMP/log.csv")" ",Người duyệt B,reject,$last,,,,rejected,phiếu phô-tô," "a rejection"
check_contains "$(<"$TMP/log.csv")" ",account," "accounts are in the log"
check_lacks "$(<"$TMP/log.csv")" "$password" "a secret in the log"

# Sub-scores: a row a question, with limits that are exact.
check_exit "0|3" "$PHIEU" "${ws[@]}" export scores -o "$TMP/scores.csv"
parts=$(awk -F, '$2 == "SNV" && $5 == "S4.1" { n++ } END { print n }' "$TMP/scores.csv")
check_eq 2 "$parts" "two questions on S4.1"
check_contains "$(head -1 "$TMP/scores.csv")" "share,share_exact,share_low,share_low_exact" "limits of the share, exact"

# SPSS: a case a ballot, and the syntax that reads them; the codebook has the same numbers.
check_exit "0|3" "$PHIEU" "${ws[@]}" export spss -o "$TMP/phiếu.sps"
check_contains "$(<"$TMP/phiếu.sps")" '/FILE="phiếu-data.csv"' "the data it reads"
check_contains "$(<"$TMP/phiếu.sps")" 'VALUE LABELS F1_q1' "labels"
check_contains "$(<"$TMP/phiếu.sps")" ' agency A7' "as wide as the longest code that has a label"
check_eq 2 "$(cell "$TMP/phiếu-data.csv" "$first" F1_q1)" "b is the second of its scale"
check_exit 0 "$PHIEU" "${ws[@]}" export codebook -o "$TMP/codebook.csv"
check_eq 1 "$(grep -c '^F1,q1,1,.*,b,Tốt,0.60,3/5,one,F1_q1,2$' "$TMP/codebook.csv")" "the same number in the codebook"
check_exit "1" "$PHIEU" "${ws[@]}" export answers -o "$TMP/answers.sps"
if command -v pspp >/dev/null; then
    printf '%s\n' "$(<"$TMP/phiếu.sps")" 'FREQUENCIES /VARIABLES=F1_q1.' >"$TMP/run.sps"
    (cd "$TMP" && pspp run.sps) >"$TMP/pspp" 2>&1 || fault "pspp: $(head -c 800 "$TMP/pspp")"
    check_lacks "$(<"$TMP/pspp")" "error:" "what PSPP says"
    check_lacks "$(<"$TMP/pspp")" "warning:" "what PSPP says"
    check_contains "$(<"$TMP/pspp")" "Rất tốt" "a label in a table of frequencies"
fi

# Last year's index: taken as office files have it, refused with the cell that is wrong.
printf 'agency,index,rank\nSNV,81.5,4\nSTP,101,5\n' >"$TMP/wrong.csv"
check_exit 1 "$PHIEU" "${ws[@]}" import previous "$TMP/wrong.csv"
check_contains "$err" "wrong.csv!B3: '101': an index is a number from 0 to 100" "the cell that is wrong"
printf 'agency,index,rank\nSNV,81.5,4\nSTP,79,5\n' >"$TMP/previous.csv"
check_exit 0 "$PHIEU" "${ws[@]}" import previous "$TMP/previous.csv"
check_contains "$err" "the previous index of 2 agencies" "how many"
agencies=$("$PHIEU" "${ws[@]}" template --list | cut -d, -f1 | tail -n +2 | sort -u)
absent=$(grep -vxE 'SNV|STP' <<<"$agencies")
check_contains "$err" "warning: $(wc -l <<<"$absent") of $(wc -l <<<"$agencies") agencies have no index of the year before" "how many have none"
check_contains "$err" " and $(($(wc -l <<<"$absent") - 10)) more" "ten of them are named"
check_exit 0 "$PHIEU" "${ws[@]}" import previous --all "$TMP/previous.csv"
while read -r code; do check_contains "${err#*warning: }" "$code" "which have none"; done <<<"$absent"
printf 'agency,index\nSTP,79\nSỞ KHÔNG CÓ,80\nSTP,78\n' >"$TMP/wrong.csv"
check_exit 1 "$PHIEU" "${ws[@]}" import previous "$TMP/wrong.csv"
check_contains "$err" "wrong.csv!A3: 'SỞ KHÔNG CÓ': no agency of this survey" "an agency nobody knows"
check_contains "$err" "wrong.csv!A4: 'STP': this agency stands there twice" "an agency twice"
check_lacks "$err" "warning:" "nothing was imported: there is nothing to compare"
check_exit "0|3" "$PHIEU" "${ws[@]}" export index -o "$TMP/index.json"
check_contains "$(<"$TMP/index.json")" '"exact" : "163/2"' "last year's index in the ranking"
check_exit "0|3" "$PHIEU" "${ws[@]}" index
check_contains "$out" "Last year %" "last year's index in the terminal"
check_contains "$out" "  → " "what to do about the reasons"
check_eq "" "$(grep -F "  → " <<<"$out" | sort | uniq -d)" "what to do said twice"
check_contains "$out" " 81.50 " "last year's index in the terminal"
check_eq 1 "$(grep -c "Last year %" <<<"$out")" "the block of which no last year is known has no such columns"
{ echo agency,index; sed 's/$/,70/' <<<"$absent"; } >"$TMP/rest.csv"
cp -r "$TMP/ws" "$TMP/whole"
check_exit 0 "$PHIEU" -C "$TMP/whole" --lang en import previous "$TMP/rest.csv"
check_lacks "$err" "warning:" "every agency has one now, whichever file it came in"
check_exit "0|3" "$PHIEU" "${ws[@]}" export index -o "$TMP/index.csv"
check_contains "$(grep '^so,SNV,.*,total,' "$TMP/index.csv")" ",81.50,163/2," "last year's index in the CSV"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# Excel: a mark of its encoding, semicolons, a decimal comma; the number of a ballot is no date.
check_exit "0|3" "$PHIEU" "${ws[@]}" export index --excel -o "$TMP/i.csv"
check_eq efbbbf "$(head -c 3 "$TMP/i.csv" | od -An -tx1 | tr -d ' ')" "a byte order mark"
check_contains "$(<"$TMP/i.csv")" ";100,00;" "a decimal comma"
check_lacks "$(head -1 "$TMP/i.csv")" "_exact" "fractions, which Excel makes dates of"
check_exit "0|3" "$PHIEU" "${ws[@]}" export ballots --excel -o "$TMP/e.csv"
check_exit 2 "$PHIEU" "${ws[@]}" export index --excel -o "$TMP/i.xlsx"
check_contains "$err" "--excel is for csv" "what --excel is for"
finish
