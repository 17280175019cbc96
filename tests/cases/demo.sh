# shellcheck shell=bash source=tests/cases/lib.sh
# The first command of the README, in its quick form: the whole way from paper to index, none of it read wrong, every
# page accounted for, the files that it promises there.
. "$ROOT/tests/cases/lib.sh"

export PHIEU_LANG=vi LANGUAGE=vi
check_exit 0 "$ROOT/scripts/demo" --quick
check_contains "$out" "máy đọc sai: 0" "the comparison with what was meant"
check_contains "$err" "Mọi dữ liệu vẫn nguyên như lúc ghi." "phieu verify"
read -r pages read refused blank cover < <(sed -nE 's/^Số trang vào: ([0-9.]+) = ([0-9.]+) đọc được \+ ([0-9.]+) từ chối \+ ([0-9.]+) trắng \+ ([0-9.]+) bìa\.$/\1 \2 \3 \4 \5/p' <<<"$out" | tr -d .)
check_eq "${pages:-none}" "$((read + refused + blank + cover))" "pages in and pages accounted for"
((read >= 60)) || fault "$read pages were read"
for file in phieu.pdf bia-lo.pdf giay/truth.csv tra-loi.csv tan-suat.xlsx chi-so.xlsx chi-so.json so-sanh.txt; do
    [[ -s $ROOT/demo/quick/$file ]] || fault "demo/quick/$file is missing or empty"
done
finish
