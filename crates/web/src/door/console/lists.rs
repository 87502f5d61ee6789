//! Lists: connections, the rules; and what lists of matters have in common.
use super::seat::{Oops, Seat, blocking};
use super::sources::{mark, source};
use super::table::{Route, Way};
use super::words;
use crate::door::{plain, show};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Choice, Control, Empty, Input, Pagination, Select, Table, Typed};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_citizen::CivilDate;
use dancu_governance::{Find, Governance, GovernanceError, Kind, Matter, State, Work};
use dancu_policy::duty::{Action, Relation, Ruling, may_any};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/connections", Way::Needs(Action::ConnectionRead), || get(connections)),
    Route::get("/rules", Way::SignedIn, || get(rules)),
];

type Answer = Result<Response, Oops>;

/// Matters on a page.
pub(super) const SHOWN: u32 = 50;

/// A value of the address, decoded.
pub(super) fn asked(uri: &Uri, name: &str) -> String {
    let query = uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    pairs.into_iter().find(|(n, _)| n == name).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
}

/// Where a page of a list begins: after this deadline and id.
pub(super) fn after(uri: &Uri) -> Option<(i64, String)> {
    let after = asked(uri, "after");
    let (due, id) = after.split_once('.')?;
    Some((due.parse().ok()?, id.to_owned()))
}

pub(super) fn next(path: &str, uri: &Uri, work: &Work) -> Option<String> {
    let (due, id) = work.next.as_ref()?;
    let kept: Vec<String> = ["kind", "state", "text"]
        .iter()
        .map(|name| (name, asked(uri, name)))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| serde_urlencoded::to_string([(name, value)]).unwrap_or_default())
        .collect();
    let kept = kept.iter().fold(String::new(), |all, pair| all + pair + "&");
    Some(format!("{path}?{kept}after={due}.{id}"))
}

/// What a matter is called in a list; the organisation has a column of its own, and so has the kind where it is one.
fn named(t: crate::Texts, matter: &Matter, place: Place) -> String {
    let system = matter.label.split_once(" – ").map_or(matter.label.as_str(), |(_, system)| system);
    if place == Place::Work {
        format!("{} · {system}", words::kind(t, matter.kind))
    } else {
        system.to_owned()
    }
}

impl Seat {
    /// Asks governance on a thread of its own.
    pub(super) async fn governed<T: Send + 'static>(
        &self,
        place: Place,
        ask: impl FnOnce(&Governance) -> Result<T, GovernanceError> + Send + 'static,
    ) -> Result<T, Oops> {
        let governance = self.console.governance.clone();
        match blocking(move || ask(&governance)).await {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(GovernanceError::Unknown { .. })) => {
                Err(Oops::page(self.shell(place), ErrorKind::NotFound))
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "governance could not be asked");
                Err(Oops::page(self.shell(place), ErrorKind::Unavailable))
            }
            None => Err(Oops::page(self.shell(place), ErrorKind::Server)),
        }
    }

    pub(super) fn table(&self, work: &Work, place: Place) -> Table {
        let t = self.shell(place).texts();
        let now_us = self.now_us();
        let row = |matter: &Matter| {
            let due = matter.deadline_us.map(show::date_of).unwrap_or_default();
            let waits = matter.due_step.map(|step| words::step(t, step)).unwrap_or_default();
            vec![
                Cell::Figures(due),
                Cell::Link { label: named(t, matter, place), href: format!("/matters/{}", matter.id) },
                Cell::text(self.console.organisation(&matter.organisation)),
                Cell::text(waits),
                Cell::Badge(words::urgency(t, matter, now_us)),
            ]
        };
        let what = if place == Place::Connections { "connections-system" } else { "work-what" };
        let columns = ["work-due", what, "work-of", "work-next", "work-state"];
        Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: work.matters.iter().map(row).collect(),
        }
    }

    pub(super) fn pages(&self, next: Option<String>, place: Place) -> Option<Pagination> {
        let texts = self.shell(place).texts();
        next.map(|next| Pagination { texts, previous: None, next: Some(next), shown: String::new() })
    }

    /// What these roles may do to things of their own organisation, or of any: the duties whose work waits for them.
    pub(super) fn duties(&self) -> Vec<Action> {
        let relation = if self.organisation().is_some() { Relation::Own } else { Relation::Other };
        let allowed = |action: &&Action| may_any(self.roles(), **action, relation) == Ruling::Allowed;
        Action::ALL.iter().filter(allowed).copied().collect()
    }

    /// What these roles may do to what they asked for themselves and to nothing else.
    pub(super) fn own_duties(&self) -> Vec<Action> {
        let others = self.duties();
        let allowed =
            |action: &&Action| self.may_myself(**action) == Ruling::Allowed && !others.contains(action);
        Action::ALL.iter().filter(allowed).copied().collect()
    }
}

