# shellcheck shell=bash
# What scripts/accuracy, scripts/accuracy-long and scripts/accuracy-unseen share. The caller sets phieu, work, here
# (tests/accuracy) and, for read_form, simulate.
: "${here:?}" "${work:=}" "${phieu:?}" "${simulate:=}"
export LC_ALL=C.UTF-8 LANGUAGE=en PHIEU_LANG=en PHIEU_WHO=accuracy OMP_THREAD_LIMIT=1

# Paper fed by a fair hand into a fair machine.
# shellcheck disable=SC2034 # the caller's
fair=(--damage none --mode grey --format pdf --dpi 200 --set blur=0.3 --set noise=1.5 --set tone=0.6 --set scale=0.003
    --set skew=0.4 --set stretch=0.1 --set shift=0.8 --set dust=2 --set handwriting=0.2)

# print_form FORM COPIES [PRINT-OPTION…]: $work/FORM.pdf, FORM.json and the workspace FORM-ws. COPIES: of a form of others.
print_form() {
    local form=$1 copies=$2
    shift 2
    case $form in
    tv | F?) # every agency with the form of its group: what the tables were read of
        if [[ ! -d $work/tra-vinh ]]; then
            cp -r forms/tra-vinh-2023 "$work/tra-vinh"
            rm "$work/tra-vinh/form-3k.yaml"
            sed -i '/form_for: /d' "$work/tra-vinh/groups.yaml"
        fi
        "$phieu" init "$work/$form-ws" --survey "$work/tra-vinh"
        ;;
    nho) "$phieu" init "$work/nho-ws" --survey forms/nho ;;
    la)
        "$phieu" init "$work/la-ws" --survey "$here/foreign"
        cp "$here/foreign/blank.pdf" "$work/la.pdf"
        "$here/foreign-layout" "$here/foreign/form-la.yaml" "$copies" >"$work/la.json"
        ;;
    day)
        "$here/dense-form" "$work/dense"
        "$phieu" init "$work/day-ws" --survey "$work/dense"
        cp "$work/dense/dense.pdf" "$work/day.pdf"
        "$here/foreign-layout" "$work/dense/form-day.yaml" "$copies" >"$work/day.json"
        ;;
    esac >"$work/$form.log" 2>&1 || { cat "$work/$form.log" >&2; return 1; }
    [[ $form == la || $form == day ]] ||
        "$phieu" -C "$work/$form-ws" print "$@" -o "$work/$form.pdf" --layout "$work/$form.json" >"$work/$form.log" 2>&1 ||
        { cat "$work/$form.log" >&2; return 1; }
}

# Seconds of processor time of all finished children of this shell, into $spent.
cpu_spent() {
    times >"$1"
    spent=$(awk -F'[ms ]+' 'NR == 2 { print $1 * 60 + $2 + $3 * 60 + $4 }' "$1")
}

# foreign FORM: "foreign" for a form of others, whose answers are matched by file and page.
foreign() { case $1 in la | day) echo foreign ;; esac; }

# read_scans FORM DIR: reads DIR/out/scans in a copy of the form's workspace, DIR/ws; the answers are DIR/answers.csv, and
# DIR/wrong.tsv is empty.
read_scans() {
    local form=$1 dir=$2 declared=() code=0
    cp -r "$work/$form-ws" "$dir/ws"
    [[ $(foreign "$form") ]] && declared=(--form "${form^^}" --agency X --group G1 --origin X)
    "$phieu" -C "$dir/ws" scan --workers 1 "${declared[@]}" "$dir/out/scans" >"$dir/log" 2>&1 || code=$?
    [[ $code == 0 || $code == 3 ]] || { tail -3 "$dir/log" >&2; return 1; }
    code=0
    "$phieu" -C "$dir/ws" export answers --format csv -o "$dir/answers.csv" >"$dir/log" 2>&1 || code=$?
    [[ $code == 0 || $code == 3 ]] || { cat "$dir/log" >&2; return 1; }
    : >"$dir/wrong.tsv"
}

# read_form FORM DIR [SIMULATOR-OPTION…]: fills, scans, reads and judges in DIR; the line of counts is DIR/counts.
# DIR/out, DIR/ws: scans and workspace. DIR/wrong.tsv: the wrong answers. DIR/seconds: processor time of
# simulating, of reading.
read_form() {
    local form=$1 dir=$2 began between spent
    shift 2
    mkdir -p "$dir"
    cpu_spent "$dir/times" && began=$spent
    "$simulate" --ballots "$work/$form.pdf" --layout "$work/$form.json" -o "$dir/out" -j 1 --many kenh "$@" \
        >"$dir/log" 2>&1 || { cat "$dir/log" >&2; return 1; }
    cpu_spent "$dir/times" && between=$spent
    read_scans "$form" "$dir" || return 1
    "$here/judge" "$dir/out" "$dir/answers.csv" "$dir/wrong.tsv" "$(foreign "$form")" >"$dir/counts" || return 1
    cpu_spent "$dir/times"
    awk -v a="$began" -v b="$between" -v c="$spent" 'BEGIN { printf "%.1f\t%.1f\n", b - a, c - b }' >"$dir/seconds"
}
