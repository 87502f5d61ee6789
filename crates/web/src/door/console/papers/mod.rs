//! Official papers behind buttons: a form is filled from its matter, what it lacks is asked for, and it comes as PDF/A,
//! signed where the managing body has a certificate. The signed paper comes back as a document of a step.
mod accounts;
mod connection;
mod fill;
mod halt;
pub(super) mod known;
mod page;
mod record;

use super::cases::saved;
use super::forms::SentForm;
use super::matter::{Whole, place};
use super::seat::{Oops, Seat, blocking};
use super::slots::{Faults, Slot};
use super::table::{Route, Way};
use crate::Texts;
use crate::door::form::Sent;
use crate::pages::ErrorKind;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::{get, post};
use dancu_governance::{Kind, State};
use dancu_papers::sign::{Circumstances, SigningKey, sign};
use dancu_policy::duty::{Action, Ruling};
pub(super) use fill::Lack;
use known::Known;
pub(super) use page::called;
use std::sync::Arc;

/// The managing body as its papers name it.
#[derive(Clone, Default)]
pub struct Body {
    /// Its name
    pub name: String,
    /// The body above it; empty for none
    pub superior: String,
    /// Where it signs
    pub place: String,
    /// Its certificate for signatures, with the key
    pub signer: Option<Arc<dyn SigningKey + Send + Sync>>,
}

/// The papers that belong to a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paper {
    /// Bản cam kết (KN-11)
    Commitment,
    /// Phiếu đăng ký kết nối (KN-12)
    Registration,
    /// Văn bản đề nghị kết nối (KN-1)
    Request,
    /// Thông báo tạm dừng, ngắt kết nối (KN-18)
    Notice,
    /// Biên bản kiểm tra, đánh giá (KN-4)
    Assessment,
    /// The same of an inspection (KN-20)
    Inspection,
}

type Answer = Result<Response, Oops>;

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/matters/{id}/papers/commitment", Way::Needs(Action::ConnectionCommit), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Commitment))
    }),
    Route::post("/matters/{id}/papers/commitment", Way::Needs(Action::ConnectionCommit), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Commitment, sent))
    }),
    Route::get("/matters/{id}/papers/registration", Way::Needs(Action::ConnectionCommit), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Registration))
    }),
    Route::post("/matters/{id}/papers/registration", Way::Needs(Action::ConnectionCommit), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Registration, sent))
    }),
    Route::get("/matters/{id}/papers/request", Way::Needs(Action::ConnectionWrite), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Request))
    }),
    Route::post("/matters/{id}/papers/request", Way::Needs(Action::ConnectionWrite), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Request, sent))
    }),
    Route::get("/matters/{id}/papers/notice", Way::Needs(Action::ConnectionSuspend), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Notice))
    }),
    Route::post("/matters/{id}/papers/notice", Way::Needs(Action::ConnectionSuspend), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Notice, sent))
    }),
    Route::get("/matters/{id}/papers/assessment-record", Way::Needs(Action::ConnectionAssess), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Assessment))
    }),
    Route::post("/matters/{id}/papers/assessment-record", Way::Needs(Action::ConnectionAssess), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Assessment, sent))
    }),
    Route::get("/matters/{id}/papers/inspection-record", Way::Needs(Action::InspectionRecord), || {
        get(|seat: Seat, id: Path<String>| show(seat, id, Paper::Inspection))
    }),
    Route::post("/matters/{id}/papers/inspection-record", Way::Needs(Action::InspectionRecord), || {
        post(|seat: Seat, id: Path<String>, sent: Request| make(seat, id, Paper::Inspection, sent))
    }),
];

impl Paper {
    pub(super) const ALL: [Self; 6] = [
        Self::Commitment,
        Self::Registration,
        Self::Request,
        Self::Notice,
        Self::Assessment,
        Self::Inspection,
    ];

