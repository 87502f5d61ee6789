//! The tables. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "governance";

/// Every migration of the tables that this crate owns. Times are microseconds since the epoch.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_matter",
        sql: "CREATE TABLE IF NOT EXISTS governance_matter (
            id TEXT NOT NULL,              -- 32 hexadecimal digits, random
            kind TEXT NOT NULL,            -- connection, assessment, halt, ticket, ... (kind.rs)
            once TEXT,                     -- what there may be only one of, such as connection/SYSTEM; NULL: any number
            parent TEXT,                   -- matter that it belongs to, such as the assessment of a finding
            organisation TEXT NOT NULL,    -- organisation that it is about
            system TEXT,                   -- system that it is about
            account TEXT,                  -- account that it is about, by id
            label TEXT NOT NULL,           -- what lists show: names of organisation and system, nothing of a person
            search TEXT NOT NULL,          -- the label without marks and case
            opened_at_us INTEGER NOT NULL, -- when it began
            opened_by TEXT NOT NULL,       -- staff account, or rule:NAME
            state TEXT NOT NULL,           -- of the last step, as the columns below: derived, changed with it
            step INTEGER NOT NULL,         -- number of the last step
            round INTEGER NOT NULL,        -- counts the beginnings; the rule of four eyes looks at one round
            version INTEGER NOT NULL,      -- newest version of its content
            since_us INTEGER NOT NULL,     -- when it came into its state
            deadline_us INTEGER NOT NULL,  -- last moment for the next step; the greatest integer: none
            due_step TEXT,                 -- step that is waited for; NULL: none
            duty TEXT,                     -- action that the step needs; NULL: nobody is waited for
            assignee TEXT,                 -- staff account that took it on
            told_us INTEGER,               -- when it was told that the deadline passed; NULL: not yet
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_matter_once",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS governance_matter_once ON governance_matter (once)",
    },
    Migration {
        id: "0003_matter_duty",
        sql: "CREATE INDEX IF NOT EXISTS governance_matter_duty ON governance_matter (duty, deadline_us, id)",
    },
    Migration {
        id: "0004_matter_organisation",
        sql: "CREATE INDEX IF NOT EXISTS governance_matter_organisation
            ON governance_matter (organisation, duty, deadline_us, id)",
    },
    Migration {
        id: "0005_matter_system",
        sql: "CREATE INDEX IF NOT EXISTS governance_matter_system ON governance_matter (system, kind)",
    },
    Migration {
        id: "0006_matter_parent",
        sql: "CREATE INDEX IF NOT EXISTS governance_matter_parent ON governance_matter (parent, kind)",
    },
    Migration {
        id: "0007_matter_deadline",
        sql: "CREATE INDEX IF NOT EXISTS governance_matter_deadline ON governance_matter (told_us, deadline_us, id)",
    },
    Migration {
        id: "0008_step",
        sql: "CREATE TABLE IF NOT EXISTS governance_step (
            matter TEXT NOT NULL,         -- governance_matter.id
            number INTEGER NOT NULL,      -- 1 is the first
            step TEXT NOT NULL,           -- name of the step (kind.rs)
            from_state TEXT NOT NULL,     -- empty for the first
            to_state TEXT NOT NULL,       -- state after it
            round INTEGER NOT NULL,       -- round in which it was taken
            version INTEGER NOT NULL,     -- version of the content that it was about
            by_whom TEXT NOT NULL,        -- staff account, or rule:NAME
            at_us INTEGER NOT NULL,       -- when
            why BLOB NOT NULL,            -- why, sealed
            deadline_us INTEGER NOT NULL, -- deadline that it sets; the greatest integer: none
            valid_from TEXT NOT NULL,     -- day of effect of the rule that allowed it, YYYY-MM-DD
            entry INTEGER,                -- number of its entry in the journal
            documents TEXT NOT NULL,      -- SHA-256 of the documents that lay on the table, one a line
            PRIMARY KEY (matter, number)
        )",
    },
    Migration {
        id: "0009_content",
        sql: "CREATE TABLE IF NOT EXISTS governance_content (
            matter TEXT NOT NULL,     -- governance_matter.id
            version INTEGER NOT NULL, -- 1 is the first; all are kept
            round INTEGER NOT NULL,   -- round in which it was written
            by_whom TEXT NOT NULL,    -- staff account, or rule:NAME
            at_us INTEGER NOT NULL,   -- when
            entry INTEGER,            -- number of its entry in the journal
            body BLOB NOT NULL,       -- the form as JSON, sealed
            PRIMARY KEY (matter, version)
        )",
    },
    Migration {
        id: "0010_document",
        sql: "CREATE TABLE IF NOT EXISTS governance_document (
            matter TEXT NOT NULL,      -- governance_matter.id
            sha256 TEXT NOT NULL,      -- of the bytes, hexadecimal; names the sealed file
            kind TEXT NOT NULL,        -- see document_kind in data/lists.toml
            name BLOB NOT NULL,        -- name of the file, sealed
            media_type TEXT NOT NULL,  -- by its content
            size INTEGER NOT NULL,     -- bytes
            by_whom TEXT NOT NULL,     -- staff account, or rule:NAME
            at_us INTEGER NOT NULL,    -- when it was attached
            entry INTEGER,             -- number of its entry in the journal
            PRIMARY KEY (matter, sha256, kind)
        )",
    },
    Migration {
        id: "0011_document_file",
        sql: "CREATE INDEX IF NOT EXISTS governance_document_file ON governance_document (sha256)",
    },
    Migration {
        id: "0012_test",
        sql: "CREATE TABLE IF NOT EXISTS governance_test (
            matter TEXT NOT NULL,          -- the connection
            number INTEGER NOT NULL,       -- counts the openings of the sandbox
            opened_at_us INTEGER NOT NULL, -- when
            expires_at_us INTEGER NOT NULL, -- last moment
            credential TEXT NOT NULL,      -- id of the sandbox credentials
            handed_over TEXT NOT NULL,     -- technical documents handed over, one a line
            closed_at_us INTEGER,          -- when it expired or was replaced; NULL while open
            PRIMARY KEY (matter, number)
        )",
    },
    Migration {
        id: "0013_test_open",
        sql: "CREATE INDEX IF NOT EXISTS governance_test_open ON governance_test (closed_at_us, expires_at_us)",
    },
    Migration {
        id: "0014_test_case",
        sql: "CREATE TABLE IF NOT EXISTS governance_test_case (
            matter TEXT NOT NULL,      -- the connection
            number INTEGER NOT NULL,   -- of the test
            service TEXT NOT NULL,     -- verify, look_up
            name TEXT NOT NULL,        -- match, mismatch, unknown, refusal, malformed
            expect TEXT NOT NULL,      -- outcome that counts
            outcome TEXT,              -- outcome of the last call; NULL: not called yet
            calls INTEGER NOT NULL,    -- how often it was called
            called_at_us INTEGER,      -- last call
            entry INTEGER,             -- entry of the call that counts, else of the last one
            done_at_us INTEGER,        -- first call with the expected outcome
            PRIMARY KEY (matter, number, service, name)
        )",
    },
    Migration {
        id: "0015_warning",
        sql: "CREATE TABLE IF NOT EXISTS governance_warning (
            system TEXT NOT NULL,   -- system.id of the exchange
            until TEXT NOT NULL,    -- last day of its assessment, YYYY-MM-DD
            days INTEGER NOT NULL,  -- so many days before; -1: it is overdue
            at_us INTEGER NOT NULL, -- when it was given
            PRIMARY KEY (system, until, days)
        )",
    },
    Migration {
        id: "0016_measure",
        sql: "CREATE TABLE IF NOT EXISTS governance_measure (
            system TEXT NOT NULL,    -- system.id of the exchange
            name TEXT NOT NULL,      -- see measure in data/lists.toml
            number INTEGER NOT NULL, -- counts the statements; the last one counts
            state TEXT NOT NULL,     -- met, not_met, justified
            how BLOB NOT NULL,       -- how it is met, or why it need not be, sealed
            by_whom TEXT NOT NULL,   -- staff account
            at_us INTEGER NOT NULL,  -- when
            entry INTEGER,           -- number of its entry in the journal
            PRIMARY KEY (system, name, number)
        )",
    },
];
