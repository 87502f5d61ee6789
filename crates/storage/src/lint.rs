//! The portability lint: refuses SQL that does not mean the same on SQLite, PostgreSQL and the distributed engines
//! that speak PostgreSQL's protocol. Debug builds run it on every statement when it is first used.

use std::fmt;

use crate::sql::{Token, meaningful};

/// Why a statement is not portable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What was found.
    pub found: String,
    /// Why not, and what to write instead.
    pub reason: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.found, self.reason)
    }
}

impl std::error::Error for Problem {}

/// Words that are refused wherever they stand.
const WORDS: &[(&str, &str)] = &[
    ("serial", NUMBERED),
    ("bigserial", NUMBERED),
    ("smallserial", NUMBERED),
    ("autoincrement", NUMBERED),
    ("auto_increment", NUMBERED),
    ("nextval", NUMBERED),
    ("ilike", "PostgreSQL only; store a folded search column"),
    ("glob", "SQLite only"),
    ("regexp", "SQLite only"),
    ("unlisten", SIGNALS),
    ("pg_notify", SIGNALS),
    ("unnest", ARRAYS),
    ("current_timestamp", CLOCK),
    ("current_date", CLOCK),
    ("current_time", CLOCK),
    ("localtimestamp", CLOCK),
    ("localtime", CLOCK),
    ("ifnull", "SQLite only; use COALESCE"),
    ("last_insert_rowid", NUMBERED),
    ("offset", "pages by OFFSET get slower and skip rows; page by key"),
    ("savepoint", TRANSACTION),
    ("rollback", TRANSACTION),
    ("pragma", "SQLite only; belongs in the engine module"),
    ("jsonb", JSON),
    ("rowid", "SQLite only; give the table a key of its own"),
];

/// Words that are refused as functions.
const FUNCTIONS: &[(&str, &str)] = &[
    ("now", CLOCK),
    ("datetime", CLOCK),
    ("strftime", CLOCK),
    ("julianday", CLOCK),
    ("unixepoch", CLOCK),
    ("random", "randomness is passed in as a parameter"),
    ("any", ARRAYS),
];

/// Words that are refused at the beginning of a statement.
const BEGINNINGS: &[(&str, &str)] = &[
    ("listen", SIGNALS),
    ("notify", SIGNALS),
    ("begin", TRANSACTION),
    ("commit", TRANSACTION),
    ("replace", "SQLite only; use INSERT … ON CONFLICT"),
    ("do", "PostgreSQL only"),
    ("copy", "PostgreSQL only; use execute_many"),
    ("attach", "SQLite only"),
    ("vacuum", "belongs in the engine module"),
    ("lock", "PostgreSQL only; transactions are serializable"),
];

/// Words that are refused one after the other.
const PAIRS: &[(&str, &str, &str)] = &[
    ("as", "identity", NUMBERED),
    ("create", "trigger", TRIGGERS),
    ("create", "sequence", NUMBERED),
    ("insert", "or", "SQLite only; use INSERT … ON CONFLICT"),
    ("update", "or", "SQLite only"),
    ("for", "update", "PostgreSQL only; transactions are serializable"),
    ("for", "share", "PostgreSQL only; transactions are serializable"),
    ("skip", "locked", "PostgreSQL only"),
    ("create", "temporary", "tables belong to the schema"),
    ("create", "temp", "tables belong to the schema"),
];

/// Signs that are refused, alone or one after the other.
const SIGNS: &[(&str, &str)] = &[
    ("?", "write $1, $2, …"),
    ("::", "PostgreSQL only; use CAST"),
    ("->", JSON),
    ("@>", JSON),
    ("<@", JSON),
    ("#>", JSON),
    ("[", ARRAYS),
    ("`", "plain names need no quotes"),
    ("==", "SQLite only; write ="),
];

const NUMBERED: &str = "the database does not number rows; keys are passed in";
const SIGNALS: &str = "a distributed engine has no signals; poll a version row";
const ARRAYS: &str = "SQLite has no arrays; use execute_many or a table";
const CLOCK: &str = "time is passed in as a parameter";
const TRANSACTION: &str = "transactions belong to run_tx";
const TRIGGERS: &str = "what happens must stand in the code that does it";
const JSON: &str = "JSON is stored as text; the engines' operators differ";

