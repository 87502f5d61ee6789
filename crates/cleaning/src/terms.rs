//! On what terms a stock is cleaned: those of the road. The agreement says which columns are compared and whether the number
//! of the person may be told; the quotas of that day count every row.
use crate::{Asked, CleaningError, Columns, Job, NewJob};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use dancu_linkage::Column;
use dancu_policy::{Ask, Permit, Rules, Service, Workplace, decide, decide_carried};
use std::net::IpAddr;

/// Who wants a file cleaned, and on what ground.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// The system that asks
    pub system: &'a str,
    /// Login of the account it is charged to
    pub login: &'a str,
    /// Officer who holds that account: a 12-digit number or the login; none for the login
    pub officer: Option<&'a str>,
    /// Agency code of who asks
    pub agency_code: Option<&'a str>,
    /// Purpose or procedure code
    pub purpose: Option<&'a str>,
    /// Number of the case in hand
    pub case_number: Option<&'a str>,
    /// Columns of the file
    pub columns: Columns,
    /// Name of the file
    pub file: &'a str,
    /// SHA-256 of the file as it came
    pub input_sha256: [u8; 32],
    /// How it came: `shell`, `console`, `rest`
    pub form: &'a str,
    /// Where it came from; none for a file that was carried here by hand
    pub source: Option<IpAddr>,
    /// From where a person works
    pub workplace: Workplace<'a>,
    /// Now, microseconds since the epoch
    pub now_us: i64,
}

/// What a wish may have.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Organisation that asks
    pub organisation: String,
    /// Its system
    pub system: String,
    /// Who asks and for what
    pub asked: Asked,
    /// Columns that may be compared: those of the file that the agreement names, and the row's own name
    pub columns: Columns,
    /// Whether the number of the person may be told: the agreement lets it be looked up, and the account may look up
    pub tells_number: bool,
    /// Fields of a person that may be looked at beside a doubtful row; none where the account may verify only
    pub looks_up: FieldSet,
    /// Whether it is told how a field differs: the agreement has `near`
    pub tells_near: bool,
    /// What the rows count against
    pub(crate) charges: Vec<dancu_policy::Charge>,
}

/// Decides a wish: [`dancu_policy::decide`], as of a verification.
///
/// # Errors
///
/// The reason against it; `FIELD_NOT_AGREED` too where nothing is left by which a person could be found. Whoever asked gets it
/// after it is written down: [`crate::Teller::refuse`].
pub fn terms(rules: &Rules, rules_version: u64, wish: &Wish<'_>) -> Result<Terms, Code> {
    let permit = ruled(rules, wish, Service::Verify)?;
    let columns = wish.columns.within(permit.fields);
    let telling = [Column::PersonalId, Column::IdCardNumber, Column::FullName, Column::OtherName].into_iter();
    if !telling.clone().any(|column| columns.contains(column)) {
        return Err(Code::FieldNotAgreed);
    }
    // What belongs to a look-up is had by who may look up: by law of the role, as on the road, and under the same agreement.
    let looks_up = ruled(rules, wish, Service::LookUp).ok();
    let looks_up = looks_up.filter(|look_up| look_up.agreement.id == permit.agreement.id);
    let looks_up = looks_up.map(|look_up| look_up.agreement.grants.look_up.unwrap_or_default());
    Ok(Terms {
        organisation: permit.system.organisation.to_string(),
        system: permit.system.id.to_string(),
        asked: Asked { may_look: looks_up.is_some(), ..asked(&permit, wish, rules_version) },
        columns,
        tells_number: looks_up.is_some_and(|fields| fields.contains(Field::PersonalId)),
        looks_up: looks_up.unwrap_or_default(),
        tells_near: permit.near,
        charges: permit.charges.to_vec(),
    })
}

