//! Security assessments, their findings, and the level file.
use crate::act::{Act, Opening};
use crate::content::{Assessment, Content, Finding, LevelFile};
use crate::deed::Deed;
use crate::document::Upload;
use crate::governance::{Done, Governance, known};
use crate::kind::{Kind, State, Step};
use crate::matter::Matter;
use crate::parts::{months_after, today};
use crate::rules::Limit;
use crate::{GovernanceError, rows};
use dancu_citizen::CivilDate;
use dancu_policy::Deadlines;

/// How long an assessment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assessed {
    /// Until the end of this day
    Until(CivilDate),
    /// The system is exempt for as long as the ground stands
    Exempt,
}

impl Assessed {
    pub(crate) fn until(self) -> Option<CivilDate> {
        match self {
            Self::Until(day) => Some(day),
            Self::Exempt => None,
        }
    }
}

impl Governance {
    /// Plans an assessment of a connection's system: unannounced, yearly, or another one before connecting. Without a
    /// deadline of its own it has that of the connection while this waits for it, else the end of the one that holds.
    pub fn plan_assessment(
        &self,
        connection: &str,
        assessment: &Assessment,
        deadline_us: Option<i64>,
        deed: Deed<'_>,
    ) -> Result<String, GovernanceError> {
        self.child("governance.plan_assessment", connection, &[Kind::Connection], deed, |act, parent| {
            let usual = if parent.state == State::Assessment {
                parent.deadline_us
            } else {
                act.assessed_until(parent)?
            };
            Ok((Content::Assessment(assessment.clone()), deadline_us.or(usual)))
        })
    }

    /// Writes down something that an assessment or an inspection found wrong; its severity says until when it must be
    /// mended.
    pub fn find_fault(
        &self,
        parent: &str,
        finding: &Finding,
        deed: Deed<'_>,
    ) -> Result<String, GovernanceError> {
        self.child(
            "governance.finding",
            parent,
            &[Kind::Assessment, Kind::Inspection],
            deed,
            |act, parent| {
                if !parent.state.takes_findings(parent.kind) {
                    return Err(GovernanceError::Impossible("the assessment or inspection is not under way"));
                }
                let severity = act.governance.rules.severity(&finding.severity, act.today);
                let deadline = severity.map(|severity| act.end_of(severity.term)).transpose()?;
                Ok((Content::Finding(finding.clone()), deadline))
            },
        )
    }

    /// Puts the level file of a connection's system on record, to be confirmed by another person.
    pub fn propose_level(
        &self,
        connection: &str,
        file: &LevelFile,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<String, GovernanceError> {
        let files = self.keep(uploads, deed)?;
        let id = self.act("governance.propose_level", deed, |act| {
            let parent = act.connection(connection)?;
            let opening = Opening { files: &files, ..below(&parent) };
            Ok(act.open(&Content::LevelFile(file.clone()), &opening)?.id)
        })?;
        Ok(id)
    }

    /// Opens a matter below another one; `content` gives what it holds and its deadline.
    fn child(
        &self,
        name: &'static str,
        parent: &str,
        kinds: &[Kind],
        deed: Deed<'_>,
        mut content: impl FnMut(&mut Act<'_, '_, '_>, &Matter) -> Done<(Content, Option<i64>)>,
    ) -> Result<String, GovernanceError> {
        self.act(name, deed, |act| {
            let parent = act.load(parent)?;
            if !kinds.contains(&parent.kind) {
                return Err(GovernanceError::unknown("matter of that kind", &parent.id));
            }
            let (content, deadline_us) = content(act, &parent)?;
            let opening = Opening { deadline_us, ..below(&parent) };
            Ok(act.open(&content, &opening)?.id)
        })
    }
}

fn below(parent: &Matter) -> Opening<'_> {
    Opening {
        parent: Some(&parent.id),
        organisation: &parent.organisation,
        system: parent.system.as_deref(),
        label: parent.label.clone(),
        ..Opening::default()
    }
}

impl Act<'_, '_, '_> {
    fn assessed_until(&mut self, connection: &Matter) -> Done<Option<i64>> {
        let Some(system) = &connection.system else { return Ok(None) };
        let holds = self.change.assessment(system)?.and_then(|(until, _)| until);
        Ok(holds.map(Deadlines::end_of))
    }

