//! One TOML file with every key commented (`config/dancu.example.toml`), overridden by the environment
//! (`DANCU_LISTEN__ADDRESS=…`). Unknown keys are refused.
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything that a server can be told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub store: Store,
    pub keys: Keys,
    pub listen: Listen,
    pub admin: Admin,
    pub limits: Limits,
    pub pki: Pki,
    pub signing: Signing,
    pub journal: Journal,
    pub keeping: Keeping,
    pub timestamps: Timestamps,
    pub feed: Feed,
    pub web: Web,
    pub console: Console,
    pub tracker: Tracker,
    pub log: Log,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// File of the embedded store; used when `postgres` is empty
    pub sqlite: PathBuf,
    /// PostgreSQL connection string; empty for the embedded store
    pub postgres: String,
    /// Authorities of PostgreSQL's certificate, PEM; empty for a connection without TLS
    pub postgres_ca: PathBuf,
    /// Connections to PostgreSQL at most
    pub max_connections: usize,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Folder of the keys, outside the store, readable by the service alone
    pub directory: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Address of the HTTPS door
    pub address: SocketAddr,
    /// URL that clients and browsers use to reach it
    pub public_url: String,
    /// Server certificate chain, PEM
    pub certificate: PathBuf,
    /// Private key of the certificate, PEM
    pub key: PathBuf,
    /// Authorities that issue the systems' certificates, PEM
    pub client_ca: PathBuf,
    /// Offer TLS 1.2 beside 1.3, for old clients
    pub tls12: bool,
    /// Path of the SOAP service
    pub soap_path: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// Address of metrics and health checks, apart from the service
    pub address: SocketAddr,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Connections open at once
    pub connections: usize,
    /// Connections open at once from one address
    pub connections_per_address: usize,
    /// Calls in work at once; above it 503
    pub calls: usize,
    /// Calls in work at once for one system; above it 429
    pub calls_per_system: usize,
    /// Wrong passwords of one system a minute; above it 429
    pub failures_per_minute: u32,
    /// Refusals of an unregistered address a minute that are journalled; further ones are only counted
    pub strangers_per_minute: u32,
    /// Bytes of a body
    pub body_bytes: usize,
    /// Bytes of request line and headers
    pub header_bytes: usize,
    /// Seconds for a TLS handshake
    pub handshake_seconds: u64,
    /// Seconds for the headers to arrive, and of idleness between calls
    pub header_seconds: u64,
    /// Seconds in which no byte moves on a connection
    pub idle_seconds: u64,
    /// Seconds for which the rules may go unrefreshed; then every call is refused
    pub stale_seconds: u64,
    /// Seconds for a body to arrive
    pub body_seconds: u64,
    /// Seconds that open calls get at shutdown
    pub drain_seconds: u64,
}

/// The authority that issues systems' certificates, and how long what it issues holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pki {
    /// Its certificate, PEM; empty where systems get theirs elsewhere
    pub certificate: PathBuf,
    /// Its private key, PEM (PKCS #8), readable by the service alone
    pub key: PathBuf,
    /// Name of the authority that `dancu keys init` makes
    pub name: String,
    /// Days for which that one holds
    pub authority_days: u32,
    /// Authorities of security officers' certificates beside this one, PEM; empty for none
    pub recipient_ca: PathBuf,
    /// Hours for which a system's certificate holds; 0 for what the dated data say, as for all hours here
    pub system_certificate_hours: u32,
    /// Hours for which a workstation's certificate holds
    pub workstation_certificate_hours: u32,
    /// Hours for which a security officer's certificate of our own issue holds
    pub recipient_certificate_hours: u32,
    /// Hours for which a renewed certificate goes on beside the new one
    pub certificate_overlap_hours: u32,
    /// Hours for which a one-time enrolment code waits
    pub enrolment_code_hours: u32,
    /// Hours for which former credentials are taken beside new ones
    pub secret_overlap_hours: u32,
    /// Hours for which a sealed secret waits to be taken
    pub secret_delivery_hours: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signing {
    /// `Ed25519` or `ES256`
    pub algorithm: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// Entries in one commit at most
    pub group: usize,
    /// Calls waiting for a commit at most; above it 503
    pub queue: usize,
    /// Hours for which the answer to an Idempotency-Key is kept
    pub idempotency_hours: u32,
    /// Seconds between two epochs: what is newer is not yet in a citizen's proof
    pub epoch_seconds: u32,
    /// Name of the log, in its key and in every checkpoint
    pub origin: String,
    /// Folder of the published log: tiles, bundles, checkpoints; used when `s3_bucket` is empty
    pub directory: PathBuf,
    /// Bucket of the published log; empty for the folder
    pub s3_bucket: String,
    /// URL of the bucket's server; empty for Amazon's
    pub s3_endpoint: String,
    /// Region of the bucket
    pub s3_region: String,
    /// Folder in the bucket
    pub s3_prefix: String,
    /// Name of the access key; empty where the machine has a role
    pub s3_key_id: String,
    /// File with the secret of the access key
    pub s3_key_file: PathBuf,
    /// Milliseconds between two checkpoints at least
    pub checkpoint_ms: u64,
    /// How many of the witnesses must have cosigned a checkpoint; 0 for none
    pub quorum: usize,
    /// Seconds without that after which the alarm is raised
    pub witness_alarm_seconds: u64,
    /// Authorities of the witnesses' certificates, PEM; needed for witnesses behind `https`
    pub witness_ca: PathBuf,
    /// Who is asked to cosign
    pub witnesses: Vec<JournalWitness>,
}

