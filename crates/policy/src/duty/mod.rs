//! Who may do what to whose things in the console: one pure function over one table.
//!
//! Roles are not all: whoever asked for a thing or did an earlier step never approves it. Within one role that is
//! [`Relation::Myself`]; between two accounts the caller compares who did the earlier step.
mod action;
mod matrix;
mod role;
mod table;

pub use action::{Action, Area};
pub use role::{AccountKind, Seat, StaffRole};
pub use table::markdown;

use dancu_citizen::named;

named! {
    /// How a person stands to a thing.
    Relation {
        /// It is of the person's own organisation
        Own = "own",
        /// It is of another organisation
        Other = "other",
        /// It is of no organisation: of the managing body, or of all
        None = "none",
        /// It is the person's own account, or waits for a decision on what the person asked for
        Myself = "self",
    }
}

named! {
    /// What becomes of it.
    Ruling {
        /// Done
        Allowed = "allowed",
        /// Not done, and said so (403)
        Refused = "refused",
        /// Not done, and the thing is not there for this person (404)
        Hidden = "hidden",
    }
}

impl Relation {
    /// The relation of a person of `organisation` (none: of the managing body) to a thing of the organisation `thing`;
    /// `myself` when it is the person's own account or what the person asked for.
    pub fn of(organisation: Option<&str>, thing: Option<&str>, myself: bool) -> Self {
        match (organisation, thing) {
            _ if myself => Self::Myself,
            (_, None) => Self::None,
            (Some(own), Some(thing)) if own == thing => Self::Own,
            (_, Some(_)) => Self::Other,
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Own => 'o',
            Self::Other => 'x',
            Self::None => 'n',
            Self::Myself => 's',
        }
    }
}

/// Whether a role may do this to a thing in this relation. What a role may not do to a thing that it may read is refused;
/// a thing that it may not read is hidden, whatever it asks.
pub fn may(role: StaffRole, action: Action, relation: Relation) -> Ruling {
    if allowed(role, action, relation) {
        Ruling::Allowed
    } else if allowed(role, Action::read_of(action.area()), relation) {
        Ruling::Refused
    } else {
        Ruling::Hidden
    }
}

/// The best that any of an account's roles gives; hidden without a role.
pub fn may_any(roles: &[StaffRole], action: Action, relation: Relation) -> Ruling {
    let rulings = roles.iter().map(|role| may(*role, action, relation));
    // In the order of the enum the first is the best.
    rulings.min().unwrap_or(Ruling::Hidden)
}

fn allowed(role: StaffRole, action: Action, relation: Relation) -> bool {
    let row = matrix::MATRIX.get(action as usize).filter(|(of, _)| *of == action);
    let letters = row.and_then(|(_, roles)| roles.get(role as usize));
    letters.is_some_and(|letters| letters.contains(relation.letter()))
}
