//! `Idempotency-Key`: the same call sent twice is answered once, with the same bytes.
//!
//! The stored answer is written in the transaction of the entries, so a crash leaves both or neither.
use crate::Correlation;
use crate::authenticate::Caller;
use crate::entry::Context;
use crate::reply::{failed, reply};
use crate::road::{Call, Prepared, Reply, Road, Ruling};
use dancu_catalogue::Code;
use dancu_journal::{Draft, Idempotency, Idempotent, JournalError, Receipt};
use dancu_message::Answer;
use std::sync::Arc;

/// Binds the key of a call to what the caller may have today: the same body under another agreement is another call, and
/// an answer is not given again to whom it would be refused now.
/// What the sandbox answered is no answer of the real registry, should the system be live by then.
pub(crate) fn bind(call: &mut Call, rulings: &[Ruling], sandbox: bool) {
    if rulings.iter().all(Result::is_err) {
        call.idempotency = None;
    }
    if let Some((_, hash)) = &mut call.idempotency {
        let allowed =
            rulings.iter().flat_map(|r| r.as_ref().map_or(0, |permit| permit.fields.bits()).to_be_bytes());
        let allowed = allowed.chain(sandbox.then_some(1));
        *hash = crate::sha256(&hash.iter().copied().chain(allowed).collect::<Vec<u8>>());
    }
}

/// The reply to an earlier call with the same key, if there was one.
pub(crate) async fn earlier(
    road: &Road,
    call: &Call,
    caller: Option<&Caller>,
    now_us: i64,
) -> Result<Option<Reply>, JournalError> {
    let (Some((key, hash)), Some(caller)) = (&call.idempotency, caller) else { return Ok(None) };
    match road.journal.find_idempotent(&caller.system, key, hash, now_us).await? {
        Idempotent::Replay(stored, receipts) => {
            note_again(road, call, &receipts, now_us).await?;
            Ok(Some(road.sign(restored(call, &stored, &receipts), now_us)))
        }
        // A key used otherwise is a mistake of this call: it goes on and is refused at the commit.
        Idempotent::Reused | Idempotent::None => Ok(None),
    }
}

/// The answer leaves once more, so each of its entries is written once more; nothing is counted again.
async fn note_again(road: &Road, call: &Call, receipts: &[Receipt], now_us: i64) -> Result<(), JournalError> {
    let mut drafts = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        let Some(first) = road.journal.entry(receipt.index).await? else { continue };
        let mut again = first.call;
        again.at_us = now_us;
        again.correlation = Correlation::random(now_us).0;
        again.personal.source_address = Some(call.peer.address.to_string());
        drafts.push(Draft::from(again));
    }
    road.journal.append_all(drafts, None).await.map(|_| ())
}

/// What the commit stores beside the entries.
pub(crate) fn once(
    call: &Arc<Call>,
    caller: Option<&Caller>,
    prepared: &Arc<Vec<Prepared>>,
    expires_us: i64,
) -> Option<Idempotency> {
    let ((key, body_hash), caller) = (call.idempotency.clone()?, caller?);
    // A refusal showed nothing and cost nothing; kept, it would be told again when its reason has long passed.
    if prepared.iter().all(|p| matches!(p.found.answer, Answer::Refusal(_))) {
        return None;
    }
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
pub(crate) async fn raced(road: &Road, context: &Context<'_>, prepared: &[Prepared]) -> Reply {
    match earlier(road, context.call, context.caller, context.now_us).await {
        Ok(Some(reply)) => reply,
        Ok(None) => refuse(road, context, prepared).await,
        Err(error) => road.sign(failed(context.call, prepared, error.code()), context.now_us),
    }
}

/// The misuse of a key is refused as a whole, with an entry of its own.
async fn refuse(road: &Road, context: &Context<'_>, prepared: &[Prepared]) -> Reply {
    let code = Code::IdempotencyKeyReused;
    let refusal = failed(context.call, prepared.get(..1).unwrap_or_default(), code);
    match road.journal.append_all(vec![context.misuse(prepared, &refusal.body)], None).await {
        Ok(receipts) => {
            let journal = receipts.iter().map(|r| r.index).collect();
            let leaf = receipts.first().map(|r| r.leaf_hash);
            road.sign(Reply { journal, leaf, ..refusal }, context.now_us)
        }
        Err(error) => road.sign(failed(context.call, prepared, error.code()), context.now_us),
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
        leaf: receipts.first().map(|r| r.leaf_hash),
        answers: Vec::new(),
        correlation: crate::Correlation(correlation.try_into().unwrap_or([0; 16])),
        repeated: true,
        sandbox: false,
    }
}
