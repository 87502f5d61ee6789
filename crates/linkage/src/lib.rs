#![doc = include_str!("../README.md")]

mod answer;
mod row;

pub use answer::{Action, Agreement, Answer, Reasons, Verdict};
pub use row::{Column, Row};
