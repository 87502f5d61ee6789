//! Paths of tiles.
use dancu_tlog::tile::{PathRefused, Tile, TileKind};
use proptest::prelude::*;

#[test]
fn paths_of_the_text_and_others() {
    let hashes = |level, index, width| Tile::new(TileKind::Hashes(level), index, width).unwrap();
    let entries = |index, width| Tile::new(TileKind::Entries, index, width).unwrap();
    for (tile, path) in [
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(0, 1234, 256), "tile/0/x001/234"),
        (hashes(0, 0, 256), "tile/0/000"),
        (hashes(0, 273, 112), "tile/0/273.p/112"),
        (hashes(1, 1, 17), "tile/1/001.p/17"),
        (hashes(2, 0, 1), "tile/2/000.p/1"),
        (hashes(63, 999, 255), "tile/63/999.p/255"),
        (hashes(0, 1000, 256), "tile/0/x001/000"),
        (hashes(0, u64::MAX, 256), "tile/0/x018/x446/x744/x073/x709/x551/615"),
        (entries(1_234_067, 8), "tile/entries/x001/x234/067.p/8"),
        (entries(5, 256), "tile/entries/005"),
    ] {
        assert_eq!(tile.to_string(), path);
        assert_eq!(path.parse(), Ok(tile));
    }
}

#[test]
fn what_is_no_path() {
    for bad in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/entry/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/x1/234",
        "tile/0/X001/234",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/1/",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "tile/0/+01",
        "tile/../000",
    ] {
        assert_eq!(bad.parse::<Tile>(), Err(PathRefused), "{bad:?}");
    }
}

#[test]
fn a_tile_has_a_width_and_a_level() {
    assert_eq!(Tile::new(TileKind::Hashes(0), 0, 0), None);
    assert_eq!(Tile::new(TileKind::Entries, 0, 257), None);
    assert_eq!(Tile::new(TileKind::Hashes(64), 0, 1), None);
    let tile = Tile::new(TileKind::Hashes(3), 7, 9).unwrap();
    assert!(tile.is_partial() && !tile.full().is_partial());
    assert_eq!((tile.full().width(), tile.full().index(), tile.full().kind()), (256, 7, TileKind::Hashes(3)));
}

proptest! {
    #[test]
    fn each_tile_has_one_path(level in prop::option::of(0_u8..64), index in any::<u64>(), shift in 0_u32..64, width in 1_u16..=256) {
        let tile = Tile::new(level.map_or(TileKind::Entries, TileKind::Hashes), index >> shift, width).unwrap();
        prop_assert_eq!(tile.to_string().parse(), Ok(tile));
    }

    #[test]
    fn a_text_is_refused_or_written_the_same(text in "(tile/)?([0-9]{1,2}|entries)/(x[0-9]{3}/){0,3}[0-9]{2,4}(\\.p/[0-9]{1,3})?") {
        if let Ok(tile) = text.parse::<Tile>() {
            prop_assert_eq!(tile.to_string(), text);
        }
    }
}
