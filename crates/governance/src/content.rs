//! What people write into a matter. `Debug` shows the kind only: nearly all of it are words and names.
use crate::GovernanceError;
use crate::error::{Problem, Wrong};
use crate::halt::Halt;
use crate::kind::Kind;
use crate::parts::Form;
use crate::request::Request;
use crate::rules::Rules;
use dancu_citizen::{CivilDate, Field, PersonalId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The content of a matter, by its kind.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Of a connection
    Connection(Box<Request>),
    /// Of a level file
    LevelFile(LevelFile),
    /// Of an assessment
    Assessment(Assessment),
    /// Of a finding
    Finding(Finding),
    /// Of an order that suspends or disconnects
    Halt(Box<Halt>),
    /// Of an error notice
    ErrorNotice(ErrorNotice),
    /// Of a ticket
    Ticket(Ticket),
    /// Of an inspection
    Inspection(Inspection),
    /// Of an evaluation
    Evaluation(Evaluation),
}

/// Hồ sơ đề xuất cấp độ (T46 article 6.1).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelFile {
    /// Level, 1 to 5
    pub level: u8,
    /// Number of the decision that approves it
    pub decision: String,
    /// Body that approved it
    pub approved_by: String,
    /// Day of the decision, `YYYY-MM-DD`
    pub approved_on: String,
}

/// A security assessment (T46 articles 6.2 and 6.4).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// See `assessment_kind` in the lists
    pub assessment_kind: String,
    /// Body or team that assesses
    pub assessor: String,
    /// What was found about each subject
    pub subjects: Vec<SubjectResult>,
    /// Ground of an exemption, when it is one
    pub exemption: Option<Exemption>,
}

/// What was found about one subject of an assessment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectResult {
    /// See `assessment_subject` in the lists
    pub subject: String,
    /// Passed
    pub passed: bool,
    /// What was looked at, and how it was
    pub note: String,
}

/// Why no assessment is needed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// See `exemption` in the lists
    pub ground: String,
    /// Day of the other body's assessment, where that is the ground, `YYYY-MM-DD`
    pub assessed_on: Option<String>,
}

/// Something that an assessment or an inspection found wrong.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// See `assessment_subject` and `inspection_target` in the lists
    pub subject: String,
    /// See `severity` in the lists
    pub severity: String,
    /// What is wrong
    pub text: String,
}

/// Wrong data that an organisation received or shared (T46 article 10.2d).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorNotice {
    /// Number of the citizen whose data are wrong, 12 digits
    pub citizen: String,
    /// Names of the fields that are wrong
    pub fields: Vec<String>,
    /// What is wrong, and what would be right
    pub text: String,
    /// Number of the case in which it was noticed
    pub case_number: Option<String>,
    /// Journal entry of the answer that held it
    pub entry: Option<u64>,
    /// True: the registry gave wrong data; false: the organisation shared wrong data
    pub received: bool,
}

/// How somebody asks for support (T46 article 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail
    #[default]
    Mail,
    /// By telephone
    Phone,
    /// In person
    InPerson,
    /// In writing
    InWriting,
}

/// A request for support.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// How it came
    pub channel: Channel,
    /// Who asks
    pub name: String,
    /// Where to answer: telephone, address
    pub contact: String,
    /// What it is about
    pub subject: String,
    /// What is asked
    pub text: String,
    /// What was answered, asked back and replied, in its order
    pub thread: Vec<String>,
}

/// An inspection (A05 II.2(3)).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// See `inspection_target` in the lists
    pub targets: Vec<String>,
    /// Who inspects
    pub team: String,
    /// Day that is planned, `YYYY-MM-DD`
    pub planned_on: String,
    /// Announced beforehand
    pub announced: bool,
    /// What was looked at and found
    pub result: String,
}

/// The operator's periodic evaluation (G06 7.7).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Day on which it is due, `YYYY-MM-DD`
    pub due_on: String,
    /// Security level that it was due for
    pub level: u8,
    /// What was evaluated, and how it was
    pub summary: String,
}

impl Content {
    /// The kind of matter that has such a content.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Connection(_) => Kind::Connection,
            Self::LevelFile(_) => Kind::LevelFile,
            Self::Assessment(_) => Kind::Assessment,
            Self::Finding(_) => Kind::Finding,
            Self::Halt(_) => Kind::Halt,
            Self::ErrorNotice(_) => Kind::ErrorNotice,
            Self::Ticket(_) => Kind::Ticket,
            Self::Inspection(_) => Kind::Inspection,
            Self::Evaluation(_) => Kind::Evaluation,
        }
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, GovernanceError> {
        serde_json::to_vec(self).map_err(|_| GovernanceError::Internal("a content cannot be written down"))
    }

    pub(crate) fn read(key: &str, bytes: &[u8]) -> Result<Self, GovernanceError> {
        serde_json::from_slice(bytes)
            .map_err(|_| GovernanceError::damaged("governance_content", key, "not a content that is known"))
    }

    /// What stands in the way of writing it down at all. A request may be unfinished: only its texts' lengths count, and
    /// what is missing is asked when it is submitted.
    pub(crate) fn problems(&self, rules: &Rules, day: CivilDate) -> Vec<Problem> {
        let mut form = Form::new(rules, day);
        match self {
            Self::Connection(request) => return request.too_long(rules, day),
            Self::LevelFile(file) => file.check(&mut form),
            Self::Assessment(assessment) => assessment.check(&mut form, day),
            Self::Finding(finding) => finding.check(&mut form),
            Self::Halt(_) => {}
            Self::ErrorNotice(notice) => notice.check(&mut form),
            Self::Ticket(ticket) => ticket.check(&mut form),
            Self::Inspection(inspection) => inspection.check(&mut form),
            Self::Evaluation(evaluation) => evaluation.check(&mut form),
        }
        form.problems()
    }
}

