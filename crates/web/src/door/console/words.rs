//! States, steps and kinds in the words of the page.
use crate::Texts;
use crate::icons::Icon;
use crate::parts::{Badge, Tone};
use dancu_citizen::CivilDate;
use dancu_governance::rules::Rules;
use dancu_governance::{GovernanceError, Kind, Matter, State, Step};
use dancu_policy::Term;
use dancu_policy::duty::StaffRole;
use dancu_staff::Account;
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

/// Three days
const SOON_US: i64 = 3 * 86_400_000_000;

/// How near a deadline is.
pub(super) fn urgency(t: Texts, matter: &Matter, now_us: i64) -> Badge {
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

/// How near a day is; none where it is far.
pub(super) fn near(t: Texts, due_us: i64, now_us: i64) -> Option<Badge> {
    if due_us < now_us {
        return Some(Badge { tone: Tone::Bad, icon: Icon::Stop, label: t.t("work-late").into_owned() });
    }
    (due_us - now_us < SOON_US).then(|| Badge {
        tone: Tone::Warn,
        icon: Icon::Warning,
        label: t.t("work-soon").into_owned(),
    })
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

/// What a call of the technical test was answered, in words; a name that is not known stays as it is.
pub(super) fn outcome(t: Texts, name: &str) -> String {
    const KNOWN: &[&str] =
        &["verified", "mismatch", "not_found", "not_usable", "refused", "malformed", "shown"];
    if KNOWN.contains(&name) {
        t.t(&format!("case-outcome-{}", dashed(name))).into_owned()
    } else {
        name.to_owned()
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

/// A role.
pub(super) fn role(t: Texts, role: StaffRole) -> String {
    t.t(&format!("staff-role-{}", dashed(role.name()))).into_owned()
}

/// Roles, one after the other.
pub(super) fn roles(t: Texts, roles: &[StaffRole]) -> String {
    roles.iter().map(|one| role(t, *one)).collect::<Vec<_>>().join(", ")
}

/// The same out of their names, as a history keeps them.
pub(super) fn roles_named(t: Texts, names: &str) -> String {
    let known: Vec<StaffRole> = names.split_whitespace().filter_map(StaffRole::from_name).collect();
    roles(t, &known)
}

/// A second factor.
pub(super) fn factor(t: Texts, factor: dancu_staff::Factor) -> String {
    t.t(&format!("factor-{}", factor.name())).into_owned()
}

/// States of an account of staff as the list is narrowed by them.
pub(super) const ACCOUNT_STATES: &[&str] = &["invited", "active", "locked", "closed"];

/// The state of an account of staff at this moment.
pub(super) fn account_state_name(account: &Account, now_us: i64) -> &'static str {
    if account.is_closed(now_us) {
        "closed"
    } else if account.is_locked(now_us) {
        "locked"
    } else if account.activated_at_us.is_some() || account.emergency {
        "active"
    } else {
        "invited"
    }
}

/// The same as a badge.
pub(super) fn account_state(t: Texts, account: &Account, now_us: i64) -> Badge {
    let name = account_state_name(account, now_us);
    let (tone, icon) = match name {
        "active" => (Tone::Good, Icon::Check),
        "locked" => (Tone::Bad, Icon::Lock),
        "closed" => (Tone::Plain, Icon::Stop),
        _ => (Tone::Info, Icon::Clock),
    };
    Badge { tone, icon, label: t.t(&format!("staff-state-{name}")).into_owned() }
}

/// What a browser calls itself, in a few words: the browser and the system under it.
pub(super) fn browser(t: Texts, agent: &str) -> String {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("coc_coc", "Cốc Cốc"),
        ("Chrome/", "Chrome"),
        ("Firefox/", "Firefox"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find =
        |of: &[(&str, &'static str)]| of.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        _ if agent.is_empty() => t.t("me-device-unnamed").into_owned(),
        _ => agent.chars().take(40).collect(),
    }
}

/// The end of a day in Việt Nam, microseconds since the epoch.
pub(super) fn end_of_day_us(day: CivilDate) -> i64 {
    dancu_policy::VietnamTime::end_of_us(day)
}

/// What a passkey is called: what its holder typed, or that it is one.
pub(super) fn passkey_name(t: Texts, typed: &str) -> String {
    let name: String = typed.chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() { t.t("me-passkey-unnamed").into_owned() } else { name }
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
