//! The feed by its configuration: to receivers, and for those who fetch.
use crate::config::{Config, FeedReceiver};
use crate::server::Floor;
use anyhow::Context as _;
use dancu_feed::{Events, Feed, Format, Now, Options, Origin, Pull, PullToken, Receiver, Tls};
use dancu_gateway::Clock;
use dancu_journal::Journal;
use rustls_pki_types::ServerName;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What was opened of it: each part only if the configuration has it.
#[derive(Default)]
pub struct Opened {
    pub feed: Option<Feed>,
    pub pull: Option<Pull>,
}

impl Opened {
    /// Where events are told.
    pub fn events(&self) -> Events {
        self.feed.as_ref().map_or_else(Events::off, |feed| feed.events().clone())
    }
}

/// Opens what the configuration asks for. Blocks.
pub fn open(
    config: &Config,
    floor: &Floor,
    journal: &Journal,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Opened> {
    let now: Now = {
        let clock = Arc::clone(clock);
        Arc::new(move || clock.now_us())
    };
    let mut opened = Opened::default();
    if !config.feed.receivers.is_empty() {
        let options = options(config)?;
        crate::files::private_directory(&options.folder)?;
        let feed = Feed::open(options, journal.clone(), &floor.store, floor.ring.clone(), Arc::clone(&now))?;
        opened.feed = Some(feed);
    }
    if !config.feed.pull_tokens.as_os_str().is_empty() {
        let tokens = tokens(&config.feed.pull_tokens)?;
        opened.pull = Some(Pull::new(journal.clone(), floor.ring.clone(), now, origin(config), tokens)?);
    }
    Ok(opened)
}

/// How the feed shall work.
pub fn options(config: &Config) -> anyhow::Result<Options> {
    let feed = &config.feed;
    anyhow::ensure!(feed.batch > 0 && feed.settle > 0, "feed.batch and feed.settle must be above 0");
    anyhow::ensure!(
        feed.lease_seconds > 0 && feed.pause_seconds > 0,
        "feed.lease_seconds and feed.pause_seconds must be above 0"
    );
    let receivers = feed.receivers.iter().map(receiver).collect::<anyhow::Result<_>>()?;
    Ok(Options {
        receivers,
        folder: feed.folder.clone(),
        spool_bytes: feed.spool_bytes,
        spool_age: Duration::from_secs(u64::from(feed.spool_days) * 86_400),
        resend: feed.resend,
        batch: feed.batch,
        settle: feed.settle,
        lease: Duration::from_secs(feed.lease_seconds),
        longest_pause: Duration::from_secs(feed.pause_seconds),
        origin: origin(config),
    })
}

/// The hashes of the tokens with which somebody may fetch.
pub fn tokens(path: &Path) -> anyhow::Result<Vec<PullToken>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    PullToken::read(&file)
        .with_context(|| format!("{}: each line is \"sha256:\", 64 hex digits, and a name", path.display()))
}

fn origin(config: &Config) -> Origin {
    let public = config.listen.public_url.split("://").last().unwrap_or_default();
    let public = public.split(['/', ':']).next().unwrap_or_default();
    let named = config.feed.hostname.as_str();
    Origin {
        hostname: if named.is_empty() { public } else { named }.to_owned(),
        process: std::process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        enterprise: config.feed.enterprise,
    }
}

fn receiver(told: &FeedReceiver) -> anyhow::Result<Receiver> {
    let at = || format!("feed receiver {:?}", told.name);
    let format = Format::from_name(&told.format).with_context(at).context("format is rfc5424 or cef")?;
    let tls = if told.ca.as_os_str().is_empty() { None } else { Some(tls(told).with_context(at)?) };
    Ok(Receiver { name: told.name.clone(), address: told.address.clone(), format, tls })
}

fn tls(told: &FeedReceiver) -> anyhow::Result<Tls> {
    let identity = match (told.certificate.as_os_str().is_empty(), told.key.as_os_str().is_empty()) {
        (true, true) => None,
        (false, false) => Some((told.certificate.as_path(), told.key.as_path())),
        _ => anyhow::bail!("certificate and key belong together"),
    };
    let config = crate::client::tls(&told.ca, identity)?;
    let host = told.address.rsplit_once(':').map_or(told.address.as_str(), |(host, _)| host);
    let name = if told.server_name.is_empty() { host.trim_matches(['[', ']']) } else { &told.server_name };
    Ok(Tls { config, server_name: ServerName::try_from(name.to_owned()).context("server_name")? })
}
