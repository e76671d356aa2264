"""Verifies a bag that `larkive export --format bagit` made, without larkive and without the archive."""
import argparse, base64, csv, hashlib, json, re, sys, unicodedata
from collections import defaultdict
from contextlib import contextmanager
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
INFO = ["Bag-Software-Agent", "Bagging-Date", "Payload-Oxum", "External-Identifier", "External-Description", "Larkive-Selection",
        "Larkive-Attachments", "Larkive-Exceptions", "Larkive-Log-Size", "Larkive-Log-Root", "Larkive-Time"]
OWN = ["id", "version", "key", "name", "size", "sha256"]
PLACES = ["kind", "source", "mailbox", "message_id", "attachment_id", "task_guid", "guid", "file_token", "subject", "from",
          "from_name", "date", "folder", "task_summary", "archived_at", "vanished"]
PROOFS = ["record_held", "records_listed", "listed_private"]
PROVENANCE = ["path", *OWN, *PLACES, *PROOFS]
NEEDED = {"path", *OWN, "kind", "source", "archived_at", *PROOFS}
NUMBERS = {"id", "version", "size", "record_held"}
EXCEPTIONS = ["code", *OWN, "state", "rule", *PLACES, "reason", "detail", "attempts", "first_failed"]
CODES = {"not_held", "skipped", "damaged", "unsigned", "disagrees", "message_unread", "listing_incomplete"}
# Code, state and rule of what is held by a record all the same: damaged since; archived, or given up, while a run was going on.
HELD_YET = {("damaged", "held", ""), ("not_held", "held", ""), ("skipped", "skipped", "accepted")}
# Names that stand in the payload as they are; others may be made safe.
PLAIN = re.compile(r"(?!(con|prn|aux|nul|(com|lpt).) *(\.|$))(?=.{1,150}$)\w([\w@+ .-]*[\w@+-])?", re.ASCII | re.IGNORECASE)
OF_MAIL = ["mailbox", "message_id", "attachment_id", "subject", "from", "from_name"]
OF_TASKS = ["task_guid", "guid", "file_token", "task_summary"]
findings = []


def sha256(*parts):
    """The SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def complain(text):
    """Notes what is wrong, as one line, and goes on."""
    findings.append("".join(sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}" for sign in text))


@contextmanager
def noting(where):
    """Whatever goes wrong within is noted, and the rest is looked at all the same."""
    try: yield
    except (ValueError, OSError) as error: complain(f"{where}: {error}")
    except Exception as error: complain(f"{where}: {type(error).__name__}: {error}")


def lines(path):
    """Number and bytes of each line of a file."""
    if not path.is_file(): return complain(f"{path.name} cannot be read: it is not there")
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
        with noting(f"{path.name} line {number}"):
            match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line.decode("utf-8"))
            if not match: raise ValueError("no digest and path")
            decoded = re.sub("%(0A|0D|25)", lambda code: chr(int(code[1], 16)), match[2])
            if decoded.startswith(("/", "~")) or ".." in decoded.split("/"): raise ValueError(f"{decoded!r} leads out of the bag")
            if found.setdefault(same_name(decoded), match[1]) != match[1]: raise ValueError(f"{decoded!r} has two digests")
    return found


def read_info(path):
    """What bag-info.txt says; each label stands once, and no others do."""
    info = {}
    for number, line in lines(path):
        with noting(f"{path.name} line {number}"):
            label, value = line.decode("utf-8").split(": ", 1)
            if label not in INFO: raise ValueError(f"{label!r} is no label of larkive's")
            if info.setdefault(label, value) is not value: raise ValueError(f"{label} stands there twice")
    for label in INFO:
        if label not in info: complain(f"{path.name}: {label} is missing")
    return info


def check_files(bag, manifest, there, name):
    """Every file of a manifest is there with its bytes, and no other is."""
    for path in sorted(manifest.keys() - there.keys()): complain(f"{path} is missing, {name} names it")
    for path in sorted(there.keys() - manifest.keys()): complain(f"{path} is not in {name}")
    for path in sorted(manifest.keys() & there.keys()):
        with noting(path):
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
    for path in sorted(tags):
        if path not in TAGS and not re.fullmatch(r"audit/keys/\d+-[0-9a-f]{8}\.vkey", path):
            complain(f"{path} is no file of larkive's")
    check_files(bag, listed, payload, "manifest-sha256.txt")
    check_files(bag, listed_tags, tags, "tagmanifest-sha256.txt")
    return listed, payload


# The log: docs/format.md.

def read_key(text):
    """The name, the key id and the public key of a C2SP verifier key."""
    name, key_id, blob = text.strip().split("+", 2)
    blob = base64.b64decode(blob, validate=True)
    if blob[:1] + sha256(name.encode(), b"\n", blob)[:4] != b"\1" + bytes.fromhex(key_id): raise ValueError("it is no key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(blob[1:])


def read_keys(texts):
    """The keys of files, or those that are given as text."""
    keys = []
    for text in texts:
        with noting(f"key {text}"):
            keys += map(read_key, (Path(text).read_text("utf-8") if Path(text).is_file() else str(text)).split())
    return keys


def read_note(path, keys):
    """The archive's id, the size and the root that one of the keys has signed."""
    signed, _, signature = path.read_text("utf-8").partition("\n\n")
    (origin, size, root), (dash, name, blob) = signed.split("\n"), signature.removesuffix("\n").split(" ")
    blob = base64.b64decode(blob, validate=True)
    for owner, key_id, key in keys:
        if (owner, owner, key_id, "\u2014") != (origin, name, blob[:4], dash): continue
        try: key.verify(blob[4:], signed.encode() + b"\n")
        except InvalidSignature: raise ValueError("wrong signature") from None
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
        with noting(f"audit/records.jsonl line {number}"):
            record, hidden = check_record(line, next(proofs, (0, b"{}"))[1], size, root, before)
            before, count = record["seq"], count + 1
            facts.add(record, hidden)
    if next(proofs, None): complain("audit/proofs.jsonl has proofs without records")
    return count


