//! The measures of the security level (AT-6): which are demanded, how each is met, how far the list is.
use super::super::forms::SentForm;
use super::super::matter::{Whole, place};
use super::super::seat::{Oops, Seat, blocking};
use super::super::slots::{Drawing, Faults, Shape, Slot, fixed};
use super::super::words;
use super::Answer;
use super::open::refusal;
use crate::Texts;
use crate::door::form::{Sent, value};
use crate::door::show;
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Badge, Cell, Crumb, Crumbs, Fact, Notice, Table, Tone};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_governance::rules::MeasureRule;
use dancu_governance::{Content, Deed, GovernanceError, Kind, Measure, MeasureState};
use dancu_policy::duty::{Action, Ruling};

/// What is demanded of a system, and what was last stated about each.
struct List {
    system: String,
    level: u8,
    demanded: Vec<MeasureRule>,
    stated: Vec<Measure>,
}

impl List {
    fn last(&self, name: &str) -> Option<&Measure> {
        self.stated.iter().rfind(|measure| measure.name == name)
    }
}

/// Names of the controls of a measure.
fn controls(measure: &str) -> [&'static str; 2] {
    ["state", "how"].map(|what| fixed(format!("{what}-{}", words::dashed(measure))))
}

/// The list that belongs to a connection or an evaluation.
async fn list(seat: &Seat, whole: &Whole) -> Result<List, Oops> {
    let matter = &whole.matter;
    let fits = matches!(matter.kind, Kind::Connection | Kind::Evaluation);
    let Some(system) = matter.system.clone().filter(|_| fits) else {
        return Err(Oops::page(seat.shell(place(matter.kind)), ErrorKind::NotFound));
    };
    let level = match &whole.content {
        Content::Evaluation(evaluation) => evaluation.level,
        Content::Connection(request) => {
            let snapshot = seat.console.road.exchange.snapshot();
            let approved = snapshot.rules.system(&system).map_or(0, |of| of.system.security_level);
            if approved > 0 { approved } else { request.technical.security_level }
        }
        _ => 0,
    };
    let day = seat.today();
    let asked = system.clone();
    let (demanded, stated) = seat
        .governed(Place::Cases, move |governance| {
            let demanded = governance.rules().measures(level, day).into_iter().cloned().collect();
            Ok((demanded, governance.measures(&asked)?))
        })
        .await?;
    Ok(List { system, level, demanded, stated })
}

fn badge(t: Texts, state: Option<MeasureState>) -> Badge {
    let (tone, icon, key) = match state {
        Some(MeasureState::Met) => (Tone::Good, Icon::Check, "case-measure-met"),
        Some(MeasureState::Partly) => (Tone::Warn, Icon::Warning, "case-measure-partly"),
        Some(MeasureState::NotMet) => (Tone::Bad, Icon::Stop, "case-measure-not-met"),
        Some(MeasureState::Justified) => (Tone::Info, Icon::Info, "case-measure-justified"),
        None => (Tone::Plain, Icon::Clock, "case-measure-open"),
    };
    Badge { tone, icon, label: t.t(key).into_owned() }
}

fn typed(list: &List) -> Sent {
    let mut sent = Sent::new();
    for rule in &list.demanded {
        if let Some(last) = list.last(&rule.name) {
            let [state, how] = controls(&rule.name);
            sent.push((state.to_owned(), last.state.name().to_owned()));
            sent.push((how.to_owned(), last.how.clone()));
        }
    }
    sent
}

fn page(
    seat: &Seat,
    whole: &Whole,
    list: &List,
    (sent, faults): (&Sent, &Faults),
    notice: Option<Notice>,
) -> Response {
    let matter = &whole.matter;
    let shell = seat.shell(place(matter.kind));
    let t = shell.texts();
    let stated = list.demanded.iter().filter(|rule| list.last(&rule.name).is_some()).count();
    let count = |state| {
        let is = |rule: &&MeasureRule| list.last(&rule.name).is_some_and(|last| last.state == state);
        t.number(list.demanded.iter().filter(is).count() as u64)
    };
    let progress = t.with(
        "case-measures-progress",
        &[("stated", &stated.to_string()), ("all", &list.demanded.len().to_string())],
    );
    let counts = t.with(
        "case-measures-counts",
        &[
            ("met", &count(MeasureState::Met)),
            ("partly", &count(MeasureState::Partly)),
            ("open", &count(MeasureState::NotMet)),
            ("off", &count(MeasureState::Justified)),
        ],
    );
    let facts = vec![
        Fact::mono(t.t("matter-system"), &list.system),
        Fact::new(t.t("content-security-level"), list.level.to_string()),
        Fact::new(t.t("case-measures-stated"), progress.clone()).noted(counts.clone()),
    ];
    let may = seat.may_on(Action::InspectionEvaluate, matter) == Ruling::Allowed;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = t.t("case-measures").into_owned();
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(matter.label.clone(), format!("/matters/{}", matter.id)),
                Crumb::new(title.clone(), ""),
            ],
        },
        title,
        badge: Some(Badge {
            tone: if stated == list.demanded.len() { Tone::Good } else { Tone::Warn },
            icon: if stated == list.demanded.len() { Icon::Check } else { Icon::Clock },
            label: progress.into_owned(),
        }),
        lead: format!("{} {counts}", t.t("case-measures-lead")),
        links: Vec::new(),
        // Whoever states them has all of it in the form, which then has the page to itself.
        groups: if may {
            Vec::new()
        } else {
            vec![Group::Facts { title: t.t("record-facts").into_owned(), facts }, table(list, t)]
        },
        acts: if may { vec![act(seat, whole, list, (sent, faults), shell.csrf(), t)] } else { Vec::new() },
        shell,
    };
    html(status, &page).into_response()
}

