//! All that differs between the engines in the SQL text itself. Statements are written once, with the type names of
//! SQLite; nothing outside this module asks which engine it talks to.

use crate::sql::{Token, meaningful, tokens};

/// The statement for SQLite: tables are STRICT, so that a column holds what its type says, as on PostgreSQL.
pub(crate) fn for_sqlite(sql: &str) -> String {
    let sql = sql.trim_end().trim_end_matches(';').trim_end();
    if !creates_table(sql) {
        return sql.to_owned();
    }
    let has_options = !meaningful(sql).last().is_some_and(|last| last.is_sign(")"));
    // A comment at the end must not swallow the option.
    format!("{sql}\n{}STRICT", if has_options { ", " } else { "" })
}

/// The statement for PostgreSQL: 64-bit integers, bytes, double precision, and texts that compare by their bytes
/// whatever the locale of the cluster (SQLite compares so).
pub(crate) fn for_postgres(sql: &str) -> String {
    let is_table = creates_table(sql) || alters_table(sql);
    let mut translated = String::with_capacity(sql.len() + 32);
    let mut before = None;
    let mut pieces = tokens(sql).into_iter().peekable();
    while let Some(token) = pieces.next() {
        let casts = before.is_some_and(|before: Token<'_>| before.is_word("as"));
        match token {
            _ if token.is_word("integer") => translated.push_str("BIGINT"),
            _ if token.is_word("blob") => translated.push_str("BYTEA"),
            _ if token.is_word("real") => translated.push_str("DOUBLE PRECISION"),
            _ if is_table && !casts && token.is_word("text") => translated.push_str("TEXT COLLATE \"C\""),
            // Only `WITHOUT ROWID`, an option of SQLite, has this word in portable SQL.
            _ if is_table && token.is_word("without") => {
                pieces.by_ref().find(|piece| piece.is_word("rowid"));
            }
            _ => translated.push_str(token.text()),
        }
        if !matches!(token, Token::Space(_)) {
            before = Some(token);
        }
    }
    translated
}

/// The statement that shows the plan of a statement.
pub(crate) fn explain(sql: &str, engine: Engine) -> String {
    match engine {
        Engine::Sqlite => format!("EXPLAIN QUERY PLAN {sql}"),
        Engine::Postgres => format!("EXPLAIN {}", for_postgres(sql)),
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

fn creates_table(sql: &str) -> bool {
    begins(sql, "create", "table")
}

fn alters_table(sql: &str) -> bool {
    begins(sql, "alter", "table")
}

fn begins(sql: &str, first: &str, second: &str) -> bool {
    let words = meaningful(sql);
    matches!(words.as_slice(), [a, b, ..] if a.is_word(first) && b.is_word(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str =
        "CREATE TABLE t (id INTEGER NOT NULL, name TEXT, body BLOB, share REAL, PRIMARY KEY (id))";

    #[test]
    fn a_table_is_strict_on_sqlite() {
        assert_eq!(for_sqlite("CREATE TABLE t (a INTEGER);"), "CREATE TABLE t (a INTEGER)\nSTRICT");
        assert_eq!(
            for_sqlite("create table t (a INTEGER) WITHOUT ROWID"),
            "create table t (a INTEGER) WITHOUT ROWID\n, STRICT"
        );
        assert_eq!(for_sqlite("CREATE INDEX i ON t (a)"), "CREATE INDEX i ON t (a)");
    }

    #[test]
    fn a_table_has_wide_types_on_postgres() {
        assert_eq!(
            for_postgres(TABLE),
            "CREATE TABLE t (id BIGINT NOT NULL, name TEXT COLLATE \"C\", body BYTEA, share DOUBLE PRECISION, PRIMARY KEY (id))"
        );
        assert_eq!(for_postgres("CREATE TABLE t (a INTEGER) WITHOUT ROWID"), "CREATE TABLE t (a BIGINT) ");
        assert_eq!(
            for_postgres("SELECT CAST($1 AS INTEGER), 'integer' -- blob"),
            "SELECT CAST($1 AS BIGINT), 'integer' -- blob"
        );
    }
}
