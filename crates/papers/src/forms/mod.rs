//! The forms: typed data, their checks, their layout.
mod commitment;
mod disconnection;
mod record;
mod registration;
mod reminder;
mod report;
mod request;
mod review;
mod sample;

pub use crate::parts::{Issuer, Signatory};
pub use commitment::{Commitment, Representative};
pub use disconnection::{Disconnection, Measure, Scope};
pub use record::{AssessmentKind, AssessmentRecord, Finding, Member, Outcome};
pub use registration::{AccountRow, Contact, Registration};
pub use reminder::{Reminder, Standing, UnitRow};
pub use report::{Bar, Report, ReportPart, Signing};
pub use request::{ConnectionRequest, ServiceRow};
pub use review::{AccountState, Conclusion, ReviewResult, ReviewRow};

/// Days as `YYYY-MM-DD` where a form is kept as a draft.
pub(crate) mod day {
    use dancu_citizen::CivilDate;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(day: &CivilDate, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&day.iso())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<CivilDate, D::Error> {
        let text = String::deserialize(from)?;
        CivilDate::parse_iso(&text).map_err(serde::de::Error::custom)
    }
}

/// The same where a day may not be known.
pub(crate) mod day_option {
    use dancu_citizen::CivilDate;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde calls"
    )]
    pub(crate) fn serialize<S: Serializer>(day: &Option<CivilDate>, to: S) -> Result<S::Ok, S::Error> {
        day.map(CivilDate::iso).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CivilDate>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| CivilDate::parse_iso(&text).map_err(serde::de::Error::custom)).transpose()
    }
}
