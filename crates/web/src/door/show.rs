//! Answers in words, for people.
use super::form::label;
use crate::Texts;
use crate::pages::{CallResult, FieldRow, JournalNote, RecentCall};
use crate::parts::{Fact, FactGroup, Outcome, RefusalText, Service, Verdict};
use dancu_catalogue::Lang;
use dancu_citizen::units::Units;
use dancu_citizen::{
    Address, BirthDate, CivilDate, Coded, Comparison, Field, LifeState, Record, Relative, Sex, Sourced, lists,
};
use dancu_gateway::Reply;
use dancu_message::{Answer, Outcome as Said, Request};

/// The result of one call.
pub(super) fn result(request: &Request, reply: &Reply, now_us: i64, texts: Texts) -> CallResult {
    let service = match request.service {
        dancu_message::Service::Verify => Service::Verify,
        dancu_message::Service::LookUp => Service::LookUp,
    };
    let mut result = CallResult {
        service,
        outcome: Outcome::Refused,
        state: None,
        refusal: None,
        verdicts: Vec::new(),
        groups: Vec::new(),
        ground: ground(request, texts),
        journal: reply.journal.first().map(|index| JournalNote {
            index: *index,
            at: moment(now_us),
            correlation: reply.correlation.to_string(),
        }),
    };
    match reply.answers.first() {
        Some(Answer::Refusal(refusal)) => result.refusal = Some(RefusalText::of(refusal.code, texts)),
        Some(Answer::Verification(verification)) => {
            result.outcome = outcome(verification.outcome, Outcome::Verified);
            let comparison = verification.comparison.as_ref();
            result.verdicts = comparison.map(|c| verdicts(c, request, texts)).unwrap_or_default();
        }
        Some(Answer::LookUp(found)) => {
            result.outcome = outcome(found.outcome, Outcome::Found);
            if let Some(record) = &found.record {
                result.groups = groups(record, found.released, texts);
                result.state =
                    (record.state != LifeState::Alive).then(|| state(record.state, texts.lang()).to_owned());
            }
        }
        None => {}
    }
    result
}

/// The line in the list of latest calls.
pub(super) fn recent(request: &Request, result: &CallResult, now_us: i64) -> RecentCall {
    let claim = &request.claim;
    let number = claim
        .personal_id
        .map(dancu_citizen::PersonalId::expose)
        .or_else(|| claim.id_card_number.map(dancu_citizen::IdCardNumber::expose));
    RecentCall {
        at: moment(now_us),
        service: result.service,
        subject: number.map(|n| masked(&n)).unwrap_or_default(),
        case_number: request.case_number.clone().unwrap_or_default(),
        outcome: result.outcome,
        journal: result.journal.as_ref().map_or(0, |j| j.index),
    }
}

fn outcome(said: Said, good: Outcome) -> Outcome {
    match said {
        Said::Verified => good,
        Said::Mismatch => Outcome::Mismatch,
        Said::NotFound => Outcome::NotFound,
        Said::NotUsable => Outcome::NotUsable,
    }
}

fn ground(request: &Request, texts: Texts) -> Vec<Fact> {
    let mut ground = Vec::new();
    if let Some(purpose) = &request.purpose {
        ground.push(Fact::new(texts.t("field-purpose"), purpose.as_str()));
    }
    if let Some(case) = &request.case_number {
        ground.push(Fact::mono(texts.t("field-case-number"), case.as_str()));
    }
    ground
}

fn verdicts(comparison: &Comparison, request: &Request, texts: Texts) -> Vec<FieldRow> {
    let row = |(field, told): (Field, dancu_citizen::FieldVerdict)| FieldRow {
        label: label(field, texts.lang()).to_owned(),
        asked: asked(field, request, texts.lang()),
        verdict: Verdict::from_name(told.verdict.name()).unwrap_or(Verdict::NotAsked),
        reason: texts.t(&format!("reason-{}", told.reason.name().replace('_', "-"))).into_owned(),
    };
    comparison.iter().map(row).collect()
}

