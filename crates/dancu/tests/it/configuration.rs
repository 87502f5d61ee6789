//! A server told to start on what it cannot start on says so, and why.
use crate::app::configuration;
use dancu::server::Server;
use std::net::TcpListener;

async fn refusal(configure: impl FnOnce(&mut dancu::config::Config)) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut config = configuration(directory.path());
    let keys = dancu_keys::KeyDir::open(&config.keys.directory, true).unwrap();
    dancu::journal::init(&config, &keys).unwrap();
    std::fs::create_dir_all(directory.path().join("store")).unwrap();
    dancu_storage::Store::sqlite(&config.store.sqlite).unwrap();
    configure(&mut config);
    match Server::start(&config, dancu::pages::Guests::default()).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let said = refusal(|c| c.listen.address = address).await;
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    let said = refusal(|c| c.admin.address = address).await;
    assert!(said.contains(&format!("cannot listen on {address} (admin)")), "{said}");
    let said = refusal(|c| c.listen.client_ca = "/nowhere/ca.pem".into()).await;
    assert!(said.contains("/nowhere/ca.pem"), "{said}");
    let said = refusal(|c| c.keys.directory = "/nowhere/keys".into()).await;
    assert!(said.contains("keys") && said.contains("/nowhere/keys"), "{said}");
    let said = refusal(|c| c.journal.origin = "another.example.vn".into()).await;
    assert!(said.contains("another.example.vn") && said.contains("localhost/dancu-journal"), "{said}");
    let said = refusal(|c| c.journal.quorum = 1).await;
    assert!(said.contains("journal.quorum is 1, but journal.witnesses are only 0"), "{said}");
    let said = refusal(|c| c.journal.directory = "/proc/nowhere/journal".into()).await;
    assert!(said.contains("/proc/nowhere"), "{said}");
    let said = refusal(|c| c.store.sqlite = "/nowhere/dancu.db".into()).await;
    assert!(said.contains("/nowhere/dancu.db"), "{said}");
}
