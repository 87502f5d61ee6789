//! Readers for the tests, written from the specifications and not from the writers.
use crate::levels::{Level, Said};
use crate::message::{Field, Message, Origin};
use std::collections::BTreeMap;

pub(crate) fn origin() -> Origin {
    Origin { hostname: "may-1".to_owned(), process: 42, version: "0.1.0".to_owned(), enterprise: 32473 }
}

pub(crate) fn message(fields: &[(Field, &str)]) -> Message {
    let said = Said {
        facility: 13,
        level: Level { severity: 6, cef: 3 },
        vi: "Khớp.".to_owned(),
        en: "It agrees.".to_owned(),
    };
    let fields = fields.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
    Message { at_us: Some(1_795_238_400_000_001), id: "CALL".to_owned(), said, fields }
}

pub(crate) struct Rfc5424 {
    pub(crate) priority: u16,
    pub(crate) id: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) words: Option<String>,
}

/// One structured data element, as section 6.3 has it.
pub(crate) fn read_rfc5424(text: &str) -> Rfc5424 {
    let head: Vec<&str> = text.splitn(7, ' ').collect();
    let (priority, version) = head[0].strip_prefix('<').unwrap().split_once('>').unwrap();
    assert_eq!(version, "1");
    assert!(head[1] == "-" || head[1].parse::<jiff::Timestamp>().is_ok(), "{}", head[1]);
    let mut rest = head[6].strip_prefix("[dancu@32473").unwrap();
    let mut fields = Vec::new();
    while let Some(parameter) = rest.strip_prefix(' ') {
        let (name, after) = parameter.split_once("=\"").unwrap();
        let (mut value, mut chars) = (String::new(), after.char_indices());
        loop {
            match chars.next().unwrap() {
                (_, '\\') => value.push(chars.next().unwrap().1),
                (end, '"') => break rest = &after[end + 1..],
                (at, ']') => panic!("a bare bracket at {at}"),
                (_, c) => value.push(c),
            }
        }
        fields.push((name.to_owned(), value));
    }
    let rest = rest.strip_prefix(']').unwrap();
    let words = rest.strip_prefix(' ').map(str::to_owned);
    Rfc5424 { priority: priority.parse().unwrap(), id: head[5].to_owned(), fields, words }
}

pub(crate) struct Cef {
    pub(crate) header: Vec<String>,
    pub(crate) extension: BTreeMap<String, String>,
}

pub(crate) fn read_cef(line: &str) -> Cef {
    let mut header = vec![String::new()];
    let mut chars = line.strip_prefix("CEF:").unwrap().chars();
    while header.len() < 8 {
        match chars.next().unwrap() {
            '\\' => header.last_mut().unwrap().push(chars.next().unwrap()),
            '|' => header.push(String::new()),
            c => header.last_mut().unwrap().push(c),
        }
    }
    header.pop();
    Cef { header, extension: read_extension(chars.as_str()) }
}

/// A key stands before each `=` that has no backslash, and ends the value before it.
fn read_extension(text: &str) -> BTreeMap<String, String> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let (mut current, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => current.push(match chars.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                c => c,
            }),
            '=' => {
                let (value, key) = current.rsplit_once(' ').unwrap_or(("", &current));
                if let Some(last) = pairs.last_mut() {
                    value.clone_into(&mut last.1);
                }
                pairs.push((key.to_owned(), String::new()));
                current.clear();
            }
            c => current.push(c),
        }
    }
    pairs.last_mut().unwrap().1 = current;
    pairs.into_iter().collect()
}
