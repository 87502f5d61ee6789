//! Chunks and leases: no row lost, none twice, the same bytes whoever did what.
use crate::world::{CHUNK, DAY_US, Known, MINUTE_US, NOW_US, Server, runtime, server, servers, wish};
use dancu_cleaning::{CleaningError, Finish, JobState, Worker};
use dancu_storage::blob::Blobs;
use std::sync::atomic::AtomicBool;

#[test]
fn many_workers_give_what_one_gives() {
    let mut results = Vec::new();
    for server in servers() {
        let job = server.submit(&wish("stock"), 333).unwrap();
        assert_eq!((job.rows, job.chunks), (333, 7), "{}", server.name);
        let counted: usize = std::thread::scope(|scope| {
            let work = |worker: usize| {
                let server = &server;
                scope.spawn(move || server.work(&format!("worker-{worker}"), NOW_US))
            };
            let workers: Vec<_> = (0..4).map(work).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        assert_eq!(counted, 7, "{}", server.name);
        let progress = server.cleaning.progress(&job.id, NOW_US).unwrap();
        assert_eq!((progress.done, progress.rows_done, progress.counts.rows()), (7, 333, 333));
        assert_eq!(progress.people, [5]);
        assert!(matches!(server.cleaning.result(&job.id, |_| Ok(())), Err(CleaningError::NotNow(_))));
        server.close("closer", NOW_US).unwrap();
        assert_eq!(server.cleaning.get(&job.id).unwrap().state, JobState::Done);
        results.push(server.result(&job.id));
    }
    assert_eq!(results[0].lines().count(), 333);
    assert!(results.iter().all(|result| *result == results[0]));
}

#[test]
fn a_chunk_whose_worker_is_silent_goes_to_another_and_counts_once() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let job = server.submit(&wish("stock"), 60).unwrap();
        let mut lost = cleaning.claim(None, "silent", NOW_US).unwrap().unwrap();
        assert_eq!((lost.chunk, lost.rows, lost.tries), (0, u64::from(CHUNK), 1), "{name}");
        let other = cleaning.claim(Some(&job.id), "second", NOW_US).unwrap().unwrap();
        assert_eq!((other.chunk, other.rows), (1, 10), "{name}");
        assert_eq!(cleaning.claim(None, "third", NOW_US + MINUTE_US - 1).unwrap(), None, "{name}");
        // Who renews keeps it.
        let mut other = other;
        assert!(cleaning.renew(&mut other, NOW_US + MINUTE_US - 1).unwrap(), "{name}");
        let taken = cleaning.claim(None, "third", NOW_US + MINUTE_US).unwrap().unwrap();
        assert_eq!((taken.chunk, taken.tries), (0, 2), "{name}");
        assert_eq!(cleaning.claim(None, "fourth", NOW_US + MINUTE_US).unwrap(), None, "{name}");
        assert!(!cleaning.renew(&mut lost, NOW_US + MINUTE_US).unwrap(), "{name}: it is another's");
        // What is given back is free at once, and only by who has it.
        cleaning.release(&lost).unwrap();
        assert_eq!(cleaning.claim(None, "fourth", NOW_US + MINUTE_US).unwrap(), None, "{name}");
        cleaning.release(&taken).unwrap();
        cleaning.release(&other).unwrap();
        assert_eq!(server.work("fifth", NOW_US + MINUTE_US), 2, "{name}");
        assert!(!cleaning.renew(&mut lost, NOW_US + MINUTE_US).unwrap(), "{name}: it is done");
    }
}

fn worker<'w>(
    server: &'w Server,
    stop: &'w AtomicBool,
    holder: &str,
    matcher: &'w Known,
    clock: &'w (dyn Fn() -> i64 + Sync),
) -> Worker<'w> {
    Worker { cleaning: &server.cleaning, matcher, holder: holder.to_owned(), clock, stop }
}

/// Two workers answer one chunk: the first to finish counts, whatever the second says.
#[test]
fn a_chunk_finished_twice_counts_once() {
    for server in servers() {
        let job = server.submit(&wish("stock"), 40).unwrap();
        let stop = AtomicBool::new(false);
        let (early, late) = (|| NOW_US, || NOW_US + 2 * MINUTE_US);
        // The registry changes between the two.
        let (same, newer) = (Known::quiet(), Known { version: 6, ..Known::quiet() });
        for (matcher, finish) in [(&same, Finish::Already), (&newer, Finish::Differs)] {
            server.cleaning.reopen(&job.id, 0).unwrap();
            let mut lease = server.cleaning.claim(None, "slow", NOW_US).unwrap().unwrap();
            let quick = worker(&server, &stop, "quick", &same, &late).one(None).unwrap().unwrap();
            assert_eq!(quick.1, Finish::Counted, "{}", server.name);
            let slow = worker(&server, &stop, "slow", matcher, &early).answered(&mut lease).unwrap();
            assert_eq!(slow, finish, "{}", server.name);
        }
        server.close("closer", NOW_US).unwrap();
        assert_eq!(server.result(&job.id).lines().count(), 40, "{}", server.name);
        assert_eq!(server.cleaning.progress(&job.id, NOW_US).unwrap().people, [5], "{}", server.name);
    }
}

