//! What the people are drawn from, read once from `data/`.
use super::places::Places;
use super::rng::Weighted;
use super::tsv::{number, pairs, rows, text};
use dancu_citizen::{CivilDate, Sex, Units};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Naming habits differ by region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    North,
    Centre,
    South,
}

/// One value per region.
#[derive(Debug)]
pub(crate) struct ByRegion<T> {
    north: T,
    centre: T,
    south: T,
}

impl<T> ByRegion<T> {
    fn build(mut make: impl FnMut(Region) -> Result<T, String>) -> Result<Self, String> {
        Ok(Self { north: make(Region::North)?, centre: make(Region::Centre)?, south: make(Region::South)? })
    }

    pub(crate) fn of(&self, region: Region) -> &T {
        match region {
            Region::North => &self.north,
            Region::Centre => &self.centre,
            Region::South => &self.south,
        }
    }
}

/// One value per generation; the years are those at the head of the tables of names.
#[derive(Debug)]
pub(crate) struct ByCohort<T>([T; 5]);

/// Last birth years of the generations.
const COHORTS: [i16; 5] = [1949, 1974, 1994, 2009, i16::MAX];

impl<T> ByCohort<T> {
    fn build(mut make: impl FnMut(usize) -> Result<T, String>) -> Result<Self, String> {
        Ok(Self([make(0)?, make(1)?, make(2)?, make(3)?, make(4)?]))
    }

    pub(crate) fn of(&self, year: i16) -> &T {
        let [first, second, third, fourth, last] = &self.0;
        match COHORTS.iter().position(|until| year <= *until) {
            Some(0) => first,
            Some(1) => second,
            Some(2) => third,
            Some(3) => fourth,
            _ => last,
        }
    }
}

/// One value per sex.
#[derive(Debug)]
pub(crate) struct BySex<T> {
    male: T,
    female: T,
}

impl<T> BySex<T> {
    fn build(mut make: impl FnMut(Sex) -> Result<T, String>) -> Result<Self, String> {
        Ok(Self { male: make(Sex::Male)?, female: make(Sex::Female)? })
    }

    pub(crate) fn of(&self, sex: Sex) -> &T {
        if sex == Sex::Female { &self.female } else { &self.male }
    }
}

/// An old province.
#[derive(Debug)]
pub(crate) struct Province {
    pub(crate) code: u8,
    pub(crate) region: Region,
    pub(crate) card_prefix: u8,
    pub(crate) groups: Weighted<u8>,
}

/// How an ethnic group hands down and builds names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Surname first, from the father
    Father,
    /// Prefix, given name, and last the clan, from the mother
    Clan,
    /// Prefix and given name only
    Prefix,
}

/// Names of an ethnic group other than Kinh.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) way: Way,
    pub(crate) prefix: BySex<&'static str>,
    pub(crate) surnames: Option<Weighted<&'static str>>,
    pub(crate) given: BySex<Option<Weighted<&'static str>>>,
    pub(crate) middle: BySex<&'static str>,
}

/// How a Kinh name is built; per thousand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) mark: u32,
    pub(crate) two_marked: u32,
    pub(crate) two_plain: u32,
    pub(crate) none: u32,
}

/// A code and, where the list has no name for it, one of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    pub(crate) code: &'static str,
    pub(crate) own_name: Option<&'static str>,
}

macro_rules! rates {
    ($($rate:ident)*; $($years:ident)*) => {
        /// The shares and thresholds of `shares.tsv`.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Rates { $(pub(crate) $rate: u32,)* $(pub(crate) $years: i16,)* }

        impl Rates {
            fn of(shares: &HashMap<&'static str, u32>) -> Result<Self, String> {
                let share = |key| shares.get(key).copied().ok_or_else(|| format!("no share {key}"));
                let years = |key| i16::try_from(share(key)?).map_err(|_| format!("no number of years: {key}"));
                Ok(Self { $($rate: share(stringify!($rate))?,)* $($years: years(stringify!($years))?,)* })
            }
        }
    };
}

rates! {
    old_card_permille old_card_replaced_permille id_replaced_ppm name_changed_ppm other_name_ppm missing_ppm cancelled_ppm
    locked_ppm blood_permille temporary_permille absence_permille mobile_permille email_permille never_married_permille divorced_permille;
    registered_since card_age card_renewal_1 card_renewal_2 card_renewal_3 adult_age old_card_until
}

/// Everything the generator draws from.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) places: Places,
    pub(crate) provinces: Weighted<&'static Province>,
    pub(crate) surnames: ByRegion<Weighted<&'static str>>,
    pub(crate) given: BySex<ByRegion<ByCohort<Weighted<&'static str>>>>,
    pub(crate) middle: BySex<ByCohort<Weighted<&'static str>>>,
    pub(crate) shapes: BySex<ByRegion<ByCohort<Shape>>>,
    pub(crate) groups: HashMap<u8, Group>,
    pub(crate) religions: HashMap<&'static str, Weighted<&'static str>>,
    pub(crate) mortality: Vec<(i16, u32)>,
    pub(crate) children: Vec<(i16, Weighted<u8>)>,
    pub(crate) precision: Vec<(i16, u32, u32)>,
    codes: HashMap<&'static str, Code>,
    pub(crate) rates: Rates,
    pub(crate) reference: CivilDate,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the tables are part of the program, and a test loads them")]
    Tables::load().expect("the generator's own tables")
});

