//! What is in the envelope: a small JSON text that a person can read and a program can take up.
use crate::SecretsError;
use dancu_keys::Secret;
use serde::Serialize;
use zeroize::Zeroizing;

/// Bytes set aside: a vector that grows leaves copies behind.
const ROOM: usize = 16 * 1024;

#[derive(Serialize)]
struct Content<'a> {
    system: &'a str,
    username: &'a str,
    /// For HTTP Basic at every call
    password: &'a str,
    /// For the hash per call
    secret: &'a str,
    /// What the hash covers, where it is new
    service_urls: &'a [String],
    /// RFC 3339; until then the former ones are taken too
    former_until: Option<String>,
    delivery: &'a str,
}

/// What the envelope says.
pub(crate) struct Saying<'a> {
    pub(crate) delivery: &'a str,
    pub(crate) system: &'a str,
    pub(crate) username: &'a str,
    pub(crate) password: &'a Secret,
    pub(crate) secret: &'a Secret,
    pub(crate) service_urls: &'a [String],
    pub(crate) former_until_us: Option<i64>,
}

pub(crate) fn write(saying: &Saying<'_>) -> Result<Zeroizing<Vec<u8>>, SecretsError> {
    let text = |secret: &'_ Secret| secret.expose_str().map(str::to_owned).map(Zeroizing::new);
    let (Some(password), Some(secret)) = (text(saying.password), text(saying.secret)) else {
        return Err(SecretsError::Unknown("secret"));
    };
    let content = Content {
        system: saying.system,
        username: saying.username,
        password: &password,
        secret: &secret,
        service_urls: saying.service_urls,
        former_until: saying.former_until_us.and_then(moment),
        delivery: saying.delivery,
    };
    let mut written = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer_pretty(&mut *written, &content).map_err(|_| SecretsError::Unknown("secret"))?;
    written.push(b'\n');
    Ok(written)
}

fn moment(us: i64) -> Option<String> {
    jiff::Timestamp::from_second(us.div_euclid(1_000_000)).ok().map(|at| at.to_string())
}
