S6: links die

Three letters and a task. The first download of `a1` breaks off, and its link is then dead after
this one use, although two are documented. The link that comes with the listing of the task is dead
on arrival. For `a7` Feishu refuses a link, once.

  $ . "$TESTDIR/lab.sh"
  $ cat >world.yaml <<EOF
  > mailboxes:
  >   - address: legal@corp.example
  >     messages:
  >       - {id: m1, attachments: [{id: a1, name: offer.pdf, size: 30 KiB}]}
  >       - {id: m2, attachments: [{id: a2, name: invoice.pdf, size: 2 KiB}]}
  >       - {id: m3, attachments: [{id: a7, name: contract.pdf, size: 4 KiB}]}
  > tasklists: [{guid: offers}]
  > tasks:
  >   - {guid: t1, tasklists: [offers], attachments: [{guid: f1, name: plan.docx, size: 5 KiB}]}
  > EOF
  $ start_feishu world.yaml
  $ faults <<EOF
  > - {endpoint: link, attachment: a1, times: 1, cut: 10 KiB}
  > - {endpoint: download_url, message: m1, times: 1, links: {uses: 1}}
  > - {endpoint: task_attachments, links: {seconds: 0}}
  > - {endpoint: download_url, message: m3, times: 1, failed_ids: [a7]}
  > EOF
  $ configure <<EOF
  > mail:
  >   mailboxes: [legal@corp.example]
  > tasks:
  >   tasklists: [offers]
  > EOF
  $ larkive init >/dev/null

New links are asked for where the old ones died. Only the refused one is left, and the run says so.

  $ larkive sync --json >summary.json
  larkive: the archive is not complete: items_failed (exit 3)
  larkive: 1 item is not archived; see why and what to do: larkive problems
  [3]
  $ jq -c '.totals | [.listed, .archived, .failed]' summary.json
  [4,3,1]
  $ larkive problems --json | jq -c '[.attachment_id, .name, .reason, .attempts]'
  ["a7","contract.pdf","link_refused",1]

No mail link was used a third time. A link was minted once more for `a1` and once for the task.

  $ counters '[.calls.download_url, .calls.task_attachment, .calls.link, .third_use]'
  [4,1,6,0]
  $ violations
  0

The next run brings the last one.

  $ larkive sync --json | jq -c '[.outcome, .totals.known, .totals.archived]'
  ["complete",3,1]
  $ larkive problems
  no open problems
  $ compare_with_feishu
