//! The index's tables. All of it is derived from the log and can be thrown away.
use dancu_storage::Migration;

/// Owner of these tables in the book of migrations.
pub(super) const OWNER: &str = "journal_index";

pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_head",
        sql: "CREATE TABLE index_head (
            log INTEGER NOT NULL,        -- always 0
            position INTEGER NOT NULL,   -- entries indexed, that is, number of the next one
            generation INTEGER NOT NULL, -- under which the chains' steps are gathered now
            number INTEGER NOT NULL,     -- of the next epoch
            persons INTEGER NOT NULL,    -- with a chain
            PRIMARY KEY (log)
        )",
    },
    Migration {
        id: "0002_head_row",
        sql: "INSERT INTO index_head (log, position, generation, number, persons) VALUES (0, 0, 0, 0, 0) \
              ON CONFLICT (log) DO NOTHING",
    },
    Migration {
        id: "0003_block",
        sql: "CREATE TABLE index_block (
            block INTEGER NOT NULL,  -- number of its first entry / 65536
            at_first INTEGER NOT NULL, -- earliest time in it, microseconds since the epoch
            at_last INTEGER NOT NULL,  -- latest
            times BLOB NOT NULL,     -- for each 256 entries: earliest and latest time, 8 bytes each
            PRIMARY KEY (block)
        )",
    },
    Migration {
        id: "0004_posting",
        sql: "CREATE TABLE index_posting (
            kind INTEGER NOT NULL,   -- what the terms tell: 1 organisation … 11 correlation, see term.rs
            bucket INTEGER NOT NULL, -- first 9 bits of the keyed hash of a term
            block INTEGER NOT NULL,
            terms BLOB NOT NULL,     -- for each term: 7 bytes of its hash, and its places in the block
            PRIMARY KEY (kind, bucket, block)
        )",
    },
    Migration {
        id: "0005_person",
        sql: "CREATE TABLE index_person (
            subject BLOB NOT NULL,  -- keyed hash of the number, 16 bytes
            vrf BLOB NOT NULL,      -- the person's place in the map, 32 bytes
            count INTEGER NOT NULL, -- entries about her
            link BLOB NOT NULL,     -- head of her chain
            PRIMARY KEY (subject)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0006_step",
        sql: "CREATE TABLE index_step (
            generation INTEGER NOT NULL,
            vrf BLOB NOT NULL,      -- whose chain moved in this generation
            count INTEGER NOT NULL, -- where it stood at the end of the generation
            link BLOB NOT NULL,
            PRIMARY KEY (generation, vrf)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0007_epoch",
        sql: "CREATE TABLE index_epoch (
            generation INTEGER NOT NULL, -- whose steps it brings into the map
            number INTEGER NOT NULL,
            covered INTEGER NOT NULL,    -- entries covered are those below
            root BLOB,                   -- of the map with these steps, once it is known
            persons INTEGER NOT NULL,    -- in that map
            claimed_us INTEGER NOT NULL, -- when a server last undertook to append its entry
            idx INTEGER,                 -- number of its entry, once it was met in the log
            applied INTEGER NOT NULL,    -- 1 when the map is that of this epoch
            PRIMARY KEY (generation)
        )",
    },
    Migration {
        id: "0008_map",
        sql: "CREATE TABLE index_map (
            vrf BLOB NOT NULL,      -- key in the map, 32 bytes
            count INTEGER NOT NULL, -- as of the epoch
            link BLOB NOT NULL,
            PRIMARY KEY (vrf)
        ) WITHOUT ROWID",
    },
    Migration {
        id: "0009_branch",
        sql: "CREATE TABLE index_branch (
            branch INTEGER NOT NULL, -- place in the map's tree, as a number
            nodes BLOB NOT NULL,     -- the sixteen nodes four levels below
            PRIMARY KEY (branch)
        )",
    },
    Migration {
        id: "0010_withheld",
        sql: "CREATE TABLE index_withheld (
            idx INTEGER NOT NULL,      -- the entry withheld
            until_us INTEGER NOT NULL, -- when it opens, microseconds since 1970
            entry INTEGER NOT NULL,    -- number of the newest withholding that says so
            PRIMARY KEY (idx)
        )",
    },
];
