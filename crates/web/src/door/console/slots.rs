//! Forms made of a list of slots: what was typed stays as it was sent, faults stand beside their slots.
use super::words;
use crate::Texts;
use crate::door::form::Sent;
use crate::parts::{Area, Choice, Choices, Control, Input, InputKind, Select, Typed, Width};
use dancu_citizen::{CivilDate, Field};
use dancu_governance::rules::Rules;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// How something is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One line
    Line,
    /// A short line: a number of a paper, a telephone
    Short,
    /// Several lines of text
    Area,
    /// Many lines, a row of a table each
    Rows,
    /// A day
    Day,
    /// A whole number
    Number,
    /// A security level, 1 to 5
    Level,
    /// One name of a dated list
    List(&'static str),
    /// One of the severities of a finding
    Severity,
    /// One of the grounds of exemption
    Ground,
    /// Passed or not
    Judged,
    /// Yes or no, each with words of its own: `…-yes`, `…-no`
    Yes,
    /// Any names of a dated list
    Many(&'static str),
    /// Any fields of a citizen's record
    Fields,
}

/// A place of a form.
#[derive(Clone)]
pub(super) struct Slot {
    /// Name in the form, and `id` in the page
    pub(super) name: &'static str,
    /// Key of the label; that of the hint is this with `-hint`
    pub(super) label: String,
    /// Words of the label where it comes from the data, instead of the key's
    pub(super) words: Option<String>,
    pub(super) shape: Shape,
    pub(super) optional: bool,
    pub(super) hint: bool,
}

impl Slot {
    /// A slot that must be filled in, its texts under `PREFIX-NAME`.
    pub(super) fn new(prefix: &str, name: &'static str, shape: Shape) -> Self {
        let label = format!("{prefix}-{}", words::dashed(name));
        Self { name, label, words: None, shape, optional: false, hint: false }
    }

    pub(super) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    pub(super) fn hinted(self) -> Self {
        Self { hint: true, ..self }
    }

    pub(super) fn said(self, words: impl Into<String>) -> Self {
        Self { words: Some(words.into()), ..self }
    }

    /// What it is called on the screen.
    pub(super) fn called(&self, t: Texts) -> String {
        self.words.clone().unwrap_or_else(|| t.t(&self.label).into_owned())
    }
}

/// What is wrong, by slot.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<(String, String)>);

impl Faults {
    pub(super) fn at(&self, name: &str) -> Option<String> {
        let all: Vec<&str> =
            self.0.iter().filter(|(n, _)| n == name).map(|(_, said)| said.as_str()).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What controls are drawn with.
#[derive(Clone, Copy)]
pub(super) struct Drawing<'a> {
    pub(super) t: Texts,
    pub(super) rules: &'a Rules,
    pub(super) day: CivilDate,
    pub(super) sent: &'a Sent,
    pub(super) faults: &'a Faults,
}

/// All values of a name that was sent.
pub(super) fn all<'s>(sent: &'s Sent, name: &str) -> Vec<&'s str> {
    sent.iter().filter(|(n, _)| n == name).map(|(_, value)| value.trim()).collect()
}

