//! The published journal over the wire: receipts, proofs, restarts, two servers, a store that was set back.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{receipted, signed};
use crate::doctor::run;
use crate::{Engine, eventually, on_both_engines};
use dancu::beside::witness::{FILE, Opened, WitnessConfig, init};
use dancu::client::Answer;
use dancu::clock::SystemClock;
use dancu::config::JournalWitness;
use dancu_tlog::checkpoint::{SignedCheckpoint, TreeHead};
use dancu_tlog::policy::{Policy, strict_open};
use dancu_tlog::proof::verify_consistency;
use dancu_tlog::tlog_proof::TlogProof;
use dancu_tlog::{Hash, bundle, leaf_hash};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;

on_both_engines!(
    a_receipt_is_proved_with_the_published_key,
    a_restart_continues_the_log,
    two_servers_publish_one_history,
    the_files_are_served_for_ever_and_mistakes_are_told,
);

async fn get(app: &App, path: &str) -> Answer {
    app.call(None, http::Request::get(path).body(Vec::new()).unwrap()).await
}

async fn policy(app: &App) -> Policy {
    get(app, "/journal/key").await.text().parse().unwrap()
}

async fn newest(app: &App) -> TreeHead {
    let note = get(app, "/journal/checkpoint").await;
    strict_open(&note.body, &policy(app).await).unwrap().head()
}

/// Waits until so many entries are published.
async fn published(app: &App, size: u64) -> TreeHead {
    eventually("the entries are published", async || newest(app).await.size >= size).await;
    newest(app).await
}

async fn consistency(app: &App, old: TreeHead, new: TreeHead) {
    use base64::Engine as _;
    let answer = get(app, &format!("/journal/consistency/{}/{}", old.size, new.size)).await;
    assert_eq!(answer.status, 200);
    let decode = |line: &str| base64::engine::general_purpose::STANDARD.decode(line).unwrap();
    let hashes: Vec<Hash> = answer.text().lines().map(|line| decode(line).try_into().unwrap()).collect();
    verify_consistency(old.size, new.size, &hashes, &old.root, &new.root).unwrap();
}

async fn a_receipt_is_proved_with_the_published_key(engine: Engine) {
    let app = App::start(engine).await;
    let policy = policy(&app).await;
    for via in Via::BOTH {
        for ask in [Ask::verify(), Ask::look_up()] {
            let answer = app.ask(via, &ask).await;
            let entry = receipted(&app, &answer).await;
            let promise = signed(&app, &answer);
            assert_eq!(promise.leaf_hash(), Some(entry.leaf_hash));
            assert_eq!(promise.log.as_deref(), Some(app.config.journal.origin.as_str()));
            published(&app, entry.index + 1).await;
            let proof = get(&app, &format!("/journal/proof/{}", entry.index)).await;
            assert_eq!(proof.header("content-type"), Some("text/plain; charset=utf-8"));
            assert!(proof.body.len() < 4096, "{} bytes", proof.body.len());
            let proof = TlogProof::parse(&proof.body).unwrap();
            let opened = proof.verify(&promise.leaf_hash().unwrap(), &policy).unwrap();
            assert_eq!(
                (proof.index, opened.checkpoint().origin()),
                (entry.index, policy.logs()[0].key.name())
            );
            assert!(proof.verify(&leaf_hash(b"another entry"), &policy).is_err());
            // Anybody may read it, so it tells of nobody.
            let extra = proof.extra.unwrap();
            for personal in
                [ask.number.map(str::to_owned), entry.call.personal.officer, entry.call.personal.request_id]
            {
                let personal = personal.expect("a personal part");
                assert!(!extra.windows(personal.len()).any(|of| of == personal.as_bytes()), "{personal}");
            }
        }
    }
    app.stop().await;
}

async fn a_restart_continues_the_log(engine: Engine) {
    let app = App::start(engine).await;
    let number = receipted(&app, &app.ask(Via::Rest, &Ask::verify()).await).await.index;
    let before = published(&app, number + 1).await;
    let again = app.beside().await;
    app.stop().await;
    let number = receipted(&again, &again.ask(Via::Rest, &Ask::verify()).await).await.index;
    let after = published(&again, number + 1).await;
    assert!(after.size > before.size);
    consistency(&again, before, after).await;
    again.stop().await;
}

async fn two_servers_publish_one_history(engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    let servers = Arc::new([app, beside]);
    let mut calls = JoinSet::new();
    for number in 0..60 {
        let servers = Arc::clone(&servers);
        calls.spawn(async move {
            let app = &servers[number % 2];
            assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200);
            newest(app).await
        });
    }
    let mut seen = calls.join_all().await;
    let size = servers[0].road().journal.len().await.unwrap();
    // What the one has published the other proves.
    let last = published(&servers[0], size).await;
    assert_eq!(published(&servers[1], size).await, last);
    seen.sort_by_key(|head| head.size);
    seen.dedup();
    for head in seen {
        consistency(&servers[0], head, last).await;
        consistency(&servers[1], head, last).await;
    }
    let [app, beside] = Arc::into_inner(servers).expect("no call is left");
    app.stop().await;
    beside.stop().await;
}

