S14: bit rot is found, named and healed

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

One byte of an object that hangs in mail changes on the disk.

  $ sha=$(larkive find --json --name invoice | jq -r 'select(.size > 200) | .sha256' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
  $ object=archive/objects/$(echo $sha | cut -c 1-2)/$sha
  $ chmod 600 $object
  $ printf X | dd of=$object bs=1 seek=100 conv=notrunc status=none
  $ chmod 400 $object

The verdict names the object, what its bytes are now, and everything that carries it.

  $ larkive verify --read-data --json >verdict.json
  [7]
  $ jq -c '[.ok, (.findings | map(.code))]' verdict.json
  [false,["E002"]]
  $ test "$(jq -r '.findings[0].sha256' verdict.json)" = $sha
  $ test "$(jq -r '.findings[0].actual_sha256' verdict.json)" = $(sha256sum <$object | cut -d ' ' -f 1)
  $ larkive find --json --sha256 $sha | jq -r .key | sort >carriers.txt
  $ jq -r '.findings[0].attachments[]' verdict.json | sort | diff carriers.txt -

Nobody gets these bytes, and every run says that something is wrong.

  $ larkive restore sha256:$sha --to given
  larkive: *: object * is damaged; see whether it can be healed: larkive repair sha256:* (glob)
  [7]
  $ larkive sync
  larkive: the archive is not complete: damaged (exit 7)
  larkive: 1 objects are damaged; larkive repair heals what Feishu still has
  [7]

Feishu still has the file: repair brings it back, and keeps the damaged bytes aside.

  $ larkive repair | cut -c 1-17
  repaired  sha256:
  $ sha256sum <$object | cut -d ' ' -f 1 | diff - <(echo $sha)
  $ ls archive/quarantine | diff - <(echo $sha)
  $ larkive verify --read-data --json | jq -c '[.ok, (.findings | map(.code))]'
  [true,["W006"]]
  $ larkive audit log | jq -r .type | grep '^object' | sort | uniq -c
        1 object.damaged
        1 object.repaired
  $ larkive sync

The same object goes missing, and Feishu has other bytes in its place by now: it is lost. That is
said until somebody accepts it, and remains a remark from then on.

  $ other=$(head -c $(stat -c %s $object) /dev/zero | tr '\0' x)
  $ rm -f $object
  $ faults <<EOF
  > - endpoint: link
  >   raw: {status: 200, type: application/pdf, body: "$other"}
  > EOF
  $ larkive repair | cut -c 1-13
  lost  sha256:
  $ larkive repair >again.txt
  [7]
  $ no_faults
  $ larkive verify --json | jq -c '.findings | map(.code)'
  ["W006","E052"]
  $ larkive sync
  larkive: the archive is not complete: lost (exit 7)
  larkive: 1 objects are lost; see which, and accept it: larkive problems
  [7]
  $ larkive problems --json | jq -r .sha256 | diff - <(echo $sha)
  $ larkive problems --accept sha256:$sha --reason "the sender has no copy either"
  0 items are due in the next run, 1 is accepted
  $ larkive sync
  larkive: 1 objects are lost, which was accepted
  $ larkive verify --json | jq -c '[.ok, (.findings | map(.code))]'
  [true,["W006","W007"]]
