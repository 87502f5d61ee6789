//! The server under test, started as a newcomer starts it: `dancu demo`, in a folder of its own.
use crate::client;
use crate::load::MakeRequest;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const PORT: u16 = 18_443;

/// How a demo is started.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub(crate) directory: PathBuf,
    pub(crate) port: u16,
    pub(crate) citizens: u32,
    /// Of a shared store, beside which several demos may run
    pub(crate) postgres: Option<String>,
}

/// A running demo; ended when dropped, if it was started here.
pub(crate) struct Demo {
    start: Start,
    server: Option<Child>,
    facts: Value,
    system: Value,
    started_in: Duration,
}

impl Demo {
    /// Seeds a nation of 100,000, stops, starts again and times the second start.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let directory = crate::data("road")?;
        if directory.exists() {
            std::fs::remove_dir_all(&directory)?;
        }
        let start = Start { directory, port: PORT, citizens: 100_000, postgres: None };
        let mut seeding = launch(&start)?;
        terminate(&mut seeding)?;
        Self::launch(start).await
    }

    /// Starts one, and times it up to its first answer.
    pub(crate) async fn launch(start: Start) -> anyhow::Result<Self> {
        let began = Instant::now();
        let server = launch(&start)?;
        let mut demo = Self::attach(start)?;
        demo.server = Some(server);
        demo.first_answer().await?;
        demo.started_in = began.elapsed();
        Ok(demo)
    }

    /// One that somebody else has started, under a profiler for example.
    pub(crate) fn attach(start: Start) -> anyhow::Result<Self> {
        let file = start.directory.join("demo.json");
        let facts: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let system = facts["systems"].get(0).cloned().context("demo.json names no system")?;
        Ok(Self { start, server: None, facts, system, started_in: Duration::ZERO })
    }

    /// One verification, answered.
    async fn first_answer(&self) -> anyhow::Result<()> {
        let mut client = client::Client::connect(self.address(), self.tls()?).await?;
        let (status, _) = client.call(&self.rest()(0, 0)).await?;
        anyhow::ensure!(status == 200, "the first call was answered with {status}");
        Ok(())
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.start.directory
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.start.port))
    }

    /// The server's process.
    pub(crate) fn process(&self) -> u32 {
        self.server.as_ref().map_or(0, Child::id)
    }

    /// Id of the system that calls.
    pub(crate) fn system(&self) -> String {
        self.text("id")
    }

    /// Seconds from the start of the process to its first answered verification, the population already stored.
    pub(crate) fn start_to_first_answer(&self) -> f64 {
        self.started_in.as_secs_f64()
    }

    /// Resident memory of the server.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    pub(crate) fn tls(&self) -> anyhow::Result<Arc<rustls::ClientConfig>> {
        let file = |value: &Value| value.as_str().map(PathBuf::from).context("a path in demo.json");
        client::tls(
            &file(&self.facts["ca_cert"])?,
            &file(&self.system["client_cert"])?,
            &file(&self.system["client_key"])?,
        )
    }

    fn text(&self, key: &str) -> String {
        self.system[key].as_str().unwrap_or_default().to_owned()
    }

    fn officer(&self) -> String {
        self.system["officers"][0]["personal_id"].as_str().unwrap_or_default().to_owned()
    }

    fn password_header(&self) -> String {
        STANDARD.encode(format!("{}:{}", self.text("username"), self.text("password")))
    }

    /// Verification of the person of the examples over REST, with a password.
    pub(crate) fn rest(&self) -> MakeRequest {
        let (authorization, officer) = (self.password_header(), self.officer());
        Arc::new(move |connection, n| {
            let body = format!(
                "{{\"request_id\":\"b{connection}-{n}\",\"officer\":\"{officer}\",\"purpose\":\"1.004227\",\
                 \"case_number\":\"H55.242-26-{n:06}\",\"citizen\":{{\"personal_id\":\"001185000017\",\
                 \"full_name\":\"TRANTHITHUYHOA\",\"birth_date\":\"1985-04-30\"}}}}"
            );
            post(
                "/api/v1/verifications",
                "application/json",
                &format!("Authorization: Basic {authorization}\r\n"),
                &body,
            )
        })
    }

    /// The same over SOAP, with a password.
    pub(crate) fn soap(&self) -> MakeRequest {
        let (authorization, officer, path) = (self.password_header(), self.officer(), self.soap_path());
        Arc::new(move |connection, n| {
            let headers = format!("SOAPAction: \"\"\r\nAuthorization: Basic {authorization}\r\n");
            post(&path, "text/xml", &headers, &envelope(&officer, connection, n))
        })
    }

    /// The same over SOAP, with the hash of each call.
    pub(crate) fn soap_per_call(&self) -> MakeRequest {
        let (user, secret, url) = (self.text("username"), self.text("secret"), self.text("service_url"));
        let (officer, path) = (self.officer(), self.soap_path());
        Arc::new(move |connection, n| {
            let timestamp =
                SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
            let hash = dancu_gateway::per_call_hash(&url, &user, &timestamp, &secret);
            let pair = STANDARD.encode(format!("{user}:{hash}"));
            let headers =
                format!("SOAPAction: \"\"\r\nTimestamp: {timestamp}\r\nAuthorization: Basic {pair}\r\n");
            post(&path, "text/xml", &headers, &envelope(&officer, connection, n))
        })
    }

    fn soap_path(&self) -> String {
        self.facts["soap_path"].as_str().unwrap_or_default().to_owned()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = terminate(server);
        }
    }
}

