//! The contents of matters as slots: one list for each kind, from which its form and its facts are made.
use super::super::slots::{Faults, Shape, Slot, all, fixed};
use super::super::words;
use crate::Texts;
use crate::door::form::{Sent, value};
use crate::door::show;
use dancu_citizen::{CivilDate, Field};
use dancu_governance::rules::Rules;
use dancu_governance::{Content, Exemption, Kind, Problem, State, SubjectResult, Wrong};
use serde_json::{Map, Value};

/// Members of contents that are absent when nothing is typed.
const ABSENT: &[&str] = &["case_number", "entry"];

/// Every slot of a kind's content, in the order of its page.
pub(in super::super) fn slots(kind: Kind) -> Vec<Slot> {
    use Shape::{Area, Day, Fields, Level, Line, List, Many, Number, Severity, Short, Yes};
    match kind {
        Kind::Ticket => {
            let slot = |name, shape| Slot::new("case-ticket", name, shape);
            vec![
                slot("subject", Line),
                slot("text", Area),
                slot("channel", List("ticket_channel")).hinted(),
                slot("name", Line),
                slot("contact", Line).hinted().optional(),
            ]
        }
        Kind::ErrorNotice => {
            let slot = |name, shape| Slot::new("case-notice", name, shape);
            vec![
                slot("received", Yes),
                slot("citizen", Short).hinted(),
                slot("fields", Fields),
                slot("text", Area).hinted(),
                slot("case_number", Short).optional(),
                slot("entry", Number).hinted().optional(),
            ]
        }
        Kind::Inspection => {
            let slot = |name, shape| Slot::new("case-inspection", name, shape);
            vec![
                slot("targets", Many("inspection_target")),
                slot("team", Line),
                slot("planned_on", Day),
                slot("announced", Yes),
                slot("result", Area).hinted(),
            ]
        }
        Kind::Evaluation => {
            let slot = |name, shape| Slot::new("case-evaluation", name, shape);
            vec![slot("due_on", Day).hinted(), slot("level", Level), slot("summary", Area).hinted()]
        }
        Kind::LevelFile => {
            let slot = |name, shape| Slot::new("case-level", name, shape);
            vec![
                slot("level", Level),
                slot("decision", Line),
                slot("approved_by", Line),
                slot("approved_on", Day),
            ]
        }
        Kind::Assessment => {
            let slot = |name, shape| Slot::new("case-assessment", name, shape);
            vec![slot("assessment_kind", List("assessment_kind")), slot("assessor", Line).optional()]
        }
        Kind::Finding => {
            let slot = |name, shape| Slot::new("case-finding", name, shape);
            vec![
                slot("subject", List("assessment_subject")),
                slot("severity", Severity),
                slot("text", Area).hinted(),
            ]
        }
        Kind::Connection | Kind::Halt => Vec::new(),
    }
}

/// The slots that are written when it is opened (no state), or in a state. `parent`: what a finding belongs to.
pub(super) fn written(
    kind: Kind,
    state: Option<State>,
    parent: Option<Kind>,
    (rules, day): (&Rules, CivilDate),
    t: Texts,
) -> Vec<Slot> {
    let mut slots = slots(kind);
    match kind {
        Kind::Inspection => {
            let recorded = state.is_some_and(|state| state != State::Planned);
            slots.retain(|slot| (slot.name == "result") == recorded);
        }
        Kind::Evaluation => slots.retain(|slot| (slot.name == "summary") == state.is_some()),
        Kind::Finding => {
            if let Some(subject) = slots.first_mut().filter(|_| parent == Some(Kind::Inspection)) {
                subject.shape = Shape::List("inspection_target");
            }
        }
        Kind::Assessment if state.is_some() => {
            for (name, label) in rules.list("assessment_subject", day) {
                let [judged, note] = of_subject(name);
                let said = words::own(label, t);
                slots.push(Slot::new("case-assessment", judged, Shape::Judged).said(said).optional());
                let seen = t.t1("case-assessment-note", "subject", said);
                slots.push(Slot::new("case-assessment", note, Shape::Area).said(seen).optional());
            }
            let slot = |name, shape| Slot::new("case-assessment", name, shape).optional().hinted();
            slots.extend([slot("ground", Shape::Ground), slot("assessed_on", Shape::Day)]);
        }
        _ => {}
    }
    slots
}

