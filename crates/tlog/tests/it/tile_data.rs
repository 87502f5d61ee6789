//! Tiles of a growing tree.
use crate::reference::numbered_leaves;
use dancu_tlog::proof::{
    HashReader, LeafReader, consistency_proof, inclusion_proof, root_at, verify_consistency, verify_inclusion,
};
use dancu_tlog::tile::{
    Edge, ResumeError, Tile, TileError, TileKind, TileReader, changed_bundles, changed_tiles, partial_tiles,
};
use dancu_tlog::{Frontier, Hash, root};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Files = BTreeMap<Tile, Vec<u8>>;

/// A tile by its definition (C2SP tlog-tiles, "Merkle Tree").
fn defined(leaves: &[Hash], tile: Tile) -> Vec<u8> {
    let TileKind::Hashes(level) = tile.kind() else { panic!("a tile of hashes") };
    let span = 256_usize.pow(level.into());
    let first = usize::try_from(tile.index()).unwrap() * 256;
    (first..first + usize::from(tile.width())).flat_map(|n| root(&leaves[n * span..(n + 1) * span])).collect()
}

fn missing(tile: Tile) -> String {
    tile.to_string()
}

fn from(files: &Files) -> impl FnMut(Tile) -> Result<Vec<u8>, String> {
    |tile| files.get(&tile).cloned().ok_or_else(|| missing(tile))
}

#[test]
fn the_trees_of_the_text() {
    let tiles = |size| changed_tiles(0, size).collect::<Vec<_>>();
    let all = tiles(70_000);
    let count = |level, partial| {
        all.iter().filter(|t| t.kind() == TileKind::Hashes(level) && t.is_partial() == partial).count()
    };
    assert_eq!(
        [count(0, false), count(0, true), count(1, false), count(1, true), count(2, true)],
        [273, 1, 1, 1, 1]
    );
    assert_eq!(all.len(), 277);
    let partial: Vec<String> = partial_tiles(70_000).map(|tile| tile.to_string()).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    let of_256: Vec<String> = tiles(256).iter().map(Tile::to_string).collect();
    assert_eq!(of_256, ["tile/0/000", "tile/1/000.p/1"]);
}

