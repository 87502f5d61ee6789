//! The same limits as on the road: agreement, fields, quota, journal.
use crate::world::{CHUNK, DAY_US, NOW_US, Server, file_columns, runtime, servers, wish};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet};
use dancu_cleaning::{CleaningError, JobState, SERVICE, Wish, terms};
use dancu_journal::{Answered, Outcome, Part, Scope};
use dancu_linkage::{Agreement, Column};
use std::collections::BTreeSet;

pub(crate) fn used(server: &Server, scope: Scope, id: &str) -> u64 {
    let day = (NOW_US + 7 * 3_600_000_000) / DAY_US;
    runtime().block_on(server.teller.journal.quota_used(scope, id, day)).unwrap()
}

#[test]
fn one_entry_for_the_job_and_one_for_everybody_touched() {
    for server in servers() {
        let job = server.submit(&wish("stock"), 300).unwrap();
        server.work("worker", NOW_US);
        let closed = server.close("worker", NOW_US).unwrap();
        let entries: Vec<_> =
            server.entries().into_iter().filter(|entry| entry.call.service == SERVICE).collect();
        let (about, of): (Vec<_>, Vec<_>) =
            entries.iter().partition(|entry| entry.call.personal.get(Part::Subject).is_some());
        assert_eq!(of.len(), 1, "{}", server.name);
        assert_eq!(Some(of[0].index), job.entry, "{}", server.name);
        assert!(of[0].call.personal.get(Part::RequestId).unwrap().contains("rows=300"), "{}", server.name);
        let people: BTreeSet<&str> =
            about.iter().map(|entry| entry.call.personal.get(Part::Subject).unwrap()).collect();
        assert_eq!((people.len(), about.len()), (72, 72), "{}: each once", server.name);
        assert_eq!((closed.people, closed.reviews), (72, 30), "{}", server.name);
        for entry in about {
            let call = &entry.call;
            assert_eq!(call.outcome, Outcome::Answered(Answered::Released), "{}", server.name);
            assert_eq!(call.released, FieldSet::EMPTY.with(Field::PersonalId), "{}", server.name);
            assert_eq!(call.correlation, of[0].call.correlation, "{}", server.name);
            assert_eq!(call.agreement_id.as_deref(), Some("told"), "{}", server.name);
            assert_eq!(call.procedure.as_deref(), Some("stock"), "{}", server.name);
            assert_eq!(call.system_id.as_deref(), Some("one-stop"), "{}", server.name);
        }
    }
}

/// A crash before the job is noted as done, and before it is noted as open: nothing is told or charged twice.
#[test]
fn what_was_told_before_a_crash_is_not_told_again() {
    for server in servers() {
        let (job, terms) = server.filled(&wish("stock"), 120);
        let opened = server.cleaning.admit(&job, &terms, &server.teller, NOW_US).unwrap();
        assert_eq!(used(&server, Scope::System, "one-stop"), 120, "{}", server.name);
        server
            .store
            .run_tx("test.undo", |tx| {
                tx.execute("UPDATE cleaning_job SET state = 'filling', entry = NULL", &[])
            })
            .unwrap();
        let again = server.cleaning.admit(&job, &terms, &server.teller, NOW_US).unwrap();
        assert_eq!(again.entry, opened.entry, "{}", server.name);
        assert_eq!(used(&server, Scope::System, "one-stop"), 120, "{}", server.name);
        server.work("worker", NOW_US);
        let first = server.close("worker", NOW_US).unwrap();
        let entries = server.entries().len();
        server
            .store
            .run_tx("test.undo", |tx| tx.execute("UPDATE cleaning_job SET state = 'open'", &[]))
            .unwrap();
        assert_eq!(server.close("other", NOW_US).unwrap(), first, "{}", server.name);
        assert_eq!(server.entries().len(), entries, "{}", server.name);
    }
}

