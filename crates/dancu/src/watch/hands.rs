//! What alerts demand, done: told to the security centre, suspended by rule. An act may come twice, and then does nothing more.
use dancu_feed::{AlertLevel, Event};
use dancu_gateway::Road;
use dancu_gateway::deed::{Actor, Deed as Entry};
use dancu_gateway::door::Peer;
use dancu_governance::{Deed, Governance, GovernanceError, HaltAction, Order, Target};
use dancu_watch::{Act, Alert, Deed as Demand, Hands, Level};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use tokio::runtime::Handle;

/// The reason in `governance/data/reasons.toml` for what a rule stops.
const REASON: &str = "suspected_abuse";

/// The service's own hands.
pub(super) struct OfTheService {
    road: Arc<Road>,
    governance: Governance,
    runtime: Handle,
}

impl OfTheService {
    pub(super) fn new(road: &Arc<Road>, governance: &Governance, runtime: Handle) -> Self {
        Self { road: Arc::clone(road), governance: governance.clone(), runtime }
    }

    /// Tells the security centre; on disk when this returns. It names no person: who may, reads the entry.
    fn tell(&self, alert: &Alert) {
        let events = &self.road.events;
        let level = match alert.level {
            Level::Low => AlertLevel::Low,
            Level::Medium => AlertLevel::Medium,
            Level::High => AlertLevel::High,
        };
        events.emit(Event::Alert {
            level,
            rule: alert.rule.name().to_owned(),
            alert: alert.number,
            done: alert.action.name().to_owned(),
            system: alert.who.system.to_string(),
            account: alert.who.account.as_ref().and_then(|account| events.account_hash(account)),
            evidence: alert.evidence.last().copied(),
        });
        events.flush();
    }

    /// An order by rule. What an earlier try did is found by the order's number; the entry comes before the order, so a
    /// crash between them leaves an entry too many, never an order without one.
    fn suspend(&self, alert: &Alert) -> Result<(), String> {
        let target = match &alert.who.account {
            Some(account) => Target::Account(account.to_string()),
            None => Target::System(alert.who.system.to_string()),
        };
        let order = Order {
            target,
            action: HaltAction::Suspend,
            reason: REASON.to_owned(),
            number: format!("Cảnh báo {} ({})", alert.number, alert.rule.name()),
            remedy_by: None,
        };
        match self.governance.was_ordered(&order.target, &order.number) {
            Ok(false) => {}
            Ok(true) => return Ok(()),
            Err(error) => return unless_gone(alert, &error),
        }
        let entry = Entry {
            asked: Some(format!("{} order=suspend alert={}", order.target, alert.number)),
            ..Entry::new(here(), Actor::Rule { name: alert.rule.name() }, "governance_order")
        };
        let entry = self.runtime.block_on(self.road.record(entry)).map_err(|code| code.name().to_owned())?;
        let deed =
            Deed { entry: Some(entry), ..Deed::by_rule(alert.rule.name(), self.road.clock.now_us(), "") };
        match self.governance.order_once(&order, deed) {
            Ok(Some((matter, _))) => {
                tracing::warn!(alert = alert.number, matter = matter.id, "suspended by rule");
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => unless_gone(alert, &error),
        }
    }
}

/// Who was disconnected or closed meanwhile, or is not connected yet, needs no order; any other error is tried again.
fn unless_gone(alert: &Alert, error: &GovernanceError) -> Result<(), String> {
    if !matches!(error, GovernanceError::Impossible(_) | GovernanceError::Unknown { .. }) {
        return Err(error.to_string());
    }
    tracing::warn!(alert = alert.number, %error, "nothing to suspend");
    Ok(())
}

/// The service itself is the other end.
fn here() -> Peer {
    Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), certificate: None }
}

impl Hands for OfTheService {
    fn act(&self, act: &Act) -> Result<(), String> {
        let alert = &act.alert;
        if act.deed == Demand::Suspend {
            self.suspend(alert)?;
        }
        self.tell(alert);
        Ok(())
    }
}
