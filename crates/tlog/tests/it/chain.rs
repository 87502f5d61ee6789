//! Chains of the entries about one person.
use crate::reference::numbered_leaves;
use aws_lc_rs::digest::{SHA256, digest};
use dancu_tlog::chain::{Chain, ChainRefused, link, value};
use dancu_tlog::{Hash, leaf_hash};
use proptest::prelude::*;

fn chain_of(entries: &[(u64, Hash)]) -> Chain {
    let mut chain = Chain::new();
    for (index, leaf) in entries {
        chain.append(*index, leaf);
    }
    chain
}

#[test]
fn links_and_values_are_those_of_the_format() {
    let leaf = leaf_hash(b"entry");
    let sha256 = |parts: &[&[u8]]| digest(&SHA256, &parts.concat()).as_ref().to_vec();
    let first = link(1, 258, &[0; 32], &leaf);
    assert_eq!(
        first.to_vec(),
        sha256(&[&[2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2], &[0; 32], &leaf])
    );
    assert_eq!(value(1, &first).to_vec(), sha256(&[&[3, 0, 0, 0, 0, 0, 0, 0, 1], &first]));
    let chain = chain_of(&[(258, leaf)]);
    assert_eq!((chain.count(), chain.link(), chain.value()), (1, &first, value(1, &first)));
    assert_eq!((Chain::new().count(), *Chain::new().link()), (0, [0; 32]));
    assert_eq!(Chain::resume(1, first), chain);
}

#[test]
fn every_change_of_a_chain_is_found() {
    let entries: Vec<(u64, Hash)> = numbered_leaves(6)
        .into_iter()
        .zip([3, 4, 9, 70, 71, 1 << 40])
        .map(|(leaf, index)| (index, leaf))
        .collect();
    let chain = chain_of(&entries);
    assert_eq!(chain.verify(&entries), Ok(()));
    for at in 0..entries.len() {
        let mut dropped = entries.clone();
        dropped.remove(at);
        assert_eq!(chain.verify(&dropped), Err(ChainRefused::Count { found: 5, counted: 6 }));
        assert!(chain_of(&dropped).verify(&entries).is_err());
        for bit in 0..64 {
            let mut moved = entries.clone();
            moved[at].0 ^= 1 << bit;
            assert!(chain.verify(&moved).is_err(), "index {at}, bit {bit}");
        }
        for bit in 0..256 {
            let mut changed = entries.clone();
            changed[at].1[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(chain.verify(&changed), Err(ChainRefused::Link), "leaf {at}, bit {bit}");
        }
        for with in 0..at {
            let mut swapped = entries.clone();
            swapped.swap(at, with);
            assert!(matches!(chain.verify(&swapped), Err(ChainRefused::Order(_))));
            let mut leaves_swapped = entries.clone();
            (leaves_swapped[at].1, leaves_swapped[with].1) = (entries[with].1, entries[at].1);
            assert_eq!(chain.verify(&leaves_swapped), Err(ChainRefused::Link));
        }
        let mut repeated = entries.clone();
        repeated.insert(at, entries[at]);
        let at = u64::try_from(at).unwrap();
        assert_eq!(chain.verify(&repeated), Err(ChainRefused::Order(at + 2)));
    }
    // A head that lies about its count.
    let lying = Chain::resume(5, *chain.link());
    assert!(lying.verify(&entries).is_err() && lying.verify(&entries[..5]).is_err());
}

proptest! {
    #[test]
    fn a_chain_is_taken_up_anywhere(leaves in prop::collection::vec((1_u64..1 << 50, any::<Hash>()), 0..20), at in any::<prop::sample::Index>()) {
        let mut index = 0;
        let entries: Vec<_> = leaves.into_iter().map(|(step, leaf)| { index += step; (index, leaf) }).collect();
        let (first, rest) = entries.split_at(at.index(entries.len() + 1));
        let stored = chain_of(first);
        let mut chain = Chain::resume(stored.count(), *stored.link());
        for (index, leaf) in rest { chain.append(*index, leaf); }
        prop_assert_eq!(chain, chain_of(&entries));
        prop_assert_eq!(chain.verify(&entries), Ok(()));
    }
}
