//! PostgreSQL's errors as the store's, by SQLSTATE (PostgreSQL documentation, appendix A).

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::StoreError;

/// What a failed statement means.
pub(super) fn store_error(error: &Error) -> StoreError {
    let Some(db) = error.as_db_error() else { return driver_error(error) };
    let detail = detail(db).into();
    let code = db.code().code();
    match (code, code.get(..2).unwrap_or("")) {
        ("40001" | "40P01" | "55P03", _) => StoreError::Serialization(detail),
        ("23505", _) => StoreError::Conflict(detail),
        ("53100", _) => StoreError::Full(detail),
        ("XX001" | "XX002", _) => StoreError::Corrupt(detail),
        ("42804", _) | (_, "22") => StoreError::Type(detail),
        (_, "23") => StoreError::Constraint(detail),
        (_, "42") => StoreError::Schema(detail),
        // Too many clients, shutting down or starting up, broken connection, refused or missing database.
        (_, "53" | "57" | "08" | "28" | "3D") => StoreError::Unavailable(detail),
        _ => StoreError::Other(detail),
    }
}

/// What a failed connection means: always that the database is out of reach.
pub(super) fn connect_error(error: &Error) -> StoreError {
    let detail = error.as_db_error().map_or_else(|| "the connection failed".to_owned(), detail);
    StoreError::Unavailable(detail.into())
}

/// What a failed BEGIN means. A server that only reads (25006, 0A000), as a replica before it is promoted, is out of reach for
/// who writes: another connection may lead to the one that took its place.
pub(super) fn begin_error(error: &Error) -> StoreError {
    match error.code().map(SqlState::code) {
        Some("25006" | "0A000") => StoreError::Unavailable("the server only reads".into()),
        _ => store_error(error),
    }
}

/// What a failed COMMIT means: only where the server says that it rolled back, nothing was changed.
pub(super) fn commit_error(error: &Error) -> StoreError {
    match store_error(error) {
        known @ (StoreError::Serialization(_)
        | StoreError::Conflict(_)
        | StoreError::Constraint(_)
        | StoreError::Full(_)) => known,
        other => StoreError::CommitUnknown(other.to_string().into()),
    }
}

/// The statement failed only because an earlier one of the same transaction had failed.
pub(super) fn is_aftermath(error: &Error) -> bool {
    error.code().is_some_and(|code| code.code() == "25P02")
}

/// The schema was changed since the statement was prepared ("cached plan must not change result type").
pub(super) fn is_stale_plan(error: &Error) -> bool {
    error
        .as_db_error()
        .is_some_and(|db| db.code().code() == "0A000" && db.routine() == Some("RevalidateCachedQuery"))
}

fn driver_error(error: &Error) -> StoreError {
    let is_io = error.source().is_some_and(<dyn std::error::Error>::is::<io::Error>);
    if error.is_closed() {
        StoreError::Unavailable("the connection was lost".into())
    } else if is_io {
        StoreError::Unavailable("the connection failed".into())
    } else {
        StoreError::Type("a value does not fit the server's type".into())
    }
}

/// The server's message may quote values, so it is told only where it speaks of the statement (class 42).
fn detail(db: &DbError) -> String {
    let mut detail = format!("SQLSTATE {}", db.code().code());
    for (label, name) in [("table", db.table()), ("column", db.column()), ("constraint", db.constraint())] {
        if let Some(name) = name {
            detail.extend([", ", label, " ", name]);
        }
    }
    if db.code().code().starts_with("42") {
        detail.push_str(": ");
        detail.push_str(db.message());
    }
    detail
}
