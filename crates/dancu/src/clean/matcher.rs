//! What answers rows: linkage over the people in memory.
use dancu_cleaning::Matcher;
use dancu_linkage::{Answer, Engine, Model, Row};
use dancu_registry::Registry;
use dancu_verify_index::Index;
use std::sync::Arc;
use std::time::{Duration, Instant};

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

/// How long people are good for the next chunks: merging what changed since, and writing everybody anew, takes long in a nation.
const FRESH: Duration = Duration::from_mins(5);

/// People who are kept for minutes, taken only when there is a chunk to answer.
pub struct Kept<P = People>(Option<(Instant, P)>);

impl<P> Default for Kept<P> {
    fn default() -> Self {
        Self(None)
    }
}

impl<P> Kept<P> {
    /// Those at hand, or as of now.
    pub fn get(&mut self, now: Instant, take: impl FnOnce() -> anyhow::Result<P>) -> anyhow::Result<&P> {
        self.rest(now);
        let kept = match self.0.take() {
            Some(kept) => kept,
            None => (now, take()?),
        };
        Ok(&self.0.insert(kept).1)
    }

    /// Lets go of those that are too old, so that nobody idle holds on to people who are nobody else's any more.
    pub fn rest(&mut self, now: Instant) {
        self.0.take_if(|(at, _)| now.saturating_duration_since(*at) >= FRESH);
    }

    /// Lets go of them: they are damaged.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_taken_once_in_minutes() {
        let (mut kept, begin, mut taken) = (Kept::default(), Instant::now(), 0);
        let mut at = |minutes: u64| {
            let take = || {
                taken += 1;
                Ok(taken)
            };
            *kept.get(begin + Duration::from_mins(minutes), take).unwrap()
        };
        assert_eq!([at(0), at(1), at(4), at(5), at(9), at(10)], [1, 1, 1, 2, 2, 3]);
        kept.forget();
        assert!(kept.get(begin, || anyhow::bail!("none")).is_err());
        kept.get(begin, || Ok(4)).unwrap();
        kept.rest(begin + Duration::from_mins(4));
        assert!(kept.0.is_some());
        kept.rest(begin + Duration::from_mins(5));
        assert!(kept.0.is_none());
    }
}
