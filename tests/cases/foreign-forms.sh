# shellcheck shell=bash source=tests/cases/lib.sh
# Forms printed by others that nobody chose for being easy: ovals with thick outlines, pale circles with figures inside,
# a blank that was photographed. The files stay outside the repository; tests/unit/detect_test.c draws their like.
. "$ROOT/tests/cases/lib.sh"
here=${PHIEU_SHARED:-$ROOT/../shared}/faults/_foreign
[[ -d $here ]] || skip "no forms of others beside the repository ($here)"

# detect NAME FILE BOXES QUESTIONS
detect() {
    check_exit 0 "$PHIEU" detect "$2" -o "$TMP/form-$1.yaml" --scales "$TMP/$1.txt" --json
    printf '%-12s boxes %3d of %3d, without a label %d, questions %d\n' "$1" "$(json boxes "$out")" "$3" \
        "$(json boxes_without_label "$out")" "$(json questions "$out")" >&2
    check_eq "$3" "$(json boxes "$out")" "$1: boxes"
    check_eq "$4" "$(json questions "$out")" "$1: questions"
    check_eq 0 "$(json shapes_left "$out")" "$1: shapes left"
}
detect ovals "$here/detect/detect-lb18.png" 22 7
check_contains "$(<"$TMP/form-ovals.yaml")" "# John Cornyn" "the label beside an oval"
detect circles "$here/detect/detect-marksheet.pdf" 109 12
check_eq "0 1 2 3 4 5 6 7 8 9" "$(grep '{question: q2,' "$TMP/form-circles.yaml" | sed 's/.*# //' | xargs)" "figures inside circles"
detect grey "$here/grey-blank/def/ps.jpg" 85 17

# Filled copies, each stretched in its own way, the first of another precinct: its ballot has one contest more.
check_exit 3 "$PHIEU" detect --filled "$here"/merge-smeared/*.png -o "$TMP/form-copies.yaml" --scales "$TMP/copies.txt"
check_contains "$err" "filled-in-p1-01.png" "the copy that fits in part is named"
boxes=$(grep -c 'option: ' "$TMP/form-copies.yaml")
printf '%-12s boxes %3d of  22\n' copies "$boxes" >&2
check_eq 22 "$boxes" "boxes of filled copies"

# A blank as grey as it was photographed: what it shows for paper is paper.
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$here/grey-blank/def"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$here/grey-blank/flat2.jpg"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/answers.csv"
read -r read wrong <<<"$(awk -F, -v want="a b c d e ? d d c c b b a a b b a" '
    BEGIN { split(want, is, " ") }
    FNR > 1 && $8 == "machine" { read++; q = substr($6, 2); if ($7 != is[q]) wrong++ }
    END { print read + 0, wrong + 0 }' "$TMP/answers.csv")"
printf '%-12s read %d of 17, wrong %d\n' photographed "$read" "$wrong" >&2
check_eq 0 "$wrong" "answers read wrong from a grey blank"
((read >= 14)) || fault "a grey blank: $read answers read of 17, not 14"
finish
