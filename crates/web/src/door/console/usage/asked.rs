//! Of which days, whose calls and which service figures are asked.
use super::figures::{Figures, service};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words;
use crate::door::show;
use crate::page::Place;
use crate::parts::{Act, Choice, Control, Input, InputKind, Select, Tab, Tabs, Typed, Width};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use dancu_usage::{MAX_DAYS, Range, SERVICES, Scope};

/// What was asked for; where the days make no sense, today, and what is wrong with them.
pub(in crate::door::console) struct Asked {
    pub(in crate::door::console) range: Range,
    pub(in crate::door::console) scope: Scope,
    today: Range,
    from: Typed,
    to: Typed,
}

impl Asked {
    /// Reads the address. A person of an organisation asks about its own calls, whatever the address says; about others' there is
    /// nothing.
    pub(in crate::door::console) fn of(seat: &Seat) -> Result<Self, Oops> {
        let some = |name: &str| Some(asked(&seat.uri, name)).filter(|value| !value.is_empty());
        let organisation = some("organisation").or_else(|| seat.own());
        seat.must(Action::UsageRead, organisation.as_deref().or(Some("")), Place::Usage)?;
        let scope = Scope {
            organisation,
            system: some("system"),
            service: some("service").filter(|service| SERVICES.contains(&service.as_str())),
        };
        let date = dancu_gateway::vietnam_day(seat.now_us());
        let Some(today) = Range::day(date) else {
            return Err(Oops::page(seat.shell(Place::Usage), crate::pages::ErrorKind::Server));
        };
        let (from, to) = (some("from"), some("to"));
        let (range, from, to) =
            days(seat.shell(Place::Usage).texts(), from.as_ref(), to.as_ref(), today, date);
        Ok(Self { range, scope, today, from, to })
    }

    pub(super) fn is_wrong(&self) -> bool {
        !self.faults().is_empty()
    }

    /// What is wrong with the days, by the name in the address.
    pub(in crate::door::console) fn faults(&self) -> Vec<(&'static str, &str)> {
        [("from", &self.from), ("to", &self.to)]
            .into_iter()
            .filter_map(|(name, typed)| Some((name, typed.error.as_deref()?)))
            .collect()
    }

    /// The same question at another address, as a file of this form where one is wanted.
    pub(super) fn address(&self, path: &str, form: &str) -> String {
        Self::with(path, self.range, &self.scope, form)
    }

    /// The same question about one system.
    pub(super) fn about(&self, organisation: &str, system: &str) -> String {
        let scope = Scope {
            organisation: Some(organisation.to_owned()).filter(|id| !id.is_empty()),
            system: Some(system.to_owned()),
            ..self.scope.clone()
        };
        Self::with("/usage", self.range, &scope, "")
    }

    fn with(path: &str, range: Range, scope: &Scope, form: &str) -> String {
        let (from, to) = range.dates().map_or_else(Default::default, |(from, to)| (from.iso(), to.iso()));
        let text = |of: &Option<String>| of.clone().unwrap_or_default();
        let pairs = [
            ("from", from),
            ("to", to),
            ("organisation", text(&scope.organisation)),
            ("system", text(&scope.system)),
            ("service", text(&scope.service)),
            ("form", form.to_owned()),
        ];
        let kept: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("{path}?{}", serde_urlencoded::to_string(kept).unwrap_or_default())
    }

    /// Days that are often asked for.
    pub(super) fn tabs(&self, t: Texts) -> Tabs {
        let (today, last) = (self.today, self.today.dates().map(|(_, last)| last));
        let back = |days: i32| {
            let first = today.earlier(days - 1).dates().map(|(first, _)| first);
            first.zip(last).and_then(|(first, last)| Range::new(first, last))
        };
        let ranges = [
            ("usage-today", Some(today)),
            ("usage-yesterday", Some(today.earlier(1))),
            ("usage-week", back(7)),
            ("usage-month", back(30)),
        ];
        let tab = |(key, range): (&str, Option<Range>)| {
            let range = range?;
            let href = Self::with("/usage", range, &self.scope, "");
            Some(Tab { label: t.t(key).into_owned(), href, current: range == self.range })
        };
        Tabs { label: t.t("usage-days").into_owned(), tabs: ranges.into_iter().filter_map(tab).collect() }
    }

