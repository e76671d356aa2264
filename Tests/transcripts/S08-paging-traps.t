S8: paging traps

A mailbox of 45 letters: three pages in the inbox, and one page for each of the six other folders.
That is nine calls for lists, and one more for each page that comes back empty.

  $ . "$TESTDIR/lab.sh"
  $ jq -n '{mailboxes: [{address: "legal@corp.example", messages: [range(45) | {id: "m\(100 + .)",
  >     attachments: [{id: "a\(.)", name: "offer \(.).pdf", size: 300}]}]}]}' >world.json
  $ start_feishu world.json
  $ echo 'mail: {mailboxes: [legal@corp.example]}' | configure
  $ larkive init >/dev/null

Page two is empty and yet says that there is more. The page after it repeats a letter, since the
list has grown at its front. The last page of every list has a token, and it is empty: whoever
follows it begins anew and never ends. A list that shows a letter twice is looked at once more from
its front, until a page holds nothing new: one call.

  $ faults <<EOF
  > - {endpoint: messages, skip: 1, times: 1, empty_page: true}
  > - {endpoint: messages, skip: 2, times: 1, grown: true}
  > - {endpoint: messages, empty_last_token: true}
  > EOF
  $ larkive sync --json >summary.json
  $ jq -c '[.outcome, .totals.listed, .totals.archived]' summary.json
  ["complete",45,45]
  $ counters '[.calls.messages, .faults_by_kind]'
  [11,{"empty_last_token":11,"empty_page":1,"grown":1}]
  $ compare_with_feishu

A letter arrives between page one and page two: page one is on its way, slowly, when the letter
takes its place. Either this run lists it or the next one does; nothing else is lost.

  $ no_faults
  $ forget
  $ echo '- {endpoint: messages, times: 1, stall: {after: 20, seconds: 1}}' | faults
  $ larkive sync --json >summary.json & run=$!
  $ until_counters '.calls.messages == 1'
  $ change <<EOF
  > add_message:
  >   mailbox: legal@corp.example
  >   message: {id: m099, attachments: [{id: late, name: late.pdf, size: 300}]}
  > EOF
  $ wait $run
  $ no_faults
  $ larkive sync --json | jq -c '[.outcome, .totals.listed]'
  ["complete",46]
  $ compare_with_feishu

Now the token of page two leads back to page two. A list that goes in a circle has no end: the walk
says so, the source is not complete, nothing is concluded from it, and there is no endless loop.

  $ forget
  $ echo '- {endpoint: messages, skip: 1, times: 1, repeated_token: true}' | faults
  $ larkive sync --json >summary.json
  larkive: the archive is not complete: walk_incomplete (exit 3)
  larkive: mail:legal@corp.example: mailbox legal@corp.example, folder INBOX: the list leads in a circle
  [3]
  $ jq -c '[.conditions, .sources[0].complete, .sources[0].vanished]' summary.json
  [["walk_incomplete"],false,0]
  $ jq -r '.unseen[]' summary.json
  mail:legal@corp.example: mailbox legal@corp.example, folder INBOX: the list leads in a circle
  $ counters '.calls.messages <= 11'
  true

Once the list is sound again, so is the run.

  $ no_faults
  $ larkive sync --json | jq -c '[.outcome, .totals.known, .sources[0].vanished]'
  ["complete",46,0]
  $ larkive find --vanished