/// How long the journal's personal parts are kept, and where.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keeping {
    /// Folder of the archive; empty for one beside the log (`<journal.directory>.archive`, or such a prefix of its bucket)
    pub archive: PathBuf,
    /// Months for which entries of the exchange are kept; 0 for as long as the law demands
    pub exchange_months: u32,
    /// Months for which security events are kept; 0 for as long as the law demands
    pub security_months: u32,
    /// Security level of this system, 1 to 5
    pub security_level: u8,
    /// Hour of the day, in Việt Nam, at which closed months are archived and what is over is purged
    pub hour: u8,
    /// Whether that job also purges; otherwise `dancu journal purge` does
    pub purge: bool,
}

/// The console, where connections are governed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Console {
    /// Address of its HTTPS door, apart from that of calls and citizens
    pub address: SocketAddr,
    /// URL by which browsers reach it; passkeys are bound to its host for good
    pub public_url: String,
    /// What it is called in authenticator apps
    pub name: String,
    /// Folder of attachments; empty for one beside the journal
    pub documents: PathBuf,
}

/// A witness of the journal.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JournalWitness {
    /// Its key for cosignatures, `name+id+base64`
    pub key: String,
    /// Its submission prefix
    pub url: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timestamps {
    /// URL of the time-stamping authority (RFC 3161); empty for no time stamps
    pub url: String,
    /// Authorities whose time stamps are trusted, PEM
    pub ca: PathBuf,
    /// Authorities of the certificate behind an https URL, PEM; empty for http
    pub tls_ca: PathBuf,
    /// Seconds between two stamps
    pub seconds: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Feed {
    /// Folder of the spool and the cursors, this server's own
    pub folder: PathBuf,
    /// Name of this machine in messages; empty: the host of `listen.public_url`
    pub hostname: String,
    /// Private enterprise number (IANA) of the structured data
    pub enterprise: u32,
    /// Bytes that events may take in the spool
    pub spool_bytes: u64,
    /// Days for which events are kept that nobody has taken
    pub spool_days: u32,
    /// Messages sent again, after a connection that did not end well, besides all that are not known to be read
    pub resend: u64,
    /// Messages read and sent together
    pub batch: u32,
    /// Messages after which a connection is ended, to learn that they were read
    pub settle: u64,
    /// Seconds for which a server has the entries to itself without renewing
    pub lease_seconds: u64,
    /// Seconds between two connections at most
    pub pause_seconds: u64,
    /// File of the hashes of tokens with which entries can be fetched; empty switches fetching off
    pub pull_tokens: PathBuf,
    /// To whom messages are sent
    pub receivers: Vec<FeedReceiver>,
}

/// A receiver of the feed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FeedReceiver {
    /// Name in metrics and files: lower-case letters, digits and `-`
    pub name: String,
    /// `host:port`
    pub address: String,
    /// `rfc5424` or `cef`
    #[serde(default = "rfc5424")]
    pub format: String,
    /// Authorities of its certificate, PEM; empty for a connection without TLS, to loopback only
    #[serde(default)]
    pub ca: PathBuf,
    /// Our certificate chain, PEM, if it wants one
    #[serde(default)]
    pub certificate: PathBuf,
    /// Private key of our certificate, PEM
    #[serde(default)]
    pub key: PathBuf,
    /// Name in its certificate; empty: the host of the address
    #[serde(default)]
    pub server_name: String,
}

