# shellcheck shell=bash source=tests/cases/lib.sh
# The same ballot twice, a page missing, a serial never issued, pages that are no ballot: each held and shown.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G3 --agency SNV --count 4
new_workspace "$TMP/other"
cp -r "$TMP/other" "$TMP/ws4" # the same station, nothing printed yet
print_some "$TMP/other" skip --group G1 --agency SNV --count 90 # so that the other print's serials lie further on
print_some "$TMP/other" u --group G3 --agency SNV --count 8
fill b day --damage none --mode grey --format jpeg --dpi 200
first=$TMP/day/scans
serials=$(awk -F, 'NR > 1 { print $1 }' "$TMP/day/truth.csv" | sort -u | wc -l)
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$first"
check_eq "$serials" "$(json ballots_complete "$out")" "ballots complete"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/before.csv"

# The same ballots put through another scanner: duplicates, nothing counted twice, nothing changed.
fill b again --damage none --mode grey --format jpeg --dpi 300
check_exit 3 "$PHIEU" -C "$TMP/ws" scan "$TMP/again/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/after.csv"
check_eq "$(awk -F, 'NR > 1 { print $1, $6 }' "$TMP/before.csv" | sort -u | wc -l)" \
    "$(awk -F, 'NR > 1 { print $1, $6 }' "$TMP/after.csv" | wc -l)" "rows after a second scan"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status
check_contains "${out,,}" "scanned more than once" "duplicates are shown"

# A page missing.
new_workspace "$TMP/ws3"
print_some "$TMP/ws3" c --group G3 --agency SNV --count 4
fill c lost --damage none --mode grey --format jpeg --dpi 200 --set missing_page=0.5 --seed 4
lost=$(grep -c '^missing-page,' "$TMP/lost/special.csv")
((lost > 0)) || fault "the simulator lost no page"
check_exit 3 "$PHIEU" -C "$TMP/ws3" scan --json "$TMP/lost/scans"
check_eq "$lost" "$(json ballots_incomplete "$out")" "incomplete ballots"
check_exit "0|3" "$PHIEU" -C "$TMP/ws3" status
for serial in $(awk -F, '/^missing-page,/ { print $2 }' "$TMP/lost/special.csv"); do
    grep -qE "${serial:0:6}-?${serial:6}" <<<"$out" || fault "status does not name incomplete $serial"
done

# Pages that are no ballot, empty sheets, and ballots never issued here.
print_some "$TMP/ws4" d --group G3 --agency SNV --count 3
fill d odd --damage none --mode grey --format pdf --dpi 200 --set foreign_page=0.6 --set blank_sheet=0.6 --seed 2 \
    --unknown "$TMP/u.pdf" --unknown-layout "$TMP/u.json" --unknown-count 4
issued=" $(grep -oE '"serial" *: *"[^"]*"' "$TMP/d.json" | sed -E 's/.*"([^"]*)"$/\1/' | sort -u | tr '\n' ' ') "
unknown=0
for serial in $(awk -F, '/^unknown-serial,/ { print $2 }' "$TMP/odd/special.csv" | sort -u); do
    [[ $issued == *" $serial "* ]] || unknown=$((unknown + 1))
done
pages=$(awk -F, 'NR > 1 { n += $2 } END { print n }' "$TMP/odd/batches.csv")
check_exit 3 "$PHIEU" -C "$TMP/ws4" scan --json "$TMP/odd/scans"
check_eq "$pages" "$(json pages_in "$out")" "pages in"
check_eq "$(grep -c '^foreign-page,' "$TMP/odd/special.csv")" "$(json pages_refused "$out")" "pages refused"
check_eq "$(($(grep -c '^blank,' "$TMP/odd/special.csv")))" "$(json pages_blank "$out")" "blank pages"
((unknown > 0)) || fault "no serial of the other print is unknown here"
check_exit "0|3" "$PHIEU" -C "$TMP/ws4" export answers --format csv -o "$TMP/odd.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/odd/truth.csv" "$TMP/odd.csv")"
echo "right $right asked $asked wrong $wrong absent $absent"
check_eq 0 "$wrong" "wrong answers beside foreign pages"
finish
