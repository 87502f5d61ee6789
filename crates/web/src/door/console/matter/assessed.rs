//! How long the security assessment of a live system holds, as the road judges it.
use super::super::seat::Seat;
use crate::Texts;
use crate::door::show as said;
use crate::parts::{Fact, Notice, Tone};
use dancu_citizen::CivilDate;
use dancu_governance::{Kind, Matter, State};
use dancu_policy::Deadlines;

/// Microseconds of a day
const DAY_US: i64 = 86_400_000_000;

/// The assessment of a connected system.
pub(super) enum Assessed {
    /// The system is exempt for as long as the ground stands
    Exempt,
    /// It holds until the end of this day
    Until(CivilDate),
    /// It held until the end of this day, or never: every call is refused
    Overdue(Option<CivilDate>),
}

impl Assessed {
    /// None of a matter that is no live connection.
    pub(super) fn of(seat: &Seat, matter: &Matter) -> Option<Self> {
        if (matter.kind, matter.state) != (Kind::Connection, State::Connected) {
            return None;
        }
        let snapshot = seat.console.road.exchange.snapshot();
        let system = &snapshot.rules.system(matter.system.as_deref()?)?.system;
        if system.assessment_exempt {
            return Some(Self::Exempt);
        }
        let law = snapshot.rules.law().on(seat.today());
        let grace_us = law.map_or(0, |law| i64::from(law.assessment_grace_days) * DAY_US);
        let holds = |until: &CivilDate| seat.now_us() <= Deadlines::end_of(*until) + grace_us;
        Some(match system.assessed_until.filter(holds) {
            Some(until) => Self::Until(until),
            None => Self::Overdue(system.assessed_until),
        })
    }

    pub(super) fn fact(&self, t: Texts) -> Fact {
        let name = t.t("matter-assessed");
        match self {
            Self::Exempt => Fact::new(name, t.t("matter-assessed-exempt")),
            Self::Until(until) => Fact::new(name, said::day(*until)),
            Self::Overdue(until) => {
                Fact::new(name, until.map(said::day).unwrap_or_default()).noted(t.t("matter-late"))
            }
        }
    }

    /// What whoever opens the page must know before all else.
    pub(super) fn notice(&self, t: Texts) -> Option<Notice> {
        let overdue =
            || Notice::new(Tone::Bad, t.t("matter-assessment-late"), t.t("matter-assessment-late-todo"));
        matches!(self, Self::Overdue(_)).then(overdue)
    }
}
