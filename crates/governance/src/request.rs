//! The connection request: the fields of Circular 46/2022, article 7.1, and of the registration form.
use crate::content::hidden;
use crate::error::{Problem, Wrong};
use crate::parts::Form;
use crate::rules::Rules;
use dancu_citizen::{CivilDate, Field, FieldSet};
use dancu_policy::{AgencyCode, Grants, Network, Purpose, Service};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// A connection request. It may be unfinished while it is a draft.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Đơn vị đăng ký: name of the organisation
    pub organisation_name: String,
    /// Its agency code, in either form
    pub agency_code: String,
    /// Chức năng: its functions
    pub functions: String,
    /// Nhiệm vụ: its tasks
    pub tasks: String,
    /// Quyền hạn: its powers
    pub powers: String,
    /// Tên hệ thống: name of the system or database
    pub system_name: String,
    /// See `system_kind` in the lists
    pub system_kind: String,
    /// Đầu mối: the officer in charge
    pub officer: Contact,
    /// Mục đích
    pub purpose: String,
    /// Phạm vi
    pub scope: String,
    /// Nội dung
    pub content: String,
    /// Procedures and purposes that calls will name
    pub purposes: Vec<RequestedPurpose>,
    /// Services asked for, with their fields
    pub services: Vec<RequestedService>,
    /// Mô tả kỹ thuật
    pub technical: Technical,
}

/// The officer in charge.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Họ tên
    pub full_name: String,
    /// Chức vụ
    pub position: String,
    /// Số điện thoại
    pub phone: String,
    /// Thư điện tử
    pub email: String,
    /// Đơn vị công tác
    pub unit: String,
}

/// A purpose that calls will name.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedPurpose {
    /// Procedure code (`MaDVC`) or purpose code
    pub code: String,
    /// What it is called
    pub name: String,
    /// A call must carry the number of its case
    pub case_required: bool,
}

/// A service that is asked for.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedService {
    /// `verify` or `look_up`
    pub service: String,
    /// Names of the fields
    pub fields: Vec<String>,
    /// Số trường thông tin: how many they are, as the law has them state
    pub field_count: u16,
}

/// The technical description; the whole of it is attached.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Technical {
    /// What the system is and how it connects
    pub summary: String,
    /// See `connection_model` in the lists
    pub connection_model: String,
    /// Networks that it calls from, in CIDR notation
    pub networks: Vec<String>,
    /// Calls a day
    pub daily_calls: u32,
    /// Security level that it claims, 1 to 5
    pub security_level: u8,
}

hidden! { Request Contact RequestedPurpose RequestedService Technical }

impl Request {
    /// Everything that keeps it from being submitted, field by field.
    pub fn problems(&self, rules: &Rules, day: CivilDate) -> Vec<Problem> {
        let mut form = Form::new(rules, day);
        form.name("organisation_name", &self.organisation_name);
        let code = AgencyCode::parse(&self.agency_code).is_ok();
        form.wrong_unless(
            code,
            "agency_code",
            if self.agency_code.is_empty() { Wrong::Missing } else { Wrong::Form },
        );
        form.text("functions", &self.functions);
        form.text("tasks", &self.tasks);
        form.text("powers", &self.powers);
        form.name("system_name", &self.system_name);
        form.listed("system_kind", "system_kind", &self.system_kind);
        self.officer.check(&mut form);
        form.text("purpose", &self.purpose);
        form.text("scope", &self.scope);
        form.text("content", &self.content);
        self.check_purposes(&mut form);
        self.check_services(&mut form);
        self.technical.check(&mut form);
        form.problems()
    }

    /// What keeps a draft from being kept: texts beyond their length.
    pub(crate) fn too_long(&self, rules: &Rules, day: CivilDate) -> Vec<Problem> {
        let all = self.problems(rules, day).into_iter();
        all.filter(|problem| matches!(problem.wrong, Wrong::TooLong(_))).collect()
    }

