//! The fuzz targets' committed corpora, replayed: no panic, and what is accepted is written again as it was.
//! The bodies are those of `fuzz/fuzz_targets`, which run on a nightly compiler only.
use dancu_tlog::bundle::{self, Bundle};
use dancu_tlog::checkpoint::Checkpoint;
use dancu_tlog::entry::Entry;
use dancu_tlog::note::Note;
use dancu_tlog::policy::Policy;
use dancu_tlog::proof_file::Extra;
use dancu_tlog::tile::Tile;
use dancu_tlog::tlog_proof::TlogProof;
use dancu_tlog::witness::AddCheckpoint;
use std::path::Path;

/// Runs a body over each file of a target's corpus; it tells whether the file was accepted, and some must be and some
/// must not.
fn replay(target: &str, body: impl Fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let accepted: Vec<bool> = files.map(|file| body(&std::fs::read(file.unwrap().path()).unwrap())).collect();
    assert!(accepted.contains(&true) && accepted.contains(&false), "{target} has good and bad seeds");
}

fn texts(body: impl Fn(&str) -> bool) -> impl Fn(&[u8]) -> bool {
    move |bytes| std::str::from_utf8(bytes).is_ok_and(&body)
}

#[test]
fn note() {
    replay("note", |bytes| {
        Note::parse(bytes).is_ok_and(|note| {
            assert_eq!(note.to_string().as_bytes(), bytes);
            true
        })
    });
}

#[test]
fn checkpoint() {
    replay(
        "checkpoint",
        texts(|text| {
            text.parse::<Checkpoint>().is_ok_and(|checkpoint| {
                assert_eq!(checkpoint.to_string(), text);
                true
            })
        }),
    );
}

#[test]
fn bundle() {
    replay("bundle", |bytes| {
        bundle::parse(bytes).is_ok_and(|entries| {
            let mut again = Bundle::new();
            for entry in &entries {
                again.push(entry).unwrap();
            }
            assert_eq!(again.as_bytes(), bytes);
            true
        })
    });
}

#[test]
fn tile_path() {
    replay(
        "tile_path",
        texts(|text| {
            text.parse::<Tile>().is_ok_and(|tile| {
                assert_eq!(tile.to_string(), text);
                true
            })
        }),
    );
}

#[test]
fn add_checkpoint() {
    replay("add_checkpoint", |body| {
        AddCheckpoint::parse(body).is_ok_and(|request| {
            assert_eq!(request.to_string().as_bytes(), body);
            true
        })
    });
}

#[test]
fn policy() {
    replay(
        "policy",
        texts(|text| {
            text.parse::<Policy>().is_ok_and(|policy| {
                assert_eq!(policy.to_string().parse(), Ok(policy.clone()));
                assert!(policy.is_met(policy.witnesses().iter().map(|witness| witness.name.as_str())));
                true
            })
        }),
    );
}

#[test]
fn tlog_proof() {
    let policy: Policy =
        "log PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\nquorum none\n"
            .parse()
            .unwrap();
    replay("tlog_proof", |bytes| {
        TlogProof::parse(bytes).is_ok_and(|proof| {
            assert_eq!(proof.to_string().as_bytes(), bytes);
            assert!(proof.verify(&[0; 32], &policy).is_err());
            true
        })
    });
}

#[test]
fn journal_entry() {
    replay("journal_entry", |bytes| {
        let accepted = Entry::parse(bytes).is_ok();
        if accepted {
            assert!(Entry::parse(&bytes[..bytes.len() - 1]).is_err());
            assert!(Entry::parse(&[bytes, &[0]].concat()).is_err());
        }
        accepted
    });
}

#[test]
fn proof_extra() {
    replay("proof_extra", |bytes| {
        Extra::decode(bytes).is_ok_and(|extra| {
            assert_eq!(extra.encode(), bytes);
            true
        })
    });
}
