"""Makes bags of a sandbox archive, has two programs validate them, and changes one thing after another.

Programs come from $LARKIVE_BIN_DIR, else from swift's build folder.
"""
import base64
import csv
import fcntl
import hashlib
import json
import logging
import re
import shutil
import signal
import subprocess
import sys
import unittest
import unicodedata
from pathlib import Path

import bagit
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "Tests/crash"))
import lab  # noqa: E402

VERIFIER = TOP / "examples/verify-export/verify_export.py"
NAMES = ["../../etc/cron.d/x", "nul\0l", "CON", "a\u202egpj.exe", "报价" * 60 + ".pdf", "line\nfeed", "-rf", "caf\u00e9.txt",
         "cafe\u0301.txt", "A.txt", "a.txt", "100%25.pdf", "=1+1,\"quoted\"", "back\\slash", "",
         "合同\u3000", "plan.pdf\u00a0", "\u3000", "\u1e9e.txt", "\u00df.txt"]
ALL = len(NAMES) + 4  # what world() has in all
HIDDEN = {*map(chr, range(32)), "\\", "\u202e"}
logging.disable(logging.CRITICAL)


def foreign_key():
    """A verifier key of nobody (C2SP signed-note)."""
    name, blob = b"larkive/11111111-0000-4000-8000-000000000000/1", b"\1" + Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return f"{name.decode()}+{hashlib.sha256(name + chr(10).encode() + blob).hexdigest()[:8]}+{base64.b64encode(blob).decode()}"


FOREIGN = foreign_key()


def world():
    """Hostile names on one message, equal bytes in two mailboxes, a task, and messages that are not asked for."""
    def files(start, names):
        return [{"id": f"a{start + n}", "name": name, "size": 40 + n, "content": start + n} for n, name in enumerate(names)]
    shared = {"id": "s1", "name": "shared.pdf", "size": 900, "content": 77}
    message = lambda number, attachments: {"id": f"m{number}", "subject": f"subject {number}", "folder": "INBOX", "attachments": attachments}
    return {"seed": 5, "mailboxes": [
        {"address": lab.MAILBOX, "messages": [message(1, files(100, NAMES)), message(2, []), message(3, [shared])]},
        {"address": "bob@corp.example", "messages": [message(4, [shared]), message(5, files(200, ["bob.txt"]))]}],
        "tasklists": [{"guid": "offers", "name": "Offers"}],
        "tasks": [{"guid": "t1", "summary": "first", "tasklists": ["offers"],
                   "attachments": [{"guid": "f1", "name": "1.docx", "size": 300, "content": 9}]}]}


SOURCES = f"mail:\n  mailboxes: [{lab.MAILBOX}, bob@corp.example]\ntasks:\n  tasklists: [offers]\n"


