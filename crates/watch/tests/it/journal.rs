//! Over a real journal, with the thread.
use super::*;
use dancu_journal::{Draft, Journal};
use dancu_storage::testing::stores;
use dancu_watch::{Act, Hands};

#[derive(Default)]
struct Told(Mutex<Vec<Rule>>);

impl Hands for Told {
    fn act(&self, act: &Act) -> Result<(), String> {
        self.0.lock().unwrap().push(act.alert.rule);
        Ok(())
    }
}

#[test]
fn a_thread_follows_the_journal_and_tells() {
    for (engine, store, _guard) in stores() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let journal = Journal::open(store.clone(), ring(), dancu_journal::Options::default()).unwrap();
        let parts = Parts {
            log: Arc::new(journal.clone()),
            ring: ring(),
            world: Arc::new(Town),
            cases: Arc::new(Town),
            settings: Settings::built_in().unwrap(),
        };
        let options = Options { pause: Duration::from_millis(5), ..options() };
        let watch = Watch::open(store.clone(), parts, options, NOW_US).unwrap();
        watch.put_listed(List::Planted, PLANTED, "", SUPERVISOR, NOW_US).unwrap();
        let told = Arc::new(Told::default());
        let running = watch.start(Arc::new(|| NOW_US), Arc::<Told>::clone(&told)).unwrap();
        for calls in morning().chunks(60) {
            let drafts = calls.iter().cloned().map(Draft::from).collect();
            runtime.block_on(journal.append_all(drafts, None)).unwrap();
        }
        let began = std::time::Instant::now();
        while told.0.lock().unwrap().len() < MORNING.len() && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        running.stop();
        assert_eq!(who_and_what(&watch), expected(), "{engine}");
        assert_eq!(told.0.lock().unwrap().len(), MORNING.len(), "{engine}");
        runtime.block_on(journal.close());
    }
}
