//! States, steps and kinds in the words of the page.
use crate::Texts;
use crate::icons::Icon;
use crate::parts::{Badge, Tone};
use dancu_citizen::CivilDate;
use dancu_governance::rules::Rules;
use dancu_governance::{GovernanceError, Kind, Matter, State, Step};
use dancu_policy::Term;
use std::sync::LazyLock;

/// A state as a badge.
pub(super) fn state(t: Texts, state: State) -> Badge {
    let (tone, icon) = tone(state);
    Badge { tone, icon, label: t.t(&format!("state-{}", dashed(state.name()))).into_owned() }
}

fn tone(state: State) -> (Tone, Icon) {
    match state {
        State::Connected
        | State::Approved
        | State::Passed
        | State::Confirmed
        | State::Corrected
        | State::InForce => (Tone::Good, Icon::Check),
        State::Suspended | State::Disconnected | State::Failed | State::Rejected => (Tone::Bad, Icon::Stop),
        State::Returned | State::Due | State::FollowUp | State::Waiting => (Tone::Warn, Icon::Warning),
        State::Withdrawn | State::Cancelled | State::Closed | State::Lifted | State::Draft => {
            (Tone::Plain, Icon::Info)
        }
        _ => (Tone::Info, Icon::Clock),
    }
}

/// A step in the imperative, as its button says it.
pub(super) fn step(t: Texts, step: Step) -> String {
    t.t(&format!("step-{}", dashed(step.name()))).into_owned()
}

/// What a kind of matter is called.
pub(super) fn kind(t: Texts, kind: Kind) -> String {
    t.t(&format!("kind-{}", dashed(kind.name()))).into_owned()
}

/// A name of the data as a key of the texts.
pub(super) fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// How near a deadline is.
pub(super) fn urgency(t: Texts, matter: &Matter, now_us: i64) -> Badge {
    /// Three days
    const SOON_US: i64 = 3 * 86_400_000_000;
    if matter.is_overdue(now_us) {
        return Badge { tone: Tone::Bad, icon: Icon::Stop, label: t.t("work-late").into_owned() };
    }
    match matter.deadline_us {
        Some(deadline) if deadline - now_us < SOON_US => {
            Badge { tone: Tone::Warn, icon: Icon::Warning, label: t.t("work-soon").into_owned() }
        }
        _ => state(t, matter.state),
    }
}

/// A value of a list of the data, in the page's language.
pub(super) fn choice(list: &[(String, [String; 2])], name: &str, t: Texts) -> String {
    let found = list.iter().find(|(n, _)| n == name);
    found.map_or_else(|| name.to_owned(), |(_, labels)| own(labels, t).to_owned())
}

/// The text of the page's language, of one in Vietnamese and one in English.
pub(super) fn own(both: &[String; 2], t: Texts) -> &str {
    let [vi, en] = both;
    if t.lang() == dancu_catalogue::Lang::Vi { vi } else { en }
}

/// A term in words.
pub(super) fn term(t: Texts, term: Term) -> String {
    match term {
        Term::Working(days) => t.t1("term-working", "days", &days.to_string()).into_owned(),
        Term::Calendar(days) => t.t1("term-calendar", "days", &days.to_string()).into_owned(),
    }
}

/// Yes or no, as a badge.
pub(super) fn yes(t: Texts, yes: bool) -> Badge {
    if yes {
        Badge { tone: Tone::Good, icon: Icon::Check, label: t.t("word-yes").into_owned() }
    } else {
        Badge { tone: Tone::Plain, icon: Icon::Clock, label: t.t("word-not-yet").into_owned() }
    }
}

/// A day as people type it, `24/11/2026`, or as ISO 8601 has it.
pub(super) fn date(text: &str) -> Option<CivilDate> {
    if let Ok(date) = CivilDate::parse_iso(text) {
        return Some(date);
    }
    let mut parts = text.split('/').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    CivilDate::parse_iso(&format!("{year:0>4}-{month:0>2}-{day:0>2}")).ok()
}

