//! Tables, one statement a step. A released step never changes.
use dancu_storage::Migration;

/// Owner of the migrations.
pub(crate) const OWNER: &str = "registry";

/// The schema of the registry.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_person",
        sql: "CREATE TABLE person (
            person_key BLOB NOT NULL,      -- 16 bytes, derived under the hashing key
            version INTEGER NOT NULL,      -- version in force
            key_number INTEGER NOT NULL,   -- lowest sealing key that any row of this person may be sealed under
            verify_block BLOB NOT NULL,    -- sealed: numbers, names, birth date, sex, state, units of residence
            PRIMARY KEY (person_key)
        )",
    },
    Migration {
        id: "0002_person_key_number",
        sql: "CREATE INDEX person_key_number ON person (key_number, person_key)",
    },
    Migration {
        id: "0003_person_version",
        sql: "CREATE TABLE person_version (
            person_key BLOB NOT NULL,      -- whose
            version INTEGER NOT NULL,      -- 1 for the first
            valid_from INTEGER NOT NULL,   -- valid time: the day from which it is true, YYYYMMDD
            recorded_at INTEGER NOT NULL,  -- recorded time: microseconds since 1970 UTC
            reason TEXT NOT NULL,          -- why it was recorded, a short code
            full_name BLOB,                -- this and every column below: a field of the Law on Identification 2023,
            other_names BLOB,              -- article 9, with its source and date, sealed for table, row and field;
            personal_id BLOB,              -- NULL when the version does not hold it
            birth_date BLOB,               -- field 4
            sex BLOB,                      -- field 5
            birth_place BLOB,              -- field 6
            birth_registration BLOB,       -- field 7
            home_town BLOB,                -- field 8
            ethnic_group BLOB,             -- field 9
            religion BLOB,                 -- field 10
            nationality BLOB,              -- field 11
            blood_group BLOB,              -- field 12
            id_card_number BLOB,           -- field 13
            card BLOB,                     -- field 14
            father BLOB,                   -- field 15
            mother BLOB,                   -- field 15
            spouses BLOB,                  -- field 15
            children BLOB,                 -- field 15
            representative BLOB,           -- field 15
            represented BLOB,              -- field 15
            permanent_residence BLOB,      -- field 16
            temporary_residence BLOB,      -- field 17
            current_residence BLOB,        -- field 18
            temporary_absence BLOB,        -- field 19
            residence_file BLOB,           -- field 20
            marital_status BLOB,           -- field 21
            relation_to_head BLOB,         -- field 22
            household BLOB,                -- field 23
            death BLOB,                    -- field 24
            contact BLOB,                  -- field 25
            state BLOB,                    -- state of the record
            PRIMARY KEY (person_key, version)
        )",
    },
    Migration {
        id: "0004_person_number",
        sql: "CREATE TABLE person_number (
            number_hash BLOB NOT NULL,     -- keyed hash of the digits
            person_key BLOB NOT NULL,      -- who bears it or bore it; never another person later
            kind INTEGER NOT NULL,         -- digits: 12 personal number, 9 old identity card
            in_force INTEGER NOT NULL,     -- 1 in force, 0 former
            PRIMARY KEY (number_hash)
        )",
    },
    Migration {
        id: "0005_person_change",
        sql: "CREATE TABLE person_change (
            seq INTEGER NOT NULL,          -- 1, 2, 3, … without gaps, in the order of the commits
            person_key BLOB NOT NULL,      -- whose record came or changed
            version INTEGER NOT NULL,      -- the version that came into force
            PRIMARY KEY (seq)
        )",
    },
    Migration {
        id: "0006_person_head",
        sql: "CREATE TABLE person_head (
            id INTEGER NOT NULL,           -- always 1
            seq INTEGER NOT NULL,          -- last number of person_change
            PRIMARY KEY (id)
        )",
    },
    Migration {
        id: "0007_person_head_row",
        sql: "INSERT INTO person_head (id, seq) VALUES (1, 0) ON CONFLICT (id) DO NOTHING",
    },
];
