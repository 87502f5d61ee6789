use crate::{Scene, openssl};
use dancu_pki::Recipient;
use dancu_stock::envelope::{Draft, OpenError, Opened, Seen, open, seal};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fs;
use std::io::{self, Cursor, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

#[derive(Default)]
struct Register(RefCell<HashSet<String>>);

impl Seen for Register {
    fn first(&self, package: &str, _: i64) -> io::Result<bool> {
        Ok(self.0.borrow_mut().insert(package.to_owned()))
    }
}

fn sealed(scene: &Scene, to: &str, by: &str) -> Vec<u8> {
    fs::write(scene.path("a.csv"), b"full_name\nAn\n").unwrap();
    fs::write(scene.path("empty"), b"").unwrap();
    let files = [("a.csv".to_owned(), scene.path("a.csv")), ("empty".to_owned(), scene.path("empty"))];
    let draft = Draft { kind: "stock", job: "job-1", agency: "G01.99", files: &files };
    let (to, _) = Recipient::from_pem(&scene.text(&format!("{to}.pem"))).unwrap();
    let mut out = Cursor::new(Vec::new());
    seal(&draft, &to, &scene.signer(by), scene.now_us, &mut out).unwrap();
    out.into_inner()
}

fn opened(scene: &Scene, bytes: &[u8], with: &str, seen: &Register) -> Result<Opened, OpenError> {
    let into = scene.path("in");
    let _ = fs::remove_dir_all(&into);
    let opened = open(Cursor::new(bytes), &scene.secret(with), &scene.trust(), seen, scene.now_us, &into);
    if opened.is_err() {
        assert!(!into.exists() || fs::read_dir(&into).unwrap().next().is_none(), "nothing is left");
    }
    opened
}

#[test]
fn what_is_sealed_is_opened_once_and_what_is_wrong_is_told() {
    let scene = Scene::new();
    for (to, by) in [("curve", "signer"), ("rsa", "rsasigner")] {
        let (bytes, seen) = (sealed(&scene, to, by), Register::default());
        let good = opened(&scene, &bytes, to, &seen).unwrap();
        assert_eq!((good.label.job.as_str(), good.signer.name.as_str()), ("job-1", by));
        assert_eq!(fs::read(&good.files[0]).unwrap(), b"full_name\nAn\n");
        for file in &good.files {
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(matches!(opened(&scene, &bytes, to, &seen), Err(OpenError::Replayed)));
        let refused = |bytes: &[u8]| opened(&scene, bytes, to, &Register::default()).unwrap_err();
        assert!(matches!(refused(&bytes[..bytes.len() - 30]), OpenError::Truncated));
        assert!(matches!(refused(b"hello"), OpenError::Form));
        for at in [bytes.len() / 3, bytes.len() / 2] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(matches!(refused(&changed), OpenError::Tampered), "{at}");
        }
        assert!(matches!(refused(&sealed(&scene, "other", by)), OpenError::ForeignRecipient));
        assert!(matches!(refused(&sealed(&scene, to, "unknown")), OpenError::UnknownSigner(_)));
    }
}

#[test]
fn openssl_opens_what_we_seal() {
    let scene = Scene::new();
    for (to, by) in [("curve", "signer"), ("rsa", "rsasigner")] {
        let mut piece = Vec::new();
        let mut zip = ZipArchive::new(Cursor::new(sealed(&scene, to, by))).unwrap();
        zip.by_name("0001.p7m").unwrap().read_to_end(&mut piece).unwrap();
        fs::write(scene.path("piece"), piece).unwrap();
        let (key, certificate) = (format!("{to}.key"), format!("{to}.pem"));
        let at = scene.folder.path();
        openssl(
            at,
            &[
                "cms",
                "-decrypt",
                "-binary",
                "-inform",
                "DER",
                "-in",
                "piece",
                "-inkey",
                &key,
                "-recip",
                &certificate,
                "-out",
                "signed",
            ],
        );
        let content = openssl(
            at,
            &[
                "cms", "-verify", "-binary", "-inform", "DER", "-in", "signed", "-CAfile", "root.pem",
                "-purpose", "any",
            ],
        );
        assert!(content.ends_with(b"\nfull_name\nAn\n"));
    }
}

#[test]
fn we_open_what_openssl_seals() {
    let scene = Scene::new();
    let at = scene.folder.path();
    let ways: [(&str, &str, &[&str]); 2] = [
        ("curve", "signer", &["-keyopt", "ecdh_kdf_md:sha256"]),
        (
            "rsa",
            "rsasigner",
            &[
                "-keyopt",
                "rsa_padding_mode:oaep",
                "-keyopt",
                "rsa_oaep_md:sha256",
                "-keyopt",
                "rsa_mgf1_md:sha256",
            ],
        ),
    ];
    for (to, by, ways) in ways {
        fs::write(scene.path("b.csv"), b"full_name\n").unwrap();
        let hash = String::from_utf8(openssl(at, &["dgst", "-sha256", "-r", "b.csv"])).unwrap();
        let hash = hash.split(' ').next().unwrap();
        let head = format!(
            "{{\"piece\":1,\"pieces\":1,\"label\":{{\"format\":\"dancu-sealed/1\",\"package\":\"00ff00ff00ff00ff00ff00ff00ff00ff\",\"kind\":\"stock\",\"job\":\"j\",\
             \"agency\":\"a\",\"made_us\":1,\"files\":[{{\"name\":\"b.csv\",\"bytes\":10,\"sha256\":\"{hash}\"}}]}}}}\nfull_name\n"
        );
        fs::write(scene.path("content"), head).unwrap();
        let (key, certificate, recipient) = (format!("{by}.key"), format!("{by}.pem"), format!("{to}.pem"));
        openssl(
            at,
            &[
                "cms",
                "-sign",
                "-binary",
                "-nodetach",
                "-md",
                "sha256",
                "-in",
                "content",
                "-signer",
                &certificate,
                "-inkey",
                &key,
                "-outform",
                "DER",
                "-out",
                "signed",
            ],
        );
        let encrypt = [
            "cms",
            "-encrypt",
            "-binary",
            "-aes-256-gcm",
            "-in",
            "signed",
            "-outform",
            "DER",
            "-out",
            "piece",
        ];
        openssl(at, &[&encrypt[..], &["-recip", &recipient], ways].concat());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("0001.p7m", SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(scene.path("piece")).unwrap()).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let good = opened(&scene, &bytes, to, &Register::default()).unwrap();
        assert_eq!(fs::read(&good.files[0]).unwrap(), b"full_name\n");
    }
}
