# shellcheck shell=bash source=tests/cases/lib.sh
# Files that were refused as a whole, at the desk: what can be seen of them is shown, whatever they bring down is not the
# desk, and a clerk settles them there.
. "$ROOT/tests/cases/lib.sh"

need_browser

survey=$ROOT/forms/nho
new_workspace "$TMP/ws"
print_some "$TMP/ws" b --group G1 --agency SA --count 1
fill b tiff --damage none --mode bitonal --format tiff --batch-pages 100
mkdir "$TMP/in"
# more pages than a file may have, each with a black box
{
    printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 10000/Kids['
    seq -f '%.0f 0 R' 3 10002
    printf ']>>endobj\n'
    seq -f '%.0f 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 20000 0 R>>endobj' 3 10002
    printf '20000 0 obj<</Length 26>>stream\n0 g 60 60 200 100 re f    \nendstream endobj\ntrailer<</Root 1 0 R>>\n'
} >"$TMP/in/nhieu-trang.pdf"
# a TIFF whose list of pages leads on to nowhere: its first page is whole
tiff=$TMP/tiff/scans/lo-001.tif
perl -e '
    local $/; my $bytes = <STDIN>;
    my $at = unpack("V", substr($bytes, 4, 4));
    my $entries = unpack("v", substr($bytes, $at, 2));
    substr($bytes, $at + 2 + 12 * $entries, 4) = pack("V", 8 + length $bytes);
    print $bytes' <"$tiff" >"$TMP/in/dut-doan.tif"
# a picture that only a browser shows, and what is none
printf 'GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;' >"$TMP/in/anh.gif"
printf 'biên bản họp' >"$TMP/in/văn-bản.pdf"
check_exit 3 "$PHIEU" -C "$TMP/ws" scan "$TMP/in"
check_exit 3 "$PHIEU" -C "$TMP/ws" status --all
id=$(grep -F "dut-doan.tif" <<<"$out" | grep -o 'F[0-9]*' | head -1)
check_exit 0 node "$ROOT/tests/browser/files.mjs" "$TMP/ws"
echo "$out"

# The same pictures at the command line, also of what was settled.
check_exit 0 "$PHIEU" -C "$TMP/ws" show --refused "$id" --picture -o "$TMP/first.png"
[[ $(head -c 4 "$TMP/first.png") == *PNG* ]] || fault "no picture was written"
check_exit 2 "$PHIEU" -C "$TMP/ws" show --picture -o "$TMP/none.png"
finish
