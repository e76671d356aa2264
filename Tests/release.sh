#!/bin/bash
# What is done by hand before a release: the crash suites as far as time carries, every broken writer,
# and all tests under the thread and the address sanitizer. Hours, not minutes; best with no one else on.
#
#   Tests/release.sh LOG [--hours H] [--without-sanitizers] [SUITE...]
#
# LOG gets everything that is printed. The time (two hours) is shared out among the suites S1 to S9 and S22;
# each goes on until it has done what a release asks of it, or its share is over, and says how much that
# was. S14, S17, S21 and the sanitizers are done whole and are not counted. Exit 1 when anything fails.
set -u
trap 'trap - TERM; kill 0' INT TERM

usage() { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 1 ] && [ "${1#-}" = "$1" ] || usage
log=$(realpath "$1") hours=2 sanitizers=yes chosen=
shift
while [ $# -gt 0 ]; do
    case $1 in
        --hours) hours=${2:?}; shift ;;
        --without-sanitizers) sanitizers=no ;;
        S[0-9]*) chosen="$chosen $1" ;;
        *) usage ;;
    esac
    shift
done
cd "$(dirname "$0")/.." || exit 1
exec > >(tee "$log") 2>&1

sh Tests/packages.sh libsqlite3-dev zlib1g-dev python3 strace gcc libc6-dev util-linux e2fsprogs xfsprogs \
    mount fuse3 python3-fusepy python3-cryptography || exit 1
LARKIVE_BIN_DIR=${LARKIVE_BIN_DIR:-$(swift build --show-bin-path)}
export LARKIVE_BIN_DIR PYTHONDONTWRITEBYTECODE=1 SWIFT_BACKTRACE=enable=no
# `verify` and the checker have to agree on every state.
export CRASH_AGREE_EVERY=1
swift build 2>&1 | grep -E 'error:|complete|signal' | sort -u
[ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
budget=$(awk "BEGIN { print int($hours * 3600) }")
verdicts=() failed=0
# A python3 that comes first on the path may not see the modules of those packages.
python=python3
"$python" -c 'import fuse, cryptography' 2>/dev/null || [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
echo "larkive $(git describe --always --dirty), $(date -u +%FT%TZ), $(nproc) cores, $(uname -r), budget $budget s"

wanted() { [ -z "$chosen" ] || case "$chosen " in *" $1 "*) ;; *) return 1 ;; esac; }

# judged NAME CODE SECONDS WHAT: keeps a line for the end.
judged() {
    local word=passed
    case $4 in *SKIPPED*) word="SKIPPED, not passed" ;; esac
    [ "$2" -eq 0 ] || { word="FAILED ($2)"; failed=1; }
    verdicts+=("$(printf '%-4s %-20s %6d s  %s' "$1" "$word" "$3" "$4")")
}

# once NAME FILE SECONDS [OPTIONS]: one run of a suite, which is ended when it takes twice its share.
once() {
    local name=$1 file=Tests/crash/$2 share=$3 began=$SECONDS code=0 out
    shift 3
    wanted "$name" || return 0
    echo "== $name: $file $*"
    out=$(mktemp)
    timeout -k 30 $((2 * share + 300)) "$python" "$file" "$@" </dev/null | tee "$out"
    code=${PIPESTATUS[0]}
    judged "$name" "$code" $((SECONDS - began)) "$(grep -v '^VIOLATION' "$out" | tail -n 1)"
    rm -f "$out"
}

# slices NAME FILE SECONDS OPTION EACH TOTAL: runs with one seed after the other, until TOTAL of what
# OPTION counts are done or the time is over.
slices() {
    local name=$1 file=Tests/crash/$2 share=$3 option=$4 each=$5 total=$6 began=$SECONDS code=0 seed=0 lines
    wanted "$name" || return 0
    lines=$(mktemp)
    while [ $((seed * each)) -lt "$total" ] && [ $((SECONDS - began)) -lt "$share" ]; do
        seed=$((seed + 1))
        echo "== $name: $file $option $each --seed $seed"
        timeout -k 30 $((share + 600)) "$python" "$file" "$option" "$each" --seed "$seed" </dev/null | tee -a "$lines"
        [ "${PIPESTATUS[0]}" -eq 0 ] || code=1
    done
    judged "$name" "$code" $((SECONDS - began)) \
        "$((seed * each)) ${option#--} in $seed runs; the last: $(grep -v '^VIOLATION' "$lines" | tail -n 1)"
    rm -f "$lines"
}

