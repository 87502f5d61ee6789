//! Doubtful rows, one at a time, the most useful first: both sides, and a decision.
use super::look::{Beside, Looked, NotLaid, Other, look, mark};
use super::{Answer, HERE, ground, list, result, said};
use crate::Texts;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as shown};
use crate::icons::Icon;
use crate::page::html;
use crate::pages::ErrorKind;
use crate::pages::console::{Choosing, Piece, ReviewPage, ReviewSide, Somebody};
use crate::parts::{Crumb, Crumbs, Notice, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_catalogue::Lang;
use dancu_citizen::{BirthDate, Sex};
use dancu_cleaning::{Cleaning, CleaningError, Decide, Decision, Job};
use dancu_linkage::{Agreement, Column};
use dancu_policy::duty::Action;

/// Where the queue stands.
struct Place {
    /// The row to look at; none: all are decided
    row: Option<u64>,
    rank: i64,
    waiting: u64,
    decided: u64,
    /// Those that were skipped begin anew
    wrapped: bool,
}

fn place(
    jobs: &Cleaning,
    id: &str,
    row: Option<u64>,
    after: Option<(i64, u64)>,
) -> Result<Place, CleaningError> {
    let (waiting, decided) = jobs.review_counts(id)?;
    let at = |row, rank, wrapped| Place { row, rank, waiting, decided, wrapped };
    if let Some(number) = row {
        let rank = jobs.review(id, number)?.map(|review| review.rank);
        return Ok(at(rank.map(|_| number), rank.unwrap_or_default(), false));
    }
    let next = jobs.reviews(id, false, after, 1)?;
    if let Some(review) = next.first() {
        return Ok(at(Some(review.number), review.rank, false));
    }
    let first = if after.is_some() { jobs.reviews(id, false, None, 1)? } else { Vec::new() };
    let first = first.first();
    Ok(at(first.map(|review| review.number), first.map_or(0, |review| review.rank), first.is_some()))
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let job = seat.cleaning_job(&id, Action::CleaningReview).await?;
    let row: Option<u64> = asked(&seat.uri, "row").parse().ok();
    let after = asked(&seat.uri, "after");
    let after = after.split_once('.').and_then(|(rank, row)| Some((rank.parse().ok()?, row.parse().ok()?)));
    let of = id.clone();
    let place = seat.cleaning(move |jobs| place(jobs, &of, row, after)).await?;
    let Some(number) = place.row else {
        if row.is_some() {
            return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
        }
        let page = page(&seat, &job, &place, None);
        return Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri));
    };
    let looked = match look(&seat, &job, number).await {
        Ok(Some(looked)) => looked,
        Ok(None) => return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)),
        Err(NotLaid::Refused(code)) => return ground::none(&seat, &job, code).await,
        Err(NotLaid::Failed(oops)) => return Err(oops),
    };
    let page = page(&seat, &job, &place, Some(&looked));
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn page(seat: &Seat, job: &Job, place: &Place, looked: Option<&Looked>) -> ReviewPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let total = place.waiting + place.decided;
    let current = if looked.is_some_and(|looked| looked.review.decision.is_some()) {
        place.decided
    } else {
        (place.decided + 1).min(total)
    };
    let counted = [("at", t.number(current)), ("total", t.number(total))];
    let counted: Vec<(&str, &str)> = counted.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let last: Option<u64> = asked(&seat.uri, "last").parse().ok();
    let undo = last.map(|row| {
        let words = t.t1("cleaning-undo", "row", &t.number(row)).into_owned();
        (words, format!("/cleaning/{}/review/{row}", job.id))
    });
    ReviewPage {
        notice: notice(seat, place, looked, t),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-cleaning"), "/cleaning"),
                Crumb::new(list::title(t, job), format!("/cleaning/{}", job.id)),
                Crumb::new(t.t("cleaning-review"), ""),
            ],
        },
        title: t.t("cleaning-review").into_owned(),
        progress: t.with("cleaning-review-at", &counted).into_owned(),
        decided: place.decided,
        total: total.max(1),
        choosing: looked.map(|looked| choosing(seat, job, place, looked, t)),
        undo,
        back: format!("/cleaning/{}", job.id),
        csrf: seat.csrf(),
        shell,
    }
}

