//! The supervisor's pages in every state worth looking at. The people are synthetic.
use super::{JournalEntryPage, JournalPage, JournalResults, JournalRow, JournalSearch, Withhold};
use crate::Texts;
use crate::page::{Section, Shell};
use crate::parts::{Choice, Fact, FactGroup, Outcome, Typed};
use dancu_catalogue::{Code, Lang};

fn search(lang: Lang) -> JournalSearch {
    let t = Texts::of(lang);
    JournalSearch {
        organisations: vec![
            Choice::new("thai-nguyen", "Ủy ban nhân dân tỉnh Thái Nguyên", true),
            Choice::new("ngan-hang", "Ngân hàng Minh Họa", false),
        ],
        systems: vec![Choice::new("htmc", "Hệ thống một cửa Thái Nguyên", false)],
        services: vec![Choice::new("verify", t.t("look-service-verify"), false)],
        outcomes: vec![Choice::new("released", t.t("look-outcome-released"), false)],
        purpose: Typed::new(match lang {
            Lang::Vi => "Xác minh đơn phản ánh của công dân",
            Lang::En => "Looking into a citizen's complaint",
        }),
        ground: Typed::new("TTr-2026-118"),
        ..JournalSearch::default()
    }
}

fn rows(lang: Lang) -> Vec<JournalRow> {
    let t = Texts::of(lang);
    let row = |index, at: &str, service: &str, outcome: Outcome| JournalRow {
        index,
        at: at.to_owned(),
        organisation: "Ủy ban nhân dân tỉnh Thái Nguyên".to_owned(),
        system: "Hệ thống một cửa Thái Nguyên".to_owned(),
        account: "htmc-1".to_owned(),
        service: t.t(service).into_owned(),
        case_number: "H55.242-261121-0031".to_owned(),
        subject: "0011…0017".to_owned(),
        outcome: outcome.badge(t),
    };
    vec![
        row(1_048_577, "21/11/2026 14:02:31", "look-service-look-up", Outcome::Found),
        row(1_048_102, "21/11/2026 09:15:04", "look-service-verify", Outcome::Verified),
        row(1_047_003, "20/11/2026 16:00:59", "look-service-verify", Outcome::Refused),
    ]
}

impl JournalPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |search, results| Self {
            shell: Shell::sample(lang, "/supervisor/journal", Section::Supervisor, true),
            search,
            results,
        };
        let found = |rows, next| {
            Some(JournalResults { token: "t".repeat(32), journal: 1_048_600, rows, next, later: false })
        };
        let wrong = JournalSearch {
            purpose: Typed::wrong("", Code::PurposeMissing.title(lang)),
            ground: Typed::wrong("", Code::CaseMissing.title(lang)),
            ..search(lang)
        };
        vec![
            ("supervisor", page(JournalSearch { purpose: Typed::default(), ..search(lang) }, None)),
            ("supervisor-found", page(search(lang), found(rows(lang), Some(1_047_003)))),
            ("supervisor-none", page(search(lang), found(Vec::new(), None))),
            ("supervisor-wrong", page(wrong, None)),
        ]
    }
}

impl JournalEntryPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let t = Texts::of(lang);
        let group = |key: &str, facts| FactGroup { title: t.t(key).into_owned(), facts, sensitive: false };
        let page = |withheld: Option<&str>, withhold| Self {
            shell: Shell::sample(lang, "/supervisor/journal", Section::Supervisor, true),
            index: 1_048_102,
            token: "t".repeat(32),
            journal: 1_048_601,
            outcome: Outcome::Verified.badge(t),
            groups: vec![
                group(
                    "supervisor-who",
                    vec![
                        Fact::new(t.t("look-organisation"), "Ủy ban nhân dân tỉnh Thái Nguyên"),
                        Fact::new(t.t("road-officer"), "nguyenvana.stttt"),
                    ],
                ),
                group(
                    "supervisor-whom",
                    vec![
                        Fact::mono(t.t("supervisor-person"), "001185000017"),
                        Fact::mono(t.t("look-case"), "H55.242-261121-0031"),
                    ],
                ),
            ],
            leaf_hash: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d".to_owned(),
            withheld: withheld.map(str::to_owned),
            withhold,
            notice: None,
        };
        let wrong = Withhold {
            order: Typed::wrong("", Code::FieldMissing.title(lang)),
            authority: Typed::new("Cơ quan Cảnh sát điều tra"),
            until: Typed::wrong("31/02/2027", Code::DateInvalid.title(lang)),
        };
        vec![
            ("supervisor-entry", page(None, Some(Withhold::default()))),
            ("supervisor-entry-withheld", page(Some("18/02/2027"), Some(Withhold::default()))),
            ("supervisor-entry-wrong", page(None, Some(wrong))),
        ]
    }
}
