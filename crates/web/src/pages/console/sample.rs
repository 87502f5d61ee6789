//! Pages of the console for the tests and the gallery: a list, a record, a chart, the door.
use super::record::Group;
use super::{
    Choosing, CleaningPage, DoorPage, ListPage, Meter, Piece, RecordPage, ReviewPage, ReviewSide, Somebody,
};
use crate::Texts;
use crate::icons::Icon;
use crate::page::{Place, Shell};
use crate::parts::{
    Act, Badge, Bar, Bars, Cell, Choice, Control, Crumb, Crumbs, Empty, Fact, Happening, Input, InputKind,
    Select, Table, Timeline, Tone, Typed,
};
use askama::DynTemplate;
use dancu_catalogue::Lang;

/// `(name, page)`
pub(crate) fn samples(lang: Lang) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
    vec![
        ("console-work", Box::new(list(lang)) as Box<dyn DynTemplate>),
        ("console-empty", Box::new(empty(lang))),
        ("console-record", Box::new(record(lang))),
        ("console-door", Box::new(door(lang))),
        ("console-enrol", Box::new(enrol(lang))),
        ("console-cleaning", Box::new(cleaning(lang))),
        ("console-review", Box::new(review(lang, true))),
        ("console-reviewed", Box::new(review(lang, false))),
    ]
}

fn badge(tone: Tone, icon: Icon, label: &str) -> Badge {
    Badge { tone, icon, label: label.to_owned() }
}

fn nothing(t: Texts) -> Empty {
    Empty {
        icon: Icon::Check,
        title: t.t("work-empty-title").into_owned(),
        text: t.t("work-empty-text").into_owned(),
    }
}

fn list(lang: Lang) -> ListPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/", Some(Place::Work));
    let row = |due: &str, what: &str, of: &str, state: Badge| {
        vec![
            Cell::Figures(due.to_owned()),
            Cell::link(what, "/connections/12"),
            Cell::text(of),
            Cell::Badge(state),
        ]
    };
    let late = badge(Tone::Bad, Icon::Stop, &t.t("work-late"));
    let soon = badge(Tone::Warn, Icon::Warning, &t.t("work-soon"));
    let bar =
        |label: &str, value: u64, tone| Bar { label: label.to_owned(), value, words: t.number(value), tone };
    ListPage {
        table: Table {
            columns: ["work-due", "work-what", "work-of", "work-state"]
                .map(|key| t.t(key).into_owned())
                .to_vec(),
            rows: vec![
                row("20/11/2026", "HT-2026-012", "Sở Tư pháp tỉnh Thái Nguyên", late),
                row("24/11/2026", "HT-2026-015", "Bệnh viện đa khoa tỉnh Hòa Bình", soon),
            ],
        },
        charts: vec![Bars {
            title: t.t("usage-by-outcome").into_owned(),
            what: t.t("usage-outcome").into_owned(),
            how_many: t.t("usage-calls").into_owned(),
            bars: vec![bar("verified", 18_204, Tone::Good), bar("QUOTA_ACCOUNT", 77, Tone::Bad)],
        }],
        ..ListPage::new(shell, "console-work", nothing(t))
    }
}

fn empty(lang: Lang) -> ListPage {
    let shell = Shell::sample_console(lang, "/", Some(Place::Work));
    ListPage::new(shell, "console-work", nothing(Texts::of(lang)))
}

fn record(lang: Lang) -> RecordPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/connections/12", Some(Place::Connections));
    let happening = |at: &str, title: &str, by: &str, tone| Happening {
        at: at.to_owned(),
        title: title.to_owned(),
        by: by.to_owned(),
        text: String::new(),
        tone,
        links: vec![("HT-2026-012.pdf".to_owned(), "/connections/12/files/0".to_owned())],
    };
    let reason = Input::new(t, "reason", "act-reason", &Typed::wrong("", t.t("act-reason-missing")));
    let code = Select {
        texts: t,
        name: "code",
        label: t.t("act-code").into_owned(),
        choices: vec![Choice::new("breach", "KN-18", false)],
        ..Select::default()
    };
    RecordPage {
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-connections"), "/connections"),
                Crumb::new("HT-2026-012", ""),
            ],
        },
        title: "HT-2026-012".to_owned(),
        badge: Some(badge(Tone::Good, Icon::Check, &t.t("work-soon"))),
        notice: None,
        lead: "Sở Tư pháp tỉnh Thái Nguyên".to_owned(),
        links: Vec::new(),
        groups: vec![
            Group::Facts {
                title: t.t("record-facts").into_owned(),
                facts: vec![
                    Fact::new(t.t("work-of"), "Sở Tư pháp tỉnh Thái Nguyên"),
                    Fact::mono("id", "htmc"),
                ],
            },
            Group::Timeline {
                title: t.t("record-happened").into_owned(),
                timeline: Timeline {
                    happenings: vec![
                        happening("24/11/2026", "→", "", Tone::Warn),
                        happening("20/11/2026 09:12", "submitted", "Phạm Thu Hằng", Tone::Good),
                    ],
                },
            },
            Group::Table {
                title: t.t("record-tables").into_owned(),
                lead: String::new(),
                table: Table::default(),
                nothing: t.t("record-nothing").into_owned(),
            },
        ],
        acts: vec![
            Act::new("suspend", t.t("act-suspend"), "/connections/12/suspend", shell.csrf())
                .lead(t.t("act-suspend-lead"))
                .with(Control::Select(code))
                .with(Control::Input(reason))
                .button(t.t("act-suspend"), "suspend")
                .grave(),
        ],
        shell,
    }
}

