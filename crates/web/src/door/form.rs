//! The officer's form: read as the wire is read, with the same codes for the same faults.
use crate::pages::OfficerForm;
use crate::parts::{Choice, Typed};
use dancu_catalogue::{Code, Lang};
use dancu_citizen::{
    BirthDate, CivilDate, Claim, ClaimedName, Field, FieldSet, NameError, PersonNumber, Sex,
};
use dancu_message::{Form, Request, Service};
use dancu_policy::{Role, Rules, Service as Agreed};
use std::fmt::Write as _;

/// Controls and their values, as a browser sends them.
pub(super) type Sent = Vec<(String, String)>;

pub(super) fn value<'a>(sent: &'a Sent, name: &str) -> &'a str {
    sent.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
}

/// An empty form with what the officer's agreement offers.
pub(super) fn offered(rules: &Rules, system: &str, login: &str, today: CivilDate, lang: Lang) -> OfficerForm {
    let Some(of) = rules.system(system) else { return OfficerForm::default() };
    let role = of.by_login(login).map(|a| a.role);
    let mut form = OfficerForm::default();
    let (mut shown, mut every_purpose_wants_a_case) = (FieldSet::EMPTY, true);
    for agreement in of.agreements.iter().filter(|a| a.in_force(today)) {
        form.may_verify |= agreement.grants.verify.is_some();
        form.may_look_up |= agreement.grants.look_up.is_some() && role != Some(Role::AccountManager);
        shown = shown.union(agreement.grants.of(Agreed::LookUp).unwrap_or_default());
        for (code, purpose) in &agreement.purposes {
            every_purpose_wants_a_case &= purpose.case_required;
            let label = match &purpose.name {
                Some(name) => format!("{code} – {name}"),
                None => code.to_string(),
            };
            form.purposes.push(Choice::new(code.to_string(), label, false));
        }
    }
    form.case_required = every_purpose_wants_a_case && !form.purposes.is_empty();
    form.purposes.sort_by(|a, b| a.value.cmp(&b.value));
    let choices = |sensitive: bool| {
        let fields = shown.iter().filter(move |f| f.is_sensitive() == sensitive);
        fields.map(|f| Choice::new(f.name(), label(f, lang), false)).collect()
    };
    form.fields = choices(false);
    form.sensitive = choices(true);
    form
}

pub(super) fn label(field: Field, lang: Lang) -> &'static str {
    let (vi, en) = field.label();
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

/// Fills the form with what was sent and reads a request out of it, or marks what is wrong.
pub(super) fn read(
    form: &mut OfficerForm,
    sent: &Sent,
    request_id: String,
    today: CivilDate,
    lang: Lang,
) -> Option<Request> {
    let service = if value(sent, "service") == "look_up" { Service::LookUp } else { Service::Verify };
    let number = take(&mut form.number, sent, "number", lang, number);
    let full_name = take(&mut form.full_name, sent, "full_name", lang, name);
    let birth_date = take(&mut form.birth_date, sent, "birth_date", lang, |text| birth(text, today));
    let sex = match value(sent, "sex") {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        _ => None,
    };
    form.sex = Typed::new(value(sent, "sex"));
    form.case_number = Typed::new(value(sent, "case_number"));
    let purpose = value(sent, "purpose").to_owned();
    for choice in &mut form.purposes {
        choice.chosen = choice.value == purpose;
    }
    if purpose.is_empty() {
        form.purpose_error = Some(Code::PurposeMissing.title(lang).to_owned());
    }
    let fields = ticked(form, sent);
    // The law wants all three for a look-up; a verification may go without the date and says so in its verdict.
    if birth_date == Ok(None) && service == Service::LookUp {
        form.birth_date.error = Some(missing(lang));
    }
    let (number, full_name, birth_date) = (number.ok()?, full_name.ok()?, birth_date.ok()?);
    for (typed, empty) in [(&mut form.number, number.is_none()), (&mut form.full_name, full_name.is_none())] {
        if empty {
            typed.error = Some(missing(lang));
        }
    }
    let faults = [&form.number.error, &form.full_name.error, &form.birth_date.error, &form.purpose_error];
    if faults.into_iter().any(Option::is_some) {
        return None;
    }
    let (personal_id, id_card_number) = match number? {
        PersonNumber::PersonalId(n) => (Some(n), None),
        PersonNumber::IdCard(n) => (None, Some(n)),
    };
    Some(Request {
        service,
        integration_code: dancu_message::integration_code(service).to_owned(),
        request_id,
        purpose: Some(purpose),
        purpose_text: None,
        case_number: Some(value(sent, "case_number").to_owned()).filter(|c| !c.is_empty()),
        officer: None,
        agency_code: None,
        account: None,
        phone: None,
        claim: Claim { personal_id, id_card_number, full_name, birth_date, sex },
        fields: if service == Service::LookUp { fields } else { None },
        form: Form::Page,
    })
}

/// A control holds something that cannot be read; it is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Wrong;

