#![doc = include_str!("../README.md")]

mod answer;
mod candidates;
mod compare;
mod decide;
mod dirty;
mod engine;
pub mod estimate;
mod model;
mod people;
mod read;
mod reading;
mod row;
mod score;

pub use answer::{Action, Agreement, Answer, Reasons, Verdict};
pub use dirty::{Dirt, DirtyRow, Soiler};
pub use engine::{Engine, Likely, Normal, Side, Step};
pub use model::{Model, ModelError};
pub use people::{Doubt, MOST_SYLLABLES, MemoryPeople, People, Person, Written};
pub use row::{Column, Row};
