//! The sandbox's calls become the record of the technical test.
use dancu_gateway::{TestCall, TestRecord};
use dancu_governance::{Governance, SandboxCall};

/// Writes them down with the connection.
pub struct Recorder(pub Governance);

impl TestRecord for Recorder {
    fn note(&self, calls: &[TestCall]) {
        for call in calls {
            let noted = self.0.note_call(&SandboxCall {
                system: &call.system,
                service: call.service,
                number: call.number.as_deref(),
                outcome: call.outcome,
                at_us: call.at_us,
                entry: call.entry,
            });
            if let Err(error) = noted {
                tracing::warn!(%error, system = &*call.system, "a call of a technical test could not be written down");
            }
        }
    }
}
