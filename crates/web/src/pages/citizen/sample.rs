//! The citizen's pages in every state worth looking at. The people are synthetic.
use super::{
    Asked, CitizenSignInPage, Content, Covered, Day, Epoch, Event, EventState, Filter, HistoryPage,
    InquiryPage, Look, Seen, Sent,
};
use crate::Texts;
use crate::icons::Icon;
use crate::page::{Section, Shell};
use crate::parts::{Choice, Pagination, Typed};
use dancu_catalogue::{Code, Lang};
use dancu_journal::{Answered, Outcome};

fn pick(lang: Lang, vi: &str, en: &str) -> String {
    match lang {
        Lang::Vi => vi.to_owned(),
        Lang::En => en.to_owned(),
    }
}

fn seen(lang: Lang, service: &str, outcome: Outcome) -> Seen {
    Seen {
        organisation: "Ủy ban nhân dân tỉnh Thái Nguyên".to_owned(),
        system: "Hệ thống một cửa Thái Nguyên".to_owned(),
        role: Texts::of(lang).t("role-one-stop-officer").into_owned(),
        service: Texts::of(lang).t(service).into_owned(),
        outcome,
        purpose: "1.004227".to_owned(),
        purpose_name: pick(lang, "Đăng ký thường trú", "Permanent residence"),
        note: String::new(),
        case_number: "H55.242-261121-0031".to_owned(),
        sent: pick(
            lang,
            "Số định danh cá nhân, Họ tên, Ngày sinh",
            "Personal number, Full name, Date of birth",
        ),
        released: String::new(),
        data: true,
        may_ask: true,
    }
}

fn looks(lang: Lang) -> Vec<Look> {
    let look = |index: u64, at: &str, content| Look {
        index,
        at: at.to_owned(),
        content,
        covered: Covered::Yes,
        inquiry: None,
    };
    let shown = |seen| Content::Shown(Box::new(seen));
    let given = Seen {
        released: pick(
            lang,
            "Họ tên, Ngày sinh, Giới tính, Nơi thường trú, Tình trạng hôn nhân",
            "Full name, Date of birth, Sex, Permanent residence, Marital status",
        ),
        ..seen(lang, "look-service-look-up", Outcome::Answered(Answered::Released))
    };
    let bank = Seen {
        organisation: "Ngân hàng Minh Họa".to_owned(),
        system: "Ngân hàng Minh Họa".to_owned(),
        case_number: String::new(),
        ..seen(lang, "look-service-verify", Outcome::Answered(Answered::Mismatch))
    };
    let refused = Seen {
        purpose: String::new(),
        purpose_name: String::new(),
        note: pick(lang, "9.999999 · kiểm tra", "9.999999 · a check"),
        ..seen(lang, "look-service-look-up", Outcome::Refused(Code::PurposeNotRegistered))
    };
    vec![
        Look {
            covered: Covered::By("14:05".to_owned()),
            ..look(1_048_577, "21/11/2026 14:02:31", shown(given))
        },
        look(
            1_048_102,
            "21/11/2026 09:15:04",
            shown(seen(lang, "look-service-verify", Outcome::Answered(Answered::Verified))),
        ),
        Look { inquiry: Some(Asked::Acknowledged), ..look(1_031_988, "18/11/2026 16:40:12", shown(bank)) },
        look(1_031_420, "", Content::Withheld { until: "18/02/2027".to_owned() }),
        look(
            1_031_421,
            "18/11/2026 08:03:10",
            Content::Kept {
                words: Texts::of(lang)
                    .with("look-withholding", &[("number", "1.031.420"), ("until", "18/02/2027")])
                    .into_owned(),
                order: String::new(),
            },
        ),
        Look { inquiry: Some(Asked::Overdue), ..look(998_001, "18/11/2026 07:31:00", shown(refused)) },
    ]
}