fn rfc5424() -> String {
    "rfc5424".to_owned()
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Name of the registered system that the officers' pages act as; empty switches the pages off
    pub system: String,
    /// Minutes of idleness after which an officer's session ends
    pub session_minutes: u32,
    /// Say on every page that the people are synthetic
    pub demo: bool,
    /// How citizens sign in to see who looked at their data: `off`, or `demo`, by one code for all, in `dancu demo` alone
    pub citizen_sign_in: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tracker {
    /// Ids of the systems that may ask for a person's usages on her behalf (`/v2/findUsage`)
    pub systems: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Filter, as `info` or `info,dancu_gateway=debug`
    pub filter: String,
    /// `json` or `text`
    pub format: String,
}

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
    Store store; Keys keys; Listen listen; Admin admin; Limits limits; Pki pki; Signing signing; Journal journal; Keeping keeping; Timestamps timestamps; Feed feed; Web web; Console console; Tracker tracker; Log log;
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
            tracker: Tracker { systems: Vec::new() },
            log: Log {
                filter: "info,rustls=error,tokio_postgres=warn".to_owned(),
                format: "json".to_owned(),
            },
        }
    }

    /// Reads a file and lays the environment over it.
    pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text, environment).with_context(|| format!("in {}", path.display()))
    }

    /// Lays the environment over a configuration.
    pub fn parse_over(
        base: &Self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        Self::parse(&toml::to_string(base)?, environment)
    }

    /// Reads TOML text and lays the environment over it.
    pub fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut table: toml::Table = toml::from_str(text)?;
        for (name, value) in environment {
            overlay(&mut table, &name, &value)?;
        }
        Ok(toml::Value::Table(table).try_into()?)
    }
}

/// `DANCU_LISTEN__ADDRESS` sets `listen.address`. Variables without the double underscore are not of the file.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let Some((section, key)) = name.strip_prefix("DANCU_").and_then(|rest| rest.split_once("__")) else {
        return Ok(());
    };
    let section =
        table.entry(section.to_lowercase()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(section) = section.as_table_mut() else { bail!("{name}: not a section") };
    let parsed = match value.parse::<toml::Value>() {
        Ok(v @ (toml::Value::Integer(_) | toml::Value::Boolean(_) | toml::Value::Array(_))) => v,
        _ => toml::Value::String(value.to_owned()),
    };
    section.insert(key.to_lowercase(), parsed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../config/dancu.example.toml");

    fn parse(text: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::parse(text, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_committed_example_states_every_key_at_its_default() {
        let example = parse(EXAMPLE, &[]).unwrap();
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        assert_eq!(toml::Table::try_from(example).unwrap(), defaults);
        let written: toml::Table = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(written, defaults, "a key is missing from config/dancu.example.toml");
    }

    #[test]
    fn the_environment_wins_and_unknown_keys_are_refused() {
        let config =
            parse("", &[("DANCU_LISTEN__ADDRESS", "127.0.0.1:1"), ("DANCU_LIMITS__CALLS", "7")]).unwrap();
        assert_eq!(config.listen.address.port(), 1);
        assert_eq!(config.limits.calls, 7);
        let receivers =
            "[{ name = 'soc', address = '127.0.0.1:514' }, { name = 'b', address = 'b:1', ca = 'x' }]";
        let config = parse("", &[("DANCU_FEED__RECEIVERS", receivers)]).unwrap();
        assert_eq!((config.feed.receivers.len(), config.feed.receivers[0].format.as_str()), (2, "rfc5424"));
        assert_eq!(parse("", &[("DANCU_LISTEN__ADDRESS", "[::1]:1")]).unwrap().listen.address.port(), 1);
        assert!(parse("[listen]\nadress = 'x'", &[]).is_err());
        assert!(parse("", &[("DANCU_LISTEN__ADRESS", "x")]).is_err());
        assert!(parse("[lisen]", &[]).is_err());
    }
}
