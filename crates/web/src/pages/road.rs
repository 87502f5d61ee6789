//! `/road/{index}`: one transaction, step by step.
use crate::Texts;
use crate::icons::Icon;
use crate::page::{Section, Shell};
use crate::parts::{Badge, Copyable, Crumb, Crumbs, Fact, Facts, Outcome, RefusalText, Tone};
use askama::Template;
use dancu_catalogue::{Code, Lang};
use std::borrow::Borrow;

/// A step of the road, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The wire form becomes a request
    Decode,
    /// Who asks
    Authenticate,
    /// May it
    Decide,
    /// Verify or look up
    Registry,
    /// Written down durably
    Journal,
    /// The answer is signed and leaves
    Sign,
}

impl StepKind {
    /// All steps, in the order of the road.
    pub const ALL: [Self; 6] =
        [Self::Decode, Self::Authenticate, Self::Decide, Self::Registry, Self::Journal, Self::Sign];

    /// Name in the style sheet and of its anchor
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Authenticate => "authenticate",
            Self::Decide => "decide",
            Self::Registry => "registry",
            Self::Journal => "journal",
            Self::Sign => "sign",
        }
    }

    /// Its icon
    pub fn icon(self) -> Icon {
        match self {
            Self::Decode => Icon::Message,
            Self::Authenticate => Icon::Key,
            Self::Decide => Icon::Scales,
            Self::Registry => Icon::Registry,
            Self::Journal => Icon::Journal,
            Self::Sign => Icon::Pen,
        }
    }

    /// Its name in words
    pub fn title(self, texts: Texts) -> String {
        let key = match self {
            Self::Decode => "step-decode",
            Self::Authenticate => "step-authenticate",
            Self::Decide => "step-decide",
            Self::Registry => "step-registry",
            Self::Journal => "step-journal",
            Self::Sign => "step-sign",
        };
        texts.t(key).into_owned()
    }

    /// What it is for, one sentence
    pub fn meaning(self, texts: Texts) -> String {
        let key = match self {
            Self::Decode => "step-decode-meaning",
            Self::Authenticate => "step-authenticate-meaning",
            Self::Decide => "step-decide-meaning",
            Self::Registry => "step-registry-meaning",
            Self::Journal => "step-journal-meaning",
            Self::Sign => "step-sign-meaning",
        };
        texts.t(key).into_owned()
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Passed
    Done,
    /// The call was refused here
    Refused,
    /// Not taken, because the call was refused before
    Skipped,
}

impl StepState {
    /// Name in the style sheet: `road__step--done`
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// One step of a transaction.
pub struct Step {
    /// Which
    pub kind: StepKind,
    /// What came of it
    pub state: StepState,
    /// What came in, in words; empty for none
    pub came_in: String,
    /// What was decided, in words; empty for none
    pub decided: String,
    /// How long it took, in microseconds, where known
    pub duration_us: Option<u64>,
    /// Details, never values of the citizen's record
    pub facts: Vec<Fact>,
    /// Why it was refused, when it was refused here
    pub refusal: Option<RefusalText>,
}

/// The road of one transaction.
#[derive(Template)]
#[template(path = "pages/road.html")]
pub struct RoadPage {
    /// What surrounds the page
    pub shell: Shell,
    /// Journal number
    pub index: u64,
    /// What came of the call
    pub outcome: Outcome,
    /// Time, service, system, officer, purpose, case
    pub summary: Vec<Fact>,
    /// The steps, in order
    pub steps: Vec<Step>,
    /// RFC 6962 leaf hash, hexadecimal
    pub leaf_hash: String,
    /// Detached signature of the answer (RFC 7515 appendix F), where it is still known
    pub signature: Option<String>,
    /// Identifier of the signing key
    pub kid: Option<String>,
}

impl RoadPage {
    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn crumbs(&self) -> Crumbs {
        let t = self.t();
        let here = t.t1("road-title", "number", &t.number(self.index));
        let crumbs = vec![
            Crumb::new(t.t("nav-home"), "/"),
            Crumb::new(t.t("nav-officer"), "/officer"),
            Crumb::new(here, ""),
        ];
        Crumbs { texts: t, crumbs }
    }

