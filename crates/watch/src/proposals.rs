//! Settings under four eyes: one person proposes a change of a rule, another puts it into force.
use crate::overlay::{self, PROPOSALS, RULES};
use crate::sealer::random_id;
use crate::{Rule, Setting, Watch, WatchError};
use dancu_storage::{Row, Tx};
use std::fmt;

/// How far a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// Nobody has decided
    Open,
    /// It is in force, or will be from its day on
    Enacted,
    /// It is not wanted
    Refused,
    /// Whoever proposed it has taken it back
    Withdrawn,
}

impl ProposalState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Enacted, Self::Refused, Self::Withdrawn];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Enacted => "enacted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What is decided on a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Put it into force
    Enact,
    /// Do not
    Refuse,
}

/// A setting that somebody proposed. `Debug` shows neither who nor any words.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Id
    pub id: String,
    /// The rule
    pub rule: Rule,
    /// How it is to be set, with its day of effect
    pub setting: Setting,
    /// When it was proposed, microseconds since 1970
    pub at_us: i64,
    /// By whom
    pub by: String,
    /// Why
    pub why: String,
    /// How far it is
    pub state: ProposalState,
    /// Who decided, when and in which words, once it is
    pub decided: Option<(String, i64, String)>,
}

impl fmt::Debug for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposal")
            .field("id", &self.id)
            .field("rule", &self.rule)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, rule, at_us, setting, who, why, state, decided_at_us, decided_by, decided_why \
             FROM watch_proposal ",
            $rest
        )
    };
}

impl Watch {
    /// Proposes a setting; nothing changes yet. Gives the proposal's id. Blocks.
    pub fn propose(
        &self,
        rule: Rule,
        setting: &Setting,
        by: &str,
        why: &str,
        now_us: i64,
    ) -> Result<String, WatchError> {
        setting.check(rule)?;
        let id = random_id()?;
        let [setting, who, why] = self.sealed(PROPOSALS, &id, setting, by, why)?;
        self.inner.store.run_tx("watch.propose", |tx| {
            tx.execute(
                "INSERT INTO watch_proposal (id, rule, at_us, setting, who, why, state) \
                 VALUES ($1, $2, $3, $4, $5, $6, 'open')",
                &[
                    (&id).into(),
                    rule.name().into(),
                    now_us.into(),
                    (&setting).into(),
                    (&who).into(),
                    (&why).into(),
                ],
            )
        })?;
        Ok(id)
    }

    /// Decides on a proposal; in force it judges the entries that are not judged yet, from its day of effect on. Whoever proposed it
    /// does not decide. Blocks.
    pub fn decide(
        &self,
        id: &str,
        decision: Decision,
        by: &str,
        words: &str,
        now_us: i64,
    ) -> Result<Rule, WatchError> {
        let state = match decision {
            Decision::Enact => ProposalState::Enacted,
            Decision::Refuse => ProposalState::Refused,
        };
        let rule = self.inner.store.run_tx("watch.decide", |tx| {
            let proposal = self.open_one(tx, id)?;
            if proposal.by == by {
                return Err(WatchError::SamePerson);
            }
            self.close(tx, id, state, by, words, now_us)?;
            if decision == Decision::Enact {
                proposal.setting.check(proposal.rule)?;
                let sealed = self.sealed(RULES, id, &proposal.setting, &proposal.by, &proposal.why)?;
                overlay::put(tx, id, proposal.rule, &sealed, now_us)?;
            }
            Ok(proposal.rule)
        })?;
        self.refresh(now_us)?;
        Ok(rule)
    }

    /// Takes a proposal back; only who made it may. Blocks.
    pub fn withdraw(&self, id: &str, by: &str, words: &str, now_us: i64) -> Result<Rule, WatchError> {
        self.inner.store.run_tx("watch.withdraw", |tx| {
            let proposal = self.open_one(tx, id)?;
            if proposal.by != by {
                return Err(WatchError::Unknown("proposal"));
            }
            self.close(tx, id, ProposalState::Withdrawn, by, words, now_us)?;
            Ok(proposal.rule)
        })
    }

