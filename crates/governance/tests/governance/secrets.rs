//! What people write is readable nowhere, and stays readable to us after a rotation of keys.
use crate::scene::{MANAGER, NOW, OFFICER, ORG, connected, deed, pdf, request, ring, server_with};
use dancu_governance::{Channel, Content, ErrorNotice, MeasureState, Step, Ticket, Upload};
use dancu_keys::Secret;
use dancu_storage::blob::Blobs;
use dancu_storage::testing::stores;

const WORDS: [&str; 9] = [
    "Nguyễn Văn An",
    "0208 385",
    "an.nv@example",
    "Xác thực thông tin công dân",
    "lý do ghi",
    "giay-to.pdf",
    "001080000024",
    "Bà Lê Thị Mai",
    "0987654321",
];

#[test]
fn nothing_that_people_wrote_is_readable_in_the_tables_the_files_or_debug() {
    let guard = tempfile::tempdir().unwrap();
    let directory = guard.path();
    let store = dancu_storage::Store::sqlite(&directory.join("store.db")).unwrap();
    let blobs = Blobs::folder(&directory.join("files")).unwrap();
    let g = server_with(&store, &blobs, &ring(), "");
    let id = connected(&g);
    let notice = ErrorNotice {
        citizen: "001080000024".into(),
        fields: vec!["sex".into()],
        text: "Bà Lê Thị Mai là nữ".into(),
        ..ErrorNotice::default()
    };
    let notice = Content::ErrorNotice(notice);
    g.open_case(&notice, ORG, None, &[], deed(MANAGER, NOW)).unwrap();
    let ticket = Content::Ticket(Ticket {
        channel: Channel::Phone,
        name: "Bà Lê Thị Mai".into(),
        contact: "0987654321".into(),
        subject: "Kết nối".into(),
        text: "Không gọi được".into(),
        thread: Vec::new(),
    });
    g.open_case(&ticket, ORG, None, &[], deed(MANAGER, NOW)).unwrap();

    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {g:?}",
        request(),
        g.matter(&id).unwrap(),
        g.steps(&id).unwrap(),
        g.editions(&id).unwrap(),
        g.documents(&id).unwrap(),
        (notice, ticket, deed(OFFICER, NOW), Upload { kind: "other", name: "giay-to.pdf", bytes: b"" }),
    );
    let mut bytes = Vec::new();
    gather(directory, &mut bytes);
    assert!(bytes.len() > 50_000);
    for words in WORDS {
        assert!(!shown.contains(words), "{words}");
        assert!(!bytes.windows(words.len()).any(|window| window == words.as_bytes()), "{words}");
    }
    assert!(!bytes.windows(8).any(|window| window == b"%PDF-1.7"), "a file lies open");
}

fn gather(folder: &std::path::Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, into);
        } else {
            into.extend(std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn after_a_rotation_everything_is_sealed_anew_and_the_old_key_may_go() {
    for (name, store, _guard) in stores() {
        let (keys, blobs) = (ring(), Blobs::memory());
        let g = server_with(&store, &blobs, &keys, "");
        let id = connected(&g);
        g.state_measure("one-stop", "vpn", MeasureState::Met, "Thiết bị tại trung tâm", deed(MANAGER, NOW))
            .unwrap();
        let all = |g: &dancu_governance::Governance| {
            let documents = g.documents(&id).unwrap();
            let files: Vec<_> = documents.iter().map(|d| g.bytes(&id, &d.sha256).unwrap().unwrap()).collect();
            (
                g.editions(&id).unwrap(),
                g.steps(&id).unwrap(),
                documents,
                files,
                g.measures("one-stop").unwrap(),
            )
        };
        let before = all(&g);
        keys.add_key(2, &Secret::new([3; 32])).unwrap();
        keys.set_current(2).unwrap();
        let count = g.reseal(3).unwrap();
        assert!(count > 20, "{name}: {count}");
        assert_eq!(g.reseal(100).unwrap(), 0, "{name}: all of it");
        assert_eq!(all(&g), before, "{name}");

        // A ring that never had the first key reads all of it: only the number of its key differs.
        let new = dancu_keys::KeyRing::new(&Secret::new([9; 32]), &Secret::new([2; 32])).unwrap();
        new.add_key(2, &Secret::new([3; 32])).unwrap();
        new.set_current(2).unwrap();
        store.run_tx("test.forget", |tx| tx.execute("DELETE FROM account", &[])).unwrap();
        let other = server_with(&store, &blobs, &new, "");
        assert_eq!(all(&other), before, "{name}");
        let bytes = pdf("commitment");
        let document = before.2.iter().find(|d| d.kind == "commitment").unwrap();
        assert_eq!(other.bytes(&id, &document.sha256).unwrap().unwrap(), bytes);
        assert!(other.take(&id, Step::Withdraw, deed(MANAGER, NOW)).is_err());
    }
}
