//! Whole logs: honest ones pass, and each rule finds what it is for.
use crate::small_log::{
    FileMap, KEYS, ORIGIN, Value, audit, audit_by, cbor, entries, epoch, head, log, memory, signed, tiles,
    witnessed,
};
use dancu_tlog::audit::{AuditError, Fault, Files, Memory, verify};
use dancu_tlog::checkpoint::TreeHead;
use dancu_tlog::entry::EntryRefused;
use dancu_tlog::policy::{NotAccepted, Policy};

fn file(path: &str) -> String {
    path.to_owned()
}

#[test]
fn honest_logs_of_all_shapes_pass() {
    for size in (0..=64).chain([255, 256, 257, 511, 512, 700]) {
        let entries = entries(size as u64);
        for cosigned in [0, size / 2, size] {
            let report = audit(&log(&entries, cosigned), Some(&memory(&entries[..cosigned]))).unwrap();
            assert_eq!(report.head(), head(&entries));
            assert_eq!(report.witnessed.as_ref().unwrap().head(), head(&entries[..cosigned]));
            assert_eq!(report.contexts, (size as u64).div_ceil(9));
            assert_eq!((report.checked, report.replaced), (log(&entries, cosigned).len() as u64, 0));
            let again = Memory::read(report.memory().as_bytes(), &KEYS.policy).unwrap();
            assert_eq!(again, memory(&entries));
        }
    }
}

/// More than one tile of level 1, from entries as short as they can be.
#[test]
fn a_log_of_65_792_entries_has_three_levels() {
    let entries: Vec<Vec<u8>> = (0..65_792).map(|_| vec![0xa2, 0, 2, 1, 1]).collect();
    let mut files = log(&entries, 65_536);
    let report = audit(&files, None).unwrap();
    assert_eq!((report.contexts, report.checked), (65_792, 2 + 257 + 257 + 2 + 1));
    for path in ["tile/0/255", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"] {
        let honest = files[path].clone();
        files.get_mut(path).unwrap()[31] ^= 1;
        let fault = audit(&files, None).unwrap_err();
        let expected = match path {
            "tile/0/255" => Fault::Leaf { index: 65_280, path: file(path) },
            _ => Fault::Tile { path: file(path) },
        };
        assert_eq!(fault, expected);
        files.insert(file(path), honest);
    }
}

#[test]
fn rule_1_the_checkpoint() {
    let entries = entries(5);
    let mut files = log(&entries, 5);
    files.remove("checkpoint");
    assert_eq!(audit(&files, None), Err(Fault::Missing { path: file("checkpoint") }));
    files.insert(file("checkpoint"), b"no checkpoint\n".to_vec());
    assert!(matches!(audit(&files, None), Err(Fault::Checkpoint { path: "checkpoint", .. })));
    let stranger =
        dancu_tlog::note::SignerKey::from_seed(ORIGIN, dancu_tlog::note::SignatureType::Ed25519, &[9; 32]);
    let mut twice = signed(head(&entries));
    let note = dancu_tlog::note::Note::sign(twice.note().text(), &stranger.unwrap()).unwrap();
    twice.add(note.signatures()[0].clone());
    files.insert(file("checkpoint"), twice.to_string().into_bytes());
    let refused = NotAccepted::UnknownKey(2);
    assert_eq!(audit(&files, None), Err(Fault::Checkpoint { path: "checkpoint", refused }));
    // A cosigned checkpoint is one as well.
    files.insert(file("checkpoint"), witnessed(head(&entries)).to_string().into_bytes());
    assert_eq!(audit(&files, None).unwrap().checkpoint.cosigners.len(), 2);
    let two: Policy = KEYS
        .policy
        .to_string()
        .replacen("log", &format!("log {}\nlog", signer_of("second")), 1)
        .parse()
        .unwrap();
    assert_eq!(audit_by(&two, &files, None), Err(Fault::Policy));
    assert_eq!(audit_by(&"quorum none\n".parse().unwrap(), &files, None), Err(Fault::Policy));
}

fn signer_of(name: &str) -> dancu_tlog::note::VerifierKey {
    crate::checkpoint::signer(name, dancu_tlog::note::SignatureType::Ed25519).verifier().clone()
}

