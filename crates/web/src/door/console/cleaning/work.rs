//! What waits here: doubtful rows to look at, files to be confirmed.
use super::{badge, list, waits_for_confirmation};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::work::Waits;
use crate::icons::Icon;
use crate::parts::{Badge, Tone};
use dancu_cleaning::{CleaningError, JobState};
use dancu_policy::duty::{Action, Ruling};

/// Jobs that are told one by one.
const TOLD: u32 = 5;

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let may = |action| seat.may(action, seat.organisation().or(Some(""))) == Ruling::Allowed;
    let mut all = Vec::new();
    if may(Action::CleaningReview) {
        let own = seat.own();
        let found = seat.cleaning(move |jobs| {
            let waiting = jobs.waiting(own.as_deref(), TOLD)?;
            let with = |(id, count): (String, u64)| Ok::<_, CleaningError>((jobs.get(&id)?, count));
            waiting.into_iter().map(with).collect::<Result<Vec<_>, _>>()
        });
        all.extend(found.await?.into_iter().map(|(job, count)| {
            let values = [("count", t.number(count)), ("name", list::title(t, &job))];
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Waits {
                due_us: None,
                what: t.with("work-cleaning", &values).into_owned(),
                href: format!("/cleaning/{}/review", job.id),
                of: seat.console.organisation(&job.organisation),
                next: t.t("work-cleaning-next").into_owned(),
                badge: Badge { tone: Tone::Info, icon: Icon::Clock, label: t.t("work-waits").into_owned() },
            }
        }));
    }
    if may(Action::CleaningSubmit) {
        let own = seat.own();
        let filling = seat
            .cleaning(move |jobs| jobs.list_in(own.as_deref(), Some(JobState::Filling), None, TOLD))
            .await?;
        all.extend(filling.iter().filter(|job| waits_for_confirmation(job)).map(|job| Waits {
            due_us: None,
            what: t.t1("work-cleaning-confirm", "name", &list::title(t, job)).into_owned(),
            href: format!("/cleaning/{}", job.id),
            of: seat.console.organisation(&job.organisation),
            next: t.t("work-cleaning-confirm-next").into_owned(),
            badge: badge(t, job),
        }));
    }
    Ok(all)
}
