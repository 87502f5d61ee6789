//! Rules 2 to 4, as far as the checkpoint reaches: bundle after bundle, each tile as it is complete.
use super::{AuditError, Fault, Files, must_read};
use crate::bundle;
use crate::entry::{Entry, Kind};
use crate::tile::{Edge, Tile, TileKind, WIDTH, tile_in};
use crate::{Hash, leaf_hash};

/// A walk over the entries of a log.
pub(super) struct Leaves<'f, F> {
    files: &'f F,
    size: u64,
    edge: Edge,
    /// The bundle that the walk stands in, and how far it is
    bundle: Vec<u8>,
    used: usize,
    /// Numbers of the contexts so far, ascending
    contexts: Vec<u64>,
    checked: u64,
}

impl<'f, F: Files> Leaves<'f, F> {
    pub(super) fn of(files: &'f F, size: u64) -> Self {
        Self { files, size, edge: Edge::new(), bundle: Vec::new(), used: 0, contexts: Vec::new(), checked: 0 }
    }

    /// Goes on to the first `size` entries and gives their root; sizes ascend, up to the log's.
    pub(super) fn root_at(&mut self, size: u64) -> Result<Hash, AuditError<F::Error>> {
        let mut full = Vec::new();
        while self.edge.size() < size {
            if self.edge.size().is_multiple_of(u64::from(WIDTH)) {
                self.open_bundle()?;
            }
            self.take_entry(&mut full)?;
            for (tile, computed) in full.drain(..) {
                self.compare(tile, &computed)?;
            }
        }
        Ok(self.edge.root())
    }

    /// Compares the partial tiles; gives the number of contexts, and of tiles and bundles.
    pub(super) fn finish(mut self) -> Result<(u64, u64), AuditError<F::Error>> {
        let partial: Vec<_> = self.edge.partial().collect();
        for (tile, computed) in partial {
            self.compare(tile, &computed)?;
        }
        Ok((self.contexts.len() as u64, self.checked))
    }

    fn open_bundle(&mut self) -> Result<(), AuditError<F::Error>> {
        let index = self.edge.size() / u64::from(WIDTH);
        let Some(tile) = tile_in(TileKind::Entries, index, self.size) else { return Ok(()) };
        let path = tile.to_string();
        self.bundle = must_read(self.files, &path)?;
        self.used = 0;
        if let Err(refused) = bundle::parse_exact(&self.bundle, tile.width()) {
            return Err(Fault::Bundle { path, refused }.into());
        }
        self.checked += 1;
        Ok(())
    }

    fn take_entry(&mut self, full: &mut Vec<(Tile, Vec<u8>)>) -> Result<(), Fault> {
        let index = self.edge.size();
        // The bundle was parsed: there is an entry.
        let rest = self.bundle.get(self.used..).unwrap_or_default();
        let (entry, after) = bundle::split_first(rest).unwrap_or_default();
        self.used = self.bundle.len() - after.len();
        let parsed = Entry::parse(entry).map_err(|refused| Fault::Entry { index, refused })?;
        if parsed.context.is_some_and(|context| self.contexts.binary_search(&context).is_err()) {
            return Err(Fault::Context { index });
        }
        match parsed.kind {
            Kind::Context => self.contexts.push(index),
            Kind::Epoch(epoch) if epoch.entries > index => return Err(Fault::Epoch { index }),
            _ => {}
        }
        self.edge.append(leaf_hash(entry), full);
        Ok(())
    }

    fn compare(&mut self, tile: Tile, computed: &[u8]) -> Result<(), AuditError<F::Error>> {
        let path = tile.to_string();
        let stored = must_read(self.files, &path)?;
        self.checked += 1;
        if stored == computed {
            return Ok(());
        }
        let hashes = stored.chunks(32).zip(computed.chunks(32));
        let differing = hashes.zip(tile.index() * u64::from(WIDTH)..).find(|((a, b), _)| a != b);
        match differing {
            Some((_, index)) if tile.kind() == TileKind::Hashes(0) && stored.len() == computed.len() => {
                Err(Fault::Leaf { index, path }.into())
            }
            _ => Err(Fault::Tile { path }.into()),
        }
    }
}
