S3: the second run is free

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

The first run from cron says nothing at all.

  $ larkive sync

We note every object with its time of change, and let the sandbox forget what it has counted.

  $ find archive/objects -type f -printf '%p %T@\n' | sort >before.txt
  $ forget
  $ larkive sync --json >summary.json

Everything was known. No link was asked for, no byte was downloaded, no message was read again.

  $ jq -c '.totals | [.listed, .known, .archived, .bytes_downloaded, .link_calls]' summary.json
  [1020,1020,0,0,0]
  $ counters '[.calls.download_url, .calls.task_attachment, .calls.link, .calls.batch_get, .calls.message]'
  [null,null,null,null,null]

The objects are untouched.

  $ find archive/objects -type f -printf '%p %T@\n' | sort | diff before.txt -

The log has the run, what each source listed, and nothing more.

  $ run=$(jq -r .run summary.json)
  $ larkive audit log | jq -r --arg run "$run" 'select(.run == $run) | .type' | uniq -c
        1 run.started
        4 source.listed
        1 run.finished

A third run, again from cron, says nothing, and the archive is sound.

  $ larkive sync
  $ larkive verify --read-data --json | jq -c '[.ok, .checked.objects, .findings]'
  [true,393,[]]
