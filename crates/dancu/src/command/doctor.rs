//! `dancu doctor`: what is wrong with an installation, and how to mend it.
use super::StoreArguments;
use crate::config::Config;
use crate::server::open_store;
use clap::Args;
use dancu_gateway::door::TlsMaterial;
use dancu_journal::publish::Publisher;
use dancu_keys::KeyDir;
use std::net::TcpListener;
use std::path::Path;

/// Say what is wrong with a configuration, and how to mend it
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    store: StoreArguments,
}

/// One thing looked at.
struct Finding {
    what: &'static str,
    fault: Option<(String, &'static str)>,
}

impl Doctor {
    pub async fn run(self) -> anyhow::Result<()> {
        let config = self.store.config()?;
        let findings = tokio::task::spawn_blocking(move || examine(&config)).await?;
        let faults = findings.iter().filter(|f| f.fault.is_some()).count();
        for finding in &findings {
            match &finding.fault {
                None => println!("ok     {}", finding.what),
                Some((fault, remedy)) => println!("FAULT  {}: {fault}\n       → {remedy}", finding.what),
            }
        }
        anyhow::ensure!(faults == 0, "{faults} of {} checks found a fault", findings.len());
        println!("all {} checks passed", findings.len());
        Ok(())
    }
}

/// What to do when the store opens and its content does not.
const REMEDY: &str = "sealed values that do not open: restore the keys that were backed up with this store; a migration \
                      that was changed: run the version of dancu that made the store, or a newer one";

/// What to do when the store and what was published do not agree. There is no command that makes them agree: that would be
/// the forgery that the log is made to show.
const JOURNAL_REMEDY: &str = "a journal that came from a backup: `dancu journal resume`; a store that was set back: restore a newer backup, or go on with the server that has the newest \
                              entries; files that were set back: restore journal.directory (or the bucket) as it was; a \
                              missing key: restore keys.directory, or make it with `dancu keys init` if nothing was published. \
                              If entries are lost for good, keep everything as it is and tell the witnesses and auditors \
                              before a new log begins, under a new journal.origin";

fn journal_fault(
    config: &Config,
    keys: Result<KeyDir, dancu_keys::KeyError>,
    store: &dancu_storage::Store,
    ring: &dancu_keys::KeyRing,
) -> Option<String> {
    let look = || -> anyhow::Result<()> {
        let signer = keys?.log_key(&config.journal.origin)?;
        crate::journal::policy(config, signer.verifier())?;
        let journal = crate::journal::open(config, store, ring)?;
        Publisher::examine(&journal, signer)?;
        Ok(())
    };
    look().err().map(|error| format!("{error:#}"))
}

fn examine(config: &Config) -> Vec<Finding> {
    let keys = KeyDir::open(&config.keys.directory, false);
    let ring = keys.as_ref().map_err(ToString::to_string).and_then(|k| k.ring().map_err(|e| e.to_string()));
    let store = open_store(config, false);
    let mut findings = vec![
        finding(
            "keys",
            ring.as_ref().err().cloned(),
            "restore the folder keys.directory from its backup, or make one with `dancu keys init`",
        ),
        finding(
            "store",
            store.as_ref().err().map(|e| format!("{e:#}")),
            "check store.sqlite or store.postgres; a new store is made by `dancu registry generate` or `import`",
        ),
        finding(
            "keys apart from the store",
            together(config),
            "move keys.directory out of the folder of the store, so that one backup does not hold both",
        ),
        finding(
            "TLS files",
            tls_fault(config),
            "check listen.certificate, listen.key and listen.client_ca: PEM files that fit together and are readable",
        ),
        finding(
            "signing algorithm",
            algorithm_fault(config),
            "signing.algorithm is \"Ed25519\" or \"ES256\"",
        ),
        finding(
            "HTTPS address",
            address_fault(config.listen.address),
            "another process holds listen.address: stop it or choose another port",
        ),
        finding(
            "admin address",
            address_fault(config.admin.address),
            "another process holds admin.address: stop it or choose another port",
        ),
        finding(
            "admin address is local",
            exposed(config),
            "metrics are for the operator: bind admin.address to loopback or a management network",
        ),
    ];
    findings.push(finding(
        "feed",
        feed_fault(config),
        "check feed.receivers (PEM files, TLS for all but loopback addresses) and feed.pull_tokens; docs/operators.md has examples",
    ));
    findings.push(finding(
        "keeping",
        crate::keeping::rules(config).err().map(|error| format!("{error:#}")),
        "[keeping] may keep longer than the law demands, never shorter; security_level is 1 to 5, hour 0 to 23",
    ));
    findings.push(finding(
        "authority",
        crate::pki::check(config).err().map(|error| format!("{error:#}")),
        "pki.certificate and pki.key are PEM files that belong together, the key of mode 0600; `dancu keys init` makes them \
         where both are missing; before it ends, name a new authority and leave the old one in listen.client_ca",
    ));
    findings.push(finding(
        "time stamps",
        crate::stamps::check(config).err().map(|error| format!("{error:#}")),
        "check [timestamps]: the address of an authority, and PEM files of who is trusted",
    ));
    findings.push(finding(
        "packages carried by hand",
        crate::clean::carried::check(config).err().map(|error| format!("{error:#}")),
        "cleaning.seal_certificate and cleaning.seal_key belong together, the key of mode 0600; answers are signed by evidence.certificate",
    ));
    if let (Ok(store), Ok(ring)) = (store, ring) {
        let ring: dancu_keys::KeyRing = ring;
        let exchange = dancu_exchange::Exchange::open(store.clone(), ring.clone());
        let opened = exchange.as_ref().err().map(ToString::to_string);
        findings.push(finding("exchange opens with these keys", opened, REMEDY));
        let registry =
            dancu_registry::Registry::open(store.clone(), ring.clone()).err().map(|e| e.to_string());
        findings.push(finding("registry opens with these keys", registry, REMEDY));
        findings.push(finding(
            "published journal",
            journal_fault(config, keys, &store, &ring),
            JOURNAL_REMEDY,
        ));
        if let Ok(exchange) = exchange {
            findings.push(finding(
                "officers' pages",
                pages_fault(config, &exchange),
                "register the system named in web.system, or leave it empty to switch the pages off",
            ));
        }
    }
    findings
}

fn finding(what: &'static str, fault: Option<String>, remedy: &'static str) -> Finding {
    Finding { what, fault: fault.map(|fault| (fault, remedy)) }
}

fn together(config: &Config) -> Option<String> {
    let folder = config.store.sqlite.parent().filter(|_| config.store.postgres.is_empty())?;
    let absolute = |path: &Path| std::path::absolute(path).ok();
    let (keys, store) = (absolute(&config.keys.directory)?, absolute(folder)?);
    keys.starts_with(&store).then(|| "the keys lie inside the folder of the store".to_owned())
}

fn tls_fault(config: &Config) -> Option<String> {
    TlsMaterial::load(&crate::server::tls_files(config)).err().map(|e| e.to_string())
}

fn feed_fault(config: &Config) -> Option<String> {
    let receivers = crate::feed::options(config).and_then(|options| Ok(options.check()?));
    let tokens = &config.feed.pull_tokens;
    let tokens = if tokens.as_os_str().is_empty() { Ok(()) } else { crate::feed::tokens(tokens).map(drop) };
    receivers.and(tokens).err().map(|error| format!("{error:#}"))
}

fn algorithm_fault(config: &Config) -> Option<String> {
    let known = dancu_keys::Algorithm::from_name(&config.signing.algorithm).is_some();
    (!known).then(|| format!("{:?} is unknown", config.signing.algorithm))
}

fn address_fault(address: std::net::SocketAddr) -> Option<String> {
    TcpListener::bind(address).err().map(|e| format!("{address}: {e}"))
}

fn exposed(config: &Config) -> Option<String> {
    let unspecified = config.admin.address.ip().is_unspecified();
    unspecified.then(|| format!("{} listens on every network", config.admin.address))
}

fn pages_fault(config: &Config, exchange: &dancu_exchange::Exchange) -> Option<String> {
    let system = &config.web.system;
    let known = system.is_empty() || exchange.snapshot().rules.system(system).is_some();
    (!known).then(|| format!("no system {system:?} is registered"))
}