fn table(list: &List, t: Texts) -> Group {
    let row = |rule: &MeasureRule| {
        let last = list.last(&rule.name);
        vec![
            Cell::text(words::own(&rule.label, t)),
            Cell::Badge(badge(t, last.map(|last| last.state))),
            Cell::text(last.map_or("", |last| last.how.as_str())),
            Cell::Figures(last.map(|last| show::moment(last.at_us)).unwrap_or_default()),
        ]
    };
    let columns = ["case-measure", "work-state", "case-measure-how", "case-measure-at"];
    Group::Table {
        title: t.t("case-measures-table").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: list.demanded.iter().map(row).collect(),
        },
        nothing: t.t("record-nothing").into_owned(),
    }
}

fn act(
    seat: &Seat,
    whole: &Whole,
    list: &List,
    (sent, faults): (&Sent, &Faults),
    csrf: &str,
    t: Texts,
) -> Act {
    let drawing = Drawing { t, rules: seat.console.governance.rules(), day: seat.today(), sent, faults };
    let mut act = Act::new(
        "measures",
        t.t("case-measures-state"),
        format!("/matters/{}/measures", whole.matter.id),
        csrf,
    )
    .lead(t.t("case-measures-state-lead"));
    for rule in &list.demanded {
        let [state, how] = controls(&rule.name);
        let called = words::own(&rule.label, t);
        let slot = Slot::new("case", state, Shape::Judged).said(called).optional();
        let offered = MeasureState::ALL.iter().filter(|s| **s != MeasureState::Justified || rule.justify);
        let offered = offered.map(|s| (s.name().to_owned(), badge(t, Some(*s)).label));
        act = act.with(drawing.select(&slot, offered));
        let said = t.t1("case-measure-how-of", "measure", called);
        act = act.with(drawing.control(&Slot::new("case", how, Shape::Area).said(said).optional()));
    }
    act.button(t.t("request-save"), "save")
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let whole = seat.whole(&id).await?;
    seat.must_on(Action::InspectionRead, &whole.matter)?;
    let list = list(&seat, &whole).await?;
    let t = seat.shell(Place::Cases).texts();
    let saved = seat.uri.query() == Some("saved");
    let notice = saved.then(|| Notice::new(Tone::Good, t.t("case-saved"), ""));
    Ok(page(&seat, &whole, &list, (&typed(&list), &Faults::default()), notice))
}

/// Keeps what is new; what is not yet whole is said beside its control, and the rest is kept all the same.
pub(super) async fn state(seat: Seat, Path(id): Path<String>, request: Request) -> Answer {
    let whole = seat.whole(&id).await?;
    let of = place(whole.matter.kind);
    seat.must_on(Action::InspectionEvaluate, &whole.matter)?;
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    let list = self::list(&seat, &whole).await?;
    let t = seat.shell(of).texts();
    let mut faults = Faults::default();
    let mut new = Vec::new();
    for rule in &list.demanded {
        let [state, how] = controls(&rule.name);
        let (chosen, words) = (value(&form.values, state), value(&form.values, how));
        let last = list.last(&rule.name);
        let same = last.is_some_and(|last| last.state.name() == chosen && last.how.trim() == words);
        match MeasureState::from_name(chosen) {
            _ if same || (chosen.is_empty() && words.is_empty()) => {}
            None => faults.0.push((state.to_owned(), t.t("case-measure-choose").into_owned())),
            Some(_) if words.is_empty() => {
                faults.0.push((how.to_owned(), t.t("case-measure-say").into_owned()));
            }
            Some(chosen) => new.push((rule.name.clone(), chosen, words.to_owned())),
        }
    }
    if new.is_empty() && faults.is_empty() {
        return Ok(Redirect::to(&format!("/matters/{id}/measures")).into_response());
    }
    let about = format!("system={} measures={}", list.system, new.len());
    let entry = seat.record("measures_state", about, of).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let system = list.system.clone();
    let kept = blocking(move || {
        for (name, state, how) in &new {
            governance.state_measure(&system, name, *state, how, Deed::of(&by, now_us, entry, ""))?;
        }
        Ok::<_, GovernanceError>(())
    });
    match kept.await {
        Some(Ok(())) if faults.is_empty() => {
            Ok(Redirect::to(&format!("/matters/{id}/measures?saved")).into_response())
        }
        Some(Ok(())) => {
            let list = self::list(&seat, &whole).await?;
            Ok(page(&seat, &whole, &list, (&form.values, &faults), None))
        }
        Some(Err(error)) => {
            let notice = refusal(&seat, &error, t)?;
            Ok(page(&seat, &whole, &list, (&form.values, &faults), Some(notice)))
        }
        None => Err(Oops::page(seat.shell(of), ErrorKind::Server)),
    }
}
