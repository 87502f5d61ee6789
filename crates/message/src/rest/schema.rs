//! The shapes of the bodies, as `OpenAPI` describes them and clients build them.
use super::{CitizenAnswer, Problem};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// What is said about the citizen
// Its `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CitizenClaim {
    /// Personal identification number, 12 digits
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "001185000017", pattern = r"^\d{12}$")]
    pub personal_id: Option<String>,
    /// Old identity card number, 9 digits; one of the two numbers is mandatory
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "012345678", pattern = r"^\d{9}$")]
    pub id_card_number: Option<String>,
    /// Full name, with marks or without, with spaces or without
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Trần Thị Thúy Hòa", required = true)]
    pub full_name: Option<String>,
    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; `YYYYMMDD` is read too. Mandatory for a look-up
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1985-04-30")]
    pub birth_date: Option<String>,
    /// `male`, `female`; `1` and `2` are read too, `0` says nothing
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "female")]
    pub sex: Option<String>,
}

impl fmt::Debug for CitizenClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenClaim(…)")
    }
}

macro_rules! request {
    ($(#[$doc:meta])* $name:ident, $fields:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The caller's own number of the request: 1 to 64 printable ASCII characters, new for each call
            #[schema(example = "1763620000123", min_length = 1, max_length = 64)]
            pub request_id: String,
            /// Code of the procedure or registered purpose
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(example = "1.004227", max_length = 64)]
            pub purpose: Option<String>,
            /// Number of the case in hand
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(max_length = 64)]
            pub case_number: Option<String>,
            /// The officer's personal identification number or registered name
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(example = "001080000024", max_length = 60)]
            pub officer: Option<String>,
            /// The officer's account
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(example = "nguyenvana.stttt", max_length = 60)]
            pub account: Option<String>,
            /// Code of the agency (Decision 20/2020)
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(example = "H55.242", max_length = 35)]
            pub agency_code: Option<String>,
            /// The officer's telephone
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[schema(max_length = 20)]
            pub phone: Option<String>,
            /// What is said about the citizen
            pub citizen: CitizenClaim,
            #[doc = $fields]
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub fields: Option<Vec<String>>,
        }
    };
}

request!(
    /// Are these data of a citizen right?
    VerificationRequest,
    "Fields to verify; none means all that were sent"
);
request!(
    /// What are the agreed data of this citizen?
    LookUpRequest,
    "Fields to release; none means the agreed ones that are not sensitive. Sensitive fields are named one by one"
);

/// Up to 1,000 verifications
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VerificationBatch {
    /// The requests
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<VerificationRequest>,
}

/// Up to 1,000 look-ups
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LookUpBatch {
    /// The requests
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<LookUpRequest>,
}

/// The verdict on one field
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldAnswer {
    /// `match`, `match_unaccented`, `near`, `mismatch`, `not_on_record`, `not_asked`, `not_allowed`
    pub verdict: String,
    /// Why, for example `equal`, `year_only`, `different`
    pub reason: String,
}

/// The verdicts
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldAnswers {
    /// Personal identification number
    pub personal_id: FieldAnswer,
    /// Old identity card number
    pub id_card_number: FieldAnswer,
    /// Full name
    pub full_name: FieldAnswer,
    /// Birth date
    pub birth_date: FieldAnswer,
    /// Sex
    pub sex: FieldAnswer,
}

/// Answer to a verification
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerificationAnswer {
    /// As sent
    pub request_id: String,
    /// Names this call in the journal and in the logs
    pub correlation_id: String,
    /// `verified`, `mismatch`, `not_found`, `not_usable`
    pub outcome: String,
    /// Verified by the rule of the agreement
    pub verified: bool,
    /// The live service's `TonTai`: number, name and birth date all agree
    pub exists: bool,
    /// Verdict per field; none where there is no such person
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<FieldAnswers>,
}

/// Answer to a look-up
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookUpAnswer {
    /// As sent
    pub request_id: String,
    /// Names this call in the journal and in the logs
    pub correlation_id: String,
    /// `verified`, `mismatch`, `not_found`, `not_usable`
    pub outcome: String,
    /// The fields released; one that is released and not in `citizen` is not on record
    pub released: Vec<String>,
    /// The released data; none unless the outcome is `verified`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizen: Option<Box<CitizenAnswer>>,
}

/// One result of a batch: an answer of type `T`, or a problem
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchItem<T> {
    /// Place in the batch, from 0
    pub index: usize,
    /// As sent, where it could be read
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Number of the request's own journal entry
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<u64>,
    /// Status that the request alone would have had
    pub status: u16,
    /// The answer
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub answer: Option<T>,
    /// Why there is none
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Results of a batch, in the order of its requests
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchAnswer<T> {
    /// One result per request
    pub items: Vec<BatchItem<T>>,
}
