//! The steps that may be taken now, each a form; and taking one.
use super::super::bulk::Tried;
use super::super::deed::About;
use super::super::forms::SentForm;
use super::super::seat::{Oops, Seat};
use super::super::{orders, words};
use super::{Answer, Whole, page, place};
use crate::Texts;
use crate::page::html;
use crate::pages::ErrorKind;
use crate::parts::{Act, Area, Control, Input, InputKind, Notice, Tone, Typed, Width};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_governance::{Deed, Governance, GovernanceError, Kind, Matter, Sandbox, Step, Terms, Upload};
use dancu_policy::duty::Ruling;

/// What was sent and not done, for want of something that can be typed.
pub(in super::super) enum Unfit {
    /// A step
    Step { step: Step, typed: Typed },
    /// An order
    Order(Tried),
}

/// The label of the words of a step, and whether it is nothing without them.
fn saying(kind: Kind, step: Step) -> (&'static str, bool) {
    match (kind, step) {
        (_, Step::Answer | Step::Reply) => ("case-why-answer", true),
        (_, Step::Ask) => ("case-why-ask", true),
        (_, Step::Return | Step::Demand) => ("case-why-mend", true),
        (_, Step::Reject | Step::Refuse) => ("case-why-reject", true),
        (Kind::Finding, Step::Fix) => ("case-why-fix", true),
        (Kind::ErrorNotice, Step::Correct) => ("case-why-correct", true),
        _ => ("act-why", false),
    }
}

/// The steps that may be taken now by this person, each a form; what is waited for comes first.
pub(super) fn acts(seat: &Seat, whole: &Whole, unfit: Option<&Unfit>, csrf: &str, t: Texts) -> Vec<Act> {
    let matter = &whole.matter;
    let rules = seat.console.governance.rules();
    let mut acts = Vec::new();
    for (step, rule) in rules.steps_from(matter.kind, matter.state, seat.today()) {
        let has_own_call = matches!(step, Step::Receive | Step::RenewTest | Step::Connect);
        let allowed = seat.may_on(whole.duty(rule.duty), matter) == Ruling::Allowed;
        if (rule.through && !has_own_call) || !allowed {
            continue;
        }
        let typed = match unfit {
            Some(Unfit::Step { step: of, typed }) if *of == step => typed.clone(),
            _ => Typed::default(),
        };
        acts.push(act(seat, matter, step, &rule.documents, &typed, csrf, t));
    }
    acts.sort_by_key(|act| matter.due_step.is_none_or(|step| step.name() != act.id));
    let order = unfit.and_then(|unfit| if let Unfit::Order(tried) = unfit { Some(tried) } else { None });
    acts.extend(orders::acts(seat, matter, order.unwrap_or(&Tried::default()), csrf, t));
    let several = acts.len() > 2;
    acts.into_iter().enumerate().map(|(at, act)| if several && at > 0 { act.folded() } else { act }).collect()
}

