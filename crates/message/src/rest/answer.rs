//! Answers in JSON.
use super::{CitizenAnswer, FieldAnswer, FieldAnswers, LookUpAnswer, Problem, VerificationAnswer};
use crate::{Answer, LookUp, Outcome, Refusal, Verification};
use dancu_catalogue::Lang;
use dancu_citizen::{Comparison, Field};
use serde::Serialize;

/// What an answer tells besides the answer itself.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The caller's number of the request, where it could be read
    pub request_id: Option<&'a str>,
    /// Names the call in the journal and in the logs
    pub correlation_id: &'a str,
    /// Number of the journal entry, where it is known
    pub journal: Option<u64>,
    /// Path called, for problems
    pub instance: &'a str,
    /// Language of problems
    pub lang: Lang,
}

/// Writes one answer. A refusal becomes a [`Problem`]; its status is that of its code.
pub fn encode(answer: &Answer, reply: &Reply<'_>) -> Vec<u8> {
    match told(answer, reply) {
        Ok(told) => bytes(&told),
        Err(problem) => bytes(&problem),
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Verification(Box<VerificationAnswer>),
    LookUp(LookUpAnswer),
}

fn told(answer: &Answer, reply: &Reply<'_>) -> Result<Told, Box<Problem>> {
    match answer {
        Answer::Verification(verification) => Ok(Told::Verification(Box::new(verified(verification, reply)))),
        Answer::LookUp(found) => Ok(Told::LookUp(looked_up(found, reply))),
        Answer::Refusal(refusal) => Err(Box::new(Problem::of(refusal, reply))),
    }
}

fn verified(verification: &Verification, reply: &Reply<'_>) -> VerificationAnswer {
    VerificationAnswer {
        request_id: reply.request_id.unwrap_or_default().to_owned(),
        correlation_id: reply.correlation_id.to_owned(),
        outcome: verification.outcome.name().to_owned(),
        verified: verification.outcome == Outcome::Verified,
        exists: verification.tontai,
        fields: verification.comparison.as_ref().map(field_answers),
    }
}

fn field_answers(comparison: &Comparison) -> FieldAnswers {
    let get = |field| {
        let verdict = comparison.get(field);
        FieldAnswer { verdict: verdict.verdict.name().to_owned(), reason: verdict.reason.name().to_owned() }
    };
    FieldAnswers {
        personal_id: get(Field::PersonalId),
        id_card_number: get(Field::IdCardNumber),
        full_name: get(Field::FullName),
        birth_date: get(Field::BirthDate),
        sex: get(Field::Sex),
    }
}

fn looked_up(found: &LookUp, reply: &Reply<'_>) -> LookUpAnswer {
    let citizen = found.record.as_ref().map(|record| Box::new(CitizenAnswer::of(record, found.released)));
    let released = if citizen.is_some() {
        found.released.iter().map(|f| f.name().to_owned()).collect()
    } else {
        Vec::new()
    };
    LookUpAnswer {
        request_id: reply.request_id.unwrap_or_default().to_owned(),
        correlation_id: reply.correlation_id.to_owned(),
        outcome: found.outcome.name().to_owned(),
        released,
        citizen,
    }
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    // Serialising these types cannot fail: no maps with odd keys, no fallible implementations.
    // Were it to, the caller still gets a body that is not mistaken for an answer.
    serde_json::to_vec(value).unwrap_or_else(|_| {
        let refusal = Refusal { code: dancu_catalogue::Code::Internal, field: None };
        format!("{{\"code\":\"{}\"}}", refusal.code.name()).into_bytes()
    })
}
