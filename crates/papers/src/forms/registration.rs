//! The registration form (form 2 of the letter 6359/VP-HCC; KN-12, KN-13): unit, system, contact, accounts.
use super::sample;
use crate::check::{Checker, Fault, Problem, SHORT};
use crate::page::{Block, Column, Orientation, Row, Table};
use crate::parts::{GAP, Issuer, Numbered, Signatory, field, heading, number, signed, title};
use crate::text::{Align, Paragraph, bold, italic, text};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Phiếu đăng ký kết nối.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Place and date, and the unit as it heads the paper
    pub issuer: Issuer,
    /// The unit that registers
    pub unit: String,
    /// The system or database that is connected
    pub system: String,
    /// Whom to ask
    pub contact: Contact,
    /// The accounts for the service of verification
    pub accounts: Vec<AccountRow>,
    /// Head of the unit
    pub signatory: Signatory,
}

/// Who can be asked about a connection.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Họ và tên
    pub full_name: String,
    /// Chức vụ
    pub position: String,
    /// Telephone
    pub phone: String,
    /// Thư điện tử
    pub email: String,
    /// Đơn vị công tác
    pub workplace: String,
}

/// An account that is asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRow {
    /// Họ và tên
    pub full_name: String,
    /// 8 to 60 characters: a name, an e-mail address, a number
    pub login: String,
    /// Telephone
    pub phone: String,
    /// Code of the agency (Decision 20/2020/QĐ-TTg)
    pub agency_code: String,
    /// Name of the agency
    pub agency_name: String,
    /// Vai trò, trách nhiệm
    pub role: String,
    /// Cases that the person works on in a day
    pub cases_a_day: u32,
    /// Queries that a case needs
    pub queries_a_case: u32,
    /// Mục đích sử dụng
    pub purpose: String,
}

impl AccountRow {
    /// Daily quota: cases a day × queries a case (KG note 14; KN-13).
    pub fn queries_a_day(&self) -> u64 {
        u64::from(self.cases_a_day) * u64::from(self.queries_a_case)
    }

    fn check(&self, at: &str, checker: &mut Checker) {
        checker.text(format!("{at}.full_name"), &self.full_name, SHORT);
        checker.login(format!("{at}.login"), &self.login);
        checker.phone(format!("{at}.phone"), &self.phone);
        checker.agency_code(format!("{at}.agency_code"), &self.agency_code);
        checker.text(format!("{at}.agency_name"), &self.agency_name, SHORT);
        checker.text(format!("{at}.role"), &self.role, SHORT);
        checker.count(format!("{at}.cases_a_day"), self.cases_a_day, 10_000);
        checker.count(format!("{at}.queries_a_case"), self.queries_a_case, 1_000);
        checker.text(format!("{at}.purpose"), &self.purpose, SHORT);
    }
}

impl Contact {
    pub(super) fn check(&self, checker: &mut Checker) {
        checker.text("contact.full_name", &self.full_name, SHORT);
        checker.text("contact.position", &self.position, SHORT);
        checker.phone("contact.phone", &self.phone);
        checker.email("contact.email", &self.email);
        checker.text("contact.workplace", &self.workplace, SHORT);
    }

    pub(super) fn sample() -> Self {
        Self {
            full_name: sample::name(3),
            position: "Trưởng phòng Hạ tầng số".to_owned(),
            phone: sample::phone(3),
            email: "dau-moi@hoathinh.example".to_owned(),
            workplace: format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE),
        }
    }
}

