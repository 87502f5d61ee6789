//! The part of the contract that a portal needs.
#![expect(dead_code, reason = "carries the descriptions of operations")]
use super::say::{Heartbeat, TrackerError, UsagePeriod, Usages};

#[utoipa::path(
    get,
    path = "/v2/heartbeat",
    summary = "Whether usages can be asked for",
    responses((status = 200, description = "Always; the status says how it is", body = Heartbeat))
)]
pub(crate) fn heartbeat() {}

#[utoipa::path(
    get,
    path = "/v2/usagePeriod",
    summary = "Since when usages are kept",
    responses(
        (status = 200, description = "Since then, up to now", body = UsagePeriod),
        (status = "4XX", description = "Refused", body = TrackerError),
        (status = "5XX", description = "Not answered", body = TrackerError)
    ),
    security(("mutual_tls" = []))
)]
pub(crate) fn usage_period() {}

#[utoipa::path(
    get,
    path = "/v2/findUsage",
    summary = "Who used a person's data",
    description = "The interface of Estonia's data tracker, version 2. A portal asks for the person who is signed in at it: \
        `X-Road-UserId` and `userCode` name the same one. Only systems that are configured for it may ask; each question is \
        journalled.",
    params(
        ("X-Road-UserId" = String, Header, description = "The signed-in person: 12 digits, with the prefix VN or without"),
        ("X-Road-Id" = Option<String>, Header, description = "Message id given by an exchange platform"),
        ("Accept-Language" = Option<String>, Header, description = "`en` for English words; Vietnamese otherwise"),
        ("userCode" = String, Query, description = "Whose data: the same person"),
        ("periodStart" = Option<String>, Query, description = "ISO 8601, in the time of Vietnam unless it has an offset"),
        ("periodEnd" = Option<String>, Query, description = "ISO 8601, in the time of Vietnam unless it has an offset"),
        ("offset" = Option<u32>, Query, description = "Usages to leave out, newest first; 0 unless told"),
        ("limit" = Option<u32>, Query, description = "Usages at most, 1 to 1,000; 1,000 unless told")
    ),
    responses(
        (status = 200, description = "Newest first", body = Usages),
        (status = "4XX", description = "Refused", body = TrackerError),
        (status = "5XX", description = "Not answered", body = TrackerError)
    ),
    security(("mutual_tls" = []))
)]
pub(crate) fn find_usage() {}

#[utoipa::path(
    get,
    path = "/v2/proof",
    operation_id = "history_proof",
    summary = "A person's history with its proofs",
    description = "Not of the data tracker: the history as docs/journal-format.md has it, for the person's own verifier.",
    params(
        ("X-Road-UserId" = String, Header, description = "The signed-in person: 12 digits, with the prefix VN or without"),
        ("userCode" = String, Query, description = "Whose history: the same person")
    ),
    responses(
        (status = 200, description = "The history; the proofs of its newest 1,000 entries", content_type = "application/json"),
        (status = "4XX", description = "Refused; 404 before the first epoch", body = TrackerError),
        (status = "5XX", description = "Not answered", body = TrackerError)
    ),
    security(("mutual_tls" = []))
)]
pub(crate) fn proof() {}
