//! The notice of an order: why, what to do, the way back.
use super::super::slots::{Shape, Slot};
use super::connection::{issuer_slots, signatory, signatory_slots};
use super::fill::{Filled, Lack, put};
use super::known::Known;
use crate::door::form::Sent;
use crate::door::show;
use dancu_governance::{Content, Halt, HaltAction, Target};
use dancu_papers::{Disconnection, Measure, Scope};
use dancu_policy::VietnamTime;

pub(super) fn slots() -> Vec<Slot> {
    let slot = |name, shape| Slot::new("paper", name, shape);
    let mut slots = issuer_slots(true);
    slots.extend([
        slot("addressed_to", Shape::Area).hinted(),
        slot("basis", Shape::Area).hinted(),
        slot("facts", Shape::Area).hinted(),
        slot("duties", Shape::Area).hinted(),
        slot("report_by", Shape::Day),
        slot("way_back", Shape::Area).hinted(),
        slot("contact", Shape::Line).hinted(),
    ]);
    slots.extend(signatory_slots());
    slots.push(slot("recipients", Shape::Area).hinted());
    slots
}

fn order(known: &Known) -> Option<&Halt> {
    match &known.content {
        Content::Halt(halt) => Some(halt),
        _ => None,
    }
}

/// Of a text in Vietnamese and English.
fn vietnamese([vi, _]: &[String; 2]) -> String {
    vi.clone()
}

pub(super) fn filled(known: &Known) -> Sent {
    let mut sent = Sent::new();
    let mut fill = |name: &str, value: String| put(&mut sent, name, value);
    fill("issuer_superior", known.body.superior.clone());
    fill("issuer_name", known.body.name.clone());
    fill("issuer_place", known.body.place.clone());
    fill("issuer_date", show::day(known.day));
    fill("addressed_to", known.organisation.clone());
    if let Some(halt) = order(known) {
        let law = "Điều 10 Thông tư số 46/2022/TT-BCA của Bộ trưởng Bộ Công an";
        fill("basis", format!("{law}\nQuyết định số {}", halt.number));
        fill("facts", vietnamese(&halt.notice.what));
        fill("duties", vietnamese(&halt.notice.todo));
        fill("way_back", vietnamese(&halt.notice.way_back));
    }
    fill("report_by", known.matter.deadline_us.map(show::date_of).unwrap_or_default());
    fill("recipients", "Như trên\nLưu: VT".to_owned());
    sent
}

pub(super) fn notice(known: &Known, sent: &Sent) -> Result<dancu_papers::Paper, Vec<Lack>> {
    let mut filled = Filled::new(sent, known.lang);
    let halt = order(known);
    let (scope, subject) = match halt.map(|halt| &halt.target) {
        Some(Target::Organisation(_)) => (Scope::Organisation, known.organisation.clone()),
        // An account's id says nothing about the person.
        Some(Target::Account(id)) => (Scope::Account, id.clone()),
        _ => (Scope::System, known.system.clone()),
    };
    let measure = match halt.map(|halt| halt.action) {
        Some(HaltAction::Suspend) => Measure::Suspend,
        _ => Measure::Disconnect,
    };
    let reason = halt.and_then(|halt| known.rules.reason(&halt.reason, known.day));
    let form = Disconnection {
        issuer: filled.issuer(),
        addressed_to: filled.lines("addressed_to"),
        measure,
        scope,
        subject,
        effective: moment(known.matter.opened_us),
        basis: filled.lines("basis"),
        reason: reason.map(|rule| lower(&vietnamese(&rule.label))).unwrap_or_default(),
        facts: filled.lines("facts"),
        duties: filled.lines("duties"),
        report_by: filled.day("report_by", known.day),
        way_back: filled.lines("way_back"),
        contact: filled.text("contact"),
        signatory: signatory(&filled),
        recipients: filled.lines("recipients"),
    };
    filled.render(&form, &slots(), known.now_us)
}

/// `14 giờ 05 phút ngày 20/11/2026`.
fn moment(at_us: i64) -> String {
    let minutes = (at_us.div_euclid(60_000_000) + 7 * 60).rem_euclid(24 * 60);
    let day = VietnamTime::of(at_us).map(|time| show::day(time.date)).unwrap_or_default();
    format!("{} giờ {:02} phút ngày {day}", minutes / 60, minutes % 60)
}

/// As it stands inside a sentence.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn moments_are_said_as_notices_say_them() {
        // 2026-11-20T07:05:00Z
        assert_eq!(super::moment(1_795_158_300_000_000), "14 giờ 05 phút ngày 20/11/2026");
        assert_eq!(super::lower("Đột xuất"), "đột xuất");
    }
}
