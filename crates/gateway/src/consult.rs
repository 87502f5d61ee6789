//! The registry's station: a permit and a claim in, an answer out.
use crate::Guard;
use dancu_catalogue::Code;
use dancu_citizen::{
    Allowed, Claim, Comparison, Field, FieldSet, IdCardNumber, LifeState, PersonNumber, PersonalId, Record,
};
use dancu_keys::KeyRing;
use dancu_message::{Answer, LookUp, Outcome, Refusal, Request, Service, Verification};
use dancu_policy::{Agreement, Permit};
use dancu_registry::{Doubt, Finding, PersonKey, Registry, RegistryError, TestPeople};
use std::borrow::Cow;

/// What the registry said, and what of it leaves.
pub(crate) struct Found {
    pub(crate) answer: Answer,
    pub(crate) released: FieldSet,
    comparison: Option<Comparison>,
    /// Number of the record that was found
    subject: Option<PersonNumber>,
}

impl Found {
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self { answer: Answer::Refusal(refusal), released: FieldSet::EMPTY, comparison: None, subject: None }
    }

    /// What a spent guess budget leaves of an answer: the entry alone names the citizen.
    fn paused(code: Code, finding: &Finding) -> Self {
        Self { subject: finding.number, ..Self::refused(Refusal { code, field: None }) }
    }

    /// Number of the citizen: of the record when there is one, else the one that was asked.
    pub(crate) fn subject(&self, request: Option<&Request>) -> Option<String> {
        self.subject.map(PersonNumber::expose).or_else(|| {
            let claim = &request?.claim;
            claim
                .personal_id
                .map(PersonalId::expose)
                .or_else(|| claim.id_card_number.map(IdCardNumber::expose))
        })
    }

    pub(crate) fn verdicts(&self) -> Vec<(Field, Cow<'static, str>)> {
        let verdicts = self.comparison.iter().flat_map(Comparison::iter);
        verdicts.map(|(field, verdict)| (field, Cow::Borrowed(verdict.verdict.name()))).collect()
    }
}

