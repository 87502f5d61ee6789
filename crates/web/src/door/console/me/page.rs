//! The page, and the whole history.
use super::Answer;
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words;
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, ListPage, RecordPage};
use crate::parts::{
    Act, Badge, Cell, Crumb, Crumbs, Empty, Fact, Notice, Pagination, RowButton, Table, Tone,
};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_staff::{Device, Factors, Outcome, PasskeyEntry, SessionEntry, SignInEntry};

/// Sign-ins on the page itself
const LATEST: u32 = 10;
/// Sign-ins on a page of the history
const SHOWN: u32 = 50;

struct Known {
    factors: Factors,
    passkeys: Vec<PasskeyEntry>,
    sessions: Vec<SessionEntry>,
    devices: Vec<Device>,
    history: Vec<SignInEntry>,
}

pub(super) async fn show(seat: Seat) -> Answer {
    let (id, now_us) = (seat.id().to_owned(), seat.now_us());
    let known = seat.staffed(Place::Me, move |staff| {
        Ok(Known {
            factors: staff.factors_of(&id)?,
            passkeys: staff.passkeys_of(&id)?,
            sessions: staff.sessions_of(&id, now_us)?,
            devices: staff.devices_of(&id)?,
            history: staff.history(&id, None, LATEST)?,
        })
    });
    let Ok(known) = known.await? else {
        return Err(Oops::page(seat.shell(Place::Me), ErrorKind::Unavailable));
    };
    let page = whole(&seat, &known);
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn whole(seat: &Seat, known: &Known) -> RecordPage {
    let shell = seat.shell(Place::Me);
    let t = shell.texts();
    let account = &seat.session.account;
    let facts = vec![
        Fact::new(t.t("staff-login"), account.login.clone()),
        Fact::new(t.t("staff-roles"), words::roles(t, &account.roles)),
        Fact::new(t.t("staff-kind"), t.t(&format!("account-kind-{}", account.kind.name()))),
        Fact::new(t.t("staff-organisation"), seat.agency(account.organisation.as_deref(), t)),
        Fact::new(t.t("me-idle"), said::moment(seat.session.idle_at_us)),
    ];
    let mut links = vec![(t.t("me-password").into_owned(), "/me/password".to_owned())];
    if seat.session.emergency.is_none() {
        links.push((t.t("me-passkey-add").into_owned(), "/me/passkey".to_owned()));
        let totp = if known.factors.totp { "me-totp-replace" } else { "me-totp-add" };
        links.push((t.t(totp).into_owned(), "/me/totp".to_owned()));
    }
    links.push((t.t("me-history").into_owned(), "/me/history".to_owned()));
    RecordPage {
        notice: notice(seat, t),
        crumbs: Crumbs { texts: t, crumbs: vec![Crumb::new(t.t("console-me"), "")] },
        title: t.t("console-me").into_owned(),
        badge: None,
        lead: account.name.clone(),
        links,
        groups: vec![
            Group::Facts { title: t.t("record-facts").into_owned(), facts },
            factors(seat, known, t),
            sessions(seat, &known.sessions, &known.devices, t),
            Group::Table {
                title: t.t("me-devices").into_owned(),
                lead: t.t("me-devices-lead").into_owned(),
                table: devices(&known.devices, Some((seat, "/me/devices/forget")), t),
                nothing: t.t("record-nothing").into_owned(),
            },
            Group::Table {
                title: t.t("me-tried").into_owned(),
                lead: String::new(),
                table: sign_ins(&known.history, &known.devices, t),
                nothing: t.t("record-nothing").into_owned(),
            },
        ],
        acts: acts(known, seat, t),
        shell,
    }
}

fn notice(seat: &Seat, t: Texts) -> Option<Notice> {
    const DONE: &[&str] =
        &["ended", "password", "passkey", "passkey-removed", "totp", "totp-removed", "device", "proved"];
    let done = asked(&seat.uri, "done");
    if DONE.contains(&done.as_str()) {
        return Some(Notice::new(Tone::Good, t.t(&format!("me-done-{done}")), ""));
    }
    match asked(&seat.uri, "not").as_str() {
        "last" => Some(Notice::new(Tone::Bad, t.t("me-not-last"), t.t("me-not-last-todo"))),
        "proof" => Some(Notice::new(Tone::Bad, t.t("me-not-proof"), "")),
        _ => None,
    }
}

fn acts(known: &Known, seat: &Seat, t: Texts) -> Vec<Act> {
    let csrf = seat.csrf();
    let end = Act::new("end-sessions", t.t("me-end"), "/me/sessions", &csrf)
        .lead(t.t("me-end-lead"))
        .button(t.t("me-end"), "");
    if !known.factors.is_strong() || seat.session.emergency.is_some() {
        return vec![end];
    }
    let left = t.t1("me-recovery-left", "number", &known.factors.recovery.to_string());
    let codes = Act::new("recovery", t.t("me-recovery"), "/me/recovery", &csrf)
        .lead(left)
        .button(t.t("me-recovery-new"), "");
    vec![codes, end]
}

/// What I prove myself with.
fn factors(seat: &Seat, known: &Known, t: Texts) -> Group {
    let csrf = seat.csrf();
    let button = |action: &str, of: &str, values| {
        let action = action.to_owned();
        Cell::Button(RowButton {
            label: t.t("me-remove").into_owned(),
            of: of.to_owned(),
            action,
            csrf: csrf.clone(),
            values,
        })
    };
    let mut rows = Vec::new();
    if known.factors.totp {
        let name = t.t("factor-totp").into_owned();
        let remove = button("/me/totp/remove", &name, Vec::new());
        rows.push(vec![Cell::Text(name), Cell::text(""), Cell::text(""), remove]);
    }
    for passkey in &known.passkeys {
        let remove = button("/me/passkey/remove", &passkey.name, vec![("passkey", passkey.id.clone())]);
        rows.push(vec![
            Cell::Lines(vec![passkey.name.clone(), t.t("factor-passkey").into_owned()]),
            Cell::Figures(said::moment(passkey.created_at_us)),
            Cell::Figures(passkey.used_at_us.map(said::moment).unwrap_or_default()),
            remove,
        ]);
    }
    let columns = ["me-factor", "me-added", "me-used", "me-do"];
    Group::Table {
        title: t.t("me-factors").into_owned(),
        lead: t.t("me-factors-lead").into_owned(),
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows },
        nothing: t.t("me-factors-none").into_owned(),
    }
}

