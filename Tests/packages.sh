#!/bin/sh
# Installs those of the named Debian packages that are missing; says so before it does.
#
#   sh Tests/packages.sh PACKAGE...
set -eu

missing=
for package in "$@"; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "no apt-get here; install by other means what these Debian packages hold:$missing" >&2
    exit 0
fi
run=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages are missing and there is no sudo; as root: apt-get install$missing" >&2
        exit 1
    fi
    run=sudo
fi
echo "installing missing packages${run:+ with sudo}:$missing"
export DEBIAN_FRONTEND=noninteractive
exec 9<"$0"
flock 9  # one after the other, where several scripts miss something at once
$run apt-get update -q
# shellcheck disable=SC2086
$run apt-get install -q -y --no-install-recommends $missing
