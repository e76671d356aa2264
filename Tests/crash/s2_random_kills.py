#!/usr/bin/env python3
"""S2: kills a run over some 200 attachments at random times, again and again, until one gets through.

Each restart begins on what the one before left. After every kill the invariants hold for everything
that was acknowledged so far; the archive at the end is that of a run without faults, and what had to
be fetched twice is bounded by what was under way at the kills.
"""
import argparse
import random
import signal
import time

import lab

SEED = 2
ATTACHMENTS = 200
# What may be under way when a run dies: a group that is being committed, and all downloads.
UNDER_WAY = 64 + 24

# By so much longer a run may get before the next kill when it was killed before it acknowledged anything.
SLOWER = 1.04



class Chain:
    """One archive from its beginning to a complete run."""

    def __init__(self, suite, bench, dice, length, wanted):
        self.suite, self.bench, self.dice, self.length, self.wanted = suite, bench, dice, length, wanted
        self.acks, self.kills = [], 0

    def run(self, most):
        """Kills up to so many runs, then lets one end; returns how many were killed."""
        self.bench.restore("start")
        self.bench.sandbox.ask("/_sandbox/counters/reset", {})
        while self.kills < most:
            after = self.dice.uniform(0.02, self.length)
            ended = self.bench.larkive("sync", kill_after=after)
            self.acks += ended.acks
            if ended.code == 0:
                break
            if ended.code != -signal.SIGKILL:
                self.say([f"exit {ended.code}: {ended.err.strip()}"])
                break
            self.kills += 1
            self.suite.count("kills")
            self.suite.count("kills after an acknowledgement", bool(ended.acks))
            # The machine may be slower now than when the length was measured.
            self.length *= 1 if ended.acks else SLOWER
            self.say(self.bench.check(acks=self.acks))
            if self.kills % lab.AGREE_EVERY == 0:
                self.suite.count("verdicts compared")
                self.say(self.bench.agreement())
        self.finish()
        return self.kills

    def finish(self):
        ended = self.bench.larkive("sync")
        if ended.code != 0:
            return self.say([f"at the end: exit {ended.code}: {ended.err.strip()}"])
        self.acks += ended.acks
        self.suite.count("chains")
        self.suite.count("acknowledgements", len(self.acks))
        self.say(self.bench.check(finished=True, acks=self.acks) + self.bench.verify()
                 + self.bench.compare(self.wanted))
        fetched = self.bench.sandbox.counters()["calls"].get("link", 0)
        if fetched > ATTACHMENTS + self.kills * UNDER_WAY:
            self.say([f"{fetched} downloads for {ATTACHMENTS} attachments and {self.kills} kills"])
        self.suite.count("downloads", fetched)

    def say(self, lines):
        self.suite.say(f"after {self.kills} kills", lines)


def play_share(share):
    """So many kills, in a lab of its own."""
    seed, kills = share
    suite, dice = lab.Suite("S2"), random.Random(seed)
    with lab.laboratory(lab.large_world(seed, ATTACHMENTS)) as bench:
        bench.expect(0, "init")
        bench.snapshot("start")
        began = time.monotonic()
        bench.expect(0, "sync")
        length = time.monotonic() - began
        wanted = bench.final_state()
        while kills > 0:
            # Some chains have long runs, some short ones, so that kills meet every part of them.
            chain = Chain(suite, bench, dice, length * dice.choice([0.15, 0.3, 0.6]), wanted)
            kills -= max(1, chain.run(min(kills, 25)))
    return suite


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    suite = lab.Suite("S2 random kills")
    shares = [(asked.seed + place, asked.kills // asked.jobs) for place in range(asked.jobs)]
    for part in lab.in_parallel(asked.jobs, play_share, shares):
        suite.add(part)
    suite.at_least("kills", asked.kills * 9 // 10)
    suite.at_least("kills after an acknowledgement", asked.kills // 5)
    suite.at_least("acknowledgements", asked.kills)
    suite.at_least("verdicts compared", asked.kills // 8)
    suite.end()


if __name__ == "__main__":
    main()
