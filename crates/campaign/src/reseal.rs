//! Sealing anew under the current key, after a rotation, while the service runs.
use crate::sealed::Sealer;
use crate::{CampaignError, Campaigns};
use dancu_storage::{Row, Tx, Value};

/// A table with sealed columns.
struct Sealed {
    table: &'static str,
    /// Where paging begins: a value below every key
    start: &'static [Start],
    /// Key columns, then the sealed ones, of the rows after the key, `LIMIT` last
    select: &'static str,
    /// Place of a row's sealed values, from its key
    place: fn(&Row) -> Result<String, CampaignError>,
    columns: &'static [Column],
}

#[derive(Clone, Copy)]
enum Start {
    Text,
    Number,
}

/// A sealed column and the statement that replaces it, if it is still what was read: key, new value, old value.
struct Column {
    name: &'static str,
    update: &'static str,
}

fn first(row: &Row) -> Result<String, CampaignError> {
    Ok(row.text(0)?.to_owned())
}

fn third(row: &Row) -> Result<String, CampaignError> {
    Ok(row.text(2)?.to_owned())
}

fn numbered(row: &Row) -> Result<String, CampaignError> {
    Ok(format!("{}/{}", row.text(0)?, row.int(1)?))
}

fn both(row: &Row) -> Result<String, CampaignError> {
    Ok(format!("{}/{}", row.text(0)?, row.text(1)?))
}

macro_rules! column {
    ($table:literal, $name:literal, $key:literal, $new:literal, $old:literal) => {
        Column {
            name: $name,
            update: concat!(
                "UPDATE ", $table, " SET ", $name, " = ", $new, " WHERE ", $key, " AND ", $name, " = ", $old
            ),
        }
    };
}

const TABLES: &[Sealed] = &[
    Sealed {
        table: "campaign_account",
        start: &[Start::Text],
        select: "SELECT account, purpose FROM campaign_account WHERE account > $1 ORDER BY account LIMIT $2",
        place: first,
        columns: &[column!("campaign_account", "purpose", "account = $1", "$2", "$3")],
    },
    Sealed {
        table: "campaign_history",
        start: &[Start::Text, Start::Number, Start::Text],
        select: "SELECT account, at_us, id, details, words FROM campaign_history
            WHERE account > $1 OR (account = $1 AND (at_us > $2 OR (at_us = $2 AND id > $3)))
            ORDER BY account, at_us, id LIMIT $4",
        place: third,
        columns: &[
            column!("campaign_history", "details", "account = $1 AND at_us = $2 AND id = $3", "$4", "$5"),
            column!("campaign_history", "words", "account = $1 AND at_us = $2 AND id = $3", "$4", "$5"),
        ],
    },
    Sealed {
        table: "campaign_import",
        start: &[Start::Text],
        select: "SELECT id, file_name, headings FROM campaign_import WHERE id > $1 ORDER BY id LIMIT $2",
        place: first,
        columns: &[
            column!("campaign_import", "file_name", "id = $1", "$2", "$3"),
            column!("campaign_import", "headings", "id = $1", "$2", "$3"),
        ],
    },
    Sealed {
        table: "campaign_import_row",
        start: &[Start::Text, Start::Number],
        select: "SELECT import, line, content FROM campaign_import_row
            WHERE import > $1 OR (import = $1 AND line > $2) ORDER BY import, line LIMIT $3",
        place: numbered,
        columns: &[column!("campaign_import_row", "content", "import = $1 AND line = $2", "$3", "$4")],
    },
    Sealed {
        table: "campaign_quota",
        start: &[Start::Text],
        select: "SELECT id, reason, answer FROM campaign_quota WHERE id > $1 ORDER BY id LIMIT $2",
        place: first,
        columns: &[
            column!("campaign_quota", "reason", "id = $1", "$2", "$3"),
            column!("campaign_quota", "answer", "id = $1", "$2", "$3"),
        ],
    },
    Sealed {
        table: "campaign_departure",
        start: &[Start::Text],
        select: "SELECT id, terms FROM campaign_departure WHERE id > $1 ORDER BY id LIMIT $2",
        place: first,
        columns: &[column!("campaign_departure", "terms", "id = $1", "$2", "$3")],
    },
    Sealed {
        table: "campaign_review",
        start: &[Start::Text],
        select: "SELECT id, title FROM campaign_review WHERE id > $1 ORDER BY id LIMIT $2",
        place: first,
        columns: &[column!("campaign_review", "title", "id = $1", "$2", "$3")],
    },
    Sealed {
        table: "campaign_review_row",
        start: &[Start::Text, Start::Text],
        select: "SELECT review, account, opening, facts, decision, result FROM campaign_review_row
            WHERE review > $1 OR (review = $1 AND account > $2) ORDER BY review, account LIMIT $3",
        place: both,
        columns: &[
            column!("campaign_review_row", "opening", "review = $1 AND account = $2", "$3", "$4"),
            column!("campaign_review_row", "facts", "review = $1 AND account = $2", "$3", "$4"),
            column!("campaign_review_row", "decision", "review = $1 AND account = $2", "$3", "$4"),
            column!("campaign_review_row", "result", "review = $1 AND account = $2", "$3", "$4"),
        ],
    },
    Sealed {
        table: "campaign_drive",
        start: &[Start::Text],
        select: "SELECT id, title FROM campaign_drive WHERE id > $1 ORDER BY id LIMIT $2",
        place: first,
        columns: &[column!("campaign_drive", "title", "id = $1", "$2", "$3")],
    },
];

impl Campaigns {
    /// After a rotation of the sealing key: seals every value anew that stands under an older one, `batch` rows in a
    /// transaction, while the service runs. Gives the number of values.
    pub fn reseal(&self, batch: u32) -> Result<u64, CampaignError> {
        let mut sealed = 0;
        for of in TABLES {
            let start = of.start.iter().map(|start| match start {
                Start::Text => "".into(),
                Start::Number => i64::MIN.into(),
            });
            let rows = |tx: &mut Tx<'_>, from: &Vec<Value>| rows(tx, &self.sealer, of, from, batch.max(1));
            sealed += self.store.in_batches("campaign.reseal", start.collect(), rows)?;
        }
        Ok(sealed)
    }
}

/// One batch: how many values, and the last key, if there may be more.
fn rows(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    of: &Sealed,
    from: &[Value],
    batch: u32,
) -> Result<(u64, Option<Vec<Value>>), CampaignError> {
    let rows = tx.query(of.select, &[from, &[batch.into()]].concat())?;
    let mut values = 0;
    let mut last = None;
    for row in &rows {
        let (key, place) = (key(row, of.start)?, (of.place)(row)?);
        for (at, column) in of.columns.iter().enumerate() {
            let Some(old) = row.opt_bytes(of.start.len() + at)? else { continue };
            let Some(new) = sealer.reseal(of.table, &place, column.name, old)? else { continue };
            values += tx.execute(column.update, &[key.as_slice(), &[new.into(), old.into()]].concat())?;
        }
        last = Some(key);
    }
    let full = rows.len() >= usize::try_from(batch).unwrap_or(usize::MAX);
    Ok((values, last.filter(|_| full)))
}

fn key(row: &Row, columns: &[Start]) -> Result<Vec<Value>, CampaignError> {
    let value = |(at, start): (usize, &Start)| {
        Ok(match start {
            Start::Text => row.text(at)?.into(),
            Start::Number => row.int(at)?.into(),
        })
    };
    columns.iter().enumerate().map(value).collect()
}
