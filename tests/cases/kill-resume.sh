# shellcheck shell=bash source=tests/cases/lib.sh
# Killed at any moment and run again: the same answers as undisturbed; two runs at once; a full disk.
. "$ROOT/tests/cases/lib.sh"

new_workspace "$TMP/ws"
# the same station, nothing printed yet
cp -r "$TMP/ws" "$TMP/two"
cp -r "$TMP/ws" "$TMP/full"
print_some "$TMP/ws" b --group G1,G3 --agency SNV,SYT --count 4
fill b day --damage office --seed 9 --batch-pages 12
cp -r "$TMP/ws" "$TMP/calm"
check_exit "0|3" "$PHIEU" -C "$TMP/calm" scan "$TMP/day/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/calm" export answers --format csv -o "$TMP/calm.csv"

kills=0
for delay in 0.05 0.15 0.3 0.5 0.8 1.2; do
    "$PHIEU" -C "$TMP/ws" scan "$TMP/day/scans" >/dev/null 2>&1 &
    pid=$!
    sleep $delay
    kill -9 $pid 2>/dev/null && kills=$((kills + 1))
    wait $pid 2>/dev/null
    sqlite3 "$TMP/ws/survey.db" 'PRAGMA integrity_check' 2>/dev/null | grep -qx ok || fault "the store is damaged after a kill at $delay s"
done
((kills > 0)) || fault "nothing was killed: the test shows nothing"
sleep 1 # workers of the killed run notice and end
check_exit "0|3" "$PHIEU" -C "$TMP/ws" scan --json "$TMP/day/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" export answers --format csv -o "$TMP/ws.csv"
cmp "$TMP/calm.csv" "$TMP/ws.csv" || fault "answers after $kills kills differ from an undisturbed run"
check_exit "0|3" "$PHIEU" -C "$TMP/ws" verify

# Two runs at once: one reads, the other is told; together nothing is twice.
print_some "$TMP/two" b2 --group G1,G3 --agency SNV,SYT --count 4
"$PHIEU" -C "$TMP/two" scan "$TMP/day/scans" >/dev/null 2>"$TMP/first.err" &
pid=$!
"$PHIEU" -C "$TMP/two" scan "$TMP/day/scans" >/dev/null 2>"$TMP/second.err"
second=$?
wait $pid
first=$?
[[ $first == 0 || $first == 3 || $second == 0 || $second == 3 ]] || fault "neither of two runs ended well: $first $second $(<"$TMP/second.err")"
check_exit "0|3" "$PHIEU" -C "$TMP/two" scan "$TMP/day/scans"
check_exit "0|3" "$PHIEU" -C "$TMP/two" export answers --format csv -o "$TMP/two.csv"
cmp "$TMP/calm.csv" "$TMP/two.csv" || fault "two runs at once gave other answers"

# A full disk: a clear error, what was committed stays, and with room again the rest follows.
if mkdir "$TMP/small" && mount -t tmpfs -o size=3m tmpfs "$TMP/small" 2>/dev/null; then
    trap 'umount -l "$TMP/small" 2>/dev/null' EXIT
    print_some "$TMP/full" b3 --group G1,G3 --agency SNV,SYT --count 4
    if cp -r "$TMP/full/." "$TMP/small/" 2>/dev/null; then
        check_exit 1 "$PHIEU" -C "$TMP/small" scan "$TMP/day/scans"
        [[ -n $err ]] || fault "a full disk without a word"
        mount -o remount,size=200m "$TMP/small"
        sqlite3 "$TMP/small/survey.db" 'PRAGMA integrity_check' | grep -qx ok || fault "the store is damaged by a full disk"
        check_exit "0|3" "$PHIEU" -C "$TMP/small" scan "$TMP/day/scans"
        check_exit "0|3" "$PHIEU" -C "$TMP/small" export answers --format csv -o "$TMP/small.csv"
        cmp "$TMP/calm.csv" "$TMP/small.csv" || fault "answers after a full disk differ"
    else
        echo "the workspace alone does not fit 3 MB: full disk not tried"
    fi
else
    echo "no right to mount: full disk not tried"
fi
finish
