//! Secrets: drawn in the server, shown to nobody, taken once by the security officer as an envelope to that officer's key.
use super::system::refused;
use super::{Answer, HERE, Of, file, fingerprint, secret_refusal, short};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::pages::ErrorKind;
use crate::parts::{Act, Area, Choice, Choices, Control, Input, Select, Typed};
use axum::extract::{Form, Path};
use dancu_policy::duty::Action;
use dancu_secrets::{Order, RecordedRecipient};

/// Draws secrets for a user name, new or in use.
pub(super) fn issue_act(seat: &Seat, of: &Of, usable: &[&RecordedRecipient], t: Texts) -> Act {
    let snapshot = seat.console.road.exchange.snapshot();
    let held = snapshot.credentials_of(&of.system.id);
    let usual = held.first().map_or_else(|| of.system.id.to_string(), |(username, _)| (*username).to_owned());
    let username = Input { max: 60, ..Input::new(t, "username", "credential-user", &Typed::new(usual)) };
    let choice = |recipient: &&RecordedRecipient| {
        let value = hex::encode(recipient.fingerprint);
        Choice::new(
            value,
            format!("{} · {}", recipient.subject, short(&recipient.fingerprint)),
            usable.len() == 1,
        )
    };
    let recipient = Select {
        texts: t,
        name: "recipient",
        label: t.t("delivery-recipient").into_owned(),
        choices: usable.iter().map(choice).collect(),
        ..Select::default()
    };
    let used = held.first().map(|(_, credential)| credential.service_urls.join("\n")).unwrap_or_default();
    let urls = Area::new(t, "urls", "secret-urls", &Typed::new(used));
    let mut act =
        Act::new("issue", t.t("secret-issue"), format!("/systems/{}/secrets", of.system.id), &seat.csrf())
            .lead(t.t("secret-issue-lead"))
            .with(Control::Input(username.hint("secret-user-hint")))
            .with(Control::Select(recipient))
            .with(Control::Area(urls.hint("secret-urls-hint")));
    if !held.is_empty() {
        act = act.with(Control::Choices(Choices {
            texts: t,
            name: "lost",
            legend: t.t("secret-lost").into_owned(),
            hint: t.t("secret-lost-hint").into_owned(),
            choices: vec![Choice::new("yes", t.t("secret-lost-yes"), false)],
            many: true,
            optional: true,
            ..Choices::default()
        }));
    }
    act.button(t.t("secret-issue"), "")
}

pub(super) async fn issue(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::SecretCreate)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let username = value(&sent, "username").to_owned();
    let well_formed = username.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if username.len() < 3 || !well_formed {
        return refused(&seat, &of, t.t("secret-user-wrong").into_owned()).await;
    }
    let Some(recipient) = fingerprint(value(&sent, "recipient")) else {
        return refused(&seat, &of, t.t("secret-recipient-missing").into_owned()).await;
    };
    let urls: Vec<String> = value(&sent, "urls").split_whitespace().map(ToOwned::to_owned).collect();
    if urls.is_empty() {
        return refused(&seat, &of, t.t("secret-urls-missing").into_owned()).await;
    }
    let (lost, by, now_us) = (value(&sent, "lost") == "yes", seat.id().to_owned(), seat.now_us());
    let asked =
        format!("system={system} username={username} recipient={} lost={lost}", hex::encode(recipient));
    let about = About::new("secret_create", asked, HERE).hashing();
    let issued = seat.deed(about, &seat.console.secrets, move |secrets, _| {
        let order = Order {
            system: &system,
            username: &username,
            recipient: &recipient,
            service_urls: &urls,
            lost,
            by: &by,
        };
        secrets.issue(&order, now_us)
    });
    match issued.await? {
        Ok(_) => Ok(of.back("secret")),
        Err(error) => refused(&seat, &of, secret_refusal(t, &error)).await,
    }
}

/// Hands the envelope out, once: the entry comes first, so a lost answer is not unknown.
pub(super) async fn take(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::SecretCollect)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let (secrets, id) = (seat.console.secrets.clone(), value(&sent, "delivery").to_owned());
    let asked = id.clone();
    let found = crate::door::console::seat::blocking(move || secrets.delivery(&asked)).await;
    // A delivery of another system is none of this page's.
    let Some(Ok(Some(delivery))) = found else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    };
    if *delivery.system != system {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    }
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let asked = format!("system={system} delivery={id}");
    let taken =
        seat.deed(About::new("secret_collect", asked, HERE), &seat.console.secrets, move |secrets, _| {
            secrets.take(&id, &by, now_us)
        });
    match taken.await? {
        Ok((envelope, _)) => {
            let media = "application/pkcs7-mime; smime-type=authEnveloped-data";
            Ok(file(envelope, media, &format!("{}.p7m", of.system.id)))
        }
        Err(error) => refused(&seat, &of, secret_refusal(t, &error)).await,
    }
}

/// Closes a user name; none without one in use.
pub(super) fn revoke_act(seat: &Seat, of: &Of, t: Texts) -> Option<Act> {
    let snapshot = seat.console.road.exchange.snapshot();
    let held = snapshot.credentials_of(&of.system.id);
    let choices: Vec<Choice> =
        held.iter().map(|(username, _)| Choice::new(*username, *username, false)).collect();
    if choices.is_empty() {
        return None;
    }
    let label = t.t("credential-user").into_owned();
    let select = Select { texts: t, name: "closed", label, choices, ..Select::default() };
    let why = Area { max: 500, ..Area::new(t, "close_reason", "act-reason", &Typed::default()) };
    let action = format!("/systems/{}/secrets/revoke", of.system.id);
    let act = Act::new("close", t.t("secret-close"), action, &seat.csrf()).lead(t.t("secret-close-lead"));
    let act = act.with(Control::Select(select)).with(Control::Area(why));
    Some(act.button(t.t("secret-close"), "").grave())
}

pub(super) async fn revoke(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::SecretRevoke)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let why = value(&sent, "close_reason");
    if why.is_empty() {
        return refused(&seat, &of, t.t("act-reason-missing").into_owned()).await;
    }
    let (username, now_us) = (value(&sent, "closed").to_owned(), seat.now_us());
    let about =
        About::new("secret_revoke", format!("system={system} username={username}"), HERE).because(why);
    let closed =
        seat.deed(about, &seat.console.secrets, move |secrets, _| secrets.revoke(&system, &username, now_us));
    match closed.await? {
        Ok(_) => Ok(of.back("closed")),
        Err(error) => refused(&seat, &of, secret_refusal(t, &error)).await,
    }
}
