"""Judges a log of system calls by the strict rules of POSIX: nothing is durable that was not synced.

A file's bytes are durable after its fsync, a name after its folder's, both after syncfs. By that alone
larkive's order must hold: bytes before name, name before record, record before rows, rows before
acknowledgement; and at a seal segment, empty journal, tiles, STATE, checkpoints/, checkpoint.
"""
import collections
import os
import re

import trace

# The order of a seal: nothing of a later stage is published while something of an earlier one is pending.
STAGES = [
    ("segment", re.compile(r"archive/audit/\d{4}(/\d\d(/.*)?)?")),
    ("journal", re.compile(r"archive/audit/open\.jsonl")),
    ("tiles", re.compile(r"archive/audit/tlog/tile(/.*)?")),
    ("STATE", re.compile(r"state/seen")),
    ("checkpoints/", re.compile(r"archive/audit/tlog/checkpoints(/.*)?")),
    ("checkpoint", re.compile(r"archive/audit/tlog/checkpoint")),
]
OBJECT = re.compile(r"archive/objects/[0-9a-f]{2}/([0-9a-f]{64})")
# Needs no durability: it is made again, or says nothing.
TRANSIENT = re.compile(r"archive/lock|archive/staging(/.*)?|archive/manifest\.sqlite-journal|.*\.new")
JOURNAL, MANIFEST = "archive/audit/open.jsonl", "archive/manifest.sqlite"
ROLLBACK = MANIFEST + "-journal"
SYNCS = {"fsync", "fdatasync", "syncfs"}
WRITES = {"write", "writev", "pwrite64", "pwritev", "copy_file_range"}


def stage_of(path):
    for number, (_, pattern) in enumerate(STAGES):
        if pattern.fullmatch(path):
            return number
    return None


