//! What must be true before a step.
use crate::GovernanceError;
use crate::act::Act;
use crate::content::{Assessment, Content};
use crate::error::{Problem, Wrong};
use crate::governance::Done;
use crate::kind::{Check, Kind, State, Step};
use crate::matter::Matter;
use crate::{measure, rows, sandbox};

impl Act<'_, '_, '_> {
    pub(crate) fn need(&mut self, matter: &Matter, check: Check) -> Done<()> {
        let met = match check {
            Check::RequestComplete => return self.request_complete(matter),
            Check::TestDone => sandbox::is_done(self.tx(), &matter.id)?,
            Check::AssessmentPassed => self.assessment_passed(matter)?,
            Check::LevelEnough => self.level_enough(matter)?,
            Check::SubjectsPassed => self.subjects_passed(matter)?,
            Check::ExemptionAllowed => self.exemption_allowed(matter)?,
            Check::MeasuresRecorded => self.measures_recorded(matter)?,
            Check::FindingsClosed => {
                let found = rows::children(self.tx(), &matter.id, Kind::Finding)?;
                found.iter().all(|finding| finding.state == State::Closed)
            }
        };
        if met { Ok(()) } else { Err(GovernanceError::NotMet(check)) }
    }

    fn request_complete(&mut self, matter: &Matter) -> Done<()> {
        let Content::Connection(request) = self.newest(matter)? else {
            return Err(GovernanceError::damaged("governance_content", &matter.id, "not a request"));
        };
        let mut problems = request.problems(&self.governance.rules, self.today);
        let snapshot = self.governance.exchange.snapshot();
        let system = matter.system.as_deref().and_then(|id| snapshot.rules.system(id));
        if system.is_some_and(|of| *of.system.organisation != *matter.organisation) {
            problems.push(Problem { field: "system".into(), wrong: Wrong::Taken });
        }
        if problems.is_empty() { Ok(()) } else { Err(GovernanceError::Invalid(problems)) }
    }

    /// An assessment was passed since the connection came to be assessed, and was not taken back.
    fn assessment_passed(&mut self, matter: &Matter) -> Done<bool> {
        let steps = self.steps(matter)?;
        let last = |wanted: &[Step]| steps.iter().rev().find(|t| wanted.contains(&t.step)).map(|t| t.number);
        let came = last(&[Step::PassTest, Step::AskReconnect]);
        let assessed = last(&[Step::Assess]);
        let all = rows::children(self.tx(), &matter.id, Kind::Assessment)?;
        let stands = all.iter().any(|a| matches!(a.state, State::Passed | State::Confirmed));
        Ok(stands && came.is_some() && assessed > came)
    }

    fn level_enough(&mut self, matter: &Matter) -> Done<bool> {
        let snapshot = self.governance.exchange.snapshot();
        let Some(law) = snapshot.rules.law().on(self.today) else { return Ok(false) };
        Ok(self.approved_level(matter)?.is_some_and(|level| level >= law.min_security_level))
    }

    /// The level of the newest approved level file of the connection's system.
    pub(crate) fn approved_level(&mut self, matter: &Matter) -> Done<Option<u8>> {
        let Some(system) = &matter.system else { return Ok(None) };
        let files = rows::of_system(self.tx(), system, Kind::LevelFile)?;
        let approved = files.iter().filter(|file| file.state == State::Approved);
        let Some(newest) = approved.max_by_key(|file| file.since_us) else { return Ok(None) };
        match self.newest(newest)? {
            Content::LevelFile(file) => Ok(Some(file.level)),
            _ => Err(GovernanceError::damaged("governance_content", &newest.id, "not a level file")),
        }
    }

    fn assessment_of(&mut self, matter: &Matter) -> Done<Assessment> {
        match self.newest(matter)? {
            Content::Assessment(assessment) => Ok(assessment),
            _ => Err(GovernanceError::damaged("governance_content", &matter.id, "not an assessment")),
        }
    }

    /// Each subject was looked at and passed, and nothing grave that was found is open.
    fn subjects_passed(&mut self, matter: &Matter) -> Done<bool> {
        let assessment = self.assessment_of(matter)?;
        let subjects = self.governance.rules.list("assessment_subject", self.today);
        let passed = |name: &str| assessment.subjects.iter().any(|s| s.subject == name && s.passed);
        if !subjects.iter().all(|(name, _)| passed(name)) {
            return Ok(false);
        }
        for finding in rows::children(self.tx(), &matter.id, Kind::Finding)? {
            if finding.state == State::Closed {
                continue;
            }
            let Content::Finding(found) = self.newest(&finding)? else { continue };
            let severity = self.governance.rules.severity(&found.severity, self.today);
            if severity.is_none_or(|severity| severity.blocks) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn exemption_allowed(&mut self, matter: &Matter) -> Done<bool> {
        let assessment = self.assessment_of(matter)?;
        let ground = assessment.exemption.as_ref().map(|exemption| exemption.ground.as_str());
        let rule = ground.and_then(|ground| self.governance.rules.exemption(ground, self.today));
        Ok(rule.is_some_and(|rule| rule.kinds.contains(&assessment.assessment_kind)))
    }

    fn measures_recorded(&mut self, matter: &Matter) -> Done<bool> {
        let Content::Evaluation(evaluation) = self.newest(matter)? else { return Ok(false) };
        let Some(system) = &matter.system else { return Ok(true) };
        let stated = measure::stated(self.tx(), system)?;
        let demanded = self.governance.rules.measures(evaluation.level, self.today);
        Ok(demanded.iter().all(|rule| stated.contains(&rule.name)))
    }
}
