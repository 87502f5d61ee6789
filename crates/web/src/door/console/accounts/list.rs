//! The list of accounts: narrowed by state, organisation and level; searched for people without telling the address.
use super::bulk::{Answer, SHOWN, columns, export as hand_out, nothing, pages, role, state};
use super::{Part, asked, may, tabs};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Choice, Control, Input, Select, Table, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_campaign::table::Export;
use dancu_campaign::{AccountFind, Image, Listed, Registered};
use dancu_policy::AccountState;
use dancu_policy::duty::Action;
use std::collections::BTreeMap;

const HERE: Place = Place::Accounts;

/// Levels of agency codes (Decision 20/2020/QĐ-TTg).
const LEVELS: [usize; 4] = [1, 2, 3, 4];

/// What narrows the list, from pairs of the address or of a form.
fn find(get: impl Fn(&str) -> String) -> AccountFind {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    AccountFind {
        text: get("text"),
        state: AccountState::from_name(&get("state")),
        organisation: some(get("organisation")),
        system: some(get("system")),
        level: get("level").parse().ok().filter(|level| LEVELS.contains(level)),
    }
}

/// The same as an address; what is searched for is never part of it.
fn query(find: &AccountFind) -> String {
    let pairs = [
        ("state", find.state.map(|state| state.name().to_owned())),
        ("organisation", find.organisation.clone()),
        ("system", find.system.clone()),
        ("level", find.level.map(|level| level.to_string())),
    ];
    let pairs: Vec<(&str, String)> = pairs.into_iter().filter_map(|(name, v)| Some((name, v?))).collect();
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

fn choices<T: PartialEq>(all: impl Iterator<Item = (T, String, String)>, chosen: Option<&T>) -> Vec<Choice> {
    all.map(|(of, value, words)| Choice::new(value, words, Some(&of) == chosen)).collect()
}

fn filter(seat: &Seat, t: Texts, find: &AccountFind, csrf: &str) -> Act {
    let select = |name: &'static str, label: &str, choices| {
        let label = t.t(label).into_owned();
        Control::Select(Select {
            texts: t,
            name,
            label,
            choices,
            optional: true,
            any: true,
            ..Select::default()
        })
    };
    let input = Input::new(t, "text", "accounts-text", &Typed::new(find.text.clone()));
    let states = [AccountState::Active, AccountState::Locked, AccountState::Closed];
    let states = states.into_iter().map(|of| (of, of.name().to_owned(), state(t, of).label));
    let mut act = Act::new("filter", "", "/accounts/search", csrf)
        .with(Control::Input(input.hint("accounts-text-hint").optional()))
        .with(select("state", "accounts-state", choices(states, find.state.as_ref())));
    let snapshot = seat.console.road.exchange.snapshot();
    if seat.own().is_none() {
        let all: BTreeMap<String, String> = snapshot
            .rules
            .systems()
            .filter_map(|of| of.organisation.as_ref())
            .map(|organisation| (organisation.name.clone(), organisation.id.to_string()))
            .collect();
        let all = all.into_iter().map(|(name, id)| (id.clone(), id, name));
        act = act.with(select("organisation", "accounts-of", choices(all, find.organisation.as_ref())));
    }
    let levels = LEVELS.into_iter().map(|of| {
        let words = t.t1("accounts-level-of", "level", &of.to_string()).into_owned();
        (of, of.to_string(), words)
    });
    act.with(select("level", "accounts-level", choices(levels, find.level.as_ref())))
        .button(t.t("list-find"), "")
}

/// Where a page begins: the place after the account of this id.
fn page_of(all: Vec<Listed>, after: &str) -> (Vec<Listed>, Option<String>) {
    let from = all.iter().position(|of| &*of.account.id == after).map_or(0, |at| at + 1);
    let size = usize::try_from(SHOWN).unwrap_or(50);
    let more = all.len() > from + size;
    let shown: Vec<Listed> = all.into_iter().skip(from).take(size).collect();
    let next = shown.last().filter(|_| more).map(|last| last.account.id.to_string());
    (shown, next)
}

