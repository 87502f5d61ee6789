//! What the tolerant reader accepts, the strict writer writes, and the reader accepts it again as the same.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_message::qcvn109::{Reading, json};

fn today() -> dancu_citizen::CivilDate {
    dancu_citizen::CivilDate::new(2026, 11, 21).unwrap()
}

fuzz_target!(|bytes: &[u8]| {
    let reading = Reading::new("fuzz", today());
    if let Ok(collection) = json::read(bytes, &reading) {
        let written = json::write(&collection, reading.ethnic);
        assert_eq!(json::write(&json::read(&written, &reading).unwrap(), reading.ethnic), written);
    }
});
