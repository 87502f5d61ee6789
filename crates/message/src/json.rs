//! JSON read strictly: duplicate and unknown members are seen, not silently dropped.
use crate::WireError;
use dancu_catalogue::Code;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value with every member kept, duplicates included.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool,
    /// As written by `serde_json`
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads a whole body.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, WireError> {
    let text = std::str::from_utf8(bytes).map_err(|_| WireError::whole(Code::EncodingInvalid))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|_| WireError::whole(Code::JsonMalformed))
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Bool)
    }
    fn visit_i64<E>(self, n: i64) -> Result<Json, E> {
        Ok(Json::Number(n.to_string()))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Json, E> {
        Ok(Json::Number(n.to_string()))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Json, E> {
        Ok(Json::Number(n.to_string()))
    }
    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Json::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(member) = members.next_entry()? {
            all.push(member);
        }
        Ok(Json::Object(all))
    }
}

/// The members of an object, each known and there at most once.
pub(crate) struct Members {
    found: Vec<(&'static str, Json)>,
    pointer: String,
}

impl Members {
    /// Opens an object at a JSON pointer; `null` members count as absent.
    pub(crate) fn open(json: Json, pointer: &str, known: &[&'static str]) -> Result<Self, WireError> {
        let Json::Object(members) = json else { return Err(WireError::at(Code::FieldType, pointer)) };
        let mut found: Vec<(&'static str, Json)> = Vec::with_capacity(known.len().min(members.len()));
        for (key, value) in members {
            let Some(name) = known.iter().find(|name| **name == key) else {
                return Err(unknown(&key, pointer));
            };
            if found.iter().any(|(other, _)| other == name) {
                return Err(WireError::at(Code::ElementDuplicate, format!("{pointer}/{name}")));
            }
            found.push((name, value));
        }
        Ok(Self { found, pointer: pointer.to_owned() })
    }

    /// JSON pointer of a member
    pub(crate) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.pointer)
    }

    /// Takes a member.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json> {
        let place = self.found.iter().position(|(found, _)| *found == name)?;
        Some(self.found.swap_remove(place).1).filter(|value| *value != Json::Null)
    }

    /// Takes a member that must be a string; an empty one counts as absent.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, WireError> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text).filter(|t| !t.is_empty())),
            Some(_) => Err(WireError::at(Code::FieldType, self.at(name))),
        }
    }
}

fn unknown(key: &str, pointer: &str) -> WireError {
    let mut error = WireError::unknown(key, "");
    error.field = match error.field.as_deref() {
        Some("") | None => Some(pointer.to_owned()),
        Some(key) => Some(format!("{pointer}/{key}")),
    };
    error
}