async fn the_files_are_served_for_ever_and_mistakes_are_told(engine: Engine) {
    let app = App::start(engine).await;
    for _ in 0..5 {
        app.ask(Via::Rest, &Ask::verify()).await;
    }
    let size = app.road().journal.len().await.unwrap();
    let head = published(&app, size).await;
    let entries = get(&app, &format!("/journal/tile/entries/000.p/{size}")).await;
    let hashes = get(&app, &format!("/journal/tile/0/000.p/{size}")).await;
    for answer in [&entries, &hashes] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    }
    let width = u16::try_from(size).unwrap();
    let leaves: Vec<Hash> =
        bundle::parse_exact(&entries.body, width).unwrap().into_iter().map(leaf_hash).collect();
    assert_eq!(leaves.concat(), hashes.body);
    assert_eq!(dancu_tlog::root(&leaves), head.root);
    // A narrower one, long replaced, is still what it was.
    assert_eq!(get(&app, "/journal/tile/0/000.p/2").await.body, hashes.body[..64]);
    let narrow = get(&app, "/journal/tile/entries/000.p/3").await;
    assert_eq!(bundle::parse_exact(&narrow.body, 3).unwrap().len(), 3);

    for (path, status, code) in [
        (format!("/journal/tile/0/000.p/{}", size + 1), 404, "NOT_FOUND"),
        ("/journal/tile/0/000".to_owned(), 404, "NOT_FOUND"),
        ("/journal/tile/../../keys/journal.key".to_owned(), 404, "NOT_FOUND"),
        ("/journal/tile/0/000.p/02".to_owned(), 404, "NOT_FOUND"),
        ("/journal/witnessed".to_owned(), 404, "NOT_FOUND"),
        ("/journal/else".to_owned(), 404, "NOT_FOUND"),
        (format!("/journal/proof/{size}"), 404, "NOT_FOUND"),
        ("/journal/proof/01".to_owned(), 404, "NOT_FOUND"),
        (format!("/journal/consistency/1/{}", size + 1), 400, "JOURNAL_SIZES_INVALID"),
        ("/journal/consistency/2/1".to_owned(), 400, "JOURNAL_SIZES_INVALID"),
        ("/journal/consistency/a/b".to_owned(), 400, "JOURNAL_SIZES_INVALID"),
    ] {
        let answer = get(&app, &path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(answer.text().contains(code), "{path}: {}", answer.text());
    }
    assert_eq!(get(&app, "/journal/consistency/0/1").await.body, b"");
    // Reading what is public leaves no entry.
    assert_eq!(app.road().journal.len().await.unwrap(), size);
    app.stop().await;
}

/// Both verifiers, ours and the one that shares no code with it.
fn verifiers(arguments: &[&str]) -> [(bool, String); 2] {
    let ours = run(&[&["journal", "verify"], arguments].concat());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/journal-verify/journal_verify.py");
    let foreign = std::process::Command::new("python3").arg(script).args(arguments).output().unwrap();
    let text = [foreign.stdout, foreign.stderr].concat();
    [ours, (foreign.status.success(), String::from_utf8(text).unwrap())]
}

fn both_accept(arguments: &[&str]) {
    for (number, (content, text)) in verifiers(arguments).into_iter().enumerate() {
        assert!(content, "verifier {number} of {arguments:?}: {text}");
    }
}

