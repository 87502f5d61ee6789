//! One opening of the emergency account: the second person's word, the time that is left, the way in, the end, and the report.
use super::emergency::{Means, badge, may, must, proven, reason, tell};
use super::{Answer, refusal};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::enter::{browser, seated};
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Cell, Crumb, Crumbs, Fact, Notice, Table, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_journal::index::Query;
use dancu_policy::duty::{Action, Ruling};
use dancu_staff::{Emergency, EmergencyState, StaffError, Visitor};

/// Deeds in the report at most; the journal holds them all
const DEEDS: usize = 200;

struct Known {
    opening: Emergency,
    /// Who asked, who agreed, who closed it, which account
    names: [String; 4],
}

impl Known {
    async fn of(seat: &Seat, id: &str, action: Action) -> Result<Self, Oops> {
        // Whoever may not read of it is not told whether there is such an opening.
        must(seat, Action::EmergencyRead, false)?;
        let id = id.to_owned();
        let read = seat.staffed(Place::Staff, move |staff| {
            let Some(opening) = staff.break_glass_of(&id)? else { return Ok(None) };
            let name = |id: Option<&str>| match id {
                Some(id) => {
                    staff.account(id).ok().flatten().map_or_else(|| id.to_owned(), |account| account.name)
                }
                None => String::new(),
            };
            let names = [
                name(Some(&opening.requested_by)),
                name(opening.approved_by.as_deref()),
                name(opening.closed_by.as_deref()),
                name(Some(&opening.account)),
            ];
            Ok(Some(Self { opening, names }))
        });
        let Ok(Some(known)) = read.await? else {
            return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::NotFound));
        };
        must(seat, action, known.is_mine(seat))?;
        Ok(known)
    }

    fn is_mine(&self, seat: &Seat) -> bool {
        self.opening.requested_by == seat.id()
    }

    /// When the account could be used: from the agreement until it closed.
    fn span_us(&self, now_us: i64) -> Option<(i64, i64)> {
        let opening = &self.opening;
        let from = opening.approved_at_us?;
        let until = opening.closed_at_us.or(opening.open_until_us)?.min(now_us);
        Some((from, until))
    }
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let known = Known::of(&seat, &id, Action::EmergencyRead).await?;
    let t = seat.shell(Place::Staff).texts();
    let done = asked(&seat.uri, "done");
    let words = ["requested", "approved", "closed"].contains(&done.as_str());
    let notice = words.then(|| {
        let text = if done == "requested" { t.t("emergency-done-requested-todo") } else { "".into() };
        Notice::new(Tone::Warn, t.t(&format!("emergency-done-{done}")), text)
    });
    let page = page(&seat, &known, notice).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

async fn page(seat: &Seat, known: &Known, notice: Option<Notice>) -> Result<RecordPage, Oops> {
    let shell = seat.shell(Place::Staff);
    let (t, now_us) = (shell.texts(), seat.now_us());
    let opening = &known.opening;
    let title = format!("{} · {}", t.t("emergency-opening"), said::moment(opening.requested_at_us));
    let crumbs = vec![
        Crumb::new(t.t("console-staff"), "/staff"),
        Crumb::new(t.t("emergency-title"), "/emergency"),
        Crumb::new(said::moment(opening.requested_at_us), ""),
    ];
    let mut groups =
        vec![Group::Facts { title: t.t("record-facts").into_owned(), facts: facts(known, now_us, t) }];
    if known.span_us(now_us).is_some() {
        groups.push(report(seat, known, t).await?);
    }
    Ok(RecordPage {
        notice,
        crumbs: Crumbs { texts: t, crumbs },
        title,
        badge: Some(badge(t, opening, now_us)),
        lead: lead(known, now_us, t),
        links: Vec::new(),
        groups,
        acts: acts(seat, known, t).await?,
        shell,
    })
}

