//! The search at the counter (HC-7). It shows people, so it takes the road: agreed, charged, journalled.
use super::form::{self, Sent};
use super::officer::{Desk, offered as offered_form, posted, proved, render};
use super::session::{FoundBefore, random_token};
use super::{Shared, show};
use crate::pages::{CounterSearch, Hit, OfficerForm, View};
use crate::parts::{Choice, Typed};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use dancu_catalogue::{Code, Lang};
use dancu_citizen::{CivilDate, IdCardNumber, PersonalId, Sex};
use dancu_gateway::door::Peer;
use dancu_gateway::{Ground, vietnam_day};
use dancu_registry::Search;
use std::collections::HashMap;

/// People shown at once; a name that fits more is no good question.
const SHOWN: usize = 20;

/// An empty search with the grounds that the agreement offers.
pub(super) fn offered(form: &OfficerForm) -> CounterSearch {
    let purposes = form.purposes.iter().map(|c| Choice { chosen: false, ..c.clone() }).collect();
    CounterSearch { purposes, case_required: form.case_required, ..CounterSearch::default() }
}

pub(super) async fn submit(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let (officer, shell) = match posted(&pages, &headers, &uri, &sent) {
        Ok(opened) => opened,
        Err(response) => return *response,
    };
    let form = offered_form(&pages, &officer, &shell);
    let mut search = offered(&form);
    let today = vietnam_day(pages.road.clock.now_us());
    let mut status = StatusCode::OK;
    if let Some(asked) = read(&mut search, &sent, today, shell.lang) {
        let text = |name: &str| Some(form::value(&sent, name).to_owned()).filter(|v| !v.is_empty());
        let ground = Ground {
            peer,
            session: proved(&pages, &officer),
            purpose: text("purpose"),
            case_number: text("case_number"),
        };
        match pages.road.search(&ground, &asked).await {
            Ok(found) => {
                let (shown, choices) = list(&found.hits, shell.lang);
                search.more = found.more;
                search.hits = Some(shown);
                let Ground { purpose, case_number, .. } = ground;
                pages.sessions.set_found(&officer.token, FoundBefore { choices, purpose, case_number });
            }
            Err(code) => {
                status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN);
                search.error = Some(format!("{} {}", code.title(shell.lang), code.action(shell.lang)));
            }
        }
    } else {
        status = StatusCode::BAD_REQUEST;
    }
    render(&pages, officer, shell, Desk { view: View::Counter, form, search, result: None }, status).await
}

/// The person chosen fills the form, on the ground of the search; what happens next is a call like any other.
pub(super) async fn choose(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let (officer, shell) = match posted(&pages, &headers, &uri, &sent) {
        Ok(opened) => opened,
        Err(response) => return *response,
    };
    let mut form = offered_form(&pages, &officer, &shell);
    let mut status = StatusCode::OK;
    if let Some(found) = officer.session.found.clone()
        && let Some(person) = found.choices.get(form::value(&sent, "choice"))
    {
        let FoundBefore { purpose, case_number, .. } = &found;
        let ground = Ground {
            peer,
            session: proved(&pages, &officer),
            purpose: purpose.clone(),
            case_number: case_number.clone(),
        };
        match pages.road.reveal(&ground, *person).await {
            Ok(Some(hit)) => fill(&mut form, &hit, &ground),
            Ok(None) => {}
            Err(code) => {
                status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN);
                form.error = Some(format!("{} {}", code.title(shell.lang), code.action(shell.lang)));
            }
        }
    }
    let search = offered(&form);
    render(&pages, officer, shell, Desk { view: View::ByNumber, form, search, result: None }, status).await
}

fn fill(form: &mut OfficerForm, hit: &dancu_registry::Hit, ground: &Ground) {
    let number =
        hit.personal_id.map(PersonalId::expose).or_else(|| hit.id_card_number.map(IdCardNumber::expose));
    form.number = Typed::new(number.unwrap_or_default());
    form.full_name = Typed::new(hit.full_name.as_ref().map_or("", |n| n.whole()));
    form.birth_date = Typed::new(hit.birth_date.map(show::date).unwrap_or_default());
    form.sex = Typed::new(match hit.sex {
        Sex::Unknown => String::new(),
        sex => sex.code().to_string(),
    });
    form.case_number = Typed::new(ground.case_number.clone().unwrap_or_default());
    for choice in &mut form.purposes {
        choice.chosen = Some(&choice.value) == ground.purpose.as_ref();
    }
}

/// Reads the search, or marks what is wrong.
fn read(search: &mut CounterSearch, sent: &Sent, today: CivilDate, lang: Lang) -> Option<Search> {
    search.full_name = Typed::new(form::value(sent, "search_name"));
    search.birth_date = Typed::new(form::value(sent, "search_birth_date"));
    form::value(sent, "search_sex").clone_into(&mut search.sex);
    search.case_number = Typed::new(form::value(sent, "case_number"));
    let purpose = form::value(sent, "purpose");
    for choice in &mut search.purposes {
        choice.chosen = choice.value == purpose;
    }
    if purpose.is_empty() {
        search.purpose_error = Some(Code::PurposeMissing.title(lang).to_owned());
    }
    let name = form::name(&search.full_name.value);
    if let Err(code) = &name {
        search.full_name.error = Some(code.title(lang).to_owned());
    }
    let birth =
        Some(search.birth_date.value.as_str()).filter(|t| !t.is_empty()).map(|t| form::birth(t, today));
    // A name alone would list strangers: the date, or at least the year, narrows it to whom the officer has at hand.
    match &birth {
        None => search.birth_date.error = Some(Code::FieldMissing.title(lang).to_owned()),
        Some(Err(code)) => search.birth_date.error = Some(code.title(lang).to_owned()),
        Some(Ok(_)) => {}
    }
    let wrong = search.purpose_error.is_some() || search.birth_date.error.is_some();
    let sex = match search.sex.as_str() {
        "1" => Some(Sex::Male),
        "2" => Some(Sex::Female),
        _ => None,
    };
    let asked =
        Search { name: Some(name.ok()?), birth: birth.and_then(Result::ok), sex, number: None, limit: SHOWN };
    (!wrong).then_some(asked)
}

fn list(hits: &[dancu_registry::Hit], lang: Lang) -> (Vec<Hit>, HashMap<String, dancu_registry::PersonKey>) {
    let mut choices = HashMap::new();
    let shown = hits.iter().map(|hit| {
        let choice = random_token().unwrap_or_default();
        choices.insert(choice.clone(), hit.person);
        let number = hit
            .personal_id
            .map(dancu_citizen::PersonalId::expose)
            .or_else(|| hit.id_card_number.map(dancu_citizen::IdCardNumber::expose));
        Hit {
            choice,
            number: number.map(|n| show::masked(&n)).unwrap_or_default(),
            full_name: hit.full_name.as_ref().map(|n| n.whole().to_owned()).unwrap_or_default(),
            birth_date: hit.birth_date.map(show::date).unwrap_or_default(),
            sex: show::sex(hit.sex, lang).to_owned(),
            residence: show::place(hit.province.as_deref(), hit.commune.as_deref()),
        }
    });
    let shown = shown.collect();
    (shown, choices)
}
