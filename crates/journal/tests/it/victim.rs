//! A process that appends until it is killed.
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Starts a test of this program as a child, reads so many acknowledgements, kills it, and reads those under way.
pub(crate) fn append_until_killed(test: &str, told: &[(&str, &OsStr)], after: usize) -> Vec<(u64, String)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .envs(told.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < after {
        let line = lines.next().unwrap().unwrap();
        acknowledged.extend(parse(&line));
    }
    // SIGKILL on Unix.
    child.kill().unwrap();
    child.wait().unwrap();
    // The last line may be cut off.
    acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| parse(&line)));
    acknowledged
}

/// `ack INDEX LEAF.`
fn parse(line: &str) -> Option<(u64, String)> {
    let (index, leaf) = line.strip_prefix("ack ")?.strip_suffix('.')?.split_once(' ')?;
    Some((index.parse().ok()?, leaf.to_owned()))
}
