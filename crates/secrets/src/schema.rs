//! The tables. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "secrets";

/// Every migration of the tables that this crate owns.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_secret_recipient",
        sql: "CREATE TABLE IF NOT EXISTS secret_recipient (
            fingerprint BLOB NOT NULL,         -- SHA-256 over the certificate
            organisation TEXT NOT NULL,        -- organisation.id: whose security officer it is
            certificate BLOB NOT NULL,         -- sealed: the certificate with those above it, DER, length before each
            subject BLOB NOT NULL,             -- sealed: whom it names
            not_after_us INTEGER NOT NULL,     -- end of its validity, microseconds since the epoch, as all times here
            registered_by TEXT NOT NULL,       -- staff account
            registered_at_us INTEGER NOT NULL,
            revoked_at_us INTEGER,             -- NULL while something may be encrypted to it
            revoked_by TEXT,                   -- staff account
            PRIMARY KEY (fingerprint)
        )",
    },
    Migration {
        id: "0002_secret_recipient_organisation",
        sql: "CREATE INDEX IF NOT EXISTS secret_recipient_organisation
            ON secret_recipient (organisation, registered_at_us)",
    },
    Migration {
        id: "0003_secret_delivery",
        sql: "CREATE TABLE IF NOT EXISTS secret_delivery (
            id TEXT NOT NULL,               -- 32 hexadecimal digits, random
            system TEXT NOT NULL,           -- system.id
            username TEXT NOT NULL,         -- credential.username
            recipient BLOB NOT NULL,        -- secret_recipient.fingerprint: for whom
            subject BLOB NOT NULL,          -- sealed: whom the certificate names
            state TEXT NOT NULL,            -- waiting, taken, expired, replaced, revoked, lost
            envelope BLOB,                  -- sealed CMS envelope; NULL once it is not waiting
            issued_by TEXT NOT NULL,        -- staff account
            issued_at_us INTEGER NOT NULL,
            expires_at_us INTEGER NOT NULL, -- from then on it cannot be taken
            former_until_us INTEGER,        -- until then the former credentials are taken; NULL: there were none
            taken_by TEXT,                  -- staff account
            taken_at_us INTEGER,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0004_secret_delivery_username",
        sql: "CREATE INDEX IF NOT EXISTS secret_delivery_username ON secret_delivery (username, issued_at_us)",
    },
    Migration {
        id: "0005_secret_delivery_system",
        sql: "CREATE INDEX IF NOT EXISTS secret_delivery_system ON secret_delivery (system, issued_at_us)",
    },
    Migration {
        id: "0006_secret_delivery_state",
        sql: "CREATE INDEX IF NOT EXISTS secret_delivery_state ON secret_delivery (state, expires_at_us)",
    },
];
