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

Twelve tombstones, and not an object less. The log says for each when it was last seen and when it
was found missing.

  $ larkive find --vanished --json | wc -l
  $ find archive/objects -type f | sort | diff before.txt -
  $ larkive audit log | jq -c 'select(.type == "attachment.vanished")
  >     | [(.last_seen | type), (.attachment | type)]' | sort | uniq -c

A file of a deleted letter is still given back, with the bytes it had, and with the word that it is
no longer at the source.

  $ larkive restore mail:alice@corp.example/m004/m004-1 --to given >restored.txt
  $ jq -r '.mailboxes[].messages[].attachments[] | select(.id == "m004-1") | .size' company.json
  $ stat -c '%n %s' given/invoice*
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'

Then a whole mailbox is deleted. Nobody has told larkive that this is right, so that the source is
unreadable and the run not complete; of its attachments none is said to have vanished.

  $ echo 'delete_mailbox: bob@corp.example' | change
  $ larkive sync --json >summary.json
  $ jq -c '.sources[] | select(.source == "mail:bob@corp.example") | [.complete, .vanished]' summary.json
  $ larkive find --vanished --json | wc -l

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
  $ larkive find --vanished --json | wc -l
  $ find archive/objects -type f | sort | diff before.txt -
