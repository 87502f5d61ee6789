//! Records that hold anything a record can hold, for property tests.
use dancu_citizen::{
    Absence, Address, BirthDate, Card, CivilDate, Coded, Contact, Death, Field, FullName, Household,
    IdCardNumber, LifeState, ListVersion, PersonNumber, PersonalId, Record, Relative, Sex, Sourced,
};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// The numbers, names and states that verification looks at come from small ranges, so that people collide.
pub(crate) fn any_record() -> BoxedStrategy<Record> {
    let parts = (facts().boxed(), places().boxed(), family().boxed(), rest().boxed());
    // On the heap: a record is big, and unoptimised tests would run out of stack.
    let record = parts.prop_map(|(facts, places, family, rest)| Record {
        state: facts.0,
        personal_id: facts.1,
        id_card_number: facts.2,
        full_name: facts.3,
        birth_date: facts.4,
        sex: facts.5,
        birth_place: places.0,
        birth_registration: places.1,
        home_town: places.2,
        permanent_residence: places.3,
        temporary_residence: places.4,
        current_residence: places.5,
        father: family.0,
        mother: family.1,
        spouses: family.2,
        children: family.3,
        representative: family.4,
        represented: family.5,
        household: family.6,
        ..rest
    });
    record.boxed()
}

type Facts = (
    LifeState,
    Option<Sourced<PersonalId>>,
    Option<Sourced<IdCardNumber>>,
    Option<Sourced<FullName>>,
    Option<Sourced<BirthDate>>,
    Option<Sourced<Sex>>,
);

fn facts() -> impl Strategy<Value = Facts> {
    (
        select(&LifeState::ALL[..]),
        of(sourced((0_u64..50).prop_filter_map("a number", PersonalId::from_u64))),
        of(sourced((0_u32..50).prop_filter_map("a number", IdCardNumber::from_u32))),
        of(sourced(name())),
        of(sourced(birth())),
        of(sourced(select(&[Sex::Unknown, Sex::Male, Sex::Female][..]))),
    )
}

type Place = Option<Sourced<Address>>;

fn places() -> impl Strategy<Value = (Place, Place, Place, Place, Place, Place)> {
    let place = || of(sourced(address()));
    (place(), place(), place(), place(), place(), place())
}

type Kin = Option<Sourced<Relative>>;
type Kins = Vec<Sourced<Relative>>;

fn family() -> impl Strategy<Value = (Kin, Kin, Kins, Kins, Kin, Kin, Option<Sourced<Household>>)> {
    let kin = || of(sourced(relative()));
    let kins = || prop::collection::vec(sourced(relative()), 0..3);
    // Heads are often people of the same test.
    let number =
        (0_u64..50).prop_filter_map("a number", PersonalId::from_u64).prop_map(PersonNumber::PersonalId);
    let household = (relative(), of(number), prop::collection::vec(relative(), 0..3)).prop_map(
        |(head, number, members)| Household {
            head: Relative { number: number.or(head.number), ..head },
            members,
        },
    );
    (kin(), kin(), kins(), kins(), kin(), kin(), of(sourced(household)))
}

fn rest() -> impl Strategy<Value = Record> {
    let codes = || of(sourced(coded()));
    let card = (day(), text(), of(day())).prop_map(|(issued_on, issued_by, expires_on)| Card {
        issued_on,
        issued_by,
        expires_on,
    });
    let absence = (day(), of(day()), text()).prop_map(|(from, to, reason)| Absence { from, to, reason });
    let death = (birth(), any::<bool>()).prop_map(|(on, missing)| Death { on, missing });
    let contact = (of(text()), of(text())).prop_map(|(mobile, email)| Contact { mobile, email });
    (
        (codes(), codes(), codes(), codes(), codes()),
        (of(sourced(text())), of(sourced(text())), prop::collection::vec(sourced(name()), 0..3)),
        (of(sourced(card)), of(sourced(absence)), of(sourced(death)), of(sourced(contact))),
    )
        .prop_map(|(codes, texts, others)| Record {
            ethnic_group: codes.0,
            religion: codes.1,
            blood_group: codes.2,
            marital_status: codes.3,
            relation_to_head: codes.4,
            nationality: texts.0,
            residence_file: texts.1,
            other_names: texts.2,
            card: others.0,
            temporary_absence: others.1,
            death: others.2,
            contact: others.3,
            ..Record::default()
        })
}

pub(crate) fn field_of() -> impl Strategy<Value = Field> {
    select(Field::ALL)
}

fn sourced<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Sourced<T>> {
    (value, select(&["ho-tich", "cu-tru", "can-cuoc", ""][..]), day())
        .prop_map(|(value, source, as_of)| Sourced { value, source: source.into(), as_of })
}

pub(crate) fn name() -> impl Strategy<Value = FullName> {
    let word = || select(&["Nguyễn", "Trần", "Lý", "Văn", "Thị", "Hòa", "Thúy", "An", "Anh", "Đức"][..]);
    prop::collection::vec(word(), 1..5).prop_map(|words| FullName::parse(&words.join(" ")).unwrap())
}

pub(crate) fn day() -> impl Strategy<Value = CivilDate> {
    (1800_i16..3000, 1_u8..=12, 1_u8..=28).prop_map(|(y, m, d)| CivilDate::new(y, m, d).unwrap())
}

pub(crate) fn birth() -> impl Strategy<Value = BirthDate> {
    prop_oneof![
        4 => day().prop_map(BirthDate::Day),
        1 => (1800_i16..3000, 1_u8..=12).prop_map(|(year, month)| BirthDate::Month { year, month }),
        1 => (1800_i16..3000).prop_map(BirthDate::Year),
    ]
}

fn text() -> impl Strategy<Value = String> {
    "[a-zđ0-9 @]{0,30}"
}

fn coded() -> impl Strategy<Value = Coded> {
    let lists =
        &[ListVersion::Ethnic1979, ListVersion::Ethnic2008, ListVersion::Religion2009, ListVersion::Qcvn109]
            [..];
    (select(lists), "[0-9]{2}", of(text())).prop_map(|(list, code, other_name)| Coded {
        list,
        code,
        other_name,
    })
}

fn address() -> impl Strategy<Value = Address> {
    (of("[0-9]{2}"), of("[0-9]{3}"), of("[0-9]{5}"), of(text()), of("[A-Z]{2}")).prop_map(
        |(province, district, commune, detail, country)| Address {
            province,
            district,
            commune,
            detail,
            country,
        },
    )
}

fn relative() -> impl Strategy<Value = Relative> {
    let number = prop_oneof![
        (0..1_000_000_000_000_u64).prop_map(|n| PersonNumber::PersonalId(PersonalId::from_u64(n).unwrap())),
        (0..1_000_000_000_u32).prop_map(|n| PersonNumber::IdCard(IdCardNumber::from_u32(n).unwrap())),
    ];
    (of(name()), of(number), of("[A-Z]{2}"), of(coded())).prop_map(
        |(full_name, number, nationality, relation)| Relative { full_name, number, nationality, relation },
    )
}
