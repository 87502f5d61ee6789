//! The tables. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "campaign";

/// Every migration of the tables that this crate owns.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_account",
        sql: "CREATE TABLE IF NOT EXISTS campaign_account (
            account TEXT NOT NULL,        -- account.id of the exchange
            agency_name TEXT NOT NULL,    -- name of the holder's agency as registered; empty: never said
            purpose BLOB,                 -- what the account is for, sealed; NULL: never said
            cases_a_day INTEGER,          -- factors of the daily quota; NULL: never said
            queries_a_case INTEGER,
            issued_at_us INTEGER,         -- when it came in through an import, microseconds since the epoch, as all times here
            withdrawn INTEGER NOT NULL,   -- 1: closed because its import was undone; another import may open it again
            seen_state TEXT NOT NULL,     -- state when it was last looked at
            idle_from_us INTEGER NOT NULL, -- since when idleness is counted: first seen, or unlocked
            used_at_us INTEGER,           -- last use; NULL: none is known
            PRIMARY KEY (account)
        )",
    },
    Migration {
        id: "0002_history",
        sql: "CREATE TABLE IF NOT EXISTS campaign_history (
            account TEXT NOT NULL,   -- account.id of the exchange
            at_us INTEGER NOT NULL,  -- when it took effect
            id TEXT NOT NULL,        -- 32 hexadecimal digits, random
            kind TEXT NOT NULL,      -- what was done
            by_staff TEXT NOT NULL,  -- staff account that did it; empty: by rule
            reference TEXT NOT NULL, -- import, request, departure or review behind it; empty: none
            details BLOB,            -- account before and after, sealed
            PRIMARY KEY (account, at_us, id)
        )",
    },
    Migration {
        id: "0003_event",
        sql: "CREATE TABLE IF NOT EXISTS campaign_event (
            id TEXT NOT NULL,          -- says what happened to what, so that it is told once
            at_us INTEGER NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,     -- account, review, campaign or request
            organisation TEXT NOT NULL, -- who is to be told; empty: the managing body
            data TEXT NOT NULL,        -- JSON: counts and days, nothing of a person
            told_at_us INTEGER,        -- NULL: not yet
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0004_event_pending",
        sql: "CREATE INDEX IF NOT EXISTS campaign_event_pending ON campaign_event (told_at_us, at_us, id)",
    },
    Migration {
        id: "0005_import",
        sql: "CREATE TABLE IF NOT EXISTS campaign_import (
            id TEXT NOT NULL,           -- 32 hexadecimal digits, random
            system TEXT NOT NULL,       -- system.id of the exchange
            organisation TEXT NOT NULL, -- its organisation
            state TEXT NOT NULL,        -- planned, taken, undone, dropped
            file_sha256 BLOB NOT NULL,  -- of the file as it came
            file_name BLOB NOT NULL,    -- sealed
            headings BLOB NOT NULL,     -- headings of the file, sealed
            rows_new INTEGER NOT NULL,
            rows_changed INTEGER NOT NULL,
            rows_same INTEGER NOT NULL,
            rows_faulty INTEGER NOT NULL,
            by_staff TEXT NOT NULL,     -- who brought the file
            at_us INTEGER NOT NULL,
            taken_by TEXT,
            taken_at_us INTEGER,
            undone_by TEXT,
            undone_at_us INTEGER,
            rows_erased INTEGER NOT NULL, -- 1: the rows are not kept any more
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0006_import_system",
        sql: "CREATE INDEX IF NOT EXISTS campaign_import_system ON campaign_import (system, at_us, id)",
    },
    Migration {
        id: "0007_import_kept",
        sql: "CREATE INDEX IF NOT EXISTS campaign_import_kept ON campaign_import (rows_erased, at_us, id)",
    },
    Migration {
        id: "0008_import_row",
        sql: "CREATE TABLE IF NOT EXISTS campaign_import_row (
            import TEXT NOT NULL,    -- campaign_import.id
            line INTEGER NOT NULL,   -- line of the file or row of the sheet, from 1
            kind TEXT NOT NULL,      -- new, changed, same, faulty
            account TEXT,            -- account.id it is about; NULL: none yet
            content BLOB NOT NULL,   -- cells, faults, account before and after, sealed
            PRIMARY KEY (import, line)
        )",
    },
    Migration {
        id: "0009_quota",
        sql: "CREATE TABLE IF NOT EXISTS campaign_quota (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,
            organisation TEXT NOT NULL,
            state TEXT NOT NULL,         -- requested, granted, refused, withdrawn, ended
            cases_a_day INTEGER NOT NULL,
            queries_a_case INTEGER NOT NULL,
            quota INTEGER NOT NULL,      -- calls a day asked for: the product
            was INTEGER NOT NULL,        -- quota when it was asked, and what it goes back to
            until_day TEXT,              -- last day, YYYY-MM-DD; NULL: for good
            reason BLOB NOT NULL,        -- sealed
            asked_by TEXT NOT NULL,
            asked_at_us INTEGER NOT NULL,
            decided_by TEXT,             -- who granted or refused
            decided_at_us INTEGER,
            answer BLOB,                 -- sealed
            ended_at_us INTEGER,         -- when the quota went back, or the request was withdrawn
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0010_quota_state",
        sql: "CREATE INDEX IF NOT EXISTS campaign_quota_state ON campaign_quota (state, asked_at_us, id)",
    },
    Migration {
        id: "0011_quota_account",
        sql: "CREATE INDEX IF NOT EXISTS campaign_quota_account ON campaign_quota (account, asked_at_us, id)",
    },
    Migration {
        id: "0012_departure",
        sql: "CREATE TABLE IF NOT EXISTS campaign_departure (
            id TEXT NOT NULL,           -- 32 hexadecimal digits, random
            account TEXT NOT NULL,
            organisation TEXT NOT NULL,
            kind TEXT NOT NULL,         -- move, leave
            state TEXT NOT NULL,        -- planned, done, cancelled, failed
            on_day TEXT NOT NULL,       -- day of effect, YYYY-MM-DD
            successor TEXT,             -- account that goes on with the work
            terms BLOB NOT NULL,        -- where to, in which role, why: sealed
            by_staff TEXT NOT NULL,
            at_us INTEGER NOT NULL,
            ended_by TEXT,              -- who cancelled it; empty: it was carried out
            ended_at_us INTEGER,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0013_departure_due",
        sql: "CREATE INDEX IF NOT EXISTS campaign_departure_due ON campaign_departure (state, on_day, id)",
    },
    Migration {
        id: "0014_departure_account",
        sql: "CREATE INDEX IF NOT EXISTS campaign_departure_account ON campaign_departure (account, at_us, id)",
    },
    Migration {
        id: "0015_review",
        sql: "CREATE TABLE IF NOT EXISTS campaign_review (
            id TEXT NOT NULL,           -- 32 hexadecimal digits, random
            state TEXT NOT NULL,        -- planned, open, closed, cancelled
            title BLOB NOT NULL,        -- sealed
            scope TEXT NOT NULL,        -- JSON: all, or organisations, or systems
            opens_on TEXT NOT NULL,     -- first day, YYYY-MM-DD
            deadline TEXT NOT NULL,     -- last day, YYYY-MM-DD
            facts_from_us INTEGER NOT NULL, -- begin of the period whose look-ups are counted
            by_staff TEXT NOT NULL,
            at_us INTEGER NOT NULL,
            opened_at_us INTEGER,
            ended_at_us INTEGER,        -- closed or cancelled
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0016_review_state",
        sql: "CREATE INDEX IF NOT EXISTS campaign_review_state ON campaign_review (state, deadline, id)",
    },
    Migration {
        id: "0017_review_row",
        sql: "CREATE TABLE IF NOT EXISTS campaign_review_row (
            review TEXT NOT NULL,       -- campaign_review.id
            account TEXT NOT NULL,      -- account.id of the exchange
            organisation TEXT NOT NULL, -- who answers for it
            system TEXT NOT NULL,
            state TEXT NOT NULL,        -- open, confirmed, changed, closing, closed, locked
            opening BLOB NOT NULL,      -- the account when the review opened, sealed
            facts BLOB,                 -- what the journal says of it, sealed; NULL: not gathered yet
            facts_at_us INTEGER,
            decision BLOB,              -- what was decided, account before and after, words: sealed
            decided_by TEXT,
            decided_at_us INTEGER,
            result BLOB,                -- the account when the review closed, sealed
            PRIMARY KEY (review, account)
        )",
    },
    Migration {
        id: "0018_review_row_organisation",
        sql: "CREATE INDEX IF NOT EXISTS campaign_review_row_organisation
            ON campaign_review_row (review, organisation, account)",
    },
    Migration {
        id: "0019_review_row_facts",
        sql: "CREATE INDEX IF NOT EXISTS campaign_review_row_facts ON campaign_review_row (review, facts_at_us, account)",
    },
    Migration {
        id: "0020_drive",
        sql: "CREATE TABLE IF NOT EXISTS campaign_drive (
            id TEXT NOT NULL,         -- 32 hexadecimal digits, random
            state TEXT NOT NULL,      -- open, closed
            title BLOB NOT NULL,      -- sealed
            deadline TEXT NOT NULL,   -- last day, YYYY-MM-DD
            by_staff TEXT NOT NULL,
            at_us INTEGER NOT NULL,
            ended_at_us INTEGER,
            result TEXT,              -- JSON: counts at the deadline
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0021_drive_state",
        sql: "CREATE INDEX IF NOT EXISTS campaign_drive_state ON campaign_drive (state, deadline, id)",
    },
    Migration {
        id: "0022_unit",
        sql: "CREATE TABLE IF NOT EXISTS campaign_unit (
            drive TEXT NOT NULL,       -- campaign_drive.id
            code TEXT NOT NULL,        -- agency code, Decision 20/2020/QĐ-TTg
            level TEXT NOT NULL,       -- department, district, commune
            name TEXT NOT NULL,        -- name of the unit
            accounts INTEGER NOT NULL, -- accounts that it is expected to register
            PRIMARY KEY (drive, code)
        )",
    },
    Migration {
        id: "0023_history_words",
        // Why, in the words of who did it, sealed; NULL: none.
        sql: "ALTER TABLE campaign_history ADD COLUMN words BLOB",
    },
    Migration {
        id: "0024_import_organisation",
        sql: "CREATE INDEX IF NOT EXISTS campaign_import_organisation ON campaign_import (organisation, at_us, id)",
    },
    Migration {
        id: "0025_import_at",
        sql: "CREATE INDEX IF NOT EXISTS campaign_import_at ON campaign_import (at_us, id)",
    },
    Migration {
        id: "0026_event_organisation",
        sql: "CREATE INDEX IF NOT EXISTS campaign_event_organisation ON campaign_event (organisation, at_us, id)",
    },
];
