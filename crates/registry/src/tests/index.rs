//! Whatever happens, memory says what the store says.
use super::*;
use crate::testing::{any_record, name};
use crate::{Hit, PersonKey, RegistryError, Search};
use dancu_citizen::{Allowed, PersonNumber};
use dancu_storage::testing::sqlite_store;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Insert(Vec<Record>),
    Change(prop::sample::Index, Box<Record>),
    Refresh,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        prop::collection::vec(any_record(), 1..3).prop_map(Step::Insert),
        (any::<prop::sample::Index>(), any_record())
            .prop_map(|(at, record)| Step::Change(at, Box::new(record))),
        Just(Step::Refresh),
    ]
}

fn expected(error: &RegistryError) -> bool {
    matches!(error, RegistryError::NumberTaken { .. } | RegistryError::Exists { .. })
}

pub(super) fn apply(registry: &Registry, keys: &mut Vec<PersonKey>, step: &Step) {
    match step {
        Step::Insert(records) => {
            let people: Vec<_> = records.iter().cloned().map(newcomer).collect();
            match registry.insert_many(&people, NOW) {
                Ok(new) => keys.extend(new),
                Err(error) => assert!(expected(&error), "{error}"),
            }
        }
        Step::Change(at, record) if !keys.is_empty() => {
            let key = *at.get(keys);
            let version = registry.history(key).unwrap().last().unwrap().version;
            if let Err(error) = registry.change(key, &change(version, Record::clone(record)), NOW) {
                assert!(expected(&error), "{error}");
            }
        }
        Step::Change(..) => {}
        Step::Refresh => drop(registry.refresh().unwrap()),
    }
}

/// Everything that memory can be asked, for every number and every person.
pub(super) fn answers(registry: &Registry, keys: &[PersonKey]) -> Vec<String> {
    let ids = (0..50).map(|n| Claim { personal_id: Some(id(n)), ..claim(n, "Nguyễn Văn An") });
    let cards = (0..50).map(|n| Claim { id_card_number: Some(card(n)), ..Claim::default() });
    let findings = ids.chain(cards).map(|claim| format!("{:?}", registry.verified(&claim, Allowed::ALL)));
    let hits = keys.iter().map(|key| format!("{:?}", shown(&registry.hit(*key).unwrap().unwrap())));
    findings.chain(hits).chain([registry.count().to_string()]).collect()
}

