//! The console's part of a demo: a person for each role, and connections in every state of their lives.
use super::facts::{ConsoleFacts, StaffFacts};
use super::offices::Hands;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::console::{self, Opened};
use crate::files::random_text;
use crate::server::Floor;
use anyhow::Context as _;
use dancu_gateway::{Clock as _, vietnam_day};
use dancu_governance::{
    Assessment, Contact, Content, Deed, HaltAction, Kind, LevelFile, Matter, Order, Request,
    RequestedPurpose, RequestedService, Sandbox, State, Step, SubjectResult, Target, Technical, Terms,
    Upload,
};
use dancu_keys::Secret;
use dancu_policy::Service;
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_staff::{Details, NewAccount, totp};

const PEOPLE: &[(StaffRole, AccountKind, &str, &str, Option<&str>)] = &[
    (StaffRole::ConnectionOfficer, AccountKind::Operation, "hang.ketnoi", "Phạm Thu Hằng", None),
    (StaffRole::RegistryOfficer, AccountKind::Administration, "minh.danhmuc", "Đỗ Quang Minh", None),
    (StaffRole::SecurityAssessor, AccountKind::Operation, "lan.danhgia", "Vũ Ngọc Lan", None),
    (StaffRole::Approver, AccountKind::Administration, "thang.pheduyet", "Hoàng Đức Thắng", None),
    (StaffRole::Supervisor, AccountKind::Operation, "nga.giamsat", "Bùi Thúy Nga", None),
    (StaffRole::Auditor, AccountKind::Operation, "son.kiemtoan", "Ngô Thanh Sơn", None),
    (
        StaffRole::OrganisationManager,
        AccountKind::Administration,
        "dung.thainguyen",
        "Lý Tiến Dũng",
        Some("thai-nguyen"),
    ),
    (
        StaffRole::OrganisationSecurityOfficer,
        AccountKind::Administration,
        "mai.antoan",
        "Tạ Tuyết Mai",
        Some("thai-nguyen"),
    ),
    (
        StaffRole::OrganisationManager,
        AccountKind::Administration,
        "khanh.boyte",
        "Trịnh Gia Khánh",
        Some("bo-y-te"),
    ),
    (
        StaffRole::OrganisationManager,
        AccountKind::Administration,
        "phuong.quangninh",
        "Vi Thị Phượng",
        Some("quang-ninh"),
    ),
    (
        StaffRole::OrganisationManager,
        AccountKind::Administration,
        "tuan.nganhang",
        "Đoàn Anh Tuấn",
        Some("ngan-hang"),
    ),
    (
        StaffRole::OrganisationSecurityOfficer,
        AccountKind::Administration,
        "thao.benhvien",
        "Lương Thanh Thảo",
        Some("benh-vien"),
    ),
    (StaffRole::Officer, AccountKind::Operation, "hoa.motcua", "Mạc Thị Hòa", Some("thai-nguyen")),
];

/// Makes the people and the connections.
pub(super) fn seed(config: &Config, floor: &Floor) -> anyhow::Result<ConsoleFacts> {
    let opened = console::open(config, floor, &crate::watch::asleep(config, floor)?, crate::watch::no_log())?;
    let mut staff = Vec::new();
    let mut ids = Vec::new();
    for (role, kind, login, name, organisation) in PEOPLE {
        let (facts, id) = person(&opened, *role, *kind, (login, name, *organisation))?;
        staff.push(facts);
        ids.push((*role, *organisation, id));
    }
    let life = Life { opened: &opened, ids };
    life.live()?;
    let manager = |of| life.id(StaffRole::OrganisationManager, Some(of));
    let hands = Hands {
        registry_officer: life.id(StaffRole::RegistryOfficer, None)?,
        thai_nguyen: manager("thai-nguyen")?,
        quang_ninh: manager("quang-ninh")?,
    };
    super::offices::seed(&opened, &hands)?;
    super::curious::plant(&opened.watch, life.id(StaffRole::Supervisor, None)?)?;
    Ok(ConsoleFacts { url: config.console.public_url.clone(), staff })
}

fn person(
    opened: &Opened,
    role: StaffRole,
    kind: AccountKind,
    (login, name, organisation): (&str, &str, Option<&str>),
) -> anyhow::Result<(StaffFacts, String)> {
    let password = format!("Thu-nghiem-{}", random_text(9)?);
    let mut key = [0; 20];
    aws_lc_rs::rand::fill(&mut key).context("no randomness")?;
    let key = Secret::new(key.to_vec());
    let new = NewAccount {
        kind,
        organisation: organisation.map(ToOwned::to_owned),
        roles: vec![role],
        emergency: false,
        login: login.into(),
        details: Details { name: name.to_owned(), ..Details::default() },
    };
    let id = opened.staff.seed(&new, &Secret::new(password.clone()), Some(&key), SystemClock.now_us())?;
    let facts = StaffFacts {
        role: role.name().to_owned(),
        login: login.to_owned(),
        password,
        totp: totp::typed(&key).expose_str().unwrap_or_default().replace(' ', ""),
        name: name.to_owned(),
        organisation: organisation.map(ToOwned::to_owned),
    };
    Ok((facts, id))
}

