//! `ThoiDiemDuLieu`.
use dancu_citizen::CivilDate;
use std::fmt;

/// A moment to the second, local time (`xs:dateTime` without zone, as annex B has it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsOf {
    /// Day
    pub date: CivilDate,
    /// Hour, 0-23
    pub hour: u8,
    /// Minute, 0-59
    pub minute: u8,
    /// Second, 0-59
    pub second: u8,
}

impl AsOf {
    /// Reads `YYYY-MM-DDThh:mm:ss`; a fraction or a zone behind it is passed over.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        let date = CivilDate::parse_iso(date).ok()?;
        let (time, rest) = time.split_at_checked(8)?;
        let zone_or_fraction = rest.is_empty() || rest.starts_with(['.', '+', '-', 'Z']);
        let tail = rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-' | b':' | b'Z'));
        let mut parts = time.split(':').map(two_digits);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let valid =
            hour < 24 && minute < 60 && second < 60 && parts.next().is_none() && zone_or_fraction && tail;
        valid.then_some(Self { date, hour, minute, second })
    }
}

fn two_digits(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}:{:02}:{:02}", self.date.iso(), self.hour, self.minute, self.second)
    }
}
