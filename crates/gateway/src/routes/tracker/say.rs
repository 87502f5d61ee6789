//! What a portal is answered.
use axum::body::Body;
use axum::response::Response;
use dancu_catalogue::{Code, Lang};
use dancu_journal::index::{Item, SeenCall, Shown};
use dancu_policy::Rules;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the service lives.
#[derive(Serialize, ToSchema)]
pub(crate) struct Heartbeat {
    /// `OK` or `FAIL`
    #[schema(example = "OK")]
    status: &'static str,
    /// A sentence
    message: &'static str,
}

/// Since when usages are kept. There is no end: they are kept up to now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsagePeriod {
    /// First moment
    #[schema(example = "2026-11-21T14:02:31+07:00")]
    period_start: String,
}

/// Usages of a person's data.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usages {
    /// How many there are in the period, whatever `offset` and `limit`; those withheld by order are counted
    total_usages: u64,
    /// Newest first; those withheld by order are not listed before their day
    usages: Vec<Usage>,
}

/// One usage.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    /// When
    #[schema(example = "2026-11-21T14:02:31+07:00")]
    logtime: String,
    /// What was done and why, in words
    #[schema(example = "Tra cứu thông tin công dân: 1.004227")]
    action: String,
    /// Code of the organisation that used the data
    #[schema(example = "H55")]
    receiver_code: String,
    /// Its name
    receiver_name: String,
    /// The system through which it did
    receiver_system: String,
}

/// Why there is no answer. Version 2 of the interface leaves the form open; this is that of its version 3.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrackerError {
    /// Code of the error catalogue
    #[schema(example = "NUMBER_INVALID")]
    code: &'static str,
    /// A sentence
    message: String,
}

pub(super) fn heartbeat(alive: bool) -> Response {
    json(&if alive {
        Heartbeat { status: "OK", message: "API is ready" }
    } else {
        Heartbeat { status: "FAIL", message: "The journal does not answer" }
    })
}

pub(super) fn period(since_us: i64) -> Response {
    json(&UsagePeriod { period_start: moment(since_us) })
}

pub(super) fn usages(total: u64, items: &[Item], rules: &Rules, lang: Lang) -> Response {
    let usages = items.iter().filter_map(|item| match &item.shown {
        Shown::Call(call) => Some(usage(call, rules, lang)),
        Shown::Withheld { .. } | Shown::Withholding { .. } | Shown::Act { .. } => None,
    });
    json(&Usages { total_usages: total, usages: usages.collect() })
}

fn usage(call: &SeenCall, rules: &Rules, lang: Lang) -> Usage {
    let organisation = call.organisation.as_deref().and_then(|id| rules.organisation(id));
    let system = call.system_id.as_deref().and_then(|id| rules.system(id));
    let purpose = call.procedure.as_deref().map(|code| {
        let mut agreements = system.iter().flat_map(|of| &of.agreements);
        let name = agreements.find_map(|a| a.purposes.get(code)?.name.as_deref());
        name.map_or_else(|| code.to_owned(), |name| format!("{code} – {name}"))
    });
    let refused = call.outcome.ruling().is_err();
    let parts = [Some(action(&call.service, refused, lang).to_owned()), purpose];
    Usage {
        logtime: moment(call.at_us),
        action: parts.into_iter().flatten().collect::<Vec<_>>().join(": "),
        receiver_code: organisation
            .map(|o| o.code.as_str().to_owned())
            .or_else(|| call.agency_code.clone())
            .unwrap_or_default(),
        receiver_name: organisation.map(|o| o.name.clone()).unwrap_or_default(),
        receiver_system: system
            .map(|of| of.system.name.clone())
            .or_else(|| call.system_id.clone())
            .unwrap_or_default(),
    }
}

/// What was done, for people.
fn action(service: &str, refused: bool, lang: Lang) -> &'static str {
    match (service, refused, lang) {
        ("verify", false, Lang::Vi) => "Xác thực thông tin công dân",
        ("verify", false, Lang::En) => "Verification of a citizen's data",
        ("verify", true, Lang::Vi) => "Yêu cầu xác thực bị từ chối",
        ("verify", true, Lang::En) => "Refused verification",
        ("look_up", false, Lang::Vi) => "Tra cứu thông tin công dân",
        ("look_up", false, Lang::En) => "Look-up of a citizen's data",
        ("look_up", true, Lang::Vi) => "Yêu cầu tra cứu bị từ chối",
        ("look_up", true, Lang::En) => "Refused look-up",
        ("search", _, Lang::Vi) => "Tìm công dân tại quầy",
        ("search", _, Lang::En) => "Search for a citizen at a counter",
        ("examine", _, Lang::Vi) => "Giám sát: xem nhật ký",
        ("examine", _, Lang::En) => "Supervision: reading of the journal",
        (_, false, Lang::Vi) => "Việc khác về công dân",
        (_, false, Lang::En) => "Something else about a citizen",
        (_, true, Lang::Vi) => "Yêu cầu bị từ chối",
        (_, true, Lang::En) => "Refused request",
    }
}

/// RFC 3339, in the time of Vietnam.
fn moment(at_us: i64) -> String {
    let Ok(at) = Timestamp::from_second(at_us.div_euclid(1_000_000)) else { return String::new() };
    let Ok(offset) = Offset::from_hours(7) else { return at.to_string() };
    at.to_zoned(TimeZone::fixed(offset)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

pub(super) fn json(answer: &impl Serialize) -> Response {
    respond(StatusCode::OK, answer)
}

pub(super) fn error(code: Code, lang: Lang) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    respond(status, &TrackerError { code: code.name(), message: code.title(lang).to_owned() })
}

fn respond(status: StatusCode, answer: &impl Serialize) -> Response {
    let (status, body) = match serde_json::to_vec(answer) {
        Ok(body) => (status, body),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_vietnam() {
        assert_eq!(moment(1_612_063_230_000_000), "2021-01-31T10:20:30+07:00");
    }
}
