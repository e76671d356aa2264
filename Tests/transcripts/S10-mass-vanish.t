S10: a source that shows nothing all at once is not believed

One mailbox of 400 letters with 950 attachments, all of them archived.

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" | jq '.tasks = [] | .tasklists = []
  >     | .mailboxes = [{address: "legal@corp.example", messages: [.mailboxes[].messages[]]}]' >world.json
  $ start_feishu world.json
  $ echo 'mail: {mailboxes: [legal@corp.example]}' | configure
  $ larkive init >/dev/null
  $ larkive sync --json | jq -c '[.outcome, .totals.listed, .sources[0].messages.examined_now]'
  ["complete",950,400]

Feishu lies: every list is empty, with status 200. The run does not believe it. It says so with the
numbers, names the command for the case that it is true, and marks nothing as gone.

  $ faults <<EOF
  > - endpoint: messages
  >   raw: {status: 200, type: application/json, body: '{"code":0,"msg":"success","data":{"items":[],"has_more":false}}'}
  > EOF
  $ larkive sync --json >summary.json
  larkive: the archive is not complete: breaker (exit 14)
  larkive: mail:legal@corp.example: 950 of 950 attachments are listed no more, all at once; nothing was marked as gone; if it is true: larkive sync --accept-vanish mail:legal@corp.example
  [14]
  $ jq -c '[.conditions, .exit_code, .sources[0].complete, .sources[0].vanished]' summary.json
  [["breaker"],14,false,0]
  $ larkive find --vanished
  $ larkive audit log | grep -c vanished
  0
  [1]

A list that breaks off with an error in its middle is no listing either.

  $ echo '- {endpoint: messages, skip: 3, refuse: {status: 500, code: 1230003}}' | faults
  $ larkive sync --json >summary.json
  larkive: the archive is not complete: walk_incomplete (exit 3)
  larkive: mail:legal@corp.example: mailbox legal@corp.example, folder INBOX: message list: HTTP 500, code 1230003: scripted (log id *); nor was read to its end: folder SENT, folder SPAM, folder ARCHIVED, folder SCHEDULED, folder TRASH, folder DRAFT (glob)
  [3]
  $ jq -c '[.conditions, .sources[0].vanished]' summary.json
  [["walk_incomplete"],0]
  $ larkive find --vanished

When the lists are sound again, everything is known.

  $ no_faults
  $ larkive sync --json | jq -c '[.outcome, .totals.known, .sources[0].vanished]'
  ["complete",950,0]

Then the mailbox is really emptied, but for ten letters. Again it is not believed, until the
operator accepts it, for this source and this run.

  $ jq '[.mailboxes[0].messages[10:][] | {delete_message: {mailbox: "legal@corp.example", message: .id}}]' \
  >     world.json | change
  $ larkive sync
  larkive: the archive is not complete: breaker (exit 14)
  larkive: mail:legal@corp.example: 926 of 950 attachments are listed no more, all at once; nothing was marked as gone; if it is true: larkive sync --accept-vanish mail:legal@corp.example
  [14]
  $ larkive sync --accept-vanish mail:legal@corp.example --json >summary.json
  $ jq -c '[.outcome, .sources[0].vanished, .totals.listed]' summary.json
  ["complete",926,24]
  $ larkive find --vanished --json | wc -l
  926
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'
  [true,[]]
