//! `META-INF/ASiCManifest.xml` (ETSI EN 319 162-1, annex A.4): every file with its SHA-256. What is signed is this file.
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// Where it stands.
pub(crate) const MANIFEST: &str = "META-INF/ASiCManifest.xml";
/// The signature over it.
pub(crate) const SIGNATURE: &str = "META-INF/signature.p7s";

/// The manifest of these files, in their order. There is one way of writing it, so that it is checked by writing it again.
pub(crate) fn manifest(files: &[(String, Vec<u8>)]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n",
    );
    let _ = writeln!(
        xml,
        "  <asic:SigReference URI=\"{SIGNATURE}\" MimeType=\"application/x-pkcs7-signature\"/>"
    );
    for (name, bytes) in files {
        let hash = STANDARD.encode(digest(&SHA256, bytes));
        let _ = writeln!(
            xml,
            "  <asic:DataObjectReference URI=\"{name}\" MimeType=\"{}\">\n    \
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n    \
             <ds:DigestValue>{hash}</ds:DigestValue>\n  </asic:DataObjectReference>",
            mime_type(name)
        );
    }
    xml.push_str("</asic:ASiCManifest>\n");
    xml
}

fn mime_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => "application/json",
        Some("html") => "text/html",
        _ => "text/plain",
    }
}
