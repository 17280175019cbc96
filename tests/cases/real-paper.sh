# shellcheck shell=bash source=tests/cases/lib.sh
# Real scans of forms printed by others: every answer right or waiting, none wrong, no page lost. The sets stay outside
# the repository; tests/real says where their boxes are.
. "$ROOT/tests/cases/lib.sh"
sets=${PHIEU_SHARED:-$ROOT/../shared}/real
[[ -d $sets ]] || skip "no real scans beside the repository ($sets)"

"$ROOT/tests/real/make-survey" "$sets" "$TMP/definition" || fault "make-survey"
check_exit 0 "$PHIEU" check "$TMP/definition"
check_exit 0 "$PHIEU" init "$TMP/ws" --survey "$TMP/definition"

# compare_set SET ANSWERS: prints "positions right waiting wrong". A position of a ballot is an oval; of a questionnaire
# a question with boxes (handwriting has none). What the truth calls ambiguous must wait.
compare_set() {
    awk -F, -v set="$1" '
        function unquote(s) { gsub(/^"|"$/, "", s); return s }
        FILENAME ~ /scales.yaml$/ { # label → option id, a scale after the other
            if ($0 ~ /- id:/) { scale = $0; sub(/.*- id: /, "", scale); sub(/[^A-Za-z0-9-].*/, "", scale) }
            rest = $0
            while (match(rest, /\{id: [^}]*\}/)) {
                item = substr(rest, RSTART + 5, RLENGTH - 6); rest = substr(rest, RSTART + RLENGTH)
                id = item; sub(/,.*/, "", id); sub(/.*label: /, "", item); gsub(/^"|"$/, "", item)
                option[scale, tolower(item)] = id
            }
            next
        }
        FILENAME ~ /form-[a-z]*\.yaml$/ { # question → scale, of the questionnaires
            if ($0 ~ /scale: /) { q = $0; sub(/.*id: /, "", q); sub(/,.*/, "", q); s = $0; sub(/.*scale: /, "", s); sub(/,.*/, "", s); scale_of[q] = s }
            next
        }
        FILENAME ~ /ovals.csv$/ { if ($1 == set) { oval[$2 "/" $3] = $5; letter[$2 "/" $3] = $6; pages[$2] = 1 }; next }
        FILENAME ~ /answers.csv$/ { # file and question → value, state; the form it was read as
            value[$12, $6] = $7; state[$12, $6] = $8; form[$12] = $2; next }
        FNR == 1 { next }
        { sub(/\r$/, "") } # the truth is kept as an office program saved it
        { # truth: file,field,value
            file = $1; field = $2; meant = unquote($3); for (i = 4; i <= NF; i++) meant = meant "," $i
            if (field ~ /[\/]/) {
                key = form[file] "/" field
                if (!(key in oval)) { positions++; wrong++; print "wrong: " set " " file " " field ": read as form " form[file] > "/dev/stderr"; next }
                q = oval[key]; positions++
                said = index("+" value[file, q] "+", "+" letter[key] "+") > 0
                if (state[file, q] == "waiting") waiting++
                else if (state[file, q] == "machine" && said == (meant == 1)) right++
                else { wrong++; print "wrong: " set " " file " " field " is " meant ", read " value[file, q] > "/dev/stderr" }
                next
            }
            if (!(field in scale_of)) next
            positions++
            unclear = meant ~ /ambiguous/; sub(/ \(.*/, "", meant); gsub(/"/, "", meant)
            want = ""; n = split(meant, part, "|")
            for (i = 1; i <= n; i++) want = want "+" option[scale_of[field], tolower(part[i])]
            got = value[file, field] == "" ? "" : "+" value[file, field]; same = length(got) == length(want)
            for (i = 1; i <= n; i++) same = same && index(got "+", "+" option[scale_of[field], tolower(part[i])] "+")
            if (state[file, field] == "waiting") waiting++
            else if (state[file, field] == "machine" && same && !unclear) right++
            else { wrong++; print "wrong: " set " " file " " field " is " want ", read " got > "/dev/stderr" }
        }
        END { printf "%d %d %d %d\n", positions, right, waiting, wrong }' \
        "$TMP/definition/scales.yaml" "$TMP"/definition/form-quexf.yaml "$TMP"/definition/form-questionnaire.yaml \
        "$TMP/definition/ovals.csv" "$2" "$sets/$1/truth.csv"
}

printf '%-16s %9s %9s %9s %9s\n' set positions right waiting wrong >&2
for set in quexf questionnaire hamilton choctaw-2019; do
    # A workspace each: files of different sets bear the same names.
    check_exit 0 "$PHIEU" init "$TMP/$set" --survey "$TMP/definition"
    check_exit "0|3" "$PHIEU" -C "$TMP/$set" scan --json "$sets/$set"/filled*
    check_eq 0 "$(json pages_refused "$out")" "$set: refused pages"
    check_exit "0|3" "$PHIEU" -C "$TMP/$set" export answers --format csv -o "$TMP/$set-answers.csv"
    read -r positions right waiting wrong <<<"$(compare_set "$set" "$TMP/$set-answers.csv")"
    printf '%-16s %9d %9d %9d %9d\n' "$set" "$positions" "$right" "$waiting" "$wrong" >&2
    check_eq 0 "$wrong" "$set: wrong"
    ((right > 0)) || fault "$set: nothing was read"
    check_exit 0 "$PHIEU" -C "$TMP/$set" verify --deep
done
finish
