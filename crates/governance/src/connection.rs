//! What the steps of a connection do beside changing its state: to the sandbox, to the exchange, to its assessments.
use crate::act::{Act, Opening};
use crate::assessment::Assessed;
use crate::content::{Assessment, Content};
use crate::deed::Deed;
use crate::document::Upload;
use crate::governance::{Done, Governance};
use crate::kind::{Kind, State, Step};
use crate::matter::Matter;
use crate::request::Request;
use crate::rules::Limit;
use crate::sandbox::Sandbox;
use crate::{GovernanceError, rows};
use dancu_citizen::{CivilDate, FieldSet};
use dancu_policy::{
    AgencyCode, Agreement, Hours, Organisation, OrganisationState, System, SystemState, Term, VietnamTime,
};

/// What is settled when an approved system goes live; the rest stands in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Day on which the commitment was signed
    pub commitment_signed_on: CivilDate,
    /// Last day of the agreement; none means without limit
    pub valid_to: Option<CivilDate>,
    /// Hours in which it may call; none means at any time
    pub hours: Option<Hours>,
    /// Whether it is told `near`
    pub near: bool,
    /// Purpose of the older form; among those of the request
    pub default_purpose: Option<String>,
    /// Fields that must agree beside number, name and birth date
    pub verify_rule: FieldSet,
}

impl Terms {
    /// Terms without any restriction or favour.
    pub fn plain(commitment_signed_on: CivilDate) -> Self {
        Self {
            commitment_signed_on,
            valid_to: None,
            hours: None,
            near: false,
            default_purpose: None,
            verify_rule: FieldSet::EMPTY,
        }
    }
}

impl Governance {
    /// Begins a connection with the draft of a request, and gives its id. There is one connection of a system.
    ///
    /// # Errors
    ///
    /// `Taken` when there is one already; `Invalid` with texts that are too long.
    pub fn open_connection(
        &self,
        organisation: &str,
        system: &str,
        request: &Request,
        deed: Deed<'_>,
    ) -> Result<String, GovernanceError> {
        let content = Content::Connection(Box::new(request.clone()));
        self.act("governance.open_connection", deed, |act| {
            let opening = Opening {
                once: Some(format!("connection/{system}")),
                organisation,
                system: Some(system),
                label: request.label(),
                ..Opening::default()
            };
            Ok(act.open(&content, &opening)?.id)
        })
    }

    /// What keeps a request from being submitted, field by field.
    pub fn problems(&self, request: &Request, now_us: i64) -> Result<Vec<crate::Problem>, GovernanceError> {
        Ok(request.problems(&self.rules, crate::parts::today(now_us)?))
    }

    /// Takes up a request: technical documents are handed over, the sandbox is opened, the assessment is planned, and the
    /// exchange has the system on record as one that is being tested.
    pub fn receive(&self, id: &str, sandbox: &Sandbox, deed: Deed<'_>) -> Result<Matter, GovernanceError> {
        self.act("governance.receive", deed, |act| {
            let mut matter = act.connection(id)?;
            act.advance(&mut matter, Step::Receive, None)?;
            act.put_on_record(&matter)?;
            act.open_test(&matter, sandbox)?;
            act.plan_first(&mut matter)?;
            Ok(matter)
        })
    }

    /// Opens the sandbox again, with all cases to be called anew.
    pub fn renew_test(&self, id: &str, sandbox: &Sandbox, deed: Deed<'_>) -> Result<Matter, GovernanceError> {
        self.act("governance.renew_test", deed, |act| {
            let mut matter = act.connection(id)?;
            act.advance(&mut matter, Step::RenewTest, None)?;
            act.open_test(&matter, sandbox)?;
            Ok(matter)
        })
    }