#[test]
fn a_field_outside_the_agreement_is_not_compared_and_the_number_not_told() {
    for server in servers() {
        let job = server.done(&wish("narrow"), 60);
        assert!(!job.tells_number, "{}", server.name);
        let compared: BTreeSet<&str> = job.columns.iter().map(Column::name).collect();
        assert_eq!(compared, BTreeSet::from(["row_id", "personal_id", "full_name"]), "{}", server.name);
        let (mut numbers, mut differs) = (0, false);
        let each = |line: &dancu_cleaning::Line<'_>| {
            assert_eq!(line.row.get(Column::BirthDate), "", "it is not even kept");
            let said: Vec<&str> = line.answer.reasons.iter().map(|(column, _)| column.name()).collect();
            assert!(!said.contains(&"birth_date") && !said.contains(&"sex"), "{said:?}");
            // A doubtful name differs, and that is all that is told of it.
            let name = line.answer.reasons.get(Column::FullName);
            assert!(matches!(name, Agreement::Absent | Agreement::Same | Agreement::Different), "{name:?}");
            differs |= name == Agreement::Different;
            assert_eq!(line.answer.score, 0);
            numbers += usize::from(line.answer.personal_id.is_some());
            Ok(())
        };
        server.cleaning.result(&job.id, each).unwrap();
        assert_eq!((numbers, differs), (0, true), "{}", server.name);
        let about = server.entries().into_iter().filter(|e| e.call.personal.get(Part::Subject).is_some());
        for entry in about {
            assert_eq!(entry.call.released, FieldSet::EMPTY, "{}", server.name);
            assert!(
                matches!(entry.call.outcome, Outcome::Answered(Answered::Verified | Answered::Mismatch)),
                "{}",
                server.name
            );
        }
        let told = server.result(&server.done(&wish("stock"), 60).id);
        assert!(told.contains("0010850"), "{}", server.name);
    }
}

#[test]
fn rows_count_against_the_quotas_all_or_none() {
    for server in servers() {
        server.submit(&wish("stock"), 650).unwrap();
        assert_eq!(used(&server, Scope::Account, "account-1"), 650, "{}", server.name);
        // The account has 50 left.
        let other = Wish { input_sha256: [9; 32], ..wish("stock") };
        let refused = server.submit(&other, 51);
        assert!(matches!(refused, Err(CleaningError::Refused(Code::QuotaAccount))), "{}", server.name);
        assert_eq!(used(&server, Scope::Account, "account-1"), 650, "{}", server.name);
        assert_eq!(used(&server, Scope::System, "one-stop"), 650, "{}", server.name);
        let refused =
            server.cleaning.list(None, None, 9).unwrap().into_iter().find(|j| j.input_sha256 == [9; 32]);
        assert_eq!(refused.unwrap().state, JobState::Refused, "{}", server.name);
        let last = server.entries().pop().unwrap();
        assert_eq!(last.call.outcome, Outcome::Refused(Code::QuotaAccount), "{}", server.name);
        // Another day it may come again, as a new job.
        server.submit(&other, 50).unwrap();
        assert_eq!(used(&server, Scope::Account, "account-1"), 700, "{}", server.name);
    }
}

#[test]
fn what_the_road_refuses_is_refused_here() {
    let server = servers().remove(0);
    let snapshot = server.snapshot();
    let none = dancu_cleaning::Columns::NONE.with(Column::BirthDate).with(Column::RowId);
    let good = wish("stock");
    let cases = [
        (Wish { system: "nobody", ..good }, Code::SystemNotConnected),
        (Wish { login: "nobody", ..good }, Code::AccountUnknown),
        (Wish { purpose: None, ..good }, Code::PurposeMissing),
        (Wish { purpose: Some("other"), ..good }, Code::PurposeNotRegistered),
        (Wish { purpose: Some("case"), ..good }, Code::CaseMissing),
        (Wish { agency_code: Some("G01"), ..good }, Code::AgencyMismatch),
        (Wish { source: Some([192, 0, 2, 1].into()), ..good }, Code::SourceNetwork),
        (Wish { columns: none, ..good }, Code::FieldNotAgreed),
        (Wish { now_us: NOW_US + 800 * DAY_US, ..good }, Code::AssessmentOverdue),
    ];
    for (wish, code) in cases {
        assert_eq!(terms(&snapshot.rules, 1, &wish).err(), Some(code));
        server.teller.refuse(&wish, code).unwrap();
        assert_eq!(server.entries().pop().unwrap().call.outcome, Outcome::Refused(code));
    }
    for good in [good, Wish { source: Some([10, 55, 0, 9].into()), ..good }] {
        let terms = terms(&snapshot.rules, 1, &good).unwrap();
        assert_eq!(terms.columns, file_columns());
        assert!(terms.tells_number);
    }
    let stranger = server.terms(&wish("narrow"));
    let job = server.cleaning.begin(&server.terms(&good).job(&good, CHUNK), NOW_US).unwrap();
    assert!(server.cleaning.admit(&job, &stranger, &server.teller, NOW_US).is_err());
}
