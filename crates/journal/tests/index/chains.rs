//! Chains and map against a naive model, and every proof against the rules of `docs/journal-format.md`.
use crate::memory::MemoryLog;
use crate::{ALL, NOW_US, call, index, person, ring, vrf};
use dancu_journal::index::{HistoryProof, Index, Page, Wanted};
use dancu_journal::{Entry, JournalError, Kind, subject_hash};
use dancu_tlog::map::{MapProof, MemoryMap, Terminal};
use dancu_tlog::vrf::{VrfPublic, map_key};
use dancu_tlog::{Hash, chain, map};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Stands for the proofs of entries: of each its number and the parts disclosed.
#[expect(clippy::unnecessary_wraps, reason = "of the type of what it stands for")]
pub(crate) fn prove(wanted: &[Wanted]) -> Result<Vec<String>, JournalError> {
    Ok(wanted.iter().map(|(index, parts)| format!("{index} {parts:?}")).collect())
}

/// The chains of all persons over the entries below `end`, computed as the format says.
pub(crate) fn chains(log: &MemoryLog, end: u64) -> BTreeMap<String, Vec<(u64, Hash)>> {
    let mut chains: BTreeMap<String, Vec<(u64, Hash)>> = BTreeMap::new();
    for entry in log.entries.lock().unwrap().iter().filter(|entry| entry.index < end) {
        if let Some(number) = &entry.call.personal.subject {
            chains.entry(number.clone()).or_default().push((entry.index, entry.leaf_hash));
        }
    }
    chains
}

/// The root of the map over the entries below `end`.
pub(crate) fn root(log: &MemoryLog, end: u64) -> Hash {
    let vrf = vrf();
    let value = |(number, entries): (String, Vec<(u64, Hash)>)| {
        let mut link = [0; 32];
        for (n, (index, leaf)) in (1..).zip(&entries) {
            link = chain::link(n, *index, &link, leaf);
        }
        (map_key(&vrf.output(number.as_bytes())), chain::value(entries.len() as u64, &link))
    };
    let touched: Vec<_> = chains(log, end).into_iter().map(value).collect();
    map::update(&mut MemoryMap::default(), &touched).unwrap()
}

/// The epochs in the log.
pub(crate) fn epochs(log: &MemoryLog) -> Vec<(u64, dancu_journal::Epoch)> {
    let epoch = |entry: &Entry| match &entry.kind {
        Kind::Epoch(epoch) => Some((entry.index, epoch.clone())),
        _ => None,
    };
    log.entries.lock().unwrap().iter().filter_map(epoch).collect()
}

