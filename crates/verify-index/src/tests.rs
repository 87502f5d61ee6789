//! The index answers what a plain list of the same people answers, from memory and from a file, whole or damaged.
mod parts;

use crate::{BuildError, Builder, Doubt, Index, Key, OpenError, Person, Place, Signature, Standing, Unit};
use dancu_citizen::{
    BirthDate, CivilDate, FullName, IdCardNumber, LifeState, NameForms, PersonNumber, PersonalId, Sex,
};
use dancu_keys::{KeyRing, Secret};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashSet;

fn ring(key: u8) -> KeyRing {
    KeyRing::new(&Secret::new([key; 32]), &Secret::new([2; 32])).unwrap()
}

fn name() -> impl Strategy<Value = FullName> {
    let word = || select(&["Nguyễn", "Lý", "Văn", "Thị", "Hòa", "Hoà", "Thúy", "An", "H'Hen", "-"][..]);
    prop::collection::vec(word(), 1..11)
        .prop_filter_map("a name", |words| FullName::parse(&words.join(" ")).ok())
}

fn birth() -> impl Strategy<Value = BirthDate> {
    prop_oneof![
        (1950_i16..1953, 1_u8..3, 1_u8..4)
            .prop_map(|(y, m, d)| BirthDate::Day(CivilDate::new(y, m, d).unwrap())),
        (1950_i16..1953, 1_u8..3).prop_map(|(year, month)| BirthDate::Month { year, month }),
        (1950_i16..1953).prop_map(BirthDate::Year),
    ]
}

fn id() -> impl Strategy<Value = PersonalId> {
    prop_oneof![0_u64..200, 0_u64..1_000_000_000_000].prop_filter_map("a number", PersonalId::from_u64)
}

fn card() -> impl Strategy<Value = IdCardNumber> {
    prop_oneof![0_u32..200, 0_u32..1_000_000_000].prop_filter_map("a number", IdCardNumber::from_u32)
}

prop_compose! {
    fn person()(
        numbers in (of(id()), prop::collection::vec(id(), 0..2), of(card()), prop::collection::vec(card(), 0..2)),
        names in (of(name()), prop::collection::vec(name(), 0..3)),
        birth_date in of(birth()),
        sex in select(&[Sex::Unknown, Sex::Male, Sex::Female][..]),
        state in select(&LifeState::ALL[..]),
        key in prop_oneof![Just(Key::OfNumber), any::<[u8; 16]>().prop_map(Key::Other)],
        unit in any::<u16>().prop_map(Unit::from_u16),
        head in prop_oneof![of(id()).prop_map(|id| id.map(PersonNumber::PersonalId)), of(card()).prop_map(|card| card.map(PersonNumber::IdCard))],
    ) -> Person {
        let (personal_id, former_personal_ids, id_card_number, former_id_cards) = numbers;
        let (name, former_names) = names;
        let former_names = former_names.into_iter().filter(|f| Some(f) != name.as_ref()).collect();
        Person {
            key, personal_id, former_personal_ids, id_card_number, former_id_cards, name, former_names, birth_date, sex, state,
            household_head: head, unit,
        }
    }
}

/// People of whom no two share a number, as the store has them.
fn people() -> impl Strategy<Value = Vec<Person>> {
    prop::collection::vec(person(), 0..60).prop_map(|mut people| {
        let (mut ids, mut cards, mut keys) = (HashSet::new(), HashSet::new(), 0_u8);
        for person in &mut people {
            person.personal_id = person.personal_id.filter(|id| ids.insert(*id));
            person.former_personal_ids.retain(|id| ids.insert(*id));
            person.id_card_number = person.id_card_number.filter(|card| cards.insert(*card));
            person.former_id_cards.retain(|card| cards.insert(*card));
            keys += 1;
            if person.personal_id.is_none() {
                person.key = Key::Other([keys; 16]);
            }
        }
        people
    })
}

