//! What the store lays over the file: editions of rules, raised thresholds, lists; each from an entry on.
use crate::lists::{List, Stay};
use crate::sealer::{Sealer, number, random_id};
use crate::settings::{Edition, Of, Raised};
use crate::{Rule, Setting, Settings, Watch, WatchError, head};
use dancu_journal::subject_hash;
use dancu_storage::{Row, Tx};
use std::fmt;

pub(crate) const RULES: &str = "watch_rule";
pub(crate) const PROPOSALS: &str = "watch_proposal";
const LISTED: &str = "watch_listed";

/// A setting that somebody put in. `Debug` shows neither who nor why.
#[derive(Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// The setting
    pub setting: Setting,
    /// First entry that it judges
    pub from_entry: u64,
    /// When it was put in, microseconds since 1970
    pub at_us: i64,
    /// By whom; of a proposal, who proposed it
    pub by: String,
    /// Why
    pub why: String,
    /// Who put it into force, where that was another person
    pub enacted_by: Option<String>,
}

/// A person on a list. `Debug` shows nothing of her.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    /// Id, to take her off by
    pub id: String,
    /// Her number
    pub number: String,
    /// Who she is
    pub note: String,
    /// Who put her on the list
    pub by: String,
    /// When, microseconds since 1970
    pub at_us: i64,
}

impl fmt::Debug for RuleChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleChange").field("from_entry", &self.from_entry).finish_non_exhaustive()
    }
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Watch {
    /// Sets a rule anew, from `setting.valid_from` on and for entries that are not judged yet. What it was stays on record. Blocks.
    pub fn put_rule(
        &self,
        rule: Rule,
        setting: &Setting,
        by: &str,
        why: &str,
        now_us: i64,
    ) -> Result<(), WatchError> {
        setting.check(rule)?;
        let id = random_id()?;
        let json = serde_json::to_vec(setting).map_err(|_| WatchError::Internal("a setting as JSON"))?;
        let seal = |field, text: &[u8]| self.inner.sealer.seal(RULES, &id, field, text);
        let sealed = [seal("setting", &json)?, seal("who", by.as_bytes())?, seal("why", why.as_bytes())?];
        self.inner.store.run_tx("watch.put_rule", |tx| put(tx, &id, rule, &sealed, now_us))?;
        self.refresh(now_us).map(drop)
    }

    /// What was put in for a rule, the first first; the file's own editions are in [`Watch::settings`]. Blocks.
    pub fn rule_history(&self, rule: Rule) -> Result<Vec<RuleChange>, WatchError> {
        let rows = self.inner.store.read("watch.rule_history", |tx| {
            tx.query(
                "SELECT r.id, r.rule, r.from_entry, r.setting, r.at_us, r.who, r.why, p.decided_by \
                 FROM watch_rule r LEFT JOIN watch_proposal p ON p.id = r.id WHERE r.rule = $1 \
                 ORDER BY r.from_entry, r.at_us, r.id",
                &[rule.name().into()],
            )
        })?;
        let sealer = &self.inner.sealer;
        let change = |row: &Row| {
            let id = row.text(0)?;
            Ok(RuleChange {
                setting: setting(row, sealer)?,
                from_entry: row.number(2)?,
                at_us: row.int(4)?,
                by: sealer.open_text(RULES, id, "who", row.bytes(5)?)?,
                why: sealer.open_text(RULES, id, "why", row.bytes(6)?)?,
                enacted_by: row
                    .opt_bytes(7)?
                    .map(|sealed| sealer.open_text(PROPOSALS, id, "decided_by", sealed))
                    .transpose()?,
            })
        };
        rows.iter().map(change).collect()
    }

    /// Puts a person on a list, by the number in force, for entries that are not judged yet; gives the id. Blocks.
    pub fn put_listed(
        &self,
        list: List,
        person: &str,
        note: &str,
        by: &str,
        now_us: i64,
    ) -> Result<String, WatchError> {
        let id = random_id()?;
        let subject = subject_hash(&self.inner.sealer.0, person);
        let seal = |field, text: &str| self.inner.sealer.seal(LISTED, &id, field, text.as_bytes());
        let sealed = [seal("number", person)?, seal("note", note)?, seal("who", by)?];
        self.inner.store.run_tx("watch.put_listed", |tx| {
            let from_entry = number(head::changed(tx)?)?;
            let [person, note, who] = &sealed;
            tx.execute(
                "INSERT INTO watch_listed (id, list, subject, from_entry, number, note, who, at_us) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    (&id).into(),
                    list.name().into(),
                    subject.into(),
                    from_entry.into(),
                    person.into(),
                    note.into(),
                    who.into(),
                    now_us.into(),
                ],
            )?;
            Ok::<_, WatchError>(())
        })?;
        self.refresh(now_us)?;
        Ok(id)
    }

    /// Takes a person off a list. Blocks.
    pub fn take_off(&self, id: &str, now_us: i64) -> Result<(), WatchError> {
        self.inner.store.run_tx("watch.take_off", |tx| {
            let until_entry = number(head::changed(tx)?)?;
            let sql = "UPDATE watch_listed SET until_entry = $2 WHERE id = $1 AND until_entry IS NULL";
            match tx.execute(sql, &[id.into(), until_entry.into()])? {
                0 => Err(WatchError::Unknown("person on a list")),
                _ => Ok(()),
            }
        })?;
        self.refresh(now_us).map(drop)
    }

    /// Who is on a list. Whoever shows this writes it down first. Blocks.
    pub fn listed(&self, list: List) -> Result<Vec<Listed>, WatchError> {
        let rows = self.inner.store.read("watch.listed", |tx| {
            tx.query(
                "SELECT id, number, note, who, at_us FROM watch_listed \
                 WHERE list = $1 AND until_entry IS NULL ORDER BY at_us, id",
                &[list.name().into()],
            )
        })?;
        let listed = rows.iter().map(|row| {
            let id = row.text(0)?;
            let open = |field, sealed| self.inner.sealer.open_text(LISTED, id, field, sealed);
            Ok(Listed {
                id: id.to_owned(),
                number: open("number", row.bytes(1)?)?,
                note: open("note", row.bytes(2)?)?,
                by: open("who", row.bytes(3)?)?,
                at_us: row.int(4)?,
            })
        });
        listed.collect()
    }
}

