# shellcheck shell=bash source=tests/cases/lib.sh
# Feeding scans in a browser: dropped files, a line that breaks, a reload, a pause, a server that is killed; what
# comes of it is what one undisturbed run of a command would have stored.
. "$ROOT/tests/cases/lib.sh"

need_browser

new_workspace "$TMP/ws"
print_some "$TMP/ws" many --group G1 --agency SNV --count 60
print_some "$TMP/ws" few --group G5 --agency TPTV --count 3
fill many heap --damage office --seed 21 --mode grey --dpi 300 --quality 90 --format pdf --batch-pages 1000
fill few rest --damage office --seed 22 --dpi 200 --format tiff --batch-pages 1000
mkdir "$TMP/files"
cp "$TMP"/heap/scans/*.pdf "$TMP/files/SNV lô 1.pdf"
cp "$TMP"/rest/scans/*.tif* "$TMP/files/TPTV.tif"
echo 'không phải bản quét' >"$TMP/files/ghi chú.pdf"
cp -r "$TMP/ws" "$TMP/calm"
check_exit 0 node "$ROOT/tests/browser/upload.mjs" "$TMP/ws" "$TMP/files"
echo "$out"

# The same by commands, in the order the browser sent them.
for name in "ghi chú.pdf" "TPTV.tif" "SNV lô 1.pdf"; do
    check_exit "0|3" "$PHIEU" -C "$TMP/calm" scan "$TMP/files/$name"
done
for workspace in ws calm; do
    check_exit "0|3" "$PHIEU" -C "$TMP/$workspace" export answers -o "$TMP/$workspace.csv"
    check_exit "0|3" "$PHIEU" -C "$TMP/$workspace" verify
done
sort "$TMP/calm.csv" | cmp - <(sort "$TMP/ws.csv") || fault "answers differ from those of a command"
[[ -z $(ls "$TMP/ws/incoming") ]] || fault "left in incoming: $(ls "$TMP/ws/incoming")"
check_contains "$(sqlite3 "$TMP/ws/survey.db" "SELECT who || ' ' || detail FROM log WHERE action = 'feed'")" "lan " "the log says who fed"
finish
