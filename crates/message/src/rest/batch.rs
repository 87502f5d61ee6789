//! Batches: many requests in one body, each failing for itself.
use super::request;
use crate::json::{Json, Members};
use crate::{Request, Service, WireError};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;

/// The most requests in a batch.
pub const BATCH_MAX: usize = 1_000;

/// What a body holds.
#[derive(Debug)]
pub enum Body {
    /// One request
    One(Box<Request>),
    /// A batch, in the order sent
    Batch(Vec<Item>),
}

/// One request of a batch.
#[derive(Debug)]
pub struct Item {
    /// The caller's number of the request, where it could be read
    pub request_id: Option<String>,
    /// The request, or what is wrong with it
    pub request: Result<Request, WireError>,
}

pub(super) fn body(json: Json, service: Service, today: CivilDate) -> Result<Body, WireError> {
    let is_batch = matches!(&json, Json::Object(members) if members.iter().any(|(key, _)| key == "items"));
    if !is_batch {
        return request::read(json, service, "", today).map(|r| Body::One(Box::new(r)));
    }
    let Some(Json::Array(items)) = Members::open(json, "", &["items"])?.take("items") else {
        return Err(WireError::at(Code::FieldType, "/items"));
    };
    if items.is_empty() {
        return Err(WireError::at(Code::FieldMissing, "/items/0"));
    }
    if items.len() > BATCH_MAX {
        return Err(WireError::at(Code::BatchTooLarge, "/items"));
    }
    let read = |(i, json): (usize, Json)| Item {
        request_id: request_id(&json),
        request: request::read(json, service, &format!("/items/{i}"), today),
    };
    Ok(Body::Batch(items.into_iter().enumerate().map(read).collect()))
}

/// The request id of a request that may be wrong otherwise.
fn request_id(json: &Json) -> Option<String> {
    let Json::Object(members) = json else { return None };
    match members.iter().find(|(key, _)| key == "request_id") {
        Some((_, Json::Text(text))) => crate::input::request_id(text, "").ok(),
        _ => None,
    }
}
