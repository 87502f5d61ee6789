//! What is cosigned and what is not, on both engines.
use crate::log::{head, leaves, request, signed};
use crate::{NOW_US, ORIGIN, signer, witness};
use dancu_storage::testing::stores;
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::note::{NoteSignature, SignatureType};
use dancu_tlog::witness::{AddCheckpoint, Refusal};
use dancu_witness::{Outcome, Witness};

fn ask(witness: &Witness, request: AddCheckpoint) -> Outcome {
    witness.add_checkpoint(request).unwrap()
}

/// The cosignature, verified, with its time.
fn cosigned(witness: &Witness, request: AddCheckpoint) -> (NoteSignature, u64) {
    let mut checkpoint = request.checkpoint.clone();
    let Outcome::Cosigned(signature) = ask(witness, request) else { panic!("not cosigned") };
    checkpoint.add(signature.clone());
    let key = [witness.key().clone()];
    let verified = checkpoint.note().verify(&key).unwrap();
    (signature, verified[0].time_s.unwrap())
}

#[test]
fn an_honest_log_is_followed_and_each_cosignature_has_its_time() {
    for (engine, store, _guard) in stores() {
        let witness = witness(&store, 1);
        assert_eq!(witness.latest(ORIGIN).unwrap(), None);
        let mut old = 0;
        let mut last_time = 0;
        for size in [0, 1, 1, 2, 7, 300] {
            let (signature, time_s) = cosigned(&witness, request(&leaves(size, 'a'), old));
            assert!(time_s > last_time && time_s >= NOW_US.unsigned_abs() / 1_000_000, "{engine}");
            (old, last_time) = (size as u64, time_s);
            let latest = witness.latest(ORIGIN).unwrap().unwrap();
            assert_eq!(latest.checkpoint().head(), head(&leaves(size, 'a')), "{engine}");
            assert!(latest.note().signatures().contains(&signature), "{engine}: the same one is shown again");
        }
        assert_eq!(witness.evidence(ORIGIN).unwrap(), []);
    }
}

#[test]
fn forks_older_sizes_and_wrong_proofs_are_refused() {
    for (engine, store, _guard) in stores() {
        let witness = witness(&store, 1);
        cosigned(&witness, request(&leaves(10, 'a'), 0));
        let before = witness.latest(ORIGIN).unwrap();

        assert_eq!(ask(&witness, request(&leaves(10, 'b'), 10)), Outcome::Fork { size: 10 }, "{engine}");
        assert_eq!(ask(&witness, request(&leaves(10, 'b'), 0)), Outcome::Fork { size: 10 }, "{engine}");
        assert_eq!(ask(&witness, request(&leaves(5, 'a'), 0)), Outcome::Conflict { size: 10 }, "{engine}");
        assert_eq!(ask(&witness, request(&leaves(20, 'a'), 9)), Outcome::Conflict { size: 10 }, "{engine}");
        let older = AddCheckpoint { old_size: 10, proof: vec![], checkpoint: signed(head(&leaves(5, 'a'))) };
        assert_eq!(ask(&witness, older), Outcome::Refused(Refusal::OldAboveNew), "{engine}");
        let unproved = Outcome::Refused(Refusal::NotConsistent);
        assert_eq!(ask(&witness, request(&leaves(20, 'b'), 10)), unproved, "{engine}");
        let mut damaged = request(&leaves(20, 'a'), 10);
        damaged.proof[0][0] ^= 1;
        assert_eq!(ask(&witness, damaged), unproved, "{engine}");
        let mut needless = request(&leaves(10, 'a'), 10);
        needless.proof.push([0; 32]);
        assert_eq!(ask(&witness, needless), unproved, "{engine}");

        assert_eq!(witness.latest(ORIGIN).unwrap(), before, "{engine}: nothing has changed");
        cosigned(&witness, request(&leaves(20, 'a'), 10));
    }
}

