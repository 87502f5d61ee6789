//! The connection request: its form, and the contents of every matter as facts.
use super::matter::page as matter_page;
use super::seat::{Oops, Seat};
use super::words;
use crate::Texts;
use crate::door::form::{Sent, value};
use crate::page::{Place, Shell, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Choice, Choices, Control, Crumb, Crumbs, Fact, Input, InputKind, Notice, Select, Tone, Typed,
    Width,
};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_citizen::{CivilDate, Field};
use dancu_governance::rules::Rules;
use dancu_governance::{
    Contact, Content, Deed, GovernanceError, Kind, Problem, Request, RequestedPurpose, RequestedService,
    Technical,
};
use dancu_policy::duty::Action;
use serde_json::Value;

type Answer = Result<Response, Oops>;

// --- contents as facts ---

/// What was written, as facts under headings.
pub(super) fn groups(content: &Content, rules: &Rules, day: CivilDate, t: Texts) -> Vec<Group> {
    let Ok(Value::Object(members)) = serde_json::to_value(content) else { return Vec::new() };
    let mut facts = Vec::new();
    for (name, value) in in_order(&members).into_iter().filter(|(name, _)| *name != "kind") {
        flatten(name, value, &mut facts, (rules, day), t);
    }
    vec![Group::Facts { title: t.t("matter-content").into_owned(), facts }]
}

/// One fact for each text of a content; members of members are named by their last name.
fn flatten(name: &str, value: &Value, facts: &mut Vec<Fact>, law: (&Rules, CivilDate), t: Texts) {
    match value {
        Value::Null => {}
        Value::Bool(yes) => facts.push(Fact::new(label(name, t), words::yes(t, *yes).label)),
        Value::Number(number) => facts.push(Fact::new(label(name, t), number.to_string())),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => facts.push(Fact::new(label(name, t), meaning(name, text, law, t))),
        Value::Array(all) if all.iter().all(Value::is_string) => {
            let all: Vec<String> =
                all.iter().filter_map(Value::as_str).map(|text| meaning(name, text, law, t)).collect();
            facts.push(Fact::new(label(name, t), all.join(", ")));
        }
        Value::Array(all) => all.iter().for_each(|one| flatten(name, one, facts, law, t)),
        Value::Object(members) => {
            for (inner, one) in in_order(members) {
                flatten(inner, one, facts, law, t);
            }
        }
    }
}

/// In the order of the forms; what is in none comes after that, by name.
fn in_order(members: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    const ORDER: &[&str] = &[
        "organisation_name",
        "agency_code",
        "functions",
        "tasks",
        "powers",
        "system_name",
        "system_kind",
        "officer",
        "full_name",
        "position",
        "phone",
        "email",
        "unit",
        "purpose",
        "scope",
        "content",
        "purposes",
        "code",
        "name",
        "case_required",
        "services",
        "service",
        "field_count",
        "fields",
        "technical",
        "summary",
        "connection_model",
        "networks",
        "daily_calls",
        "security_level",
        "target",
        "action",
        "reason",
        "number",
        "notice",
        "what",
        "todo",
        "way_back",
        "assessment_kind",
        "assessor",
        "subjects",
        "subject",
        "passed",
        "note",
    ];
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| {
        ORDER.iter().position(|known| *known == name.as_str()).unwrap_or(ORDER.len())
    });
    members
}

/// Names of the data's lists in the words of the page; other texts as they are.
fn meaning(name: &str, text: &str, (rules, day): (&Rules, CivilDate), t: Texts) -> String {
    let list = match name {
        "system_kind" | "connection_model" | "assessment_kind" => name,
        "subject" => "assessment_subject",
        "targets" => "inspection_target",
        "channel" => "ticket_channel",
        "fields" => {
            return Field::from_name(text)
                .map_or(text, |field| crate::door::form::label(field, t.lang()))
                .to_owned();
        }
        "service" => return t.t(&format!("service-{}", words::dashed(text))).into_owned(),
        "reason" => {
            return rules.reason(text, day).map_or(text, |reason| words::own(&reason.label, t)).to_owned();
        }
        _ => return text.to_owned(),
    };
    words::choice(rules.list(list, day), text, t)
}

/// The name of a field on the screen, by its path.
pub(super) fn label(path: &str, t: Texts) -> String {
    let name = path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(path);
    t.t(&format!("content-{}", words::dashed(name))).into_owned()
}

// --- the form ---

