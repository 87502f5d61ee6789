//! Closed months, retention and holds, on every engine.
use crate::{answered, ring, run};
use dancu_journal::{
    Draft, HoldScope, Journal, KeepingError, Kind, Options, Part, Retention, RetentionOptions, subject_hash,
};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_tlog::bundle::Bundle;
use dancu_tlog::tile::{Tile, TileKind};

/// 2024-10-15, 2024-11-15 and 2026-12-05, noon in Việt Nam.
const OCTOBER: i64 = 1_728_968_400_000_000;
const NOVEMBER: i64 = 1_731_646_800_000_000;
const NOW: i64 = 1_796_446_800_000_000;

fn open(store: &Store, archive: &Blobs) -> Journal {
    let options = Options { archive: archive.clone(), ..Options::default() };
    Journal::open(store.clone(), ring(), options).unwrap()
}

fn law() -> Retention {
    let options = RetentionOptions { exchange_months: None, security_months: None, security_level: 3 };
    Retention::in_force(dancu_journal::Month::of(NOW), &options).unwrap()
}

fn at(number: u32, at_us: i64) -> Draft {
    let mut draft = answered(number);
    draft.call.at_us = at_us + i64::from(number);
    draft.call.personal.subject = Some(format!("00118500{:04}", number % 100));
    draft
}

/// 300 entries of October, 300 of November 2024, 600 of now.
async fn append(journal: &Journal) {
    for (count, at_us) in [(300, OCTOBER), (300, NOVEMBER), (600, NOW)] {
        let drafts: Vec<_> = (0..count).map(|number| at(number, at_us)).collect();
        for drafts in drafts.chunks(100) {
            journal.append_all(drafts.to_vec(), None).await.unwrap();
        }
    }
}

/// These entries, their full bundles published and settled.
async fn fill(journal: &Journal) {
    append(journal).await;
    let journal = journal.clone();
    tokio::task::spawn_blocking(move || settle(&journal)).await.unwrap();
}

fn settle(journal: &Journal) {
    let bundles = journal.read_head().unwrap().size / 256;
    for bundle in 0..bundles {
        let mut file = Bundle::new();
        for stored in journal.read_stored(bundle * 256, 256).unwrap() {
            file.push(&stored.entry).unwrap();
        }
        let path = Tile::new(TileKind::Entries, bundle, 256).unwrap().to_string();
        journal.blobs().put_all(&[(path, file.into_bytes())]).unwrap();
    }
    journal.settle(bundles).unwrap();
}

async fn settled(journal: &Journal) -> u64 {
    let journal = journal.clone();
    tokio::task::spawn_blocking(move || journal.settled().unwrap()).await.unwrap()
}

async fn archive(journal: &Journal) -> u64 {
    let journal = journal.clone();
    tokio::task::spawn_blocking(move || journal.archive(NOW).unwrap()).await.unwrap()
}

#[test]
fn closed_months_move_out_and_read_as_before() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let blobs = Blobs::memory();
        let journal = open(&store, &blobs);
        run(async {
            fill(&journal).await;
            let mut before = Vec::new();
            for index in [0, 255, 256, 511, 600, 700] {
                before.push(journal.entry(index).await.unwrap().unwrap());
            }
            assert_eq!(archive(&journal).await, 2, "{engine}: October and November");
            assert_eq!(archive(&journal).await, 0, "{engine}: once is enough");
            assert_eq!(blobs.list("").unwrap().len(), 2);
            assert_eq!(before[0].kind, Kind::Context);
            assert!(before[1].call.personal.get(Part::Subject).is_some());
            for entry in before {
                assert_eq!(journal.entry(entry.index).await.unwrap().unwrap(), entry, "{engine}");
            }

            let eraser = journal.clone();
            let erase = move || eraser.erase(300, &[Part::Officer]).unwrap();
            let erased =
                [tokio::task::spawn_blocking(erase.clone()).await, tokio::task::spawn_blocking(erase).await];
            assert_eq!(
                erased.map(Result::unwrap),
                [true, false],
                "{engine}: an archived part is erased, once"
            );
            let entry = journal.entry(300).await.unwrap().unwrap();
            assert_eq!(entry.erased, [Part::Officer]);
            assert!(entry.call.personal.subject.is_some());
            assert_eq!(blobs.list("").unwrap().len(), 2, "{engine}: the earlier edition is gone");
        });
    }
}

