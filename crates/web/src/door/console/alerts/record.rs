//! One alert: what the rule saw, on which entries, what became of it, what can be done.
use super::{Answer, WORDS, list, name_of, words};
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::console::sources::{mark, source};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Cell, Choice, Control, Crumb, Crumbs, Fact, Happening, Notice, Select, Table, Timeline, Tone,
    Typed,
};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_governance::Kind;
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{
    Alert, AlertQuery, AlertState, Brake, Evidence, Lesson, Note, NoteKind, Setting, Step, Watch, WatchError,
};

/// Earlier alerts of the account that are shown.
const EARLIER: u32 = 10;
/// Hours for which calls can be stopped by hand.
pub(in crate::door::console) const BRAKE_HOURS: [u32; 4] = [1, 4, 24, 72];

/// Everything that is known of an alert.
pub(in crate::door::console) struct Whole {
    pub(in crate::door::console) alert: Alert,
    pub(in crate::door::console) steps: Vec<Step>,
    pub(in crate::door::console) notes: Vec<Note>,
    pub(in crate::door::console) evidence: Vec<Evidence>,
    pub(in crate::door::console) earlier: Vec<Alert>,
    pub(in crate::door::console) brake: Option<Brake>,
    /// How the rule was set for the entry that made it
    pub(in crate::door::console) setting: Option<Setting>,
    lesson: Lesson,
}

pub(in crate::door::console) fn whole(watch: &Watch, alert: Alert) -> Result<Whole, WatchError> {
    let query = AlertQuery {
        organisation: alert.who.organisation.as_deref().map(ToOwned::to_owned),
        account: alert.who.account.as_deref().map(ToOwned::to_owned),
        before: Some(alert.number),
        ..AlertQuery::default()
    };
    let earlier = if alert.who.account.is_some() { watch.alerts(&query, EARLIER)? } else { Vec::new() };
    let settings = watch.settings();
    let entry = alert.evidence.last().copied().unwrap_or_default();
    let day = dancu_gateway::vietnam_day(alert.at_us);
    Ok(Whole {
        steps: watch.steps(alert.number)?,
        notes: watch.notes(alert.number)?,
        evidence: watch.evidence(&alert)?,
        earlier,
        brake: watch.brake_of(alert.number)?,
        setting: settings.1.on(alert.rule, entry, day).cloned(),
        lesson: settings.1.lesson(),
        alert,
    })
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let alert = seat.alert(&id, Action::AlertRead).await?;
    let t = seat.shell(Place::Alerts).texts();
    let done = seat.uri.query().and_then(|query| query.strip_prefix("done="));
    let known = ["take", "note", "confirm", "false", "brake", "release"];
    let done = done.filter(|done| known.contains(done));
    let notice = done.map(|done| Notice::new(Tone::Good, t.t(&format!("alert-done-{done}")), ""));
    page(&seat, alert, notice, None, StatusCode::OK).await
}

/// The page of an alert; `faulty` is what was typed where words were missing, and in which form.
pub(super) async fn page(
    seat: &Seat,
    alert: Alert,
    notice: Option<Notice>,
    faulty: Option<&'static str>,
    status: StatusCode,
) -> Answer {
    let whole = seat.watched(move |watch| whole(watch, alert)).await?;
    let alert = &whole.alert;
    let shell = seat.shell(Place::Alerts);
    let t = shell.texts();
    let page = RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-alerts"), "/alerts"),
                Crumb::new(t.t1("alert-number", "number", &alert.number.to_string()), ""),
            ],
        },
        title: format!("{} · {}", alert.number, words::rule(t, alert.rule)),
        badge: Some(words::state(t, alert.state)),
        lead: words::about(t, alert.rule),
        links: links(seat, alert, t).await,
        groups: groups(seat, &whole, t).await,
        acts: acts(seat, &whole, faulty, shell.csrf(), t),
        shell,
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

/// Where it goes on: the rule, the connection with its forms for orders, all alerts of the account.
async fn links(seat: &Seat, alert: &Alert, t: Texts) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let system = alert.who.system.to_string();
    let asked =
        seat.governed(Place::Alerts, move |governance| governance.of_system(&system, Kind::Connection));
    let of = alert.who.organisation.as_deref();
    if seat.may(Action::ConnectionRead, of) == Ruling::Allowed
        && let Ok(found) = asked.await
        && let Some(matter) = found.last()
    {
        let suspends = seat.may(Action::ConnectionSuspend, of) == Ruling::Allowed;
        let label = if suspends { "alert-suspend" } else { "alert-connection" };
        links.push((t.t(label).into_owned(), format!("/matters/{}", matter.id)));
    }
    if seat.may(Action::WatchRead, None) == Ruling::Allowed {
        links.push((t.t("alert-rule").into_owned(), format!("/alerts/rules/{}", alert.rule.name())));
    }
    if let Some(account) = &alert.who.account {
        let pairs = [("state", "all"), ("account", account)];
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        links.push((t.t("alert-of-account").into_owned(), format!("/alerts?{query}")));
    }
    links
}

