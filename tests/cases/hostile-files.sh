# shellcheck shell=bash source=tests/cases/lib.sh
# Files that are broken, lie or are no scans: each refused by name, the rest read, nothing lost.
# asan
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SNV --count 2
fill b good --damage none --mode grey --format pdf --batch-pages 100
fill b tiff --damage none --mode bitonal --format tiff --batch-pages 100
fill b jpeg --damage none --mode colour --format jpeg --dpi 200
good=$TMP/good/scans/lo-001.pdf
in=$TMP/in
mkdir "$in"

: >"$in/empty.pdf"
head -c 4000 "$good" >"$in/truncated.pdf"
head -c "$(($(stat -c %s "$TMP/tiff/scans/lo-001.tif") / 2))" "$TMP/tiff/scans/lo-001.tif" >"$in/truncated.tif"
jpeg=$(find "$TMP/jpeg/scans" -name '*.jpg' | LC_ALL=C sort | head -1)
head -c "$(($(stat -c %s "$jpeg") / 2))" "$jpeg" >"$in/truncated.jpg"
echo "Đây là văn bản, không phải bản quét." >"$in/text.pdf"
head -c 100000 /dev/zero >"$in/zero.jpg"
head -c 50000 /dev/urandom >"$in/noise.tif"
qpdf --encrypt secret secret 256 -- "$good" "$in/encrypted.pdf"
# A PDF whose page tree leads back to itself.
printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n' >"$in/loop.pdf"
# A PNG header that promises 100,000 by 100,000 pixels.
printf '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\x86\xa0\0\x01\x86\xa0\x08\0\0\0\0\0\0\0\0' >"$in/huge.png"
# A TIFF whose directory points at itself: little-endian, one entry, next directory at 8 again.
printf 'II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x10\0\0\0\x08\0\0\0' >"$in/loop.tif"
# A PDF of ten thousand pages, more than any batch; a PNG that is 100,000 wide and tiny.
{
    printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 10000/Kids['
    seq -f '%.0f 0 R' 3 10002
    printf ']>>endobj\n'
    seq -f '%.0f 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj' 3 10002
    printf 'trailer<</Root 1 0 R>>\n'
} >"$in/10000-pages.pdf"
printf '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\x01\x86\xa0\0\0\0\x01\x08\0\0\0\0\0\0\0\0' >"$in/wide.png"
bad=$(find "$in" -type f | wc -l)
cp "$good" "$in/tốt, có dấu 'nháy' \"kép\".pdf"
cp "$good" "$in/"$'hai\ndòng.pdf' 2>/dev/null

check_exit "0|3" timeout 300 "$PHIEU" -C "$TMP/ws" scan --json "$in"
report=$out
check_eq 2 "$(json ballots_complete "$report")" "ballots of the good file among the bad"
for name in empty.pdf truncated.jpg text.pdf zero.jpg noise.tif encrypted.pdf loop.pdf huge.png wide.png 10000-pages.pdf; do
    grep -qF "$name" <<<"$report" || fault "$name is not named in the report"
done
grep -q '"detail" : "page ' <<<"$report" && fault "a refusal says its page twice"
check_contains "$report" "is damaged (libjpeg: " "the library's words are told from ours"
grep -qF $'hai\ndòng' <<<"$err" && fault "a newline in a name broke a line of the words"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" verify
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --all
listed=$out

# Whatever was refused is kept: with its source gone it is looked at, read again, and checked.
cp -r "$in" "$TMP/kept"
rm -r "$in"
for name in encrypted.pdf empty.pdf; do
    id=$(grep -F " $name, " <<<"$listed" | awk '{ print $2 }')
    check_exit 0 "$PHIEU" -C "$TMP/ws" show --refused "$id" -o "$TMP/out.$name"
    cmp "$TMP/kept/$name" "$TMP/out.$name" || fault "$name is not as it came"
done
# Other programs get the name the commands take, no negative number.
check_exit "0|3" "$PHIEU" -C "$TMP/ws" status --json
check_contains "$out" "\"id\" : \"$id\"" "the refused file as JSON names it"
check_exit 1 "$PHIEU" -C "$TMP/ws" show --refused F9999 -o "$TMP/none"
check_exit 2 "$PHIEU" -C "$TMP/ws" show --refused "$id"
check_exit 3 "$PHIEU" -C "$TMP/ws" scan --again --json
check_eq "$(json files_refused "$report")" "$(json files_refused "$out")" "files refused, from the workspace's own copies"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" verify --deep
kept=$(sqlite3 "$TMP/ws/survey.db" "SELECT archived FROM newest_file WHERE name = 'encrypted.pdf'")
qpdf --decrypt --password=secret "$TMP/kept/encrypted.pdf" "$TMP/ws/$kept"
check_exit 1 "$PHIEU" -C "$TMP/ws" verify
check_contains "$err" "$kept: the archived scan was changed" "the refused file that was changed"
cp "$TMP/kept/encrypted.pdf" "$TMP/ws/$kept"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" verify

# A file that is not there, a folder that cannot be read.
recorded=$(sqlite3 "$TMP/ws/survey.db" 'SELECT count(*) FROM file')
check_exit 1 "$PHIEU" -C "$TMP/ws" scan "$TMP/không có.pdf"
check_eq "" "$out" "the report on nothing"
check_contains "$err" "$TMP/không có.pdf: there is no such file or folder; check how it is written" "the missing file is named"
check_eq "$recorded" "$(sqlite3 "$TMP/ws/survey.db" 'SELECT count(*) FROM file')" "files recorded after one that is not there"
check_exit 3 "$PHIEU" -C "$TMP/ws" scan --json "$TMP/không có.pdf" "$TMP/kept/encrypted.pdf"
check_eq 1 "$(json files "$out")" "files beside one that is not there"
check_contains "$err" "không có.pdf: " "the missing one among others is named"
echo "$bad bad files"

# A workspace of a newer version is left alone.
cp -r "$TMP/ws" "$TMP/newer"
sqlite3 "$TMP/newer/survey.db" 'PRAGMA user_version = 9999'
check_exit 1 "$PHIEU" -C "$TMP/newer" status
check_eq 9999 "$(sqlite3 "$TMP/newer/survey.db" 'PRAGMA user_version')" "the newer workspace's version"
# And what is no workspace at all.
mkdir "$TMP/none"
echo "not a database" >"$TMP/none/survey.db"
check_exit 1 "$PHIEU" -C "$TMP/none" status
check_eq "not a database" "$(<"$TMP/none/survey.db")" "a foreign file"
finish