impl Tables {
    /// The tables, read on first use.
    pub(crate) fn get() -> &'static Self {
        &TABLES
    }

    /// A code of `codes.tsv`.
    pub(crate) fn code(&self, key: &str) -> Code {
        self.codes.get(key).copied().unwrap_or(Code { code: "", own_name: None })
    }

    fn load() -> Result<Self, String> {
        let shares = include_str!("../../data/shares.tsv");
        let reference =
            rows(shares).find(|row| row.first() == Some(&"reference")).ok_or("no reference day")?;
        Ok(Self {
            places: Places::load(Units::bundled()),
            provinces: provinces()?,
            surnames: ByRegion::build(surnames)?,
            given: BySex::build(|sex| {
                ByRegion::build(|region| ByCohort::build(|cohort| given(sex, region, cohort)))
            })?,
            middle: BySex::build(|sex| ByCohort::build(|cohort| middle(sex, cohort)))?,
            shapes: BySex::build(|sex| {
                ByRegion::build(|region| ByCohort::build(|cohort| shape(sex, region, cohort)))
            })?,
            groups: groups()?,
            religions: religions()?,
            mortality: rows(include_str!("../../data/mortality.tsv"))
                .map(|row| Ok((number(&row, 0)?, number(&row, 1)?)))
                .collect::<Result<_, String>>()?,
            children: children()?,
            precision: rows(include_str!("../../data/precision.tsv"))
                .map(|row| Ok((number(&row, 0)?, number(&row, 1)?, number(&row, 2)?)))
                .collect::<Result<_, String>>()?,
            codes: rows(include_str!("../../data/codes.tsv"))
                .map(|row| code(&row))
                .collect::<Result<_, _>>()?,
            rates: Rates::of(
                &rows(shares)
                    .filter(|row| row.first() != Some(&"reference"))
                    .map(|row| Ok((text(&row, 0)?, number(&row, 1)?)))
                    .collect::<Result<_, String>>()?,
            )?,
            reference: CivilDate::parse_iso(text(&reference, 1)?).map_err(|e| e.to_string())?,
        })
    }
}

fn weighted<T: Copy>(weights: Vec<(u32, T)>, of: &str) -> Result<Weighted<T>, String> {
    Weighted::new(weights).ok_or_else(|| format!("no weights in {of}"))
}

fn region(name: &str) -> Result<Region, String> {
    match name {
        "north" => Ok(Region::North),
        "centre" => Ok(Region::Centre),
        "south" => Ok(Region::South),
        _ => Err(format!("no region {name}")),
    }
}

fn provinces() -> Result<Weighted<&'static Province>, String> {
    let mut provinces = Vec::new();
    for row in rows(include_str!("../../data/provinces.tsv")) {
        let mut groups = Vec::new();
        for (share, group) in pairs(text(&row, 6)?)? {
            groups.push((share, group.parse().map_err(|_| format!("no group {group}"))?));
        }
        let others: u32 = groups.iter().map(|(share, _)| share).sum();
        groups.push((1_000_u32.saturating_sub(others), 1));
        let province = Province {
            code: number(&row, 0)?,
            region: region(text(&row, 2)?)?,
            card_prefix: number(&row, 5)?,
            groups: weighted(groups, "provinces")?,
        };
        let province: &'static Province = Box::leak(Box::new(province));
        provinces.push((number(&row, 3)?, province));
    }
    weighted(provinces, "provinces")
}

fn surnames(of: Region) -> Result<Weighted<&'static str>, String> {
    let column = match of {
        Region::North => 1,
        Region::Centre => 2,
        Region::South => 3,
    };
    let names = rows(include_str!("../../data/surnames.tsv"))
        .map(|row| Ok((number(&row, column)?, text(&row, 0)?)))
        .collect::<Result<_, String>>()?;
    weighted(names, "surnames")
}

fn is_of_sex(row: &[&'static str], at: usize, sex: Sex) -> bool {
    row.get(at).is_some_and(|code| code.parse() == Ok(sex.code()))
}

fn given(sex: Sex, of: Region, cohort: usize) -> Result<Weighted<&'static str>, String> {
    let mut names = Vec::new();
    for row in rows(include_str!("../../data/given.tsv")).filter(|row| is_of_sex(row, 0, sex)) {
        let tilt = text(&row, 2)?;
        let factor = if tilt != "-" && region(tilt)? == of { 2 } else { 1 };
        names.push((factor * number::<u32>(&row, 3 + cohort)?, text(&row, 1)?));
    }
    weighted(names, "given")
}

fn middle(sex: Sex, cohort: usize) -> Result<Weighted<&'static str>, String> {
    let names = rows(include_str!("../../data/middle.tsv"))
        .filter(|row| is_of_sex(row, 0, sex))
        .map(|row| Ok((number(&row, 2 + cohort)?, text(&row, 1)?)))
        .collect::<Result<_, String>>()?;
    weighted(names, "middle")
}

