//! The officer's page in every state worth looking at. The people are synthetic.
use super::{
    CallResult, CounterSearch, FieldRow, Hit, JournalNote, OfficerForm, OfficerPage, Quota, RecentCall, View,
};
use crate::Texts;
use crate::page::{Section, Shell};
use crate::parts::{Choice, Fact, FactGroup, Outcome, RefusalText, Service, Typed, Verdict};
use dancu_catalogue::{Code, Lang};

/// Picks the sample's words in a language.
#[derive(Clone, Copy)]
struct Words(Lang);

impl Words {
    fn pick(self, vi: &str, en: &str) -> String {
        match self.0 {
            Lang::Vi => vi.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

impl OfficerPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let w = Words(lang);
        let page = |view, form, result| Self {
            shell: Shell::sample(lang, "/officer", Section::Officer, true),
            view,
            form,
            search: CounterSearch::default(),
            result,
            quota: Some(Quota { used: 38, limit: 200 }),
            recent: recent(),
        };
        let empty = OfficerForm { may_verify: true, may_look_up: true, ..form(w) };
        let fresh = OfficerForm {
            number: Typed::default(),
            full_name: Typed::default(),
            birth_date: Typed::default(),
            case_number: Typed::default(),
            sex: Typed::default(),
            ..empty.clone()
        };
        let first = Self {
            recent: Vec::new(),
            quota: Some(Quota { used: 0, limit: 200 }),
            ..page(View::ByNumber, fresh, None)
        };
        let found = Self { search: search(hits(w)), ..page(View::Counter, form(w), None) };
        let nobody = Self { search: search(Vec::new()), ..page(View::Counter, form(w), None) };
        vec![
            ("officer", first),
            ("officer-verified", page(View::ByNumber, form(w), Some(verified(w)))),
            ("officer-mismatch", page(View::ByNumber, form(w), Some(mismatch(w)))),
            ("officer-found", page(View::ByNumber, with_sensitive(w), Some(found_record(w)))),
            ("officer-not-usable", page(View::ByNumber, form(w), Some(not_usable(w)))),
            ("officer-refused", page(View::ByNumber, form(w), Some(refused(w)))),
            ("officer-wrong", page(View::ByNumber, wrong_form(w), None)),
            ("officer-counter", found),
            ("officer-counter-none", nobody),
        ]
    }
}

fn form(w: Words) -> OfficerForm {
    let field = |name: &str, vi: &str, en: &str, chosen| Choice::new(name, w.pick(vi, en), chosen);
    OfficerForm {
        number: Typed::new("001185000017"),
        full_name: Typed::new("Trần Thị Thúy Hòa"),
        birth_date: Typed::new("30/04/1985"),
        sex: Typed::new("2"),
        purposes: vec![
            Choice::new(
                "1.004227",
                w.pick("1.004227 – Đăng ký thường trú", "1.004227 – Permanent residence"),
                true,
            ),
            Choice::new(
                "2.000635",
                w.pick("2.000635 – Cấp bản sao trích lục hộ tịch", "2.000635 – Civil status extract"),
                false,
            ),
        ],
        case_number: Typed::new("H24.12-261121-0031"),
        case_required: true,
        fields: vec![
            field("other_names", "Tên gọi khác", "Other names", false),
            field("birth_registration", "Nơi đăng ký khai sinh", "Birth registration", false),
            field("home_town", "Quê quán", "Home town", true),
            field("nationality", "Quốc tịch", "Nationality", false),
            field("permanent_residence", "Nơi thường trú", "Permanent residence", true),
            field("current_residence", "Nơi ở hiện tại", "Current residence", true),
            field("marital_status", "Tình trạng hôn nhân", "Marital status", false),
            field("household", "Chủ hộ và thành viên hộ gia đình", "Household", true),
        ],
        sensitive: vec![
            field("ethnic_group", "Dân tộc", "Ethnic group", false),
            field("religion", "Tôn giáo", "Religion", false),
            field("blood_group", "Nhóm máu", "Blood group", false),
        ],
        may_verify: true,
        may_look_up: true,
        ..OfficerForm::default()
    }
}

fn with_sensitive(w: Words) -> OfficerForm {
    let mut form = form(w);
    if let Some(first) = form.sensitive.first_mut() {
        first.chosen = true;
    }
    form
}

fn wrong_form(w: Words) -> OfficerForm {
    OfficerForm {
        number: Typed::wrong(
            "00118500001",
            w.pick(
                "Số định danh phải có 12 chữ số, số CMND phải có 9 chữ số.",
                "An identification number has 12 digits, an old card number 9.",
            ),
        ),
        birth_date: Typed::wrong(
            "31/02/1985",
            w.pick("Ngày 31/02/1985 không tồn tại.", "There is no 31/02/1985."),
        ),
        purpose_error: Some(w.pick("Chọn mục đích khai thác.", "Choose the purpose.")),
        purposes: form(w).purposes.into_iter().map(|c| Choice { chosen: false, ..c }).collect(),
        ..form(w)
    }
}

fn result(w: Words, service: Service, outcome: Outcome) -> CallResult {
    CallResult {
        service,
        outcome,
        state: None,
        refusal: None,
        verdicts: Vec::new(),
        groups: Vec::new(),
        ground: vec![
            Fact::new(
                w.pick("Mục đích", "Purpose"),
                w.pick("1.004227 – Đăng ký thường trú", "1.004227 – Permanent residence"),
            ),
            Fact::mono(w.pick("Số hồ sơ", "Case number"), "H24.12-261121-0031"),
        ],
        journal: Some(JournalNote {
            index: 1_048_577,
            at: "21/11/2026 14:02:31".to_owned(),
            correlation: "01JD6V3P9R4Z".to_owned(),
        }),
    }
}

fn rows(w: Words, name: (Verdict, String), birth: (Verdict, String)) -> Vec<FieldRow> {
    let row = |vi: &str, en: &str, asked: &str, verdict, reason| FieldRow {
        label: w.pick(vi, en),
        asked: asked.to_owned(),
        verdict,
        reason,
    };
    vec![
        row(
            "Số định danh cá nhân",
            "Personal identification number",
            "001185000017",
            Verdict::Match,
            String::new(),
        ),
        row("Họ, chữ đệm và tên", "Full name", "TRAN THI THUY HOA", name.0, name.1),
        row("Ngày, tháng, năm sinh", "Date of birth", "30/04/1985", birth.0, birth.1),
        row("Giới tính", "Sex", "", Verdict::NotAsked, String::new()),
    ]
}

fn verified(w: Words) -> CallResult {
    let rows = rows(w, (Verdict::MatchUnaccented, String::new()), (Verdict::Match, String::new()));
    CallResult { verdicts: rows, ..result(w, Service::Verify, Outcome::Verified) }
}

fn mismatch(w: Words) -> CallResult {
    let near = w.pick("Ngày và tháng bị đổi chỗ.", "Day and month are swapped.");
    let rows = rows(w, (Verdict::Mismatch, String::new()), (Verdict::Near, near));
    CallResult { verdicts: rows, ..result(w, Service::Verify, Outcome::Mismatch) }
}

fn not_usable(w: Words) -> CallResult {
    let state = w.pick(
        "Đã chết ngày 12/03/2020 theo dữ liệu hộ tịch.",
        "Deceased on 12/03/2020 according to civil status data.",
    );
    CallResult { state: Some(state), ..result(w, Service::LookUp, Outcome::NotUsable) }
}

fn refused(w: Words) -> CallResult {
    let texts = Texts::of(w.0);
    let refusal = Some(RefusalText::of(Code::PurposeNotRegistered, texts));
    CallResult { refusal, ..result(w, Service::LookUp, Outcome::Refused) }
}

fn found_record(w: Words) -> CallResult {
    let civil = w.pick("Hộ tịch, 12/03/2021", "Civil status, 12/03/2021");
    let residence = w.pick("Cư trú, 05/08/2025", "Residence, 05/08/2025");
    let group = |vi: &str, en: &str, sensitive, facts| FactGroup { title: w.pick(vi, en), facts, sensitive };
    let fact = |vi: &str, en: &str, value: String| Fact::new(w.pick(vi, en), value);
    let groups = vec![
        group(
            "Nhân thân",
            "Person",
            false,
            vec![
                fact("Họ, chữ đệm và tên", "Full name", "Trần Thị Thúy Hòa".to_owned()).noted(civil.as_str()),
                Fact::mono(w.pick("Số định danh cá nhân", "Personal identification number"), "001185000017"),
                fact("Ngày, tháng, năm sinh", "Date of birth", "30/04/1985".to_owned()).noted(civil.as_str()),
                fact("Giới tính", "Sex", w.pick("Nữ", "Female")),
                fact("Quê quán", "Home town", "Xã Giao Ninh, tỉnh Ninh Bình".to_owned()).noted(civil),
            ],
        ),
        group(
            "Cư trú",
            "Residence",
            false,
            vec![
                fact(
                    "Nơi thường trú",
                    "Permanent residence",
                    "Số 18 đường Lý Tự Trọng, phường Hồng Bàng, thành phố Hải Phòng".to_owned(),
                )
                .noted(residence.as_str()),
                fact("Nơi ở hiện tại", "Current residence", String::new()),
                fact("Chủ hộ", "Head of household", "Nguyễn Văn Thái".to_owned()).noted(residence),
            ],
        ),
        group(
            "Dữ liệu nhạy cảm",
            "Sensitive data",
            true,
            vec![fact("Dân tộc", "Ethnic group", "Kinh".to_owned())],
        ),
    ];
    CallResult { groups, ..result(w, Service::LookUp, Outcome::Found) }
}

fn recent() -> Vec<RecentCall> {
    let call = |at: &str, service, subject: &str, case: &str, outcome, journal| RecentCall {
        at: at.to_owned(),
        service,
        subject: subject.to_owned(),
        case_number: case.to_owned(),
        outcome,
        journal,
    };
    vec![
        call("14:02:31", Service::Verify, "0011…0017", "H24.12-261121-0031", Outcome::Verified, 1_048_577),
        call("13:57:04", Service::LookUp, "0312…4410", "H24.12-261121-0030", Outcome::Found, 1_048_533),
        call("13:41:18", Service::Verify, "0310…0822", "H24.12-261121-0028", Outcome::Mismatch, 1_048_410),
        call("11:20:55", Service::LookUp, "0301…7725", "H24.12-261121-0019", Outcome::NotUsable, 1_047_902),
        call("10:08:12", Service::Verify, "0319…1150", "", Outcome::Refused, 1_047_377),
        call("09:15:40", Service::Verify, "0312…9036", "H24.12-261121-0007", Outcome::NotFound, 1_046_811),
    ]
}

fn search(hits: Vec<Hit>) -> CounterSearch {
    CounterSearch {
        purposes: vec![Choice::new("1.004227", "1.004227", true)],
        full_name: Typed::new("tran thi thuy hoa"),
        birth_date: Typed::new("1985"),
        sex: "2".to_owned(),
        more: !hits.is_empty(),
        hits: Some(hits),
        ..CounterSearch::default()
    }
}

fn hits(w: Words) -> Vec<Hit> {
    let hit = |choice: &str, number: &str, name: &str, birth: &str, residence: &str| Hit {
        choice: choice.to_owned(),
        number: number.to_owned(),
        full_name: name.to_owned(),
        birth_date: birth.to_owned(),
        sex: w.pick("Nữ", "Female"),
        residence: residence.to_owned(),
    };
    vec![
        hit("a1", "0011…0017", "Trần Thị Thúy Hòa", "30/04/1985", "Phường Hồng Bàng, Hải Phòng"),
        hit("a2", "0361…2208", "Trần Thị Thúy Hoà", "12/1985", "Xã Giao Ninh, Ninh Bình"),
        hit("a3", "0311…5593", "Trần Thị Thùy Hoa", "1985", "Phường Lê Chân, Hải Phòng"),
    ]
}
