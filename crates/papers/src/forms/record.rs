//! The record of a security assessment (Circular 46/2022/TT-BCA, article 6; KN-4, KN-5).
use super::sample;
use crate::check::{Checker, Fault, LONG, Problem, SHORT};
use crate::page::{Block, Column, Columns, Orientation, Row, Table};
use crate::parts::{
    GAP, Issuer, Numbered, SIGNED, STAMPED, Signatory, body, heading, item, short_day, title,
};
use crate::text::{Align, bold, text};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Biên bản kiểm tra, đánh giá an ninh, an toàn thông tin.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRecord {
    /// Who assesses
    pub issuer: Issuer,
    /// Which kind of assessment
    pub kind: AssessmentKind,
    /// Where it took place
    pub venue: String,
    /// First day
    #[serde(with = "super::day")]
    pub began_on: CivilDate,
    /// Last day
    #[serde(with = "super::day")]
    pub ended_on: CivilDate,
    /// The organisation that is assessed
    pub organisation: String,
    /// Its system
    pub system: String,
    /// The system's security level, 1 to 5 (Decree 85/2016)
    pub security_level: u8,
    /// Who assessed
    pub assessors: Vec<Member>,
    /// Who was there for the organisation
    pub present: Vec<Member>,
    /// What was found, by subject
    pub findings: Vec<Finding>,
    /// What has to be done; needed when a subject is not good
    pub demands: Vec<String>,
    /// Until when
    #[serde(with = "super::day_option")]
    pub demands_by: Option<CivilDate>,
    /// What the organisation says to it
    pub statement: Option<String>,
    /// Whether the system passes as a whole
    pub conclusion: Outcome,
    /// How many copies are made
    pub copies: u8,
    /// Who signs for the organisation, with the stamp
    pub head: Signatory,
    /// Who signs for the assessors
    pub leader: Signatory,
}

/// Kinds of assessment (article 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentKind {
    /// Before connecting
    BeforeConnecting,
    /// Once a year
    Periodic,
    /// Unannounced
    Unannounced,
    /// After the design changed (article 6.2)
    DesignChanged,
}

/// Somebody who was there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Full name
    pub name: String,
    /// Position
    pub position: String,
}

/// What was found about a subject of article 6.2.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The subject
    pub subject: String,
    /// How it was looked at
    pub method: String,
    /// What was seen
    pub found: String,
    /// Whether it is good
    pub outcome: Outcome,
}

/// Whether something is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Đạt
    Passed,
    /// Đạt có điều kiện: good once the demands are met
    Conditional,
    /// Không đạt
    Failed,
}

impl AssessmentKind {
    fn vi(self) -> &'static str {
        match self {
            Self::BeforeConnecting => "trước khi kết nối",
            Self::Periodic => "định kỳ hằng năm",
            Self::Unannounced => "đột xuất",
            Self::DesignChanged => "khi thay đổi thiết kế hệ thống",
        }
    }
}

impl Outcome {
    fn vi(self) -> &'static str {
        match self {
            Self::Passed => "Đạt",
            Self::Conditional => "Đạt có điều kiện",
            Self::Failed => "Không đạt",
        }
    }
}

