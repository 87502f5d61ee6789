//! What is asked for: the form, and reading it.
use crate::Texts;
use crate::door::console::forms::SentForm;
use crate::door::console::matter::Whole;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words;
use crate::door::show as said;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Act, Area, Choice, Choices, Control, Input, InputKind, Select, Typed, Width};
use dancu_evidence::{Of, Scope, part_from_name, part_name};
use dancu_governance::{Content, Target};
use dancu_journal::Part;
use dancu_policy::Deadlines;
use dancu_policy::duty::{Action, StaffRole};
use std::collections::BTreeSet;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// An order's file begins so long before it, unless somebody says otherwise.
const BEFORE_US: i64 = 30 * DAY_US;

/// Parts that are shown unless somebody unticks them: whose deed it was, and for which case.
const USUAL: [Part; 2] = [Part::Officer, Part::CaseNumber];
/// Parts that can be asked for.
const OFFERED: [Part; 7] = [
    Part::Officer,
    Part::CaseNumber,
    Part::Purpose,
    Part::SourceAddress,
    Part::RequestId,
    Part::PlatformMessageId,
    Part::Subject,
];

/// What the form asks for, as typed.
#[derive(Default)]
pub(in crate::door::console) struct Asked {
    pub(in crate::door::console) kind: String,
    pub(in crate::door::console) whose: Typed,
    pub(in crate::door::console) from: Typed,
    pub(in crate::door::console) to: Typed,
    pub(in crate::door::console) reason: Typed,
    pub(in crate::door::console) open: Vec<String>,
    pub(in crate::door::console) open_error: Option<String>,
    pub(in crate::door::console) matter: Option<Whole>,
    pub(in crate::door::console) alert: Option<dancu_watch::Alert>,
}

impl Asked {
    fn is_faulty(&self) -> bool {
        !self.faults().is_empty()
    }

    /// What is wrong, by the name of the control.
    pub(in crate::door::console) fn faults(&self) -> Vec<(&'static str, &str)> {
        let typed =
            [("whose", &self.whose), ("from", &self.from), ("to", &self.to), ("reason", &self.reason)];
        let typed = typed.into_iter().filter_map(|(name, typed)| Some((name, typed.error.as_deref()?)));
        typed.chain(self.open_error.as_deref().map(|error| ("open", error))).collect()
    }
}

/// A form for the order or alert that the address names, or an empty one.
pub(in crate::door::console) async fn begun(seat: &Seat, matter: &str, alert: &str) -> Result<Asked, Oops> {
    let open = USUAL.map(|part| part_name(part).to_owned()).to_vec();
    let mut asked = Asked { kind: "system".to_owned(), open, ..Asked::default() };
    if !matter.is_empty() {
        let whole = seat.whole(matter).await?;
        let Content::Halt(halt) = &whole.content else {
            return Err(Oops::page(seat.shell(Place::Cases), ErrorKind::NotFound));
        };
        let (Target::System(id) | Target::Organisation(id) | Target::Account(id)) = &halt.target;
        target_kind(&halt.target).clone_into(&mut asked.kind);
        asked.whose = Typed::new(id.clone());
        asked.from = Typed::new(said::date_of(whole.matter.opened_us - BEFORE_US));
        asked.to = Typed::new(said::date_of(seat.now_us()));
        asked.matter = Some(whole);
    } else if !alert.is_empty() {
        let found = seat.alert(alert, Action::AlertRead).await?;
        "entries".clone_into(&mut asked.kind);
        let numbers: Vec<String> = found.evidence.iter().map(ToString::to_string).collect();
        asked.whose = Typed::new(numbers.join(" "));
        asked.alert = Some(found);
    }
    Ok(asked)
}

fn target_kind(target: &Target) -> &'static str {
    match target {
        Target::System(_) => "system",
        Target::Organisation(_) => "organisation",
        Target::Account(_) => "account",
    }
}

pub(super) fn form(seat: &Seat, asked: &Asked, csrf: &str, t: Texts) -> Act {
    let kinds = ["system", "organisation", "account", "entries"];
    let choices =
        kinds.map(|kind| Choice::new(kind, t.t(&format!("evidence-kind-{kind}")), kind == asked.kind));
    let select = Select {
        texts: t,
        name: "kind",
        label: t.t("evidence-kind").into_owned(),
        choices: choices.to_vec(),
        ..Select::default()
    };
    let day = |name, label, typed: &Typed| {
        let input = Input { kind: InputKind::Date, width: Width::Short, ..Input::new(t, name, label, typed) };
        Control::Input(input.optional())
    };
    let offered = OFFERED.iter().map(|part| {
        let name = part_name(*part);
        let chosen = asked.open.iter().any(|open| open == name);
        let label = t.t(&format!("evidence-part-{}", words::dashed(name)));
        Choice { hint: part_hint(*part, t), ..Choice::new(name, label, chosen) }
    });
    let parts = Choices {
        texts: t,
        name: "open",
        legend: t.t("evidence-open").into_owned(),
        hint: t.t("evidence-open-hint").into_owned(),
        error: asked.open_error.clone(),
        choices: offered.collect(),
        many: true,
        optional: true,
        ..Choices::default()
    };
    let whose = Input { max: 4000, ..Input::new(t, "whose", "evidence-whose", &asked.whose) };
    let reason = Area::new(t, "reason", "evidence-reason", &asked.reason).hint("evidence-reason-hint");
    let mut act = Act::new("evidence", t.t("evidence-ask"), "/evidence", csrf).lead(t.t1(
        "evidence-ask-lead",
        "most",
        &t.number(seat.console.evidence.most() as u64),
    ));
    if let Some(whole) = &asked.matter {
        act = act.with(Control::Hidden { name: "matter", value: whole.matter.id.clone() });
    }
    if let Some(alert) = &asked.alert {
        act = act.with(Control::Hidden { name: "alert", value: alert.number.to_string() });
    }
    act.with(Control::Select(select))
        .with(Control::Input(whose.hint("evidence-whose-hint")))
        .with(day("from", "evidence-from", &asked.from))
        .with(day("to", "evidence-to", &asked.to))
        .with(Control::Choices(parts))
        .with(Control::Area(reason))
        .button(t.t("evidence-make"), "make")
}

