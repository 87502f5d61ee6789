//! The OpenAPI 3.1 document, made of the operations and of nothing else.
use super::super::table::Way;
use super::desk::file;
use super::operation::{Gives, Operation, Shape, Takes};
use super::trouble::Problem;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema as _, ToSchema as _};

pub(super) const OPERATIONS: &[Operation] = &[Operation::get(
    "/api/v1/openapi.json",
    Way::Open,
    ["document", "readDocument", "This document"],
    || get(read),
)
.file("application/json")];

async fn read() -> Response {
    file(openapi().into_bytes(), "application/json")
}

const TAGS: &[(&str, &str)] = &[
    ("document", "This document"),
    ("sign-in", "The way in: password, second factor, session. The token goes into `Authorization: Bearer`"),
    ("me", "One's own account, sessions, devices and credentials"),
    (
        "matters",
        "Connections, level files, assessments, findings, orders, error notices, tickets, inspections, evaluations",
    ),
    ("orders", "Suspend and disconnect"),
    ("papers", "Official papers of a matter"),
    ("evidence", "Evidence files: extracts of the journal with their proofs, signed"),
    ("cleaning", "Cleaning jobs: an organisation's stock against the registry, and its doubtful rows"),
    ("rules", "What the law says, with dates and sources"),
    ("accounts", "Officers' accounts on the road"),
    ("imports", "Account tables"),
    ("quotas", "Requests for higher daily quotas"),
    ("departures", "Staff who move or leave"),
    ("reviews", "Account reviews"),
    ("drives", "Registration campaigns"),
    ("news", "What opened, comes near, was decided or locked itself"),
    ("usage", "Figures of use"),
    ("alerts", "Alerts of the watch rules, brakes, guess budgets"),
    ("watch", "Watch rules with proposals and dry runs, and watched lists"),
    ("staff", "People who administer"),
    ("emergency", "The emergency account, under two people's control"),
    ("secrets", "Secrets of connected systems, in envelopes"),
    ("certificates", "Certificates of systems"),
    ("stations", "Enrolment codes of systems, and workstations"),
];

const ABOUT: &str = "Everything that the console does, under the same duties: what you may not know of answers 404. Sign in at \
    `/api/v1/sign-in` and send the token in `Authorization: Bearer`; cookies are not read. The session idles and ends as at the \
    pages. Every deed is an entry of the journal before it has an effect. Errors are RFC 9457 problems of the error catalogue, in \
    the language of `Accept-Language` (Vietnamese, English); a 409 about a matter tells the steps that are possible now, a 422 each \
    field at fault as a JSON pointer. Lists come in pages: `next` is the `after` of the next one.";

/// The document, JSON.
pub fn openapi() -> String {
    let mut schemas = BTreeMap::new();
    collect(&mut schemas, &PROBLEM);
    let mut paths: Map<String, Value> = Map::new();
    for operation in super::operations() {
        let path = paths.entry(operation.route.path).or_insert_with(|| json!({}));
        let told = tell(operation, &mut schemas);
        if let Value::Object(methods) = path {
            methods.insert(operation.route.method.to_lowercase(), told);
        }
    }
    let tags: Vec<Value> =
        TAGS.iter().map(|(name, description)| json!({"name": name, "description": description})).collect();
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "dancu console",
            "description": ABOUT,
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{"url": "/", "description": "The console's own address"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {
                "type": "http",
                "scheme": "bearer",
                "description": "Token of a session of the console",
            }},
        },
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

const PROBLEM: Shape = Shape { name: Problem::name, schema: Problem::schema, inner: Problem::schemas };

/// Puts a shape and what it is made of among the schemas; gives the reference to it.
fn collect(schemas: &mut BTreeMap<String, Value>, shape: &Shape) -> Value {
    let mut inner = Vec::new();
    (shape.inner)(&mut inner);
    let name = (shape.name)().into_owned();
    inner.push((name.clone(), (shape.schema)()));
    for (name, schema) in inner {
        schemas.entry(name).or_insert_with(|| value(&schema));
    }
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn tell(operation: &Operation, schemas: &mut BTreeMap<String, Value>) -> Value {
    let mut told = Map::new();
    let mut say = |name: &str, value: Value| told.insert(name.to_owned(), value);
    say("tags", json!([operation.tag]));
    say("operationId", operation.id.into());
    say("summary", operation.summary.into());
    say("description", needs(operation.route.way).into());
    say("parameters", parameters(operation).into());
    if let Some(Takes { shape, example, check }) = &operation.takes {
        let schema = collect(schemas, shape);
        // An example that the handler would not read is none; the test finds it.
        let example: Option<Value> = check(example).and_then(|()| serde_json::from_str(example)).ok();
        let media = json!({"schema": schema, "example": example});
        say("requestBody", json!({"required": true, "content": {"application/json": media}}));
    }
    if !operation.brings.is_empty() {
        let file = json!({"schema": {"type": "string", "format": "binary"}});
        let content: Map<String, Value> =
            operation.brings.iter().map(|media| ((*media).to_owned(), file.clone())).collect();
        say("requestBody", json!({"required": true, "content": content}));
    }
    say("responses", responses(operation, schemas));
    let open = operation.route.way == Way::Open;
    say("security", if open { json!([]) } else { json!([{"session": []}]) });
    told.into()
}

/// Who may, in words.
fn needs(way: Way) -> String {
    match way {
        Way::Open => "Open to everybody.".into(),
        Way::SignedIn => "For everybody who is signed in; shows and does what the own roles allow.".into(),
        Way::Needs(action) => format!("Needs the duty `{}`.", action.name()),
        Way::Asks(action) => format!("Needs the duty `{}`, in the own name.", action.name()),
        Way::NeedsStep => "Needs the duty that the thing or its step names in the dated rules.".into(),
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut all = Vec::new();
    let mut rest = operation.route.path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        all.push(json!({
            "name": name, "in": "path", "required": true, "description": place(name), "schema": {"type": "string"},
        }));
        rest = after;
    }
    for (name, description) in operation.query {
        let schema = if *name == "limit" {
            json!({"type": "integer", "minimum": 1, "maximum": 200})
        } else {
            json!({"type": "string"})
        };
        all.push(json!({"name": name, "in": "query", "description": description, "schema": schema}));
    }
    if operation.etag && operation.route.method != "GET" {
        all.push(json!({
            "name": "If-Match", "in": "header",
            "description": "`ETag` of the matter as it was read; another one now refuses with 412",
            "schema": {"type": "string"},
        }));
    }
    all.push(json!({
        "name": "Accept-Language", "in": "header",
        "description": "`en` for English words; Vietnamese otherwise",
        "schema": {"type": "string"},
    }));
    all
}

/// What a part of an address is.
fn place(name: &str) -> &'static str {
    match name {
        "id" => "Matter",
        "sha256" => "SHA-256 of the document, hexadecimal",
        "system" => "System",
        "organisation" => "Organisation",
        "account" => "Officer's account",
        "member" => "Staff account",
        "session" => "Session",
        "passkey" => "Passkey, by its id",
        "device" => "Device",
        "import" => "Import",
        "job" => "Cleaning job",
        "row" => "Number of the row in the file, from 1",
        "request" => "Request",
        "departure" => "Departure",
        "review" => "Review",
        "drive" => "Registration campaign",
        "opening" => "Opening of the emergency account",
        "delivery" => "Delivery",
        "fingerprint" => "SHA-256 of the certificate, hexadecimal",
        "code" => "Enrolment code, by its id",
        "alert" => "Number of the alert",
        "rule" => "Watch rule, by its name",
        "proposal" => "Proposal",
        "trial" => "Dry run",
        "list" => "`planted` or `well_known`",
        "listed" => "Somebody on the list, by id",
        "evidence" => "Evidence file",
        "paper" => "Paper, by its name",
        "station" => "Workstation",
        _ => "Id",
    }
}