fn notice(seat: &Seat, place: &Place, looked: Option<&Looked>, t: Texts) -> Option<Notice> {
    let done = Decision::from_name(&asked(&seat.uri, "done"));
    if let Some(decision) = done {
        let words = t.t(&format!("cleaning-done-{}", decision.name())).into_owned();
        return Some(Notice::new(Tone::Good, words, ""));
    }
    if asked(&seat.uri, "other") == "shown" {
        let todo = t.t("cleaning-other-shown-todo");
        return Some(Notice::new(Tone::Warn, t.t("cleaning-other-shown"), todo));
    }
    if place.wrapped {
        return Some(Notice::new(Tone::Info, t.t("cleaning-wrapped"), ""));
    }
    let decision = looked?.review.decision?;
    let words = t.t(&format!("cleaning-decision-{}", decision.name()));
    Some(Notice::new(
        Tone::Info,
        t.t1("cleaning-decided-so", "decision", &words),
        t.t("cleaning-decided-so-todo"),
    ))
}

fn choosing(seat: &Seat, job: &Job, place: &Place, looked: &Looked, t: Texts) -> Choosing {
    let review = &looked.review;
    let verdict = said(t, "verdict", review.answer.verdict.name());
    let score = looked.score.map_or_else(
        || t.t("cleaning-score-untold").into_owned(),
        |(score, from)| {
            let values = [("score", points(t, score)), ("from", points(t, from))];
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            t.with("cleaning-score", &values).into_owned()
        },
    );
    let name = review.texts.iter().find(|(column, _)| *column == Column::RowId).map(|(_, text)| text.clone());
    let which = [("row", t.number(review.number)), ("name", name.unwrap_or_default())];
    let which: Vec<(&str, &str)> = which.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let key = if which.iter().any(|(name, value)| *name == "name" && !value.is_empty()) {
        "cleaning-row-named"
    } else {
        "cleaning-row"
    };
    let agency = seat.console.organisation(&job.organisation);
    Choosing {
        heading: t.with(key, &which).into_owned(),
        verdict,
        score,
        agency,
        person: looked.person.clone(),
        sides: looked
            .sides
            .iter()
            .filter(|side| side.column != Column::RowId)
            .map(|side| self::side(t, side))
            .collect(),
        others: looked.others.iter().map(|other| somebody(t, looked.score.is_some(), other)).collect(),
        action: format!("/cleaning/{}/review/{}", job.id, review.number),
        rank: place.rank.to_string(),
    }
}

/// Hundredths of bits as people read them.
fn points(t: Texts, hundredths: i32) -> String {
    let text = result::score(hundredths);
    let text = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
    if t.lang() == Lang::Vi { text.replace('.', ",") } else { text.to_owned() }
}

fn somebody(t: Texts, near: bool, other: &Other) -> Somebody {
    let differs = other.reasons.iter().filter(|(column, of)| {
        *column != Column::RowId && !matches!(of, Agreement::Absent | Agreement::Same)
    });
    let differs: Vec<String> = differs
        .map(|(column, of)| {
            format!("{}: {}", said(t, "field", column.name()), said(t, "agreement", of.name()))
        })
        .collect();
    let named = [other.name.clone(), other.number.as_deref().map(shown::masked)];
    let name = named.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Somebody {
        name: if name.is_empty() { t.t("cleaning-somebody").into_owned() } else { name },
        score: if near { points(t, other.score) } else { String::new() },
        differs: if differs.is_empty() {
            t.t("cleaning-no-difference").into_owned()
        } else {
            differs.join("; ")
        },
    }
}

fn side(t: Texts, side: &Beside) -> ReviewSide {
    let record = side.record.as_deref().map(|text| readable(t, side.column, text));
    let row = side.row.clone();
    let (tone, icon) = match side.agreement {
        Agreement::Absent => (Tone::Plain, Icon::Minus),
        Agreement::Same => (Tone::Good, Icon::Check),
        Agreement::Unaccented => (Tone::Good, Icon::CheckApprox),
        Agreement::Different | Agreement::Unreadable => (Tone::Bad, Icon::Cross),
        _ => (Tone::Warn, Icon::Near),
    };
    let same = matches!(side.agreement, Agreement::Same | Agreement::Absent);
    let pieces = |text: &str, other: &str| {
        if text.is_empty() {
            return Vec::new();
        }
        if same { vec![Piece { text: text.to_owned(), differs: false }] } else { differences(text, other) }
    };
    let label = if side.agreement == Agreement::Absent {
        t.t("cleaning-not-compared").into_owned()
    } else {
        said(t, "agreement", side.agreement.name())
    };
    ReviewSide {
        name: said(t, "field", side.column.name()),
        row: pieces(&row, record.as_deref().unwrap_or_default()),
        record: record.as_ref().map(|record| pieces(record, &row)),
        badge: crate::parts::Badge { tone, icon, label },
    }
}

