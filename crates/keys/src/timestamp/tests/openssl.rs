//! OpenSSL as the other side, in both directions.
use super::bench::{Bench, DATA, NOW_US};
use crate::timestamp::{Query, TimestampError, verify};
use std::path::Path;
use std::process::{Command, Output};

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").args(arguments).current_dir(folder).output().expect("the openssl command")
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = openssl(folder, arguments);
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "openssl {arguments:?}: {told}");
    told
}

fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

#[test]
fn openssl_asks_and_checks_our_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bench) = (folder.path(), Bench::new());
    write(path, &[("data", DATA), ("other", b"other"), ("root.pem", bench.root.as_bytes())]);
    write(path, &[("tsa.pem", bench.certificate.as_bytes())]);
    for (hash, with_certificate) in
        [("-sha256", true), ("-sha384", true), ("-sha512", true), ("-sha256", false)]
    {
        let mut query = vec!["ts", "-query", "-data", "data", hash, "-out", "query"];
        let mut check = vec!["ts", "-verify", "-in", "reply", "-CAfile", "root.pem"];
        if with_certificate {
            query.push("-cert");
        } else {
            check.extend(["-untrusted", "tsa.pem"]);
        }
        succeeds(path, &query);
        let asked = std::fs::read(path.join("query")).unwrap();
        write(path, &[("reply", &bench.tsa().respond(&asked, NOW_US).unwrap())]);
        let told = succeeds(path, &[&check[..], &["-queryfile", "query"]].concat());
        assert!(told.contains("Verification: OK"), "{told}");
        succeeds(path, &[&check[..], &["-data", "data"]].concat());
        assert!(!openssl(path, &[&check[..], &["-data", "other"]].concat()).status.success());
        let text = succeeds(path, &["ts", "-reply", "-in", "reply", "-text"]);
        assert!(text.contains("Time stamp: Nov 21 03:04:05 2026 GMT"), "{text}");
    }
}

#[test]
fn openssl_reads_our_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bench) = (folder.path(), Bench::new());
    write(path, &[("data", DATA)]);
    succeeds(path, &["ts", "-query", "-data", "data", "-sha1", "-out", "query"]);
    let asked = std::fs::read(path.join("query")).unwrap();
    write(path, &[("reply", &bench.tsa().respond(&asked, NOW_US).unwrap())]);
    let text = succeeds(path, &["ts", "-reply", "-in", "reply", "-text"]);
    assert!(
        text.contains("Status: Rejected.") && text.contains("unrecognized or unsupported algorithm"),
        "{text}"
    );
}

const CONFIG: &str = "[tsa]
default_tsa = authority
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
clock_precision_digits = 3
";

/// Has OpenSSL answer our query, with a key of this kind.
fn answered_by_openssl(bench: &Bench, path: &Path, key: &[&str], options: &str) -> (Query, Vec<u8>) {
    let query = Query::new(DATA).unwrap();
    write(
        path,
        &[
            ("root.pem", bench.root.as_bytes()),
            ("root.key", bench.root_key.as_bytes()),
            ("config", format!("{CONFIG}{options}").as_bytes()),
            ("serial", b"01\n"),
            ("usage", b"extendedKeyUsage = critical, timeStamping\n"),
            ("query", query.der()),
        ],
    );
    succeeds(path, &[&["genpkey", "-out", "tsa.key"], key].concat());
    succeeds(path, &["req", "-new", "-key", "tsa.key", "-subj", "/CN=foreign", "-out", "request"]);
    let issue =
        ["x509", "-req", "-in", "request", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"];
    succeeds(path, &[&issue[..], &["-days", "10", "-extfile", "usage", "-out", "tsa.pem"]].concat());
    let reply = ["ts", "-reply", "-config", "config", "-queryfile", "query", "-inkey", "tsa.key"];
    succeeds(path, &[&reply[..], &["-signer", "tsa.pem", "-chain", "root.pem", "-out", "reply"]].concat());
    (query, std::fs::read(path.join("reply")).unwrap())
}

const KEYS: [&[&str]; 3] = [
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
];

#[test]
fn we_ask_and_check_openssls_answer() {
    for key in KEYS {
        // The certificate named by SHA-1 as of old, and by SHA-256.
        for options in ["ess_cert_id_alg = sha1\n", "ess_cert_id_alg = sha256\ness_cert_id_chain = yes\n"] {
            let folder = tempfile::tempdir().unwrap();
            let bench = Bench::new();
            let (query, reply) = answered_by_openssl(&bench, folder.path(), key, options);
            let stamp = verify(&reply, DATA, Some(&query), &bench.authorities()).unwrap();
            assert_eq!(
                (stamp.accuracy_us, &*stamp.policy),
                (Some(1_500_100), "1.2.3.4.1"),
                "{key:?} {options}"
            );
            assert!(stamp.time_us > NOW_US - 400 * 86_400_000_000, "{}", stamp.time_us);
            let foreign = Bench::new().authorities();
            let refused = verify(&reply, DATA, Some(&query), &foreign);
            assert!(matches!(refused, Err(TimestampError::NotTrusted(_))), "{refused:?}");
            assert_eq!(verify(&reply, b"other", None, &foreign), Err(TimestampError::OtherData));
        }
    }
}
