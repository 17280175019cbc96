# shellcheck shell=bash source=tests/cases/lib.sh
# A clerk in a browser decides about pages that were refused and ballots that are held: scanned twice, void, incomplete.
. "$ROOT/tests/cases/lib.sh"

need_browser

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SNV --count 6
fair=(--damage none --mode grey --format jpeg --dpi 150)
fill b one "${fair[@]}" --seed 31
fill b two "${fair[@]}" --seed 32 --count 2
mapfile -t pages < <(find "$TMP/one/scans" -name '*.jpg' | sort)
rm "${pages[-1]}"
mkdir "$TMP/bad"
# a page that is black nearly to its edges, and a file that is no scan
printf '%s\n' '%PDF-1.4' '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj' '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj' \
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj' '4 0 obj<</Length 25>>stream' \
    '0 g 60 60 475 700 re f   ' 'endstream endobj' 'trailer<</Root 1 0 R>>' >"$TMP/bad/trang-den.pdf"
printf 'biên bản họp' >"$TMP/bad/biên bản <b>họp.pdf"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/one/scans" "$TMP/two/scans" "$TMP/bad"
check_exit 0 "$PHIEU" -C "$TMP/ws" resolve void 000003L --reason "in hỏng"
check_exit 0 node "$ROOT/tests/browser/held.mjs" "$TMP/ws"
echo "$out"
finish
