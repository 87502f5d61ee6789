//! A store as a whole: how it is built and all its rows, out of one engine and into the other.
//!
//! A copy is the texts of the migrations, in the order in which they were applied, and the rows of every other table.
//! Both engines hold the same five types, so a copy of the one fills the other.

use crate::migrate::{BOOK_TABLES, note};
use crate::{Row, Store, StoreError, Tx, Value};

/// A migration that is applied, as the store's book has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The crate that owns it
    pub owner: String,
    /// Its id, unique within the owner
    pub id: String,
    /// Order in which it was applied
    pub turn: i64,
    /// Its text, portable
    pub sql: String,
}

/// A table's name and those of its columns, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Lower-case letters, digits and `_`
    pub name: String,
    /// As the name
    pub columns: Vec<String>,
}

const OF_SQLITE: &str = "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
                         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid";
const OF_POSTGRES: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns \
                           WHERE table_schema = current_schema() ORDER BY 1, ordinal_position";

impl Tx<'_> {
    /// The migrations applied, in their order.
    ///
    /// # Errors
    ///
    /// [`StoreError::Schema`] when the texts of some are not known: their owners have not been opened since this version
    /// keeps them.
    pub fn definitions(&mut self) -> Result<Vec<Definition>, StoreError> {
        let rows = self.query(
            "SELECT m.owner, m.id, t.turn, t.statement FROM schema_migration m \
             LEFT JOIN schema_text t ON t.owner = m.owner AND t.id = m.id ORDER BY t.turn, m.owner, m.id",
            &[],
        )?;
        rows.iter().map(definition).collect()
    }

    /// All tables but those of the book, sorted by name.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let mut tables: Vec<Table> = Vec::new();
        let sql = if self.is_sqlite() { OF_SQLITE } else { OF_POSTGRES };
        for row in self.query(sql, &[])? {
            let (name, column) = (row.text(0)?, row.text(1)?.to_owned());
            match tables.last_mut() {
                Some(table) if table.name == name => table.columns.push(column),
                _ => tables.push(Table { name: name.to_owned(), columns: vec![column] }),
            }
        }
        tables.retain(|table| !BOOK_TABLES.contains(&table.name.as_str()));
        Ok(tables)
    }

    /// Hands over every row of a table, in no particular order.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's.
    pub fn every_row<E: From<StoreError>>(
        &mut self,
        table: &Table,
        each: impl FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {} FROM {}", columns(table)?, name(&table.name)?);
        self.for_each(lasting(sql), &[], each)
    }

    fn count_of(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", name(&table.name)?);
        self.query_opt(lasting(sql), &[])?.map_or(Ok(0), |row| row.number(0))
    }
}

impl Store {
    /// Whether there is no table at all.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn is_blank(&self) -> Result<bool, StoreError> {
        self.read("storage.is_blank", |tx| {
            let sql = if tx.is_sqlite() { OF_SQLITE } else { OF_POSTGRES };
            Ok(tx.query(sql, &[])?.is_empty())
        })
    }

    /// Builds an empty store as another one was built. The rows that migrations write are among those that
    /// [`Store::fill`] brings, so they are taken out again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the store is not empty.
    pub fn build(&self, definitions: &[Definition]) -> Result<(), StoreError> {
        if !self.is_blank()? {
            return Err(StoreError::Conflict("the store to fill is not empty".into()));
        }
        self.open_book()?;
        for wanted in definitions {
            crate::lint::check(&wanted.sql).map_err(|problem| {
                StoreError::Schema(format!("migration {}/{}: {problem}", wanted.owner, wanted.id).into())
            })?;
            let sql = lasting(wanted.sql.clone());
            self.run_tx("storage.build", |tx| {
                tx.define(sql)?;
                note(tx, &wanted.owner, &wanted.id, sql, wanted.turn)
            })?;
        }
        self.run_tx("storage.clear", |tx| {
            let last = definitions.iter().map(|wanted| wanted.turn).max().unwrap_or(0);
            tx.execute("UPDATE schema_turn SET taken = $1 WHERE id = 1", &[last.into()])?;
            for table in tx.tables()? {
                tx.execute(lasting(format!("DELETE FROM {}", name(&table.name)?)), &[])?;
            }
            Ok(())
        })
    }

    /// Adds rows to a table in one transaction.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn fill(&self, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        let places = (1..=table.columns.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", name(&table.name)?, columns(table)?);
        let sql = lasting(sql);
        self.run_tx("storage.fill", |tx| tx.execute_many(sql, rows).map(drop))
    }

    /// How many rows a table has.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn count(&self, table: &Table) -> Result<u64, StoreError> {
        self.read("storage.count", |tx| tx.count_of(table))
    }
}

fn definition(row: &Row) -> Result<Definition, StoreError> {
    let (owner, id) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
    let Some(sql) = row.opt_text(3)? else {
        return Err(StoreError::Schema(format!("the text of migration {owner}/{id} is not known").into()));
    };
    Ok(Definition { owner, id, turn: row.int(2)?, sql: sql.to_owned() })
}

fn columns(table: &Table) -> Result<String, StoreError> {
    let names = table.columns.iter().map(|column| name(column)).collect::<Result<Vec<_>, _>>()?;
    Ok(names.join(", "))
}

/// A name that can stand in a statement as it is. It may come from a file.
fn name(of: &str) -> Result<&str, StoreError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let ok = (1..=63).contains(&of.len())
        && of.bytes().all(plain)
        && !of.starts_with(|c: char| c.is_ascii_digit());
    if ok { Ok(of) } else { Err(StoreError::Schema("a name of a table or column that is none".into())) }
}

/// Statements are constants everywhere else, which their cache builds on. Here there are a few for each table, made once by
/// a command that ends: their texts may stay.
fn lasting(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_are_plain() {
        for good in ["a", "journal_group", "b_2"] {
            assert_eq!(name(good), Ok(good));
        }
        let long = "a".repeat(64);
        for bad in ["", "A", "a b", "a;b", "a\"", "2a", "á", &long] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