impl HistoryPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let mut all = looks(lang);
        let earlier = all.split_off(2);
        let days = vec![
            Day {
                title: pick(lang, "Thứ Bảy, 21/11/2026", "Saturday, 21/11/2026"),
                id: "d-2026-11-21".into(),
                looks: all,
            },
            Day {
                title: pick(lang, "Thứ Tư, 18/11/2026", "Wednesday, 18/11/2026"),
                id: "d-2026-11-18".into(),
                looks: earlier,
            },
        ];
        let organisations = vec![
            Choice::new("thai-nguyen", "Ủy ban nhân dân tỉnh Thái Nguyên", false),
            Choice::new("ngan-hang", "Ngân hàng Minh Họa", false),
        ];
        let page = |days, filter| Self {
            shell: Shell::sample_citizen(lang, "/citizen"),
            number: "0011…0017".to_owned(),
            filter,
            days,
            epoch: Some(Epoch { made: "21/11/2026 14:00:00".to_owned(), next: "14:05".to_owned() }),
            pages: None,
            csv: "/citizen/history.csv".to_owned(),
            names: "{}".to_owned(),
            claim: "{}".to_owned(),
        };
        let filter = Filter { organisations, ..Filter::default() };
        let older = Pagination {
            texts: Texts::of(lang),
            previous: None,
            next: Some("/citizen?before=998001".to_owned()),
            shown: String::new(),
        };
        let wrong =
            Filter { from: Typed::wrong("31/02/2026", Code::DateInvalid.title(lang)), ..filter.clone() };
        vec![
            ("citizen", Self { pages: Some(older), ..page(days, filter.clone()) }),
            ("citizen-empty", Self { epoch: None, ..page(Vec::new(), Filter::default()) }),
            ("citizen-filter-wrong", page(Vec::new(), wrong)),
        ]
    }
}

impl InquiryPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let t = Texts::of(lang);
        let seen = seen(lang, "look-service-look-up", Outcome::Answered(Answered::Released));
        let page = |sent| Self {
            shell: Shell::sample_citizen(lang, "/citizen/inquiry?entry=1048102"),
            look: Look {
                index: 1_048_102,
                at: "21/11/2026 09:15:04".to_owned(),
                content: Content::Shown(Box::new(seen.clone())),
                covered: Covered::Yes,
                inquiry: None,
            },
            seen: seen.clone(),
            sent,
            question: Typed::default(),
            deadlines: ["24/11/2026".to_owned(), "01/12/2026".to_owned()],
            notice: None,
        };
        vec![
            ("citizen-inquiry", page(None)),
            (
                "citizen-inquiry-sent",
                page(Some(Sent { asked: Asked::Overdue, events: sample_events(t, lang) })),
            ),
        ]
    }
}

/// What happened to a sample inquiry.
pub(crate) fn sample_events(t: Texts, lang: Lang) -> Vec<Event> {
    let event = |icon, key: &str, at: &str, words: String, state| Event {
        icon,
        title: t.t(key).into_owned(),
        at: at.to_owned(),
        words,
        state,
    };
    let question =
        pick(lang, "Tôi không nộp hồ sơ nào trong tháng này.", "I handed in no papers this month.");
    vec![
        event(Icon::Message, "inquiry-event-asked", "21/11/2026 15:20:11", question, EventState::Done),
        event(
            Icon::Check,
            "inquiry-event-acknowledged",
            "23/11/2026 08:05:40",
            String::new(),
            EventState::Done,
        ),
        event(Icon::Warning, "inquiry-event-answer-late", "01/12/2026", String::new(), EventState::Late),
    ]
}

impl CitizenSignInPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |number: Typed, code: Typed| Self {
            shell: Shell::sample(lang, "/citizen/sign-in", Section::Citizen, false),
            csrf: "sample-token".to_owned(),
            number,
            code,
            notice: None,
            people: vec![("001185000017".to_owned(), "Trần Thị Thúy Hòa".to_owned())],
            demo_code: "công-dân-thử".to_owned(),
        };
        let wrong = Texts::of(lang).t("citizen-sign-in-wrong");
        vec![
            ("citizen-sign-in", page(Typed::default(), Typed::default())),
            ("citizen-sign-in-wrong", page(Typed::new("001185000017"), Typed::wrong("", wrong))),
        ]
    }
}
