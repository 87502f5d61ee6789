//! Makes a demo: keys, certificates, organisations, and a nation.
use super::facts::{CitizenFacts, CitizenLogin, Facts, JournalFacts};
use super::neighbours::TimestampFacts;
use super::pki::Authority;
use super::world::{Dates, build};
use crate::clock::SystemClock;
use crate::command::registry::fill;
use crate::config::Config;
use crate::files::{private_directory, random_text};
use crate::server::Floor;
use anyhow::Context as _;
use dancu_gateway::{Clock as _, vietnam_day};
use dancu_registry::generate::samples;
use std::path::Path;

/// The demo's people are always the same.
pub const SEED: u64 = 20_260_101;

/// Makes everything; `demo.json` comes last, so that a half-made demo is known as such.
pub(super) fn seed(dir: &Path, config: &Config, citizens: u64) -> anyhow::Result<()> {
    let began = std::time::Instant::now();
    println!("making a demo in {} …", dir.display());
    for folder in ["keys", "store", "tls"] {
        private_directory(&dir.join(folder))?;
    }
    let authority = Authority::create(&dir.join("tls"))?;
    authority.server()?;
    authority.seal()?;
    let expired = authority.client_between("client-expired", -30, -1)?;
    let stranger = dir.join("tls/stranger");
    private_directory(&stranger)?;
    let unknown = Authority::create(&stranger)?.client("client-unknown")?;

    let floor = Floor::open(config, true)?;
    let (world, systems) = build(&authority, &dates()?, &config.listen.public_url, &config.listen.soap_path)?;
    floor.exchange.provision(&world, SystemClock.now_us()).context("organisations and systems")?;
    let population = fill(&floor.registry, SEED, citizens)?;
    let facts = Facts {
        base_url: String::new(),
        soap_path: String::new(),
        wsdl_url: String::new(),
        ca_cert: std::path::absolute(authority.certificate())?,
        expired_cert: std::path::absolute(expired.certificate)?,
        expired_key: std::path::absolute(expired.key)?,
        unknown_cert: std::path::absolute(unknown.certificate)?,
        unknown_key: std::path::absolute(unknown.key)?,
        population,
        seed: SEED,
        journal: JournalFacts::default(),
        witnesses: Vec::new(),
        timestamp: TimestampFacts::default(),
        systems,
        citizen_login: citizen_login()?,
        console: super::governed::seed(config, &floor)?,
        citizens: citizens_to_try(),
    };
    super::facts::write(dir, &facts)?;
    println!("made in {:.1} s\n", began.elapsed().as_secs_f64());
    Ok(())
}

fn dates() -> anyhow::Result<Dates> {
    let today = vietnam_day(SystemClock.now_us());
    let today = jiff::civil::date(today.year(), i8::try_from(today.month())?, i8::try_from(today.day())?);
    let day = |days: i32| -> anyhow::Result<String> {
        Ok(today.checked_add(jiff::Span::new().try_days(days)?)?.to_string())
    };
    Ok(Dates { last_year: day(-365)?, yesterday: day(-1)?, next_year: day(365)? })
}

/// The first few who live; one code for all.
fn citizen_login() -> anyhow::Result<CitizenLogin> {
    let alive = citizens_to_try().into_iter().filter(|c| c.state == "alive");
    let numbers = alive.filter_map(|c| c.personal_id).take(5).collect();
    Ok(CitizenLogin { numbers, code: random_text(9)? })
}

fn citizens_to_try() -> Vec<CitizenFacts> {
    samples()
        .into_iter()
        .filter_map(|sample| {
            let record = &sample.record;
            let former = &sample.former;
            Some(CitizenFacts {
                personal_id: record.personal_id.as_ref().map(|s| s.value.expose()),
                id_card_number: record.id_card_number.as_ref().map(|s| s.value.expose()),
                full_name: record.full_name.as_ref()?.value.whole().to_owned(),
                birth_date: record.birth_date.as_ref()?.value.iso(),
                sex: record.sex.as_ref().map_or(0, |s| s.value.code()),
                state: record.state.name().to_owned(),
                former_name: former.names.first().map(|n| n.whole().to_owned()),
                former_number: former.personal_ids.first().map(|n| n.expose()),
                note: sample.note.to_owned(),
            })
        })
        .collect()
}
