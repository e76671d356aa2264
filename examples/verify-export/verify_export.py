"""Verifies a bag that `larkive export --format bagit` made, without larkive and without the archive."""
import argparse, base64, csv, hashlib, json, re, sys, unicodedata
from collections import defaultdict
from datetime import date
from pathlib import Path
from urllib.parse import quote
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DUMP = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
LINE = re.compile(rb'\{"record":(\{.*?\})(?:,"private":\{"salt":"([0-9a-f]{32})"(?:,(?=")|(?=\}))(.*\}))?\}')
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAGS = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "provenance.csv", "provenance.jsonl", "exceptions.csv",
        "HOW-TO-VERIFY.md", "audit/records.jsonl", "audit/proofs.jsonl", "audit/checkpoint"]
OF_MAIL = ["mailbox", "message_id", "attachment_id", "subject", "from", "from_name"]
OF_TASKS = ["task_guid", "guid", "file_token", "task_summary"]
findings = []


def sha256(*parts):
    """The SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def complain(text):
    """Notes what is wrong, and goes on."""
    findings.append(text)


def lines(path):
    """Number and bytes of each line of a file."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1): yield number, line.removesuffix(b"\n")


# The bag: RFC 8493.

def digest_of(path):
    """The SHA-256 of a file of any size, as hex."""
    with path.open("rb") as file: return hashlib.file_digest(file, "sha256").hexdigest()


def same_name(path):
    """Names that a file system may give back in another form are compared in one."""
    return unicodedata.normalize("NFC", path)


def read_manifest(path):
    """Digest by path; a line that is none is a finding."""
    found = {}
    for number, line in lines(path):
        match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line.decode("utf-8"))
        if not match:
            complain(f"{path.name} line {number}: no digest and path")
            continue
        decoded = re.sub("%(0A|0D|25)", lambda code: chr(int(code[1], 16)), match[2])
        if decoded.startswith(("/", "~")) or ".." in decoded.split("/"):
            raise ValueError(f"{path.name} line {number}: {decoded!r} leads out of the bag")
        if found.setdefault(same_name(decoded), match[1]) != match[1]:
            complain(f"{path.name} line {number}: {decoded!r} has two digests")
    return found


def check_files(bag, manifest, there, name):
    """Every file of a manifest is there with its bytes, and no other is."""
    for path in sorted(manifest.keys() - there.keys()): complain(f"{path} is missing, {name} names it")
    for path in sorted(there.keys() - manifest.keys()): complain(f"{path} is not in {name}")
    for path in sorted(manifest.keys() & there.keys()):
        if digest_of(there[path]) != manifest[path]: complain(f"{path} has other bytes than {name} says")


def check_bag(bag):
    """The bag is complete and valid; returns digest and file by path of the payload."""
    for path in bag.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()): complain(f"{path.relative_to(bag)} is no plain file")
    there = {same_name(str(path.relative_to(bag))): path for path in bag.rglob("*") if path.is_file()}
    payload = {path: file for path, file in there.items() if path.startswith("data/")}
    tags = {path: file for path, file in there.items() if path not in payload and path != "tagmanifest-sha256.txt"}
    if (bag / "bagit.txt").read_bytes() != BAGIT: complain("bagit.txt is not that of BagIt 1.0 in UTF-8")
    listed, listed_tags = read_manifest(bag / "manifest-sha256.txt"), read_manifest(bag / "tagmanifest-sha256.txt")
    for path in TAGS:
        if path not in listed_tags: complain(f"{path} is not in tagmanifest-sha256.txt")
    check_files(bag, listed, payload, "manifest-sha256.txt")
    check_files(bag, listed_tags, tags, "tagmanifest-sha256.txt")
    info = dict(line.decode("utf-8").split(": ", 1) for _, line in lines(bag / "bag-info.txt"))
    oxum = f"{sum(file.stat().st_size for file in payload.values())}.{len(payload)}"
    if info.get("Payload-Oxum") != oxum: complain(f"bag-info.txt: Payload-Oxum is {info.get('Payload-Oxum')}, the files give {oxum}")
    return listed, payload, info


# The log: docs/format.md.

