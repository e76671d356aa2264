#!/usr/bin/env python3
"""Checks an archive against the invariants I1 to I13, sharing no code with larkive.

It reads docs/format.md's promise with Python's standard library alone and changes nothing. One line
for each violation, beginning with the invariant's number; exit 0 when there is none, else 1.
"""
import argparse
import base64
import binascii
import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import stat
import sys
import tempfile
from pathlib import Path

import auditlog
import fold

OBJECT = re.compile(r"objects/([0-9a-f]{2})/([0-9a-f]{64})")
LAYOUT = re.compile(r"""
    larkive\.json(\.new)? | lock | manifest\.sqlite(-journal)? | staging/.+ | quarantine/.+
    | objects/[0-9a-f]{2}/[0-9a-f]{64}
    | audit/open\.jsonl(\.new)? | audit/\d{4}/\d\d/\d{9}\.jsonl\.gz | audit/inbox/[0-9a-f]{16}\.json
    | audit/tlog/(checkpoint(\.new)? | checkpoints/\d{4}/\d{12}(-\d+)?\.note | keys/\d+-[0-9a-f]{8}\.vkey
        | tile/\d+/(x\d{3}/)*\d{3}(\.p/\d+)?(\.new)?)
    """, re.X)
FOLDERS = re.compile(r"""
    objects(/[0-9a-f]{2})? | staging | quarantine(/.+)?
    | audit(/\d{4}(/\d\d)? | /inbox | /tlog(/checkpoints(/\d{4})? | /keys | /tile(/.*)?)?)?
    """, re.X)
LEAVE_ALONE = {"lock"}
# What the sandbox hands out: tokens of the app and of people, and the codes of links.
SECRETS = [re.compile(rb"sandbox-secret-not-real"), re.compile(rb"\b[tur]-g1[A-Za-z0-9]{32}")]
LONG_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{100,}")
LINK_CODE = re.compile(rb"[0-9a-f]{32}_[0-9a-f]{32}_ID:\d+_\d+:\d+_V3")