/// Where answers come from: the registry, or the synthetic people of the sandbox.
pub(crate) trait People: Clone + Send + 'static {
    /// Blocks in doubt.
    fn verify(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, RegistryError>;
    /// From memory alone.
    fn verify_now(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, Doubt>;
    fn record(&self, person: PersonKey, fields: FieldSet) -> Result<Option<Record>, RegistryError>;
}

impl People for Registry {
    fn verify(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, RegistryError> {
        Self::verify(self, claim, allowed)
    }
    fn verify_now(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, Doubt> {
        Self::verify_now(self, claim, allowed)
    }
    fn record(&self, person: PersonKey, fields: FieldSet) -> Result<Option<Record>, RegistryError> {
        Self::record(self, person, fields)
    }
}

impl People for TestPeople {
    fn verify(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, RegistryError> {
        Ok(Self::verify(self, claim, allowed))
    }
    fn verify_now(&self, claim: &Claim, allowed: Allowed) -> Result<Finding, Doubt> {
        Ok(Self::verify(self, claim, allowed))
    }
    fn record(&self, person: PersonKey, fields: FieldSet) -> Result<Option<Record>, RegistryError> {
        Ok(Self::record(self, person, fields))
    }
}

/// Where claims are held against records.
pub(crate) struct Desk<'a, P> {
    pub(crate) people: &'a P,
    /// Budgets of guesses; none in the sandbox, where nobody real is asked about
    pub(crate) budgets: Option<Budgets<'a>>,
}

/// What guess budgets are asked by.
pub(crate) struct Budgets<'a> {
    pub(crate) guard: &'a Guard,
    pub(crate) ring: &'a KeyRing,
    pub(crate) now_us: i64,
}

impl<P> Desk<'_, P> {
    /// Asks whether answers about this person are given, and counts a claim that disagrees, by fields that may be compared.
    fn weigh(&self, permit: &Permit, request: &Request, finding: &Finding) -> Result<(), Code> {
        let Some(Budgets { guard, ring, now_us }) = &self.budgets else { return Ok(()) };
        let disagrees = finding.comparison.as_ref().is_none_or(contradicts);
        guard.weigh(permit, &request.claim, finding, disagrees, ring, *now_us)
    }
}

/// Asks the registry what the permit allows.
pub(crate) async fn consult(desk: &Desk<'_, impl People>, permit: &Permit, request: &Request) -> Found {
    match request.service {
        Service::Verify => verify(desk, permit, request).await,
        Service::LookUp => look_up(desk, permit, request).await,
    }
}

/// Asks memory, and in doubt the store, which blocks.
pub(crate) async fn ask(people: &impl People, claim: &Claim, allowed: Allowed) -> Result<Finding, Code> {
    if let Ok(finding) = people.verify_now(claim, allowed) {
        return Ok(finding);
    }
    let (people, claim) = (people.clone(), claim.clone());
    match tokio::task::spawn_blocking(move || people.verify(&claim, allowed)).await {
        Ok(Ok(finding)) => Ok(finding),
        Ok(Err(error)) => {
            tracing::error!(%error, "a person cannot be read");
            Err(Code::StoreUnavailable)
        }
        Err(_) => Err(Code::Internal),
    }
}

async fn verify(desk: &Desk<'_, impl People>, permit: &Permit, request: &Request) -> Found {
    let registry = desk.people;
    // The rule looks at every field of the agreement; the caller is told only of those it asked for.
    let agreed = permit.agreement.grants.verify.unwrap_or_default();
    let asked = ask(registry, &request.claim, Allowed { fields: agreed, near: permit.near }).await;
    let finding = match asked {
        Ok(finding) => finding,
        Err(code) => return Found::refused(Refusal { code, field: None }),
    };
    if let Err(code) = desk.weigh(permit, request, &finding) {
        return Found::paused(code, &finding);
    }
    let basic = finding.comparison.as_ref().is_some_and(|c| agrees(c, Agreement::LEAST));
    let verified = finding.comparison.as_ref().is_some_and(|c| agrees(c, permit.verify_rule));
    let usable = finding.state == LifeState::Alive;
    let outcome = match (finding.comparison.is_some(), verified, usable) {
        (false, ..) => Outcome::NotFound,
        (true, false, _) => Outcome::Mismatch,
        (true, true, false) => Outcome::NotUsable,
        (true, true, true) => Outcome::Verified,
    };
    let told = if permit.fields == agreed {
        finding.comparison
    } else {
        let told = Allowed { fields: permit.fields, near: permit.near };
        match ask(registry, &request.claim, told).await {
            Ok(finding) => finding.comparison,
            Err(code) => return Found::refused(Refusal { code, field: None }),
        }
    };
    let subject = finding.number;
    Found {
        answer: Answer::Verification(Verification { outcome, tontai: basic && usable, comparison: told }),
        released: FieldSet::EMPTY,
        comparison: told,
        subject,
    }
}

/// Shows a record only to a caller that already knows number, name and birth date (Decree 70/2024/NĐ-CP).
async fn look_up(desk: &Desk<'_, impl People>, permit: &Permit, request: &Request) -> Found {
    let registry = desk.people;
    let asked = ask(registry, &request.claim, Allowed { fields: COMPARED, near: false }).await;
    let finding = match asked {
        Ok(finding) => finding,
        Err(code) => return Found::refused(Refusal { code, field: None }),
    };
    if let Err(code) = desk.weigh(permit, request, &finding) {
        return Found::paused(code, &finding);
    }
    let subject = finding.number;
    let knows = finding.comparison.as_ref().is_some_and(|c| agrees(c, Agreement::LEAST) && !contradicts(c));
    let outcome = match (finding.comparison.is_some(), knows, finding.state) {
        (false, ..) => Outcome::NotFound,
        (true, false, _) => Outcome::Mismatch,
        (true, true, LifeState::Cancelled | LifeState::Locked) => Outcome::NotUsable,
        // The record of a deceased or missing person serves inheritance and civil status; its state says so.
        (true, true, LifeState::Alive | LifeState::Deceased | LifeState::Missing) => Outcome::Verified,
    };
    let released = permit.fields.intersect(request.form.carries());
    let record = match (outcome, finding.person) {
        (Outcome::Verified, Some(person)) => {
            let (registry, fields) = (registry.clone(), released);
            let read = tokio::task::spawn_blocking(move || registry.record(person, fields)).await;
            match read {
                Ok(Ok(record)) => record,
                Ok(Err(error)) => {
                    tracing::error!(%error, "a record cannot be read");
                    return Found::refused(Refusal { code: Code::StoreUnavailable, field: None });
                }
                Err(_) => return Found::refused(Refusal { code: Code::Internal, field: None }),
            }
        }
        _ => None,
    };
    Found {
        released: record.as_ref().map_or(FieldSet::EMPTY, |r| r.fields().intersect(released)),
        answer: Answer::LookUp(LookUp { outcome, record: record.map(Box::new), released }),
        comparison: finding.comparison,
        subject,
    }
}

/// The five fields that a claim can hold.
const COMPARED: FieldSet = FieldSet::EMPTY
    .with(Field::PersonalId)
    .with(Field::IdCardNumber)
    .with(Field::FullName)
    .with(Field::BirthDate)
    .with(Field::Sex);

/// Whether every field of a rule agrees; the number by whichever number was given.
fn agrees(comparison: &Comparison, rule: FieldSet) -> bool {
    let number = !rule.contains(Field::PersonalId) || comparison.number_agrees();
    number && comparison.agrees(rule.without(Field::PersonalId))
}

/// A field beyond the rule that was said and is wrong.
fn contradicts(comparison: &Comparison) -> bool {
    use dancu_citizen::Verdict;
    comparison.iter().any(|(_, v)| matches!(v.verdict, Verdict::Mismatch | Verdict::Near))
}
