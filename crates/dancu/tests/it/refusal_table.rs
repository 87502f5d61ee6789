//! One row for each way to be refused that needs nothing but a call.
use crate::ask::{Ask, Proof, Via};
use crate::pki::{EXPIRED, REVOKED, STRANGER, UNREGISTERED};
use crate::scene::{CASE_PURPOSE, LOCKED_OFFICER, MANAGER, OTHER_OFFICER, SPENT};
use dancu_catalogue::Code;

type Wire = http::Request<Vec<u8>>;

/// How to be refused with a code.
pub(crate) struct Row {
    pub(crate) code: Code,
    pub(crate) vias: &'static [Via],
    /// Starts from a verification that would be answered
    pub(crate) ask: fn(&mut Ask),
    /// Changes what is sent
    pub(crate) wire: fn(Via, &mut Wire),
    /// The second of two equal calls is the one
    pub(crate) twice: bool,
}

const BOTH: &[Via] = &Via::BOTH;
const SOAP: &[Via] = &[Via::Soap];
const REST: &[Via] = &[Via::Rest];

/// By what the caller says.
const fn said(code: Code, ask: fn(&mut Ask)) -> Row {
    Row { code, vias: BOTH, ask, wire: |_, _| {}, twice: false }
}

/// By how it is sent.
const fn sent(code: Code, vias: &'static [Via], wire: fn(Via, &mut Wire)) -> Row {
    Row { code, vias, ask: |_| {}, wire, twice: false }
}

