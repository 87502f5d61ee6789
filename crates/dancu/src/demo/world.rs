//! The demo's world: organisations and systems in the states that a connection officer meets.
use super::pki::Authority;
use crate::files::random_text;
use dancu_exchange::{
    World, WorldAccount, WorldAgreement, WorldCertificate, WorldCredential, WorldGrant, WorldOrganisation,
    WorldPurpose, WorldSystem,
};
use serde::Serialize;
use std::path::PathBuf;

/// A system as `demo.json` tells it: what a client needs to call.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct SystemFacts {
    pub id: String,
    pub name: String,
    pub note: String,
    pub state: String,
    pub client_cert: PathBuf,
    pub client_key: PathBuf,
    pub username: String,
    pub password: String,
    pub secret: String,
    pub service_url: String,
    pub agency_code: String,
    pub purposes: Vec<String>,
    pub case_required: bool,
    pub officers: Vec<OfficerFacts>,
}

/// An officer as `demo.json` tells them.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct OfficerFacts {
    pub personal_id: String,
    pub login: String,
    pub full_name: String,
    pub role: String,
    pub agency_code: String,
    /// For the officers' pages
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password: Option<String>,
    pub note: String,
}

const PURPOSE: &str = "1.004227";
const GENERAL: &str = "VPCP";
/// Officers who are citizens of the sample nation too.
const HEAD: &str = "019188000031";
const CLERK: &str = "079090000045";
const BASIC: &[&str] = &["personal_id", "id_card_number", "full_name", "birth_date", "sex"];
const RECORD: &[&str] = &[
    "personal_id",
    "id_card_number",
    "full_name",
    "other_names",
    "birth_date",
    "sex",
    "birth_registration",
    "home_town",
    "ethnic_group",
    "religion",
    "nationality",
    "blood_group",
    "marital_status",
    "permanent_residence",
    "temporary_residence",
    "current_residence",
    "father",
    "mother",
    "spouses",
    "relation_to_head",
    "household",
    "card",
    "state",
    "death",
];
/// What one-stop counters of the demo may call on a day; large, so that a load test meets the road and not the quota.
const AMPLE: u32 = 2_000_000_000;

/// Builds the world and the facts about it. `today` and the other dates are `YYYY-MM-DD`.
pub(super) fn build(
    authority: &Authority,
    dates: &Dates,
    public_url: &str,
    service_url: &str,
) -> anyhow::Result<(World, Vec<SystemFacts>)> {
    let mut systems = Vec::new();
    let mut facts = Vec::new();
    for plan in plans(dates) {
        let issued = authority.client(&format!("client-{}", plan.id))?;
        let (password, secret) = (random_text(18)?, random_text(24)?);
        let officers = officers(&plan)?;
        facts.push(SystemFacts {
            id: plan.id.to_owned(),
            name: plan.name.to_owned(),
            note: plan.note.to_owned(),
            state: plan.state.to_owned(),
            client_cert: std::path::absolute(&issued.certificate)?,
            client_key: std::path::absolute(&issued.key)?,
            username: plan.username.to_owned(),
            password: password.clone(),
            secret: secret.clone(),
            service_url: service_url.to_owned(),
            agency_code: plan.agency_code.to_owned(),
            purposes: vec![PURPOSE.to_owned(), GENERAL.to_owned()],
            case_required: plan.case_required,
            officers: officers.clone(),
        });
        let certificates = vec![WorldCertificate {
            fingerprint: hex::encode(issued.fingerprint),
            not_after_us: issued.not_after_s * 1_000_000,
        }];
        let credentials = vec![WorldCredential {
            username: plan.username.to_owned(),
            password: Some(password),
            secret: Some(secret),
            service_urls: vec![service_url.to_owned(), format!("{public_url}{service_url}")],
        }];
        systems.push(plan.system(certificates, credentials, &officers));
    }
    Ok((World { organisations: organisations(), systems }, facts))
}

