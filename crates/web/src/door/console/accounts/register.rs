//! Registering one account, and changing one: the fields of the registration form, each fault beside its field.
use super::bulk::{Answer, No, Tried, done, roles};
use super::one::{Whole, again};
use super::{may, one};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::plain;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::RecordPage;
use crate::parts::{Act, Control, Crumb, Crumbs, Input, InputKind, Notice, Tone, Width};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_campaign::table::{Column, Fault};
use dancu_campaign::{OneAccount, Put};
use dancu_catalogue::Lang;
use dancu_citizen::PersonalId;
use dancu_policy::Role;
use dancu_policy::duty::Action;

const HERE: Place = Place::Accounts;

/// Columns of the form, each with its control.
pub(in crate::door::console) const FIELDS: [(Column, &str); 9] = [
    (Column::FullName, "full_name"),
    (Column::Login, "login"),
    (Column::OfficerNumber, "officer_number"),
    (Column::Phone, "phone"),
    (Column::AgencyCode, "agency_code"),
    (Column::AgencyName, "agency_name"),
    (Column::Role, "role"),
    (Column::DailyQuota, "daily_quota"),
    (Column::Purpose, "purpose"),
];

/// What was typed, by column; the role by the word that tables use.
fn cells(seat: &Seat, sent: &Sent) -> Vec<(Column, String)> {
    let words = seat.console.campaigns.words();
    let cell = |(column, name): (Column, &str)| {
        let text = value(sent, name);
        let text = match column {
            Column::Role => Role::from_name(text).map_or(text, |role| words.role_label(role, Lang::Vi)),
            _ => text,
        };
        (column, text.to_owned())
    };
    FIELDS.map(cell).to_vec()
}

/// Each fault at its control.
fn faults(faults: &[Fault], t: Texts) -> Vec<(&'static str, String)> {
    let control = |column: Column| {
        let found = FIELDS.iter().find(|(of, _)| *of == column);
        found.map_or("daily_quota", |(_, name)| *name)
    };
    let mut told: Vec<(&'static str, String)> = Vec::new();
    for fault in faults {
        let words = capital(&fault.problem.words(t.lang()));
        match told.iter_mut().find(|(name, _)| *name == control(fault.column)) {
            Some((_, all)) => *all = format!("{all}; {words}"),
            None => told.push((control(fault.column), words)),
        }
    }
    told
}

/// The sentence by itself: the table puts it after a colon.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The controls, with what is on record.
fn controls(mut act: Act, seat: &Seat, whole: Option<&Whole>, tried: &Tried, t: Texts) -> Act {
    let image = whole.map(|whole| &whole.image);
    let known = whole.map(|whole| &whole.known);
    let label = |column| seat.console.campaigns.words().label(column, t.lang()).to_owned();
    let line = |column, name, value: Option<String>, width| {
        let input = tried.input(t, name, "accounts-login", value.unwrap_or_default());
        Input { label: label(column), width, max: 200, ..input }
    };
    let name = line(Column::FullName, "full_name", image.map(|i| i.full_name.clone()), Width::Full);
    act = act.with(Control::Input(name));
    if whole.is_none() {
        let login = line(Column::Login, "login", None, Width::Full).hint("account-login-hint");
        act = act.with(Control::Input(login));
    }
    let number = image.and_then(|i| i.officer_number).map(PersonalId::expose);
    let digits = |input: Input| Input { kind: InputKind::Digits, ..input };
    let number = digits(line(Column::OfficerNumber, "officer_number", number, Width::Medium));
    let phone = digits(line(Column::Phone, "phone", image.and_then(|i| i.phone.clone()), Width::Medium));
    let code =
        line(Column::AgencyCode, "agency_code", image.map(|i| i.agency_code.to_string()), Width::Medium);
    let agency = line(Column::AgencyName, "agency_name", known.map(|k| k.agency_name.clone()), Width::Full);
    let chosen = image.map_or("", |image| image.role.name());
    let mut role = tried.select(t, "role", "accounts-role", chosen, roles(seat, t));
    role.label = label(Column::Role);
    let quota = image.map(|image| image.daily_quota.to_string());
    let quota = line(Column::DailyQuota, "daily_quota", quota, Width::Medium);
    let hint = if whole.is_some() { "account-quota-lower-hint" } else { "account-quota-hint" };
    let purpose = line(Column::Purpose, "purpose", known.map(|k| k.purpose.clone()), Width::Full);
    act.with(Control::Input(number.optional()))
        .with(Control::Input(phone.optional()))
        .with(Control::Input(code.hint("account-code-hint")))
        .with(Control::Input(agency.optional()))
        .with(Control::Select(role))
        .with(Control::Input(quota.hint(hint)))
        .with(Control::Input(purpose.optional()))
}

/// The form that changes an account.
pub(super) fn change_act(seat: &Seat, whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Act {
    let path = format!("/accounts/{}/change", whole.image.id);
    let act = Act::new("change", t.t("account-change"), path, csrf).lead(t.t("account-change-lead"));
    controls(act, seat, Some(whole), tried, t).button(t.t("account-change-do"), "").folded()
}

/// Systems whose accounts this person may register.
pub(in crate::door::console) fn systems(seat: &Seat) -> Vec<(String, String)> {
    let snapshot = seat.console.road.exchange.snapshot();
    let own = seat.own();
    let mine = snapshot.rules.systems().filter(|of| own.as_deref() == Some(&*of.system.organisation));
    let mut all: Vec<_> = mine.map(|of| (of.system.id.to_string(), of.system.name.clone())).collect();
    all.sort_by(|a, b| a.1.cmp(&b.1));
    all
}

/// Systems to choose from, for whoever brings a table too.
pub(super) fn system_select(seat: &Seat, tried: &Tried, t: Texts) -> Control {
    let systems = systems(seat);
    let only = if let [(id, _)] = systems.as_slice() { id.clone() } else { String::new() };
    Control::Select(tried.select(t, "system", "accounts-system", &only, systems))
}

fn new_page(seat: &Seat, tried: &Tried, notice: Option<Notice>) -> RecordPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let act = Act::new("register", "", "/accounts/register", shell.csrf())
        .lead(t.t("account-new-lead"))
        .with(system_select(seat, tried, t));
    let act = controls(act, seat, None, tried, t).button(t.t("account-register"), "");
    RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-accounts"), "/accounts"),
                Crumb::new(t.t("accounts-new"), ""),
            ],
        },
        title: t.t("accounts-new").into_owned(),
        badge: None,
        lead: String::new(),
        links: Vec::new(),
        groups: Vec::new(),
        acts: vec![act],
        shell,
    }
}

