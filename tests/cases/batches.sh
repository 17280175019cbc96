# shellcheck shell=bash source=tests/cases/lib.sh
# Batches against their cover sheets on an office's heap: stacks over several files, pages shuffled, ballots astray.
# Told are the batches that truly differ, no other; every page and every ballot is in one of them.
. "$ROOT/tests/cases/lib.sh"

# What status --json says of the batches, a line each: "CELL differs expected found missing pages covers again".
batches() {
    awk -F'"' '
        function number(text) { gsub(/[^0-9]/, "", text); return text + 0 }
        /^  "batches"/ { inside = 1; next }
        /^  \]/ { inside = 0 }
        !inside { next }
        /^      "(group|agency|origin)"/ { cell[$2] = $4 }
        /^      "(expected|found|missing|covers_repeated)"/ { value[$2] = number($3) }
        /^      "(pages_read|pages_refused|pages_blank|pages_cover|files_refused)"/ { pages += number($3) }
        /^      "pages_cover"/ { covers = number($3) }
        /^      "differs"/ { differs = $3 ~ /true/ }
        /^    \}/ { print cell["group"] "|" cell["agency"] "|" cell["origin"], differs, value["expected"], value["found"],
                    value["missing"], pages, covers, value["covers_repeated"]; pages = 0 }' <<<"$1"
}
# The cells whose batch truly differs: fewer ballots than the cover's $2, one without a page or scanned twice.
truly() {
    awk -F, -v printed="$2" '
        FNR == 1 { next }
        NR != FNR && ($1 == "missing-page" || $1 == "twice") { bad[cell[$2]] = 1 }
        NR != FNR { next }
        { cell[$1] = $3 "|" $4 "|" $5; cells[cell[$1]]; if ($13 != "" && !seen[$1]++) count[cell[$1]]++ }
        END { for (c in cells) if (bad[c] || count[c] != printed) print c }' "$1/truth.csv" "$1/special.csv" | sort
}

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1,G3 --agency SNV,SYT,TTT --count 4 --covers "$TMP/bia.pdf"
printed=$(grep -oE '"serial" *: *"[^"]*"' "$TMP/b.json" | sort -u | wc -l)
heap=(--covers "$TMP/bia.pdf" --damage none --format pdf --mode grey --batch-pages 9 --count $((printed - 2)) --seed 5
    --set swap=0.15 --set missing_page=0.04 --set twice=0.04 --set blank_sheet=0.1 --set foreign_page=0.05)
fill b day "${heap[@]}" --dpi 150
grep -qvE ',(duplex|order)$' "$TMP/day/batches.csv" || fault "no file is out of order"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/day/scans"
pages=$(json pages_in "$out")
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --json
batches "$out" >"$TMP/told"
check_eq "$pages" "$(awk '{ n += $6 } END { print n }' "$TMP/told")" "pages of all batches"
check_eq "$(awk -F, 'NR > 1 && $13 != "" { print $1 }' "$TMP/day/truth.csv" | sort -u | wc -l)" \
    "$(awk '{ n += $4 } END { print n }' "$TMP/told")" "ballots of all batches"
check_eq "$(truly "$TMP/day" 4)" "$(awk '$2 { print $1 }' "$TMP/told" | sort)" "batches that differ"
right=$(awk '!$2' "$TMP/told" | wc -l) wrong=$(awk '$2' "$TMP/told" | wc -l)
echo "batches: $wrong differ, $right do not"
((right > 0 && wrong > 0)) || fault "the heap does not try both"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status
check_contains "$out" "Batches that differ from their cover sheet: $wrong of $((right + wrong))" "the batches in words"
check_contains "$out" "issued but never came back: " "serials that never came back"

# The whole heap once more through another scanner: nothing is found or missed anew, covers came twice.
fill b again "${heap[@]}" --dpi 200
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/again/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --json
batches "$out" >"$TMP/twice"
check_eq "$(awk '{ print $1, $3, $4, $5 }' "$TMP/told" | sort)" "$(awk '{ print $1, $3, $4, $5 }' "$TMP/twice" | sort)" \
    "expected, found and missing after a second scan"
check_eq "" "$(awk '$7 != 2 || $8 != 1 || !$2' "$TMP/twice")" "batches not seen as scanned twice"

# Without covers nothing is promised.
new_workspace "$TMP/ws2"
print_some "$TMP/ws2" c --group G1 --agency SNV --count 2
fill c bare --damage none --format pdf --mode grey --dpi 150
check_exit "0|3" "$PHIEU" -C "$TMP/ws2" scan "$TMP/bare/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/ws2" status
check_lacks "$out" "cover" "a word of covers where there are none"
finish
