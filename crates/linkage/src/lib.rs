#![doc = include_str!("../README.md")]

mod answer;
mod people;
mod read;
mod row;

pub use answer::{Action, Agreement, Answer, Reasons, Verdict};
pub use people::{Doubt, MOST_SYLLABLES, MemoryPeople, People, Person, Written};
pub use row::{Column, Row};
