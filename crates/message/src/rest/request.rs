//! One request in JSON.
use crate::input::{self, longest};
use crate::json::{Json, Members};
use crate::{Form, Request, Service, WireError};
use dancu_catalogue::Code;
use dancu_citizen::{CivilDate, Claim, Field, FieldSet};
use std::fmt;

const MEMBERS: [&str; 9] = [
    "request_id",
    "purpose",
    "case_number",
    "officer",
    "account",
    "agency_code",
    "phone",
    "citizen",
    "fields",
];
const CITIZEN: [&str; 5] = ["personal_id", "id_card_number", "full_name", "birth_date", "sex"];

/// Where a member stands: a JSON pointer, written out for a refusal only.
#[derive(Clone, Copy)]
struct At<'a> {
    pointer: &'a str,
    name: &'a str,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.pointer, self.name)
    }
}

/// Reads a request that stands at a JSON pointer of the body.
pub(super) fn read(
    json: Json,
    service: Service,
    pointer: &str,
    today: CivilDate,
) -> Result<Request, WireError> {
    let mut members = Members::open(json, pointer, &MEMBERS)?;
    let at = |name| At { pointer, name };
    let missing = |name| WireError::at(Code::FieldMissing, at(name).to_string());
    let request_id = members.text("request_id")?.ok_or_else(|| missing("request_id"))?;
    let request_id = input::request_id(&request_id, at("request_id"))?;
    let mut text =
        |name, longest| members.text(name)?.map(|t| input::text(&t, longest, at(name))).transpose();
    let purpose = text("purpose", longest::PURPOSE)?;
    let case_number = text("case_number", longest::CASE_NUMBER)?;
    let officer = text("officer", longest::OFFICER)?;
    let account = text("account", longest::ACCOUNT)?;
    let agency_code = text("agency_code", longest::AGENCY)?;
    let phone = text("phone", longest::PHONE)?;
    let fields = fields(&mut members)?;
    let citizen = members.take("citizen").ok_or_else(|| missing("citizen"))?;
    let claim = claim(citizen, &at("citizen").to_string(), service, today)?;
    Ok(Request {
        service,
        integration_code: crate::integration_code(service).to_owned(),
        request_id,
        purpose,
        purpose_text: None,
        case_number,
        officer,
        agency_code,
        account,
        phone,
        claim,
        fields,
        form: Form::Rest,
    })
}

fn fields(members: &mut Members) -> Result<Option<FieldSet>, WireError> {
    let Some(names) = members.take("fields") else { return Ok(None) };
    let at = members.at("fields");
    let Json::Array(names) = names else { return Err(WireError::at(Code::FieldType, at)) };
    let mut set = FieldSet::EMPTY;
    for (i, name) in names.into_iter().enumerate() {
        let Json::Text(name) = name else { return Err(WireError::at(Code::FieldType, format!("{at}/{i}"))) };
        let field =
            Field::from_name(&name).ok_or_else(|| WireError::at(Code::CodeUnknown, format!("{at}/{i}")))?;
        set = set.with(field);
    }
    Ok(Some(set))
}

fn claim(json: Json, pointer: &str, service: Service, today: CivilDate) -> Result<Claim, WireError> {
    let mut citizen = Members::open(json, pointer, &CITIZEN)?;
    let mut text = |name| citizen.text(name).map(|text| text.map(|text| (text, At { pointer, name })));
    let personal_id = text("personal_id")?.map(|(t, at)| input::personal_id(t.trim(), at)).transpose()?;
    let id_card_number =
        text("id_card_number")?.map(|(t, at)| input::id_card_number(t.trim(), at)).transpose()?;
    let full_name = text("full_name")?.map(|(t, at)| input::claimed_name(&t, at)).transpose()?;
    let birth_date = text("birth_date")?.map(|(t, at)| input::birth_date(t.trim(), today, at)).transpose()?;
    let sex = match citizen.take("sex") {
        None => None,
        Some(Json::Text(t) | Json::Number(t)) => input::claimed_sex(&t, At { pointer, name: "sex" })?,
        Some(_) => return Err(WireError::at(Code::FieldType, citizen.at("sex"))),
    };
    let claim = Claim { personal_id, id_card_number, full_name, birth_date, sex };
    input::complete(&claim, service).map_err(|missing| {
        let name = match missing {
            input::Missing::Number => "personal_id",
            input::Missing::Name => "full_name",
            input::Missing::BirthDate => "birth_date",
        };
        WireError::at(Code::FieldMissing, format!("{pointer}/{name}"))
    })?;
    Ok(claim)
}
