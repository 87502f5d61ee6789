//! The result of a job as a table, handed out as it is read: a stock may be larger than memory.
use super::bring::Incoming;
use super::{Answer, HERE, ground};
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::pages::ErrorKind;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use dancu_citizen::PersonalId;
use dancu_cleaning::{Cleaning, CleaningError, Job, JobState, Line};
use dancu_policy::duty::Action;
use dancu_stock::ResultError;
use dancu_stock::result::{Csv, Line as Row};
use std::io::{self, Read as _, Seek as _, Write};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Type of the file.
pub(in crate::door::console) const CSV: &str = "text/csv; charset=utf-8";
/// Type of a signed package (ETSI EN 319 162-1).
pub(in crate::door::console) const PACKAGE: &str = "application/vnd.etsi.asic-e+zip";

/// The names that the journal is searched by: the result as a table, and as a package.
pub(in crate::door::console) use dancu_cleaning::RESULT;
pub(in crate::door::console) const PACKED: &str = "cleaning_package";

/// Bytes that are sent together.
const PIECE: usize = 64 * 1024;
/// Pieces that may wait for the receiver.
const AHEAD: usize = 8;

pub(super) async fn hand_out(seat: Seat, Path(id): Path<String>) -> Answer {
    let job = seat.cleaning_job(&id, Action::CleaningExport).await?;
    if job.state != JobState::Done {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    }
    if let Err(code) = seat.ground(&job, RESULT, format!("job={id}")).await {
        return ground::none(&seat, &job, code).await;
    }
    seat.record(RESULT, format!("job={id}"), HERE).await?;
    Ok(handed_out(&seat, job))
}

/// The answer with the file, for pages and API alike; that it is taken is written down before.
pub(in crate::door::console) fn handed_out(seat: &Seat, job: Job) -> Response {
    let (send, receive) = mpsc::channel(AHEAD);
    let (jobs, now_us, id) = (seat.console.cleaning.jobs.clone(), seat.now_us(), job.id);
    let short = id.get(..8).unwrap_or_default().to_owned();
    tokio::task::spawn_blocking(move || {
        let error = match write(&jobs, &id, &send) {
            Ok(()) => match jobs.fetched(&id, now_us) {
                Ok(()) => return,
                Err(error) => error,
            },
            Err(error) => error,
        };
        tracing::warn!(%error, "a result was cut off");
        // The answer ends without its end, so that nobody takes half a stock for a whole one.
        let _ = send.blocking_send(Err(std::io::Error::other("cut off")));
    });
    streamed(receive, CSV, &format!("ket-qua-{short}.csv"))
}

/// An answer in pieces.
fn streamed(
    receive: mpsc::Receiver<Result<Bytes, std::io::Error>>,
    media: &'static str,
    name: &str,
) -> Response {
    let pieces = futures_util::stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|piece| (piece, receive))
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(super) async fn hand_out_package(seat: Seat, Path(id): Path<String>) -> Answer {
    let job = seat.cleaning_job(&id, Action::CleaningExport).await?;
    if job.state != JobState::Done || !seat.console.cleaning.signs() {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    }
    if let Err(code) = seat.ground(&job, PACKED, format!("job={id}")).await {
        return ground::none(&seat, &job, code).await;
    }
    seat.record(PACKED, format!("job={id}"), HERE).await?;
    packed(&seat, job).await
}

/// Makes the package and answers with it, for pages and API alike; that it is taken is written down before.
pub(in crate::door::console) async fn packed(seat: &Seat, job: Job) -> Answer {
    let cleaner = Arc::clone(&seat.console.cleaning);
    let unavailable = || Oops::page(seat.shell(HERE), ErrorKind::Unavailable);
    let turn = Arc::clone(&cleaner.packing).acquire_owned().await.map_err(|_| unavailable())?;
    let (agency, lang, now_us) =
        (seat.console.organisation(&job.organisation), seat.shell(HERE).lang, seat.now_us());
    let short = job.id.get(..8).unwrap_or_default().to_owned();
    let made = blocking(move || {
        let _turn = turn;
        let packs = cleaner.packs.as_ref().ok_or(CleaningError::NotNow("nobody signs"))?;
        let failed = |error: std::io::Error| CleaningError::Output(error.to_string());
        let mut file = Incoming::create(&cleaner.incoming, u64::MAX).map_err(failed)?.into_file();
        packs.pack(&cleaner.jobs, &job, &agency, lang, now_us, &mut file)?;
        cleaner.jobs.fetched(&job.id, now_us)?;
        file.rewind().map_err(failed)?;
        Ok(file)
    });
    let mut file = match made.await {
        Some(Ok(file)) => file,
        Some(Err(error)) => return Err(seat.no_cleaning(&error)),
        None => return Err(unavailable()),
    };
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).map(|read| {
                piece.truncate(read);
                Bytes::from(piece)
            });
            let is_last = read.as_ref().map_or(true, Bytes::is_empty);
            if read.as_ref().is_ok_and(Bytes::is_empty) || send.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    Ok(streamed(receive, PACKAGE, &format!("ket-qua-{short}.asice")))
}

fn write(
    jobs: &Cleaning,
    id: &str,
    send: &mpsc::Sender<Result<Bytes, std::io::Error>>,
) -> Result<(), CleaningError> {
    let mut csv = Csv::begin(Pieces { piece: Vec::new(), send })?;
    jobs.result(id, |line| Ok(add(&mut csv, line)?))?;
    Ok(csv.end()?)
}

fn add(csv: &mut Csv<impl Write>, line: &Line<'_>) -> Result<(), ResultError> {
    let answer = line.answer;
    let number = answer.personal_id.map(PersonalId::expose);
    csv.line(&Row {
        row_id: &line.row_id(),
        verdict: answer.verdict.name(),
        matched_personal_id: number.as_deref(),
        score: f64::from(answer.score) / 100.0,
        reasons: &answer.reasons.to_string(),
        action: answer.action.name(),
    })
}

/// What is written goes out in pieces.
struct Pieces<'s> {
    piece: Vec<u8>,
    send: &'s mpsc::Sender<Result<Bytes, io::Error>>,
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        self.send.blocking_send(Ok(piece)).map_err(|_| io::Error::other("nobody takes it any more"))
    }
}

/// Hundredths of bits as bits.
pub(super) fn score(hundredths: i32) -> String {
    let (sign, all) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    format!("{sign}{}.{:02}", all / 100, all % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_as_the_package_has_it() {
        let (send, mut receive) = mpsc::channel(4);
        let row = dancu_linkage::Row::default().with(dancu_linkage::Column::RowId, "=1, \"2\"");
        let answer = dancu_linkage::Answer { score: -250, ..dancu_linkage::Answer::default() };
        let line = Line { number: 1, row: &row, answer: &answer, decision: None };
        let mut csv = Csv::begin(Pieces { piece: Vec::new(), send: &send }).unwrap();
        add(&mut csv, &line).unwrap();
        csv.end().unwrap();
        let sent = receive.blocking_recv().unwrap().unwrap();
        let text = std::str::from_utf8(&sent).unwrap();
        let (head, line) = text.split_once("\r\n").unwrap();
        assert_eq!(head, "\u{feff}row_id,verdict,matched_personal_id,score,reasons,action");
        assert!(
            line.starts_with("\"'=1, \"\"2\"\"\",") && line.contains(",-2.50,") && line.ends_with("\r\n")
        );
        assert_eq!([score(-250), score(5), score(1_234)], ["-2.50", "0.05", "12.34"]);
    }
}