/// Checks one statement.
///
/// # Errors
///
/// The first problem found.
pub fn check(sql: &str) -> Result<(), Problem> {
    let tokens = meaningful(sql);
    for (at, token) in tokens.iter().copied().enumerate() {
        let next = tokens.get(at + 1).copied();
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).copied();
        check_token(at, token, before, next)?;
    }
    Ok(())
}

fn check_token(
    at: usize,
    token: Token<'_>,
    before: Option<Token<'_>>,
    next: Option<Token<'_>>,
) -> Result<(), Problem> {
    match token {
        Token::Word(word) => check_word(at, word, before, next),
        Token::Sign(";") if next.is_some() => problem(";", "one statement at a time"),
        Token::Sign(sign) => check_sign(sign, next),
        Token::Quoted(name) => {
            problem(name, "SQLite takes an unknown name in double quotes for a text; quote nothing")
        }
        Token::Parameter(name) if name.len() < 2 => problem(name, "write $1, $2, …"),
        Token::Literal(_) | Token::Parameter(_) | Token::Space(_) => Ok(()),
    }
}

fn check_word(
    at: usize,
    word: &str,
    before: Option<Token<'_>>,
    next: Option<Token<'_>>,
) -> Result<(), Problem> {
    let lower = word.to_ascii_lowercase();
    let qualified = before.is_some_and(|token| token.is_sign("."));
    let listed = |list: &[(&str, &'static str)]| {
        list.iter().find(|(refused, _)| *refused == lower).map(|(_, reason)| *reason)
    };
    let rowid_option = lower == "rowid" && before.is_some_and(|token| token.is_word("without"));
    if !qualified
        && !rowid_option
        && let Some(reason) = listed(WORDS)
    {
        return problem(word, reason);
    }
    if next.is_some_and(|token| token.is_sign("("))
        && let Some(reason) = listed(FUNCTIONS)
    {
        return problem(word, reason);
    }
    if at == 0
        && let Some(reason) = listed(BEGINNINGS)
    {
        return problem(word, reason);
    }
    if lower.starts_with("pg_advisory") || lower.starts_with("pg_try_advisory") {
        return problem(word, "a distributed engine has no advisory locks; lock a row");
    }
    if lower.starts_with("json_") || lower.starts_with("jsonb_") {
        return problem(word, JSON);
    }
    if lower == "x" && matches!(next, Some(Token::Literal(_))) {
        return problem("x'…'", "another type on PostgreSQL; pass bytes as a parameter");
    }
    let pair =
        PAIRS.iter().find(|(first, second, _)| *first == lower && next.is_some_and(|n| n.is_word(second)));
    pair.map_or(Ok(()), |(first, second, reason)| problem(&format!("{first} {second}"), reason))
}

fn check_sign(sign: &str, next: Option<Token<'_>>) -> Result<(), Problem> {
    let two = next.filter(|next| matches!(next, Token::Sign(_))).map(|next| format!("{sign}{}", next.text()));
    let refused = SIGNS.iter().find(|(refused, _)| *refused == sign || two.as_deref() == Some(refused));
    refused.map_or(Ok(()), |(found, reason)| problem(found, reason))
}

fn problem(found: &str, reason: &'static str) -> Result<(), Problem> {
    Err(Problem { found: found.to_owned(), reason })
}

/// Runs the lint on a statement when it is first used.
///
/// # Panics
///
/// In debug builds, when the statement is not portable: every test that uses it fails.
#[cfg(debug_assertions)]
pub(crate) fn assert_portable(sql: &'static str) {
    use std::collections::HashSet;
    use std::sync::{LazyLock, Mutex, PoisonError};
    static CHECKED: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let new = CHECKED.lock().unwrap_or_else(PoisonError::into_inner).insert(sql);
    if new {
        let verdict = check(sql);
        debug_assert!(verdict.is_ok(), "not portable SQL: {verdict:?} in {sql}");
    }
}

#[cfg(not(debug_assertions))]
pub(crate) fn assert_portable(_sql: &'static str) {}
