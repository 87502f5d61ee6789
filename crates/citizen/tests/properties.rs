//! What holds for every input.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use dancu_citizen::{
    Allowed, BirthDate, CivilDate, Claim, ClaimedName, Comparison, Facts, Field, FieldSet, FullName,
    IdCardNumber, LifeState, NameForms, PersonNumber, PersonalId, Sex, Units, Verdict, compare,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

const WORDS: [&str; 34] = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Đặng",
    "Đỗ",
    "Vũ",
    "Võ",
    "Lý",
    "Hồ",
    "Văn",
    "Thị",
    "Thúy",
    "Quý",
    "Hữu",
    "Đức",
    "Hòa",
    "Khuê",
    "Uyên",
    "Anh",
    "Ân",
    "Ái",
    "Yến",
    "Mỹ",
    "Phượng",
    "Thưởng",
    "Quốc",
    "Việt",
    "Giang",
    "Oanh",
    "Ý",
    "Nghĩa",
    "Thuở",
    "A",
];

fn names() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 1..6).prop_map(|words| words.join(" "))
}

fn dates() -> impl Strategy<Value = BirthDate> {
    (1800_i16..3000, 1_u8..13, 1_u8..29, 0_u8..3).prop_map(|(year, month, day, precision)| match precision {
        0 => BirthDate::Year(year),
        1 => BirthDate::Month { year, month },
        _ => BirthDate::Day(CivilDate::new(year, month, day).unwrap()),
    })
}

fn ids() -> impl Strategy<Value = PersonalId> {
    (0_u64..1_000_000_000_000).prop_map(|n| PersonalId::from_u64(n).unwrap())
}

fn cards() -> impl Strategy<Value = IdCardNumber> {
    (0_u32..1_000_000_000).prop_map(|n| IdCardNumber::from_u32(n).unwrap())
}

fn sexes() -> impl Strategy<Value = Sex> {
    prop::sample::select(vec![Sex::Unknown, Sex::Male, Sex::Female])
}

prop_compose! {
    fn facts()(
        id in prop::option::of(ids()), old_ids in prop::collection::vec(ids(), 0..2),
        card in prop::option::of(cards()), old_cards in prop::collection::vec(cards(), 0..2),
        name in prop::option::of(names()), old_names in prop::collection::vec(names(), 0..2),
        birth_date in prop::option::of(dates()), sex in sexes(),
    ) -> Facts {
        let forms = |n: &String| NameForms::of(&FullName::parse(n).unwrap());
        Facts {
            personal_id: id, former_personal_ids: old_ids, id_card_number: card, former_id_cards: old_cards,
            name: name.as_ref().map(forms), former_names: old_names.iter().map(forms).collect(),
            birth_date, sex, state: LifeState::Alive,
        }
    }
}

prop_compose! {
    fn claims()(
        personal_id in prop::option::of(ids()), id_card_number in prop::option::of(cards()),
        name in prop::option::of(names()), birth_date in prop::option::of(dates()), sex in prop::option::of(sexes()),
    ) -> Claim {
        let full_name = name.map(|n| ClaimedName::parse(&n).unwrap());
        Claim { personal_id, id_card_number, full_name, birth_date, sex }
    }
}

fn verdict(record: &str, claimed: &str) -> Verdict {
    let facts = Facts { name: Some(NameForms::of(&FullName::parse(record).unwrap())), ..Facts::default() };
    let claim = Claim { full_name: Some(ClaimedName::parse(claimed).unwrap()), ..Claim::default() };
    compare(&claim, &facts, Allowed::ALL).get(Field::FullName).verdict
}

fn without_marks(name: &str) -> String {
    name.nfd()
        .filter(|c| !('\u{300}'..='\u{36F}').contains(c))
        .collect::<String>()
        .replace('Đ', "D")
        .replace('đ', "d")
}