    /// The proposals for a rule, the newest first, so many at most. Blocks.
    pub fn proposals(&self, rule: Rule, limit: u32) -> Result<Vec<Proposal>, WatchError> {
        let sql = columns!("WHERE rule = $1 ORDER BY at_us DESC, id LIMIT $2");
        let parameters = [rule.name().into(), limit.into()];
        let rows = self.inner.store.read("watch.proposals", |tx| tx.query(sql, &parameters))?;
        rows.iter().map(|row| self.opened(row)).collect()
    }

    /// One proposal. Blocks.
    pub fn proposal(&self, id: &str) -> Result<Option<Proposal>, WatchError> {
        let row = self
            .inner
            .store
            .read("watch.proposal", |tx| tx.query_opt(columns!("WHERE id = $1"), &[id.into()]))?;
        row.as_ref().map(|row| self.opened(row)).transpose()
    }

    fn open_one(&self, tx: &mut Tx<'_>, id: &str) -> Result<Proposal, WatchError> {
        let row = tx.query_opt(columns!("WHERE id = $1"), &[id.into()])?;
        let proposal = self.opened(&row.ok_or(WatchError::Unknown("proposal"))?)?;
        match proposal.state {
            ProposalState::Open => Ok(proposal),
            state => Err(WatchError::Decided(state.name())),
        }
    }

    fn close(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        state: ProposalState,
        by: &str,
        words: &str,
        now_us: i64,
    ) -> Result<(), WatchError> {
        let seal = |field, text: &str| self.inner.sealer.seal(PROPOSALS, id, field, text.as_bytes());
        tx.execute(
            "UPDATE watch_proposal SET state = $2, decided_at_us = $3, decided_by = $4, decided_why = $5 \
             WHERE id = $1 AND state = 'open'",
            &[
                id.into(),
                state.name().into(),
                now_us.into(),
                seal("decided_by", by)?.into(),
                seal("decided_why", words)?.into(),
            ],
        )?;
        Ok(())
    }

    /// Setting, who and why, sealed for a row of a table.
    fn sealed(
        &self,
        table: &'static str,
        id: &str,
        setting: &Setting,
        by: &str,
        why: &str,
    ) -> Result<[Vec<u8>; 3], WatchError> {
        let json = serde_json::to_vec(setting).map_err(|_| WatchError::Internal("a setting as JSON"))?;
        let seal = |field, text: &[u8]| self.inner.sealer.seal(table, id, field, text);
        Ok([seal("setting", &json)?, seal("who", by.as_bytes())?, seal("why", why.as_bytes())?])
    }

    fn opened(&self, row: &Row) -> Result<Proposal, WatchError> {
        let sealer = &self.inner.sealer;
        let id = row.text(0)?;
        let damaged = || WatchError::Damaged(PROPOSALS);
        let open = |field, sealed| sealer.open_text(PROPOSALS, id, field, sealed);
        let json = sealer.open(PROPOSALS, id, "setting", row.bytes(3)?)?;
        let decided = match (row.opt_int(7)?, row.opt_bytes(8)?, row.opt_bytes(9)?) {
            (Some(at_us), Some(by), Some(why)) => {
                Some((open("decided_by", by)?, at_us, open("decided_why", why)?))
            }
            _ => None,
        };
        Ok(Proposal {
            id: id.to_owned(),
            rule: Rule::from_name(row.text(1)?).ok_or_else(damaged)?,
            at_us: row.int(2)?,
            setting: serde_json::from_slice(&json).map_err(|_| damaged())?,
            by: open("who", row.bytes(4)?)?,
            why: open("why", row.bytes(5)?)?,
            state: ProposalState::from_name(row.text(6)?).ok_or_else(damaged)?,
            decided,
        })
    }
}
