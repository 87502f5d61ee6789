//! The tables. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "cleaning";

/// Every migration of the tables that this crate owns.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_job",
        sql: "CREATE TABLE IF NOT EXISTS cleaning_job (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            organisation TEXT NOT NULL,  -- organisation.id of the exchange
            system TEXT NOT NULL,        -- system.id of the exchange
            state TEXT NOT NULL,         -- filling, open, done, refused, cancelled, failed
            same BLOB NOT NULL,          -- keyed hash of file and question: finds the job that the same command goes on with
            input_sha256 BLOB NOT NULL,  -- of the file as it came
            chunk_rows INTEGER NOT NULL, -- rows in a chunk; the last has fewer
            row_count INTEGER NOT NULL,  -- 0 until the last row is in, as for chunks
            chunks INTEGER NOT NULL,
            columns INTEGER NOT NULL,    -- columns that are compared, bit n for the n-th column of the linkage
            tells_number INTEGER NOT NULL, -- 1: the agreement lets the number of the person be told
            tells_near INTEGER NOT NULL, -- 1: it is told how a field differs; 0: only that it does
            asked BLOB NOT NULL,         -- who asks, for what, which file: sealed
            at_us INTEGER NOT NULL,      -- when it came, microseconds since the epoch, as all times here
            entry INTEGER,               -- number of its entry in the journal; NULL: not admitted yet
            holder TEXT NOT NULL,        -- who closes it; empty: nobody
            until_us INTEGER NOT NULL,   -- until when; of nobody: before that nobody closes it
            ended_us INTEGER,            -- done, refused or cancelled
            fetched_us INTEGER,          -- when the result was taken for the first time
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_job_state",
        sql: "CREATE INDEX IF NOT EXISTS cleaning_job_state ON cleaning_job (state, at_us, id)",
    },
    Migration {
        id: "0003_job_same",
        sql: "CREATE INDEX IF NOT EXISTS cleaning_job_same ON cleaning_job (same, at_us, id)",
    },
    Migration {
        id: "0004_chunk",
        sql: "CREATE TABLE IF NOT EXISTS cleaning_chunk (
            job TEXT NOT NULL,         -- cleaning_job.id
            number INTEGER NOT NULL,   -- from 0, in the order of the file
            state TEXT NOT NULL,       -- open, leased, done
            holder TEXT NOT NULL,      -- random name of who works on it; empty: nobody
            until_us INTEGER NOT NULL, -- when another may take it, leased or open
            tries INTEGER NOT NULL,    -- how often it was taken
            row_count INTEGER NOT NULL,
            sha256 BLOB,               -- of the answers in clear
            counts TEXT,               -- JSON: answers by verdict and action
            people INTEGER,            -- state of the registry it was answered by
            done_us INTEGER,
            PRIMARY KEY (job, number)
        )",
    },
    Migration {
        id: "0005_chunk_state",
        sql: "CREATE INDEX IF NOT EXISTS cleaning_chunk_state ON cleaning_chunk (job, state, number)",
    },
    Migration {
        id: "0006_review",
        sql: "CREATE TABLE IF NOT EXISTS cleaning_review (
            job TEXT NOT NULL,         -- cleaning_job.id
            number INTEGER NOT NULL,   -- number of the row in the file, from 1
            state TEXT NOT NULL,       -- open, decided
            use_rank INTEGER NOT NULL, -- how useful a decision is: higher first
            content BLOB NOT NULL,     -- the row and the answer, sealed
            decision TEXT,             -- same, other, ask; NULL: none yet
            decided_by TEXT,           -- staff account or officer's account
            decided_us INTEGER,
            PRIMARY KEY (job, number)
        )",
    },
    Migration {
        id: "0007_review_rank",
        sql: "CREATE INDEX IF NOT EXISTS cleaning_review_rank ON cleaning_review (job, state, use_rank, number)",
    },
    Migration {
        id: "0008_decision",
        sql: "CREATE TABLE IF NOT EXISTS cleaning_decision (
            job TEXT NOT NULL,       -- cleaning_job.id
            number INTEGER NOT NULL, -- number of the row
            at_us INTEGER NOT NULL,
            id TEXT NOT NULL,        -- 32 hexadecimal digits, random
            decision TEXT NOT NULL,  -- same, other, ask, or taken_back
            by_account TEXT NOT NULL,
            entry INTEGER NOT NULL,  -- number of the journal entry that tells of it
            note BLOB NOT NULL,      -- sealed
            PRIMARY KEY (job, number, at_us, id)
        )",
    },
    Migration {
        id: "0009_package",
        sql: "CREATE TABLE IF NOT EXISTS cleaning_package (
            id TEXT NOT NULL,           -- of a package carried by hand: 32 hexadecimal digits, drawn by who sealed it
            made_us INTEGER NOT NULL,   -- when it was sealed, as it says
            opened_us INTEGER NOT NULL, -- when it was first found good here
            job TEXT,                   -- cleaning_job.id that answered it; NULL: not answered, and may be opened again
            answered_us INTEGER,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0010_chunk_failures",
        // How often its rows or answers turned out to be lost or damaged.
        sql: "ALTER TABLE cleaning_chunk ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
    },
    Migration {
        id: "0011_job_failures",
        // How often it could not be closed for the like.
        sql: "ALTER TABLE cleaning_job ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
    },
    Migration {
        id: "0012_job_passed",
        // Until when other jobs come first, since a chunk of it failed.
        sql: "ALTER TABLE cleaning_job ADD COLUMN passed_us INTEGER NOT NULL DEFAULT 0",
    },
    Migration {
        id: "0013_job_failed",
        // Why it is to end as failed, without contents; NULL: it is not. Nobody works on it any more.
        sql: "ALTER TABLE cleaning_job ADD COLUMN failed TEXT",
    },
];
