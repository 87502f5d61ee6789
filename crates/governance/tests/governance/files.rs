//! Attachments.
use crate::scene::{MANAGER, NOW, SYSTEM, deed, everywhere, open, pdf};
use dancu_governance::{GovernanceError, Step, Upload};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00";

#[test]
fn what_is_attached_comes_back_byte_for_byte_and_only_through_its_matter() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        let bytes = pdf("mô tả");
        let upload = Upload { kind: "technical_description", name: "mô tả.pdf", bytes: &bytes };
        let document = g.attach(&id, &upload, deed(MANAGER, NOW)).unwrap();
        assert_eq!((document.media_type.as_str(), document.size), ("application/pdf", 26), "{name}");
        assert_eq!(
            (document.name.as_str(), document.by.as_str(), document.entry),
            ("mô tả.pdf", MANAGER, Some(7))
        );
        assert_eq!(g.bytes(&id, &document.sha256).unwrap().unwrap(), bytes);
        g.attach(&id, &upload, deed(MANAGER, NOW + 1)).unwrap();
        assert_eq!(g.documents(&id).unwrap().len(), 1, "{name}: the same again is the same");
        let named_as_text = Upload { kind: "other", name: "scan.txt", bytes: PNG };
        assert_eq!(g.attach(&id, &named_as_text, deed(MANAGER, NOW)).unwrap().media_type, "image/png");
        assert_eq!(
            g.bytes(&"0".repeat(32), &document.sha256).unwrap(),
            None,
            "{name}: through no other matter"
        );
        assert_eq!(g.bytes(&id, &"0".repeat(64)).unwrap(), None);
    });
}

#[test]
fn what_may_not_be_attached_is_refused_and_leaves_nothing() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = dancu_storage::blob::Blobs::memory();
    let g = crate::scene::server(&store, &blobs).g;
    let id = open(&g);
    let big = [pdf("x"), vec![b' '; 20 * 1024 * 1024]].concat();
    let good = pdf("x");
    let long = format!("{}.pdf", "a".repeat(300));
    for (kind, name, bytes) in [
        ("other", "a.pdf", &b""[..]),
        ("other", "a.pdf", &big),
        ("other", "a.exe", &b"MZ\x90\x00\x03\x00\x00\x00"[..]),
        ("other", "a.pdf", &b"<html><script>alert(1)</script></html>"[..]),
        ("other", "a.svg", &b"<?xml version=\"1.0\"?><svg/>"[..]),
        ("other", "a.zip", &b"PK\x03\x04\x14\x00\x00\x00\x08\x00"[..]),
        ("joke", "a.pdf", &good),
        ("other", "", &good),
        ("other", "../../etc/passwd", &good),
        ("other", "a\0.pdf", &good),
        ("other", &long, &good),
    ] {
        let error = g.attach(&id, &Upload { kind, name, bytes }, deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(error, GovernanceError::File(_)), "{name}: {error}");
    }
    assert!(g.documents(&id).unwrap().is_empty() && blobs.list("").unwrap().is_empty());
    assert!(
        g.attach(&"0".repeat(32), &Upload { kind: "other", name: "a.pdf", bytes: &good }, deed(MANAGER, NOW))
            .is_err()
    );
}

#[test]
fn how_much_and_what_is_data() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = dancu_storage::blob::Blobs::memory();
    let rows = "
        [[limit]]
        name = \"attachments_max\"
        value = 2
        valid_from = \"2026-01-01\"
        source = \"test\"
        mark = \"OURS\"
        [[media]]
        name = \"image/png\"
        allowed = false
        valid_from = \"2026-10-06\"
        source = \"test\"
        mark = \"OURS\"";
    let g = crate::scene::server_with(&store, &blobs, &crate::scene::ring(), rows);
    let id = open(&g);
    let png = Upload { kind: "other", name: "a.png", bytes: PNG };
    g.attach(&id, &png, deed(MANAGER, NOW)).unwrap();
    let later = deed(MANAGER, NOW + crate::scene::DAY);
    assert!(g.attach(&id, &png, later).is_err(), "not from the day of effect on");
    let (a, b) = (pdf("a"), pdf("b"));
    g.attach(&id, &Upload { kind: "other", name: "a.pdf", bytes: &a }, later).unwrap();
    let third = g.attach(&id, &Upload { kind: "other", name: "b.pdf", bytes: &b }, later).unwrap_err();
    assert!(matches!(third, GovernanceError::File(_)), "{third}");
    assert_eq!(g.documents(&id).unwrap().len(), 2);
}

#[test]
fn a_file_that_was_changed_in_its_store_is_noticed() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = dancu_storage::blob::Blobs::memory();
    let g = crate::scene::server(&store, &blobs).g;
    let id = open(&g);
    let (a, b) = (pdf("a"), pdf("b"));
    let first =
        g.attach(&id, &Upload { kind: "other", name: "a.pdf", bytes: &a }, deed(MANAGER, NOW)).unwrap();
    let second =
        g.attach(&id, &Upload { kind: "other", name: "b.pdf", bytes: &b }, deed(MANAGER, NOW)).unwrap();
    let path = |sha: &str| format!("governance/{}/{sha}", &sha[..2]);
    let moved = blobs.get(&path(&second.sha256)).unwrap().unwrap();
    blobs.put_all(&[(path(&first.sha256), moved)]).unwrap();
    assert!(g.bytes(&id, &first.sha256).is_err(), "a file in another's place does not open");
    blobs.delete(&path(&second.sha256)).unwrap();
    assert!(matches!(g.bytes(&id, &second.sha256), Err(GovernanceError::Unknown { what: "file", .. })));
    assert_eq!(g.of_system(SYSTEM, dancu_governance::Kind::Connection).unwrap().len(), 1);
    assert!(g.take(&id, Step::Submit, deed(MANAGER, NOW)).is_err());
}
