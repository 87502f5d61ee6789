#![doc = include_str!("../README.md")]

mod check;
mod error;
mod forms;
mod page;
mod paper;
mod parts;
pub mod sign;
mod text;
pub mod xlsx;

pub use check::{Fault, Problem};
pub use error::PaperError;
pub use forms::*;
#[doc(hidden)]
pub use paper::Composition;
pub use paper::{Form, Paper, SignatureField, render};
