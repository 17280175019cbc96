# shellcheck shell=bash source=tests/cases/lib.sh
# From score sheets to the ranking: valid office files are taken, one wrong cell refuses a file whole, and the index is
# provisional until everything is there or waived.
# asan
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
check_exit 0 "$PHIEU" "${ws[@]}" template --list
printf '%s\n' "$out" >"$TMP/leaves.csv"
"$SIM" scores --leaves "$TMP/leaves.csv" -o "$TMP/scores" --seed 3 || fault "simulate scores"
check_eq 27 "$(find "$TMP/scores/self" -type f | wc -l)" "self-score sheets"
while IFS= read -r -d '' file; do
    check_exit 0 "$PHIEU" "${ws[@]}" import self "$file"
done < <(find "$TMP/scores/self" -type f -print0)
# Versions count for each agency, and what an import brought is said: whose, how much, what it changed.
check_exit 0 "$PHIEU" "${ws[@]}" import self "$TMP/scores/self/Tự chấm điểm - SNV.xlsx"
check_contains "$err" "(SNV): as before, nothing changed; version 1 (36 criteria, " "the same file makes no version"
before=$("$PHIEU" "${ws[@]}" verify 2>&1)
check_exit 0 "$PHIEU" "${ws[@]}" import self "$TMP"/scores/self/*
check_eq "$before" "$("$PHIEU" "${ws[@]}" verify 2>&1)" "the same folder again leaves the workspace as it was"
# What office programs leave beside an open workbook is passed over, and said.
printf '\006office' >"$TMP/scores/self/~\$SNV.xlsx"
check_exit 0 "$PHIEU" "${ws[@]}" import self "$TMP/scores/self/Tự chấm điểm - SNV.xlsx" "$TMP/scores/self/~\$SNV.xlsx"
check_contains "$err" "Passed over, as files of the system and of open workbooks: ~\$SNV.xlsx." "a lock file"
check_exit 2 "$PHIEU" "${ws[@]}" import self "$TMP/scores/self/~\$SNV.xlsx"
check_exit 0 "$PHIEU" "${ws[@]}" import appraised "$TMP/scores/Thẩm định.xlsx"
check_contains "$err" "scores of 27 agencies taken over." "agencies of a workbook"
check_contains "$err" "(SNV), version 1: 36 criteria, " "the appraisal is a version of its own"

check_exit "0|3" "$PHIEU" "${ws[@]}" index
check_contains "${out,,}$err" "provisional" "an index without ballots"
check_exit "1|3" "$PHIEU" "${ws[@]}" index --final
check_exit "0|3" "$PHIEU" "${ws[@]}" export index --format csv -o "$TMP/index.csv"
check_contains "$(<"$TMP/index.csv")" "SNV" "exported index"

# A waiver is of what stands: by name, or by the beginning of a name; it lapses when more comes, and is taken back.
check_exit 2 "$PHIEU" "${ws[@]}" waive 'quota-short:G9:*' --reason 'không thu được'
check_contains "$err" "'quota-short:G9:*' is no reason that stands" "a pattern that means nothing"
check_exit 0 "$PHIEU" "${ws[@]}" waive 'quota-short:G3:*' --who 'Người duyệt A' --reason 'không thu được'
check_contains "$err" "Reasons waived by Người duyệt A: 18" "one waiver a cell"
check_eq 10 "$(grep -c 'quota-short:G3:.*: waived by Người duyệt A' <<<"$err")" "waivers named"
check_contains "$err" "… and 8 more; all of them: phieu index --all" "how the rest is seen"
check_exit 3 "$PHIEU" "${ws[@]}" index
# Sums first, then ten of a kind and how to see the rest; --all names every one.
check_eq 10 "$(grep -c '^  \[quota-short:' <<<"$out")" "reasons of one kind that are named"
check_eq 10 "$(grep -c '^  \[leaf-unscored:' <<<"$out")" "reasons of another kind"
check_eq 10 "$(grep -c '^  waived: ' <<<"$out")" "waivers that are named"
check_eq 342 "$(sed -nE 's/^ +([0-9]+) reasons: ballots are missing \(quota-short\)$/\1/p' <<<"$out")" "reasons of that kind in all"
(($(grep -c . <<<"$out") < 120)) || fault "the index has $(grep -c . <<<"$out") lines"
check_exit 3 "$PHIEU" "${ws[@]}" index --all
check_eq 342 "$(grep -c '^  \[quota-short:' <<<"$out")" "every reason of one kind"
check_lacks "$out" "more; all of them" "what is left out of all"
check_eq 18 "$(grep -c 'waived: quota-short:G3:.*20 of 20.*Người duyệt A: không thu được' <<<"$out")" "waived cells"
check_contains "$out" "[quota-short:G2:SNV:CL] group G2" "other groups stand"
echo 'không phải ảnh' >"$TMP/hỏng-1.pdf"
echo 'cũng không' >"$TMP/hỏng-2.pdf"
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/hỏng-1.pdf"
check_exit 0 "$PHIEU" "${ws[@]}" waive pages-refused --reason 'không phải phiếu'
check_exit 3 "$PHIEU" "${ws[@]}" index --all
check_contains "$out" "waived: pages-refused (1 refused" "the file that was seen"
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/hỏng-2.pdf"
check_exit 3 "$PHIEU" "${ws[@]}" index --all
check_contains "$out" "was given for 1, and of the 2 now 1 are new: it has lapsed" "the file nobody had seen"
check_lacks "$out" "waived: pages-refused" "a waiver that lapsed"
check_exit 0 "$PHIEU" "${ws[@]}" waive --withdraw 'quota-short:G3:S*' --who 'Người duyệt B' --reason 'phải thu đủ'
check_exit 3 "$PHIEU" "${ws[@]}" index --all
check_contains "$out" "its waiver was withdrawn by Người duyệt B: phải thu đủ" "who took it back, and why"
check_contains "$out" "waived: quota-short:G3:TTT:TTT" "waivers not withdrawn"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# No waiver makes up an index: --final needs a decision on each agency without one, and the table says it.
check_exit 3 "$PHIEU" "${ws[@]}" waive --all --reason 'không thu được'
check_contains "$err" "Not waived, as no waiver gives an agency its index: leaf-unscored:SNV:S1.1" "what cannot be waived"
check_exit 1 "$PHIEU" "${ws[@]}" waive 'leaf-unscored:SNV:*' --reason 'không thu được'
check_exit 1 "$PHIEU" "${ws[@]}" index --final --all
check_contains "$out" "[leaf-unscored:SNV:S1.1]" "what stands against it"
check_exit 2 "$PHIEU" "${ws[@]}" treat 'leaf-unscored:SNV:1.1' --as not-applicable --reason 'nhầm'
check_exit 2 "$PHIEU" "${ws[@]}" treat SNV --as unranked
check_exit 0 "$PHIEU" "${ws[@]}" treat '*' --as unranked --who 'Hội đồng' --reason 'chưa khảo sát'
check_exit 0 "$PHIEU" "${ws[@]}" treat --withdraw SNV STP --reason 'có điểm thẩm định'
check_exit 0 "$PHIEU" "${ws[@]}" treat 'leaf-unscored:SNV:*' 'leaf-unscored:STP:*' --as not-applicable \
    --who 'Hội đồng' --reason 'không có phiếu'
check_exit 0 "$PHIEU" "${ws[@]}" index --final --all --block so
check_eq 16 "$(grep -c 'not ranked$\|not ranked  *–' <<<"$out")" "agencies the table shows as not ranked"
check_contains "$out" "STC: not ranked, as decided by Hội đồng: chưa khảo sát" "who took it out"
check_contains "$out" "S8.2, S8.3: no group answered it; not applicable, as decided by Hội đồng: không có phiếu" "leaves left out"
check_contains "$out" "decided: leaf-unscored:SNV:S8.3 " "a leaf left out is decided"
check_lacks "$out" "waived: leaf-unscored" "and not waived"
check_contains "$out" "   70.00  " "the maximum without the survey"
check_exit 0 "$PHIEU" "${ws[@]}" export index --format csv -o "$TMP/final.csv"
check_eq 1 "$(grep -c '^so,SNV,.*,total,.*,70\.00,' "$TMP/final.csv")" "the maximum in the export"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# Two files of one agency: the later counts, what it changed is told, and it is one agency.
first=$(find "$TMP/scores/self" -name '*.csv' | sort | head -n 1)
sed 's/^1\.1;\(.*\);[^;]*;[^;]*$/1.1;\1;quyết định số 1;/' "$first" >"$TMP/lần hai.csv"
check_exit 0 "$PHIEU" "${ws[@]}" import self "$first" "$TMP/lần hai.csv"
check_contains "$err" "lần hai.csv" "the later file"
check_contains "$err" "version 2" "its version"
check_lacks "$err" "agencies taken over" "two agencies, as it is one"

# One wrong cell: nothing of the file is taken, and the cell is named.
printf 'Cơ quan: Sở Nội vụ\nMã cơ quan: SNV\nMã TC;Tiêu chí;Điểm tối đa;Điểm tự chấm\n1.1;Kế hoạch;3;3,7\n' >"$TMP/wrong.csv"
check_exit 1 "$PHIEU" "${ws[@]}" import self "$TMP/wrong.csv"
check_contains "$err" "wrong.csv" "the file is named"
check_contains "$err" "3,7" "the value is quoted"
# A template as exported is itself readable: empty, so refused for its missing scores, not for its shape.
check_exit 0 "$PHIEU" "${ws[@]}" template SNV -o "$TMP/mẫu.xlsx"
check_exit 1 "$PHIEU" "${ws[@]}" import self "$TMP/mẫu.xlsx"
check_contains "$err" "mẫu.xlsx" "the empty template is named"
finish
