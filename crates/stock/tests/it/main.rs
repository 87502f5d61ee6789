//! Packages and sealed packages, with openssl as the other side in both directions.
#![expect(clippy::unwrap_used, reason = "a test")]
mod envelope;
mod package;

use dancu_papers::sign::{PemKey, Trust};
use dancu_pki::Recipient;
use dancu_pki::envelope::RecipientSecret;
use std::path::Path;
use std::process::Command;

pub(crate) fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// Authority, signer and recipient of openssl's making, in a folder.
pub(crate) struct Scene {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) now_us: i64,
}

const EXTENSIONS: &str = "[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n\
    [signs]\nbasicConstraints=CA:false\nkeyUsage=digitalSignature,nonRepudiation\n\
    [curve]\nbasicConstraints=CA:false\nkeyUsage=keyAgreement\n\
    [rsa]\nbasicConstraints=CA:false\nkeyUsage=keyEncipherment\n";

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::write(at.join("x.cnf"), EXTENSIONS).unwrap();
        let curve: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        let rsa: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
        for (name, by, section, kind) in [
            ("root", "root", "ca", curve),
            ("stranger", "stranger", "ca", curve),
            ("signer", "root", "signs", curve),
            ("rsasigner", "root", "signs", rsa),
            ("unknown", "stranger", "signs", curve),
            ("curve", "root", "curve", curve),
            ("rsa", "root", "rsa", rsa),
            ("other", "root", "curve", curve),
        ] {
            let (key, csr, pem) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
            openssl(at, &[&["genpkey", "-out", &key][..], kind].concat());
            openssl(at, &["req", "-new", "-key", &key, "-subj", &format!("/CN={name}"), "-out", &csr]);
            let own = [
                "x509",
                "-req",
                "-in",
                &csr,
                "-out",
                &pem,
                "-days",
                "30",
                "-extfile",
                "x.cnf",
                "-extensions",
                section,
            ];
            let (ca, ca_key) = (format!("{by}.pem"), format!("{by}.key"));
            let by: Vec<&str> = if name == by {
                vec!["-signkey", &key]
            } else {
                vec!["-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"]
            };
            openssl(at, &[&own[..], &by].concat());
        }
        // openssl issues by the real clock.
        let (recipient, _) =
            Recipient::from_pem(&std::fs::read_to_string(at.join("rsa.pem")).unwrap()).unwrap();
        let now_us = (recipient.validity_s().0 + 60) * 1_000_000;
        Self { folder, now_us }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn signer(&self, name: &str) -> PemKey {
        let (certificate, key) = (self.text(&format!("{name}.pem")), self.text(&format!("{name}.key")));
        PemKey::new(certificate.as_bytes(), key.as_bytes()).unwrap()
    }

    pub(crate) fn secret(&self, name: &str) -> RecipientSecret {
        RecipientSecret::from_pem(&self.text(&format!("{name}.pem")), &self.text(&format!("{name}.key")))
            .unwrap()
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::from_pem(self.text("root.pem").as_bytes(), None).unwrap()
    }
}
