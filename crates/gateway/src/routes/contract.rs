//! The public files of the journal in the OpenAPI document. The format is in docs/journal-format.md.
use dancu_message::rest::Problem;

macro_rules! operation {
    ($name:ident, $path:literal, $kind:literal, $summary:literal, $description:literal, $answer:literal $(, $place:literal: $what:literal)*) => {
        #[utoipa::path(
            get,
            path = $path,
            tag = "journal",
            summary = $summary,
            description = $description,
            params($(($place = String, Path, description = $what)),*),
            responses(
                (status = 200, description = $answer, body = String, content_type = $kind),
                (status = "4XX", description = "There is no such thing; see the error catalogue", body = Problem, content_type = "application/problem+json"),
                (status = "5XX", description = "Not answered now; see the error catalogue", body = Problem, content_type = "application/problem+json")
            )
        )]
        #[expect(dead_code, reason = "carries the description of the operation")]
        pub(super) fn $name() {}
    };
}

operation!(
    checkpoint,
    "/journal/checkpoint",
    "text/plain",
    "The newest checkpoint of the journal",
    "Size and root of the whole log, signed (C2SP tlog-checkpoint).",
    "A signed note"
);
operation!(
    witnessed,
    "/journal/witnessed",
    "text/plain",
    "The newest checkpoint that a quorum of witnesses has cosigned",
    "404 while there is none.",
    "A signed note"
);
operation!(
    tile,
    "/journal/tile/{path}",
    "application/octet-stream",
    "A tile of hashes, or a bundle of entries",
    "C2SP tlog-tiles: `<level>/<N>` or `entries/<N>`, with `.p/<W>` for a partial one. Never changes. Holds no personal data.",
    "The tile, as wide as asked for",
    "path": "Level or `entries`, then the number in groups of three digits"
);
operation!(
    key,
    "/journal/key",
    "text/plain",
    "Whom to believe about the journal",
    "The log's key, its witnesses' keys and their quorum (C2SP tlog-policy). Get it once, by another way too, and keep it.",
    "The policy"
);
operation!(
    proof,
    "/journal/proof/{index}",
    "text/plain",
    "Proof that an entry stands in the journal",
    "Checked offline with the policy. Personal parts are not disclosed: their commitments stand in for them. 503 with `Retry-After` in the moment before the next checkpoint.",
    "C2SP tlog-proof; its `extra` line holds the entry",
    "index": "Number of the entry, from the answer's `Dancu-Journal`"
);
operation!(
    consistency,
    "/journal/consistency/{old}/{new}",
    "text/plain",
    "Proof that an earlier state of the journal is the beginning of a later one",
    "RFC 9162 section 2.1.4; nothing for an old size of 0 and for equal sizes.",
    "The hashes in base64, one a line",
    "old": "The smaller size",
    "new": "The larger size, at most that of the newest checkpoint"
);

macro_rules! stamps {
    ($name:ident, $path:literal, $kind:literal, $summary:literal, $description:literal, $answer:literal) => {
        operation!($name, $path, $kind, $summary, $description, $answer, "size": "A size of the list");
    };
}

#[utoipa::path(
    get,
    path = "/journal/timestamps",
    tag = "journal",
    summary = "Sizes of the journal at which its checkpoint was time-stamped",
    description = "Largest first, 500 at most.",
    params(("before" = Option<u64>, Query, description = "Only smaller sizes: the last one of the page before")),
    responses(
        (status = 200, description = "The sizes", body = StampedSizes),
        (status = "4XX", description = "There is no such thing; see the error catalogue", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Not answered now; see the error catalogue", body = Problem, content_type = "application/problem+json")
    )
)]
#[expect(dead_code, reason = "carries the description of the operation")]
pub(super) fn timestamps() {}

/// Sizes of the journal at which its checkpoint was time-stamped
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "carries the description of the answer")]
pub(super) struct StampedSizes {
    /// Largest first
    sizes: Vec<u64>,
}

stamps!(
    timestamp,
    "/journal/timestamp/{size}",
    "application/timestamp-reply",
    "The time stamp of a checkpoint",
    "The authority's answer (RFC 3161); `openssl ts -verify` checks it.",
    "A TimeStampResp"
);
stamps!(
    timestamped,
    "/journal/timestamp/{size}/checkpoint",
    "text/plain",
    "The checkpoint that was time-stamped",
    "The bytes under the stamp.",
    "A signed note"
);
