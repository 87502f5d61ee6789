//! Accounts: made, described, given roles, found.
mod hand;
mod state;

pub use hand::{Handed, Reset};

use crate::account::{self, Account, TABLE, roles_text, select};
use crate::history::{Change, Note, note};
use crate::sealed::plain_login;
use crate::{Staff, StaffError, token};
use dancu_citizen::PersonalId;
use dancu_policy::duty::{AccountKind, Seat, StaffRole};
use dancu_storage::{Tx, Value};
use std::fmt;
use zeroize::Zeroizing;

/// What is known of a person. `Debug` shows nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Name
    pub name: String,
    /// Telephone
    pub phone: Option<String>,
    /// E-mail
    pub email: Option<String>,
    /// Number of the person: two accounts of one person count as one where two people are asked for
    pub person: Option<PersonalId>,
    /// Department
    pub department: Option<String>,
    /// When the account closes by itself, microseconds since the epoch
    pub expires_at_us: Option<i64>,
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Details").finish_non_exhaustive()
    }
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Kind, for good
    pub kind: AccountKind,
    /// Organisation; none: the managing body
    pub organisation: Option<String>,
    /// Roles that this kind may hold together
    pub roles: Vec<StaffRole>,
    /// Opened by two people only; an account of administration of the managing body
    pub emergency: bool,
    /// Login, 8 to 60 characters; case does not count
    pub login: Login,
    /// The person
    pub details: Details,
}

/// A login. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Login(pub String);

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl From<&str> for Login {
    fn from(login: &str) -> Self {
        Self(login.to_owned())
    }
}

/// Whose accounts are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All
    Everybody,
    /// Those of the managing body
    ManagingBody,
    /// Those of an organisation
    Of(&'a str),
}

impl Staff {
    /// Makes an account; nobody can sign in to it before [`invite`](Self::invite). Gives its id.
    pub fn create(&self, new: &NewAccount, by: &str, now_us: i64) -> Result<String, StaffError> {
        check_login(&new.login.0)?;
        check_roles(new.kind, new.organisation.is_some(), &new.roles)?;
        if new.emergency && (new.kind != AccountKind::Administration || new.organisation.is_some()) {
            return Err(StaffError::Invalid(
                "emergency",
                "an account of administration of the managing body",
            ));
        }
        let id = token::id()?;
        let login_hash = self.sealer.login_hash(&new.login.0);
        let sealed = self.details(&id, &new.details)?;
        let login = self.sealer.seal(TABLE, &id, "login", plain_login(&new.login.0).as_bytes())?;
        // An emergency account waits for two people, not for a first password.
        let state = if new.emergency { "active" } else { "invited" };
        self.store.run_tx("staff.create", |tx| {
            let taken = "SELECT 1 FROM staff_account WHERE login_hash = $1";
            if tx.query_opt(taken, &[login_hash.into()])?.is_some() {
                return Err(StaffError::Taken);
            }
            tx.execute(
                "INSERT INTO staff_account (id, kind, organisation, roles, emergency, login_hash, login, name, phone, \
                 email, person_hash, person, department, state, version, failures, must_change, created_at_us, \
                 created_by, expires_at_us, changed_at_us) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, 0, $15, $16, $17, $15)",
                &[
                    id.as_str().into(),
                    new.kind.name().into(),
                    new.organisation.as_deref().into(),
                    roles_text(&new.roles).into(),
                    new.emergency.into(),
                    login_hash.into(),
                    (&login).into(),
                    (&sealed.name).into(),
                    sealed.phone.as_ref().into(),
                    sealed.email.as_ref().into(),
                    sealed.person_hash.into(),
                    sealed.person.as_ref().into(),
                    sealed.department.as_ref().into(),
                    state.into(),
                    now_us.into(),
                    by.into(),
                    new.details.expires_at_us.into(),
                ],
            )?;
            let detail = roles_text(&new.roles);
            self.note(tx, &id, Change::Created, by, Some(&detail), None, now_us)
        })?;
        Ok(id)
    }

    /// Replaces what is known of the person.
    pub fn describe(&self, id: &str, details: &Details, by: &str, now_us: i64) -> Result<(), StaffError> {
        let sealed = self.details(id, details)?;
        self.store.run_tx("staff.describe", |tx| {
            let account = account::must(tx, &self.sealer, id)?;
            if account.is_closed(now_us) {
                return Err(StaffError::State("closed"));
            }
            tx.execute(
                "UPDATE staff_account SET name = $2, phone = $3, email = $4, person_hash = $5, person = $6, \
                 department = $7, expires_at_us = $8, changed_at_us = $9 WHERE id = $1",
                &[
                    id.into(),
                    (&sealed.name).into(),
                    sealed.phone.as_ref().into(),
                    sealed.email.as_ref().into(),
                    sealed.person_hash.into(),
                    sealed.person.as_ref().into(),
                    sealed.department.as_ref().into(),
                    details.expires_at_us.into(),
                    now_us.into(),
                ],
            )?;
            self.note(tx, id, Change::Described, by, None, None, now_us)
        })
    }