fn responses(operation: &Operation, schemas: &mut BTreeMap<String, Value>) -> Value {
    let mut all = Map::new();
    match &operation.gives {
        Gives::Json(status, shape) => {
            let tag = json!({"ETag": {
                "description": "Names this state of the matter", "schema": {"type": "string"},
            }});
            let good = json!({
                "description": if *status == 201 { "Made" } else { "Done" },
                "headers": if operation.etag { tag } else { json!({}) },
                "content": {"application/json": {"schema": collect(schemas, shape)}},
            });
            all.insert(status.to_string(), good);
        }
        Gives::File(media) => {
            let schema = if *media == "application/json" { json!({}) } else { json!({"type": "string"}) };
            all.insert(
                "200".into(),
                json!({"description": "The file", "content": {*media: {"schema": schema}}}),
            );
        }
        Gives::Nothing => {
            all.insert("204".into(), json!({"description": "Done"}));
        }
    }
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    for (status, description) in [
        ("4XX", "Refused; see the error catalogue"),
        ("5XX", "Not done by a fault of the service; see the error catalogue"),
    ] {
        let content = json!({"application/problem+json": {"schema": problem}});
        all.insert(status.into(), json!({"description": description, "content": content}));
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_address_of_the_api_is_in_the_document_and_nothing_more() {
        let document: Value = serde_json::from_str(&openapi()).unwrap();
        let told: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let there: Vec<_> = super::super::super::routes()
            .filter(|route| route.path.starts_with("/api/"))
            .map(|route| (route.method.to_owned(), route.path.to_owned()))
            .collect();
        assert_eq!(told, there.iter().cloned().collect());
        assert_eq!(told.len(), there.len(), "an address is there twice");
        let ids: BTreeSet<_> = super::super::operations().map(|operation| operation.id).collect();
        assert_eq!(ids.len(), there.len(), "an operation's id is there twice");
        for operation in super::super::operations() {
            assert!(TAGS.iter().any(|(tag, _)| *tag == operation.tag), "{}", operation.tag);
        }
    }

    #[test]
    fn every_example_is_read_as_the_handler_reads_it() {
        for operation in super::super::operations() {
            if let Some(takes) = &operation.takes {
                (takes.check)(takes.example).unwrap_or_else(|error| panic!("{}: {error}", operation.id));
            }
        }
    }

    #[test]
    fn two_shapes_have_two_names() {
        let mut seen: BTreeMap<String, Value> = BTreeMap::new();
        let mut one = |shape: &Shape| {
            let mut inner = vec![((shape.name)().into_owned(), (shape.schema)())];
            (shape.inner)(&mut inner);
            for (name, schema) in inner {
                let schema = value(&schema);
                let before = seen.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{name}");
            }
        };
        for operation in super::super::operations() {
            operation.takes.iter().for_each(|takes| one(&takes.shape));
            if let Gives::Json(_, shape) = &operation.gives {
                one(shape);
            }
        }
    }

    #[test]
    fn every_shape_that_is_named_is_told() {
        let document = openapi();
        let read: Value = serde_json::from_str(&document).unwrap();
        let named = document.split("#/components/schemas/").skip(1);
        let named: BTreeSet<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        let told = read["components"]["schemas"].as_object().unwrap();
        let told: BTreeSet<&str> = told.keys().map(String::as_str).collect();
        assert_eq!(named, told, "named, and told");
    }

    #[test]
    fn the_committed_document_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi-console.json");
        let committed = std::fs::read_to_string(path).expect("docs/openapi-console.json");
        assert!(committed.trim_end() == openapi(), "run `make docs` and commit docs/openapi-console.json");
    }
}
