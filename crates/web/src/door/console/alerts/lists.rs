//! Planted records and well-known persons: put on a list by number, shown masked, taken off by another person.
use super::{Answer, WORDS, name_of};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{
    Act, Area, Cell, Choice, Choices, Control, Empty, Input, InputKind, Notice, Select, Tab, Table, Tabs,
    Tone, Typed, Width,
};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_citizen::PersonalId;
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{List, Listed};

/// What was typed into the form, and what is wrong with it.
#[derive(Default)]
struct Typing {
    number: Typed,
    note: Typed,
}

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::WatchRead, None, Place::Alerts)?;
    let list = List::from_name(&asked(&seat.uri, "list")).unwrap_or(List::Planted);
    let t = seat.shell(Place::Alerts).texts();
    let notice = match asked(&seat.uri, "done").as_str() {
        "added" => Some(Notice::new(Tone::Good, t.t("listed-added"), t.t("listed-added-text"))),
        "removed" => Some(Notice::new(Tone::Good, t.t("listed-removed"), "")),
        _ => None,
    };
    page(&seat, list, Typing::default(), notice, StatusCode::OK).await
}

async fn page(seat: &Seat, list: List, typing: Typing, notice: Option<Notice>, status: StatusCode) -> Answer {
    let listed = read(seat, list).await?;
    let names = seat.staff_names(listed.iter().map(|one| one.by.clone()).collect()).await;
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let tab = |of: List| Tab {
        label: name(t, of),
        href: format!("/alerts/lists?list={}", of.name()),
        current: of == list,
    };
    let nothing = Empty {
        icon: Icon::Info,
        title: t.t("listed-empty-title").into_owned(),
        text: t.t("listed-empty-text").into_owned(),
    };
    let mut acts = Vec::new();
    if seat.may(Action::WatchPropose, None) == Ruling::Allowed {
        acts.push(add_act(list, &typing, shell.csrf(), t));
    }
    let removes = seat.may(Action::WatchEnact, None) == Ruling::Allowed;
    if removes && !listed.is_empty() {
        acts.push(remove_act(list, &listed, shell.csrf(), t));
    }
    let page = ListPage {
        notice,
        lead: t.t("listed-lead").into_owned(),
        tabs: Some(Tabs { label: t.t("alerts-lists").into_owned(), tabs: List::ALL.map(tab).to_vec() }),
        above: vec![(t.t("console-alerts").into_owned(), "/alerts".to_owned())],
        table: table(seat, &listed, &names, t),
        acts,
        ..ListPage::new(shell, "alerts-lists", nothing)
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

fn name(t: Texts, list: List) -> String {
    t.t(&format!("listed-{}", list.name().replace('_', "-"))).into_owned()
}

/// Who somebody is, is told to those who keep the lists alone.
fn table(seat: &Seat, listed: &[Listed], names: &[(String, String)], t: Texts) -> Table {
    let keeps = keeps(seat);
    let row = |one: &Listed| {
        let note = if keeps { one.note.clone() } else { "…".to_owned() };
        vec![
            Cell::Figures(said::masked(&one.number)),
            Cell::text(note),
            Cell::text(name_of(names, &one.by).to_owned()),
            Cell::Figures(said::moment(one.at_us)),
        ]
    };
    let columns = ["listed-number", "listed-note", "listed-by", "listed-at"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: listed.iter().map(row).collect(),
    }
}

fn add_act(list: List, typing: &Typing, csrf: &str, t: Texts) -> Act {
    let choices = List::ALL.map(|of| Choice::new(of.name(), name(t, of), of == list));
    let select = Select {
        texts: t,
        name: "list",
        label: t.t("listed-list").into_owned(),
        choices: choices.to_vec(),
        ..Select::default()
    };
    let number = Input {
        kind: InputKind::Digits,
        width: Width::Medium,
        max: 12,
        ..Input::new(t, "number", "listed-number", &typing.number)
    };
    let note = Area { max: WORDS, ..Area::new(t, "note", "listed-note", &typing.note) };
    Act::new("add", t.t("listed-add"), "/alerts/lists", csrf)
        .lead(t.t("listed-add-lead"))
        .with(Control::Select(select))
        .with(Control::Input(number.hint("listed-number-hint")))
        .with(Control::Area(note.hint("listed-note-hint")))
        .button(t.t("listed-add"), "add")
}

/// One form for all of them: which one is chosen by its mark.
fn remove_act(list: List, listed: &[Listed], csrf: &str, t: Texts) -> Act {
    let choices = listed
        .iter()
        .map(|one| Choice::new(&one.id, format!("{} · {}", said::masked(&one.number), one.note), false));
    let choices = Choices {
        texts: t,
        name: "person",
        legend: t.t("listed-whom").into_owned(),
        choices: choices.collect(),
        ..Choices::default()
    };
    Act::new("remove", t.t("listed-remove"), format!("/alerts/lists/{}", list.name()), csrf)
        .lead(t.t("listed-remove-lead"))
        .with(Control::Choices(choices))
        .button(t.t("listed-remove"), "remove")
        .grave()
        .folded()
}

/// Why a number goes on no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::door::console) enum Wrong {
    /// Not a personal identification number
    Form,
    /// On the list already
    Twice,
}

/// What is wrong with a number that is to go on a list.
pub(in crate::door::console) fn wrong(known: &[Listed], number: &str) -> Option<Wrong> {
    if PersonalId::parse(number).is_err() {
        return Some(Wrong::Form);
    }
    known.iter().any(|one| one.number == number).then_some(Wrong::Twice)
}

/// Who is on a list: told to nobody without an entry. For pages and API alike.
pub(in crate::door::console) async fn read(seat: &Seat, list: List) -> Result<Vec<Listed>, Oops> {
    seat.record("watch_list_read", format!("list={}", list.name()), Place::Alerts).await?;
    seat.watched(move |watch| watch.listed(list)).await
}

/// Whether this person is told who somebody on a list is: those who keep the lists are.
pub(in crate::door::console) fn keeps(seat: &Seat) -> bool {
    let may = |action: &Action| seat.may(*action, None) == Ruling::Allowed;
    [Action::WatchPropose, Action::WatchEnact].iter().any(may)
}

/// Puts somebody on a list, for pages and API alike; gives the id.
pub(in crate::door::console) async fn put(
    seat: &Seat,
    list: List,
    number: String,
    note: String,
) -> Result<String, Oops> {
    seat.record("watch_list", format!("list={} deed=added", list.name()), Place::Alerts).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    seat.watched(move |watch| watch.put_listed(list, &number, &note, &by, now_us)).await
}

/// Takes somebody off a list, for pages and API alike; not whoever put her there, then it is false.
pub(in crate::door::console) async fn taken_off(seat: &Seat, list: List, one: Listed) -> Result<bool, Oops> {
    if one.by == seat.id() {
        return Ok(false);
    }
    seat.record("watch_list", format!("list={} deed=removed id={}", list.name(), one.id), Place::Alerts)
        .await?;
    let now_us = seat.now_us();
    seat.watched(move |watch| watch.take_off(&one.id, now_us)).await?;
    Ok(true)
}

/// Puts somebody on a list.
pub(super) async fn add(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::WatchPropose, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let t = seat.shell(Place::Alerts).texts();
    let list = List::from_name(value(&sent, "list")).unwrap_or(List::Planted);
    let typed: String = value(&sent, "number").chars().filter(|c| !c.is_whitespace()).collect();
    let note: String = value(&sent, "note").trim().chars().take(usize::from(WORDS)).collect();
    let mut typing = Typing { number: Typed::new(&typed), note: Typed::new(&note) };
    let known = seat.watched(move |watch| watch.listed(list)).await?;
    typing.number.error = wrong(&known, &typed).map(|wrong| {
        let key = if wrong == Wrong::Twice { "listed-twice" } else { "listed-number-wrong" };
        t.t(key).into_owned()
    });
    if note.is_empty() {
        typing.note.error = Some(t.t("listed-note-missing").into_owned());
    }
    if typing.number.error.is_some() || typing.note.error.is_some() {
        return page(&seat, list, typing, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    put(&seat, list, typed, note).await?;
    Ok(Redirect::to(&format!("/alerts/lists?list={}&done=added", list.name())).into_response())
}

/// Takes somebody off a list: not by the role that puts people on it.
pub(super) async fn take_off(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::WatchEnact, None, Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let Some(list) = List::from_name(&id) else {
        return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound));
    };
    let person = value(&sent, "person").to_owned();
    let known = seat.watched(move |watch| watch.listed(list)).await?;
    let Some(one) = known.into_iter().find(|one| one.id == person) else {
        let t = seat.shell(Place::Alerts).texts();
        let notice = Notice::new(Tone::Bad, t.t("listed-nobody"), "");
        return page(&seat, list, Typing::default(), Some(notice), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if !taken_off(&seat, list, one).await? {
        let t = seat.shell(Place::Alerts).texts();
        let notice = Notice::new(Tone::Bad, t.t("refusal-same-person"), t.t("listed-same-person-todo"));
        return page(&seat, list, Typing::default(), Some(notice), StatusCode::CONFLICT).await;
    }
    Ok(Redirect::to(&format!("/alerts/lists?list={}&done=removed", list.name())).into_response())
}
