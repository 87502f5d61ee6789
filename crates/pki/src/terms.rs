//! How long things hold: `data/terms.toml`, rows with their days of effect, which a configuration may overlay.
use dancu_citizen::CivilDate;
use dancu_policy::VietnamTime;
use serde::Deserialize;

const HOUR_US: i64 = 3_600_000_000;
/// Hours of a term at most: ten years.
const MOST: u32 = 87_600;

/// What has a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Validity of a system's certificate
    SystemCertificate,
    /// Validity of an enrolled workstation's certificate
    WorkstationCertificate,
    /// Validity of a security officer's certificate of our own issue
    RecipientCertificate,
    /// For how long the old certificate goes on beside a renewed one
    CertificateOverlap,
    /// For how long a one-time enrolment code waits
    EnrolmentCode,
    /// For how long the former credentials are taken beside new ones
    SecretOverlap,
    /// For how long an envelope waits to be taken
    SecretDelivery,
}

/// Why the terms cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    /// The file does not read
    #[error("the file of terms: {0}")]
    Read(#[from] toml::de::Error),
    /// A day that is none
    #[error("the file of terms: {0:?} is no day")]
    Day(String),
    /// A figure out of range
    #[error("the term {0:?} is 1 to {MOST} hours")]
    Range(Term),
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRow {
    /// What has it
    pub term: Term,
    /// How long, hours
    pub hours: u32,
    /// First day in force
    pub valid_from: CivilDate,
    /// Where it comes from
    pub source: String,
    /// How sure the source is
    pub mark: String,
}

/// The terms over time.
#[derive(Clone, Debug)]
pub struct Terms(Vec<TermRow>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    term: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: Term,
    hours: u32,
    valid_from: String,
    source: String,
    mark: String,
}

impl Terms {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, TermsError> {
        Self::parse(include_str!("../data/terms.toml"))
    }

    /// Reads a file of that shape.
    pub fn parse(text: &str) -> Result<Self, TermsError> {
        let file: File = toml::from_str(text)?;
        let row = |row: Row| {
            let day = CivilDate::parse_iso(&row.valid_from).map_err(|_| TermsError::Day(row.valid_from))?;
            let hours = in_range(row.name, row.hours)?;
            Ok(TermRow { term: row.name, hours, valid_from: day, source: row.source, mark: row.mark })
        };
        let mut rows = file.term.into_iter().map(row).collect::<Result<Vec<_>, TermsError>>()?;
        rows.sort_by_key(|row| row.valid_from);
        Ok(Self(rows))
    }

    /// Lays a figure of the configuration over all rows of a term.
    pub fn overlay(&mut self, term: Term, hours: u32) -> Result<(), TermsError> {
        let hours = in_range(term, hours)?;
        for row in self.0.iter_mut().filter(|row| row.term == term) {
            row.hours = hours;
            "configuration".clone_into(&mut row.source);
        }
        Ok(())
    }

    /// The row in force at a moment.
    pub fn row(&self, term: Term, now_us: i64) -> Option<&TermRow> {
        let today = VietnamTime::of(now_us)?.date;
        self.0.iter().rev().find(|row| row.term == term && row.valid_from <= today)
    }

    /// The end of a term that begins at a moment, microseconds since 1970; none where no row was in force.
    pub fn end_us(&self, term: Term, now_us: i64) -> Option<i64> {
        now_us.checked_add(i64::from(self.row(term, now_us)?.hours) * HOUR_US)
    }
}

fn in_range(term: Term, hours: u32) -> Result<u32, TermsError> {
    if (1..=MOST).contains(&hours) { Ok(hours) } else { Err(TermsError::Range(term)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 21 November 2026, noon in Vietnam
    const NOW_US: i64 = 1_795_237_200_000_000;

    const ALL: [Term; 7] = [
        Term::SystemCertificate,
        Term::WorkstationCertificate,
        Term::RecipientCertificate,
        Term::CertificateOverlap,
        Term::EnrolmentCode,
        Term::SecretOverlap,
        Term::SecretDelivery,
    ];

    #[test]
    fn every_term_has_a_row_today_with_its_source() {
        let terms = Terms::built_in().unwrap();
        for term in ALL {
            let row = terms.row(term, NOW_US).unwrap();
            assert!(!row.source.is_empty() && !row.mark.is_empty(), "{term:?}");
            assert_eq!(terms.end_us(term, NOW_US), Some(NOW_US + i64::from(row.hours) * HOUR_US));
        }
        let hours = |term| terms.row(term, NOW_US).unwrap().hours;
        assert!(
            hours(Term::SecretDelivery) < hours(Term::SecretOverlap),
            "time for another delivery is left"
        );
        assert!(terms.row(Term::EnrolmentCode, 0).is_none(), "before the first day of effect");
    }

    #[test]
    fn the_newest_row_in_force_counts_and_the_configuration_over_it() {
        let row = |hours, from| {
            format!(
                "[[term]]\nname='enrolment_code'\nhours={hours}\nvalid_from='{from}'\nsource='s'\nmark='m'\n"
            )
        };
        let text = row(2, "2026-01-01") + &row(3, "2027-01-01") + &row(1, "2025-01-01");
        let mut terms = Terms::parse(&text).unwrap();
        assert_eq!(terms.row(Term::EnrolmentCode, NOW_US).unwrap().hours, 2);
        terms.overlay(Term::EnrolmentCode, 7).unwrap();
        assert_eq!(terms.row(Term::EnrolmentCode, NOW_US).unwrap().hours, 7);
        assert!(matches!(terms.overlay(Term::EnrolmentCode, 0), Err(TermsError::Range(_))));
        assert!(Terms::parse(&row(87_601, "2026-01-01")).is_err());
        assert!(Terms::parse(&row(1, "2026-02-30")).is_err());
        assert!(Terms::parse("[[term]]\nname='x'").is_err());
    }
}
