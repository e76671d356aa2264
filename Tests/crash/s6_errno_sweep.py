#!/usr/bin/env python3
"""S6: every kind of system call fails with every error that fits it, once and from then on.

A run that met the fault must end by itself, soon, with a code that says so; what it leaves holds the
invariants; no sync is tried again on a file after it failed; and the next run, without the fault,
reaches the state of a run that never met it (I14).
"""
import argparse
import collections
import errno
import random

import lab
import machines
from budget import Budget
from s1_kill_points import kind_of

SEED = 6
SECONDS = 30
FULL = ["ENOSPC", "EDQUOT", "EROFS", "EIO"]
ERRORS = {
    "create": [*FULL, "EMFILE", "ENFILE", "ENOMEM"],
    "open": ["EIO", "EMFILE", "ENFILE", "ENOMEM"],
    "write": [*FULL, "EINTR", "short"],
    "fsync": ["EIO", "ENOSPC", "EDQUOT"],
    "fdatasync": ["EIO", "ENOSPC", "EDQUOT"],
    "syncfs": ["EIO", "ENOSPC"],
    "link": [*FULL, "ENOMEM"],
    "rename": [*FULL, "ENOMEM"],
    "unlink": ["EIO", "EROFS"],
    "mkdir": [*FULL, "ENOMEM"],
    "truncate": FULL,
    "flock": ["EIO", "ENOLCK"],
    "read": ["EIO", "EINTR"],
    "stat": ["EIO", "ENOMEM"],
    "space": ["EIO"],
}
# What a run may say that met an error on its disk: that something is left (3), or the disk (13).
HONEST = {3, 13}
# SQLite calls a page of its own malformed when it could not be read, and so when its journal could not
# be read in a rollback, of which it tells no error: that is damage (7) to larkive until the next run.
UNREAD_PAGES = ("/manifest.sqlite", "/manifest.sqlite-journal", "/walk.sqlite")
# A call that a signal interrupted, or that wrote a part, must just be made again.
HARMLESS = {"EINTR", "short"}
# SQLite's own files: after a failed sync it writes the former pages again before it syncs again.
SQLITES = ("manifest.sqlite", "manifest.sqlite-journal", "walk.sqlite")


def cases(calls, most, dice):
    """(call, K among its kind, error, onwards) for each kind of call and each error that fits it."""
    by_kind = collections.defaultdict(list)
    seen = collections.Counter()
    for name, path in calls:
        kind = kind_of((name, path))
        pattern = "*/" + kind[1].replace("#", "*").replace("DIGEST", "*") if "/" in kind[1] else "*" + kind[1]
        seen[name, pattern] += 1
        by_kind[name, pattern].append(seen[name, pattern])
    for (name, pattern), places in sorted(by_kind.items()):
        for error in ERRORS.get(name, []):
            some = places if most == 0 else dice.sample(places, min(most, len(places)))
            for k in some:
                # What is interrupted for ever cannot end.
                always = [False] if error == "EINTR" else [False, True]
                for onwards in always if most == 0 else [dice.choice(always)]:
                    yield name, pattern, k, error, onwards