    /// Whose figures of which days these are, in words: a printed page says it too.
    pub(super) fn lead(&self, seat: &Seat, t: Texts) -> String {
        let whose = match (&self.scope.system, &self.scope.organisation) {
            (Some(system), _) => seat.system_name(system),
            (None, Some(organisation)) => seat.console.organisation(organisation),
            (None, None) => t.t("usage-of-all").into_owned(),
        };
        let service = self.scope.service.as_deref().map(|of| format!(" · {}", service(of, t)));
        format!("{whose}{} · {}", service.unwrap_or_default(), self.words(t))
    }

    /// The days in words.
    pub(super) fn words(&self, t: Texts) -> String {
        match self.range.dates() {
            Some((from, to)) if from == to => show::day(from),
            Some((from, to)) => {
                t.with("usage-from-to", &[("from", &show::day(from)), ("to", &show::day(to))]).into_owned()
            }
            None => String::new(),
        }
    }

    /// The form that narrows the figures.
    pub(super) fn form(&self, seat: &Seat, figures: &Figures, t: Texts) -> Act {
        let date = |name, label, typed: &Typed| {
            let input =
                Input { kind: InputKind::Date, width: Width::Short, ..Input::new(t, name, label, typed) };
            Control::Input(input)
        };
        let chosen = |of: &Option<String>, value: &str| of.as_deref() == Some(value);
        let mut act = Act::new("usage-filter", "", "/usage", "")
            .with(date("from", "usage-from", &self.from))
            .with(date("to", "usage-to", &self.to));
        if seat.own().is_none() {
            let choices = figures.organisations.iter().map(|id| {
                Choice::new(id, seat.console.organisation(id), chosen(&self.scope.organisation, id))
            });
            act = act.with(select(t, "organisation", "work-of", choices.collect()));
        }
        let systems = figures.systems.iter().filter(|of| !of.system.is_empty());
        let systems = systems.map(|of| {
            Choice::new(&of.system, seat.system_name(&of.system), chosen(&self.scope.system, &of.system))
        });
        let services = SERVICES
            .iter()
            .map(|name| Choice::new(*name, service(name, t), chosen(&self.scope.service, name)));
        act.with(select(t, "system", "usage-system", systems.collect()))
            .with(select(t, "service", "usage-service", services.collect()))
            .button(t.t("usage-show"), "")
    }
}

fn select(t: Texts, name: &'static str, label: &str, choices: Vec<Choice>) -> Control {
    let label = t.t(label).into_owned();
    Control::Select(Select { texts: t, name, label, choices, optional: true, any: true, ..Select::default() })
}

/// The days typed, and what is wrong with them.
fn days(
    t: Texts,
    from: Option<&String>,
    to: Option<&String>,
    today: Range,
    date: CivilDate,
) -> (Range, Typed, Typed) {
    let plain = |day: CivilDate| Typed::new(show::day(day));
    let read = |text: Option<&String>, other: CivilDate| match text {
        None => Ok((other, plain(other))),
        Some(text) => match words::date(text) {
            Some(day) => Ok((day, plain(day))),
            None => Err(Typed::wrong(text, t.t("usage-day-wrong"))),
        },
    };
    let (from, to) = (read(from, date), read(to, date));
    match (from, to) {
        (Ok((first, from)), Ok((last, to))) => match Range::new(first, last) {
            Some(range) => (range, from, to),
            None if last < first => (today, from, Typed::wrong(to.value, t.t("usage-days-turned"))),
            None => {
                let words = t.t1("usage-days-many", "days", &MAX_DAYS.to_string());
                (today, Typed::wrong(from.value, words), to)
            }
        },
        (from, to) => {
            let typed =
                |read: Result<(CivilDate, Typed), Typed>| read.map_or_else(|wrong| wrong, |(_, of)| of);
            (today, typed(from), typed(to))
        }
    }
}
