"""A finished archive to be damaged again and again, and copies of it for several processes at once.

On the usual scale it has some hundred records in six segments, so that its tree has a full tile and
two levels, and few objects, so that a look at all of it is quick.
"""
import concurrent.futures
import contextlib
import shutil
import types
from pathlib import Path

import check
import lab

MAIL = f"mail:\n  mailboxes: [{lab.MAILBOX}]\n"
TASKS = "tasks:\n  tasklists: [offers]\n"


def world(scale=5):
    """52 attachments for each step of the scale, of 24 different contents."""
    def file(number):
        return {"name": f"{number} 报价.pdf", "content": number % 24, "size": 90 + number % 24 * 131}
    messages = [{"id": f"m{m:03}", "subject": f"Order {m}", "folder": "INBOX",
                 "attachments": [{"id": f"a{n}", **file(n)} for n in range(8 * m, 8 * m + 8)]} for m in range(5 * scale)]
    tasks = [{"guid": f"t{t:03}", "summary": f"Offer {t}", "tasklists": ["offers"],
              "attachments": [{"guid": f"f{n}", **file(n)} for n in range(3 * t, 3 * t + 3)]} for t in range(4 * scale)]
    return {"seed": 9, "mailboxes": [{"address": lab.MAILBOX, "messages": messages}],
            "tasklists": [{"guid": "offers", "name": "Offers"}], "tasks": tasks}


def make(first):
    """Fills an archive in four runs, one of which records a restore."""
    first.configure(MAIL)
    first.expect(0, "init")
    first.expect(0, "sync")
    first.snapshot("older")
    first.configure(MAIL + TASKS)
    first.expect(0, "sync")
    first.expect(0, "restore", "1", "--to", first.folder / "given")
    first.expect(0, "sync")
    first.expect(0, "sync")
    first.snapshot("first")


class Specimen(lab.Lab):
    """A copy of the archive, for one process."""

    def __init__(self, folder, sandbox, source):
        super().__init__(folder, types.SimpleNamespace(url=sandbox.url), MAIL + TASKS)
        self.source = Path(source)
        self.renew()

    def renew(self, name="first"):
        self.copy(self.source / f"kept-{name}", self.home)

    def renew_log(self):
        """Puts the audit folder alone back, which is much quicker."""
        self.copy(self.source / "kept-first/archive/audit", self.archive / "audit")

    def files(self, pattern):
        return sorted(path for path in self.archive.glob(pattern) if path.is_file())

    def judge(self):
        """The codes that `verify --read-data` finds, its exit code, and the checker's words."""
        ended = self.larkive("verify", "--read-data", "--json")
        with contextlib.suppress(ValueError):
            found = [f["code"] for f in ended.summary.get("findings", []) if f["severity"] == "error"]
            return ended.code, sorted(set(found)), ended.err
        return ended.code, ["no JSON"], ended.err + ended.out

    def checked(self):
        try:
            return check.check(self.archive, self.state, finished=True)
        except Exception as error:  # a checker that stumbles has found something
            return [f"I0 {type(error).__name__}: {error}"]


def copies(folder, sandbox, source, jobs):
    return [Specimen(Path(folder) / f"copy-{job}", sandbox, source) for job in range(jobs)]


def remove(path):
    """Removes a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def at_once(work, cases):
    """Gives each process one case; a case names the copy that is its own."""
    with concurrent.futures.ProcessPoolExecutor(len(cases)) as pool:
        yield from pool.map(work, cases)
