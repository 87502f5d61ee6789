//! The interface of C2SP tlog-witness over HTTP: status codes, bodies, content types, limits.
use crate::log::{head, leaves, request, signed};
use crate::{ORIGIN, witness};
use dancu_storage::testing::sqlite_store;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{Note, VerifierKey};
use dancu_tlog::witness::AddCheckpoint;
use dancu_witness::http::{Answer, CallLimits, Endpoint};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A witness below a prefix on a port of its own, until it is dropped.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) key: VerifierKey,
    stop: watch::Sender<bool>,
    _guard: dancu_storage::testing::Guard,
}

impl Served {
    pub(crate) async fn start(number: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, number).await
    }

    pub(crate) async fn start_on(listener: TcpListener, number: u8) -> Self {
        let (witness, guard) = tokio::task::spawn_blocking(move || {
            let (store, guard) = sqlite_store();
            (witness(&store, number), guard)
        })
        .await
        .unwrap();
        let (stop, stopped) = watch::channel(false);
        let url = format!("http://{}/w{number}", listener.local_addr().unwrap());
        let key = witness.key().clone();
        let router = axum::Router::new().nest(&format!("/w{number}"), dancu_witness::router(witness));
        tokio::spawn(dancu_witness::serve::serve(listener, router, stopped));
        Self { url, key, stop, _guard: guard }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.url, None, CallLimits::default()).unwrap()
    }

    pub(crate) fn stop(&self) {
        self.stop.send(true).unwrap();
    }
}

async fn post(served: &Served, body: impl Into<Vec<u8>>) -> Answer {
    served.endpoint().post_below("add-checkpoint", "text/plain", body.into()).await.unwrap()
}

async fn add(served: &Served, request: AddCheckpoint) -> Answer {
    post(served, request.to_string()).await
}

#[tokio::test]
async fn each_answer_of_the_text() {
    let served = Served::start(1).await;
    let answer = add(&served, request(&leaves(5, 'a'), 0)).await;
    assert_eq!((answer.status, &*answer.content_type), (200, "text/plain"));
    let note = format!(
        "{}\n{}",
        signed(head(&leaves(5, 'a'))).note().text(),
        String::from_utf8(answer.body).unwrap()
    );
    assert!(Note::parse(note.as_bytes()).unwrap().verify(std::slice::from_ref(&served.key)).is_ok());

    for (conflicting, what) in
        [(request(&leaves(9, 'a'), 0), "the old size is another"), (request(&leaves(5, 'b'), 5), "a fork")]
    {
        let answer = add(&served, conflicting).await;
        assert_eq!(
            (answer.status, &*answer.content_type, &*answer.body),
            (409, "text/x.tlog.size", &b"5\n"[..]),
            "{what}"
        );
    }
    assert_eq!(add(&served, request(&leaves(9, 'b'), 5)).await.status, 422);
    let above = AddCheckpoint { old_size: 9, proof: vec![], checkpoint: signed(head(&leaves(5, 'a'))) };
    assert_eq!(add(&served, above).await.status, 400);
    let stranger = request(&leaves(9, 'a'), 5).to_string().replace(ORIGIN, "unknown.example");
    assert_eq!(post(&served, stranger).await.status, 404);
    let mut forged = request(&leaves(9, 'a'), 5).to_string();
    forged = forged.replace(&head_line(9), &head_line(8));
    assert_eq!(post(&served, forged).await.status, 403);
    for malformed in ["", "old 5\n", "old 05\n\n", "old 5\n\nnote\n"] {
        let answer = post(&served, malformed).await;
        assert_eq!(answer.status, 400, "{malformed:?}");
        assert!(answer.body.ends_with(b"\n") && answer.body.len() > 10, "says why");
    }
    assert_eq!(post(&served, vec![b'a'; 64 * 1024 + 1]).await.status, 413);
    assert_eq!(served.endpoint().get_below("add-checkpoint").await.unwrap().status, 405);
    assert_eq!(add(&served, request(&leaves(9, 'a'), 5)).await.status, 200, "all that changed nothing");
}

/// The lines of a checkpoint that tell size and root.
fn head_line(size: usize) -> String {
    let text = signed(head(&leaves(size, 'a'))).note().text().to_owned();
    text.split_once('\n').unwrap().1.to_owned()
}

#[tokio::test]
async fn the_newest_cosigned_note_can_be_asked_for() {
    let served = Served::start(1).await;
    let which = format!("latest?origin={ORIGIN}");
    assert_eq!(served.endpoint().get_below(&which).await.unwrap().status, 404);
    add(&served, request(&leaves(5, 'a'), 0)).await;
    let answer = served.endpoint().get_below(&which).await.unwrap();
    assert_eq!((answer.status, &*answer.content_type), (200, "text/plain"));
    let latest = SignedCheckpoint::parse(&answer.body).unwrap();
    assert_eq!(latest.checkpoint().head(), head(&leaves(5, 'a')));
    let keys = [served.key.clone(), crate::log_key().verifier().clone()];
    assert_eq!(latest.note().verify(&keys).unwrap().len(), 2);
    assert_eq!(served.endpoint().get_below("latest?origin=other").await.unwrap().status, 404);
    assert_eq!(served.endpoint().get_below("latest").await.unwrap().status, 400);
}
