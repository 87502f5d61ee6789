//! The alerts: found, looked at, judged; and what a false alarm teaches.
use crate::alert::{self, Alert, AlertState, STEPS, Step, columns};
use crate::brakes;
use crate::sealer::{number, random_id};
use crate::settings::Of;
use crate::{Raised, Rule, Watch, WatchError, head};
use dancu_storage::{Tx, Value};

/// Which alerts a list gives; what is none is not asked.
#[derive(Clone, Debug, Default)]
pub struct AlertQuery {
    /// In this state
    pub state: Option<AlertState>,
    /// Of this rule
    pub rule: Option<Rule>,
    /// About this organisation
    pub organisation: Option<String>,
    /// About this account
    pub account: Option<String>,
    /// Below this number: the next page
    pub before: Option<u64>,
}

const LIST: &str = columns!(
    "WHERE number < $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR rule = $3) \
     AND ($4 = '' OR organisation = $4) AND ($5 = '' OR account = $5) ORDER BY number DESC LIMIT $6"
);

/// The same of one organisation, by its index.
const LIST_OF: &str = columns!(
    "WHERE organisation = $4 AND number < $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR rule = $3) \
     AND ($5 = '' OR account = $5) ORDER BY number DESC LIMIT $6"
);

impl Watch {
    /// Alerts, the newest first. Blocks.
    pub fn alerts(&self, query: &AlertQuery, limit: u32) -> Result<Vec<Alert>, WatchError> {
        let text = |text: Option<&str>| Value::from(text.unwrap_or_default());
        let parameters = [
            number(query.before.unwrap_or(i64::MAX.unsigned_abs()))?.into(),
            text(query.state.map(AlertState::name)),
            text(query.rule.map(Rule::name)),
            text(query.organisation.as_deref()),
            text(query.account.as_deref()),
            limit.into(),
        ];
        let inner = &self.inner;
        let sql = if query.organisation.is_some() { LIST_OF } else { LIST };
        let rows = inner.store.read("watch.alerts", |tx| tx.query(sql, &parameters))?;
        rows.iter().map(|row| alert::open(row, &inner.sealer)).collect()
    }

    /// One alert. Blocks.
    pub fn alert(&self, alert: u64) -> Result<Option<Alert>, WatchError> {
        let parameters = [number(alert)?.into()];
        let sql = columns!("WHERE number = $1");
        let row = self.inner.store.read("watch.alert", |tx| tx.query_opt(sql, &parameters))?;
        row.map(|row| alert::open(&row, &self.inner.sealer)).transpose()
    }

    /// What became of an alert, the first step first. Blocks.
    pub fn steps(&self, alert: u64) -> Result<Vec<Step>, WatchError> {
        let parameters = [number(alert)?.into()];
        let rows = self.inner.store.read("watch.steps", |tx| {
            tx.query(
                "SELECT step, from_state, to_state, at_us, who, note FROM watch_alert_step \
                 WHERE alert = $1 ORDER BY step",
                &parameters,
            )
        })?;
        let state = |name: &str| AlertState::from_name(name).ok_or(WatchError::Damaged(STEPS));
        let steps = rows.iter().map(|row| {
            let place = format!("{alert}/{}", row.int(0)?);
            let open = |field, sealed| self.inner.sealer.open_text(STEPS, &place, field, sealed);
            Ok(Step {
                from: state(row.text(1)?)?,
                to: state(row.text(2)?)?,
                at_us: row.int(3)?,
                by: open("who", row.bytes(4)?)?,
                note: open("note", row.bytes(5)?)?,
            })
        });
        steps.collect()
    }

    /// How many alerts are in each state, notes left out: what waits on the work list. Blocks.
    pub fn alert_counts(&self) -> Result<Vec<(AlertState, u64)>, WatchError> {
        let rows = self.inner.store.read("watch.counts", |tx| {
            tx.query("SELECT state, COUNT(*) FROM watch_alert WHERE action <> 'note' GROUP BY state", &[])
        })?;
        let of = |row: &dancu_storage::Row| {
            let state = AlertState::from_name(row.text(0)?).ok_or(WatchError::Damaged(alert::TABLE))?;
            Ok((state, row.number(1)?))
        };
        rows.iter().map(of).collect()
    }

    /// How many alerts are in each state, notes among them, of one organisation or of all. Blocks.
    pub fn counts_of(&self, organisation: Option<&str>) -> Result<Vec<(AlertState, u64)>, WatchError> {
        let rows = self.inner.store.read("watch.counts_of", |tx| match organisation {
            Some(id) => tx.query(
                "SELECT state, COUNT(*) FROM watch_alert WHERE organisation = $1 GROUP BY state",
                &[id.into()],
            ),
            None => tx.query("SELECT state, COUNT(*) FROM watch_alert GROUP BY state", &[]),
        })?;
        let of = |row: &dancu_storage::Row| {
            let state = AlertState::from_name(row.text(0)?).ok_or(WatchError::Damaged(alert::TABLE))?;
            Ok((state, row.number(1)?))
        };
        rows.iter().map(of).collect()
    }

