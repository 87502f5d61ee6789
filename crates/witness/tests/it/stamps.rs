//! Checkpoints taken to a time-stamping authority over HTTP, kept, and checked by OpenSSL.
use crate::log::{MemoryLog, head, leaves, signed};
use crate::{NOW_US, Ticking};
use dancu_keys::timestamp::{Authorities, Tsa, verify};
use dancu_storage::blob::Blobs;
use dancu_witness::client::Log;
use dancu_witness::http::{CallLimits, Endpoint};
use dancu_witness::stamp::{StampError, StampFiles, Stamper, authority_router, keep_stamped, router};
use prometheus_client::registry::Registry;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// An authority on a port of its own, and the root that issued its certificate.
struct Authority {
    url: String,
    root: String,
    _stop: watch::Sender<bool>,
}

impl Authority {
    async fn start(now_us: i64) -> Self {
        let params = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2090, 1, 1);
            params
        };
        let mut root = params("root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root_key = KeyPair::generate().unwrap();
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let mut usage = CustomExtension::from_oid_content(
            &[2, 5, 29, 37],
            b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08".to_vec(),
        );
        usage.set_criticality(true);
        let mut leaf = params("stamps");
        leaf.custom_extensions = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = leaf.signed_by(&key, &Issuer::new(root, root_key)).unwrap().pem();
        let tsa =
            Tsa::from_pem(certificate.as_bytes(), key.serialize_pem().as_bytes(), "1.3.6.1.4.1.99999.1")
                .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        let router = authority_router(Arc::new(tsa), Arc::new(Ticking(now_us.into())));
        tokio::spawn(dancu_witness::serve::serve(listener, router, stopped));
        Self { url, root: root_pem, _stop: stop }
    }

    fn stamper(&self, files: &StampFiles) -> Stamper {
        Stamper::new(
            self.endpoint(),
            Authorities::from_pem(self.root.as_bytes()).unwrap(),
            files.clone(),
            Arc::new(Ticking(NOW_US.into())),
        )
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::new(&self.url, None, CallLimits::default()).unwrap()
    }
}

#[tokio::test]
async fn a_checkpoint_is_stamped_once_kept_and_checked_by_openssl() {
    let authority = Authority::start(NOW_US).await;
    let folder = tempfile::tempdir().unwrap();
    let files = StampFiles::new(Blobs::folder(folder.path()).unwrap(), "timestamps");
    let stamper = authority.stamper(&files);
    let checkpoint = signed(head(&leaves(7, 'a')));
    let stamp = stamper.stamp(&checkpoint).await.unwrap().unwrap();
    assert_eq!(stamp.time_us, NOW_US / 1_000_000 * 1_000_000);
    assert_eq!(stamper.stamp(&checkpoint).await.unwrap(), None, "once a size");
    stamper.stamp(&signed(head(&leaves(12, 'a')))).await.unwrap();

    assert_eq!(files.sizes(u64::MAX, 10).unwrap(), [12, 7]);
    assert_eq!(files.sizes(12, 10).unwrap(), [7]);
    assert_eq!(files.checkpoint(7).unwrap().unwrap(), checkpoint.to_string().into_bytes());
    std::fs::write(folder.path().join("root.pem"), &authority.root).unwrap();
    let check = |data: &str| {
        let arguments = ["ts", "-verify", "-in", "timestamps/7.tsr", "-CAfile", "root.pem", "-data", data];
        Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap().status.success()
    };
    assert!(check("timestamps/7.checkpoint"));
    assert!(!check("timestamps/12.checkpoint"));
}

