//! One account in a review: what is registered, what the journal says of it, and the decision: confirm, change, close.
use super::bulk::{Answer, No, Tried, done, role, roles};
use super::review::row_badge;
use super::reviews::known;
use super::sheet::decides;
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Area, Control, Crumb, Crumbs, Fact, Input, InputKind, Width};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::table::Column;
use dancu_campaign::{AccountChange, Decide, Decision, Refusal, Review, ReviewRow, RowState};
use dancu_citizen::PersonalId;
use dancu_policy::Role;
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

async fn row(seat: &Seat, review: &str, account: &str) -> Result<(Review, ReviewRow), Oops> {
    let (found, _) = known(seat, review).await?;
    let (of, account) = (review.to_owned(), account.to_owned());
    let row = seat.bulk(HERE, move |campaigns, reach| campaigns.review_row(&of, &account, reach)).await?;
    let Some(row) = row else { return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)) };
    seat.must(Action::CampaignRead, Some(&row.organisation), HERE)?;
    Ok((found, row))
}

pub(super) async fn show(seat: Seat, Path((id, account)): Path<(String, String)>) -> Answer {
    let (review, row) = row(&seat, &id, &account).await?;
    let page = page(&seat, &review, &row, &Tried::default()).await;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn registered(seat: &Seat, row: &ReviewRow, t: Texts) -> Vec<Fact> {
    let words = seat.console.campaigns.words();
    let label = |column| words.label(column, t.lang()).to_owned();
    let (image, known) = (&row.opening.image, &row.opening.registered);
    vec![
        Fact::mono(label(Column::Login), &image.login),
        Fact::mono(
            label(Column::OfficerNumber),
            image.officer_number.map(PersonalId::expose).unwrap_or_default(),
        ),
        Fact::mono(label(Column::Phone), image.phone.clone().unwrap_or_default()),
        Fact::mono(label(Column::AgencyCode), image.agency_code.to_string()),
        Fact::new(label(Column::AgencyName), &known.agency_name),
        Fact::new(label(Column::Role), role(t, image.role)),
        Fact::new(label(Column::DailyQuota), t.number(image.daily_quota.into())),
        Fact::new(label(Column::Purpose), &known.purpose),
    ]
}

fn known_facts(row: &ReviewRow, t: Texts) -> Vec<Fact> {
    let Some((facts, at)) = &row.facts else {
        return vec![Fact::new(t.t("row-use"), t.t("facts-none"))];
    };
    let number = |count: u32| t.number(count.into());
    let list = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    let used = facts.last_use_us.map_or_else(|| t.t("accounts-never").into_owned(), said::moment);
    let answered = if facts.more_calls {
        t.t1("facts-at-least", "count", &number(facts.answered())).into_owned()
    } else {
        number(facts.answered())
    };
    vec![
        Fact::new(t.t("accounts-used"), used),
        Fact::new(t.t("facts-answered"), answered)
            .noted(t.t1("facts-as-of", "moment", &said::moment(*at)).into_owned()),
        Fact::new(t.t("facts-with-case"), number(facts.with_case)),
        Fact::new(t.t("facts-without-case"), number(facts.without_case)),
        Fact::new(t.t("facts-at-night"), number(facts.at_night)),
        Fact::new(t.t("facts-refusals"), number(facts.refused)),
        Fact::mono(t.t("facts-devices"), list(&facts.devices)),
        Fact::mono(t.t("facts-addresses"), list(&facts.addresses)),
    ]
}

fn decision(row: &ReviewRow, by: String, t: Texts) -> Option<Group> {
    let (decided, (_, at)) = row.decided.as_ref().zip(row.by.as_ref())?;
    let mut facts = vec![
        Fact::new(t.t("review-conclusion"), row_badge(t, row.state).label),
        Fact::new(t.t("row-by"), by).noted(said::moment(*at)),
        Fact::new(t.t("row-note"), &decided.note),
    ];
    if !decided.holder.is_empty() {
        facts.push(Fact::new(t.t("row-holder"), &decided.holder));
    }
    Some(Group::Facts { title: t.t("row-decision").into_owned(), facts })
}

async fn page(seat: &Seat, review: &Review, row: &ReviewRow, tried: &Tried) -> RecordPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let names = seat.names(row.by.iter().map(|(by, _)| by.clone()).collect()).await;
    let by = row.by.as_ref().map(|(by, _)| names.of(by, t)).unwrap_or_default();
    let mut groups = vec![
        Group::Facts { title: t.t("row-facts").into_owned(), facts: known_facts(row, t) },
        Group::Facts { title: t.t("account-registered").into_owned(), facts: registered(seat, row, t) },
    ];
    groups.extend(decision(row, by, t));
    let sheet = format!("/campaigns/reviews/{}/units/{}", review.id, row.organisation);
    let acts = if decides(seat, review, &row.organisation) {
        acts(seat, review, row, tried, shell.csrf(), t)
    } else {
        Vec::new()
    };
    RecordPage {
        notice: seat.said(t),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(review.title.clone(), format!("/campaigns/reviews/{}", review.id)),
                Crumb::new(seat.console.organisation(&row.organisation), sheet),
                Crumb::new(row.opening.image.login.clone(), ""),
            ],
        },
        title: row.opening.image.full_name.clone(),
        badge: Some(row_badge(t, row.state)),
        lead: String::new(),
        links: vec![(t.t("quota-account").into_owned(), format!("/accounts/{}", row.account))],
        groups,
        acts,
        shell,
    }
}