impl AssessmentRecord {
    /// With made-up data.
    pub fn sample() -> Self {
        let member =
            |number, position: &str| Member { name: sample::name(number), position: position.to_owned() };
        let finding = |subject: &str, method: &str, found: &str, outcome| Finding {
            subject: subject.to_owned(),
            method: method.to_owned(),
            found: found.to_owned(),
            outcome,
        };
        Self {
            issuer: sample::manager("09/BB-QLHC", Some(sample::day(2026, 3, 12))),
            kind: AssessmentKind::BeforeConnecting,
            venue: format!("trụ sở {}", sample::DEPARTMENT),
            began_on: sample::day(2026, 3, 10),
            ended_on: sample::day(2026, 3, 12),
            organisation: format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE),
            system: sample::SYSTEM.to_owned(),
            security_level: 3,
            assessors: vec![
                member(12, "Trưởng đoàn"),
                member(14, "Thành viên"),
                member(15, "Thành viên, thư ký"),
            ],
            present: vec![member(6, "Giám đốc"), member(3, "Trưởng phòng Hạ tầng số")],
            findings: vec![
                finding(
                    "Cấu hình thiết bị, máy chủ, ứng dụng, cơ sở dữ liệu",
                    "Đối chiếu cấu hình với hồ sơ cấp độ",
                    "Cấu hình khớp hồ sơ; đã tắt dịch vụ không dùng; tường lửa ứng dụng hoạt động.",
                    Outcome::Passed,
                ),
                finding(
                    "Mã độc, lỗ hổng, kiểm thử xâm nhập",
                    "Quét lỗ hổng; kiểm thử xâm nhập từ bên ngoài và bên trong",
                    "Còn 02 lỗ hổng mức trung bình trên máy chủ báo cáo, đã có bản vá.",
                    Outcome::Conditional,
                ),
                finding(
                    "Mã nguồn",
                    "Quét tự động và đọc các mô-đun xác thực, kết nối",
                    "Không phát hiện mật khẩu trong mã nguồn; truy vấn được tham số hóa.",
                    Outcome::Passed,
                ),
                finding(
                    "Phần cứng",
                    "Kiểm tra tại chỗ",
                    "Thiết bị có nguồn gốc rõ ràng; cổng giao tiếp không dùng đã niêm phong.",
                    Outcome::Passed,
                ),
                finding(
                    "Chính sách: tài khoản, phòng máy chủ, mật khẩu quản trị, truy cập, thỏa thuận",
                    "Đọc quy chế; phỏng vấn; kiểm tra nhật ký",
                    "Quy chế đã ban hành; tài khoản kết nối do cán bộ của đơn vị giữ, không giao cho nhà cung cấp.",
                    Outcome::Passed,
                ),
            ],
            demands: vec!["Cài đặt bản vá cho máy chủ báo cáo và gửi kết quả quét lại.".to_owned()],
            demands_by: Some(sample::day(2026, 3, 20)),
            statement: Some(
                "Đơn vị nhất trí với nội dung biên bản và cam kết khắc phục đúng thời hạn.".to_owned(),
            ),
            conclusion: Outcome::Conditional,
            copies: 2,
            head: sample::director(),
            leader: Signatory {
                on_behalf: None, position: "Trưởng đoàn".to_owned(), name: sample::name(12)
            },
        }
    }

    fn table(&self) -> Table {
        let column = |head: &str, share, align| Column { head: bold(head).centre(), share, align };
        let row = |(index, finding): (usize, &Finding)| {
            let cells = [
                &(index + 1).to_string(),
                &finding.subject,
                &finding.method,
                &finding.found,
                finding.outcome.vi(),
            ];
            Row::Cells(cells.iter().map(text).collect())
        };
        Table {
            columns: vec![
                column("TT", 6.0, Align::Centre),
                column("Nội dung", 26.0, Align::Left),
                column("Cách kiểm tra", 24.0, Align::Left),
                column("Kết quả ghi nhận", 32.0, Align::Left),
                column("Đánh giá", 13.0, Align::Left),
            ],
            rows: self.findings.iter().enumerate().map(row).collect(),
            size: 12.0,
            before: GAP,
            keep: false,
            summary: "Kết quả kiểm tra theo từng nội dung".to_owned(),
        }
    }

    fn signatures(&self) -> Block {
        let mut left = vec![bold("ĐẠI DIỆN ĐƠN VỊ ĐƯỢC KIỂM TRA").size(12.0).centre().into()];
        left.extend(self.head.column(STAMPED, 1));
        let mut right = vec![bold("ĐẠI DIỆN ĐOÀN KIỂM TRA").size(12.0).centre().into()];
        right.extend(self.leader.column(SIGNED, 2));
        Columns { shares: vec![50.0, 50.0], cells: vec![left, right], gap: 8.0, before: 14.0, keep: false }
            .into()
    }
}

fn check_members(field: &str, members: &[Member], checker: &mut Checker) {
    checker.rows(field, members);
    for (index, member) in members.iter().enumerate() {
        checker.text(format!("{field}[{}].name", index + 1), &member.name, SHORT);
        checker.text(format!("{field}[{}].position", index + 1), &member.position, SHORT);
    }
}