/// Waits until the newest witnessed checkpoint covers so many entries.
async fn witnessed(app: &App, size: u64) -> TreeHead {
    let newest = async || {
        let note = get(app, "/journal/witnessed").await;
        let policy = policy(app).await;
        (note.status == 200).then(|| strict_open(&note.body, &policy).unwrap())
    };
    eventually("the entries are witnessed", async || newest().await.is_some_and(|of| of.head().size >= size))
        .await;
    let opened = newest().await.unwrap();
    assert!(opened.quorum && opened.cosigners.len() == 2);
    opened.head()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_witnesses_cosign_and_both_verifiers_accept_the_log_and_the_proofs_of_its_entries() {
    let folder = tempfile::tempdir().unwrap();
    let mut witnesses = Vec::new();
    let app = App::with(Engine::Sqlite, |config| {
        let keys = dancu_keys::KeyDir::open(&config.keys.directory, true).unwrap();
        let log = keys.log_key(&config.journal.origin).unwrap().verifier().to_string();
        for number in 1..=2 {
            let (dir, name) = (folder.path().join(number.to_string()), format!("witness.example/w{number}"));
            let settings = WitnessConfig {
                listen: ([127, 0, 0, 1], 0).into(),
                logs: vec![log.clone()],
                ..WitnessConfig::default()
            };
            let key = init(&dir, &name, &settings).unwrap();
            let opened = Opened::open(&dir.join(FILE), Arc::new(SystemClock)).unwrap();
            let started = tokio::runtime::Handle::current();
            let running = tokio::task::block_in_place(|| started.block_on(opened.start())).unwrap();
            let url = format!("http://{}", running.address);
            config.journal.witnesses.push(JournalWitness { key: key.to_string(), url });
            witnesses.push(running);
        }
        config.journal.quorum = 2;
    })
    .await;
    let mut numbers = Vec::new();
    for _ in 0..5 {
        numbers.push(receipted(&app, &app.ask(Via::Rest, &Ask::verify()).await).await.index);
    }
    let size = app.road().journal.len().await.unwrap();
    witnessed(&app, size).await;
    let key = dancu::journal::policy_file(&app.config);
    let key = key.to_str().unwrap();
    for number in numbers {
        let proof = get(&app, &format!("/journal/proof/{number}")).await;
        let file = folder.path().join("proof");
        std::fs::write(&file, &proof.body).unwrap();
        both_accept(&["--proof", file.to_str().unwrap(), "--key", key]);
    }
    let (directory, _place) = (app.config.journal.directory.clone(), Arc::clone(&app.place));
    app.stop().await;
    for witness in witnesses {
        witness.stop().await;
    }
    both_accept(&["--dir", directory.to_str().unwrap(), "--key", key]);
    let bundle = directory.join(format!("tile/entries/000.p/{size}"));
    let mut bytes = std::fs::read(&bundle).unwrap();
    bytes[7] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    for (content, text) in verifiers(&["--dir", directory.to_str().unwrap(), "--key", key]) {
        assert!(!content, "{text}");
    }
}

/// A bucket that speaks S3, by moto; ends with the test.
struct Bucket(std::process::Child, String);

impl Bucket {
    fn start() -> Self {
        use std::io::BufRead as _;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut command = std::process::Command::new(root.join(".venv/bin/python"));
        command.arg(root.join("tests/support/bucket.py"));
        command.stdout(std::process::Stdio::piped()).stdin(std::process::Stdio::piped());
        let mut process = command.spawn().expect("the Python environment of tools/setup");
        let mut line = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(process, line.trim().to_owned())
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_published_in_a_bucket_and_read_from_there() {
    let bucket = Bucket::start();
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "a long secret\n").unwrap();
    let app = App::with(Engine::Sqlite, |config| {
        config.journal.s3_bucket = "journal".to_owned();
        config.journal.s3_endpoint.clone_from(&bucket.1);
        config.journal.s3_prefix = "log".to_owned();
        config.journal.s3_key_id = "dancu".to_owned();
        config.journal.s3_key_file = secret.path().to_owned();
    })
    .await;
    // Enough for a bundle to be settled: its entries are then read from the bucket.
    let mut calls = JoinSet::new();
    let app = Arc::new(app);
    for _ in 0..270 {
        let app = Arc::clone(&app);
        calls.spawn(async move { app.ask(Via::Rest, &Ask::verify()).await.status });
    }
    assert!(calls.join_all().await.iter().all(|status| *status == 200));
    let size = app.road().journal.len().await.unwrap();
    published(&app, size).await;
    let is_settled = async || app.on_road(|road, _| road.journal.settled().unwrap()).await == 1;
    eventually("the bundle is settled", is_settled).await;
    for number in [1, 255, size - 1] {
        let leaf = app.entry(number).await.leaf_hash;
        let proof = get(&app, &format!("/journal/proof/{number}")).await;
        TlogProof::parse(&proof.body).unwrap().verify(&leaf, &policy(&app).await).unwrap();
    }
    assert!(!app.config.journal.directory.exists());
    let again = app.beside().await;
    assert_eq!(newest(&again).await.size, size);
    again.stop().await;
    Arc::into_inner(app).expect("no call is left").stop().await;
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_was_set_back_is_refused_in_plain_words() {
    let app = App::start(Engine::Sqlite).await;
    app.ask(Via::Rest, &Ask::verify()).await;
    let (store, config) = (app.place.store_directory(), app.config.clone());
    let backup = store.with_file_name("backup");
    let place = Arc::clone(&app.place);
    let again = app.beside().await;
    app.stop().await;
    again.stop().await;
    copy_files(&store, &backup);

    let app = App::again(&place, &config).await;
    let number = receipted(&app, &app.ask(Via::Rest, &Ask::verify()).await).await.index;
    published(&app, number + 1).await;
    let set_back = app.refused_after(|place| {
        std::fs::remove_dir_all(place.store_directory()).unwrap();
        copy_files(&backup, &place.store_directory());
    });
    let refused = Box::pin(set_back).await;
    assert!(refused.contains("it was set back (an old backup?)"), "{refused}");
    let file = place.write_configuration(&config);
    let (content, text) = run(&["doctor", "--config", file.to_str().unwrap()]);
    assert!(!content && text.contains("FAULT  published journal"), "{text}");
    assert!(text.contains("restore a newer backup"), "{text}");
    // The checkpoint stands as it was.
    let note = std::fs::read(config.journal.directory.join("checkpoint")).unwrap();
    assert_eq!(SignedCheckpoint::parse(&note).unwrap().checkpoint().head().size, number + 1);
}
