//! The contents of matters as the API has them: names of its own, which stay when those of the program change.
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What people write into a matter; one of these, by its kind
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Content {
    /// Of a connection
    Connection(Box<ConnectionRequest>),
    /// Of a level file
    LevelFile(LevelFile),
    /// Of an assessment
    Assessment(Assessment),
    /// Of a finding
    Finding(Finding),
    /// Of an order; it is not written but given
    Halt(Halt),
    /// Of an error notice
    ErrorNotice(ErrorNotice),
    /// Of a ticket
    Ticket(Ticket),
    /// Of an inspection
    Inspection(Inspection),
    /// Of an evaluation
    Evaluation(Evaluation),
}

/// A connection request (Circular 46/2022 article 7.1 and the registration form); it may be unfinished while it is a draft
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConnectionRequest {
    /// Name of the organisation
    organisation_name: String,
    /// Its agency code
    agency_code: String,
    /// Its functions
    functions: String,
    /// Its tasks
    tasks: String,
    /// Its powers
    powers: String,
    /// Name of the system or database
    system_name: String,
    /// List `system_kind`
    system_kind: String,
    /// The officer in charge
    officer: Contact,
    /// Purpose
    purpose: String,
    /// Scope
    scope: String,
    /// Content
    content: String,
    /// Procedures and purposes that calls will name
    purposes: Vec<RequestedPurpose>,
    /// Services asked for
    services: Vec<RequestedService>,
    /// Technical description
    technical: Technical,
}

/// The officer in charge
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Contact {
    /// Name
    full_name: String,
    /// Position
    position: String,
    /// Telephone
    phone: String,
    /// E-mail
    email: String,
    /// Unit
    unit: String,
}

/// A purpose that calls will name
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RequestedPurpose {
    /// Procedure code or purpose code
    #[schema(example = "1.004227")]
    code: String,
    /// What it is called
    name: String,
    /// A call must carry the number of its case
    case_required: bool,
}

/// A service that is asked for
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RequestedService {
    /// `verify` or `look_up`
    #[schema(example = "verify")]
    service: String,
    /// Names of the fields
    fields: Vec<String>,
    /// How many they are, as the law has them state
    field_count: u16,
}

/// The technical description; the whole of it is attached
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Technical {
    /// What the system is and how it connects
    summary: String,
    /// List `connection_model`
    connection_model: String,
    /// Networks that it calls from, CIDR
    networks: Vec<String>,
    /// Calls a day
    daily_calls: u32,
    /// Security level that it claims, 1 to 5
    security_level: u8,
}

/// The level file
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelFile {
    /// Level, 1 to 5
    level: u8,
    /// Number of the decision that approves it
    decision: String,
    /// Body that approved it
    approved_by: String,
    /// Day of the decision
    #[schema(format = Date)]
    approved_on: String,
}

/// A security assessment
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Assessment {
    /// List `assessment_kind`
    #[serde(rename = "assessment_kind")]
    kind: String,
    /// Body or team that assesses
    assessor: String,
    /// What was found about each subject
    #[serde(default)]
    subjects: Vec<SubjectResult>,
    /// Ground of an exemption, when it is one
    #[serde(default)]
    exemption: Option<Exemption>,
}

/// What was found about one subject
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubjectResult {
    /// List `assessment_subject`
    subject: String,
    /// Passed
    passed: bool,
    /// What was looked at, and how it was
    note: String,
}

/// Why no assessment is needed
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exemption {
    /// List `exemption`
    ground: String,
    /// Day of the other body's assessment, where that is the ground
    #[serde(default)]
    assessed_on: Option<String>,
}

/// Something that an assessment found wrong
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    /// List `assessment_subject`
    subject: String,
    /// List `severity`
    severity: String,
    /// What is wrong
    text: String,
}

/// An order with what followed from it
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Halt {
    /// Who was stopped
    target: Target,
    /// `suspend` or `disconnect`
    action: String,
    /// Why, by the dated data
    reason: String,
    /// Number of the order
    number: String,
    /// What the organisation was told
    notice: StopNotice,
}

/// What an organisation is told when it is stopped; each text in Vietnamese and English
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct StopNotice {
    /// What happened
    what: [String; 2],
    /// What to do
    todo: [String; 2],
    /// The way back
    way_back: [String; 2],
}

