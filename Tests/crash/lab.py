"""A sandbox on loopback and an archive beside it, driven through the real programs.

Programs come from $LARKIVE_BIN_DIR, else from swift's build folder. Nothing that is started here
outlives its time: each program has a limit, and the sandbox dies with `timeout`.
"""
import atexit
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import check

TOP = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("LARKIVE_BIN_DIR") or TOP / ".build/debug")
SANDBOX_SECONDS = 7200
LARKIVE_SECONDS = 60
# One state in so many is judged by `verify` as well as by the checker, and they have to agree.
AGREE_EVERY = int(os.environ.get("CRASH_AGREE_EVERY") or 4)
DIES_WITH_ITS_PARENT = ["setpriv", "--pdeathsig", "KILL"]
MAILBOX = "alice@corp.example"
BASE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "TZ": "UTC", "SWIFT_BACKTRACE": "enable=no"}


# MARK: worlds


def small_world(seed=1):
    """Six attachments of all kinds, five objects: an empty file, an inline one, two of equal bytes."""
    def mail(number, size, content, **more):
        return {"id": f"a{number}", "name": f"{number}.pdf", "size": size, "content": 100 * seed + content, **more}
    return {
        "seed": seed,
        "mailboxes": [{"address": MAILBOX, "messages": [
            {"id": "m1", "subject": "one", "folder": "INBOX",
             "attachments": [mail(1, 300, 1), mail(2, 3000, 2, inline=True)]},
            {"id": "m2", "subject": "two", "folder": "INBOX", "attachments": []},
            {"id": "m3", "subject": "three", "folder": "SENT",
             "attachments": [mail(3, 0, 3), mail(4, 70000, 4, oversized=True)]},
        ]}],
        "tasklists": [{"guid": "offers", "name": "Offers"}],
        "tasks": [
            {"guid": "t1", "summary": "first", "tasklists": ["offers"], "attachments": [
                {"guid": "f1", "name": "1.docx", "size": 300, "content": 100 * seed + 1}]},
            {"guid": "t2", "summary": "second", "tasklists": ["offers"], "attachments": [
                {"guid": "f2", "name": "2.docx", "size": 20000, "content": 100 * seed + 5}]},
        ],
    }


def large_world(seed, attachments):
    """A world with about so many attachments, in mail and in tasks; a tenth are equal bytes."""
    dice = random.Random(seed)
    def content(number):
        number = dice.randrange(number) if number and dice.random() < 0.1 else number
        return {"content": 100_000 + number, "size": 50 + number * 7919 % 9000}
    messages, tasks, made = [], [], 0
    while made < attachments:
        count = min(dice.randrange(4), attachments - made)
        numbers = range(made, made + count)
        made += count
        if dice.random() < 0.7:
            messages.append({"id": f"m{len(messages):04}", "subject": f"Order {made}", "folder": "INBOX",
                "attachments": [{"id": f"a{n}", "name": f"{n}.pdf", **content(n)} for n in numbers]})
        else:
            tasks.append({"guid": f"t{len(tasks):04}", "summary": f"Task {made}", "tasklists": ["offers"],
                "attachments": [{"guid": f"f{n}", "name": f"{n}.docx", **content(n)} for n in numbers]})
    return {"seed": seed, "mailboxes": [{"address": MAILBOX, "messages": messages}],
            "tasklists": [{"guid": "offers", "name": "Offers"}], "tasks": tasks}


# MARK: programs


@dataclasses.dataclass
class Ended:
    """How a program ended: its code is -9 when it was killed, None when it took too long."""

    code: int | None
    out: str
    err: str
    seconds: float
    acks: list

    @property
    def summary(self):
        return json.loads(self.out.splitlines()[-1]) if self.out.strip() else {}


class Sandbox:
    """The pretended Feishu, until `stop`."""

    def __init__(self, world, folder, options=()):
        self.log, file = Path(folder) / "feishu.out", Path(folder) / "world.json"
        file.write_text(json.dumps(world))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*DIES_WITH_ITS_PARENT, "timeout", str(SANDBOX_SECONDS), *DIES_WITH_ITS_PARENT,
                 BINARIES / "feishu-sandbox", "--port", "0", "--world", file, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        atexit.register(self.stop)
        self.url = self.wait_for_address()

    def wait_for_address(self):
        for _ in range(600):
            found = re.search(r"^listening on (\S+)", self.log.read_text(), re.M)
            if found:
                return found[1]
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"the sandbox does not start: {self.log.read_text()}")

    def stop(self):
        atexit.unregister(self.stop)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ask(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data), timeout=30) as answer:
            return answer.read().decode()

    def truth(self):
        return [json.loads(line) for line in self.ask("/_sandbox/truth").splitlines()]

    def counters(self):
        return json.loads(self.ask("/_sandbox/counters"))

    def faults(self, faults):
        self.ask("/_sandbox/faults", faults)

    def change(self, changes):
        self.ask("/_sandbox/world", changes)


