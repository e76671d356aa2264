"""Folds the audit log into the manifest's rows, as docs/format.md tells, and compares them with SQLite's."""
import json
import sqlite3
from urllib.parse import quote

from ranges import Ranges

COLUMNS = {
    "meta": "name value",
    "run": "id started finished outcome exit_code summary",
    "source": "n name last_complete last_listed",
    "object": "digest size first_held damaged",
    "message": "source id folder state draft attachment_count date sender sender_name subject",
    "task": "guid parent summary",
    "attachment": "n key kind source message_id task_guid id state rule version type inline cid uploader"
                  " uploaded first_seen vanished",
    "version": "attachment n name size file_token digest how held_at held_run",
    "sighting": "attachment source missed_at",
    "ledger": "subject attachment source message_id reason detail attempts first_failed next_try",
    "inbox": "entry seq",
}
KEYS = {"message": 2, "version": 2, "sighting": 2}


class Fold:
    """The rows of every table, by their keys, after some records."""

    def __init__(self):
        self.tables = {name: {} for name in COLUMNS}
        self.verified = Ranges()

    def put(self, table, *values, **changed):
        """A row with these first columns; what is there already is changed, not replaced."""
        columns = COLUMNS[table].split()
        key = values[:KEYS.get(table, 1)]
        row = self.tables[table].setdefault(key, dict.fromkeys(columns))
        row.update(zip(columns, values))
        row.update(changed)
        return row

    def row(self, table, *key):
        return self.tables[table].get(key)

    def take(self, fields, private):
        name = fields["type"].replace(".", "_")
        getattr(self, name, lambda f, p: None)(fields, private)
        if "inbox" in fields:
            self.tables["inbox"].setdefault((fields["inbox"],), {"entry": fields["inbox"], "seq": fields["seq"]})

    # Runs and sources

    def archive_created(self, f, p):
        self.put("meta", "archive_sha256", f["sha256"])

    def run_started(self, f, p):
        self.put("run", f["run"], f["time"])
        if "archive_sha256" in f:
            self.put("meta", "archive_sha256", f["archive_sha256"])

    def run_finished(self, f, p):
        if self.row("run", f["run"]):
            summary = json.dumps(p["summary"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            self.put("run", f["run"], finished=f["time"], outcome=f["outcome"], exit_code=f["exit_code"],
                     summary=summary)

    def source_added(self, f, p):
        self.put("source", f["source"], p["name"])

    def source_listed(self, f, p):
        row = self.put("source", f["source"], last_listed=f["time"])
        if f["complete"]:
            row["last_complete"] = f["time"]

    # Mail

    def messages_examined(self, f, p):
        source, number = f["source"], f["first"]
        for message in p["messages"]:
            items = message.get("attachments", [])
            self.put("message", source, message["id"], message["folder"], "examined",
                     int(message.get("draft", False)), len(items), message.get("date"), message.get("from"),
                     message.get("from_name"), message.get("subject"))
            self.clear(f"message:{source}/{message['id']}")
            present = set()
            for item in items:
                known = item.get("number")
                present.add(number if known is None else known)
                if known is None:
                    self.add_mail(f, source, message["id"], item, number)
                    number += 1
                else:
                    self.row("attachment", known)["vanished"] = None
                    self.sight(known, source)
            self.drop_others(f, source, message["id"], present)

    def add_mail(self, f, source, message, item, number):
        address = self.row("source", source)["name"].removeprefix("mail:")
        self.put("attachment", number, key("mail", address, message, item["id"]), "mail", source, message,
                 None, item["id"], "wanted", None, 1, item.get("type"), int(item.get("inline", False)),
                 item.get("cid"), None, None, f["time"], None)
        self.put("version", number, 1, item["name"], item.get("size"), item.get("file_token"))
        self.sight(number, source)

    def drop_others(self, f, source, message, present):
        for row in self.tables["attachment"].values():
            if (row["source"], row["message_id"]) == (source, message) and row["n"] not in present:
                row["vanished"] = row["vanished"] or f["time"]

    def message_state(self, f, p, state):
        if not self.row("message", f["source"], p["id"]):
            self.put("message", f["source"], p["id"], p.get("folder", ""), state, 0, 0)
        self.row("message", f["source"], p["id"])["state"] = state

    def message_moved(self, f, p):
        row = self.row("message", f["source"], p["id"])
        if row:
            row["folder"] = p["to"]

    def message_gone(self, f, p):
        self.message_state(f, p, "gone")
        self.clear(f"message:{f['source']}/{p['id']}")

    def message_failed(self, f, p):
        self.message_state(f, p, "unread")
        self.owe(f"message:{f['source']}/{p['id']}", f, p, source=f["source"], message_id=p["id"])

    def message_resolved(self, f, p):
        self.clear(f"message:{f['source']}/{p['id']}")

    # Tasks

    def tasks_listed(self, f, p):
        number = f["first"]
        for task in p["tasks"]:
            self.put("task", task["guid"], task.get("parent"), task["summary"])
            for item in task.get("attachments", []):
                if "number" in item:
                    self.change_task(item, f["source"])
                    continue
                self.put("attachment", number, key("task", task["guid"], item["guid"]), "task", None, None,
                         task["guid"], item["guid"], "wanted", None, 1, None, None, None,
                         item.get("uploader"), item.get("time"), f["time"], None)
                self.put("version", number, 1, item["name"], item.get("size"), item.get("file_token"))
                self.sight(number, f["source"])
                number += 1

    def change_task(self, item, source):
        self.sight(item["number"], source)
        if "version" in item:
            self.put("version", item["number"], item["version"], item["name"], item.get("size"),
                     item.get("file_token"))
            self.row("attachment", item["number"]).update(version=item["version"], state="wanted", rule=None)

    # Attachments

    def attachment_held(self, f, p):
        self.hold(f, f["via"])

    def attachment_adopted(self, f, p):
        self.hold(f, "adopted")

    def hold(self, f, how):
        if not self.row("object", f["sha256"]):
            self.put("object", f["sha256"], f["size"], f["time"])
        row = self.row("attachment", f["attachment"])
        version = self.row("version", f["attachment"], f["version"])
        version.update(digest=f["sha256"], how=how, held_at=f["time"], held_run=f["run"])
        if row["version"] == f["version"]:
            row.update(state="held", rule=None)
        self.clear(f"attachment:{f['attachment']}")

    def attachment_failed(self, f, p):
        row = self.row("attachment", f["attachment"])
        if f.get("version", row["version"]) == row["version"]:
            row.update(state="failed", rule=None)
            self.owe(f"attachment:{f['attachment']}", f, p, attachment=f["attachment"])

    def attachment_skipped(self, f, p):
        self.row("attachment", f["attachment"]).update(state="skipped", rule=f["rule"])

    def attachment_wanted(self, f, p):
        row = self.row("attachment", f["attachment"])
        if row["state"] == "skipped":
            row.update(state="wanted", rule=None)

    def attachment_resolved(self, f, p):
        self.clear(f"attachment:{f['attachment']}")

    def attachment_accepted(self, f, p):
        self.row("attachment", f["attachment"]).update(state="skipped", rule="accepted")
        self.clear(f"attachment:{f['attachment']}")

    def attachment_vanished(self, f, p):
        self.provenance_changed(f, p)
        row = self.row("attachment", f["attachment"])
        row["vanished"] = row["vanished"] or f["time"]

    def attachment_reappeared(self, f, p):
        self.sight(f["attachment"], f["source"])
        row = self.row("attachment", f["attachment"])
        row["vanished"] = None
        message = self.row("message", row["source"], row["message_id"])
        if message and message["state"] == "gone":
            message["state"] = "examined"

    def provenance_changed(self, f, p):
        row = self.row("sighting", f["attachment"], f["source"])
        if row:
            row["missed_at"] = row["missed_at"] or f["time"]

    def sight(self, attachment, source):
        self.put("sighting", attachment, source, None)

    # Objects

    def object_damaged(self, f, p):
        row = self.row("object", f["sha256"])
        if row:
            row["damaged"] = row["damaged"] or f["time"]

    def object_repaired(self, f, p):
        row = self.row("object", f["sha256"])
        if row:
            row["damaged"] = None
        self.clear(f"object:{f['sha256']}")
        self.tables["meta"].pop((f"accepted:{f['sha256']}",), None)

    def object_lost(self, f, p):
        self.object_damaged(f, p)
        self.owe(f"object:{f['sha256']}", f, p)

    def object_accepted(self, f, p):
        self.clear(f"object:{f['sha256']}")
        self.put("meta", f"accepted:{f['sha256']}", f["time"])

    def verify_finished(self, f, p):
        if "from" in f and "to" in f:
            self.verified.add(f["from"], f["to"], f.get("unread", []), f.get("started", f["time"]))
            self.put("meta", "verified", self.verified.text)

    def log_restarted(self, f, p):
        self.put("meta", f"log_restarted_{f['seq']:016}", f"{f['time']} {f.get('former_size', '?')}")

    # The ledger

    def owe(self, subject, f, p, **of):
        old = self.row("ledger", subject)
        self.put("ledger", subject, reason=f["reason"], detail=p.get("detail", ""), attempts=f["attempts"],
                 next_try=f["next_try"], first_failed=old["first_failed"] if old else f["time"], **of)

    def clear(self, subject):
        self.tables["ledger"].pop((subject,), None)

    def ledger_retried(self, f, p):
        subject = f"attachment:{f['attachment']}" if "attachment" in f else f"message:{f['source']}/{p['id']}"
        row = self.row("ledger", subject)
        if row:
            row["next_try"] = f["time"]


def key(kind, *parts):
    return f"{kind}:" + "/".join(quote(part, safe="-._~@") for part in parts)


def applied(path):
    """The last record that the manifest at `path` holds; None when it cannot say."""
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        return int(db.execute("SELECT value FROM meta WHERE name = 'applied_seq'").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return None


def rows(db, table):
    shown = COLUMNS[table].replace(" ", ", ")
    for row in db.execute(f"SELECT {shown} FROM {table}"):
        yield tuple(value.hex() if isinstance(value, bytes) else value for value in row)


def compare(db, records):
    """Violations of I4: rows that are not what the log says up to meta.applied_seq."""
    found = db.execute("SELECT value FROM meta WHERE name = 'applied_seq'").fetchone()
    last = int(found[0]) if found else -1
    if last >= len(records):
        return [f"I4 the manifest holds record {last}, the log ends at {len(records) - 1}"]
    fold = Fold()
    try:
        for fields, private in records[:last + 1]:
            fold.take(fields, private)
    except (KeyError, TypeError, AttributeError) as error:
        return [f"I4 record {fields['seq']} ({fields['type']}) cannot be folded: {error!r}"]
    if found:
        fold.put("meta", "applied_seq", str(last))
    bad = []
    for table in COLUMNS:
        wanted = {tuple(row.values()) for row in fold.tables[table].values()}
        bad += differences(table, wanted, set(rows(db, table)))
    return bad


def differences(table, wanted, found):
    lines = [f"I4 {table} lacks what the log says: {row}" for row in sorted(wanted - found, key=str)]
    return lines + [f"I4 {table} has what the log does not say: {row}" for row in sorted(found - wanted, key=str)]
