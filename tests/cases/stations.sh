# shellcheck shell=bash source=tests/cases/lib.sh
# Two workspaces of one survey number their ballots alike: what one printed is never counted in the other. Nor is
# what the roster says otherwise of, where a workspace was copied and both copies printed.
. "$ROOT/tests/cases/lib.sh"

# scan_refused DIR FOLDER REASON WORDS: every page of FOLDER is refused there for that reason, none counted.
scan_refused() {
    check_exit 3 "$PHIEU" -C "$1" scan --json "$2/scans"
    local report=$out
    check_eq "$(json pages_in "$report")" "$(json pages_refused "$report")" "$3: pages in and refused"
    check_eq 0 "$(json ballots_complete "$report")" "$3: ballots counted"
    check_eq 0 "$(json answers_machine "$report")" "$3: answers counted"
    check_eq "$(json pages_in "$report")" "$(grep -o "\"reason\" *: *\"$3\"" <<<"$report" | wc -l)" "$3: refusals of that name"
    check_exit 3 "$PHIEU" -C "$1" status --all
    check_contains "$out" "$4" "$3: the words"
}
station_of() { sed -nE 's/.*station ([0-9A-Z]{4}).*/\1/p' <<<"$1"; }

check_exit 0 "$PHIEU" init "$TMP/a" --survey "$survey"
a=$(station_of "$out$err")
check_exit 0 "$PHIEU" init "$TMP/b" --survey "$survey"
b=$(station_of "$out$err")
[[ $a && $b && $a != "$b" ]] || fault "two workspaces are the stations '$a' and '$b'"
cp -r "$TMP/a" "$TMP/twin" # before either prints

print_some "$TMP/a" pa --group G3 --agency SNV --count 2 --covers "$TMP/covers.pdf"
print_some "$TMP/b" pb --group G3 --agency SYT --count 2
print_some "$TMP/twin" pt --group G3 --agency SYT --count 2
for name in pa pb pt; do fill $name "f$name" --seed 7 --damage none --mode grey --dpi 200; done

scan_refused "$TMP/b" "$TMP/fpa" other-station "station $a"
scan_refused "$TMP/a" "$TMP/fpb" other-station "station $b"
scan_refused "$TMP/a" "$TMP/fpt" forged "made up or changed"

