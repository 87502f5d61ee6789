//! The shapes of accounts of staff.
use super::enter::told;
use super::shapes::Moment;
use dancu_staff::{Account, ChangeEntry, Handed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account of staff
#[derive(Serialize, ToSchema)]
pub(super) struct Member {
    /// Id
    id: String,
    /// Kind: `administration`, `operation`, `technical`, `service`
    kind: &'static str,
    /// Organisation; none: the managing body
    organisation: Option<String>,
    /// Roles
    roles: Vec<&'static str>,
    /// Opened by two people only
    emergency: bool,
    /// Login
    login: String,
    /// Name
    name: String,
    /// Telephone
    phone: Option<String>,
    /// E-mail
    email: Option<String>,
    /// Department
    department: Option<String>,
    /// State: `invited`, `active`, `locked`, `closed`
    state: &'static str,
    /// Why it is locked
    lock: Option<LockRow>,
    /// When it was made
    created_at: Moment,
    /// By which account
    created_by: String,
    /// First completed sign-in
    activated_at: Option<Moment>,
    /// Last use
    used_at: Option<Moment>,
    /// When it closes
    expires_at: Option<Moment>,
    /// When it was closed
    closed_at: Option<Moment>,
}

/// A lock
#[derive(Serialize, ToSchema)]
struct LockRow {
    /// `failures`, `unused`, `hand`, `unconfirmed`
    why: &'static str,
    /// When
    at: Moment,
    /// When it opens by itself; none: by hand only
    until: Option<Moment>,
}

impl From<&Account> for Member {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.clone(),
            kind: account.kind.name(),
            organisation: account.organisation.clone(),
            roles: account.roles.iter().map(|role| role.name()).collect(),
            emergency: account.emergency,
            login: account.login.clone(),
            name: account.name.clone(),
            phone: account.phone.clone(),
            email: account.email.clone(),
            department: account.department.clone(),
            state: account.state.name(),
            lock: account.lock.map(|lock| LockRow {
                why: lock.why.name(),
                at: Moment(lock.at_us),
                until: lock.until_us.map(Moment),
            }),
            created_at: Moment(account.created_at_us),
            created_by: account.created_by.clone(),
            activated_at: account.activated_at_us.map(Moment),
            used_at: account.used_at_us.map(Moment),
            expires_at: account.expires_at_us.map(Moment),
            closed_at: account.closed_at_us.map(Moment),
        }
    }
}

/// An account of staff that is to be
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMember {
    /// Login, 8 to 60 characters
    pub(super) login: String,
    /// Kind, for good: `administration`, `operation`, `technical`, `service`
    pub(super) kind: String,
    /// Organisation; none: the managing body
    pub(super) organisation: Option<String>,
    /// Roles that this kind may hold together
    pub(super) roles: Vec<String>,
    /// Name
    pub(super) name: String,
    /// Telephone
    pub(super) phone: Option<String>,
    /// E-mail
    pub(super) email: Option<String>,
    /// Department
    pub(super) department: Option<String>,
    /// When it closes by itself
    pub(super) expires_at: Option<Moment>,
}

/// A password that is handed over
#[derive(Serialize, ToSchema)]
pub(super) struct HandedOver {
    /// The password: told here and nowhere else, changed at the next sign-in
    password: String,
    /// Until then it counts
    until: Moment,
}

impl From<&Handed> for HandedOver {
    fn from(handed: &Handed) -> Self {
        Self { password: told(&handed.password), until: Moment(handed.until_us) }
    }
}

/// An account that was made
#[derive(Serialize, ToSchema)]
pub(super) struct MadeMember {
    /// Its id
    pub(super) id: String,
    /// Its first password
    pub(super) handed_over: HandedOver,
}

/// Roles
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleSet {
    /// All that the account is to hold
    pub(super) roles: Vec<String>,
}

/// Why
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// In words
    pub(super) reason: String,
}

/// What is reset
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resetting {
    /// Why
    pub(super) reason: String,
    /// All second factors too
    #[serde(default)]
    pub(super) factors: bool,
}

/// What was done to an account of staff
#[derive(Serialize, ToSchema)]
pub(super) struct MemberChange {
    /// When
    at: Moment,
    /// What
    what: &'static str,
    /// Account of who did it, or a word for the program
    by: String,
    /// Names of roles, ids of things
    detail: Option<String>,
    /// What was written down
    reason: Option<String>,
}

impl From<&ChangeEntry> for MemberChange {
    fn from(entry: &ChangeEntry) -> Self {
        Self {
            at: Moment(entry.at_us),
            what: entry.what.name(),
            by: entry.by.clone(),
            detail: entry.detail.clone(),
            reason: entry.reason.clone(),
        }
    }
}