    /// Puts an approved system on the road: what a call is judged by is what was asked for and approved. An order that
    /// had disconnected it ends.
    pub fn connect(
        &self,
        id: &str,
        terms: &Terms,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<Matter, GovernanceError> {
        let files = self.keep(uploads, deed)?;
        self.act("governance.connect", deed, |act| {
            let mut matter = act.connection(id)?;
            act.attach(&matter, &files)?;
            if terms.commitment_signed_on > act.today {
                return Err(GovernanceError::Impossible("the commitment is signed on a day to come"));
            }
            act.advance(&mut matter, Step::Connect, None)?;
            act.go_live(&matter, terms)?;
            act.end_orders(&matter)?;
            Ok(matter)
        })
    }
}

impl Act<'_, '_, '_> {
    pub(crate) fn connection(&mut self, id: &str) -> Done<Matter> {
        let matter = self.load(id)?;
        if matter.kind == Kind::Connection {
            Ok(matter)
        } else {
            Err(GovernanceError::unknown("connection", id))
        }
    }

    pub(crate) fn request_of(&mut self, matter: &Matter) -> Done<Request> {
        match self.newest(matter)? {
            Content::Connection(request) => Ok(*request),
            _ => Err(GovernanceError::damaged("governance_content", &matter.id, "not a request")),
        }
    }

    /// Organisation and system come on record where they are not; a system that is live is left as it is.
    fn put_on_record(&mut self, matter: &Matter) -> Done<()> {
        let request = self.request_of(matter)?;
        if self.change.organisation_state(&matter.organisation)?.is_none() {
            let code = AgencyCode::parse(&request.agency_code)
                .map_err(|_| GovernanceError::damaged("governance_content", &matter.id, "no agency code"))?;
            self.change.put_organisation(&Organisation {
                id: matter.organisation.as_str().into(),
                code,
                name: request.organisation_name.trim().to_owned(),
                state: OrganisationState::Active,
            })?;
        }
        let system = system_id(matter)?;
        match self.change.system_state(system)? {
            None | Some(SystemState::Draft | SystemState::Testing) => {
                let testing = System { state: SystemState::Testing, ..self.system(matter, &request)? };
                self.change.put_system(&testing)?;
                self.change.put_agreement(&agreement(
                    matter,
                    &request,
                    &Terms::plain(self.today),
                    self.today,
                )?)?;
                Ok(())
            }
            Some(SystemState::Connected | SystemState::Suspended | SystemState::Disconnected) => Ok(()),
        }
    }

    fn go_live(&mut self, matter: &Matter, terms: &Terms) -> Done<()> {
        let request = self.request_of(matter)?;
        if self.change.system_state(system_id(matter)?)? == Some(SystemState::Suspended) {
            return Err(GovernanceError::Impossible(
                "the system is suspended: the order must be lifted first",
            ));
        }
        let newest = self.newest_confirmed(matter)?;
        let held = newest.ok_or(GovernanceError::NotMet(crate::Check::AssessmentPassed))?;
        let live = System {
            state: SystemState::Connected,
            assessed_until: held.until(),
            assessment_exempt: held == Assessed::Exempt,
            commitment_signed_on: Some(terms.commitment_signed_on),
            hours: terms.hours,
            ..self.system(matter, &request)?
        };
        self.change.put_system(&live)?;
        self.change.put_agreement(&agreement(matter, &request, terms, self.today)?)?;
        Ok(())
    }

    /// The system as the request has it; not connected, not assessed, nothing signed.
    fn system(&mut self, matter: &Matter, request: &Request) -> Done<System> {
        Ok(System {
            id: system_id(matter)?.into(),
            organisation: matter.organisation.as_str().into(),
            name: request.system_name.trim().to_owned(),
            state: SystemState::Draft,
            security_level: self.approved_level(matter)?.unwrap_or(0),
            assessed_until: None,
            assessment_exempt: false,
            commitment_signed_on: None,
            networks: request.technical.parsed_networks(),
            hours: None,
            daily_quota: request.technical.daily_calls,
            per_call_window_s: System::WINDOW_S,
            replay_window_s: System::WINDOW_S * 2,
        })
    }

