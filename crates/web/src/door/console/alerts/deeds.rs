//! What is done about an alert: taken up, judged, written to, braked, released.
use super::record::{BRAKE_HOURS, page};
use super::{Answer, WORDS};
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Notice, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_policy::duty::Action;
use dancu_watch::{Alert, WatchError};

/// Words, cut to what is kept.
pub(in crate::door::console) fn cut(words: &str) -> String {
    words.trim().chars().take(usize::from(WORDS)).collect()
}

fn words(sent: &Sent, name: &str) -> String {
    cut(value(sent, name))
}

/// What may become of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::door::console) enum Deed {
    /// Taken up
    Take,
    /// Words are written to it
    Note,
    /// It was what it looks like
    Confirm,
    /// It was not: the rule learns
    False,
    /// Calls are stopped by hand for so many hours
    Brake(u32),
    /// Calls pass again
    Release,
}

impl Deed {
    /// The deed of a button of the form, or of a member of the API.
    pub(in crate::door::console) fn from_name(name: &str) -> Option<Self> {
        match name {
            "take" => Some(Self::Take),
            "note" => Some(Self::Note),
            "confirm" => Some(Self::Confirm),
            "false" => Some(Self::False),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Note => "note",
            Self::Confirm => "confirm",
            Self::False => "false",
            Self::Brake(_) => "brake",
            Self::Release => "release",
        }
    }

    /// Whether it is nothing without words.
    pub(in crate::door::console) fn needs_words(self) -> bool {
        self != Self::Take
    }
}

/// For so many hours calls may be stopped by hand.
pub(in crate::door::console) fn brake_for(hours: u32) -> Option<Deed> {
    BRAKE_HOURS.contains(&hours).then_some(Deed::Brake(hours))
}

/// Does it, for pages and API alike: an entry of the journal, then the deed.
pub(in crate::door::console) async fn handled(
    seat: &Seat,
    number: u64,
    deed: Deed,
    words: String,
) -> Result<Result<(), WatchError>, Oops> {
    seat.record("watch_alert", format!("alert={number} deed={}", deed.name()), Place::Alerts).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    seat.watch(move |watch| match deed {
        Deed::Take => watch.look_at(number, &by, &words, now_us),
        Deed::Note => watch.note(number, &by, &words, now_us),
        Deed::Confirm => watch.confirm(number, &by, &words, now_us),
        Deed::False => watch.mark_false(number, &by, &words, now_us),
        Deed::Brake(hours) => watch.brake(number, i64::from(hours) * 3_600_000_000, &by, &words, now_us),
        Deed::Release => watch.release_brake(number, &by, &words, now_us),
    })
    .await
}

/// Does it, then shows the alert's page.
async fn done(seat: &Seat, alert: Alert, deed: Deed, words: String) -> Answer {
    let number = alert.number;
    match handled(seat, number, deed, words).await? {
        Ok(()) => Ok(Redirect::to(&format!("/alerts/{number}?done={}", deed.name())).into_response()),
        // Somebody else was quicker: the page says how it stands now.
        Err(WatchError::Step(..) | WatchError::Unknown("brake in force")) => {
            let t = seat.shell(Place::Alerts).texts();
            let notice = Notice::new(Tone::Bad, t.t("refusal-moved"), t.t("refusal-moved-todo"));
            let alert = seat.alert(&number.to_string(), Action::AlertRead).await?;
            page(seat, alert, Some(notice), None, StatusCode::CONFLICT).await
        }
        Err(error) => Err(seat.failed(&error)),
    }
}

/// Taken up, noted, confirmed, marked as false.
pub(super) async fn handle(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let alert = seat.alert(&id, Action::AlertHandle).await?;
    let words = words(&sent, "words");
    let Some(deed) = Deed::from_name(value(&sent, "act")) else {
        return Err(Oops::page(seat.shell(Place::Alerts), ErrorKind::NotFound));
    };
    if words.is_empty() && deed.needs_words() {
        return page(&seat, alert, None, Some("handle"), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    done(&seat, alert, deed, words).await
}

/// Calls are stopped by hand.
pub(super) async fn brake(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let alert = seat.alert(&id, Action::AlertBrake).await?;
    let why = words(&sent, "brake_why");
    let brake = value(&sent, "hours").parse().ok().and_then(brake_for);
    let (false, Some(brake)) = (why.is_empty(), brake) else {
        return page(&seat, alert, None, Some("brake"), StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    done(&seat, alert, brake, why).await
}

/// Calls pass again.
pub(super) async fn release(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Alerts)?;
    let alert = seat.alert(&id, Action::AlertRelease).await?;
    let why = words(&sent, "release_why");
    if why.is_empty() {
        return page(&seat, alert, None, Some("release"), StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    done(&seat, alert, Deed::Release, why).await
}
