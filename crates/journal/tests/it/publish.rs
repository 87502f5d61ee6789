//! Publishing: tiles, checkpoints and proofs of a journal that grows, is restarted, shared, set back and tampered with.
use super::{answered, ring, run};
use dancu_journal::publish::{ProofError, PublishError, Publisher, PublisherOptions};
use dancu_journal::{Journal, JournalError, Options, Part};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_tlog::checkpoint::{SignedCheckpoint, TreeHead};
use dancu_tlog::cosignature::cosign;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Group, Log, Policy, Witness, strict_open};
use dancu_tlog::proof::{root_at, verify_consistency};
use dancu_tlog::tile::{TileReader, changed_bundles, changed_tiles};
use dancu_tlog::tlog_proof::TlogProof;
use dancu_tlog::{bundle, leaf_hash, root};
use std::path::Path;
use std::time::Duration;

const ORIGIN: &str = "journal.example.vn";

fn key(byte: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN, SignatureType::Ed25519, &[byte; 32]).unwrap()
}

fn witness(number: u8) -> SignerKey {
    let name = format!("witness-{number}.example.vn");
    SignerKey::from_seed(&name, SignatureType::CosignatureV1, &[100 + number; 32]).unwrap()
}

/// Two witnesses, of which both are needed, or none.
pub(crate) fn policy(witnessed: bool) -> Policy {
    let log = Log { key: key(1).verifier().clone(), url: None };
    let names = ["first".to_owned(), "second".to_owned()];
    let witnesses = [1, 2].map(|number| Witness {
        name: names[usize::from(number) - 1].clone(),
        key: witness(number).verifier().clone(),
        url: None,
    });
    let both = Group { name: "both".to_owned(), threshold: 2, members: names.to_vec() };
    Policy::new(vec![log], witnesses.to_vec(), vec![both], witnessed.then(|| "both".to_owned())).unwrap()
}

fn options(witnessed: bool) -> PublisherOptions {
    PublisherOptions {
        every: Duration::from_millis(5),
        look: Duration::from_millis(20),
        settle_every: Some(Duration::ZERO),
        alarm_after: Duration::from_millis(50),
        ..PublisherOptions::new(key(1), policy(witnessed))
    }
}

fn journal(store: &Store, blobs: &Blobs) -> Journal {
    let options = Options { blobs: blobs.clone(), ..Options::default() };
    Journal::open(store.clone(), ring(), options).unwrap()
}

pub(crate) fn start(journal: &Journal) -> Result<Publisher, PublishError> {
    Publisher::start(journal.clone(), options(false))
}

fn append(journal: &Journal, count: u32) {
    run(async {
        let waiting: Vec<_> = (0..count).map(|number| journal.append(answered(number))).collect();
        for waiting in waiting {
            waiting.await.unwrap();
        }
    });
}

/// Until the publisher has published all that the journal holds.
fn publish_all(journal: &Journal, publisher: &Publisher) -> TreeHead {
    run(async {
        let size = journal.len().await.unwrap();
        let mut published = publisher.published();
        published.wait_for(|published| published.size() >= size).await.unwrap();
    });
    publisher.published().borrow().newest.checkpoint().head()
}

/// What an auditor finds: exactly the files of this size, the entries of the journal, the root of the checkpoint.
fn audit(name: &str, journal: &Journal, blobs: &Blobs) -> TreeHead {
    let bytes = blobs.get("checkpoint").unwrap().unwrap();
    let head = strict_open(&bytes, &policy(false)).unwrap().head();
    let mut files: Vec<String> = changed_tiles(0, head.size)
        .chain(changed_bundles(0, head.size))
        .map(|tile| tile.to_string())
        .collect();
    files.sort();
    assert_eq!(blobs.list("tile").unwrap(), files, "{name}");
    let mut entries = Vec::new();
    for tile in changed_bundles(0, head.size) {
        let content = blobs.get(&tile.to_string()).unwrap().unwrap();
        entries.extend(bundle::parse_exact(&content, tile.width()).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    let stored = journal.read_stored(0, entries.len()).unwrap();
    assert!(stored.iter().map(|stored| &stored.entry).eq(&entries), "{name}");
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(root(&leaves), head.root, "{name}");
    let mut tiles = TileReader::new(head.size, |tile| blobs.get(&tile.to_string()).unwrap().ok_or("missing"));
    assert_eq!(root_at(&mut tiles, head.size).unwrap(), head.root, "{name}");
    head
}

#[test]
fn a_log_is_published_restarted_and_settled() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::folder(folder.path()).unwrap();
        for (round, count) in [0, 3, 700, 1].into_iter().enumerate() {
            let journal = journal(&store, &blobs);
            let publisher = start(&journal).unwrap();
            append(&journal, count);
            let head = publish_all(&journal, &publisher);
            run(publisher.close());
            run(journal.close());
            assert_eq!(audit(name, &journal, &blobs), head, "{name}, round {round}");
            assert_eq!(head.size, run(journal.len()).unwrap(), "{name}");
        }
        let journal = journal(&store, &blobs);
        assert_eq!(journal.settled().unwrap(), 2, "{name}: 704 entries and a context are two bundles");
        let entry = run(journal.entry(300)).unwrap().unwrap();
        assert_eq!(entry.call.personal.case_number.as_deref(), Some("HoSo-0043"), "{name}");
    }
}

