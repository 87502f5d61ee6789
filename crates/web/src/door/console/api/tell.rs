//! What the errors of the libraries come to. No words that a person wrote, no name and no number are in them.
use super::super::words;
use super::trouble::{FieldFault, Told};
use crate::Texts;
use dancu_campaign::{CampaignError, Refusal, texts};
use dancu_catalogue::Code;
use dancu_cleaning::CleaningError;
use dancu_evidence::EvidenceError;
use dancu_exchange::ExchangeError;
use dancu_governance::GovernanceError;
use dancu_pki::RecipientRefused;
use dancu_secrets::SecretsError;
use dancu_staff::{PasswordFault, StaffError};
use dancu_usage::UsageError;
use dancu_watch::WatchError;

/// An error that has an answer.
pub(super) trait Tell {
    /// What is answered.
    fn told(&self, t: Texts) -> Told;
}

/// The program or the store failed; the log knows more.
fn failed(error: &dyn std::error::Error) -> Told {
    tracing::warn!(%error, "the API could not do what was asked");
    Told::from(Code::StoreUnavailable)
}

fn pointer(field: &str) -> String {
    format!("/{}", field.replace('.', "/"))
}

impl Tell for GovernanceError {
    fn told(&self, t: Texts) -> Told {
        match self {
            Self::Unknown { .. } => Code::NotFound.into(),
            Self::NotNow { .. } | Self::Moved | Self::Through(_) => Code::NotNow.into(),
            Self::SamePerson { earlier, .. } => Told::from(Code::SamePerson).because(*earlier),
            Self::DocumentMissing(kind) => Told::from(Code::NotYet).because(format!("document:{kind}")),
            Self::NotMet(check) => {
                let words = t.t(&format!("check-{}", words::dashed(check.name()))).into_owned();
                Told::from(Code::NotYet).because(check.name()).saying(words)
            }
            Self::Invalid(problems) => {
                let fault = |problem: &dancu_governance::Problem| {
                    FieldFault::new(pointer(&problem.field), problem.wrong.name(), t)
                };
                Told { errors: problems.iter().map(fault).collect(), ..Code::FormInvalid.into() }
            }
            Self::Taken(what) => Told::from(Code::AlreadyThere).because(*what),
            Self::File(why) => Told::from(Code::FileRefused).because(*why),
            Self::Impossible(why) => Told::from(Code::NotNow).because(*why),
            Self::Exchange(error) => error.told(t),
            other => failed(other),
        }
    }
}

impl Tell for ExchangeError {
    fn told(&self, t: Texts) -> Told {
        match self {
            Self::Unknown { .. } => Code::NotFound.into(),
            Self::Taken(what) => Told::from(Code::AlreadyThere).because(*what),
            Self::Invalid { .. } => Told::from(Code::FormInvalid).at("", "form", t),
            other => failed(other),
        }
    }
}

impl Tell for CampaignError {
    fn told(&self, t: Texts) -> Told {
        match self {
            Self::Unknown { .. } => Code::NotFound.into(),
            Self::Refused(refusal) => {
                let code = match refusal {
                    Refusal::OwnRequest | Refusal::NotYours => Code::SamePerson,
                    Refusal::Faulty => Code::NotYet,
                    Refusal::NotNow
                    | Refusal::TooLate
                    | Refusal::Nothing
                    | Refusal::Stale
                    | Refusal::Touched
                    | Refusal::Expired
                    | Refusal::Pending
                    | Refusal::Closed => Code::NotNow,
                    _ => Code::FormInvalid,
                };
                let words = texts::say(t.lang(), &refusal.key(), &[]);
                Told::from(code).because(refusal.name().replace('-', "_")).saying(words)
            }
            Self::Table(error) => Told::from(Code::FileRefused).because(error.key().replace('-', "_")),
            Self::Busy | Self::Moved => Code::Overloaded.into(),
            Self::Exchange(error) => error.told(t),
            other => failed(other),
        }
    }
}

impl Tell for StaffError {
    fn told(&self, t: Texts) -> Told {
        match self {
            Self::Unknown(_) => Code::NotFound.into(),
            Self::Taken => Told::from(Code::AlreadyThere).at("/login", "taken", t),
            Self::Invalid(field, _) => Told::from(Code::FormInvalid).at(format!("/{field}"), "form", t),
            Self::State(state) => Told::from(Code::NotNow).because(*state),
            Self::OwnAccount => Code::SamePerson.into(),
            Self::Password(faults) => {
                let faults = faults.iter().map(|fault| password(*fault, t));
                Told { errors: faults.collect(), ..Code::FormInvalid.into() }
            }
            Self::NotSignedIn => Code::SignInRequired.into(),
            Self::ProofNeeded => Code::ProofNeeded.into(),
            Self::WrongProof | Self::Passkey(_) => Code::ProofWrong.into(),
            Self::TooLate => Told::from(Code::NotNow).because("too_late"),
            other => failed(other),
        }
    }
}

fn password(fault: PasswordFault, t: Texts) -> FieldFault {
    let (key, wrong, number) = match fault {
        PasswordFault::TooShort(n) => ("door-password-short", "too_short", n),
        PasswordFault::TooLong(n) => ("door-password-long", "too_long", n),
        PasswordFault::TooPlain(n) => ("door-password-plain", "too_plain", n),
        PasswordFault::HoldsLogin => ("door-password-login", "holds_login", 0),
        PasswordFault::UsedBefore(n) => ("door-password-used", "used_before", n),
    };
    let detail = t.t1(key, "number", &number.to_string()).into_owned();
    FieldFault { pointer: "/new_password".into(), wrong: wrong.into(), detail }
}

impl Tell for SecretsError {
    fn told(&self, t: Texts) -> Told {
        match self {
            Self::Unknown(_) => Code::NotFound.into(),
            Self::Recipient(refused) => certificate(*refused),
            Self::RecipientRevoked => Told::from(Code::NotNow).because("recipient_revoked"),
            Self::ForeignRecipient => Told::from(Code::FormInvalid).at("/recipient", "unknown", t),
            Self::Gone => Code::DeliveryGone.into(),
            Self::Exchange(error) => error.told(t),
            other => failed(other),
        }
    }
}

impl Tell for WatchError {
    fn told(&self, t: Texts) -> Told {
        match self {
            // The alert is there, but there is nothing to release.
            Self::Unknown("brake in force") => Told::from(Code::NotNow).because("not_braked"),
            Self::Unknown(_) => Code::NotFound.into(),
            Self::Step(from, _) => Told::from(Code::NotNow).because(*from),
            Self::Decided(state) => Told::from(Code::NotNow).because(*state),
            Self::SamePerson => Told::from(Code::SamePerson).because("propose"),
            Self::Busy => Told::from(Code::NotNow).because("dry_run_under_way"),
            Self::Setting(_) => Told::from(Code::FormInvalid).at("/setting", "form", t),
            other => failed(other),
        }
    }
}

impl Tell for UsageError {
    fn told(&self, _: Texts) -> Told {
        failed(self)
    }
}

impl Tell for CleaningError {
    fn told(&self, _: Texts) -> Told {
        match self {
            Self::Unknown { .. } => Code::NotFound.into(),
            Self::Refused(code) => (*code).into(),
            Self::NotNow(_) => Code::NotNow.into(),
            other => failed(other),
        }
    }
}

impl Tell for EvidenceError {
    fn told(&self, _: Texts) -> Told {
        match self {
            Self::Unknown(_) => Code::NotFound.into(),
            other => failed(other),
        }
    }
}

fn certificate(refused: RecipientRefused) -> Told {
    Told::from(Code::FileRefused).because(refused.to_string())
}
