//! Codes as each wire writes them.
use dancu_citizen::lists::{self, CodeList};
use dancu_citizen::{Coded, LifeState, ListVersion};

/// How the live service writes that nothing is known or stated.
pub(crate) const LIVE_NONE: &str = "00";
/// How the census list writes "no religion".
pub(crate) const CENSUS_NO_RELIGION: &str = "99";

/// The code in the wanted edition of the ethnic groups' list, converted by name; none if it has no counterpart.
pub(crate) fn ethnic_group(coded: &Coded, wanted: ListVersion) -> Option<String> {
    lists::ethnic().convert(coded, wanted).map(|converted| converted.code)
}

/// `00` and `99` both say that no religion is stated (standards: live wire and census list).
pub(crate) fn is_no_religion(code: &str) -> bool {
    matches!(code, LIVE_NONE | CENSUS_NO_RELIGION)
}

/// A code, if the edition has it.
pub(crate) fn of_list(list: &CodeList, version: ListVersion, code: String) -> Option<Coded> {
    list.edition(version)?.entry(&code)?;
    Some(Coded { list: version, code, other_name: None })
}

/// Relation to the head of household. Its list is recalled only, so a code outside it is kept as it came.
pub(crate) fn relation(code: String) -> Coded {
    Coded { list: ListVersion::Qcvn109, code, other_name: None }
}

fn states() -> impl Iterator<Item = (&'static str, LifeState)> {
    include_str!("../../data/citizen-state.csv").lines().filter_map(|line| {
        let (code, name) = line.split_once(',').filter(|_| !line.starts_with('#'))?;
        Some((code, LifeState::from_name(name)?))
    })
}

/// `TrangThaiCongDan` of a state
pub(crate) fn state_code(state: LifeState) -> Option<&'static str> {
    states().find(|(_, s)| *s == state).map(|(code, _)| code)
}

/// State of a `TrangThaiCongDan`
pub(crate) fn state_of(code: &str) -> Option<LifeState> {
    states().find(|(c, _)| *c == code).map(|(_, state)| state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_code_and_comes_back() {
        for state in LifeState::ALL {
            assert_eq!(state_code(state).and_then(state_of), Some(state));
        }
    }
}
