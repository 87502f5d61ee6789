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
use std::io::{Read as _, Seek as _};
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
/// Columns, as of the file that the command writes.
const HEAD: &str = "\u{feff}row_id,verdict,matched_personal_id,score,reasons,action\r\n";

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
    let gone = || CleaningError::Output("nobody takes it any more".to_owned());
    let mut text = String::from(HEAD);
    jobs.result(id, |line| {
        add(&mut text, line);
        if text.len() >= PIECE {
            let piece = Bytes::from(std::mem::take(&mut text));
            send.blocking_send(Ok(piece)).map_err(|_| gone())?;
        }
        Ok(())
    })?;
    send.blocking_send(Ok(Bytes::from(text))).map_err(|_| gone())
}

fn add(text: &mut String, line: &Line<'_>) {
    let answer = line.answer;
    cell(text, &line.row_id());
    let number = answer.personal_id.map(PersonalId::expose).unwrap_or_default();
    let cells: [&str; 5] = [
        answer.verdict.name(),
        &number,
        &score(answer.score),
        &answer.reasons.to_string(),
        answer.action.name(),
    ];
    for content in cells {
        text.push(',');
        cell_plain(text, content);
    }
    text.push_str("\r\n");
}

/// A cell of the agency's own words: a spreadsheet would compute what begins like a formula.
fn cell(text: &mut String, content: &str) {
    if content.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        cell_plain(text, &format!("'{content}"));
    } else {
        cell_plain(text, content);
    }
}

fn cell_plain(text: &mut String, content: &str) {
    if content.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&content.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(content);
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
    fn cells_are_quoted_and_never_formulas() {
        let mut text = String::new();
        cell(&mut text, "=1+1");
        text.push(',');
        cell(&mut text, "a \"b\", c");
        assert_eq!(text, "'=1+1,\"a \"\"b\"\", c\"");
        assert_eq!([score(-250), score(5), score(1_234)], ["-2.50", "0.05", "12.34"]);
    }
}