fn hash(hex: &str) -> Hash {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// Checks a history as its citizen would; gives the numbers of its entries.
pub(crate) fn check(proof: &HistoryProof, root: &Hash, vrf_key: &[u8; 32]) -> Vec<u64> {
    let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(proof).unwrap()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let number = text(&json["number"]);
    assert_eq!(hash(&text(&json["vrf"]["key"])), *vrf_key);
    let vrf_proof = hex::decode(text(&json["vrf"]["proof"])).unwrap();
    let output = VrfPublic::from_bytes(vrf_key).unwrap().verify(number.as_bytes(), &vrf_proof).unwrap();
    let key = map_key(&output);
    let count = json["map"]["count"].as_u64().unwrap();
    let link = hash(&text(&json["map"]["link"]));
    let siblings = json["map"]["siblings"].as_array().unwrap().iter().map(|one| hash(&text(one))).collect();
    let terminal = match json["map"].get("other") {
        Some(other) => {
            Terminal::Other { key: hash(&text(&other["key"])), value: hash(&text(&other["value"])) }
        }
        None if count == 0 => Terminal::Empty,
        None => Terminal::Leaf { value: chain::value(count, &link) },
    };
    let found = MapProof { siblings, terminal }.verify(&key, root).unwrap();
    assert_eq!(found.is_some(), count > 0);
    let chain: Vec<_> = json["chain"].as_array().unwrap().clone();
    let entries: Vec<_> =
        chain.iter().map(|one| (one["index"].as_u64().unwrap(), hash(&text(&one["leaf"])))).collect();
    chain::Chain::resume(count, link).verify(&entries).unwrap();
    entries.into_iter().map(|(index, _)| index).collect()
}

/// Everything that is proved of every person, against the newest epoch in the log.
pub(crate) fn check_all(index: &Index, log: &MemoryLog) {
    check_all_at(index, log, NOW_US);
}

/// As [`check_all`], at a time at which nothing is withheld.
pub(crate) fn check_all_at(index: &Index, log: &MemoryLog, now_us: i64) {
    let (at, epoch) = epochs(log).pop().unwrap();
    assert_eq!(epoch.root, root(log, epoch.entries));
    let chains = chains(log, epoch.entries);
    assert_eq!(epoch.persons, chains.len() as u64);
    for number in (0..16).map(person) {
        let proof = index.history_proof(&number, ALL, now_us, &prove).unwrap().unwrap();
        assert_eq!(proof.epoch, format!("{at} []"));
        let wanted = chains.get(&number).cloned().unwrap_or_default();
        let numbers: Vec<_> = wanted.iter().map(|(index, _)| *index).collect();
        assert_eq!(check(&proof, &epoch.root, &epoch.vrf_key), numbers);
        let history = index.history(&number, ALL, now_us).unwrap();
        let mut shown: Vec<_> =
            history.items.iter().filter(|item| item.covered).map(|item| item.index).collect();
        shown.reverse();
        assert_eq!(shown, numbers);
        assert_eq!(proof.entries.len(), numbers.len());
        assert_eq!(history.count, history.items.len() as u64);
        assert!(history.items.iter().all(|item| item.covered == (item.index < epoch.entries)));
    }
}

#[test]
fn chains_and_map_are_those_of_the_format() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(4));
    let outcome = runner.run(&vec(1_usize..90, 1..6), |runs| {
        for (name, store, _guard) in dancu_storage::testing::stores() {
            let log = Arc::new(MemoryLog::default());
            let index = index(&log, &store);
            for (nth, many) in runs.iter().enumerate() {
                let first = log.len() as usize;
                (first..first + many).for_each(|n| log.push(Kind::Call, call(n)));
                let covered = index.epoch(NOW_US + nth as i64 * crate::SECOND).unwrap();
                let epochs = epochs(&log);
                let (at, newest) = epochs.last().cloned().unwrap();
                let covered = covered.unwrap();
                prop_assert_eq!((covered.index, covered.epoch), (at, newest.number), "{}", name);
                check_all(&index, &log);
            }
            let audit = index.audit_chains().unwrap();
            prop_assert_eq!(audit.differences, vec![], "{}", name);
            prop_assert_eq!(audit.entries, log.len());
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn pages_of_a_history_follow_each_other() {
    let log = Arc::new(MemoryLog::of((0..200).map(call)));
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let index = index(&log, &store);
    index.epoch(NOW_US).unwrap();
    let number = person(1);
    let whole = index.history(&number, ALL, NOW_US).unwrap();
    assert!(whole.count > 6 && whole.next.is_none());
    let (mut page, mut all) = (Page { before: None, limit: 3 }, Vec::new());
    loop {
        let history = index.history(&number, page, NOW_US).unwrap();
        let proof = index.history_proof(&number, page, NOW_US, &prove).unwrap().unwrap();
        let first = history.items.first().unwrap().index;
        assert_eq!(proof.entries.first().unwrap(), &format!("{first} [CaseNumber, Purpose, Subject]"));
        assert_eq!((history.count, proof.chain.len() as u64), (whole.count, whole.count));
        all.extend(history.items);
        let Some(next) = history.next else { break };
        page.before = Some(next);
    }
    assert_eq!(all, whole.items);
    let places: Vec<_> = all.iter().map(|item| item.place).collect();
    assert_eq!(places, (1..=whole.count).rev().collect::<Vec<_>>());
}

#[test]
fn a_new_index_over_the_same_log_comes_to_the_same_root() {
    let log = Arc::new(MemoryLog::of((0..300).map(call)));
    let roots: HashMap<_, _> = dancu_storage::testing::stores()
        .into_iter()
        .map(|(name, store, _guard)| {
            let index = index(&log, &store);
            let covered = index.epoch(NOW_US).unwrap().unwrap();
            check_all(&index, &log);
            (name, (covered.epoch, epochs(&log).pop().unwrap().1.root))
        })
        .collect();
    // Each of the four began at entry 0, and went on with the number of the one before.
    let mut numbers: Vec<_> = roots.values().map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert!(roots.values().all(|(_, found)| *found == root(&log, 300)));
}

/// Two servers on one store.
#[test]
fn two_indexes_on_one_store_do_the_work_once() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::of((0..700).map(call)));
        let two = [index(&log, &store), index(&log, &store)];
        std::thread::scope(|scope| {
            for index in &two {
                scope.spawn(|| index.catch_up().unwrap());
            }
        });
        std::thread::scope(|scope| {
            for index in &two {
                scope.spawn(|| index.epoch(NOW_US).unwrap());
            }
        });
        assert_eq!(epochs(&log).len(), 1, "{name}");
        // Whoever left the epoch to the other one brings it to its end.
        two[0].epoch(NOW_US + 1).unwrap();
        check_all(&two[1], &log);
        assert_eq!(two[0].audit_chains().unwrap().differences, vec![], "{name}");
        let subject = Some(subject_hash(&ring(), &person(2)));
        let query = dancu_journal::index::Query { subject, limit: 1000, ..Default::default() };
        assert_eq!(
            two[0].search(&query).unwrap().entries.len(),
            chains(&log, 700)[&person(2)].len(),
            "{name}"
        );
    }
}
