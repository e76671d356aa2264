#!/bin/sh
# Builds everything and runs all tests; installs the Debian packages that are missing.
#
#   sh Tests/run.sh [OPTIONS OF swift test]
set -eu
cd "$(dirname "$0")/.."

sh Tests/packages.sh libsqlite3-dev zlib1g-dev sqlite3 jq gzip python3 python3-venv ca-certificates curl
swift build --build-tests
# Each test has a server and programs of its own: too many at once would wait for each other.
exec swift test --skip-build --experimental-maximum-parallelization-width 4 "$@"