pub(crate) const ROWS: &[Row] = &[
    // the message
    sent(Code::XmlMalformed, SOAP, |_, w| replace(w, "</soapenv:Body>", "")),
    sent(Code::XmlForbidden, SOAP, |_, w| {
        replace(w, "<soapenv:Envelope ", "<!DOCTYPE a [<!ENTITY b \"c\">]><soapenv:Envelope ");
    }),
    sent(Code::XmlTooDeep, SOAP, |_, w| {
        let deep = format!("<soapenv:Header>{}{}", "<a>".repeat(40), "</a>".repeat(40));
        replace(w, "<soapenv:Header/>", &format!("{deep}</soapenv:Header>"));
    }),
    sent(Code::SoapVersion, SOAP, |_, w| {
        replace(w, "schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope");
    }),
    sent(Code::SoapHeaderNotUnderstood, SOAP, |_, w| {
        replace(w, "<soapenv:Header/>", "<soapenv:Header><a soapenv:mustUnderstand=\"1\"/></soapenv:Header>");
    }),
    sent(Code::OperationUnknown, SOAP, |_, w| replace(w, "<dan:MaTichHop>033", "<dan:MaTichHop>999")),
    sent(Code::ElementDuplicate, BOTH, |via, w| {
        insert(via, w, "<dan:SoDinhDanh>001185000017</dan:SoDinhDanh>", "\"purpose\":\"VPCP\"");
    }),
    sent(Code::ElementUnknown, BOTH, |via, w| insert(via, w, "<dan:Khac>1</dan:Khac>", "\"khac\":1")),
    said(Code::FieldMissing, |a| a.number = None),
    said(Code::FieldType, |a| {
        a.purpose = Some("a code of a purpose that is far longer than any code of a purpose can ever be");
    }),
    sent(Code::JsonMalformed, REST, |_, w| replace(w, "}", "")),
    sent(Code::EncodingInvalid, BOTH, |_, w| {
        let at = w.body().windows(4).position(|four| four == b"TRAN").unwrap();
        w.body_mut()[at] = 0xff;
    }),
    sent(Code::ControlCharacter, BOTH, |via, w| {
        replace(w, "TRANTHI", if via == Via::Soap { "TRAN\u{1}THI" } else { "TRAN\\u0001THI" });
    }),
    said(Code::NumberInvalid, |a| a.number = Some("00118500001")),
    said(Code::NumberInvalid, |a| a.number = Some("0011850000177")),
    said(Code::NumberInvalid, |a| a.card = Some("12345678")),
    said(Code::DateInvalid, |a| a.born = Some("20230229")),
    said(Code::DateInFuture, |a| a.born = Some("20900101")),
    said(Code::CodeUnknown, |a| a.sex = Some("7")),
    said(Code::NameInvalid, |a| a.name = Some("TRAN 7 HOA")),
    sent(Code::BatchTooLarge, REST, |_, w| {
        let item = String::from_utf8(w.body().clone()).unwrap();
        *w.body_mut() = format!("{{\"items\":[{}]}}", vec![item; 1001].join(",")).into_bytes();
    }),
    sent(Code::BodyTooLarge, BOTH, |_, w| w.body_mut().resize(2 * 1024 * 1024, b' ')),
    sent(Code::HeadersTooLarge, BOTH, |_, w| {
        w.headers_mut().insert("x-big", "a".repeat(20 * 1024).parse().unwrap());
    }),
    sent(Code::ContentType, BOTH, |_, w| {
        w.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    }),
    sent(Code::MethodNotAllowed, BOTH, |_, w| *w.method_mut() = http::Method::PUT),
    sent(Code::NotFound, REST, |_, w| *w.uri_mut() = "/api/v1/verification".parse().unwrap()),
    sent(Code::IdempotencyKeyInvalid, REST, |_, w| {
        w.headers_mut().insert("idempotency-key", "two words".parse().unwrap());
    }),
    // who asks
    said(Code::CertificateMissing, |a| a.certificate = None),
    said(Code::CertificateExpired, |a| a.certificate = Some(EXPIRED)),
    said(Code::CertificateUnknown, |a| a.certificate = Some(UNREGISTERED)),
    said(Code::CertificateUnknown, |a| a.certificate = Some(STRANGER)),
    said(Code::CertificateRevoked, |a| a.certificate = Some(REVOKED)),
    said(Code::CredentialsMissing, |a| a.proof = Proof::Header(None)),
    said(Code::CredentialsMalformed, |a| a.proof = Proof::Header(Some("Bearer abc"))),
    said(Code::CredentialsWrong, |a| a.proof = Proof::Header(Some("Basic aHRtYy50aGFpbmd1eWVuOng="))),
    // The password of one system inside the certificate of another
    said(Code::CredentialsWrong, |a| a.certificate = Some("told-no-near")),
    said(Code::TimestampInvalid, |a| a.proof = Proof::PerCall(Some("today".into()))),
    said(Code::TimestampOutOfWindow, |a| a.proof = Proof::PerCall(Some("1763620000123".into()))),
    Row { twice: true, ..said(Code::RequestReplayed, |a| a.proof = Proof::PerCall(None)) },
    // may it
    said(Code::OrganisationNotActive, |a| a.by("of-suspended")),
    said(Code::SystemNotConnected, |a| a.by("testing")),
    said(Code::SystemSuspended, |a| a.by("suspended")),
    said(Code::SystemDisconnected, |a| a.by("disconnected")),
    said(Code::SecurityLevelTooLow, |a| a.by("low-level")),
    said(Code::AssessmentOverdue, |a| a.by("overdue")),
    said(Code::CommitmentMissing, |a| a.by("uncommitted")),
    said(Code::AgreementNotInForce, |a| a.by("not-in-force")),
    said(Code::AccountUnknown, |a| a.account = Some("khong.co.ai")),
    said(Code::AccountNotActive, |a| (a.account, a.officer) = (None, Some(LOCKED_OFFICER))),
    said(Code::OfficerMissing, |a| (a.account, a.officer) = (None, None)),
    said(Code::OfficerUnknown, |a| a.officer = Some("001080000999")),
    said(Code::OfficerNotAccountHolder, |a| a.officer = Some(OTHER_OFFICER)),
    said(Code::AgencyMismatch, |a| a.agency = Some("G12.15")),
    said(Code::RoleNotAllowed, |a| a.as_account(MANAGER)),
    said(Code::ServiceNotAgreed, |a| a.by("looks-up-only")),
    said(Code::ServiceNotAgreed, |a| {
        a.by("verifies-only");
        a.service = dancu_message::Service::LookUp;
    }),
    said(Code::FieldNotAgreed, |a| {
        a.service = dancu_message::Service::LookUp;
        a.fields = vec!["full_name", "contact"];
    }),
    said(Code::PurposeMissing, |a| a.purpose = None),
    said(Code::PurposeNotRegistered, |a| a.purpose = Some("9.999999")),
    said(Code::CaseMissing, |a| a.purpose = Some(CASE_PURPOSE)),
    said(Code::SourceNetwork, |a| a.by("elsewhere")),
    said(Code::OutsideHours, |a| a.by("closed-now")),
    said(Code::QuotaAccount, |a| a.as_account(SPENT)),
    said(Code::QuotaSystem, |a| a.by("spent")),
];