/// Name of the control in which a field of the request is written.
fn control_of(path: &str) -> &'static str {
    const CONTROLS: &[&str] = &[
        "organisation_name",
        "agency_code",
        "functions",
        "tasks",
        "powers",
        "system_name",
        "system_kind",
        "officer_full_name",
        "officer_position",
        "officer_phone",
        "officer_email",
        "officer_unit",
        "purpose",
        "scope",
        "request_content",
        "technical_summary",
        "technical_connection_model",
        "technical_networks",
        "technical_daily_calls",
        "technical_security_level",
    ];
    let name = path.split('.').filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join("_");
    if path.starts_with("purposes") {
        return "purposes";
    }
    if path.starts_with("services") {
        return if path.starts_with("services.1") { "look_up_fields" } else { "verify_fields" };
    }
    CONTROLS.iter().find(|control| **control == name).copied().unwrap_or("request_content")
}

/// What is wrong, by control.
struct Flaws(Vec<(&'static str, String)>);

impl Flaws {
    fn of(problems: &[Problem], t: Texts) -> Self {
        let say = |problem: &Problem| {
            let wrong = t.t(&format!("wrong-{}", words::dashed(problem.wrong.name()))).into_owned();
            (control_of(&problem.field), format!("{}: {wrong}", label(&problem.field, t)))
        };
        Self(problems.iter().map(say).collect())
    }

    fn at(&self, control: &str) -> Option<String> {
        let all: Vec<&str> =
            self.0.iter().filter(|(c, _)| *c == control).map(|(_, said)| said.as_str()).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

fn form(request: &Request, flaws: &Flaws, shell: &Shell, rules: &Rules, day: CivilDate, action: &str) -> Act {
    let t = shell.texts();
    let typed = |control: &str, value: &str| Typed { value: value.to_owned(), error: flaws.at(control) };
    let line = |control: &'static str, key: &str, value: &str| {
        Control::Input(Input {
            max: 200,
            ..Input::new(t, control, &format!("content-{key}"), &typed(control, value))
        })
    };
    let area = |control: &'static str, key: &str, value: &str| {
        Control::Area(Area::new(t, control, &format!("content-{key}"), &typed(control, value)))
    };
    let list = |control: &'static str, key: &str, list: &str, chosen: &str| {
        let choices = rules
            .list(list, day)
            .iter()
            .map(|(name, labels)| Choice::new(name, words::own(labels, t), name == chosen));
        Control::Select(Select {
            texts: t,
            name: control,
            label: t.t(&format!("content-{key}")).into_owned(),
            error: flaws.at(control),
            choices: choices.collect(),
            ..Select::default()
        })
    };
    let number = |control: &'static str, key: &str, value: u32| {
        let shown = if value == 0 { String::new() } else { value.to_string() };
        Control::Input(Input {
            kind: InputKind::Digits,
            width: Width::Short,
            max: 9,
            ..Input::new(t, control, &format!("content-{key}"), &typed(control, &shown))
        })
    };
    let fields = |control: &'static str, legend: &str, service: &str| {
        let asked = request.services.iter().find(|asked| asked.service == service);
        let has =
            |field: Field| asked.is_some_and(|asked| asked.fields.iter().any(|name| name == field.name()));
        let choices =
            Field::ALL.iter().map(|f| Choice::new(f.name(), crate::door::form::label(*f, t.lang()), has(*f)));
        Control::Choices(Choices {
            texts: t,
            name: control,
            legend: t.t(legend).into_owned(),
            hint: t.t("request-fields-hint").into_owned(),
            error: flaws.at(control),
            choices: choices.collect(),
            many: true,
            inline: false,
            optional: true,
        })
    };
    let purposes: Vec<String> = request.purposes.iter().map(purpose_line).collect();
    let purposes = Area::new(t, "purposes", "content-purposes", &typed("purposes", &purposes.join("\n")))
        .hint("request-purposes-hint");
    let networks = request.technical.networks.join("\n");
    let networks =
        Area::new(t, "technical_networks", "content-networks", &typed("technical_networks", &networks))
            .hint("request-networks-hint");
    Act::new("request", "", action, shell.csrf())
        .with(line("organisation_name", "organisation-name", &request.organisation_name))
        .with(line("agency_code", "agency-code", &request.agency_code))
        .with(area("functions", "functions", &request.functions))
        .with(area("tasks", "tasks", &request.tasks))
        .with(area("powers", "powers", &request.powers))
        .with(line("system_name", "system-name", &request.system_name))
        .with(list("system_kind", "system-kind", "system_kind", &request.system_kind))
        .with(line("officer_full_name", "full-name", &request.officer.full_name))
        .with(line("officer_position", "position", &request.officer.position))
        .with(line("officer_phone", "phone", &request.officer.phone))
        .with(line("officer_email", "email", &request.officer.email))
        .with(line("officer_unit", "unit", &request.officer.unit))
        .with(area("purpose", "purpose", &request.purpose))
        .with(area("scope", "scope", &request.scope))
        .with(area("request_content", "content", &request.content))
        .with(Control::Area(purposes))
        .with(fields("verify_fields", "request-verify-fields", "verify"))
        .with(fields("look_up_fields", "request-look-up-fields", "look_up"))
        .with(area("technical_summary", "summary", &request.technical.summary))
        .with(list(
            "technical_connection_model",
            "connection-model",
            "connection_model",
            &request.technical.connection_model,
        ))
        .with(Control::Area(networks))
        .with(number("technical_daily_calls", "daily-calls", request.technical.daily_calls))
        .with(number("technical_security_level", "security-level", request.technical.security_level.into()))
        .button(t.t("request-save"), "save")
        .button(t.t("request-check"), "check")
}

