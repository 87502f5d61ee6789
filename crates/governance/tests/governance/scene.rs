//! The people, papers and requests of these tests.
use dancu_exchange::Exchange;
use dancu_governance::rules::Rules;
use dancu_governance::{
    Assessment, Contact, Content, Deed, Governance, Kind, LevelFile, Matter, Request, RequestedPurpose,
    RequestedService, Sandbox, State, Step, SubjectResult, Technical, Terms, Upload,
};
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_policy::{Ask, Calendar, Service, decide};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;

/// Monday 5 October 2026, 09:00 in Vietnam
pub(crate) const NOW: i64 = 1_791_165_600_000_000;
pub(crate) const DAY: i64 = 86_400_000_000;

pub(crate) const MANAGER: &str = "manager.h55";
pub(crate) const OFFICER: &str = "connection.officer";
pub(crate) const ASSESSOR: &str = "assessor";
pub(crate) const APPROVER: &str = "approver";
pub(crate) const SUPERVISOR: &str = "supervisor";

pub(crate) const ORG: &str = "thai-nguyen";
pub(crate) const SYSTEM: &str = "one-stop";

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

pub(crate) fn exchange(store: &Store) -> Exchange {
    let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
    Exchange::open(store.clone(), ring()).unwrap().with_password_params(cheap)
}

pub(crate) fn server_with(store: &Store, blobs: &Blobs, ring: &KeyRing, rows: &str) -> Governance {
    let rules = Rules::overlaid(rows).unwrap();
    let exchange = Exchange::open(store.clone(), ring.clone()).unwrap();
    Governance::open(exchange, ring.clone(), blobs.clone(), rules, Calendar::built_in().unwrap()).unwrap()
}

/// A server and the exchange that it changes.
pub(crate) struct Server {
    pub(crate) g: Governance,
    pub(crate) exchange: Exchange,
}

pub(crate) fn server(store: &Store, blobs: &Blobs) -> Server {
    let exchange = exchange(store);
    let rules = Rules::built_in().unwrap();
    let g = Governance::open(exchange.clone(), ring(), blobs.clone(), rules, Calendar::built_in().unwrap())
        .unwrap();
    Server { g, exchange }
}

pub(crate) fn lone(store: &Store) -> Server {
    server(store, &Blobs::memory())
}

/// Runs a test on every engine.
pub(crate) fn everywhere(test: impl Fn(&str, Server)) {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        test(name, lone(&store));
    }
}

/// A file that begins as a PDF does.
pub(crate) fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.7\n% {text}\n%%EOF\n").into_bytes()
}

pub(crate) fn deed(by: &str, at_us: i64) -> Deed<'_> {
    Deed::of(by, at_us, 7, "lý do ghi ở đây")
}

pub(crate) fn attach(g: &Governance, id: &str, kind: &str, by: &str, at_us: i64) {
    let bytes = pdf(&format!("{kind} {id} {at_us}"));
    g.attach(id, &Upload { kind, name: "giay-to.pdf", bytes: &bytes }, deed(by, at_us)).unwrap();
}

pub(crate) fn request() -> Request {
    let fields = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    Request {
        organisation_name: "UBND tỉnh Thái Nguyên".into(),
        agency_code: "H55".into(),
        functions: "Quản lý nhà nước trên địa bàn tỉnh".into(),
        tasks: "Giải quyết thủ tục hành chính".into(),
        powers: "Theo Luật Tổ chức chính quyền địa phương".into(),
        system_name: "Một cửa điện tử".into(),
        system_kind: "one_stop".into(),
        officer: Contact {
            full_name: "Nguyễn Văn An".into(),
            position: "Trưởng phòng".into(),
            phone: "0208 385 5555".into(),
            email: "an.nv@example.vn".into(),
            unit: "Sở Khoa học và Công nghệ".into(),
        },
        purpose: "Xác thực thông tin công dân khi tiếp nhận hồ sơ".into(),
        scope: "Toàn tỉnh".into(),
        content: "Họ tên, ngày sinh, giới tính, nơi thường trú".into(),
        purposes: vec![RequestedPurpose {
            code: "1.004227".into(),
            name: "Đăng ký thường trú".into(),
            case_required: true,
        }],
        services: vec![
            RequestedService {
                service: "verify".into(),
                fields: fields(&["personal_id", "full_name", "birth_date", "sex"]),
                field_count: 4,
            },
            RequestedService {
                service: "look_up".into(),
                fields: fields(&["full_name", "permanent_residence"]),
                field_count: 2,
            },
        ],
        technical: Technical {
            summary: "Kết nối qua LGSP của tỉnh".into(),
            connection_model: "tslcd_02".into(),
            networks: vec!["10.55.0.0/16".into()],
            daily_calls: 5000,
            security_level: 3,
        },
    }
}

pub(crate) fn sandbox() -> Sandbox {
    Sandbox { credential: "sandbox-1".into(), handed_over: vec!["api-1.0".into(), "wsdl-1.0".into()] }
}

pub(crate) fn level(level: u8) -> LevelFile {
    LevelFile {
        level,
        decision: "123/QĐ-UBND".into(),
        approved_by: "UBND tỉnh Thái Nguyên".into(),
        approved_on: "2026-03-02".into(),
    }
}

