//! Numbers that name a person.
use crate::Sex;
use std::fmt;

/// Why a text is not a number of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not the number of digits that the kind has
    #[error("wrong length")]
    Length,
    /// Something other than the digits 0-9
    #[error("not a digit")]
    Digit,
}

/// Personal identification number (số định danh cá nhân): 12 digits, no check digit
/// (Law on Identification 2023; structure in Decree 137/2015 article 13).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonalId(u64);

/// Old identity card number (số CMND): 9 digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdCardNumber(u32);

/// Either number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonNumber {
    /// 12 digits
    PersonalId(PersonalId),
    /// 9 digits
    IdCard(IdCardNumber),
}

fn digits<const N: usize>(text: &[u8]) -> Result<u64, NumberError> {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let Ok(digits) = <&[u8; N]>::try_from(text) else {
        return Err(if text.iter().all(is_digit) { NumberError::Length } else { NumberError::Digit });
    };
    if digits.iter().all(is_digit) {
        Ok(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    } else {
        Err(NumberError::Digit)
    }
}

impl PersonalId {
    /// Reads exactly 12 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        Self::from_digits(text.as_bytes())
    }

    /// The same of a text that nobody has looked at yet.
    pub fn from_digits(text: &[u8]) -> Result<Self, NumberError> {
        digits::<12>(text).map(Self)
    }

    /// From the number's value, below 10^12.
    pub fn from_u64(value: u64) -> Option<Self> {
        (value < 1_000_000_000_000).then_some(Self(value))
    }

    /// The number's value.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// Code of the province, or of the country from 101 up, where the birth was registered.
    pub fn place_code(self) -> u16 {
        u16::try_from(self.0 / 1_000_000_000).unwrap_or_default()
    }

    /// Sex that the number says.
    pub fn sex(self) -> Sex {
        if (self.0 / 100_000_000).is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// Birth year that the number says.
    pub fn birth_year(self) -> i16 {
        let century_sex = (self.0 / 100_000_000) % 10;
        let year = (self.0 / 1_000_000) % 100;
        i16::try_from((century_sex / 2 + 19) * 100 + year).unwrap_or_default()
    }

    /// The 12 digits. Personal data: for wire forms and the store only.
    pub fn expose(self) -> String {
        padded::<12>(self.0)
    }
}

impl IdCardNumber {
    /// Reads exactly 9 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        Self::from_digits(text.as_bytes())
    }

    /// The same of a text that nobody has looked at yet.
    pub fn from_digits(text: &[u8]) -> Result<Self, NumberError> {
        digits::<9>(text).and_then(|n| u32::try_from(n).map(Self).map_err(|_| NumberError::Length))
    }

    /// From the number's value, below 10^9.
    pub fn from_u32(value: u32) -> Option<Self> {
        (value < 1_000_000_000).then_some(Self(value))
    }

    /// The number's value.
    pub fn as_u32(self) -> u32 {
        self.0
    }

    /// The 9 digits. Personal data: for wire forms and the store only.
    pub fn expose(self) -> String {
        padded::<9>(self.0.into())
    }
}

/// The last so many digits of a number, zeros before it: of each verdict's number, so no formatter is asked.
fn padded<const DIGITS: usize>(number: u64) -> String {
    let (mut text, mut left) = ([b'0'; DIGITS], number);
    for digit in text.iter_mut().rev() {
        *digit += u8::try_from(left % 10).unwrap_or_default();
        left /= 10;
    }
    str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// The first value that is no personal number of twelve digits.
const CARDS: u64 = 1_000_000_000_000;

impl PersonNumber {
    /// Reads 12 or 9 digits.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        match text.len() {
            9 => IdCardNumber::parse(text).map(Self::IdCard),
            _ => PersonalId::parse(text).map(Self::PersonalId),
        }
    }

    /// Both kinds as one value of 40 bits: old cards stand above every personal number. Personal data.
    pub fn as_u64(self) -> u64 {
        match self {
            Self::PersonalId(id) => id.as_u64(),
            Self::IdCard(card) => CARDS + u64::from(card.as_u32()),
        }
    }

    /// From such a value; none where it is no number.
    pub fn from_u64(value: u64) -> Option<Self> {
        match value.checked_sub(CARDS) {
            None => PersonalId::from_u64(value).map(Self::PersonalId),
            Some(card) => IdCardNumber::from_u32(u32::try_from(card).ok()?).map(Self::IdCard),
        }
    }

    /// The digits. Personal data.
    pub fn expose(self) -> String {
        match self {
            Self::PersonalId(n) => n.expose(),
            Self::IdCard(n) => n.expose(),
        }
    }
}

impl fmt::Debug for PersonalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalId(…)")
    }
}

impl fmt::Debug for IdCardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdCardNumber(…)")
    }
}
