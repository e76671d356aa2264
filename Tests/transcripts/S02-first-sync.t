S2: the first sync closes the equation

A company with three mailboxes and a list of tasks. Its numbers are counted in the file that
describes it, before larkive has seen anything: 400 messages, 950 attachments, of which 60 are
inline and 5 of type 2, and 40 tasks with 70 attachments.

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ jq -c '[.mailboxes[].messages[]] | [length, ([.[].attachments[]]
  >     | length, (map(select(.inline)) | length), (map(select(.oversized)) | length))]' company.json
  [400,950,60,5]
  $ jq -c '[(.tasks | length), ([.tasks[].attachments[]] | length)]' company.json
  [40,70]
  $ start_feishu company.json

The operator names the mailboxes and the list, makes an archive, and lets larkive run.

  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example, bob@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ larkive sync --json >summary.json

What Feishu listed is what was described; all of it is in the archive, and nothing was left out.

  $ jq -c '[.outcome, .exit_code, .conditions, .unseen]' summary.json
  ["complete",0,[],[]]
  $ jq -c '.sources[] | [.source, .complete, .listed, .archived, .messages.examined_now]' summary.json
  ["mail:legal@corp.example",true,318,318,134]
  ["mail:alice@corp.example",true,314,314,133]
  ["mail:bob@corp.example",true,318,318,133]
  ["tasklist:offers",true,70,70,0]
  $ jq -c '.totals | [.listed, .known, .archived, .failed, .skipped, .pending]' summary.json
  [1020,0,1020,0,0,0]
  $ jq -c '[.sources[] | select(.source | startswith("mail:"))]
  >     | [(map(.listed) | add), (map(.messages | add) | add)]' summary.json
  [950,400]

No source has an open equation, neither by larkive's own word nor by the numbers.

  $ open_sources summary.json

Every attachment has the bytes that Feishu has, and equal bytes are stored once: there are as many
objects as there are different files in the company.

  $ compare_with_feishu
  $ test "$(find archive/objects -type f | wc -l)" -eq "$(truth | jq -r .sha256 | sort -u | wc -l)"
  $ find archive/objects -type f | wc -l
  393
  $ larkive verify --read-data --json | jq -c '[.ok, .checked.objects, .findings]'
  [true,393,[]]

Inline images can be left out by a rule; what is skipped is still counted, under the rule's name.

  $ configure without <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example, bob@corp.example]
  >   inline_images: false
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null
  $ larkive sync --json >summary.json
  $ jq -c '.totals | [.listed, .archived, .skipped, .skipped_by_rule]' summary.json
  [1020,960,60,{"inline_images":60}]
  $ open_sources summary.json

No link was used more often than the platform allows, and no credential went to the link host.

  $ violations
  0
