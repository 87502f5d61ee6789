//! `demo.json`: what a newcomer's client needs, and what to try next.
use super::neighbours::{Neighbours, TimestampFacts, WitnessFacts};
use super::world::SystemFacts;
use crate::config::Config;
use crate::pages::{CitizenGuests, Guests};
use anyhow::Context as _;
use dancu_web::door::console::DemoStaff;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const FILE: &str = "demo.json";

/// The facts of a demo.
#[derive(Debug, Serialize, Deserialize)]
pub struct Facts {
    pub base_url: String,
    pub soap_path: String,
    pub wsdl_url: String,
    pub ca_cert: PathBuf,
    pub expired_cert: PathBuf,
    pub expired_key: PathBuf,
    pub unknown_cert: PathBuf,
    pub unknown_key: PathBuf,
    pub population: u64,
    pub seed: u64,
    pub journal: JournalFacts,
    #[serde(default)]
    pub witnesses: Vec<WitnessFacts>,
    #[serde(default)]
    pub timestamp: TimestampFacts,
    pub systems: Vec<SystemFacts>,
    pub citizens: Vec<CitizenFacts>,
    pub citizen_login: CitizenLogin,
    /// Where the console is, and a login for each role
    #[serde(default)]
    pub console: ConsoleFacts,
}

/// The console of the demo.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ConsoleFacts {
    pub url: String,
    pub staff: Vec<StaffFacts>,
}

/// Somebody who works at the console of the demo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StaffFacts {
    /// Role, as `dancu_policy::duty` names it
    pub role: String,
    pub login: String,
    pub password: String,
    /// Key of the second factor, base32: for an authenticator app, or `oathtool --totp -b`
    pub totp: String,
    pub name: String,
    /// Organisation; none for the managing body
    pub organisation: Option<String>,
}

/// How citizens sign in to the pages of the demonstration.
#[derive(Debug, Serialize, Deserialize)]
pub struct CitizenLogin {
    /// Some numbers; every living citizen's does
    pub numbers: Vec<String>,
    /// The code of all of them
    pub code: String,
}

/// Where the published journal is, and whom to believe about it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct JournalFacts {
    /// Folder of tiles, bundles and checkpoints
    pub dir: PathBuf,
    /// Policy file: the log's key, its witnesses, their quorum
    pub key: PathBuf,
    /// Name of the log
    pub origin: String,
}

/// A synthetic citizen to try with.
#[derive(Debug, Serialize, Deserialize)]
pub struct CitizenFacts {
    pub personal_id: Option<String>,
    pub id_card_number: Option<String>,
    pub full_name: String,
    pub birth_date: String,
    pub sex: u8,
    pub state: String,
    pub former_name: Option<String>,
    pub former_number: Option<String>,
    pub note: String,
}

/// Whether the folder holds a finished demo.
pub(super) fn exists(dir: &Path) -> bool {
    dir.join(FILE).exists()
}

/// Writes the facts; the last act of making a demo.
pub(super) fn write(dir: &Path, facts: &Facts) -> anyhow::Result<()> {
    crate::files::write_private(&dir.join(FILE), &serde_json::to_vec_pretty(facts)?)
}

/// Reads the facts and makes their addresses those of this start.
pub(super) fn update(dir: &Path, config: &Config, neighbours: Option<&Neighbours>) -> anyhow::Result<Facts> {
    let mut facts = Facts::read(&dir.join(FILE))?;
    facts.base_url.clone_from(&config.listen.public_url);
    facts.soap_path.clone_from(&config.listen.soap_path);
    facts.console.url.clone_from(&config.console.public_url);
    if let Some(neighbours) = neighbours {
        facts.witnesses.clone_from(&neighbours.witnesses);
        facts.timestamp.clone_from(&neighbours.timestamp);
    }
    facts.journal = JournalFacts {
        dir: std::path::absolute(&config.journal.directory)?,
        key: std::path::absolute(crate::journal::policy_file(config))?,
        origin: config.journal.origin.clone(),
    };
    facts.wsdl_url = format!("{}{}?wsdl", facts.base_url, facts.soap_path);
    write(dir, &facts)?;
    Ok(facts)
}

impl Facts {
    /// Reads the file that a demo wrote.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path)
            .with_context(|| format!("{}: start the demo first (make demo)", path.display()))?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is of another version; renew it with --fresh", path.display()))
    }

    /// Whom the pages let in, for the sign-in pages to tell.
    pub(super) fn guests(&self) -> Guests {
        let name = |number: &String| {
            let of = self.citizens.iter().find(|c| c.personal_id.as_ref() == Some(number));
            (number.clone(), of.map(|c| c.full_name.clone()).unwrap_or_default())
        };
        let people = self.citizen_login.numbers.iter().map(name).collect();
        let citizens = CitizenGuests { code: self.citizen_login.code.clone(), people };
        let staff = self.console.staff.iter();
        let staff = staff.map(|s| DemoStaff {
            login: s.login.clone(),
            password: s.password.clone(),
            name: s.name.clone(),
            role: s.role.clone(),
        });
        Guests { accounts: self.accounts(), citizens: Some(citizens), staff: staff.collect() }
    }

    fn accounts(&self) -> Vec<dancu_web::pages::DemoAccount> {
        let officers = self.systems.iter().flat_map(|s| &s.officers);
        officers
            .filter_map(|o| {
                let note = format!("{} · {}", o.full_name, o.note);
                Some(dancu_web::pages::DemoAccount {
                    login: o.login.clone(),
                    password: o.password.clone()?,
                    note,
                })
            })
            .collect()
    }

    /// Tells what runs and what to try next.
    pub(super) fn print(&self, dir: &Path, admin: SocketAddr) {
        let dir = dir.display();
        let base = &self.base_url;
        let officer = self.systems.iter().find(|s| s.officers.iter().any(|o| o.password.is_some()));
        println!("dancu demo · {} synthetic citizens · facts in {dir}/demo.json\n", self.population);
        println!(
            "  Pages        {base}/              (the browser will not know the demo's authority: {dir}/tls/ca.pem)"
        );
        if let Some(officer) = officer.and_then(|s| s.officers.first()) {
            let password = officer.password.as_deref().unwrap_or_default();
            println!("  Officer      {base}/sign-in       login {} · password {password}", officer.login);
        }
        if let Some(number) = self.citizen_login.numbers.first() {
            let code = &self.citizen_login.code;
            println!("  Citizen      {base}/citizen       number {number} · code {code}");
        }
        if let Some(staff) = self.console.staff.first() {
            println!(
                "  Console      {}             login {} · password {} · code by its key in demo.json",
                self.console.url, staff.login, staff.password
            );
        }
        println!("  SOAP         {}", self.wsdl_url);
        println!("  REST         {base}/api/v1/verifications · contract {base}/api/v1/openapi.json");
        println!("  Journal      {}, believed by {}", self.journal.dir.display(), self.journal.key.display());
        for witness in &self.witnesses {
            println!("  Witness      {} · {}", witness.url, witness.vkey);
        }
        println!("  Time stamps  {base}/journal/timestamps, by {}", self.timestamp.url);
        println!("  Metrics      http://{admin}/metrics\n");
        println!("Try, in another terminal:");
        println!(
            "  ./target/release/dancu call --demo {dir}/demo.json --number 001185000017 --name 'Trần Thị Thúy Hòa' --born 1985-04-30"
        );
        println!(
            "  ./target/release/dancu call --demo {dir}/demo.json --look-up --number 001185000017 --name TRANTHITHUYHOA --born 1985-04-30"
        );
        println!("\nCtrl-C ends it. The data stay; --fresh makes them anew.");
    }
}
