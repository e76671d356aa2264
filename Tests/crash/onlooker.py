"""Sees what a run has acknowledged by looking at the manifest, as any reader may."""
import sqlite3
import threading


class Onlooker(threading.Thread):
    """Remembers the digests of the rows that it is shown while a run writes.

    SQLite shows a row once the writer has given its lock back, which it does after the last barrier
    of the commit: what a reader has seen must be there after any crash.
    """

    def __init__(self, archive):
        super().__init__(daemon=True)
        self.manifest, self.ended, self.seen = archive / "manifest.sqlite", threading.Event(), set()
        self.start()

    def run(self):
        while not self.ended.wait(0.01):
            self.look()
        self.look()

    def look(self):
        try:
            db = sqlite3.connect(f"file:{self.manifest}?mode=ro", uri=True, timeout=1)
        except sqlite3.Error:
            return
        try:
            self.seen.update(row[0] for row in db.execute("SELECT lower(hex(digest)) FROM object"))
        except sqlite3.Error:
            pass  # no table yet, or no power any more
        finally:
            db.close()

    def stop(self):
        self.ended.set()
        self.join()
        return self.seen
