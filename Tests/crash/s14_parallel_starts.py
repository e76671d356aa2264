#!/usr/bin/env python3
"""S14: many syncs start at once: one writes, the others are told who does, and all of them are recorded.

The download of one file is held up, so that the run that won is still there when the others come.
Readers work beside it; a rebuild is refused like a second sync.
"""
import argparse
import re
import time

import auditlog
import lab

LOCKED = 11
REFUSAL = re.compile(r"host \S+, pid \d+, since \d{4}-\d\d-\d\dT")
# A refusal takes a tenth of a second; a loaded machine may make that much longer.
SLOWEST = 10.0
HELD_SECONDS = 6


class Start:
    """One of many larkives, with files of its own for what it says."""

    def __init__(self, bench, number, *command):
        self.began = time.monotonic()
        folder = bench.folder / f"start-{number}"
        folder.mkdir(exist_ok=True)
        self.err = folder / "err"
        self.seconds, self.process = None, bench.start(*command, folder=folder)

    def has_ended(self):
        if self.seconds is None and self.process.poll() is not None:
            self.seconds = time.monotonic() - self.began
        return self.seconds is not None


def wait_for(starts, seconds):
    """Waits for all of them; returns those that do not end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not all([start.has_ended() for start in starts]):
        time.sleep(0.01)
    hanging = [start for start in starts if not start.has_ended()]
    for start in hanging:
        start.process.kill()
        start.process.wait()
    return hanging


def refusals(bench):
    records = auditlog.read(bench.archive / "audit").records
    return sum(fields["type"] == "run.refused" for fields, _ in records)


class Round:
    """`count` starts on a fresh archive; a held-up download lets nobody but the first one in."""

    def __init__(self, suite, bench, wanted, is_held):
        self.suite, self.bench, self.wanted, self.is_held = suite, bench, wanted, is_held
        self.lines = []

    def play(self, count):
        self.bench.restore("start")
        stall = {"endpoint": "link", "guid": "f2", "stall": {"seconds": HELD_SECONDS}}
        self.bench.sandbox.faults([stall] if self.is_held else [])
        winner = [self.first()] if self.is_held else []
        starts = winner + [Start(self.bench, number, "sync") for number in range(len(winner), count)]
        if self.is_held:
            self.look_on()
        if wait_for(starts, 90):
            self.lines.append("some starts hang")
        losers = [start for start in starts if start.process.returncode == LOCKED]
        self.judge(starts, losers)
        self.finish(len(losers))

    def first(self):
        """A sync that has the archive: its downloads have begun."""
        self.bench.sandbox.ask("/_sandbox/counters/reset", {})
        start = Start(self.bench, 0, "sync")
        while not self.bench.sandbox.counters()["calls"].get("link") and not start.has_ended():
            time.sleep(0.01)
        return start

    def look_on(self):
        """Readers work beside the run; what would write beside it is refused."""
        out = self.bench.folder / "handed-out"
        lab.remove(out)
        for code, *command in ([0, "find"], [0, "status"], [0, "verify"], [LOCKED, "rebuild"],
                               [0, "manifest", "dump"], [0, "audit", "verify"]):
            ended = self.bench.larkive(*command)
            self.suite.count("looks beside a run")
            if ended.code != code:
                self.lines.append(f"{' '.join(command)} beside a run: exit {ended.code}, not {code}: {ended.err.strip()}")

    def judge(self, starts, losers):
        codes = [start.process.returncode for start in starts]
        self.suite.count("starts", len(starts))
        self.suite.count("refused", len(losers))
        self.suite.count("complete", codes.count(0))
        strange = [code for code in codes if code not in (0, LOCKED)]
        if strange or not codes.count(0) or (self.is_held and codes.count(0) != 1):
            self.lines.append(f"{codes.count(0)} starts were complete, others ended with {strange}")
        for start in losers:
            said = start.err.read_text()
            if not REFUSAL.search(said):
                self.lines.append(f"a refusal names nobody: {said}")
            if start.seconds > SLOWEST:
                self.lines.append(f"a refusal took {start.seconds:.1f} s")
            if start.err.with_name("out").read_text():
                self.lines.append("a refused run has printed a result")
        self.slowest = max((start.seconds for start in losers), default=0)

    def finish(self, refused):
        """Every refusal is in the log once the next run has ended, and the archive is that of one run."""
        self.bench.sandbox.faults([])
        ended = self.bench.larkive("sync")
        if ended.code != 0:
            self.lines.append(f"the run after: exit {ended.code}: {ended.err.strip()}")
        # `rebuild` is no run: its refusal is not recorded.
        found = refusals(self.bench)
        if found != refused:
            self.lines.append(f"{refused} starts were refused, {found} refusals are in the log")
        self.suite.say("round", self.lines + self.bench.check(finished=True) + self.bench.verify()
                       + self.bench.compare(self.wanted))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--starts", type=int, default=50)
    asked = parser.parse_args()
    suite = lab.Suite("S14 parallel starts")
    with lab.laboratory(lab.small_world()) as bench:
        bench.expect(0, "init")
        bench.snapshot("start")
        bench.expect(0, "sync")
        wanted, slowest = bench.final_state(), 0
        for number in range(asked.rounds):
            one = Round(suite, bench, wanted, is_held=number % 2 == 0)
            one.play(asked.starts)
            slowest = max(slowest, one.slowest)
        print(f"  the slowest refusal took {slowest:.2f} s, {asked.starts} starts at once")
    suite.at_least("refused", asked.starts * 49 // 50)
    suite.at_least("looks beside a run", 6)
    suite.end()


if __name__ == "__main__":
    main()
