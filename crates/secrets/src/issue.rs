//! Drawing secrets and sending them on their way, in one act.
use crate::content::{self, Saying};
use crate::sealed::{Spot, seal};
use crate::{DeliveryState, Secrets, SecretsError};
use dancu_exchange::{Change, ExchangeError, NewSecrets, PreparedSecrets};
use dancu_keys::{KeyError, Secret};
use dancu_pki::{Term, envelope};

/// What is ordered.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// The system
    pub system: &'a str,
    /// The user name of its credentials, new or in use
    pub username: &'a str,
    /// The recipient: fingerprint of a certificate on record, of the system's organisation
    pub recipient: &'a [u8; 32],
    /// URLs that clients put into the hash per call, for a user name that is new; those in use stay
    pub service_urls: &'a [String],
    /// The delivery before was taken and never came into use: its secrets end at once, and the ones before those go on
    pub lost: bool,
    /// Staff account that orders it
    pub by: &'a str,
}

/// A row that is ready for a transaction that may run twice.
struct Ready<'a> {
    id: &'a str,
    envelope: Vec<u8>,
    subject: Vec<u8>,
    expires_us: i64,
    former_until_us: i64,
    prepared: PreparedSecrets,
}

impl Secrets {
    /// Draws a password and a per-call secret of 256 bits each, makes them the credentials of the user name, and keeps them
    /// for the recipient alone; gives the delivery's id. The credentials before are taken until the end of the overlap.
    /// What a delivery before left waiting is erased; its secrets, which nobody ever had, end at once.
    pub fn issue(&self, order: &Order<'_>, now_us: i64) -> Result<String, SecretsError> {
        let snapshot = self.exchange.snapshot();
        let of = snapshot.rules.system(order.system).ok_or(SecretsError::Unknown("system"))?;
        let organisation = of.system.organisation.clone();
        // Those in use stay.
        let in_use = snapshot.credential(order.username);
        let in_use: Option<Vec<String>> =
            in_use.map(|held| held.service_urls.iter().map(ToString::to_string).collect());
        let recipient = self.recipient(order.recipient, &organisation, now_us)?;
        let end = |term| self.terms.end_us(term, now_us).ok_or(SecretsError::NoTerm);
        let (expires_us, former_until_us) = (end(Term::SecretDelivery)?, end(Term::SecretOverlap)?);
        let id = random_id()?;

        let (password, secret) = (Secret::draw_typeable()?, Secret::draw_typeable()?);
        let saying = Saying {
            delivery: &id,
            system: order.system,
            username: order.username,
            password: &password,
            secret: &secret,
            service_urls: in_use.as_deref().unwrap_or(order.service_urls),
            former_until_us: Some(former_until_us).filter(|_| in_use.is_some()),
        };
        let envelope = envelope::seal(&recipient, &content::write(&saying)?)?;
        let new = NewSecrets { password: Some(password), secret: Some(secret) };
        let prepared = self.exchange.prepare_secrets(order.username, &new)?;
        drop(new);

        let spot = |field| Spot::delivery(&id, field);
        let ready = Ready {
            id: &id,
            envelope: seal(&self.ring, spot("envelope"), &envelope)?,
            subject: seal(&self.ring, spot("subject"), recipient.subject().as_bytes())?,
            expires_us,
            former_until_us,
            prepared,
        };
        self.exchange.change_with("secrets.issue", now_us, |change| enter(change, order, &ready, now_us))?;
        Ok(id)
    }

    /// Closes a user name of a system: its credentials and former ones end at once, what waits is erased.
    pub fn revoke(&self, system: &str, username: &str, now_us: i64) -> Result<(), SecretsError> {
        self.exchange.change_with("secrets.revoke", now_us, |change| {
            let held = change.credential_of(username)?;
            if held.is_none_or(|(of, _)| of != system) {
                return Err(SecretsError::Unknown("user name"));
            }
            change.close_credential(username)?;
            end_waiting(change, username, DeliveryState::Revoked)
        })
    }
}

/// Credentials and delivery change together.
fn enter(
    change: &mut Change<'_, '_>,
    order: &Order<'_>,
    ready: &Ready<'_>,
    now_us: i64,
) -> Result<(), SecretsError> {
    let former = match change.credential_of(order.username)? {
        None => {
            change.put_credential(&ready.prepared, order.system, order.service_urls)?;
            None
        }
        Some((system, _)) if system != order.system => return Err(ExchangeError::Taken("user name").into()),
        Some((_, changed_us)) => {
            let former = if never_used(change, order, changed_us)? {
                change.replace_credential(&ready.prepared, ready.former_until_us)?
            } else {
                change.rotate_credential(&ready.prepared, ready.former_until_us)?;
                true
            };
            former.then_some(ready.former_until_us)
        }
    };
    end_waiting(change, order.username, DeliveryState::Replaced)?;
    change.tx().execute(
        "INSERT INTO secret_delivery (
            id, system, username, recipient, subject, state, envelope, issued_by, issued_at_us, expires_at_us,
            former_until_us)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9, $10)",
        &[
            ready.id.into(),
            order.system.into(),
            order.username.into(),
            order.recipient.into(),
            (&ready.subject).into(),
            (&ready.envelope).into(),
            order.by.into(),
            now_us.into(),
            ready.expires_us.into(),
            former.into(),
        ],
    )?;
    Ok(())
}

/// Whether the present credentials are those of a delivery that nobody took, or that was lost after it was taken. Others,
/// put in since by another way, count as used.
fn never_used(change: &mut Change<'_, '_>, order: &Order<'_>, changed_us: i64) -> Result<bool, SecretsError> {
    let last = "SELECT id, state FROM secret_delivery WHERE username = $1 AND issued_at_us = $2
        ORDER BY id LIMIT 1";
    let parameters = [order.username.into(), changed_us.into()];
    let Some(row) = change.tx().query_opt(last, &parameters)? else { return Ok(false) };
    match DeliveryState::from_name(row.text(1)?) {
        Some(DeliveryState::Waiting | DeliveryState::Expired | DeliveryState::Lost) => Ok(true),
        Some(DeliveryState::Taken) if order.lost => {
            let sql = "UPDATE secret_delivery SET state = 'lost' WHERE id = $1";
            change.tx().execute(sql, &[row.text(0)?.into()])?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn end_waiting(
    change: &mut Change<'_, '_>,
    username: &str,
    state: DeliveryState,
) -> Result<(), SecretsError> {
    let sql =
        "UPDATE secret_delivery SET state = $2, envelope = NULL WHERE username = $1 AND state = 'waiting'";
    change.tx().execute(sql, &[username.into(), state.name().into()])?;
    Ok(())
}

fn random_id() -> Result<String, SecretsError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| KeyError::Crypto("draw an id"))?;
    Ok(hex::encode(bytes))
}