#[test]
fn strangers_and_unknown_logs() {
    for (engine, store, _guard) in stores() {
        let witness = witness(&store, 1);
        let mut by_stranger = request(&leaves(3, 'a'), 0);
        let key = signer(ORIGIN, SignatureType::Ed25519, 9);
        let text = by_stranger.checkpoint.checkpoint().clone();
        by_stranger.checkpoint = SignedCheckpoint::sign(text, &key).unwrap();
        assert_eq!(ask(&witness, by_stranger.clone()), Outcome::Refused(Refusal::NotSigned), "{engine}");

        // Under the log's own signature, what strangers wrote is neither kept nor shown.
        let mut with_more = request(&leaves(3, 'a'), 0);
        with_more.checkpoint.add(by_stranger.checkpoint.note().signatures()[0].clone());
        cosigned(&witness, with_more);
        let latest = witness.latest(ORIGIN).unwrap().unwrap();
        assert_eq!(latest.note().signatures().len(), 2, "{engine}: the log's and ours");

        let other = dancu_tlog::checkpoint::Checkpoint::new("other", head(&leaves(3, 'a'))).unwrap();
        let other = AddCheckpoint {
            old_size: 0,
            proof: vec![],
            checkpoint: SignedCheckpoint::sign(other, &key).unwrap(),
        };
        assert_eq!(ask(&witness, other), Outcome::Refused(Refusal::UnknownOrigin), "{engine}");
        assert_eq!(witness.latest("other").unwrap(), None, "{engine}");
    }
}

#[test]
fn what_looks_like_a_fork_is_kept_within_bounds() {
    for (engine, store, _guard) in stores() {
        let witness = witness(&store, 1);
        cosigned(&witness, request(&leaves(10, 'a'), 0));
        for _ in 0..3 {
            ask(&witness, request(&leaves(10, 'b'), 10));
            ask(&witness, request(&leaves(20, 'b'), 10));
        }
        let kept = witness.evidence(ORIGIN).unwrap();
        let sizes: Vec<_> = kept.iter().map(|e| (e.size, e.is_fork)).collect();
        assert_eq!(sizes, [(10, true), (20, false)], "{engine}: each tree once");
        // The evidence convicts by itself: two notes of one size by the log's key.
        let other = AddCheckpoint::parse(kept[0].request.as_bytes()).unwrap().checkpoint;
        let ours = SignedCheckpoint::parse(kept[0].latest.as_bytes()).unwrap();
        let keys = [crate::log_key().verifier().clone()];
        assert!(other.note().verify(&keys).is_ok() && ours.note().verify(&keys).is_ok());
        assert_eq!(other.checkpoint().head().size, ours.checkpoint().head().size);
        assert_ne!(other.checkpoint().head().root, ours.checkpoint().head().root);

        // A tree whose proof was wrong, and is right later, was no evidence.
        let mut damaged = request(&leaves(30, 'a'), 10);
        damaged.proof[0][0] ^= 1;
        ask(&witness, damaged);
        assert_eq!(witness.evidence(ORIGIN).unwrap().len(), 3, "{engine}");
        cosigned(&witness, request(&leaves(30, 'a'), 10));
        assert_eq!(witness.evidence(ORIGIN).unwrap().len(), 2, "{engine}");

        for size in 31..140 {
            ask(&witness, request(&leaves(size, 'b'), 30));
        }
        let kept = witness.evidence(ORIGIN).unwrap();
        assert_eq!(kept.iter().filter(|e| !e.is_fork).count(), 64, "{engine}");
        assert_eq!(kept.last().unwrap().size, 139, "{engine}: the newest stay");
        assert!(kept[0].is_fork, "{engine}: a fork is not pushed out");
    }
}

#[test]
fn the_state_outlives_the_process_and_the_key_must_fit() {
    for (engine, store, _guard) in stores() {
        cosigned(&witness(&store, 1), request(&leaves(10, 'a'), 0));
        let again = witness(&store, 1);
        assert_eq!(ask(&again, request(&leaves(10, 'b'), 0)), Outcome::Fork { size: 10 }, "{engine}");
        let clock = std::sync::Arc::new(crate::Ticking(NOW_US.into()));
        let refused = Witness::open(store, crate::log_key(), vec![], clock);
        assert!(refused.is_err(), "{engine}: a log's key cosigns nothing");
    }
}
