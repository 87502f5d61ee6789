//! The map against its definition, in any order, and opponents.
use aws_lc_rs::digest::{SHA256, digest};
use dancu_tlog::Hash;
use dancu_tlog::map::{
    Branch, EMPTY, MapError, MapProof, MapRefused, MapStore as _, MemoryMap, Node, Person, Prefix, Terminal,
    inner, leaf, prove, root, update,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The definition, word for word, over a set of persons in any order.
fn defined(persons: &[Person], depth: usize) -> Hash {
    let sha256 = |parts: &[&[u8]]| digest(&SHA256, &parts.concat()).as_ref().try_into().unwrap();
    match persons {
        [] => [0; 32],
        [(key, value)] => sha256(&[&[4], key, value]),
        _ => {
            let (right, left): (Vec<Person>, Vec<Person>) =
                persons.iter().partition(|(key, _)| key[depth / 8] & (0x80 >> (depth % 8)) != 0);
            sha256(&[&[5], &defined(&left, depth + 1), &defined(&right, depth + 1)])
        }
    }
}

/// A map kept as a store keeps it: persons written, tree updated.
fn map_of(persons: &[Person]) -> MemoryMap {
    let mut map = MemoryMap::default();
    apply(&mut map, persons);
    map
}

fn apply(map: &mut MemoryMap, persons: &[Person]) -> Hash {
    let Ok(root) = update(map, persons);
    map.persons.extend(persons.iter().copied());
    root
}

fn root_of(map: &mut MemoryMap) -> Hash {
    let Ok(root) = root(map);
    root
}

/// Keys that share much with one another, so that the tree is deep in places, and random ones.
fn keys() -> impl Strategy<Value = Hash> {
    let near = (0_usize..256, 0_usize..256).prop_map(|(a, b)| {
        let mut key = [0x5a; 32];
        key[a / 8] ^= 1 << (a % 8);
        key[b / 8] ^= 1 << (b % 8);
        key
    });
    prop_oneof![any::<Hash>(), near]
}

fn some_persons(most: usize) -> impl Strategy<Value = Vec<Person>> {
    prop::collection::btree_map(keys(), any::<Hash>(), 0..most)
        .prop_map(|persons| persons.into_iter().collect())
}

#[test]
fn small_maps() {
    let (low, high) = (([0; 32], [1; 32]), ([0xff; 32], [2; 32]));
    assert_eq!(root_of(&mut MemoryMap::default()), EMPTY);
    assert_eq!(root_of(&mut map_of(&[low])), leaf(&low.0, &low.1));
    let mut both = map_of(&[high, low]);
    assert_eq!(root_of(&mut both), inner(&leaf(&low.0, &low.1), &leaf(&high.0, &high.1)));
    let proof = prove(&mut both, &low.0).unwrap();
    assert_eq!(
        proof,
        MapProof { siblings: vec![leaf(&high.0, &high.1)], terminal: Terminal::Leaf { value: low.1 } }
    );
    let proof = prove(&mut both, &[1; 32]).unwrap();
    assert_eq!(proof.terminal, Terminal::Other { key: low.0, value: low.1 });
    assert_eq!(prove(&mut MemoryMap::default(), &[1; 32]).unwrap().terminal, Terminal::Empty);
}

#[test]
fn two_keys_that_differ_in_the_last_bit_meet_at_the_bottom() {
    let (mut a, b) = ([7; 32], [7; 32]);
    a[31] ^= 1;
    let mut map = map_of(&[(a, [1; 32]), (b, [2; 32])]);
    let root = root_of(&mut map);
    assert_eq!(root, defined(&[(a, [1; 32]), (b, [2; 32])], 0));
    let mut proof = prove(&mut map, &a).unwrap();
    assert_eq!(proof.siblings.len(), 256);
    assert_eq!(proof.verify(&a, &root), Ok(Some([1; 32])));
    proof.siblings.push([1; 32]);
    assert_eq!(proof.verify(&a, &root), Err(MapRefused::TooLong));
}

#[test]
fn places_have_their_first_and_last_keys() {
    let key: Hash = [0b1010_0101; 32];
    for depth in 0..=256 {
        let place = Prefix::of(&key, depth);
        assert_eq!((place.depth(), Prefix::of(&key, depth + 300).depth()), (depth, 256));
        for at in 0..256 {
            let bit = |key: Hash| key[at / 8] >> (7 - at % 8) & 1;
            let expected = if at < depth { (bit(key), bit(key)) } else { (0, 1) };
            assert_eq!(
                (bit(place.first_key()), bit(place.last_key())),
                expected,
                "bit {at} at depth {depth}"
            );
        }
    }
}

#[test]
fn a_batch_writes_each_branch_once() {
    let mut map = MemoryMap::default();
    let persons: Vec<Person> = (0..200_u8).map(|n| ([n; 32], [n; 32])).collect();
    let touched = apply(&mut map, &persons);
    assert_eq!(touched, defined(&persons, 0));
    let places: BTreeSet<Prefix> =
        persons.iter().flat_map(|(key, _)| [0, 4, 8, 12, 16].map(|depth| Prefix::of(key, depth))).collect();
    assert_eq!(map.written(), places.len());
    assert_eq!(apply(&mut map, &[]), touched, "nothing to do");
    assert_eq!(map.written(), places.len());
}

#[test]
fn a_map_whose_persons_changed_behind_its_back_proves_nothing() {
    let persons: Vec<Person> = (0..40_u8).map(|n| ([n; 32], [n; 32])).collect();
    let deep: Vec<Person> = (0..3_u8)
        .map(|n| {
            let mut key = [0xee; 32];
            key[20] = n;
            (key, [n; 32])
        })
        .collect();
    let mut map = map_of(&[persons, deep.clone()].concat());
    let root = root_of(&mut map);
    map.persons.insert([3; 32], [9; 32]);
    assert_eq!(prove(&mut map, &[3; 32]), Err(MapError::Damaged));
    map.persons.remove(&[5; 32]);
    assert_eq!(prove(&mut map, &[5; 32]), Err(MapError::Damaged));
    map.persons.insert(deep[0].0, [9; 32]);
    assert!(prove(&mut map, &deep[0].0).unwrap().verify(&deep[0].0, &root).is_err());
    map.persons.remove(&deep[0].0);
    map.persons.remove(&deep[1].0);
    assert_eq!(prove(&mut map, &deep[0].0), Err(MapError::Damaged));
}

#[test]
fn every_flipped_bit_of_proofs_is_found() {
    let persons: Vec<Person> = (0..60_u8).map(|n| (leaf(&[n; 32], &[0; 32]), [n; 32])).collect();
    let mut map = map_of(&persons);
    let root = root_of(&mut map);
    let absent = (0..20_u8).map(|n| leaf(&[n; 32], &[1; 32]));
    let asked = persons.iter().map(|(key, _)| *key).take(20).chain(absent);
    let (mut kinds, mut flips) = ([0; 3], 0_u32);
    for key in asked {
        let proof = prove(&mut map, &key).unwrap();
        let honest = proof.verify(&key, &root).unwrap();
        for change in changes(&proof) {
            assert!(change.verify(&key, &root).is_err(), "{change:?}");
            flips += 1;
        }
        for bit in 0..256 {
            let mut other = root;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(proof.verify(&key, &other).is_err());
        }
        match proof.terminal {
            Terminal::Leaf { value } => assert_eq!(honest, Some(value)),
            Terminal::Empty | Terminal::Other { .. } => assert_eq!(honest, None),
        }
        kinds[match proof.terminal {
            Terminal::Leaf { .. } => 0,
            Terminal::Empty => 1,
            Terminal::Other { .. } => 2,
        }] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 0), "{kinds:?}");
    println!("{flips} changed map proofs refused; leaf, empty, other: {kinds:?}");
}

