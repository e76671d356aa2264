#!/bin/sh
# Walks a seeded sandbox with Feishu's official Python client and compares it with the truth.
#
#   Tests/conformance/run.sh [PATH/TO/feishu-sandbox]
#
# The client lives in a virtual environment in $LARKIVE_VENV, or in .venv-conformance at the top.
# The last line is "N passed, M failed"; the exit code is 0 when nothing failed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
venv=${LARKIVE_VENV:-$top/.venv-conformance}
sandbox=${1:-$(swift build --package-path "$top" --show-bin-path)/feishu-sandbox}
work=$(mktemp -d)
server=

finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; fi
    server=
}

stop() {
    finish
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi

# Prints the address of a sandbox that this script started with the given options.
start() {
    : >"$work/out"  # here, not in the child: the last server's line must be gone before the wait
    "$sandbox" --port 0 "$@" >"$work/out" 2>"$work/err" &
    server=$!
    tries=0
    until grep -q '^listening on ' "$work/out"; do
        tries=$((tries + 1))
        if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
            cat "$work/err" >&2
            echo "conformance: $sandbox did not start" >&2
            exit 1
        fi
        sleep 0.1
    done
    address=$(sed -n 's/^listening on //p' "$work/out")
}

# Runs one judge against one sandbox; its counts are added up.
passed=0
failed=0
judge() {
    script=$1
    shift
    start "$@"
    status=0
    "$venv/bin/python" "$here/$script" "$address" >"$work/report" || status=$?
    finish
    sed '$d' "$work/report"
    last=$(tail -n 1 "$work/report")
    case $last in
    *' passed, '*' failed')
        counts=${last% failed}
        passed=$((passed + ${counts%% passed, *}))
        failed=$((failed + ${counts##* passed, }))
        ;;
    *)
        echo "FAIL $script gave up"
        failed=$((failed + 1))
        ;;
    esac
    if [ $status -ne 0 ] && [ $failed -eq 0 ]; then failed=1; fi
}

judge walk.py --seed 7 --mailboxes 3 --messages 90 --tasks 60 --tiers off
judge walk.py --world "$here/world.yaml" --tiers off
judge users.py --world "$here/world.yaml" --tiers off
judge tiers.py --seed 8 --mailboxes 1 --messages 10 --tasks 5 --tiers on
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
