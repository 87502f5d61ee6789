//! The page with a form of slots.
use super::super::forms::SentForm;
use super::super::seat::Seat;
use super::super::slots::{Drawing, Faults, Slot};
use crate::door::form::Sent;
use crate::page::{Place, html};
use crate::pages::console::RecordPage;
use crate::parts::{Act, Control, Crumb, Crumbs, Notice};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_governance::Matter;

/// A form.
pub(super) struct Page<'a> {
    pub(super) seat: &'a Seat,
    pub(super) title: String,
    /// What it is for; key of the texts
    pub(super) lead: &'static str,
    /// Where it is sent
    pub(super) action: String,
    pub(super) button: &'static str,
    /// What it belongs to
    pub(super) of: Option<&'a Matter>,
    pub(super) slots: &'a [Slot],
    /// Kinds of document that may be sent along, as controls
    pub(super) files: &'a [&'static str],
    /// A control above the slots
    pub(super) first: Option<Control>,
    pub(super) hidden: Option<(&'static str, String)>,
}

impl Page<'_> {
    /// The page, with what was typed and what is wrong with it.
    pub(super) fn answer(self, sent: &Sent, faults: &Faults, notice: Option<Notice>) -> Response {
        let shell = self.seat.shell(Place::Cases);
        let t = shell.texts();
        let rules = self.seat.console.governance.rules();
        let day = self.seat.today();
        let drawing = Drawing { t, rules, day, sent, faults };
        let mut act = Act::new("case", "", self.action, shell.csrf());
        act = self.first.into_iter().fold(act, Act::with);
        act = self.slots.iter().fold(act, |act, slot| act.with(drawing.control(slot)));
        for kind in self.files {
            let list = rules.list("document_kind", day);
            act = act.with(Control::File {
                name: super::super::words::file_control(kind),
                label: super::super::words::choice(list, kind, t),
                hint: t.t("document-hint").into_owned(),
                accept: "application/pdf,image/png,image/jpeg,.docx,.xlsx",
                error: faults.at(kind),
            });
        }
        act =
            self.hidden.into_iter().fold(act, |act, (name, value)| act.with(Control::Hidden { name, value }));
        let crumb = match self.of {
            Some(matter) => Crumb::new(matter.label.clone(), format!("/matters/{}", matter.id)),
            None => Crumb::new(t.t("console-cases"), "/cases"),
        };
        let status = if faults.is_empty() && notice.is_none() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let page = RecordPage {
            notice,
            crumbs: Crumbs { texts: t, crumbs: vec![crumb, Crumb::new(self.title.clone(), "")] },
            title: self.title,
            badge: None,
            lead: t.t(self.lead).into_owned(),
            links: Vec::new(),
            groups: Vec::new(),
            acts: vec![act.button(t.t(self.button), "save")],
            shell,
        };
        html(status, &page).into_response()
    }
}

/// Files of a form as uploads.
pub(super) fn uploads(form: &SentForm) -> Vec<dancu_governance::Upload<'_>> {
    form.files
        .iter()
        .map(|file| dancu_governance::Upload { kind: &file.kind, name: &file.name, bytes: &file.bytes })
        .collect()
}