fn build(people: &[Person]) -> Index {
    let mut builder = Builder::new();
    for person in people {
        builder.add(person).unwrap();
    }
    builder.build().unwrap()
}

fn forms(person: &Person) -> Vec<NameForms> {
    person.name.iter().chain(&person.former_names).map(NameForms::of).collect()
}

/// Asks for everything that the people say. A doubt counts as right, for then the store is asked; gives how many there were.
fn check(index: &Index, people: &[Person]) -> usize {
    assert_eq!(index.knows_units(), people.iter().any(|person| person.unit.is_some()));
    check_numbers(index, people) + check_names(index, people) + check_households(index, people)
}

fn bears(person: &Person, number: PersonNumber) -> bool {
    match number {
        PersonNumber::PersonalId(id) => {
            person.personal_id == Some(id) || person.former_personal_ids.contains(&id)
        }
        PersonNumber::IdCard(card) => {
            person.id_card_number == Some(card) || person.former_id_cards.contains(&card)
        }
    }
}

fn check_households(index: &Index, people: &[Person]) -> usize {
    let mut doubts = 0;
    let numbers = people.iter().filter_map(|person| {
        let id = person.personal_id.map(PersonNumber::PersonalId);
        id.or(person.id_card_number.map(PersonNumber::IdCard)).map(|number| (person, number))
    });
    let place = |number| match number {
        PersonNumber::PersonalId(id) => index.place_of(id),
        PersonNumber::IdCard(card) => index.place_of_card(card),
    };
    let heads = index.heads();
    for (head, number) in numbers {
        let mut found = Vec::new();
        let Ok(head_place) = place(number).map(Option::unwrap) else {
            doubts += 1;
            continue;
        };
        if index.household_of_head(head_place, &mut found).is_err() {
            doubts += 1;
            continue;
        }
        let is_member = |person: &&Person| {
            !std::ptr::eq(*person, head) && person.household_head.is_some_and(|n| bears(head, n))
        };
        assert_eq!(found.len(), 1 + people.iter().filter(is_member).count());
        assert_eq!(found[0], head_place);
        for member in &found[1..] {
            match index.person(*member) {
                Ok(person) => assert!(
                    people
                        .iter()
                        .filter(is_member)
                        .any(|p| person.key == p.key && person.personal_id == p.personal_id)
                ),
                Err(Doubt) => doubts += 1,
            }
            if let Ok(heads) = &heads {
                assert!(heads.of(*member).is_some_and(|n| bears(head, n)));
            }
        }
    }
    doubts + usize::from(heads.is_err())
}

fn check_numbers(index: &Index, people: &[Person]) -> usize {
    let mut doubts = 0;
    let mut whole = |place: Result<Option<Place>, Doubt>, person: &Person| match place.map(Option::unwrap) {
        Ok(place) => match index.person(place) {
            Ok(found) => {
                assert!(found == Person { household_head: None, ..person.clone() });
                let facts = index.facts(place).unwrap();
                assert!(facts.name == person.name.as_ref().map(NameForms::of));
                assert!(
                    facts.former_names == person.former_names.iter().map(NameForms::of).collect::<Vec<_>>()
                );
                let entry = index.entry(place).unwrap();
                assert_eq!(entry.personal_id, person.personal_id);
                assert_eq!(
                    (entry.sex, entry.state, entry.birth_date, entry.unit),
                    (person.sex, person.state, person.birth_date, person.unit)
                );
                if entry.name.is_whole() {
                    let syllables = index.syllables();
                    let words: Vec<_> =
                        entry.name.ids().iter().map(|id| syllables.display(*id).unwrap()).collect();
                    assert_eq!(words.join(" "), person.name.as_ref().map_or("", |name| name.whole()));
                }
            }
            Err(Doubt) => doubts += 1,
        },
        Err(Doubt) => doubts += 1,
    };
    for person in people {
        for id in person.personal_id.iter().chain(&person.former_personal_ids) {
            whole(index.place_of(*id), person);
        }
        for card in person.id_card_number.iter().chain(&person.former_id_cards) {
            whole(index.place_of_card(*card), person);
        }
    }
    doubts
}

