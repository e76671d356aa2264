internal import GRDB

/// The tables of `manifest.sqlite`: a fold of the audit log, nothing else.
///
/// Source: docs/format.md, "The manifest". Every column comes from a record; what does not (the
/// tables of the walk) is in another file and is not dumped.
enum Schema {
    /// "lark" as a number; `file` and `sqlite3` show it.
    static let applicationID: Int32 = 0x6C61_726B
    static let version: Int32 = 1

    static func create(in db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(sql: view)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static let tables = """
        CREATE TABLE meta (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            started TEXT NOT NULL,
            finished TEXT,
            outcome TEXT,
            exit_code INTEGER,
            summary TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE source (
            n INTEGER PRIMARY KEY CHECK (n > 0),
            name TEXT NOT NULL UNIQUE,
            last_complete TEXT,
            last_listed TEXT
        ) STRICT;
        CREATE TABLE object (
            digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
            size INTEGER NOT NULL CHECK (size >= 0),
            first_held TEXT NOT NULL,
            damaged TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE message (
            source INTEGER NOT NULL REFERENCES source (n),
            id TEXT NOT NULL,
            folder TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('examined', 'unread', 'gone')),
            draft INTEGER NOT NULL DEFAULT 0 CHECK (draft IN (0, 1)),
            attachment_count INTEGER NOT NULL DEFAULT 0 CHECK (attachment_count >= 0),
            date INTEGER,
            sender TEXT,
            sender_name TEXT,
            subject TEXT,
            PRIMARY KEY (source, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE task (
            guid TEXT PRIMARY KEY,
            parent TEXT,
            summary TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE attachment (
            n INTEGER PRIMARY KEY CHECK (n > 0),
            key TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('mail', 'task')),
            source INTEGER REFERENCES source (n),
            message_id TEXT,
            task_guid TEXT REFERENCES task (guid),
            id TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('wanted', 'held', 'failed', 'skipped')),
            rule TEXT,
            version INTEGER NOT NULL CHECK (version > 0),
            type INTEGER,
            inline INTEGER CHECK (inline IN (0, 1)),
            cid TEXT,
            uploader TEXT,
            uploaded INTEGER,
            first_seen TEXT NOT NULL,
            vanished TEXT,
            FOREIGN KEY (source, message_id) REFERENCES message (source, id),
            CHECK ((kind = 'mail') = (message_id IS NOT NULL AND source IS NOT NULL)),
            CHECK ((kind = 'task') = (task_guid IS NOT NULL)),
            CHECK ((state = 'skipped') = (rule IS NOT NULL))
        ) STRICT;
        CREATE INDEX attachment_message ON attachment (source, message_id);
        CREATE INDEX attachment_id ON attachment (id);
        CREATE INDEX attachment_task ON attachment (task_guid);
        CREATE INDEX attachment_open ON attachment (n) WHERE state IN ('wanted', 'failed');
        CREATE TABLE version (
            attachment INTEGER NOT NULL REFERENCES attachment (n),
            n INTEGER NOT NULL CHECK (n > 0),
            name TEXT NOT NULL,
            size INTEGER,
            file_token TEXT,
            digest BLOB REFERENCES object (digest),
            how TEXT CHECK (how IN ('link', 'listing-link', 'inline', 'adopted')),
            held_at TEXT,
            held_run TEXT,
            PRIMARY KEY (attachment, n),
            CHECK ((digest IS NULL) = (how IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX version_digest ON version (digest);
        CREATE INDEX version_token ON version (file_token) WHERE file_token IS NOT NULL;
        CREATE TABLE sighting (
            attachment INTEGER NOT NULL REFERENCES attachment (n),
            source INTEGER NOT NULL REFERENCES source (n),
            missed_at TEXT,
            PRIMARY KEY (attachment, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sighting_source ON sighting (source);
        CREATE TABLE ledger (
            subject TEXT PRIMARY KEY,
            attachment INTEGER REFERENCES attachment (n),
            source INTEGER REFERENCES source (n),
            message_id TEXT,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            attempts INTEGER NOT NULL CHECK (attempts > 0),
            first_failed TEXT NOT NULL,
            next_try TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE inbox (
            entry TEXT PRIMARY KEY,
            seq INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let view = """
        CREATE VIEW files AS
        SELECT a.n AS id, a.key, a.kind, v.name, coalesce(o.size, v.size) AS size,
            lower(hex(v.digest)) AS sha256, a.state, s.name AS source,
            CASE a.kind WHEN 'mail' THEN substr(s.name, 6) END AS mailbox,
            a.message_id, CASE a.kind WHEN 'mail' THEN a.id END AS attachment_id,
            a.task_guid, CASE a.kind WHEN 'task' THEN a.id END AS guid,
            v.file_token, m.subject, m.sender, m.sender_name, m.date, m.folder,
            t.summary AS task_summary, v.held_at AS archived_at, a.vanished, a.rule,
            a.version, a.first_seen
        FROM attachment a
        JOIN version v ON v.attachment = a.n AND v.n = a.version
        JOIN source s ON s.n = coalesce(a.source,
            (SELECT min(source) FROM sighting WHERE attachment = a.n))
        LEFT JOIN object o ON o.digest = v.digest
        LEFT JOIN message m ON m.source = a.source AND m.id = a.message_id
        LEFT JOIN task t ON t.guid = a.task_guid;
        """

    /// The rows of the view, with older versions that are held beside the newest.
    ///
    /// Made of the view's own text, which stands in every archive and must stay as it is.
    static let allVersions = view.replacing("CREATE VIEW files AS", with: "")
        .replacing("AND v.n = a.version", with: "")
        .replacing(
            "a.version, a.first_seen",
            with: "v.n AS version, a.first_seen, a.version AS newest"
        )
        .replacing(";", with: " WHERE v.n = a.version OR v.digest NOT NULL")

    /// What `manifest dump` prints, in this order; each with its sorting.
    static let dumped: [(table: String, order: String)] = [
        ("meta", "name"), ("run", "id"), ("source", "n"), ("object", "digest"),
        ("message", "source, id"), ("task", "guid"), ("attachment", "n"),
        ("version", "attachment, n"), ("sighting", "attachment, source"),
        ("ledger", "subject"), ("inbox", "entry"),
    ]
}
