# shellcheck shell=bash source=tests/cases/lib.sh
# The simulator itself: the same seed gives the same bytes whatever the number of processes; its lists agree.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1,G3 --agency SNV,SYT --count 4
bytes() { (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum); }
fill b one --damage hard --seed 7 --set missing_page=0.2 --set twice=0.2 -j 1
fill b two --damage hard --seed 7 --set missing_page=0.2 --set twice=0.2 -j 3
fill b other --damage hard --seed 8 -j 2
check_eq "$(bytes "$TMP/one")" "$(bytes "$TMP/two")" "bytes of one and of three processes"
[[ $(bytes "$TMP/one/scans") != "$(bytes "$TMP/other/scans")" ]] || fault "another seed gives the same scans"

# Every row of truth belongs to a printed serial; pages are where the list says.
awk -F, 'NR > 1 { print $1 }' "$TMP/one/truth.csv" | sort -u >"$TMP/true"
grep -oE '"serial" *: *"[^"]*"' "$TMP/b.json" | sed -E 's/.*"([^"]*)"$/\1/' | sort -u >"$TMP/printed"
cmp -s "$TMP/true" "$TMP/printed" || fault "serials of the truth differ from those printed"
while IFS= read -r file; do
    [[ -z $file || -s $TMP/one/scans/$file ]] || fault "no scan $file"
done < <(awk -F, 'NR > 1 { print $13 }' "$TMP/one/truth.csv" | sort -u)
while IFS=, read -r name pages _ format _; do
    case $format in
    pdf) have=$(qpdf --show-npages "$TMP/one/scans/$name") ;;
    jpeg | png) have=$(find "$TMP/one/scans/$name" -type f | wc -l) ;;
    *) continue ;;
    esac
    check_eq "$pages" "$have" "pages of $name"
done < <(tail -n +2 "$TMP/one/batches.csv")
((64 < $(wc -l <"$TMP/one/truth.csv"))) || fault "hardly any answers"
check_exit 2 "$SIM" --ballots "$TMP/b.pdf"
check_exit 1 "$SIM" --ballots "$TMP/b.pdf" --layout "$TMP/b.json" -o "$TMP/x" --set nosuch=1
finish