#[test]
fn rule_2_the_files() {
    let entries = entries(300);
    let honest = log(&entries, 300);
    for path in honest.keys() {
        let mut files = honest.clone();
        files.remove(path);
        assert_eq!(audit(&files, None), Err(Fault::Missing { path: path.clone() }));
    }
    let with = |path: &str, bytes: &[u8]| {
        let mut files = honest.clone();
        files.insert(file(path), bytes.to_vec());
        audit(&files, None)
    };
    for path in [
        "readme",
        "Checkpoint",
        "checkpoint.old",
        "tile",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/00/000",
        "tile/0/x000/000",
        "tile/entries",
        "tile/64/000",
        ".old",
        "tile/.new-1",
        "./checkpoint",
        "a/.new-1",
    ] {
        assert_eq!(with(path, b""), Err(Fault::Stranger { path: file(path) }));
    }
    assert!(with(".new-17", b"half").unwrap().unsigned.is_empty());
    // Narrower ones, which wider ones have replaced.
    let earlier = tiles(&entries[..290]);
    let mut files = honest.clone();
    files.extend(earlier.clone());
    let report = audit(&files, None).unwrap();
    assert_eq!((report.replaced, report.unsigned.len()), (2, 0));
    let (tile, bundle) = ("tile/0/001.p/34", "tile/entries/001.p/34");
    for (path, wide) in [(tile, "tile/0/001.p/44"), (bundle, "tile/entries/001.p/44")] {
        let good = &earlier[path];
        for bad in [&good[1..], &good[..good.len() - 1], b"", &[good, &[0][..]].concat(), &honest[wide]] {
            assert_eq!(with(path, bad), Err(Fault::Disagrees { path: file(path), with: file(wide) }));
        }
        for bit in (0..good.len() * 8).step_by(7) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(with(path, &bad).is_err(), "bit {bit} of {path}");
        }
    }
    // What lies beyond the size.
    let later = tiles(&crate::small_log::entries(700));
    let mut files = later.clone();
    files.extend(honest.clone());
    let report = audit(&files, None).unwrap();
    let beyond: Vec<&String> = later.keys().filter(|path| !honest.contains_key(*path)).collect();
    assert!(
        report.unsigned.iter().collect::<Vec<_>>().len() >= 5
            && report.unsigned.iter().all(|p| beyond.contains(&p))
    );
    assert_eq!(report.unsigned.len() as u64 + report.replaced, beyond.len() as u64);
    for (path, wide) in [("tile/0/001", "tile/0/001.p/44"), ("tile/entries/001", "tile/entries/001.p/44")] {
        assert!(with(path, &later[path]).is_ok_and(|report| report.unsigned == [path]));
        let mut bad = later[path].clone();
        bad[5] ^= 1;
        assert_eq!(with(path, &bad), Err(Fault::Disagrees { path: file(path), with: file(wide) }));
    }
}

#[test]
fn rule_3_the_tree() {
    let entries = entries(300);
    let honest = log(&entries, 300);
    let mut files = honest.clone();
    files.get_mut("tile/0/001.p/44").unwrap()[64] ^= 1;
    assert_eq!(audit(&files, None), Err(Fault::Leaf { index: 258, path: file("tile/0/001.p/44") }));
    for length in [0, 31, 32 * 43, 32 * 44 - 1] {
        let mut files = honest.clone();
        files.get_mut("tile/0/001.p/44").unwrap().truncate(length);
        assert_eq!(audit(&files, None), Err(Fault::Tile { path: file("tile/0/001.p/44") }));
    }
    let mut files = honest.clone();
    files.get_mut("tile/1/000.p/1").unwrap()[0] ^= 1;
    assert_eq!(audit(&files, None), Err(Fault::Tile { path: file("tile/1/000.p/1") }));
    let mut changed = entries.clone();
    changed.swap(37, 38);
    let mut files = honest.clone();
    files.extend(tiles(&changed));
    // The tiles fit the entries, but not what was signed.
    assert_eq!(audit(&files, None), Err(Fault::WitnessedRoot));
    files.insert(file("witnessed"), witnessed(head(&entries[..30])).to_string().into_bytes());
    assert_eq!(audit(&files, None), Err(Fault::Root));
    for path in ["tile/entries/000", "tile/entries/001.p/44"] {
        for cut in [0, 1, 2, 50] {
            let mut files = honest.clone();
            files.get_mut(path).unwrap().truncate(cut);
            assert!(matches!(audit(&files, None), Err(Fault::Bundle { path: found, .. }) if found == path));
        }
    }
}

