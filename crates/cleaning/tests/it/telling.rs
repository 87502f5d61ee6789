//! The same limits as on the road: agreement, fields, quota, journal.
use crate::world::{CHUNK, DAY_US, NOW_US, Server, file_columns, runtime, servers, wish};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, PersonNumber};
use dancu_cleaning::{Budget, CleaningError, Job, JobState, Limits, RESULT, SERVICE, Wish, stands, terms};
use dancu_journal::{Answered, Outcome, Part, Scope};
use dancu_linkage::{Agreement, Column};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

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

fn cells(cells: [&str; 5]) -> [String; 5] {
    cells.map(ToOwned::to_owned)
}

/// Who has an old card alone is told of by it, as on the road; of whom no number names nothing is told.
#[test]
fn people_without_a_personal_number_have_their_entry_or_are_not_told_of() {
    for server in servers() {
        let stock = [
            cells(["a", "012345678", "Nguyễn Văn An", "01/02/1985", "Nam"]),
            cells(["b", "012345678", "Nguyễn Văn An", "01/02/1985", "Nam"]),
            cells(["c", "", "#Trần Thị Bình", "03/04/1990", "Nữ"]),
        ];
        let job = server.answered(&wish("stock"), &stock);
        let closed = server.close("worker", NOW_US).unwrap();
        assert_eq!((closed.people, closed.reviews), (1, 1), "{}", server.name);
        let about: Vec<_> = server.entries().into_iter().filter(|e| e.call.subject.is_some()).collect();
        let [entry] = about.as_slice() else { panic!("{}: {} entries", server.name, about.len()) };
        let call = &entry.call;
        assert_eq!(call.personal.get(Part::Subject), Some("012345678"), "{}", server.name);
        assert_eq!(call.outcome, Outcome::Answered(Answered::Verified), "{}", server.name);
        assert_eq!(call.released, FieldSet::EMPTY, "{}: the old number is not told", server.name);
        let told = server.result(&job.id);
        assert!(told.starts_with("1 a match 2000  accept full_name:same\n"), "{told}");
        assert!(told.ends_with("3 c doubtful 0  review \n"), "{told}");
        let review = server.cleaning.review(&job.id, 3).unwrap().unwrap();
        assert!(review.answer.number().is_none(), "{}", server.name);
    }
}

/// A platform may verify and is shown nothing (law.toml), whatever its system's agreement has.
#[test]
fn an_account_that_may_only_verify_gets_no_numbers_and_may_not_look() {
    for server in servers() {
        let officer = server.terms(&wish("stock"));
        assert!(officer.tells_number && officer.looks_up.contains(Field::FullName), "{}", server.name);
        let job = server.done(&wish("stock"), 60);
        assert!(job.asked.may_look, "{}", server.name);
        assert!(server.result(&job.id).contains("0010850"), "{}", server.name);

        let platform = Wish { login: "nentang.lgsp", ..wish("stock") };
        let terms = server.terms(&platform);
        assert_eq!((terms.tells_number, terms.looks_up), (false, FieldSet::EMPTY), "{}", server.name);
        let before = server.entries().len();
        let job = server.done(&platform, 60);
        assert!(!job.asked.may_look && !job.tells_number, "{}", server.name);
        assert!(!server.result(&job.id).contains("0010850"), "{}", server.name);
        for entry in server.entries().split_off(before) {
            assert_eq!(entry.call.released, FieldSet::EMPTY, "{}", server.name);
        }
        // Verifying alone is agreed: nobody may look.
        assert!(!server.terms(&wish("narrow")).asked.may_look, "{}", server.name);
    }
}

/// The ground of a job is that of the day on which something of it is handed out.
#[test]
fn what_is_handed_out_stands_on_the_rules_of_that_day_and_is_written_down() {
    for server in servers() {
        let job = server.done(&wish("stock"), 60);
        let stands = |job: &Job, now_us| {
            let snapshot = server.snapshot();
            stands(&snapshot.rules, u64::try_from(snapshot.version).unwrap(), job, now_us).map(drop)
        };
        let say = |ruling| server.teller.result(&job, "shell", ruling, NOW_US);
        assert_eq!(stands(&job, NOW_US + DAY_US), Ok(()), "{}", server.name);
        say(Ok(())).unwrap();
        let entry = server.entries().pop().unwrap().call;
        assert_eq!((entry.service.as_str(), entry.form.as_str()), (RESULT, "shell"), "{}", server.name);
        assert_eq!(entry.outcome, Outcome::Answered(Answered::Served), "{}", server.name);
        assert!(entry.personal.get(Part::RequestId).unwrap().contains(&job.id), "{}", server.name);

        let moved = Job { organisation: "ha-noi".to_owned(), ..job.clone() };
        let others = Job { system: "other".to_owned(), ..job.clone() };
        let told =
            Job { tells_number: true, ..server.done(&Wish { login: "nentang.lgsp", ..wish("stock") }, 60) };
        for (job, now_us, code) in [
            (&job, NOW_US + 800 * DAY_US, Code::AssessmentOverdue),
            (&moved, NOW_US, Code::AgencyMismatch),
            (&others, NOW_US, Code::SystemNotConnected),
            (&told, NOW_US, Code::FieldNotAgreed),
        ] {
            assert_eq!(stands(job, now_us), Err(code), "{}", server.name);
        }
        assert!(matches!(say(Err(Code::SystemBraked)), Err(CleaningError::Refused(Code::SystemBraked))));
        let entry = server.entries().pop().unwrap().call;
        assert_eq!(entry.outcome, Outcome::Refused(Code::SystemBraked), "{}", server.name);
    }
}