fn check_names(index: &Index, people: &[Person]) -> usize {
    let mut doubts = 0;
    for asked in people {
        for form in forms(asked) {
            let signature = Signature::of(form.unaccented());
            let mut found = Vec::new();
            let Some(date) = asked.birth_date else { continue };
            if index.born(signature, date, &mut found).is_err() {
                doubts += 1;
                continue;
            }
            let bears = |person: &Person| {
                let signatures = forms(person).into_iter().map(|f| Signature::of(f.unaccented()));
                person.birth_date == Some(date) && signatures.into_iter().any(|s| s == signature)
            };
            assert_eq!(found.len(), people.iter().filter(|person| bears(person)).count());
            for place in found {
                match index.person(place) {
                    Ok(person) => assert!(bears(&person)),
                    Err(Doubt) => doubts += 1,
                }
            }
        }
    }
    doubts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn answers_what_a_list_of_the_people_answers(people in people(), other in id(), other_card in card()) {
        let index = build(&people);
        prop_assert_eq!(index.len(), people.len());
        prop_assert_eq!(check(&index, &people), 0);
        let bears = |p: &Person| p.personal_id == Some(other) || p.former_personal_ids.contains(&other);
        prop_assert_eq!(index.place_of(other).unwrap().is_some(), people.iter().any(bears));
        let bears = |p: &Person| p.id_card_number == Some(other_card) || p.former_id_cards.contains(&other_card);
        prop_assert_eq!(index.place_of_card(other_card).unwrap().is_some(), people.iter().any(bears));
        prop_assert_eq!(index.places().count(), people.len());
        let numberless = people.iter().filter(|p| p.personal_id.is_none()).count();
        prop_assert_eq!(index.numberless().flatten().count(), numberless);
    }

    #[test]
    fn many_at_once_answer_as_one_by_one(people in people(), others in prop::collection::vec(id(), 0..99)) {
        let index = build(&people);
        let ids: Vec<_> = people.iter().filter_map(|p| p.personal_id).chain(others).collect();
        let mut places = Vec::new();
        index.places_of(&ids, &mut places);
        prop_assert_eq!(&places, &ids.iter().map(|id| index.place_of(*id)).collect::<Vec<_>>());
        let cards: Vec<_> = people.iter().filter_map(|p| p.id_card_number).collect();
        index.places_of_cards(&cards, &mut places);
        prop_assert_eq!(&places, &cards.iter().map(|card| index.place_of_card(*card)).collect::<Vec<_>>());
        let all: Vec<_> = index.places().collect();
        let mut entries = Vec::new();
        index.entries(&all, &mut entries);
        prop_assert!(entries == all.iter().map(|place| index.entry(*place)).collect::<Vec<_>>());
        let asked = people.iter().flat_map(|p| forms(p).into_iter().zip(std::iter::repeat(p.birth_date)));
        let asked: Vec<_> =
            asked.filter_map(|(form, date)| Some((Signature::of(form.unaccented()), date?))).collect();
        let (mut many, mut single) = (Vec::new(), Vec::new());
        index.born_many(&asked, &mut many);
        for (position, (signature, date)) in (0..).zip(&asked) {
            let mut found = Vec::new();
            index.born(*signature, *date, &mut found).unwrap();
            single.extend(found.into_iter().map(|place| (position, Ok(place))));
        }
        prop_assert_eq!(many, single);
        let (mut many, mut single) = (Vec::new(), Vec::new());
        index.households_of_heads(&all, &mut many);
        for (position, head) in (0..).zip(&all) {
            let mut found = Vec::new();
            index.household_of_head(*head, &mut found).unwrap();
            single.extend(found.into_iter().map(|place| (position, Ok(place))));
        }
        prop_assert_eq!(many, single);
    }

    #[test]
    fn a_file_answers_the_same_and_no_flipped_bit_makes_it_lie(
        people in people(), at: prop::sample::Index, bit in 0_u8..8, cut: prop::sample::Index
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.index");
        let standing = Standing { position: 7, mark: [9; 16] };
        build(&people).save(&path, &ring(1), standing).unwrap();
        let (index, read) = Index::open(&path, &ring(1)).unwrap();
        prop_assert_eq!((index.len(), read), (people.len(), standing));
        prop_assert_eq!((check(&index, &people), index.doubts()), (0, 0));
        prop_assert!(index.read_all(|| true));
        prop_assert!(matches!(Index::open(&path, &ring(3)), Err(OpenError::Sealed)));

        let whole = std::fs::read(&path).unwrap();
        let mut flipped = whole.clone();
        flipped[at.index(whole.len())] ^= 1 << bit;
        std::fs::write(&path, &flipped).unwrap();
        if let Ok((index, _)) = Index::open(&path, &ring(1)) {
            check(&index, &people);
            index.read_all(|| true);
            prop_assert_ne!(index.doubts(), 0, "every page is part of some answer");
        }
        std::fs::write(&path, &whole[..cut.index(whole.len())]).unwrap();
        prop_assert!(Index::open(&path, &ring(1)).is_err());
        std::fs::write(&path, [&whole[..], &[0]].concat()).unwrap();
        prop_assert!(Index::open(&path, &ring(1)).is_err());
    }

    #[test]
    fn the_order_in_which_people_come_makes_no_difference(mut people in people(), shift: prop::sample::Index) {
        let written = |people: &[Person]| pages(&build(people));
        let before = written(&people);
        let by = if people.is_empty() { 0 } else { shift.index(people.len()) };
        people.rotate_left(by);
        prop_assert!(before == written(&people));
        let parts = |named: bool| {
            let (some, others) = people.split_at(by);
            let mut parts = [some, others].map(|people| {
                let mut builder = Builder::new();
                for person in people {
                    match person.name.as_ref().filter(|_| named) {
                        Some(name) => builder.add_named(&Person { name: None, ..person.clone() }, name.whole().as_bytes()),
                        None => builder.add(person),
                    }
                    .unwrap();
                }
                builder
            });
            parts.reverse();
            let mut whole = Builder::new();
            for part in parts {
                whole.append(part);
            }
            pages(&whole.build().unwrap())
        };
        prop_assert!(before == parts(false), "parts put together are the whole");
        prop_assert!(before == parts(true), "a name as text is the name");
    }

    #[test]
    fn a_text_is_the_name_that_it_is_parsed_to(
        texts in prop::collection::vec(prop::collection::vec(
            select(&["Nguyễn", "Nguye\u{302}\u{303}n", "Lý", "-", "'", "\u{301}", "Hòa", "", "An\u{200b}", "An\0", "An", "x1", "Ă", "ａ"][..]), 0..7), 1..40),
        spaces in select(&[" ", "  ", "\u{a0}", "\t"][..]),
    ) {
        let texts: Vec<String> = texts.iter().map(|words| words.join(if words.len() % 3 == 0 { spaces } else { " " })).collect();
        let [parsed, given] = [true, false].map(|is_parsed| {
            let mut builder = Builder::new();
            for (number, text) in (0..).zip(&texts) {
                let person = Person { personal_id: PersonalId::from_u64(number), ..Person::default() };
                let result = if is_parsed {
                    builder.add(&Person { name: FullName::parse(text).ok(), ..person })
                } else {
                    builder.add_named(&person, text.as_bytes())
                };
                result.unwrap();
            }
            builder.build().unwrap()
        });
        for (one, other) in parsed.places().zip(given.places()) {
            prop_assert!(parsed.person(one) == given.person(other));
        }
    }
}

