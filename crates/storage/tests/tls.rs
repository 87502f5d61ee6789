//! TLS to the server.
#![expect(clippy::expect_used, reason = "a test that cannot go on shall stop")]

use std::sync::Arc;

use dancu_storage::testing::PostgresServer;
use dancu_storage::{Store, StoreError};
use rustls::{ClientConfig, RootCertStore};

fn trusting(roots: RootCertStore) -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(config.expect("protocol versions").with_root_certificates(roots).with_no_client_auth())
}

#[test]
fn the_server_must_have_a_trusted_certificate() {
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let server = PostgresServer::start_with_tls(&signed.cert.pem(), &signed.signing_key.serialize_pem());
    let url = server.tls_url().expect("a URL");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let open =
        |roots| Store::postgres_tls(&url, 2, runtime.handle().clone(), trusting(roots)).expect("a store");
    let encrypted = |store: &Store| {
        store.read("encrypted", |tx| {
            let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            tx.query_opt(sql, &[])?.expect("a row").bool(0)
        })
    };

    let mut roots = RootCertStore::empty();
    roots.add(signed.cert.der().clone()).expect("a root");
    assert_eq!(encrypted(&open(roots)), Ok(true));

    let result = encrypted(&open(RootCertStore::empty()));
    assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
}

#[test]
fn without_a_configuration_required_tls_is_refused() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let result = Store::postgres("postgresql://localhost/x?sslmode=require", 2, runtime.handle().clone());
    assert!(matches!(result, Err(StoreError::Other(_))), "{result:?}");
}