#[test]
fn the_same_command_goes_on_until_the_result_is_taken() {
    for server in servers() {
        let (wish, cleaning) = (wish("stock"), &server.cleaning);
        let terms = server.terms(&wish);
        let begin = || cleaning.begin(&terms.job(&wish, CHUNK), NOW_US).unwrap();
        let job = begin();
        assert_eq!((job.state, begin().id == job.id), (JobState::Filling, true), "{}", server.name);
        // A crash in the middle of filling: it is filled anew.
        let mut broken = cleaning.fill(&job).unwrap();
        for texts in crate::world::stock(70) {
            broken.push(&crate::world::row(&texts)).unwrap();
        }
        drop(broken);
        let done = server.done(&wish, 120);
        assert_eq!((done.id.as_str(), done.rows), (job.id.as_str(), 120), "{}", server.name);
        assert_eq!(begin().id, job.id, "{}: the result waits", server.name);
        cleaning.fetched(&job.id, NOW_US).unwrap();
        let next = begin();
        assert_ne!(next.id, job.id, "{}", server.name);
        // Another file, purpose or size of chunk is another job.
        let other = dancu_cleaning::Wish { input_sha256: [8; 32], ..wish };
        assert_ne!(cleaning.begin(&terms.job(&other, CHUNK), NOW_US).unwrap().id, next.id, "{}", server.name);
        assert_ne!(
            cleaning.begin(&terms.job(&wish, CHUNK + 1), NOW_US).unwrap().id,
            next.id,
            "{}",
            server.name
        );
    }
}

#[test]
fn a_cancelled_job_stops_and_goes() {
    for server in servers() {
        let cleaning = &server.cleaning;
        let job = server.submit(&wish("stock"), 120).unwrap();
        let mut lease = cleaning.claim(None, "worker", NOW_US).unwrap().unwrap();
        assert!(matches!(cleaning.remove(&job.id), Err(CleaningError::NotNow(_))), "{}", server.name);
        cleaning.cancel(&job.id, NOW_US).unwrap();
        assert!(!cleaning.renew(&mut lease, NOW_US).unwrap(), "{}", server.name);
        assert_eq!(cleaning.claim(None, "worker", NOW_US + DAY_US).unwrap(), None, "{}", server.name);
        assert_eq!(server.close("worker", NOW_US), None, "{}", server.name);
        assert!(matches!(cleaning.cancel(&job.id, NOW_US), Err(CleaningError::NotNow(_))), "{}", server.name);
        assert!(
            matches!(cleaning.cancel("none", NOW_US), Err(CleaningError::Unknown { .. })),
            "{}",
            server.name
        );
        assert_eq!(cleaning.list(Some("thai-nguyen"), None, 9).unwrap().len(), 1, "{}", server.name);
        assert_eq!(cleaning.list(Some("bank"), None, 9).unwrap().len(), 0, "{}", server.name);
        assert_eq!(cleaning.tick(NOW_US + 30 * DAY_US).unwrap(), 0, "{}", server.name);
        assert_eq!(cleaning.tick(NOW_US + 31 * DAY_US).unwrap(), 1, "{}", server.name);
        assert!(cleaning.find(&job.id).unwrap().is_none(), "{}", server.name);
    }
}

/// What nobody has confirmed costs nothing: it neither stays long nor takes any room.
#[test]
fn jobs_that_nobody_confirms_are_few_and_go_after_a_day() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let new = |file: u8| {
            let wish = dancu_cleaning::Wish { input_sha256: [file; 32], ..wish("stock") };
            let terms = server.terms(&wish);
            cleaning.begin(&terms.job(&wish, crate::world::CHUNK), NOW_US)
        };
        let first = new(0).unwrap();
        assert!((1..20).all(|file| new(file).is_ok()), "{name}");
        assert!(matches!(new(20), Err(CleaningError::Unconfirmed(20))), "{name}");
        assert_eq!(new(7).unwrap().state, JobState::Filling, "{name}: one that is there goes on");
        cleaning.cancel(&first.id, NOW_US).unwrap();
        new(20).unwrap();
        assert_eq!(cleaning.tick(NOW_US + DAY_US).unwrap(), 0, "{name}");
        assert_eq!(cleaning.tick(NOW_US + DAY_US + 1).unwrap(), 20, "{name}");
        assert_eq!(cleaning.list(None, None, 99).unwrap().len(), 1, "{name}: the one cancelled before");
    }
}

