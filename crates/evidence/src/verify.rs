//! Checking a file: the signature, that every file is the one that was signed, every proof, and that `evidence.json` says of
//! the entries what they say themselves.
use crate::archive::{self, Files};
use crate::facts::{Counts, FORMAT, Line};
use crate::{Facts, NotEvidence};
use dancu_journal::told;
use dancu_papers::sign::{Signer, Trust, verify_detached};
use dancu_tlog::policy::Policy;
use dancu_tlog::proof_file;
use std::collections::HashSet;

/// What a good file says.
pub struct Verified {
    /// What it is about
    pub facts: Facts,
    /// Who signed it
    pub signer: Signer,
    /// Whether the log's keys were given by whoever checks; otherwise they are those in the archive, which its signer
    /// vouches for
    pub log_is_known: bool,
    /// Entries whose personal parts are gone: their time was over
    pub parts_gone: u64,
}

/// Checks all of a file. `policy` holds the keys of the log and its witnesses, as whoever checks knows them.
pub fn verify(
    bytes: &[u8],
    trust: &Trust,
    policy: Option<&Policy>,
    now_us: i64,
) -> Result<Verified, NotEvidence> {
    let archive::Opened { files, manifest, signature } = archive::open(bytes)?;
    let signer = verify_detached(&signature, &manifest, trust, now_us)?;
    let facts: Facts = serde_json::from_slice(file(&files, "evidence.json")?)
        .map_err(|error| content(format!("evidence.json: {error}")))?;
    if facts.format != FORMAT {
        return Err(content(format!("evidence.json: of the form {:?}", facts.format)));
    }
    let own = match policy {
        Some(_) => None,
        None => Some(own_policy(&files)?),
    };
    let keys = policy.or(own.as_ref()).ok_or_else(|| content("log.policy: missing".to_owned()))?;
    let mut checked = Checked { facts: &facts, policy: keys, lines: Vec::new(), parts_gone: 0 };
    for (name, proof) in files.iter().filter(|(name, _)| name.starts_with("proofs/")) {
        checked.proof(name, proof, file(&files, "checkpoint")?)?;
    }
    let Checked { lines, parts_gone, .. } = checked;
    if lines != facts.entries {
        return Err(content("evidence.json: other entries than are proved".to_owned()));
    }
    if facts.counts != Counts::of(&lines) {
        return Err(content("evidence.json: counts other than those of the entries".to_owned()));
    }
    Ok(Verified { log_is_known: policy.is_some(), facts, signer, parts_gone })
}

fn own_policy(files: &Files) -> Result<Policy, NotEvidence> {
    let bytes = file(files, "log.policy")?;
    let text = std::str::from_utf8(bytes).map_err(|_| content("log.policy: not text".to_owned()))?;
    text.parse().map_err(|error| content(format!("log.policy: {error}")))
}

struct Checked<'a> {
    facts: &'a Facts,
    policy: &'a Policy,
    lines: Vec<Line>,
    parts_gone: u64,
}

impl Checked<'_> {
    fn proof(&mut self, name: &str, text: &[u8], checkpoint: &[u8]) -> Result<(), NotEvidence> {
        let wrong = |why: String| NotEvidence::Proof { file: name.to_owned(), why };
        let proof = proof_file::verify(text, self.policy).map_err(|error| wrong(error.to_string()))?;
        if !text.ends_with(checkpoint) {
            return Err(wrong("under another checkpoint than the file of that name".to_owned()));
        }
        let (head, log) = (proof.checkpoint.head(), &self.facts.log);
        if proof.checkpoint.checkpoint().origin() != log.origin
            || head.size != log.size
            || hex::encode(head.root) != log.root
        {
            return Err(wrong("under another checkpoint than evidence.json says".to_owned()));
        }
        let context = proof.context.as_ref().map(|(_, context)| context.as_slice());
        let (kind, call) =
            told(&proof.bytes, context).ok_or_else(|| wrong("the entry does not read".to_owned()))?;
        let line = Line::of(proof.index, &kind, &call, &proof.leaf);
        if line.proof != name {
            return Err(wrong(format!("of entry {}", proof.index)));
        }
        let of = [call.organisation.as_deref(), call.system_id.as_deref(), call.account_id.as_deref()];
        if !self.facts.scope.holds(proof.index, call.at_us, of) {
            return Err(wrong("of an entry that was not asked for".to_owned()));
        }
        let opened: HashSet<&str> = self.facts.parts.opened.iter().map(String::as_str).collect();
        for (label, _) in proof.parts.iter().filter(|(label, _)| proof.shown(**label).is_some()) {
            let name = dancu_journal::Part::from_label(*label).map_or("", crate::part_name);
            if !opened.contains(name) {
                return Err(wrong("shows a personal part that evidence.json does not name".to_owned()));
            }
        }
        self.parts_gone += u64::from(proof.parts_gone);
        self.lines.push(line);
        Ok(())
    }
}

fn file<'f>(files: &'f Files, name: &str) -> Result<&'f [u8], NotEvidence> {
    let found = files.iter().find(|(of, _)| of == name);
    found.map(|(_, bytes)| bytes.as_slice()).ok_or_else(|| content(format!("{name}: missing")))
}

fn content(why: String) -> NotEvidence {
    NotEvidence::Content(why)
}
