//! One account of a member of staff, and how it stands in its row.
use crate::sealed::Sealer;
use crate::{StaffError, StaffRules};
use dancu_citizen::PersonalId;
use dancu_citizen::named;
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_storage::{Row, Tx};
use std::fmt;

pub(crate) const TABLE: &str = "staff_account";

named! {
    /// State of an account.
    AccountState {
        /// Made, never used
        Invited = "invited",
        /// In use
        Active = "active",
        /// Locked, for a time or until somebody unlocks it
        Locked = "locked",
        /// Closed for good
        Closed = "closed",
    }
}

named! {
    /// Why an account is locked.
    LockWhy {
        /// Too many wrong passwords or second factors
        Failures = "failures",
        /// Nobody used it for too long
        Unused = "unused",
        /// Somebody locked it
        Hand = "hand",
        /// Nobody confirmed it in an account review
        Unconfirmed = "unconfirmed",
    }
}

/// A lock, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Why
    pub why: LockWhy,
    /// When, microseconds since the epoch, as all times here
    pub at_us: i64,
    /// When it opens by itself; none: by hand only
    pub until_us: Option<i64>,
}

/// An account. `Debug` shows nothing of the person.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Id; says nothing about the person
    pub id: String,
    /// Kind, for good
    pub kind: AccountKind,
    /// Organisation; none: the managing body
    pub organisation: Option<String>,
    /// Roles
    pub roles: Vec<StaffRole>,
    /// Opened by two people only
    pub emergency: bool,
    /// Login
    pub login: String,
    /// Name
    pub name: String,
    /// Telephone
    pub phone: Option<String>,
    /// E-mail
    pub email: Option<String>,
    /// Number of the person
    pub person: Option<PersonalId>,
    /// Department
    pub department: Option<String>,
    /// State, as stored: a lock whose time is over stands until the next sign-in
    pub state: AccountState,
    /// The lock, while it is locked
    pub lock: Option<Lock>,
    /// Counts what ends sessions: changes of password, roles, locks
    pub version: i64,
    /// Wrong passwords and second factors since the last good sign-in
    pub failures: u16,
    /// The password was handed over and is changed at the next sign-in
    pub must_change: bool,
    /// Until then a password that was handed over counts
    pub handed_until_us: Option<i64>,
    /// When it was made
    pub created_at_us: i64,
    /// By which account, or a word for the program
    pub created_by: String,
    /// First completed sign-in
    pub activated_at_us: Option<i64>,
    /// Last use
    pub used_at_us: Option<i64>,
    /// When it closes
    pub expires_at_us: Option<i64>,
    /// When it was closed
    pub closed_at_us: Option<i64>,
    /// Last change
    pub changed_at_us: i64,
    failed_at_us: Option<i64>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("organisation", &self.organisation)
            .field("roles", &self.roles)
            .field("state", &self.state)
            .field("lock", &self.lock)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// Whether it is locked at this moment.
    pub fn is_locked(&self, now_us: i64) -> bool {
        let lapsed = self.lock.and_then(|lock| lock.until_us).is_some_and(|until| until <= now_us);
        self.state == AccountState::Locked && !lapsed
    }

    /// Whether it is closed, or its time is over.
    pub fn is_closed(&self, now_us: i64) -> bool {
        self.state == AccountState::Closed || self.expires_at_us.is_some_and(|end| end <= now_us)
    }

    /// The state to go back to when a lock ends.
    pub(crate) fn unlocked(&self) -> AccountState {
        if self.activated_at_us.is_some() { AccountState::Active } else { AccountState::Invited }
    }

    /// Whether its sessions live on: a lock after wrong passwords keeps out whoever tries them, not whoever is in.
    pub(crate) fn lets_work(&self, now_us: i64) -> bool {
        let failures_only = self.lock.is_some_and(|lock| lock.why == LockWhy::Failures);
        !self.is_closed(now_us) && (!self.is_locked(now_us) || failures_only)
    }

    /// Whether so many proofs were wrong, or are under way, that no more is looked at.
    pub(crate) fn is_spent(&self, rules: &StaffRules, now_us: i64) -> bool {
        let over = crate::law::hours_us(rules.lock_hours);
        let fresh = self.failed_at_us.is_some_and(|at| now_us < at.saturating_add(over));
        fresh && self.failures >= rules.failures
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, organisation, roles, emergency, login, name, phone, email, person, department, state, \
             lock_why, locked_at_us, lock_until_us, version, failures, failed_at_us, must_change, handed_until_us, \
             created_at_us, created_by, activated_at_us, used_at_us, expires_at_us, closed_at_us, changed_at_us \
             FROM staff_account ",
            $rest
        )
    };
}
pub(crate) use select;

/// Reads the account of this id.
pub(crate) fn read(tx: &mut Tx<'_>, sealer: &Sealer, id: &str) -> Result<Option<Account>, StaffError> {
    let row = tx.query_opt(select!("WHERE id = $1"), &[id.into()])?;
    row.map(|row| open(&row, sealer)).transpose()
}

/// Reads the account of this id, which must be there.
pub(crate) fn must(tx: &mut Tx<'_>, sealer: &Sealer, id: &str) -> Result<Account, StaffError> {
    read(tx, sealer, id)?.ok_or(StaffError::Unknown("account"))
}

/// An account out of its row.
pub(crate) fn open(row: &Row, sealer: &Sealer) -> Result<Account, StaffError> {
    let id = row.text(0)?.to_owned();
    let damaged = |what| StaffError::Damaged(TABLE, what);
    let text = |column: usize, field: &'static str| -> Result<Option<String>, StaffError> {
        row.opt_bytes(column)?.map(|sealed| sealer.open_text(TABLE, &id, field, sealed)).transpose()
    };
    let person = text(9, "person")?.map(|number| PersonalId::parse(&number));
    let lock = match row.opt_text(12)? {
        None => None,
        Some(why) => Some(Lock {
            why: LockWhy::from_name(why).ok_or(damaged("why it is locked"))?,
            at_us: row.int(13)?,
            until_us: row.opt_int(14)?,
        }),
    };
    Ok(Account {
        kind: AccountKind::from_name(row.text(1)?).ok_or(damaged("its kind"))?,
        organisation: row.opt_text(2)?.map(str::to_owned),
        roles: roles_of(row.text(3)?)?,
        emergency: row.bool(4)?,
        login: text(5, "login")?.unwrap_or_default(),
        name: text(6, "name")?.unwrap_or_default(),
        phone: text(7, "phone")?,
        email: text(8, "email")?,
        person: person.transpose().map_err(|_| damaged("the person's number"))?,
        department: text(10, "department")?,
        state: AccountState::from_name(row.text(11)?).ok_or(damaged("its state"))?,
        lock,
        version: row.int(15)?,
        failures: row.number(16)?,
        failed_at_us: row.opt_int(17)?,
        must_change: row.bool(18)?,
        handed_until_us: row.opt_int(19)?,
        created_at_us: row.int(20)?,
        created_by: row.text(21)?.to_owned(),
        activated_at_us: row.opt_int(22)?,
        used_at_us: row.opt_int(23)?,
        expires_at_us: row.opt_int(24)?,
        closed_at_us: row.opt_int(25)?,
        changed_at_us: row.int(26)?,
        id,
    })
}

/// Roles as they stand in a column.
pub(crate) fn roles_text(roles: &[StaffRole]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}

fn roles_of(text: &str) -> Result<Vec<StaffRole>, StaffError> {
    let roles = text.split_whitespace().map(StaffRole::from_name);
    roles.collect::<Option<_>>().ok_or(StaffError::Damaged(TABLE, "a role"))
}
