//! The journal over real stores, of all engines, plain and with injected collisions.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod append;
mod crash;
mod entries;
mod inquiry;
mod keeping;
mod killed;
mod once;
mod publish;
mod quota;
mod records;
mod settle;
mod victim;

use dancu_journal::{Answered, Call, Draft, Journal, Options, Outcome, Personal, Receipt, subject_hash};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use std::future::Future;
use std::path::Path;

const SUBJECT: &str = "001185000017";
const NOW_US: i64 = 1_795_226_400_000_000;

fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

fn journal(store: &Store) -> Journal {
    Journal::open(store.clone(), ring(), Options::default()).unwrap()
}

/// Two journals that share nothing but the file, as two processes do.
fn two_on_one_file(folder: &Path) -> [Journal; 2] {
    [(), ()].map(|()| journal(&Store::sqlite(&folder.join("journal.db")).unwrap()))
}

/// Pairs of journals on one store: of every engine, and on one file of the embedded one.
fn pairs() -> Vec<(&'static str, [Journal; 2], Box<dyn std::any::Any>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut pairs: Vec<(_, _, Box<dyn std::any::Any>)> = vec![];
    for (name, store, guard) in dancu_storage::testing::stores() {
        pairs.push((name, [journal(&store), journal(&store)], Box::new(guard)));
    }
    pairs.push(("sqlite, two handles", two_on_one_file(folder.path()), Box::new(folder)));
    let url = dancu_storage::testing::fresh_postgres_url();
    let two = [(), ()].map(|()| journal(&dancu_storage::testing::open_postgres(&url)));
    pairs.push(("postgresql, two handles", two, Box::new(())));
    pairs
}

fn answered(number: u32) -> Draft {
    let mut correlation = [0; 16];
    correlation[..4].copy_from_slice(&number.to_be_bytes());
    Draft::from(Call {
        at_us: NOW_US + i64::from(number),
        correlation,
        form: "rest".into(),
        service: "verify".into(),
        system_id: Some("hospital".into()),
        account_id: Some("account-1".into()),
        subject: Some(subject_hash(&ring(), SUBJECT)),
        outcome: Outcome::Answered(Answered::Verified),
        response_sha256: Some([6; 32]),
        personal: Personal {
            request_id: Some(format!("MaYeuCau-{number}")),
            officer: Some("CanBo-0042".into()),
            case_number: Some("HoSo-0043".into()),
            purpose: Some("Cap lai giay khai sinh".into()),
            source_address: Some("198.51.100.23".into()),
            subject: Some(SUBJECT.into()),
            platform_message_id: Some(format!("x-road-{number}")),
            order: None,
        },
        ..Call::default()
    })
}

/// Runs to the end on a runtime like the server's.
fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(future)
}

/// All drafts at once, alternating between two journals; receipts in the order of the drafts.
async fn append_to_both(journals: &[Journal; 2], drafts: impl IntoIterator<Item = Draft>) -> Vec<Receipt> {
    let waiting: Vec<_> =
        drafts.into_iter().enumerate().map(|(at, draft)| journals[at % 2].append(draft)).collect();
    let mut receipts = Vec::new();
    for waiting in waiting {
        receipts.push(waiting.await.unwrap());
    }
    receipts
}