/// What is to be filled in where: footnotes 1 to 14 of the form. That there are fourteen and what the last says is known;
/// which field has which of the others follows from their number and order.
const NOTES: [&str; 14] = [
    "Tên đầy đủ của cơ quan, đơn vị đăng ký khai thác.",
    "Tên hệ thống thông tin, cơ sở dữ liệu sẽ kết nối: cổng dịch vụ công, hệ thống một cửa điện tử, phần mềm chuyên ngành.",
    "Họ và tên người làm đầu mối của đơn vị.",
    "Chức vụ hiện tại của người làm đầu mối.",
    "Số điện thoại liên hệ trong giờ hành chính và khi có sự cố.",
    "Địa chỉ thư điện tử công vụ.",
    "Phòng, ban, đơn vị nơi người làm đầu mối công tác.",
    "Họ, chữ đệm và tên theo giấy tờ của người được cấp tài khoản; mỗi dòng một người.",
    "Từ 8 đến 60 ký tự, không có dấu cách: tên đăng nhập kèm mã đơn vị, địa chỉ thư điện tử công vụ hoặc số định danh 12 chữ số.",
    "Số điện thoại của người được cấp tài khoản.",
    "Mã định danh cơ quan theo Quyết định 20/2020/QĐ-TTg, lấy từ Hệ thống danh mục dùng chung.",
    "Tên cơ quan, đơn vị ứng với mã định danh.",
    "Cán bộ một cửa; công chức, viên chức; trưởng phòng; lãnh đạo đơn vị.",
    "Bằng số hồ sơ trong ngày nhân với số lượt truy vấn của một hồ sơ; ví dụ 50 hồ sơ × 3 lượt = 150 lượt.",
];

const PURPOSES: &str = "Mục đích sử dụng ghi một hoặc một số mục đích: tạo tài khoản trên cổng dịch vụ công; xác thực tài khoản đã có; xác thực tại bộ phận \
                        một cửa để không yêu cầu giấy tờ; xác thực trong quá trình giải quyết hồ sơ.";

impl Registration {
    /// With made-up data: so many accounts.
    pub fn sample(accounts: usize) -> Self {
        Self {
            issuer: sample::issuer(None, None),
            unit: format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE),
            system: sample::SYSTEM.to_owned(),
            contact: Contact::sample(),
            accounts: (1..=accounts).map(sample_account).collect(),
            signatory: sample::director(),
        }
    }

    fn table(&self) -> Table {
        let column = |head: Paragraph, share, align| Column { head: head.centre(), share, align };
        let columns = vec![
            column(bold("TT"), 5.0, Align::Centre),
            column(bold("Họ và tên").note(8), 17.0, Align::Left),
            column(bold("Tài khoản đăng nhập").note(9), 20.0, Align::Left),
            column(bold("Số điện thoại").note(10), 12.5, Align::Left),
            column(bold("Mã cơ quan").note(11), 11.5, Align::Left),
            column(bold("Tên cơ quan").note(12), 18.0, Align::Left),
            column(bold("Vai trò, trách nhiệm").note(13), 14.0, Align::Left),
            column(bold("Số lần truy vấn trong ngày").note(14), 12.5, Align::Centre),
            column(bold("Mục đích sử dụng"), 21.0, Align::Left),
        ];
        let row = |(index, account): (usize, &AccountRow)| {
            let (cases, each) = (account.cases_a_day.into(), account.queries_a_case.into());
            let queries =
                format!("{} × {} = {}", number(cases), number(each), number(account.queries_a_day()));
            let cells = [
                &(index + 1).to_string(),
                &account.full_name,
                &account.login,
                &account.phone,
                &account.agency_code,
                &account.agency_name,
                &account.role,
                &queries,
                &account.purpose,
            ];
            Row::Cells(cells.iter().map(text).collect())
        };
        Table {
            columns,
            rows: self.accounts.iter().enumerate().map(row).collect(),
            size: 11.0,
            before: GAP,
            keep: true,
            summary: "Danh sách tài khoản đăng ký".to_owned(),
        }
    }
}

