//! Requests for a higher daily quota: asked with cases a day and queries a case, decided by somebody else.
use super::bulk::{Answer, No, SHOWN, Tried, after, columns, done, ended, nothing, pages};
use super::one::{Whole, again};
use super::{Part, asked, tabs};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, ListPage, RecordPage};
use crate::parts::{
    Act, Area, Badge, Cell, Control, Crumb, Crumbs, Fact, Happening, Input, InputKind, Select, Table,
    Timeline, Tone, Width,
};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::table::propose;
use dancu_campaign::{QuotaAsk, QuotaRequest, QuotaState, Refusal};
use dancu_policy::duty::{Action, Ruling};

const HERE: Place = Place::Accounts;

pub(super) fn badge(t: Texts, state: QuotaState) -> Badge {
    let (tone, icon) = match state {
        QuotaState::Requested => (Tone::Warn, Icon::Clock),
        QuotaState::Granted => (Tone::Good, Icon::Check),
        QuotaState::Refused => (Tone::Bad, Icon::Stop),
        QuotaState::Withdrawn | QuotaState::Ended => (Tone::Plain, Icon::Info),
    };
    Badge { tone, icon, label: t.t(&format!("quota-state-{}", state.name())).into_owned() }
}

/// `150 → 240 (80 hồ sơ × 3 lượt)`
pub(super) fn sum(t: Texts, request: &QuotaRequest) -> String {
    let number = |number: u32| t.number(number.into());
    let (cases, queries) = request.factors;
    let values = [
        ("was", number(request.was)),
        ("quota", number(request.quota)),
        ("cases", number(cases)),
        ("queries", number(queries)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    t.with("quota-sum-of", &values).into_owned()
}

fn until(t: Texts, request: &QuotaRequest) -> String {
    request.until.map_or_else(|| t.t("quota-for-good").into_owned(), said::day)
}

/// The form that asks for more.
pub(super) fn ask_act(whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Act {
    let known = whole.known.factors;
    let number = |name, label, known: Option<u32>| Input {
        kind: InputKind::Digits,
        width: Width::Short,
        max: 6,
        ..tried.input(t, name, label, known.map(|n| n.to_string()).unwrap_or_default())
    };
    let reason = Area::new(t, "quota_reason", "act-reason", &tried.typed("quota_reason", ""));
    let lead = t.t1("quota-ask-lead", "quota", &t.number(whole.image.daily_quota.into()));
    Act::new("quota", t.t("quota-ask"), format!("/accounts/{}/quota", whole.image.id), csrf)
        .lead(lead)
        .with(Control::Input(number("quota_cases", "quota-cases", known.map(|f| f.0))))
        .with(Control::Input(number("quota_queries", "quota-queries", known.map(|f| f.1))))
        .with(Control::Input(tried.day(t, "quota_until", "quota-until", "").optional()))
        .with(Control::Area(Area { max: 1000, ..reason }))
        .button(t.t("quota-ask-do"), "")
        .folded()
}

/// What was typed, or what is wrong with it.
struct Asking {
    cases: u32,
    queries: u32,
    until: Option<dancu_citizen::CivilDate>,
    reason: String,
}

fn read(sent: &Sent, quota: u32, t: Texts) -> Result<Asking, Vec<(&'static str, String)>> {
    let mut faults = Vec::new();
    let mut wrong = |name: &'static str, key: &str| faults.push((name, t.t(key).into_owned()));
    let number = |name| value(sent, name).replace(['.', ' '], "").parse::<u32>().ok().filter(|n| *n > 0);
    let (cases, queries) = (number("quota_cases"), number("quota_queries"));
    if cases.is_none() {
        wrong("quota_cases", "quota-number-wrong");
    }
    if queries.is_none() {
        wrong("quota_queries", "quota-number-wrong");
    }
    let until = value(sent, "quota_until");
    let day = crate::door::console::words::date(until);
    if !until.is_empty() && day.is_none() {
        wrong("quota_until", "bulk-day-wrong");
    }
    let reason = value(sent, "quota_reason").to_owned();
    if reason.is_empty() {
        wrong("quota_reason", "act-reason-missing");
    }
    let (Some(cases), Some(queries)) = (cases, queries) else { return Err(faults) };
    if propose(cases, queries).is_none_or(|proposed| proposed.daily <= quota) {
        let product = t.number(u64::from(cases) * u64::from(queries));
        let why = t.with("quota-not-more", &[("product", &product), ("quota", &t.number(quota.into()))]);
        faults.push(("quota_cases", why.into_owned()));
    }
    if faults.is_empty() { Ok(Asking { cases, queries, until: day, reason }) } else { Err(faults) }
}

pub(super) async fn ask(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let whole = seat.account(&id).await?;
    seat.must(Action::QuotaAsk, Some(&whole.listed.organisation), HERE)?;
    let t = seat.shell(HERE).texts();
    let asking = match read(&sent, whole.image.daily_quota, t) {
        Ok(asking) => asking,
        Err(faults) => return Ok(again(&seat, &whole, Tried { sent, faults }).await),
    };
    seat.record("quota_ask", format!("account={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let made = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let ask = QuotaAsk {
                account: &of,
                cases_a_day: asking.cases,
                queries_a_case: asking.queries,
                until: asking.until,
                reason: &asking.reason,
            };
            campaigns.request_quota(&ask, reach, &by, now_us)
        })
        .await?;
    match made {
        Ok(id) => Ok(done(&format!("/accounts/quotas/{id}"), "asked")),
        Err(no) => {
            let at = if matches!(no, No::Refused(Refusal::Day)) { "quota_until" } else { "quota_cases" };
            Ok(again(&seat, &whole, Tried { sent, faults: vec![(at, no.words(t))] }).await)
        }
    }
}

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::QuotaRead, seat.organisation().or(Some("")), HERE)?;
    let state = QuotaState::from_name(&asked(&seat.uri, "state")).unwrap_or(QuotaState::Requested);
    let from = after(&seat);
    let found = seat
        .bulk(HERE, move |campaigns, reach| {
            let requests = campaigns.quota_requests(state, reach, from, SHOWN)?;
            let accounts = requests.iter().map(|request| campaigns.account(&request.account, reach));
            let accounts: Vec<_> = accounts.collect::<Result<_, _>>()?;
            Ok(requests.into_iter().zip(accounts).collect::<Vec<_>>())
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let full = found.len() >= usize::try_from(SHOWN).unwrap_or(50);
    let next = found.last().filter(|_| full).map(|(last, _)| {
        format!("/accounts/quotas?state={}&after={}.{}", state.name(), last.asked.1, last.id)
    });
    let rows = found.iter().map(|(request, (listed, image, _))| {
        vec![
            Cell::Named {
                label: image.login.clone(),
                href: format!("/accounts/quotas/{}", request.id),
                lines: vec![image.full_name.clone(), seat.console.organisation(&listed.organisation)],
            },
            Cell::text(sum(t, request)),
            Cell::Figures(until(t, request)),
            Cell::Figures(said::moment(request.asked.1)),
            Cell::Badge(badge(t, request.state)),
        ]
    });
    let choices =
        QuotaState::ALL.map(|of| crate::parts::Choice::new(of.name(), badge(t, of).label, of == state));
    let select = Select {
        texts: t,
        name: "state",
        label: t.t("accounts-state").into_owned(),
        choices: choices.to_vec(),
        ..Select::default()
    };
    let filter = Act::new("filter", "", "/accounts/quotas", "")
        .with(Control::Select(select))
        .button(t.t("list-find"), "");
    let page = ListPage {
        notice: seat.said(t),
        lead: t.t("quotas-lead").into_owned(),
        tabs: Some(tabs(&seat, t, Part::Quotas)),
        filter: Some(filter),
        table: Table {
            columns: columns(
                t,
                ["accounts-login", "quota-sum", "quota-until", "quota-asked-at", "accounts-state"],
            ),
            rows: rows.collect(),
        },
        pages: pages(t, next),
        ..ListPage::new(
            shell,
            "quotas-title",
            nothing(t, Icon::Check, "quotas-empty-title", "quotas-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// A request that this person may read; of every other it is not told.
async fn known(seat: &Seat, id: &str) -> Result<QuotaRequest, Oops> {
    let asked = id.to_owned();
    let found = seat.bulk(HERE, move |campaigns, reach| campaigns.quota_request(&asked, reach)).await?;
    let Some(request) = found else { return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)) };
    seat.must(Action::QuotaRead, Some(&request.organisation), HERE)?;
    Ok(request)
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let request = known(&seat, &id).await?;
    let page = page(&seat, &request, &Tried::default()).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

async fn page(seat: &Seat, request: &QuotaRequest, tried: &Tried) -> Result<RecordPage, Oops> {
    let of = request.account.clone();
    let (listed, image, _) = seat.bulk(HERE, move |campaigns, reach| campaigns.account(&of, reach)).await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let mut ids = vec![request.asked.0.clone()];
    ids.extend(request.decided.iter().map(|(by, _)| by.clone()));
    let names = seat.names(ids).await;
    let (cases, queries) = request.factors;
    let facts = vec![
        Fact::new(t.t("accounts-login"), format!("{} · {}", image.login, image.full_name)),
        Fact::new(t.t("work-of"), seat.console.organisation(&listed.organisation)),
        Fact::new(t.t("quota-cases"), t.number(cases.into())),
        Fact::new(t.t("quota-queries"), t.number(queries.into())),
        Fact::new(t.t("quota-proposed"), t.number(request.quota.into())).noted(sum(t, request)),
        Fact::new(t.t("quota-until"), until(t, request)),
        Fact::new(t.t("act-reason"), &request.reason),
    ];
    let mut happenings: Vec<Happening> = request
        .decided
        .iter()
        .map(|(by, at)| Happening {
            at: said::moment(*at),
            title: badge(
                t,
                if request.state == QuotaState::Refused { QuotaState::Refused } else { QuotaState::Granted },
            )
            .label,
            by: names.of(by, t),
            text: request.answer.clone().unwrap_or_default(),
            tone: if request.state == QuotaState::Refused { Tone::Bad } else { Tone::Good },
            links: Vec::new(),
        })
        .collect();
    happenings.push(Happening {
        at: said::moment(request.asked.1),
        title: t.t("quota-ask").into_owned(),
        by: names.of(&request.asked.0, t),
        text: String::new(),
        tone: Tone::Info,
        links: Vec::new(),
    });
    Ok(RecordPage {
        notice: seat.said(t),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("quotas-title"), "/accounts/quotas"),
                Crumb::new(image.login.clone(), ""),
            ],
        },
        title: t.t1("quota-of", "login", &image.login).into_owned(),
        badge: Some(badge(t, request.state)),
        lead: String::new(),
        links: vec![(t.t("quota-account").into_owned(), format!("/accounts/{}", request.account))],
        groups: vec![
            Group::Facts { title: t.t("record-facts").into_owned(), facts },
            Group::Timeline { title: t.t("record-happened").into_owned(), timeline: Timeline { happenings } },
        ],
        acts: acts(seat, request, tried, shell.csrf(), t),
        shell,
    })
}

fn acts(seat: &Seat, request: &QuotaRequest, tried: &Tried, csrf: &str, t: Texts) -> Vec<Act> {
    let mut acts = Vec::new();
    if request.state != QuotaState::Requested {
        return acts;
    }
    let may = |action| seat.may(action, Some(&request.organisation)) == Ruling::Allowed;
    let own = request.asked.0 == seat.id();
    if may(Action::QuotaGrant) && !own {
        let answer =
            Area::new(t, "answer", "quota-answer", &tried.typed("answer", "")).hint("quota-answer-hint");
        let act =
            Act::new("decide", t.t("quota-decide"), format!("/accounts/quotas/{}/decide", request.id), csrf)
                .lead(t.t("quota-decide-lead"))
                .with(Control::Area(Area { optional: true, max: 1000, ..answer }))
                .button(t.t("quota-grant"), "grant")
                .button(t.t("quota-refuse"), "refuse");
        acts.push(act);
    }
    if may(Action::QuotaAsk) && own {
        let path = format!("/accounts/quotas/{}/withdraw", request.id);
        let act = Act::new("withdraw", t.t("quota-withdraw"), path, csrf)
            .lead(t.t("quota-withdraw-lead"))
            .button(t.t("quota-withdraw"), "");
        acts.push(act);
    }
    acts
}

pub(super) async fn decide(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let request = known(&seat, &id).await?;
    seat.must(Action::QuotaGrant, Some(&request.organisation), HERE)?;
    let t = seat.shell(HERE).texts();
    let grant = value(&sent, "act") == "grant";
    let answer = value(&sent, "answer").to_owned();
    if !grant && answer.is_empty() {
        let faults = vec![("answer", t.t("quota-answer-missing").into_owned())];
        let page = page(&seat, &request, &Tried { sent, faults }).await?;
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
    }
    let what = if grant { "granted" } else { "not-granted" };
    seat.record("quota_decide", format!("request={id} decision={what}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let decided =
        seat.bulk_try(HERE, move |campaigns, _| campaigns.decide_quota(&of, grant, &answer, &by, now_us));
    Ok(ended(&format!("/accounts/quotas/{id}"), what, &decided.await?))
}

pub(super) async fn withdraw(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let request = known(&seat, &id).await?;
    seat.must(Action::QuotaAsk, Some(&request.organisation), HERE)?;
    seat.record("quota_withdraw", format!("request={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let gone = seat.bulk_try(HERE, move |campaigns, _| campaigns.withdraw_quota(&of, &by, now_us)).await?;
    Ok(ended(&format!("/accounts/quotas/{id}"), "withdrawn", &gone))
}