impl Form for AssessmentRecord {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.text("venue", &self.venue, SHORT);
        checker.holds("ended_on", self.began_on <= self.ended_on, Fault::TooEarly);
        checker.text("organisation", &self.organisation, SHORT);
        checker.text("system", &self.system, SHORT);
        checker.holds("security_level", (1..=5).contains(&self.security_level), Fault::Number);
        check_members("assessors", &self.assessors, &mut checker);
        check_members("present", &self.present, &mut checker);
        checker.rows("findings", &self.findings);
        for (index, finding) in self.findings.iter().enumerate() {
            let at = format!("findings[{}]", index + 1);
            checker.text(format!("{at}.subject"), &finding.subject, SHORT);
            checker.text(format!("{at}.method"), &finding.method, LONG);
            checker.text(format!("{at}.found"), &finding.found, LONG);
        }
        let all_good = self.findings.iter().all(|finding| finding.outcome == Outcome::Passed);
        if all_good {
            checker.holds("demands_by", self.demands.is_empty() || self.demands_by.is_some(), Fault::Missing);
        } else {
            checker.texts("demands", &self.demands, LONG);
            checker.given("demands_by", self.demands_by.as_ref());
        }
        // A system does not pass while one of its subjects has not.
        checker.holds("conclusion", all_good || self.conclusion != Outcome::Passed, Fault::Contradiction);
        checker.optional("statement", self.statement.as_deref(), LONG);
        checker.count("copies", self.copies.into(), 20);
        self.head.check("head", &mut checker);
        self.leader.check("leader", &mut checker);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let mut blocks = self.issuer.head(Numbered::Yes);
        let about = format!("Kiểm tra, đánh giá an ninh, an toàn thông tin {}", self.kind.vi());
        blocks.extend(title("BIÊN BẢN", &about));
        let days = if self.began_on == self.ended_on {
            format!("Ngày {}", short_day(self.began_on))
        } else {
            format!("Từ ngày {} đến ngày {}", short_day(self.began_on), short_day(self.ended_on))
        };
        let opening = format!(
            "{days}, tại {}, đoàn kiểm tra của {} đã kiểm tra, đánh giá an ninh, an toàn thông tin đối với {} (cấp độ {}) của {}, theo \
             Điều 6 Thông tư số 46/2022/TT-BCA của Bộ trưởng Bộ Công an.",
            self.venue, self.issuer.name, self.system, self.security_level, self.organisation
        );
        blocks.push(body(opening).before(12.0).into());
        let member =
            |member: &Member| Block::from(item("-", format!("{}, {}.", member.name, member.position)));
        blocks.push(heading("I. THÀNH PHẦN").into());
        blocks.push(body("1. Đoàn kiểm tra:").keep().into());
        blocks.extend(self.assessors.iter().map(member));
        blocks.push(body("2. Đơn vị được kiểm tra:").keep().into());
        blocks.extend(self.present.iter().map(member));
        blocks.push(heading("II. NỘI DUNG VÀ KẾT QUẢ").into());
        blocks.push(self.table().into());
        blocks.push(heading("III. KẾT LUẬN VÀ YÊU CẦU").into());
        blocks.push(body(format!("1. Kết luận: {}.", self.conclusion.vi().to_lowercase())).into());
        if !self.demands.is_empty() {
            let by = self.demands_by.map(|day| format!(" trước ngày {}", short_day(day))).unwrap_or_default();
            blocks.push(body(format!("2. Yêu cầu đơn vị thực hiện{by}:")).keep().into());
            blocks.extend(self.demands.iter().map(|demand| Block::from(item("-", demand))));
        }
        if let Some(statement) = &self.statement {
            blocks.push(heading("IV. Ý KIẾN CỦA ĐƠN VỊ ĐƯỢC KIỂM TRA").into());
            blocks.push(body(statement).into());
        }
        let copies = format!(
            "Biên bản được lập thành {:02} bản có giá trị như nhau, đã đọc cho các thành phần tham dự cùng nghe và nhất trí ký tên.",
            self.copies
        );
        blocks.push(body(copies).keep().into());
        blocks.push(self.signatures());
        Composition {
            title: format!("Biên bản kiểm tra, đánh giá – {}", self.system),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}
