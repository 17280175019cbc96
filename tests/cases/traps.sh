# shellcheck shell=bash source=tests/cases/lib.sh
# The traps other systems fell into, each a test by its name. tests/accuracy/README.md lists where every trap is tested.
. "$ROOT/tests/cases/lib.sh"
# shellcheck disable=SC2034 # for what follows
phieu=$PHIEU simulate=$SIM here=$ROOT/tests/accuracy
# shellcheck source=tests/accuracy/lib.sh
. "$ROOT/tests/accuracy/lib.sh"

new_workspace "$TMP/ws"
cp -r "$TMP/ws" "$TMP/identity-ws" # the same station, nothing printed yet
print_some "$TMP/ws" b --group G1,G3 --agency SNV --origin SNV,SKHDT,STC --count 2
ballots=$(grep -oE '"serial" *: *"[^"]*"' "$TMP/b.json" | sort -u | wc -l)

# scanned NAME SCANS: reads scans with a fresh workspace, $TMP/NAME-ws, into $out and $TMP/NAME.csv.
scanned() {
    local name=$1
    shift
    cp -r "$TMP/ws" "$TMP/$name-ws"
    check_exit "0|3" "$PHIEU" -C "$TMP/$name-ws" export answers --format csv -o "$TMP/$name.csv"
    check_exit "0|3" "$PHIEU" -C "$TMP/$name-ws" scan --json "$@"
    report=$out
    check_exit "0|3" "$PHIEU" -C "$TMP/$name-ws" export answers --format csv -o "$TMP/$name.csv"
}
# trap_ink NAME LEAST-RIGHT OPTION…: under this damage no answer is wrong, none is lost without its page being refused
# by name, and at least so many of a hundred are still read by the machine.
trap_ink() {
    local name=$1 least=$2 right asked wrong absent
    shift 2
    fill b "$name" --seed 900003 --batch-pages 8 "${fair[@]}" "$@"
    scanned "$name" "$TMP/$name/scans"
    read -r right asked wrong absent <<<"$(compare "$TMP/$name/truth.csv" "$TMP/$name.csv")"
    echo "$name: right $right asked $asked wrong $wrong absent $absent"
    check_eq 0 "$wrong" "$name: wrong answers"
    ((absent == 0 || $(json pages_refused "$report") > 0)) || fault "$name: $absent answers are missing, and no page was refused"
    ((right * 100 >= least * (right + asked + wrong + absent))) || fault "$name: less than $least of 100 read: $right right, $asked asked, $absent absent"
}

# A corner mark is missing or the print was scaled: right or refused, never shifted (queXF, FormScanner,
# offlinequiz#184, sdaps#187).
trap_ink corner-mark-torn-off 90 --set corner=1 --set corner_kind=3 --set corner_mm=34
trap_ink corner-mark-folded-over 60 --set corner=1 --set corner_kind=2 --set corner_mm=24
trap_ink corner-mark-stapled 90 --set corner=1 --set corner_kind=1
trap_ink print-scaled-to-93 95 --set print_scale=0.93
# No mark at all, every box marked (OMRChecker#22, #92): absolute evidence. A page without a mark is read as blank.
trap_ink no-mark-at-all 60 --set blank=1
trap_ink every-box-marked 0 --set all_marked=1
# Marks (offlinequiz#353, sdaps#151, va.gov-team#119025, OMRChecker#167).
trap_ink very-thick-crosses 50 --set habit=1 --set thick=2.2
trap_ink filled-boxes 95 --set habit=3
trap_ink circled-not-ticked 50 --set habit=6
trap_ink tick-beside-the-box 40 --set habit=2 --set outside=1 --set outside_reach=1.4
trap_ink ticks 95 --set habit=2
trap_ink crosses 95 --set habit=1
# The scanner and the paper (open-mcr#5; Windham 2020; vxsuite#6132).
trap_ink darker-scanner 90 --set white=190 --set gamma=1.4
trap_ink fold-through-boxes 80 --set fold=1 --set fold_depth=2.5
trap_ink scanner-streak 70 --set streak_over=1 --set streak_tone=60
trap_ink show-through 90 --set show_through=0.25
trap_ink red-stamp 60 --set stamp=1 --mode colour
trap_ink signature-through-boxes 80 --set crossing=1