fn door(lang: Lang) -> DoorPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/sign-in", None);
    let login =
        Input { autocomplete: "username", ..Input::new(t, "login", "sign-in-login", &Typed::default()) };
    let password = Input {
        autocomplete: "current-password",
        kind: InputKind::Password,
        ..Input::new(t, "password", "sign-in-password", &Typed::default())
    };
    let act = Act::new("knock", "", "/sign-in", "sample-token")
        .with(Control::Input(login))
        .with(Control::Input(password))
        .button(t.t("sign-in"), "");
    DoorPage { acts: vec![act], ..DoorPage::new(shell, "door-title", "door-lead", "sample-token") }
}

fn enrol(lang: Lang) -> DoorPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/sign-in/enrol", None);
    let code =
        Input { kind: InputKind::Digits, max: 6, ..Input::new(t, "code", "door-code", &Typed::default()) };
    let act = Act::new("enrol", "", "/sign-in/enrol", "sample-token")
        .with(Control::Input(code))
        .button(t.t("door-continue"), "");
    let pattern = (0..25).map(|y| (0..25).map(|x| (x * y + x + y) % 3 == 0).collect()).collect();
    DoorPage {
        code: Some(pattern),
        acts: vec![act],
        ..DoorPage::new(shell, "door-enrol-title", "door-enrol-lead", "sample-token")
    }
}

fn cleaning(lang: Lang) -> CleaningPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/cleaning/7", Some(Place::Cleaning));
    let name = "danh-sach-huong-tro-cap.csv";
    CleaningPage {
        notice: None,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![Crumb::new(t.t("console-cleaning"), "/cleaning"), Crumb::new(name, "")],
        },
        title: name.to_owned(),
        badge: Some(badge(Tone::Info, Icon::Clock, &t.t("cleaning-state-open"))),
        meter: Some(Meter {
            label: t.t("cleaning-progress").into_owned(),
            value: 18_432,
            most: 50_000,
            part: "36 %".to_owned(),
            words: t.with("cleaning-progress-rows", &[("done", "18.432"), ("total", "50.000")]).into_owned(),
            left: t.t1("cleaning-left", "time", "2").into_owned(),
            again: (t.t("cleaning-look-again").into_owned(), "/cleaning/7".to_owned()),
        }),
        links: vec![(t.t("cleaning-take").into_owned(), "/cleaning/7/file".to_owned())],
        tiles: None,
        charts: Vec::new(),
        groups: vec![Group::Facts {
            title: t.t("record-facts").into_owned(),
            facts: vec![Fact::new(t.t("cleaning-rows"), "50.000")],
        }],
        acts: vec![
            Act::new("cancel", t.t("cleaning-cancel"), "/cleaning/7/cancel", shell.csrf())
                .lead(t.t("cleaning-cancel-lead-open"))
                .button(t.t("cleaning-cancel"), "")
                .grave()
                .folded(),
        ],
        shell,
    }
}

fn review(lang: Lang, waits: bool) -> ReviewPage {
    let t = Texts::of(lang);
    let shell = Shell::sample_console(lang, "/cleaning/7/review", Some(Place::Cleaning));
    let piece = |text: &str, differs| Piece { text: text.to_owned(), differs };
    let agreement = |name: &str| dancu_stock::Texts::of(lang).named("agreement", name);
    let choosing = Choosing {
        heading: t.with("cleaning-row-named", &[("row", "12"), ("name", "TC-0012")]).into_owned(),
        verdict: dancu_stock::Texts::of(lang).named("verdict", "doubtful"),
        score: t.with("cleaning-score", &[("score", "21.4"), ("from", "28.0")]).into_owned(),
        agency: "Sở Tư pháp tỉnh Thái Nguyên".to_owned(),
        person: Some("b1946ac92492d2347c6235b4d2611184".to_owned()),
        sides: vec![
            ReviewSide {
                name: dancu_stock::Texts::of(lang).named("field", "full_name"),
                row: vec![piece("Nguyễn Văn", false), piece("Ân", true)],
                record: Some(vec![piece("Nguyễn Văn", false), piece("An", true)]),
                badge: badge(Tone::Warn, Icon::Near, &agreement("other_marks")),
            },
            ReviewSide {
                name: dancu_stock::Texts::of(lang).named("field", "birth_date"),
                row: vec![piece("1985", false)],
                record: None,
                badge: badge(Tone::Warn, Icon::Near, &agreement("less_precise")),
            },
        ],
        others: vec![Somebody {
            name: "Nguyễn Văn Án · 0010…0017".to_owned(),
            score: "18,2".to_owned(),
            differs: agreement("other_marks"),
        }],
        action: "/cleaning/7/review/12".to_owned(),
        rank: "100".to_owned(),
    };
    ReviewPage {
        notice: None,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-cleaning"), "/cleaning"),
                Crumb::new(t.t("cleaning-review"), ""),
            ],
        },
        title: t.t("cleaning-review").into_owned(),
        progress: t.with("cleaning-review-at", &[("at", "12"), ("total", "340")]).into_owned(),
        decided: 11,
        total: 340,
        choosing: waits.then_some(choosing),
        undo: Some((t.t1("cleaning-undo", "row", "11").into_owned(), "/cleaning/7/review/11".to_owned())),
        back: "/cleaning/7".to_owned(),
        csrf: shell.csrf().to_owned(),
        shell,
    }
}
