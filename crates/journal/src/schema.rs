//! The journal's tables.
use dancu_storage::Migration;

/// Owner of these tables in the book of migrations.
pub(crate) const OWNER: &str = "journal";

/// Two indexes beside the key: `correlation` ties a complaint or a log line to its entry; `(system_id, idx)` serves
/// "latest of this system" and grows at few places only. Each costs a few microseconds a row; the search by person,
/// account or case belongs to an index built behind the writer.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_entry",
        sql: "CREATE TABLE journal_entry (
            idx INTEGER NOT NULL,      -- number, from 0 without gaps
            at_us INTEGER NOT NULL,    -- arrival of the call, microseconds since the epoch
            correlation BLOB NOT NULL, -- 16 bytes
            system_id TEXT,            -- copies of what the entry says, to search by
            account_id TEXT,
            service TEXT NOT NULL,
            outcome TEXT NOT NULL,     -- lower case: answered; upper case: code of the refusal
            subject BLOB,              -- keyed hash of the citizen's number, 16 bytes
            entry BLOB NOT NULL,       -- public entry, deterministic CBOR
            sealed BLOB NOT NULL,      -- personal parts, CBOR map of sealed values
            leaf BLOB NOT NULL,        -- RFC 6962 leaf hash of entry
            PRIMARY KEY (idx)
        )",
    },
    Migration {
        id: "0002_entry_correlation",
        sql: "CREATE INDEX journal_entry_correlation ON journal_entry (correlation)",
    },
    Migration {
        id: "0003_entry_system",
        sql: "CREATE INDEX journal_entry_system ON journal_entry (system_id, idx)",
    },
    Migration {
        id: "0004_head",
        sql: "CREATE TABLE journal_head (
            log INTEGER NOT NULL,  -- always 0
            size INTEGER NOT NULL, -- number of entries, that is, number of the next one
            PRIMARY KEY (log)
        )",
    },
    Migration {
        id: "0005_head_row",
        sql: "INSERT INTO journal_head (log, size) VALUES (0, 0) ON CONFLICT (log) DO NOTHING",
    },
    Migration {
        id: "0006_quota_use",
        sql: "CREATE TABLE quota_use (
            scope TEXT NOT NULL,   -- account, system
            id TEXT NOT NULL,      -- of the account or the system
            day INTEGER NOT NULL,  -- days since 1970-01-01 in the time zone of the quota
            used INTEGER NOT NULL, -- calls permitted on that day
            PRIMARY KEY (scope, id, day)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0007_replay",
        sql: "CREATE TABLE journal_replay (
            system_id TEXT NOT NULL,
            request BLOB NOT NULL,       -- keyed hash of the request id, 16 bytes
            seen_us INTEGER NOT NULL,    -- when it was answered
            expires_us INTEGER NOT NULL, -- from when the row may be swept
            PRIMARY KEY (system_id, request)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0008_replay_expires",
        sql: "CREATE INDEX journal_replay_expires ON journal_replay (expires_us)",
    },
    Migration {
        id: "0009_idempotency",
        sql: "CREATE TABLE journal_idempotency (
            system_id TEXT NOT NULL,
            key BLOB NOT NULL,           -- keyed hash of the key, 16 bytes
            body_hash BLOB NOT NULL,     -- SHA-256 of the request
            first_idx INTEGER NOT NULL,  -- its entries are these,
            entries INTEGER NOT NULL,    -- one after the other
            answer BLOB NOT NULL,        -- sealed
            expires_us INTEGER NOT NULL, -- from when the key may be used anew
            PRIMARY KEY (system_id, key)
        )",
    },
    Migration {
        id: "0010_idempotency_expires",
        sql: "CREATE INDEX journal_idempotency_expires ON journal_idempotency (expires_us)",
    },
];
