//! The decision. Default deny: a permit comes out only at the end of every check.
use crate::hours::{VietnamTime, day_of};
use crate::model::{Account, AccountState, Agreement, Id, OrganisationState, Service, System, SystemState};
use crate::rules::{Rules, SystemRules};
use crate::workplace::{Workplace, stands_at};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// One call, as far as the decision sees it. Texts are as they came; one of spaces only counts as not given.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The system that certificate and credentials proved
    pub system: &'a str,
    /// What it asks for
    pub service: Service,
    /// `TaiKhoan`
    pub login: Option<&'a str>,
    /// `MaCanBo`: a 12-digit number, or a login in the older form
    pub officer: Option<&'a str>,
    /// `MaDonVi`, in either form
    pub agency_code: Option<&'a str>,
    /// `MaDVC` or a purpose code
    pub purpose: Option<&'a str>,
    /// Number of the case in hand
    pub case_number: Option<&'a str>,
    /// Fields named one by one; none asks for all agreed ones that are not sensitive
    pub fields: Option<FieldSet>,
    /// The request form that has no place for a purpose
    pub older_form: bool,
    /// Where the call comes from
    pub source: IpAddr,
    /// From where a person works
    pub workplace: Workplace<'a>,
    /// Now, microseconds since the epoch
    pub now_us: i64,
}

impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("system", &self.system)
            .field("service", &self.service)
            .field("purpose", &self.purpose)
            .field("fields", &self.fields)
            .field("now_us", &self.now_us)
            .finish_non_exhaustive()
    }
}

/// Whose quota a charge counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The officer's account
    Account,
    /// The system
    System,
}

impl Scope {
    /// Stable name, as stored
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::System => "system",
        }
    }
}

/// One call to be counted. Whether it still fits is known only where it is counted, in the journal's transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Whose quota
    pub scope: Scope,
    /// Id of the account or system
    pub id: Id,
    /// Day in the time of Vietnam, days since 1970-01-01
    pub day: i32,
    /// Calls allowed on that day; the one that would exceed it is refused
    pub limit: u32,
}

impl Charge {
    /// The reason for refusing a call over the limit.
    pub fn refusal(&self) -> Code {
        match self.scope {
            Scope::Account => Code::QuotaAccount,
            Scope::System => Code::QuotaSystem,
        }
    }
}

/// What the call may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The system that calls
    pub system: Arc<System>,
    /// The agreement under which it passes
    pub agreement: Arc<Agreement>,
    /// The account it is charged to
    pub account: Arc<Account>,
    /// The purpose that counted
    pub purpose: Arc<str>,
    /// The fields that may be compared or shown
    pub fields: FieldSet,
    /// Whether `near` may be told
    pub near: bool,
    /// Fields that must all agree for `verified`, those of `Agreement::LEAST` always among them
    pub verify_rule: FieldSet,
    /// What to count, the account's first
    pub charges: [Charge; 2],
}

/// Decides one call: a permit, or the first reason against it in this order.
///
/// 1. the system is on record, its organisation active, its state `Connected`
/// 2. security level, assessment, commitment, as the law in force that day demands
/// 3. source network, hours; for people at the pages an enrolled workstation, where their organisation demands one
/// 4. an agreement in force; one that has the service
/// 5. the account: known, its officer named, known and its holder, active; the agency; the role
/// 6. the purpose named and registered, the case number where the purpose demands one
/// 7. every field
///
/// Pure: the same rules and ask give the same answer, and nothing is allocated.
pub fn decide(rules: &Rules, ask: &Ask<'_>) -> Result<Permit, Code> {
    let now = VietnamTime::of(ask.now_us).ok_or(Code::Internal)?;
    let of = stands(rules, ask.system, ask.source, now)?;
    permit(rules, of, ask, now)
}

/// As [`decide`], of a file that was carried here by hand: it came over no network and at no hour, so all is asked but
/// check 3's network and hours.
pub fn decide_carried(rules: &Rules, ask: &Ask<'_>) -> Result<Permit, Code> {
    let now = VietnamTime::of(ask.now_us).ok_or(Code::Internal)?;
    let of = rules.system(ask.system).ok_or(Code::SystemNotConnected)?;
    connected(of)?;
    secured(rules, &of.system, now)?;
    permit(rules, of, ask, now)
}

