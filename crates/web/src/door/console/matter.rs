//! One matter: what is known of it, its whole life, and the steps that this person may take.
use super::forms::SentForm;
use super::seat::{Oops, Seat, blocking};
use super::{orders, request, words};
use crate::Texts;
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Cell, Control, Crumb, Crumbs, Fact, Happening, Input, InputKind, Notice, Table, Timeline,
    Tone, Typed, Width,
};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_citizen::CivilDate;
use dancu_governance::{
    Content, Deed, Document, Governance, GovernanceError, Kind, Matter, Sandbox, Step, Taken, Terms, Test,
    Upload,
};
use dancu_policy::duty::{Action, Ruling};

type Answer = Result<Response, Oops>;

/// Everything that is known of a matter.
pub(super) struct Whole {
    pub(super) matter: Matter,
    pub(super) content: Content,
    steps: Vec<Taken>,
    documents: Vec<Document>,
    tests: Vec<Test>,
    children: Vec<Matter>,
}

/// The action that reading a matter needs.
pub(super) fn reading(kind: Kind) -> Action {
    match kind {
        Kind::Connection | Kind::LevelFile | Kind::Assessment | Kind::Finding | Kind::Halt => {
            Action::ConnectionRead
        }
        Kind::ErrorNotice => Action::NoticeRead,
        Kind::Ticket => Action::TicketRead,
        Kind::Inspection | Kind::Evaluation => Action::InspectionRead,
    }
}

pub(super) fn place(kind: Kind) -> Place {
    if kind == Kind::Connection { Place::Connections } else { Place::Cases }
}

impl Seat {
    /// A matter that this person may read; of every other it is not told.
    pub(super) async fn matter(&self, id: &str) -> Result<Matter, Oops> {
        let asked = id.to_owned();
        let found = self.governed(Place::Connections, move |governance| governance.matter(&asked)).await?;
        let Some(matter) = found else {
            return Err(Oops::page(self.shell(Place::Connections), ErrorKind::NotFound));
        };
        self.must(reading(matter.kind), Some(&matter.organisation), place(matter.kind))?;
        Ok(matter)
    }

    pub(super) async fn whole(&self, id: &str) -> Result<Whole, Oops> {
        let matter = self.matter(id).await?;
        let of = place(matter.kind);
        self.governed(of, move |governance| whole(governance, matter)).await
    }

    /// The day it is in Việt Nam.
    pub(super) fn today(&self) -> CivilDate {
        dancu_gateway::vietnam_day(self.now_us())
    }
}

fn whole(governance: &Governance, matter: Matter) -> Result<Whole, GovernanceError> {
    let id = matter.id.as_str();
    let mut children = Vec::new();
    for kind in [Kind::LevelFile, Kind::Assessment, Kind::Finding, Kind::Halt] {
        children.extend(governance.children(id, kind)?);
    }
    Ok(Whole {
        content: governance.content(id)?,
        steps: governance.steps(id)?,
        documents: governance.documents(id)?,
        tests: if matter.kind == Kind::Connection { governance.tests(id)? } else { Vec::new() },
        children,
        matter,
    })
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let whole = seat.whole(&id).await?;
    let t = seat.shell(Place::Connections).texts();
    let done = seat.uri.query().and_then(|query| query.strip_prefix("done=")).and_then(Step::from_name);
    let notice =
        done.map(|step| Notice::new(Tone::Good, t.t1("matter-done", "step", &words::step(t, step)), ""));
    let page = page(&seat, &whole, notice).await;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The page of a matter.
pub(super) async fn page(seat: &Seat, whole: &Whole, notice: Option<Notice>) -> RecordPage {
    let matter = &whole.matter;
    let shell = seat.shell(place(matter.kind));
    let t = shell.texts();
    let (list, href) = match matter.kind {
        Kind::Connection => ("console-connections", "/connections".to_owned()),
        kind => ("console-cases", format!("/cases?kind={}", kind.name())),
    };
    let mut links = Vec::new();
    if let Some(parent) = &matter.parent {
        links.push((t.t("matter-parent").into_owned(), format!("/matters/{parent}")));
    }
    let writes = matter.kind == Kind::Connection
        && matter.state.is_written_in(matter.kind)
        && seat.may(Action::ConnectionWrite, Some(&matter.organisation)) == Ruling::Allowed;
    if writes {
        links.push((t.t("request-edit").into_owned(), format!("/matters/{}/request", matter.id)));
    }
    let mut groups =
        vec![Group::Facts { title: t.t("record-facts").into_owned(), facts: facts(seat, matter, t) }];
    groups.extend(request::groups(&whole.content, seat.console.governance.rules(), seat.today(), t));
    groups.extend(tests(&whole.tests, t));
    groups.push(documents(matter, &whole.documents, seat, t));
    if !whole.children.is_empty() {
        groups.push(children(&whole.children, seat, t));
    }
    groups.push(Group::Timeline {
        title: t.t("record-happened").into_owned(),
        timeline: timeline(seat, whole, t).await,
    });
    RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![Crumb::new(t.t(list), href), Crumb::new(matter.label.clone(), "")],
        },
        title: format!("{} · {}", words::kind(t, matter.kind), matter.label),
        badge: Some(words::state(t, matter.state)),
        lead: String::new(),
        links,
        groups,
        acts: acts(seat, whole, shell.csrf(), t),
        shell,
    }
}

