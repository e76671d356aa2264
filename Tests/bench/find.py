#!/usr/bin/env python3
"""Measures lookups as whole processes, on an archive that `larkive-benchmarks make` has made.

    swift build -c release --static-swift-stdlib --product larkive
    swift build -c release --static-swift-stdlib --product larkive-benchmarks
    .build/release/larkive-benchmarks make --attachments 1000000 --seed 1 --to /var/tmp/million
    Tests/bench/find.py /var/tmp/million

Needs hyperfine (Debian has it). Prints a row for each line of lookups.tsv: how many rows were found of
those that are shown, the median, the shortest and the longest run in milliseconds, and the memory at its peak.
Exit 1 when a median is above the target, 2 when a lookup finds less than it must.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

SHOWN = 50
COLUMNS = "{:<34} {:>6} {:>8} {:>8} {:>8} {:>6}  {}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="what larkive-benchmarks has made")
    parser.add_argument("--larkive", default=".build/release/larkive", help="the program")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--target", type=float, default=50.0, help="milliseconds")
    parser.add_argument("--only", default="", help="only kinds with this in their name")
    return parser.parse_args()


def measured(command, runs):
    """Median, shortest and longest time in milliseconds."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            ["hyperfine", "-N", "--style", "none", "--warmup", "3", "--runs", str(runs),
             "--export-json", report.name, shlex.join(command)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        result = json.load(open(report.name))["results"][0]
    return [result[key] * 1000 for key in ("median", "min", "max")]


def looked(command):
    """Lines of the answer, exit code, and MiB of memory at the peak."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    lines = sum(1 for _ in process.stdout)
    _, status, usage = os.wait4(process.pid, 0)
    return lines, os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024


def lookups(folder):
    """(kind, how many it must find, arguments) of each line."""
    with open(os.path.join(folder, "lookups.tsv"), encoding="utf-8") as lines:
        for line in lines:
            kind, least, *words = line.rstrip("\n").split("\t")
            yield kind, int(least), words


def commands(options):
    """(kind, how many lines at least, command); what a process costs by itself comes first."""
    config = os.path.join(options.folder, "larkive.yaml")
    yield "(version)", 1, [options.larkive, "--version"]
    for kind, least, words in lookups(options.folder):
        verb, *rest = words
        shown = ["--limit", str(SHOWN)] if verb in ("find", "whohas") else []
        command = [options.larkive, verb, "--config", config, *shown, *rest]
        yield kind, min(least, SHOWN), command


def main():
    options = arguments()
    slow = wrong = 0
    print(COLUMNS.format("lookup", "lines", "median", "min", "max", "MiB", ""))
    for kind, least, command in commands(options):
        if options.only not in kind:
            continue
        lines, code, memory = looked(command)
        if code != 0 or lines < least:
            wrong += 1
            print(COLUMNS.format(kind, lines, "-", "-", "-", int(memory),
                                 f"exit {code}, at least {least} wanted: {shlex.join(command[3:])}"))
            continue
        median, shortest, longest = measured(command, options.runs)
        slow += median > options.target
        print(COLUMNS.format(kind, lines, *(f"{time:.1f}" for time in (median, shortest, longest)),
                             int(memory), "SLOW" if median > options.target else ""), flush=True)
    print(f"{slow} above {options.target:g} ms, {wrong} wrong")
    sys.exit(2 if wrong else 1 if slow else 0)


if __name__ == "__main__":
    main()
