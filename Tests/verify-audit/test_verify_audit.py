"""Builds small logs straight from docs/format.md, verifies them, then breaks them in every way."""
import base64, copy, gzip, hashlib, json, os, shutil, subprocess, sys, tempfile, zlib
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SCRIPT = Path(__file__).resolve().parents[2] / "examples/verify-audit/verify_audit.py"
ORIGIN = "larkive/7d2f3f0e-0000-4000-8000-000000000001/1"
SECOND = ORIGIN[:-1] + "2"


def compact(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data):
    return hashlib.sha256(data).digest()


def make_line(seq, previous, private, **fields):
    salt = hashlib.sha256(b"salt %d" % seq).digest()[:16]
    body = compact(private)
    record = compact({
        "seq": seq, "prev": previous.hex() if previous else "0" * 64,
        "time": f"2026-11-21T04:05:06.{seq % 1000:03}Z", "run": "20261121T040506Z-1a2b3c4d",
        "commitment": sha256(salt + body).hex(), "type": "attachment.held", **fields,
    })
    head = b'{"salt":"' + salt.hex().encode() + b'"'
    sealed = head + (b"," + body[1:] if private else b"}")
    return b'{"record":' + record + b',"private":' + sealed + b"}\n", sha256(b"\0" + record)


def make_lines(count, start=0, previous=None, special={}):
    lines, leaves = [], []
    for seq in range(start, start + count):
        private = {} if seq % 7 == 0 else {
            "name": "报价 \u001b\u007f\"\\/\u2028.pdf", "size": -seq, "nested": {"b": [1, None], "a": {}},
            "\U0001f600": True, "\uffee": "\n",
        }
        fields = {"attachment": seq, "complete": True, "counts": {"known": 3, "archived": 0}, "list": []}
        line, previous = make_line(seq, previous, private, **special.get(seq, fields))
        lines.append(line)
        leaves.append(previous)
    return lines, leaves


def tree_hash(leaves):
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:]))


def vkey(key, name=ORIGIN):
    public = b"\1" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = sha256(name.encode() + b"\n" + public)[:4]
    return key_id, f"{name}+{key_id.hex()}+{base64.b64encode(public).decode()}"


def note(leaves, key, name=ORIGIN):
    text = f"{name}\n{len(leaves)}\n{base64.b64encode(tree_hash(leaves)).decode()}\n"
    blob = base64.b64encode(vkey(key, name)[0] + key.sign(text.encode())).decode()
    return f"{text}\n\u2014 {name} {blob}\n"


def write_tiles(tlog, leaves):
    row, level = leaves, 0
    while row:
        for index in range(0, (len(row) + 255) // 256):
            part = row[index * 256:index * 256 + 256]
            groups = [f"{index % 1000:03}"]
            rest = index // 1000
            while rest:
                groups.insert(0, f"x{rest % 1000:03}")
                rest //= 1000
            path = tlog / "tile" / str(level) / "/".join(groups)
            if len(part) < 256:
                path = path.with_name(path.name + ".p") / str(len(part))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(part))
        row = [tree_hash(row[i:i + 256]) for i in range(0, len(row) - 255, 256)]
        level += 1


class Log:
    """A log of some segments, each with its note, and two lines that are not sealed yet."""

    def __init__(self, folder, sizes, first_number=1, special={}):
        self.audit, self.sizes = folder, sizes
        self.key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
        self.lines, self.leaves = make_lines(sum(sizes) + 2, special=special)
        tlog = folder / "tlog"
        (tlog / "keys").mkdir(parents=True)
        (tlog / "checkpoints/2026").mkdir(parents=True)
        (folder / "inbox").mkdir()
        start = 0
        for number, size in enumerate(sizes, first_number):
            month = folder / ("2026/11" if number < first_number + 2 else "2027/01")
            month.mkdir(parents=True, exist_ok=True)
            packed = gzip.compress(b"".join(self.lines[start:start + size]), mtime=0)
            (month / f"{number:09}.jsonl.gz").write_bytes(packed)
            start += size
            self.note = note(self.leaves[:start], self.key)
            (tlog / f"checkpoints/2026/{start:012}.note").write_text(self.note)
        (tlog / "checkpoint").write_text(self.note)
        key_id, self.vkey = vkey(self.key)
        (tlog / f"keys/1-{key_id.hex()}.vkey").write_text(self.vkey + "\n")
        write_tiles(tlog, self.leaves[:start])
        (folder / "open.jsonl").write_bytes(b"".join(self.lines[start:]))

    @property
    def segments(self):
        return sorted(self.audit.glob("2*/*/*.gz"))

    def edit(self, index, change):
        path = self.segments[index]
        path.write_bytes(gzip.compress(change(gzip.decompress(path.read_bytes())), mtime=0))

    def resign(self, key, leaves=None):
        leaves = leaves or self.leaves[:sum(self.sizes)]
        for path in self.audit.glob("tlog/checkpoints/*/*.note"):
            size = int(path.stem)
            path.write_text(note(leaves[:size], key))
        (self.audit / "tlog/checkpoint").write_text(note(leaves, key))


