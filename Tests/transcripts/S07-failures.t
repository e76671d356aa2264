S7: failures are not swallowed

160 of the 950 downloads of mail will answer 503 for as long as the first run lasts.

  $ . "$TESTDIR/lab.sh"
  $ jq -n -f "$TESTDIR/company.jq" >company.json
  $ start_feishu company.json
  $ jq '[.mailboxes[].messages[].attachments[].id] | sort | [.[range(0; 950; 5)]][:160]
  >     | map({endpoint: "link", attachment: ., raw: {status: 503, type: "text/plain", body: "busy"}})' \
  >     company.json >broken.json
  $ jq length broken.json
  160
  $ faults <broken.json
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example, alice@corp.example, bob@corp.example]
  > tasks:
  >   tasklists: [offers]
  > download:
  >   parallel: 64
  > EOF
  $ larkive init >/dev/null

The run brings what it can and does not claim to be complete: exit code 3, a cause and the next
command on stderr.

  $ larkive sync --json >summary.json
  larkive: the archive is not complete: items_failed (exit 3)
  larkive: 160 items are not archived; see why and what to do: larkive problems
  [3]
  $ jq -c '[.outcome, .conditions, .totals.listed, .totals.archived, .totals.failed]' summary.json
  ["partial",["items_failed"],1020,860,160]
  $ open_sources summary.json

Every item that is missing is named, with its reason, how often it was tried and when it is next.

  $ larkive problems --json >problems.jsonl
  $ wc -l <problems.jsonl
  160
  $ jq -r .reason problems.jsonl | sort | uniq -c
      160 server_error
  $ jq -c '[(.id | type), (.key | type), (.name | type), .source[:5], .attempts, (.next_try | type)]' \
  >     problems.jsonl | cut -c 1-60 | sort | uniq -c
      160 ["number","string","string","mail:",1,"string"]
  $ jq -r .attachment_id problems.jsonl | sort >named.txt
  $ jq -r '.[].attachment' broken.json | sort | diff - named.txt

Feishu recovers. The next run downloads exactly these 160, and nothing else.

  $ no_faults
  $ forget
  $ larkive sync --json >summary.json
  $ jq -c '.totals | [.listed, .known, .archived, .downloaded, .failed]' summary.json
  [1020,860,160,160,0]
  $ counters .calls.link
  160
  $ larkive problems --json

The log tells of each of them that it was resolved, and by which run.

  $ run=$(jq -r .run summary.json)
  $ larkive audit log | jq -r --arg run "$run" 'select(.run == $run and .type == "attachment.resolved")
  >     | .attachment' | sort -u | wc -l
  160
  $ compare_with_feishu
  $ violations
  0