/// Reads one control; nothing when it is empty.
fn take<T>(
    typed: &mut Typed,
    sent: &Sent,
    name: &str,
    lang: Lang,
    parse: impl Fn(&str) -> Result<T, Code>,
) -> Result<Option<T>, Wrong> {
    let text = value(sent, name);
    *typed = Typed::new(text);
    if text.is_empty() {
        return Ok(None);
    }
    match parse(text) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(code) => {
            typed.error = Some(code.title(lang).to_owned());
            Err(Wrong)
        }
    }
}

fn missing(lang: Lang) -> String {
    Code::FieldMissing.title(lang).to_owned()
}

/// A number as people type it, with spaces or dots between groups.
pub(super) fn number(text: &str) -> Result<PersonNumber, Code> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    PersonNumber::parse(&digits).map_err(|_| Code::NumberInvalid)
}

pub(super) fn name(text: &str) -> Result<ClaimedName, Code> {
    ClaimedName::parse(text).map_err(|e| match e {
        NameError::Control => Code::ControlCharacter,
        _ => Code::NameInvalid,
    })
}

/// `dd/mm/yyyy`, `mm/yyyy` or `yyyy`, also with dots or dashes.
pub(super) fn birth(text: &str, today: CivilDate) -> Result<BirthDate, Code> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).map(str::trim).collect();
    let pad = |part: &str| format!("{part:0>2}");
    let iso = match parts.as_slice() {
        [year] => (*year).to_owned(),
        [month, year] => format!("{year}-{}", pad(month)),
        [day, month, year] => format!("{year}-{}-{}", pad(month), pad(day)),
        _ => return Err(Code::DateInvalid),
    };
    let date = BirthDate::parse_iso(&iso).map_err(|_| Code::DateInvalid)?;
    if date.is_after(today) { Err(Code::DateInFuture) } else { Ok(date) }
}

/// A whole day, `dd/mm/yyyy`.
pub(super) fn day(text: &str, today: CivilDate) -> Result<CivilDate, Code> {
    match birth(text.trim(), today)? {
        BirthDate::Day(day) => Ok(day),
        _ => Err(Code::DateInvalid),
    }
}

/// A day that may lie ahead, `dd/mm/yyyy`.
pub(super) fn any_day(text: &str) -> Result<CivilDate, Code> {
    CivilDate::new(2999, 12, 31).map_err(|_| Code::Internal).and_then(|end| day(text, end))
}

/// A value of an address, as `application/x-www-form-urlencoded` writes it; what does not read is left out.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut nibble = || char::from(rest.next()?).to_digit(16).and_then(|d| u8::try_from(d).ok());
                let (Some(high), Some(low)) = (nibble(), nibble()) else { continue };
                high << 4 | low
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value for an address.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}

/// The fields ticked; none at all means what the agreement gives without naming.
fn ticked(form: &mut OfficerForm, sent: &Sent) -> Option<FieldSet> {
    let mut set = FieldSet::EMPTY;
    for (control, choices) in [("fields", &mut form.fields), ("sensitive", &mut form.sensitive)] {
        for choice in choices {
            choice.chosen = sent.iter().any(|(n, v)| n == control && *v == choice.value);
            if let (true, Some(field)) = (choice.chosen, Field::from_name(&choice.value)) {
                set = set.with(field);
            }
        }
    }
    if set.is_empty() {
        return None;
    }
    // Whoever asks for a field by name still needs to see whom the answer is about, and whether they live.
    let agreed =
        form.fields.iter().chain(&form.sensitive).filter_map(|c| Field::from_name(&c.value)).collect();
    let about =
        FieldSet::EMPTY.with(Field::State).with(Field::Death).with(Field::IdCardNumber).intersect(agreed);
    Some(
        set.union(about)
            .with(Field::FullName)
            .with(Field::PersonalId)
            .with(Field::BirthDate)
            .with(Field::Sex),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let today = CivilDate::new(2026, 11, 21).unwrap();
        for (text, iso) in [
            ("30/04/1985", "1985-04-30"),
            ("3.4.1985", "1985-04-03"),
            ("4/1985", "1985-04"),
            ("1985", "1985"),
        ] {
            assert_eq!(birth(text, today).unwrap().iso(), iso, "{text}");
        }
        assert_eq!(birth("31/02/1985", today), Err(Code::DateInvalid));
        assert_eq!(birth("1/1/2027", today), Err(Code::DateInFuture));
        assert_eq!(birth("1/2/3/4", today), Err(Code::DateInvalid));
    }

    #[test]
    fn values_go_into_an_address_and_come_back() {
        for text in ["thai-nguyen", "21/11/2026", "Ủy ban & 100%", ""] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(decoded("a+b%2Fc%zz%2"), "a b/c");
        assert_eq!(decoded("%ff"), "");
    }

    #[test]
    fn numbers_are_read_with_the_gaps_that_cards_show() {
        assert_eq!(number("001 185 000 017").unwrap().expose(), "001185000017");
        assert_eq!(number("01234567"), Err(Code::NumberInvalid));
    }
}
