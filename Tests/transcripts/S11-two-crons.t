S11: two crons, one archive

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ configure <<END
  > mail:
  >   mailboxes: [legal@corp.example]
  > END
  $ larkive init >/dev/null

The first run is held up by a server that answers late; the second is refused within a second, and
says who has the archive.

  $ faults <<END
  > - {endpoint: messages, times: 1, throttle: {status: 429, reset: "4"}}
  > END
  $ larkive sync >first.out 2>&1 &
  $ first=$!
  $ until [ -s archive/lock ] && grep -q "pid $first" archive/lock; do sleep 0.05; done
  $ timeout 2 larkive sync
  larkive: another run has the archive: host *, pid *, since 2* (glob)
  larkive: hint: wait for it to end; nothing was done
  [11]
  $ wait $first

Its refusal is in the log, recorded by the run that had the archive, with the time at which it was.

  $ larkive audit log --type run.refused | jq -c '[.reason, (.observed | length), (.inbox | length)]'
  ["locked",24,16]
  $ ls archive/audit/inbox | wc -l
  0

The first is killed. The lock died with it; the next run takes over and says so.

  $ faults <<END
  > - {endpoint: messages, throttle: {status: 429, reset: "9"}}
  > END
  $ larkive sync >first.out 2>&1 &
  $ first=$!
  $ until grep -q "pid $first" archive/lock; do sleep 0.05; done
  $ until [ -s archive/audit/open.jsonl ]; do sleep 0.05; done
  $ { kill -9 $first; wait $first; echo $?; } 2>/dev/null
  137
  $ larkive audit verify | head -n 1
  W010  open.jsonl: * open, not sealed: a run died; the next one seals what it left (glob)
  $ no_faults
  $ larkive sync
  $ larkive audit log --type run.recovered | jq -c '.torn_bytes'
  0
  $ larkive audit verify | head -n 1
  ok: * (glob)
  $ larkive verify --read-data --json | jq -c '[.ok, .findings]'
  [true,[]]
