//! A matter, its steps and the versions of its content.
use crate::content::Content;
use crate::kind::{Kind, State, Step};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use std::fmt;

/// Something with a life of its own: a connection, an assessment, an order, a notice, a ticket. Nothing here says
/// anything about a person; what people wrote is in its content and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Id: 32 hexadecimal digits
    pub id: String,
    /// Kind
    pub kind: Kind,
    /// Matter that it belongs to
    pub parent: Option<String>,
    /// Organisation that it is about
    pub organisation: String,
    /// System that it is about
    pub system: Option<String>,
    /// Account that it is about
    pub account: Option<String>,
    /// What lists show: names of organisation and system
    pub label: String,
    /// When it began, microseconds since the epoch, as all times here
    pub opened_us: i64,
    /// Who began it: staff account, or `rule:NAME`
    pub opened_by: String,
    /// State
    pub state: State,
    /// Number of the last step
    pub step: u32,
    /// Counts its beginnings
    pub round: u32,
    /// Newest version of its content
    pub version: u32,
    /// Since when it is in its state
    pub since_us: i64,
    /// Last moment for the next step
    pub deadline_us: Option<i64>,
    /// Step that is waited for
    pub due_step: Option<Step>,
    /// Action that the step needs
    pub duty: Option<Action>,
    /// Staff account that took it on
    pub assignee: Option<String>,
}

impl Matter {
    /// The action that a step of this matter needs, where the data name `usual`: an order's depends on whom it stops, a
    /// finding's on whether an assessment or an inspection (`parent`) found it.
    pub fn duty_of(&self, parent: Option<Kind>, usual: Action) -> Action {
        match (self.kind, parent, usual) {
            (Kind::Halt, _, _) => crate::halt::duty(self, usual),
            (Kind::Finding, Some(Kind::Inspection), Action::ConnectionAssess) => Action::InspectionRecord,
            (Kind::Finding, Some(Kind::Inspection), Action::ConnectionWrite) => Action::InspectionRemedy,
            _ => usual,
        }
    }

    /// Whether the deadline has passed.
    pub fn is_overdue(&self, now_us: i64) -> bool {
        self.deadline_us.is_some_and(|deadline| now_us > deadline)
    }
}

/// A step that was taken. `Debug` does not show why.
#[derive(Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its number, from 1
    pub number: u32,
    /// Which
    pub step: Step,
    /// State before it
    pub from: Option<State>,
    /// State after it
    pub to: State,
    /// Round in which it was taken
    pub round: u32,
    /// Version of the content that it was about
    pub version: u32,
    /// Staff account, or `rule:NAME`
    pub by: String,
    /// When
    pub at_us: i64,
    /// Why
    pub why: String,
    /// Deadline that it set
    pub deadline_us: Option<i64>,
    /// Day of effect of the rule that allowed it: with kind and step it names the row of the data, and so the article
    pub valid_from: CivilDate,
    /// Number of its journal entry
    pub entry: Option<u64>,
    /// SHA-256 of the documents that lay on the table, hexadecimal
    pub documents: Vec<String>,
}

impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Taken")
            .field("number", &self.number)
            .field("step", &self.step)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// A version of the content of a matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Edition {
    /// Its number, from 1
    pub version: u32,
    /// Round in which it was written
    pub round: u32,
    /// Staff account, or `rule:NAME`
    pub by: String,
    /// When
    pub at_us: i64,
    /// Number of its journal entry
    pub entry: Option<u64>,
    /// What was written
    pub content: Content,
}
