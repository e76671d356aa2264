#!/bin/sh
# Plays the transcripts against the built programs; what is printed must be what they say.
#
#   Tests/transcripts/run.sh [TRANSCRIPT...]
#
# Programs come from $LARKIVE_BIN_DIR, or from swift's build folder. The judge, prysk, lives in a
# virtual environment in $LARKIVE_VENV_TRANSCRIPTS, or in .venv-transcripts at the top.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
venv=${LARKIVE_VENV_TRANSCRIPTS:-$top/.venv-transcripts}
LARKIVE_BIN_DIR=${LARKIVE_BIN_DIR:-$(swift build --package-path "$top" --show-bin-path)}
export LARKIVE_BIN_DIR

if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi

if [ $# -eq 0 ]; then set -- "$here"/S*.t; fi
LARKIVE_SKIPPED=$(mktemp)
export LARKIVE_SKIPPED
code=0
# Two at a time: they wait for servers and clocks more than they work.
printf '%s\0' "$@" | xargs -0 -n 1 -P 2 sh -c '
    printed=$(timeout 600 "$1" --shell /bin/bash --verbose "$2" 2>&1) && code=0 || code=1
    printf "%s\n" "$printed"
    exit $code' sh "$venv/bin/prysk" || code=1
cat "$LARKIVE_SKIPPED"
rm -f "$LARKIVE_SKIPPED"
exit $code
