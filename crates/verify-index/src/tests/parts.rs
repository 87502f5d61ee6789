//! Searches by parts of a name against a list of the same people.
use super::*;

/// Whether a name has each of these words, or words that begin so, each another one.
fn has_words(name: &NameForms, asked: &[&str], begun: bool) -> bool {
    let words: Vec<_> = name.unaccented().split(' ').collect();
    let fits = |nth: usize, at: usize| {
        if begun { words[at].starts_with(asked[nth]) } else { words[at] == asked[nth] }
    };
    crate::matching(asked.len(), words.len(), fits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_of_a_name_find_whoever_bears_them(
        people in people(),
        asked in prop::collection::vec(select(&["nguyen", "ng", "ly", "van", "v", "t", "thi", "hoa", "h", "hen", "an", "x"][..]), 1..4),
        birth in of(birth()),
        sex in of(select(&[Sex::Male, Sex::Female][..])),
    ) {
        let index = build(&people);
        let sought = crate::Sought::new(&index, &asked, birth, sex);
        let found = |rows| {
            let looked = index.seek_within(&sought, 1_000, rows).unwrap();
            assert!(looked.is_all);
            looked.places.iter().map(|place| index.person(*place).unwrap()).collect::<Vec<_>>()
        };
        let may_be = |recorded: BirthDate, asked: BirthDate| match (recorded, asked) {
            (BirthDate::Day(one), BirthDate::Day(other)) => one == other,
            (BirthDate::Day(day), BirthDate::Month { year, month })
            | (BirthDate::Month { year, month }, BirthDate::Day(day)) => (day.year(), day.month()) == (year, month),
            (BirthDate::Month { .. }, BirthDate::Month { .. }) => recorded == asked,
            _ => recorded.year() == asked.year(),
        };
        let fits = |person: &Person| {
            birth.is_none_or(|asked| person.birth_date.is_some_and(|recorded| may_be(recorded, asked)))
                && sex.is_none_or(|sex| person.sex == sex)
                && forms(person).iter().any(|name| has_words(name, &asked, true))
        };
        let fitting = people.iter().filter(|person| fits(person)).count();
        // One by one, and from the names that fit.
        for mut found in [found(1_000), found(0)] {
            prop_assert_eq!(found.len(), fitting);
            prop_assert!(found.iter().all(fits));
            // A former name may stand anywhere.
            found.retain(|person| person.former_names.is_empty());
            let begun: Vec<_> = found.iter().map(|person| !has_words(&forms(person)[0], &asked, false)).collect();
            prop_assert!(begun.is_sorted(), "whole words come first");
        }
    }
}

#[test]
fn more_than_are_asked_for_is_said() {
    let people: Vec<_> = (0..9).map(numbered).collect();
    let index = build(&people);
    let seek = |word, most| {
        let sought = crate::Sought::new(&index, &[word], Some(BirthDate::Year(1950)), None);
        let looked = index.seek(&sought, most).unwrap();
        (looked.places.len(), looked.is_all)
    };
    assert_eq!((seek("an", 9), seek("an", 8), seek("binh", 8)), ((9, true), (8, false), (0, true)));
}