# Each reads its own, after all that.
for pair in a:fpa b:fpb twin:fpt; do
    dir=$TMP/${pair%:*} of=$TMP/${pair#*:}
    check_exit "0|3" "$PHIEU" -C "$dir" scan --json "$of/scans"
    check_eq 2 "$(json ballots_complete "$out")" "$pair: ballots complete"
    check_eq 0 "$(json ballots_unknown "$out")" "$pair: ballots of unknown serials"
    check_exit "0|3" "$PHIEU" -C "$dir" export answers --format csv -o "$TMP/answers.csv"
    read -r right asked wrong absent <<<"$(compare "$of/truth.csv" "$TMP/answers.csv")"
    echo "$pair: right $right asked $asked wrong $wrong absent $absent"
    check_eq "0 0" "$wrong $absent" "$pair: wrong and absent answers"
done

# Several workspaces of one survey may have numbers of their own.
check_exit 0 "$PHIEU" init "$TMP/district" --survey "$survey" --numbers-from 200001
d=$(station_of "$out$err")
print_some "$TMP/district" pd --group G3 --agency SNV --count 1
print_some "$TMP/district" pd2 --group G3 --agency SYT --count 1
check_eq "200001 200002" "$(grep -oh '"serial" *: *"[0-9]*' "$TMP/pd.json" "$TMP/pd2.json" | grep -o '[0-9]*$' | sort -u | xargs)" "numbers from 200001 on"
for bad in 0 1000000 zwei ''; do check_exit 2 "$PHIEU" init "$TMP/bad" --survey "$survey" --numbers-from "$bad"; done
[[ ! -e $TMP/bad ]] || fault "a workspace without a right number was made"

# A batch cover of another workspace opens no batch here.
if command -v pdftoppm >/dev/null; then
    pdftoppm -r 200 -gray -png -f 1 -l 1 "$TMP/covers.pdf" "$TMP/cover"
    check_exit 3 "$PHIEU" -C "$TMP/b" scan --json "$TMP"/cover-*.png
    check_eq "0 1" "$(json pages_cover "$out") $(json pages_refused "$out")" "a cover of another workspace"
    check_exit "0|3" "$PHIEU" -C "$TMP/a" scan --json "$TMP"/cover-*.png
    check_eq "1 0" "$(json pages_cover "$out") $(json pages_refused "$out")" "a cover of this workspace"
fi

# Where the code is torn off, the number in print tells the station, too.
fill pb torn --seed 41 --damage none --mode grey --format pdf --dpi 200 --set corner=1 --set corner_kind=3 --set corner_mm=64
check_exit 3 "$PHIEU" -C "$TMP/a" scan --json "$TMP/torn/scans"
check_eq "0 0" "$(json pages_read "$out") $(json ballots_unknown "$out")" "torn pages of another workspace: read, unknown"
check_contains "$out" '"other-station"' "torn pages of another workspace"
check_exit "0|3" "$PHIEU" -C "$TMP/b" scan --json "$TMP/torn/scans"
(($(json pages_by_serial "$out") > 0)) || fault "no torn page was told by its printed number: $out"
# What people type may be the number as it stands on paper; another station's is none of here.
check_exit 0 "$PHIEU" -C "$TMP/b" show "$b-000001-P"
check_exit 1 "$PHIEU" -C "$TMP/b" show "$a-000001-P"

# The square code of one ballot stuck over another's counts for neither.
if command -v pdftoppm >/dev/null; then
    mkdir "$TMP/stuck"
    pdftoppm -r 200 -gray "$TMP/pa.pdf" "$TMP/stuck/page"
    pages=("$TMP"/stuck/page-*.pgm)
    perl -MCompress::Zlib -e '
        sub pgm { open(my $f, "<:raw", $_[0]) or die; local $/; <$f> =~ /^P5\s+(\d+)\s+(\d+)\s+255\s(.*)/s or die; ($1, $2, $3) }
        my ($w, $h, $onto) = pgm($ARGV[0]);
        my (undef, undef, $from) = pgm($ARGV[1]);
        # the lower right of the page: 165 to 195 mm by 260 to 285 mm
        for my $y (2047 .. 2244) { substr($onto, $y * $w + 1299, 236) = substr($from, $y * $w + 1299, 236) }
        my $rows = join "", map { "\0" . substr($onto, $_ * $w, $w) } 0 .. $h - 1;
        sub chunk { my ($t, $d) = @_; pack("N", length $d) . $t . $d . pack("N", crc32($t . $d)) }
        binmode STDOUT;
        print "\x89PNG\r\n\x1a\n", chunk("IHDR", pack("NNCCCCC", $w, $h, 8, 0, 0, 0, 0)), chunk("IDAT", compress($rows)),
            chunk("IEND", "")' "${pages[0]}" "${pages[-2]}" >"$TMP/stuck/mixed.png" || fault "the two pages were not put together"
    before=$("$PHIEU" -C "$TMP/a" export answers --format csv -o - 2>/dev/null | wc -l)
    check_exit 3 "$PHIEU" -C "$TMP/a" scan --json "$TMP/stuck/mixed.png"
    check_contains "$out" '"mixed-number"' "a code stuck over another's number"
    check_eq 1 "$(json pages_refused "$out")" "a code stuck over another's number: refused"
    check_eq "$before" "$("$PHIEU" -C "$TMP/a" export answers --format csv -o - 2>/dev/null | wc -l)" "answers before and after"
fi

# ---- a province that was told reads what its district printed ----
check_exit 0 "$PHIEU" init "$TMP/p" --survey "$survey"
p=$(station_of "$out$err")
print_some "$TMP/p" pp --group G3 --agency SNV --count 1
print_some "$TMP/district" pd3 --group G1 --agency SNV --count 1 --covers "$TMP/district-covers.pdf"
for name in pd pd3; do fill $name "f$name" --seed 11 --damage none --mode grey --dpi 200; done
number=$(grep -oh '"serial" *: *"[0-9A-Z]*' "$TMP/pd.json" | grep -o '[0-9A-Z]*$' | head -1)
scan_refused "$TMP/p" "$TMP/fpd" other-station "station $d"
scan_refused "$TMP/p" "$TMP/fpd3" other-station "station $d"
check_exit 0 "$PHIEU" -C "$TMP/district" stations export -o "$TMP/district.phieu"
check_contains "$err" "confidential" "words of stations export"
check_eq 600 "$(stat -c %a "$TMP/district.phieu")" "who may read the file"
check_exit 0 "$PHIEU" -C "$TMP/p" stations add "$TMP/district.phieu"
check_contains "$err" "Station $d is told: its 3 ballots" "words of stations add"
check_exit 0 "$PHIEU" -C "$TMP/p" stations --json
check_eq "2 1" "$(grep -c '"name"' <<<"$out") $(grep -c "\"name\" *: *\"$d\"" <<<"$out")" "stations listed"
check_lacks "$out" '"key"' "stations listed"
count=0
for of in fpd fpd3; do # G1's form was never printed in the province
    count=$((count + 1))
    check_exit "0|3" "$PHIEU" -C "$TMP/p" scan --again --json "$TMP/$of/scans"
    check_eq "$count 0 0" "$(json ballots_complete "$out") $(json ballots_unknown "$out") $(json pages_refused "$out")" "$of: the district's ballot in the province"
    check_exit "0|3" "$PHIEU" -C "$TMP/p" export answers --format csv -o "$TMP/answers.csv"
    read -r right asked wrong absent <<<"$(compare "$TMP/$of/truth.csv" "$TMP/answers.csv")"
    echo "$of: right $right asked $asked wrong $wrong absent $absent"
    check_eq "0 0" "$wrong $absent" "$of: wrong and absent answers"