    /// The kind of matter that it belongs to.
    fn kind(self) -> Kind {
        match self {
            Self::Commitment | Self::Registration | Self::Request => Kind::Connection,
            Self::Notice => Kind::Halt,
            Self::Assessment => Kind::Assessment,
            Self::Inspection => Kind::Inspection,
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Commitment | Self::Registration => Action::ConnectionCommit,
            Self::Request => Action::ConnectionWrite,
            Self::Notice => Action::ConnectionSuspend,
            Self::Assessment => Action::ConnectionAssess,
            Self::Inspection => Action::InspectionRecord,
        }
    }

    /// End of its address, and name in the journal.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Registration => "registration",
            Self::Request => "request",
            Self::Notice => "notice",
            Self::Assessment => "assessment-record",
            Self::Inspection => "inspection-record",
        }
    }

    /// Name under which it is saved, without its ending.
    fn file(self) -> &'static str {
        match self {
            Self::Commitment => "ban-cam-ket",
            Self::Registration => "phieu-dang-ky-ket-noi",
            Self::Request => "van-ban-de-nghi-ket-noi",
            Self::Notice => "thong-bao",
            Self::Assessment | Self::Inspection => "bien-ban-kiem-tra",
        }
    }

    /// What the managing body signs itself.
    pub(super) fn is_of_the_body(self) -> bool {
        matches!(self, Self::Notice | Self::Assessment | Self::Inspection)
    }

    pub(super) fn slots(self) -> Vec<Slot> {
        match self {
            Self::Commitment => connection::commitment_slots(),
            Self::Registration => connection::registration_slots(),
            Self::Request => connection::request_slots(),
            Self::Notice => halt::slots(),
            Self::Assessment | Self::Inspection => record::slots(),
        }
    }

    /// What the form holds before anything was typed.
    pub(super) fn filled(self, known: &Known) -> Sent {
        match self {
            Self::Commitment => connection::commitment_filled(known),
            Self::Registration => connection::registration_filled(known),
            Self::Request => connection::request_filled(known),
            Self::Notice => halt::filled(known),
            Self::Assessment | Self::Inspection => record::filled(known),
        }
    }

    /// The paper, or what it lacks.
    pub(super) fn render(self, known: &Known, sent: &Sent) -> Result<dancu_papers::Paper, Vec<Lack>> {
        match self {
            Self::Commitment => connection::commitment(known, sent),
            Self::Registration => connection::registration(known, sent),
            Self::Request => connection::request(known, sent),
            Self::Notice => halt::notice(known, sent),
            Self::Assessment => record::of_assessment(known, sent),
            Self::Inspection => record::of_inspection(known, sent),
        }
    }
}

/// The papers that this person may make of a matter: words and address.
pub(super) fn links(seat: &Seat, whole: &Whole, t: Texts) -> Vec<(String, String)> {
    let link = |paper: &Paper| {
        let words = t.t(&format!("paper-title-{}", paper.name())).into_owned();
        (words, format!("/matters/{}/papers/{}", whole.matter.id, paper.name()))
    };
    possible(seat, whole).iter().map(link).collect()
}

/// The papers that this person may make of a matter.
pub(super) fn possible(seat: &Seat, whole: &Whole) -> Vec<Paper> {
    let matter = &whole.matter;
    let ready = !matches!(matter.state, State::Planned | State::Cancelled);
    let may = |paper: &&Paper| {
        paper.kind() == matter.kind
            && ready
            && seat.may_on(paper.action(), matter) == Ruling::Allowed
            && (!paper.is_of_the_body() || seat.organisation().is_none())
    };
    Paper::ALL.iter().filter(may).copied().collect()
}

/// The matter, after it was seen that this person may make such a paper of it.
pub(super) async fn allowed(seat: &Seat, id: &str, paper: Paper) -> Result<Whole, Oops> {
    let whole = seat.whole(id).await?;
    seat.must_on(paper.action(), &whole.matter)?;
    Ok(whole)
}

