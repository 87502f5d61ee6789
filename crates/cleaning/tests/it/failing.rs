//! What is lost or damaged ends its own job and holds up nobody else's.
use crate::telling::used;
use crate::world::{
    CHUNK, DAY_US, Known, MINUTE_US, NOW_US, Server, row, runtime, servers, servers_and_files, stock, wish,
};
use dancu_catalogue::Code;
use dancu_citizen::PersonalId;
use dancu_cleaning::{CleaningError, Decide, Decision, Job, JobState, Matcher, Wish, Worker};
use dancu_journal::{Entry, Outcome, Part, Scope};
use dancu_linkage::{Action, Answer, Column, Row, Verdict};
use dancu_storage::blob::Blobs;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// Another file for the same purpose.
fn second() -> Wish<'static> {
    Wish { input_sha256: [8; 32], file: "so-hai.csv", ..wish("stock") }
}

/// Takes a file of a job away; gives what was in it, to be put back.
fn lose(blobs: &Blobs, job: &Job, part: &str) -> (String, Vec<u8>) {
    let path = format!("cleaning/{}/{part}", job.id);
    let found = blobs.list("cleaning").unwrap().into_iter().find(|at| at.starts_with(&path)).unwrap();
    let bytes = blobs.get(&found).unwrap().unwrap();
    blobs.delete(&found).unwrap();
    (found, bytes)
}

/// What a worker gets, one after the other, until there is nothing to take: which chunk of which job, or none for an error.
fn taken(server: &Server, matcher: &dyn Matcher, now_us: i64) -> Vec<Option<(String, u64)>> {
    let (stop, clock) = (AtomicBool::new(false), move || now_us);
    let holder = "worker".to_owned();
    let worker = Worker { cleaning: &server.cleaning, matcher, holder, clock: &clock, stop: &stop };
    let mut all = Vec::new();
    loop {
        match worker.one(None) {
            Ok(None) => return all,
            Ok(Some((lease, _))) => all.push(Some((lease.job, lease.chunk))),
            Err(_) => all.push(None),
        }
        assert!(all.len() < 50, "{}: there is no end", server.name);
    }
}

fn state(server: &Server, job: &Job) -> JobState {
    server.cleaning.get(&job.id).unwrap().state
}

fn about_failure(entry: &Entry) -> bool {
    entry.call.personal.get(Part::RequestId).is_some_and(|text| text.starts_with("clean_failed"))
}

#[test]
fn a_chunk_that_is_lost_holds_up_nobody_and_ends_its_job() {
    for (server, blobs) in servers_and_files() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let ill = server.submit(&wish("stock"), 120).unwrap();
        // The older comes first.
        server.execute("UPDATE cleaning_job SET at_us = at_us - 1");
        let well = server.submit(&second(), 60).unwrap();
        lose(&blobs, &ill, "rows/000/1");
        let of = |job: &Job, chunk| Some((job.id.clone(), chunk));
        let first = taken(&server, &Known::quiet(), NOW_US);
        // So it is until a chunk of it fails.
        assert_eq!(first, [of(&ill, 0), None, of(&well, 0), of(&well, 1), of(&ill, 2)], "{name}");
        assert_eq!(server.close("worker", NOW_US).unwrap().job, well.id, "{name}");
        assert!(!cleaning.has_chunk(None, NOW_US + MINUTE_US - 1).unwrap(), "{name}: it is passed over");
        // One, two, four, eight minutes later it is tried again, and never goes on.
        for (minutes, state_then) in
            [(1, JobState::Open), (3, JobState::Open), (7, JobState::Open), (15, JobState::Failed)]
        {
            let now_us = NOW_US + minutes * MINUTE_US;
            assert_eq!(taken(&server, &Known::quiet(), now_us - 1), [], "{name}: {minutes}");
            assert_eq!(taken(&server, &Known::quiet(), now_us), [None], "{name}: {minutes}");
            assert_eq!(cleaning.has_closing(None, now_us).unwrap(), minutes == 15, "{name}");
            assert_eq!(server.close("worker", now_us), None, "{name}");
            assert_eq!(state(&server, &ill), state_then, "{name}");
        }
        let failed = cleaning.get(&ill.id).unwrap();
        assert!(failed.failed.unwrap().starts_with("chunk 1: "), "{name}");
        assert_eq!(failed.ended_us, Some(NOW_US + 15 * MINUTE_US), "{name}");
        assert!(blobs.list("cleaning").unwrap().iter().all(|path| path.contains(&well.id)), "{name}");
        let entries: Vec<Entry> = server.entries().into_iter().filter(about_failure).collect();
        assert_eq!(entries.len(), 1, "{name}");
        assert_eq!(entries[0].call.outcome, Outcome::Refused(Code::Internal), "{name}");
        assert!(entries[0].call.personal.get(Part::RequestId).unwrap().contains(&ill.id), "{name}");
        // Neither charged again nor given back.
        assert_eq!(used(&server, Scope::System, "one-stop"), 180, "{name}");
        assert_eq!(used(&server, Scope::Account, "account-1"), 180, "{name}");
        // The same file is a new job, and the old one goes when its days are over.
        assert_ne!(server.filled(&wish("stock"), 120).0.id, ill.id, "{name}");
        cleaning.tick(NOW_US + 31 * DAY_US).unwrap();
        assert!(cleaning.find(&ill.id).unwrap().is_none(), "{name}");
    }
}

