#![doc = include_str!("../README.md")]

mod act;
mod assessment;
mod cases;
mod checks;
mod connection;
mod content;
mod deed;
mod document;
mod due;
mod error;
mod fold;
mod governance;
mod halt;
mod kind;
mod matter;
mod measure;
mod notice;
mod parts;
mod request;
mod reseal;
mod rows;
pub mod rules;
mod sandbox;
mod schema;
mod sealed;
mod tick;
mod work;

pub use assessment::Assessed;
pub use connection::Terms;
pub use content::{
    Assessment, Channel, Content, ErrorNotice, Evaluation, Exemption, Finding, Inspection, LevelFile,
    SubjectResult, Ticket,
};
pub use deed::{Actor, Deed};
pub use document::{Document, Upload};
pub use due::{Due, Stage};
pub use error::{GovernanceError, Problem, Wrong};
pub use governance::Governance;
pub use halt::{Halt, HaltAction, Order, Target};
pub use kind::{Check, Kind, State, Step};
pub use matter::{Edition, Matter, Taken};
pub use measure::{Measure, MeasureState};
pub use notice::Notice;
pub use request::{Contact, Request, RequestedPurpose, RequestedService, Technical};
pub use sandbox::{Progress, Sandbox, SandboxAccess, SandboxCall, Test, TestCase};
pub use schema::MIGRATIONS;
pub use tick::Event;
pub use work::{Find, Work};
