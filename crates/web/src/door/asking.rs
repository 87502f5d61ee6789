//! Inquiries in words: how far one is, what happened, what is due.
use super::show::{date_of, moment};
use crate::Texts;
use crate::icons::Icon;
use crate::pages::citizen::{Asked, Event, EventState, Sent};
use dancu_journal::inquiry::{Inquiry, Stage};

/// Who reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever asked
    Citizen,
    /// Whoever answers
    Officer,
}

/// How far an inquiry is.
pub(super) fn asked(inquiry: &Inquiry, now_us: i64) -> Asked {
    match inquiry.stage {
        Stage::Closed => Asked::Closed,
        Stage::Answered => Asked::Answered,
        Stage::Open if inquiry.is_overdue(now_us) => Asked::Overdue,
        Stage::Open if inquiry.acknowledged_us.is_some() => Asked::Acknowledged,
        Stage::Open => Asked::Waiting,
    }
}

/// An inquiry with its events, in order.
pub(super) fn sent(inquiry: &Inquiry, reader: Reader, now_us: i64, texts: Texts) -> Sent {
    let mut events = vec![began(inquiry, reader, texts)];
    let over = inquiry.stage == Stage::Closed;
    let steps = [
        (inquiry.acknowledged_us, inquiry.reply_by_us, Icon::Check, "acknowledged", "acknowledge", None),
        (
            inquiry.answered_us,
            inquiry.answer_by_us,
            Icon::Pen,
            "answered",
            "answer",
            inquiry.answer.as_deref(),
        ),
    ];
    for (done_us, due_us, icon, done, due, words) in steps {
        let words = words.unwrap_or_default().to_owned();
        let event = match done_us {
            Some(at_us) => Event {
                icon,
                title: texts.t(&format!("inquiry-event-{done}")).into_owned(),
                at: moment(at_us),
                words,
                state: EventState::Done,
            },
            // Nothing is due any more.
            None if over => continue,
            None => waited(due, due_us, now_us, texts),
        };
        events.push(event);
    }
    if let Some(at_us) = inquiry.closed_us {
        events.push(Event {
            icon: Icon::Check,
            title: texts.t("inquiry-event-closed").into_owned(),
            at: moment(at_us),
            words: String::new(),
            state: EventState::Done,
        });
    }
    Sent { asked: asked(inquiry, now_us), events }
}

fn began(inquiry: &Inquiry, reader: Reader, texts: Texts) -> Event {
    let key = match reader {
        Reader::Citizen => "inquiry-event-asked",
        Reader::Officer => "inquiry-event-citizen-asked",
    };
    Event {
        icon: Icon::Message,
        title: texts.t(key).into_owned(),
        at: moment(inquiry.asked_us),
        words: inquiry.question.clone(),
        state: EventState::Done,
    }
}

fn waited(step: &str, due_us: i64, now_us: i64, texts: Texts) -> Event {
    let (icon, suffix, state) = if now_us > due_us {
        (Icon::Warning, "late", EventState::Late)
    } else {
        (Icon::Clock, "due", EventState::Due)
    };
    let title = texts.t(&format!("inquiry-event-{step}-{suffix}")).into_owned();
    Event { icon, title, at: date_of(due_us), words: String::new(), state }
}

#[cfg(test)]
mod tests {
    use super::EventState::{Done, Due, Late};
    use super::*;
    use dancu_catalogue::Lang;

    const DAY: i64 = 86_400_000_000;

    fn inquiry() -> Inquiry {
        Inquiry {
            id: "0".repeat(32),
            entry: 7,
            organisation: "o".into(),
            system: "s".into(),
            stage: Stage::Open,
            asked_us: 0,
            reply_by_us: 2 * DAY,
            answer_by_us: 10 * DAY,
            acknowledged_us: None,
            answered_us: None,
            closed_us: None,
            number: "001185000017".into(),
            question: "?".into(),
            answer: None,
            answered_by: None,
        }
    }

    #[test]
    fn what_is_due_is_told_and_when_it_is_late() {
        let texts = Texts::of(Lang::En);
        let states = |inquiry: &Inquiry, now_us| {
            let sent = sent(inquiry, Reader::Citizen, now_us, texts);
            (sent.asked, sent.events.iter().map(|e| e.state).collect::<Vec<_>>())
        };
        let open = inquiry();
        assert_eq!(states(&open, DAY), (Asked::Waiting, vec![Done, Due, Due]));
        assert_eq!(states(&open, 3 * DAY), (Asked::Overdue, vec![Done, Late, Due]));
        let taken = Inquiry { acknowledged_us: Some(DAY), ..inquiry() };
        assert_eq!(states(&taken, 3 * DAY), (Asked::Acknowledged, vec![Done, Done, Due]));
        let answered = Inquiry {
            stage: Stage::Answered,
            answered_us: Some(4 * DAY),
            answer: Some("!".into()),
            ..taken.clone()
        };
        assert_eq!(states(&answered, 99 * DAY), (Asked::Answered, vec![Done, Done, Done]));
        let closed = Inquiry { stage: Stage::Closed, closed_us: Some(5 * DAY), ..taken };
        assert_eq!(states(&closed, 99 * DAY), (Asked::Closed, vec![Done, Done, Done]));
    }
}
