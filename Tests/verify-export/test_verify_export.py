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
         "cafe\u0301.txt", "A.txt", "a.txt", "100%25.pdf", "=1+1,\"quoted\"", "back\\slash", ""]
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
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            lines = [line.split("  ", 1) for line in (bag / name).read_text().splitlines()]
            there = [(hashlib.sha256((bag / path).read_bytes()).hexdigest(), path) for _, path in lines if (bag / path).exists()]
            (bag / name).write_text("".join(f"{digest}  {path}\n" for digest, path in there))

    def assert_found(self, bag, *words):
        code, text = self.verify(bag)
        self.assertEqual(code, 1, text)
        for word in words: self.assertIn(word, text)

    def edit(self, bag, name, old, new, count=1):
        path = bag / name
        text = path.read_bytes()
        self.assertTrue(old in text, old)
        path.write_bytes(text.replace(old, new, count))

    def test_whole_bags_are_valid_for_both_programs(self):
        for folder, rows in ((self.whole, 19), (self.part, 1)):
            self.assertTrue(bagit.Bag(str(folder)).validate())
            code, text = self.verify(folder)
            self.assertEqual(code, 0, text)
            self.assertIn(f"OK attachments={rows} ", text)

    def test_a_bag_is_closed_to_others(self):
        for path in [self.whole, *self.whole.rglob("*")]: self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_names_are_proven_where_nobody_else_is_spoken_of(self):
        self.assertIn("proven for 19 of 19", self.verify(self.whole)[1])
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

    def test_a_row_too_few_or_too_many_is_found(self):
        rows = [json.loads(line) for line in (self.whole / "provenance.jsonl").read_text().splitlines()]
        bag = self.copy(self.whole)
        gone = next(row for row in rows if row["name"] == "bob.txt")
        (bag / gone["path"]).unlink()
        self.write_rows(bag, [row for row in rows if row != gone])
        for name in ("manifest-sha256.txt",):
            text = [line for line in (bag / name).read_text().splitlines(True) if gone["path"] not in line]
            (bag / name).write_text("".join(text))
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
            self.assertEqual((first["exported"], first["exceptions"]["unsigned"]), (0, 19))
            self.assertTrue(bagit.Bag(str(bench.folder / "first")).validate())
            bench.expect(0, "sync")
            second = json.loads(bench.expect(0, *words, str(bench.folder / "second")).out)
            self.assertEqual((second["exported"], second["exceptions"]), (19, {}))


if __name__ == "__main__":
    unittest.main()
