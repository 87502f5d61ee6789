//! What goes out of reviews and campaigns beside tables: papers, facts that are gathered, news.
use super::super::campaigns::news::told;
use super::super::campaigns::paper::{NoPaper, refusal};
use super::super::campaigns::{letter, report};
use super::super::table::Way;
use super::desk::{Answer, Desk, file, ok};
use super::operation::Operation;
use super::shapes::{Day, Moment, Page};
use super::trouble::Told;
use crate::door::form::Sent;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_campaign::Event;
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const PDF: &str = "application/pdf";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/api/v1/reviews/{review}/facts",
        Way::Needs(Action::CampaignRemind),
        ["reviews", "gatherFacts", "Gather facts from the journal for some more accounts of a review"],
        || post(facts),
    )
    .gives::<Gathered>(),
    Operation::post(
        "/api/v1/reviews/{review}/report/pdf",
        Way::Needs(Action::CampaignExport),
        ["reviews", "printReview", "The result as a paper (PDF/A)"],
        || post(result),
    )
    .takes::<Signed>(
        r#"{"place": "Thái Nguyên", "number": "12/BC-UBND", "position": "Phó Chủ tịch", "signatory": "Trần Văn B"}"#,
    )
    .file(PDF),
    Operation::post(
        "/api/v1/drives/{drive}/letter/pdf",
        Way::Needs(Action::CampaignExport),
        ["drives", "printLetter", "The letter to units that are behind, as a paper (PDF/A)"],
        || post(urging),
    )
    .takes::<Urging>(
        r#"{"place": "Hà Nội", "position": "Cục trưởng", "signatory": "Trần Văn B", "basis": "Công văn 01/2026", "send_to": "Phòng 3", "new_deadline": "2026-12-20"}"#,
    )
    .file(PDF),
    Operation::get(
        "/api/v1/news",
        Way::Needs(Action::CampaignRead),
        ["news", "listNews", "What opened, comes near, was decided or locked itself in the last fortnight"],
        || get(news),
    )
    .pages::<NewsRow>(),
];

/// Facts that were gathered
#[derive(Serialize, ToSchema)]
struct Gathered {
    /// Accounts whose facts were gathered now; call again until there are none
    accounts: u64,
}

/// Who issues and signs a paper
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Signed {
    /// Where it is signed
    place: String,
    /// Number of the paper
    #[serde(default)]
    number: String,
    /// Position of who signs
    position: String,
    /// Who signs
    signatory: String,
}

/// A letter to units that are behind
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Urging {
    /// Where it is signed
    place: String,
    /// Number of the paper
    #[serde(default)]
    number: String,
    /// Position of who signs
    position: String,
    /// Who signs
    signatory: String,
    /// What the campaign rests on
    basis: String,
    /// Whom to write to
    send_to: String,
    /// The last day that they are given
    new_deadline: Day,
}

/// Something to be told
#[derive(Serialize, ToSchema)]
struct NewsRow {
    /// When
    at: Moment,
    /// What, such as `review_opened`
    what: &'static str,
    /// Account, review, campaign or request that it is about
    subject: String,
    /// Organisation that is told; none: the managing body
    organisation: Option<String>,
    /// Counts and days
    data: BTreeMap<String, String>,
}

fn sent(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Sent {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A paper, or why it is not set.
fn paper(desk: &Desk, set: Result<Vec<u8>, NoPaper>) -> Answer {
    let t = desk.place.texts();
    match set {
        Ok(pdf) => Ok(file(pdf, PDF)),
        Err(NoPaper::Oops(oops)) => Err(desk.oops(&oops)),
        Err(NoPaper::Undecided(_)) => Err(desk.problem(Told::from(Code::NotYet).because("undecided"))),
        Err(NoPaper::Paper(error)) => {
            Err(desk.problem(Told::from(Code::FormInvalid).saying(refusal(t, &error))))
        }
        Err(NoPaper::Faults(faults)) => {
            let told = faults.into_iter().fold(Told::from(Code::FormInvalid), |told, (name, _)| {
                told.at(format!("/{name}"), "missing", t)
            });
            Err(desk.problem(told))
        }
    }
}

async fn facts(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.must(Action::CampaignRemind, None)?;
    let (campaigns, of) = (desk.console.campaigns.clone(), id.clone());
    desk.ask(move || campaigns.review(&of)).await?.ok_or_else(|| desk.nothing())?;
    desk.record("review_facts", format!("review={id}")).await?;
    let (campaigns, index) = (desk.console.campaigns.clone(), desk.console.road.evidence.index.clone());
    let now_us = desk.now_us();
    let accounts = desk.ask(move || campaigns.gather_from_journal(&id, &index, now_us)).await?;
    Ok(ok(&Gathered { accounts }))
}

async fn result(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let no_page = |oops| desk.oops(&oops);
    let (review, report) = report::report(&desk, &id).await.map_err(no_page)?;
    let Signed { place, number, position, signatory } = desk.read(request).await?;
    let sent = sent([("place", place), ("number", number), ("position", position), ("signatory", signatory)]);
    paper(&desk, report::set(&desk, &sent, (&review, &report)).await)
}

async fn urging(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let no_page = |oops| desk.oops(&oops);
    let drive = letter::open(&desk, &id).await.map_err(no_page)?;
    let asked: Urging = desk.read(request).await?;
    let sent = sent([
        ("place", asked.place),
        ("number", asked.number),
        ("position", asked.position),
        ("signatory", asked.signatory),
        ("basis", asked.basis),
        ("send_to", asked.send_to),
        ("new_deadline", asked.new_deadline.0.iso()),
    ]);
    paper(&desk, letter::set(&desk, &sent, &drive).await)
}

async fn news(desk: Desk) -> Answer {
    desk.must_within(Action::CampaignRead)?;
    let found = told(&desk).await.map_err(|oops| desk.oops(&oops))?;
    let row = |event: &Event| NewsRow {
        at: Moment(event.at_us),
        what: event.news.name(),
        subject: event.subject.clone(),
        organisation: event.organisation.clone(),
        data: event.data.clone(),
    };
    Ok(ok(&Page::whole(found.iter().map(row).collect())))
}
