//! The connection request (Circular 46/2022/TT-BCA, article 7.1; KN-1).
use super::registration::Contact;
use super::sample;
use crate::check::{Checker, Fault, LONG, Problem, SHORT};
use crate::page::{Block, Column, Orientation, Row, Table};
use crate::parts::{GAP, Issuer, Numbered, Signatory, addressed_to, body, heading, item, number, signed};
use crate::text::{Align, bold, text};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Văn bản đề nghị kết nối.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionRequest {
    /// The organisation that asks
    pub issuer: Issuer,
    /// To whom
    pub addressed_to: Vec<String>,
    /// Full name of the organisation
    pub organisation: String,
    /// Functions, tasks and powers, with the text that gives them
    pub functions: Vec<String>,
    /// System or database that is to be connected
    pub system: String,
    /// Its security level (3 or above may connect, article 6.1), and the decision that approved it
    pub security_level: u8,
    /// Number and date of that decision
    pub level_decision: String,
    /// Officer in charge
    pub contact: Contact,
    /// Purpose
    pub purpose: String,
    /// Scope: where, for whom, for which procedures
    pub scope: String,
    /// What is connected, shared or exploited
    pub content: String,
    /// Services asked for; the number of data fields is counted from them
    pub services: Vec<ServiceRow>,
    /// What is enclosed; the technical description among it
    pub attachments: Vec<String>,
    /// Who signs
    pub signatory: Signatory,
    /// Who gets the letter
    pub recipients: Vec<String>,
}

/// A service that is asked for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceRow {
    /// Code: `033`, `037`
    pub code: String,
    /// Name
    pub name: String,
    /// Data fields that are sent or returned
    pub fields: Vec<String>,
    /// Calls in a day, as far as is foreseen
    pub calls_a_day: u64,
}

impl ConnectionRequest {
    /// Data fields over all services, each counted once (article 7.1).
    pub fn number_of_fields(&self) -> usize {
        let fields = self.services.iter().flat_map(|service| &service.fields);
        fields.collect::<std::collections::BTreeSet<_>>().len()
    }

    /// With made-up data.
    pub fn sample() -> Self {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        Self {
            issuer: sample::issuer(Some("128/SKHCN-CĐS"), Some(sample::day(2026, 2, 5))),
            addressed_to: list(&[
                "Cục Cảnh sát quản lý hành chính về trật tự xã hội, Bộ Công an",
                "Công an tỉnh Hòa Thịnh",
            ]),
            organisation: format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE),
            functions: list(&[
                "Tham mưu, giúp Ủy ban nhân dân tỉnh quản lý nhà nước về khoa học, công nghệ và chuyển đổi số trên địa bàn tỉnh;",
                "Chủ trì xây dựng, vận hành hệ thống thông tin giải quyết thủ tục hành chính dùng chung của tỉnh theo quyết định của Ủy ban nhân dân tỉnh.",
            ]),
            system: sample::SYSTEM.to_owned(),
            security_level: 3,
            level_decision: "Quyết định số 215/QĐ-UBND ngày 12/01/2026 của Ủy ban nhân dân tỉnh Hòa Thịnh".to_owned(),
            contact: Contact::sample(),
            purpose: "Xác thực thông tin của công dân khi tiếp nhận và giải quyết thủ tục hành chính, để công dân không phải xuất trình giấy tờ đã có trong Cơ sở dữ liệu quốc gia về dân cư.".to_owned(),
            scope: "Các sở, ban, ngành và Ủy ban nhân dân cấp xã của tỉnh Hòa Thịnh; các thủ tục hành chính đã được công bố của tỉnh.".to_owned(),
            content: "Xác thực và tra cứu thông tin công dân qua nền tảng tích hợp, chia sẻ dữ liệu của tỉnh; không lưu lại thông tin khai thác ngoài thành phần hồ sơ.".to_owned(),
            services: vec![
                ServiceRow {
                    code: "033".to_owned(),
                    name: "Xác nhận thông tin công dân".to_owned(),
                    fields: list(&["Số định danh cá nhân", "Họ, chữ đệm và tên khai sinh", "Ngày, tháng, năm sinh", "Giới tính"]),
                    calls_a_day: 12_000,
                },
                ServiceRow {
                    code: "037".to_owned(),
                    name: "Tra cứu thông tin công dân".to_owned(),
                    fields: list(&["Số định danh cá nhân", "Họ, chữ đệm và tên khai sinh", "Ngày, tháng, năm sinh", "Nơi thường trú", "Nơi ở hiện tại", "Chủ hộ"]),
                    calls_a_day: 2_500,
                },
            ],
            attachments: list(&[
                "Tài liệu mô tả kỹ thuật của hệ thống thông tin",
                "Hồ sơ đề xuất cấp độ và quyết định phê duyệt",
                "Bản cam kết (03 bản) và Phiếu đăng ký kết nối",
            ]),
            signatory: sample::director(),
            recipients: list(&["Như trên", "Ủy ban nhân dân tỉnh (để báo cáo)", "Lưu: VT, CĐS"]),
        }
    }

    fn services_table(&self) -> Table {
        let column = |head: &str, share, align| Column { head: bold(head).centre(), share, align };
        let row = |(index, service): (usize, &ServiceRow)| {
            let cells = [
                &(index + 1).to_string(),
                &service.code,
                &service.name,
                &service.fields.join("; "),
                &service.fields.len().to_string(),
                &number(service.calls_a_day),
            ];
            Row::Cells(cells.iter().map(text).collect())
        };
        Table {
            columns: vec![
                column("TT", 6.0, Align::Centre),
                column("Mã dịch vụ", 10.0, Align::Centre),
                column("Tên dịch vụ", 24.0, Align::Left),
                column("Trường thông tin", 36.0, Align::Left),
                column("Số trường", 10.0, Align::Centre),
                column("Lượt/ngày (dự kiến)", 14.0, Align::Centre),
            ],
            rows: self.services.iter().enumerate().map(row).collect(),
            size: 12.0,
            before: GAP,
            keep: false,
            summary: "Dịch vụ đề nghị sử dụng".to_owned(),
        }
    }
}

