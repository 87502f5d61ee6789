//! RFC 5424 messages, and the octet counting that frames them on a stream.
use crate::message::{APPLICATION, Message, Origin, rfc3339};
use std::fmt::Write as _;

/// Begins a MSG in UTF-8 (section 6.4).
const BOM: char = '\u{feff}';

/// The message with its structured data and its words in both languages.
pub fn write(origin: &Origin, message: &Message) -> String {
    let mut out = header(origin, message);
    // Writing to a string cannot fail.
    let _ = write!(out, " [{APPLICATION}@{}", origin.enterprise);
    for (field, value) in &message.fields {
        let _ = write!(out, " {}=\"", field.name());
        escape(&mut out, value);
        out.push('"');
    }
    out.push(']');
    if !message.said.vi.is_empty() {
        let _ = write!(out, " {BOM}{} / {}", message.said.vi, message.said.en);
    }
    out
}

/// HEADER (section 6.2), up to the MSGID.
pub(crate) fn header(origin: &Origin, message: &Message) -> String {
    let said = &message.said;
    let priority = u16::from(said.facility) * 8 + u16::from(said.level.severity);
    let at = message.at_us.and_then(rfc3339).unwrap_or_else(|| NIL.to_owned());
    let (host, id) = (printable(&origin.hostname, 255), printable(&message.id, 32));
    format!("<{priority}>1 {at} {host} {APPLICATION} {} {id}", origin.process)
}

const NIL: &str = "-";

/// PRINTUSASCII of a limited length; other characters become `_`, nothing becomes NILVALUE.
pub(crate) fn printable(text: &str, longest: usize) -> String {
    let clean = text.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' });
    let clean: String = clean.take(longest).collect();
    if clean.is_empty() { NIL.to_owned() } else { clean }
}

/// PARAM-VALUE (section 6.3.3): `"`, `\` and `]` behind a backslash, everything else as it is.
fn escape(out: &mut String, value: &str) {
    for c in value.chars() {
        if matches!(c, '"' | '\\' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
}

/// A message as it goes over a stream: its length in octets, a space, the octets (RFC 6587 3.4.1, RFC 5425 4.3).
pub fn frame(out: &mut Vec<u8>, message: &str) {
    out.extend_from_slice(message.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(message.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;
    use crate::testing::{message, origin, read_rfc5424};
    use proptest::prelude::*;

    #[test]
    fn a_message_letter_by_letter() {
        let text = write(&origin(), &message(&[(Field::Index, "7"), (Field::Agency, r#"H55 "a" [b] \c"#)]));
        assert_eq!(
            text,
            "<110>1 2026-11-21T05:20:00.000001Z may-1 dancu 42 CALL \
             [dancu@32473 index=\"7\" agency=\"H55 \\\"a\\\" [b\\] \\\\c\"] \u{feff}Khớp. / It agrees."
        );
    }

    #[test]
    fn without_words_there_is_no_message_part() {
        let mut message = message(&[]);
        message.said.vi.clear();
        assert!(write(&origin(), &message).ends_with(" [dancu@32473]"));
    }

    #[test]
    fn names_that_are_no_names_do_not_break_the_header() {
        let odd = Origin { hostname: "máy chủ\n1".to_owned(), ..origin() };
        assert!(write(&odd, &message(&[])).contains("Z m_y_ch__1 dancu 42 CALL ["));
        let none = Origin { hostname: String::new(), ..origin() };
        assert!(write(&none, &message(&[])).contains("Z - dancu 42 CALL ["));
        assert_eq!(printable(&"x".repeat(300), 255).len(), 255);
    }

    #[test]
    fn frames_count_octets_and_not_characters() {
        let mut out = Vec::new();
        frame(&mut out, "Hòa");
        frame(&mut out, "");
        assert_eq!(out, "4 Hòa0 ".as_bytes());
    }

    proptest! {
        #[test]
        fn any_values_are_read_back(values: Vec<String>, at in 0_i64..253_402_300_800_000_000) {
            let fields: Vec<_> = Field::ALL.iter().copied().zip(values).collect();
            let mut message = message(&[]);
            message.at_us = Some(at);
            message.fields.clone_from(&fields);
            let read = read_rfc5424(&write(&origin(), &message));
            prop_assert_eq!(read.priority, 110);
            prop_assert_eq!(read.fields, fields.iter().map(|(f, v)| (f.name().to_owned(), v.clone())).collect::<Vec<_>>());
            prop_assert_eq!(read.words.as_deref(), Some("\u{feff}Khớp. / It agrees."));
        }
    }
}
