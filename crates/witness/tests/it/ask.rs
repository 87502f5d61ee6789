//! The client that takes checkpoints to witnesses.
use crate::log::{MemoryLog, head, leaves, request, signed};
use crate::wire::Served;
use dancu_witness::client::{AddressRefused, Log, Unanswered, WitnessAddress, WitnessClient};
use dancu_witness::http::CallLimits;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

fn address(served: &Served) -> WitnessAddress {
    WitnessAddress { key: served.key.clone(), url: served.url.clone() }
}

pub(crate) fn client(witnesses: Vec<WitnessAddress>) -> WitnessClient {
    WitnessClient::new(witnesses, None, CallLimits { time: Duration::from_secs(1), body: 4096 }).unwrap()
}

/// A log, twice: to look into, and as the client wants it.
fn log(size: usize) -> (Arc<MemoryLog>, Arc<dyn Log>) {
    let log = Arc::new(MemoryLog::new(size, 1));
    (Arc::clone(&log), log)
}

#[tokio::test]
async fn all_witnesses_cosign_and_go_on_from_where_they_were() {
    let (one, two) = (Served::start(1).await, Served::start(2).await);
    // The second one has seen the log before; this client does not know.
    one.endpoint()
        .post_below("add-checkpoint", "", request(&leaves(3, 'a'), 0).to_string().into())
        .await
        .unwrap();
    let client = client(vec![address(&one), address(&two)]);
    let (memory, log) = log(0);
    for size in [5, 6, 300] {
        memory.grow(size);
        let round = client.cosign(&signed(head(&leaves(size, 'a'))), &log).await;
        assert_eq!((round.cosigned.len(), round.missing.len(), round.has_quorum), (2, 0, true), "{round:?}");
    }
    assert_eq!(memory.stored.lock().unwrap().len(), 6);
    // The same again is asked of nobody, and stored once.
    let round = client.cosign(&signed(head(&leaves(300, 'a'))), &log).await;
    assert_eq!((round.cosigned.len(), memory.stored.lock().unwrap().len()), (2, 6));
}

#[tokio::test]
async fn a_dead_witness_does_not_keep_the_others() {
    let living = Served::start(1).await;
    let dead = Served::start(2).await;
    let gone = WitnessAddress { url: "http://127.0.0.1:9/w2".to_owned(), ..address(&dead) };
    // Takes the connection and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mute = WitnessAddress { key: Served::start(3).await.key.clone(), url };
    let client = client(vec![gone, address(&living), mute]);
    let (memory, log) = log(7);
    let round = client.cosign(&signed(head(&leaves(7, 'a'))), &log).await;
    assert_eq!((round.cosigned, round.has_quorum), (vec!["witness.example/1".to_owned()], true));
    assert_eq!(memory.stored.lock().unwrap().len(), 1);
    assert!(round.missing.iter().all(|(_, why)| matches!(why, Unanswered::Call(_))), "{:?}", round.missing);

    memory.grow(8);
    let began = std::time::Instant::now();
    let round = client.cosign(&signed(head(&leaves(8, 'a'))), &log).await;
    assert_eq!(round.cosigned.len(), 1);
    let silent = round.missing.iter().find(|(name, _)| name == "witness.example/3").unwrap();
    assert_eq!(silent.1, Unanswered::Resting);
    assert!(began.elapsed() < Duration::from_millis(900), "the silent one rests");
}

#[tokio::test]
async fn a_witness_that_saw_more_or_other_is_told_apart() {
    let served = Served::start(1).await;
    served
        .endpoint()
        .post_below("add-checkpoint", "", request(&leaves(9, 'b'), 0).to_string().into())
        .await
        .unwrap();
    let (memory, log) = log(5);
    let ahead = client(vec![address(&served)]).cosign(&signed(head(&leaves(5, 'a'))), &log).await;
    assert_eq!(ahead.missing[0].1, Unanswered::Ahead { size: 9 });
    memory.grow(9);
    let fork = client(vec![address(&served)]).cosign(&signed(head(&leaves(9, 'a'))), &log).await;
    assert_eq!(fork.missing[0].1, Unanswered::Fork { size: 9 });
    memory.grow(12);
    let fork = client(vec![address(&served)]).cosign(&signed(head(&leaves(12, 'a'))), &log).await;
    assert!(matches!(fork.missing[0].1, Unanswered::Refused { status: 422, .. }), "{fork:?}");
    assert_eq!(memory.stored.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn answers_that_are_no_cosignatures() {
    let (one, two) = (Served::start(1).await, Served::start(2).await);
    // The first one's URL with the second one's key.
    let swapped = WitnessAddress { key: two.key.clone(), url: one.url.clone() };
    let (memory, log) = log(5);
    let round = client(vec![swapped]).cosign(&signed(head(&leaves(5, 'a'))), &log).await;
    assert_eq!(round.missing[0].1, Unanswered::Nonsense);
    assert_eq!(memory.stored.lock().unwrap().len(), 0);

    for (status, content_type, body) in [
        (200, "text/plain", "hello\n".to_owned()),
        (200, "text/plain", String::new()),
        (409, "text/plain", "5\n".to_owned()),
        (409, "text/x.tlog.size", "5".to_owned()),
        (409, "text/x.tlog.size", "005\n".to_owned()),
        (200, "text/plain", "x".repeat(5000)),
    ] {
        let router = axum::Router::new().fallback(move || {
            let body = body.clone();
            async move {
                let status = axum::http::StatusCode::from_u16(status).unwrap();
                (status, [(axum::http::header::CONTENT_TYPE, content_type)], body)
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::watch::channel(false);
        tokio::spawn(dancu_witness::serve::serve(listener, router, stopped));
        let odd = WitnessAddress { key: two.key.clone(), url };
        let round = client(vec![odd]).cosign(&signed(head(&leaves(5, 'a'))), &log).await;
        assert!(matches!(round.missing[0].1, Unanswered::Nonsense | Unanswered::Call(_)), "{round:?}");
        stop.send(true).unwrap();
    }
}

#[tokio::test]
async fn witnesses_that_cannot_be_asked() {
    let served = Served::start(1).await;
    let limits = CallLimits::default();
    let refused = |witnesses| WitnessClient::new(witnesses, None, limits).unwrap_err();
    let tls = WitnessAddress { url: "https://witness.example".to_owned(), ..address(&served) };
    assert!(matches!(refused(vec![tls]), AddressRefused::Url { .. }));
    let log = WitnessAddress { key: crate::log_key().verifier().clone(), ..address(&served) };
    assert!(matches!(refused(vec![log]), AddressRefused::KeyType(_)));
    assert!(matches!(refused(vec![address(&served), address(&served)]), AddressRefused::Twice(_)));
}