fn facts(seat: &Seat, matter: &Matter, t: Texts) -> Vec<Fact> {
    let mut facts = vec![Fact::new(t.t("work-of"), seat.console.organisation(&matter.organisation))];
    facts.extend(matter.system.as_ref().map(|system| Fact::mono(t.t("matter-system"), system)));
    facts.extend(matter.account.as_ref().map(|account| Fact::mono(t.t("matter-account"), account)));
    facts.push(Fact::new(t.t("matter-opened"), said::moment(matter.opened_us)));
    if let Some(step) = matter.due_step {
        let by = matter.deadline_us.map(said::date_of).unwrap_or_default();
        facts.push(Fact::new(t.t("work-next"), words::step(t, step)).noted(by));
    }
    facts
}

fn documents(matter: &Matter, documents: &[Document], seat: &Seat, t: Texts) -> Group {
    let kinds = seat.console.governance.rules().list("document_kind", seat.today());
    let row = |document: &Document| {
        vec![
            Cell::link(document.name.clone(), format!("/matters/{}/files/{}", matter.id, document.sha256)),
            Cell::text(words::choice(kinds, &document.kind, t)),
            Cell::Figures(format!("{} kB", t.number(document.size.div_ceil(1024)))),
            Cell::Figures(said::moment(document.at_us)),
        ]
    };
    let columns = ["document-name", "document-kind", "document-size", "document-at"];
    Group::Table {
        title: t.t("matter-documents").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: documents.iter().map(row).collect(),
        },
        nothing: t.t("record-nothing").into_owned(),
    }
}

fn tests(tests: &[Test], t: Texts) -> Option<Group> {
    let test = tests.last()?;
    let rows = test.cases.iter().map(|case| {
        vec![
            Cell::text(t.t(&format!("service-{}", words::dashed(case.service.name())))),
            Cell::text(t.t(&format!("test-{}", case.name))),
            Cell::text(case.outcome.clone().unwrap_or_default()),
            Cell::Figures(case.called_us.map(said::moment).unwrap_or_default()),
            Cell::Badge(words::yes(t, case.outcome.as_ref() == Some(&case.expect))),
        ]
    });
    let columns = ["test-service", "test-case", "test-outcome", "test-at", "test-done"];
    Some(Group::Table {
        title: t.t("matter-test").into_owned(),
        lead: t.t1("matter-test-until", "day", &said::date_of(test.expires_us)).into_owned(),
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows: rows.collect() },
        nothing: t.t("record-nothing").into_owned(),
    })
}

