//! The form of a connection request: its controls, what is wrong by control, and what was typed.
use crate::Texts;
use crate::door::console::words;
use crate::door::form::{Sent, value};
use crate::page::Shell;
use crate::parts::{Act, Area, Choice, Choices, Control, Input, InputKind, Select, Typed, Width};
use dancu_citizen::{CivilDate, Field};
use dancu_governance::rules::Rules;
use dancu_governance::{Contact, Problem, Request, RequestedPurpose, RequestedService, Technical};

/// The name of a field on the screen, by its path.
pub(in super::super) fn label(path: &str, t: Texts) -> String {
    let name = path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(path);
    t.t(&format!("content-{}", words::dashed(name))).into_owned()
}

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
pub(super) struct Flaws(pub(super) Vec<(&'static str, String)>);

impl Flaws {
    pub(super) fn of(problems: &[Problem], t: Texts) -> Self {
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

pub(super) fn form(
    request: &Request,
    flaws: &Flaws,
    shell: &Shell,
    rules: &Rules,
    day: CivilDate,
    action: &str,
) -> Act {
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
pub(super) fn read(sent: &Sent) -> Request {
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
