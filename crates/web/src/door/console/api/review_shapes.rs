//! The shapes of account reviews.
use super::accounts::AccountRow;
use super::shapes::{ByWhen, Day, Moment};
use dancu_campaign::{AccountFacts, Progress, ReportRow, Review, ReviewRow, RowState, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose accounts are reviewed
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReviewScope {
    /// All
    All,
    /// Those of these organisations
    Organisations(Vec<String>),
    /// Those of these systems
    Systems(Vec<String>),
}

/// A review that is called
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewCall {
    /// What it is called
    pub(super) title: String,
    /// Whose accounts
    pub(super) scope: ReviewScope,
    /// First day
    pub(super) opens: Day,
    /// Last day
    pub(super) deadline: Day,
    /// First day of the period whose look-ups are counted
    pub(super) facts_from: Day,
}

/// A review
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewSummary {
    /// Id
    pub(super) id: String,
    /// How far it is
    pub(super) state: &'static str,
    /// What it is called
    pub(super) title: String,
    /// Whose accounts
    pub(super) scope: ReviewScope,
    /// First day
    pub(super) opens: Day,
    /// Last day
    pub(super) deadline: Day,
    /// Begin of the period whose look-ups are counted
    pub(super) facts_from: Moment,
    /// Who called it
    pub(super) called: ByWhen,
    /// When it opened
    pub(super) opened_at: Option<Moment>,
    /// When it closed or was cancelled
    pub(super) ended_at: Option<Moment>,
}

/// A review with how far it is
#[derive(Serialize, ToSchema)]
pub(super) struct WholeReview {
    /// The review
    pub(super) review: ReviewSummary,
    /// How far each organisation is
    pub(super) progress: Vec<OrganisationProgress>,
}

/// How far an organisation is
#[derive(Serialize, ToSchema)]
pub(super) struct OrganisationProgress {
    /// Organisation
    pub(super) organisation: String,
    /// Nobody has decided
    pub(super) open: u32,
    /// Confirmed
    pub(super) confirmed: u32,
    /// Changed
    pub(super) changed: u32,
    /// Locked, to be closed at the deadline
    pub(super) closing: u32,
    /// Closed
    pub(super) closed: u32,
    /// Locked because nobody confirmed them
    pub(super) locked: u32,
    /// Without facts yet
    pub(super) without_facts: u32,
}

/// An account in a review
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewedAccount {
    /// Organisation that answers for it
    pub(super) organisation: String,
    /// Where it stands
    pub(super) state: &'static str,
    /// The account when the review opened
    pub(super) account: AccountRow,
    /// Name of its agency
    pub(super) agency_name: String,
    /// What the journal says of it; none: not gathered yet
    pub(super) facts: Option<Facts>,
    /// Words of who decided
    pub(super) note: Option<String>,
    /// Who keeps an account that no person holds
    pub(super) holder: Option<String>,
    /// Who decided
    pub(super) decided: Option<ByWhen>,
}

/// What the journal says of an account in the period
#[derive(Serialize, ToSchema)]
pub(super) struct Facts {
    /// As of when
    pub(super) as_of: Moment,
    /// Last call, of any time
    pub(super) last_use_at: Option<Moment>,
    /// Answered verifications
    pub(super) verifications: u32,
    /// Answered look-ups and searches
    pub(super) look_ups: u32,
    /// With the number of a case
    pub(super) with_case: u32,
    /// Without
    pub(super) without_case: u32,
    /// At night
    pub(super) at_night: u32,
    /// Refused
    pub(super) refused: u32,
    /// Client certificates, first 16 hexadecimal digits; 20 at most
    pub(super) devices: Vec<String>,
    /// Addresses; 20 at most
    pub(super) addresses: Vec<String>,
}

/// A decision about accounts
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountDecision {
    /// The accounts: all of them or none
    pub(super) accounts: Vec<String>,
    /// What is said
    pub(super) decision: Verdict,
    /// What changes, when it is `change`
    pub(super) change: Option<Changes>,
    /// Words to it
    #[serde(default)]
    pub(super) note: String,
    /// Who keeps an account that no person holds; never a contractor
    #[serde(default)]
    pub(super) holder: String,
}

/// What is said of an account
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It stays as it is
    Confirm,
    /// It stays, changed
    Change,
    /// It is not needed any more: locked now, closed at the deadline
    Close,
}

/// What changes; what is not said stays
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Changes {
    /// Name of the holder
    pub(super) full_name: Option<String>,
    /// Telephone of the holder
    pub(super) phone: Option<String>,
    /// Role
    pub(super) role: Option<String>,
    /// Calls a day, fewer than before
    pub(super) daily_quota: Option<u32>,
}

/// Decisions that are taken back
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Undoing {
    /// The accounts: all of them or none
    pub(super) accounts: Vec<String>,
}