fn children(children: &[Matter], seat: &Seat, t: Texts) -> Group {
    let now_us = seat.now_us();
    let row = |child: &Matter| {
        vec![
            Cell::link(words::kind(t, child.kind), format!("/matters/{}", child.id)),
            Cell::Figures(said::date_of(child.opened_us)),
            Cell::Figures(child.deadline_us.map(said::date_of).unwrap_or_default()),
            Cell::Badge(words::urgency(t, child, now_us)),
        ]
    };
    let columns = ["work-what", "matter-opened", "work-due", "work-state"];
    Group::Table {
        title: t.t("matter-children").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: children.iter().map(row).collect(),
        },
        nothing: String::new(),
    }
}

/// What is due first, then the steps, the newest first, each with who, when, why, on which documents and entry.
async fn timeline(seat: &Seat, whole: &Whole, t: Texts) -> Timeline {
    let matter = &whole.matter;
    let names = names(seat, &whole.steps).await;
    let mut happenings = Vec::new();
    if let Some((step, deadline)) = matter.due_step.zip(matter.deadline_us) {
        let late = matter.is_overdue(seat.now_us());
        happenings.push(Happening {
            at: said::date_of(deadline),
            title: words::step(t, step),
            by: t.t(if late { "matter-late" } else { "matter-due" }).into_owned(),
            text: String::new(),
            tone: if late { Tone::Bad } else { Tone::Warn },
            links: Vec::new(),
        });
    }
    for taken in whole.steps.iter().rev() {
        let name = names
            .iter()
            .find(|(id, _)| *id == taken.by)
            .map_or_else(|| t.t("matter-by-rule").into_owned(), |(_, n)| n.clone());
        let by = match taken.entry {
            Some(entry) => format!("{name} · {}", t.t1("matter-entry", "number", &t.number(entry))),
            None => name,
        };
        let document = |sha256: &String| {
            let found = whole.documents.iter().find(|document| document.sha256 == *sha256)?;
            Some((found.name.clone(), format!("/matters/{}/files/{sha256}", matter.id)))
        };
        happenings.push(Happening {
            at: said::moment(taken.at_us),
            title: format!("{} → {}", words::step(t, taken.step), words::state(t, taken.to).label),
            by,
            text: taken.why.clone(),
            tone: words::state(t, taken.to).tone,
            links: taken.documents.iter().filter_map(document).collect(),
        });
    }
    Timeline { happenings }
}

