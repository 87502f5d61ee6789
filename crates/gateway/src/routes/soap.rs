//! The live SOAP service.
use super::entrance::{self, Entrance, Rest};
use super::{Gate, send};
use crate::codec::{Codec, Envelope};
use crate::door::Peer;
use crate::vietnam_day;
use axum::extract::{RawQuery, Request as HttpRequest, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Router};
use dancu_catalogue::Lang;
use dancu_message::{Answer, Form, soap};
use std::sync::Arc;
use std::time::Instant;

pub(super) fn routes(path: &str) -> Router<Gate> {
    Router::new().route(path, any(serve))
}

/// Encodes answers as the live service does.
struct SoapCodec;

impl Codec for SoapCodec {
    fn encode(&self, answer: &Answer, envelope: &Envelope<'_>) -> Vec<u8> {
        let form = envelope.request.map_or(Form::Soap, |r| r.form);
        soap::encode(answer, form, &envelope.correlation.to_string(), envelope.lang)
    }
    fn content_type(&self, _refused: bool) -> &'static str {
        "text/xml; charset=utf-8"
    }
}

async fn serve(
    State(gate): State<Gate>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
    request: HttpRequest,
) -> Response {
    let wants_wsdl = query.is_some_and(|q| q.eq_ignore_ascii_case("wsdl"));
    if request.method() == Method::GET && wants_wsdl {
        return ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], gate.documents.wsdl.clone())
            .into_response();
    }
    let (parts, stream) = request.into_parts();
    let entrance = Entrance::of(&gate, peer, &parts.headers);
    let body = entrance.body(&gate, &parts, stream, &["text/xml", "application/xml"]).await;
    let began = Instant::now();
    let mut service = None;
    let decoded = body.and_then(|bytes| {
        let decoded = soap::decode(&bytes, vietnam_day(gate.road.clock.now_us()));
        service = decoded.as_ref().map_or_else(|_| soap::named(&bytes), |request| Some(request.service));
        decoded
    });
    let call = entrance::call(
        entrance,
        Rest {
            protocol: match decoded.as_ref().map(|r| r.form) {
                Ok(Form::SoapOlder) => "soap-older",
                _ => "soap",
            },
            requests: vec![decoded],
            service,
            platform_id: super::platform_id(&parts.headers),
            idempotency: None,
            // The live clients read Vietnamese; the fault's code is for machines.
            lang: Lang::Vi,
            began,
            codec: Arc::new(SoapCodec),
        },
    );
    send::send(gate.road.travel(call).await)
}
