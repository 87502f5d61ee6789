//! What is done to a file, and that it is found.
use crate::scene::{NOW_US, Signer, ask, file, of, policy, signer, sources};
use dancu_evidence::{NotEvidence, Of, Sources, collect, find, seal, verify};
use dancu_journal::Part;
use dancu_papers::sign::{SignError, sign_detached};
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

type Members = Vec<(String, Vec<u8>)>;
const MANIFEST: &str = "META-INF/ASiCManifest.xml";
const SIGNATURE: &str = "META-INF/signature.p7s";

fn unpack(bytes: &[u8]) -> Members {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let all = (0..zip.len()).map(|at| {
        let mut file = zip.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    });
    all.collect()
}

fn pack(members: &Members) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in members {
        zip.start_file(name.as_str(), stored).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn scene() -> (Vec<u8>, Signer, Kept) {
    let (store, guard) = dancu_storage::testing::sqlite_store();
    let (sources, signer) = (sources(&store, 6), signer("Cục QLHC"));
    let bytes = file(&sources, &signer, of(Of::System("one-stop".into())), &[Part::Officer]);
    (bytes, signer, Kept { sources, _folder: Box::new(guard) })
}

/// What must outlive the use of a file's journal.
struct Kept {
    sources: Sources,
    _folder: Box<dyn std::any::Any>,
}

fn is_good(bytes: &[u8], signer: &Signer) -> bool {
    verify(bytes, &signer.trust, Some(&policy()), NOW_US).is_ok()
}

/// The manifest of other files, as the crate writes it.
fn manifest_of(members: &Members) -> Vec<u8> {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::Engine as _;
    let of = members.iter().find(|(name, _)| name == MANIFEST).unwrap();
    let mut text = String::from_utf8(of.1.clone()).unwrap();
    for (name, content) in
        members.iter().filter(|(name, _)| !name.starts_with("META-INF") && name != "mimetype")
    {
        let hash = base64::engine::general_purpose::STANDARD.encode(digest(&SHA256, content));
        let at = text.find(&format!("URI=\"{name}\"")).unwrap();
        let value = at + text[at..].find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
        text.replace_range(value..value + hash.len(), &hash);
    }
    text.into_bytes()
}

fn replace(members: &Members, name: &str, content: Vec<u8>) -> Members {
    let mut changed = members.clone();
    changed.iter_mut().find(|(of, _)| of == name).unwrap().1 = content;
    changed
}

#[test]
fn every_byte_of_every_member_counts() {
    let (bytes, signer, _guard) = scene();
    let members = unpack(&bytes);
    assert!(is_good(&pack(&members), &signer), "packed again it is still good");
    let mut flips = 0_u32;
    for (name, content) in &members {
        // Every byte of what is small or signed over, some of what is hashed as a whole.
        let step = if name.starts_with("META-INF") || content.len() < 1000 { 1 } else { 29 };
        for at in (0..content.len()).step_by(step) {
            let mut flipped = content.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(!is_good(&pack(&replace(&members, name, flipped)), &signer), "{name}: byte {at}");
            flips += 1;
        }
        let (mut shorter, mut longer) = (content.clone(), content.clone());
        shorter.pop();
        longer.push(b'\n');
        assert!(!is_good(&pack(&replace(&members, name, shorter)), &signer), "{name}: shorter");
        assert!(!is_good(&pack(&replace(&members, name, longer)), &signer), "{name}: longer");
    }
    println!("{flips} changed bytes, all found");
}

#[test]
fn members_left_out_added_or_renamed_are_found() {
    let (bytes, signer, _guard) = scene();
    let members = unpack(&bytes);
    for at in 0..members.len() {
        let mut fewer = members.clone();
        let (name, content) = fewer.remove(at);
        assert!(!is_good(&pack(&fewer), &signer), "{name} left out");
        fewer.insert(at, (format!("{name}x"), content));
        assert!(!is_good(&pack(&fewer), &signer), "{name} renamed");
    }
    let mut more = members.clone();
    more.push(("proofs/999999999999.proof".into(), members[6].1.clone()));
    assert!(!is_good(&pack(&more), &signer));
    let mut trailing = bytes.clone();
    trailing.push(0);
    assert!(!is_good(&trailing, &signer));
    for length in (0..bytes.len()).step_by(97) {
        assert!(!is_good(&bytes[..length], &signer), "cut at {length}");
    }
}

/// Whoever makes the manifest fit cannot make the signature fit.
#[test]
fn a_manifest_made_to_fit_is_not_signed() {
    let (bytes, signer, _guard) = scene();
    let members = unpack(&bytes);
    let summary = members.iter().find(|(name, _)| name == "summary.html").unwrap();
    let other = String::from_utf8(summary.1.clone()).unwrap().replace("Vụ việc", "Chuyện");
    let changed = replace(&members, "summary.html", other.into_bytes());
    let changed = replace(&changed, MANIFEST, manifest_of(&changed));
    let refused = verify(&pack(&changed), &signer.trust, None, NOW_US).err().unwrap();
    assert!(matches!(refused, NotEvidence::Signature(SignError::Refused(_))), "{refused}");
}

/// Nor can somebody else sign, nor the signer say of the entries what they do not say.
#[test]
fn neither_strangers_nor_false_facts_are_believed() {
    let (bytes, own, _guard) = scene();
    let stranger = signer("Người lạ");
    let members = unpack(&bytes);
    let manifest = manifest_of(&members);
    let signed = sign_detached(&manifest, &stranger.key, NOW_US, None).unwrap();
    let by_stranger = pack(&replace(&members, SIGNATURE, signed));
    assert!(is_good(&by_stranger, &stranger));
    let refused = verify(&by_stranger, &own.trust, None, NOW_US).err().unwrap();
    assert!(matches!(refused, NotEvidence::Signature(SignError::NotValid(_))), "{refused}");

    let facts =
        String::from_utf8(members.iter().find(|(n, _)| n == "evidence.json").unwrap().1.clone()).unwrap();
    for (from, to) in [
        ("\"released\"", "\"mismatch\""),
        ("\"service\": \"look_up\"", "\"service\": \"verify\""),
        ("\"entries\": 4", "\"entries\": 5"),
        ("\"officer\"", "\"order\""),
        ("\"system\": \"one-stop\"\n    }", "\"system\": \"other\"\n    }"),
        ("dancu-evidence/1", "dancu-evidence/2"),
    ] {
        let said = facts.replacen(from, to, 1);
        assert_ne!(said, facts, "{from}");
        let changed = replace(&members, "evidence.json", said.into_bytes());
        let changed = replace(&changed, MANIFEST, manifest_of(&changed));
        let signed = sign_detached(&manifest_of(&changed), &own.key, NOW_US, None).unwrap();
        let changed = pack(&replace(&changed, SIGNATURE, signed));
        let refused = verify(&changed, &own.trust, Some(&policy()), NOW_US).err();
        assert!(matches!(refused, Some(NotEvidence::Content(_) | NotEvidence::Proof { .. })), "{from}");
    }
}

#[test]
fn a_certificate_that_is_over_signs_nothing_and_proves_nothing_without_a_stamp() {
    let (bytes, signer, guard) = scene();
    let later = NOW_US + 20 * 86_400 * 1_000_000;
    let refused = verify(&bytes, &signer.trust, None, later).err().unwrap();
    assert!(matches!(refused, NotEvidence::Signature(SignError::NotValid(_))), "{refused}");
    let sources = &guard.sources;
    let scope = of(Of::System("other".into()));
    let found = find(sources, &scope, None, 1000).unwrap();
    let members = collect(sources, ask(scope, &[]), &found, |_| Ok(())).unwrap();
    assert!(seal(&members, &signer.key, later, None).is_err());
}
