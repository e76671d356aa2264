S19: one lost file, found and given back within a minute

  $ . "$TESTDIR/lab.sh"
  $ cat >shop.yaml <<END
  > seed: 19
  > mailboxes:
  >   - address: sales@corp.example
  >     messages:
  >       - id: m1
  >         subject: 春季合同
  >         from: wang.fang@corp.example
  >         from_name: 王芳
  >         date: 1775117350000
  >         attachments:
  >           - {id: a1, name: 报价单.xlsx, text: the contract of spring}
  >       - id: m2
  >         subject: 报价
  >         from: li.wei@corp.example
  >         date: 1777709350000
  >         attachments:
  >           - {id: a2, name: other.xlsx, text: another contract}
  >   - address: legal@corp.example
  >     messages:
  >       - id: m3
  >         subject: "Fwd: 春季合同"
  >         from: sales@corp.example
  >         date: 1775210400000
  >         attachments:
  >           - {id: a3, name: copy.xlsx, text: the contract of spring}
  > tasklists: [{guid: offers, name: Offers}]
  > tasks:
  >   - guid: task-1
  >     summary: Sign it
  >     tasklists: [offers]
  >     attachments:
  >       - {guid: file-1, name: signed.xlsx, file_token: token-1, text: the contract of spring, uploaded: 1775387533000}
  > END
  $ start_feishu shop.yaml
  $ configure <<END
  > mail:
  >   mailboxes: [sales@corp.example, legal@corp.example]
  > tasks:
  >   tasklists: [offers]
  > restore:
  >   require_reason: true
  > END
  $ larkive init >/dev/null
  $ larkive sync

"The contract Wang sent in spring, something with 报价."

  $ larkive find 报价 --from wang --after 2026-03 --before 2026-06 --json >found.json
  $ jq -r .name found.json
  报价单.xlsx
  $ id=$(jq -r .id found.json)

Nothing is given back without a reason here. With one the file comes back under its name, with the
day on which it was sent, and its digest is printed.

  $ larkive restore $id --to Desktop
  larkive: nothing is given back without a reason here (`restore.require_reason`)
  larkive: hint: say why; it is recorded: --reason TEXT
  [2]
  $ ls
  app_secret
  archive
  archive.state
  feishu.err
  feishu.out
  found.json
  larkive.yaml
  shop.yaml
  $ larkive restore $id --to Desktop --reason 'ticket 77'
  Desktop/报价单.xlsx  sha256:8320f334088433728eba7fa43e72a96a1d92f50f0d67da5ccddb58edea96f96c
  $ cat Desktop/报价单.xlsx
  the contract of spring (no-eol)
  $ TZ=UTC stat -c %y Desktop/报价单.xlsx | cut -c 1-19
  2026-04-02 08:09:10

Who, when and why is in the log. The same file hangs in three places; whoever has it in hand can ask.

  $ larkive audit log --type restore.done --private | jq -c "[.attachments == [$id], .private.reason, .private.to]"
  [true,"ticket 77","Desktop"]
  $ larkive whohas Desktop/报价单.xlsx --json | jq -r .key | sort
  mail:legal@corp.example/m3/a3
  mail:sales@corp.example/m1/a1
  task:task-1/file-1
  $ larkive whohas Desktop/报价单.xlsx | sort -k 4
  *  2026-*  2026-*  legal@corp.example  copy.xlsx (glob)
  *  2026-*  2026-*  sales@corp.example  报价单.xlsx (glob)
  *  2026-*  2026-*  task: Sign it       signed.xlsx (glob)
  $ echo unknown >unknown.txt
  $ larkive whohas unknown.txt
  larkive: nothing in the archive has these bytes

