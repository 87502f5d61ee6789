//! The sections of the configuration, a table of the file each.
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// File in which the people in memory are kept, sealed; empty for `people.index` beside the embedded store
    pub index: PathBuf,
}

impl Store {
    /// File in which the people in memory are kept.
    pub fn index_file(&self) -> PathBuf {
        if self.index.as_os_str().is_empty() {
            return self.sqlite.with_file_name("people.index");
        }
        self.index.clone()
    }
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
    /// The managing body as its papers name it
    pub body: String,
    /// The body above it; empty for none
    pub body_superior: String,
    /// Where it signs its papers
    pub body_place: String,
    /// Its certificate for signatures, with those above it, PEM; empty where papers are signed elsewhere
    pub signing_certificate: PathBuf,
    /// The key of that certificate, PEM, readable by the service alone
    pub signing_key: PathBuf,
}

/// Rules over the journal, and budgets for guesses.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Whether this server judges the journal by the rules; brakes in force hold either way
    pub judge: bool,
    /// File of rules laid over those that are built in, of the shape of `crates/watch/data/watch.toml`; empty for none
    pub rules_file: PathBuf,
    /// On a store that has no watch yet: judge from the first entry on, instead of the next one
    pub from_first: bool,
    /// Entries judged in one transaction at most
    pub batch: usize,
    /// Milliseconds between two looks for new entries when there are none
    pub pause_ms: u64,
    /// Seconds after which another server judges instead of one that is silent
    pub lease_seconds: u64,
    /// Entries from which the rules learn what is usual when they remember nothing
    pub warm_up: u64,
    /// Milliseconds between two looks at what other servers braked and counted
    pub poll_ms: u64,
    /// People about whom wrong claims are remembered at once; 0 switches guess budgets off
    pub guess_persons: usize,
    /// Days after which a judged alert no longer names the person whom it was about
    pub person_days: u32,
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

/// Extracts of the journal as signed archives.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// Certificate that signs evidence files, with those above it, PEM; empty: none are made
    pub certificate: PathBuf,
    /// Its private key, PEM, readable by the service alone
    pub key: PathBuf,
    /// Entries in one file at most
    pub most: usize,
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

/// Cleaning jobs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaning {
    /// Threads of one process that work on chunks; 0 for as many as the machine has processors
    pub workers: u16,
    /// Threads of the service that work on jobs beside its calls; 0 for none
    pub service_workers: u16,
    /// Hundredths of its time that such a thread works at most, 1 to 100
    pub service_share: u16,
    /// Largest file that console and API take, MiB
    pub upload_mib: u32,
    /// Seconds after which another worker takes a chunk from one that is silent
    pub lease_seconds: u32,
    /// Days for which a job that has ended is kept
    pub keep_days: u32,
    /// Hours for which a job waits to be confirmed; then it is cancelled and its rows go
    pub confirm_hours: u32,
    /// Folder of rows and answers, the same on all servers; empty for one beside the journal
    pub folder: PathBuf,
    /// Certificate to which agencies seal what is carried here by hand; empty: nothing is taken so
    pub seal_certificate: PathBuf,
    /// Its private key
    pub seal_key: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Filter, as `info` or `info,dancu_gateway=debug`
    pub filter: String,
    /// `json` or `text`
    pub format: String,
}
