//! The report of a job: figures and charts from its summary, as PDF/A.
use crate::{Summary, Texts};
use dancu_catalogue::Lang;
use dancu_linkage::{Action, Agreement, Column, Verdict};
use dancu_papers::{Bar, Issuer, Paper, PaperError, Report, ReportPart, Signing, render};

/// What a report says beside the figures.
#[derive(Clone)]
pub struct About<'a> {
    /// The agency whose stock it is
    pub agency: &'a str,
    /// Id of the job
    pub job: &'a str,
    /// SHA-256 of the file that came in
    pub input_sha256: [u8; 32],
    /// Name and day of the model by which people were found
    pub model: &'a str,
    /// Sheets of the workbook that name no people and were left out
    pub skipped: &'a [String],
    /// The head of a Vietnamese official paper, if the report is to have one
    pub issuer: Option<Issuer>,
    /// When it is made: microseconds since 1970
    pub made_us: i64,
}

/// Makes the report. The same summary at the same time makes the same bytes.
pub fn report(about: &About<'_>, summary: &Summary, texts: Texts) -> Result<Paper, PaperError> {
    let writing = Writing { summary, texts };
    let mut parts = writing.outcome(about);
    parts.extend(writing.fields());
    parts.extend(writing.steps());
    parts.extend(writing.method(about));
    let report = Report {
        is_english: texts.lang() == Lang::En,
        issuer: about.issuer.clone().filter(|_| texts.lang() == Lang::Vi),
        title: texts.get("report-title"),
        about: texts.with("report-about", &[("agency", about.agency)]),
        parts,
        signing: Signing {
            position: texts.get("report-signatory"),
            how: texts.get("report-sign"),
            name: None,
        },
    };
    render(&report, about.made_us)
}

struct Writing<'a> {
    summary: &'a Summary,
    texts: Texts,
}

