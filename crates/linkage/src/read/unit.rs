//! Units as they come: codes of either edition, or names, and what they became.
use super::names::Spread;
use super::unit_name::fold;
use crate::model::log2;
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
    /// How much it says to live there: hundredths of bits, of all those communes together
    says: i32,
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
    /// `unit` may be a commune of before as well, where nobody has written into a record what it became.
    pub(crate) fn fit(&self, book: &Book, unit: u32) -> Fit {
        if self.now.contains(&unit) {
            return Fit::Same;
        }
        if self.became.contains(&unit) || book.became(unit).is_some_and(|unit| self.shares(&unit.became)) {
            return Fit::Moved;
        }
        match (book.province_of(unit) == self.province && self.province > 0, self.says_commune()) {
            (true, false) => Fit::Province,
            (true, true) => Fit::Near,
            (false, _) => Fit::Other,
        }
    }

    /// How much it says to live there: hundredths of bits.
    pub(crate) fn says(&self) -> i32 {
        self.says
    }

    fn says_commune(&self) -> bool {
        self.communes().next().is_some()
    }

    /// The communes of today that it may mean.
    fn communes(&self) -> impl Iterator<Item = u32> {
        let became = self.became.iter().filter(|commune| !self.now.contains(commune));
        self.now.iter().chain(became).copied().filter(|commune| *commune > 0)
    }

    fn shares(&self, communes: &[u32; MOST]) -> bool {
        self.communes().any(|commune| communes.contains(&commune))
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

/// A commune of today: its province, and how many people live there, roughly.
#[derive(Clone, Copy)]
struct Today {
    province: u32,
    people: u64,
}

/// Units by code and by name.
pub(crate) struct Book {
    communes: Map<u32, Meaning>,
    /// Communes of today
    today: Map<u32, Today>,
    /// People of each province of today, and of all
    people_of: Map<u32, u64>,
    people: u64,
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

    /// Province of today of a commune of either edition; 0 where it is not known.
    pub(crate) fn province_of(&self, commune: u32) -> u32 {
        let before = || self.communes.get(&commune).map(|meaning| meaning.province);
        self.today.get(&commune).map(|today| today.province).or_else(before).unwrap_or_default()
    }

    /// What a commune of before became; none for one of today.
    fn became(&self, commune: u32) -> Option<&Meaning> {
        if self.today.contains_key(&commune) { None } else { self.communes.get(&commune) }
    }

    /// How much it says to live in one of those communes, or in that province where none is said.
    fn weigh(&self, meaning: &Meaning) -> i32 {
        let people = |commune| self.today.get(&commune).map_or(0, |today| today.people);
        let there = match meaning.communes().map(people).sum() {
            0 => self.people_of.get(&meaning.province).copied().unwrap_or_default(),
            some => some,
        };
        if there == 0 { 0 } else { log2(self.people) - log2(there) }
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
                self.above.get(&(width, number)).map(|province| self.province(*province))
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
            return self.province_names.get(&first).map(|province| self.province(*province));
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
        meaning.says = self.weigh(&meaning);
        Some(meaning)
    }

    fn province(&self, province: u32) -> Meaning {
        let meaning = Meaning { province, ..Meaning::default() };
        Meaning { says: self.weigh(&meaning), ..meaning }
    }

    fn make() -> Self {
        let units = Units::bundled();
        let (old, new) = (units.three_level(), units.two_level());
        let mut book = Self {
            communes: Map::default(),
            today: Map::default(),
            people_of: Map::default(),
            people: 0,
            above: Map::default(),
            names: Map::default(),
            province_names: Map::default(),
        };
        for province in new.provinces() {
            let code = number(province.code);
            book.above.insert((2, code), code);
            book.province_names.insert(fold(province.name), code);
        }
        let sizes: Map<u32, u64> = sizes().collect();
        for commune in new.communes() {
            let (code, province) = (number(commune.code), commune.parent.map_or(0, number));
            let people = sizes.get(&code).copied().unwrap_or_default();
            book.today.insert(code, Today { province, people });
            *book.people_of.entry(province).or_default() += people;
            book.people += people;
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
        let says: Vec<_> = book.communes.iter().map(|(code, meaning)| (*code, book.weigh(meaning))).collect();
        for (code, says) in says {
            book.communes.entry(code).and_modify(|meaning| meaning.says = says);
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

/// People by commune, `data/units.tsv`.
fn sizes() -> impl Iterator<Item = (u32, u64)> {
    let lines = include_str!("../../data/units.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .map(|(code, people)| (number(code), people.parse().unwrap_or_default()))
}

fn number(code: &str) -> u32 {
    code.parse().unwrap_or_default()
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
    fn a_record_may_name_a_commune_of_before() {
        assert_eq!(fit("00097", 1), Some(Fit::Moved), "Phúc Xá on record, Hồng Hà in the row");
        assert_eq!(fit("00001", 1), Some(Fit::Moved), "both of before");
        assert_eq!(fit("00070", 1), Some(Fit::Near));
        assert_eq!(fit("01", 1), Some(Fit::Province));
        assert_eq!(fit("79", 1), Some(Fit::Other));
    }

    #[test]
    fn the_fewer_live_there_the_more_it_says() {
        let book = Book::bundled();
        let says = |text: &str| match book.read(text) {
            UnitText::Read(meaning) => meaning.says(),
            _ => 0,
        };
        assert!(book.today.values().all(|today| today.people > 0));
        assert!((300..450).contains(&says("01")), "one of eleven lives in Hà Nội");
        assert!(says("00004") > 900 && says("00007") < says("00004"), "a divided commune says less");
        assert!(says("Phường Ba Đình") <= says("00004"), "a name may mean several");
        let all = book.today.keys().map(|code| says(&format!("{code:05}")));
        assert!(all.clone().min() > Some(600) && all.max() < Some(1600));
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
