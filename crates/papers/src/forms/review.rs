//! The result of an account review (letter 2761/BCA-QLHCTTXH; KN-15). The letter's own form was not found: the columns
//! are derived from what it asks for.
use super::sample;
use crate::check::{Checker, Fault, Problem, SHORT};
use crate::page::{Column, Orientation, Row, Table};
use crate::parts::{GAP, Issuer, Numbered, Signatory, body, number, short_day, signed, title};
use crate::text::{Align, bold, text};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Kết quả rà soát tài khoản.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewResult {
    /// The organisation that reviewed
    pub issuer: Issuer,
    /// The text that asked for the review
    pub basis: String,
    /// First day of the time over which use is counted
    #[serde(with = "super::day")]
    pub from: CivilDate,
    /// Last day
    #[serde(with = "super::day")]
    pub until: CivilDate,
    /// Every account that can reach data
    pub rows: Vec<ReviewRow>,
    /// Who signs
    pub signatory: Signatory,
    /// Who gets the paper
    pub recipients: Vec<String>,
}

/// One account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRow {
    /// Họ và tên
    pub full_name: String,
    /// Số định danh cá nhân; none for an account that no person holds, or where it was never registered
    pub personal_id: Option<String>,
    /// Tài khoản
    pub login: String,
    /// Code of the agency
    pub agency_code: String,
    /// Name of the agency
    pub agency_name: String,
    /// Chức vụ, vai trò
    pub role: String,
    /// System through which data are reached
    pub system: String,
    /// Telephone, where one is registered
    pub phone: Option<String>,
    /// When the account was given, where that is on record
    #[serde(with = "super::day_option")]
    pub granted_on: Option<CivilDate>,
    /// Last sign-in, if ever
    #[serde(with = "super::day_option")]
    pub last_used_on: Option<CivilDate>,
    /// Look-ups in the time
    pub look_ups: u64,
    /// Those with a case
    pub look_ups_with_case: u64,
    /// Services that it may call: `033`, `037`; none for an account that only supervises
    pub rights: Vec<String>,
    /// Workstations and addresses from which it was used
    pub devices: String,
    /// State before the review
    pub state: AccountState,
    /// Who holds the API account of the system: an officer, never a contractor
    pub api_holder: String,
    /// What the review came to
    pub conclusion: Conclusion,
    /// What is proposed
    pub proposal: Option<String>,
}

/// State of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Đang dùng
    InUse,
    /// Khóa
    Locked,
    /// Thu hồi
    Revoked,
}

/// What a review came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// Confirmed as it is
    Confirmed,
    /// Kept with changes
    Changed,
    /// Closed
    Closed,
    /// Nobody confirmed it by the deadline: locked
    Unconfirmed,
}

impl AccountState {
    /// As the form says it.
    pub fn vi(self) -> &'static str {
        match self {
            Self::InUse => "Đang dùng",
            Self::Locked => "Khóa",
            Self::Revoked => "Thu hồi",
        }
    }
}

impl Conclusion {
    /// As the form says it.
    pub fn vi(self) -> &'static str {
        match self {
            Self::Confirmed => "Giữ nguyên",
            Self::Changed => "Điều chỉnh",
            Self::Closed => "Đóng",
            Self::Unconfirmed => "Khóa do chưa xác nhận",
        }
    }
}

impl ReviewResult {
    /// How many accounts the review left so.
    pub fn count(&self, conclusion: Conclusion) -> usize {
        self.rows.iter().filter(|row| row.conclusion == conclusion).count()
    }

    /// With made-up data: so many accounts.
    pub fn sample(rows: usize) -> Self {
        Self {
            issuer: sample::issuer(Some("45/BC-SKHCN"), Some(sample::day(2026, 8, 28))),
            basis: "Công văn số 2761/BCA-QLHCTTXH ngày 15/8/2024 của Bộ Công an".to_owned(),
            from: sample::day(2026, 2, 1),
            until: sample::day(2026, 7, 31),
            rows: (1..=rows).map(sample_row).collect(),
            signatory: sample::director(),
            recipients: vec![
                "Cục Cảnh sát quản lý hành chính về trật tự xã hội, Bộ Công an".to_owned(),
                "Ủy ban nhân dân tỉnh (để báo cáo)".to_owned(),
                "Lưu: VT, CĐS".to_owned(),
            ],
        }
    }

