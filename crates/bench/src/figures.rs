//! One line per figure, kept as `bench/results/latest.jsonl`.
use serde::Serialize;
use std::io::Write as _;
use std::path::Path;

/// A measured figure beside its aim and its peer.
#[derive(Serialize)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// As written in the issue, for example `> 5000`
    pub(crate) aim: &'static str,
    pub(crate) ok: bool,
    pub(crate) peer: Option<&'static str>,
    pub(crate) peer_value: Option<f64>,
    pub(crate) ratio: Option<f64>,
    pub(crate) command: &'static str,
}

impl Figure {
    pub(crate) fn at_least(
        name: &'static str,
        value: f64,
        unit: &'static str,
        aim: (f64, &'static str),
    ) -> Self {
        Self { ok: value >= aim.0, ..Self::new(name, value, unit, aim.1) }
    }

    pub(crate) fn at_most(
        name: &'static str,
        value: f64,
        unit: &'static str,
        aim: (f64, &'static str),
    ) -> Self {
        Self { ok: value <= aim.0, ..Self::new(name, value, unit, aim.1) }
    }

    /// A figure that explains another one and has no aim.
    pub(crate) fn told(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { ok: true, ..Self::new(name, value, unit, "-") }
    }

    fn new(name: &'static str, value: f64, unit: &'static str, aim: &'static str) -> Self {
        Self {
            name,
            value,
            unit,
            aim,
            ok: false,
            peer: None,
            peer_value: None,
            ratio: None,
            command: "make bench",
        }
    }

    pub(crate) fn beside(mut self, peer: &'static str, value: f64) -> Self {
        self.ratio = (value > 0.0).then(|| self.value / value);
        self.peer = Some(peer);
        self.peer_value = Some(value);
        self
    }
}

/// Prints the figures and writes them.
pub(crate) fn report(path: &Path, figures: &[Figure]) -> anyhow::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut file = std::fs::File::create(path)?;
    for f in figures {
        writeln!(file, "{}", serde_json::to_string(f)?)?;
        let peer = match (f.peer, f.peer_value, f.ratio) {
            (Some(peer), Some(value), Some(ratio)) => format!("  | {peer}: {value:.1}, ratio {ratio:.3}"),
            _ => String::new(),
        };
        let mark = if f.ok { "ok   " } else { "SHORT" };
        println!("{mark} {:<44} {:>12.2} {:<8} aim {:<8}{peer}", f.name, f.value, f.unit, f.aim);
    }
    Ok(())
}