fn envelope(officer: &str, connection: usize, n: u64) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:dan=\"http://dancuquocgia.bca\">\
         <soapenv:Header/><soapenv:Body><dan:XacThucThongTinCongDan><dan:MaYeuCau>p{connection}-{n}</dan:MaYeuCau>\
         <dan:MaDVC>1.004227</dan:MaDVC><dan:MaTichHop>033</dan:MaTichHop><dan:MaCanBo>{officer}</dan:MaCanBo>\
         <dan:SoDinhDanh>001185000017</dan:SoDinhDanh><dan:HoVaTen>TRANTHITHUYHOA</dan:HoVaTen>\
         <dan:NgayThangNamSinh><dan:NgayThangNam>19850430</dan:NgayThangNam></dan:NgayThangNamSinh>\
         </dan:XacThucThongTinCongDan></soapenv:Body></soapenv:Envelope>"
    )
}

fn post(path: &str, kind: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Starts the demo and waits for the line that says it answers.
fn launch(start: &Start) -> anyhow::Result<Child> {
    let binary = std::env::current_exe()?.with_file_name("dancu");
    let mut command = Command::new(binary);
    if let Some(url) = &start.postgres {
        command.env("DANCU_STORE__POSTGRES", url);
    }
    let feed = start.directory.join(format!("feed-{}", start.port));
    let mut server = command
        .arg("demo")
        .env("DANCU_DEMO_DIR", &start.directory)
        .env("DANCU_DEMO_PORT", start.port.to_string())
        .env("DANCU_DEMO_CITIZENS", start.citizens.to_string())
        .env("DANCU_FEED__FOLDER", feed)
        // One account calls as a thousand would: the rules judge it, and do not stop it.
        .env(
            "DANCU_WATCH__RULES_FILE",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/watch-calm.toml"),
        )
        .env("DANCU_LOG__FILTER", "warn,rustls=error")
        .stdout(Stdio::piped())
        .spawn()
        .context("target/release/dancu is missing")?;
    let output = server.stdout.take().context("no standard output")?;
    let mut lines = BufReader::new(output).lines();
    let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("https://"));
    anyhow::ensure!(ready, "the demo did not start");
    // Keep the pipe open and drained, so that later lines do not end the server.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(server)
}

fn terminate(server: &mut Child) -> anyhow::Result<()> {
    Command::new("kill").arg("-TERM").arg(server.id().to_string()).status()?;
    server.wait()?;
    Ok(())
}
