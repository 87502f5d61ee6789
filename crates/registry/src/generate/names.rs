//! Names as they are given: by region, generation, sex and ethnic group.
use super::rng::Rng;
use super::tables::{Region, Tables, Way};
use dancu_citizen::{FullName, Sex};

/// Kinh in the list of 1979.
pub(crate) const KINH: u8 = 1;

/// What decides how a person is named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    pub(crate) sex: Sex,
    pub(crate) year: i16,
    pub(crate) region: Region,
    pub(crate) group: u8,
    /// Empty where the group has none
    pub(crate) surname: &'static str,
    /// The mother's, sometimes taken as a middle name
    pub(crate) mother: Option<&'static str>,
}

/// A name as it was put together from the tables; empty parts do not count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts([&'static str; 4]);

impl Parts {
    fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().flat_map(|part| part.split(' ')).filter(|word| !word.is_empty())
    }

    /// The name as text.
    pub(crate) fn full(&self) -> Option<FullName> {
        let mut text = String::with_capacity(40);
        for word in self.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        FullName::parse(&text).ok()
    }
}

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        self.words().eq(other.words())
    }
}

impl Tables {
    /// A surname usual in a group; empty when it has none.
    pub(crate) fn surname(&self, rng: &mut Rng, region: Region, group: u8) -> &'static str {
        match self.groups.get(&group) {
            Some(group) => group.surnames.as_ref().map_or("", |names| names.pick(rng)),
            None => self.surnames.of(region).pick(rng),
        }
    }

    /// Whether children of the group take the mother's surname.
    pub(crate) fn is_matrilineal(&self, group: u8) -> bool {
        self.groups.get(&group).is_some_and(|group| group.way == Way::Clan)
    }

    /// Whether the group has surnames.
    #[cfg(test)]
    pub(crate) fn has_surnames(&self, group: u8) -> bool {
        self.groups.get(&group).is_none_or(|group| group.surnames.is_some())
    }

    /// A full name.
    pub(crate) fn full_name(&self, rng: &mut Rng, naming: &Naming) -> Option<Parts> {
        let parts = match self.groups.get(&naming.group) {
            Some(group) => self.group_name(rng, naming, group),
            None => self.kinh_name(rng, naming),
        };
        Some(parts).filter(|parts| parts.words().next().is_some())
    }

    fn group_name(&self, rng: &mut Rng, naming: &Naming, group: &super::tables::Group) -> Parts {
        let Some(given) = group.given.of(naming.sex) else { return self.kinh_name(rng, naming) };
        let (prefix, middle, given) =
            (group.prefix.of(naming.sex), group.middle.of(naming.sex), given.pick(rng));
        match group.way {
            Way::Father => Parts([naming.surname, middle, given, ""]),
            Way::Clan => Parts([prefix, given, naming.surname, ""]),
            Way::Prefix => Parts([prefix, given, "", ""]),
        }
    }

    fn kinh_name(&self, rng: &mut Rng, naming: &Naming) -> Parts {
        let given = self.given.of(naming.sex).of(naming.region).of(naming.year).pick(rng);
        let (first, second) = self.middle_names(rng, naming, given);
        Parts([naming.surname, first, second, given])
    }

    fn middle_names(&self, rng: &mut Rng, naming: &Naming, given: &str) -> (&'static str, &'static str) {
        let shape = self.shapes.of(naming.sex).of(naming.region).of(naming.year);
        let mark = if naming.sex == Sex::Female { "Thị" } else { "Văn" };
        // A given name of two words carries its own middle name.
        let is_double = given.contains(' ');
        if rng.permille(shape.none) {
            return ("", "");
        }
        if rng.permille(shape.mark) {
            let has_second = !is_double && rng.permille(shape.two_marked);
            return (mark, if has_second { self.middle_name(rng, naming, given, mark) } else { "" });
        }
        if is_double {
            return ("", "");
        }
        let second = self.middle_name(rng, naming, given, "");
        if !rng.permille(shape.two_plain) {
            return (second, "");
        }
        // Of names with two middle names about a third take the mother's surname first.
        match naming.mother.filter(|mother| *mother != naming.surname && rng.below(3) == 0) {
            Some(mother) => (mother, second),
            None => (self.middle_name(rng, naming, given, second), second),
        }
    }

    /// A middle name other than the given name and the other middle name; empty when chance will not have it.
    fn middle_name(&self, rng: &mut Rng, naming: &Naming, given: &str, other: &str) -> &'static str {
        let names = self.middle.of(naming.sex).of(naming.year);
        (0..4).map(|_| names.pick(rng)).find(|name| *name != given && *name != other).unwrap_or_default()
    }
}
