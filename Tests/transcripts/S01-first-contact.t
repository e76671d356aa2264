S1: `doctor` tells the truth

Two mailboxes and a list of tasks. The app has every permission but one: it may list letters, and
not look into them. Feishu does not refuse that. It leaves out the bodies and the attachments and
says that all is well, so that a mailbox full of attachments would look empty.

  $ . "$TESTDIR/lab.sh"
  $ cat >world.yaml <<EOF
  > without_scopes: [mail:user_mailbox.message.body:read]
  > mailboxes:
  >   - address: legal@corp.example
  >     messages:
  >       - {id: m1, text: see the offer, attachments: [{id: a1, name: offer.pdf, size: 3 KiB}]}
  >       - {id: m2, text: see the plan, attachments: [{id: a2, name: plan.pdf, size: 3 KiB}]}
  >   - address: alice@corp.example
  >     messages:
  >       - {id: m3, text: see the bill, attachments: [{id: a3, name: bill.pdf, size: 3 KiB}]}
  > tasklists: [{guid: offers, name: Offers}]
  > tasks:
  >   - {guid: t1, tasklists: [offers], attachments: [{guid: f1, name: plan.docx, size: 5 KiB}]}
  > EOF
  $ start_feishu world.yaml
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ find archive archive.state | sort >before.txt

The doctor is not deceived. It ends with 6.

  $ larkive doctor --json >doctor.json
  [6]

For each mailbox it says in words what would happen, by which letter it knows, and what to grant.

  $ jq -r '.checks[] | select(.status == "fail") | .subject, "    " + .detail, "    " + .hint' doctor.json
  mail:legal@corp.example
      attachments would look empty: none of 2 messages shows a body or attachments (the last was m2)
      in the developer console, under permissions & scopes, grant mail:user_mailbox.message.body:read, then publish a version
  mail:alice@corp.example
      attachments would look empty: none of 1 message shows a body or attachments (the last was m3)
      in the developer console, under permissions & scopes, grant mail:user_mailbox.message.body:read, then publish a version
  $ jq -c '.sources[] | [.source, .reachable, .proof, .canary]' doctor.json
  ["mail:legal@corp.example",true,"blind","m2"]
  ["mail:alice@corp.example",true,"blind","m3"]
  ["tasklist:offers",true,"proven","t1"]

It asked with GET alone, but for the token; it downloaded nothing, and made no file.

  $ counters '.calls | del(.tenant_token) | keys'
  ["folders","message","messages","subtasks","task_attachments","tasklist_tasks"]
  $ violations
  0
  $ find archive archive.state | sort | diff before.txt -

A run that is started all the same does not say "complete" either.

  $ larkive sync --json | jq -c '[.outcome, .exit_code, .conditions]'
  larkive: the archive is not complete: blind (exit 6)
  larkive: mail:legal@corp.example: the platform shows no bodies and no attachments; grant the app the scope mail:user_mailbox.message.body:read
  larkive: mail:alice@corp.example: the platform shows no bodies and no attachments; grant the app the scope mail:user_mailbox.message.body:read
  larkive: 3 messages were not read in this run
  ["partial",6,["blind"]]

The permission is granted. Now every source is reachable and proven: who asks, which folders are
seen, the newest item, and about how many there are.

  $ echo 'set_scopes: all' | change
  $ larkive doctor --json >doctor.json
  $ jq -c '[.ok, .exit_code]' doctor.json
  [true,0]
  $ jq -r '.checks[] | select(.name == "identity") | .status + " " + .subject' doctor.json
  ok tenant, app cli_sandbox0000000001
  $ jq -c '.sources[] | [.source, .reachable, .proof, (.folders | length), .estimated_items]' doctor.json
  ["mail:legal@corp.example",true,"proven",7,2]
  ["mail:alice@corp.example",true,"proven",7,1]
  ["tasklist:offers",true,"proven",0,1]
  $ jq -c '.sources[] | [.source, .newest, .canary]' doctor.json
  ["mail:legal@corp.example","2026-03-02T01:01:00.000Z","m1"]
  ["mail:alice@corp.example","2026-03-02T01:05:00.000Z","m3"]
  ["tasklist:offers","2026-03-02T01:11:00.000Z","t1"]
