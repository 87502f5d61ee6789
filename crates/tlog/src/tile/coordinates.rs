//! Names and paths of tiles and entry bundles.
use super::WIDTH;
use crate::decimal;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TileKind {
    /// hashes of one level of tiles, 0 to 63; level 0 holds leaf hashes
    Hashes(u8),
    /// the entries themselves: an entry bundle
    Entries,
}

/// One static file of the log: a tile or an entry bundle, full or partial.
///
/// Displayed and parsed as its path under the log's prefix, `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`
/// (C2SP tlog-tiles, "Merkle Tree" and "Log entries").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Not the path of a tile or an entry bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile or an entry bundle")]
pub struct PathRefused;

impl Tile {
    /// A tile of 1 to 256 hashes or entries; `None` for any other width and for a level above 63.
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level_exists = !matches!(kind, TileKind::Hashes(64..));
        (level_exists && (1..=WIDTH).contains(&width)).then_some(Self { kind, index, width })
    }

    /// For callers that computed all three from a size.
    pub(super) const fn known(kind: TileKind, index: u64, width: u16) -> Self {
        Self { kind, index, width }
    }

    /// What the tile holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Place within the level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Whether it is narrower than 256, so that a wider one may follow.
    pub fn is_partial(&self) -> bool {
        self.width < WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn full(&self) -> Self {
        Self { width: WIDTH, ..*self }
    }
}

impl Display for Tile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut index = format!("{:03}", self.index % 1000);
        let mut higher = self.index / 1000;
        while higher > 0 {
            index = format!("x{:03}/{index}", higher % 1000);
            higher /= 1000;
        }
        f.write_str(&index)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = PathRefused;

    fn from_str(path: &str) -> Result<Self, PathRefused> {
        let tile = parse(path).ok_or(PathRefused)?;
        // Each tile has one path: no leading zeroes, no empty leading groups.
        if tile.to_string() == path { Ok(tile) } else { Err(PathRefused) }
    }
}

fn parse(path: &str) -> Option<Tile> {
    let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(u8::try_from(decimal::parse(level)?).ok()?),
    };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, u16::try_from(decimal::parse(width)?).ok()?),
        None => (rest, WIDTH),
    };
    let (higher, last) = index.rsplit_once('/').map_or((None, index), |(higher, last)| (Some(higher), last));
    let mut number = 0_u64;
    for group in higher.iter().flat_map(|groups| groups.split('/')) {
        number = number.checked_mul(1000)?.checked_add(three_digits(group.strip_prefix('x')?)?)?;
    }
    number = number.checked_mul(1000)?.checked_add(three_digits(last)?)?;
    Tile::new(kind, number, width)
}

fn three_digits(group: &str) -> Option<u64> {
    let is_group = group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    if is_group { group.parse().ok() } else { None }
}