fn purpose_line(purpose: &RequestedPurpose) -> String {
    let case = if purpose.case_required { "; x" } else { "" };
    format!("{}; {}{case}", purpose.code, purpose.name)
}

/// Reads what was typed.
fn read(sent: &Sent) -> Request {
    let text = |name: &str| value(sent, name).to_owned();
    let lines = |name: &str| -> Vec<String> {
        value(sent, name).lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let ticked = |name: &str| -> Vec<String> {
        sent.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect()
    };
    let service = |service: &str, control: &str| {
        let fields = ticked(control);
        let field_count = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        (!fields.is_empty()).then(|| RequestedService { service: service.to_owned(), fields, field_count })
    };
    let purpose = |line: &String| {
        let mut parts = line.split(';').map(str::trim);
        RequestedPurpose {
            code: parts.next().unwrap_or_default().to_owned(),
            name: parts.next().unwrap_or_default().to_owned(),
            case_required: parts.next().is_some_and(|mark| !mark.is_empty()),
        }
    };
    Request {
        organisation_name: text("organisation_name"),
        agency_code: text("agency_code"),
        functions: text("functions"),
        tasks: text("tasks"),
        powers: text("powers"),
        system_name: text("system_name"),
        system_kind: text("system_kind"),
        officer: Contact {
            full_name: text("officer_full_name"),
            position: text("officer_position"),
            phone: text("officer_phone"),
            email: text("officer_email"),
            unit: text("officer_unit"),
        },
        purpose: text("purpose"),
        scope: text("scope"),
        content: text("request_content"),
        purposes: lines("purposes").iter().map(purpose).collect(),
        services: [service("verify", "verify_fields"), service("look_up", "look_up_fields")]
            .into_iter()
            .flatten()
            .collect(),
        technical: Technical {
            summary: text("technical_summary"),
            connection_model: text("technical_connection_model"),
            networks: lines("technical_networks"),
            daily_calls: value(sent, "technical_daily_calls").replace('.', "").parse().unwrap_or_default(),
            security_level: value(sent, "technical_security_level").parse().unwrap_or_default(),
        },
    }
}

/// The page with the form. `system` is asked for where there is no connection yet.
fn page(seat: &Seat, request: &Request, flaws: &Flaws, at: &At, notice: Option<Notice>) -> RecordPage {
    let shell = seat.shell(Place::Connections);
    let t = shell.texts();
    let (action, title) = match at {
        At::New { .. } => ("/connections/new".to_owned(), t.t("connections-new").into_owned()),
        At::Of(id) => (format!("/matters/{id}/request"), t.t("request-edit").into_owned()),
    };
    let mut act = form(request, flaws, &shell, seat.console.governance.rules(), seat.today(), &action);
    if let At::New { system } = at {
        let input = Input { max: 40, ..Input::new(t, "system", "request-system", system) }
            .hint("request-system-hint");
        act.controls.insert(0, Control::Input(input));
        act.buttons.truncate(1);
    }
    RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-connections"), "/connections"),
                Crumb::new(title.clone(), ""),
            ],
        },
        title,
        badge: None,
        lead: t.t("request-lead").into_owned(),
        links: Vec::new(),
        groups: Vec::new(),
        acts: vec![act],
        shell,
    }
}

/// Which request.
enum At {
    New { system: Typed },
    Of(String),
}

pub(super) async fn new(seat: Seat) -> Answer {
    let own = seat.own();
    seat.must(Action::ConnectionWrite, own.as_deref().or(Some("")), Place::Connections)?;
    let Some(own) = own else { return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)) };
    let request = Request { organisation_name: seat.console.organisation(&own), ..Request::default() };
    let at = At::New { system: Typed::default() };
    Ok(html(StatusCode::OK, &page(&seat, &request, &Flaws(Vec::new()), &at, None)).into_response())
}