#[test]
fn only_what_changed_is_written() {
    let paths = |old, new| changed_tiles(old, new).map(|tile| tile.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(5, 5), [""; 0]);
    assert_eq!(paths(5, 4), [""; 0]);
    assert_eq!(paths(0, 1), ["tile/0/000.p/1"]);
    assert_eq!(paths(255, 256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(paths(256, 257), ["tile/0/001.p/1"]);
    assert_eq!(paths(500, 520), ["tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2"]);
    let bundles: Vec<String> = changed_bundles(500, 520).map(|tile| tile.to_string()).collect();
    assert_eq!(bundles, ["tile/entries/001", "tile/entries/002.p/8"]);
    // The largest tree is listed from its end without walking through it.
    assert_eq!(changed_tiles(u64::MAX - 1, u64::MAX).count(), 1);
    assert_eq!(partial_tiles(u64::MAX).count(), 8);
}

#[test]
fn a_tree_of_three_levels_is_the_defined_one() {
    let leaves = numbered_leaves(70_000);
    let mut edge = Edge::new();
    let mut files: Files = edge.grow(&leaves[..65_000]).into_iter().collect();
    let late: BTreeSet<Tile> = changed_tiles(65_000, 70_000).collect();
    let grown = edge.grow(&leaves[65_000..]);
    assert_eq!(grown.iter().map(|(tile, _)| *tile).collect::<BTreeSet<_>>(), late);
    files.extend(grown);
    assert_eq!(edge.root(), root(&leaves));
    for tile in changed_tiles(0, 70_000) {
        assert_eq!(files.get(&tile), Some(&defined(&leaves, tile)), "{tile}");
    }
    assert_eq!(Edge::resume(70_000, from(&files)), Ok(edge));

    let tree_root = root(&leaves);
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let mut reader = TileReader::new(70_000, from(&files));
        let path = inclusion_proof(&mut reader, index, 70_000).unwrap();
        let leaf = leaves[usize::try_from(index).unwrap()];
        assert_eq!(verify_inclusion(&leaf, index, 70_000, &path, &tree_root), Ok(()), "{index}");
    }
    let proof = consistency_proof(&mut TileReader::new(70_000, from(&files)), 65_000, 70_000).unwrap();
    assert_eq!(verify_consistency(65_000, 70_000, &proof, &root(&leaves[..65_000]), &tree_root), Ok(()));
}

#[test]
fn a_missing_or_mutilated_tile_is_told() {
    let leaves = numbered_leaves(300);
    let mut files: Files = Edge::new().grow(&leaves).into_iter().collect();
    let tile: Tile = "tile/0/001.p/44".parse().unwrap();
    let honest = files.insert(tile, vec![0; 44 * 32 - 1]).unwrap();
    assert!(matches!(Edge::resume(300, from(&files)), Err(ResumeError::Damaged(d)) if d.0 == tile));
    let read = |files: &Files| TileReader::new(300, from(files)).hash_at(0, 299);
    assert!(matches!(read(&files), Err(TileError::Damaged(d)) if d.0 == tile));
    for extra in [1, 31, 32] {
        files.insert(tile, [&honest[..], &vec![0; extra]].concat());
        assert!(matches!(read(&files), Err(TileError::Damaged(d)) if d.0 == tile));
    }
    files.remove(&tile);
    assert_eq!(read(&files), Err(TileError::Source("tile/0/001.p/44".to_owned())));
    assert_eq!(Edge::resume(300, from(&files)), Err(ResumeError::Source("tile/0/001.p/44".to_owned())));
}

#[test]
fn a_reader_gives_complete_subtrees_only() {
    let leaves = numbered_leaves(300);
    let files: Files = Edge::new().grow(&leaves).into_iter().collect();
    let mut reader = TileReader::new(300, from(&files));
    for level in 0..10_u8 {
        for index in 0..310 {
            let expected = LeafReader(&leaves).hash_at(level, index);
            assert_eq!(reader.hash_at(level, index).ok(), expected.ok(), "level {level}, index {index}");
        }
    }
    for (level, index) in [(64, 0), (255, 0), (0, u64::MAX), (7, u64::MAX), (63, 1)] {
        assert!(matches!(reader.hash_at(level, index), Err(TileError::Outside(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn growing_in_steps_gives_the_defined_tiles(steps in prop::collection::vec(0_u64..400, 1..6)) {
        let leaves = numbered_leaves(steps.iter().sum());
        let (mut edge, mut frontier, mut files) = (Edge::new(), Frontier::new(), Files::new());
        let mut old = 0;
        for step in steps {
            let new = old + step;
            let added = &leaves[usize::try_from(old).unwrap()..usize::try_from(new).unwrap()];
            let so_far = &leaves[..usize::try_from(new).unwrap()];
            for leaf in added { frontier.append(*leaf); }
            let grown = edge.grow(added);
            let named: BTreeSet<Tile> = grown.iter().map(|(tile, _)| *tile).collect();
            prop_assert_eq!(named.len(), grown.len());
            prop_assert_eq!(named, changed_tiles(old, new).collect::<BTreeSet<_>>());
            for (tile, bytes) in &grown {
                prop_assert_eq!(bytes, &defined(so_far, *tile));
            }
            files.extend(grown);
            prop_assert_eq!(edge.root(), frontier.root());
            prop_assert_eq!(edge.size(), new);
            prop_assert_eq!(Edge::resume(new, from(&files)), Ok(edge.clone()));
            let mut reader = TileReader::new(new, from(&files));
            prop_assert_eq!(root_at(&mut reader, new), Ok(frontier.root()));
            prop_assert_eq!(Frontier::load(new, &mut reader), Ok(frontier.clone()));
            // The earlier tree is still there to be proved from the wider tiles.
            prop_assert_eq!(root_at(&mut reader, old), Ok(root(&leaves[..usize::try_from(old).unwrap()])));
            old = new;
        }
    }
}
