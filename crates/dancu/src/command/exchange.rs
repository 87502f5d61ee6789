//! `dancu exchange`: registers organisations, systems, agreements and accounts from a file, until the console does.
use super::StoreArguments;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::server::Floor;
use anyhow::Context as _;
use clap::Subcommand;
use dancu_exchange::World;
use dancu_gateway::Clock as _;
use dancu_pki::Term;
use std::path::PathBuf;

/// Who may what: organisations, systems, agreements, accounts
#[derive(Debug, Subcommand)]
pub enum Exchange {
    /// Put in what a TOML or JSON file says; entries of the same id are replaced. Running servers follow within a second
    Apply {
        #[command(flatten)]
        store: StoreArguments,
        /// The file; it holds secrets, so remove it afterwards
        file: PathBuf,
    },
    /// Make a one-time code with which a system gets a certificate (RFC 7030); it is shown once
    Code {
        #[command(flatten)]
        store: StoreArguments,
        /// Id of the system
        system: String,
    },
    /// Register the certificate of an organisation's security officer: secrets and answers to stocks carried by hand are
    /// sealed to it
    Recipient {
        #[command(flatten)]
        store: StoreArguments,
        /// Id of the organisation
        #[arg(long, value_name = "ID")]
        organisation: String,
        /// The certificate, PEM, with those above it
        certificate: PathBuf,
    },
    /// List the systems with their states
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
}

impl Exchange {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || match self {
            Self::Apply { store, file } => {
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                let world = read(&text, file.extension().is_some_and(|e| e == "json"))
                    .with_context(|| format!("in {}", file.display()))?;
                let floor = Floor::open(&store.config()?, true)?;
                floor.exchange.provision(&world, SystemClock.now_us())?;
                println!(
                    "{} organisations and {} systems put in",
                    world.organisations.len(),
                    world.systems.len()
                );
                Ok(())
            }
            Self::Code { store, system } => code(&store.config()?, &system),
            Self::Recipient { store, organisation, certificate } => {
                let config = store.config()?;
                let pem = std::fs::read_to_string(&certificate)
                    .with_context(|| format!("{}", certificate.display()))?;
                let floor = Floor::open(&config, false)?;
                let secrets = crate::pki::secrets(&config, &floor.exchange, &floor.ring)?;
                let fingerprint =
                    secrets.register_recipient(&organisation, &pem, OPERATOR, SystemClock.now_us())?;
                println!("{}", hex::encode(fingerprint));
                Ok(())
            }
            Self::List { store } => {
                let floor = Floor::open(&store.config()?, false)?;
                let snapshot = floor.exchange.snapshot();
                let mut systems: Vec<_> = snapshot.rules.systems().map(|s| &s.system).collect();
                systems.sort_by(|a, b| a.id.cmp(&b.id));
                for system in systems {
                    println!("{:<20} {:<14} {}", system.id, system.state.name(), system.name);
                }
                Ok(())
            }
        })
        .await?
    }
}

/// Who issued a code, where no staff account did.
const OPERATOR: &str = "operator";

fn code(config: &Config, system: &str) -> anyhow::Result<()> {
    let now_us = SystemClock.now_us();
    let until_us = crate::pki::terms(config)?.end_us(Term::EnrolmentCode, now_us);
    let until_us = until_us.context("no term for enrolment codes is in force")?;
    let floor = Floor::open(config, false)?;
    let (_, code) = floor.exchange.issue_enrolment_code(system, OPERATOR, until_us, now_us)?;
    println!("{}", code.expose_str().unwrap_or_default());
    let until = jiff::Timestamp::from_second(until_us.div_euclid(1_000_000))?;
    eprintln!("for {system}, once, until {until}; it cannot be shown again");
    Ok(())
}

/// The file's errors name keys and places, never values: a secret must not end up on a screen.
fn read(text: &str, json: bool) -> anyhow::Result<World> {
    if json {
        return serde_json::from_str(text).map_err(|e| {
            anyhow::anyhow!("line {}, column {}: {:?} error", e.line(), e.column(), e.classify())
        });
    }
    toml::from_str(text).map_err(|e| {
        let line =
            e.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        anyhow::anyhow!("line {line}: {}", e.message())
    })
}
