#!/usr/bin/env python3
"""S7: the disk itself fails, beneath the file system: nothing is pretended to larkive.

A run writes to a disk in user space. At some moment flushes fail, or writes to a part of the disk,
or the file system gives up and is read-only, or is gone. larkive has to end by itself, saying what
is wrong, with the exit code for it; it may not sync a file again whose sync has failed. After the
disk is well the archive is intact and the next run ends where one without faults does.

A disk that cannot read an object is not a damaged object: `verify` says that it cannot be read, and
moves nothing.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import time

import blocklog
import disks
import lab
from budget import Budget
from s3_power_cut import DiskLab

ATTACHMENTS = 60
LONGEST = 0.5  # seconds until the disk fails
FAULTS = ["flush", "every write", "a region", "read-only", "gone", "unreadable"]
CODES = {13}  # not writable; an object alone may fail (3) while the rest can be written
SYNC = re.compile(r"f(?:data)?sync\(\d+<(.+?)>\)\s+= (-?\d+)")


class Failing:
    """Runs on a disk that fails, one after the other."""

    def __init__(self, suite, asked, plain):
        self.suite, self.asked, self.plain = suite, asked, plain
        self.random = random.Random(asked.seed)
        self.wanted = plain.final_state()

    def case(self, number):
        kind = self.random.choice(["ext4", "xfs"])
        fault = FAULTS[number % len(FAULTS)]
        where = f"{number}, {kind}, {fault}"
        folder = self.plain.folder / f"case-{number}"
        folder.mkdir()
        disk = disks.Disk(kind, folder)
        disk.make()
        with blocklog.LoggedDisk(disk, folder) as served:
            disk.mount()
            here = DiskLab(folder / "lab", self.plain.sandbox, disk, False)
            here.home.mkdir(mode=0o700)
            here.expect(0, "init")
            judge = self.unreadable if fault == "unreadable" else self.failing_run
            judge(here, served, fault, where)
            self.suite.say(f"{where}, afterwards", self.afterwards(here))
        self.suite.count("cases")
        subprocess.run(["rm", "-rf", folder], check=True)

    # a run whose disk fails

    def failing_run(self, here, served, fault, where):
        delay = self.random.random() * LONGEST
        trace = here.folder / "trace"
        words = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", str(trace)]
        acks = here.open_acks()
        process = here.start("sync", acks=acks, wrap=words)
        time.sleep(delay)
        self.break_disk(here, served, fault)
        try:
            code = process.wait(60)
        except subprocess.TimeoutExpired:
            code = "none in a minute"
            process.kill()
            process.wait()
        os.close(acks)
        self.suite.count("acks", len(here.acks()))
        self.suite.count("runs that failed", code != 0)
        complaint = here.read("err").strip()
        self.suite.say(f"{where} after {1000 * delay:.0f} ms", judged(code, complaint) + retried(trace))
        if self.asked.verbose:
            print(where, f"after {1000 * delay:.0f} ms: exit {code}: {complaint}")
        served.poison()
        here.disk.unmount()
        here.disk.mount()
        self.suite.say(where, here.check(acks=here.acks()))

    def break_disk(self, here, served, fault):
        size = os.path.getsize(served.image)
        start = self.random.randrange(size)
        if fault == "flush":
            served.poison(flush=True)
        elif fault == "every write":
            served.poison(write=[0, size], flush=True)
        elif fault == "a region":
            served.poison(write=[start, start + size // 4])
        elif fault == "read-only" and here.disk.kind == "ext4":
            disks.run("mount", "-o", "remount,abort", here.disk.root, check=False)
        else:
            here.disk.cut()

    # a disk that cannot read

    def unreadable(self, here, served, _fault, where):
        here.expect(0, "sync")
        victim = self.random.choice([path for path in here.archive.glob("objects/*/*") if path.stat().st_size > 500])
        start = place_on_disk(victim)
        here.disk.unmount()
        served.poison(read=[start, start + 512])  # before anything is read ahead
        here.disk.mount()
        ended = here.larkive("verify", "--read-data", "--json")
        found = [(f["code"], f["subject"]) for f in ended.summary.get("findings", [])]
        others = [code for code, _ in found if code != "E006"]  # a page of the disk may hold several
        if others or not any(victim.name in subject for _, subject in found) or ended.code != 7:
            self.suite.say(where, [f"verify ends with {ended.code} and finds {found} {ended.err}"])
        served.poison()
        if list((here.archive / "quarantine").iterdir()):
            self.suite.say(where, ["something was moved to quarantine/"])
        here.disk.unmount()
        here.disk.mount()
        self.suite.count("unreadable objects")

    def afterwards(self, here):
        ended = here.larkive("sync")
        wrong = [] if ended.code == 0 else [f"sync ends with {ended.code}: {ended.err}"]
        return wrong + here.check(finished=True, acks=here.acks()) + here.verify() + here.compare(self.wanted)


def judged(code, complaint):
    if code == 0:
        return []
    if code not in CODES:
        return [f"exit {code}: {complaint}"]
    return [] if complaint else [f"exit {code} without a word"]


def retried(trace):
    """Files that were synced again after a sync of them had failed; SQLite's own are its business."""
    failed, again = set(), set()
    for path, result in SYNC.findall(trace.read_text(errors="replace")):
        if "manifest.sqlite" not in path and "walk.sqlite" not in path:
            again |= {path} & failed
            failed |= {path} if result.startswith("-") else set()
    return [f"{path} was synced again after its sync had failed" for path in sorted(again)]


def place_on_disk(path):
    """Where the first block of a file lies."""
    text = subprocess.run(["filefrag", "-b512", "-v", path], stdout=subprocess.PIPE, check=True).stdout.decode()
    return 512 * int(re.search(r"^\s*0:\s+0\.\.\s+\d+:\s+(\d+)\.\.", text, re.M)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    Budget.argument(parser)
    asked = parser.parse_args()
    missing = disks.what_is_missing() or disks.no_fuse()
    if missing:
        return print(f"S7 real EIO: SKIPPED, not passed: {missing}")
    disks.in_own_namespace()
    suite = lab.Suite("S7 real EIO")
    with lab.laboratory(lab.large_world(asked.seed, ATTACHMENTS), "s7") as plain:
        plain.expect(0, "init")
        plain.expect(0, "sync")
        failing = Failing(suite, asked, plain)
        budget = Budget(asked.seconds)
        for number in range(asked.cases):
            if not budget.is_over:
                failing.case(number)
    suite.at_least("runs that failed", suite.counts["cases"] // 4)
    suite.at_least("acks", suite.counts["cases"])
    suite.end()


if __name__ == "__main__":
    sys.exit(main())
