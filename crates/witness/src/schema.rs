//! The tables, append-only.
use dancu_storage::Migration;

/// Who owns them in the book of migrations.
pub(crate) const OWNER: &str = "witness";

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_log",
        sql: "CREATE TABLE witness_log (
            origin TEXT NOT NULL,        -- which log, as its checkpoints name it
            size INTEGER NOT NULL,       -- of the latest checkpoint that was cosigned
            root BLOB NOT NULL,          -- its root, 32 bytes
            checkpoint TEXT NOT NULL,    -- the signed note, with the log's signatures only
            updated_us INTEGER NOT NULL, -- when it was accepted: the time of the cosignature
            PRIMARY KEY (origin)
        )",
    },
    Migration {
        id: "0002_evidence",
        sql: "CREATE TABLE witness_evidence (
            origin TEXT NOT NULL,         -- which log signed it
            size INTEGER NOT NULL,        -- of the refused checkpoint
            root BLOB NOT NULL,           -- its root, 32 bytes
            kind TEXT NOT NULL,           -- 'fork': another root at the size of the latest; 'unproved': the proof did not verify
            request TEXT NOT NULL,        -- the request, its checkpoint with the log's signatures only
            latest TEXT NOT NULL,         -- the latest checkpoint of the witness at that time, empty if none
            received_us INTEGER NOT NULL, -- when it came first
            PRIMARY KEY (origin, size, root)
        )",
    },
];