/// From the place of work on: of a system that may connect.
fn permit(rules: &Rules, of: &SystemRules, ask: &Ask<'_>, now: VietnamTime) -> Result<Permit, Code> {
    stands_at(rules, of, ask.workplace)?;
    serving(of, ask.service, now)?;
    let account = account(of, ask)?;
    agency(of, ask.agency_code)?;
    if !rules.law.allows(account.role, ask.service) {
        return Err(Code::RoleNotAllowed);
    }
    let (agreement, purpose) = agreement(of, ask, now)?;
    let fields = fields(agreement, ask)?;
    Ok(Permit {
        system: Arc::clone(&of.system),
        agreement: Arc::clone(agreement),
        account: Arc::clone(account),
        purpose: Arc::clone(purpose),
        fields,
        near: agreement.near,
        verify_rule: agreement.verify_rule.union(Agreement::LEAST),
        charges: [
            Charge {
                scope: Scope::Account,
                id: account.id.clone(),
                day: now.day,
                limit: account.daily_quota,
            },
            Charge {
                scope: Scope::System,
                id: of.system.id.clone(),
                day: now.day,
                limit: of.system.daily_quota,
            },
        ],
    })
}

/// Whether a system may connect at all: the first three checks of [`decide`]. For what no agreement speaks of.
pub fn may_connect(rules: &Rules, system: &str, source: IpAddr, now_us: i64) -> Result<(), Code> {
    let now = VietnamTime::of(now_us).ok_or(Code::Internal)?;
    stands(rules, system, source, now).map(|_| ())
}

/// Whether a system may have a certificate: its organisation is active, it is neither suspended nor disconnected, and it
/// asks from its networks. It need not be connected yet: without a certificate it could not be tested.
pub fn may_enrol(rules: &Rules, system: &str, source: IpAddr, now_us: i64) -> Result<(), Code> {
    let now = VietnamTime::of(now_us).ok_or(Code::Internal)?;
    let of = rules.system(system).ok_or(Code::SystemNotConnected)?;
    match connected(of) {
        Ok(()) | Err(Code::SystemNotConnected) => reachable(&of.system, source, now),
        Err(code) => Err(code),
    }
}

fn stands<'r>(
    rules: &'r Rules,
    system: &str,
    source: IpAddr,
    now: VietnamTime,
) -> Result<&'r SystemRules, Code> {
    let of = rules.system(system).ok_or(Code::SystemNotConnected)?;
    connected(of)?;
    secured(rules, &of.system, now)?;
    reachable(&of.system, source, now)?;
    Ok(of)
}

/// The text, unless there is nothing in it.
pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

fn connected(of: &SystemRules) -> Result<(), Code> {
    match of.organisation.as_deref().map(|o| o.state) {
        Some(OrganisationState::Active) => {}
        Some(OrganisationState::Suspended | OrganisationState::Closed) | None => {
            return Err(Code::OrganisationNotActive);
        }
    }
    match of.system.state {
        SystemState::Connected => Ok(()),
        SystemState::Draft | SystemState::Testing => Err(Code::SystemNotConnected),
        SystemState::Suspended => Err(Code::SystemSuspended),
        SystemState::Disconnected => Err(Code::SystemDisconnected),
    }
}

fn secured(rules: &Rules, system: &System, now: VietnamTime) -> Result<(), Code> {
    // On a day without law nobody knows the level that is enough, so none is.
    let law = rules.law.on(now.date).ok_or(Code::SecurityLevelTooLow)?;
    if system.security_level < law.min_security_level {
        return Err(Code::SecurityLevelTooLow);
    }
    let last_day = |until| day_of(until) + i32::from(law.assessment_grace_days);
    let assessed = system.assessed_until.is_some_and(|until| now.day <= last_day(until));
    if !assessed && !system.assessment_exempt {
        return Err(Code::AssessmentOverdue);
    }
    match system.commitment_signed_on {
        Some(signed) if signed <= now.date => Ok(()),
        _ => Err(Code::CommitmentMissing),
    }
}

