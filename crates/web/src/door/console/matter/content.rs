//! What people wrote into a matter, as facts under headings, in the words of the page.
use crate::Texts;
use crate::door::console::cases::fields;
use crate::door::console::{request, words};
use crate::door::form::label as field_label;
use crate::icons::Icon;
use crate::pages::console::Group;
use crate::parts::{Badge, Cell, Fact, Table, Tone};
use dancu_citizen::{CivilDate, Field};
use dancu_governance::rules::Rules;
use dancu_governance::{Assessment, Content, Halt, HaltAction, Request, Target};

/// What was written. `open`: the number of a citizen is shown whole.
pub(super) fn groups(content: &Content, law: (&Rules, CivilDate), open: bool, t: Texts) -> Vec<Group> {
    match content {
        Content::Connection(request) => of_request(request, law, t),
        Content::Halt(halt) => {
            vec![Group::Facts { title: t.t("matter-content").into_owned(), facts: of_halt(halt, law, t) }]
        }
        _ => {
            let facts = of_slots(content, law, open, t);
            let mut groups = vec![Group::Facts { title: t.t("matter-content").into_owned(), facts }];
            if let Content::Assessment(assessment) = content {
                groups.push(subjects(assessment, law, t));
            }
            groups
        }
    }
}

fn of_slots(content: &Content, law: (&Rules, CivilDate), open: bool, t: Texts) -> Vec<Fact> {
    let sent = fields::typed(content);
    let mut facts = Vec::new();
    for slot in fields::slots(content.kind()) {
        let mut said = fields::said(&slot, &sent, law, t);
        if slot.name == "citizen" && !open {
            said = crate::door::show::masked(&said);
        }
        if !said.is_empty() {
            facts.push(Fact::new(slot.called(t), said));
        }
    }
    if let Content::Assessment(Assessment { exemption: Some(exemption), .. }) = content {
        let (rules, day) = law;
        let ground = rules.exemption(&exemption.ground, day);
        let ground = ground.map_or(exemption.ground.as_str(), |rule| words::own(&rule.label, t));
        facts.push(Fact::new(t.t("case-assessment-ground"), ground));
        let assessed = exemption.assessed_on.as_deref().and_then(|day| CivilDate::parse_iso(day).ok());
        facts.extend(
            assessed.map(|day| Fact::new(t.t("case-assessment-assessed-on"), crate::door::show::day(day))),
        );
    }
    if let Content::Ticket(ticket) = content {
        facts.extend(ticket.thread.iter().map(|words| Fact::new(t.t("content-thread"), words)));
    }
    facts
}

/// What was found about each subject that has to be looked at.
fn subjects(assessment: &Assessment, (rules, day): (&Rules, CivilDate), t: Texts) -> Group {
    let row = |(name, label): &(String, [String; 2])| {
        let result = assessment.subjects.iter().find(|result| result.subject == *name);
        let badge = match result.map(|result| result.passed) {
            Some(true) => {
                Badge { tone: Tone::Good, icon: Icon::Check, label: t.t("case-passed").into_owned() }
            }
            Some(false) => {
                Badge { tone: Tone::Bad, icon: Icon::Stop, label: t.t("case-failed").into_owned() }
            }
            None => Badge { tone: Tone::Plain, icon: Icon::Clock, label: t.t("word-not-yet").into_owned() },
        };
        vec![
            Cell::text(words::own(label, t)),
            Cell::Badge(badge),
            Cell::text(result.map_or("", |result| result.note.as_str())),
        ]
    };
    let columns = ["content-subject", "content-result", "content-note"];
    Group::Table {
        title: t.t("case-assessment-subjects").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: rules.list("assessment_subject", day).iter().map(row).collect(),
        },
        nothing: t.t("record-nothing").into_owned(),
    }
}

fn of_halt(halt: &Halt, (rules, day): (&Rules, CivilDate), t: Texts) -> Vec<Fact> {
    let (kind, id) = match &halt.target {
        Target::System(id) => ("content-system", id),
        Target::Organisation(id) => ("content-organisation", id),
        Target::Account(id) => ("content-account", id),
    };
    let action = match halt.action {
        HaltAction::Suspend => "step-suspend",
        HaltAction::Disconnect => "step-disconnect",
    };
    let reason = rules.reason(&halt.reason, day);
    let reason = reason.map_or(halt.reason.as_str(), |rule| words::own(&rule.label, t));
    vec![
        Fact::mono(t.t(kind), id),
        Fact::new(t.t("content-action"), t.t(action)),
        Fact::new(t.t("content-reason"), reason),
        Fact::new(t.t("act-number"), &halt.number),
        Fact::new(t.t("content-what"), words::own(&halt.notice.what, t)),
        Fact::new(t.t("content-todo"), words::own(&halt.notice.todo, t)),
        Fact::new(t.t("content-way-back"), words::own(&halt.notice.way_back, t)),
    ]
}

