//! Account reviews: every account is confirmed, changed or closed by its unit until the deadline, or it locks.
use super::super::table::Way;
use super::accounts::reach;
use super::desk::{Answer, Desk, XLSX, created, done, file, ok};
use super::operation::Operation;
use super::review_shapes::{
    AccountDecision, OrganisationProgress, ResultRow, ReviewCall, ReviewResult, ReviewScope, ReviewSummary,
    ReviewedAccount, Undoing, Verdict, WholeReview,
};
use super::shapes::{Day, Made, Page};
use super::trouble::{Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_campaign::{
    AccountChange, Decide, Decision, NewReview, Review, ReviewRow, ReviewState, RowState, Scope,
};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_policy::Role;
use dancu_policy::duty::Action;

const FIND: &[(&str, &str)] = &[
    ("state", "`planned`, `open`, `closed`, `cancelled`; `open` when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

const ROWS: &[(&str, &str)] = &[
    ("state", "Only rows in this state: `open`, `confirmed`, `changed`, `closing`, `closed`, `locked`"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/api/v1/reviews", Way::Needs(Action::CampaignRead), ["reviews", "listReviews", "Reviews in a state, by deadline"], || {
        get(list)
    })
    .query(FIND)
    .pages::<ReviewSummary>(),
    Operation::post(
        "/api/v1/reviews",
        Way::Needs(Action::CampaignOpen),
        ["reviews", "callReview", "Call a review; one whose first day is today opens at once"],
        || post(call),
    )
    .takes::<ReviewCall>(
        r#"{"title": "Rà soát tài khoản quý I/2027", "scope": "all", "opens": "2027-01-04", "deadline": "2027-01-31", "facts_from": "2026-07-01"}"#,
    )
    .creates::<Made>(),
    Operation::get(
        "/api/v1/reviews/{review}",
        Way::Needs(Action::CampaignRead),
        ["reviews", "readReview", "One review with how far each organisation is"],
        || get(read),
    )
    .gives::<WholeReview>(),
    Operation::post(
        "/api/v1/reviews/{review}/cancel",
        Way::Needs(Action::CampaignClose),
        ["reviews", "cancelReview", "Call a review off; what was decided stays in force"],
        || post(cancel),
    ),
    Operation::post(
        "/api/v1/reviews/{review}/end",
        Way::Needs(Action::CampaignClose),
        ["reviews", "endReview", "End a review before its deadline, when every account is decided"],
        || post(end),
    ),
    Operation::post(
        "/api/v1/reviews/{review}/remind",
        Way::Needs(Action::CampaignRemind),
        ["reviews", "remindReview", "Remind the units that have not decided on every account"],
        || post(remind),
    ),
    Operation::get(
        "/api/v1/reviews/{review}/rows",
        Way::Needs(Action::CampaignRead),
        ["reviews", "listReviewRows", "Accounts of a review with the facts of the journal beside them"],
        || get(rows),
    )
    .query(ROWS)
    .pages::<ReviewedAccount>(),
    Operation::post(
        "/api/v1/reviews/{review}/decisions",
        Way::Needs(Action::CampaignAnswer),
        ["reviews", "decideAccounts", "Confirm, change or close accounts: all of them or none; in force at once"],
        || post(decide),
    )
    .takes::<AccountDecision>(
        r#"{"accounts": ["thai-nguyen-1", "thai-nguyen-2"], "decision": "confirm", "note": "Đang làm việc tại bộ phận một cửa"}"#,
    ),
    Operation::post(
        "/api/v1/reviews/{review}/undo",
        Way::Needs(Action::CampaignAnswer),
        ["reviews", "undoDecisions", "Take decisions back"],
        || post(undo),
    )
    .takes::<Undoing>(r#"{"accounts": ["thai-nguyen-1"]}"#),
    Operation::get(
        "/api/v1/reviews/{review}/report",
        Way::Needs(Action::CampaignExport),
        ["reviews", "reportReview", "The result, with the columns of the form for the managing body"],
        || get(report),
    )
    .gives::<ReviewResult>(),
    Operation::get(
        "/api/v1/reviews/{review}/report/xlsx",
        Way::Needs(Action::CampaignExport),
        ["reviews", "exportReview", "The result as a workbook"],
        || get(export),
    )
    .file(XLSX),
];

/// Campaigns are of no organisation; who is of one sees its own rows of them.
fn must(desk: &Desk, action: Action) -> Result<(), Trouble> {
    desk.must_somewhere(action)
}

async fn list(desk: Desk) -> Answer {
    must(&desk, Action::CampaignRead)?;
    let state = desk.asked_as("state", ReviewState::from_name)?.unwrap_or(ReviewState::Open);
    let after = desk.after(|day, id| Some((CivilDate::parse_iso(day).ok()?, id.to_owned())))?;
    let (campaigns, rows) = (desk.console.campaigns.clone(), desk.rows());
    let found = desk.ask(move || campaigns.reviews(state, after, rows)).await?;
    let cursor = |review: &Review| format!("{}.{}", review.deadline.iso(), review.id);
    Ok(ok(&Page::<ReviewSummary>::of(&found, rows, cursor)))
}

async fn call(desk: Desk, request: Request) -> Answer {
    must(&desk, Action::CampaignOpen)?;
    let asked: ReviewCall = desk.read(request).await?;
    desk.record("review_call", format!("deadline={}", asked.deadline.0.iso())).await?;
    let (campaigns, by, now_us) = (desk.console.campaigns.clone(), desk.id().to_owned(), desk.now_us());
    let made = desk.ask(move || {
        let given = NewReview {
            title: &asked.title,
            scope: match asked.scope {
                ReviewScope::All => Scope::All,
                ReviewScope::Organisations(ids) => Scope::Organisations(ids),
                ReviewScope::Systems(ids) => Scope::Systems(ids),
            },
            opens: asked.opens.0,
            deadline: asked.deadline.0,
            facts_from: asked.facts_from.0,
        };
        campaigns.plan_review(&given, &by, now_us)
    });
    Ok(created(&Made { id: made.await? }))
}

async fn known(desk: &Desk, action: Action, id: &str) -> Result<Review, Trouble> {
    must(desk, action)?;
    let (campaigns, id) = (desk.console.campaigns.clone(), id.to_owned());
    desk.ask(move || campaigns.review(&id)).await?.ok_or_else(|| desk.nothing())
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    let review = known(&desk, Action::CampaignRead, &id).await?;
    let (campaigns, own) = (desk.console.campaigns.clone(), desk.own());
    let progress = desk.ask(move || campaigns.review_progress(&id, reach(own.as_deref()))).await?;
    Ok(ok(&WholeReview {
        review: ReviewSummary::from(&review),
        progress: progress.iter().map(OrganisationProgress::from).collect(),
    }))
}

async fn cancel(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignClose, &id).await?;
    desk.record("review_cancel", format!("review={id}")).await?;
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    desk.ask(move || campaigns.cancel_review(&id, now_us)).await?;
    Ok(done())
}

async fn end(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignClose, &id).await?;
    desk.record("review_end", format!("review={id}")).await?;
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    desk.ask(move || campaigns.end_review(&id, now_us)).await?;
    Ok(done())
}

async fn remind(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignRemind, &id).await?;
    desk.record("review_remind", format!("review={id}")).await?;
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    desk.ask(move || campaigns.remind_review(&id, None, now_us)).await?;
    Ok(done())
}

