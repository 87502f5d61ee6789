#![doc = include_str!("../README.md")]

mod answer;
mod congdan;
mod error;
mod field_name;
mod input;
mod json;
pub mod qcvn109;
mod request;
pub mod rest;
pub mod soap;
mod xml;

pub use answer::{Answer, LookUp, Outcome, Refusal, Verification};
pub use error::WireError;
pub use request::{Form, Request, Service, integration_code};
pub use xml::XmlLimits;
