//! What every answer must hold, refused or not.
use crate::app::App;
use crate::ask::Via;
use dancu::client::Answer;
use dancu_catalogue::{Code, Lang, SoapFault};
use dancu_journal::{Entry, Outcome};
use dancu_keys::{Protected, verify_detached};
use serde_json::Value;

/// Whether the refusal has an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Journalled {
    Yes,
    /// The journal could not be written
    No,
}

/// The text between two texts.
pub(crate) fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(inner, _)| inner)
}

/// Number of the journal entry that the header tells; of a batch the first.
pub(crate) fn journal_number(answer: &Answer) -> u64 {
    let header = answer.header("dancu-journal").expect("a journal number");
    header.split('-').next().unwrap().parse().unwrap()
}

/// Verifies the signature by the published keys, and gives its header.
pub(crate) fn signed(app: &App, answer: &Answer) -> Protected {
    let signature = answer.header("x-jws-signature").expect("a signature");
    let kid = Protected::peek(signature).unwrap().kid;
    verify_detached(signature, &answer.body, app.jwks.find(&kid).expect("a published key")).unwrap()
}

/// Checks signature, number, time and hash of an answer of one entry, and gives the entry.
pub(crate) async fn receipted(app: &App, answer: &Answer) -> Entry {
    let number = journal_number(answer);
    let protected = signed(app, answer);
    assert_eq!(protected.journal, Some(number));
    assert_eq!(protected.iat, app.now_us() / 1_000_000);
    let entry = app.entry(number).await;
    assert_eq!(
        entry.call.response_sha256,
        Some(dancu_gateway::sha256(&answer.body)),
        "the entry is of another body"
    );
    let correlation = answer.header("dancu-correlation-id").unwrap().replace('-', "");
    assert_eq!(hex::encode(entry.call.correlation), correlation);
    entry
}

/// Checks a refusal whole: as the protocol has it, signed, and in the journal.
pub(crate) async fn refused(app: &App, via: Via, code: Code, answer: &Answer, journalled: Journalled) {
    let context = format!("{via:?} {}: {} {}", code.name(), answer.status, answer.text());
    assert_eq!(answer.status, code.status(), "{context}");
    let correlation = answer.header("dancu-correlation-id").expect(&context);
    match via {
        Via::Soap => fault(code, answer, correlation, &context),
        Via::Rest => problem(code, answer, correlation, &context),
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{context}");
    assert_eq!(answer.header("www-authenticate").is_some(), code.status() == 401, "{context}");
    match journalled {
        Journalled::Yes => {
            let entry = receipted(app, answer).await;
            assert_eq!(entry.call.outcome, Outcome::Refused(code), "{context}");
            assert!(entry.call.released.is_empty() && entry.call.verdicts.is_empty(), "{context}");
        }
        Journalled::No => {
            assert_eq!(answer.header("dancu-journal"), None, "{context}");
            assert_eq!(signed(app, answer).journal, None, "{context}");
        }
    }
}

fn fault(code: Code, answer: &Answer, correlation: &str, context: &str) {
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"), "{context}");
    let text = answer.text();
    let expected = match code.entry().soap {
        SoapFault::Client => "soapenv:Client",
        SoapFault::Server => "soapenv:Server",
        SoapFault::VersionMismatch => "soapenv:VersionMismatch",
        SoapFault::MustUnderstand => "soapenv:MustUnderstand",
    };
    assert_eq!(between(&text, "<faultcode>", "</faultcode>"), Some(expected), "{context}");
    let sentence = between(&text, "<faultstring xml:lang=\"vi\">", "</faultstring>").expect(context);
    assert!(sentence.contains(code.title(Lang::Vi)), "{context}");
    assert_eq!(between(&text, "<dan:MaLoi>", "</dan:MaLoi>"), Some(code.name()), "{context}");
    assert_eq!(between(&text, "<dan:MaTraCuu>", "</dan:MaTraCuu>"), Some(correlation), "{context}");
}

fn problem(code: Code, answer: &Answer, correlation: &str, context: &str) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{context}");
    let problem: Value = serde_json::from_slice(&answer.body).expect(context);
    assert_eq!(problem["code"], code.name(), "{context}");
    assert_eq!(problem["status"], code.status(), "{context}");
    assert_eq!(problem["title"], code.title(Lang::Vi), "{context}");
    assert_eq!(problem["correlation_id"], correlation, "{context}");
    assert!(problem["type"].as_str().is_some_and(|t| t.ends_with(code.name())), "{context}");
}
