//! The index over logs in memory and over real journals, on all engines, plain and with injected collisions.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the numbers of tests are small"
)]

mod audit;
mod chains;
mod epochs;
mod journal;
mod memory;
mod search;
mod secrecy;
mod usages;

use dancu_journal::index::{Index, IndexOptions, Page};
use dancu_journal::{Answered, Call, Outcome, Personal};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use dancu_tlog::vrf::VrfSecret;
use memory::MemoryLog;
use std::sync::Arc;

const NOW_US: i64 = 1_795_226_400_000_000;
const SECOND: i64 = 1_000_000;

fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

fn vrf() -> VrfSecret {
    VrfSecret::from_seed(&[3; 32])
}

/// Small batches, so that rows are joined again and again.
fn options() -> IndexOptions {
    IndexOptions { batch: 37, ..IndexOptions::default() }
}

fn index(log: &Arc<MemoryLog>, store: &Store) -> Index {
    Index::over(log.clone(), ring(), store.clone(), vrf(), options()).unwrap()
}

/// Everything on one page.
const ALL: Page = Page { before: None, limit: usize::MAX };

/// The number of one of the persons of the tests; some have an old card's number.
fn person(n: usize) -> String {
    if n.is_multiple_of(5) { format!("{:09}", 11_000_000 + n) } else { format!("{:012}", 1_185_000_000 + n) }
}

/// A call that is different for each `n`, of few organisations and persons.
fn call(n: usize) -> Call {
    let mixed = n.wrapping_mul(2_654_435_761) >> 7;
    let outcomes = [Answered::Verified, Answered::Mismatch, Answered::Released];
    let subject = (!mixed.is_multiple_of(11)).then(|| person(mixed / 3 % 13));
    Call {
        at_us: NOW_US + n as i64 * SECOND / 10,
        correlation: (n as u128).to_be_bytes(),
        form: "rest".into(),
        service: ["verify", "look_up", "search"][mixed % 3].into(),
        procedure: Some(format!("1.00{}", mixed % 4)),
        organisation: Some(format!("org-{}", mixed % 5)),
        system_id: Some(format!("system-{}", mixed % 7)),
        account_id: Some(format!("account-{}", mixed % 17)),
        outcome: Outcome::Answered(outcomes[mixed / 5 % 3]),
        personal: Personal {
            officer: Some(format!("CanBo-{}", mixed % 19)),
            case_number: Some(format!("HoSo-{}", n / 3)),
            purpose: Some("Cap lai giay khai sinh".into()),
            subject,
            ..Personal::default()
        },
        ..Call::default()
    }
}
