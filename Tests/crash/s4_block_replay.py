#!/usr/bin/env python3
"""S4: a run's writes and flushes reach a disk in user space; crash states are made of them.

A state is everything up to the last flush before some point, and of the 4 KiB blocks written since
then a random part, in any combination: what a disk may have kept when its power failed there. Each
state is mounted and judged by the independent checker, with the acknowledgements that came before
the point; in a share of them larkive recovers, and has to end with what a run without a crash has.
"""
import argparse
import concurrent.futures
import os
import random
import re
import sys

import blocklog
import disks
import lab
from budget import Budget
from s3_power_cut import DiskLab

ATTACHMENTS = 70
BLOCK = 4096


class Replay:
    """Crash states of one recorded history on one kind of file system."""

    def __init__(self, kind, asked, sandbox, folder):
        self.kind, self.asked, self.folder = kind, asked, folder / kind
        self.states = getattr(asked, kind)
        self.random = random.Random(f"{asked.seed}/{kind}")
        self.folder.mkdir()
        self.disk = disks.Disk(kind, self.folder)
        self.lab = DiskLab(self.folder / "lab", sandbox, self.disk, False, asked.spoil)
        self.counts, self.violations, self.wanted, self.budget = {}, [], None, Budget(asked.seconds)

    def run(self, wanted):
        self.wanted = wanted
        entries = self.record()
        self.count("writes", sum(kind == blocklog.WRITE for kind, _, _ in entries))
        self.count("flushes", sum(kind == blocklog.FLUSH for kind, _, _ in entries))
        self.count("acks", len(acks_before(entries, len(entries))))
        self.replay(entries)
        return self

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def say(self, where, lines):
        self.violations += [f"{self.kind} {where}: {line}" for line in lines]

    # recording

    def record(self):
        """Runs that fill an archive and then find nothing new, on a disk that remembers."""
        self.disk.make()
        self.disk.mount()
        self.lab.home.mkdir(mode=0o700)
        self.lab.expect(0, "init")
        self.disk.unmount()
        self.disk.keep_as(self.folder / "base.img")
        with blocklog.LoggedDisk(self.disk, self.folder) as served:
            self.disk.mount()
            for _ in range(2):
                self.sync(served)
            self.disk.unmount()
            return served.entries()

    def sync(self, served):
        """A run whose acknowledgements go where its writes go."""
        acks = served.open_acks()
        process = self.lab.start("sync", acks=acks)
        os.close(acks)
        code = process.wait(120)
        if code != 0:
            raise RuntimeError(f"sync ends with {code}: {self.lab.read('err')}")

    # replaying

    def replay(self, entries):
        points = sorted(self.random.randrange(len(entries)) for _ in range(self.states))
        current, done = self.folder / "current.img", 0
        disks.run("cp", "--sparse=always", self.folder / "base.img", current)
        flushes = [place for place, entry in enumerate(entries) if entry[0] == blocklog.FLUSH]
        for point in points:
            flushed = max((place for place in flushes if place <= point), default=0)
            put(current, entries[done:flushed])
            done = max(done, flushed)
            self.disk.become(current)
            kept = put(self.disk.image, entries[flushed:point + 1], self.random)
            self.state(entries, point, f"point {point} of {len(entries)}, {kept} blocks after the flush")
            if len(self.violations) > 60 or self.budget.is_over:
                return

    def state(self, entries, point, where):
        self.count("states")
        try:
            self.disk.mount()
        except OSError as error:
            self.count("mount failures")
            return self.say(where, [f"cannot be mounted: {error}"])
        acks = sorted(acks_before(entries, point + 1))
        try:
            self.say(where, self.lab.check(acks=acks))
            if self.random.random() < self.asked.recover:
                self.recover(acks, where)
        finally:
            self.disk.unmount()

    def recover(self, acks, where):
        ended = self.lab.larkive("sync")
        found = self.lab.check(finished=True, acks=acks) + self.lab.verify() + self.lab.compare(self.wanted)
        if ended.code != 0:
            found.append(f"sync ends with {ended.code}: {ended.err}")
        self.say(f"{where}, recovered", found)
        self.count("recoveries")


def put(image, entries, dice=None):
    """Writes to an image; with dice, some of the writes as a whole, some in parts, some not at all."""
    kept, file = 0, os.open(image, os.O_RDWR)
    try:
        for kind, offset, data in entries:
            share = dice.choice([0, 0.5, 1]) if dice else 1
            for start in range(0, len(data) if kind == blocklog.WRITE else 0, BLOCK):
                if share == 1 or (share and dice.random() < share):
                    kept += os.pwrite(file, data[start:start + BLOCK], offset + start) // BLOCK
    finally:
        os.close(file)
    return kept


def acks_before(entries, point):
    text = b"".join(data for kind, _, data in entries[:point] if kind == blocklog.ACKS)
    return set(re.findall(r"^([0-9a-f]{64})\n", text.decode(), re.M))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ext4", type=int, default=130, metavar="STATES")
    parser.add_argument("--xfs", type=int, default=70, metavar="STATES")
    parser.add_argument("--recover", type=float, default=0.15, help="share of the states that larkive recovers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spoil", metavar="PLAN", help="a plan for fault.c that makes larkive careless: must be seen")
    Budget.argument(parser)
    return parser.parse_args()


def main():
    asked = parse()
    missing = disks.what_is_missing() or disks.no_fuse()
    if missing:
        return print(f"S4 block replay: SKIPPED, not passed: {missing}")
    disks.in_own_namespace()
    suite = lab.Suite("S4 block replay")
    with lab.laboratory(lab.large_world(asked.seed, ATTACHMENTS), "s4") as plain, \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        plain.expect(0, "init")
        plain.expect(0, "sync")
        plain.expect(0, "sync")
        replays = [Replay(kind, asked, plain.sandbox, plain.folder)
                   for kind in ("ext4", "xfs") if getattr(asked, kind)]
        wanted = plain.final_state()
        for each in pool.map(lambda each: each.run(wanted), replays):
            suite.say("crash state", each.violations)
            for what, number in each.counts.items():
                suite.count(f"{each.kind} {what}" if what == "states" else what, number)
    suite.at_least("acks", ATTACHMENTS)
    suite.at_least("flushes", 100)
    suite.end()


if __name__ == "__main__":
    sys.exit(main())