#[test]
fn proofs_of_settled_and_of_hot_entries_verify_with_the_published_policy() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let blobs = Blobs::memory();
        let journal = journal(&store, &blobs);
        let publisher = start(&journal).unwrap();
        append(&journal, 400);
        let head = publish_all(&journal, &publisher);
        for index in [0, 1, 255, 256, 400] {
            let text = publisher.proof(index, &[]).unwrap();
            let proof = TlogProof::parse(text.as_bytes()).unwrap();
            let stored = journal.read_stored(index, 1).unwrap().pop().unwrap();
            let opened = proof.verify(&leaf_hash(&stored.entry), &policy(false)).unwrap();
            assert_eq!((opened.head(), proof.index), (head, index), "{name}");
            for secret in ["HoSo-0043", "001185000017", "MaYeuCau", "CanBo-0042"] {
                let extra = proof.extra.clone().unwrap();
                assert!(!String::from_utf8_lossy(&extra).contains(secret), "{name}: {secret} shown");
            }
            let told = publisher.proof(index, &[Part::CaseNumber]).unwrap();
            let told = TlogProof::parse(told.as_bytes()).unwrap().extra.unwrap();
            let shows = |what: &str| String::from_utf8_lossy(&told).contains(what);
            assert_eq!((shows("HoSo-0043"), shows("CanBo-0042")), (index != 0, false), "{name}");
        }
        assert_eq!(publisher.proof(401, &[]), Err(ProofError::NoEntry), "{name}");
        for (old, new) in [(0, head.size), (1, 2), (255, 401), (256, 300), (401, 401)] {
            let tiles =
                |size| TileReader::new(size, |tile| publisher.files().tile(tile).unwrap().ok_or("missing"));
            let (old_root, new_root) = (root_at(&mut tiles(old), old), root_at(&mut tiles(new), new));
            let proof = publisher.consistency(old, new).unwrap();
            verify_consistency(old, new, &proof, &old_root.unwrap(), &new_root.unwrap()).unwrap();
        }
        assert_eq!(publisher.consistency(1, 402), Err(ProofError::Sizes { published: 401 }));
        assert_eq!(publisher.consistency(2, 1), Err(ProofError::Sizes { published: 401 }));
        run(publisher.close());
    }
}

/// A copy of an embedded store, as a backup tool makes it.
fn copy(from: &Path, to: &Path) {
    Store::sqlite(from).unwrap().run_tx("checkpoint", |_| Ok::<_, dancu_storage::StoreError>(())).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        let _ = std::fs::remove_file(name(to));
        if Path::new(&name(from)).exists() {
            std::fs::copy(name(from), name(to)).unwrap();
        }
    }
}

#[test]
fn a_store_that_was_set_back_signs_nothing_and_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("store.db"), folder.path().join("backup.db"));
    let blobs = Blobs::folder(&folder.path().join("journal")).unwrap();
    {
        let journal = journal(&Store::sqlite(&path).unwrap(), &blobs);
        let publisher = start(&journal).unwrap();
        append(&journal, 20);
        publish_all(&journal, &publisher);
        copy(&path, &backup);
        append(&journal, 20);
        publish_all(&journal, &publisher);
        run(publisher.close());
        run(journal.close());
    }
    let honest = blobs.get("checkpoint").unwrap();
    let journal = journal(&Store::sqlite(&backup).unwrap(), &blobs);
    let refused = start(&journal).unwrap_err();
    assert_eq!(refused, PublishError::Behind { store: 21, published: 41 });
    assert!(refused.is_final() && refused.to_string().contains("21 entries, but 41 are published"));
    assert!(matches!(run(journal.append(answered(99))), Err(JournalError::Halted(_))));
    assert_eq!(run(journal.len()).unwrap(), 21);
    assert_eq!(blobs.get("checkpoint").unwrap(), honest);
}

