# A pretended Feishu and an archive beside it, for the transcripts in this folder.
#
# Each transcript begins with `. "$TESTDIR/lab.sh"`, in a folder of its own. Programs come from
# $LARKIVE_BIN_DIR. A sandbox never lives longer than $sandbox_seconds, whatever becomes of the
# shell that started it.
PATH="$LARKIVE_BIN_DIR:$PATH"
HOME=$PWD
XDG_CONFIG_HOME=$PWD/none
XDG_STATE_HOME=$PWD/none
LARKIVE_CONFIG=$PWD/larkive.yaml
export PATH HOME XDG_CONFIG_HOME XDG_STATE_HOME LARKIVE_CONFIG
umask 077
chmod 700 .
sandbox_seconds=500
sandbox=
app_secret=sandbox-secret-not-real
trap stop_feishu EXIT

# start_feishu WORLD [OPTIONS]: starts a sandbox from a file in YAML or JSON; $feishu is its address.
start_feishu() {
    world=$1
    shift
    : >feishu.out
    timeout "$sandbox_seconds" feishu-sandbox --port 0 --world "$world" "$@" \
        >feishu.out 2>feishu.err </dev/null &
    sandbox=$!
    until grep -q '^listening on ' feishu.out; do
        kill -0 "$sandbox" 2>/dev/null || { cat feishu.err; return 1; }
        sleep 0.05
    done
    feishu=$(sed -n 's/^listening on //p' feishu.out)
}

stop_feishu() {
    [ -z "$sandbox" ] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null
    sandbox=
}

# configure [FOLDER] <REST: writes a config whose archive is FOLDER; standard input says what to
# watch. $pacing is off unless it is set, $identity is tenant.
configure() {
    archive=$PWD/${1:-archive}
    printf %s "$app_secret" >app_secret
    chmod 600 app_secret
    {
        echo "archive: $archive"
        echo "state: $archive.state"
        echo "feishu:"
        echo "  base_url: $feishu"
        echo "  app_id: cli_sandbox0000000001"
        echo "  app_secret_file: app_secret"
        echo "  identity: ${identity:-tenant}"
        echo "  pacing: ${pacing:-off}"
        cat
    } >larkive.yaml
    chmod 600 larkive.yaml
}

ask() { curl -sS --fail-with-body --max-time 60 "$@"; }

# counters FILTER: what the sandbox has counted, through jq.
counters() { ask "$feishu/_sandbox/counters" | jq -c "$1"; }

# What the sandbox must never see from an honest client; all of it is 0.
violations() {
    counters '[.third_use, .expired_use, .authorization_on_link_host, .head, .range,
        .call_inside_penalty, .refresh_reuse] | add'
}

forget() { ask -X POST "$feishu/_sandbox/counters/reset" >/dev/null; }

# Standard input, in YAML or JSON, replaces the faults in force, or is what happens to the world.
faults() { ask --data-binary @- "$feishu/_sandbox/faults" >/dev/null; }
no_faults() { echo '[]' | faults; }
change() { ask --data-binary @- "$feishu/_sandbox/world" >/dev/null; }
advance() { ask -X POST "$feishu/_sandbox/clock/advance?seconds=$1" >/dev/null; }

# What a complete archive has to hold: one line for each attachment, with its digest.
truth() { ask "$feishu/_sandbox/truth"; }

# A person logs in: larkive prints an address, a browser goes there and is sent back.
log_in() {
    # Not the answer to the login before.
    rm -f login.out && : >login.out
    timeout 60 larkive login --port 0 >login.out 2>&1 </dev/null &
    login=$!
    until grep -q '/authorize.*prompt=consent' login.out; do
        kill -0 "$login" 2>/dev/null || { cat login.out; return 1; }
        sleep 0.02
    done
    ask -L -o page.html "$(grep '/authorize?' login.out)"
    wait "$login"
}

# until_counters FILTER: returns once the filter says true, or fails after half a minute.
until_counters() {
    tries=0
    until [ "$(counters "$1")" = true ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "never: $1"; return 1; }
        sleep 0.05
    done
}

# open_sources FILE: the sources of a summary whose closing equation does not hold, and the totals.
open_sources() {
    jq -c '(.sources[], .totals)
        | select(.listed != .known + .archived + .failed + .skipped + .pending)' "$1"
}

# Compares what the archive holds with what Feishu has, by key and digest; silent when equal.
compare_with_feishu() {
    truth | jq -r '
        ((if .kind == "mail" then
            "mail:" + ([.mailbox, .message_id, .attachment_id] | map(@uri) | join("/"))
        else "task:" + ([.task_guid, .guid] | map(@uri) | join("/")) end)
        | gsub("%40"; "@")) + " " + .sha256' \
        | sort -u >theirs.txt
    larkive find --json | jq -r 'select(.state == "held") | .key + " " + .sha256' \
        | sort -u >ours.txt
    diff theirs.txt ours.txt | head -n 6 | sed 's/^/differs: /'
}
