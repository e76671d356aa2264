#!/usr/bin/env python3
"""S1: kills larkive before every call that changes the disk, one run for each, and recovers.

Every command that writes is played on a tiny world; fault.c counts its calls over all threads and ends
the program before the Kth. The archive that is left must hold the invariants, the next run must finish
the work and reach the state of a run without faults, and the run after that must find nothing to do.
"""
import argparse
import collections
import random
import re
import signal

import lab

SEED = 4


class Scenario:
    """A command, what comes before it, and how it is finished after it was killed."""

    def __init__(self, name, command, prepare, wanted=(0,), changes=(), lacks=""):
        self.name, self.command, self.prepare = name, command, prepare
        self.wanted, self.changes, self.lacks = wanted, list(changes), lacks

    def set_up(self, bench):
        """Leaves the beginning in the snapshot `start`; returns the final state of a run without faults."""
        bench.clear()
        self.prepare(bench)
        bench.snapshot("start")
        if self.changes:
            bench.sandbox.change(self.changes)
        for command in (self.command, ["sync"]):
            bench.expect(0, *with_folder(bench, command))
        return bench.final_state()


def nothing(bench):
    pass


def after_init(bench):
    bench.expect(0, "init")


def after_kill(bench):
    """A first sync that died with records in its journal and rows that the manifest lacks."""
    bench.expect(0, "init")
    ended = bench.larkive("sync", environment=lab.faults(bench, "kill fdatasync 9 *open.jsonl"))
    assert ended.code == -signal.SIGKILL, "the journal was not reached"


def after_sync(bench):
    bench.expect(0, "init")
    bench.expect(0, "sync")


def without_manifest(bench):
    after_sync(bench)
    (bench.archive / "manifest.sqlite").unlink()


def with_folder(bench, command):
    """The words of a command, with an empty folder where it wants one."""
    folder = bench.folder / "out-files"
    lab.remove(folder)
    return [word.replace("{out}", str(folder)) for word in command]


CHANGES = [
    {"add_message": {"mailbox": lab.MAILBOX, "message": {
        "id": "m9", "subject": "later", "folder": "INBOX",
        "attachments": [{"id": "a9", "name": "9.pdf", "size": 999, "content": 9}]}}},
    {"move_message": {"mailbox": lab.MAILBOX, "message": "m2", "folder": "SENT"}},
    {"replace_task_attachment": {"guid": "f2", "file_token": "other", "name": "2.docx", "size": 512, "content": 10}},
    {"delete_task_attachment": "f1"},
]
# What a rebuild that was killed may lack: it is the log that counts.
NO_MANIFEST = "I3 manifest.sqlite is missing or empty"
# What changes the world comes last: the worlds before must stay as they are.
SCENARIOS = [
    Scenario("first sync", ["sync"], after_init),
    Scenario("sync after a kill", ["sync"], after_kill),
    Scenario("init", ["init"], nothing, wanted=(0, 2)),
    Scenario("rebuild", ["rebuild"], after_sync, lacks=NO_MANIFEST),
    Scenario("rebuild without a manifest", ["rebuild"], without_manifest, lacks=NO_MANIFEST),
    Scenario("verify", ["verify", "--read-data"], after_sync),
    Scenario("restore", ["restore", "1", "2", "3", "--to", "{out}"], after_sync),
    Scenario("second sync", ["sync"], after_sync, changes=CHANGES),
]
CHANGING = {"create", "write", "fsync", "fdatasync", "syncfs", "link", "rename", "unlink", "mkdir", "truncate",
            "chmod", "flock"}


def kind_of(call):
    """A call and its path without the names that differ from run to run."""
    name, path = call
    path = re.sub(r"[0-9a-f]{64}", "DIGEST", path.split("/lab/", 1)[-1])
    return name, re.sub(r"/[0-9a-f]{2}(?=/|$)|\d+|[0-9a-f]{16}", "#", path)


def chosen(calls, edge, budget):
    """Which K to try: of each kind of call the first and last ones, and others by lot up to the budget."""
    by_kind = collections.defaultdict(list)
    for k, call in enumerate(calls, 1):
        by_kind[kind_of(call)].append(k)
    edges = {k for ks in by_kind.values() for k in ks[:edge] + ks[-edge:]}
    others = sorted(set(range(1, len(calls) + 1)) - edges)
    more = max(0, budget - len(edges)) if budget else len(others)
    return sorted(edges | set(random.Random(SEED).sample(others, min(more, len(others)))))