/// Name of the control for a file of this kind.
pub(super) fn file_control(kind: &str) -> &'static str {
    const KINDS: &[&str] = &[
        "file-request-form",
        "file-technical-description",
        "file-commitment",
        "file-level-file",
        "file-level-approval",
        "file-assessment-report",
        "file-exemption-proof",
        "file-order",
        "file-remedy-report",
        "file-inspection-report",
        "file-evaluation-report",
        "file-evidence",
    ];
    let name = format!("file-{}", dashed(kind));
    KINDS.iter().find(|control| **control == name).copied().unwrap_or("file-other")
}

/// Name of the control for the reason of a step: each form of a page has its own.
pub(super) fn why_control(step: Step) -> &'static str {
    // Leaked once for each of the few steps there are, and never again.
    static NAMES: LazyLock<Vec<(Step, String)>> = LazyLock::new(|| {
        Step::ALL.iter().map(|step| (*step, format!("why-{}", dashed(step.name())))).collect()
    });
    NAMES.iter().find(|(of, _)| *of == step).map_or("why", |(_, name)| name.as_str())
}

/// Name of the control for the documents that are handed over with this step.
pub(super) fn handed_control(step: Step) -> Option<&'static str> {
    match step {
        Step::Receive => Some("handed-receive"),
        Step::RenewTest => Some("handed-renew"),
        _ => None,
    }
}

/// Why a step was not taken: a title and what to do. None where the program or the store failed.
pub(super) fn refusal(
    t: Texts,
    error: &GovernanceError,
    rules: &Rules,
    day: CivilDate,
) -> Option<(String, String)> {
    let words = |title: &str, todo: &str| Some((t.t(title).into_owned(), t.t(todo).into_owned()));
    match error {
        GovernanceError::NotNow { .. } | GovernanceError::Moved | GovernanceError::Through(_) => {
            words("refusal-moved", "refusal-moved-todo")
        }
        GovernanceError::SamePerson { .. } => words("refusal-same-person", "refusal-same-person-todo"),
        GovernanceError::DocumentMissing(kind) => {
            let name = choice(rules.list("document_kind", day), kind, t);
            Some((
                t.t1("refusal-document", "document", &name).into_owned(),
                t.t("refusal-document-todo").into_owned(),
            ))
        }
        GovernanceError::NotMet(check) => {
            let key = format!("check-{}", dashed(check.name()));
            Some((t.t("refusal-not-met").into_owned(), t.t(&key).into_owned()))
        }
        GovernanceError::Invalid(problems) => {
            let fields: Vec<String> =
                problems.iter().map(|problem| super::request::label(&problem.field, t)).collect();
            Some((t.t("refusal-invalid").into_owned(), fields.join("; ")))
        }
        GovernanceError::Taken(_) => words("refusal-taken", "refusal-taken-todo"),
        GovernanceError::File(why) => Some((t.t("refusal-file").into_owned(), (*why).to_owned())),
        GovernanceError::Impossible(_) => words("refusal-impossible", "refusal-impossible-todo"),
        _ => None,
    }
}

/// A QR code as rows of dark and light.
pub(super) fn qr(text: &[u8]) -> Option<Vec<Vec<bool>>> {
    let code = qrcode::QrCode::new(text).ok()?;
    let width = code.width();
    let dark: Vec<bool> = code.to_colors().iter().map(|colour| *colour == qrcode::Color::Dark).collect();
    Some(dark.chunks(width).map(<[bool]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_catalogue::Lang;

    #[test]
    fn every_state_step_and_kind_has_words() {
        for lang in [Lang::Vi, Lang::En] {
            let t = Texts::of(lang);
            for words in State::ALL
                .iter()
                .map(|s| state(t, *s).label)
                .chain(Step::ALL.iter().map(|s| step(t, *s)))
                .chain(Kind::ALL.iter().map(|k| kind(t, *k)))
            {
                assert!(!words.contains("⟦"), "{words}");
            }
        }
    }
}
