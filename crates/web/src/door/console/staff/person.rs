//! One account: what is known, what happened to it, what may be done.
use super::form::role_choices;
use super::{Answer, refusal};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::me::{devices, sign_ins};
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::words;
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{
    Act, Area, Choice, Choices, Control, Crumb, Crumbs, Fact, Happening, Notice, Timeline, Tone, Typed,
};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_policy::duty::{Action, Ruling};
use dancu_staff::{
    Account, AccountState, Change, ChangeEntry, Device, Factors, SessionEntry, SignInEntry, Staff, StaffError,
};

/// Entries of each history on the page
const SHOWN: u32 = 50;

struct Known {
    factors: Factors,
    sessions: Vec<SessionEntry>,
    devices: Vec<Device>,
    history: Vec<SignInEntry>,
    changes: Vec<ChangeEntry>,
    /// Names of those who made the changes
    names: Vec<(String, String)>,
}

fn known(staff: &Staff, id: &str, now_us: i64) -> Result<Known, StaffError> {
    let changes = staff.changes(id, None, SHOWN)?;
    let mut by: Vec<String> = changes.iter().map(|change| change.by.clone()).collect();
    by.sort_unstable();
    by.dedup();
    let name = |id: String| staff.account(&id).ok().flatten().map(|account| (id, account.name));
    Ok(Known {
        factors: staff.factors_of(id)?,
        sessions: staff.sessions_of(id, now_us)?,
        devices: staff.devices_of(id)?,
        history: staff.history(id, None, SHOWN)?,
        names: by.into_iter().filter_map(name).collect(),
        changes,
    })
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    const DONE: &[&str] = &["made", "roles", "locked", "unlocked", "sessions", "device", "closed"];
    let account = seat.person(&id).await?;
    let t = seat.shell(Place::Staff).texts();
    let done = asked(&seat.uri, "done");
    let notice = DONE.contains(&done.as_str());
    let notice = notice.then(|| Notice::new(Tone::Good, t.t(&format!("staff-done-{done}")), ""));
    let page = page(&seat, &account, notice).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The page again, with why something was not done.
pub(super) async fn refused(seat: &Seat, account: &Account, error: &StaffError) -> Answer {
    let t = seat.shell(Place::Staff).texts();
    let Some(why) = refusal(t, error) else {
        tracing::warn!(%error, "an account of staff could not be changed");
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
    };
    let page = page(seat, account, Some(Notice::new(Tone::Bad, t.t("staff-not"), why))).await?;
    Ok(html(StatusCode::CONFLICT, &page).into_response())
}

async fn page(seat: &Seat, account: &Account, notice: Option<Notice>) -> Result<RecordPage, Oops> {
    let (staff, id, now_us) = (seat.console.staff.clone(), account.id.clone(), seat.now_us());
    let Some(Ok(known)) = blocking(move || known(&staff, &id, now_us)).await else {
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
    };
    let shell = seat.shell(Place::Staff);
    let t = shell.texts();
    let crumbs = vec![Crumb::new(t.t("console-staff"), "/staff"), Crumb::new(account.name.clone(), "")];
    let may_forget = seat.may_about(Action::StaffSessions, account) == Ruling::Allowed;
    let action = format!("/staff/{}/devices", account.id);
    let forget = may_forget.then_some((seat, action.as_str()));
    let mut links = Vec::new();
    if account.emergency {
        links.push((t.t("emergency-title").into_owned(), "/emergency".to_owned()));
    }
    Ok(RecordPage {
        notice,
        crumbs: Crumbs { texts: t, crumbs },
        title: account.name.clone(),
        badge: Some(words::account_state(t, account, now_us)),
        lead: words::roles(t, &account.roles),
        links,
        groups: vec![
            Group::Facts { title: t.t("record-facts").into_owned(), facts: facts(seat, account, &known, t) },
            Group::Table {
                title: t.t("me-tried").into_owned(),
                lead: String::new(),
                table: sign_ins(&known.history, &known.devices, t),
                nothing: t.t("staff-never-tried").into_owned(),
            },
            Group::Table {
                title: t.t("me-devices").into_owned(),
                lead: String::new(),
                table: devices(&known.devices, forget, t),
                nothing: t.t("record-nothing").into_owned(),
            },
            Group::Timeline { title: t.t("record-happened").into_owned(), timeline: timeline(&known, t) },
        ],
        acts: acts(seat, account, &known, t),
        shell,
    })
}

fn facts(seat: &Seat, account: &Account, known: &Known, t: Texts) -> Vec<Fact> {
    let mut factors = Vec::new();
    if known.factors.totp {
        factors.push(t.t("factor-totp").into_owned());
    }
    if known.factors.passkeys > 0 {
        factors.push(t.t1("staff-passkeys", "number", &known.factors.passkeys.to_string()).into_owned());
    }
    if factors.is_empty() {
        factors.push(t.t("me-factors-none").into_owned());
    }
    let last = known.history.iter().find(|entry| entry.outcome == dancu_staff::Outcome::SignedIn);
    let mut facts = vec![
        Fact::new(t.t("staff-login"), account.login.clone()),
        Fact::new(t.t("staff-kind"), t.t(&format!("account-kind-{}", account.kind.name()))),
        Fact::new(t.t("staff-organisation"), seat.agency(account.organisation.as_deref(), t)),
        Fact::new(t.t("staff-department"), account.department.clone().unwrap_or_default()),
        Fact::new(t.t("staff-phone"), account.phone.clone().unwrap_or_default()),
        Fact::new(t.t("staff-email"), account.email.clone().unwrap_or_default()),
        Fact::new(t.t("me-factors"), factors.join(", ")),
        Fact::new(t.t("staff-signed-in"), last.map(|e| said::moment(e.at_us)).unwrap_or_default()),
        Fact::new(t.t("staff-open-sessions"), t.number(known.sessions.len() as u64)),
        Fact::new(t.t("staff-made"), said::moment(account.created_at_us)),
    ];
    if let Some(lock) = account.lock {
        let why = t.t(&format!("lock-{}", lock.why.name())).into_owned();
        let until = lock.until_us.map(|us| t.t1("staff-lock-until", "until", &said::moment(us)).into_owned());
        facts.push(Fact::new(t.t("staff-lock"), why).noted(until.unwrap_or_default()));
    }
    if account.failures > 0 {
        facts.push(Fact::new(t.t("staff-failures"), t.number(u64::from(account.failures))));
    }
    if let Some(until) = account.handed_until_us.filter(|_| account.must_change) {
        facts.push(Fact::new(t.t("staff-handed-until"), said::moment(until)));
    }
    facts.extend(account.expires_at_us.map(|us| Fact::new(t.t("staff-expires"), said::date_of(us))));
    facts
}

fn timeline(known: &Known, t: Texts) -> Timeline {
    let happening = |change: &ChangeEntry| {
        let tone = match change.what {
            Change::Locked | Change::Closed | Change::EmergencyOpened | Change::EmergencyRequested => {
                Tone::Bad
            }
            Change::Reset | Change::Roles | Change::TotpRemoved | Change::PasskeyRemoved => Tone::Warn,
            _ => Tone::Info,
        };
        let by = known.names.iter().find(|(id, _)| *id == change.by);
        let by = by.map_or_else(|| t.t("matter-by-rule").into_owned(), |(_, name)| name.clone());
        let roles = matches!(change.what, Change::Created | Change::Roles);
        let detail = change.detail.as_deref().filter(|_| roles).map(|names| words::roles_named(t, names));
        let text = [detail, change.reason.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Happening {
            at: said::moment(change.at_us),
            title: t.t(&format!("change-{}", words::dashed(change.what.name()))).into_owned(),
            by,
            text,
            tone,
            links: Vec::new(),
        }
    };
    Timeline { happenings: known.changes.iter().map(happening).collect() }
}

/// What this person may do to this account as it is.
fn acts(seat: &Seat, account: &Account, known: &Known, t: Texts) -> Vec<Act> {
    let now_us = seat.now_us();
    let may = |action| seat.may_about(action, account) == Ruling::Allowed;
    if account.is_closed(now_us) || account.id == seat.id() {
        return Vec::new();
    }
    let csrf = seat.csrf();
    let at = |deed: &str| format!("/staff/{}/{deed}", account.id);
    let reason =
        |name| Control::Area(Area { max: 500, ..Area::new(t, name, "act-reason", &Typed::default()) });
    let mut acts = Vec::new();
    if account.state == AccountState::Invited && !account.emergency && may(Action::StaffInvite) {
        let act = Act::new("invite", t.t("staff-invite"), at("invite"), &csrf).lead(t.t("staff-invite-lead"));
        acts.push(act.button(t.t("staff-invite"), ""));
    }
    let locked = account.is_locked(now_us) || account.failures > 0;
    if locked && may(Action::StaffUnlock) {
        let act = Act::new("unlock", t.t("staff-unlock"), at("unlock"), &csrf).with(reason("unlock_reason"));
        acts.push(act.button(t.t("staff-unlock"), ""));
    }
    if may(Action::StaffSetRoles) {
        let act = Act::new("roles-form", t.t("staff-change-roles"), at("roles"), &csrf)
            .lead(t.t("staff-change-roles-lead"))
            .with(Control::Choices(role_choices(seat, &account.roles, None)))
            .button(t.t("staff-change-roles"), "");
        acts.push(act.folded());
    }
    let used = matches!(account.state, AccountState::Active | AccountState::Locked);
    if used && !account.emergency && may(Action::StaffReset) {
        acts.push(reset(t, &at("reset"), &csrf).with(reason("reset_reason")).button(t.t("staff-reset"), ""));
    }
    if !known.sessions.is_empty() && may(Action::StaffSessions) {
        let act = Act::new("sessions", t.t("staff-end-sessions"), at("sessions"), &csrf);
        acts.push(act.lead(t.t("staff-end-sessions-lead")).button(t.t("staff-end-sessions"), "").folded());
    }
    if !account.is_locked(now_us) && may(Action::StaffLock) {
        let act = Act::new("lock", t.t("staff-lock-act"), at("lock"), &csrf).lead(t.t("staff-lock-lead"));
        acts.push(act.with(reason("lock_reason")).button(t.t("staff-lock-act"), "").grave().folded());
    }
    if may(Action::StaffClose) {
        let act = Act::new("close", t.t("staff-close"), at("close"), &csrf).lead(t.t("staff-close-lead"));
        acts.push(act.with(reason("close_reason")).button(t.t("staff-close"), "").grave().folded());
    }
    acts
}

fn reset(t: Texts, action: &str, csrf: &str) -> Act {
    let choices = Choices {
        texts: t,
        name: "what",
        legend: t.t("staff-reset-what").into_owned(),
        choices: vec![
            Choice::new("password", t.t("staff-reset-password"), true),
            Choice::new("everything", t.t("staff-reset-everything"), false),
        ],
        ..Choices::default()
    };
    Act::new("reset", t.t("staff-reset"), action, csrf)
        .lead(t.t("staff-reset-lead"))
        .with(Control::Choices(choices))
        .grave()
        .folded()
}
