//! The record of an assessment, and of an inspection.
use super::super::slots::{Shape, Slot};
use super::connection::issuer_slots;
use super::fill::{Filled, Lack, put};
use super::known::Known;
use crate::door::form::Sent;
use crate::door::show;
use dancu_governance::{Content, Step};
use dancu_papers::{AssessmentKind, AssessmentRecord, Finding, Member, Outcome, Signatory};

pub(super) fn slots() -> Vec<Slot> {
    let slot = |name, shape| Slot::new("paper", name, shape);
    let mut slots = issuer_slots(true);
    slots.extend([
        slot("venue", Shape::Line),
        slot("began_on", Shape::Day),
        slot("ended_on", Shape::Day),
        slot("system", Shape::Line),
        slot("security_level", Shape::Level),
        slot("assessors", Shape::Area).hinted(),
        slot("present", Shape::Area).hinted(),
        slot("method", Shape::Line),
        slot("demands", Shape::Area).optional().hinted(),
        slot("demands_by", Shape::Day).optional(),
        slot("statement", Shape::Area).optional(),
        Slot { label: "paper-how-many".to_owned(), ..slot("copies", Shape::Number) },
        slot("head_position", Shape::Line),
        slot("head_name", Shape::Line),
        slot("leader_position", Shape::Line),
        slot("leader_name", Shape::Line),
    ]);
    slots
}

pub(super) fn filled(known: &Known) -> Sent {
    let mut sent = Sent::new();
    let mut fill = |name: &str, value: String| put(&mut sent, name, value);
    fill("issuer_superior", known.body.superior.clone());
    fill("issuer_name", known.body.name.clone());
    fill("issuer_place", known.body.place.clone());
    fill("issuer_date", show::day(known.day));
    fill("venue", format!("trụ sở {}", known.organisation));
    let began = known.day_of(&[Step::Begin]).unwrap_or(known.day);
    let ended = known.day_of(&[Step::Pass, Step::Fail, Step::Report]).unwrap_or(known.day);
    fill("began_on", show::day(began));
    fill("ended_on", show::day(ended));
    fill("system", known.system.clone());
    fill("security_level", known.level.as_ref().map_or(3, |file| file.level).to_string());
    fill("method", "Kiểm tra hồ sơ, cấu hình; kiểm tra tại chỗ".to_owned());
    let open = known.findings.iter().filter(|(_, mended)| !mended);
    let demands: Vec<String> = open.map(|(finding, _)| one_line(&finding.text)).collect();
    fill("demands", demands.join("\n"));
    fill("copies", "2".to_owned());
    fill("leader_position", "Trưởng đoàn".to_owned());
    sent
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was found about a subject, and whether all of it is mended.
fn found(known: &Known, subject: &str) -> (String, bool) {
    let of = known.findings.iter().filter(|(finding, _)| finding.subject == subject);
    let words = of.clone().map(|(finding, mended)| {
        let end = if *mended { " (đã khắc phục)" } else { "" };
        format!("{}{end}.", one_line(&finding.text).trim_end_matches('.'))
    });
    (words.collect::<Vec<_>>().join(" "), of.into_iter().all(|(_, mended)| *mended))
}

pub(super) fn of_assessment(known: &Known, sent: &Sent) -> Result<dancu_papers::Paper, Vec<Lack>> {
    let Content::Assessment(assessment) = &known.content else { return Err(Vec::new()) };
    let kind = match assessment.assessment_kind.as_str() {
        "before_connecting" => AssessmentKind::BeforeConnecting,
        "unannounced" => AssessmentKind::Unannounced,
        "after_change" => AssessmentKind::DesignChanged,
        _ => AssessmentKind::Periodic,
    };
    let subjects = known.rules.list("assessment_subject", known.day);
    let rows = subjects.iter().map(|(name, _)| {
        let result = assessment.subjects.iter().find(|result| result.subject == *name);
        let (faults, mended) = found(known, name);
        let note = result.map_or(String::new(), |result| one_line(&result.note));
        let outcome = match result.map(|result| result.passed) {
            Some(true) if mended => Outcome::Passed,
            Some(true) => Outcome::Conditional,
            _ => Outcome::Failed,
        };
        let found = format!("{note} {faults}").trim().to_owned();
        (known.listed("assessment_subject", name), found, outcome)
    });
    set(known, sent, kind, rows.collect())
}

pub(super) fn of_inspection(known: &Known, sent: &Sent) -> Result<dancu_papers::Paper, Vec<Lack>> {
    let Content::Inspection(inspection) = &known.content else { return Err(Vec::new()) };
    let row = |target: &String| {
        let (faults, mended) = found(known, target);
        let found = if faults.is_empty() { "Không phát hiện sai phạm.".to_owned() } else { faults };
        let outcome = if mended { Outcome::Passed } else { Outcome::Failed };
        (known.listed("inspection_target", target), found, outcome)
    };
    let mut rows: Vec<(String, String, Outcome)> = inspection.targets.iter().map(row).collect();
    let result = one_line(&inspection.result);
    if !result.is_empty() {
        let worst = rows.iter().map(|(_, _, outcome)| *outcome).find(|outcome| *outcome != Outcome::Passed);
        rows.push(("Nhận xét chung".to_owned(), result, worst.unwrap_or(Outcome::Passed)));
    }
    set(known, sent, AssessmentKind::Unannounced, rows)
}

fn set(
    known: &Known,
    sent: &Sent,
    kind: AssessmentKind,
    rows: Vec<(String, String, Outcome)>,
) -> Result<dancu_papers::Paper, Vec<Lack>> {
    let mut filled = Filled::new(sent, known.lang);
    let member = |parts: &Vec<String>| Member {
        name: parts.first().cloned().unwrap_or_default(),
        position: parts.get(1).cloned().unwrap_or_default(),
    };
    let has = |wanted| rows.iter().any(|(_, _, outcome)| *outcome == wanted);
    let conclusion = if has(Outcome::Failed) {
        Outcome::Failed
    } else if has(Outcome::Conditional) {
        Outcome::Conditional
    } else {
        Outcome::Passed
    };
    let method = filled.text("method");
    let finding = |(subject, found, outcome)| Finding { subject, method: method.clone(), found, outcome };
    let signatory = |filled: &Filled<'_>, position: &str, name: &str| Signatory {
        on_behalf: None,
        position: filled.text(position),
        name: filled.text(name),
    };
    let form = AssessmentRecord {
        issuer: filled.issuer(),
        kind,
        venue: filled.text("venue"),
        began_on: filled.day("began_on", known.day),
        ended_on: filled.day("ended_on", known.day),
        organisation: known.organisation.clone(),
        system: filled.text("system"),
        security_level: filled.number("security_level"),
        assessors: filled.rows("assessors").iter().map(member).collect(),
        present: filled.rows("present").iter().map(member).collect(),
        findings: rows.into_iter().map(finding).collect(),
        demands: filled.lines("demands"),
        demands_by: filled.maybe_day("demands_by"),
        statement: filled.maybe("statement"),
        conclusion,
        copies: filled.number("copies"),
        head: signatory(&filled, "head_position", "head_name"),
        leader: signatory(&filled, "leader_position", "leader_name"),
    };
    filled.render(&form, &slots(), known.now_us)
}
