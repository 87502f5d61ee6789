use crate::{Scene, openssl};
use dancu_stock::package::Job;
use dancu_stock::{Package, PackageError, Summary};
use std::fs::{self, File};

fn job(made_us: i64) -> Job {
    Job {
        id: "job-1".to_owned(),
        agency: "G01.99".to_owned(),
        made_us,
        input_sha256: "ab".repeat(32),
        input_rows: 3,
        model: "m-1".to_owned(),
    }
}

#[test]
fn a_package_is_believed_as_it_was_signed_and_openssl_agrees() {
    let scene = Scene::new();
    let folder = scene.path("out");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("result.parquet"), b"PAR1 table").unwrap();
    fs::write(folder.join("report.pdf"), b"%PDF- report").unwrap();
    let key = scene.signer("signer");
    let package = Package::write(&folder, job(scene.now_us), Summary::default(), &key, None).unwrap();
    package.zip(File::create(scene.path("out.asice")).unwrap()).unwrap();
    for path in [folder.clone(), scene.path("out.asice")] {
        let verified = Package::verify(&path, &scene.trust(), scene.now_us).unwrap();
        assert_eq!((verified.manifest, verified.signer.name.as_str()), (package.manifest.clone(), "signer"));
    }
    openssl(
        &folder,
        &[
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "META-INF/signature.p7s",
            "-content",
            "META-INF/ASiCManifest.xml",
            "-CAfile",
            "../root.pem",
            "-purpose",
            "any",
            "-out",
            "/dev/null",
        ],
    );

    let verify = || Package::verify(&folder, &scene.trust(), scene.now_us).unwrap_err();
    let swap = |name: &str, to: &[u8]| fs::write(folder.join(name), to).unwrap();
    swap("result.parquet", b"PAR1 tablf");
    assert!(matches!(verify(), PackageError::Changed(name) if name == "result.parquet"));
    swap("result.parquet", b"PAR1 table");
    swap("more.txt", b"x");
    assert!(matches!(verify(), PackageError::Files));
    fs::remove_file(folder.join("more.txt")).unwrap();
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    swap("manifest.json", manifest.replace("job-1", "job-2").as_bytes());
    assert!(matches!(verify(), PackageError::Changed(name) if name == "manifest.json"));
    swap("manifest.json", manifest.as_bytes());
    fs::remove_file(folder.join("report.pdf")).unwrap();
    assert!(matches!(verify(), PackageError::Files));

    let bytes = fs::read(scene.path("out.asice")).unwrap();
    let at = bytes.windows(10).position(|window| window == b"PAR1 table").unwrap();
    let mut changed = bytes.clone();
    changed[at + 9] ^= 1;
    fs::write(scene.path("out.asice"), changed).unwrap();
    assert!(Package::verify(&scene.path("out.asice"), &scene.trust(), scene.now_us).is_err());
    let unknown = scene.signer("unknown");
    Package::write(&folder, job(scene.now_us), Summary::default(), &unknown, None).unwrap();
    assert!(matches!(verify(), PackageError::Signature(_)));
}
