//! A decision allocates nothing, permitted or refused.
use dancu_policy::{
    Account, AccountState, AgencyCode, Agreement, Ask, Grants, Law, Network, Organisation, OrganisationState,
    Purpose, Role, Rules, Service, System, SystemState, decide,
};
use std::alloc::{GlobalAlloc, Layout, System as Heap};
use std::cell::Cell;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; this one counts and passes on")]
// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { Heap.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from `alloc` above, which is the system allocator's.
        unsafe { Heap.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn a_decision_allocates_nothing() {
    let day = |text| dancu_citizen::CivilDate::parse_iso(text).unwrap();
    let rules = Rules::new(
        Law::built_in().unwrap(),
        [Organisation {
            id: "org".into(),
            code: AgencyCode::parse("H55").unwrap(),
            name: String::new(),
            state: OrganisationState::Active,
        }],
        [System {
            id: "system".into(),
            organisation: "org".into(),
            name: String::new(),
            state: SystemState::Connected,
            security_level: 3,
            assessed_until: None,
            assessment_exempt: true,
            commitment_signed_on: Some(day("2026-01-05")),
            networks: vec![Network::parse("127.0.0.0/8").unwrap()],
            hours: None,
            daily_quota: 1,
            per_call_window_s: 300,
            replay_window_s: 600,
        }],
        [Agreement {
            id: "agreement".into(),
            system: "system".into(),
            grants: Grants { verify: Some(Agreement::LEAST), look_up: None },
            near: false,
            purposes: [("1.004227".into(), Purpose::default())].into(),
            default_purpose: None,
            valid_from: day("2026-01-01"),
            valid_to: None,
            verify_rule: Agreement::LEAST,
        }],
        [Account {
            id: "account".into(),
            system: "system".into(),
            login: "nguyenvana.stttt".into(),
            officer_number: Some(dancu_citizen::PersonalId::parse("001080000024").unwrap()),
            officer_name: String::new(),
            role: Role::OneStopOfficer,
            agency_code: AgencyCode::parse("H55.242").unwrap(),
            daily_quota: 1,
            state: AccountState::Active,
        }],
    );
    let permitted = Ask {
        system: "system",
        service: Service::Verify,
        login: Some("nguyenvana.stttt"),
        officer: Some("001080000024"),
        agency_code: Some("000.01.12.H55"),
        purpose: Some("1.004227"),
        case_number: None,
        fields: None,
        older_form: false,
        workplace: dancu_policy::Workplace::System,
        source: [127, 0, 0, 1].into(),
        now_us: 1_791_165_600_000_000,
    };
    let refused = Ask { purpose: Some("another"), ..permitted };

    let before = ALLOCATIONS.with(Cell::get);
    let answers = (decide(&rules, &permitted), decide(&rules, &refused));
    let after = ALLOCATIONS.with(Cell::get);

    assert!(answers.0.is_ok() && answers.1.is_err());
    assert_eq!(after - before, 0);
    assert!(before > 0, "the counter counts");
}
