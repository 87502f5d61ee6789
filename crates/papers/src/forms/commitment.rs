//! The commitment (form 1 of the letter 6359/VP-HCC; KN-11): without it there is no connection.
use super::sample;
use crate::check::{Checker, Problem, SHORT};
use crate::page::{Block, Orientation};
use crate::parts::{Issuer, Numbered, Signatory, body, field, fields, item, short_day, signed, title};
use crate::text::Role;
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bản cam kết.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// The organisation that commits itself, place and date
    pub issuer: Issuer,
    /// To whom it is given
    pub addressed_to: String,
    /// Who commits the organisation
    pub representative: Representative,
    /// The system that is to be connected
    pub system: String,
    /// What is committed to, label and text; `None` for the clauses in force on the day of printing
    pub clauses: Option<Vec<(String, String)>>,
    /// Who gets one of the three copies
    pub copies: [String; 3],
    /// Who signs; the representative's name and position when it is the same person
    pub signatory: Signatory,
}

/// The particulars of who represents an organisation.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    /// Họ và tên
    pub full_name: String,
    /// Quốc tịch
    pub nationality: String,
    /// Số định danh cá nhân / căn cước, or the nine digits of an old card
    pub id_number: String,
    /// Ngày cấp
    #[serde(with = "super::day")]
    pub issued_on: CivilDate,
    /// Nơi cấp
    pub issued_by: String,
    /// Telephone
    pub phone: String,
    /// Đơn vị công tác
    pub organisation: String,
    /// Chức vụ
    pub position: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Editions {
    edition: Vec<Edition>,
}

/// Clauses from a day on, until the next edition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    #[serde(with = "super::day")]
    valid_from: CivilDate,
    #[expect(dead_code, reason = "read by people")]
    source: String,
    #[expect(dead_code, reason = "read by people")]
    mark: String,
    clauses: Vec<(String, String)>,
}

impl Commitment {
    /// The clauses in force on a day: label and text. None before the first edition.
    pub fn clauses_on(day: CivilDate) -> Vec<(String, String)> {
        let editions: Editions = toml::from_str(include_str!("../../data/commitment.toml"))
            .unwrap_or(Editions { edition: Vec::new() });
        let in_force = editions.edition.into_iter().filter(|edition| edition.valid_from <= day);
        in_force.max_by_key(|edition| edition.valid_from).map(|edition| edition.clauses).unwrap_or_default()
    }

    /// With made-up data.
    pub fn sample() -> Self {
        Self {
            issuer: sample::issuer(None, None),
            addressed_to: sample::MANAGER.to_owned(),
            representative: Representative {
                full_name: sample::name(6),
                nationality: "Việt Nam".to_owned(),
                id_number: sample::person_number(6),
                issued_on: sample::day(2022, 4, 18),
                issued_by: "Cục Cảnh sát quản lý hành chính về trật tự xã hội".to_owned(),
                phone: sample::phone(6),
                organisation: format!("{}, {}", sample::DEPARTMENT, sample::PROVINCE),
                position: "Giám đốc".to_owned(),
            },
            system: sample::SYSTEM.to_owned(),
            clauses: None,
            copies: [
                "Cục Cảnh sát quản lý hành chính về trật tự xã hội, Bộ Công an".to_owned(),
                "Cục Chuyển đổi số quốc gia, Bộ Khoa học và Công nghệ".to_owned(),
                "Trung tâm Công nghệ thông tin và Truyền thông tỉnh Hòa Thịnh".to_owned(),
            ],
            signatory: sample::director(),
        }
    }
}

impl Representative {
    fn check(&self, checker: &mut Checker) {
        checker.text("representative.full_name", &self.full_name, SHORT);
        checker.text("representative.nationality", &self.nationality, SHORT);
        checker.person_number("representative.id_number", &self.id_number);
        checker.text("representative.issued_by", &self.issued_by, SHORT);
        checker.phone("representative.phone", &self.phone);
        checker.text("representative.organisation", &self.organisation, SHORT);
        checker.text("representative.position", &self.position, SHORT);
    }

    fn blocks(&self) -> Vec<Block> {
        vec![
            fields(&[(62.0, "Tôi là", &self.full_name), (38.0, "Quốc tịch", &self.nationality)]),
            fields(&[
                (62.0, "Số định danh cá nhân/CCCD/CMND", &self.id_number),
                (38.0, "Ngày cấp", &short_day(self.issued_on)),
            ]),
            field("Nơi cấp", &self.issued_by).into(),
            fields(&[(62.0, "Chức vụ", &self.position), (38.0, "Điện thoại", &self.phone)]),
            field("Đơn vị công tác", &self.organisation).into(),
        ]
    }
}

impl Form for Commitment {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.text("addressed_to", &self.addressed_to, SHORT);
        self.representative.check(&mut checker);
        checker.text("system", &self.system, SHORT);
        for (index, (label, clause)) in self.clauses.iter().flatten().enumerate() {
            checker.text(format!("clauses[{}].label", index + 1), label, 10);
            checker.text(format!("clauses[{}]", index + 1), clause, crate::check::LONG);
        }
        for (index, copy) in self.copies.iter().enumerate() {
            checker.text(format!("copies[{}]", index + 1), copy, SHORT);
        }
        self.signatory.check("signatory", &mut checker);
        checker.finish()
    }

    fn problems_on(&self, day: CivilDate) -> Vec<Problem> {
        let mut checker = Checker::default();
        let clauses = self.clauses.clone().unwrap_or_else(|| Self::clauses_on(day));
        checker.rows("clauses", &clauses);
        checker.finish()
    }

    fn compose(&self, day: CivilDate) -> Composition {
        let mut blocks = self.issuer.head(Numbered::No);
        blocks.extend(title(
            "BẢN CAM KẾT",
            "Về việc khai thác, sử dụng thông tin trong\nCơ sở dữ liệu quốc gia về dân cư",
        ));
        blocks.extend(crate::parts::addressed_to(std::slice::from_ref(&self.addressed_to)));
        blocks.push(crate::parts::space(4.0));
        blocks.extend(self.representative.blocks());
        blocks.push(
            body(format!(
                "Thay mặt cơ quan, đơn vị đề nghị kết nối {} với Cơ sở dữ liệu quốc gia về dân cư, tôi cam kết tổ chức \
                 thực hiện và chịu trách nhiệm về các nội dung sau:",
                self.system
            ))
            .keep()
            .into(),
        );
        let clauses = self.clauses.clone().unwrap_or_else(|| Self::clauses_on(day));
        blocks.extend(clauses.iter().map(|(label, clause)| Block::from(item(label, clause))));
        let [one, two, three] = &self.copies;
        blocks.push(
            body(format!(
                "Bản cam kết này được lập thành 03 (ba) bản có giá trị như nhau: 01 bản gửi {one}; 01 bản gửi {two}; \
                 01 bản gửi {three}."
            ))
            .role(Role::Text)
            .keep()
            .into(),
        );
        blocks.push(signed(&self.signatory, &[]));
        Composition {
            title: format!("Bản cam kết – {}", self.issuer.name),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}
