//! What answers rows: the people in memory, by number, old number, or name with birth date and sex, compared as on the road.
use dancu_citizen::{
    Allowed, BirthDate, Claim, ClaimedName, Comparison, Field, IdCardNumber, PersonNumber, PersonalId,
    Reason, Sex,
};
use dancu_cleaning::Matcher;
use dancu_linkage::{Action, Agreement, Answer, Column, Reasons, Row, Verdict};
use dancu_registry::{Finding, Registry, Search};

/// The registry of this server.
pub struct People(pub Registry);

/// Above it a row is taken for a person without somebody looking: a number that agrees and a name that is not another one.
const THRESHOLD: i32 = 4_000;

impl Matcher for People {
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        out.extend(rows.iter().map(|row| self.answer(row)));
    }

    fn people(&self) -> u64 {
        self.0.count() as u64
    }

    fn threshold(&self) -> i32 {
        THRESHOLD
    }
}

impl People {
    fn answer(&self, row: &Row<'_>) -> Answer {
        let claim = claim(row);
        if claim.personal_id.is_none() && claim.id_card_number.is_none() && claim.full_name.is_none() {
            let reasons = unreadable(row, &claim, Reasons::default());
            return Answer {
                verdict: Verdict::Unreadable,
                action: Action::AskCitizen,
                reasons,
                ..Answer::default()
            };
        }
        let finding = self.0.verify(&claim, Allowed::ALL);
        if finding.found() { by_number(row, &claim, &finding) } else { self.by_name(row, &claim) }
    }

    /// Nobody has the number, or there is none: who has this name, day of birth and sex may be meant.
    fn by_name(&self, row: &Row<'_>, claim: &Claim) -> Answer {
        let nobody = Answer {
            reasons: unreadable(row, claim, Reasons::default()),
            action: Action::AskCitizen,
            ..Answer::default()
        };
        let (Some(name), Some(birth @ BirthDate::Day(_))) = (&claim.full_name, claim.birth_date) else {
            return nobody;
        };
        let search = Search {
            name: Some(name.clone()),
            birth: Some(birth),
            sex: claim.sex.filter(|sex| *sex != Sex::Unknown),
            number: None,
            limit: 3,
        };
        let hits = self.0.search(&search);
        let mut numbers = hits.iter().filter_map(|hit| hit.personal_id);
        let (Some(first), is_only) = (numbers.next(), numbers.next().is_none()) else { return nobody };
        let meant = Claim { personal_id: Some(first), id_card_number: None, ..claim.clone() };
        let finding = self.0.verify(&meant, Allowed::ALL);
        let Some(comparison) = finding.comparison.as_ref().filter(|c| is_name(c)) else { return nobody };
        let mut reasons = reasons(row, claim, comparison);
        reasons.set(Column::PersonalId, said(row, Column::PersonalId, claim.personal_id.is_some()));
        reasons.set(Column::IdCardNumber, said(row, Column::IdCardNumber, claim.id_card_number.is_some()));
        let (verdict, action) = match is_only {
            true => (Verdict::Doubtful, Action::Review),
            false => (Verdict::Ambiguous, Action::AskCitizen),
        };
        Answer { verdict, action, score: score(&reasons), reasons, place: None, personal_id: Some(first) }
    }
}

/// Somebody has the number of the row, or had it.
fn by_number(row: &Row<'_>, claim: &Claim, finding: &Finding) -> Answer {
    let Some(comparison) = &finding.comparison else { return Answer::default() };
    let reasons = reasons(row, claim, comparison);
    let all =
        reasons.iter().all(|(_, agreement)| matches!(agreement, Agreement::Same | Agreement::Unaccented));
    let (verdict, action) = if !is_name(comparison) {
        (Verdict::Doubtful, Action::Review)
    } else if !finding.usable() {
        (Verdict::MatchWithDifferences, Action::AskCitizen)
    } else if all {
        (Verdict::Match, Action::Accept)
    } else {
        (Verdict::MatchWithDifferences, Action::Correct)
    };
    let personal_id = match finding.number {
        Some(PersonNumber::PersonalId(number)) => Some(number),
        _ => None,
    };
    Answer { verdict, action, score: score(&reasons), reasons, place: None, personal_id }
}

/// Whether the name, where one is said, is the person's or nearly so.
fn is_name(comparison: &Comparison) -> bool {
    comparison.get(Field::FullName).reason != Reason::Different
}