fn shape(sex: Sex, of: Region, cohort: usize) -> Result<Shape, String> {
    let row = rows(include_str!("../../data/shape.tsv"))
        .filter(|row| is_of_sex(row, 0, sex) && row.get(1).copied().map(region) == Some(Ok(of)))
        .nth(cohort)
        .ok_or("shape missing")?;
    Ok(Shape {
        mark: number(&row, 3)?,
        two_marked: number(&row, 4)?,
        two_plain: number(&row, 5)?,
        none: number(&row, 6)?,
    })
}

fn groups() -> Result<HashMap<u8, Group>, String> {
    rows(include_str!("../../data/surnames-groups.tsv"))
        .map(|row| Ok((number(&row, 0)?, group(&row)?)))
        .collect()
}

fn group(row: &[&'static str]) -> Result<Group, String> {
    let way = match text(row, 1)? {
        "father" => Way::Father,
        "clan" => Way::Clan,
        "prefix" => Way::Prefix,
        other => return Err(format!("no way {other}")),
    };
    let (male, female) = text(row, 2)?.split_once('/').unwrap_or_default();
    let surnames = match text(row, 3)? {
        "-" => None,
        list => Some(weighted(pairs(list)?, "surnames-groups")?),
    };
    let code = text(row, 0)?;
    Ok(Group {
        way,
        prefix: BySex { male, female },
        surnames,
        given: BySex::build(|sex| Ok(group_given(code, sex)?.1))?,
        middle: BySex::build(|sex| Ok(group_given(code, sex)?.0))?,
    })
}

type GroupGiven = (&'static str, Option<Weighted<&'static str>>);

fn group_given(code: &str, sex: Sex) -> Result<GroupGiven, String> {
    let row = rows(include_str!("../../data/given-groups.tsv"))
        .find(|row| row.first() == Some(&code) && is_of_sex(row, 1, sex));
    let Some(row) = row else { return Ok(("", None)) };
    let middle = if text(&row, 2)? == "-" { "" } else { text(&row, 2)? };
    Ok((middle, Weighted::new(text(&row, 3)?.split(',').map(|name| (1, name)))))
}

fn religions() -> Result<HashMap<&'static str, Weighted<&'static str>>, String> {
    rows(include_str!("../../data/religions.tsv"))
        .map(|row| {
            let mut shares = pairs(text(&row, 1)?)?;
            let stated: u32 = shares.iter().map(|(share, _)| share).sum();
            shares.push((1_000_u32.saturating_sub(stated), ""));
            Ok((text(&row, 0)?, weighted(shares, "religions")?))
        })
        .collect()
}

fn children() -> Result<Vec<(i16, Weighted<u8>)>, String> {
    rows(include_str!("../../data/children.tsv"))
        .map(|row| {
            let mut weights = Vec::new();
            for (count, weight) in (0_u8..).zip(text(&row, 1)?.split(',')) {
                weights.push((weight.parse().map_err(|_| "no weight in children")?, count));
            }
            Ok((number(&row, 0)?, weighted(weights, "children")?))
        })
        .collect()
}

fn code(row: &[&'static str]) -> Result<(&'static str, Code), String> {
    let own_name = Some(text(row, 2)?).filter(|name| *name != "-");
    Ok((text(row, 0)?, Code { code: text(row, 1)?, own_name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_loads() {
        let tables = Tables::load().unwrap();
        assert_eq!(tables.provinces.items().count(), 63);
        for province in tables.provinces.items() {
            assert!(
                Tables::get().places.pick(&mut crate::generate::rng::Rng::new(0, 0), province.code).is_some()
            );
            for group in province.groups.items().filter(|group| *group != 1) {
                assert!(tables.groups.contains_key(&group), "names of group {group}");
            }
        }
        assert!(tables.surnames.of(Region::North).items().count() >= 100);
        let last = tables.mortality.last().unwrap();
        assert_eq!(*last, (105, 1_000));
    }

    #[test]
    fn codes_are_in_their_lists() {
        use dancu_citizen::{Coded, Field, ListVersion, lists};
        let tables = Tables::get();
        let on = tables.reference;
        let fields = [
            (
                Field::MaritalStatus,
                ["single", "married", "divorced", "widowed"].as_slice(),
                ListVersion::Qcvn109,
            ),
            (Field::RelationToHead, &["head", "spouse", "child", "parent", "other"], ListVersion::Qcvn109),
            (
                Field::BloodGroup,
                &["blood_unknown", "blood_a", "blood_b", "blood_ab", "blood_o"],
                ListVersion::Qcvn109,
            ),
            (Field::Religion, &["no_religion"], ListVersion::Religion2009),
        ];
        for (field, keys, list) in fields {
            for key in keys {
                let coded = Coded { list, code: tables.code(key).code.to_owned(), other_name: None };
                assert!(lists::is_known(field, &coded, on), "{key}");
            }
        }
    }
}
