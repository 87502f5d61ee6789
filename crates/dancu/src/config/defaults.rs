//! What holds where the file says nothing.
use super::{
    Admin, Cleaning, Config, Console, Evidence, Feed, Journal, Keeping, Keys, Limits, Listen, Log, Pki,
    Signing, Store, Timestamps, Tracker, Watch, Web,
};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

impl Default for Config {
    fn default() -> Self {
        Self::for_directory(Path::new("dancu-data"))
    }
}

macro_rules! default_from_config {
    ($($section:ident $field:ident;)*) => { $(impl Default for $section {
        fn default() -> Self { Config::default().$field }
    })* };
}
default_from_config! {
    Store store; Keys keys; Listen listen; Admin admin; Limits limits; Pki pki; Signing signing; Journal journal; Keeping keeping; Timestamps timestamps; Evidence evidence; Feed feed; Web web; Console console; Watch watch; Tracker tracker; Cleaning cleaning; Log log;
}

impl Pki {
    /// Systems get their certificates elsewhere; terms are those of the dated data.
    fn none() -> Self {
        Self {
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            name: "dancu authority".to_owned(),
            authority_days: 3650,
            recipient_ca: PathBuf::new(),
            system_certificate_hours: 0,
            workstation_certificate_hours: 0,
            recipient_certificate_hours: 0,
            certificate_overlap_hours: 0,
            enrolment_code_hours: 0,
            secret_overlap_hours: 0,
            secret_delivery_hours: 0,
        }
    }
}

impl Console {
    /// At this machine.
    fn here() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8444)),
            public_url: "https://localhost:8444".to_owned(),
            name: "dancu".to_owned(),
            documents: PathBuf::new(),
            body: "Cục Cảnh sát quản lý hành chính về trật tự xã hội".to_owned(),
            body_superior: "Bộ Công an".to_owned(),
            body_place: "Hà Nội".to_owned(),
            signing_certificate: PathBuf::new(),
            signing_key: PathBuf::new(),
        }
    }
}

impl Watch {
    /// Everything on.
    fn usual() -> Self {
        Self {
            judge: true,
            rules_file: PathBuf::new(),
            from_first: false,
            batch: 8192,
            pause_ms: 200,
            lease_seconds: 10,
            warm_up: 1_000_000,
            poll_ms: 200,
            guess_persons: 262_144,
            person_days: 90,
        }
    }
}

impl Config {
    /// The defaults, with every file below one folder.
    pub fn for_directory(directory: &Path) -> Self {
        Self {
            store: Store {
                sqlite: directory.join("store/dancu.db"),
                postgres: String::new(),
                postgres_ca: PathBuf::new(),
                max_connections: 16,
                index: PathBuf::new(),
            },
            keys: Keys { directory: directory.join("keys") },
            listen: Listen {
                address: SocketAddr::from(([127, 0, 0, 1], 8443)),
                public_url: "https://localhost:8443".to_owned(),
                certificate: directory.join("tls/server.pem"),
                key: directory.join("tls/server.key"),
                client_ca: directory.join("tls/ca.pem"),
                tls12: false,
                soap_path: "/dancu/1.0/xacthuc".to_owned(),
            },
            admin: Admin { address: SocketAddr::from(([127, 0, 0, 1], 9443)) },
            limits: Limits {
                connections: 4096,
                connections_per_address: 1024,
                calls: 1024,
                calls_per_system: 256,
                failures_per_minute: 10,
                strangers_per_minute: 600,
                body_bytes: 1024 * 1024,
                header_bytes: 16 * 1024,
                handshake_seconds: 10,
                header_seconds: 30,
                idle_seconds: 60,
                stale_seconds: 30,
                body_seconds: 20,
                drain_seconds: 20,
            },
            pki: Pki::none(),
            signing: Signing { algorithm: "Ed25519".to_owned() },
            journal: Journal {
                group: 512,
                queue: 4096,
                idempotency_hours: 24,
                epoch_seconds: 60,
                origin: "localhost/dancu-journal".to_owned(),
                directory: directory.join("journal"),
                s3_bucket: String::new(),
                s3_endpoint: String::new(),
                s3_region: "us-east-1".to_owned(),
                s3_prefix: String::new(),
                s3_key_id: String::new(),
                s3_key_file: PathBuf::new(),
                checkpoint_ms: 200,
                quorum: 0,
                witness_alarm_seconds: 60,
                witness_ca: PathBuf::new(),
                witnesses: Vec::new(),
            },
            keeping: Keeping {
                archive: PathBuf::new(),
                exchange_months: 0,
                security_months: 0,
                security_level: 3,
                hour: 2,
                purge: true,
            },
            timestamps: Timestamps {
                url: String::new(),
                ca: PathBuf::new(),
                tls_ca: PathBuf::new(),
                seconds: 3600,
            },
            evidence: Evidence { certificate: PathBuf::new(), key: PathBuf::new(), most: 5000 },
            feed: Feed {
                folder: directory.join("feed"),
                hostname: String::new(),
                // RFC 5612: for examples and documentation.
                enterprise: 32_473,
                spool_bytes: 64 * 1024 * 1024,
                spool_days: 30,
                resend: 200,
                batch: 200,
                settle: 5000,
                lease_seconds: 15,
                pause_seconds: 30,
                pull_tokens: PathBuf::new(),
                receivers: Vec::new(),
            },
            web: Web {
                system: "canbo".to_owned(),
                session_minutes: 15,
                demo: false,
                citizen_sign_in: "off".to_owned(),
            },
            console: Console::here(),
            watch: Watch::usual(),
            tracker: Tracker { systems: Vec::new() },
            cleaning: cleaning(),
            log: Log {
                filter: "info,rustls=error,tokio_postgres=warn".to_owned(),
                format: "json".to_owned(),
            },
        }
    }
}

fn cleaning() -> Cleaning {
    Cleaning {
        workers: 0,
        service_workers: 1,
        service_share: 50,
        upload_mib: 2048,
        lease_seconds: 60,
        keep_days: 30,
        confirm_hours: 24,
        folder: PathBuf::new(),
        seal_certificate: PathBuf::new(),
        seal_key: PathBuf::new(),
    }
}
