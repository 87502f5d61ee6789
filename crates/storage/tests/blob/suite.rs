//! What every backend does, whatever it stands on.
use dancu_storage::blob::{BlobError, Blobs};

/// Runs all of it on an empty store.
pub(crate) fn run(blobs: &Blobs) {
    files_are_put_read_listed_and_deleted(blobs);
    swap_replaces_what_is_expected_only(blobs);
    of_many_that_swap_one_succeeds_each_time(blobs);
    paths_lead_nowhere_else(blobs);
}

fn files(paths: &[&str], content: &[u8]) -> Vec<(String, Vec<u8>)> {
    paths.iter().map(|path| ((*path).to_owned(), content.to_vec())).collect()
}

fn files_are_put_read_listed_and_deleted(blobs: &Blobs) {
    let paths = ["tile/0/000", "tile/0/x001/067.p/8", "tile/entries/000", "tilex"];
    assert_eq!(blobs.get("tile/0/000"), Ok(None));
    blobs.put_all(&files(&paths, b"one")).unwrap();
    blobs.put_all(&files(&paths[..1], b"two")).unwrap();
    blobs.put_all(&files(&["empty"], b"")).unwrap();
    blobs.put_all(&[]).unwrap();
    blobs.sync().unwrap();
    assert_eq!(blobs.get("tile/0/000").unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(blobs.get("tile/0/x001/067.p/8").unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(blobs.get("empty").unwrap().as_deref(), Some(&b""[..]));
    assert_eq!(blobs.list("tile").unwrap(), paths[..3]);
    assert_eq!(blobs.list("tile/0").unwrap(), paths[..2]);
    assert_eq!(blobs.list("none").unwrap(), Vec::<String>::new());
    assert_eq!(blobs.list("").unwrap(), [&["empty"], &paths[..]].concat());

    blobs.delete("tile/0/x001/067.p/8").unwrap();
    blobs.delete("tile/0/x001/067.p/8").unwrap();
    blobs.delete("never/there").unwrap();
    assert_eq!(blobs.get("tile/0/x001/067.p/8"), Ok(None));
    assert_eq!(blobs.list("tile/0").unwrap(), paths[..1]);
    for path in blobs.list("").unwrap() {
        blobs.delete(&path).unwrap();
    }
    assert_eq!(blobs.list("").unwrap(), Vec::<String>::new());
}

fn swap_replaces_what_is_expected_only(blobs: &Blobs) {
    let read = || blobs.get("a/checkpoint").unwrap();
    assert_eq!(blobs.swap("a/checkpoint", Some(b"something"), b"1"), Ok(false), "there is no file");
    assert_eq!(read(), None);
    assert_eq!(blobs.swap("a/checkpoint", None, b"1"), Ok(true));
    assert_eq!(blobs.swap("a/checkpoint", None, b"2"), Ok(false), "there is a file");
    assert_eq!(blobs.swap("a/checkpoint", Some(b"2"), b"3"), Ok(false), "another content");
    assert_eq!(blobs.swap("a/checkpoint", Some(b""), b"3"), Ok(false), "nothing is not the same as no file");
    assert_eq!(read().as_deref(), Some(&b"1"[..]));
    assert_eq!(blobs.swap("a/checkpoint", Some(b"1"), b"2"), Ok(true));
    assert_eq!(read().as_deref(), Some(&b"2"[..]));
    blobs.delete("a/checkpoint").unwrap();
}

/// Counts up from several threads: a number is lost when two succeed with one expectation.
fn of_many_that_swap_one_succeeds_each_time(blobs: &Blobs) {
    const EACH: usize = 15;
    const THREADS: usize = 4;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || (0..EACH).for_each(|_| count_up(blobs, "count", thread)));
        }
    });
    let last = String::from_utf8(blobs.get("count").unwrap().unwrap()).unwrap();
    assert_eq!(last.split_once(' ').unwrap().0, (EACH * THREADS).to_string());
    blobs.delete("count").unwrap();
}

/// Replaces a number by the next one, and says who did.
pub(crate) fn count_up(blobs: &Blobs, path: &str, who: usize) {
    loop {
        let old = blobs.get(path).unwrap();
        let text = old.as_deref().map_or("0", |old| std::str::from_utf8(old).unwrap());
        let number: usize = text.split(' ').next().unwrap().parse().unwrap();
        let new = format!("{} {who}", number + 1);
        if blobs.swap(path, old.as_deref(), new.as_bytes()).unwrap() {
            return;
        }
    }
}

fn paths_lead_nowhere_else(blobs: &Blobs) {
    for bad in ["", "/etc/passwd", "../up", "a/../b", "a//b", ".hidden", "a/"] {
        assert_eq!(blobs.get(bad), Err(BlobError::Path), "{bad:?}");
        assert_eq!(blobs.put_all(&files(&["good", bad], b"x")), Err(BlobError::Path), "{bad:?}");
        assert_eq!(blobs.swap(bad, None, b"x"), Err(BlobError::Path), "{bad:?}");
        assert_eq!(blobs.delete(bad), Err(BlobError::Path), "{bad:?}");
    }
    assert_eq!(blobs.list("../up"), Err(BlobError::Path));
    assert_eq!(blobs.get("good"), Ok(None), "nothing is written when one path is bad");
}