    fn badge(&self) -> Badge {
        self.outcome.badge(self.t())
    }

    fn summary_list(&self) -> Facts {
        Facts::new(self.t(), &self.summary)
    }

    fn step_facts(&self, step: &Step) -> Facts {
        Facts::new(self.t(), &step.facts)
    }

    fn step_badge(&self, step: &Step) -> Badge {
        let (tone, icon, key) = match step.state {
            StepState::Done => (Tone::Good, Icon::Check, "step-done"),
            StepState::Refused => (Tone::Bad, Icon::Stop, "step-refused"),
            StepState::Skipped => (Tone::Plain, Icon::Minus, "step-skipped"),
        };
        Badge { tone, icon, label: self.t().t(key).into_owned() }
    }

    fn duration(&self, us: impl Borrow<u64>) -> String {
        self.t().duration(*us.borrow())
    }

    fn total_us(&self) -> u64 {
        self.steps.iter().filter_map(|s| s.duration_us).sum()
    }

    /// The steps as parts of one bar: name, start, width, in thousandths of the whole, and time in words.
    /// SVG attributes, because a strict policy takes no inline style.
    fn bar(&self) -> Vec<(StepKind, u64, u64, String)> {
        let total = self.total_us().max(1);
        let mut start = 0;
        let mut parts = Vec::new();
        for step in &self.steps {
            let Some(us) = step.duration_us else { continue };
            let width = us * 1000 / total;
            parts.push((
                step.kind,
                start,
                width.max(4),
                format!("{}: {}", step.kind.title(self.t()), self.duration(us)),
            ));
            start += width;
        }
        parts
    }

    fn copyables(&self) -> Vec<Copyable> {
        let t = self.t();
        let part = |id: &str, key: &str, value: &str| Copyable {
            texts: t,
            id: id.to_owned(),
            label: t.t(key).into_owned(),
            value: value.to_owned(),
        };
        let kid = self.kid.iter().map(|v| part("kid", "road-kid", v));
        let signature = self.signature.iter().map(|v| part("signature", "road-signature", v));
        std::iter::once(part("leaf-hash", "road-leaf-hash", &self.leaf_hash))
            .chain(signature)
            .chain(kid)
            .collect()
    }

    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let good = Self {
            shell: Shell::sample(lang, "/road/1048577", Section::Officer, true),
            index: 1_048_577,
            outcome: Outcome::Verified,
            summary: sample_summary(lang),
            steps: sample_steps(lang),
            leaf_hash: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d".to_owned(),
            signature: Some(
                "eyJhbGciOiJFZERTQSIsImtpZCI6IjIwMjYtMTEtYSJ9..c2FtcGxlLXNpZ25hdHVyZS1vZi10aGUtYW5zd2VyLWJ5dGVz"
                    .to_owned(),
            ),
            kid: Some("2026-11-a".to_owned()),
        };
        let refused = Self {
            shell: Shell::sample(lang, "/road/1048580", Section::Officer, true),
            index: 1_048_580,
            outcome: Outcome::Refused,
            summary: sample_summary(lang),
            steps: refused_steps(lang),
            leaf_hash: "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7".to_owned(),
            signature: None,
            kid: Some("2026-11-a".to_owned()),
        };
        vec![("road", good), ("road-refused", refused)]
    }
}

