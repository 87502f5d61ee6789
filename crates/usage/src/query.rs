//! The figures. Every question is bounded: by the days of its range, and by how many rows it gives.
use crate::range::date;
use crate::{Count, Range, Scope, Usage, UsageError};
use dancu_citizen::CivilDate;
use dancu_journal::Outcome;
use dancu_storage::{Row as Stored, Value};

/// What one system made of its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemUse {
    /// Organisation; empty where none is on record
    pub organisation: String,
    /// System; empty of strangers
    pub system: String,
    /// Its calls
    pub count: Count,
}

/// A row of the hourly table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands: the next page begins after it
    pub key: RowKey,
    /// The day
    pub date: CivilDate,
    /// How the calls ended
    pub outcome: Outcome,
    /// How many there were
    pub calls: u64,
}

/// The place of a row, in the order of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    /// Day, counted from 1970-01-01
    pub day: i32,
    /// Hour of the day, 0 to 23
    pub hour: u8,
    /// Organisation; empty where none is on record
    pub organisation: String,
    /// System; empty of strangers
    pub system: String,
    /// Service
    pub service: String,
    /// Outcome, by its stable name
    pub outcome: String,
}

/// The parameters of a question about a scope, `$1` to `$5`.
fn asked(range: Range, scope: &Scope) -> [Value; 5] {
    let text = |of: &Option<String>| Value::from(of.as_deref().unwrap_or_default());
    [
        range.first().into(),
        range.last().into(),
        text(&scope.organisation),
        text(&scope.system),
        text(&scope.service),
    ]
}

macro_rules! within {
    ($select:literal, $table:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM ",
            $table,
            " WHERE day >= $1 AND day <= $2 AND ($3 = '' OR organisation = $3) AND ($4 = '' OR system = $4) \
             AND ($5 = '' OR service = $5) ",
            $rest
        )
    };
}

fn count(row: &Stored, from: usize) -> Result<Count, UsageError> {
    Ok(Count { calls: row.number(from)?, refused: row.number(from + 1)? })
}

impl Usage {
    fn ask(
        &self,
        name: &'static str,
        sql: &'static str,
        parameters: &[Value],
    ) -> Result<Vec<Stored>, UsageError> {
        Ok(self.inner.store.read(name, |tx| tx.query(sql, parameters))?)
    }

    /// Calls by hour of the day, over all days of the range. Blocks.
    pub fn hours(&self, range: Range, scope: &Scope) -> Result<[Count; 24], UsageError> {
        let sql = within!(
            "SELECT hour, SUM(calls), SUM(calls * refused)",
            "usage_hour",
            "GROUP BY hour ORDER BY hour"
        );
        let mut hours = [Count::default(); 24];
        for row in self.ask("usage.hours", sql, &asked(range, scope))? {
            let hour = hours.get_mut(row.number::<usize>(0)?).ok_or(UsageError::Damaged("usage_hour"))?;
            *hour = count(&row, 1)?;
        }
        Ok(hours)
    }

    /// Calls by day, every day of the range, ascending. Blocks.
    pub fn days(&self, range: Range, scope: &Scope) -> Result<Vec<(CivilDate, Count)>, UsageError> {
        let sql =
            within!("SELECT day, SUM(calls), SUM(calls * refused)", "usage_day", "GROUP BY day ORDER BY day");
        let rows = self.ask("usage.days", sql, &asked(range, scope))?;
        spread(range, &rows)
    }

    /// Calls of the whole range. Blocks.
    pub fn total(&self, range: Range, scope: &Scope) -> Result<Count, UsageError> {
        let mut total = Count::default();
        for (_, count) in self.days(range, scope)? {
            total += count;
        }
        Ok(total)
    }

    /// Calls by how they ended, the most frequent first. Blocks.
    pub fn outcomes(&self, range: Range, scope: &Scope) -> Result<Vec<(Outcome, u64)>, UsageError> {
        let sql = within!(
            "SELECT outcome, SUM(calls)",
            "usage_day",
            "GROUP BY outcome ORDER BY SUM(calls) DESC, outcome"
        );
        let rows = self.ask("usage.outcomes", sql, &asked(range, scope))?;
        rows.iter().map(|row| Ok((outcome(row.text(0)?)?, row.number(1)?))).collect()
    }

