//! One system to which everything is permitted, so that a test takes one thing away.
use dancu_catalogue::Code;
use dancu_citizen::{CivilDate, Field, FieldSet, PersonalId};
use dancu_policy::{
    Account, AccountState, AgencyCode, Agreement, Ask, Grants, Law, Network, Organisation, OrganisationState,
    Permit, Purpose, Role, Rules, Service, System, SystemState, decide,
};
use std::collections::HashMap;

pub(crate) const OFFICER: &str = "001080000024";
pub(crate) const LOGIN: &str = "nguyenvana.stttt";
pub(crate) const PURPOSE: &str = "1.004227";
/// Monday 5 October 2026, 09:00 in Vietnam
pub(crate) const NOW_US: i64 = 1_791_165_600_000_000;
pub(crate) const DAY_US: i64 = 86_400_000_000;

pub(crate) fn day(text: &str) -> CivilDate {
    CivilDate::parse_iso(text).unwrap()
}

pub(crate) fn set(fields: &[Field]) -> FieldSet {
    fields.iter().copied().collect()
}

#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) law: Law,
    pub(crate) organisation: Organisation,
    pub(crate) system: System,
    pub(crate) agreement: Agreement,
    pub(crate) account: Account,
    /// A second officer of the same system
    pub(crate) colleague: Account,
    pub(crate) ask: Ask<'static>,
    /// The organisation demands enrolled workstations
    pub(crate) workstations: bool,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let agency = AgencyCode::parse("H55").unwrap();
        let account = |id: &str, login: &str, number: &str| Account {
            id: id.into(),
            system: "one-stop".into(),
            login: login.into(),
            officer_number: Some(PersonalId::parse(number).unwrap()),
            officer_name: "Nguyễn Văn A".into(),
            role: Role::OneStopOfficer,
            agency_code: AgencyCode::parse("H55.242").unwrap(),
            daily_quota: 150,
            state: AccountState::Active,
        };
        Self {
            law: Law::built_in().unwrap(),
            organisation: Organisation {
                id: "thai-nguyen".into(),
                code: agency,
                name: "Thái Nguyên".into(),
                state: OrganisationState::Active,
            },
            system: System {
                id: "one-stop".into(),
                organisation: "thai-nguyen".into(),
                name: "Một cửa".into(),
                state: SystemState::Connected,
                security_level: 3,
                assessed_until: Some(day("2026-12-31")),
                assessment_exempt: false,
                commitment_signed_on: Some(day("2026-01-05")),
                networks: vec![Network::parse("10.55.0.0/16").unwrap()],
                hours: None,
                daily_quota: 10_000,
                per_call_window_s: System::WINDOW_S,
                replay_window_s: 2 * System::WINDOW_S,
            },
            agreement: Agreement {
                id: "agreement-1".into(),
                system: "one-stop".into(),
                grants: Grants {
                    verify: Some(set(&[Field::PersonalId, Field::FullName, Field::BirthDate, Field::Sex])),
                    look_up: Some(set(&[Field::FullName, Field::PermanentResidence, Field::EthnicGroup])),
                },
                near: true,
                purposes: HashMap::from([
                    (PURPOSE.into(), Purpose::default()),
                    ("VPCP".into(), Purpose { case_required: true, ..Purpose::default() }),
                ]),
                default_purpose: Some(PURPOSE.into()),
                valid_from: day("2026-01-01"),
                valid_to: Some(day("2026-12-31")),
                verify_rule: set(&[Field::Sex]),
            },
            account: account("account-1", LOGIN, OFFICER),
            colleague: account("account-2", "tranthib.stttt", "001180000025"),
            ask: Ask {
                system: "one-stop",
                service: Service::Verify,
                login: Some(LOGIN),
                officer: Some(OFFICER),
                agency_code: Some("H55.242"),
                purpose: Some(PURPOSE),
                case_number: Some("000.00.00.H55-261005-0001"),
                fields: None,
                older_form: false,
                source: [10, 55, 1, 2].into(),
                workplace: dancu_policy::Workplace::System,
                now_us: NOW_US,
            },
            workstations: false,
        }
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules::new(
            self.law.clone(),
            [self.organisation.clone()],
            [self.system.clone()],
            [self.agreement.clone()],
            [self.account.clone(), self.colleague.clone()],
        )
        .demanding_workstations(self.workstations.then(|| "thai-nguyen".into()))
    }

    pub(crate) fn decide(&self) -> Result<Permit, Code> {
        decide(&self.rules(), &self.ask)
    }
}