async fn groups(seat: &Seat, whole: &Whole, t: Texts) -> Vec<Group> {
    let word = |key: &str| t.t(key).into_owned();
    let mut groups = vec![
        Group::Facts { title: word("alert-saw"), facts: saw(whole, t) },
        Group::Facts { title: word("alert-who"), facts: who(seat, whole, t) },
        Group::Table {
            title: word("alert-entries"),
            lead: word("alert-entries-lead"),
            table: entries(&whole.evidence, t),
            nothing: word("record-nothing"),
        },
        Group::Timeline { title: word("record-happened"), timeline: timeline(seat, whole, t).await },
    ];
    if whole.alert.who.account.is_some() {
        groups.push(Group::Table {
            title: word("alert-earlier"),
            lead: String::new(),
            table: list::table(seat, &whole.earlier, t),
            nothing: word("alert-earlier-none"),
        });
    }
    groups
}

/// What was counted, against which threshold, and where that comes from.
fn saw(whole: &Whole, t: Texts) -> Vec<Fact> {
    let alert = &whole.alert;
    let mut facts: Vec<Fact> =
        alert.figures.iter().map(|(name, value)| words::figure(t, name, *value)).collect();
    if let Some(set) = &whole.setting {
        facts.push(
            Fact::new(t.t("alert-threshold-then"), words::threshold(t, set)).noted(said::day(set.valid_from)),
        );
        facts.push(Fact::new(t.t("rules-source"), source(t, &set.source)).noted(mark(t, &set.mark)));
    }
    facts.push(Fact::new(t.t("watch-level"), words::level(t, alert.level).label));
    facts.push(Fact::new(t.t("watch-action"), words::action(t, alert.action)));
    facts.push(Fact::new(
        t.t("alert-when"),
        t.with(
            "usage-from-to",
            &[("from", &said::moment(alert.since_us)), ("to", &said::moment(alert.at_us))],
        ),
    ));
    facts
}

fn who(seat: &Seat, whole: &Whole, t: Texts) -> Vec<Fact> {
    let (alert, now_us) = (&whole.alert, seat.now_us());
    let organisation = alert.who.organisation.as_deref();
    let mut facts = vec![
        Fact::new(t.t("work-of"), organisation.map(|id| seat.console.organisation(id)).unwrap_or_default()),
        Fact::new(t.t("usage-system"), seat.console.system(&alert.who.system)),
    ];
    facts.push(match &alert.who.account {
        Some(account) => {
            let name = seat.account_name(organisation, &alert.who.system, account);
            Fact::new(t.t("matter-account"), name)
        }
        None => Fact::new(t.t("matter-account"), t.t("alert-whole-system")),
    });
    if let Some(about) = &alert.about {
        facts.push(Fact::mono(t.t("alert-about"), said::masked(about)));
    }
    if let Some(brake) = &whole.brake {
        let until = said::moment(brake.until_us);
        let key = if brake.until_us > now_us { "alert-braked-until" } else { "alert-braked-ended" };
        facts.push(Fact::new(t.t("alert-brake"), t.t1(key, "until", &until)));
    }
    facts
}

fn entries(evidence: &[Evidence], t: Texts) -> Table {
    let columns = ["alert-entry", "me-when", "usage-service", "usage-outcome", "alert-case"];
    let row = |one: &Evidence| {
        vec![
            Cell::Figures(t.number(one.entry)),
            Cell::Figures(said::moment(one.at_us)),
            Cell::text(words::service(t, &one.service)),
            Cell::text(words::outcome(t, one.outcome)),
            Cell::text(t.t(if one.with_case { "word-yes" } else { "watch-no" })),
        ]
    };
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: evidence.iter().map(row).collect(),
    }
}

