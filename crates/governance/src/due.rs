//! Which systems must be assessed again, and how soon.
use crate::GovernanceError;
use crate::governance::Governance;
use crate::parts::{days_until, today};
use dancu_citizen::CivilDate;
use dancu_policy::SystemState;

/// How near the end of an assessment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// At most so many days are left: one of the figures of the data
    Within(u16),
    /// It has run out: calls are refused for this reason
    Overdue,
}

/// A system whose assessment runs out, or has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// System
    pub system: String,
    /// Its organisation
    pub organisation: String,
    /// Names of both
    pub label: String,
    /// Last day on which the assessment holds; none when there never was one
    pub until: Option<CivilDate>,
    /// Days left; below zero once it is over
    pub days_left: i64,
    /// How near
    pub stage: Stage,
    /// Approved security level
    pub security_level: u8,
}

impl Governance {
    /// Connected systems whose assessment runs out within the longest term of warning, or has run out, the most urgent
    /// first. It reads the same rows that calls are judged by; exempt systems are not among them.
    pub fn due(&self, now_us: i64) -> Result<Vec<Due>, GovernanceError> {
        let day = today(now_us)?;
        let warnings = self.rules.warning_days(day);
        let snapshot = self.exchange.snapshot();
        let grace = snapshot.rules.law().on(day).map_or(0, |law| i64::from(law.assessment_grace_days));
        let mut due = Vec::new();
        for of in snapshot.rules.systems() {
            let system = &of.system;
            if system.state != SystemState::Connected || system.assessment_exempt {
                continue;
            }
            let days_left = system.assessed_until.map_or(i64::MIN, |until| days_until(until, now_us));
            let nearest = warnings.iter().rev().find(|days| days_left <= i64::from(**days));
            let stage = match nearest {
                _ if days_left.saturating_add(grace) < 0 => Stage::Overdue,
                Some(days) => Stage::Within(*days),
                None => continue,
            };
            due.push(Due {
                system: system.id.to_string(),
                organisation: system.organisation.to_string(),
                label: self.label(&system.organisation, Some(&system.id)),
                until: system.assessed_until,
                days_left,
                stage,
                security_level: system.security_level,
            });
        }
        due.sort_by(|a, b| (a.days_left, &a.system).cmp(&(b.days_left, &b.system)));
        Ok(due)
    }
}
