# shellcheck shell=bash source=tests/cases/lib.sh
# phieu print: numbered ballots, each serial once, the same inputs the same bytes.
# asan
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
new_workspace "$TMP/ws2"
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

# All six forms print: text comes out of the PDF as proper Vietnamese.
print_some "$TMP/ws" g3 --group G3 --agency SYT --count 1
text=$(pdftotext "$TMP/g3.pdf" - | tr '\n' ' ')
check_contains "$text" "PHIẾU KHẢO SÁT" "title"
check_contains "$text" "Sở Y tế" "agency"
for group in G1 G2 G3 G4 G5 G6; do
    print_some "$TMP/ws" "form-$group" --group $group --count 1 --agency "$([[ $group < G4 ]] && echo STC || echo CL)"
    qpdf --check "$TMP/form-$group.pdf" >/dev/null 2>&1 || fault "the PDF of $group is not sound"
done
finish
