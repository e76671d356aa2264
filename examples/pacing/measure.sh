#!/bin/sh
# How close larkive comes to the permitted rates, and how often it is told to slow down.
#
#   sh examples/pacing/measure.sh [one|two] [SECONDS]
#
# Drives real runs against a pretended Feishu that counts calls as the platform does. `two` runs two
# archives on one app. LARKIVE_BIN_DIR=DIR holds programs that are built already.
set -eu

mode=${1:-one}
seconds=${2:-60}
settle=${SETTLE:-10}
[ "$mode" != two ] || settle=${SETTLE:-120}
top=$(cd "$(dirname "$0")/../.." && pwd)
for program in jq curl; do
    command -v "$program" >/dev/null || { echo "pacing: $program is missing" >&2; exit 1; }
done
if [ -z "${LARKIVE_BIN_DIR:-}" ]; then
    cd "$top"
    swift build --product larkive
    swift build --product feishu-sandbox
    LARKIVE_BIN_DIR=$(swift build --show-bin-path)
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/larkive-pacing-XXXXXX")
umask 077
started=

stop() {
    for process in $started; do kill "$process" 2>/dev/null || true; done
    for process in $started; do wait "$process" 2>/dev/null || true; done
    chmod -R u+w "$folder"
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Work for longer than is measured: 200 ids a second are listed and read, 17 tasks looked at.
messages=${MESSAGES:-$(((settle + seconds + 30) * 110))}
tasks=${TASKS:-$(((settle + seconds + 30) * 9))}
: >"$folder/sandbox"
timeout $((settle + seconds + 300)) "$LARKIVE_BIN_DIR/feishu-sandbox" --tiers on --seed 7 \
    --mailboxes 2 --messages "$messages" --tasks "$tasks" >"$folder/sandbox" 2>"$folder/errors" &
started="$started $!"
i=0
until url=$(sed -n 's/^listening on //p' "$folder/sandbox") && [ -n "$url" ]; do
    i=$((i + 1))
    [ "$i" -lt 1200 ] || { cat "$folder/errors" >&2; exit 1; }
    sleep 0.1
done
ask() { curl -sS --noproxy '*' "$url/_sandbox/$1"; }

ask truth >"$folder/truth"
list() {
    jq -rs "[.[].sources[] | select(startswith(\"$1:\")) | sub(\"^$1:\"; \"\")] | unique | join(\", \")" "$folder/truth"
}
printf '%s\n' sandbox-secret-not-real >"$folder/app_secret"
chmod 600 "$folder/app_secret"
config() {
    cat >"$folder/$1.yaml" <<CONFIG
archive: $folder/$1
state: $folder/$1.state
feishu:
  base_url: $url
  app_id: cli_sandbox0000000001
  app_secret_file: app_secret
mail:
  mailboxes: [$(list mail)]
tasks:
  tasklists: [$(list tasklist)]
CONFIG
    chmod 600 "$folder/$1.yaml"
    "$LARKIVE_BIN_DIR/larkive" --config "$folder/$1.yaml" init >/dev/null
}
run() {
    timeout $((settle + seconds + 30)) "$LARKIVE_BIN_DIR/larkive" --config "$folder/$1.yaml" \
        sync --json >"$folder/$1.out" 2>&1 &
    started="$started $!"
}

names=a
[ "$mode" != two ] || names="a b"
for name in $names; do config "$name"; done
for name in $names; do run "$name"; done
sleep "$settle"
ask counters >"$folder/before"
date +%s.%N >"$folder/begin"
sleep "$seconds"
ask counters >"$folder/after"
date +%s.%N >"$folder/end"

jq -rn --slurpfile before "$folder/before" --slurpfile after "$folder/after" \
    --argjson from "$(cat "$folder/begin")" --argjson until "$(cat "$folder/end")" '
    ($until - $from) as $time
    | {download_url: 1, messages: 10, batch_get: 10, task_attachments: 16.6667, subtasks: 16.6667}
    | to_entries[]
    | .key as $name
    | (($after[0].throttled[$name] // 0) - ($before[0].throttled[$name] // 0)) as $refused
    | (($after[0].calls[$name] // 0) - ($before[0].calls[$name] // 0) - $refused) as $calls
    | "\($name): \($calls) calls in \($time * 10 | round / 10) s, "
      + "\($calls / $time / .value * 1000 | round / 10) % of the permitted rate, "
      + "\($refused) times 429"'
ask counters | jq -c '{calls, throttled, call_inside_penalty}'
cat "$folder"/*.out >&2