fn act(
    seat: &Seat,
    matter: &Matter,
    step: Step,
    documents: &[String],
    typed: &Typed,
    csrf: &str,
    t: Texts,
) -> Act {
    let kinds = seat.console.governance.rules().list("document_kind", seat.today());
    let id = step.name();
    let mut act = Act::new(id, words::step(t, step), format!("/matters/{}/steps", matter.id), csrf);
    for kind in documents {
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
    let (label, needed) = saying(matter.kind, step);
    let why = Area { optional: !needed, ..Area::new(t, words::why_control(step), label, typed) };
    act = act
        .with(Control::Area(why))
        .with(Control::Hidden { name: "seen", value: matter.step.to_string() })
        .button(words::step(t, step), id);
    let grave = matches!(step, Step::Refuse | Step::Withdraw | Step::Cancel | Step::Reject);
    if grave { act.grave().folded() } else { act }
}

/// Takes a step.
pub(super) async fn step(seat: Seat, Path(id): Path<String>, request: Request) -> Answer {
    let whole = seat.whole(&id).await?;
    let kind = whole.matter.kind;
    let of = place(kind);
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    let asked = Step::from_name(form.value("act"));
    let rules = seat.console.governance.rules();
    let found = asked.and_then(|step| Some((step, rules.step(kind, step, seat.today())?.0.duty)));
    let Some((step, usual)) = found else { return Err(Oops::page(seat.shell(of), ErrorKind::NotFound)) };
    seat.must_on(whole.duty(usual), &whole.matter)?;
    let (label, needed) = saying(kind, step);
    if needed && form.value(words::why_control(step)).is_empty() {
        let t = seat.shell(of).texts();
        let wrong = t.t1("case-why-missing", "what", &t.t(label)).into_owned();
        let unfit = Unfit::Step { step, typed: Typed::wrong("", wrong) };
        let page = page(&seat, &whole, None, Some(&unfit)).await;
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
    }
    let about = format!("matter={id} step={}", step.name());
    let about = About::new("governance_step", about, of);
    let (by, now_us, of_matter) = (seat.id().to_owned(), seat.now_us(), id.clone());
    let taken = seat.deed(about, &seat.console.governance, move |governance, entry| {
        take(governance, &of_matter, step, &form, (&by, now_us, entry))
    });
    match taken.await? {
        Ok(_) => Ok(Redirect::to(&format!("/matters/{id}?done={}", step.name())).into_response()),
        Err(error) => refused(&seat, &whole, &error).await,
    }
}

fn take(
    governance: &Governance,
    id: &str,
    step: Step,
    form: &SentForm,
    (by, now_us, entry): (&str, i64, u64),
) -> Result<Matter, GovernanceError> {
    let why = form.value(words::why_control(step));
    let deed = Deed { seen: form.value("seen").parse().ok(), ..Deed::of(by, now_us, entry, why) };
    let uploads: Vec<Upload<'_>> = form
        .files
        .iter()
        .map(|file| Upload { kind: &file.kind, name: &file.name, bytes: &file.bytes })
        .collect();
    let handed = form.value(words::handed_control(step).unwrap_or_default());
    let handed = handed.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned);
    let terms = words::date(form.value("commitment_on")).map(Terms::plain);
    step_of(governance, id, step, &Brought { uploads, handed: handed.collect(), terms }, deed)
}

/// What is brought to a step.
pub(in super::super) struct Brought<'a> {
    pub(in super::super) uploads: Vec<Upload<'a>>,
    /// Documents that are handed over when a sandbox opens
    pub(in super::super) handed: Vec<String>,
    /// What is settled when a system goes live
    pub(in super::super) terms: Option<Terms>,
}

/// Takes a step, of pages and API alike. Blocks.
pub(in super::super) fn step_of(
    governance: &Governance,
    id: &str,
    step: Step,
    brought: &Brought<'_>,
    deed: Deed<'_>,
) -> Result<Matter, GovernanceError> {
    let sandbox = || Sandbox { credential: format!("sandbox-{id}"), handed_over: brought.handed.clone() };
    match step {
        Step::Receive => governance.receive(id, &sandbox(), deed),
        Step::RenewTest => governance.renew_test(id, &sandbox(), deed),
        Step::Connect => {
            let terms = brought.terms.as_ref();
            let terms = terms.ok_or(GovernanceError::Impossible("the day of the commitment is missing"))?;
            governance.connect(id, terms, &brought.uploads, deed)
        }
        _ => governance.take_with(id, step, &brought.uploads, deed),
    }
}

/// The page again, with why the step was not taken.
pub(in super::super) async fn refused(seat: &Seat, whole: &Whole, error: &GovernanceError) -> Answer {
    let of = place(whole.matter.kind);
    let t = seat.shell(of).texts();
    let why = words::refusal(t, error, seat.console.governance.rules(), seat.today());
    let Some((title, text)) = why else {
        tracing::warn!(%error, "a step could not be taken");
        return Err(Oops::page(seat.shell(of), ErrorKind::Unavailable));
    };
    let page = page(seat, whole, Some(Notice::new(Tone::Bad, title, text)), None).await;
    Ok(html(StatusCode::CONFLICT, &page).into_response())
}