#[test]
fn what_comes_back_in_time_is_answered() {
    for (server, blobs) in servers_and_files() {
        let name = server.name;
        let job = server.submit(&wish("stock"), 120).unwrap();
        let (path, bytes) = lose(&blobs, &job, "rows/000/1");
        taken(&server, &Known::quiet(), NOW_US);
        blobs.put_all(&[(path, bytes)]).unwrap();
        let (chunk, later) = (Some((job.id.clone(), 1)), NOW_US + MINUTE_US);
        assert_eq!(taken(&server, &Known::quiet(), later), [chunk], "{name}");
        assert!(server.close("worker", later).is_some(), "{name}");
        assert_eq!(server.result(&job.id).lines().count(), 120, "{name}");
    }
}

#[test]
fn a_job_that_cannot_be_closed_holds_up_no_other() {
    for (server, blobs) in servers_and_files() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let ill = server.submit(&wish("stock"), 120).unwrap();
        // The older comes first.
        server.execute("UPDATE cleaning_job SET at_us = at_us - 1");
        let well = server.submit(&second(), 60).unwrap();
        server.work("worker", NOW_US);
        lose(&blobs, &ill, "rows/000/1");
        assert_eq!(server.close("worker", NOW_US).unwrap().job, well.id, "{name}: the other is closed");
        assert_eq!(server.close("worker", NOW_US), None, "{name}: it is passed over");
        assert!(!cleaning.has_closing(None, NOW_US).unwrap(), "{name}");
        assert!(cleaning.reviews(&ill.id, false, None, 9).unwrap().is_empty(), "{name}: it is not done");
        let close = |minutes: i64| {
            cleaning.close(None, "worker", 0, &server.teller, &|| NOW_US + minutes * MINUTE_US)
        };
        for minutes in [1, 3, 7, 15] {
            assert!(cleaning.has_closing(None, NOW_US + minutes * MINUTE_US).unwrap(), "{name}");
            assert!(matches!(close(minutes), Err(CleaningError::Damaged(_))), "{name}: {minutes}");
        }
        assert_eq!(close(16).unwrap(), None, "{name}");
        assert_eq!(state(&server, &ill), JobState::Failed, "{name}");
        assert_eq!(server.entries().iter().filter(|entry| about_failure(entry)).count(), 1, "{name}");
        assert_eq!(reviews_of(&server, &ill), 0, "{name}: nothing of its rows is left");
    }
}

fn reviews_of(server: &Server, job: &Job) -> u64 {
    let (waiting, decided) = server.cleaning.review_counts(&job.id).unwrap();
    waiting + decided
}

/// Knows everybody under the next number, and doubts other rows.
struct Renumbered;

