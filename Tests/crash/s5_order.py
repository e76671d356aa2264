#!/usr/bin/env python3
"""S5: the order of larkive's system calls, judged by order.py, in runs of every kind from end to end."""
import argparse
import signal

import auditlog
import lab
import order
import scenarios
import trace

SECONDS = 900  # ten thousand attachments, each call of which is traced
MENDING = [scenario for scenario in scenarios.SCENARIOS
           if scenario.name in ("repair", "audit restart", "audit key rotate", "problems --accept")]

CHANGES = [
    {"add_message": {"mailbox": lab.MAILBOX, "message": {
        "id": "m99", "subject": "later", "folder": "INBOX",
        "attachments": [{"id": "a99", "name": "99.pdf", "size": 999, "content": 999}]}}},
    {"delete_task_attachment": "f1"},
]


def lines_of(archive):
    """All lines of the log, as they stand in segments and journal."""
    data = b"".join(auditlog.unpack(path.read_bytes()) for path in sorted(archive.glob("audit/[0-9]*/*/*.gz")))
    journal = (archive / "audit/open.jsonl")
    return [line + b"\n" for line in (data + (journal.read_bytes() if journal.exists() else b"")).split(b"\n")[:-1]]


def held_in(lines):
    """For each digest where in these lines its records begin."""
    held, offset = {}, 0
    for line in lines:
        fields = auditlog.read_line(line)[0]
        if fields["type"] in ("attachment.held", "attachment.adopted"):
            held.setdefault(fields["sha256"], []).append(offset)
        offset += len(line)
    return held


class Bench:
    """Runs commands under strace and judges each."""

    def __init__(self, suite, bench):
        self.suite, self.lab = suite, bench
        self.log, self.out = bench.folder / "strace", bench.folder / "handed-out"

    def run(self, name, *command, wanted=0, environment=None):
        """A command that must end with this code, in good order."""
        code = self.lab_run(*command, name=name, environment=environment)
        if code != wanted:
            self.suite.say(name, [f"exit {code}: {self.lab.read('err').strip()}"])

    def lab_run(self, *command, name="", environment=None):
        """Runs a command, says what was out of order, and returns its code."""
        before = len(lines_of(self.lab.archive)) if self.lab.archive.exists() else 0
        lab.remove(self.out)
        words = lab.strace(trace.CALLS, log=self.log, paths=True)
        words[words.index("-s") + 1] = "100"
        ended = self.lab.larkive(*command, wrap=words, environment=environment, seconds=SECONDS)
        judge = order.Order(self.lab.home, held_in(lines_of(self.lab.archive)[before:]),
                            self.lab.folder / "acks", self.out)
        with self.log.open(errors="replace") as lines:
            self.suite.say(name, judge.judge(lines, ended=ended.code != -signal.SIGKILL))
        self.suite.count("runs")
        for what, number in judge.counts.items():
            self.suite.count(what, number)
        return ended.code


def play(suite, attachments):
    """A life of an archive: made, filled, killed, recovered, changed, looked at, made again."""
    with lab.laboratory(lab.small_world()) as small:
        bench = Bench(suite, small)
        bench.run("init", "init")
        bench.run("a kill", "sync", wanted=-signal.SIGKILL, environment=lab.faults(small, "kill fdatasync 9 *open.jsonl"))
        bench.run("sync after a kill", "sync")
        small.sandbox.change(CHANGES)
        bench.run("second sync", "sync")
        bench.run("verify", "verify", "--read-data")
        bench.run("restore", "restore", "1", "2", "3", "--to", str(bench.out))
        (small.archive / "manifest.sqlite").unlink()
        bench.run("rebuild", "rebuild")
        bench.run("sync after a rebuild", "sync")
        suite.say("the small world", small.check(finished=True) + small.verify())
        for scenario in MENDING:
            mend(suite, bench, scenario)
    with lab.laboratory(lab.large_world(5, attachments)) as large:
        bench = Bench(suite, large)
        bench.run("init", "init")
        bench.run("first sync", "sync")
        bench.run("idle sync", "sync")
        suite.say("the large world", large.check(finished=True) + large.verify())


def mend(suite, bench, scenario):
    """A command that heals or decides something, and the run after it."""
    bench.lab.clear()
    bench.lab.sandbox.faults([])
    scenario.prepare(bench.lab)
    bench.run(scenario.name, *scenario.command)
    bench.run(f"sync after {scenario.name}", "sync")
    suite.say(scenario.name, bench.lab.check(finished=True) + bench.lab.verify())
    suite.count("commands that mend")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attachments", type=int, default=1500)
    asked = parser.parse_args()
    suite = lab.Suite("S5 order")
    play(suite, asked.attachments)
    suite.at_least("acknowledgements", asked.attachments)
    suite.at_least("commands that mend", 4)
    suite.at_least("writes of what is handed out", 3)
    suite.end()


if __name__ == "__main__":
    main()
