//! The emergency account: who opened it, when and why; asking for it. Two people open it, and everybody hears of it.
use super::{Answer, passkey_ask, refusal};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::enter::code_input;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{
    Act, Area, Badge, Cell, Choice, Control, Empty, Notice, Pagination, Select, Table, Tone, Typed,
};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_catalogue::Code;
use dancu_feed::Event;
use dancu_policy::duty::{Action, Relation, Ruling, may_any};
use dancu_staff::{
    Account, Challenge, Emergency, EmergencyState, Factors, Holder, Proof, Proven, Scope, Staff, StaffError,
};

/// Openings on a page
const SHOWN: u32 = 50;
/// Accounts of the managing body read at a time
const BATCH: u32 = 500;

/// What may be done to the emergency account; `myself` where this person asked for the opening.
pub(super) fn may(seat: &Seat, action: Action, myself: bool) -> Ruling {
    may_any(seat.roles(), action, Relation::of(seat.organisation(), None, myself))
}

pub(super) fn must(seat: &Seat, action: Action, myself: bool) -> Result<(), Oops> {
    seat.ruled(may(seat, action, myself), action, Place::Staff)
}

/// The security centre hears of every step.
pub(in crate::door::console) fn tell(seat: &Seat, step: &str, entry: u64) {
    let account = seat.id().to_owned();
    seat.console.road.events.emit(Event::Emergency { step: step.to_owned(), account, entry });
}

/// With what this person can prove to be it.
pub(super) struct Means {
    factors: Factors,
    challenge: Option<Challenge>,
}

