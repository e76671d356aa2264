"""What somebody can do to an audit log who may write to its folder, and perhaps has a signing key."""
import base64
import gzip
import hashlib
import io
import json
import re
import secrets

import auditlog
import ed25519
from auditlog import compact, sha256


class Line:
    """A line that can be changed: the fields of its record, and its private part as bytes."""

    def __init__(self, data):
        match = auditlog.LINE.fullmatch(data)
        self.fields, self.private = json.loads(match[1]), match[2]

    @property
    def record(self):
        return compact(self.fields)

    @property
    def data(self):
        return b'{"record":' + self.record + b',"private":' + self.private + b"}\n"

    @property
    def leaf(self):
        return sha256(b"\0", self.record)

    def commit(self):
        """Makes the commitment fit the private part."""
        salt, rest = self.private[9:41], self.private[42:].removeprefix(b",")
        self.fields["commitment"] = sha256(bytes.fromhex(salt.decode()), b"{" + rest).hex()


class Forge:
    """An audit folder that is being changed; `seed` signs, 32 bytes."""

    def __init__(self, audit, seed):
        self.audit, self.seed = audit, seed
        self.paths = sorted(audit.glob("[0-9]*/*/*.jsonl.gz"))
        self.segments = [[Line(line) for line in io.BytesIO(auditlog.unpack(path.read_bytes()))]
                         for path in self.paths]
        self.newest = audit / "tlog/checkpoint"
        self.notes = sorted(audit.glob("tlog/checkpoints/*/*.note"))
        self.sizes = [int(path.stem) for path in self.notes]
        self.origin = self.newest.read_text().split("\n")[0]

    def lines(self):
        return [line for segment in self.segments for line in segment]

    def chain(self):
        """Makes every seq and prev fit the line before."""
        previous = "0" * 64
        for seq, line in enumerate(self.lines()):
            line.fields.update(seq=seq, prev=previous)
            previous = line.leaf.hex()

    def write_segments(self):
        for path, segment in zip(self.paths, self.segments):
            write(path, pack(b"".join(line.data for line in segment)))

    def cut(self, segments):
        """Leaves the first so many segments, with the notes and the tiles they had."""
        for path in self.paths[segments:]:
            path.unlink()
        self.paths, self.segments = self.paths[:segments], self.segments[:segments]
        size = len(self.lines())
        for path in [note for note in self.notes if int(note.stem) > size]:
            path.unlink()
            self.notes.remove(path)
        self.sizes = [size_ for size_ in self.sizes if size_ <= size]
        write(self.newest, self.notes[-1].read_bytes(), 0o600)
        self.write_tiles()

    def write_tiles(self):
        """Writes all tiles of the tree anew."""
        row, level = [line.leaf for line in self.lines()], 0
        for path in [p for p in (self.audit / "tlog/tile").rglob("*") if p.is_file()]:
            path.unlink()
        while row:
            for start in range(0, len(row), 256):
                part, index = row[start:start + 256], f"{start // 256:03}"
                name = index if len(part) == 256 else f"{index}.p/{len(part)}"
                path = self.audit / f"tlog/tile/{level}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, b"".join(part))
            full = len(row) // 256
            row, level = [auditlog.root(row[256 * i:256 * i + 256]) for i in range(full)], level + 1

    def sign_all(self):
        """Signs every note anew, as the log is now."""
        leaves = [line.leaf for line in self.lines()]
        for path, size in zip(self.notes, self.sizes):
            write(path, self.note(size, auditlog.root(leaves[:size])))
        write(self.newest, self.notes[-1].read_bytes(), 0o600)

    def note(self, size, root, seed=None):
        body = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        public, signature = sign(seed or self.seed, body.encode())
        blob = key_id(self.origin, public) + signature
        return f"{body}\n\u2014 {self.origin} {base64.b64encode(blob).decode()}\n".encode()

    def take_over(self):
        """Another key instead of the archive's own."""
        self.seed = secrets.token_bytes(32)
        for path in self.audit.glob("tlog/keys/*.vkey"):
            path.unlink()
        public = b"\1" + sign(self.seed, b"")[0]
        name = key_id(self.origin, public[1:]).hex()
        text = f"{self.origin}+{name}+{base64.b64encode(public).decode()}\n"
        write(self.audit / f"tlog/keys/{self.origin.rsplit('/', 1)[1]}-{name}.vkey", text.encode())


def pack(data, level=9):
    """One gzip member without name and time."""
    return gzip.compress(data, level, mtime=0)


def write(path, data, mode=0o400):
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def key_id(origin, public):
    return sha256(origin.encode(), b"\n\1", public)[:4]


def sign(seed, message):
    """The public key and the signature of RFC 8032."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    public = encoded(ed25519.times(scalar, ed25519.BASE))
    nonce = number(digest[32:], message)
    point = encoded(ed25519.times(nonce, ed25519.BASE))
    proof = (nonce + number(point, public, message) * scalar) % ed25519.ORDER
    return public, point + proof.to_bytes(32, "little")


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ed25519.ORDER


def encoded(point):
    inverse = pow(point[2], ed25519.P - 2, ed25519.P)
    x, y = point[0] * inverse % ed25519.P, point[1] * inverse % ed25519.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def changed_byte(data, dice, pattern=rb"[0-9a-z]"):
    """The data with one of the bytes that fit replaced by another that fits."""
    places = [match.start() for match in re.finditer(pattern, data)]
    place = dice.choice(places)
    others = [b for b in b"0123456789abcdefghij" if b != data[place] and re.fullmatch(pattern, bytes([b]))]
    return data[:place] + bytes([dice.choice(others)]) + data[place + 1:]
