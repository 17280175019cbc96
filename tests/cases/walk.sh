# shellcheck shell=bash source=tests/cases/lib.sh
# The README's walk in a minute, its commands one after another: every page of the sample scans is accounted for, no answer
# is read wrong; and the README's figures are those of the tables they come from.
. "$ROOT/tests/cases/lib.sh"

mkdir -p "$TMP/way/build"
cd "$TMP/way" || exit
ln -s "$PHIEU" build/phieu
cp -r "$ROOT/scans" scans
awk '/^## / { here = $0 == "## A walk in a minute" } /^```$/ { sh = 0 } here && sh; /^```sh/ { sh = 1 }' "$ROOT/README.md" >commands
((10 <= $(grep -c . commands))) || fault "no walk in the README"
make() { :; } # built by the checks
begun=$SECONDS all=
while read -r command; do
    eval "$command" >out 2>err </dev/null
    ended=$?
    [[ $ended == 0 || $ended == 3 ]] || fault "$command ended with $ended: $(head -c 1500 err)"
    all+=$(<out)$'\n'$(<err)$'\n'
done <commands
echo "the walk took $((SECONDS - begun)) s"
check_contains "$all" "Pages in: 14 = 10 read + 2 refused + 1 blank + 1 cover." "every page accounted for"
check_contains "$all" "Ballots now: 10 complete" "every ballot"
check_contains "$all" "2 wait for a person" "the doubtful ones"
check_contains "$all" "Everything is as it was committed." "phieu verify"
[[ -s demo/muc.png ]] || fault "no picture of the ink"
# What the two marks meant nobody can know; all others are as they were filled in.
grep -v ',double,' scans/truth.csv >truth.csv
check_eq "27 0 0 0" "$(compare truth.csv demo/tra-loi.csv)" "right, asked, wrong, absent"
check_exit 0 build/phieu -C demo/mau status
(($(du -sk "$ROOT/scans" | cut -f1) <= 3072)) || fault "scans/ is larger than 3 MB"
check_exit 0 "$ROOT/scripts/figures" --check
for kind in pdf tif jpg png; do compgen -G "scans/giay/*.$kind" >/dev/null || fault "no sample of .$kind"; done
finish
