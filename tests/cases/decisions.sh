# shellcheck shell=bash source=tests/cases/lib.sh
# Everything a person decides can be taken back: rows are added, the newest counts, and the list shows all of it.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
print_some "$TMP/ws" b --group G3 --agency SNV --count 3
fill b day --damage none --mode grey --format jpeg --dpi 200
check_exit "0|3" "$PHIEU" "${ws[@]}" scan "$TMP/day/scans"
mapfile -t serials < <(awk -F, 'NR > 1 { print $1 }' "$TMP/day/truth.csv" | sort -u)
serial=${serials[0]}
valid() { "$PHIEU" "${ws[@]}" status --json 2>/dev/null | awk -F'[:,]' '/"valid"/ { print $2 + 0; exit }'; }
before=$(valid)

# A ballot rejected, and taken back.
check_exit 0 "$PHIEU" "${ws[@]}" resolve reject "$serial" --who Lan --reason 'bản phô tô'
check_eq $((before - 1)) "$(valid)" "valid ballots without the rejected one"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions "$serial"
check_contains "$out" "bản phô tô" "the decision in the list"
number=$(awk '/rejected/ { print $1; exit }' <<<"$out")
# It happened at a moment of this place.
moment() { TZ=$1 PHIEU_LANG=$2 "$PHIEU" "${ws[@]}" resolve decisions "$serial" | awk 'NR == 3 { print $2, $3 }'; }
utc=$(moment UTC en)
check_eq "$(TZ=UTC-7 date -d "$utc UTC" '+%F %T')" "$(moment UTC-7 en)" "seven hours east"
check_eq "$(date -d "$utc" '+%d/%m/%Y %T')" "$(moment UTC vi)" "as written in Vietnamese"
check_exit 2 "$PHIEU" "${ws[@]}" resolve undo "$number"
check_exit 0 "$PHIEU" "${ws[@]}" resolve undo "$number" --who Minh --reason 'bản gốc'
check_eq "$before" "$(valid)" "valid ballots again"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions
check_contains "$out" "Minh: bản gốc" "who took it back, and why"
check_exit 1 "$PHIEU" "${ws[@]}" resolve undo "$number" --reason 'lần nữa'
check_contains "$err" "taken back already, by Minh" "once is enough"

# A numbered ballot counts for another agency only when that is meant, and it is shown.
to=(--group G3 --agency SYT --origin SYT)
check_exit 1 "$PHIEU" "${ws[@]}" resolve assign "$serial" "${to[@]}" --reason 'phát nhầm'
check_contains "$err" "was printed for group G3, agency SNV, from SNV" "what its number says"
check_exit 0 "$PHIEU" "${ws[@]}" resolve assign "$serial" "${to[@]}" --moved --reason 'phát nhầm'
check_contains "$err" "counts for G3, SYT, SYT now" "what it counts for"
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_contains "$out" "1 ballots count for another than they were printed for, by a person's decision: ${serial:0:6}-" "shown"
check_exit 0 "$PHIEU" "${ws[@]}" resolve assign "$serial" --group G3 --agency SNV --origin SNV --reason 'đúng là SNV'

number=$("$PHIEU" "${ws[@]}" resolve decisions "$serial" | awk '/assigned/ { n = $1 } END { print n }')
check_exit 0 "$PHIEU" "${ws[@]}" resolve undo "$number" --reason 'xem lại'
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions "$serial"
check_contains "$(grep "decision $number " <<<"$out")" "group G3, SNV, from SNV" "what was taken back, in the same words"
check_exit 0 "$PHIEU" "${ws[@]}" resolve assign "$serial" --group G3 --agency SNV --origin SNV --reason 'đúng là SNV'

check_exit 0 "$PHIEU" "${ws[@]}" treat SYT --as unranked --reason 'đã giải thể'
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions
check_contains "$out" "SYT: not ranked" "what was decided on an agency, in words"
check_contains "$out" "group G3, SYT, from SYT" "what the ballot was assigned to"
check_exit 2 "$PHIEU" "${ws[@]}" index --block sở
check_contains "$err" "it has so (Khối sở" "the blocks there are"

# Serials whose paper is spoiled are void: not reprinted, printed anew under other numbers, held when they come back.
check_exit 0 "$PHIEU" "${ws[@]}" resolve void "${serials[0]}..${serials[1]}" --reason 'mực nhòe'
check_contains "$err" "2 serials are void" "a range"
check_exit 1 "$PHIEU" "${ws[@]}" print --reprint "$serial" -o "$TMP/again.pdf"
check_exit 3 "$PHIEU" "${ws[@]}" status
check_contains "$out" "serial void" "held"
print_some "$TMP/ws" new --group G3 --agency SNV
check_eq 19 "$(grep -oE '"serial" *: *"[^"]*"' "$TMP/new.json" | sort -u | wc -l)" "printed for the quota: 20 less one in use"

# A file refused as a whole has a number too.
echo 'không phải ảnh' >"$TMP/hỏng.pdf"
check_exit 3 "$PHIEU" "${ws[@]}" scan "$TMP/hỏng.pdf"
check_exit 3 "$PHIEU" "${ws[@]}" status
file=$(grep -oE 'ID F[0-9]+ .*hỏng.pdf, the whole file' <<<"$out" | grep -oE 'F[0-9]+')
check_exit 1 "$PHIEU" "${ws[@]}" resolve page "${file}9" --reason 'nhầm'
check_exit 0 "$PHIEU" "${ws[@]}" resolve page "$file" --who Lan --reason 'không phải phiếu'
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_lacks "$out" "hỏng.pdf" "the file is dealt with"
check_exit 0 "$PHIEU" "${ws[@]}" resolve decisions
number=$(awk '/dealt with/ { print $1; exit }' <<<"$out")
check_exit 0 "$PHIEU" "${ws[@]}" resolve undo "$number" --reason 'xem lại'
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_contains "$out" "hỏng.pdf, the whole file" "it waits again"
check_exit 0 "$PHIEU" "${ws[@]}" verify
finish
