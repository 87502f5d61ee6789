//! Who does something, when, why.

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor<'a> {
    /// A member of staff, by account id
    Staff(&'a str),
    /// A rule of the program, by name
    Rule(&'a str),
}

/// Before the name of a rule, where a staff account would stand.
pub(crate) const RULE: &str = "rule:";

impl Actor<'_> {
    /// As stored.
    pub(crate) fn stored(self) -> String {
        match self {
            Self::Staff(id) => id.to_owned(),
            Self::Rule(name) => format!("{RULE}{name}"),
        }
    }

    pub(crate) fn is_rule(self) -> bool {
        matches!(self, Self::Rule(_))
    }
}

/// What belongs to every step: who, when, why, on which entry of the journal. `Debug` shows no words.
#[derive(Clone, Copy)]
pub struct Deed<'a> {
    /// Who
    pub by: Actor<'a>,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Number of the journal entry that was made before it; none for what the program does by itself
    pub entry: Option<u64>,
    /// Why, in the words of whoever does it; may be empty
    pub why: &'a str,
    /// Number of the last step that whoever does it has seen; another one refuses the deed, none does not ask
    pub seen: Option<u32>,
}

impl<'a> Deed<'a> {
    /// A deed of a member of staff.
    pub fn of(staff: &'a str, at_us: i64, entry: u64, why: &'a str) -> Self {
        Self { by: Actor::Staff(staff), at_us, entry: Some(entry), why, seen: None }
    }

    /// A deed of a rule.
    pub fn by_rule(rule: &'a str, at_us: i64, why: &'a str) -> Self {
        Self { by: Actor::Rule(rule), at_us, entry: None, why, seen: None }
    }
}

impl std::fmt::Debug for Deed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deed")
            .field("by", &self.by)
            .field("at_us", &self.at_us)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}