/// Each bit of a proof flipped, each hash dropped or doubled, the end replaced by another kind.
fn changes(proof: &MapProof) -> Vec<MapProof> {
    let mut changes = Vec::new();
    for (at, bit) in (0..proof.siblings.len()).flat_map(|at| (0..256).map(move |bit| (at, bit))) {
        let mut changed = proof.clone();
        changed.siblings[at][bit / 8] ^= 1 << (bit % 8);
        changes.push(changed);
    }
    for at in 0..proof.siblings.len() {
        let mut dropped = proof.clone();
        let hash = dropped.siblings.remove(at);
        changes.push(dropped);
        let mut doubled = proof.clone();
        doubled.siblings.insert(at, hash);
        changes.push(doubled);
    }
    let flipped = |hash: Hash, bit: usize| {
        let mut hash = hash;
        hash[bit / 8] ^= 1 << (bit % 8);
        hash
    };
    for bit in 0..256 {
        let ends = match proof.terminal {
            Terminal::Leaf { value } => vec![Terminal::Leaf { value: flipped(value, bit) }],
            Terminal::Empty => vec![],
            Terminal::Other { key, value } => {
                vec![
                    Terminal::Other { key: flipped(key, bit), value },
                    Terminal::Other { key, value: flipped(value, bit) },
                ]
            }
        };
        changes
            .extend(ends.into_iter().map(|terminal| MapProof { siblings: proof.siblings.clone(), terminal }));
    }
    let other_ends = match proof.terminal {
        Terminal::Leaf { .. } => vec![Terminal::Empty],
        Terminal::Empty => vec![Terminal::Leaf { value: [0; 32] }],
        Terminal::Other { value, .. } => vec![Terminal::Empty, Terminal::Leaf { value }],
    };
    changes.extend(
        other_ends.into_iter().map(|terminal| MapProof { siblings: proof.siblings.clone(), terminal }),
    );
    for sibling in [EMPTY, [1; 32]] {
        let mut deeper = proof.clone();
        deeper.siblings.push(sibling);
        changes.push(deeper);
    }
    changes
}

