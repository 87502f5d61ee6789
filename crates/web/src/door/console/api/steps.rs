//! What is done to a matter: a step is taken, its content is written, a document is attached.
use super::super::matter::{Brought as Papers, may_attach, step_of};
use super::super::table::Way;
use super::content::{ConnectionRequest, Content, recast};
use super::desk::{Answer, Desk, created, ok};
use super::matter::{DocumentRow, WholeMatter, duty_of, etag, told, writing};
use super::operation::Operation;
use super::shapes::{Brings, Brought, Day, Page, brought, uploads};
use super::trouble::{FieldFault, Told, Trouble};
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post, put};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use dancu_governance::{Deed, Governance, GovernanceError, Kind, Matter, Step, Terms, Upload};
use dancu_policy::Hours;
use dancu_policy::duty::{Action, Ruling};
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/api/v1/matters/{id}/steps",
        Way::NeedsStep,
        ["matters", "takeStep", "Take a step, with its reason and papers"],
        || post(take),
    )
    .takes::<StepTaking>(
        r#"{"step": "return", "why": "Thiếu mô tả kỹ thuật của hệ thống", "seen": 2, "documents": []}"#,
    )
    .gives::<WholeMatter>()
    .etag(),
    Operation::put(
        "/api/v1/matters/{id}/content",
        Way::NeedsStep,
        ["matters", "writeContent", "Write the content of a matter anew"],
        || put(write),
    )
    .takes::<Content>(
        r#"{"ticket": {"channel": "mail", "name": "Nguyễn Văn A", "contact": "a@thainguyen.gov.vn", "subject": "Không đăng nhập được", "text": "Mã xác thực bị từ chối", "thread": ["Đã hướng dẫn đặt lại"]}}"#,
    )
    .gives::<WholeMatter>()
    .etag(),
    Operation::get(
        "/api/v1/matters/{id}/problems",
        Way::NeedsStep,
        ["matters", "checkRequest", "What keeps a connection request from being submitted"],
        || get(problems),
    )
    .pages::<FieldFault>(),
    Operation::post(
        "/api/v1/matters/{id}/documents",
        Way::NeedsStep,
        ["matters", "attachDocument", "Attach a document; the same again changes nothing"],
        || post(attach),
    )
    .takes::<Brings>(r#"{"kind": "technical_description", "name": "mo-ta.pdf", "content": "JVBERi0xLjcK"}"#)
    .creates::<DocumentRow>(),
];

/// A step that is to be taken
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepTaking {
    /// Its name
    #[schema(example = "submit")]
    step: String,
    /// Why, in the words of whoever takes it
    #[serde(default)]
    why: String,
    /// Number of the last step that was seen: another one meanwhile refuses this one
    seen: Option<u32>,
    /// Papers
    #[serde(default)]
    documents: Vec<Brings>,
    /// Technical documents handed over, when a sandbox opens (`receive`, `renew_test`)
    #[serde(default)]
    handed_over: Vec<String>,
    /// What is settled when a system goes live (`connect`)
    terms: Option<ConnectTerms>,
}

/// What is settled when a system goes live; the rest stands in the request
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConnectTerms {
    /// Day on which the commitment was signed
    commitment_signed_on: Day,
    /// Last day of the agreement; none: without limit
    valid_to: Option<Day>,
    /// Hours in which it may call; none: at any time
    hours: Option<CallHours>,
    /// It is told `near`
    #[serde(default)]
    near: bool,
    /// Purpose of the older form; among those of the request
    default_purpose: Option<String>,
    /// Fields that must agree beside number, name and birth date
    #[serde(default)]
    verify_rule: Vec<String>,
}

/// Hours in which a system may call
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CallHours {
    /// Days of the week, 1 Monday to 7 Sunday
    weekdays: Vec<u8>,
    /// Minutes since midnight
    from_minute: u16,
    /// Minutes since midnight, not included; before `from_minute` it runs over midnight
    to_minute: u16,
}

impl ConnectTerms {
    /// As governance has them; else the place of the fault.
    fn read(self) -> Result<Terms, (&'static str, &'static str)> {
        let hours = self.hours.map(|hours| {
            let bits = hours
                .weekdays
                .iter()
                .try_fold(0_u8, |bits, day| (1..=7).contains(day).then(|| bits | 1 << (day - 1)));
            let hours = bits.and_then(|bits| Hours::new(bits, hours.from_minute, hours.to_minute).ok());
            hours.ok_or(("/terms/hours", "range"))
        });
        let fields = self.verify_rule.iter().map(|name| Field::from_name(name)).collect::<Option<FieldSet>>();
        Ok(Terms {
            commitment_signed_on: self.commitment_signed_on.0,
            valid_to: self.valid_to.map(|day| day.0),
            hours: hours.transpose()?,
            near: self.near,
            default_purpose: self.default_purpose,
            verify_rule: fields.ok_or(("/terms/verify_rule", "unknown"))?,
        })
    }
}

/// That what was read is still so, when the caller says what it read.
fn unchanged(desk: &Desk, headers: &HeaderMap, matter: &Matter) -> Result<(), Trouble> {
    let Some(wanted) = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()) else {
        return Ok(());
    };
    let same = wanted.trim() == "*" || wanted.split(',').any(|tag| tag.trim() == etag(matter));
    if same { Ok(()) } else { Err(desk.problem(Code::VersionChanged)) }
}