/// What the officer typed.
fn asked(field: Field, request: &Request, lang: Lang) -> String {
    let claim = &request.claim;
    match field {
        Field::PersonalId => claim.personal_id.map(dancu_citizen::PersonalId::expose),
        Field::IdCardNumber => claim.id_card_number.map(dancu_citizen::IdCardNumber::expose),
        Field::FullName => claim.full_name.as_ref().map(|n| n.whole().to_owned()),
        Field::BirthDate => claim.birth_date.map(date),
        Field::Sex => claim.sex.map(|s| sex(s, lang).to_owned()),
        _ => None,
    }
    .unwrap_or_default()
}

/// The released fields, in groups that an officer reads one after another.
fn groups(record: &Record, released: dancu_citizen::FieldSet, texts: Texts) -> Vec<FactGroup> {
    let groups: [(&str, bool, &[Field]); 4] = [
        (
            "group-person",
            false,
            &[
                Field::FullName,
                Field::OtherNames,
                Field::PersonalId,
                Field::IdCardNumber,
                Field::BirthDate,
                Field::Sex,
                Field::Nationality,
                Field::BirthPlace,
                Field::BirthRegistration,
                Field::HomeTown,
                Field::Card,
                Field::State,
                Field::Death,
                Field::Contact,
            ],
        ),
        (
            "group-residence",
            false,
            &[
                Field::PermanentResidence,
                Field::TemporaryResidence,
                Field::CurrentResidence,
                Field::TemporaryAbsence,
                Field::ResidenceFile,
            ],
        ),
        (
            "group-family",
            false,
            &[
                Field::MaritalStatus,
                Field::Father,
                Field::Mother,
                Field::Spouses,
                Field::Children,
                Field::Representative,
                Field::Represented,
                Field::RelationToHead,
                Field::Household,
            ],
        ),
        ("group-sensitive", true, &[Field::EthnicGroup, Field::Religion, Field::BloodGroup]),
    ];
    let lang = texts.lang();
    let group = |(key, sensitive, fields): (&str, bool, &[Field])| {
        let shown = fields.iter().filter(|f| released.contains(**f));
        let facts: Vec<Fact> = shown.map(|f| fact(*f, record, lang)).collect();
        (!facts.is_empty()).then(|| FactGroup { title: texts.t(key).into_owned(), facts, sensitive })
    };
    groups.into_iter().filter_map(group).collect()
}

fn fact(field: Field, record: &Record, lang: Lang) -> Fact {
    let (value, source) = value(field, record, lang);
    let fact = match field {
        Field::PersonalId | Field::IdCardNumber => Fact::mono(label(field, lang), value),
        _ => Fact::new(label(field, lang), value),
    };
    match source {
        Some((source, as_of)) => fact.noted(format!("{}, {}", source_name(source, lang), day(as_of))),
        None => fact,
    }
}

type Shown<'a> = (String, Option<(&'a str, CivilDate)>);