fn acts(seat: &Seat, review: &Review, row: &ReviewRow, tried: &Tried, csrf: &str, t: Texts) -> Vec<Act> {
    let path = format!("/campaigns/reviews/{}/accounts/{}/decide", review.id, row.account);
    if row.state != RowState::Open {
        let undo = Act::new("undo", t.t("row-undo"), path, csrf).lead(t.t("row-undo-lead"));
        return if row.state.is_decided() { vec![undo.button(t.t("row-undo"), "undo")] } else { Vec::new() };
    }
    let image = &row.opening.image;
    let note = |name| {
        let note = Area::new(t, name, "row-note", &tried.typed(name, "")).hint("row-note-hint");
        Control::Area(Area { optional: true, max: 200, ..note })
    };
    let mut confirm =
        Act::new("confirm", t.t("row-confirm"), path.clone(), csrf).lead(t.t("row-confirm-lead"));
    if image.role == Role::Platform {
        let holder = tried.input(t, "holder", "row-holder", "").hint("row-holder-hint");
        confirm = confirm.with(Control::Input(holder));
    }
    let mut acts = vec![confirm.with(note("confirm_note")).button(t.t("row-confirm"), "confirm")];
    if seat.console.campaigns.words().may_give(image.role) {
        let label = |column| seat.console.campaigns.words().label(column, t.lang()).to_owned();
        let line = |column, name, known: String| Input {
            label: label(column),
            ..tried.input(t, name, "accounts-login", known)
        };
        let phone = image.phone.clone().unwrap_or_default();
        let digits = |input| Input { kind: InputKind::Digits, width: Width::Medium, ..input };
        let quota = digits(line(Column::DailyQuota, "daily_quota", image.daily_quota.to_string()));
        let mut of_role = tried.select(t, "role", "accounts-role", image.role.name(), roles(seat, t));
        of_role.label = label(Column::Role);
        let change = Act::new("change", t.t("row-change"), path.clone(), csrf)
            .lead(t.t("row-change-lead"))
            .with(Control::Input(line(Column::FullName, "full_name", image.full_name.clone())))
            .with(Control::Input(digits(line(Column::Phone, "phone", phone)).optional()))
            .with(Control::Select(of_role))
            .with(Control::Input(quota.hint("account-quota-lower-hint")))
            .with(note("change_note"));
        acts.push(change.button(t.t("row-change"), "change").folded());
    }
    let close = Act::new("close", t.t("row-close"), path, csrf)
        .lead(t.t("row-close-lead"))
        .with(note("close_note"))
        .button(t.t("row-close"), "close");
    acts.push(close.grave().folded());
    acts
}

/// What was typed that differs from what is on record; a number that is none is a fault.
fn change(sent: &Sent, row: &ReviewRow, t: Texts) -> Result<AccountChange, Vec<(&'static str, String)>> {
    let image = &row.opening.image;
    let differs = |name: &str, known: &str| {
        Some(value(sent, name).to_owned()).filter(|text| !text.is_empty() && text != known)
    };
    let quota = differs("daily_quota", &image.daily_quota.to_string());
    let daily_quota = match quota.map(|text| text.replace(['.', ' '], "").parse::<u32>()) {
        None => None,
        Some(Ok(quota)) if quota > 0 => Some(quota),
        Some(_) => return Err(vec![("daily_quota", t.t("quota-number-wrong").into_owned())]),
    };
    Ok(AccountChange {
        full_name: differs("full_name", &image.full_name),
        phone: differs("phone", image.phone.as_deref().unwrap_or_default()),
        role: Role::from_name(value(sent, "role")).filter(|role| *role != image.role),
        daily_quota,
    })
}

pub(super) async fn decide(
    seat: Seat,
    Path((id, account)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let (review, row) = row(&seat, &id, &account).await?;
    seat.must(Action::CampaignAnswer, Some(&row.organisation), HERE)?;
    let t = seat.shell(HERE).texts();
    let (decision, note, deed) = match value(&sent, "act") {
        "confirm" => (Some(Decision::Confirm), "confirm_note", "review_confirm"),
        "close" => (Some(Decision::Close), "close_note", "review_close_account"),
        "undo" => (None, "", "review_undo"),
        "change" => match change(&sent, &row, t) {
            Ok(change) => (Some(Decision::Change(change)), "change_note", "review_change"),
            Err(faults) => {
                let page = page(&seat, &review, &row, &Tried { sent, faults }).await;
                return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
            }
        },
        _ => return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)),
    };
    seat.record(deed, format!("review={id} account={account}"), HERE).await?;
    let (note, holder) = (value(&sent, note).to_owned(), value(&sent, "holder").to_owned());
    let (of, which) = (id.clone(), account.clone());
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let what = if decision.is_some() { "decided" } else { "reopened" };
    let decided = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let accounts = [which.as_str()];
            match decision {
                None => campaigns.undo_decision(&of, &accounts, reach, &by, now_us),
                Some(decision) => {
                    let given =
                        Decide { review: &of, accounts: &accounts, decision, note: &note, holder: &holder };
                    campaigns.decide(&given, reach, &by, now_us)
                }
            }
        })
        .await?;
    match decided {
        Ok(()) => Ok(done(&format!("/campaigns/reviews/{id}/accounts/{account}"), what)),
        Err(no) => {
            let at = match &no {
                No::Refused(Refusal::Holder) => "holder",
                No::Refused(Refusal::QuotaRaise) => "daily_quota",
                No::Refused(Refusal::RoleKept) => "role",
                No::Refused(Refusal::Value | Refusal::Nothing) => "full_name",
                _ => "confirm_note",
            };
            let faults = vec![(at, no.words(t))];
            let page = page(&seat, &review, &row, &Tried { sent, faults }).await;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
    }
}
