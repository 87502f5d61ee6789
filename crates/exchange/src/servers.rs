//! Which servers run, and since when each judges by which version: how fast an order is in force everywhere.
//!
//! A server notes a version after it judges by it and has cut the connections that it ends. Times are those of the
//! servers' own clocks.
use crate::{Exchange, ExchangeError, load};
use dancu_storage::Tx;
use std::collections::HashMap;
use std::time::Duration;

/// A server that has not said for this long that it runs is taken to be gone.
const GONE_US: i64 = 30_000_000;

/// How far a version has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Servers that ran when the change was made, the first ones first, those behind last
    pub servers: Vec<ServerReach>,
}

/// A server, and when it began to judge by a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerReach {
    /// Its id, drawn when it started
    pub id: String,
    /// Microseconds from the change until it judged by it; none: it does not yet
    pub after_us: Option<i64>,
    /// When it last said that it runs, microseconds since the epoch
    pub seen_us: i64,
}

impl Reach {
    /// Servers that judge by the version.
    pub fn reached(&self) -> usize {
        self.servers.iter().filter(|server| server.after_us.is_some()).count()
    }

    /// Whether all of them do.
    pub fn is_everywhere(&self) -> bool {
        !self.servers.is_empty() && self.reached() == self.servers.len()
    }

    /// The longest that one of them took; none where none has reached it.
    pub fn slowest(&self) -> Option<Duration> {
        let longest = self.servers.iter().filter_map(|server| server.after_us).max()?;
        Some(Duration::from_micros(u64::try_from(longest).unwrap_or_default()))
    }

    /// Those that do not judge by it yet.
    pub fn behind(&self) -> impl Iterator<Item = &ServerReach> {
        self.servers.iter().filter(|server| server.after_us.is_none())
    }
}

impl Exchange {
    /// Notes that a server judges by this version from now on. The first note of a server tells that it runs.
    pub fn note_in_force(&self, server: &str, version: i64, now_us: i64) -> Result<(), ExchangeError> {
        self.store().run_tx("exchange.note_in_force", |tx| {
            alive(tx, server, now_us)?;
            tx.execute(
                "INSERT INTO exchange_in_force (version, server, at_us) VALUES ($1, $2, $3)
                 ON CONFLICT (version, server) DO NOTHING",
                &[version.into(), server.into(), now_us.into()],
            )?;
            Ok(())
        })
    }

    /// Notes that a server runs. Call it every ten seconds.
    pub fn note_running(&self, server: &str, now_us: i64) -> Result<(), ExchangeError> {
        self.store().run_tx("exchange.note_running", |tx| alive(tx, server, now_us))
    }

    /// Notes that a server has ended, so that nobody waits for it.
    pub fn note_ended(&self, server: &str, now_us: i64) -> Result<(), ExchangeError> {
        self.store().run_tx("exchange.note_ended", |tx| {
            let sql = "UPDATE exchange_server SET ended_us = $2 WHERE id = $1";
            tx.execute(sql, &[server.into(), now_us.into()])?;
            Ok(())
        })
    }

    /// How far a version has come that was made at `made_us`.
    ///
    /// Servers that started later, had ended before, or have been silent since from before it do not count: they have
    /// answered nothing under the rules of before. What is older than [`Exchange::forget_servers`] kept is empty.
    pub fn reach(&self, version: i64, made_us: i64, now_us: i64) -> Result<Reach, ExchangeError> {
        self.store().read("exchange.reach", |tx| reach(tx, version, made_us, now_us))
    }

    /// The newest version in the store, whatever this process judges by.
    pub fn stored_version(&self) -> Result<i64, ExchangeError> {
        self.store().read("exchange.stored_version", load::version)
    }

    /// Forgets servers last seen before a moment, and which versions were in force on any server before it.
    pub fn forget_servers(&self, before_us: i64) -> Result<(), ExchangeError> {
        self.store().run_tx("exchange.forget_servers", |tx| {
            tx.execute("DELETE FROM exchange_in_force WHERE at_us < $1", &[before_us.into()])?;
            tx.execute("DELETE FROM exchange_server WHERE seen_us < $1", &[before_us.into()])?;
            Ok(())
        })
    }
}

fn alive(tx: &mut Tx<'_>, server: &str, now_us: i64) -> Result<(), ExchangeError> {
    tx.execute(
        "INSERT INTO exchange_server (id, started_us, seen_us) VALUES ($1, $2, $2)
         ON CONFLICT (id) DO UPDATE SET seen_us = excluded.seen_us",
        &[server.into(), now_us.into()],
    )?;
    Ok(())
}

fn reach(tx: &mut Tx<'_>, version: i64, made_us: i64, now_us: i64) -> Result<Reach, ExchangeError> {
    let mut reached: HashMap<String, i64> = HashMap::new();
    let sql = "SELECT server, MIN(at_us) FROM exchange_in_force WHERE version >= $1 GROUP BY server";
    for row in tx.query(sql, &[version.into()])? {
        reached.insert(row.text(0)?.to_owned(), row.int(1)?);
    }
    let sql = "SELECT id, seen_us FROM exchange_server
        WHERE started_us <= $1 AND seen_us >= $2 AND (ended_us IS NULL OR ended_us > $1) ORDER BY id";
    let rows = tx.query(sql, &[made_us.into(), (made_us - GONE_US).into()])?;
    let mut servers = Vec::with_capacity(rows.len());
    for row in rows {
        let (id, seen_us) = (row.text(0)?.to_owned(), row.int(1)?);
        let after_us = reached.get(&id).map(|at_us| (at_us - made_us).max(0));
        let is_gone = after_us.is_none() && seen_us < made_us && seen_us < now_us - GONE_US;
        if !is_gone {
            servers.push(ServerReach { id, after_us, seen_us });
        }
    }
    servers.sort_by_key(|server| (server.after_us.is_none(), server.after_us));
    Ok(Reach { servers })
}
