"""Folds the audit log into the manifest's rows and compares them with what SQLite holds."""
import sqlite3


def applied(path):
    """The last record that the manifest at `path` holds; None when it cannot say."""
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        return int(db.execute("SELECT value FROM meta WHERE name = 'applied_seq'").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return None


def compare(db, records):
    """Violations of I4: rows that are not what the log says up to meta.applied_seq."""
    found = db.execute("SELECT value FROM meta WHERE name = 'applied_seq'").fetchone()
    last = int(found[0]) if found else -1
    if last >= len(records):
        return [f"I4 the manifest holds record {last}, the log ends at {len(records) - 1}"]
    held = {
        (f["attachment"], f["version"], f["sha256"])
        for f, _ in records[:last + 1] if f["type"] in ("attachment.held", "attachment.adopted")
    }
    rows = db.execute("SELECT attachment, n, lower(hex(digest)) FROM version WHERE digest NOT NULL")
    return [f"I4 the version {row} has no record" for row in rows if row not in held]