/// How much time is left, for whatever comes next.
fn lead(known: &Known, now_us: i64, t: Texts) -> String {
    let opening = &known.opening;
    let minutes = |until: i64| t.number(u64::try_from((until - now_us).max(0) / 60_000_000 + 1).unwrap_or(0));
    match (opening.state(now_us), opening.open_until_us) {
        (EmergencyState::Requested, _) => {
            t.t1("emergency-left-agree", "minutes", &minutes(opening.approve_by_us)).into_owned()
        }
        (EmergencyState::Open, Some(until)) => {
            t.t1("emergency-left-open", "minutes", &minutes(until)).into_owned()
        }
        _ => String::new(),
    }
}

fn facts(known: &Known, now_us: i64, t: Texts) -> Vec<Fact> {
    let opening = &known.opening;
    let [by, agreed, closed, account] = &known.names;
    let mut facts = vec![
        Fact::new(t.t("emergency-account"), account.clone()),
        Fact::new(t.t("emergency-by"), by.clone()).noted(said::moment(opening.requested_at_us)),
        Fact::new(t.t("act-reason"), opening.reason.clone()),
    ];
    if let Some(at) = opening.approved_at_us {
        facts.push(Fact::new(t.t("emergency-agreed-by"), agreed.clone()).noted(said::moment(at)));
        facts.push(Fact::new(t.t("emergency-agreed-why"), opening.approval.clone().unwrap_or_default()));
    } else if opening.state(now_us) == EmergencyState::Requested {
        facts.push(Fact::new(t.t("emergency-agree-by"), said::moment(opening.approve_by_us)));
    }
    if let Some(until) = opening.open_until_us {
        facts.push(Fact::new(t.t("emergency-open-until"), said::moment(until)));
    }
    if let Some(at) = opening.closed_at_us {
        facts.push(Fact::new(t.t("emergency-closed-by"), closed.clone()).noted(said::moment(at)));
    }
    facts
}

/// What was done in the account while it was open, out of the journal.
async fn report(seat: &Seat, known: &Known, t: Texts) -> Result<Group, Oops> {
    let (from, until) = known.span_us(seat.now_us()).unwrap_or_default();
    let query = Query {
        account: Some(known.opening.account.clone()),
        from_us: Some(from),
        to_us: Some(until),
        limit: DEEDS,
        ..Query::default()
    };
    let index = seat.console.road.evidence.index.clone();
    let Some(Ok(found)) = blocking(move || index.search(&query)).await else {
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
    };
    let rows = found.entries.iter().map(|entry| {
        vec![
            Cell::Figures(said::moment(entry.call.at_us)),
            Cell::Lines(vec![
                entry.call.service.clone(),
                entry.call.personal.request_id.clone().unwrap_or_default(),
            ]),
            Cell::text(entry.call.outcome.name()),
            Cell::Figures(t.number(entry.index)),
        ]
    });
    let columns = ["me-when", "emergency-deed", "emergency-outcome", "emergency-entry"];
    Ok(Group::Table {
        title: t.t("emergency-report").into_owned(),
        lead: t.t("emergency-report-lead").into_owned(),
        table: Table { columns: columns.map(|key| t.t(key).into_owned()).to_vec(), rows: rows.collect() },
        nothing: t.t("emergency-report-nothing").into_owned(),
    })
}