pub(super) async fn open(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Connections)?;
    let own = seat.own();
    seat.must(Action::ConnectionWrite, own.as_deref().or(Some("")), Place::Connections)?;
    let Some(own) = own else { return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)) };
    let (request, system) = (read(&sent), value(&sent, "system").to_owned());
    let t = seat.shell(Place::Connections).texts();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if system.len() < 3 || !system.chars().all(plain) {
        let at = At::New { system: Typed::wrong(system, t.t("request-system-wrong")) };
        return Ok(html(
            StatusCode::UNPROCESSABLE_ENTITY,
            &page(&seat, &request, &Flaws(Vec::new()), &at, None),
        )
        .into_response());
    }
    let entry = seat.record("connection_open", format!("system={system}"), Place::Connections).await?;
    let (governance, by, now_us, asked) =
        (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us(), request.clone());
    let named = system.clone();
    let opened = super::seat::blocking(move || {
        governance.open_connection(&own, &named, &asked, Deed::of(&by, now_us, entry, ""))
    });
    match opened.await {
        Some(Ok(id)) => Ok(Redirect::to(&format!("/matters/{id}/request")).into_response()),
        Some(Err(GovernanceError::Taken(_))) => {
            let at = At::New { system: Typed::wrong(system, t.t("refusal-taken")) };
            Ok(html(StatusCode::CONFLICT, &page(&seat, &request, &Flaws(Vec::new()), &at, None))
                .into_response())
        }
        Some(Err(GovernanceError::Invalid(problems))) => {
            let at = At::New { system: Typed::new(system) };
            Ok(html(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&seat, &request, &Flaws::of(&problems, t), &at, None),
            )
            .into_response())
        }
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::Unavailable)),
    }
}

/// The request of a connection that may be written now.
async fn writable(seat: &Seat, id: &str) -> Result<Request, Oops> {
    let whole = seat.whole(id).await?;
    seat.must(Action::ConnectionWrite, Some(&whole.matter.organisation), Place::Connections)?;
    match whole.content {
        Content::Connection(request) if whole.matter.state.is_written_in(Kind::Connection) => Ok(*request),
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)),
    }
}

/// What keeps a request from being submitted.
async fn problems(seat: &Seat, request: &Request) -> Result<Vec<Problem>, Oops> {
    let (request, now_us) = (request.clone(), seat.now_us());
    seat.governed(Place::Connections, move |governance| governance.problems(&request, now_us)).await
}

pub(super) async fn edit(seat: Seat, Path(id): Path<String>) -> Answer {
    let request = writable(&seat, &id).await?;
    let t = seat.shell(Place::Connections).texts();
    let checks = seat.uri.query() == Some("check");
    let flaws = if checks { Flaws::of(&problems(&seat, &request).await?, t) } else { Flaws(Vec::new()) };
    let saved = || Notice::new(Tone::Good, t.t("request-saved"), "");
    let complete = || Notice::new(Tone::Good, t.t("request-complete"), t.t("request-complete-todo"));
    let notice = match seat.uri.query() {
        Some("saved") => Some(saved()),
        Some("check") if flaws.0.is_empty() => Some(complete()),
        _ => None,
    };
    let at = At::Of(id);
    Ok(html(StatusCode::OK, &page(&seat, &request, &flaws, &at, notice)).into_response())
}

pub(super) async fn write(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Connections)?;
    writable(&seat, &id).await?;
    let request = read(&sent);
    let entry = seat.record("connection_write", format!("matter={id}"), Place::Connections).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let (of, content) = (id.clone(), Content::Connection(Box::new(request.clone())));
    let written =
        super::seat::blocking(move || governance.write(&of, &content, Deed::of(&by, now_us, entry, "")));
    match written.await {
        Some(Ok(_)) => {
            let what = if value(&sent, "act") == "check" { "check" } else { "saved" };
            Ok(Redirect::to(&format!("/matters/{id}/request?{what}")).into_response())
        }
        Some(Err(GovernanceError::Invalid(problems))) => {
            let t = seat.shell(Place::Connections).texts();
            let page = page(&seat, &request, &Flaws::of(&problems, t), &At::Of(id), None);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
        Some(Err(GovernanceError::NotNow { .. })) => {
            let whole = seat.whole(&id).await?;
            let t = seat.shell(Place::Connections).texts();
            let notice = Notice::new(Tone::Bad, t.t("refusal-moved"), t.t("refusal-moved-todo"));
            Ok(html(StatusCode::CONFLICT, &matter_page(&seat, &whole, Some(notice)).await).into_response())
        }
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::Unavailable)),
    }
}