/// Steps, notes and brakes, the newest first.
async fn timeline(seat: &Seat, whole: &Whole, t: Texts) -> Timeline {
    let by = whole.steps.iter().map(|step| step.by.clone());
    let names = seat.staff_names(by.chain(whole.notes.iter().map(|note| note.by.clone())).collect()).await;
    let happening = |at_us: i64, title: String, by: &str, text: &str, tone: Tone| {
        let happening = Happening {
            at: said::moment(at_us),
            title,
            by: name_of(&names, by).to_owned(),
            text: text.to_owned(),
            tone,
            links: Vec::new(),
        };
        (at_us, happening)
    };
    let mut all: Vec<(i64, Happening)> = whole
        .steps
        .iter()
        .map(|step| {
            let state = words::state(t, step.to);
            happening(step.at_us, state.label, &step.by, &step.note, state.tone)
        })
        .collect();
    all.extend(whole.notes.iter().map(|note| {
        let tone = match note.kind {
            NoteKind::Note => Tone::Info,
            NoteKind::Brake => Tone::Warn,
            NoteKind::Release => Tone::Good,
        };
        let title = t.t(&format!("alert-note-{}", note.kind.name())).into_owned();
        happening(note.at_us, title, &note.by, &note.text, tone)
    }));
    let alert = &whole.alert;
    let title = t.t("alert-found").into_owned();
    let text = alert.braked_until_us.map(|until| t.t1("alert-braked-until", "until", &said::moment(until)));
    all.push((
        alert.at_us,
        Happening {
            at: said::moment(alert.at_us),
            title,
            by: t.t("matter-by-rule").into_owned(),
            text: text.unwrap_or_default().into_owned(),
            tone: Tone::Bad,
            links: Vec::new(),
        },
    ));
    // Stable: of one moment, what was written later stands above.
    all.sort_by_key(|(at_us, _)| std::cmp::Reverse(*at_us));
    Timeline { happenings: all.into_iter().map(|(_, happening)| happening).collect() }
}

fn acts(seat: &Seat, whole: &Whole, faulty: Option<&'static str>, csrf: &str, t: Texts) -> Vec<Act> {
    let alert = &whole.alert;
    let of = Some(alert.who.organisation.as_deref().unwrap_or_default());
    let may = |action: Action| seat.may(action, of) == Ruling::Allowed;
    let braked = whole.brake.as_ref().is_some_and(|brake| brake.until_us > seat.now_us());
    let words_of = |form: &str| {
        let wrong = faulty == Some(form);
        Typed { value: String::new(), error: wrong.then(|| t.t("alert-words-missing").into_owned()) }
    };
    let mut acts = Vec::new();
    if may(Action::AlertHandle) {
        acts.push(handle(whole, &words_of("handle"), csrf, t));
    }
    if braked && may(Action::AlertRelease) {
        let why = Area { max: WORDS, ..Area::new(t, "release_why", "act-reason", &words_of("release")) };
        acts.push(
            Act::new("release", t.t("alert-release"), format!("/alerts/{}/release", alert.number), csrf)
                .lead(t.t("alert-release-lead"))
                .with(Control::Area(why))
                .button(t.t("alert-release"), "release"),
        );
    }
    if !braked && may(Action::AlertBrake) {
        let hours = BRAKE_HOURS.map(|hours| {
            let label = t.t1("span-hours", "number", &hours.to_string());
            Choice::new(hours.to_string(), label, hours == 1)
        });
        let select = Select {
            texts: t,
            name: "hours",
            label: t.t("watch-brake-for").into_owned(),
            choices: hours.to_vec(),
            ..Select::default()
        };
        let why = Area { max: WORDS, ..Area::new(t, "brake_why", "act-reason", &words_of("brake")) };
        let whom = if alert.who.account.is_some() { "alert-brake-lead" } else { "alert-brake-system-lead" };
        acts.push(
            Act::new("brake", t.t("alert-brake-now"), format!("/alerts/{}/brake", alert.number), csrf)
                .lead(t.t(whom))
                .with(Control::Select(select))
                .with(Control::Area(why))
                .button(t.t("alert-brake-now"), "brake")
                .grave()
                .folded(),
        );
    }
    acts
}

/// What may become of the alert now.
fn handle(whole: &Whole, typed: &Typed, csrf: &str, t: Texts) -> Act {
    let (alert, lesson) = (&whole.alert, whole.lesson);
    let by_person = matches!(alert.rule, dancu_watch::Rule::OnePerson | dancu_watch::Rule::Guessing);
    let teaches = if by_person { "alert-teaches-person" } else { "alert-teaches" };
    let hundredth = |percent: u32| (percent / 100).to_string();
    let teaches = t.with(
        teaches,
        &[
            ("times", &hundredth(lesson.percent)),
            ("most", &hundredth(lesson.cap)),
            ("days", &lesson.days.to_string()),
        ],
    );
    let open = matches!(alert.state, AlertState::New | AlertState::LookedAt);
    let lead = match alert.state {
        AlertState::FalseAlarm => t.t("alert-undo-false"),
        AlertState::Confirmed => t.t("alert-undo-confirmed"),
        _ => teaches,
    };
    let note = Area { max: WORDS, ..Area::new(t, "words", "alert-words", typed).hint("alert-words-hint") };
    let mut act = Act::new("handle", t.t("alert-handle"), format!("/alerts/{}", alert.number), csrf)
        .lead(lead)
        .with(Control::Area(note));
    if alert.state == AlertState::New {
        act = act.button(t.t("alert-take"), "take");
    }
    if open {
        act = act.button(t.t("alert-confirm"), "confirm").button(t.t("alert-false"), "false");
    } else {
        act = act.button(t.t("alert-look-again"), "take");
    }
    act.button(t.t("alert-write"), "note")
}
