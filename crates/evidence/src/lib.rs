#![doc = include_str!("../README.md")]

mod archive;
mod collect;
mod error;
mod facts;
mod kept;
mod manifest;
mod schema;
mod scope;
mod summary;
mod verify;

pub use archive::MIME_TYPE;
pub use collect::{Ask, Found, Members, Sources, collect, find, seal};
pub use error::{EvidenceError, NotEvidence};
pub use facts::{
    AlertFacts, By, Counts, DocumentFacts, Facts, InForce, Line, LogFacts, OrderFacts, PartsFacts, StepFacts,
    time as rfc3339,
};
pub use kept::{Asks, Evidences, Kept, KeptState, New, Options, Stamping};
pub use schema::MIGRATIONS;
pub use scope::{Of, Scope, part_from_name, part_name};
pub use verify::{Verified, verify};
