//! Who is braked now, and about whom answers are paused.
use super::{Answer, WORDS};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Cell, Choice, Control, Crumb, Crumbs, Input, InputKind, Notice, Select, Table, Tone, Typed,
    Width,
};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_citizen::{PersonNumber, PersonalId};
use dancu_gateway::Guard;
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::Brake;
use dancu_watch::guess::SpentBudget;
use dancu_watch::guess::shared::ReleaseOrder;

/// Brakes and budgets on the page.
const SHOWN: u32 = 200;

/// What was typed to let an account on.
#[derive(Default)]
struct Typing {
    number: Typed,
    system: String,
    account: Typed,
    why: Typed,
}

impl Typing {
    fn is_wrong(&self) -> bool {
        [&self.number, &self.account, &self.why].iter().any(|typed| typed.error.is_some())
    }
}

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::AlertRead, seat.organisation().or(Some("")), Place::Alerts)?;
    let t = seat.shell(Place::Alerts).texts();
    let done = seat.uri.query().is_some_and(|query| query == "done");
    let notice = done.then(|| Notice::new(Tone::Good, t.t("budget-released"), ""));
    page(&seat, Typing::default(), notice, StatusCode::OK).await
}

/// The brakes in force that this person may know of.
pub(in crate::door::console) async fn within(seat: &Seat) -> Result<Vec<Brake>, Oops> {
    let now_us = seat.now_us();
    let mut brakes = seat.watched(move |watch| watch.brakes_in_force(now_us, SHOWN)).await?;
    if let Some(own) = seat.organisation() {
        brakes.retain(|brake| organisation_of(seat, &brake.system).as_deref() == Some(own));
    }
    Ok(brakes)
}

/// The budgets that are spent now; none where no budget is kept, or to whoever handles no alerts.
pub(in crate::door::console) fn spent(seat: &Seat) -> Option<Vec<SpentBudget>> {
    let guess = seat.console.road.guard.guess.as_ref()?;
    (seat.may(Action::AlertHandle, Some("")) == Ruling::Allowed)
        .then(|| guess.spent(seat.now_us(), SHOWN as usize))
}

async fn page(seat: &Seat, typing: Typing, notice: Option<Notice>, status: StatusCode) -> Answer {
    let brakes = within(seat).await?;
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let mut groups = vec![Group::Table {
        title: t.t("brakes-in-force").into_owned(),
        lead: t.t("brakes-lead").into_owned(),
        table: table(seat, &brakes, t),
        nothing: t.t("brakes-none").into_owned(),
    }];
    let mut acts = Vec::new();
    if let Some(spent) = spent(seat) {
        groups.push(Group::Table {
            title: t.t("budgets").into_owned(),
            lead: t.t("budgets-lead").into_owned(),
            table: budgets(&spent, t),
            nothing: t.t("budgets-none").into_owned(),
        });
        acts.push(act(seat, &typing, shell.csrf(), t));
    }
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![Crumb::new(t.t("console-alerts"), "/alerts"), Crumb::new(t.t("alerts-brakes"), "")],
        },
        title: t.t("alerts-brakes").into_owned(),
        badge: None,
        lead: String::new(),
        links: Vec::new(),
        groups,
        acts,
        shell,
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

pub(in crate::door::console) fn organisation_of(seat: &Seat, system: &str) -> Option<String> {
    let snapshot = seat.console.road.exchange.snapshot();
    snapshot.rules.system(system).map(|of| of.system.organisation.to_string())
}

fn table(seat: &Seat, brakes: &[Brake], t: Texts) -> Table {
    let row = |brake: &Brake| {
        let organisation = organisation_of(seat, &brake.system);
        let who = match &brake.account {
            Some(account) => seat.account_name(organisation.as_deref(), &brake.system, account),
            None => t.t("alert-whole-system").into_owned(),
        };
        vec![
            Cell::Link {
                label: t.t1("alert-number", "number", &brake.alert.to_string()).into_owned(),
                href: format!("/alerts/{}", brake.alert),
            },
            Cell::Lines(vec![who, seat.console.system(&brake.system)]),
            Cell::Figures(said::moment(brake.from_us)),
            Cell::Figures(said::moment(brake.until_us)),
        ]
    };
    let columns = ["alert", "alert-who", "brake-from", "brake-until"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: brakes.iter().map(row).collect(),
    }
}

