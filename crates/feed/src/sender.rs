//! Sends to one receiver, from where it stopped, over as many connections as it takes.
use crate::cursor::{Cursor, Position};
use crate::event::Event;
use crate::line::{Close, Line};
use crate::message::Message;
use crate::metrics::ReceiverMetrics;
use crate::reader::Reader;
use crate::receiver::Receiver;
use crate::spool::{Kept, Spool};
use crate::{Options, rfc5424};
use dancu_storage::Lease;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The pause after the first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// A connection that held for so long was a good one: the next pause is the first again.
const STABLE: Duration = Duration::from_secs(10);
/// How often the cursor is saved while messages flow.
const SAVE: Duration = Duration::from_millis(500);
/// After so long without a message, what was sent is settled.
const IDLE: Duration = Duration::from_mins(1);
/// For the receiver's answer to our end.
const CLOSING: Duration = Duration::from_secs(10);
/// For messages and answer when the server stops.
const STOPPING: Duration = Duration::from_secs(3);
/// Ends in a row that a receiver may break before they are held for its habit.
const HABIT: u32 = 3;

/// What the senders of one server share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) reader: Reader,
    pub(crate) spool: Arc<Spool>,
    /// Number of the next event
    pub(crate) grown: watch::Receiver<u64>,
}

/// Sends to one receiver.
pub(crate) struct Sender {
    pub(crate) receiver: Receiver,
    /// Its place among the readers of the spool
    pub(crate) place: usize,
    pub(crate) shared: Arc<Shared>,
    pub(crate) lease: Lease,
    pub(crate) cursor: Cursor,
    pub(crate) path: PathBuf,
    pub(crate) metrics: ReceiverMetrics,
    /// Ends in a row that the receiver broke
    pub(crate) broken_ends: u32,
}

impl Sender {
    /// Sends until told to stop, and then what is left within a few seconds.
    pub(crate) async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let (mut pause, mut end, mut told) = (FIRST_PAUSE, End::Broken, false);
        while !*stopped.borrow() {
            let opened = tokio::select! {
                line = Line::open(&self.receiver) => line,
                _ = stopped.wait_for(|stopped| *stopped) => return,
            };
            let began = Instant::now();
            end = match opened {
                Ok(line) => {
                    self.metrics.connected.set(1);
                    told = false;
                    let end = Session::new(&mut self, line, end).run(&mut stopped).await;
                    self.metrics.connected.set(0);
                    end
                }
                Err(error) => {
                    if !told {
                        tracing::warn!(receiver = self.receiver.name, %error, "no connection to the feed's receiver");
                    }
                    told = true;
                    End::Broken
                }
            };
            if end != End::Broken || began.elapsed() >= STABLE {
                pause = FIRST_PAUSE;
            }
            if end != End::Broken {
                continue;
            }
            self.metrics.reconnects.inc();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            pause = (pause * 2).min(self.shared.options.longest_pause);
        }
    }

    /// Makes the marks durable, and lets the spool drop what is settled.
    async fn save(&self) {
        let (cursor, path, place) = (self.cursor, self.path.clone(), self.place);
        let (spool, now_us) = (Arc::clone(&self.shared.spool), (self.shared.reader.now)());
        let saved = tokio::task::spawn_blocking(move || {
            cursor.save(&path)?;
            spool.settle(Some((place, cursor.events.settled)), now_us);
            Ok::<_, io::Error>(())
        });
        if let Ok(Err(error)) = saved.await {
            tracing::warn!(receiver = self.receiver.name, %error, "the cursor of the feed cannot be saved");
        }
    }
}

/// What is known at the end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All that was sent was read
    Clean,
    /// It ended when we ended it, and nobody says whether the last messages were kept: they go again
    Unsure,
    /// It broke: what is not known to be read goes again
    Broken,
}

/// One connection of a sender.
struct Session<'a> {
    sender: &'a mut Sender,
    line: Line,
    /// Next event
    events: u64,
    /// Next entry; none while another server sends them
    entries: Option<u64>,
    /// The connection before this one was ended with all read
    clean: bool,
    claim_at: Instant,
    /// Size of the journal when it was last read; the greatest number while nobody asks
    known: u64,
    /// Messages on this connection
    unsettled: u64,
    busy_at: Instant,
    saved_at: Instant,
    dirty: bool,
}

/// Messages as they go out together.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    entries: u64,
    events: u64,
    next_entry: Option<u64>,
    next_event: u64,
}

