#![doc = include_str!("../README.md")]

pub mod assets;
pub mod door;
pub mod icons;
pub mod lang;
pub mod page;
pub mod pages;
pub mod parts;
pub mod ui;

pub use dancu_catalogue::Lang;
pub use lang::Texts;
pub use page::{Section, Shell, User, html};