def read_key(text):
    """The name, the key id and the public key of a C2SP verifier key."""
    name, key_id, blob = text.strip().split("+", 2)
    blob = base64.b64decode(blob, validate=True)
    if blob[:1] + sha256(name.encode(), b"\n", blob)[:4] != b"\1" + bytes.fromhex(key_id): raise ValueError("bad key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(blob[1:])


def read_note(path, keys):
    """The archive's id, the size and the root that one of the keys has signed."""
    signed, _, signature = path.read_text("utf-8").partition("\n\n")
    (origin, size, root), (dash, name, blob) = signed.split("\n"), signature.removesuffix("\n").split(" ")
    blob = base64.b64decode(blob, validate=True)
    for owner, key_id, key in keys:
        if (owner, owner, key_id, "\u2014") != (origin, name, blob[:4], dash): continue
        key.verify(blob[4:], signed.encode() + b"\n")
        return origin.split("/")[1], int(size), base64.b64decode(root, validate=True)
    raise ValueError("no key that was given has signed it")


def root_from(leaf, index, size, hashes):
    """RFC 9162, 2.1.3.2: what the leaf and the hashes lead to."""
    last, node = size - 1, leaf
    if not 0 <= index <= last: raise ValueError("it is not among the records that are signed")
    for other in hashes:
        if last == 0: raise ValueError("the proof is too long")
        if index & 1 or index == last:
            node = sha256(b"\1", other, node)
            while not index & 1 and index: index, last = index >> 1, last >> 1
        else: node = sha256(b"\1", node, other)
        index, last = index >> 1, last >> 1
    if last: raise ValueError("the proof is too short")
    return node


def canonical(text):
    """Reads an object that is written in the only form that is allowed."""
    value = json.loads(text)
    if type(value) is not dict or DUMP(value).encode() != text: raise ValueError("it is not in canonical form")
    return value


def read_record(line):
    """The record, its leaf, and its private part where that is given."""
    match = LINE.fullmatch(line)
    if not match: raise ValueError("it is no record")
    record, hidden = canonical(match[1]), None
    if match[2]:
        text = b"{" + match[3]
        hidden = canonical(text)
        if sha256(bytes.fromhex(match[2].decode()), text).hex() != record["commitment"]:
            raise ValueError("its private part is not the one that it was written with")
    return record, sha256(b"\0", match[1]), hidden


def check_record(line, proof, size, root, before):
    """One record with its proof, as (record, hidden)."""
    record, leaf, hidden = read_record(line)
    proof = json.loads(proof)
    if record["seq"] != proof["seq"] or record["seq"] <= before: raise ValueError("record and proof do not belong together")
    if leaf.hex() != proof["leaf"]: raise ValueError(f"record {record['seq']} is not the one of its proof")
    if root_from(leaf, record["seq"], size, [bytes.fromhex(part) for part in proof["proof"]]) != root:
        raise ValueError(f"record {record['seq']} is not in the log")
    return record, hidden


def read_log(bag, size, root, facts):
    """Every record is in the log; what it says goes into facts. Returns how many there are."""
    before, count = -1, 0
    records, proofs = lines(bag / "audit/records.jsonl"), lines(bag / "audit/proofs.jsonl")
    for number, line in records:
        try:
            record, hidden = check_record(line, next(proofs, (0, b"{}"))[1], size, root, before)
            before, count = record["seq"], count + 1
            facts.add(record, hidden)
        except (ValueError, KeyError, TypeError) as error: complain(f"audit/records.jsonl line {number}: {error}")
    if next(proofs, None): complain("audit/proofs.jsonl has proofs without records")
    return count


class Facts:
    """What the records say: who holds which bytes, and where attachments were listed."""

    def __init__(self):
        self.sources, self.held, self.listed, self.tasks, self.messages = {}, {}, {}, {}, {}
        self.private, self.ranges, self.seen, self.times = set(), {}, defaultdict(set), defaultdict(set)

    def add(self, record, hidden):
        """Takes one record that is in the log."""
        kind = record["type"]
        if hidden is not None: self.private.add(record["seq"])
        if kind == "source.added" and hidden: self.sources[record["source"]] = hidden["name"]
        if kind in ("attachment.held", "attachment.adopted"): self.held[record["seq"]] = record
        if kind in ("messages.examined", "tasks.listed"):
            self.ranges[record["seq"]] = range(record["first"], record["first"] + record["attachments"])
            if hidden: self.list(record, hidden)

    def list(self, record, hidden):
        """Attachments by number, as a listing names them; new ones are numbered in order."""
        number = record["first"]
        for place in hidden.get("messages", []) + hidden.get("tasks", []):
            is_mail = "messages" in hidden
            if is_mail: self.messages[record["source"], place["id"]] = place
            else: self.tasks[place["guid"]] = place
            for item in place.get("attachments", []):
                known = item.get("number")
                if known is None: known, number = number, number + 1
                version = item.get("version", 1)
                self.seen[known].add(record["source"])
                if "name" in item: self.times[known].add(item.get("time"))
                if "name" in item: self.listed[known, version] = (record["seq"], record["source"], is_mail, place, item)


# The rows.

def moment(milliseconds):
    """A time of the platform as the rows have it; a calendar repeats after 400 years."""
    if milliseconds is None: return None
    days, rest = divmod(milliseconds, 86_400_000)
    turns, rest_of_days = divmod(days + date(1970, 1, 1).toordinal() - 1, 146_097)
    day, seconds = date.fromordinal(rest_of_days + 1), rest // 1000
    year = str(day.year + 400 * turns).rjust(4, "0")
    return f"{year}-{day.month:02}-{day.day:02}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest % 1000:03}Z"


def shown(value):
    """A text of a record as a row has it: U+2400 stands for U+0000."""
    return value.replace("\0", "\u2400") if isinstance(value, str) else value


def key_of(kind, *parts):
    """An attachment's key."""
    return f"{kind}:" + "/".join(quote(part, safe="@") for part in parts)


def expected(row, facts):
    """What the listing of a row's attachment says that the row must say: for each column what is allowed."""
    seq, source, is_mail, place, item = facts.listed[row["id"], row["version"]]
    said = dict.fromkeys(OF_MAIL + OF_TASKS, [None]) | {"name": [item["name"]], "kind": ["mail" if is_mail else "task"]}
    if is_mail:
        message, name = facts.messages[source, place["id"]], facts.sources.get(source, "mail:?")
        key = key_of("mail", name[5:], place["id"], item["id"])
        values = {"message_id": place["id"], "attachment_id": item["id"], "mailbox": name[5:], "source": name,
                  "subject": message.get("subject"), "from": message.get("from"), "from_name": message.get("from_name"),
                  "date": moment(message.get("date"))}
    else:
        key = key_of("task", place["guid"], item["guid"])
        values = {"task_guid": place["guid"], "guid": item["guid"], "file_token": item.get("file_token"),
                  "task_summary": facts.tasks[place["guid"]]["summary"]}
        said |= {"source": [facts.sources.get(number) for number in facts.seen[row["id"]]],
                 "date": [moment(time) for time in facts.times[row["id"]]]}
    return said | {name: [value] for name, value in values.items()} | {"key": [key, f"{key}@{row['version']}"]}


def check_row(row, facts, listed, payload):
    """One row against the manifest and its records; true when its names are proven as well."""
    path = same_name(row["path"])
    if listed.get(path) != row["sha256"]: raise ValueError(f"{row['path']} is not in the payload with these bytes")
    if path in payload and payload[path].stat().st_size != row["size"]: raise ValueError("its size is not that of the file")
    held = facts.held.get(row.get("record_held"))
    if not held: raise ValueError("no record says that it is held")
    said = (held["attachment"], held["version"], held["sha256"], held["size"])
    if said != (row["id"], row["version"], row["sha256"], row["size"]):
        raise ValueError(f"record {held['seq']} says attachment {said[0]}, version {said[1]}, sha256 {said[2]}, size {said[3]}")
    if row.get("archived_at") != held["time"]: raise ValueError(f"archived_at is {row.get('archived_at')!r}, record {held['seq']} says {held['time']!r}")
    seqs = row["records_listed"]
    if not seqs or not all(seq in facts.ranges for seq in seqs): raise ValueError("no record says where it was listed")
    if row["version"] == 1 and not any(row["id"] in facts.ranges[seq] for seq in seqs):
        raise ValueError("no record has given it its number")
    if row["listed_private"] != "given": return False
    if not all(seq in facts.private for seq in seqs): raise ValueError("a private part is missing that is called given")
    if (row["id"], row["version"]) not in facts.listed: raise ValueError("its records do not name it")
    for name, values in expected(row, facts).items():
        if row.get(name) not in map(shown, values):
            raise ValueError(f"{name} is {row.get(name)!r}, the records say {' or '.join(map(repr, values))}")
    return True


def cell(value):
    """A value as it stands in the CSV files."""
    if value is None: return ""
    if isinstance(value, list): return " ".join(map(cell, value))
    hidden = "[\0-\x1f\\\\\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    return re.sub(hidden, lambda found: f"\\u{{{ord(found[0]):x}}}", value) if isinstance(value, str) else str(value)


def check_rows(bag, facts, listed, payload):
    """Every row, in both forms; returns how many there are, and how many names are proven."""
    count, proven, named, there = 0, 0, set(), set()
    with (bag / "provenance.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, strict=True)
        for number, line in lines(bag / "provenance.jsonl"):
            try:
                row, cells = json.loads(line), next(table, {})
                if cells != {name: cell(row.get(name)) for name in table.fieldnames}: complain(f"provenance.csv row {number} is not line {number} of provenance.jsonl")
                count += 1
                named.add(same_name(row["path"]))
                if (row["id"], row["version"]) in there: complain(f"provenance.jsonl line {number}: attachment {row['id']} has two rows")
                there.add((row["id"], row["version"]))
                proven += check_row(row, facts, listed, payload)
            except (ValueError, KeyError, TypeError) as error: complain(f"provenance.jsonl line {number}: {error}")
        if next(table, None): complain("provenance.csv has more rows than provenance.jsonl")
    for path in sorted(payload.keys() - named): complain(f"{path} has no row in provenance.jsonl")
    with (bag / "exceptions.csv").open(encoding="utf-8", newline="") as file: exceptions = list(csv.DictReader(file, strict=True))
    for held in facts.held.values():
        said = (held["attachment"], held["version"])
        if said not in there and not any((row["id"], row["version"]) == tuple(map(str, said)) for row in exceptions):
            complain(f"attachment {said[0]}, version {said[1]} has a record, but no row in provenance.jsonl or exceptions.csv")
    return count, proven, len(exceptions)


def check_info(info, figures):
    """What bag-info.txt says is what was found."""
    for name, value in figures.items():
        if info.get(name) != str(value): complain(f"bag-info.txt: {name} is {info.get(name)}, the bag has {value}")


def main(bag, key):
    """Checks everything and says what was found."""
    if not (bag / "bagit.txt").is_file(): sys.exit(f"NOT OK: {bag} is no bag: bagit.txt is missing, the export did not come to its end")
    listed, payload, info = check_bag(bag)
    texts = [Path(text).read_text() if Path(text).is_file() else text for text in key or []]
    keys = [read_key(line) for text in texts or [path.read_text() for path in sorted(bag.glob("audit/keys/*.vkey"))] for line in text.split()]
    facts = Facts()
    try:
        archive, size, root = read_note(bag / "audit/checkpoint", keys)
        records = read_log(bag, size, root, facts)
    except (ValueError, InvalidSignature) as error:
        records = complain(f"audit/checkpoint: {str(error) or 'wrong signature'}")
    if records is not None:
        rows, proven, exceptions = check_rows(bag, facts, listed, payload)
        check_info(info, {"External-Identifier": archive, "Larkive-Attachments": rows, "Larkive-Exceptions": exceptions,
                          "Larkive-Log-Size": size, "Larkive-Log-Root": root.hex()})
    if findings: sys.exit("\n".join(["NOT OK"] + findings))
    print(f"OK attachments={rows} files={len(payload)} records={records} size={size} root={root.hex()}")
    print(f"names, senders and dates are proven for {proven} of {rows}")
    print("not proven: folder and vanished, which say how it was when the bag was made")
    if exceptions: print(f"exceptions.csv has {exceptions} rows: what was asked for and is not here, or may be missing")
    if not key: print("not excluded: that all was signed anew by somebody else (give the archive's key with --key)")


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("bag", type=Path)
parser.add_argument("--key", action="append", metavar="VKEY", help="trust this key, or the one in this file, not those in the bag")
try: main(**vars(parser.parse_args()))
except (ValueError, OSError) as error: sys.exit(f"NOT OK: {error}")