# ---- heaps of paper ------------------------------------------------------------------------------------------------------
# One scan of everybody as single pages, to be put together anew. Group G1 and G3: two pages a ballot.
fill b clean --damage none --mode grey --format pdf --dpi 200 --batch-pages 1000
page_of() { # page_of NUMBER-OF-BALLOT PAGE: file:page of that page's picture
    awk -F, -v n="$1" -v p="$2" 'NR > 1 { if (!($1 in seen)) { seen[$1] = ++ballots; last[$1] = 0 }
        if (seen[$1] == n && $14 != last[$1]) { pages++; if (pages == p) { print $14; exit } last[$1] = $14 } }' "$TMP/clean/truth.csv"
}
whole=$(echo "$TMP"/clean/scans/*.pdf)
stack() { # stack OUT PAGE…: these pages of the scan as one file
    local out=$1 IFS=,
    shift
    qpdf --empty --pages "$whole" "$*" -- "$out" || fault "qpdf $*"
}
a1=$(page_of 1 1) a2=$(page_of 1 2) b1=$(page_of 2 1) b2=$(page_of 2 2)
serial_a=$(awk -F, 'NR == 2 { print $1 }' "$TMP/clean/truth.csv")
serial_b=$(awk -F, -v a="$serial_a" 'NR > 1 && $1 != a { print $1; exit }' "$TMP/clean/truth.csv")

# Pages of two ballots interleaved (sdaps#261).
stack "$TMP/interleaved.pdf" "$b2" "$a1" "$b1" "$a2"
scanned interleaved "$TMP/interleaved.pdf"
check_eq 2 "$(json ballots_complete "$report")" "interleaved: ballots complete"
grep -E "^serial|^($serial_a|$serial_b)," "$TMP/clean/truth.csv" >"$TMP/two.csv"
read -r right asked wrong absent <<<"$(compare "$TMP/two.csv" "$TMP/interleaved.csv")"
check_eq "0 0" "$wrong $absent" "interleaved: wrong and absent"

# A one-sided copy (sdaps#265), two sheets fed as one (vxsuite#5669): no ballot is complete, no answer is made up.
stack "$TMP/one-sided.pdf" "$a1" "$b1"
scanned one-sided "$TMP/one-sided.pdf"
check_eq "0 2" "$(json ballots_complete "$report") $(json ballots_incomplete "$report")" "one-sided: complete, incomplete"
stack "$TMP/double-feed.pdf" "$a1" "$b2"
scanned double-feed "$TMP/double-feed.pdf"
check_eq "0 2" "$(json ballots_complete "$report") $(json ballots_incomplete "$report")" "double feed: complete, incomplete"
for name in one-sided double-feed; do
    # Of a page that never came nothing may be settled.
    made_up=$(awk -F, -v have="$([[ $name == one-sided ]] && echo "$a1 $b1" || echo "$a1 $b2")" '
        BEGIN { n = split(have, h, " "); for (i = 1; i <= n; i++) came[h[i]] = 1 }
        FNR == 1 { next } NR == FNR { place[$1 "," $6] = $14; next }
        (($1 "," $6) in place) && !(place[$1 "," $6] in came) && $8 != "waiting" && $7 != "" { n_bad++ }
        END { print n_bad + 0 }' "$TMP/two.csv" "$TMP/$name.csv")
    check_eq 0 "$made_up" "$name: answers of pages that never came"
done

# The same box of ballots scanned twice (4,904 ballots, Volusia 2020): none counts twice, each is shown.
fill b twice --damage none --mode grey --format tiff --dpi 300 --batch-pages 1000
scanned volusia "$TMP/clean/scans"
once=$(wc -l <"$TMP/volusia.csv")
check_exit 3 "$PHIEU" -C "$TMP/volusia-ws" scan --json "$TMP/twice/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/volusia-ws" export answers --format csv -o "$TMP/volusia2.csv"
check_eq "$once" "$(wc -l <"$TMP/volusia2.csv")" "volusia: answers after the second scan"
check_exit "0|3" "$PHIEU" -C "$TMP/volusia-ws" status --json
check_eq "$ballots" "$(json held "$(tr -d '\n' <<<"$out" | sed 's/}.*//')")" "volusia: ballots held for a person"
check_exit "0|3" "$PHIEU" -C "$TMP/volusia-ws" status
check_contains "${out,,}" "scanned more than once" "volusia: said in words"

# 29 sheets in, 18 records out (offlinequiz#336): every page of a bad day is accounted for, every ballot is there.
fill b day --damage hard --seed 900004 --set missing_page=0
pages=$(awk -F, 'NR > 1 { n += $2 } END { print n }' "$TMP/day/batches.csv")
scanned day "$TMP/day/scans"
check_eq "$pages" "$(json pages_in "$report")" "29 in 18 out: pages in"
kinds=0
for kind in read refused blank cover; do kinds=$((kinds + $(json pages_$kind "$report"))); done
check_eq "$pages" "$kinds" "29 in 18 out: pages read, refused, blank and covers"
named=$(grep -o '"reason"' <<<"$report" | wc -l)
check_eq "$(json pages_refused "$report")" "$named" "29 in 18 out: refusals with a reason"

# One bad page does not stop a batch, and is named (open-mcr#85).
head -c 100000 /dev/urandom >"$TMP/noise.jpg"
fill b letter --damage none --mode grey --format pdf --dpi 200 --set foreign_page=1 --count 2 --batch-pages 1000
scanned bad-page "$TMP/noise.jpg" "$TMP/letter/scans"
bad=$(awk -F, '$1 == "foreign-page" { n++ } END { print n + 0 }' "$TMP/letter/special.csv")
((bad > 0)) || fault "bad page: the simulator made none"
check_eq "$bad" "$(json pages_refused "$report")" "bad page: refused"
check_eq 2 "$(json ballots_complete "$report")" "bad page: ballots complete beside it"
check_contains "$report" "noise.jpg" "bad page: the unreadable file is named"
while IFS=, read -r type _ _ file page; do
    [[ $type == foreign-page ]] && { grep -zoqE "\"file\" *: *\"$file\",[^}]*\"page\" *: *$page\b" <<<"$report" || fault "bad page: $file:$page is not named"; }
done <"$TMP/letter/special.csv"

# A blank noisy back must not cost seconds (vxsuite#2296): 24 of them, dirty, within a second each.
fill b backs --damage none --mode grey --format pdf --dpi 300 --set tone=1 --set noise=8 --set dust=200 --set blank=1 --set blank_sheet=1 --set blank_back=1
sheets=$(awk -F, '$1 == "blank" { n++ } END { print n + 0 }' "$TMP/backs/special.csv")
((sheets > 0)) || fault "blank backs: the simulator made none"
before=$SECONDS
scanned backs --workers 1 "$TMP/backs/scans"
pages=$(json pages_in "$report")
((SECONDS - before <= pages + 2)) || fault "blank backs: $((SECONDS - before)) s for $pages pages"
check_eq "$sheets" "$(($(json pages_blank "$report") + $(json pages_refused "$report")))" "blank backs: blank or refused"

# Giving a ballot its identity does not silently read its answers again (offlinequiz#198).
print_some "$TMP/identity-ws" first --group G1 --agency SNV --origin SNV --count 2 # of the four serials only three
print_some "$TMP/identity-ws" third --group G3 --agency SNV --origin SNV --count 1
stranger=$(awk -F, 'NR > 1 { last = $1 > last ? $1 : last } END { print last }' "$TMP/clean/truth.csv")
origin=$(awk -F, -v s="$stranger" '$1 == s { print $5; exit }' "$TMP/clean/truth.csv")
cat "$TMP/first.json" "$TMP/third.json" | grep -q "\"$stranger\"" && fault "identity: the ballot is known"
check_exit 3 "$PHIEU" -C "$TMP/identity-ws" scan --json "$TMP/clean/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/identity-ws" export answers --format csv -o "$TMP/identity1.csv"
check_exit "0|3" "$PHIEU" -C "$TMP/identity-ws" resolve assign "$stranger" --group G3 --agency SNV --origin "$origin" \
    --who tester --reason "handed out by hand"
check_exit "0|3" "$PHIEU" -C "$TMP/identity-ws" export answers --format csv -o "$TMP/identity2.csv"
readings() { awk -F, 'NR > 1 { print $1, $6, $7, $8, $9, $10 }' "$1" | sort; }
check_eq "$(readings "$TMP/identity1.csv")" "$(readings "$TMP/identity2.csv")" "identity: readings before and after it was given"
grep -q "^$stranger,.*,G3,SNV,$origin," "$TMP/identity2.csv" || fault "identity: the ballot did not take it"

# An error in the tray pauses the batch, it does not finalise it (vxsuite#8900): what is refused stands against the
# index, and the rest of the batch can come later.
stack "$TMP/tray1.pdf" "$a1" "$a2"
head -c 20000 "$whole" >"$TMP/tray2.pdf"
scanned tray "$TMP/tray1.pdf" "$TMP/tray2.pdf"
check_eq 1 "$(json ballots_complete "$report")" "tray: ballots complete before the error"
check_exit "0|3" "$PHIEU" -C "$TMP/tray-ws" index
check_contains "${out,,}${err,,}" "provisional" "tray: the index after an error"
stack "$TMP/tray3.pdf" "$b1" "$b2"
check_exit "0|3" "$PHIEU" -C "$TMP/tray-ws" scan --json "$TMP/tray3.pdf"
check_eq 2 "$(json ballots_complete "$out")" "tray: ballots complete after it went on"

# Exports carry value labels for statistics tools (getodk#496).
grep -qE "label" "$TMP/volusia2.csv.meta.json" || fault "export: no value labels beside the answers"
finish
