//! A whole world in one value, as demo and tests write it down: texts in, typed entries out.
use crate::entries::check_credential;
use crate::exchange::check_id;
use crate::{CertificateEntry, CredentialEntry, ExchangeError, OfficerEntry};
use dancu_citizen::{CivilDate, Field, FieldSet, PersonalId};
use dancu_keys::Secret;
use dancu_policy::{
    Account, AccountState, AgencyCode, Agreement, Grants, Hours, Id, Network, Organisation,
    OrganisationState, Purpose, Role, Service, System, SystemState,
};
use serde::Deserialize;
use std::fmt;

/// Organisations and systems with all that belongs to them. It can be read from a file, not written to one: it holds
/// secrets.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// Organisations
    pub organisations: Vec<WorldOrganisation>,
    /// Systems
    pub systems: Vec<WorldSystem>,
}

/// An organisation.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldOrganisation {
    /// Id
    pub id: String,
    /// Agency code in either form
    pub agency_code: String,
    /// Name on the screen
    pub name: String,
    /// `active`, `suspended`, `closed`
    pub state: String,
}

/// A system.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldSystem {
    /// Id
    pub id: String,
    /// Id of its organisation
    pub organisation: String,
    /// Name on the screen
    pub name: String,
    /// `draft`, `testing`, `connected`, `suspended`, `disconnected`
    pub state: String,
    /// Approved security level, 0 when none is
    pub security_level: u8,
    /// Last day of the assessment, `YYYY-MM-DD`
    pub assessed_until: Option<String>,
    /// Exempt from assessment
    pub assessment_exempt: bool,
    /// Day of the signed commitment, `YYYY-MM-DD`
    pub commitment_signed_on: Option<String>,
    /// Networks in CIDR notation
    pub networks: Vec<String>,
    /// Permitted hours; none means at any time
    pub hours: Option<WorldHours>,
    /// Calls a day
    pub daily_quota: u32,
    /// Tolerance of the `Timestamp` header, seconds
    pub per_call_window_s: u32,
    /// How long a `MaYeuCau` is remembered, seconds; twice the window above unless set
    pub replay_window_s: Option<u32>,
    /// Client certificates
    pub certificates: Vec<WorldCertificate>,
    /// Credentials
    pub credentials: Vec<WorldCredential>,
    /// Agreements
    pub agreements: Vec<WorldAgreement>,
    /// Officers' accounts
    pub accounts: Vec<WorldAccount>,
}

/// Permitted hours, in the time of Vietnam.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldHours {
    /// Bits 0 Monday to 6 Sunday
    pub weekdays: u8,
    /// First minute of the day
    pub from_minute: u16,
    /// First minute after
    pub to_minute: u16,
}

/// A client certificate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldCertificate {
    /// SHA-256 over the DER form, 64 hex digits
    pub fingerprint: String,
    /// End of its validity, microseconds since the epoch
    pub not_after_us: i64,
}

/// Credentials of a user name.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldCredential {
    /// User name
    pub username: String,
    /// Password
    pub password: Option<String>,
    /// Secret of the hash per call
    pub secret: Option<String>,
    /// URLs that clients put into the hash
    pub service_urls: Vec<String>,
}

/// An agreement.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldAgreement {
    /// Id
    pub id: String,
    /// Services and their fields
    pub grants: Vec<WorldGrant>,
    /// Whether `near` is told
    pub near: bool,
    /// Purposes
    pub purposes: Vec<WorldPurpose>,
    /// Purpose of the older form; among the purposes
    pub default_purpose: Option<String>,
    /// First day in force, `YYYY-MM-DD`
    pub valid_from: String,
    /// Last day in force
    pub valid_to: Option<String>,
    /// Names of fields that must agree beside number, name and birth date
    pub verify_rule: Vec<String>,
}

/// A service with its fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldGrant {
    /// `verify` or `look_up`
    pub service: String,
    /// Names of fields
    pub fields: Vec<String>,
}

/// A purpose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorldPurpose {
    /// Procedure code or purpose code
    pub code: String,
    /// What it is called on the screen
    #[serde(default)]
    pub name: Option<String>,
    /// Whether a call must carry the number of its case
    #[serde(default)]
    pub case_required: bool,
}

