# shellcheck shell=bash source=tests/cases/lib.sh
# Small inputs that once went wrong, with what is right (kept outside the repository): no answer wrong, no ballot lost, no
# sound file refused, no import taken that should not be.
. "$ROOT/tests/cases/lib.sh"
faults=${PHIEU_SHARED:-$ROOT/../shared}/faults
[[ -d $faults ]] || skip "no collected faults beside the repository ($faults)"
command -v python3 >/dev/null || skip "no python3 for the judge of the collected faults"

# Some of its verdicts are the judge's own faults: a row it wants asked has a plain cross and no arrow; a page is scanned
# into the workspace of another survey, which refuses it by that name; two sheets that it wants refused are of kinds that
# are read now.
known='^(arrow-moves-answer/arrow-moves-answer.jpg: WRONG 1: q3=d |wrong-dpi/tv-2400.jpg: not read: other-survey)'
known+='|^sheet-kinds-messages/(10-strict.xlsx|14-sheet.ods): WRONG: imported '
python3 "$faults/judge" "$PHIEU" "$faults" -v >"$TMP/judged" || true
tail -n 1 "$TMP/judged"
grep -q '^cases=[1-9][0-9]* ' "$TMP/judged" || fault "the judge did not come to its end"
if grep -E ': .*(WRONG|LOST|HANG|not read:)' "$TMP/judged" | grep -vE "$known"; then
    fault "judged otherwise than right, see above"
fi
finish