class Lab:
    """A folder with a config, an archive and its STATE; all of it can be put back as it was."""

    def __init__(self, folder, sandbox, sources=None):
        self.folder, self.sandbox = Path(folder), sandbox
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.home = self.folder / "lab"
        self.home.mkdir(exist_ok=True)
        self.archive, self.state = self.home / "archive", self.home / "state"
        self.config = self.folder / "larkive.yaml"
        self.environment = {}
        self.configure(sources or f"mail:\n  mailboxes: [{MAILBOX}]\ntasks:\n  tasklists: [offers]\n")

    def configure(self, sources):
        secret = self.folder / "app_secret"
        secret.write_text("sandbox-secret-not-real")
        self.config.write_text(
            f"archive: {self.archive}\nstate: {self.state}\nfeishu:\n  base_url: {self.sandbox.url}\n"
            f"  app_id: cli_sandbox0000000001\n  app_secret_file: {secret}\n  pacing: off\n{sources}")
        secret.chmod(0o600)
        self.config.chmod(0o600)

    def start(self, *arguments, wrap=(), environment=None, acks=None, folder=None):
        """Starts larkive, perhaps within another program; `folder` gets what it says."""
        words = [*wrap, BINARIES / "larkive", *arguments, "--config", self.config]
        if acks is not None:
            words += ["--ack-fd", str(acks)]
        out, err = ((folder or self.folder) / name for name in ("out", "err"))
        with out.open("wb") as standard, err.open("wb") as errors:
            return subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=standard, stderr=errors, start_new_session=True,
                pass_fds=() if acks is None else (acks,), umask=0o077,
                env={**BASE_ENVIRONMENT, "HOME": str(self.folder), **self.environment, **(environment or {})})

    def larkive(self, *arguments, wrap=(), environment=None, kill_after=None, seconds=LARKIVE_SECONDS):
        """Runs larkive to its end, or for so long and then kills it; `sync` is asked for its acks."""
        began = time.monotonic()
        acks = self.open_acks() if arguments[0] == "sync" else None
        process = self.start(*arguments, wrap=wrap, environment=environment, acks=acks)
        try:
            code = process.wait(seconds if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if acks is not None:
                os.close(acks)
        if code is None and kill_after is not None:
            code = -signal.SIGKILL
        return Ended(code, self.read("out"), self.read("err"), time.monotonic() - began,
                     self.acks() if acks is not None else [])

    def open_acks(self):
        return os.open(self.folder / "acks", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)

    def acks(self):
        """What the last `sync` acknowledged, as digests; an incomplete line counts as none."""
        path = self.folder / "acks"
        return re.findall(r"^([0-9a-f]{64})\n", path.read_text(), re.M) if path.exists() else []

    def read(self, name):
        return (self.folder / name).read_text(errors="replace")

    def expect(self, code, *arguments, **more):
        """Runs larkive; another exit code is the end of the suite."""
        ended = self.larkive(*arguments, **more)
        if ended.code != code:
            raise RuntimeError(f"larkive {' '.join(arguments)}: exit {ended.code}, not {code}\n{ended.err}{ended.out}")
        return ended

    # Snapshots

    def snapshot(self, name):
        """Keeps archive and STATE as they are."""
        self.copy(self.home, self.folder / f"kept-{name}")

    def restore(self, name):
        self.copy(self.folder / f"kept-{name}", self.home)

    def clear(self):
        """Takes archive and STATE away."""
        remove(self.home)
        self.home.mkdir()

    @staticmethod
    def copy(source, target):
        remove(target)
        subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)

    # Judging

    def check(self, finished=False, acks=()):
        """What the independent checker says, and secrets in what the program printed."""
        bad = check.check(self.archive, self.state, finished, acks)
        for name in ("out", "err"):
            path = self.folder / name
            for secret in check.find_secrets(path.read_bytes() if path.exists() else b""):
                bad.append(f"I11 what larkive printed holds a secret: {secret[:12]!r}...")
        return bad

    def verify(self):
        """What larkive's own verification says; empty when all is well."""
        ended = self.larkive("verify", "--read-data", "--json")
        findings = ended.summary.get("findings", ["no answer"])
        findings = [finding for finding in findings if finding == "no answer" or finding["severity"] == "error"]
        if ended.code == 0 and not findings:
            return []
        return [f"verify: exit {ended.code}, {findings} {ended.err.strip()}"]

    def agreement(self):
        """Whether larkive's own verification finds fault exactly where the independent checker does."""
        archive = check.checked(self.archive, self.state)
        bad, applied = archive.bad + archive.admitted, check.fold.applied(self.archive / "manifest.sqlite")
        if applied is not None and applied + 1 < min(archive.log.sealed, archive.log.last_run()):
            bad.append("I4 the manifest lacks more than the last run has written")
        found = self.verify()
        return [] if bool(found) == bool(bad) else [f"verify says {found or 'nothing'}, the checker {bad or 'nothing'}"]

    def final_state(self):
        """What two archives of one world must have in common, whatever happened on the way (I15)."""
        objects = sorted(path.name for path in self.archive.glob("objects/*/*"))
        # A run that is complete may leave a journal to be rolled back: of tidying its index, which may fail.
        with check.opened(self.archive / "manifest.sqlite") as db:
            return {"objects": objects, **{name: sorted(map(str, db.execute(sql))) for name, sql in COMMON.items()}}

    def compare(self, wanted):
        """The differences between this archive's final state and another's."""
        found = self.final_state()
        return [f"I15 {name}: {line}" for name in wanted for line in differences(wanted[name], found[name])]


