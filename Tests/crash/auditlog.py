"""Reads an archive's audit log as docs/format.md describes it; what does not hold is a violation."""
import base64
import dataclasses
import hashlib
import json
import re
import stat
import zlib
from pathlib import Path

import ed25519

LINE = re.compile(rb'\{"record":(\{.*?\}),"private":(\{"salt":"([0-9a-f]{32})"(.*)\})\}\n', re.S)
PLAIN = re.compile(r"[ !#-\[\]-~]*")
COMMON = {"seq", "prev", "time", "run", "type", "commitment"}
SIGNATURE = re.compile("\u2014 ([^ \n+]+) ([A-Za-z0-9+/]+={0,2})\n")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LONGEST = 4 << 20


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def compact(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def refuse(text):
    raise ValueError(f"{text} is not an integer")


def parse(text):
    """One compact object with sorted names and integers only; the bytes must be the canonical ones."""
    value = json.loads(text, parse_float=refuse, parse_constant=refuse)
    if not isinstance(value, dict) or compact(value) != text:
        raise ValueError("not in canonical form")
    return value


def check_public(value):
    """The values that a record may hold."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not re.fullmatch("[a-z0-9_]+", name) or name == "private":
                raise ValueError(f"the name {name!r} in a record")
            check_public(inner)
    elif isinstance(value, list):
        for inner in value:
            check_public(inner)
    elif isinstance(value, str):
        if not PLAIN.fullmatch(value):
            raise ValueError("a string that no record may hold")
    elif not isinstance(value, bool) and not (isinstance(value, int) and 0 <= value < 2**53):
        raise ValueError("a number that no record may hold")


def read_line(line):
    """The record, the private part and the leaf hash of one line; raises ValueError."""
    match = LINE.fullmatch(line)
    if not match or len(line) > LONGEST:
        raise ValueError("not the form of a line")
    record, salt, rest = match[1], match[3], match[4]
    hidden = b"{" + rest.removeprefix(b",") + b"}"
    if (len(rest) > 0) != rest.startswith(b",") or rest == b",":
        raise ValueError("not the form of a private part")
    fields, private = parse(record), parse(hidden)
    check_public(fields)
    if not COMMON <= fields.keys() or len(record) > 60_000 or "salt" in private:
        raise ValueError("a record without its common fields, or too long, or two salts")
    if not TIME.fullmatch(fields["time"]):
        raise ValueError("not a time")
    if sha256(bytes.fromhex(salt.decode()), hidden).hex() != fields["commitment"]:
        raise ValueError("wrong commitment")
    return fields, private, sha256(b"\0", record)


@dataclasses.dataclass
class Log:
    """What was read: records as (fields, private), their leaves, and where the sealed part ends."""

    records: list = dataclasses.field(default_factory=list)
    leaves: list = dataclasses.field(default_factory=list)
    sealed: int = 0
    torn: bytes = b""
    segments: list = dataclasses.field(default_factory=list)
    bad: list = dataclasses.field(default_factory=list)

    def take(self, line):
        """Appends a line that continues the log; raises ValueError when it does not."""
        fields, private, leaf = read_line(line)
        if fields["seq"] != len(self.records):
            raise ValueError(f"seq is {fields['seq']}, not {len(self.records)}")
        if fields["prev"] != (self.leaves[-1].hex() if self.leaves else "0" * 64):
            raise ValueError("prev does not fit")
        self.records.append((fields, private))
        self.leaves.append(leaf)

    def last_run(self):
        """How many records there are before those of whoever wrote last."""
        count = len(self.records)
        while count and self.records[count - 1][0]["run"] == self.records[-1][0]["run"]:
            count -= 1
        return count

    def root(self, size):
        return root(self.leaves[:size])


def root(leaves):
    """The root of RFC 6962 over leaf hashes."""
    if not leaves:
        return sha256()
    while len(leaves) > 1:
        pairs = [sha256(b"\1", *leaves[i:i + 2]) for i in range(0, len(leaves) - 1, 2)]
        leaves = pairs + leaves[len(leaves) & ~1:]
    return leaves[0]


def unpack(data):
    """The content of exactly one gzip member without name and time."""
    gzip = zlib.decompressobj(wbits=31)
    try:
        plain = gzip.decompress(data, 192 << 20)
    except zlib.error as error:
        raise ValueError(f"not gzip: {error}") from None
    if not gzip.eof or gzip.unused_data or gzip.unconsumed_tail:
        raise ValueError("not one whole gzip member")
    if data[3] or data[4:8] != bytes(4):
        raise ValueError("a gzip header with a name or a time")
    return plain


def read_segments(audit, log):
    """All sealed lines; numbers without gaps, in the order of their paths."""
    paths = sorted(audit.glob("[0-9]*/*/*.jsonl.gz"))
    last = b""
    for number, path in enumerate(paths):
        if path.name != f"{number:09}.jsonl.gz":
            log.bad.append(f"I5 {path}: {number:09}.jsonl.gz should come here")
        try:
            last = unpack(path.read_bytes())
        except ValueError as error:
            log.bad.append(f"I5 {path}: {error}")
            continue
        if not last.endswith(b"\n"):
            log.bad.append(f"I5 {path}: does not end in a line feed, or is empty")
        for place, line in enumerate(last.splitlines(keepends=True) if b"\r" not in last
                                     else re.findall(rb"[^\n]*\n|[^\n]+", last), 1):
            try:
                log.take(line)
            except (ValueError, RecursionError) as error:
                log.bad.append(f"I5 {path} line {place}: {error}")
                return last
        log.segments.append(path)
    return last


def read_plain(path):
    """The bytes of a plain file; raises OSError for anything else, and never waits."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError("no plain file")
    return path.read_bytes()


def read_journal(audit, log, last):
    """The open journal: what the last segment has already counts once, a torn tail not at all."""
    path = audit / "open.jsonl"
    data = b""
    try:
        data = read_plain(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        log.bad.append(f"I5 {path}: {error}")
    log.sealed = len(log.records)
    if last and data.startswith(last):
        data = data[len(last):]
    elif last.startswith(data):
        data = b""
    while data:
        end = data.find(b"\n") + 1
        try:
            if not end:
                raise ValueError("no line feed")
            log.take(data[:end])
        except (ValueError, RecursionError):
            break
        data = data[end:]
    log.torn = data


def read(audit):
    """Reads the folder `audit`; nothing is refused, everything wrong stands in `bad`."""
    log = Log()
    read_journal(audit, log, read_segments(audit, log))
    return log


def read_key(path):
    """Name, key id and public key of a verifier key."""
    text = read_plain(path).decode()
    if not text.endswith("\n") or text.count("\n") != 1:
        raise ValueError("not one line")
    name, key_id, blob = text[:-1].split("+", 2)
    data = base64.b64decode(blob, validate=True)
    if data[:1] != b"\1" or len(data) != 33:
        raise ValueError("not an Ed25519 key")
    if sha256(name.encode(), b"\n", data)[:4].hex() != key_id:
        raise ValueError("wrong key id")
    if path.name != f"{name.rsplit('/', 1)[1]}-{key_id}.vkey":
        raise ValueError("wrong file name")
    return name, key_id, data[1:]


def read_note(text, keys):
    """Origin, size and root of a signed note; raises ValueError unless a known key signed it."""
    body, _, below = text.partition("\n\n")
    lines, signatures = body.split("\n"), SIGNATURE.findall(below)
    if len(lines) != 3 or not signatures or SIGNATURE.sub("", below):
        raise ValueError("not the form of a note")
    origin, size, signed = lines
    decoded = [(name, blob, base64.b64decode(blob, validate=True)) for name, blob in signatures]
    if any(base64.b64encode(data).decode() != blob or len(data) < 5 for _, blob, data in decoded):
        raise ValueError("not the form of a signature")
    blobs = [data for name, _, data in decoded if name == origin]
    blobs = [blob for blob in blobs if (origin, blob[:4].hex()) in keys]
    if not blobs:
        raise ValueError("no known key signed it")
    if not any(ed25519.verifies(keys[origin, blob[:4].hex()], blob[4:], f"{body}\n".encode()) for blob in blobs):
        raise ValueError("wrong signature")
    return origin, int(size), base64.b64decode(signed, validate=True)


class Notes:
    """The keys and notes of an archive, checked against its log."""

    def __init__(self, audit, state, log):
        self.log, self.bad, self.keys, self.state = log, [], {}, state
        for path in sorted(audit.glob("tlog/keys/*.vkey")):
            try:
                name, key_id, public = read_key(path)
                self.keys[name, key_id] = public
            except (OSError, ValueError, IndexError) as error:
                self.bad.append(f"I9 {path}: {error}")
        self.shelf = [self.check(path) for path in sorted(audit.glob("tlog/checkpoints/*/*.note"))]
        self.newest = self.check(audit / "tlog/checkpoint")
        self.seen = self.check(Path(state) / "seen") if state else None
        self.compare(audit)

    def check(self, path):
        """The (origin, size) of a note that agrees with the log; None when there is no file."""
        try:
            origin, size, signed = read_note(read_plain(path).decode(), self.keys)
            if size > self.log.sealed:
                raise ValueError(f"signs {size} records, {self.log.sealed} are sealed")
            if self.log.root(size) != signed:
                raise ValueError(f"the records do not give the root that it signs for {size}")
            number = int(origin.rsplit("/", 1)[1])
            if path.suffix == ".note" and path.stem != f"{size:012}" + (f"-{number}" if number > 1 else ""):
                raise ValueError("its name is not its size")
            return number, size
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            self.bad.append(f"I9 {path}: {error}")
            return None

    def compare(self, audit):
        """STATE first, then the shelf, then the newest: no later place knows what an earlier one lacks."""
        shelf = sorted(note for note in self.shelf if note)
        if len(set(shelf)) != len(shelf):
            self.bad.append("I9 two notes for one size")
        if self.newest and self.newest not in shelf:
            self.bad.append(f"I9 the newest note {self.newest} is not among checkpoints/")
        if self.newest and shelf and max(shelf) < self.newest:
            self.bad.append("I9 checkpoint is ahead of checkpoints/")
        if self.seen and self.newest and self.seen < self.newest:
            self.bad.append(f"I9 STATE has seen {self.seen}, the archive shows {self.newest}")
        if self.newest and self.state and not self.seen:
            self.bad.append("I9 STATE has seen no note, the archive has one")
        signed = self.newest[1] if self.newest else 0
        Tiles(audit / "tlog/tile", self.log, signed, self.bad)


class Tiles:
    """The hash tiles of the tree: every file holds the records' hashes, none that is needed lacks."""

    NAME = re.compile(r"(\d+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?")

    def __init__(self, folder, log, signed, bad):
        rows, self.widths = [log.leaves[:log.sealed]], {}
        while len(rows[-1]) >= 256:
            full = len(rows[-1]) // 256
            rows.append([root(rows[-1][256 * i:256 * (i + 1)]) for i in range(full)])
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".new"):
            self.check(path, str(path.relative_to(folder)), rows, bad)
        for level in range(8):
            count = signed >> 8 * level
            for start in range(0, count, 256):
                if self.widths.get((level, start // 256), 0) < min(256, count - start):
                    bad.append(f"I9 tile {start // 256} of level {level} is missing")

    def check(self, path, name, rows, bad):
        match = self.NAME.fullmatch(name)
        if not match:
            return bad.append(f"I11 {path}: not the name of a tile")
        level, width = int(match[1]), int(match[3] or 256)
        index = int(re.sub("[x/]", "", match[2]))
        row = rows[level][256 * index:256 * index + width] if level < len(rows) else []
        if path.read_bytes() != b"".join(row) or len(row) != width:
            return bad.append(f"I9 {path}: not the records' hashes")
        self.widths[level, index] = max(width, self.widths.get((level, index), 0))