impl Means {
    pub(super) async fn of(seat: &Seat) -> Result<Self, Oops> {
        let (id, token, now_us) = (seat.id().to_owned(), seat.token.clone(), seat.now_us());
        let asking = seat.staffed(Place::Staff, move |staff| {
            let factors = staff.factors_of(&id)?;
            let some = factors.passkeys > 0;
            let challenge =
                some.then(|| staff.passkey_challenge(Holder::Session(&token), now_us)).transpose()?;
            Ok(Self { factors, challenge })
        });
        asking.await?.map_err(|_| Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable))
    }

    /// A form for each: the reason, and the proof.
    pub(super) fn acts(
        &self,
        t: Texts,
        names: [&'static str; 5],
        make: impl Fn(&'static str) -> Act,
        words: &str,
    ) -> Vec<Act> {
        let [id, passkey_id, reason, passkey_reason, code] = names;
        let why =
            |name| Control::Area(Area { max: 500, ..Area::new(t, name, "act-reason", &Typed::default()) });
        let mut acts = Vec::new();
        if self.factors.totp {
            let act = make(id).with(why(reason)).with(Control::Input(code_input(t, code, None)));
            acts.push(act.button(words, "").grave());
        }
        if let Some(challenge) = &self.challenge {
            let mut act =
                make(passkey_id).passkey(passkey_ask(t, "get", challenge)).with(why(passkey_reason));
            act.title = format!("{} · {}", act.title, t.t("factor-passkey"));
            let act = act.button(words, "").grave();
            acts.push(if acts.is_empty() { act } else { act.folded() });
        }
        acts
    }
}

/// Proves the person by what the form brings: a passkey's answer or a code. The try counts; a wrong one is written down.
pub(super) async fn proven(
    seat: &Seat,
    sent: &Sent,
    about: About,
) -> Result<Result<Proven, StaffError>, Oops> {
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let text = |name: &str| value(sent, name).to_owned();
    let (ceremony, response) = (text("ceremony"), text("answer"));
    let code = sent.iter().find(|(name, _)| name.ends_with("code")).map(|(_, code)| code.replace(' ', ""));
    let proved = seat.staffed(Place::Staff, move |staff| {
        let proof = if response.is_empty() {
            Proof::Totp(code.as_deref().unwrap_or_default())
        } else {
            Proof::Passkey { ceremony: &ceremony, response: &response }
        };
        staff.prove_person(&token, &proof, now_us)
    });
    let proved = proved.await?;
    if proved.is_err() {
        seat.refuse(&about, Code::CredentialsWrong).await?;
    }
    Ok(proved)
}

/// The reason of the form that was sent.
pub(super) fn reason(sent: &Sent) -> String {
    let given = sent.iter().filter(|(name, _)| name.ends_with("reason"));
    given.map(|(_, text)| text.trim().to_owned()).find(|text| !text.is_empty()).unwrap_or_default()
}

pub(super) fn badge(t: Texts, opening: &Emergency, now_us: i64) -> Badge {
    let (tone, icon, name) = match opening.state(now_us) {
        EmergencyState::Requested => (Tone::Warn, Icon::Clock, "requested"),
        EmergencyState::Open => (Tone::Bad, Icon::Warning, "open"),
        EmergencyState::Closed => (Tone::Plain, Icon::Check, "closed"),
        EmergencyState::Lapsed => (Tone::Plain, Icon::Stop, "lapsed"),
    };
    Badge { tone, icon, label: t.t(&format!("emergency-state-{name}")).into_owned() }
}

struct Known {
    openings: Vec<Emergency>,
    accounts: Vec<Account>,
    names: Vec<(String, String)>,
}

fn known(staff: &Staff, before: Option<(i64, String)>) -> Result<Known, StaffError> {
    let (mut accounts, mut after) = (Vec::new(), String::new());
    loop {
        let read = staff.accounts(Scope::ManagingBody, Some(&after), BATCH)?;
        let last = read.len() < BATCH as usize;
        after = read.last().map_or(after, |account| account.id.clone());
        accounts.extend(read.into_iter().filter(|account| account.emergency));
        if last {
            break;
        }
    }
    let openings = staff.break_glass(before, SHOWN)?;
    let mut ids: Vec<&String> = openings.iter().map(|opening| &opening.requested_by).collect();
    ids.extend(openings.iter().filter_map(|opening| opening.approved_by.as_ref()));
    ids.sort_unstable();
    ids.dedup();
    let name = |id: &String| Some((id.clone(), staff.account(id).ok()??.name));
    let names = ids.into_iter().filter_map(name).collect();
    Ok(Known { openings, accounts, names })
}

pub(super) async fn show(seat: Seat) -> Answer {
    must(&seat, Action::EmergencyRead, false)?;
    list(&seat, None).await
}

async fn list(seat: &Seat, notice: Option<Notice>) -> Answer {
    let before = asked(&seat.uri, "before");
    let before = before.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let Ok(known) = seat.staffed(Place::Staff, move |staff| known(staff, before)).await? else {
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
    };
    let shell = seat.shell(Place::Staff);
    let (t, now_us) = (shell.texts(), seat.now_us());
    let name = |id: &str| {
        known.names.iter().find(|(of, _)| of == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    };
    let row = |opening: &Emergency| {
        let by = opening.approved_by.as_deref().map(name).unwrap_or_default();
        vec![
            Cell::link(said::moment(opening.requested_at_us), format!("/emergency/{}", opening.id)),
            Cell::text(name(&opening.requested_by)),
            Cell::text(by),
            Cell::text(opening.reason.clone()),
            Cell::Badge(badge(t, opening, now_us)),
        ]
    };
    let columns = ["me-when", "emergency-by", "emergency-agreed-by", "act-reason", "staff-state"];
    let nothing = Empty {
        icon: Icon::Shield,
        title: t.t("emergency-empty-title").into_owned(),
        text: t.t("emergency-empty-text").into_owned(),
    };
    let full = known.openings.len() == SHOWN as usize;
    let next = known.openings.last().filter(|_| full);
    let status = if notice.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let page = ListPage {
        notice,
        lead: t.t("emergency-lead").into_owned(),
        above: vec![(t.t("console-staff").into_owned(), "/staff".to_owned())],
        table: Table {
            columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
            rows: known.openings.iter().map(row).collect(),
        },
        pages: next.map(|last| Pagination {
            texts: t,
            previous: None,
            next: Some(format!("/emergency?before={}.{}", last.requested_at_us, last.id)),
            shown: String::new(),
        }),
        acts: acts(seat, &known.accounts, t).await?,
        ..ListPage::new(shell, "emergency-title", nothing)
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

/// The forms by which it is asked for.
async fn acts(seat: &Seat, accounts: &[Account], t: Texts) -> Result<Vec<Act>, Oops> {
    let now_us = seat.now_us();
    let usable: Vec<&Account> =
        accounts.iter().filter(|account| !account.is_closed(now_us) && !account.is_locked(now_us)).collect();
    let may_ask = may(seat, Action::EmergencyRequest, false) == Ruling::Allowed;
    if !may_ask || seat.session.emergency.is_some() || usable.is_empty() {
        return Ok(Vec::new());
    }
    let means = Means::of(seat).await?;
    let make = |id: &'static str| {
        let alone = usable.len() == 1;
        let choice = |account: &&Account| Choice::new(account.id.clone(), account.name.clone(), alone);
        let name = if id == "ask" { "account" } else { "account-by-passkey" };
        let select = Select {
            texts: t,
            name,
            label: t.t("emergency-account").into_owned(),
            choices: usable.iter().map(choice).collect(),
            ..Select::default()
        };
        Act::new(id, t.t("emergency-ask"), "/emergency", &seat.csrf())
            .lead(t.t("emergency-ask-lead"))
            .with(Control::Select(select))
    };
    let names = ["ask", "ask-by-passkey", "reason", "passkey-reason", "code"];
    Ok(means.acts(t, names, make, &t.t("emergency-ask")))
}

/// Asks for it.
pub(super) async fn request(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    must(&seat, Action::EmergencyRequest, false)?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let account = sent.iter().find(|(name, _)| name.starts_with("account")).map(|(_, id)| id.clone());
    let (account, reason) = (account.unwrap_or_default(), reason(&sent));
    let about = || About::new("emergency_request", String::new(), Place::Staff);
    if reason.is_empty() {
        return refused(&seat, &StaffError::Invalid("reason", "is to be given")).await;
    }
    let proven = match proven(&seat, &sent, about()).await? {
        Ok(proven) => proven,
        Err(error) => return refused(&seat, &error).await,
    };
    let now_us = seat.now_us();
    let asked = seat.deed(about(), &seat.console.staff, move |staff, _| {
        staff.request_break_glass_by(&proven, &account, &reason, now_us)
    });
    match asked.await? {
        Ok((id, entry)) => {
            tell(&seat, "requested", entry);
            Ok(Redirect::to(&format!("/emergency/{id}?done=requested")).into_response())
        }
        Err(error) => refused(&seat, &error).await,
    }
}

async fn refused(seat: &Seat, error: &StaffError) -> Answer {
    let t = seat.shell(Place::Staff).texts();
    let why = refusal(t, error).unwrap_or_else(|| t.t("staff-not-possible").into_owned());
    list(seat, Some(Notice::new(Tone::Bad, t.t("staff-not"), why))).await
}
