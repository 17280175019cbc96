# shellcheck shell=bash source=tests/cases/lib.sh
# The fingerprint of the reader is of the sources that decide a reading, and behind the dot of this machine's libraries that
# do: the former the same wherever they lie and whatever stands beside them, another one as soon as one of them is.
. "$ROOT/tests/cases/lib.sh"

told=$("$PHIEU" --version)
id=${told##* }
libraries=${id#*.}
check_eq "8" "${#libraries}" "digits of the libraries"
id=${id%.*}
check_eq "16" "${#id}" "digits of the fingerprint"
mkdir "$TMP/clone"
cp -r "$ROOT/src" "$ROOT/models" "$ROOT/scripts" "$ROOT/Makefile" "$TMP/clone"
mkdir -p "$TMP/clone/tests/unit"
unset MAKEFLAGS MAKELEVEL
made() { # the fingerprint as the copy's Makefile makes it now
    make -s -C "$TMP/clone" BUILD=build/anew build/anew/gen/intake/reader-id >/dev/null 2>"$TMP/made" || fault "made: $(<"$TMP/made")"
    cat "$TMP/clone/build/anew/gen/intake/reader-id"
}
check_eq "$id" "$(made)" "the fingerprint in a copy without a history"
for file in src/cli/main.c src/desk/desk.c src/store/files.c src/export/csv.c src/quota/judge.c src/intake/reread.c src/po/vi.po; do
    echo "/* more */" >>"$TMP/clone/$file"
done
touch "$TMP/clone/src/mark/decide.c"
check_eq "$id" "$(made)" "after changes to what reads nothing"
last=$id
for file in src/mark/decide.c src/vision/code.cpp src/page/page.h src/intake/reader.c models/marks.bin; do
    sleep 0.05 # what is written at one moment is of one age
    echo "/* more */" >>"$TMP/clone/$file"
    now=$(made)
    [[ $now != "$last" && ${#now} == 16 ]] || fault "$file: changed, the fingerprint stays $now"
    last=$now
done
sleep 0.05
rm "$TMP/clone/src/mark/stray.c"
[[ $(made) != "$last" ]] || fault "src/mark/stray.c: taken away, the fingerprint stays $last"
finish
