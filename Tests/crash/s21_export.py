#!/usr/bin/env python3
"""S21: kills an export before every call that changes its folder, and makes it again.

What is left of an export that was killed is no bag, for anybody: it has no bagit.txt. The same command
in the same folder then makes a whole one. Where calls fail as on a full disk nothing is left that is no bag.
"""
import argparse
import signal
import subprocess
import sys

import lab
from budget import Budget

VERIFIER = lab.TOP / "examples/verify-export/verify_export.py"
CHANGING = {"create", "write", "fsync", "fdatasync", "syncfs", "link", "rename", "unlink", "mkdir", "truncate"}
FULL = ["write", "mkdir", "create", "rename", "syncfs"]


class Exporter:
    """A lab with a synced archive, and the folder of a bag in it."""

    def __init__(self, suite, bench):
        self.suite, self.bench = suite, bench
        self.out, self.log = bench.folder / "handed" / "bag", bench.folder / "calls"
        bench.expect(0, "init")
        bench.expect(0, "sync")

    def export(self, plan=""):
        """One export into the folder as it is, with faults on its calls there."""
        self.log.unlink(missing_ok=True)
        environment = lab.faults(self.bench, plan, self.log)
        environment["FAULT_ROOTS"] = str(self.out)
        return self.bench.larkive("export", "--format", "bagit", "--to", str(self.out), environment=environment)

    def start_anew(self, is_there):
        lab.remove(self.out)
        self.out.parent.mkdir(exist_ok=True)
        if is_there:
            self.out.mkdir()

    def calls(self):
        """The changing calls of an export without faults."""
        self.start_anew(False)
        ended = self.export()
        assert ended.code == 0, ended.err
        return [call[:2] for call in lab.counted(self.log) if call[0] in CHANGING]

    def verdict(self):
        """What the independent verifier says of the folder; empty when it is a whole bag."""
        ended = subprocess.run([sys.executable, VERIFIER, self.out], capture_output=True, text=True, timeout=60)
        return [] if ended.returncode == 0 else (ended.stderr or ended.stdout).splitlines()[:5]

    def judge(self, where):
        """A folder that calls itself a bag is one."""
        if (self.out / "bagit.txt").exists():
            self.suite.count("whole bags")
            self.suite.say(where, self.verdict())
            return True
        return False

    def play(self, k, is_there):
        """Kills before the Kth call, looks, and exports again."""
        self.start_anew(is_there)
        ended = self.export(f"kill change {k} *")
        where = f"call {k}, killed"
        if ended.code != -signal.SIGKILL:
            self.suite.say(where, [] if ended.code == 0 else [f"exit {ended.code}: {ended.err}"])
            return
        self.suite.count("kills")
        if not self.judge(where):
            self.finish(where)

    def finish(self, where):
        ended = self.export()
        if ended.code != 0:
            self.suite.say(f"{where}, again", [f"exit {ended.code}: {ended.err.strip()}"])
        elif not self.judge(f"{where}, again"):
            self.suite.say(f"{where}, again", ["exit 0 and no bag"])

    def fail(self, call, errno, k):
        """A call that fails ends the export, with nothing left."""
        self.start_anew(False)
        ended = self.export(f"errno={errno} {call} {k} *")
        where = f"errno {errno} at {call} {k}"
        if ended.code == 0:
            return False
        self.suite.count("failures")
        if ended.code != 13:
            self.suite.say(where, [f"exit {ended.code}: {ended.err.strip()}"])
        if (self.out / "bagit.txt").exists():
            self.suite.say(where, ["a bag is left of an export that failed"] if self.verdict() else [])
        elif self.out.exists() and not (self.out / "bagit.txt.unfinished").exists():
            self.suite.say(where, [f"left behind: {sorted(path.name for path in self.out.iterdir())}"])
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="one call in so many")
    Budget.argument(parser)
    asked = parser.parse_args()
    suite, budget = lab.Suite("S21 export"), Budget(asked.seconds)
    with lab.laboratory(lab.small_world()) as bench:
        exporter = Exporter(suite, bench)
        calls = exporter.calls()
        suite.say("without faults", exporter.verdict())
        suite.count("calls", len(calls))
        for k in range(1, len(calls) + 1, asked.every):
            if budget.is_over:
                break
            exporter.play(k, is_there=k % 2 == 0)
        for call in FULL:
            for k in (1, 2, 5):
                if not budget.is_over:
                    exporter.fail(call, 28, k)
        suite.say("the archive", bench.check(finished=True) + bench.verify())
    suite.at_least("kills", 20)
    suite.at_least("failures", 5)
    suite.end()


if __name__ == "__main__":
    main()
