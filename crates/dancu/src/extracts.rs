//! Evidence files by the configuration: who signs them, who stamps them, where they are kept.
use crate::config::Config;
use anyhow::Context as _;
use dancu_evidence::{Evidences, Options, Stamping};
use dancu_keys::KeyRing;
use dancu_keys::timestamp::{Authorities, QUERY_TYPE, REPLY_TYPE};
use dancu_papers::sign::PemKey;
use dancu_storage::Store;
use dancu_witness::http::{CallLimits, Endpoint};
use std::sync::Arc;
use std::time::Duration;

/// Time for an authority's answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the table and reads certificate and key. Blocks; within a runtime.
pub fn open(config: &Config, store: &Store, ring: &KeyRing) -> anyhow::Result<Evidences> {
    let options = Options {
        key: key(config)?.map(Arc::new),
        stamping: stamping(config).context("timestamps")?,
        most: config.evidence.most,
        service: config.listen.public_url.clone(),
    };
    let files = crate::console::documents(config)?;
    Evidences::open(store.clone(), ring.clone(), files, options).context("evidence files")
}

/// Who signs; none when nobody is configured.
pub fn key(config: &Config) -> anyhow::Result<Option<PemKey>> {
    let evidence = &config.evidence;
    if evidence.certificate.as_os_str().is_empty() {
        return Ok(None);
    }
    let place = || format!("evidence.certificate {}", evidence.certificate.display());
    let certificate = std::fs::read(&evidence.certificate).with_context(place)?;
    let key = crate::files::read_private(&evidence.key).context("evidence.key")?;
    PemKey::new(&certificate, key.as_bytes()).map(Some).with_context(place)
}

/// The authority that stamps checkpoints stamps evidence files too.
pub fn stamping(config: &Config) -> anyhow::Result<Option<Stamping>> {
    let config = &config.timestamps;
    if config.url.is_empty() {
        return Ok(None);
    }
    let tls = (!config.tls_ca.as_os_str().is_empty()).then(|| crate::client::tls(&config.tls_ca, None));
    let limits = CallLimits { time: PATIENCE, ..CallLimits::default() };
    let authority = Endpoint::new(&config.url, tls.transpose()?, limits)?;
    let authorities = Authorities::from_pem(&std::fs::read(&config.ca)?)?;
    let runtime = tokio::runtime::Handle::current();
    let stamper = move |query: &[u8]| {
        let answer = runtime.block_on(authority.post(QUERY_TYPE, query.to_vec()));
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status == 200 && answer.content_type == REPLY_TYPE {
            Ok(answer.body)
        } else {
            Err(format!("status {}", answer.status))
        }
    };
    Ok(Some(Stamping { stamper: Arc::new(stamper), authorities }))
}