class Facts:
    """What the records say: who holds which bytes, and where attachments were listed."""

    def __init__(self):
        self.sources, self.held, self.listed, self.tasks, self.messages = {}, {}, {}, {}, {}
        self.private, self.ranges, self.seen, self.times = set(), {}, defaultdict(set), defaultdict(set)
        self.bytes, self.spoken = defaultdict(set), defaultdict(set)

    def add(self, record, hidden):
        """Takes one record that is in the log."""
        kind = record["type"]
        if hidden is not None: self.private.add(record["seq"])
        if kind == "source.added" and hidden: self.sources[record["source"]] = hidden["name"]
        if kind in ("attachment.held", "attachment.adopted"):
            self.held[record["seq"]] = record
            self.bytes[record["attachment"], record["version"]].add(record["sha256"])
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
            home = (self.sources.get(record["source"]), place["id"]) if is_mail else (None, place["guid"])
            self.spoken[home].add(record["seq"])
            for item in place.get("attachments", []):
                known = item.get("number")
                if known is None: known, number = number, number + 1
                version = item.get("version", 1)
                self.seen[known].add(record["source"])
                self.spoken[known].add(record["seq"])
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


def read_row(line):
    """A row with the columns that it must have and no others, each of its type."""
    def once(pairs):
        if len(dict(pairs)) < len(pairs): raise ValueError("a name stands there twice")
        return dict(pairs)
    row = json.loads(line, object_pairs_hook=once)
    if type(row) is not dict: raise ValueError("it is no object")
    for name in sorted(row.keys() - set(PROVENANCE)): raise ValueError(f"{name!r} is no column")
    for name in sorted(NEEDED - row.keys()): raise ValueError(f"{name} is missing")
    for name, value in row.items():
        right = int if name in NUMBERS else list if name == "records_listed" else str
        if type(value) is not right or right is list and {*map(type, value)} != {int}: raise ValueError(f"{name} is {value!r}")
    return row


def check_row(row, facts, listed, payload):
    """One row against the manifest and its records; true when its names are proven as well."""
    path = same_name(row["path"])
    if listed.get(path) != row["sha256"]: raise ValueError(f"{row['path']} is not in the payload with these bytes")
    if path in payload and payload[path].stat().st_size != row["size"]: raise ValueError("its size is not that of the file")
    held = facts.held.get(row["record_held"])
    if not held: raise ValueError("no record says that it is held")
    said = (held["attachment"], held["version"], held["sha256"], held["size"])
    if said != (row["id"], row["version"], row["sha256"], row["size"]):
        raise ValueError(f"record {held['seq']} says attachment {said[0]}, version {said[1]}, sha256 {said[2]}, size {said[3]}")
    if row["archived_at"] != held["time"]:
        raise ValueError(f"archived_at is {row['archived_at']!r}, record {held['seq']} says {held['time']!r}")
    return check_listing(row, facts)