/// The form that narrows a list, and what it asks for.
pub(super) fn filter(seat: &Seat, path: &str, place: Place, states: &[State]) -> (Act, Find) {
    let t = seat.shell(place).texts();
    let (text, state) = (asked(&seat.uri, "text"), State::from_name(&asked(&seat.uri, "state")));
    let choices =
        states.iter().map(|s| Choice::new(s.name(), words::state(t, *s).label, Some(*s) == state)).collect();
    let select = Select {
        texts: t,
        name: "state",
        label: t.t("work-state").into_owned(),
        choices,
        optional: true,
        any: true,
        ..Select::default()
    };
    let input =
        Input::new(t, "text", "list-text", &Typed::new(text.clone())).hint("list-text-hint").optional();
    let act = Act::new("filter", "", path, "")
        .with(Control::Input(input))
        .with(Control::Select(select))
        .button(t.t("list-find"), "");
    let find = Find { state, text, organisation: seat.own(), ..Find::default() };
    (act, find)
}

/// Connections by state and next deadline.
pub(super) async fn connections(seat: Seat) -> Answer {
    let relation_of = seat.own();
    seat.must(Action::ConnectionRead, relation_of.as_deref().or(Some("")), Place::Connections)?;
    let states = [
        State::Draft,
        State::Submitted,
        State::Returned,
        State::TechnicalTest,
        State::Assessment,
        State::Approved,
        State::Connected,
        State::Suspended,
        State::Disconnected,
        State::Withdrawn,
    ];
    let (filter, find) = filter(&seat, "/connections", Place::Connections, &states);
    let (find, from) = (Find { kind: Some(Kind::Connection), ..find }, after(&seat.uri));
    let work = seat.governed(Place::Connections, move |g| g.find(&find, from, SHOWN)).await?;
    let shell = seat.shell(Place::Connections);
    let t = shell.texts();
    let nothing = Empty {
        icon: Icon::Search,
        title: t.t("connections-empty-title").into_owned(),
        text: t.t("connections-empty-text").into_owned(),
    };
    let mut links = Vec::new();
    if seat.own().is_some() && seat.may(Action::ConnectionWrite, seat.organisation()) == Ruling::Allowed {
        links.push((t.t("connections-new").into_owned(), "/connections/new".to_owned()));
    }
    let page = ListPage {
        links,
        filter: Some(filter),
        table: seat.table(&work, Place::Connections),
        pages: seat.pages(next("/connections", &seat.uri, &work), Place::Connections),
        ..ListPage::new(shell, "console-connections", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Steps and deadlines of the law, each with its day of effect and its source.
pub(super) async fn rules(seat: Seat) -> Answer {
    let shell = seat.shell(Place::Rules);
    let t = shell.texts();
    let today: CivilDate = dancu_gateway::vietnam_day(seat.now_us());
    let rules = seat.console.governance.rules();
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        for (step, rule, from) in rules.steps(kind, today) {
            let term = rule.term.map(|term| words::term(t, term)).unwrap_or_default();
            rows.push(vec![
                Cell::Lines(vec![words::step(t, step), words::kind(t, kind)]),
                Cell::text(words::state(t, rule.to).label),
                Cell::Figures(term),
                Cell::Figures(show::day(from.valid_from)),
                Cell::Lines(vec![source(t, &from.source), mark(t, &from.mark)]),
            ]);
        }
    }
    for (name, value, from) in rules.limits(today) {
        rows.push(vec![
            Cell::text(t.t(&format!("limit-{}", words::dashed(name)))),
            Cell::text(""),
            Cell::Figures(t.number(u64::from(value))),
            Cell::Figures(show::day(from.valid_from)),
            Cell::Lines(vec![source(t, &from.source), mark(t, &from.mark)]),
        ]);
    }
    let columns = ["rules-what", "rules-leads-to", "rules-term", "rules-since", "rules-source"];
    let nothing = Empty { icon: Icon::Search, title: String::new(), text: String::new() };
    let page = ListPage {
        lead: t.t("rules-lead").into_owned(),
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows },
        ..ListPage::new(shell, "console-rules", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}
