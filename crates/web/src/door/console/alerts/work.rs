//! What waits here: alerts that nobody has looked at or concluded, settings of rules that wait for a second person.
use super::words;
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::work::Waits;
use crate::icons::Icon;
use crate::parts::{Badge, Tone};
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{AlertState, Proposal, ProposalState, Rule, Watch};

/// Proposals for a rule among which those that are open are looked for.
const OF_RULE: u32 = 20;

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let mut all = Vec::new();
    if seat.may(Action::AlertHandle, seat.organisation().or(Some(""))) == Ruling::Allowed {
        let counts = seat.watched(Watch::alert_counts).await?;
        let count =
            |of: AlertState| counts.iter().find(|(state, _)| *state == of).map_or(0, |(_, count)| *count);
        for (state, what, next) in [
            (AlertState::New, "work-alerts-new", "alert-take"),
            (AlertState::LookedAt, "work-alerts-looked-at", "work-alerts-conclude"),
        ] {
            if count(state) > 0 {
                all.push(Waits {
                    due_us: None,
                    what: t.t1(what, "count", &t.number(count(state))).into_owned(),
                    href: format!("/alerts?state={}", state.name()),
                    of: String::new(),
                    next: t.t(next).into_owned(),
                    badge: words::state(t, state),
                });
            }
        }
    }
    if seat.may(Action::WatchEnact, None) == Ruling::Allowed {
        let proposals = seat.watched(|watch| {
            let of = |rule| watch.proposals(rule, OF_RULE);
            Rule::ALL.into_iter().map(of).collect::<Result<Vec<Vec<Proposal>>, _>>()
        });
        let open = |proposal: &Proposal| proposal.state == ProposalState::Open && proposal.by != seat.id();
        all.extend(proposals.await?.into_iter().flatten().filter(open).map(|proposal| Waits {
            due_us: None,
            what: t.t1("work-proposal", "rule", words::rule(t, proposal.rule)).into_owned(),
            href: format!("/alerts/proposals/{}", proposal.id),
            of: String::new(),
            next: t.t("work-decide").into_owned(),
            badge: Badge { tone: Tone::Warn, icon: Icon::Clock, label: t.t("work-waits").into_owned() },
        }));
    }
    Ok(all)
}