class ChangedLog(Log):
    """A log whose fourth record names another key; with it the log goes on."""

    def __init__(self, folder, kind):
        self.next = Ed25519PrivateKey.from_private_bytes(b"n" * 32)
        next_id, self.next_vkey = vkey(self.next, SECOND)
        told = {"former_size": 6} if kind == "log.restarted" else {}
        special = {3: {"type": kind, "key": self.next_vkey, "origin": 2, **told}}
        super().__init__(folder, (3, 1, 4), special=special)
        notes, tlog = self.audit / "tlog/checkpoints/2026", self.audit / "tlog"
        (tlog / f"keys/2-{next_id.hex()}.vkey").write_text(self.next_vkey + "\n")
        for size in (4, 8):
            (notes / f"{size:012}-2.note").write_text(note(self.leaves[:size], self.next, SECOND))
        (notes / "000000000008.note").unlink()
        self.old_note, self.note = self.note, (notes / "000000000008-2.note").read_text()
        (tlog / "checkpoint").write_text(self.note)
        if kind == "log.restarted":  # of six records that had been signed three were left
            (notes / "000000000004.note").unlink()
            (notes / "000000000006.note").write_text(note(self.leaves[:3] + self.leaves[5:8], self.key))


def verify(audit, *options):
    command = [sys.executable, str(SCRIPT), str(audit), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


passed, failed = 0, 0


def check(name, is_right, shown=""):
    global passed, failed
    if is_right:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}\n{shown}")


def good(name, sizes, prepare=lambda log: (), options=lambda log: (), first_number=1):
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "audit", sizes, first_number)
        prepare(log)
        code, out, err = verify(log.audit, *options(log))
        root = tree_hash(log.leaves[:sum(sizes)]).hex()
        check(name, code == 0 and out.startswith(f"OK size={sum(sizes)} root={root}\n") and not err, out + err)
        return out


def bad(name, tamper, expected, options=lambda log: (), sizes=(3, 290, 17, 4)):
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder) / "audit", sizes)
        tamper(log)
        code, out, err = verify(log.audit, *options(log))
        is_right = code == 1 and expected in err and "OK" not in out and "Traceback" not in err
        check(name, is_right, f"exit {code}\n{out}{err}")


def changed(name, kind, expected=None, tamper=lambda log: (), options=lambda log: ()):
    """A change of keys that has to be followed, or to be refused in the expected words."""
    with tempfile.TemporaryDirectory() as folder:
        log = ChangedLog(Path(folder) / "audit", kind)
        tamper(log)
        code, out, err = verify(log.audit, *options(log))
        root = tree_hash(log.leaves[:8]).hex()
        is_fine = code == 0 and out.startswith(f"OK size=8 root={root}\n") and not err
        is_refused = code == 1 and expected is not None and expected in err and "Traceback" not in err
        check(f"{kind}: {name}", is_refused if expected is not None else is_fine, f"exit {code}\n{out}{err}")
        return out


def forged_note(log):
    """The second key's name and id, with a signature of somebody else."""
    head, _, blob = log.note.rpartition(" ")
    signed = OTHER.sign((head.partition("\n\n")[0] + "\n").encode())
    return head + " " + base64.b64encode(base64.b64decode(blob)[:4] + signed).decode() + "\n"


def former_notes(log):
    """Leaves only what the first key has signed."""
    for path in log.audit.glob("tlog/checkpoints/*/*"):
        if path.read_text().startswith(ORIGIN[:-1] + "2\n"): path.unlink()
    (log.audit / "tlog/checkpoint").write_text(note(log.leaves[:3], log.key))


def first_key(log):
    return "--key", log.vkey