/// What stands on record, as people write it.
fn readable(t: Texts, column: Column, text: &str) -> String {
    match column {
        Column::BirthDate => BirthDate::parse_iso(text).map_or_else(|_| text.to_owned(), shown::date),
        Column::Sex => match text {
            "1" => shown::sex(Sex::Male, t.lang()).to_owned(),
            "2" => shown::sex(Sex::Female, t.lang()).to_owned(),
            other => other.to_owned(),
        },
        Column::Unit => {
            let name = shown::place(None, Some(text));
            if name.is_empty() { text.to_owned() } else { name }
        }
        _ => text.to_owned(),
    }
}

/// A text in pieces: words that the other side has not stand out.
fn differences(text: &str, other: &str) -> Vec<Piece> {
    let fold = |word: &str| word.to_lowercase();
    let mut others: Vec<String> = other.split_whitespace().map(fold).collect();
    let mut pieces: Vec<Piece> = Vec::new();
    for word in text.split_whitespace() {
        let folded = fold(word);
        let known = others.iter().position(|other| *other == folded);
        if let Some(at) = known {
            others.remove(at);
        }
        let differs = known.is_none() && !other.is_empty();
        match pieces.last_mut() {
            Some(last) if last.differs == differs => {
                last.text.push(' ');
                last.text.push_str(word);
            }
            _ => pieces.push(Piece { text: word.to_owned(), differs }),
        }
    }
    pieces
}

pub(super) async fn decide(
    seat: Seat,
    Path((id, row)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let job = seat.cleaning_job(&id, Action::CleaningReview).await?;
    let missing = || Oops::page(seat.shell(HERE), ErrorKind::NotFound);
    let number: u64 = row.parse().map_err(|_| missing())?;
    let here = format!("/cleaning/{id}/review");
    let to = match value(&sent, "act") {
        "skip" => {
            format!("{here}?after={}.{number}", value(&sent, "rank").parse::<i64>().unwrap_or(i64::MAX))
        }
        "undo" => {
            decided(&seat, &job, number, None, "", "").await?;
            format!("{here}?row={number}")
        }
        act => {
            let decision = Decision::from_name(act).ok_or_else(missing)?;
            let note: String = value(&sent, "note").chars().take(1_000).collect();
            if decided(&seat, &job, number, Some(decision), value(&sent, "person"), &note).await? {
                format!("{here}?last={number}&done={}", decision.name())
            } else {
                format!("{here}?row={number}&other=shown")
            }
        }
    };
    Ok(Redirect::to(&to).into_response())
}

/// Keeps a decision about a row, or takes the last one back, for pages and API alike: written down first. 404 where the row is
/// not doubtful. `person` is whom the look has shown; false: the row's answer means somebody else, or nobody, so that "the same
/// person" was said of somebody whose number would not be told.
pub(in crate::door::console) async fn decided(
    seat: &Seat,
    job: &Job,
    number: u64,
    decision: Option<Decision>,
    person: &str,
    note: &str,
) -> Result<bool, Oops> {
    let of = job.id.clone();
    let Some(review) = seat.cleaning(move |jobs| jobs.review(&of, number)).await? else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    };
    let said = decision.map_or("taken_back", Decision::name);
    let mut about = format!("job={} row={number} decision={said}", job.id);
    if decision == Some(Decision::Same) {
        let meant = review.answer.number().map(|meant| mark(&seat.console.road.ring, &review, meant));
        let Some(meant) = meant.filter(|meant| meant == person) else { return Ok(false) };
        about = format!("{about} person={meant}");
    }
    let entry = seat.record("cleaning_decide", about, HERE).await?;
    let (job, by, note, now_us) = (job.id.clone(), seat.id().to_owned(), note.to_owned(), seat.now_us());
    seat.cleaning(move |jobs| {
        let given = Decide {
            job: &job,
            number,
            decision: decision.unwrap_or(Decision::Ask),
            note: &note,
            by: &by,
            entry,
        };
        if decision.is_some() { jobs.decide(&given, now_us) } else { jobs.take_back(&given, now_us) }
    })
    .await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, other: &str) -> String {
        let piece =
            |piece: &Piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text.clone() };
        differences(text, other).iter().map(piece).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_that_the_other_side_has_not_stand_out() {
        assert_eq!(marked("Nguyễn Văn An", "NGUYỄN THỊ AN"), "Nguyễn [Văn] An");
        assert_eq!(marked("An An Bình", "an bình"), "An [An] Bình");
        assert_eq!(marked("01/02/1985", "02/01/1985"), "[01/02/1985]");
        assert_eq!(marked("Nguyễn Văn An", ""), "Nguyễn Văn An");
    }
}
