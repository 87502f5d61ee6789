//! The line of published checkpoints: taking it up, following what others add to it, adding to it.
use super::files::{CHECKPOINT, LogFiles};
use super::tree::{self, File, Tree};
use super::{PublishError, metrics::Metrics};
use crate::{Journal, JournalError};
use dancu_storage::blob::{BlobError, Blobs};
use dancu_tlog::Hash;
use dancu_tlog::checkpoint::{Checkpoint, SignedCheckpoint, TreeHead};
use dancu_tlog::note::SignerKey;
use dancu_tlog::tile::{Tile, WIDTH};

/// Entries read at once: some sixteen bundles.
const STEP: u64 = 4096;

/// A checkpoint that was released, as the file has it.
#[derive(Clone, Debug)]
struct Released {
    bytes: Vec<u8>,
    signed: SignedCheckpoint,
}

impl Released {
    fn head(&self) -> TreeHead {
        self.signed.checkpoint().head()
    }
}

/// Where the line ends, and the tree there.
#[derive(Debug)]
pub(super) struct Line {
    journal: Journal,
    files: LogFiles,
    signer: SignerKey,
    released: Option<Released>,
    /// Its size and root are those of `released`
    tree: Tree,
}

impl Line {
    /// Takes the line up where it ends, and makes sure that the store holds what is published.
    pub(super) fn open(journal: Journal, signer: SignerKey) -> Result<Self, PublishError> {
        let (mut line, found) = Self::find(journal, signer)?;
        if let Some((start, released)) = found {
            line.take_up(start, released)?;
            line.sweep(line.size())?;
        }
        Ok(line)
    }

    /// Begins the line of a new log over all entries that the store holds, in a place without a checkpoint; gives how many.
    pub(super) fn begin(journal: Journal, signer: SignerKey, metrics: &Metrics) -> Result<u64, PublishError> {
        let files = LogFiles::new(journal.blobs().clone());
        let mut line = Self { journal, files, signer, released: None, tree: Tree::default() };
        if let Some(released) = line.read()? {
            line.take_up(Tree::default(), released)?;
        }
        line.publish(metrics)?;
        Ok(line.size())
    }

    /// Makes sure that the store's entries lead to this head.
    pub(super) fn expect_leads_to(&self, head: &TreeHead) -> Result<(), PublishError> {
        self.expect_store(head.size)?;
        let mut tree = self.tree.clone();
        self.grow(&mut tree, head.size, |_| Ok(()))?;
        if tree.root() == head.root { Ok(()) } else { Err(PublishError::Forked { size: head.size }) }
    }

    /// Makes sure of the same without writing anything; gives how many entries are published.
    pub(super) fn examine(journal: Journal, signer: SignerKey) -> Result<u64, PublishError> {
        let (line, found) = Self::find(journal, signer)?;
        let (mut tree, size) =
            found.map_or((Tree::default(), 0), |(start, released)| (start, released.head().size));
        let head = line.journal.read_head()?;
        line.grow(&mut tree, head.size, |_| Ok(()))?;
        let is_whole = tree.root() == head.frontier.root();
        if is_whole { Ok(size) } else { Err(PublishError::Damaged { size: head.size }) }
    }

    /// The checkpoint where the line ends, and a tree before it, from which the store's entries lead to its root.
    fn find(journal: Journal, signer: SignerKey) -> Result<(Self, Option<(Tree, Released)>), PublishError> {
        let files = LogFiles::new(journal.blobs().clone());
        let line = Self { journal, files, signer, released: None, tree: Tree::default() };
        let settled = line.journal.settled()?;
        let known = settled * u64::from(WIDTH);
        let Some(released) = line.read()? else {
            let behind = PublishError::FilesBehind { found: 0, known };
            return if settled == 0 { Ok((line, None)) } else { Err(behind) };
        };
        let head = released.head();
        if head.size < known {
            return Err(PublishError::FilesBehind { found: head.size, known });
        }
        line.expect_store(head.size)?;
        let start = line.start(settled, &head)?;
        Ok((line, Some((start, released))))
    }

    /// The newest checkpoint.
    pub(super) fn newest(&self) -> Option<&SignedCheckpoint> {
        self.released.as_ref().map(|released| &released.signed)
    }

    pub(super) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Takes over what other servers have released. Tells whether there was anything.
    pub(super) fn follow(&mut self) -> Result<bool, PublishError> {
        let found = self.read()?;
        let bytes = |of: Option<&Released>| of.map(|released| released.bytes.clone());
        if bytes(self.released.as_ref()) == bytes(found.as_ref()) {
            return Ok(false);
        }
        let known = self.size();
        match found {
            Some(found) if found.head().size >= known => self.advance_to(found).map(|()| true),
            behind => {
                let found = behind.map_or(0, |released| released.head().size);
                Err(PublishError::FilesBehind { found, known })
            }
        }
    }

    /// Signs and releases what the store holds beyond the line. Tells whether there was anything.
    pub(super) fn publish(&mut self, metrics: &Metrics) -> Result<bool, PublishError> {
        loop {
            self.follow()?;
            let head = self.journal.read_head()?;
            let size = self.size();
            if head.size < size {
                return Err(PublishError::Behind { store: head.size, published: size });
            }
            if self.released.is_some() && head.size == size {
                let same = head.frontier.root() == self.tree.root();
                return if same { Ok(false) } else { Err(PublishError::Forked { size }) };
            }
            if self.release(head.size, &head.frontier.root())? {
                metrics.released();
                return Ok(true);
            }
            metrics.lost();
        }
    }

