//! A date that is accepted is written in both forms and accepted again as the same.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_citizen::BirthDate;

fuzz_target!(|text: &str| {
    for date in [BirthDate::parse_iso(text), BirthDate::parse_compact(text)].into_iter().flatten() {
        assert_eq!(BirthDate::parse_iso(&date.iso()), Ok(date));
        assert_eq!(BirthDate::parse_compact(&date.compact()), Ok(date));
    }
});
