#!/bin/sh
# Builds everything and runs all tests; installs the Debian packages that are missing.
#
#   sh Tests/run.sh [OPTIONS OF swift test]
set -eu
cd "$(dirname "$0")/.."

sh Tests/packages.sh libsqlite3-dev zlib1g-dev sqlite3 jq gzip python3 python3-venv ca-certificates curl
swift build --build-tests
exec swift test --skip-build "$@"