def check_listing(row, facts):
    """The records that list a row's attachment are those that the row says; true when they prove its names."""
    seqs = row["records_listed"]
    if not all(seq in facts.ranges for seq in seqs): raise ValueError("no record says where it was listed")
    if row["version"] == 1 and not any(row["id"] in facts.ranges[seq] for seq in seqs):
        raise ValueError("no record has given it its number")
    given = [seq for seq in seqs if seq in facts.private]
    if row["listed_private"] != ("given" if given == seqs else "withheld"):
        raise ValueError(f"listed_private is {row['listed_private']!r}, {len(given)} of {len(seqs)} private parts are given")
    if given == seqs: check_names(row, facts)
    home = (row["source"], row["message_id"]) if "message_id" in row else (None, row.get("task_guid"))
    speaking = sorted(facts.spoken.get(home, set()) | facts.spoken.get(row["id"], set()))
    if given != speaking or seqs != sorted({*seqs}):
        raise ValueError(f"records_listed is {seqs}; of those that are given {speaking} name it")
    return given == seqs


def check_names(row, facts):
    """What a row says is what the listing of its attachment says."""
    if (row["id"], row["version"]) not in facts.listed: raise ValueError("its records do not name it")
    for name, values in expected(row, facts).items():
        if row.get(name) not in map(shown, values):
            raise ValueError(f"{name} is {row.get(name)!r}, the records say {' or '.join(map(repr, values))}")


def folder_number(row):
    """The number in a row's path; the rest of it is compared with mailbox, day and name, as far as these are plain."""
    folder, _, name = row["path"].rpartition("/")
    folder, _, number = folder.rpartition("-" if "mailbox" in row else "/")
    there, right = folder.split("/"), ["data", "tasks"]
    if "mailbox" in row:
        right = ["data", "mail", row["mailbox"], row.get("date", "undated").split("T")[0]]
        if len(there) == 4 and not PLAIN.fullmatch(row["mailbox"]): right[2] = there[2]
    if there != right: raise ValueError(f"path is {row['path']!r}, its mailbox and day or task give {'/'.join(right)!r}")
    # Twins get the beginning of their digest or an underscore; one file may have names that differ in case.
    name = re.sub(rf" \[({'|'.join(row['sha256'][:digits] for digits in (64, 16, 8))})\]", "", name)
    if PLAIN.fullmatch(row["name"]) and name.upper().lower().lstrip("_") != row["name"].lower().lstrip("_"):
        raise ValueError(f"path is {row['path']!r}, its name {row['name']!r}")
    return int(number)


def cell(value):
    """A value as it stands in the CSV files."""
    if value is None: return ""
    if isinstance(value, list): return " ".join(map(cell, value))
    hidden = "[\0-\x1f\\\\\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    return re.sub(hidden, lambda found: f"\\u{{{ord(found[0]):x}}}", value) if isinstance(value, str) else str(value)