fn row(seat: &Seat, t: Texts, listed: &Listed, (image, known): &(Image, Registered)) -> Vec<Cell> {
    let place = if seat.own().is_some() {
        vec![listed.system.clone(), image.agency_code.to_string()]
    } else {
        vec![seat.console.organisation(&listed.organisation), listed.system.clone()]
    };
    vec![
        Cell::Named {
            label: image.login.clone(),
            href: format!("/accounts/{}", image.id),
            lines: vec![image.full_name.clone()],
        },
        Cell::Lines(place),
        Cell::text(role(t, image.role)),
        Cell::Figures(t.number(image.daily_quota.into())),
        Cell::Figures(known.used_us.map_or_else(|| t.t("accounts-never").into_owned(), said::date_of)),
        Cell::Badge(state(t, image.state)),
    ]
}

async fn page(seat: &Seat, find: AccountFind, after: String) -> Result<ListPage, Oops> {
    let asked_for = find.clone();
    let (all, shown, next) = seat
        .bulk(HERE, move |campaigns, reach| {
            let all = campaigns.accounts(&asked_for, reach)?;
            let count = all.len();
            let (shown, next) = page_of(all, &after);
            let details = campaigns.details(&shown)?;
            Ok((count, shown.into_iter().zip(details).collect::<Vec<_>>(), next))
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let mut links = Vec::new();
    if may(seat, Action::AccountRegister) {
        links.push((t.t("accounts-new").into_owned(), "/accounts/new".to_owned()));
    }
    if may(seat, Action::AccountImport) {
        links.push((t.t("accounts-import").into_owned(), "/accounts/imports".to_owned()));
    }
    let kept = query(&find);
    links.push((t.t("accounts-export").into_owned(), format!("/accounts/export?{kept}")));
    let searched = !find.text.is_empty();
    let next = next.filter(|_| !searched).map(|id| format!("/accounts?{kept}&after={id}"));
    let columns = columns(
        t,
        [
            "accounts-login",
            "accounts-place",
            "accounts-role",
            "accounts-quota",
            "accounts-used",
            "accounts-state",
        ],
    );
    let count = t.number(all as u64);
    // The threshold is dated; without one on record nothing locks itself.
    let rules = seat.console.campaigns.rules();
    let days = rules.threshold(dancu_campaign::Threshold::IdleDays, seat.today()).unwrap_or_default();
    let days = t.number(days.into());
    let lead = if searched { "accounts-found" } else { "accounts-count" };
    Ok(ListPage {
        notice: seat.said(t),
        lead: t.with(lead, &[("count", &count), ("days", &days)]).into_owned(),
        tabs: Some(tabs(seat, t, Part::List)),
        links,
        filter: Some(filter(seat, t, &find, shell.csrf())),
        table: Table {
            columns,
            rows: shown.iter().map(|(listed, details)| row(seat, t, listed, details)).collect(),
        },
        pages: pages(t, next),
        ..ListPage::new(
            shell,
            "console-accounts",
            nothing(t, Icon::Search, "accounts-empty-title", "accounts-empty-text"),
        )
    })
}

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::AccountRead, seat.organisation().or(Some("")), HERE)?;
    let find = AccountFind { text: String::new(), ..find(|name| asked(&seat.uri, name)) };
    let page = page(&seat, find, asked(&seat.uri, "after")).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Searches. Words about people come in the body and are shown on the page that answers, nowhere else.
pub(super) async fn search(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::AccountRead, seat.organisation().or(Some("")), HERE)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let find = find(|name| value(&sent, name).to_owned());
    if find.text.is_empty() {
        return Ok(Redirect::to(&format!("/accounts?{}", query(&find))).into_response());
    }
    let page = page(&seat, find, String::new()).await?;
    Ok(html(StatusCode::OK, &page).into_response())
}

/// The list as a workbook, narrowed as the address says.
pub(in crate::door::console) async fn workbook(seat: &Seat) -> Result<Export, Oops> {
    seat.must(Action::AccountRead, seat.organisation().or(Some("")), HERE)?;
    let find = AccountFind { text: String::new(), ..find(|name| asked(&seat.uri, name)) };
    seat.record("accounts_export", query(&find), HERE).await?;
    let lang = seat.shell(HERE).lang;
    let made = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let all = campaigns.accounts(&find, reach)?;
            Ok(campaigns.accounts_sheet(&all, lang)?.to_xlsx("tai-khoan")?)
        })
        .await?;
    made.map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Server))
}

pub(super) async fn export(seat: Seat) -> Answer {
    workbook(&seat).await.map(hand_out)
}
