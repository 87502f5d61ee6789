//! The data files, checked and typed: steps, terms, figures and lists, each with its day of effect and its source.
mod dated;
mod file;
mod read;

use crate::kind::{Check, Kind, State, Step};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use dancu_policy::{LawError, Service, Term};
use dated::Dated;
use file::File;

/// Where a rule stands, for the page that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// First day on which it counts
    pub valid_from: CivilDate,
    /// Where it stands
    pub source: String,
    /// How sure that is: CONFIRMED, RECALLED, OURS
    pub mark: String,
}

/// A step as the data have it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of the data: each is a column of it")]
pub struct StepRule {
    /// States in which it may be taken; empty for the one that begins
    pub from: Vec<State>,
    /// State after it
    pub to: State,
    /// Action that it needs
    pub duty: Action,
    /// Taken only as part of another step
    pub through: bool,
    /// A rule of the program may take it
    pub rule: bool,
    /// Whoever took one of these in the same round may not take it
    pub not_by: Vec<Step>,
    /// Whoever wrote the content may not take it
    pub not_by_writer: bool,
    /// The rule of four eyes begins anew
    pub new_round: bool,
    /// The deadline stays
    pub keep_deadline: bool,
    /// Kinds of document that must be attached
    pub documents: Vec<String>,
    /// The documents must be others than when one of their kind was last demanded
    pub fresh: bool,
    /// What must be true
    pub needs: Vec<Check>,
    /// Term of what is due next
    pub term: Option<Term>,
    /// What is due next
    pub then: Option<Step>,
}

/// A ground of exemption from assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptionRule {
    /// Vietnamese, English
    pub label: [String; 2],
    /// Kinds of assessment that it exempts from
    pub kinds: Vec<String>,
    /// For as long as the ground stands
    pub permanent: bool,
}

/// How bad a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeverityRule {
    /// Vietnamese, English
    pub label: [String; 2],
    /// An assessment does not pass while one is open
    pub blocks: bool,
    /// Until when it must be mended
    pub term: Term,
}

/// A case of the technical test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCaseRule {
    /// Name
    pub name: String,
    /// Outcome that counts
    pub expect: String,
    /// Vietnamese, English
    pub label: [String; 2],
    /// What the applicant's system is to do, Vietnamese, English
    pub todo: [String; 2],
    /// What it is to send
    pub person: TestPerson,
}

/// What a call of the technical test says of a person. Nobody real: the sandbox has synthetic people only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPerson {
    /// Personal identification number; within a service it tells the case
    pub number: String,
    /// Name
    pub full_name: String,
    /// Birth date as it is to be sent
    pub birth_date: String,
}

/// A security measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureRule {
    /// Name
    pub name: String,
    /// Vietnamese, English
    pub label: [String; 2],
    /// Demanded from this level on
    pub from_level: u8,
    /// A reason why it is not needed is enough
    pub justify: bool,
}

/// Why somebody is stopped, and what the notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonRule {
    /// Vietnamese, English
    pub label: [String; 2],
    /// What happened
    pub what: [String; 2],
    /// What to do
    pub todo: [String; 2],
    /// Until when
    pub term: Term,
}

/// All data over time. Cheap enough to be read once and shared.
#[derive(Clone, Debug)]
pub struct Rules {
    steps: Dated<(Kind, Step), StepRule>,
    limits: Dated<String, u32>,
    warnings: Dated<(), Vec<u16>>,
    media: Dated<String, bool>,
    choices: Dated<String, Vec<(String, [String; 2])>>,
    exemptions: Dated<String, ExemptionRule>,
    severities: Dated<String, SeverityRule>,
    test_cases: Dated<(Service, String), TestCaseRule>,
    evaluations: Dated<u8, Vec<(u8, u8)>>,
    measures: Dated<String, MeasureRule>,
    reasons: Dated<String, ReasonRule>,
    ways_back: Dated<(String, String), [String; 2]>,
}

/// Figures that the code needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    AttachmentBytes,
    Attachments,
    TextChars,
    NameChars,
    SandboxDays,
    AssessmentMonths,
    RedesignDays,
    EvaluationLeadDays,
}

impl Limit {
    const ALL: [Self; 8] = [
        Self::AttachmentBytes,
        Self::Attachments,
        Self::TextChars,
        Self::NameChars,
        Self::SandboxDays,
        Self::AssessmentMonths,
        Self::RedesignDays,
        Self::EvaluationLeadDays,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::AttachmentBytes => "attachment_max_bytes",
            Self::Attachments => "attachments_max",
            Self::TextChars => "text_max_chars",
            Self::NameChars => "name_max_chars",
            Self::SandboxDays => "sandbox_days",
            Self::AssessmentMonths => "assessment_valid_months",
            Self::RedesignDays => "redesign_days",
            Self::EvaluationLeadDays => "evaluation_lead_days",
        }
    }
}

const FILES: [&str; 4] = [
    include_str!("../../data/life.toml"),
    include_str!("../../data/cases.toml"),
    include_str!("../../data/lists.toml"),
    include_str!("../../data/reasons.toml"),
];

impl Rules {
    /// The files that are built in.
    pub fn built_in() -> Result<Self, LawError> {
        Self::overlaid("")
    }

