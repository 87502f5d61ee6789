//! What waits here: requests for quota to be decided, tables that were read and not taken.
use super::{imports, may, quotas};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::work::Waits;
use crate::page::Place;
use dancu_campaign::{ImportState, QuotaState};
use dancu_policy::duty::Action;

/// Requests that are told one by one; beyond that the list is.
const SINGLE: usize = 5;
/// Requests that are counted.
const COUNTED: u32 = 200;
/// Tables among which those that wait are looked for.
const TABLES: u32 = 20;

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let mut all = Vec::new();
    if may(seat, Action::QuotaGrant) {
        let asked = seat.bulk(Place::Work, |campaigns, reach| {
            campaigns.quota_requests(QuotaState::Requested, reach, None, COUNTED)
        });
        let mut asked = asked.await?;
        // Whoever asks does not decide.
        asked.retain(|request| request.asked.0 != seat.id());
        let waits = |what: String, href: String, of: String| Waits {
            due_us: None,
            what,
            href,
            of,
            next: t.t("work-decide").into_owned(),
            badge: quotas::badge(t, QuotaState::Requested),
        };
        if asked.len() > SINGLE {
            let what = t.t1("work-quotas", "count", &t.number(asked.len() as u64)).into_owned();
            all.push(waits(what, "/accounts/quotas?state=requested".to_owned(), String::new()));
        } else {
            all.extend(asked.iter().map(|request| {
                let what = t.t1("work-quota", "sum", &quotas::sum(t, request)).into_owned();
                let of = seat.console.organisation(&request.organisation);
                waits(what, format!("/accounts/quotas/{}", request.id), of)
            }));
        }
    }
    if may(seat, Action::AccountImport) {
        let read =
            seat.bulk(Place::Work, |campaigns, reach| campaigns.imports_of(reach, None, TABLES)).await?;
        let planned = read.iter().filter(|import| import.state == ImportState::Planned && !import.erased);
        all.extend(planned.map(|import| Waits {
            due_us: None,
            what: t.t1("work-import", "name", &imports::title(t, import)).into_owned(),
            href: format!("/accounts/imports/{}", import.id),
            of: seat.console.organisation(&import.organisation),
            next: t.t("work-import-next").into_owned(),
            badge: imports::badge(t, import.state),
        }));
    }
    Ok(all)
}