/// Answers that are lost or damaged are made again; nobody gets half a result.
#[test]
fn a_chunk_whose_answers_are_lost_is_worked_on_again() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let server = server("sqlite", store, blobs.clone(), crate::world::ring());
    let job = server.submit(&wish("stock"), 120).unwrap();
    server.work("worker", NOW_US);
    let answers: Vec<String> =
        blobs.list("cleaning").unwrap().into_iter().filter(|path| path.contains("/answers/")).collect();
    assert_eq!(answers.len(), 3);
    blobs.delete(&answers[0]).unwrap();
    blobs.put_all(&[(answers[1].clone(), vec![1; 99])]).unwrap();
    for _ in 0..2 {
        assert!(server.cleaning.close(None, "a", 0, &server.teller, &|| NOW_US).is_err());
        assert_eq!(server.work("worker", NOW_US), 1);
    }
    server.close("a", NOW_US).unwrap();
    assert_eq!(server.result(&job.id).lines().count(), 120);
    let files = blobs.list("cleaning").unwrap();
    server.cleaning.remove(&job.id).unwrap();
    assert!(!files.is_empty() && blobs.list("cleaning").unwrap().is_empty());
}

/// Nothing of a row, of a person or of who asks is readable in tables or files.
#[test]
fn nothing_of_a_person_is_readable() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let server = server("sqlite", store, blobs.clone(), crate::world::ring());
    let job = server.done(&wish("stock"), 120);
    runtime().block_on(server.teller.journal.close());
    let mut all = Vec::new();
    for path in blobs.list("").unwrap() {
        all.extend(blobs.get(&path).unwrap().unwrap());
    }
    let mut add = |row: &dancu_storage::Row| {
        for column in 0..row.len() {
            match (row.opt_text(column), row.opt_bytes(column)) {
                (Ok(Some(text)), _) => all.extend_from_slice(text.as_bytes()),
                (_, Ok(Some(bytes))) => all.extend_from_slice(bytes),
                _ => {}
            }
        }
        Ok::<_, dancu_storage::StoreError>(())
    };
    let read = |tx: &mut dancu_storage::Tx<'_>| {
        tx.for_each("SELECT * FROM cleaning_job", &[], &mut add)?;
        tx.for_each("SELECT * FROM cleaning_chunk", &[], &mut add)?;
        tx.for_each("SELECT * FROM cleaning_review", &[], &mut add)
    };
    server.store.read("test.cells", read).unwrap();
    assert!(all.len() > 5_000);
    for secret in ["0010850", "Nguyễn Văn", "nguyenvana", "danh-sach"] {
        assert!(!all.windows(secret.len()).any(|piece| piece == secret.as_bytes()), "{secret}");
    }
    let shown = format!("{job:?}{:?}", server.cleaning.reviews(&job.id, false, None, 9).unwrap());
    assert!(!shown.contains("Nguyễn") && !shown.contains("0010850"), "{shown}");
}

#[test]
fn a_package_carried_here_is_opened_until_it_is_answered() {
    for server in servers() {
        let (cleaning, name) = (&server.cleaning, server.name);
        let opens = |package: &str| cleaning.opens(package, 1, NOW_US).unwrap();
        assert!(opens("00ff") && opens("00ff"), "{name}: a crash lies between");
        cleaning.answered("00ff", "job", NOW_US).unwrap();
        assert!(!opens("00ff") && !opens("00ff") && opens("00fe"), "{name}");
    }
}

/// People in memory that are damaged make doubtful rows; those never count.
#[test]
fn what_damaged_people_answered_does_not_count() {
    for server in servers() {
        let job = server.submit(&wish("stock"), 60).unwrap();
        let (stop, now) = (AtomicBool::new(false), || NOW_US);
        let damaged = Known { version: 4, holds: false, ..Known::quiet() };
        let one = worker(&server, &stop, "damaged", &damaged, &now).one(None);
        assert!(matches!(one, Err(CleaningError::PeopleDamaged)), "{}", server.name);
        let progress = server.cleaning.progress(&job.id, NOW_US).unwrap();
        assert_eq!((progress.done, progress.leased), (0, 0), "{}: given back at once", server.name);
        assert_eq!(server.work("good", NOW_US), 2, "{}", server.name);
        assert_eq!(server.cleaning.progress(&job.id, NOW_US).unwrap().people, [5], "{}", server.name);
    }
}
