//! The measures of G06 7.8 by security level, on record with how each is met (AT-6).
use crate::content::hidden;
use crate::deed::Deed;
use crate::error::{Problem, Wrong};
use crate::governance::{Done, Governance};
use crate::parts::{Form, today};
use crate::{GovernanceError, rows, sealed};
use dancu_citizen::named;
use dancu_storage::Tx;
use std::collections::HashSet;

named! {
    /// Whether a measure is met.
    MeasureState {
        /// It is
        Met = "met",
        /// In part, or of some machines only
        Partly = "partly",
        /// Not yet
        NotMet = "not_met",
        /// It does not apply, for a reason that is given
        Justified = "justified",
    }
}

/// What was last stated about a measure of a system.
#[derive(Clone, PartialEq, Eq)]
pub struct Measure {
    /// See `measure` in the lists
    pub name: String,
    /// Counts the statements about it
    pub number: u32,
    /// Whether it is met
    pub state: MeasureState,
    /// How, or why not
    pub how: String,
    /// Staff account
    pub by: String,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Number of its journal entry
    pub entry: Option<u64>,
}

hidden! { Measure }

impl Governance {
    /// States whether and how a system meets a measure. Earlier statements are kept.
    ///
    /// # Errors
    ///
    /// `Invalid` when nothing says how, or a reason is given where none is enough.
    pub fn state_measure(
        &self,
        system: &str,
        name: &str,
        state: MeasureState,
        how: &str,
        deed: Deed<'_>,
    ) -> Result<u32, GovernanceError> {
        let day = today(deed.at_us)?;
        let mut form = Form::new(&self.rules, day);
        form.text("how", how);
        let known = self.rules.measures(u8::MAX, day).into_iter().find(|rule| rule.name == name);
        form.wrong_unless(known.is_some(), "name", Wrong::Unknown);
        let enough = state != MeasureState::Justified || known.is_some_and(|rule| rule.justify);
        let mut problems = form.problems();
        if !enough {
            problems.push(Problem { field: "state".into(), wrong: Wrong::Contradiction });
        }
        if !problems.is_empty() {
            return Err(GovernanceError::Invalid(problems));
        }
        self.act("governance.state_measure", deed, |act| {
            let sql =
                "SELECT COALESCE(MAX(number), 0) FROM governance_measure WHERE system = $1 AND name = $2";
            let row = act.tx().query_opt(sql, &[system.into(), name.into()])?;
            let number: u32 = row.map_or(Ok(0), |row| row.number(0))? + 1;
            let key = key(system, name, number);
            let how = sealed::seal(&self.ring, sealed::measure_how(&key), how.as_bytes())?;
            act.tx().execute(
                "INSERT INTO governance_measure (system, name, number, state, how, by_whom, at_us, entry)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    system.into(),
                    name.into(),
                    number.into(),
                    state.name().into(),
                    how.into(),
                    deed.by.stored().into(),
                    deed.at_us.into(),
                    rows::entry(deed.entry)?,
                ],
            )?;
            Ok(number)
        })
    }

    /// All statements about the measures of a system, by name, the first first.
    pub fn measures(&self, system: &str) -> Result<Vec<Measure>, GovernanceError> {
        self.store.read("governance.measures", |tx| {
            let sql = "SELECT name, number, state, how, by_whom, at_us, entry
                 FROM governance_measure WHERE system = $1 ORDER BY name, number";
            let rows = tx.query(sql, &[system.into()])?;
            let read = |row: &dancu_storage::Row| {
                let (name, number) = (row.text(0)?, row.number(1)?);
                let key = key(system, name, number);
                let damaged = || GovernanceError::damaged("governance_measure", &key, "unknown state");
                Ok(Measure {
                    name: name.to_owned(),
                    number,
                    state: MeasureState::from_name(row.text(2)?).ok_or_else(damaged)?,
                    how: sealed::open_text(&self.ring, sealed::measure_how(&key), row.bytes(3)?)?,
                    by: row.text(4)?.to_owned(),
                    at_us: row.int(5)?,
                    entry: row.opt_number(6)?,
                })
            };
            rows.iter().map(read).collect()
        })
    }
}

/// Names of the measures that anything was stated about.
pub(crate) fn stated(tx: &mut Tx<'_>, system: &str) -> Done<HashSet<String>> {
    let rows =
        tx.query("SELECT DISTINCT name FROM governance_measure WHERE system = $1", &[system.into()])?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

pub(crate) fn key(system: &str, name: &str, number: u32) -> String {
    format!("{system}/{name}/{number}")
}
