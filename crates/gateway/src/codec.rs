//! A protocol is a codec at both ends of the road. It decides nothing.
use crate::Correlation;
use dancu_catalogue::Lang;
use dancu_message::{Answer, Request};
use std::sync::Arc;

/// What an encoder may say about the call beside its answer.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    /// The request, when it could be read
    pub request: Option<&'a Request>,
    /// What the caller quotes when it asks about this answer
    pub correlation: Correlation,
    /// Language of sentences
    pub lang: Lang,
}

/// The encoding end.
pub trait Codec: Send + Sync + 'static {
    /// Bytes of one answer. Their SHA-256 is in the journal entry, so they hold nothing that only the commit knows.
    fn encode(&self, answer: &Answer, envelope: &Envelope<'_>) -> Vec<u8>;

    /// The body of the reply, made of the committed answers. A protocol without batches sends the only one there is.
    fn join(&self, mut answers: Vec<Committed<'_>>) -> Vec<u8> {
        answers.pop().map(|a| a.bytes.to_vec()).unwrap_or_default()
    }

    /// For a call that is refused as a whole: the codec of a single answer, when this one is of a batch.
    fn whole(&self) -> Option<Arc<dyn Codec>> {
        None
    }

    /// `Content-Type` of the body
    fn content_type(&self, refused: bool) -> &'static str;

    /// HTTP status of an answer. Several answers in one body share 200; each tells its own.
    fn status(&self, answers: &[Answer]) -> u16 {
        match answers {
            [Answer::Refusal(refusal)] => refusal.code.status(),
            _ => 200,
        }
    }
}

/// An answer whose entry is in the journal.
pub struct Committed<'a> {
    /// The answer
    pub answer: &'a Answer,
    /// Its encoded bytes
    pub bytes: &'a [u8],
    /// Its number in the journal; none when the journal could not be written
    pub journal: Option<u64>,
}