fn sample_summary(lang: Lang) -> Vec<Fact> {
    let pick = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    vec![
        Fact::new(pick("Thời điểm", "Time"), "21/11/2026 14:02:31,208"),
        Fact::new(pick("Dịch vụ", "Service"), pick("Xác thực (033)", "Verify (033)")),
        Fact::new(pick("Hệ thống", "System"), pick("Một cửa điện tử Hải Phòng", "Hải Phòng one-stop system")),
        Fact::new(pick("Cán bộ", "Officer"), "Lê Thị Bình"),
        Fact::new(
            pick("Mục đích", "Purpose"),
            pick("1.004227 – Đăng ký thường trú", "1.004227 – Permanent residence"),
        ),
        Fact::mono(pick("Số hồ sơ", "Case number"), "H24.12-261121-0031"),
    ]
}

fn sample_steps(lang: Lang) -> Vec<Step> {
    let pick = |vi: &str, en: &str| match lang {
        Lang::Vi => vi.to_owned(),
        Lang::En => en.to_owned(),
    };
    let step = |kind, came_in, decided, us, facts| Step {
        kind,
        state: StepState::Done,
        came_in,
        decided,
        duration_us: Some(us),
        facts,
        refusal: None,
    };
    vec![
        step(
            StepKind::Decode,
            pick("Biểu mẫu của trang cán bộ, 214 byte", "The form of the officer page, 214 bytes"),
            pick("Yêu cầu xác thực hợp lệ, hỏi 3 trường", "A valid request to verify, three fields asked"),
            92,
            vec![Fact::mono("MaYeuCau", "0f8c2a7e41d94b6f"), Fact::mono("MaTichHop", "033")],
        ),
        step(
            StepKind::Authenticate,
            pick("Phiên làm việc của cán bộ", "The officer's session"),
            pick("Đúng cán bộ, đúng cơ quan", "The officer and the organisation are known"),
            41,
            vec![
                Fact::mono(pick("Tài khoản", "Account"), "binh.hongbang"),
                Fact::mono(pick("Mã đơn vị", "Agency code"), "H24.12"),
            ],
        ),
        step(
            StepKind::Decide,
            pick("Thỏa thuận số 12, hiệu lực đến 31/12/2026", "Agreement 12, in force until 31/12/2026"),
            pick("Được phép hỏi cả 3 trường", "All three fields may be asked"),
            18,
            vec![
                Fact::new(pick("Cấp độ an toàn", "Security level"), "3"),
                Fact::new(pick("Hạn mức hôm nay", "Quota today"), "38 / 200"),
            ],
        ),
        step(
            StepKind::Registry,
            pick("Số định danh, họ và tên, ngày sinh", "Number, full name, date of birth"),
            pick("Cả 3 trường khớp", "All three fields agree"),
            27,
            vec![Fact::mono(pick("Chủ thể (băm có khóa)", "Subject (keyed hash)"), "b7e1…09c4")],
        ),
        step(
            StepKind::Journal,
            pick("Bản ghi cùng giá trị băm của câu trả lời", "The entry with the hash of the answer"),
            pick("Đã ghi bền vững, số 1.048.577", "Written durably as number 1,048,577"),
            1_820,
            vec![Fact::mono(pick("Băm câu trả lời", "Hash of the answer"), "9f86d081884c7d65…")],
        ),
        step(
            StepKind::Sign,
            pick("Câu trả lời, số nhật ký, thời điểm", "The answer, the journal number, the time"),
            pick("Đã ký bằng Ed25519", "Signed with Ed25519"),
            31,
            vec![Fact::mono("kid", "2026-11-a")],
        ),
    ]
}

fn refused_steps(lang: Lang) -> Vec<Step> {
    let mut steps = sample_steps(lang);
    for step in &mut steps {
        match step.kind {
            StepKind::Decide => {
                step.state = StepState::Refused;
                step.decided = String::new();
                step.refusal = Some(RefusalText::of(Code::PurposeNotRegistered, Texts::of(lang)));
            }
            StepKind::Registry => {
                step.state = StepState::Skipped;
                step.duration_us = None;
                step.came_in = String::new();
                step.decided = String::new();
                step.facts = Vec::new();
            }
            _ => {}
        }
    }
    steps
}
