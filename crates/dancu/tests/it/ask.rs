//! A call as its caller means it, and how it is written in either protocol.
use crate::scene::{HTMC, LOGIN, OFFICER, SECRET, SOAP_PATH, password, user};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu_message::Service;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// The two protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Via {
    Soap,
    Rest,
}

impl Via {
    pub(crate) const BOTH: [Self; 2] = [Self::Soap, Self::Rest];
}

/// How a call proves who asks.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// The system's password
    Password,
    /// The hash of this call, at this time stamp; none means now
    PerCall(Option<String>),
    /// This password
    PasswordOf(&'static str),
    /// The hash of this call by this secret, now
    PerCallBy(&'static str),
    /// The header as it stands, or no header
    Header(Option<&'static str>),
}

#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Whose credentials
    pub(crate) system: &'static str,
    /// Which certificate
    pub(crate) certificate: Option<&'static str>,
    pub(crate) proof: Proof,
    pub(crate) service: Service,
    /// In the older form of SOAP
    pub(crate) older: bool,
    pub(crate) request_id: String,
    pub(crate) purpose: Option<&'static str>,
    pub(crate) case_number: Option<&'static str>,
    pub(crate) officer: Option<&'static str>,
    pub(crate) account: Option<&'static str>,
    pub(crate) agency: Option<&'static str>,
    pub(crate) number: Option<&'static str>,
    pub(crate) card: Option<&'static str>,
    pub(crate) name: Option<&'static str>,
    pub(crate) born: Option<&'static str>,
    pub(crate) sex: Option<&'static str>,
    pub(crate) fields: Vec<&'static str>,
}

/// A request id that no other call of the process has.
pub(crate) fn fresh_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("YC{:08}", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Ask {
    /// A verification that is answered: the person of the examples, asked by the sound system.
    pub(crate) fn verify() -> Self {
        Self {
            system: HTMC,
            certificate: Some(HTMC),
            proof: Proof::Password,
            service: Service::Verify,
            older: false,
            request_id: fresh_id(),
            purpose: Some("1.004227"),
            case_number: None,
            officer: Some(OFFICER),
            account: Some(LOGIN),
            agency: None,
            number: Some("001185000017"),
            card: None,
            name: Some("TRANTHITHUYHOA"),
            born: Some("19850430"),
            sex: None,
            fields: Vec::new(),
        }
    }

    /// A look-up that is answered.
    pub(crate) fn look_up() -> Self {
        Self { service: Service::LookUp, ..Self::verify() }
    }

    /// By another system, with its own certificate and password.
    pub(crate) fn by(&mut self, system: &'static str) {
        (self.system, self.certificate) = (system, Some(system));
    }

    /// By another account of the system, which no person holds.
    pub(crate) fn as_account(&mut self, login: &'static str) {
        (self.account, self.officer) = (Some(login), Some(login));
    }

    /// The request in this protocol.
    pub(crate) fn request(&self, via: Via, now_us: i64) -> http::Request<Vec<u8>> {
        let path = match (via, self.service) {
            (Via::Soap, _) => SOAP_PATH,
            (Via::Rest, Service::Verify) => "/api/v1/verifications",
            (Via::Rest, Service::LookUp) => "/api/v1/lookups",
        };
        let (kind, body) = match via {
            Via::Soap => ("text/xml; charset=utf-8", self.envelope().into_bytes()),
            Via::Rest => ("application/json", serde_json::to_vec(&self.json()).unwrap()),
        };
        let mut request = http::Request::post(path).header("content-type", kind);
        let stamp = match &self.proof {
            Proof::PerCall(Some(stamp)) => Some(stamp.clone()),
            Proof::PerCall(None) | Proof::PerCallBy(_) => Some((now_us / 1000).to_string()),
            _ => None,
        };
        let basic =
            |secret: &str| format!("Basic {}", STANDARD.encode(format!("{}:{secret}", user(self.system))));
        let authorization = match (&self.proof, &stamp) {
            (Proof::Header(header), _) => header.map(str::to_owned),
            (Proof::PasswordOf(password), _) => Some(basic(password)),
            (proof, Some(stamp)) => {
                let secret = if let Proof::PerCallBy(secret) = proof { secret } else { SECRET };
                Some(basic(&dancu_gateway::per_call_hash(SOAP_PATH, &user(self.system), stamp, secret)))
            }
            (_, None) => Some(basic(&password(self.system))),
        };
        for (name, value) in [("authorization", authorization), ("timestamp", stamp)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        request.body(body).unwrap()
    }

    fn envelope(&self) -> String {
        let (element, code_element, code) = match (self.service, self.older) {
            (Service::Verify, true) => ("XacThucThongTinCongDanRequest", "MaDichVu", "033"),
            (Service::Verify, false) => ("XacThucThongTinCongDan", "MaTichHop", "033"),
            (Service::LookUp, _) => ("TraCuuThongTinCongDan", "MaTichHop", "037"),
        };
        let mut xml = format!(
            "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:dan=\"http://dancuquocgia.bca\"><soapenv:Header/><soapenv:Body><dan:{element}>"
        );
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                write!(xml, "<dan:{name}>{value}</dan:{name}>").unwrap();
            }
        };
        put("MaYeuCau", Some(&self.request_id));
        put("MaDVC", self.purpose);
        put(code_element, Some(code));
        put("MaHoSo", self.case_number);
        put("MaCanBo", self.officer);
        put("TaiKhoan", self.account);
        put("MaDonVi", self.agency);
        put("SoDinhDanh", self.number);
        put("SoCMND", self.card);
        put("HoVaTen", self.name);
        put("GioiTinh", self.sex);
        for field in &self.fields {
            put("TruongThongTin", Some(field));
        }
        let born = self.born.map(|born| format!("<dan:NgayThangNam>{born}</dan:NgayThangNam>"));
        put("NgayThangNamSinh", born.as_deref());
        write!(xml, "</dan:{element}></soapenv:Body></soapenv:Envelope>").unwrap();
        xml
    }

    /// The request as an object of JSON.
    pub(crate) fn json(&self) -> Value {
        let mut citizen = json!({});
        let mut body = json!({ "request_id": self.request_id });
        let put = |target: &mut Value, name: &str, value: Option<&str>| {
            if let Some(value) = value {
                target[name] = value.into();
            }
        };
        put(&mut body, "purpose", self.purpose);
        put(&mut body, "case_number", self.case_number);
        put(&mut body, "officer", self.officer);
        put(&mut body, "account", self.account);
        put(&mut body, "agency_code", self.agency);
        put(&mut citizen, "personal_id", self.number);
        put(&mut citizen, "id_card_number", self.card);
        put(&mut citizen, "full_name", self.name);
        put(&mut citizen, "birth_date", self.born);
        put(&mut citizen, "sex", self.sex);
        body["citizen"] = citizen;
        if !self.fields.is_empty() {
            body["fields"] = self.fields.clone().into();
        }
        body
    }
}
