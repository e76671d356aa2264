#!/usr/bin/env python3
"""S3: the power fails at any moment of a run, on ext4 and on XFS.

An archive lies on a file system in an image. larkive runs, and at a random moment FS_IOC_SHUTDOWN
drops all that has not reached the disk. After the disk is mounted again the independent checker
looks at what is left: everything acknowledged before must be there. Then larkive recovers; that is
cut as well, up to three times in a row, before a last run is left alone and has to finish with what
an archive holds that never lost its power. For about half of the archives STATE lies elsewhere and
survives.

A cut is timed by the clock or by what is seen on the disk: half of the cuts fall into a run's
beginning or into its sealing, which are short.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import sqlite3
import sys
import time
from pathlib import Path

import disks
import lab
from budget import Budget
from onlooker import Onlooker

DEEPEST = 3
ATTACHMENTS = 150
LONGEST = {"clock": 0.5, "beginning": 0.12, "sealing": 0.03}  # seconds; a run takes about half a one


class DiskLab(lab.Lab):
    """A lab whose archive lies on a disk, and whose STATE lies there too or elsewhere."""

    def __init__(self, folder, sandbox, disk, elsewhere, spoil=None):
        super().__init__(folder, sandbox)
        self.disk, self.home = disk, Path(disk.root) / self.folder.name
        self.archive = self.home / "archive"
        self.state = self.folder / "state" if elsewhere else self.home / "state"
        self.spoilt = lab.faults(self, spoil) if spoil else {}
        self.configure(f"mail:\n  mailboxes: [{lab.MAILBOX}]\ntasks:\n  tasklists: [offers]\n")

    def start(self, *arguments, environment=None, **more):
        return super().start(*arguments, environment={**self.spoilt, **(environment or {})}, **more)

    def segments(self):
        return sum(1 for _ in (self.archive / "audit").glob("[0-9]*/*/*.gz"))


class Cycles:
    """Power cuts on one kind of file system."""

    def __init__(self, kind, cycles, asked, sandbox, folder):
        self.kind, self.cycles, self.folder = kind, cycles, Path(folder) / kind
        self.random = random.Random(f"{asked.seed}/{kind}")
        self.folder.mkdir()
        self.disk = disks.Disk(kind, self.folder)
        self.labs = [DiskLab(self.folder / name, sandbox, self.disk, name == "apart", asked.spoil)
                     for name in ("beside", "apart")]
        self.counts = dict.fromkeys(("cuts", "acks", "recoveries", "nested", "after the end", "in init", "verdicts compared"), 0)
        self.violations, self.wanted, self.budget = [], None, Budget(asked.seconds)

    def run(self, wanted):
        self.wanted = wanted
        self.prepare()
        while self.counts["cuts"] < self.cycles and len(self.violations) < 40 and not self.budget.is_over:
            self.one_archive(self.random.choice(self.labs))
        return self

    def prepare(self):
        """The disk as it is before a first run."""
        self.disk.make()
        self.disk.mount()
        for each in self.labs:
            each.home.mkdir(mode=0o700)
            each.expect(0, "init")
        shutil.copytree(self.labs[1].state, self.folder / "state.first")
        self.disk.unmount()
        self.disk.keep_as(self.folder / "first.img")

    def one_archive(self, here):
        """Some cuts, each in the recovery from the one before, and a run that finishes."""
        self.disk.become(self.folder / "first.img")
        shutil.rmtree(self.labs[1].state, ignore_errors=True)
        shutil.copytree(self.folder / "state.first", self.labs[1].state)
        depth = min(self.random.randint(1, DEEPEST), self.cycles - self.counts["cuts"])
        acks = set()
        try:
            if self.random.random() < 0.15:
                self.cut_init(here, f"{self.kind} {self.counts['cuts']}, in init")
            for level in range(depth):
                self.one_cut(here, acks, f"{self.kind} {self.counts['cuts']}, cut {level + 1}")
                self.counts["nested"] += level > 0
            self.recover(here, acks, f"{self.kind} {self.counts['cuts']}, recovered")
        finally:
            self.disk.unmount()

    def cut_init(self, here, where):
        """An archive that is being made when the power fails can be made after all."""
        self.disk.mount()
        for folder in (here.home, here.state):
            shutil.rmtree(folder, ignore_errors=True)
        here.home.mkdir(mode=0o700)
        self.disk.unmount()
        self.disk.mount()
        process, seconds = here.start("init"), self.random.random() * 0.08
        time.sleep(seconds)
        self.disk.cut()
        process.kill()
        process.wait()
        self.disk.unmount()
        self.disk.mount()
        here.home.mkdir(mode=0o700, exist_ok=True)
        again = here.larkive("init")
        if again.code != 0 and not (here.archive / "larkive.json").exists():
            self.say(f"{where}, {1000 * seconds:.0f} ms", [f"init again ends with {again.code}: {again.err}"])
        self.counts["in init"] += 1
        self.disk.unmount()

    def one_cut(self, here, acks, where):
        moment, looks = Moment(self.random), self.random.getrandbits(1)
        self.disk.mount()
        stream = here.open_acks()
        process = here.start("sync", acks=stream)
        onlooker = Onlooker(here.archive) if looks else None
        moment.wait(here, process)
        seen = onlooker.stop() if onlooker else set()
        ended = process.poll()
        seen |= set(here.acks())
        self.disk.cut()
        process.kill()
        process.wait()
        os.close(stream)
        self.disk.unmount()
        self.counts["cuts"] += 1
        self.counts["acks"] += len(seen)
        self.counts["after the end"] += ended is not None
        acks |= seen
        self.look(here, acks, f"{where}, {moment}", ended)

    def look(self, here, acks, where, ended):
        """What is left; after a run that had ended all but the tidying must have lasted."""
        self.disk.mount()
        found = here.check(finished=ended == 0, acks=sorted(acks))
        self.say(where, [line for line in found if not line.endswith("is left over")])
        if self.counts["cuts"] % lab.AGREE_EVERY == 0:
            self.counts["verdicts compared"] += 1
            self.say(where, here.agreement())
        if ended not in (None, 0):
            self.say(where, [f"the run ended with {ended}: {here.read('err')}"])
        self.disk.unmount()

    def recover(self, here, acks, where):
        self.disk.mount()
        ended = here.larkive("sync")
        if ended.code != 0:
            self.say(where, [f"sync ends with {ended.code}: {ended.err}"])
        self.say(where, here.check(finished=True, acks=sorted(acks)) + here.verify())
        try:
            self.say(where, here.compare(self.wanted))
        except sqlite3.Error as error:
            self.say(where, [f"I3 the manifest cannot be read: {error}"])
        self.counts["recoveries"] += 1
        self.disk.unmount()

    def say(self, where, lines):
        self.violations += [f"{where}: {line}" for line in lines]


class Moment:
    """When the power fails."""

    def __init__(self, dice):
        self.kind = dice.choice(["clock", "clock", "beginning", "sealing"])
        self.seconds = dice.random() * LONGEST[self.kind]

    def __str__(self):
        return f"{1000 * self.seconds:.1f} ms into {self.kind}"

    def wait(self, here, process):
        """Returns when it is time, or the run has ended."""
        if self.kind == "sealing":
            self.wait_for_segment(here, process)
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and (self.kind == "sealing" or process.poll() is None):
            time.sleep(0.0005)

    def wait_for_segment(self, here, process):
        """A segment is linked before its tiles, its note and STATE are durable."""
        before, end = here.segments(), time.monotonic() + 10
        while process.poll() is None and time.monotonic() < end and here.segments() == before:
            time.sleep(0.001)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ext4", type=int, default=100, metavar="CYCLES")
    parser.add_argument("--xfs", type=int, default=50, metavar="CYCLES")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spoil", metavar="PLAN", help="a plan for fault.c that makes larkive careless: must be seen")
    Budget.argument(parser)
    return parser.parse_args()


def main():
    asked = parse()
    missing = disks.what_is_missing()
    if missing:
        return print(f"S3 power cut: SKIPPED, not passed: {missing}")
    disks.in_own_namespace()
    suite = lab.Suite("S3 power cut")
    world = lab.large_world(asked.seed, ATTACHMENTS)
    with lab.laboratory(world, "s3") as plain, concurrent.futures.ThreadPoolExecutor(2) as pool:
        plain.expect(0, "init")
        plain.expect(0, "sync")
        kinds = [(kind, number) for kind, number in (("ext4", asked.ext4), ("xfs", asked.xfs)) if number]
        cycles = [Cycles(kind, number, asked, plain.sandbox, plain.folder) for kind, number in kinds]
        wanted = plain.final_state()
        for each in pool.map(lambda each: each.run(wanted), cycles):
            report(suite, each)
    cuts = sum(each.counts["cuts"] for each in cycles)
    suite.at_least("acks", 5 * cuts)
    suite.end()


def report(suite, cycles):
    suite.say("power cut", cycles.violations)
    suite.count(f"{cycles.kind} cuts", cycles.counts["cuts"])
    for what in ("acks", "recoveries", "nested", "after the end", "in init", "verdicts compared"):
        suite.count(what, cycles.counts[what])


if __name__ == "__main__":
    sys.exit(main())
