#![doc = include_str!("../README.md")]

mod act;
mod alert;
mod alerts;
mod brakes;
mod dry;
pub mod engine;
mod error;
mod finding;
mod follow;
pub mod guess;
mod head;
mod lists;
mod metrics;
mod overlay;
mod read;
mod reseal;
mod rule;
mod schema;
mod sealer;
mod seen;
mod setting;
mod state;
mod watch;
mod worker;
mod world;

pub use act::{Act, Deed, Hands};
pub use alert::{Alert, AlertState, Step};
pub use alerts::AlertQuery;
pub use brakes::{Braked, Brakes};
pub use dry::DryRun;
pub use engine::Engine;
pub use error::WatchError;
pub use finding::{EVIDENCE, Finding};
pub use follow::{Follower, Stepped};
pub use lists::List;
pub use overlay::{Listed, RuleChange};
pub use rule::{Action, Level, Rule};
pub use seen::{Case, Ended, Kin, Number, Seen, Service, Who};
pub use setting::{
    Edition, GuessSetting, Lesson, MAX_DAMPENING, MAX_THRESHOLD, Of, Raised, Setting, SettingError, Settings,
};
pub use watch::{Options, Parts, Watch};
pub use worker::{Clock, Running};
pub use world::{Cases, Family, NoCases, Officer, World};