impl Form for ConnectionRequest {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.texts("addressed_to", &self.addressed_to, SHORT);
        checker.text("organisation", &self.organisation, SHORT);
        checker.texts("functions", &self.functions, LONG);
        checker.text("system", &self.system, SHORT);
        // What is printed has to be a level of Decree 85/2016; whether it is high enough is judged where it is decided.
        checker.holds("security_level", (1..=5).contains(&self.security_level), Fault::Number);
        checker.text("level_decision", &self.level_decision, SHORT);
        self.contact.check(&mut checker);
        checker.text("purpose", &self.purpose, LONG);
        checker.text("scope", &self.scope, LONG);
        checker.text("content", &self.content, LONG);
        checker.rows("services", &self.services);
        for (index, service) in self.services.iter().enumerate() {
            let at = format!("services[{}]", index + 1);
            checker.text(format!("{at}.code"), &service.code, 20);
            checker.text(format!("{at}.name"), &service.name, SHORT);
            checker.texts(&format!("{at}.fields"), &service.fields, SHORT);
            checker.holds(format!("{at}.calls_a_day"), service.calls_a_day > 0, Fault::Number);
        }
        checker.texts("attachments", &self.attachments, SHORT);
        self.signatory.check("signatory", &mut checker);
        checker.texts("recipients", &self.recipients, SHORT);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let about = "đề nghị kết nối, khai thác thông tin trong Cơ sở dữ liệu quốc gia về dân cư";
        let mut blocks = self.issuer.head(Numbered::Letter(about));
        blocks.extend(addressed_to(&self.addressed_to));
        blocks.push(
            body(format!(
                "Căn cứ Điều 7 Thông tư số 46/2022/TT-BCA của Bộ trưởng Bộ Công an quy định về việc kết nối, chia sẻ và khai thác \
                 thông tin giữa Cơ sở dữ liệu quốc gia về dân cư với cơ sở dữ liệu quốc gia, cơ sở dữ liệu chuyên ngành và hệ thống \
                 thông tin khác, {} đề nghị được kết nối với các nội dung sau:",
                self.organisation
            ))
            .before(14.0)
            .into(),
        );
        blocks.push(heading("1. Cơ quan đề nghị; chức năng, nhiệm vụ, quyền hạn").into());
        blocks.push(body(format!("Tên cơ quan: {}.", self.organisation)).into());
        blocks.extend(self.functions.iter().map(|function| Block::from(item("-", function))));
        blocks.push(heading("2. Hệ thống thông tin, cơ sở dữ liệu đề nghị kết nối").into());
        blocks.push(body(format!("Tên hệ thống: {}.", self.system)).into());
        let level = format!(
            "Cấp độ an toàn hệ thống thông tin: cấp độ {} ({}).",
            self.security_level, self.level_decision
        );
        blocks.push(body(level).into());
        blocks.push(heading("3. Cán bộ đầu mối").into());
        let contact = &self.contact;
        blocks.push(
            body(format!("{}, {}, {}.", contact.full_name, contact.position, contact.workplace)).into(),
        );
        blocks.push(body(format!("Điện thoại: {}; thư điện tử: {}.", contact.phone, contact.email)).into());
        blocks.push(heading("4. Mục đích, phạm vi, nội dung").into());
        for (label, words) in
            [("Mục đích", &self.purpose), ("Phạm vi", &self.scope), ("Nội dung", &self.content)]
        {
            blocks.push(item("-", format!("{label}: {words}")).into());
        }
        blocks.push(heading("5. Dịch vụ và số lượng trường thông tin").into());
        let counted = u64::try_from(self.number_of_fields()).unwrap_or_default();
        let sum = format!(
            "Đề nghị sử dụng {} dịch vụ với tổng số {} trường thông tin khác nhau:",
            self.services.len(),
            number(counted)
        );
        blocks.push(body(sum).keep().into());
        blocks.push(self.services_table().into());
        blocks.push(heading("6. Tài liệu kèm theo").into());
        for (index, attachment) in self.attachments.iter().enumerate() {
            let end = if index + 1 == self.attachments.len() { "." } else { ";" };
            blocks.push(item("-", format!("{attachment}{end}")).into());
        }
        blocks.push(
            body(format!("{} trân trọng đề nghị Quý Cơ quan xem xét, chấp thuận./.", self.organisation))
                .keep()
                .into(),
        );
        blocks.push(signed(&self.signatory, &self.recipients));
        Composition {
            title: format!("Văn bản đề nghị kết nối – {}", self.organisation),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}
