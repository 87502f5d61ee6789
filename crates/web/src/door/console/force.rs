//! How fast an order is in force: on how many servers, after how long, who is behind.
use super::matter::Whole;
use super::seat::Seat;
use crate::Texts;
use crate::door::show;
use crate::icons::Icon;
use crate::pages::console::Group;
use crate::parts::{Badge, Cell, Fact, Table, Tone};
use dancu_exchange::{Reach, ServerReach};
use dancu_governance::Content;
use std::time::Duration;

/// An order that is younger is waited for, so that the page that follows it shows what came of it.
const YOUNG_US: i64 = 5_000_000;
/// Between two looks, and how many.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: u32 = 20;
/// What the law of the house asks for: effective everywhere within a second.
const AIM: Duration = Duration::from_secs(1);

/// How far an order has come; none of other matters, and of orders of which that was not kept.
pub(super) async fn reach(seat: &Seat, whole: &Whole) -> Option<(i64, Reach)> {
    let Content::Halt(halt) = &whole.content else { return None };
    let (version, given_us) = (halt.rules_version?, whole.matter.opened_us);
    let mut found = None;
    for _ in 0..LOOKS {
        let (exchange, now_us) = (seat.console.road.exchange.clone(), seat.now_us());
        let asked = super::seat::blocking(move || exchange.reach(version, given_us, now_us)).await;
        found = asked.and_then(Result::ok).filter(|reach| !reach.servers.is_empty());
        let is_done = found.as_ref().is_none_or(Reach::is_everywhere);
        if is_done || seat.now_us() - given_us > YOUNG_US {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    found.map(|reach| (version, reach))
}

/// The same on the page of the order.
pub(super) async fn groups(seat: &Seat, whole: &Whole, t: Texts) -> Vec<Group> {
    let Some((version, reach)) = reach(seat, whole).await else { return Vec::new() };
    let servers = format!("{}/{}", reach.reached(), reach.servers.len());
    let said = match (reach.is_everywhere(), reach.slowest()) {
        (true, Some(slowest)) => t
            .with("force-everywhere", &[("servers", &servers), ("seconds", &seconds(slowest, t))])
            .into_owned(),
        _ => t.t1("force-behind", "servers", &servers).into_owned(),
    };
    let facts =
        vec![Fact::new(t.t("force-state"), said), Fact::mono(t.t("force-version"), version.to_string())];
    let columns = ["force-server", "force-after", "force-seen", "work-state"];
    let table = Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: reach.servers.iter().map(|server| row(server, t)).collect(),
    };
    vec![
        Group::Facts { title: t.t("force-title").into_owned(), facts },
        Group::Table {
            title: t.t("force-servers").into_owned(),
            lead: t.t("force-lead").into_owned(),
            table,
            nothing: String::new(),
        },
    ]
}

fn row(server: &ServerReach, t: Texts) -> Vec<Cell> {
    let after = server.after_us.map(|us| Duration::from_micros(u64::try_from(us).unwrap_or_default()));
    let badge = |tone, icon, key: &str| Badge { tone, icon, label: t.t(key).into_owned() };
    vec![
        Cell::Figures(server.id.clone()),
        Cell::Figures(after.map(|after| format!("{} s", seconds(after, t))).unwrap_or_default()),
        Cell::Figures(show::moment(server.seen_us)),
        Cell::Badge(match after {
            Some(after) if after < AIM => badge(Tone::Good, Icon::Check, "force-reached"),
            Some(_) => badge(Tone::Warn, Icon::Warning, "force-slow"),
            None => badge(Tone::Bad, Icon::Clock, "force-not-yet"),
        }),
    ]
}

/// Seconds to the hundredth, with the decimal sign of the language.
fn seconds(time: Duration, t: Texts) -> String {
    let plain = format!("{:.2}", time.as_secs_f64());
    if t.lang() == dancu_catalogue::Lang::Vi { plain.replace('.', ",") } else { plain }
}
