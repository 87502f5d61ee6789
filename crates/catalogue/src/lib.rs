#![doc = include_str!("../README.md")]

mod document;
pub use document::document;

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// A language of messages: Vietnamese first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Vietnamese
    #[default]
    Vi,
    /// English
    En,
}

/// Who must act before the same call can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The calling system or its officer
    Caller,
    /// The citizen whose record is concerned
    Citizen,
    /// A registry officer
    Registry,
    /// The operator of this service
    Operator,
}

/// The SOAP 1.1 fault code (section 4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SoapFault {
    /// The message was wrong or may not be answered
    Client,
    /// The service could not answer
    Server,
    /// The envelope's namespace is not SOAP 1.1
    VersionMismatch,
    /// A mandatory header was not understood
    MustUnderstand,
}

/// Whether sending the same bytes again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Not until somebody has changed something
    No,
    /// After a pause that grows
    Later,
    /// On the next day, when daily quotas begin anew
    Tomorrow,
}

/// One row of the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// The code itself
    pub code: Code,
    /// Its stable name on the wire, `UPPER_SNAKE`
    pub name: &'static str,
    /// HTTP status (RFC 9110) over REST and SOAP
    pub status: u16,
    /// Fault code over SOAP
    pub soap: SoapFault,
    /// Who must act
    pub actor: Actor,
    /// Whether to retry
    pub retry: Retry,
    title: [&'static str; 2],
    action: [&'static str; 2],
}

impl Code {
    /// The row of this code.
    pub fn entry(self) -> &'static Entry {
        // The table is generated in the order of the enum, so the discriminant is the row.
        &ENTRIES[self as usize]
    }

    /// Stable name on the wire.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// HTTP status over REST and SOAP.
    pub fn status(self) -> u16 {
        self.entry().status
    }

    /// What happened, one sentence.
    pub fn title(self, lang: Lang) -> &'static str {
        self.entry().title[lang as usize]
    }

    /// What to do about it, one sentence.
    pub fn action(self, lang: Lang) -> &'static str {
        self.entry().action[lang as usize]
    }

    /// The code of a stable name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        ENTRIES.iter().find(|e| e.name == name).map(|e| e.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_code_and_by_its_name() {
        for (i, e) in ENTRIES.iter().enumerate() {
            assert_eq!(e.code as usize, i);
            assert_eq!(Code::from_name(e.name), Some(e.code));
            assert!((400..600).contains(&e.status), "{}", e.name);
            for text in e.title.iter().chain(&e.action) {
                assert!(text.ends_with('.'), "{}: {text}", e.name);
            }
            let server = e.status >= 500;
            assert_eq!(server, e.soap == SoapFault::Server, "{}", e.name);
        }
    }

    #[test]
    fn the_committed_document_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        let committed = std::fs::read_to_string(path).expect("docs/errors.md");
        assert_eq!(committed, document(), "run `dancu docs write` and commit docs/errors.md");
    }
}