    /// The files that are built in, with more rows in their shape: a new row counts from its day of effect on, one of the
    /// same name and day replaces the built-in one.
    pub fn overlaid(rows: &str) -> Result<Self, LawError> {
        let mut all = File::default();
        for text in FILES.into_iter().chain([rows]) {
            all.append(toml::from_str(text)?);
        }
        read::rules(&all)
    }

    /// A step on a day, and where it stands.
    pub fn step(&self, kind: Kind, step: Step, day: CivilDate) -> Option<(&StepRule, &Source)> {
        self.steps.on(day, &(kind, step))
    }

    /// Every step of a kind on a day.
    pub fn steps(&self, kind: Kind, day: CivilDate) -> Vec<(Step, &StepRule, &Source)> {
        let all = self.steps.all_on(day).into_iter();
        all.filter(|((of, _), _, _)| *of == kind)
            .map(|((_, step), rule, source)| (*step, rule, source))
            .collect()
    }

    /// The steps that may be taken by themselves in a state.
    pub fn steps_from(&self, kind: Kind, state: State, day: CivilDate) -> Vec<(Step, &StepRule)> {
        let own = |(step, rule, _)| (step, rule);
        let here = |(_, rule): &(Step, &StepRule)| rule.from.contains(&state) && !rule.through;
        self.steps(kind, day).into_iter().map(own).filter(here).collect()
    }

    pub(crate) fn limit(&self, limit: Limit, day: CivilDate) -> u32 {
        // That each is there is proved when the files are read.
        self.limits.on(day, &limit.name().to_owned()).map_or(0, |(value, _)| *value)
    }

    /// Every figure on a day, with its source.
    pub fn limits(&self, day: CivilDate) -> Vec<(&str, u32, &Source)> {
        self.limits
            .all_on(day)
            .into_iter()
            .map(|(name, value, source)| (name.as_str(), *value, source))
            .collect()
    }

    /// Days before the end of an assessment on which a warning is given, the most first.
    pub fn warning_days(&self, day: CivilDate) -> &[u16] {
        self.warnings.on(day, &()).map_or(&[], |(days, _)| days)
    }

    /// Whether a file of this media type may be attached.
    pub fn is_allowed(&self, media_type: &str, day: CivilDate) -> bool {
        self.media.on(day, &media_type.to_owned()).is_some_and(|(allowed, _)| *allowed)
    }

    /// A list: names with their labels in Vietnamese and English. Lists are `document_kind`, `system_kind`,
    /// `connection_model`, `assessment_kind`, `assessment_subject`, `ticket_channel`, `inspection_target`.
    pub fn list(&self, list: &str, day: CivilDate) -> &[(String, [String; 2])] {
        self.choices.on(day, &list.to_owned()).map_or(&[], |(names, _)| names)
    }

    /// Whether a list has a name.
    pub fn has(&self, list: &str, name: &str, day: CivilDate) -> bool {
        self.list(list, day).iter().any(|(of, _)| of == name)
    }

    /// A ground of exemption.
    pub fn exemption(&self, name: &str, day: CivilDate) -> Option<&ExemptionRule> {
        self.exemptions.on(day, &name.to_owned()).map(|(rule, _)| rule)
    }

    /// All grounds of exemption.
    pub fn exemptions(&self, day: CivilDate) -> Vec<(&str, &ExemptionRule)> {
        self.exemptions.all_on(day).into_iter().map(|(name, rule, _)| (name.as_str(), rule)).collect()
    }

    /// How bad a finding of this name is.
    pub fn severity(&self, name: &str, day: CivilDate) -> Option<&SeverityRule> {
        self.severities.on(day, &name.to_owned()).map(|(rule, _)| rule)
    }

    /// All severities, the worst first.
    pub fn severities(&self, day: CivilDate) -> Vec<(&str, &SeverityRule)> {
        self.severities.all_on(day).into_iter().map(|(name, rule, _)| (name.as_str(), rule)).collect()
    }

    /// The cases of the technical test of a service.
    pub fn test_cases(&self, service: Service, day: CivilDate) -> Vec<&TestCaseRule> {
        let all = self.test_cases.all_on(day).into_iter();
        all.filter(|((of, _), _, _)| *of == service).map(|(_, rule, _)| rule).collect()
    }

    /// Days of the year, month and day, on which an operator's evaluation is due at a security level.
    pub fn evaluation_days(&self, level: u8, day: CivilDate) -> &[(u8, u8)] {
        self.evaluations.on(day, &level).map_or(&[], |(days, _)| days)
    }

    /// The measures demanded at a security level.
    pub fn measures(&self, level: u8, day: CivilDate) -> Vec<&MeasureRule> {
        let all = self.measures.all_on(day).into_iter();
        all.map(|(_, rule, _)| rule).filter(|rule| rule.from_level <= level).collect()
    }

    /// Why somebody is stopped.
    pub fn reason(&self, name: &str, day: CivilDate) -> Option<&ReasonRule> {
        self.reasons.on(day, &name.to_owned()).map(|(rule, _)| rule)
    }

    /// All reasons.
    pub fn reasons(&self, day: CivilDate) -> Vec<(&str, &ReasonRule, &Source)> {
        self.reasons
            .all_on(day)
            .into_iter()
            .map(|(name, rule, source)| (name.as_str(), rule, source))
            .collect()
    }

    pub(crate) fn way_back(&self, target: &str, action: &str, day: CivilDate) -> Option<&[String; 2]> {
        self.ways_back.on(day, &(target.to_owned(), action.to_owned())).map(|(text, _)| text)
    }
}
