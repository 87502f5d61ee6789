//! The law as it stands today: steps, terms, figures and reasons, each with its day of effect and its source.
use super::super::table::Way;
use super::desk::{Answer, Desk, ok};
use super::operation::Operation;
use super::shapes::Day;
use axum::routing::get;
use dancu_governance::Kind;
use dancu_governance::rules::Source as Stands;
use dancu_policy::Term;
use serde::Serialize;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[Operation::get(
    "/api/v1/rules",
    Way::SignedIn,
    [
        "rules",
        "readRules",
        "Steps with their terms, figures, reasons and lists in force today, with their sources",
    ],
    || get(read),
)
.gives::<LawInForce>()];

/// Where a rule stands
#[derive(Serialize, ToSchema)]
pub(super) struct Source {
    /// First day on which it counts
    valid_from: Day,
    /// Article
    #[schema(example = "Circular 46/2022/TT-BCA, article 7.1")]
    #[serde(rename = "source")]
    stands: String,
    /// How sure that is
    #[schema(example = "CONFIRMED")]
    mark: String,
}

impl From<&Stands> for Source {
    fn from(source: &Stands) -> Self {
        Self { valid_from: Day(source.valid_from), stands: source.source.clone(), mark: source.mark.clone() }
    }
}

/// The law in force
#[derive(Serialize, ToSchema)]
struct LawInForce {
    /// Day for which it is told
    day: Day,
    /// Steps of every kind of matter
    steps: Vec<StepRow>,
    /// Figures
    limits: Vec<LimitRow>,
    /// Why somebody is stopped
    reasons: Vec<ReasonRow>,
    /// Lists whose names contents use
    lists: Vec<ListRow>,
}

/// A step
#[derive(Serialize, ToSchema)]
struct StepRow {
    /// Kind of matter
    kind: &'static str,
    /// Step
    step: &'static str,
    /// States in which it may be taken; empty for the one that begins
    from: Vec<&'static str>,
    /// State after it
    to: &'static str,
    /// Duty that it needs
    duty: &'static str,
    /// Whoever took one of these may not take it
    not_by: Vec<&'static str>,
    /// Whoever wrote the content may not take it
    not_by_writer: bool,
    /// Kinds of document that must be attached
    documents: Vec<String>,
    /// What must be true
    needs: Vec<&'static str>,
    /// Days of what is due next
    term_days: Option<u16>,
    /// They are working days
    working_days: bool,
    /// What is due next
    then: Option<&'static str>,
    /// Where it stands
    source: Source,
}

/// A figure
#[derive(Serialize, ToSchema)]
struct LimitRow {
    /// Name
    name: String,
    /// Value
    value: u32,
    /// Where it stands
    source: Source,
}

/// A reason to stop somebody
#[derive(Serialize, ToSchema)]
struct ReasonRow {
    /// Name
    name: String,
    /// In words, in the caller's language
    label: String,
    /// Where it stands
    source: Source,
}

/// A list
#[derive(Serialize, ToSchema)]
struct ListRow {
    /// Its name
    #[schema(example = "system_kind")]
    list: &'static str,
    /// Its names
    names: Vec<NameRow>,
}

/// A name of a list
#[derive(Serialize, ToSchema)]
struct NameRow {
    /// Name
    name: String,
    /// In words, in the caller's language
    label: String,
}

const LISTS: &[&str] = &[
    "system_kind",
    "connection_model",
    "document_kind",
    "assessment_kind",
    "assessment_subject",
    "inspection_target",
    "ticket_channel",
];

async fn read(desk: Desk) -> Answer {
    let (rules, day, t) = (desk.console.governance.rules(), desk.today(), desk.place.texts());
    let own = |both: &[String; 2]| super::super::words::own(both, t).to_owned();
    let step = |kind: &Kind| {
        let kind = *kind;
        rules.steps(kind, day).into_iter().map(move |(step, rule, source)| {
            let (term_days, working_days) = match rule.term {
                Some(Term::Working(days)) => (Some(days), true),
                Some(Term::Calendar(days)) => (Some(days), false),
                None => (None, false),
            };
            StepRow {
                kind: kind.name(),
                step: step.name(),
                from: rule.from.iter().map(|state| state.name()).collect(),
                to: rule.to.name(),
                duty: rule.duty.name(),
                not_by: rule.not_by.iter().map(|step| step.name()).collect(),
                not_by_writer: rule.not_by_writer,
                documents: rule.documents.clone(),
                needs: rule.needs.iter().map(|check| check.name()).collect(),
                term_days,
                working_days,
                then: rule.then.map(dancu_governance::Step::name),
                source: Source::from(source),
            }
        })
    };
    let named = |(name, labels): &(String, [String; 2])| NameRow { name: name.clone(), label: own(labels) };
    Ok(ok(&LawInForce {
        day: Day(day),
        steps: Kind::ALL.iter().flat_map(step).collect(),
        limits: rules
            .limits(day)
            .into_iter()
            .map(|(name, value, source)| LimitRow {
                name: name.to_owned(),
                value,
                source: Source::from(source),
            })
            .collect(),
        reasons: rules
            .reasons(day)
            .into_iter()
            .map(|(name, rule, source)| ReasonRow {
                name: name.to_owned(),
                label: own(&rule.label),
                source: Source::from(source),
            })
            .collect(),
        lists: LISTS
            .iter()
            .map(|list| ListRow { list, names: rules.list(list, day).iter().map(named).collect() })
            .collect(),
    }))
}
