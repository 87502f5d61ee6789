//! "What waits for me", and finding matters by what is not personal.
use crate::GovernanceError;
use crate::fold::fold;
use crate::governance::{Done, Governance};
use crate::kind::{Kind, State};
use crate::matter::Matter;
use crate::rows::{self, NEVER, select_matter};
use dancu_policy::duty::Action;
use dancu_storage::{Tx, Value};

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Matters, the most urgent first
    pub matters: Vec<Matter>,
    /// Hand it over to get the next page; none at the end
    pub next: Option<(i64, String)>,
}

/// What to find. Empty finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// Kind
    pub kind: Option<Kind>,
    /// State
    pub state: Option<State>,
    /// Organisation, by id: whoever may see only its own is always given it
    pub organisation: Option<String>,
    /// System, by id
    pub system: Option<String>,
    /// Who began it: whoever may see only what they asked for themselves is always given it
    pub opened_by: Option<String>,
    /// Part of the names of organisation and system, without regard to marks and case
    pub text: String,
    /// Deadline not before, microseconds since the epoch
    pub due_from_us: Option<i64>,
    /// Deadline not after; what has none is not found then
    pub due_to_us: Option<i64>,
}

impl Governance {
    /// What waits for somebody with these duties, in one organisation or in all, by
    /// deadline; what has none comes last. A page begins after the deadline and id of the last one.
    pub fn work_list(
        &self,
        duties: &[Action],
        organisation: Option<&str>,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Work, GovernanceError> {
        let (due, id) = after.unwrap_or((i64::MIN, String::new()));
        self.store.read("governance.work_list", |tx| {
            let mut matters = Vec::new();
            // Each duty is a range of the index; the most urgent of all are among the most urgent of each.
            for duty in duties {
                matters.extend(waiting(tx, *duty, organisation, due, &id, limit)?);
            }
            Ok(page(matters, limit))
        })
    }

    /// Finds matters; pages as `work_list`.
    pub fn find(
        &self,
        find: &Find,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Work, GovernanceError> {
        let (due, id) = after.unwrap_or((i64::MIN, String::new()));
        let text = fold(&find.text);
        let any = String::new;
        let parameters: [Value; 11] = [
            due.into(),
            id.into(),
            limit.into(),
            find.kind.map_or("", Kind::name).into(),
            find.state.map_or("", State::name).into(),
            find.organisation.clone().unwrap_or_else(any).into(),
            find.system.clone().unwrap_or_else(any).into(),
            format!("%{text}%").into(),
            find.due_from_us.unwrap_or(i64::MIN).into(),
            find.due_to_us.unwrap_or(NEVER).into(),
            find.opened_by.clone().unwrap_or_else(any).into(),
        ];
        self.store.read("governance.find", |tx| {
            // Folded texts have letters, digits and spaces only: nothing in them means anything to LIKE.
            let sql = select_matter!(
                "WHERE (deadline_us > $1 OR (deadline_us = $1 AND id > $2)) AND ($4 = '' OR kind = $4)
                 AND ($5 = '' OR state = $5) AND ($6 = '' OR organisation = $6) AND ($7 = '' OR system = $7)
                 AND search LIKE $8 AND deadline_us >= $9 AND deadline_us <= $10
                 AND ($11 = '' OR opened_by = $11)
                 ORDER BY deadline_us, id LIMIT $3"
            );
            let rows = tx.query(sql, &parameters)?;
            Ok(page(rows.iter().map(rows::matter).collect::<Done<_>>()?, limit))
        })
    }
}

fn waiting(
    tx: &mut Tx<'_>,
    duty: Action,
    organisation: Option<&str>,
    due: i64,
    id: &str,
    limit: u32,
) -> Done<Vec<Matter>> {
    let mut parameters: Vec<Value> = vec![duty.name().into(), due.into(), id.into(), limit.into()];
    let sql = match organisation {
        None => select_matter!(
            "WHERE duty = $1 AND (deadline_us > $2 OR (deadline_us = $2 AND id > $3)) ORDER BY deadline_us, id LIMIT $4"
        ),
        Some(organisation) => {
            parameters.push(organisation.into());
            select_matter!(
                "WHERE organisation = $5 AND duty = $1 AND (deadline_us > $2 OR (deadline_us = $2 AND id > $3))
                 ORDER BY deadline_us, id LIMIT $4"
            )
        }
    };
    tx.query(sql, &parameters)?.iter().map(rows::matter).collect()
}

fn page(mut matters: Vec<Matter>, limit: u32) -> Work {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let key = |matter: &Matter| (matter.deadline_us.unwrap_or(NEVER), matter.id.clone());
    matters.sort_by_key(key);
    matters.dedup_by(|a, b| a.id == b.id);
    let full = matters.len() >= most;
    matters.truncate(most);
    let next = matters.last().map(key).filter(|_| full);
    Work { matters, next }
}