/// A paper of the demo: a page that says what it is.
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// The lives of the demo's connections.
struct Life<'a> {
    opened: &'a Opened,
    ids: Vec<(StaffRole, Option<&'static str>, String)>,
}

impl Life<'_> {
    fn id(&self, role: StaffRole, organisation: Option<&str>) -> anyhow::Result<&str> {
        let found = self.ids.iter().find(|(r, o, _)| *r == role && *o == organisation);
        found.map(|(_, _, id)| id.as_str()).context("nobody of the demo has this role")
    }

    fn live(&self) -> anyhow::Result<()> {
        self.open("thai-nguyen", "dat-dai-tn", "Hệ thống đất đai tỉnh Thái Nguyên")?;
        let returned = self.submitted("thai-nguyen", "ho-tich-tn", "Hệ thống hộ tịch tỉnh Thái Nguyên")?;
        self.step(
            &returned,
            StaffRole::ConnectionOfficer,
            None,
            Step::Return,
            &[],
            "Ghi rõ phạm vi khai thác",
        )?;
        self.submitted("bo-y-te", "tiem-chung", "Nền tảng quản lý tiêm chủng")?;
        let tested = self.submitted("bo-y-te", "benh-an", "Hệ thống bệnh án điện tử")?;
        self.receive(&tested)?;
        self.tested("thai-nguyen", "cong-chuc-tn", "Hệ thống cán bộ, công chức tỉnh Thái Nguyên")?;
        self.approved("bo-y-te", "duoc-quoc-gia", "Cơ sở dữ liệu dược quốc gia")?;
        self.connected("thai-nguyen", "lao-dong-tn", "Hệ thống lao động tỉnh Thái Nguyên")?;
        self.connected("bo-y-te", "giam-dinh", "Hệ thống giám định y tế")?;
        self.stop("giam-dinh", HaltAction::Suspend, "12/QĐ-KN")?;
        self.connected("thai-nguyen", "tra-cuu-cu", "Hệ thống tra cứu cũ")?;
        self.stop("tra-cuu-cu", HaltAction::Disconnect, "13/QĐ-KN")
    }

    fn deed<'d>(by: &'d str, why: &'d str) -> Deed<'d> {
        // What is seeded was done before there was a journal.
        Deed { entry: None, ..Deed::of(by, SystemClock.now_us(), 0, why) }
    }

    fn step(
        &self,
        id: &str,
        role: StaffRole,
        organisation: Option<&str>,
        step: Step,
        papers: &[&str],
        why: &str,
    ) -> anyhow::Result<Matter> {
        let uploads = papers_of(papers);
        let by = self.id(role, organisation)?;
        let taken = self.opened.governance.take_with(id, step, &uploads, Self::deed(by, why));
        taken.with_context(|| format!("step {} of the demo", step.name()))
    }

    fn open(&self, organisation: &str, system: &str, name: &str) -> anyhow::Result<String> {
        let by = self.id(StaffRole::OrganisationManager, Some(organisation))?;
        let request = request(organisation, name);
        Ok(self.opened.governance.open_connection(organisation, system, &request, Self::deed(by, ""))?)
    }

    fn submitted(&self, organisation: &str, system: &str, name: &str) -> anyhow::Result<String> {
        let id = self.open(organisation, system, name)?;
        let papers = ["request_form", "technical_description"];
        self.step(&id, StaffRole::OrganisationManager, Some(organisation), Step::Submit, &papers, "")?;
        Ok(id)
    }

    fn receive(&self, id: &str) -> anyhow::Result<()> {
        let by = self.id(StaffRole::ConnectionOfficer, None)?;
        let sandbox = Sandbox {
            credential: format!("sandbox-{id}"),
            handed_over: vec!["docs/integrators.md".to_owned()],
        };
        self.opened.governance.receive(id, &sandbox, Self::deed(by, ""))?;
        Ok(())
    }

    /// Every case of the sandbox, called as the applicant's system would.
    fn tested(&self, organisation: &str, system: &str, name: &str) -> anyhow::Result<String> {
        let id = self.submitted(organisation, system, name)?;
        self.receive(&id)?;
        let test = self.opened.governance.tests(&id)?.pop().context("no sandbox")?;
        for case in &test.cases {
            let now_us = SystemClock.now_us();
            self.opened.governance.record_call(&id, case.service, &case.name, &case.expect, now_us, None)?;
        }
        self.step(&id, StaffRole::ConnectionOfficer, None, Step::PassTest, &[], "")?;
        Ok(id)
    }

    fn approved(&self, organisation: &str, system: &str, name: &str) -> anyhow::Result<String> {
        let id = self.tested(organisation, system, name)?;
        self.level(&id, organisation)?;
        self.assess(&id)?;
        self.step(&id, StaffRole::Approver, None, Step::Approve, &[], "")?;
        Ok(id)
    }

    fn connected(&self, organisation: &str, system: &str, name: &str) -> anyhow::Result<()> {
        let id = self.approved(organisation, system, name)?;
        let by = self.id(StaffRole::ConnectionOfficer, None)?;
        let terms = Terms::plain(vietnam_day(SystemClock.now_us()));
        let uploads = papers_of(&["commitment"]);
        self.opened.governance.connect(&id, &terms, &uploads, Self::deed(by, "")).context("connect")?;
        Ok(())
    }

    /// The level file of a system, approved.
    fn level(&self, id: &str, organisation: &str) -> anyhow::Result<()> {
        let by = self.id(StaffRole::OrganisationManager, Some(organisation))?;
        let today = vietnam_day(SystemClock.now_us());
        let today = format!("{}-{:02}-{:02}", today.year(), today.month(), today.day());
        let file = LevelFile {
            level: 3,
            decision: "123/QĐ-UBND".to_owned(),
            approved_by: "Cơ quan chủ quản (mô phỏng)".to_owned(),
            approved_on: today,
        };
        let uploads = papers_of(&["level_file", "level_approval"]);
        let file = self.opened.governance.propose_level(id, &file, &uploads, Self::deed(by, ""))?;
        self.step(&file, StaffRole::Approver, None, Step::Approve, &[], "")?;
        Ok(())
    }

    /// The assessment that waits for a connection, conducted and passed.
    fn assess(&self, id: &str) -> anyhow::Result<()> {
        let all = self.opened.governance.children(id, Kind::Assessment)?;
        let planned =
            all.into_iter().find(|a| a.state == State::Planned).context("no assessment is planned")?;
        self.step(&planned.id, StaffRole::SecurityAssessor, None, Step::Begin, &[], "")?;
        let subjects = ["configuration", "intrusion", "source_code", "hardware", "policies"];
        let result = |subject: &&str| SubjectResult {
            subject: (*subject).to_owned(),
            passed: true,
            note: "Đạt yêu cầu".to_owned(),
        };
        let assessment = Assessment {
            assessment_kind: "before_connecting".to_owned(),
            assessor: "Đội đánh giá an ninh (mô phỏng)".to_owned(),
            subjects: subjects.iter().map(result).collect(),
            exemption: None,
        };
        let by = self.id(StaffRole::SecurityAssessor, None)?;
        self.opened.governance.write(&planned.id, &Content::Assessment(assessment), Self::deed(by, ""))?;
        self.step(&planned.id, StaffRole::SecurityAssessor, None, Step::Pass, &["assessment_report"], "")?;
        Ok(())
    }

    fn stop(&self, system: &str, action: HaltAction, number: &str) -> anyhow::Result<()> {
        let by = self.id(StaffRole::Supervisor, None)?;
        let order = Order {
            target: Target::System(system.to_owned()),
            action,
            reason: "rule_breach".to_owned(),
            number: number.to_owned(),
            remedy_by: None,
        };
        let uploads = papers_of(&["order"]);
        self.opened.governance.order(&order, &uploads, Self::deed(by, "")).context("an order of the demo")?;
        Ok(())
    }
}

