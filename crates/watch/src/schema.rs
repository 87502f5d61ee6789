//! The tables. Append only: a released migration is never edited. Times are microseconds since 1970; who and texts are sealed.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "watch";

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_watch_head",
        sql: "CREATE TABLE IF NOT EXISTS watch_head (
            id INTEGER NOT NULL,        -- always 0: the table has one row
            position INTEGER NOT NULL,  -- entries of the journal below this number were judged
            version INTEGER NOT NULL,   -- counts changes of rules, lists and raised thresholds
            alerts INTEGER NOT NULL,    -- number of the next alert
            brakes INTEGER NOT NULL,    -- counts changes of brakes; servers poll it
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_watch_state",
        sql: "CREATE TABLE IF NOT EXISTS watch_state (
            position INTEGER NOT NULL, -- what the rules remember after the entries below this number
            chunk INTEGER NOT NULL,    -- from 0
            chunks INTEGER NOT NULL,   -- how many there are
            sealed BLOB NOT NULL,      -- sealed
            PRIMARY KEY (position, chunk)
        )",
    },
    Migration {
        id: "0003_watch_rule",
        sql: "CREATE TABLE IF NOT EXISTS watch_rule (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            rule TEXT NOT NULL,          -- name of the rule
            from_entry INTEGER NOT NULL, -- it holds for entries from this number on
            at_us INTEGER NOT NULL,      -- when it was put in
            setting BLOB NOT NULL,       -- the setting as JSON, with its day of effect; sealed
            who BLOB NOT NULL,           -- who put it in, sealed
            why BLOB NOT NULL,           -- why, sealed
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0004_watch_raised",
        sql: "CREATE TABLE IF NOT EXISTS watch_raised (
            id TEXT NOT NULL,             -- 32 hexadecimal digits, random
            alert INTEGER NOT NULL,       -- the false alarm that taught it
            rule TEXT NOT NULL,           -- name of the rule
            kind TEXT NOT NULL,           -- whose threshold: account, system, person
            whose BLOB NOT NULL,          -- id of account or system; keyed hash of the person's number
            percent INTEGER NOT NULL,     -- of the setting's threshold
            from_entry INTEGER NOT NULL,  -- for entries from this number on
            until_us INTEGER NOT NULL,    -- before this time
            undone_entry INTEGER,         -- taken back: for entries below this number only
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0005_watch_listed",
        sql: "CREATE TABLE IF NOT EXISTS watch_listed (
            id TEXT NOT NULL,             -- 32 hexadecimal digits, random
            list TEXT NOT NULL,           -- planted, well_known
            subject BLOB NOT NULL,        -- keyed hash of the number, as the journal makes it
            from_entry INTEGER NOT NULL,  -- for entries from this number on
            until_entry INTEGER,          -- taken off: for entries below this number only
            number BLOB NOT NULL,         -- the number, sealed
            note BLOB NOT NULL,           -- who that is, sealed
            who BLOB NOT NULL,            -- who put it on the list, sealed
            at_us INTEGER NOT NULL,       -- when
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0006_watch_alert",
        sql: "CREATE TABLE IF NOT EXISTS watch_alert (
            number INTEGER NOT NULL,      -- from 1 without gaps
            id TEXT NOT NULL,             -- 32 hexadecimal digits, random: what sealed texts are bound to
            rule TEXT NOT NULL,           -- name of the rule
            level TEXT NOT NULL,          -- low, medium, high
            action TEXT NOT NULL,         -- note, alert, brake, suspend
            at_us INTEGER NOT NULL,       -- time of the entry that made it
            since_us INTEGER NOT NULL,    -- time of the first entry that it rests on
            entry INTEGER NOT NULL,       -- number of the entry that made it
            organisation TEXT NOT NULL,   -- who: organisation, empty when not on record
            system TEXT NOT NULL,         -- who: system
            account TEXT NOT NULL,        -- who: account, empty when it is about the system as a whole
            subject BLOB,                 -- keyed hash of the person concerned, where it is one
            about BLOB,                   -- number of that person, sealed; NULL too once forgotten
            evidence TEXT NOT NULL,       -- numbers of the entries that it rests on, JSON
            figures TEXT NOT NULL,        -- what was counted, JSON
            until_us INTEGER NOT NULL,    -- until when calls are refused; 0 when they are not
            state TEXT NOT NULL,          -- new, looked_at, false_alarm, confirmed
            state_at_us INTEGER NOT NULL, -- since when
            acted INTEGER NOT NULL,       -- 0: still to be handed out; 1: handed out, or only a note
            PRIMARY KEY (number)
        )",
    },
    Migration {
        id: "0007_watch_alert_once",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS watch_alert_once ON watch_alert (entry, rule, account, system)",
    },
    Migration {
        id: "0008_watch_alert_acted",
        sql: "CREATE INDEX IF NOT EXISTS watch_alert_acted ON watch_alert (acted, number)",
    },
    Migration {
        id: "0009_watch_alert_state",
        sql: "CREATE INDEX IF NOT EXISTS watch_alert_state ON watch_alert (state, number)",
    },
    Migration {
        id: "0010_watch_alert_organisation",
        sql: "CREATE INDEX IF NOT EXISTS watch_alert_organisation ON watch_alert (organisation, number)",
    },
    Migration {
        id: "0011_watch_alert_step",
        sql: "CREATE TABLE IF NOT EXISTS watch_alert_step (
            alert INTEGER NOT NULL,    -- watch_alert.number
            step INTEGER NOT NULL,     -- from 1
            from_state TEXT NOT NULL,  -- state before
            to_state TEXT NOT NULL,    -- state after
            at_us INTEGER NOT NULL,    -- when
            who BLOB NOT NULL,         -- who, sealed
            note BLOB NOT NULL,        -- in their words, sealed
            PRIMARY KEY (alert, step)
        )",
    },
    Migration {
        id: "0012_watch_brake",
        sql: "CREATE TABLE IF NOT EXISTS watch_brake (
            alert INTEGER NOT NULL,    -- watch_alert.number
            kind TEXT NOT NULL,        -- account, system
            target TEXT NOT NULL,      -- id of the account or system
            system TEXT NOT NULL,      -- system of the account
            from_us INTEGER NOT NULL,  -- since when calls are refused
            until_us INTEGER NOT NULL, -- before this time; lowered when released
            who BLOB,                  -- who released it, sealed
            why BLOB,                  -- why, sealed
            PRIMARY KEY (alert)
        )",
    },
    Migration {
        id: "0013_watch_brake_until",
        sql: "CREATE INDEX IF NOT EXISTS watch_brake_until ON watch_brake (until_us)",
    },
    Migration {
        id: "0014_watch_guess_head",
        sql: "CREATE TABLE IF NOT EXISTS watch_guess_head (
            id INTEGER NOT NULL,    -- always 0: the table has one row
            next INTEGER NOT NULL,  -- number of the next row of watch_guess
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0015_watch_guess",
        sql: "CREATE TABLE IF NOT EXISTS watch_guess (
            number INTEGER NOT NULL,  -- from 1 without gaps, in the order of commits
            person BLOB NOT NULL,     -- key of the person, 16 bytes that tell nothing outside
            claim INTEGER NOT NULL,   -- 32 bits of a keyed hash of the claim that disagreed; 0 in a release
            account TEXT,             -- account that was let on; NULL in a mismatch that counts for all
            at_us INTEGER NOT NULL,   -- when
            until_us INTEGER,         -- of a release: until when; NULL in a mismatch
            mismatches INTEGER,       -- of a release: how many it allows; NULL in a mismatch
            who BLOB,                 -- of a release: the supervisor, sealed
            why BLOB,                 -- of a release: why, sealed
            PRIMARY KEY (number)
        )",
    },
    Migration {
        id: "0016_watch_guess_at",
        sql: "CREATE INDEX IF NOT EXISTS watch_guess_at ON watch_guess (at_us)",
    },
    Migration {
        id: "0017_watch_alert_note",
        sql: "CREATE TABLE IF NOT EXISTS watch_alert_note (
            alert INTEGER NOT NULL,  -- watch_alert.number
            note INTEGER NOT NULL,   -- from 1
            kind TEXT NOT NULL,      -- note, brake, release
            at_us INTEGER NOT NULL,  -- when
            who BLOB NOT NULL,       -- who, sealed
            words BLOB NOT NULL,     -- what they wrote, sealed
            PRIMARY KEY (alert, note)
        )",
    },
    Migration {
        id: "0018_watch_proposal",
        sql: "CREATE TABLE IF NOT EXISTS watch_proposal (
            id TEXT NOT NULL,        -- 32 hexadecimal digits, random; watch_rule.id too once enacted
            rule TEXT NOT NULL,      -- name of the rule
            at_us INTEGER NOT NULL,  -- when it was proposed
            setting BLOB NOT NULL,   -- the setting as JSON, with its day of effect; sealed
            who BLOB NOT NULL,       -- who proposed it, sealed
            why BLOB NOT NULL,       -- why, sealed
            state TEXT NOT NULL,     -- open, enacted, refused, withdrawn
            decided_at_us INTEGER,   -- when it was decided on; NULL while open
            decided_by BLOB,         -- by whom, sealed
            decided_why BLOB,        -- in their words, sealed
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0019_watch_proposal_rule",
        sql: "CREATE INDEX IF NOT EXISTS watch_proposal_rule ON watch_proposal (rule, at_us)",
    },
    Migration {
        id: "0020_watch_alert_account",
        sql: "CREATE INDEX IF NOT EXISTS watch_alert_account ON watch_alert (account, number)",
    },
];
