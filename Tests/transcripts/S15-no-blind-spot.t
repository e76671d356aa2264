S15: verify has no blind spot: one change at a time, each has its code and no other

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure other <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > END
  $ larkive init >/dev/null
  $ configure <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > tasks:
  >   tasklists: [offers]
  > END
  $ larkive init >/dev/null
  $ larkive sync && larkive sync
  $ cp -a archive older
  $ larkive sync && cp archive/manifest.sqlite before.sqlite && larkive sync
  $ stop_feishu
  $ mv archive finished && mv archive.state finished.state

What is changed: an object, a segment from the middle, files of the tree.

  $ cd finished
  $ object=$(find objects -type f -size +200c | sort | sed -n 1p)
  $ sha=$(basename $object) shard=$(dirname $object)
  $ segment=$(ls audit/2*/*/* | sed -n 2p) last=$(ls audit/2*/*/* | tail -n 1)
  $ tile=$(find audit/tlog/tile -type f | sort | sed -n 1p)
  $ cd ..

  $ flip() { byte=$(od -An -tu1 -j $2 -N 1 $1); chmod u+w $1; printf "\\$(printf %o $((byte ^ 1)))" | dd of=$1 bs=1 seek=$2 conv=notrunc status=none; chmod $(stat -c %a ../finished/$1) $1; }
  $ lines() { zcat $segment | "$@" | gzip -n >../edited; chmod u+w $segment; cat ../edited >$segment; chmod 400 $segment; }
  $ row() { sqlite3 manifest.sqlite "$1"; }
  $ put() { cat >$1; chmod ${2:-600} $1; }
  $ with() {
  >   rm -rf archive archive.state second
  >   cp -a finished archive && cp -a finished.state archive.state
  >   (cd archive && eval "$1")
  >   code=0; larkive verify --read-data --json >verdict.json || code=$?
  >   echo "$(jq -r '[.findings[].code] | unique | join(" ")' verdict.json) $code"
  > }

Nothing is changed.

  $ with true
   0

Objects.

  $ with 'rm -f $object'
  E001 7
  $ with 'flip $object 100'
  E002 7
  $ with 'truncate -s -1 $object'
  E003 7
  $ with 'chmod 644 $object'
  E004 7
  $ with 'rm -f $object && mkdir -m 700 $object'
  E005 7
  $ with 'chmod u+w $object && echo >>$object && chmod 400 $object'
  E007 7
  $ with 'ln $object ../second'
  E008 7
  $ with 'mv $object ../second && ln -s ../../../second $object'
  E009 7
  $ with 'mv $object $(ls -d objects/* | grep -v $shard | head -n 1)/'
  E050 7
  $ with 'echo | put objects/00/readme 400'
  W001 0
  $ with 'echo | put objects/readme'
  W002 0

The log, and what has signed it. A restart keeps the tiles of before aside.

  $ with "lines sed '2s/\"type\"/\"tipe\"/'"
  E010 15
  $ with "lines sed '1{h;d};2{G}'"
  E011 15
  $ with 'rm -f $segment'
  E012 15
  $ with 'flip $segment 60'
  E013 15
  $ with 'flip $last 60'
  E013 15
  $ with 'flip $tile 40'
  E014 15
  $ with 'flip audit/tlog/checkpoint $(($(stat -c %s audit/tlog/checkpoint) - 9))'
  E015 15
  $ with 'echo rewritten >>audit/tlog/checkpoint'
  E015 15
  $ with 'cd .. && rm -rf archive && cp -a older archive'
  E017 15
  $ with 'rm -f audit/tlog/checkpoint'
  E018 15
  $ with 'echo no key | put audit/tlog/keys/2-00000000.vkey'
  E019 15
  $ with 'cp ../other/audit/tlog/keys/* audit/tlog/keys/'
  E030 15
  $ with 'rm audit/open.jsonl && mkdir -m 700 audit/open.jsonl'
  E032 15
  $ with 'rm -rf audit'
  E039 15
  $ with 'rm -rf audit/tlog'
  E039 15
  $ with 'echo {} | put audit/inbox/0123456789abcdef.json'
  W005 0
  $ with "printf '{torn' >>audit/open.jsonl"
  W011 0
  $ with 'larkive audit restart --force --reason told >/dev/null 2>&1'
  W006 W013 0
  $ with 'rm -f ../archive.state/seen'
  W014 0
  $ with 'chmod 777 ../archive.state'
  W016 0

The manifest.

  $ with 'head -c 5000 /dev/zero >manifest.sqlite'
  E020 7
  $ with 'row "UPDATE version SET name = 0"'
  E021 7
  $ with 'rm -f manifest.sqlite'
  E023 7
  $ with 'row "PRAGMA user_version = 9"'
  E024 2
  $ with 'cp ../older/manifest.sqlite manifest.sqlite'
  E025 7
  $ with 'cp ../before.sqlite manifest.sqlite'
  W012 0
  $ with 'row "DROP VIEW files"'
  E026 7
  $ with 'row "PRAGMA application_id = 9"'
  E028 7
  $ with "row \"INSERT INTO task VALUES ('t', NULL, 'never listed')\""
  E060 7
  $ with 'row "DELETE FROM sighting"'
  E061 7

The folders and files.

  $ with 'echo >>larkive.json'
  E022 7
  $ with 'echo { | put larkive.json'
  E040 7
  $ with "sed -i 's/\"format\":1/\"format\":2/' larkive.json"
  E041 2
  $ with 'chmod 755 $shard'
  E042 7
  $ with 'rmdir quarantine'
  E043 7
  $ with 'chmod 644 $segment'
  E044 7
  $ with 'chmod 644 audit/tlog/checkpoint'
  E044 7
  $ with 'ln larkive.json ../second'
  E045 7
  $ with 'echo x | put audit/tlog/notes.txt'
  W003 0
  $ with 'echo x | put notes.txt'
  W003 0
  $ with 'rm -f lock'
  W004 0
  $ with 'echo x | put quarantine/torn'
  W006 0
  $ with 'echo x | put staging/walk.sqlite'
  W008 0