class Archive:
    """An archive as it stands, and what is wrong with it."""

    def __init__(self, path, state=None, finished=False, acks=(), canaries=()):
        self.path, self.state, self.finished = Path(path), state, finished
        self.acks, self.canaries = list(acks), [c.encode() for c in canaries]
        self.bad, self.objects, self.unfinished = [], {}, []
        self.admitted = []  # objects that are not there, or not whole, as the records say themselves
        self.log = auditlog.Log()

    def say(self, invariant, text):
        self.bad.append(f"{invariant} {text}")

    def check(self):
        """All invariants; returns the violations."""
        self.check_tree()
        self.log = auditlog.read(self.path / "audit")
        self.bad += self.log.bad + auditlog.Notes(self.path / "audit", self.state, self.log).bad
        self.check_identity()
        self.check_records()
        self.check_manifest()
        if self.finished:
            self.check_finished()
        return self.bad

    # I1, I11: files, modes, names, secrets

    def check_tree(self):
        for folder, folders, files in os.walk(self.path):
            within = folder[len(str(self.path)) + 1:]
            for name in sorted(folders + files):
                path = f"{folder}/{name}"
                self.check_name(path, f"{within}/{name}" if within else name, os.lstat(path))

    def check_name(self, path, name, found):
        self.unfinished += [name] if name.endswith(".new") and not name.startswith("quarantine/") else []
        if stat.S_ISDIR(found.st_mode):
            self.check_folder(name, found)
        else:
            self.check_file(Path(path), name, found)

    def check_folder(self, name, found):
        if not FOLDERS.fullmatch(name):
            self.say("I11", f"{name}/: not in the layout")
        if stat.S_IMODE(found.st_mode) != 0o700:
            self.say("I11", f"{name}/: mode {stat.S_IMODE(found.st_mode):04o}")

    def check_file(self, path, name, found):
        if not LAYOUT.fullmatch(name):
            self.say("I11", f"{name}: not in the layout")
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return self.say("I1", f"{name}: not a regular file with one name")
        mode = stat.S_IMODE(found.st_mode)
        data = path.read_bytes()
        if OBJECT.fullmatch(name):
            self.check_object(name, mode, data)
        elif mode not in (0o600, 0o400) or (name.endswith(".gz") and mode != 0o400):
            self.say("I11", f"{name}: mode {mode:04o}")
        if name not in LEAVE_ALONE:
            self.check_secrets(name, data)

    def check_object(self, name, mode, data):
        shard, digest = OBJECT.fullmatch(name).groups()
        self.objects[digest] = len(data)
        if hashlib.sha256(data).hexdigest() != digest:
            self.say("I1", f"{name}: its bytes are others ({len(data)} of them)")
        if shard != digest[:2] or mode != 0o400:
            self.say("I1", f"{name}: wrong shard, or mode {mode:04o}")

    def check_secrets(self, name, data):
        if name.endswith(".gz"):
            with contextlib.suppress(ValueError):
                data = auditlog.unpack(data)
        for secret in find_secrets(data, self.canaries):
            self.say("I11", f"{name}: holds a secret: {secret[:12]!r}...")

    # I5, I13: what the records say

    def check_identity(self):
        """larkive.json is what the log says, or fixes the brand and nothing else."""
        try:
            data = (self.path / "larkive.json").read_bytes()
            value = json.loads(data)
        except (OSError, ValueError) as error:
            return self.say("I5", f"larkive.json: {error}")
        spoken = [f.get("archive_sha256") or f.get("sha256") for f, _ in self.log.records
                  if f["type"] in ("archive.created", "run.started") and ("sha256" in f or "archive_sha256" in f)]
        without = {**value, "brand": None}
        before = json.dumps(without, separators=(",", ":")).encode() + b"\n"
        known = {hashlib.sha256(data).hexdigest(), hashlib.sha256(before).hexdigest()}
        if spoken and spoken[-1] not in known:
            self.say("I5", "larkive.json is not the file that the log speaks of")

    def check_records(self):
        """I13: a run that did not do everything says so; nothing follows the end of a run."""
        for fields, _ in self.log.records:
            if fields["type"] != "run.finished":
                continue
            totals, code = fields["totals"], fields["exit_code"]
            undone = totals["failed"] + totals["pending"]
            if (fields["outcome"] == "complete") != (code == 0) or (code == 0 and undone):
                self.say("I13", f"record {fields['seq']}: {fields['outcome']}, exit {code}, {undone} undone")
            parts = sum(totals[name] for name in ("known", "archived", "failed", "skipped", "pending"))
            if totals["listed"] != parts:
                self.say("I13", f"record {fields['seq']}: the equation is open")

    # I2, I3, I4, I6, I10: the manifest is a fold of the log, and what it names is there

    def check_manifest(self):
        excused = {f["sha256"] for f, _ in self.log.records if f["type"] in ("object.damaged", "object.lost")}
        damaged = set()
        for fields, _ in self.log.records:
            if fields["type"] in ("object.damaged", "object.lost"): damaged.add(fields["sha256"])
            if fields["type"] in ("object.repaired", "object.accepted"): damaged.discard(fields["sha256"])
        # Also one whose bytes are right again: a repair may die before its record.
        self.admitted += sorted(damaged)
        for fields, _ in self.log.records:
            if fields["type"] in ("attachment.held", "attachment.adopted"):
                self.check_held(fields["sha256"], fields["size"], excused, f"I6 record {fields['seq']}")
        path = self.path / "manifest.sqlite"
        if not path.exists() or path.stat().st_size == 0:
            if any(f["type"] == "run.started" for f, _ in self.log.records):
                self.say("I3", "manifest.sqlite is missing or empty")
            return
        with opened(path) as db:
            try:
                self.check_database(db, excused)
            except sqlite3.Error as error:
                self.say("I3", f"manifest.sqlite: {error}")

    def check_held(self, digest, size, excused, where):
        found = self.objects.get(digest)
        if found != size and digest in excused:
            self.admitted.append(digest)
        elif found != size:
            self.bad.append(f"{where}: object {digest} has {found} bytes, not {size}")

    def check_database(self, db, excused):
        def one(sql):
            return db.execute(sql).fetchone()[0]
        if (one("PRAGMA application_id"), one("PRAGMA user_version")) != (0x6C61726B, 1):
            tables = one("SELECT count(*) FROM sqlite_schema")
            if tables or one("PRAGMA user_version"):
                self.say("I3", "manifest.sqlite is not a manifest of format 1")
            return
        for (line,) in db.execute("PRAGMA integrity_check"):
            if line != "ok":
                self.say("I3", f"integrity_check: {line}")
        for line in db.execute("PRAGMA foreign_key_check"):
            self.say("I3", f"foreign_key_check: {line}")
        # The tables of the search index are no part of the fold.
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE sql NOT NULL"
                                                " AND name NOT GLOB 'search*'")}
        if {name for name in names if "_" not in name} != {*fold.COLUMNS, "files"}:
            self.say("I3", f"manifest.sqlite has other tables and views: {sorted(names)}")
        sql = "SELECT lower(hex(v.digest)), o.size FROM version v JOIN object o ON o.digest = v.digest"
        for digest, size in db.execute(sql):
            self.check_held(digest, size, excused, "I2 version")
        self.bad += fold.compare(db, self.log.records)

    # I7, and what only holds after a run has ended by itself

    def check_acks(self):
        """I7: what was acknowledged before the crash is in the log, and its object in the store."""
        held = {f["sha256"] for f, _ in self.log.records if f["type"] in ("attachment.held", "attachment.adopted")}
        for digest in self.acks:
            if digest not in held or digest not in self.objects:
                self.say("I7", f"{digest} was acknowledged and is lost")

    def check_finished(self):
        for name in sorted(p.name for p in (self.path / "staging").iterdir()):
            self.say("I11", f"staging/{name} is left over")
        for name in self.unfinished:
            self.say("I11", f"{name} is left over")
        journal = self.path / "audit/open.jsonl"
        if not journal.exists() or journal.stat().st_size:
            self.say("I5", "the journal is missing, or not sealed")
        notes = auditlog.Notes(self.path / "audit", self.state, self.log)
        if notes.newest is None or notes.newest[1] != self.log.sealed:
            self.say("I9", f"{self.log.sealed} records are sealed, the newest note is {notes.newest}")
        if self.state and notes.seen != notes.newest:
            self.say("I9", f"STATE has seen {notes.seen}, the newest note is {notes.newest}")
        if fold.applied(self.path / "manifest.sqlite") != len(self.log.records) - 1:
            self.say("I4", "the manifest is behind the log")