    fn check_purposes(&self, form: &mut Form<'_>) {
        form.wrong_unless(!self.purposes.is_empty(), "purposes", Wrong::Missing);
        for (at, purpose) in self.purposes.iter().enumerate() {
            let field = format!("purposes.{at}.code");
            form.name(&field, &purpose.code);
            form.wrong_unless(purpose.code.trim() == purpose.code, &field, Wrong::Form);
            let twice = self.purposes.iter().take(at).any(|other| other.code == purpose.code);
            form.wrong_unless(!twice, &field, Wrong::Twice);
            form.name(&format!("purposes.{at}.name"), &purpose.name);
        }
    }

    fn check_services(&self, form: &mut Form<'_>) {
        form.wrong_unless(!self.services.is_empty(), "services", Wrong::Missing);
        for (at, service) in self.services.iter().enumerate() {
            let field = format!("services.{at}.service");
            form.wrong_unless(Service::from_name(&service.service).is_some(), &field, Wrong::Unknown);
            let twice = self.services.iter().take(at).any(|other| other.service == service.service);
            form.wrong_unless(!twice, &field, Wrong::Twice);
            let fields = format!("services.{at}.fields");
            form.wrong_unless(!service.fields.is_empty(), &fields, Wrong::Missing);
            let known = service.fields.iter().all(|name| Field::from_name(name).is_some());
            form.wrong_unless(known, &fields, Wrong::Unknown);
            let different = service.field_set().iter().count();
            form.wrong_unless(!known || different == service.fields.len(), &fields, Wrong::Twice);
            let count = format!("services.{at}.field_count");
            form.wrong_unless(
                service.fields.len() == usize::from(service.field_count),
                &count,
                Wrong::Contradiction,
            );
        }
    }

    /// The services asked for, as the exchange has them.
    pub(crate) fn grants(&self) -> Grants {
        let mut grants = Grants::default();
        for service in &self.services {
            match Service::from_name(&service.service) {
                Some(Service::Verify) => grants.verify = Some(service.field_set()),
                Some(Service::LookUp) => grants.look_up = Some(service.field_set()),
                None => {}
            }
        }
        grants
    }

    pub(crate) fn purposes_by_code(&self) -> HashMap<Arc<str>, Purpose> {
        let of = |p: &RequestedPurpose| {
            let purpose = Purpose { name: Some(p.name.as_str().into()), case_required: p.case_required };
            (p.code.as_str().into(), purpose)
        };
        self.purposes.iter().map(of).collect()
    }

    pub(crate) fn label(&self) -> String {
        format!("{} – {}", self.organisation_name.trim(), self.system_name.trim())
    }
}

impl RequestedService {
    fn field_set(&self) -> FieldSet {
        self.fields.iter().filter_map(|name| Field::from_name(name)).collect()
    }
}

impl Contact {
    fn check(&self, form: &mut Form<'_>) {
        form.name("officer.full_name", &self.full_name);
        form.name("officer.position", &self.position);
        form.name("officer.unit", &self.unit);
        let digits = self.phone.chars().filter(char::is_ascii_digit).count();
        let plain = self.phone.chars().all(|c| c.is_ascii_digit() || " +.-()".contains(c));
        form.name("officer.phone", &self.phone);
        form.wrong_unless(
            self.phone.is_empty() || (plain && (8..=15).contains(&digits)),
            "officer.phone",
            Wrong::Form,
        );
        form.name("officer.email", &self.email);
        let address =
            self.email.split_once('@').is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
        let spaced = self.email.contains(char::is_whitespace);
        form.wrong_unless(self.email.is_empty() || (address && !spaced), "officer.email", Wrong::Form);
    }
}

impl Technical {
    fn check(&self, form: &mut Form<'_>) {
        form.text("technical.summary", &self.summary);
        form.listed("technical.connection_model", "connection_model", &self.connection_model);
        form.wrong_unless(!self.networks.is_empty(), "technical.networks", Wrong::Missing);
        for (at, network) in self.networks.iter().enumerate() {
            form.wrong_unless(
                Network::parse(network).is_ok(),
                &format!("technical.networks.{at}"),
                Wrong::Form,
            );
        }
        form.wrong_unless(self.daily_calls > 0, "technical.daily_calls", Wrong::Range);
        form.wrong_unless((1..=5).contains(&self.security_level), "technical.security_level", Wrong::Range);
    }

    pub(crate) fn parsed_networks(&self) -> Vec<Network> {
        self.networks.iter().filter_map(|text| Network::parse(text).ok()).collect()
    }
}
