//! What few people have: a long name, former numbers and names, another key.
use crate::bytes::{Damaged, Reader, Writer};

/// What stands beside a person's row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extra {
    pub(crate) name: Rest,
    pub(crate) key: Option<[u8; 16]>,
    pub(crate) former_ids: Vec<u64>,
    pub(crate) former_cards: Vec<u32>,
    pub(crate) former_names: Vec<String>,
}

/// How a name goes on that does not fit into its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rest {
    /// It fits
    #[default]
    Nothing,
    /// More syllables
    Syllables(Vec<u16>),
    /// The whole name as text, none of it in the row: a syllable has no number
    Text(String),
}

impl Extra {
    pub(crate) fn has_former(&self) -> bool {
        !(self.former_ids.is_empty() && self.former_cards.is_empty() && self.former_names.is_empty())
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        match &self.name {
            Rest::Nothing => to.u8(0),
            Rest::Syllables(ids) => {
                to.u8(1);
                to.u16(u16::try_from(ids.len()).unwrap_or(u16::MAX));
                ids.iter().for_each(|id| to.u16(*id));
            }
            Rest::Text(text) => {
                to.u8(2);
                to.text(text);
            }
        }
        to.u8(self.key.is_some().into());
        self.key.iter().for_each(|key| to.bytes(key));
        // Most have nothing further: no lengths are written then.
        if self.has_former() {
            to.u16(u16::try_from(self.former_ids.len()).unwrap_or(u16::MAX));
            self.former_ids.iter().for_each(|id| to.u64(*id));
            to.u16(u16::try_from(self.former_cards.len()).unwrap_or(u16::MAX));
            self.former_cards.iter().for_each(|card| to.u32(*card));
            self.former_names.iter().for_each(|name| to.text(name));
        }
    }

    /// Reads bytes that hold one and nothing else.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let name = match from.u8()? {
            0 => Rest::Nothing,
            1 => {
                let count = usize::from(from.u16()?);
                Rest::Syllables(from.u16s(count)?.into_vec())
            }
            2 => Rest::Text(from.text()?.to_owned()),
            _ => return Err(Damaged),
        };
        let key = match from.u8()? {
            0 => None,
            1 => Some(from.key()?),
            _ => return Err(Damaged),
        };
        let mut extra = Self { name, key, ..Self::default() };
        if from.end().is_ok() {
            return Ok(extra);
        }
        for _ in 0..from.u16()? {
            extra.former_ids.push(from.u64()?);
        }
        for _ in 0..from.u16()? {
            extra.former_cards.push(from.u32()?);
        }
        while from.end().is_err() {
            extra.former_names.push(from.text()?.to_owned());
        }
        Ok(extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option::of;
    use proptest::prelude::*;

    prop_compose! {
        fn extra()(
            name in prop_oneof![
                Just(Rest::Nothing),
                prop::collection::vec(any::<u16>(), 0..9).prop_map(Rest::Syllables),
                "[a-zđ ]{0,99}".prop_map(Rest::Text),
            ],
            key in of(any::<[u8; 16]>()),
            former_ids: Vec<u64>,
            former_cards: Vec<u32>,
            former_names in prop::collection::vec("[a-zđ ]{0,50}", 0..3),
        ) -> Extra {
            Extra { name, key, former_ids, former_cards, former_names }
        }
    }

    proptest! {
        #[test]
        fn comes_back(extra in extra()) {
            let mut bytes = Writer::default();
            extra.write(&mut bytes);
            prop_assert_eq!(Extra::read(&bytes.done()).unwrap(), extra);
        }

        #[test]
        fn garbage_is_an_error_or_a_value_never_a_panic(bytes: Vec<u8>) {
            let _ = Extra::read(&bytes);
        }
    }
}
