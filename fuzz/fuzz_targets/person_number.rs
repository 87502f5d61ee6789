//! A number that is accepted is written with the same digits.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_citizen::{IdCardNumber, PersonNumber, PersonalId};

fuzz_target!(|text: &str| {
    if let Ok(number) = PersonNumber::parse(text) {
        assert_eq!(number.expose(), text);
    }
    assert!(PersonalId::parse(text).is_err() || IdCardNumber::parse(text).is_err());
});
