#!/usr/bin/env python3
"""S9: single bits of a finished archive turn over; `larkive verify --read-data` has to notice.

A flip in an object ends with exit code 7, one in the audit log with 15. A flip that changes nothing
which anybody could read is harmless: spare bits of a gzip member, free bytes of a manifest's page.
That has to be shown: the unpacked segment, or the whole dump of the manifest, is what it was. The
independent checker has to agree with the verdict each time, and untouched archives give no finding.
"""
import argparse
import random
import sys
import zlib

import lab
from budget import Budget
import specimen

# How often a kind of file is hit, and which exit code must follow.
KINDS = {
    "object": ("objects/*/*", 5, {7}),
    "segment": ("audit/[0-9]*/*/*.gz", 4, {15}),
    "tile": ("audit/tlog/tile/**/*", 2, {15}),
    "note": ("audit/tlog/checkpoint*/**/*.note", 2, {15}),
    "newest note": ("audit/tlog/checkpoint", 1, {15}),
    "key": ("audit/tlog/keys/*", 1, {15}),
    "manifest": ("manifest.sqlite", 5, {7}),
    "identity": ("larkive.json", 1, {2, 7, 10}),
}
UNTOUCHED_EVERY = 20


class Rot:
    """Flips bits in one copy of the archive."""

    def __init__(self, subject, seed):
        self.subject, self.random = subject, random.Random(seed)
        self.counts, self.violations = {}, []
        self.dump = self.dumped()

    def dumped(self):
        return self.subject.larkive("manifest", "dump", "--json").out

    def run(self, flips, budget):
        for number in range(flips):
            if budget.is_over:
                break
            self.flip(number)
            if number % UNTOUCHED_EVERY == 0:
                self.untouched(number)
        return self.counts, self.violations

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def say(self, where, text):
        self.violations.append(f"{where}: {text}")

    def untouched(self, number):
        self.count("untouched")
        code, found, words = self.subject.judge()
        if code != 0 or found or self.subject.checked():
            self.say(f"untouched {number}", f"exit {code}, {found} {words} {self.subject.checked()}")
        self.subject.renew()

    def flip(self, number):
        kind = self.random.choices(list(KINDS), [weight for _, weight, _ in KINDS.values()])[0]
        pattern, _, codes = KINDS[kind]
        path = self.random.choice([f for f in self.subject.files(pattern) if f.stat().st_size])
        before = path.read_bytes()
        bit = self.random.randrange(8 * len(before))
        path.write_bytes(flipped(before, bit))
        where = f"{kind}, bit {bit % 8} of byte {bit // 8} of {path.relative_to(self.subject.archive)}"
        harmless = self.is_harmless(kind, before, path)
        self.judge(kind, where, harmless, codes)

    def is_harmless(self, kind, before, path):
        if kind == "segment":
            return unpacked(path.read_bytes()) == unpacked(before)
        return kind == "manifest" and self.dumped() == self.dump

    def judge(self, kind, where, harmless, codes):
        ours = self.subject.checked()
        code, found, words = self.subject.judge()
        if code == 0 and not found:
            if not harmless:
                self.say(where, f"not found by verify; the checker says {ours[:2]}")
            elif ours and kind == "manifest":
                self.say(where, f"verify calls it harmless, the checker says {ours[:2]}")
            self.count(f"harmless in {kind}")
            self.subject.renew()  # an archive in order records that it was verified
            return
        if code not in codes:
            self.say(where, f"exit {code}, {found} {words.strip()[:200]}")
        if not ours and not harmless:
            self.say(where, f"found by verify ({found}), not by the checker")
        self.count(kind)
        self.subject.renew()  # verify records what it finds


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def unpacked(data):
    try:
        return zlib.decompress(data, wbits=31)
    except zlib.error:
        return None


def work(case):
    subject, seed, flips, budget = case
    return Rot(subject, seed).run(flips, budget)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    Budget.argument(parser)
    asked = parser.parse_args()
    budget = Budget(asked.seconds)
    suite = lab.Suite("S9 bit rot")
    with lab.laboratory(specimen.world(), "s9") as first:
        specimen.make(first)
        subjects = specimen.copies(first.folder, first.sandbox, first.folder, asked.jobs)
        cases = [(subject, f"{asked.seed}/{place}", asked.flips // asked.jobs, budget)
                 for place, subject in enumerate(subjects)]
        for counts, violations in specimen.at_once(work, cases):
            suite.say(f"seed {asked.seed}", violations)
            for what, number in counts.items():
                suite.count(what, number)
    suite.count("found", sum(suite.counts.get(kind, 0) for kind in KINDS))
    suite.at_least("found", 2 if asked.seconds else min(10, asked.flips // 2))
    suite.end()


if __name__ == "__main__":
    sys.exit(main())
