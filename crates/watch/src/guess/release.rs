//! A supervisor lets one account on.
use super::Person;

/// One account may ask about one person although the budget is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// About whom
    pub person: Person,
    /// Who may ask
    pub account: String,
    /// Until when, microseconds since 1970
    pub until_us: i64,
    /// Mismatches that it may still make
    pub left: u8,
}

/// Releases in force: a handful.
#[derive(Debug, Default)]
pub(super) struct Releases(Vec<(Release, Vec<u32>)>);

/// More releases than a country's supervisors give within half an hour.
const MOST: usize = 4096;

impl Releases {
    pub(super) fn add(&mut self, release: Release, now_us: i64) {
        self.0.retain(|(one, _)| {
            one.until_us > now_us && (one.person, &one.account) != (release.person, &release.account)
        });
        if self.0.len() < MOST {
            self.0.push((release, Vec::new()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn lets_on(&self, person: &Person, account: &str, now_us: i64) -> bool {
        self.0.iter().any(|(one, _)| {
            one.person == *person && one.account == account && one.until_us > now_us && one.left > 0
        })
    }

    /// Counts a mismatch against the release; the same claim once.
    pub(super) fn spend(&mut self, person: &Person, account: &str, claim: u32) {
        let found = self.0.iter_mut().find(|(one, _)| one.person == *person && one.account == account);
        if let Some((release, claims)) = found
            && !claims.contains(&claim)
        {
            claims.push(claim);
            release.left = release.left.saturating_sub(1);
        }
    }
}
