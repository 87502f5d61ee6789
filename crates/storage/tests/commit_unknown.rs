//! The connection breaks while COMMIT is under way.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use dancu_storage::testing::{open_postgres, postgres};
use dancu_storage::{Migration, StoreError};

const SCHEMA: &[Migration] =
    &[Migration { id: "1", sql: "CREATE TABLE note (id INTEGER NOT NULL, PRIMARY KEY (id))" }];

/// Stands between client and server. Armed, it lets a COMMIT through to the server, reads the server's answer, and
/// cuts the client off without handing it on.
fn proxy(listener: &UnixListener, server: &Path, armed: &Arc<AtomicBool>) {
    for client in listener.incoming() {
        let (mut from_client, armed) = (client.expect("a client"), armed.clone());
        let mut to_server = UnixStream::connect(server).expect("the server");
        let mut from_server = to_server.try_clone().expect("a clone");
        let mut to_client = from_client.try_clone().expect("a clone");
        let cut = Arc::new(AtomicBool::new(false));
        let cut_too = cut.clone();
        thread::spawn(move || {
            forward(&mut from_client, &mut to_server, |bytes| {
                let commits = bytes.windows(6).any(|word| word == b"COMMIT");
                if commits && armed.swap(false, Ordering::SeqCst) {
                    cut.store(true, Ordering::SeqCst);
                }
                true
            });
        });
        thread::spawn(move || forward(&mut from_server, &mut to_client, |_| !cut_too.load(Ordering::SeqCst)));
    }
}

/// Copies until either side ends or `pass` says no.
fn forward(from: &mut UnixStream, to: &mut UnixStream, pass: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 8192];
    while let Ok(length) = from.read(&mut buffer) {
        let bytes = buffer.get(..length).unwrap_or_default();
        if length == 0 || !pass(bytes) || to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

#[test]
fn an_unknown_outcome_is_told_and_not_retried() {
    let server = postgres();
    let directory = tempfile::tempdir().expect("a directory");
    let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).expect("a socket");
    let (armed, upstream) = (Arc::new(AtomicBool::new(false)), server.socket());
    let armed_too = armed.clone();
    thread::spawn(move || proxy(&listener, &upstream, &armed_too));

    let store = open_postgres(&format!("host={} user=postgres dbname=postgres", directory.path().display()));
    store.migrate("test", SCHEMA).expect("a schema");
    let runs = AtomicU32::new(0);
    armed.store(true, Ordering::SeqCst);
    let result = store.run_tx("cut", |tx| {
        runs.fetch_add(1, Ordering::SeqCst);
        tx.execute("INSERT INTO note (id) VALUES (1)", &[])
    });
    assert!(matches!(result, Err(StoreError::CommitUnknown(_))), "{result:?}");
    assert_eq!(runs.into_inner(), 1, "the closure must not run again");

    // Here the server had committed; the store could not know.
    let rows = store.read("after", |tx| tx.query("SELECT id FROM note", &[])).expect("a new connection");
    assert_eq!(rows.len(), 1);
}
