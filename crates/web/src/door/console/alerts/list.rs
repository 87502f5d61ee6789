//! Alerts by state.
use super::{Answer, words};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::Seat;
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Choice, Control, Empty, Pagination, Select, Tab, Table, Tabs};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{Alert, AlertQuery, AlertState, Rule};

/// Alerts on a page.
const SHOWN: u32 = 50;

/// What the address asks for. Without a state: what nobody has looked at.
fn query(seat: &Seat) -> (AlertQuery, bool) {
    let some = |name: &str| Some(asked(&seat.uri, name)).filter(|value| !value.is_empty());
    let all = some("state").as_deref() == Some("all");
    let state = some("state").as_deref().map_or(Some(AlertState::New), AlertState::from_name);
    let query = AlertQuery {
        state: state.filter(|_| !all),
        rule: some("rule").as_deref().and_then(Rule::from_name),
        organisation: seat.own().or_else(|| some("organisation")),
        account: some("account"),
        before: some("before").and_then(|before| before.parse().ok()),
    };
    (query, all)
}

/// The address of a list of this kind.
fn address(query: &AlertQuery, state: Option<AlertState>, before: Option<u64>) -> String {
    let pairs = [
        ("state", Some(state.map_or("all", AlertState::name).to_owned())),
        ("rule", query.rule.map(|rule| rule.name().to_owned())),
        ("organisation", query.organisation.clone()),
        ("account", query.account.clone()),
        ("before", before.map(|before| before.to_string())),
    ];
    let kept: Vec<_> = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    format!("/alerts?{}", serde_urlencoded::to_string(kept).unwrap_or_default())
}

pub(super) async fn show(seat: Seat) -> Answer {
    let (query, all) = query(&seat);
    seat.must(Action::AlertRead, query.organisation.as_deref().or(Some("")), Place::Alerts)?;
    let (asked, own) = (query.clone(), seat.own().or_else(|| query.organisation.clone()));
    let found =
        seat.watched(move |watch| Ok((watch.alerts(&asked, SHOWN + 1)?, watch.counts_of(own.as_deref())?)));
    let (mut alerts, counts) = found.await?;
    let more = alerts.len() > SHOWN as usize;
    alerts.truncate(SHOWN as usize);
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let nothing = Empty {
        icon: Icon::Check,
        title: t.t("alerts-empty-title").into_owned(),
        text: t.t("alerts-empty-text").into_owned(),
    };
    let next = alerts.last().filter(|_| more).map(|last| address(&query, query.state, Some(last.number)));
    let page = ListPage {
        lead: t.t("alerts-lead").into_owned(),
        tabs: Some(tabs(&query, all, &counts, t)),
        links: links(&seat, t),
        filter: Some(filter(&seat, &query, t)),
        table: table(&seat, &alerts, t),
        pages: next.map(|next| Pagination {
            texts: t,
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        ..ListPage::new(shell, "console-alerts", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The other places of the room.
pub(super) fn links(seat: &Seat, t: Texts) -> Vec<(String, String)> {
    let mut links = vec![(t.t("alerts-brakes").into_owned(), "/alerts/brakes".to_owned())];
    if seat.may(Action::WatchRead, None) == Ruling::Allowed {
        links.insert(0, (t.t("alerts-rules").into_owned(), "/alerts/rules".to_owned()));
        links.push((t.t("alerts-lists").into_owned(), "/alerts/lists".to_owned()));
    }
    if seat.may(Action::ConnectionEvidence, seat.organisation().or(Some(""))) == Ruling::Allowed {
        links.push((t.t("evidence-title").into_owned(), "/evidence".to_owned()));
    }
    links
}

fn tabs(query: &AlertQuery, all: bool, counts: &[(AlertState, u64)], t: Texts) -> Tabs {
    let count = |state: AlertState| counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
    let tab = |state: Option<AlertState>| {
        let (label, number) = match state {
            Some(state) => (words::state(t, state).label, count(state)),
            None => (t.t("alerts-all").into_owned(), counts.iter().map(|(_, count)| count).sum()),
        };
        Tab {
            label: format!("{label} ({})", t.number(number)),
            href: address(query, state, None),
            current: if all { state.is_none() } else { state.is_some() && state == query.state },
        }
    };
    let states = AlertState::ALL.map(Some).into_iter().chain([None]);
    Tabs { label: t.t("work-state").into_owned(), tabs: states.map(tab).collect() }
}

fn filter(seat: &Seat, query: &AlertQuery, t: Texts) -> Act {
    let state = query.state.map_or("all", AlertState::name);
    let rules =
        Rule::ALL.map(|rule| Choice::new(rule.name(), words::rule(t, rule), query.rule == Some(rule)));
    let rule = Select {
        texts: t,
        name: "rule",
        label: t.t("watch-rule").into_owned(),
        choices: rules.to_vec(),
        optional: true,
        any: true,
        ..Select::default()
    };
    let mut act = Act::new("alerts-filter", "", "/alerts", "")
        .with(Control::Hidden { name: "state", value: state.to_owned() })
        .with(Control::Select(rule));
    if seat.own().is_none() {
        let snapshot = seat.console.road.exchange.snapshot();
        let mut of: Vec<(String, String)> = snapshot
            .rules
            .systems()
            .map(|of| {
                let id = &of.system.organisation;
                (id.to_string(), seat.console.organisation(id))
            })
            .collect();
        of.sort_by(|a, b| a.1.cmp(&b.1));
        of.dedup();
        let chosen = query.organisation.as_deref();
        let choices =
            of.iter().map(|(id, name)| Choice::new(id, name, chosen == Some(id.as_str()))).collect();
        let select = Select {
            texts: t,
            name: "organisation",
            label: t.t("work-of").into_owned(),
            choices,
            optional: true,
            any: true,
            ..Select::default()
        };
        act = act.with(Control::Select(select));
    }
    if let Some(account) = &query.account {
        act = act.with(Control::Hidden { name: "account", value: account.clone() });
    }
    act.button(t.t("list-find"), "")
}

/// Alerts as a table.
pub(super) fn table(seat: &Seat, alerts: &[Alert], t: Texts) -> Table {
    let columns = ["alert-what", "watch-level", "alert-who", "work-of", "alert-at", "work-state"];
    let row = |alert: &Alert| {
        let organisation = alert.who.organisation.as_deref();
        let system = seat.console.system(&alert.who.system);
        let who = match &alert.who.account {
            Some(account) => {
                vec![seat.account_name(organisation, &alert.who.system, account), system]
            }
            None => vec![t.t("alert-whole-system").into_owned(), system],
        };
        vec![
            Cell::link(
                format!("{} · {}", alert.number, words::rule(t, alert.rule)),
                format!("/alerts/{}", alert.number),
            ),
            Cell::Badge(words::level(t, alert.level)),
            Cell::Lines(who),
            Cell::text(organisation.map(|id| seat.console.organisation(id)).unwrap_or_default()),
            Cell::Figures(said::moment(alert.at_us)),
            Cell::Badge(words::state(t, alert.state)),
        ]
    };
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: alerts.iter().map(row).collect(),
    }
}