#[test]
fn what_is_over_goes_and_what_is_held_stays() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let journal = open(&store, &Blobs::memory());
        run(async {
            fill(&journal).await;
            archive(&journal).await;
            let size = journal.len().await.unwrap();

            // By December 2026 both months of 2024 are over; the files hold the bundles 0 and 1, that is 512 entries, of which one is a context.
            let dry = journal.purge(&law(), NOW, true).await.unwrap();
            assert_eq!((dry.entries, dry.held), (511, 0), "{engine}");
            assert_eq!(journal.len().await.unwrap(), size, "a dry run writes nothing");

            let one = HoldScope { entry: Some(7), ..HoldScope::default() };
            journal.hold("01/LT", one.clone(), "giamsat01", NOW).await.unwrap();
            assert!(matches!(journal.hold("01/LT", one, "x", NOW).await, Err(KeepingError::HoldExists)));
            let subject = Some(subject_hash(&ring(), "001185000042"));
            let person = HoldScope { subject, to_us: Some(NOVEMBER), ..HoldScope::default() };
            journal.hold("02/LT", person, "giamsat01", NOW).await.unwrap();

            let hashes = [journal.entry(7).await, journal.entry(8).await]
                .map(|entry| entry.unwrap().unwrap().leaf_hash);
            let purged = journal.purge(&law(), NOW, false).await.unwrap();
            // Entry 7, and the three of October about number 42.
            assert_eq!((purged.entries, purged.held), (507, 4), "{engine}");
            assert_eq!(purged.months, [], "a month with a held entry keeps its key");

            let [held, gone] =
                [journal.entry(7).await, journal.entry(8).await].map(|entry| entry.unwrap().unwrap());
            assert_eq!([held.leaf_hash, gone.leaf_hash], hashes, "{engine}: what is proved stays");
            assert!(held.call.personal.get(Part::Officer).is_some());
            assert!(gone.parts_gone && gone.call.personal.get(Part::Officer).is_none());
            assert!(journal.entry(143).await.unwrap().unwrap().call.personal.subject.is_some());

            // Acts of keeping are entries too: two holds, two files.
            let mut acts = Vec::new();
            for index in size..journal.len().await.unwrap() {
                if let Kind::Act { first, after, rule } = journal.entry(index).await.unwrap().unwrap().kind {
                    acts.push((first, after, rule));
                }
            }
            assert_eq!(acts.len(), 4, "{engine}: {acts:?}");
            assert!(acts[2].2.starts_with("Circular 46/2022/TT-BCA"), "{acts:?}");

            for order in ["01/LT", "02/LT"] {
                journal.release(order, "giamsat01", NOW).await.unwrap();
            }
            assert!(matches!(journal.release("02/LT", "x", NOW).await, Err(KeepingError::NoHold)));
            let rest = journal.purge(&law(), NOW, false).await.unwrap();
            assert_eq!((rest.entries, rest.held), (4, 0), "{engine}");
            // Bundle 2 still has 88 entries of November beside those of now.
            let months: Vec<_> = rest.months.iter().map(ToString::to_string).collect();
            assert_eq!(months, ["2024-10"], "{engine}");
            assert_eq!(journal.purge(&law(), NOW, false).await.unwrap().entries, 0);
        });
    }
}

#[test]
fn an_entry_whose_parts_are_gone_is_still_proved() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let journal = open(&store, &Blobs::memory());
        let publisher = crate::publish::start(&journal).unwrap();
        run(async {
            append(&journal).await;
            while settled(&journal).await < 4 {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            archive(&journal).await;
            assert!(journal.purge(&law(), NOW, false).await.unwrap().entries > 0);
        });
        for (index, parts_gone) in [(8, true), (700, false)] {
            let proof = publisher.proof(index, &[Part::Subject]).unwrap();
            let proved =
                dancu_tlog::proof_file::verify(proof.as_bytes(), &crate::publish::policy(false)).unwrap();
            assert_eq!((proved.index, proved.parts_gone), (index, parts_gone), "{engine}");
            let shown = proved.shown(dancu_tlog::proof_file::SUBJECT);
            assert_eq!(shown.is_none(), parts_gone, "{engine}");
        }
        run(publisher.close());
    }
}

#[test]
fn archived_entries_are_counted_with_the_others() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let journal = open(&store, &Blobs::memory());
        run(async {
            fill(&journal).await;
            assert!(archive(&journal).await > 0, "{name}");
            let size = journal.len().await.unwrap();
            assert_eq!(journal.count().await, Ok(size), "{name}");
            // A context stands in front of all.
            for (since, expected) in
                [(0, size), (OCTOBER + 100, 1100), (NOVEMBER, 900), (NOVEMBER + 299, 601), (NOW, 600)]
            {
                let counted = journal.count_since(since).await.unwrap();
                assert!(
                    counted == expected || (since == 0 && counted + 1 == size),
                    "{name}: {since} {counted}"
                );
            }
        });
    }
}
