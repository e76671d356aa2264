"""Verifies a copy of an archive's audit folder without larkive; docs/format.md says what must hold."""
import argparse, base64, hashlib, io, json, re, stat, sys, zlib
from pathlib import Path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LINE = re.compile(rb'\{"record":(\{.*?\}),"private":\{"salt":"([0-9a-f]{32})"(?:,(?=")|(?=\}))(.*\})\}\n')
PUBLIC = re.compile(rb'(?:"(?!private":)[a-z0-9_]+":|"[ !#-\[\]-~]*"(?!:)|(?:0|[1-9]\d{0,15})(?!\d)|true|false|[{}\[\],])++')
FIELDS = {"seq", "prev", "time", "run", "type", "commitment"}
DUMP = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
TILE = re.compile(r"(\d+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?")
SIGNATURE = re.compile("\u2014 ([^ \n+]+) ([A-Za-z0-9+/]+={0,2})\n")
findings, changes = [], []
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def read(path):
    if not stat.S_ISREG(path.lstat().st_mode): raise OSError("no plain file")
    return path.read_bytes()
def refuse(number): raise ValueError(f"{number} is not an integer")
def read_json(text):
    value = json.loads(text, parse_float=refuse, parse_constant=refuse)
    if type(value) is dict and DUMP(value).encode() == text: return value
    raise ValueError("not in canonical form")
def read_line(line):
    match = LINE.fullmatch(line) if len(line) <= 4 << 20 else None
    if not match: raise ValueError('not {"record":R,"private":P} and a line feed')
    record, salt, hidden = match[1], match[2].decode(), b"{" + match[3]
    fields = read_json(record)
    if len(record) > 60_000 or not PUBLIC.fullmatch(record) or not FIELDS <= fields.keys() or fields["seq"] is True:
        raise ValueError("the record lacks a field, or holds what no record may hold")
    if "salt" in read_json(hidden): raise ValueError("the private part has two salts")
    if sha256(bytes.fromhex(salt), hidden).hex() != fields["commitment"]: raise ValueError("wrong commitment")
    return fields, sha256(b"\0", record)
def read_lines(place, data, leaves, seq):  # appends to leaves, returns the seq that must follow
    for number, line in enumerate(io.BytesIO(data), 1):
        try: (fields, leaf), problem = read_line(line), None
        except (ValueError, RecursionError) as error: fields, leaf, problem = {"seq": seq}, sha256(b"\0", line), error
        if fields["seq"] != seq: problem = f"seq is {fields['seq']}, not {seq}"
        elif not problem and fields["prev"] != (leaves[-1].hex() if leaves else "0" * 64): problem = "prev does not fit"
        if problem: findings.append(f"{place} line {number}: {problem}")
        leaves.append(leaf)
        seq = fields["seq"] + 1
        if fields.get("type") in ("key.rotated", "log.restarted"): changes.append(fields)
    return seq

def root(levels, size):  # levels[h] holds the perfect subtrees of 2^h leaves
    result = None if size else sha256()
    for left in (level[(size >> height) - 1] for height, level in enumerate(levels) if size >> height & 1):
        result = sha256(b"\1", left, result) if result else left
    return result
