#!/bin/bash
# Breaks larkive in every way that these suites know, and judges what is left.
#
#   Tests/crash/run.sh [ci|release] [SUITE...]    SUITE: S1 S2 S3 S4 S5 S6 S7 S8 S9 S14 S17 S21 S22; all of them by default
#
# Programs come from $LARKIVE_BIN_DIR, or from swift's build folder. Each suite prints what it did and how
# long that took, and is ended when it takes too long; a table at the end has a line for each of them. What
# needs root and has none says "SKIPPED, not passed". Exit 1 when any suite fails, or is not known.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
known="S1 S2 S3 S4 S5 S6 S7 S8 S9 S14 S17 S21 S22"
column=${1:-ci}
[ $# -eq 0 ] || shift
case $column in ci | release) ;; *) echo "ci or release, not $column" >&2; exit 2 ;; esac
for word in "$@"; do
    case " $known " in *" $word "*) ;; *) echo "there is no suite $word; there are $known" >&2; exit 2 ;; esac
done
wanted=" ${*:-$known} "
wants() { case $wanted in *" $1 "*) ;; *) return 1 ;; esac; }
LARKIVE_BIN_DIR=${LARKIVE_BIN_DIR:-$(swift build --package-path "$top" --show-bin-path)}
export LARKIVE_BIN_DIR PYTHONDONTWRITEBYTECODE=1
# A release has `verify` and the checker agree on every state.
[ "$column" = ci ] || export CRASH_AGREE_EVERY=${CRASH_AGREE_EVERY:-1}
began=$SECONDS
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/table"

sh "$here/../packages.sh" python3 strace gcc libc6-dev util-linux e2fsprogs xfsprogs mount || exit 1
if wants S8 || wants S21; then sh "$here/../packages.sh" python3-cryptography || exit 1; fi
if wants S4 || wants S6 || wants S7; then sh "$here/../packages.sh" fuse3 python3-fusepy || exit 1; fi
# A python3 that comes first on the path may not see the modules of those packages.
python=python3
"$python" -c 'import fuse, cryptography' 2>/dev/null || [ ! -x /usr/bin/python3 ] || python=/usr/bin/python3

# suite NAME SECONDS FILE [OPTIONS FOR ci] -- [OPTIONS FOR release]; SECONDS is the most that CI waits.
suite() {
    local name=$1 limit=$2 file=$here/$3 options=() other=() side=ci word start=$SECONDS printed=$scratch/$1
    shift 3
    wants "$name" || return 0
    for word in "$@"; do
        if [ "$word" = -- ]; then side=release
        elif [ "$side" = ci ]; then options+=("$word")
        else other+=("$word"); fi
    done
    [ "$column" = ci ] || { limit=7200 options=("${other[@]+"${other[@]}"}"); }
    echo "== $name: ${file##*/} ${options[*]+"${options[*]}"}"
    timeout -k 10 "$limit" "$python" "$file" "${options[@]+"${options[@]}"}" </dev/null 2>&1 | tee "$printed"
    judged "$name" "${PIPESTATUS[0]}" $((SECONDS - start)) "$(grep -v '^ *VIOLATION' "$printed" | tail -n 1)"
}

# judged NAME CODE SECONDS WORDS: keeps the line of the table.
judged() {
    local verdict=ok
    ! grep -q 'SKIPPED, not passed' "$scratch/$1" || verdict=SKIPPED
    [ "$2" -eq 0 ] || verdict=FAILED
    [ "$2" -ne 124 ] || verdict="TOO LONG"
    printf '%-4s %-8s %4d s  %s\n' "$1" "$verdict" "$3" "$4" >>"$scratch/table"
}

suite S1 360 s1_kill_points.py --edge 1 --budget 40 --seconds 120 -- --edge 1 --budget 0
suite S2 480 s2_random_kills.py --kills 200 -- --kills 10000
suite S3 480 s3_power_cut.py --ext4 60 --xfs 30 -- --ext4 2000 --xfs 1000
suite S6 480 s6_errno_sweep.py --budget 200 -- --most 0 --budget 0
suite S8 360 s8_tamper.py --rounds 8 -- --rounds 1000
suite S9 240 s9_bit_rot.py --flips 120 -- --flips 10000
suite S14 120 s14_parallel_starts.py --rounds 2 -- --rounds 500
suite S21 240 s21_export.py --every 3 -- --every 1
suite S22 240 s22_standing_still.py --most 6 --only "second sync" --
# These keep one core busy: S7 on one, S5 and S17 on the other.
alone() {
    suite S5 240 s5_order.py --attachments 1500 -- --attachments 10000
    suite S17 240 s17_mutants.py --most 8 -- --most 0
}
alone >"$scratch/alone" 2>&1 &
suite S7 240 s7_real_eio.py -- --cases 500
wait $!
cat "$scratch/alone"
suite S4 480 s4_block_replay.py -- --ext4 10000 --xfs 4000

failed=$(awk '$2 == "FAILED" || $2 == "TOO" { printf " %s", $1 }' "$scratch/table")
printf '\n'
sort -V "$scratch/table"
for name in $failed; do
    [ ! -f "$scratch/$name" ] || grep -a '^ *VIOLATION' "$scratch/$name" | head -n 8 | cut -c 1-600
done
echo "crash suites ($column): $((SECONDS - began)) s${failed:+, FAILED:$failed}"
[ -z "$failed" ]