/// A person cannot be denied by naming herself as the other, nor by a leaf elsewhere.
#[test]
fn a_person_is_not_denied() {
    let persons: Vec<Person> = (0..30_u8).map(|n| (leaf(&[n; 32], &[0; 32]), [n; 32])).collect();
    let mut map = map_of(&persons);
    let root = root_of(&mut map);
    for (key, value) in &persons {
        let siblings = prove(&mut map, key).unwrap().siblings;
        for (other, value) in persons.iter().chain([&(*key, *value)]) {
            let denial = MapProof {
                siblings: siblings.clone(),
                terminal: Terminal::Other { key: *other, value: *value },
            };
            assert!(denial.verify(key, &root).is_err());
            let foreign = prove(&mut map, other).unwrap();
            assert!(other == key || foreign.verify(key, &root).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_tree_as_kept_is_the_defined_one_and_every_proof_verifies(persons in some_persons(60), absent in prop::collection::vec(keys(), 0..20)) {
        let mut map = map_of(&persons);
        let expected = defined(&persons, 0);
        prop_assert_eq!(root_of(&mut map), expected);
        for key in persons.iter().map(|(key, _)| *key).chain(absent) {
            let known = map.persons.get(&key).copied();
            prop_assert_eq!(prove(&mut map, &key).unwrap().verify(&key, &expected), Ok(known));
        }
    }

    #[test]
    fn neither_order_nor_batches_matter(first in some_persons(30), second in some_persons(30), seed in any::<u64>(), cut in 1_usize..8) {
        let all: BTreeMap<Hash, Hash> = first.iter().chain(&second).copied().collect();
        let expected = defined(&all.into_iter().collect::<Vec<_>>(), 0);
        // In one batch, where the later value of a key counts; in batches; one by one, some of them twice.
        let both: Vec<Person> = first.iter().chain(&second).copied().collect();
        prop_assert_eq!(apply(&mut MemoryMap::default(), &both), expected);
        let mut batched = MemoryMap::default();
        for batch in both.chunks(cut) { apply(&mut batched, batch); }
        prop_assert_eq!(root_of(&mut batched), expected);
        let mut shuffled = second.clone();
        shuffled.sort_by_key(|(key, _)| u64::from_be_bytes(*key.first_chunk().unwrap()).wrapping_mul(seed | 1));
        let mut single = MemoryMap::default();
        for person in first.iter().chain(&shuffled).chain(&second) { apply(&mut single, &[*person]); }
        prop_assert_eq!(root_of(&mut single), expected);
        // Persons written before the update, as a store may do it in one transaction.
        let mut before = map_of(&first);
        before.persons.extend(second.iter().copied());
        let Ok(updated) = update(&mut before, &second);
        prop_assert_eq!(updated, expected);
    }

    #[test]
    fn a_changed_proof_is_refused(persons in some_persons(40), key in keys(), pick in any::<prop::sample::Index>(), there in any::<bool>()) {
        let key = if there && !persons.is_empty() { persons[pick.index(persons.len())].0 } else { key };
        let mut map = map_of(&persons);
        let root = root_of(&mut map);
        let changes = changes(&prove(&mut map, &key).unwrap());
        let change = &changes[pick.index(changes.len())];
        prop_assert!(change.verify(&key, &root).is_err(), "{:?}", change);
    }

    #[test]
    fn branches_survive_their_bytes(persons in some_persons(40), junk in any::<Vec<u8>>()) {
        let mut map = map_of(&persons);
        let Ok(branch) = map.branch(dancu_tlog::map::BranchId::ROOT);
        let branch = branch.unwrap_or_default();
        let bytes = branch.to_bytes();
        prop_assert_eq!(Branch::from_bytes(&bytes), Some(branch));
        prop_assert_eq!(Branch::from_bytes(&[&bytes[..], &[0]].concat()), None);
        prop_assert_eq!(Branch::from_bytes(&bytes[..bytes.len() - 1]), None);
        if let Some(read) = Branch::from_bytes(&junk) { prop_assert_eq!(read.to_bytes(), junk); }
        prop_assert_eq!(Node::Empty.hash(), EMPTY);
    }
}
