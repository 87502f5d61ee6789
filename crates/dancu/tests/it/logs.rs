//! Everything that the process logs, at a level far below that of a running service.
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        buffer().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Memory {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        Self
    }
}

fn buffer() -> MutexGuard<'static, Vec<u8>> {
    BUFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to keep the log; the first test that asks decides for all.
pub(crate) fn capture() {
    let filter =
        EnvFilter::new("debug,dancu=trace,dancu_gateway=trace,dancu_journal=trace,dancu_storage=trace");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Memory).json().finish();
    // Another test was first.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// What was logged so far.
pub(crate) fn captured() -> Vec<u8> {
    buffer().clone()
}
