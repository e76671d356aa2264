#!/usr/bin/env python3
"""S22: a command that writes stands still before the Kth call that changes the disk; who looks is answered.

fault.c stops the command, as a hanging disk would. Every reader must end well within its time,
with what was there before the command began, or more; then the command goes on, and ends as
ever. And a reader stands still while it copies: the run waits for it. And a run dies in a commit on
a disk that is read-only from then on: readers are answered all the same.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import time

import lab
from budget import Budget
from scenarios import SCENARIOS, with_folder
from s1_kill_points import CHANGING, kind_of

SEED = 22
READER_SECONDS = 60
COPY_SECONDS = 8
PLAYED = ["second sync", "rebuild", "audit restart", "audit key rotate"]
READERS = {
    "find": ["find", "--json"], "status": ["status"], "show": ["show", "1"], "verify": ["verify", "--json"],
    "dump": ["manifest", "dump", "--json"], "audit verify": ["audit", "verify"], "prove": ["audit", "prove", "1"],
    "restore": ["restore", "1", "--to", "{folder}/restored"], "problems": ["problems"],
    "dry run": ["sync", "--dry-run"],
    "export": ["export", "1", "--format", "bagit", "--to", "{folder}/bag"],
}


class Stopper:
    """Plays the points of one scenario."""

    def __init__(self, suite, bench, scenario, wanted):
        self.suite, self.bench, self.scenario, self.wanted = suite, bench, scenario, wanted
        self.log = bench.folder / "calls"

    def calls(self):
        """The calls of a run without faults that change the disk, and what was to be found before."""
        self.bench.restore("start")
        self.before = {row["key"] for row in map(json.loads, self.bench.expect(0, "find", "--json").out.splitlines())}
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        self.bench.larkive(*with_folder(self.bench, self.scenario.command), environment=lab.faults(self.bench, log=self.log))
        return [call[:2] for call in lab.counted(self.log) if call[0] in CHANGING]

    def play(self, k):
        self.bench.restore("start")
        plan = lab.faults(self.bench, f"stop change {k} *")
        process = self.bench.start(*with_folder(self.bench, self.scenario.command), environment=plan,
                                   folder=self.folder("stopped"))
        lines = []
        if self.has_stopped(process):
            self.suite.count("stops")
            lines = self.look()
            os.kill(process.pid, signal.SIGCONT)
        code = process.wait(lab.LARKIVE_SECONDS)
        if code not in self.scenario.wanted:
            lines.append(f"exit {code} after it went on: {(self.bench.folder / 'stopped/err').read_text().strip()}")
        return lines + self.finish()

    def folder(self, name):
        path = self.bench.folder / name
        lab.remove(path)
        path.mkdir()
        return path

    @staticmethod
    def has_stopped(process):
        """Whether it stands still; it may also have ended before the Kth call."""
        state = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        return state.si_code == os.CLD_STOPPED

    def look(self):
        """All readers at once."""
        started = {}
        for name, command in READERS.items():
            folder = self.folder(f"reader-{name.replace(' ', '-')}")
            words = [word.replace("{folder}", str(folder)) for word in command]
            started[name] = folder, self.bench.start(*words, folder=folder)
        end, lines = time.monotonic() + READER_SECONDS, []
        for name, (folder, process) in started.items():
            try:
                code = process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            self.suite.count("looks")
            out, err = ((folder / what).read_text(errors="replace") for what in ("out", "err"))
            self.suite.count("copies looked at", "stands still in a commit" in err)
            if code:
                lines.append(f"{name} beside it: exit {code}: {err.strip()} {out.strip()[-600:] if name == 'verify' else ''}")
            elif name == "find":
                lines += [f"find lacks {key}" for key in self.before - {json.loads(line)["key"] for line in out.splitlines()}]
        return lines

    def finish(self):
        return self.finished(self.bench) + self.bench.compare(self.wanted)

    @staticmethod
    def finished(bench):
        ended = bench.larkive("sync")
        lines = [] if ended.code == 0 else [f"the run after: exit {ended.code}: {ended.err.strip()}"]
        return lines + bench.check(finished=True) + bench.verify()


def chosen(calls, most, dice):
    """All of them in any order, or some: half in the manifest, and of as many kinds as there are."""
    ks = dice.sample(range(1, len(calls) + 1), len(calls))
    if not most:
        return ks
    seen, first, later = set(), [], []
    for k in ks:
        (later if kind_of(calls[k - 1]) in seen else first).append(k)
        seen.add(kind_of(calls[k - 1]))
    ks = first + later
    here = [k for k in ks if "/manifest.sqlite" in calls[k - 1][1]][:(most + 1) // 2]
    return (here + [k for k in ks if k not in here])[:most]


def copy_stands_still(suite, bench, scenario, wanted):
    """`verify` stands still with the whole manifest locked for copying, longer than a reader would wait."""
    bench.restore("start")
    folder = bench.folder / "copying"
    lab.remove(folder)
    folder.mkdir()
    reader = bench.start("verify", environment=lab.faults(bench, "stop write 1 */staging/look-*-here"), folder=folder)
    lines = [] if Stopper.has_stopped(reader) else ["verify has copied nothing"]
    run = bench.start(*scenario.command)
    time.sleep(COPY_SECONDS)
    suite.count("commits held up", run.poll() is None)
    os.kill(reader.pid, signal.SIGCONT)
    for process, name in ((run, "the run"), (reader, "verify")):
        if process.wait(lab.LARKIVE_SECONDS):
            lines.append(f"{name} ended with {process.returncode}: {bench.read('err')} {(folder / 'out').read_text()}")
    suite.say("a copy for verify", lines + bench.check(finished=True) + bench.verify() + bench.compare(wanted))


READ_ONLY = ["unshare", "--mount", "sh", "-c",
             'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"']
ON_READ_ONLY = {
    "find": ["find", "--json"], "status": ["status"], "dump": ["manifest", "dump"], "verify": ["verify"],
    "audit verify": ["audit", "verify"], "restore": ["restore", "1", "--to", "{folder}/restored", "--unrecorded"],
}


def read_only_after_death(suite, bench):
    """A run dies in a commit, and its disk is read-only from then on: who looks is answered from a copy."""
    if os.geteuid():
        return print("  a disk that became read-only: SKIPPED, not passed: needs root")
    bench.restore("start")
    plan = lab.faults(bench, "kill write 2 */manifest.sqlite")
    lines = [] if bench.larkive("sync", environment=plan).code == -signal.SIGKILL else ["the run does not die"]
    for name, command in ON_READ_ONLY.items():
        folder = bench.folder / "read-only"
        lab.remove(folder)
        folder.mkdir()
        words = [word.replace("{folder}", str(folder)) for word in command]
        ended = bench.larkive(*words, wrap=[*READ_ONLY, bench.archive])
        suite.count("looks at a read-only disk")
        if ended.code:
            lines.append(f"{name}: exit {ended.code}: {ended.err.strip()} {ended.out[-300:]}")
    suite.say("a run died, its disk is read-only", lines + Stopper.finished(bench))
    bench.restore("start")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="only this scenario")
    parser.add_argument("--most", type=int, default=0, help="so many points of each scenario; 0 for all")
    Budget.argument(parser)
    asked = parser.parse_args()
    suite, names = lab.Suite("S22 standing still"), asked.only or PLAYED
    for scenario in [one for one in SCENARIOS if one.name in names]:
        budget = Budget(asked.seconds and asked.seconds / len(names))
        with lab.laboratory(lab.small_world()) as bench:
            stopper = Stopper(suite, bench, scenario, scenario.set_up(bench))
            calls = stopper.calls()
            for k in chosen(calls, asked.most, random.Random(SEED)):
                if budget.is_over:
                    break
                suite.say(f"{scenario.name}, call {k}: {' '.join(kind_of(calls[k - 1]))}", stopper.play(k))
            if scenario.name == "second sync":
                copy_stands_still(suite, bench, scenario, stopper.wanted)
                read_only_after_death(suite, bench)
                suite.at_least("copies looked at", 5)
                suite.at_least("commits held up", 1)
    suite.at_least("stops", 5)
    suite.end()


if __name__ == "__main__":
    main()