async fn rows(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignRead, &id).await?;
    let state = desk.asked_as("state", RowState::from_name)?;
    let after = desk.after(|organisation, account| Some((organisation.to_owned(), account.to_owned())))?;
    desk.record("review_rows", format!("review={id}")).await?;
    let (campaigns, own, rows) = (desk.console.campaigns.clone(), desk.own(), desk.rows());
    let found =
        desk.ask(move || campaigns.review_rows(&id, reach(own.as_deref()), state, after, rows)).await?;
    let cursor = |row: &ReviewRow| format!("{}.{}", row.organisation, row.account);
    Ok(ok(&Page::<ReviewedAccount>::of(&found, rows, cursor)))
}

async fn decide(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::CampaignAnswer, &id).await?;
    let asked: AccountDecision = desk.read(request).await?;
    let wrong = |pointer: &str, wrong: &str| {
        desk.problem(Told::from(Code::FormInvalid).at(pointer, wrong, desk.place.texts()))
    };
    let decision = match asked.decision {
        Verdict::Confirm => Decision::Confirm,
        Verdict::Close => Decision::Close,
        Verdict::Change => {
            let change = asked.change.ok_or_else(|| wrong("/change", "missing"))?;
            let role = change.role.as_deref().map(Role::from_name);
            Decision::Change(AccountChange {
                full_name: change.full_name,
                phone: change.phone,
                role: role.map(|role| role.ok_or_else(|| wrong("/change/role", "unknown"))).transpose()?,
                daily_quota: change.daily_quota,
            })
        }
    };
    desk.record("review_decide", format!("review={id} accounts={}", asked.accounts.join(","))).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || {
        let accounts: Vec<&str> = asked.accounts.iter().map(String::as_str).collect();
        let given =
            Decide { review: &id, accounts: &accounts, decision, note: &asked.note, holder: &asked.holder };
        campaigns.decide(&given, reach(own.as_deref()), &by, now_us)
    })
    .await?;
    Ok(done())
}

async fn undo(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::CampaignAnswer, &id).await?;
    let Undoing { accounts } = desk.read(request).await?;
    desk.record("review_undo", format!("review={id} accounts={}", accounts.join(","))).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || {
        let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
        campaigns.undo_decision(&id, &accounts, reach(own.as_deref()), &by, now_us)
    })
    .await?;
    Ok(done())
}

async fn report(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignExport, &id).await?;
    desk.record("review_report", format!("review={id}")).await?;
    let (campaigns, own) = (desk.console.campaigns.clone(), desk.own());
    let report = desk.ask(move || campaigns.review_report(&id, reach(own.as_deref()))).await?;
    Ok(ok(&ReviewResult {
        review: report.review,
        title: report.title,
        opens: Day(report.opens),
        deadline: Day(report.deadline),
        is_final: report.is_final,
        rows: report.rows.iter().map(ResultRow::from).collect(),
    }))
}

async fn export(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::CampaignExport, &id).await?;
    desk.record("review_export", format!("review={id} form=xlsx")).await?;
    let (campaigns, own) = (desk.console.campaigns.clone(), desk.own());
    let report = desk.ask(move || campaigns.review_report(&id, reach(own.as_deref()))).await?;
    let sheet = report.sheet(desk.console.campaigns.words(), desk.place.lang);
    let made = sheet.to_xlsx("ket-qua-ra-soat").map_err(|_| desk.problem(Code::Internal))?;
    Ok(file(made.bytes, XLSX))
}