def next_key(log):
    return "--key", log.next_vkey


def both_keys(log):
    return first_key(log) + next_key(log)


def write_note(name, make):
    return lambda log: (log.audit / "tlog/checkpoints/2026" / name).write_text(make(log))


def replaced(old, new, count=1):
    def change(data):
        assert old in data, old
        return data.replace(old, new, count)
    return change


def swapped(data):
    lines = data.splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    return b"".join(lines)


def rewrite(log, index, change, is_resigned_by=None):
    """What an attacker with some skill does: every hash after the change is made anew."""
    lines, leaves, previous = [], [], None
    for seq in range(sum(log.sizes)):
        private = {"name": "other"} if seq == index else {"name": "same"}
        line, previous = make_line(seq, previous, private, attachment=seq)
        lines.append(line)
        leaves.append(previous)
    start = 0
    for path, size in zip(log.segments, log.sizes):
        path.write_bytes(gzip.compress(b"".join(lines[start:start + size]), mtime=0))
        start += size
    (log.audit / "open.jsonl").write_bytes(b"")
    shutil.rmtree(log.audit / "tlog/tile")
    write_tiles(log.audit / "tlog", leaves)
    if is_resigned_by:
        log.resign(is_resigned_by, leaves)


def own_key_in_folder(log, key):
    for path in log.audit.glob("tlog/keys/*"):
        path.unlink()
    (log.audit / "tlog/keys/1-x.vkey").write_text(vkey(key)[1] + "\n")


def swap_key_and_resign(log):
    rewrite(log, 5, None, OTHER)
    own_key_in_folder(log, OTHER)


def outside_note(log):
    path = log.audit.parent / "kept.note"
    path.write_text(log.note)
    return "--checkpoint", path


def truncate(log, segments=1):
    """A consistent older state: the newest segments, notes and tiles are gone."""
    for path in log.segments[-segments:]:
        path.unlink()
    kept = sum(log.sizes[:-segments])
    notes = sorted(log.audit.glob("tlog/checkpoints/*/*.note"))
    for path in notes[-segments:]:
        path.unlink()
    (log.audit / "tlog/checkpoint").write_text(notes[-segments - 1].read_text())
    shutil.rmtree(log.audit / "tlog/tile")
    write_tiles(log.audit / "tlog", log.leaves[:kept])
    (log.audit / "open.jsonl").write_bytes(b"")


def first(pattern):
    return lambda log: sorted(path for path in log.audit.glob(pattern) if path.is_file())[0]


def flip(pick, place=0):
    def tamper(log):
        path = pick(log)
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)
    return tamper


def append(pick, data):
    def tamper(log):
        path = pick(log)
        path.write_bytes(path.read_bytes() + data)
    return tamper


def edit(pick, change):
    def tamper(log):
        path = pick(log)
        path.write_bytes(change(path.read_bytes()))
    return tamper


def shorten(pick):
    return edit(pick, lambda data: data[:-1])


def pipe(pick):
    def tamper(log):
        path = pick(log)
        path.unlink()
        os.mkfifo(path)
    return tamper


def directory(pick):
    def tamper(log):
        path = pick(log)
        path.unlink()
        path.mkdir()
    return tamper


def remove(pick):
    return lambda log: pick(log).unlink()


def relined(**changes):
    """Line 1 of the first segment with other content, its commitment right."""
    def tamper(log):
        fields = {"attachment": 1, **changes.get("fields", {})}
        line, _ = make_line(1, log.leaves[0], changes.get("private", {}), **fields)
        for old, new in changes.get("bytes", []):
            assert old in line, old
            line = line.replace(old, new, 1)
        log.edit(0, lambda data: data.replace(log.lines[1], line))
    return tamper


OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
last = lambda log: log.segments[-1]

# What is good.
for sizes in [(1,), (2, 3), (3, 290, 17, 4), (255, 1), (256,), (257, 255), (700, 1)]:
    good(f"a log of {sizes}", sizes)
out = good("the open journal is counted", (3, 4))
check("open, not sealed", "open, not sealed: 2" in out, out)
check("the newest note is in its place", "older note" not in out, out)
out = good("an older note in the newest one's place", (3, 4), lambda log: (log.audit / "tlog/checkpoint").write_text(
    (log.audit / "tlog/checkpoints/2026/000000000003.note").read_text()))
