S9: what is deleted in Feishu stays in the archive

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
  $ larkive sync
  $ find archive/objects -type f | sort >before.txt

Two letters with nine attachments and three files of tasks are deleted: twelve attachments.

  $ change <<EOF
  > - delete_message: {mailbox: alice@corp.example, message: m004}
  > - delete_message: {mailbox: legal@corp.example, message: m006}
  > - delete_task_attachment: file-000-0
  > - delete_task_attachment: file-001-0
  > - delete_task_attachment: file-002-0
  > EOF
  $ larkive sync --json >summary.json
  $ jq -c '[.outcome, .totals.listed, (.sources | map(.vanished) | add)]' summary.json
  ["complete",1008,12]

Twelve tombstones, and not an object less. The log has a record for each, made by this run; when it
was last seen is when its source was last listed completely.

  $ larkive find --vanished --json | wc -l
  12
  $ find archive/objects -type f | sort | diff before.txt -
  $ run=$(jq -r .run summary.json)
  $ larkive audit log | jq -r --arg run "$run" 'select(.run == $run) | .type' | sort | uniq -c
       12 attachment.vanished
        2 message.gone
        1 run.finished
        1 run.started
        4 source.listed
  $ larkive audit log | jq -c 'select(.type == "source.listed") | [.source, .complete]' | sort | uniq -c
        2 [1,true]
        2 [2,true]
        2 [3,true]
        2 [4,true]

A file of a deleted letter is still given back, with the bytes it had, and with the word that it is
no longer at the source, and between which two runs it went.

  $ larkive restore mail:alice@corp.example/m004/m004-1 --to given >restored.txt
  larkive: mail:alice@corp.example/m004/m004-1 is no longer at the source since between * and * (glob)
  $ jq -r '.mailboxes[].messages[].attachments[] | select(.id == "m004-1") | .size' company.json
  977
  $ stat -c '%n %s' given/invoice*
  given/invoice 4.pdf 977
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'
  [true,[]]

Then a whole mailbox is deleted. Nobody has told larkive that this is right, so that the source is
unreadable and the run not complete; of its attachments none is said to have vanished.

  $ echo 'delete_mailbox: bob@corp.example' | change
  $ larkive sync --json >summary.json
  larkive: the archive is not complete: source_forbidden (exit 6)
  larkive: mail:bob@corp.example: mailbox bob@corp.example: folders: HTTP 403, code 1230002: no permission (log id *); check that the mailbox exists, that the app's mail data permission covers it, and that it has mail:user_mailbox.folder:read (glob)
  [6]
  $ jq -c '.sources[] | select(.source == "mail:bob@corp.example") | [.complete, .vanished]' summary.json
  [false,0]
  $ larkive find --vanished --json | wc -l
  12

The operator takes it out of the config. From then on it is no longer watched, and all that it had
is still there.

  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive sync
  $ larkive find --mailbox bob@corp.example --json | jq -s -c '[length, (map(select(.state == "held")) | length)]'
  [318,318]
  $ larkive find --vanished --json | wc -l
  12
  $ find archive/objects -type f | sort | diff before.txt -
