//! A small log in memory, as the journal writes it, with two witnesses.
use dancu_tlog::audit::{AuditError, Fault, Files, Memory, Report, verify};
use dancu_tlog::checkpoint::{Checkpoint, SignedCheckpoint, TreeHead};
use dancu_tlog::cosignature::cosign;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::Policy;
use dancu_tlog::tile::{Edge, WIDTH, changed_bundles};
use dancu_tlog::{Hash, bundle::Bundle, leaf_hash, root};
use minicbor::Encoder;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

pub(crate) const ORIGIN: &str = "dancu.example/journal";

/// Path → bytes.
pub(crate) type FileMap = BTreeMap<String, Vec<u8>>;

/// Files in memory.
pub(crate) struct InMemory<'a>(pub(crate) &'a FileMap);

impl Files for InMemory<'_> {
    type Error = Infallible;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, Infallible>>, Infallible> {
        Ok(self.0.keys().map(|path| Ok(path.clone())))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

pub(crate) struct Keys {
    pub(crate) log: SignerKey,
    pub(crate) witnesses: [SignerKey; 2],
    /// one log, two witnesses, of whom both are asked
    pub(crate) policy: Policy,
    /// the same log, nobody else asked
    pub(crate) alone: Policy,
}

pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let key =
        |name: &str, signature_type, seed| SignerKey::from_seed(name, signature_type, &[seed; 32]).unwrap();
    let log = key(ORIGIN, SignatureType::Ed25519, 1);
    let witnesses =
        [2, 3].map(|seed| key(&format!("witness.example/{seed}"), SignatureType::CosignatureV1, seed));
    let (log_key, [a, b]) =
        (log.verifier().clone(), witnesses.each_ref().map(|witness| witness.verifier().clone()));
    let names = format!("log {log_key}\nwitness a {a}\nwitness b {b}\ngroup both all a b\n");
    let policy = format!("{names}quorum both\n").parse().unwrap();
    let alone = format!("{names}quorum none\n").parse().unwrap();
    Keys { log, witnesses, policy, alone }
});

/// Entries of all kinds: a context first and at every ninth place, an epoch at every seventh, withholdings, acts, calls.
pub(crate) fn entries(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(entry).collect()
}

fn entry(n: u64) -> Vec<u8> {
    use Value::{Bytes, Cbor, Number, Text};
    let context = n - n % 9;
    match (n % 9, n % 7) {
        (0, _) => cbor(&[(0, Number(2)), (1, Number(1)), (5, Text("rest")), (21, Number(n))]),
        (_, 6) => epoch(n),
        (_, 5) => cbor(&[
            (0, Number(2)),
            (1, Number(3)),
            (2, Number(5)),
            (40, Number(n - 1)),
            (41, Number(1 << 50)),
        ]),
        (_, 4) => {
            cbor(&[(0, Number(2)), (1, Number(4)), (2, Number(n)), (4, Number(context)), (52, Text("rule"))])
        }
        _ => {
            // Verdicts {0: 1, 30: "near"}; microseconds [1, 500, 3, 70000].
            let verdicts = b"\xa2\x00\x01\x18\x1e\x64near";
            let steps = b"\x84\x01\x19\x01\xf4\x03\x1a\x00\x01\x11\x70";
            cbor(&[
                (0, Number(2)),
                (2, Number(1 << 50 | n)),
                (3, Bytes(&[7; 16])),
                (4, Number(context)),
                (17, Cbor(verdicts)),
                (18, Number(1)),
                (19, Cbor(steps)),
            ])
        }
    }
}

/// An epoch over the entries below a number.
pub(crate) fn epoch(entries: u64) -> Vec<u8> {
    use Value::{Bytes, Number};
    let map = [
        (30, Number(entries)),
        (31, Bytes(&[5; 32])),
        (32, Number(7)),
        (33, Bytes(&[6; 32])),
        (34, Number(0)),
    ];
    cbor(&[[(0, Number(2)), (1, Number(2)), (2, Number(1 << 40))].as_slice(), &map].concat())
}

/// What stands under a label.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Cbor(&'a [u8]),
}

/// A map, its pairs in the order given.
pub(crate) fn cbor(pairs: &[(u8, Value)]) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    out.map(pairs.len() as u64).unwrap();
    for (label, value) in pairs {
        out.u8(*label).unwrap();
        match value {
            Value::Number(number) => drop(out.u64(*number)),
            Value::Bytes(bytes) => drop(out.bytes(bytes)),
            Value::Text(text) => drop(out.str(text)),
            Value::Cbor(cbor) => out.writer_mut().extend(*cbor),
        }
    }
    out.into_writer()
}

pub(crate) fn leaves(entries: &[Vec<u8>]) -> Vec<Hash> {
    entries.iter().map(|entry| leaf_hash(entry)).collect()
}

pub(crate) fn head(entries: &[Vec<u8>]) -> TreeHead {
    TreeHead { size: entries.len() as u64, root: root(&leaves(entries)) }
}

/// The checkpoint, signed by the log.
pub(crate) fn signed(head: TreeHead) -> SignedCheckpoint {
    SignedCheckpoint::sign(Checkpoint::new(ORIGIN, head).unwrap(), &KEYS.log).unwrap()
}

/// The checkpoint, signed by the log and the witnesses.
pub(crate) fn witnessed(head: TreeHead) -> SignedCheckpoint {
    let mut checkpoint = signed(head);
    for witness in &KEYS.witnesses {
        checkpoint.add(cosign(witness, &checkpoint, 1_800_000_000).unwrap());
    }
    checkpoint
}

/// Tiles and bundles of these entries.
pub(crate) fn tiles(entries: &[Vec<u8>]) -> FileMap {
    let mut files = FileMap::new();
    for (tile, bytes) in Edge::new().grow(&leaves(entries)) {
        files.insert(tile.to_string(), bytes);
    }
    for (tile, group) in changed_bundles(0, entries.len() as u64).zip(entries.chunks(WIDTH.into())) {
        let mut bundle = Bundle::new();
        for entry in group {
            bundle.push(entry).unwrap();
        }
        files.insert(tile.to_string(), bundle.into_bytes());
    }
    files
}

/// An honest log of these entries, of which the witnesses have cosigned the first `cosigned`.
pub(crate) fn log(entries: &[Vec<u8>], cosigned: usize) -> FileMap {
    let mut files = tiles(entries);
    files.insert("checkpoint".into(), signed(head(entries)).to_string().into_bytes());
    files.insert("witnessed".into(), witnessed(head(&entries[..cosigned])).to_string().into_bytes());
    files
}

pub(crate) fn audit(files: &FileMap, seen: Option<&Memory>) -> Result<Report, Fault> {
    audit_by(&KEYS.policy, files, seen)
}

pub(crate) fn audit_by(policy: &Policy, files: &FileMap, seen: Option<&Memory>) -> Result<Report, Fault> {
    verify(&InMemory(files), policy, seen).map_err(|error| match error {
        AuditError::Dishonest(fault) => fault,
        AuditError::Files { error, .. } => match error {},
    })
}

pub(crate) fn memory(entries: &[Vec<u8>]) -> Memory {
    Memory { origin: ORIGIN.into(), head: head(entries) }
}