/// That it is a paper of such a matter, and of this person's side.
pub(super) fn fits(seat: &Seat, whole: &Whole, paper: Paper) -> Result<(), Oops> {
    let fits =
        whole.matter.kind == paper.kind() && (!paper.is_of_the_body() || seat.organisation().is_none());
    let not_found = || Oops::page(seat.shell(place(whole.matter.kind)), ErrorKind::NotFound);
    if fits { Ok(()) } else { Err(not_found()) }
}

async fn show(seat: Seat, Path(id): Path<String>, paper: Paper) -> Answer {
    let whole = allowed(&seat, &id, paper).await?;
    fits(&seat, &whole, paper)?;
    let known = known::gather(&seat, &whole).await?;
    let sent = paper.filled(&known);
    // What the matter itself lacks is told at once; what is still to be typed only once it was sent.
    let lacks = paper.render(&known, &sent).err().unwrap_or_default();
    let lacks: Vec<Lack> = lacks.into_iter().filter(|lack| lack.slot.is_none()).collect();
    Ok(page::page(&seat, &whole, paper, &sent, (&Faults::default(), &lacks)))
}

async fn make(seat: Seat, Path(id): Path<String>, paper: Paper, request: Request) -> Answer {
    let whole = allowed(&seat, &id, paper).await?;
    let of = place(whole.matter.kind);
    let form = SentForm::read(&seat, request, of).await?;
    seat.own_form(form.value("csrf"), of)?;
    fits(&seat, &whole, paper)?;
    let signs = form.value("act") == "sign";
    match made(&seat, &whole, paper, form.values, signs).await? {
        Ok(pdf) => Ok(saved(pdf, "application/pdf", &format!("{}.pdf", paper.file()))),
        Err((lacks, sent)) => {
            let faults =
                Faults(lacks.iter().filter_map(|l| Some((l.slot?.to_owned(), l.said.clone()))).collect());
            let lacks: Vec<Lack> = lacks.into_iter().filter(|lack| lack.slot.is_none()).collect();
            Ok(page::page(&seat, &whole, paper, &sent, (&faults, &lacks)))
        }
    }
}

/// Makes a paper of what was typed, for pages and API alike: the PDF, signed where that is asked and can be, or what it
/// lacks with what was typed. That it was made is an entry.
pub(super) async fn made(
    seat: &Seat,
    whole: &Whole,
    paper: Paper,
    sent: Sent,
    signs: bool,
) -> Result<Result<Vec<u8>, (Vec<Lack>, Sent)>, Oops> {
    let of = place(whole.matter.kind);
    let known = known::gather(seat, whole).await?;
    let body = seat.console.body.clone();
    let signs = signs && paper.is_of_the_body() && body.signer.is_some();
    let now_us = seat.now_us();
    let made = blocking(move || {
        let made = paper.render(&known, &sent).and_then(|made| {
            if !signs {
                return Ok(made.pdf);
            }
            signed(paper, &made, &body, now_us).map_err(|error| {
                tracing::warn!(%error, "a paper could not be signed");
                vec![Lack { path: "signature".to_owned(), slot: None, said: String::new() }]
            })
        });
        made.map_err(|lacks| (lacks, sent))
    });
    let Some(made) = made.await else { return Err(Oops::page(seat.shell(of), ErrorKind::Server)) };
    if made.is_ok() {
        let about = format!("matter={} paper={} signed={signs}", whole.matter.id, paper.name());
        seat.record("paper_made", about, of).await?;
    }
    Ok(made)
}

/// Signs a paper in the place of the managing body: the last one, for a record is signed by both sides.
fn signed(
    paper: Paper,
    made: &dancu_papers::Paper,
    body: &Body,
    now_us: i64,
) -> Result<Vec<u8>, dancu_papers::sign::SignError> {
    let (Some(key), Some(field)) = (&body.signer, made.fields.last()) else {
        return Err(dancu_papers::sign::SignError::NoField);
    };
    let reason = match paper {
        Paper::Notice => "Ban hành thông báo",
        _ => "Ký biên bản",
    };
    let circumstances = Circumstances { field: &field.name, reason, place: &body.place, now_us };
    sign(&made.pdf, key.as_ref(), &circumstances, None)
}