/// Names of those who took the steps.
async fn names(seat: &Seat, steps: &[Taken]) -> Vec<(String, String)> {
    let mut ids: Vec<String> = steps.iter().map(|taken| taken.by.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let staff = seat.console.staff.clone();
    let read = blocking(move || {
        let name = |id: &String| Some((id.clone(), staff.account(id).ok()??.name));
        ids.iter().filter_map(name).collect()
    });
    read.await.unwrap_or_default()
}

/// The steps that may be taken now by this person, each a form.
fn acts(seat: &Seat, whole: &Whole, csrf: &str, t: Texts) -> Vec<Act> {
    let matter = &whole.matter;
    let rules = seat.console.governance.rules();
    let kinds = rules.list("document_kind", seat.today());
    let mut acts = Vec::new();
    for (step, rule) in rules.steps_from(matter.kind, matter.state, seat.today()) {
        let has_own_call = matches!(step, Step::Receive | Step::RenewTest | Step::Connect);
        let allowed = seat.may(rule.duty, Some(&matter.organisation)) == Ruling::Allowed;
        if (rule.through && !has_own_call) || !allowed {
            continue;
        }
        let id = step.name();
        let mut act = Act::new(id, words::step(t, step), format!("/matters/{}/steps", matter.id), csrf);
        for kind in &rule.documents {
            act = act.with(Control::File {
                name: words::file_control(kind),
                label: words::choice(kinds, kind, t),
                hint: t.t("document-hint").into_owned(),
                accept: "application/pdf,image/png,image/jpeg,.docx,.xlsx",
                error: None,
            });
        }
        if step == Step::Connect {
            act = act.with(Control::Input(Input {
                kind: InputKind::Date,
                width: Width::Short,
                ..Input::new(t, "commitment_on", "connect-commitment", &Typed::default())
            }));
        }
        if let Some(name) = words::handed_control(step) {
            let usual = Typed::new(t.t("handed-over-usual").replace(" | ", "\n"));
            act = act.with(Control::Area(Area::new(t, name, "handed-over", &usual).hint("handed-over-hint")));
        }
        let why =
            Area { optional: true, ..Area::new(t, words::why_control(step), "act-why", &Typed::default()) };
        act = act
            .with(Control::Area(why))
            .with(Control::Hidden { name: "seen", value: matter.step.to_string() })
            .button(words::step(t, step), id);
        let grave = matches!(step, Step::Refuse | Step::Withdraw | Step::Cancel | Step::Reject);
        acts.push(if grave { act.grave().folded() } else { act });
    }
    // What is waited for comes first.
    acts.sort_by_key(|act| matter.due_step.is_none_or(|step| step.name() != act.id));
    acts.extend(orders::acts(seat, matter, csrf, t));
    let several = acts.len() > 2;
    acts.into_iter().enumerate().map(|(at, act)| if several && at > 0 { act.folded() } else { act }).collect()
}

/// Takes a step.
pub(super) async fn step(seat: Seat, Path(id): Path<String>, request: Request) -> Answer {
    let whole = seat.whole(&id).await?;
    let of = place(whole.matter.kind);
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    let asked = Step::from_name(form.value("act"));
    let rules = seat.console.governance.rules();
    let found =
        asked.and_then(|step| Some((step, rules.step(whole.matter.kind, step, seat.today())?.0.duty)));
    let Some((step, action)) = found else { return Err(Oops::page(seat.shell(of), ErrorKind::NotFound)) };
    seat.must(action, Some(&whole.matter.organisation), of)?;
    let about = format!("matter={id} step={}", step.name());
    let entry = seat.record("governance_step", about, of).await?;
    match take(&seat, &id, step, form, entry).await {
        Some(Ok(_)) => Ok(Redirect::to(&format!("/matters/{id}?done={}", step.name())).into_response()),
        Some(Err(error)) => refused(&seat, &whole, &error).await,
        None => Err(Oops::page(seat.shell(of), ErrorKind::Server)),
    }
}

async fn take(
    seat: &Seat,
    id: &str,
    step: Step,
    form: SentForm,
    entry: u64,
) -> Option<Result<Matter, GovernanceError>> {
    let (governance, id, by, now_us) =
        (seat.console.governance.clone(), id.to_owned(), seat.id().to_owned(), seat.now_us());
    blocking(move || {
        let why = form.value(words::why_control(step)).to_owned();
        let deed = Deed { seen: form.value("seen").parse().ok(), ..Deed::of(&by, now_us, entry, &why) };
        let uploads: Vec<Upload<'_>> = form
            .files
            .iter()
            .map(|file| Upload { kind: &file.kind, name: &file.name, bytes: &file.bytes })
            .collect();
        let handed = form.value(words::handed_control(step).unwrap_or_default());
        let handed = handed.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned);
        let sandbox = Sandbox { credential: format!("sandbox-{id}"), handed_over: handed.collect() };
        match step {
            Step::Receive => governance.receive(&id, &sandbox, deed),
            Step::RenewTest => governance.renew_test(&id, &sandbox, deed),
            Step::Connect => {
                let signed = words::date(form.value("commitment_on"));
                let signed =
                    signed.ok_or(GovernanceError::Impossible("the day of the commitment is missing"))?;
                governance.connect(&id, &Terms::plain(signed), &uploads, deed)
            }
            _ => governance.take_with(&id, step, &uploads, deed),
        }
    })
    .await
}

/// The page again, with why the step was not taken.
pub(super) async fn refused(seat: &Seat, whole: &Whole, error: &GovernanceError) -> Answer {
    let of = place(whole.matter.kind);
    let t = seat.shell(of).texts();
    let why = words::refusal(t, error, seat.console.governance.rules(), seat.today());
    let Some((title, text)) = why else {
        tracing::warn!(%error, "a step could not be taken");
        return Err(Oops::page(seat.shell(of), ErrorKind::Unavailable));
    };
    let page = page(seat, whole, Some(Notice::new(Tone::Bad, title, text))).await;
    Ok(html(StatusCode::CONFLICT, &page).into_response())
}