impl Matcher for Renumbered {
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        let before = out.len();
        Known::quiet().link(rows, out);
        for answer in &mut out[before..] {
            answer.personal_id = answer.personal_id.and_then(|id| PersonalId::from_u64(id.as_u64() + 1_000));
            (answer.verdict, answer.action) = match answer.action {
                Action::Review => (Verdict::Match, Action::Accept),
                Action::Accept => (Verdict::Doubtful, Action::Review),
                other => (answer.verdict, other),
            };
        }
    }

    fn people(&self) -> u64 {
        6
    }

    fn holds(&self) -> bool {
        true
    }

    fn threshold(&self) -> i32 {
        crate::world::THRESHOLD
    }
}

/// Closing ends in the middle; then answers turn out to be lost, and those that are made anew name others.
#[test]
fn people_of_answers_made_anew_have_an_entry_and_their_own_doubtful_rows() {
    for (server, blobs) in servers_and_files() {
        let name = server.name;
        let job = server.submit(&wish("stock"), 60).unwrap();
        server.work("worker", NOW_US);
        let (path, bytes) = lose(&blobs, &job, "rows/000/1");
        let close = |minutes: i64| {
            server.cleaning.close(None, "worker", 0, &server.teller, &|| NOW_US + minutes * MINUTE_US)
        };
        assert!(close(0).is_err(), "{name}");
        blobs.put_all(&[(path, bytes)]).unwrap();
        lose(&blobs, &job, "answers/000/0-");
        assert!(close(1).is_err(), "{name}: chunk 0 is put back");
        let again = taken(&server, &Renumbered, NOW_US + MINUTE_US);
        assert_eq!(again, [Some((job.id.clone(), 0))], "{name}");
        close(1).unwrap().unwrap();
        let told: BTreeSet<String> = server
            .entries()
            .iter()
            .filter_map(|entry| entry.call.personal.get(Part::Subject).map(ToOwned::to_owned))
            .collect();
        let (mut doubtful, mut people) = (Vec::new(), Vec::new());
        let each = |line: &dancu_cleaning::Line<'_>| {
            people.extend(line.answer.personal_id);
            if line.answer.action == Action::Review {
                doubtful.push(line.number);
            }
            Ok(())
        };
        server.cleaning.result(&job.id, each).unwrap();
        let mut reviews = server.cleaning.reviews(&job.id, false, None, 99).unwrap();
        reviews.sort_by_key(|review| review.number);
        people.extend(reviews.iter().filter_map(|review| review.answer.personal_id));
        assert!(people.len() > 40, "{name}");
        assert!(
            people.iter().all(|person| told.contains(&*person.expose())),
            "{name}: somebody is not told of"
        );
        let waiting: Vec<u64> = reviews.iter().map(|review| review.number).collect();
        assert_eq!(waiting, doubtful, "{name}: those of the answers that count");
    }
}

#[test]
fn answers_that_do_not_keep_end_their_job() {
    for (server, blobs) in servers_and_files() {
        let name = server.name;
        let job = server.submit(&wish("stock"), 20).unwrap();
        for _ in 0..5 {
            assert_eq!(server.work("worker", NOW_US), 1, "{name}");
            lose(&blobs, &job, "answers/");
            assert!(server.cleaning.close(None, "worker", 0, &server.teller, &|| NOW_US).is_err(), "{name}");
        }
        assert_eq!(state(&server, &job), JobState::Failed, "{name}");
        assert_eq!(server.entries().iter().filter(|entry| about_failure(entry)).count(), 1, "{name}");
    }
}

