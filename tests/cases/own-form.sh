# shellcheck shell=bash source=tests/cases/lib.sh
# Agencies without procedures have a form of their own, which leaves out the questions on them: printed, filled, scanned,
# scored. The same answers give the same points as on the whole form, and all exports are one table.
. "$ROOT/tests/cases/lib.sh"

one_look
whole=$TMP/whole # the same survey, every agency with the form of its group
cp -r "$survey" "$whole"
rm "$whole/form-3k.yaml"
sed -i '/form_for: /d' "$whole/groups.yaml"

# The form prints what is not applicable: a warning. The other leaves it out: none.
check_exit 0 "$PHIEU" check "$whole"
check_contains "$err" "warning: form 'F3' of group 'G3' prints questions 1–8, 13, which are not applicable to TTT, BDT;" "warned of"
check_exit 0 "$PHIEU" check "$survey"
check_lacks "$err" "warning" "nothing to warn of"

# columns FILE ID…: those columns of a CSV; a quoted text is Q.
columns() {
    local file=$1
    shift
    awk -F, -v wanted="$*" 'BEGIN { n = split(wanted, ids, " ") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        { line = ""; for (i = 1; i <= n; i++) line = line (i > 1 ? "," : "") $at[ids[i]]; print line }' <(sed -E 's/"([^"]|"")*"/Q/g' "$file")
}
# decide DIR: what a person reads on every ballot about TTT, whatever its form: levels that differ by ballot and question.
decide() {
    "$PHIEU" -C "$1" export answers -o "$TMP/read.csv" 2>/dev/null
    columns "$TMP/read.csv" serial agency question | awk -F, 'BEGIN { print "serial,question,value" }
        $2 == "TTT" && $3 ~ /^q(9|10|11|12|14)$/ { print $1 "," $3 "," substr("abcd", (substr($1, 1, 6) + substr($3, 2)) % 4 + 1, 1) }' >"$TMP/decided.csv"
    check_exit "0|3" "$PHIEU" -C "$1" resolve answers "$TMP/decided.csv" --who 'Người duyệt A'
}
for kind in whole own; do
    [[ $kind == own ]] || own=$survey
    [[ $kind == own ]] && survey=$own || survey=$whole
    new_workspace "$TMP/$kind-ws"
    print_some "$TMP/$kind-ws" $kind --group G3 --agency SYT,TTT --count 3
    fill $kind $kind-day --seed 5 --damage none --mode grey --dpi 200
    check_exit "0|3" "$PHIEU" -C "$TMP/$kind-ws" scan --json "$TMP/$kind-day/scans"
    check_eq 6 "$(json ballots_complete "$out")" "$kind: ballots complete"
    check_exit "0|3" "$PHIEU" -C "$TMP/$kind-ws" export answers -o "$TMP/$kind-read.csv"
    read -r right asked wrong absent <<<"$(compare "$TMP/$kind-day/truth.csv" "$TMP/$kind-read.csv")"
    echo "$kind: right $right asked $asked wrong $wrong absent $absent"
    check_eq "0 0" "$wrong $absent" "$kind: wrong and absent answers"
    decide "$TMP/$kind-ws"
    for what in scores tally answers codebook; do
        check_exit "0|3" "$PHIEU" -C "$TMP/$kind-ws" export $what -o "$TMP/$kind-$what.csv"
    done
done
check_eq "F3 F3" "$(columns "$TMP/whole-read.csv" form agency | sort -u | grep -oE '^F3K?' | xargs)" "forms of the whole"
check_eq "F3,SYT F3K,TTT" "$(columns "$TMP/own-read.csv" form agency | sort -u | grep '^F3' | xargs)" "form of each agency"
check_eq 15 "$(($(wc -l <"$TMP/decided.csv") - 1))" "questions of three ballots on their own form"

# The same answers, the same points: on every leaf the agency is scored by, to the last digit.
for kind in whole own; do
    columns "$TMP/$kind-scores.csv" agency group leaf question n distribution rate_exact points_exact | grep '^TTT,G3,' >"$TMP/$kind-points.csv"
done
check_eq "S5.1 S5.2 S5.3 S7.1 S8.1" "$(cut -d, -f3 "$TMP/own-points.csv" | xargs)" "leaves with points"
check_eq "" "$(cut -d, -f8 "$TMP/own-points.csv" | grep -vE '^[0-9]+(/[0-9]+)?$')" "points that are no number"
check_eq "$(<"$TMP/whole-points.csv")" "$(<"$TMP/own-points.csv")" "points on both forms"

