//! The policy file ("Policy file syntax and structure").
use super::{Group, Log, NONE, Policy, Witness};
use crate::decimal;
use crate::note::KeyRefused;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Bytes of the largest policy file that is read.
const MAX_BYTES: usize = 1 << 20;

/// Logs, witnesses and groups of the largest policy that is read, together; 32 of each are demanded at least
/// ("Implementation limits").
const MAX_DEFINITIONS: usize = 1000;

/// What is wrong with a line, or with the part of a policy that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineRefused {
    /// does not begin with `log`, `witness`, `group` or `quorum`
    #[error("the line is none of log, witness, group and quorum")]
    Keyword,
    /// too few or too many items
    #[error("the line has the wrong number of items")]
    Items,
    /// not a key
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// a witness's key for a log, or the other way round
    #[error("the key is of the wrong type for that")]
    KeyType,
    /// a log, a witness, a name, or the name and id of a key, for the second time
    #[error("the key or the name was there before")]
    Duplicate,
    /// empty, `none`, or not one item of a line
    #[error("the name is not allowed")]
    Name,
    /// empty, or not one item of a line
    #[error("the URL is not allowed")]
    Url,
    /// neither `any`, `all` nor a number from 1 to that of the members
    #[error("the threshold is neither any, all nor a number from 1 to that of the members")]
    Threshold,
    /// a name that no line before defines
    #[error("a name is not defined before")]
    Undefined,
    /// already a member of this or another group
    #[error("a name is a member for the second time")]
    MemberTwice,
    /// a second quorum line
    #[error("there is a second quorum line")]
    SecondQuorum,
    /// more than are read
    #[error("there are too many definitions")]
    TooMany,
}

/// Why a text is no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyRefused {
    /// more than a mebibyte
    #[error("the policy is too large")]
    TooLarge,
    /// a control character other than tab and newline
    #[error("the policy has a control character")]
    NotText,
    /// the last line does not end
    #[error("the last line of the policy has no newline")]
    Unterminated,
    /// no quorum line
    #[error("the policy has no quorum line")]
    NoQuorum,
    /// one line is wrong
    #[error("line {number} of the policy: {refused}")]
    Line {
        /// counted from 1
        number: usize,
        /// what is wrong
        refused: LineRefused,
    },
}

impl FromStr for Policy {
    type Err = PolicyRefused;

    fn from_str(text: &str) -> Result<Self, PolicyRefused> {
        if text.len() > MAX_BYTES {
            return Err(PolicyRefused::TooLarge);
        }
        if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t' && byte != b'\n') {
            return Err(PolicyRefused::NotText);
        }
        let lines = text.strip_suffix('\n').ok_or(PolicyRefused::Unterminated)?.split('\n');
        let mut policy = Self::empty();
        let mut quorum = false;
        for (line, number) in lines.zip(1..) {
            read_line(&mut policy, &mut quorum, line)
                .map_err(|refused| PolicyRefused::Line { number, refused })?;
        }
        if quorum { Ok(policy) } else { Err(PolicyRefused::NoQuorum) }
    }
}

fn read_line(policy: &mut Policy, quorum: &mut bool, line: &str) -> Result<(), LineRefused> {
    // Only these two are white space here, whatever Unicode says.
    let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
    if policy.logs.len() + policy.witnesses.len() + policy.groups.len() > MAX_DEFINITIONS {
        return Err(LineRefused::TooMany);
    }
    match *items.as_slice() {
        [] => Ok(()),
        [first, ..] if first.starts_with('#') => Ok(()),
        ["log", key, ref url @ ..] => policy.add_log(Log { key: key.parse()?, url: read_url(url)? }),
        ["witness", name, key, ref url @ ..] => {
            policy.add_witness(Witness { name: name.to_owned(), key: key.parse()?, url: read_url(url)? })
        }
        ["group", name, threshold, ref members @ ..] => {
            let members: Vec<String> = members.iter().map(|&member| member.to_owned()).collect();
            let threshold = read_threshold(threshold, members.len()).ok_or(LineRefused::Threshold)?;
            policy.add_group(Group { name: name.to_owned(), threshold, members })
        }
        ["quorum", _] if *quorum => Err(LineRefused::SecondQuorum),
        ["quorum", name] => {
            *quorum = true;
            policy.set_quorum((name != NONE).then(|| name.to_owned()))
        }
        ["log" | "witness" | "group" | "quorum", ..] => Err(LineRefused::Items),
        _ => Err(LineRefused::Keyword),
    }
}

fn read_url(items: &[&str]) -> Result<Option<String>, LineRefused> {
    match *items {
        [] => Ok(None),
        [url] => Ok(Some(url.to_owned())),
        _ => Err(LineRefused::Items),
    }
}

fn read_threshold(text: &str, members: usize) -> Option<usize> {
    match text {
        "any" => Some(1),
        "all" => Some(members),
        number => usize::try_from(decimal::parse(number)?).ok(),
    }
}

/// Whether a text can be one item of a line.
pub(super) fn is_item(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ')
}

pub(super) fn check_url(url: Option<&str>) -> Result<(), LineRefused> {
    if url.is_none_or(is_item) { Ok(()) } else { Err(LineRefused::Url) }
}

impl Display for Policy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = |url: &Option<String>| url.as_ref().map_or_else(String::new, |url| format!(" {url}"));
        for Log { key, url } in self.logs() {
            writeln!(f, "log {key}{}", end(url))?;
        }
        for Witness { name, key, url } in self.witnesses() {
            writeln!(f, "witness {name} {key}{}", end(url))?;
        }
        for Group { name, threshold, members } in self.groups() {
            writeln!(f, "group {name} {threshold} {}", members.join(" "))?;
        }
        writeln!(f, "quorum {}", self.quorum().unwrap_or(NONE))
    }
}