/// An officer's account.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorldAccount {
    /// Id
    pub id: String,
    /// Login
    pub login: String,
    /// Personal identification number; none for a platform's account
    pub officer_number: Option<String>,
    /// Name
    pub officer_name: String,
    /// Telephone
    pub phone: Option<String>,
    /// Role by name
    pub role: String,
    /// Agency code in either form
    pub agency_code: String,
    /// Calls a day
    pub daily_quota: u32,
    /// `active`, `locked`, `closed`
    pub state: String,
    /// Password for the officer's page
    pub password: Option<String>,
}

impl Default for WorldOrganisation {
    fn default() -> Self {
        let empty = String::new;
        Self {
            id: empty(),
            agency_code: empty(),
            name: empty(),
            state: OrganisationState::Active.name().into(),
        }
    }
}

/// A draft that may call from nowhere and has no quota; only the window has its usual value.
impl Default for WorldSystem {
    fn default() -> Self {
        Self {
            id: String::new(),
            organisation: String::new(),
            name: String::new(),
            state: SystemState::Draft.name().into(),
            security_level: 0,
            assessed_until: None,
            assessment_exempt: false,
            commitment_signed_on: None,
            networks: Vec::new(),
            hours: None,
            daily_quota: 0,
            per_call_window_s: System::WINDOW_S,
            replay_window_s: None,
            certificates: Vec::new(),
            credentials: Vec::new(),
            agreements: Vec::new(),
            accounts: Vec::new(),
        }
    }
}

impl Default for WorldAccount {
    fn default() -> Self {
        Self {
            id: String::new(),
            login: String::new(),
            officer_number: None,
            officer_name: String::new(),
            phone: None,
            role: String::new(),
            agency_code: String::new(),
            daily_quota: 0,
            state: AccountState::Active.name().into(),
            password: None,
        }
    }
}

impl fmt::Debug for WorldCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldCredential").field("username", &self.username).finish_non_exhaustive()
    }
}

impl fmt::Debug for WorldAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldAccount").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A world, checked and typed.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) systems: Vec<System>,
    pub(crate) certificates: Vec<CertificateEntry>,
    pub(crate) credentials: Vec<CredentialEntry>,
    pub(crate) agreements: Vec<Agreement>,
    pub(crate) accounts: Vec<OfficerEntry>,
}

type Checked<T> = Result<T, ExchangeError>;

impl Entries {
    pub(crate) fn of(world: &World) -> Checked<Self> {
        let mut entries = Self::default();
        for o in &world.organisations {
            entries.organisations.push(organisation(o)?);
        }
        for s in &world.systems {
            let system = system(s)?;
            let id = &system.id;
            for c in &s.certificates {
                entries.certificates.push(certificate(c, id)?);
            }
            for c in &s.credentials {
                entries.credentials.push(credential(c, id)?);
            }
            for a in &s.agreements {
                entries.agreements.push(agreement(a, id)?);
            }
            for a in &s.accounts {
                entries.accounts.push(account(a, id)?);
            }
            entries.systems.push(system);
        }
        Ok(entries)
    }
}

/// Names the entry in the errors of its values.
struct At(String);

impl At {
    fn new(kind: &str, id: &str) -> Self {
        Self(format!("{kind} {id:?}"))
    }

    fn parse<T, E: fmt::Display>(&self, what: &str, parsed: Result<T, E>) -> Checked<T> {
        parsed.map_err(|e| ExchangeError::invalid(self.0.clone(), format!("{what}: {e}")))
    }

    fn name<T>(&self, what: &str, found: Option<T>) -> Checked<T> {
        self.parse(what, found.ok_or("no such name"))
    }

    fn day(&self, what: &str, text: Option<&String>) -> Checked<Option<CivilDate>> {
        text.map(|t| self.parse(what, CivilDate::parse_iso(t))).transpose()
    }

    fn fields(&self, names: &[String]) -> Checked<FieldSet> {
        names.iter().map(|n| self.name(&format!("field {n:?}"), Field::from_name(n))).collect()
    }

    fn id(&self, id: &str) -> Checked<Id> {
        let id = Id::from(id);
        check_id(&self.0, &id).map(|()| id)
    }
}

fn organisation(o: &WorldOrganisation) -> Checked<Organisation> {
    let at = At::new("organisation", &o.id);
    Ok(Organisation {
        id: at.id(&o.id)?,
        code: at.parse("agency_code", AgencyCode::parse(&o.agency_code))?,
        name: o.name.clone(),
        state: at.name("state", OrganisationState::from_name(&o.state))?,
    })
}

