//! What the feed counts about itself. Labels are names of receivers and kinds, never a person.
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct To {
    receiver: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stream {
    receiver: String,
    stream: &'static str,
}

/// Counters of one feed; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    sent: Family<Stream, Counter>,
    lag: Family<To, Gauge>,
    connected: Family<To, Gauge>,
    lease: Family<To, Gauge>,
    reconnects: Family<To, Counter>,
    unanswered: Family<To, Counter>,
    lost: Family<To, Counter>,
    dropped: Counter,
}

impl Metrics {
    pub(crate) fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("feed");
        registry.register("sent", "Messages written to a receiver, repetitions included", self.sent.clone());
        registry.register("lag_entries", "Entries not sent yet, at the server that sends", self.lag.clone());
        registry.register("connected", "Whether there is a connection", self.connected.clone());
        registry.register("lease", "Whether this server sends the entries", self.lease.clone());
        registry.register("reconnects", "Connections that failed or broke", self.reconnects.clone());
        registry.register(
            "unanswered_closes",
            "Connections whose end the receiver left unanswered",
            self.unanswered.clone(),
        );
        registry.register(
            "lost_events",
            "Events that were gone from the spool before they were sent",
            self.lost.clone(),
        );
        registry.register("dropped_events", "Events that never reached the spool", self.dropped.clone());
    }

    pub(crate) fn dropped(&self, count: u64) {
        self.dropped.inc_by(count);
    }

    /// The counters of one receiver.
    pub(crate) fn of(&self, receiver: &str) -> ReceiverMetrics {
        let to = To { receiver: receiver.to_owned() };
        let stream = |stream| Stream { receiver: receiver.to_owned(), stream };
        ReceiverMetrics {
            entries: self.sent.get_or_create_owned(&stream("entries")),
            events: self.sent.get_or_create_owned(&stream("events")),
            lag: self.lag.get_or_create_owned(&to),
            connected: self.connected.get_or_create_owned(&to),
            lease: self.lease.get_or_create_owned(&to),
            reconnects: self.reconnects.get_or_create_owned(&to),
            unanswered: self.unanswered.get_or_create_owned(&to),
            lost: self.lost.get_or_create_owned(&to),
        }
    }
}

/// Counters of one receiver.
#[derive(Clone, Debug)]
pub(crate) struct ReceiverMetrics {
    pub(crate) entries: Counter,
    pub(crate) events: Counter,
    pub(crate) lag: Gauge,
    pub(crate) connected: Gauge,
    pub(crate) lease: Gauge,
    pub(crate) reconnects: Counter,
    pub(crate) unanswered: Counter,
    pub(crate) lost: Counter,
}
