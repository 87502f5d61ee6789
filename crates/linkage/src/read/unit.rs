//! Units as they come: codes of either edition, or names, and what they became.
use super::letter::{Kind, kind, kinds};
use super::names::Spread;
use dancu_citizen::Units;
use dancu_citizen::units::{Unit, UnitEdition};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

/// More communes of today than this are no answer to a name or an old code.
const MOST: usize = 12;

/// A unit as read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum UnitText {
    /// Nothing stands there
    #[default]
    Absent,
    /// Something stands there that names no unit
    Unreadable,
    /// A unit
    Read(Meaning),
}

/// What a unit of either edition means today, codes as numbers, 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Communes of today that have the code or name
    now: [u32; MOST],
    /// Communes of today into which older ones of the code or name were merged
    became: [u32; MOST],
    /// Province of today, where it is one and the same
    province: u32,
}

/// How a unit fits the commune on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Same,
    Moved,
    /// The row names the province only, and that is right
    Province,
    /// Another commune of the same province
    Near,
    Other,
}

impl Meaning {
    pub(crate) fn fit(&self, book: &Book, unit: u32) -> Fit {
        if self.now.contains(&unit) {
            return Fit::Same;
        }
        if self.became.contains(&unit) {
            return Fit::Moved;
        }
        let says_commune = self.now.iter().chain(&self.became).any(|commune| *commune > 0);
        match (book.province_of(unit) == self.province && self.province > 0, says_commune) {
            (true, false) => Fit::Province,
            (true, true) => Fit::Near,
            (false, _) => Fit::Other,
        }
    }

    /// Province of today, 0 where it is not one alone.
    pub(crate) fn province(&self) -> u32 {
        self.province
    }