pub(super) async fn form(seat: Seat) -> Answer {
    seat.must(Action::AccountRegister, seat.organisation().or(Some("")), HERE)?;
    let page = new_page(&seat, &Tried::default(), None);
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Why the form was not taken: at its fields, or above the page.
pub(in crate::door::console) enum Stopped {
    At(Vec<(&'static str, String)>),
    Whole(String),
}

/// Registers an account, or changes one, for pages and API alike; gives its id.
pub(in crate::door::console) async fn put(
    seat: &Seat,
    sent: &Sent,
    system: String,
    account: Option<String>,
) -> Result<Result<String, Stopped>, Oops> {
    match &account {
        None => seat.record("account_register", format!("system={system}"), HERE).await?,
        Some(id) => seat.record("account_change", format!("account={id}"), HERE).await?,
    };
    let t = seat.shell(HERE).texts();
    let (cells, by, now_us) = (cells(seat, sent), seat.id().to_owned(), seat.now_us());
    let made = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let given = OneAccount { system: &system, account: account.as_deref(), cells: &cells };
            campaigns.put_account(&given, reach, &by, now_us)
        })
        .await?;
    Ok(match made {
        Ok(Put::Taken { account, .. }) => Ok(account),
        Ok(Put::Faulty(list)) => Err(Stopped::At(faults(&list, t))),
        Err(no @ (No::Refused(_) | No::Table(_))) => Err(Stopped::Whole(no.words(t))),
    })
}

pub(super) async fn submit(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::AccountRegister, seat.organisation().or(Some("")), HERE)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let system = value(&sent, "system").to_owned();
    if !systems(&seat).iter().any(|(id, _)| *id == system) {
        let faults = vec![("system", t.t("account-system-missing").into_owned())];
        return Ok(unprocessable(&new_page(&seat, &Tried { sent, faults }, None)));
    }
    match put(&seat, &sent, system, None).await? {
        Ok(account) => Ok(done(&format!("/accounts/{account}"), "registered")),
        Err(Stopped::At(faults)) => Ok(unprocessable(&new_page(&seat, &Tried { sent, faults }, None))),
        Err(Stopped::Whole(why)) => {
            let notice = Notice::new(Tone::Bad, t.t("bulk-refused"), why);
            Ok(unprocessable(&new_page(&seat, &Tried { sent, faults: Vec::new() }, Some(notice))))
        }
    }
}

fn unprocessable(page: &RecordPage) -> Response {
    html(StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

pub(super) async fn change(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let whole = seat.account(&id).await?;
    seat.must(Action::AccountRegister, Some(&whole.listed.organisation), HERE)?;
    if !may(&seat, Action::AccountRegister) {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::Forbidden));
    }
    let t = seat.shell(HERE).texts();
    match put(&seat, &sent, whole.image.system.clone(), Some(id.clone())).await? {
        Ok(_) => Ok(done(&format!("/accounts/{id}"), "changed")),
        Err(Stopped::At(faults)) => Ok(again(&seat, &whole, Tried { sent, faults }).await),
        Err(Stopped::Whole(why)) => {
            let notice = Notice::new(Tone::Bad, t.t("bulk-refused"), why);
            let page = one::page(&seat, &whole, Some(notice), &Tried { sent, faults: Vec::new() }).await;
            Ok(html(StatusCode::CONFLICT, &page).into_response())
        }
    }
}
