//! Requests for a higher daily quota: asked with the cases that need it, decided by somebody else.
use super::super::table::Way;
use super::accounts::{known as known_account, reach};
use super::desk::{Answer, Desk, created, done, ok};
use super::operation::Operation;
use super::shapes::{ByWhen, Day, Made, Moment, Page};
use super::trouble::Trouble;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_campaign::{QuotaAsk, QuotaRequest, QuotaState};
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    ("state", "`requested`, `granted`, `refused`, `withdrawn`, `ended`; `requested` when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/quota-requests",
        Way::Needs(Action::QuotaRead),
        ["quotas", "listQuotaRequests", "Requests in a state, oldest first"],
        || get(list),
    )
    .query(FIND)
    .pages::<QuotaRow>(),
    Operation::post(
        "/api/v1/quota-requests",
        Way::Needs(Action::QuotaAsk),
        ["quotas", "requestQuota", "Ask for a higher quota; one request of an account at a time"],
        || post(ask),
    )
    .takes::<QuotaAsking>(
        r#"{"account": "thai-nguyen-1", "cases_a_day": 50, "queries_a_case": 3, "until": "2027-01-31", "reason": "Cao điểm cấp đổi giấy tờ"}"#,
    )
    .creates::<Made>(),
    Operation::get(
        "/api/v1/quota-requests/{request}",
        Way::Needs(Action::QuotaRead),
        ["quotas", "readQuotaRequest", "One request"],
        || get(read),
    )
    .gives::<QuotaRow>(),
    Operation::post(
        "/api/v1/quota-requests/{request}/decide",
        Way::Needs(Action::QuotaGrant),
        ["quotas", "decideQuota", "Grant or refuse; whoever asked does not decide"],
        || post(decide),
    )
    .takes::<QuotaDecision>(r#"{"grant": true, "answer": "Đồng ý đến hết cao điểm"}"#)
    .gives::<QuotaRow>(),
    Operation::post(
        "/api/v1/quota-requests/{request}/withdraw",
        Way::Needs(Action::QuotaAsk),
        ["quotas", "withdrawQuota", "Take a request back; only whoever asked may"],
        || post(withdraw),
    ),
];

/// A request for a quota
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuotaAsking {
    /// The account
    account: String,
    /// Cases a day
    cases_a_day: u32,
    /// Queries a case
    queries_a_case: u32,
    /// Last day; none: for good
    until: Option<Day>,
    /// Why so many
    reason: String,
}

/// A decision
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuotaDecision {
    /// Granted, or refused
    grant: bool,
    /// In words
    #[serde(default)]
    answer: String,
}

/// A request for a higher quota
#[derive(Serialize, ToSchema)]
pub(super) struct QuotaRow {
    /// Id
    id: String,
    /// The account
    account: String,
    /// Organisation of its system
    organisation: String,
    /// How far it is
    state: &'static str,
    /// Cases a day
    cases_a_day: u32,
    /// Queries a case
    queries_a_case: u32,
    /// Calls a day asked for
    quota: u32,
    /// Calls a day before, to which it goes back
    was: u32,
    /// Last day; none: for good
    until: Option<Day>,
    /// Why so many
    reason: String,
    /// Who asked
    asked: ByWhen,
    /// Who decided
    decided: Option<ByWhen>,
    /// In words
    answer: Option<String>,
    /// When it ended or was withdrawn
    ended_at: Option<Moment>,
}

impl From<&QuotaRequest> for QuotaRow {
    fn from(request: &QuotaRequest) -> Self {
        Self {
            id: request.id.clone(),
            account: request.account.clone(),
            organisation: request.organisation.clone(),
            state: request.state.name(),
            cases_a_day: request.factors.0,
            queries_a_case: request.factors.1,
            quota: request.quota,
            was: request.was,
            until: request.until.map(Day),
            reason: request.reason.clone(),
            asked: ByWhen::from(&request.asked),
            decided: request.decided.as_ref().map(ByWhen::from),
            answer: request.answer.clone(),
            ended_at: request.ended_us.map(Moment),
        }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::QuotaRead)?;
    let state = desk.asked_as("state", QuotaState::from_name)?.unwrap_or(QuotaState::Requested);
    let after = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let (campaigns, own, rows) = (desk.console.campaigns.clone(), desk.own(), desk.rows());
    let found = desk.ask(move || campaigns.quota_requests(state, reach(own.as_deref()), after, rows)).await?;
    let cursor = |request: &QuotaRequest| format!("{}.{}", request.asked.1, request.id);
    Ok(ok(&Page::<QuotaRow>::of(&found, rows, cursor)))
}

async fn ask(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::QuotaAsk)?;
    let asked: QuotaAsking = desk.read(request).await?;
    known_account(&desk, Action::QuotaAsk, &asked.account)?;
    desk.record("quota_request", format!("account={}", asked.account)).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    let made = desk.ask(move || {
        let ask = QuotaAsk {
            account: &asked.account,
            cases_a_day: asked.cases_a_day,
            queries_a_case: asked.queries_a_case,
            until: asked.until.map(|day| day.0),
            reason: &asked.reason,
        };
        campaigns.request_quota(&ask, reach(own.as_deref()), &by, now_us)
    });
    Ok(created(&Made { id: made.await? }))
}

/// A request about which this person may do that.
async fn known(desk: &Desk, action: Action, id: &str) -> Result<QuotaRequest, Trouble> {
    let (campaigns, own, id) = (desk.console.campaigns.clone(), desk.own(), id.to_owned());
    let found = desk.ask(move || campaigns.quota_request(&id, reach(own.as_deref()))).await?;
    let found = found.ok_or_else(|| desk.nothing())?;
    desk.must(action, Some(&found.organisation))?;
    Ok(found)
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    Ok(ok(&QuotaRow::from(&known(&desk, Action::QuotaRead, &id).await?)))
}

async fn decide(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::QuotaGrant, &id).await?;
    let QuotaDecision { grant, answer } = desk.read(request).await?;
    desk.record("quota_decide", format!("request={id} grant={grant}")).await?;
    let (campaigns, by, now_us) = (desk.console.campaigns.clone(), desk.id().to_owned(), desk.now_us());
    let decided = desk.ask(move || campaigns.decide_quota(&id, grant, &answer, &by, now_us)).await?;
    Ok(ok(&QuotaRow::from(&decided)))
}

async fn withdraw(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::QuotaAsk, &id).await?;
    desk.record("quota_withdraw", format!("request={id}")).await?;
    let (campaigns, by, now_us) = (desk.console.campaigns.clone(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || campaigns.withdraw_quota(&id, &by, now_us)).await?;
    Ok(done())
}
