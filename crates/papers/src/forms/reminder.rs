//! The letter of a registration campaign to those that have not registered, or not fully (letter 6359/VP-HCC; KN-14).
use super::sample;
use crate::check::{Checker, Fault, Problem, SHORT};
use crate::page::{Column, Orientation, Row, Table};
use crate::parts::{GAP, Issuer, Numbered, Signatory, addressed_to, body, item, number, short_day, signed};
use crate::text::{Align, bold, text};
use crate::{Composition, Form};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Công văn đôn đốc đăng ký.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Who reminds
    pub issuer: Issuer,
    /// To whom
    pub addressed_to: Vec<String>,
    /// The text that asked for registration
    pub basis: String,
    /// By when registration had to be complete
    #[serde(with = "super::day")]
    pub deadline: CivilDate,
    /// As of when the list is true
    #[serde(with = "super::day")]
    pub as_of: CivilDate,
    /// By when it has to be done now
    #[serde(with = "super::day")]
    pub new_deadline: CivilDate,
    /// Where registrations go
    pub send_to: String,
    /// Units, in the order of the list
    pub units: Vec<UnitRow>,
    /// Who signs
    pub signatory: Signatory,
    /// Who gets the letter
    pub recipients: Vec<String>,
}

/// A unit of a campaign.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRow {
    /// The heading under which it stands: departments, districts, communes
    pub group: String,
    /// Its code
    pub code: String,
    /// Its name
    pub name: String,
    /// Accounts expected
    pub expected: u32,
    /// Accounts registered
    pub registered: u32,
    /// What is missing
    pub missing: Option<String>,
}

/// How far a unit has registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All that was expected, and nothing is missing
    Fully,
    /// Something, but not all
    Partly,
    /// Nothing
    NotAtAll,
}

impl UnitRow {
    /// How far it has registered.
    pub fn standing(&self) -> Standing {
        match self.registered {
            0 => Standing::NotAtAll,
            some if some >= self.expected && self.missing.is_none() => Standing::Fully,
            _ => Standing::Partly,
        }
    }
}

impl Standing {
    /// As the list says it.
    pub fn vi(self) -> &'static str {
        match self {
            Self::Fully => "Đầy đủ",
            Self::Partly => "Chưa đủ",
            Self::NotAtAll => "Chưa đăng ký",
        }
    }
}

impl Reminder {
    fn count(&self, standing: Standing) -> usize {
        self.units.iter().filter(|unit| unit.standing() == standing).count()
    }

    /// With made-up data: so many communes beside four departments.
    pub fn sample(communes: usize) -> Self {
        let departments = ["Sở Tư pháp", "Sở Y tế", "Sở Nông nghiệp và Môi trường", "Sở Giáo dục và Đào tạo"];
        let department = |(index, name): (usize, &&str)| UnitRow {
            group: "Sở, ban, ngành".to_owned(),
            code: format!("H99.{}", 10 + index),
            name: (*name).to_owned(),
            expected: 24,
            registered: [24, 11, 0, 24].get(index).copied().unwrap_or_default(),
            missing: match index {
                1 => Some("Bản cam kết chưa đóng dấu; 13 tài khoản".to_owned()),
                2 => Some("Phiếu đăng ký, bản cam kết".to_owned()),
                3 => Some("Số điện thoại của 02 cán bộ".to_owned()),
                _ => None,
            },
        };
        let commune = |index: usize| {
            let registered = [6, 0, 4].get(index % 3).copied().unwrap_or_default();
            UnitRow {
                group: "Xã, phường".to_owned(),
                code: format!("H99.{}", 40 + index),
                name: format!("Ủy ban nhân dân xã Hòa Thịnh {index}"),
                expected: 6,
                registered,
                missing: match registered {
                    0 => Some("Phiếu đăng ký, bản cam kết".to_owned()),
                    4 => Some("02 tài khoản cán bộ một cửa".to_owned()),
                    _ => None,
                },
            }
        };
        let mut units: Vec<UnitRow> = departments.iter().enumerate().map(department).collect();
        units.extend((1..=communes).map(commune));
        Self {
            issuer: sample::issuer(Some("302/SKHCN-CĐS"), Some(sample::day(2026, 5, 4))),
            addressed_to: vec!["Các sở, ban, ngành".to_owned(), "Ủy ban nhân dân các xã, phường".to_owned()],
            basis: "Công văn số 128/SKHCN-CĐS ngày 05/02/2026".to_owned(),
            deadline: sample::day(2026, 3, 31),
            as_of: sample::day(2026, 4, 28),
            new_deadline: sample::day(2026, 5, 15),
            send_to: "Sở Khoa học và Công nghệ (phòng Hạ tầng số, điện thoại 0900 000 003)".to_owned(),
            units,
            signatory: sample::director(),
            recipients: vec![
                "Như trên".to_owned(),
                "Ủy ban nhân dân tỉnh (để báo cáo)".to_owned(),
                "Lưu: VT, CĐS".to_owned(),
            ],
        }
    }