#[test]
fn a_look_tells_whether_there_is_work_and_for_whom() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let look =
            |now_us| (cleaning.has_chunk(None, now_us).unwrap(), cleaning.has_closing(None, now_us).unwrap());
        let (filled, terms) = server.filled(&wish("stock"), 40);
        assert_eq!(look(NOW_US), (false, false), "{name}: it is not admitted");
        let job = cleaning.admit(&filled, &terms, &server.teller, NOW_US).unwrap();
        assert_eq!(look(NOW_US), (true, false), "{name}");
        assert!(cleaning.has_chunk(Some(&job.id), NOW_US).unwrap(), "{name}");
        assert!(!cleaning.has_chunk(Some("another"), NOW_US).unwrap(), "{name}");
        let lease = cleaning.claim(None, "elsewhere", NOW_US).unwrap().unwrap();
        assert_eq!(look(NOW_US + MINUTE_US - 1), (false, false), "{name}: somebody else has it");
        assert_eq!(look(NOW_US + MINUTE_US), (true, false), "{name}: the lease is over");
        cleaning.release(&lease).unwrap();
        server.work("worker", NOW_US);
        assert_eq!(look(NOW_US), (false, true), "{name}");
        server.execute("UPDATE cleaning_job SET holder = 'elsewhere', until_us = 1795226400000001");
        assert_eq!(look(NOW_US), (false, false), "{name}: somebody else closes it");
        assert_eq!(look(NOW_US + 1), (false, true), "{name}");
        assert!(server.close("worker", NOW_US + 1).is_some(), "{name}");
        assert_eq!(look(NOW_US + DAY_US), (false, false), "{name}");
    }
}

#[test]
fn a_job_that_cannot_be_removed_keeps_no_other() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let (first, _) = server.filled(&wish("stock"), 10);
        let (other, _) = server.filled(&second(), 10);
        cleaning.cancel(&first.id, NOW_US).unwrap();
        server.execute(
            "UPDATE cleaning_job SET asked = input_sha256, at_us = at_us - 1 WHERE state = 'cancelled'",
        );
        assert!(matches!(cleaning.tick(NOW_US + 31 * DAY_US), Err(CleaningError::Seal(_))), "{name}");
        assert!(cleaning.find(&other.id).unwrap().is_none(), "{name}");
    }
}

/// Two servers tidy up at the same moment.
#[test]
fn a_job_that_another_removed_is_no_error() {
    for server in servers() {
        let name = server.name;
        for number in 0..12 {
            server.filled(&Wish { input_sha256: [number; 32], ..wish("stock") }, 10);
        }
        let removed: u64 = std::thread::scope(|scope| {
            let tick = || server.cleaning.tick(NOW_US + 31 * DAY_US).unwrap();
            let ticks: Vec<_> = (0..4).map(|_| scope.spawn(tick)).collect();
            ticks.into_iter().map(|tick| tick.join().unwrap()).sum()
        });
        assert!(removed >= 12, "{name}: {removed}");
        assert!(server.cleaning.list(None, None, 9).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn the_same_file_read_in_another_way_is_another_job() {
    for server in servers() {
        let (wish, name) = (wish("stock"), server.name);
        let terms = server.terms(&wish);
        let begin = |mapping: &str| {
            let new = dancu_cleaning::NewJob { mapping: mapping.to_owned(), ..terms.job(&wish, CHUNK) };
            server.cleaning.begin(&new, NOW_US).unwrap().id
        };
        let (mother, child) = (begin("full_name=ten me\n"), begin("full_name=ho ten\n"));
        assert_ne!(mother, child, "{name}");
        assert_eq!(begin("full_name=ten me\n"), mother, "{name}");
        assert!(![mother, child].contains(&begin("")), "{name}");
    }
}

#[test]
fn a_job_is_admitted_once_and_under_the_agreement_that_it_names() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let (job, terms) = server.filled(&wish("stock"), 60);
        let mut others = [terms.clone(), terms.clone()];
        others[0].asked.agreement = "successor".to_owned();
        others[1].asked.purpose = "case".to_owned();
        for other in &others {
            let admitted = cleaning.admit(&job, other, &server.teller, NOW_US);
            assert!(matches!(admitted, Err(CleaningError::NotNow(_))), "{name}");
        }
        let refused = |entry: &&Entry| entry.call.outcome == Outcome::Refused(Code::NotNow);
        assert_eq!(server.entries().iter().filter(refused).count(), 2, "{name}");
        assert_eq!(used(&server, Scope::System, "one-stop"), 0, "{name}");
        // Confirmed by two at the same moment.
        let first = cleaning.admit(&job, &terms, &server.teller, NOW_US).unwrap();
        let second = cleaning.admit(&job, &terms, &server.teller, NOW_US).unwrap();
        assert_eq!((first.entry, second.state), (second.entry, JobState::Open), "{name}");
        assert_eq!(used(&server, Scope::System, "one-stop"), 60, "{name}");
    }
}

#[test]
fn a_name_of_a_row_that_is_no_name_is_cut() {
    for server in servers() {
        let name = server.name;
        let (wish, texts) = (wish("stock"), stock(1).remove(0));
        let terms = server.terms(&wish);
        let job = server.cleaning.begin(&terms.job(&wish, CHUNK), NOW_US).unwrap();
        let mut filler = server.cleaning.fill(&job).unwrap();
        let long = "ư".repeat(2_000);
        filler.push(&row(&texts).with(Column::RowId, &long)).unwrap();
        let job = filler.finish().unwrap();
        server.cleaning.admit(&job, &terms, &server.teller, NOW_US).unwrap();
        server.work("worker", NOW_US);
        server.close("worker", NOW_US).unwrap();
        let each = |line: &dancu_cleaning::Line<'_>| {
            assert_eq!(line.row_id(), "ư".repeat(512), "{name}");
            Ok(())
        };
        server.cleaning.result(&job.id, each).unwrap();
    }
}

