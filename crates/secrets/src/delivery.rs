//! Deliveries: handed out once, erased, and told of ever after.
use crate::sealed::{Spot, open, open_text};
use crate::{Secrets, SecretsError};
use dancu_policy::Id;
use dancu_storage::{Row, Tx};
use std::fmt;

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// The envelope can be taken
    Waiting,
    /// It was handed out
    Taken,
    /// Nobody took it in time
    Expired,
    /// Another took its place before it was taken
    Replaced,
    /// The user name was closed before it was taken
    Revoked,
    /// It was handed out and never came into use
    Lost,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Taken, Self::Expired, Self::Replaced, Self::Revoked, Self::Lost];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::Lost => "lost",
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A delivery, without what was delivered. `Debug` does not show whom the recipient's certificate names.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Id
    pub id: String,
    /// The system
    pub system: Id,
    /// User name of the credentials
    pub username: String,
    /// For whom: SHA-256 over the certificate
    pub recipient: [u8; 32],
    /// For whom: the name in the certificate (RFC 4514)
    pub subject: String,
    /// How far it is
    pub state: DeliveryState,
    /// Staff account that ordered it
    pub issued_by: String,
    /// When, microseconds since the epoch, as all times here
    pub issued_at_us: i64,
    /// From then on it cannot be taken
    pub expires_at_us: i64,
    /// Until then the credentials before are taken; none where there were none
    pub former_until_us: Option<i64>,
    /// Staff account that took it
    pub taken_by: Option<String>,
    /// When
    pub taken_at_us: Option<i64>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, system, username, recipient, subject, state, issued_by, issued_at_us, expires_at_us, \
             former_until_us, taken_by, taken_at_us FROM secret_delivery ",
            $rest
        )
    };
}

const ONE: &str = select!("WHERE id = $1");
const OF_SYSTEM: &str = select!("WHERE system = $1 ORDER BY issued_at_us DESC, id LIMIT $2");

impl Secrets {
    /// Hands the envelope out (DER; CMS) and erases it, in one transaction: it is handed out at most once, whatever
    /// happens. Should the answer not arrive, new secrets have to be issued.
    ///
    /// # Errors
    ///
    /// `Gone` when it does not wait any more, `Unknown` when there never was one.
    pub fn take(&self, id: &str, by: &str, now_us: i64) -> Result<Vec<u8>, SecretsError> {
        let sealed = self.store().run_tx("secrets.take", |tx| {
            let sql = "SELECT envelope, expires_at_us FROM secret_delivery WHERE id = $1";
            let row = tx.query_opt(sql, &[id.into()])?.ok_or(SecretsError::Unknown("delivery"))?;
            let Some(sealed) = row.opt_bytes(0)? else { return Err(SecretsError::Gone) };
            if row.int(1)? <= now_us {
                return Err(SecretsError::Gone);
            }
            let sql =
                "UPDATE secret_delivery SET state = 'taken', envelope = NULL, taken_by = $2, taken_at_us = $3
                WHERE id = $1 AND state = 'waiting'";
            let taken = tx.execute(sql, &[id.into(), by.into(), now_us.into()])?;
            if taken == 1 { Ok(sealed.to_vec()) } else { Err(SecretsError::Gone) }
        })?;
        Ok(open(&self.ring, Spot::delivery(id, "envelope"), &sealed)?.to_vec())
    }

    /// Erases what nobody took in time; gives how many. Call it now and then.
    pub fn sweep(&self, now_us: i64) -> Result<u64, SecretsError> {
        let over = "SELECT 1 FROM secret_delivery WHERE state = 'waiting' AND expires_at_us <= $1 LIMIT 1";
        let any = |tx: &mut Tx<'_>| tx.query_opt(over, &[now_us.into()]);
        if self.store().read("secrets.over", any)?.is_none() {
            return Ok(0);
        }
        self.store().run_tx("secrets.sweep", |tx| {
            let sql = "UPDATE secret_delivery SET state = 'expired', envelope = NULL
                WHERE state = 'waiting' AND expires_at_us <= $1";
            Ok(tx.execute(sql, &[now_us.into()])?)
        })
    }

    /// One delivery.
    pub fn delivery(&self, id: &str) -> Result<Option<Delivery>, SecretsError> {
        let row = self.store().read("secrets.delivery", |tx| tx.query_opt(ONE, &[id.into()]))?;
        row.map(|row| self.told(&row)).transpose()
    }

    /// Deliveries of a system, newest first.
    pub fn deliveries(&self, system: &str, limit: u32) -> Result<Vec<Delivery>, SecretsError> {
        let rows = self
            .store()
            .read("secrets.deliveries", |tx| tx.query(OF_SYSTEM, &[system.into(), limit.into()]))?;
        rows.iter().map(|row| self.told(row)).collect()
    }

    fn told(&self, row: &Row) -> Result<Delivery, SecretsError> {
        let id = row.text(0)?;
        let state = DeliveryState::from_name(row.text(5)?);
        Ok(Delivery {
            id: id.to_owned(),
            system: row.text(1)?.into(),
            username: row.text(2)?.to_owned(),
            recipient: row.array(3)?,
            subject: open_text(&self.ring, Spot::delivery(id, "subject"), row.bytes(4)?)?,
            state: state.ok_or(SecretsError::Damaged("secret_delivery"))?,
            issued_by: row.text(6)?.to_owned(),
            issued_at_us: row.int(7)?,
            expires_at_us: row.int(8)?,
            former_until_us: row.opt_int(9)?,
            taken_by: row.opt_text(10)?.map(str::to_owned),
            taken_at_us: row.opt_int(11)?,
        })
    }
}
