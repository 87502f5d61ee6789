//! What every paper of this room asks before it is set: where, which number, who signs.
use super::bulk::Tried;
use crate::Texts;
use crate::door::console::seat::Oops;
use crate::door::form::{Sent, value};
use crate::parts::{Act, Control, Input, Width};
use dancu_catalogue::Lang;
use dancu_papers::{Issuer, PaperError, Signatory};

/// Why a paper is not set.
pub(in crate::door::console) enum NoPaper {
    /// What is missing or wrong, each with the name of its control
    Faults(Vec<(&'static str, String)>),
    /// So many accounts are not decided on
    Undecided(u64),
    /// It cannot be set of what there is
    Paper(PaperError),
    /// It could not be tried
    Oops(Oops),
}

impl From<Oops> for NoPaper {
    fn from(oops: Oops) -> Self {
        Self::Oops(oops)
    }
}

/// With the controls that say who issues and signs.
pub(super) fn controls(act: Act, tried: &Tried, t: Texts) -> Act {
    let short = |name, label| Input { width: Width::Medium, max: 60, ..tried.input(t, name, label, "") };
    let line = |name, label| Input { max: 120, ..tried.input(t, name, label, "") };
    act.with(Control::Input(short("place", "paper-place").hint("paper-place-hint")))
        .with(Control::Input(short("number", "paper-number").hint("paper-number-hint").optional()))
        .with(Control::Input(line("position", "paper-position").hint("paper-position-hint")))
        .with(Control::Input(line("signatory", "paper-signatory")))
}

/// What is missing of that.
pub(super) fn missing(sent: &Sent, t: Texts) -> Vec<(&'static str, String)> {
    let needed = ["place", "position", "signatory"];
    let empty = needed.into_iter().filter(|name| value(sent, name).is_empty());
    empty.map(|name| (name, t.t("paper-missing").into_owned())).collect()
}

pub(super) fn issuer(sent: &Sent, name: String) -> Issuer {
    Issuer {
        superior: None,
        name,
        number: Some(value(sent, "number").to_owned()).filter(|number| !number.is_empty()),
        place: value(sent, "place").to_owned(),
        date: None,
    }
}

pub(super) fn signatory(sent: &Sent) -> Signatory {
    Signatory {
        on_behalf: None,
        position: value(sent, "position").to_owned(),
        name: value(sent, "signatory").to_owned(),
    }
}

/// Why there is no paper, in words: the first few of what is missing, each by its row and column.
pub(in crate::door::console) fn refusal(t: Texts, error: &PaperError) -> String {
    let PaperError::Incomplete(problems) = error else { return t.t("paper-failed").into_owned() };
    let fault = |problem: &dancu_papers::Problem| match t.lang() {
        Lang::Vi => problem.fault.vi(),
        Lang::En => problem.fault.en(),
    };
    let told: Vec<String> =
        problems.iter().take(5).map(|problem| format!("{}: {}", problem.field, fault(problem))).collect();
    told.join("; ")
}