/// The result of a review
#[derive(Serialize, ToSchema)]
pub(super) struct ReviewResult {
    /// Review
    pub(super) review: String,
    /// What it is called
    pub(super) title: String,
    /// First day
    pub(super) opens: Day,
    /// Last day
    pub(super) deadline: Day,
    /// It is closed; before that the figures are those of the moment
    pub(super) is_final: bool,
    /// Accounts by organisation
    pub(super) rows: Vec<ResultRow>,
}

/// An account in the result
#[derive(Serialize, ToSchema)]
pub(super) struct ResultRow {
    /// From 1
    pub(super) number: u32,
    /// Organisation
    pub(super) organisation: String,
    /// Name of the holder
    pub(super) full_name: String,
    /// Number of the holder
    pub(super) personal_id: Option<String>,
    /// Login
    pub(super) login: String,
    /// Agency code
    pub(super) agency_code: String,
    /// Agency name
    pub(super) agency_name: String,
    /// Role
    pub(super) role: &'static str,
    /// Name of the system
    pub(super) system: String,
    /// Telephone
    pub(super) phone: Option<String>,
    /// Day of issue
    pub(super) issued_on: Option<Day>,
    /// Day of the last use
    pub(super) last_used_on: Option<Day>,
    /// Answered calls in the period
    pub(super) calls: Option<u32>,
    /// With the number of a case
    pub(super) with_case: Option<u32>,
    /// At night
    pub(super) at_night: Option<u32>,
    /// Services that the role may use: 033, 037
    pub(super) services: Vec<&'static str>,
    /// Devices and addresses
    pub(super) places: Vec<String>,
    /// State of the account
    pub(super) state: &'static str,
    /// Who keeps an account that no person holds
    pub(super) holder: String,
    /// Where it stands in the review
    pub(super) conclusion: &'static str,
    /// Proposal
    pub(super) proposal: String,
}

impl From<&Review> for ReviewSummary {
    fn from(review: &Review) -> Self {
        let scope = match &review.scope {
            Scope::All => ReviewScope::All,
            Scope::Organisations(ids) => ReviewScope::Organisations(ids.clone()),
            Scope::Systems(ids) => ReviewScope::Systems(ids.clone()),
        };
        Self {
            id: review.id.clone(),
            state: review.state.name(),
            title: review.title.clone(),
            scope,
            opens: Day(review.opens),
            deadline: Day(review.deadline),
            facts_from: Moment(review.facts_from_us),
            called: ByWhen::from(&review.by),
            opened_at: review.opened_us.map(Moment),
            ended_at: review.ended_us.map(Moment),
        }
    }
}

impl From<&Progress> for OrganisationProgress {
    fn from(progress: &Progress) -> Self {
        Self {
            organisation: progress.organisation.clone(),
            open: progress.count(RowState::Open),
            confirmed: progress.count(RowState::Confirmed),
            changed: progress.count(RowState::Changed),
            closing: progress.count(RowState::Closing),
            closed: progress.count(RowState::Closed),
            locked: progress.count(RowState::Locked),
            without_facts: progress.without_facts,
        }
    }
}

impl From<&(AccountFacts, i64)> for Facts {
    fn from((facts, as_of): &(AccountFacts, i64)) -> Self {
        Self {
            as_of: Moment(*as_of),
            last_use_at: facts.last_use_us.map(Moment),
            verifications: facts.verifications,
            look_ups: facts.look_ups,
            with_case: facts.with_case,
            without_case: facts.without_case,
            at_night: facts.at_night,
            refused: facts.refused,
            devices: facts.devices.iter().cloned().collect(),
            addresses: facts.addresses.iter().cloned().collect(),
        }
    }
}

impl From<&ReviewRow> for ReviewedAccount {
    fn from(row: &ReviewRow) -> Self {
        let said = |text: &String| (!text.is_empty()).then(|| text.clone());
        Self {
            organisation: row.organisation.clone(),
            state: row.state.name(),
            account: AccountRow::from(&row.opening.image),
            agency_name: row.opening.registered.agency_name.clone(),
            facts: row.facts.as_ref().map(Facts::from),
            note: row.decided.as_ref().and_then(|decided| said(&decided.note)),
            holder: row.decided.as_ref().and_then(|decided| said(&decided.holder)),
            decided: row.by.as_ref().map(ByWhen::from),
        }
    }
}

impl From<&ReportRow> for ResultRow {
    fn from(row: &ReportRow) -> Self {
        Self {
            number: row.number,
            organisation: row.organisation.clone(),
            full_name: row.full_name.clone(),
            personal_id: row.officer_number.clone(),
            login: row.login.clone(),
            agency_code: row.agency_code.clone(),
            agency_name: row.agency_name.clone(),
            role: row.role.name(),
            system: row.system.clone(),
            phone: row.phone.clone(),
            issued_on: row.issued_on.map(Day),
            last_used_on: row.last_used_on.map(Day),
            calls: row.calls,
            with_case: row.with_case,
            at_night: row.at_night,
            services: row.services.clone(),
            places: row.places.clone(),
            state: row.state.name(),
            holder: row.holder.clone(),
            conclusion: row.conclusion.name(),
            proposal: row.proposal.clone(),
        }
    }
}