done
check_exit "0|3" "$PHIEU" -C "$TMP/p" export ballots --format csv -o "$TMP/ballots.csv"
check_contains "$(grep "^$number," "$TMP/ballots.csv")" ",G3,SNV," "the cell it was printed for"
check_contains "$(grep "^$number," "$TMP/ballots.csv")" ",$d," "the station that printed it"
check_exit "0|3" "$PHIEU" -C "$TMP/p" status
check_contains "$out" "Stations whose ballots are taken here, too: 1" "status tells of the station"
grep -qE "^  $d  3 ballots issued, [0-9]{6}-[0-9A-Z] to [0-9]{6}-[0-9A-Z]; 2 of them came back here$" <<<"$out" ||
    fault "status does not say its numbers and how many came back: $(grep -F "$d" <<<"$out")"
check_exit "0|3" "$PHIEU" -C "$TMP/district" status
check_lacks "$out" "Stations" "where none is told"
check_exit "0|3" "$PHIEU" -C "$TMP/p" status --json
check_eq "1 3 2" "$(grep -c "\"name\" *: *\"$d\"" <<<"$out") $(sed -n "/\"name\" *: *\"$d\"/,/}/p" <<<"$out" | sed -nE 's/.*"(issued|returned)" *: *([0-9]+).*/\2/p' | paste -sd' ')" "the same in JSON"
check_exit 0 "$PHIEU" -C "$TMP/p" show "$d-${number:0:6}-${number:6}"
check_exit 1 "$PHIEU" -C "$TMP/p" show "$p-${number:0:6}-${number:6}"
check_exit 1 "$PHIEU" -C "$TMP/p" print --reprint "$number" -o "$TMP/again.pdf"
check_contains "$err" "station $d" "a ballot of the district printed again in the province"
[[ ! -e $TMP/again.pdf ]] || fault "a ballot of the district was printed in the province"

