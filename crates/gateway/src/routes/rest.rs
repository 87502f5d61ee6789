//! JSON over REST: one request or a batch, problems by RFC 9457, idempotency keys.
use super::entrance::{self, Entrance, Rest};
use super::{Gate, body, send};
use crate::codec::{Codec, Committed, Envelope};
use crate::door::Peer;
use crate::{Call, sha256, vietnam_day};
use axum::extract::{Request as HttpRequest, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::any;
use axum::{Extension, Router};
use dancu_catalogue::Code;
use dancu_message::rest::{self, Body};
use dancu_message::{Answer, Service, WireError};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

const VERIFICATIONS: &str = "/api/v1/verifications";
const LOOK_UPS: &str = "/api/v1/lookups";

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route(VERIFICATIONS, any(verifications))
        .route(LOOK_UPS, any(look_ups))
        .route("/api/{*rest}", any(nothing))
}

/// An address of no service, told as a problem: the caller is a program, not a reader of pages.
async fn nothing(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    request: HttpRequest,
) -> Response {
    let entrance = Entrance::of(&gate, peer, request.headers());
    let arranged = arrange(Err(WireError::whole(Code::NotFound)), "/api");
    send::send(gate.road.travel(call(entrance, request.headers(), arranged, Instant::now())).await)
}

/// Encodes answers as JSON; several as a batch.
pub struct RestCodec {
    /// Address that was called, told in problems
    pub instance: &'static str,
    /// Whether a batch was asked, even one of a single request
    pub batch: bool,
    /// Request ids of a batch, also of requests that could not be read
    pub request_ids: Vec<Option<String>>,
}

impl Codec for RestCodec {
    fn encode(&self, answer: &Answer, envelope: &Envelope<'_>) -> Vec<u8> {
        let correlation = envelope.correlation.to_string();
        let reply = rest::Reply {
            request_id: envelope.request.map(|r| r.request_id.as_str()),
            correlation_id: &correlation,
            journal: None,
            instance: self.instance,
            lang: envelope.lang,
        };
        rest::encode(answer, &reply)
    }

    fn join(&self, mut answers: Vec<Committed<'_>>) -> Vec<u8> {
        if !self.batch {
            return answers.pop().map(|a| a.bytes.to_vec()).unwrap_or_default();
        }
        let mut body = b"{\"items\":[".to_vec();
        for (index, item) in answers.iter().enumerate() {
            let (kind, status) = match item.answer {
                Answer::Refusal(refusal) => ("problem", refusal.code.status()),
                _ => ("answer", 200),
            };
            let comma = if index == 0 { "" } else { "," };
            let journal = item.journal.map(|n| format!("\"journal\":{n},")).unwrap_or_default();
            let id = self.request_ids.get(index).and_then(|id| serde_json::to_string(id.as_ref()?).ok());
            let id = id.map(|id| format!("\"request_id\":{id},")).unwrap_or_default();
            // Writing to a vector cannot fail.
            let _ = write!(body, "{comma}{{\"index\":{index},{id}{journal}\"status\":{status},\"{kind}\":");
            body.extend_from_slice(item.bytes);
            body.push(b'}');
        }
        body.extend_from_slice(b"]}");
        body
    }

    fn whole(&self) -> Option<Arc<dyn Codec>> {
        self.batch.then(|| {
            Arc::new(Self { instance: self.instance, batch: false, request_ids: Vec::new() })
                as Arc<dyn Codec>
        })
    }

    fn content_type(&self, refused: bool) -> &'static str {
        if refused && !self.batch { "application/problem+json" } else { "application/json" }
    }

    fn status(&self, answers: &[Answer]) -> u16 {
        match answers {
            [Answer::Refusal(refusal)] if !self.batch => refusal.code.status(),
            _ => 200,
        }
    }
}

async fn verifications(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    request: HttpRequest,
) -> Response {
    serve(&gate, peer, request, Service::Verify, VERIFICATIONS).await
}

async fn look_ups(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    request: HttpRequest,
) -> Response {
    serve(&gate, peer, request, Service::LookUp, LOOK_UPS).await
}

