//! Keeps the people in memory right: the rest of their file is read, they are held against the store, what is wrong is an alarm.
use dancu_feed::Event;
use dancu_gateway::Road;
use dancu_registry::Tended;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two steps.
const STEP: Duration = Duration::from_secs(1);

pub(super) async fn tend(road: Arc<Road>, mut stopped: watch::Receiver<bool>) {
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
        match tokio::task::spawn_blocking(move || registry.tend()).await {
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
