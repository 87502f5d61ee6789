//! The tables. Append only: a released migration is never edited. Days are those of Việt Nam, counted from 1970-01-01.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "usage";

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_usage_head",
        sql: "CREATE TABLE IF NOT EXISTS usage_head (
            id INTEGER NOT NULL,        -- always 0: the table has one row
            position INTEGER NOT NULL,  -- entries of the journal below this number are counted
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_usage_hour",
        sql: "CREATE TABLE IF NOT EXISTS usage_hour (
            day INTEGER NOT NULL,        -- day of the calls
            hour INTEGER NOT NULL,       -- hour of the day, 0 to 23
            organisation TEXT NOT NULL,  -- organisation, empty where none is on record
            system TEXT NOT NULL,        -- system, empty of strangers
            service TEXT NOT NULL,       -- service, as the journal names it
            outcome TEXT NOT NULL,       -- kind of answer, or code of the refusal
            refused INTEGER NOT NULL,    -- 1: the outcome is a refusal; 0: an answer
            calls INTEGER NOT NULL,      -- how many
            PRIMARY KEY (day, hour, organisation, system, service, outcome)
        )",
    },
    Migration {
        id: "0003_usage_day",
        sql: "CREATE TABLE IF NOT EXISTS usage_day (
            day INTEGER NOT NULL,        -- day of the calls
            organisation TEXT NOT NULL,  -- as in usage_hour, whose sums these rows are
            system TEXT NOT NULL,
            service TEXT NOT NULL,
            outcome TEXT NOT NULL,
            refused INTEGER NOT NULL,
            calls INTEGER NOT NULL,
            PRIMARY KEY (day, organisation, system, service, outcome)
        )",
    },
    Migration {
        id: "0004_usage_day_organisation",
        sql: "CREATE INDEX IF NOT EXISTS usage_day_organisation ON usage_day (organisation, day)",
    },
    Migration {
        id: "0005_usage_account",
        sql: "CREATE TABLE IF NOT EXISTS usage_account (
            account TEXT NOT NULL,     -- account on the road
            day INTEGER NOT NULL,      -- day of the calls
            calls INTEGER NOT NULL,    -- how many
            refused INTEGER NOT NULL,  -- how many of them were refused
            PRIMARY KEY (account, day)
        )",
    },
    Migration {
        id: "0006_usage_account_day",
        sql: "CREATE INDEX IF NOT EXISTS usage_account_day ON usage_account (day)",
    },
];