    fn table(&self) -> Table {
        let column = |head: &str, share, align| Column { head: bold(head).centre(), share, align };
        let mut rows = Vec::new();
        let mut group = None;
        for (index, unit) in self.units.iter().enumerate() {
            if group != Some(&unit.group) {
                rows.push(Row::Band(bold(&unit.group)));
                group = Some(&unit.group);
            }
            let cells = [
                &(index + 1).to_string(),
                &unit.name,
                &unit.code,
                &number(unit.expected.into()),
                &number(unit.registered.into()),
                unit.standing().vi(),
                unit.missing.as_deref().unwrap_or("–"),
            ];
            rows.push(Row::Cells(cells.iter().map(text).collect()));
        }
        Table {
            columns: vec![
                column("TT", 6.0, Align::Centre),
                column("Đơn vị", 30.0, Align::Left),
                column("Mã định danh", 13.0, Align::Left),
                column("Phải đăng ký", 10.0, Align::Centre),
                column("Đã đăng ký", 10.0, Align::Centre),
                column("Tình trạng", 13.0, Align::Left),
                column("Còn thiếu", 26.0, Align::Left),
            ],
            rows,
            size: 11.0,
            before: GAP,
            keep: false,
            summary: "Tình trạng đăng ký của các đơn vị".to_owned(),
        }
    }
}

impl Form for Reminder {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        self.issuer.check(&mut checker);
        checker.texts("addressed_to", &self.addressed_to, SHORT);
        checker.text("basis", &self.basis, SHORT);
        // Units are reminded before the deadline too; the new one is never before the old one.
        let later = self.as_of.max(self.deadline) <= self.new_deadline;
        checker.holds("new_deadline", later, Fault::TooEarly);
        checker.text("send_to", &self.send_to, SHORT);
        checker.rows("units", &self.units);
        for (index, unit) in self.units.iter().enumerate() {
            let at = format!("units[{}]", index + 1);
            checker.text(format!("{at}.group"), &unit.group, SHORT);
            checker.agency_code(format!("{at}.code"), &unit.code);
            checker.text(format!("{at}.name"), &unit.name, SHORT);
            checker.count(format!("{at}.expected"), unit.expected, 100_000);
            checker.optional(format!("{at}.missing"), unit.missing.as_deref(), SHORT);
            let told = unit.standing() == Standing::Fully || unit.missing.is_some();
            checker.holds(format!("{at}.missing"), told, Fault::Missing);
        }
        self.signatory.check("signatory", &mut checker);
        checker.texts("recipients", &self.recipients, SHORT);
        checker.finish()
    }

    fn compose(&self, _day: CivilDate) -> Composition {
        let about = "đôn đốc đăng ký tài khoản khai thác Cơ sở dữ liệu quốc gia về dân cư";
        let mut blocks = self.issuer.head(Numbered::Letter(about));
        blocks.extend(addressed_to(&self.addressed_to));
        blocks.push(
            body(format!(
                "Thực hiện {}, các cơ quan, đơn vị phải hoàn thành đăng ký tài khoản khai thác Cơ sở dữ liệu quốc gia về dân cư trước \
                 ngày {}. Tính đến ngày {}, trong {} đơn vị có {} đơn vị đã đăng ký đầy đủ, {} đơn vị đăng ký chưa đủ và {} đơn \
                 vị chưa đăng ký (danh sách dưới đây).",
                self.basis,
                short_day(self.deadline),
                short_day(self.as_of),
                self.units.len(),
                self.count(Standing::Fully),
                self.count(Standing::Partly),
                self.count(Standing::NotAtAll),
            ))
            .before(14.0)
            .into(),
        );
        blocks.push(body(format!("{} đề nghị:", self.issuer.name)).keep().into());
        let new_deadline = short_day(self.new_deadline);
        blocks.push(item("1.", format!("Các đơn vị chưa đăng ký hoặc đăng ký chưa đủ hoàn thành và gửi hồ sơ về {} trước ngày {new_deadline}.", self.send_to)).into());
        blocks.push(item("2.", "Các đơn vị đã đăng ký rà soát lại danh sách; báo ngay khi có người chuyển công tác, nghỉ việc hoặc thay đổi nhiệm vụ.").into());
        blocks.push(item("3.", "Thủ trưởng đơn vị chịu trách nhiệm về tính chính xác của danh sách; sau thời hạn trên, đơn vị chưa đăng ký không được cấp tài khoản trong đợt này.").into());
        blocks.push(self.table().into());
        blocks.push(body("Đề nghị các cơ quan, đơn vị quan tâm, thực hiện đúng thời hạn./.").keep().into());
        blocks.push(signed(&self.signatory, &self.recipients));
        Composition {
            title: "Công văn đôn đốc đăng ký tài khoản".to_owned(),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}