/// The fields of article 7.1, in its order.
fn of_request(request: &Request, law: (&Rules, CivilDate), t: Texts) -> Vec<Group> {
    let fact = |name: &str, value: &str| {
        (!value.is_empty()).then(|| Fact::new(request::label(name, t), value.to_owned()))
    };
    let of = |all: Vec<Option<Fact>>| all.into_iter().flatten().collect::<Vec<_>>();
    let listed = |list: &str, name: &str| words::choice(law.0.list(list, law.1), name, t);
    let group = |title: &str, facts: Vec<Fact>| {
        (!facts.is_empty()).then(|| Group::Facts { title: t.t(title).into_owned(), facts })
    };
    let officer = &request.officer;
    let technical = &request.technical;
    let calls = match technical.daily_calls {
        0 => String::new(),
        calls => t.number(calls.into()),
    };
    let level = match technical.security_level {
        0 => String::new(),
        level => level.to_string(),
    };
    let organisation = of(vec![
        fact("organisation_name", &request.organisation_name),
        fact("agency_code", &request.agency_code),
        fact("functions", &request.functions),
        fact("tasks", &request.tasks),
        fact("powers", &request.powers),
        fact("system_name", &request.system_name),
        fact("system_kind", &listed("system_kind", &request.system_kind)),
    ]);
    let person = of(vec![
        fact("full_name", &officer.full_name),
        fact("position", &officer.position),
        fact("phone", &officer.phone),
        fact("email", &officer.email),
        fact("unit", &officer.unit),
    ]);
    let purpose = of(vec![
        fact("purpose", &request.purpose),
        fact("scope", &request.scope),
        fact("content", &request.content),
    ]);
    let how = of(vec![
        fact("summary", &technical.summary),
        fact("connection_model", &listed("connection_model", &technical.connection_model)),
        fact("networks", &technical.networks.join(", ")),
        fact("daily_calls", &calls),
        fact("security_level", &level),
    ]);
    let mut groups: Vec<Group> = Vec::new();
    groups.extend(group("matter-request-who", organisation));
    groups.extend(group("matter-request-officer", person));
    groups.extend(group("matter-request-why", purpose));
    groups.extend(services(request, t));
    groups.extend(purposes(request, t));
    groups.extend(group("matter-request-how", how));
    groups
}

fn services(request: &Request, t: Texts) -> Option<Group> {
    let label = |name: &String| {
        Field::from_name(name).map_or_else(|| name.clone(), |field| field_label(field, t.lang()).to_owned())
    };
    let rows = request.services.iter().map(|asked| {
        let fields: Vec<String> = asked.fields.iter().map(label).collect();
        vec![
            Cell::text(t.t(&format!("service-{}", words::dashed(&asked.service)))),
            Cell::text(fields.join("; ")),
            Cell::Figures(t.number(asked.field_count.into())),
        ]
    });
    table(
        "content-services",
        &["content-service", "content-fields", "content-field-count"],
        rows.collect(),
        t,
    )
}

fn purposes(request: &Request, t: Texts) -> Option<Group> {
    let rows = request.purposes.iter().map(|purpose| {
        vec![
            Cell::Figures(purpose.code.clone()),
            Cell::text(&purpose.name),
            Cell::text(if purpose.case_required { t.t("word-yes") } else { t.t("case-no") }),
        ]
    });
    table("content-purposes", &["content-code", "content-name", "content-case-required"], rows.collect(), t)
}

fn table(title: &str, columns: &[&str], rows: Vec<Vec<Cell>>, t: Texts) -> Option<Group> {
    let columns = columns.iter().map(|key| t.t(key).into_owned()).collect();
    (!rows.is_empty()).then(|| Group::Table {
        title: t.t(title).into_owned(),
        lead: String::new(),
        table: Table { columns, rows },
        nothing: String::new(),
    })
}
