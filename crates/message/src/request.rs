//! What a caller asks, whatever wire it came by.
use dancu_citizen::{Claim, FieldSet};
use std::fmt;

pub use dancu_policy::Service;

/// The live service's integration code (`MaTichHop`) of a service.
pub fn integration_code(service: Service) -> &'static str {
    match service {
        Service::Verify => "033",
        Service::LookUp => "037",
    }
}

/// The form in which the call came, and in which it must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The live SOAP operations
    Soap,
    /// The older SOAP form (`XacThucThongTinCongDanRequest`)
    SoapOlder,
    /// JSON over REST
    Rest,
    /// An officer's page; nothing to encode
    Page,
}

impl Form {
    /// The fields that an answer in this form has a place for; others cannot leave by it.
    pub fn carries(self) -> FieldSet {
        match self {
            Self::Soap | Self::SoapOlder => crate::soap::carried(),
            Self::Rest | Self::Page => dancu_citizen::Field::ALL.iter().copied().collect(),
        }
    }
}

/// One call, decoded. `Debug` shows what kind of call it is and which parts it has, no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Verify or look up
    pub service: Service,
    /// The integration code as sent (`MaTichHop`, `MaDichVu`): 033, 003 or 037
    pub integration_code: String,
    /// The caller's own number of the request (`MaYeuCau`), 1 to 64 printable ASCII characters
    pub request_id: String,
    /// Code of the procedure or registered purpose (`MaDVC`; `MucDich` where there is no code)
    pub purpose: Option<String>,
    /// The purpose in words (`MucDich`), where a code was sent too
    pub purpose_text: Option<String>,
    /// Number of the case in hand (`MaHoSo`)
    pub case_number: Option<String>,
    /// The officer (`MaCanBo`): a personal identification number or a registered name
    pub officer: Option<String>,
    /// The agency (`MaDonVi`)
    pub agency_code: Option<String>,
    /// The officer's account (`TaiKhoan`)
    pub account: Option<String>,
    /// The officer's telephone (`SoDienThoai`)
    pub phone: Option<String>,
    /// What is said about the citizen
    pub claim: Claim,
    /// The fields asked for; none means all that the agreement grants without naming
    pub fields: Option<FieldSet>,
    /// How to answer
    pub form: Form,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("service", &self.service)
            .field("integration_code", &self.integration_code)
            .field("form", &self.form)
            .field("fields", &self.fields)
            .field("has_purpose", &self.purpose.is_some())
            .field("has_case_number", &self.case_number.is_some())
            .field("has_officer", &self.officer.is_some())
            .field("has_agency_code", &self.agency_code.is_some())
            .field("has_account", &self.account.is_some())
            .finish_non_exhaustive()
    }
}
