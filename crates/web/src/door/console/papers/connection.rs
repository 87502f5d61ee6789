//! The papers of an applicant: commitment, registration form, request.
use super::super::slots::{Shape, Slot};
use super::accounts;
use super::fill::{Filled, Lack, put};
use super::known::Known;
use crate::door::form::{Sent, label as field_label};
use dancu_catalogue::Lang;
use dancu_citizen::Field;
use dancu_governance::{Content, Request};
use dancu_papers::{
    Commitment, ConnectionRequest, Contact, Registration, Representative, ServiceRow, Signatory,
};

type Made = Result<dancu_papers::Paper, Vec<Lack>>;

fn slot(name: &'static str, shape: Shape) -> Slot {
    Slot::new("paper", name, shape)
}

/// Who issues, where and when.
pub(super) fn issuer_slots(numbered: bool) -> Vec<Slot> {
    let mut slots = vec![slot("issuer_superior", Shape::Line).optional(), slot("issuer_name", Shape::Line)];
    if numbered {
        slots.push(slot("issuer_number", Shape::Short).optional().hinted());
    }
    slots.extend([slot("issuer_place", Shape::Short), slot("issuer_date", Shape::Day).optional().hinted()]);
    slots
}

/// Who signs.
pub(super) fn signatory_slots() -> Vec<Slot> {
    vec![
        slot("signatory_on_behalf", Shape::Short).optional().hinted(),
        slot("signatory_position", Shape::Line),
        slot("signatory_name", Shape::Line),
    ]
}

pub(super) fn signatory(filled: &Filled<'_>) -> Signatory {
    Signatory {
        on_behalf: filled.maybe("signatory_on_behalf"),
        position: filled.text("signatory_position"),
        name: filled.text("signatory_name"),
    }
}

fn request_of(known: &Known) -> Request {
    match &known.content {
        Content::Connection(request) => (**request).clone(),
        _ => Request::default(),
    }
}

fn contact(request: &Request) -> Contact {
    let officer = &request.officer;
    Contact {
        full_name: officer.full_name.clone(),
        position: officer.position.clone(),
        phone: officer.phone.clone(),
        email: officer.email.clone(),
        workplace: officer.unit.clone(),
    }
}

fn filled_issuer(known: &Known) -> Sent {
    let mut sent = Sent::new();
    put(&mut sent, "issuer_name", request_of(known).organisation_name);
    put(&mut sent, "issuer_date", crate::door::show::day(known.day));
    sent
}

pub(super) fn commitment_slots() -> Vec<Slot> {
    let mut slots = issuer_slots(false);
    slots.extend([
        slot("addressed_to", Shape::Line),
        slot("representative_full_name", Shape::Line),
        slot("representative_nationality", Shape::Short),
        slot("representative_id_number", Shape::Short).hinted(),
        slot("representative_issued_on", Shape::Day),
        slot("representative_issued_by", Shape::Line),
        slot("representative_phone", Shape::Short),
        slot("representative_organisation", Shape::Line),
        slot("representative_position", Shape::Line),
        slot("signatory_on_behalf", Shape::Short).optional().hinted(),
        slot("copies", Shape::Area).hinted(),
    ]);
    slots
}

pub(super) fn commitment_filled(known: &Known) -> Sent {
    let mut sent = filled_issuer(known);
    put(&mut sent, "addressed_to", &known.body.name);
    put(&mut sent, "representative_nationality", "Việt Nam");
    put(&mut sent, "representative_organisation", request_of(known).organisation_name);
    let copies = [
        known.body.name.as_str(),
        "Cục Chuyển đổi số quốc gia, Bộ Khoa học và Công nghệ",
        &request_of(known).organisation_name,
    ];
    put(&mut sent, "copies", copies.join("\n"));
    sent
}

pub(super) fn commitment(known: &Known, sent: &Sent) -> Made {
    let mut filled = Filled::new(sent, known.lang);
    let mut copies = filled.lines("copies").into_iter();
    let mut copy = || copies.next().unwrap_or_default();
    let representative = Representative {
        full_name: filled.text("representative_full_name"),
        nationality: filled.text("representative_nationality"),
        id_number: filled.text("representative_id_number"),
        issued_on: filled.day("representative_issued_on", known.day),
        issued_by: filled.text("representative_issued_by"),
        phone: filled.text("representative_phone"),
        organisation: filled.text("representative_organisation"),
        position: filled.text("representative_position"),
    };
    let form = Commitment {
        issuer: filled.issuer(),
        addressed_to: filled.text("addressed_to"),
        system: request_of(known).system_name,
        clauses: None,
        copies: [copy(), copy(), copy()],
        signatory: Signatory {
            on_behalf: filled.maybe("signatory_on_behalf"),
            position: representative.position.clone(),
            name: representative.full_name.clone(),
        },
        representative,
    };
    // Who signs is who represents: what is missing of the one is said once, at the other.
    let made = filled.render(&form, &commitment_slots(), known.now_us);
    made.map_err(|lacks| {
        let own = |lack: &Lack| !matches!(lack.path.as_str(), "signatory.name" | "signatory.position");
        lacks.into_iter().filter(own).collect()
    })
}

