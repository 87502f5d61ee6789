//! What the law sets, by the day from which it sets it: `data/law.toml`.
use crate::model::{Duty, Role, Service};
use dancu_citizen::CivilDate;
use serde::Deserialize;

/// Why a law file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// Not TOML of the expected shape
    #[error("law file: {0}")]
    Toml(#[from] toml::de::Error),
    /// A threshold, role or service that the code does not know
    #[error("law file: unknown name {0}")]
    Unknown(String),
    /// A date or value that cannot be
    #[error("law file: bad value of {0}")]
    Value(String),
    /// A threshold or role that the code needs
    #[error("law file: {0} is missing")]
    Missing(&'static str),
}

/// The thresholds in force on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawRules {
    /// The lowest security level with which a system may connect, 1 to 5
    pub min_security_level: u8,
    /// Days after an assessment has run out for which calls still pass
    pub assessment_grace_days: u16,
    /// Fewest characters of an account's login
    pub login_min_chars: u8,
    /// Most characters of an account's login
    pub login_max_chars: u8,
}

/// The law over time. The empty one, the default, is in force on no day, so nothing is permitted under it.
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// By the day from which each holds, ascending
    editions: Vec<(CivilDate, LawRules)>,
    /// For each role, by its place in `Role::ALL`, bit n for the n-th service
    roles: [u8; Role::ALL.len()],
    /// For each role, bit n for the n-th duty
    duties: [u8; Role::ALL.len()],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    threshold: Vec<Threshold>,
    role: Vec<RoleRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Threshold {
    name: String,
    value: u16,
    valid_from: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleRow {
    name: String,
    #[serde(rename = "label")]
    _label: [String; 2],
    services: Vec<String>,
    #[serde(default)]
    duties: Vec<String>,
}

impl Law {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, LawError> {
        Self::parse(include_str!("../data/law.toml"))
    }

    /// Reads a file of that shape.
    pub fn parse(text: &str) -> Result<Self, LawError> {
        let file: File = toml::from_str(text)?;
        let (roles, duties) = roles(&file.role)?;
        Ok(Self { editions: editions(&file.threshold)?, roles, duties })
    }

    /// The thresholds in force on a day; none before the first day on which all of them are.
    pub fn on(&self, day: CivilDate) -> Option<LawRules> {
        self.editions.iter().rev().find(|(from, _)| *from <= day).map(|(_, rules)| *rules)
    }

    /// Whether a role may use a service.
    pub fn allows(&self, role: Role, service: Service) -> bool {
        self.roles.get(role as usize).is_some_and(|services| services & (1 << service as u8) != 0)
    }

    /// Whether a role has a duty.
    pub fn has_duty(&self, role: Role, duty: Duty) -> bool {
        self.duties.get(role as usize).is_some_and(|duties| duties & (1 << duty as u8) != 0)
    }
}

/// One edition for every day on which a threshold begins, once all have begun.
fn editions(rows: &[Threshold]) -> Result<Vec<(CivilDate, LawRules)>, LawError> {
    let mut dated = Vec::with_capacity(rows.len());
    for row in rows {
        let from = CivilDate::parse_iso(&row.valid_from).map_err(|_| LawError::Value(row.name.clone()))?;
        dated.push((from, row));
    }
    dated.sort_by_key(|(from, _)| *from);
    let (mut level, mut grace, mut shortest, mut longest) = (None, None, None, None);
    let mut editions: Vec<(CivilDate, LawRules)> = Vec::new();
    for (from, row) in dated {
        let small = || u8::try_from(row.value).map_err(|_| LawError::Value(row.name.clone()));
        match row.name.as_str() {
            "min_security_level" => level = Some(small()?),
            "assessment_grace_days" => grace = Some(row.value),
            "login_min_chars" => shortest = Some(small()?),
            "login_max_chars" => longest = Some(small()?),
            _ => return Err(LawError::Unknown(row.name.clone())),
        }
        if let (
            Some(min_security_level),
            Some(assessment_grace_days),
            Some(login_min_chars),
            Some(login_max_chars),
        ) = (level, grace, shortest, longest)
        {
            let rules =
                LawRules { min_security_level, assessment_grace_days, login_min_chars, login_max_chars };
            editions.retain(|(day, _)| *day != from);
            editions.push((from, rules));
        }
    }
    if editions.is_empty() { Err(LawError::Missing("a threshold")) } else { Ok(editions) }
}

/// Services and duties of each role.
type Roles = ([u8; Role::ALL.len()], [u8; Role::ALL.len()]);

fn roles(rows: &[RoleRow]) -> Result<Roles, LawError> {
    let mut table = [None; Role::ALL.len()];
    for row in rows {
        let unknown = || LawError::Unknown(row.name.clone());
        let role = Role::from_name(&row.name).ok_or_else(unknown)?;
        let (mut services, mut duties) = (0_u8, 0_u8);
        for name in &row.services {
            let service = Service::from_name(name).ok_or_else(|| LawError::Unknown(name.clone()))?;
            services |= 1 << service as u8;
        }
        for name in &row.duties {
            let duty = Duty::from_name(name).ok_or_else(|| LawError::Unknown(name.clone()))?;
            duties |= 1 << duty as u8;
        }
        *table.get_mut(role as usize).ok_or_else(unknown)? = Some((services, duties));
    }
    if table.contains(&None) {
        return Err(LawError::Missing("a role"));
    }
    Ok((table.map(|row| row.unwrap_or_default().0), table.map(|row| row.unwrap_or_default().1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        CivilDate::parse_iso(text).unwrap()
    }

    #[test]
    fn the_built_in_file_is_whole() {
        let law = Law::built_in().unwrap();
        let rules = law.on(day("2026-10-05")).unwrap();
        assert_eq!((rules.min_security_level, rules.login_min_chars, rules.login_max_chars), (3, 8, 60));
        assert!(law.on(day("2020-01-01")).is_none());
        assert!(law.allows(Role::OneStopOfficer, Service::LookUp));
        assert!(law.allows(Role::Platform, Service::Verify) && !law.allows(Role::Platform, Service::LookUp));
        assert!(!law.allows(Role::AccountManager, Service::Verify));
        assert!(
            Service::ALL.iter().all(|s| !law.allows(Role::Supervisor, *s)),
            "a supervisor reaches no record"
        );
        let examine: Vec<Role> = Role::ALL.into_iter().filter(|r| law.has_duty(*r, Duty::Examine)).collect();
        assert_eq!(examine, [Role::Supervisor]);
        assert!(law.has_duty(Role::HeadOfUnit, Duty::Inquiries));
        assert!(!law.has_duty(Role::OneStopOfficer, Duty::Inquiries));
    }

    #[test]
    fn a_new_row_changes_the_rule_from_its_day_on_and_not_before() {
        let later = "[[threshold]]\nname = \"min_security_level\"\nvalue = 4\nvalid_from = \"2027-07-01\"\nsource = \"s\"\nmark = \"m\"\n";
        let law = Law::parse(&format!("{later}{}", include_str!("../data/law.toml"))).unwrap();
        assert_eq!(law.on(day("2027-06-30")).unwrap().min_security_level, 3);
        assert_eq!(law.on(day("2027-07-01")).unwrap().min_security_level, 4);
    }

    #[test]
    fn a_file_that_lacks_something_or_has_a_stranger_is_refused() {
        let text = include_str!("../data/law.toml");
        for (from, to) in [
            ("\"login_max_chars\"", "\"login_maximum\""),
            ("\"leader\"", "\"boss\""),
            ("[\"verify\"]", "[\"erase\"]"),
            ("[\"inquiries\"]", "[\"gossip\"]"),
            ("2022-12-20", "2022-13-20"),
            ("value = 60", "value = 600"),
            ("value = 60", "valeu = 60"),
        ] {
            assert!(Law::parse(&text.replace(from, to)).is_err(), "{from}");
        }
    }

    #[test]
    fn the_default_law_is_in_force_on_no_day() {
        assert!(Law::default().on(day("2026-10-05")).is_none());
        assert!(!Law::default().allows(Role::Leader, Service::Verify));
    }
}
