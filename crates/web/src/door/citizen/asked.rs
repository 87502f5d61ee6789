//! What part of a history is shown: the filter, as the address says it.
use crate::Texts;
use crate::door::form;
use crate::parts::Typed;
use dancu_citizen::CivilDate;
use dancu_journal::index::{Item, Shown};
use dancu_policy::Deadlines;

/// The filter, as the address says it.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) organisation: String,
    pub(super) from: Typed,
    pub(super) to: Typed,
    pub(super) from_us: Option<i64>,
    pub(super) to_us: Option<i64>,
    pub(super) before: Option<u64>,
}

impl Asked {
    pub(super) fn read(query: &str, today: CivilDate, texts: Texts) -> Self {
        let mut asked = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = form::decoded(value);
            match name {
                "organisation" => asked.organisation = value,
                "from" => (asked.from, asked.from_us) = bound(&value, today, texts, start_of),
                "to" => (asked.to, asked.to_us) = bound(&value, today, texts, Deadlines::end_of),
                "before" => asked.before = value.parse().ok(),
                _ => {}
            }
        }
        asked
    }

    pub(super) fn is_wrong(&self) -> bool {
        self.from.error.is_some() || self.to.error.is_some()
    }

    /// Whether an entry is shown. What is withheld is not told by any filter: it is always there.
    pub(super) fn fits(&self, item: &Item) -> bool {
        let (at_us, organisation) = match &item.shown {
            Shown::Call(call) => (call.at_us, call.organisation.as_deref()),
            Shown::Withholding { at_us, .. } | Shown::Act { at_us, .. } => (*at_us, None),
            Shown::Withheld { .. } => return true,
        };
        (self.organisation.is_empty() || organisation == Some(&*self.organisation))
            && self.from_us.is_none_or(|from| from <= at_us)
            && self.to_us.is_none_or(|to| at_us <= to)
    }

    /// The address of the same filter, with a further part.
    pub(super) fn address(&self, path: &str, before: Option<u64>) -> String {
        let mut parts = Vec::new();
        for (name, value) in
            [("organisation", &self.organisation), ("from", &self.from.value), ("to", &self.to.value)]
        {
            if !value.is_empty() {
                parts.push(format!("{name}={}", form::encoded(value)));
            }
        }
        parts.extend(before.map(|before| format!("before={before}")));
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}

fn bound(
    text: &str,
    today: CivilDate,
    texts: Texts,
    moment: impl Fn(CivilDate) -> i64,
) -> (Typed, Option<i64>) {
    if text.trim().is_empty() {
        return (Typed::default(), None);
    }
    match form::day(text, today) {
        Ok(day) => (Typed::new(text), Some(moment(day))),
        Err(code) => (Typed::wrong(text, code.title(texts.lang())), None),
    }
}

/// The first microsecond of a day in Vietnam.
pub(super) fn start_of(day: CivilDate) -> i64 {
    Deadlines::end_of(day) + 1 - 86_400_000_000
}