pub(super) fn registration_slots() -> Vec<Slot> {
    let mut slots = issuer_slots(false);
    slots.push(slot("accounts", Shape::Rows).hinted());
    slots.extend(signatory_slots());
    slots
}

pub(super) fn registration_filled(known: &Known) -> Sent {
    let mut sent = filled_issuer(known);
    put(&mut sent, "accounts", &known.accounts);
    sent
}

pub(super) fn registration(known: &Known, sent: &Sent) -> Made {
    let request = request_of(known);
    let mut filled = Filled::new(sent, known.lang);
    let form = Registration {
        issuer: filled.issuer(),
        unit: request.organisation_name.clone(),
        system: request.system_name.clone(),
        contact: contact(&request),
        accounts: filled.rows("accounts").iter().map(|parts| accounts::row(parts)).collect(),
        signatory: signatory(&filled),
    };
    filled.render(&form, &registration_slots(), known.now_us)
}

pub(super) fn request_slots() -> Vec<Slot> {
    let mut slots = issuer_slots(true);
    slots.extend([slot("addressed_to", Shape::Area).hinted(), slot("attachments", Shape::Area).hinted()]);
    slots.extend(signatory_slots());
    slots.push(slot("recipients", Shape::Area).hinted());
    slots
}

pub(super) fn request_filled(known: &Known) -> Sent {
    let mut sent = filled_issuer(known);
    put(&mut sent, "addressed_to", &known.body.name);
    let papers = known.documents.iter().filter(|kind| !kind.starts_with("Phiếu đăng ký"));
    let mut papers: Vec<&str> = papers.map(String::as_str).collect();
    if papers.is_empty() {
        papers = vec!["Tài liệu mô tả kỹ thuật", "Phiếu đăng ký kết nối", "Bản cam kết (03 bản)"];
    }
    put(&mut sent, "attachments", papers.join("\n"));
    put(&mut sent, "recipients", "Như trên\nLưu: VT");
    sent
}

pub(super) fn request(known: &Known, sent: &Sent) -> Made {
    let request = request_of(known);
    let mut filled = Filled::new(sent, known.lang);
    let t = Known::vietnamese();
    let named = |name: &String| {
        Field::from_name(name).map_or_else(|| name.clone(), |field| field_label(field, Lang::Vi).to_owned())
    };
    let service = |asked: &dancu_governance::RequestedService| {
        let (code, words) = match asked.service.as_str() {
            "look_up" => ("037", "paper-service-look-up"),
            _ => ("033", "paper-service-verify"),
        };
        ServiceRow {
            code: code.to_owned(),
            name: t.t(words).into_owned(),
            fields: asked.fields.iter().map(named).collect(),
            calls_a_day: request.technical.daily_calls.into(),
        }
    };
    let level = known.level.as_ref();
    let decision = level.map(|file| {
        let on = dancu_citizen::CivilDate::parse_iso(&file.approved_on).map(crate::door::show::day);
        let on = on.map(|day| format!(" ngày {day}")).unwrap_or_default();
        format!("{}{on} của {}", file.decision, file.approved_by)
    });
    let form = ConnectionRequest {
        issuer: filled.issuer(),
        addressed_to: filled.lines("addressed_to"),
        organisation: request.organisation_name.clone(),
        functions: [&request.functions, &request.tasks, &request.powers]
            .into_iter()
            .filter(|text| !text.is_empty())
            .cloned()
            .collect(),
        system: request.system_name.clone(),
        security_level: level.map_or(request.technical.security_level, |file| file.level),
        level_decision: decision.unwrap_or_default(),
        contact: contact(&request),
        purpose: request.purpose.clone(),
        scope: request.scope.clone(),
        content: request.content.clone(),
        services: request.services.iter().map(service).collect(),
        attachments: filled.lines("attachments"),
        signatory: signatory(&filled),
        recipients: filled.lines("recipients"),
    };
    filled.render(&form, &request_slots(), known.now_us)
}