# The tally has rows for what was asked.
rows() { columns "$1" agency group question | grep "^$2,G3," | cut -d, -f3 | uniq | xargs; }
check_eq "loai gioi tuoi dan-toc hoc-van nghe noi-o q9 q10 q11 q12 q14" "$(rows "$TMP/own-tally.csv" TTT)" "questions tallied of TTT"
check_eq "$(rows "$TMP/whole-tally.csv" SYT)" "$(rows "$TMP/own-tally.csv" SYT)" "questions tallied of SYT"

# One variable a question, whatever form it was answered on; the codebook has both numbers in print.
check_exit "0|3" "$PHIEU" -C "$TMP/own-ws" export spss -o "$TMP/p.sps"
check_lacks "$(<"$TMP/p.sps")" "F3K_" "variables of the form that stands for another"
check_eq "" "$(columns "$TMP/p-data.csv" agency F3_q9 | grep -vE '^agency|,[1-4]$|SYT,-')" "q9 of both agencies in one variable"
check_eq "" "$(columns "$TMP/p-data.csv" agency F3_q1 | grep '^TTT' | grep -v ',$')" "q1 of TTT, which nobody was asked"
check_eq "F3,9,F3_q9 F3K,1,F3_q9" "$(columns "$TMP/own-codebook.csv" form question number variable | awk -F, '/^F3/ && $2 == "q9" { print $1 "," $3 "," $4 }' | sort -u | xargs)" "q9 in the codebook"

# A page of it entered by hand asks what is on it.
text=$(pdftotext "$TMP/own.pdf" - | tr '\n' ' ')
check_contains "$text" "Mẫu F3K, phiên bản 1" "the form in print"
check_lacks "$text" "xin để trống" "a question to be left blank"
check_contains "$(pdftotext "$TMP/whole.pdf" - | tr '\n' ' ')" "xin để trống: câu 1–8, 13." "what the whole form says"
print_some "$TMP/own-ws" lone --group G3 --agency BDT --count 1
lone=$(grep -oE '"serial" *: *"[^"]*"' "$TMP/lone.json" | head -1 | sed -E 's/.*"([^"]*)"$/\1/')
check_exit 1 "$PHIEU" -C "$TMP/own-ws" resolve enter "$lone" 2 q1=a q9=a q10=a q11=a q12=a q14=a y-kien= --reason 'bị rách' --who 'Người nhập A'
check_contains "$err" "q1" "a question that is not on the page"
check_exit "0|3" "$PHIEU" -C "$TMP/own-ws" resolve enter "$lone" 2 q9=a q10=a q11=a q12=a q14=a y-kien= --reason 'bị rách' --who 'Người nhập A'

# A survey that had printed the whole form for them takes over the other: its paper is read on, printed again as it was,
# and new ballots are of the new form.
old=$(sed -nE 's/.*"serial" *: *"([^"]*)","group":"G3","agency":"TTT".*/\1/p' <<<"$(sed 's/{"pdf_page"/\n&/g' "$TMP/whole.json")" | tail -1)
[[ $old ]] || fault "no ballot about TTT in $(head -c 400 "$TMP/whole.json")"
check_exit 0 "$PHIEU" -C "$TMP/whole-ws" print --reprint "$old" -o "$TMP/before.pdf"
check_exit 0 "$PHIEU" -C "$TMP/whole-ws" amend --survey "$own"
check_exit 0 "$PHIEU" -C "$TMP/whole-ws" print --reprint "$old" -o "$TMP/after.pdf"
cmp -s "$TMP/before.pdf" "$TMP/after.pdf" || fault "the ballot issued before prints otherwise now"
check_exit "0|3" "$PHIEU" -C "$TMP/whole-ws" scan --again --json
check_exit "0|3" "$PHIEU" -C "$TMP/whole-ws" export scores -o "$TMP/later.csv"
check_eq "$(<"$TMP/whole-points.csv")" "$(columns "$TMP/later.csv" agency group leaf question n distribution rate_exact points_exact | grep '^TTT,G3,')" "points after the change"
print_some "$TMP/whole-ws" new --group G3 --agency TTT --count 2
fill new new-day --seed 6 --damage none --mode grey --dpi 200
check_exit "0|3" "$PHIEU" -C "$TMP/whole-ws" scan --json "$TMP/new-day/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/whole-ws" export tally -o "$TMP/both.csv"
check_exit "0|3" "$PHIEU" -C "$TMP/whole-ws" export spss -o "$TMP/both.sps"
check_eq "F3 F3K" "$(columns "$TMP/both-data.csv" form agency | grep TTT | cut -d, -f1 | sort -u | xargs)" "ballots of both forms in one table"
check_eq 5 "$(columns "$TMP/both.csv" agency group question ballots | awk -F, '$1 == "TTT" && $2 == "G3" && $3 == "q9" { print $4; exit }')" "ballots of both forms under one question"
check_exit 0 "$PHIEU" -C "$TMP/whole-ws" verify
finish
