#!/bin/bash
# Breaks larkive in every way that these suites know, and judges what is left.
#
#   Tests/crash/run.sh [ci|release] [SUITE...]    SUITE: S1 S2 S3 S4 S5 S6 S7 S8 S9 S14 S17; all of them by default
#
# Programs come from $LARKIVE_BIN_DIR, or from swift's build folder. Each suite prints its counts and
# its seconds; what needs root and has none says "SKIPPED, not passed". Exit 1 when any suite fails.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
column=${1:-ci}
[ $# -eq 0 ] || shift
wanted=" ${*:-S1 S2 S3 S4 S5 S6 S7 S8 S9 S14 S17} "
LARKIVE_BIN_DIR=${LARKIVE_BIN_DIR:-$(swift build --package-path "$top" --show-bin-path)}
export LARKIVE_BIN_DIR PYTHONDONTWRITEBYTECODE=1
failed=
began=$SECONDS

sh "$here/../packages.sh" python3 strace gcc libc6-dev util-linux e2fsprogs xfsprogs mount || exit 1
case $wanted in *" S8 "*) sh "$here/../packages.sh" python3-cryptography || exit 1 ;; esac
case $wanted in *" S4 "* | *" S7 "*) sh "$here/../packages.sh" fuse3 python3-fusepy || exit 1 ;; esac

# suite NAME FILE [OPTIONS FOR ci] -- [OPTIONS FOR release]
suite() {
    local name=$1 file=$here/$2 options=() other=() side=ci word
    shift 2
    for word in "$@"; do
        if [ "$word" = -- ]; then side=release
        elif [ "$side" = ci ]; then options+=("$word")
        else other+=("$word"); fi
    done
    [ "$column" = ci ] || options=("${other[@]+"${other[@]}"}")
    case $wanted in *" $name "*) ;; *) return ;; esac
    if [ ! -f "$file" ]; then echo "$name: SKIPPED, not passed: there is no ${file##*/}"; return; fi
    timeout "$limit" python3 "$file" "${options[@]+"${options[@]}"}" </dev/null || failed="$failed $name"
}

limit=400  # seconds for one suite
[ "$column" = ci ] || limit=7200
suite S1 s1_kill_points.py --edge 1 --budget 40 -- --edge 1 --budget 0
suite S2 s2_random_kills.py --kills 200 -- --kills 10000
suite S3 s3_power_cut.py --ext4 100 --xfs 50 -- --ext4 2000 --xfs 1000
suite S4 s4_block_replay.py -- --ext4 10000 --xfs 4000
suite S5 s5_order.py --attachments 400 -- --attachments 10000
suite S6 s6_errno_sweep.py --budget 200 -- --most 0 --budget 0
suite S7 s7_real_eio.py -- --cases 500
suite S8 s8_tamper.py -- --rounds 1000
suite S9 s9_bit_rot.py --flips 200 -- --flips 10000
suite S14 s14_parallel_starts.py --rounds 2 -- --rounds 500
suite S17 s17_mutants.py --most 6 -- --most 0

echo "crash suites ($column): $((SECONDS - began)) s${failed:+, FAILED:$failed}"
[ -z "$failed" ]
