//! Checks of single values, the same for every wire form. Where a value stands is written out for a refusal only.
use crate::{Service, WireError};
use dancu_catalogue::Code;
use dancu_citizen::{
    BirthDate, CivilDate, Claim, ClaimedName, DateError, IdCardNumber, NameError, PersonalId, Sex,
};
use std::fmt::Display;

/// Longest values in characters. Account: connection request form, 8 to 60; agency: Decision
/// 20/2020, 35; request id and the rest: ours.
pub(crate) mod longest {
    pub(crate) const REQUEST_ID: usize = 64;
    pub(crate) const PURPOSE: usize = 64;
    pub(crate) const PURPOSE_TEXT: usize = 255;
    pub(crate) const CASE_NUMBER: usize = 64;
    pub(crate) const OFFICER: usize = 60;
    pub(crate) const ACCOUNT: usize = 60;
    pub(crate) const AGENCY: usize = 35;
    pub(crate) const PHONE: usize = 20;
}

/// A request id: 1 to 64 printable ASCII characters.
pub(crate) fn request_id(text: &str, at: impl Display) -> Result<String, WireError> {
    let printable = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    if text.chars().any(char::is_control) {
        return Err(WireError::at(Code::ControlCharacter, at.to_string()));
    }
    if !printable || text.is_empty() || text.len() > longest::REQUEST_ID {
        return Err(WireError::at(Code::FieldType, at.to_string()));
    }
    Ok(text.to_owned())
}

/// A text of at most `max` characters, without control characters.
pub(crate) fn text(text: &str, max: usize, at: impl Display) -> Result<String, WireError> {
    if text.chars().any(char::is_control) {
        return Err(WireError::at(Code::ControlCharacter, at.to_string()));
    }
    if text.chars().count() > max {
        return Err(WireError::at(Code::FieldType, at.to_string()));
    }
    Ok(text.to_owned())
}

/// Exactly 12 digits.
pub(crate) fn personal_id(text: &str, at: impl Display) -> Result<PersonalId, WireError> {
    PersonalId::parse(text).map_err(|_| WireError::at(Code::NumberInvalid, at.to_string()))
}

/// Exactly 9 digits.
pub(crate) fn id_card_number(text: &str, at: impl Display) -> Result<IdCardNumber, WireError> {
    IdCardNumber::parse(text).map_err(|_| WireError::at(Code::NumberInvalid, at.to_string()))
}

/// A name as clients send it.
pub(crate) fn claimed_name(text: &str, at: impl Display) -> Result<ClaimedName, WireError> {
    ClaimedName::parse(text).map_err(|e| name_error(e, at))
}

pub(crate) fn name_error(e: NameError, at: impl Display) -> WireError {
    match e {
        NameError::Control => WireError::at(Code::ControlCharacter, at.to_string()),
        _ => WireError::at(Code::NameInvalid, at.to_string()),
    }
}

/// A date in the live form (`yyyyMMdd`, `yyyy`) or in ISO 8601, as precise as it is.
pub(crate) fn any_date(text: &str, at: impl Display) -> Result<BirthDate, WireError> {
    let parsed = if text.contains('-') { BirthDate::parse_iso(text) } else { BirthDate::parse_compact(text) };
    parsed.map_err(|_: DateError| WireError::at(Code::DateInvalid, at.to_string()))
}

/// A birth date, which cannot lie after `today`.
pub(crate) fn birth_date(text: &str, today: CivilDate, at: impl Display) -> Result<BirthDate, WireError> {
    let date = any_date(text, &at)?;
    if date.is_after(today) { Err(WireError::at(Code::DateInFuture, at.to_string())) } else { Ok(date) }
}

/// A claimed sex: `0` (unknown) claims nothing.
pub(crate) fn claimed_sex(text: &str, at: impl Display) -> Result<Option<Sex>, WireError> {
    match text {
        "0" => Ok(None),
        "1" | "male" => Ok(Some(Sex::Male)),
        "2" | "female" => Ok(Some(Sex::Female)),
        _ => Err(WireError::at(Code::CodeUnknown, at.to_string())),
    }
}

/// A part that a claim must hold.
#[derive(Clone, Copy)]
pub(crate) enum Missing {
    Number,
    Name,
    BirthDate,
}

/// What a claim must hold. Decree 70/2024 demands name, birth date and number for a look-up; a
/// verification without birth date is answered by verdict (the older live form has none).
pub(crate) fn complete(claim: &Claim, service: Service) -> Result<(), Missing> {
    if claim.personal_id.is_none() && claim.id_card_number.is_none() {
        Err(Missing::Number)
    } else if claim.full_name.is_none() {
        Err(Missing::Name)
    } else if claim.birth_date.is_none() && service == Service::LookUp {
        Err(Missing::BirthDate)
    } else {
        Ok(())
    }
}
