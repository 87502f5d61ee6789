//! `dancu journal archive, purge, hold, release, holds`: keeping the journal by hand.
use super::StoreArguments;
use crate::config::Config;
use anyhow::Context as _;
use clap::Args;
use dancu_gateway::Clock as _;
use dancu_journal::{Hold, HoldScope, Journal, Month, Retention, subject_hash};
use dancu_keys::{KeyDir, KeyRing};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use std::io::BufRead as _;

/// Move closed months out of the store
#[derive(Debug, Args)]
pub struct Archive {
    #[command(flatten)]
    store: StoreArguments,
}

/// Erase what has been kept long enough
#[derive(Debug, Args)]
pub struct Purge {
    #[command(flatten)]
    store: StoreArguments,
    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
}

/// Keep entries beyond their time
#[derive(Debug, Args)]
pub struct PlaceHold {
    #[command(flatten)]
    store: StoreArguments,
    /// Number of the order, which names the hold
    order: String,
    /// Account of who places it
    #[arg(long, value_name = "ACCOUNT")]
    by: String,
    #[command(flatten)]
    scope: Scope,
}

/// What a hold keeps: entries that meet all that is given
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Scope {
    /// From this day on, in Việt Nam
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// Up to and with this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
    /// Of this organisation
    #[arg(long, value_name = "CODE")]
    organisation: Option<String>,
    /// Of this system
    #[arg(long, value_name = "ID")]
    system: Option<String>,
    /// This entry
    #[arg(long, value_name = "NUMBER")]
    entry: Option<u64>,
    /// About the person whose number is read from standard input, so that it stands in no history of commands
    #[arg(long)]
    person: bool,
    /// Everything
    #[arg(long, conflicts_with_all = ["from", "to", "organisation", "system", "entry", "person"])]
    all: bool,
}

/// End a hold
#[derive(Debug, Args)]
pub struct Release {
    #[command(flatten)]
    store: StoreArguments,
    /// Number of the order
    order: String,
    /// Account of who ends it
    #[arg(long, value_name = "ACCOUNT")]
    by: String,
}

/// All holds
#[derive(Debug, Args)]
pub struct Holds {
    #[command(flatten)]
    store: StoreArguments,
}

/// The journal of an installation, beside a service that may be running.
struct Opened {
    config: Config,
    ring: KeyRing,
    journal: Journal,
}

async fn open(store: StoreArguments) -> anyhow::Result<Opened> {
    let opened = tokio::task::spawn_blocking(move || {
        let config = store.config()?;
        let ring =
            KeyDir::open(&config.keys.directory, false).and_then(|keys| keys.ring()).context("keys")?;
        let store = crate::server::open_store(&config, false)?;
        let journal = crate::journal::open(&config, &store, &ring)?;
        anyhow::Ok(Opened { config, ring, journal })
    });
    opened.await?
}

fn now_us() -> i64 {
    crate::clock::SystemClock.now_us()
}

impl Archive {
    pub async fn run(self) -> anyhow::Result<()> {
        let Opened { config, journal, .. } = open(self.store).await?;
        anyhow::ensure!(
            crate::keeping::archive(&config)?.is_some(),
            "a bucket needs journal.s3_prefix or keeping.archive for that"
        );
        let files = tokio::task::spawn_blocking(move || journal.archive(now_us())).await??;
        println!("{files} files written");
        Ok(())
    }
}

impl Purge {
    pub async fn run(self) -> anyhow::Result<()> {
        let Opened { config, journal, .. } = open(self.store).await?;
        let rules = Retention::in_force(Month::of(now_us()), &crate::keeping::rules(&config)?)?;
        let purged = journal.purge(&rules, now_us(), self.dry_run).await?;
        let verb = if self.dry_run { "would lose" } else { "have lost" };
        println!("{} entries {verb} their personal parts; {} are held", purged.entries, purged.held);
        for month in &purged.months {
            println!("the key of {month} is destroyed");
        }
        journal.close().await;
        Ok(())
    }
}

impl PlaceHold {
    pub async fn run(self) -> anyhow::Result<()> {
        let Opened { ring, journal, .. } = open(self.store).await?;
        let receipt = journal.hold(&self.order, self.scope.read(&ring)?, &self.by, now_us()).await?;
        println!("held by {:?}; entry {} of the journal", self.order, receipt.index);
        journal.close().await;
        Ok(())
    }
}

impl Scope {
    fn read(self, ring: &KeyRing) -> anyhow::Result<HoldScope> {
        let subject = if self.person {
            let mut number = String::new();
            std::io::stdin().lock().read_line(&mut number)?;
            let number = number.trim();
            anyhow::ensure!(
                matches!(number.len(), 9 | 12) && number.bytes().all(|byte| byte.is_ascii_digit()),
                "standard input must hold a number of 12 (or, of old cards, 9) digits"
            );
            Some(subject_hash(ring, number))
        } else {
            None
        };
        Ok(HoldScope {
            from_us: self.from.map(midnight).transpose()?,
            to_us: self.to.map(|day| midnight(day.tomorrow()?)).transpose()?,
            organisation: self.organisation,
            system: self.system,
            entry: self.entry,
            subject,
        })
    }
}

impl Release {
    pub async fn run(self) -> anyhow::Result<()> {
        let Opened { journal, .. } = open(self.store).await?;
        let receipt = journal.release(&self.order, &self.by, now_us()).await?;
        println!("released {:?}; entry {} of the journal", self.order, receipt.index);
        journal.close().await;
        Ok(())
    }
}

impl Holds {
    pub async fn run(self) -> anyhow::Result<()> {
        let holds = open(self.store).await?.journal.holds().await?;
        if holds.is_empty() {
            println!("no holds");
        }
        for hold in &holds {
            println!("{}", words(hold)?);
        }
        Ok(())
    }
}

/// One line, without saying about whom.
fn words(hold: &Hold) -> anyhow::Result<String> {
    let scope = &hold.scope;
    let mut of = Vec::new();
    if let Some(from) = scope.from_us {
        of.push(format!("from {}", day(from)?));
    }
    if let Some(to) = scope.to_us {
        of.push(format!("before {}", day(to)?));
    }
    of.extend(scope.organisation.iter().map(|code| format!("organisation {code}")));
    of.extend(scope.system.iter().map(|id| format!("system {id}")));
    of.extend(scope.entry.map(|index| format!("entry {index}")));
    of.extend(scope.subject.map(|_| "one person".to_owned()));
    let of = if of.is_empty() { "everything".to_owned() } else { of.join(", ") };
    let state = match hold.released_us {
        Some(released) => format!("released {}", day(released)?),
        None => "stands".to_owned(),
    };
    Ok(format!("{}\t{state}\tsince {}\t{of}", hold.order, day(hold.since_us)?))
}

fn vietnam() -> TimeZone {
    TimeZone::fixed(Offset::constant(7))
}

fn midnight(day: Date) -> Result<i64, jiff::Error> {
    Ok(day.to_zoned(vietnam())?.timestamp().as_microsecond())
}

fn day(at_us: i64) -> anyhow::Result<Date> {
    Ok(jiff::Timestamp::from_microsecond(at_us)?.to_zoned(vietnam()).date())
}