def find_secrets(data, canaries=()):
    """What nobody may write down, as far as its form tells."""
    found = [c for c in canaries if c in data]
    found += [match[0] for secret in SECRETS for match in secret.finditer(data)]
    for match in LONG_BASE64.finditer(data):
        text = match[0].replace(b"-", b"+").replace(b"_", b"/")
        with contextlib.suppress(binascii.Error):
            if LINK_CODE.match(base64.b64decode(text[:len(text) & ~3])):
                found.append(match[0])
    return found


@contextlib.contextmanager
def opened(path):
    """A copy of the manifest with its journal, so that looking heals nothing."""
    with tempfile.TemporaryDirectory(prefix="crash-check-") as folder:
        copy = Path(folder) / "manifest.sqlite"
        shutil.copyfile(path, copy)
        journal = path.with_name(path.name + "-journal")
        if journal.exists():
            shutil.copyfile(journal, copy.with_name(journal.name))
        db = sqlite3.connect(copy, isolation_level=None)
        try:
            yield db
        finally:
            db.close()


def checked(path, state=None, finished=False, acks=(), canaries=()):
    """An archive with all that is wrong with it."""
    archive = Archive(path, state, finished, acks, canaries)
    archive.check()
    archive.check_acks()
    return archive


def check(*words, **more):
    """The violations of an archive, as lines."""
    return checked(*words, **more).bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--state", type=Path, help="the STATE folder of the archive")
    parser.add_argument("--acks", type=Path, help="digests that were acknowledged, one a line")
    parser.add_argument("--finished", action="store_true", help="the last run has ended by itself")
    asked = parser.parse_args()
    acks = asked.acks.read_text().split() if asked.acks else []
    violations = check(asked.archive, asked.state, asked.finished, acks)
    print("\n".join(violations) or "no violations")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
