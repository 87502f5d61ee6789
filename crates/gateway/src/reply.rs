//! Replies, made of what was prepared and what the commit ruled.
use crate::Correlation;
use crate::codec::{Committed, Envelope};
use crate::road::{Call, Prepared, Reply};
use dancu_catalogue::Code;
use dancu_journal::Receipt;
use dancu_message::{Answer, Refusal};
use std::sync::Arc;

/// The refusal of a call that gets no entry.
pub(crate) fn unjournalled(call: &Call, code: Code, now_us: i64) -> Reply {
    let prepared: Vec<Prepared> =
        call.requests.iter().map(|_| Prepared::empty(Correlation::random(now_us))).collect();
    failed(call, &prepared, code)
}

/// The reply made of committed answers; where the commit ruled otherwise, of refusals.
pub(crate) fn reply(call: &Call, prepared: &[Prepared], receipts: &[Receipt]) -> Reply {
    let rulings = receipts.iter().map(|r| (Some(r.index), r.ruling.err()));
    Reply { leaf: receipts.first().map(|receipt| receipt.leaf_hash), ..assemble(call, prepared, rulings) }
}

/// The reply when nothing was committed: one refusal of the whole.
pub(crate) fn failed(call: &Call, prepared: &[Prepared], code: Code) -> Reply {
    let codec = call.codec.whole().unwrap_or_else(|| Arc::clone(&call.codec));
    let answer = Answer::Refusal(Refusal { code, field: None });
    let request = call.requests.first().and_then(|r| r.as_ref().ok());
    let correlation = prepared.first().map_or(Correlation([0; 16]), |p| p.correlation);
    let body = codec.encode(&answer, &Envelope { request, correlation, lang: call.lang });
    Reply {
        status: code.status(),
        content_type: codec.content_type(true),
        body,
        signature: None,
        journal: Vec::new(),
        leaf: None,
        answers: vec![answer],
        correlation,
        repeated: false,
        sandbox: false,
    }
}

fn assemble(
    call: &Call,
    prepared: &[Prepared],
    rulings: impl Iterator<Item = (Option<u64>, Option<Code>)>,
) -> Reply {
    let mut answers = Vec::with_capacity(prepared.len());
    let mut bodies = Vec::with_capacity(prepared.len());
    let mut journal = Vec::with_capacity(prepared.len());
    for ((one, request), (index, overruled)) in prepared.iter().zip(&call.requests).zip(rulings) {
        let already = matches!(&one.found.answer, Answer::Refusal(r) if Some(r.code) == overruled);
        let (answer, bytes) = match overruled {
            Some(code) if !already => {
                let answer = Answer::Refusal(Refusal { code, field: None });
                let bytes = one.encode(&*call.codec, request.as_ref().ok(), call.lang, &answer);
                (answer, bytes)
            }
            _ => (one.found.answer.clone(), one.bytes.clone()),
        };
        answers.push(answer);
        bodies.push((bytes, index));
        journal.extend(index);
    }
    let committed = answers.iter().zip(&bodies);
    let committed =
        committed.map(|(answer, (bytes, index))| Committed { answer, bytes, journal: *index }).collect();
    Reply {
        status: call.codec.status(&answers),
        content_type: call.codec.content_type(matches!(answers.as_slice(), [Answer::Refusal(_)])),
        body: call.codec.join(committed),
        signature: None,
        journal,
        leaf: None,
        correlation: prepared.first().map_or(Correlation([0; 16]), |p| p.correlation),
        answers,
        repeated: false,
        sandbox: false,
    }
}
