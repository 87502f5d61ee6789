//! Attaching a document to a matter, beside those that its steps demand.
use super::super::forms::SentForm;
use super::super::seat::{Oops, Seat, blocking};
use super::super::{cases, words};
use super::{Answer, Whole, place, refused};
use crate::Texts;
use crate::pages::ErrorKind;
use crate::parts::{Act, Choice, Control, Select};
use axum::extract::{Path, Request};
use axum::response::{IntoResponse as _, Redirect};
use dancu_governance::{Deed, Upload};
use dancu_policy::duty::Ruling;

/// Whoever may take a step of it now or write its content may attach to it.
pub(in crate::door::console) fn may(seat: &Seat, whole: &Whole) -> bool {
    let rules = seat.console.governance.rules();
    let matter = &whole.matter;
    let steps = rules.steps_from(matter.kind, matter.state, seat.today());
    let allowed = |action| seat.may_on(whole.duty(action), matter) == Ruling::Allowed;
    steps.iter().any(|(_, rule)| allowed(rule.duty)) || cases::editing(seat, whole) == Some(Ruling::Allowed)
}

/// The form; folded where there is another one before it.
pub(super) fn act(seat: &Seat, whole: &Whole, folded: bool, csrf: &str, t: Texts) -> Option<Act> {
    if !may(seat, whole) {
        return None;
    }
    let kinds = seat.console.governance.rules().list("document_kind", seat.today()).iter();
    let choices = kinds.map(|(name, label)| Choice::new(name, words::own(label, t), false)).collect();
    let select = Select {
        texts: t,
        name: "document_kind",
        label: t.t("document-kind").into_owned(),
        choices,
        ..Select::default()
    };
    let act = Act::new("attach", t.t("case-attach"), format!("/matters/{}/documents", whole.matter.id), csrf)
        .lead(t.t("case-attach-lead"))
        .with(Control::Select(select))
        .with(Control::File {
            name: "file-attached",
            label: t.t("document-name").into_owned(),
            hint: t.t("document-hint").into_owned(),
            accept: "application/pdf,image/png,image/jpeg,.docx,.xlsx",
            error: None,
        })
        .button(t.t("case-attach"), "attach");
    Some(if folded { act.folded() } else { act })
}

/// Attaches it.
pub(super) async fn attach(seat: Seat, Path(id): Path<String>, request: Request) -> Answer {
    let whole = seat.whole(&id).await?;
    let of = place(whole.matter.kind);
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    if !may(&seat, &whole) {
        return Err(Oops::page(seat.shell(of), ErrorKind::Forbidden));
    }
    let entry = seat.record("document_attach", format!("matter={id}"), of).await?;
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let to = id.clone();
    let attached = blocking(move || {
        let (name, bytes) =
            form.files.first().map_or(("", &[][..]), |file| (file.name.as_str(), &file.bytes));
        let upload = Upload { kind: form.value("document_kind"), name, bytes };
        governance.attach(&to, &upload, Deed::of(&by, now_us, entry, ""))
    });
    match attached.await {
        Some(Ok(_)) => Ok(Redirect::to(&format!("/matters/{id}?attached")).into_response()),
        Some(Err(error)) => refused(&seat, &whole, &error).await,
        None => Err(Oops::page(seat.shell(of), ErrorKind::Server)),
    }
}
