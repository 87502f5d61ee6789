//! Judges many logs and proofs in one process, for tests that try hundreds of thousands: a process for each would take hours.
//!
//! Input is a run of cases, each a run of fields (length in four bytes, big-endian, and so many bytes): for a log `log`, key
//! file, remembered checkpoint or nothing, number of files in decimal, then path and bytes of each; for a proof `proof`, key
//! file, text. Output is a byte a case: `1` honest, `0` not.
use dancu_tlog::audit::{self, Files, Memory};
use dancu_tlog::policy::Policy;
use dancu_tlog::proof_file;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::{self, BufReader, BufWriter, Read, Write};

struct InMemory(BTreeMap<String, Vec<u8>>);

impl Files for InMemory {
    type Error = Infallible;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, Infallible>>, Infallible> {
        Ok(self.0.keys().cloned().map(Ok))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(path).cloned())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::new(io::stdout().lock());
    while let Some(kind) = field(&mut input)? {
        let honest = match kind.as_slice() {
            b"log" => log(&mut input)?,
            b"proof" => proof(&mut input)?,
            other => return Err(format!("a case of {other:?}").into()),
        };
        output.write_all(if honest { b"1" } else { b"0" })?;
    }
    Ok(output.flush()?)
}

fn log(input: &mut impl Read) -> Result<bool, Box<dyn Error>> {
    let policy = policy(input)?;
    let seen = must(input)?;
    let count: usize = String::from_utf8(must(input)?)?.parse()?;
    let mut files = BTreeMap::new();
    for _ in 0..count {
        let path = String::from_utf8(must(input)?)?;
        files.insert(path, must(input)?);
    }
    let seen = if seen.is_empty() { None } else { Some(Memory::read(&seen, &policy)?) };
    Ok(audit::verify(&InMemory(files), &policy, seen.as_ref()).is_ok())
}

fn proof(input: &mut impl Read) -> Result<bool, Box<dyn Error>> {
    let policy = policy(input)?;
    Ok(proof_file::verify(&must(input)?, &policy).is_ok())
}

fn policy(input: &mut impl Read) -> Result<Policy, Box<dyn Error>> {
    Ok(String::from_utf8(must(input)?)?.parse()?)
}

fn must(input: &mut impl Read) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(field(input)?.ok_or("the input ends inside a case")?)
}

/// `None` at the end.
fn field(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    if input.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[1..])?;
    let mut bytes = Vec::new();
    input.take(u64::from(u32::from_be_bytes(length))).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
