//! The portability lint.

use dancu_storage::lint::check;
use proptest::prelude::*;

#[test]
fn what_is_not_portable_is_refused() {
    let refused = [
        "CREATE TABLE a (id SERIAL)",
        "CREATE TABLE a (id BIGINT GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "SELECT a FROM b WHERE c ILIKE $1",
        "LISTEN changes",
        "notify changes",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_xact_lock($1)",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        "CREATE TABLE a (b TEXT[])",
        "SELECT a FROM b WHERE c = ANY($1)",
        "SELECT a FROM b WHERE c = ?",
        "SELECT a FROM b WHERE c = ?1",
        "INSERT INTO a (b) VALUES (NOW())",
        "INSERT INTO a (b) VALUES (CURRENT_TIMESTAMP)",
        "SELECT a->>'b' FROM c",
        "SELECT json_extract(a, '$.b') FROM c",
        "SELECT a @> b FROM c",
        "SELECT \"a\" FROM b",
        "SELECT a::TEXT FROM b",
        "INSERT OR REPLACE INTO a (b) VALUES ($1)",
        "REPLACE INTO a (b) VALUES ($1)",
        "SELECT a FROM b ORDER BY a LIMIT 10 OFFSET $1",
        "SELECT a FROM b FOR UPDATE",
        "SELECT rowid FROM a",
        "SELECT a FROM b WHERE c = x'00'",
        "SELECT 1; SELECT 2",
        "BEGIN",
        "SELECT random()",
    ];
    for sql in refused {
        assert!(check(sql).is_err(), "passed: {sql}");
    }
}

#[test]
fn what_is_portable_passes() {
    let passed = [
        "SELECT id, name FROM person WHERE id > $1 ORDER BY id LIMIT $2",
        "INSERT INTO a (b, c) VALUES ($1, $2) ON CONFLICT (b) DO UPDATE SET c = excluded.c RETURNING c",
        "CREATE TABLE a (b TEXT NOT NULL, PRIMARY KEY (b)) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS a (b TEXT NOT NULL, -- NOW() and \"quotes\" in a comment, even a ?\n PRIMARY KEY (b));",
        "SELECT a FROM b WHERE c = 'NOW() ? \"x\" -> ilike; it''s text'",
        "UPDATE identity SET notify = $1 WHERE listen = 0",
        "SELECT replace(a, 'x', 'y') /* SERIAL */ FROM b",
        "SELECT serial_number FROM certificate WHERE a <> b AND c >= $1 AND d - -1 > 0",
        "DELETE FROM a WHERE b IN (SELECT b FROM a ORDER BY b LIMIT 100)",
    ];
    for sql in passed {
        assert_eq!(check(sql), Ok(()), "{sql}");
    }
}

#[test]
#[should_panic(expected = "not portable SQL")]
fn a_test_that_uses_it_fails() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let _ = store.read("now", |tx| tx.query("SELECT CURRENT_TIMESTAMP", &[]));
}

proptest! {
    /// Any text is judged, none makes the tokenizer fail or loop.
    #[test]
    fn any_text_is_judged(sql in any::<String>()) {
        let _ = check(&sql);
    }

    /// What stands in a literal is data.
    #[test]
    fn literals_are_not_looked_into(text in any::<String>()) {
        let sql = format!("SELECT '{}' FROM a", text.replace('\'', "''"));
        prop_assert_eq!(check(&sql), Ok(()));
    }
}
