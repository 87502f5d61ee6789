//! The same on a bucket of a foreign server: moto, in a process of its own.
use super::suite;
use dancu_storage::blob::{BlobError, Blobs, S3Config, S3Keys};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::runtime::Runtime;

/// Ends with the test.
struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut process = Command::new(root.join(".venv/bin/python"))
            .arg(root.join("tests/support/bucket.py"))
            .stdout(Stdio::piped())
            .stdin(Stdio::piped())
            .spawn()
            .expect("the Python environment of tools/setup");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        Self { process, url: line.trim().to_owned() }
    }

    fn bucket(&self, bucket: &str, prefix: &str) -> S3Config {
        S3Config {
            endpoint: Some(self.url.clone()),
            region: "us-east-1".to_owned(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            keys: Some(S3Keys { id: "dancu".to_owned(), secret: "a long secret".to_owned() }),
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_foreign_server() {
    let (moto, runtime) = (Moto::start(), Runtime::new().unwrap());
    let open = |prefix| Blobs::s3(&moto.bucket("journal", prefix), runtime.handle().clone()).unwrap();
    suite::run(&open(""));
    suite::run(&open("log/of-2026"));
    // Prefixes are logs of their own.
    open("a").put_all(&[("tile/0/000".to_owned(), b"1".to_vec())]).unwrap();
    assert_eq!(open("").list("").unwrap(), ["a/tile/0/000"]);
    assert_eq!(open("a").list("").unwrap(), ["tile/0/000"]);
    assert_eq!(open("b").list("").unwrap(), Vec::<String>::new());
}

#[test]
fn a_bucket_that_is_not_there_is_an_error_and_no_lost_race() {
    let (moto, runtime) = (Moto::start(), Runtime::new().unwrap());
    let blobs = Blobs::s3(&moto.bucket("nowhere", ""), runtime.handle().clone()).unwrap();
    assert!(matches!(blobs.swap("checkpoint", None, b"1"), Err(BlobError::Unavailable(_))));
    assert!(blobs.put_all(&[("a".to_owned(), b"1".to_vec())]).is_err());
}

#[test]
fn secrets_are_not_shown() {
    let runtime = Runtime::new().unwrap();
    let config = S3Config {
        bucket: "journal".to_owned(),
        region: "vn".to_owned(),
        keys: Some(S3Keys { id: "dancu".to_owned(), secret: "a long secret".to_owned() }),
        ..S3Config::default()
    };
    let blobs = Blobs::s3(&config, runtime.handle().clone()).unwrap();
    for shown in [format!("{config:?}"), format!("{blobs:?}")] {
        assert!(!shown.contains("long secret"), "{shown}");
    }
}
