//! The live SOAP 1.1 service: 033 `XacThucThongTinCongDan` in both forms, 037 `TraCuuThongTinCongDan`.
//!
//! Reading is tolerant (any prefix, any order of fields, empty elements are absent ones); writing
//! follows the live service to the letter. Three optional elements are ours, documented in the
//! WSDL: `MaHoSo` (case number), `MucDich` (purpose in words), `TruongThongTin` (a field asked
//! for, repeatable); so is `GioiTinh` in a request, which G06 5.2 names and the live form lacks.
mod answer;
mod envelope;
mod fault;
mod request;

pub use answer::encode;
pub use fault::fault;

use crate::{Request, Service, WireError, XmlLimits};
use dancu_citizen::{CivilDate, FieldSet};

/// Reads a call. `today` is the day that no birth date may lie after.
pub fn decode(body: &[u8], today: CivilDate) -> Result<Request, WireError> {
    decode_within(body, today, XmlLimits::CALL)
}

/// [`decode`] with limits of one's own.
pub fn decode_within(body: &[u8], today: CivilDate, limits: XmlLimits) -> Result<Request, WireError> {
    envelope::read(body, limits, |cursor, operation| request::read(cursor, operation, today))
}

/// What a message that could not be read asked for, as far as it names an operation anywhere: for those who count
/// attempts, never to answer by.
pub fn named(body: &[u8]) -> Option<Service> {
    let names = |name: &str| body.windows(name.len()).any(|part| part == name.as_bytes());
    match (names("XacThucThongTinCongDan"), names("TraCuuThongTinCongDan")) {
        (true, false) => Some(Service::Verify),
        (false, true) => Some(Service::LookUp),
        _ => None,
    }
}

/// The WSDL 1.1 description of the service (document/literal), for the address at which it is served.
pub fn wsdl(address: &str) -> String {
    let mut escaped = crate::xml::Writer::new("");
    escaped.text(address);
    let address = String::from_utf8_lossy(&escaped.into_bytes()).into_owned();
    include_str!("../../schema/live.wsdl").replace("{address}", &address)
}

/// The fields that the live answer has an element for.
pub fn carried() -> FieldSet {
    crate::field_name::with_an_element()
}
