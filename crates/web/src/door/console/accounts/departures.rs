//! Staff who move to another unit or leave: planned from the account's page, listed by day, cancelled before it.
use super::bulk::{Answer, No, SHOWN, Tried, columns, done, ended, nothing, pages};
use super::one::{Whole, again, is_move};
use super::{Part, asked, may, tabs};
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::console::words::date;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Act, Area, Badge, Cell, Choice, Control, Input, Select, Table, Tone, Width};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{Departure, DepartureState, Destination, NewDeparture, Refusal};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use dancu_policy::{AgencyCode, Role};

const HERE: Place = Place::Accounts;

pub(super) fn badge(t: Texts, state: DepartureState) -> Badge {
    let (tone, icon) = match state {
        DepartureState::Planned => (Tone::Warn, Icon::Clock),
        DepartureState::Done => (Tone::Good, Icon::Check),
        DepartureState::Cancelled => (Tone::Plain, Icon::Info),
        DepartureState::Failed => (Tone::Bad, Icon::Stop),
    };
    Badge { tone, icon, label: t.t(&format!("departure-state-{}", state.name())).into_owned() }
}

/// Where to, in words.
pub(super) fn destination(t: Texts, departure: &Departure) -> String {
    match &departure.destination {
        Destination::Leave => t.t("departure-leaves").into_owned(),
        Destination::Move { agency_code, .. } => {
            t.t1("departure-moves", "code", agency_code.as_str()).into_owned()
        }
    }
}

fn successor(whole: &Whole, tried: &Tried, name: &'static str, t: Texts) -> Control {
    let select = tried.select(t, name, "departure-successor", "", whole.successors.clone());
    Control::Select(Select { optional: true, ..select })
}

fn reason(tried: &Tried, name: &'static str, t: Texts) -> Control {
    Control::Area(Area { max: 500, ..Area::new(t, name, "act-reason", &tried.typed(name, "")) })
}

pub(super) fn transfer_act(
    whole: &Whole,
    tried: &Tried,
    roles: Vec<(String, String)>,
    csrf: &str,
    t: Texts,
) -> Act {
    let code = Input { width: Width::Medium, max: 35, ..tried.input(t, "move_code", "departure-code", "") };
    Act::new("move", t.t("departure-move"), format!("/accounts/{}/move", whole.image.id), csrf)
        .lead(t.t("departure-move-lead"))
        .with(Control::Input(code.hint("account-code-hint")))
        .with(Control::Select(tried.select(t, "move_role", "departure-role", whole.image.role.name(), roles)))
        .with(Control::Input(tried.day(t, "move_on", "departure-on", "")))
        .with(successor(whole, tried, "move_successor", t))
        .with(reason(tried, "move_reason", t))
        .button(t.t("departure-move-do"), "")
        .folded()
}

pub(super) fn leave_act(whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Act {
    Act::new("leave", t.t("departure-leave"), format!("/accounts/{}/leave", whole.image.id), csrf)
        .lead(t.t("departure-leave-lead"))
        .with(Control::Input(tried.day(t, "leave_on", "departure-on", "")))
        .with(successor(whole, tried, "leave_successor", t))
        .with(reason(tried, "leave_reason", t))
        .button(t.t("departure-leave-do"), "")
        .grave()
        .folded()
}

/// Names of the controls of one of the two forms.
struct Controls {
    on: &'static str,
    successor: &'static str,
    reason: &'static str,
}

const MOVE: Controls = Controls { on: "move_on", successor: "move_successor", reason: "move_reason" };
const LEAVE: Controls = Controls { on: "leave_on", successor: "leave_successor", reason: "leave_reason" };

pub(super) async fn transfer(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let whole = seat.account(&id).await?;
    seat.must(Action::AccountRegister, Some(&whole.listed.organisation), HERE)?;
    let t = seat.shell(HERE).texts();
    let code = AgencyCode::parse(&value(&sent, "move_code").to_uppercase());
    let role = Role::from_name(value(&sent, "move_role")).unwrap_or(whole.image.role);
    let mut faults = Vec::new();
    let destination = code.ok().map(|agency_code| Destination::Move { agency_code, role, system: None });
    if destination.is_none() {
        faults.push(("move_code", t.t("departure-code-wrong").into_owned()));
    }
    plan(&seat, &whole, sent, destination, &MOVE, faults).await
}

pub(super) async fn leave(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let whole = seat.account(&id).await?;
    seat.must(Action::AccountClose, Some(&whole.listed.organisation), HERE)?;
    plan(&seat, &whole, sent, Some(Destination::Leave), &LEAVE, Vec::new()).await
}

async fn plan(
    seat: &Seat,
    whole: &Whole,
    sent: Sent,
    destination: Option<Destination>,
    at: &Controls,
    mut faults: Vec<(&'static str, String)>,
) -> Answer {
    let t = seat.shell(HERE).texts();
    let on = date(value(&sent, at.on));
    if on.is_none() {
        faults.push((at.on, t.t("bulk-day-wrong").into_owned()));
    }
    let reason = value(&sent, at.reason).to_owned();
    if reason.is_empty() {
        faults.push((at.reason, t.t("act-reason-missing").into_owned()));
    }
    let (Some(destination), Some(on), true) = (destination, on, faults.is_empty()) else {
        return Ok(again(seat, whole, Tried { sent, faults }).await);
    };
    let id = whole.image.id.clone();
    let kind = if is_move(&destination) { "move" } else { "leave" };
    seat.record("account_departure", format!("account={id} kind={kind}"), HERE).await?;
    let successor = Some(value(&sent, at.successor).to_owned()).filter(|id| !id.is_empty());
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let planned = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let successor = successor.as_deref();
            let given = NewDeparture { account: &of, destination, on, successor, reason: &reason };
            campaigns.plan_departure(&given, reach, &by, now_us)
        })
        .await?;
    match planned {
        Ok(_) => Ok(done(&format!("/accounts/{id}"), "planned")),
        Err(no) => {
            let control = match &no {
                No::Refused(Refusal::Day) => at.on,
                No::Refused(Refusal::Successor) => at.successor,
                No::Refused(Refusal::CodeOutside) => "move_code",
                No::Refused(Refusal::RoleKept) => "move_role",
                _ => at.reason,
            };
            Ok(again(seat, whole, Tried { sent, faults: vec![(control, no.words(t))] }).await)
        }
    }
}

