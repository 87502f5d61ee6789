#![doc = include_str!("../README.md")]

mod campaigns;
mod departure;
mod drive;
mod error;
mod events;
mod history;
mod idle;
mod image;
mod import;
mod listing;
mod quota;
mod registered;
mod reseal;
mod review;
mod rules;
mod schema;
mod sealed;
mod state;
pub mod table;
pub mod texts;
mod tick;
mod wire;

pub use campaigns::{Campaigns, Reach};
pub use departure::{Departure, DepartureState, Destination, NewDeparture};
pub use drive::{
    Counts, Drive, DriveReport, DriveState, Letter, Missing, Standing, Unit, UnitFault, UnitList,
    UnitStanding,
};
pub use error::{CampaignError, Refusal};
pub use events::{Event, News};
pub use history::{Deed, HistoryLine};
pub use image::Image;
pub use import::{AccountTable, Content, ImportState, ImportSummary, OneAccount, PlanRow, Put, RowKind};
pub use listing::{AccountFind, Listed, level_of};
pub use quota::{QuotaAsk, QuotaRequest, QuotaState};
pub use registered::Registered;
pub use review::{
    AccountChange, AccountFacts, Action, Decide, Decided, Decision, FactSource, FactsWanted, JournalFacts,
    NewReview, Opening, Progress, ReportRow, Review, ReviewReport, ReviewRow, ReviewState, RowState, Scope,
};
pub use rules::{Level, Reminded, Rules, RulesError, Threshold};
pub use tick::Ticked;