    fn table(&self) -> Table {
        let heads = [
            ("TT", 4.0, Align::Centre),
            ("Họ và tên;\nsố định danh", 12.5, Align::Left),
            ("Tài khoản;\nđiện thoại", 14.5, Align::Left),
            ("Cơ quan\n(mã, tên)", 14.0, Align::Left),
            ("Chức vụ, vai trò", 9.0, Align::Left),
            ("Hệ thống", 13.0, Align::Left),
            ("Ngày cấp;\nđăng nhập\ncuối", 10.0, Align::Centre),
            ("Lượt tra\ncứu; có\nhồ sơ", 8.5, Align::Centre),
            ("Quyền", 7.0, Align::Centre),
            ("Thiết bị, địa chỉ IP", 11.0, Align::Left),
            ("Tình trạng", 7.5, Align::Left),
            ("Người giữ tài khoản API", 10.5, Align::Left),
            ("Kết luận", 8.5, Align::Left),
            ("Kiến nghị", 10.5, Align::Left),
        ];
        let columns = heads.map(|(head, share, align)| Column { head: bold(head).centre(), share, align });
        Table {
            columns: columns.into(),
            rows: self.rows.iter().enumerate().map(|(index, row)| Row::Cells(row.cells(index + 1))).collect(),
            size: 9.0,
            before: GAP + 2.0,
            keep: true,
            summary: "Kết quả rà soát từng tài khoản".to_owned(),
        }
    }
}

impl ReviewRow {
    fn cells(&self, number_of_row: usize) -> Vec<crate::text::Paragraph> {
        let last = self.last_used_on.map_or_else(|| "chưa".to_owned(), short_day);
        let cells = [
            number_of_row.to_string(),
            format!("{}\n{}", self.full_name, self.personal_id.as_deref().unwrap_or("–")),
            format!("{}\n{}", self.login, self.phone.as_deref().unwrap_or("–")),
            format!("{}\n{}", self.agency_code, self.agency_name),
            self.role.clone(),
            self.system.clone(),
            format!("{}\n{last}", self.granted_on.map_or_else(|| "–".to_owned(), short_day)),
            format!("{}\n{}", number(self.look_ups), number(self.look_ups_with_case)),
            if self.rights.is_empty() { "không".to_owned() } else { self.rights.join(", ") },
            self.devices.clone(),
            self.state.vi().to_owned(),
            self.api_holder.clone(),
            self.conclusion.vi().to_owned(),
            self.proposal.clone().unwrap_or_else(|| "–".to_owned()),
        ];
        cells.iter().map(text).collect()
    }

    fn check(&self, at: &str, checker: &mut Checker) {
        checker.text(format!("{at}.full_name"), &self.full_name, SHORT);
        if let Some(number) = &self.personal_id {
            checker.person_number(format!("{at}.personal_id"), number);
        }
        checker.text(format!("{at}.login"), &self.login, SHORT);
        checker.agency_code(format!("{at}.agency_code"), &self.agency_code);
        checker.text(format!("{at}.agency_name"), &self.agency_name, SHORT);
        checker.text(format!("{at}.role"), &self.role, SHORT);
        checker.text(format!("{at}.system"), &self.system, SHORT);
        if let Some(phone) = &self.phone {
            checker.phone(format!("{at}.phone"), phone);
        }
        let used = self.last_used_on.zip(self.granted_on).is_none_or(|(used, granted)| used >= granted);
        checker.holds(format!("{at}.last_used_on"), used, Fault::TooEarly);
        let never_used = self.last_used_on.is_none();
        checker.holds(format!("{at}.look_ups"), !never_used || self.look_ups == 0, Fault::Contradiction);
        let counted = self.look_ups_with_case <= self.look_ups;
        checker.holds(format!("{at}.look_ups_with_case"), counted, Fault::Contradiction);
        // Who supervises the journal calls no service.
        if !self.rights.is_empty() {
            checker.texts(&format!("{at}.rights"), &self.rights, 20);
        }
        checker.text(format!("{at}.devices"), &self.devices, SHORT);
        checker.text(format!("{at}.api_holder"), &self.api_holder, SHORT);
        checker.optional(format!("{at}.proposal"), self.proposal.as_deref(), SHORT);
        // Who changes or closes says what is to be done.
        let told = self.conclusion == Conclusion::Confirmed || self.proposal.is_some();
        checker.holds(format!("{at}.proposal"), told, Fault::Missing);
    }
}