    /// Calls by service, the most frequent first. Blocks.
    pub fn services(&self, range: Range, scope: &Scope) -> Result<Vec<(String, Count)>, UsageError> {
        let sql = within!(
            "SELECT service, SUM(calls), SUM(calls * refused)",
            "usage_day",
            "GROUP BY service ORDER BY SUM(calls) DESC, service"
        );
        let rows = self.ask("usage.services", sql, &asked(range, scope))?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), count(row, 1)?))).collect()
    }

    /// Systems, those with most calls first, so many at most. Blocks.
    pub fn systems(&self, range: Range, scope: &Scope, limit: u16) -> Result<Vec<SystemUse>, UsageError> {
        let sql = within!(
            "SELECT organisation, system, SUM(calls), SUM(calls * refused)",
            "usage_day",
            "GROUP BY organisation, system ORDER BY SUM(calls) DESC, organisation, system LIMIT $6"
        );
        let [first, last, organisation, system, service] = asked(range, scope);
        let parameters = [first, last, organisation, system, service, limit.into()];
        let rows = self.ask("usage.systems", sql, &parameters)?;
        let of = |row: &Stored| {
            let (organisation, system) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            Ok(SystemUse { organisation, system, count: count(row, 2)? })
        };
        rows.iter().map(of).collect()
    }

    /// Organisations that called, by id, so many at most. Blocks.
    pub fn organisations(&self, range: Range, limit: u16) -> Result<Vec<String>, UsageError> {
        let sql = "SELECT organisation FROM usage_day WHERE day >= $1 AND day <= $2 AND organisation <> '' \
                   GROUP BY organisation ORDER BY organisation LIMIT $3";
        let parameters = [range.first().into(), range.last().into(), limit.into()];
        let rows = self.ask("usage.organisations", sql, &parameters)?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Calls of one account by day, every day of the range, ascending. Blocks.
    pub fn account(&self, account: &str, range: Range) -> Result<Vec<(CivilDate, Count)>, UsageError> {
        let sql = "SELECT day, calls, refused FROM usage_account WHERE account = $1 AND day >= $2 AND day <= $3 \
                   ORDER BY day";
        let parameters = [account.into(), range.first().into(), range.last().into()];
        spread(range, &self.ask("usage.account", sql, &parameters)?)
    }

    /// Rows of the hourly table, in its order, after a place, so many at most: what is handed out. Blocks.
    pub fn rows(
        &self,
        range: Range,
        scope: &Scope,
        after: Option<&RowKey>,
        limit: u32,
    ) -> Result<Vec<Row>, UsageError> {
        let sql = within!(
            "SELECT day, hour, organisation, system, service, outcome, calls",
            "usage_hour",
            "AND (day, hour, organisation, system, service, outcome) > ($6, $7, $8, $9, $10, $11) \
             ORDER BY day, hour, organisation, system, service, outcome LIMIT $12"
        );
        let [first, last, organisation, system, service] = asked(range, scope);
        let start = RowKey {
            day: range.first() - 1,
            hour: 0,
            organisation: String::new(),
            system: String::new(),
            service: String::new(),
            outcome: String::new(),
        };
        let after = after.unwrap_or(&start);
        let parameters = [
            first,
            last,
            organisation,
            system,
            service,
            after.day.into(),
            after.hour.into(),
            (&after.organisation).into(),
            (&after.system).into(),
            (&after.service).into(),
            (&after.outcome).into(),
            limit.into(),
        ];
        self.ask("usage.rows", sql, &parameters)?.iter().map(row).collect()
    }

    /// Forgets counts by account of days before this one.
    pub(crate) fn forget_accounts(&self, day: i32) -> Result<(), UsageError> {
        self.inner.store.run_tx("usage.forget", |tx| {
            tx.execute("DELETE FROM usage_account WHERE day < $1", &[day.into()]).map(drop)
        })?;
        Ok(())
    }
}

/// Rows of day and count over all days of a range.
fn spread(range: Range, rows: &[Stored]) -> Result<Vec<(CivilDate, Count)>, UsageError> {
    let mut rows = rows.iter().peekable();
    let mut days = Vec::new();
    for day in range.first()..=range.last() {
        let date = date(day).ok_or(UsageError::Damaged("usage_day"))?;
        let mut of_day = Count::default();
        if let Some(row) = rows.peek()
            && row.number::<i32>(0)? == day
        {
            of_day = count(row, 1)?;
            rows.next();
        }
        days.push((date, of_day));
    }
    Ok(days)
}

fn row(row: &Stored) -> Result<Row, UsageError> {
    let key = RowKey {
        day: row.number(0)?,
        hour: row.number(1)?,
        organisation: row.text(2)?.to_owned(),
        system: row.text(3)?.to_owned(),
        service: row.text(4)?.to_owned(),
        outcome: row.text(5)?.to_owned(),
    };
    let date = date(key.day).ok_or(UsageError::Damaged("usage_hour"))?;
    Ok(Row { date, outcome: outcome(&key.outcome)?, calls: row.number(6)?, key })
}

fn outcome(name: &str) -> Result<Outcome, UsageError> {
    Outcome::from_name(name).ok_or(UsageError::Damaged("usage_day"))
}