#[tokio::test]
async fn the_stamps_are_shown_to_everybody() {
    let authority = Authority::start(NOW_US).await;
    let files = StampFiles::new(Blobs::memory(), "timestamps");
    let checkpoint = signed(head(&leaves(7, 'a')));
    authority.stamper(&files).stamp(&checkpoint).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/journal", listener.local_addr().unwrap());
    let (_stop, stopped) = watch::channel(false);
    tokio::spawn(dancu_witness::serve::serve(listener, router(files), stopped));
    let journal = Endpoint::new(&url, None, CallLimits::default()).unwrap();

    let list = journal.get_below("timestamps").await.unwrap();
    assert_eq!((list.status, &*list.body), (200, &br#"{"sizes":[7]}"#[..]));
    assert_eq!(journal.get_below("timestamps?before=7").await.unwrap().body, br#"{"sizes":[]}"#);
    let answer = journal.get_below("timestamp/7").await.unwrap();
    assert_eq!((answer.status, &*answer.content_type), (200, "application/timestamp-reply"));
    let text = journal.get_below("timestamp/7/checkpoint").await.unwrap();
    let trusted = Authorities::from_pem(authority.root.as_bytes()).unwrap();
    assert!(verify(&answer.body, &text.body, None, &trusted).is_ok());
    for missing in ["timestamp/8", "timestamp/8/checkpoint"] {
        assert_eq!(journal.get_below(missing).await.unwrap().status, 404);
    }
    assert_eq!(journal.get_below("timestamp/x").await.unwrap().status, 400);
}

#[tokio::test]
async fn an_authority_that_cannot_be_relied_upon_leaves_no_stamp() {
    let files = StampFiles::new(Blobs::memory(), "timestamps");
    let checkpoint = signed(head(&leaves(7, 'a')));
    let late = Authority::start(NOW_US + 3_600_000_000).await;
    let refused = late.stamper(&files).stamp(&checkpoint).await;
    assert!(matches!(refused, Err(StampError::Clock { seconds: 3599..=3601 })), "{refused:?}");
    let good = Authority::start(NOW_US).await;
    let distrusted = Stamper::new(
        good.endpoint(),
        Authorities::from_pem(late.root.as_bytes()).unwrap(),
        files.clone(),
        Arc::new(Ticking(NOW_US.into())),
    );
    assert!(matches!(distrusted.stamp(&checkpoint).await, Err(StampError::Refused(_))));
    assert_eq!(files.sizes(u64::MAX, 10).unwrap(), Vec::<u64>::new());
    good.stamper(&files).stamp(&checkpoint).await.unwrap();
    assert_eq!(files.sizes(u64::MAX, 10).unwrap(), [7]);
}

#[tokio::test]
async fn the_authoritys_door_says_what_it_expects() {
    let authority = Authority::start(NOW_US).await;
    let endpoint = authority.endpoint();
    assert_eq!(endpoint.post("text/plain", vec![]).await.unwrap().status, 415);
    assert_eq!(
        endpoint.post("application/timestamp-query", vec![0; 64 * 1024 + 1]).await.unwrap().status,
        413
    );
    let refusal = endpoint.post("application/timestamp-query", vec![1, 2, 3]).await.unwrap();
    assert_eq!((refusal.status, &*refusal.content_type), (200, "application/timestamp-reply"));
    assert_eq!(endpoint.get_below("").await.unwrap().status, 404);
}

#[tokio::test]
async fn the_job_goes_on_over_failures() {
    let files = StampFiles::new(Blobs::memory(), "timestamps");
    let authority = Authority::start(NOW_US).await;
    let dead = Stamper::new(
        Endpoint::new("http://127.0.0.1:9", None, CallLimits::default()).unwrap(),
        Authorities::from_pem(authority.root.as_bytes()).unwrap(),
        files.clone(),
        Arc::new(Ticking(NOW_US.into())),
    );
    let living = authority.stamper(&files);
    let mut registry = Registry::default();
    dead.register_metrics(registry.sub_registry_with_prefix("dead"));
    living.register_metrics(registry.sub_registry_with_prefix("living"));
    let memory = Arc::new(MemoryLog::new(0, 1));
    let log: Arc<dyn Log> = Arc::clone(&memory) as _;
    let (stop, stopped) = watch::channel(false);
    let every = Duration::from_millis(20);
    let jobs = [dead, living]
        .map(|stamper| tokio::spawn(keep_stamped(stamper, Arc::clone(&log), every, stopped.clone())));
    for size in [5, 9] {
        memory.grow(size);
        crate::keep::until("stamped", || files.sizes(u64::MAX, 10).unwrap().first() == Some(&(size as u64)))
            .await;
    }
    let failures: u64 = crate::keep::figure(&registry, "dead_timestamps_failures_total").parse().unwrap();
    assert!(failures > 0);
    assert_eq!(crate::keep::figure(&registry, "living_timestamps_taken_total"), "2");
    assert_eq!(crate::keep::figure(&registry, "living_timestamps_newest_size"), "9");
    stop.send(true).unwrap();
    for job in jobs {
        tokio::time::timeout(Duration::from_secs(5), job).await.expect("the job ends when told").unwrap();
    }
}