proptest! {
    #[test]
    fn numbers_round_trip(id in ids(), card in cards()) {
        prop_assert_eq!(PersonalId::parse(&id.expose()), Ok(id));
        prop_assert_eq!(IdCardNumber::parse(&card.expose()), Ok(card));
        prop_assert_eq!(PersonNumber::parse(&id.expose()), Ok(PersonNumber::PersonalId(id)));
        prop_assert_eq!(PersonNumber::parse(&card.expose()), Ok(PersonNumber::IdCard(card)));
    }

    #[test]
    fn dates_round_trip(date in dates()) {
        prop_assert_eq!(BirthDate::parse_iso(&date.iso()), Ok(date));
        prop_assert_eq!(BirthDate::parse_compact(&date.compact()), Ok(date));
    }

    #[test]
    fn names_round_trip(name in names()) {
        let parsed = FullName::parse(&name).unwrap();
        prop_assert_eq!(FullName::parse(parsed.whole()).unwrap(), parsed.clone());
        prop_assert_eq!(FullName::parse(&name.nfd().collect::<String>()).unwrap(), parsed.clone());
        prop_assert_eq!(FullName::from_parts(parsed.surname(), parsed.middle(), parsed.given()).unwrap(), parsed);
    }

    #[test]
    fn a_name_agrees_with_itself_in_every_form(name in names()) {
        for claimed in [name.to_uppercase(), name.to_lowercase(), name.nfd().collect(), name.replace(' ', ""), name.replace(' ', "  ")] {
            prop_assert_eq!(verdict(&name, &claimed), Verdict::Match, "{}", claimed);
        }
        let plain = without_marks(&name);
        for claimed in [plain.to_uppercase(), plain.to_lowercase(), plain.replace(' ', "")] {
            prop_assert!(verdict(&name, &claimed).agrees(), "{}", claimed);
        }
    }

    #[test]
    fn other_order_never_agrees(name in names(), i in 0_usize..6, j in 0_usize..6) {
        let mut words: Vec<_> = name.split(' ').collect();
        let (i, j) = (i % words.len(), j % words.len());
        let same = words[i] == words[j];
        words.swap(i, j);
        prop_assert_eq!(verdict(&name, &words.join(" ")).agrees(), same);
    }

    #[test]
    fn compositions_of_one_claim_are_one_claim(tail in "[A-Za-z Ăăươ\u{1EA0}-\u{1EF9}\u{300}\u{301}\u{309}\u{323}.'-]{0,40}") {
        // The đ makes sure that no text reads as legacy: that is told by single characters, which decomposing destroys.
        let name = format!("đ{tail}");
        let (nfc, nfd) = (name.nfc().collect::<String>(), name.nfd().collect::<String>());
        prop_assert_eq!(ClaimedName::parse(&nfc), ClaimedName::parse(&nfd));
    }

    #[test]
    fn near_is_never_told_where_not_granted(claim in claims(), facts in facts(), bits: u64) {
        let fields = FieldSet::from_bits(bits);
        let told = compare(&claim, &facts, Allowed { fields, near: false });
        for (field, told) in told.iter() {
            prop_assert!(told.verdict != Verdict::Near);
            prop_assert_eq!(told.reason.verdict(), told.verdict);
            prop_assert!(fields.contains(field) || matches!(told.verdict, Verdict::NotAsked | Verdict::NotAllowed));
            prop_assert_eq!(told.verdict == Verdict::NotAsked, !claim.fields().contains(field));
        }
    }

    #[test]
    fn granting_near_changes_nothing_else(claim in claims(), facts in facts()) {
        let (plain, near) = (
            compare(&claim, &facts, Allowed { near: false, ..Allowed::ALL }),
            compare(&claim, &facts, Allowed::ALL),
        );
        prop_assert_eq!(plain.number_agrees(), near.number_agrees());
        for field in Comparison::FIELDS {
            prop_assert_eq!(plain.get(field).agrees(), near.get(field).agrees());
            prop_assert!(plain.get(field) == near.get(field) || near.get(field).verdict == Verdict::Near);
        }
    }

    #[test]
    fn nothing_panics(text in any::<String>(), number in any::<u64>(), facts in facts()) {
        let _ = (PersonNumber::parse(&text), BirthDate::parse_iso(&text), BirthDate::parse_compact(&text));
        let _ = (PersonalId::from_u64(number).map(|n| n.warnings(Sex::Male, None)), Units::bundled().successors(&text));
        if let Ok(name) = ClaimedName::parse(&text) {
            let claim = Claim { full_name: Some(name), ..Claim::default() };
            compare(&claim, &facts, Allowed::ALL);
        }
    }

    #[test]
    fn latin1_text_never_panics_and_is_cleaned_once(text in "[ A-Za-z\u{a1}-\u{ff}]{0,40}") {
        if let Ok(name) = ClaimedName::parse(&text) {
            let again = FullName::parse(name.whole());
            prop_assert_eq!(again.as_ref().map(FullName::whole), Ok(name.whole()));
        }
    }
}
