//! What answers rows: linkage over the people in memory.
use dancu_cleaning::Matcher;
use dancu_linkage::{Answer, Engine, Model, Row};
use dancu_registry::Registry;
use dancu_verify_index::Index;
use std::sync::Arc;

/// Everybody as of one position of the change feed.
pub struct People {
    index: Arc<Index>,
    engine: Engine<Arc<Index>>,
    position: i64,
}

impl People {
    /// As of now. Blocks while changes are merged.
    pub fn now(registry: &Registry) -> anyhow::Result<Self> {
        let (index, position) = registry.people_now()?;
        Ok(Self { engine: Engine::new(Arc::clone(&index), Model::bundled()?), index, position })
    }
}

impl Matcher for People {
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        self.engine.link(rows, out);
    }

    fn people(&self) -> u64 {
        self.position.unsigned_abs()
    }

    /// A page that did not open is none of an answer.
    fn holds(&self) -> bool {
        self.index.doubts() == 0
    }

    fn threshold(&self) -> i32 {
        self.engine.model().match_from()
    }
}