impl Writing<'_> {
    fn heading(&self, key: &str) -> ReportPart {
        ReportPart::Heading(self.texts.get(key))
    }

    /// A bar for a count of all rows.
    fn bar(&self, label: String, count: u64) -> Bar {
        let all = self.summary.rows();
        let figure = format!("{} ({})", self.number(count), self.percent(count, all));
        Bar { label, part: part(count, all), figure }
    }

    fn outcome(&self, about: &About<'_>) -> Vec<ReportPart> {
        let summary = self.summary;
        let sure = summary.verdict(Verdict::Match) + summary.verdict(Verdict::MatchWithDifferences);
        let values = [
            ("agency", about.agency.to_owned()),
            ("rows", self.number(summary.rows())),
            ("sure", self.number(sure)),
            ("part", self.percent(sure, summary.rows())),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let order = [
            Verdict::Match,
            Verdict::MatchWithDifferences,
            Verdict::Doubtful,
            Verdict::Ambiguous,
            Verdict::NotFound,
            Verdict::Unreadable,
        ];
        let bars = order.map(|one| self.bar(self.texts.named("verdict", one.name()), summary.verdict(one)));
        let mut parts = vec![
            self.heading("report-outcome"),
            ReportPart::Text(self.texts.with("report-outcome-text", &values)),
            ReportPart::Bars(bars.to_vec()),
        ];
        let faults: Vec<String> = summary
            .faults()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{} {}", self.number(count), self.texts.named("fault", name)))
            .collect();
        if !faults.is_empty() {
            let faults = faults.join("; ");
            parts.push(ReportPart::Text(self.texts.with("report-faults", &[("faults", &faults)])));
        }
        if !about.skipped.is_empty() {
            let sheets = about.skipped.join(", ");
            parts.push(ReportPart::Text(self.texts.with("report-skipped", &[("sheets", &sheets)])));
        }
        parts
    }

    /// What differs, field by field, and how.
    fn fields(&self) -> Vec<ReportPart> {
        let compared = |column: &Column| {
            let said = self.summary.rows() - self.summary.reason(*column, Agreement::Absent);
            (said > 0).then_some((*column, said))
        };
        let columns: Vec<(Column, u64)> = Column::ALL.iter().filter_map(compared).collect();
        if columns.is_empty() {
            return Vec::new();
        }
        let bars = columns.iter().map(|(column, said)| {
            let differing = self.summary.differing(*column);
            let label = self.texts.named("field", column.name());
            let figure = format!("{} ({})", self.number(differing), self.percent(differing, *said));
            Bar { label, part: part(differing, *said), figure }
        });
        let rows = columns.iter().map(|(column, said)| {
            let kinds =
                Agreement::ALL.iter().filter(|one| !matches!(one, Agreement::Absent | Agreement::Same));
            let mut kinds: Vec<(u64, &Agreement)> =
                kinds.map(|one| (self.summary.reason(*column, *one), one)).filter(|(n, _)| *n > 0).collect();
            kinds.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
            let kinds = kinds.iter().map(|(count, one)| {
                format!("{} {}", self.texts.named("agreement", one.name()), self.number(*count))
            });
            let kinds = kinds.collect::<Vec<_>>().join("; ");
            vec![
                self.texts.named("field", column.name()),
                self.number(*said),
                self.number(self.summary.reason(*column, Agreement::Same)),
                if kinds.is_empty() { "–".to_owned() } else { kinds },
            ]
        });
        let head = |key: &str, share| (self.texts.get(key), share);
        let heads = vec![
            head("report-field", 22),
            head("report-compared", 16),
            head("report-same", 16),
            head("report-differing", 46),
        ];
        vec![
            self.heading("report-fields"),
            ReportPart::Text(self.texts.get("report-fields-text")),
            ReportPart::Bars(bars.collect()),
            ReportPart::Table(self.texts.get("report-fields"), heads, rows.collect()),
        ]
    }

    fn steps(&self) -> Vec<ReportPart> {
        let bars = Action::ALL
            .iter()
            .map(|one| self.bar(self.texts.named("action", one.name()), self.summary.action(*one)));
        let mut parts = vec![self.heading("report-steps"), ReportPart::Bars(bars.collect())];
        let asked = Action::ALL.iter().filter(|one| self.summary.action(**one) > 0);
        for one in asked {
            parts.push(ReportPart::Item("-".to_owned(), self.texts.named("step", one.name())));
        }
        parts
    }

    fn method(&self, about: &About<'_>) -> Vec<ReportPart> {
        let say =
            |key, name, value: &str| ReportPart::Item("-".to_owned(), self.texts.with(key, &[(name, value)]));
        // Eight letters a group: somebody may have to compare it with the eye.
        let seal: Vec<String> = about.input_sha256.chunks(4).map(hex::encode).collect();
        vec![
            self.heading("report-method"),
            ReportPart::Text(self.texts.get("report-method-text")),
            say("report-job", "job", about.job),
            say("report-model", "model", about.model),
            say("report-seal", "seal", &seal.join(" ")),
            say("report-told", "told", &self.number(self.summary.told())),
        ]
    }

    /// As numbers are written in the language.
    fn number(&self, value: u64) -> String {
        let mark = if self.texts.lang() == Lang::Vi { '.' } else { ',' };
        let digits = value.to_string();
        let mut written = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                written.push(mark);
            }
            written.push(digit);
        }
        written
    }

    /// One digit behind the mark; what is not all is never shown as 100, what is not nothing never as 0.
    fn percent(&self, count: u64, all: u64) -> String {
        let mark = if self.texts.lang() == Lang::Vi { ',' } else { '.' };
        let tenths =
            (u128::from(count) * 1000 + u128::from(all) / 2).checked_div(u128::from(all)).unwrap_or(0);
        let tenths = match (count, tenths) {
            (1.., 0) => return format!("< 0{mark}1%"),
            (count, 1000) if count < all => 999,
            (_, tenths) => tenths,
        };
        format!("{}{mark}{}%", tenths / 10, tenths % 10)
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the length of a bar")]
fn part(count: u64, all: u64) -> f32 {
    if all == 0 { 0.0 } else { (count as f64 / all as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_linkage::Answer;

    #[test]
    fn a_report_is_made_in_both_languages_and_says_the_figures() {
        let mut summary = Summary::default();
        for at in 0..12_345_usize {
            let mut answer = Answer::default();
            let verdict =
                [Verdict::Match, Verdict::MatchWithDifferences, Verdict::NotFound, Verdict::Doubtful];
            answer.verdict = verdict[if at % 10 < 6 { 0 } else { at % 4 }];
            answer.action = Action::ALL[if at % 10 < 6 { 0 } else { at % 4 }];
            answer.reasons.set(Column::FullName, Agreement::ALL[if at % 5 == 0 { at % 7 + 1 } else { 1 }]);
            answer.reasons.set(Column::BirthDate, Agreement::ALL[if at % 9 == 0 { at % 3 + 7 } else { 1 }]);
            answer.reasons.set(Column::PersonalId, Agreement::ALL[if at % 50 == 0 { 4 } else { 1 }]);
            summary.count(&answer);
        }
        summary.count_fault(crate::Fault::Quote);
        let about = About {
            agency: "Bảo hiểm xã hội tỉnh Hòa Thịnh",
            job: "7d1f0c52-96a4-4f0e-8f8c-0b6a4a1c9e10",
            input_sha256: [0xAB; 32],
            model: "dancu-fs-vi-1, 20/11/2026",
            skipped: &["Ghi chú".to_owned()],
            issuer: None,
            made_us: 1_795_230_245_000_000,
        };
        for lang in [Lang::Vi, Lang::En] {
            let paper = report(&about, &summary, Texts::of(lang)).unwrap();
            assert!(paper.pdf.starts_with(b"%PDF-"));
            assert_eq!(paper.fields.len(), 1, "a place to sign");
            assert_eq!(paper.pdf, report(&about, &summary, Texts::of(lang)).unwrap().pdf);
        }
        let writing = Writing { summary: &summary, texts: Texts::of(Lang::Vi) };
        let said = writing.outcome(&about);
        assert!(
            matches!(said.last(), Some(ReportPart::Text(text)) if text.contains("Ghi chú")),
            "no sheet is left out silently"
        );
        assert_eq!(writing.number(1_234_567), "1.234.567");
        assert_eq!(writing.percent(1, 10_000), "< 0,1%");
        assert_eq!(writing.percent(9_999, 10_000), "99,9%");
        assert_eq!(writing.percent(0, 0), "0,0%");
    }
}
