//! Several processes on one folder, readers beside writers, and how long it takes.
use super::suite::count_up;
use dancu_storage::blob::Blobs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const TIMES: usize = 200;

/// The other process: reads the folder's path and its own number, and counts.
#[test]
#[ignore = "the other process of the test here, started by it"]
fn other_process() {
    let mut lines = std::io::stdin().lines().map(|line| line.expect("a line"));
    let blobs = Blobs::folder(Path::new(&lines.next().expect("a path"))).unwrap();
    let who = lines.next().expect("a number").parse().unwrap();
    (0..TIMES).for_each(|_| count_up(&blobs, "count", who));
}

fn start(path: &Path, who: usize) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["folder::other_process", "--exact", "--ignored"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a process");
    writeln!(child.stdin.take().expect("a pipe"), "{}\n{who}", path.display()).expect("a reader");
    child
}

#[test]
fn two_processes_never_swap_the_same_away() {
    let directory = tempfile::tempdir().unwrap();
    let children = [start(directory.path(), 1), start(directory.path(), 2)];
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    let count = Blobs::folder(directory.path()).unwrap().get("count").unwrap().unwrap();
    assert!(count.starts_with(format!("{} ", 2 * TIMES).as_bytes()), "{}", String::from_utf8_lossy(&count));
}

#[test]
fn a_reader_sees_a_file_whole_while_it_is_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(directory.path()).unwrap();
    let done = AtomicBool::new(false);
    let write = |byte: u8| blobs.put_all(&[("tile/0/000".to_owned(), vec![byte; 8192])]).unwrap();
    write(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (0..300_u16).for_each(|round| write(u8::try_from(round % 256).unwrap()));
            done.store(true, Ordering::Relaxed);
        });
        while !done.load(Ordering::Relaxed) {
            let content = blobs.get("tile/0/000").unwrap().unwrap();
            assert_eq!(content.len(), 8192);
            assert!(content.iter().all(|byte| *byte == content[0]), "a mixture of two");
        }
    });
}

#[test]
fn what_a_killed_process_left_unfinished_is_swept_away_and_never_listed() {
    let directory = tempfile::tempdir().unwrap();
    let unfinished = directory.path().join(".new-1-0x1-0");
    std::fs::write(&unfinished, "half").unwrap();
    std::fs::write(directory.path().join("checkpoint"), "whole").unwrap();
    let blobs = Blobs::folder(directory.path()).unwrap();
    assert_eq!(blobs.list("").unwrap(), ["checkpoint"]);
    assert!(!unfinished.exists());
}

#[test]
fn a_folder_that_is_for_reading_only_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    Blobs::folder(directory.path()).unwrap().put_all(&[("a".to_owned(), b"1".to_vec())]).unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let blobs = Blobs::folder(directory.path()).unwrap();
    assert_eq!(blobs.get("a").unwrap().as_deref(), Some(&b"1"[..]));
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A second's worth of a log that grows by 100,000 entries a second: 400 bundles and tiles each of 32 and 8 KiB.
#[test]
fn hundreds_of_files_a_second_are_no_burden() {
    let directory = tempfile::tempdir().unwrap();
    let blobs = Blobs::folder(directory.path()).unwrap();
    let file = |kind: &str, index: usize, size| (format!("tile/{kind}/{index:03}"), vec![7; size]);
    let files: Vec<_> =
        (0..400).flat_map(|index| [file("0", index, 8192), file("entries", index, 32_768)]).collect();
    let started = Instant::now();
    blobs.put_all(&files).unwrap();
    blobs.sync().unwrap();
    let took = started.elapsed();
    println!("800 files in {took:?}");
    assert!(took < Duration::from_secs(8), "{took:?}");
}