fn sample_account(number: usize) -> AccountRow {
    let roles = ["Cán bộ một cửa", "Công chức", "Trưởng phòng", "Lãnh đạo đơn vị"];
    let purposes = [
        "Xác thực tại bộ phận một cửa để không yêu cầu giấy tờ",
        "Xác thực trong quá trình giải quyết hồ sơ",
        "Tạo tài khoản trên cổng dịch vụ công",
    ];
    let pick = |list: &[&'static str]| list.get(number % list.len()).copied().unwrap_or_default().to_owned();
    AccountRow {
        full_name: sample::name(number),
        login: format!("canbo{number:02}.skhcn@hoathinh.example"),
        phone: sample::phone(number),
        agency_code: format!("H99.{}.{}", 10 + number % 4, 1 + number % 7),
        agency_name: format!("Phòng chuyên môn số {}, {}", 1 + number % 7, sample::DEPARTMENT),
        role: pick(&roles),
        cases_a_day: 20 + u32::try_from(number % 5).unwrap_or_default() * 10,
        queries_a_case: 1 + u32::try_from(number % 3).unwrap_or_default(),
        purpose: pick(&purposes),
    }
}

impl Form for Registration {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.text("unit", &self.unit, SHORT);
        checker.text("system", &self.system, SHORT);
        self.contact.check(&mut checker);
        checker.rows("accounts", &self.accounts);
        let mut seen = BTreeSet::new();
        for (index, account) in self.accounts.iter().enumerate() {
            let at = format!("accounts[{}]", index + 1);
            account.check(&at, &mut checker);
            checker.holds(format!("{at}.login"), seen.insert(account.login.to_lowercase()), Fault::Twice);
        }
        self.signatory.check("signatory", &mut checker);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let noted = |label: &str, note: u8, value: &str| {
            let paragraph = text(label).note(note);
            let value = format!(": {value}");
            paragraph.then(value, crate::text::Face::Regular).before(GAP).leader()
        };
        let mut blocks = self.issuer.head(Numbered::No);
        blocks.extend(title(
            "PHIẾU ĐĂNG KÝ KẾT NỐI",
            "Khai thác thông tin trong Cơ sở dữ liệu quốc gia về dân cư",
        ));
        blocks.push(noted("1. Đơn vị đăng ký", 1, &self.unit).before(14.0).into());
        blocks.push(noted("2. Tên hệ thống, cơ sở dữ liệu", 2, &self.system).into());
        blocks.push(text("3. Đầu mối liên hệ:").before(GAP).keep().into());
        let contact = &self.contact;
        let inner = |paragraph: Paragraph| Block::from(paragraph.indent(0.0, 14.0));
        blocks.push(inner(noted("Họ và tên", 3, &contact.full_name)));
        blocks.push(inner(noted("Chức vụ", 4, &contact.position)));
        blocks.push(inner(noted("Số điện thoại", 5, &contact.phone)));
        blocks.push(inner(noted("Thư điện tử", 6, &contact.email)));
        blocks.push(inner(noted("Đơn vị công tác", 7, &contact.workplace)));
        let accounts = u64::try_from(self.accounts.len()).unwrap_or_default();
        let total: u64 = self.accounts.iter().map(AccountRow::queries_a_day).sum();
        blocks.push(
            field(
                "4. Tài khoản đăng ký sử dụng Dịch vụ xác thực thông tin công dân",
                &format!(
                    "{} tài khoản, tổng cộng {} lượt truy vấn trong ngày (danh sách kèm theo).",
                    number(accounts),
                    number(total)
                ),
            )
            .into(),
        );
        blocks.push(Block::Turn(Orientation::Landscape));
        let list = heading("DANH SÁCH TÀI KHOẢN ĐĂNG KÝ SỬ DỤNG DỊCH VỤ XÁC THỰC THÔNG TIN CÔNG DÂN");
        blocks.push(list.centre().indent(0.0, 0.0).into());
        blocks.push(self.table().into());
        blocks.push(italic(PURPOSES).size(11.0).justify().before(GAP).keep().into());
        blocks.push(signed(&self.signatory, &[]));
        let notes = (1..).zip(NOTES).map(|(number, words)| {
            let note = text(format!("({number}) {words}")).size(10.0).justify().before(1.0);
            (number, note)
        });
        Composition {
            title: format!("Phiếu đăng ký kết nối – {}", self.unit),
            orientation: Orientation::Portrait,
            blocks,
            notes: notes.collect::<BTreeMap<u8, Paragraph>>(),
        }
    }
}
