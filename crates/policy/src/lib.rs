#![doc = include_str!("../README.md")]

mod agency;
mod deadline;
mod decide;
pub mod duty;
mod hours;
mod law;
mod model;
mod network;
mod rules;
mod workplace;

pub use agency::{AgencyCode, AgencyCodeError, lies_under};
pub use deadline::{Calendar, Deadlines, Term};
pub use decide::{Ask, Charge, Permit, Scope, decide, decide_carried, may_connect, may_enrol};
pub use hours::{Hours, HoursError, VietnamTime};
pub use law::{Law, LawError, LawRules};
pub use model::{
    Account, AccountState, Agreement, Duty, Grants, Id, Organisation, OrganisationState, Purpose, Role,
    Service, System, SystemState,
};
pub use network::{Network, NetworkError};
pub use rules::{Rules, SystemRules};
pub use workplace::{Workplace, may_work};
