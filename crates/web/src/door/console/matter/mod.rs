//! One matter: what is known of it, its whole life, and the steps that this person may take.
mod assessed;
mod attach;
mod content;
mod page;
mod steps;
mod tables;
mod timeline;

pub(super) use attach::may as may_attach;
pub(super) use page::page;
pub(super) use steps::{Brought, Unfit, refused, step_of};

use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use super::words;
use crate::door::plain;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::parts::{Notice, Tone};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use dancu_citizen::CivilDate;
use dancu_governance::{Content, Document, Governance, GovernanceError, Kind, Matter, Step, Taken, Test};
use dancu_policy::duty::{Action, Ruling};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/matters/{id}", Way::NeedsStep, || get(show)),
    Route::post("/matters/{id}/steps", Way::NeedsStep, || post(steps::step)),
    Route::post("/matters/{id}/documents", Way::NeedsStep, || post(attach::attach)),
];

type Answer = Result<Response, Oops>;

/// Everything that is known of a matter.
pub(super) struct Whole {
    pub(super) matter: Matter,
    pub(super) content: Content,
    /// What it belongs to
    pub(super) parent: Option<Matter>,
    pub(super) steps: Vec<Taken>,
    pub(super) documents: Vec<Document>,
    pub(super) tests: Vec<Test>,
    /// What belongs to it
    pub(super) children: Vec<Matter>,
    /// Contents of what belongs to it
    pub(super) contents: Vec<Content>,
    /// Others about the same system
    pub(super) related: Vec<Matter>,
}

impl Whole {
    /// The action that a step of it needs, where the data name `usual`.
    pub(super) fn duty(&self, usual: Action) -> Action {
        self.matter.duty_of(self.parent.as_ref().map(|parent| parent.kind), usual)
    }
}

/// The action that reading a matter needs.
pub(super) fn reading(kind: Kind) -> Action {
    match kind {
        Kind::Connection | Kind::LevelFile | Kind::Assessment | Kind::Finding | Kind::Halt => {
            Action::ConnectionRead
        }
        Kind::ErrorNotice => Action::NoticeRead,
        Kind::Ticket => Action::TicketRead,
        Kind::Inspection | Kind::Evaluation => Action::InspectionRead,
    }
}

pub(super) fn place(kind: Kind) -> Place {
    if kind == Kind::Connection { Place::Connections } else { Place::Cases }
}

impl Seat {
    /// A matter that this person may read; of every other it is not told.
    pub(super) async fn matter(&self, id: &str) -> Result<Matter, Oops> {
        let asked = id.to_owned();
        let found = self.governed(Place::Connections, move |governance| governance.matter(&asked)).await?;
        let Some(matter) = found else {
            return Err(Oops::page(self.shell(Place::Connections), ErrorKind::NotFound));
        };
        self.must_on(reading(matter.kind), &matter)?;
        Ok(matter)
    }

    pub(super) async fn whole(&self, id: &str) -> Result<Whole, Oops> {
        let matter = self.matter(id).await?;
        let of = place(matter.kind);
        let mut whole = self.governed(of, move |governance| whole(governance, matter)).await?;
        let readable = |matter: &Matter| self.may_on(reading(matter.kind), matter) == Ruling::Allowed;
        whole.related.retain(readable);
        Ok(whole)
    }

    /// What becomes of a deed about a matter: as a thing of its organisation, or as one that this person asked for.
    pub(super) fn may_on(&self, action: Action, matter: &Matter) -> Ruling {
        let ruling = self.may(action, Some(&matter.organisation));
        if matter.opened_by == self.id() { ruling.min(self.may_myself(action)) } else { ruling }
    }

    pub(super) fn must_on(&self, action: Action, matter: &Matter) -> Result<(), Oops> {
        self.ruled(self.may_on(action, matter), action, place(matter.kind))
    }

    /// The day it is in Việt Nam.
    pub(super) fn today(&self) -> CivilDate {
        dancu_gateway::vietnam_day(self.now_us())
    }
}

pub(super) fn whole(governance: &Governance, matter: Matter) -> Result<Whole, GovernanceError> {
    let id = matter.id.as_str();
    let mut children = Vec::new();
    for kind in [Kind::LevelFile, Kind::Assessment, Kind::Finding, Kind::Halt] {
        children.extend(governance.children(id, kind)?);
    }
    let mut related = Vec::new();
    if let Some(system) = &matter.system {
        for kind in [Kind::Connection, Kind::Halt, Kind::Inspection, Kind::Evaluation, Kind::ErrorNotice] {
            related.extend(governance.of_system(system, kind)?);
        }
    }
    let known: Vec<&str> = children.iter().map(|child| child.id.as_str()).chain([id]).collect();
    related.retain(|other| {
        !known.contains(&other.id.as_str()) && matter.parent.as_deref() != Some(other.id.as_str())
    });
    let parent = matter.parent.as_deref().map(|parent| governance.matter(parent)).transpose()?.flatten();
    let contents: Result<Vec<_>, _> = children.iter().map(|child| governance.content(&child.id)).collect();
    Ok(Whole {
        contents: contents?,
        content: governance.content(id)?,
        steps: governance.steps(id)?,
        documents: governance.documents(id)?,
        tests: if matter.kind == Kind::Connection { governance.tests(id)? } else { Vec::new() },
        parent,
        children,
        related,
        matter,
    })
}

async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let whole = seat.whole(&id).await?;
    let t = seat.shell(Place::Connections).texts();
    let good = |key: &str| Notice::new(Tone::Good, t.t(key), "");
    let notice = match seat.uri.query() {
        Some("opened") => Some(good("case-opened")),
        Some("saved") => Some(good("case-saved")),
        Some("attached") => Some(good("case-attached")),
        query => query
            .and_then(|query| query.strip_prefix("done="))
            .and_then(Step::from_name)
            .map(|step| Notice::new(Tone::Good, t.t1("matter-done", "step", &words::step(t, step)), "")),
    };
    let page = page(&seat, &whole, notice, None).await;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}