    /// Somebody looks, or looks again: a false alarm's lesson is taken back then. Blocks.
    pub fn look_at(&self, alert: u64, by: &str, note: &str, now_us: i64) -> Result<(), WatchError> {
        self.judge(alert, AlertState::LookedAt, by, note, now_us)
    }

    /// It is what it looks like. Blocks.
    pub fn confirm(&self, alert: u64, by: &str, note: &str, now_us: i64) -> Result<(), WatchError> {
        self.judge(alert, AlertState::Confirmed, by, note, now_us)
    }

    /// There was nothing. The threshold of this rule is raised, for whom it was counted by, for a time that the settings give; a
    /// brake of this alert is released. Blocks.
    pub fn mark_false(&self, alert: u64, by: &str, note: &str, now_us: i64) -> Result<(), WatchError> {
        self.judge(alert, AlertState::FalseAlarm, by, note, now_us)
    }

    fn judge(
        &self,
        alert: u64,
        next: AlertState,
        by: &str,
        note: &str,
        now_us: i64,
    ) -> Result<(), WatchError> {
        let key = number(alert)?;
        let raised_id = random_id()?;
        let lesson = self.inner.base.lesson();
        let until_us = now_us + i64::from(lesson.days) * 86_400_000_000;
        self.inner.store.run_tx("watch.judge", |tx| {
            let row = tx.query_opt(columns!("WHERE number = $1"), &[key.into()])?;
            let row = row.ok_or(WatchError::Unknown("alert"))?;
            let found = alert::open(&row, &self.inner.sealer)?;
            if !found.state.may_become(next) {
                return Err(WatchError::Step(found.state.name(), next.name()));
            }
            self.add_step(tx, &found, next, by, note, now_us)?;
            tx.execute(
                "UPDATE watch_alert SET state = $2, state_at_us = $3 WHERE number = $1",
                &[key.into(), next.name().into(), now_us.into()],
            )?;
            if next == AlertState::FalseAlarm {
                let raised = Raised {
                    percent: lesson.percent,
                    from_entry: head::changed(tx)?,
                    until_entry: None,
                    until_us,
                };
                add_raised(tx, &raised_id, &found, &raised)?;
                brakes::release(tx, &self.inner.sealer, alert, by, note, now_us)?;
            }
            if found.state == AlertState::FalseAlarm {
                let position = number(head::changed(tx)?)?;
                tx.execute(
                    "UPDATE watch_raised SET undone_entry = $2 WHERE alert = $1 AND undone_entry IS NULL",
                    &[key.into(), position.into()],
                )?;
            }
            Ok(())
        })?;
        self.refresh(now_us).map(drop)
    }

    fn add_step(
        &self,
        tx: &mut Tx<'_>,
        found: &Alert,
        next: AlertState,
        by: &str,
        note: &str,
        now_us: i64,
    ) -> Result<(), WatchError> {
        let key = number(found.number)?;
        let sql = "SELECT COALESCE(MAX(step), 0) FROM watch_alert_step WHERE alert = $1";
        let last = tx.query_opt(sql, &[key.into()])?.map_or(Ok(0), |row| row.int(0))?;
        let place = format!("{key}/{}", last + 1);
        let seal = |field, text: &str| self.inner.sealer.seal(STEPS, &place, field, text.as_bytes());
        tx.execute(
            "INSERT INTO watch_alert_step (alert, step, from_state, to_state, at_us, who, note) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                key.into(),
                (last + 1).into(),
                found.state.name().into(),
                next.name().into(),
                now_us.into(),
                seal("who", by)?.into(),
                seal("note", note)?.into(),
            ],
        )?;
        Ok(())
    }

    /// Takes the persons out of judged alerts that were made before a time; the entries still name them to who may open those. Gives
    /// how many. Blocks.
    pub fn forget_persons(&self, before_us: i64) -> Result<u64, WatchError> {
        Ok(self.inner.store.run_tx("watch.forget", |tx| {
            tx.execute(
                "UPDATE watch_alert SET about = NULL WHERE at_us < $1 AND about IS NOT NULL \
                 AND state IN ('false_alarm', 'confirmed')",
                &[before_us.into()],
            )
        })?)
    }
}

/// Whose threshold a false alarm raises: the person's where the rule counts by person, else the account's or system's.
fn whose(found: &Alert) -> Of {
    match (found.rule, found.subject) {
        (Rule::OnePerson | Rule::Guessing, Some(person)) => Of::Person(person),
        _ => Of::actor(&found.who),
    }
}

fn add_raised(tx: &mut Tx<'_>, id: &str, found: &Alert, raised: &Raised) -> Result<(), WatchError> {
    let (kind, whose) = match whose(found) {
        Of::Account(id) => ("account", id.as_bytes().to_vec()),
        Of::System(id) => ("system", id.as_bytes().to_vec()),
        Of::Person(hash) => ("person", hash.to_vec()),
    };
    tx.execute(
        "INSERT INTO watch_raised (id, alert, rule, kind, whose, percent, from_entry, until_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            number(found.number)?.into(),
            found.rule.name().into(),
            kind.into(),
            whose.into(),
            raised.percent.into(),
            number(raised.from_entry)?.into(),
            raised.until_us.into(),
        ],
    )?;
    Ok(())
}