#[test]
fn a_store_with_another_history_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("store.db"), folder.path().join("backup.db"));
    let blobs = Blobs::folder(&folder.path().join("journal")).unwrap();
    {
        let journal = journal(&Store::sqlite(&path).unwrap(), &blobs);
        append(&journal, 20);
        run(journal.close());
        copy(&path, &backup);
    }
    let [first, second] = [&path, &backup].map(|path| journal(&Store::sqlite(path).unwrap(), &blobs));
    let publisher = start(&first).unwrap();
    append(&first, 5);
    publish_all(&first, &publisher);
    // The other one does not publish while it goes its own way.
    append(&second, 30);
    let size = run(first.len()).unwrap();
    assert_eq!(start(&second).unwrap_err(), PublishError::Forked { size });
    assert!(second.halted().is_some());
    run(publisher.close());
    audit("first", &first, &blobs);
}

#[test]
fn files_that_were_set_back_or_are_gone_are_noticed() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let journal = journal(&store, &blobs);
    let publisher = start(&journal).unwrap();
    append(&journal, 300);
    publish_all(&journal, &publisher);
    let older = blobs.get("checkpoint").unwrap().unwrap();
    append(&journal, 300);
    let size = publish_all(&journal, &publisher).size;
    run(publisher.close());
    let newest = blobs.get("checkpoint").unwrap().unwrap();

    blobs.put_all(&[("checkpoint".to_owned(), older)]).unwrap();
    let fresh =
        || Journal::open(store.clone(), ring(), Options { blobs: blobs.clone(), ..Options::default() });
    let refused = start(&fresh().unwrap()).unwrap_err();
    let known = size / 256 * 256;
    assert!(matches!(refused, PublishError::FilesBehind { known: it, .. } if it == known), "{refused}");
    blobs.delete("checkpoint").unwrap();
    assert_eq!(start(&fresh().unwrap()).unwrap_err(), PublishError::FilesBehind { found: 0, known });

    blobs.put_all(&[("checkpoint".to_owned(), newest)]).unwrap();
    let other = PublisherOptions { signer: key(2), ..options(false) };
    assert!(matches!(Publisher::start(fresh().unwrap(), other), Err(PublishError::Key(_))));
    let log = Log { key: key(2).verifier().clone(), url: None };
    let policy = Policy::new(vec![log], vec![], vec![], None).unwrap();
    let other = PublisherOptions { signer: key(2), policy, ..options(false) };
    assert!(matches!(Publisher::start(fresh().unwrap(), other), Err(PublishError::NotOurs(_))));
    run(start(&fresh().unwrap()).unwrap().close());
}

#[test]
fn files_that_the_power_took_are_written_again() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(folder.path()).unwrap();
    let options = || PublisherOptions { settle_every: None, ..options(false) };
    let first = journal(&store, &blobs);
    let publisher = Publisher::start(first.clone(), options()).unwrap();
    append(&first, 700);
    publish_all(&first, &publisher);
    run(publisher.close());
    for (number, path) in blobs.list("tile").unwrap().into_iter().enumerate() {
        match number % 3 {
            0 => blobs.delete(&path).unwrap(),
            1 => blobs.put_all(&[(path, vec![])]).unwrap(),
            _ => {}
        }
    }
    let again = journal(&store, &blobs);
    let publisher = Publisher::start(again.clone(), options()).unwrap();
    run(publisher.close());
    audit("again", &again, &blobs);
}

