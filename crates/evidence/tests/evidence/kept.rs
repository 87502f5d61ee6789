//! Files that were asked for, in the store.
use crate::scene::{CITIZEN, NOW_US, ask, of, policy, ring, signer, sources};
use dancu_evidence::{EvidenceError, Evidences, KeptState, New, Of, Options, find, verify};
use dancu_journal::Part;
use dancu_storage::blob::Blobs;
use dancu_storage::testing::stores;
use std::sync::Arc;

const REASON: &str = "Vụ việc 17/2026";

fn new(scope: &dancu_evidence::Scope) -> New<'_> {
    New {
        organisation: "thai-nguyen",
        matter: Some("m1"),
        alert: None,
        scope,
        reason: REASON,
        open: &[],
        by: "giam-sat",
        now_us: NOW_US,
        entry: 17,
    }
}

#[test]
fn a_file_is_made_kept_sealed_and_found_again() {
    for (name, store, _guard) in stores() {
        let (sources, signer) = (sources(&store, 12), signer("Cục QLHC"));
        let (blobs, trust) = (Blobs::memory(), signer.trust.clone());
        let options =
            Options { key: Some(Arc::new(signer.key)), stamping: None, most: 100, service: "here".into() };
        let kept = Evidences::open(store.clone(), ring(), blobs.clone(), options.clone()).unwrap();
        let scope = of(Of::System("one-stop".into()));
        let id = kept.begin(&new(&scope)).unwrap();
        let working = kept.get(&id, NOW_US).unwrap().unwrap();
        assert_eq!(
            (working.state, working.reason.as_str(), working.entry),
            (KeptState::Working, REASON, 17),
            "{name}"
        );
        assert_eq!(kept.bytes(&id).unwrap(), None, "{name}");
        let later = kept.get(&id, NOW_US + 301_000_000).unwrap().unwrap();
        assert_eq!((later.state, later.why.as_deref()), (KeptState::Failed, Some("interrupted")), "{name}");

        let found = find(&sources, &scope, None, 100).unwrap();
        kept.make(&id, &sources, ask(scope.clone(), &[Part::Subject]), &found, &|| NOW_US).unwrap();
        let ready = kept.get(&id, NOW_US + 301_000_000).unwrap().unwrap();
        assert_eq!(
            (ready.state, ready.done, ready.total, ready.stamped),
            (KeptState::Ready, 8, 8, false),
            "{name}"
        );
        let bytes = kept.bytes(&id).unwrap().unwrap();
        assert_eq!(verify(&bytes, &trust, Some(&policy()), NOW_US).unwrap().facts.entries.len(), 8, "{name}");
        let path = format!("evidence/{}/{id}", &id[..2]);
        let sealed = blobs.get(&path).unwrap().unwrap();
        for plain in [CITIZEN.as_bytes(), b"evidence.json"] {
            assert!(!sealed.windows(plain.len()).any(|window| window == plain), "{name}");
        }
        assert!(
            kept.list(Some("thai-nguyen"), None, 10, NOW_US).unwrap().iter().any(|k| k.id == id),
            "{name}"
        );
        assert!(kept.list(Some("bo-y-te"), None, 10, NOW_US).unwrap().is_empty(), "{name}");
        assert_eq!(kept.of_matter("m1", NOW_US).unwrap().len(), 1, "{name}");

        // After a rotation everything stands under the new key, and opens.
        let ring = ring();
        ring.add_key(2, &dancu_keys::Secret::new([9; 32])).unwrap();
        ring.set_current(2).unwrap();
        let rotated = Evidences::open(store.clone(), ring, blobs, options).unwrap();
        assert_eq!((rotated.reseal(1).unwrap(), rotated.reseal(1).unwrap()), (2, 0), "{name}");
        assert_eq!(rotated.bytes(&id).unwrap().unwrap(), bytes, "{name}");

        let mut pages = Vec::new();
        for n in 0..3 {
            rotated.begin(&New { now_us: NOW_US + n, matter: None, ..new(&scope) }).unwrap();
        }
        let mut after: Option<(i64, String)> = None;
        loop {
            let from = after.as_ref().map(|(at, id)| (*at, id.as_str()));
            let page = rotated.list(None, from, 2, NOW_US).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.asked_us, last.id.clone()));
            pages.extend(page.into_iter().map(|kept| kept.id));
        }
        pages.dedup();
        assert_eq!(pages.len(), 4, "{name}");
    }
}

#[test]
fn without_a_certificate_nothing_is_made_and_it_is_told_why() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let sources = sources(&store, 3);
    let options = Options { key: None, stamping: None, most: 100, service: String::new() };
    let kept = Evidences::open(store, ring(), Blobs::memory(), options).unwrap();
    let scope = of(Of::System("one-stop".into()));
    let id = kept.begin(&new(&scope)).unwrap();
    let found = find(&sources, &scope, None, 100).unwrap();
    let refused = kept.make(&id, &sources, ask(scope, &[]), &found, &|| NOW_US);
    assert!(matches!(refused, Err(EvidenceError::NoSigner)));
    let failed = kept.get(&id, NOW_US).unwrap().unwrap();
    assert_eq!((failed.state, failed.why.as_deref()), (KeptState::Failed, Some("no-signer")));
}
