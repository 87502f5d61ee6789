//! One line per figure, kept in a file of its part under `bench/results`.
use crate::machine::Machine;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::Path;

/// Where figures are kept.
pub(crate) const RESULTS: &str = "bench/results";

/// A measured figure beside its aim and its peer.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    /// As written in the issue, for example `> 5000`; empty where there is none
    pub(crate) aim: String,
    pub(crate) ok: bool,
    pub(crate) peer: Option<String>,
    pub(crate) peer_value: Option<f64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) command: String,
}

impl Figure {
    pub(crate) fn at_least(name: &str, value: f64, unit: &str, aim: (f64, &str)) -> Self {
        Self { ok: value >= aim.0, ..Self::new(name, value, unit, aim.1) }
    }

    pub(crate) fn at_most(name: &str, value: f64, unit: &str, aim: (f64, &str)) -> Self {
        Self { ok: value <= aim.0, ..Self::new(name, value, unit, aim.1) }
    }

    /// A figure without an aim: told so that a reader can judge the others.
    pub(crate) fn told(name: &str, value: f64, unit: &str) -> Self {
        Self { ok: true, ..Self::new(name, value, unit, "") }
    }

    fn new(name: &str, value: f64, unit: &str, aim: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            aim: aim.to_owned(),
            ok: false,
            peer: None,
            peer_value: None,
            ratio: None,
            command: "make bench".to_owned(),
        }
    }

    pub(crate) fn beside(mut self, peer: &str, value: f64) -> Self {
        self.ratio = (value > 0.0).then(|| self.value / value);
        self.peer = Some(peer.to_owned());
        self.peer_value = Some(value);
        self
    }

    /// The number in the aim.
    pub(crate) fn aimed(&self) -> Option<f64> {
        let number = self.aim.trim_start_matches(|sign: char| !sign.is_ascii_digit());
        number.split(' ').next()?.replace(',', "").parse().ok()
    }
}

/// Prints the figures of a part and keeps them, with the machine that they are of.
pub(crate) fn report(part: &str, figures: &[Figure]) -> anyhow::Result<()> {
    let folder = Path::new(RESULTS);
    std::fs::create_dir_all(folder)?;
    Machine::here()?.write(&folder.join("machine.json"))?;
    let mut file = std::fs::File::create(folder.join(part).with_extension("jsonl"))?;
    for f in figures {
        writeln!(file, "{}", serde_json::to_string(f)?)?;
        let peer = match (&f.peer, f.peer_value, f.ratio) {
            (Some(peer), Some(value), Some(ratio)) => format!("  | {peer}: {value:.1}, ratio {ratio:.3}"),
            _ => String::new(),
        };
        let mark = if f.ok { "ok   " } else { "SHORT" };
        println!("{mark} {:<44} {:>14.4} {:<8} aim {:<10}{peer}", f.name, f.value, f.unit, f.aim);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn the_number_of_an_aim_is_read() {
        let aimed = |aim: &str| Figure::at_least("x", 1.0, "s", (1.0, aim)).aimed();
        assert_eq!(
            [">= 20000", "< 1", "> 0.25 of the bare server", "< 10 ms", ""].map(aimed),
            [Some(20_000.0), Some(1.0), Some(0.25), Some(10.0), None]
        );
    }
}
