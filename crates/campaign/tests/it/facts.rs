//! Facts beside a review's rows, from the journal's own index.
use crate::world::{DAY_US, NOW_US, OFFICER, OWN, day, ring, servers};
use dancu_campaign::{AccountFacts, FactSource, FactsWanted, JournalFacts, NewReview, Scope};
use dancu_catalogue::{Code, Lang};
use dancu_journal::index::{Index, IndexOptions, Log};
use dancu_journal::{Answered, Call, Entry, JournalError, Kind, Opening, Outcome, Personal, Receipt, Record};
use dancu_policy::Hours;
use dancu_storage::testing::sqlite_store;
use dancu_tlog::leaf_hash;
use dancu_tlog::vrf::VrfSecret;
use std::sync::Arc;

/// A log in memory that nobody writes to.
struct Calls(Vec<Entry>);

impl Calls {
    fn of(calls: Vec<Call>) -> Self {
        let entry = |(index, call): (u64, Call)| {
            let encoded = format!("{index} {call:?}").into_bytes();
            let leaf_hash = leaf_hash(&encoded);
            let (erased, context, opening, parts_gone) = (Vec::new(), None, Opening::default(), false);
            Entry { index, kind: Kind::Call, call, erased, parts_gone, encoded, leaf_hash, context, opening }
        };
        Self((0..).zip(calls).map(entry).collect())
    }
}

impl Log for Calls {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.0.len() as u64)
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        Ok(self.0.iter().skip(usize::try_from(from).unwrap()).take(limit).cloned().collect())
    }

    fn append(&self, _: Record) -> Result<Receipt, JournalError> {
        Err(JournalError::Unavailable)
    }
}

/// 09:00 so many days before now.
fn call(account: &str, days_ago: i64, service: &str) -> Call {
    Call {
        at_us: NOW_US - days_ago * DAY_US,
        service: service.into(),
        system_id: Some("one-stop".into()),
        account_id: Some(account.into()),
        certificate: Some([0xab; 32]),
        outcome: Outcome::Answered(Answered::Verified),
        personal: Personal { source_address: Some("10.55.0.7".into()), ..Personal::default() },
        ..Call::default()
    }
}

fn with_case(mut call: Call) -> Call {
    call.personal.case_number = Some("H55-1".into());
    call
}

/// Oldest first, as a log has them.
fn calls() -> Vec<Call> {
    let mut calls = vec![call("account-1", 400, "verify")];
    for days in (1..=30).rev() {
        calls.push(call("account-1", days, "verify"));
        calls.push(with_case(call("account-1", days, "look_up")));
        calls.push(call("account-2", days, "verify"));
    }
    // 23:00 yesterday, from elsewhere; refused; another kind of deed.
    let mut night = with_case(call("account-1", 0, "search"));
    night.at_us -= 10 * 3_600_000_000;
    night.personal.source_address = Some("10.55.0.9".into());
    let refused =
        Call { outcome: Outcome::Refused(Code::AccountNotActive), ..call("account-1", 0, "verify") };
    calls.extend([night, refused, call("account-1", 0, "history")]);
    calls
}

fn facts(calls: Vec<Call>, most: u32) -> JournalFacts {
    let (store, guard) = sqlite_store();
    // The files must outlive the index, and end with the process.
    std::mem::forget(guard);
    let index = Index::over(
        Arc::new(Calls::of(calls)),
        ring(),
        store,
        VrfSecret::from_seed(&[3; 32]),
        IndexOptions::default(),
    );
    let index = index.unwrap();
    index.catch_up().unwrap();
    JournalFacts::new(index, most)
}

fn wanted(account: &str) -> FactsWanted<'_> {
    let night = Hours::new(0b111_1111, 21 * 60, 6 * 60).unwrap();
    FactsWanted { account, system: "one-stop", from_us: NOW_US - 180 * DAY_US, to_us: NOW_US, night }
}

#[test]
fn calls_of_an_account_are_counted_by_kind_case_hour_and_place() {
    let source = facts(calls(), 10_000);
    let found = source.facts(&wanted("account-1")).unwrap();
    let want = AccountFacts {
        last_use_us: Some(NOW_US),
        verifications: 30,
        look_ups: 31,
        with_case: 31,
        without_case: 30,
        at_night: 1,
        refused: 1,
        devices: [String::from("abababababababab")].into(),
        addresses: ["10.55.0.7".to_owned(), "10.55.0.9".to_owned()].into(),
        more_places: false,
        more_calls: false,
    };
    assert!(found == want, "{found:?}");
    assert!(!format!("{found:?}").contains("10.55"));
    assert!(source.facts(&wanted("account-3")).unwrap() == AccountFacts::default());
    // Used once, before the period: known, and nothing is counted.
    let old = facts(vec![call("account-1", 400, "verify")], 10_000).facts(&wanted("account-1")).unwrap();
    assert_eq!((old.last_use_us, old.answered()), (Some(NOW_US - 400 * DAY_US), 0));
}

#[test]
fn counting_ends_at_its_limit_and_says_so() {
    let many: Vec<Call> = (0..1200).map(|_| call("account-1", 1, "verify")).collect();
    let found = facts(many.clone(), 500).facts(&wanted("account-1")).unwrap();
    assert_eq!((found.verifications, found.more_calls), (500, true));
    let all = facts(many, 5000).facts(&wanted("account-1")).unwrap();
    assert_eq!((all.verifications, all.more_calls), (1200, false));
    let places = (0..30).map(|n| {
        let mut call = call("account-1", 1, "verify");
        call.personal.source_address = Some(format!("10.55.1.{n}"));
        call
    });
    let found = facts(places.collect(), 500).facts(&wanted("account-1")).unwrap();
    assert_eq!((found.addresses.len(), found.more_places), (20, true));
}

#[test]
fn facts_stand_beside_the_rows_and_in_the_result() {
    let source = facts(calls(), 10_000);
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        let given = NewReview {
            title: "Rà soát",
            scope: Scope::All,
            opens: day("2026-11-21"),
            deadline: day("2026-12-05"),
            facts_from: day("2026-05-21"),
        };
        let review = campaigns.plan_review(&given, OFFICER, NOW_US).unwrap();
        let gather = |older, limit| campaigns.gather_facts(&review, &source, older, limit, NOW_US).unwrap();
        assert_eq!(
            (gather(0, 3), gather(0, 3), gather(0, 3)),
            (3, 1, 0),
            "{name}: in batches, until all are done"
        );
        assert_eq!(gather(NOW_US + 1, 9), 4, "{name}: anew, when they are too old");
        let row = campaigns.review_row(&review, "account-1", OWN).unwrap().unwrap();
        assert_eq!(row.facts.as_ref().unwrap().0.look_ups, 31, "{name}");
        assert_eq!(campaigns.review_progress(&review, OWN).unwrap()[0].without_facts, 0, "{name}");

        let report = campaigns.review_report(&review, OWN).unwrap();
        let cells = report.rows[0].cells(campaigns.words(), Lang::Vi);
        assert_eq!(cells[10..14], ["21/11/2026", "61", "31", "1"], "{name}");
        assert_eq!(cells[15], "abababababababab\n10.55.0.7\n10.55.0.9", "{name}");
        assert_eq!(report.rows[2].cells(campaigns.words(), Lang::Vi)[10], "chưa dùng", "{name}");
        let stored = server.cells();
        for hidden in ["10.55.0.7", "Nguyễn Văn A", "Rà soát", "0912345671"] {
            assert!(!stored.windows(hidden.len()).any(|w| w == hidden.as_bytes()), "{name}: {hidden}");
        }
    }
}
