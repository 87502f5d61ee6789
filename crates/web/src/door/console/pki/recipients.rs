//! Security officers' certificates, to which secrets are encrypted.
use super::system::refused;
use super::{Answer, HERE, Of, fingerprint, secret_refusal, short};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::forms::SentForm;
use crate::door::console::seat::Seat;
use crate::door::form::{Sent, value};
use crate::parts::{Act, Area, Choice, Control, Select, Typed};
use axum::extract::{Form, Path, Request};
use dancu_policy::duty::Action;
use dancu_secrets::RecordedRecipient;

pub(super) fn register_act(seat: &Seat, of: &Of, t: Texts) -> Act {
    let action = format!("/systems/{}/recipients", of.system.id);
    Act::new("register", t.t("recipient-register"), action, &seat.csrf())
        .lead(t.t("recipient-register-lead"))
        .with(Control::File {
            name: "file-recipient",
            label: t.t("recipient-file").into_owned(),
            hint: t.t("recipient-file-hint").into_owned(),
            accept: ".pem,.crt,.cer,application/x-pem-file",
            error: None,
        })
        .button(t.t("recipient-register"), "")
}

pub(super) async fn register(seat: Seat, Path(system): Path<String>, request: Request) -> Answer {
    let of = Of::must(&seat, &system, Action::SecretCreate)?;
    let form = SentForm::read(&seat, request, HERE).await?;
    seat.own_form(form.value("csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let Some(pem) = form.files.first().and_then(|file| String::from_utf8(file.bytes.clone()).ok()) else {
        return refused(&seat, &of, t.t("recipient-not-malformed").into_owned()).await;
    };
    let (organisation, by, now_us) = (of.organisation.id.clone(), seat.id().to_owned(), seat.now_us());
    let about = About::new("recipient_register", format!("organisation={organisation}"), HERE);
    let registered = seat.deed(about, &seat.console.secrets, move |secrets, _| {
        secrets.register_recipient(&organisation, &pem, &by, now_us)
    });
    match registered.await? {
        Ok(_) => Ok(of.back("recipient")),
        Err(error) => refused(&seat, &of, secret_refusal(t, &error)).await,
    }
}

pub(super) fn revoke_act(seat: &Seat, of: &Of, usable: &[&RecordedRecipient], t: Texts) -> Option<Act> {
    let choice = |recipient: &&RecordedRecipient| {
        let words = format!("{} · {}", recipient.subject, short(&recipient.fingerprint));
        Choice::new(hex::encode(recipient.fingerprint), words, false)
    };
    let choices: Vec<Choice> = usable.iter().map(choice).collect();
    if choices.is_empty() {
        return None;
    }
    let label = t.t("recipient-name").into_owned();
    let select = Select { texts: t, name: "revoked_recipient", label, choices, ..Select::default() };
    let why = Area { max: 500, ..Area::new(t, "recipient_reason", "act-reason", &Typed::default()) };
    let action = format!("/systems/{}/recipients/revoke", of.system.id);
    let act = Act::new("revoke-recipient", t.t("recipient-revoke"), action, &seat.csrf());
    let act = act.lead(t.t("recipient-revoke-lead")).with(Control::Select(select)).with(Control::Area(why));
    Some(act.button(t.t("recipient-revoke"), "").grave())
}

pub(super) async fn revoke(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::SecretRevoke)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let why = value(&sent, "recipient_reason");
    if why.is_empty() {
        return refused(&seat, &of, t.t("act-reason-missing").into_owned()).await;
    }
    let Some(shown) = fingerprint(value(&sent, "revoked_recipient")) else {
        return refused(&seat, &of, t.t("keys-not-known").into_owned()).await;
    };
    let (organisation, by, now_us) = (of.organisation.id.clone(), seat.id().to_owned(), seat.now_us());
    let asked = format!("organisation={organisation} recipient={}", hex::encode(shown));
    let about = About::new("recipient_revoke", asked, HERE).because(why);
    let revoked = seat.deed(about, &seat.console.secrets, move |secrets, _| {
        let own = secrets.recipients(&organisation, u32::MAX)?;
        if own.iter().all(|recipient| recipient.fingerprint != shown) {
            return Err(dancu_secrets::SecretsError::Unknown("recipient"));
        }
        secrets.revoke_recipient(&shown, &by, now_us)
    });
    match revoked.await? {
        Ok(_) => Ok(of.back("recipient-revoked")),
        Err(error) => refused(&seat, &of, secret_refusal(t, &error)).await,
    }
}
