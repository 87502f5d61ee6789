//! `Idempotency-Key`: the same call sent twice is answered once, with the same bytes.
//!
//! The stored answer is written in the transaction of the entries, so a crash leaves both or neither.
use crate::authenticate::Caller;
use crate::road::{Call, Prepared, Reply, Road, failed, reply};
use dancu_catalogue::Code;
use dancu_journal::{Idempotency, Idempotent, Receipt};
use std::sync::Arc;

/// The reply to an earlier call with the same key, if there was one.
pub(crate) async fn earlier(road: &Road, call: &Call, caller: Option<&Caller>, now_us: i64) -> Option<Reply> {
    let ((key, body), caller) = (call.idempotency.as_ref()?, caller?);
    match road.journal.find_idempotent(&caller.system, key, body, now_us).await {
        Ok(Idempotent::Replay(stored, receipts)) => {
            Some(road.sign(restored(call, &stored, &receipts), now_us))
        }
        // A key used with another body is a mistake of this call: it goes on and is refused at the commit.
        Ok(Idempotent::Reused | Idempotent::None) => None,
        Err(error) => {
            tracing::warn!(%error, "an idempotency key could not be looked up");
            None
        }
    }
}

/// What the commit stores beside the entries.
pub(crate) fn once(
    call: &Arc<Call>,
    caller: Option<&Caller>,
    prepared: &Arc<Vec<Prepared>>,
    expires_us: i64,
) -> Option<Idempotency> {
    let ((key, body_hash), caller) = (call.idempotency.clone()?, caller?);
    let (call, prepared) = (Arc::clone(call), Arc::clone(prepared));
    Some(Idempotency {
        system: caller.system.to_string(),
        key,
        body_hash,
        expires_us,
        answer: Box::new(move |receipts| store(&reply(&call, &prepared, receipts))),
    })
}

/// Another call with the same key was committed first: its answer is given, or the key was misused.
pub(crate) async fn raced(
    road: &Road,
    call: &Arc<Call>,
    caller: Option<&Caller>,
    prepared: &Arc<Vec<Prepared>>,
    now_us: i64,
) -> Reply {
    if let Some(reply) = earlier(road, call, caller, now_us).await {
        return reply;
    }
    refuse(road, call, caller, prepared, now_us).await
}

/// The misuse of a key is an entry of its own.
async fn refuse(
    road: &Road,
    call: &Arc<Call>,
    caller: Option<&Caller>,
    prepared: &Arc<Vec<Prepared>>,
    now_us: i64,
) -> Reply {
    let refusal = failed(call, prepared, Code::IdempotencyKeyReused);
    let draft = crate::entry::misused_key(call, caller, prepared, &refusal.body, now_us);
    match road.journal.append_all(vec![draft], None).await {
        Ok(receipts) => {
            let journal = receipts.iter().map(|r| r.index).collect();
            road.sign(Reply { journal, ..refusal }, now_us)
        }
        Err(error) => road.sign(failed(call, prepared, error.code()), now_us),
    }
}

/// Status first, then the body: what a repeated reply needs.
fn store(reply: &Reply) -> Vec<u8> {
    let mut stored = reply.status.to_be_bytes().to_vec();
    stored.extend_from_slice(&reply.correlation.0);
    stored.extend_from_slice(&reply.body);
    stored
}

fn restored(call: &Call, stored: &[u8], receipts: &[Receipt]) -> Reply {
    let (status, rest) = stored.split_at_checked(2).unwrap_or((&[0x01, 0xf4], stored));
    let (correlation, body) = rest.split_at_checked(16).unwrap_or((&[0; 16], rest));
    let status = status.try_into().map_or(500, u16::from_be_bytes);
    Reply {
        status,
        content_type: call.codec.content_type(status >= 400),
        body: body.to_vec(),
        signature: None,
        journal: receipts.iter().map(|r| r.index).collect(),
        answers: Vec::new(),
        correlation: crate::Correlation(correlation.try_into().unwrap_or([0; 16])),
        repeated: true,
    }
}