/// Where a page begins: a day and an id.
fn from(seat: &Seat) -> Option<(CivilDate, String)> {
    let after = asked(&seat.uri, "after");
    let (day, id) = after.split_once('.')?;
    Some((CivilDate::parse_iso(day).ok()?, id.to_owned()))
}

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::AccountRead, seat.organisation().or(Some("")), HERE)?;
    let state = DepartureState::from_name(&asked(&seat.uri, "state")).unwrap_or(DepartureState::Planned);
    let from = from(&seat);
    let found = seat
        .bulk(HERE, move |campaigns, reach| {
            let departures = campaigns.departures(state, reach, from, SHOWN)?;
            let accounts = departures.iter().map(|departure| campaigns.account(&departure.account, reach));
            let accounts: Vec<_> = accounts.collect::<Result<_, _>>()?;
            Ok(departures.into_iter().zip(accounts).collect::<Vec<_>>())
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let full = found.len() >= usize::try_from(SHOWN).unwrap_or(50);
    let next = found.last().filter(|_| full).map(|(last, _)| {
        format!("/accounts/departures?state={}&after={}.{}", state.name(), last.on.iso(), last.id)
    });
    let cancels = state == DepartureState::Planned && may(&seat, Action::AccountRegister);
    let rows = found.iter().map(|(departure, (listed, image, _))| {
        let mut row = vec![
            Cell::Named {
                label: image.login.clone(),
                href: format!("/accounts/{}", departure.account),
                lines: vec![image.full_name.clone(), seat.console.organisation(&listed.organisation)],
            },
            Cell::Figures(said::day(departure.on)),
            Cell::Lines(vec![destination(t, departure), departure.reason.clone()]),
            Cell::Badge(badge(t, departure.state)),
        ];
        if cancels {
            row.push(Cell::Tick {
                form: "cancel",
                name: "departure",
                value: departure.id.clone(),
                label: t.t1("departure-tick", "login", &image.login).into_owned(),
            });
        }
        row
    });
    let mut heads = columns(t, ["accounts-login", "departure-on", "departure-to", "accounts-state"]);
    if cancels {
        heads.push(t.t("bulk-choose").into_owned());
    }
    let rows: Vec<_> = rows.collect();
    let mut acts = Vec::new();
    if cancels && !rows.is_empty() {
        let act = Act::new("cancel", t.t("departure-cancel"), "/accounts/departures/cancel", shell.csrf())
            .lead(t.t("departure-cancel-lead"))
            .button(t.t("departure-cancel"), "");
        acts.push(act);
    }
    let choices = DepartureState::ALL.map(|of| Choice::new(of.name(), badge(t, of).label, of == state));
    let select = Select {
        texts: t,
        name: "state",
        label: t.t("accounts-state").into_owned(),
        choices: choices.to_vec(),
        ..Select::default()
    };
    let filter = Act::new("filter", "", "/accounts/departures", "")
        .with(Control::Select(select))
        .button(t.t("list-find"), "");
    let page = ListPage {
        notice: seat.said(t),
        lead: t.t("departures-lead").into_owned(),
        tabs: Some(tabs(&seat, t, Part::Departures)),
        filter: Some(filter),
        table: Table { columns: heads, rows },
        pages: pages(t, next),
        acts,
        ..ListPage::new(
            shell,
            "departures-title",
            nothing(t, Icon::Check, "departures-empty-title", "departures-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn cancel(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::AccountRegister, seat.organisation().or(Some("")), HERE)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let ids: Vec<String> =
        sent.iter().filter(|(name, _)| name == "departure").map(|(_, id)| id.clone()).collect();
    seat.record("departure_cancel", format!("departures={}", ids.join(",")), HERE).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let cancelled = seat
        .bulk_try(HERE, move |campaigns, reach| {
            if ids.is_empty() {
                return Err(Refusal::Empty.into());
            }
            ids.iter().try_for_each(|id| campaigns.cancel_departure(id, reach, &by, now_us))
        })
        .await?;
    Ok(ended("/accounts/departures", "cancelled", &cancelled))
}
