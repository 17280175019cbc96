# shellcheck shell=bash source=tests/cases/lib.sh
# forms/README.md as a user follows it: its files into an empty folder, its commands one after another, in Vietnamese.
. "$ROOT/tests/cases/lib.sh"

guide=$ROOT/forms/README.md
mkdir -p "$TMP/way/khao-sat" "$TMP/way/build"
cd "$TMP/way" || exit
ln -s "$SIM" build/simulate
# A block's first line names the file it is, or (sh) the code its commands end with where that is not 0 or 3.
awk '/^```yaml / { file = "khao-sat/" $2; next } /^```$/ { if (sh) print "---"; file = ""; sh = 0; next }
    /^```sh/ { sh = 1; code = $2 == "" ? "0|3" : $2; next }
    file { print >file; files[file] } sh { print code "\t" $0 }
    END { for (f in files) n++; print n + 0 >"files" }' "$guide" >commands
check_eq 7 "$(<files)" "files of the guide"
((3 <= $(grep -c $'\t' commands))) || fault "no commands in the guide"

phieu() { PHIEU_LANG=vi LANGUAGE=vi "$PHIEU" "$@"; }
make() { :; } # built by the checks
mkdir whole
cp khao-sat/* whole/
mv khao-sat/{agencies,groups,origins,scales,criteria-xa,form-d}.yaml "$TMP"
all=
while IFS=$'\t' read -r code command; do
    [[ $code == --- ]] && { cp whole/* khao-sat/; continue; }
    eval "$command" >out 2>err </dev/null
    ended=$?
    [[ "|$code|" == *"|$ended|"* ]] || fault "$command ended with $ended, not $code: $(head -c 1500 err)"
    all+=$(cat out err)$'\n'
done <commands
check_contains "$all" "agencies.yaml" "what the first check misses"
check_contains "$all" "10 phiếu theo kế hoạch" "the plan of ten ballots"
check_contains "$all" "Số trang vào: " "the reconciliation"
check_contains "$all" "Mọi dữ liệu vẫn nguyên" "phieu verify"
for file in phieu.pdf bia-lo.pdf trang.png bang-diem/XA.xlsx tra-loi.csv chi-so.xlsx; do
    [[ -s $file ]] || fault "$file is missing or empty"
done
check_eq 10 "$(awk -F, 'NR > 1 { print $1 }' tra-loi.csv | sort -u | wc -l)" "ballots in the answers"
# Nothing read wrong on the way.
read -r right asked wrong absent < <(compare giay/truth.csv tra-loi.csv)
check_eq 0 "$wrong" "answers read wrong (right $right, asked $asked, absent $absent)"
finish
