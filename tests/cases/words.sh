# shellcheck shell=bash source=tests/cases/lib.sh
# What people read in Vietnamese is Vietnamese: help, wrong options, files that are not there, definitions that are no
# YAML; figures have commas. And what people mistype is understood, or said to be what it is.
. "$ROOT/tests/cases/lib.sh"

vi() { PHIEU_LANG=vi LANGUAGE=vi "$PHIEU" "$@"; }
# told CODE COMMAND…: as check_exit, in Vietnamese, and none of it the English of a library.
told() {
    local code=$1 english
    shift
    check_exit "$code" vi "$@"
    english=$(grep -oE 'Usage:|\[OPTION|Show help|Help Options|Application Options|Unknown option|Missing argument|Cannot parse|Failed to|Error (opening|in )|No such|Permission denied|did not find|could not find|not allowed|[Ff]ound (un|char|a tab)|while (scanning|parsing)|out of range' <<<"$out$err")
    [[ -z $english ]] || fault "phieu $*: English in Vietnamese: '$english' in: ${err:0:600} ${out:0:600}"
}

while read -r command _; do
    told 0 "$command" --help
    check_contains "$out" "Cách dùng:" "the help of $command"
done < <(vi --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
told 2 plan --frobnicate
check_contains "$err" "không có tùy chọn --frobnicate" "an unknown option"
told 2 print -o
told 2 scan --workers nhiều x.pdf
told 1 check "$TMP/không có"
check_contains "$err" "không có tệp hoặc thư mục này" "a folder that is not there"
told 1 -C "$TMP/không có" plan
new_workspace "$TMP/ws"
ws=(-C "$TMP/ws")
told "1|3" "${ws[@]}" scan "$TMP/không có.pdf"

# Definitions that are no YAML, each in its own way.
broken() { # broken LINE…: a definition with these lines in the place of its agencies
    rm -rf "$TMP/bad"
    cp -r "$ROOT/forms/nho" "$TMP/bad"
    printf '%s\n' "$@" >"$TMP/bad/agencies.yaml"
    told 1 check "$TMP/bad"
    check_contains "$err" "không đúng YAML: " "what is wrong with $1"
}
broken 'agencies:' '  - code: "SA'
broken 'agencies:' $'\t- code: SA'
broken 'agencies: [a, b'
broken 'agencies: {a: b'
broken 'agencies:' '  - code: SA' '   name: x: y'
broken 'agencies' '  - code: SA'
broken 'agencies:' '  - code: @SA'
broken 'agencies:' '  - "a\qb"'

# Mistyped commands and general options behind the command.
told 2 scna x.pdf
check_contains "$err" "có phải ý bạn là 'scan'?" "the command that was meant"
told 2 xyzzy
check_lacks "$err" "có phải" "a command like no other"
told 2 export anwsers -o "$TMP/x.csv"
check_contains "$err" "có phải ý bạn là 'answers'?" "what was meant to be exported"
told 2 import appraise "$TMP/x.csv"
check_contains "$err" "có phải ý bạn là 'appraised'?" "the kind of scores that was meant"
for command in resolve account stations; do
    told 2 "$command" xyzzy
    check_contains "$err" "không có 'xyzzy'" "a word of $command like no other"
    check_contains "$err" "phieu $command --help" "where the words of $command stand"
done
told 2 resolve rejct 000001-P
check_contains "$err" "có phải ý bạn là 'reject'?" "the verb that was meant"
# A folder that is not there is named before anything is printed into it or computed.
told 1 "${ws[@]}" print --group G1 --agency SNV --count 1 -o "$TMP/chưa có/a.pdf"
check_contains "$err" "không có thư mục '$TMP/chưa có'; hãy tạo thư mục ấy trước" "the folder to make"
told 1 "${ws[@]}" export index -o "$TMP/chưa có/a.xlsx"
check_contains "$err" "a.xlsx: không có thư mục" "the folder of an export"
told 0 plan -C "$TMP/ws"
check_contains "$out" "1.278" "a workspace named behind the command"
check_exit 0 "$PHIEU" plan --lang vi -C "$TMP/ws"
check_contains "$out" "Tổng cộng" "a language named behind the command"

# What is to be typed next can be typed so.
told 0 init "$TMP/cuộc khảo sát" --survey "$ROOT/forms/nho"
check_contains "$err" "Bước tiếp: phieu -C '$TMP/cuộc khảo sát' print" "a folder with blanks in its name"

# Figures and states on the way from paper to answers.
print_some "$TMP/ws" b --group G1 --agency SNV --count 3
fill b paper --damage none
told "0|3" "${ws[@]}" scan "$TMP/paper/scans"
grep -qE '[0-9],[0-9] mỗi giây' <<<"$err" || fault "pages a second have no comma: $err"
told 0 "${ws[@]}" show 000001-P
grep -qE 'q1 .* máy  +0,[0-9]{6} .* máy ' <<<"$out" || fault "state, confidence and who decided, in Vietnamese: $out"
check_lacks "$out" "machine" "the ballot in Vietnamese"
told 0 "${ws[@]}" show 000001-P q1
check_contains "$out" "q1" "the answer, where no file is named"
check_lacks "$out" "q2" "other answers"
check_contains "$err" "-o TỆP.png" "how its ink is seen"
told 1 "${ws[@]}" show 000001-P q99
# A serial that cannot be one says so, once; one that can says how to look further.
for wrong in 000001-Q 0000019; do
    told 1 "${ws[@]}" show "$wrong"
    check_contains "$err" "'$wrong' không phải số phiếu: ký tự kiểm tra" "a mistyped serial"
    check_eq 1 "$(grep -c . <<<"$err")" "lines about it"
done
told 1 "${ws[@]}" resolve reject 000001 --reason 'thử'
check_eq 1 "$(grep -c . <<<"$err")" "lines about a serial without its check character"
told 0 "${ws[@]}" resolve reject 000001-P --reason 'thử'
number=$(grep -oE 'quyết định số [0-9]+' <<<"$err" | grep -oE '[0-9]+$')
told 0 "${ws[@]}" resolve undo "$number" --reason 'chỉ là thử'

# Serials a spreadsheet took for numbers: with the check character still there, and without.
digit=$(sed -nE 's/^(0000[0-9]{2}[0-9]),.*/\1/p' "$TMP/paper/truth.csv" | head -1)
if [[ -z $digit ]]; then
    print_some "$TMP/ws" more --group G3 --agency SNV --count 20
    fill more more --damage none
    told "0|3" "${ws[@]}" scan "$TMP/more/scans"
    digit=$(sed -nE 's/^(0000[0-9]{2}[0-9]),.*/\1/p' "$TMP/more/truth.csv" | head -1)
fi
[[ -n $digit ]] || fault "no serial of digits alone"
told 0 "${ws[@]}" show "$digit"
whole=$out
told 0 "${ws[@]}" show "$(sed 's/^0*//' <<<"$digit")"
check_eq "$whole" "$out" "the ballot, its zeros lost"
check_contains "$err" "${digit:0:6}-${digit:6}, đã bị bảng tính bỏ các số 0" "which ballot it was taken as"
told 1 "${ws[@]}" show 1
check_contains "$err" "Phiếu thứ 1 trên giấy ghi 000001-P" "what became of a serial without its check character"
# The page in the browser names what became of a ballot as the terminal and the workbooks do.
while IFS='|' read -r id english; do
    words=$(grep -A1 -Fx "msgid \"$english\"" "$ROOT/src/po/vi.po" | sed -n 's/^msgstr "\(.*\)"$/\1/p')
    shown=$(sed -n "s/.*\"held.is.$id\": \"\(.*\)\",*/\1/p" "$ROOT/src/desk/web/i18n/vi.json")
    check_eq "${words,,}" "${shown,,}" "$id on the page"
    check_contains "$(grep -i "\"held.is.$id\": \"$english\"" "$ROOT/src/desk/web/i18n/en.json")" "$id" "$id in English"
done <<'END'
incomplete|a page is missing
duplicate|scanned more than once
unknown-serial|serial never issued
void-serial|serial void
END
finish