    fn add(list: &mut [u32; MOST], commune: u32) {
        if !list.contains(&commune)
            && let Some(free) = list.iter_mut().find(|place| **place == 0)
        {
            *free = commune;
        }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A commune of either edition, by its name.
#[derive(Clone, Copy)]
struct Named {
    code: &'static str,
    is_old: bool,
    district: u64,
    province: u32,
}

type Map<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// Units by code and by name.
pub(crate) struct Book {
    communes: Map<u32, Meaning>,
    /// Province of today of a commune of today
    provinces: Map<u32, u32>,
    /// Province of today of a province or district before
    above: Map<(u32, u32), u32>,
    names: Map<u64, Vec<Named>>,
    province_names: Map<u64, u32>,
}

impl Book {
    /// The book of the units that come with the software, made on the first call.
    pub(crate) fn bundled() -> &'static Self {
        static BOOK: OnceLock<Book> = OnceLock::new();
        BOOK.get_or_init(Self::make)
    }

    pub(crate) fn province_of(&self, commune: u32) -> u32 {
        self.provinces.get(&commune).copied().unwrap_or_default()
    }

    /// Province of today in which a province of the numbers (its two digits) lies.
    pub(crate) fn province_now(&self, old: u32) -> u32 {
        self.above.get(&(2, old)).copied().unwrap_or_default()
    }

    /// Reads a code or a name.
    pub(crate) fn read(&self, text: &str) -> UnitText {
        let text = text.trim();
        if matches!(text, "" | "-" | "0" | "NULL" | "null") {
            return UnitText::Absent;
        }
        let meaning =
            if text.bytes().all(|b| b.is_ascii_digit()) { self.code(text) } else { self.named(text) };
        match meaning {
            None => UnitText::Unreadable,
            // A name that so many units bear says nothing.
            Some(meaning) if meaning.is_nothing() => UnitText::Absent,
            Some(meaning) => UnitText::Read(meaning),
        }
    }

    fn code(&self, text: &str) -> Option<Meaning> {
        let number = text.parse().ok()?;
        match text.len() {
            // A commune's code has zeros before it, which spreadsheets lose.
            4 | 5 => self.communes.get(&number).copied(),
            1..=3 => {
                let width = if text.len() == 3 { 3 } else { 2 };
                let province = self.above.get(&(width, number)).copied()?;
                Some(Meaning { province, ..Meaning::default() })
            }
            _ => None,
        }
    }

    fn named(&self, text: &str) -> Option<Meaning> {
        let mut parts = text.split([',', ';', '|']).map(fold).filter(|name| *name != 0);
        let first = parts.next()?;
        let (mut district, mut province) = (0, 0);
        for part in parts {
            match self.province_names.get(&part) {
                Some(found) => province = *found,
                None => district = part,
            }
        }
        let Some(communes) = self.names.get(&first) else {
            let province = self.province_names.get(&first).copied()?;
            return Some(Meaning { province, ..Meaning::default() });
        };
        let mut meaning = Meaning::default();
        let (mut fitting, mut provinces) = (0, [0_u32; 2]);
        let is_there = |c: &&Named| {
            (province == 0 || c.province == province)
                && (district == 0 || !c.is_old || c.district == district)
        };
        for commune in communes.iter().filter(is_there) {
            fitting += 1;
            if provinces.first() != Some(&commune.province) {
                provinces = [commune.province, provinces.first().copied().unwrap_or_default()];
            }
            let Some(found) = commune.code.parse().ok().and_then(|code: u32| self.communes.get(&code)) else {
                continue;
            };
            let (from, to) = if commune.is_old {
                (found.became, &mut meaning.became)
            } else {
                (found.now, &mut meaning.now)
            };
            from.into_iter().filter(|code| *code > 0).for_each(|code| Meaning::add(to, code));
        }
        if fitting > MOST {
            meaning = Meaning::default();
        }
        meaning.province = match (province, provinces) {
            (0, [only, 0]) => only,
            (said, _) => said,
        };
        Some(meaning)
    }

    fn make() -> Self {
        let units = Units::bundled();
        let (old, new) = (units.three_level(), units.two_level());
        let mut book = Self {
            communes: Map::default(),
            provinces: Map::default(),
            above: Map::default(),
            names: Map::default(),
            province_names: Map::default(),
        };
        for province in new.provinces() {
            let code = number(province.code);
            book.above.insert((2, code), code);
            book.province_names.insert(fold(province.name), code);
        }
        for commune in new.communes() {
            let (code, province) = (number(commune.code), commune.parent.map_or(0, number));
            book.provinces.insert(code, province);
            let meaning = book.communes.entry(code).or_default();
            Meaning::add(&mut meaning.now, code);
            meaning.province = province;
            book.names.entry(fold(commune.name)).or_default().push(Named {
                code: commune.code,
                is_old: false,
                district: 0,
                province,
            });
        }
        for commune in old.communes() {
            book.add_old(units, old, commune);
        }
        book
    }

    fn add_old(&mut self, units: &'static Units, old: &'static UnitEdition, commune: &'static Unit) {
        let successors = units.successors(commune.code);
        let Some(province) = successors.first().map(|code| self.province_of(number(code))) else { return };
        let meaning = self.communes.entry(number(commune.code)).or_default();
        // A code that lives on with another meaning may stand for either.
        meaning.province = if meaning.province == 0 || meaning.province == province { province } else { 0 };
        for code in successors {
            Meaning::add(&mut meaning.became, number(code));
        }
        let district = old.parent(commune);
        if let Some(district) = district {
            self.above.entry((3, number(district.code))).or_insert(province);
            if let Some(above) = old.parent(district) {
                self.above.entry((2, number(above.code))).or_insert(province);
                self.province_names.entry(fold(above.name)).or_insert(province);
            }
        }
        self.names.entry(fold(commune.name)).or_default().push(Named {
            code: commune.code,
            is_old: true,
            district: district.map_or(0, |district| fold(district.name)),
            province,
        });
    }
}

fn number(code: &str) -> u32 {
    code.parse().unwrap_or_default()
}

/// Words that say what kind of unit it is, without marks.
const KINDS: [&[&[u8]]; 3] = [
    &[b"phuong", b"xa", b"quan", b"huyen", b"tinh", b"p", b"x", b"q", b"h", b"t", b"tt", b"tp", b"tx"],
    &[b"thi", b"thanh", b"dac"],
    &[b"tran", b"xa", b"pho", b"khu"],
];

/// A hash of a unit's name: its letters without marks and its digits, without the word for its kind. 0 for nothing.
fn fold(text: &str) -> u64 {
    let kinds = kinds();
    let mut letters = [0_u8; 96];
    let (mut count, mut words) = (0, [(0_usize, 0_usize); 16]);
    let (mut word, mut start) = (0, 0);
    let mut close = |start: usize, end: usize| {
        if end > start
            && let Some(place) = words.get_mut(word)
        {
            *place = (start, end);
            word += 1;
        }
    };
    for c in text.chars() {
        let byte = match kind(kinds, c) {
            Kind::Letter(letter) => letter.plain + b'a' - 1,
            Kind::Odd if c.is_ascii_digit() => u8::try_from(c).unwrap_or_default(),
            Kind::Break => {
                close(start, count);
                start = count;
                continue;
            }
            _ => continue,
        };
        if let Some(place) = letters.get_mut(count) {
            *place = byte;
            count += 1;
        }
    }
    close(start, count);
    let [one, two, single] = [KINDS[1], KINDS[2], KINDS[0]];
    let at = |(start, end): (usize, usize)| letters.get(start..end).unwrap_or_default();
    let has_more = |n: usize| words.get(n).is_some_and(|word| word.1 > 0);
    let [first, second, ..] = words;
    let skipped = if one.contains(&at(first)) && two.contains(&at(second)) && has_more(2) {
        2
    } else {
        usize::from(single.contains(&at(first)) && has_more(1))
    };
    let mut hash = 0_u64;
    for word in words.iter().skip(skipped).filter(|word| word.1 > 0) {
        let text = at(*word);
        let is_number = text.iter().all(u8::is_ascii_digit);
        let mut is_leading = is_number;
        for byte in text {
            is_leading &= *byte == b'0';
            if !is_leading {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3).rotate_left(7);
            }
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(text: &str, unit: u32) -> Option<Fit> {
        let book = Book::bundled();
        match book.read(text) {
            UnitText::Read(meaning) => Some(meaning.fit(book, unit)),
            _ => None,
        }
    }

    #[test]
    fn codes_of_both_editions_mean_communes_of_today() {
        assert_eq!(fit("00004", 4), Some(Fit::Same));
        assert_eq!(fit("4", 4), Some(Fit::Other), "province 04, its zero lost");
        assert_eq!(fit("0004", 4), Some(Fit::Same));
        assert_eq!(fit("00001", 97), Some(Fit::Moved), "Phúc Xá became part of Hồng Hà");
        assert_eq!(fit("00007", 25), Some(Fit::Moved), "a divided commune");
        assert_eq!(fit("00007", 70), Some(Fit::Near));
        assert_eq!(fit("01", 70), Some(Fit::Province));
        assert_eq!(fit("001", 70), Some(Fit::Province));
        assert_eq!(fit("79", 70), Some(Fit::Other));
        assert_eq!(fit("99999", 70), None);
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for text in
            ["Phường Ba Đình", "P. Ba Đình", "phuong ba dinh", "Ba Đình, Hà Nội", "PHƯỜNG BA ĐÌNH, TP Hà Nội"]
        {
            assert_eq!(fit(text, 4), Some(Fit::Same), "{text}");
        }
        for text in ["Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội", "P Phúc Xá, Q Ba Đình, Hà Nội"]
        {
            assert_eq!(fit(text, 97), Some(Fit::Moved), "{text}");
        }
        assert_eq!(fit("Thành phố Hà Nội", 97), Some(Fit::Province));
        assert_eq!(fit("Hà Giang", 97), Some(Fit::Other));
        assert_eq!(fit("Đâu đó", 97), None);
    }
}