/// A field in words with its source; empty where the record holds nothing.
fn value(field: Field, record: &Record, lang: Lang) -> Shown<'_> {
    match field {
        Field::FullName => one(record.full_name.as_ref(), |v| v.whole().to_owned()),
        Field::OtherNames => many(&record.other_names, |v| v.whole().to_owned()),
        Field::PersonalId => one(record.personal_id.as_ref(), |v| v.expose()),
        Field::IdCardNumber => one(record.id_card_number.as_ref(), |v| v.expose()),
        Field::BirthDate => one(record.birth_date.as_ref(), |v| date(*v)),
        Field::Sex => one(record.sex.as_ref(), |v| sex(*v, lang).to_owned()),
        Field::BirthPlace => one(record.birth_place.as_ref(), address),
        Field::BirthRegistration => one(record.birth_registration.as_ref(), address),
        Field::HomeTown => one(record.home_town.as_ref(), address),
        Field::PermanentResidence => one(record.permanent_residence.as_ref(), address),
        Field::TemporaryResidence => one(record.temporary_residence.as_ref(), address),
        Field::CurrentResidence => one(record.current_residence.as_ref(), address),
        Field::EthnicGroup => one(record.ethnic_group.as_ref(), |v| coded(field, v, lang)),
        Field::Religion => one(record.religion.as_ref(), |v| coded(field, v, lang)),
        Field::BloodGroup => one(record.blood_group.as_ref(), |v| coded(field, v, lang)),
        Field::MaritalStatus => one(record.marital_status.as_ref(), |v| coded(field, v, lang)),
        Field::RelationToHead => one(record.relation_to_head.as_ref(), |v| coded(field, v, lang)),
        Field::Nationality => {
            one(record.nationality.as_ref(), |v| lists::country(v, lang).unwrap_or(v).to_owned())
        }
        Field::Card => one(record.card.as_ref(), |v| {
            let until = v.expires_on.map(|d| format!(" – {}", day(d))).unwrap_or_default();
            format!("{}{until}, {}", day(v.issued_on), v.issued_by)
        }),
        Field::Father => one(record.father.as_ref(), relative),
        Field::Mother => one(record.mother.as_ref(), relative),
        Field::Spouses => many(&record.spouses, relative),
        Field::Children => many(&record.children, relative),
        Field::Representative => one(record.representative.as_ref(), relative),
        Field::Represented => one(record.represented.as_ref(), relative),
        Field::Household => one(record.household.as_ref(), |v| {
            let members = v.members.iter().map(relative).collect::<Vec<_>>().join("; ");
            if members.is_empty() { relative(&v.head) } else { format!("{} ({members})", relative(&v.head)) }
        }),
        Field::TemporaryAbsence => one(record.temporary_absence.as_ref(), |v| {
            format!("{}{}", day(v.from), v.to.map(|d| format!(" – {}", day(d))).unwrap_or_default())
        }),
        Field::ResidenceFile => one(record.residence_file.as_ref(), Clone::clone),
        Field::Death => one(record.death.as_ref(), |v| date(v.on)),
        Field::Contact => one(record.contact.as_ref(), |v| {
            [&v.mobile, &v.email].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
        }),
        Field::State => (state(record.state, lang).to_owned(), None),
    }
}

fn one<T>(field: Option<&Sourced<T>>, words: impl Fn(&T) -> String) -> Shown<'_> {
    match field {
        Some(s) => (words(&s.value), Some((&s.source, s.as_of))),
        None => (String::new(), None),
    }
}

fn many<T>(field: &[Sourced<T>], words: impl Fn(&T) -> String) -> Shown<'_> {
    let text = field.iter().map(|s| words(&s.value)).collect::<Vec<_>>().join("; ");
    (text, field.first().map(|s| (s.source.as_str(), s.as_of)))
}

/// The registers that records come from, by the short names they are kept under.
fn source_name(source: &str, lang: Lang) -> &str {
    match (source, lang) {
        ("ho-tich", Lang::Vi) => "Hộ tịch",
        ("ho-tich", Lang::En) => "Civil status",
        ("cu-tru", Lang::Vi) => "Cư trú",
        ("cu-tru", Lang::En) => "Residence",
        ("can-cuoc", Lang::Vi) => "Căn cước",
        ("can-cuoc", Lang::En) => "Identity cards",
        ("import", Lang::Vi) => "Nhập từ tệp",
        ("import", Lang::En) => "Imported",
        (other, _) => other,
    }
}

fn coded(field: Field, coded: &Coded, lang: Lang) -> String {
    let name = lists::name(field, coded, lang).unwrap_or(&coded.code);
    match &coded.other_name {
        Some(other) => format!("{name} ({other})"),
        None => name.to_owned(),
    }
}

