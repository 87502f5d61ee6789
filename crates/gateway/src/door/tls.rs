//! TLS 1.3 (1.2 only by configuration) with optional mutual authentication.
//!
//! The handshake proves that the client holds the key of the certificate it shows. Whether that certificate is
//! good is decided on the road, so that the caller gets a reason in its own protocol and the journal an entry.
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the TLS side could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file is missing or not readable as PEM
    #[error("{path}: {reason}")]
    File {
        /// The file
        path: PathBuf,
        /// What was wrong with it
        reason: String,
    },
    /// The parts do not fit together
    #[error("TLS configuration: {0}")]
    Config(#[from] rustls::Error),
}

/// Where the TLS material lies.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Server certificate chain, PEM
    pub certificate: PathBuf,
    /// Its private key, PEM
    pub key: PathBuf,
    /// Authorities that issue client certificates, PEM; one file at least
    pub client_ca: Vec<PathBuf>,
    /// Whether TLS 1.2 is offered beside 1.3, for old clients
    pub tls12: bool,
}

/// What the accept loop needs.
#[derive(Clone)]
pub struct TlsMaterial {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) client_roots: Arc<RootCertStore>,
}

impl TlsMaterial {
    /// Reads the files and builds the server's configuration.
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let chain = certificates(&files.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| file_error(&files.key, &e))?;
        let mut roots = RootCertStore::empty();
        for file in &files.client_ca {
            for authority in certificates(file)? {
                roots.add(authority)?;
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let versions: &[&rustls::SupportedProtocolVersion] = if files.tls12 {
            &[&rustls::version::TLS13, &rustls::version::TLS12]
        } else {
            &[&rustls::version::TLS13]
        };
        let verifier = Arc::new(PossessionOnly { hints: roots.subjects(), provider: Arc::clone(&provider) });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), client_roots: Arc::new(roots) })
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| file_error(path, &e))?;
    if found.is_empty() {
        return Err(TlsError::File { path: path.to_owned(), reason: "no certificate in it".to_owned() });
    }
    Ok(found)
}

fn file_error(path: &Path, error: &impl std::fmt::Display) -> TlsError {
    TlsError::File { path: path.to_owned(), reason: error.to_string() }
}

/// Accepts any client certificate whose key the client proves to hold, and none at all.
#[derive(Debug)]
struct PossessionOnly {
    hints: Vec<DistinguishedName>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for PossessionOnly {
    fn client_auth_mandatory(&self) -> bool {
        false
    }
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }
    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