/// All that a file would hold, unsealed.
fn pages(index: &Index) -> Vec<Vec<u8>> {
    use crate::bytes::Writer;
    use crate::pages::{Page, Pages};
    fn of<P: Page>(pages: &Pages<P>, all: &mut Vec<Vec<u8>>) {
        for number in 0..pages.len() {
            let mut bytes = Writer::default();
            pages.get(number).unwrap().write(&mut bytes);
            all.push(bytes.done());
        }
    }
    let mut words = Writer::default();
    index.syllables.write(&mut words);
    index.words.write(&mut words);
    let mut all = vec![words.done()];
    of(&index.people, &mut all);
    of(&index.cards, &mut all);
    of(&index.formers, &mut all);
    of(&index.born, &mut all);
    of(&index.homes, &mut all);
    of(&index.dated, &mut all);
    of(&index.names, &mut all);
    all
}

fn numbered(number: u64) -> Person {
    Person {
        personal_id: PersonalId::from_u64(number),
        id_card_number: IdCardNumber::from_u32(u32::try_from(number).unwrap()),
        name: FullName::parse("Nguyễn Văn An").ok(),
        birth_date: Some(BirthDate::Year(1950)),
        ..Person::default()
    }
}

#[test]
fn a_page_of_another_file_or_place_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["one", "two"].map(|name| folder.path().join(name));
    let people: Vec<_> = (0..10_000).map(|n| numbered(n * 3)).collect();
    for path in &paths {
        build(&people).save(path, &ring(1), Standing::default()).unwrap();
    }
    let [one, two] = paths.each_ref().map(|path| std::fs::read(path).unwrap());
    assert!(one != two, "each file has an identity of its own");
    // A page of people of one file in the other: same place, same people.
    let mut mixed = one.clone();
    mixed[50_000..150_000].copy_from_slice(&two[50_000..150_000]);
    std::fs::write(&paths[0], &mixed).unwrap();
    let (index, _) = Index::open(&paths[0], &ring(1)).unwrap();
    assert_ne!(check_numbers(&index, &people), 0);
    assert_ne!(index.doubts(), 0);
}