/// The lines of a value, without empty ones.
pub(super) fn lines(value: &str) -> Vec<String> {
    value.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

impl Drawing<'_> {
    /// The control of a slot.
    pub(super) fn control(&self, slot: &Slot) -> Control {
        let value = all(self.sent, slot.name).first().copied().unwrap_or_default();
        let typed = Typed { value: value.to_owned(), error: self.faults.at(slot.name) };
        match slot.shape {
            Shape::Line => Control::Input(self.input(slot, &typed, Width::Full, 200)),
            Shape::Short => Control::Input(self.input(slot, &typed, Width::Medium, 60)),
            Shape::Day => {
                let input = self.input(slot, &typed, Width::Short, 10);
                Control::Input(Input { kind: InputKind::Date, ..input })
            }
            Shape::Number => {
                let input = self.input(slot, &typed, Width::Short, 18);
                Control::Input(Input { kind: InputKind::Digits, ..input })
            }
            Shape::Area | Shape::Rows => Control::Area(Area {
                texts: self.t,
                name: slot.name,
                label: slot.called(self.t),
                hint: self.hint(slot),
                typed,
                max: if slot.shape == Shape::Rows { 60_000 } else { 8000 },
                optional: slot.optional,
            }),
            Shape::Level => self.select(slot, (1..=5).map(|level| (level.to_string(), level.to_string()))),
            Shape::List(list) => self.select(slot, self.listed(list)),
            Shape::Severity => {
                let all = self.rules.severities(self.day).into_iter();
                self.select(slot, all.map(|(name, rule)| (name.to_owned(), self.own(&rule.label))))
            }
            Shape::Ground => {
                let all = self.rules.exemptions(self.day).into_iter();
                self.select(slot, all.map(|(name, rule)| (name.to_owned(), self.own(&rule.label))))
            }
            Shape::Judged => {
                let words = [("yes", "case-passed"), ("no", "case-failed")];
                self.select(slot, words.map(|(name, key)| (name.to_owned(), self.t.t(key).into_owned())))
            }
            Shape::Yes => {
                let word = |end: &str| self.t.t(&format!("{}-{end}", slot.label)).into_owned();
                let choices = ["yes", "no"].map(|end| (end.to_owned(), word(end)));
                self.choices(slot, choices, false)
            }
            Shape::Many(list) => self.choices(slot, self.listed(list), true),
            Shape::Fields => {
                let label = |field: &Field| crate::door::form::label(*field, self.t.lang()).to_owned();
                let all = Field::ALL.iter().map(|field| (field.name().to_owned(), label(field)));
                self.choices(slot, all, true)
            }
        }
    }

    fn own(&self, both: &[String; 2]) -> String {
        words::own(both, self.t).to_owned()
    }

    fn listed(&self, list: &str) -> Vec<(String, String)> {
        let all = self.rules.list(list, self.day).iter();
        all.map(|(name, labels)| (name.clone(), self.own(labels))).collect()
    }

    fn hint(&self, slot: &Slot) -> String {
        if slot.hint { self.t.t(&format!("{}-hint", slot.label)).into_owned() } else { String::new() }
    }

    fn input(&self, slot: &Slot, typed: &Typed, width: Width, max: u16) -> Input {
        Input {
            texts: self.t,
            name: slot.name,
            label: slot.called(self.t),
            hint: self.hint(slot),
            typed: typed.clone(),
            width,
            autocomplete: "off",
            max,
            optional: slot.optional,
            ..Input::default()
        }
    }

    /// A list to choose one from, under any slot.
    pub(super) fn select(&self, slot: &Slot, all: impl IntoIterator<Item = (String, String)>) -> Control {
        let chosen = self::all(self.sent, slot.name);
        let choice = |(name, label): (String, String)| {
            let chosen = chosen.contains(&name.as_str());
            Choice::new(name, label, chosen)
        };
        Control::Select(Select {
            texts: self.t,
            name: slot.name,
            label: slot.called(self.t),
            hint: self.hint(slot),
            error: self.faults.at(slot.name),
            choices: all.into_iter().map(choice).collect(),
            optional: slot.optional,
            any: false,
        })
    }

    fn choices(&self, slot: &Slot, all: impl IntoIterator<Item = (String, String)>, many: bool) -> Control {
        let chosen = self::all(self.sent, slot.name);
        let choice = |(name, label): (String, String)| {
            let chosen = chosen.contains(&name.as_str());
            Choice::new(name, label, chosen)
        };
        Control::Choices(Choices {
            texts: self.t,
            name: slot.name,
            legend: slot.called(self.t),
            hint: self.hint(slot),
            error: self.faults.at(slot.name),
            choices: all.into_iter().map(choice).collect(),
            many,
            inline: false,
            optional: slot.optional,
        })
    }
}

/// A name of the dated data as the name of a control. Each is kept once for the life of the program; there are as many as
/// the data have names.
pub(super) fn fixed(name: String) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into_boxed_str());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_catalogue::Lang;

    #[test]
    fn a_name_is_kept_once() {
        let (one, two) = (fixed("note-hardware".to_owned()), fixed("note-hardware".to_owned()));
        assert!(std::ptr::eq(one, two));
    }

    #[test]
    fn what_was_typed_stays_and_faults_stand_beside_it() {
        let rules = Rules::built_in().unwrap();
        let sent = vec![("subject".to_owned(), "hardware".to_owned())];
        let faults = Faults(vec![("subject".to_owned(), "sai".to_owned())]);
        let day = CivilDate::parse_iso("2026-11-21").unwrap();
        let drawing = Drawing { t: Texts::of(Lang::Vi), rules: &rules, day, sent: &sent, faults: &faults };
        let slot = Slot::new("case-finding", "subject", Shape::List("assessment_subject"));
        let Control::Select(select) = drawing.control(&slot) else { panic!("not a list") };
        assert_eq!(select.error.as_deref(), Some("sai"));
        let chosen: Vec<_> = select.choices.iter().filter(|c| c.chosen).map(|c| c.label.as_str()).collect();
        assert_eq!(chosen, ["Phần cứng"]);
    }
}
