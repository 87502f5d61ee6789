//! Threads that follow the log.

/// By so much they stand back (nice(2), 0 to 19): where processors are short, one of them gets a third of what a thread gets
/// that answers, which is more than it needs to keep up, and answers do not wait for its bursts.
const STEP_BACK: i32 = 5;

/// Lets the threads that answer go first. Linux counts this for each thread by itself. Where it is not allowed, the thread
/// runs as the others do.
pub(crate) fn stand_back() {
    let _ = rustix::process::nice(STEP_BACK);
}
