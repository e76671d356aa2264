S17: who changes the log is found out, or what cannot be excluded is named

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > END
  $ larkive init >/dev/null
  $ larkive sync
  $ cp -a archive/audit older
  $ cp -a archive thief && cp -a archive.state thief.state
  $ larkive sync && larkive sync

An outsider keeps the newest note and the key.

  $ larkive audit checkpoint >ext.note
  $ larkive audit key >ext.vkey
  $ cmp ext.note archive/audit/tlog/checkpoint
  $ last=$(($(sed -n 2p ext.note) - 1))

  $ check() { larkive audit verify --dir "$1" --checkpoint ext.note --key ext.vkey; }
  $ alone() { larkive audit verify --dir "$1" --json | jq -c '[.ok, (.not_excluded | map(split(":")[0]))]'; }

Nobody has touched it.

  $ check archive/audit | grep -c "^covers records 0 to $last, anchored by ext.note$"
  1
  $ alone archive/audit
  [true,["cut-off tail","older copy","rewriting","foreign key"]]

One: a byte is edited. The finding says which record, and between which times.

  $ cp -a archive/audit one
  $ segment=$(ls one/2*/*/* | sed -n 2p)
  $ zcat "$segment" | sed '2s/"salt":"../"salt":"zz/' | gzip -n >edited
  $ chmod 600 "$segment" && cat edited >"$segment"
  $ check one | grep '^E'
  E010  2*/000000001.jsonl.gz: it is no line of the log: *; record 2, after 2*Z, before 2*Z (glob)
  $ check one >/dev/null
  [15]

Two: a file from the middle is dropped.

  $ cp -a archive/audit two
  $ rm -f "$(ls two/2*/*/* | sed -n 2p)"
  $ check two | grep '^E'
  E012  2*/000000002.jsonl.gz: segment 1 should stand here; records 1 to *, after 2*Z, before 2*Z (glob)
  $ check two >/dev/null
  [15]

Three: the newest file is dropped, with its note. Four: all is replaced by an older backup. The folder
alone shows neither; the note from outside shows both.

  $ cp -a archive/audit three
  $ rm -f "$(ls three/2*/*/* | tail -n 1)" "$(ls three/tlog/checkpoints/*/* | tail -n 1)"
  $ cp "$(ls three/tlog/checkpoints/*/* | tail -n 1)" three/tlog/checkpoint
  $ for copy in three older; do check $copy | grep '^E017'; check $copy >/dev/null || echo "exit $?"; done
  E017  ext.note: * records were signed, * are here: the end was cut off, or this is an older copy; records * to *, after 2*Z (glob)
  exit 15
  E017  ext.note: * records were signed, * are here: the end was cut off, or this is an older copy; records * to *, after 2*Z (glob)
  exit 15
  $ alone older
  [true,["cut-off tail","older copy","rewriting","foreign key"]]

Five: everything since the first sync is written anew and signed with the stolen key.

  $ mv archive genuine && mv archive.state genuine.state
  $ mv thief archive && mv thief.state archive.state
  $ larkive sync && larkive sync
  $ larkive audit verify | head -n 1
  ok: * (glob)
  $ alone archive/audit
  [true,["cut-off tail","older copy","rewriting","foreign key"]]
  $ check archive/audit | grep '^E'
  E016  ext.note: the first * records are not the signed ones; records 0 to *, from 2*Z, until 2*Z (glob)
  $ check archive/audit >/dev/null
  [15]
