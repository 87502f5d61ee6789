//! The journal's alarms, for the security centre.
use dancu_feed::Event;
use dancu_gateway::Road;
use std::sync::Arc;

/// Tells the feed when the quorum of witnesses goes missing and comes back, and when the journal is halted, until the
/// publisher ends.
pub async fn tell(road: Arc<Road>, quorum: usize) {
    let wanted = u32::try_from(quorum).unwrap_or(u32::MAX);
    let mut published = road.publisher.published();
    let mut was_missing = false;
    loop {
        let (is_missing, have, size) = {
            let now = published.borrow_and_update();
            (now.quorum_missing, now.cosigned, now.size())
        };
        match (was_missing, is_missing) {
            (false, true) => road.events.emit(Event::QuorumMissing { have, wanted, size }),
            (true, false) => road.events.emit(Event::QuorumBack { size }),
            _ => {}
        }
        was_missing = is_missing;
        if published.changed().await.is_err() {
            break;
        }
    }
    if let Some(reason) = road.journal.halted() {
        road.events.emit(Event::PublisherHalted { reason: reason.to_owned() });
    }
}