#[test]
fn who_commits_last_need_not_have_decided_last() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let job = server.done(&wish("stock"), 60);
        let number = cleaning.reviews(&job.id, false, None, 1).unwrap()[0].number;
        let given =
            |decision, entry| Decide { job: &job.id, number, decision, note: "", by: "staff-1", entry };
        let counts = || cleaning.review(&job.id, number).unwrap().unwrap().decision;
        // By time; of one moment by entry.
        cleaning.decide(&given(Decision::Other, 11), NOW_US + 2).unwrap();
        cleaning.decide(&given(Decision::Same, 10), NOW_US + 1).unwrap();
        assert_eq!(counts(), Some(Decision::Other), "{name}");
        cleaning.decide(&given(Decision::Ask, 9), NOW_US + 2).unwrap();
        cleaning.take_back(&given(Decision::Ask, 8), NOW_US + 2).unwrap();
        assert_eq!(counts(), Some(Decision::Other), "{name}");
        let last = cleaning.decided(&job.id, number).unwrap().pop().unwrap();
        assert_eq!((last.decision, last.entry), (Some(Decision::Other), 11), "{name}: as the history says");
        cleaning.take_back(&given(Decision::Ask, 12), NOW_US + 2).unwrap();
        assert_eq!((counts(), cleaning.review_counts(&job.id).unwrap().1), (None, 0), "{name}");
    }
}

/// Cancelled while it closes: what was queued goes, and nothing of it is shown or decided.
#[test]
fn a_cancelled_job_keeps_no_doubtful_rows() {
    for (server, blobs) in servers_and_files() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let job = server.submit(&wish("stock"), 60).unwrap();
        server.work("worker", NOW_US);
        lose(&blobs, &job, "rows/000/1");
        assert!(cleaning.close(None, "worker", 0, &server.teller, &|| NOW_US).is_err(), "{name}");
        assert_eq!(cleaning.review_counts(&job.id).unwrap(), (5, 0), "{name}: those of chunk 0 are queued");
        assert!(cleaning.reviews(&job.id, false, None, 9).unwrap().is_empty(), "{name}: it is not done");
        assert_eq!(cleaning.review(&job.id, 8).unwrap(), None, "{name}");
        let given =
            Decide { job: &job.id, number: 8, decision: Decision::Same, note: "", by: "staff-1", entry: 1 };
        assert!(matches!(cleaning.decide(&given, NOW_US), Err(CleaningError::Unknown { .. })), "{name}");
        cleaning.cancel(&job.id, NOW_US).unwrap();
        assert_eq!(reviews_of(&server, &job), 0, "{name}");
        runtime().block_on(server.teller.journal.close());
    }
}