fn papers_of<'k>(kinds: &[&'k str]) -> Vec<Upload<'k>> {
    kinds.iter().map(|kind| Upload { kind, name: "van-ban.pdf", bytes: PAPER }).collect()
}

fn request(organisation: &str, system: &str) -> Request {
    let text = |text: &str| text.to_owned();
    let fields = |names: &[&str]| names.iter().map(|name| text(name)).collect::<Vec<_>>();
    let (name, code) = match organisation {
        "thai-nguyen" => ("Ủy ban nhân dân tỉnh Thái Nguyên (mô phỏng)", "H55"),
        _ => ("Bộ Y tế (mô phỏng)", "G12"),
    };
    Request {
        organisation_name: text(name),
        agency_code: text(code),
        functions: text("Quản lý nhà nước trong phạm vi được giao"),
        tasks: text("Giải quyết thủ tục hành chính, quản lý chuyên ngành"),
        powers: text("Theo quy định của pháp luật"),
        system_name: text(system),
        system_kind: text("sector"),
        officer: Contact {
            full_name: text("Đinh Công Phúc"),
            position: text("Trưởng phòng"),
            phone: text("0208 000 0000"),
            email: text("phuc@example.vn"),
            unit: text("Trung tâm công nghệ thông tin"),
        },
        purpose: text("Xác thực thông tin công dân khi giải quyết hồ sơ, không yêu cầu giấy tờ"),
        scope: text("Công dân có hồ sơ tại cơ quan"),
        content: text("Số định danh, họ tên, ngày sinh, giới tính"),
        purposes: vec![RequestedPurpose {
            code: text("1.004227"),
            name: text("Đăng ký, xác nhận thông tin"),
            case_required: true,
        }],
        services: vec![RequestedService {
            service: Service::Verify.name().to_owned(),
            fields: fields(&["personal_id", "full_name", "birth_date", "sex"]),
            field_count: 4,
        }],
        technical: Technical {
            summary: text("Gọi dịch vụ 033 qua trục tích hợp của cơ quan, chứng thư riêng cho hệ thống"),
            connection_model: text("tslcd_02"),
            networks: vec![text("127.0.0.0/8")],
            daily_calls: 5000,
            security_level: 3,
        },
    }
}