share() { echo $((budget * $1 / 100)); }

once S1 s1_kill_points.py "$(share 22)" --edge 1 --budget 0 --seconds "$(share 22)"
slices S2 s2_random_kills.py "$(share 14)" --kills 200 10000
once S3 s3_power_cut.py "$(share 18)" --ext4 2000 --xfs 1000 --seconds "$(share 18)"
once S4 s4_block_replay.py "$(share 17)" --ext4 50000 --xfs 20000 --seconds "$(share 17)"
# Bounded by its work, not by time: it ends only when all is done, in four minutes or more.
once S5 s5_order.py 1800 --attachments 10000
once S6 s6_errno_sweep.py "$(share 8)" --most 0 --budget 0 --seconds "$(share 8)"
once S7 s7_real_eio.py "$(share 6)" --cases 500 --seconds "$(share 6)"
once S8 s8_tamper.py "$(share 5)" --rounds 1000 --seconds "$(share 5)"
once S9 s9_bit_rot.py "$(share 5)" --flips 10000 --seconds "$(share 5)"
once S22 s22_standing_still.py "$(share 3)" --seconds "$(share 3)"
once S14 s14_parallel_starts.py 600 --rounds 10
once S21 s21_export.py 600 --every 1
once S17 s17_mutants.py 3600 --most 0

# sanitized NAME: the whole suite under a sanitizer, with a build folder of its own. What is found in any
# process goes to a folder: also in one that a test kills, expects to fail or does not listen to. That is why
# nothing is confined by Landlock here: whoever is cannot open a report. Leaks are not looked for: what watches
# for signals, and XCTest's own runner, live until the process ends.
sanitized() {
    local began=$SECONDS code=0 out reports
    out=$(mktemp) reports=$(mktemp -d)
    chmod 1777 "$reports"  # some tests run the program as another user
    echo "== $1 sanitizer"
    gcc -O2 -Wall -Werror -o "$reports.unconfined" Tests/sanitizers/unconfined.c || { judged "${1:0:4}" 1 0 ""; return; }
    TSAN_OPTIONS="suppressions=$PWD/Tests/sanitizers/thread.txt log_path=$reports/report" \
        ASAN_OPTIONS="detect_leaks=0:log_path=$reports/report" \
        "$reports.unconfined" swift test --sanitize="$1" --scratch-path ".build-$1" \
        --experimental-maximum-parallelization-width 4 </dev/null >"$out" 2>&1 || code=1
    grep -E '(WARNING|ERROR): [A-Z][a-z]+Sanitizer|✘|recorded an issue|Test run|error:' "$out" | head -n 200
    find "$reports" -type f -exec head -n 60 {} + | head -n 600
    ! grep -qE '(WARNING|ERROR): [A-Z][a-z]+Sanitizer' "$out" && [ -z "$(ls "$reports")" ] || code=1
    grep -q 'Test run with [1-9]' "$out" || code=1
    judged "${1:0:4}" "$code" $((SECONDS - began)) \
        "$(ls "$reports" | wc -l) reports; $(grep 'Test run' "$out" | tail -n 1)"
    rm -rf "$out" "$reports" "$reports.unconfined"
}

if [ "$sanitizers" = yes ] && [ -z "$chosen" ]; then
    sanitized thread
    sanitized address
fi

echo "== verdicts, $((SECONDS / 60)) minutes in all"
printf '%s\n' "${verdicts[@]+"${verdicts[@]}"}"
[ $failed -eq 0 ] && echo "all passed" || echo "NOT all passed"
exit $failed
