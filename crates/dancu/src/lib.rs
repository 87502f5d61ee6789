#![doc = include_str!("../README.md")]
#![expect(missing_docs, reason = "the roof is a program; its library exists for its own tests")]

pub mod admin;
pub mod alarms;
pub mod beside;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod console;
pub mod demo;
pub mod evidence;
pub mod feed;
pub mod files;
pub mod journal;
pub mod keeping;
pub mod log;
pub mod pages;
pub mod pki;
pub mod pull;
pub mod server;
pub mod stamps;
pub mod verify;
