#!/bin/sh
# Builds everything and runs all tests; installs the Debian packages that are missing.
#
#   sh Tests/run.sh [OPTIONS OF swift test]
set -eu
cd "$(dirname "$0")/.."

sh Tests/packages.sh libsqlite3-dev zlib1g-dev sqlite3 jq gzip python3 python3-venv ca-certificates curl
swift build --build-tests
# Thousands of small archives come and go: in memory, where there is room for them and nobody says where else.
memory=/dev/shm
if [ -z "${TMPDIR:-}" ] && [ "$(stat -f -c %T $memory 2>/dev/null)" = tmpfs ] &&
    [ "$(df --output=avail -k $memory | tail -n 1)" -gt 4000000 ]; then
    for left in "$memory"/larkive-tests.*; do  # of one that was killed
        owner=${left#*/larkive-tests.}
        [ -d "/proc/${owner%%.*}" ] || rm -rf "$left"
    done
    TMPDIR=$(mktemp -d "$memory/larkive-tests.$$.XXXXXX")
    chmod 711 "$TMPDIR"  # some tests run the program as another user
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
# Each test has a server and programs of its own: too many at once would wait for each other.
swift test --skip-build --experimental-maximum-parallelization-width 4 "$@"
