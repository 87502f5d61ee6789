//! The notice of suspension or disconnection (letter 2761/BCA-QLHCTTXH; KN-18): why, what to do, and the way back.
use super::sample;
use crate::check::{Checker, LONG, Problem, SHORT};
use crate::page::{Block, Orientation};
use crate::parts::{
    Issuer, Numbered, Signatory, addressed_to, body, heading, item, short_day, signed, title,
};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Thông báo tạm dừng hoặc ngắt kết nối.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disconnection {
    /// Who disconnects
    pub issuer: Issuer,
    /// The organisation that is told
    pub addressed_to: Vec<String>,
    /// Suspended or disconnected
    pub measure: Measure,
    /// What is cut off
    pub scope: Scope,
    /// Its name: of the organisation, the system, or the account's login
    pub subject: String,
    /// Since when, to the minute, in words that the reader understands: `14 giờ 05 phút ngày 20/11/2026`
    pub effective: String,
    /// Articles on which it rests
    pub basis: Vec<String>,
    /// The reason in one sentence
    pub reason: String,
    /// What was found
    pub facts: Vec<String>,
    /// What the organisation has to do
    pub duties: Vec<String>,
    /// By when it reports that it did
    #[serde(with = "super::day")]
    pub report_by: CivilDate,
    /// How the connection comes back
    pub way_back: Vec<String>,
    /// Whom to ask
    pub contact: String,
    /// Who signs
    pub signatory: Signatory,
    /// Who gets the notice
    pub recipients: Vec<String>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Tạm dừng: calls are refused until what is asked has been done
    Suspend,
    /// Ngắt kết nối: the connection ends; it comes back only by a new assessment
    Disconnect,
}

/// What it is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All systems and accounts of an organisation
    Organisation,
    /// One system
    System,
    /// One account
    Account,
}

impl Measure {
    fn vi(self) -> &'static str {
        match self {
            Self::Suspend => "tạm dừng kết nối",
            Self::Disconnect => "ngắt kết nối",
        }
    }
}

impl Scope {
    fn vi(self) -> &'static str {
        match self {
            Self::Organisation => "cơ quan, đơn vị",
            Self::System => "hệ thống thông tin",
            Self::Account => "tài khoản",
        }
    }
}

impl Disconnection {
    /// With made-up data.
    pub fn sample() -> Self {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        Self {
            issuer: sample::manager("117/TB-QLHC", Some(sample::day(2026, 11, 20))),
            addressed_to: vec![format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE)],
            measure: Measure::Disconnect,
            scope: Scope::System,
            subject: sample::SYSTEM.to_owned(),
            effective: "14 giờ 05 phút ngày 20/11/2026".to_owned(),
            basis: list(&[
                "Điều 10 Thông tư số 46/2022/TT-BCA của Bộ trưởng Bộ Công an",
                "Công văn số 2761/BCA-QLHCTTXH ngày 15/8/2024 của Bộ Công an",
            ]),
            reason: "tra cứu thông tin công dân không gắn với hồ sơ, ngoài mục đích đã đăng ký".to_owned(),
            facts: list(&[
                "Từ 22 giờ ngày 19/11/2026 đến 05 giờ ngày 20/11/2026 có 412 lượt tra cứu không có mã hồ sơ hoặc có mã hồ sơ không tồn tại;",
                "Các lượt tra cứu phát sinh từ 01 tài khoản, trên 03 máy trạm chưa được đăng ký;",
                "Các số định danh được tra cứu nối tiếp nhau, không ứng với công việc của đơn vị.",
            ]),
            duties: list(&[
                "Thu hồi mật khẩu và phiên làm việc của tài khoản nêu trên; giữ nguyên hiện trạng máy trạm và nhật ký;",
                "Xác định người đã sử dụng tài khoản, nguyên nhân và phạm vi thông tin bị khai thác;",
                "Rà soát toàn bộ tài khoản của hệ thống và xác nhận từng tài khoản.",
            ]),
            report_by: sample::day(2026, 11, 27),
            way_back: list(&[
                "Gửi báo cáo kết quả khắc phục kèm tài liệu chứng minh;",
                "Được kiểm tra, đánh giá an ninh, an toàn thông tin đột xuất và có kết luận đạt;",
                "Có văn bản đề nghị kết nối lại; kết nối được mở khi người có thẩm quyền phê duyệt.",
            ]),
            contact: "đồng chí trực ban, điện thoại 0900 000 100".to_owned(),
            signatory: sample::chief(),
            recipients: list(&["Như trên", "Công an tỉnh Hòa Thịnh (để phối hợp)", "Lưu: VT, TTDLDC"]),
        }
    }
}

impl Form for Disconnection {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.texts("addressed_to", &self.addressed_to, SHORT);
        checker.text("subject", &self.subject, SHORT);
        checker.text("effective", &self.effective, SHORT);
        checker.texts("basis", &self.basis, SHORT);
        checker.text("reason", &self.reason, SHORT);
        checker.texts("facts", &self.facts, LONG);
        checker.texts("duties", &self.duties, LONG);
        checker.texts("way_back", &self.way_back, LONG);
        checker.text("contact", &self.contact, SHORT);
        self.signatory.check("signatory", &mut checker);
        checker.texts("recipients", &self.recipients, SHORT);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let (measure, scope) = (self.measure.vi(), self.scope.vi());
        let mut blocks = self.issuer.head(Numbered::Yes);
        let about = format!("Về việc {measure} của {scope}\nvới Cơ sở dữ liệu quốc gia về dân cư");
        blocks.extend(title("THÔNG BÁO", &about));
        blocks.extend(addressed_to(&self.addressed_to));
        let basis = self.basis.join("; ");
        blocks.push(
            body(format!(
                "Căn cứ {basis}, {} thông báo {measure} đối với {scope} “{}” từ {}.",
                self.issuer.name, self.subject, self.effective
            ))
            .before(14.0)
            .into(),
        );
        blocks.push(heading("1. Lý do").into());
        blocks.push(body(format!("Phát hiện việc {}, cụ thể:", self.reason)).keep().into());
        blocks.extend(self.facts.iter().map(|fact| Block::from(item("-", fact))));
        blocks.push(heading("2. Việc phải làm").into());
        blocks.push(
            body(format!(
                "Đề nghị cơ quan, đơn vị thực hiện và báo cáo trước ngày {}:",
                short_day(self.report_by)
            ))
            .keep()
            .into(),
        );
        blocks.extend(lettered(&self.duties));
        blocks.push(heading("3. Điều kiện kết nối lại").into());
        blocks.extend(lettered(&self.way_back));
        blocks.push(
            body(format!("Mọi vướng mắc liên hệ {}. Hồ sơ chứng cứ (trích nhật ký kèm bằng chứng toàn vẹn) được gửi kèm theo thông báo này./.", self.contact))
                .keep()
                .into(),
        );
        blocks.push(signed(&self.signatory, &self.recipients));
        Composition {
            title: format!("Thông báo {measure} – {}", self.subject),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}

/// Entries under letters in the order of the Vietnamese alphabet, as laws count them.
fn lettered(entries: &[String]) -> Vec<Block> {
    const LETTERS: [&str; 12] = ["a)", "b)", "c)", "d)", "đ)", "e)", "g)", "h)", "i)", "k)", "l)", "m)"];
    let labels = LETTERS.iter().copied().chain(std::iter::repeat("-"));
    entries.iter().zip(labels).map(|(entry, label)| item(label, entry).into()).collect()
}
