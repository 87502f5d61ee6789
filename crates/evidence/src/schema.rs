//! The table. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Every migration of the table that this crate owns.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_evidence_file",
        sql: "CREATE TABLE IF NOT EXISTS evidence_file (
            id TEXT NOT NULL,           -- 32 hexadecimal digits, random
            organisation TEXT NOT NULL, -- organisation that it is about; empty when it is about several or none
            matter TEXT,                -- governance_matter.id of the order
            alert INTEGER,              -- number of the alert
            what BLOB NOT NULL,         -- sealed: scope, reason and opened parts, JSON
            asked_by TEXT NOT NULL,     -- staff account
            asked_us INTEGER NOT NULL,  -- when, microseconds since the epoch
            entry INTEGER NOT NULL,     -- number of the journal entry that tells that it was asked for
            state TEXT NOT NULL,        -- working, ready, failed
            done INTEGER NOT NULL,      -- entries proved so far
            total INTEGER NOT NULL,     -- entries found; 0 until they are
            why TEXT,                   -- why it failed: a word
            moved_us INTEGER NOT NULL,  -- when done or state last changed
            sha256 TEXT,                -- of the file, hexadecimal; NULL until it is ready
            size INTEGER,               -- bytes
            stamped INTEGER,            -- 1: it has a time stamp
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_evidence_file_asked",
        sql: "CREATE INDEX IF NOT EXISTS evidence_file_asked ON evidence_file (asked_us, id)",
    },
    Migration {
        id: "0003_evidence_file_matter",
        sql: "CREATE INDEX IF NOT EXISTS evidence_file_matter ON evidence_file (matter, asked_us)",
    },
];
