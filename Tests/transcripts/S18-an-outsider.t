S18: an outsider verifies without larkive

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > END
  $ larkive init >/dev/null
  $ larkive sync
  $ larkive audit checkpoint >ext.note
  $ larkive audit key >ext.vkey

The records are plain text, and each file's name is the digest of its bytes.

  $ zcat archive/audit/*/*/*.gz | jq -r .record.type | sort | uniq -c | grep held
  *attachment.held (glob)
  $ find archive/objects -type f | while read -r file; do
  >     [ "$(sha256sum <"$file" | cut -c1-64)" = "$(basename "$file")" ] || echo "$file differs"
  > done

What the outsider needs is a hundred lines of Python, the copy, and what was kept elsewhere.

  $ python3 -c 'import cryptography' 2>/dev/null || exit 80
  $ audit_tool=$TESTDIR/../../examples/verify-audit
  $ cp -a archive/audit copy
  $ python3 "$audit_tool/verify_audit.py" copy --checkpoint ext.note --key "$(cat ext.vkey)" | sed -n 1p
  OK size=* root=* (glob)
  $ larkive audit prove 7 >proof.txt
  $ digest=$(larkive find --json | jq -r 'select(.id == 7) | .sha256')
  $ python3 "$audit_tool/verify_proof.py" proof.txt --key ext.vkey \
  >     --file "archive/objects/$(echo "$digest" | cut -c1-2)/$digest" >proven.txt
  $ head -n 1 proven.txt
  OK record=* of * (glob)

A change of keys is followed by whoever has the first key.

  $ larkive audit key rotate --reason 'yearly' >/dev/null 2>&1
  $ larkive sync
  $ rm -rf copy && cp -a archive/audit copy
  $ python3 "$audit_tool/verify_audit.py" copy --checkpoint ext.note --key "$(cat ext.vkey)" | sed -n 1p
  OK size=* root=* (glob)
  $ larkive audit verify --dir copy --checkpoint ext.note --key ext.vkey | grep -c '^covers'
  1

A byte is changed: the outsider sees it.

  $ chmod -R u+w copy
  $ segment=$(ls copy/2*/*/* | sed -n 2p)
  $ zcat "$segment" | sed '2s/"salt":"../"salt":"zz/' | gzip -n >edited && cat edited >"$segment"
  $ python3 "$audit_tool/verify_audit.py" copy --key "$(cat ext.vkey)" 2>&1 | sed -n 1p
  copy/*: * (glob)
