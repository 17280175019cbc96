# shellcheck shell=bash source=tests/cases/lib.sh
# phieu print: numbered ballots, each serial once, the same inputs the same bytes.
# asan
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
cp -r "$TMP/ws" "$TMP/ws2" # the same station
print_some "$TMP/ws" one --group G1 --agency SNV --count 3
print_some "$TMP/ws2" two --group G1 --agency SNV --count 3
cmp -s "$TMP/one.pdf" "$TMP/two.pdf" || fault "the same ballots give other bytes"
cmp -s "$TMP/one.json" "$TMP/two.json" || fault "the same ballots give another layout file"
check_eq 3 "$(grep -oE '"serial" *: *"[^"]*"' "$TMP/one.json" | sort -u | wc -l)" "serials"

# The next print continues the numbers.
print_some "$TMP/ws" more --group G1 --agency SNV --count 2
check_eq 5 "$(cat "$TMP/one.json" "$TMP/more.json" | grep -oE '"serial" *: *"[^"]*"' | sort -u | wc -l)" "serials of two prints"

# A reprint is the same ballot again.
serial=$(grep -oE '"serial" *: *"[^"]*"' "$TMP/one.json" | head -1 | sed -E 's/.*"([^"]*)"$/\1/')
print_some "$TMP/ws" again --reprint "$serial"
check_eq "$serial" "$(grep -oE '"serial" *: *"[^"]*"' "$TMP/again.json" | sort -u | sed -E 's/.*"([^"]*)"$/\1/')" "reprinted serial"
check_exit "1|2" "$PHIEU" -C "$TMP/ws" print --reprint 999999Z -o "$TMP/x.pdf"
[[ -e $TMP/x.pdf ]] && fault "a refused print left a file"

check_exit "1|2" "$PHIEU" -C "$TMP/ws" print --group G9 -o "$TMP/x.pdf"
check_exit 2 "$PHIEU" -C "$TMP/ws" print
check_exit 1 "$PHIEU" -C "$TMP/ws" print --group G1 --agency STP --count 1 -o "$TMP/no folder/x.pdf"

# Nothing is issued before the file stands: a folder that is not there, a folder in its place, no room for the layout.
new_workspace "$TMP/ws3"
issued() { "$PHIEU" -C "$1" status --json 2>/dev/null | sed -nE 's/.*"issued" *: *([0-9]+).*/\1/p' | head -1; }
mkdir "$TMP/folder.pdf"
for where in "$TMP/no folder/x.pdf" "$TMP/folder.pdf"; do
    check_exit 1 "$PHIEU" -C "$TMP/ws3" print --group G3 -o "$where"
    check_eq 0 "$(issued "$TMP/ws3")" "serials issued for $where"
done
check_exit 1 "$PHIEU" -C "$TMP/ws3" print --group G1 -o "$TMP/y.pdf" --layout "$TMP/no folder/y.json"
check_exit 1 "$PHIEU" -C "$TMP/ws3" print --group G1 -o "$TMP/y.pdf" --covers "$TMP/no folder/y.pdf"
check_eq 0 "$(issued "$TMP/ws3")" "serials issued without their layout or covers"
[[ -e $TMP/y.pdf || -e $TMP/y.pdf.part ]] && fault "a refused print left a file"

# Killed at any moment: either nothing is issued, or the file stands under its name or is given it by the next run.
kills=0
for delay in 0.1 0.3 0.6 0.9 1.2; do
    before=$(issued "$TMP/ws3")
    "$PHIEU" -C "$TMP/ws3" print --group G3 --agency SNV,STP --count 40 -o "$TMP/k.pdf" >/dev/null 2>&1 &
    pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null && kills=$((kills + 1))
    wait $pid 2>/dev/null
    check_exit 0 "$PHIEU" -C "$TMP/ws3" print --group G1 --agency SNV --count 0 -o "$TMP/none.pdf"
    after=$(issued "$TMP/ws3")
    if ((after > before)); then
        check_eq 80 $((after - before)) "all or nothing is issued"
        [[ -s $TMP/k.pdf ]] || fault "$after serials are issued and their file is not there"
    fi
    rm -f "$TMP/k.pdf"
done
((kills > 0)) || fault "nothing was killed: the test shows nothing"

# Cut off between the serials and the file's name: the next run gives it, and prints nothing over it.
check_exit 0 "$PHIEU" -C "$TMP/ws3" print --group G1 --agency STC --count 2 -o "$TMP/cut.pdf"
cut=$(issued "$TMP/ws3")
sum=$(sha256sum <"$TMP/cut.pdf")
mv "$TMP/cut.pdf" "$TMP/cut.pdf.part"
sqlite3 "$TMP/ws3/survey.db" 'DROP TRIGGER print_end_kept; DELETE FROM print_end WHERE job = (SELECT max(job) FROM print_end)'
check_exit 0 "$PHIEU" -C "$TMP/ws3" print --group G1 --agency STC --count 2 -o "$TMP/cut.pdf"
check_contains "$err" "An interrupted print is finished" "said"
check_eq "$sum" "$(sha256sum <"$TMP/cut.pdf")" "the file that was cut off"
check_eq "$cut" "$(issued "$TMP/ws3")" "nothing issued twice"

# What may be the only file of issued ballots is not written over, by new ones nor by some of them again, and nothing is
# issued; with --replace it is.
check_exit 1 "$PHIEU" -C "$TMP/ws3" print --group G1 --agency STC --count 2 -o "$TMP/cut.pdf"
check_contains "$err" "$TMP/cut.pdf: is there already" "a file of the name"
check_contains "$err" "--reprint" "how its ballots are had again"
check_exit 1 "$PHIEU" -C "$TMP/ws3" print --reprint "$(sqlite3 "$TMP/ws3/survey.db" 'SELECT serial FROM issued LIMIT 1')" -o "$TMP/cut.pdf"
check_contains "$err" "$TMP/cut.pdf: is there already" "a file of the name, for a reprint"
check_eq "$cut" "$(issued "$TMP/ws3")" "serials issued for a file that is there"
check_eq "$sum" "$(sha256sum <"$TMP/cut.pdf")" "the file that is there"
check_exit 0 "$PHIEU" -C "$TMP/ws3" print --group G1 --agency STC --count 2 -o "$TMP/cut.pdf" --replace
check_eq $((cut + 2)) "$(issued "$TMP/ws3")" "the next print goes on"
[[ $sum != "$(sha256sum <"$TMP/cut.pdf")" ]] || fault "the file was not replaced"

# All forms print: text comes out of the PDF as proper Vietnamese.
print_some "$TMP/ws" g3 --group G3 --agency SYT --count 1
text=$(pdftotext "$TMP/g3.pdf" - | tr '\n' ' ')
check_contains "$text" "PHIẾU KHẢO SÁT" "title"
check_contains "$text" "Sở Y tế" "agency"
for group in G1 G2 G3 G4 G5 G6; do
    print_some "$TMP/ws" "form-$group" --group $group --count 1 --agency "$([[ $group < G4 ]] && echo STC || echo CL)"
    qpdf --check "$TMP/form-$group.pdf" >/dev/null 2>&1 || fault "the PDF of $group is not sound"
done
finish