Its story names the records that say so, and the proof of one leads to the signed note.

  $ larkive verify --read-data >/dev/null
  $ larkive show $id --json >story.json
  $ jq -c '[.name, .from, .upstream, (.records | map(.type)), (.places | map(.key) | sort)]' story.json
  ["报价单.xlsx","wang.fang@corp.example","listed",["messages.examined","attachment.held"],["mail:legal@corp.example/m3/a3","task:task-1/file-1"]]
  $ jq -r '.object | has("verified")' story.json
  true
  $ seq=$(jq '.records[1].seq' story.json)
  $ larkive audit prove $id --json | jq ".seq == $seq"
  true
  $ zcat "archive/audit/$(jq -r '.records[1].segment' story.json)" | jq -c "select(.record.seq == $seq) | [.record.type, .record.attachment == $id]"
  ["attachment.held",true]
  $ larkive show $id
  *  报价单.xlsx (glob)
    key         mail:sales@corp.example/m1/a1
    state       held
    mailbox     sales@corp.example
    folder      INBOX
    message     m1
    attachment  a1
    from        王芳 wang.fang@corp.example
    subject     春季合同
    sent        2026-04-02 08:09 +00:00
    seen        first *, last * (glob)
    in Feishu   listed by mail:sales@corp.example, as of * (glob)
    size        22 B (22 bytes)
    sha256      * (glob)
    object      objects/* (glob)
    stored      * (glob)
    verified    read and found good * (glob)
    audit       record * in *.jsonl.gz: messages.examined, * (glob)
                record * in *.jsonl.gz: attachment.held, version 1, * (glob)
    same bytes  *  * (glob)
                *  * (glob)
  $ larkive sync >/dev/null 2>&1
  $ larkive audit log --type lookup.done --private | jq -c "[.attachments == [$id], .private.command]"
  [true,"show"]
  [true,"show"]

By every other id, too: the beginning of the digest, the token and guid of a task's file, the message.

  $ sha=$(jq -r .sha256 story.json)
  $ for filter in "--sha256 $(echo $sha | cut -c 1-9)" "--file-token token-1" "--guid file-1" "--message m3"; do
  >     larkive restore $filter --to again --reason 'ticket 77' --json | jq -c '.restored | map(.path) | sort'
  > done
  ["again/copy.xlsx","again/signed.xlsx","again/报价单.xlsx"]
  ["again/signed.xlsx"]
  ["again/signed.xlsx"]
  ["again/copy.xlsx"]
  $ TZ=UTC stat -c %y again/signed.xlsx | cut -c 1-19
  2026-04-05 11:12:13

Somebody who may not read the archive gets one file through the owner's shell; a folder by message.

  $ larkive restore $id --to - --reason 'ticket 78' >given.xlsx
  larkive: 报价单.xlsx  sha256:* (glob)
  $ cmp given.xlsx Desktop/报价单.xlsx
  $ larkive restore $id --to - --reason 'ticket 78' --json
  larkive: --to - goes with none of --json, --owner and --layout
  Usage: larkive restore * (glob)
  *'larkive restore --help'* (glob)
  [2]
  $ larkive restore --name xlsx --layout by-message --to sorted --reason 'ticket 79' >/dev/null
  larkive: 4 files written
  $ find sorted -name '*.xlsx' | LC_ALL=C sort
  sorted/mail_legal@corp.example/2026-04-03 Fwd_ 春季合同 [*]/copy.xlsx (glob)
  sorted/mail_sales@corp.example/2026-04-02 春季合同 [*]/报价单.xlsx (glob)
  sorted/mail_sales@corp.example/2026-05-02 报价 [*]/other.xlsx (glob)
  sorted/tasklist_offers/2026-04-05 Sign it [*]/signed.xlsx (glob)
  $ larkive restore --name xlsx --layout by-message --to sorted --reason 'ticket 79' >/dev/null
  larkive: 0 files written, 4 were there already

Nothing is handed out that cannot be recorded.

  $ prlimit --fsize=64 larkive restore $id --to - --reason 'ticket 80' >nothing.xlsx
  larkive: *: File too large* (glob)
  [13]
  $ wc -c <nothing.xlsx
  0
  $ larkive audit verify --json | jq -c '[.ok, .findings]'
  [true,[]]
