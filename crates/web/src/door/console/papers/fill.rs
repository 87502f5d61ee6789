//! Reading what was typed into a paper's form, and finding the place of what it lacks.
use super::super::slots::{Shape, Slot, lines};
use super::super::words;
use crate::Texts;
use crate::door::form::{Sent, value};
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_papers::{Fault, Form, Issuer, PaperError, Problem, render};

/// Something that a paper lacks.
pub(in crate::door::console) struct Lack {
    /// Path of the field in the paper
    pub(in crate::door::console) path: String,
    /// The slot in which it is typed; none where it comes from the matter
    pub(in crate::door::console) slot: Option<&'static str>,
    /// What is wrong
    pub(in crate::door::console) said: String,
}

/// What was typed, field by field.
pub(super) struct Filled<'a> {
    sent: &'a Sent,
    lang: Lang,
    lacks: Vec<Lack>,
}

impl<'a> Filled<'a> {
    pub(super) fn new(sent: &'a Sent, lang: Lang) -> Self {
        Self { sent, lang, lacks: Vec::new() }
    }

    pub(super) fn text(&self, name: &str) -> String {
        value(self.sent, name).to_owned()
    }

    pub(super) fn maybe(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    pub(super) fn lines(&self, name: &str) -> Vec<String> {
        lines(value(self.sent, name))
    }

    /// Lines of parts: what spreadsheets paste, or parts between semicolons.
    pub(super) fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let part = |line: &String| {
            let by = if line.contains('\t') { '\t' } else { ';' };
            line.split(by).map(|part| part.trim().to_owned()).collect()
        };
        self.lines(name).iter().map(part).collect()
    }

    pub(super) fn number<N: std::str::FromStr + Default>(&self, name: &str) -> N {
        value(self.sent, name).replace(['.', ' '], "").parse().unwrap_or_default()
    }

    /// A day that may be left open.
    pub(super) fn maybe_day(&mut self, name: &'static str) -> Option<CivilDate> {
        let text = value(self.sent, name);
        let day = words::date(text);
        if day.is_none() && !text.is_empty() {
            self.wrong(name, ["không phải ngày", "is not a day"]);
        }
        day
    }

    /// A day that must be there; another one stands in its place while it is not.
    pub(super) fn day(&mut self, name: &'static str, meanwhile: CivilDate) -> CivilDate {
        if value(self.sent, name).is_empty() {
            self.wrong(name, ["chưa điền", "not filled in"]);
        }
        self.maybe_day(name).unwrap_or(meanwhile)
    }

    fn wrong(&mut self, slot: &'static str, [vi, en]: [&str; 2]) {
        let said = if self.lang == Lang::Vi { vi } else { en };
        let t = Texts::of(self.lang);
        let called = Slot::new("paper", slot, Shape::Day).called(t);
        self.lacks.push(Lack { path: slot.to_owned(), slot: Some(slot), said: format!("{called}: {said}") });
    }

    pub(super) fn issuer(&mut self) -> Issuer {
        Issuer {
            superior: self.maybe("issuer_superior"),
            name: self.text("issuer_name"),
            number: self.maybe("issuer_number"),
            place: self.text("issuer_place"),
            date: self.maybe_day("issuer_date"),
        }
    }

    /// The paper of a form, or what is lacking, each at its slot.
    pub(super) fn render(
        self,
        form: &impl Form,
        slots: &[Slot],
        now_us: i64,
    ) -> Result<dancu_papers::Paper, Vec<Lack>> {
        let made = render(form, now_us);
        let mut lacks = self.lacks;
        match made {
            Ok(paper) if lacks.is_empty() => return Ok(paper),
            Ok(_) => {}
            Err(PaperError::Incomplete(problems)) => {
                lacks.extend(problems.iter().map(|problem| lack(problem, slots, self.lang)));
            }
            Err(error) => {
                tracing::warn!(%error, "a paper could not be set");
                lacks.push(Lack { path: "paper".to_owned(), slot: None, said: String::new() });
            }
        }
        Err(lacks)
    }
}

fn lack(problem: &Problem, slots: &[Slot], lang: Lang) -> Lack {
    let said = said(problem.fault, lang);
    let said = match row(&problem.field) {
        Some(row) if lang == Lang::Vi => format!("dòng {row}: {said}"),
        Some(row) => format!("line {row}: {said}"),
        None => said,
    };
    let slot = slot_of(&problem.field, slots);
    let called = slots.iter().find(|of| Some(of.name) == slot).map(|of| of.called(Texts::of(lang)));
    let said = called.map_or_else(|| said.clone(), |called| format!("{called}: {said}"));
    Lack { path: problem.field.clone(), slot, said }
}

fn said(fault: Fault, lang: Lang) -> String {
    if lang == Lang::Vi { fault.vi() } else { fault.en() }
}

/// The number of the row in a path, from 1.
fn row(path: &str) -> Option<&str> {
    path.split_once('[')?.1.split_once(']').map(|(row, _)| row)
}

/// The slot of a path: `accounts[3].login` is typed in `accounts`, `representative.phone` in `representative_phone`.
fn slot_of(path: &str, slots: &[Slot]) -> Option<&'static str> {
    let mut plain = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => {}
            '.' => plain.push('_'),
            _ => plain.push(letter),
        }
    }
    let holds =
        |name: &str| plain == name || plain.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    slots.iter().map(|slot| slot.name).filter(|name| holds(name)).max_by_key(|name| name.len())
}

/// A value that a form holds before anything was typed.
pub(super) fn put(sent: &mut Sent, name: &str, value: impl Into<String>) {
    sent.push((name.to_owned(), value.into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_finds_its_slot() {
        let slots = ["accounts", "representative_phone", "issuer_name"]
            .map(|name| Slot::new("paper", name, Shape::Line));
        assert_eq!(slot_of("accounts[3].login", &slots), Some("accounts"));
        assert_eq!(slot_of("representative.phone", &slots), Some("representative_phone"));
        assert_eq!(slot_of("issuer.name", &slots), Some("issuer_name"));
        assert_eq!(slot_of("contact.phone", &slots), None);
        assert_eq!(row("accounts[3].login"), Some("3"));
        assert_eq!(row("issuer.name"), None);
    }
}