/// Who is stopped: one of the three
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// A system
    System(String),
    /// An organisation with all its systems
    Organisation(String),
    /// One account
    Account(String),
}

/// Wrong data that an organisation received or shared
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ErrorNotice {
    /// Number of the citizen whose data are wrong
    #[schema(example = "001185000017")]
    citizen: String,
    /// Fields that are wrong
    fields: Vec<String>,
    /// What is wrong, and what would be right
    text: String,
    /// Number of the case in which it was noticed
    #[serde(default)]
    case_number: Option<String>,
    /// Journal entry of the answer that held it
    #[serde(default)]
    entry: Option<u64>,
    /// True: the registry gave wrong data; false: the organisation shared wrong data
    received: bool,
}

/// A request for support
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticket {
    /// How it came: `mail`, `phone`, `in_person`, `in_writing`
    #[schema(example = "mail")]
    channel: String,
    /// Who asks
    name: String,
    /// Where to answer
    contact: String,
    /// What it is about
    subject: String,
    /// What is asked
    text: String,
    /// What was answered, asked back and replied, in its order
    #[serde(default)]
    thread: Vec<String>,
}

/// An inspection
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Inspection {
    /// List `inspection_target`
    targets: Vec<String>,
    /// Who inspects
    team: String,
    /// Day that is planned
    #[schema(format = Date)]
    planned_on: String,
    /// Announced beforehand
    announced: bool,
    /// What was looked at and found
    #[serde(default)]
    result: String,
}

/// The operator's periodic evaluation
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Evaluation {
    /// Day on which it is due
    #[schema(format = Date)]
    due_on: String,
    /// Security level that it was due for
    level: u8,
    /// What was evaluated, and how it was
    summary: String,
}

impl Content {
    /// Of the program's content.
    pub(super) fn of(content: &dancu_governance::Content) -> Option<Self> {
        let Value::Object(mut members) = serde_json::to_value(content).ok()? else { return None };
        let Value::String(kind) = members.shift_remove("kind")? else { return None };
        let named = serde_json::Map::from_iter([(kind, Value::Object(members))]);
        serde_json::from_value(Value::Object(named)).ok()
    }

    /// As the program has it.
    pub(super) fn read(&self) -> Option<dancu_governance::Content> {
        let Value::Object(named) = serde_json::to_value(self).ok()? else { return None };
        let (kind, Value::Object(mut members)) = named.into_iter().next()? else { return None };
        members.insert("kind".to_owned(), Value::String(kind));
        serde_json::from_value(Value::Object(members)).ok()
    }
}

/// A part of a content as the program has it; none where a name of a list is unknown.
pub(super) fn recast<T: Serialize, U: DeserializeOwned>(part: &T) -> Option<U> {
    serde_json::from_value(serde_json::to_value(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_governance as lib;

    fn there_and_back(content: lib::Content) {
        let api = Content::of(&content).unwrap_or_else(|| panic!("{content:?} is not told"));
        assert!(api.read() == Some(content), "another one comes back");
    }

    #[test]
    fn every_content_goes_out_and_comes_back() {
        let text = || "chữ".to_owned();
        let mut request = lib::Request { organisation_name: text(), ..lib::Request::default() };
        request.purposes.push(lib::RequestedPurpose { code: "1.1".into(), ..Default::default() });
        request.services.push(lib::RequestedService { service: "verify".into(), ..Default::default() });
        there_and_back(lib::Content::Connection(Box::new(request)));
        there_and_back(lib::Content::LevelFile(lib::LevelFile { level: 3, ..Default::default() }));
        there_and_back(lib::Content::Assessment(lib::Assessment {
            subjects: vec![lib::SubjectResult { subject: text(), passed: true, note: text() }],
            exemption: Some(lib::Exemption { ground: text(), assessed_on: None }),
            ..Default::default()
        }));
        there_and_back(lib::Content::Finding(lib::Finding::default()));
        there_and_back(lib::Content::ErrorNotice(lib::ErrorNotice { entry: Some(7), ..Default::default() }));
        there_and_back(lib::Content::Ticket(lib::Ticket { thread: vec![text()], ..Default::default() }));
        there_and_back(lib::Content::Inspection(lib::Inspection::default()));
        there_and_back(lib::Content::Evaluation(lib::Evaluation::default()));
    }
}
