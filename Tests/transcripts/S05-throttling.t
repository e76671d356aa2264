S5: throttling in both dialects

The tenth call for a list of messages will be answered 429 with a wait of 3 seconds, and the
thirtieth in the old dialect: status 400 with the code of throttling, and the same wait. What comes
within two seconds may have been on its way, on a machine that has much else to do.

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" | jq '.quirks.penalty_grace_seconds = 2' >company.json
  $ start_feishu company.json
  $ faults <<EOF
  > - {endpoint: messages, skip: 9, times: 1, throttle: {status: 429, reset: "3"}}
  > - {endpoint: messages, skip: 29, times: 1, throttle: {status: 400, reset: "3"}}
  > EOF
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example, bob@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null

The run waits as told, loses nothing, and says how long it was held up.

  $ larkive sync --json >summary.json
  $ jq -c '[.outcome, .totals.listed, .totals.archived, .totals.throttled_seconds >= 6]' summary.json
  ["complete",1020,1020,true]
  $ open_sources summary.json
  $ compare_with_feishu

Feishu counted both refusals, and not one call for messages came before its wait was over.

  $ counters '[.faults_by_kind.throttle, .call_inside_penalty]'
  [2,0]
  $ violations
  0

While one endpoint waits, the others go on. Here the first call for the folders of a mailbox is
told to wait for 20 seconds; before it is made again, all 70 files of the tasks are downloaded.

  $ configure other <<EOF
  > mail:
  >   mailboxes: [legal@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ forget
  $ echo '- {endpoint: folders, times: 1, throttle: {reset: "20"}}' | faults
  $ larkive sync --json >summary.json & run=$!
  $ until_counters '.calls.link == 70'
  $ counters '[.calls.folders, .calls.messages]'
  [1,null]
  $ wait $run
  $ jq -c '[.outcome, .totals.archived, .totals.throttled_seconds]' summary.json
  ["complete",388,20]
  $ violations
  0
  $ stop_feishu

Feishu counts by app. Two archives that use one app at the same time exceed together what each of
them keeps to alone: Feishu refuses, both wait, both finish.

  $ jq -n '{mailboxes: [{address: "legal@corp.example", messages: [range(3) | {id: "m\(.)",
  >     attachments: [{id: "a\(.)", name: "offer \(.).pdf", size: 3000}]}]}]}' >small.json
  $ start_feishu small.json --tiers on
  $ pacing=on
  $ for name in first second; do
  >     echo 'mail: {mailboxes: [legal@corp.example]}' | configure $name
  >     mv larkive.yaml $name.yaml
  >     larkive --config $name.yaml init >/dev/null
  > done
  $ larkive --config first.yaml sync --json >first.json & first=$!
  $ larkive --config second.yaml sync --json >second.json
  $ wait $first
  $ jq -c '[.outcome, .totals.archived]' first.json second.json
  ["complete",3]
  ["complete",3]

Of the calls for links, of which Feishu grants one a second, six were granted: three for each.

  $ counters '.calls.download_url - (.throttled.download_url // 0)'
  6
  $ counters '[.third_use, .expired_use, .head, .range] | add'
  0