/// Names of the controls for what was found about a subject of an assessment.
fn of_subject(subject: &str) -> [&'static str; 2] {
    ["judged", "note"].map(|what| fixed(format!("{what}-{}", words::dashed(subject))))
}

fn members(content: &Content) -> Map<String, Value> {
    match serde_json::to_value(content) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// A content as its form would have sent it.
pub(in super::super) fn typed(content: &Content) -> Sent {
    let members = members(content);
    let mut sent = Sent::new();
    for slot in slots(content.kind()) {
        let one = |text: String| (slot.name.to_owned(), text);
        match members.get(slot.name) {
            Some(Value::String(text)) if slot.shape == Shape::Day => {
                sent.push(one(CivilDate::parse_iso(text).map_or_else(|_| text.clone(), show::day)));
            }
            Some(Value::String(text)) => sent.push(one(text.clone())),
            Some(Value::Number(number)) if number.as_u64() != Some(0) => sent.push(one(number.to_string())),
            Some(Value::Bool(yes)) => sent.push(one(if *yes { "yes" } else { "no" }.to_owned())),
            Some(Value::Array(names)) => {
                sent.extend(names.iter().filter_map(Value::as_str).map(|name| one(name.to_owned())));
            }
            _ => {}
        }
    }
    if let Content::Assessment(assessment) = content {
        for result in &assessment.subjects {
            let [judged, note] = of_subject(&result.subject);
            sent.push((judged.to_owned(), if result.passed { "yes" } else { "no" }.to_owned()));
            sent.push((note.to_owned(), result.note.clone()));
        }
        if let Some(exemption) = &assessment.exemption {
            sent.push(("ground".to_owned(), exemption.ground.clone()));
            let day = exemption.assessed_on.as_deref().and_then(|day| CivilDate::parse_iso(day).ok());
            sent.extend(day.map(|day| ("assessed_on".to_owned(), show::day(day))));
        }
    }
    sent
}

/// A content with what was typed into these slots; what stands in none of them stays.
pub(super) fn read(base: &Content, slots: &[Slot], sent: &Sent) -> Result<Content, Vec<Problem>> {
    let mut members = members(base);
    let mut problems = Vec::new();
    let mut wrong = |field: &str, wrong| problems.push(Problem { field: field.to_owned(), wrong });
    for slot in slots.iter().filter(|slot| self::slots(base.kind()).iter().any(|own| own.name == slot.name)) {
        let text = value(sent, slot.name);
        let missing = text.is_empty() && !slot.optional;
        let read = match slot.shape {
            Shape::Many(_) | Shape::Fields => {
                let names = all(sent, slot.name).into_iter();
                Value::Array(names.map(|name| Value::String(name.to_owned())).collect())
            }
            _ if text.is_empty() && ABSENT.contains(&slot.name) => Value::Null,
            Shape::Yes | Shape::List(_) if missing => {
                wrong(slot.name, Wrong::Missing);
                continue;
            }
            Shape::Yes => Value::Bool(text == "yes"),
            Shape::Number | Shape::Level => {
                let Ok(number) = text.replace(['.', ' '], "").parse::<u64>() else {
                    wrong(slot.name, if missing { Wrong::Missing } else { Wrong::Form });
                    continue;
                };
                number.into()
            }
            Shape::Day => Value::String(words::date(text).map_or_else(|| text.to_owned(), CivilDate::iso)),
            _ => Value::String(text.to_owned()),
        };
        members.insert(slot.name.to_owned(), read);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let unknown =
        |_| vec![Problem { field: slots.first().map_or("", |s| s.name).to_owned(), wrong: Wrong::Unknown }];
    let mut content: Content = serde_json::from_value(Value::Object(members)).map_err(unknown)?;
    if let Content::Assessment(assessment) = &mut content
        && slots.iter().any(|slot| slot.name == "ground")
    {
        assessment.subjects = judged(slots, sent);
        let ground = value(sent, "ground");
        let day = value(sent, "assessed_on");
        let day = (!day.is_empty()).then(|| words::date(day).map_or_else(|| day.to_owned(), CivilDate::iso));
        assessment.exemption =
            (!ground.is_empty()).then(|| Exemption { ground: ground.to_owned(), assessed_on: day });
    }
    Ok(content)
}

/// What was found about each subject that was looked at.
fn judged(slots: &[Slot], sent: &Sent) -> Vec<SubjectResult> {
    let names = slots.iter().filter_map(|slot| slot.name.strip_prefix("judged-"));
    let result = |name: &str| {
        let subject = name.replace('-', "_");
        let [judged, note] = of_subject(&subject);
        let passed = value(sent, judged);
        let note = value(sent, note).to_owned();
        (!passed.is_empty()).then(|| SubjectResult { subject, passed: passed == "yes", note })
    };
    names.filter_map(result).collect()
}

/// What is wrong, beside its slot.
pub(super) fn faults(problems: &[Problem], content: Option<&Content>, slots: &[Slot], t: Texts) -> Faults {
    let name = |field: &str| -> String {
        let mut parts = field.split('.');
        match (parts.next().unwrap_or_default(), parts.next(), parts.next()) {
            ("subjects", Some(at), what) => {
                let Some(Content::Assessment(assessment)) = content else { return "assessor".to_owned() };
                let subject = at.parse().ok().and_then(|at: usize| assessment.subjects.get(at));
                let [judged, note] = of_subject(subject.map_or("", |s| s.subject.as_str()));
                if what == Some("note") { note } else { judged }.to_owned()
            }
            ("exemption", Some(what), _) => what.to_owned(),
            (first, _, _) => first.to_owned(),
        }
    };
    let say = |problem: &Problem| {
        let name = name(&problem.field);
        let called = slots.iter().find(|slot| slot.name == name).map(|slot| slot.called(t));
        let wrong = t.t(&format!("wrong-{}", words::dashed(problem.wrong.name()))).into_owned();
        (name, called.map_or_else(|| wrong.clone(), |called| format!("{called}: {wrong}")))
    };
    Faults(problems.iter().map(say).collect())
}

/// What was typed into a slot, in words.
pub(in super::super) fn said(
    slot: &Slot,
    sent: &Sent,
    (rules, day): (&Rules, CivilDate),
    t: Texts,
) -> String {
    let text = value(sent, slot.name);
    match slot.shape {
        Shape::List(list) if rules.has(list, text, day) => words::choice(rules.list(list, day), text, t),
        // A finding of an inspection has its subject from another list.
        Shape::List(_) => words::choice(rules.list("inspection_target", day), text, t),
        Shape::Severity => {
            rules.severity(text, day).map_or(text, |rule| words::own(&rule.label, t)).to_owned()
        }
        Shape::Yes if !text.is_empty() => t.t(&format!("{}-{text}", slot.label)).into_owned(),
        Shape::Many(list) => {
            let names = all(sent, slot.name).into_iter();
            names.map(|name| words::choice(rules.list(list, day), name, t)).collect::<Vec<_>>().join("; ")
        }
        Shape::Fields => {
            let label = |name: &str| {
                Field::from_name(name).map_or_else(
                    || name.to_owned(),
                    |field| crate::door::form::label(field, t.lang()).to_owned(),
                )
            };
            all(sent, slot.name).into_iter().map(label).collect::<Vec<_>>().join("; ")
        }
        _ => text.to_owned(),
    }
}

/// What tells one matter of a kind from another; none where its name does.
pub(in super::super) fn gist(content: &Content, law: (&Rules, CivilDate), t: Texts) -> Option<String> {
    let names: &[&str] = match content.kind() {
        Kind::Ticket => &["subject"],
        Kind::Finding => &["subject", "severity"],
        Kind::Inspection => &["targets", "team"],
        Kind::Evaluation => &["due_on"],
        Kind::Assessment => &["assessment_kind"],
        Kind::LevelFile => &["decision"],
        Kind::ErrorNotice => &["fields"],
        Kind::Connection | Kind::Halt => &[],
    };
    let sent = typed(content);
    let slots = slots(content.kind());
    let slot = |name: &&str| slots.iter().find(|slot| slot.name == *name);
    let said = names.iter().filter_map(slot).map(|slot| said(slot, &sent, law, t));
    let said: Vec<String> = said.filter(|said| !said.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(" · "))
}