async fn acts(seat: &Seat, known: &Known, t: Texts) -> Result<Vec<Act>, Oops> {
    let (opening, mine, csrf) = (&known.opening, known.is_mine(seat), seat.csrf());
    let state = opening.state(seat.now_us());
    let at = |deed: &str| format!("/emergency/{}/{deed}", opening.id);
    let mut acts = Vec::new();
    let within = seat.session.emergency.is_some();
    if state == EmergencyState::Requested
        && may(seat, Action::EmergencyApprove, mine) == Ruling::Allowed
        && !within
    {
        let means = Means::of(seat).await?;
        let make = |id: &'static str| {
            Act::new(id, t.t("emergency-agree"), at("approve"), &csrf).lead(t.t("emergency-agree-lead"))
        };
        let names = ["agree", "agree-by-passkey", "reason", "passkey-reason", "code"];
        acts.extend(means.acts(t, names, make, &t.t("emergency-agree")));
    }
    if state == EmergencyState::Open && mine && may(seat, Action::EmergencyRequest, mine) == Ruling::Allowed {
        let act =
            Act::new("enter", t.t("emergency-enter"), at("enter"), &csrf).lead(t.t("emergency-enter-lead"));
        acts.push(act.button(t.t("emergency-enter"), "").grave());
    }
    let ends = matches!(state, EmergencyState::Requested | EmergencyState::Open);
    if ends && may(seat, Action::EmergencyClose, mine) == Ruling::Allowed {
        let act =
            Act::new("close", t.t("emergency-close"), at("close"), &csrf).lead(t.t("emergency-close-lead"));
        acts.push(act.button(t.t("emergency-close"), ""));
    }
    Ok(acts)
}

/// The second person agrees: it is open.
pub(super) async fn approve(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let known = Known::of(&seat, &id, Action::EmergencyApprove).await?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let reason = reason(&sent);
    if reason.is_empty() {
        return refused(&seat, &known, &StaffError::Invalid("reason", "is to be given")).await;
    }
    let about = || About::new("emergency_approve", format!("opening={id}"), Place::Staff);
    let proven = match proven(&seat, &sent, about()).await? {
        Ok(proven) => proven,
        Err(error) => return refused(&seat, &known, &error).await,
    };
    let (of, now_us) = (id.clone(), seat.now_us());
    let agreed = seat.deed(about(), &seat.console.staff, move |staff, _| {
        staff.approve_break_glass_by(&proven, &of, &reason, now_us)
    });
    match agreed.await? {
        Ok((_, entry)) => {
            tell(&seat, "opened", entry);
            Ok(Redirect::to(&format!("/emergency/{id}?done=approved")).into_response())
        }
        Err(error) => refused(&seat, &known, &error).await,
    }
}

/// Whoever asked works in the account from now on, in this browser.
pub(super) async fn enter(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let known = Known::of(&seat, &id, Action::EmergencyRequest).await?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let (token, now_us, of) = (seat.token.clone(), seat.now_us(), id.clone());
    let (source, (device, agent)) = (seat.peer.address, browser(&seat.headers));
    let about = About::new("emergency_enter", format!("opening={id}"), Place::Staff);
    let entered = seat.deed(about, &seat.console.staff, move |staff, _| {
        let visitor = Visitor { source, device: device.as_ref(), browser: &agent };
        staff.enter_break_glass(&token, &of, &visitor, now_us)
    });
    match entered.await? {
        Ok((new, entry)) => {
            tell(&seat, "entered", entry);
            Ok(seated(&new, "/"))
        }
        Err(error) => refused(&seat, &known, &error).await,
    }
}

pub(super) async fn close(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let known = Known::of(&seat, &id, Action::EmergencyClose).await?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let about = About::new("emergency_close", format!("opening={id}"), Place::Staff);
    let closed =
        seat.deed(about, &seat.console.staff, move |staff, _| staff.close_break_glass(&of, &by, now_us));
    match closed.await? {
        Ok(((), entry)) => {
            tell(&seat, "closed", entry);
            Ok(Redirect::to(&format!("/emergency/{id}?done=closed")).into_response())
        }
        Err(error) => refused(&seat, &known, &error).await,
    }
}

async fn refused(seat: &Seat, known: &Known, error: &StaffError) -> Answer {
    let t = seat.shell(Place::Staff).texts();
    let why = refusal(t, error).unwrap_or_else(|| t.t("staff-not-possible").into_owned());
    let page = page(seat, known, Some(Notice::new(Tone::Bad, t.t("staff-not"), why))).await?;
    Ok(html(StatusCode::CONFLICT, &page).into_response())
}
