//! The table of inquiries.
use dancu_storage::Migration;

/// Owner of the table in the book of migrations.
pub(super) const OWNER: &str = "inquiry";

pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_inquiry",
        sql: "CREATE TABLE journal_inquiry (
            id TEXT NOT NULL,             -- 32 hexadecimal digits, random
            entry INTEGER NOT NULL,       -- number of the entry that is asked about
            organisation TEXT NOT NULL,   -- who is asked
            system TEXT NOT NULL,         -- through which system they looked
            subject BLOB NOT NULL,        -- keyed hash of the citizen's number, 16 bytes
            state TEXT NOT NULL,          -- open, answered, closed
            asked_at_us INTEGER NOT NULL, -- microseconds since the epoch, as all times here
            reply_by_us INTEGER NOT NULL, -- until then she is told how it goes on
            answer_by_us INTEGER NOT NULL, -- until then she is answered
            acknowledged_at_us INTEGER,
            answered_at_us INTEGER,
            closed_at_us INTEGER,
            person BLOB NOT NULL,         -- the citizen's number, sealed
            question BLOB NOT NULL,       -- her words, sealed
            answer BLOB,                  -- their words, sealed
            answered_by BLOB,             -- login of who answered, sealed
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_inquiry_once",
        sql: "CREATE UNIQUE INDEX journal_inquiry_once ON journal_inquiry (subject, entry)",
    },
    Migration {
        id: "0003_inquiry_organisation",
        sql: "CREATE INDEX journal_inquiry_organisation ON journal_inquiry (organisation, state, answer_by_us, id)",
    },
    Migration {
        id: "0004_inquiry_state",
        sql: "CREATE INDEX journal_inquiry_state ON journal_inquiry (state, answer_by_us, id)",
    },
];