async fn take(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let matter = desk.matter(&id).await?;
    let headers = request.headers().clone();
    let asked: StepTaking = desk.read(request).await?;
    let wrong = |pointer: &str, wrong: &str| {
        desk.problem(Told::from(Code::FormInvalid).at(pointer, wrong, desk.place.texts()))
    };
    let rules = desk.console.governance.rules();
    let named = Step::from_name(&asked.step);
    let rule = named.and_then(|step| Some((step, rules.step(matter.kind, step, desk.today())?.0.duty)));
    let (step, duty) = rule.ok_or_else(|| wrong("/step", "unknown"))?;
    desk.must_on(duty_of(&matter, duty), &matter)?;
    unchanged(&desk, &headers, &matter)?;
    let terms = asked.terms.map(ConnectTerms::read).transpose();
    let terms = terms.map_err(|(pointer, what)| wrong(pointer, what))?;
    if step == Step::Connect && terms.is_none() {
        return Err(wrong("/terms", "missing"));
    }
    let files = brought(&desk, asked.documents)?;
    let about = Desk::about("governance_step", format!("matter={id} step={}", step.name()));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    // Whoever sent If-Match has seen the step that it names.
    let seen = asked.seen.or_else(|| headers.contains_key(header::IF_MATCH).then_some(matter.step));
    let (of, why, handed) = (id.clone(), asked.why, asked.handed_over);
    let kind = matter.kind;
    let taken = move |governance: &Governance, entry| {
        let papers = Papers { uploads: uploads(&files), handed: handed.clone(), terms: terms.clone() };
        step_of(governance, &of, step, &papers, Deed { seen, ..Deed::of(&by, now_us, entry, &why) })
    };
    // It is not the call that is wrong then, but what is written in the matter: not yet.
    let tell = |told: Told| {
        if told.errors.is_empty() {
            return told;
        }
        Told { code: Code::NotYet, ..within(told, kind).because("request_complete") }
    };
    desk.deed_telling(&id, about, taken, tell).await?;
    told(&desk, &id).await
}

/// Faults of a content, each at its place within it.
fn within(mut told: Told, kind: Kind) -> Told {
    for fault in &mut told.errors {
        fault.pointer = format!("/{}{}", kind.name(), fault.pointer);
    }
    told
}

/// A matter whose content this person may write.
async fn writable(desk: &Desk, id: &str) -> Result<Matter, Trouble> {
    let matter = desk.matter(id).await?;
    let action = writing(matter.kind).ok_or_else(|| desk.problem(Code::NotNow))?;
    desk.must_on(action, &matter)?;
    Ok(matter)
}

async fn write(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let matter = writable(&desk, &id).await?;
    unchanged(&desk, request.headers(), &matter)?;
    let written: Content = desk.read(request).await?;
    let wrong = || desk.problem(Told::from(Code::FormInvalid).at("", "unknown", desk.place.texts()));
    let content = written.read().filter(|content| content.kind() == matter.kind).ok_or_else(wrong)?;
    let about = Desk::about("governance_write", format!("matter={id}"));
    let (by, now_us, of) = (desk.id().to_owned(), desk.now_us(), id.clone());
    let (kind, step) = (matter.kind, matter.step);
    let written = move |governance: &Governance, entry| {
        let deed = Deed { seen: Some(step), ..Deed::of(&by, now_us, entry, "") };
        governance.write(&of, &content, deed)
    };
    desk.deed_telling(&id, about, written, |told| within(told, kind)).await?;
    told(&desk, &id).await
}

async fn problems(desk: Desk, Path(id): Path<String>) -> Answer {
    let matter = desk.matter(&id).await?;
    if matter.kind != Kind::Connection {
        return Ok(ok(&Page::<FieldFault>::whole(Vec::new())));
    }
    let (governance, now_us) = (desk.console.governance.clone(), desk.now_us());
    let found = desk.ask(move || match governance.content(&id)? {
        dancu_governance::Content::Connection(request) => governance.problems(&request, now_us),
        _ => Ok(Vec::new()),
    });
    let t = desk.place.texts();
    let fault = |problem: &dancu_governance::Problem| {
        FieldFault::new(format!("/connection/{}", problem.field.replace('.', "/")), problem.wrong.name(), t)
    };
    Ok(ok(&Page::whole(found.await?.iter().map(fault).collect())))
}

async fn attach(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let whole = desk.whole(&id).await.map_err(|oops| desk.oops(&oops))?;
    if !may_attach(&desk, &whole) {
        let action = writing(whole.matter.kind).unwrap_or(Action::ConnectionWrite);
        desk.ruled(Ruling::Refused, action)?;
    }
    let file: Brings = desk.read(request).await?;
    let mut files = brought(&desk, vec![file])?;
    let Some(Brought { kind, name, bytes }) = files.pop() else { return Err(desk.nothing()) };
    let entry = desk.record("document_attach", format!("matter={id} kind={kind}")).await?;
    let (governance, by, now_us) = (desk.console.governance.clone(), desk.id().to_owned(), desk.now_us());
    let attached = desk.ask(move || {
        let upload = Upload { kind: &kind, name: &name, bytes: &bytes };
        governance.attach(&id, &upload, Deed::of(&by, now_us, entry, ""))
    });
    Ok(created(&DocumentRow::from(&attached.await?)))
}

/// A request as governance has it.
pub(super) fn request_of(request: &ConnectionRequest) -> Result<dancu_governance::Request, GovernanceError> {
    recast(request).ok_or(GovernanceError::Internal("a request cannot be read"))
}
