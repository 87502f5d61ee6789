//! The time in a token.
use crate::timestamp::asn1::{general_time, time_us};
use der::{Any, Tag};
use proptest::prelude::*;

fn read(text: &str) -> Option<i64> {
    time_us(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap())
}

#[test]
fn times_with_and_without_a_fraction() {
    assert_eq!(read("20261121030405Z"), Some(1_795_230_245_000_000));
    assert_eq!(read("20261121030405.5Z"), Some(1_795_230_245_500_000));
    assert_eq!(read("20261121030405.678901Z"), Some(1_795_230_245_678_901));
    assert_eq!(read("20261121030405.6789019Z"), Some(1_795_230_245_678_901));
    assert_eq!(read("19700101000000Z"), Some(0));
    for bad in [
        "",
        "Z",
        "20261121030405",
        "20261121030405.Z",
        "20261121030405.50Z",
        "20261121030405.5",
        "2026112103040Z",
        "20261321030405Z",
        "20260230030405Z",
        "20261121240405Z",
        "20261121030405+0700",
        "20261121030405,5Z",
        "2026112103040aZ",
        "20261121030405.-1Z",
    ] {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert_eq!(time_us(&Any::new(Tag::Utf8String, &b"20261121030405Z"[..]).unwrap()), None);
    assert!(general_time(-1).is_err());
}

proptest! {
    #[test]
    fn a_time_written_reads_as_its_second(now_us in 0_i64..253_402_300_800_000_000) {
        prop_assert_eq!(time_us(&general_time(now_us).unwrap()), Some(now_us / 1_000_000 * 1_000_000));
    }
}
