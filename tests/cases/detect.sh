# shellcheck shell=bash source=tests/cases/lib.sh
# phieu detect on blanks: boxes found, missed and false, options labelled right. The figures are pinned: found must not
# fall, false must not rise. Questionnaires of a word processor and our own ballots always; the real sets where they are.
. "$ROOT/tests/cases/lib.sh"
here=$ROOT/tests/detect

# detect_one NAME BLANK TRUTH BOXES LABELS QUESTIONS: every box found, none false, at least LABELS right
detect_one() {
    local name=$1 blank=$2 truth=$3 found missed false labels right count
    check_exit 0 "$PHIEU" detect "$blank" -o "$TMP/form-$name.yaml" --scales "$TMP/scales-$name.txt" --overlay "$TMP/$name.png"
    read -r _ found missed false labels right <<<"$("$here/compare" "$TMP/form-$name.yaml" "$truth")"
    count=$(grep -c '{id: q' "$TMP/form-$name.yaml")
    printf '%-22s %6d %6d %6d %6d / %-4d %4d\n' "$name" "$found" "$missed" "$false" "$right" "$labels" "$count" >&2
    check_eq "$4" "$found" "$name: boxes found"
    check_eq 0 "$missed" "$name: boxes missed"
    check_eq 0 "$false" "$name: false boxes"
    ((right >= $5)) || fault "$name: $right labels right, not $5"
    check_eq "$6" "$count" "$name: questions"
}
printf '%-22s %6s %6s %6s %13s %4s\n' blank found missed false 'labels right' questions >&2
detect_one o-trong "$here/o-trong.pdf" "$here/o-trong.tsv" 17 17 5
detect_one bang "$here/bang.pdf" "$here/bang.tsv" 28 25 7
detect_one hai-cot "$here/hai-cot.pdf" "$here/hai-cot.tsv" 26 25 9
check_eq "t1 t2" "$(grep -o '{id: t[0-9]' "$TMP/form-bang.yaml" | sed 's/.* //' | xargs)" "the comb and the name of 'bang'"
check_contains "$(<"$TMP/form-o-trong.yaml")" "lines: 3" "three dotted lines are one field"
check_contains "$(<"$TMP/form-o-trong.yaml")" "# printed page number" "page number"

# What is proposed is a definition that can be used.
mkdir "$TMP/survey"
cp "$ROOT"/tests/real/{survey,agencies,origins,criteria-all}.yaml "$here/bang.pdf" "$TMP/survey"
check_exit 0 "$PHIEU" detect "$TMP/survey/bang.pdf" -o "$TMP/survey/form-b.yaml"
echo "groups: [{id: G1, name: Group, block: all, form: B, quota: [{handed_out_by: itself, ballots: 1}]}]" >"$TMP/survey/groups.yaml"
check_exit 0 "$PHIEU" check "$TMP/survey"
check_exit 0 "$PHIEU" init "$TMP/ws-b" --survey "$TMP/survey"
check_exit 1 "$PHIEU" detect "$TMP/survey/bang.pdf" -o "$TMP/survey/form-b.yaml"
check_contains "$err" "has scales of form 'B' already" "scales are not written twice"

# Our own ballots as if others had printed them; PHIEU_DETECT_ALL=1 for all six forms.
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$ROOT/forms/tra-vinh-2023"
declare -A questions=([G1]=14 [G2]=17 [G3]=23 [G4]=14 [G5]=15 [G6]=23) boxes=([G1]=52 [G2]=65 [G3]=89 [G4]=52 [G5]=57 [G6]=89)
for group in ${PHIEU_DETECT_ALL:+G2 G4 G5 G6} G1 G3; do
    check_exit 0 "$PHIEU" -C "$TMP/ws" print --group $group --count 1 -o "$TMP/$group-all.pdf" --layout "$TMP/$group.json"
    pdfseparate -f 1 -l 2 "$TMP/$group-all.pdf" "$TMP/$group-%d.pdf"
    "$here/layout-truth" "$TMP/$group.json" "$ROOT/forms/tra-vinh-2023" 1 2 >"$TMP/$group.tsv"
    pdfunite "$TMP/$group-1.pdf" "$TMP/$group-2.pdf" "$TMP/$group.pdf"
    detect_one "$group" "$TMP/$group.pdf" "$TMP/$group.tsv" "${boxes[$group]}" $((boxes[$group] - 4)) "${questions[$group]}"
done

sets=${PHIEU_SHARED:-$ROOT/../shared}/real
if [[ -d $sets ]]; then
    for set in "hamilton 1 18 3" "hamilton 2 31 5" "hamilton 4 8 4" "hamilton 5 6 3" "choctaw-2019 1 22 7" "choctaw-2019 2 31 13"; do
        read -r folder number boxes questions <<<"$set"
        awk -F, -v file="blank-$number.jpg" '$1 == file { k = 25.4 / 150; printf "1\t%.2f\t%.2f\t%.2f\t%.2f\t-\n", $3 * k, $4 * k, $5 * k, $6 * k }' \
            "$sets/$folder/boxes.csv" >"$TMP/$folder-$number.tsv"
        detect_one "$folder-$number" "$sets/$folder/blank-$number.jpg" "$TMP/$folder-$number.tsv" "$boxes" 0 "$questions"
    done
    for set in "quexf 24 24 8" "questionnaire 31 23 7"; do # the truth of the second calls some answers otherwise than its print
        read -r name boxes labels questions <<<"$set"
        awk -v OFS='\t' '
            FILENAME ~ /scales/ { if (/^  - id:/) scale = $3; rest = $0
                while (match(rest, /\{id: [^}]*\}/)) { item = substr(rest, RSTART + 5, RLENGTH - 6); rest = substr(rest, RSTART + RLENGTH)
                    id = item; sub(/,.*/, "", id); sub(/.*label: /, "", item); gsub(/^"|"$/, "", item); label[scale, id] = item }
                next }
            /kind:/ { q = $0; sub(/.*id: /, "", q); sub(/,.*/, "", q); s = $0; sub(/.*scale: /, "", s); sub(/,.*/, "", s); of[q] = s }
            /option:/ { gsub(/[{},]/, " "); for (i = 1; i < NF; i++) if ($i ~ /:$/) v[substr($i, 1, length($i) - 1)] = $(i + 1)
                k = 25.4 / 300; print v["page"], v["x"] * k, v["y"] * k, v["w"] * k, v["h"] * k, label[of[v["question"]], v["option"]] }' \
            "$ROOT/tests/real/scales.yaml" "$ROOT/tests/real/form-$name.yaml" >"$TMP/$name.tsv"
        detect_one "$name" "$sets/$name/blank.pdf" "$TMP/$name.tsv" "$boxes" "$labels" "$questions"
    done
    # Five filled copies and no blank.
    check_exit 0 "$PHIEU" detect --filled "$sets"/questionnaire/filled-?.jpg -o "$TMP/form-merged.yaml" --scales "$TMP/merged.txt"
    merged=$(grep -c 'option: ' "$TMP/form-merged.yaml")
    printf '%-22s %6d\n' "five filled copies" "$merged" >&2
    ((merged >= 30)) || fault "five filled copies: $merged boxes of 31, not 30"
fi
finish