async fn serve(
    gate: &Gate,
    peer: Peer,
    request: HttpRequest,
    service: Service,
    instance: &'static str,
) -> Response {
    let (parts, stream) = request.into_parts();
    let entrance = Entrance::of(gate, peer, &parts.headers);
    let read = entrance.body(gate, &parts, stream, &["application/json"]).await;
    let began = Instant::now();
    let today = vietnam_day(gate.road.clock.now_us());
    let decoded = read.and_then(|bytes| {
        let idempotency = idempotency(&parts.headers, instance, &bytes)?;
        Ok((rest::decode(&bytes, service, today)?, idempotency))
    });
    let arranged = arrange(decoded, instance);
    send::send(gate.road.travel(call(entrance, &parts.headers, arranged, began)).await)
}

fn call(entrance: Entrance, headers: &HeaderMap, arranged: Arranged, began: Instant) -> Call {
    let (requests, codec, idempotency) = arranged;
    entrance::call(
        entrance,
        Rest {
            requests,
            service: match codec.instance {
                VERIFICATIONS => Some(Service::Verify),
                LOOK_UPS => Some(Service::LookUp),
                _ => None,
            },
            protocol: if codec.batch { "rest-batch" } else { "rest" },
            platform_id: super::platform_id(headers),
            idempotency,
            lang: body::lang(headers),
            began,
            codec: Arc::new(codec),
        },
    )
}

type Decoded = Result<(Body, Option<(String, [u8; 32])>), WireError>;
type Requests = Vec<Result<dancu_message::Request, WireError>>;

type Arranged = (Requests, RestCodec, Option<(String, [u8; 32])>);

fn arrange(decoded: Decoded, instance: &'static str) -> Arranged {
    let single = RestCodec { instance, batch: false, request_ids: Vec::new() };
    match decoded {
        Ok((Body::One(request), key)) => (vec![Ok(*request)], single, key),
        Ok((Body::Batch(items), key)) => {
            let (ids, requests) = items.into_iter().map(|item| (item.request_id, item.request)).unzip();
            (requests, RestCodec { instance, batch: true, request_ids: ids }, key)
        }
        Err(unread) => (vec![Err(unread)], single, None),
    }
}

fn idempotency(
    headers: &HeaderMap,
    instance: &str,
    bytes: &[u8],
) -> Result<Option<(String, [u8; 32])>, WireError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let printable =
        |text: &&str| (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    match value.to_str().ok().filter(printable) {
        // The same body at another address is another call.
        Some(key) => Ok(Some((key.to_owned(), sha256(&[instance.as_bytes(), &[0], bytes].concat())))),
        None => Err(WireError::at(Code::IdempotencyKeyInvalid, "Idempotency-Key")),
    }
}

impl RestCodec {
    /// For one request at an officer's page: what is journalled and signed is what a machine would have got.
    pub fn page(service: Service) -> Self {
        let instance = match service {
            Service::Verify => VERIFICATIONS,
            Service::LookUp => LOOK_UPS,
        };
        Self { instance, batch: false, request_ids: Vec::new() }
    }
}

pub use self::document::openapi;

mod document {
    //! The contract, OpenAPI 3.1.
    use super::super::{contract as journal, enrol::contract as enrol, tracker};
    use dancu_message::rest::{
        BatchAnswer, LookUpAnswer, LookUpBatch, LookUpRequest, Problem, VerificationAnswer,
        VerificationBatch, VerificationRequest,
    };
    use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
    use utoipa::{Modify, OpenApi};

    #[derive(serde::Serialize, utoipa::ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, clippy::large_enum_variant, reason = "names two shapes of a body for the document")]
    enum VerificationBody {
        One(VerificationRequest),
        Batch(VerificationBatch),
    }

    #[derive(serde::Serialize, utoipa::ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, clippy::large_enum_variant, reason = "names two shapes of a body for the document")]
    enum LookUpBody {
        One(LookUpRequest),
        Batch(LookUpBatch),
    }

    #[derive(serde::Serialize, utoipa::ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, clippy::large_enum_variant, reason = "names two shapes of a body for the document")]
    enum VerificationReply {
        One(VerificationAnswer),
        Batch(BatchAnswer<VerificationAnswer>),
    }

    #[derive(serde::Serialize, utoipa::ToSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "names two shapes of a body for the document")]
    enum LookUpReply {
        One(LookUpAnswer),
        Batch(BatchAnswer<LookUpAnswer>),
    }