impl<'a> Session<'a> {
    fn new(sender: &'a mut Sender, line: Line, before: End) -> Self {
        let clean = before == End::Clean;
        let events = sender.cursor.events;
        let events = if clean { events.sent } else { events.again(sender.shared.options.resend) };
        let now = Instant::now();
        Self {
            sender,
            line,
            events,
            entries: None,
            clean,
            claim_at: now,
            known: u64::MAX,
            unsettled: 0,
            busy_at: now,
            saved_at: now,
            dirty: false,
        }
    }

    /// Sends until the connection ends.
    async fn run(mut self, stopped: &mut watch::Receiver<bool>) -> End {
        let mut grown = self.sender.shared.grown.clone();
        let reader = self.sender.shared.reader.clone();
        let mut last = None;
        loop {
            if *stopped.borrow() && last.is_none() {
                last = Some(Instant::now() + STOPPING);
            }
            let sent = match self.step().await {
                Ok(sent) => sent,
                Err(error) => return self.broken(&error.to_string()).await,
            };
            let over = last.is_some_and(|last| !sent || Instant::now() >= last);
            let idle = !sent && self.unsettled > 0 && self.busy_at.elapsed() >= IDLE;
            if over || idle || self.unsettled >= self.sender.shared.options.settle {
                return self.settle(last.map_or(CLOSING, |_| STOPPING), over).await;
            }
            if sent {
                continue;
            }
            tokio::select! {
                () = self.line.ended() => return self.broken("the receiver ended the connection").await,
                () = reader.grown(self.known) => {}
                _ = grown.changed() => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Sends one batch, if there is one.
    async fn step(&mut self) -> io::Result<bool> {
        self.claim().await;
        let mut batch = Batch { next_entry: self.entries, next_event: self.events, ..Batch::default() };
        self.gather_events(&mut batch).await?;
        self.gather_entries(&mut batch).await;
        let sent = !batch.bytes.is_empty();
        if sent {
            self.line.send(&batch.bytes).await?;
            self.note(&batch);
        }
        if self.dirty && (!sent || self.saved_at.elapsed() >= SAVE) {
            self.sender.save().await;
            (self.dirty, self.saved_at) = (false, Instant::now());
        }
        Ok(sent)
    }

    /// Takes or keeps the lease on the entries. While the store does not answer, all stays as it is.
    async fn claim(&mut self) {
        if Instant::now() < self.claim_at {
            return;
        }
        let options = &self.sender.shared.options;
        self.claim_at = Instant::now() + options.lease / 3;
        if let Ok(size) = self.sender.shared.reader.size().await
            && self.sender.cursor.entries.sent > size
        {
            tracing::warn!(
                receiver = self.sender.receiver.name,
                "the cursor is of a longer journal; all entries go again"
            );
            self.sender.cursor.entries = Position::default();
        }
        let own = self.sender.cursor.entries;
        match self.sender.lease.claim_async((self.sender.shared.reader.now)(), own.into()).await {
            Ok(Some(noted)) => {
                let noted = Position::from(noted);
                let clean = self.clean && noted.sent == own.sent;
                let start = if clean { noted.sent } else { noted.again(options.resend) };
                self.entries.get_or_insert(start);
                self.sender.cursor.entries = noted;
            }
            Ok(None) => self.entries = None,
            Err(error) => tracing::warn!(%error, "the lease of the feed cannot be read"),
        }
        self.sender.metrics.lease.set(i64::from(self.entries.is_some()));
    }

    async fn gather_events(&mut self, batch: &mut Batch) -> io::Result<()> {
        let shared = Arc::clone(&self.sender.shared);
        let (spool, from) = (Arc::clone(&shared.spool), self.events);
        let end = spool.next();
        if from >= end {
            return Ok(());
        }
        let limit = shared.options.batch as usize;
        let read = tokio::task::spawn_blocking(move || spool.read(from, limit)).await;
        let kept = read.map_err(io::Error::other)??;
        let first = kept.first().map_or(end, |kept| kept.number);
        // What the receiver had read may be gone; what it had not is a loss, and is told.
        let missed = first.saturating_sub(from.max(self.sender.cursor.events.settled));
        if missed > 0 {
            let lost = Event::Lost { first: Some(first - missed), count: missed };
            self.sender.metrics.lost.inc_by(missed);
            tracing::warn!(
                receiver = self.sender.receiver.name,
                missed,
                "events were gone before they were sent"
            );
            self.put(batch, &lost.message(&shared.reader.levels, None, (shared.reader.now)()));
        }
        for Kept { number, at_us, content } in &kept {
            // An event of another version of the program is one that this one cannot tell.
            let event = serde_json::from_slice(content);
            let event = event.unwrap_or(Event::Lost { first: Some(*number), count: 1 });
            self.put(batch, &event.message(&shared.reader.levels, Some(*number), *at_us));
        }
        batch.events = kept.len() as u64;
        batch.next_event = first + batch.events;
        Ok(())
    }

    async fn gather_entries(&mut self, batch: &mut Batch) {
        self.known = u64::MAX;
        let Some(from) = self.entries else { return };
        let shared = Arc::clone(&self.sender.shared);
        let read = async {
            let size = shared.reader.size().await?;
            let end = size.min(from.saturating_add(u64::from(shared.options.batch)));
            Ok::<_, dancu_journal::JournalError>((size, shared.reader.read(from..end).await?))
        };
        match read.await {
            Ok((size, messages)) => {
                self.known = size;
                for (index, message) in &messages {
                    self.put(batch, message);
                    batch.next_entry = Some(index + 1);
                }
                batch.entries = messages.len() as u64;
                let lag = size.saturating_sub(batch.next_entry.unwrap_or(from));
                self.sender.metrics.lag.set(lag.cast_signed());
            }
            Err(error) => tracing::warn!(%error, "the feed cannot read the journal"),
        }
    }

    fn put(&self, batch: &mut Batch, message: &Message) {
        let text = self.sender.receiver.format.write(&self.sender.shared.options.origin, message);
        rfc5424::frame(&mut batch.bytes, &text);
    }

    /// Notes what has gone out.
    fn note(&mut self, batch: &Batch) {
        let cursor = &mut self.sender.cursor;
        (self.events, self.entries) = (batch.next_event, batch.next_entry);
        cursor.events.sent = cursor.events.sent.max(batch.next_event);
        cursor.entries.sent = cursor.entries.sent.max(batch.next_entry.unwrap_or_default());
        self.sender.metrics.entries.inc_by(batch.entries);
        self.sender.metrics.events.inc_by(batch.events);
        self.unsettled += batch.entries + batch.events;
        (self.busy_at, self.dirty) = (Instant::now(), true);
    }

    /// The connection has ended by itself: another server may try.
    async fn broken(self, why: &str) -> End {
        tracing::warn!(
            receiver = self.sender.receiver.name,
            why,
            "the connection to the feed's receiver broke"
        );
        self.leave(true).await;
        End::Broken
    }

    /// Ends the connection so that the receiver's end says whether it has read everything.
    async fn settle(self, patience: Duration, give_back: bool) -> End {
        let (line, sender) = (self.line, &mut *self.sender);
        let close = line.close(patience).await;
        sender.broken_ends = if close == Close::Broken { sender.broken_ends + 1 } else { 0 };
        let habit = sender.broken_ends >= HABIT;
        if close == Close::Silent || habit {
            sender.metrics.unanswered.inc();
            tracing::warn!(
                receiver = sender.receiver.name,
                "the receiver does not answer the end of a connection: only the last messages are sent again after a break"
            );
        }
        let end = match close {
            Close::Read => End::Clean,
            Close::Broken if !habit => End::Broken,
            Close::Unsure | Close::Broken | Close::Silent => End::Unsure,
        };
        if end != End::Broken {
            // The spool keeps what goes again; the journal keeps everything.
            let again = if end == End::Unsure { sender.shared.options.resend } else { 0 };
            let cursor = &mut sender.cursor;
            cursor.events.settled = self.events.saturating_sub(again).max(cursor.events.settled);
            cursor.entries.settled = self.entries.unwrap_or_default().max(cursor.entries.settled);
        }
        leave(sender, self.entries, give_back || end == End::Broken).await;
        end
    }

    async fn leave(self, give_back: bool) {
        leave(self.sender, self.entries, give_back).await;
    }
}

/// Saves what is known, and gives the lease back.
async fn leave(sender: &mut Sender, entries: Option<u64>, give_back: bool) {
    sender.save().await;
    if give_back && entries.is_some() {
        sender.metrics.lease.set(0);
        if let Err(error) = sender.lease.release_async(sender.cursor.entries.into()).await {
            tracing::debug!(%error, "the lease of the feed runs out by itself");
        }
    }
}
