//! `dancu evidence`: extracts of the journal as signed archives; their check, which needs nothing but the file, whom to trust
//! and the log's key file.
use super::StoreArguments;
use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use dancu_evidence::{Ask, By, Found, Of, Scope, Sources, collect, find, part_from_name, seal, verify};
use dancu_gateway::{Clock as _, Correlation};
use dancu_journal::index::{Index, IndexOptions};
use dancu_journal::publish::{Publisher, PublisherOptions};
use dancu_journal::{Answered, Call, Draft, Journal, Outcome, Part, Personal, subject_hash};
use dancu_keys::{KeyDir, KeyRing};
use dancu_papers::sign::{Signer, Trust};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Evidence files: extracts of the journal with their proofs, signed
#[derive(Debug, Subcommand)]
pub enum Evidence {
    /// Make one; the journal says first that it was asked for
    Make(Make),
    /// Check one: signature, every file in it, every proof; exits with 0 only for a good one
    Verify(Verify),
}

/// Make a file
#[derive(Debug, Args)]
pub struct Make {
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    of: Whose,
    /// From this day on, in Việt Nam
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// Up to and with this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
    /// Why; it stands in the file
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Account of who asks
    #[arg(long, value_name = "ACCOUNT")]
    by: String,
    /// Personal parts to open, by name, with commas between them
    #[arg(long, value_name = "PARTS", value_delimiter = ',', default_value = "officer,case_number")]
    open: Vec<String>,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Whose entries
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// Of this system
    #[arg(long, value_name = "ID")]
    system: Option<String>,
    /// Of this organisation
    #[arg(long, value_name = "ID")]
    organisation: Option<String>,
    /// Of this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// These, by number
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    entries: Option<Vec<u64>>,
}

/// Check a file
#[derive(Debug, Args)]
pub struct Verify {
    /// The file
    file: PathBuf,
    /// Authorities of the signers to trust, PEM
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// Authorities of the time stamps to trust, PEM
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    /// Key file of the log, as you have it yourself; without it, the log's key is the one in the file
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Evidence {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Make(make) => make.run().await,
            Self::Verify(verify) => verify.run(),
        }
    }
}

/// The journal of an installation, beside a service that may be running.
struct Opened {
    config: Config,
    ring: KeyRing,
    sources: Sources,
}

fn open(store: &StoreArguments) -> anyhow::Result<Opened> {
    let config = store.config()?;
    let keys = KeyDir::open(&config.keys.directory, false).context("keys")?;
    let ring = keys.ring().context("keys")?;
    let store = crate::server::open_store(&config, false)?;
    let journal = crate::journal::open(&config, &store, &ring)?;
    let signer = keys.log_key(&config.journal.origin).context("the key of the journal")?;
    // The service's own key file, for this command may not know its witnesses.
    let published = crate::journal::policy_file(&config);
    let policy = if published.exists() {
        crate::verify::policy(&published)?
    } else {
        crate::journal::policy(&config, signer.verifier())?
    };
    let publisher = Publisher::start(journal.clone(), PublisherOptions::new(signer, policy))
        .context("the published journal")?;
    let index = Index::open(
        journal.clone(),
        crate::evidence::index_store(&config, &store)?,
        crate::evidence::vrf(&keys)?,
        IndexOptions::default(),
    )
    .context("index")?;
    Ok(Opened { config, ring, sources: Sources { index, journal, publisher } })
}

