"""Machines that larkive may meet: an old kernel, a full quota, few descriptors, a disk in user space.

S6 plays them beside its single faults, from end to end.
"""
import errno

import disks
import lab
import passthrough

# With fewer than 16 SwiftNIO cannot make its event loops, and ends the program before it has begun.
FEW_DESCRIPTORS = [16, 20, 24, 32, 40, 64]
HONEST = {3, 13}


def play(suite):
    """Each of them once, on archives of their own."""
    with lab.laboratory(lab.small_world(), "s6") as bench:
        bench.expect(0, "init")
        bench.snapshot("start")
        bench.expect(0, "sync")
        machines = Machines(suite, bench, bench.final_state())
        machines.old_kernel()
        machines.full_quota()
        for number in FEW_DESCRIPTORS:
            machines.few_descriptors(number)
        machines.user_space()


class Machines:
    """Runs on machines that lack something."""

    def __init__(self, suite, bench, wanted):
        self.suite, self.bench, self.wanted = suite, bench, wanted
        self.log = bench.folder / "calls"

    def say(self, where, lines):
        self.suite.say(where, lines)

    def fresh(self):
        self.bench.restore("start")
        self.log.unlink(missing_ok=True)
        self.suite.count("machines")

    def recover(self, where, acks=()):
        """What is left is intact, and the next run, on a good machine, ends like any other."""
        self.say(where, self.bench.check(acks=acks))
        ended = self.bench.larkive("sync")
        self.say(f"{where}, the run after", ([] if ended.code == 0 else [f"exit {ended.code}: {ended.err.strip()}"])
                 + self.bench.check(finished=True, acks=acks) + self.bench.verify() + self.bench.compare(self.wanted))

    def old_kernel(self):
        """Before Linux 5.6 there is no openat2: all goes on without it."""
        self.fresh()
        settings = lab.faults(self.bench, f"errno={errno.ENOSYS} openat2 1+ *", self.log)
        out = self.bench.folder / "given"
        lab.remove(out)
        for command in (["sync"], ["verify", "--read-data"], ["restore", "1", "2", "--to", out], ["rebuild"], ["sync"]):
            ended = self.bench.larkive(*command, environment=settings)
            if ended.code != 0:
                self.say(f"no openat2, {command[0]}", [f"exit {ended.code}: {ended.err.strip()}"])
        if not any(call[0] == "openat2" and call[2] == "failed" for call in lab.counted(self.log)):
            self.say("no openat2", ["nobody has asked for openat2"])
        self.recover("no openat2")

    def full_quota(self):
        """A quota that is used up is said to be one, whether it is met while keeping room or while writing."""
        for calls in ("truncate", "write"):
            for pattern in ("*/staging/*", "*/open.jsonl", "*/manifest.sqlite*"):
                self.fresh()
                plan = f"errno={errno.EDQUOT} {calls} 2+ {pattern}"
                ended = self.bench.larkive("sync", environment=lab.faults(self.bench, plan, self.log))
                met = any(call[2] == "failed" for call in lab.counted(self.log))
                if met and (ended.code not in HONEST or not ended.err.strip()):
                    self.say(f"quota, {calls} {pattern}", [f"exit {ended.code}: {ended.err.strip()}"])
                self.suite.count("quotas met", met)
                self.recover(f"quota, {calls} {pattern}", ended.acks)

    def few_descriptors(self, number):
        """A limit that is really there, for files and for connections alike."""
        self.fresh()
        ended = self.bench.larkive("sync", wrap=["prlimit", f"--nofile={number}"], seconds=30)
        where = f"{number} descriptors"
        if ended.code is None or ended.code < 0:
            self.say(where, ["still running after 30 s" if ended.code is None else f"ended by signal {-ended.code}"])
        elif ended.code and not ended.err.strip():
            self.say(where, [f"exit {ended.code} without a word"])
        self.suite.count("runs without descriptors", ended.code != 0)
        self.recover(where, ended.acks)

    def user_space(self):
        """An archive on a file system in user space is refused by that name, and left as it is."""
        missing = disks.what_is_missing() or disks.no_fuse()
        if missing:
            return print(f"S6 file system in user space: SKIPPED, not passed: {missing}")
        self.fresh()
        kept = self.bench.home.with_name("behind")
        lab.remove(kept)
        self.bench.home.rename(kept)
        try:
            with passthrough.shown(str(kept), str(self.bench.home)):
                self.refused()
        finally:
            self.bench.home.rmdir()
            kept.rename(self.bench.home)
        self.recover("a file system in user space")

    def refused(self):
        for command in (["sync"], ["rebuild"]):
            ended = self.bench.larkive(*command)
            if ended.code == 0 or "user space (FUSE)" not in ended.err or "allow_fuse" not in ended.err:
                self.say("a file system in user space", [f"{command[0]}: exit {ended.code}: {ended.err.strip()}"])
            self.suite.count("refusals by the name of FUSE")