impl LevelFile {
    fn check(&self, form: &mut Form<'_>) {
        form.wrong_unless((1..=5).contains(&self.level), "level", Wrong::Range);
        form.name("decision", &self.decision);
        form.name("approved_by", &self.approved_by);
        form.past_day("approved_on", &self.approved_on);
    }
}

impl Assessment {
    fn check(&self, form: &mut Form<'_>, day: CivilDate) {
        form.listed("assessment_kind", "assessment_kind", &self.assessment_kind);
        form.short("assessor", &self.assessor);
        for (at, result) in self.subjects.iter().enumerate() {
            let field = format!("subjects.{at}.subject");
            form.listed(&field, "assessment_subject", &result.subject);
            let twice = self.subjects.iter().take(at).any(|other| other.subject == result.subject);
            form.wrong_unless(!twice, &field, Wrong::Twice);
            form.long(&format!("subjects.{at}.note"), &result.note);
        }
        if let Some(exemption) = &self.exemption {
            let known = form.rules().exemption(&exemption.ground, day).is_some();
            form.wrong_unless(known, "exemption.ground", Wrong::Unknown);
            if let Some(assessed_on) = &exemption.assessed_on {
                form.past_day("exemption.assessed_on", assessed_on);
            }
        }
    }
}

impl Finding {
    fn check(&self, form: &mut Form<'_>) {
        // What an inspection looks at is another list.
        let looked_at = form.rules().has("inspection_target", &self.subject, form.day());
        form.listed(
            "subject",
            if looked_at { "inspection_target" } else { "assessment_subject" },
            &self.subject,
        );
        let known = form.rules().severity(&self.severity, form.day()).is_some();
        form.wrong_unless(known, "severity", Wrong::Unknown);
        form.text("text", &self.text);
    }
}

impl ErrorNotice {
    fn check(&self, form: &mut Form<'_>) {
        form.wrong_unless(PersonalId::parse(&self.citizen).is_ok(), "citizen", Wrong::Form);
        form.wrong_unless(!self.fields.is_empty(), "fields", Wrong::Missing);
        let known = self.fields.iter().all(|name| Field::from_name(name).is_some());
        form.wrong_unless(known, "fields", Wrong::Unknown);
        form.text("text", &self.text);
        form.short("case_number", self.case_number.as_deref().unwrap_or_default());
    }
}

impl Ticket {
    fn check(&self, form: &mut Form<'_>) {
        form.name("name", &self.name);
        form.name("subject", &self.subject);
        form.text("text", &self.text);
        // Who comes in person may leave no address.
        form.short("contact", &self.contact);
        let reachable = self.channel == Channel::InPerson || !self.contact.trim().is_empty();
        form.wrong_unless(reachable, "contact", Wrong::Missing);
        for (at, words) in self.thread.iter().enumerate() {
            form.long(&format!("thread.{at}"), words);
        }
    }
}

impl Inspection {
    fn check(&self, form: &mut Form<'_>) {
        form.wrong_unless(!self.targets.is_empty(), "targets", Wrong::Missing);
        for (at, target) in self.targets.iter().enumerate() {
            form.listed(&format!("targets.{at}"), "inspection_target", target);
        }
        form.name("team", &self.team);
        let wrong = if self.planned_on.is_empty() { Wrong::Missing } else { Wrong::Form };
        form.wrong_unless(CivilDate::parse_iso(&self.planned_on).is_ok(), "planned_on", wrong);
        form.long("result", &self.result);
    }
}

impl Evaluation {
    fn check(&self, form: &mut Form<'_>) {
        let wrong = if self.due_on.is_empty() { Wrong::Missing } else { Wrong::Form };
        form.wrong_unless(CivilDate::parse_iso(&self.due_on).is_ok(), "due_on", wrong);
        form.wrong_unless((1..=5).contains(&self.level), "level", Wrong::Range);
        form.long("summary", &self.summary);
    }
}

macro_rules! hidden {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
pub(crate) use hidden;
hidden! { LevelFile Assessment SubjectResult Exemption Finding ErrorNotice Ticket Inspection Evaluation }

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Content").field(&self.kind()).finish()
    }
}