/// The days that the world is built around.
pub(super) struct Dates {
    pub last_year: String,
    pub yesterday: String,
    pub next_year: String,
}

fn organisations() -> Vec<WorldOrganisation> {
    [
        ("thai-nguyen", "H55", "Ủy ban nhân dân tỉnh Thái Nguyên (mô phỏng)"),
        ("quang-ninh", "H49", "Ủy ban nhân dân tỉnh Quảng Ninh (mô phỏng)"),
        ("bo-y-te", "G12", "Bộ Y tế (mô phỏng)"),
        ("benh-vien", "G12.15", "Bệnh viện đa khoa Mô Phỏng"),
        ("ngan-hang", "V01", "Ngân hàng Minh Họa (mô phỏng)"),
    ]
    .into_iter()
    .map(|(id, code, name)| WorldOrganisation {
        id: id.to_owned(),
        agency_code: code.to_owned(),
        name: name.to_owned(),
        ..WorldOrganisation::default()
    })
    .collect()
}

/// How one system of the demo differs from the others.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that a system has or has not")]
struct Plan {
    id: &'static str,
    organisation: &'static str,
    agency_code: &'static str,
    name: &'static str,
    note: &'static str,
    username: &'static str,
    state: &'static str,
    assessed_until: String,
    since: String,
    look_up: bool,
    near: bool,
    case_required: bool,
    quota: u32,
    /// The officers' pages act as this system: its officers have passwords
    pages: bool,
}

fn plans(dates: &Dates) -> Vec<Plan> {
    let base = |id, organisation, agency_code, name, username| Plan {
        id,
        organisation,
        agency_code,
        name,
        note: "",
        username,
        state: "connected",
        assessed_until: dates.next_year.clone(),
        since: dates.last_year.clone(),
        look_up: true,
        near: true,
        case_required: false,
        quota: AMPLE,
        pages: false,
    };
    vec![
        Plan {
            note: "connected: verifies and looks up",
            ..base("htmc", "thai-nguyen", "H55.242", "Hệ thống một cửa Thái Nguyên", "htmc.thainguyen")
        },
        Plan {
            note: "connected: the one-stop system of another province",
            ..base("htmc-qn", "quang-ninh", "H49.100", "Hệ thống một cửa Quảng Ninh", "htmc.quangninh")
        },
        Plan {
            note: "suspended: every call is refused with SYSTEM_SUSPENDED",
            state: "suspended",
            ..base("benh-vien", "benh-vien", "G12.15", "Hệ thống bệnh viện Mô Phỏng", "benhvien.mophong")
        },
        Plan {
            note: "assessment overdue: every call is refused with ASSESSMENT_OVERDUE",
            assessed_until: dates.yesterday.clone(),
            ..base("y-te", "bo-y-te", "G12.20", "Hệ thống tiêm chủng Mô Phỏng", "tiemchung.mophong")
        },
        Plan {
            note: "connected: verifies only, must name a case, no near, five calls a day for each account",
            look_up: false,
            near: false,
            case_required: true,
            quota: 5,
            ..base("ngan-hang", "ngan-hang", "V01.1", "Ngân hàng Minh Họa", "nganhang.minhhoa")
        },
        Plan {
            note: "disconnected: every call is refused with SYSTEM_DISCONNECTED",
            state: "disconnected",
            ..base("cu", "thai-nguyen", "H55.7", "Hệ thống cũ của Sở Mô Phỏng", "hethongcu.so")
        },
        Plan {
            note: "a portal of citizens: may ask /v2/findUsage and /v2/proof for the person signed in at it; no other service",
            look_up: false,
            ..base("cong-dan", "thai-nguyen", "H55.9", "Cổng thông tin công dân Mô Phỏng", "congdan.mophong")
        },
        Plan {
            note: "the officers' pages act as this system; its officers sign in at /sign-in",
            quota: 300,
            pages: true,
            ..base("canbo", "thai-nguyen", "H55.242", "Trang tra cứu của cán bộ", "canbo.thainguyen")
        },
    ]
}