fn ruled(rules: &Rules, wish: &Wish<'_>, service: Service) -> Result<Permit, Code> {
    let ask = Ask {
        system: wish.system,
        service,
        login: Some(wish.login),
        officer: wish.officer.or(Some(wish.login)),
        agency_code: wish.agency_code,
        purpose: wish.purpose,
        case_number: wish.case_number,
        // All that is agreed: what the file has beyond it is left out, and does not refuse the rest.
        fields: None,
        older_form: false,
        source: wish.source.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED)),
        workplace: wish.workplace,
        now_us: wish.now_us,
    };
    if wish.source.is_some() { decide(rules, &ask) } else { decide_carried(rules, &ask) }
}

fn asked(permit: &Permit, wish: &Wish<'_>, rules_version: u64) -> Asked {
    Asked {
        file: wish.file.to_owned(),
        form: wish.form.to_owned(),
        account: permit.account.id.to_string(),
        login: permit.account.login.to_string(),
        role: permit.account.role.name().to_owned(),
        agency_code: permit.account.agency_code.to_string(),
        agreement: permit.agreement.id.to_string(),
        purpose: permit.purpose.to_string(),
        case_number: wish.case_number.map(ToOwned::to_owned),
        rules_version,
        ..Asked::default()
    }
}

/// Decides again on what ground a job stands, before anything of it is handed out: the system, the account, the agreement may
/// not be today what they were. What the terms of today tell is no less than what the job tells.
///
/// # Errors
///
/// The reason against it; `FIELD_NOT_AGREED` where less is agreed today than the job tells. Whoever asked gets it after it is
/// written down.
pub fn stands(rules: &Rules, rules_version: u64, job: &Job, now_us: i64) -> Result<Terms, Code> {
    let today = terms(rules, rules_version, &job.wish(now_us))?;
    let is_less = job.columns != today.columns.intersect(job.columns)
        || job.tells_number && !today.tells_number
        || job.tells_near && !today.tells_near;
    if today.organisation != job.organisation {
        return Err(Code::AgencyMismatch);
    }
    if today.asked.account != job.asked.account {
        return Err(Code::AccountUnknown);
    }
    if is_less { Err(Code::FieldNotAgreed) } else { Ok(today) }
}

impl Job {
    /// The wish that it came of, at another time.
    pub(crate) fn wish(&self, now_us: i64) -> Wish<'_> {
        let asked = &self.asked;
        Wish {
            system: &self.system,
            login: &asked.login,
            officer: None,
            agency_code: None,
            purpose: Some(&asked.purpose),
            case_number: asked.case_number.as_deref(),
            columns: self.columns,
            file: &asked.file,
            input_sha256: self.input_sha256,
            form: &asked.form,
            source: None,
            workplace: Workplace::System,
            now_us,
        }
    }
}

impl Terms {
    /// The job of a wish on these terms.
    pub fn job(&self, wish: &Wish<'_>, chunk_rows: u32) -> NewJob {
        NewJob {
            organisation: self.organisation.clone(),
            system: self.system.clone(),
            asked: self.asked.clone(),
            input_sha256: wish.input_sha256,
            columns: self.columns,
            tells_number: self.tells_number,
            tells_near: self.tells_near,
            chunk_rows,
            mapping: String::new(),
        }
    }

    /// The charges of so many rows.
    pub(crate) fn charges(&self, rows: u64) -> Vec<dancu_journal::Charge> {
        let charge = |charge: &dancu_policy::Charge| dancu_journal::Charge {
            scope: match charge.scope {
                dancu_policy::Scope::Account => dancu_journal::Scope::Account,
                dancu_policy::Scope::System => dancu_journal::Scope::System,
            },
            id: charge.id.to_string(),
            day: i64::from(charge.day),
            limit: u64::from(charge.limit),
            calls: rows,
        };
        self.charges.iter().map(charge).collect()
    }

    /// Whether a job on record is this wish's.
    pub(crate) fn are_of(&self, job: &Job) -> Result<(), CleaningError> {
        let same = self.system == job.system
            && self.columns == job.columns
            && (self.tells_number, self.tells_near) == (job.tells_number, job.tells_near)
            && self.asked.account == job.asked.account
            && self.asked.agreement == job.asked.agreement
            && self.asked.purpose == job.asked.purpose;
        if same { Ok(()) } else { Err(CleaningError::NotNow("the terms are another job's")) }
    }
}
