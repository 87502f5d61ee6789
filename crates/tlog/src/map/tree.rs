//! Keeping the tree, and proving from it, over a store.
use super::branch::{DEEPEST, LEVELS, over};
use super::{Branch, BranchId, KEY_BITS, MapProof, Node, Person, Prefix, Terminal, bit, leaf, split};
use crate::Hash;
use std::collections::BTreeMap;

/// What a store has to do for the map: persons by key, and the upper part of the tree.
pub trait MapStore {
    /// Why it could not.
    type Error;

    /// Key and value of all persons from the first key to the last, both included, ascending.
    fn persons(&mut self, first: &Hash, last: &Hash) -> Result<Vec<Person>, Self::Error>;

    /// A branch written before.
    fn branch(&mut self, id: BranchId) -> Result<Option<Branch>, Self::Error>;

    /// Writes a branch, in place of an earlier one.
    fn put_branch(&mut self, id: BranchId, branch: &Branch) -> Result<(), Self::Error>;
}

/// Why no proof was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError<E> {
    /// the store failed
    #[error("the map's store failed: {0}")]
    Store(#[from] E),
    /// persons and branches do not fit together
    #[error("the map's persons are not those of its tree")]
    Damaged,
}

/// Root of the tree as it is kept.
pub fn root<S: MapStore>(store: &mut S) -> Result<Hash, S::Error> {
    Ok(read_branch(store, BranchId::ROOT)?.top().hash())
}

/// Brings the tree up to date for persons that are new or have a new value, and gives its root.
///
/// The persons' values are taken from `touched`, whether the store has them already or not; of two for one key the later
/// counts. Each branch above them is read and written once. Writing the persons is the caller's, in the same transaction.
pub fn update<S: MapStore>(store: &mut S, touched: &[Person]) -> Result<Hash, S::Error> {
    let touched: BTreeMap<Hash, Hash> = touched.iter().copied().collect();
    let touched: Vec<Person> = touched.into_iter().collect();
    match touched.first() {
        Some((key, _)) => Ok(renew(store, Prefix::of(key, 0), &touched)?.hash()),
        None => root(store),
    }
}

/// Computes the node at a place anew; all of `touched`, one person at least, is below it.
fn renew<S: MapStore>(store: &mut S, place: Prefix, touched: &[Person]) -> Result<Node, S::Error> {
    if place.depth() >= DEEPEST {
        let mut persons = store.persons(&place.first_key(), &place.last_key())?;
        for person in touched {
            match persons.binary_search_by_key(&person.0, |(key, _)| *key) {
                Ok(found) => persons.iter_mut().skip(found).take(1).for_each(|known| *known = *person),
                Err(gap) => persons.insert(gap, *person),
            }
        }
        return Ok(Node::over_persons(&persons, place.depth()));
    }
    let id = BranchId::of(&place.first_key(), place.depth());
    let mut branch = read_branch(store, id)?;
    let same_child = |a: &Person, b: &Person| nibble(&a.0, place.depth()) == nibble(&b.0, place.depth());
    for group in touched.chunk_by(same_child) {
        let Some((key, _)) = group.first() else { continue };
        let node = renew(store, Prefix::of(key, place.depth() + LEVELS), group)?;
        if let Some(old) = branch.nodes.get_mut(nibble(key, place.depth())) {
            *old = node;
        }
    }
    store.put_branch(id, &branch)?;
    Ok(branch.top())
}

/// Proves what the tree as it is kept holds for a key.
pub fn prove<S: MapStore>(store: &mut S, key: &Hash) -> Result<MapProof, MapError<S::Error>> {
    let mut siblings = Vec::new();
    for depth in (0..DEEPEST).step_by(LEVELS) {
        let branch = read_branch(store, BranchId::of(key, depth))?;
        let mut nodes = branch.nodes.as_slice();
        for depth in depth..depth + LEVELS {
            if let Some(terminal) = terminal(store, over(nodes), key, depth)? {
                return Ok(MapProof { siblings, terminal });
            }
            let (left, right) = nodes.split_at(nodes.len() / 2);
            let (beside, way) = if bit(key, depth) { (left, right) } else { (right, left) };
            siblings.push(over(beside).hash());
            nodes = way;
        }
        if depth + LEVELS == DEEPEST
            && let Some(terminal) = terminal(store, over(nodes), key, DEEPEST)?
        {
            return Ok(MapProof { siblings, terminal });
        }
    }
    let place = Prefix::of(key, DEEPEST);
    let persons = store.persons(&place.first_key(), &place.last_key())?;
    if persons.len() < 2 {
        return Err(MapError::Damaged);
    }
    let mut below = persons.as_slice();
    for depth in DEEPEST..KEY_BITS {
        let (left, right) = split(below, depth);
        let (beside, way) = if bit(key, depth) { (left, right) } else { (right, left) };
        siblings.push(Node::over_persons(beside, depth + 1).hash());
        below = way;
        if below.len() < 2 {
            break;
        }
    }
    let terminal = match below {
        [] => Terminal::Empty,
        [person] => terminal_of(person, key),
        _ => return Err(MapError::Damaged),
    };
    Ok(MapProof { siblings, terminal })
}

/// What stands at the end of the way, if it ends with this node.
fn terminal<S: MapStore>(
    store: &mut S,
    node: Node,
    key: &Hash,
    depth: usize,
) -> Result<Option<Terminal>, MapError<S::Error>> {
    let hash = match node {
        Node::Many(_) => return Ok(None),
        Node::Empty => return Ok(Some(Terminal::Empty)),
        Node::One(hash) => hash,
    };
    let place = Prefix::of(key, depth);
    match store.persons(&place.first_key(), &place.last_key())?.as_slice() {
        [person] if leaf(&person.0, &person.1) == hash => Ok(Some(terminal_of(person, key))),
        _ => Err(MapError::Damaged),
    }
}

fn terminal_of((found, value): &Person, key: &Hash) -> Terminal {
    if found == key {
        Terminal::Leaf { value: *value }
    } else {
        Terminal::Other { key: *found, value: *value }
    }
}

fn read_branch<S: MapStore>(store: &mut S, id: BranchId) -> Result<Branch, S::Error> {
    Ok(store.branch(id)?.unwrap_or_default())
}

/// Which of a branch's sixteen nodes is on the way to a key; `depth` is a multiple of four.
fn nibble(key: &Hash, depth: usize) -> usize {
    let byte = key.get(depth / 8).copied().unwrap_or_default();
    usize::from(if depth.is_multiple_of(8) { byte >> 4 } else { byte & 0x0f })
}
