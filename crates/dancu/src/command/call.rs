//! `dancu call`: verifies or looks up from the shell, and checks the signature of the answer.
use crate::client;
use crate::demo::Facts;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use dancu_gateway::Clock as _;
use dancu_message::rest::{CitizenClaim, VerificationRequest};
use std::path::PathBuf;

/// Verify (or look up) one citizen through a running service
#[derive(Debug, Args)]
pub struct Call {
    /// Facts of the demo; gives address, certificate and credentials of one of its systems
    #[arg(long, default_value = "demo-data/demo.json")]
    demo: PathBuf,
    /// Which system of the demo to call as
    #[arg(long, default_value = "htmc")]
    system: String,
    /// Look up instead of verify
    #[arg(long)]
    look_up: bool,
    /// Number: 12 digits, or 9 of an old card
    #[arg(long)]
    number: String,
    /// Full name, with or without marks
    #[arg(long)]
    name: String,
    /// Birth date: YYYY-MM-DD, YYYY-MM or YYYY
    #[arg(long)]
    born: Option<String>,
    /// male or female
    #[arg(long)]
    sex: Option<String>,
    /// Purpose or procedure code
    #[arg(long, default_value = "1.004227")]
    purpose: String,
    /// Number of the case in hand
    #[arg(long)]
    case: Option<String>,
    /// Officer's identification number; the system's first officer unless given
    #[arg(long)]
    officer: Option<String>,
    /// Fields to ask for, by name; repeat or separate by commas
    #[arg(long, value_delimiter = ',')]
    field: Vec<String>,
}

impl Call {
    pub async fn run(self) -> anyhow::Result<()> {
        let facts = Facts::read(&self.demo)?;
        let system = facts
            .systems
            .iter()
            .find(|s| s.id == self.system)
            .with_context(|| format!("no system {:?} in {}", self.system, self.demo.display()))?;
        let authority = facts.base_url.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let tls = client::tls(&facts.ca_cert, Some((&system.client_cert, &system.client_key)))?;
        let first = system.officers.first().map(|officer| officer.personal_id.clone());
        let body = self.body(self.officer.clone().or(first));
        let pair = STANDARD.encode(format!("{}:{}", system.username, system.password));
        let path = if self.look_up { "/api/v1/lookups" } else { "/api/v1/verifications" };
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Basic {pair}"))
            .body(serde_json::to_vec(&body)?)?;
        let answer = client::send(&authority, tls.clone(), request).await?;
        let keys = http::Request::get("/.well-known/jwks.json").body(Vec::new())?;
        let keys = client::send(&authority, tls, keys).await?;
        report(&answer, &keys)
    }

    /// A look-up asks in the same words as a verification.
    fn body(&self, officer: Option<String>) -> VerificationRequest {
        let is_old_card = self.number.len() == 9;
        VerificationRequest {
            request_id: crate::clock::SystemClock.now_us().to_string(),
            purpose: Some(self.purpose.clone()),
            case_number: self.case.clone(),
            officer,
            citizen: CitizenClaim {
                personal_id: (!is_old_card).then(|| self.number.clone()),
                id_card_number: is_old_card.then(|| self.number.clone()),
                full_name: Some(self.name.clone()),
                birth_date: self.born.clone(),
                sex: self.sex.clone(),
            },
            fields: (!self.field.is_empty()).then(|| self.field.clone()),
            ..VerificationRequest::default()
        }
    }
}

fn report(answer: &client::Answer, keys: &client::Answer) -> anyhow::Result<()> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body)?;
    println!("{}", serde_json::to_string_pretty(&body)?);
    let signature = answer.header("x-jws-signature").context("the answer is not signed")?;
    let jwks: dancu_keys::Jwks = serde_json::from_slice(&keys.body)?;
    let kid = dancu_keys::Protected::peek(signature)?.kid;
    let key = jwks.find(&kid).context("the key of the signature is not published")?;
    let signed = dancu_keys::verify_detached(signature, &answer.body, key)?;
    let entry = signed.journal.map_or("none".to_owned(), |n| n.to_string());
    // The signature is the log's promise: it must say which entry of which log, whole.
    let promised = signed.journal.is_none() || (signed.leaf_hash().is_some() && signed.log.is_some());
    anyhow::ensure!(promised, "the signature names entry {entry} without its leaf hash or its log");
    let log = signed.log.as_deref().unwrap_or("none");
    eprintln!("HTTP {} · signature good · journal entry {entry} of {log}", answer.status);
    anyhow::ensure!(
        answer.status == 200,
        "refused: {}",
        body.get("code").and_then(|c| c.as_str()).unwrap_or("?")
    );
    Ok(())
}
