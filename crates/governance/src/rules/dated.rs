//! Rows with a day of effect: of those with one key, the latest that has begun counts.
use super::Source;
use super::file::Origin;
use dancu_citizen::CivilDate;
use dancu_policy::LawError;

#[derive(Clone, Debug)]
pub(super) struct Dated<K, V> {
    rows: Vec<(K, V, Source)>,
}

impl<K: PartialEq + Clone, V> Dated<K, V> {
    pub(super) fn new(rows: Vec<(K, V, Origin)>) -> Result<Self, LawError> {
        let source = |origin: Origin| {
            let from = CivilDate::parse_iso(&origin.valid_from);
            let valid_from = from.map_err(|_| LawError::Value(origin.valid_from.clone()))?;
            Ok::<_, LawError>(Source { valid_from, source: origin.source, mark: origin.mark })
        };
        let rows = rows.into_iter().map(|(k, v, origin)| Ok((k, v, source(origin)?)));
        let mut rows = rows.collect::<Result<Vec<_>, LawError>>()?;
        // Stable: of two rows of one day the later in the files counts, so that an overlay may replace one.
        rows.sort_by_key(|(_, _, source)| source.valid_from);
        Ok(Self { rows })
    }

    pub(super) fn on(&self, day: CivilDate, key: &K) -> Option<(&V, &Source)> {
        let found = self.rows.iter().rev().find(|(k, _, source)| source.valid_from <= day && k == key);
        found.map(|(_, value, source)| (value, source))
    }

    /// Every key with its row of that day, in the order in which the keys first stand in the files.
    pub(super) fn all_on(&self, day: CivilDate) -> Vec<(&K, &V, &Source)> {
        let mut keys: Vec<&K> = Vec::new();
        for (key, _, _) in &self.rows {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let on = |key| self.on(day, key).map(|(value, source)| (key, value, source));
        keys.into_iter().filter_map(on).collect()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, value, _)| (key, value))
    }
}