    /// Sets the roles of another person's account; its sessions end.
    pub fn set_roles(&self, id: &str, roles: &[StaffRole], by: &str, now_us: i64) -> Result<(), StaffError> {
        another(id, by)?;
        self.store.run_tx("staff.set_roles", |tx| {
            let account = account::must(tx, &self.sealer, id)?;
            check_roles(account.kind, account.organisation.is_some(), roles)?;
            if account.is_closed(now_us) {
                return Err(StaffError::State("closed"));
            }
            let text = roles_text(roles);
            tx.execute(
                "UPDATE staff_account SET roles = $2, version = version + 1, changed_at_us = $3 WHERE id = $1",
                &[id.into(), text.as_str().into(), now_us.into()],
            )?;
            self.note(tx, id, Change::Roles, by, Some(&text), None, now_us)
        })
    }

    /// One account.
    pub fn account(&self, id: &str) -> Result<Option<Account>, StaffError> {
        self.store.read("staff.account", |tx| account::read(tx, &self.sealer, id))
    }

    /// The account of a login.
    pub fn account_by_login(&self, login: &str) -> Result<Option<Account>, StaffError> {
        let hash = self.sealer.login_hash(login);
        self.store.read("staff.account_by_login", |tx| {
            let row = tx.query_opt(select!("WHERE login_hash = $1"), &[hash.into()])?;
            row.map(|row| account::open(&row, &self.sealer)).transpose()
        })
    }

    /// All accounts of one person.
    pub fn accounts_of_person(&self, person: PersonalId) -> Result<Vec<Account>, StaffError> {
        let number = Zeroizing::new(person.expose());
        let hash = self.sealer.person_hash(&number);
        self.store.read("staff.accounts_of_person", |tx| {
            let rows = tx.query(select!("WHERE person_hash = $1 ORDER BY id"), &[hash.into()])?;
            rows.iter().map(|row| account::open(row, &self.sealer)).collect()
        })
    }

    /// Accounts by id, at most `limit`, after the id `after`.
    pub fn accounts(
        &self,
        scope: Scope<'_>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Account>, StaffError> {
        let mut parameters: Vec<Value> = vec![after.unwrap_or_default().into(), limit.into()];
        let sql = match scope {
            Scope::Everybody => select!("WHERE id > $1 ORDER BY id LIMIT $2"),
            Scope::ManagingBody => select!("WHERE organisation IS NULL AND id > $1 ORDER BY id LIMIT $2"),
            Scope::Of(organisation) => {
                parameters.push(organisation.into());
                select!("WHERE organisation = $3 AND id > $1 ORDER BY id LIMIT $2")
            }
        };
        self.store.read("staff.accounts", |tx| {
            let rows = tx.query(sql, &parameters)?;
            rows.iter().map(|row| account::open(row, &self.sealer)).collect()
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one line where it is called")]
    pub(crate) fn note(
        &self,
        tx: &mut Tx<'_>,
        account: &str,
        what: Change,
        by: &str,
        detail: Option<&str>,
        reason: Option<&str>,
        now_us: i64,
    ) -> Result<(), StaffError> {
        note(tx, &self.sealer, &Note { account, what, by, detail, reason }, now_us)
    }

    fn details(&self, id: &str, details: &Details) -> Result<Sealed, StaffError> {
        if details.name.trim().is_empty() {
            return Err(StaffError::Invalid("name", "an account is one person's, and says whose"));
        }
        let seal = |field, text: Option<&str>| self.sealer.seal_opt(TABLE, id, field, text);
        let person = details.person.map(|number| Zeroizing::new(number.expose()));
        Ok(Sealed {
            name: self.sealer.seal(TABLE, id, "name", details.name.trim().as_bytes())?,
            phone: seal("phone", details.phone.as_deref())?,
            email: seal("email", details.email.as_deref())?,
            person_hash: person.as_ref().map(|number| self.sealer.person_hash(number)),
            person: seal("person", person.as_ref().map(|number| number.as_str()))?,
            department: seal("department", details.department.as_deref())?,
        })
    }
}

/// Sealed columns that describe a person.
struct Sealed {
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    person_hash: Option<[u8; 16]>,
    person: Option<Vec<u8>>,
    department: Option<Vec<u8>>,
}

/// Nobody decides about its own account.
pub(crate) fn another(id: &str, by: &str) -> Result<(), StaffError> {
    if id == by { Err(StaffError::OwnAccount) } else { Ok(()) }
}

/// The registration form's lengths hold for staff too (official letter 6359/VP-HCC).
fn check_login(login: &str) -> Result<(), StaffError> {
    let plain = plain_login(login);
    if !(8..=60).contains(&plain.chars().count()) {
        return Err(StaffError::Invalid("login", "has 8 to 60 characters"));
    }
    let printable = |c: char| !c.is_control() && !c.is_whitespace();
    if plain.chars().all(printable) { Ok(()) } else { Err(StaffError::Invalid("login", "has no spaces")) }
}

fn check_roles(kind: AccountKind, organisation: bool, roles: &[StaffRole]) -> Result<(), StaffError> {
    let seat = if organisation { Seat::Organisation } else { Seat::ManagingBody };
    if roles.iter().any(|role| !kind.may_hold(*role)) {
        return Err(StaffError::Invalid("roles", "this kind of account may not hold one of them"));
    }
    if roles.iter().any(|role| role.seat() != seat) {
        return Err(StaffError::Invalid("roles", "one of them sits elsewhere"));
    }
    let apart = roles.iter().any(|one| roles.iter().any(|two| one.clashes(*two)));
    if apart { Err(StaffError::Invalid("roles", "two of them are kept apart")) } else { Ok(()) }
}