fn part_hint(part: Part, t: Texts) -> String {
    if part == Part::Subject { t.t("evidence-part-subject-hint").into_owned() } else { String::new() }
}

/// Reads the form; gives the scope where nothing is wrong with it.
pub(in crate::door::console) fn read(
    seat: &Seat,
    sent: &SentForm,
    asked: &mut Asked,
    t: Texts,
) -> Option<Scope> {
    sent.value("kind").clone_into(&mut asked.kind);
    for (typed, name) in [
        (&mut asked.whose, "whose"),
        (&mut asked.from, "from"),
        (&mut asked.to, "to"),
        (&mut asked.reason, "reason"),
    ] {
        *typed = Typed::new(sent.value(name));
    }
    let open = sent.values.iter().filter(|(name, _)| name == "open").map(|(_, value)| value.clone());
    asked.open =
        open.filter(|name| part_from_name(name).is_some_and(|part| OFFERED.contains(&part))).collect();
    let fault = |key: &str| Some(t.t(key).into_owned());
    if asked.reason.value.chars().count() < 10 {
        asked.reason.error = fault("evidence-reason-short");
    }
    let opens_people = asked.open.iter().any(|name| name == part_name(Part::Subject));
    if opens_people && !seat.roles().contains(&StaffRole::Supervisor) {
        asked.open_error = fault("evidence-open-supervisor");
    }
    let day = |typed: &mut Typed| {
        let day = words::date(&typed.value);
        if day.is_none() && !typed.value.is_empty() {
            typed.error = fault("evidence-day-wrong");
        }
        day.map(Deadlines::end_of)
    };
    let from_us = day(&mut asked.from).map(|end| end + 1 - DAY_US);
    let to_us = day(&mut asked.to);
    if from_us.zip(to_us).is_some_and(|(from, to)| from > to) {
        asked.to.error = fault("evidence-day-order");
    }
    let of = whose(seat, &asked.kind, &asked.whose.value);
    if of.is_none() {
        asked.whose.error = fault("evidence-whose-unknown");
    }
    let of = of.filter(|_| !asked.is_faulty())?;
    let is_period = !matches!(of, Of::Entries(_));
    Some(Scope { of, from_us: from_us.filter(|_| is_period), to_us: to_us.filter(|_| is_period) })
}

/// What the form names, if it is on record.
fn whose(seat: &Seat, kind: &str, text: &str) -> Option<Of> {
    let snapshot = seat.console.road.exchange.snapshot();
    let id = text.to_owned();
    match kind {
        "system" => snapshot.rules.system(text).map(|_| Of::System(id)),
        "organisation" => snapshot.rules.organisation(text).map(|_| Of::Organisation(id)),
        "account" => {
            let known = snapshot.rules.systems().any(|of| of.accounts().any(|account| *account.id == *text));
            known.then_some(Of::Account(id))
        }
        "entries" => {
            let numbers: Result<BTreeSet<u64>, _> = text
                .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
                .filter(|word| !word.is_empty())
                .map(str::parse)
                .collect();
            let numbers: Vec<u64> = numbers.ok()?.into_iter().collect();
            (!numbers.is_empty()).then_some(Of::Entries(numbers))
        }
        _ => None,
    }
}

/// Organisation that a scope is about; empty for entries by number, which may be of several.
pub(super) fn organisation_of(seat: &Seat, scope: &Scope) -> String {
    let snapshot = seat.console.road.exchange.snapshot();
    match &scope.of {
        Of::Organisation(id) => id.clone(),
        Of::System(id) => {
            snapshot.rules.system(id).map(|of| of.system.organisation.to_string()).unwrap_or_default()
        }
        Of::Account(id) => {
            let mut systems = snapshot.rules.systems();
            let of = systems.find(|of| of.accounts().any(|account| *account.id == **id));
            of.map(|of| of.system.organisation.to_string()).unwrap_or_default()
        }
        Of::Entries(_) => String::new(),
    }
}
