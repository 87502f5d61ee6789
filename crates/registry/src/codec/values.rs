//! The values that fields hold.
use super::{Code, CodecError, Put, Sink, Take, take_array};
use dancu_citizen::{
    Absence, Address, BirthDate, Card, CivilDate, Coded, Contact, Death, FullName, Household, IdCardNumber,
    LifeState, ListVersion, PersonNumber, PersonalId, Relative, Sex, Sourced,
};
use minicbor::Decoder;

/// A struct as an array of its members, in this order.
macro_rules! arrays {
    ($($type:ident { $($member:ident),* })*) => { $(
        impl Code for $type {
            fn put(&self, to: &mut Sink) -> Put {
                to.array([$(stringify!($member)),*].len() as u64)?;
                $(self.$member.put(to)?;)*
                Ok(())
            }
            fn take(from: &mut Decoder<'_>) -> Take<Self> {
                take_array(from, [$(stringify!($member)),*].len() as u64)?;
                Ok(Self { $($member: Code::take(from)?),* })
            }
        }
    )* };
}

arrays! {
    Address { province, district, commune, detail, country }
    Coded { list, code, other_name }
    Relative { full_name, number, nationality, relation }
    Card { issued_on, issued_by, expires_on }
    Household { head, members }
    Death { on, missing }
    Absence { from, to, reason }
    Contact { mobile, email }
}

/// A closed list as a small number; the numbers never change.
macro_rules! numbered {
    ($($type:ident { $($variant:ident = $number:literal),* })*) => { $(
        impl Code for $type {
            fn put(&self, to: &mut Sink) -> Put {
                let number = match self { $(Self::$variant => $number),* };
                to.u8(number).map(drop)
            }
            fn take(from: &mut Decoder<'_>) -> Take<Self> {
                match from.u8()? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(CodecError),
                }
            }
        }
    )* };
}

numbered! {
    Sex { Unknown = 0, Male = 1, Female = 2 }
    LifeState { Alive = 0, Deceased = 1, Missing = 2, Cancelled = 3, Locked = 4 }
    ListVersion { Ethnic1979 = 0, Ethnic2008 = 1, Religion2009 = 2, Qcvn109 = 3 }
}

impl<T: Code> Code for Sourced<T> {
    fn put(&self, to: &mut Sink) -> Put {
        to.array(3)?;
        self.value.put(to)?;
        self.source.put(to)?;
        self.as_of.put(to)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        take_array(from, 3)?;
        Ok(Self { value: T::take(from)?, source: Code::take(from)?, as_of: Code::take(from)? })
    }
}

impl Code for String {
    fn put(&self, to: &mut Sink) -> Put {
        to.str(self).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        Ok(from.str()?.to_owned())
    }
}

impl Code for bool {
    fn put(&self, to: &mut Sink) -> Put {
        to.bool(*self).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        Ok(from.bool()?)
    }
}

impl Code for FullName {
    fn put(&self, to: &mut Sink) -> Put {
        to.str(self.whole()).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        Self::parse(from.str()?).map_err(|_| CodecError)
    }
}

impl Code for PersonalId {
    fn put(&self, to: &mut Sink) -> Put {
        to.u64(self.as_u64()).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        Self::from_u64(from.u64()?).ok_or(CodecError)
    }
}

impl Code for IdCardNumber {
    fn put(&self, to: &mut Sink) -> Put {
        to.u32(self.as_u32()).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        Self::from_u32(from.u32()?).ok_or(CodecError)
    }
}

/// The kind is named by its number of digits.
impl Code for PersonNumber {
    fn put(&self, to: &mut Sink) -> Put {
        to.array(2)?;
        match self {
            Self::PersonalId(number) => to.u8(12).map(drop).and_then(|()| number.put(to)),
            Self::IdCard(number) => to.u8(9).map(drop).and_then(|()| number.put(to)),
        }
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        take_array(from, 2)?;
        match from.u8()? {
            12 => PersonalId::take(from).map(Self::PersonalId),
            9 => IdCardNumber::take(from).map(Self::IdCard),
            _ => Err(CodecError),
        }
    }
}

/// `YYYYMMDD` as a number.
impl Code for CivilDate {
    fn put(&self, to: &mut Sink) -> Put {
        BirthDate::Day(*self).put(to)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        match BirthDate::take(from)? {
            BirthDate::Day(day) => Ok(day),
            _ => Err(CodecError),
        }
    }
}

/// `YYYYMMDD`, `YYYYMM` or `YYYY` as a number; years have four digits, so its size tells which.
impl Code for BirthDate {
    fn put(&self, to: &mut Sink) -> Put {
        let year = u32::from(self.year().unsigned_abs());
        let number = match self {
            Self::Day(day) => year * 10_000 + u32::from(day.month()) * 100 + u32::from(day.day()),
            Self::Month { month, .. } => year * 100 + u32::from(*month),
            Self::Year(_) => year,
        };
        to.u32(number).map(drop)
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        let number = from.u32()?;
        let narrow = |n: u32| u8::try_from(n % 100).map_err(|_| CodecError);
        let year = |n: u32| i16::try_from(n).ok().filter(|y| (1800..3000).contains(y)).ok_or(CodecError);
        match number {
            0..10_000 => year(number).map(Self::Year),
            10_000..1_000_000 => match (year(number / 100)?, narrow(number)?) {
                (year, month @ 1..=12) => Ok(Self::Month { year, month }),
                _ => Err(CodecError),
            },
            _ => {
                let day = CivilDate::new(year(number / 10_000)?, narrow(number / 100)?, narrow(number)?);
                day.map(Self::Day).map_err(|_| CodecError)
            }
        }
    }
}
