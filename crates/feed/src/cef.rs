//! Common Event Format, version 0 (CEF implementation standard, version 25).
use crate::message::{APPLICATION, Message, Origin};
use crate::rfc5424::{self, printable};
use std::fmt::Write as _;

/// One line of CEF, without line breaks.
pub fn write(origin: &Origin, message: &Message) -> String {
    let mut out = String::from("CEF:0");
    let name = if message.said.en.is_empty() { &message.id } else { &message.said.en };
    for part in [APPLICATION, APPLICATION, &origin.version, &message.id, name] {
        out.push('|');
        escape_header(&mut out, part);
    }
    // Writing to a string cannot fail.
    let _ = write!(out, "|{}|dvchost={}", message.said.level.cef, printable(&origin.hostname, 255));
    if let Some(at_us) = message.at_us {
        let _ = write!(out, " rt={}", at_us.div_euclid(1000));
    }
    for (field, value) in &message.fields {
        extension(&mut out, field.cef(), value);
        if let Some(label) = field.label() {
            let _ = write!(out, " {}Label={label}", field.cef());
        }
    }
    extension(&mut out, "msg", &message.said.vi);
    out
}

/// The line as an RFC 5424 message without structured data. It begins with no byte order mark, which makes it a MSG-ANY
/// (section 6.4): readers of CEF look for `CEF:` there.
pub fn write_syslog(origin: &Origin, message: &Message) -> String {
    format!("{} - {}", rfc5424::header(origin, message), write(origin, message))
}

fn extension(out: &mut String, key: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    out.push(' ');
    out.push_str(key);
    out.push('=');
    escape_value(out, value);
}

/// In the header `|` and `\` stand behind a backslash, and there are no line breaks.
fn escape_header(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '|' | '\\' => out.extend(['\\', c]),
            '\r' | '\n' => out.push(' '),
            c => out.push(c),
        }
    }
}

/// In a value `=` and `\` stand behind a backslash, and line breaks are written as letters.
fn escape_value(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '=' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Field;
    use crate::testing::{message, origin, read_cef};
    use proptest::prelude::*;

    #[test]
    fn a_line_letter_by_letter() {
        let line =
            write(&origin(), &message(&[(Field::Index, "7"), (Field::Organisation, "a=b|c\\d\nSở Y tế")]));
        assert_eq!(
            line,
            "CEF:0|dancu|dancu|0.1.0|CALL|It agrees.|3|dvchost=may-1 rt=1795238400000 externalId=7 \
             cs3=a\\=b|c\\\\d\\nSở Y tế cs3Label=organisation msg=Khớp."
        );
        let syslog = write_syslog(&origin(), &message(&[]));
        assert!(syslog.starts_with("<110>1 2026-11-21T05:20:00.000001Z may-1 dancu 42 CALL - CEF:0|"));
    }

    #[test]
    fn the_header_is_kept_together() {
        let mut odd = message(&[]);
        odd.id = "A|B\\C\nD".to_owned();
        assert!(write(&origin(), &odd).starts_with(r"CEF:0|dancu|dancu|0.1.0|A\|B\\C D|It agrees.|3|"));
    }

    proptest! {
        #[test]
        fn any_values_are_read_back(values: Vec<String>) {
            let fields: Vec<_> = Field::ALL.iter().copied().zip(values).collect();
            let mut message = message(&[]);
            message.fields.clone_from(&fields);
            let line = write(&origin(), &message);
            prop_assert!(!line.contains(['\n', '\r']));
            let read = read_cef(&line);
            prop_assert_eq!(&read.header, &["0", "dancu", "dancu", "0.1.0", "CALL", "It agrees.", "3"]);
            for (field, value) in fields {
                prop_assert_eq!(read.extension.get(field.cef()).map_or("", String::as_str), value);
            }
        }
    }
}