/// Lays over the file what the tables hold.
pub(crate) fn load(tx: &mut Tx<'_>, base: &Settings, sealer: &Sealer) -> Result<Settings, WatchError> {
    let mut settings = base.clone();
    for row in tx.query("SELECT id, rule, from_entry, setting FROM watch_rule ORDER BY at_us, id", &[])? {
        let rule = Rule::from_name(row.text(1)?).ok_or(WatchError::Damaged(RULES))?;
        let setting = setting(&row, sealer)?;
        settings.put(rule, Edition { from_entry: row.number(2)?, setting })?;
    }
    let raised = "SELECT rule, kind, whose, percent, from_entry, until_us, undone_entry FROM watch_raised \
                  ORDER BY from_entry, id";
    for row in tx.query(raised, &[])? {
        let rule = Rule::from_name(row.text(0)?).ok_or(WatchError::Damaged("watch_raised"))?;
        settings.raise(
            rule,
            whose(&row)?,
            Raised {
                percent: row.number(3)?,
                from_entry: row.number(4)?,
                until_us: row.int(5)?,
                until_entry: row.opt_number(6)?,
            },
        );
    }
    for row in tx.query("SELECT list, subject, from_entry, until_entry FROM watch_listed", &[])? {
        let list = List::from_name(row.text(0)?).ok_or(WatchError::Damaged(LISTED))?;
        let stay = Stay { list, from_entry: row.number(2)?, until_entry: row.opt_number(3)? };
        settings.lists.put(row.array(1)?, stay);
    }
    Ok(settings)
}

/// Puts a sealed setting in: the setting, who, why; for entries that are not judged yet.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    id: &str,
    rule: Rule,
    [setting, who, why]: &[Vec<u8>; 3],
    now_us: i64,
) -> Result<(), WatchError> {
    let from_entry = number(head::changed(tx)?)?;
    tx.execute(
        "INSERT INTO watch_rule (id, rule, from_entry, at_us, setting, who, why) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            rule.name().into(),
            from_entry.into(),
            now_us.into(),
            setting.into(),
            who.into(),
            why.into(),
        ],
    )?;
    Ok(())
}

fn setting(row: &Row, sealer: &Sealer) -> Result<Setting, WatchError> {
    let json = sealer.open(RULES, row.text(0)?, "setting", row.bytes(3)?)?;
    serde_json::from_slice(&json).map_err(|_| WatchError::Damaged(RULES))
}

fn whose(row: &Row) -> Result<Of, WatchError> {
    let text = || {
        let id = std::str::from_utf8(row.bytes(2)?).map_err(|_| WatchError::Damaged("watch_raised"))?;
        Ok::<_, WatchError>(id.into())
    };
    match row.text(1)? {
        "account" => Ok(Of::Account(text()?)),
        "system" => Ok(Of::System(text()?)),
        "person" => Ok(Of::Person(row.array(2)?)),
        _ => Err(WatchError::Damaged("watch_raised")),
    }
}