fn sessions(seat: &Seat, sessions: &[SessionEntry], devices: &[Device], t: Texts) -> Group {
    let row = |session: &SessionEntry| {
        let here = session.id == seat.session.id;
        let device = named(devices, session.device.as_deref());
        let since = t.t1("me-since", "at", &said::moment(session.created_at_us)).into_owned();
        let last = if here {
            Cell::Badge(Badge {
                tone: Tone::Good,
                icon: Icon::Check,
                label: t.t("me-session-here").into_owned(),
            })
        } else {
            Cell::Button(RowButton {
                label: t.t("me-session-end").into_owned(),
                of: device.clone(),
                action: "/me/sessions/end".to_owned(),
                csrf: seat.csrf(),
                values: vec![("session", session.id.clone())],
            })
        };
        vec![
            Cell::Figures(said::moment(session.seen_at_us)),
            Cell::Lines(vec![device, since]),
            Cell::text(session.factor.map(|factor| words::factor(t, factor)).unwrap_or_default()),
            last,
        ]
    };
    let columns = ["me-seen", "me-device", "me-factor", "me-do"];
    Group::Table {
        title: t.t("me-sessions").into_owned(),
        lead: String::new(),
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: sessions.iter().map(row).collect(),
        },
        nothing: String::new(),
    }
}

/// Browsers; with a button to forget each where the reader may.
pub(in crate::door::console) fn devices(
    devices: &[Device],
    forget: Option<(&Seat, &str)>,
    t: Texts,
) -> Table {
    let row = |device: &Device| {
        let name = words::browser(t, &device.name);
        let last = match (forget, device.revoked_at_us) {
            (_, Some(at)) => Cell::text(t.t1("me-device-forgotten", "day", &said::date_of(at))),
            (Some((seat, action)), None) => Cell::Button(RowButton {
                label: t.t("me-device-forget").into_owned(),
                of: name.clone(),
                action: action.to_owned(),
                csrf: seat.csrf(),
                values: vec![("device", device.id.clone())],
            }),
            (None, None) => Cell::text(""),
        };
        vec![
            Cell::Text(name),
            Cell::Figures(said::moment(device.first_seen_us)),
            Cell::Figures(said::moment(device.last_seen_us)),
            last,
        ]
    };
    let columns = ["me-device", "me-first", "me-seen", "me-do"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: devices.iter().map(row).collect(),
    }
}

fn named(devices: &[Device], id: Option<&str>) -> String {
    let found = devices.iter().find(|device| Some(device.id.as_str()) == id);
    found.map(|device| words::browser(Texts::default(), &device.name)).unwrap_or_default()
}

/// Tries to sign in, the newest first.
pub(in crate::door::console) fn sign_ins(history: &[SignInEntry], known: &[Device], t: Texts) -> Table {
    let row = |entry: &SignInEntry| {
        let (tone, icon) = match entry.outcome {
            Outcome::SignedIn => (Tone::Good, Icon::Check),
            Outcome::Emergency => (Tone::Bad, Icon::Warning),
            _ => (Tone::Warn, Icon::Stop),
        };
        let label = t.t(&format!("tried-{}", words::dashed(entry.outcome.name()))).into_owned();
        vec![
            Cell::Figures(said::moment(entry.at_us)),
            Cell::Badge(Badge { tone, icon, label }),
            Cell::text(entry.factor.map(|factor| words::factor(t, factor)).unwrap_or_default()),
            Cell::Text(named(known, entry.device.as_deref())),
        ]
    };
    let columns = ["me-when", "me-what", "me-factor", "me-device"];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: history.iter().map(row).collect(),
    }
}

/// Every try to sign in, page by page.
pub(super) async fn history(seat: Seat) -> Answer {
    let before = asked(&seat.uri, "before");
    let before = before.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let id = seat.id().to_owned();
    let read = seat
        .staffed(Place::Me, move |staff| Ok((staff.history(&id, before, SHOWN)?, staff.devices_of(&id)?)));
    let Ok((history, known)) = read.await? else {
        return Err(Oops::page(seat.shell(Place::Me), ErrorKind::Unavailable));
    };
    let shell = seat.shell(Place::Me);
    let t = shell.texts();
    let full = history.len() == SHOWN as usize;
    let next = history.last().filter(|_| full).map(|e| format!("/me/history?before={}.{}", e.at_us, e.id));
    let nothing = Empty {
        icon: Icon::Search,
        title: t.t("record-nothing").into_owned(),
        text: t.t("me-history-end").into_owned(),
    };
    let page = ListPage {
        above: vec![(t.t("console-me").into_owned(), "/me".to_owned())],
        table: sign_ins(&history, &known, t),
        pages: next.map(|next| Pagination {
            texts: t,
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        ..ListPage::new(shell, "me-history", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}
