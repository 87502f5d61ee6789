//! From candidates to an answer.
use crate::model::Decision;
use crate::reading::Reading;
use crate::score::Candidate;
use crate::{Action, Agreement, Answer, Column, Reasons, Verdict};
use dancu_citizen::LifeState;

/// Best first; of those who fit alike the lower number, whatever the order in which they were found.
pub(crate) fn sort(candidates: &mut [Candidate]) {
    candidates.sort_unstable_by_key(|c| {
        (std::cmp::Reverse(c.score), c.person.personal_id, c.person.id_card_number, c.place)
    });
}

/// The answer for sorted candidates.
pub(crate) fn answer(
    row: &Reading,
    candidates: &[Candidate],
    is_doubted: bool,
    decision: &Decision,
) -> Answer {
    if !row.says_enough() {
        return Answer { verdict: Verdict::Unreadable, action: Action::AskCitizen, ..Answer::default() };
    }
    let Some(best) = candidates.first() else { return nobody(is_doubted) };
    if best.score < decision.doubt_from {
        return nobody(is_doubted);
    }
    let is_alike = |second: &Candidate| {
        second.score >= decision.doubt_from && second.score > best.score - decision.margin
    };
    let verdict = if candidates.get(1).is_some_and(is_alike) {
        Verdict::Ambiguous
    } else if best.score < decision.match_from
        || !is_grounded(&best.reasons)
        || is_doubted && !is_decisive(best)
    {
        Verdict::Doubtful
    } else if agrees(&best.reasons) {
        Verdict::Match
    } else {
        Verdict::MatchWithDifferences
    };
    Answer {
        verdict,
        action: action(verdict, best),
        score: best.score,
        reasons: best.reasons,
        place: Some(best.place),
        personal_id: best.person.personal_id,
        id_card_number: best.person.only_card(),
    }
}

fn nobody(is_doubted: bool) -> Answer {
    let (verdict, action) = if is_doubted {
        (Verdict::Doubtful, Action::Review)
    } else {
        (Verdict::NotFound, Action::AskCitizen)
    };
    Answer { verdict, action, ..Answer::default() }
}

fn agrees(reasons: &Reasons) -> bool {
    reasons.iter().all(|(_, agreement)| agreement == Agreement::Same)
}

fn action(verdict: Verdict, best: &Candidate) -> Action {
    let differs = |column| best.reasons.get(column) == Agreement::Different;
    match verdict {
        _ if best.person.state == LifeState::Cancelled => Action::Review,
        Verdict::Match => Action::Accept,
        // What is another value, and no slip, is for the citizen to say; where people moved, the registry knows.
        Verdict::MatchWithDifferences
            if [Column::PersonalId, Column::FullName, Column::BirthDate, Column::Sex]
                .into_iter()
                .any(differs) =>
        {
            Action::AskCitizen
        }
        Verdict::MatchWithDifferences => Action::Correct,
        Verdict::Doubtful | Verdict::Ambiguous => Action::Review,
        Verdict::NotFound | Verdict::Unreadable => Action::AskCitizen,
    }
}

/// Whether what agrees cannot be what relatives share. A commune, a surname and a middle name come together in a family, which the sum of
/// weights does not know: without a number that agrees, name and birth date both must, and letters other than those on record may be
/// a twin's.
fn is_grounded(reasons: &Reasons) -> bool {
    let get = |column| reasons.get(column);
    let has_number = [Column::PersonalId, Column::IdCardNumber]
        .into_iter()
        .any(|column| matches!(get(column), Agreement::Same | Agreement::Former | Agreement::Typing));
    let has_name = matches!(
        get(Column::FullName),
        Agreement::Same | Agreement::Unaccented | Agreement::Former | Agreement::Words
    );
    let has_birth = matches!(
        get(Column::BirthDate),
        Agreement::Same | Agreement::LessPrecise | Agreement::DayMonthSwapped | Agreement::Typing
    );
    // One household has several people of a surname, and seldom two whose names differ by a letter and who were born on one day.
    let is_at_home = get(Column::Household) == Agreement::Same;
    let name_is_near = matches!(get(Column::FullName), Agreement::OtherMarks | Agreement::Typing);
    let birth_is_same = get(Column::BirthDate) == Agreement::Same;
    has_number || has_name && (has_birth || is_at_home) || is_at_home && name_is_near && birth_is_same
}

/// Whether nobody else can be meant: a number is the person's, and name and birth date fit. Whoever has another number and as good a name
/// and date is behind by the whole weight of a number.
pub(crate) fn is_decisive(candidate: &Candidate) -> bool {
    let get = |column| candidate.reasons.get(column);
    let has_number = matches!(get(Column::PersonalId), Agreement::Same | Agreement::Former)
        || matches!(get(Column::IdCardNumber), Agreement::Same | Agreement::Former);
    let has_name =
        !matches!(get(Column::FullName), Agreement::Absent | Agreement::Different | Agreement::Unreadable);
    let has_birth = matches!(
        get(Column::BirthDate),
        Agreement::Same | Agreement::LessPrecise | Agreement::DayMonthSwapped | Agreement::Typing
    );
    has_number && has_name && has_birth && get(Column::PersonalId) != Agreement::Different
}
