//! What is settled before a body is read: a stranger's is never read at all, and costs no place among the calls.
use super::Gate;
use crate::authenticate::{Presented, system_of};
use crate::door::Peer;
use crate::limits::Place;
use crate::{BasicPair, Call};
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use dancu_catalogue::Code;
use dancu_message::WireError;

/// A caller at the door.
pub(super) struct Entrance {
    pub(super) peer: Peer,
    pub(super) presented: Presented,
    pub(super) place: Result<Place, Code>,
}

impl Entrance {
    /// Looks at certificate and credentials as far as they can be judged without the body, and takes a place.
    pub(super) fn of(gate: &Gate, peer: Peer, headers: &HeaderMap) -> Self {
        let presented = BasicPair::from_headers(headers);
        let known = system_of(&gate.road.exchange.snapshot(), &peer, gate.road.clock.now_us());
        let limits = gate.road.turnstile.limits();
        let place = known
            .and_then(|_| super::body::check_headers(headers, limits))
            .and_then(|()| presented.as_ref().map(|_| ()).map_err(|code| *code))
            .and_then(|()| gate.road.turnstile.enter());
        Self { peer, presented: Presented::Basic(presented), place }
    }

    /// The body, if the caller has a place and the headers promise one of the right kind.
    pub(super) async fn body(
        &self,
        gate: &Gate,
        parts: &Parts,
        stream: Body,
        types: &[&str],
    ) -> Result<Vec<u8>, WireError> {
        let limits = gate.road.turnstile.limits();
        let refused = |code: Code| WireError::whole(code);
        self.place.as_ref().map_err(|code| refused(*code))?;
        if parts.method != Method::POST {
            return Err(refused(Code::MethodNotAllowed));
        }
        if !super::body::has_type(&parts.headers, types) {
            return Err(refused(Code::ContentType));
        }
        super::body::read(stream, super::body::announced(&parts.headers), limits).await
    }
}

/// What a protocol adds to a caller.
pub(super) fn call(entrance: Entrance, rest: Rest) -> Call {
    Call {
        peer: entrance.peer,
        presented: entrance.presented,
        place: entrance.place,
        requests: rest.requests,
        service: rest.service,
        protocol: rest.protocol,
        platform_id: rest.platform_id,
        idempotency: rest.idempotency,
        lang: rest.lang,
        began: rest.began,
        codec: rest.codec,
    }
}

/// The parts of a call that the protocol knows.
pub(super) struct Rest {
    pub(super) requests: Vec<Result<dancu_message::Request, WireError>>,
    pub(super) service: Option<dancu_message::Service>,
    pub(super) protocol: &'static str,
    pub(super) platform_id: Option<String>,
    pub(super) idempotency: Option<(String, [u8; 32])>,
    pub(super) lang: dancu_catalogue::Lang,
    pub(super) began: std::time::Instant,
    pub(super) codec: std::sync::Arc<dyn crate::codec::Codec>,
}