/// Two servers on one store and one folder: each appends and publishes; every checkpoint continues the one before it.
#[test]
fn two_publishers_never_fork() {
    let url = dancu_storage::testing::fresh_postgres_url();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let stores: [(&str, [Store; 2]); 2] = [
        ("postgresql", [(), ()].map(|()| dancu_storage::testing::open_postgres(&url))),
        ("sqlite", [(), ()].map(|()| Store::sqlite(&file).unwrap())),
    ];
    for (name, stores) in stores {
        let folder = tempfile::tempdir().unwrap();
        let servers = stores.map(|store| {
            let journal = journal(&store, &Blobs::folder(folder.path()).unwrap());
            let publisher = start(&journal).unwrap();
            (journal, publisher)
        });
        let blobs = Blobs::folder(folder.path()).unwrap();
        let mut seen: Vec<TreeHead> = Vec::new();
        std::thread::scope(|scope| {
            let mut at_work = Vec::new();
            for (journal, _) in &servers {
                at_work.push(scope.spawn(|| (0..40).for_each(|_| append(journal, 20))));
            }
            while !at_work.iter().all(std::thread::ScopedJoinHandle::is_finished) {
                let bytes = blobs.get("checkpoint").unwrap().unwrap();
                let head = SignedCheckpoint::parse(&bytes).unwrap().checkpoint().head();
                if seen.last() != Some(&head) {
                    seen.push(head);
                }
            }
        });
        for (journal, publisher) in &servers {
            publish_all(journal, publisher);
            run(publisher.close());
            assert_eq!(journal.halted(), None, "{name}");
        }
        let last = {
            let bytes = blobs.get("checkpoint").unwrap().unwrap();
            SignedCheckpoint::parse(&bytes).unwrap().checkpoint().head()
        };
        assert!(last.size > 1600 && seen.len() > 1, "{name}: {} checkpoints", seen.len());
        let leaves: Vec<_> = servers[0].0.read_stored(0, 10_000).unwrap();
        let leaves: Vec<_> = leaves.iter().map(|stored| leaf_hash(&stored.entry)).collect();
        for head in seen {
            let size = usize::try_from(head.size).unwrap();
            assert_eq!(
                root(&leaves[..size]),
                head.root,
                "{name}: the checkpoint of {size} is of another history"
            );
        }
    }
}

#[test]
fn a_quorum_of_witnesses_makes_the_witnessed_file_and_ends_the_alarm() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let journal = journal(&store, &blobs);
    let publisher = Publisher::start(journal.clone(), options(true)).unwrap();
    let mut registry = prometheus_client::registry::Registry::with_prefix("dancu");
    publisher.register_metrics(&mut registry);
    let alarm = |expected: bool| {
        let line = format!("dancu_journal_witness_quorum_missing {}\n", u8::from(expected));
        for _ in 0..500 {
            let mut text = String::new();
            prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
            if text.contains(&line) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("no {line}");
    };
    append(&journal, 10);
    publish_all(&journal, &publisher);
    alarm(true);
    assert_eq!(publisher.files().witnessed(), Ok(None));

    let newest = publisher.published().borrow().newest.clone();
    let of = |number| cosign(&witness(number), &newest, 1_795_226_400).unwrap();
    assert_eq!(publisher.add_cosignatures(&newest, &[of(1)]), Ok(false));
    assert_eq!(publisher.files().witnessed(), Ok(None));
    let forged = cosign(&witness(3), &newest, 1).unwrap();
    assert!(publisher.add_cosignatures(&newest, &[forged]).is_err(), "a stranger");
    assert_eq!(publisher.add_cosignatures(&newest, &[of(2)]), Ok(true));
    let file = publisher.files().witnessed().unwrap().unwrap();
    let opened = strict_open(&file, &policy(true)).unwrap();
    assert!(opened.quorum && opened.head().size == 11);
    alarm(false);

    // Proofs of what is witnessed bring the witnesses along, also when the log has grown.
    append(&journal, 10);
    publish_all(&journal, &publisher);
    let proof = TlogProof::parse(publisher.proof(5, &[]).unwrap().as_bytes()).unwrap();
    let leaf = leaf_hash(&journal.read_stored(5, 1).unwrap()[0].entry);
    assert_eq!(proof.verify(&leaf, &policy(true)).unwrap().head().size, 11);
    let newer = TlogProof::parse(publisher.proof(15, &[]).unwrap().as_bytes()).unwrap();
    assert_eq!(newer.checkpoint.checkpoint().head().size, 21);
    // An older checkpoint with a quorum does not take the newer one's place.
    let newest = publisher.published().borrow().newest.clone();
    let cosignatures = [1, 2].map(|number| cosign(&witness(number), &newest, 1_795_226_401).unwrap());
    assert_eq!(publisher.add_cosignatures(&newest, &cosignatures), Ok(true));
    assert_eq!(publisher.add_cosignatures(&opened.signed, &[]), Ok(true));
    let file = publisher.files().witnessed().unwrap().unwrap();
    assert_eq!(strict_open(&file, &policy(true)).unwrap().head().size, 21);
    run(publisher.close());
}