fn claim(row: &Row<'_>) -> Claim {
    Claim {
        personal_id: PersonalId::parse(row.get(Column::PersonalId)).ok(),
        id_card_number: IdCardNumber::parse(row.get(Column::IdCardNumber)).ok(),
        full_name: ClaimedName::parse(row.get(Column::FullName)).ok(),
        birth_date: birth_date(row.get(Column::BirthDate)),
        sex: sex(row.get(Column::Sex)),
    }
}

/// `1985-02-01`, `01/02/1985`, `02/1985`, `1985`.
fn birth_date(text: &str) -> Option<BirthDate> {
    if let Ok(date) = BirthDate::parse_iso(text) {
        return Some(date);
    }
    let parts: Vec<u16> =
        text.split(['/', '-', '.', ' ']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let iso = match *parts.as_slice() {
        [day, month, year] => format!("{year:04}-{month:02}-{day:02}"),
        [month, year] => format!("{year:04}-{month:02}"),
        _ => return None,
    };
    BirthDate::parse_iso(&iso).ok()
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_lowercase().as_str() {
        "nam" | "1" | "m" | "male" => Some(Sex::Male),
        "nữ" | "nu" | "2" | "f" | "female" => Some(Sex::Female),
        _ => None,
    }
}

fn reasons(row: &Row<'_>, claim: &Claim, comparison: &Comparison) -> Reasons {
    let columns = [
        (Column::PersonalId, Field::PersonalId),
        (Column::IdCardNumber, Field::IdCardNumber),
        (Column::FullName, Field::FullName),
        (Column::BirthDate, Field::BirthDate),
        (Column::Sex, Field::Sex),
    ];
    let mut reasons = Reasons::default();
    for (column, field) in columns {
        reasons.set(column, agreement(comparison.get(field).reason));
    }
    unreadable(row, claim, reasons)
}

fn agreement(reason: Reason) -> Agreement {
    match reason {
        Reason::Equal | Reason::YearOnly | Reason::MonthOnly => Agreement::Same,
        Reason::UnaccentedEqual => Agreement::Unaccented,
        Reason::MarksDiffer => Agreement::OtherMarks,
        Reason::SmallEdit => Agreement::Typing,
        Reason::FormerName | Reason::LinkedOldNumber => Agreement::Former,
        Reason::DayMonthSwapped => Agreement::DayMonthSwapped,
        Reason::LessPrecise => Agreement::LessPrecise,
        Reason::Different => Agreement::Different,
        Reason::NotOnRecord | Reason::NotAsked | Reason::NotAllowed => Agreement::Absent,
    }
}

/// Marks what stands in the row and cannot be read.
fn unreadable(row: &Row<'_>, claim: &Claim, mut reasons: Reasons) -> Reasons {
    let read = [
        (Column::PersonalId, claim.personal_id.is_some()),
        (Column::IdCardNumber, claim.id_card_number.is_some()),
        (Column::FullName, claim.full_name.is_some()),
        (Column::BirthDate, claim.birth_date.is_some()),
        (Column::Sex, claim.sex.is_some()),
    ];
    for (column, is_read) in read {
        if !is_read && !row.get(column).is_empty() {
            reasons.set(column, Agreement::Unreadable);
        }
    }
    reasons
}

/// What is said of a number that nobody has.
fn said(row: &Row<'_>, column: Column, is_read: bool) -> Agreement {
    match (row.get(column).is_empty(), is_read) {
        (true, _) => Agreement::Absent,
        (false, true) => Agreement::Different,
        (false, false) => Agreement::Unreadable,
    }
}

/// Fixed weights in hundredths of bits: a number names one of a hundred million, a name or a day of birth one of thousands.
fn score(reasons: &Reasons) -> i32 {
    let weight = |(column, agreement): (Column, Agreement)| {
        let full = match column {
            Column::PersonalId | Column::IdCardNumber => 2_600,
            Column::FullName => 1_400,
            Column::BirthDate => 1_400,
            Column::Sex => 100,
            _ => 0,
        };
        match agreement {
            Agreement::Same => full,
            Agreement::Absent | Agreement::Unreadable => 0,
            Agreement::Different => -full / 2,
            _ => full * 3 / 4,
        }
    };
    reasons.iter().map(weight).sum()
}
