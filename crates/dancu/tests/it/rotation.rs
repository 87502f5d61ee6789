//! Sealing keys change while two servers serve; neither loses a call.
use crate::app::{App, blocking};
use crate::ask::{Ask, Proof, Via};
use crate::check::receipted;
use crate::{Engine, doctor, eventually, on_both_engines};
use dancu_keys::KeyDir;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::JoinSet;

on_both_engines!(keys_change_while_servers_serve, the_command_changes_keys_under_running_servers);

/// Calls that go on until told to stop, on each server; each must be answered.
struct Callers {
    over: Arc<AtomicBool>,
    calls: JoinSet<u32>,
}

impl Callers {
    fn start(servers: &[&Arc<App>]) -> Self {
        let (over, mut calls) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for server in servers {
            calls.spawn(call_on(Arc::clone(server), Arc::clone(&over)));
        }
        Self { over, calls }
    }

    async fn stop(self) {
        self.over.store(true, Ordering::SeqCst);
        for calls in self.calls.join_all().await {
            assert!(calls > 0, "a server was not called at all");
        }
    }
}

async fn call_on(server: Arc<App>, over: Arc<AtomicBool>) -> u32 {
    let mut calls = 0;
    while !over.load(Ordering::SeqCst) {
        for via in Via::BOTH {
            let proof = if calls % 4 < 2 { Proof::Password } else { Proof::PerCall(None) };
            let answer = server.ask(via, &Ask { proof, ..Ask::look_up() }).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert!(answer.text().contains("001185000017"));
            receipted(&server, &answer).await;
            calls += 1;
        }
    }
    calls
}

async fn stop(servers: [Arc<App>; 2]) {
    for server in servers {
        Arc::into_inner(server).expect("no caller is left").stop().await;
    }
}

/// In the order for several servers: add, let every server read it, make it current, seal anew.
async fn keys_change_while_servers_serve(engine: Engine) {
    let app = Arc::new(App::start(engine).await);
    let beside = Arc::new(app.beside().await);
    let callers = Callers::start(&[&app, &beside]);

    let directory = KeyDir::open(app.place.keys_directory(), false).unwrap();
    let new = directory.add_sealing_key(&app.road().ring).unwrap();
    eventually("the other server holds the new key", async || beside.road().ring.set_current(new).is_ok())
        .await;
    directory.set_current(&app.road().ring, new).unwrap();
    eventually("the other server seals with the new key", async || beside.road().ring.current() == new).await;
    app.on_road(|road, _| {
        let mut turns = 0;
        while road.registry.reseal(5).unwrap() > 0 {
            turns += 1;
        }
        assert!(turns > 1, "everybody was sealed anew");
        assert!(road.exchange.reseal(3).unwrap() > 0, "and so were the credentials");
    })
    .await;
    // What is sealed anew is read by the other server, and by one that starts now.
    let fresh = app.beside().await;
    for via in Via::BOTH {
        assert_eq!(fresh.ask(via, &Ask { proof: Proof::PerCall(None), ..Ask::look_up() }).await.status, 200);
    }
    callers.stop().await;
    fresh.stop().await;
    stop([app, beside]).await;
}

async fn the_command_changes_keys_under_running_servers(engine: Engine) {
    let app = Arc::new(App::start(engine).await);
    let beside = Arc::new(app.beside().await);
    let callers = Callers::start(&[&app, &beside]);
    let file = app.place.write_configuration(&app.config);
    let (content, text) =
        blocking(move || doctor::run(&["keys", "rotate", "--config", file.to_str().unwrap()])).await;
    assert!(content && text.contains("sealing key 2 is current"), "{text}");
    for server in [&app, &beside] {
        eventually("the servers seal with the new key", async || server.road().ring.current() == 2).await;
    }
    callers.stop().await;
    app.on_road(|road, _| {
        assert_eq!(road.registry.reseal(5).unwrap(), 0, "nobody is left under the old key");
        assert_eq!(road.exchange.reseal(5).unwrap(), 0, "no credential is left under the old key");
    })
    .await;
    stop([app, beside]).await;
}