fn system(s: &WorldSystem) -> Checked<System> {
    let at = At::new("system", &s.id);
    let hours = s.hours.map(|h| at.parse("hours", Hours::new(h.weekdays, h.from_minute, h.to_minute)));
    Ok(System {
        id: at.id(&s.id)?,
        organisation: s.organisation.as_str().into(),
        name: s.name.clone(),
        state: at.name("state", SystemState::from_name(&s.state))?,
        security_level: s.security_level,
        assessed_until: at.day("assessed_until", s.assessed_until.as_ref())?,
        assessment_exempt: s.assessment_exempt,
        commitment_signed_on: at.day("commitment_signed_on", s.commitment_signed_on.as_ref())?,
        networks: s.networks.iter().map(|n| at.parse(n, Network::parse(n))).collect::<Checked<_>>()?,
        hours: hours.transpose()?,
        daily_quota: s.daily_quota,
        per_call_window_s: s.per_call_window_s,
        replay_window_s: s.replay_window_s.unwrap_or(s.per_call_window_s.saturating_mul(2)),
    })
}

fn certificate(c: &WorldCertificate, system: &Id) -> Checked<CertificateEntry> {
    let mut fingerprint = [0; 32];
    At::new("certificate of", system)
        .parse("fingerprint", hex::decode_to_slice(&c.fingerprint, &mut fingerprint))?;
    Ok(CertificateEntry { fingerprint, system: system.clone(), not_after_us: c.not_after_us })
}

fn credential(c: &WorldCredential, system: &Id) -> Checked<CredentialEntry> {
    let entry = CredentialEntry {
        username: c.username.clone(),
        system: system.clone(),
        password: c.password.as_ref().map(|p| Secret::new(p.as_bytes())),
        secret: c.secret.as_ref().map(|s| Secret::new(s.as_bytes())),
        service_urls: c.service_urls.clone(),
    };
    check_credential(&entry).map(|()| entry)
}

fn agreement(a: &WorldAgreement, system: &Id) -> Checked<Agreement> {
    let at = At::new("agreement", &a.id);
    let mut grants = Grants::default();
    for grant in &a.grants {
        let fields = at.fields(&grant.fields)?;
        match at.name("service", Service::from_name(&grant.service))? {
            Service::Verify => grants.verify = Some(fields),
            Service::LookUp => grants.look_up = Some(fields),
        }
    }
    let purpose = |p: &WorldPurpose| {
        (
            p.code.as_str().into(),
            Purpose { name: p.name.as_deref().map(Into::into), case_required: p.case_required },
        )
    };
    let agreement = Agreement {
        id: at.id(&a.id)?,
        system: system.clone(),
        grants,
        near: a.near,
        purposes: a.purposes.iter().map(purpose).collect(),
        default_purpose: a.default_purpose.as_deref().map(Into::into),
        valid_from: at.parse("valid_from", CivilDate::parse_iso(&a.valid_from))?,
        valid_to: at.day("valid_to", a.valid_to.as_ref())?,
        verify_rule: at.fields(&a.verify_rule)?,
    };
    check_agreement(&agreement).map(|()| agreement)
}

pub(crate) fn check_agreement(a: &Agreement) -> Checked<()> {
    let invalid = |why: &str| Err(ExchangeError::invalid(format!("agreement {:?}", a.id), why));
    if a.default_purpose.as_ref().is_some_and(|p| !a.purposes.contains_key(p)) {
        return invalid("the default purpose is not among the purposes");
    }
    if a.purposes.keys().any(|code| code.trim() != &**code || code.is_empty()) {
        return invalid("a purpose is empty or has spaces around it");
    }
    if a.valid_to.is_some_and(|last| last < a.valid_from) {
        return invalid("it ends before it begins");
    }
    Ok(())
}

fn account(a: &WorldAccount, system: &Id) -> Checked<OfficerEntry> {
    let at = At::new("account", &a.id);
    let number = a.officer_number.as_ref().map(|n| at.parse("officer_number", PersonalId::parse(n)));
    let account = Account {
        id: at.id(&a.id)?,
        system: system.clone(),
        login: a.login.as_str().into(),
        officer_number: number.transpose()?,
        officer_name: a.officer_name.clone(),
        role: at.name("role", Role::from_name(&a.role))?,
        agency_code: at.parse("agency_code", AgencyCode::parse(&a.agency_code))?,
        daily_quota: a.daily_quota,
        state: at.name("state", AccountState::from_name(&a.state))?,
    };
    let password = a.password.as_ref().map(|p| Secret::new(p.as_bytes()));
    Ok(OfficerEntry { account, phone: a.phone.clone(), password })
}
