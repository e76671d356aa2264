S4: kill -9 anywhere

A company of 400 messages and 40 tasks. The first sync is killed sixty times, wherever it happens
to be: while it starts, walks, downloads, commits, or heals what the one before has left.

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example, bob@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ kill_one() {
  >     timeout -s KILL "0.$(printf %03d $((20 + RANDOM % 400)))" larkive sync
  > } >/dev/null 2>&1
  $ for round in $(seq 60); do kill_one; echo $?; done >ends.txt
  $ test "$(grep -c 137 ends.txt)" -ge 20 || sort ends.txt | uniq -c

One run finishes the work. Nobody has to clear anything away.

  $ larkive sync --json >summary.json
  $ jq -c '[.outcome, .totals.listed, .totals.failed, .totals.pending]' summary.json
  ["complete",1020,0,0]
  $ larkive verify --read-data --json | jq -c '[.ok, .checked.objects, .findings]'
  [true,393,[]]
  $ compare_with_feishu

Every object is what its name says, nothing lies about, and the index is whole.

  $ cd archive/objects
  $ find . -type f -printf '%f  %P\n' | sha256sum --check --quiet
  $ find . -type f ! -perm 400
  $ cd ../..
  $ ls archive/staging
  $ sqlite3 archive/manifest.sqlite 'PRAGMA integrity_check'
  ok

An attachment was recorded as held once, and nearly none was downloaded twice: a death costs what
was in flight, which is at most one group and what the crew had in hand.

  $ zcat archive/audit/*/*/*.jsonl.gz | jq -r 'select(.record.type == "attachment.held")
  >     | .record.attachment' | sort | uniq -d
  $ deaths=$(grep -c 137 ends.txt)
  $ test "$(counters .calls.link)" -le $((1020 + deaths * 100)) || counters .calls.link
  $ violations
  0