/// What a protocol cannot be refused with, and why.
pub(crate) const EXCUSED: &[(Code, Via, &str)] = &[
    (Code::XmlMalformed, Via::Rest, "REST has no XML"),
    (Code::XmlForbidden, Via::Rest, "REST has no XML"),
    (Code::XmlTooDeep, Via::Rest, "REST has no XML; JSON nested too deeply is malformed"),
    (Code::SoapVersion, Via::Rest, "REST has no envelope"),
    (Code::SoapHeaderNotUnderstood, Via::Rest, "REST has no envelope"),
    (Code::OperationUnknown, Via::Rest, "an unknown operation is an unknown address: NOT_FOUND"),
    (Code::JsonMalformed, Via::Soap, "SOAP has no JSON"),
    (Code::BatchTooLarge, Via::Soap, "the live service has no batches"),
    (Code::NotFound, Via::Soap, "SOAP has one address; an unknown operation there is OPERATION_UNKNOWN"),
    (Code::IdempotencyKeyInvalid, Via::Soap, "the live service has no idempotency keys"),
    (Code::IdempotencyKeyReused, Via::Soap, "the live service has no idempotency keys"),
    (Code::JournalSizesInvalid, Via::Soap, "the published journal is read with GET; see journal.rs"),
    (Code::JournalSizesInvalid, Via::Rest, "the published journal is read with GET; see journal.rs"),
    (Code::JournalNotYetSigned, Via::Soap, "the published journal is read with GET; see journal.rs"),
    (Code::JournalNotYetSigned, Via::Rest, "the published journal is read with GET; see journal.rs"),
    (Code::CsrInvalid, Via::Soap, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::CsrInvalid, Via::Rest, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::CsrKeyRefused, Via::Soap, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::CsrKeyRefused, Via::Rest, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::EnrolmentCodeWrong, Via::Soap, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::EnrolmentCodeWrong, Via::Rest, "systems enrol by RFC 7030; see enrol.rs"),
    (Code::WorkstationNotEnrolled, Via::Soap, "of people at the pages; see workstation.rs"),
    (Code::WorkstationNotEnrolled, Via::Rest, "of people at the pages; see workstation.rs"),
    (Code::AccountBraked, Via::Soap, "after what a watch rule found; see watch.rs"),
    (Code::AccountBraked, Via::Rest, "after what a watch rule found; see watch.rs"),
    (Code::SystemBraked, Via::Soap, "after what a watch rule found; see watch.rs"),
    (Code::SystemBraked, Via::Rest, "after what a watch rule found; see watch.rs"),
    (Code::AnswersPaused, Via::Soap, "after many claims about one person; see watch.rs"),
    (Code::AnswersPaused, Via::Rest, "after many claims about one person; see watch.rs"),
    (Code::StepRefused, Via::Soap, "of the console, in the journal alone; see console_api.rs"),
    (Code::StepRefused, Via::Rest, "of the console, in the journal alone; see console_api.rs"),
    (Code::SignInRequired, Via::Soap, "of the console; see console_api.rs"),
    (Code::SignInRequired, Via::Rest, "of the console; see console_api.rs"),
    (Code::SignInWrong, Via::Soap, "of the console; see console_api.rs"),
    (Code::SignInWrong, Via::Rest, "of the console; see console_api.rs"),
    (Code::ProofWrong, Via::Soap, "of the console; see console_api.rs"),
    (Code::ProofWrong, Via::Rest, "of the console; see console_api.rs"),
    (Code::ProofNeeded, Via::Soap, "of the console; see console_api.rs"),
    (Code::ProofNeeded, Via::Rest, "of the console; see console_api.rs"),
    (Code::DutyMissing, Via::Soap, "of the console; see console_api.rs"),
    (Code::DutyMissing, Via::Rest, "of the console; see console_api.rs"),
    (Code::SamePerson, Via::Soap, "of the console; see console_api.rs"),
    (Code::SamePerson, Via::Rest, "of the console; see console_api.rs"),
    (Code::NotNow, Via::Soap, "of the console; see console_api.rs"),
    (Code::NotNow, Via::Rest, "of the console; see console_api.rs"),
    (Code::NotYet, Via::Soap, "of the console; see console_api.rs"),
    (Code::NotYet, Via::Rest, "of the console; see console_api.rs"),
    (Code::AlreadyThere, Via::Soap, "of the console; see console_api.rs"),
    (Code::AlreadyThere, Via::Rest, "of the console; see console_api.rs"),
    (Code::VersionChanged, Via::Soap, "of the console; see console_api.rs"),
    (Code::VersionChanged, Via::Rest, "of the console; see console_api.rs"),
    (Code::FormInvalid, Via::Soap, "of the console; see console_api.rs"),
    (Code::FormInvalid, Via::Rest, "of the console; see console_api.rs"),
    (Code::FileRefused, Via::Soap, "of the console; see console_api.rs"),
    (Code::FileRefused, Via::Rest, "of the console; see console_api.rs"),
    (Code::DeliveryGone, Via::Soap, "of the console; see console_api.rs"),
    (Code::DeliveryGone, Via::Rest, "of the console; see console_api.rs"),
    (Code::Internal, Via::Soap, "a fault of the program, which no caller can bring about"),
    (Code::Internal, Via::Rest, "a fault of the program, which no caller can bring about"),
];

fn replace(wire: &mut Wire, from: &str, to: &str) {
    let text = std::str::from_utf8(wire.body()).unwrap();
    assert!(text.contains(from), "{from} is not in the message");
    let text = text.replacen(from, to, 1);
    *wire.body_mut() = text.into_bytes();
}

fn insert(via: Via, wire: &mut Wire, xml: &str, json: &str) {
    match via {
        Via::Soap => replace(wire, "</dan:MaTichHop>", &format!("</dan:MaTichHop>{xml}")),
        Via::Rest => replace(wire, "{", &format!("{{{json},")),
    }
}
