//! Official papers of a matter: what each needs and is filled with, and the paper itself as PDF/A.
use super::super::matter::Whole;
use super::super::papers::{Lack, Paper, allowed, called, fits, known, made, possible};
use super::super::table::Way;
use super::desk::{Answer, Desk, file, ok};
use super::operation::Operation;
use super::shapes::Page;
use super::trouble::{FieldFault, Told, Trouble};
use crate::door::form::value;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/matters/{id}/papers",
        Way::NeedsStep,
        ["papers", "listPapers", "The papers that the caller may make of a matter"],
        || get(list),
    )
    .pages::<PaperRow>(),
    Operation::get(
        "/api/v1/matters/{id}/papers/{paper}",
        Way::NeedsStep,
        [
            "papers",
            "readPaper",
            "What a paper asks for, as far as the matter fills it, and what the matter lacks",
        ],
        || get(read),
    )
    .gives::<PaperForm>(),
    Operation::post(
        "/api/v1/matters/{id}/papers/{paper}",
        Way::NeedsStep,
        [
            "papers",
            "makePaper",
            "Make a paper: PDF/A, signed by the managing body where that is asked and can be",
        ],
        || post(make),
    )
    .takes::<PaperFilling>(r#"{"fields": {"issuer_place": "Thái Nguyên"}, "sign": false}"#)
    .file("application/pdf"),
];

/// A paper
#[derive(Serialize, ToSchema)]
struct PaperRow {
    /// Its name: `commitment`, `registration`, `request`, `notice`, `assessment-record`, `inspection-record`
    paper: &'static str,
    /// What it is called, in the caller's language
    title: String,
    /// The managing body can sign it
    signable: bool,
}

/// What a paper asks for
#[derive(Serialize, ToSchema)]
struct PaperForm {
    /// The paper
    paper: PaperRow,
    /// Its fields
    fields: Vec<PaperField>,
    /// What the matter itself lacks
    lacks: Vec<FieldFault>,
}

/// A field of a paper
#[derive(Serialize, ToSchema)]
struct PaperField {
    /// Its name
    name: &'static str,
    /// What it is called, in the caller's language
    label: String,
    /// It may be left empty
    optional: bool,
    /// What the matter fills it with
    value: String,
}

/// What is filled in
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaperFilling {
    /// Fields by name; those that are not named hold what the matter fills them with
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Sign it for the managing body
    #[serde(default)]
    sign: bool,
}

fn row(desk: &Desk, paper: Paper) -> PaperRow {
    PaperRow {
        paper: paper.name(),
        title: desk.place.texts().t(&format!("paper-title-{}", paper.name())).into_owned(),
        signable: paper.is_of_the_body() && desk.console.body.signer.is_some(),
    }
}

/// What is lacking: in a field, or in the matter.
fn fault(desk: &Desk, lack: &Lack) -> FieldFault {
    let (pointer, detail) = match lack.slot {
        Some(slot) => (format!("/fields/{slot}"), lack.said.clone()),
        None => (String::new(), format!("{}: {}", called(&lack.path, desk.place.texts()), lack.said)),
    };
    FieldFault { pointer, wrong: "missing".into(), detail }
}

async fn list(desk: Desk, Path(id): Path<String>) -> Answer {
    let whole = desk.whole(&id).await.map_err(|oops| desk.oops(&oops))?;
    Ok(ok(&Page::whole(possible(&desk, &whole).into_iter().map(|paper| row(&desk, paper)).collect())))
}

/// The matter and the paper, where this person may make it.
async fn of(desk: &Desk, id: &str, name: &str) -> Result<(Whole, Paper), Trouble> {
    let Some(paper) = Paper::ALL.into_iter().find(|paper| paper.name() == name) else {
        return Err(desk.nothing());
    };
    let whole = allowed(desk, id, paper).await.map_err(|oops| desk.oops(&oops))?;
    fits(desk, &whole, paper).map_err(|oops| desk.oops(&oops))?;
    Ok((whole, paper))
}

async fn read(desk: Desk, Path((id, name)): Path<(String, String)>) -> Answer {
    let (whole, paper) = of(&desk, &id, &name).await?;
    let known = known::gather(&desk, &whole).await.map_err(|oops| desk.oops(&oops))?;
    let sent = paper.filled(&known);
    let lacks = paper.render(&known, &sent).err().unwrap_or_default();
    let t = desk.place.texts();
    let field = |slot: &super::super::slots::Slot| PaperField {
        name: slot.name,
        label: slot.called(t),
        optional: slot.optional,
        value: value(&sent, slot.name).to_owned(),
    };
    Ok(ok(&PaperForm {
        paper: row(&desk, paper),
        fields: paper.slots().iter().map(field).collect(),
        lacks: lacks.iter().filter(|lack| lack.slot.is_none()).map(|lack| fault(&desk, lack)).collect(),
    }))
}

async fn make(desk: Desk, Path((id, name)): Path<(String, String)>, request: Request) -> Answer {
    let (whole, paper) = of(&desk, &id, &name).await?;
    let PaperFilling { fields, sign } = desk.read(request).await?;
    let slots = paper.slots();
    if let Some(stranger) = fields.keys().find(|name| slots.iter().all(|slot| slot.name != *name)) {
        return Err(desk.wrong(format!("/fields/{stranger}"), "unknown"));
    }
    let known = known::gather(&desk, &whole).await.map_err(|oops| desk.oops(&oops))?;
    let mut sent = paper.filled(&known);
    sent.retain(|(name, _)| !fields.contains_key(name));
    sent.extend(fields);
    match made(&desk, &whole, paper, sent, sign).await.map_err(|oops| desk.oops(&oops))? {
        Ok(pdf) => Ok(file(pdf, "application/pdf")),
        Err((lacks, _)) => {
            let errors = lacks.iter().map(|lack| fault(&desk, lack)).collect();
            Err(desk.problem(Told { errors, ..Code::FormInvalid.into() }))
        }
    }
}
