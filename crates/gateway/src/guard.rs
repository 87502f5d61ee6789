//! What the watch says to a call: whether who calls is braked, and how answers about a person stand.
use dancu_catalogue::Code;
use dancu_citizen::{Allowed, BirthDate, Claim, IdCardNumber, PersonNumber, PersonalId};
use dancu_keys::KeyRing;
use dancu_policy::Permit;
use dancu_registry::{Finding, PersonKey, Registry, RegistryError};
use dancu_watch::guess::shared::Guess;
use dancu_watch::guess::{Person, Standing, claim_hash};
use dancu_watch::{Brakes, Watch};

/// The watch as the road asks it. Both questions are answered from memory.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Rules over the journal, alerts, brakes
    pub watch: Watch,
    /// Who is braked
    pub brakes: Brakes,
    /// Guess budgets of people; none where they are switched off
    pub guess: Option<Guess>,
}

impl Guard {
    /// Asks this watch and these budgets.
    pub fn new(watch: Watch, guess: Option<Guess>) -> Self {
        Self { brakes: watch.brakes(), watch, guess }
    }

    /// Whose budget questions about a number count against: what a supervisor's release names. In doubt it asks the store, and
    /// blocks.
    pub fn budget_of(
        number: PersonNumber,
        registry: &Registry,
        ring: &KeyRing,
    ) -> Result<Option<Person>, RegistryError> {
        let claim = match number {
            PersonNumber::PersonalId(id) => Claim { personal_id: Some(id), ..Claim::default() },
            PersonNumber::IdCard(card) => Claim { id_card_number: Some(card), ..Claim::default() },
        };
        Ok(person(&claim, &registry.verify(&claim, Allowed::ALL)?, ring))
    }

    /// Whether answers about this person are paused for this account. In doubt it asks the store, and blocks.
    pub fn is_paused(
        &self,
        number: PersonNumber,
        account: &str,
        registry: &Registry,
        ring: &KeyRing,
        now_us: i64,
    ) -> Result<bool, RegistryError> {
        let Some(guess) = &self.guess else { return Ok(false) };
        let person = Self::budget_of(number, registry, ring)?;
        Ok(person.is_some_and(|person| guess.standing(&person, account, now_us) != Standing::Open))
    }

    /// Whether what was permitted may pass now. Nothing is allocated, and nobody is waited for.
    ///
    /// # Errors
    ///
    /// `ACCOUNT_BRAKED`, `SYSTEM_BRAKED`.
    pub fn pass(&self, permit: &Permit, now_us: i64) -> Result<(), Code> {
        self.brakes.pass(&permit.system.id, &permit.account.id, now_us)
    }

    /// Whether answers about the person whom a claim names are given to this account; a claim that disagrees with the record is
    /// counted, whoever makes it. A number that nobody bears has a budget too: a refusal shall not tell that a number exists.
    ///
    /// # Errors
    ///
    /// `ANSWERS_PAUSED` when the person's budget is spent.
    pub(crate) fn weigh(
        &self,
        permit: &Permit,
        claim: &Claim,
        finding: &Finding,
        disagrees: bool,
        ring: &KeyRing,
        now_us: i64,
    ) -> Result<(), Code> {
        let Some(guess) = &self.guess else { return Ok(()) };
        let Some(person) = person(claim, finding, ring) else { return Ok(()) };
        let account = &permit.account.id;
        if guess.standing(&person, account, now_us) != Standing::Open {
            return Err(Code::AnswersPaused);
        }
        if disagrees {
            guess.mismatch(&person, account, hash(claim, ring), now_us);
        }
        Ok(())
    }
}

/// Whose budget it is: that of the record, else of the number that was asked.
fn person(claim: &Claim, finding: &Finding, ring: &KeyRing) -> Option<Person> {
    if let Some(PersonKey(key)) = finding.person {
        return Some(key);
    }
    let asked = claim.personal_id.map(PersonNumber::PersonalId);
    let asked = asked.or_else(|| claim.id_card_number.map(PersonNumber::IdCard))?;
    Some(ring.keyed_hash("watch.nobody", asked.expose().as_bytes()))
}

/// Claims that say the same are one.
fn hash(claim: &Claim, ring: &KeyRing) -> u32 {
    let said = [
        claim.personal_id.map(PersonalId::expose),
        claim.id_card_number.map(IdCardNumber::expose),
        claim.full_name.as_ref().map(|name| name.marked().to_owned()),
        claim.birth_date.map(BirthDate::iso),
        claim.sex.map(|sex| sex.code().to_string()),
    ];
    claim_hash(ring, said.map(Option::unwrap_or_default).join("\n").as_bytes())
}