# What the district prints after that is held in the province until it is told again, and then counts.
print_some "$TMP/district" pd4 --group G3 --agency SYT --count 1
fill pd4 fpd4 --seed 12 --damage none --mode grey --format pdf --dpi 200
check_exit 3 "$PHIEU" -C "$TMP/p" scan --json "$TMP/fpd4/scans"
check_eq "2 1" "$(json ballots_complete "$out") $(json ballots_unknown "$out")" "printed since it was told"
cp "$TMP/district.phieu" "$TMP/older.phieu"
check_exit 0 "$PHIEU" -C "$TMP/district" stations export -o "$TMP/district.phieu"
check_exit 0 "$PHIEU" -C "$TMP/p" stations add "$TMP/district.phieu"
check_contains "$err" "4 ballots told, 1 of them new" "told again"
check_exit "0|3" "$PHIEU" -C "$TMP/p" scan --json "$TMP/fpd4/scans"
check_eq "3 0" "$(json ballots_complete "$out") $(json ballots_unknown "$out")" "after it was told again"
check_exit 1 "$PHIEU" -C "$TMP/p" stations add "$TMP/older.phieu"
check_contains "$err" "older.phieu: lacks ballot" "an older file"
check_exit 1 "$PHIEU" -C "$TMP/p" stations remove "$d" --reason 'thử'
check_contains "$err" "ballots of station $d were read here" "a station whose ballots were read"

# Its covers open batches, and its numbers in print are known where the code is torn off.
fill pd torn-told --seed 41 --damage none --mode grey --format pdf --dpi 200 --set corner=1 --set corner_kind=3 --set corner_mm=64
check_exit 0 "$PHIEU" -C "$TMP/b" stations add "$TMP/district.phieu"
check_exit "0|3" "$PHIEU" -C "$TMP/b" scan --json "$TMP/torn-told/scans"
check_lacks "$out" '"other-station"' "torn pages of a station that was told"
echo "torn pages of a station that was told: by number $(json pages_by_serial "$out") of $(json pages_in "$out"), unknown $(json ballots_unknown "$out")"
(($(json pages_by_serial "$out") > 0)) || fault "no torn page of a told station was known by its number: $out"
check_eq 0 "$(json ballots_unknown "$out")" "torn pages of a station that was told: unknown ballots"
if command -v pdftoppm >/dev/null; then
    pdftoppm -r 200 -gray -png -f 1 -l 1 "$TMP/district-covers.pdf" "$TMP/district-cover"
    check_exit "0|3" "$PHIEU" -C "$TMP/p" scan --json "$TMP"/district-cover-*.png
    check_eq "1 0" "$(json pages_cover "$out") $(json pages_refused "$out")" "a cover of a station that was told"
fi

# Two that number alike cannot be told to one another; nor what is no such file, or is no longer whole.
before=$("$PHIEU" -C "$TMP/p" stations --json)
check_exit 0 "$PHIEU" -C "$TMP/b" stations export -o "$TMP/b.phieu"
check_exit 1 "$PHIEU" -C "$TMP/p" stations add "$TMP/b.phieu"
check_contains "$err" "000001-P" "numbers that clash"
check_contains "$err" "--numbers-from" "numbers that clash"
head -c 30000 "$TMP/district.phieu" >"$TMP/cut.phieu"
for bad in "$TMP/cut.phieu" "$TMP/pd.pdf" "$TMP" "$TMP/none.phieu" /dev/null; do
    check_exit 1 "$PHIEU" -C "$TMP/p" stations add "$bad"
    check_contains "$err" "$bad" "the file that is refused"
done
check_eq "$before" "$("$PHIEU" -C "$TMP/p" stations --json)" "stations after refused files"
check_exit 1 "$PHIEU" -C "$TMP/p" stations remove "$b" --reason 'thử'
for wrong in "add" "export" "remove $d" "unknown" "list $d"; do
    # shellcheck disable=SC2086
    check_exit 2 "$PHIEU" -C "$TMP/p" stations $wrong
done
for dir in p b district; do check_exit 0 "$PHIEU" -C "$TMP/$dir" verify; done

# One of which nothing was read is taken away again.
new_workspace "$TMP/c"
check_exit 0 "$PHIEU" -C "$TMP/c" stations add "$TMP/district.phieu"
check_exit 0 "$PHIEU" -C "$TMP/c" stations remove "$d" --reason 'nhầm tệp'
scan_refused "$TMP/c" "$TMP/fpd" other-station "station $d"

finish