def csv_line(cells):
    """A line of the CSV files; cells have no line feeds."""
    quoted = ['"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text for text in cells]
    return ",".join(quoted).encode() + b"\r"


class Rows:
    """What was asked for: the rows of what is here, and of what is not."""

    def __init__(self, bag, facts, listed, payload):
        self.facts, self.listed, self.payload = facts, listed, payload
        self.rows = self.proven = self.exceptions = self.held_yet = 0
        self.here, self.gone, self.named, self.ids, self.numbers = set(), set(), set(), defaultdict(set), defaultdict(set)
        table = self.table(bag / "provenance.csv", PROVENANCE)
        for self.rows, line in lines(bag / "provenance.jsonl"):
            cells = next(table, None)
            with noting(f"provenance.jsonl line {self.rows}"): self.take(read_row(line), cells)
        if next(table, None) is not None: complain("provenance.csv has more rows than provenance.jsonl")
        for self.exceptions, line in enumerate(self.table(bag / "exceptions.csv", EXCEPTIONS), 1):
            with noting(f"exceptions.csv row {self.exceptions}"): self.leave_out(line)
        self.close()

    def table(self, path, columns):
        """The lines of a CSV file beneath the header that it must have."""
        for number, line in lines(path):
            if number > 1: yield line
            elif line != csv_line(columns): complain(f"{path.name} has other columns than larkive writes")

    def take(self, row, cells):
        """A row in both its forms."""
        if cells != csv_line(cell(row.get(name)) for name in PROVENANCE):
            complain(f"provenance.csv row {self.rows} is not line {self.rows} of provenance.jsonl")
        self.named.add(same_name(row["path"]))
        said = (row["id"], row["version"])
        if said in self.here: complain(f"provenance.jsonl line {self.rows}: attachment {said[0]} has two rows")
        self.here.add(said)
        home = tuple(cell(row.get(name)) for name in ("mailbox", "message_id", "task_guid"))
        self.ids[home].add(row["id"])
        self.proven += check_row(row, self.facts, self.listed, self.payload)
        self.numbers[home].add(folder_number(row))

    def leave_out(self, line):
        """A row of exceptions.csv; only some reasons go together with a record that these bytes are held."""
        cells, = csv.reader([line.decode("utf-8").removesuffix("\r")], strict=True)
        if csv_line(cells) != line or len(cells) != len(EXCEPTIONS): raise ValueError("it is not as larkive writes it")
        row = dict(zip(EXCEPTIONS, cells))
        if row["code"] not in CODES: raise ValueError(f"{row['code']!r} is no code")
        if not row["id"]: return
        said = (int(row["id"]), int(row["version"]))
        if said in self.here or said in self.gone: complain(f"attachment {said[0]}, version {said[1]} has another row, too")
        self.gone.add(said)
        self.ids[row["mailbox"], row["message_id"], row["task_guid"]].add(said[0])
        digests = self.facts.bytes.get(said)
        if not digests: return
        self.held_yet += 1
        reason = (row["code"], row["state"], row["rule"])
        if reason not in HELD_YET if row["sha256"] in digests else row["code"] not in ("unsigned", "disagrees"):
            raise ValueError(f"attachment {said[0]}, version {said[1]} is {row['code']} here, and a record says that it is held")

    def close(self):
        """What shows only when all rows are known."""
        for path in sorted(self.payload.keys() - self.named): complain(f"{path} has no row in provenance.jsonl")
        for number, version in sorted(self.facts.bytes.keys() - self.here - self.gone):
            complain(f"attachment {number}, version {version} has a record, but no row in provenance.jsonl or exceptions.csv")
        for home, numbers in self.numbers.items():
            for number in sorted(numbers - {min(self.ids[home])}):
                complain(f"{'/'.join(filter(None, home))}: its folder has the number {number}, not {min(self.ids[home])}")

    def named_elsewhere(self):
        """How many attachments the records name that have no row at all, and former contents of others."""
        there = self.here | self.gone
        numbers = {number for number, _ in there}
        return len(self.facts.seen.keys() - numbers) + sum(said[0] in numbers and said not in there for said in self.facts.listed)


def check_info(info, figures):
    """What bag-info.txt says is what was found."""
    for name, value in figures.items():
        if name in info and info[name] != str(value): complain(f"bag-info.txt: {name} is {info[name]}, the bag has {value}")


def verify(bag, key):
    """Checks everything; returns what is to be said when there are no findings."""
    listed, payload = check_bag(bag)
    info = read_info(bag / "bag-info.txt")
    check_info(info, {"Payload-Oxum": f"{sum(file.stat().st_size for file in payload.values())}.{len(payload)}",
                      "Bagging-Date": info.get("Larkive-Time", "").split("T")[0]})
    shelf, note = read_keys(sorted(bag.glob("audit/keys/*"))), None
    with noting("audit/checkpoint"): note = read_note(bag / "audit/checkpoint", read_keys(key) if key else shelf)
    if not note: return []
    (archive, size, root), facts = note, Facts()
    records = read_log(bag, size, root, facts)
    rows = Rows(bag, facts, listed, payload)
    check_info(info, {"External-Identifier": archive, "Larkive-Attachments": rows.rows, "Larkive-Exceptions": rows.exceptions,
                      "Larkive-Log-Size": size, "Larkive-Log-Root": root.hex()})
    return [f"OK attachments={rows.rows} files={len(payload)} records={records} size={size} root={root.hex()}", *limits(rows, key)]


def limits(rows, key):
    """What is proven, and what is not."""
    yield f"names, senders and dates are proven for {rows.proven} of {rows.rows}"
    yield "not proven: that nothing was left out; what is here is proven"
    if left := rows.named_elsewhere(): yield f"{left} attachments are named by these records and are not in this bag"
    yield "not proven: path, where names are made safe (name is what is proven)"
    yield "not proven: folder and vanished, which say how it was when the bag was made"
    yield "not proven: exceptions.csv, HOW-TO-VERIFY.md, times of files, and in bag-info.txt selection, dates and descriptions"
    if rows.exceptions: yield f"exceptions.csv has {rows.exceptions} rows: what was asked for and is not here, or may be missing"
    if rows.held_yet: yield f"the archive had the bytes of {rows.held_yet} of these, as the records prove"
    if not key: yield "not excluded: that all was signed anew by somebody else (give the archive's key with --key)"


def main(bag, key):
    """Says what was found."""
    if not (bag / "bagit.txt").is_file(): sys.exit(f"NOT OK: {bag} is no bag: bagit.txt is missing, the export did not come to its end")
    with noting(bag): said = verify(bag, key)
    if findings: sys.exit("\n".join(["NOT OK"] + findings))
    print("\n".join(said))


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("bag", type=Path)
parser.add_argument("--key", action="append", metavar="VKEY", help="trust this key, or the one in this file, not those in the bag")
csv.field_size_limit(1 << 30)
main(**vars(parser.parse_args()))