fn relative(relative: &Relative) -> String {
    let name = relative.full_name.as_ref().map(|n| n.whole().to_owned());
    let number = relative.number.map(dancu_citizen::PersonNumber::expose);
    [name, number].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn address(address: &Address) -> String {
    let detail = address.detail.clone().filter(|d| !d.is_empty());
    // Old records often hold the units in words as well; saying them twice helps nobody.
    let said = |unit: &str| {
        let bare =
            ["Thành phố ", "Tỉnh ", "Phường ", "Xã "].into_iter().find_map(|kind| unit.strip_prefix(kind));
        detail.as_deref().is_some_and(|d| d.contains(bare.unwrap_or(unit)))
    };
    let units = place(address.province.as_deref(), address.commune.as_deref());
    let units = if units.split(", ").next().is_some_and(said) { String::new() } else { units };
    [detail, Some(units).filter(|u| !u.is_empty())].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Commune and province by name; in the units of today first, else in the old ones.
pub(super) fn place(province: Option<&str>, commune: Option<&str>) -> String {
    let units = Units::bundled();
    let name = |code: &str| {
        units.two_level().unit(code).or_else(|| units.three_level().unit(code)).map(|u| u.name.to_string())
    };
    [commune, province].into_iter().flatten().filter_map(name).collect::<Vec<_>>().join(", ")
}

pub(super) fn sex(sex: Sex, lang: Lang) -> &'static str {
    match (sex, lang) {
        (Sex::Male, Lang::Vi) => "Nam",
        (Sex::Male, Lang::En) => "Male",
        (Sex::Female, Lang::Vi) => "Nữ",
        (Sex::Female, Lang::En) => "Female",
        (Sex::Unknown, Lang::Vi) => "Chưa có thông tin",
        (Sex::Unknown, Lang::En) => "Not on record",
    }
}

fn state(state: LifeState, lang: Lang) -> &'static str {
    match (state, lang) {
        (LifeState::Alive, Lang::Vi) => "Còn sống",
        (LifeState::Alive, Lang::En) => "Alive",
        (LifeState::Deceased, Lang::Vi) => "Đã chết",
        (LifeState::Deceased, Lang::En) => "Deceased",
        (LifeState::Missing, Lang::Vi) => "Mất tích",
        (LifeState::Missing, Lang::En) => "Missing",
        (LifeState::Cancelled, Lang::Vi) => "Hồ sơ đã hủy",
        (LifeState::Cancelled, Lang::En) => "Record cancelled",
        (LifeState::Locked, Lang::Vi) => "Hồ sơ bị khóa",
        (LifeState::Locked, Lang::En) => "Record locked",
    }
}

/// As precise as it is known: `30/04/1985`, `04/1985`, `1985`.
pub(super) fn date(date: BirthDate) -> String {
    match date {
        BirthDate::Day(d) => day(d),
        BirthDate::Month { year, month } => format!("{month:02}/{year}"),
        BirthDate::Year(year) => year.to_string(),
    }
}

pub(super) fn day(day: CivilDate) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// Date and time of day in Vietnam.
pub(super) fn moment(at_us: i64) -> String {
    let date = dancu_gateway::vietnam_day(at_us);
    let seconds = (at_us.div_euclid(1_000_000) + 7 * 3600).rem_euclid(86_400);
    format!("{} {:02}:{:02}:{:02}", day(date), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The day of a moment in Vietnam.
pub(super) fn date_of(at_us: i64) -> String {
    day(dancu_gateway::vietnam_day(at_us))
}

/// A number of which only the ends show.
pub(super) fn masked(number: &str) -> String {
    let ends = if number.len() >= 12 { 4 } else { 2 };
    match (number.get(..ends), number.get(number.len().saturating_sub(ends)..)) {
        (Some(start), Some(end)) if number.len() >= 9 => format!("{start}…{end}"),
        _ => "…".to_owned(),
    }
}
