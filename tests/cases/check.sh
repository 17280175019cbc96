# shellcheck shell=bash source=tests/cases/lib.sh
# phieu check: a definition is taken as a whole, and every fault is named with its place.
. "$ROOT/tests/cases/lib.sh"

check_exit 0 "$PHIEU" check "$survey"
check_contains "$out" "1,278" "the plan of the example"
check_exit 0 "$PHIEU" check "$ROOT/forms/nho"
check_exit 1 "$PHIEU" check "$TMP/không có"
check_exit 2 "$PHIEU" check

# edit FILE SED-SCRIPT: a copy of the example with one change is in $TMP/bad.
edit() {
    rm -rf "$TMP/bad"
    cp -r "$survey" "$TMP/bad"
    sed -i "$2" "$TMP/bad/$1"
    cmp -s "$survey/$1" "$TMP/bad/$1" && fault "nothing changed in $1 by $2"
}
# refused FILE PART: check names a place in FILE and PART.
refused() {
    check_exit 1 "$PHIEU" check "$TMP/bad"
    grep -qE "$1:[0-9]+:[0-9]+: .*" <<<"$err" || fault "no place in $1: ${err:0:600}"
    check_contains "$err" "$2" "what is wrong in $1"
}
edit survey.yaml 's/^  valid_share: 1/  valid_share: 1x/'
refused survey.yaml 1x
edit survey.yaml 's/^  surplus:/  surpluss:/'
refused survey.yaml surpluss
edit criteria-so.yaml '0,/max: 3,/s//max: 4,/'
refused criteria-so.yaml 1
edit agencies.yaml 's/code: STP/code: SNV/'
refused agencies.yaml SNV
edit form-1.yaml '0,/scale: T4/s//scale: T9/'
refused form-1.yaml T9
edit form-1.yaml '0,/leaf: S1.1/s//leaf: S9.9/'
refused form-1.yaml S9.9
edit groups.yaml '0,/form: F1/s//form: F9/'
refused groups.yaml F9

# Text in decomposed form (NFD) looks the same and matches nothing: ộ written as o + circumflex + dot below.
edit agencies.yaml "s/Sở Nội vụ/Sở N$(printf 'o\xcc\x82\xcc\xa3')i vụ/"
refused agencies.yaml agencies.yaml

# Three faults in three files: all are told at once.
edit survey.yaml 's/^  surplus:/  surpluss:/'
sed -i 's/code: STP/code: SNV/' "$TMP/bad/agencies.yaml"
sed -i '0,/max: 3,/s//max: 3mm,/' "$TMP/bad/criteria-so.yaml"
check_exit 1 "$PHIEU" check "$TMP/bad"
for file in survey.yaml agencies.yaml criteria-so.yaml; do
    grep -qE "$file:[0-9]+:[0-9]+:" <<<"$err" || fault "the fault in $file is not told beside the others: ${err:0:900}"
done

# Of a file the sum and ten faults, and how to see the rest; all with --all.
edit criteria-so.yaml 's/max: /max: x/'
check_exit 1 "$PHIEU" check "$TMP/bad"
check_contains "$err" "more; all of them: phieu check --all" "how the other faults are seen"
check_eq 10 "$(grep -c 'criteria-so.yaml:[0-9]' <<<"$err")" "faults of one file that are named"
check_exit 1 "$PHIEU" check --all "$TMP/bad"
(($(grep -c 'criteria-so.yaml:[0-9]' <<<"$err") > 40)) || fault "not every fault with --all: ${err:0:900}"
finish
