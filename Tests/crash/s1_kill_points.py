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
import time

import lab
from budget import Budget
from scenarios import SCENARIOS, with_folder

SEED = 4
CHANGING = {"create", "write", "fsync", "fdatasync", "syncfs", "link", "rename", "unlink", "mkdir", "truncate",
            "chmod", "flock"}
# A kill right after these leaves what a kill right before leaves: only a power cut tells them apart.
UNSEEN = {"fsync", "fdatasync", "syncfs", "flock"}


def kind_of(call):
    """A call and its path without the names that differ from run to run."""
    name, path = call
    path = re.sub(r"[0-9a-f]{64}", "DIGEST", path.split("/lab/", 1)[-1])
    return name, re.sub(r"/[0-9a-f]{2}(?=/|$)|\d+|[0-9a-f]{16}", "#", path)


def states(calls):
    """For each K the first call before which a kill leaves the same; what follows a commit stands for itself."""
    same = {}
    for k in range(1, len(calls) + 1):
        name, path = calls[k - 2] if k > 1 else ("", "")
        same[k] = same[k - 1] if name in UNSEEN and "/manifest.sqlite" not in path else k
    return same


def chosen(calls, edge, budget, seen):
    """Which K to try: all of them without a budget.

    With one, of each kind of call the first and last ones, or one by lot of kinds that commands before had
    (each ends with the same sealing), and others by lot up to the budget; each state once.
    """
    if not budget:
        return list(range(1, len(calls) + 1))
    by_kind, same, dice = collections.defaultdict(list), states(calls), random.Random(f"{SEED}/{len(seen)}")
    for k, call in enumerate(calls, 1):
        by_kind[kind_of(call)].append(k)
    edges = {same[k] for kind, ks in by_kind.items()
             for k in ([dice.choice(ks)] if kind in seen else ks[:edge] + ks[-edge:])}
    seen.update(by_kind)
    others = sorted(set(same.values()) - edges)
    return sorted(edges | set(dice.sample(others, min(max(0, budget - len(edges)), len(others)))))


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
            bad = self.bench.check(acks=ended.acks)
            self.say(f"{k} ({where}), killed", [line for line in bad if not self.scenario.excuses(line)])
            if self.scenario.is_made and self.suite.counts["kills"] % lab.AGREE_EVERY == 0:
                self.suite.count("verdicts compared")
                self.say(f"{k} ({where}), killed", self.bench.agreement())
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
    place, asked = share
    suite, began, seen = lab.Suite("S1"), time.monotonic(), set()
    played = [scenario for scenario in SCENARIOS if asked.only in (None, scenario.name)]
    with lab.laboratory(lab.small_world()) as bench:
        for number, scenario in enumerate(played):
            left = asked.seconds and max(1, asked.seconds - (time.monotonic() - began)) / (len(played) - number)
            play_points(suite, bench, scenario, place, asked, Budget(left), seen)
    return suite


def play_points(suite, bench, scenario, place, asked, budget, seen):
    """One scenario; with a time of its own its points come in no order, so that what is left out is left to chance."""
    killer = Killer(suite, bench, scenario, scenario.set_up(bench))
    calls = killer.calls()
    points = chosen(calls, asked.edge, asked.budget, seen)
    if place == 0:
        print(f"  {scenario.name}: {len(points)} of {len(calls)} calls", flush=True)
    if asked.seconds:
        random.Random(SEED).shuffle(points)
    for k in points[place::asked.jobs]:
        if budget.is_over:
            break
        killer.play(k)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edge", type=int, default=1, help="first and last calls of each kind")
    parser.add_argument("--budget", type=int, default=60, help="calls for each command; 0 is all of them")
    parser.add_argument("--only", help="one scenario: " + ", ".join(s.name for s in SCENARIOS))
    parser.add_argument("--jobs", type=int, default=3)
    Budget.argument(parser)
    asked = parser.parse_args()
    suite = lab.Suite("S1 kill points")
    for part in lab.in_parallel(asked.jobs, play_share, [(place, asked) for place in range(asked.jobs)]):
        suite.add(part)
    if not asked.only:
        part = 8 if asked.seconds else 1
        suite.at_least("kills", 400 // part)
        suite.at_least("acknowledgements", 100 // part)
        suite.at_least("verdicts compared", 50 // part)
    suite.end()


if __name__ == "__main__":
    main()
