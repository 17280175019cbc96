# shellcheck shell=bash source=tests/cases/lib.sh
# The clerk's side of the desk in a browser: the quota board, the list to chase and the batches agree with what the commands
# say, before and after more is scanned.
. "$ROOT/tests/cases/lib.sh"

need_browser pdfinfo

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1,G2 --agency SNV,SYT --covers "$TMP/bia.pdf"
print_some "$TMP/ws" whole --group G1 --agency STC --covers "$TMP/bia-stc.pdf"
print_some "$TMP/ws" more --group G5 --agency CK --count 1
fill b one --covers "$TMP/bia.pdf" --damage none --dpi 150 --count 20 --seed 21
fill b two --covers "$TMP/bia.pdf" --damage none --dpi 150 --count 32 --seed 21
fill whole three --covers "$TMP/bia-stc.pdf" --damage none --dpi 150 --seed 23
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan "$TMP/one/scans" "$TMP/three/scans"
check_exit 0 node "$ROOT/tests/browser/feed.mjs" "$TMP/ws" "$TMP/two/scans" "$TMP/b.json" "$TMP/whole.json" "$TMP/more.json"
echo "$out"
finish
