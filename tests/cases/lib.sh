# shellcheck shell=bash
# What the case tests share. scripts/check runs each tests/cases/*.sh with
#   PHIEU  the program      SIM  the simulator      FORGE  changes rows and makes the chain fit (a full path each)
#   TMP    an empty folder  ROOT the repository
# A case sources this file, checks, and ends with `finish`. Exit 0 passed, 77 skipped, anything else failed.
set -u
: "${PHIEU:?run by scripts/check}" "${SIM:?}" "${TMP:?}" "${ROOT:?}"
export LC_ALL=C.UTF-8 LANGUAGE=en PHIEU_LANG=en PHIEU_WHO=tester

# Faults stand in a file, so that one found in a pipe or a subshell counts, too.
fault() { # fault TEXT…: notes a failed check and where it stands
    local at=${BASH_SOURCE[2]-${BASH_SOURCE[1]}}
    at=${at##*/}:${BASH_LINENO[1]-0}
    printf '%s: %s\n' "$at" "$*" | tee -a "$TMP/.faults" >&2
}
# A check that is not there must not pass.
command_not_found_handle() {
    fault "$1: no such command"
    return 127
}
check_eq() { # check_eq EXPECTED ACTUAL WHAT
    [[ $1 == "$2" ]] || fault "$3: expected '$1', have '$2'"
}
check_contains() { # check_contains TEXT PART WHAT
    [[ $1 == *"$2"* ]] || fault "$3: no '$2' in: ${1:0:1500}"
}
check_lacks() { # check_lacks TEXT PART WHAT
    [[ $1 != *"$2"* ]] || fault "$3: should not hold '$2': ${1:0:1500}"
}
# check_exit CODE COMMAND…: runs it; its output is in $out, its words in $err. CODE may be several: "0|3".
check_exit() {
    local expected=$1 code
    shift
    "$@" >"$TMP/.out" 2>"$TMP/.err" </dev/null
    code=$?
    out=$(<"$TMP/.out") err=$(<"$TMP/.err")
    [[ "|$expected|" == *"|$code|"* ]] ||
        fault "$* ended with $code, not $expected: ${err:0:1500} ${out:0:500}"
}
skip() { # skip WHY
    echo "$*"
    exit 77
}
finish() { [[ ! -s $TMP/.faults ]]; exit; }

# need_browser [PROGRAM…]: skips where Chromium and what drives it are missing, or one of these programs.
need_browser() {
    local program
    for program in node "$@" "${CHROMIUM:-chromium}"; do
        command -v "$program" >/dev/null || skip "$program is not installed: scripts/setup --dev"
    done
    [[ -d $ROOT/build/web/node_modules/playwright-core ]] || skip "playwright-core is not installed: scripts/setup --dev"
    CHROMIUM=$(command -v "${CHROMIUM:-chromium}")
    export CHROMIUM
}

# ---- pieces of the walk --------------------------------------------------------------------------------------
survey=$ROOT/forms/tra-vinh-2023

# new_workspace DIR: a fresh workspace of the example survey.
# one_look: from now on a survey in which one person's word is enough.
one_look() {
    cp -r "$survey" "$TMP/one-look"
    sed -i '/second_look:/d' "$TMP/one-look/survey.yaml"
    survey=$TMP/one-look
}
new_workspace() { "$PHIEU" init "$1" --survey "$survey" >/dev/null || fault "init $1"; }
# print_some DIR NAME [OPTION…]: prints into $TMP/NAME.pdf and NAME.json.
print_some() {
    local dir=$1 name=$2
    shift 2
    "$PHIEU" -C "$dir" print -o "$TMP/$name.pdf" --layout "$TMP/$name.json" "$@" >/dev/null 2>"$TMP/.err" ||
        fault "print: $(<"$TMP/.err")"
}
# fill NAME OUT [OPTION…]: fills and scans the print NAME into $TMP/OUT (scans/, truth.csv …).
fill() {
    local name=$1 out=$2
    shift 2
    "$SIM" --ballots "$TMP/$name.pdf" --layout "$TMP/$name.json" -o "$TMP/$out" -j 2 "$@" >/dev/null 2>"$TMP/.err" ||
        fault "simulate: $(<"$TMP/.err")"
}
# small_day: the small survey in $TMP/ws (ws: its options), every ballot printed as b and scanned without damage into
# $TMP/day (truth: what was meant).
# shellcheck disable=SC2034 # ws and truth are the caller's
small_day() {
    survey=$ROOT/forms/nho
    new_workspace "$TMP/ws"
    ws=(-C "$TMP/ws")
    print_some "$TMP/ws" b
    fill b day --damage none --mode grey --format jpeg --dpi 200
    truth=$TMP/day/truth.csv
}
# json KEY TEXT: the number or text of a top-level key of a JSON object.
json() { sed -nE "s/.*\"$1\" *: *\"?([^\",}]*)\"?.*/\1/p" <<<"$2" | head -1; }
# compare TRUTH ANSWERS: prints "right asked wrong absent" over the scored rows of truth, wrong ones on stderr.
# A machine answer other than what was meant is wrong; so is any settled answer where nobody could know.
compare() {
    awk -F, '
        FNR == 1 { for (i = 1; i <= NF; i++) column[NR == FNR ? "t" $i : "a" $i] = i; next }
        NR == FNR { key = $column["tserial"] "," $column["tquestion"]; value[key] = $column["tvalue"]
            kind[key] = $column["tkind"] " " $column["tmark"] " " $column["tpen"] " " $column["tfile"] ":" $column["tpage"]
            ambiguous[key] = $column["tambiguous"]; next }
        { key = $column["aserial"] "," $column["aquestion"]; if (!(key in value)) next
          seen[key] = 1
          if ($column["astate"] == "waiting") asked++
          else if ($column["avalue"] == value[key] && !ambiguous[key]) right++
          else { wrong++; print "wrong: " key " meant " value[key] " read " $column["avalue"] " " kind[key] > "/dev/stderr" } }
        END { for (key in value) if (!(key in seen)) absent++
              printf "%d %d %d %d\n", right, asked, wrong, absent }' "$1" "$2"
}
