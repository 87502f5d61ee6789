//! `dancu keys`: makes the keys of an installation and rotates them.
use super::StoreArguments;
use crate::server::Floor;
use clap::Subcommand;
use dancu_journal::inquiry::Inquiries;
use dancu_journal::{Journal, Options};
use dancu_keys::{Algorithm, KeyDir};
use std::time::Duration;

/// The keys: make, rotate
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make the folder of the keys, if it is not there yet
    Init(StoreArguments),
    /// Add a sealing key, make it current, and seal every record anew while the service goes on
    Rotate(StoreArguments),
    /// Sign with a new key from the next start on; the old one stays published
    RotateSigner(StoreArguments),
}

/// Records sealed anew in one transaction.
const BATCH: u32 = 200;
/// Time for every running server to read the folder of the keys; they do several times a second.
const READ_BY_ALL: Duration = Duration::from_secs(2);

impl Keys {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || match self {
            Self::Init(store) => {
                let config = store.config()?;
                if let Some(parent) = config.keys.directory.parent() {
                    crate::files::private_directory(parent)?;
                }
                let keys = KeyDir::open(&config.keys.directory, true)?;
                let policy = crate::journal::init(&config, &keys)?;
                let authority = crate::pki::init(&config)?;
                println!(
                    "keys are in {}; back the folder up, apart from the store",
                    config.keys.directory.display()
                );
                println!(
                    "whom to believe about the journal is in {}; give it to who verifies",
                    policy.display()
                );
                if let Some(certificate) = authority {
                    println!("an authority for systems was made: {}", certificate.display());
                }
                Ok(())
            }
            Self::Rotate(store) => rotate(&store),
            Self::RotateSigner(store) => {
                let config = store.config()?;
                let algorithm = Algorithm::from_name(&config.signing.algorithm).ok_or_else(|| {
                    anyhow::anyhow!("signing.algorithm {:?} is unknown", config.signing.algorithm)
                })?;
                let signer = KeyDir::open(&config.keys.directory, false)?.rotate_signer(algorithm)?;
                println!("signing key {} from the next start on", signer.kid());
                Ok(())
            }
        })
        .await?
    }
}

fn rotate(store: &StoreArguments) -> anyhow::Result<()> {
    let config = store.config()?;
    let floor = Floor::open(&config, false)?;
    let number = floor.keys.add_sealing_key(&floor.ring)?;
    // Every server holds the key before the first value stands under it.
    std::thread::sleep(READ_BY_ALL);
    floor.keys.set_current(&floor.ring, number)?;
    println!("sealing key {number} is current");
    let watch = crate::watch::asleep(&config, &floor)?;
    let office = crate::console::open(&config, &floor, &watch, crate::watch::no_log())?;
    let told = |of: &str, sealed: u64| println!("  {sealed} values of {of} sealed anew");
    told("credentials and accounts", floor.exchange.reseal(BATCH)?);
    told("deliveries and their recipients", office.secrets.reseal(BATCH)?);
    told("the console's people", office.staff.reseal(BATCH)?);
    told("connections, cases and their papers", office.governance.reseal(BATCH)?);
    told("account tables, quotas and reviews", office.campaigns.reseal(BATCH)?);
    told("alerts, lists and rules of the watch", office.watch.reseal(BATCH)?);
    told("evidence", office.evidence.reseal(BATCH)?);
    told("cleaning jobs", crate::clean::jobs(&config, &floor)?.reseal(BATCH)?);
    told("inquiries", Inquiries::open(floor.store.clone(), floor.ring.clone())?.reseal(BATCH)?);
    let journal = Journal::open(floor.store.clone(), floor.ring.clone(), Options::default())?;
    told("the keys of the journal's months", journal.rewrap_month_keys()?);
    tokio::runtime::Handle::current().block_on(journal.close());
    let (batch, mut sealed) = (usize::try_from(BATCH)?, 0);
    loop {
        let done = floor.registry.reseal(batch)?;
        if done == 0 {
            break;
        }
        sealed += done;
        if sealed % 10_000 < batch {
            println!("  {sealed} records sealed anew");
        }
    }
    println!("done: {sealed} records sealed anew");
    Ok(())
}
