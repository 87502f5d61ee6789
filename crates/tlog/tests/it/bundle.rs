//! Entry bundles.
use dancu_tlog::bundle::{Bundle, BundleRefused, MAX_ENTRY_BYTES, PushError, parse, parse_exact};
use proptest::prelude::*;

#[test]
fn the_bytes_of_a_bundle() {
    let mut bundle = Bundle::new();
    for entry in [&b"ab"[..], b"", b"c"] {
        bundle.push(entry).unwrap();
    }
    assert_eq!(bundle.as_bytes(), b"\0\x02ab\0\0\0\x01c");
    assert_eq!(bundle.count(), 3);
    assert_eq!(parse(bundle.as_bytes()), Ok(vec![&b"ab"[..], b"", b"c"]));
    assert_eq!(parse_exact(bundle.as_bytes(), 2), Err(BundleRefused::WrongCount));
    assert!(parse_exact(&bundle.into_bytes(), 3).is_ok());
}

#[test]
fn a_bundle_has_its_limits() {
    let mut bundle = Bundle::new();
    assert_eq!(bundle.push(&vec![7; MAX_ENTRY_BYTES + 1]), Err(PushError::EntryTooLong));
    assert_eq!(bundle, Bundle::new(), "a refused entry leaves nothing behind");
    bundle.push(&vec![7; MAX_ENTRY_BYTES]).unwrap();
    for _ in 1..256 {
        bundle.push(b"x").unwrap();
    }
    assert_eq!(bundle.push(b"x"), Err(PushError::Full));
    assert_eq!(parse_exact(bundle.as_bytes(), 256).map(|entries| entries.len()), Ok(256));
    let too_many = [bundle.as_bytes(), b"\0\0"].concat();
    assert_eq!(parse(&too_many), Err(BundleRefused::WrongCount));
}

#[test]
fn what_is_no_bundle() {
    assert_eq!(parse(b""), Err(BundleRefused::Empty));
    for cut in [&b"\0"[..], b"\0\x01", b"\0\x02a", b"\0\x01a\0", b"\xff\xffabc"] {
        assert_eq!(parse(cut), Err(BundleRefused::Truncated), "{cut:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let mut bundle = Bundle::new();
        for entry in &entries { bundle.push(entry).unwrap(); }
        let read = parse_exact(bundle.as_bytes(), u16::try_from(entries.len()).unwrap());
        prop_assert_eq!(read, Ok(entries.iter().map(Vec::as_slice).collect::<Vec<_>>()));
    }

    #[test]
    fn any_bytes_are_refused_or_written_the_same(bytes in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..80)) {
        if let Ok(entries) = parse(&bytes) {
            let mut bundle = Bundle::new();
            for entry in &entries { bundle.push(entry).unwrap(); }
            prop_assert_eq!(bundle.into_bytes(), bytes);
        }
    }
}
