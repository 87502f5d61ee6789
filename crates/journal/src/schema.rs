//! The journal's tables.
use dancu_storage::Migration;

/// Owner of these tables in the book of migrations.
pub(crate) const OWNER: &str = "journal";

/// No index beside the keys: what is searched by is indexed behind the writer, from the log.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0101_head",
        sql: "CREATE TABLE journal_head (
            log INTEGER NOT NULL,   -- always 0
            size INTEGER NOT NULL,  -- number of entries, that is, number of the next one
            frontier BLOB NOT NULL, -- right edge of the tree: roots of its complete subtrees, largest first
            PRIMARY KEY (log)
        )",
    },
    Migration {
        id: "0102_head_row",
        sql: "INSERT INTO journal_head (log, size, frontier) VALUES (0, 0, CAST('' AS BLOB)) ON CONFLICT (log) DO NOTHING",
    },
    Migration {
        id: "0103_group",
        sql: "CREATE TABLE journal_group (
            first INTEGER NOT NULL,    -- number of the first entry
            count INTEGER NOT NULL,    -- how many there are
            at_first INTEGER NOT NULL, -- earliest and latest time in them, microseconds since the epoch
            at_last INTEGER NOT NULL,
            entries BLOB NOT NULL,     -- run of (length in two bytes, public entry)
            sealed BLOB NOT NULL,      -- run of (length in two bytes, sealed personal parts)
            PRIMARY KEY (first)
        )",
    },
    Migration {
        id: "0104_bundle",
        sql: "CREATE TABLE journal_bundle (
            bundle INTEGER NOT NULL,   -- entries 256 * bundle and the 255 after it, which are in the file
            at_first INTEGER NOT NULL, -- earliest and latest time in them, microseconds since the epoch
            at_last INTEGER NOT NULL,
            sealed BLOB NOT NULL,      -- run of (length in two bytes, sealed personal parts)
            PRIMARY KEY (bundle)
        )",
    },
    Migration {
        id: "0105_settled",
        sql: "CREATE TABLE journal_settled (
            log INTEGER NOT NULL,     -- always 0
            bundles INTEGER NOT NULL, -- bundles below this number have left journal_group
            PRIMARY KEY (log)
        )",
    },
    Migration {
        id: "0106_settled_row",
        sql: "INSERT INTO journal_settled (log, bundles) VALUES (0, 0) ON CONFLICT (log) DO NOTHING",
    },
    Migration {
        id: "0107_month_key",
        sql: "CREATE TABLE journal_month_key (
            month INTEGER NOT NULL, -- year * 12 + month - 1, time of Vietnam
            wrapped BLOB NOT NULL,  -- key of the personal parts of that month, sealed; empty: destroyed
            PRIMARY KEY (month)
        )",
    },
    Migration {
        id: "0108_quota_use",
        sql: "CREATE TABLE quota_use (
            scope TEXT NOT NULL,   -- account, system
            id TEXT NOT NULL,      -- of the account or the system
            day INTEGER NOT NULL,  -- days since 1970-01-01 in the time zone of the quota
            used INTEGER NOT NULL, -- calls permitted on that day
            PRIMARY KEY (scope, id, day)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0109_replay",
        sql: "CREATE TABLE journal_replay (
            system_id TEXT NOT NULL,
            request BLOB NOT NULL,       -- keyed hash of the request id, 16 bytes
            seen_us INTEGER NOT NULL,    -- when it was answered
            expires_us INTEGER NOT NULL, -- from when the row may be swept
            PRIMARY KEY (system_id, request)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0110_replay_expires",
        sql: "CREATE INDEX journal_replay_expires ON journal_replay (expires_us)",
    },
    Migration {
        id: "0111_idempotency",
        sql: "CREATE TABLE journal_idempotency (
            system_id TEXT NOT NULL,
            key BLOB NOT NULL,           -- keyed hash of the key, 16 bytes
            body_hash BLOB NOT NULL,     -- SHA-256 of the request
            answer BLOB NOT NULL,        -- receipts and answer, sealed
            expires_us INTEGER NOT NULL, -- from when the key may be used anew
            PRIMARY KEY (system_id, key)
        )",
    },
    Migration {
        id: "0112_idempotency_expires",
        sql: "CREATE INDEX journal_idempotency_expires ON journal_idempotency (expires_us)",
    },
    Migration {
        id: "0120_archive",
        sql: "CREATE TABLE journal_archive (
            first_bundle INTEGER NOT NULL, -- the file holds the sealed parts of bundles from this one
            end_bundle INTEGER NOT NULL,   -- to before this one
            month INTEGER NOT NULL,        -- of its last entry, year * 12 + month - 1, time of Vietnam
            path TEXT NOT NULL,            -- on the archive's blob store
            sealed_rows INTEGER NOT NULL,  -- entries that still have personal parts
            PRIMARY KEY (first_bundle)
        )",
    },
    Migration {
        id: "0121_hold",
        sql: "CREATE TABLE journal_hold (
            name TEXT NOT NULL,        -- of the order
            from_us INTEGER,           -- entries from this moment on, microseconds since the epoch
            to_us INTEGER,             -- and before this one
            organisation TEXT,         -- of this organisation
            system_id TEXT,            -- of this system
            idx INTEGER,               -- this entry
            subject BLOB,              -- about this person: keyed hash of the number, 16 bytes
            since_us INTEGER NOT NULL, -- when it was placed
            released_us INTEGER,       -- when it was released
            PRIMARY KEY (name)
        )",
    },
    Migration {
        id: "0130_barred",
        sql: "CREATE TABLE journal_barred (
            log INTEGER NOT NULL,      -- always 0; a row: nothing is signed and no entry is taken
            key TEXT NOT NULL,         -- public key of the log that may reach beyond this store; empty: a restore did not end
            since_us INTEGER NOT NULL, -- when the restore began
            PRIMARY KEY (log)
        )",
    },
];
