//! Planted records and well-known persons: put on a list by number, told masked, taken off by another person.
use super::super::alerts::deeds;
use super::super::alerts::lists::{self, Wrong};
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, ok};
use super::operation::Operation;
use super::shapes::{Made, Moment, Page};
use super::trouble::Trouble;
use crate::door::show::masked;
use axum::extract::{Path, Request};
use axum::routing::{delete, get, post};
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use dancu_watch::{List, Listed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/watch/lists/{list}",
        Way::Needs(Action::WatchRead),
        ["watch", "readWatchList", "Who is on a list (`planted`, `well_known`); numbers are masked"],
        || get(read),
    )
    .pages::<ListedRow>(),
    Operation::post(
        "/api/v1/watch/lists/{list}",
        Way::Needs(Action::WatchPropose),
        ["watch", "putOnWatchList", "Put somebody on a list"],
        || post(put),
    )
    .takes::<NewListed>(r#"{"personal_id": "019090000001", "note": "Hồ sơ mồi số 7"}"#)
    .creates::<Made>(),
    Operation::delete(
        "/api/v1/watch/lists/{list}/{listed}",
        Way::Needs(Action::WatchEnact),
        ["watch", "takeOffWatchList", "Take somebody off a list; never by who put her there"],
        || delete(take_off),
    ),
];

/// Somebody on a list
#[derive(Serialize, ToSchema)]
struct ListedRow {
    /// Id, to take her off by
    id: String,
    /// Her number, masked
    #[schema(example = "0190…0001")]
    personal_id: String,
    /// Who she is, to those who keep the lists
    note: Option<String>,
    /// Staff account that put her there
    by: String,
    /// When
    at: Moment,
}

/// Somebody who goes on a list
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewListed {
    /// Her number, 12 or 9 digits
    #[schema(example = "019090000001")]
    personal_id: String,
    /// Who she is
    note: String,
}

/// The list of an address.
fn list_of(desk: &Desk, name: &str) -> Result<List, Trouble> {
    List::from_name(name).ok_or_else(|| desk.nothing())
}

async fn known(desk: &Desk, list: List) -> Result<Vec<Listed>, Trouble> {
    let watch = desk.console.watch.clone();
    desk.ask(move || watch.listed(list)).await
}

async fn read(desk: Desk, Path(list): Path<String>) -> Answer {
    desk.must(Action::WatchRead, None)?;
    let list = list_of(&desk, &list)?;
    let listed = lists::read(&desk, list).await.map_err(|oops| desk.oops(&oops))?;
    let keeps = lists::keeps(&desk);
    let row = |one: &Listed| ListedRow {
        id: one.id.clone(),
        personal_id: masked(&one.number),
        note: keeps.then(|| one.note.clone()),
        by: one.by.clone(),
        at: Moment(one.at_us),
    };
    Ok(ok(&Page::whole(listed.iter().map(row).collect())))
}

async fn put(desk: Desk, Path(list): Path<String>, request: Request) -> Answer {
    desk.must(Action::WatchPropose, None)?;
    let list = list_of(&desk, &list)?;
    let NewListed { personal_id, note } = desk.read(request).await?;
    match lists::wrong(&known(&desk, list).await?, &personal_id) {
        Some(Wrong::Form) => return Err(desk.wrong("/personal_id", "form")),
        Some(Wrong::Twice) => return Err(desk.wrong("/personal_id", "twice")),
        None => desk.said("/note", &note)?,
    }
    let put = lists::put(&desk, list, personal_id, deeds::cut(&note)).await;
    Ok(created(&Made { id: put.map_err(|oops| desk.oops(&oops))? }))
}

async fn take_off(desk: Desk, Path((list, listed)): Path<(String, String)>) -> Answer {
    desk.must(Action::WatchEnact, None)?;
    let list = list_of(&desk, &list)?;
    let one = known(&desk, list).await?.into_iter().find(|one| one.id == listed);
    let one = one.ok_or_else(|| desk.nothing())?;
    let taken = lists::taken_off(&desk, list, one).await.map_err(|oops| desk.oops(&oops))?;
    if taken { Ok(done()) } else { Err(desk.problem(Code::SamePerson)) }
}
