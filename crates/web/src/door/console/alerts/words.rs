//! Rules, levels, states and spans of time in the words of the page.
use crate::Texts;
use crate::door::console::sources::{mark, source};
use crate::door::console::words::dashed;
use crate::icons::Icon;
use crate::parts::{Badge, Fact, Tone};
use dancu_catalogue::Lang;
use dancu_journal::Outcome;
use dancu_watch::{Action, AlertState, Level, Rule, Setting};

pub(super) fn rule(t: Texts, rule: Rule) -> &'static str {
    let (vi, en) = rule.label();
    if t.lang() == Lang::Vi { vi } else { en }
}

pub(super) fn level(t: Texts, level: Level) -> Badge {
    let (tone, icon) = match level {
        Level::Low => (Tone::Plain, Icon::Info),
        Level::Medium => (Tone::Warn, Icon::Warning),
        Level::High => (Tone::Bad, Icon::Stop),
    };
    Badge { tone, icon, label: t.t(&format!("level-{}", level.name())).into_owned() }
}

pub(super) fn state(t: Texts, state: AlertState) -> Badge {
    let (tone, icon) = match state {
        AlertState::New => (Tone::Warn, Icon::Warning),
        AlertState::LookedAt => (Tone::Info, Icon::Clock),
        AlertState::FalseAlarm => (Tone::Plain, Icon::Info),
        AlertState::Confirmed => (Tone::Bad, Icon::Stop),
    };
    Badge { tone, icon, label: t.t(&format!("alert-state-{}", dashed(state.name()))).into_owned() }
}

pub(super) fn action(t: Texts, action: Action) -> String {
    t.t(&format!("watch-action-{}", action.name())).into_owned()
}

/// A span of time in its largest whole unit.
pub(super) fn span(t: Texts, seconds: u32) -> String {
    let (key, number) = match seconds {
        s if s > 0 && s % 86_400 == 0 => ("span-days", s / 86_400),
        s if s > 0 && s % 3600 == 0 => ("span-hours", s / 3600),
        s if s > 0 && s % 60 == 0 => ("span-minutes", s / 60),
        s => ("span-seconds", s),
    };
    t.t1(key, "number", &t.number(u64::from(number))).into_owned()
}

/// A threshold with its window.
pub(super) fn threshold(t: Texts, set: &Setting) -> String {
    let number = t.number(u64::from(set.threshold));
    t.with("watch-threshold-in", &[("number", &number), ("window", &span(t, set.window_s))]).into_owned()
}

/// What a rule is about, in words.
pub(super) fn about(t: Texts, rule: Rule) -> String {
    t.t(&format!("watch-rule-{}", dashed(rule.name()))).into_owned()
}

/// How a rule is set, as facts.
pub(super) fn facts(t: Texts, rule: Rule, set: &Setting) -> Vec<Fact> {
    let word = |key: &str| t.t(key).into_owned();
    let on = if set.enabled { "watch-on" } else { "watch-off" };
    let mut facts = vec![
        Fact::new(word("watch-enabled"), word(on)),
        Fact::new(word("watch-threshold"), threshold(t, set)),
        Fact::new(word("watch-quiet"), span(t, set.quiet_s)),
        Fact::new(word("watch-level"), level(t, set.level).label),
        Fact::new(word("watch-action"), action(t, set.action)),
    ];
    if set.action >= Action::Brake {
        facts.push(Fact::new(word("watch-brake-for"), span(t, set.brake_s)));
    }
    for name in rule.params() {
        facts.push(Fact::new(param(t, name), t.number(u64::from(set.param(name)))));
    }
    let roles = set.exempt_roles.iter().map(|name| holder(t, name)).collect::<Vec<_>>();
    for (key, exempt) in [
        ("watch-exempt-roles", &roles),
        ("watch-exempt-systems", &set.exempt_systems),
        ("watch-exempt-purposes", &set.exempt_purposes),
    ] {
        if !exempt.is_empty() {
            facts.push(Fact::new(word(key), exempt.join(", ")));
        }
    }
    facts.push(Fact::new(word("rules-since"), crate::door::show::day(set.valid_from)));
    facts.push(Fact::new(word("rules-source"), source(t, &set.source)).noted(mark(t, &set.mark)));
    facts
}

/// A role that the accounts of connected systems have.
fn holder(t: Texts, name: &str) -> String {
    let known = dancu_policy::Role::from_name(name);
    known.map_or_else(
        || name.to_owned(),
        |role| t.t(&format!("account-role-{}", dashed(role.name()))).into_owned(),
    )
}

/// A rule's own number.
pub(super) fn param(t: Texts, name: &str) -> String {
    t.t(&format!("watch-param-{}", dashed(name))).into_owned()
}

/// Something counted, with its name.
pub(super) fn figure(t: Texts, name: &str, value: u64) -> Fact {
    let words = match name {
        "answered" | "at_night" | "new_network" | "new_device" => {
            t.t(if value > 0 { "word-yes" } else { "watch-no" }).into_owned()
        }
        "without_case" if value == 1 => t.number(value),
        "share_percent" => format!("{value} %"),
        _ => t.number(value),
    };
    Fact::new(t.t(&format!("figure-{}", dashed(name))), words)
}

/// A service in words; one that is not of the road by its name.
pub(super) fn service(t: Texts, name: &str) -> String {
    if dancu_usage::SERVICES.contains(&name) {
        t.t(&format!("usage-service-{}", dashed(name))).into_owned()
    } else {
        name.to_owned()
    }
}

/// How a call ended, in words.
pub(super) fn outcome(t: Texts, outcome: Outcome) -> String {
    match outcome {
        Outcome::Answered(kind) => t.t(&format!("usage-answer-{}", dashed(kind.name()))).into_owned(),
        Outcome::Refused(code) => code.title(t.lang()).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_of_the_watch_has_words_in_both_languages() {
        const FIGURES: &[&str] = &[
            "accounts",
            "answered",
            "ascending_numbers",
            "at_night",
            "calls",
            "cases",
            "colleagues",
            "colleagues_cases",
            "colleagues_same_surname",
            "fields",
            "look_ups",
            "look_ups_with_case",
            "mismatches",
            "near_numbers",
            "new_device",
            "new_network",
            "over_quota",
            "persons",
            "same_surname",
            "share_percent",
            "systems",
            "unknown_cases",
            "without_case",
        ];
        for lang in [Lang::Vi, Lang::En] {
            let t = Texts::of(lang);
            let mut words: Vec<String> = FIGURES.iter().map(|name| figure(t, name, 2).label).collect();
            for of in Rule::ALL {
                words.push(about(t, of));
                words.extend(of.params().iter().map(|name| param(t, name)));
            }
            words.extend(AlertState::ALL.map(|of| state(t, of).label));
            words.extend(Level::ALL.map(|of| level(t, of).label));
            words.extend(Action::ALL.map(|of| action(t, of)));
            words.extend([60, 61, 7200, 86_400].map(|seconds| span(t, seconds)));
            assert!(words.iter().all(|words| !words.contains('⟦')), "{words:?}");
        }
    }
}