#[test]
fn rule_4_the_entries() {
    use Value::Number;
    let act = |context| cbor(&[(0, Number(2)), (1, Number(4)), (2, Number(0)), (4, Number(context))]);
    let honest = entries(12);
    let with = |at: usize, entry: &[u8]| {
        let mut changed = honest.clone();
        changed[at] = entry.to_vec();
        // Signed by the log and by all witnesses: only the content is wrong.
        audit(&log(&changed, 12), None)
    };
    assert!(with(11, &act(9)).is_ok() && with(11, &act(0)).is_ok() && with(11, &epoch(11)).is_ok());
    for (at, context) in [(11, 1), (11, 11), (11, 12), (5, 9), (11, u64::MAX)] {
        assert_eq!(with(at, &act(context)), Err(Fault::Context { index: at as u64 }));
    }
    assert_eq!(with(11, &epoch(12)), Err(Fault::Epoch { index: 11 }));
    let refused = EntryRefused::Form;
    assert_eq!(with(3, b""), Err(Fault::Entry { index: 3, refused }));
    assert_eq!(with(3, &[0xff]), Err(Fault::Entry { index: 3, refused }));
}

#[test]
fn rule_5_the_witnesses() {
    let entries = entries(9);
    let honest = log(&entries, 6);
    let with = |witnessed: String| {
        let mut files = honest.clone();
        files.insert(file("witnessed"), witnessed.into_bytes());
        audit(&files, None)
    };
    assert_eq!(with(signed(head(&entries)).to_string()), Err(Fault::Quorum));
    assert_eq!(audit_by(&KEYS.alone, &honest, None).unwrap().witnessed.unwrap().head().size, 6);
    let ahead = crate::small_log::entries(10);
    assert_eq!(with(witnessed(head(&ahead)).to_string()), Err(Fault::WitnessedAhead));
    let mut other = entries.clone();
    other.swap(1, 2);
    assert_eq!(with(witnessed(head(&other[..6])).to_string()), Err(Fault::WitnessedRoot));
    assert_eq!(with(witnessed(head(&other)).to_string()), Err(Fault::WitnessedRoot));
    let one_less = witnessed(head(&entries)).to_string();
    let one_less = one_less.lines().take(6).fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(with(one_less), Err(Fault::Quorum));
    let mut files = honest.clone();
    files.remove("witnessed");
    assert_eq!(audit(&files, None), Err(Fault::Missing { path: file("witnessed") }));
    assert!(audit_by(&KEYS.alone, &files, None).is_ok());
    let empty = FileMap::from([(file("checkpoint"), signed(TreeHead::empty()).to_string().into_bytes())]);
    assert!(audit(&empty, None).is_ok(), "a log without entries has not met its witnesses");
}

#[test]
fn rule_6_the_memory() {
    let now = entries(9);
    let files = log(&now, 9);
    assert!(audit(&files, Some(&memory(&now[..4]))).is_ok());
    assert_eq!(audit(&files, Some(&memory(&entries(10)))), Err(Fault::SeenAhead { size: 9, seen: 10 }));
    let mut other = now.clone();
    other.swap(1, 2);
    for size in 3..=9 {
        assert_eq!(audit(&files, Some(&memory(&other[..size]))), Err(Fault::SeenRoot { size: size as u64 }));
    }
    let elsewhere = Memory { origin: "elsewhere".into(), ..memory(&now) };
    assert_eq!(audit(&files, Some(&elsewhere)), Err(Fault::SeenOrigin));
    assert!(Memory::read(b"dancu.example/journal\n9\n", &KEYS.policy).is_err());
}

#[test]
fn a_file_that_cannot_be_read_proves_nothing() {
    struct Broken;
    impl Files for Broken {
        type Error = &'static str;
        fn list(&self) -> Result<impl Iterator<Item = Result<String, &'static str>>, &'static str> {
            Ok([Err("disk")].into_iter())
        }
        fn read(&self, path: &str) -> Result<Option<Vec<u8>>, &'static str> {
            let empty = log(&[], 0);
            if path == "tile/0/000" { Err("disk") } else { Ok(empty.get(path).cloned()) }
        }
    }
    assert_eq!(
        verify(&Broken, &KEYS.policy, None),
        Err(AuditError::Files { path: String::new(), error: "disk" })
    );
}