class Bags(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.laboratory = lab.laboratory(world(), "export", SOURCES)
        cls.bench = cls.laboratory.__enter__()
        cls.bench.expect(0, "init")
        cls.bench.expect(0, "sync")
        cls.key = cls.bench.expect(0, "audit", "key").out
        cls.whole = cls.export("whole")
        cls.part = cls.export("part", "--message", "m4")

    @classmethod
    def tearDownClass(cls):
        cls.laboratory.__exit__(None, None, None)

    @classmethod
    def export(cls, name, *words):
        folder = cls.bench.folder / name
        cls.bench.expect(0, "export", "--format", "bagit", "--to", str(folder), *words)
        return folder

    def verify(self, bag):
        ended = subprocess.run([sys.executable, VERIFIER, "--key", self.key, bag], capture_output=True, text=True, timeout=120)
        return ended.returncode, ended.stdout + ended.stderr

    def copy(self, bag):
        folder = self.bench.folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(bag, folder)
        return folder

    def reseal(self, bag):
        """What somebody does who makes the manifests fit what was changed."""
        files = sorted(path for path in bag.rglob("*") if path.is_file() and path.name != "tagmanifest-sha256.txt")
        payload = [path for path in files if path.is_relative_to(bag / "data")]
        seal = lambda name, some: (bag / name).write_text("".join(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(bag)}\n" for path in some))
        if "bag-info.txt" in {path.name for path in files}:
            oxum = f"Payload-Oxum: {sum(path.stat().st_size for path in payload)}.{len(payload)}"
            (bag / "bag-info.txt").write_text(re.sub("Payload-Oxum: .*", oxum, (bag / "bag-info.txt").read_text()))
        seal("manifest-sha256.txt", payload)
        seal("tagmanifest-sha256.txt", [path for path in files if path not in payload])

    def rows(self, bag):
        return [json.loads(line) for line in (bag / "provenance.jsonl").read_text().splitlines()]

    def changed(self, bag, change):
        """A copy whose rows are changed, and which is sealed anew."""
        folder = self.copy(bag)
        rows = self.rows(folder)
        self.write_rows(folder, change(rows) or rows)
        self.reseal(folder)
        return folder

    def take_out(self, bag, row):
        """Takes a row, its file and the record that it is held out of a bag, and makes the figures fit."""
        rows = [other for other in self.rows(bag) if other != row]
        if row["path"] not in {other["path"] for other in rows}: (bag / row["path"]).unlink()
        self.write_rows(bag, rows)
        for name, number in (("records", lambda line: line["record"]["seq"]), ("proofs", lambda line: line["seq"])):
            path = bag / f"audit/{name}.jsonl"
            path.write_text("".join(line for line in path.read_text().splitlines(True) if number(json.loads(line)) != row["record_held"]))
        self.edit(bag, "bag-info.txt", f"Attachments: {len(rows) + 1}\n".encode(), f"Attachments: {len(rows)}\n".encode())

    def except_for(self, bag, row, **cells):
        """A row of exceptions.csv for a row of the provenance."""
        with (bag / "exceptions.csv").open(newline="") as file: head, *others = csv.reader(file)
        with (bag / "exceptions.csv").open("a", newline="") as file:
            csv.writer(file).writerow([(row | cells).get(name, "") for name in head])
        self.edit(bag, "bag-info.txt", f"Exceptions: {len(others)}\n".encode(), f"Exceptions: {len(others) + 1}\n".encode())

    def assert_ok(self, bag, *words):
        code, text = self.verify(bag)
        self.assertEqual(code, 0, text)
        for word in words: self.assertIn(word, text)
        return text

    def assert_found(self, bag, *words):
        code, text = self.verify(bag)
        self.assertEqual(code, 1, text)
        self.assertTrue(text.startswith("NOT OK"), text)
        self.assertNotIn("Traceback", text)
        for word in words: self.assertIn(word, text)

    def edit(self, bag, name, old, new, count=1):
        path = bag / name
        text = path.read_bytes()
        self.assertTrue(old in text, old)
        path.write_bytes(text.replace(old, new, count))

    def test_whole_bags_are_valid_for_both_programs(self):
        for folder, rows in ((self.whole, ALL), (self.part, 1)):
            self.assertTrue(bagit.Bag(str(folder)).validate())
            code, text = self.verify(folder)
            self.assertEqual(code, 0, text)
            self.assertIn(f"OK attachments={rows} ", text)

    def test_a_bag_is_closed_to_others(self):
        for path in [self.whole, *self.whole.rglob("*")]: self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_names_are_proven_where_nobody_else_is_spoken_of(self):
        self.assertIn(f"proven for {ALL} of {ALL}", self.verify(self.whole)[1])
        self.assertIn("proven for 0 of 1", self.verify(self.part)[1])

    def test_nothing_of_others_is_in_a_part(self):
        text = b"".join(path.read_bytes() for path in self.part.rglob("*") if path.is_file())
        for word in (b"alice@corp", b"subject 1", b"subject 5", b"bob.txt", b'"m5"', b"offers"): self.assertFalse(word in text, word)

    def test_each_custodian_has_a_row_and_a_file(self):
        rows = [json.loads(line) for line in (self.whole / "provenance.jsonl").read_text().splitlines()]
        shared = [row for row in rows if row["name"] == "shared.pdf"]
        self.assertEqual({row["mailbox"] for row in shared}, {lab.MAILBOX, "bob@corp.example"})
        self.assertEqual(len({row["path"] for row in shared}), 2)
        self.assertEqual({row["name"] for row in rows if row.get("message_id") == "m1"}, {name.replace("\0", "\u2400") for name in NAMES})

    def test_names_survive_other_file_systems(self):
        names = [str(path.relative_to(self.whole)) for path in self.whole.rglob("*")]
        for name in names:
            self.assertEqual(name, unicodedata.normalize("NFC", name))
            self.assertNotRegex(name, r"[%\\:*?\"<>|\x00-\x1f\u202e]")
        for form in ("NFC", "NFD", "NFKC"):
            self.assertEqual(len({unicodedata.normalize(form, name).casefold() for name in names}), len(names))

    def test_what_a_file_system_composes_otherwise_is_still_valid(self):
        bag = self.copy(self.whole)
        for path in [path for path in bag.rglob("*") if path.is_file()]:
            path.rename(path.with_name(unicodedata.normalize("NFD", path.name)))
        self.assertEqual(self.verify(bag)[0], 0)

    def test_one_of_several_keys_in_a_file_is_enough_and_none_is_not(self):
        files = {}
        for name, lines in {"both": [FOREIGN, self.key], "foreign": [FOREIGN]}.items():
            files[name] = self.bench.folder / f"{name}.vkey"
            files[name].write_text("\n".join(line.strip() for line in lines) + "\n")
        for words, code in (([files["both"]], 0), ([FOREIGN, self.key], 0), ([files["foreign"]], 1), ([FOREIGN], 1)):
            keys = [word for key in words for word in ("--key", str(key))]
            ended = subprocess.run([sys.executable, VERIFIER, *keys, self.whole], capture_output=True, text=True, timeout=120)
            self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
            if code: self.assertIn("no key that was given has signed it", ended.stdout + ended.stderr)

    def test_a_changed_payload_byte_is_found(self):
        bag = self.copy(self.whole)
        path = next(path for path in bag.glob("data/**/*.txt"))
        path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
        self.assert_found(bag, "has other bytes than manifest-sha256.txt says")
        with self.assertRaises(bagit.BagValidationError): bagit.Bag(str(bag)).validate()
        self.reseal(bag)
        self.assert_found(bag, "is not in the payload with these bytes")

    def test_a_changed_provenance_line_is_found(self):
        for old, new in ((b'"subject":"subject 1"', b'"subject":"subject 9"'), (b'"name":"CON"', b'"name":"PRN"'),
                         (b'"mailbox":"bob', b'"mailbox":"rob'), (b'"id":2,', b'"id":3,'), (b'"size":40', b'"size":41'),
                         (b'"listed_private":"given"', b'"listed_private":"withheld"')):
            bag = self.copy(self.whole)
            self.edit(bag, "provenance.jsonl", old, new)
            self.assert_found(bag, "provenance.jsonl has other bytes than tagmanifest-sha256.txt says")
            self.reseal(bag)
            self.assert_found(bag, "provenance.csv row")
        bag = self.copy(self.whole)
        for name, old, new in (("provenance.jsonl", b'"subject":"subject 1"', b'"subject":"subject 9"'),
                               ("provenance.csv", b",subject 1,", b",subject 9,")):
            self.edit(bag, name, old, new)
        self.reseal(bag)
        self.assert_found(bag, "subject is 'subject 9', the records say 'subject 1'")

    def test_a_forged_column_is_found(self):
        rows = [json.loads(line) for line in (self.whole / "provenance.jsonl").read_text().splitlines()]
        columns = ["key", "source", "date", "archived_at", "from", "from_name", "subject", "mailbox", "message_id", "attachment_id",
                   "task_guid", "guid", "file_token", "task_summary", "kind", "name"]
        for kind in ("mail", "task"):
            place = next(place for place, row in enumerate(rows) if row["kind"] == kind)
            for column in columns:
                bag = self.copy(self.whole)
                forged = [dict(row) for row in rows]
                forged[place][column] = "forged"
                self.write_rows(bag, forged)
                self.reseal(bag)
                self.assert_found(bag, f"{column} is 'forged'")

    def write_rows(self, bag, rows):
        """Both forms of the provenance."""
        (bag / "provenance.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        with (bag / "provenance.csv").open(newline="") as file: head = next(csv.reader(file))
        cell = lambda value: "" if value is None else " ".join(map(str, value)) if isinstance(value, list) else str(value)
        hide = lambda text: "".join(f"\\u{{{ord(sign):x}}}" if sign in HIDDEN else sign for sign in text)
        with (bag / "provenance.csv").open("w", newline="") as file:
            csv.writer(file).writerows([head] + [[hide(cell(row.get(name))) for name in head] for row in rows])

    def test_another_path_is_found(self):
        def named(rows, name): return next(row for row in rows if row["name"] == name)
        def swapped(rows, one, other):
            first, second = named(rows, one), named(rows, other)
            first["path"], second["path"] = second["path"], first["path"]
        for one, other in (("A.txt", "100%25.pdf"), ("-rf", "bob.txt")):
            bag = self.copy(self.whole)
            rows = self.rows(bag)
            swapped(rows, one, other)
            for row in rows:
                if row["name"] in (one, other): row["bytes"] = (self.whole / named(self.rows(bag), row["name"])["path"]).read_bytes()
            for row in rows:
                if "bytes" in row: (bag / row["path"]).write_bytes(row.pop("bytes"))
            self.write_rows(bag, rows)
            self.reseal(bag)
            self.assert_found(bag, "path is ")
        old = named(self.rows(self.whole), "bob.txt")
        day, number = re.fullmatch(r"data/mail/bob@corp.example/(.*)-(\d+)/bob.txt", old["path"]).groups()
        for path, words in ((f"mail/ceo@corp.example/{day}-{number}/bob.txt", "its mailbox and day or task give"),
                            (f"mail/bob@corp.example/2001-02-03-{number}/bob.txt", "its mailbox and day or task give"),
                            (f"mail/bob@corp.example/{day}-7777/bob.txt", "its folder has the number 7777"),
                            (f"mail/bob@corp.example/{day}-{number}/bribe.txt", "its name 'bob.txt'"),
                            (f"tasks/{number}/bob.txt", "its mailbox and day or task give"), ("bob.txt", "path is 'data/bob.txt'")):
            bag = self.copy(self.whole)
            (bag / "data" / path).parent.mkdir(parents=True, exist_ok=True)
            (bag / old["path"]).rename(bag / "data" / path)
            self.write_rows(bag, [row | {"path": f"data/{path}"} if row == old else row for row in self.rows(bag)])
            self.reseal(bag)
            self.assert_found(bag, words)
        self.assert_ok(self.whole, "not proven: path")

    def test_other_columns_are_found(self):
        def table(change):
            bag = self.copy(self.whole)
            with (bag / "provenance.csv").open(newline="") as file: rows = list(csv.reader(file))
            with (bag / "provenance.csv").open("w", newline="") as file:
                csv.writer(file).writerows(change(row, number) for number, row in enumerate(rows))
            self.reseal(bag)
            self.assert_found(bag, "provenance.csv has other columns")
        place = next(csv.reader((self.whole / "provenance.csv").read_text().splitlines())).index("from")
        table(lambda row, number: row[:place] + row[place + 1:])
        table(lambda row, number: [*row[:place], "forged" if number else "from", *row[place:]])
        table(lambda row, number: [*row, "forged" if number else "uploader"])
        table(lambda row, number: [cell if number or cell != "from" else "sender" for cell in row])
        self.assert_found(self.changed(self.whole, lambda rows: [row | {"approved": "yes"} for row in rows]), "'approved' is no column")
        self.assert_found(self.changed(self.whole, lambda rows: rows[3].pop("key") and None), "key is missing")
        bag = self.copy(self.whole)
        self.edit(bag, "provenance.jsonl", b'"id":2,', b'"id":7,"id":2,')
        self.reseal(bag)
        self.assert_found(bag, "a name stands there twice")

    def test_values_of_another_type_are_found(self):
        other = max(json.loads(line)["record"]["seq"] for line in (self.whole / "audit/records.jsonl").read_text().splitlines()
                    if "messages.exam" in line)
        for name, value in (("id", True), ("size", 40.0), ("version", "1"), ("record_held", [1]), ("name", 7), ("subject", None),
                            ("records_listed", []), ("records_listed", 3), ("records_listed", [True])):
            self.assert_found(self.changed(self.whole, lambda rows: rows[0].update({name: value})), f"{name} is {value!r}")
        for change in (lambda row: [*row["records_listed"], other], lambda row: row["records_listed"] * 2):
            changed = lambda rows: rows[0].update(records_listed=change(rows[0]))
            self.assert_found(self.changed(self.whole, changed), "records_listed is ")
        self.assert_found(self.changed(self.whole, lambda rows: rows[0].update(listed_private="withheld")), "listed_private is 'withheld'")

    def test_completeness_is_not_said_to_be_proven(self):
        for bag in (self.whole, self.part):
            self.assertNotIn("named by these records", self.assert_ok(bag, "not proven: that nothing was left out"))
        bag = self.copy(self.whole)
        self.take_out(bag, next(row for row in self.rows(bag) if row["name"] == "bob.txt"))
        self.reseal(bag)
        self.assert_ok(bag, f"OK attachments={ALL - 1} ", "1 attachments are named by these records and are not in this bag")
        for row in self.rows(bag): self.take_out(bag, row)
        for name in ("records", "proofs"): (bag / f"audit/{name}.jsonl").write_text("")
        self.reseal(bag)
        self.assert_ok(bag, "OK attachments=0 ", "not proven: that nothing was left out")

    def test_what_is_held_is_no_exception_unless_its_bytes_are_damaged(self):
        def moved(**cells):
            bag = self.copy(self.whole)
            row = next(row for row in self.rows(bag) if row["name"] == "bob.txt")
            records = (bag / "audit/records.jsonl").read_bytes(), (bag / "audit/proofs.jsonl").read_bytes()
            self.take_out(bag, row)
            for name, text in zip(("records", "proofs"), records): (bag / f"audit/{name}.jsonl").write_bytes(text)
            self.except_for(bag, row, **cells)
            self.reseal(bag)
            return bag
        for code, state, rule in (("skipped", "skipped", "inline_images"), ("skipped", "held", ""), ("not_held", "wanted", ""),
                                  ("not_held", "failed", ""), ("unsigned", "held", ""), ("disagrees", "held", "")):
            self.assert_found(moved(code=code, state=state, rule=rule), f"is {code} here, and a record says that it is held")
        self.assert_found(moved(code="skipped", state="skipped", rule="inline_images", sha256="", size=""), "a record says that it is held")
        self.assert_found(moved(code="lost", state="held"), "'lost' is no code")
        for code, state, rule in (("damaged", "held", ""), ("skipped", "skipped", "accepted")):
            self.assert_ok(moved(code=code, state=state, rule=rule), "the archive had the bytes of 1 of these, as the records prove")
        bag = self.copy(self.whole)
        self.except_for(bag, self.rows(bag)[0], code="damaged", state="held")
        self.reseal(bag)
        self.assert_found(bag, "has another row, too")

    def test_what_larkive_does_not_write_is_found(self):
        for name in ("fetch.txt", "manifest-md5.txt", "README.txt", "audit/keys/other.vkey", "audit/notes"):
            bag = self.copy(self.whole)
            (bag / name).write_text("http://nowhere.example/x 5 data/none\n")
            self.reseal(bag)
            self.assert_found(bag, f"{name} is no file of larkive's")
        for line, words in (("Larkive-Attachments: 9999", "Larkive-Attachments stands there twice"),
                            ("Contact-Name: nobody", "'Contact-Name' is no label")):
            for after in (True, False):
                bag = self.copy(self.whole)
                text = (bag / "bag-info.txt").read_text()
                (bag / "bag-info.txt").write_text(f"{text}{line}\n" if after else f"{line}\n{text}")
                self.reseal(bag)
                self.assert_found(bag, words)
        bag = self.copy(self.whole)
        (bag / "bag-info.txt").write_text(re.sub("Bagging-Date: .*", "Bagging-Date: 2001-02-03", (bag / "bag-info.txt").read_text()))
        self.reseal(bag)
        self.assert_found(bag, "Bagging-Date is 2001-02-03")
        text = self.assert_ok(self.whole)
        for word in ("HOW-TO-VERIFY.md", "selection", "dates", "exceptions.csv", "times of files", "folder", "vanished"):
            self.assertRegex(text, f"not proven: .*{word}")

    def test_nothing_malformed_ends_in_a_traceback(self):
        deep = b'{"record":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}\n"
        for name, change in (("provenance.csv", lambda text: text + b'"abc'), ("provenance.csv", lambda text: b""),
                             ("provenance.csv", lambda text: b"\xef\xbb\xbf" + text), ("provenance.csv", lambda text: text + b"\xff\r\n"),
                             ("exceptions.csv", lambda text: text + b'"abc'), ("exceptions.csv", lambda text: b"a,b\r\n1,2\r\n"),
                             ("exceptions.csv", lambda text: text + b"\xff\r\n\r\n"),
                             ("provenance.jsonl", lambda text: b"[1]\n" + text), ("provenance.jsonl", lambda text: b"\xff\n" + text),
                             ("provenance.jsonl", lambda text: deep + text), ("audit/records.jsonl", lambda text: deep + text),
                             ("audit/records.jsonl", lambda text: b"7\n" + text), ("audit/proofs.jsonl", lambda text: b"[]\n" + text),
                             ("audit/proofs.jsonl", lambda text: b'{"seq":' + b"9" * 5000 + b"}\n" + text),
                             ("bag-info.txt", lambda text: b"x\n" + text), ("audit/checkpoint", lambda text: b""),
                             ("audit/checkpoint", lambda text: b"\xff" + text)):
            bag = self.copy(self.whole)
            (bag / name).write_bytes(change((bag / name).read_bytes()))
            self.reseal(bag)
            (bag / "data/extra").write_text("x")
            self.assert_found(bag, name, "data/extra is not in manifest-sha256.txt")
        for name in ("provenance.jsonl", "exceptions.csv", "audit/records.jsonl", "bag-info.txt", "manifest-sha256.txt"):
            bag = self.copy(self.whole)
            (bag / name).unlink()
            (bag / "data/extra").write_text("x")
            self.assert_found(bag, "is missing", "data/extra is not in manifest-sha256.txt")

    def test_a_finding_is_one_line(self):
        bag = self.copy(self.whole)
        (bag / "data/x\nOK \x1b[2J").write_text("x")
        self.assert_found(bag, "data/x\\u{a}OK \\u{1b}[2J is not in manifest-sha256.txt")

    def test_a_row_too_few_or_too_many_is_found(self):
        rows = [json.loads(line) for line in (self.whole / "provenance.jsonl").read_text().splitlines()]
        bag = self.copy(self.whole)
        gone = next(row for row in rows if row["name"] == "bob.txt")
        (bag / gone["path"]).unlink()
        self.write_rows(bag, [row for row in rows if row != gone])
        self.reseal(bag)
        self.assert_found(bag, "has a record, but no row", f"Larkive-Attachments is {len(rows)}, the bag has {len(rows) - 1}")
        bag = self.copy(self.whole)
        self.write_rows(bag, rows + rows[-1:])
        self.reseal(bag)
        self.assert_found(bag, "has two rows")

    def test_false_figures_are_found(self):
        for name in ("Larkive-Attachments", "Larkive-Exceptions", "Larkive-Log-Size", "Larkive-Log-Root", "External-Identifier"):
            bag = self.copy(self.whole)
            text = (bag / "bag-info.txt").read_text()
            (bag / "bag-info.txt").write_text(re.sub(f"{name}: .*", f"{name}: 7", text))
            self.reseal(bag)
            self.assert_found(bag, f"bag-info.txt: {name} is 7")

    def test_a_changed_record_is_found(self):
        for old, new in ((b'"type":"attachment.held"', b'"type":"attachment.hold"'), (b'"salt":"', b'"salt":"0'),
                         (b'"subject":"subject 1"', b'"subject":"subject 9"'), (b'"attachment":1,', b'"attachment":2,')):
            bag = self.copy(self.whole)
            self.edit(bag, "audit/records.jsonl", old, new)
            self.assert_found(bag, "audit/records.jsonl has other bytes")
            self.reseal(bag)
            self.assert_found(bag, "audit/records.jsonl line")

    def test_a_changed_proof_or_note_is_found(self):
        bag = self.copy(self.whole)
        first = json.loads((bag / "audit/proofs.jsonl").read_text().splitlines()[0])["proof"][0].encode()
        self.edit(bag, "audit/proofs.jsonl", first, first[::-1])
        self.reseal(bag)
        self.assert_found(bag, "is not in the log")
        bag = self.copy(self.whole)
        size = (bag / "audit/checkpoint").read_bytes().split(b"\n")[1]
        self.edit(bag, "audit/checkpoint", b"\n" + size + b"\n", b"\n1" + size + b"\n")
        self.reseal(bag)
        self.assert_found(bag, "wrong signature")

    def test_a_missing_file_is_found(self):
        for name in ("audit/proofs.jsonl", "provenance.csv", "exceptions.csv", "HOW-TO-VERIFY.md", "bagit.txt"):
            bag = self.copy(self.whole)
            (bag / name).unlink()
            self.assert_found(bag)
        bag = self.copy(self.whole)
        next(bag.glob("data/**/*.txt")).unlink()
        self.assert_found(bag, "is missing, manifest-sha256.txt names it")
        with self.assertRaises(bagit.BagError): bagit.Bag(str(bag)).validate()

    def test_a_file_too_many_is_found(self):
        bag = self.copy(self.whole)
        (bag / "data/extra").write_text("x")
        self.assert_found(bag, "data/extra is not in manifest-sha256.txt", "Payload-Oxum")

    def test_two_exports_do_not_share_a_folder(self):
        folder = self.bench.folder / "shared"
        folder.mkdir()
        with (folder / "bagit.txt.unfinished").open("w") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            ended = self.bench.expect(11, "export", "--format", "bagit", "--to", str(folder))
        self.assertIn("another export is writing to", ended.err)
        self.assertEqual([path.name for path in folder.iterdir()], ["bagit.txt.unfinished"])

    def test_what_is_not_an_export_s_own_is_never_removed(self):
        folder = self.bench.folder / "foreign"
        folder.mkdir()
        for name in ("bagit.txt.unfinished", "notes.txt"): (folder / name).write_text("mine")
        self.bench.expect(2, "export", "--format", "bagit", "--to", str(folder))
        self.assertEqual((folder / "notes.txt").read_text() + (folder / "bagit.txt.unfinished").read_text(), "minemine")

    def test_the_commands_of_how_to_verify_work(self):
        text = (self.whole / "HOW-TO-VERIFY.md").read_text()
        blocks = [part.split("```")[0] for part in text.split("```sh\n")[1:]]
        bag = self.copy(self.whole)
        (bag.parent / "archive.vkey").write_text(self.key)
        run = lambda script: subprocess.run(["bash", "-euc", script], cwd=bag, capture_output=True, text=True, timeout=60)
        self.assertEqual(run(blocks[0]).stdout, "whole\n")
        signed = run(blocks[3].replace("archive.vkey", "../archive.vkey"))
        self.assertEqual(signed.stdout, "Signature Verified Successfully\n", signed.stderr)
        row = next(row for row in map(json.loads, (bag / "provenance.jsonl").read_text().splitlines()) if row["name"] == "CON")
        script = blocks[4].replace("FILE", f"'{row['path']}'").replace("SEQ", str(row["record_held"]))
        record, leaf, proof = run(script).stdout.splitlines()[-3:]
        self.assertEqual(json.loads(record)["attachment"], row["id"])
        self.assertEqual(leaf.split()[0], json.loads(proof)["leaf"])


class Honest(unittest.TestCase):
    """What an archive goes through, and the bags that it makes of it: all of them are in order."""

    def assert_ok(self, bench, name, code, *words):
        bench.expect(code, "export", "--format", "bagit", "--to", str(bench.folder / name), *words)
        key = bench.expect(0, "audit", "key").out
        ended = subprocess.run([sys.executable, VERIFIER, "--key", key, bench.folder / name], capture_output=True, text=True, timeout=120)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout

    def test_bags_of_an_archive_with_a_history_are_in_order(self):
        with lab.laboratory(world(), "export", SOURCES) as bench:
            bench.expect(0, "init")
            bench.expect(0, "sync")
            bench.sandbox.change([
                {"replace_task_attachment": {"guid": "f1", "file_token": "other", "name": "1.docx", "size": 512, "content": 10}},
                {"delete_message": {"mailbox": lab.MAILBOX, "message": "m3"}},
                {"add_attachment": {"mailbox": "bob@corp.example", "message": "m5",
                                    "attachment": {"id": "a300", "name": "late.txt", "size": 70, "content": 300}}}])
            bench.expect(0, "sync")
            self.assert_ok(bench, "all", 0)
            newest = self.assert_ok(bench, "newest", 0, "task:t1/f1")
            self.assertIn("1 attachments are named by these records and are not in this bag", newest)
            self.assert_ok(bench, "former", 0, "task:t1/f1@1")
            self.assert_ok(bench, "vanished", 0, "--vanished")
            part = self.assert_ok(bench, "part", 0, "--message", "m4", "--whole-records")
            self.assertRegex(part, r"proven for 1 of 1\n(.*\n)*\d+ attachments are named by these records")
            bench.expect(0, "audit", "key", "rotate", "--reason", "once a year")
            self.assert_ok(bench, "rotated", 0)
            row = json.loads((bench.folder / "all/provenance.jsonl").read_text().splitlines()[0])
            thing = bench.archive / "objects" / row["sha256"][:2] / row["sha256"]
            thing.chmod(0o600)
            thing.write_bytes(b"")
            self.assertIn("the archive had the bytes of 1 of these", self.assert_ok(bench, "damaged", 7))
            (bench.state / "key").unlink()
            bench.expect(0, "audit", "restart", "--reason", "the key is lost")
            self.assert_ok(bench, "restarted", 7)

    def test_dates_of_any_year_are_proven(self):
        first = -62_135_596_800_000
        dates = [first, first - 1, first - 400 * 366 * 86_400_000, -1, 0, 951_782_400_000, 253_402_300_799_999, 253_402_300_800_000,
                 -30_000_000_000_001, 9_007_199_254_740_991]
        messages = [{"id": f"m{number}", "subject": "when", "folder": "INBOX", "date": date,
                     "attachments": [{"id": "a", "name": "when.txt", "size": 9, "content": number}]} for number, date in enumerate(dates)]
        with lab.laboratory({"seed": 1, "mailboxes": [{"address": lab.MAILBOX, "messages": messages}]}, "export",
                            f"mail:\n  mailboxes: [{lab.MAILBOX}]\n") as bench:
            bench.expect(0, "init")
            bench.expect(0, "sync")
            self.assertIn(f"proven for {len(dates)} of {len(dates)}", self.assert_ok(bench, "bag", 0))


class Unsigned(unittest.TestCase):
    def test_what_no_note_covers_yet_is_an_exception_until_a_run_has_ended(self):
        with lab.laboratory(world(), "export", SOURCES) as bench:
            bench.expect(0, "init")
            # Everything is recorded and in the manifest; the run dies before it seals.
            ended = bench.larkive("sync", environment=lab.faults(bench, "kill link 1 *.jsonl.gz"))
            self.assertEqual(ended.code, -signal.SIGKILL, ended.err)
            words = ["export", "--format", "bagit", "--json", "--to"]
            first = json.loads(bench.expect(3, *words, str(bench.folder / "first")).out)
            self.assertEqual((first["exported"], first["exceptions"]["unsigned"]), (0, ALL))
            self.assertTrue(bagit.Bag(str(bench.folder / "first")).validate())
            bench.expect(0, "sync")
            second = json.loads(bench.expect(0, *words, str(bench.folder / "second")).out)
            self.assertEqual((second["exported"], second["exceptions"]), (ALL, {}))


if __name__ == "__main__":
    unittest.main()