    fn parent_of(&mut self, matter: &Matter) -> Done<Option<Matter>> {
        let Some(id) = matter.parent.clone() else { return Ok(None) };
        let parent = known(self.tx(), &id)?;
        Ok(Some(parent).filter(|parent| parent.kind == Kind::Connection))
    }

    /// A passed assessment is a step of the connection that waits for it, taken by the same person.
    pub(crate) fn assessed(&mut self, assessment: &mut Matter) -> Done<()> {
        let Content::Assessment(content) = self.newest(assessment)? else { return Ok(()) };
        let Some(mut connection) = self.parent_of(assessment)? else { return Ok(()) };
        if connection.state == State::Assessment || content.assessment_kind == "before_connecting" {
            self.advance(&mut connection, Step::Assess, None)?;
        }
        Ok(())
    }

    /// While the connection waits for its approval, the approval is the confirmation.
    pub(crate) fn may_confirm(&mut self, assessment: &mut Matter) -> Done<()> {
        let waits =
            self.parent_of(assessment)?.is_some_and(|connection| connection.state == State::Assessment);
        if waits { Err(GovernanceError::Through(Step::Confirm)) } else { Ok(()) }
    }

    /// Whoever approves a connection confirms the assessments that it was passed by.
    pub(crate) fn confirm_assessments(&mut self, connection: &mut Matter) -> Done<()> {
        for mut assessment in rows::children(self.tx(), &connection.id, Kind::Assessment)? {
            if assessment.state == State::Passed {
                self.advance(&mut assessment, Step::Confirm, None)?;
            }
        }
        Ok(())
    }

    /// A confirmed assessment of a system that is on record counts from now on.
    pub(crate) fn confirmed(&mut self, assessment: &mut Matter) -> Done<()> {
        let held = self.holds(assessment)?;
        let Some(system) = assessment.system.clone() else { return Ok(()) };
        if self.change.system_state(&system)?.is_some() {
            if held == Assessed::Exempt {
                self.change.set_assessment_exempt(&system, true)?;
            } else {
                self.change.set_assessed_until(&system, held.until())?;
                self.change.set_assessment_exempt(&system, false)?;
            }
        }
        if let Some(mut connection) = self.parent_of(assessment)?
            && connection.state == State::Connected
        {
            self.follow(&mut connection, Step::Renew)?;
        }
        Ok(())
    }

    /// How long the newest confirmed assessment of a connection holds.
    pub(crate) fn newest_confirmed(&mut self, connection: &Matter) -> Done<Option<Assessed>> {
        let all = rows::children(self.tx(), &connection.id, Kind::Assessment)?;
        let confirmed = all.iter().filter(|assessment| assessment.state == State::Confirmed);
        let newest = confirmed.max_by_key(|assessment| assessment.since_us);
        newest.map(|assessment| self.holds(assessment)).transpose()
    }

    /// From the day on which it was passed, or on which another body did.
    fn holds(&mut self, assessment: &Matter) -> Done<Assessed> {
        let Content::Assessment(content) = self.newest(assessment)? else {
            return Err(GovernanceError::damaged("governance_content", &assessment.id, "not an assessment"));
        };
        let steps = self.steps(assessment)?;
        let passed = steps.iter().rev().find(|taken| matches!(taken.step, Step::Pass | Step::Exempt));
        let passed = passed.ok_or(GovernanceError::Impossible("the assessment was never passed"))?;
        let mut from = today(passed.at_us)?;
        if passed.step == Step::Exempt
            && let Some(exemption) = &content.exemption
        {
            let rule = self.governance.rules.exemption(&exemption.ground, self.today);
            if rule.is_some_and(|rule| rule.permanent) {
                return Ok(Assessed::Exempt);
            }
            let elsewhere = exemption.assessed_on.as_deref().and_then(|day| CivilDate::parse_iso(day).ok());
            from = elsewhere.unwrap_or(from);
        }
        let months = self.governance.rules.limit(Limit::AssessmentMonths, self.today);
        let until =
            months_after(from, months).ok_or(GovernanceError::Internal("a deadline is out of range"))?;
        Ok(Assessed::Until(until))
    }
}