    macro_rules! operation {
        ($name:ident, $path:literal, $body:ty, $reply:ty, $summary:literal, $description:literal) => {
            #[utoipa::path(
                post,
                path = $path,
                summary = $summary,
                description = $description,
                request_body = $body,
                params(
                    ("Idempotency-Key" = Option<String>, Header, description = "1 to 128 printable ASCII characters: the same call sent again within a day gets the same answer and is counted once"),
                    ("Accept-Language" = Option<String>, Header, description = "`en` for English problem texts; Vietnamese otherwise"),
                    ("Timestamp" = Option<String>, Header, description = "Milliseconds since the epoch, when the password of the Basic pair is the hash of the call"),
                    ("X-Road-Id" = Option<String>, Header, description = "Message id given by an exchange platform")
                ),
                responses(
                    (status = 200, description = "Answered; a batch tells the status of each request", body = $reply,
                        headers(
                            ("X-JWS-Signature" = String, description = "Detached JWS (RFC 7515 appendix F, RFC 7797) over the body; its header holds journal number and time"),
                            ("Dancu-Journal" = String, description = "Number of the journal entry, or first-last of a batch"),
                            ("Dancu-Correlation-Id" = String, description = "What to quote when asking about this answer"),
                            ("Dancu-Sandbox" = Option<String>, description = "`true` when the system is in its technical test: the answer is from synthetic people"),
                            ("Idempotent-Replayed" = Option<String>, description = "`true` when the answer repeats an earlier one")
                        )),
                    (status = "4XX", description = "Refused by the caller's side; see the error catalogue", body = Problem, content_type = "application/problem+json"),
                    (status = "5XX", description = "Not answered by the service's side; see the error catalogue", body = Problem, content_type = "application/problem+json")
                ),
                security(("basic" = [], "mutual_tls" = []))
            )]
            #[expect(dead_code, reason = "carries the description of the operation")]
            fn $name() {}
        };
    }

    operation!(
        verify,
        "/api/v1/verifications",
        VerificationBody,
        VerificationReply,
        "Verify a citizen's data (033)",
        "Are these data of a citizen right? One request, or a batch of up to 1,000 in which each fails for itself."
    );
    operation!(
        look_up,
        "/api/v1/lookups",
        LookUpBody,
        LookUpReply,
        "Look up the agreed fields of a citizen (037)",
        "Number, name and birth date must all agree; sensitive fields are released only when named one by one."
    );

    struct Security;

    impl Modify for Security {
        fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
            let components = openapi.components.get_or_insert_with(Default::default);
            let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(
                "User name and password of the system, or the hash of this call, at every call",
            ));
            components.add_security_scheme("basic", SecurityScheme::Http(basic.build()));
            components.add_security_scheme(
                "mutual_tls",
                SecurityScheme::MutualTls {
                    description: Some("The certificate issued to the system".to_owned()),
                    deprecated: None,
                    extensions: None,
                },
            );
        }
    }

    #[derive(OpenApi)]
    #[openapi(
        info(title = "dancu", description = "Verification and look-up in the National Population Database"),
        paths(
            verify,
            look_up,
            tracker::contract::heartbeat,
            tracker::contract::usage_period,
            tracker::contract::find_usage,
            tracker::contract::proof,
            enrol::authorities,
            enrol::first,
            enrol::next,
            journal::checkpoint,
            journal::witnessed,
            journal::tile,
            journal::key,
            journal::proof,
            journal::consistency,
            journal::timestamps,
            journal::timestamp,
            journal::timestamped
        ),
        components(schemas(Problem)),
        modifiers(&Security)
    )]
    struct Contract;

    /// The OpenAPI 3.1 document for the address at which the service is reached, JSON.
    pub fn openapi(server: &str) -> String {
        let mut contract = Contract::openapi();
        contract.servers = Some(vec![utoipa::openapi::Server::new(server)]);
        contract.to_pretty_json().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_contract_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let committed = std::fs::read_to_string(path).expect("docs/openapi.json");
        assert_eq!(
            committed.trim_end(),
            openapi("https://localhost:8443"),
            "run `make docs` and commit docs/openapi.json"
        );
    }

    #[test]
    fn an_idempotency_key_is_printable_and_short() {
        let key = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("idempotency-key", text.parse().unwrap());
            idempotency(&headers, VERIFICATIONS, b"x")
        };
        assert!(key("a-1").unwrap().is_some());
        assert_eq!(key("").unwrap_err().code, Code::IdempotencyKeyInvalid);
        assert_eq!(key("a b").unwrap_err().code, Code::IdempotencyKeyInvalid);
        assert_eq!(key(&"x".repeat(129)).unwrap_err().code, Code::IdempotencyKeyInvalid);
    }
}
