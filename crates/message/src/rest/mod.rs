//! JSON over REST: one request or a batch of up to 1,000, answers, and RFC 9457 problems.
mod answer;
mod batch;
mod citizen;
mod problem;
mod request;
mod schema;

pub use answer::{Reply, encode};
pub use batch::{BATCH_MAX, Body, Item};
pub use citizen::{
    AbsenceValue, AddressValue, CardValue, CitizenAnswer, CodedValue, ContactValue, DeathValue,
    HouseholdValue, RelativeValue, StateValue, Valued,
};
pub use problem::Problem;
pub use schema::{
    BatchAnswer, BatchItem, CitizenClaim, FieldAnswer, FieldAnswers, LookUpAnswer, LookUpBatch,
    LookUpRequest, VerificationAnswer, VerificationBatch, VerificationRequest,
};

use crate::{Request, Service, WireError};
use dancu_citizen::CivilDate;

/// Reads the body of a call to a service: one request, or a batch (`{"items": […]}`).
/// `today` is the day that no birth date may lie after.
pub fn decode(body: &[u8], service: Service, today: CivilDate) -> Result<Body, WireError> {
    batch::body(crate::json::parse(body)?, service, today)
}

/// Reads the body of a call that is one verification.
pub fn decode_verification(body: &[u8], today: CivilDate) -> Result<Request, WireError> {
    request::read(crate::json::parse(body)?, Service::Verify, "", today)
}

/// Reads the body of a call that is one look-up.
pub fn decode_look_up(body: &[u8], today: CivilDate) -> Result<Request, WireError> {
    request::read(crate::json::parse(body)?, Service::LookUp, "", today)
}