    /// Hands full bundles over to the file store.
    pub(super) fn settle(&self) -> Result<(), PublishError> {
        let bundles = self.size() / u64::from(WIDTH);
        if bundles > self.journal.settled()? {
            self.blobs().sync()?;
            self.journal.settle(bundles)?;
        }
        Ok(())
    }

    /// Writes the files of the tree at this size, signs it, and releases the checkpoint if nobody was quicker.
    fn release(&mut self, size: u64, root: &Hash) -> Result<bool, PublishError> {
        let mut tree = self.tree.clone();
        self.grow(&mut tree, size, |files| Ok(self.blobs().put_all(&files)?))?;
        if tree.root() != *root {
            return Err(PublishError::Damaged { size });
        }
        let narrow = tree.narrow_files();
        self.blobs().put_all(&narrow)?;
        let signed = self.sign(TreeHead { size, root: *root })?;
        let bytes = signed.to_string().into_bytes();
        let expected = self.released.as_ref().map(|released| released.bytes.as_slice());
        let released = self.blobs().swap(CHECKPOINT, expected, &bytes)?;
        if released {
            let before = self.size();
            self.tree = tree;
            self.released = Some(Released { bytes, signed });
            self.clean(before, size)?;
        }
        Ok(released)
    }

    fn sign(&self, head: TreeHead) -> Result<SignedCheckpoint, PublishError> {
        let checkpoint = Checkpoint::new(self.signer.verifier().name(), head)
            .map_err(|_| PublishError::Key("its name is not an origin"))?;
        Ok(SignedCheckpoint::sign(checkpoint, &self.signer)?)
    }

    /// The checkpoint that is released now; it must be ours.
    fn read(&self) -> Result<Option<Released>, PublishError> {
        let Some(bytes) = self.files.checkpoint()? else { return Ok(None) };
        let key = self.signer.verifier();
        let signed = SignedCheckpoint::open(&bytes, key.name(), std::slice::from_ref(key))
            .map_err(PublishError::NotOurs)?;
        Ok(Some(Released { bytes, signed }))
    }

    /// A tree from which the store's entries lead to the published root: from the tiles where the last settlement was, or
    /// the empty one.
    fn start(&self, settled: u64, head: &TreeHead) -> Result<Tree, PublishError> {
        let read = |tile: Tile| self.files.tile(tile)?.ok_or(BlobError::Other("a tile is missing".into()));
        let from_tiles = Tree::resume(settled, read).ok();
        for start in from_tiles.into_iter().chain([Tree::default()]) {
            let mut tree = start.clone();
            self.grow(&mut tree, head.size, |_| Ok(()))?;
            if tree.root() == head.root {
                return Ok(start);
            }
            tracing::warn!("the journal's tiles do not lead to the published root");
        }
        Err(PublishError::Forked { size: head.size })
    }

    /// The tree at the released checkpoint. What was written since the last settlement may have been lost with the
    /// machine's power, so it is written again.
    fn take_up(&mut self, start: Tree, released: Released) -> Result<(), PublishError> {
        let mut tree = start;
        self.grow(&mut tree, released.head().size, |files| Ok(self.blobs().put_all(&files)?))?;
        self.blobs().put_all(&tree.narrow_files())?;
        self.tree = tree;
        self.released = Some(released);
        Ok(())
    }

    /// Goes on to a checkpoint that somebody else released, if the store leads there too.
    fn advance_to(&mut self, found: Released) -> Result<(), PublishError> {
        let head = found.head();
        self.expect_store(head.size)?;
        let mut tree = self.tree.clone();
        self.grow(&mut tree, head.size, |_| Ok(()))?;
        if tree.root() != head.root {
            return Err(PublishError::Forked { size: head.size });
        }
        // Whoever released it wrote its files.
        let _ = tree.narrow_files();
        self.tree = tree;
        self.released = Some(found);
        Ok(())
    }

    fn expect_store(&self, published: u64) -> Result<(), PublishError> {
        let store = self.journal.read_head()?.size;
        if store < published { Err(PublishError::Behind { store, published }) } else { Ok(()) }
    }

    /// Grows a tree by the store's entries, and hands on the files that this completes.
    fn grow(
        &self,
        tree: &mut Tree,
        size: u64,
        mut complete: impl FnMut(Vec<File>) -> Result<(), PublishError>,
    ) -> Result<(), PublishError> {
        while tree.size() < size {
            let from = tree.size();
            let limit = usize::try_from((size - from).min(STEP)).unwrap_or(0);
            let entries = self.journal.read_stored(from, limit)?;
            let in_order = entries.iter().zip(from..).all(|(stored, index)| stored.index == index);
            if entries.is_empty() || entries.len() > limit || !in_order {
                Err(JournalError::Corrupt { index: from, what: "the entry is missing" })?;
            }
            let files = tree.grow(&entries);
            if !files.is_empty() {
                complete(files)?;
            }
        }
        Ok(())
    }

    /// Removes the narrow files of an earlier size that a later one replaced.
    fn clean(&self, before: u64, now: u64) -> Result<(), BlobError> {
        let kept: Vec<Tile> = tree::narrow(now).collect();
        let mut old = tree::narrow(before).filter(|tile| !kept.contains(tile));
        old.try_for_each(|tile| self.blobs().delete(&tile.to_string()))
    }

    /// Removes narrow files at the right edge that a process left which was killed before it had cleaned.
    fn sweep(&self, size: u64) -> Result<(), BlobError> {
        for kept in tree::narrow(size) {
            for path in self.blobs().list(&format!("{}.p", kept.full()))? {
                if path.parse::<Tile>().is_ok_and(|tile| tile.width() < kept.width()) {
                    self.blobs().delete(&path)?;
                }
            }
        }
        Ok(())
    }

    fn blobs(&self) -> &Blobs {
        self.files.blobs()
    }
}
