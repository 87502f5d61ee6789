//! The world of the tests: one sound system, and one for each thing that can be wrong with a system.
use crate::pki::{EXPIRED, REVOKED, STRANGER, pki};
use dancu_exchange::{
    World, WorldAccount, WorldAgreement, WorldCertificate, WorldCredential, WorldGrant, WorldHours,
    WorldOrganisation, WorldPurpose, WorldSystem,
};

pub(crate) const SOAP_PATH: &str = "/dancu/1.0/xacthuc";
/// The sound system
pub(crate) const HTMC: &str = "htmc";
pub(crate) const OFFICER: &str = "001080000024";
pub(crate) const LOGIN: &str = "nguyenvana.stttt";
pub(crate) const OTHER_OFFICER: &str = "019188000031";
pub(crate) const LOCKED_OFFICER: &str = "079090000045";
pub(crate) const MANAGER: &str = "quanly.taikhoan";
pub(crate) const SUPERVISOR: &str = "giamsat.nhatky";
pub(crate) const PLATFORM: &str = "VDXP_VPCP";
/// An account whose daily quota is none
pub(crate) const SPENT: &str = "het.hanmuc";
/// An account that may call this often a day
pub(crate) const FEW: &str = "it.hanmuc";
pub(crate) const FEW_QUOTA: u32 = 10;
/// A purpose that demands the number of a case
pub(crate) const CASE_PURPOSE: &str = "1.000001";
/// Of the published vector
pub(crate) const SECRET: &str = "demo-secret-not-real";

type Change = fn(&mut WorldSystem);

/// Every system, and how it differs from a sound one.
pub(crate) const SYSTEMS: &[(&str, Change)] = &[
    (HTMC, |_| {}),
    ("of-suspended", |s| s.organisation = "suspended".into()),
    ("testing", |s| s.state = "testing".into()),
    ("suspended", |s| s.state = "suspended".into()),
    ("disconnected", |s| s.state = "disconnected".into()),
    ("low-level", |s| s.security_level = 2),
    ("overdue", |s| s.assessed_until = Some("2025-06-30".into())),
    ("uncommitted", |s| s.commitment_signed_on = None),
    ("not-in-force", |s| s.agreements[0].valid_from = "2098-01-01".into()),
    ("verifies-only", |s| s.agreements[0].grants.retain(|g| g.service == "verify")),
    ("looks-up-only", |s| s.agreements[0].grants.retain(|g| g.service == "look_up")),
    ("elsewhere", |s| s.networks = vec!["10.0.0.0/8".into()]),
    ("closed-now", |s| s.hours = Some(WorldHours { weekdays: 127, from_minute: 0, to_minute: 1 })),
    ("spent", |s| s.daily_quota = 0),
    ("told-no-near", |s| s.agreements[0].near = false),
];

/// User name of a system's credentials.
pub(crate) fn user(system: &str) -> String {
    if system == HTMC { "htmc.thainguyen".into() } else { format!("{system}.user") }
}

/// Password of a system's credentials.
pub(crate) fn password(system: &str) -> String {
    format!("mat-khau-cua-{system}")
}

const AMPLE: u32 = 1_000_000;
const BASIC: &[&str] = &["personal_id", "id_card_number", "full_name", "birth_date", "sex"];
/// The fields of the published answer, and the state; contact is left out on purpose.
const RECORD: &[&str] = &[
    "personal_id",
    "id_card_number",
    "full_name",
    "sex",
    "ethnic_group",
    "religion",
    "marital_status",
    "blood_group",
    "birth_date",
    "nationality",
    "permanent_residence",
    "household",
    "relation_to_head",
    "state",
];

pub(crate) fn world() -> World {
    let organisation = |id: &str, code: &str, state: &str| WorldOrganisation {
        id: id.into(),
        agency_code: code.into(),
        name: id.into(),
        state: state.into(),
    };
    let system = |(id, change): &(&'static str, Change)| {
        let mut system = sound(id);
        change(&mut system);
        system
    };
    World {
        organisations: vec![
            organisation("thai-nguyen", "H55", "active"),
            organisation("suspended", "H56", "suspended"),
        ],
        systems: SYSTEMS.iter().map(system).collect(),
    }
}

fn sound(id: &'static str) -> WorldSystem {
    let mut certificates = vec![certificate(id)];
    if id == HTMC {
        certificates.extend([REVOKED, EXPIRED, STRANGER].map(certificate));
    }
    WorldSystem {
        id: id.into(),
        organisation: "thai-nguyen".into(),
        name: id.into(),
        state: "connected".into(),
        security_level: 3,
        assessed_until: Some("2099-12-31".into()),
        commitment_signed_on: Some("2025-01-01".into()),
        networks: vec!["127.0.0.0/8".into()],
        daily_quota: AMPLE,
        certificates,
        credentials: vec![WorldCredential {
            username: user(id),
            password: Some(password(id)),
            secret: Some(SECRET.into()),
            service_urls: vec![SOAP_PATH.into()],
        }],
        agreements: vec![agreement(id)],
        accounts: accounts(id),
        ..WorldSystem::default()
    }
}

fn certificate(name: &str) -> WorldCertificate {
    let issued = &pki().clients[name];
    WorldCertificate {
        fingerprint: hex::encode(issued.fingerprint),
        not_after_us: issued.not_after_s * 1_000_000,
    }
}

fn agreement(id: &str) -> WorldAgreement {
    let grant = |service: &str, fields: &[&str]| WorldGrant {
        service: service.into(),
        fields: fields.iter().map(|f| (*f).into()).collect(),
    };
    let purpose = |code: &str, case_required| WorldPurpose { code: code.into(), case_required, name: None };
    WorldAgreement {
        id: format!("{id}-1"),
        grants: vec![grant("verify", BASIC), grant("look_up", RECORD)],
        near: true,
        purposes: vec![purpose("1.004227", false), purpose("VPCP", false), purpose(CASE_PURPOSE, true)],
        default_purpose: Some("VPCP".into()),
        valid_from: "2025-01-01".into(),
        ..WorldAgreement::default()
    }
}

fn accounts(id: &str) -> Vec<WorldAccount> {
    let account = |login: &str, number: Option<&str>, role: &str| WorldAccount {
        id: format!("{id}-{login}"),
        login: login.into(),
        officer_number: number.map(Into::into),
        officer_name: "Nguyễn Văn Cán Bộ".into(),
        role: role.into(),
        agency_code: "H55.242".into(),
        daily_quota: AMPLE,
        ..WorldAccount::default()
    };
    vec![
        account(LOGIN, Some(OFFICER), "one_stop_officer"),
        account("lethimai.stttt", Some(OTHER_OFFICER), "head_of_unit"),
        WorldAccount {
            state: "locked".into(),
            ..account("ducdaikhoa.stttt", Some(LOCKED_OFFICER), "civil_servant")
        },
        account(PLATFORM, None, "platform"),
        account(MANAGER, None, "account_manager"),
        account(SUPERVISOR, None, "supervisor"),
        WorldAccount { daily_quota: 0, ..account(SPENT, None, "civil_servant") },
        WorldAccount { daily_quota: FEW_QUOTA, ..account(FEW, None, "civil_servant") },
    ]
}
