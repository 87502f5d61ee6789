//! Who sends the entries, of several servers on one store: a row for each receiver, with a time-out.
use crate::cursor::Position;
use dancu_storage::{Migration, Row, Store, StoreError, Tx};

/// Owner of the migrations.
pub(crate) const OWNER: &str = "feed";

/// The feed's tables.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    id: "0001_feed_lease",
    sql: "CREATE TABLE feed_lease (
        receiver TEXT NOT NULL,     -- name of the receiver in the configuration
        holder TEXT NOT NULL,       -- random name of the server that sends to it
        until_us INTEGER NOT NULL,  -- when another may take it, microseconds since the epoch
        sent INTEGER NOT NULL,      -- entries below were written to a connection
        settled INTEGER NOT NULL,   -- entries below were read by the receiver
        PRIMARY KEY (receiver)
    )",
}];

/// One server's claim on one receiver.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    pub(crate) store: Store,
    pub(crate) receiver: String,
    pub(crate) holder: String,
    pub(crate) duration_us: i64,
}

impl Lease {
    /// Takes or renews it and notes the position; gives the farthest position that anybody noted. None: another has it.
    pub(crate) async fn claim(&self, now_us: i64, own: Position) -> Result<Option<Position>, StoreError> {
        let lease = self.clone();
        self.store
            .run_tx_async("feed.claim", move |tx| {
                let found = find(tx, &lease.receiver)?;
                let Some((holder, until_us, noted)) = found else {
                    lease.write(tx, now_us + lease.duration_us, own)?;
                    return Ok(Some(own));
                };
                if holder != lease.holder && until_us > now_us {
                    return Ok(None);
                }
                let position = noted.merge(own);
                lease.write(tx, now_us + lease.duration_us, position)?;
                Ok(Some(position))
            })
            .await
    }

    /// Gives it back, if it is still ours: another may have it at once.
    pub(crate) async fn release(&self, own: Position) -> Result<(), StoreError> {
        let lease = self.clone();
        self.store
            .run_tx_async("feed.release", move |tx| match find(tx, &lease.receiver)? {
                Some((holder, _, noted)) if holder == lease.holder => lease.write(tx, 0, noted.merge(own)),
                _ => Ok(()),
            })
            .await
    }

    fn write(&self, tx: &mut Tx<'_>, until_us: i64, position: Position) -> Result<(), StoreError> {
        tx.execute(
            "INSERT INTO feed_lease (receiver, holder, until_us, sent, settled) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (receiver) DO UPDATE SET holder = EXCLUDED.holder, until_us = EXCLUDED.until_us, \
             sent = EXCLUDED.sent, settled = EXCLUDED.settled",
            &[
                (&self.receiver).into(),
                (&self.holder).into(),
                until_us.into(),
                number(position.sent).into(),
                number(position.settled).into(),
            ],
        )?;
        Ok(())
    }
}

fn find(tx: &mut Tx<'_>, receiver: &str) -> Result<Option<(String, i64, Position)>, StoreError> {
    let sql = "SELECT holder, until_us, sent, settled FROM feed_lease WHERE receiver = $1";
    let row = tx.query_opt(sql, &[receiver.into()])?;
    row.map(|row: Row| {
        let position = Position { sent: row.number(2)?, settled: row.number(3)? };
        Ok((row.text(0)?.to_owned(), row.int(1)?, position))
    })
    .transpose()
}

/// Entries are numbered by the store, in its own integers.
fn number(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sent: u64, settled: u64) -> Position {
        Position { sent, settled }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_server_has_it_until_it_ends_or_gives_it_back() {
        for (engine, store, _guard) in dancu_storage::testing::stores() {
            let store_ = store.clone();
            tokio::task::spawn_blocking(move || store_.migrate(OWNER, MIGRATIONS)).await.unwrap().unwrap();
            let [one, two] = ["one", "two"].map(|holder| Lease {
                store: store.clone(),
                receiver: "soc".to_owned(),
                holder: holder.to_owned(),
                duration_us: 100,
            });
            assert_eq!(one.claim(0, at(0, 0)).await.unwrap(), Some(at(0, 0)), "{engine}");
            assert_eq!(two.claim(99, at(0, 0)).await.unwrap(), None, "{engine}");
            // Renewed, with a position that another goes on from after the time-out.
            assert_eq!(one.claim(90, at(50, 20)).await.unwrap(), Some(at(50, 20)), "{engine}");
            assert_eq!(two.claim(189, at(0, 0)).await.unwrap(), None, "{engine}");
            assert_eq!(two.claim(190, at(10, 10)).await.unwrap(), Some(at(50, 20)), "{engine}");
            assert_eq!(one.claim(200, at(60, 20)).await.unwrap(), None, "{engine}");
            one.release(at(60, 20)).await.unwrap();
            assert_eq!(one.claim(201, at(60, 20)).await.unwrap(), None, "{engine}: not ours to give back");
            two.release(at(70, 70)).await.unwrap();
            assert_eq!(one.claim(202, at(60, 20)).await.unwrap(), Some(at(70, 70)), "{engine}");
            // Another receiver has a lease of its own.
            let other = Lease { receiver: "other".to_owned(), ..two.clone() };
            assert_eq!(other.claim(203, at(0, 0)).await.unwrap(), Some(at(0, 0)), "{engine}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_that_race_one_wins() {
        for (engine, store, _guard) in dancu_storage::testing::stores() {
            let store_ = store.clone();
            tokio::task::spawn_blocking(move || store_.migrate(OWNER, MIGRATIONS)).await.unwrap().unwrap();
            let claims = (0..8).map(|n| {
                let lease = Lease {
                    store: store.clone(),
                    receiver: "soc".to_owned(),
                    holder: n.to_string(),
                    duration_us: 1000,
                };
                tokio::spawn(async move { lease.claim(1, at(0, 0)).await.unwrap().is_some() })
            });
            let mut won = 0;
            for claim in claims.collect::<Vec<_>>() {
                won += u32::from(claim.await.unwrap());
            }
            assert_eq!(won, 1, "{engine}");
        }
    }
}
