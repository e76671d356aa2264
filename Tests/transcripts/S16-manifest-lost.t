S16: the manifest is lost

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ larkive sync

The archive has tombstones, a ledger, an accepted item, and objects that were read.

  $ change <<EOF
  > - delete_message: {mailbox: alice@corp.example, message: m004}
  > - delete_task_attachment: file-000-0
  > EOF
  $ larkive sync
  $ larkive verify --sample 20% >/dev/null
  $ larkive find --vanished --json | wc -l | tr -d ' ' >vanished.txt
  $ larkive manifest dump --json >before.jsonl
  $ jq -r .table before.jsonl | sort -u | tr '\n' ' '
  attachment message meta object run sighting source task version  (no-eol)

It is lost. Without it a run says what to do, and does nothing else.

  $ mv archive/manifest.sqlite gone.sqlite
  $ larkive verify --json | jq -c '.findings | map(.code)'
  ["E023"]
  $ larkive sync
  larkive: manifest.sqlite is missing
  larkive: hint: make it again from the log: larkive rebuild
  [7]

The log and the objects are enough, and no network is needed.

  $ stop_feishu
  $ larkive rebuild | sed 's/[0-9][0-9]*/N/'
  manifest.sqlite rebuilt from N records
  $ larkive manifest dump --json | cmp - before.jsonl
  $ larkive find --vanished --json | wc -l | tr -d ' ' | diff - vanished.txt
  $ larkive verify --read-data --json | jq -c '[.ok, (.findings | map(.code))]'
  [true,[]]

A damaged one is moved aside as it is, never repaired in place.

  $ larkive manifest dump --json >before.jsonl
  $ head -c 5000 /dev/urandom >noise
  $ cp noise archive/manifest.sqlite
  $ larkive verify --json | jq -c '.findings | map(.code)'
  ["E020"]
  $ larkive rebuild >/dev/null
  $ for kept in archive/quarantine/manifest.sqlite.*; do cmp -s noise $kept && echo kept; done
  kept
  $ larkive manifest dump --json | cmp - before.jsonl
