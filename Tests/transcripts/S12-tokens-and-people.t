S12: tokens, and people who leave

A person has logged in, and larkive archives their own mailbox and tasks.

  $ . "$TESTDIR/lab.sh"
  $ cat >world.yaml <<EOF
  > user: {address: alice@corp.example, name: Alice, tasks: [t1]}
  > mailboxes:
  >   - address: alice@corp.example
  >     messages:
  >       - {id: m1, attachments: [{id: a1, name: offer.pdf, size: 30 KiB}]}
  > tasklists: [{guid: offers}]
  > tasks:
  >   - {guid: t1, tasklists: [offers], attachments: [{guid: f1, name: plan.docx, size: 5 KiB}]}
  > EOF
  $ start_feishu world.yaml
  $ identity=user
  $ configure <<EOF
  > mail:
  >   mailboxes: [me]
  > tasks:
  >   my_tasks: true
  > EOF
  $ larkive init >/dev/null
  $ log_in
  $ token=archive.state/user_token.json
  $ larkive sync --json | jq -c '[.outcome, .totals.archived, .warnings]'
  ["complete",2,[]]

(a) The access token is old, so that the next run has to spend the refresh token, which works only
once. The run is killed right after Feishu has answered, while the first call with the new token is
under way.

  $ age_access_token() {
  >     jq -c '.access_issued_at = "2026-01-01T00:00:00.000Z" | .access_expires_at = .access_issued_at' \
  >         $token >aged.json && cat aged.json >$token
  > }
  $ age_access_token
  $ jq -r .refresh_token $token >spent.txt
  $ echo '- {endpoint: folders, times: 1, stall: {after: 0, seconds: 60}}' | faults
  $ forget
  $ larkive sync & run=$!
  $ until_counters '.calls.folders == 1'
  $ { kill -9 $run; wait $run; } 2>/dev/null
  [137]

The new refresh token was in the file before anything was asked with it, and the old one is gone.

  $ jq -r .refresh_token $token | cmp -s - spent.txt
  [1]
  $ counters '[.calls.user_token, .refresh_reuse]'
  [1,0]

The next run works, without another refresh and without a person.

  $ no_faults
  $ larkive sync --json | jq -c '[.outcome, .totals.listed]'
  ["complete",2]
  $ counters '[.calls.user_token, .refresh_reuse]'
  [1,0]

Feishu closes the connection instead of answering the refresh. Nobody can know whether the token was
spent, and it works only once: the run does not ask again with it. It was not, so the next run works.

  $ age_access_token
  $ echo '- {endpoint: user_token, times: 1, drop: true}' | faults
  $ larkive sync --json | jq -c '[.outcome, .exit_code, .totals.listed]'
  larkive: the archive is not complete: unreachable (exit 4)
  larkive: mail:alice@corp.example: mailbox alice@corp.example: user token: connection closed; check feishu.base_url and the way to the network
  larkive: and 1 other source likewise
  ["failed",4,0]
  $ larkive sync --json | jq -c '[.outcome, .totals.listed]'
  ["complete",2]
  $ counters '.refresh_reuse'
  0
  $ no_faults

(b) Feishu asks for a new consent 365 days after the last. Six days before, runs are complete and
say what will be needed: in the summary, and on stderr, so that cron sends it to the operator.

  $ jq -c '.consented_at = (now - 359 * 86400 + 3600 | todate | sub("Z$"; ".000Z"))' $token >aged.json
  $ cat aged.json >$token
  $ larkive sync --json >summary.json
  larkive: the user's consent ends in 6 days, on *: larkive login (glob)
  $ jq -c '[.outcome, .exit_code, .conditions]' summary.json
  ["complete",0,[]]
  $ jq -r '.warnings[]' summary.json
  the user's consent ends in 6 days, on *: larkive login (glob)

(c) They agree again; then the consent is withdrawn. The run ends with 6, one message says what to
do, and Feishu is not bothered: at most three calls for a token.

  $ log_in
  $ ask -X POST "$feishu/_sandbox/user/revoke" >/dev/null
  $ forget
  $ larkive sync --json >summary.json
  larkive: the archive is not complete: credentials (exit 6)
  larkive: mail:alice@corp.example: mailbox alice@corp.example: user token: HTTP 400, code 20064: the token was revoked (log id *); log in again: larkive login (glob)
  larkive: and 1 other source likewise
  [6]
  $ jq -c '[.outcome, .exit_code, .conditions, .totals.listed]' summary.json
  ["failed",6,["credentials"],0]
  $ counters '(.calls.user_token // 0) <= 3'
  true
  $ counters '.calls | add'
  3

What was archived is still there, and after another login the runs go on.

  $ larkive find --json | jq -r .name
  plan.docx
  offer.pdf
  $ log_in
  $ larkive sync --json | jq -c '[.outcome, .totals.known, .warnings]'
  ["complete",2,[]]
  $ violations
  0
