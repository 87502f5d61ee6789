//! Tạm dừng, ngắt kết nối: a system, an organisation or one account.
use super::super::table::Way;
use super::content::{StopNotice, Target, recast};
use super::desk::{Answer, Desk, created};
use super::operation::Operation;
use super::shapes::{Brings, Day, brought, uploads};
use super::trouble::{Told, Trouble};
use axum::extract::Request;
use axum::routing::post;
use dancu_catalogue::Code;
use dancu_governance::{Deed, HaltAction, Order, Target as Halted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[Operation::post(
    "/api/v1/orders",
    Way::NeedsStep,
    ["orders", "giveOrder", "Suspend or disconnect; in force on every server within one second"],
    || post(give),
)
.takes::<NewOrder>(
    r#"{"target": {"system": "mot-cua-dien-tu"}, "action": "suspend", "reason": "breach", "number": "45/QĐ-C06", "documents": [{"kind": "order", "name": "quyet-dinh.pdf", "content": "JVBERi0xLjcK"}]}"#,
)
.creates::<GivenOrder>()];

/// An order
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrder {
    /// Who is stopped
    target: Target,
    /// How
    action: OrderAction,
    /// Why: a name of the dated reasons, see the rules
    reason: String,
    /// Number of the order, as its paper has it
    number: String,
    /// Last day for the remedy, if another than the reason gives
    remedy_by: Option<Day>,
    /// The order's paper
    #[serde(default)]
    documents: Vec<Brings>,
}

/// How somebody is stopped
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OrderAction {
    /// For a time; an account is locked
    Suspend,
    /// Until it is connected again; an account is closed for good
    Disconnect,
}

/// What came of an order
#[derive(Serialize, ToSchema)]
struct GivenOrder {
    /// Its matter
    id: String,
    /// What the organisation is told
    notice: StopNotice,
}

/// The organisation of whom an order is about.
fn organisation(desk: &Desk, target: &Halted) -> Result<String, Trouble> {
    let snapshot = desk.console.road.exchange.snapshot();
    let rules = &snapshot.rules;
    let found = match target {
        Halted::System(id) => rules.system(id).map(|of| of.system.organisation.to_string()),
        Halted::Organisation(id) => rules.organisation(id).map(|of| of.id.to_string()),
        Halted::Account(id) => {
            let of = rules.systems().find(|of| of.accounts().any(|account| *account.id == **id));
            of.map(|of| of.system.organisation.to_string())
        }
    };
    found.ok_or_else(|| desk.nothing())
}

async fn give(desk: Desk, request: Request) -> Answer {
    let asked: NewOrder = desk.read(request).await?;
    let (action, name) = match asked.action {
        OrderAction::Suspend => (HaltAction::Suspend, "suspend"),
        OrderAction::Disconnect => (HaltAction::Disconnect, "disconnect"),
    };
    let wrong = || desk.problem(Told::from(Code::FormInvalid).at("/target", "form", desk.place.texts()));
    let target: Halted = recast(&asked.target).ok_or_else(wrong)?;
    let of = organisation(&desk, &target)?;
    desk.must(target.duty(action), Some(&of))?;
    let files = brought(&desk, asked.documents)?;
    let about = match &target {
        Halted::System(id) => format!("system={id} order={name}"),
        Halted::Organisation(id) => format!("organisation={id} order={name}"),
        Halted::Account(id) => format!("account={id} order={name}"),
    };
    let about = Desk::about("governance_order", about);
    let order = Order {
        target,
        action,
        reason: asked.reason,
        number: asked.number,
        remedy_by: asked.remedy_by.map(|day| day.0),
    };
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let given = desk.deed(about, &desk.console.governance, move |governance, entry| {
        governance.order(&order, &uploads(&files), Deed::of(&by, now_us, entry, ""))
    });
    let (halt, notice) = given.await?;
    let notice = recast(&notice).ok_or_else(|| desk.problem(Code::Internal))?;
    Ok(created(&GivenOrder { id: halt.id, notice }))
}
