//! The tables. Append only: a released migration is never edited.
use dancu_storage::Migration;

/// Every migration of the tables that this crate owns.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_exchange_version",
        sql: "CREATE TABLE IF NOT EXISTS exchange_version (
            id INTEGER NOT NULL,            -- always 1: the table has one row
            version INTEGER NOT NULL,       -- counts the changing transactions; servers poll it
            changed_at_us INTEGER NOT NULL, -- time of the last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0002_organisation",
        sql: "CREATE TABLE IF NOT EXISTS organisation (
            id TEXT NOT NULL,               -- stable id
            agency_code TEXT NOT NULL,      -- Decision 20/2020/QĐ-TTg form, level 1 first
            name TEXT NOT NULL,             -- name on the screen
            state TEXT NOT NULL,            -- active, suspended, closed
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0003_system",
        sql: "CREATE TABLE IF NOT EXISTS system (
            id TEXT NOT NULL,                    -- stable id
            organisation TEXT NOT NULL,          -- organisation.id
            name TEXT NOT NULL,                  -- name on the screen
            state TEXT NOT NULL,                 -- draft, testing, connected, suspended, disconnected
            state_reason TEXT,                   -- why it is in that state, when somebody said so
            state_at_us INTEGER NOT NULL,        -- since when, microseconds since the epoch
            security_level INTEGER NOT NULL,     -- approved level 1-5, 0 when none is
            assessed_until TEXT,                 -- last day of the security assessment, YYYY-MM-DD
            assessment_exempt INTEGER NOT NULL,  -- 1: exempt (T46 article 6.4)
            commitment_signed_on TEXT,           -- day of the signed commitment, YYYY-MM-DD
            hours_weekdays INTEGER,              -- bits 0 Monday to 6 Sunday; NULL: at any time
            hours_from INTEGER,                  -- first minute of the day, time of Vietnam
            hours_to INTEGER,                    -- first minute after
            daily_quota INTEGER NOT NULL,        -- calls a day, time of Vietnam
            per_call_window_s INTEGER NOT NULL,  -- tolerance of the Timestamp of a per-call hash, seconds
            replay_window_s INTEGER NOT NULL,    -- how long a MaYeuCau is remembered, seconds
            changed_at_us INTEGER NOT NULL,      -- last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0004_system_network",
        sql: "CREATE TABLE IF NOT EXISTS system_network (
            system TEXT NOT NULL,  -- system.id
            network TEXT NOT NULL, -- CIDR; a system without a row may call from nowhere
            PRIMARY KEY (system, network)
        )",
    },
    Migration {
        id: "0005_system_certificate",
        sql: "CREATE TABLE IF NOT EXISTS system_certificate (
            fingerprint BLOB NOT NULL,      -- SHA-256 over the DER form
            system TEXT NOT NULL,           -- system.id
            not_after_us INTEGER NOT NULL,  -- end of validity, microseconds since the epoch
            revoked_at_us INTEGER,          -- when it was revoked; NULL while it counts
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (fingerprint)
        )",
    },
    Migration {
        id: "0006_credential",
        sql: "CREATE TABLE IF NOT EXISTS credential (
            username TEXT NOT NULL,         -- user name of HTTP Basic
            system TEXT NOT NULL,           -- system.id
            password BLOB,                  -- sealed PHC string (Argon2id); NULL: no password way
            secret BLOB,                    -- sealed secret of the per-call hash; NULL: no per-call way
            service_urls TEXT NOT NULL,     -- URLs that clients put into the hash, one a line
            closed_at_us INTEGER,           -- when it was closed; NULL while it counts
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (username)
        )",
    },
    Migration {
        id: "0007_agreement",
        sql: "CREATE TABLE IF NOT EXISTS agreement (
            id TEXT NOT NULL,               -- stable id
            system TEXT NOT NULL,           -- system.id
            near INTEGER NOT NULL,          -- 1: the system is told `near`
            verify_fields TEXT,             -- names of fields that may be verified; NULL: service not agreed
            look_up_fields TEXT,            -- names of fields that may be shown; NULL: service not agreed
            verify_rule TEXT NOT NULL,      -- names of fields that must agree beside number, name, birth date
            default_purpose TEXT,           -- purpose of the older form, which carries none
            valid_from TEXT NOT NULL,       -- first day in force, YYYY-MM-DD
            valid_to TEXT,                  -- last day in force; NULL: without limit
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0008_agreement_purpose",
        sql: "CREATE TABLE IF NOT EXISTS agreement_purpose (
            agreement TEXT NOT NULL,        -- agreement.id
            code TEXT NOT NULL,             -- procedure code (MaDVC) or purpose code
            case_required INTEGER NOT NULL, -- 1: a call must carry the number of its case
            name TEXT,                      -- what it is called on the screen
            PRIMARY KEY (agreement, code)
        )",
    },
    Migration {
        id: "0009_account",
        sql: "CREATE TABLE IF NOT EXISTS account (
            id TEXT NOT NULL,               -- stable id; says nothing about the person
            system TEXT NOT NULL,           -- system.id
            login_hash BLOB NOT NULL,       -- keyed hash of system and login
            login BLOB NOT NULL,            -- sealed login: often an e-mail address or a personal number
            officer_hash BLOB,              -- keyed hash of the officer's personal number; NULL: no person
            officer_number BLOB,            -- sealed personal number
            officer_name BLOB NOT NULL,     -- sealed name
            phone BLOB,                     -- sealed telephone number
            role TEXT NOT NULL,             -- see data/law.toml of dancu-policy
            agency_code TEXT NOT NULL,      -- agency of the officer
            daily_quota INTEGER NOT NULL,   -- calls a day, time of Vietnam
            state TEXT NOT NULL,            -- active, locked, closed
            password BLOB,                  -- sealed PHC string for the officer's page; NULL: no sign-in
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0010_account_login",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS account_login ON account (system, login_hash)",
    },
    Migration {
        id: "0011_account_officer",
        sql: "CREATE INDEX IF NOT EXISTS account_officer ON account (officer_hash)",
    },
    Migration {
        id: "0012_credential_former",
        sql: "CREATE TABLE IF NOT EXISTS credential_former (
            username TEXT NOT NULL,         -- credential.username; its service URLs count for these too
            password BLOB,                  -- sealed PHC string of the password before; NULL: there was none
            secret BLOB,                    -- sealed secret before; NULL: there was none
            until_us INTEGER NOT NULL,      -- from then on they are not taken, microseconds since the epoch
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (username)
        )",
    },
    Migration {
        id: "0013_system_certificate_end",
        sql: "CREATE TABLE IF NOT EXISTS system_certificate_end (
            fingerprint BLOB NOT NULL,      -- system_certificate.fingerprint, of one that was renewed
            ends_at_us INTEGER NOT NULL,    -- from then on it is not taken, microseconds since the epoch
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (fingerprint)
        )",
    },
    Migration {
        id: "0014_enrolment_code",
        sql: "CREATE TABLE IF NOT EXISTS enrolment_code (
            id TEXT NOT NULL,               -- 32 hexadecimal digits, random
            system TEXT NOT NULL,           -- system.id: who may use it
            code_hash BLOB NOT NULL,        -- keyed hash of system and code
            issued_by TEXT NOT NULL,        -- staff account
            issued_at_us INTEGER NOT NULL,  -- microseconds since the epoch
            expires_at_us INTEGER NOT NULL, -- from then on it does not count
            used_at_us INTEGER,             -- when it was used; NULL while it counts
            used_for BLOB,                  -- system_certificate.fingerprint that was issued for it
            withdrawn_at_us INTEGER,        -- when it was withdrawn; NULL while it counts
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0015_enrolment_code_system",
        sql: "CREATE INDEX IF NOT EXISTS enrolment_code_system ON enrolment_code (system, issued_at_us)",
    },
    Migration {
        id: "0016_workstation",
        sql: "CREATE TABLE IF NOT EXISTS workstation (
            id TEXT NOT NULL,                -- 32 hexadecimal digits, random
            organisation TEXT NOT NULL,      -- organisation.id: whose officers work at it
            name BLOB NOT NULL,              -- sealed: what people call it
            fingerprint BLOB,                -- SHA-256 over its client certificate; NULL: none
            passkey BLOB,                    -- WebAuthn credential id of a passkey bound to it; NULL: none
            enrolled_by TEXT NOT NULL,       -- staff account
            enrolled_at_us INTEGER NOT NULL, -- microseconds since the epoch
            last_seen_us INTEGER,            -- when somebody last worked from it
            revoked_at_us INTEGER,           -- when it was revoked; NULL while it counts
            revoked_by TEXT,                 -- staff account
            changed_at_us INTEGER NOT NULL,  -- last change, microseconds since the epoch
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0017_workstation_fingerprint",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS workstation_fingerprint ON workstation (fingerprint)",
    },
    Migration {
        id: "0018_workstation_passkey",
        sql: "CREATE UNIQUE INDEX IF NOT EXISTS workstation_passkey ON workstation (passkey)",
    },
    Migration {
        id: "0019_workstation_organisation",
        sql: "CREATE INDEX IF NOT EXISTS workstation_organisation ON workstation (organisation, id)",
    },
    Migration {
        id: "0020_organisation_demand",
        sql: "CREATE TABLE IF NOT EXISTS organisation_demand (
            organisation TEXT NOT NULL,     -- organisation.id
            workstations INTEGER NOT NULL,  -- 1: its officers work from its enrolled workstations only
            changed_by TEXT NOT NULL,       -- staff account
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (organisation)
        )",
    },
    Migration {
        id: "0021_system_sandbox",
        sql: "CREATE TABLE IF NOT EXISTS system_sandbox (
            system TEXT NOT NULL,           -- system.id: calls of this system are answered from synthetic people
            username TEXT NOT NULL,         -- credential.username that is closed with it
            until_us INTEGER NOT NULL,      -- from then on nothing is answered, microseconds since the epoch
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (system)
        )",
    },
    Migration {
        id: "0022_sandbox_certificate",
        sql: "CREATE TABLE IF NOT EXISTS sandbox_certificate (
            fingerprint BLOB NOT NULL,      -- system_certificate.fingerprint that is revoked with the sandbox
            system TEXT NOT NULL,           -- system.id
            changed_at_us INTEGER NOT NULL, -- last change, microseconds since the epoch
            PRIMARY KEY (fingerprint)
        )",
    },
    Migration {
        id: "0023_exchange_server",
        sql: "CREATE TABLE IF NOT EXISTS exchange_server (
            id TEXT NOT NULL,              -- random, drawn when the server starts
            started_us INTEGER NOT NULL,   -- when it started, microseconds since the epoch
            seen_us INTEGER NOT NULL,      -- when it last said that it runs
            ended_us INTEGER,              -- when it ended; NULL while it runs, or when it was killed
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0024_exchange_in_force",
        sql: "CREATE TABLE IF NOT EXISTS exchange_in_force (
            version INTEGER NOT NULL, -- exchange_version.version
            server TEXT NOT NULL,     -- exchange_server.id
            at_us INTEGER NOT NULL,   -- since when the server judges by this version or a later one
            PRIMARY KEY (version, server)
        )",
    },
];