def remove(folder):
    if folder.exists():
        subprocess.run(["rm", "-rf", folder], check=True)


def differences(wanted, found):
    lines = [f"lacks {line}" for line in wanted if line not in found]
    return lines + [f"has {line} besides" for line in found if line not in wanted]


# The manifest's rows without numbers, times and runs. How bytes came depends on what came first.
COMMON = {
    "sources": "SELECT name, last_complete NOT NULL FROM source",
    "objects held": "SELECT hex(digest), size, damaged FROM object",
    "messages": """SELECT s.name, m.id, folder, state, draft, attachment_count, date, sender, sender_name,
        subject FROM message m JOIN source s ON s.n = m.source""",
    "tasks": "SELECT * FROM task",
    "attachments": """SELECT key, kind, s.name, message_id, task_guid, id, state, rule, version, type,
        inline, cid, uploader, uploaded, vanished NOT NULL
        FROM attachment a LEFT JOIN source s ON s.n = a.source""",
    "versions": """SELECT key, v.n, v.name, v.size, file_token, hex(digest) FROM version v
        JOIN attachment a ON a.n = v.attachment""",
    "sightings": """SELECT key, s.name, missed_at NOT NULL FROM sighting i
        JOIN attachment a ON a.n = i.attachment JOIN source s ON s.n = i.source""",
    "ledger": """SELECT key, s.name, l.message_id, reason FROM ledger l
        LEFT JOIN attachment a ON a.n = l.attachment LEFT JOIN source s ON s.n = l.source""",
}


# MARK: suites


class Suite:
    """Counts what a suite does, shows its violations, and says at the end how it went."""

    def __init__(self, name, is_silent=False):
        self.name, self.began, self.violations, self.counts = name, time.monotonic(), 0, {}
        self.is_silent, self.lines = is_silent, []

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def say(self, where, lines):
        """Shows what is wrong at a place."""
        self.violations += len(lines)
        self.lines += lines
        for line in [] if self.is_silent else lines[:12]:
            print(f"VIOLATION {self.name}, {where}: {line}", flush=True)

    def add(self, other):
        """Takes over what a part of the suite has counted, in another process."""
        self.violations += other.violations
        for what, number in other.counts.items():
            self.count(what, number)

    def at_least(self, what, number):
        """A suite that tests nothing must not pass."""
        if self.counts.get(what, 0) < number:
            self.say("the suite", [f"only {self.counts.get(what, 0)} {what}, at least {number} are needed"])

    def end(self):
        counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        seconds = time.monotonic() - self.began
        print(f"{self.name}: {counts}, {self.violations} violations, {seconds:.0f} s", flush=True)
        sys.exit(1 if self.violations else 0)


@contextlib.contextmanager
def laboratory(world, name="crash", sources=None, base=None):
    """A lab with a sandbox of its own in a scratch folder that is removed at the end.

    Where there is memory for it the folder is in memory: what dies here is a program, not a disk.
    """
    if base is None and os.access("/dev/shm", os.W_OK):
        base = "/dev/shm"
    folder = Path(tempfile.mkdtemp(prefix=f"larkive-{name}-", dir=base))
    sandbox = Sandbox(world, folder)
    try:
        yield Lab(folder, sandbox, sources)
    finally:
        sandbox.stop()
        subprocess.run(["rm", "-rf", folder], check=True)


def strace(trace, *inject, log="/dev/null", paths=False):
    """The words before a program that is to be traced, with faults injected."""
    words = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(log), "-s", "0", "-e", f"trace={trace}"]
    return words + (["-y"] if paths else []) + [f"--inject={fault}" for fault in inject]


def in_parallel(jobs, work, cases):
    """Does the work for each case, in so many processes; yields what it returns."""
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, cases)


# MARK: faults


def shim():
    """The library of fault.c, built once in a folder of its own."""
    folder = Path(tempfile.gettempdir()) / f"larkive-shim-{os.getuid()}"
    source, library = Path(__file__).with_name("fault.c"), folder / "fault.so"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not library.exists() or library.stat().st_mtime < source.stat().st_mtime:
        fresh = folder / f"fault-{os.getpid()}.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", fresh, source, "-ldl"], check=True)
        fresh.rename(library)
    return library


def faults(lab, plan="", log=None):
    """The environment that brings these faults to a larkive of this lab."""
    settings = {"LD_PRELOAD": str(shim()), "FAULT_ROOTS": f"{lab.archive}:{lab.state}", "FAULT_PLAN": plan}
    return {**settings, "FAULT_LOG": str(log)} if log else settings



def counted(log):
    """The calls in a log of fault.c as (name, path, what was done)."""
    lines = Path(log).read_text(errors="replace").splitlines() if Path(log).exists() else []
    return [(*line.split(" ", 1)[:1], *line.split(" ", 1)[1].rsplit(" ", 1)) for line in lines if line.count(" ") > 1]