    /// Plans the assessment before connecting, unless one is under way.
    pub(crate) fn plan_first(&mut self, matter: &mut Matter) -> Done<()> {
        let all = rows::children(self.tx(), &matter.id, Kind::Assessment)?;
        if all.iter().any(|a| matches!(a.state, State::Planned | State::Running | State::Failed)) {
            return Ok(());
        }
        let assessment = Assessment { assessment_kind: "before_connecting".into(), ..Assessment::default() };
        self.plan(matter, assessment, matter.deadline_us)
    }

    pub(crate) fn plan(
        &mut self,
        matter: &Matter,
        assessment: Assessment,
        deadline_us: Option<i64>,
    ) -> Done<()> {
        let opening = Opening {
            parent: Some(&matter.id),
            organisation: &matter.organisation,
            system: matter.system.as_deref(),
            label: matter.label.clone(),
            deadline_us,
            ..Opening::default()
        };
        self.open(&Content::Assessment(assessment), &opening).map(drop)
    }

    /// A changed design is assessed anew within its term; calls pass no longer than that.
    pub(crate) fn design_changed(&mut self, matter: &mut Matter) -> Done<()> {
        let days = self.governance.rules.limit(Limit::RedesignDays, self.today);
        let days = u16::try_from(days).map_err(|_| GovernanceError::Internal("a term is out of range"))?;
        let deadline_us = self.end_of(Term::Calendar(days))?;
        let last =
            VietnamTime::of(deadline_us).ok_or(GovernanceError::Internal("a deadline is out of range"))?.date;
        let system = system_id(matter)?;
        if let Some((until, exempt)) = self.change.assessment(system)? {
            let until = if exempt { Some(last) } else { until.map(|until| until.min(last)) };
            self.change.set_assessed_until(system, until)?;
            self.change.set_assessment_exempt(system, false)?;
        }
        let assessment = Assessment { assessment_kind: "after_change".into(), ..Assessment::default() };
        self.plan(matter, assessment, Some(deadline_us))
    }

    /// A request that goes back or ends leaves the sandbox; what was planned for it is called off when it ends.
    pub(crate) fn leave_test(&mut self, matter: &mut Matter) -> Done<()> {
        self.close_tests(matter)?;
        let system = system_id(matter)?;
        if self.change.system_state(system)? == Some(SystemState::Testing) {
            self.change.set_system_state(system, SystemState::Draft, None)?;
        }
        if matter.state == State::Withdrawn {
            for mut planned in rows::children(self.tx(), &matter.id, Kind::Assessment)? {
                if planned.state == State::Planned {
                    self.follow(&mut planned, Step::Cancel)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn level_approved(&mut self, file: &mut Matter) -> Done<()> {
        let Content::LevelFile(content) = self.newest(file)? else {
            return Err(GovernanceError::damaged("governance_content", &file.id, "not a level file"));
        };
        if let Some(system) = &file.system
            && self.change.system_state(system)?.is_some()
        {
            self.change.set_security_level(system, content.level)?;
        }
        Ok(())
    }
}

pub(crate) fn system_id(matter: &Matter) -> Done<&str> {
    matter
        .system
        .as_deref()
        .ok_or_else(|| GovernanceError::damaged("governance_matter", &matter.id, "no system"))
}

/// What was approved becomes what calls are judged by: services, fields and purposes of the request.
fn agreement(matter: &Matter, request: &Request, terms: &Terms, today: CivilDate) -> Done<Agreement> {
    Ok(Agreement {
        id: matter.id.as_str().into(),
        system: system_id(matter)?.into(),
        grants: request.grants(),
        near: terms.near,
        purposes: request.purposes_by_code(),
        default_purpose: terms.default_purpose.as_deref().map(Into::into),
        valid_from: today,
        valid_to: terms.valid_to,
        verify_rule: terms.verify_rule,
    })
}