check("an older note is said", "tlog/checkpoint is an older note, over 3 records" in out, out)
check("what is not excluded is said", "cut off after 7" in out and "--key" in out, out)
out = good("a note and a key from outside", (3, 4), options=lambda log: (*outside_note(log), "--key", log.vkey))
check("a known key excludes another", "--key" not in out, out)
good("a torn line at the end of the journal", (3, 4), append(lambda log: log.audit / "open.jsonl", b'{"rec'))
good("a journal that is sealed and not emptied", (3, 4), lambda log: (log.audit / "open.jsonl").write_bytes(
    gzip.decompress(last(log).read_bytes())))
good("a journal that was copied before it was sealed", (3, 4), lambda log: (log.audit / "open.jsonl").write_bytes(
    b"".join(log.lines[3:5])))
good("no journal", (3, 4), remove(lambda log: log.audit / "open.jsonl"))
good("what a dying replacement leaves", (3, 4), lambda log: (log.audit / "tlog/tile/0/000.p/9.new").write_bytes(b"x"))
good("an older partial tile", (3, 4), lambda log: (log.audit / "tlog/tile/0/000.p/3").write_bytes(b"".join(log.leaves[:3])))

# Bytes.
bad("a byte of a record", lambda log: log.edit(1, replaced(b'"known":3', b'"known":4')), "prev does not fit")
bad("a byte of a private part", lambda log: log.edit(1, replaced("报".encode(), "保".encode())), "wrong commitment")
bad("a salt", lambda log: log.edit(1, replaced(b'"salt":"', b'"salt":"0', 1)), "not {\"record\"")
bad("a commitment", lambda log: log.edit(0, replaced(b'"commitment":"', b'"commitment":"0')), "wrong commitment")
bad("a byte of gzip", flip(last, 30), "not one whole gzip member")
bad("bytes after gzip", append(last, b"x"), "not one whole gzip member")
bad("a second gzip member", append(last, gzip.compress(b"", mtime=0)), "not one whole gzip member")
bad("a gzip cut short", lambda log: last(log).write_bytes(last(log).read_bytes()[:-9]), "not one whole gzip member")
bad("a byte of the journal", lambda log: (log.audit / "open.jsonl").write_bytes(
    log.lines[-2].replace(b'"known":3', b'"known":4') + log.lines[-1]), "open.jsonl line 2: prev does not fit")
bad("a line of the journal that is gone", lambda log: (log.audit / "open.jsonl").write_bytes(log.lines[-1]), "open.jsonl line 1: seq")

# Form.
bad("a private part that is null", relined(bytes=[(b'"private":{', b'"private":null,"x":{')]), "not {\"record\"")
bad("a space", relined(bytes=[(b'"private":', b'"private": ')]), "not {\"record\"")
bad("a member after the private part", relined(bytes=[(b"}}\n", b'},"more":1}\n')]), "line 2")
bad("a carriage return", relined(bytes=[(b"}\n", b"}\r\n")]), "not {\"record\"")
bad("a float in a record", relined(fields={"x": 1.0}), "1.0 is not an integer")
bad("a negative number in a record", relined(fields={"x": -1}), "no record may hold")
bad("null in a record", relined(fields={"x": None}), "no record may hold")
bad("a quote in a record", relined(fields={"x": 'a"b'}), "no record may hold")
bad("Chinese in a record", relined(fields={"x": "报价"}), "no record may hold")
bad("a capital in a name", relined(fields={"X": 1}), "no record may hold")
bad("`private` in a record", relined(fields={"x": {"private": 1}}), "line 2")
bad("a large number in a record", relined(fields={"x": 10**16}), "no record may hold")
bad("a record that is too long", relined(fields={"x": "x" * 60_000}), "no record may hold")
bad("a line that is too long", relined(private={"x": "x" * (4 << 20)}), "not {\"record\"")
bad("a float in a private part", relined(private={"x": 0.5}), "0.5 is not an integer")
bad("two salts", relined(private={"salt": "x"}), "two salts")
bad("a missing field", relined(bytes=[(b'"run"', b'"ran"')]), "line 2")
bad("names that are not in order", relined(private={"a": 1, "b": 2}, bytes=[(b'"a":1,"b":2', b'"b":2,"a":1')]), "canonical")
bad("a name that stands twice", relined(private={"a": 1, "b": 2}, bytes=[(b'"b":2', b'"a":2')]), "canonical")
bad("a long escape", relined(private={"a": "x"}, bytes=[(b'"x"', b'"\\u0078"')]), "canonical")
bad("a lone surrogate", relined(private={"a": "x"}, bytes=[(b'"x"', b'"\\ud800"')]), "line 2")
bad("depth without end", relined(private={"a": "x"}, bytes=[(b'"x"', b"[" * 100_000 + b"]" * 100_000)]), "line 2")

