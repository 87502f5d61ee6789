//! `/docs`: what integrators need: operations, addresses, keys, and every error.
use crate::page::{Section, Shell};
use crate::parts::{Crumb, Crumbs, Notice, Tone};
use askama::Template;
use dancu_catalogue::{Actor, Entry, Lang, Retry};

/// An operation of the SOAP service.
pub struct Operation {
    /// Integration code: `033`
    pub code: &'static str,
    /// Element name
    pub name: &'static str,
    /// Key of what it does
    pub what: &'static str,
}

/// An address over HTTP.
pub struct Endpoint {
    /// HTTP method
    pub method: &'static str,
    /// Path
    pub path: String,
    /// Key of what it does
    pub what: &'static str,
}

impl Endpoint {
    fn post(path: &str, what: &'static str) -> Self {
        Self { method: "POST", path: path.to_owned(), what }
    }
    fn get(path: &str, what: &'static str) -> Self {
        Self { method: "GET", path: path.to_owned(), what }
    }
}

/// The documentation page.
#[derive(Template)]
#[template(path = "pages/docs.html")]
pub struct DocsPage {
    /// What surrounds the page
    pub shell: Shell,
    /// Where the service is: `https://host:8443`
    pub base_url: String,
    /// Path of the SOAP service
    pub soap_path: String,
    /// SOAP operations
    pub operations: Vec<Operation>,
    /// REST addresses
    pub endpoints: Vec<Endpoint>,
    /// Descriptions to download: WSDL, XSD, `OpenAPI`, keys
    pub files: Vec<Endpoint>,
}

impl DocsPage {
    /// The page for a service at this address
    pub fn new(shell: Shell, base_url: &str, soap_path: &str) -> Self {
        let operation = |code, name, what| Operation { code, name, what };
        Self {
            shell: Shell { section: Section::Docs, ..shell },
            base_url: base_url.to_owned(),
            soap_path: soap_path.to_owned(),
            operations: vec![
                operation("033", "XacThucThongTinCongDan", "docs-op-033"),
                operation("037", "TraCuuThongTinCongDan", "docs-op-037"),
            ],
            endpoints: vec![
                Endpoint::post("/api/v1/verifications", "docs-rest-verify"),
                Endpoint::post("/api/v1/lookups", "docs-rest-look-up"),
            ],
            files: vec![
                Endpoint::get(&format!("{soap_path}?wsdl"), "docs-file-wsdl"),
                Endpoint::get("/schema/qcvn109.xsd", "docs-file-xsd"),
                Endpoint::get("/api/v1/openapi.json", "docs-file-openapi"),
                Endpoint::get("/.well-known/jwks.json", "docs-file-jwks"),
            ],
        }
    }

    /// A page for the tests and the gallery
    pub fn sample(lang: Lang) -> Self {
        Self::new(
            Shell::sample(lang, "/docs", Section::Docs, false),
            "https://localhost:8443",
            "/dancu/1.0/xacthuc",
        )
    }

    fn crumbs(&self) -> Crumbs {
        let t = self.shell.texts();
        let crumbs = vec![Crumb::new(t.t("nav-home"), "/"), Crumb::new(t.t("docs-title"), "")];
        Crumbs { texts: t, crumbs }
    }

    fn notice(&self) -> Notice {
        Notice::new(Tone::Info, self.shell.t("docs-door-title"), self.shell.t("docs-door-text"))
    }

    fn error_title(&self, entry: &Entry) -> &'static str {
        entry.code.title(self.shell.lang)
    }

    fn error_action(&self, entry: &Entry) -> &'static str {
        entry.code.action(self.shell.lang)
    }

    fn actor(&self, entry: &Entry) -> String {
        let key = match entry.actor {
            Actor::Caller => "docs-actor-caller",
            Actor::Citizen => "docs-actor-citizen",
            Actor::Registry => "docs-actor-registry",
            Actor::Operator => "docs-actor-operator",
        };
        self.shell.t(key).into_owned()
    }

    fn retry(&self, entry: &Entry) -> String {
        let key = match entry.retry {
            Retry::No => "docs-retry-no",
            Retry::Later => "docs-retry-later",
            Retry::Tomorrow => "docs-retry-tomorrow",
        };
        self.shell.t(key).into_owned()
    }
}
