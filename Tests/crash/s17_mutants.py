#!/usr/bin/env python3
"""S17: larkive made careless from outside must be caught; a harness that sees nothing proves nothing.

Nothing is built anew: fault.c skips the call that a careless writer would have forgotten. Each mutant
runs the commands that it concerns, and the order of calls (S5), the checker, or a second writer beside
it must show what is wrong. Without a mutant the same commands must show nothing.
"""
import argparse
import collections
import random
import subprocess

import lab
import order
import s14_parallel_starts
import s6_errno_sweep
from s5_order import Bench

SYNC = [["sync"]]
RESTORE = [["sync"], ["restore", "1", "2", "--to", "{out}"]]
Mutant = collections.namedtuple("Mutant", "name plan commands")
ALL_SYNCS = "fsync,fdatasync,syncfs"
MUTANTS = [
    Mutant("bytes of objects are not synced", f"skip {ALL_SYNCS} 1+ */staging*", SYNC),
    Mutant("names of objects are not synced", f"skip {ALL_SYNCS} 1+ */objects/*", SYNC),
    Mutant("records are not synced", f"skip {ALL_SYNCS} 1+ */open.jsonl", SYNC),
    Mutant("rows are not synced", f"skip {ALL_SYNCS} 1+ */manifest.sqlite", SYNC),
    Mutant("STATE is not synced", f"skip {ALL_SYNCS} 1+ */state", SYNC),
    Mutant("the lock is not taken", "skip flock 1+ *", []),
    Mutant("SQLite's journal is not synced", f"skip {ALL_SYNCS} 1+ */manifest.sqlite-journal", SYNC),
    Mutant("names of segments are not synced", f"skip {ALL_SYNCS} 1+ */audit/2*/??", SYNC),
    Mutant("bytes of segments are not synced", f"skip {ALL_SYNCS} 1+ */audit/2*#*", SYNC),
    Mutant("the folder of the journal is not synced", f"skip {ALL_SYNCS} 1+ */audit", SYNC),
    Mutant("bytes of tiles are not synced", f"skip {ALL_SYNCS} 1+ */tile/*.new", SYNC),
    Mutant("names of tiles are not synced", f"skip {ALL_SYNCS} 1+ */tile/*/???.p", SYNC),
    Mutant("the note in STATE is not synced", f"skip {ALL_SYNCS} 1+ */seen.new", SYNC),
    Mutant("names of notes are not synced", f"skip {ALL_SYNCS} 1+ */checkpoints/*", SYNC),
    Mutant("the newest note is not synced", f"skip {ALL_SYNCS} 1+ */tlog", SYNC),
    Mutant("larkive.json is not synced", f"skip {ALL_SYNCS} 1+ */larkive.json.new", SYNC),
    Mutant("events are not synced", f"skip {ALL_SYNCS} 1+ */inbox*", RESTORE),
    Mutant("nothing is synced at all", f"skip {ALL_SYNCS} 1+ *", SYNC),
    Mutant("an object gets no name", "skip link 1+ */objects/*", SYNC),
    Mutant("a record is not written", "skip write 5 */open.jsonl", SYNC),
    Mutant("rows are not written", "skip write 4+ */manifest.sqlite", SYNC),
    Mutant("the journal is not emptied", "skip rename 1+ */open.jsonl", SYNC),
    Mutant("the note in STATE is not kept", "skip rename 1+ */seen", SYNC),
    Mutant("bytes of an object are not written", "skip write 1 */staging/#*", SYNC),
]


def play(bench, mutant, suite):
    """What each judge has against a mutant: its complaints by their name."""
    bench.restore("start")
    environment = lab.faults(bench, mutant.plan) if mutant.plan else None
    judge = Bench(lab.Suite(mutant.name, is_silent=True), bench)
    code = 0
    for command in mutant.commands:
        words = [word.replace("{out}", str(judge.out)) for word in command]
        code = code or judge.lab_run(*words, environment=environment)
    checker = bench.check(finished=True)
    again = bench.larkive("sync")
    found = {
        "S5": judge.suite.lines,
        "checker": checker,
        "larkive": [f"exit {code}"] if code else bench.verify() if not again.code else [f"exit {again.code}"],
    }
    return {name: lines for name, lines in found.items() if lines}


def two_writers(bench, mutant):
    """A run that takes no lock lets another one in beside it."""
    suite = lab.Suite(mutant.name, is_silent=True)
    bench.environment = lab.faults(bench, mutant.plan)
    try:
        wanted = {"objects": []}
        s14_parallel_starts.Round(suite, bench, wanted, is_held=True).play(3)
    finally:
        bench.environment = {}
    return {"S14": suite.lines} if suite.lines else {}


def self_checks(suite):
    """Logs made by hand, with the fault that no careless writer shows: a sync that is tried again."""
    again = s6_errno_sweep.Sweeper.synced_again(
        [("fsync", "/a/audit/x", "failed"), ("write", "/a/audit/x", "passed"), ("fsync", "/a/audit/x", "passed")])
    anew = s6_errno_sweep.Sweeper.synced_again(
        [("fsync", "/a/x.new", "failed"), ("create", "/a/x.new", "passed"), ("fsync", "/a/x.new", "passed")])
    trace = ["7 openat(AT_FDCWD</>, \"/h/archive/larkive.json.new\", O_RDWR|O_CREAT, 0600) = 3</h/archive/larkive.json.new>",
             "7 fsync(3</h/archive/larkive.json.new>) = -1 EIO (Input/output error)",
             "7 fsync(3</h/archive/larkive.json.new> <unfinished ...>", "7 <... fsync resumed>) = 0"]
    if not again or anew or not any("again" in line for line in order.Order("/h").judge(trace)):
        suite.say("self-check", ["a sync that is tried again is not seen, or one is seen that is none"])
    suite.count("self-checks", 3)


def some_of(most):
    """So many mutants, by the lot that the commit at hand draws; in time all of them come up."""
    words = ["git", "-C", str(lab.TOP), "rev-parse", "HEAD"]
    commit = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return random.Random(commit).sample(MUTANTS, most) if most else MUTANTS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=0, help="so many mutants, other ones for each commit; 0 is all of them")
    asked = parser.parse_args()
    suite = lab.Suite("S17 mutants")
    self_checks(suite)
    with lab.laboratory(lab.small_world()) as bench:
        bench.expect(0, "init")
        bench.snapshot("start")
        for commands in (SYNC, RESTORE):
            found = play(bench, Mutant("none", "", commands), suite)
            suite.say("no mutant", [f"{judge}: {lines[0]}" for judge, lines in found.items()])
        for mutant in some_of(asked.most):
            found = play(bench, mutant, suite) if mutant.commands else two_writers(bench, mutant)
            suite.count("mutants")
            suite.count("caught", bool(found))
            print(f"  {mutant.name}: " + ("; ".join(f"{judge}: {lines[0][:90]}" for judge, lines in found.items())
                                          or "NOT CAUGHT"), flush=True)
            suite.say(mutant.name, [] if found else ["nobody has seen it"])
    suite.at_least("caught", asked.most or len(MUTANTS))
    suite.end()


if __name__ == "__main__":
    main()
