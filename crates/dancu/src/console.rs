//! The console by its configuration: who governs connections, at an address of its own.
use crate::clean::parcel::ConsolePacker;
use crate::config::Config;
use crate::server::Floor;
use anyhow::Context as _;
use axum::Router;
use dancu_campaign::Campaigns;
use dancu_cleaning::Cleaning;
use dancu_evidence::Evidences;
use dancu_gateway::routes::Gate;
use dancu_governance::Governance;
use dancu_governance::rules::Rules;
use dancu_journal::index::Log;
use dancu_papers::sign::PemKey;
use dancu_policy::Calendar;
use dancu_secrets::Secrets;
use dancu_staff::{Console as Address, Staff};
use dancu_storage::blob::Blobs;
use dancu_usage::Usage;
use dancu_watch::Watch;
use dancu_web::door::console::{Body, Cleaner, DemoStaff, Packs};
use std::path::Path;
use std::sync::Arc;

/// What the console works with.
#[derive(Clone)]
pub struct Opened {
    pub staff: Staff,
    pub governance: Governance,
    pub campaigns: Campaigns,
    pub secrets: Secrets,
    pub watch: Watch,
    pub body: Body,
    pub usage: Usage,
    pub evidence: Evidences,
    pub cleaning: Cleaning,
}

/// Opens staff and governance; brings their tables up to date. Blocks.
pub fn open(config: &Config, floor: &Floor, watch: &Watch, log: Arc<dyn Log>) -> anyhow::Result<Opened> {
    let console = &config.console;
    let origin = console.public_url.trim_end_matches('/');
    let host = origin.split("://").nth(1).and_then(|rest| rest.split([':', '/']).next()).unwrap_or_default();
    let address = Address { domain: host.to_owned(), origin: origin.to_owned(), name: console.name.clone() };
    let staff =
        Staff::open(floor.store.clone(), floor.ring.clone(), &address).context("console.public_url")?;
    let governance = governance(config, floor)?;
    let rules = dancu_campaign::Rules::built_in().context("the rules of campaigns")?;
    let campaigns =
        Campaigns::open(floor.exchange.clone(), floor.ring.clone(), rules).context("campaigns")?;
    let secrets = crate::pki::secrets(config, &floor.exchange, &floor.ring)?;
    let usage =
        Usage::open(floor.store.clone(), log, dancu_usage::Options::default()).context("figures of use")?;
    let evidence = crate::extracts::open(config, &floor.store, &floor.ring)?;
    let cleaning = crate::clean::jobs(config, floor)?;
    let (watch, body) = (watch.clone(), body(config)?);
    Ok(Opened { staff, governance, campaigns, secrets, watch, body, usage, evidence, cleaning })
}

/// The managing body as its papers name it, with its certificate where it has one.
fn body(config: &Config) -> anyhow::Result<Body> {
    let console = &config.console;
    let mut body = Body {
        name: console.body.clone(),
        superior: console.body_superior.clone(),
        place: console.body_place.clone(),
        signer: None,
    };
    if !console.signing_certificate.as_os_str().is_empty() {
        let read =
            |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let (certificate, key) = (read(&console.signing_certificate)?, read(&console.signing_key)?);
        let key = PemKey::new(&certificate, &key).context("console.signing_certificate")?;
        body.signer = Some(Arc::new(key));
    }
    Ok(body)
}

/// Opens governance alone: the road writes technical tests down. Blocks.
pub fn governance(config: &Config, floor: &Floor) -> anyhow::Result<Governance> {
    let rules = Rules::built_in().context("the rules of governance")?;
    let calendar = Calendar::built_in().context("deadlines of the law")?;
    let documents = documents(config)?;
    Governance::open(floor.exchange.clone(), floor.ring.clone(), documents, rules, calendar)
        .context("governance")
}

/// Where attachments lie, sealed.
pub fn documents(config: &Config) -> anyhow::Result<Blobs> {
    let folder = &config.console.documents;
    if folder.as_os_str().is_empty() {
        return crate::journal::blobs_beside(config, ".documents").context("console.documents");
    }
    crate::files::private_directory(folder)?;
    Blobs::folder(folder).with_context(|| format!("console.documents {}", folder.display()))
}

/// The pages.
pub fn router(
    config: &Config,
    opened: &Opened,
    gate: &Gate,
    accounts: Vec<DemoStaff>,
) -> anyhow::Result<Router> {
    let teller = crate::clean::teller(&gate.road.journal);
    let incoming = crate::clean::incoming(config)?;
    let packer = ConsolePacker::open(config, &incoming)?.map(|packer| Arc::new(packer) as Arc<dyn Packs>);
    let most_bytes = u64::from(config.cleaning.upload_mib) << 20;
    let cleaner = Cleaner::new(opened.cleaning.clone(), teller, incoming, most_bytes);
    Ok(dancu_web::door::console::router(dancu_web::door::console::Console {
        road: Arc::clone(&gate.road),
        enrolment: gate.enrolment.clone(),
        staff: opened.staff.clone(),
        governance: opened.governance.clone(),
        campaigns: opened.campaigns.clone(),
        secrets: opened.secrets.clone(),
        watch: opened.watch.clone(),
        body: opened.body.clone(),
        usage: opened.usage.clone(),
        evidence: opened.evidence.clone(),
        cleaning: Arc::new(cleaner.packed_by(packer)),
        demo: config.web.demo,
        accounts,
    }))
}
