# shellcheck shell=bash source=tests/cases/lib.sh
# What is written by hand: figures are drafted with the page, words when asked for; no draft is an answer, a person's
# text stands beside it, and all of it is exported.
. "$ROOT/tests/cases/lib.sh"

cp -r "$ROOT/forms/nho" "$TMP/nho"
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$TMP/nho"
ws=(-C "$TMP/ws")
print_some "$TMP/ws" b --group G2 --agency HC --count 15
fill b sim --seed 900021 --set blank_page=0 --set twice=0 --set handwriting=1 --set crossing=0 --mode grey --dpi 300
check_exit "0|3" "$PHIEU" "${ws[@]}" scan --json "$TMP/sim/scans"

rows() { sqlite3 -readonly "$TMP/ws/survey.db" "$1"; }
# Years of birth as drafted against what was written: most are right, few wrong, none an answer.
rows "SELECT p.serial, d.text, d.confidence FROM draft d JOIN page p ON p.id = d.page WHERE d.question = 'nam-sinh'" \
    >"$TMP/drafts"
read -r written right wrong sure_wrong < <(awk -F'[,|]' '
    FILENAME ~ /fields/ { if ($3 == "nam-sinh") truth[$1] = $4; next }
    { n++; if ($2 == truth[$1]) right++; else if ($2 !~ /\?/ && $2 != "") { wrong++; if ($3 > 0.98) sure++ } }
    END { print n + 0, right + 0, wrong + 0, sure + 0 }' "$TMP/sim/fields.csv" "$TMP/drafts")
echo "years of birth: $written drafted, $right right, $wrong wrong, $sure_wrong of them sure"
((written >= 28)) || fault "only $written of 30 years of birth have a draft"
((right * 100 >= 80 * written)) || fault "only $right of $written drafts are right"
check_eq 0 "$sure_wrong" "wrong drafts of high confidence"
check_eq 0 "$(rows "SELECT count(*) FROM reading WHERE question IN ('nam-sinh', 'y-kien')")" "machine answers from handwriting"
check_eq 0 "$(rows "SELECT count(*) FROM draft WHERE question = 'y-kien'")" "words drafted while scanning"
check_eq 0 "$(rows "SELECT count(*) FROM draft WHERE confidence > 0.9993")" "drafts that could stand alone"

# Words only when asked for: one ballot, then all, then nothing more to do.
serial=$(rows "SELECT min(p.serial) FROM field d JOIN page p ON p.id = d.page WHERE d.question = 'y-kien' AND d.written")
check_exit 0 "$PHIEU" "${ws[@]}" draft --json "$serial"
check_contains "$out" '"drafts" : 1' "one ballot"
check_exit 0 "$PHIEU" "${ws[@]}" draft --json
check_exit 0 "$PHIEU" "${ws[@]}" draft --json
check_contains "$out" '"drafts" : 0' "drafted once"
check_eq "$(rows "SELECT count(*) FROM field WHERE written")" "$(rows "SELECT count(*) FROM draft")" "a draft for all that is written"
check_exit 1 "$PHIEU" "${ws[@]}" draft 999999-9
check_exit 2 "$PHIEU" "${ws[@]}" draft a b

# A person types what is written; what cannot be is refused.
check_exit 1 "$PHIEU" "${ws[@]}" resolve answer "$serial" nam-sinh 1899
check_contains "$err" "1900" "the range is told"
check_exit 1 "$PHIEU" "${ws[@]}" resolve answer "$serial" nam-sinh '19?5'
check_exit 0 "$PHIEU" "${ws[@]}" resolve answer "$serial" nam-sinh 1975 --who Lan
check_exit 0 "$PHIEU" "${ws[@]}" resolve answer "$serial" y-kien 'Cần giải quyết nhanh hơn' --who Lan
check_exit 0 "$PHIEU" "${ws[@]}" show "$serial"
check_contains "$out" "Cần giải quyết nhanh hơn" "the text a person typed is shown"
check_exit 0 "$PHIEU" "${ws[@]}" show --json "$serial"
check_contains "$out" '"writings"' "writings as JSON"
check_exit "0|3" "$PHIEU" "${ws[@]}" status
check_contains "$out" "(2 typed by a person" "status counts what was typed"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format json -o "$TMP/answers.json"
check_contains "$(<"$TMP/answers.json")" '"Cần giải quyết nhanh hơn"' "the text is exported"
check_exit "0|3" "$PHIEU" "${ws[@]}" export answers --format csv -o "$TMP/answers.csv"
check_lacks "$(<"$TMP/answers.csv")" "nam-sinh" "the answers that count"
check_exit 0 "$PHIEU" "${ws[@]}" verify

# Out of the form's range: shown, but with no confidence.
sed -i 's/min: 1900, max: 2010/min: 1900, max: 1901/' "$TMP/nho/form-b.yaml"
check_exit 0 "$PHIEU" init "$TMP/ws2" --survey "$TMP/nho"
print_some "$TMP/ws2" b2 --group G2 --agency HC --count 2
fill b2 sim2 --seed 900022 --set blank_page=0 --set twice=0
check_exit "0|3" "$PHIEU" -C "$TMP/ws2" scan "$TMP/sim2/scans"
check_eq "0.0" "$(sqlite3 -readonly "$TMP/ws2/survey.db" 'SELECT max(confidence) FROM draft')" "confidence out of range"
finish
