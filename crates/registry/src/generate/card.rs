//! The identity card a person holds.
use super::draft::{civil, day_in};
use super::rng::Rng;
use super::tables::Tables;
use dancu_citizen::{Card, CivilDate};

/// The card of someone born on this day, or none: too young, or dead before one was issued.
pub(crate) fn card(tables: &Tables, rng: &mut Rng, born: CivilDate, died: Option<CivilDate>) -> Option<Card> {
    let reference = tables.reference;
    let until = died.unwrap_or(reference);
    let of_age = birthday(tables, born, tables.rates.card_age);
    let earliest = of_age.max(civil(tables, 2016, 1, 1));
    if of_age > until || earliest > until {
        return None;
    }
    let mut issued_on = day_in(tables, rng, earliest.year(), until.year()).clamp(earliest, until);
    let mut expires_on = expiry(tables, born, issued_on);
    // An expired card has been renewed on its last day.
    while let Some(expired) = expires_on.filter(|expires| *expires < until) {
        issued_on = expired;
        expires_on = expiry(tables, born, issued_on);
    }
    Some(Card { issued_on, issued_by: issuer(tables, issued_on).to_owned(), expires_on })
}

/// The birthday at the next age of renewal that lies more than two years ahead
/// (Law on Identification 2023, article 21); none after the last.
fn expiry(tables: &Tables, born: CivilDate, issued_on: CivilDate) -> Option<CivilDate> {
    let rates = &tables.rates;
    [rates.card_renewal_1, rates.card_renewal_2, rates.card_renewal_3]
        .iter()
        .map(|age| birthday(tables, born, *age))
        .find(|birthday| birthday.year() - issued_on.year() > 2)
}

fn birthday(tables: &Tables, born: CivilDate, age: i16) -> CivilDate {
    civil(tables, born.year() + age, born.month(), born.day())
}

/// The name on the card changed with the Law on Identification 2023, in force since 2024-07-01.
fn issuer(tables: &Tables, issued_on: CivilDate) -> &'static str {
    if issued_on < civil(tables, 2024, 7, 1) {
        "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
    } else {
        "Bộ Công an"
    }
}
