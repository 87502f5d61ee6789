//! `dancu docs`: the documents that are made from the code, written or held against it.
use clap::Subcommand;
use std::path::Path;

/// Where the published documents say the service is.
const ADDRESS: &str = "https://localhost:8443";

/// The documents made from the code
#[derive(Debug, Subcommand)]
pub enum Docs {
    /// Write them into ./docs
    Write,
    /// Fail when a committed one differs
    Check,
}

impl Docs {
    pub fn run(self) -> anyhow::Result<()> {
        let documents = [
            ("docs/errors.md", dancu_catalogue::document()),
            ("docs/openapi-console.json", format!("{}\n", dancu_web::door::console::openapi())),
            ("docs/openapi.json", format!("{}\n", dancu_gateway::routes::openapi(ADDRESS))),
            ("docs/dancu.wsdl", dancu_message::soap::wsdl(&format!("{ADDRESS}/dancu/1.0/xacthuc"))),
            ("docs/qcvn109.xsd", dancu_message::qcvn109::xsd().to_owned()),
        ];
        let mut stale = Vec::new();
        for (path, text) in &documents {
            match self {
                Self::Write => std::fs::write(path, text)?,
                Self::Check if std::fs::read_to_string(path).ok().as_ref() != Some(text) => stale.push(*path),
                Self::Check => {}
            }
        }
        anyhow::ensure!(stale.is_empty(), "stale, run `make docs`: {}", stale.join(", "));
        println!("documents: {} of {} true to the code", documents.len(), documents.len());
        debug_assert!(Path::new("docs").exists());
        Ok(())
    }
}
