//! Error notices, support tickets, inspections, evaluations: opened here, the rest is `take`, `write` and `attach`.
use crate::GovernanceError;
use crate::act::Opening;
use crate::content::Content;
use crate::deed::Deed;
use crate::document::Upload;
use crate::governance::Governance;
use crate::kind::Kind;
use crate::rules::Rules;
use dancu_citizen::CivilDate;
use dancu_policy::Deadlines;
use dancu_policy::duty::Action;

impl Governance {
    /// Opens an error notice, a ticket, an inspection or an evaluation, and gives its id. An inspection is due on the day
    /// that it is planned for, an evaluation on its own; the others by the data.
    ///
    /// # Errors
    ///
    /// `Invalid` with the fields that have mistakes; `Impossible` for another kind of content.
    pub fn open_case(
        &self,
        content: &Content,
        organisation: &str,
        system: Option<&str>,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<String, GovernanceError> {
        let day = match content {
            Content::ErrorNotice(_) | Content::Ticket(_) => None,
            Content::Inspection(inspection) => Some(&inspection.planned_on),
            Content::Evaluation(evaluation) => Some(&evaluation.due_on),
            _ => return Err(GovernanceError::Impossible("this kind of matter is opened otherwise")),
        };
        let day = day.and_then(|day| CivilDate::parse_iso(day).ok());
        let files = self.keep(uploads, deed)?;
        let label = self.label(organisation, system);
        self.act("governance.open_case", deed, |act| {
            let opening = Opening {
                once: once(content, system),
                organisation,
                system,
                label: label.clone(),
                deadline_us: day.map(Deadlines::end_of),
                files: &files,
                ..Opening::default()
            };
            Ok(act.open(content, &opening)?.id)
        })
    }

    /// Names of organisation and system, as far as the exchange knows them.
    pub(crate) fn label(&self, organisation: &str, system: Option<&str>) -> String {
        let snapshot = self.exchange.snapshot();
        let rules = &snapshot.rules;
        let name = rules.organisation(organisation).map_or(organisation, |o| &o.name);
        match system {
            Some(id) => format!("{name} – {}", rules.system(id).map_or(id, |of| &of.system.name)),
            None => name.to_owned(),
        }
    }

    /// The kinds of case with the action that opening each needs.
    pub fn opening_duty(rules: &Rules, kind: Kind, day: CivilDate) -> Option<Action> {
        rules.step(kind, crate::Step::Open, day).map(|(rule, _)| rule.duty)
    }
}

/// There is one evaluation of a system for a day.
pub(crate) fn once(content: &Content, system: Option<&str>) -> Option<String> {
    match content {
        Content::Evaluation(evaluation) => {
            Some(format!("evaluation/{}/{}", system.unwrap_or_default(), evaluation.due_on))
        }
        _ => None,
    }
}
