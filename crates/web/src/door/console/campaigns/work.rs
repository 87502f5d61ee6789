//! What waits here: accounts that an organisation has not reviewed yet, units that have not registered; for who calls such
//! campaigns, those that are behind.
use super::{drives, may, may_for_all, reviews};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::end_of_day_us;
use crate::door::console::work::Waits;
use crate::page::Place;
use dancu_campaign::{Campaigns, Drive, DriveState, Reach, Review, ReviewState, RowState};
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;

/// Campaigns that are looked at.
const MOST: u32 = 50;

/// Open reviews and drives, each with how much is left within this reach.
type Left = (Vec<(Review, u64)>, Vec<(Drive, u64)>);

fn left(campaigns: &Campaigns, reach: Reach<'_>, now_us: i64) -> Result<Left, dancu_campaign::CampaignError> {
    let (mut reviews, mut drives) = (Vec::new(), Vec::new());
    for review in campaigns.reviews(ReviewState::Open, None, MOST)? {
        let progress = campaigns.review_progress(&review.id, reach)?;
        let open: u32 = progress.iter().map(|of| of.count(RowState::Open)).sum();
        if open > 0 {
            reviews.push((review, open.into()));
        }
    }
    for drive in campaigns.drives(DriveState::Open, None, MOST)? {
        let report = campaigns.drive_report(&drive.id, now_us)?;
        let within = |of: Option<&str>| match reach {
            Reach::All => true,
            Reach::Of(own) => of == Some(own),
        };
        let behind = report.behind().filter(|unit| within(unit.organisation.as_deref())).count();
        if behind > 0 {
            drives.push((drive, behind as u64));
        }
    }
    Ok((reviews, drives))
}

/// The last moment of a day, microseconds since the epoch.
fn last_of(day: CivilDate) -> i64 {
    end_of_day_us(day) - 1
}

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let answers = seat.organisation().filter(|_| may(seat, Action::CampaignAnswer));
    if answers.is_none() && !may_for_all(seat, Action::CampaignRemind) {
        return Ok(Vec::new());
    }
    let now_us = seat.now_us();
    let (reviews, drives) =
        seat.bulk(Place::Work, move |campaigns, reach| left(campaigns, reach, now_us)).await?;
    let of = answers.map(|own| seat.console.organisation(own)).unwrap_or_default();
    let ends =
        |answering: &'static str, calling: &'static str| if answers.is_some() { answering } else { calling };
    let review = |(review, open): &(Review, u64)| Waits {
        due_us: Some(last_of(review.deadline)),
        what: review.title.clone(),
        href: match answers {
            Some(own) => format!("/campaigns/reviews/{}/units/{own}", review.id),
            None => format!("/campaigns/reviews/{}", review.id),
        },
        of: of.clone(),
        next: t.t1(ends("work-review-answer", "work-review-follow"), "count", &t.number(*open)).into_owned(),
        badge: reviews::badge(t, review.state),
    };
    let drive = |(drive, behind): &(Drive, u64)| Waits {
        due_us: Some(last_of(drive.deadline)),
        what: drive.title.clone(),
        href: format!("/campaigns/drives/{}", drive.id),
        of: of.clone(),
        next: t.t1(ends("work-drive-answer", "work-drive-follow"), "count", &t.number(*behind)).into_owned(),
        badge: drives::badge(t, drive.state),
    };
    Ok(reviews.iter().map(review).chain(drives.iter().map(drive)).collect())
}
