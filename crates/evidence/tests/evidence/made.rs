//! What a file holds, and what it does not.
use crate::scene::{CITIZEN, NOW_US, SECOND_US, file, of, policy, signer, sources};
use dancu_evidence::{EvidenceError, Of, Scope, find, verify};
use dancu_journal::Part;
use dancu_storage::testing::stores;
use std::io::Read as _;

fn everything(bytes: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for at in 0..zip.len() {
        let mut content = Vec::new();
        zip.by_index(at).unwrap().read_to_end(&mut content).unwrap();
        text.push_str(&String::from_utf8_lossy(&content));
    }
    text
}

#[test]
fn a_file_holds_the_entries_asked_for_and_verifies() {
    for (name, store, _guard) in stores() {
        let (sources, signer) = (sources(&store, 20), signer("Cục QLHC"));
        let scopes = [
            (of(Of::System("one-stop".into())), 13),
            (of(Of::Organisation("thai-nguyen".into())), 20),
            (of(Of::Account("other-1".into())), 3),
            (
                Scope {
                    of: Of::System("one-stop".into()),
                    from_us: Some(NOW_US - 1000 * SECOND_US + 10 * SECOND_US),
                    to_us: Some(NOW_US - 1000 * SECOND_US + 14 * SECOND_US),
                },
                4,
            ),
        ];
        for (scope, count) in scopes {
            let bytes = file(&sources, &signer, scope.clone(), &[Part::Officer]);
            let verified = verify(&bytes, &signer.trust, Some(&policy()), NOW_US).unwrap();
            assert_eq!((verified.facts.counts.entries, verified.parts_gone), (count, 0), "{name} {scope:?}");
            assert!(verified.log_is_known && verified.signer.name == "Cục QLHC", "{name}");
            assert!(!verify(&bytes, &signer.trust, None, NOW_US).unwrap().log_is_known);
        }
        let numbers: Vec<u64> = find(&sources, &of(Of::System("other".into())), None, 1000)
            .unwrap()
            .iter()
            .map(|f| f.number)
            .collect();
        let some = of(Of::Entries(numbers[..2].to_vec()));
        let bytes = file(&sources, &signer, some, &[]);
        let verified = verify(&bytes, &signer.trust, Some(&policy()), NOW_US).unwrap();
        assert!(verified.facts.entries.iter().map(|line| line.number).eq(numbers[..2].iter().copied()));
    }
}

/// The values of parts that nobody asked to open are nowhere in the file.
#[test]
fn only_what_is_asked_for_is_opened() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (sources, signer) = (sources(&store, 6), signer("Cục QLHC"));
    let packed = |text: &str| {
        // Proofs hold their parts in base64 of CBOR: looked for in the decoded line.
        text.lines()
            .filter_map(|line| line.strip_prefix("extra "))
            .map(|line| {
                use base64::Engine as _;
                String::from_utf8_lossy(&base64::engine::general_purpose::STANDARD.decode(line).unwrap())
                    .into_owned()
            })
            .collect::<String>()
    };
    let closed = everything(&file(&sources, &signer, of(Of::System("one-stop".into())), &[Part::CaseNumber]));
    let shown = format!("{closed}{}", packed(&closed));
    assert!(shown.contains("H55.242-26-000001"));
    for secret in [CITIZEN, "038190004321", "10.20.30.40", "khai sinh"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let opened = everything(&file(&sources, &signer, of(Of::System("one-stop".into())), &[Part::Subject]));
    assert!(packed(&opened).contains(CITIZEN));
}

#[test]
fn too_many_none_and_unknown_entries_are_refused() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let sources = sources(&store, 10);
    let all = of(Of::Organisation("thai-nguyen".into()));
    assert!(matches!(find(&sources, &all, None, 9), Err(EvidenceError::TooMany(9))));
    assert_eq!(find(&sources, &all, None, 10).unwrap().len(), 10);
    assert!(matches!(find(&sources, &of(Of::System("nobody".into())), None, 9), Err(EvidenceError::Nothing)));
    assert!(matches!(find(&sources, &of(Of::Entries(vec![999])), None, 9), Err(EvidenceError::NoEntry(999))));
    // The first entry of a journal is the context of the first call: it tells nothing by itself.
    assert!(matches!(find(&sources, &of(Of::Entries(vec![0])), None, 9), Err(EvidenceError::NoEntry(0))));
}