#[test]
fn the_file_is_its_owners_alone_and_is_replaced_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.index");
    for count in [3, 5] {
        let people: Vec<_> = (0..count).map(numbered).collect();
        build(&people).save(&path, &ring(1), Standing::default()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Index::open(&path, &ring(1)).unwrap().0.len() as u64, count);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the file and its lock");
    let missing = folder.path().join("nowhere").join("people.index");
    assert!(matches!(build(&[]).save(&missing, &ring(1), Standing::default()), Err(OpenError::Io(_))));
    assert!(matches!(Index::open(&missing, &ring(1)), Err(OpenError::Io(_))));
}

#[test]
fn two_people_with_one_number_make_no_index() {
    let twice = |people: &[Person]| {
        let mut builder = Builder::new();
        for person in people {
            builder.add(person).unwrap();
        }
        builder.build().map(drop)
    };
    let mut other = numbered(2);
    other.former_id_cards = vec![IdCardNumber::from_u32(1).unwrap()];
    assert_eq!(twice(&[numbered(1), numbered(1)]), Err(BuildError::SameNumber));
    assert_eq!(twice(&[numbered(1), other]), Err(BuildError::SameNumber));
    assert_eq!(twice(&[numbered(1), numbered(2)]), Ok(()));
}

#[test]
fn names_are_found_by_years_and_without_a_date() {
    let mut people: Vec<_> = (0..9).map(numbered).collect();
    people[0].birth_date = BirthDate::parse_iso("1951-02-03").ok();
    people[1].birth_date = None;
    let index = build(&people);
    let signature = Signature::of("nguyen van an");
    let count = |years, limit| {
        let mut found = Vec::new();
        index.named(signature, years, limit, &mut found).unwrap();
        found.len()
    };
    assert_eq!((count(1950..=1950, 99), count(1951..=1960, 99), count(1800..=2999, 99)), (7, 1, 8));
    assert_eq!(count(1950..=1950, 3), 3);
    let mut found = Vec::new();
    index.all_named(signature, 99, &mut found).unwrap();
    assert_eq!(found.len(), 9);
}