class Order:
    """The state of a disk that keeps only what was synced, and what larkive did too early."""

    def __init__(self, home, held=None, acks=None, out=None):
        self.home, self.acks_file, self.out, self.held = str(home), str(acks), str(out), held or {}
        self.bad, self.counts = [], collections.Counter()
        self.written, self.synced = collections.Counter(), collections.Counter()
        self.pending, self.failed = {}, set()
        self.records, self.journal_bytes, self.sync_marks = [], 0, {}
        self.commits, self.commit_begun, self.truncated = [], None, None
        self.acked = collections.Counter()
        self.descriptors, self.known, self.events_told = {}, set(), 0

    def judge(self, lines, ended=True):
        """What was done too early; of a program that was killed, not what it had still to do."""
        for call, has_ended in trace.events(lines):
            (self.ended if has_ended else self.begun)(call)
        if ended:
            self.at_the_end()
        return self.bad

    def say(self, call, text):
        self.bad.append(f"line {call.place if call else 'end'}: {text}")

    def short(self, path):
        path = re.sub(r"^/proc/self/fd/\d+$", "", path)
        return (os.path.normpath(path) + "/").removeprefix(self.home + "/").removesuffix("/") if path else ""

    def is_ours(self, path):
        return path.startswith(("archive/", "state/")) or path in ("archive", "state")

    def is_dirty(self, path):
        return self.written[path] > self.synced[path]

    # What a call means when it begins

    def begun(self, call):
        if call.name in WRITES:
            self.begin_write(call, self.short(call.file()))
        elif call.name in SYNCS:
            self.begin_sync(call, self.short(call.file()))
        elif call.name in ("link", "linkat", "rename", "renameat", "renameat2"):
            self.publish(call)
        elif call.name in ("unlink", "unlinkat"):
            self.remove(call, self.short(call.names()[-1]))
        elif call.name in ("ftruncate", "truncate", "fallocate"):
            self.truncate(call, self.short(call.file()))

    def begin_write(self, call, path):
        if call.file() == self.acks_file:
            return self.acknowledge(call)
        if path == JOURNAL:
            self.write_journal(call)
        elif path == MANIFEST:
            self.write_manifest(call)
        if self.is_ours(path):
            self.written[path] += 1
        elif call.file().startswith(self.out + "/"):
            self.hand_out(call)

    def hand_out(self, call):
        """Nothing leaves the archive before the event that tells of it is durable."""
        self.counts["writes of what is handed out"] += 1
        waiting = [path for path in self.pending if path.startswith("archive/audit/inbox/")]
        if waiting or not self.events_told:
            self.say(call, "bytes are handed out before the event that tells of it is durable")

    def write_journal(self, call):
        """Records follow their objects: no name of an object may be pending."""
        self.counts["journal writes"] += 1
        early = [path for path in self.pending if path.startswith("archive/objects")]
        if early:
            self.say(call, f"a record is written while the name {early[0]} is not durable")
        length = int(call.words.rsplit(",", 1)[1])
        self.records.append((self.journal_bytes, self.journal_bytes + length, len(self.records)))
        self.journal_bytes += length

    def write_manifest(self, call):
        """Rows follow their records, and SQLite's rollback journal stands before its pages change."""
        if self.is_dirty(JOURNAL):
            self.say(call, "rows are written while records are not durable")
        if self.is_dirty(ROLLBACK) or ROLLBACK in self.pending:
            self.say(call, "pages of the manifest are written while the rollback journal is not durable")
        if self.commit_begun is None:
            self.commit_begun = call.place

    def acknowledge(self, call):
        """An acknowledgement follows a whole commit that began after its record was durable."""
        for digest in re.findall(r"[0-9a-f]{64}", call.words):
            self.counts["acknowledgements"] += 1
            offsets = self.held.get(digest, [])
            count = self.acked[digest]
            self.acked[digest] += 1
            if count >= len(offsets):
                self.say(call, f"{digest} is acknowledged without a record")
                continue
            durable = [self.sync_marks.get(number) for start, end, number in self.records
                       if start <= offsets[count] < end]
            if not durable or durable[0] is None:
                self.say(call, f"{digest} is acknowledged before its record is durable")
            elif not any(durable[0] < begun for begun, _ in self.commits):
                self.say(call, f"{digest} is acknowledged before its rows are durable")

    def begin_sync(self, call, path):
        """A sync covers what was written before it began; a failed one is never tried again."""
        if path in self.failed and call.name != "syncfs":
            self.say(call, f"{path} is synced again after a sync that failed")
        call.covers = dict(self.written) if call.name == "syncfs" else {path: self.written[path]}
        call.pending = [name for name in self.pending
                        if call.name == "syncfs" or os.path.dirname(name) == path]
        call.journal = len(self.records)

    def publish(self, call):
        names = call.names()
        target = self.short(names[-1])
        if not self.is_ours(target):
            return
        call.target, call.source = target, self.source(call, names[0])
        if self.is_dirty(call.source):
            self.say(call, f"{target} is published while its bytes are not durable")
        self.check_stage(call, target)

    def source(self, call, name):
        """The file behind a name, also when it has none but a descriptor."""
        match = re.fullmatch(r"/proc/self/fd/(\d+)", call.texts()[0])
        return self.descriptors.get(match[1], "") if match else self.short(name)

    def check_stage(self, call, target):
        stage = stage_of(target)
        if stage is None:
            return
        for path, what in self.pending.items():
            earlier = stage_of(path)
            if earlier is not None and earlier < stage and not self.is_spare(path, what):
                self.say(call, f"{target} is published while {path} is not durable")

    @staticmethod
    def is_spare(path, what):
        """A narrower tile that goes may come back: it is part of the wider one, and goes again."""
        return what == "removed" and path.startswith("archive/audit/tlog/tile/")

    def remove(self, call, path):
        """A tile goes when the note over its successor is durable, an event when its record is."""
        if path.startswith("archive/audit/tlog/tile/"):
            early = [name for name, what in self.pending.items()
                     if stage_of(name) is not None and not self.is_spare(name, what)]
            if early:
                self.say(call, f"{path} is removed while {early[0]} is not durable")
        if path.startswith("archive/audit/inbox/") and self.is_dirty(JOURNAL):
            self.say(call, f"{path} is removed while its record is not durable")

    def truncate(self, call, path):
        if path == ROLLBACK and self.is_dirty(MANIFEST):
            self.say(call, "the rollback journal is emptied while the manifest's pages are not durable")
        if self.is_ours(path):
            self.written[path] += 1

    # What it has done when it ends

    def ended(self, call):
        if call.name in SYNCS:
            return self.end_sync(call)
        if call.result < 0:
            return self.end_failed(call)
        if call.name.startswith(("open", "creat")):
            self.end_open(call)
        elif call.name in ("mkdir", "mkdirat"):
            self.name(self.short(call.names()[0]))
        elif hasattr(call, "target"):
            self.end_publish(call)
        elif call.name in ("unlink", "unlinkat"):
            path = self.short(call.names()[-1])
            self.pending.pop(path, None)
            if self.is_ours(path):
                self.pending[path] = "removed"
        elif call.name == "ftruncate" and self.short(call.file()) == ROLLBACK and self.commit_begun:
            self.truncated = call.place

    def end_failed(self, call):
        """A name that is there already may be as little durable as one that was just made."""
        if hasattr(call, "target") and OBJECT.fullmatch(call.target):
            self.name(call.target)

    def end_open(self, call):
        path = self.short(call.opened or "")
        self.descriptors[str(call.result)] = path
        if "O_TMPFILE" in call.words:
            self.written[path] = self.synced[path] = 0
        elif "O_CREAT" in call.words and self.is_ours(path) and path not in self.known:
            self.name(path)

    def name(self, path):
        if self.is_ours(path):
            self.pending[path] = "made"
            self.known.add(path)

    def end_publish(self, call):
        if call.name.startswith("rename"):
            self.pending.pop(call.source, None)
            if not TRANSIENT.fullmatch(call.source):
                self.pending[call.source] = "removed"
            self.written[call.target] = self.written[call.source]
            self.synced[call.target] = self.synced[call.source]
        self.name(call.target)
        self.events_told += call.target.startswith("archive/audit/inbox/")

    def end_sync(self, call):
        path = self.short(call.file())
        self.counts["syncs"] += 1
        if call.result < 0:
            self.failed.add(path)
            return
        for file, count in call.covers.items():
            self.synced[file] = max(self.synced[file], count)
        for name in call.pending:
            self.pending.pop(name, None)
        if path == JOURNAL or call.name == "syncfs":
            for number in range(call.journal):
                self.sync_marks.setdefault(number, call.place)
        if path == ROLLBACK and self.truncated and not self.is_dirty(MANIFEST):
            self.commits.append((self.commit_begun, call.place))
            self.commit_begun = self.truncated = None

    def at_the_end(self):
        """Whatever the program leaves behind is durable when it ends."""
        for path, what in self.pending.items():
            if what == "made" and not TRANSIENT.fullmatch(path):
                self.say(None, f"the name {path} is not durable")
        for path in self.written:
            if self.is_dirty(path) and not TRANSIENT.fullmatch(path) and self.is_kept(path):
                self.say(None, f"the bytes of {path} are not durable")

    def is_kept(self, path):
        return os.path.exists(os.path.join(self.home, path))
