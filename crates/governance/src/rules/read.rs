//! From rows of text to typed rows. A name that the code does not know refuses the whole file.
use super::dated::Dated;
use super::file::{EvaluationRow, File, StepRow};
use super::{
    ExemptionRule, Limit, MeasureRule, ReasonRule, Rules, SeverityRule, StepRule, TestCaseRule, TestPerson,
};
use crate::kind::{Check, Kind, State, Step};
use dancu_policy::duty::Action;
use dancu_policy::{LawError, Service, Term};

type Read<T> = Result<T, LawError>;

const LISTS: [&str; 7] = [
    "document_kind",
    "system_kind",
    "connection_model",
    "assessment_kind",
    "assessment_subject",
    "ticket_channel",
    "inspection_target",
];

pub(super) fn rules(file: &File) -> Read<Rules> {
    let mut evaluations = Vec::new();
    for row in &file.evaluation {
        let days = month_days(row)?;
        evaluations.extend(row.levels.iter().map(|level| (*level, days.clone(), row.origin())));
    }
    let rules = Rules {
        steps: read(
            &file.step,
            |row| Ok(((kind(&row.process)?, step(&row.name)?), step_rule(row)?)),
            StepRow::origin,
        )?,
        limits: read(&file.limit, |row| Ok((row.name.clone(), row.value)), super::file::LimitRow::origin)?,
        warnings: read(
            &file.warning,
            |row| Ok(((), descending(&row.days))),
            super::file::WarningRow::origin,
        )?,
        media: read(&file.media, |row| Ok((row.name.clone(), row.allowed)), super::file::MediaRow::origin)?,
        choices: read(
            &file.choice,
            |row| {
                if row.names.len() != row.labels.len() || !LISTS.contains(&row.list.as_str()) {
                    return Err(LawError::Value(row.list.clone()));
                }
                Ok((row.list.clone(), row.names.iter().cloned().zip(row.labels.iter().cloned()).collect()))
            },
            super::file::ChoiceRow::origin,
        )?,
        exemptions: read(
            &file.exemption,
            |row| {
                let rule = ExemptionRule {
                    label: row.label.clone(),
                    kinds: row.kinds.clone(),
                    permanent: row.permanent,
                };
                Ok((row.name.clone(), rule))
            },
            super::file::ExemptionRow::origin,
        )?,
        severities: read(
            &file.severity,
            |row| {
                let term = Term::new(row.days, &row.unit)?;
                Ok((row.name.clone(), SeverityRule { label: row.label.clone(), blocks: row.blocks, term }))
            },
            super::file::SeverityRow::origin,
        )?,
        test_cases: test_cases(file)?,
        evaluations: Dated::new(evaluations)?,
        measures: read(
            &file.measure,
            |row| {
                let rule = MeasureRule {
                    name: row.name.clone(),
                    label: row.label.clone(),
                    from_level: row.from_level,
                    justify: row.justify,
                };
                Ok((row.name.clone(), rule))
            },
            super::file::MeasureRow::origin,
        )?,
        reasons: read(
            &file.reason,
            |row| {
                let rule = ReasonRule {
                    label: row.label.clone(),
                    what: row.what.clone(),
                    todo: row.todo.clone(),
                    term: Term::new(row.days, &row.unit)?,
                };
                Ok((row.name.clone(), rule))
            },
            super::file::ReasonRow::origin,
        )?,
        ways_back: read(
            &file.way_back,
            |row| Ok(((row.target.clone(), row.action.clone()), row.text.clone())),
            super::file::WayBackRow::origin,
        )?,
    };
    complete(&rules)?;
    Ok(rules)
}

/// Types rows by a function, and dates them.
fn read<R, K: PartialEq + Clone, V>(
    rows: &[R],
    typed: impl Fn(&R) -> Read<(K, V)>,
    origin: impl Fn(&R) -> super::file::Origin,
) -> Read<Dated<K, V>> {
    let typed = rows.iter().map(|row| typed(row).map(|(key, value)| (key, value, origin(row))));
    Dated::new(typed.collect::<Read<Vec<_>>>()?)
}

