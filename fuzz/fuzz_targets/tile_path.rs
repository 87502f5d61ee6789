//! A path that is accepted is the tile's only path.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_tlog::tile::Tile;

fuzz_target!(|text: &str| {
    if let Ok(tile) = text.parse::<Tile>() {
        assert_eq!(tile.to_string(), text);
    }
});
