//! Durable numbers, damage, bounds.
use super::*;
use proptest::prelude::*;

const ROOMY: Bounds = Bounds { bytes: 1 << 20, age_us: i64::MAX };

fn record(number: u64) -> (i64, Vec<u8>) {
    (number.cast_signed(), format!("record {number}").into_bytes())
}

fn open(folder: &Path, bounds: Bounds) -> Spool {
    Spool::open(folder, bounds, vec![0], 0).unwrap()
}

fn fill(spool: &Spool, numbers: std::ops::Range<u64>) {
    for number in numbers {
        assert_eq!(spool.append(&[record(number)]).unwrap(), number + 1);
    }
}

/// Everything that a reader gets from a number on, with the numbers.
fn all(spool: &Spool, mut from: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    loop {
        let found = spool.read(from, 3).unwrap();
        let Some(last) = found.last() else { return numbers };
        from = last.number + 1;
        for kept in found {
            assert_eq!((kept.at_us, kept.content), record(kept.number));
            numbers.push(kept.number);
        }
    }
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "seg"));
    paths.sort();
    paths
}

#[test]
fn records_and_numbers_are_kept_between_opens() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..4 {
        let spool = open(folder.path(), ROOMY);
        assert_eq!(spool.next(), round * 7);
        fill(&spool, round * 7..round * 7 + 7);
        assert_eq!(all(&spool, 0), (0..round * 7 + 7).collect::<Vec<_>>());
        assert_eq!(all(&spool, 5).first(), Some(&5));
        assert!(all(&spool, 100).is_empty());
    }
}

#[test]
fn a_folder_has_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), ROOMY);
    assert!(matches!(Spool::open(folder.path(), ROOMY, vec![], 0), Err(FeedError::InUse(_))));
    drop(first);
    open(folder.path(), ROOMY);
}

#[test]
fn a_torn_tail_is_left_out_and_its_number_given_once() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), ROOMY), 0..5);
    let path = segments(folder.path()).pop().unwrap();
    let whole = std::fs::read(&path).unwrap();
    for cut in 1..40 {
        std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        let left = all(&open(folder.path(), ROOMY), 0);
        assert_eq!(left, (0..left.len() as u64).collect::<Vec<_>>());
        assert!(left.len() < 5);
        // A number that was sent already is not given to another record.
        let spool = Spool::open(folder.path(), ROOMY, vec![0], 5).unwrap();
        assert_eq!(spool.append(&[record(5)]).unwrap(), 6);
        assert_eq!(all(&spool, 0), left.into_iter().chain([5]).collect::<Vec<_>>());
        std::fs::remove_file(segments(folder.path()).pop().unwrap()).unwrap();
    }
}

#[test]
fn the_oldest_goes_when_there_is_too_much_or_it_is_too_old_or_nobody_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let small = Bounds { bytes: 2000, age_us: 400 };
    let spool = Spool::open(folder.path(), small, vec![0, 0], 0).unwrap();
    fill(&spool, 0..200);
    spool.settle(None, 200);
    let left = all(&spool, 0);
    assert_eq!(left.last(), Some(&199));
    assert!(*left.first().unwrap() > 100, "bytes");
    assert!(segments(folder.path()).iter().map(|path| path.metadata().unwrap().len()).sum::<u64>() <= 2000);

    spool.settle(Some((0, 180)), 200);
    assert_eq!(all(&spool, 0), left, "one reader still needs it");
    spool.settle(Some((1, 180)), 200);
    let first = all(&spool, 0)[0];
    assert!(first > left[0] && first <= 180, "settled by both: {first}");

    spool.settle(None, 10_000);
    assert_eq!(segments(folder.path()).len(), 1, "all are too old; the last is being written");
}

#[test]
fn a_disk_that_refuses_costs_the_records_and_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(folder.path(), ROOMY);
    fill(&spool, 0..3);
    // A file that was opened for reading refuses to be written to.
    spool.state().file = Some(File::open(&segments(folder.path())[0]).unwrap());
    assert!(spool.append(&[record(3)]).is_err());
    fill(&spool, 3..6);
    assert_eq!(all(&spool, 0), (0..6).collect::<Vec<_>>());
    drop(spool);
    assert_eq!(all(&open(folder.path(), ROOMY), 0), (0..6).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn a_flipped_bit_never_gives_a_wrong_record(at: prop::sample::Index, bit in 0_u8..8) {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(folder.path(), Bounds { bytes: 1600, ..ROOMY });
        fill(&spool, 0..30);
        drop(spool);
        let files = segments(folder.path());
        let path = &files[at.index(files.len())];
        let mut bytes = std::fs::read(path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        std::fs::write(path, bytes).unwrap();
        // `all` compares what it reads; here: in order, and only the rest of one segment is missing.
        let left = all(&open(folder.path(), ROOMY), 0);
        prop_assert!(left.is_sorted() && left.len() < 30 && left.len() >= 24);
    }

    #[test]
    fn garbage_is_no_record(bytes: Vec<u8>) {
        for (_, content) in (Records { rest: &bytes }) {
            prop_assert!(content.len() < bytes.len());
        }
    }
}