/// Nobody is named: a budget knows its person by a key alone.
fn budgets(spent: &[SpentBudget], t: Texts) -> Table {
    let row = |one: &SpentBudget| {
        let head = one.person.first_chunk().map_or(0, |head| u32::from_be_bytes(*head));
        vec![
            Cell::Figures(format!("{head:08x}")),
            Cell::Figures(said::moment(one.until_us)),
            Cell::Figures(one.times.to_string()),
        ]
    };
    let columns = ["budget-of", "brake-until", "budget-times"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: spent.iter().map(row).collect(),
    }
}

fn act(seat: &Seat, typing: &Typing, csrf: &str, t: Texts) -> Act {
    let snapshot = seat.console.road.exchange.snapshot();
    let of =
        snapshot.rules.systems().map(|of| (of.system.id.to_string(), seat.console.system(&of.system.id)));
    let mut of: Vec<(String, String)> = of.collect();
    of.sort_by(|a, b| a.1.cmp(&b.1));
    let choices = of.iter().map(|(id, name)| Choice::new(id, name, *id == typing.system)).collect();
    let label = t.t("usage-system").into_owned();
    let system = Select { texts: t, name: "system", label, choices, ..Select::default() };
    let number = Input {
        kind: InputKind::Digits,
        width: Width::Medium,
        max: 12,
        ..Input::new(t, "number", "listed-number", &typing.number)
    };
    let account = Input { max: 120, ..Input::new(t, "account", "budget-account", &typing.account) };
    let why = Area { max: WORDS, ..Area::new(t, "why", "act-reason", &typing.why) };
    Act::new("let-on", t.t("budget-release"), "/alerts/budgets", csrf)
        .lead(t.t("budget-release-lead"))
        .with(Control::Input(number))
        .with(Control::Select(system))
        .with(Control::Input(account.hint("budget-account-hint")))
        .with(Control::Area(why))
        .button(t.t("budget-release"), "release")
}

/// Lets one account ask about one person although the budget is spent.
pub(super) async fn let_on(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::AlertHandle, seat.organisation().or(Some("")), Place::Alerts)?;
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let t = seat.shell(Place::Alerts).texts();
    if seat.console.road.guard.guess.is_none() {
        return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound));
    }
    let number: String = value(&sent, "number").chars().filter(|c| !c.is_whitespace()).collect();
    let account = value(&sent, "account").trim().to_owned();
    let why: String = value(&sent, "why").trim().chars().take(usize::from(WORDS)).collect();
    let mut typing = Typing {
        number: Typed::new(&number),
        system: value(&sent, "system").to_owned(),
        account: Typed::new(&account),
        why: Typed::new(&why),
    };
    let parsed = PersonalId::parse(&number).ok();
    if parsed.is_none() {
        typing.number.error = Some(t.t("listed-number-wrong").into_owned());
    }
    let held = held(&seat, &typing.system, &account);
    if held.is_none() {
        typing.account.error = Some(t.t("budget-account-unknown").into_owned());
    }
    if why.is_empty() {
        typing.why.error = Some(t.t("act-reason-missing").into_owned());
    }
    let (false, Some(number), Some(account)) = (typing.is_wrong(), parsed, held) else {
        return page(&seat, typing, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if released(&seat, number, account, why).await? {
        return Ok(Redirect::to("/alerts/brakes?done").into_response());
    }
    page(&seat, typing, None, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// Lets an account on, for pages and API alike; false where there is no such budget.
pub(in crate::door::console) async fn released(
    seat: &Seat,
    number: PersonalId,
    account: String,
    why: String,
) -> Result<bool, Oops> {
    let road = &seat.console.road;
    let (registry, ring) = (road.registry.clone(), road.ring.clone());
    let number = PersonNumber::PersonalId(number);
    let person = match blocking(move || Guard::budget_of(number, &registry, &ring)).await {
        Some(Ok(person)) => person,
        Some(Err(error)) => {
            tracing::error!(%error, "whose budget it is cannot be read");
            return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::Server));
        }
        None => return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::Server)),
    };
    let (Some(guess), Some(person)) = (road.guard.guess.clone(), person) else { return Ok(false) };
    seat.record("guess_release", format!("account={account}"), Place::Alerts).await?;
    let order = ReleaseOrder { person, account, by: seat.id().to_owned(), why };
    let now_us = seat.now_us();
    match blocking(move || guess.release(&order, now_us)).await {
        Some(Ok(_)) => Ok(true),
        Some(Err(error)) => Err(seat.failed(&error)),
        None => Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::Server)),
    }
}

/// The id of the account of a system with this login.
pub(in crate::door::console) fn held(seat: &Seat, system: &str, login: &str) -> Option<String> {
    let snapshot = seat.console.road.exchange.snapshot();
    let account = snapshot.rules.system(system)?.by_login(login)?;
    Some(account.id.to_string())
}
