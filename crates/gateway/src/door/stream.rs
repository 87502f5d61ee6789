//! The stream under HTTP, with what no HTTP library does: a limit for the first bytes, and a close that is heard.
use std::future::Future as _;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Length of the preface of HTTP/2 (RFC 9113 section 3.4). Until it is complete, or begins otherwise, no version is
/// known and no timer of HTTP runs.
const PREFACE: usize = 24;
/// How long a closed connection is still read. A system that closes with bytes unread resets the connection, and the
/// client may lose the answer that told it why.
const LINGER: Duration = Duration::from_secs(1);

/// A stream that hangs up on clients who do not begin, and waits for those who have not finished.
pub(super) struct Polite<S> {
    inner: S,
    opening: Option<Opening>,
    idle: Idle,
    closing: Closing,
}

/// Ends a connection on which nothing moves.
///
/// The timer is set anew when it has run out and not at every byte that moves: to set it takes the lock of all timers.
struct Idle {
    limit: Duration,
    moved: Instant,
    until: Pin<Box<Sleep>>,
}

impl Idle {
    fn moved(&mut self) {
        self.moved = Instant::now();
    }

    /// The error of a time that is over.
    fn check(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        loop {
            ready!(self.until.as_mut().poll(cx));
            let over = self.moved + self.limit;
            if Instant::now() >= over {
                return Poll::Ready(Error::new(ErrorKind::TimedOut, "nothing moves on the connection"));
            }
            self.until.as_mut().reset(over);
        }
    }
}

struct Opening {
    until: Pin<Box<Sleep>>,
    read: usize,
}

enum Closing {
    Open,
    Lingering(Pin<Box<Sleep>>),
    Closed,
}

impl<S> Polite<S> {
    /// The client must begin within this time, and move a byte within `idle` ever after.
    pub(super) fn new(inner: S, begin_within: Duration, idle: Duration) -> Self {
        let idle = Idle { limit: idle, moved: Instant::now(), until: Box::pin(sleep(idle)) };
        let opening = Opening { until: Box::pin(sleep(begin_within)), read: 0 };
        Self { inner, opening: Some(opening), idle, closing: Closing::Open }
    }
}

impl<S> Polite<S> {
    /// A client that does not read holds the writer up; for so long and no longer.
    fn written(&mut self, polled: Poll<Result<usize>>, cx: &mut Context<'_>) -> Poll<Result<usize>> {
        if polled.is_ready() {
            self.idle.moved();
            return polled;
        }
        self.idle.check(cx).map(Err)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Polite<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.inner).poll_read(cx, buffer);
        if polled.is_ready() {
            this.idle.moved();
        } else if let Poll::Ready(error) = this.idle.check(cx) {
            return Poll::Ready(Err(error));
        }
        let Some(opening) = &mut this.opening else { return polled };
        if polled.is_pending() {
            ready!(opening.until.as_mut().poll(cx));
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client did not begin")));
        }
        let new = buffer.filled().get(before..).unwrap_or_default();
        let other = opening.read == 0 && new.first().is_some_and(|first| *first != b'P');
        opening.read += new.len();
        if other || opening.read >= PREFACE {
            this.opening = None;
        }
        polled
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Polite<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(polled, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.written(polled, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// Says goodbye, then reads on until the client has gone or the time is over.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = &mut *self;
        loop {
            match &mut this.closing {
                Closing::Open => {
                    ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
                    this.closing = Closing::Lingering(Box::pin(sleep(LINGER)));
                }
                Closing::Lingering(until) => {
                    let mut scratch = [0; 8 * 1024];
                    let mut unread = ReadBuf::new(&mut scratch);
                    let polled = Pin::new(&mut this.inner).poll_read(cx, &mut unread);
                    let gone = matches!(polled, Poll::Ready(_)) && unread.filled().is_empty();
                    // The time is asked at every turn: a client that sends without end is not read without end.
                    if until.as_mut().poll(cx).is_ready() || gone {
                        this.closing = Closing::Closed;
                    } else if polled.is_pending() {
                        return Poll::Pending;
                    }
                }
                Closing::Closed => return Poll::Ready(Ok(())),
            }
        }
    }
}
