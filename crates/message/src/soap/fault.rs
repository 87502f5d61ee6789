//! A refusal as a SOAP 1.1 fault (section 4.4).
use super::answer::{BODY_CLOSE, BODY_OPEN};
use crate::Refusal;
use crate::xml::Writer;
use dancu_catalogue::{Lang, Retry, SoapFault};

/// The fault: what happened and what to do, in the caller's language, and a detail that a program
/// reads: `MaLoi` (code), `MaTraCuu` (correlation id), `Truong` (the element at fault, if any),
/// `HuongDan` (what to do), `ThuLai` (`KHONG`, `SAU`, `NGAY_MAI`: whether to retry).
pub fn fault(refusal: &Refusal, correlation_id: &str, lang: Lang) -> Vec<u8> {
    let code = refusal.code;
    let mut out = Writer::new("");
    out.raw(BODY_OPEN);
    out.raw("<soapenv:Fault><faultcode>soapenv:");
    out.raw(fault_code(code.entry().soap));
    out.raw("</faultcode><faultstring xml:lang=\"");
    out.raw(match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    });
    out.raw("\">");
    out.text(code.title(lang));
    out.raw(" ");
    out.text(code.action(lang));
    out.raw("</faultstring><detail>");
    out.raw("<dan:LoiDichVu xmlns:dan=\"http://dancuquocgia.bca\">");
    out.leaf("dan:MaLoi", code.name());
    out.leaf("dan:MaTraCuu", correlation_id);
    if let Some(field) = &refusal.field {
        out.leaf("dan:Truong", field);
    }
    out.leaf("dan:HuongDan", code.action(lang));
    out.leaf("dan:ThuLai", retry(code.entry().retry));
    out.raw("</dan:LoiDichVu></detail></soapenv:Fault>");
    out.raw(BODY_CLOSE);
    out.into_bytes()
}

fn fault_code(fault: SoapFault) -> &'static str {
    match fault {
        SoapFault::Client => "Client",
        SoapFault::Server => "Server",
        SoapFault::VersionMismatch => "VersionMismatch",
        SoapFault::MustUnderstand => "MustUnderstand",
    }
}

fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::No => "KHONG",
        Retry::Later => "SAU",
        Retry::Tomorrow => "NGAY_MAI",
    }
}