fn step_rule(row: &StepRow) -> Read<StepRule> {
    let term = match (row.days, &row.unit) {
        (Some(days), Some(unit)) => Some(Term::new(days, unit)?),
        (None, None) => None,
        _ => return Err(LawError::Value(row.name.clone())),
    };
    let writer = |name: &&String| name.as_str() == "write";
    Ok(StepRule {
        from: row.from.iter().filter(|s| !s.is_empty()).map(|s| state(s)).collect::<Read<_>>()?,
        to: state(&row.to)?,
        duty: Action::from_name(&row.duty).ok_or_else(|| LawError::Unknown(row.duty.clone()))?,
        through: row.through,
        rule: row.rule,
        not_by: row.not_by.iter().filter(|n| !writer(n)).map(|n| step(n)).collect::<Read<_>>()?,
        not_by_writer: row.not_by.iter().any(|name| writer(&name)),
        new_round: row.new_round,
        keep_deadline: row.keep_deadline,
        documents: row.documents.clone(),
        fresh: row.fresh,
        needs: row.needs.iter().map(|n| check(n)).collect::<Read<_>>()?,
        term,
        then: row.then.as_deref().map(step).transpose()?,
    })
}

fn descending(days: &[u16]) -> Vec<u16> {
    let mut days = days.to_vec();
    days.sort_unstable_by(|a, b| b.cmp(a));
    days
}

fn month_days(row: &EvaluationRow) -> Read<Vec<(u8, u8)>> {
    let parse = |text: &String| {
        let pair = text.split_once('-').and_then(|(m, d)| Some((m.parse().ok()?, d.parse().ok()?)));
        let real = pair.filter(|(m, d)| dancu_citizen::CivilDate::new(2023, *m, *d).is_ok());
        real.ok_or_else(|| LawError::Value(text.clone()))
    };
    row.days.iter().map(parse).collect()
}

/// What the code needs must be there: every figure, every list, a beginning of every kind, a document kind for each that
/// is demanded, a step for each that is waited for.
fn complete(rules: &Rules) -> Read<()> {
    for limit in Limit::ALL {
        if !rules.limits.values().any(|(name, _)| name == limit.name()) {
            return Err(LawError::Missing(limit.name()));
        }
    }
    for list in LISTS {
        if !rules.choices.values().any(|(name, _)| name == list) {
            return Err(LawError::Missing(list));
        }
    }
    let steps: Vec<_> = rules.steps.values().collect();
    for kind in Kind::ALL {
        if !steps.iter().any(|((of, step), _)| *of == kind && *step == Step::Open) {
            return Err(LawError::Missing(kind.name()));
        }
    }
    let kinds: Vec<&str> = rules
        .choices
        .values()
        .filter(|(list, _)| *list == "document_kind")
        .flat_map(|(_, names)| names)
        .map(|(n, _)| n.as_str())
        .collect();
    for ((kind, step), rule) in &steps {
        if (*step == Step::Open) != rule.from.is_empty() {
            return Err(LawError::Value(format!("{} {}", kind.name(), step.name())));
        }
        if let Some(unknown) = rule.documents.iter().find(|d| !kinds.contains(&d.as_str())) {
            return Err(LawError::Unknown(unknown.clone()));
        }
        if let Some(then) = rule.then
            && !steps
                .iter()
                .any(|((of, other), next)| of == kind && *other == then && next.from.contains(&rule.to))
        {
            return Err(LawError::Value(format!("{} then {}", kind.name(), then.name())));
        }
    }
    Ok(())
}

fn kind(name: &str) -> Read<Kind> {
    Kind::from_name(name).ok_or_else(|| LawError::Unknown(name.to_owned()))
}

fn state(name: &str) -> Read<State> {
    State::from_name(name).ok_or_else(|| LawError::Unknown(name.to_owned()))
}

fn step(name: &str) -> Read<Step> {
    Step::from_name(name).ok_or_else(|| LawError::Unknown(name.to_owned()))
}

fn check(name: &str) -> Read<Check> {
    Check::from_name(name).ok_or_else(|| LawError::Unknown(name.to_owned()))
}

fn test_cases(file: &File) -> Read<Dated<(Service, String), TestCaseRule>> {
    read(
        &file.test_case,
        |row| {
            let service = Service::from_name(&row.service);
            let service = service.ok_or_else(|| LawError::Unknown(row.service.clone()))?;
            let rule = TestCaseRule {
                name: row.name.clone(),
                expect: row.expect.clone(),
                label: row.label.clone(),
                todo: row.todo.clone(),
                person: TestPerson {
                    number: row.number.clone(),
                    full_name: row.full_name.clone(),
                    birth_date: row.birth_date.clone(),
                },
            };
            Ok(((service, row.name.clone()), rule))
        },
        super::file::TestCaseRow::origin,
    )
}
