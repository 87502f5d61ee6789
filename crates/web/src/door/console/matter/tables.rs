//! What a matter has beside its content: documents, technical tests, other matters.
use super::super::cases::fields;
use super::super::seat::Seat;
use super::super::words;
use crate::Texts;
use crate::door::show as said;
use crate::pages::console::Group;
use crate::parts::{Cell, Fact, Table};
use dancu_exchange::sandbox::{TEST_LOGIN, TEST_OFFICER};
use dancu_governance::{Content, Document, Matter, Test, TestCase};

pub(super) fn documents(matter: &Matter, documents: &[Document], seat: &Seat, t: Texts) -> Group {
    let kinds = seat.console.governance.rules().list("document_kind", seat.today());
    let row = |document: &Document| {
        vec![
            Cell::link(document.name.clone(), format!("/matters/{}/files/{}", matter.id, document.sha256)),
            Cell::text(words::choice(kinds, &document.kind, t)),
            Cell::Figures(format!("{} kB", t.number(document.size.div_ceil(1024)))),
            Cell::Figures(said::moment(document.at_us)),
        ]
    };
    let columns = ["document-name", "document-kind", "document-size", "document-at"];
    Group::Table {
        title: t.t("matter-documents").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: documents.iter().map(row).collect(),
        },
        nothing: t.t("record-nothing").into_owned(),
    }
}

/// The newest technical test: while its sandbox is open how the applicant's system comes in, and case by case what it is to
/// send and what became of it.
pub(super) fn tests(tests: &[Test], t: Texts) -> Vec<Group> {
    let Some(test) = tests.last() else { return Vec::new() };
    let rows = test.cases.iter().map(|case| {
        let outcome = case.outcome.as_ref().map(|outcome| words::outcome(t, outcome));
        vec![
            Cell::text(t.t(&format!("service-{}", words::dashed(case.service.name())))),
            Cell::Lines(told(case, t)),
            Cell::text(outcome.unwrap_or_default()),
            Cell::Figures(case.called_us.map(said::moment).unwrap_or_default()),
            Cell::Badge(words::yes(t, case.done_us.is_some())),
        ]
    });
    let columns = ["test-service", "test-case", "test-outcome", "test-at", "test-done"];
    let (lead, moment) = match test.closed_us {
        Some(closed_us) => ("matter-test-closed", closed_us),
        None => ("matter-test-until", test.expires_us),
    };
    let cases = Group::Table {
        title: t.t("matter-test").into_owned(),
        lead: t.t1(lead, "day", &said::date_of(moment)).into_owned(),
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows: rows.collect() },
        nothing: t.t("record-nothing").into_owned(),
    };
    let way_in = test.closed_us.is_none().then(|| way_in(test, t));
    way_in.into_iter().chain([cases]).collect()
}

/// A case in words: its name, what is to be done, what is to be sent about whom.
fn told(case: &TestCase, t: Texts) -> Vec<String> {
    let Some(script) = &case.script else { return vec![t.t(&format!("test-{}", case.name)).into_owned()] };
    let person = &script.person;
    vec![
        words::own(&script.label, t).to_owned(),
        words::own(&script.todo, t).to_owned(),
        format!("{} · {} · {}", person.number, person.full_name, person.birth_date),
    ]
}

/// With which user name, and in whose name, the applicant's system calls in the sandbox.
fn way_in(test: &Test, t: Texts) -> Group {
    let user = Fact::mono(t.t("test-user"), &test.sandbox.credential);
    let facts = vec![
        user.noted(t.t("test-user-note")),
        Fact::mono(t.t("test-login"), TEST_LOGIN),
        Fact::mono(t.t("test-officer"), TEST_OFFICER),
        Fact::new(t.t("test-handed"), test.sandbox.handed_over.join("; ")),
    ];
    Group::Facts { title: t.t("test-way-in").into_owned(), facts }
}

/// Other matters under a heading, told apart by their contents where those are known; none where there are none.
pub(super) fn below(
    title: &str,
    matters: &[Matter],
    contents: &[Content],
    seat: &Seat,
    t: Texts,
) -> Option<Group> {
    let now_us = seat.now_us();
    let law = (seat.console.governance.rules(), seat.today());
    let row = |(at, matter): (usize, &Matter)| {
        let kind = words::kind(t, matter.kind);
        let gist = contents.get(at).and_then(|content| fields::gist(content, law, t));
        let name = gist.map_or_else(|| kind.clone(), |gist| format!("{kind} · {gist}"));
        let waits = matter.due_step.map(|step| words::step(t, step)).unwrap_or_default();
        vec![
            Cell::link(name, format!("/matters/{}", matter.id)),
            Cell::Figures(said::date_of(matter.opened_us)),
            Cell::Figures(matter.deadline_us.map(said::date_of).unwrap_or_default()),
            Cell::text(waits),
            Cell::Badge(words::urgency(t, matter, now_us)),
        ]
    };
    let columns = ["work-what", "matter-opened", "work-due", "work-next", "work-state"];
    (!matters.is_empty()).then(|| Group::Table {
        title: t.t(title).into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: matters.iter().enumerate().map(row).collect(),
        },
        nothing: String::new(),
    })
}