pub(crate) fn passed(kind: &str) -> Assessment {
    let subjects = ["configuration", "intrusion", "source_code", "hardware", "policies"];
    let result =
        |subject: &&str| SubjectResult { subject: (*subject).into(), passed: true, note: "đạt".into() };
    Assessment {
        assessment_kind: kind.into(),
        assessor: "Đội kiểm tra số 1".into(),
        subjects: subjects.iter().map(result).collect(),
        exemption: None,
    }
}

pub(crate) fn open(g: &Governance) -> String {
    g.open_connection(ORG, SYSTEM, &request(), deed(MANAGER, NOW)).unwrap()
}

/// Attaches what submitting needs, and submits.
pub(crate) fn submit(g: &Governance, id: &str, at: i64) {
    attach(g, id, "request_form", MANAGER, at);
    attach(g, id, "technical_description", MANAGER, at);
    g.take(id, Step::Submit, deed(MANAGER, at)).unwrap();
}

pub(crate) fn call_all(g: &Governance, id: &str, at: i64) {
    let test = g.tests(id).unwrap().pop().unwrap();
    for case in &test.cases {
        g.record_call(id, case.service, &case.name, &case.expect, at, Some(99)).unwrap();
    }
}

/// The assessment that waits for the connection.
pub(crate) fn waiting_assessment(g: &Governance, connection: &str) -> Matter {
    let all = g.children(connection, Kind::Assessment).unwrap();
    all.into_iter().find(|a| matches!(a.state, State::Planned | State::Running | State::Failed)).unwrap()
}

/// Conducts an assessment to its pass.
pub(crate) fn pass(g: &Governance, assessment: &str, kind: &str, at: i64) {
    g.take(assessment, Step::Begin, deed(ASSESSOR, at)).unwrap();
    g.write(assessment, &Content::Assessment(passed(kind)), deed(ASSESSOR, at)).unwrap();
    attach(g, assessment, "assessment_report", ASSESSOR, at);
    g.take(assessment, Step::Pass, deed(ASSESSOR, at)).unwrap();
}

pub(crate) fn approve_level(g: &Governance, connection: &str, of: u8, at: i64) {
    let (a, b) = (pdf(&format!("file {of}")), pdf(&format!("approval {of}")));
    let uploads = [
        Upload { kind: "level_file", name: "ho-so.pdf", bytes: &a },
        Upload { kind: "level_approval", name: "phe-duyet.pdf", bytes: &b },
    ];
    let id = g.propose_level(connection, &level(of), &uploads, deed(MANAGER, at)).unwrap();
    g.take(&id, Step::Approve, deed(APPROVER, at)).unwrap();
}

pub(crate) fn connect(g: &Governance, id: &str, at: i64) -> Matter {
    let bytes = pdf("commitment");
    let uploads = [Upload { kind: "commitment", name: "cam-ket.pdf", bytes: &bytes }];
    let signed = dancu_citizen::CivilDate::parse_iso("2026-10-01").unwrap();
    g.connect(id, &Terms::plain(signed), &uploads, deed(OFFICER, at)).unwrap()
}

/// A connection that is live, by four people.
pub(crate) fn connected(g: &Governance) -> String {
    let id = open(g);
    submit(g, &id, NOW + 1);
    g.receive(&id, &sandbox(), deed(OFFICER, NOW + 2)).unwrap();
    approve_level(g, &id, 3, NOW + 3);
    call_all(g, &id, NOW + 4);
    g.take(&id, Step::PassTest, deed(OFFICER, NOW + 5)).unwrap();
    pass(g, &waiting_assessment(g, &id).id, "before_connecting", NOW + 6);
    g.take(&id, Step::Approve, deed(APPROVER, NOW + 7)).unwrap();
    connect(g, &id, NOW + 8);
    id
}

/// Why a call of the system is refused; none when it passes. The account is put on record on the way.
pub(crate) fn refusal(exchange: &Exchange, now_us: i64) -> Option<dancu_catalogue::Code> {
    let ask = Ask {
        system: SYSTEM,
        service: Service::LookUp,
        login: None,
        officer: Some("001080000024"),
        agency_code: None,
        purpose: Some("1.004227"),
        case_number: Some("H55-1"),
        fields: None,
        older_form: false,
        source: [10, 55, 1, 2].into(),
        workplace: dancu_policy::Workplace::System,
        now_us,
    };
    decide(&exchange.snapshot().rules, &ask).err()
}

/// An officer's account of the system.
pub(crate) fn put_account(exchange: &Exchange) {
    let account = dancu_policy::Account {
        id: "account-1".into(),
        system: SYSTEM.into(),
        login: "nguyenvana.stttt".into(),
        officer_number: Some(dancu_citizen::PersonalId::parse("001080000024").unwrap()),
        officer_name: "Nguyễn Văn A".into(),
        role: dancu_policy::Role::OneStopOfficer,
        agency_code: dancu_policy::AgencyCode::parse("H55.1").unwrap(),
        daily_quota: 10,
        state: dancu_policy::AccountState::Active,
    };
    let entry = dancu_exchange::OfficerEntry { account, phone: None, password: None };
    exchange.put_account(&entry, NOW).unwrap();
}
