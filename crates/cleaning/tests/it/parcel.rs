//! What leaves a job: every row once in each file, the same bytes whoever answered, believed as it was signed.
use crate::world::{NOW_US, Server, servers, wish};
use dancu_catalogue::Lang;
use dancu_cleaning::{Decide, Decision, Made, Signing, Wrapping};
use dancu_papers::sign::{PemKey, Trust};
use dancu_stock::package::Package;
use dancu_stock::result::lines;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output().unwrap();
    assert!(done.status.success(), "{arguments}: {}", String::from_utf8_lossy(&done.stderr));
}

/// A certificate of openssl's making that is its own authority, and its key.
struct Seal {
    folder: tempfile::TempDir,
    key: PemKey,
    trust: Trust,
    /// openssl issues by the real clock: so do these tests look at what it issued.
    now_us: i64,
}

impl Seal {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in ["root", "seal"] {
            openssl(at, &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"));
        }
        openssl(at, "req -x509 -key root.key -subj /CN=root -days 30 -out root.pem");
        openssl(
            at,
            "req -x509 -key seal.key -subj /CN=seal -days 30 -CA root.pem \
             -CAkey root.key -addext basicConstraints=critical,CA:false -addext keyUsage=digitalSignature -out seal.pem",
        );
        let read = |name: &str| fs::read(at.join(name)).unwrap();
        let key = PemKey::new(&read("seal.pem"), &read("seal.key")).unwrap();
        let trust = Trust::from_pem(&read("root.pem"), None).unwrap();
        let made = fs::metadata(at.join("seal.pem")).unwrap().modified().unwrap();
        let now_us = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
        Self { folder, key, trust, now_us: i64::try_from(now_us).unwrap() + 1_000_000 }
    }

    fn wrapping(&self, lang: Lang) -> Wrapping<'_> {
        Wrapping {
            lang,
            agency: "UBND tỉnh Thái Nguyên",
            issuer: None,
            model: "dancu, 2026-11-20",
            has_workbook: true,
            signing: Some(Signing { key: &self.key, stamp: None }),
            threads: 3,
            now_us: self.now_us,
        }
    }

    fn made(&self, server: &Server, job: &str, lang: Lang, folder: &str) -> Made {
        server.cleaning.package(job, &self.wrapping(lang), &self.folder.path().join(folder)).unwrap()
    }

    fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let read = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().unwrap();
            entry.path().is_file().then(|| (name, fs::read(entry.path()).unwrap()))
        };
        let entries = fs::read_dir(self.folder.path().join(folder)).unwrap();
        entries.filter_map(|entry| read(entry.unwrap())).collect()
    }
}

/// Some doubtful rows of a job are decided.
fn decide(server: &Server, job: &str) {
    let rows: Vec<u64> =
        server.cleaning.reviews(job, false, None, 2).unwrap().iter().map(|r| r.number).collect();
    for (number, decision) in rows.into_iter().zip([Decision::Same, Decision::Other]) {
        let given = Decide { job, number, decision, note: "", by: "staff-1", entry: number };
        server.cleaning.decide(&given, NOW_US).unwrap();
    }
}

#[test]
fn a_parcel_has_every_row_and_is_the_same_whoever_answered() {
    let seal = Seal::new();
    let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
    for server in servers() {
        let job = server.done(&wish("stock"), 333);
        decide(&server, &job.id);
        let (one, other) = (format!("{}-one", server.name), format!("{}-other", server.name));
        let made = seal.made(&server, &job.id, Lang::Vi, &one);
        assert_eq!(
            (made.summary.rows(), made.job.id.as_str(), made.is_stamped),
            (333, job.id.as_str(), false)
        );
        let mut files = seal.files(&one);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let expected = [
            "figures.json",
            "manifest.json",
            "mimetype",
            "report.pdf",
            "result.csv",
            "result.parquet",
            "result.xlsx",
        ];
        assert_eq!(names, expected, "{}", server.name);
        seal.made(&server, &job.id, Lang::Vi, &other);
        assert!(files == seal.files(&other), "{}: made again", server.name);

        let parquet = File::open(seal.folder.path().join(&one).join("result.parquet")).unwrap();
        let mut said = Vec::new();
        lines(parquet, |line| {
            said.push(format!("{} {} {} {}", line.row_id, line.verdict, line.action, line.reasons));
            Ok(())
        })
        .unwrap();
        let whole = server.result(&job.id);
        let wanted: Vec<String> = whole
            .lines()
            .map(|line| {
                let cells: Vec<&str> = line.split(' ').collect();
                format!("{} {} {} {}", cells[1], cells[2], cells[5], cells[6..].join(" "))
            })
            .collect();
        assert_eq!(said, wanted, "{}", server.name);

        // Another server's job has another name and number of entry; its rows are the same bytes.
        files.retain(|name, _| name.starts_with("result."));
        match &first {
            None => first = Some(files),
            Some(first) => assert!(*first == files, "{}", server.name),
        }
    }
}

#[test]
fn a_parcel_is_believed_as_it_was_signed() {
    let seal = Seal::new();
    let server = servers().remove(0);
    let job = server.done(&wish("narrow"), 60);
    let scratch = seal.folder.path().join("scratch");
    let file = seal.folder.path().join("result.asice");
    let out = File::create(&file).unwrap();
    let made = server.cleaning.packed(&job.id, &seal.wrapping(Lang::En), &scratch, out).unwrap();
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left on the way");
    let verified = Package::verify(&file, &seal.trust, seal.now_us).unwrap();
    assert_eq!(verified.manifest.job.agency, "H55.242");
    assert_eq!(verified.manifest.summary, made.summary);
    assert_eq!(made.summary.told(), 0, "the agreement tells no numbers");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(4).position(|window| window == b"PAR1").unwrap();
    bytes[at] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(Package::verify(&file, &seal.trust, seal.now_us).is_err());

    let unsigned = Wrapping { signing: None, has_workbook: false, ..seal.wrapping(Lang::Vi) };
    let folder = seal.folder.path().join("unsigned");
    assert!(server.cleaning.package(&job.id, &unsigned, &folder).unwrap().package.is_none());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
    assert!(Package::verify(&folder, &seal.trust, seal.now_us).is_err(), "what nobody signed is no package");
    assert!(server.cleaning.package(&job.id, &unsigned, &folder).is_err(), "the folder holds another");
    let open = server.submit(&wish("stock"), 60).unwrap();
    assert!(server.cleaning.packed(&open.id, &unsigned, &scratch, std::io::Cursor::new(Vec::new())).is_err());
}
