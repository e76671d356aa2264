"""Commands that write, each with what comes before it: what S1 kills, and S5 looks at."""
import signal

import lab


class Scenario:
    """A command, what comes before it, and how it is finished after it was killed."""

    def __init__(self, name, command, prepare, wanted=(0,), changes=(), lacks="", is_made=True):
        self.name, self.command, self.prepare = name, command, prepare
        self.wanted, self.changes, self.lacks, self.known = wanted, list(changes), {lacks}, set()
        self.is_made = is_made  # whether there is an archive on which verify has a verdict

    def set_up(self, bench):
        """Leaves the beginning in the snapshot `start`; returns the final state of a run without faults."""
        bench.clear()
        bench.sandbox.faults([])
        self.prepare(bench)
        bench.snapshot("start")
        self.known = set(bench.check()) if (bench.archive / "larkive.json").exists() else set()
        if self.changes:
            bench.sandbox.change(self.changes)
        for command in (self.command, ["sync"]):
            bench.expect(0, *with_folder(bench, command))
        return bench.final_state()

    def excuses(self, line):
        """Whether this was wrong before the command, or is so while it is under way."""
        return line in self.known or line in self.lacks


def nothing(bench):
    pass


def after_init(bench):
    bench.expect(0, "init")


def after_kill(bench):
    """A first sync that died with records in its journal and rows that the manifest lacks."""
    bench.expect(0, "init")
    ended = bench.larkive("sync", environment=lab.faults(bench, "kill fdatasync 9 *open.jsonl"))
    assert ended.code == -signal.SIGKILL, "the journal was not reached"


def after_sync(bench):
    bench.expect(0, "init")
    bench.expect(0, "sync")


def without_manifest(bench):
    after_sync(bench)
    (bench.archive / "manifest.sqlite").unlink()


def damaged(bench):
    """An object whose bytes are others, one that is missing, and a verdict that says so."""
    after_sync(bench)
    changed, gone = sorted(path for path in bench.archive.glob("objects/*/*") if path.stat().st_size)[:2]
    changed.chmod(0o600)
    changed.write_bytes(b"x" * changed.stat().st_size)
    changed.chmod(0o400)
    gone.unlink()
    bench.expect(7, "verify", "--read-data")


def without_key(bench):
    after_sync(bench)
    (bench.state / "key").unlink()


def with_problem(bench):
    """A file that cannot be downloaded."""
    bench.sandbox.faults([{"endpoint": "link", "guid": "f2", "raw": {"status": 404, "type": "text/plain", "body": "gone"}}])
    bench.expect(0, "init")
    bench.expect(3, "sync")


def with_folder(bench, command):
    """The words of a command, with an empty folder where it wants one."""
    folder = bench.folder / "out-files"
    lab.remove(folder)
    return [word.replace("{out}", str(folder)) for word in command]


CHANGES = [
    {"add_message": {"mailbox": lab.MAILBOX, "message": {
        "id": "m9", "subject": "later", "folder": "INBOX",
        "attachments": [{"id": "a9", "name": "9.pdf", "size": 999, "content": 9}]}}},
    {"move_message": {"mailbox": lab.MAILBOX, "message": "m2", "folder": "SENT"}},
    {"replace_task_attachment": {"guid": "f2", "file_token": "other", "name": "2.docx", "size": 512, "content": 10}},
    {"delete_task_attachment": "f1"},
]
PROBLEM = "task:t2/f2"
# What a rebuild that was killed may lack: it is the log that counts.
NO_MANIFEST = "I3 manifest.sqlite is missing or empty"
# A restart moves the tiles aside and makes them again from the log.
NO_TILES = "I9 tile 0 of level 0 is missing"
# What changes the world comes last: the worlds before must stay as they are.
SCENARIOS = [
    Scenario("first sync", ["sync"], after_init),
    Scenario("sync after a kill", ["sync"], after_kill),
    Scenario("init", ["init"], nothing, wanted=(0, 2), is_made=False),
    Scenario("rebuild", ["rebuild"], after_sync, lacks=NO_MANIFEST),
    Scenario("rebuild without a manifest", ["rebuild"], without_manifest, lacks=NO_MANIFEST),
    Scenario("verify", ["verify", "--read-data"], after_sync),
    Scenario("restore", ["restore", "1", "2", "3", "--to", "{out}"], after_sync),
    Scenario("export", ["export", "--format", "bagit", "--to", "{out}"], after_sync),
    Scenario("repair", ["repair"], damaged),
    # Done already when the command was killed late: then it is refused.
    Scenario("audit restart", ["audit", "restart", "--reason", "the key is lost"], without_key, wanted=(0, 2),
             lacks=NO_TILES),
    Scenario("audit key rotate", ["audit", "key", "rotate", "--reason", "once a year"], after_sync),
    Scenario("problems --accept", ["problems", "--accept", PROBLEM, "--reason", "withdrawn"], with_problem, wanted=(0, 2)),
    Scenario("second sync", ["sync"], after_sync, changes=CHANGES),
]
