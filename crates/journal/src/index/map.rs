//! The map of the chains' heads over the tables.
use super::rows::number;
use crate::JournalError;
use dancu_storage::{Row, StoreError, Tx, Value};
use dancu_tlog::Hash;
use dancu_tlog::chain;
use dancu_tlog::map::{self, Branch, BranchId, MapError, MapStore, Terminal};
use std::collections::BTreeMap;

/// Steps taken into the map at once while none is in force.
const DRAINED: usize = 20_000;

/// What brings a map up to an epoch.
pub(super) struct Changes {
    pub(super) generation: i64,
    pub(super) root: Hash,
    heads: Vec<(Hash, u64, Hash)>,
    branches: BTreeMap<BranchId, Branch>,
}

/// What stands in the map for one person, with the way there.
pub(super) struct Proof {
    pub(super) count: u64,
    pub(super) link: Hash,
    pub(super) siblings: Vec<Hash>,
    /// Key and value of the person who stands in the place of one without entries
    pub(super) other: Option<(Hash, Hash)>,
}

/// The tables, and over them what is not written yet.
struct Tables<'t, 's> {
    tx: &'t mut Tx<'s>,
    branches: BTreeMap<BranchId, Branch>,
}

impl MapStore for Tables<'_, '_> {
    type Error = StoreError;

    fn persons(&mut self, first: &Hash, last: &Hash) -> Result<Vec<(Hash, Hash)>, StoreError> {
        let sql = "SELECT vrf, count, link FROM index_map WHERE vrf >= $1 AND vrf <= $2 ORDER BY vrf";
        let mut persons = Vec::new();
        self.tx.for_each(sql, &[first.into(), last.into()], |row| {
            persons.push((row.array(0)?, chain::value(row.number(1)?, &row.array(2)?)));
            Ok::<_, StoreError>(())
        })?;
        Ok(persons)
    }

    fn branch(&mut self, id: BranchId) -> Result<Option<Branch>, StoreError> {
        if let Some(branch) = self.branches.get(&id) {
            return Ok(Some(*branch));
        }
        let sql = "SELECT nodes FROM index_branch WHERE branch = $1";
        let Some(row) = self.tx.query_opt(sql, &[id.number().into()])? else { return Ok(None) };
        let branch = Branch::from_bytes(row.bytes(0)?);
        branch.map(Some).ok_or(StoreError::Corrupt("a branch of the map does not read".into()))
    }

    fn put_branch(&mut self, id: BranchId, branch: &Branch) -> Result<(), StoreError> {
        self.branches.insert(id, *branch);
        Ok(())
    }
}

/// What the steps of a generation change.
pub(super) fn changes(tx: &mut Tx<'_>, generation: i64) -> Result<Changes, JournalError> {
    let sql = "SELECT vrf, count, link FROM index_step WHERE generation = $1";
    let heads = tx.query(sql, &[generation.into()])?.iter().map(head).collect::<Result<_, JournalError>>()?;
    changes_of(tx, generation, heads)
}

fn changes_of(
    tx: &mut Tx<'_>,
    generation: i64,
    heads: Vec<(Hash, u64, Hash)>,
) -> Result<Changes, JournalError> {
    let mut tables = Tables { tx, branches: BTreeMap::new() };
    let touched: Vec<_> = heads.iter().map(|(key, count, link)| (*key, chain::value(*count, link))).collect();
    let root = map::update(&mut tables, &touched)?;
    Ok(Changes { generation, root, heads, branches: tables.branches })
}

fn head(row: &Row) -> Result<(Hash, u64, Hash), JournalError> {
    Ok((row.array(0)?, row.number(1)?, row.array(2)?))
}

impl Changes {
    pub(super) fn write(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let row = |(key, count, link): &(Hash, u64, Hash)| {
            Ok([Value::from(key), number(*count)?, Value::from(link)])
        };
        let rows = self.heads.iter().map(row).collect::<Result<Vec<_>, JournalError>>()?;
        tx.execute_many(
            "INSERT INTO index_map (vrf, count, link) VALUES ($1, $2, $3) \
             ON CONFLICT (vrf) DO UPDATE SET count = excluded.count, link = excluded.link",
            &rows,
        )?;
        let row =
            |(id, branch): (&BranchId, &Branch)| [Value::from(id.number()), Value::from(branch.to_bytes())];
        let rows: Vec<_> = self.branches.iter().map(row).collect();
        tx.execute_many(
            "INSERT INTO index_branch (branch, nodes) VALUES ($1, $2) \
             ON CONFLICT (branch) DO UPDATE SET nodes = excluded.nodes",
            &rows,
        )?;
        Ok(())
    }
}

/// Takes some steps into the map before the generation is closed; whether there may be more. Only while no map is in
/// force: so an index that begins anew need not take everybody at once.
pub(super) fn drain(tx: &mut Tx<'_>, generation: i64) -> Result<bool, JournalError> {
    let sql = "SELECT vrf, count, link FROM index_step WHERE generation = $1 ORDER BY vrf LIMIT $2";
    let limit = Value::Int(i64::try_from(DRAINED).unwrap_or(i64::MAX));
    let rows = tx.query(sql, &[generation.into(), limit])?;
    let heads = rows.iter().map(head).collect::<Result<Vec<_>, JournalError>>()?;
    let Some((last, ..)) = heads.last().copied() else { return Ok(false) };
    if heads.len() < DRAINED {
        return Ok(false);
    }
    changes_of(tx, generation, heads)?.write(tx)?;
    tx.execute(
        "DELETE FROM index_step WHERE generation = $1 AND vrf <= $2",
        &[generation.into(), last.into()],
    )?;
    Ok(true)
}

/// What the map in force holds for a key, and why.
pub(super) fn proof(tx: &mut Tx<'_>, key: &Hash) -> Result<Proof, JournalError> {
    let row = tx.query_opt("SELECT vrf, count, link FROM index_map WHERE vrf = $1", &[key.into()])?;
    let (_, count, link) = row.map_or(Ok((*key, 0, [0; 32])), |row| head(&row))?;
    let mut tables = Tables { tx, branches: BTreeMap::new() };
    let proof = map::prove(&mut tables, key).map_err(|error| match error {
        MapError::Store(error) => error.into(),
        MapError::Damaged => JournalError::Internal("index: the map's persons are not those of its tree"),
    })?;
    let other = match proof.terminal {
        Terminal::Other { key, value } => Some((key, value)),
        Terminal::Leaf { .. } | Terminal::Empty => None,
    };
    Ok(Proof { count, link, siblings: proof.siblings, other })
}

/// Root of the map as it is kept.
pub(super) fn root(tx: &mut Tx<'_>) -> Result<Hash, JournalError> {
    Ok(map::root(&mut Tables { tx, branches: BTreeMap::new() })?)
}
