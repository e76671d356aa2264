#!/bin/sh
# larkive from nothing to a verified archive, against a pretended Feishu on this machine.
#
#   sh examples/quickstart.sh [FOLDER]
#
# FOLDER must be new, empty or an earlier quickstart's. Nothing leaves this machine but the download of
# packages. LARKIVE_BIN_DIR=DIR uses programs that are built already.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${TMPDIR:-/tmp}/larkive-quickstart-$(id -un)-$$}
sandbox=

stop() {
    if [ -n "$sandbox" ]; then
        kill "$sandbox" 2>/dev/null || true
        wait "$sandbox" 2>/dev/null || true
        sandbox=
    fi
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n# %s\n' "$*"; }
fail() { echo "quickstart: $*" >&2; exit 1; }
show() { printf '$ %s\n' "$*"; "$@"; }

say "1. What this needs"
sh "$top/Tests/packages.sh" libsqlite3-dev zlib1g-dev curl jq gzip ca-certificates
if [ -z "${LARKIVE_BIN_DIR:-}" ]; then
    command -v swift >/dev/null || fail "swift 6.3 is missing; see https://www.swift.org/install"
    cd "$top"
    show swift build --product larkive
    show swift build --product feishu-sandbox
    LARKIVE_BIN_DIR=$(swift build --show-bin-path)
fi
for program in larkive feishu-sandbox; do
    [ -x "$LARKIVE_BIN_DIR/$program" ] || fail "there is no $program in $LARKIVE_BIN_DIR"
done
# Commands are shown on the first stdout, also where their own goes into a file.
exec 3>&1
larkive() { printf '$ larkive %s\n' "$*" >&3; "$LARKIVE_BIN_DIR/larkive" "$@"; }

rmdir "$folder" 2>/dev/null || true  # an empty one may be used
if [ -e "$folder" ]; then
    [ -f "$folder/.larkive-quickstart" ] || fail "$folder is there and not a quickstart's; name another"
    chmod -R u+w "$folder"
    rm -rf "$folder"
fi
umask 077
mkdir -p "$folder"
: >"$folder/.larkive-quickstart"
folder=$(cd "$folder" && pwd)
cd "$folder"
unset LARKIVE_CONFIG LARKIVE_APP_SECRET
export XDG_STATE_HOME="$folder/state"

say "2. A pretended Feishu: two mailboxes and two tasklists, made from a seed"
echo '$ feishu-sandbox --port 0 --seed 7 --mailboxes 2 --messages 60 --tasks 12 --tiers off &'
: >sandbox.out
"$LARKIVE_BIN_DIR/feishu-sandbox" --port 0 --seed 7 --mailboxes 2 --messages 60 --tasks 12 \
    --tiers off >sandbox.out 2>sandbox.err &
sandbox=$!
tries=0
until url=$(sed -n 's/^listening on //p' sandbox.out) && [ -n "$url" ]; do
    tries=$((tries + 1))
    kill -0 "$sandbox" 2>/dev/null || { cat sandbox.err >&2; fail "the sandbox ended"; }
    [ "$tries" -lt 300 ] || fail "the sandbox did not begin to listen"
    sleep 0.1
done
echo "listening on $url"
curl -sS --noproxy '*' "$url/_sandbox/truth" >truth.jsonl
echo "It holds $(wc -l <truth.jsonl | tr -d ' ') attachments."

say "3. The secret and the config"
printf '%s\n' sandbox-secret-not-real >app_secret
chmod 600 app_secret
list() { jq -rs "[.[].sources[] | select(startswith(\"$1:\")) | sub(\"^$1:\"; \"\")] | unique | join(\", \")" truth.jsonl; }
cat >larkive.yaml <<CONFIG
archive: $folder/archive
state: $folder/state
feishu:
  base_url: $url
  app_id: cli_sandbox0000000001
  app_secret_file: app_secret
  pacing: off               # only for a loopback address
mail:
  mailboxes: [$(list mail)]
tasks:
  tasklists: [$(list tasklist)]
CONFIG
chmod 600 larkive.yaml
show cat larkive.yaml

say "4. Make the archive"
larkive --config larkive.yaml init

# What was asked of the sandbox so far: links, reads of messages, downloads.
calls() {
    curl -sS --noproxy '*' "$url/_sandbox/counters" | jq -c '{
        link_calls: ((.calls.download_url // 0) + (.calls.task_attachment // 0)),
        downloads: .link_uses,
        message_reads: ((.calls.batch_get // 0) + (.calls.message // 0))}'
}

say "5. The first run downloads everything"
echo "asked of the sandbox before: $(calls)"
larkive --config larkive.yaml sync --json >first.json
jq -c '{outcome, totals}' first.json
after_first=$(calls)
echo "asked of the sandbox after:  $after_first"

say "6. The second run is free: no link, no download; only drafts are read again"
larkive --config larkive.yaml sync --json >second.json
jq -c '{outcome, totals}' second.json
after_second=$(calls)
echo "asked of the sandbox after:  $after_second"
[ "${after_first%,*}" = "${after_second%,*}" ] || fail "the second run asked for links or files"
jq -e '.outcome == "complete" and .totals.archived == 0 and .totals.link_calls == 0' second.json \
    >/dev/null || fail "the second run was not free"

say "7. Find a file by a word, and get it back"
# A Chinese word of two characters that stands in a file's name.
word=$(jq -rs '[.[].name | scan("[\\p{Han}]{2}")] | if index("报价") then "报价" else .[0] end' truth.jsonl)
larkive --config larkive.yaml find --limit 5 "$word"
"$LARKIVE_BIN_DIR/larkive" --config larkive.yaml find --json "$word" >found.jsonl
[ -s found.jsonl ] || fail "nothing found"
id=$(jq -rs 'map(select(.state == "held"))[0].id' found.jsonl)
key=$(jq -rs 'map(select(.state == "held"))[0].key' found.jsonl)
larkive --config larkive.yaml restore "$id" --to restored --reason quickstart

say "8. Is it what Feishu has? The sandbox knows the SHA-256 of every attachment"
sha256=$(jq -r --arg key "$key" '
    def part: @uri;
    select((if .kind == "mail" then "mail:\(.mailbox)/\(.message_id | part)/\(.attachment_id | part)"
        else "task:\(.task_guid)/\(.guid)" end) == $key) | .sha256' truth.jsonl)
[ -n "$sha256" ] || fail "$key is not in the sandbox"
set -- restored/*
for file in "$@"; do [ "$(basename "$file")" = names.tsv ] || restored=$file; done
show sha256sum "$restored"
echo "$sha256  (what the sandbox says)"
[ "$(sha256sum <"$restored" | cut -d' ' -f1)" = "$sha256" ] || fail "the bytes differ"
object=archive/objects/$(printf %.2s "$sha256")/$sha256
show cmp "$restored" "$object"
echo "equal, byte for byte"

say "9. And all the others"
jq -r .sha256 truth.jsonl | sort -u >wanted.txt
find archive/objects -type f -exec basename {} \; | sort >present.txt
missing=$(comm -23 wanted.txt present.txt | wc -l | tr -d ' ')
echo "$(wc -l <wanted.txt | tr -d ' ') different files in the sandbox, $missing of them missing in the archive"
[ "$missing" -eq 0 ] || fail "files are missing"
larkive --config larkive.yaml verify --read-data

say "10. Three lines of the audit log, with stock tools"
echo "\$ zcat archive/audit/*/*/*.jsonl.gz | jq -c .record | head -n 3"
zcat archive/audit/*/*/*.jsonl.gz | jq -c .record >records.jsonl
head -n 3 records.jsonl
[ -s records.jsonl ] || fail "the audit log is empty"

stop
say "Done. The archive is $folder/archive"
cat <<'NEXT'
Look around: ls, zcat, jq, sqlite3 manifest.sqlite 'SELECT id, name, size FROM files', sha256sum.
Remove it with: chmod -R u+w FOLDER; rm -r FOLDER

To archive a real tenant
 1. In the developer console (https://open.feishu.cn/app or https://open.larksuite.com/app)
    create a custom app. Note its App ID and App Secret ("Credentials & Basic Info").
 2. "Permissions & Scopes", tenant scopes:
      mail:user_mailbox.message:readonly      mail:user_mailbox.message.body:read
      mail:user_mailbox.message.subject:read  mail:user_mailbox.message.address:read
      mail:user_mailbox.folder:read
      task:task:read  task:tasklist:read  task:attachment:read
 3. Mail has a data permission beside its scopes: which mailboxes the app may read. It is empty
    at first; give it the mailboxes that you archive.
 4. Add the app as a member to each tasklist that you archive.
 5. Create a version, publish it, and have an administrator approve it.
 6. larkive init /srv/larkive; fill in larkive.yaml; put the secret into a file with mode 0600;
    then: larkive sync --dry-run, and: larkive sync. docs/operating.md says the rest.
NEXT