class Killer:
    """Plays the kill points of one share in a lab of its own."""

    def __init__(self, suite, bench, scenario, wanted):
        self.suite, self.bench, self.scenario, self.wanted = suite, bench, scenario, wanted
        self.log = bench.folder / "calls"

    def calls(self):
        """The calls of a run without faults that change the disk."""
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        self.run(lab.faults(self.bench, log=self.log))
        return [call[:2] for call in lab.counted(self.log) if call[0] in CHANGING]

    def run(self, environment=None):
        return self.bench.larkive(*with_folder(self.bench, self.scenario.command), environment=environment)

    def play(self, k):
        """Kills at the Kth call, and looks at what follows."""
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        ended = self.run(lab.faults(self.bench, f"kill change {k} *", self.log))
        if ended.code != -signal.SIGKILL:
            self.suite.count("runs that ended before")
            if ended.code != 0:
                self.say(k, [f"exit {ended.code}: {ended.err}"])
            return
        self.suite.count("kills")
        self.suite.count("acknowledgements", len(ended.acks))
        where = " ".join(kind_of(lab.counted(self.log)[-1][:2]))
        if (self.bench.archive / "larkive.json").exists():
            bad = [line for line in self.bench.check(acks=ended.acks) if line != self.scenario.lacks]
            self.say(f"{k} ({where}), killed", bad)
        self.recover(f"{k} ({where})", ended.acks)

    def recover(self, where, acks):
        ended = self.run()
        if ended.code not in self.scenario.wanted:
            return self.say(f"{where}, recovery", [f"exit {ended.code}: {ended.err.strip()}"])
        if self.scenario.command[0] != "sync":
            ended = self.bench.larkive("sync")
            if ended.code != 0:
                return self.say(f"{where}, sync", [f"exit {ended.code}: {ended.err.strip()}"])
        self.say(f"{where}, recovered", self.bench.check(finished=True, acks=acks) + self.bench.verify()
                 + self.bench.compare(self.wanted))
        before = self.recoveries()
        again = self.bench.larkive("sync")
        lines = [] if again.code == 0 else [f"I10 the run after: exit {again.code}: {again.err.strip()}"]
        if self.recoveries() != before or again.acks:
            lines.append("I10 a second recovery still found something to do")
        self.say(f"{where}, run after", lines + self.bench.check(finished=True) + self.bench.compare(self.wanted))

    def recoveries(self):
        records = lab.check.auditlog.read(self.bench.archive / "audit").records
        return sum(fields["type"] == "run.recovered" for fields, _ in records)

    def say(self, where, lines):
        self.suite.say(f"{self.scenario.name}, call {where}", lines)


def play_share(share):
    """All scenarios in one lab, each with the points that fall to this share."""
    place, jobs, edge, budget, only = share
    suite = lab.Suite("S1")
    with lab.laboratory(lab.small_world()) as bench:
        for scenario in SCENARIOS:
            if only and scenario.name != only:
                continue
            killer = Killer(suite, bench, scenario, scenario.set_up(bench))
            calls = killer.calls()
            points = chosen(calls, edge, budget)
            if place == 0:
                print(f"  {scenario.name}: {len(points)} of {len(calls)} calls", flush=True)
            for k in points[place::jobs]:
                killer.play(k)
    return suite


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edge", type=int, default=1, help="first and last calls of each kind")
    parser.add_argument("--budget", type=int, default=60, help="calls for each command; 0 is all of them")
    parser.add_argument("--only", help="one scenario: " + ", ".join(s.name for s in SCENARIOS))
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    suite = lab.Suite("S1 kill points")
    shares = [(place, asked.jobs, asked.edge, asked.budget, asked.only) for place in range(asked.jobs)]
    for part in lab.in_parallel(asked.jobs, play_share, shares):
        suite.add(part)
    if not asked.only:
        suite.at_least("kills", 250)
        suite.at_least("acknowledgements", 100)
    suite.end()


if __name__ == "__main__":
    main()
