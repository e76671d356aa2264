S13: the disk is full

The archive lies on a small file system of its own, which only root can make.

  $ . "$TESTDIR/lab.sh"
  $ mkdir archive
  $ mount -t tmpfs -o size=24m,mode=700 larkive-S13 archive 2>/dev/null \
  >     || { echo "S13-disk-full.t: SKIPPED, not passed: cannot mount" >>"$LARKIVE_SKIPPED"; exit 80; }
  $ trap 'umount archive; stop_feishu' EXIT

Feishu has 40 files of one MiB each: more than there is room for.

  $ jq -n '{seed: 13, mailboxes: [{address: "legal@corp.example", messages: [range(10) | . as $m
  >     | {id: "m\($m)", subject: "Order \($m)", attachments: [range(4)
  >         | {id: "a\($m)-\(.)", name: "scan \($m) \(.).pdf", size: "1 MiB", content: ($m * 4 + .)}]}]}]}' \
  >     >company.json
  $ start_feishu company.json
  $ echo 'mail: {mailboxes: [legal@corp.example]}' | configure
  $ larkive init >init.out 2>&1 || cat init.out

The run stops with exit code 13, says why, and gives the figures.

  $ larkive sync --json >summary.json 2>said.txt
  [13]
  $ jq -c '[.outcome, .exit_code, .conditions]' summary.json
  ["failed",13,["no_space"]]
  $ grep -o 'no_space (exit 13)' said.txt
  no_space (exit 13)
  $ grep -Eqi 'space|room' said.txt && grep -Eq '[0-9]+(\.[0-9]+)? ?([KM]iB|bytes|B)' said.txt || cat said.txt

Most of what fits is in the archive; nothing is there by halves, and nothing is left behind.

  $ jq -c '.totals | [.listed, .archived + .failed + .pending, .archived > 10, .archived < 24]' summary.json
  [40,40,true,true]
  $ find archive/objects -type f | while read -r file; do
  >     test "$(sha256sum <"$file" | cut -c 1-64)" = "${file##*/}" || echo "by halves: $file"; done
  $ test "$(find archive/objects -type f | wc -l)" -eq "$(jq .totals.archived summary.json)"
  $ find archive/staging -type f

There was still room for the log: the end of the run is in it, sealed and signed, and all agrees.

  $ larkive audit log | jq -c 'select(.type == "run.finished") | [.outcome, .exit_code, .conditions]'
  ["failed",13,["no_space"]]
  $ test -s archive/audit/open.jsonl
  [1]
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'
  [true,[]]
  $ larkive audit verify >/dev/null

A run that still has no room changes nothing.

  $ larkive sync 2>/dev/null
  [13]
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'
  [true,[]]

With more room the next run brings the rest, and nothing twice.

  $ mount -o remount,size=96m archive
  $ forget
  $ larkive sync --json | jq -c '[.outcome, .exit_code, .totals.failed, .totals.pending, .totals.known + .totals.archived]'
  ["complete",0,0,0,40]
  $ compare_with_feishu
  $ larkive verify --read-data --json | jq -c '[.ok, .checked.objects, .findings]'
  [true,40,[]]
  $ violations
  0
