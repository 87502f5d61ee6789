//! Answers in the live form.
use crate::congdan::{live, node::Node};
use crate::xml::Writer;
use crate::{Answer, Form, LookUp};
use dancu_catalogue::Lang;

pub(super) const BODY_OPEN: &str =
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>";
pub(super) const BODY_CLOSE: &str = "</soapenv:Body></soapenv:Envelope>";

/// Writes an answer as the live service does; a refusal becomes a fault.
pub fn encode(answer: &Answer, form: Form, correlation_id: &str, lang: Lang) -> Vec<u8> {
    match answer {
        Answer::Verification(verification) => tontai(verification.tontai, form),
        Answer::LookUp(look_up) => {
            let mut out = Writer::new("ns1:");
            out.raw(BODY_OPEN);
            collection(&mut out, look_up);
            out.raw(BODY_CLOSE);
            out.into_bytes()
        }
        Answer::Refusal(refusal) => super::fault(refusal, correlation_id, lang),
    }
}

fn tontai(yes: bool, form: Form) -> Vec<u8> {
    let element = if form == Form::SoapOlder { "KetQuaXacThucResponse" } else { "KetQuaXacThuc" };
    let yes = if yes { "true" } else { "false" };
    format!(
        "{BODY_OPEN}<dan:{element} xmlns:dan=\"http://dancuquocgia.bca\"><dan:TonTai>{yes}</dan:TonTai></dan:{element}>{BODY_CLOSE}"
    )
    .into_bytes()
}

/// Not found, not agreeing and not usable look the same in the live form: no `CongDan`.
fn collection(out: &mut Writer, look_up: &LookUp) {
    out.raw("<ns1:CongdanCollection xmlns:ns1=\"http://www.mic.gov.vn/dancu/1.0\">");
    if let Some(record) = &look_up.record {
        Node::branch("CongDan", live::citizen(record, look_up.released)).write(out);
    }
    out.raw("</ns1:CongdanCollection>");
}
