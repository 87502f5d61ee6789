//! The hourly figures as a file.
use super::asked::Asked;
use super::figures::service;
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::show;
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use dancu_campaign::table::Sheet;
use dancu_journal::Outcome;
use dancu_policy::duty::Action;
use dancu_usage::{Row, Usage, UsageError};

/// Rows read in one go, and in a file at most.
const PAGE: u32 = 5_000;
const MOST: usize = 100_000;

/// Hands out a workbook or delimited text.
pub(super) async fn file(seat: Seat) -> Result<Response, Oops> {
    handed_out(&seat).await
}

/// The same, for pages and API alike.
pub(in crate::door::console) async fn handed_out(seat: &Seat) -> Result<Response, Oops> {
    let question = Asked::of(seat)?;
    seat.must(Action::UsageExport, question.scope.organisation.as_deref().or(Some("")), Place::Usage)?;
    let form = if asked(&seat.uri, "form") == "csv" { "csv" } else { "xlsx" };
    let whose = question.scope.organisation.as_deref().unwrap_or("*");
    let (first, last) =
        question.range.dates().map_or_else(Default::default, |(first, last)| (first.iso(), last.iso()));
    seat.record("usage_export", format!("organisation={whose} from={first} to={last}"), Place::Usage).await?;
    let (range, scope) = (question.range, question.scope.clone());
    let rows = seat.counted(move |usage| all(usage, range, &scope)).await?;
    let t = seat.shell(Place::Usage).texts();
    let sheet = sheet(seat, &question, &rows, t);
    let name = format!("su-dung-{first}-{last}");
    let export = if form == "csv" { sheet.to_csv(&name) } else { sheet.to_xlsx(&name) };
    let Ok(export) = export else { return Err(Oops::page(seat.shell(Place::Usage), ErrorKind::Server)) };
    let mut response = export.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(export.media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export.name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn all(usage: &Usage, range: dancu_usage::Range, scope: &dancu_usage::Scope) -> Result<Vec<Row>, UsageError> {
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < MOST {
        let page = usage.rows(range, scope, rows.last().map(|row| &row.key), PAGE)?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    Ok(rows)
}

fn sheet(seat: &Seat, question: &Asked, rows: &[Row], t: Texts) -> Sheet {
    let columns = [
        "usage-day",
        "usage-hour",
        "work-of",
        "usage-system",
        "usage-system-id",
        "usage-service",
        "usage-outcome",
        "usage-code",
        "usage-calls",
    ];
    let row = |row: &Row| {
        let ended = match row.outcome {
            Outcome::Answered(kind) => {
                t.t(&format!("usage-answer-{}", kind.name().replace('_', "-"))).into_owned()
            }
            Outcome::Refused(code) => code.title(t.lang()).to_owned(),
        };
        vec![
            show::day(row.date),
            format!("{:02}:00", row.key.hour),
            seat.console.organisation(&row.key.organisation),
            seat.system_name(&row.key.system),
            row.key.system.clone(),
            service(&row.key.service, t),
            ended,
            row.outcome.name().to_owned(),
            row.calls.to_string(),
        ]
    };
    let mut titles = vec![t.t("console-usage").into_owned(), question.lead(seat, t)];
    if rows.len() >= MOST {
        titles.push(t.t1("usage-cut", "rows", &t.number(rows.len() as u64)).into_owned());
    }
    Sheet {
        name: t.t("console-usage").into_owned(),
        titles,
        headings: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: rows.iter().map(row).collect(),
    }
}
