//! The JSON form: the XML's element names, the root's attributes as plain members, `CongDan` and
//! `VoChong` as arrays, every value as a string (codes keep their zeros) but the number `SoCongDan`.
use super::{AsOf, Collection, Reading};
use crate::congdan::node::{Node, known};
use crate::congdan::{read as congdan, standard};
use crate::json::{Json, Members, parse};
use crate::{WireError, input};
use dancu_catalogue::Code;
use dancu_citizen::{ListVersion, Record};
use serde_json::{Map, Value};

const ROOT: &str = "CongdanCollection";
const REPEATED: &str = "VoChong";

/// Writes a whole message. `ethnic` is the edition in which ethnic groups are written.
pub fn write(collection: &Collection, ethnic: ListVersion) -> Vec<u8> {
    let mut members = Map::new();
    if let Some(note) = &collection.note {
        members.insert("GhiChu".into(), note.clone().into());
    }
    if let Some(as_of) = collection.as_of {
        members.insert("ThoiDiemDuLieu".into(), as_of.to_string().into());
    }
    members.insert("SoCongDan".into(), collection.citizens.len().into());
    let citizens = collection.citizens.iter().map(|r| citizen(r, ethnic)).collect();
    members.insert("CongDan".into(), Value::Array(citizens));
    let root = Map::from_iter([(ROOT.to_owned(), Value::Object(members))]);
    Value::Object(root).to_string().into_bytes()
}

fn citizen(record: &Record, ethnic: ListVersion) -> Value {
    object(standard::citizen(record, ethnic))
}

fn object(nodes: Vec<Node>) -> Value {
    let mut members = Map::new();
    for node in nodes {
        let value = if node.children.is_empty() { Value::String(node.text) } else { object(node.children) };
        if node.name == REPEATED {
            let slot = members.entry(REPEATED).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = slot {
                all.push(value);
            }
        } else {
            members.insert(node.name.to_owned(), value);
        }
    }
    Value::Object(members)
}

/// Reads a whole message, with the root member `CongdanCollection` or without it.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Collection, WireError> {
    let mut json = parse(bytes)?;
    let mut pointer = String::new();
    if matches!(&json, Json::Object(members) if members.iter().any(|(key, _)| key == ROOT)) {
        json = Members::open(json, "", &[ROOT])?
            .take(ROOT)
            .ok_or(WireError::at(Code::FieldType, "/CongdanCollection"))?;
        pointer = format!("/{ROOT}");
    }
    let mut root =
        Members::open(json, &pointer, &["id", "Id", "GhiChu", "ThoiDiemDuLieu", "SoCongDan", "CongDan"])?;
    let note = root.text("GhiChu")?.map(|t| input::text(&t, 500, "GhiChu")).transpose()?;
    let as_of = match root.text("ThoiDiemDuLieu")? {
        Some(text) => {
            Some(AsOf::parse(&text).ok_or(WireError::at(Code::DateInvalid, root.at("ThoiDiemDuLieu")))?)
        }
        None => None,
    };
    let expected = count(&mut root)?;
    let citizens = match root.take("CongDan") {
        None => Vec::new(),
        Some(Json::Array(citizens)) => citizens,
        Some(one) => vec![one],
    };
    if expected.is_some_and(|expected| expected != citizens.len()) {
        return Err(WireError::at(Code::FieldType, root.at("SoCongDan")));
    }
    let origin = reading.origin(as_of);
    let citizens = citizens.into_iter().map(|json| {
        let node = branch("CongDan", json)?;
        congdan::citizen(node, &origin)
    });
    Ok(Collection { note, as_of, citizens: citizens.collect::<Result<_, _>>()? })
}

fn count(root: &mut Members) -> Result<Option<usize>, WireError> {
    match root.take("SoCongDan") {
        None => Ok(None),
        Some(Json::Number(n) | Json::Text(n)) => {
            n.parse().map(Some).map_err(|_| WireError::at(Code::FieldType, root.at("SoCongDan")))
        }
        Some(_) => Err(WireError::at(Code::FieldType, root.at("SoCongDan"))),
    }
}

/// A value as the element it stands for. As deep as the parser's limit at most.
fn branch(name: &'static str, json: Json) -> Result<Node, WireError> {
    match json {
        Json::Null => Ok(Node::leaf(name, "")),
        Json::Text(text) => Ok(Node::leaf(name, text.trim())),
        Json::Number(text) => Ok(Node::leaf(name, text)),
        Json::Bool | Json::Array(_) => Err(WireError::at(Code::FieldType, name)),
        Json::Object(members) => {
            let mut children = Vec::with_capacity(members.len());
            for (key, value) in members {
                let child = known(&key).ok_or_else(|| WireError::unknown(&key, name))?;
                if child != REPEATED && children.iter().any(|c: &Node| c.name == child) {
                    return Err(WireError::at(Code::ElementDuplicate, child));
                }
                match value {
                    Json::Array(all) if child == REPEATED => {
                        for one in all {
                            children.push(branch(child, one)?);
                        }
                    }
                    value => children.push(branch(child, value)?),
                }
            }
            Ok(Node::branch(name, children))
        }
    }
}