def read_key(text):
    name, key_id, blob = text.strip().split("+", 2)
    blob = base64.b64decode(blob, validate=True)
    if blob[:1] + sha256(name.encode(), b"\n", blob)[:4] != b"\1" + bytes.fromhex(key_id): raise ValueError("bad key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(blob[1:])
def rank(key): return int(key[0].rpartition("/")[2])
def after(key): return [change for change in changes if rank(read_key(change["key"])) > rank(key)][:1]
def is_past(key, keys, size):  # whether it may have signed before those that are trusted: what they sign contains its notes
    if rank(key) == 1: return all(rank(one) > 1 for one in keys)
    return any(read_key(change["key"])[:2] == key[:2] and change["seq"] < size for change in changes)
def check_note(path, keys, levels, own):  # returns the size that the note signs and the key
    try:
        text, _, below = read(path).decode().partition("\n\n")
        (origin, size, signed), lines = text.split("\n"), SIGNATURE.findall(below)
        if not lines or SIGNATURE.sub("", below): raise ValueError("not the form of a signed note")
        size, blobs = int(size), [(name, base64.b64decode(blob, validate=True)) for name, blob in lines]
        if any(base64.b64encode(blob).decode() != shown for (_, blob), (_, shown) in zip(blobs, lines)): raise ValueError("not base64")
        key = [(key, blob[4:]) for key in keys for name, blob in blobs if (key[0], key[0], key[1]) == (origin, name, blob[:4])]
        if not key: raise ValueError("no known key has signed it")
        key, blob = key[0]
        key[2].verify(blob, text.encode() + b"\n")
        for end in after(key):  # what a restart has told to be cut off was signed and is not here
            if own and end["type"] == "log.restarted" and end["seq"] < size <= end.get("former_size", 0): return 0, key
            if size > end["seq"] + (end["type"] == "key.rotated"): raise ValueError("signed by a key whose time was over")
        if size <= len(levels[0]) and root(levels, size) == base64.b64decode(signed): return size, key
        raise ValueError(f"the {len(levels[0])} sealed records do not give what it signs for {size}")
    except (OSError, ValueError, InvalidSignature) as error: findings.append(f"{path}: {str(error) or 'wrong signature'}")
    return 0, None
def follow(keys, notes, levels):  # a key that is trusted vouches for the one that its last record names
    for change in changes:
        known = [check_note(path, keys, levels, True) for path in notes]
        if change["type"] == "key.rotated" and any(size > change["seq"] for size, key in known): keys.append(read_key(change["key"]))
    findings.clear()
def check_tiles(folder, levels, newest):
    widths = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".new"):
        match = TILE.fullmatch(str(path.relative_to(folder)))
        level, index, width = map(int, (match[1], re.sub("[x/]", "", match[2]), match[3] or 256) if match else [99] * 3)
        row = levels[8 * level][256 * index:256 * index + width] if 8 * level < len(levels) else []
        if path.read_bytes() != b"".join(row) or len(row) != width: findings.append(f"{path}: not the records' hashes")
        widths[level, index] = max(width, widths.get((level, index), 0))
    for level, start in ((level, start) for level in range(8) for start in range(0, newest >> 8 * level, 256)):
        if widths.get((level, start // 256), 0) < min(256, (newest >> 8 * level) - start):
            findings.append(f"{folder}: tile {start // 256} of level {level} is missing")
def main(audit, checkpoint, key):
    leaves, seq, data, paths = [], 0, b"", sorted(audit.glob("[0-9]*/*/*.jsonl.gz"))
    for number, path in enumerate(paths, int(paths[0].name[:9]) if paths else 0):
        if path.name != f"{number:09}.jsonl.gz": findings.append(f"{path}: {number:09}.jsonl.gz should come here")
        gzip, data = zlib.decompressobj(wbits=31), b""
        try: data = gzip.decompress(path.read_bytes(), 160 << 20)
        except zlib.error: pass
        if not gzip.eof or gzip.unused_data: findings.append(f"{path}: not one whole gzip member")
        seq = read_lines(path, data, leaves, seq)
    levels, journal = [leaves[:]], b""
    try: journal = read(audit / "open.jsonl")
    except FileNotFoundError: pass
    except OSError as error: findings.append(f"open.jsonl cannot be read: {error}")
    while len(levels[-1]) > 1: levels.append([sha256(b"\1", *pair) for pair in zip(levels[-1][::2], levels[-1][1::2])])
    journal = b"" if data.startswith(journal) else journal[:journal.rfind(b"\n") + 1]  # a prefix is sealed already
    read_lines("open.jsonl", journal, leaves, seq)
    notes = [*sorted(audit.glob("tlog/checkpoints/*/*.note")), audit / "tlog/checkpoint"]
    texts = {path: path.read_bytes().decode() for path in sorted(audit.glob("tlog/keys/*.vkey"))}
    findings.extend(f"{path}: not one line" for path, text in texts.items() if text != text.strip() + "\n")
    folder = [read_key(text) for text in texts.values()]
    named, kept = [read_key(change["key"])[:2] for change in changes], findings[:]
    keys = [read_key(text) for text in key] if key else [one for one in folder if rank(one) == 1 or one[:2] in named]
    if key: follow(keys, notes, levels)
    findings[:] = kept
    judged = lambda keys: [(path, *check_note(path, keys, levels, path in notes)) for path in [*notes, *checkpoint]]
    newest = max(size for _, size, _ in judged(keys))
    findings[:], past = kept, [one for one in folder if key and one[:2] not in [own[:2] for own in keys] and is_past(one, keys, newest)]
    signed = judged(keys + past)
    findings.extend(f"{path}: no key that was given has signed it" for path, size, one in signed if one and one[:2] in [own[:2] for own in past] and size > newest)
    signers = [one and one[:2] for _, _, one in signed]
    for one in folder:  # unused first keys and later keys that no record names
        if one[:2] not in named and (rank(one) > 1 or [rank(each) for each in folder].count(1) > 1 and one[:2] not in signers):
            findings.append(f"tlog/keys: no record names {one[0]}+{one[1].hex()}")
    check_tiles(audit / "tlog/tile", levels, newest)
    if findings: sys.exit("\n".join(findings))
    print(f"OK size={newest} root={root(levels, newest).hex()}")
    for change in [change for change in changes if change["type"] == "log.restarted"]:
        print(f"restarted at record {change['seq']}, {change['time']}: {change.get('former_size', '?')} records had been signed")
    own = [size for path, size, _ in signed if path == audit / "tlog/checkpoint"][0]
    if own < newest: print(f"tlog/checkpoint is an older note, over {own} records")
    print(f"sealed and not signed: {len(levels[0]) - newest}; open, not sealed: {len(leaves) - len(levels[0])}")
    print(f"not excluded: that records were cut off after {newest}, the size of the newest note given" +
        ("" if key else "; that all was signed anew by somebody else (give your key with --key)"))

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("audit", type=Path)
parser.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="NOTE", help="kept elsewhere")
parser.add_argument("--key", action="append", metavar="VKEY", help="trust this key, not those in the folder")
main(**vars(parser.parse_args()))
