//! The search form, read; its lists, filled.
use crate::Texts;
use crate::door::citizen::names::Names;
use crate::door::form::{self, Sent};
use crate::door::session::Examined;
use crate::pages::supervisor::JournalSearch;
use crate::parts::{Choice, Typed};
use dancu_catalogue::{Code, ENTRIES};
use dancu_gateway::Road;
use dancu_journal::index::Query;
use dancu_journal::{Answered, Outcome, subject_hash};
use dancu_policy::Deadlines;

/// Entries on a page.
pub(super) const SHOWN: usize = 50;

/// What is done and looked for in a journal, by the name of the service.
const SERVICES: &[&str] = &["verify", "look_up", "search", "unread", "examine"];

/// An empty form with its lists.
pub(super) fn offered(road: &Road, texts: Texts) -> JournalSearch {
    let snapshot = road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts };
    let mut organisations: Vec<Choice> = Vec::new();
    let mut systems: Vec<Choice> = Vec::new();
    for of in snapshot.rules.systems() {
        let system = &of.system;
        systems.push(Choice::new(&*system.id, system.name.clone(), false));
        if !organisations.iter().any(|c| c.value == *system.organisation) {
            organisations.push(Choice::new(
                &*system.organisation,
                names.organisation(&system.organisation),
                false,
            ));
        }
    }
    systems.sort_by(|a, b| a.label.cmp(&b.label));
    organisations.sort_by(|a, b| a.label.cmp(&b.label));
    let answered = Answered::ALL.map(|a| {
        let words = crate::pages::citizen::outcome_words(Outcome::Answered(a), texts);
        Choice::new(a.name(), words, false)
    });
    let refused = ENTRIES.iter().map(|e| Choice::new(e.code.name(), e.code.name(), false));
    JournalSearch {
        organisations,
        systems,
        services: SERVICES.iter().map(|s| Choice::new(*s, names.service(s), false)).collect(),
        outcomes: answered.into_iter().chain(refused).collect(),
        ..JournalSearch::default()
    }
}

/// Fills the form with what was sent, and reads a search out of it, or marks what is wrong.
pub(super) fn read(form: &mut JournalSearch, sent: &Sent, road: &Road, texts: Texts) -> Option<Examined> {
    let lang = texts.lang();
    let text = |name: &str| Some(form::value(sent, name).to_owned()).filter(|v| !v.is_empty());
    for (typed, name) in [
        (&mut form.purpose, "why"),
        (&mut form.ground, "ground"),
        (&mut form.person, "person"),
        (&mut form.case_number, "case"),
        (&mut form.officer, "officer"),
        (&mut form.account, "account"),
        (&mut form.from, "from"),
        (&mut form.to, "to"),
    ] {
        *typed = Typed::new(form::value(sent, name));
    }
    for (choices, name) in [
        (&mut form.organisations, "organisation"),
        (&mut form.systems, "system"),
        (&mut form.services, "service"),
        (&mut form.outcomes, "outcome"),
    ] {
        for choice in choices {
            choice.chosen = choice.value == form::value(sent, name);
        }
    }
    if form.purpose.value.is_empty() {
        form.purpose.error = Some(Code::PurposeMissing.title(lang).to_owned());
    }
    if form.ground.value.is_empty() {
        form.ground.error = Some(Code::CaseMissing.title(lang).to_owned());
    }
    let person = match text("person").map(|number| form::number(&number)) {
        Some(Err(code)) => {
            form.person.error = Some(code.title(lang).to_owned());
            None
        }
        Some(Ok(number)) => Some(number.expose()),
        None => None,
    };
    let day = |typed: &mut Typed| {
        if typed.value.is_empty() {
            return None;
        }
        form::any_day(&typed.value).map_err(|code| typed.error = Some(code.title(lang).to_owned())).ok()
    };
    let (from, to) = (day(&mut form.from), day(&mut form.to));
    let faults = [&form.purpose, &form.ground, &form.person, &form.from, &form.to];
    if faults.into_iter().any(|typed| typed.error.is_some()) {
        return None;
    }
    let query = Query {
        organisation: text("organisation"),
        system: text("system"),
        account: text("account"),
        officer: text("officer"),
        service: text("service"),
        outcome: text("outcome").as_deref().and_then(Outcome::from_name),
        case_number: text("case"),
        subject: person.as_deref().map(|number| subject_hash(&road.ring, number)),
        from_us: from.map(|day| Deadlines::end_of(day) + 1 - 86_400_000_000),
        to_us: to.map(Deadlines::end_of),
        limit: SHOWN,
        ..Query::default()
    };
    let (purpose, ground) = (form.purpose.value.clone(), form.ground.value.clone());
    Some(Examined { query, person, purpose, ground })
}
