//! What a portal asks: `userCode`, `periodStart`, `periodEnd`, `offset`, `limit`.
use dancu_catalogue::Code;
use dancu_citizen::PersonalId;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use std::ops::RangeInclusive;

/// Most usages in one answer.
pub(super) const MOST: usize = 1000;

/// One question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// As it came
    pub(super) user_code: String,
    /// Microseconds since 1970, both ends included
    pub(super) period: RangeInclusive<i64>,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Ask {
    /// Reads the query of an address. A name that is not known is left alone, as the specification has it.
    pub(super) fn read(query: &str) -> Result<Self, Code> {
        let (mut user_code, mut from, mut to, mut offset, mut limit) = (None, i64::MIN, i64::MAX, 0, MOST);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value).ok_or(Code::EncodingInvalid)?;
            match name {
                "userCode" => user_code = Some(value),
                "periodStart" => from = moment(&value).ok_or(Code::DateInvalid)?,
                "periodEnd" => to = moment(&value).ok_or(Code::DateInvalid)?,
                "offset" => offset = value.parse().map_err(|_| Code::FieldType)?,
                "limit" => limit = value.parse().map_err(|_| Code::FieldType)?,
                _ => {}
            }
        }
        if !(1..=MOST).contains(&limit) {
            return Err(Code::FieldType);
        }
        let user_code = user_code.ok_or(Code::FieldMissing)?;
        Ok(Self { user_code, period: from..=to, offset, limit })
    }
}

/// The number of a person, with or without its country: `VN001185000017`.
pub(super) fn person(text: &str) -> Option<String> {
    let digits = text.strip_prefix("VN").unwrap_or(text);
    PersonalId::parse(digits).ok().map(PersonalId::expose)
}

/// A moment with its offset (RFC 3339), or in the time of Vietnam when it has none, as the specification's examples.
fn moment(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_microsecond());
    }
    let local: DateTime = text.parse().ok()?;
    let vietnam = TimeZone::fixed(Offset::from_hours(7).ok()?);
    Some(vietnam.to_timestamp(local).ok()?.as_microsecond())
}

/// Percent-decoding (RFC 3986 section 2.1), `+` as a space.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut nibble = || char::from(rest.next()?).to_digit(16).and_then(|d| u8::try_from(d).ok());
                nibble()? << 4 | nibble()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read() {
        let ask = Ask::read(
            "userCode=VN001185000017&periodStart=2021-01-31T10:20:30&periodEnd=2021-01-31T03%3A20%3A31Z&offset=10&limit=5&x=y",
        );
        let start = 1_612_063_230_000_000;
        assert_eq!(
            ask.unwrap(),
            Ask {
                user_code: "VN001185000017".into(),
                period: start..=start + 1_000_000,
                offset: 10,
                limit: 5
            }
        );
        let plain = Ask::read("userCode=001185000017").unwrap();
        assert_eq!((plain.offset, plain.limit, plain.period), (0, 1000, i64::MIN..=i64::MAX));
    }

    #[test]
    fn what_does_not_read_is_refused() {
        for (query, code) in [
            ("", Code::FieldMissing),
            ("userCode=1&limit=0", Code::FieldType),
            ("userCode=1&limit=1001", Code::FieldType),
            ("userCode=1&offset=-1", Code::FieldType),
            ("userCode=1&periodStart=yesterday", Code::DateInvalid),
            ("userCode=%zz", Code::EncodingInvalid),
            ("userCode=%2", Code::EncodingInvalid),
            ("userCode=%ff", Code::EncodingInvalid),
        ] {
            assert_eq!(Ask::read(query), Err(code), "{query}");
        }
    }

    #[test]
    fn a_person_is_named_with_the_country_or_without() {
        assert_eq!(person("VN001185000017").as_deref(), Some("001185000017"));
        assert_eq!(person("001185000017").as_deref(), Some("001185000017"));
        for wrong in ["EE12345678901", "VNVN001185000017", "00118500001", "", "VN"] {
            assert_eq!(person(wrong), None, "{wrong}");
        }
    }
}
