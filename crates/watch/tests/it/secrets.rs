//! Personal data: sealed at rest, shown in no `Debug`, sealed anew after a rotation.
use super::*;
use dancu_storage::Row;
use dancu_storage::testing::stores;
use dancu_watch::guess::shared::ReleaseOrder;

const TABLES: [&str; 11] = [
    "SELECT * FROM watch_alert",
    "SELECT * FROM watch_alert_step",
    "SELECT * FROM watch_alert_note",
    "SELECT * FROM watch_rule",
    "SELECT * FROM watch_proposal",
    "SELECT * FROM watch_raised",
    "SELECT * FROM watch_listed",
    "SELECT * FROM watch_brake",
    "SELECT * FROM watch_guess",
    "SELECT * FROM watch_state",
    "SELECT * FROM watch_head",
];

/// Every cell of every table.
fn cells(store: &Store) -> Vec<u8> {
    let mut all = Vec::new();
    for sql in TABLES {
        let rows = store.read("test.cells", |tx| tx.query(sql, &[])).unwrap();
        let mut add = |row: &Row| {
            for column in 0..row.len() {
                match (row.opt_text(column), row.opt_bytes(column)) {
                    (Ok(Some(text)), _) => all.extend_from_slice(text.as_bytes()),
                    (_, Ok(Some(bytes))) => all.extend_from_slice(bytes),
                    _ => {}
                }
            }
        };
        rows.iter().for_each(&mut add);
    }
    all
}

/// Something in every table.
fn full(store: &Store) -> Watch {
    let (watch, log) = watch(store);
    log.add(morning());
    let mut follower = watch.follower().unwrap();
    follower.catch_up(NOW_US).unwrap();
    follower.leave().unwrap();
    let setting = watch.settings().1.editions(Rule::Burst)[0].setting.clone();
    watch.put_rule(Rule::Burst, &setting, SUPERVISOR, NOTE, NOW_US).unwrap();
    watch.propose(Rule::Burst, &setting, SUPERVISOR, NOTE, NOW_US).unwrap();
    watch.note(1, SUPERVISOR, NOTE, NOW_US).unwrap();
    for alert in all(&watch) {
        watch.mark_false(alert.number, SUPERVISOR, NOTE, NOW_US).unwrap();
    }
    let order = ReleaseOrder {
        person: [7; 16],
        account: "counter".to_owned(),
        by: SUPERVISOR.to_owned(),
        why: NOTE.to_owned(),
    };
    watch.guess(1000, NOW_US).unwrap().release(&order, NOW_US).unwrap();
    watch
}

#[test]
fn nothing_of_a_person_is_readable_in_the_tables() {
    for (engine, store, _guard) in stores() {
        let watch = full(&store);
        let stored = cells(&store);
        let found = |text: &str| stored.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(found("one-stop") && found("planted"), "{engine}: what is not secret is found");
        for secret in [PLANTED, OFFICERS_WIFE, SUPERVISOR, NOTE, "mồi số 1", "203.0.113", "HS-1", "Nguyễn"]
        {
            assert!(!found(secret), "{engine}: {secret}");
        }
        let listed = watch.listed(List::Planted).unwrap();
        assert_eq!((listed[0].number.as_str(), listed[0].by.as_str()), (PLANTED, SUPERVISOR), "{engine}");
        let alerts = all(&watch);
        let steps = watch.steps(1).unwrap();
        let shown = format!(
            "{alerts:?} {steps:?} {listed:?} {:?} {:?} {:?} {watch:?}",
            watch.rule_history(Rule::Burst).unwrap(),
            watch.proposals(Rule::Burst, 9).unwrap(),
            watch.notes(1).unwrap(),
        );
        for secret in [PLANTED, OFFICERS_WIFE, SUPERVISOR, NOTE] {
            assert!(!shown.contains(secret), "{engine}: {secret}");
        }
        assert_eq!(watch.forget_persons(NOW_US + DAY).unwrap(), 2, "{engine}: the planted one and the wife");
        assert!(all(&watch).iter().all(|alert| alert.about.is_none()), "{engine}");
    }
}

#[test]
fn after_a_rotation_all_is_sealed_anew_and_opens() {
    for (engine, store, _guard) in stores() {
        let _ = full(&store);
        let rotated = ring();
        rotated.add_key(2, &Secret::new([3; 32])).unwrap();
        rotated.set_current(2).unwrap();
        let parts = Parts {
            log: Arc::new(MemoryLog::default()),
            ring: rotated.clone(),
            world: Arc::new(Town),
            cases: Arc::new(Town),
            settings: Settings::built_in().unwrap(),
        };
        let watch = Watch::open(store.clone(), parts, options(), NOW_US).unwrap();
        // Setting, who, why, in force and proposed; number, note, who; two persons; of six steps, of two brakes, of a release and of
        // a note who and words.
        assert_eq!(watch.reseal(2).unwrap(), 6 + 3 + 2 + 12 + 4 + 2 + 2, "{engine}");
        assert_eq!(watch.notes(1).unwrap()[0].text, NOTE, "{engine}");
        assert_eq!(watch.proposals(Rule::Burst, 9).unwrap()[0].why, NOTE, "{engine}");
        assert_eq!(watch.reseal(2).unwrap(), 0, "{engine}");
        assert_eq!(watch.steps(6).unwrap()[0].note, NOTE, "{engine}");
        assert_eq!(watch.rule_history(Rule::Burst).unwrap()[0].why, NOTE, "{engine}");
        assert_eq!(watch.listed(List::Planted).unwrap()[0].number, PLANTED, "{engine}");
    }
}
