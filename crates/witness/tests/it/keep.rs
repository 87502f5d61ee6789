//! The job that keeps a log cosigned, and its alarm.
use crate::log::MemoryLog;
use crate::wire::Served;
use dancu_witness::client::{Keeping, Log, WitnessAddress, keep_cosigned};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

const KEEPING: Keeping =
    Keeping { every: Duration::from_millis(20), alarm_after: Duration::from_millis(300) };

/// Waits until something holds, for ten seconds at most.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

pub(crate) fn figure(registry: &Registry, name: &str) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn growth_is_cosigned_and_an_outage_raises_the_alarm_until_it_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = Served::start_on(listener, 1).await;
    let witness = WitnessAddress { key: served.key.clone(), url: served.url.clone() };
    let client = crate::ask::client(vec![witness]);
    let mut registry = Registry::default();
    client.register_metrics(&mut registry);
    let memory = Arc::new(MemoryLog::new(0, 1));
    let (stop, stopped) = watch::channel(false);
    let log: Arc<dyn Log> = Arc::clone(&memory) as _;
    let job = tokio::spawn(keep_cosigned(client, log, KEEPING, stopped));

    let witnessed = |size: u64| memory.stored.lock().unwrap().iter().any(|(of, _)| *of == size);
    memory.grow(5);
    until("size 5 is cosigned", || witnessed(5)).await;
    memory.grow(40);
    until("size 40 is cosigned", || witnessed(40)).await;
    until("the gauge follows", || figure(&registry, "witnesses_witnessed_size") == "40").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(figure(&registry, "witnesses_quorum_missing"), "0", "a log at rest is no alarm");
    assert_eq!(memory.stored.lock().unwrap().len(), 2, "and is not stored again and again");

    served.stop();
    memory.grow(41);
    until("the alarm", || figure(&registry, "witnesses_quorum_missing") == "1").await;
    // The witness comes back, with an empty store at worst: it follows again.
    let listener = loop {
        match TcpListener::bind(address).await {
            Ok(listener) => break listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let _again = Served::start_on(listener, 1).await;
    until("size 41 is cosigned", || witnessed(41)).await;
    until("the alarm ends", || figure(&registry, "witnesses_quorum_missing") == "0").await;
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), job).await.expect("the job ends when told").unwrap();
}
