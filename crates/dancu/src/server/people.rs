//! Keeps the people in memory right: the rest of their file is read, they are held against the store, what is wrong is an alarm.
use dancu_feed::Event;
use dancu_gateway::Road;
use dancu_registry::{Registry, Tended, Trust};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two steps.
const STEP: Duration = Duration::from_secs(1);

/// What memory is worth, for Prometheus.
#[derive(Clone, Debug, Default)]
pub(super) struct Metrics {
    people: Gauge,
    damaged: Gauge,
    distrusted: Gauge,
    doubts: Counter,
    rebuilt: Counter,
}

impl Metrics {
    pub(super) fn open(metrics: &mut prometheus_client::registry::Registry) -> Self {
        let own = Self::default();
        let metrics = metrics.sub_registry_with_prefix("people");
        metrics.register("in_memory", "People in memory", own.people.clone());
        metrics.register("damaged_pages", "Pages of their file that do not open", own.damaged.clone());
        metrics.register(
            "distrusted",
            "1: memory differs from the store and is silent",
            own.distrusted.clone(),
        );
        metrics.register("doubts", "Times that memory was found damaged or different", own.doubts.clone());
        metrics.register(
            "rebuilt",
            "Times that everybody was loaded from the store again",
            own.rebuilt.clone(),
        );
        own
    }

    /// Shows how things stand after a step. A doubt counts when it begins.
    fn note(&self, people: usize, trust: Trust, step: Option<Tended>) {
        self.people.set(i64::try_from(people).unwrap_or(i64::MAX));
        let damaged = i64::try_from(trust.damaged_pages).unwrap_or(i64::MAX);
        let was_doubted = self.damaged.set(damaged) > 0 || self.distrusted.get() > 0;
        self.distrusted.set(trust.is_distrusted.into());
        let is_rebuilt = step == Some(Tended::Rebuilt);
        // A damage that was repaired in the same step was seen by nobody before.
        if !was_doubted && (damaged > 0 || trust.is_distrusted || is_rebuilt) {
            self.doubts.inc();
        }
        if is_rebuilt {
            self.rebuilt.inc();
        }
    }

    fn look(&self, registry: &Registry, step: Option<Tended>) {
        self.note(registry.count(), registry.trust(), step);
    }
}

pub(super) async fn tend(road: Arc<Road>, metrics: Metrics, mut stopped: watch::Receiver<bool>) {
    let (registry, stop) = (road.registry.clone(), stopped.clone());
    let ahead = tokio::task::spawn_blocking(move || registry.read_ahead(|| !*stop.borrow()));
    if ahead.await.is_err() {
        tracing::error!("the file of the people in memory could not be read ahead");
    }
    loop {
        tokio::select! {
            () = tokio::time::sleep(STEP) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let registry = road.registry.clone();
        let alarm = |reason: &str| road.events.emit(Event::PeopleDoubted { reason: reason.to_owned() });
        let step = tokio::task::spawn_blocking(move || registry.tend()).await;
        metrics.look(&road.registry, step.as_ref().ok().and_then(|step| step.as_ref().ok().copied()));
        match step {
            Ok(Ok(Tended::Differs)) => alarm("memory differed from the store"),
            Ok(Ok(Tended::Rebuilt)) => {
                alarm("memory was damaged and is built anew");
                tracing::warn!("everybody was loaded from the store again");
            }
            Ok(Ok(Tended::Compared(_) | Tended::Merged)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "the people in memory could not be held against the store");
            }
            Err(_) => tracing::error!("holding the people in memory against the store broke off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_counts_once_and_ends_with_the_rebuilding() {
        let mut registry = prometheus_client::registry::Registry::default();
        let metrics = Metrics::open(&mut registry);
        let damaged = Trust { damaged_pages: 2, is_distrusted: false };
        let distrusted = Trust { damaged_pages: 0, is_distrusted: true };
        let shown =
            || (metrics.damaged.get(), metrics.distrusted.get(), metrics.doubts.get(), metrics.rebuilt.get());
        metrics.note(7, Trust::default(), Some(Tended::Compared(7)));
        assert_eq!(shown(), (0, 0, 0, 0));
        metrics.note(7, distrusted, Some(Tended::Differs));
        metrics.note(7, distrusted, None);
        assert_eq!(shown(), (0, 1, 1, 0));
        metrics.note(7, Trust::default(), Some(Tended::Rebuilt));
        assert_eq!(shown(), (0, 0, 1, 1));
        metrics.note(7, damaged, None);
        assert_eq!(shown(), (2, 0, 2, 1));
        metrics.note(7, Trust::default(), Some(Tended::Rebuilt));
        metrics.note(7, Trust::default(), Some(Tended::Rebuilt));
        assert_eq!(shown(), (0, 0, 3, 3), "damage that was met and repaired in one step");
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        assert!(text.contains("people_doubts_total 3\n") && text.contains("people_in_memory 7\n"), "{text}");
    }
}