fn sample_row(number: usize) -> ReviewRow {
    let (conclusion, proposal) = match number % 7 {
        3 => (Conclusion::Changed, Some("Bỏ quyền 037 do chuyển vị trí công tác")),
        5 => (Conclusion::Closed, Some("Thu hồi: đã nghỉ việc")),
        6 => (Conclusion::Unconfirmed, Some("Mở lại khi đơn vị xác nhận")),
        _ => (Conclusion::Confirmed, None),
    };
    let roles = ["Công chức", "Cán bộ một cửa", "Trưởng phòng"];
    let is_used = number % 6 != 5;
    let look_ups = if is_used { u64::try_from(number * 137 % 1900).unwrap_or_default() } else { 0 };
    ReviewRow {
        full_name: sample::name(number),
        personal_id: Some(sample::person_number(number)),
        login: format!("canbo{number:02}.skhcn@hoathinh.example"),
        agency_code: format!("H99.{}.{}", 10 + number % 4, 1 + number % 7),
        agency_name: format!("Phòng chuyên môn số {}", 1 + number % 7),
        role: roles.get(number % roles.len()).copied().unwrap_or_default().to_owned(),
        system: "Hệ thống thông tin giải quyết TTHC tỉnh".to_owned(),
        phone: Some(sample::phone(number)),
        granted_on: Some(sample::day(2024, 3, 11)),
        last_used_on: is_used.then(|| sample::day(2026, 7, 30)),
        look_ups,
        look_ups_with_case: look_ups - look_ups / 40,
        rights: if number.is_multiple_of(2) {
            vec!["033".to_owned(), "037".to_owned()]
        } else {
            vec!["033".to_owned()]
        },
        devices: format!("MT-{number:03}; 192.0.2.{}", 10 + number % 200),
        state: if number % 7 == 5 { AccountState::Locked } else { AccountState::InUse },
        api_holder: sample::name(3),
        conclusion,
        proposal: proposal.map(str::to_owned),
    }
}

impl Form for ReviewResult {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.text("basis", &self.basis, SHORT);
        checker.holds("until", self.from <= self.until, Fault::TooEarly);
        checker.rows("rows", &self.rows);
        let mut seen = std::collections::BTreeSet::new();
        for (index, row) in self.rows.iter().enumerate() {
            let at = format!("rows[{}]", index + 1);
            row.check(&at, &mut checker);
            let key = (row.login.to_lowercase(), row.system.clone());
            checker.holds(format!("{at}.login"), seen.insert(key), Fault::Twice);
        }
        self.signatory.check("signatory", &mut checker);
        checker.texts("recipients", &self.recipients, SHORT);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let mut blocks = self.issuer.head(Numbered::Yes);
        blocks.extend(title(
            "BÁO CÁO KẾT QUẢ RÀ SOÁT TÀI KHOẢN",
            "Khai thác thông tin trong Cơ sở dữ liệu quốc gia về dân cư",
        ));
        blocks.push(
            body(format!(
                "Thực hiện {}, {} đã rà soát toàn bộ tài khoản có quyền khai thác thông tin; số liệu sử dụng tính từ ngày {} \
                 đến hết ngày {}. Kết quả: rà soát {} tài khoản; giữ nguyên {}; điều chỉnh {}; đóng {}; khóa do chưa xác nhận \
                 đúng hạn {}. Chi tiết như sau:",
                self.basis,
                self.issuer.name,
                short_day(self.from),
                short_day(self.until),
                self.rows.len(),
                self.count(Conclusion::Confirmed),
                self.count(Conclusion::Changed),
                self.count(Conclusion::Closed),
                self.count(Conclusion::Unconfirmed),
            ))
            .before(12.0)
            .keep()
            .into(),
        );
        blocks.push(self.table().into());
        blocks.push(signed(&self.signatory, &self.recipients));
        Composition {
            title: format!("Kết quả rà soát tài khoản – {}", self.issuer.name),
            orientation: Orientation::Landscape,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}
