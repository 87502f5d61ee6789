//! From where people work: an organisation may demand enrolled workstations of its officers.
use crate::Rules;
use crate::rules::SystemRules;
use dancu_catalogue::Code;

/// From where somebody calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Workplace<'a> {
    /// A system, which its certificate and credentials prove
    #[default]
    System,
    /// A person at the pages, whose browser proved to stand at a workstation of this organisation, enrolled and not
    /// revoked; none when it proved nothing
    Page(Option<&'a str>),
}

/// Whether a person may work from there with what belongs to a system.
///
/// # Errors
///
/// `WORKSTATION_NOT_ENROLLED` when the system's organisation demands a workstation of its own and this is none.
pub fn may_work(rules: &Rules, system: &str, workplace: Workplace<'_>) -> Result<(), Code> {
    rules.system(system).map_or(Ok(()), |of| stands_at(rules, of, workplace))
}

pub(crate) fn stands_at(rules: &Rules, of: &SystemRules, workplace: Workplace<'_>) -> Result<(), Code> {
    let Workplace::Page(enrolled) = workplace else { return Ok(()) };
    let demanded = rules.demands_workstations(&of.system.organisation);
    if demanded && enrolled != Some(&*of.system.organisation) {
        return Err(Code::WorkstationNotEnrolled);
    }
    Ok(())
}
