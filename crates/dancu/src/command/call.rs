//! `dancu call`: verifies or looks up from the shell, and checks the signature of the answer.
use crate::client;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use dancu_gateway::Clock as _;
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
        let text = std::fs::read_to_string(&self.demo)
            .with_context(|| format!("{}: start the demo first (make demo)", self.demo.display()))?;
        let facts: serde_json::Value = serde_json::from_str(&text)?;
        let system = facts["systems"]
            .as_array()
            .and_then(|s| s.iter().find(|s| s["id"] == self.system.as_str()))
            .with_context(|| format!("no system {:?} in {}", self.system, self.demo.display()))?;
        let base = facts["base_url"].as_str().context("base_url")?;
        let authority = base.trim_start_matches("https://").trim_end_matches('/').to_owned();
        let path =
            |value: &serde_json::Value| value.as_str().map(PathBuf::from).context("a path in demo.json");
        let (certificate, key) = (path(&system["client_cert"])?, path(&system["client_key"])?);
        let tls = client::tls(&path(&facts["ca_cert"])?, Some((&certificate, &key)))?;

        let officer =
            self.officer.clone().or_else(|| Some(system["officers"][0]["personal_id"].as_str()?.to_owned()));
        let body = self.body(officer);
        let pair = format!(
            "{}:{}",
            system["username"].as_str().unwrap_or_default(),
            system["password"].as_str().unwrap_or_default()
        );
        let request =
            http::Request::post(if self.look_up { "/api/v1/lookups" } else { "/api/v1/verifications" })
                .header("content-type", "application/json")
                .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
                .body(serde_json::to_vec(&body)?)?;
        let answer = client::send(&authority, tls.clone(), request).await?;
        let keys = http::Request::get("/.well-known/jwks.json").body(Vec::new())?;
        let keys = client::send(&authority, tls, keys).await?;
        report(&answer, &keys)
    }

    fn body(&self, officer: Option<String>) -> serde_json::Value {
        let number = if self.number.len() == 9 { "id_card_number" } else { "personal_id" };
        let mut citizen = serde_json::json!({ number: self.number, "full_name": self.name });
        let mut body = serde_json::json!({
            "request_id": crate::clock::SystemClock.now_us().to_string(),
            "purpose": self.purpose,
        });
        let put = |target: &mut serde_json::Value, key: &str, value: &Option<String>| {
            if let Some(value) = value {
                target[key] = value.as_str().into();
            }
        };
        put(&mut citizen, "birth_date", &self.born);
        put(&mut citizen, "sex", &self.sex);
        put(&mut body, "case_number", &self.case);
        put(&mut body, "officer", &officer);
        body["citizen"] = citizen;
        if !self.field.is_empty() {
            body["fields"] = self.field.clone().into();
        }
        body
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
    eprintln!("HTTP {} · signature good · journal entry {entry}", answer.status);
    anyhow::ensure!(answer.status == 200, "refused: {}", body["code"].as_str().unwrap_or("?"));
    Ok(())
}