class Sweeper:
    """Plays the cases of one share in a lab of its own."""

    def __init__(self, suite, bench, wanted):
        self.suite, self.bench, self.wanted = suite, bench, wanted
        self.log = bench.folder / "calls"

    def calls(self):
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        self.bench.expect(0, "sync", environment=lab.faults(self.bench, log=self.log))
        return [call[:2] for call in lab.counted(self.log)]

    def play(self, name, pattern, k, error, onwards):
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        action = "short" if error == "short" else f"errno={getattr(errno, error)}"
        plan = f"{action} {name} {k}{'+' if onwards else ''} {pattern}"
        ended = self.bench.larkive("sync", environment=lab.faults(self.bench, plan, self.log), seconds=SECONDS)
        where = f"{name} {pattern.strip('*/')} {k}{'+' if onwards else ''} {error}"
        calls = lab.counted(self.log)
        if not any(call[2] in ("failed", "shortened") for call in calls):
            return self.suite.count("runs that did not meet their fault")
        self.suite.count("faults")
        self.suite.count(f"exit {ended.code}")
        self.say(where, self.judge(ended, error, name, pattern) + self.synced_again(calls)
                 + self.checked(ended, calls))
        if self.suite.counts["faults"] % lab.AGREE_EVERY == 0:
            self.suite.count("verdicts compared")
            self.say(where, self.bench.agreement())
        self.recover(where, ended)

    def checked(self, ended, calls):
        """What the checker has against it; a file may stay, until the run after, that could not be removed."""
        kept = {f"I11 staging/{path.rpartition('/staging/')[2]} is left over"
                for name, path, what in calls if (name, what) == ("unlink", "failed")}
        bad = self.bench.check(finished=ended.code == 0, acks=ended.acks)
        self.suite.count("files that could not be removed", len(kept.intersection(bad)))
        return [line for line in bad if line not in kept]

    def judge(self, ended, error, name, pattern):
        if ended.code is None:
            return [f"still running after {SECONDS} s"]
        if ended.code < 0:
            return [f"ended by signal {-ended.code}"]
        if ended.code == 0:
            return self.bench.compare(self.wanted)
        if error in HARMLESS:
            return [f"exit {ended.code}: {ended.err.strip()}"]
        unread = name == "read" and pattern.endswith(UNREAD_PAGES)
        if ended.code not in HONEST | ({7} if unread else set()):
            return [f"exit {ended.code} is no word for it: {ended.err.strip()}"]
        return [] if ended.err.strip() else ["nothing was said about it"]

    def recover(self, where, before):
        ended = self.bench.larkive("sync")
        if ended.code != 0:
            return self.say(where, [f"the run after: exit {ended.code}: {ended.err.strip()}"])
        self.say(f"{where}, the run after", self.bench.check(finished=True, acks=before.acks)
                 + self.bench.verify() + self.bench.compare(self.wanted))

    def say(self, where, lines):
        self.suite.say(where, lines)

    @staticmethod
    def synced_again(calls):
        """Files that were synced after a sync on them had failed, and that were not made anew."""
        failed, lines = set(), []
        for name, path, what in calls:
            if name in ("create", "rename"):
                failed.discard(path)
            # It also syncs the archive's folder for its journal, and does not look at the answer.
            is_ours = not path.endswith(SQLITES) and not (name == "fdatasync" and path.endswith("/archive"))
            if name in ("fsync", "fdatasync") and is_ours:
                if path in failed:
                    lines.append(f"{path} is synced again after a sync that failed")
                if what == "failed":
                    failed.add(path)
        return lines[:1]


def play_share(share):
    played, asked, budget = share
    suite = lab.Suite("S6")
    with lab.laboratory(lab.small_world()) as bench:
        bench.expect(0, "init")
        bench.expect(0, "sync")
        wanted = bench.final_state()
        bench.clear()
        bench.expect(0, "init")
        bench.snapshot("start")
        sweeper = Sweeper(suite, bench, wanted)
        if played is None:
            return chosen(sweeper.calls(), asked)
        for case in played:
            if budget.is_over:
                break
            sweeper.play(*case)
    return suite


def chosen(calls, asked):
    """The faults of this sweep, chosen once for all processes: calls come in another order each time."""
    dice = random.Random(asked.seed)
    every = list(cases(calls, asked.most, dice))
    some = [case for case in every if not asked.only or asked.only in (case[0], case[3])]
    dice.shuffle(some)  # so that each share, and each time, gets of everything
    some = some[:asked.budget or None]
    print(f"  {len(some)} of {len(every)} faults", flush=True)
    return some if asked.only else [*at_the_end(calls), *some]


def at_the_end(calls):
    """A disk that fails behind the recorded end of a run, while its index is tidied, and stays so."""
    writes = sum(name == "write" and path.endswith("/archive/manifest.sqlite") for name, path in calls)
    for k in range(writes - 5, writes + 5):
        yield "write", "*/archive/manifest.sqlite", k, "EIO", True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1, help="K for each kind of call and error; 0 is all of them")
    parser.add_argument("--budget", type=int, default=240, help="faults in all, by lot; 0 is no bound")
    parser.add_argument("--seed", type=int, default=SEED, help="what the lot is drawn with")
    parser.add_argument("--only", help="one call or one error")
    parser.add_argument("--jobs", type=int, default=2)
    Budget.argument(parser)
    asked = parser.parse_args()
    suite = lab.Suite("S6 errno sweep")
    played = play_share((None, asked, None))
    shares = [(played[place::asked.jobs], asked, Budget(asked.seconds)) for place in range(asked.jobs)]
    for part in lab.in_parallel(asked.jobs, play_share, shares):
        suite.add(part)
    if not asked.only:
        machines.play(suite)
        suite.at_least("machines", 14)
        suite.at_least("quotas met", 4)
        suite.at_least("runs without descriptors", 3)
        suite.at_least("faults", min(20 if asked.seconds else 150, (asked.budget or 150) * 9 // 10))
    suite.end()


if __name__ == "__main__":
    main()