fn reachable(system: &System, source: IpAddr, now: VietnamTime) -> Result<(), Code> {
    if !system.networks.iter().any(|n| n.contains(source)) {
        return Err(Code::SourceNetwork);
    }
    match system.hours {
        Some(hours) if !hours.contain(now) => Err(Code::OutsideHours),
        _ => Ok(()),
    }
}

fn serving(of: &SystemRules, service: Service, now: VietnamTime) -> Result<(), Code> {
    let mut in_force = of.agreements.iter().filter(|a| a.in_force(now.date)).peekable();
    if in_force.peek().is_none() {
        return Err(Code::AgreementNotInForce);
    }
    if in_force.any(|a| a.grants.of(service).is_some()) { Ok(()) } else { Err(Code::ServiceNotAgreed) }
}

/// The account is the login's when there is one, else the officer's; either way the officer is named and holds it.
fn account<'r>(of: &'r SystemRules, ask: &Ask<'_>) -> Result<&'r Arc<Account>, Code> {
    let login = given(ask.login);
    let named = match login {
        Some(login) => Some(of.by_login(login).ok_or(Code::AccountUnknown)?),
        None => None,
    };
    let officer = given(ask.officer).ok_or(Code::OfficerMissing)?;
    let account = match named {
        Some(account) if holds(account, officer) => account,
        Some(_) if of.by_officer(officer).is_some() => return Err(Code::OfficerNotAccountHolder),
        Some(_) => return Err(Code::OfficerUnknown),
        None => of.by_officer(officer).ok_or(Code::OfficerUnknown)?,
    };
    match account.state {
        AccountState::Active => Ok(account),
        AccountState::Locked | AccountState::Closed => Err(Code::AccountNotActive),
    }
}

fn holds(account: &Account, officer: &str) -> bool {
    let by_number = || dancu_citizen::PersonalId::parse(officer).ok();
    *account.login == *officer || account.officer_number.is_some_and(|n| by_number() == Some(n))
}

fn agency(of: &SystemRules, code: Option<&str>) -> Result<(), Code> {
    let Some(code) = given(code) else { return Ok(()) };
    let covers = of.organisation.as_deref().is_some_and(|o| o.code.covers(code));
    if covers { Ok(()) } else { Err(Code::AgencyMismatch) }
}

/// The first agreement, by id, that is in force and has both the service and the purpose. Fields do not choose the
/// agreement: otherwise taking a field out of one could open another.
fn agreement<'r>(
    of: &'r SystemRules,
    ask: &Ask<'_>,
    now: VietnamTime,
) -> Result<(&'r Arc<Agreement>, &'r Arc<str>), Code> {
    let mut refusal = Code::PurposeMissing;
    for agreement in
        of.agreements.iter().filter(|a| a.in_force(now.date) && a.grants.of(ask.service).is_some())
    {
        let named = given(ask.purpose);
        let default = agreement.default_purpose.as_deref().filter(|_| ask.older_form);
        let Some(wanted) = named.or(default) else { continue };
        let Some((code, purpose)) = agreement.purposes.get_key_value(wanted) else {
            refusal = Code::PurposeNotRegistered;
            continue;
        };
        if purpose.case_required && given(ask.case_number).is_none() {
            return Err(Code::CaseMissing);
        }
        return Ok((agreement, code));
    }
    Err(refusal)
}

fn fields(agreement: &Agreement, ask: &Ask<'_>) -> Result<FieldSet, Code> {
    let agreed = agreement.grants.of(ask.service).unwrap_or_default();
    let released = match ask.fields {
        Some(wanted) if wanted.minus(agreed).is_empty() => wanted,
        Some(_) => return Err(Code::FieldNotAgreed),
        None => agreed.minus(SENSITIVE),
    };
    if released.is_empty() { Err(Code::FieldNotAgreed) } else { Ok(released) }
}

/// The sensitive fields, gathered once.
const SENSITIVE: FieldSet =
    FieldSet::EMPTY.with(Field::EthnicGroup).with(Field::Religion).with(Field::BloodGroup);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sensitive_fields_are_those_that_say_so() {
        assert_eq!(SENSITIVE, Field::ALL.iter().copied().filter(|f| f.is_sensitive()).collect());
    }
}