fn officers(plan: &Plan) -> anyhow::Result<Vec<OfficerFacts>> {
    let person = |number: &str, login: &str, name: &str, role: &str, note: &str, password| OfficerFacts {
        personal_id: number.to_owned(),
        login: login.to_owned(),
        full_name: name.to_owned(),
        role: role.to_owned(),
        agency_code: plan.agency_code.to_owned(),
        password,
        note: note.to_owned(),
    };
    let password = || -> anyhow::Result<Option<String>> { plan.pages.then(|| random_text(9)).transpose() };
    let mut officers = vec![
        person(
            "001080000024",
            "nguyenvana.stttt",
            "Nguyễn Văn An",
            "one_stop_officer",
            "active",
            password()?,
        ),
        person(HEAD, "lethimai.stttt", "Lê Thị Mai", "head_of_unit", "active", password()?),
        person(CLERK, "huynhminhduc.stttt", "Huỳnh Minh Đức", "civil_servant", "locked", password()?),
    ];
    if plan.pages {
        officers.push(person(
            "",
            "giamsat.nhatky",
            "Phạm Thị Giám Sát",
            "supervisor",
            "searches the journal at /supervisor/journal",
            password()?,
        ));
    }
    if !plan.pages {
        // The older form names a platform's account in place of an officer.
        officers.push(person("", "VDXP_VPCP", "Trục liên thông văn bản", "platform", "platform", None));
    }
    Ok(officers)
}

impl Plan {
    fn system(
        &self,
        certificates: Vec<WorldCertificate>,
        credentials: Vec<WorldCredential>,
        officers: &[OfficerFacts],
    ) -> WorldSystem {
        WorldSystem {
            id: self.id.to_owned(),
            organisation: self.organisation.to_owned(),
            name: self.name.to_owned(),
            state: self.state.to_owned(),
            security_level: 3,
            assessed_until: Some(self.assessed_until.clone()),
            commitment_signed_on: Some(self.since.clone()),
            networks: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()],
            daily_quota: AMPLE,
            certificates,
            credentials,
            agreements: vec![self.agreement()],
            accounts: officers.iter().zip(1..).map(|(o, number)| self.account(o, number)).collect(),
            ..WorldSystem::default()
        }
    }

    fn agreement(&self) -> WorldAgreement {
        let grant = |service: &str, fields: &[&str]| WorldGrant {
            service: service.to_owned(),
            fields: fields.iter().map(|f| (*f).to_owned()).collect(),
        };
        let mut grants = vec![grant("verify", BASIC)];
        if self.look_up {
            grants.push(grant("look_up", RECORD));
        }
        let purpose = |code: &str, name: &str| WorldPurpose {
            code: code.to_owned(),
            name: Some(name.to_owned()),
            case_required: self.case_required,
        };
        WorldAgreement {
            id: format!("{}-1", self.id),
            grants,
            near: self.near,
            purposes: vec![
                purpose(PURPOSE, "Giải quyết thủ tục hành chính (mô phỏng)"),
                purpose(GENERAL, "Xử lý chung trên trục liên thông"),
            ],
            default_purpose: Some(GENERAL.to_owned()),
            valid_from: self.since.clone(),
            ..WorldAgreement::default()
        }
    }

    fn account(&self, officer: &OfficerFacts, number: usize) -> WorldAccount {
        WorldAccount {
            id: format!("{}-{number}", self.id),
            login: officer.login.clone(),
            officer_number: (!officer.personal_id.is_empty()).then(|| officer.personal_id.clone()),
            officer_name: officer.full_name.clone(),
            role: officer.role.clone(),
            agency_code: officer.agency_code.clone(),
            daily_quota: self.quota,
            state: if officer.note == "locked" { "locked" } else { "active" }.to_owned(),
            password: officer.password.clone(),
            ..WorldAccount::default()
        }
    }
}
