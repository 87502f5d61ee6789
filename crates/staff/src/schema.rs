//! The tables. Append only: a released migration is never edited. Times are microseconds since the epoch.
use dancu_storage::Migration;

/// Owner of the tables in the book of migrations.
pub(crate) const OWNER: &str = "staff";

/// Every migration of the tables that this crate owns.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_staff_account",
        sql: "CREATE TABLE IF NOT EXISTS staff_account (
            id TEXT NOT NULL,               -- 32 hexadecimal digits, random
            kind TEXT NOT NULL,             -- administration, operation, technical, service
            organisation TEXT,              -- organisation.id; NULL: the managing body
            roles TEXT NOT NULL,            -- names of roles, with a space between
            emergency INTEGER NOT NULL,     -- 1: opened by two people only
            login_hash BLOB NOT NULL,       -- keyed hash of the login in its plain form
            login BLOB NOT NULL,            -- sealed login
            name BLOB NOT NULL,             -- sealed name
            phone BLOB,                     -- sealed telephone number
            email BLOB,                     -- sealed e-mail address
            person_hash BLOB,               -- keyed hash of the person's number: one person may have several accounts
            person BLOB,                    -- sealed personal number
            department BLOB,                -- sealed department
            state TEXT NOT NULL,            -- invited, active, locked, closed
            lock_why TEXT,                  -- failures, unused, hand, unconfirmed; NULL while not locked
            locked_at_us INTEGER,           -- when it was locked; NULL while not locked
            lock_until_us INTEGER,          -- when the lock opens by itself; NULL: by hand only
            version INTEGER NOT NULL,       -- counts changes of password, roles, locks: sessions of another version are over
            failures INTEGER NOT NULL,      -- wrong passwords and second factors since the last good sign-in
            failed_at_us INTEGER,           -- time of the last of them
            must_change INTEGER NOT NULL,   -- 1: the password was handed over, and is changed at the next sign-in
            handed_until_us INTEGER,        -- until then a handed password counts
            created_at_us INTEGER NOT NULL,
            created_by TEXT NOT NULL,       -- staff_account.id, or a word for the program
            activated_at_us INTEGER,        -- first completed sign-in
            used_at_us INTEGER,             -- last completed sign-in or request
            expires_at_us INTEGER,          -- from then on it is closed; NULL: without end
            closed_at_us INTEGER,
            changed_at_us INTEGER NOT NULL,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_staff_account_login",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS staff_account_login ON staff_account (login_hash)",
    },
    Migration {
        id: "0003_staff_account_organisation",
        sql: "CREATE INDEX IF NOT EXISTS staff_account_organisation ON staff_account (organisation, id)",
    },
    Migration {
        id: "0004_staff_account_person",
        sql: "CREATE INDEX IF NOT EXISTS staff_account_person ON staff_account (person_hash)",
    },
    Migration {
        id: "0005_staff_password",
        sql: "CREATE TABLE IF NOT EXISTS staff_password (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- staff_account.id
            number INTEGER NOT NULL,     -- counts up by account; the highest is the one in use
            phc BLOB NOT NULL,           -- sealed PHC string (Argon2id)
            set_at_us INTEGER NOT NULL,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0006_staff_password_number",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS staff_password_number ON staff_password (account, number)",
    },
    Migration {
        id: "0007_staff_totp",
        sql: "CREATE TABLE IF NOT EXISTS staff_totp (
            account TEXT NOT NULL,       -- staff_account.id
            secret BLOB NOT NULL,        -- sealed key (RFC 6238)
            last_step INTEGER NOT NULL,  -- step of the last code taken; no step is taken twice
            created_at_us INTEGER NOT NULL, -- when its holder showed a first code
            PRIMARY KEY (account)
        )",
    },
    Migration {
        id: "0008_staff_passkey",
        sql: "CREATE TABLE IF NOT EXISTS staff_passkey (
            id TEXT NOT NULL,            -- keyed hash of the credential id, hexadecimal
            account TEXT NOT NULL,       -- staff_account.id
            name BLOB NOT NULL,          -- sealed: what its holder calls it
            passkey BLOB NOT NULL,       -- sealed credential: id, public key, counter
            created_at_us INTEGER NOT NULL,
            used_at_us INTEGER,
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0009_staff_passkey_account",
        sql: "CREATE INDEX IF NOT EXISTS staff_passkey_account ON staff_passkey (account, id)",
    },
    Migration {
        id: "0010_staff_recovery",
        sql: "CREATE TABLE IF NOT EXISTS staff_recovery (
            account TEXT NOT NULL,       -- staff_account.id
            code_hash BLOB NOT NULL,     -- keyed hash of the code
            created_at_us INTEGER NOT NULL,
            used_at_us INTEGER,          -- when it was used; NULL while it counts
            PRIMARY KEY (account, code_hash)
        )",
    },
    Migration {
        id: "0011_staff_ceremony",
        sql: "CREATE TABLE IF NOT EXISTS staff_ceremony (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- staff_account.id
            purpose TEXT NOT NULL,       -- totp, register, prove
            state BLOB NOT NULL,         -- sealed: a key to be confirmed, or a challenge and what answers it
            ends_at_us INTEGER NOT NULL, -- it is answered once, before then
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0012_staff_attempt",
        sql: "CREATE TABLE IF NOT EXISTS staff_attempt (
            id TEXT NOT NULL,            -- keyed hash of the token, hexadecimal
            account TEXT NOT NULL,       -- staff_account.id; its password was right
            version INTEGER NOT NULL,    -- staff_account.version then
            factor TEXT,                 -- second factor that was proved: totp, passkey, recovery; NULL: none yet
            ends_at_us INTEGER NOT NULL, -- it becomes a session before then, or nothing
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0013_staff_session",
        sql: "CREATE TABLE IF NOT EXISTS staff_session (
            id TEXT NOT NULL,            -- keyed hash of the token, hexadecimal
            account TEXT NOT NULL,       -- staff_account.id
            version INTEGER NOT NULL,    -- staff_account.version that it goes with
            device TEXT,                 -- staff_device.id
            emergency TEXT,              -- staff_emergency.id: the emergency account is open for this request
            factor TEXT,                 -- second factor that was proved: totp, passkey, recovery; NULL: none
            proved_at_us INTEGER NOT NULL, -- when its holder last proved to be the person
            source_hash BLOB NOT NULL,   -- keyed hash of the address at sign-in
            created_at_us INTEGER NOT NULL,
            seen_at_us INTEGER NOT NULL, -- last request
            ends_at_us INTEGER NOT NULL, -- it ends then, however busy
            ended_at_us INTEGER,         -- when it ended; NULL while it counts
            ended_why TEXT,              -- signed_out, idle, over, changed, ended, replaced
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0014_staff_session_account",
        sql: "CREATE INDEX IF NOT EXISTS staff_session_account ON staff_session (account, created_at_us, id)",
    },
    Migration {
        id: "0015_staff_session_ended",
        sql: "CREATE INDEX IF NOT EXISTS staff_session_ended ON staff_session (ended_at_us, id)",
    },
    Migration {
        id: "0016_staff_device",
        sql: "CREATE TABLE IF NOT EXISTS staff_device (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- staff_account.id
            cookie_hash BLOB NOT NULL,   -- keyed hash of the long cookie
            name BLOB NOT NULL,          -- sealed: what the browser calls itself, or its holder calls it
            first_seen_us INTEGER NOT NULL,
            last_seen_us INTEGER NOT NULL,
            revoked_at_us INTEGER,       -- from then on it is as if never seen
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0017_staff_device_cookie",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS staff_device_cookie ON staff_device (account, cookie_hash)",
    },
    Migration {
        id: "0018_staff_device_cookie_any",
        sql: "CREATE INDEX IF NOT EXISTS staff_device_cookie_any ON staff_device (cookie_hash)",
    },
    Migration {
        id: "0019_staff_sign_in",
        sql: "CREATE TABLE IF NOT EXISTS staff_sign_in (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- staff_account.id
            at_us INTEGER NOT NULL,
            outcome TEXT NOT NULL,       -- signed_in, wrong_password, wrong_factor, locked, closed, lapsed, emergency
            source_hash BLOB NOT NULL,   -- keyed hash of the address
            device TEXT,                 -- staff_device.id, once signed in
            factor TEXT,                 -- second factor used or tried
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0020_staff_sign_in_account",
        sql: "CREATE INDEX IF NOT EXISTS staff_sign_in_account ON staff_sign_in (account, at_us, id)",
    },
    Migration {
        id: "0021_staff_event",
        sql: "CREATE TABLE IF NOT EXISTS staff_event (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- staff_account.id that it happened to
            at_us INTEGER NOT NULL,
            what TEXT NOT NULL,          -- see Change in history.rs
            by_whom TEXT NOT NULL,       -- staff_account.id, or a word for the program
            detail TEXT,                 -- names of roles, ids of things: nothing that tells of a person
            reason BLOB,                 -- sealed: what was written down
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0022_staff_event_account",
        sql: "CREATE INDEX IF NOT EXISTS staff_event_account ON staff_event (account, at_us, id)",
    },
    Migration {
        id: "0023_staff_emergency",
        sql: "CREATE TABLE IF NOT EXISTS staff_emergency (
            id TEXT NOT NULL,            -- 32 hexadecimal digits, random
            account TEXT NOT NULL,       -- the emergency account
            reason BLOB NOT NULL,        -- sealed: why it is asked for
            requested_by TEXT NOT NULL,  -- staff_account.id
            requested_at_us INTEGER NOT NULL,
            approve_by_us INTEGER NOT NULL, -- until then the second person agrees
            approved_by TEXT,            -- staff_account.id, of another person
            approval BLOB,               -- sealed: why the second person agreed
            approved_at_us INTEGER,
            open_until_us INTEGER,       -- it closes by itself then
            closed_at_us INTEGER,
            closed_by TEXT,              -- staff_account.id, or a word for the program
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0024_staff_emergency_requested",
        sql: "CREATE INDEX IF NOT EXISTS staff_emergency_requested ON staff_emergency (requested_at_us, id)",
    },
];
