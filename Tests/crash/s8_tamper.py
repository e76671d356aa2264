#!/usr/bin/env python3
"""S8: somebody changes a finished archive, in dozens of ways, and each time it has to come out.

What is done to the audit folder is judged by `larkive audit verify` and by examples/verify-audit,
each with the folder alone and with a note and a key that were kept elsewhere; they have to agree.
The rest is judged by `larkive verify --read-data` and by the independent checker. tampering.py says
of each operator who has to notice. Untouched archives must raise no alarm.
"""
import argparse
import base64
import contextlib
import importlib.util
import io
import random
import runpy
import sys
import traceback

import forge
import lab
from budget import Budget
import specimen
import tampering
from tampering import FOUND, NAMED, OUTSIDE, REMARK, SAME, VERDICT

# The outsider's program needs Ed25519 from elsewhere.
HAS_SCRIPT = importlib.util.find_spec("cryptography") is not None
SCRIPT = lab.TOP / "examples/verify-audit/verify_audit.py"


class Judges:
    """Everybody who looks at a copy: what they say, as "found", "fine" or a complaint."""

    def __init__(self, subject, anchored):
        self.subject, self.anchored = subject, anchored
        self.note, self.key = subject.folder / "kept.note", subject.folder / "kept.vkey"
        audit = subject.archive / "audit"
        self.note.write_bytes((audit / "tlog/checkpoint").read_bytes())
        self.key.write_bytes(next((audit / "tlog/keys").iterdir()).read_bytes())
        self.words = ""

    def outside(self):
        return ["--checkpoint", str(self.note), "--key", self.key.read_text().strip()]

    def larkive(self, *more):
        ended = self.subject.larkive("audit", "verify", "--dir", self.subject.archive / "audit", "--json", *more)
        self.words = ended.out + ended.err
        return {0: "fine", 15: "found"}.get(ended.code, f"exit {ended.code}: {self.words[:200]}")

    def script(self, *more):
        """The outsider's program, in this process: it would take longest to start."""
        out, arguments, code = io.StringIO(), sys.argv, 0
        sys.argv = [str(SCRIPT), str(self.subject.archive / "audit"), *more]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                runpy.run_path(str(SCRIPT), run_name="__main__")
        except SystemExit as stop:
            code = stop.code
        except Exception:  # a fright is no verdict
            return f"stumbled: {traceback.format_exc(limit=-2)}"
        finally:
            sys.argv = arguments
        self.words = out.getvalue()
        return "found" if code else "fine"

    def verify(self):
        """The verdict over all of the archive; remarks are warnings."""
        ended = self.subject.larkive("verify", "--read-data", "--json")
        self.words = ended.out + ended.err
        if ended.code in (2, 7, 10, 15):
            return "found"
        findings = ended.summary.get("findings", []) if ended.code == 0 else []
        return {0: "remark" if findings else "fine"}.get(ended.code, f"exit {ended.code}: {self.words[:200]}")


class Tamperer:
    """Changes one copy again and again."""

    def __init__(self, subject, seed, rounds, anchored, budget):
        self.subject, self.seed, self.rounds = subject, seed, rounds
        self.judges, self.anchored = Judges(subject, anchored), anchored
        self.signing = base64.b64decode((subject.state / "key").read_bytes())
        self.counts, self.violations, self.budget = {}, [], budget

    def run(self):
        for round_ in range(self.rounds):
            if self.budget.is_over:
                break
            for name, (function, expected) in tampering.OPERATORS.items():
                self.once(f"{name}, seed {self.seed}/{round_}", function, expected)
            self.untouched()
        return self.counts, self.violations

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def expect(self, where, who, wanted, found):
        if found not in wanted:
            self.violations.append(f"{where}: {who} says {found}, not {' or '.join(wanted)}; {self.judges.words[:300]}")

    def once(self, where, function, expected):
        log = forge.Forge(self.subject.archive / "audit", self.signing)
        function(log, random.Random(where), self.subject)
        self.count("changed")
        if expected in (VERDICT, REMARK):
            self.judge_archive(where, expected)
            self.subject.renew()
        else:
            self.judge_log(where, expected)
            self.subject.renew_log()

    def judge_archive(self, where, expected):
        seen = self.subject.checked()  # before verify, which records what it finds
        self.expect(where, "verify", {VERDICT: ["found"], REMARK: ["remark", "found"]}[expected], self.judges.verify())
        if expected == VERDICT and not seen:
            self.expect(where, "the checker", ["found"], "fine")

    def judge_log(self, where, expected):
        alone = {FOUND: ["found"]}.get(expected, ["fine"])
        kept = {FOUND: ["found"], OUTSIDE: ["found"]}.get(expected, ["fine"])
        judges = [("larkive", self.judges.larkive), ("the script", self.judges.script)]
        for who, judge in judges[:2 if HAS_SCRIPT else 1]:
            self.expect(where, f"{who} alone", alone, judge())
            if expected == OUTSIDE and "excluded" not in self.judges.words:
                self.expect(where, who, ["not excluded"], "nothing of it")
            if expected == NAMED:
                self.name_what_is_not_signed(where, who)
            if expected in (OUTSIDE, SAME) and (self.anchored or who != "larkive"):
                self.expect(where, f"{who} with what was kept", kept, judge(*self.judges.outside()))

    def name_what_is_not_signed(self, where, who):
        words = self.judges.words
        named = '"W010"' in words or "not signed: 1;" in words or "not sealed: 1" in words
        if not named:
            self.expect(where, who, ["that a record is not signed"], "nothing of it")

    def untouched(self):
        self.count("untouched")
        kept = self.judges.outside()
        self.expect("untouched", "larkive", ["fine"], self.judges.larkive(*(kept if self.anchored else ())))
        if HAS_SCRIPT:
            self.expect("untouched", "the script", ["fine"], self.judges.script(*kept))
        self.expect("untouched", "verify", ["fine"], self.judges.verify())
        self.subject.renew()


def work(case):
    return Tamperer(*case).run()


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="seeds for each operator")
    parser.add_argument("--scale", type=int, default=1, help="size of the archive: 5 has two levels of tiles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    Budget.argument(parser)
    return parser.parse_args()


def main():
    asked = parse()
    budget = Budget(asked.seconds)
    suite = lab.Suite("S8 tamper")
    with lab.laboratory(specimen.world(asked.scale), "s8") as first:
        specimen.make(first)
        anchored = "--checkpoint" in first.larkive("audit", "verify", "--help").out
        if not HAS_SCRIPT:
            print("S8 tamper: SKIPPED, not passed: examples/verify-audit, no module cryptography")
        if not anchored:
            print("S8 tamper: SKIPPED, not passed: `larkive audit verify` takes no --checkpoint and --key")
        subjects = specimen.copies(first.folder, first.sandbox, first.folder, asked.jobs)
        cases = [(subject, f"{asked.seed}/{place}", -(-asked.rounds // asked.jobs), anchored, budget)
                 for place, subject in enumerate(subjects)]
        suite.count("operators", len(tampering.OPERATORS))
        for counts, violations in specimen.at_once(work, cases):
            suite.say(f"seed {asked.seed}", violations)
            for what, number in counts.items():
                suite.count(what, number)
    suite.at_least("changed", asked.jobs * len(tampering.OPERATORS))
    suite.end()


if __name__ == "__main__":
    sys.exit(main())
