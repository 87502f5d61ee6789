//! The demo's abuse, so that there is something to look at: somebody who works through a list of numbers, and asks for a
//! planted one. They are calls like any other, made once, after a new demo has begun to serve.
use super::facts::Facts;
use crate::client;
use crate::clock::SystemClock;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu_gateway::Clock as _;
use dancu_message::rest::{CitizenClaim, VerificationRequest};
use dancu_watch::{List, Watch};

/// Whose officer it is: a system that nothing else in the demo calls as.
const SYSTEM: &str = "htmc-qn";
/// A record that nobody has reason to ask for: nobody bears this number.
const PLANTED: &str = "022199009999";
/// Where the list begins, and how long it is.
const LIST: (u64, u64) = (22_195_004_310, 12);

/// Puts the planted record on its list.
pub(super) fn plant(watch: &Watch, by: &str) -> anyhow::Result<()> {
    let note = "Số mồi của bản mô phỏng: không ai mang số này";
    watch.put_listed(List::Planted, PLANTED, note, by, SystemClock.now_us()).context("a planted record")?;
    Ok(())
}

/// Makes the calls. What they are answered does not matter; that they were made is in the journal.
pub(super) async fn call(facts: &Facts) -> anyhow::Result<()> {
    let system = facts.systems.iter().find(|s| s.id == SYSTEM).context("the demo has no such system")?;
    let officer = system.officers.first().context("the system has no officer")?;
    let authority = facts.base_url.trim_start_matches("https://").trim_end_matches('/');
    let tls = client::tls(&facts.ca_cert, Some((&system.client_cert, &system.client_key)))?;
    let pair = STANDARD.encode(format!("{}:{}", system.username, system.password));
    let (from, length) = LIST;
    let numbers = (from..from + length).map(|number| format!("{number:012}"));
    for (number, turn) in std::iter::once(PLANTED.to_owned()).chain(numbers).zip(0..) {
        let body = VerificationRequest {
            request_id: (SystemClock.now_us() + turn).to_string(),
            purpose: system.purposes.first().cloned(),
            officer: Some(officer.personal_id.clone()),
            citizen: CitizenClaim {
                personal_id: Some(number),
                full_name: Some("Nguyễn Văn Thử".to_owned()),
                birth_date: Some("1995".to_owned()),
                ..CitizenClaim::default()
            },
            ..VerificationRequest::default()
        };
        let request = http::Request::post("/api/v1/verifications")
            .header("content-type", "application/json")
            .header("authorization", format!("Basic {pair}"))
            .body(serde_json::to_vec(&body)?)?;
        client::send(authority, tls.clone(), request).await?;
    }
    Ok(())
}
