//! From the commit of a change in the registry to the first answer that knows of it, on every server.
//!
//! The change is made in another process than the servers, as a correction that comes in elsewhere: they follow the store. Each
//! server is asked without pause about the person whose birth date is changed and changed back.
use crate::client::Client;
use crate::demo::{Demo, Start};
use crate::disconnect::start;
use crate::figures::Figure;
use anyhow::Context as _;
use dancu_citizen::{Allowed, BirthDate, Claim, PersonalId};
use dancu_keys::KeyDir;
use dancu_registry::{Change, Entry, PersonKey, Registry};
use dancu_storage::Store;
use memchr::memmem;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const PORTS: [u16; 2] = [18_743, 18_843];
/// Changes made; at other moments of the servers' own turns each time.
const ROUNDS: u32 = 40;
/// The person of the examples.
const NUMBER: &str = "001185000017";
const AIM: (f64, &str) = (0.1, "< 0.1");

/// One server on the embedded store, then two that share a PostgreSQL.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let one = {
        let start = start("fresh-1", PORTS[0], None)?;
        let file = start.directory.join("store/dancu.db");
        let demo = Demo::launch(start).await?;
        follow(&[&demo], Store::sqlite(&file)?).await?
    };
    let url = tokio::task::spawn_blocking(dancu_storage::testing::fresh_postgres_url).await?;
    let two = {
        let first = Demo::launch(start("fresh-2", PORTS[0], Some(&url))?).await?;
        let second = Demo::launch(Start { port: PORTS[1], ..start("fresh-2", 0, Some(&url))? }).await?;
        let store = tokio::task::spawn_blocking(move || dancu_storage::testing::open_postgres(&url)).await?;
        follow(&[&first, &second], store).await?
    };
    Ok(vec![
        Figure::at_most("registry_change_to_other_answer_worst", one.worst, "s", AIM),
        Figure::told("registry_change_to_other_answer_median", one.median, "s"),
        Figure::at_most("registry_change_to_other_answer_two_servers_worst", two.worst, "s", AIM),
        Figure::told("registry_change_to_other_answer_two_servers_median", two.median, "s"),
    ])
}

/// Seconds from the beginning of the commit to the other answer.
struct Times {
    worst: f64,
    median: f64,
}

async fn follow(servers: &[&Demo], store: Store) -> anyhow::Result<Times> {
    let directory = servers.first().context("no server")?.directory().to_owned();
    let records = tokio::task::spawn_blocking(move || Records::open(store, &directory)).await??;
    let records = Arc::new(records);
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let right = round % 2 == 1;
        let expect = if right { &b"\"verified\":true"[..] } else { &b"\"verified\":false"[..] };
        let asking: Vec<_> = servers
            .iter()
            .map(|server| {
                let asked = Asked { address: server.address(), request: server.rest(), round, expect };
                anyhow::Ok(tokio::spawn(asked.until_told(server.tls()?)))
            })
            .collect::<Result<_, _>>()?;
        // At other moments between two looks of a server, each time.
        tokio::time::sleep(Duration::from_millis(200 + u64::from(round * 37 % 100))).await;
        let changing = Arc::clone(&records);
        let began = tokio::task::spawn_blocking(move || changing.set(right)).await??;
        for asked in asking {
            times.push(asked.await??.saturating_duration_since(began).as_secs_f64());
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    Ok(Times {
        worst: times.last().copied().unwrap_or_default(),
        median: times.get(times.len() / 2).copied().unwrap_or_default(),
    })
}

/// The registry as somebody else changes it.
struct Records {
    registry: Registry,
    person: PersonKey,
    born: BirthDate,
}

impl Records {
    fn open(store: Store, directory: &Path) -> anyhow::Result<Self> {
        let ring = KeyDir::open(directory.join("keys"), false)?.ring()?;
        let registry = Registry::open(store, ring)?;
        let number = PersonalId::parse(NUMBER).map_err(|_| anyhow::anyhow!("a number of the examples"))?;
        let claim = Claim { personal_id: Some(number), ..Claim::default() };
        let person = registry.verify(&claim, Allowed::ALL)?.person.context("nobody of the examples")?;
        let now = registry.history(person)?.pop().context("a person without a record")?;
        let born = now.record.birth_date.context("a person without a birth date")?.value;
        Ok(Self { registry, person, born })
    }

    /// Records the right birth date or a wrong one; gives the moment before the commit.
    fn set(&self, right: bool) -> anyhow::Result<Instant> {
        let now = self.registry.history(self.person)?.pop().context("a person without a record")?;
        let mut record = now.record;
        let born = record.birth_date.as_mut().context("a person without a birth date")?;
        born.value = if right { self.born } else { BirthDate::Year(1901) };
        let entry = Entry { record, valid_from: now.valid_from, reason: "bench".to_owned() };
        let change = Change { based_on: now.version, entry };
        let at_us = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?;
        let began = Instant::now();
        self.registry.change(self.person, &change, at_us)?;
        Ok(began)
    }
}

/// A server that is asked until it answers as expected.
struct Asked {
    address: SocketAddr,
    request: crate::load::MakeRequest,
    round: u32,
    expect: &'static [u8],
}

impl Asked {
    /// Gives the moment of the first answer as expected.
    async fn until_told(self, tls: Arc<ClientConfig>) -> anyhow::Result<Instant> {
        let mut client = Client::connect(self.address, tls).await?;
        for n in 0..10_000_u64 {
            let request =
                (self.request)(usize::from(self.address.port()), u64::from(self.round) * 10_000 + n);
            let (status, body) = client.call(&request).await?;
            anyhow::ensure!(status == 200, "answered with {status}");
            if memmem::find(body, self.expect).is_some() {
                return Ok(Instant::now());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        anyhow::bail!("a change of the registry reached no answer")
    }
}