# Order.
bad("lines that are swapped", lambda log: log.edit(1, swapped), "seq is")
bad("a line that is gone", lambda log: log.edit(1, lambda data: data.split(b"\n", 1)[1]), "seq is 4, not 3")
bad("a line that stands twice", lambda log: log.edit(0, lambda data: data + log.lines[2]), "seq is 2, not 3")
bad("a segment from the middle", remove(lambda log: log.segments[1]), "000000002.jsonl.gz should come here")
bad("the first segment", remove(lambda log: log.segments[0]), "seq is 3, not 0")
bad("the last segment", remove(last), "310 sealed records do not give")
bad("all segments", lambda log: [path.unlink() for path in log.segments], "0 sealed records do not give")
bad("segments whose numbers are swapped", lambda log: [log.segments[0].rename(log.audit / "x"),
    log.segments[0].rename(log.audit / "2026/11/000000001.jsonl.gz"),
    (log.audit / "x").rename(log.audit / "2026/11/000000002.jsonl.gz")], "seq is 3, not 0")
bad("a segment in an earlier folder", lambda log: [(log.audit / "2025/01").mkdir(parents=True),
    last(log).rename(log.audit / "2025/01" / last(log).name)], "should come here")
bad("a name that is no number", lambda log: (log.audit / "2026/11/000000001.old.jsonl.gz").write_bytes(
    gzip.compress(b"", mtime=0)), "should come here")

# Tree, notes, keys.
bad("a hash of a full tile", flip(first("tlog/tile/0/000")), "not the records' hashes")
bad("a hash of a partial tile", flip(first("tlog/tile/0/001.p/*")), "not the records' hashes")
bad("a hash of a higher tile", flip(first("tlog/tile/1/**/*")), "not the records' hashes")
bad("a tile with more hashes", append(first("tlog/tile/0/000"), b"x" * 32), "not the records' hashes")
bad("a missing tile", remove(first("tlog/tile/0/000")), "tile 0 of level 0 is missing")
bad("a missing partial tile", remove(first("tlog/tile/0/001.p/*")), "tile 1 of level 0 is missing")
bad("a missing higher tile", remove(first("tlog/tile/1/**/*")), "tile 0 of level 1 is missing")
bad("a tile beyond the tree", lambda log: (log.audit / "tlog/tile/0/007").write_bytes(b"x" * 8192), "not the records' hashes")
bad("a file that is no tile", lambda log: (log.audit / "tlog/tile/0/readme").write_bytes(b"x"), "readme: not the records'")
bad("no tiles", lambda log: shutil.rmtree(log.audit / "tlog/tile"), "is missing")
bad("a signature", lambda log: (log.audit / "tlog/checkpoint").write_text(
    log.note.rpartition(" ")[0] + " " + note(log.leaves[:2], log.key).rpartition(" ")[2]), "wrong signature")
bad("an older note", flip(first("tlog/checkpoints/*/*"), 60), "000000000003.note")
bad("no checkpoint", remove(lambda log: log.audit / "tlog/checkpoint"), "tlog/checkpoint")
bad("no keys", remove(first("tlog/keys/*")), "no known key has signed it")
bad("a note for another root", lambda log: (log.audit / "tlog/checkpoint").write_text(
    note(log.leaves[:313] + log.leaves[:1], log.key)), "do not give what it signs for 314")
bad("a note of another origin", lambda log: (log.audit / "tlog/checkpoint").write_text(
    note(log.leaves[:314], log.key, ORIGIN[:-1] + "2")), "no known key has signed it")
bad("a log signed with another key", lambda log: log.resign(OTHER), "no known key has signed it")
bad("a log that was rewritten", lambda log: rewrite(log, 5, None), "do not give what it signs")
bad("a log rewritten and signed with another key", lambda log: rewrite(log, 5, None, OTHER), "no known key has signed it")