fn shown(hit: &Hit) -> impl std::fmt::Debug {
    (
        (hit.person, hit.personal_id.map(PersonalId::expose), hit.id_card_number.map(IdCardNumber::expose)),
        (
            hit.full_name.as_ref().map(|n| n.whole().to_owned()),
            hit.birth_date.map(BirthDate::iso),
            hit.sex,
            hit.state,
        ),
        (hit.province.clone(), hit.commune.clone()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn memory_says_what_the_store_says(steps in prop::collection::vec(step(), 1..12)) {
        let (store, _guard) = sqlite_store();
        let (one, two) = (open(&store), open(&store));
        let mut keys = Vec::new();
        for (n, step) in steps.iter().enumerate() {
            apply(if n % 2 == 0 { &one } else { &two }, &mut keys, step);
        }
        one.refresh().unwrap();
        two.refresh().unwrap();
        let fresh = answers(&open(&store), &keys);
        prop_assert_eq!(&answers(&one, &keys), &fresh);
        prop_assert_eq!(&answers(&two, &keys), &fresh);
        for key in &keys {
            let last = one.history(*key).unwrap().pop().unwrap().record;
            let (hit, number) = (one.hit(*key).unwrap().unwrap(), last.personal_id.as_ref().map(|s| s.value));
            prop_assert_eq!((hit.state, hit.personal_id), (last.state, number));
            if let Some(number) = number {
                let claim = Claim { personal_id: Some(number), ..Claim::default() };
                prop_assert_eq!(one.verified(&claim, Allowed::ALL).person, Some(*key));
            }
        }
    }

    #[test]
    fn a_search_finds_whom_a_scan_finds(names in prop::collection::vec(name(), 1..30), asked in name()) {
        let (store, _guard) = sqlite_store();
        let registry = open(&store);
        let (first, second) = names.split_at(names.len() / 2);
        let people = |names: &[FullName], from: u64| -> Vec<_> {
            (from..).zip(names).map(|(n, name)| newcomer(record(n, name.whole()))).collect()
        };
        registry.insert_many(&people(first, 0), NOW).unwrap();
        // One part in the big layer, one in the small.
        let registry = Registry::open(store, ring()).unwrap_or(registry);
        registry.insert_many(&people(second, 100), NOW).unwrap();
        registry.refresh().unwrap();
        let asked = ClaimedName::parse(asked.whole()).unwrap();
        let hits = registry.searched(&Search { name: Some(asked.clone()), limit: 1_000, ..Search::default() });
        let scanned = names.iter().filter(|name| {
            let recorded = ClaimedName::parse(name.whole()).unwrap();
            let words: Vec<_> = recorded.unaccented().split(' ').collect();
            let parts: Vec<_> = asked.unaccented().split(' ').collect();
            let begins = |nth: usize, at: usize| words[at].starts_with(parts[nth]);
            dancu_verify_index::matching(parts.len(), words.len(), begins) || recorded.joined() == asked.joined()
        });
        prop_assert_eq!(hits.len(), scanned.count());
    }
}

fn search(registry: &Registry, name: &str) -> Vec<String> {
    let search = Search { name: Some(ClaimedName::parse(name).unwrap()), limit: 10, ..Search::default() };
    registry.searched(&search).iter().map(|hit| hit.full_name.as_ref().unwrap().whole().to_owned()).collect()
}

#[test]
fn search_by_words_beginnings_marks_and_joined() {
    let (store, _guard) = sqlite_store();
    let registry = open(&store);
    let names = ["Nguyễn Văn An", "Nguyễn Văn Ân", "Nguyễn Văn Anh", "Trần Thị Hòa", "Nguyễn Anh Văn"];
    let people: Vec<_> = (0..).zip(names).map(|(n, name)| newcomer(record(n, name))).collect();
    let keys = registry.insert_many(&people, NOW).unwrap();
    registry.refresh().unwrap();
    assert_eq!(
        search(&registry, "nguyen van an"),
        ["Nguyễn Văn An", "Nguyễn Văn Ân", "Nguyễn Văn Anh", "Nguyễn Anh Văn"]
    );
    assert_eq!(search(&registry, "Nguyễn Văn Ân")[0], "Nguyễn Văn Ân");
    assert_eq!(search(&registry, "ng v anh"), ["Nguyễn Văn Anh", "Nguyễn Anh Văn"]);
    assert_eq!(search(&registry, "NGUYENVANANH"), ["Nguyễn Văn Anh"]);
    assert_eq!(search(&registry, "hòa"), ["Trần Thị Hòa"]);
    let any_order = ["Nguyễn Anh Văn", "Nguyễn Văn Anh"];
    assert_eq!(search(&registry, "anh van nguyen"), any_order);
    assert_eq!(search(&registry, "nguyen anh van"), any_order, "what keeps the order comes first");
    assert_eq!(search(&registry, "an nguyễn")[0], "Nguyễn Văn An", "and whole words before begun ones");
    assert_eq!(
        search(&registry, "nguyễn ân"),
        ["Nguyễn Văn Ân", "Nguyễn Văn An", "Nguyễn Anh Văn", "Nguyễn Văn Anh"]
    );

    registry.change(keys[3], &change(1, record(3, "Trần Thị Bình")), NOW).unwrap();
    assert_eq!(search(&registry, "thi binh"), ["Trần Thị Bình"]);
    assert_eq!(search(&registry, "thi hoa"), ["Trần Thị Bình"], "found by the former name");
}

#[test]
fn an_exact_name_and_date_are_never_dropped_and_more_is_said() {
    let (store, _guard) = sqlite_store();
    let registry = open(&store);
    let mut people: Vec<_> = (0..500).map(|n| newcomer(record(n, "Nguyễn Thị Lan Anh"))).collect();
    people.extend((500..900).map(|n| newcomer(record(n, "Nguyễn Lan"))));
    let mut exact = record(900, "Nguyễn Lân");
    exact.birth_date = sourced(BirthDate::parse_iso("1950-04-02").unwrap());
    people.push(newcomer(exact));
    registry.insert_many(&people, NOW).unwrap();
    // Once in the layers, once in the base.
    registry.refresh().unwrap();
    for registry in [&registry, &open(&store)] {
        let find = |name: &str, limit, birth| {
            let name = Some(ClaimedName::parse(name).unwrap());
            let hits = registry.search(&Search { name, birth, limit, ..Search::default() }).unwrap();
            let first = hits.people.first().map(|hit| hit.full_name.as_ref().unwrap().whole().to_owned());
            (first.unwrap_or_default(), hits.people.len(), hits.more)
        };
        let date = BirthDate::parse_iso("1950-04-02").ok();
        assert_eq!(find("Nguyễn Lân", 3, None), ("Nguyễn Lân".to_owned(), 3, true));
        assert_eq!(
            find("nguyen lan", 3, date),
            ("Nguyễn Lan".to_owned(), 3, true),
            "years alone may be it, too"
        );
        assert_eq!(find("nguyen lan", 999, date), ("Nguyễn Lan".to_owned(), 901, false));
        assert_eq!(find("Nguyễn Lân", 3, Some(BirthDate::Year(1950))).0, "Nguyễn Lân");
        assert_eq!(find("lan a", 3, None), ("Nguyễn Thị Lan Anh".to_owned(), 3, true));
        assert_eq!(find("binh", 3, None), (String::new(), 0, false));
    }
}

#[test]
fn search_by_number_birth_and_sex() {
    let (store, _guard) = sqlite_store();
    let registry = open(&store);
    let mut year_only = record(2, "Trần An");
    year_only.birth_date = sourced(BirthDate::Year(1950));
    registry.insert_many(&[newcomer(record(1, "Trần An")), newcomer(year_only)], NOW).unwrap();
    registry.refresh().unwrap();
    let count = |change: fn(&mut Search)| {
        let mut search =
            Search { name: Some(ClaimedName::parse("tran an").unwrap()), limit: 9, ..Search::default() };
        change(&mut search);
        registry.searched(&search).len()
    };
    assert_eq!(count(|_| ()), 2);
    assert_eq!(count(|s| s.limit = 1), 1);
    assert_eq!(count(|s| s.birth = Some(BirthDate::parse_iso("1950-04-02").unwrap())), 2);
    assert_eq!(count(|s| s.birth = Some(BirthDate::parse_iso("1950-05").unwrap())), 1);
    assert_eq!(count(|s| s.birth = Some(BirthDate::Year(1951))), 0);
    assert_eq!(count(|s| s.sex = Some(Sex::Female)), 0);
    assert_eq!(count(|s| s.number = Some(PersonNumber::PersonalId(id(2)))), 1);
    assert_eq!(count(|s| (s.number, s.name) = (Some(PersonNumber::PersonalId(id(2))), None)), 1);
    assert_eq!(count(|s| s.name = None), 0, "neither name nor number");
}

#[test]
fn many_changes_move_to_the_big_layer() {
    let (store, _guard) = sqlite_store();
    let registry = open(&store);
    let people: Vec<_> = (0..5_000).map(|n| newcomer(record(n, "Nguyễn Văn An"))).collect();
    let keys = registry.insert_many(&people, NOW).unwrap();
    registry.refresh().unwrap();
    for n in [7, 8] {
        registry.change(keys[n], &change(1, locked(record(n as u64, "Lý An"))), NOW).unwrap();
    }
    assert_eq!(registry.count(), 5_000);
    assert_eq!(registry.verified(&claim(7, "Lý An"), Allowed::ALL).state, LifeState::Locked);
    assert_eq!(search(&registry, "ly an").len(), 2);
}

#[test]
fn a_search_does_not_see_what_a_change_has_replaced() {
    let (store, _guard) = sqlite_store();
    let keys = open(&store).insert_many(&[newcomer(record(1, "Trần An"))], NOW).unwrap();
    let registry = open(&store);
    let mut corrected = record(1, "Trần An");
    corrected.birth_date = sourced(BirthDate::Year(1951));
    registry.change(keys[0], &change(1, corrected), NOW).unwrap();
    let count = |name: &str, year| {
        let name = Some(ClaimedName::parse(name).unwrap());
        let search = Search { name, birth: Some(BirthDate::Year(year)), limit: 9, ..Search::default() };
        registry.searched(&search).len()
    };
    assert_eq!((count("tran an", 1950), count("tran an", 1951)), (0, 1));
    assert_eq!((count("tranan", 1950), count("tranan", 1951)), (0, 1));
}
