//! QCVN 109:2017/BTTTT, the message of citizens' data: a strict writer and a tolerant reader, XML and JSON.
//!
//! The reader takes the standard's structures and the live service's flatter form. What the
//! structure has no element for (other names, place of birth, card, children, temporary residence,
//! members of the household, contact) does not travel by it.
mod as_of;
pub mod json;
mod texts;
pub mod xml;

pub use as_of::AsOf;
pub use texts::{CitizenTexts, read_texts};

use crate::XmlLimits;
use crate::congdan::read::Origin;
use dancu_citizen::{CivilDate, ListVersion, Record};

/// A message: a collection of citizens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collection {
    /// `GhiChu`
    pub note: Option<String>,
    /// `ThoiDiemDuLieu`: the moment as of which the data hold, local time
    pub as_of: Option<AsOf>,
    /// `CongDan`
    pub citizens: Vec<Record>,
}

/// How a message is read.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Short name of the source, kept with every value
    pub source: &'a str,
    /// The day as of which the values hold where the message does not say so itself; no birth date
    /// may lie after that day
    pub as_of: CivilDate,
    /// Edition of the ethnic groups' list in the standard's structure; the live flat form is always of 1979
    pub ethnic: ListVersion,
    /// Limits of the XML
    pub limits: XmlLimits,
}

impl<'a> Reading<'a> {
    /// The list that the standard cites (decision 1019/QĐ-TCTK of 2008), limits for files.
    pub fn new(source: &'a str, as_of: CivilDate) -> Self {
        Self { source, as_of, ethnic: ListVersion::Ethnic2008, limits: XmlLimits::FILE }
    }

    fn origin(&self, message: Option<AsOf>) -> Origin<'a> {
        Origin { source: self.source, as_of: message.map_or(self.as_of, |m| m.date), ethnic: self.ethnic }
    }
}

/// Our XML schema of the messages that the writer makes, by the rules of annex B.
pub fn xsd() -> &'static str {
    include_str!("../../schema/qcvn109.xsd")
}