# What only something from outside finds.
with tempfile.TemporaryDirectory() as folder:
    log = Log(Path(folder) / "audit", (3, 4))
    swap_key_and_resign(log)
    code, out, err = verify(log.audit)
    check("a swapped key is named as not excluded", code == 0 and "signed anew" in out, out + err)
with tempfile.TemporaryDirectory() as folder:
    log = Log(Path(folder) / "audit", (3, 4))
    truncate(log)
    code, out, err = verify(log.audit)
    check("truncation is named as not excluded", code == 0 and "cut off after 3" in out, out + err)
bad("a swapped key against the outside key", swap_key_and_resign, "no known key has signed it",
    lambda log: ("--key", log.vkey))
bad("a swapped key against an outside note", swap_key_and_resign, "kept.note: no known key", outside_note)
bad("truncation against an outside note", truncate, "kept.note: the 310 sealed records do not give", outside_note)
bad("truncation of two runs", lambda log: truncate(log, 2), "kept.note: the 293 sealed", outside_note)
bad("a folder that is no log", lambda log: shutil.rmtree(log.audit), "tlog/checkpoint")

# Changes of the key.
for kind in ("key.rotated", "log.restarted"):
    out = changed("the keys of the folder", kind)
    check(f"{kind}: a restart is told", ("restarted at record 3" in out) == (kind == "log.restarted"), out)
    changed("both keys are given", kind, options=both_keys)
    changed("both keys and the newest note", kind, options=lambda log: both_keys(log) + outside_note(log))
    changed("a key that no record names", kind, "no record names", lambda log: (
        log.audit / "tlog/keys/3-x.vkey").write_text(vkey(OTHER, ORIGIN[:-1] + "3")[1]))
    changed("a first key that has signed nothing", kind, "no record names", lambda log: (
        log.audit / "tlog/keys/1-x.vkey").write_text(vkey(OTHER)[1]))
    changed("a note of the former key after its time", kind, "whose time was over", write_note(
        "000000000008.note", lambda log: note(log.leaves[:8], log.key)))
    changed("a note whose signature is another's", kind, "wrong signature", write_note(
        "000000000008-2.note", forged_note))
    changed("the newest segment is gone", kind, "4 sealed records do not give", remove(last))
    changed("only the newest key is given", kind, options=next_key)
    changed("only the newest key, and a note of before it that is none", kind, "wrong signature", write_note(
        "000000000008-2.note", forged_note), options=next_key)
    changed("only the newest key, and its notes are gone", kind, "no key that was given has signed it",
            former_notes, next_key)
    changed("a key that nobody knows", kind, "no known key has signed it", options=lambda log: ("--key", vkey(OTHER)[1]))
changed("the first key is given", "key.rotated", options=first_key)
changed("the first key vouches for no restart", "log.restarted", "no known key has signed it", options=first_key)
changed("a cut that was not told", "log.restarted", "whose time was over", write_note(
    "000000000007.note", lambda log: note(log.leaves[:3] + log.leaves[4:8], log.key)))
changed("a cut from outside is no excuse", "log.restarted", "kept.note", lambda log: (log.audit.parent / "kept.note").write_text(
    note(log.leaves[:3] + log.leaves[5:8], log.key)), lambda log: ("--checkpoint", log.audit.parent / "kept.note"))

# Nothing but a note, a key, a journal.
for name, pick in {"newest note": first("tlog/checkpoint"), "kept note": first("tlog/checkpoints/*/*")}.items():
    bad(f"{name} with a line behind it", append(pick, b"evil note: rewritten\n"), "not the form of a signed note")
    bad(f"{name} with an empty line behind it", append(pick, b"\n"), "not the form of a signed note")
    bad(f"{name} without its last line feed", shorten(pick), "not the form of a signed note")
    bad(f"{name} with carriage returns", edit(pick, replaced(b"\n", b"\r\n", -1)), "")
    bad(f"{name} is a pipe", pipe(pick), "no plain file")
good("a note that somebody else has signed, too", (3, 2), append(first("tlog/checkpoint"), "\u2014 witness.example AAAAAAA=\n".encode()))
bad("a key with an empty line behind it", append(first("tlog/keys/*"), b"\n"), "not one line")
bad("a key without its line feed", shorten(first("tlog/keys/*")), "not one line")
for how in (pipe, directory):
    bad(f"a {how.__name__} in the place of the journal", how(first("open.jsonl")), "open.jsonl cannot be read")

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
