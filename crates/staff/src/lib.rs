#![doc = include_str!("../README.md")]

mod account;
mod accounts;
mod device;
mod emergency;
mod error;
mod factor;
mod history;
mod keep;
mod law;
mod password;
mod reseal;
mod schema;
mod sealed;
mod session;
mod sign_in;
mod staff;
mod token;
pub mod totp;

pub use account::{Account, AccountState, Lock, LockWhy};
pub use accounts::{Details, Handed, Login, NewAccount, Reset, Scope};
pub use device::Device;
pub use emergency::{Emergency, EmergencyState};
pub use error::{PasswordFault, StaffError};
pub use factor::{Challenge, Enrolled, Factors, Holder, PasskeyEntry, Proof, Proven, TotpEnrolment};
pub use history::{Before, Change, ChangeEntry, Factor, Outcome, SignInEntry};
pub use keep::Kept;
pub use law::{Rule, StaffLaw, StaffLawError, StaffRules};
pub use schema::MIGRATIONS;
pub use session::{Ended, NewSession, Session, SessionEntry};
pub use sign_in::{SignIn, Step, Visitor};
pub use staff::{Console, Staff};