/// Budgets of a watch that remembers what it is told.
#[derive(Default)]
struct Watched {
    paused: Vec<PersonNumber>,
    counted: Mutex<Vec<(PersonNumber, usize)>>,
}

impl Budget for Watched {
    fn limits(&self, _now_us: i64) -> Result<Option<Limits>, CleaningError> {
        Ok(Some(Limits { mismatches: 5, any_paused: !self.paused.is_empty() }))
    }

    fn is_paused(&self, of: PersonNumber, account: &str, _now_us: i64) -> Result<bool, CleaningError> {
        assert_eq!(account, "account-1");
        Ok(self.paused.contains(&of))
    }

    fn count(
        &self,
        claims: &[(PersonNumber, Vec<u32>)],
        _account: &str,
        _now_us: i64,
    ) -> Result<(), CleaningError> {
        let counted = claims.iter().map(|(of, claims)| (*of, claims.len()));
        self.counted.lock().unwrap().extend(counted);
        Ok(())
    }
}

/// A birth date tried day by day in one file tells no more than the road would: nothing, whichever of the rows is right.
#[test]
fn guesses_in_a_file_are_not_answered() {
    const MEANT: &str = "001085000017";
    const PAUSED: &str = "001085000024";
    let number = |text: &str| PersonNumber::parse(text).unwrap();
    for server in servers() {
        let watched = Arc::new(Watched { paused: vec![number(PAUSED)], ..Watched::default() });
        let server = server.guarded_by(watched.clone());
        // `!`: a birth date that is wrong, in the eyes of the matcher.
        let guess =
            |at: usize| cells([&format!("g{at}"), MEANT, "Nguyễn Văn An", &format!("!{at:02}/02/1985"), ""]);
        let mut stock: Vec<_> = (1..=60).map(guess).collect();
        stock[30][3] = "01/02/1985".to_owned();
        // The same claim again and again is one, and five different ones are five.
        for at in 0..20 {
            stock.push(cells(["h", "001085000018", "Trần Văn Bình", "!07/03/1990", ""]));
            stock.push(cells(["i", "001085000019", "Lê Thị Chi", &format!("!0{}/03/1990", at % 5), ""]));
        }
        stock.push(cells(["p", PAUSED, "Phạm Thị Dung", "09/09/1970", ""]));
        let job = server.answered(&wish("stock"), &stock);
        let closed = server.close("worker", NOW_US).unwrap();
        assert_eq!((closed.people, closed.reviews), (4, 0), "{}", server.name);
        let told = server.result(&job.id);
        for (at, line) in told.lines().enumerate() {
            let is_told = (60..100).contains(&at);
            assert_eq!(line.ends_with(" doubtful 0  ask_citizen "), !is_told, "{}: {line}", server.name);
        }
        let counts = server.cleaning.progress(&job.id, NOW_US).unwrap().counts;
        assert_eq!(counts.differs(Column::BirthDate), 40, "{}: figures tell nothing either", server.name);
        let outcomes = |of: &str| -> Vec<Outcome> {
            let entries = server.entries().into_iter().map(|entry| entry.call);
            entries.filter(|c| c.personal.get(Part::Subject) == Some(of)).map(|c| c.outcome).collect()
        };
        let mut road = vec![Outcome::Answered(Answered::Mismatch); 5];
        road.push(Outcome::Refused(Code::AnswersPaused));
        assert_eq!(outcomes(MEANT), road, "{}: as of so many calls", server.name);
        assert_eq!(outcomes(PAUSED), [Outcome::Refused(Code::AnswersPaused)], "{}", server.name);
        assert_eq!(outcomes("001085000018"), [Outcome::Answered(Answered::Released)], "{}", server.name);
        let mut counted = std::mem::take(&mut *watched.counted.lock().unwrap());
        counted.sort_unstable();
        let few = [(MEANT, 6), ("001085000018", 1), ("001085000019", 5)];
        assert_eq!(counted, few.map(|(of, claims)| (number(of), claims)), "{}", server.name);
        // Who closes it again after a crash comes to the same.
        server
            .store
            .run_tx("test.undo", |tx| tx.execute("UPDATE cleaning_job SET state = 'open'", &[]))
            .unwrap();
        assert_eq!(server.close("other", NOW_US).unwrap(), closed, "{}", server.name);
        assert_eq!(server.result(&job.id), told, "{}", server.name);
        assert_eq!(outcomes(MEANT), road, "{}: written once", server.name);
        // A unit of refusals alone is not pinned by the journal: it may stand twice, and tells nothing twice.
        assert!(outcomes(PAUSED).iter().all(|of| *of == Outcome::Refused(Code::AnswersPaused)));
        assert_eq!(outcomes("001085000018").len(), 1, "{}", server.name);
    }
}

/// What an honest stock has many of stays answered: namesakes of somebody, and rows that are doubtful.
#[test]
fn an_honest_stock_is_answered_as_without_budgets() {
    for server in servers() {
        let plain = server.done(&wish("stock"), 300);
        let guarded = server.guarded_by(Arc::new(Watched::default()));
        let job = guarded.done(&Wish { input_sha256: [8; 32], ..wish("stock") }, 300);
        assert_eq!(guarded.result(&job.id), guarded.result(&plain.id), "{}", guarded.name);
    }
}
