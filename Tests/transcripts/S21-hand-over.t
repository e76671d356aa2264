S21: hand-over to counsel

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > END
  $ larkive init >/dev/null
  $ larkive sync
  $ larkive audit key >archive.vkey

Counsel asks for what one message brought. A folder becomes a bag, for which nobody needs larkive.

  $ larkive export --format bagit --to m1 --message m000 --reason 'matter M1'
  ? of ? attachments, * with their proofs in m1 (glob)
  larkive: of ? the bytes are proven, not the names and dates: * (glob)
  $ ls m1
  HOW-TO-VERIFY.md
  audit
  bag-info.txt
  bagit.txt
  data
  exceptions.csv
  manifest-sha256.txt
  provenance.csv
  provenance.jsonl
  tagmanifest-sha256.txt
  $ (cd m1 && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt && echo whole)
  whole
  $ grep -c . m1/exceptions.csv
  1

The family is in one folder, each attachment has a row, and the rows say what `find` says.

  $ jq -r .path m1/provenance.jsonl | sed 's,/[^/]*$,,' | sort -u
  data/mail/legal@corp.example/2026-03-02-* (glob)
  $ larkive find --message m000 --json | jq -r .sha256 | sort >found.txt
  $ jq -r .sha256 m1/provenance.jsonl | sort | diff found.txt -

Nothing is said of the messages that nobody asked for: where a record names them, its private part is not there.

  $ cat m1/*.* m1/audit/* 2>/dev/null | grep -c 'm0[1-9][0-9]'
  0
  [1]
  $ jq -c 'select(.record.type == "messages.examined") | has("private")' m1/audit/records.jsonl
  false

Who, what and why is in the log.

  $ larkive audit log --type restore.done --private | jq -c '.private | [.format, .reason, (.keys | length)]'
  ["bagit","matter M1",?] (glob)

Nothing is ever written over, and a folder that has been left unfinished is no bag.

  $ larkive export --format bagit --to m1
  larkive: m1 is not empty
  larkive: hint: name a folder that is empty, or not there yet
  [2]
  $ mkdir m2 && touch m2/bagit.txt.unfinished && mkdir m2/data && touch m2/data/half
  $ larkive export --format bagit --to m2 >/dev/null
  $ ls m2 | grep -c unfinished; test -e m2/data/half || echo anew
  0
  anew

A damaged object is left out and named.

  $ digest=$(jq -r .sha256 m1/provenance.jsonl | head -n 1)
  $ object=archive/objects/$(echo "$digest" | cut -c1-2)/$digest
  $ chmod u+w "$object" && printf X | dd of="$object" bs=1 seek=10 conv=notrunc status=none && chmod 0400 "$object"
  $ larkive export --format bagit --to m3 --message m000 >/dev/null 2>&1
  [7]
  $ cut -d, -f1 m3/exceptions.csv | tr -d '\r'
  code
  damaged
  $ (cd m3 && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt && echo whole)
  whole

The catalogue alone, as CSV and as JSON lines.

  $ larkive export --format csv --mailbox legal@corp.example | head -n 1 | cut -c1-42
  id,version,key,name,size,sha256,state,rule
  $ larkive export --format jsonl | wc -l | tr -d ' '
  318
  $ larkive export --format jsonl --to m1/bag-info.txt
  larkive: m1/bag-info.txt is there already
  larkive: hint: name another file
  [2]

An independent program checks the bag with the key that the owner gave: files, signature, and a proof for each record.

  $ python3 -c 'import cryptography' 2>/dev/null || exit 80
  $ verify() { python3 "$TESTDIR/../../examples/verify-export/verify_export.py" --key archive.vkey "$@"; }
  $ verify m1
  OK attachments=* files=* records=* size=* root=* (glob)
  names, senders and dates are proven for 0 of ? (glob)
  not proven: that nothing was left out; what is here is proven
  not proven: path, where names are made safe (name is what is proven)
  not proven: folder and vanished, which say how it was when the bag was made
  not proven: exceptions.csv, HOW-TO-VERIFY.md, times of files, and in bag-info.txt selection, dates and descriptions
  $ verify m2
  OK attachments=318 files=318 records=* size=* root=* (glob)
  names, senders and dates are proven for 318 of 318
  not proven: that nothing was left out; what is here is proven
  not proven: path, where names are made safe (name is what is proven)
  not proven: folder and vanished, which say how it was when the bag was made
  not proven: exceptions.csv, HOW-TO-VERIFY.md, times of files, and in bag-info.txt selection, dates and descriptions
  $ cp -a m1 m4 && sed -i 's/"size":/"size":1/' m4/provenance.jsonl
  $ verify m4 2>&1 | head -n 2
  NOT OK
  provenance.jsonl has other bytes than tagmanifest-sha256.txt says