impl Make {
    async fn run(self) -> anyhow::Result<()> {
        let (asked, store) = (self.scope()?, self.store.clone());
        let parts = self.open.iter().filter(|name| !name.is_empty());
        let parts = parts.map(|name| part_from_name(name).with_context(|| format!("no such part: {name:?}")));
        let parts: Vec<Part> = parts.collect::<anyhow::Result<_>>()?;
        let opened = tokio::task::spawn_blocking(move || open(&store)).await??;
        let Opened { config, ring, sources } = opened;
        let key =
            crate::extracts::key(&config)?.context("evidence.certificate and evidence.key are needed")?;
        let now_us = SystemClock.now_us();
        let deed = Call {
            at_us: now_us,
            correlation: Correlation::random(now_us).0,
            form: "shell".to_owned(),
            service: "evidence_ask".to_owned(),
            account_id: Some(self.by.clone()),
            outcome: Outcome::Answered(Answered::Served),
            personal: Personal {
                request_id: Some(format!("evidence of={:?} open={}", asked.of, self.open.join(","))),
                purpose: Some(self.reason.clone()),
                ..Personal::default()
            },
            ..Call::default()
        };
        let entry = sources.journal.append(Draft::from(deed.clone())).await?.index;
        let (scope, finding, most) = (asked.clone(), sources.clone(), config.evidence.most);
        let found = tokio::task::spawn_blocking(move || {
            finding.index.catch_up()?;
            anyhow::Ok(find(&finding, &scope, Some(entry), most)?)
        });
        let found = found.await??;
        if parts.contains(&Part::Subject) {
            tell(&sources.journal, &ring, &found, &deed).await?;
        }
        let ask = Ask {
            scope: asked,
            open: parts,
            by: By { account: self.by, role: "shell".to_owned() },
            reason: self.reason,
            asked_entry: Some(entry),
            order: None,
            alert: None,
            service: config.listen.public_url.clone(),
            now_us,
        };
        let stamping = crate::extracts::stamping(&config)?;
        let (publisher, count) = (sources.publisher.clone(), found.len());
        let made = tokio::task::spawn_blocking(move || {
            let members = collect(&sources, ask, &found, |done| {
                if done % 1000 == 0 {
                    println!("  {done} of {count} entries proved");
                }
                Ok(())
            })?;
            anyhow::Ok(seal(&members, &key, now_us, stamping.as_ref())?)
        });
        let (bytes, stamped) = made.await??;
        publisher.close().await;
        crate::files::write_private(&self.out, &bytes)?;
        let stamp = if stamped { "with" } else { "without" };
        println!("{}: {count} entries, {} bytes, {stamp} a time stamp", self.out.display(), bytes.len());
        Ok(())
    }

    fn scope(&self) -> anyhow::Result<Scope> {
        let Whose { system, organisation, account, entries } = &self.of;
        let of = match (system, organisation, account, entries) {
            (Some(id), ..) => Of::System(id.clone()),
            (_, Some(id), ..) => Of::Organisation(id.clone()),
            (_, _, Some(id), _) => Of::Account(id.clone()),
            (.., Some(numbers)) => Of::Entries(numbers.clone()),
            _ => anyhow::bail!("--system, --organisation, --account or --entries is needed"),
        };
        let begins = |day: Date| -> anyhow::Result<i64> {
            let zone = TimeZone::fixed(Offset::constant(7));
            Ok(day.to_zoned(zone)?.timestamp().as_microsecond())
        };
        let to_us = self.to.map(|day| anyhow::Ok(begins(day.tomorrow()?)? - 1)).transpose()?;
        Ok(Scope { of, from_us: self.from.map(begins).transpose()?, to_us })
    }
}

/// An entry about each person whose number is opened, before the file is made.
async fn tell(journal: &Journal, ring: &KeyRing, found: &[Found], deed: &Call) -> anyhow::Result<()> {
    let people: BTreeSet<&String> = found.iter().filter_map(|entry| entry.subject.as_ref()).collect();
    for number in people {
        let mut told = Call { service: "evidence_open".to_owned(), ..deed.clone() };
        told.subject = Some(subject_hash(ring, number));
        told.personal.subject = Some(number.clone());
        journal.append(Draft::from(told)).await?;
    }
    Ok(())
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let read = |path: &Path| std::fs::read(path).with_context(|| format!("{}", path.display()));
        let stamps = self.tsa_ca.as_deref().map(read).transpose()?;
        let trust = Trust::from_pem(&read(&self.ca)?, stamps.as_deref())?;
        let policy = self.key.as_deref().map(crate::verify::policy).transpose()?;
        let verified = verify(&read(&self.file)?, &trust, policy.as_ref(), SystemClock.now_us())?;
        let facts = &verified.facts;
        say_signer(&verified.signer)?;
        println!("log       {}, {} entries, root {}", facts.log.origin, facts.log.size, facts.log.root);
        if !verified.log_is_known {
            println!(
                "          its key is the one in the file: the signer vouches for it; give --key to be sure"
            );
        }
        println!("entries   {} proved: {:?}", facts.counts.entries, facts.scope.of);
        println!("opened    {}", facts.parts.opened.join(", "));
        if verified.parts_gone > 0 {
            println!("gone      personal parts of {} entries: their time was over", verified.parts_gone);
        }
        println!("reason    {}", facts.reason);
        Ok(())
    }
}

pub(super) fn say_signer(signer: &Signer) -> anyhow::Result<()> {
    let organisation = signer.organisation.as_deref().unwrap_or_default();
    println!(
        "signer    {} ({organisation}), certificate {}",
        signer.name,
        hex::encode(signer.certificate_sha256)
    );
    println!("signed    {} by the signer's clock", jiff::Timestamp::from_microsecond(signer.signed_us)?);
    match &signer.stamp {
        Some(stamp) => println!("stamped   {}", jiff::Timestamp::from_microsecond(stamp.time_us)?),
        None if signer.has_unchecked_stamp => println!("stamped   not checked: give --tsa-ca"),
        None => println!("stamped   no"),
    }
    Ok(())
}