#[test]
fn a_nations_syllables_beyond_the_dictionary_are_kept_as_text() {
    let letters: Vec<char> = ('a'..='z').collect();
    let word = |n: usize| -> String {
        [n / 17_576 % 26, n / 676 % 26, n / 26 % 26, n % 26].iter().map(|l| letters[*l]).collect()
    };
    let people: Vec<_> =
        (0..70_000).map(|n| Person { name: FullName::parse(&word(n)).ok(), ..numbered(n as u64) }).collect();
    let index = build(&people);
    assert_eq!(check_numbers(&index, &people[69_000..]), 0);
    assert_eq!(index.syllables().display_len(), u16::MAX);
    assert!(!format!("{index:?}{:?}", people[0]).contains("aaaa"));
    let mut parts = people.chunks(20_000).map(|people| {
        let mut builder = Builder::new();
        for person in people {
            builder.add(person).unwrap();
        }
        builder
    });
    let mut whole = parts.next().unwrap();
    for part in parts {
        whole.append(part);
    }
    assert!(pages(&whole.build().unwrap()) == pages(&index));
}

#[test]
fn an_index_for_linkage_answers_but_for_parts_of_names() {
    let people: Vec<_> = (0..99).map(numbered).collect();
    let mut builder = Builder::new().for_linkage();
    for person in &people {
        builder.add(person).unwrap();
    }
    let index = builder.build().unwrap();
    assert_eq!(check(&index, &people), 0);
    let sought = crate::Sought::new(&index, &["an"], None, None);
    assert_eq!(index.seek(&sought, 9).map(|looked| looked.is_all), Err(Doubt));
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        index.save(&folder.path().join("people"), &ring(1), Standing::default()),
        Err(OpenError::Io(_))
    ));
}

#[test]
fn a_small_nation_is_the_same_in_whatever_order_it_comes() {
    let person = |n: u64| {
        let names = ["Nguyễn Văn An", "Lý Thị Hòa", "Trần Bình", "Lê Văn Thành An Khang"];
        Person {
            name: FullName::parse(names[(n % 7 % 4) as usize]).ok(),
            household_head: PersonalId::from_u64(n / 4 * 4 * 7_919).map(PersonNumber::PersonalId),
            ..numbered(n * 7_919)
        }
    };
    // Sorted in parts, all of them together and some at a time.
    for count in [60_000, 90_000] {
        let mut people: Vec<_> = (0..count).map(person).collect();
        let index = build(&people);
        assert_eq!(check_numbers(&index, &people[..3_000]), 0);
        let mut found = Vec::new();
        index.born(Signature::of("ly thi hoa"), BirthDate::Year(1950), &mut found).unwrap();
        let is_one = |person: &&Person| person.name.as_ref().is_some_and(|name| name.given() == "Hòa");
        assert_eq!(found.len(), people.iter().filter(is_one).count());
        let before = pages(&index);
        people.reverse();
        assert!(before == pages(&build(&people)));
        assert!(index.born.len() > people.len() / 8_192 + 1, "a part begins a page");
    }
}

#[test]
fn who_has_no_number_is_in_the_household_of_any_card() {
    let card = IdCardNumber::from_u32;
    let head = |n| Person { id_card_number: card(n), ..numbered(u64::from(n) + 1) };
    let member = |n: u8| Person {
        key: Key::Other([n + 1; 16]),
        household_head: card(u32::from(n)).map(PersonNumber::IdCard),
        ..Person::default()
    };
    let people: Vec<_> = (0..3).map(head).chain((0..3).map(member)).collect();
    assert_eq!(check(&build(&people), &people), 0);
}
